"""Amounts read aloud correctly, and numbers are written and read with Vietnamese separators."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.text import (
    NumberFormatError,
    amount_in_words,
    exact,
    format_decimal,
    format_integer,
    format_money,
    format_percent,
    integer_in_words,
    parse_decimal,
    parse_integer,
    parse_money,
    parse_number,
    parse_percent,
)

WORDS = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    55: "năm mươi lăm",
    100: "một trăm",
    101: "một trăm linh một",
    105: "một trăm linh năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    121: "một trăm hai mươi mốt",
    1_000: "một nghìn",
    1_001: "một nghìn không trăm linh một",
    1_015: "một nghìn không trăm mười lăm",
    10_000: "mười nghìn",
    21_000: "hai mươi mốt nghìn",
    105_000: "một trăm linh năm nghìn",
    1_000_000: "một triệu",
    1_000_005: "một triệu không trăm linh năm",
    2_340_000: "hai triệu ba trăm bốn mươi nghìn",
    1_000_000_000: "một tỷ",
    1_000_000_021: "một tỷ không trăm hai mươi mốt",
    999_999_999_999: "chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn"
    " chín trăm chín mươi chín",
    1_000_000_000_000: "một nghìn tỷ",
    1_005_000_000_000: "một nghìn không trăm linh năm tỷ",
    1_000_000_000_000_000: "một triệu tỷ",
    10**18: "một tỷ tỷ",
    -15: "âm mười lăm",
}


@pytest.mark.parametrize(("number", "words"), WORDS.items())
def test_numbers_are_read_as_people_say_them(number: int, words: str) -> None:
    assert integer_in_words(number) == words


def test_an_amount_on_a_paper_is_a_sentence() -> None:
    expected = "Tám trăm năm mươi hai triệu một trăm bốn mươi nghìn hai trăm năm mươi đồng"
    assert amount_in_words(852_140_250) == expected
    assert amount_in_words(0) == "Không đồng"
    assert amount_in_words(-500_000) == "Âm năm trăm nghìn đồng"
    assert amount_in_words(12, unit="người") == "Mười hai người"


def _read_back(words: str) -> int:
    """An independent reader of number words: sums groups by their names."""
    digits = dict(zip(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"], range(10), strict=True))
    digits |= {"mốt": 1, "tư": 4, "lăm": 5}
    billions = total = group = digit = 0
    for word in words.removeprefix("âm ").split():
        if word in digits:
            digit = digits[word]
        elif word == "trăm":
            group, digit = digit * 100, 0
        elif word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "nghìn":
            total, group, digit = total + (group + digit) * 1000, 0, 0
        elif word == "triệu":
            total, group, digit = total + (group + digit) * 1_000_000, 0, 0
        elif word == "tỷ":
            billions, total, group, digit = (billions + total + group + digit) * 10**9, 0, 0, 0
        else:
            assert word == "linh", word
    value = billions + total + group + digit
    return -value if words.startswith("âm ") else value


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_words_say_exactly_the_number(number: int) -> None:
    assert _read_back(integer_in_words(number)) == number


@given(st.integers(min_value=0, max_value=10**15))
def test_the_tens_and_units_follow_the_rules_of_the_language(number: int) -> None:
    words = integer_in_words(number).split()
    for before, word in itertools.pairwise(words):
        assert (word == "mốt") <= (before == "mươi")
        assert (word == "tư") <= (before == "mươi")
        assert (word == "lăm") <= (before in {"mươi", "mười"})
        assert not (before == "mươi" and word in {"một", "năm", "bốn"})
        assert not (before == "linh" and word in {"mốt", "lăm", "tư"})


def test_numbers_have_dots_between_thousands_and_a_decimal_comma() -> None:
    assert format_integer(1_234_567) == "1.234.567"
    assert format_integer(-1_000) == "-1.000"
    assert format_money(852_140_250) == "852.140.250 đồng"
    assert format_decimal(Decimal("4.980")) == "4,98"
    assert format_decimal(Decimal("1234567.5"), 2) == "1.234.567,50"
    assert format_decimal(Decimal("2.345"), 2) == "2,35"
    assert format_decimal(Decimal("-0.001"), 2) == "0,00"
    assert format_decimal(10) == "10"
    assert format_percent(Decimal("6.50")) == "6,5%"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4,98", "4.98"),
        ("4.98", "4.98"),
        (" 4 ", "4"),
        (",5", "0.5"),
        ("+0,2", "0.2"),
        ("-1,5", "-1.5"),
        ("−1,5", "-1.5"),
        ("1.234.567", "1234567"),
        ("1.234.567,5", "1234567.5"),
        ("1,234,567.5", "1234567.5"),
        ("1.234", "1.234"),
        (4.98, "4.98"),
        (5.2290000000000001, "5.229"),
        (7, "7"),
    ],
)
def test_a_coefficient_may_have_a_comma_or_a_dot(written: str | float, value: str) -> None:
    assert parse_decimal(written) == Decimal(value)


@pytest.mark.parametrize(
    "written", ["", "abc", "4,9,8", "1.2.3", "4,98x", "--4", "1.23.456", "٤", "1e5", True, float("inf"), float("nan")]
)
def test_what_is_no_number_is_refused_by_name(written: str) -> None:
    with pytest.raises(NumberFormatError, match=f"“{re.escape(str(written))}”"):
        parse_decimal(written)


def test_dots_group_thousands_in_ordinary_numbers() -> None:
    assert parse_number("1.234") == 1234
    assert parse_number("12.5") == Decimal("12.5")
    assert parse_number("0.125") == Decimal("0.125")
    assert parse_number("1.234,5") == Decimal("1234.5")
    assert parse_integer("2.025") == 2025
    assert parse_integer(25.0) == 25
    with pytest.raises(NumberFormatError):
        parse_integer("12,5")


@pytest.mark.parametrize(
    "written", ["1.234.567", "1,234,567", "1 234 567", "1.234.567 đồng", "1234567,00", "1.234.567đ", 1234567.0]
)
def test_money_is_whole_dong_however_it_is_grouped(written: str | float) -> None:
    amount = parse_money(written)
    assert amount == 1_234_567 and isinstance(amount, int)


def test_money_takes_one_group_of_three_as_thousands_and_refuses_fractions() -> None:
    assert parse_money("500.000") == 500_000
    assert parse_money("500,000") == 500_000
    for wrong in ("500,5", "1.5", "nhiều", 0.5):
        with pytest.raises(NumberFormatError):
            parse_money(wrong)


def test_percent_is_counted_in_hundredths() -> None:
    assert parse_percent("6%") == parse_percent("6") == parse_percent(6) == 6
    assert parse_percent("6,5 %") == Decimal("6.5")
    assert parse_percent(0.06, cell_fraction=True) == 6
    assert parse_percent(0.06) == Decimal("0.06")
    assert parse_percent("0,5%", cell_fraction=True) == Decimal("0.5")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_what_is_written_is_read_back(number: Decimal) -> None:
    assert parse_number(format_decimal(number, 3)) == number


@given(st.integers(min_value=0, max_value=10**13))
def test_money_survives_writing_and_reading(amount: int) -> None:
    assert parse_money(format_money(amount)) == amount


@given(st.decimals(min_value=0, max_value=100_000, places=4))
def test_a_spreadsheet_number_is_the_decimal_it_shows(number: Decimal) -> None:
    assert exact(float(number)) == number
