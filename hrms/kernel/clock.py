"""The one clock: UTC in store, local time on screen, and the day the application believes it is.

Domain code asks this module and never ``date.today()``: tests and demonstrations travel in time by one setting.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_fixed_today: ContextVar[date | None] = ContextVar("hrms_today", default=None)
_replay: ContextVar[Callable[[], datetime] | None] = ContextVar("hrms_replay", default=None)
_settings: dict[str, date | ZoneInfo | None] = {"today": None, "zone": ZoneInfo("Asia/Ho_Chi_Minh")}


def configure(timezone: str, fixed_today: date | None) -> None:
    """Set the zone of the screen and, for tests and demonstrations, the day that is believed."""
    _settings["zone"] = ZoneInfo(timezone)
    _settings["today"] = fixed_today


def zone() -> ZoneInfo:
    """The zone in which times are shown."""
    value = _settings["zone"]
    assert isinstance(value, ZoneInfo)
    return value


def now() -> datetime:
    """The moment, in UTC and aware. Always the real clock: an audit trail must not travel in time.

    The one exception is :func:`replay`, with which the demonstration province writes its invented past.
    """
    replayed = _replay.get()
    return replayed() if replayed is not None else datetime.now(UTC)


def today() -> date:
    """The local calendar day, or the day set by ``HRMS_TODAY`` or :func:`travel_to`."""
    if (fixed := _fixed_today.get()) is not None:
        return fixed
    configured = _settings["today"]
    if isinstance(configured, date):
        return configured
    return now().astimezone(zone()).date()


def local(moment: datetime) -> datetime:
    """A stored UTC moment in the zone of the screen."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(zone())


def start_of(day: date) -> datetime:
    """The first moment of a local day, aware: for comparing stored moments with days people type."""
    return datetime(day.year, day.month, day.day, tzinfo=zone())


def end_of(day: date) -> datetime:
    """The first moment after a local day."""
    return start_of(day + timedelta(days=1))


@contextmanager
def replay(day: date, first: time = time(8, 5), step: timedelta = timedelta(seconds=1)) -> Iterator[None]:
    """Write ``day`` as if it were happening: moments run on from ``first``, ``step`` apart. Only for invented data."""
    moment = datetime.combine(day, first, tzinfo=zone()).astimezone(UTC)

    def tick() -> datetime:
        nonlocal moment
        moment += step
        return moment

    token = _replay.set(tick)
    try:
        with travel_to(day):
            yield
    finally:
        _replay.reset(token)


@contextmanager
def travel_to(day: date) -> Iterator[None]:
    """Believe it is ``day`` inside the block (tests, demonstrations, what-if runs)."""
    token = _fixed_today.set(day)
    try:
        yield
    finally:
        _fixed_today.reset(token)
