"""Every question of the project's own case file gets the answer of the law, with an explanation that can be shown."""

from __future__ import annotations

import json

import pytest

from policies.engine.yamlio import load_law_yaml
from policies.evaluation import KINDS, REGIMES, answer, reasons
from policies.evaluation.data import HERE

CASES = load_law_yaml(HERE / "cases.yaml")["cases"]


@pytest.mark.parametrize("row", CASES, ids=lambda r: f"{r['id']} {r['kind']} {r['regime']}")
def test_the_law_answers_the_question(row):
    found = answer(row["kind"], row["input"], row["regime"])
    assert {key: found.output.get(key, "absent") for key in row["output"]} == row["output"]
    json.dumps(found.output)
    assert found.trace, "no explanation"
    json.dumps(found.trace)


def test_the_cases_ask_every_kind_and_every_regime():
    assert {row["kind"] for row in CASES} == set(KINDS)
    assert set(REGIMES) - {"ND90"} <= {row["regime"] for row in CASES}


def no_float(value):
    if isinstance(value, dict):
        return all(no_float(v) for v in value.values())
    if isinstance(value, list):
        return all(no_float(v) for v in value)
    return not isinstance(value, float)


def test_no_answer_carries_a_binary_float():
    for row in CASES:
        found = answer(row["kind"], row["input"], row["regime"])
        assert no_float(found.output) and no_float(found.trace), row["id"]


def test_every_reason_an_answer_gives_has_a_sentence_and_an_article():
    for row in CASES:
        output = answer(row["kind"], row["input"], row["regime"]).output
        for code in [output.get("reason"), *output.get("reasons", ()), output.get("warning"), output.get("error")]:
            if code and code not in ("NEEDS_HTT_PREVIOUS_YEAR", "NEEDS_HTT_TWO_YEARS"):
                assert reasons()[code].text and reasons()[code].article, code
