"""Many persons at once: the same answer as one by one, to the đồng, for every decree and benefit."""

from __future__ import annotations

import random
from datetime import date

import numpy as np
import pandas as pd
import pytest

from policies import CaseFaults, Override, calculate, default_store
from policies.batch import calculate as calculate_frame
from policies.batch import calculate_months
from policies.batch.frame import COLUMNS, LINES
from tests.policies.conftest import base_case, law_cases
from tests.policies.people import flat_row, random_case

LINE_CODES = {name: name.removesuffix("_amount") for name in LINES}


def expected_row(result) -> dict:
    amounts = {line.code: line.amount for line in result.lines}
    return {
        "decree": result.decree,
        "benefit": result.benefit,
        "eligible": result.eligible,
        "reason": result.reasons[0].code,
        "monthly_salary": result.monthly_salary or 0,
        "months_early": result.months_early or 0,
        "years_early": float(result.years_early or 0),
        "social_insurance_years": float(result.social_insurance_years),
        "severance_months": result.severance_months or 0,
        **{name: amounts.get(code, 0) for name, code in LINE_CODES.items()},
        "total": result.total,
    }


def assert_same(cases, store=None) -> None:
    frame = calculate_frame(pd.DataFrame([flat_row(c) for c in cases]), store)
    for case, row in zip(cases, frame.to_dict("records"), strict=True):
        assert row == expected_row(calculate(case, store)), case


def test_every_case_of_the_law_files_agrees():
    assert_same([p.values[0]["case"] for p in law_cases()])


@pytest.mark.parametrize("seed", range(6))
def test_random_people_agree(seed):
    rng = random.Random(seed)
    assert_same([random_case(rng) for _ in range(400)])


def test_people_of_a_scenario_agree():
    scenario = default_store().overlay(
        {
            "nd178.first12.measured_on": Override("decision_date", "Phương án A", "Điều 3 TT 01/2025/TT-BNV"),
            "nd178.first12.anniversary_inside": Override(True, "Phương án A", "Điều 3 TT 01/2025/TT-BNV"),
            "nd154.severance.per_year": Override(2, "Phương án A", "Điều 8"),
            "nd29.severance.job_search_base": Override("average", "Phương án A", "Điều 7"),
            "nd179.k3.base": Override("coefficient_only", "Phương án A", "chuyên gia"),
            "salary.base": Override(2_777_777, "Phương án A", "Điều 3"),
        }
    )
    rng = random.Random(99)
    assert_same([random_case(rng) for _ in range(400)], scenario)


def test_huge_amounts_are_exact_beyond_64_bit_products():
    case = base_case(salary={"agreed_amount": 9_999_999_999_999}, decree="178")
    assert_same([case])


def test_index_order_and_types_are_kept():
    rows = [flat_row(base_case(leave__date=d)) for d in ("2026-03-01", "2025-06-01", "2025-07-01")]
    frame = calculate_frame(pd.DataFrame(rows, index=["c", "a", "b"]))
    assert list(frame.index) == ["c", "a", "b"]
    assert list(frame.columns) == list(COLUMNS)
    for name in ("monthly_salary", "months_early", "severance_months", *LINES, "total"):
        assert frame[name].dtype == np.int64
    assert frame["eligible"].dtype == np.bool_


def test_an_empty_frame_gives_an_empty_frame():
    frame = calculate_frame(pd.DataFrame([flat_row(base_case())]).iloc[:0])
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 0


def test_what_pandas_does_to_columns_changes_nothing():
    rows = [
        flat_row(base_case(decree="auto")),
        flat_row(base_case(decree="auto", salary={"agreed_amount": 12_000_000})),
    ]
    plain = calculate_frame(pd.DataFrame(rows))
    frame = pd.DataFrame(rows)
    frame["agreed_amount"] = frame["agreed_amount"].astype(float)
    frame["coefficient"] = frame["coefficient"].astype(float)
    frame["leave_date"] = pd.to_datetime(frame["leave_date"])
    frame["restructuring_effective_date"] = pd.to_datetime(frame["restructuring_effective_date"]).dt.date
    frame["sex"] = frame["sex"].astype("category")
    pd.testing.assert_frame_equal(calculate_frame(frame), plain)


