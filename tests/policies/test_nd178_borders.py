"""NĐ 178 just before, at and just after each border of the law."""

from __future__ import annotations

import pytest

from policies import Override, calculate, default_store
from tests.policies.conftest import base_case


def codes(result) -> list[str]:
    return [r.code for r in result.reasons]


def warning_codes(result) -> set[str]:
    return {w.code for w in result.warnings}


def lines(result) -> dict[str, int]:
    return {line.code: line.amount for line in result.lines}


@pytest.mark.parametrize(
    ("leave", "eligible", "code"),
    [("2025-01-01", False, "not_yet_in_force"), ("2025-01-02", True, "eligible"), ("2025-01-03", True, "eligible")],
)
def test_first_leave_after_entry_into_force(leave, eligible, code):
    result = calculate(base_case(leave__date=leave, restructuring__effective_date="2024-12-01"))
    assert result.eligible is eligible
    assert code in codes(result)


@pytest.mark.parametrize(
    ("leave", "decided", "eligible"),
    [
        ("2025-09-01", "2025-08-30", True),
        ("2025-09-01", "2025-08-31", True),
        ("2025-09-01", "2025-09-01", False),
        ("2025-09-01", None, True),
        ("2025-09-02", "2025-07-31", True),
        ("2025-09-02", "2025-08-01", False),
        ("2025-09-02", "2025-08-31", False),
        ("2025-12-31", "2025-07-31", True),
        ("2026-01-01", "2025-07-31", False),
        ("2025-12-31", None, True),
        ("2026-01-01", None, False),
    ],
)
def test_the_closing_window_by_leave_and_decision(leave, decided, eligible):
    result = calculate(base_case(leave={"date": leave, "decision_date": decided}))
    assert result.eligible is eligible
    if not eligible:
        assert codes(result) == ["window_closed"]


def test_the_last_day_of_decision_is_an_unverified_reading():
    at = calculate(base_case(leave={"date": "2025-09-01", "decision_date": "2025-08-31"}))
    before = calculate(base_case(leave={"date": "2025-09-01", "decision_date": "2025-08-30"}))
    assert any("nd178.window.decision_last" in w.message for w in at.warnings)
    assert not any("nd178.window.decision_last" in w.message for w in before.warnings)


@pytest.mark.parametrize(("leave", "warned"), [("2025-09-01", False), ("2025-09-02", True), ("2025-12-31", True)])
def test_a_missing_decision_date_is_named_after_the_normal_window(leave, warned):
    assert ("decision_date_missing" in warning_codes(calculate(base_case(leave__date=leave)))) is warned


