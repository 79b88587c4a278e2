"""Dates keep the precision they are known to; months and ages are counted in whole units."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.text import (
    DateFormatError,
    PartialDate,
    add_months,
    add_years,
    age_on,
    calendar_months,
    end_of_month,
    first_of_next_month,
    format_date,
    format_partial,
    full_months,
    long_date,
    months_to_words,
    parse_date,
    parse_full_date,
)

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("15/06/1965", "1965-06-15"),
        ("5/6/1965", "1965-06-05"),
        ("15-6-1965", "1965-06-15"),
        ("15.06.1965", "1965-06-15"),
        (" 15 / 06 / 1965 ", "1965-06-15"),
        ("15/06/1965 00:00:00", "1965-06-15"),
        ("1965-06-15", "1965-06-15"),
        ("1965-06-15T07:30:00+07:00", "1965-06-15"),
        ("ngày 05 tháng 01 năm 2026", "2026-01-05"),
        ("Tháng 6 năm 1965", "1965-06"),
        ("năm 1965", "1965"),
        ("6/1965", "1965-06"),
        ("06-1965", "1965-06"),
        ("1965-06", "1965-06"),
        ("1965", "1965"),
        ("'15/06/1965", "1965-06-15"),
        (1965, "1965"),
        (1965.0, "1965"),
        (23908, "1965-06-15"),
        (23908.5, "1965-06-15"),
        ("23908", "1965-06-15"),
        (6.1965, "1965-06"),
        (10.201, "2010-10"),  # 10.2010 typed into a cell loses its last zero
        (date(1965, 6, 15), "1965-06-15"),
        (datetime.fromisoformat("1965-06-15T00:00:00"), "1965-06-15"),
    ],
)
def test_every_usual_way_to_write_a_date_is_read(written: object, iso: str) -> None:
    assert parse_date(written).iso() == iso


@pytest.mark.parametrize(
    "written", ["31/02/1975", "29/02/1900", "00/05/1970", "15/13/1965", "06/15/1965", "13/1965", "0/1965"]
)
def test_a_day_that_never_was_is_refused_with_the_remedy(written: str) -> None:
    with pytest.raises(DateFormatError) as refusal:
        parse_date(written)
    assert str(refusal.value) == f"“{written}” không phải ngày có thật. Hãy sửa thành ngày dd/mm/yyyy."


@pytest.mark.parametrize(
    "written", ["", "x", "15/06", "hôm qua", 0, 5, 1899, -3, 12.5, 99_999, float("nan"), float("inf"), None, True]
)
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(DateFormatError, match="không phải ngày"):
        parse_date(written)


def test_a_year_of_two_digits_is_never_guessed() -> None:
    with pytest.raises(DateFormatError, match="bốn chữ số"):
        parse_date("15/06/65")


@pytest.mark.parametrize(
    ("written", "good"), [("31/12/1899", False), ("01/01/1900", True), ("31/12/2100", True), ("01/01/2101", False)]
)
def test_years_out_of_any_working_life_are_refused(written: str, good: bool) -> None:
    if good:
        assert format_partial(parse_date(written)) == written
    else:
        with pytest.raises(DateFormatError, match="năm"):
            parse_date(written)


def test_a_full_day_can_be_demanded() -> None:
    assert parse_full_date("15/06/1965") == date(1965, 6, 15)
    with pytest.raises(DateFormatError, match="thiếu ngày"):
        parse_full_date("06/1965")


def test_only_what_is_known_is_shown() -> None:
    assert str(PartialDate(date(1965, 6, 15))) == "15/06/1965"
    assert str(PartialDate(date(1965, 6, 15), "month")) == "06/1965"
    assert str(PartialDate(date(1965, 6, 15), "year")) == "1965"
    assert PartialDate(date(1965, 6, 15), "month").value == date(1965, 6, 1)
    assert PartialDate(date(1964, 2, 9), "month").last == date(1964, 2, 29)
    assert PartialDate(date(1965, 6, 15), "year").last == date(1965, 12, 31)
    assert PartialDate(date(1965, 1, 1)) < PartialDate(date(1965, 1, 1), "year") < PartialDate(date(1965, 1, 2))


@given(DAYS, st.sampled_from(["day", "month", "year"]))
def test_dates_survive_writing_and_reading(day: date, precision: str) -> None:
    partial = PartialDate(day, precision)  # type: ignore[arg-type]
    assert parse_date(str(partial)) == partial
    assert parse_date(partial.iso()) == partial
    assert partial.value <= day <= partial.last or precision == "day"


def test_long_dates_pad_as_the_decree_on_clerical_work_says() -> None:
    assert long_date(date(2026, 1, 5)) == "ngày 05 tháng 01 năm 2026"
    assert long_date(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"
    assert format_date(date(2026, 3, 5)) == "05/03/2026"


def test_months_are_added_within_the_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2025, 3, 31), -1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert first_of_next_month(date(2025, 12, 31)) == date(2026, 1, 1)
    assert end_of_month(date(2024, 2, 10)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2025, 6, 14), 59), (date(2025, 6, 15), 60), (date(2025, 6, 16), 60), (date(2026, 6, 14), 60)]
)
def test_a_year_of_age_is_complete_on_the_birthday(day: date, age: int) -> None:
    assert age_on(date(1965, 6, 15), day) == age


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2025, 1, 15), date(2025, 2, 14), 0),
        (date(2025, 1, 15), date(2025, 2, 15), 1),
        (date(2025, 1, 31), date(2025, 2, 28), 1),
        (date(2025, 2, 15), date(2025, 1, 15), -1),
        (date(2000, 3, 1), date(2025, 6, 1), 303),
    ],
)
def test_only_whole_months_count(start: date, end: date, months: int) -> None:
    assert full_months(start, end) == months


@given(DAYS, st.integers(min_value=0, max_value=600))
def test_counting_and_adding_months_agree(start: date, months: int) -> None:
    end = add_months(start, months)
    assert full_months(start, end) == months
    assert calendar_months(start, end) == months


def test_durations_are_said_in_years_and_months() -> None:
    assert months_to_words(303) == "25 năm 3 tháng"
    assert months_to_words(300) == "25 năm"
    assert months_to_words(7) == "7 tháng"
    assert months_to_words(0) == "0 tháng"
