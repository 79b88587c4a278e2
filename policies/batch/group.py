"""Rows whose leave dates see the same parameter values: what every decree reads about them, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from policies.batch.exact import Bools, Column, Ints, Words, digits_of, looked_up, product, round_half_up, scaled, total
from policies.batch.people import BENEFIT_WORDS, People, first_day
from policies.engine import case as schema
from policies.engine.dates import MONTHS_PER_YEAR, first_of_index
from policies.engine.parameters import ParameterStore
from policies.engine.reading import LAST_YEAR
from policies.labels import REFUSAL_LABELS
from policies.retirement.age import ANNEX_2, ROADMAP, retirement_age

# Years are kept in tenths, so that halves are whole numbers.
TENTHS = 10


# Words travel as small numbers through the columns and become text only in the result.
REASON_WORDS = ("eligible", *REFUSAL_LABELS)
_REASON_CODES = {word: code for code, word in enumerate(REASON_WORDS)}
_BENEFIT_CODES = {word: code for code, word in enumerate(BENEFIT_WORDS)}


class Refusals:
    """Reasons in the order of the one-case path; the first that holds is the reason of the row.

    ``reason`` holds positions in ``REASON_WORDS``; 0 is a row that nothing refuses.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.reason: Words = np.zeros(size, dtype=np.int8)

    def add(self, code: str, mask: Bools) -> None:
        """Refuse the rows of ``mask``."""
        if mask.any():
            np.putmask(self.reason, mask & (self.reason == 0), _REASON_CODES[code])

    def any(self) -> Bools:
        """Rows with at least one reason."""
        found: Bools = self.reason != 0
        return found


@dataclass
class Answer:
    """What one decree answers for every row: words, counts and lines (đồng by line code).

    ``benefit`` and ``reason`` are positions in ``BENEFIT_WORDS`` and ``REASON_WORDS``.
    """

    decree: str
    benefit: Words
    eligible: Bools
    reason: Words
    salary: Ints
    months: Ints
    years: Ints
    insurance_years: Ints
    severance_months: Ints
    lines: dict[str, Ints] = field(default_factory=dict)

    @cached_property
    def total(self) -> Ints:
        """Sum of the lines; the lines stay as they are once it was asked for."""
        found: Ints = np.zeros(len(self.eligible), dtype=np.int64)
        for amount in self.lines.values():
            found += amount
        return found

    def without_months(self) -> Answer:
        """For amounts that have nothing to do with a leave."""
        self.months, self.years = np.zeros_like(self.months), np.zeros_like(self.years)
        return self

    def where(self, mask: Bools, other: Answer) -> Answer:
        """This answer on ``mask``, ``other`` elsewhere."""
        return Answer(
            self.decree,
            _either(mask, self.benefit, other.benefit),
            _either(mask, self.eligible, other.eligible),
            _either(mask, self.reason, other.reason),
            _either(mask, self.salary, other.salary),
            _either(mask, self.months, other.months),
            _either(mask, self.years, other.years),
            _either(mask, self.insurance_years, other.insurance_years),
            _either(mask, self.severance_months, other.severance_months),
            {
                code: _either(mask, self.lines.get(code, NOTHING), other.lines.get(code, NOTHING))
                for code in {*self.lines, *other.lines}
            },
        )


