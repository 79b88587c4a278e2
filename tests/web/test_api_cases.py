"""Cases over REST: one's own scope, the steps one may take, repeated requests taken once, every reason of a refusal."""

from __future__ import annotations

import pytest

from hrms.kernel.workflow import performed
from tests.support.desk import Desk

URL = "/api/v1/cases/"


@pytest.fixture
def desk(world, actor_as):
    return Desk(world, actor_as)


@pytest.fixture
def get(world, client, token):
    def ask(path="", who="unit_hr_a", **query):
        return client.get(f"{URL}{path}", query_string=query, headers=token(who))

    return ask


@pytest.fixture
def act(world, client, token):
    def send(case_id, code, who, key="", **body):
        headers = token(who) | ({"Idempotency-Key": key} if key else {})
        return client.post(f"{URL}{case_id}/actions/{code}", json=body, headers=headers)

    return send


def test_the_list_holds_the_cases_of_the_own_scope(desk, get):
    mine, other = desk.open("a1.2"), desk.open("b1.2")
    answer = get().get_json()
    assert (answer["count"], [row["id"] for row in answer["result"]]) == (1, [mine])
    assert {row["id"] for row in get(who="province_hr").get_json()["result"]} == {mine, other}
    assert get(who="finance").get_json()["count"] == 0
    assert [row["id"] for row in get(who="staff_member_a").get_json()["result"]] == [mine]


def test_a_row_carries_number_person_state_and_amount(desk, get):
    case = desk.case(desk.open("a1.2"))
    (row,) = get().get_json()["result"]
    assert (row["number"], row["state"], row["state_label"]) == ("NV-SXD-2025-0001", "draft", "Dự thảo")
    assert (row["total"], row["leave_date"], row["next_step"]) == (case.total, "2025-08-01", "submit")
    assert row["person"]["code"] == "SXD-TCCB-2"
    assert "identity" not in str(row)


def test_the_list_narrows_orders_and_pages(desk, get):
    first, second = desk.open("a1.2"), desk.bring("unit_review", "a2.2")
    assert [row["id"] for row in get(state="unit_review").get_json()["result"]] == [second]
    assert get(search="sxd-tccb").get_json()["count"] == 1
    assert get(search="khong co ai").get_json()["count"] == 0
    ordered = get(order="number", descending="false", page_size=1).get_json()
    assert (ordered["count"], [row["id"] for row in ordered["result"]]) == (2, [first])
    page = get(order="number", descending="false", page_size=1, page=1).get_json()
    assert [row["id"] for row in page["result"]] == [second]
    assert [row["id"] for row in get(waiting="true").get_json()["result"]] == [first]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "approved"}, "state.0"),
        ({"page_size": 101}, "page_size"),
        ({"page_size": 0}, "page_size"),
        ({"page": -1}, "page"),
        ({"leave_from": "31/12/2025"}, "leave_from"),
        ({"order": "salary"}, "order"),
        ({"stat": "draft"}, "stat"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(world, get, query, field):
    answer = get(**query)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["faults"]] == [field]


@pytest.mark.parametrize("path", ["", "/actions"])
def test_a_case_of_another_unit_looks_like_none(desk, get, path):
    other = desk.open("b1.2")
    there, nowhere = get(f"{other}{path}"), get(f"999999{path}")
    assert there.status_code == nowhere.status_code == 404
    assert there.get_json() == nowhere.get_json()


def test_one_case_shows_dossier_calculation_funding_and_steps(desk, get):
    case_id = desk.bring("unit_review")
    result = get(str(case_id)).get_json()["result"]
    assert [step["transition"] for step in result["steps"]] == ["submit"]
    assert result["calculation"]["result"]["total"] == result["total"]
    assert {line["source"] for line in result["calculation"]["funding"]} == {"salary_reform"}
    assert [year["year"] for year in result["assessments"]] == [2022, 2023, 2024]
    assert any(item["code"] == "application" for item in result["checklist"])


def test_actions_say_what_stands_in_the_way(desk, get):
    case_id = desk.open()
    desk.do(case_id, "submit")
    actions = {row["code"]: row for row in get(f"{case_id}/actions", who="unit_head_a").get_json()["result"]}
    assert actions["review"]["enabled"] is False
    assert {o["article"] for o in actions["review"]["obstacles"] if o["blocks"]} == {"Điều 17 NĐ 178/2024/NĐ-CP"}
    assert actions["refuse"]["needs_article"] is True