@pytest.mark.parametrize(
    ("effective", "inside", "warned"),
    [("2024-06-02", True, False), ("2024-06-01", False, True), ("2024-05-31", False, False)],
)
def test_the_anniversary_day_belongs_to_month_thirteen(effective, inside, warned):
    result = calculate(base_case(restructuring__effective_date=effective))
    assert result.within_first_12_months is inside
    assert any("anniversary_inside" in w.message for w in result.warnings) is warned
    full = calculate(base_case()).lines[0].amount
    assert result.lines[0].amount == (full if inside else full // 2)


def test_the_other_reading_of_the_anniversary_day_is_a_scenario():
    scenario = default_store().overlay(
        {"nd178.first12.anniversary_inside": Override(True, "Công văn giả định", "Điều 3 khoản 1 TT 01/2025/TT-BNV")}
    )
    assert calculate(base_case(restructuring__effective_date="2024-06-01"), scenario).within_first_12_months is True


def test_decree_and_circular_measure_the_twelve_months_on_different_days():
    case = base_case(
        restructuring__effective_date="2024-05-15", leave={"date": "2025-06-01", "decision_date": "2025-05-10"}
    )
    result = calculate(case)
    assert result.within_first_12_months is False
    assert any(w.code == "conflicting_sources" and "measured_on" in w.message for w in result.warnings)
    same_side = base_case(leave={"date": "2025-06-01", "decision_date": "2025-05-10"})
    assert "conflicting_sources" not in warning_codes(calculate(same_side))


# Born 15/07/1965: pension from 01/05/2027.
@pytest.mark.parametrize(
    ("leave", "months", "found"),
    [
        ("2025-06-01", 23, {"early_months"}),
        ("2025-05-02", 23, {"early_months"}),
        ("2025-05-01", 24, {"early_months", "early_years", "service_years"}),
        ("2025-04-01", 25, {"early_months", "early_years", "service_years"}),
    ],
)
def test_two_years_before_the_age(leave, months, found):
    result = calculate(base_case(person__birth_date="1965-07-15", leave__date=leave))
    assert (result.months_early, set(lines(result))) == (months, found)


# Born 15/04/1968: pension from 01/05/2030.
@pytest.mark.parametrize(
    ("leave", "months", "factor"),
    [("2025-05-01", 60, "60"), ("2025-04-30", 60, "54"), ("2025-04-01", 61, "54"), ("2025-06-01", 59, "59")],
)
def test_five_years_before_the_age_by_exact_date(leave, months, factor):
    result = calculate(base_case(person__birth_date="1968-04-15", leave__date=leave))
    assert result.months_early == months
    assert result.lines[0].to_dict()["factor"] == factor


def test_a_leave_inside_a_month_warns_that_the_counting_is_unverified():
    inside = calculate(base_case(leave__date="2025-05-02"))
    first = calculate(base_case(leave__date="2025-05-01"))
    assert any("early.partial_month" in w.message for w in inside.warnings)
    assert not any("early.partial_month" in w.message for w in first.warnings)


# Born 15/04/1973: pension from 01/05/2035.
@pytest.mark.parametrize(
    ("leave", "eligible"), [("2025-04-01", False), ("2025-04-30", False), ("2025-05-01", True), ("2025-05-02", True)]
)
def test_ten_years_before_the_age(leave, eligible):
    result = calculate(base_case(benefit="early_retirement", person__birth_date="1973-04-15", leave__date=leave))
    assert result.eligible is eligible
    assert eligible or codes(result) == ["over_ten_years"]


@pytest.mark.parametrize(
    ("leave", "insured", "eligible"),
    [
        ("2025-06-30", 239, False),
        ("2025-06-30", 240, True),
        ("2025-07-01", 179, False),
        ("2025-07-01", 180, True),
        ("2025-07-01", 181, True),
    ],
)
def test_insurance_for_a_pension_before_and_after_july_2025(leave, insured, eligible):
    result = calculate(
        base_case(benefit="early_retirement", leave__date=leave, person__social_insurance_months=insured)
    )
    assert result.eligible is eligible


@pytest.mark.parametrize(("insured", "payable"), [(233, False), (234, True), (239, True)])
def test_up_to_six_missing_months_can_be_paid_in(insured, payable):
    result = calculate(base_case(person__social_insurance_months=insured))
    assert result.benefit == "severance"
    assert ("months_can_be_paid_in" in warning_codes(result)) is payable


@pytest.mark.parametrize(
    ("leave", "version", "top_up"), [("2025-03-14", "2025-01-01", False), ("2025-03-15", "2025-03-15", False)]
)
def test_the_consolidated_text_changes_on_15_march_2025(leave, version, top_up):
    result = calculate(base_case(leave__date=leave))
    assert result.law_version == version
    assert ("transitional_top_up" in warning_codes(result)) is top_up


def test_the_top_up_names_the_difference_between_the_two_texts():
    case = base_case(
        restructuring__effective_date="2025-01-15",
        leave__date="2025-02-01",
        salary={"coefficient": "4.32", "allowances": {"public_service_percent": "25", "retained_difference": "0.30"}},
    )
    result = calculate(case)
    without = base_case(restructuring__effective_date="2025-01-15", leave__date="2025-02-01")
    without["salary"] = {"coefficient": "4.32", "allowances": {"public_service_percent": "25"}}
    warning = next(w for w in result.warnings if w.code == "transitional_top_up")
    difference = result.total - calculate(without).total
    assert f"{difference:,}".replace(",", ".") in warning.message
    assert difference > 0


# Điều 7a: born 15/04/1968, pension from 01/05/2030.
@pytest.mark.parametrize(
    ("leave", "eligible", "code"),
    [
        ("2025-03-14", False, "not_directly_affected"),
        ("2025-03-15", False, "over_five_years"),
        ("2025-04-30", False, "over_five_years"),
        ("2025-05-01", True, "eligible"),
        ("2025-05-02", True, "eligible"),
    ],
)
def test_people_not_affected_are_covered_from_15_march_within_five_years(leave, eligible, code):
    case = base_case(
        benefit="early_retirement",
        person__birth_date="1968-04-15",
        leave__date=leave,
        restructuring={"directly_affected": False},
    )
    result = calculate(case)
    assert result.eligible is eligible
    assert code in codes(result)


def test_article_7a_halves_after_12_months_from_15_march_2025():
    open_window = default_store().overlay(
        {
            "nd178.window.leave_last": Override(_day("2027-12-31"), "Giả định", "CV"),
            "nd178.window.decision_last": Override(_day("2027-12-31"), "Giả định", "CV"),
        }
    )
    amounts = {}
    for leave in ("2026-03-01", "2026-03-14", "2026-03-15", "2026-04-01"):
        case = base_case(person__birth_date="1968-04-15", leave__date=leave, restructuring={"directly_affected": False})
        result = calculate(case, open_window)
        amounts[leave] = (result.within_first_12_months, result.lines[0].amount * 2 // result.monthly_salary)
    assert amounts == {
        "2026-03-01": (True, 100),
        "2026-03-14": (True, 98),
        "2026-03-15": (False, 49),
        "2026-04-01": (False, 49),
    }


def _day(text):
    from datetime import date

    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person__category": "association_staff"}, "outside_group"),
        ({"person__category": "public_employee", "facts": {"education_or_health": True}}, "outside_group"),
    ],
)
def test_who_is_outside_article_7a(change, code):
    case = base_case(benefit="early_retirement", restructuring={"directly_affected": False}, **change)
    assert code in codes(calculate(case))


