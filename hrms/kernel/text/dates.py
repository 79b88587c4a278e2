"""Dates as Vietnamese offices write them, with the precision they are known to; whole months and ages."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, total_ordering
from typing import Any, Literal

from flask_babel import gettext as _

from hrms.kernel.text.normalize import normalize

Precision = Literal["day", "month", "year"]
MIN_YEAR, MAX_YEAR = 1900, 2100
_PRECISIONS: tuple[Precision, ...] = ("day", "month", "year")
_EXCEL_EPOCH = date(1899, 12, 30)
_LAST_SERIAL = (date(MAX_YEAR, 12, 31) - _EXCEL_EPOCH).days

_SEP = r"\s*[/\-.]\s*"
_DMY = re.compile(rf"(?a)(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}})")
_ISO = re.compile(rf"(?a)(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})")
_MY = re.compile(rf"(?a)(\d{{1,2}}){_SEP}(\d{{4}})")
_YM = re.compile(rf"(?a)(\d{{4}}){_SEP}(\d{{1,2}})")
_Y = re.compile(r"(?a)\d{4}")
_SHORT_YEAR = re.compile(rf"(?a)(?:\d{{1,2}}{_SEP}){{2}}\d{{2}}")
_LONG = re.compile(r"(?:ngày\s+(\d{1,2})[,\s]+)?tháng\s+(\d{1,2})[,\s]+năm\s+(\d{4})", re.IGNORECASE)
_LONG_YEAR = re.compile(r"năm\s+(\d{4})", re.IGNORECASE)
_CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")


class DateFormatError(ValueError):
    """The value is no date; the message is Vietnamese, names the value and ends with the remedy."""


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year. ``value`` is the first day of what is known."""

    value: date
    precision: Precision = "day"

    def __post_init__(self) -> None:
        if self.precision not in _PRECISIONS:
            raise ValueError(f"unknown precision {self.precision!r}")
        first = {"day": self.value, "month": self.value.replace(day=1), "year": self.value.replace(month=1, day=1)}
        object.__setattr__(self, "value", first[self.precision])

    def __lt__(self, other: PartialDate) -> bool:
        """Earlier first; on the same first day the more precise first."""
        return (self.value, _PRECISIONS.index(self.precision)) < (other.value, _PRECISIONS.index(other.precision))

    def __str__(self) -> str:
        return format_partial(self)

    @property
    def last(self) -> date:
        """The last day it can mean."""
        if self.precision == "day":
            return self.value
        if self.precision == "month":
            return self.value.replace(day=calendar.monthrange(self.value.year, self.value.month)[1])
        return self.value.replace(month=12, day=31)

    def iso(self) -> str:
        """``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``: the form of case files and the API."""
        length = {"day": 10, "month": 7, "year": 4}[self.precision]
        return self.value.isoformat()[:length]


def _date(raw: object, year: int, month: int, day: int) -> date:
    if not MIN_YEAR <= year <= MAX_YEAR:
        message = _(
            "“%(value)s” có năm %(year)s ngoài khoảng %(low)s–%(high)s. Hãy kiểm tra lại năm.",
            value=raw,
            year=year,
            low=MIN_YEAR,
            high=MAX_YEAR,
        )
        raise DateFormatError(message)
    try:
        return date(year, month, day)
    except ValueError:
        raise DateFormatError(
            _("“%(value)s” không phải ngày có thật. Hãy sửa thành ngày dd/mm/yyyy.", value=raw)
        ) from None


def _no_date(raw: object) -> DateFormatError:
    return DateFormatError(_("“%(value)s” không phải ngày. Hãy ghi dd/mm/yyyy, mm/yyyy hoặc yyyy.", value=raw))


def _serial(raw: object, number: int) -> PartialDate:
    # Smaller counts are years or stray numbers; the first day count that can be meant, 2101, is in 1905.
    if not MAX_YEAR < number <= _LAST_SERIAL:
        raise _no_date(raw)
    return PartialDate(_EXCEL_EPOCH + timedelta(days=number))


def _from_number(raw: float | int | Decimal) -> PartialDate:
    """A year (1965), a month typed with a decimal point (6.1965) or Excel's count of days (23908)."""
    number = Decimal(str(raw))
    if not number.is_finite():
        raise _no_date(raw)
    whole = int(number)
    if MIN_YEAR <= number <= MAX_YEAR and number == whole:
        return PartialDate(date(whole, 1, 1), "year")
    if 1 <= whole <= 12 and number != whole:
        year = int((number - whole) * 10000)
        if (number - whole) * 10000 == year and MIN_YEAR <= year <= MAX_YEAR:
            return PartialDate(date(year, whole, 1), "month")
    return _serial(raw, whole)


