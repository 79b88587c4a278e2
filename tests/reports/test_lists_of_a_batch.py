"""Lists with estimate: every đồng adds up on paper and in the spreadsheet; the published list says only what it may."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.commands.restructuring.steps import Perform
from hrms.commands.restructuring.words import FUNDING_SOURCES
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import Refused
from hrms.kernel.text import amount_in_words, format_integer
from reports import batch_lists
from reports.batch_file import batch_file, find_batch
from reports.batch_lists import PUBLISHED, Prepared
from reports.columns import list_columns
from reports.registry import produce
from reports.tables import Column, Section, Table, page_table, roman
from reports.wording import SOURCE_HEADINGS, SOURCES
from reports.xlsx import Book, Headings

PREPARED = Prepared("Nguyễn Thu Hà", "09:15 ngày 15/06/2025", "trình thẩm định")


@pytest.fixture
def filled(desk, batch_id, world):
    """Three people of two units: two retire early, one leaves with severance."""
    with transaction():
        world.person("a1.2").birth_date = date(1980, 1, 5)
    desk.open("a1.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    desk.open("a1.2", batch_id=batch_id)
    desk.open("a2.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    return batch_id


@pytest.fixture
def file(filled):
    return batch_file(find_batch(filled))


def book_of(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(page):
    return {cell.value: cell for row in page.iter_rows() for cell in row if cell.value is not None}


def recalculated(content, folder):
    """The workbook as LibreOffice computes it, stored values of formulas thrown away first."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            target.writestr(name, data)
    path = folder / "list.xlsx"
    path.write_bytes(bare.getvalue())
    out = folder / "out"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir",
         str(out), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return openpyxl.load_workbook(out / "list.xlsx", data_only=True)


def total_row(page):
    return next(row for row in page.iter_rows() if any(cell.value == "Tổng cộng" for cell in row))


def test_the_list_on_paper_has_an_annex_per_policy_with_totals_in_figures_and_words(file, pages):
    first, second = pages(batch_lists.budget_list_pdf(file).write())
    early = sum(one.total for one in file.of_benefit("early_retirement"))
    severance = sum(one.total for one in file.of_benefit("severance"))
    assert early + severance == file.total > 0
    assert "Phụ lục I " in first and "NGHỈ HƯU TRƯỚC TUỔI" in first
    assert "Phụ lục II " in second and "NGHỈ THÔI VIỆC" in second
    for text, amount in ((first, early), (second, severance)):
        assert format_integer(amount) in text
        assert f"(Số tiền bằng chữ: {amount_in_words(amount)})" in text
        assert "Đơn vị tính: đồng" in text and "DỰ THẢO" in text
        assert all(hand in text for hand in ("NGƯỜI LẬP", "PHỤ TRÁCH KẾ TOÁN", "THỦ TRƯỞNG ĐƠN VỊ"))
    assert format_integer(file.total) in second  # both annexes together


def test_every_person_stands_in_the_list_with_every_line(file, words):
    text = words(batch_lists.budget_list_pdf(file).write())
    for one in file.files:
        assert one.name in text
        for line in one.lines:
            assert format_integer(line["amount"]) in text


def test_the_spreadsheet_computes_what_the_engine_computed(file, tmp_path):
    book = recalculated(batch_lists.budget_list_xlsx(file, PREPARED), tmp_path)
    assert book.sheetnames == ["Nghỉ hưu trước tuổi", "Nghỉ thôi việc", "Tổng hợp"]
    for name, benefit in (("Nghỉ hưu trước tuổi", "early_retirement"), ("Nghỉ thôi việc", "severance")):
        page = book[name]
        files = file.of_benefit(benefit)
        by_number = {one.case.label: one.total for one in files}
        totals = [cell.value for cell in total_row(page) if isinstance(cell.value, (int, float))]
        assert totals[-1] == sum(by_number.values())
        assert sum(totals[:-1]) == totals[-1]  # the parts of the total
        rows = {row[1].value: [cell.value for cell in row] for row in page.iter_rows() if row[1].value in by_number}
        assert set(rows) == set(by_number)
        for number, total in by_number.items():
            assert total in rows[number]
    summary = [cell.value for cell in total_row(book["Tổng hợp"]) if isinstance(cell.value, (int, float))]
    assert summary[0] == len(file.files)
    assert file.total in summary