class Group:
    """People of one period of the law with the quantities all decrees share."""

    def __init__(self, people: People, store: ParameterStore, day: date) -> None:
        self.p = people
        self.store = store
        self.day = day
        self.size = people.size
        self.pension_index = self._pension_index()
        self.pension_day = first_day(self.pension_index)
        self.gap = self.pension_index - people.leave.index
        self.months: Ints = np.maximum(0, self.gap - (people.leave.day != 1))
        limit = self.param("counting.half_year_limit")
        self.years = half_years(self.months, limit)
        self.insurance_years = half_years(people.insured, limit)
        self._none = self.zeros()
        self.age_reached = people.leave.number >= self.pension_day
        self.previous_base = self._base_of(people.leave.index - 1)
        self._salaries: dict[Any, Ints] = {}

    def some(self, rows: Ints) -> Group:
        """The counts of some rows, which is what lines are made of; ``p`` stays that of all."""
        found = copy(self)
        found.size = len(rows)
        found.gap, found.months, found.years = self.gap[rows], self.months[rows], self.years[rows]
        found.insurance_years = self.insurance_years[rows]
        return found

    def param(self, name: str, day: date | None = None) -> Any:
        """Value of a parameter in this period."""
        return self.store.at(name, day or self.day).value

    def first_value(self, name: str) -> Any:
        """Value of a parameter that never changes with the leave date."""
        return self.store.versions(name)[0].value

    def zeros(self) -> Ints:
        """A column of zeros."""
        return np.zeros(self.size, dtype=np.int64)

    def nobody(self) -> Bools:
        """A column of False."""
        return np.zeros(self.size, dtype=np.bool_)

    def category_in(self, names: Sequence[str]) -> Bools:
        """Rows whose category is one of ``names``."""
        return among(self.p.category, schema.CATEGORIES, names)

    def group_177_in(self, names: Sequence[str]) -> Bools:
        """Rows whose NĐ 177 group is one of ``names``."""
        return among(self.p.group_177, schema.GROUPS_177, names)

    def shorter_than(self, months: int) -> Bools:
        """Less than ``months`` remain to the pension day."""
        found: Bools = self.months < months
        return found

    def longer_than(self, months: int) -> Bools:
        """More than ``months`` remain, be it by one day."""
        found: Bools = self.gap > months
        return found

    def current_base(self) -> Ints:
        """Base salary of the month of the date itself (monthly allowances)."""
        return self._base_of(self.p.leave.index, self.p.leave.number)

    def salary(self, components: Sequence[str], base: Ints | None = None) -> Ints:
        """Monthly salary of the components, rounded once; an agreed salary is the contract's amount."""
        key = (tuple(components), id(base))
        found = self._salaries.get(key)
        if found is None:
            found = self._salaries[key] = self._salary(components, self.previous_base if base is None else base)
        return found

    def _salary(self, components: Sequence[str], base: Ints) -> Ints:
        p = self.p
        digits = p.coefficient_digits + 2 * (p.percent_digits + 2)
        amount = round_half_up(product(self._exact_salary(tuple(components)), base), digits)
        return np.where(p.agreed > 0, p.agreed, amount) if self.p.any_agreed else amount

    def _exact_salary(self, components: tuple[str, ...]) -> Column:
        """Salary per đồng of base salary, scaled: it is the same in every leave month."""
        p = self.p
        found: Column | None = p.memo.get(components)
        if found is not None:
            return found
        unit = 10 ** (p.percent_digits + 2)  # one hundred percent
        drawn = [name for name in components if name in p.allowances and not _nobody_draws(p.allowances[name])]
        core = product(p.coefficient, unit)
        if "leadership" in drawn:
            core = total(core, product(p.allowances["leadership"], unit))
        if "beyond_frame_percent" in drawn:
            core = total(core, product(p.coefficient, p.allowances["beyond_frame_percent"]))
        rate: Column | int = unit
        for name in schema.PERCENT_ALLOWANCES:
            if name in drawn:
                rate = total(rate, p.allowances[name])
        exact = product(core, rate)
        if "retained_difference" in drawn:
            exact = total(exact, product(p.allowances["retained_difference"], unit * unit))
        p.memo[components] = exact
        return exact

    def pay(self, factor: Decimal | int, count: Column | int, salary: Ints, *, tenths: bool = False) -> Ints:
        """``factor × count × salary`` half up; ``tenths`` says that ``count`` is in tenths (years in halves)."""
        value = Decimal(factor)
        digits = digits_of(value)
        number = product(product(scaled(value, digits), count), salary)
        return round_half_up(number, digits + (1 if tenths else 0))

    def scaled_times(self, factor: Column, digits: int, amount: Ints) -> Ints:
        """A column of scaled factors times a column of amounts, half up."""
        return round_half_up(product(factor, amount), digits)

    def pay_service(self, form: Any, salary: Ints) -> Ints:
        """First months for the first years and a part for each year after."""
        further = Decimal(form["per_further_year"])
        digits = digits_of(further)
        more = np.maximum(0, self.insurance_years - TENTHS * form["first_years"])
        months = total(product(scaled(further, digits), more), TENTHS * scaled(form["first_months"], digits))
        return round_half_up(product(months, salary), digits + 1)

    def insured_years_from(self, years: int) -> Bools:
        """At least so many insurance years, as rounded."""
        found: Bools = self.insurance_years >= TENTHS * years
        return found

    def top_up(self) -> Ints:
        """The local grant, 0 where it was decided after such grants had ended."""
        p = self.p
        ended = ordinal(self.first_value("nd178.local_top_up.ended_on"))
        return np.where(p.top_up_decided.known & (p.top_up_decided.number >= ended), 0, p.top_up)

    def insured_too_short(self) -> Bools:
        """Too little insurance for a pension."""
        found: Bools = self.p.insured < self.param("pension.min_insurance_months")
        return found

    def answer(self, decree: str, benefit: str, refusals: Refusals, salary: Ints) -> Answer:
        """An answer without lines; the caller adds them for the eligible rows."""
        eligible = ~refusals.any()
        return Answer(
            decree,
            np.full(self.size, _BENEFIT_CODES[benefit], dtype=np.int8),
            eligible,
            refusals.reason.copy(),
            salary,
            self.months,
            self.years,
            self.insurance_years,
            self._none,
        )

    def not_yet(self, decree: str, benefit: str) -> Answer:
        """Every row refused because the decree is not in force."""
        refusals = Refusals(self.size)
        refusals.add("not_yet_in_force", ~self.nobody())
        return self.answer(decree, benefit, refusals, self.zeros())

    def asks(self, benefit: str) -> Bools:
        """Rows that ask for this benefit by name."""
        found: Bools = self.p.benefit == 1 + schema.BENEFITS.index(benefit)
        return found

    def _pension_index(self) -> Ints:
        p = self.p
        in_force = tuple(self.store.at(name, self.day).valid_from for name in (ROADMAP, ANNEX_2))
        known: Ints | None = p.memo.get(("pension", in_force))
        if known is not None:
            return known
        key = (p.birth_index * 2 + p.annex_2) * 2 + p.male
        table: Ints | None = self.store.memo.get(("batch.pension", in_force))
        if table is None:
            table = np.full((LAST_YEAR + 1) * MONTHS_PER_YEAR * 4, -1, dtype=np.int64)
            self.store.memo["batch.pension", in_force] = table
        found: Ints = looked_up(table, key)
        missing = found < 0
        for code in np.unique(key[missing]).tolist() if missing.any() else ():
            rest, male = divmod(code, 2)
            birth, annex_2 = divmod(rest, 2)
            age = retirement_age(
                self.store, "male" if male else "female", first_of_index(birth), "II" if annex_2 else "I", self.day
            )
            table[code] = age.pension_from.year * MONTHS_PER_YEAR + age.pension_from.month - 1
        if missing.any():
            found = looked_up(table, key)
        p.memo["pension", in_force] = found
        return found

    def _base_of(self, index: Ints, number: Ints | None = None) -> Ints:
        """Base salary on the first day of a month, or on a day."""
        days = first_day(index) if number is None else number
        if len(days) and (
            days.strides == (0,) or days.min() == days.max()
        ):  # one leave month for everybody, the usual case
            return np.full(len(days), self.store.at("salary.base", date.fromordinal(int(days[0]))).value, np.int64)
        distinct, inverse = np.unique(days, return_inverse=True)
        values = [self.store.at("salary.base", date.fromordinal(int(d))).value for d in distinct]
        found: Ints = np.array(values, dtype=np.int64)[inverse]
        return found


