"""Working days: Monday to Friday without the holidays that the calendar of the caller names."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEKEND = (calendar.SATURDAY, calendar.SUNDAY)


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() not in WEEKEND and day not in holidays


def add_working_days(day: date, number: int, holidays: Collection[date] = ()) -> date:
    """The ``number``-th working day after ``day``; a negative number counts backwards, 0 is the day itself."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def last_of_working_days(start: date, number: int, holidays: Collection[date] = ()) -> date:
    """The last of ``number`` working days of which ``start`` is the first when it is one."""
    return add_working_days(start - DAY, number, holidays)
