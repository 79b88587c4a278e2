"""The sheet of a person or a collective in the layout of its regime (NĐ 90 Mẫu 01-03, NĐ 335 Mẫu 01, NĐ 233 PL II,
HD 43-HD/BTCTW); where the form is an assumption of this project the paper says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.kernel import clock
from hrms.kernel.text import fold
from models.evaluation import UnitEvaluation
from policies.evaluation import ASSUMED, Sheet, forms_for, level_label, reason_text
from policies.evaluation.sheets import GENERAL
from reports import pdf
from reports.evaluation.files import LEVELS, CycleFile, Files, Points, SheetFile
from reports.letter import Body, Hand, body_of, issuing_unit

PARTY = ("QD124", "QD366")
# Where a line of a province's sheet belongs in the sections of NĐ 90: by its folded words, codes differ.
SECTIONS = (
    ("thai do phuc vu", 6),
    ("tap hop, doan ket", 9),
    ("nang luc lanh dao", 8),
    ("cua co quan, don vi", 7),
    ("quan ly truc tiep", 7),
    ("chi so cai cach hanh chinh", 7),
)
HEADINGS = {
    1: "Chính trị tư tưởng",
    2: "Đạo đức, lối sống",
    3: "Tác phong, lề lối làm việc",
    4: "Ý thức tổ chức kỷ luật",
    5: "Kết quả thực hiện chức trách, nhiệm vụ được giao (mức độ hoàn thành, số lượng, chất lượng, tiến độ)",
    6: "Thái độ phục vụ Nhân dân, doanh nghiệp",
    7: "Kết quả hoạt động của cơ quan, tổ chức, đơn vị được giao lãnh đạo, quản lý, phụ trách",
    8: "Năng lực lãnh đạo, quản lý",
    9: "Năng lực tập hợp, đoàn kết",
}


@dataclass(frozen=True)
class Row:
    """A row of the table of points: a group (bold, with its sum) or a line."""

    code: str
    name: str
    most: Decimal | None
    points: tuple[Any, ...]
    group: bool = False
    percent: str = ""


def point_rows(form: Sheet, hands: Sequence[Points], *, leads: bool, part: str = "") -> list[Row]:
    """Groups and lines with what each hand gave."""
    rows = []
    for group in form.groups:
        if (part and group.part != part) or group.leaders not in (None, leads):
            continue
        codes = [line.code for line in group.lines]
        rows.append(Row(group.code, group.name, group.max, tuple(h.group(codes) for h in hands), True))
        for line in group.lines:
            percent = next((text for hand in hands if (text := hand.percent(line.code))), "")
            rows.append(Row(line.code, line.name, line.max, tuple(h.line(line.code) for h in hands), False, percent))
    return rows


def _section(name: str) -> int:
    words = fold(name)
    return next((number for key, number in SECTIONS if key in words), 5)


def sections(file: SheetFile) -> list[tuple[int, str, str]]:
    """The numbered sections of part I of NĐ 90: (number, heading, points of its lines in words)."""
    form = file.form
    lines: dict[int, list[str]] = {}
    for group in form.groups if form is not None else ():
        if group.leaders not in (None, file.leads):
            continue
        general = group.part == GENERAL and group.code.isdigit() and int(group.code) <= 4
        for line in group.lines:
            number = int(group.code) if general else _section(line.name)
            lines.setdefault(number, []).append(line.code)
    last = 9 if file.leads else 6
    return [(number, HEADINGS[number], _given(file, lines.get(number, ()))) for number in range(1, last + 1)]


def _given(file: SheetFile, codes: Sequence[str]) -> str:
    form = file.form
    if form is None or not codes or not file.own.given:
        return ""
    if form.scale_max is None:
        words = [str(word) for code in codes if (word := file.own.line(code))]
        return "; ".join(dict.fromkeys(words))
    value = file.own.group(codes)
    most = sum((line.max or Decimal(0) for code in codes if (line := form.line(code)) is not None), Decimal(0))
    return "" if value is None else f"{_comma(value)}/{_comma(most)} điểm"


def _comma(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def why(codes: Sequence[str] | None) -> list[str]:
    """Reason codes as sentences."""
    return [reason_text(code) for code in codes or ()]


def sheet_title(file: SheetFile) -> str:
    """The form's title; of the province's layer the national one it lies over."""
    regime, klass = file.sheet.regime, file.sheet.klass
    forms = forms_for(regime, klass)
    return (forms[0].title if forms else "Phiếu đánh giá, xếp loại chất lượng").upper()


def layout_of(regime: str) -> str:
    """nd335, nd233, party or nd90."""
    return {"ND335": "nd335", "ND233": "nd233"}.get(regime, "party" if regime in PARTY else "nd90")


def person_sheet(file: SheetFile, press: Callable[..., Any] = pdf.render) -> Any:
    """The sheet as far as it is filled; BẢN NHÁP while nothing is submitted. ``press``: render, or only fill in."""
    form, sheet = file.form, file.sheet
    hands = [file.own, file.unit, file.decided]
    layout = layout_of(sheet.regime)
    context: dict[str, Any] = {
        "draft": sheet.state == "draft",
        "watermark": "BẢN NHÁP",
        "letter": _letter(file.body, None, party=layout == "party"),
        "file": file,
        "sheet": sheet,
        "title": sheet_title(file),
        "layout": layout,
        "graded": form is not None and form.scale_max is None,
        "assumed": ASSUMED if form is not None and form.assumption else "",
        "form": form,
        "measures": measure_rows(_stated(file), PERSON_WORDS) if layout == "party" else [],
        "rows": point_rows(form, hands, leads=file.leads) if form is not None else [],
        "general_rows": point_rows(form, hands, leads=file.leads, part=GENERAL) if form is not None else [],
        "sections": sections(file) if layout == "nd90" else [],
        "general_most": form.part_max(GENERAL) if form is not None and form.scale_max is not None else None,
        "result_most": form.part_max("RESULT") if form is not None and form.scale_max is not None else None,
        "ratios": ratio_lines(form, file.own) if form is not None and layout == "nd335" else [],
        "levels": [(code, level_label(code)) for code in LEVELS],
        "level_self": level_label(sheet.level_self) if sheet.level_self else "",
        "level": level_label(file.level) if file.level else "",
        "reasons": why(sheet.reasons) if file.settled and not file.hidden else [],
        "submitted": clock.local(sheet.self_submitted_at).date() if sheet.self_submitted_at else None,
        "special": special(sheet.facts or {}, sheet.exit_code),
        "self_hand": Hand("NGƯỜI TỰ ĐÁNH GIÁ", file.name),
        "decided_hand": Hand("CẤP CÓ THẨM QUYỀN", _signer(file), "Ký, ghi rõ họ tên, đóng dấu"),
        "decision": None if file.hidden else file.decision,
    }
    title = f"Phiếu đánh giá {file.label}"
    return press("evaluation_sheet.html", context, title=title, subject=file.of.period)


def ratio_lines(form: Sheet, points: Points) -> list[tuple[str, str, str]]:
    """a, b, c [d, đ, e] of NĐ 335 in percent."""
    return [
        (line.code, line.name, points.percent(line.code) or str(points.given.get(line.code) or ""))
        for group in form.groups
        if group.formula
        for line in group.lines
    ]


def _signer(file: SheetFile) -> str:
    """The name of who decided, without the post that stands above it."""
    name: str = (file.of_unit("decided_by") or "").partition(",")[0]
    return name if file.settled and not name.startswith(("Chủ tịch", "Người đứng đầu")) else ""


def _letter(body: Body, issued_on: date | None, *, party: bool = False) -> Any:
    """The head of a sheet; on the Party side under the Party organisation of the body (HD 43-HD/BTCTW)."""
    found = replace(body.letterhead("", issued_on=issued_on), symbol="")
    if not party or body.is_party:
        return found
    return replace(found, superior=f"ĐẢNG BỘ {body.name}".upper(), body="CHI BỘ ……………………", party=True)


def special(facts: dict[str, Any], exit_code: str) -> list[str]:
    """The special cases of the period, as people read them."""
    found: list[str] = []
    if moved := facts.get("transferred"):
        found.append(f"Chuyển công tác trong kỳ từ {moved.get('agency', '')}")
    if away := facts.get("seconded"):
        found.append(f"Biệt phái từ {away.get('from', '')}")
    for kind, months in (facts.get("leave") or {}).items():
        words = {"maternity": "thai sản", "sick": "ốm đau", "unpaid": "không hưởng lương", "study": "đi học"}
        found.append(f"Nghỉ {words.get(kind, 'khác')}: {str(months).replace('.', ',')} tháng")
    for one in facts.get("concurrent") or ():
        found.append(f"Kiêm nhiệm: {one.get('title', '')}, {one.get('unit', '')}")
    for one in facts.get("disciplined") or ():
        found.append(f"Kỷ luật: {one.get('form', '')}")
    if exit_code:
        text = reason_text(exit_code)
        found.append(text if text != exit_code else "Không xếp loại theo lý do ghi tại phiếu")
    return found


def remarks_paper(file: SheetFile, press: Callable[..., Any] = pdf.render) -> Any:
    """Remarks of the manager, the meeting and the Party committee on one person (Điều 17-19 NĐ 90/2020)."""
    sheet = file.sheet
    context = {
        "draft": sheet.state in ("draft", "self_submitted"),
        "letter": _letter(file.body, None),
        "file": file,
        "sheet": sheet,
        "level_self": level_label(sheet.level_self) if sheet.level_self else "",
        "level_unit": level_label(sheet.level_unit) if sheet.level_unit and not file.hidden else "",
        "hands": (Hand("CẤP ỦY (nếu có)"), Hand("NGƯỜI NHẬN XÉT", file.of_unit("manager_remark_by") or "")),
    }
    return press("evaluation_remarks.html", context, title=f"Nhận xét {file.label}", subject=file.of.period)


def unit_sheet(record: UnitEvaluation, files: Files | None = None) -> pdf.Paper:
    """The sheet of a collective, with its index of administrative reform where it is recorded."""
    from reports.evaluation.figures import reform_rows

    reader = files or Files()
    of: CycleFile = reader.cycle(record.cycle)
    form = of.form(record.sheet_code)
    hands = [
        Points(record.points_self or {}, form, record.score_self),
        Points(record.points_proposed or {}, form, record.score_proposed),
        Points(record.points_decided or {}, form, record.score),
    ]
    body = body_of(issuing_unit(record.unit))
    forms = forms_for(record.regime, "TT")
    context: dict[str, Any] = {
        "draft": record.state == "draft",
        "watermark": "BẢN NHÁP",
        "letter": _letter(body, None, party=record.regime in PARTY),
        "record": record,
        "period": of.period,
        "title": (forms[0].title if forms else "Phiếu đánh giá, xếp loại chất lượng tập thể").upper(),
        "assumed": ASSUMED if form is not None and form.assumption else "",
        "rows": point_rows(form, hands, leads=False) if form is not None else [],
        "scores": (record.score_self, record.score_proposed, record.score),
        "measures": measure_rows(record.measures or {}, UNIT_WORDS),
        "graded": form is not None and form.scale_max is None,
        "texts": record.texts or {},
        "levels": tuple(level_label(code) if code else "" for code in
                        (record.level_self, record.level_proposed, record.level)),
        "reform": reform_rows(record.unit_id, record.cycle.year),
        "hands": (Hand("THỦ TRƯỞNG ĐƠN VỊ"), Hand("CẤP CÓ THẨM QUYỀN", "", "Ký, ghi rõ họ tên, đóng dấu")),
    }  # fmt: skip
    title = f"Phiếu đánh giá tập thể TT-{record.cycle.year}-{record.id}"
    return pdf.render("evaluation_unit.html", context, title=title, subject=of.period)


# Figures and answers as the sheets print them, in this order.
PERSON_WORDS = {
    "done_percent": "Nhiệm vụ hoàn thành",
    "on_time": "Đúng tiến độ, bảo đảm chất lượng",
    "over_percent": "Nhiệm vụ vượt mức",
    "late_percent": "Nhiệm vụ chậm tiến độ",
    "faults_repaired": "Đã khắc phục hạn chế, khuyết điểm được chỉ ra",
    "unit_done_percent": "Đơn vị phụ trách hoàn thành chỉ tiêu, nhiệm vụ",
    "unit_on_time_percent": "Đơn vị phụ trách đúng tiến độ",
    "unit_over_percent": "Đơn vị phụ trách vượt mức",
    "five_targets_missed": "Không đạt năm chỉ tiêu kinh tế - xã hội",
    "units_kht_percent": "Đơn vị phụ trách không hoàn thành nhiệm vụ",
    "low_confidence_percent": "Phiếu tín nhiệm thấp",
    "tasks_not_completed_percent": "Nhiệm vụ trong năm không hoàn thành",
    "listed_case": "Thuộc trường hợp phải xếp không hoàn thành nhiệm vụ",
}
UNIT_WORDS = {
    "done_percent": "Chỉ tiêu, nhiệm vụ hoàn thành",
    "on_time_percent": "Đúng tiến độ",
    "over_percent": "Vượt mức",
    "late_percent": "Chậm tiến độ",
    "on_time": "Tất cả đúng tiến độ, bảo đảm chất lượng",
    "faults_repaired": "Đã khắc phục hạn chế được chỉ ra",
    "five_targets_missed": "Không đạt năm chỉ tiêu kinh tế - xã hội",
    "wrongdoing": "Có kết luận sai phạm công tác cán bộ, mất đoàn kết",
    "degradation": "Có kết luận về suy thoái, tự diễn biến, tự chuyển hóa",
    "member_disciplined": "Có thành viên bị kỷ luật liên quan đến nhiệm vụ",
    "subunit_disciplined": "Có đơn vị trực thuộc bị kỷ luật",
    "force_majeure": "Do bất khả kháng, có văn bản xác nhận",
    "listed_case": "Thuộc trường hợp phải xếp không hoàn thành nhiệm vụ",
}
# What only those above state: blank on the person's own print until the result is told.
GROUNDS = frozenset(
    {"five_targets_missed", "units_kht_percent", "low_confidence_percent", "tasks_not_completed_percent", "listed_case"}
)
ANSWERS: dict[Any, str] = {True: "có", False: "không"}


def _stated(file: SheetFile) -> dict[str, Any]:
    """What the person stated, and what others stated once the person may see it."""
    return {key: value for key, value in (file.sheet.measures or {}).items() if not (file.hidden and key in GROUNDS)}


def _answer(value: Any) -> str:
    return ANSWERS[value] if isinstance(value, bool) else f"{str(value).replace('.', ',')}%"


def measure_rows(measures: dict[str, Any], words: dict[str, str]) -> list[tuple[str, str]]:
    """Figures in percent and answers in words, in the order of ``words``."""
    return [(label, _answer(measures[key])) for key, label in words.items() if key in measures]
