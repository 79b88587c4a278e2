"""A staff list as agencies send it becomes typed people; each refused row says why, and nothing is lost in silence."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hrms.commands.staff_list import StaffListReading, StaffRow, read_staff_list, write_staff_list
from hrms.kernel.spreadsheets import Headings, SpreadsheetRefused, write_error_workbook
from hrms.kernel.text import PartialDate
from tests.support.sheets import USUAL_HEADER, fill, person, to_bytes, usual_list, xlsx

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
TODAY = date(2025, 6, 15)


def reading(data: bytes, **options: Any) -> StaffListReading:
    return read_staff_list(data, as_of=TODAY, **options)


def people(*rows: list[Any], **options: Any) -> list[StaffRow]:
    return list(reading(to_bytes(usual_list(rows))).rows(**options))


def only(**cells: Any) -> StaffRow:
    (row,) = people(person(**cells))
    return row


def plain(header: list[str], *rows: list[Any]) -> list[StaffRow]:
    return list(reading(xlsx([header, *rows])).rows())


def texts(row: StaffRow) -> list[str]:
    return [error.text for error in row.errors]


# --- good rows


def test_a_good_row_of_the_usual_list_is_fully_typed() -> None:
    row = only(
        full_name="NGUYỄN  VĂN AN",
        leadership="0,5",
        beyond_frame_percent=0.06,
        seniority_percent="12%",
        other=0.1,
        qualification="Đại học Luật",
        political_theory="Cao cấp",
        state_management="Chuyên viên chính",
        foreign_language="B1",
        informatics="Cơ bản",
        is_party_member="x",
        ethnicity="Kinh",
        religion="Không",
        note="ghi chú",
    )
    assert row.errors == [] and row.warnings == []
    assert row.row_number == 9
    assert row.values == {
        "full_name": "Nguyễn Văn An",
        "sex": "male",
        "birth_date": PartialDate(date(1970, 6, 15)),
        "title": "Chuyên viên",
        "unit": "Văn phòng Sở",
        "step_counted_from": PartialDate(date(2023, 3, 1)),
        "coefficient": Decimal("4.98"),
        "grade_code": "01.003",
        "step": 9,
        "steps": 9,
        "leadership": Decimal("0.5"),
        "beyond_frame_percent": 6,
        "seniority_percent": 12,
        "other": Decimal("0.1"),
        "qualification": "Đại học Luật",
        "political_theory": "Cao cấp",
        "state_management": "Chuyên viên chính",
        "foreign_language": "B1",
        "informatics": "Cơ bản",
        "is_party_member": True,
        "ethnicity": "Kinh",
        "religion": "Không",
        "social_insurance_months": 303,
        "note": "ghi chú",
    }


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("15/06/1965", PartialDate(date(1965, 6, 15))),
        ("6/1965", PartialDate(date(1965, 6, 1), "month")),
        ("1965", PartialDate(date(1965, 1, 1), "year")),
        (1965, PartialDate(date(1965, 1, 1), "year")),
        (date(1965, 6, 15), PartialDate(date(1965, 6, 15))),
        (23908, PartialDate(date(1965, 6, 15))),
    ],
)
def test_birth_dates_keep_the_precision_they_are_written_with(cell: Any, expected: PartialDate) -> None:
    assert only(birth_date_male=cell).values["birth_date"] == expected


def test_the_date_under_nu_makes_a_woman() -> None:
    row = only(birth_date_male="", birth_date_female="1972")
    assert row.values["sex"] == "female" and row.errors == []


def test_both_dates_or_none_refuse_the_row() -> None:
    both = only(birth_date_female="15/06/1970")
    assert texts(both) == [
        "Dòng 9, cột Ngày, tháng, năm sinh – Nữ: ngày sinh ghi ở cả cột Nam và cột Nữ."
        " Hãy chỉ ghi ở cột đúng giới tính."
    ]
    none = only(birth_date_male="")
    assert texts(none) == [
        "Dòng 9, cột Ngày, tháng, năm sinh – Nam: chưa có ngày sinh ở cả cột Nam và cột Nữ."
        " Hãy ghi ở cột đúng giới tính."
    ]


def test_a_wrong_date_is_reported_once_and_not_as_missing_too() -> None:
    assert texts(only(birth_date_male="31/02/1975")) == [
        "Dòng 9, cột Ngày, tháng, năm sinh – Nam: “31/02/1975” không phải ngày có thật. Hãy sửa thành ngày dd/mm/yyyy."
    ]


def test_all_errors_of_a_row_are_reported_together() -> None:
    row = only(full_name="", birth_date_male="hôm qua", coefficient="498", step="12/9", insurance_months=14)
    assert {error.key for error in row.errors} == {
        "full_name",
        "birth_date_male",
        "coefficient",
        "step",
        "insurance_months",
    }


# --- sections, hidden rows, merged headings


def test_section_rows_give_the_unit_and_totals_and_signatures_are_left_out() -> None:
    rows = [
        ["I", "Văn phòng Sở (2 người)"],
        person(unit=""),
        person(ordinal=2, full_name="Lê Văn Bình", unit="Đội xe"),
        ["II", "Phòng Tổ chức"],
        person(full_name="Vũ Văn Cường", unit=""),
        ["", "Tổng cộng: 3 người"],
        [],
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "", "GIÁM ĐỐC"],
        ["", "Nguyễn Văn Lập", "", "", "", "", "Trần Văn Ký"],
    ]
    one = reading(to_bytes(usual_list(rows)))
    found = list(one.rows())
    assert [(row.values["full_name"], row.values["unit"]) for row in found] == [
        ("Nguyễn Văn An", "Văn phòng Sở"),
        ("Lê Văn Bình", "Đội xe"),
        ("Vũ Văn Cường", "Phòng Tổ chức"),
    ]
    assert found[1].section == ("Văn phòng Sở",)
    assert one.summary.people == one.summary.accepted == 3 and one.summary.sections == 2
    assert [(row.row_number, row.kind) for row in one.summary.skipped] == [
        (9, "section"), (12, "section"), (14, "total"), (16, "footer"), (17, "footer"),
    ]  # fmt: skip


def test_hidden_rows_are_read_like_others() -> None:
    book = usual_list([person(), person(ordinal=2, full_name="Lê Văn Bình")])
    book["Danh sách"].row_dimensions[10].hidden = True
    assert len(list(reading(to_bytes(book)).rows())) == 2


@pytest.mark.parametrize("merged", [True, False])
def test_headers_with_and_without_merged_cells(merged: bool) -> None:
    (row,) = reading(to_bytes(usual_list([person()], merged=merged))).rows()
    assert row.errors == [] and row.values["sex"] == "male" and row.values["social_insurance_months"] == 303


def test_titles_without_diacritics_and_decomposed() -> None:
    import unicodedata

    from hrms.kernel.text import fold

    plain_header = [(fold(group).title(), fold(leaf).title()) for group, leaf in USUAL_HEADER]
    apart = [(unicodedata.normalize("NFD", group), unicodedata.normalize("NFD", leaf)) for group, leaf in USUAL_HEADER]
    for header in (plain_header, apart):
        (row,) = reading(to_bytes(usual_list([person()], header=header))).rows()
        assert row.errors == [] and row.values["birth_date"].iso() == "1970-06-15"
        assert row.values["social_insurance_months"] == 303


# --- other shapes of lists


def test_one_birth_column_with_a_column_of_sex() -> None:
    rows = plain(
        ["STT", "Họ tên", "Ngày sinh", "Giới tính"],
        [1, "Nguyễn Văn An", "1970", "Nam"],
        [2, "Trần Thị B", "1971", "Nữ"],
    )
    assert [row.values["sex"] for row in rows] == ["male", "female"]
    (bad,) = plain(["STT", "Họ tên", "Ngày sinh", "Giới tính"], [1, "Nguyễn Văn An", "1970", ""])
    assert texts(bad) == ["Dòng 2, cột Giới tính: chưa có giới tính. Hãy ghi Nam hoặc Nữ."]


def test_a_column_nu_that_ticks_the_women() -> None:
    rows = plain(["TT", "Họ và tên", "Nữ", "Năm sinh"], [1, "Nguyễn Văn An", "", 1970], [2, "Trần Thị B", "x", 1971])
    assert [(row.values["sex"], row.errors) for row in rows] == [("male", []), ("female", [])]


def test_a_sex_that_contradicts_the_birth_column_is_refused() -> None:
    header = [("TT", ""), ("Họ và tên", ""), ("Ngày sinh", "Nam"), ("Ngày sinh", "Nữ"), ("Giới tính", "")]
    (row,) = reading(to_bytes(usual_list([[1, "Nguyễn Văn An", "1970", "", "Nữ"]], header=header))).rows()
    assert [error.key for error in row.errors] == ["sex"]


def test_a_name_over_two_columns() -> None:
    book = usual_list(
        [[1, "Nguyễn Văn", "An", "1970", "Nam"]],
        header=[("TT", ""), ("Họ và tên", ""), ("Họ và tên", ""), ("Ngày sinh", ""), ("Giới tính", "")],
        merged=False,
    )
    page = book["Danh sách"]
    page["C6"] = None
    page.merge_cells("B6:C6")
    (row,) = reading(to_bytes(book)).rows()
    assert row.values["full_name"] == "Nguyễn Văn An" and row.errors == []
    (row,) = plain(["TT", "Họ và đệm", "Tên", "Ngày sinh", "Giới tính"], [1, "Nguyễn Văn", "An", "1970", "Nam"])
    assert row.values["full_name"] == "Nguyễn Văn An"


def test_the_whole_salary_in_one_column() -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Mức lương hiện hưởng"]
    (row,) = plain(header, [1, "Nguyễn Văn An", "1970", "Nam", "Hệ số 4,98; bậc 9; 01.003"])
    assert (row.values["coefficient"], row.values["step"], row.values["grade_code"]) == (Decimal("4.98"), 9, "01.003")


def test_salary_columns_that_contradict_each_other_are_refused() -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Hệ số", "Ngạch, bậc, hệ số"]
    (row,) = plain(header, [1, "Nguyễn Văn An", "1970", "Nam", "4,65", "01.003; bậc 9; 4,98"])
    assert [error.key for error in row.errors] == ["salary_grade"]
    assert "không khớp với cột Hệ số" in row.errors[0].message


def test_insurance_in_one_column_or_several() -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính"]
    base = [1, "Nguyễn Văn An", "1970", "Nam"]
    for title, cell in (
        ("Thời gian đóng BHXH", "25 năm 3 tháng"),
        ("Tổng số tháng đóng BHXH", 303),
        ("Số năm đóng BHXH", "25 năm 3 tháng"),
    ):
        (row,) = plain([*header, title], [*base, cell])
        assert row.values["social_insurance_months"] == 303, title
    (row,) = plain([*header, "Thời gian đóng BHXH", "Tổng số tháng đóng BHXH"], [*base, "25 năm 3 tháng", 300])
    assert row.errors and "không thống nhất" in row.errors[0].message


def test_identity_numbers_codes_and_categories() -> None:
    header = [
        "TT",
        "Họ và tên",
        "Ngày sinh",
        "Giới tính",
        "Số CCCD",
        "Mã cán bộ",
        "Số sổ BHXH",
        "Đối tượng",
        "Lương thỏa thuận",
        "Phụ lục",
    ]
    (row,) = plain(
        header, [1, "Nguyễn Văn An", "1970", "Nam", 33070001234, "CB01", 3301234567, "HĐ 111", "6.500.000", "II"]
    )
    assert row.errors == [] and row.warnings == []
    assert row.values["identity_number"] == "033070001234" and row.values["insurance_number"] == "3301234567"
    assert row.values["category"] == "contract_worker" and row.values["agreed_amount"] == 6_500_000
    assert row.values["retirement_annex"] == "II" and row.values["code"] == "CB01"


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("Cán bộ", "cadre"),
        ("CÔNG CHỨC", "civil_servant"),
        ("viên chức", "public_employee"),
        ("HĐ 111", "contract_worker"),
        ("Hợp đồng 68", "contract_worker"),
        ("Cán bộ xã", "commune_official"),
        ("Công chức cấp xã", "commune_official"),
        ("Hội", "association_staff"),
    ],
)
def test_kinds_of_staff(word: str, category: str) -> None:
    (row,) = plain(["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Loại"], [1, "Nguyễn Văn An", "1970", "Nam", word])
    assert row.values["category"] == category


def test_csv_and_old_excel_give_the_same_people() -> None:
    text = "TT;Họ và tên;Ngày sinh;Giới tính;Hệ số\n1;Nguyễn Văn An;15/06/1970;Nam;4,98\n"
    for encoding in ("utf-8", "utf-16"):
        (row,) = reading(text.encode(encoding)).rows()
        assert row.values["coefficient"] == Decimal("4.98") and row.values["birth_date"].iso() == "1970-06-15"
    rows = list(reading((FIXTURES / "danh-sach.xls").read_bytes()).rows())
    assert [row.values.get("full_name") for row in rows] == [
        "Nguyễn Văn An",
        "Trần Thị Bích",
        "Lê Văn Cường",
        "Vũ Văn Dũng",
    ]
    assert rows[1].values["birth_date"].iso() == "1970-02-01" and rows[1].values["grade_code"] == "01.003"
    assert rows[1].values["beyond_frame_percent"] == 6 and rows[1].section == ("Văn phòng Sở",)
    assert [bool(row.errors) for row in rows] == [False, False, True, True]
    assert "#DIV/0!" in rows[3].errors[0].message


def test_a_list_in_the_fonts_of_before_unicode() -> None:
    rows = plain(
        ["TT", "Hä vµ tªn", "Ngµy sinh", "Giíi tÝnh", "Chøc vô"],
        [1, "NGUYÔN V¡N §¹T", "1970", "Nam", "Phã Tr\u00adëng phßng"],
    )
    assert rows[0].values["full_name"] == "Nguyễn Văn Đạt"
    assert rows[0].values["title"] == "Phó Trưởng phòng"


# --- checks across cells


def test_insurance_cannot_be_longer_than_a_working_life() -> None:
    """Born 15/06/1970, fifteen on 15/06/1985: 480 months until 15/06/2025."""
    assert only(insurance_years=40, insurance_months=0).errors == []
    (error,) = only(insurance_years=40, insurance_months=1).errors
    assert "40 năm 1 tháng" in error.message and error.key == "insurance_years"


@pytest.mark.parametrize(
    ("recruited", "good"),
    [
        ("14/06/1985", False),
        ("15/06/1985", True),
        ("15/06/2025", True),
        ("16/06/2025", False),
        ("1985", True),
        ("1984", False),
    ],
)
def test_recruitment_lies_between_youth_and_today(recruited: str, good: bool) -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Ngày tuyển dụng"]
    (row,) = plain(header, [1, "Nguyễn Văn An", "15/06/1970", "Nam", recruited])
    assert (row.errors == []) is good, texts(row)
    assert good or row.errors[0].key == "recruited_on"


@pytest.mark.parametrize(
    ("born", "good"), [("15/06/2010", True), ("16/06/2010", False), ("2010", True), ("2011", False)]
)
def test_nobody_serves_before_fifteen(born: str, good: bool) -> None:
    row = only(birth_date_male=born, insurance_years="", insurance_months="", step_counted_from="")
    assert (row.errors == []) is good, texts(row)


@pytest.mark.parametrize(("born", "remarks"), [("16/06/1944", 0), ("15/06/1944", 1), ("1944", 0), ("1943", 1)])
def test_somebody_beyond_eighty_is_worth_a_second_look(born: str, remarks: int) -> None:
    row = only(birth_date_male=born)
    assert row.errors == [] and len(row.warnings) == remarks
    assert all("80 tuổi" in warning.message for warning in row.warnings)


def test_an_unknown_grade_code_is_a_warning_and_does_not_refuse() -> None:
    row = only(grade_code="99.999")
    assert row.errors == [] and [warning.key for warning in row.warnings] == ["grade_code"]
    (known,) = reading(to_bytes(usual_list([person(grade_code="99.999")])), known_grades={"99.999"}).rows()
    assert known.warnings == []


def test_a_coefficient_on_no_scale_is_a_warning() -> None:
    assert only(coefficient="4,97").warnings[0].key == "coefficient"
    assert only(coefficient="4,98").warnings == []


def test_beyond_the_frame_before_the_last_step_is_a_warning() -> None:
    assert only(step="8/9", beyond_frame_percent=5).warnings[0].key == "beyond_frame_percent"
    assert only(step="9/9", beyond_frame_percent=5).warnings == []


def test_a_coefficient_and_an_agreed_salary_exclude_each_other() -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Hệ số", "Lương thỏa thuận"]
    (row,) = plain(header, [1, "Nguyễn Văn An", "1970", "Nam", "4,98", "6.500.000"])
    assert [error.key for error in row.errors] == ["agreed_amount"]


@pytest.mark.parametrize(
    ("number", "warnings"),
    [("033070001234", 0), ("033170001234", 1), ("033071001234", 1), ("033271001234", 1), ("033171001234", 2)],
)
def test_an_identity_number_tells_the_sex_and_year_of_birth(number: str, warnings: int) -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD"]
    (row,) = plain(header, [1, "Nguyễn Văn An", "1970", "Nam", number])
    assert row.errors == [] and len(row.warnings) == warnings


# --- duplicates


def test_the_same_identity_number_refuses_both_rows_and_each_names_the_other() -> None:
    header = ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Mã cán bộ"]
    rows = plain(
        header,
        [1, "Nguyễn Văn An", "1970", "Nam", "033070001234", "A1"],
        [2, "Lê Văn Bình", "1970", "Nam", "033070009999", "A2"],
        [3, "Vũ Văn Cường", "1970", "Nam", 33070001234, "A3"],
        [4, "Đỗ Văn Dũng", "1970", "Nam", "033070008888", "A2"],
    )
    found = {row.row_number: [(error.key, error.message) for error in row.errors] for row in rows}
    assert [key for key, _message in found[2]] == ["identity_number"] and "dòng 4" in found[2][0][1]
    assert "dòng 2" in found[4][0][1]
    assert [key for key, _message in found[3]] == ["code"] and "dòng 5" in found[3][0][1]
    assert "dòng 3" in found[5][0][1]


def test_the_same_name_and_birthday_without_numbers_is_a_warning_on_the_second() -> None:
    first, second = people(person(), person(ordinal=2, full_name="NGUYỄN VĂN AN"))
    assert first.warnings == [] and second.errors == []
    assert "dòng 9" in second.warnings[0].message


# --- choosing sheets, correcting the mapping, refusals


def two_sheets() -> openpyxl.Workbook:
    book = usual_list([person(), person(ordinal=2, full_name="Lê Văn Bình")])
    notes = book.create_sheet("Hướng dẫn", 0)
    fill(notes, [["Cách ghi"], ["Họ và tên ghi chữ hoa"], ["Ngày sinh ghi dd/mm/yyyy"]])
    small = book.create_sheet("Hợp đồng")
    fill(small, [["TT", "Họ và tên", "Ngày sinh", "Giới tính"], [1, "Vũ Văn Cường", "1980", "Nam"]])
    return book


def test_the_sheet_that_looks_most_like_a_staff_list_is_chosen_and_another_may_be() -> None:
    data = to_bytes(two_sheets())
    one = reading(data)
    assert [(sheet.name, sheet.chosen) for sheet in one.sheets] == [
        ("Hướng dẫn", False),
        ("Danh sách", True),
        ("Hợp đồng", False),
    ]
    assert one.sheets[0].strength == 0 < one.sheets[2].strength < one.sheets[1].strength
    assert [row.values["full_name"] for row in reading(data, sheet="Hợp đồng").rows()] == ["Vũ Văn Cường"]
    with pytest.raises(SpreadsheetRefused, match="Không có"):
        reading(data, sheet="Không có")


def test_a_hidden_sheet_is_not_taken_while_a_visible_one_will_do() -> None:
    book = two_sheets()
    book["Danh sách"].sheet_state = "hidden"
    assert reading(to_bytes(book)).sheet.name == "Hợp đồng"


def test_the_guess_can_be_corrected_and_the_correction_is_kept() -> None:
    data = xlsx(
        [
            ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Số giày", "Ghi gì đó"],
            [1, "Nguyễn Văn An", "1970", "Nam", "CB01", "x"],
        ]
    )
    one = reading(data)
    assert [column.title for column in one.unknown_columns] == ["Số giày", "Ghi gì đó"]
    corrected = one.mapping_dict()
    corrected["columns"]["code"] = "E"
    again = reading(data, mapping=corrected)
    assert [column.title for column in again.unknown_columns] == ["Ghi gì đó"]
    assert next(again.rows()).values["code"] == "CB01"
    assert again.mapping_dict() == corrected


def test_a_header_can_be_pointed_out() -> None:
    data = xlsx([["Cột 1", "Cột 2", "Cột 3"], ["Nguyễn Văn An", "1970", "Nam"]])
    with pytest.raises(SpreadsheetRefused) as caught:
        reading(data)
    assert caught.value.code == "no_table"
    mapping = {"columns": {"full_name": "A", "birth_date": "B", "sex": "C"}, "header_rows": [1, 1]}
    assert next(reading(data, mapping=mapping).rows()).values["sex"] == "male"


def test_without_the_columns_that_make_a_person_nothing_is_read() -> None:
    one = reading(xlsx([["TT", "Họ và tên", "Chức vụ"], [1, "Nguyễn Văn An", "Chuyên viên"]]))
    assert len(one.problems) == 2 and "Ngày sinh" in one.problems[0] and "Giới tính" in one.problems[1]
    with pytest.raises(SpreadsheetRefused, match="Ngày sinh"):
        next(one.rows())


def test_progress_is_told_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    people(*(person(ordinal=number, full_name="Nguyễn Văn " + "A" * (number % 7 + 1)) for number in range(1, 1201)),
           progress=lambda done, total: seen.append((done, total)))  # fmt: skip
    assert seen[0] == (0, 1200) and seen[-1] == (1200, 1200)
    assert [done for done, _total in seen] == sorted(done for done, _total in seen) and len(seen) >= 3


def test_rows_can_be_read_twice_with_the_same_result() -> None:
    one = reading(to_bytes(usual_list([["I", "Văn phòng"], person(), person(birth_date_male="31/02/1975")])))
    first = [(row.row_number, row.values, row.errors) for row in one.rows()]
    assert first == [(row.row_number, row.values, row.errors) for row in one.rows()]
    assert (one.summary.people, one.summary.rejected) == (2, 1)


def test_refused_rows_come_back_in_the_senders_own_sheet() -> None:
    one = reading(to_bytes(usual_list([person(), person(ordinal=2, birth_date_male="31/02/1975")])))
    errors = {row.row_number: [*row.errors, *row.warnings] for row in one.rows()}
    stream = io.BytesIO()
    assert write_error_workbook(stream, one.sheet, one.header, errors) == 1
    again = reading(stream.getvalue())
    assert again.unknown_columns == () and again.mapping == one.mapping
    assert [bool(row.errors) for row in again.rows()] == [False, True]


# --- out and in again


def test_what_is_written_is_read_back_to_the_last_value() -> None:
    rows = people(
        person(
            birth_date_male="6/1965",
            beyond_frame_percent="6%",
            leadership="0,5",
            is_party_member="x",
            note="+84 912 000 111",
        ),
        person(
            ordinal=2,
            full_name="Trần Thị Bích",
            birth_date_male="",
            birth_date_female="1972",
            unit="Phòng Tổ chức",
            grade_code="Chuyên viên",
        ),
    )
    extra = {
        "identity_number": "033065001234",
        "code": "001",
        "insurance_number": "0123456789",
        "category": "civil_servant",
        "recruited_on": PartialDate(date(1995, 9, 1)),
        "retirement_annex": "II",
        "public_service_percent": Decimal(25),
    }
    before = [{**rows[0].values, **extra}, rows[1].values]
    stream = io.BytesIO()
    headings = Headings(
        "DANH SÁCH CÁN BỘ, CÔNG CHỨC", "(Tính đến ngày 15/6/2025)", ("UBND TỈNH HƯNG YÊN", "SỞ NỘI VỤ"), national=True
    )
    assert write_staff_list(stream, before, headings, by_unit=True, prepared="Người xuất: sonoivu") == 2
    one = reading(stream.getvalue())
    assert one.unknown_columns == () and one.problems == ()
    after = list(one.rows())
    assert [row.section for row in after] == [("Văn phòng Sở",), ("Phòng Tổ chức",)]
    assert [row.errors for row in after] == [[], []]
    assert [row.values for row in after] == before
