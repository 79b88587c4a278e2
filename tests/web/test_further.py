"""Policies beside a grant for leaving: each question answers on its page, in months, sums and articles."""

from __future__ import annotations

import pytest

from hrms.commands.further import QUESTIONS

OWN = {
    "refund": {"decree": "154", "leave_date": "01/08/2025", "recruited_on": "01/07/2030", "paid": "100.000.000"},
    "early_step_quota": {"staff": "45", "taken": "1", "day": "01/06/2025"},
    "bonus_room": {"yearly_rank_salaries": "1.000.000.000", "day": "01/06/2025"},
    "local_top_up": {"grant": "500.000.000", "filed_on": "01/02/2025", "granted_on": "01/03/2025"},
    "part_time": {"sex": "male", "birth_date": "01/02/1975", "leave_date": "01/08/2025", "allowance": "3.500.000",
                  "service_months": "120"},
}  # fmt: skip
MORE = {
    "talent_allowance": {"until": "31/12/2026"}, "training": {"study_months": "3", "course_fee": "6000000"},
    "insurance_help": {"benefit": "early_retirement"}, "recalculate_29": {"benefit": "severance"},
    "retained_allowance": {"until": "31/12/2026"},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(OWN))
def test_what_needs_no_person_answers_with_its_article(login, world, code):
    answer = login("unit_hr_a").get(f"/calculator/further/{code}", query_string={"tinh": "1", **OWN[code]})
    assert answer.status_code == 200
    assert "Kết quả" in answer.text and 'role="alert"' not in answer.text
    assert "khoản" in answer.text or "Điều" in answer.text


@pytest.mark.parametrize("code", sorted(code for code, question in QUESTIONS.items() if question.person))
def test_what_is_asked_of_a_person_answers_from_the_records(login, world, session, code):
    query = {"tinh": "1", "person": world.people["a1.1"], "on": "01/08/2025", **MORE.get(code, {})}
    answer = login("unit_hr_a").get(f"/calculator/further/{code}", query_string=query)
    assert answer.status_code == 200
    assert "Kết quả" in answer.text, answer.text[-3000:]


def test_money_to_give_back_is_owed_to_the_last_day_of_sixty_months(login, world):
    browser = login("unit_hr_a")
    for day, owed in (("31/07/2030", "100.000.000"), ("01/08/2030", "0")):
        query = {"tinh": "1", **OWN["refund"], "recruited_on": day}
        assert f"<dd>{owed} đồng</dd>" in browser.get("/calculator/further/refund", query_string=query).text


def test_every_missing_box_is_named(login, world):
    page = login("unit_hr_a").get("/calculator/further/refund?tinh=1").text
    for label in ("Đã hưởng theo", "Ngày nghỉ", "Ngày tuyển dụng lại", "Số tiền đã nhận (đồng)"):
        assert label in page
    assert page.count("Chưa nhập “") >= 3


def test_another_agencys_person_is_not_found(login, world):
    query = {"tinh": "1", "person": world.people["b1.1"], "on": "01/08/2025"}
    assert login("unit_hr_a").get("/calculator/further/transfer", query_string=query).status_code == 404


def test_the_index_names_every_question(login, world):
    page = login("unit_hr_a").get("/calculator/further/").text
    for question in QUESTIONS.values():
        assert str(question.title) in page
