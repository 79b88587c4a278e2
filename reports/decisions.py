"""The decision on one person's leave (NĐ 30/2020/NĐ-CP model 1.2) and its correction after an amendment."""

from __future__ import annotations

from datetime import date

from hrms.kernel import clock
from hrms.kernel.text import format_integer
from reports import bases, pdf, wording
from reports.case_file import LEAVES, MONTHLY, CaseFile
from reports.formats import day_in_text
from reports.letter import NUMBER_BLANK, Body, Letterhead, Numbered, Recipients, home_affairs_body, province_body

ISSUERS = ("province", "home_affairs", "agency")


def issuer_of(file: CaseFile, choice: str = "") -> tuple[str, Body]:
    """Who decides: the choice made, else the body whose sign the recorded decision carries, else the province."""
    number = file.case.decision_number
    if not choice:
        choice = "province"
        if number and "UBND" not in number:
            if number.endswith(_signs(home_affairs_body())):
                choice = "home_affairs"
            elif number.endswith(_signs(file.body)):
                choice = "agency"
    if choice == "agency":
        return choice, file.body
    return choice, home_affairs_body() if choice == "home_affairs" else province_body()


def _signs(body: Body) -> tuple[str, str]:
    return (f"-{body.symbol}", f"/{body.symbol}")


def about_of(file: CaseFile) -> str:
    """Trích yếu with the name: it stands on the paper only, never in a file's metadata."""
    if file.case.revision > 1:
        return f"Về việc điều chỉnh chính sách, chế độ {file.action} đối với {file.honorific} {file.unbroken_name}"
    verb = "giải quyết" if file.benefit in LEAVES else ""
    return " ".join(f"Về việc {verb} {file.action} đối với {file.honorific}".split()) + f" {file.unbroken_name}"


def legal_lines(file: CaseFile, body: Body, day: date) -> list[str]:
    """Every "Căn cứ" of a decision on one person."""
    laws = bases.laws_on(day, body=body.kind, categories=(file.category,), benefits=(file.benefit,))
    lines = bases.with_prefix([*laws, *bases.decree_documents(file.decree, file.law_version)])
    if file.case.act is not None:
        lines.append(f"Căn cứ {bases.act_title(file.case.act)}")
    return lines


def decision(
    file: CaseFile, numbered: Numbered | None = None, issuer: str = "", submission: Numbered | None = None
) -> pdf.Paper:
    """The decision as a PDF. A case that is not decided yet carries the watermark of a draft.

    Raises :class:`Refused` without a calculation that grants something.
    """
    file.need_right()
    case = file.case
    numbered = numbered or Numbered(case.decision_number, case.decision_date)
    day = numbered.issued_on or case.decision_date or clock.today()
    choice, body = issuer_of(file, issuer)
    letter: Letterhead = body.letterhead("QĐ", number=numbered.number, issued_on=numbered.issued_on, year=day.year)
    context = {
        "draft": file.draft and not numbered.number,
        "letter": letter,
        "file": file,
        "about": about_of(file),
        "authority": body.authority,
        "bases": [*legal_lines(file, body, day), *_requests(file, choice, submission or Numbered())],
        "right": wording.right_article(file),
        "ground": wording.ground_article(case.ground) if file.decree == "178" else "",
        "insured": wording.insured(file),
        "lines": wording.paid_lines(file),
        "money": wording.money(file.total),
        "monthly": file.benefit in MONTHLY,
        "funding": wording.funding(file),
        "pension": _pension(file),
        "correction": _correction(file),
        "executors": wording.joined(_executors(file, choice)),
        "effective": "kể từ ngày ký",
        "signature": body.signature(),
        "recipients": _recipients(file, choice).lines,
    }
    return pdf.render("decision.html", context, title=f"Quyết định – hồ sơ {case.label}", subject=f"Hồ sơ {case.label}")


