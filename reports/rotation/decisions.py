"""Decisions on movements (NĐ 30/2020/NĐ-CP model 1.2): the move itself, its extension, its ending, its revocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hrms.kernel import clock
from hrms.kernel.text import format_integer
from reports import bases, pdf, wording
from reports.formats import DOTS, day_in_text, first_upper
from reports.letter import NUMBER_BLANK, Numbered, Recipients, home_affairs_body
from reports.rotation.move_file import FOR_A_TIME, SETTLED, MoveFile, issuer_of, listed_name

Articles = list[list[str]]  # Điều by Điều, each with its paragraphs


def decision(file: MoveFile, issuer: str = "") -> pdf.Paper:
    """The decision on the move: person, from, to, since when, how long, what is kept, who pays, hand-over."""
    case = file.case
    numbered = Numbered(case.decision_number, case.decision_date)
    return _render(
        file,
        issuer,
        numbered,
        about=f"Về việc {file.verb} {file.centred_name}",
        articles=[_move(file), _rights(file), _hand_over(file)],
        draft=case.state not in SETTLED,
    )


def extension(file: MoveFile, issuer: str = "") -> pdf.Paper:
    """The decision that lets a secondment or rotation run on."""
    step = file.last("extend")
    numbered = _of_step(step)
    case = file.case
    until = day_in_text(case.ends_on) if step is not None else day_in_text(None)
    articles: Articles = [
        [
            f"Gia hạn thời gian {file.noun} đối với {file.who}, sinh {file.born}, {_posts(file)}, được {file.noun} "
            f"đến {file.to_place} theo {_first(file)}: đến hết {until}."
        ],
        [_benefits_go_on(file)],
    ]
    about = f"Về việc gia hạn thời gian {file.noun} đối với {file.centred_name}"
    return _render(file, issuer, numbered, about=about, articles=articles, draft=step is None)


def ending(file: MoveFile, issuer: str = "") -> pdf.Paper:
    """The end of a secondment or rotation: back to the agency that sent, earlier than planned, or settled there."""
    step = file.last("end_early", "return", "settle")
    case = file.case
    last = case.ended_on or (case.ends_on if step is None else None)
    settled = step is not None and step.transition == "settle"
    early = step is not None and step.transition == "end_early"
    first = day_in_text(date.fromordinal(last.toordinal() + 1)) if last else day_in_text(None)
    if settled:
        what = (
            f"{first_upper(file.who)} hoàn thành thời gian {file.noun} theo {_first(file)} và được bố trí ổn định tại "
            f"{file.to_place}, vị trí: {file.to_post or DOTS}, kể từ {first}."
        )
    else:
        what = (
            f"Kết thúc{' trước thời hạn' if early else ''} việc {file.noun} đối với {file.who} theo {_first(file)}, "
            f"sau {day_in_text(last)}; {file.who} trở về {file.from_place}, vị trí: {file.from_post or DOTS}, "
            f"kể từ {first}."
        )
    articles: Articles = [[what]]
    if early and case.ended_reason:
        articles[0].append(f"Lý do: {case.ended_reason.rstrip('.;')}.")
    if not settled:
        articles.append(
            [
                f"{first_upper(file.agency_named)} bố trí công việc phù hợp cho {file.who}; lương và các chế độ thực "
                "hiện theo vị trí được bố trí. Việc bàn giao tại nơi đến hoàn thành trước ngày trở về."
            ]
        )
    about = f"Về việc {'kết thúc trước thời hạn' if early else 'kết thúc'} {file.noun} đối với {file.centred_name}"
    return _render(file, issuer, _of_step(step), about=about, articles=articles, draft=step is None)


def revocation(file: MoveFile, issuer: str = "") -> pdf.Paper:
    """What a revoked decision no longer does, and what it leaves as it was lived."""
    case = file.case
    step = file.last("revoke")
    numbered = Numbered(case.revoked_number, step.document_date if step is not None else None)
    served = case.effective_on is not None and case.ended_on is not None and case.ended_on >= case.effective_on
    articles: Articles = [[f"Thu hồi {_first(file)}, kể từ {day_in_text(case.revoked_on)}."]]
    if step is not None and step.reason:
        articles[0].append(f"Lý do: {step.reason.rstrip('.;')}.")
    if served:
        articles.append(
            [
                f"Thời gian {file.who} đã công tác theo Quyết định bị thu hồi (đến hết {day_in_text(case.ended_on)}) "
                f"được tính vào quá trình công tác; {file.who} trở về {file.from_place}, vị trí: "
                f"{file.from_post or DOTS}."
            ]
        )
    else:
        articles.append([f"{first_upper(file.who)} tiếp tục giữ vị trí {file.from_post or DOTS}, {file.from_place}."])
    about = f"Về việc thu hồi quyết định {file.noun} đối với {file.centred_name}"
    return _render(file, issuer, numbered, about=about, articles=articles, draft=step is None)


def _of_step(step: object) -> Numbered:
    document = getattr(step, "document", "") or ""
    return Numbered(document, getattr(step, "document_date", None) if document else None)


def _first(file: MoveFile) -> str:
    """The decision the case began with, as later papers name it."""
    number = file.case.decision_number or NUMBER_BLANK
    return f"Quyết định số {number} {day_in_text(file.case.decision_date)}"


def _posts(file: MoveFile) -> str:
    return f"{file.from_post or DOTS}, {file.from_place}"


def _move(file: MoveFile) -> list[str]:
    """Điều 1 by kind: who, from where, to where, to which post, since when and how long."""
    case = file.case
    who = f"{file.who}, sinh {file.born}, {_posts(file)}"
    if case.kind == "CDVTCT":
        old, new = listed_name(case.from_position), listed_name(case.to_position)
        lines = [f"Chuyển đổi vị trí công tác đối với {who}, {file.term}:"]
        lines.append(f"- Vị trí công tác cũ: {file.from_post or DOTS}{f', {old}' if old else ''}, {file.from_place};")
        lines.append(f"- Vị trí công tác mới: {file.to_post or DOTS}{f', {new}' if new else ''}, {file.to_place}.")
        return lines
    if case.kind == "NOI_BO":
        return [
            f"Bố trí, phân công {who}, đến công tác tại {file.to_place}, vị trí: {file.to_post or DOTS}, {file.term}."
        ]
    return [
        f"{first_upper(file.verb)} {who}, đến công tác tại {file.to_place}, vị trí: {file.to_post or DOTS}, "
        f"{file.term}."
    ]


def _rights(file: MoveFile) -> list[str]:
    """Điều 2: salary, what is kept until when, who pays; of a secondment, who directs, evaluates and takes back."""
    case, who = file.case, file.who
    kept = _kept(file)
    if case.kind == "BIET_PHAI":
        return [
            f"Trong thời gian biệt phái, {who} thuộc biên chế của {file.agency_named} và do {file.agency_named} trả "
            f"lương, bảo đảm các chế độ hiện hưởng; chịu sự phân công, quản lý, kiểm tra, đánh giá, xếp loại của "
            f"{file.receiving_named}.",
            f"Hết thời hạn biệt phái, {file.agency_named} tiếp nhận và bố trí công việc phù hợp cho {who}.",
        ]
    lines = [
        f"{first_upper(who)} giữ nguyên ngạch, bậc lương đang hưởng; phụ cấp chức vụ, phụ cấp khác (nếu có) theo vị "
        f"trí được bố trí{'' if file.inside else f'; tiền lương và các chế độ do {file.receiving_named} chi trả'} "
        f"{'theo quy định' if file.inside else 'kể từ ngày có hiệu lực'}."
    ]
    if kept:
        lines.append(kept)
    if case.kind == "LUAN_CHUYEN":
        lines.append(
            f"{first_upper(file.receiving_named)} nhận xét, đánh giá {who} hằng năm và khi kết thúc luân chuyển; hết "
            "thời hạn, cấp có thẩm quyền xem xét, bố trí theo yêu cầu nhiệm vụ và kết quả công tác."
        )
    return lines


def _kept(file: MoveFile) -> str:
    schedule = file.case.kept_allowance or {}
    if not schedule or file.kept_until is None:
        return ""
    rows = schedule.get("rows") or []
    difference = rows[0]["difference"] if rows else 0
    money = (
        f", phần chênh lệch {format_integer(difference)} đồng mỗi tháng theo mức lương cơ sở hiện hành"
        if difference > 0
        else ""
    )
    article = f" ({file.kept_article.replace('NĐ ', 'Nghị định số ')})" if file.kept_article else ""
    return (
        f"Bảo lưu phụ cấp chức vụ đang hưởng đến hết {day_in_text(file.kept_until)}{article}{money}; do "
        f"{file.receiving_named} chi trả."
    )


def _hand_over(file: MoveFile) -> list[str]:
    by = f"trước {day_in_text(file.case.effective_on)}"
    return [
        f"{first_upper(file.who)} có trách nhiệm bàn giao hồ sơ, tài liệu, công việc đang giải quyết, tài sản và các "
        f"tài khoản được giao cho {file.agency_named} {by} và có mặt tại nơi công tác mới đúng thời gian quy định."
    ]


def _benefits_go_on(file: MoveFile) -> str:
    if file.case.kind == "BIET_PHAI":
        return (
            f"Trong thời gian gia hạn, {file.who} tiếp tục thuộc biên chế, hưởng lương và các chế độ tại "
            f"{file.agency_named}; chịu sự phân công, quản lý, đánh giá của {file.receiving_named}."
        )
    kept = _kept(file)
    return kept or f"Trong thời gian gia hạn, {file.who} tiếp tục hưởng lương và các chế độ như trong thời hạn trước."


def _render(
    file: MoveFile, issuer: str, numbered: Numbered, *, about: str, articles: Articles, draft: bool
) -> pdf.Paper:
    choice, body = issuer_of(file, issuer, numbered.number)
    day = numbered.issued_on or clock.today()
    last = len(articles) + 1
    executors = wording.joined(_executors(file, choice))
    articles.append(
        [f"Quyết định này có hiệu lực {_since(file, about)}. {executors} chịu trách nhiệm thi hành Quyết định này./."]
    )
    context = {
        "draft": draft and not file.for_signature,
        "letter": body.letterhead("QĐ", number=numbered.number, issued_on=numbered.issued_on, year=day.year),
        "number": file.case.number,
        "about": about,
        "authority": body.authority,
        "bases": [*bases.with_prefix(file.citations(day, body)), *_grounds(file, choice)],
        "articles": articles,
        "signature": body.signature(),
        "recipients": _recipients(file, choice, last),
    }
    title = f"Quyết định – hồ sơ {file.case.number}"
    return pdf.render("movement_decision.html", context, title=title, subject=f"Hồ sơ {file.case.number}")


def _since(file: MoveFile, about: str) -> str:
    effective = file.case.effective_on
    if effective is not None and about.startswith(f"Về việc {file.verb} "):
        return f"kể từ {day_in_text(effective)}"
    return "kể từ ngày ký"


def _grounds(file: MoveFile, choice: str) -> list[str]:
    """After the laws: the plan, the receiver's agreement, what the person wished, on whose proposal."""
    case, lines = file.case, []
    plan = file.plan()
    if plan is not None and plan.number:
        when = f" {day_in_text(plan.issued_on)}" if plan.issued_on else ""
        lines.append(f"Căn cứ Kế hoạch số {plan.number}{when} về định kỳ chuyển đổi vị trí công tác năm {plan.year}")
    if case.agreement_document and case.agreed_on is not None:
        lines.append(
            f"Căn cứ Văn bản số {case.agreement_document} {day_in_text(case.agreed_on)} của {file.receiver.name} về "
            f"việc thống nhất tiếp nhận {file.staff}"
        )
    lines += [
        f"Căn cứ Văn bản số {one.document} {day_in_text(one.document_date)} về việc cho phép đối với {file.who}"
        for one in case.waivers
        if one.withdrawn_on is None
    ]
    if case.own_wish and case.wish_document:
        lines.append(f"Xét nguyện vọng của {file.who} ({case.wish_document})")
    if choice == "agency":
        lines.append("Theo đề nghị của người phụ trách công tác tổ chức cán bộ")
    elif choice == "home_affairs":
        lines.append(f"Theo đề nghị của {file.body.decider}")
    else:
        lines.append(f"Theo đề nghị của {home_affairs_body().decider}")
    return lines


