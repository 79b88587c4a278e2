"""Working days: Monday to Friday, without the holidays and with the days that are worked in exchange."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEKEND = (calendar.SATURDAY, calendar.SUNDAY)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days that are not what their weekday says, with their names. ``complete``: years whose days off are all known."""

    off: Mapping[date, str] = field(default_factory=dict)
    worked: Mapping[date, str] = field(default_factory=dict)
    complete: frozenset[int] = frozenset()

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """Years touched from ``first`` to ``last`` whose holidays are not all known: the count may be too short."""
        low, high = sorted((first, last))
        return tuple(year for year in range(low.year, high.year + 1) if year not in self.complete)


# Holidays alone, as questions from outside give them, or a whole calendar.
Days = WorkCalendar | Collection[date]


def is_working_day(day: date, days: Days = ()) -> bool:
    """Monday to Friday and no holiday, or a day worked in exchange."""
    if isinstance(days, WorkCalendar):
        return day in days.worked or (day.weekday() not in WEEKEND and day not in days.off)
    return day.weekday() not in WEEKEND and day not in days


def add_working_days(day: date, number: int, days: Days = ()) -> date:
    """The ``number``-th working day after ``day``; a negative number counts backwards, 0 is the day itself."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day, days):
            day += step
    return day


def last_of_working_days(start: date, number: int, days: Days = ()) -> date:
    """The last of ``number`` working days of which ``start`` is the first when it is one."""
    return add_working_days(start - DAY, number, days)
