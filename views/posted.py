"""What every posted form carries beside its fields: the request key, the version seen, the rows picked."""

from __future__ import annotations

from flask import request
from werkzeug.routing import IntegerConverter

MOST_PICKED = 1000


class RecordNumber(IntegerConverter):
    """``<int:…>`` of an address: a number no column can hold is an address that does not exist, not a crash."""

    regex = r"\d{1,18}"


def seen_version() -> int | None:
    """The version of the record the page showed."""
    return whole("seen_version")


def request_key() -> str:
    """The key that makes sending the same form twice one request."""
    return request.form.get("request_key", "")[:80]


def identifier(raw: str) -> int | None:
    """The id of a record as an address or a form carries it; ``None`` for everything that cannot be one.

    ``str.isdigit`` alone also takes "²", and a number of thirty digits fits into no column.
    """
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def whole(name: str) -> int | None:
    """A whole number of a hidden field; ``None`` when it is missing or no number."""
    raw = request.form.get(name, "")
    number = identifier(raw.removeprefix("-"))
    return number if number is None or not raw.startswith("-") else -number


def picked(name: str = "pick") -> list[int]:
    """The ids of the rows picked on a list, without repetitions."""
    source = request.form if request.method == "POST" else request.args
    raw = [value for value in source.getlist(name) if identifier(value) is not None]
    return [int(value) for value in dict.fromkeys(raw)][:MOST_PICKED]
