"""What REST methods of ours share: the body, the key of a request, the parts of the description every method has."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from hrms.kernel.errors import Fault, Refused

KEY_LENGTH = 80


def body() -> Any:
    """The JSON of the request; nothing sent is an empty object."""
    if not request.get_data():
        return {}
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError):
        raise Refused([Fault("", _("Nội dung gửi lên không phải JSON hợp lệ."))]) from None


def idempotency_key() -> str:
    """The ``Idempotency-Key`` header. Raises Refused for one that is too long."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH:
        raise Refused([Fault("Idempotency-Key", _("Mã yêu cầu dài quá %(limit)s ký tự.", limit=KEY_LENGTH))])
    return key


def asked(*many: str) -> dict[str, Any]:
    """The query of the address; ``many`` names what may be said more than once."""
    given: dict[str, Any] = request.args.to_dict()
    for name in many:
        if name in given:
            given[name] = request.args.getlist(name)
    return given
