"""Screens of reports: the catalogue, a report, the rows behind a figure, files, drafts, signing, the archive."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hrms.commands.reporting import CreateDraft, EditDraft, FileReport, SignReport, produce
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from models.reporting import ReportDraft, ReportSnapshot
from models.staff import Person
from reports.framework import Produced, definitions
from reports.framework.making import LARGE
from reports.framework.result import digest
from tests.reports.test_catalogue import add_cases
from tests.support.statements import counted

SIGNER = {"number": "12/BC-SNV", "issued_on": "15/06/2025", "signer_title": "Giám đốc", "signer_name": "Lê Văn Ký"}


def sign(key: str, given: dict[str, str] | None = None, **more: Any) -> ReportSnapshot:
    values = {"number": "12/BC-SNV", "issued_on": date(2025, 6, 15), "signer_title": "Giám đốc",
              "signer_name": "Lê Văn Ký", "seen": produce(key, given or {}).digest, **more}  # fmt: skip
    return execute(SignReport(key, given or {}, **values))


def pdf_text(content: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def leave(session: Any, person: Person) -> None:
    with transaction():
        person.left_on = date(2025, 6, 15)


def test_the_catalogue_lists_what_one_may_see(world: Any, login: Any) -> None:
    """Sở Nội vụ sees every report by group; whoever may not read cases sees no report of cases."""
    page = login("province_hr").get("/reports/").get_data(as_text=True)
    for report in definitions().values():
        assert report.title in page
    assert login("system_admin").get("/reports/").status_code == 403
    assert login("staff_member_a").get("/reports/staff_structure/").status_code == 403


@pytest.mark.parametrize("key", sorted(definitions()))
def test_a_report_opens_in_few_statements(key: str, world: Any, session: Any, login: Any) -> None:
    """Every report of the catalogue shows its page within the budget of statements."""
    add_cases(world, session)
    browser = login("province_hr")
    browser.get("/reports/")
    with counted() as statements:
        answer = browser.get(f"/reports/{key}/")
    assert answer.status_code == 200
    assert len(statements) <= 12, "\n".join(statements)


def test_a_figure_opens_the_rows_behind_it(world: Any, session: Any, login: Any) -> None:
    """The link of a figure leads to as many rows as the figure says, and each row to its record."""
    browser = login("unit_hr_a")
    page = browser.get("/reports/staff_structure/").get_data(as_text=True)
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(/reports/staff_structure/rows/[^"]+)">3<', page)
    ]
    rows = browser.get(links[0]).get_data(as_text=True)
    assert len(set(re.findall(r"/staff/(\d+)", rows))) == 3
    assert "SYT-1" not in rows
    sheet = browser.get(links[0].replace("/rows/staff?", "/rows/staff.xlsx?"))
    values = [
        row for row in load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True) if row[0] in (1, 2, 3)
    ]
    assert len(values) == 3
    nobody = browser.get("/reports/staff_structure/?unit=" + str(world.units["b"]))
    assert nobody.status_code == 404


def test_rows_are_closed_to_those_who_may_see_figures_only(world: Any, login: Any) -> None:
    browser = login("leadership")
    page = browser.get("/reports/staff_structure/").get_data(as_text=True)
    assert "rows/staff" not in page
    assert browser.get("/reports/staff_structure/rows/staff").status_code == 403
    assert browser.get("/reports/staff_structure/rows/cases").status_code == 404
    assert browser.get("/reports/staff_structure/rows/staff.xlsx").status_code == 403


def test_faults_of_parameters_stand_on_their_fields(world: Any, login: Any) -> None:
    page = login("province_hr").get("/reports/retirement_forecast/?on=31/02/2025&years=99").get_data(as_text=True)
    assert "31/02/2025" in page and "“99”" in page and 'aria-invalid="true"' in page
    assert login("province_hr").get("/reports/staff_structure/rows/staff?w.nothing=1").status_code in (400, 422)


def test_files_are_typed_and_drafts_say_so(world: Any, login: Any) -> None:
    """A PDF that nobody signed carries DỰ THẢO and a blank number."""
    browser = login("province_hr")
    paper = browser.get("/reports/staff_structure/file.pdf")
    assert paper.mimetype == "application/pdf" and "DỰ THẢO" in pdf_text(paper.data)
    assert "BÁO CÁO" in pdf_text(paper.data) and "Độc lập - Tự do - Hạnh phúc" in pdf_text(paper.data)
    sheet = load_workbook(io.BytesIO(browser.get("/reports/staff_structure/file.xlsx").data))
    assert sheet.sheetnames[0] == "Theo cơ quan, đơn vị"
    assert browser.get("/reports/staff_structure/file.docx").status_code == 404


def test_long_files_are_made_in_the_background(
    world: Any, session: Any, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit a job with progress writes the file; it is the owner's, with the owner's rights."""
    monkeypatch.setitem(LARGE, "xlsx", 1)
    browser = login("unit_hr_a")
    for address in ("/reports/staff_structure/file.xlsx", "/reports/staff_structure/rows/staff.xlsx"):
        answer = browser.get(address)
        assert answer.status_code == 302 and "/jobs/" in answer.location
        session.rollback()
        job = jobs.run_next()
        assert job is not None and job.status == jobs.DONE, job and job.message
        with open(jobs.work_path(job.result_file or ""), "rb") as file:
            cells = [cell for row in load_workbook(file).worksheets[0].iter_rows(values_only=True) for cell in row]
        assert "Sở Y tế" not in cells
    assert 6 in cells  # the number of the last row


