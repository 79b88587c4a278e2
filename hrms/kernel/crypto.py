"""Identity numbers at rest: encrypted, and findable through a keyed digest that tells nothing without the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


@lru_cache(maxsize=8)
def _keys(data_key: str) -> tuple[Fernet, bytes]:
    material = hashlib.sha256(b"hrms-encrypt:" + data_key.encode()).digest()
    index_key = hashlib.sha256(b"hrms-index:" + data_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(material)), index_key


def _current() -> tuple[Fernet, bytes]:
    return _keys(current_app.config["HRMS_DATA_KEY"])


def digest(value: str) -> str:
    """A keyed digest for equality search. The same number gives the same digest; the digest gives nothing back."""
    return hmac.new(_current()[1], value.encode(), hashlib.sha256).hexdigest()


class Encrypted(TypeDecorator[str]):
    """Text that is encrypted in the database and clear in Python."""

    impl = String
    cache_ok = True

    def __init__(self, length: int = 400) -> None:
        super().__init__(length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _current()[0].encrypt(value.encode()).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return _current()[0].decrypt(str(value).encode()).decode()
        except InvalidToken:
            # A wrong HRMS_DATA_KEY must be visible, and must not take every page down.
            return "⚠ không giải mã được (HRMS_DATA_KEY)"


def masked(value: str | None, keep: int = 3) -> str:
    """``0331••••••45`` style: enough to compare with a paper in hand, not enough to use."""
    if not value:
        return ""
    if len(value) <= keep * 2:
        return "•" * len(value)
    return value[:keep] + "•" * (len(value) - keep - 2) + value[-2:]
