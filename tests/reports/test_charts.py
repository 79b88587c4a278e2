"""The chart of the amount by leave month says the same as its numbers, to eyes and to screen readers."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import Bar, Turn, leave_chart, markers, tick_step

SVG = "{http://www.w3.org/2000/svg}"


def months(count: int, amount: int = 800_000_000) -> list[Bar]:
    return [
        Bar(date(2025 + i // 12, 1 + i % 12, 1), max(0, amount - i * 10_000_000), True, f"tháng {i}")
        for i in range(count)
    ]


def drawn(bars: list[Bar], turns: list[Turn] | None = None, **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(leave_chart(bars, turns or [], title="Tổng", description="Theo tháng", **more))


def columns(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return svg.findall(f"{SVG}rect")


def test_it_is_an_image_with_a_name_and_a_description():
    svg = drawn(months(3), ident="x")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "x-t x-d"
    assert [svg.find(f"{SVG}{tag}").text for tag in ("title", "desc")] == ["Tổng", "Theo tháng"]


def test_every_month_has_a_column_that_says_what_it_is():
    svg = drawn(months(36))
    assert [c.find(f"{SVG}title").text for c in columns(svg)] == [f"tháng {i}" for i in range(36)]


def test_a_higher_amount_is_a_higher_column_and_double_is_double():
    bars = [Bar(date(2025, 1, 1), 400_000_000, True, "a"), Bar(date(2025, 2, 1), 800_000_000, True, "b")]
    low, high = (int(c.get("height")) for c in columns(drawn(bars)))
    assert abs(high - 2 * low) <= 1


def test_no_right_is_a_grey_foot_and_not_a_hole():
    bars = [Bar(date(2025, 1, 1), 5_000_000, True, "a"), Bar(date(2025, 2, 1), 0, False, "không đủ điều kiện")]
    foot = columns(drawn(bars))[1]
    assert (foot.get("height"), foot.find(f"{SVG}title").text) == ("4", "không đủ điều kiện")
    assert foot.get("fill") != columns(drawn(bars))[0].get("fill")


def test_the_chosen_month_stands_out():
    svg = drawn(months(12), selected=date(2025, 3, 1))
    assert [i for i, c in enumerate(columns(svg)) if c.get("fill-opacity") is None] == [2]


def test_turns_of_the_law_are_numbered_lines_at_the_first_month_they_touch():
    turns = [
        Turn(date(2025, 9, 2), "hết hạn nghỉ"),
        Turn(date(2025, 7, 1), "luật mới"),
        Turn(date(2025, 7, 1), "cách tính mới"),
        Turn(date(2024, 7, 1), "trước biểu đồ"),
        Turn(date(2031, 1, 1), "sau biểu đồ"),
    ]
    bars = months(12)
    found = markers(bars, turns)
    assert [(m.number, bars[m.position].day, [t.label for t in m.turns]) for m in found] == [
        (1, date(2025, 7, 1), ["cách tính mới", "luật mới"]),
        (2, date(2025, 10, 1), ["hết hạn nghỉ"]),
    ]
    groups = drawn(bars, turns).findall(f"{SVG}g")
    assert [g.find(f"{SVG}text").text for g in groups] == ["1", "2"]
    assert "02/09/2025: hết hạn nghỉ" in groups[1].find(f"{SVG}title").text


def test_a_turn_on_the_first_day_is_shown_and_one_before_it_is_not():
    assert [m.position for m in markers(months(2), [Turn(date(2025, 1, 1), "x")])] == [0]
    assert markers(months(2), [Turn(date(2024, 12, 31), "x")]) == []


def test_words_cannot_break_out_of_the_drawing():
    svg = leave_chart(
        [Bar(date(2025, 1, 1), 1, True, "<script>&")], [Turn(date(2025, 1, 1), "<b>")], title="<i>", description="x"
    )
    assert "<script" not in svg and "<b>" not in svg and "<i>" not in svg
    ElementTree.fromstring(svg)


def test_the_same_data_give_the_same_drawing_and_nothing_is_fetched():
    first, second = (leave_chart(months(24), title="a", description="b") for _ in range(2))
    assert first == second
    assert not re.search(r"(href|src|url\()", first)


def test_no_bars_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="at least one bar"):
        leave_chart([], title="a", description="b")


@given(st.integers(min_value=0, max_value=10**13))
def test_the_scale_holds_the_highest_amount_and_wastes_little(highest: int):
    step = tick_step(highest)
    assert step * 5 >= highest
    assert step == 1_000_000 or step * 5 < highest * 2.6
    assert str(step).strip("0") in {"1", "2", "5"}


def test_the_highest_column_fills_most_of_the_drawing():
    svg = drawn([Bar(date(2025, 1, 1), 873_990_000, True, "a")])
    assert int(columns(svg)[0].get("height")) > 150


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=72), st.booleans())
def test_columns_stay_inside_the_drawing(amounts: list[int], paid: bool):
    bars = [Bar(date(2025 + i // 12, 1 + i % 12, 1), amount, paid, str(i)) for i, amount in enumerate(amounts)]
    svg = drawn(bars)
    for column in columns(svg):
        top, height = int(column.get("y")), int(column.get("height"))
        assert top >= 30 and height > -1 and top + height == 220
        assert int(column.get("x")) >= 64 and int(column.get("x")) + int(column.get("width")) <= 848


@pytest.mark.parametrize("kind", ["bars", "columns", "stacked"])
def test_the_names_of_many_series_take_a_second_line_instead_of_running_off(kind):
    from reports.framework.charts import Chart, Series, svg

    def drawn(count):
        series = tuple(Series(f"Trạng thái hồ sơ số {n}", (n + 1, 2)) for n in range(count))
        return svg(Chart(kind, "Hồ sơ", ("A", "B"), series), width=720)

    def height(text):
        return int(re.search(r'viewBox="0 0 720 (\d+)"', text)[1])

    few, many = drawn(2), drawn(8)
    assert height(many) > height(few)
    swatches = [int(x) for x in re.findall(r'<rect x="(\d+)" y="\d+" width="11"', many)]
    assert len(swatches) == 8 and max(swatches) < 720 - 16 - 23 * 7
