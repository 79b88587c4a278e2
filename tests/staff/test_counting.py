"""Months of insurance: whole calendar months, none twice, opening totals continued while in service."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.commands.staff.counting import confirmed_through, count_months, in_service, last_day, month_index

RECRUITED = date(1995, 8, 1)
ALWAYS = [(RECRUITED, None)]


@dataclass
class Row:
    kind: str = "period"
    starts_on: date | None = None
    ends_on: date | None = None
    months: int | None = None
    in_public_body: bool = True
    hazardous: bool = False
    special_area: bool = False
    paid_out: bool = False


def opening(months: int, on: date, **more: bool) -> Row:
    return Row("opening", None, on, months, **more)


def first_of(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def test_a_period_counts_whole_calendar_months() -> None:
    """Leave on 01/06/2025: May is the last month; leave on 31/05: April."""
    rows = [Row(starts_on=date(2025, 1, 1))]
    assert count_months(rows, ALWAYS, date(2025, 6, 1)).total == 5
    assert count_months(rows, ALWAYS, date(2025, 5, 31)).total == 4
    assert count_months(rows, ALWAYS, date(2025, 6, 2)).total == 5


def test_an_opening_total_goes_on_while_in_service() -> None:
    """25 years 3 months confirmed to 31/03/2025, first day away 01/06/2025: two months more."""
    count = count_months([opening(303, date(2025, 3, 31))], ALWAYS, date(2025, 6, 1))
    assert (count.total, count.opening, count.implied) == (305, 303, 2)
    assert count.confirmed_on == date(2025, 3, 31)


@pytest.mark.parametrize(
    ("day", "total"),
    [
        (date(2025, 3, 31), 302),  # confirmed on the 31st with March inside; asked about February's end
        (date(2025, 4, 1), 303),
        (date(2025, 4, 30), 303),
        (date(2025, 5, 1), 304),
    ],
)
def test_the_months_around_the_confirmation(day: date, total: int) -> None:
    assert count_months([opening(303, date(2025, 3, 31))], ALWAYS, day).total == total


def test_a_month_confirmed_while_it_ran_is_never_counted_again() -> None:
    """Confirmed on 15/03: March may be inside; confirmed on 01/03: it is not."""
    assert count_months([opening(303, date(2025, 3, 15))], ALWAYS, date(2025, 4, 1)).total == 303
    assert count_months([opening(303, date(2025, 3, 1))], ALWAYS, date(2025, 4, 1)).total == 304
    assert confirmed_through(date(2025, 3, 1)) == month_index(date(2025, 2, 1))


def test_period_rows_after_the_confirmation_take_the_place_of_implied_months() -> None:
    rows = [
        opening(100, date(2024, 12, 31)),
        Row(starts_on=date(2025, 1, 1), ends_on=date(2025, 2, 28), hazardous=True),
    ]
    count = count_months(rows, ALWAYS, date(2025, 5, 1))
    assert (count.total, count.recorded, count.implied, count.hazardous) == (104, 2, 2, 2)


def test_months_out_of_service_are_not_implied() -> None:
    gone = [(RECRUITED, date(2025, 1, 31)), (date(2025, 4, 1), None)]
    assert count_months([opening(100, date(2024, 12, 31))], gone, date(2025, 6, 1)).total == 100 + 1 + 2


def test_nothing_counts_after_leaving() -> None:
    rows = [Row(starts_on=date(2024, 1, 1))]
    assert count_months(rows, ALWAYS, date(2026, 1, 1), left_on=date(2025, 1, 1)).total == 12


def test_the_latest_confirmation_replaces_earlier_ones() -> None:
    rows = [opening(290, date(2023, 12, 31)), opening(303, date(2024, 12, 31))]
    assert count_months(rows, ALWAYS, date(2025, 1, 1)).total == 303
    assert count_months(rows, ALWAYS, date(2024, 1, 1)).total == 290


def test_parts_confirmed_on_one_day_are_one_total() -> None:
    day = date(2024, 12, 31)
    rows = [opening(200, day), opening(60, day, hazardous=True), opening(24, day, in_public_body=False)]
    count = count_months(rows, ALWAYS, date(2025, 1, 1))
    assert (count.total, count.hazardous, count.in_public_body) == (284, 60, 260)


def test_time_paid_out_never_counts() -> None:
    day = date(2024, 12, 31)
    rows = [opening(200, day), opening(48, day, paid_out=True)]
    count = count_months(rows, ALWAYS, date(2025, 1, 1))
    assert (count.total, count.paid_out) == (200, 48)
    rows = [Row(starts_on=date(2000, 1, 1), ends_on=date(2000, 12, 31), paid_out=True), Row(starts_on=date(2001, 1, 1))]
    assert count_months(rows, ALWAYS, date(2002, 1, 1)).total == 12


def test_periods_inside_a_confirmed_total_only_say_what_it_was() -> None:
    """Sixteen years of hazardous work recorded by periods add nothing to the total, but are hazardous months."""
    rows = [
        opening(300, date(2024, 12, 31)),
        Row(starts_on=date(2000, 1, 1), ends_on=date(2015, 12, 31), hazardous=True),
        Row(starts_on=date(1998, 1, 1), ends_on=date(1999, 12, 31), in_public_body=False),
    ]
    count = count_months(rows, ALWAYS, date(2025, 1, 1))
    assert (count.total, count.hazardous, count.in_public_body) == (300, 192, 276)


def test_no_row_means_not_known() -> None:
    count = count_months([], ALWAYS, date(2025, 1, 1))
    assert (count.known, count.total) == (False, 0)


def test_a_month_belongs_to_service_when_its_last_day_does() -> None:
    march = month_index(date(2025, 3, 1))
    assert in_service(march, [(date(2025, 3, 31), None)])
    assert not in_service(march, [(date(2025, 1, 1), date(2025, 3, 30))])


periods = st.builds(
    lambda start, length, flags: Row(
        starts_on=first_of(start),
        ends_on=last_day(start + length),
        hazardous=flags[0],
        special_area=flags[1],
        in_public_body=flags[2],
        paid_out=flags[3],
    ),
    st.integers(month_index(date(1990, 1, 1)), month_index(date(2025, 1, 1))),
    st.integers(0, 80),
    st.tuples(*[st.booleans()] * 4),
)
days = st.dates(date(1990, 1, 1), date(2026, 12, 31))


@given(st.lists(periods, max_size=8), days)
def test_no_month_counts_twice_however_the_periods_overlap(rows: list[Row], day: date) -> None:
    """The total is the number of distinct months that some row not paid out covers."""
    months = {
        month
        for row in rows
        if not row.paid_out and row.starts_on and row.ends_on
        for month in range(month_index(row.starts_on), month_index(row.ends_on) + 1)
        if last_day(month) < day
    }
    count = count_months(rows, ALWAYS, day)
    assert count.total == len(months)
    assert count.total <= max(0, month_index(day) - month_index(date(1990, 1, 1)))


@given(st.lists(periods, max_size=5), st.integers(0, 400), days, days)
def test_parts_never_exceed_the_total_and_time_only_adds(
    rows: list[Row], months: int, confirmed: date, day: date
) -> None:
    with_opening = [*rows, opening(months, confirmed)]
    now = count_months(with_opening, ALWAYS, day)
    assert 0 <= now.hazardous <= now.total
    assert 0 <= now.special_area <= now.total
    assert 0 <= now.in_public_body <= now.total
    assert now.total == now.opening + now.recorded + now.implied
    later = count_months(with_opening, ALWAYS, day + timedelta(days=31))
    assert now.total <= later.total <= now.total + 2


@given(st.integers(0, 400), days, st.integers(0, 60))
def test_service_without_a_break_adds_one_month_a_month(months: int, confirmed: date, later: int) -> None:
    start = max(confirmed, date(1996, 1, 1))
    first = first_of(confirmed_through(start) + 1)
    day = first_of(month_index(first) + later)
    assert count_months([opening(months, start)], ALWAYS, day).total == months + later
