"""NĐ 154, 29, 177, 179 and NQ 07 just before, at and just after each border."""

from __future__ import annotations

import pytest

from policies import Override, calculate, default_store
from tests.policies.conftest import base_case


def codes(result) -> list[str]:
    return [r.code for r in result.reasons]


def warnings(result) -> str:
    return "\n".join(f"{w.code}: {w.message}" for w in result.warnings)


def factors(result) -> dict[str, str]:
    return {line.code: line.to_dict()["factor"] for line in result.lines}


@pytest.mark.parametrize(
    ("decree", "leave", "code"),
    [
        ("154", "2025-06-15", "not_yet_in_force"),
        ("154", "2025-06-16", "eligible"),
        ("154", "2030-12-31", "eligible"),
        ("154", "2031-01-01", "window_closed"),
        ("29", "2023-07-19", "not_yet_in_force"),
        ("29", "2023-07-20", "eligible"),
        ("29", "2025-06-15", "eligible"),
        ("29", "2025-06-16", "window_closed"),
    ],
)
def test_staff_reduction_follows_its_decree_to_the_day(decree, leave, code):
    year = int(leave[:4])
    case = base_case(
        decree=decree,
        leave__date=leave,
        person__birth_date=f"{year - 59}-01-15",
        salary={"agreed_amount": 10_000_000, "average_60_months": 9_000_000},
    )
    result = calculate(case)
    assert codes(result) == [code]


def test_one_of_the_two_staff_reduction_decrees_answers_every_day_around_the_change():
    for day in ("2025-06-14", "2025-06-15", "2025-06-16", "2025-06-17"):
        case = base_case(
            decree="auto",
            leave__date=day,
            restructuring={"directly_affected": False},
            person__birth_date="1975-01-01",
            salary={"agreed_amount": 10_000_000, "average_60_months": 9_000_000},
        )
        assert calculate(case).decree == ("29/2023/NĐ-CP" if day < "2025-06-16" else "154/2025/NĐ-CP")


@pytest.mark.parametrize(
    ("insured", "factor"), [(180, "5"), (216, "5"), (239, "5"), (240, "5"), (241, "5.25"), (247, "5.5"), (300, "7.5")]
)
def test_154_pays_five_months_flat_to_twenty_years_and_half_a_month_after(insured, factor):
    case = base_case(decree="154", leave__date="2025-07-01", person__social_insurance_months=insured)
    assert factors(calculate(case))["service_years"] == factor


def test_154_names_the_ground_when_the_file_does_not_say_it():
    case = base_case(decree="154", leave__date="2025-07-01")
    assert "facts.ground_154" in warnings(calculate(case))
    case["facts"] = {"ground_154": "d"}
    assert "facts.ground_154" not in warnings(calculate(case))


def test_154_for_association_staff_rests_on_an_unverified_article():
    case = base_case(decree="154", leave__date="2025-07-01", person__category="association_staff")
    assert "nd154.association_staff" in warnings(calculate(case))


def test_29_is_not_guessed_without_the_average_of_sixty_months():
    case = base_case(decree="29", leave__date="2025-05-01")
    assert codes(calculate(case)) == ["facts_missing"]
    case["benefit"] = "severance"
    case["person"]["social_insurance_months"] = 200
    assert codes(calculate(case)) == ["facts_missing"]
    under_two_years = base_case(decree="29", leave__date="2025-05-01", person__birth_date="1965-06-15")
    result = calculate(under_two_years)
    assert (result.eligible, result.total) == (True, 0)


def test_29_severance_has_two_readings_of_the_salary_for_finding_work():
    case = base_case(
        decree="29",
        leave__date="2024-06-01",
        person__social_insurance_months=200,
        salary={"agreed_amount": 10_000_000, "average_60_months": 9_000_000},
    )
    other = default_store().overlay({"nd29.severance.job_search_base": Override("average", "Giả định", "Điều 7")})
    amounts = [next(x.amount for x in calculate(case, s).lines if x.code == "job_search") for s in (None, other)]
    assert amounts == [30_000_000, 27_000_000]


# NĐ 177: born 15/09/1966, pension from 01/10/2028.
def cadre(**changes):
    return base_case(
        decree="177",
        person__category=changes.pop("category", "cadre"),
        person__group_177=changes.pop("group", "k1"),
        person__birth_date="1966-09-15",
        leave__date=changes.pop("leave", "2026-03-01"),
        **changes,
    )


@pytest.mark.parametrize(
    ("congress", "group", "code"),
    [
        ("2028-04-01", "k1", "outside_group"),
        ("2028-03-31", "k1", "eligible"),
        ("2026-04-01", "k4", "eligible"),
        ("2026-04-02", "k4", "outside_group"),
        ("2023-10-01", "k4", "eligible"),
        ("2023-09-30", "k4", "outside_group"),
    ],
)
def test_the_congress_decides_who_belongs_to_a_group(congress, group, code):
    result = calculate(cadre(group=group, leave=max(congress, "2025-01-01"), facts={"congress_date": congress}))
    assert ("outside_group" in codes(result)) is (code == "outside_group")


@pytest.mark.parametrize(
    ("leave", "inside"),
    [("2025-03-01", False), ("2025-03-14", False), ("2025-03-15", True), ("2026-04-15", True), ("2026-04-16", False)],
)
def test_177_is_taken_between_twelve_months_before_and_one_month_after_the_congress(leave, inside):
    result = calculate(cadre(leave=leave, facts={"congress_date": "2026-03-15"}))
    assert ("window_closed" not in codes(result)) is inside


