"""Parameters of reports: declared once with a Vietnamese label, read from text, every fault told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from flask_babel import gettext as _

from hrms.kernel.text import format_date, parse_full_date

Kind = Literal["unit", "date", "period", "choice", "number"]
MONTHS = 12
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Period:
    """A year, half year, quarter or month: ``code`` as in an address (2025, 2025-H1, 2025-Q2, 2025-06)."""

    code: str
    first: date
    last: date

    @property
    def label(self) -> str:
        """``năm 2025``, ``6 tháng đầu năm 2025``, ``quý II năm 2025``, ``tháng 06 năm 2025``."""
        year, _dash, part = self.code.partition("-")
        if not part:
            return f"năm {year}"
        if part.startswith("H"):
            return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
        if part.startswith("Q"):
            return f"quý {('I', 'II', 'III', 'IV')[int(part[1]) - 1]} năm {year}"
        return f"tháng {part} năm {year}"

    def months(self) -> list[tuple[date, date]]:
        """First and last day of every month of the period."""
        found, start = [], self.first
        while start <= self.last:
            following = _month(start.year * MONTHS + start.month)
            found.append((start, following - timedelta(days=1)))
            start = following
        return found


def _month(index: int) -> date:
    """The first day of a month counted from year 0."""
    return date(index // MONTHS, index % MONTHS + 1, 1)


_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")


def period_of(code: str) -> Period:
    """The period a code names. Raises :class:`ValueError` with a sentence for the user."""
    match = _PERIOD.fullmatch(code.strip().upper())
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise ValueError(
            _(
                "Kỳ báo cáo “%(value)s” không đúng. "
                "Viết 2025 (năm), 2025-H1 (6 tháng), 2025-Q2 (quý) hoặc 2025-06 (tháng).",
                value=code[:40],
            )
        )
    year, quarter, half, month = int(match[1]), match[2], match[3], match[4]
    start, length = 0, MONTHS
    if quarter:
        start, length = 3 * (int(quarter) - 1), 3
    elif half:
        start, length = 6 * (int(half) - 1), 6
    elif month:
        start, length = int(month) - 1, 1
    first = _month(year * MONTHS + start)
    return Period(match[0], first, _month(year * MONTHS + start + length) - timedelta(days=1))


def recent_periods(today: date) -> list[tuple[str, list[Period]]]:
    """Periods a reader picks from, newest first, under their headings."""
    years = [period_of(str(today.year - back)) for back in range(4)]
    halves = [period_of(f"{today.year - back}-H{half}") for back in range(2) for half in (2, 1)]
    quarter = today.year * 4 + (today.month - 1) // 3
    quarters = [period_of(f"{(quarter - back) // 4}-Q{(quarter - back) % 4 + 1}") for back in range(-2, 8)]
    index = today.year * MONTHS + today.month - 1
    months = [period_of(f"{(index - back) // MONTHS}-{(index - back) % MONTHS + 1:02d}") for back in range(MONTHS)]
    return [
        ("Quý", quarters),
        ("6 tháng", [half for half in halves if half.first <= today]),
        ("Năm", years),
        ("Tháng", months),
    ]


@dataclass(frozen=True)
class Parameter:
    """One question of a report. ``default`` gets today and returns the text that stands in the field.

    Values when read: ``unit`` an :class:`OrgUnit` in the scope of whoever asks, ``date`` a date, ``period`` a
    :class:`Period`, ``choice`` a code, ``number`` an int within ``low`` and ``high``.
    """

    name: str
    label: str
    kind: Kind
    default: Callable[[date], str] = lambda _today: ""
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    low: int = 0
    high: int = 1_000_000
    hint: str = ""

    def read(self, text: str) -> Any:
        """The value of ``text`` (units are looked up elsewhere). Raises :class:`ValueError` with a sentence."""
        if self.kind == "period":
            return period_of(text)
        if self.kind == "date":
            return _date(text)
        if self.kind == "choice":
            if text in self.choices:
                return text
            known = ", ".join(self.choices.values())
            raise ValueError(_("%(label)s: không có lựa chọn “%(value)s”. Hãy chọn: %(known)s.",
                               label=_(self.label), value=text[:40], known=known))  # fmt: skip
        if self.kind == "number":
            if text.isascii() and text.isdigit() and self.low <= int(text[:12]) <= self.high:
                return int(text)
            raise ValueError(_("%(label)s: “%(value)s” phải là số nguyên từ %(low)s đến %(high)s.",
                               label=_(self.label), value=text[:40], low=self.low, high=self.high))  # fmt: skip
        return text

    def words(self, value: Any) -> str:
        """The value as a heading says it."""
        if value is None or value == "":
            return ""
        if isinstance(value, Period):
            return value.label
        if isinstance(value, date):
            return format_date(value)
        if self.kind == "choice":
            return self.choices.get(value, str(value))
        return str(getattr(value, "name", value))

    def plain(self, value: Any) -> str:
        """The value as text that :meth:`read` takes: what an address and a snapshot hold."""
        if value is None:
            return ""
        if isinstance(value, Period):
            return value.code
        if isinstance(value, date):
            return value.isoformat()
        return str(getattr(value, "id", value))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return parse_full_date(text)


def unit(name: str = "unit", label: str = "Đơn vị") -> Parameter:
    """The unit with everything below it; left empty: the widest unit whoever asks may see."""
    return Parameter(name, label, "unit", required=False)


def day(name: str = "on", label: str = "Tính đến ngày", default: Callable[[date], str] = date.isoformat) -> Parameter:
    """A day; today unless another one is given."""
    return Parameter(name, label, "date", default)


def this_quarter(today: date) -> str:
    return f"{today.year}-Q{(today.month - 1) // 3 + 1}"


def next_quarter(today: date) -> str:
    """The coming quarter: what falls due in it is prepared in this one."""
    quarter = today.year * 4 + (today.month - 1) // 3 + 1
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def period(name: str = "period", label: str = "Kỳ báo cáo", default: Callable[[date], str] = this_quarter) -> Parameter:
    """A month, quarter, half year or year."""
    return Parameter(name, label, "period", default)


def pick(name: str, label: str, choices: Mapping[str, str], default: str = "") -> Parameter:
    """One of ``choices`` (code → words)."""
    return Parameter(name, label, "choice", lambda _today: default or next(iter(choices)), choices)


def number(name: str, label: str, default: int, low: int = 0, high: int = 100) -> Parameter:
    """A whole number between ``low`` and ``high``."""
    return Parameter(name, label, "number", lambda _today: str(default), low=low, high=high)
