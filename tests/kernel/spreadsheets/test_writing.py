"""Tables go out as agencies know them, and refused rows come back with their reasons in the same sheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hrms.kernel.spreadsheets import (
    CellError,
    Column,
    FieldSpec,
    Headings,
    SectionRow,
    Sheet,
    escape,
    find_table,
    open_workbook,
    write_error_workbook,
    write_table,
)
from hrms.kernel.spreadsheets.fields import partial_date, text
from hrms.kernel.text import PartialDate
from tests.support.sheets import person, to_bytes, usual_list, xlsx

COLUMNS = (
    Column("ordinal", "STT", kind="integer", width=5),
    Column("name", "Họ và tên", width=25),
    Column("born_m", "Nam", "Ngày sinh", "date"),
    Column("born_f", "Nữ", "Ngày sinh", "date"),
    Column("code", "Số CCCD", kind="code"),
    Column("coefficient", "Hệ số", kind="decimal"),
    Column("amount", "Số tiền", kind="money", total=True),
    Column("party", "Đảng viên", kind="mark"),
)
ROWS: list[Any] = [
    SectionRow("Văn phòng Sở", "I"),
    {
        "ordinal": 1,
        "name": "Nguyễn Văn An",
        "born_m": PartialDate(date(1965, 6, 15)),
        "code": "033065001234",
        "coefficient": Decimal("4.98"),
        "amount": 852_140_250,
        "party": True,
    },
    {
        "ordinal": 2,
        "name": "=HYPERLINK(1)",
        "born_f": PartialDate(date(1970, 6, 1), "month"),
        "amount": 999_999_999_999,
    },
]
HEADINGS = Headings(
    "DANH SÁCH VÀ DỰ TOÁN KINH PHÍ",
    "(Tính đến ngày 01/6/2025)",
    ("UBND TỈNH HƯNG YÊN", "SỞ NỘI VỤ"),
    national=True,
    unit_note="Đơn vị tính: đồng",
)
PREPARED = "Người xuất: sonoivu; lúc 08:30 ngày 05/3/2026; mục đích: thẩm định"


def written(rows: Any = ROWS, columns: Any = COLUMNS, headings: Headings = HEADINGS, **options: Any) -> bytes:
    stream = io.BytesIO()
    write_table(stream, columns, rows, headings, prepared=PREPARED, **options)
    return stream.getvalue()


def page_of(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).active


def row_with(page: Any, value: Any) -> int:
    return next(cell.row for row in page.iter_rows() for cell in row if cell.value == value)


def test_two_header_rows_with_joined_groups() -> None:
    page = page_of(written())
    top = row_with(page, "STT")
    assert [cell.value for cell in page[top]][:4] == ["STT", "Họ và tên", "Ngày sinh", None]
    assert [page.cell(top + 1, column).value for column in (3, 4)] == ["Nam", "Nữ"]
    joined = {str(area) for area in page.merged_cells.ranges}
    assert {f"A{top}:A{top + 1}", f"C{top}:D{top}"} <= joined
    assert [page.cell(top + 2, column).value for column in (1, 2, 8)] == ["(1)", "(2)", "(8)"]


def test_issuing_body_national_title_and_headings_stand_above() -> None:
    page = page_of(written())
    values = [cell.value for row in page.iter_rows(max_row=8) for cell in row if cell.value]
    assert values[:4] == [
        "UBND TỈNH HƯNG YÊN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "SỞ NỘI VỤ",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert "DANH SÁCH VÀ DỰ TOÁN KINH PHÍ" in values and "Đơn vị tính: đồng" in values


def test_the_page_prints_on_landscape_a4_with_its_header_on_every_sheet() -> None:
    page = page_of(written())
    top = row_with(page, "STT")
    assert page.page_setup.orientation == "landscape" and int(page.page_setup.paperSize) == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
    assert page.print_title_rows == f"${top}:${top + 2}"
    assert page.freeze_panes == f"C{top + 3}"


def test_a_table_too_wide_for_a4_prints_on_a3() -> None:
    wide = tuple(Column(f"c{number}", f"Cột {number}", width=24) for number in range(10))
    assert int(page_of(written([], columns=wide)).page_setup.paperSize) == 8


def test_long_titles_have_the_height_to_be_read() -> None:
    columns = (Column("a", "Phụ cấp trách nhiệm theo nghề (%)", "Phụ cấp", width=10), Column("b", "Khác", "Phụ cấp"))
    page = page_of(written([], columns=columns))
    top = row_with(page, "Phụ cấp")
    assert page.row_dimensions[top + 1].height >= 60, "four lines of fifteen points"


def test_cells_are_typed() -> None:
    page = page_of(written())
    row = row_with(page, "Nguyễn Văn An")
    _ordinal, _name, born, _female, code, coefficient, amount, party = page[row]
    assert born.value.date() == date(1965, 6, 15) and born.number_format == "dd/mm/yyyy"
    assert code.value == "033065001234" and code.number_format == "@"
    assert coefficient.value == 4.98 and amount.value == 852_140_250
    assert amount.number_format == "#,##0" and party.value == "x"
    assert page.cell(row + 1, 4).value == "06/1970", "no more than is known of a date"


@pytest.mark.parametrize("start", ["=1+1", "+84 912", "-5%", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_is_escaped(start: str) -> None:
    data = written([{"name": start}], columns=(Column("name", "Họ và tên"),))
    values = [cell.value for row in page_of(data).iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in values)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert escape(start) == f"'{start}"


@pytest.mark.parametrize("harmless", ["-", " – ", "Nguyễn", "5-6", ""])
def test_other_text_is_left_alone(harmless: str) -> None:
    assert escape(harmless) == harmless


def test_the_total_is_a_formula_with_its_value_stored() -> None:
    data = written()
    page = page_of(data)
    row = row_with(page, "Tổng cộng")
    first = row_with(page, "Văn phòng Sở")
    assert page.cell(row, 7).value == f"=SUM(G{first}:G{row - 1})"
    read = open_workbook(data).sheets[0]
    total = dict(read.rows())[row][6]
    assert total == 852_140_250 + 999_999_999_999


def test_who_took_the_table_out_when_and_for_what_is_on_it() -> None:
    page = page_of(written())
    assert any(cell.value == PREPARED for row in page.iter_rows() for cell in row)
    assert "mục đích" in page.oddFooter.left.text


def test_sections_stand_between_the_rows() -> None:
    page = page_of(written())
    row = row_with(page, "Văn phòng Sở")
    assert page.cell(row, 1).value == "I" and page.cell(row + 1, 2).value == "Nguyễn Văn An"


def test_rows_may_be_sequences_and_a_table_may_be_plain(tmp_path: Path) -> None:
    target = tmp_path / "bang.xlsx"
    columns = (Column("a", "Một"), Column("b", "Hai", kind="integer"))
    assert write_table(target, columns, [["x", 1], ["y", None]], Headings("BẢNG"), column_numbers=False) == 2
    page = page_of(target.read_bytes())
    assert [cell.value for cell in page[row_with(page, "y")]] == ["y", None]
    with pytest.raises(ValueError, match="columns"):
        write_table(io.BytesIO(), (), [], Headings("BẢNG"))


def test_rows_are_taken_one_by_one() -> None:
    """A table of any length is written from a generator, never from a list of it."""

    def endless() -> Iterator[dict[str, Any]]:
        for number in range(3000):
            yield {"ordinal": number, "name": f"Người {number}"}

    assert open_workbook(written(endless())).sheets[0].last_row > 3000


# --- the workbook of errors

SPECS = (
    FieldSpec("name", "Họ và tên", (), text),
    FieldSpec("born", "Ngày sinh > Nam", ("sinh > Nam",), partial_date),
)


def listed(rows: list[list[Any]]) -> tuple[Sheet, Any]:
    sheet = open_workbook(to_bytes(usual_list(rows))).sheets[0]
    table = find_table(sheet, SPECS)
    assert table is not None
    return sheet, table.header


def given_back(errors: dict[int, list[CellError]], rows: list[list[Any]], **options: Any) -> tuple[Any, bytes]:
    sheet, header = listed(rows)
    stream = io.BytesIO()
    write_error_workbook(stream, sheet, header, errors, **options)
    return page_of(stream.getvalue()), stream.getvalue()


BAD = CellError(10, "C", "Ngày sinh – Nam", "31/02/1975", "'31/02/1975' không phải ngày có thật.")
DOUBT = CellError(11, "I", "Mã ngạch", "99.999", "mã ngạch 99.999 chưa có trong danh mục.", "warning")
PEOPLE = [person(), person(birth_date_male="31/02/1975"), person(grade_code="99.999", full_name="@cmd()")]


def test_the_senders_rows_come_back_where_they_were_with_a_column_of_reasons() -> None:
    page, _data = given_back({10: [BAD], 11: [DOUBT]}, PEOPLE)
    assert page["B9"].value == "Nguyễn Văn An" and page["C10"].value == "31/02/1975"
    assert page["A4"].value == "DANH SÁCH CÁN BỘ, CÔNG CHỨC"
    assert {"H6:J6", "B6:B7"} <= {str(area) for area in page.merged_cells.ranges}
    assert page["Z7"].value == "Lỗi" and page["AA7"].value == "Lưu ý"
    assert page["Z10"].value == "Cột Ngày sinh – Nam: '31/02/1975' không phải ngày có thật."
    assert page["Z9"].value is None and page["Z11"].value in (None, "")
    assert "99.999" in page["AA11"].value
    assert page["B11"].value == "'@cmd()" and page["B11"].data_type == "s"


def test_bad_cells_are_coloured_and_good_ones_are_not() -> None:
    page, _data = given_back({10: [BAD], 11: [DOUBT]}, PEOPLE)
    assert page["C10"].fill.fgColor.rgb == "FFF8CBAD"
    assert page["I11"].fill.fgColor.rgb == "FFFFE699"
    assert page["C9"].fill.fill_type is None and page["B10"].fill.fill_type is None


def test_only_the_refused_rows_on_request() -> None:
    page, _data = given_back({10: [BAD], 11: [DOUBT]}, PEOPLE, only_rejected=True)
    assert page["C9"].value == "31/02/1975" and page["B10"].value is None


def test_the_file_can_be_corrected_and_sent_again() -> None:
    """The reasons do not disturb the next reading, and are written anew, not beside the old ones."""
    _page, data = given_back({10: [BAD]}, PEOPLE)
    sheet = open_workbook(data).sheets[0]
    table = find_table(sheet, SPECS)
    assert table is not None and table.header.first_data_row == 9
    stream = io.BytesIO()
    assert write_error_workbook(stream, sheet, table.header, {10: [BAD]}) == 1
    page = page_of(stream.getvalue())
    assert page["Z7"].value == "Lỗi" and page["AA7"].value is None


def test_dates_stay_dates_in_what_is_given_back() -> None:
    rows = [["Họ và tên", "Ngày sinh"], ["An", date(1965, 6, 15)], ["Bình", date(1970, 1, 1)]]
    sheet = open_workbook(xlsx(rows)).sheets[0]
    table = find_table(sheet, (SPECS[0], FieldSpec("born", "Ngày sinh", (), partial_date)))
    assert table is not None
    stream = io.BytesIO()
    write_error_workbook(stream, sheet, table.header, {2: [CellError(2, "B", "Ngày sinh", "", "sai.")]})
    page = page_of(stream.getvalue())
    assert page["B2"].is_date and page["B3"].is_date
