"""After the rating, on screen: calibration, decision to publication, petitions, consequences, history; who may what."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.commands.evaluation.standing import moment
from hrms.kernel import clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.evaluation import CalibrationChange, CalibrationSession, EvaluationPetition, RatingConsequence
from tests.support.rated import Rated
from tests.support.statements import counted

PAPER = {"number": "12/QĐ-SXD", "signed_on": "10/01/2025", "signer": "Trần Văn Minh, Giám đốc Sở"}


@pytest.fixture
def rated(world: Any, factory: Any) -> Rated:
    made = Rated(world, factory)
    made.cycle()
    return made


def newest(model: Any) -> Any:
    db.session.rollback()
    return db.session.query(model).order_by(model.id.desc()).first()


def now(rated: Rated, key: Any) -> Any:
    db.session.rollback()
    return rated.row(key)


# -- decision


def test_many_are_decided_told_published_and_filed_from_one_page(rated: Rated, login: Any) -> None:
    ids = rated.many({"HTT": 3, "HT": 2}, state="quota_checked")
    base, browser = f"/evaluation/{rated.cycle_id}/decision", login("province_hr")
    sent = browser.post(f"{base}/decide", data={**PAPER, "all": "1", "request_key": "d1"})
    assert sent.status_code == 302, sent.text[:2000]
    assert {now(rated, key).state for key in ids} == {"decided"}
    told = {"pick": [str(key) for key in ids], "channel": "electronic", "number": "3/TB", "request_key": "n1"}
    assert browser.post(f"{base}/notify", data=told).status_code == 302
    assert browser.post(f"{base}/publish", data={"all": "1", "request_key": "p1"}).status_code == 302
    shown = browser.get(f"/evaluation/{rated.cycle_id}/published/{rated.world.units['a']}").text
    assert "P-HTT-1" in shown and "Hoàn thành tốt nhiệm vụ" in shown
    assert browser.post(f"{base}/file", data={"all": "1", "request_key": "f1"}).status_code == 302
    assert {now(rated, key).state for key in ids} == {"filed"}


def test_what_is_wrong_with_a_decision_stands_on_its_field_and_nothing_is_lost(rated: Rated, login: Any) -> None:
    one = rated.sheet("A", "HTT", "80", state="quota_checked")
    data = {"pick": str(one), f"level.{one}": "HT", f"reason.{one}": "Chậm hai nhiệm vụ", "signer": "Giám đốc"}
    refused = login("province_hr").post(f"/evaluation/{rated.cycle_id}/decision/decide", data=data)
    assert refused.status_code == 400 and "Cần số quyết định." in refused.text
    assert 'value="Chậm hai nhiệm vụ"' in refused.text and 'value="Giám đốc"' in refused.text
    assert f'name="pick" value="{one}"' in refused.text and '<option value="HT" selected>' in refused.text


def test_a_level_that_moves_the_quota_is_confirmed_with_the_same_data(rated: Rated, login: Any) -> None:
    best = rated.sheet("A", "HTXS", "96")
    second = rated.sheet("B", "HTXS", "95")
    rated.many({"HTT": 5})
    browser = login("province_hr")
    browser.post(f"/evaluation/{rated.cycle_id}/quota/{rated.world.units['a']}/check", data={"request_key": "c"})
    data = {**PAPER, "pick": str(best), f"level.{best}": "HTT", f"reason.{best}": "Xét lại minh chứng"}
    asked = browser.post(f"/evaluation/{rated.cycle_id}/decision/decide", data={**data, "request_key": "k1"})
    assert asked.status_code == 400 and "Xác nhận và ghi" in asked.text
    assert 'value="Xét lại minh chứng"' in asked.text and 'value="12/QĐ-SXD"' in asked.text
    assert now(rated, best).state == "quota_checked"  # asking wrote nothing
    seen = asked.text.split('name="seen_quota" value="')[1].split('"')[0]
    done = browser.post(
        f"/evaluation/{rated.cycle_id}/decision/decide", data={**data, "seen_quota": seen, "request_key": "k2"}
    )
    assert done.status_code == 302
    assert (now(rated, best).level, rated.row(second).quota_outcome) == ("HTT", "kept")


def test_publication_before_notice_is_refused_by_its_rule(rated: Rated, login: Any) -> None:
    one = rated.sheet("A", "HTT", state="decided", level="HTT")
    refused = login("province_hr").post(f"/evaluation/{rated.cycle_id}/decision/publish", data={"pick": str(one)})
    assert refused.status_code == 400 and now(rated, one).state == "decided"


def test_decisions_by_role_and_unit(rated: Rated, login: Any) -> None:
    one = rated.sheet("A", "HTT", state="quota_checked")
    path = f"/evaluation/{rated.cycle_id}/decision"
    assert login("finance_a").get(path).status_code == 403
    assert login("staff_member_a").get(path).status_code == 403
    assert f'value="{one}"' not in login("unit_head_b").get(path).text
    refused = login("unit_head_b").post(f"{path}/decide", data={**PAPER, "pick": str(one)})
    assert refused.status_code in (400, 404) and now(rated, one).state == "quota_checked"
    assert login("unit_hr_b").get(f"/evaluation/{rated.cycle_id}/published/{rated.world.units['a']}").status_code == 404


def test_the_decision_page_keeps_its_budget(rated: Rated, login: Any) -> None:
    rated.many({"HTT": 30}, state="quota_checked")
    browser = login("province_hr")
    browser.get(f"/evaluation/{rated.cycle_id}/decision")
    with counted() as seen:
        assert browser.get(f"/evaluation/{rated.cycle_id}/decision").status_code == 200
    assert len(seen) <= 12, seen


# -- calibration


def test_a_sitting_from_opening_to_lock(rated: Rated, login: Any) -> None:
    one = rated.sheet("Nguyễn Văn Cao", "HTT", "80", folded="nguyen van cao")
    rated.many({"HTT": 4})
    browser = login("province_hr")
    path = f"/evaluation/{rated.cycle_id}/calibration"
    bad = browser.post(path, data={"unit": str(rated.world.units["a"]), "held_on": "10/01/2025", "request_key": "o0"})
    assert bad.status_code == 400 and "Cần tên người chủ trì." in bad.text
    head = {"unit": str(rated.world.units["a"]), "held_on": "10/01/2025", "chair": "Bà Hoa", "members": "7"}
    assert browser.post(path, data={**head, "request_key": "o1"}).status_code == 302
    session = newest(CalibrationSession)
    page = f"/evaluation/calibrations/{session.id}"
    found = browser.get(f"{page}/people?q=cao").json["result"]
    assert [row["id"] for row in found] == [one]
    lost = browser.post(f"{page}/changes", data={"evaluation_id": str(one), "level_after": "HT", "reason": ""})
    assert lost.status_code == 400 and "Nguyễn Văn Cao" in lost.text and '<option selected value="HT">' in lost.text
    sent = {"evaluation_id": str(one), "level_after": "HT", "reason": "Điểm thấp hơn đồng cấp", "request_key": "p1"}
    assert browser.post(f"{page}/changes", data=sent).status_code == 302
    change = newest(CalibrationChange)
    vote = f"/evaluation/calibration-changes/{change.id}/vote"
    many = browser.post(vote, data={"votes_for": "9", "votes_against": "0", "accepted": "1", "request_key": "v0"})
    assert many.status_code == 400 and "số thành viên 7" in many.text and 'value="9"' in many.text
    assert browser.post(vote, data={"votes_for": "5", "votes_against": "1", "accepted": "1"}).status_code == 302
    early = browser.post(f"{page}/lock", data={"request_key": "l0"})
    assert early.status_code == 400 and "Cần nội dung biên bản" in early.text
    head = {"held_on": "10/01/2025", "chair": "Bà Hoa", "members": "7", "minutes": "Đã rà soát từng đơn vị."}
    assert browser.post(f"{page}/minutes", data={**head, "request_key": "m1"}).status_code == 302
    assert browser.post(f"{page}/lock", data={"request_key": "l1"}).status_code == 302
    assert now(rated, one).level_proposed == "HT"
    assert "Sau khi khóa" in browser.get(page).text


def test_calibration_by_role_and_unit(rated: Rated, login: Any) -> None:
    rated.many({"HTT": 3})
    with transaction():
        row = CalibrationSession(
            cycle_id=rated.cycle_id, unit_id=rated.world.units["a"], held_on=clock.today(), chair="X", members=3
        )
        db.session.add(row)
    assert login("unit_hr_b").get(f"/evaluation/calibrations/{row.id}").status_code == 404
    assert login("finance_a").get(f"/evaluation/{rated.cycle_id}/calibration").status_code == 403
    assert login("unit_hr_a").get(f"/evaluation/calibrations/{row.id}").status_code == 200


# -- petitions


@pytest.fixture
def told(rated: Rated) -> int:
    """The published result of staff_member_a among others of the agency."""
    at = moment()
    rated.many({"HTT": 6}, state="published", level="HTT", score="77.25")
    return rated.sheet(
        "me", "HT", "65", person=rated.world.people["a1.2"], state="published", level="HT", notified_at=at,
        published_at=at, manager_remark="Cần chủ động hơn",
    )  # fmt: skip


def test_the_petitioner_sees_the_own_result_and_nobody_elses_score(told: int, login: Any) -> None:
    page = login("staff_member_a").get(f"/evaluation/sheets/{told}/petition")
    assert page.status_code == 200 and "Cần chủ động hơn" in page.text and "Gửi kiến nghị" in page.text
    assert "P-HTT-1" not in page.text and "77,25" not in page.text
    assert login("staff_member_b").get(f"/evaluation/sheets/{told}/petition").status_code == 404


def test_a_petition_is_filed_talked_over_and_answered_once(told: int, login: Any, rated: Rated) -> None:
    own, path = login("staff_member_a"), f"/evaluation/sheets/{told}/petition"
    empty = own.post(path, data={"content": "", "wished_level": "HTT"})
    assert empty.status_code == 400 and "Cần nêu nội dung kiến nghị" in empty.text
    sent = own.post(path, data={"content": "Đề nghị xét lại hai nhiệm vụ", "wished_level": "HTT", "request_key": "f"})
    assert sent.status_code == 302
    row = newest(EvaluationPetition)
    page = f"/evaluation/petitions/{row.id}"
    assert own.get(page).status_code == 200 and "Trả lời kiến nghị" not in own.get(page).text
    assert own.post(f"{page}/answer", data={"outcome": "changed"}).status_code == 403
    hr = login("province_hr")
    day = f"{clock.today():%d/%m/%Y}"
    assert hr.post(f"{page}/dialogue", data={"held_on": day, "note": "Đã trao đổi"}).status_code == 302
    bad = hr.post(f"{page}/answer", data={"outcome": "upheld", "answer": "Giữ nguyên", "request_key": "a0"})
    assert bad.status_code == 400 and "Cần người có thẩm quyền trả lời" in bad.text and "Giữ nguyên" in bad.text
    right = {"outcome": "upheld", "answer": "Giữ nguyên kết quả.", "answer_number": "9/SXD", "answered_by": "Giám đốc"}
    assert hr.post(f"{page}/answer", data={**right, "request_key": "a1"}).status_code == 302
    assert newest(EvaluationPetition).state == "upheld"
    assert login("unit_hr_b").get(page).status_code == 404


def test_the_list_of_petitions_counts_its_statements(told: int, login: Any) -> None:
    login("staff_member_a").post(f"/evaluation/sheets/{told}/petition", data={"content": "Xét lại"})
    browser = login("unit_hr_a")
    browser.get("/evaluation/petitions")
    with counted() as seen:
        shown = browser.get("/evaluation/petitions")
    assert "Đang giải quyết" in shown.text and len(seen) <= 8, seen


def test_the_person_confirms_the_notice(told: int, login: Any, rated: Rated) -> None:
    assert login("staff_member_a").post(f"/evaluation/sheets/{told}/seen").status_code == 302
    assert now(rated, told).seen_at is not None
    assert login("staff_member_b").post(f"/evaluation/sheets/{told}/seen").status_code == 404


# -- reopening, consequences, history


def test_reopening_needs_ground_and_reason(told: int, login: Any, rated: Rated) -> None:
    path, browser = f"/evaluation/sheets/{told}/reopen", login("province_hr")
    bad = browser.post(path, data={"reason": "Số liệu sai", "request_key": "r0"})
    assert bad.status_code == 400 and "Hãy chọn căn cứ mở lại." in bad.text and "Số liệu sai" in bad.text
    data = {"ground": "false_data", "reason": "Số liệu sai", "document": "8/CV", "document_date": "10/01/2025"}
    assert browser.post(path, data={**data, "request_key": "r1"}).status_code == 302
    assert now(rated, told).state == "reopened"
    assert login("unit_hr_a").get(path).status_code == 403


def test_a_consequence_is_set_aside_with_a_reason(rated: Rated, login: Any) -> None:
    with transaction():
        row = RatingConsequence(
            person_id=rated.world.people["a1.2"], unit_id=rated.world.units["a1"], year=2024,
            code="PREPARE_STAFF_REDUCTION_154", article="Điều 2 khoản 1 điểm g NĐ 154/2025/NĐ-CP",
        )  # fmt: skip
        db.session.add(row)
    browser, page = login("unit_hr_a"), f"/evaluation/consequences/{row.id}"
    assert "tinh giản biên chế" in browser.get("/evaluation/consequences").text
    assert "Lập dự thảo hồ sơ" in browser.get(page).text
    bad = browser.post(f"{page}/aside", data={"reason": ""})
    assert bad.status_code == 400 and "Cần ghi lý do không áp dụng." in bad.text
    assert browser.post(f"{page}/case", data={"leave_date": "99/99/2025"}).status_code == 400
    assert browser.post(f"{page}/aside", data={"reason": "Đã chuyển công tác"}).status_code == 302
    assert newest(RatingConsequence).state == "set_aside"
    assert login("unit_hr_b").get(page).status_code == 404
    assert login("staff_member_a").get(page).status_code == 403
    assert browser.get("/evaluation/excellent?year=2024").status_code == 200


def test_history_shows_the_chart_to_the_person_and_to_the_unit_only(told: int, rated: Rated, login: Any) -> None:
    person = rated.world.people["a1.2"]
    at = moment()
    rated.cycle(2023)
    rated.sheet("me-2023", "HTT", "80", person=person, state="filed", level="HTT", notified_at=at)
    path = f"/evaluation/people/{person}/history"
    own = login("staff_member_a").get(path)
    assert own.status_code == 200 and "<svg" in own.text and "Năm 2023" in own.text
    assert login("unit_hr_a").get(path).status_code == 200
    assert login("unit_hr_b").get(path).status_code == 404
    assert login("staff_member_b").get(path).status_code == 404
