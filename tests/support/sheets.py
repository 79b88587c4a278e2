"""Build spreadsheets for tests: the usual staff list with its two header rows, and raw archives to be broken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

USUAL_HEADER: tuple[tuple[str, str], ...] = (
    ("STT", ""),
    ("Họ và tên", ""),
    ("Ngày, tháng, năm sinh", "Nam"),
    ("Ngày, tháng, năm sinh", "Nữ"),
    ("Chức vụ, chức danh", ""),
    ("Đơn vị công tác", ""),
    ("Thời gian giữ ngạch (bậc)", ""),
    ("Mức lương hiện hưởng", "Hệ số"),
    ("Mức lương hiện hưởng", "Mã ngạch"),
    ("Mức lương hiện hưởng", "Bậc"),
    ("Phụ cấp", "Chức vụ"),
    ("Phụ cấp", "Vượt khung (%)"),
    ("Phụ cấp", "Thâm niên nghề (%)"),
    ("Phụ cấp", "Khác"),
    ("Trình độ", "Chuyên môn"),
    ("Trình độ", "LLCT"),
    ("Trình độ", "QLNN"),
    ("Trình độ", "Ngoại ngữ"),
    ("Trình độ", "Tin học"),
    ("Đảng viên", ""),
    ("Dân tộc", ""),
    ("Tôn giáo", ""),
    ("Thời gian đóng BHXH", "Năm"),
    ("Thời gian đóng BHXH", "Tháng"),
    ("Ghi chú", ""),
)
USUAL_KEYS = (
    "ordinal", "full_name", "birth_date_male", "birth_date_female", "title", "unit", "step_counted_from",
    "coefficient", "grade_code", "step", "leadership", "beyond_frame_percent", "seniority_percent", "other",
    "qualification", "political_theory", "state_management", "foreign_language", "informatics", "is_party_member",
    "ethnicity", "religion", "insurance_years", "insurance_months", "note",
)  # fmt: skip


def book_of(rows: Iterable[Sequence[Any]], *, title: str = "Sheet1") -> openpyxl.Workbook:
    """A workbook with one sheet of plain rows; ``None`` and ``""`` leave a cell empty."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = title
    fill(page, rows)
    return book


def fill(page: Worksheet, rows: Iterable[Sequence[Any]], first_row: int = 1) -> None:
    for row_number, row in enumerate(rows, start=first_row):
        for column, value in enumerate(row, start=1):
            if value not in (None, ""):
                page.cell(row_number, column, value)


def to_bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    return to_bytes(book_of(rows))


def write_header(page: Worksheet, header: Sequence[tuple[str, str]], row: int, *, merged: bool = True) -> None:
    """Two header rows; groups written over their first column, joined unless ``merged`` is off."""
    start = 0
    for index, (group, leaf) in enumerate(header):
        if index == 0 or group != header[index - 1][0]:
            start = index
            page.cell(row, index + 1, group)
        if leaf:
            page.cell(row + 1, index + 1, leaf)
        closes = index + 1 == len(header) or header[index + 1][0] != group
        if merged and not leaf:
            page.merge_cells(start_row=row, end_row=row + 1, start_column=index + 1, end_column=index + 1)
        elif merged and closes and index > start:
            page.merge_cells(start_row=row, end_row=row, start_column=start + 1, end_column=index + 1)


def usual_list(
    rows: Iterable[Sequence[Any]],
    *,
    header: Sequence[tuple[str, str]] = USUAL_HEADER,
    merged: bool = True,
    numbers: bool = True,
) -> openpyxl.Workbook:
    """The list of the issue: titles in rows 1–5, header in rows 6–7, column numbers in row 8, then ``rows`` from 9."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "Danh sách"
    page["A1"] = "UBND TỈNH HƯNG YÊN"
    page.merge_cells("A1:D1")
    page["J1"] = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    page.merge_cells("J1:R1")
    page["A2"] = "SỞ NỘI VỤ"
    page["A4"] = "DANH SÁCH CÁN BỘ, CÔNG CHỨC"
    page.merge_cells("A4:Y4")
    page["A5"] = "(Tính đến ngày 01/06/2025)"
    write_header(page, header, 6, merged=merged)
    if numbers:
        fill(page, [[f"({index + 1})" for index in range(len(header))]], 8)
    fill(page, rows, 9 if numbers else 8)
    return book


def person(**cells: Any) -> list[Any]:
    """A good row of the usual list with some cells replaced (keys of ``USUAL_KEYS``)."""
    good: dict[str, Any] = {
        "ordinal": 1,
        "full_name": "Nguyễn Văn An",
        "birth_date_male": "15/06/1970",
        "title": "Chuyên viên",
        "unit": "Văn phòng Sở",
        "step_counted_from": "01/03/2023",
        "coefficient": "4,98",
        "grade_code": "01.003",
        "step": "9/9",
        "insurance_years": 25,
        "insurance_months": 3,
    }
    unknown = cells.keys() - set(USUAL_KEYS)
    assert not unknown, unknown
    good.update(cells)
    return [good.get(key, "") for key in USUAL_KEYS]


def rewrite(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The same archive with some of its parts replaced or added."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return result.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
