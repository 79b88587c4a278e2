"""What is paid month by month: waiting leave, kept allowance, secondment, talent."""

from __future__ import annotations

from datetime import date

import pytest

from policies import further as law
from policies import parse_one
from tests.policies.conftest import base_case


def cadre(birth="1965-02-15", **changes):
    """Born 02/1965: pension from 01/09/2026."""
    return parse_one(
        base_case(
            decree="177",
            person__category="cadre",
            person__group_177="k1",
            person__birth_date=birth,
            salary={"coefficient": "5.42", "allowances": {"leadership": "0.7", "public_service_percent": "25"}},
            leave__date="2026-03-01",
            **changes,
        )
    )


def test_waiting_leave_is_paid_to_the_month_before_the_pension_with_the_base_of_each_month():
    found = law.waiting_leave(cadre(leave__decision_date="2026-02-20"))
    assert [(m.first.month, m.amount) for m in found.months] == [
        *((month, 14_320_800) for month in (3, 4, 5, 6)),
        *((month, 15_483_600) for month in (7, 8)),
    ]
    assert (found.total, found.last) == (88_250_400, date(2026, 8, 31))
    assert found.goes_on and found.stops and found.insurance_help is None


@pytest.mark.parametrize(
    ("decided", "full"), [("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-31", 1), ("2026-04-01", 2)]
)
def test_the_other_allowances_stop_from_the_month_after_the_decision(decided, full):
    months = law.waiting_leave(cadre(leave__decision_date=decided)).months
    assert [m.amount == 17_901_000 for m in months[:3]] == [i < full for i in range(3)]
    assert {m.insured for m in months[:3]} == {14_320_800}


def test_without_a_decision_date_the_schedule_says_so():
    assert any("decision_date" in w.message for w in law.waiting_leave(cadre()).warnings)


@pytest.mark.parametrize(("insured", "missing", "months"), [(143, 31, 0), (144, 30, 30), (173, 1, 1), (174, 0, 0)])
def test_insurance_still_short_at_the_age_is_paid_in_on_the_salary_of_that_month(insured, missing, months):
    """Six months of the leave are insured themselves; 22 % of the salary of August 2026 a month."""
    found = law.waiting_leave(cadre(person__social_insurance_months=insured))
    helped = found.insurance_help
    assert (helped.missing, helped.months) == (missing, months) if missing else helped is None
    assert found.once == (3_406_392 * months)


def test_a_refused_waiting_leave_has_no_months():
    found = law.waiting_leave(cadre("1970-02-15"))
    assert (found.months, found.total, found.result.eligible) == ((), 0, False)


def leader(**changes):
    return parse_one(
        base_case(
            salary={"coefficient": "4.98", "allowances": {"leadership": "0.7"}},
            restructuring__effective_date="2026-03-01",
            leave__date="2026-03-01",
            **changes,
        )
    )


@pytest.mark.parametrize(
    ("ends", "last", "months"),
    [("2026-06-30", "2026-08-31", 6), ("2026-08-31", "2026-08-31", 6), ("2026-09-30", "2026-09-30", 7)],
)
def test_the_allowance_is_kept_to_the_end_of_the_term_at_least_six_months(ends, last, months):
    found = law.retained_allowance(leader(facts={"term_ends": ends}))
    assert (found.last, len(found.months)) == (date.fromisoformat(last), months)
    assert [m.amount for m in found.months[3:5]] == [1_638_000, 1_771_000]  # June and July 2026


def test_an_unknown_end_needs_a_last_month():
    assert law.retained_allowance(leader()).months == ()
    assert len(law.retained_allowance(leader(), until=date(2026, 4, 30)).months) == 2


def test_secondment_keeps_the_salary_three_years_and_pays_once():
    found = law.secondment(leader(facts={"secondment_level": "commune"}))
    assert (len(found.months), found.last, found.once) == (36, date(2029, 2, 28), 23_400_000)
    assert found.months[0].amount == 13_291_200
    assert not law.secondment(leader(facts={"special_area": True})).result.eligible


def test_the_talent_allowance_runs_five_years_outside_the_base_of_insurance():
    graduate = parse_one(
        base_case(
            person={"sex": "female", "birth_date": "2000-05-10", "category": "civil_servant",
                    "social_insurance_months": 12, "group_179": "k2"},
            salary={"coefficient": "2.34"}, restructuring=None, facts={"recruited_on": "2025-03-01"},
            leave__date="2025-06-01",
        )
    )  # fmt: skip
    found = law.talent_allowance(graduate, date(2035, 1, 1))
    assert (len(found.months), found.last) == (60, date(2030, 2, 28))
    assert {m.insured for m in found.months} == {0}
    assert [m.amount for m in found.months[15:17]] == [8_213_400, 8_880_300]  # June and July 2026
