"""The regulation on screen: proposal and second person, what was typed stays, sheets, the page of assumptions."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

from hrms.commands.evaluation.configuration import configuration_on
from hrms.kernel.db import db
from models.evaluation import ReformIndexResult
from models.evaluation_settings import EvaluationSetting, ScoreSheet
from policies.evaluation import assumptions
from tests.support.statements import counted

PAPER = {"document_number": "15-HD/BTCTU", "document_date": "02/01/2025", "valid_from": "01/03/2025", "mark": "P"}


def newest(model: Any) -> Any:
    db.session.rollback()
    return db.session.query(model).order_by(model.id.desc()).first()


def test_a_value_is_proposed_by_one_and_approved_by_another(world: Any, login: Any) -> None:
    path, proposer = "/evaluation/settings/values/hy1071.quota.percent", login("province_hr")
    sent = proposer.post(path, data={**PAPER, "value": "25", "request_key": "s1"})
    assert sent.status_code == 302, sent.text[-3000:]
    row = newest(EvaluationSetting)
    assert (row.value, row.state) == (25, "proposed")
    alone = proposer.post(f"/evaluation/settings/proposals/{row.id}", data={"approve": "1", "request_key": "a0"})
    assert alone.status_code == 400 and "Người đề nghị không được tự duyệt" in alone.text
    second = login("system_admin")
    lost = second.post(f"/evaluation/settings/proposals/{row.id}", data={"approve": "0", "request_key": "a1"})
    assert lost.status_code == 400 and "Không duyệt thì phải nêu lý do." in lost.text
    done = second.post(f"/evaluation/settings/proposals/{row.id}", data={"approve": "1", "request_key": "a2"})
    assert done.status_code == 302
    db.session.rollback()
    assert configuration_on(date(2025, 6, 1)).value("hy1071.quota.percent") == 25
    page = proposer.get("/evaluation/assumptions").text
    assert "15-HD/BTCTU" in page and "25%" in page and "20%" in page  # what replaced it, beside the default


def test_every_fault_of_a_proposal_at_once_and_nothing_typed_is_lost(world: Any, login: Any) -> None:
    path = "/evaluation/settings/values/hy1071.quota.percent"
    refused = login("province_hr").post(path, data={"value": "hai mươi", "valid_from": "", "reason": "Theo họp"})
    assert refused.status_code == 400 and 'value="hai mươi"' in refused.text and "Theo họp" in refused.text
    assert "Cần ngày bắt đầu có hiệu lực" in refused.text
    table = "/evaluation/settings/values/hy1071.thresholds"
    data = {**PAPER, "value.HTXS": "91,5", "value.HTT": "70", "value.HT": "50", "request_key": "t1"}
    assert login("province_hr").post(table, data=data).status_code == 302
    assert newest(EvaluationSetting).value == {"HTXS": "91.5", "HTT": 70, "HT": 50}
    missing = login("province_hr").post(table, data={**PAPER, "value.HTXS": "91,5", "value.HTT": "", "value.HT": ""})
    assert missing.status_code == 400 and 'value="91,5"' in missing.text


def test_settings_by_role(world: Any, login: Any) -> None:
    path = "/evaluation/settings/values/hy1071.quota.percent"
    assert login("unit_hr_a").get(path).status_code == 200
    assert login("unit_hr_a").post(path, data=PAPER).status_code == 403
    assert login("finance_a").get("/evaluation/settings").status_code in (200, 403)
    assert login("province_hr").get("/evaluation/settings/values/khong.co").status_code == 404


def test_the_page_of_assumptions_lists_every_one_of_them(world: Any, login: Any) -> None:
    browser = login("staff_member_a")
    browser.get("/evaluation/assumptions")
    with counted() as seen:
        page = browser.get("/evaluation/assumptions")
    missing = [version.name for version in assumptions() if version.name not in page.text]
    assert page.status_code == 200 and not missing
    assert "hy1071.procedure.meeting_periods" in page.text
    assert len(seen) <= 8, seen


def test_a_sheet_becomes_a_new_version_and_wrong_sums_are_told(world: Any, login: Any) -> None:
    path, browser = "/evaluation/settings/sheets/HY1071_DEFAULT_STAFF", login("province_hr")
    shown = browser.get(path)
    assert shown.status_code == 200
    content = browser.get(f"{path}/file.json").json
    first = content["groups"][0]["lines"][0]
    head = {"title": "Phiếu của tỉnh", "valid_from": "01/03/2025", "document": "15-HD/BTCTU ngày 02/01/2025"}
    wrong = browser.post(path, data={**head, f"line.{first['code']}.max": "99", "request_key": "w"})
    assert wrong.status_code == 400 and 'value="99"' in wrong.text and 'value="Phiếu của tỉnh"' in wrong.text
    named = browser.post(path, data={**head, f"line.{first['code']}.name": "Tiêu chí mới", "request_key": "v"})
    assert named.status_code == 302
    row = newest(ScoreSheet)
    assert (row.title, row.content["groups"][0]["lines"][0]["name"]) == ("Phiếu của tỉnh", "Tiêu chí mới")
    file = (io.BytesIO(json.dumps(content).encode()), "phieu.json")
    loaded = browser.post("/evaluation/settings/sheets/load", data={**head, "title": "", "file": file})
    assert loaded.status_code == 302 and newest(ScoreSheet).edition == 2  # beside the first, never over it
    proposed = f"/evaluation/settings/loaded-sheets/{row.id}"
    assert "Tiêu chí mới" in browser.get(proposed).text and "Chờ duyệt" in browser.get(path).text
    assert browser.post(proposed, data={"approve": "1"}).status_code == 400  # not by who proposed it
    admin = login("system_admin")
    assert "Bắt buộc khi không duyệt" in admin.get(proposed).text
    assert admin.post(proposed, data={"approve": "0"}).status_code == 400
    assert admin.post(proposed, data={"approve": "1", "request_key": "a"}).status_code == 302
    assert browser.get(path).text.count("Tiêu chí mới") == 1
    broken = browser.post("/evaluation/settings/sheets/load", data={**head, "file": (io.BytesIO(b"x"), "x.json")})
    assert broken.status_code == 400 and "Tệp phải là một phiếu" in broken.text and head["document"] in broken.text


def test_reform_index_is_recorded_with_whoever_answers_for_it(world: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    data = {
        "unit_id": str(world.units["a"]), "year": "2024", "indicator": "Hiện đại hóa hành chính", "score": "8,5",
        "maximum": "10", "weakness": "Hồ sơ trực tuyến thấp", "remedy": "Tập huấn", "request_key": "i0",
    }  # fmt: skip
    bad = browser.post("/evaluation/reform-index/new", data=data)
    assert bad.status_code == 400 and "phải nêu tổ chức hoặc cá nhân chịu trách nhiệm" in bad.text
    assert "Hồ sơ trực tuyến thấp" in bad.text and 'value="8,5"' in bad.text and "Sở Xây dựng" in bad.text
    more = {"responsible_person_id": str(world.people["a.1"]), "remedy_by": "01/05/2025", "request_key": "i1"}
    assert browser.post("/evaluation/reform-index/new", data={**data, **more}).status_code == 302
    row = newest(ReformIndexResult)
    page = f"/evaluation/reform-index/{row.id}"
    assert "85%" in browser.get(page).text
    assert "Hiện đại hóa" in browser.get("/evaluation/reform-index/").text
    assert browser.post(f"{page}/close", data={"done_on": "", "document": "BC 5"}).status_code == 400
    assert browser.post(f"{page}/close", data={"done_on": "02/06/2025", "document": "BC 5"}).status_code == 302
    assert login("unit_hr_b").get(page).status_code == 404
    assert login("staff_member_a").get("/evaluation/reform-index/").status_code == 403
