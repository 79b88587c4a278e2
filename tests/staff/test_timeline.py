"""Rows of which one is in force at a time: overlaps and gaps are refused, and the message lists the rows."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hrms.commands.timeline import ONE_DAY, Span, check_all, gaps, overlapping, place

START = date(2020, 1, 1)
WHAT = "Hàng lương"


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def chains(draw: st.DrawFn) -> list[Span]:
    """Rows that follow one another without overlap or gap, the last one open or not."""
    lengths = draw(st.lists(st.integers(1, 30), min_size=1, max_size=6))
    rows, start = [], 0
    for key, length in enumerate(lengths, 1):
        rows.append(Span(day(start), day(start + length - 1), f"hàng {key}", f"{key}/QĐ", key))
        start += length
    if draw(st.booleans()):
        rows[-1] = Span(rows[-1].start, None, rows[-1].label, rows[-1].decision, rows[-1].key)
    return rows


def applied(new: Span, rows: list[Span], placement: object) -> list[Span]:
    """The rows as they are after the placement was carried out."""
    shorten = placement.shorten
    by_key = {row.key: row for row in rows}
    after = [Span(row.start, shorten.get(row.key, row.end), row.label, row.decision, row.key) for row in rows]
    after += [Span(start, end, by_key[key].label) for key, start, end in placement.remainders]
    return [*after, new]


@given(chains())
def test_a_sound_chain_has_no_faults(rows: list[Span]) -> None:
    assert check_all(rows, what=WHAT) == []
    assert gaps(rows) == []


@given(chains(), st.integers(0, 200), st.integers(1, 60), st.booleans())
def test_whatever_is_accepted_covers_every_day_exactly_once(
    rows: list[Span], start: int, length: int, is_open: bool
) -> None:
    """With or without closing the previous row: after an accepted insertion no day has two rows and none lies bare."""
    new = Span(day(start), None if is_open else day(start + length - 1), "mới")
    for close_previous in (False, True):
        placement = place(new, rows, what=WHAT, close_previous=close_previous)
        if not placement.faults:
            after = applied(new, rows, placement)
            assert check_all(after, what=WHAT) == []
        elif not close_previous:
            assert placement.shorten == {} and placement.remainders == []


@given(chains(), st.integers(0, 200), st.integers(1, 60))
def test_an_insertion_in_the_middle_loses_no_day_of_the_old_row(rows: list[Span], start: int, length: int) -> None:
    """Replacing a part of a row: the parts before and behind keep standing."""
    new = Span(day(start), day(start + length - 1), "mới")
    placement = place(new, rows, what=WHAT, close_previous=True)
    if placement.faults:
        return
    after = applied(new, rows, placement)
    for number in range(220):
        before_had = any(row.covers(day(number)) for row in rows)
        assert not before_had or any(row.covers(day(number)) for row in after)


@given(chains(), st.integers(-40, 220), st.integers(1, 40))
def test_every_row_that_shares_a_day_is_found(rows: list[Span], start: int, length: int) -> None:
    new = Span(day(start), day(start + length - 1))
    expected = [row.key for row in rows if any(row.covers(day(n)) for n in range(start, start + length))]
    assert [row.key for row in overlapping(new, rows)] == expected


def test_the_message_lists_the_rows_with_dates_and_decisions() -> None:
    rows = [
        Span(date(2020, 1, 1), date(2022, 12, 31), "hệ số 4,65", "Quyết định số 12/QĐ-SNV ngày 20/12/2019", 1),
        Span(date(2023, 1, 1), None, "hệ số 4,98", "Quyết định số 40/QĐ-SNV ngày 15/12/2022", 2),
    ]
    (fault,) = place(Span(date(2022, 6, 1), None, "hệ số 5,00"), rows, what=WHAT).faults
    assert fault.code == "overlap"
    for part in ("01/01/2020", "31/12/2022", "12/QĐ-SNV", "01/01/2023", "nay", "40/QĐ-SNV", "01/06/2022"):
        assert part in fault.message


def test_a_gap_of_one_day_is_a_gap_and_none_is_none() -> None:
    rows = [Span(date(2020, 1, 1), date(2022, 12, 31), key=1)]
    assert place(Span(date(2023, 1, 1)), rows, what=WHAT).faults == []
    (fault,) = place(Span(date(2023, 1, 2)), rows, what=WHAT).faults
    assert fault.code == "gap"
    assert "01/01/2023" in fault.message
    assert place(Span(date(2023, 1, 2)), rows, what=WHAT, gap_reason="Nghỉ không lương").faults == []


def test_a_row_in_front_of_the_first_must_reach_it() -> None:
    rows = [Span(date(2020, 1, 1), None, key=1)]
    assert place(Span(date(2019, 1, 1), date(2019, 12, 31)), rows, what=WHAT).faults == []
    assert [f.code for f in place(Span(date(2019, 1, 1), date(2019, 12, 30)), rows, what=WHAT).faults] == ["gap"]


def test_an_old_gap_is_not_blamed_on_a_new_row() -> None:
    rows = [Span(date(2010, 1, 1), date(2011, 12, 31), key=1), Span(date(2015, 1, 1), date(2019, 12, 31), key=2)]
    assert place(Span(date(2020, 1, 1)), rows, what=WHAT).faults == []


def test_closing_the_previous_row_ends_it_the_day_before() -> None:
    rows = [Span(date(2020, 1, 1), None, key=7)]
    placement = place(Span(date(2023, 4, 1)), rows, what=WHAT, close_previous=True)
    assert placement.faults == []
    assert placement.shorten == {7: date(2023, 3, 31)}


def test_a_row_that_begins_on_the_same_day_is_never_closed_away() -> None:
    """Closing would leave nothing of it: that is a correction, not a new row."""
    rows = [Span(date(2020, 1, 1), None, key=7)]
    placement = place(Span(date(2020, 1, 1)), rows, what=WHAT, close_previous=True)
    assert [fault.code for fault in placement.faults] == ["overlap"]


def test_a_part_cut_out_of_a_row_leaves_both_ends() -> None:
    rows = [Span(date(2020, 1, 1), None, key=7)]
    placement = place(Span(date(2021, 1, 1), date(2021, 12, 31)), rows, what=WHAT, close_previous=True)
    assert placement.shorten == {7: date(2020, 12, 31)}
    assert placement.remainders == [(7, date(2022, 1, 1), None)]


def test_an_end_before_the_start_is_said_first() -> None:
    (fault,) = place(Span(date(2021, 1, 1), date(2020, 12, 31)), [], what=WHAT).faults
    assert (fault.field, fault.code) == ("valid_to", "end_before_start")
    assert place(Span(date(2021, 1, 1), date(2021, 1, 1)), [], what=WHAT).faults == []


def test_a_row_may_be_corrected_in_its_own_place() -> None:
    rows = [Span(date(2020, 1, 1), date(2020, 12, 31), key=1), Span(date(2021, 1, 1), None, key=2)]
    assert place(Span(date(2021, 1, 1), date(2023, 1, 1), key=2), rows, what=WHAT).faults == []
    assert place(Span(date(2020, 12, 31), None, key=2), rows, what=WHAT).faults != []


def test_ends_meet_without_a_day_between() -> None:
    assert gaps([Span(date(2020, 1, 1), date(2020, 6, 30)), Span(date(2020, 6, 30) + ONE_DAY)]) == []
