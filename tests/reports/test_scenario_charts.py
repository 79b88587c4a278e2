"""Charts of scenarios: heights in proportion, whole and part, words that cannot break out."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from reports.scenario_charts import Entry, bar_chart, column_chart, round_step

SVG = "{http://www.w3.org/2000/svg}"


def test_double_is_double_and_zero_is_seen() -> None:
    svg = ET.fromstring(column_chart([Entry("a", 400, "x"), Entry("b", 800, "y"), Entry("c", 0, "z")],
                                     title="t", description="d", ident="i", unit="người"))  # fmt: skip
    low, high, none = (int(rect.get("height")) for rect in svg.findall(f"{SVG}rect"))
    assert abs(high - 2 * low) <= 1 and none == 1


def test_a_bar_shows_the_whole_and_what_is_left_of_it() -> None:
    svg = ET.fromstring(bar_chart([Entry("Sở <A>", 10, "<b>", 4)], title="t", description="d", ident="i"))
    group = svg.find(f"{SVG}g")
    whole, part = (int(rect.get("width")) for rect in group.findall(f"{SVG}rect"))
    assert abs(part * 10 - whole * 4) <= 10
    assert "4 / 10" in [text.text for text in group.findall(f"{SVG}text")]


@pytest.mark.parametrize(("highest", "step"), [(1, 1), (4, 1), (5, 2), (21, 10), (800_000_000, 200_000_000)])
def test_lines_at_round_numbers(highest: int, step: int) -> None:
    assert round_step(highest) == step
