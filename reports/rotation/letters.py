"""Letters of a movement case: the submission, the exchange with the receiving agency, the notice to the person."""

from __future__ import annotations

from dataclasses import dataclass, field

from hrms.kernel import clock
from models.rotation import MovementPaper
from reports import pdf, wording
from reports.formats import DOTS, day_in_text, first_upper, without_stop
from reports.letter import Body, Recipients, home_affairs_body, province_body
from reports.rotation.move_file import SETTLED, MoveFile, listed_name


@dataclass
class Text:
    """Headed parts of running text: (heading or nothing, paragraphs); a paragraph that begins with a dash is a line."""

    parts: list[tuple[str, list[str]]] = field(default_factory=list)

    def part(self, heading: str, *lines: str) -> None:
        kept = [line for line in lines if line]
        if kept:
            self.parts.append((heading, kept))


def _addressee(body: Body) -> str:
    """``Sở Nội vụ tỉnh Hưng Yên``: a department is written to with its province."""
    province = province_body().name
    if body.is_committee or not body.name.startswith("Sở ") or "tỉnh" not in province:
        return body.name
    return f"{body.name} {province[province.index('tỉnh') :]}"


def _summary(file: MoveFile) -> list[str]:
    """What is asked for, line by line, the same in every letter."""
    case = file.case
    old, new = listed_name(case.from_position), listed_name(case.to_position)
    lines = [
        f"- Họ và tên: {file.name}; sinh {file.born};",
        f"- Vị trí hiện giữ: {file.from_post or DOTS}{f', {old}' if old else ''}, {file.from_place};",
        f"- Vị trí đến: {file.to_post or DOTS}{f', {new}' if new else ''}, {file.to_place};",
        f"- Hình thức: {file.noun}; thời gian: {file.term}.",
    ]
    return lines


def submission(file: MoveFile) -> pdf.Paper:
    """Tờ trình of the agency to whoever decides (model 1.4)."""
    case = file.case
    above = province_body() if file.body.symbol == home_affairs_body().symbol else home_affairs_body()
    day = clock.today()
    text = Text()
    need = without_stop(case.reason) if case.reason else "Yêu cầu nhiệm vụ và kế hoạch sử dụng đội ngũ của cơ quan"
    plan = file.plan()
    cited = wording.joined(file.short_citations(day)) or "quy định của pháp luật hiện hành"
    by_plan = f", Kế hoạch chuyển đổi vị trí công tác năm {plan.year} của {plan.unit.name}" if plan is not None else ""
    asks = f"Căn cứ {cited}{by_plan}, {file.body.name} đề nghị {file.verb} {file.who} như sau."
    text.part("1. Sự cần thiết và căn cứ", f"{first_upper(need)}.", asks)
    text.part("2. Quá trình chuẩn bị", *_preparation(file))
    text.part("3. Nội dung đề nghị", *_summary(file))
    text.part("4. Lương, phụ cấp và kinh phí", _money(file))
    text.part("5. Hồ sơ kèm theo", *_enclosed(file))
    addressee = _addressee(above)
    closing = f"{file.body.name} kính đề nghị {addressee} xem xét, quyết định./."
    return _letter(
        file, file.body, "TTr", "TỜ TRÌNH", f"Về việc {file.verb} {file.centred_name}", addressee, text, closing,
        draft=case.state not in SETTLED, collective=True,
    )  # fmt: skip


def _preparation(file: MoveFile) -> list[str]:
    case, lines = file.case, []
    checks = case.checks or {}
    if case.checked_on is not None:
        found = "không có quy định nào ngăn cản" if checks.get("allowed") else "còn nội dung phải xử lý"
        lines.append(
            f"{file.body.name} đã rà soát điều kiện {day_in_text(case.checked_on)} theo quy định của pháp luật, "
            f"kết quả: {found}."
        )
    for warning in checks.get("warnings") or ():
        article = f" ({warning['article']})" if warning.get("article") else ""
        lines.append(f"- Lưu ý: {without_stop(warning['text'])}{article}.")
    if case.meeting_on is not None:
        opinion = without_stop(case.person_opinion) if case.person_opinion else "nhất trí, không có ý kiến khác"
        minutes = f" (Biên bản số {case.meeting_minutes})" if case.meeting_minutes else ""
        lines.append(
            f"{first_upper(day_in_text(case.meeting_on))}, {file.body.name} đã gặp gỡ, nêu mục đích, sự cần thiết và "
            f"nghe {file.who} trình bày ý kiến{minutes}: {opinion}."
        )
    if case.agreed_on is not None:
        lines.append(
            f"{file.receiver.name} đã thống nhất tiếp nhận tại Văn bản số {case.agreement_document} "
            f"{day_in_text(case.agreed_on)}."
        )
    return lines or ["Hồ sơ đang được chuẩn bị."]


