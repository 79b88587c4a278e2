"""Charts of reports, declared as data: the same drawing on the page and, as SVG, in the PDF. No script.

Positions are whole SVG units and amounts whole numbers: the same figures always give the same text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup, escape

from hrms.kernel.text import format_integer
from reports.charts import FONTS, GRID, INK, MUTE, TONES

Kind = Literal["bars", "columns", "stacked", "pyramid"]
# Neighbours differ in darkness too (3.2:1 to 11:1 against white): most offices print in black and white.
MORE_TONES = (TONES[0], "#d07a1c", "#0f4a2a", "#4a90d0", TONES[3], "#4b9e5f", "#7a1f4d", "#8f8a1e", "#37424e")
ROW, GAP, LEGEND, LEGEND_LINE = 22, 6, 26, 18
WORD = 7.0  # how wide a letter of 12 px is at most, in any of the faces charts may be set in
MOST_TICKS = 5


@dataclass(frozen=True)
class Series:
    """One row of figures, as many as the chart has labels."""

    title: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Chart:
    """``bars``: lying, one for each label; ``columns``: standing, series side by side; ``stacked``: standing, series
    on top of each other; ``pyramid``: two series back to back (by age and sex). ``unit`` is what is counted.
    ``column``: the key of the table column whose figures it shows, so that a bar opens what the figure opens.
    """

    kind: Kind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = "người"
    links: tuple[str, ...] = ()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Chart:
        """A chart out of a snapshot."""
        series = tuple(Series(one["title"], tuple(one["values"])) for one in plain["series"])
        return cls(plain["kind"], plain["title"], tuple(plain["labels"]), series, plain["unit"], tuple(plain["links"]))

    @property
    def empty(self) -> bool:
        return not self.labels or not any(value for one in self.series for value in one.values)

    @property
    def words(self) -> str:
        """What the chart shows, for whoever cannot see it; the table under it has every figure."""
        whole = "; ".join(f"{one.title}: {format_integer(sum(one.values))} {self.unit}" for one in self.series)
        return f"{self.title}. {whole}."


def svg(chart: Chart, ident: str = "bieu-do", width: int = 860) -> Markup:
    """The drawing; empty for a chart without figures."""
    if chart.empty:
        return Markup("")
    drawn, height = {"bars": _bars, "pyramid": _pyramid}.get(chart.kind, _columns)(chart, width)
    name = escape(ident)
    return Markup(  # noqa: S704 - every word from outside goes through escape()
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d"'
        f' xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="12">'
        f'<title id="{name}-t">{escape(chart.title)}</title><desc id="{name}-d">{escape(chart.words)}</desc>'
        f"{drawn}</svg>"
    )


def _tone(position: int) -> str:
    return MORE_TONES[position % len(MORE_TONES)]


def _text(x: int, y: int, words: str, *, anchor: str = "start", colour: str = INK, size: int = 12) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(words)}</text>'


def _rect(x: int, y: int, wide: int, high: int, tone: str, words: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{max(wide, 0)}" height="{max(high, 0)}" fill="{tone}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _wrapped(words: str, most: int) -> list[str]:
    """A label on two lines at most."""
    first: list[str] = []
    rest = words.split()
    while rest and len(" ".join([*first, rest[0]])) <= most:
        first.append(rest.pop(0))
    if not first:
        return [_cut(words, most)]
    return [" ".join(first), _cut(" ".join(rest), most)] if rest else [" ".join(first)]


def _legend(chart: Chart, width: int) -> tuple[str, int]:
    """The names of the series, on as many lines as they need, and how much lower the drawing begins for it."""
    if len(chart.series) < 2:
        return "", 0
    parts, x, y = [], 8, 14
    for position, one in enumerate(chart.series):
        wide = 16 + int(len(one.title) * WORD)
        if x > 8 and x + wide > width:
            x, y = 8, y + LEGEND_LINE
        parts.append(f'<rect x="{x}" y="{y - 10}" width="11" height="11" fill="{_tone(position)}"/>')
        parts.append(_text(x + 16, y, one.title, colour=MUTE))
        x += wide + 22
    return "".join(parts), y - 14


def _step(highest: int) -> int:
    """Distance of the lines: 1, 2 or 5 times a power of ten, at most MOST_TICKS of them."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * MOST_TICKS >= highest:
                return step * factor
        step *= 10


