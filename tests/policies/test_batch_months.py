"""Many people, many leave months: the same answers as leaving month by month, whatever the columns are made of."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from benchmarks.population import population
from policies import CaseFaults, calculate, leave_profile
from policies.batch import calculate as calculate_frame
from policies.batch import calculate_months
from policies.batch import frame as batch_frame
from policies.batch.frame import BY_DECREE, COLUMNS
from tests.policies.conftest import base_case
from tests.policies.people import flat_row, random_case

# Days around every border of the windows, a first of the month and days inside one.
DATES = [
    date(2025, 2, 28), date(2025, 3, 15), date(2025, 6, 16), date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1),
    date(2026, 1, 1), date(2026, 7, 1),
]  # fmt: skip


def people(seed: int, count: int) -> list[dict]:
    rng = random.Random(seed)
    found = [random_case(rng) for _ in range(count)]
    for case in found:  # nobody so young that an earlier date falls before birth
        case["restructuring"]["effective_date"] = "2025-03-01"
    return found


@pytest.mark.parametrize("accrue", [True, False])
def test_each_month_is_the_leave_profile_of_each_person(accrue):
    cases = people(3, 60)
    table = calculate_months(pd.DataFrame([flat_row(c) for c in cases]), DATES, accrue_insurance=accrue)
    assert list(table.columns) == ["leave_date", *COLUMNS]
    by_day = {day: table[table["leave_date"] == pd.Timestamp(day)] for day in DATES}
    for position, case in enumerate(cases):
        for point in leave_profile(case, DATES, accrue_insurance=accrue):
            row = by_day[point.date].iloc[position]
            shown = (row["total"], row["eligible"], row["decree"], row["benefit"])
            assert shown == (point.total, point.eligible, point.decree, point.benefit), (case, point.date)


def test_one_month_is_the_plain_answer():
    frame = pd.DataFrame([flat_row(base_case(leave__date="2025-08-01", decree="auto")) for _ in range(3)])
    table = calculate_months(frame, [date(2025, 8, 1)])
    plain = calculate_frame(frame)
    assert table["total"].tolist() == plain["total"].tolist()
    assert [str(v) for v in table["reason"]] == plain["reason"].tolist()


def test_totals_by_decree_are_what_each_decree_alone_would_pay():
    cases = [{**case, "decree": "auto", "benefit": "auto"} for case in people(8, 80)]
    day = date(2025, 8, 1)
    for case in cases:
        case["leave"] = {"date": day.isoformat()}
    cases = [c for c in cases if _plausible(c)]
    table = calculate_months(pd.DataFrame([flat_row(c) for c in cases]), [day], by_decree=True)
    for position, case in enumerate(cases):
        for name in BY_DECREE:
            expected = calculate({**case, "decree": name.removeprefix("total_")}).total
            assert table[name].iloc[position] == expected, (name, case)


def _plausible(case: dict) -> bool:
    try:
        calculate(case)
    except CaseFaults:
        return False
    return True


def test_slices_and_threads_change_nothing(monkeypatch):
    monkeypatch.setattr(batch_frame, "_SLICE", 7_000)
    frame = population(40_000)
    dates = [date(2025, 8, 1), date(2025, 9, 1), date(2026, 8, 1)]
    together = calculate_months(frame, dates, threads=2)
    pd.testing.assert_frame_equal(together, calculate_months(frame, dates))
    sample = frame.iloc[::5000]
    alone = calculate_months(sample, dates)
    rows = np.concatenate([np.arange(0, 40_000, 5000) + 40_000 * k for k in range(3)])
    assert together["total"].to_numpy()[rows].tolist() == alone["total"].tolist()
    assert together["total"].sum() > 0


def test_typed_columns_and_text_columns_agree():
    typed = population(400)
    text = typed.copy()
    for name in ("birth_date", "leave_date", "restructuring_effective_date"):
        text[name] = typed[name].dt.strftime("%Y-%m-%d").astype(object)
    for name in typed.columns[typed.dtypes == "category"]:
        text[name] = typed[name].astype(object)
    text["coefficient"] = [Decimal(value) for value in typed["coefficient"]]
    for name in ("social_insurance_months", "public_service_months", "average_60_months"):
        text[name] = typed[name].astype(object)
    pd.testing.assert_frame_equal(calculate_frame(typed), calculate_frame(text))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("social_insurance_months", -1),
        ("social_insurance_months", 901),
        ("birth_date", pd.Timestamp("1899-12-31")),
        ("leave_date", pd.Timestamp("2201-01-01")),
        ("leave_date", pd.NaT),
        ("birth_date", pd.NaT),
    ],
)
def test_typed_columns_are_checked_as_strictly_as_text(name, value):
    frame = population(4)
    frame.loc[2, name] = value
    with pytest.raises(CaseFaults) as caught:
        calculate_frame(frame, faults="raise")
    assert f"rows[2].{name}" in {fault.path for fault in caught.value.faults}


def test_a_decimal_that_is_no_number_is_a_fault_and_not_an_empty_cell():
    frame = population(2).drop(columns="average_60_months")
    frame["leadership"] = pd.Series([Decimal("NaN"), None], dtype=object)
    with pytest.raises(CaseFaults) as caught:
        calculate_frame(frame, faults="raise")
    assert [fault.path for fault in caught.value.faults] == ["rows[0].leadership"]


def test_the_callers_frame_is_left_alone():
    frame = population(50)
    before = frame.copy(deep=True)
    calculate_months(frame, [date(2025, 8, 1), date(2026, 1, 1)], by_decree=True)
    pd.testing.assert_frame_equal(frame, before)
