"""Screens of scenarios: asking, watching, reading, comparing, taking out; who may do what."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from hrms.commands.scenarios.comparison import changed_people, compare
from hrms.commands.scenarios.definition import Definition
from hrms.commands.scenarios.saving import CreateScenario
from hrms.kernel import jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.account import Account
from models.scenario import Scenario
from tests.support.statements import counted

LEAVE = date(2025, 8, 1)


def ready(world: Any, name: str = "Sở Xây dựng nghỉ", unit: str = "a", **more: Any) -> int:
    """A scenario with its answer."""
    scenario = execute(CreateScenario(name, Definition(LEAVE, unit_ids=(world.units[unit],), **more)))
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job and job.message
    db.session.expire_all()
    return scenario.id


def answers(**more: str) -> dict[str, str]:
    """What the form sends."""
    return {
        "name": "Cả tỉnh nghỉ 01/08", "leave_from": "01/08/2025", "choice": "fixed", "affected": "records",
        "decree": "auto", "benefit": "auto", "leaders": "", "request_key": "k-1", **more,
    }  # fmt: skip


def newest() -> Scenario:
    db.session.rollback()
    found = db.session.scalar(select(Scenario).order_by(Scenario.id.desc()).limit(1))
    assert found is not None
    return found


def test_a_question_is_asked_computed_and_shown(world: Any, login: Any) -> None:
    browser = login("province_hr")
    sent = browser.post(
        "/scenarios/new",
        data=answers(unit_1=str(world.units["a"]), years_left="10", category_civil_servant="y",
                     p1_name="salary.base", p1_value="2.800.000", p1_from="01/07/2025", p1_document="Dự thảo"),
    )  # fmt: skip
    scenario = newest()
    assert sent.status_code == 302 and sent.location.endswith(f"/scenarios/{scenario.id}")
    asked = Definition.from_plain(scenario.definition)
    assert (asked.unit_ids, asked.years_left, asked.categories) == ((world.units["a"],), 10, ("civil_servant",))
    assert [(v.name, v.value, v.valid_from, v.document) for v in asked.values] == [
        ("salary.base", 2_800_000, date(2025, 7, 1), "Dự thảo")
    ]
    waiting = browser.get(f"/scenarios/{scenario.id}").text
    assert "data-job" in waiting
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job and job.trace
    shown = browser.get(f"/scenarios/{scenario.id}").text
    assert "đủ điều kiện nghỉ" in shown and "Giả định:" in shown and "Dự thảo" in shown
    assert "Sở Xây dựng" in shown


def test_the_same_form_sent_twice_asks_once(world: Any, login: Any) -> None:
    browser = login("province_hr")
    first = browser.post("/scenarios/new", data=answers())
    second = browser.post("/scenarios/new", data=answers())
    assert first.location == second.location


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"leave_from": "31/02/2025"}, "31/02/2025"),
        ({"name": "  "}, "Chưa nhập “Tên kịch bản”"),
        ({"years_left": "0"}, "từ 1 đến"),
        ({"choice": "best"}, "tháng cuối"),
        ({"choice": "best", "leave_to": "01/07/2025"}, "trở đi"),
        ({"p1_name": "salary.base", "p1_value": "nhiều"}, "nhiều"),
        ({"p2_name": "salary.base", "p2_value": ""}, "Chưa nhập giá trị"),
        ({"decree": "NQ07", "benefit": "severance"}, "không có chế độ này"),
    ],
)
def test_faults_stand_on_the_form_and_what_was_typed_stays(
    world: Any, login: Any, wrong: dict[str, str], words: str
) -> None:
    answer = login("province_hr").post("/scenarios/new", data=answers(note="Giữ nguyên ghi chú", **wrong))
    assert answer.status_code == 200
    assert words in answer.text
    assert "Giữ nguyên ghi chú" in answer.text
    assert db.session.scalar(select(Scenario.id)) is None


def test_the_list_stays_within_its_statements(world: Any, login: Any) -> None:
    for number in range(3):
        ready(world, f"Kịch bản {number}")
    browser = login("province_hr")
    browser.get("/scenarios/")
    with counted() as sent:
        shown = browser.get("/scenarios/")
    assert "Kịch bản 2" in shown.text
    assert len(sent) <= 8, sent


def test_the_page_stays_within_its_statements(world: Any, login: Any) -> None:
    scenario = ready(world)
    browser = login("leadership")
    browser.get(f"/scenarios/{scenario}")
    with counted() as sent:
        assert browser.get(f"/scenarios/{scenario}").status_code == 200
    assert len(sent) <= 8, sent


def test_who_may_read_and_who_may_ask(world: Any, login: Any) -> None:
    scenario = ready(world)
    for name, status in (
        ("province_hr", 200), ("finance", 200), ("leadership", 200), ("auditor", 200), ("finance_a", 200),
        ("finance_b", 404), ("unit_hr_a", 403), ("unit_head_a", 403), ("staff_member_a", 403), ("system_admin", 403),
    ):  # fmt: skip
        browser = login(name)
        assert browser.get(f"/scenarios/{scenario}").status_code == status, name
        asks = browser.get("/scenarios/new").status_code
        assert asks == (200 if name == "province_hr" else 403), name
    assert login("leadership").post(f"/scenarios/{scenario}/remove").status_code == 403


def test_the_menu_shows_scenarios_to_those_who_read_them(world: Any, login: Any) -> None:
    assert 'href="/scenarios/"' in login("leadership").get("/").text
    assert 'href="/scenarios/"' not in login("unit_hr_a").get("/").text


def test_the_spreadsheet_holds_the_sums_and_no_names(world: Any, login: Any) -> None:
    scenario = ready(world, choice="best", leave_to=date(2025, 12, 1))
    answer = login("finance").get(f"/scenarios/{scenario}/file.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    assert "Theo đơn vị" in book.sheetnames and "Đường chi theo tháng" in book.sheetnames
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert newest().total in cells
    person = world.person("a1.2")
    assert not any(person.full_name in str(value) or person.code in str(value) for value in cells)


def test_the_paper_holds_the_question_and_the_sums(world: Any, login: Any) -> None:
    scenario = ready(world, "Phương án giảm sở")
    answer = login("leadership").get(f"/scenarios/{scenario}/file.pdf")
    assert answer.mimetype == "application/pdf"
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Phương án giảm sở" in text
    assert f"{newest().total:,}".replace(",", ".") in text
    assert "01/08/2025" in text


def test_other_kinds_of_file_do_not_exist(world: Any, login: Any) -> None:
    scenario = ready(world)
    assert login("finance").get(f"/scenarios/{scenario}/file.exe").status_code == 404


def test_two_are_picked_and_compared(world: Any, login: Any) -> None:
    first = ready(world, "Phương án một")
    second = ready(world, "Phương án hai", values=())
    third = ready(world, "Phương án ba", unit="a1")
    browser = login("province_hr")
    sent = browser.post("/scenarios/compare", data={"pick": [str(third), str(first)]})
    assert sent.location.endswith(f"/scenarios/{first}/against/{third}")
    shown = browser.get(sent.location).text
    assert "Phương án một" in shown and "Phương án ba" in shown
    assert browser.post("/scenarios/compare", data={"pick": [str(first)]}).location.endswith("/scenarios/")
    more = browser.post("/scenarios/compare", data={"pick": [str(first), str(second), str(third)]})
    assert more.location.endswith("/scenarios/")


def test_names_of_those_who_gain_only_for_who_reads_staff(world: Any, login: Any) -> None:
    late = execute(CreateScenario("Muộn", Definition(date(2026, 9, 1), unit_ids=(world.units["a"],))))
    assert jobs.run_next() is not None
    early = ready(world)
    names = [world.person(key).full_name for key in ("a.1", "a.2", "a1.1", "a1.2", "a2.1", "a2.2")]
    address = f"/scenarios/{late.id}/against/{early}"
    to_hr, to_finance = login("province_hr").get(address).text, login("finance").get(address).text
    assert any(name in to_hr for name in names)
    assert not any(name in to_finance for name in names)
    book = load_workbook(io.BytesIO(login("province_hr").get(f"{address}/file.xlsx").data))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(name in cell for name in names for cell in cells)
    paper = login("finance").get(f"{address}/file.pdf")
    assert paper.status_code == 200 and paper.mimetype == "application/pdf"


def test_one_without_answer_is_not_compared(world: Any, login: Any) -> None:
    first = ready(world)
    waiting = execute(CreateScenario("Chưa tính", Definition(LEAVE)))
    browser = login("province_hr")
    assert browser.get(f"/scenarios/{first}/against/{waiting.id}").status_code == 302
    assert browser.get(f"/scenarios/{first}/against/{waiting.id}/file.xlsx").status_code == 404
    assert browser.get(f"/scenarios/{waiting.id}/file.xlsx").status_code == 404


def test_a_copy_asks_the_same(world: Any, login: Any) -> None:
    scenario = ready(world, "Gốc", years_left=10, categories=("civil_servant",))
    form = login("province_hr").get(f"/scenarios/new?copy={scenario}").text
    assert "Gốc (bản sao)" in form
    assert 'value="01/08/2025"' in form and 'value="10"' in form
    assert "Sở Xây dựng" in form


def test_removed_and_gone(world: Any, login: Any) -> None:
    scenario = ready(world)
    browser = login("province_hr")
    assert browser.post(f"/scenarios/{scenario}/remove").status_code == 302
    assert browser.get(f"/scenarios/{scenario}").status_code == 404


def test_a_failed_one_says_why_and_is_run_again(world: Any, login: Any, factory: Any, actor_as: Any) -> None:
    with actor_as("province_hr"):
        scenario = execute(CreateScenario("Không có ai", Definition(LEAVE, categories=("cadre",))))
    assert jobs.run_next() is not None
    browser = login("province_hr")
    assert "Không có ai khớp" in browser.get(f"/scenarios/{scenario.id}").text
    factory.person(world.unit("a1"), "Cán bộ", category="cadre")
    assert browser.post(f"/scenarios/{scenario.id}/again", data={"request_key": "k-2"}).status_code == 302
    db.session.rollback()
    again = jobs.run_next()
    assert again is not None and again.status == jobs.DONE
    owner = db.session.scalar(select(Account).where(Account.username == "province_hr"))
    assert owner is not None and again.owner_user_id == owner.user_id


def test_who_gains_and_loses_is_taken_out_name_by_name_by_right_and_scope(world: Any, login: Any) -> None:
    late = execute(CreateScenario("Muộn", Definition(date(2026, 9, 1), unit_ids=(world.units["a"],))))
    assert jobs.run_next() is not None
    early = ready(world)
    address = f"/scenarios/{late.id}/against/{early}/people.xlsx"
    book = load_workbook(io.BytesIO(login("province_hr").get(address).data))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    found = compare(late.id, early)
    assert found.winners + found.losers > 0
    for change in (*found.most_gained, *found.most_lost):
        assert change.label.split(" (")[0] in cells and str(change.after) in cells
    assert any("Nghỉ hưu trước tuổi" in cell or "Thôi việc" in cell for cell in cells)
    for name in ("finance", "leadership", "unit_hr_a", "staff_member_a"):
        assert login(name).get(address).status_code == 403, name
    assert "people.xlsx" in login("province_hr").get(address.rpartition("/")[0]).text
    assert "people.xlsx" not in login("finance").get(address.rpartition("/")[0]).text


def test_people_outside_the_scope_are_left_out_of_the_names(world: Any, actor_as: Any, monkeypatch: Any) -> None:
    late = execute(CreateScenario("Muộn", Definition(date(2026, 9, 1))))
    early = execute(CreateScenario("Sớm", Definition(LEAVE)))
    assert jobs.run_next() is not None and jobs.run_next() is not None
    db.session.expire_all()
    every, hidden = changed_people(late.id, early.id)
    assert every and hidden == 0
    monkeypatch.setattr(
        "hrms.commands.scenarios.comparison.access.get", lambda _model, key, *_more: db.session.get(Scenario, key)
    )
    with actor_as("unit_hr_a"):
        mine, others = changed_people(late.id, early.id)
    assert {row.code.split("-")[0] for row in mine} == {"SXD"} and others == len(every) - len(mine) > 0


def test_charts_of_cost_and_headcount(world: Any, login: Any) -> None:
    scenario = ready(world, "Chọn tháng", choice="best", leave_to=date(2026, 3, 1))
    shown = login("province_hr").get(f"/scenarios/{scenario}").text
    for words in ("Số người còn lại theo đơn vị", "Nếu tất cả cùng nghỉ từ một ngày", "<svg"):
        assert words in shown
