"""The queue: a job is a row that can be left and found again, cancelled, and done again after its process died.

One claim is one UPDATE: two processes never take the same job. A process that lost its job (it was silent too long and
somebody else took over) cannot write the outcome any more: every claim is an attempt, and the outcome belongs to one.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_appbuilder import Model
from sqlalchemy import Index, Integer, String, Text, event, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from hrms.kernel import access, actor, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import BigInt, JsonText, UtcDateTime, db
from hrms.kernel.errors import HrmsError, NotFound
from hrms.kernel.jobs.board import Board, Cancelled, DatabaseBoard, FileBoard, Interrupted, Progress

log = logging.getLogger(__name__)

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
SILENCE = timedelta(minutes=2)  # a running job that has not reported for so long has lost its process
MAX_ATTEMPTS = 3
_PROCESS = secrets.token_hex(4)  # process numbers come round again, in containers soon


class JobRun(Model):
    """One piece of background work: asked by whom, how far, with what result."""

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_status", "status", "id"), Index("ix_job_owner", "owner_user_id", "id"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), nullable=False)
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    payload: Mapped[Any] = mapped_column(JsonText, nullable=False, default=dict)
    owner_user_id: Mapped[int | None] = mapped_column(Integer)
    owner_name: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    status: Mapped[str] = mapped_column(String(12), nullable=False, default=QUEUED)
    done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    message: Mapped[str] = mapped_column(String(400), nullable=False, default="")
    result: Mapped[Any] = mapped_column(JsonText, nullable=True)
    result_file: Mapped[str | None] = mapped_column(String(200))  # name inside the work folder
    trace: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    worker: Mapped[str | None] = mapped_column(String(120))
    cancel_asked: Mapped[bool] = mapped_column(nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def percent(self) -> int:
        if self.status == DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.status in {DONE, FAILED, CANCELLED}


def _files() -> FileBoard | None:
    """The file board where it is in use (SQLite), else ``None``."""
    if db.engine.dialect.name != "sqlite":
        return None
    return FileBoard(current_app.config["HRMS_WORK_DIR"])


def _board() -> Board:
    return _files() or DatabaseBoard(db.engine, JobRun.__table__)


@event.listens_for(JobRun, "load")
@event.listens_for(JobRun, "refresh")
def _overlay(job: JobRun, _context: Any, *_attributes: Any) -> None:
    """A running job shows its last report, wherever that lies."""
    if job.__dict__.get("status") != RUNNING:
        return
    files = _files()
    if files is None:
        return
    report = files.read(job.id)
    if report is not None:
        set_committed_value(job, "done", report.done)
        set_committed_value(job, "total", report.total)
        set_committed_value(job, "heartbeat_at", report.moment or job.started_at)
        if report.message:
            set_committed_value(job, "message", report.message)
    if files.is_cancelled(job.id):
        set_committed_value(job, "cancel_asked", True)


Handler = Callable[[Any, Progress], Any]


@dataclass(frozen=True)
class _Kind:
    name: str
    handler: Handler
    resumable: bool


_kinds: dict[str, _Kind] = {}


def kind(name: str, *, resumable: bool = True) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job. ``resumable``: may be run again from the start after a crash.

    The handler gets the payload and a :class:`Progress`, acts as the owner and with the owner's rights, and returns a
    JSON-ready result; ``message`` and ``file`` (a name for :func:`work_path`) in it are shown to the owner.
    """

    def register(handler: Handler) -> Handler:
        _kinds[name] = _Kind(name, handler, resumable)
        return handler

    return register


def enqueue(kind_name: str, title: str, payload: dict[str, Any]) -> JobRun:
    """Put work into the queue for the current actor. Raises :class:`KeyError` for a kind nobody declared."""
    if kind_name not in _kinds:
        raise KeyError(kind_name)
    with transaction():
        job = JobRun(kind=kind_name, title=title[:200], payload=payload, owner_user_id=actor.current().user_id)
        db.session.add(job)
        db.session.flush()
    return job


def get_own(job_id: int) -> JobRun:
    """A job the current actor may see: the own ones, or all for those who manage jobs."""
    job = db.session.get(JobRun, job_id)
    mine = job is not None and job.owner_user_id is not None and job.owner_user_id == actor.current().user_id
    if job is None or not (mine or access.may("job", "manage")):
        raise NotFound()
    return job


def ask_cancel(job: JobRun) -> None:
    """Stop a job: at once when it waits, at its next step when it runs, not at all when it is over."""
    files = _files()
    if files is not None and job.status == RUNNING:
        files.ask_cancel(job.id)  # must not wait for the write lock that the job holds
        return
    with transaction():
        moment = clock.now()
        waiting = update(JobRun).where(JobRun.id == job.id, JobRun.status == QUEUED)
        ended = db.session.execute(waiting.values(status=CANCELLED, ended_at=moment, message="Đã hủy trước khi chạy"))
        if not getattr(ended, "rowcount", 0):  # taken in this very moment
            running = update(JobRun).where(JobRun.id == job.id, JobRun.status == RUNNING)
            db.session.execute(running.values(cancel_asked=True))
            if files is not None:
                files.ask_cancel(job.id)
    db.session.expire(job)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_PROCESS}"


