"""Scheduled actions: declared in code, done once a day among all processes, caught up after downtime as they ask.

The unique key of :class:`ScheduledRun` is the agreement: whoever inserts the row does the work. An administrator may
move an action to other times or pause it (:class:`ScheduleSetting`); a failure is tried again after a growing pause,
and told to whoever listens (:func:`on_failure`).
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Date, Integer, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import actor, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import BigInt, JsonText, Tracked, UtcDateTime, db
from hrms.kernel.errors import HrmsError

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(hours=3)  # an action that began so long ago and did not end has lost its process
LOOK_BACK = timedelta(days=40)  # monthly actions are caught up too


class ScheduledRun(Model):
    """A scheduled action was taken for a day: the unique key makes it happen once among several processes."""

    __tablename__ = "scheduled_run"
    __table_args__ = (UniqueConstraint("action", "due_on", "slot", name="uq_scheduled_run"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    action: Mapped[str] = mapped_column(String(60), nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    slot: Mapped[str] = mapped_column(String(5), nullable=False, default="")  # HH:MM of one done several times a day
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(400), nullable=False, default="")
    failed: Mapped[bool] = mapped_column(nullable=False, default=False)
    trace: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when a failed one is tried again

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class ScheduleSetting(Tracked, Model):
    """What the administrator set of an action: other times than declared, or a pause."""

    __tablename__ = "schedule_setting"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    action: Mapped[str] = mapped_column(String(60), nullable=False, unique=True)
    cron: Mapped[dict[str, str] | None] = mapped_column(JsonText)  # empty: as declared
    paused: Mapped[bool] = mapped_column(nullable=False, default=False)
    reason: Mapped[str] = mapped_column(String(250), nullable=False, default="")

    def __str__(self) -> str:
        return self.action


NEWEST, EACH, SKIP = "newest", "each", "skip"  # what of a downtime is made up for


@dataclass(frozen=True)
class ScheduledAction:
    """A daily (or rarer) action. ``run`` gets the day and returns a Vietnamese sentence about what it did.

    ``cron`` in APScheduler's fields, in local time. ``catch_up``, after downtime: ``newest`` does it once, for its
    newest due day; ``each`` for every missed day in order; ``skip`` waits for the next time. A failed run is tried
    ``retries`` times more, first after ``pause``, then after twice as long, and so on. ``often``: several times a day;
    each time is a run of its own, a missed or failed one simply waits for the next.
    """

    name: str
    title: str
    cron: dict[str, str]
    run: Callable[[date], str]
    catch_up: str = NEWEST
    retries: int = 3
    pause: timedelta = timedelta(minutes=5)
    often: bool = False


FailureListener = Callable[[ScheduledAction, "ScheduledRun"], None]
_listeners: list[FailureListener] = []


def on_failure(listener: FailureListener) -> FailureListener:
    """Have ``listener`` called, in an application context, when a run has failed and will not be tried again."""
    _listeners.append(listener)
    return listener


_actions: dict[str, ScheduledAction] = {}


def scheduled(action: ScheduledAction) -> ScheduledAction:
    """Declare ``action``."""
    _actions[action.name] = action
    return action


def actions() -> dict[str, ScheduledAction]:
    """Every declared action by its name."""
    return dict(_actions)


def settings() -> dict[str, ScheduleSetting]:
    """What administrators set, by the name of the action."""
    return {row.action: row for row in db.session.scalars(select(ScheduleSetting))}


def cron_of(action: ScheduledAction, setting: ScheduleSetting | None) -> dict[str, str]:
    """The times in force: the administrator's, else those declared."""
    return setting.cron if setting is not None and setting.cron else action.cron


def times(action: ScheduledAction, setting: ScheduleSetting | None = None) -> Any:
    """The APScheduler trigger of the times in force."""
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(**cron_of(action, setting), timezone=clock.zone())


def next_due(
    action: ScheduledAction, setting: ScheduleSetting | None = None, moment: datetime | None = None
) -> datetime | None:
    """When the action runs next; ``None`` while it is paused."""
    if setting is not None and setting.paused:
        return None
    found: datetime | None = times(action, setting).get_next_fire_time(None, clock.local(moment or clock.now()))
    return found


def days_due(
    action: ScheduledAction, moment: datetime | None = None, setting: ScheduleSetting | None = None
) -> list[date]:
    """The days of the last forty, up to ``moment`` (now), on which ``action`` was due, oldest first.

    Days are those the application believes in: with ``HRMS_TODAY`` set they move with it.
    """
    now = clock.local(moment or clock.now())
    trigger = times(action, setting)
    shift = clock.today() - now.date()
    found: list[date] = []
    due = trigger.get_next_fire_time(None, now - LOOK_BACK)
    while due is not None and due <= now:
        day = due.date() + shift
        if not found or found[-1] != day:
            found.append(day)
        due = trigger.get_next_fire_time(due, due + timedelta(microseconds=1))
    return found


