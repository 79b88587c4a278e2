"""The average salary of a career as the records tell it: State scale, employer-set pay, or one after the other.

Luật BHXH 41/2024/QH15 Điều 31, 72; NĐ 158/2025/NĐ-CP Điều 15, 16. Months nobody wrote down are not guessed: they stay
out of the average.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.engine.case import PERCENT_ALLOWANCES, ZERO, Salary
from policies.engine.dates import MONTHS_PER_YEAR, first_of_index, month_index
from policies.engine.money import EXACT, ONE, add, mul, percent, round_dong
from policies.engine.parameters import ParameterStore, Version
from policies.pension.average import (
    CoefficientPeriod,
    PaidYear,
    average_of_coefficients,
    average_of_paid_years,
    years_counted,
)
from policies.store import default_store


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay from the month of ``start`` to the month of ``end``, both included."""

    start: date
    end: date
    salary: Salary

    @property
    def months(self) -> int:
        return month_index(self.end) - month_index(self.start) + 1


@dataclass(frozen=True, slots=True)
class CareerAverage:
    """``amount`` đồng a month over ``months`` known months; ``by_year``: each year's pay times its coefficient."""

    amount: int
    months: int
    by_year: bool


def insured_coefficient(salary: Salary, components: Version) -> Decimal:
    """The sum of coefficients insurance is paid on (Điều 31 khoản 1): the named parts and nothing else."""
    counted = components.value
    coefficient = salary.coefficient or ZERO
    core = coefficient
    if "leadership" in counted:
        core = add(core, salary.allowance("leadership"))
    if "beyond_frame_percent" in counted:
        core = add(core, mul(coefficient, percent(salary.allowance("beyond_frame_percent"))))
    rate = ZERO
    for name in PERCENT_ALLOWANCES:
        if name in counted:
            rate = add(rate, salary.allowance(name))
    core = mul(core, add(ONE, percent(rate)))
    if "retained_difference" in counted:
        core = add(core, salary.allowance("retained_difference"))
    return core


def average_of_career(
    pays: Sequence[Pay], first_insured: date, pension_from: date, store: ParameterStore | None = None
) -> CareerAverage:
    """Average monthly salary of ``pays`` for a pension that starts on ``pension_from``.

    First insured before the day of ``pension.paid_years_from``: the State scale by its coefficients × the base salary
    at the pension, pay set by an employer by its years, weighted by months (Điều 72 khoản 3). Insured from that day on:
    each year's pay × the coefficient of the year, over the last years that count. ``pays`` must not be empty.
    """
    store = store or default_store()
    ordered = sorted(pays, key=lambda pay: pay.start)
    months = sum(pay.months for pay in ordered)
    components = store.at("pension.base_components", pension_from)
    if first_insured >= store.at("pension.paid_years_from", pension_from).value:
        years = years_counted(first_insured, pension_from, store)
        return CareerAverage(_adjusted(ordered, years, pension_from, components, store), months, True)
    scale = [pay for pay in ordered if pay.salary.agreed_amount is None]
    rest = [pay for pay in ordered if pay.salary.agreed_amount is not None]
    weighted = 0
    if scale:
        periods = [CoefficientPeriod(p.start, p.end, insured_coefficient(p.salary, components)) for p in scale]
        average = average_of_coefficients(periods, first_insured, pension_from, store)
        weighted += average * sum(pay.months for pay in scale)
    if rest:
        weighted += _adjusted(rest, None, pension_from, components, store) * sum(pay.months for pay in rest)
    return CareerAverage(round_dong(EXACT.divide(Decimal(weighted), Decimal(months))), months, False)


def _adjusted(
    pays: Sequence[Pay], years: int | None, pension_from: date, components: Version, store: ParameterStore
) -> int:
    """Pay year by year × the coefficient of the year, over the last ``years`` (None = all)."""
    paid = list(_months_paid(pays, components, store))
    if years is not None:
        paid = paid[-years * MONTHS_PER_YEAR :]
    # The table is published year by year: for a pension before the first known one, that one.
    table_day = max(pension_from, store.versions("pension.adjustment")[0].valid_from)
    return average_of_paid_years(_by_year(paid), table_day, store)


def _months_paid(pays: Sequence[Pay], components: Version, store: ParameterStore) -> Iterator[tuple[int, int]]:
    """Year and đồng of every month, in order."""
    earliest = store.versions("salary.base")[0].valid_from
    for pay in pays:
        coefficient = insured_coefficient(pay.salary, components)
        for index in range(month_index(pay.start), month_index(pay.end) + 1):
            day = first_of_index(index)
            if pay.salary.agreed_amount is not None:
                yield day.year, pay.salary.agreed_amount
            else:
                yield day.year, round_dong(mul(coefficient, store.at("salary.base", max(day, earliest)).value))


def _by_year(paid: Sequence[tuple[int, int]]) -> list[PaidYear]:
    counts: dict[tuple[int, int], int] = {}
    for row in paid:
        counts[row] = counts.get(row, 0) + 1
    return [PaidYear(year, months, monthly) for (year, monthly), months in counts.items()]