def test_a_step_over_rest_moves_the_case(desk, act):
    case_id = desk.open()
    answer = act(case_id, "submit", "unit_hr_a")
    assert answer.status_code == 200
    assert answer.get_json()["result"]["state"] == "unit_review"
    assert [row["code"] for row in answer.get_json()["actions"]] == ["withdraw"]


def test_a_repeated_request_with_the_same_key_is_one_step(desk, act):
    case_id = desk.bring("finance_review")
    first = act(case_id, "return_to_appraisal", "finance", key="abc", reason="Sai hệ số")
    # The case has left finance's sight; the retry must still learn that it was done.
    again = act(case_id, "return_to_appraisal", "finance", key="abc", reason="Sai hệ số")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_json()["result"]["state"] == "appraisal"
    assert len(performed(desk.case(case_id))) == 4
    assert act(case_id, "return_to_appraisal", "finance", key="abd", reason="Sai hệ số").status_code == 404


def test_a_refused_step_lists_every_reason(desk, act):
    case_id = desk.open()
    desk.do(case_id, "submit")
    answer = act(case_id, "review", "unit_head_a")
    assert answer.status_code == 400
    assert {fault["code"] for fault in answer.get_json()["faults"]} == {"minutes_missing", "paper_missing"}
    assert act(case_id, "refuse", "unit_head_a").status_code == 400


def test_rights_state_and_scope_answer_403_400_404(desk, act):
    case_id = desk.bring("unit_review")
    assert act(case_id, "review", "unit_hr_a").status_code == 403
    assert act(case_id, "submit", "unit_hr_a").get_json()["faults"][0]["code"] == "wrong_state"
    assert act(case_id, "review", "unit_head_b").status_code == 404
    assert act("abc", "review", "unit_head_a").status_code == 404
    assert act("9" * 30, "review", "unit_head_a").status_code == 404
    assert act(case_id, "approve", "unit_head_a").get_json()["faults"][0]["code"] == "unknown_action"


def test_an_old_version_is_409(desk, act):
    case_id = desk.bring("unit_review")
    seen = desk.case(case_id).version
    desk.edit(case_id, reason="Thêm")
    assert act(case_id, "review", "unit_head_a", version=seen).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"paid_amount": 1.5}, "paid_amount"),
        ({"paid_amount": "1000"}, "paid_amount"),
        ({"decision_date": "14/06/2025"}, "decision_date"),
        ({"note": "x"}, "note"),
        ({"funding_source": "lottery"}, "funding_source"),
        ({"reason": 5}, "reason"),
    ],
)
def test_the_body_is_checked_before_anything_happens(desk, act, body, field):
    case_id = desk.open()
    answer = act(case_id, "submit", "unit_hr_a", **body)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["faults"]] == [field]
    assert desk.case(case_id).state == "draft"


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_400(desk, client, token, body):
    case_id = desk.open()
    answer = client.post(
        f"{URL}{case_id}/actions/submit", data=body, content_type="application/json", headers=token("unit_hr_a")
    )
    assert answer.status_code == 400
    assert answer.get_json()["message"]


def test_the_whole_way_over_rest(desk, act):
    case_id = desk.open()
    desk.prepare(case_id)
    decision = {"decision_number": "15/QĐ-UBND", "decision_date": "2025-06-14", "decided_by": "Chủ tịch UBND tỉnh"}
    for code, who, body in (
        ("submit", "unit_hr_a", {}),
        ("review", "unit_head_a", {}),
        ("appraise", "province_hr", {}),
        ("endorse", "finance", {"funding_source": "salary_reform"}),
        ("decide", "province_hr", decision),
        ("pay", "finance", {"paid_on": "2025-06-15", "payment_reference": "UNC 1"}),
    ):
        answer = act(case_id, code, who, **body)
        assert answer.status_code == 200, answer.get_json()
    amended = act(case_id, "amend", "unit_hr_a", reason="Tính thiếu phụ cấp").get_json()["result"]
    assert (amended["revision"], amended["state"], amended["number"]) == (2, "draft", "NV-SXD-2025-0001")


def test_no_token_is_401(desk, client):
    assert client.get(URL).status_code == 401
    assert client.post(f"{URL}1/actions/submit").status_code == 401
