"""A file is opened by what it is; whatever cannot be read is refused with the reason, in bounded memory."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from hrms.kernel.spreadsheets import Limits, Merge, SpreadsheetRefused, open_workbook
from hrms.kernel.spreadsheets.limits import CellFault, column_index, column_letter
from tests.support.sheets import book_of, fill, part, rewrite, to_bytes, xlsx

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["Họ và tên", "Ngày sinh"], ["Nguyễn Văn An", "15/06/1965"]]


def refusal(data: bytes, limits: Limits | None = None) -> SpreadsheetRefused:
    with pytest.raises(SpreadsheetRefused) as caught:
        open_workbook(data, limits or Limits())
    assert caught.value.message.endswith("."), "a refusal is a sentence"
    assert "Hãy" in caught.value.message, "a refusal says what to do"
    return caught.value


def encrypted(data: bytes, password: str) -> bytes:
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, stream)
    return stream.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


# --- what is read


def test_rows_carry_the_numbers_and_columns_the_sender_sees() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["C4"], page["D6"] = "đầu", date(1965, 6, 15)
    (sheet,) = open_workbook(to_bytes(book)).sheets
    rows = dict(sheet.rows())
    assert rows[4][2] == "đầu" and rows[6][3] == date(1965, 6, 15)
    assert rows[1] == [] or set(rows[1]) == {""}
    assert sheet.last_row == 6 and sheet.columns == 4


def test_cells_keep_their_types() -> None:
    values = ["chữ", 4.98, True, date(1965, 6, 15), "012345678901"]
    (sheet,) = open_workbook(xlsx([values])).sheets
    assert sheet.head(1)[0] == values


def test_a_workbook_is_read_from_a_path_bytes_and_a_stream(tmp_path: Path) -> None:
    data = xlsx(ROWS)
    path = tmp_path / "ten-khong-quan-trong.dat"
    path.write_bytes(data)
    for source in (path, str(path), data, io.BytesIO(data)):
        assert open_workbook(source).sheets[0].head(2) == ROWS


def test_hidden_rows_and_columns_are_read() -> None:
    book = book_of(ROWS)
    page = book["Sheet1"]
    page.row_dimensions[2].hidden = True
    page.column_dimensions["B"].hidden = True
    assert open_workbook(to_bytes(book)).sheets[0].head(2)[1] == ["Nguyễn Văn An", "15/06/1965"]


def test_formulas_give_their_stored_values() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.write_formula("A1", "=1+1", None, 2)
        page.write_formula("A2", '="Nguyễn"&" An"', None, "Nguyễn An")
        page.write_formula("A3", '=""', None, "")
        page.write_string("A4", "hết")
    # Excel itself marks a text result as such, also the empty one.
    sheet = part(stream.getvalue(), SHEET).replace(b'<c r="A3">', b'<c r="A3" t="str">')
    rows = open_workbook(rewrite(stream.getvalue(), {SHEET: sheet})).sheets[0].head(4)
    assert [row[0] for row in rows] == [2, "Nguyễn An", "", "hết"]


def test_formulas_without_a_value_and_error_cells_are_marked_and_not_taken_for_empty() -> None:
    book = book_of([["=1+1", "chữ"]])
    page = book["Sheet1"]
    page["C1"] = "#REF!"
    page["C1"].data_type = "e"
    page["E3"] = "#N/A"
    page["E3"].data_type = "e"
    (sheet,) = open_workbook(to_bytes(book)).sheets
    rows = dict(sheet.rows())
    assert isinstance(rows[1][0], CellFault) and rows[1][1] == "chữ"
    assert rows[1][2] == "#REF!" and isinstance(rows[1][2], CellFault)
    assert rows[3][4] == "#N/A", "a fault below the last value is seen as well"


def test_hidden_and_empty_sheets_are_listed_but_come_last() -> None:
    book = book_of(ROWS, title="Ẩn")
    book["Ẩn"].sheet_state = "hidden"
    shown = book.create_sheet("Hiện")
    shown["A1"] = "có"
    book.create_sheet("Trống")
    opened = open_workbook(to_bytes(book))
    assert [sheet.name for sheet in opened.sheets] == ["Ẩn", "Hiện", "Trống"]
    assert [sheet.name for sheet in opened.with_data] == ["Hiện", "Ẩn"]
    assert not opened.sheet("Ẩn").visible
    with pytest.raises(KeyError):
        opened.sheet("Không có")


def test_merged_ranges_are_known() -> None:
    book = book_of(ROWS)
    book["Sheet1"].merge_cells("B3:D4")
    book["Sheet1"]["B3"] = "gộp"
    assert list(open_workbook(to_bytes(book)).sheets[0].merges) == [Merge(3, 1, 4, 3)]


def test_cells_of_another_writer_with_prefixes_and_without_references_are_measured() -> None:
    sheet = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        "<x:row><x:c t='n'><x:v>1</x:v></x:c><x:c t='n'><x:v>2</x:v></x:c></x:row>"
        "<x:row r='5'><x:c r='C5' t='n'><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    opened = open_workbook(rewrite(xlsx(ROWS), {SHEET: sheet.encode()})).sheets[0]
    assert (opened.last_row, opened.columns, opened.filled) == (5, 3, 3)


def test_an_old_excel_workbook_is_read() -> None:
    (first, second) = open_workbook((FIXTURES / "danh-sach.xls").read_bytes()).sheets[:2]
    assert first.head(1)[0][0] == "UBND TỈNH HƯNG YÊN"
    assert any(merge.first_row == 6 for merge in first.merges)
    values = [value for row in first.head(20) for value in row]
    assert date(1970, 2, 1) in values and "Nguyễn Văn An" in values
    assert any(isinstance(value, CellFault) and value == "#DIV/0!" for value in values)
    assert second.name == "Ghi chú" and not second.visible


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_in_every_usual_encoding_and_separator(encoding: str, separator: str) -> None:
    rows = [
        ["Họ và tên", "Ngày sinh", "Hệ số"],
        ["Trần Thị Bích", "15/06/1965", "4,98"],
        ["Lê Văn Đạt", "1970", "3,33"],
    ]
    import csv
    import unicodedata

    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    content = text.getvalue()
    if encoding == "cp1258":  # the code page has letters and tones apart
        content = "".join(
            char if char.encode("cp1258", "ignore") else _apart(char) for char in unicodedata.normalize("NFC", content)
        )
    (sheet,) = open_workbook(content.encode(encoding)).sheets
    read = [[unicodedata.normalize("NFC", str(value)) for value in row] for row in sheet.head(3)]
    assert read == rows


def _apart(char: str) -> str:
    """A letter as code page 1258 writes it: the shaped vowel, then the tone."""
    import unicodedata

    base, *marks = unicodedata.normalize("NFD", char)
    tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
    shapes = [mark for mark in marks if mark not in tones]
    return unicodedata.normalize("NFC", base + "".join(shapes)) + "".join(tones)


def test_csv_may_name_its_separator_and_keep_line_breaks_in_cells() -> None:
    text = 'sep=;\nHọ tên;Ghi chú\nAn;"dòng 1\ndòng 2; vẫn vậy"\n'
    (sheet,) = open_workbook(text.encode()).sheets
    assert sheet.head(2) == [["Họ tên", "Ghi chú"], ["An", "dòng 1\ndòng 2; vẫn vậy"]]


# --- what is refused


def test_an_empty_file_and_an_empty_table_are_refused() -> None:
    assert refusal(b"").code == "empty"
    assert refusal(b"\r\n \r\n").code == "empty"
    assert refusal(to_bytes(openpyxl.Workbook())).code == "empty"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + b"\0" * 60, "chương trình"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "chương trình"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "ảnh"),
        (b"Rar!\x1a\x07\x00" + b"x" * 60, "RAR"),
        (b"{\\rtf1\\ansi danh sach}", "RTF"),
        (b"<?xml version='1.0'?><note/>", "XML"),
        (b"\x00\x01\x02\x03danh sach\x00\x01\x02", "không phải bảng tính"),
    ],
)
def test_another_kind_of_file_called_xlsx_is_named_for_what_it_is(data: bytes, named: str) -> None:
    found = refusal(data)
    assert found.code == "not_spreadsheet"
    assert named in found.message


@pytest.mark.parametrize(
    ("parts", "code", "named"),
    [
        ({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}, "not_spreadsheet", "Word"),
        ({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}, "not_spreadsheet", "PowerPoint"),
        ({"readme.txt": b"x"}, "not_spreadsheet", "ZIP"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "not_spreadsheet", "OpenDocument"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "unsupported", ".ods"),
        ({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}, "unsupported", ".xlsb"),
        ({"[Content_Types].xml": b"<x/>"}, "corrupt", "hỏng"),
        ({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<workbook"}, "corrupt", "hỏng"),
    ],
)
def test_other_archives_are_told_apart(parts: dict[str, bytes], code: str, named: str) -> None:
    found = refusal(zipped(parts))
    assert found.code == code
    assert named in found.message


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><table><tr><td>Họ tên</td></tr></table></body></html>",
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ],
)
def test_web_pages_and_xml_called_xls_are_refused_with_the_way_out(text: str) -> None:
    found = refusal(text.encode())
    assert found.code == "unsupported"
    assert "lưu lại thành .xlsx" in found.message


def test_a_password_is_asked_to_be_taken_off() -> None:
    assert refusal(encrypted(xlsx(ROWS), "bí mật")).code == "password"


def test_a_workbook_protected_only_against_changes_opens() -> None:
    protected = encrypted(xlsx(ROWS), "VelvetSweatshop")
    assert open_workbook(protected).sheets[0].head(2) == ROWS


def test_an_old_workbook_with_a_password_is_refused() -> None:
    assert refusal((FIXTURES / "mat-khau.xls").read_bytes()).code == "password"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_corrupt(keep: float) -> None:
    data = xlsx([[f"ô {row} {column}" for column in range(10)] for row in range(50)])
    assert refusal(data[: int(len(data) * keep)]).code == "corrupt"


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.7])
def test_a_truncated_old_workbook_is_corrupt_or_has_less_in_it(keep: float) -> None:
    data = (FIXTURES / "danh-sach.xls").read_bytes()
    assert refusal(data[: int(len(data) * keep)]).code == "corrupt"


@pytest.mark.parametrize("part_name", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"])
def test_a_part_that_is_no_xml_is_corrupt(part_name: str) -> None:
    assert refusal(rewrite(xlsx(ROWS), {part_name: b"<worksheet><sheetData><row"})).code == "corrupt"


def test_entities_and_document_types_are_never_expanded() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + part(
        xlsx(ROWS), SHEET
    )
    assert refusal(rewrite(xlsx(ROWS), {SHEET: evil})).code == "corrupt"


# --- bombs and bounds


def test_an_archive_that_unpacks_out_of_proportion_is_refused() -> None:
    bomb = rewrite(xlsx(ROWS), {"xl/media/image1.bin": b"\0" * 20_000_000})
    assert refusal(bomb).code == "bomb"


def test_an_archive_that_unpacks_too_large_is_refused() -> None:

    noise = random.Random(1).randbytes(300_000)
    data = rewrite(xlsx(ROWS), {"xl/media/image1.bin": noise})
    assert refusal(data, replace(Limits(), max_unpacked_bytes=200_000)).code == "bomb"


def test_too_many_parts_are_refused() -> None:
    data = rewrite(xlsx(ROWS), {f"xl/media/{index}.bin": b"x" for index in range(60)})
    assert refusal(data, replace(Limits(), max_entries=50)).code == "bomb"


def test_a_directory_that_lies_about_the_size_is_caught_while_reading() -> None:
    """The entry promises 100 bytes; the stream behind it never ends. Only counting while unpacking finds it."""
    data = bytearray(rewrite(xlsx(ROWS), {"xl/media/image1.bin": b"\0" * 3_000_000}))
    at = data.rindex(b"xl/media/image1.bin") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refusal(bytes(data)).code == "bomb"


def test_parts_that_share_their_bytes_are_refused() -> None:
    data = bytearray(rewrite(xlsx(ROWS), {"xl/media/a.bin": b"a" * 1000, "xl/media/b.bin": b"b" * 1000}))
    first = data.rindex(b"xl/media/a.bin") - 46
    second = data.rindex(b"xl/media/b.bin") - 46
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal(bytes(data)).code == "bomb"


def test_two_parts_of_one_name_are_refused() -> None:
    stream = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(stream.getvalue()).code == "corrupt"


def test_one_cell_in_the_last_corner_does_not_cost_the_whole_sheet() -> None:
    book = book_of(ROWS)
    book["Sheet1"]["XFD1048576"] = "x"
    assert refusal(to_bytes(book)).code in {"too_many_rows", "too_many_columns"}


def test_coloured_but_empty_rows_to_the_end_of_the_sheet_do_not_count() -> None:
    book = book_of(ROWS)
    book["Sheet1"]["A1048576"].number_format = "0%"
    assert open_workbook(to_bytes(book)).sheets[0].last_row == 2


def test_a_long_text_shared_by_many_cells_is_refused_before_it_is_copied() -> None:
    text = "x" * 30_000
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        for row in range(100):
            page.write_string(row, 0, text)
    limits = replace(Limits(), max_text_bytes=1_000_000)
    assert refusal(stream.getvalue(), limits).code == "bomb"
    assert open_workbook(stream.getvalue()).sheets[0].last_row == 100


def test_one_long_text_among_many_short_ones_is_no_attack() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "x" * 30_000)
        for row in range(1, 200):
            page.write_string(row, 0, "ngắn")
    assert open_workbook(stream.getvalue(), replace(Limits(), max_text_bytes=100_000)).sheets[0].last_row == 200


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(Limits(), max_rows=9), "too_many_rows"),
        (replace(Limits(), max_columns=3), "too_many_columns"),
        (replace(Limits(), max_cells=39), "too_many_cells"),
        (replace(Limits(), max_file_bytes=100), "too_large"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_bound_is_refused_one_beyond_and_accepted_at_the_bound(limits: Limits, code: str, kind: str) -> None:
    rows = [[f"r{row}c{column}" for column in range(4)] for row in range(10)]
    data = xlsx(rows) if kind == "xlsx" else "\n".join(",".join(row) for row in rows).encode()
    assert refusal(data, limits).code == code
    at_the_bound = replace(Limits(), max_rows=10, max_columns=4, max_cells=40, max_file_bytes=len(data))
    assert open_workbook(data, at_the_bound).sheets[0].last_row == 10


def test_the_cells_of_all_sheets_count_together() -> None:
    book = book_of([["x"] * 10] * 10)
    fill(book.create_sheet("Hai"), [["x"] * 10] * 10)
    assert refusal(to_bytes(book), replace(Limits(), max_cells=199)).code == "too_many_cells"
    assert len(open_workbook(to_bytes(book), replace(Limits(), max_cells=200)).with_data) == 2


def test_an_old_workbook_that_makes_the_library_ask_for_terabytes_ends_in_a_refusal() -> None:
    """Found by damaging files at random: read in this process, it would end the whole server."""
    assert refusal((FIXTURES / "hong-doi-nhieu-bo-nho.xls").read_bytes()).code == "corrupt"


def test_a_table_of_strings_that_announces_more_than_it_holds_is_refused() -> None:
    """The library makes room for what is announced: four milliard strings would end the process."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string("A1", "x")
    data = stream.getvalue()
    strings = part(data, "xl/sharedStrings.xml").replace(b'uniqueCount="1"', b'uniqueCount="4294967295"')
    assert refusal(rewrite(data, {"xl/sharedStrings.xml": strings})).code == "bomb"