def test_facts_not_in_the_file_are_named_and_fall_silent_when_given():
    asked = base_case(person__category="contract_worker")
    assert "not_checked" in warning_codes(calculate(asked))
    told = base_case(person__category="contract_worker", facts={"contract_before_2019": True})
    assert "not_checked" not in warning_codes(calculate(told))
    young = base_case(person__category="contract_worker", facts={"contract_before_2019": False})
    assert codes(calculate(young)) == ["outside_group"]


def test_every_reason_of_a_refusal_is_listed():
    case = base_case(
        benefit="early_retirement",
        person__birth_date="1985-01-01",
        person__social_insurance_months=100,
        circumstances={"under_discipline_or_investigation": True, "earlier_benefit": 29},
    )
    assert codes(calculate(case)) == [
        "already_paid",
        "discipline_or_investigation",
        "over_ten_years",
        "insurance_too_short",
    ]


@pytest.mark.parametrize(("earlier", "refused"), [("29", True), ("154", True), ("178", True), ("177", False)])
def test_one_policy_for_one_person(earlier, refused):
    result = calculate(base_case(circumstances={"earlier_benefit": earlier}))
    assert ("already_paid" in codes(result)) is refused


@pytest.mark.parametrize("group", ["k1", "k2", "k3", "k4"])
def test_article_7b_pays_sixty_months_at_most_and_is_never_halved(group):
    case = base_case(
        person__group_177=group,
        person__category="cadre",
        person__birth_date="1970-04-15",
        restructuring__effective_date="2023-01-01",
        restructuring__directly_affected=False,
    )
    result = calculate(case)
    assert result.within_first_12_months is None
    assert result.lines[0].to_dict()["factor"] == "60"


def test_group_k5_and_those_who_do_not_wish_to_leave_are_not_under_article_7b():
    k5 = base_case(person__group_177="k5", person__category="cadre", restructuring__effective_date="2024-01-01")
    unwilling = base_case(
        person__group_177="k1",
        person__category="cadre",
        restructuring__effective_date="2024-01-01",
        circumstances={"voluntary": False},
    )
    for case in (k5, unwilling):
        assert calculate(case).within_first_12_months is False


