"""The ceiling of HTXS is never exceeded, whatever the base, the rounding and the groups; the best keep their places."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.evaluation import Candidate, QuotaGroup, QuotaRule, allocate_quota, default_configuration, quota_limit
from policies.evaluation.quota import BASES, ROUNDINGS

CONFIGURATION = default_configuration(date(2026, 12, 31))
ROUND = {"FLOOR": floor, "CEIL": ceil, "ROUND_HALF_UP": lambda x: floor(x + Fraction(1, 2))}


def reference(cand, other, below, rule):
    """The law's own wording: the largest x that does not pass the rounded share of its base."""
    best = 0
    for x in range(cand + 1):
        base = {"RATED_HTT": other + cand - x, "RATED_HTT_OR_ABOVE": other + cand}.get(rule.base, other + cand + below)
        if x <= ROUND[rule.rounding](rule.share * base):
            best = x
    return best


rules = st.builds(
    QuotaRule, st.sampled_from(BASES), st.sampled_from([Fraction(1, 5), Fraction(1, 4), Fraction(1, 6), Fraction(0)]),
    st.sampled_from(ROUNDINGS),
)  # fmt: skip
counts = st.integers(0, 60)


@given(counts, counts, counts, rules)
def test_the_limit_is_the_largest_number_that_fits(cand, other, below, rule):
    assert quota_limit(cand, other, below, rule) == reference(cand, other, below, rule)


@given(counts, counts, counts, rules)
def test_one_more_person_never_costs_a_place(cand, other, below, rule):
    here = quota_limit(cand, other, below, rule)
    assert quota_limit(cand + 1, other, below, rule) >= here
    assert quota_limit(cand, other + 1, below, rule) >= here


@pytest.mark.parametrize("n", range(1, 61))
def test_the_closed_forms_of_the_law_hold(n):
    def limit(base, percent, rounding):
        return quota_limit(n, 0, 0, QuotaRule(base, Fraction(percent, 100), rounding))

    assert limit("RATED_HTT", 20, "FLOOR") == n // 6
    assert limit("RATED_HTT", 20, "ROUND_HALF_UP") == (2 * n + 5) // 12
    assert limit("RATED_HTT", 20, "CEIL") == (n + 4) // 6
    assert limit("RATED_HTT", 25, "FLOOR") == n // 5
    assert limit("RATED_HTT_OR_ABOVE", 20, "FLOOR") == n // 5


@st.composite
def agencies(draw):
    groups = []
    for g in range(draw(st.integers(1, 3))):
        scores = draw(st.lists(st.integers(90, 95), max_size=4))
        people = tuple(
            Candidate(f"{g}.{i}", (Decimal(s), Decimal(draw(st.integers(0, 1))))) for i, s in enumerate(scores)
        )
        groups.append(QuotaGroup(str(g), people, draw(st.integers(0, 12)), draw(st.integers(0, 3))))
    return groups


@settings(max_examples=200, deadline=None)
@given(agencies(), rules, st.sampled_from(["STRICT", "AT_LEAST_ONE", "MERGE_SMALL"]))
def test_no_ceiling_is_passed_and_everybody_is_told_what_becomes_of_them(groups, rule, small):
    rule = QuotaRule(rule.base, rule.share, rule.rounding, small, 5)
    found = allocate_quota(groups, rule)
    everybody = [c.id for g in groups for c in g.candidates]
    open_ties = [i for choice in found.choices for i in choice.among]
    assert sorted([*found.kept, *found.demoted, *open_ties]) == sorted(everybody)
    assert found.used <= found.agency_limit
    for group in groups:
        if group.name not in found.merged:
            assert (
                len([i for i in found.kept if i in {c.id for c in group.candidates}]) <= found.group_limit[group.name]
            )
    for choice in found.choices:
        assert 0 < choice.places < len(choice.among)
    # Nobody is passed over for somebody worse of the same group.
    keys = {c.id: c.keys for g in groups for c in g.candidates}
    for group in groups:
        mine = {c.id for c in group.candidates}
        for up, down in itertools.product(mine & set(found.kept), mine & set(found.demoted)):
            assert keys[up] >= keys[down]


@settings(max_examples=150, deadline=None)
@given(agencies(), rules)
def test_taking_the_best_that_fits_is_optimal(groups, rule):
    """Against every allowed subset: none has a better list of ranks (ties apart)."""
    distinct = []
    for n, g in enumerate(groups):
        people = (Candidate(c.id, (c.keys[0] * 100 + n + 10 * i, Decimal(0))) for i, c in enumerate(g.candidates))
        distinct.append(QuotaGroup(g.name, tuple(people), g.htt_other, g.below))
    found = allocate_quota(distinct, rule)
    assert not found.choices
    people = [(c.keys, g.name, c.id) for g in distinct for c in g.candidates]
    best = []
    for size in range(found.agency_limit + 1):
        for chosen in itertools.combinations(people, size):
            if all(sum(p[1] == g.name for p in chosen) <= found.group_limit[g.name] for g in distinct):
                best = max(best, sorted((p[0] for p in chosen), reverse=True))
    keys = {c.id: c.keys for g in distinct for c in g.candidates}
    assert sorted((keys[i] for i in found.kept), reverse=True) == best


def test_equals_at_the_agencys_border_are_left_to_a_person():
    tied = [
        QuotaGroup(name, (Candidate(name, (Decimal(95), Decimal(2))),), 3) for name in ("A", "B")
    ]  # two groups of four, CEIL: one place each, one for the agency… of eight
    rule = QuotaRule("RATED_HTT", Fraction(1, 10), "CEIL")
    found = allocate_quota(tied, rule)
    assert (found.group_limit, found.agency_limit, found.kept) == ({"A": 1, "B": 1}, 1, [])
    assert found.to_dict()["manual_choice"] == {"places": 1, "among": ["A", "B"]}


def test_the_higher_percentage_opens_only_with_the_units_own_recognition():
    group = [QuotaGroup("G", (Candidate("X", (Decimal(95),)),), 4)]
    rule = QuotaRule("RATED_HTT", Fraction(1, 4), "FLOOR", tie_break=("score",))
    refused = allocate_quota(group, rule, regime="ND233", configuration=CONFIGURATION)
    assert refused.error == "HIGHER_CEILING_NEEDS_UNIT_HTXS" and not refused.kept
    allowed = allocate_quota(group, rule, regime="ND233", unit_recognised=True, configuration=CONFIGURATION)
    assert allowed.kept == ["X"]
    above = QuotaRule("RATED_HTT", Fraction(26, 100), "FLOOR", tie_break=("score",))
    refused = allocate_quota(group, above, regime="ND233", unit_recognised=True, configuration=CONFIGURATION)
    assert refused.error == "CEILING_ABOVE_THE_LAW"


@pytest.mark.parametrize(("units", "limit"), [(4, 1), (5, 0), (6, 1)])
def test_an_authority_with_fewer_than_five_units_has_one_place(units, limit):
    group = [QuotaGroup("U", (Candidate("U1", (Decimal(95),)), Candidate("U2", (Decimal(93),))), units - 2)]
    rule = QuotaRule("RATED_HTT", Fraction(1, 5), "FLOOR", few_units_below=5, few_units_max=1, tie_break=("score",))
    assert (
        allocate_quota(group, rule, regime="ND233", subject="UNITS", configuration=CONFIGURATION).agency_limit == limit
    )
