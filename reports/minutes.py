"""Minutes of the unit's review meeting (NĐ 30/2020/NĐ-CP model 1.9): the record printed, the rest left open."""

from __future__ import annotations

from hrms.kernel import clock
from hrms.kernel.text import format_percent
from reports import bases, pdf, wording
from reports.case_file import CaseFile
from reports.letter import Hand, Numbered
from reports.submissions import rating_rows


def minutes(file: CaseFile, numbered: Numbered | None = None) -> pdf.Paper:
    """The minutes about one case; a draft until the meeting is recorded."""
    case = file.case
    numbered = numbered or Numbered(case.meeting_minutes, case.meeting_on)
    year = (numbered.issued_on or clock.today()).year
    present, agree = case.meeting_present, case.meeting_agree
    context = {
        "draft": case.meeting_on is None and not file.for_signature,
        "letter": file.body.letterhead("BB", number=numbered.number, issued_on=numbered.issued_on, year=year),
        "file": file,
        "about": (
            f"Họp xét, rà soát và đánh giá đối với {file.honorific} {file.unbroken_name} có nguyện vọng {file.action}"
        ),
        "documents": [title.split(" ngày ")[0] for title in bases.decree_documents(file.decree, file.law_version)][:2],
        "present": present,
        "agree": agree,
        "against": None if present is None or agree is None else present - agree,
        "share": "" if not present or agree is None else format_percent(round_share(agree, present)),
        "ratings": rating_rows(case),
        "insured": wording.insured(file),
        "ground": wording.ground_in_text(case.ground) if file.decree == "178" else "",
        "hands": (Hand("THƯ KÝ"), Hand("CHỦ TRÌ")),
    }
    return pdf.render("minutes.html", context, title=f"Biên bản – hồ sơ {case.label}", subject=f"Hồ sơ {case.label}")


def round_share(part: int, whole: int) -> int:
    """Per cent, half up, in whole numbers."""
    return (200 * part + whole) // (2 * whole)
