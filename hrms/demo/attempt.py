"""A demonstration whose filling was stopped half-way is not taken for a whole one.

The history is played through the same commands as real work, each a transaction of its own, so that a killed process
leaves part of a province. A mark beside the data says that a filling runs; whoever starts the next one finds it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from config import Settings
from hrms.kernel.db import db
from models.staff import Person

MARK = "demo-unfinished"


class CannotBeginAgain(Exception):
    """The half-filled database is not ours to empty; the message says what to do."""


def _fingerprint() -> str:
    return hashlib.sha256(db.engine.url.render_as_string(hide_password=True).encode()).hexdigest()


def _mark(settings: Settings) -> Path:
    return settings.data_dir / MARK


@contextmanager
def attempt(settings: Settings) -> Iterator[None]:
    """Around a filling: the mark stands until it is through. A refusal writes nothing and takes the mark away."""
    from hrms.demo import DemoRefused

    _mark(settings).write_text(_fingerprint())
    try:
        yield
    except DemoRefused:
        _mark(settings).unlink(missing_ok=True)
        raise
    _mark(settings).unlink(missing_ok=True)


def stopped_half_way(settings: Settings) -> bool:
    """Whether the last filling of this database did not come to its end."""
    try:
        return _mark(settings).read_text() == _fingerprint()
    except OSError:
        return False


def begin_again(settings: Settings) -> None:
    """Empty the embedded database of a stopped filling and set it up anew.

    Raises :class:`CannotBeginAgain` where real people are recorded, or the database is on a server.
    """
    from hrms.setup import set_up

    if db.session.scalar(select(Person.id).where(Person.is_demo.is_(False)).limit(1)) is not None:
        raise CannotBeginAgain(
            "Lần nạp dữ liệu trình diễn trước dừng giữa chừng, nhưng cơ sở dữ liệu đã có hồ sơ thật nên không xóa. "
            f"Hãy kiểm tra dữ liệu rồi xóa tệp {MARK} trong thư mục dữ liệu."
        )
    place = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not place:
        raise CannotBeginAgain(
            "Lần nạp dữ liệu trình diễn trước dừng giữa chừng. Hãy xóa và tạo lại cơ sở dữ liệu trên máy chủ, "
            "chạy lại: python run.py setup, rồi: python run.py demo"
        )
    db.session.remove()
    db.engine.dispose()
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{place}{suffix}").unlink(missing_ok=True)
    for folder in (settings.files_dir, settings.work_dir):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    set_up()