def test_the_bounds_hold_for_old_workbooks() -> None:
    data = (FIXTURES / "danh-sach.xls").read_bytes()
    assert refusal(data, replace(Limits(), max_rows=5)).code == "too_many_rows"
    assert refusal(data, replace(Limits(), max_columns=5)).code == "too_many_columns"


def test_too_many_sheets_are_refused() -> None:
    book = book_of(ROWS)
    book.create_sheet("Hai")
    assert refusal(to_bytes(book), replace(Limits(), max_sheets=1)).code == "too_many_sheets"
    assert open_workbook(to_bytes(book), replace(Limits(), max_sheets=2)).kind == "xlsx"


def test_a_broken_stream_inside_the_archive_is_corrupt() -> None:
    good = zlib.compress(b"x" * 10_000)
    data = xlsx(ROWS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(SHEET)
    broken = bytearray(data)
    start = entry.header_offset + 30 + len(SHEET)
    broken[start + 5 : start + 25] = good[5:25]
    assert refusal(bytes(broken)).code in {"corrupt", "bomb"}


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters
    assert column_index(letters.lower()) == index


@pytest.mark.parametrize("letters", ["", "A1", "Ă", "1"])
def test_what_is_no_column_letter(letters: str) -> None:
    with pytest.raises(ValueError):
        column_index(letters)


def test_a_csv_with_lone_carriage_returns_is_read() -> None:
    """Old Macintosh programs end lines so."""
    assert open_workbook(b"Ho ten;Nam sinh\rAn;1970\r").sheets[0].head(2) == [["Ho ten", "Nam sinh"], ["An", "1970"]]


@given(st.integers(0, 2**32), st.sampled_from(["xlsx", "xls", "csv", "part"]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(seed: int, kind: str) -> None:
    chance = random.Random(seed)
    good = {"xlsx": xlsx(ROWS), "xls": (FIXTURES / "danh-sach.xls").read_bytes(), "csv": b"Ho ten;Nam\nAn;1970\n"}
    data = bytearray(part(good["xlsx"], SHEET) if kind == "part" else good[kind])
    for _damage in range(chance.randrange(1, 8)):
        at = chance.randrange(len(data))
        if chance.random() < 0.7:
            data[at] = chance.randrange(256)
        else:
            del data[at : at + chance.randrange(1, 10)]
    try:
        book = open_workbook(rewrite(good["xlsx"], {SHEET: bytes(data)}) if kind == "part" else bytes(data))
        for sheet in book.with_data:
            assert all(len(cells) <= 256 for _number, cells in sheet.rows())
    except SpreadsheetRefused as refused:
        assert refused.code
