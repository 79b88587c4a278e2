"""Every case of the project's law files gives what the law says."""

from __future__ import annotations

import json

import pytest

from policies import calculate
from policies.engine.yamlio import load_law_yaml
from tests.policies.conftest import POLICIES, law_cases, missing

ROUNDING = load_law_yaml(POLICIES / "retirement" / "rounding_cases.yaml")


@pytest.mark.parametrize("row", law_cases())
def test_the_law_answers_the_case(row):
    result = calculate(row["case"]).to_dict()
    assert missing(row["expect"], result) == []
    json.dumps(result)


@pytest.mark.parametrize("row", ROUNDING["rows"], ids=lambda r: f"{r['social_insurance_months']} months")
def test_odd_months_become_half_years(row):
    case = {**ROUNDING["case"]}
    case["person"] = {**case["person"], "social_insurance_months": row["social_insurance_months"]}
    result = calculate(case).to_dict()
    expected = {**ROUNDING["expect"], "social_insurance_years": row["social_insurance_years"], "total": row["total"]}
    assert missing(expected, result) == []
