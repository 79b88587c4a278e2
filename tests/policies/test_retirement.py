"""Retirement age and pension day: the printed annexes of NĐ 135/2020/NĐ-CP, row by row."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import default_store
from policies.engine.dates import PartialDate, add_months, first_of_index, half_years, month_index
from policies.retirement import notice_dates, pension_date, retirement_age

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2025, 6, 1)
FAR_BACK, FAR_AHEAD = month_index(date(1935, 1, 1)), month_index(date(2015, 12, 1))


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def month(text: str) -> int:
    year, number = text.split("-")
    return month_index(date(int(year), int(number), 1))


def test_all_254_rows_of_the_printed_annexes():
    printed = rows("annex_months.csv")
    assert len(printed) == 254
    for row in printed:
        birth = first_of_index(month(row["birth_month"]))
        age = retirement_age(default_store(), row["sex"], birth, row["annex"], TODAY)
        assert (age.age_months, age.pension_from.isoformat()[:7]) == (int(row["age_months"]), row["pension_month"]), row


def test_all_50_birth_ranges_at_their_first_and_last_month():
    ranges = rows("age_ranges.csv")
    assert len(ranges) == 50
    for row in ranges:
        low, high = max(month(row["born_from"]), FAR_BACK), min(month(row["born_to"]), FAR_AHEAD)
        for index in range(low, high + 1):
            age = retirement_age(default_store(), row["sex"], first_of_index(index), row["annex"], TODAY)
            assert age.age_months == int(row["age_months"]), (row, first_of_index(index))


@pytest.mark.parametrize("day", [1, 15, 31])
def test_the_day_of_birth_never_moves_the_pension_day(day):
    assert pension_date(default_store(), "male", date(1967, 5, day), "I", TODAY) == date(2029, 6, 1)


@given(
    index=st.integers(FAR_BACK, FAR_AHEAD), sex=st.sampled_from(["male", "female"]), annex=st.sampled_from(["I", "II"])
)
def test_who_is_born_later_never_retires_earlier(index, sex, annex):
    store = default_store()
    earlier = pension_date(store, sex, first_of_index(index), annex, TODAY)
    later = pension_date(store, sex, first_of_index(index + 1), annex, TODAY)
    assert earlier < later
    assert earlier.day == 1


@given(index=st.integers(FAR_BACK, FAR_AHEAD), sex=st.sampled_from(["male", "female"]))
def test_annex_two_is_at_least_five_years_earlier(index, sex):
    store, birth = default_store(), first_of_index(index)
    normal = pension_date(store, sex, birth, "I", TODAY)
    lower = pension_date(store, sex, birth, "II", TODAY)
    assert add_months(lower, 60) <= normal


def test_a_birth_date_known_to_the_year_stands_on_the_first_of_january():
    born = PartialDate(date(1967, 1, 1), "year")
    assert pension_date(default_store(), "male", born, "I", TODAY) == date(2029, 2, 1)


def test_notice_six_months_and_decision_three_months_before():
    assert notice_dates(default_store(), date(2029, 6, 1)) == {
        "notice": date(2028, 12, 1),
        "decision": date(2029, 3, 1),
    }


def test_half_year_rounding_as_in_the_table():
    limit = default_store().at("counting.half_year_limit", TODAY).value
    table = rows("half_years.csv")
    assert len(table) == 61
    for row in table:
        assert str(half_years(int(row["months"]), limit)) == row["years"]
