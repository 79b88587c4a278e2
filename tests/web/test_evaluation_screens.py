"""Evaluation screens of cycles, sheets, the rating board, meetings and collectives, as the roles use them."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest

from hrms.commands.evaluation.rating import RateMany, RateRow
from hrms.commands.evaluation.sheets import AutosaveSheet, SaveSheet
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, EvaluationMeeting, PersonEvaluation, UnitEvaluation
from tests.evaluation.conftest import collective_of, fresh, opened, sheet_of
from tests.evaluation.test_flow import MEASURES, STAFF, UNIT_POINTS, content
from tests.support.statements import counted

__all__ = ["opened"]
DAY = date(2025, 11, 25)
JSON = {"Accept": "application/json"}


@pytest.fixture
def year(opened: Any, world: Any) -> Any:
    cycle = opened("a")
    with clock.travel_to(DAY):
        yield cycle


def filled(**more: str) -> dict[str, str]:
    """The form of the own sheet, as a browser sends it: percents without their sign, decimals with a comma."""
    points = {f"points.{key}": value.rstrip("%").replace(".", ",") for key, value in STAFF.items()}
    flags = {True: "1", False: "0"}
    measures = {f"measures.{key}": flags.get(value, value) for key, value in MEASURES.items()}
    return {
        **points, **measures, "texts.strengths": "Hoàn thành nhiệm vụ", "texts.weaknesses": "Còn chậm", "level": "HTXS",
        "evidence.1a": "Nghị quyết số 5", "request_key": "k1", **more,
    }  # fmt: skip


def submitted(cycle: EvaluationCycle, person_id: int, actor_as: Any) -> PersonEvaluation:
    sheet = sheet_of(cycle, person_id)
    with actor_as("unit_hr_a"):
        execute(SaveSheet(sheet.id, sheet.version, content(), submit=True, reason="Nhận phiếu giấy"))
    return fresh(PersonEvaluation, sheet.id)


# -- cycles


def test_hr_plans_and_opens_a_cycle_and_sees_its_progress(world: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    with clock.travel_to(date(2025, 6, 20)):
        plan = {"unit_id": str(world.units["a"]), "side": "STATE", "circle": "all", "request_key": "k"}
        sent = browser.post("/evaluation/new", data={**plan, "period_kind": "QUARTER", "year": "2025", "number": "2"})
        assert sent.status_code == 302, sent.text
        page = browser.get(sent.location).text
        assert "Đánh giá quý II năm 2025" in page and "Mở kỳ đánh giá" in page
        number = int(sent.location.rsplit("/", 1)[1])
        opened_ = browser.post(f"/evaluation/{number}/steps/open", data={"request_key": "o"})
        assert opened_.status_code == 302
        assert "data-job" in browser.get(f"/evaluation/{number}").text  # the list is being made, with its progress
    assert fresh(EvaluationCycle, number).state == "open"


def test_a_wrong_plan_is_told_on_its_fields(world: Any, login: Any) -> None:
    plan = {"unit_id": str(world.units["a"]), "side": "STATE", "circle": "all"}
    plan |= {"period_kind": "QUARTER", "year": "2025", "number": "7"}
    answer = login("unit_hr_a").post("/evaluation/new", data=plan)
    assert "Số thứ tự kỳ phải từ 1 đến 4" in answer.text


def test_the_cycle_page_shows_late_steps_and_every_unit(year: Any, world: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    with clock.travel_to(date(2025, 12, 30)):
        from hrms.commands.evaluation.deadlines import mark_late

        mark_late()
        with counted() as statements:
            page = browser.get(f"/evaluation/{year.id}").text
    assert "quá hạn" in page and "Phòng Quy hoạch" in page and "Tự đánh giá" in page
    assert len(statements) <= 20, "\n".join(statements)


def test_deadlines_in_a_wrong_order_are_refused_on_their_field(year: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    form = {"name": year.name, "due_self": "10/12/2025", "due_remark": "01/12/2025", "seen_version": str(year.version)}
    answer = browser.post(f"/evaluation/{year.id}/edit", data=form)
    assert answer.status_code == 200 and "trước thời hạn" in answer.text and "10/12/2025" in answer.text


@pytest.mark.parametrize(
    ("role", "status"), [("unit_head_a", 403), ("staff_member_a", 403), ("finance_a", 403), ("unit_hr_a", 200)]
)
def test_only_hr_plans_cycles(world: Any, login: Any, role: str, status: int) -> None:
    if role not in world.accounts:
        pytest.skip("no such account in the small province")
    assert login(role).get("/evaluation/new").status_code == status


def test_a_member_of_staff_lands_on_the_own_sheets(year: Any, login: Any) -> None:
    browser = login("staff_member_a")
    assert browser.get("/evaluation/").location.endswith("/evaluation/mine")
    page = browser.get("/evaluation/mine").text
    assert year.name in page and "Tự đánh giá" in page


# -- the own sheet


def test_the_own_sheet_saves_itself_and_is_sent(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    browser = login("staff_member_a")
    with counted() as statements:
        page = browser.get(f"/evaluation/sheets/{sheet.id}").text
    assert "data-autosave" in page and "tối đa" in page and len(statements) <= 16, "\n".join(statements)
    kept = browser.post(f"/evaluation/sheets/{sheet.id}/autosave", headers=JSON,
                        data=filled(seen_version=str(sheet.version))).json  # fmt: skip
    assert kept["version"] == sheet.version + 1 and kept["sums"]["total"] == "95,75" and kept["sums"]["missing"] == 0
    sent = browser.post(f"/evaluation/sheets/{sheet.id}/save",
                        data=filled(seen_version=str(kept["version"]), do="submit"))  # fmt: skip
    assert sent.status_code == 302, sent.text
    sheet = fresh(PersonEvaluation, sheet.id)
    assert sheet.state == "self_submitted" and sheet.points_self["5.2"] == "95%" and sheet.evidence["1a"]
    again = browser.get(f"/evaluation/sheets/{sheet.id}").text
    assert "Đã gửi phiếu" in again and "Nghị quyết số 5" in again


def test_autosave_tells_what_is_out_of_range_and_keeps_it(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    answer = login("staff_member_a").post(
        f"/evaluation/sheets/{sheet.id}/autosave", headers=JSON,
        data={"points.1a": "9", "points.1b": "1,5", "seen_version": str(sheet.version)},
    )  # fmt: skip
    assert answer.status_code == 200 and set(answer.json["sums"]["faults"]) == {"1a"}
    assert answer.json["sums"]["total"] == "1,5" and fresh(PersonEvaluation, sheet.id).points_self["1a"] == "9"


def test_a_second_editor_gets_the_comparison_and_loses_nothing(
    year: Any, world: Any, login: Any, actor_as: Any
) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    seen = sheet.version
    browser = login("staff_member_a")
    with actor_as("unit_hr_a"):
        execute(AutosaveSheet(sheet.id, seen, content(level="HT")))
    answer = browser.post(f"/evaluation/sheets/{sheet.id}/autosave", headers=JSON,
                          data=filled(seen_version=str(seen)))  # fmt: skip
    assert answer.status_code == 409 and answer.json["version"] == seen + 1
    assert any(one["theirs"] == "Hoàn thành nhiệm vụ" for one in answer.json["differences"])
    page = browser.post(f"/evaluation/sheets/{sheet.id}/save", data=filled(seen_version=str(seen)))
    assert page.status_code == 409 and "Nghị quyết số 5" in page.text


def test_an_incomplete_sheet_comes_back_with_everything_typed(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    answer = login("staff_member_a").post(
        f"/evaluation/sheets/{sheet.id}/save",
        data={"points.1a": "7", "texts.strengths": "Tốt", "do": "submit", "seen_version": str(sheet.version)},
    )  # fmt: skip
    assert answer.status_code == 400
    for words in ("Hãy tự xếp loại một mức", "điểm &#39;7&#39; phải từ 0 đến 2", "còn trống", 'value="7"', "Tốt"):
        assert words in answer.text, words


def test_tasks_are_saved_pasted_and_scored(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    browser = login("staff_member_a")
    row = {"tasks.1.name": "Thẩm định", "tasks.1.assigned": "10", "tasks.1.done": "9", "tasks.1.weight": "1,5",
           "tasks.2.name": "", "tasks.2.assigned": "1", "seen_version": str(sheet.version)}  # fmt: skip
    kept = browser.post(f"/evaluation/sheets/{sheet.id}/tasks", data=row, headers=JSON)
    assert kept.status_code == 200 and ["Số lượng", "90%"] in kept.json["ratios"], kept.text
    wrong = browser.post(f"/evaluation/sheets/{sheet.id}/tasks", headers=JSON,
                         data={**row, "tasks.1.done": "chín", "seen_version": str(kept.json["version"])})  # fmt: skip
    assert wrong.status_code == 400 and wrong.json["faults"][0]["field"] == "tasks.1.done"
    pasted = browser.post(
        f"/evaluation/sheets/{sheet.id}/tasks/paste",
        data={"text": "Báo cáo quý\tbản\t1\t4\t4", "seen_version": str(kept.json["version"])},
    )
    assert pasted.status_code == 302
    assert [task.name for task in fresh(PersonEvaluation, sheet.id).tasks] == ["Thẩm định", "Báo cáo quý"]


def test_the_sheet_goes_out_and_comes_back_as_a_file(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a1.2"])
    browser = login("staff_member_a")
    book = browser.get(f"/evaluation/sheets/{sheet.id}/file.xlsx")
    assert book.status_code == 200 and book.data[:2] == b"PK"
    back = browser.post(f"/evaluation/sheets/{sheet.id}/upload", data={"file": (io.BytesIO(book.data), "phieu.xlsx")},
                        content_type="multipart/form-data")  # fmt: skip
    assert back.status_code == 302, back.text
    nothing = browser.post(f"/evaluation/sheets/{sheet.id}/upload", data={})
    assert nothing.status_code == 400 and "Hãy chọn tệp" in nothing.text


def test_others_sheets_do_not_exist(year: Any, world: Any, login: Any) -> None:
    sheet = sheet_of(year, world.people["a2.2"])
    assert login("staff_member_a").get(f"/evaluation/sheets/{sheet.id}").status_code == 404
    assert login("unit_head_b").get(f"/evaluation/sheets/{sheet.id}").status_code == 404
    assert login("unit_hr_b").get(f"/evaluation/{year.id}/units/{world.units['a']}").status_code == 404


def test_the_person_does_not_see_the_result_before_the_notice(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(sheet.id, sheet.version, level="HT", remark="Còn phải cố gắng nhiều")], submit=True))
    assert "Còn phải cố gắng nhiều" not in login("staff_member_a").get(f"/evaluation/sheets/{sheet.id}").text
    assert "Còn phải cố gắng nhiều" in login("unit_hr_a").get(f"/evaluation/sheets/{sheet.id}").text


# -- the board


def board_form(sheet: PersonEvaluation, level: str, remark: str, **more: str) -> dict[str, str]:
    return {"row": str(sheet.id), f"version.{sheet.id}": str(sheet.version), f"level.{sheet.id}": level,
            f"remark.{sheet.id}": remark, "request_key": f"k{level}{sheet.version}", **more}  # fmt: skip


def test_the_head_rates_on_the_board_and_faults_stand_in_their_rows(
    year: Any, world: Any, login: Any, actor_as: Any
) -> None:
    first = submitted(year, world.people["a1.2"], actor_as)
    second = submitted(year, world.people["a2.2"], actor_as)
    browser = login("unit_head_a")
    url = f"/evaluation/{year.id}/units/{world.units['a']}/board"
    with counted() as statements:
        page = browser.get(url).text
    assert f'data-row="{first.id}"' in page and "data-quota=" in page and len(statements) <= 12, "\n".join(statements)
    form: Any = {**board_form(first, "HTXS", "Đồng ý"), **board_form(second, "HTT", ""), "do": "submit"}
    form["row"] = [str(first.id), str(second.id)]
    answer = browser.post(url, data=form, headers=JSON).json
    assert str(first.id) in answer["saved"] and answer["saved"][str(first.id)]["score"] == "95,75"
    assert answer["faults"][str(second.id)][0]["message"] == "chưa ghi nhận xét."
    assert fresh(PersonEvaluation, first.id).state == "remarked"
    plain = browser.post(url, data={**form, "request_key": "again"})  # without a script: the same, on the page
    assert plain.status_code == 400 and "chưa ghi nhận xét" in plain.text


def test_a_row_that_somebody_else_changed_is_compared(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    browser = login("unit_head_a")
    stale = board_form(sheet, "HTXS", "Sau")
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(sheet.id, sheet.version, level="HT", remark="Trước")]))
    url = f"/evaluation/{year.id}/units/{world.units['a']}/board"
    answer = browser.post(url, data={**stale, "do": "save"}, headers=JSON).json
    assert answer["stale"][str(sheet.id)]["level"] == "HT" and answer["stale"][str(sheet.id)]["remark"] == "Trước"
    now = answer["stale"][str(sheet.id)]["version"]
    kept = browser.post(url, headers=JSON, data={**board_form(sheet, "HTXS", "Sau", do="save"),
                        f"version.{sheet.id}": str(now), "request_key": "mine"}).json  # fmt: skip
    assert str(sheet.id) in kept["saved"] and fresh(PersonEvaluation, sheet.id).level_unit == "HTXS"


def test_points_of_single_lines_are_given_under_the_row(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    browser = login("unit_head_a")
    lines = browser.get(f"/evaluation/sheets/{sheet.id}/lines").text
    points = dict(re.findall(rf'name="(points\.{sheet.id}\.[^"]+)" value="([^"]*)"', lines))
    assert points[f"points.{sheet.id}.5.2"] == "95"
    points[f"points.{sheet.id}.5.2"] = "75"
    form = {
        "level": "HTT",
        "remark": "Chất lượng chưa đều",
        "do": "submit",
        "seen_version": str(sheet.version),
        **points,
        "measures.over_percent": "12,5",
        "measures.high_efficiency": "0",
    }
    assert browser.post(f"/evaluation/sheets/{sheet.id}/rate", data=form).status_code == 302
    rated = fresh(PersonEvaluation, sheet.id)
    assert rated.measures["over_percent"] == "12.5" and rated.measures["high_efficiency"] is False
    assert rated.points_unit["5.2"] == "75%" and str(rated.score_unit) == "90.75" and rated.points_self["5.2"] == "95%"


def test_a_head_gives_a_sheet_back_with_the_reason(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    browser = login("unit_head_a")
    without = browser.post(f"/evaluation/sheets/{sheet.id}/return", data={"reason": ""})
    assert without.status_code == 400 and "Cần ghi lý do trả lại" in without.text
    assert browser.post(f"/evaluation/sheets/{sheet.id}/return", data={"reason": "Thiếu minh chứng"}).status_code == 302
    assert fresh(PersonEvaluation, sheet.id).state == "draft"


def test_nobody_rates_without_the_right(year: Any, world: Any, login: Any) -> None:
    url = f"/evaluation/{year.id}/units/{world.units['a']}/board"
    assert login("unit_hr_a").get(url).status_code == 403
    assert login("staff_member_a").get(url).status_code == 403
    assert login("unit_head_b").get(url).status_code == 404


# -- overview and bulk


def test_the_overview_counts_filters_and_stays_in_its_budget(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    submitted(year, world.people["a1.2"], actor_as)
    browser = login("unit_hr_a")
    url = f"/evaluation/{year.id}/units/{world.units['a']}"
    with counted() as statements:
        page = browser.get(url).text
    assert len(statements) <= 12, "\n".join(statements)
    assert "Đã gửi phiếu" in page and "Đang tự đánh giá" in page
    narrowed = browser.get(url, query_string={"state": "self_submitted"}).text
    assert "1 người khớp bộ lọc" in narrowed


def test_bulk_takes_all_of_a_filter_and_tells_who_stays_and_why(
    year: Any, world: Any, login: Any, actor_as: Any
) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(sheet.id, sheet.version, level="HTXS", remark="Đồng ý")], submit=True))
    browser = login("unit_hr_a")
    url = f"/evaluation/{year.id}/units/{world.units['a']}/bulk"
    told = browser.post(url, data={"step": "synthesise", "all": "1", "request_key": "b"})
    assert told.status_code == 200 and "người chưa thực hiện" in told.text and "cuộc họp" in told.text.lower()
    missing = browser.post(url, data={"step": "party", "all": "1", "state": "remarked", "request_key": "p"})
    assert missing.status_code == 400 and "Cần nội dung ý kiến của cấp ủy" in missing.text
    done = browser.post(url, headers=JSON, data={"step": "return", "pick": str(sheet.id), "reason": "Bổ sung",
                        "request_key": "r"})  # fmt: skip
    assert done.json == {"moved": 1, "faults": [], "stayed": []}
    assert browser.post(url, data={"step": "send_back", "all": "1"}).status_code == 403  # the decider's step


# -- meeting and collective


def test_a_meeting_is_recorded_with_attendance_and_moves_people_on(
    year: Any, world: Any, login: Any, actor_as: Any
) -> None:
    sheet = submitted(year, world.people["a1.2"], actor_as)
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(sheet.id, sheet.version, level="HTXS", remark="Đồng ý")], submit=True))
    browser = login("unit_hr_a")
    url = f"/evaluation/{year.id}/units/{world.units['a1']}/meetings/new"
    assert sheet.person.full_name in browser.get(url).text
    form = {"held_on": "24/11/2025", "chair": "Lê An", "secretary": "Vũ Bình", "others": "Lê An\nVũ Bình",
            "present": str(sheet.id), f"of.{sheet.id}": "1", f"remark.{sheet.id}": "Nhất trí", "approved": "y",
            f"votes.{sheet.id}.HTXS": "4", "minutes": "", "request_key": "m"}  # fmt: skip
    wrong = browser.post(url, data=form)
    assert wrong.status_code == 400 and "Biên bản còn trống" in wrong.text and "nhiều hơn số người có mặt" in wrong.text
    assert "Nhất trí" in wrong.text
    good = {**form, f"votes.{sheet.id}.HTXS": "3", "minutes": "Nội dung", "request_key": "m2"}
    sent = browser.post(url, data=good)
    assert sent.status_code == 302, sent.text
    db.session.rollback()
    row = db.session.query(EvaluationMeeting).one()
    assert row.present == 3 and fresh(PersonEvaluation, sheet.id).state == "meeting_held"
    read = browser.get(sent.location).text
    assert "Nhất trí" in read and "Lê An" in read
    assert login("unit_hr_b").get(sent.location).status_code == 404


def collective_form(record: UnitEvaluation, step: str, **more: str) -> dict[str, str]:
    points = {f"points.{key}": value.rstrip("%") for key, value in UNIT_POINTS.items()}
    return {**points, "do": step, "level": "HTT", "seen_version": str(record.version), "request_key": step,
            "measures.done_percent": "100", "measures.on_time_percent": "95", "measures.on_time": "1",
            "measures.over_percent": "10", **more}  # fmt: skip


def test_a_collective_goes_from_self_assessment_to_recognition(year: Any, world: Any, login: Any) -> None:
    record = collective_of(year, world.units["a1"])
    browser = login("unit_hr_a")
    url = f"/evaluation/collectives/{record.id}"
    with counted() as statements:
        page = browser.get(url).text
    assert "Chỉ số cải cách hành chính" in page and len(statements) <= 16, "\n".join(statements)
    missing = browser.post(f"{url}/save", data={"do": "self_assess", "seen_version": str(record.version)})
    assert missing.status_code == 400 and "Hãy tự xếp loại một mức" in missing.text
    assert browser.post(f"{url}/save", data=collective_form(record, "self_assess")).status_code == 302
    record = fresh(UnitEvaluation, record.id)
    sent = browser.post(f"{url}/save", data=collective_form(record, "propose"))
    assert sent.status_code == 302, re.findall(r"<li>([^<]+)", sent.text)
    record = fresh(UnitEvaluation, record.id)
    assert record.state == "proposed" and "Vì sao mức này" in browser.get(url).text
    head = login("unit_head_a")
    form = {"pick": str(record.id), f"reason.{record.id}": "Theo đề nghị", "decision_number": "12/QĐ",
            "decision_date": "24/11/2025", "signer": "Nguyễn Văn An", "request_key": "q"}  # fmt: skip
    assert browser.post(f"/evaluation/{year.id}/collectives/recognise", data=form).status_code == 403
    without = head.post(f"/evaluation/{year.id}/collectives/recognise", data={**form, "signer": ""})
    assert without.status_code == 400 and "Cần người ký quyết định" in without.text
    done = head.post(f"/evaluation/{year.id}/collectives/recognise", data={**form, "request_key": "q2"})
    assert done.status_code == 302, done.text
    assert fresh(UnitEvaluation, record.id).state == "recognised"
    assert "12/QĐ" in head.get(url).text


# -- the desk


def test_the_desk_shows_what_waits_in_evaluation(year: Any, world: Any, login: Any, actor_as: Any) -> None:
    sheet = submitted(year, world.people["a2.2"], actor_as)
    own = login("staff_member_a").get("/").text
    assert "Tự đánh giá: phiếu của bạn" in own and year.name in own
    head = login("unit_head_a").get("/").text
    assert "Nhận xét, đề nghị mức" in head and f"/units/{world.units['a']}/board" in head and sheet.id
