"""Rules of rating hold for any facts: caps never lift, holes stay open, rounding is exact, bounds fall as written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.evaluation import (
    LEVELS,
    RANK,
    authority_for,
    default_configuration,
    forms_for,
    months_between,
    rate,
    rate_unit,
    select_regime,
    year_score,
)
from policies.evaluation.explain import rounded
from policies.questions import BadQuestion

STAFF = {
    "person_class": "CC0", "year": 2024, "criteria_1_4": "good", "done_percent": 100, "high_efficiency": True,
    "over_percent": "60",
}  # fmt: skip
HEAD = {
    **STAFF, "person_class": "VC1", "criterion_5a": "good", "unit_done_percent": 100, "unit_on_time_percent": 100,
    "unit_over_percent": 60, "sub_ok_percent": 100, "sub_good_percent": 100,
}  # fmt: skip
percent = st.decimals(0, 100, places=2)


def level(facts, regime="ND90_48", **changes):
    found = rate({**facts, **changes}, regime)
    return found.level or found.reason


@pytest.mark.parametrize(
    ("key", "facts", "answers"),
    [
        ("over_percent", STAFF, {"49.99": "HTT", "50": "HTXS", "50.01": "HTXS"}),
        ("not_assured_percent", STAFF, {"0": "HTXS", "0.01": "HT", "20": "HT", "20.01": "HOLE_NOT_ASSURED_20_TO_50"}),
        ("not_assured_percent", STAFF, {"49.99": "HOLE_NOT_ASSURED_20_TO_50", "50": "HOLE_NOT_ASSURED_20_TO_50",
                                        "50.01": "KHT"}),
        ("done_percent", STAFF, {"99.99": "HOLE_TASKS_NOT_ALL_COMPLETED", "100": "HTXS"}),
        ("unit_over_percent", HEAD, {"49.99": "HTT", "50": "HTXS", "50.01": "HTXS"}),
        ("unit_done_percent", HEAD, {"49.99": "KHT", "50": "HOLE_UNIT_50_TO_70", "70": "HOLE_UNIT_50_TO_70",
                                     "70.01": "HT", "100": "HTXS"}),
        ("sub_good_percent", HEAD, {"69.99": "HT", "70": "HTXS", "70.01": "HTXS"}),
        ("sub_ok_percent", HEAD, {"69.99": "HOLE_SUBUNITS_BELOW_70", "70": "HT", "99.99": "HT", "100": "HTXS"}),
    ],
)  # fmt: skip
def test_the_tree_changes_exactly_at_its_bounds(key, facts, answers):
    assert {value: level(facts, **{key: value}) for value in answers} == answers


@pytest.mark.parametrize(
    ("leave", "answer"), [("2.99", "HTXS"), ("3", "HT"), ("5.99", "HT"), ("6", "HOLE_LEAVE_EXACTLY_6")]
)
def test_leave_caps_from_three_to_under_six_months(leave, answer):
    assert level(STAFF, worked_months=str(12 - Decimal(leave)), leave_months=leave) == answer


@pytest.mark.parametrize(("worked", "answer"), [("5.99", "NOT_RATED_UNDER_6_MONTHS"), ("6", "HTXS"), ("6.01", "HTXS")])
def test_six_months_of_work_are_enough(worked, answer):
    assert level(STAFF, worked_months=worked) == answer


@pytest.mark.parametrize("regime", ["ND335", "ND233"])
@pytest.mark.parametrize(
    ("points", "answer"),
    [("49.99", "KHT"), ("50", "HT"), ("69.994", "HT"), ("69.995", "HTT"), ("89.994", "HTT"), ("89.995", "HTXS")],
)
def test_points_are_rounded_once_before_they_are_compared(regime, points, answer):
    klass = "CC0" if regime == "ND335" else "VC0"
    assert rate({"person_class": klass, "year": 2027, "score": points}, regime).level == answer


@given(st.fractions(0, 100))
def test_rounding_is_half_up_and_exact(value):
    found = Fraction(rounded(value, 2))
    assert -Fraction(1, 200) < found - value <= Fraction(1, 200)


@settings(max_examples=150, deadline=None)
@given(
    over=percent, not_assured=percent, criteria=st.sampled_from(["good", "ok", "fail"]), efficient=st.booleans(),
    leave=st.decimals(0, 5, places=2), degradation=st.booleans(),
)  # fmt: skip
def test_a_leave_cap_never_lifts_and_never_answers_a_hole(over, not_assured, criteria, efficient, leave, degradation):
    facts = {**STAFF, "over_percent": over, "not_assured_percent": not_assured, "criteria_1_4": criteria,
             "high_efficiency": efficient, "degradation": degradation}  # fmt: skip
    free = rate(facts, "ND90_48")
    capped = rate({**facts, "worked_months": 12 - leave, "leave_months": leave}, "ND90_48")
    assert capped.outcome == free.outcome
    if free.level is not None and capped.level is not None:
        assert RANK[capped.level] <= RANK[free.level]
        assert RANK[capped.level] <= RANK["HT"] or leave < 3


@settings(max_examples=100, deadline=None)
@given(tree=st.sampled_from([*LEVELS, None]), points=st.decimals(0, 100, places=3), kht=st.booleans())
def test_the_layer_gives_the_lower_level_and_fills_no_hole(tree, points, kht):
    facts = {"person_class": "CC0", "year": 2024, "tree_level": tree, "points": points,
             "quarters": ["KHT"] if kht else []}  # fmt: skip
    both = rate(facts, "HY1071")
    alone = rate({**facts, "config": {"level_rule": "POINTS"}, "quarters": []}, "HY1071").level
    if tree is None:
        assert both.level is None and both.proposed_level == alone
        return
    lower = min(tree, alone, key=lambda code: RANK[code])
    assert both.level == ("HTT" if kht and lower == "HTXS" else lower)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LEVELS), st.decimals(0, 100, places=2))
def test_a_head_is_never_above_the_unit(unit, points):
    facts = {"person_class": "VC1", "year": 2027, "score": points}
    free = rate(facts, "ND233").level
    head = rate({**facts, "is_head": True, "unit_level": unit}, "ND233").level
    assert head == min(free, unit, key=lambda code: RANK[code])


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12))
def test_the_year_is_the_mean_of_the_periods_really_worked(totals):
    found = year_score(totals, "ND335", default_configuration(date(2026, 12, 31)))
    assert Fraction(found.total) == Fraction(rounded(sum(map(Fraction, totals)) / len(totals), 2))


def test_every_violation_counts_in_one_year_only():
    decisions = [
        {"kind": k, "effective": f"{y}-03-01", "form": "cảnh cáo"} for k, y in (("PARTY", 2023), ("ADMIN", 2024))
    ]
    facts = {**STAFF, "violations": [{"id": "V1", "decisions": decisions}]}
    years = {y: rate({**facts, "year": y}, "ND90_48") for y in (2022, 2023, 2024, 2025)}
    assert [y for y, found in years.items() if found.level == "KHT"] == [2023]
    assert years[2023].consumed == ["V1:2023"]
    assert years[2024].reason == "DISCIPLINE_ALREADY_COUNTED"
    again = rate({**facts, "year": 2023, "consumed": ["V1:2023"]}, "ND90_48")
    assert again.level == "KHT", "rating the same year again must not lose the ground"


def test_a_suspension_is_a_question_for_the_decider_unless_the_level_is_kht_anyway():
    facts = {**STAFF, "year": 2025, "suspensions": [{"effective": "2025-07-01"}]}
    asked = rate(facts, "ND90_48")
    assert (asked.outcome, asked.proposed_level) == ("MANUAL_DECISION_REQUIRED", "KHT")
    assert rate({**facts, "not_assured_percent": 60}, "ND90_48").level == "KHT"
    assert rate({**facts, "suspensions": [{"effective": "2025-06-30"}]}, "ND90_48").level == "HTXS"


def test_a_violation_excused_by_a_document_does_not_count():
    violation = {"id": "V1", "liability_excluded": True, "decisions": [{"kind": "ADMIN", "effective": "2024-05-05"}]}
    assert rate({**STAFF, "violations": [violation]}, "ND90_48").level == "HTXS"


def test_force_majeure_hands_a_unit_below_its_plan_to_the_authority():
    facts = {"score": "75", "done_percent": "60", "on_time": True}
    assert rate_unit(facts, "ND233").level == "KHT"
    assert rate_unit({**facts, "force_majeure": True}, "ND233").outcome == "MANUAL_DECISION_REQUIRED"


def test_missing_facts_are_named_all_at_once():
    with pytest.raises(BadQuestion) as refused:
        rate({"person_class": "VC1", "year": 2024}, "ND90_48")
    paths = {path for path, _ in refused.value.faults}
    assert paths == {"input.criteria_1_4", "input.done_percent", "input.criterion_5a", "input.unit_done_percent"}


@pytest.mark.parametrize(("regime", "klass"), [("ND335", "VC0"), ("ND90_48", "HD"), ("QD132", "CC0"), ("ND99", "CC0")])
def test_a_regime_does_not_rate_those_it_does_not_cover(regime, klass):
    with pytest.raises(BadQuestion):
        rate({**STAFF, "person_class": klass, "score": 90}, regime)


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["cadre", "civil_servant", "public_employee", "contract_worker", "collective"]),
    side=st.sampled_from(["STATE", "PARTY"]), end=st.dates(date(2018, 1, 1), date(2031, 12, 31)),
    days=st.integers(0, 364), issued=st.sampled_from([None, True, False]), a=st.booleans(), b=st.booleans(),
)  # fmt: skip
def test_a_period_has_exactly_one_regime_or_an_error(kind, side, end, days, issued, a, b):
    start = date.fromordinal(end.toordinal() - days)
    found = select_regime(kind, start, end, side, unit_rules_issued=issued, head_decides=a, public_service_unit=b)
    assert (found.regime is None) == (found.error is not None)
    if found.regime is None:
        old = side == "STATE" and end < date(2024, 4, 5)
        assert old or found.error == "PERIOD_CROSSES_REGIMES"
        if found.error == "PERIOD_CROSSES_REGIMES":
            assert start < date(2026, 1, 1) <= end


def test_months_are_days_over_the_days_of_their_month():
    assert months_between(date(2024, 1, 1), date(2024, 6, 30)) == 6
    assert months_between(date(2024, 2, 1), date(2024, 2, 29)) == 1
    assert months_between(date(2024, 1, 1), date(2024, 6, 29)) < 6
    assert months_between(date(2024, 3, 2), date(2024, 3, 1)) == 0


def test_every_class_of_a_regime_has_a_form_and_somebody_who_decides():
    for regime, classes in {
        "ND90_48": ("CB", "CC0", "CC1", "VC0", "VC1"), "ND335": ("CC0", "CC1"), "ND233": ("VC0", "VC1", "HD"),
        "QD366": ("CB", "CC0", "CC1", "VC0", "VC1"), "HY1071": ("HD", "CC0", "VC1"),
    }.items():  # fmt: skip
        for klass in classes:
            assert forms_for(regime, klass), (regime, klass)
            assert all(authority_for(regime, klass, who) for who in ("HEAD", "DEPUTY", "STAFF")), (regime, klass)