@lru_cache(maxsize=16384)
def _from_text(raw: str) -> PartialDate:
    text = _CLOCK.sub("", normalize(raw).strip(" .,;'"))
    if match := _DMY.fullmatch(text):
        day, month, year = map(int, match.groups())
        return PartialDate(_date(raw, year, month, day))
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
        return PartialDate(_date(raw, year, month, day))
    if match := _MY.fullmatch(text):
        month, year = map(int, match.groups())
        return PartialDate(_date(raw, year, month, 1), "month")
    if match := _YM.fullmatch(text):
        year, month = map(int, match.groups())
        return PartialDate(_date(raw, year, month, 1), "month")
    if _Y.fullmatch(text):
        return PartialDate(_date(raw, int(text), 1, 1), "year")
    if match := _LONG.fullmatch(text):
        day_text, month_text, year_text = match.groups()
        value = _date(raw, int(year_text), int(month_text), int(day_text or 1))
        return PartialDate(value, "day" if day_text else "month")
    if match := _LONG_YEAR.fullmatch(text):
        return PartialDate(_date(raw, int(match.group(1)), 1, 1), "year")
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _serial(raw, int(text))
    if _SHORT_YEAR.fullmatch(text):
        raise DateFormatError(_("“%(value)s” ghi năm chỉ có hai chữ số. Hãy ghi đủ bốn chữ số của năm.", value=raw))
    raise _no_date(raw)


def parse_date(value: Any) -> PartialDate:
    """Read ``dd/mm/yyyy``, ``d-m-yyyy``, ``mm/yyyy``, ``yyyy``, ISO, ``ngày … tháng … năm …``, Excel serials and dates.

    The day always comes before the month. A two-digit year is refused: nobody can tell 1965 from 2065 for certain.
    Raises :class:`DateFormatError`.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return PartialDate(_date(format_date(value), value.year, value.month, value.day))
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _from_number(value)
    raise _no_date(value)


def parse_full_date(value: Any) -> date:
    """Like :func:`parse_date`, where only a full day will do."""
    parsed = parse_date(value)
    if parsed.precision != "day":
        raise DateFormatError(_("“%(value)s” thiếu ngày. Hãy ghi đủ dd/mm/yyyy.", value=value))
    return parsed.value


def format_date(value: date) -> str:
    """``05/01/2026``."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def format_partial(value: PartialDate) -> str:
    """``15/06/1965``, ``06/1965`` or ``1965``: no more than is known."""
    return format_date(value.value)[{"day": 0, "month": 3, "year": 6}[value.precision] :]


def long_date(value: date) -> str:
    """``ngày 05 tháng 01 năm 2026``: days below 10 and months 1 and 2 take a 0 (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
    month = f"{value.month:02d}" if value.month <= 2 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier); the last day of the month where that day does not exist."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; 29/02 becomes 28/02 in an ordinary year."""
    return add_months(day, 12 * years)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def first_of_next_month(day: date) -> date:
    return add_months(day.replace(day=1), 1)


def end_of_month(day: date) -> date:
    return first_of_next_month(day) - timedelta(days=1)


def full_months(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``: the largest n with start + n months ≤ end; negative if it is earlier."""
    if end < start:
        return -full_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if add_months(start, months) > end else months


def calendar_months(start: date, end: date) -> int:
    """Months between the two calendar months, whatever the days: 31/01 to 01/03 are 2."""
    return (end.year - start.year) * 12 + end.month - start.month


def age_on(birth: date, day: date) -> int:
    """Completed years of age; somebody born on 29/02 completes a year on 28/02 of an ordinary year."""
    return full_months(birth, day) // 12


def years_and_months(months: int) -> tuple[int, int]:
    """``303`` → ``(25, 3)``."""
    return divmod(months, 12)


def months_to_words(months: int) -> str:
    """``303`` → ``25 năm 3 tháng``; ``300`` → ``25 năm``; ``7`` → ``7 tháng``; ``0`` → ``0 tháng``.

    >>> months_to_words(303)
    '25 năm 3 tháng'
    """
    if months < 0:
        return f"-{months_to_words(-months)}"
    years, rest = years_and_months(months)
    parts = ([f"{years} năm"] if years else []) + ([f"{rest} tháng"] if rest or not years else [])
    return " ".join(parts)
