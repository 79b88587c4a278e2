"""Minutes of the meeting with the person and of the hand-over (NĐ 30/2020/NĐ-CP model 1.9)."""

from __future__ import annotations

from hrms.kernel import clock
from hrms.kernel.text import format_date
from reports import pdf
from reports.letter import Hand, Numbered
from reports.rotation.move_file import SETTLED, MoveFile


def meeting(file: MoveFile) -> pdf.Paper:
    """What the person was told and said; open lines until the meeting is recorded."""
    case = file.case
    numbered = Numbered(case.meeting_minutes, case.meeting_on)
    year = (numbered.issued_on or clock.today()).year
    context = {
        "draft": case.meeting_on is None and not file.for_signature,
        "letter": file.body.letterhead("BB", number=numbered.number, issued_on=numbered.issued_on, year=year),
        "file": file,
        "case": case,
        "about": f"Gặp gỡ, trao đổi với {file.staff} về việc {file.noun}",
        "articles": file.articles(case.meeting_on or clock.today()),
        "hands": (Hand("NGƯỜI ĐƯỢC GẶP", file.name), Hand("THƯ KÝ"), Hand("CHỦ TRÌ")),
    }
    title = f"Biên bản gặp gỡ – hồ sơ {case.number}"
    return pdf.render("movement_meeting.html", context, title=title, subject=f"Hồ sơ {case.number}")


def handover(file: MoveFile) -> pdf.Paper:
    """Line by line what was handed over, to whom and when."""
    case = file.case
    day = case.handed_over_on
    rows = [
        {"label": item.label, "receiver": item.receiver, "note": item.note,
         "day": format_date(item.done_on) if item.done_on else ""}
        for item in case.handover
    ]  # fmt: skip
    context = {
        "draft": case.state not in SETTLED and not file.for_signature,
        "letter": file.body.letterhead("BB", issued_on=day, year=(day or clock.today()).year),
        "file": file,
        "case": case,
        "about": f"Bàn giao hồ sơ, công việc, tài sản khi {file.noun}",
        "rows": rows,
        "decision": f"Quyết định số {case.decision_number}" if case.decision_number else "Quyết định số ……",
        "hands": (Hand("NGƯỜI BÀN GIAO", file.name), Hand("NGƯỜI NHẬN BÀN GIAO"),
                  Hand("THỦ TRƯỞNG ĐƠN VỊ", file.body.signer, "Ký, ghi rõ họ tên, đóng dấu")),
    }  # fmt: skip
    title = f"Biên bản bàn giao – hồ sơ {case.number}"
    return pdf.render("movement_handover.html", context, title=title, subject=f"Hồ sơ {case.number}")