def _money(file: MoveFile) -> str:
    if file.case.kind == "BIET_PHAI":
        return (
            f"Trong thời gian biệt phái, {file.who} thuộc biên chế, hưởng lương và các chế độ tại {file.body.name}; "
            "không phát sinh kinh phí ngoài dự toán được giao."
        )
    kept = ""
    if file.kept_until is not None:
        kept = f" Phụ cấp chức vụ đang hưởng được bảo lưu đến hết {day_in_text(file.kept_until)}."
    payer = file.receiver.name
    return f"Tiền lương và các chế độ do {payer} chi trả từ dự toán được giao.{kept}"


def _enclosed(file: MoveFile) -> list[str]:
    case = file.case
    dossier = [item for item in case.dossier if item.present] if case.kind == "LUAN_CHUYEN" else []
    lines = [_paper_line(item) for item in dossier if item.code not in ("submission", "health_certificate")]
    lines = lines or ["- Sơ yếu lý lịch và kết quả đánh giá, xếp loại;"]
    if case.meeting_minutes:
        lines.append(f"- Biên bản gặp gỡ số {case.meeting_minutes};")
    if case.agreement_document:
        lines.append(f"- Văn bản số {case.agreement_document} của {file.receiver.name};")
    if case.wish_document:
        lines.append(f"- Đơn nguyện vọng: {case.wish_document};")
    if case.health_certificate_on is not None:
        lines.append(f"- Giấy chứng nhận sức khỏe cấp {day_in_text(case.health_certificate_on)};")
    lines[-1] = f"{without_stop(lines[-1])}."
    return lines


def _paper_line(item: MovementPaper) -> str:
    number = f" số {item.document}" if item.document else ""
    day = f" {day_in_text(item.document_date)}" if item.document_date is not None else ""
    return f"- {item.label}{number}{day};"


def agreement(file: MoveFile) -> pdf.Paper:
    """The letter that asks the receiving agency for its written opinion (công văn, model 1.5)."""
    text = Text()
    text.part(
        "",
        f"{file.body.name} dự kiến {file.verb} {file.staff} sau đây đến công tác tại {file.to_place}:",
        *_summary(file),
        f"Đề nghị {file.receiver.name} nghiên cứu, cho ý kiến bằng văn bản về việc tiếp nhận, bố trí vị trí và thời "
        f"điểm tiếp nhận {file.who}, gửi {file.body.name} để tổng hợp, trình cấp có thẩm quyền quyết định./.",
    )
    about = f"trao đổi ý kiến về việc {file.verb} {file.who}"
    return _letter(
        file, file.body, "", "", about, _addressee(file.receiver), text, "", draft=file.case.agreed_on is None
    )


def notice(file: MoveFile) -> pdf.Paper:
    """Thông báo to the person: post, time, grounds, what to do (model 1.4)."""
    case = file.case
    day = case.notified_on or clock.today()
    decided = case.state in SETTLED and bool(case.decision_number)
    text = Text()
    articles = file.articles(day)
    grounds = f"Căn cứ {articles}" if articles else "Căn cứ quy định của pháp luật"
    if decided:
        grounds += f" và Quyết định số {case.decision_number} {day_in_text(case.decision_date)}"
    text.part(
        "",
        f"{grounds}, {file.body.name} thông báo để {file.who} được biết và thực hiện việc {file.noun} như sau:",
        *_summary(file),
    )
    text.part(
        "",
        f"{first_upper(file.who)} chuẩn bị bàn giao hồ sơ, tài liệu, công việc, tài sản và các tài khoản được giao "
        f"trước {day_in_text(case.effective_on)}. Trường hợp thuộc diện chưa hoặc không thực hiện {file.noun} theo "
        f"quy định, {file.who} báo cáo bằng văn bản kèm tài liệu chứng minh với {file.body.name} ngay khi nhận được "
        "Thông báo này.",
        f"{first_upper(file.who)} có quyền kiến nghị, khiếu nại theo quy định của pháp luật./.",
    )
    verb = "" if decided else "dự kiến "
    return _letter(
        file, file.body, "TB", "THÔNG BÁO", f"Về việc {verb}{file.verb} {file.centred_name}", file.who, text, "",
        draft=case.notified_on is None and not decided,
    )  # fmt: skip


def _letter(
    file: MoveFile, body: Body, sign: str, type_name: str, about: str, addressee: str, text: Text, closing: str, *,
    draft: bool, collective: bool = False,
) -> pdf.Paper:  # fmt: skip
    day = clock.today()
    letter = body.letterhead(sign, year=day.year, about="" if type_name else about)
    context = {
        "draft": draft and not file.for_signature,
        "letter": letter,
        "number": file.case.number,
        "type": type_name,
        "about": about if type_name else "",
        "addressee": first_upper(addressee),
        "parts_of_text": text.parts,
        "closing": closing,
        "signature": body.signature(collective=collective),
        "recipients": Recipients.of(["Như trên"], "TCCB").lines,
    }
    title = f"{first_upper((type_name or 'Công văn').lower())} – hồ sơ {file.case.number}"
    return pdf.render("movement_letter.html", context, title=title, subject=f"Hồ sơ {file.case.number}")


__all__ = ["Text", "agreement", "notice", "submission"]
