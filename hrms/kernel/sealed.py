"""Sealed files: a stream encrypted in pieces with a key apart from the data, for copies that leave the database.

A piece that was changed, left out, moved, or a file that was cut short is noticed when it is opened.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.fernet import Fernet, InvalidToken

MAGIC = b"HRMS-SEALED-1\n"
PIECE = 1 << 20
_HEAD = struct.Struct(">QB")  # number of the piece, whether it is the last
_LENGTH = struct.Struct(">I")


class Unreadable(ValueError):
    """Not a sealed file, sealed with another key, changed, or cut short."""


def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"hrms-sealed:" + key.encode()).digest()))


def seal(source: IO[bytes], target: IO[bytes], key: str) -> int:
    """Encrypt ``source`` into ``target``; returns the number of plain bytes."""
    cipher, number, size = _cipher(key), 0, 0
    target.write(MAGIC)
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        token = cipher.encrypt(_HEAD.pack(number, not following) + piece)
        target.write(_LENGTH.pack(len(token)) + token)
        size += len(piece)
        if not following:
            return size
        piece, number = following, number + 1


def unseal(source: IO[bytes], key: str) -> Iterator[bytes]:
    """The plain pieces of a sealed file. Raises :class:`Unreadable` at the first that is not as it was written."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unreadable("không phải tệp sao lưu của hệ thống")
    cipher, number, last = _cipher(key), 0, False
    while not last:
        head = source.read(_LENGTH.size)
        if len(head) != _LENGTH.size:
            raise Unreadable("tệp bị cắt cụt")
        token = source.read(_LENGTH.unpack(head)[0])
        try:
            plain = cipher.decrypt(token)
        except InvalidToken:
            raise Unreadable("sai khóa HRMS_DATA_KEY, hoặc tệp đã bị thay đổi") from None
        found, ends = _HEAD.unpack(plain[: _HEAD.size])
        if found != number:
            raise Unreadable("các phần của tệp không đúng thứ tự")
        last, number = bool(ends), number + 1
        yield plain[_HEAD.size :]
    if source.read(1):
        raise Unreadable("có dữ liệu lạ ở cuối tệp")