def among(codes: Ints, words: Sequence[str], names: Sequence[str]) -> Bools:
    """Rows whose word is one of ``names``; the code −1 (no word) finds the last place, which is False."""
    table = np.array([*(word in names for word in words), False], dtype=np.bool_)
    found: Bools = looked_up(table, codes)
    return found


NOTHING: Ints = np.zeros((), dtype=np.int64)


def _either(mask: Bools, left: Column, right: Column) -> Column:
    """``left`` on ``mask``, else ``right``; nothing to choose where both are the same column."""
    return left if left is right else np.where(mask, left, right)


def benefits(mask: Bools, left: str, right: str) -> Words:
    """A column of benefits: ``left`` on ``mask``, else ``right``."""
    found: Words = np.where(mask, np.int8(_BENEFIT_CODES[left]), np.int8(_BENEFIT_CODES[right]))
    return found


def half_years(months: Ints, limit: int) -> Ints:
    """Years in halves, as tenths of a year (35 = 3.5 years)."""
    if len(months) > len(_FEW_MONTHS) and months.max() < len(_FEW_MONTHS):
        found: Ints = looked_up(_half_years(_FEW_MONTHS, limit), months)  # looked up: faster than dividing every row
        return found
    return _half_years(months, limit)


# Months of any life and its insurance; longer ones are divided.
_FEW_MONTHS = np.arange(1500, dtype=np.int64)


def _half_years(months: Ints, limit: int) -> Ints:
    years, odd = np.divmod(months, MONTHS_PER_YEAR)
    found: Ints = (2 * years + np.where(odd == 0, 0, np.where(odd <= limit, 1, 2))) * 5
    return found


def few(rows: Ints, size: int) -> bool:
    """Picking rows out and putting amounts back pays where less than one in two is chosen."""
    return 2 * len(rows) < size


def _nobody_draws(allowance: Column) -> bool:
    """The column is not there: one 0 in the room of all."""
    return allowance.strides == (0,) and len(allowance) > 0 and not allowance[0]


def only(mask: Bools, amount: Ints) -> Ints:
    """The amount on the rows of ``mask``, 0 elsewhere."""
    found: Ints = np.where(mask, amount, 0)
    return found


def ordinal(day: date) -> int:
    """Day number of a date."""
    return day.toordinal()
