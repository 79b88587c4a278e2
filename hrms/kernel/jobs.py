"""Background work: long work people ask for, and scheduled actions, on the same rails.

A job is a row: it can be left and found again, shows progress, can be cancelled, and survives a restart (a job whose
process died is seen by its silent heartbeat and queued again). One claim is one UPDATE: several processes never run
the same job twice at the same time.
"""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_appbuilder import Model
from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import access, actor, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import BigInt, JsonText, UtcDateTime, db
from hrms.kernel.errors import HrmsError

log = logging.getLogger(__name__)

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
SILENCE = timedelta(minutes=2)  # a running job that has not reported for so long has lost its process
MAX_ATTEMPTS = 3


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


class ScheduledRun(Model):
    """A scheduled action was taken for a day: the unique key makes it happen once among several processes."""

    __tablename__ = "scheduled_run"
    __table_args__ = (UniqueConstraint("action", "due_on", name="uq_scheduled_run"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    action: Mapped[str] = mapped_column(String(60), nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(400), nullable=False, default="")
    failed: Mapped[bool] = mapped_column(nullable=False, default=False)
    trace: Mapped[str | None] = mapped_column(Text)


class Cancelled(Exception):
    """The owner asked to stop; raised by :meth:`Progress.step` so that the handler's transaction rolls back."""


class Progress:
    """How a running job reports. Writes through its own short transactions, apart from the job's own work."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._last = clock.now()
        self._cancelled = False

    def step(self, done: int, total: int, message: str = "", *, force: bool = False) -> None:
        """Report progress (written at most twice a second). Raises :class:`Cancelled` when the owner asked to stop."""
        moment = clock.now()
        if not force and moment - self._last < timedelta(milliseconds=500):
            return
        self._last = moment
        values: dict[str, Any] = {"done": done, "total": total, "heartbeat_at": moment}
        if message:
            values["message"] = message[:400]
        if _outside(update(JobRun).where(JobRun.id == self.job_id).values(**values), self.job_id):
            raise Cancelled


def _outside(statement: Any, job_id: int) -> bool:
    """Write on another connection; returns whether cancelling was asked for.

    Inside a command on SQLite the write lock is held by the job itself: then the report is skipped rather than
    waited for; the job goes on, and the next step outside a transaction reports.
    """
    if db.engine.dialect.name == "sqlite" and db.session.info.get("hrms_in_command"):
        return False
    with db.engine.begin() as connection:
        connection.execute(statement)
        return bool(connection.scalar(select(JobRun.cancel_asked).where(JobRun.id == job_id)))


Handler = Callable[[Any, Progress], Any]


@dataclass(frozen=True)
class _Kind:
    name: str
    handler: Handler
    resumable: bool


@dataclass(frozen=True)
class ScheduledAction:
    """``cron`` in APScheduler's fields; ``catch_up`` says what happens after downtime: run once, or skip."""

    name: str
    title: str
    cron: dict[str, str]
    run: Callable[[date], str]
    catch_up: bool = True


_kinds: dict[str, _Kind] = {}
_actions: dict[str, ScheduledAction] = {}


def kind(name: str, *, resumable: bool = True) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job. ``resumable``: may be run again from the start after a crash."""

    def register(handler: Handler) -> Handler:
        _kinds[name] = _Kind(name, handler, resumable)
        return handler

    return register


def scheduled(action: ScheduledAction) -> ScheduledAction:
    _actions[action.name] = action
    return action


def actions() -> dict[str, ScheduledAction]:
    return dict(_actions)


def enqueue(kind_name: str, title: str, payload: dict[str, Any]) -> JobRun:
    """Put work into the queue for the current actor."""
    if kind_name not in _kinds:
        raise KeyError(kind_name)
    with transaction():
        job = JobRun(kind=kind_name, title=title, payload=payload, owner_user_id=actor.current().user_id)
        db.session.add(job)
        db.session.flush()
    return job


def get_own(job_id: int) -> JobRun:
    """A job the current actor may see: the own ones, or all for those who manage jobs."""
    from hrms.kernel.errors import NotFound

    job = db.session.get(JobRun, job_id)
    mine = job is not None and job.owner_user_id == actor.current().user_id and job.owner_user_id is not None
    if job is None or not (mine or access.may("job", "manage")):
        raise NotFound()
    return job


def ask_cancel(job: JobRun) -> None:
    with transaction():
        if job.status == QUEUED:
            job.status, job.ended_at, job.message = CANCELLED, clock.now(), "Đã hủy trước khi chạy"
        elif job.status == RUNNING:
            job.cancel_asked = True


def requeue_lost() -> int:
    """Jobs whose process died: queue them again, or fail them after :data:`MAX_ATTEMPTS`. Returns how many."""
    count = 0
    with transaction():
        lost = select(JobRun).where(JobRun.status == RUNNING, JobRun.heartbeat_at < clock.now() - SILENCE)
        for job in db.session.scalars(lost):
            count += 1
            known = _kinds.get(job.kind)
            if job.attempts < MAX_ATTEMPTS and known is not None and known.resumable:
                job.status, job.message = QUEUED, "Tiến trình bị ngắt, chạy lại từ đầu"
            else:
                job.status, job.ended_at, job.message = FAILED, clock.now(), "Tiến trình bị ngắt giữa chừng"
    return count


def run_next() -> JobRun | None:
    """Claim and run the oldest queued job. Returns it when there was one."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    with transaction():
        candidate = db.session.scalar(select(JobRun.id).where(JobRun.status == QUEUED).order_by(JobRun.id).limit(1))
        if candidate is None:
            return None
        claimed = db.session.execute(
            update(JobRun)
            .where(JobRun.id == candidate, JobRun.status == QUEUED)
            .values(status=RUNNING, worker=worker, started_at=clock.now(), heartbeat_at=clock.now(),
                    attempts=JobRun.attempts + 1)
        )
        if not getattr(claimed, "rowcount", 0):
            return None
    db.session.expire_all()
    job = db.session.get(JobRun, candidate)
    assert job is not None
    _run(job)
    return job


def _run(job: JobRun) -> None:
    job_id, name, payload = job.id, job.kind, job.payload
    owner = actor.Actor("job", job.owner_name, job.owner_user_id)
    values: dict[str, Any]
    try:
        with actor.acting(owner):
            access.forget_grants()
            result = _kinds[name].handler(payload, Progress(job_id))
        values = {"status": DONE, "result": result}
        if isinstance(result, dict):
            values["message"] = str(result.get("message", ""))[:400]
            values["result_file"] = result.get("file")
    except Cancelled:
        values = {"status": CANCELLED, "message": "Đã hủy theo yêu cầu, không ghi gì"}
    except HrmsError as error:  # an answer for the user, not a crash
        values = {"status": FAILED, "message": str(error)[:400]}
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, name)
        values = {"status": FAILED, "message": "Lỗi hệ thống, quản trị viên đã được ghi nhận",
                  "trace": "".join(traceback.format_exception(error))[-8000:]}
    finally:
        access.forget_grants()
    db.session.rollback()
    with transaction():
        db.session.execute(update(JobRun).where(JobRun.id == job_id).values(ended_at=clock.now(), **values))
    db.session.expire_all()


def run_action(name: str, day: date | None = None) -> str:
    """Run a scheduled action for ``day`` (today), at most once for that day among all processes. Returns its outcome."""
    action = _actions[name]
    due = day or clock.today()
    try:
        with transaction():
            run = ScheduledRun(action=name, due_on=due)
            db.session.add(run)
            db.session.flush()
            run_id = run.id
    except IntegrityError:
        return ""
    values: dict[str, Any]
    try:
        with actor.acting(actor.Actor("job", action.title)):
            values = {"outcome": action.run(due)[:400]}
    except Exception as error:
        log.exception("scheduled action %s failed", name)
        values = {"outcome": type(error).__name__, "failed": True,
                  "trace": "".join(traceback.format_exception(error))[-8000:]}
    db.session.rollback()
    with transaction():
        db.session.execute(
            update(ScheduledRun).where(ScheduledRun.id == run_id).values(ended_at=clock.now(), **values)
        )
    return str(values["outcome"])


def work_path(name: str) -> str:
    """Where the result file ``name`` of a job lies."""
    folder = current_app.config["HRMS_WORK_DIR"]
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, os.path.basename(name))
