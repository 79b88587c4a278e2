"""Where a running job says how far it is, that it lives, and hears that it should stop.

The job's own transaction must not be in the way. On PostgreSQL the report is a short UPDATE on another connection. On
SQLite there is one writer, which during a long import is the job itself: reports would wait for the job they are about,
and a cancel would never arrive. There the report is a small file beside the results, replaced as a whole, and the
cancel is another; every reader of a running :class:`~hrms.kernel.jobs.queue.JobRun` sees both.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, Table, select, update

from hrms.kernel import clock

log = logging.getLogger(__name__)

REPORT_EVERY = timedelta(milliseconds=500)
HEARTBEAT_SECONDS = 15.0

_interrupt = threading.Event()


class Cancelled(Exception):
    """The owner asked to stop; raised by :meth:`Progress.step` so that the handler's transaction rolls back."""


class Interrupted(Exception):
    """This process is being ended; the job goes back into the queue and is done again from its start."""


def interrupt(stop: bool = True) -> None:
    """Make every running job of this process give up at its next step (the scheduler is being stopped)."""
    if stop:
        _interrupt.set()
    else:
        _interrupt.clear()


@dataclass
class Report:
    """The last word of a running job."""

    done: int = 0
    total: int = 0
    message: str = ""
    at: str = ""

    @property
    def moment(self) -> datetime | None:
        return datetime.fromisoformat(self.at) if self.at else None


class Board(Protocol):
    """How one database kind carries reports and cancels."""

    def write(self, job_id: int, report: Report) -> None: ...

    def is_cancelled(self, job_id: int) -> bool: ...


class FileBoard:
    """Reports as files in the work folder (SQLite: all processes are on one machine anyway)."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def _report_file(self, job_id: int) -> Path:
        return self._folder / f"job-{job_id}.report"

    def _cancel_file(self, job_id: int) -> Path:
        return self._folder / f"job-{job_id}.cancel"

    def write(self, job_id: int, report: Report) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._report_file(job_id)
        temporary = target.with_suffix(f".{threading.get_ident()}.tmp")
        temporary.write_text(json.dumps(asdict(report), ensure_ascii=False), encoding="utf-8")
        temporary.replace(target)

    def read(self, job_id: int) -> Report | None:
        try:
            return Report(**json.loads(self._report_file(job_id).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def ask_cancel(self, job_id: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._cancel_file(job_id).touch()

    def is_cancelled(self, job_id: int) -> bool:
        return self._cancel_file(job_id).exists()

    def clear(self, job_id: int) -> None:
        self._report_file(job_id).unlink(missing_ok=True)
        self._cancel_file(job_id).unlink(missing_ok=True)


class DatabaseBoard:
    """Reports as short updates on a connection of their own."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine = engine
        self._table = table

    def write(self, job_id: int, report: Report) -> None:
        values: dict[str, Any] = {"done": report.done, "total": report.total, "heartbeat_at": report.moment}
        if report.message:
            values["message"] = report.message
        with self._engine.begin() as connection:
            connection.execute(update(self._table).where(self._table.c.id == job_id).values(**values))

    def is_cancelled(self, job_id: int) -> bool:
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(self._table.c.cancel_asked).where(self._table.c.id == job_id)))


class Progress:
    """How a running job reports; beside it a thread says every few seconds that the process lives."""

    def __init__(self, board: Board, job_id: int) -> None:
        self.job_id = job_id
        self._board = board
        self._report = Report()
        self._last: datetime | None = None
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._pulse: threading.Thread | None = None

    def step(self, done: int, total: int, message: str = "", *, force: bool = False) -> None:
        """Report progress (written at most twice a second).

        Raises :class:`Cancelled` when the owner asked to stop, :class:`Interrupted` when this process is being ended.
        """
        if _interrupt.is_set():
            raise Interrupted
        moment = clock.now()
        if not force and self._last is not None and moment - self._last < REPORT_EVERY:
            return
        self._last = moment
        self._report = Report(done, total, message[:400] or self._report.message, moment.isoformat())
        self._write()
        if self._board.is_cancelled(self.job_id):
            raise Cancelled

    def _write(self) -> None:
        with self._guard:
            self._board.write(self.job_id, self._report)

    def __enter__(self) -> Progress:
        self._report.at = clock.now().isoformat()
        with contextlib.suppress(Exception):
            self._write()
        self._pulse = threading.Thread(target=self._beat, name=f"job-{self.job_id}-heartbeat", daemon=True)
        self._pulse.start()
        return self

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            try:
                self._report.at = clock.now().isoformat()
                self._write()
            except Exception:  # a heartbeat that fails must not end the job; the next one may succeed
                log.exception("heartbeat of job %s failed", self.job_id)

    def __exit__(self, *_details: object) -> None:
        self._over.set()
        if self._pulse is not None:
            self._pulse.join()
