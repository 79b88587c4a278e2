"""Tờ trình (NĐ 30/2020/NĐ-CP model 1.4): unit to Sở Nội vụ, Sở Nội vụ to UBND tỉnh; a case or a round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hrms.kernel import clock
from hrms.kernel.text import format_date, format_decimal
from models.restructuring import CaseBatch, DownsizingCase
from models.vocabulary import RATINGS
from reports import bases, pdf, wording
from reports.batch_file import BatchFile, unit_totals
from reports.case_file import CaseFile
from reports.formats import day_in_text, first_upper, two_digits
from reports.letter import Body, Numbered, Recipients, home_affairs_body, province_body

LEVELS = ("unit", "province")  # the unit writes to Sở Nội vụ; Sở Nội vụ writes to UBND tỉnh


def _sender(level: str, body: Body) -> tuple[Body, Body]:
    return (home_affairs_body(), province_body()) if level == "province" else (body, home_affairs_body())


def _addressee(body: Body) -> str:
    """``Sở Nội vụ tỉnh Hưng Yên``: a department is named with its province."""
    if body.is_committee or "tỉnh" in body.name:
        return body.name
    return f"{body.name} {_of_province()}"


def _of_province() -> str:
    name = province_body().name
    return name[name.index("tỉnh") :] if "tỉnh" in name else name


def _context(level: str, sender: Body, addressee: Body, numbered: Numbered) -> dict[str, Any]:
    year = (numbered.issued_on or clock.today()).year
    return {
        "letter": sender.letterhead("TTr", number=numbered.number, issued_on=numbered.issued_on, year=year),
        "level": level,
        "sender": sender,
        "addressee": _addressee(addressee),
        "signature": sender.signature(collective=True),
        "recipients": Recipients.of(["Như trên", *(["Sở Tài chính"] if level == "province" else [])], "TCCB").lines,
    }


def case_submission(
    file: CaseFile, level: str = "unit", numbered: Numbered | None = None, earlier: Numbered | None = None
) -> pdf.Paper:
    """The submission of one case."""
    file.need_right()
    numbered = numbered or Numbered()
    sender, addressee = _sender(level, file.body)
    case = file.case
    context = {
        **_context(level, sender, addressee, numbered),
        "draft": numbered.number == "" and not file.for_signature,
        "file": file,
        "about": _about(file, level),
        "earlier": earlier or Numbered(),
        "act": bases.act_title(case.act) if case.act is not None else "",
        "documents": wording.joined([_short(title) for title in bases.decree_documents(file.decree, file.law_version)]),
        "right": wording.right_article(file),
        "ground": wording.ground_in_text(case.ground) if file.decree == "178" else "",
        "insured": wording.insured(file),
        "lines": wording.paid_lines(file),
        "money": wording.money(file.total),
        "funding": wording.funding(file),
        "meeting": meeting_sentence(case),
        "ratings": rating_rows(case),
        "endorsed": _endorsed(case),
        "dossier": [_dossier_line(item) for item in case.checklist if item.present],
        "missing": [item.label for item in case.checklist if item.required and not item.present],
    }
    return pdf.render(
        "submission_case.html", context, title=f"Tờ trình – hồ sơ {case.label}", subject=f"Hồ sơ {case.label}"
    )


def _about(file: CaseFile, level: str) -> str:
    verb = "quyết định giải quyết" if level == "province" else "thẩm định, giải quyết"
    return f"Về việc {verb} {file.action} đối với {file.honorific} {file.unbroken_name}"


def _short(title: str) -> str:
    """Type and number alone: the rest of the citation stands in the decision."""
    return title.split(" ngày ")[0]


def meeting_sentence(case: DownsizingCase) -> str:
    """What the unit's meeting found; empty while it has not been held."""
    if case.meeting_on is None:
        return ""
    text = f"{first_upper(day_in_text(case.meeting_on))}, tập thể lãnh đạo đã họp xét"
    if case.meeting_minutes:
        text += f" (Biên bản số {case.meeting_minutes})"
    if case.meeting_present is not None:
        text += f"; {two_digits(case.meeting_present)} người dự"
        if case.meeting_agree is not None:
            text += f", {two_digits(case.meeting_agree)} người đồng ý"
    if case.meeting_conclusion:
        text += f"; kết luận: {case.meeting_conclusion.rstrip('.')}"
    return f"{text}."


@dataclass(frozen=True)
class Rating:
    """One year of the assessment of Điều 6 NĐ 178, ready to print."""

    year: int
    level: str
    conduct: str
    capacity: str
    result: str
    remark: str

    @property
    def scored(self) -> bool:
        return bool(self.conduct or self.capacity or self.result)


def rating_rows(case: DownsizingCase) -> list[Rating]:
    """The three-year assessment: level, three scores, remark."""

    def score(value: Decimal | None) -> str:
        return "" if value is None else format_decimal(value)

    return [
        Rating(
            row.year,
            RATINGS.get(row.level, row.level),
            score(row.conduct_score),
            score(row.capacity_score),
            score(row.result_score),
            row.remark,
        )
        for row in case.assessments
    ]


def _endorsed(case: DownsizingCase) -> str:
    if case.finance_endorsed_at is None:
        return ""
    return f"Sở Tài chính đã xác nhận kinh phí {day_in_text(clock.local(case.finance_endorsed_at).date())}"


def _dossier_line(item: Any) -> str:
    text = str(item.label)
    if item.document:
        text += f": {item.document}"
    if item.document_date is not None:
        text += f" ngày {format_date(item.document_date)}"
    return text


def batch_submission(
    file: BatchFile, level: str = "unit", numbered: Numbered | None = None, earlier: Numbered | None = None
) -> pdf.Paper:
    """The submission of a whole round, with its totals; the list itself is the annex."""
    numbered = numbered or Numbered()
    sender, addressee = _sender(level, file.body)
    decrees = sorted({one.decree for one in file.files})
    documents = [title for code in decrees for title in bases.decree_documents(code, "2025-03-15")]
    context = {
        **_context(level, sender, addressee, numbered),
        "draft": numbered.number == "" and not file.for_signature,
        "batch": file.batch,
        "about": batch_about(file.batch),
        "earlier": earlier or Numbered(),
        "acts": _acts(file.files),
        "documents": wording.joined([_short(title) for title in documents]),
        "count": len(file.files),
        "benefits": file.benefit_totals(),
        "sources": file.source_totals(),
        "rows": unit_totals(file),
        "total": file.total,
        "money": wording.money(file.total),
        "meetings": sum(1 for one in file.files if one.case.meeting_on is not None),
        "skipped": file.skipped,
    }
    title = f"Tờ trình – {file.batch.name}"
    return pdf.render("submission_batch.html", context, title=title, subject=title)


def batch_about(batch: CaseBatch) -> str:
    return (
        "Về việc phê duyệt danh sách và dự toán kinh phí thực hiện chính sách, chế độ đối với cán bộ, công chức, "
        f"viên chức, người lao động nghỉ do sắp xếp tổ chức bộ máy, đợt {batch.round} năm {batch.year}"
    )


def _acts(files: Sequence[CaseFile]) -> list[str]:
    found: dict[int, str] = {}
    for file in files:
        if file.case.act is not None:
            found.setdefault(file.case.act.id, bases.act_title(file.case.act))
    return list(found.values())


__all__ = ["LEVELS", "batch_submission", "case_submission", "meeting_sentence", "rating_rows"]
