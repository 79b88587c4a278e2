"""Backup and restore of the database: a consistent copy while people work, compressed, sealed with the data key.

SQLite copies itself online; PostgreSQL is dumped by its own tools where they are installed. Uploaded files are copied
beside it by :mod:`hrms.kernel.file_backup`.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import URL, make_url

from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from hrms.kernel.sealed import Unreadable, seal, unseal

KEEP = 14
SUFFIX = ".sealed"


class BackupFailed(HrmsError):
    """The copy could not be made or read; the message says why and what to do."""


def folder() -> Path:
    """Where the daily copies lie."""
    return Path(current_app.config["HRMS"].data_dir) / "backups"


def _url() -> URL:
    return make_url(current_app.config["HRMS"].sqlalchemy_url)


def key() -> str:
    """What copies are sealed with; kept apart from them."""
    return str(current_app.config["HRMS_DATA_KEY"])


def make(target: Path | None = None) -> Path:
    """Write a sealed copy of the database; returns its path. Raises :class:`BackupFailed`."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    url = _url()
    kind = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
    moment = clock.local(clock.now())
    target = target or folder() / f"hrms-{moment:%Y%m%d-%H%M%S}.{kind}{SUFFIX}"
    with tempfile.TemporaryDirectory(dir=folder(), prefix="making-") as place:
        plain, packed = Path(place) / "copy", Path(place) / "copy.gz"
        if kind == "sqlite":
            _copy_sqlite(url, plain)
        else:
            _dump_postgresql(url, plain)
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(source, out, 1 << 20)
        sealed_file = Path(place) / "copy.sealed"
        with packed.open("rb") as source, sealed_file.open("wb") as out:
            seal(source, out, key())
            out.flush()
            os.fsync(out.fileno())
        sealed_file.chmod(0o600)
        shutil.move(str(sealed_file), target)
    return target


def _copy_sqlite(url: URL, target: Path) -> None:
    if not url.database or url.database == ":memory:":
        raise BackupFailed("Cơ sở dữ liệu trong bộ nhớ không sao lưu được.")
    source, copy = sqlite3.connect(url.database), sqlite3.connect(target)
    try:
        source.backup(copy, pages=4096)
        damage = copy.execute("PRAGMA quick_check").fetchone()[0]
        if damage != "ok":
            raise BackupFailed(f"Bản sao không toàn vẹn: {damage}")
    finally:
        copy.close()
        source.close()


def _tool(name: str, url: URL, *arguments: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(f"Không tìm thấy chương trình {name}: cài gói postgresql-client rồi chạy lại.")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "20"}
    if url.password:  # not on the command line, where every user of the machine can read it
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        [program, *arguments, f"--dbname={plain}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupFailed(f"{name} báo lỗi: {done.stderr.strip()[-300:]}")


def _dump_postgresql(url: URL, target: Path) -> None:
    _tool("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def backups() -> list[Path]:
    """The copies in the folder, oldest first."""
    return sorted(folder().glob(f"hrms-*{SUFFIX}")) if folder().is_dir() else []


def forget_old(keep: int = KEEP) -> int:
    """Delete all but the newest ``keep`` copies; returns how many."""
    old = backups()[:-keep]
    for path in old:
        path.unlink()
    return len(old)


def restore(source: Path) -> None:
    """Put the database back to the sealed copy ``source``. The web server and the scheduler must be stopped.

    Raises :class:`BackupFailed`; the database is then as it was.
    """
    url = _url()
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder(), prefix="restoring-") as place:
        packed, plain = Path(place) / "copy.gz", Path(place) / "copy"
        try:
            with source.open("rb") as stream, packed.open("wb") as out:
                for piece in unseal(stream, key()):
                    out.write(piece)
            with gzip.open(packed, "rb") as stream, plain.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
        except (OSError, Unreadable) as error:
            raise BackupFailed(f"Không đọc được “{source.name}”: {error}") from error
        is_sqlite_copy = plain.open("rb").read(16).startswith(b"SQLite format 3")
        if is_sqlite_copy != (url.get_backend_name() == "sqlite"):
            raise BackupFailed("Bản sao thuộc loại cơ sở dữ liệu khác với HRMS_DATABASE_URL đang dùng.")
        db.session.remove()
        db.engine.dispose()
        if is_sqlite_copy:
            copy, target = sqlite3.connect(plain), sqlite3.connect(str(url.database), timeout=5)
            try:
                copy.backup(target)
            except sqlite3.OperationalError as error:
                raise BackupFailed("Cơ sở dữ liệu đang được dùng: hãy dừng máy chủ và bộ lập lịch trước.") from error
            finally:
                target.close()
                copy.close()
        else:
            _tool("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
                  str(plain))