def _short(value: int) -> str:
    """An axis figure: thousands of millions are told in tỷ, so that they stay readable."""
    for size, word in ((1_000_000_000, "tỷ"), (1_000_000, "triệu")):
        if value >= size and value % (size // 10) == 0:
            whole, rest = divmod(value // (size // 10), 10)
            return f"{format_integer(whole)}{f',{rest}' if rest else ''} {word}"
    return format_integer(value)


def _bars(chart: Chart, width: int) -> tuple[str, int]:
    """Lying bars with the figure at their end; series on top of each other."""
    label_room = min(380, 14 + int(max(len(label) for label in chart.labels) * WORD))
    totals = [sum(one.values[i] for one in chart.series) for i in range(len(chart.labels))]
    room = width - label_room - 20 - int(max(len(format_integer(total)) for total in totals) * 8)
    highest = max(max(totals), 1)
    legend, lower = _legend(chart, width)
    top = LEGEND + lower if legend else 4
    parts = [legend]
    for i, label in enumerate(chart.labels):
        y = top + i * (ROW + GAP)
        parts.append(_text(label_room - 8, y + 15, _cut(label, 50), anchor="end"))
        x = label_room
        for position, one in enumerate(chart.series):
            wide = room * one.values[i] // highest
            said = f"{label}, {one.title}: {format_integer(one.values[i])} {chart.unit}"
            parts.append(_rect(x, y, wide, ROW, _tone(position), said))
            x += wide
        parts.append(_text(x + 6, y + 15, format_integer(totals[i]), colour=MUTE))
    height = top + len(chart.labels) * (ROW + GAP)
    parts.append(f'<path d="M{label_room} {top - 2}V{height}" stroke="{MUTE}"/>')
    return "".join(parts), height + 4


def _columns(chart: Chart, width: int, height: int = 280) -> tuple[str, int]:
    """Standing columns over a grid: series side by side, or on top of each other."""
    legend, lower = _legend(chart, width)
    left, top, bottom, height = 74, 34 + lower, 46, height + lower
    stacked = chart.kind == "stacked"
    count = len(chart.labels)
    highest = max(
        (sum(one.values[i] for one in chart.series) if stacked else max(one.values[i] for one in chart.series))
        for i in range(count)
    )
    step = _step(max(highest, 1))
    ticks = max(1, -(-highest // step))
    plot, base = height - top - bottom, height - bottom
    parts = [legend]
    for number in range(1, ticks + 1):
        y = base - plot * number // ticks
        parts.append(f'<path d="M{left} {y}H{width - 8}" stroke="{GRID}"/>')
        parts.append(_text(left - 8, y + 4, _short(step * number), anchor="end", colour=MUTE))
    each = (width - left - 12) // count
    for i, label in enumerate(chart.labels):
        x, y = left + i * each, base
        wide = min(64, each * 3 // 4) if stacked else min(64, each * 3 // 4 // len(chart.series))
        start = x + (each - (wide if stacked else wide * len(chart.series))) // 2
        for position, one in enumerate(chart.series):
            high = plot * one.values[i] // (step * ticks)
            said = f"{label}, {one.title}: {format_integer(one.values[i])} {chart.unit}"
            if stacked:
                y -= high
                parts.append(_rect(start, y, wide, high, _tone(position), said))
            else:
                parts.append(_rect(start + wide * position, base - high, max(wide - 1, 1), high, _tone(position), said))
        for line, words in enumerate(_wrapped(label, max(4, int(each / WORD)))):
            parts.append(_text(x + each // 2, base + 15 + 13 * line, words, anchor="middle", colour=MUTE, size=11))
    parts.append(f'<path d="M{left} {base}H{width - 8}" stroke="{MUTE}"/>')
    return "".join(parts), height - 8


def _pyramid(chart: Chart, width: int) -> tuple[str, int]:
    """Two series back to back around the labels in the middle."""
    first, second = chart.series[0], chart.series[1]
    middle, room = 120, (width - 120) // 2 - 60
    highest = max(*first.values, *second.values, 1)
    left_edge, right_edge = (width - middle) // 2, (width + middle) // 2
    legend, lower = _legend(chart, width)
    parts = [legend]
    for i, label in enumerate(chart.labels):
        y = LEGEND + lower + i * (ROW + GAP)
        for position, (one, edge) in enumerate(((first, left_edge), (second, right_edge))):
            wide = room * one.values[i] // highest
            said = f"{label}, {one.title}: {format_integer(one.values[i])} {chart.unit}"
            parts.append(_rect(edge - wide if position == 0 else edge, y, wide, ROW, _tone(position), said))
            at = edge - wide - 6 if position == 0 else edge + wide + 6
            figure = format_integer(one.values[i])
            parts.append(_text(at, y + 15, figure, anchor="end" if position == 0 else "start", colour=MUTE))
        parts.append(_text(width // 2, y + 15, label, anchor="middle"))
    return "".join(parts), LEGEND + lower + len(chart.labels) * (ROW + GAP) + 4


def column_chart(
    kind: Kind, title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], unit: str = "người"
) -> Chart:
    """A chart from plain lists."""
    return Chart(kind, title, tuple(labels), tuple(Series(name, tuple(values)) for name, values in series), unit)
