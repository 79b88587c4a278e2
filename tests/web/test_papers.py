"""Papers in the browser: opened, logged, printed for signature, taken out with a purpose, printed by many."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from hrms.commands.restructuring.batches import CreateBatch
from hrms.commands.restructuring.papers import RecordPaperNumber
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from models.account import SecurityEvent
from models.restructuring import CasePaper
from tests.support.desk import Desk
from tests.support.statements import counted

LEADER = {"ground": "2.1.g", "deputies_present": 4, "deputies_allowed": 3}


@pytest.fixture
def desk(world, actor_as):
    return Desk(world, actor_as)


@pytest.fixture
def batch_id(world, actor_as):
    with actor_as("unit_hr_a"):
        return execute(CreateBatch(world.units["a"], 2025)).id


def words(answer):
    assert answer.mimetype == "application/pdf", answer.get_data(as_text=True)[:300]
    reader = PdfReader(io.BytesIO(answer.data))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def page_words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def events(session, kind):
    session.rollback()
    return session.scalars(select(SecurityEvent).where(SecurityEvent.kind == kind).order_by(SecurityEvent.id)).all()


def test_a_paper_opens_in_the_browser_under_the_number_of_the_case(desk, login, session):
    case = desk.case(desk.bring("decided", "a1.1", **LEADER))
    answer = login("unit_hr_a").get(f"/papers/case/{case.id}/decision.pdf")
    assert "Số: 15/QĐ-UBND" in words(answer)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{case.number}-quyet-dinh.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    (event,) = events(session, "print")
    assert (event.target, event.detail) == (f"case {case.id}", "decision; rows=1")


def test_the_log_names_nobody(desk, login, session):
    case = desk.case(desk.open("a1.2"))
    login("unit_hr_a").get(f"/papers/case/{case.id}/calculation_sheet.pdf")
    for event in events(session, "print"):
        assert case.person.full_name not in f"{event.target} {event.detail}"


def test_who_may_not_print_is_refused_and_another_unit_sees_nothing(desk, batch_id, login):
    case_id = desk.open("a1.2", batch_id=batch_id)
    for path in (f"/papers/case/{case_id}/minutes.pdf", f"/papers/batch/{batch_id}/estimate.pdf"):
        assert login("unit_hr_b").get(path).status_code == 404
        assert login("staff_member_a").get(path).status_code == 403
        assert login("system_admin").get(path).status_code == 403


@pytest.mark.parametrize("kind", ["nonsense", "budget_list", "../x"])
def test_a_paper_that_does_not_exist_is_not_found(desk, login, kind):
    assert login("unit_hr_a").get(f"/papers/case/{desk.open('a1.2')}/{kind}.pdf").status_code == 404


def test_a_case_that_is_not_ready_sends_back_to_its_page_with_the_reason(desk, login, world):
    with transaction():
        world.person("a1.2").birth_date = date(1960, 2, 5)
    case_id = desk.open("a1.2")
    browser = login("unit_hr_a")
    answer = browser.get(f"/papers/case/{case_id}/decision.pdf")
    assert answer.status_code == 302 and answer.location.startswith(f"/cases/{case_id}/")
    assert "chưa đủ điều kiện hưởng" in page_words(browser.get(answer.location))


def test_the_case_page_offers_the_papers_that_make_sense_now(desk, login):
    browser = login("province_hr")
    draft = page_words(browser.get(f"/cases/{desk.open('a1.2')}/?tab=papers"))
    assert "Tờ trình của đơn vị gửi Sở Nội vụ" in draft and "Tờ trình của Sở Nội vụ gửi UBND tỉnh" not in draft
    later = page_words(browser.get(f"/cases/{desk.bring('finance_review', 'a2.2')}/?tab=papers"))
    assert "Tờ trình của Sở Nội vụ gửi UBND tỉnh" in later and "In bản trình ký" in later


def test_printing_for_signature_is_recorded_and_takes_the_number_later(desk, login, session, actor_as):
    case_id = desk.bring("endorsed", "a1.1", **LEADER)
    browser = login("province_hr")
    assert "Quyết định" in page_words(browser.get(f"/papers/case/{case_id}/"))
    answer = browser.post(f"/papers/case/{case_id}/decision", data={"issuer": "province", "request_key": "k1"})
    assert answer.status_code == 302
    opened = words(browser.get(answer.location))
    assert "DỰ THẢO" not in opened and "/QĐ-UBND" in opened
    again = browser.post(f"/papers/case/{case_id}/decision", data={"issuer": "province", "request_key": "k1"})
    assert again.location == answer.location  # a double click records one paper
    session.rollback()
    (paper,) = session.scalars(select(CasePaper)).all()
    assert (paper.kind, paper.case_id, paper.number) == ("decision", case_id, "")
    with actor_as("province_hr"):
        execute(RecordPaperNumber(paper.id, "31/QĐ-UBND", date(2025, 6, 15)))
    assert "Số: 31/QĐ-UBND" in words(browser.get(f"/papers/{paper.id}.pdf"))


def test_nothing_is_recorded_when_the_paper_may_not_be_signed_yet(desk, login, session):
    case_id = desk.bring("finance_review", "a1.1", **LEADER)
    answer = login("province_hr").post(f"/papers/case/{case_id}/decision", data={"request_key": "k2"})
    assert answer.status_code == 200 and "chưa được tài chính xác nhận kinh phí" in page_words(answer)
    session.rollback()
    assert session.scalars(select(CasePaper)).all() == []


def test_a_unit_that_numbers_its_own_papers_gets_the_number_at_once(desk, login, world):
    with transaction():
        world.unit("a").numbers_papers_here = True
    case_id = desk.bring("endorsed", "a1.1", **LEADER)
    browser = login("unit_hr_a")
    data = {"issuer": "agency", "final": "1", "request_key": "k3"}
    answer = browser.post(f"/papers/case/{case_id}/decision", data=data)
    assert "Số: 01/QĐ-SXD" in words(browser.get(answer.location))


def test_papers_of_a_round_are_recorded_too(desk, batch_id, login, session):
    desk.open("a1.1", batch_id=batch_id, **LEADER)
    browser = login("unit_hr_a")
    assert "In hàng loạt" in page_words(browser.get(f"/papers/batch/{batch_id}/"))
    answer = browser.post(f"/papers/batch/{batch_id}/batch_submission", data={"request_key": "k4"})
    assert "TỜ TRÌNH" in words(browser.get(answer.location))
    session.rollback()
    (paper,) = session.scalars(select(CasePaper)).all()
    assert (paper.kind, paper.batch_id) == ("submission", batch_id)


def test_a_spreadsheet_wants_a_purpose_and_leaves_its_rows_in_the_log(desk, batch_id, login, session):
    desk.open("a1.1", batch_id=batch_id, **LEADER)
    browser = login("unit_hr_a")
    path = f"/papers/batch/{batch_id}/budget_list.xlsx"
    assert "Mục đích xuất" in page_words(browser.get(path))
    assert "Chưa ghi mục đích" in page_words(browser.post(path, data={"purpose": " "}))
    assert events(session, "export") == []
    answer = browser.post(path, data={"purpose": "trình Sở Nội vụ", "identity": "y"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    values = [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell]
    assert any("mục đích: trình Sở Nội vụ" in value for value in values)
    (event,) = events(session, "export")
    assert event.detail == "budget_list; rows=1; identity=1; trình Sở Nội vụ"


def test_identity_numbers_are_no_choice_for_who_may_not_see_them(desk, batch_id, login, world):
    desk.bring("finance_review", "a1.1", batch_id=batch_id, **LEADER)
    browser = login("finance")
    path = f"/papers/batch/{batch_id}/budget_list.xlsx"
    assert "số định danh" not in page_words(browser.get(path))
    answer = browser.post(path, data={"purpose": "thẩm tra", "identity": "y"})
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    values = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert world.person("a1.1").identity_number not in values


def test_the_calculators_answer_can_be_taken_along(world, login):
    answer = login("staff_member_a").get("/papers/trial.pdf?vi-du=1")
    text = words(answer)
    assert "TÍNH THỬ" in text and "PHIẾU TÍNH CHẾ ĐỘ" in text
    assert answer.headers["Content-Disposition"] == 'inline; filename="phieu-tinh-thu.pdf"'


def test_a_question_that_cannot_be_answered_goes_back_to_its_form(world, login):
    answer = login("unit_hr_a").get("/papers/trial.pdf?tinh=1&birth_date=xx")
    assert answer.status_code == 302 and answer.location.startswith("/calculator/?tinh=1")


def test_many_papers_are_printed_in_the_background_as_one_file(desk, batch_id, login, session, settings, world):
    with transaction():
        world.person("a2.2").birth_date = date(1960, 2, 5)
    first = desk.case(desk.bring("decided", "a1.1", batch_id=batch_id, **LEADER)).label
    second = desk.case(desk.open("a2.1", batch_id=batch_id, **LEADER)).label
    third = desk.case(desk.open("a2.2", batch_id=batch_id)).label
    browser = login("unit_hr_a")
    answer = browser.post(f"/papers/batch/{batch_id}/many", data={"kind": "decision", "request_key": "k5"})
    assert answer.location.startswith("/jobs/")
    session.rollback()
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job.message
    assert (job.done, job.total) == (3, 3)
    assert "Đã in 2 văn bản" in job.message and third in job.message
    reader = PdfReader(io.BytesIO((Path(settings.work_dir) / job.result_file).read_bytes()))
    assert {mark.title for mark in reader.outline} == {first, second}
    assert len(reader.pages) == 4
    assert job.result["name"].isascii() and "quyet-dinh" in job.result["name"]


def test_a_long_list_is_laid_out_in_the_background(desk, batch_id, login, session, settings, monkeypatch):
    from views import papers

    monkeypatch.setattr(papers, "AT_ONCE", 1)
    for person in ("a1.1", "a2.1"):
        desk.open(person, batch_id=batch_id, **LEADER)
    browser = login("leadership")
    answer = browser.get(f"/papers/batch/{batch_id}/budget_list.pdf")
    assert answer.location == f"/papers/batch/{batch_id}/"
    assert "Đợt có 2 hồ sơ nên văn bản được in ở chế độ nền" in page_words(browser.get(answer.location))
    browser.post(f"/papers/batch/{batch_id}/many", data={"kind": "budget_list", "request_key": "k8"})
    session.rollback()
    job = jobs.run_next()
    assert job.status == jobs.DONE and "2 người" in job.message
    content = (Path(settings.work_dir) / job.result_file).read_bytes()
    assert "DANH SÁCH VÀ DỰ TOÁN" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_many_papers_of_nothing_end_with_the_reasons(batch_id, login, session):
    login("unit_hr_a").post(f"/papers/batch/{batch_id}/many", data={"kind": "decision", "request_key": "k6"})
    session.rollback()
    job = jobs.run_next()
    assert job.status == jobs.FAILED and "không có hồ sơ nào để in" in job.message


def test_a_job_prints_with_the_rights_of_whoever_asked(desk, batch_id, login, session, actor_as):
    desk.bring("finance_review", "a1.2", batch_id=batch_id)
    desk.open("a2.2", batch_id=batch_id)
    login("finance").post(f"/papers/batch/{batch_id}/many", data={"kind": "calculation_sheet", "request_key": "k7"})
    session.rollback()
    job = jobs.run_next()
    assert "Đã in 1 văn bản" in job.message


def test_the_list_of_a_round_costs_a_fixed_number_of_statements(desk, batch_id, actor_as, session):
    from reports.registry import produce

    desk.open("a1.1", batch_id=batch_id, **LEADER)
    with actor_as("unit_hr_a"):
        produce("estimate", "pdf", {"batch": str(batch_id)})
        session.expire_all()
        with counted() as few:
            produce("estimate", "pdf", {"batch": str(batch_id)})
    for person in ("a2.1", "a.1"):
        desk.open(person, batch_id=batch_id, **LEADER)
    with actor_as("unit_hr_a"):
        session.expire_all()
        with counted() as more:
            produce("estimate", "pdf", {"batch": str(batch_id)})
    assert len(more) <= len(few) + 3  # a unit more is a row more of the tree, people cost nothing
