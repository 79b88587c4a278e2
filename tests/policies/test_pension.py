"""The pension estimate of the planner and the yardstick of ordinary resignation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import compare_resignation
from policies.pension import (
    AveragePart,
    CoefficientPeriod,
    PaidYear,
    PensionQuestion,
    average_of_coefficients,
    average_of_paid_years,
    average_of_parts,
    estimate,
    years_counted,
)
from tests.policies.conftest import base_case

JULY = date(2025, 7, 1)


def ask(sex="male", months=240, average=10_000_000, day=JULY, **more):
    return estimate(PensionQuestion(sex, months, average, day, **more))


@pytest.mark.parametrize(
    ("sex", "months", "rate"),
    [
        ("female", 180, "45"),
        ("female", 181, "46"),
        ("female", 186, "46"),
        ("female", 187, "47"),
        ("female", 360, "75"),
        ("female", 361, "75"),
        ("male", 180, "40"),
        ("male", 181, "40.5"),
        ("male", 233, "44.5"),
        ("male", 239, "45"),
        ("male", 240, "45"),
        ("male", 384, "69"),  # TT 19/2025/TT-BQP, Ví dụ 01: 32 years
        ("male", 420, "75"),
        ("male", 480, "75"),
    ],
)
def test_the_rate_by_years_of_insurance(sex, months, rate):
    assert ask(sex, months).rate == Decimal(rate)


@pytest.mark.parametrize(
    ("day", "months", "entitled"),
    [("2025-06-30", 239, False), ("2025-06-30", 240, True), ("2025-07-01", 179, False), ("2025-07-01", 180, True)],
)
def test_twenty_years_before_july_2025_and_fifteen_after(day, months, entitled):
    found = ask("female", months, day=date.fromisoformat(day))
    assert found.entitled is entitled
    assert entitled or (found.monthly, found.reasons[0].code) == (0, "insurance_too_short")


@pytest.mark.parametrize(
    ("ground", "early", "cut"),
    [
        (None, 0, "0"),
        ("178", 60, "0"),
        ("154", 59, "0"),
        ("177", 60, "0"),
        ("177", 66, "1"),
        ("177", 72, "2"),
        ("capacity", 5, "0"),
        ("capacity", 6, "1"),
        ("capacity", 11, "1"),
        ("capacity", 12, "2"),
        ("capacity", 60, "10"),
    ],
)
def test_early_pension_is_cut_only_where_no_decree_forbids_it(ground, early, cut):
    found = ask(months=384, ground=ground, early_months=early)
    assert found.cut == Decimal(cut)
    assert found.monthly == 6_900_000 - int(Decimal(cut) * 100_000)


def test_a_pension_is_not_below_the_reference_level_for_those_insured_before_the_reform():
    assert ask(average=3_000_000, months=240).monthly == 2_340_000
    assert ask(average=3_000_000, months=239).monthly == 1_350_000
    assert ask(average=3_000_000, months=240, insured_before_reform=False).monthly == 1_350_000


@pytest.mark.parametrize(
    ("sex", "months", "late", "grant"),
    [
        ("male", 420, 0, 0),
        ("male", 421, 0, 2_500_000),
        ("male", 432, 0, 5_000_000),
        ("female", 384, 0, 10_000_000),
        ("female", 384, 12, 25_000_000),
    ],
)
def test_years_above_the_highest_rate_give_a_grant(sex, months, late, grant):
    assert ask(sex, months, months_after_age=late).one_off == grant


@pytest.mark.parametrize(
    ("first", "years"),
    [("1994-12-31", 5), ("1995-01-01", 6), ("2000-12-31", 6), ("2001-01-01", 8), ("2007-01-01", 10), ("2016-01-01", 15),
     ("2020-01-01", 20), ("2024-12-31", 20), ("2025-01-01", None)],
)  # fmt: skip
def test_the_years_that_are_averaged_follow_the_first_insurance(first, years):
    assert years_counted(date.fromisoformat(first), JULY) == years


def test_the_average_takes_the_last_years_or_the_whole_time_if_that_is_more():
    rising = [
        CoefficientPeriod(date(1993, 7, 1), date(2020, 6, 1), Decimal("4.00")),
        CoefficientPeriod(date(2020, 7, 1), date(2025, 6, 1), Decimal("5.00")),
    ]
    assert average_of_coefficients(rising, date(1993, 7, 1), JULY) == 11_700_000
    falling = [
        CoefficientPeriod(date(1993, 7, 1), date(2020, 6, 1), Decimal("5.00")),
        CoefficientPeriod(date(2020, 7, 1), date(2025, 6, 1), Decimal("4.00")),
    ]
    assert average_of_coefficients(falling, date(1993, 7, 1), JULY) > 9_360_000


def test_pay_set_by_the_employer_is_raised_by_the_coefficient_of_its_year():
    assert average_of_paid_years([PaidYear(1995, 12, 1_000_000)], date(2026, 3, 1)) == 4_910_000
    assert average_of_paid_years([PaidYear(1990, 12, 1_000_000)], date(2026, 3, 1)) == 5_810_000
    assert average_of_paid_years([PaidYear(2026, 12, 1_000_000)], date(2026, 3, 1)) == 1_000_000


@given(months=st.integers(180, 600), more=st.integers(0, 24), sex=st.sampled_from(["male", "female"]))
def test_more_insurance_never_gives_a_lower_pension(months, more, sex):
    assert ask(sex, months + more).monthly >= ask(sex, months).monthly


def test_an_estimate_explains_itself():
    tree = ask(months=384).to_dict()["trace"]
    assert tree["schema"] == "trace.v1"
    assert tree["formula"] == "(69,0% − 0%) × 10.000.000"
    assert tree["parameter"]["name"] == "pension.rate"


@pytest.mark.parametrize(
    ("months", "factor"), [(300, "37.5"), (302, "37.5"), (303, "38.25"), (306, "38.25"), (307, "39"), (12, "1.5")]
)
def test_ordinary_resignation_rounds_odd_months_by_a_rule_of_its_own(months, factor):
    result = compare_resignation(base_case(leave__date="2025-08-01", person__social_insurance_months=months))
    assert {x.code: x.to_dict()["factor"] for x in result.lines} == {"job_search": "3", "severance_years": factor}
    assert result.monthly_salary == 11_653_200


@pytest.mark.parametrize(("months", "total"), [(5, 0), (6, 11_653_200), (11, 11_653_200)])
def test_short_service_gives_one_month_or_nothing(months, total):
    result = compare_resignation(base_case(leave__date="2025-08-01", person__social_insurance_months=months))
    assert (result.eligible, result.total) == (True, total)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"leave__date": "2025-06-30"}, "not_yet_in_force"),
        ({"person__category": "public_employee"}, "outside_group"),
        ({"circumstances": {"under_discipline_or_investigation": True}}, "discipline_or_investigation"),
    ],
)
def test_who_may_not_resign_this_way(change, code):
    result = compare_resignation(base_case(**{"leave__date": "2025-08-01", **change}))
    assert [r.code for r in result.reasons] == [code]


def test_a_mixed_career_is_weighted_by_months_and_voluntary_time_is_a_part_of_it():
    parts = [AveragePart(10_000_000, 240), AveragePart(4_000_000, 60), AveragePart(1_000_001, 1)]
    assert average_of_parts(parts[:2]) == 8_800_000
    assert average_of_parts(parts) == 8_774_086  # 2,641,000,001 / 301 = 8,774,086.38
    assert average_of_parts(parts[:1]) == 10_000_000
    for wrong in ([], [AveragePart(5, 0)], [AveragePart(5, -1), AveragePart(5, 3)]):
        with pytest.raises(ValueError, match="tháng"):
            average_of_parts(wrong)