def test_a_local_grant_entered_by_hand_is_a_line_with_its_decision():
    given = {"local_top_up": {"amount": 12_345_678, "decision": "QĐ 45/QĐ-UBND ngày 10/03/2025"}}
    result = calculate(base_case(facts=given))
    assert lines(result)["local_top_up"] == 12_345_678
    assert result.total == calculate(base_case()).total + 12_345_678
    assert "QĐ 45/QĐ-UBND" in result.lines[-1].to_dict()["formula"]


@pytest.mark.parametrize(
    ("facts", "leave", "amount", "code"),
    [
        ({"term_ends": "2026-06-30"}, "2025-08-01", 1_170_000, "eligible"),
        ({"term_ends": "2026-06-30"}, "2026-06-30", 1_170_000, "eligible"),
        ({"term_ends": "2026-06-30"}, "2026-07-01", 0, "window_closed"),
        ({"term_ends": "2025-05-01"}, "2025-08-31", 1_170_000, "eligible"),
        ({"term_ends": "2025-05-01"}, "2025-09-01", 0, "window_closed"),
        ({"old_leadership_allowance": "0.7"}, "2025-08-01", 1_638_000, "eligible"),
        ({"new_leadership_allowance": "0.5"}, "2025-08-01", 0, "outside_group"),
        ({"new_leadership_allowance": "0.4"}, "2025-08-01", 1_170_000, "eligible"),
    ],
)
def test_the_leadership_allowance_is_kept_to_the_end_of_the_term_or_six_months(facts, leave, amount, code):
    case = base_case(benefit="retained_leadership_allowance", leave__date=leave, facts=facts)
    case["salary"]["allowances"]["leadership"] = "0.5"
    result = calculate(case)
    assert result.total == amount
    assert code in codes(result)


@pytest.mark.parametrize(
    ("level", "day", "amount"),
    [
        (None, "2025-08-01", 23_400_000),
        ("commune", "2026-06-30", 23_400_000),
        ("commune", "2026-07-01", 25_300_000),
        ("province", "2026-07-01", 7_590_000),
        ("commune", "2024-12-31", 0),
    ],
)
def test_secondment_follows_the_base_salary_of_the_day_of_reporting(level, day, amount):
    facts = {"secondment_level": level} if level else {}
    result = calculate(base_case(benefit="grassroots_secondment", leave__date=day, facts=facts))
    assert result.total == amount
    assert ("not_checked" in warning_codes(result)) is (level is None)


def test_an_annex_two_person_may_look_at_both_annexes():
    from policies import compare_annexes

    both = compare_annexes(base_case(person__birth_date="1971-04-10", person__retirement_annex="II"))
    assert both["I"].retirement_date > both["II"].retirement_date
    assert both["I"].months_early == 95
    assert both["II"].months_early == 35


@pytest.mark.parametrize(
    ("change", "article"),
    [
        ({}, "Điều 7 khoản 2 điểm a NĐ 178/2024/NĐ-CP"),
        ({"person__birth_date": "1965-07-15"}, "Điều 7 khoản 2 điểm d NĐ 178/2024/NĐ-CP"),
        ({"person__birth_date": "1970-04-15"}, "Điều 7 khoản 2 điểm b NĐ 178/2024/NĐ-CP"),
        (
            {"person__birth_date": "1971-04-15", "person__retirement_annex": "II"},
            "Điều 7 khoản 2 điểm c NĐ 178/2024/NĐ-CP",
        ),
        (
            {"person__birth_date": "1970-07-15", "person__retirement_annex": "II"},
            "Điều 7 khoản 2 điểm đ NĐ 178/2024/NĐ-CP",
        ),
        (
            {"restructuring": {"directly_affected": False}},
            "Điều 7a NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP); Điều 7 khoản 2 điểm a NĐ 178/2024/NĐ-CP",
        ),
        (
            {"person__group_177": "k1", "person__category": "cadre"},
            "Điều 7b NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP); Điều 7 khoản 2 điểm a NĐ 178/2024/NĐ-CP",
        ),
    ],
)
def test_why_yes_names_the_point_of_the_clause(change, article):
    result = calculate(base_case(**change))
    assert [(r.code, r.article) for r in result.reasons] == [("eligible", article)]
