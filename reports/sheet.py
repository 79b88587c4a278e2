"""The calculation sheet (phiếu tính chế độ): facts, salary, dates, every line, the whole explanation, who signs.

Fed by a stored calculation of a case, or by the calculator's bare result: both are the plain data of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from hrms.kernel.text import months_to_words
from policies.labels import ANNEX_LABELS, BENEFIT_LABELS, CATEGORY_LABELS, DECREE_LABELS, SEX_LABELS, WARNING_LABELS
from reports import pdf
from reports.case_file import CaseFile
from reports.charts import FONTS
from reports.formats import birth_text, day, number, without_stop
from reports.letter import Hand, Letterhead
from reports.salary_parts import salary_parts
from reports.tree import plain, tree_lines

HANDS = (
    Hand("NGƯỜI LẬP"),
    Hand("PHỤ TRÁCH KẾ TOÁN"),
    Hand("THỦ TRƯỞNG ĐƠN VỊ", how="Ký, ghi rõ họ tên, đóng dấu"),
)


@dataclass(frozen=True)
class Computed:
    """What makes a calculation repeatable. ``at`` is ready-made text (local time), empty to print none."""

    engine_version: str
    law_version: str
    fingerprint: str
    by: str = ""
    at: str = ""
    frozen: bool = False


@dataclass(frozen=True)
class Subject:
    """Who the sheet is about; a trial calculation has no name."""

    name: str = ""
    post: str = ""
    place: str = ""
    insurance_number: str = ""
    case_number: str = ""


@dataclass
class Sheet:
    """Everything the template prints; build it with :func:`sheet_data`."""

    inputs: Mapping[str, Any]
    result: Mapping[str, Any]
    computed: Computed
    subject: Subject = field(default_factory=Subject)
    letter: Letterhead | None = None
    sources: Mapping[str, str] = field(default_factory=dict)  # path of a fact → where it comes from
    chart: Markup | None = None
    chart_note: str = ""
    hands: tuple[Hand, ...] = HANDS
    draft: bool = True
    watermark: str = "DỰ THẢO"
    place: str = ""

    @property
    def about(self) -> str:
        benefit = BENEFIT_LABELS.get(str(self.result["benefit"]), str(self.result["benefit"]))
        return f"{benefit} theo {document_of(str(self.result['decree']))}"

    @property
    def people(self) -> list[tuple[str, str]]:
        """Facts about the person and the leave: label and value, in reading order."""
        person, leave = self.inputs.get("person") or {}, self.inputs.get("leave") or {}
        act, around = self.inputs.get("restructuring") or {}, self.inputs.get("circumstances") or {}
        months, public = person.get("social_insurance_months"), person.get("public_service_months")
        rows = [
            ("Họ và tên", self.subject.name),
            ("Ngày sinh", birth_text(person.get("birth_date"))),
            ("Giới tính", SEX_LABELS.get(str(person.get("sex")), "")),
            ("Đối tượng", CATEGORY_LABELS.get(str(person.get("category")), "")),
            ("Chức vụ, chức danh", self.subject.post),
            ("Giữ chức vụ lãnh đạo", "có" if person.get("leader") else "không"),
            ("Đơn vị công tác", self.subject.place),
            ("Số sổ BHXH", self.subject.insurance_number),
            ("Tuổi nghỉ hưu theo", f"{ANNEX_LABELS.get(person.get('retirement_annex') or 'I', '')} NĐ 135/2020/NĐ-CP"),
            ("Thời gian đóng BHXH", _months(months)),
            ("Trong đó tại cơ quan của Điều 1", _months(public if public is not None else months)),
            ("Nhóm theo NĐ 177", str(person.get("group_177") or "").replace("k", "khoản ")),
            ("Văn bản sắp xếp có hiệu lực", day(act.get("effective_date"))),
            ("Chịu tác động trực tiếp", "có" if act.get("directly_affected") else "không"),
            ("Nghỉ từ ngày", day(leave.get("date"))),
            ("Ngày quyết định", day(leave.get("decision_date"))),
            ("Tự nguyện xin nghỉ", "có" if around.get("voluntary", True) else "không"),
            ("Đã hưởng chế độ theo", _decree(around.get("earlier_benefit"))),
        ]
        return [(label, value) for label, value in rows if value]

    @property
    def pairs(self) -> list[list[tuple[str, str]]]:
        """:attr:`people` two by two for a table of four columns."""
        rows = self.people
        half = (len(rows) + 1) // 2
        return [[rows[i], *rows[i + half : i + half + 1]] for i in range(half)]

    @property
    def salary(self) -> Sequence[Any]:
        return salary_parts(self.inputs, self.result)

    @property
    def salary_node(self) -> Mapping[str, Any]:
        """The step with the formula of the monthly salary."""
        amount = self.result.get("monthly_salary")
        for node in _all(self.result.get("trace") or {}):
            if node.get("value") == amount and node.get("unit") == "đồng/tháng":
                return node
        return {}

    @property
    def counting(self) -> list[tuple[str, str, str]]:
        """Dates and durations the amounts rest on: label, value, how it was counted."""
        result = self.result
        steps = {node["label"]: plain(node.get("formula") or "") for node in _all(result.get("trace") or {})}

        def how(start: str) -> str:
            return next((text for label, text in steps.items() if str(label).startswith(start) and text), "")

        first12 = result.get("within_first_12_months")
        rows = [
            ("Ngày hưởng lương hưu theo tuổi", day(result.get("retirement_date")), how("Ngày hưởng lương hưu")),
            ("Số tháng nghỉ sớm", _with(result.get("months_early"), "tháng"), how("Số tháng nghỉ sớm")),
            ("Số năm nghỉ sớm", _with(number(result.get("years_early")), "năm"), how("Số năm nghỉ sớm")),
            (
                "Số năm đóng BHXH để tính",
                _with(number(result.get("social_insurance_years")), "năm"),
                how("Số năm đóng BHXH"),
            ),
            ("Số tháng tính trợ cấp thôi việc", _with(result.get("severance_months"), "tháng"), how("Số tháng tính")),
            (
                "Nghỉ trong 12 tháng đầu",
                "" if first12 is None else "có" if first12 else "không",
                how("Nghỉ trong 12 tháng"),
            ),
        ]
        return [row for row in rows if row[1]]

    @property
    def options(self) -> list[tuple[str, str, bool, int, list[str]]]:
        """Every policy that was compared: document, benefit, whether it may be had, total, why or why not."""
        rows = [self.result, *(self.result.get("alternatives") or ())]
        return [
            (
                document_of(str(row["decree"])),
                BENEFIT_LABELS.get(str(row["benefit"]), str(row["benefit"])),
                bool(row["eligible"]),
                int(row["total"]),
                [
                    f"{without_stop(plain(reason['message']))} ({reason['article']})"
                    for reason in row.get("reasons") or ()
                ],
            )
            for row in rows
        ]

    @property
    def drawn_chart(self) -> Markup:
        """The chart with one plain face: a PDF has no list of faces to fall back on."""
        return Markup(str(self.chart).replace(FONTS, "Liberation Sans"))  # noqa: S704 - the chart escaped its words

    @property
    def warnings(self) -> list[tuple[str, str, str]]:
        return [
            (WARNING_LABELS.get(str(w["code"]), str(w["code"])), plain(str(w["message"])), str(w["article"]))
            for w in self.result.get("warnings") or ()
        ]

    @property
    def tree(self) -> Sequence[Any]:
        return tree_lines(self.result.get("trace") or {})


def _all(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every node, the ones near the root first: an explanation may hold that of an older text inside."""
    found: list[Mapping[str, Any]] = []
    row: list[Mapping[str, Any]] = [node] if node else []
    while row:
        found.extend(row)
        row = [child for one in row for child in one.get("children") or ()]
    return found


