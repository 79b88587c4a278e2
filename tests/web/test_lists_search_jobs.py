"""What every list can do, the one search, the look-ups, and background work on its page."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from hrms.kernel import clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.jobs import JobRun
from models.account import SavedFilter, SecurityEvent
from models.restructuring import DownsizingCase, RestructuringAct
from tests.support.pages import BUDGET, text_of
from tests.support.statements import counted
from views import lists
from views.listing import specs


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def rows_of(sheet):
    return [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int | float)]


def export(browser, query="", purpose="Lập danh sách nghỉ hưu", name="staff"):
    return browser.post(f"/lists/{name}/export.xlsx{query}", data={"purpose": purpose})


# -- export


def test_what_one_sees_comes_out_as_a_sheet_with_typed_cells_who_when_and_why(world, login, session):
    answer = export(
        login("unit_hr_a"), "?sex=female&sort=code&col=code&col=name&col=birth&col=coefficient&col=insurance_months"
    )
    sheet = sheet_of(answer)
    rows = rows_of(sheet)
    assert [row[1] for row in rows] == ["SXD-2", "SXD-QH-2", "SXD-TCCB-2"]
    assert rows[0][3].date() == date(1972, 2, 5) and rows[0][4] == 4.98 and rows[0][5] == 358
    words = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "Giới tính: Nữ" in words and "Lập danh sách nghỉ hưu" in words
    assert world.account("unit_hr_a").display_name in words and "Số hiệu" in words and "Trình độ" not in words
    assert re.search(r"filename=staff-\d{8}\.xlsx", answer.headers["Content-Disposition"])


def test_an_export_is_logged_with_its_rows_and_purpose_and_needs_one(world, login, session):
    browser = login("unit_hr_a")
    assert "Mục đích xuất" in text_of(browser.get("/lists/staff/export.xlsx?sex=female"))
    refused = export(browser, purpose="  ")
    assert refused.mimetype == "text/html" and "Chưa ghi mục đích" in text_of(refused)
    export(browser)
    session.rollback()
    (event,) = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "export")).all()
    assert (event.target, event.detail) == ("list staff", "rows=6; Lập danh sách nghỉ hưu")


def test_an_export_never_leaves_ones_scope(world, login):
    rows = rows_of(sheet_of(export(login("unit_hr_a"), "?status=")))
    assert {str(row[1]).split("-")[0] for row in rows} == {"SXD"}


@pytest.mark.parametrize(("username", "status"), [("unit_head_a", 403), ("auditor", 403), ("staff_member_a", 403)])
def test_reading_is_no_right_to_take_out(world, login, username, status):
    browser = login(username)
    assert export(browser).status_code == status
    assert "Xuất Excel" not in text_of(browser.get("/staff/"))
    assert browser.get("/lists/no-such-list/export.xlsx").status_code == 404


def test_text_that_looks_like_a_formula_is_text(world, login, factory):
    factory.person(world.unit("a2"), name='=HYPERLINK("x")', code="X-1")
    rows = rows_of(sheet_of(export(login("unit_hr_a"), "?q=X-1")))
    assert rows[0][2].startswith("'=HYPERLINK")


def test_a_large_list_is_written_in_the_background_for_its_owner_only(world, login, session, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", 5)
    browser = login("unit_hr_a")
    queued = export(browser, "?sex=&col=code")
    job_path = queued.location
    progress = browser.get(f"{job_path}/progress").get_json()
    assert progress["over"] is False and progress["text"].startswith("Đang chờ")
    session.rollback()
    assert jobs.run_next() is not None
    assert browser.get(f"{job_path}/progress").get_json()["over"] is True
    assert len(rows_of(sheet_of(browser.get(f"{job_path}/file")))) == 6
    assert login("unit_hr_b").get(job_path).status_code == 404
    manager = login("system_admin")
    assert manager.get(job_path).status_code == 200
    assert manager.get(f"{job_path}/file").status_code == 404, "managing jobs is no right to read what they found"
    session.rollback()
    assert (
        session.scalars(select(SecurityEvent.detail).where(SecurityEvent.kind == "export")).one().startswith("rows=6")
    )


def test_a_job_whose_owner_lost_the_right_writes_nothing(world, login, session, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", 1)
    export(login("unit_hr_a"))
    with transaction():
        world.account("unit_hr_a").valid_to = date(2025, 6, 14)
    done = jobs.run_next()
    assert done is not None and done.status == jobs.FAILED and done.result_file is None


@pytest.mark.parametrize("name", sorted(["staff", "accounts", "security-events", "jobs"]))
def test_every_list_is_declared_under_its_name(app, client, name):
    assert name in specs()


# -- saved filters


def save(browser, name, query):
    return browser.post(
        "/lists/staff/save",
        data={"filter_name": name, "query": query},
        headers={"Referer": "http://localhost/staff/?x=1"},
    )


def test_a_filter_is_kept_for_oneself_written_over_and_dropped(world, login, session):
    browser = login("unit_hr_a")
    answer = save(browser, "Nữ sắp nghỉ", "sex=female&page=3&status=&q=")
    assert answer.location.endswith("/staff/?sex=female&status=")
    assert "Nữ sắp nghỉ" in text_of(browser.get("/staff/"))
    assert "Nữ sắp nghỉ" not in text_of(login("unit_hr_b").get("/staff/"))
    save(browser, "Nữ sắp nghỉ", "sex=male")
    session.rollback()
    (row,) = session.scalars(select(SavedFilter)).all()
    assert row.query == "sex=male"
    assert login("unit_hr_b").post(f"/lists/staff/filters/{row.id}/forget").status_code == 404
    browser.post(f"/lists/staff/filters/{row.id}/forget")
    session.rollback()
    assert session.scalars(select(SavedFilter)).all() == []


def test_a_filter_without_a_name_or_content_is_refused(world, login, session):
    browser = login("unit_hr_a")
    save(browser, " ", "sex=male")
    assert "Chưa đặt tên" in text_of(browser.get("/staff/"))
    save(browser, "Trống", "")
    assert "chưa lọc gì" in text_of(browser.get("/staff/"))
    assert login("finance").post("/lists/staff/save", data={"filter_name": "x", "query": "q=1"}).status_code == 403


def test_saving_leads_nowhere_outside(world, login):
    answer = login("unit_hr_a").post(
        "/lists/staff/save", data={"filter_name": "x", "query": "q=1"}, headers={"Referer": "http://evil.example/a"}
    )
    assert "evil" not in answer.location


# -- search and look-ups


def a_case(world, session, person="a1.1", number="NV-SXD-2025-0007"):
    with transaction():
        row = DownsizingCase(
            number=number,
            person_id=world.people[person],
            unit_id=world.units["a1"],
            leave_date=date(2025, 8, 1),
            folded=f"{world.person(person).folded} {number.lower()}",
        )
        session.add(row)
    return row


def test_one_search_finds_people_units_and_cases_without_marks_in_any_order(world, login, session, factory):
    factory.person(world.unit("a2"), name="Đặng Thị Hường", code="T-77")
    a_case(world, session)
    browser = login("unit_hr_a")
    assert "Đặng Thị Hường" in text_of(browser.get("/search/?q=huong dang"))
    assert "Phòng Quy hoạch" in text_of(browser.get("/search/?q=quy+hoach"))
    assert "NV-SXD-2025-0007" in text_of(browser.get("/search/?q=0007"))
    assert "Đặng Thị Hường" not in text_of(login("unit_hr_b").get("/search/?q=huong"))


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1", "   ", "zzz"])
def test_strange_words_find_nothing_and_break_nothing(world, login, words):
    answer = login("province_hr").get("/search/", query_string={"q": words})
    assert answer.status_code == 200 and 'class="hits"' not in answer.get_data(as_text=True)


def test_a_staff_code_or_an_identity_number_leads_straight_to_the_record(world, login):
    browser, there = login("unit_hr_a"), f"/staff/{world.people['a1.1']}"
    assert browser.get("/search/?q=SXD-TCCB-1").location.endswith(there)
    number = world.person("a1.1").identity_number
    assert browser.get(f"/search/?q={number}").location.endswith(there)
    assert login("unit_head_a").get(f"/search/?q={number}").status_code == 200, "finding by number is for the entitled"


def test_the_search_asks_only_where_one_may_read(world, login, session):
    text = text_of(login("leadership").get("/search/?q=van"))
    assert "Cán bộ, công chức, viên chức" not in text.split("Kết quả")[-1].split("Tìm kiếm")[-1]


@pytest.mark.parametrize("query", ["q=nguyen", "q=so", "q="])
def test_the_search_keeps_its_budget(world, login, session, query):
    browser = login("province_hr")
    browser.get("/search/")
    with counted() as statements:
        browser.get(f"/search/?{query}")
    assert len(statements) <= BUDGET


def lookup(browser, what, **query):
    return browser.get(f"/lookup/{what}", query_string=query).get_json()["result"]


def test_people_are_looked_up_with_what_tells_namesakes_apart(world, login):
    (row,) = lookup(login("unit_hr_a"), "people", q="sxd-tccb-1")
    assert row["id"] == world.people["a1.1"]
    assert "SXD-TCCB-1 · 1966 · Trưởng phòng" in row["note"] and "999" not in row["note"]
    assert lookup(login("unit_hr_a"), "people", q="syt") == []
    assert lookup(login("unit_hr_a"), "people", q="") == []


def test_units_say_whether_they_have_ended(world, login, session):
    with transaction():
        world.unit("b1").valid_to = date(2025, 5, 31)
    browser = login("province_hr")
    (row,) = lookup(browser, "units", q="to chuc can bo y te")
    assert "đã kết thúc ngày 31/05/2025" in row["note"]
    assert lookup(browser, "units", q="to chuc can bo y te", live=1) == []


def test_a_unit_field_offers_only_units_where_the_thing_may_be_done(world, login, factory):
    account = factory.account("hai", "unit_hr", world.unit("a"))
    factory.assign(account, "auditor", world.unit("b"))
    browser = login("hai")
    assert len(lookup(browser, "units", q="so")) == 4
    assert {row["id"] for row in lookup(browser, "units", q="so", action="staff")} == {
        world.units["a"],
        world.units["a1"],
    }
    assert lookup(browser, "units", q="so", action="unit") == []


def test_positions_of_a_unit_are_offered_before_a_word_is_typed(world, login):
    browser = login("unit_hr_a")
    assert {row["text"] for row in lookup(browser, "positions", q="", unit=world.units["a1"])} == {
        "Chuyên viên",
        "Người đứng đầu",
    }
    assert lookup(browser, "positions", q="") == []
    assert [row["text"] for row in lookup(browser, "positions", q="dung dau quy hoach")] == ["Người đứng đầu"]
    assert lookup(browser, "positions", q="", unit=world.units["b1"]) == []


def test_acts_are_found_by_number_title_or_unit(world, login, session):
    with transaction():
        session.add(
            RestructuringAct(
                unit_id=world.units["a"],
                number="512/NQ-HĐND",
                issued_on=date(2025, 2, 20),
                effective_on=date(2025, 3, 1),
                title="Sắp xếp Sở Xây dựng",
            )
        )
    browser = login("unit_hr_a")
    for words in ("512", "hdnd", "sap xep", "xay dung"):
        assert [row["text"] for row in lookup(browser, "acts", q=words)] == ["512/NQ-HĐND"]
    assert lookup(login("unit_hr_b"), "acts", q="512") == []


def test_a_look_up_gives_at_most_twenty(world, login, factory):
    for number in range(25):
        factory.person(world.unit("a2"), name=f"Lê Văn Mười{number:02d}"[:12], code=f"M-{number}")
    assert len(lookup(login("unit_hr_a"), "people", q="le van")) == 20


# -- background work


def queue(username, world, kind="list_export"):
    with transaction():
        from hrms.kernel.db import db

        row = JobRun(
            kind=kind, title="Việc thử", payload={}, owner_user_id=world.accounts[username], owner_name=username
        )
        db.session.add(row)
    return row


def test_ones_own_jobs_are_listed_and_all_of_them_for_the_manager(world, login):
    queue("unit_hr_a", world)
    assert "Việc thử" in text_of(login("unit_hr_a").get("/jobs/"))
    assert "Việc thử" not in text_of(login("unit_hr_b").get("/jobs/"))
    assert "Việc thử" in text_of(login("system_admin").get("/jobs/"))
    assert login("staff_member_a").get("/jobs/").status_code == 403


def test_a_waiting_job_can_be_cancelled_once(world, login, session):
    row = queue("unit_hr_a", world)
    assert login("unit_hr_b").post(f"/jobs/{row.id}/cancel").status_code == 404
    browser = login("unit_hr_a")
    browser.post(f"/jobs/{row.id}/cancel")
    session.rollback()
    assert session.get(JobRun, row.id).status == jobs.CANCELLED
    browser.post(f"/jobs/{row.id}/cancel")
    assert "không hủy được nữa" in text_of(browser.get(f"/jobs/{row.id}"))


def test_a_failed_job_says_why_and_shows_its_trace_to_managers_only(world, login, session):
    row = queue("unit_hr_a", world)
    with transaction():
        found = session.get(JobRun, row.id)
        found.status, found.message, found.trace = jobs.FAILED, "Tệp hỏng", "Traceback kín"
        found.ended_at = clock.now()
    mine = text_of(login("unit_hr_a").get(f"/jobs/{row.id}"))
    assert "Tệp hỏng" in mine and "Traceback kín" not in mine
    assert "Traceback kín" in text_of(login("system_admin").get(f"/jobs/{row.id}"))


def test_scheduled_actions_are_listed_and_run_at_once(world, login, session):
    browser = login("system_admin")
    text = text_of(browser.get("/jobs/actions"))
    assert "Sao lưu cơ sở dữ liệu" in text and "01:00 hằng ngày" in text and "Chưa chạy" in text
    answer = browser.post("/jobs/actions/forget_request_keys/run")
    session.rollback()
    done = jobs.run_next()
    assert done is not None and done.status == jobs.DONE and "mã yêu cầu" in done.message
    assert "mã yêu cầu" in text_of(browser.get(answer.location))
    assert "mã yêu cầu" in text_of(browser.get("/jobs/actions"))
    again = browser.post("/jobs/actions/forget_request_keys/run")
    session.rollback()
    assert again.status_code == 302 and jobs.run_next().status == jobs.DONE, "asked for again on the same day"
    assert browser.post("/jobs/actions/nothing/run").status_code == 404
    assert login("province_hr").get("/jobs/actions").status_code == 403
