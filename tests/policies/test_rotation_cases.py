"""Questions about rotation, transfer, secondment, periodic change and terms: the project's cases, answered exactly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.engine.yamlio import load_law_yaml
from policies.questions import BadQuestion
from policies.rotation import KINDS, answer
from tests.policies.conftest import POLICIES

CASES = load_law_yaml(POLICIES / "rotation" / "cases.yaml")["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['kind']}: {c['title']}")
def test_the_law_answers(case):
    found = answer(case["kind"], case["input"])
    assert found.output == case["output"]
    assert found.trace, "an answer without an explanation"
    json.dumps([found.output, found.trace])


def test_every_kind_of_question_has_cases():
    assert {case["kind"] for case in CASES} == set(KINDS)


BASE = {"position_rule": "TT27_2024_BTC", "assigned": "2022-03-15"}


@pytest.mark.parametrize(
    ("kind", "given", "paths"),
    [
        ("nope", {}, ["kind"]),
        ("due", [1], ["input"]),
        ("due", {}, ["input.assigned"]),
        ("due", {"asigned": "2020-01-01"}, ["input.asigned", "input.assigned"]),
        ("due", {**BASE, "assigned": "2023-02-29"}, ["input.assigned"]),
        ("due", {**BASE, "person_class": "CC9", "position_rule": "TT"}, ["input.person_class", "input.position_rule"]),
        ("due", {**BASE, "probation": {"from": "2022-05-01", "to": "2022-04-01"}}, ["input.probation.to"]),
        (
            "due",
            {**BASE, "reassigned": {"different_work": "yes"}},
            ["input.reassigned.date", "input.reassigned.different_work"],
        ),
        ("due", {**BASE, "birth_date": "1970"}, ["input.sex"]),
        (
            "change",
            {"persons": [{"assigned": "x"}, 7], "effective": "2026-12-01"},
            ["input.persons[0].assigned", "input.persons[1]", "input.persons[1].assigned"],
        ),
        ("change", {"persons": [{"assigned": "2022-01-01"}], "effective": "2026-12-01"}, ["input.persons"]),
        ("deferral", {"must_change_by": "2026-12-01"}, ["input.reason_facts"]),
        (
            "deferral",
            {"reason_facts": {"child_birth": "2025-01-01"}, "must_change_by": "2026-12-01"},
            ["input.reason_facts.sex"],
        ),
        (
            "deferral",
            {
                "reason_facts": {"study": {"months": 12}, "inspection": {"from": "2026-02-01", "to": "2026-01-01"}},
                "must_change_by": "2026-12-01",
            },
            ["input.reason_facts.inspection.to", "input.reason_facts.study.from"],
        ),
        ("exemption", {}, ["input.birth_date", "input.planned_change", "input.sex"]),
        ("term", {"members": 0, "votes_for": 0}, ["input.members"]),
        ("term", {"members": 8, "votes_for": 9}, ["input.votes_for"]),
        ("term", {"event": {"kind": "MERGER"}}, ["input.event.new_appointment_effective"]),
        (
            "family_bar",
            {"head_role": "HEAD", "relation": "SPOSE", "relative_job": "TREASURE"},
            ["input.relation", "input.relative_job"],
        ),
        (
            "family_bar",
            {"move": {"person_becomes": "HEAD"}, "existing": [{"job": "TREASURER"}]},
            ["input.existing[0].relation"],
        ),
        (
            "family_bar",
            {
                "head_role": "HEAD",
                "relation": "SPOUSE",
                "relative_job": "ACCOUNTANT",
                "config": {"family_bar.accounting_scope": "X", "no.such": 1},
            },
            ["input.config.family_bar.accounting_scope", "input.config.no.such"],
        ),
        ("secondment", {"from": "2026-01-01", "months": 0}, ["input.months"]),
        ("secondment", {"from": "2026-01-01", "to": "2025-01-01"}, ["input.to"]),
        ("secondment", {"extension_months": 3}, ["input.first"]),
        ("rotation", {"group": "d", "from": "2026-01-01"}, ["input.group"]),
        ("rotation", {"sex": "male", "birth_date": "1980-01-01"}, ["input.from"]),
        ("transfer", {"facts": ["PREGNANT", "TIRED"]}, ["input.facts[1]"]),
        (
            "transfer",
            {"old_allowance": 0.9, "new_allowance": "0.6", "effective": "2026-01-01"},
            ["input.old_allowance"],
        ),
        ("special", {"listed_positions_in_agency": -1}, ["input.listed_positions_in_agency"]),
        ("plan", {}, ["input.plan_fields"]),
        ("plan", {"plan_fields": ["measurs"]}, ["input.plan_fields[0]"]),
        ("conflict", {"known_on": "2026-06-04", "holidays": ["2026-06-05", "x"]}, ["input.holidays[1]"]),
        ("conflict", {"left_on": "2026-06-04"}, ["input.field_group"]),
    ],
    ids=str,
)
def test_a_malformed_question_names_every_fault_once(kind, given, paths):
    with pytest.raises(BadQuestion) as caught:
        answer(kind, given)
    assert sorted(path for path, _ in caught.value.faults) == sorted(paths)
    assert all(message for _, message in caught.value.faults)


def test_a_fact_no_rule_uses_is_named_in_the_trace():
    found = answer("due", {**BASE, "shoe_size": 43})
    assert "shoe_size" in json.dumps(found.trace, ensure_ascii=False)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.decimals(allow_nan=True),
    st.text(max_size=6),
    st.sampled_from(["2026-02-30", "2024-02-29", "2200-12-31", "1900-01-01", "HEAD", "SPOUSE", "1965-05"]),
    st.floats(),
)
JUNK = st.recursive(
    LEAVES,
    lambda v: st.lists(v, max_size=2) | st.dictionaries(st.sampled_from(["from", "to", "date"]), v),
    max_leaves=4,
)


@given(st.data())
def test_whatever_stands_in_a_question_it_is_answered_or_refused_with_paths(data):
    case = data.draw(st.sampled_from(CASES))
    given_ = dict(case["input"])
    for key in data.draw(st.lists(st.sampled_from(sorted(given_)), min_size=1, max_size=2)):
        given_[key] = data.draw(JUNK)
    try:
        json.dumps(answer(case["kind"], given_).output)
    except BadQuestion as bad:
        assert all(path.startswith("input") for path, _ in bad.faults)
