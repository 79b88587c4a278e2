"""The dossier: which papers belong to it, noting and attaching them, and files that are never lost."""

from __future__ import annotations

import io
from datetime import date

import pytest

from hrms.commands.restructuring import dossier
from hrms.commands.restructuring.dossier import AddPaper, AttachFile, MarkPaper, RemoveFile
from hrms.kernel import attachments
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def pdf(text: bytes = b"") -> io.BytesIO:
    return io.BytesIO(PDF + text)


def item(case, code):
    return next(row for row in case.checklist if row.code == code)


def test_every_configured_paper_has_condition_article_and_mark():
    for paper in dossier.papers():
        assert paper.when in dossier.CONDITIONS
        assert paper.mark in dossier.MARKS
        assert paper.article or not paper.required


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"voluntary": True}, "application"),
        ({"retirement_annex": "II"}, "hazard_evidence"),
        ({"pregnant_or_small_child": True}, "protection_waiver"),
        ({"group_177": "k1"}, "group_177_evidence"),
        ({"roadmap_decided_on": date(2025, 5, 1)}, "roadmap_decision"),
        ({"ground": "2.1.g"}, "appointment_decision"),
    ],
)
def test_a_paper_belongs_to_the_cases_it_is_for(desk, changes, code):
    without = desk.case(desk.open("a2.2", voluntary=False))
    assert code not in {row.code for row in without.checklist if row.required}
    case = desk.case(desk.open("a1.2", **changes))
    assert item(case, code).required


def test_a_paper_handed_in_stays_when_it_is_no_longer_required(desk, actor_as):
    case_id = desk.open(voluntary=True)
    with actor_as("unit_hr_a"):
        execute(MarkPaper(case_id, item(desk.case(case_id), "application").id, True, "Đơn ngày 01/06/2025"))
    desk.edit(case_id, voluntary=False)
    row = item(desk.case(case_id), "application")
    assert (row.present, row.required) == (True, False)
    desk.edit(case_id, voluntary=True)
    assert item(desk.case(case_id), "application").required


def test_noting_a_paper_names_who_checked_it_and_two_editors_do_not_overwrite(desk, actor_as):
    case_id = desk.open()
    row = item(desk.case(case_id), "salary_decision")
    key, seen = row.id, row.version
    with actor_as("unit_hr_a"):
        noted = execute(MarkPaper(case_id, key, True, "12/QĐ-SXD", date(2023, 1, 1), version=seen))
        assert noted.checked_by.startswith("Cán bộ tổ chức")
        with pytest.raises(Stale):
            execute(MarkPaper(case_id, key, False, version=seen))
        assert execute(MarkPaper(case_id, key, False)).checked_by is None


def test_a_paper_of_another_case_or_from_the_future_is_refused(desk, actor_as):
    mine, other = desk.open("a1.2"), desk.open("a2.2")
    foreign = item(desk.case(other), "application").id
    own = item(desk.case(mine), "application").id
    with actor_as("unit_hr_a"):
        with pytest.raises(NotFound):
            execute(MarkPaper(mine, foreign, True))
        with pytest.raises(Refused):
            execute(MarkPaper(mine, own, True, "x", date(2025, 6, 16)))


def test_a_paper_may_be_asked_for_in_one_case_only(desk, actor_as):
    first, second = desk.open("a1.2"), desk.open("a2.2")
    with actor_as("unit_hr_a"):
        added = execute(AddPaper(first, "Giấy xác nhận của Ban Thường vụ"))
        with pytest.raises(Refused):
            execute(AddPaper(first, " "))
    assert added.required
    assert added.label not in {row.label for row in desk.case(second).checklist}
    desk.edit(first, reason="x")
    assert added.label in {row.label for row in desk.case(first).checklist}


def test_an_attached_file_answers_its_paper_and_a_removed_one_stays_in_the_history(desk, actor_as):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        file = execute(AttachFile(case_id, "don.pdf", "application", pdf()), key="f1")
        again = execute(AttachFile(case_id, "don.pdf", "application", pdf()), key="f1")
        assert again.id == file.id
        assert item(desk.case(case_id), "application").present
        with pytest.raises(Refused):
            execute(RemoveFile(case_id, file.id, " "))
        execute(RemoveFile(case_id, file.id, "Quét nhầm trang"))
        with pytest.raises(Refused):
            execute(RemoveFile(case_id, file.id, "Lần nữa"))
    case = desk.case(case_id)
    assert not item(case, "application").present
    assert attachments.of(case) == []
    assert [row.removed_reason for row in attachments.of(case, with_removed=True)] == ["Quét nhầm trang"]


def test_a_paper_with_a_second_file_or_a_number_stays_noted(desk, actor_as):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        first = execute(AttachFile(case_id, "a.pdf", "application", pdf()))
        second = execute(AttachFile(case_id, "b.pdf", "application", pdf(b"2")))
        execute(RemoveFile(case_id, first.id, "Mờ"))
        assert item(desk.case(case_id), "application").present
        execute(MarkPaper(case_id, item(desk.case(case_id), "application").id, True, "Đơn 01/06"))
        execute(RemoveFile(case_id, second.id, "Mờ"))
    assert item(desk.case(case_id), "application").present


def test_what_is_no_accepted_file_is_refused(desk, actor_as):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        for stream, name, code in (
            (None, "a.pdf", ""),
            (io.BytesIO(b"MZ\x90\x00 not a pdf"), "a.pdf", ""),
            (pdf(), "a.pdf", "no_such_paper"),
        ):
            with pytest.raises(Refused):
                execute(AttachFile(case_id, name, code, stream))


@pytest.mark.parametrize(
    ("state", "who", "allowed"),
    [
        ("draft", "unit_hr_a", True),
        ("draft", "unit_head_a", False),
        ("appraisal", "province_hr", True),
        ("finance_review", "finance", True),
        ("paid", "finance", True),
        ("paid", "auditor", False),
    ],
)
def test_papers_arrive_from_whoever_works_on_the_case(desk, actor_as, state, who, allowed):
    case_id = desk.bring(state)
    with actor_as(who):
        if allowed:
            assert execute(AttachFile(case_id, "chung-tu.pdf", "other", pdf())).kind == "other"
        else:
            with pytest.raises(NotAllowed):
                execute(AttachFile(case_id, "chung-tu.pdf", "", pdf()))


def test_a_closed_case_takes_no_more_files(desk, actor_as):
    case_id = desk.open()
    desk.do(case_id, "withdraw", by="unit_hr_a", reason="Rút")
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        execute(AttachFile(case_id, "a.pdf", "", pdf()))


def test_a_file_of_another_case_does_not_exist_from_here(desk, actor_as):
    mine, other = desk.open("a1.2"), desk.open("a2.2")
    with actor_as("unit_hr_a"):
        file = execute(AttachFile(other, "a.pdf", "", pdf()))
        with pytest.raises(NotFound):
            execute(RemoveFile(mine, file.id, "x"))
        with pytest.raises(NotFound):
            desk.do(mine, "submit", by="unit_hr_a", attachment_id=file.id)
