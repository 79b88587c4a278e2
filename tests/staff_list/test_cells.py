"""Cells only a staff list has: ngạch codes, bậc, the whole salary in one cell, insurance time, sex, membership."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.commands.staff_list import FIELDS, KNOWN_GRADES
from hrms.commands.staff_list.parsers import (
    Grade,
    SalaryGrade,
    Step,
    WholeTime,
    annex,
    coefficient,
    grade,
    insurance_months_part,
    insurance_time,
    insurance_years_part,
    membership,
    person_name,
    salary_grade,
    sex,
    step,
)

WHOLE = SalaryGrade(Decimal("4.98"), Step(9), Grade("01.003"))


def refused(parse: Any, value: Any) -> str:
    with pytest.raises(ValueError) as caught:
        parse(value)
    message = str(caught.value)
    assert message.endswith("."), "what is wrong is said in a sentence"
    return message


@pytest.mark.parametrize(
    "cell",
    [
        "Hệ số 4,98; bậc 9; 01.003",
        "01.003; bậc 9; hệ số 4,98",
        "Bậc 9, hs 4.98 (01.003)",
        "01.003 - bậc 9 - 4,98",
        "4,98 01.003 bậc: 9",
        "HSL: 4,98; Ngạch: 01.003; Bậc: 9",
    ],
)
def test_the_whole_salary_in_one_cell_in_any_order(cell: str) -> None:
    assert salary_grade(cell) == WHOLE
    assert coefficient(cell) == WHOLE, "also where the column is called hệ số"


@given(
    st.permutations(["hệ số 4,98", "bậc 9/9", "mã ngạch 01.003", "VK 6%"]), st.sampled_from(["; ", ", ", " - ", " "])
)
def test_any_order_and_separator_tell_the_same(parts: list[str], separator: str) -> None:
    expected = SalaryGrade(Decimal("4.98"), Step(9, 9, Decimal(6)), Grade("01.003"))
    assert salary_grade(separator.join(parts)) == expected


def test_parts_that_are_missing_or_named_in_words() -> None:
    assert salary_grade("4,98") == SalaryGrade(Decimal("4.98"))
    assert salary_grade(4.98) == SalaryGrade(Decimal("4.98"))
    assert salary_grade("Chuyên viên chính, bậc 3/8, hệ số 5,08") == SalaryGrade(
        Decimal("5.08"), Step(3, 8), Grade("", "Chuyên viên chính")
    )
    assert salary_grade("V.07.03.29; 3,00; bậc 3") == SalaryGrade(Decimal("3.00"), Step(3), Grade("V.07.03.29"))


@pytest.mark.parametrize("cell", ["chưa xếp", "hệ số 49,8", "4,98; 5,08", "bậc 99; 4,98", True])
def test_an_unclear_salary_cell_is_refused(cell: Any) -> None:
    refused(salary_grade, cell)


@pytest.mark.parametrize(("cell", "value"), [("4,98", "4.98"), (2.34, "2.34"), ("1", "1"), ("13,00", "13")])
def test_coefficients(cell: Any, value: str) -> None:
    assert coefficient(cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["0,99", "13,01", "498", "x", "4,9,8"])
def test_implausible_coefficients_are_refused(cell: str) -> None:
    assert f"“{cell}”" in refused(coefficient, cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("6/9", Step(6, 9)),
        ("6", Step(6)),
        (6.0, Step(6)),
        (6, Step(6)),
        ("Bậc 6", Step(6)),
        ("09/9 (VK 7%)", Step(9, 9, Decimal(7))),
        ("9/9 + vượt khung 5%", Step(9, 9, Decimal(5))),
    ],
)
def test_steps(cell: Any, expected: Step) -> None:
    assert step(cell) == expected


@pytest.mark.parametrize("cell", ["10/9", "0/9", "0", "17", "VK", 2.5, True, "sáu"])
def test_impossible_steps(cell: Any) -> None:
    refused(step, cell)


@pytest.mark.parametrize(
    ("parse", "example"), [(step, "6/9"), (coefficient, "4,98"), (grade, "01.003"), (salary_grade, "4,98")]
)
def test_what_excel_turned_into_a_date_is_explained(parse: Any, example: str) -> None:
    """Typing 6/9 into an ordinary cell gives the 6th of September."""
    message = refused(parse, date(2025, 9, 6))
    assert "06/09/2025" in message and "văn bản" in message and example in message


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("01.003", "01.003"),
        (" 01.003 ", "01.003"),
        ("01,003", "01.003"),
        (1.003, "01.003"),
        ("1.003", "01.003"),
        (13.095, "13.095"),
        (15.11, "15.110"),
        ("01a.003", "01A.003"),
        ("V.07.03.29", "V.07.03.29"),
        ("v.07.03.29", "V.07.03.29"),
        ("V07.03.29", "V.07.03.29"),
        ("V 07 03 29", "V.07.03.29"),
    ],
)
def test_grade_codes_in_every_writing(cell: Any, code: str) -> None:
    assert grade(cell) == Grade(code)


def test_a_grade_by_its_name_or_by_name_and_code() -> None:
    assert grade("Chuyên viên chính") == Grade("", "Chuyên viên chính")
    assert grade("Chuyên viên (01.003)") == Grade("01.003", "Chuyên viên")


@pytest.mark.parametrize("cell", ["1", "01.03", "V.07.03", 7.0, 1234.5, True])
def test_wrong_grade_codes(cell: Any) -> None:
    refused(grade, cell)


def test_common_codes_are_known() -> None:
    assert {"01.003", "06.031", "V.07.03.29", "V.08.01.03", "01.010"} <= KNOWN_GRADES
    assert "99.999" not in KNOWN_GRADES


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        ("25 năm 3 tháng", 303),
        ("25 năm", 300),
        ("7 tháng", 7),
        ("303 tháng", 303),
        ("25n3t", 303),
        ("25 năm, 03 tháng", 303),
        ("25 năm 11 tháng", 311),
    ],
)
def test_insurance_in_words(cell: str, months: int) -> None:
    assert insurance_time(cell) == months


@pytest.mark.parametrize(
    "cell", ["25", 25.0, "25,3", "25 năm 12 tháng", "năm tháng", "", "25 năm 3 tháng 5 ngày", date(2025, 3, 1)]
)
def test_a_duration_that_may_mean_two_things_is_never_guessed(cell: Any) -> None:
    refused(insurance_time, cell)


def test_years_and_months_in_their_columns() -> None:
    assert insurance_years_part("25") == insurance_years_part(25.0) == 25
    assert insurance_months_part(3.0) == 3
    assert insurance_years_part("25 năm 3 tháng") == WholeTime(303)
    assert insurance_months_part("303 tháng") == WholeTime(303)
    assert insurance_months_part("3 tháng") == 3


@pytest.mark.parametrize(
    ("value", "good"), [(11, True), (12, False), (-1, False), (0, True), (2.5, False), (True, False)]
)
def test_the_odd_months_are_below_twelve(value: Any, good: bool) -> None:
    if good:
        assert insurance_months_part(value) == value
    else:
        refused(insurance_months_part, value)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("NGUYỄN  VĂN\u00a0AN", "Nguyễn Văn An"),
        ("Nguyê\u0303n Va\u0306n An", "Nguyễn Văn An"),
        ("Nguyễn Văn An (B)", "Nguyễn Văn An"),
        ("Điểu K'Ré", "Điểu K'Ré"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Tôn Nữ Thị Ninh", "Tôn Nữ Thị Ninh"),
    ],
)
def test_names_as_they_are_written_on_papers(cell: str, name: str) -> None:
    assert person_name(cell) == name


@pytest.mark.parametrize("cell", [12.0, "Nguyễn Văn An 1970", "a@b.vn", "???", "x" * 151])
def test_what_is_no_name(cell: Any) -> None:
    refused(person_name, cell)


def test_sex_annex_and_membership() -> None:
    assert (sex("Nam"), sex("NỮ"), sex("nu")) == ("male", "female", "female")
    refused(sex, "x")
    assert (annex("I"), annex("2"), annex("Phụ lục II"), annex(1.0)) == ("I", "II", "II", "I")
    refused(annex, "III")
    assert membership("x") and membership("03/02/1990") and membership(date(1990, 2, 3)) and membership("Đảng viên")
    assert not membership("không")
    refused(membership, "có lẽ")


CELLS = st.one_of(
    st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times()
)


@given(st.sampled_from(FIELDS), CELLS)
def test_no_cell_whatsoever_breaks_a_field(spec: Any, cell: Any) -> None:
    try:
        spec.parser(cell)
    except ValueError as problem:
        assert str(problem).strip()