def test_sums_are_formulas_and_the_summary_follows_the_lists(file):
    book = book_of(batch_lists.budget_list_xlsx(file, PREPARED))
    page = book["Nghỉ hưu trước tuổi"]
    formulas = [cell.value for cell in total_row(page) if isinstance(cell.value, str) and cell.value.startswith("=")]
    assert len(formulas) == 4 and all(formula.startswith("=SUM(") for formula in formulas)
    sums = [str(cell.value) for row in book["Tổng hợp"].iter_rows() for cell in row]
    linked = [text for text in sums if text.startswith("='Nghỉ hưu trước tuổi'!")]
    assert len(linked) == 1


def test_cells_are_typed_and_codes_are_text(file):
    page = book_of(batch_lists.budget_list_xlsx(file, PREPARED))["Nghỉ hưu trước tuổi"]
    found = cells(page)
    one = file.of_benefit("early_retirement")[0]
    assert found[one.case.label].number_format == "@"
    dates = [cell for row in page.iter_rows() for cell in row if getattr(cell, "is_date", False)]
    assert dates and all(cell.number_format == "dd/mm/yyyy" for cell in dates)
    salary = found[one.result["monthly_salary"]]
    assert salary.number_format == "#,##0" and isinstance(salary.value, int)
    assert found[4.98].number_format == "0.00##"


def test_the_sheet_prints_on_one_page_width_with_its_header_on_every_page(file):
    page = book_of(batch_lists.budget_list_xlsx(file, PREPARED))["Nghỉ hưu trước tuổi"]
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    first_data = next(row[0].row for row in page.iter_rows() if row[1].value == "Sở Xây dựng")
    assert page.freeze_panes == f"D{first_data}"
    assert page.print_title_rows == f"${first_data - 3}:${first_data - 1}"
    assert page.print_area


def test_the_file_says_who_took_it_out_when_and_for_what(file):
    content = batch_lists.budget_list_xlsx(file, PREPARED)
    page = book_of(content)["Nghỉ hưu trước tuổi"]
    assert any(str(value).startswith("Người xuất: Nguyễn Thu Hà; lúc 09:15 ngày 15/06/2025") for value in cells(page))
    assert "trình thẩm định" in page.oddFooter.left.text
    assert content == batch_lists.budget_list_xlsx(file, PREPARED)


def test_identity_numbers_are_left_out_unless_asked_for(file, world):
    number = world.person("a1.1").identity_number
    without = book_of(batch_lists.budget_list_xlsx(file, PREPARED))["Nghỉ hưu trước tuổi"]
    assert number not in cells(without)
    with_them = book_of(batch_lists.budget_list_xlsx(file, PREPARED, identity=True))["Nghỉ hưu trước tuổi"]
    assert cells(with_them)[number].number_format == "@"


def test_columns_asked_for_by_key_keep_what_makes_a_row_add_up(file):
    page = book_of(batch_lists.budget_list_xlsx(file, PREPARED, keys=("leave_date",)))["Nghỉ hưu trước tuổi"]
    header = next(row for row in page.iter_rows(values_only=True) if "Họ và tên" in row)
    assert [title for title in header if title] == [
        "TT", "Họ và tên", "Ngày nghỉ", "Các khoản trợ cấp (đồng)", "Tổng cộng (đồng)",
    ]  # fmt: skip


def test_keys_of_columns_are_each_there_once_and_do_not_change(file):
    keys = [column.key for column in list_columns("early_retirement", file.of_benefit("early_retirement"))]
    assert len(keys) == len(set(keys))
    assert set(keys) >= {
        "name", "birth_male", "birth_female", "post", "unit", "ground", "annex", "age_month", "effective_on",
        "leave_date", "first12", "coefficient", "leadership", "monthly_salary", "months_early", "years_early",
        "insured_years", "insured_months", "counted_years", "early_months", "early_years", "service_years", "total",
        "source", "voluntary",
    }  # fmt: skip


