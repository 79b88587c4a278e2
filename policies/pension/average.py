"""The average salary insurance was paid on: which years count, and the average of a State-scale career.

Luật BHXH 41/2024/QH15 Điều 72, NĐ 158/2025/NĐ-CP Điều 15, 16. Special choices (former hazardous, Army, Police or
seniority pay, Điều 15 khoản 2, 3) are left to the insurance agency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.engine.dates import MONTHS_PER_YEAR, month_index
from policies.engine.money import EXACT, add, mul, round_dong
from policies.engine.parameters import ParameterStore
from policies.store import default_store

YEARS = "pension.average_years"


@dataclass(frozen=True, slots=True)
class CoefficientPeriod:
    """Months ``start`` to ``end`` (any day of the first and last month) paid on one sum of coefficients.

    ``coefficient`` adds rank, leadership, over-frame, professional seniority and retained difference (Điều 31 khoản 1).
    """

    start: date
    end: date
    coefficient: Decimal

    @property
    def months(self) -> int:
        """Whole months, both ends included."""
        return month_index(self.end) - month_index(self.start) + 1


@dataclass(frozen=True, slots=True)
class PaidYear:
    """Salary paid on in one calendar year: ``monthly`` đồng for ``months`` months."""

    year: int
    months: int
    monthly: int


def years_counted(first_insured: date, day: date, store: ParameterStore | None = None) -> int | None:
    """Last years averaged for somebody first insured on this day; None = the whole time."""
    store = store or default_store()
    bands = store.at(YEARS, day).value
    years = [value for start, value in sorted(bands.items()) if date.fromisoformat(start) <= first_insured][-1]
    return years or None


def average_of_coefficients(
    periods: Sequence[CoefficientPeriod], first_insured: date, pension_from: date, store: ParameterStore | None = None
) -> int:
    """Average monthly salary (đồng) of a career wholly on the State scale, at the base salary on the pension day.

    The last years by first insurance; where their average is below that of the whole time, the whole time (Điều 15
    khoản 2 điểm c). Fewer months than that: those paid.
    """
    store = store or default_store()
    base = store.at("salary.base", pension_from).value
    ordered = sorted(periods, key=lambda p: p.start)
    whole = _mean(ordered, None)
    years = years_counted(first_insured, pension_from, store)
    chosen = whole if years is None else max(whole, _mean(ordered, years * MONTHS_PER_YEAR))
    return round_dong(mul(chosen, base))


def _mean(periods: Sequence[CoefficientPeriod], last_months: int | None) -> Decimal:
    """Mean coefficient of the last months (None = all)."""
    left = sum(p.months for p in periods) if last_months is None else last_months
    months, weighted = 0, Decimal(0)
    for period in reversed(periods):
        taken = min(period.months, left)
        if taken <= 0:
            break
        months += taken
        left -= taken
        weighted = add(weighted, mul(period.coefficient, taken))
    return EXACT.divide(weighted, Decimal(months)) if months else Decimal(0)


def average_of_paid_years(years: Sequence[PaidYear], pension_from: date, store: ParameterStore | None = None) -> int:
    """Average monthly salary (đồng) of pay set by the employer: each year × its adjustment coefficient, at least 1."""
    store = store or default_store()
    table = store.at("pension.adjustment", pension_from).value
    first = min(int(y) for y in table)
    months, weighted = 0, Decimal(0)
    for row in years:
        coefficient = max(Decimal(1), Decimal(table.get(str(max(row.year, first)), 1)))
        months += row.months
        weighted = add(weighted, mul(mul(coefficient, row.monthly), row.months))
    return round_dong(EXACT.divide(weighted, Decimal(months))) if months else 0


@dataclass(frozen=True, slots=True)
class AveragePart:
    """One part of a mixed career: its average (đồng a month) and its months. Voluntary insurance is a part too."""

    monthly: int
    months: int


def average_of_parts(parts: Sequence[AveragePart]) -> int:
    """Average of a mixed career, weighted by months (đồng a month).

    State scale and employer-set pay (Luật BHXH Điều 72 khoản 3; NĐ 158/2025 Điều 15 khoản 4), compulsory and voluntary
    insurance (NĐ 158/2025 Điều 17 khoản 5). Commune time belongs to the part on the State scale (Điều 15 khoản 5).
    Raises ``ValueError`` where there is no month at all.
    """
    months = sum(part.months for part in parts)
    if months <= 0 or any(part.months < 0 for part in parts):
        raise ValueError("cần ít nhất một tháng đóng, không có số tháng âm")
    return round_dong(EXACT.divide(Decimal(sum(part.monthly * part.months for part in parts)), Decimal(months)))