def document_of(number_of_decree: str) -> str:
    """``178/2024/NĐ-CP`` → ``NĐ 178/2024/NĐ-CP``."""
    kind = "NQ" if "NQ-" in number_of_decree else "NĐ"
    return number_of_decree if number_of_decree.startswith(kind) else f"{kind} {number_of_decree}"


def _months(months: Any) -> str:
    return "" if months is None else f"{months} tháng ({months_to_words(int(months))})"


def _with(value: Any, unit: str) -> str:
    return "" if value in (None, "") else f"{value} {unit}"


def _decree(code: Any) -> str:
    return "" if not code else DECREE_LABELS.get(str(code), str(code))


def sheet_of_case(file: CaseFile, computed_at: str, issued_on: date | None = None) -> Sheet:
    """The sheet of a case; its calculation must exist (:meth:`CaseFile.need_calculation`)."""
    file.need_calculation()
    row = file.calculation
    assert row is not None
    hands = (*HANDS[:2], Hand("THỦ TRƯỞNG ĐƠN VỊ", file.body.signer, HANDS[2].how))
    return Sheet(
        inputs=file.inputs,
        result=file.result,
        computed=Computed(
            row.engine_version, row.law_version, row.parameters_fingerprint, row.by, computed_at, row.frozen
        ),
        subject=Subject(file.name, file.post, file.place, file.insurance_number, file.case.label),
        letter=replace(file.body.letterhead("", issued_on=issued_on), symbol=""),
        hands=hands,
        draft=file.draft,
        place=file.body.place,
    )


def render_sheet(sheet: Sheet) -> pdf.Paper:
    """Lay the sheet out; the file's title carries the case number and no name."""
    title = "Phiếu tính chế độ" + (f" {sheet.subject.case_number}" if sheet.subject.case_number else "")
    return pdf.render(
        "sheet.html",
        {"sheet": sheet, "draft": sheet.draft, "watermark": sheet.watermark},
        title=title,
        subject=sheet.about,
    )
