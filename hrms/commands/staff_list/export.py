"""Write the staff list the way agencies know it: what :func:`read_staff_list` reads, back to the last cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from hrms.kernel.spreadsheets import Column, Headings, SectionRow, write_table
from hrms.kernel.spreadsheets.export import CellKind
from hrms.kernel.text import years_and_months
from models.vocabulary import CATEGORIES

_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _column(
    key: str, title: str, group: str = "", kind: CellKind = "text", width: int | None = None, *, total: bool = False
) -> Column:
    return Column(key, title, group, kind, width, total)


_BIRTH, _SALARY, _ALLOWANCES = "Ngày, tháng, năm sinh", "Mức lương hiện hưởng", "Phụ cấp"
_EDUCATION, _INSURANCE = "Trình độ", "Thời gian đóng BHXH"

COLUMNS: tuple[Column, ...] = (
    _column("ordinal", "STT", kind="ordinal", width=5),
    _column("full_name", "Họ và tên", width=26),
    _column("birth_date_male", "Nam", _BIRTH, "date", 12),
    _column("birth_date_female", "Nữ", _BIRTH, "date", 12),
    _column("title", "Chức vụ, chức danh", width=24),
    _column("unit", "Đơn vị công tác", width=28),
    _column("category", "Loại cán bộ", width=14),
    _column("step_counted_from", "Thời gian giữ ngạch (bậc)", kind="date"),
    _column("coefficient", "Hệ số", _SALARY, "decimal", 8),
    _column("grade_code", "Mã ngạch", _SALARY, "code", 12),
    _column("step", "Bậc", _SALARY, "code", 7),
    _column("leadership", "Chức vụ", _ALLOWANCES, "decimal", 8),
    _column("beyond_frame_percent", "Vượt khung (%)", _ALLOWANCES, "percent", 8),
    _column("seniority_percent", "Thâm niên nghề (%)", _ALLOWANCES, "percent", 9),
    _column("public_service_percent", "Công vụ (%)", _ALLOWANCES, "percent", 8),
    _column("profession_preferential_percent", "Ưu đãi nghề (%)", _ALLOWANCES, "percent", 8),
    _column("profession_responsibility_percent", "Trách nhiệm nghề (%)", _ALLOWANCES, "percent", 9),
    _column("party_union_percent", "Đảng, đoàn thể (%)", _ALLOWANCES, "percent", 9),
    _column("retained_difference", "Chênh lệch bảo lưu", _ALLOWANCES, "decimal", 9),
    _column("area", "Khu vực", _ALLOWANCES, "decimal", 8),
    _column("other", "Khác", _ALLOWANCES, "decimal", 8),
    _column("agreed_amount", "Lương thỏa thuận", kind="money", width=13),
    _column("qualification", "Chuyên môn", _EDUCATION, width=18),
    _column("political_theory", "LLCT", _EDUCATION, width=11),
    _column("state_management", "QLNN", _EDUCATION, width=14),
    _column("foreign_language", "Ngoại ngữ", _EDUCATION, width=12),
    _column("informatics", "Tin học", _EDUCATION, width=11),
    _column("is_party_member", "Đảng viên", kind="mark"),
    _column("ethnicity", "Dân tộc", width=9),
    _column("religion", "Tôn giáo", width=9),
    _column("insurance_years", "Năm", _INSURANCE, "integer", 6),
    _column("insurance_months", "Tháng", _INSURANCE, "integer", 7),
    _column("recruited_on", "Ngày tuyển dụng", kind="date"),
    _column("retirement_annex", "Phụ lục I/II", kind="code", width=8),
    _column("code", "Mã cán bộ", kind="code"),
    _column("identity_number", "Số CCCD", kind="code", width=15),
    _column("insurance_number", "Số sổ BHXH", kind="code", width=13),
    _column("note", "Ghi chú", width=24),
)
SENSITIVE_KEYS = frozenset({"identity_number", "insurance_number", "religion", "ethnicity"})
"""Columns to leave out for readers who may not see them (``columns=`` of :func:`write_staff_list`)."""


def roman(number: int) -> str:
    """``4`` → ``IV``."""
    letters = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        letters += sign * count
    return letters


def write_staff_list(
    target: str | os.PathLike[str] | IO[bytes],
    people: Iterable[Mapping[str, Any]],
    headings: Headings,
    *,
    columns: tuple[Column, ...] = COLUMNS,
    by_unit: bool = False,
    prepared: str = "",
) -> int:
    """Write people (mappings with the keys of ``StaffRow.values``) and return how many.

    ``by_unit`` puts a numbered heading before each unit; the people must come unit by unit. STT is counted here.
    """
    return write_table(
        target, columns, _table_rows(people, by_unit), headings, sheet_name="Danh sách", prepared=prepared
    )


def _table_rows(people: Iterable[Mapping[str, Any]], by_unit: bool) -> Iterator[dict[str, Any] | SectionRow]:
    unit: object = None
    units = ordinal = 0
    for person in people:
        if by_unit and person.get("unit") != unit:
            unit = person.get("unit")
            units += 1
            ordinal = 0
            yield SectionRow(str(unit or ""), roman(units))
        ordinal += 1
        yield {**person, "ordinal": ordinal, **_in_cells(person)}


def _in_cells(person: Mapping[str, Any]) -> dict[str, Any]:
    """Where a value takes two columns, or a code has a word for readers."""
    female = person.get("sex") == "female"
    months = person.get("social_insurance_months")
    step, steps = person.get("step"), person.get("steps")
    return {
        "birth_date_male": None if female else person.get("birth_date"),
        "birth_date_female": person.get("birth_date") if female else None,
        "category": CATEGORIES.get(person.get("category", ""), person.get("category")),
        "step": f"{step}/{steps}" if step and steps else step,
        "grade_code": person.get("grade_code") or person.get("grade_name"),
        "insurance_years": None if months is None else years_and_months(months)[0],
        "insurance_months": None if months is None else years_and_months(months)[1],
    }