def test_a_signed_report_keeps_its_data(world: Any, session: Any, actor_as: Any, login: Any) -> None:
    """After somebody left, the archive still shows what was signed; the difference names row and cell."""
    with actor_as("province_hr"):
        kept = sign("staff_structure")
        digest, number = kept.digest, kept.id
    leave(session, world.person("a1.2"))
    browser = login("province_hr")
    page = browser.get(f"/reports/archive/{number}").get_data(as_text=True)
    assert "12/BC-SNV" in page and "Lê Văn Ký" in page and digest[:16] in page
    paper = pdf_text(browser.get(f"/reports/archive/{number}/file.pdf").data)
    assert "Số: 12/BC-SNV" in paper and "DỰ THẢO" not in paper and digest in paper.replace(" ", "")
    changes = browser.get(f"/reports/archive/{number}/difference").get_data(as_text=True)
    assert "Sở Xây dựng" in changes and "<del>6</del>" in changes and "<ins>5</ins>" in changes
    session.rollback()
    again = session.get(ReportSnapshot, number)
    assert Produced.from_plain(again.content).digest == again.digest == digest


def test_a_report_filed_by_an_earlier_program_is_still_whole(
    world: Any, session: Any, actor_as: Any, login: Any
) -> None:
    """What a column can say grows with the program; the check number is that of the data as they were stored."""
    with actor_as("province_hr"):
        plain = produce("evaluation_results", {}).to_plain()
    for block in plain["blocks"]:
        block["columns"] = [{k: v for k, v in column.items() if k != "share"} for column in block["columns"]]
    content = json.loads(json.dumps(plain, default=str))
    common = {"key": "evaluation_results", "group": "evaluation", "title": "Kết quả", "about": "", "kind": "filed",
              "unit_id": world.units["hy"], "parameters": plain["values"], "needs": [], "rows": 0}  # fmt: skip
    with transaction():
        rows = [ReportSnapshot(content=content, digest=one, **common) for one in (digest(content), "0" * 64)]
        session.add_all(rows)
        session.flush()
        whole, other = (row.id for row in rows)
    browser = login("province_hr")
    alarm = "không khớp mã kiểm tra"
    assert alarm not in browser.get(f"/reports/archive/{whole}").get_data(as_text=True)
    assert alarm in browser.get(f"/reports/archive/{other}").get_data(as_text=True)
    assert browser.get(f"/reports/archive/{whole}/difference").status_code == 200


def test_nobody_changes_a_filed_report(world: Any, session: Any, actor_as: Any) -> None:
    """The database itself refuses, whoever asks it."""
    with actor_as("province_hr"):
        number = sign("staff_structure").id
    for statement in (
        "UPDATE report_snapshot SET number = 'x' WHERE id = :id",
        "DELETE FROM report_snapshot WHERE id = :id",
    ):
        with pytest.raises(DatabaseError):
            session.execute(text(statement), {"id": number})
        session.rollback()


def test_figures_that_moved_since_they_were_seen_are_not_signed(world: Any, session: Any, actor_as: Any) -> None:
    with actor_as("province_hr"):
        seen = produce("staff_structure", {}).digest
    leave(session, world.person("a1.2"))
    with actor_as("province_hr"), pytest.raises(Refused) as refused:
        sign("staff_structure", seen=seen, number="", issued_on=date(2025, 6, 16))
    assert [fault.code or fault.field for fault in refused.value.faults] == ["number", "issued_on", "changed"]


def test_who_signs_for_whom(world: Any, actor_as: Any) -> None:
    """The head of a unit signs for it, its staff officer does not, nobody for another unit."""
    with actor_as("unit_head_a"):
        assert sign("staff_structure").unit_id == world.units["a"]
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        sign("staff_structure")
    with actor_as("unit_head_a"), pytest.raises(NotFound):
        sign("staff_structure", {"unit": str(world.units["b"])})