def _requests(file: CaseFile, choice: str, submission: Numbered) -> list[str]:
    lines = []
    if file.case.application_on is not None and file.benefit in LEAVES:
        when = day_in_text(file.case.application_on)
        lines.append(f"Xét đơn xin {file.action} {when} của {file.honorific} {file.name}")
    proposer = file.body.decider if choice != "province" else home_affairs_body().decider
    if choice == "agency":
        proposer = "người phụ trách công tác tổ chức cán bộ"
    elif choice == "province":
        proposer += f" tại Tờ trình số {submission.number or NUMBER_BLANK} {submission.day}"
    lines.append(f"Theo đề nghị của {proposer}")
    return lines


def _pension(file: CaseFile) -> str:
    """Điều 3: what the social insurance does."""
    who = f"{file.honorific} {file.name}"
    if file.benefit == "early_retirement":
        text = (
            f"Cơ quan bảo hiểm xã hội có thẩm quyền giải quyết chế độ hưu trí đối với {who} "
            f"kể từ {day_in_text(file.leave_date)} theo quy định của pháp luật về bảo hiểm xã hội"
        )
        if file.result.get("months_early"):
            text += "; không trừ tỷ lệ lương hưu do nghỉ hưu trước tuổi"
        return text + "."
    if file.benefit == "severance":
        text = (
            f"{who[:1].upper()}{who[1:]} được bảo lưu thời gian đã đóng bảo hiểm xã hội bắt buộc hoặc hưởng bảo hiểm "
            "xã hội một lần theo quy định của pháp luật về bảo hiểm xã hội"
        )
        if file.category in ("public_employee", "contract_worker"):
            text += " và được hưởng trợ cấp thất nghiệp theo quy định của pháp luật về bảo hiểm thất nghiệp"
        return text + "."
    if file.benefit == "waiting_leave":
        return (
            f"Trong thời gian nghỉ công tác chờ đủ tuổi nghỉ hưu, {who} được hưởng nguyên lương và đóng bảo hiểm "
            "xã hội, bảo hiểm y tế theo quy định; cơ quan bảo hiểm xã hội giải quyết chế độ hưu trí khi đủ tuổi."
        )
    return ""


def _correction(file: CaseFile) -> str:
    """An amended decision replaces an earlier one and says what that means in money."""
    earlier = file.case.amends
    if earlier is None:
        return ""
    number = earlier.decision_number or wording.NOTHING
    text = f"Quyết định này thay thế Quyết định số {number} {day_in_text(earlier.decision_date)}."
    paid = earlier.paid_amount if earlier.paid_amount is not None else earlier.total
    if earlier.paid_on is None or paid is None:
        return text
    difference = file.total - paid
    text += f" Số tiền đã chi trả theo Quyết định trước là {format_integer(paid)} đồng; "
    if difference > 0:
        return text + f"số tiền còn được chi trả là {wording.money(difference)}."
    if difference < 0:
        return text + f"số tiền phải thu hồi là {wording.money(-difference)}."
    return text + "không phát sinh chênh lệch."


def _executors(file: CaseFile, choice: str) -> list[str]:
    who = f"{file.honorific} {file.name}"
    head = file.body.decider
    if choice == "agency":
        return [f"Thủ trưởng các phòng, đơn vị có liên quan thuộc {file.body.name}", who]
    others = ["Giám đốc Sở Tài chính", f"{head}"] if head != "Giám đốc Sở Tài chính" else [head]
    if choice == "home_affairs":
        return ["Chánh Văn phòng Sở", *others, who]
    first = ["Chánh Văn phòng Ủy ban nhân dân tỉnh", "Giám đốc Sở Nội vụ"]
    return [*dict.fromkeys([*first, *others]), "thủ trưởng các cơ quan, đơn vị có liên quan", who]


def _recipients(file: CaseFile, choice: str) -> Recipients:
    article = "Như Điều 4"
    others = ["Bảo hiểm xã hội tỉnh", "Kho bạc Nhà nước nơi giao dịch"]
    if choice == "province":
        return Recipients.of([article, "Chủ tịch, các Phó Chủ tịch UBND tỉnh (để b/c)", *others], "NC")
    return Recipients.of(
        [article, "Sở Nội vụ", "Sở Tài chính", *others] if choice == "agency" else [article, *others], "TCCB"
    )