@pytest.mark.parametrize("category", ["public_employee", "contract_worker", "association_staff"])
def test_public_employees_are_in_no_clause_of_177(category):
    assert codes(calculate(cadre(category=category)))[0] == "outside_group"


def test_177_pays_two_and_a_half_months_more_by_the_fifteen_year_form():
    before, after = (
        calculate(cadre(leave=d, person__social_insurance_months=300)) for d in ("2025-06-30", "2025-07-01")
    )
    assert (factors(before)["service_years"], factors(after)["service_years"]) == ("7.5", "10")
    assert "nd177.service" in warnings(after)


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        ("2026-10-01", "remaining_24_months_or_more"),
        ("2026-10-02", "eligible"),
        ("2028-10-01", "retirement_age_reached"),
    ],
)
def test_waiting_leave_needs_less_than_24_months(leave, code):
    result = calculate(cadre(leave=leave, benefit="waiting_leave"))
    assert codes(result)[0] == code
    assert result.total == 0


def test_auto_takes_the_waiting_leave_when_early_retirement_is_refused():
    case = cadre(leave="2027-01-01", person__social_insurance_months=100, benefit="auto")
    result = calculate(case)
    assert (result.benefit, result.eligible, result.lines) == ("waiting_leave", True, [])
    assert result.monthly_salary == 12_599_400  # 4,98 × 2.530.000, without the public-service allowance


# NQ 07: born 15/04/1968 under Phụ lục II, pension from 01/05/2024.
@pytest.mark.parametrize(
    ("leave", "factor"),
    [("2025-01-02", "15"), ("2025-08-01", "15"), ("2025-09-01", "15.5"), ("2025-10-01", "16"), ("2025-12-31", "17")],
)
def test_nq07_adds_half_a_month_from_the_sixteenth_month(leave, factor):
    case = base_case(decree="NQ07", person__birth_date="1968-04-15", person__retirement_annex="II", leave__date=leave)
    assert factors(calculate(case))["lump_sum"] == factor


@pytest.mark.parametrize(("leave", "code"), [("2025-01-01", "not_yet_in_force"), ("2026-01-01", "window_closed")])
def test_nq07_is_for_leaves_of_2025(leave, code):
    case = base_case(decree="NQ07", person__birth_date="1968-04-15", person__retirement_annex="II", leave__date=leave)
    assert codes(calculate(case)) == [code]


@pytest.mark.parametrize(("insured", "eligible"), [(179, False), (180, True)])
def test_nq07_group_one_needs_fifteen_years_of_insurance(insured, eligible):
    case = base_case(
        decree="NQ07",
        person__birth_date="1968-04-15",
        person__retirement_annex="II",
        person__social_insurance_months=insured,
    )
    assert calculate(case).eligible is eligible


def talent(group, **changes):
    return base_case(decree="179", person__group_179=group, **changes)


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        ("2025-05-31", "not_yet_in_force"),
        ("2025-06-01", "eligible"),
        ("2030-05-31", "eligible"),
        ("2030-06-01", "window_closed"),
    ],
)
def test_the_allowance_of_a_graduate_runs_five_years_from_the_recruitment(leave, code):
    assert codes(calculate(talent("k2", leave__date=leave, facts={"recruited_on": "2025-06-01"}))) == [code]


@pytest.mark.parametrize(("group", "code"), [("k1", "unverified_parameter"), ("k3", "conflicting_sources")])
def test_the_base_of_officials_and_experts_warns_only_when_allowances_matter(group, code):
    assert code in warnings(calculate(talent(group)))
    bare = talent(group)
    bare["salary"] = {"coefficient": "4.98"}
    assert code not in warnings(calculate(bare))


def test_experts_by_contract_have_no_formula():
    assert codes(calculate(talent("k3", person__category="contract_worker"))) == ["outside_group"]


def test_a_talent_case_without_a_group_is_refused():
    assert codes(calculate(base_case(decree="179"))) == ["outside_group"]


def test_a_monthly_allowance_is_never_weighed_against_a_grant_for_leaving():
    case = base_case(decree="auto", person__group_179="k1")
    assert "179/2024/NĐ-CP" not in {r.decree for r in (calculate(case), *calculate(case).alternatives)}
    case["benefit"] = "talent_allowance"
    assert calculate(case).decree == "179/2024/NĐ-CP"


@pytest.mark.parametrize(("birth", "warned"), [("1967", True), ("1967-01", False), ("1967-01-01", False)])
def test_a_year_of_birth_alone_is_counted_by_an_unverified_reading_in_staff_reduction(birth, warned):
    case = base_case(decree="154", leave__date="2025-07-01", person__birth_date=birth)
    assert ("early.age_date" in warnings(calculate(case))) is warned


@pytest.mark.parametrize(("group", "fact"), [("k1", "recognised_on"), ("k2", "recruited_on"), ("k3", "recruited_on")])
def test_the_day_of_the_talent_decision_is_named_when_the_file_lacks_it(group, fact):
    assert f"facts.{fact}" in warnings(calculate(talent(group)))
    assert f"facts.{fact}" not in warnings(calculate(talent(group, facts={fact: "2025-01-15"})))
