"""Scheduled actions: declared in code, done once a day among all processes, caught up after downtime if they ask so.

The unique key of :class:`ScheduledRun` is the agreement: whoever inserts the row does the work.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Date, String, Text, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import actor, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import BigInt, UtcDateTime, db
from hrms.kernel.errors import HrmsError

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(hours=3)  # an action that began so long ago and did not end has lost its process
LOOK_BACK = timedelta(days=40)  # monthly actions are caught up too


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


@dataclass(frozen=True)
class ScheduledAction:
    """A daily (or rarer) action. ``run`` gets the day and returns a Vietnamese sentence about what it did.

    ``cron`` in APScheduler's fields, in local time. ``catch_up``: after downtime the missed action is done once, for
    its newest due day; otherwise it waits for its next time.
    """

    name: str
    title: str
    cron: dict[str, str]
    run: Callable[[date], str]
    catch_up: bool = True


_actions: dict[str, ScheduledAction] = {}


def scheduled(action: ScheduledAction) -> ScheduledAction:
    """Declare ``action``."""
    _actions[action.name] = action
    return action


def actions() -> dict[str, ScheduledAction]:
    """Every declared action by its name."""
    return dict(_actions)


def last_due(action: ScheduledAction, moment: datetime | None = None) -> date | None:
    """The newest day, up to ``moment`` (now), on which ``action`` was due; ``None`` when not within forty days.

    Days are those the application believes in: with ``HRMS_TODAY`` set they move with it.
    """
    from apscheduler.triggers.cron import CronTrigger

    now = clock.local(moment or clock.now())
    trigger = CronTrigger(**action.cron, timezone=clock.zone())
    newest: datetime | None = None
    due = trigger.get_next_fire_time(None, now - LOOK_BACK)
    while due is not None and due <= now:
        newest = due
        due = trigger.get_next_fire_time(due, due + timedelta(microseconds=1))
    if newest is None:
        return None
    return clock.today() - (now.date() - newest.date())


def overdue(moment: datetime | None = None) -> list[tuple[str, date]]:
    """Actions whose newest due day nobody took yet, and that ask to be caught up: (name, day)."""
    found: list[tuple[str, date]] = []
    for action in _actions.values():
        day = last_due(action, moment) if action.catch_up else None
        if day is None:
            continue
        newest = db.session.scalar(
            select(ScheduledRun.due_on)
            .where(ScheduledRun.action == action.name)
            .order_by(ScheduledRun.due_on.desc())
            .limit(1)
        )
        if newest is None or newest < day:
            found.append((action.name, day))
    db.session.rollback()
    return found


def _take(name: str, due: date, again: bool) -> int | None:
    """The row of this run when it is ours to do, else ``None``."""
    moment = clock.now()
    try:
        with transaction():
            run = ScheduledRun(action=name, due_on=due, started_at=moment)
            db.session.add(run)
            db.session.flush()
            return run.id
    except IntegrityError:
        pass
    same = (ScheduledRun.action == name, ScheduledRun.due_on == due)
    free = ScheduledRun.ended_at.is_(None) & (ScheduledRun.started_at < moment - LOST_AFTER)
    if again:
        free = free | ScheduledRun.ended_at.is_not(None)
    with transaction():
        values = {"started_at": moment, "ended_at": None, "outcome": "", "failed": False, "trace": None}
        taken = db.session.execute(update(ScheduledRun).where(*same, free).values(**values))
        if not getattr(taken, "rowcount", 0):
            return None
        return db.session.scalar(select(ScheduledRun.id).where(*same))


def run_action(name: str, day: date | None = None, *, again: bool = False) -> str | None:
    """Run a scheduled action for ``day`` (today), at most once for that day among all processes.

    Returns what it did, or ``None`` when another process has it or had it; ``again`` repeats a finished one (the
    administrator asks for it). A failure is logged, kept with its trace and told, never raised.
    """
    action = _actions[name]
    due = day or clock.today()
    run_id = _take(name, due, again)
    if run_id is None:
        return None
    values: dict[str, Any]
    try:
        with actor.acting(actor.Actor("job", action.title)):
            values = {"outcome": action.run(due)[:400]}
    except HrmsError as error:  # says itself what is wrong and what to do
        values = {"outcome": str(error)[:400], "failed": True}
    except Exception as error:
        log.exception("scheduled action %s failed", name)
        values = {"outcome": f"Lỗi: {type(error).__name__}", "failed": True,
                  "trace": "".join(traceback.format_exception(error))[-8000:]}
    db.session.rollback()
    with transaction():
        ended = update(ScheduledRun).where(ScheduledRun.id == run_id)
        db.session.execute(ended.values(ended_at=clock.now(), **values))
    return str(values["outcome"])