def _executors(file: MoveFile, choice: str) -> list[str]:
    heads = list(dict.fromkeys((file.body.decider, file.receiver.decider)))
    if choice == "agency":
        inner = f"Thủ trưởng các phòng, đơn vị có liên quan thuộc {file.body.name}"
        return [inner, *(() if file.inside else (file.receiver.decider,)), file.who]
    if choice == "home_affairs":
        return ["Chánh Văn phòng Sở", *heads, file.who]
    first = ["Chánh Văn phòng Ủy ban nhân dân tỉnh", home_affairs_body().decider]
    return [*dict.fromkeys([*first, *heads]), "thủ trưởng các cơ quan, đơn vị có liên quan", file.who]


def _recipients(file: MoveFile, choice: str, last: int) -> Sequence[str]:
    article = f"Như Điều {last}"
    if choice == "province":
        lines = [article, "Chủ tịch, các Phó Chủ tịch UBND tỉnh (để b/c)", "Sở Nội vụ", "Sở Tài chính"]
        return Recipients.of(lines, "NC").lines
    lines = [article, "Sở Nội vụ (để b/c)"] if choice == "agency" else [article]
    return Recipients.of([*lines, f"Hồ sơ {file.staff}"], "TCCB").lines


__all__ = ["FOR_A_TIME", "decision", "ending", "extension", "revocation"]
