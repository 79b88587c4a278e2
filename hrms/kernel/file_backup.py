"""Backup and restore of uploaded files: each content sealed once beside the copies of the database, checked both ways.

Contents never change and are named by their hash, so that a night copies only what arrived since. The database is
copied first: every file it knows is among those copied after it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import select

from hrms.kernel import attachments, backup
from hrms.kernel.db import db
from hrms.kernel.sealed import Unreadable, seal, unseal

NAME = "files"
CHUNK = 1 << 20


@dataclass
class Copied:
    """``new`` contents sealed now (``size`` bytes), ``kept`` from before; ``damaged``: ids of files that cannot be."""

    new: int = 0
    size: int = 0
    kept: int = 0
    damaged: list[int] = field(default_factory=list)


@dataclass
class Restored:
    """``back`` contents put in place, ``present`` were whole; ``missing``: ids that no good copy exists of."""

    back: int = 0
    present: int = 0
    missing: list[int] = field(default_factory=list)


def beside(copy: Path) -> Path:
    """Where the files of a sealed copy of the database lie."""
    return copy.parent / NAME


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / f"{sha256}{backup.SUFFIX}"


def _stored() -> list[tuple[int, str]]:
    """Id and hash of every content; columns by name, because a restored database may be older than the program."""
    file = attachments.StoredFile
    found = [
        (int(row.id), str(row.sha256)) for row in db.session.execute(select(file.id, file.sha256).order_by(file.id))
    ]
    db.session.rollback()
    return found


class _Hashing:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.sha256 = stream, hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self.sha256.update(piece)
        return piece


def copy_new(folder: Path | None = None) -> Copied:
    """Seal every content that has no copy in ``folder`` (default: beside the nightly copies).

    A content that is gone or has another hash is not copied and never takes the place of a good copy.
    """
    folder = folder or backup.folder() / NAME
    done = Copied()
    for number, sha256 in _stored():
        target = _place(folder, sha256)
        if target.is_file():
            done.kept += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = _seal_one(attachments.path_of(sha256), sha256, target)
        if size is None:
            done.damaged.append(number)
        else:
            done.new, done.size = done.new + 1, done.size + size
    return done


def _seal_one(source: Path, sha256: str, target: Path) -> int | None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="making-")
    try:
        with os.fdopen(handle, "wb") as out:
            try:
                with source.open("rb") as stream:
                    hashing = _Hashing(stream)
                    size = seal(hashing, out, backup.key())  # type: ignore[arg-type]
            except OSError:
                return None
            out.flush()
            os.fsync(out.fileno())
        if hashing.sha256.hexdigest() != sha256:
            return None
        Path(temporary).chmod(0o600)
        Path(temporary).replace(target)
        return size
    finally:
        Path(temporary).unlink(missing_ok=True)


def put_back(folder: Path) -> Restored:
    """Bring back every content the database knows that is not whole on disk, each checked before it is in place."""
    done = Restored()
    for number, sha256 in _stored():
        target = attachments.path_of(sha256)
        if _hash_of(_pieces(target)) == sha256:
            done.present += 1
        elif _unseal_one(_place(folder, sha256), sha256, target):
            done.back += 1
        else:
            done.missing.append(number)
    return done


def _unseal_one(source: Path, sha256: str, target: Path) -> bool:
    if not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="restoring-")
    try:
        found = hashlib.sha256()
        with os.fdopen(handle, "wb") as out, source.open("rb") as stream:
            for piece in unseal(stream, backup.key()):
                found.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if found.hexdigest() != sha256:
            return False
        Path(temporary).chmod(0o440)
        Path(temporary).replace(target)
        return True
    except (OSError, Unreadable):
        return False
    finally:
        Path(temporary).unlink(missing_ok=True)


def _pieces(path: Path) -> Iterator[bytes]:
    if path.is_file():
        with path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                yield piece


def _hash_of(pieces: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
