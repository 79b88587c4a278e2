"""Cells become typed values; everything wrong with a row is said at once, with its place and the remedy."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.spreadsheets import CellError, FieldSpec, Header, HeaderColumn, Mapping, RowParser, is_blank, show
from hrms.kernel.spreadsheets.fields import (
    choice,
    decimal_between,
    digits,
    full_date,
    integer_between,
    mark,
    money,
    partial_date,
    percent_between,
    text,
    text_at_most,
)
from hrms.kernel.spreadsheets.limits import UNCALCULATED, CellFault

HEADER = Header(
    1, 1, 2, tuple(HeaderColumn(i, (title,)) for i, title in enumerate(["Họ tên", "Ngày sinh", "Hệ số"])), ()
)
SPECS = (
    FieldSpec("name", "Họ và tên", (), text, required=True, example="Nguyễn Văn An"),
    FieldSpec("born", "Ngày sinh", (), partial_date),
    FieldSpec("coefficient", "Hệ số lương", (), decimal_between(Decimal(1), Decimal(13))),
)


def parser() -> RowParser:
    return RowParser(SPECS, Mapping({"name": 0, "born": 1, "coefficient": 2}), HEADER)


def test_a_good_row_is_typed() -> None:
    values, errors = parser().parse(45, ["  Nguyễn\u00a0Văn  An", "15/06/1965", "4,98"])
    assert errors == []
    assert values["name"] == "Nguyễn Văn An"
    assert values["born"].iso() == "1965-06-15"
    assert values["coefficient"] == Decimal("4.98")


def test_every_error_of_a_row_is_reported_with_its_place() -> None:
    values, errors = parser().parse(45, ["", "31/02/1975", "498"])
    assert values == {}
    assert [error.text for error in errors] == [
        "Dòng 45, cột Họ tên: chưa có giá trị. Hãy điền ô này, ví dụ Nguyễn Văn An.",
        "Dòng 45, cột Ngày sinh: “31/02/1975” không phải ngày có thật. Hãy sửa thành ngày dd/mm/yyyy.",
        "Dòng 45, cột Hệ số: “498” ngoài khoảng từ 1 đến 13. Hãy kiểm tra lại.",
    ]
    assert [error.column_letter for error in errors] == ["A", "B", "C"]
    assert errors[1].to_dict()["value"] == "31/02/1975"


def test_a_value_that_comes_again_is_read_and_refused_the_same_way() -> None:
    one = parser()
    first = one.parse(2, ["An", "1970", "4,98"])
    assert one.parse(3, ["An", "1970", "4,98"])[0] == first[0]
    for number in (4, 5):
        _values, (error,) = one.parse(number, ["An", "hôm qua", 3.0])
        assert error.row == number
    assert one.parse(6, ["An", "", 1.0])[0]["coefficient"] == 1
    assert one.parse(7, ["An", "", True])[1], "TRUE is not the number 1, though Python thinks so"


@pytest.mark.parametrize("empty", ["", " ", "-", "–", "...", "…", "/", "\u00a0"])
def test_dashes_and_dots_say_that_there_is_nothing(empty: str) -> None:
    assert is_blank(empty)
    values, errors = parser().parse(2, ["An", empty, empty])
    assert values == {"name": "An"} and errors == []
    assert parser().parse(2, [empty, "", ""])[1], "a required cell may not hold a dash"


def test_a_short_row_is_empty_to_its_right() -> None:
    values, errors = parser().parse(2, ["An"])
    assert values == {"name": "An"} and errors == []


def test_cells_with_excel_errors_and_open_formulas_are_reported() -> None:
    _values, errors = parser().parse(2, ["An", CellFault("#REF!"), UNCALCULATED])
    assert "#REF!" in errors[0].message and "công thức" in errors[1].message


def test_an_error_of_the_whole_row_names_only_the_row() -> None:
    error = parser().problem(9, "unit", "chưa có đơn vị.")
    assert error.text == "Dòng 9: chưa có đơn vị."
    assert isinstance(error, CellError) and error.severity == "error"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (4.98, "4,98"),
        (5.0, "5"),
        (1234567.0, "1.234.567"),
        (1e20, "1e+20"),
        (True, "TRUE"),
        (date(1965, 6, 15), "15/06/1965"),
        (datetime.fromisoformat("1965-06-15T07:30"), "15/06/1965 07:30"),
        (datetime.fromisoformat("1965-06-15T00:00"), "15/06/1965"),
        (timedelta(hours=30), "30 giờ"),
        (time(7, 30), "07:30:00"),
    ],
)
def test_cells_are_shown_as_people_see_them(cell: Any, shown: str) -> None:
    assert show(cell) == shown


def refused(parse: Any, value: Any) -> str:
    with pytest.raises(ValueError) as caught:
        parse(value)
    return str(caught.value)


def test_text_from_numbers_and_from_our_own_exports() -> None:
    assert text(2010.0) == "2010" and text(12.5) == "12.5"
    assert text("'=1+1") == "=1+1" and text("'-5") == "-5"
    assert text("O'Brien") == "O'Brien"
    assert text_at_most(5)("12345") == "12345"
    assert "dài 6 ký tự" in refused(text_at_most(5), "123456")


@pytest.mark.parametrize(
    ("cell", "value"), [("6%", 6), ("6", 6), (6.0, 6), (0.06, 6), ("6,5", Decimal("6.5")), (0, 0), ("100", 100)]
)
def test_percentages(cell: Any, value: Any) -> None:
    assert percent_between(Decimal(0), Decimal(100))(cell) == value


@pytest.mark.parametrize("cell", ["101", "-1", "nhiều", True, date(2025, 1, 1)])
def test_impossible_percentages(cell: Any) -> None:
    assert refused(percent_between(Decimal(0), Decimal(100)), cell).endswith(".")


@pytest.mark.parametrize(("cell", "good"), [("0,9", False), ("1", True), ("13", True), ("13,01", False)])
def test_bounds_belong_to_the_range(cell: str, good: bool) -> None:
    parse = decimal_between(Decimal(1), Decimal(13))
    assert (parse(cell) if good else refused(parse, cell)) is not None


def test_whole_numbers_and_money() -> None:
    assert integer_between(0, 60)("25") == 25
    assert "ngoài khoảng" in refused(integer_between(0, 60), 61)
    assert money("6.500.000 đồng") == 6_500_000 and money(6500000.0) == 6_500_000
    assert "số âm" in refused(money, "-5")
    assert refused(money, "6,5 triệu")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("x", True), ("X", True), ("Có", True), (1.0, True), (True, True), ("0", False), ("Không", False), (False, False)],
)
def test_ticks(cell: Any, value: bool) -> None:
    assert mark(cell) is value


def test_an_unclear_tick_is_refused() -> None:
    assert "“có lẽ”" in refused(mark, "có lẽ")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("033065001234", "033065001234"),
        ("033 065 001234", "033065001234"),
        ("'033065001234", "033065001234"),
        (33065001234.0, "033065001234"),
        (1065001234.0, "001065001234"),
    ],
)
def test_identity_numbers_keep_their_zeros(cell: Any, value: str) -> None:
    assert digits((12,), "số định danh")(cell) == value


@pytest.mark.parametrize("cell", ["03306500123", "0330650012345", "03306500123A", 145123456.0, "145123456", True])
def test_wrong_identity_numbers_are_refused_and_never_filled_up(cell: Any) -> None:
    assert "12 chữ số" in refused(digits((12,), "số định danh"), cell)


def test_choices_ignore_case_and_diacritics() -> None:
    parse = choice({"cong chuc": "civil_servant"}, "công chức")
    assert parse("CÔNG CHỨC ") == parse("Cong chuc.") == "civil_servant"
    assert "“giáo sư”" in refused(parse, "giáo sư")


def test_a_full_date_may_be_demanded() -> None:
    assert full_date("15/06/1965") == date(1965, 6, 15)
    assert "thiếu ngày" in refused(full_date, "06/1965")


CELLS = st.one_of(
    st.text(max_size=30),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(CELLS, min_size=3, max_size=3))
def test_no_cell_whatsoever_breaks_the_reading_of_a_row(cells: list[Any]) -> None:
    values, errors = parser().parse(1, cells)
    assert all(error.text.startswith("Dòng 1, cột") for error in errors)
    assert not {error.key for error in errors} & values.keys()