def _is_dead(worker: str | None) -> bool:
    """Whether the process certainly is gone: of this machine, and no such process. Others are judged by silence."""
    host, _, rest = (worker or "").rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return worker != _me()
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def requeue_lost() -> int:
    """Jobs whose process died: queue them again, or fail them after :data:`MAX_ATTEMPTS`. Returns how many."""
    running = list(db.session.scalars(select(JobRun).where(JobRun.status == RUNNING)))
    limit = clock.now() - SILENCE
    lost = [job for job in running if _is_dead(job.worker) or (job.heartbeat_at or job.created_at) < limit]
    if not lost:
        db.session.rollback()
        return 0
    count = 0
    chosen = [(job.id, job.attempts, job.kind) for job in lost]
    with transaction():
        for job_id, attempt, kind_name in chosen:
            known = _kinds.get(kind_name)
            values: dict[str, Any]
            if attempt < MAX_ATTEMPTS and known is not None and known.resumable:
                values = {"status": QUEUED, "message": "Tiến trình bị ngắt, chạy lại từ đầu"}
            else:
                values = {"status": FAILED, "ended_at": clock.now(), "message": "Tiến trình bị ngắt giữa chừng"}
            # Two schedulers may look at the same moment: one of the two updates finds the row as it was.
            same = (JobRun.id == job_id, JobRun.status == RUNNING, JobRun.attempts == attempt)
            count += getattr(db.session.execute(update(JobRun).where(*same).values(**values)), "rowcount", 0)
    db.session.expire_all()
    return count


def _claim() -> tuple[int, int] | None:
    """Take the oldest waiting job: its id and the number of this attempt."""
    while True:
        waiting = select(JobRun.id).where(JobRun.status == QUEUED).order_by(JobRun.id).limit(1)
        candidate = db.session.scalar(waiting)
        db.session.rollback()  # looking every second must neither hold a snapshot nor take the write lock
        if candidate is None:
            return None
        moment = clock.now()
        with transaction():
            claimed = db.session.execute(
                update(JobRun)
                .where(JobRun.id == candidate, JobRun.status == QUEUED)
                .values(
                    status=RUNNING,
                    worker=_me(),
                    started_at=moment,
                    heartbeat_at=moment,
                    cancel_asked=False,
                    done=0,
                    attempts=JobRun.attempts + 1,
                )
            )
            if getattr(claimed, "rowcount", 0):
                attempt = db.session.scalar(select(JobRun.attempts).where(JobRun.id == candidate))
                return candidate, int(attempt or 0)


EndListener = Callable[[JobRun], None]
_end_listeners: list[EndListener] = []


def on_end(listener: EndListener) -> EndListener:
    """Have ``listener`` called, in an application context, with every job that is done or has failed."""
    _end_listeners.append(listener)
    return listener


def _tell_end(job_id: int) -> None:
    job = db.session.get(JobRun, job_id, populate_existing=True)
    if job is None or job.status not in {DONE, FAILED}:
        return
    for listener in _end_listeners:
        try:
            listener(job)
        except Exception:  # telling about a job must not undo it
            log.exception("a listener to ended jobs failed on job %s", job_id)
            db.session.rollback()


def run_next() -> JobRun | None:
    """Claim and run the oldest waiting job, in an application context of its own. Returns it when there was one."""
    claimed = _claim()
    if claimed is None:
        return None
    job_id, attempt = claimed
    with current_app._get_current_object().app_context():  # type: ignore[attr-defined]
        _run(job_id, attempt)
    db.session.expire_all()
    return db.session.get(JobRun, job_id)


def _run(job_id: int, attempt: int) -> None:
    job = db.session.get(JobRun, job_id)
    assert job is not None
    name, payload = job.kind, job.payload
    owner = actor.Actor("job", job.owner_name, job.owner_user_id)
    files = _files()
    if files is not None:
        files.clear(job_id)
    db.session.rollback()
    values: dict[str, Any]
    try:
        known = _kinds[name]
        with Progress(_board(), job_id) as progress, actor.acting(owner):
            result = known.handler(payload, progress)
        values = {"status": DONE, "result": result, "message": ""}
        if isinstance(result, dict):
            values["message"] = str(result.get("message", ""))[:400]
            values["result_file"] = result.get("file")
    except Cancelled:
        values = {"status": CANCELLED, "message": "Đã hủy theo yêu cầu, không ghi gì"}
    except Interrupted:
        values = {"status": QUEUED, "message": "Hệ thống khởi động lại, chạy lại từ đầu", "attempts": attempt - 1}
    except HrmsError as error:  # an answer for the user, not a crash
        values = {"status": FAILED, "message": str(error)[:400]}
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, name)
        values = {
            "status": FAILED,
            "message": "Lỗi hệ thống, quản trị viên đã được ghi nhận",
            "trace": "".join(traceback.format_exception(error))[-8000:],
        }
    _finish(job_id, attempt, values, files)


def _finish(job_id: int, attempt: int, values: dict[str, Any], files: FileBoard | None) -> None:
    db.session.rollback()
    if values["status"] != QUEUED:
        values["ended_at"] = clock.now()
        report = files.read(job_id) if files is not None else None
        if report is not None:
            values |= {"done": report.done, "total": report.total}
    with transaction():
        mine = (JobRun.id == job_id, JobRun.status == RUNNING, JobRun.attempts == attempt, JobRun.worker == _me())
        written = db.session.execute(update(JobRun).where(*mine).values(**values))
    if not getattr(written, "rowcount", 0):
        log.error("job %s was taken over by another process; this outcome is dropped", job_id)
        return
    if files is not None:
        with suppress(OSError):
            files.clear(job_id)
    if _end_listeners:
        _tell_end(job_id)


def work_path(name: str) -> str:
    """Where the result file ``name`` of a job lies."""
    folder = Path(current_app.config["HRMS_WORK_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / Path(name).name)
