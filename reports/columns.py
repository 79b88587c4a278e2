"""The columns of the lists with estimate: early retirement (set B), severance (set C), other policies.

No national form exists (NĐ 178, NĐ 67, TT 01/2025/TT-BNV have none); keys are stable, a province may leave columns out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.kernel.text import PartialDate, add_months
from policies.labels import BENEFIT_LABELS, LINE_LABELS
from reports.batch_file import source_heading
from reports.case_file import CaseFile
from reports.tables import Column
from reports.wording import ground_article

SALARY = "Hệ số lương, phụ cấp"
LINES = "Các khoản trợ cấp (đồng)"
SHORT_LINES = {
    "early_months": "Theo số tháng nghỉ sớm",
    "early_years": "Theo số năm nghỉ sớm",
    "service_years": "Theo thời gian công tác",
    "severance_months": "Theo số tháng tính trợ cấp",
    "severance_years": "1,5 tháng lương mỗi năm đóng BHXH",
    "job_search": "03 tháng lương tìm việc làm",
    "local_top_up": "Hỗ trợ của địa phương",
}


def _person(file: CaseFile) -> Any:
    return file.inputs.get("person") or {}


def _allowance(name: str) -> Callable[[CaseFile], Decimal | None]:
    def value(file: CaseFile) -> Decimal | None:
        found = ((file.inputs.get("salary") or {}).get("allowances") or {}).get(name)
        number = None if found is None else Decimal(str(found))
        return number or None

    return value


def _coefficient(file: CaseFile) -> Decimal | None:
    found = (file.inputs.get("salary") or {}).get("coefficient")
    return None if found is None else Decimal(str(found))


def _born(sex: str) -> Callable[[CaseFile], PartialDate | None]:
    def value(file: CaseFile) -> PartialDate | None:
        person = file.case.person
        return PartialDate(person.birth_date, person.birth_precision) if person.sex == sex else None  # type: ignore[arg-type]

    return value


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def _age_month(file: CaseFile) -> str:
    """The month in which the retirement age is reached: the pension begins with the month after it."""
    pension = _day(file.result.get("retirement_date"))
    return "" if pension is None else f"{add_months(pension, -1):%m/%Y}"


def _number(key: str) -> Callable[[CaseFile], Decimal | None]:
    def value(file: CaseFile) -> Decimal | None:
        found = file.result.get(key)
        return None if found is None else Decimal(str(found)).normalize()

    return value


def _line(code: str) -> Callable[[CaseFile], int | None]:
    def value(file: CaseFile) -> int | None:
        found = [int(line["amount"]) for line in file.lines if line["code"] == code]
        return sum(found) if found else None

    return value


def _rate(file: CaseFile) -> Decimal | None:
    """0,8 or 0,4: what one month of severance counts."""
    months = file.result.get("severance_months")
    factor = next((line["factor"] for line in file.lines if line["code"] == "severance_months"), None)
    return Decimal(str(factor)) / int(months) if factor is not None and months else None


def _ratings(file: CaseFile) -> str:
    return "; ".join(f"{row.year}: {row.level}" for row in file.case.assessments if row.level)


def _note(file: CaseFile) -> str:
    return f"điều chỉnh lần {file.case.revision - 1}" if file.case.revision > 1 else ""


def _name_and_post(file: CaseFile) -> str:
    return f"{file.name}\n{file.post}" if file.post else file.name


_FIRST = (
    Column("tt", "TT", lambda file: None, "mark", mm=6, chars=5),
    Column("case_number", "Số hồ sơ", lambda file: file.case.label, "code", chars=19, on_page=False),
    Column(
        "identity",
        "Số định danh cá nhân",
        lambda file: file.case.person.identity_number,
        "code",
        chars=16,
        on_page=False,
        in_sheet=False,
    ),
    Column("name_post", "Họ và tên, chức vụ", _name_and_post, mm=31, in_sheet=False),
    Column("name", "Họ và tên", lambda file: file.name, chars=21, on_page=False),
    Column("birth_male", "Nam", _born("male"), "date", "Ngày, tháng, năm sinh", mm=5, chars=12),
    Column("birth_female", "Nữ", _born("female"), "date", "Ngày, tháng, năm sinh", mm=5, chars=12),
    Column("post", "Chức vụ, chức danh, vị trí việc làm", lambda file: file.post, chars=17, on_page=False),
    Column("unit", "Đơn vị công tác", lambda file: file.case.unit.name, chars=22, on_page=False),
    Column(
        "ground",
        "Đối tượng (Điều 2)",
        lambda file: ground_article(file.case.ground).replace(" Điều 2", ""),
        mm=12,
        chars=18,
    ),
    Column("annex", "Phụ lục tuổi nghỉ hưu", lambda file: file.case.retirement_annex, "code", mm=5, chars=8),
    Column("age_month", "Tháng đủ tuổi nghỉ hưu", _age_month, "code", mm=5, chars=11),
    Column(
        "effective_on",
        "Ngày sắp xếp có hiệu lực",
        lambda file: _day((file.inputs.get("restructuring") or {}).get("effective_date")),
        "date",
        chars=12,
        on_page=False,
    ),
    Column("leave_date", "Ngày nghỉ", lambda file: file.leave_date, "date", mm=5, chars=12),
    Column(
        "first12", "Trong 12 tháng đầu", lambda file: file.result.get("within_first_12_months"), "mark", mm=5, chars=9
    ),
    Column("coefficient", "Hệ số lương", _coefficient, "factor", SALARY, mm=5, chars=9, optional=True),
    Column("leadership", "Chức vụ", _allowance("leadership"), "factor", SALARY, mm=5, chars=8, optional=True),
    Column(
        "beyond_frame",
        "Vượt khung (%)",
        _allowance("beyond_frame_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=8,
        optional=True,
    ),
    Column(
        "seniority",
        "Thâm niên nghề (%)",
        _allowance("seniority_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=9,
        optional=True,
    ),
    Column(
        "preferential",
        "Ưu đãi nghề (%)",
        _allowance("profession_preferential_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=8,
        optional=True,
    ),
    Column(
        "responsibility",
        "Trách nhiệm nghề (%)",
        _allowance("profession_responsibility_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=9,
        optional=True,
    ),
    Column(
        "public_service",
        "Công vụ (%)",
        _allowance("public_service_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=8,
        optional=True,
    ),
    Column(
        "party_union",
        "Đảng, đoàn thể (%)",
        _allowance("party_union_percent"),
        "percent",
        SALARY,
        mm=5,
        chars=9,
        optional=True,
    ),
    Column("retained", "Bảo lưu", _allowance("retained_difference"), "factor", SALARY, mm=5, chars=8, optional=True),
    Column(
        "monthly_salary",
        "Tiền lương tháng hiện hưởng (đồng)",
        lambda file: file.result.get("monthly_salary"),
        "money",
        mm=10,
        chars=14,
    ),
)
_INSURANCE = (
    Column("insured_years", "Năm", lambda file: _insured(file, 0), "integer", "Thời gian đóng BHXH", mm=5, chars=6),
    Column("insured_months", "Tháng", lambda file: _insured(file, 1), "integer", "Thời gian đóng BHXH", mm=5, chars=7),
    Column("counted_years", "Số năm tính", _number("social_insurance_years"), "decimal", mm=5, chars=8),
)
_LAST = (
    Column("source", "Nguồn kinh phí", lambda file: source_heading(file.case.funding_source), chars=15, on_page=False),
    Column("ratings", "Kết quả đánh giá 03 năm", _ratings, chars=17, on_page=False),
    Column("voluntary", "Tự nguyện", lambda file: file.case.voluntary, "mark", chars=8, on_page=False),
    Column("note", "Ghi chú", _note, mm=13, chars=12, optional=True),
)


def _insured(file: CaseFile, part: int) -> int | None:
    months = _person(file).get("social_insurance_months")
    return None if months is None else divmod(int(months), 12)[part]


def _amount(code: str, title: str = "", optional: bool = False) -> Column:
    return Column(
        code,
        title or SHORT_LINES.get(code, LINE_LABELS.get(code, code)),
        _line(code),
        "money",
        LINES,
        mm=12,
        chars=15,
        part=True,
        total=True,
        optional=optional,
    )


_SUM = Column("total", "Tổng cộng (đồng)", lambda file: file.total, "money", mm=12, chars=17, sums=True, total=True)
_EARLY = (
    Column("months_early", "Số tháng nghỉ sớm", lambda file: file.result.get("months_early"), "integer", mm=5, chars=8),
    Column("years_early", "Số năm nghỉ sớm", _number("years_early"), "decimal", mm=5, chars=8),
)
_SEVERANCE = (
    Column(
        "severance_count",
        "Số tháng tính trợ cấp",
        lambda file: file.result.get("severance_months"),
        "integer",
        mm=5,
        chars=9,
    ),
    Column("severance_rate", "Hệ số 0,8 hoặc 0,4", _rate, "decimal", mm=5, chars=9),
)
_POLICY = Column("benefit", "Chính sách", lambda file: BENEFIT_LABELS.get(file.benefit, file.benefit), mm=24, chars=26)
LIST_LINES = {
    "early_retirement": ("early_months", "early_years", "service_years"),
    "severance": ("severance_months", "severance_years", "job_search"),
}
IDENTITY = "identity"


def list_columns(benefit: str, files: Sequence[CaseFile], *, identity: bool = False) -> list[Column]:
    """The columns of one list. Lines that the set does not foresee get a column of their own, so that rows add up.

    ``identity``: with the personal identity number in the spreadsheet (a right of its own, off by default).
    """
    known = LIST_LINES.get(benefit, ())
    present = list(dict.fromkeys(str(line["code"]) for file in files for line in file.lines))
    amounts = [_amount(code) for code in known]
    amounts += [_amount(code, optional=True) for code in present if code not in known]
    middle: tuple[Column, ...]
    if benefit == "early_retirement":
        middle = (*_EARLY, *_INSURANCE)
    elif benefit == "severance":
        middle = (*_INSURANCE, *_SEVERANCE)
    else:
        middle = (_POLICY,)
    first = tuple(replace(column, in_sheet=identity) if column.key == IDENTITY else column for column in _FIRST)
    if len(amounts) == 1:
        amounts = [replace(amounts[0], group="")]
    return [*first, *middle, *amounts, _SUM, *_LAST]