def test_a_line_the_set_does_not_foresee_gets_a_column_so_that_rows_add_up(desk, batch_id, world):
    case_id = desk.open("a1.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    desk.edit(case_id, local_top_up=90_000_000, local_top_up_decision="05/QĐ-UBND", local_top_up_on=date(2025, 3, 1))
    file = batch_file(find_batch(batch_id))
    columns = list_columns("early_retirement", file.files)
    one = file.files[0]
    parts = [column.value(one) or 0 for column in columns if column.part]
    assert 90_000_000 in parts and sum(parts) == one.total
    assert dict(file.source_totals())["Hỗ trợ của địa phương"] == 90_000_000


def test_text_that_looks_like_a_formula_stays_text(desk, batch_id, world):
    with transaction():
        world.person("a1.1").full_name = '=HYPERLINK("http://example.invalid","Bấm")'
    desk.open("a1.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    page = book_of(batch_lists.budget_list_xlsx(batch_file(find_batch(batch_id)), PREPARED))["Nghỉ hưu trước tuổi"]
    cell = next(cell for row in page.iter_rows() for cell in row if "HYPERLINK" in str(cell.value))
    assert cell.data_type == "s" and cell.value.startswith("'=")


def test_the_estimate_splits_the_same_money_by_unit_policy_and_purse(file, words):
    text = words(batch_lists.estimate_pdf(file).write())
    rows = batch_lists.unit_rows(file)
    assert sum(row.total for row in rows) == file.total == sum(sum(row.by_source.values()) for row in rows)
    assert format_integer(file.total) in text and "Cải cách tiền lương" in text and "Còn phải chi" in text


def test_what_is_paid_is_no_longer_to_be_paid(desk, batch_id, world):
    desk.bring("paid", "a1.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    file = batch_file(find_batch(batch_id))
    (row,) = batch_lists.unit_rows(file)
    assert row.paid == row.total == file.total
    assert not file.draft


def test_the_published_list_holds_name_unit_and_ground_and_nothing_else(file, words):
    """DP-09: a list on a notice board never shows birth dates, pay, amounts or numbers of people."""
    assert PUBLISHED == ("tt", "name", "unit", "ground")
    for text in (
        words(batch_lists.published_pdf(file).write()),
        " ".join(str(value) for page in book_of(batch_lists.published_xlsx(file, Prepared())) for value in cells(page)),
    ):
        for one in file.files:
            assert one.name in text
            forbidden = [
                one.birth, one.case.person.identity_number, one.case.number, format_integer(one.total),
                str(one.total), format_integer(one.result["monthly_salary"]), one.case.person.code,
                str(one.case.person.birth_date.year),
            ]  # fmt: skip
            assert not [value for value in forbidden if value in text]


def test_a_case_that_came_to_nothing_is_not_in_the_round(desk, filled):
    before = batch_file(find_batch(filled))
    gone = before.files[0].case.id
    desk.do(gone, "withdraw", by="unit_hr_a", reason="Xin rút")
    after = batch_file(find_batch(filled))
    assert gone not in [one.case.id for one in after.files]
    assert after.total == before.total - next(one.total for one in before.files if one.case.id == gone)


def test_an_amendment_is_counted_only_when_it_takes_the_place_of_the_first(desk, batch_id, actor_as):
    first = desk.bring("decided", "a1.1", batch_id=batch_id, ground="2.1.g", deputies_present=4, deputies_allowed=3)
    with actor_as("unit_hr_a"):
        second = execute(Perform(first, "amend", reason="Bổ sung thời gian đóng BHXH")).id
    assert desk.case(second).batch_id == batch_id
    file = batch_file(find_batch(batch_id))
    assert [one.case.id for one in file.files] == [first]
    assert file.total == desk.case(first).total


def test_a_case_without_a_right_is_named_under_the_list_and_not_counted(desk, filled, world, words):
    with transaction():
        world.person("a2.2").birth_date = date(1960, 2, 5)
    number = desk.case(desk.open("a2.2", batch_id=filled)).label
    file = batch_file(find_batch(filled))
    assert file.skipped == [number] and len(file.files) == 3
    assert f"Chưa đưa vào danh sách vì chưa đủ điều kiện hoặc chưa tính được: {number}" in words(
        batch_lists.budget_list_pdf(file).write()
    )


def test_a_round_without_cases_says_what_to_do(batch_id):
    with pytest.raises(Refused) as refused:
        produce("budget_list", "pdf", {"batch": str(batch_id)})
    assert "Hãy thêm hồ sơ vào đợt" in refused.value.message


def test_the_submission_of_a_round_tells_people_policies_and_purses(filled, words, file):
    text = words(produce("batch_submission", "pdf", {"batch": str(filled)}).content)
    for label, count, amount in file.benefit_totals():
        assert f"{label}: {count:02d} người, {format_integer(amount)} đồng" in text
    assert "Tổng kinh phí: " + format_integer(file.total) in text
    assert "Kính gửi: Sở Nội vụ tỉnh Hưng Yên" in text
    province = words(produce("batch_submission_province", "pdf", {"batch": str(filled)}).content)
    assert "Kính gửi: Ủy ban nhân dân tỉnh Hưng Yên" in province


def test_every_purse_of_finance_has_words_on_papers():
    assert set(FUNDING_SOURCES) == set(SOURCES) == set(SOURCE_HEADINGS)


@given(st.integers(1, 399))
def test_roman_numbers_read_back(value):
    sizes = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    text = roman(value)
    read = sum(
        -sizes[c] if i + 1 < len(text) and sizes[text[i + 1]] > sizes[c] else sizes[c] for i, c in enumerate(text)
    )
    assert read == value


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=6), st.floats(5, 11))
def test_no_number_is_wider_than_its_column(amounts, points):
    """Whatever the sums, the type shrinks rather than a number running over its cell."""
    columns = [Column(f"c{i}", "Số tiền", lambda row: row, "money", mm=5, total=True) for i in range(12)]
    table = Table(columns, [Section("", amounts)])
    made = page_table(table, points=points, room=262)
    digits = format_integer(sum(amounts))
    em = sum(0.5 if c.isdigit() else 0.25 for c in digits)
    width = float(made["widths"][0].rstrip("%")) * 262 / 100
    assert em * float(made["points"]) * 25.4 / 72 <= width + 0.01


@given(st.lists(st.lists(st.integers(0, 10**12), min_size=3, max_size=3), min_size=1, max_size=8))
def test_stored_values_of_formulas_are_the_sums(rows):
    """Readers that do not calculate still see the right numbers."""
    columns = [
        Column("tt", "TT", lambda row: None, "mark"),
        Column("name", "Họ và tên", lambda row: "A"),
        *(Column(f"p{i}", f"Khoản {i}", lambda row, i=i: row[i], "money", part=True, total=True) for i in range(3)),
        Column("total", "Tổng", sum, "money", sums=True, total=True),
    ]
    book = Book(title="Thử")
    book.add("Một", Table(columns, [Section("Đơn vị", rows)]), Headings("Danh sách"))
    page = openpyxl.load_workbook(io.BytesIO(book.finish()), data_only=True)["Một"]
    last = [cell.value for cell in total_row(page)]
    assert last[-1] == sum(map(sum, rows)) == sum(last[-4:-1])


def test_coefficients_are_written_with_two_decimals():
    from reports.tables import shown

    assert shown(Decimal("6.1"), "factor") == "6,10"
    assert shown(Decimal("4.98"), "factor") == "4,98"
    assert shown(Decimal("0.125"), "factor") == "0,125"
    assert shown(Decimal("25"), "percent") == "25"
