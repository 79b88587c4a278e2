"""The roadmap of NĐ 135/2020/NĐ-CP: which month a person reaches the age, which day the pension starts.

The year that counts is the year in which the age is reached, so the age is searched upwards month by month from the
starting age until it meets the roadmap of the year it falls in. The day of birth never matters, only the month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.engine.dates import (
    MONTHS_PER_YEAR,
    PartialDate,
    add_months,
    first_of_index,
    month_index,
)
from policies.engine.parameters import ParameterStore

ROADMAP = "retirement.roadmap"
ANNEX_2 = "retirement.annex_2.earlier_months"


@dataclass(frozen=True, slots=True)
class RetirementAge:
    """Age in years and months, the month in which it is reached, and the first day of pension."""

    years: int
    months: int
    age_reached_month: date
    pension_from: date

    @property
    def age_months(self) -> int:
        """The age in months."""
        return self.years * MONTHS_PER_YEAR + self.months


def retirement_age(store: ParameterStore, sex: str, birth: PartialDate | date, annex: str, day: date) -> RetirementAge:
    """Age and dates for ``sex`` (male, female), birth date and annex (I, II) by the roadmap in force on ``day``.

    Only the year known: 1 January (NĐ 135 Điều 3.3; NĐ 158/2025 Điều 12.2); only the month: its first day.
    """
    value = birth.value if isinstance(birth, PartialDate) else birth
    index = month_index(value)
    key = (ROADMAP, sex, annex, index, store.at(ROADMAP, day).valid_from)
    found: RetirementAge | None = store.memo.get(key)
    if found is None:
        found = store.memo[key] = _search(store, sex, index, annex, day)
    return found


def pension_date(store: ParameterStore, sex: str, birth: PartialDate | date, annex: str, day: date) -> date:
    """First day of pension at the normal age of the annex: day 1 of the month after the age is reached."""
    return retirement_age(store, sex, birth, annex, day).pension_from


def _search(store: ParameterStore, sex: str, birth_index: int, annex: str, day: date) -> RetirementAge:
    roadmap = _by_year(store.at(ROADMAP, day).value[sex])
    offset = store.at(ANNEX_2, day).value if annex == "II" else 0
    age = min(roadmap.values()) - offset
    while age < _of_year(roadmap, (birth_index + age) // MONTHS_PER_YEAR) - offset:
        age += 1
    years, months = divmod(age, MONTHS_PER_YEAR)
    return RetirementAge(years, months, first_of_index(birth_index + age), first_of_index(birth_index + age + 1))


def _by_year(table: Mapping[str, int]) -> dict[int, int]:
    return {int(year): months for year, months in table.items()}


def _of_year(roadmap: dict[int, int], year: int) -> int:
    """The age of a year; years before the table have its first age, years after it its last."""
    return roadmap[min(max(year, min(roadmap)), max(roadmap))]


def notice_dates(store: ParameterStore, pension_from: date) -> dict[str, date]:
    """Latest days of the written notice and of the decision before the retirement moment."""
    last_day_of_work = first_of_index(month_index(pension_from))
    notice = store.at("retirement.notice_months", pension_from)
    decision = store.at("retirement.decision_months", pension_from)
    return {
        "notice": add_months(last_day_of_work, -notice.value),
        "decision": add_months(last_day_of_work, -decision.value),
    }
