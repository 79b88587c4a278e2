"""What every posted form carries beside its fields: the request key, the version seen, the rows picked."""

from __future__ import annotations

from flask import request

MOST_PICKED = 1000


def seen_version() -> int | None:
    """The version of the record the page showed."""
    return whole("seen_version")


def request_key() -> str:
    """The key that makes sending the same form twice one request."""
    return request.form.get("request_key", "")[:80]


def whole(name: str) -> int | None:
    """A whole number of a hidden field; ``None`` when it is missing or no number."""
    raw = request.form.get(name, "")
    digits = raw.removeprefix("-")
    return int(raw) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def picked(name: str = "pick") -> list[int]:
    """The ids of the rows picked on a list, without repetitions."""
    source = request.form if request.method == "POST" else request.args
    raw = [value for value in source.getlist(name) if value.isascii() and value.isdigit() and len(value) < 19]
    return [int(value) for value in dict.fromkeys(raw)][:MOST_PICKED]
