"""Calendar arithmetic in whole months. Dates are ``date``; a month index is ``year * 12 + month - 1``."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

MONTHS_PER_YEAR = 12
OPEN_END = date.max

Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year; ``value`` stands on the first day of what is known."""

    value: date
    precision: Precision

    def __str__(self) -> str:
        text = self.value.isoformat()
        return {"day": text, "month": text[:7], "year": text[:4]}[self.precision]


def month_index(day: date) -> int:
    """Number of the month since year 0."""
    return day.year * MONTHS_PER_YEAR + day.month - 1


def first_of_index(index: int) -> date:
    """First day of the month with this index."""
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1)


def add_months(day: date, months: int) -> date:
    """Same day of the month ``months`` later; a day that does not exist becomes the last day of that month."""
    index = month_index(day) + months
    year, month = index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    """Anniversary; 29 February becomes 28 February in a common year."""
    return add_months(day, years * MONTHS_PER_YEAR)


def day_before(day: date) -> date:
    """The previous day."""
    return day - timedelta(days=1)


def month_before(day: date) -> date:
    """First day of the calendar month before the one of ``day``."""
    return first_of_index(month_index(day) - 1)


def whole_months(start: date, end: date) -> int:
    """Complete months from ``start`` to ``end``; an unfinished month does not count, an earlier end is negative."""
    return month_index(end) - month_index(start) - (1 if end.day < start.day else 0)


def half_years(months: int, half_limit: int, none_below: int = 1) -> Decimal:
    """Years in halves: under ``none_below`` odd months nothing, to ``half_limit`` one half, more a whole year.

    The result always carries one decimal (``3.0``), which is how the law's tables print it.
    """
    years, odd = divmod(months, MONTHS_PER_YEAR)
    halves = 2 * years + (0 if odd < none_below else 1 if odd <= half_limit else 2)
    return Decimal(halves * 5).scaleb(-1)
