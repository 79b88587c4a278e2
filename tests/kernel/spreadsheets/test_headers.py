"""The table is found wherever it stands, and its columns by the titles people use, not by their places."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.spreadsheets import (
    FieldSpec,
    HeaderColumn,
    Mapping,
    SpreadsheetRefused,
    find_table,
    guess_mapping,
    header_at,
    open_workbook,
)
from hrms.kernel.spreadsheets.fields import text
from hrms.kernel.spreadsheets.header import is_column_numbers
from tests.support.sheets import USUAL_HEADER, book_of, to_bytes, usual_list, xlsx


def spec(key: str, label: str, *synonyms: str) -> FieldSpec:
    return FieldSpec(key, label, synonyms, text)


SPECS = (
    spec("name", "Họ và tên", "Họ tên"),
    spec("born", "Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"),
    spec("born_m", "sinh > Nam"),
    spec("born_f", "sinh > Nữ"),
    spec("post", "Chức vụ", "Chức vụ, chức danh"),
    spec("post_allowance", "Phụ cấp > Chức vụ", "PCCV"),
    spec("other", "Phụ cấp > Khác"),
    spec("years", "BHXH > Năm"),
    spec("months", "BHXH > Tháng"),
    spec("coefficient", "Hệ số", "Mức lương > Hệ số"),
    spec("note", "Ghi chú"),
)


def found_in(data: bytes) -> Any:
    table = find_table(open_workbook(data).sheets[0], SPECS)
    assert table is not None
    return table


def columns(*paths: tuple[str, ...]) -> list[HeaderColumn]:
    return [HeaderColumn(index, path) for index, path in enumerate(paths)]


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("numbers", [True, False])
def test_the_usual_list_with_titles_two_header_rows_and_column_numbers(merged: bool, numbers: bool) -> None:
    data = to_bytes(usual_list([[1, "Nguyễn Văn An", "15/06/1970"]], merged=merged, numbers=numbers))
    table = found_in(data)
    assert (table.header.first_row, table.header.last_row) == (6, 7)
    assert table.header.first_data_row == (9 if numbers else 8)
    assert "DANH SÁCH CÁN BỘ, CÔNG CHỨC" in table.header.titles_above
    letters = table.guess.mapping.to_dict()["columns"]
    assert letters == {
        "name": "B", "born_m": "C", "born_f": "D", "post": "E", "coefficient": "H", "post_allowance": "K", "other": "N",
        "years": "W", "months": "X", "note": "Y",
    }  # fmt: skip
    assert table.header.title_of(2) == "Ngày, tháng, năm sinh – Nam"


def test_a_header_in_the_first_row_of_a_plain_table() -> None:
    table = found_in(xlsx([["Họ tên", "Năm sinh", "Chức vụ"], ["An", 1970, "Chuyên viên"]]))
    assert (table.header.first_row, table.header.last_row, table.header.first_data_row) == (1, 1, 2)
    assert table.guess.mapping.columns == {"name": 0, "born": 1, "post": 2}


def test_three_header_rows() -> None:
    book = book_of(
        [
            ["Họ và tên", "Lý lịch", "", "Lương, phụ cấp", ""],
            ["", "Ngày sinh", "", "Mức lương", "Phụ cấp"],
            ["", "Nam", "Nữ", "Hệ số", "Chức vụ"],
            ["An", "1970", "", "4,98", "0,5"],
        ]
    )
    page = book["Sheet1"]
    for area in ("A1:A3", "B1:C1", "B2:C2", "D1:E1"):
        page.merge_cells(area)
    table = found_in(to_bytes(book))
    assert table.header.first_data_row == 4
    assert table.guess.mapping.columns == {"name": 0, "born_m": 1, "born_f": 2, "coefficient": 3, "post_allowance": 4}


def test_a_header_merged_over_two_rows_everywhere() -> None:
    book = book_of([["Họ và tên", "Ngày sinh"], [], ["An", "1970"]])
    book["Sheet1"].merge_cells("A1:A2")
    book["Sheet1"].merge_cells("B1:B2")
    table = found_in(to_bytes(book))
    assert (table.header.last_row, table.header.first_data_row) == (2, 3)


def test_data_is_never_swallowed_by_the_header() -> None:
    table = found_in(xlsx([["Họ tên", "Ghi chú"], ["An", ""], ["Bình", "x"]]))
    assert table.header.first_data_row == 2


@pytest.mark.parametrize(
    "title",
    ["HỌ VÀ TÊN", "Ho va ten", "Họ  và\ntên", "Ho\u0323 va\u0300 te\u0302n", "Họ và tên:", "(Họ và tên)", "Hộ và tên"],
)
def test_titles_are_compared_as_people_read_them(title: str) -> None:
    guess = guess_mapping(columns((title,), ("Ngày sinh",)), SPECS)
    assert guess.mapping.columns["name"] == 0


def test_diacritics_decide_between_titles_that_differ_only_by_them() -> None:
    """*Nam* (man) and *Năm* (year) are the same letters; the exact one wins, the group tells otherwise."""
    exact = guess_mapping(columns(("Ngày sinh", "Nữ"), ("Ngày sinh", "Nam"), ("BHXH", "Tháng"), ("BHXH", "Năm")), SPECS)
    assert exact.mapping.columns == {"born_m": 1, "born_f": 0, "years": 3, "months": 2}
    plain = guess_mapping(columns(("Ngay sinh", "Nu"), ("Ngay sinh", "Nam"), ("BHXH", "Thang"), ("BHXH", "Nam")), SPECS)
    assert plain.mapping.columns == {"born_m": 1, "born_f": 0, "years": 3, "months": 2}


def test_the_same_title_under_another_group_is_another_field() -> None:
    guess = guess_mapping(columns(("Họ tên",), ("Phụ cấp", "Chức vụ"), ("Chức vụ",)), SPECS)
    assert guess.mapping.columns["post"] == 2
    assert guess.mapping.columns["post_allowance"] == 1


def test_a_group_written_into_one_title_is_understood() -> None:
    guess = guess_mapping(columns(("Họ tên",), ("Phụ cấp chức vụ",), ("Phụ cấp khác",)), SPECS)
    assert guess.mapping.columns == {"name": 0, "post_allowance": 1, "other": 2}


def test_confidence_falls_with_likeness_and_other_columns_are_offered() -> None:
    guess = guess_mapping(columns(("Họ tên",), ("Năm sinh (dương lịch)",), ("Ngày tháng năm sinh",)), SPECS)
    assert guess.matches["name"].confidence == 1.0
    assert guess.matches["born"].column == 2
    (offered,) = guess.alternatives["born"]
    assert offered.column == 1 and 0.4 <= offered.confidence < 1.0


def test_columns_that_fit_nothing_are_listed() -> None:
    guess = guess_mapping(columns(("Họ tên",), ("Số giày",), ("Ngày sinh",)), SPECS)
    assert [column.title for column in guess.unknown] == ["Số giày"]
    assert guess.unknown[0].letter == "B"


@given(st.permutations(range(len(USUAL_HEADER))))
def test_the_order_of_the_columns_does_not_matter(order: list[int]) -> None:
    paths = [tuple(title for title in USUAL_HEADER[place] if title) for place in order]
    guess = guess_mapping(columns(*paths), SPECS)
    by_title = {key: paths[index] for key, index in guess.mapping.columns.items()}
    assert by_title["post"] == ("Chức vụ, chức danh",)
    assert by_title["post_allowance"] == ("Phụ cấp", "Chức vụ")
    assert by_title["born_f"] == ("Ngày, tháng, năm sinh", "Nữ")
    assert by_title["years"] == ("Thời gian đóng BHXH", "Năm")


@given(st.lists(st.text(max_size=20), max_size=8))
def test_no_column_is_given_twice_whatever_the_titles(titles: list[str]) -> None:
    guess = guess_mapping(columns(*((title,) for title in titles)), SPECS)
    used = list(guess.mapping.columns.values())
    assert len(used) == len(set(used))


def test_a_sheet_without_known_titles_holds_no_table() -> None:
    assert find_table(open_workbook(xlsx([["a", "b"], ["c", "d"]])).sheets[0], SPECS) is None


def test_the_user_can_point_to_the_header() -> None:
    data = xlsx([["Bảng 1"], ["Họ tên", "Năm sinh"], ["An", 1970]])
    header = header_at(open_workbook(data).sheets[0], 2, 2)
    assert [column.title for column in header.columns] == ["Họ tên", "Năm sinh"]
    assert header.first_data_row == 3


def test_a_mapping_survives_being_stored_and_sent_back() -> None:
    mapping = Mapping({"name": 1, "born": 27})
    stored = mapping.to_dict()
    assert stored == {"version": 1, "columns": {"name": "B", "born": "AB"}}
    assert Mapping.from_dict(stored, SPECS) == mapping
    assert Mapping.from_dict({"columns": {"name": "b", "born": "", "note": None}}, SPECS).columns == {"name": 1}


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"columns": {"nobody": "A"}}, "nobody"),
        ({"columns": {"name": "A1"}}, "A1"),
        ({"columns": {"name": "A", "born": "a"}}, "Cột A"),
        ({"columns": ["A"]}, "ghép cột"),
        ({}, "ghép cột"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(data: dict[str, Any], named: str) -> None:
    with pytest.raises(SpreadsheetRefused, match=named) as caught:
        Mapping.from_dict(data, SPECS)
    assert caught.value.code == "bad_mapping"


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (["(1)", "(2)", "(3)"], True),
        ([1, 2, 3, 4], True),
        (["A", "B", "1", "2", "3"], True),
        (["1", "2", "3=1+2", "(4)=(2)+(3)"], True),
        ([1.0, 2.0, "", 3.0], True),
        ([1, "Nguyễn Văn An", 1970], False),
        ([5, 6, 7], False),
        ([1, 1, 1], False),
        (["x", "x"], False),
    ],
)
def test_the_row_of_column_numbers_is_told_from_data(row: list[Any], is_one: bool) -> None:
    assert is_column_numbers(row) is is_one
