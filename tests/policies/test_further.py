"""Policies beside the benefits of the contract: transfer, training, part-time staff, repayment, transition, steps."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from policies import Override, default_store, parse_one
from policies import further as law
from policies.engine.dates import PartialDate
from policies.salary.scales import scales
from tests.policies.conftest import base_case

MILLION = 1_000_000


def case(**changes):
    return parse_one(base_case(decree="auto", salary={"agreed_amount": 10 * MILLION}, **changes))


def codes(result) -> list[str]:
    return [reason.code for reason in result.reasons]


def amounts(result) -> dict[str, int]:
    json.dumps(result.to_dict())
    return {line.code: line.amount for line in result.lines}


# --- NĐ 154 Điều 7, NĐ 29 Điều 6. Born 05/1967: pension from 01/06/2029.


@pytest.mark.parametrize(
    ("leave", "code"),
    [("2026-05-01", "eligible"), ("2026-06-01", "under_three_years"), ("2026-07-01", "under_three_years")],
)
def test_a_transfer_within_three_years_of_the_age_is_not_paid(leave, code):
    result = law.transfer(case(leave__date=leave))
    assert codes(result) == [code]
    assert amounts(result) == (
        {"lump_sum": 30 * MILLION, "severance_years": 125 * MILLION} if code == "eligible" else {}
    )


def test_the_other_reading_of_the_three_years_leaves_the_part_by_years():
    other = default_store().overlay({"nd154.transfer.excluded": Override("months", "Giả định", "Điều 7")})
    result = law.transfer(case(leave__date="2026-06-01"), other)
    assert amounts(result) == {"severance_years": 125 * MILLION}
    assert "nd154.transfer.excluded" in " ".join(
        w.message for w in law.transfer(case(leave__date="2026-06-01")).warnings
    )


def test_a_transfer_before_16_june_2025_is_for_nd_29_with_its_average():
    question = base_case(
        salary={"agreed_amount": 10 * MILLION, "average_60_months": 8 * MILLION}, leave__date="2025-06-15"
    )
    result = law.transfer(question)
    assert result.decree == "29/2023/NĐ-CP"
    assert amounts(result) == {"lump_sum": 30 * MILLION, "severance_years": 100 * MILLION}
    assert law.transfer({**question, "leave": {"date": "2025-06-16"}}).decree == "154/2025/NĐ-CP"
    assert codes(law.transfer(case(leave__date="2025-06-15"))) == ["facts_missing"]


def test_a_transfer_keeps_to_the_exclusions_of_staff_reduction():
    assert "discipline_or_investigation" in codes(
        law.transfer(case(leave__date="2026-01-01", circumstances={"under_discipline_or_investigation": True}))
    )


# --- NĐ 154 Điều 8 khoản 2


@pytest.mark.parametrize(
    ("start", "code"), [("2026-03-09", "eligible"), ("2026-03-10", "age_limit"), ("2026-03-11", "age_limit")]
)
def test_training_is_for_those_under_45(start, code):
    young = case(person__birth_date="1981-03-10", person__social_insurance_months=120, leave__date=start)
    assert codes(law.training_then_severance(law.TrainingQuestion(young, 4, 20 * MILLION))) == [code]


@pytest.mark.parametrize(("months", "paid"), [(5, 50), (6, 60), (7, 60)])
def test_pay_and_fee_of_the_training_have_their_caps(months, paid):
    young = case(person__birth_date="1985-03-10", person__social_insurance_months=120, leave__date="2026-03-01")
    result = law.training_then_severance(law.TrainingQuestion(young, months, 70 * MILLION))
    assert amounts(result) == {
        "study_pay": paid * MILLION,
        "course_fee": 60 * MILLION,
        "job_search": 30 * MILLION,
        "severance_years": 50 * MILLION,
    }
    assert any("nd154.retraining.per_year" in w.message for w in result.warnings)


# --- NĐ 154 Điều 9. Pension of a man born 05/1967: 01/06/2029; allowance 2 million.


def part_time(**changes):
    facts = {
        "sex": "male",
        "birth_date": PartialDate(date(1967, 5, 20), "day"),
        "allowance": 2 * MILLION,
        "service_months": 120,
        "leave_date": date(2025, 9, 1),
        **changes,
    }
    return law.part_time_leave(law.PartTimeQuestion(**facts))


@pytest.mark.parametrize(
    ("service", "months", "years"),
    [(59, 59, Decimal("5")), (60, 45, Decimal("5")), (61, 45, Decimal("5.5"))],
)
def test_short_service_counts_its_months_long_service_those_to_the_age(service, months, years):
    result = part_time(service_months=service)
    assert amounts(result) == {
        "part_time_months": months * 1_600_000,
        "service_allowance": int(years * 3 * MILLION),
        "job_search": 6 * MILLION,
    }


@pytest.mark.parametrize(("birth", "months"), [((1968, 7), 59), ((1968, 8), 60), ((1968, 9), 60), ((1980, 1), 60)])
def test_months_to_the_age_count_to_sixty(birth, months):
    result = part_time(birth_date=PartialDate(date(*birth, 15), "day"))
    assert amounts(result)["part_time_months"] == months * 1_600_000


@pytest.mark.parametrize("more", [{"draws_pension": True}, {"birth_date": PartialDate(date(1960, 1, 1), "day")}])
def test_beyond_the_age_fifteen_months_and_nothing_besides(more):
    assert amounts(part_time(**more)) == {"lump_sum": 30 * MILLION}


def test_a_former_official_of_the_commune_counts_the_former_salary():
    assert amounts(part_time(former_salary=5 * MILLION))["job_search"] == 15 * MILLION


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (date(2025, 6, 15), "not_yet_in_force"),
        (date(2025, 6, 16), "eligible"),
        (date(2026, 5, 30), "eligible"),
        (date(2026, 5, 31), "window_closed"),
    ],
)
def test_part_time_staff_leave_before_31_may_2026(leave, code):
    assert codes(part_time(leave_date=leave)) == [code]


def test_a_leave_before_the_guidance_begins_is_named():
    assert [w.code for w in part_time(leave_date=date(2025, 7, 1)).warnings] == ["not_checked"]
    assert part_time(leave_date=date(2025, 8, 1)).warnings == []


def test_villages_have_no_amount_yet_and_a_village_post_excludes():
    assert codes(part_time(village=True)) == ["facts_missing"]
    assert codes(part_time(village_post=True)) == ["outside_group"]


# --- NĐ 154 Điều 3


@pytest.mark.parametrize(("day", "due"), [("2030-06-30", True), ("2030-07-01", False), ("2030-07-02", False)])
def test_a_grant_is_paid_back_on_recruitment_within_sixty_months(day, due):
    found = law.refund("154", date(2025, 7, 1), date.fromisoformat(day), 5 * MILLION)
    assert (found.due, found.amount) == (due, 5 * MILLION if due else 0)


def test_only_staff_reduction_asks_for_the_money_back():
    assert not law.refund("178", date(2025, 7, 1), date(2025, 8, 1), MILLION).due
    with pytest.raises(ValueError, match="không sau ngày nghỉ"):
        law.refund("154", date(2025, 7, 1), date(2025, 7, 1), MILLION)


# --- Transition


def of_nd_29(leave="2025-05-01", **more):
    salary = {"agreed_amount": 10 * MILLION, "average_60_months": 9_500_000}
    return parse_one(base_case(decree="29", salary=salary, leave__date=leave, **more))


def test_a_case_of_nd_29_in_hand_is_computed_anew_and_the_difference_paid():
    found = law.recalculate_29(of_nd_29())
    # 49 months = 4.5 years (1 odd month), 25 years insured: 3 x 4.5 + 7.5 on the average; 5 x 4.5 + 7.5 on the salary.
    assert (found.old.total, found.new.total) == (199_500_000, 300_000_000)
    assert (found.applies, found.owed) == (True, 100_500_000)
    assert law.recalculate_29(of_nd_29(), paid=250 * MILLION).owed == 50 * MILLION


@pytest.mark.parametrize(("paid_on", "applies"), [("2025-06-15", False), ("2025-06-16", True), ("2025-06-17", True)])
def test_what_was_paid_before_16_june_2025_stays(paid_on, applies):
    assert law.recalculate_29(of_nd_29(), paid_on=date.fromisoformat(paid_on)).applies is applies


@pytest.mark.parametrize(("leave", "applies"), [("2025-06-15", True), ("2025-06-16", False)])
def test_a_leave_from_16_june_2025_is_no_case_of_nd_29(leave, applies):
    assert law.recalculate_29(of_nd_29(leave)).applies is applies


def test_the_age_of_the_leave_counts_and_not_the_day_of_the_new_law():
    """Born 02/1964: pension from 01/06/2025, after the leave and before 16/06/2025."""
    found = law.recalculate_29(of_nd_29(person__birth_date="1964-02-10"))
    assert found.new.eligible and found.new.total == 0
    assert [r.code for r in found.reasons] == ["not_higher"]


def test_who_was_settled_lower_under_nd_177_gets_the_difference_to_article_7b():
    cadre = parse_one(
        base_case(
            decree="177", person__category="cadre", person__group_177="k1", salary={"agreed_amount": 10 * MILLION},
            leave__date="2025-06-01", circumstances={"earlier_benefit": "177"},
        )
    )  # fmt: skip
    found = law.top_up_after_177(cadre)
    # 48 months, 25 years: 177 pays 20 + 7.5; 7b pays 48 besides.
    assert (found.old.total, found.new.total, found.owed) == (275 * MILLION, 755 * MILLION, 480 * MILLION)
    late = parse_one(base_case(leave__date="2026-03-01", person__category="cadre", person__group_177="k1"))
    assert law.top_up_after_177(late).owed == 0


# --- NĐ 177 điểm d, đ, h, k


@pytest.mark.parametrize(("leave", "granted"), [("2025-12-31", False), ("2026-01-01", True), ("2026-01-02", True)])
def test_step_two_of_the_post_after_48_months(leave, granted):
    steps = (Decimal("9.70"), Decimal("10.30"))
    found = law.post_step("k1", steps, 1, date(2022, 1, 1), date.fromisoformat(leave))
    assert (found.granted, found.coefficient) == (granted, Decimal("10.30") if granted else None)
    assert not law.post_step("k1", steps, 2, date(2010, 1, 1), date(2026, 1, 1)).granted
    assert not law.post_step("k5", steps, 1, date(2010, 1, 1), date(2026, 1, 1)).granted


A1 = next(scale for scale in scales() if scale.code == "A1")


@pytest.mark.parametrize(
    ("leave", "granted"), [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)]
)
def test_one_step_early_when_one_to_twelve_months_are_missing(leave, granted):
    found = law.rank_step("k1", A1, 3, date(2024, 1, 1), date.fromisoformat(leave), has_leadership_allowance=True)
    assert (found.granted, found.coefficient) == (granted, Decimal("3.33") if granted else None)


def test_no_early_step_on_the_last_step_or_without_a_leading_post():
    last = len(A1.coefficients)
    day = date(2025, 6, 1)
    assert not law.rank_step("k1", A1, last, date(2023, 1, 1), day, has_leadership_allowance=True).granted
    assert not law.rank_step("k1", A1, 3, date(2023, 1, 1), day, has_leadership_allowance=False).granted


@pytest.mark.parametrize(("insured", "months"), [(149, 0), (150, 30), (179, 1), (180, 0)])
def test_up_to_thirty_missing_months_are_paid_in_for_commune_cadres(insured, months):
    person = case(
        person__category="commune_official", person__social_insurance_months=insured, leave__date="2026-03-01"
    )
    found = law.help_for(person, "early_retirement")
    assert (found.months, found.amount) == (months, months * 2_200_000)
    assert not law.help_for(
        case(person__social_insurance_months=170, leave__date="2026-03-01"), "early_retirement"
    ).granted


def test_preserved_insurance_pays_group_k5_half_a_month_a_year():
    assert amounts(law.preserved(case(person__group_177="k5", leave__date="2026-03-01"))) == {"lump_sum": 125 * MILLION}
    assert codes(law.preserved(case(person__group_177="k4", leave__date="2026-03-01"))) == ["outside_group"]
    assert codes(law.preserved(case(person__group_177="k5", leave__date="2024-12-31"))) == ["not_yet_in_force"]


# --- NĐ 178 Điều 13, 14, Điều 19 khoản 6


@pytest.mark.parametrize(("staff", "taken", "left"), [(9, 0, 0), (10, 0, 1), (19, 1, 0), (25, 1, 1), (25, 5, 0)])
def test_a_tenth_of_the_staff_may_rise_early(staff, taken, left):
    assert law.early_step_quota(staff, taken, date(2025, 6, 1)).left == left


def test_the_step_beyond_order_is_one_and_the_bonus_half_of_the_fund():
    assert law.step_beyond_order(A1, 1, date(2025, 6, 1)) == Decimal("2.67")
    assert law.step_beyond_order(A1, len(A1.coefficients), date(2025, 6, 1)) is None
    room = law.bonus_room(1_000_000_001, date(2025, 6, 1))
    assert (room.fund, room.most) == (100_000_000, 50_000_000)


def test_leavers_of_178_and_154_owe_no_training_costs():
    assert law.owes_training_costs("178", date(2025, 7, 1)) is False
    assert law.owes_training_costs("177", date(2025, 7, 1)) is None
    assert len(law.training_plans(date(2025, 7, 1)).plans) == 3


@pytest.mark.parametrize(
    ("filed", "granted", "amount"),
    [
        ("2025-02-19", "2025-03-10", 0),
        ("2025-02-20", "2025-03-14", 30),
        ("2025-02-20", "2025-03-15", 0),
        ("2025-03-20", "2025-03-14", 30),
        ("2025-03-21", "2025-03-14", 20),
    ],
)
def test_the_local_top_up_by_day_of_filing_until_it_closed(filed, granted, amount):
    found = law.local_top_up(100, date.fromisoformat(filed), date.fromisoformat(granted))
    assert found.amount == amount


# --- NĐ 179 Điều 4


@pytest.mark.parametrize(
    ("group", "answers", "age", "met"),
    [
        ("k1", {"a": True}, None, None),
        ("k1", {"a": True, "b": True}, None, True),
        ("k1", {"a": False}, None, False),
        ("k2", {"a": True}, None, None),
        ("k2", {"a": True, "b": False, "c": False}, 15, False),
        ("k2", {"a": True}, 16, True),
        ("k2", {"b": True}, 30, True),
        ("k2", {"a": True, "b": True, "c": False}, 31, False),
        ("k2", {"c": True}, 40, True),
        ("k3", {"a": False, "b": False}, None, None),
        ("k3", {"b": True}, None, True),
    ],
)
def test_the_checklists_of_talent(group, answers, age, met):
    assert law.assess(group, answers, date(2025, 6, 1), age=age).met is met


def test_the_province_adds_criteria_that_must_all_be_met():
    value = {"k1": ["Có đề án được HĐND tỉnh thông qua"], "k2": [], "k3": []}
    store = default_store().overlay({"nd179.own_standards": Override(value, "NQ HĐND tỉnh", "Điều 1")})
    day = date(2025, 6, 1)
    assert [line.code for line in law.checklist("k1", day, store)] == ["a", "b", "own1"]
    assert law.assess("k1", {"a": True, "b": True}, day, store=store).met is None
    assert law.assess("k1", {"a": True, "b": True, "own1": False}, day, store=store).met is False
    with pytest.raises(KeyError, match="own1"):
        law.assess("k1", {"own1": True}, day)