def last_due(
    action: ScheduledAction, moment: datetime | None = None, setting: ScheduleSetting | None = None
) -> date | None:
    """The newest day on which ``action`` was due; ``None`` when not within forty days."""
    days = days_due(action, moment, setting)
    return days[-1] if days else None


def overdue(moment: datetime | None = None) -> list[tuple[str, date]]:
    """What was missed and is to be made up for by each action's own policy: (name, day), oldest first."""
    found: list[tuple[str, date]] = []
    known = settings()
    for action in _actions.values():
        setting = known.get(action.name)
        if action.catch_up == SKIP or action.often or (setting is not None and setting.paused):
            continue
        days = days_due(action, moment, setting)
        newest = db.session.scalar(
            select(ScheduledRun.due_on)
            .where(ScheduledRun.action == action.name)
            .order_by(ScheduledRun.due_on.desc())
            .limit(1)
        )
        missed = [day for day in days if newest is None or day > newest]
        # An action that never ran begins now: there was no downtime to make up for.
        every = action.catch_up == EACH and newest is not None
        found += [(action.name, day) for day in (missed if every else missed[-1:])]
    db.session.rollback()
    return found


def to_retry(moment: datetime | None = None) -> list[tuple[str, date]]:
    """Failed runs whose time to be tried again has come: (name, day)."""
    query = select(ScheduledRun.action, ScheduledRun.due_on).where(
        ScheduledRun.retry_at.is_not(None), ScheduledRun.retry_at <= (moment or clock.now())
    )
    found = [(name, day) for name, day in db.session.execute(query.order_by(ScheduledRun.id)) if name in _actions]
    db.session.rollback()
    return found


def _slot(action: ScheduledAction) -> str:
    """The time of day a run belongs to: two schedulers a second apart find the same one."""
    now = clock.local(clock.now())
    trigger = times(action, settings().get(action.name))
    newest = now
    due = trigger.get_next_fire_time(None, now - timedelta(hours=1))
    while due is not None and due <= now:
        newest = due
        due = trigger.get_next_fire_time(due, due + timedelta(microseconds=1))
    return newest.strftime("%H:%M")


def _take(name: str, due: date, slot: str, again: bool) -> int | None:
    """The row of this run when it is ours to do, else ``None``."""
    moment = clock.now()
    try:
        with transaction():
            run = ScheduledRun(action=name, due_on=due, slot=slot, started_at=moment)
            db.session.add(run)
            db.session.flush()
            return run.id
    except IntegrityError:
        pass
    same = (ScheduledRun.action == name, ScheduledRun.due_on == due, ScheduledRun.slot == slot)
    free = ScheduledRun.ended_at.is_(None) & (ScheduledRun.started_at < moment - LOST_AFTER)
    free = free | (ScheduledRun.retry_at.is_not(None) & (ScheduledRun.retry_at <= moment))
    if again:
        free = free | ScheduledRun.ended_at.is_not(None)
    with transaction():
        values = {"started_at": moment, "ended_at": None, "outcome": "", "failed": False, "trace": None,
                  "retry_at": None}  # fmt: skip
        counted = 1 if again else ScheduledRun.attempts + 1
        taken = db.session.execute(update(ScheduledRun).where(*same, free).values(attempts=counted, **values))
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
    run_id = _take(name, due, _slot(action) if action.often else "", again)
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
        values = {
            "outcome": f"Lỗi: {type(error).__name__}",
            "failed": True,
            "trace": "".join(traceback.format_exception(error))[-8000:],
        }
    db.session.rollback()
    with transaction():
        run = db.session.get_one(ScheduledRun, run_id, populate_existing=True)
        run.ended_at = clock.now()
        for field, value in values.items():
            setattr(run, field, value)
        if action.often:
            _forget_older(run)
        elif run.failed and run.attempts <= action.retries:
            run.retry_at = run.ended_at + action.pause * 2 ** (run.attempts - 1)
    if run.failed and run.retry_at is None:
        _tell(action, run)
    return str(values["outcome"])


def _forget_older(run: ScheduledRun) -> None:
    """A log of every five minutes is of no use after a day."""
    db.session.execute(
        delete(ScheduledRun).where(
            ScheduledRun.action == run.action, ScheduledRun.due_on < run.due_on - timedelta(days=1)
        )
    )


def _tell(action: ScheduledAction, run: ScheduledRun) -> None:
    for listener in _listeners:
        try:
            listener(action, run)
        except Exception:  # the alarm must not hide what it is about
            log.exception("a listener to failures failed on %s", action.name)
            db.session.rollback()