def test_the_screen_signs_once(world: Any, session: Any, login: Any) -> None:
    """A form sent twice keeps one report; what is missing stands on its field."""
    browser = login("province_hr")
    page = browser.get("/reports/staff_structure/").get_data(as_text=True)
    hidden = dict(re.findall(r'name="(p-\w+|seen)" value="([^"]*)"', page))
    refused = browser.post("/reports/staff_structure/sign", data={**hidden, **SIGNER, "number": ""})
    assert refused.status_code == 200 and "data-open" in refused.get_data(as_text=True)
    for _ in range(2):
        answer = browser.post("/reports/staff_structure/sign", data={**hidden, **SIGNER, "request_key": "k-1"})
        assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    session.rollback()
    assert session.query(ReportSnapshot).count() == 1
    assert "12/BC-SNV" in browser.get("/reports/archive").get_data(as_text=True)


def test_filed_reports_with_names_ask_for_the_right_to_names(
    world: Any, session: Any, actor_as: Any, login: Any
) -> None:
    """A filed list of people opens to those who may read records, not to every reader of reports."""
    with actor_as("province_hr"):
        named = sign("retirement_forecast", {"list_years": "5"}).id
        plain = sign("staff_structure").id
    leader = login("leadership")
    assert leader.get(f"/reports/archive/{plain}").status_code == 200
    assert leader.get(f"/reports/archive/{named}").status_code == 403
    assert leader.get(f"/reports/archive/{named}/file.pdf").status_code == 403
    assert login("unit_hr_a").get(f"/reports/archive/{plain}").status_code == 404


def test_a_draft_is_edited_and_signed_with_its_words(world: Any, session: Any, actor_as: Any, login: Any) -> None:
    """The section for the steering committee: drafted with figures, open to an editor, then frozen with both."""
    add_cases(world, session)
    browser = login("province_hr")
    answer = browser.post("/reports/cchc_staff/draft", data={"p-unit": "", "p-period": "2025-Q2", "request_key": "d-1"})
    assert answer.status_code == 302
    number = int(answer.location.rsplit("/", 1)[1])
    page = browser.get(f"/reports/drafts/{number}").get_data(as_text=True)
    assert "có mặt 14" in page and "quý II năm 2025" in page
    written = "Đã ban hành kế hoạch\ntinh giản biên chế."
    saved = browser.post(f"/reports/drafts/{number}", data={"text-plans": written, "seen_version": "1"})
    assert saved.status_code == 302
    stale = browser.post(f"/reports/drafts/{number}", data={"text-plans": "khác", "seen_version": "1"})
    assert stale.status_code == 409
    page = browser.get(f"/reports/drafts/{number}").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None and "tinh giản biên chế." in page
    signed = browser.post(f"/reports/drafts/{number}/sign", data={**SIGNER, "seen": seen[1]})
    assert signed.status_code == 302, signed.get_data(as_text=True)[:2000]
    words = pdf_text(browser.get(signed.location.rstrip("/") + "/file.pdf").data)
    assert "Đã ban hành kế hoạch" in words and "có mặt 14" in words
    session.rollback()
    assert session.get(ReportDraft, number).state == "signed"
    closed = browser.post(f"/reports/drafts/{number}", data={"text-plans": "nữa", "seen_version": "3"})
    assert "đã ký" in closed.get_data(as_text=True)


def test_drafts_belong_to_their_unit(world: Any, session: Any, actor_as: Any, login: Any) -> None:
    with actor_as("unit_hr_a"):
        record = execute(CreateDraft("cchc_staff", {"period": "2025-Q2"}))
        with pytest.raises(Refused):
            execute(CreateDraft("staff_structure", {}))
        with pytest.raises(Refused):
            execute(EditDraft(record.id, {"nothing": "x"}))
        with pytest.raises(Stale):
            execute(EditDraft(record.id, {"plans": "x"}, seen_version=9))
    assert login("unit_hr_b").get(f"/reports/drafts/{record.id}").status_code == 404
    assert login("leadership").get(f"/reports/drafts/{record.id}").status_code == 403


def test_filing_asks_for_the_right(world: Any, actor_as: Any) -> None:
    with actor_as("leadership"), pytest.raises(NotAllowed):
        execute(FileReport("staff_structure", {}))
    db.session.rollback()


def test_every_title_is_known_to_the_catalogue(ctx: Any) -> None:
    """A report that is added names its words in ``views/words_reports.py`` (or in a list of its own room)."""
    from config import ROOT

    named = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "views").glob("words*.py"))
    missing = [
        word
        for report in definitions().values()
        for word in (report.title, report.about, *(parameter.label for parameter in report.parameters))
        if f'"{word}"' not in named
    ]
    assert missing == []
