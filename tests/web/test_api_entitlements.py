"""The calculation over REST: the contract's answer, every fault with its path, and only for those who may calculate."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

URL = "/api/v1/entitlements/calculate"
CASE = {
    "id": "A-1",
    "decree": 178,
    "person": {
        "sex": "male",
        "birth_date": "1966-05-20",
        "category": "civil_servant",
        "social_insurance_months": 300,
    },
    "salary": {"coefficient": "4.98", "allowances": {"public_service_percent": "25"}},
    "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
    "leave": {"date": "2025-06-01"},
}


@pytest.fixture
def post(world, client, token):
    def send(body, who="unit_hr_a", mimetype="application/json"):
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return client.post(URL, data=data, content_type=mimetype, headers=token(who))

    return send


def changed(**groups):
    case = deepcopy(CASE)
    for name, values in groups.items():
        case[name].update(values)
    return case


def test_one_case_answers_a_list_with_the_total_of_the_contract(post):
    answer = post(CASE)
    assert answer.status_code == 200
    (result,) = answer.get_json()["result"]
    assert (result["id"], result["total"], result["monthly_salary"]) == ("A-1", 852140250, 14566500)
    assert result["years_early"] == "3.0"
    assert result["trace"]["schema"] == "trace.v1"


def test_a_list_is_answered_in_order(post):
    second = {**CASE, "id": "A-2", "leave": {"date": "2025-07-01"}}
    assert [row["id"] for row in post([second, CASE]).get_json()["result"]] == ["A-2", "A-1"]


def test_a_json_fraction_is_read_exactly(post):
    exact = post(CASE).get_json()
    as_number = json.dumps(CASE).replace('"4.98"', "4.98")
    assert post(as_number).get_json() == exact


def test_yaml_is_taken_too(post):
    text = "decree: 178\nperson: {sex: male, birth_date: 1966-05-20, category: civil_servant,\n"
    text += "  social_insurance_months: 300}\n"
    text += "salary: {coefficient: 4.98}\nrestructuring: {effective_date: 2025-03-01, directly_affected: true}\n"
    answer = post(text + "leave: {date: 2025-06-01}\n", mimetype="application/yaml")
    assert answer.status_code == 200
    assert answer.get_json()["result"][0]["eligible"] is True


def test_somebody_not_eligible_is_an_answer_and_not_an_error(post):
    answer = post(changed(leave={"date": "2024-12-01"}))
    assert answer.status_code == 200
    assert answer.get_json()["result"][0]["eligible"] is False


def test_every_fault_comes_with_its_path(post):
    bad = changed(person={"birth_date": "1966-02-30", "social_insurance_months": -1})
    answer = post([CASE, bad])
    assert answer.status_code == 400
    paths = [error["path"] for error in answer.get_json()["errors"]]
    assert "cases[1].person.birth_date" in paths
    assert "cases[1].person.social_insurance_months" in paths
    assert all(error["message"] for error in answer.get_json()["errors"])


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1,", "\xff\xfe", b"\xff\xfe\x00", "null", "7", '"text"', "[" * 50_000, '{"decree": 178, "decree": 29}'],
)
def test_what_is_no_case_is_400_with_errors_and_never_a_crash(post, body):
    answer = post(body)
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["path"]


def test_no_token_is_401_and_a_role_without_the_calculator_403(world, client, post):
    assert client.post(URL, json=CASE).status_code == 401
    assert post(CASE, who="system_admin").status_code == 403


def test_a_browser_cookie_opens_nothing(world, login):
    assert login("unit_hr_a").post(URL, json=CASE).status_code == 401


@pytest.mark.parametrize("who", ["province_hr", "unit_head_b", "finance", "leadership", "auditor", "staff_member_xa"])
def test_everybody_who_may_calculate_gets_the_same_answer(post, who):
    assert post(CASE, who=who).get_json()["result"][0]["total"] == 852140250


def test_openapi_describes_calculation_and_cases(world, client, token):
    paths = client.get("/api/v1/_openapi", headers=token("province_hr")).get_json()
    assert "post" in paths["paths"][URL]
    assert {"CaseListAnswer", "CaseActionRequest", "EntitlementResultsSchema"} <= set(paths["components"]["schemas"])
    cases = {"/api/v1/cases/", "/api/v1/cases/{case_id}", "/api/v1/cases/{case_id}/actions/{code}"}
    assert cases <= set(paths["paths"])