def test_all_faulty_rows_are_named_at_once():
    rows = [
        flat_row(base_case()),
        flat_row(base_case(person__birth_date="1967-02-30", person__social_insurance_months=-1)),
        flat_row(base_case(leave__date="1960-01-01")),
        {**flat_row(base_case()), "coefficient": None},
    ]
    with pytest.raises(CaseFaults) as caught:
        calculate_frame(pd.DataFrame(rows), faults="raise")
    paths = {f.path for f in caught.value.faults}
    assert {
        "rows[1].birth_date",
        "rows[1].social_insurance_months",
        "rows[2].leave_date",
        "rows[3].coefficient",
    } <= paths


def test_an_unknown_column_names_the_nearest_one():
    with pytest.raises(CaseFaults, match="coefficient"):
        calculate_frame(pd.DataFrame([{**flat_row(base_case()), "coeficient": 1}]))


BROKEN = {
    "birth_date": {"person__birth_date": "1967-02-30"},
    "leave_date": {"leave__date": "1960-01-01"},
    "social_insurance_months": {"person__social_insurance_months": 600},
    "sex": {"person__sex": "nam"},
    "benefit": {"decree": "154", "benefit": "waiting_leave"},
    "public_service_months": {"person__public_service_months": 301},
}


@pytest.mark.parametrize("name", [*BROKEN, "coefficient"])
def test_a_row_with_contradictory_facts_is_marked_and_the_rest_goes_on(name):
    good = [flat_row(base_case(leave__date=d)) for d in ("2025-06-01", "2025-07-01", "2026-07-01")]
    broken = (
        {**flat_row(base_case()), "coefficient": None} if name == "coefficient" else flat_row(base_case(**BROKEN[name]))
    )
    frame = calculate_frame(pd.DataFrame([good[0], broken, *good[1:]]))
    alone = calculate_frame(pd.DataFrame(good))
    pd.testing.assert_frame_equal(frame.drop(index=1).reset_index(drop=True), alone, check_flags=False)
    row = frame.loc[1].to_dict()
    assert (row["eligible"], row["reason"], row["decree"], row["total"]) == (False, "faulty_facts", "", 0)
    assert {fault.path for fault in frame.attrs["faults"]} == {f"rows[1].{name}"}
    assert "faults" not in alone.attrs


def test_every_row_that_repeats_a_fault_is_marked():
    rows = [flat_row(base_case()), *[flat_row(base_case(person__birth_date="1967-02-30")) for _ in range(3)]]
    frame = calculate_frame(pd.DataFrame(rows))
    assert frame["reason"].tolist() == ["eligible", "faulty_facts", "faulty_facts", "faulty_facts"]
    assert [fault.path for fault in frame.attrs["faults"]] == [f"rows[{i}].birth_date" for i in (1, 2, 3)]


def test_a_date_the_law_data_do_not_cover_marks_its_rows_alone():
    """The base salary of June 1990 is not known; that of the others is, whatever their decree."""
    days = ("2025-06-01", "1990-07-01", "2031-05-01", "1990-07-01")
    rows = [flat_row(base_case(decree="auto", leave__date=day, person__social_insurance_months=60)) for day in days]
    frame = calculate_frame(pd.DataFrame(rows))
    assert (frame["reason"] == "faulty_facts").tolist() == [False, True, False, True]
    assert [fault.path for fault in frame.attrs["faults"]] == ["rows[1].leave_date", "rows[3].leave_date"]
    with pytest.raises(CaseFaults):
        calculate(base_case(decree="auto", leave__date="1990-07-01", person__social_insurance_months=60))


def test_a_person_with_contradictory_facts_is_marked_on_every_date():
    frame = pd.DataFrame([flat_row(base_case()), flat_row(base_case(person__birth_date="2030-01-01"))])
    table = calculate_months(frame, [date(2025, 6, 1), date(2025, 7, 1)], by_decree=True, threads=2)
    assert (table["reason"] == "faulty_facts").tolist() == [False, True, False, True]
    assert table["total"].iloc[[1, 3]].tolist() == [0, 0]
    assert (table["total"].iloc[[0, 2]] > 0).all()


def test_a_needed_column_that_is_not_there_is_a_fault_of_the_frame():
    frame = pd.DataFrame([flat_row(base_case())]).drop(columns="sex")
    with pytest.raises(CaseFaults) as caught:
        calculate_frame(frame)
    assert [fault.path for fault in caught.value.faults] == ["frame.sex"]


def test_a_benefit_the_decree_does_not_know_is_a_fault():
    with pytest.raises(CaseFaults) as caught:
        calculate_frame(pd.DataFrame([flat_row(base_case(decree="154", benefit="waiting_leave"))]), faults="raise")
    assert [f.path for f in caught.value.faults] == ["rows[0].benefit"]
