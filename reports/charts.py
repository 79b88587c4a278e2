"""Charts as plain SVG text: the same drawing on a page and inside a PDF, no script, nothing fetched.

Amounts are integer đồng and positions are whole SVG units, so the same data always give the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup, escape

INK, MUTE, GRID, CLIFF, NOTHING = "#17222e", "#566676", "#e3e8ee", "#a3211b", "#aeb9c4"
# One tone per kind of benefit; each has at least 4.5:1 against white.
TONES = ("#155a9c", "#17693b", "#7a4d00", "#6a3d8f")
FONTS = "Inter, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 34, 40
MILLION = 1_000_000
MOST_TICKS = 5


@dataclass(frozen=True)
class Bar:
    """One leave month: ``amount`` in đồng, ``paid`` whether there is a right at all, ``tone`` an index of TONES."""

    day: date
    amount: int
    paid: bool
    title: str
    tone: int = 0


@dataclass(frozen=True)
class Turn:
    """A day from which the law answers otherwise."""

    day: date
    label: str
    article: str = ""


@dataclass(frozen=True)
class Marker:
    """A numbered line in the chart: everything that changes between one bar and the next."""

    number: int
    position: int  # of the first bar on or after the day
    turns: tuple[Turn, ...]


def markers(bars: Sequence[Bar], turns: Sequence[Turn]) -> list[Marker]:
    """The turns that fall inside the bars, numbered from left to right; a page lists them under the same numbers."""
    placed: list[tuple[int, Turn]] = []
    for turn in sorted(turns, key=lambda t: (t.day, t.label)):
        position = next((i for i, bar in enumerate(bars) if bar.day >= turn.day), None)
        if position is not None and (position > 0 or turn.day == bars[0].day):
            placed.append((position, turn))
    groups = groupby(placed, key=lambda pair: pair[0])
    return [
        Marker(number, position, tuple(turn for _position, turn in group))
        for number, (position, group) in enumerate(groups, start=1)
    ]


def tick_step(highest: int) -> int:
    """Distance of the horizontal lines in đồng: 1, 2 or 5 times a power of ten, at most MOST_TICKS lines."""
    step = MILLION
    while True:
        for factor in (1, 2, 5):
            if step * factor * MOST_TICKS >= highest:
                return step * factor
        step *= 10


def leave_chart(
    bars: Sequence[Bar],
    turns: Sequence[Turn] = (),
    *,
    title: str,
    description: str,
    selected: date | None = None,
    unit: str = "triệu đồng",
    ident: str = "leave-chart",
    width: int = 860,
    height: int = 260,
) -> Markup:
    """Total by leave month as columns, the turns of the law as numbered dashed lines, ``selected`` in full colour.

    Months without a right show a grey foot on the axis, so that a zero is seen and not missed.
    """
    if not bars:
        raise ValueError("a chart needs at least one bar")
    plot_width, plot_height = width - LEFT - RIGHT, height - TOP - BOTTOM
    base = TOP + plot_height
    highest = max(bar.amount for bar in bars)
    step = tick_step(highest)
    ticks = max(1, -(-highest // step))
    ceiling = step * ticks

    def x_of(position: int) -> int:
        return LEFT + plot_width * position // len(bars)

    def y_of(amount: int) -> int:
        return base - plot_height * amount // ceiling

    parts = [_grid(step, ticks, width, y_of, unit)]
    gap = 2 if len(bars) <= 48 else 1
    for position, bar in enumerate(bars):
        left, right = x_of(position), x_of(position + 1) - gap
        parts.append(_column(bar, left, right, y_of(bar.amount), base, bar.day == selected))
    parts.append(f'<path d="M{LEFT} {base}H{width - RIGHT}" stroke="{MUTE}"/>')
    parts.extend(_months(bars, x_of, base, plot_width))
    for marker in markers(bars, turns):
        parts.append(_marker(marker, x_of(marker.position), base))
    name = escape(ident)
    return Markup(  # noqa: S704 - every word from outside goes through escape()
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d"'
        f' xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="12">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _words(x: int, y: int, text: str, *, anchor: str = "middle", colour: str = MUTE, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}"{more}>{escape(text)}</text>'


def _grid(step: int, ticks: int, width: int, y_of: Callable[[int], int], unit: str) -> str:
    parts = [_words(LEFT - 8, TOP - 20, unit, anchor="end", more=' font-size="11"')]
    for number in range(1, ticks + 1):
        y = y_of(step * number)
        parts.append(f'<path d="M{LEFT} {y}H{width - RIGHT}" stroke="{GRID}"/>')
        parts.append(_words(LEFT - 8, y + 4, _millions(step * number), anchor="end"))
    return "".join(parts)


def _millions(amount: int) -> str:
    return f"{amount // MILLION:,}".replace(",", ".")


def _column(bar: Bar, left: int, right: int, top: int, base: int, selected: bool) -> str:
    tone = TONES[bar.tone % len(TONES)] if bar.paid else NOTHING
    opacity = "" if selected or not bar.paid else ' fill-opacity="0.55"'
    if not bar.paid or bar.amount == 0:
        top = base - 4
    column = (
        f'<rect x="{left}" y="{top}" width="{max(right - left, 1)}" height="{base - top}" fill="{tone}"{opacity}>'
        f"<title>{escape(bar.title)}</title></rect>"
    )
    if selected:
        middle = (left + right) // 2
        column += f'<path d="M{middle - 5} {top - 9}h10l-5 7z" fill="{INK}"/>'
    return column


def _months(bars: Sequence[Bar], x_of: Callable[[int], int], base: int, plot_width: int) -> list[str]:
    """Month labels as far apart as they can be read, the year always told."""
    every = max(1, -(-56 * len(bars) // plot_width))
    return [
        _words((x_of(position) + x_of(position + 1)) // 2, base + 17, f"{bars[position].day:%m/%Y}")
        for position in range(0, len(bars), every)
    ]


def _marker(marker: Marker, x: int, base: int) -> str:
    words = "; ".join(f"{turn.day:%d/%m/%Y}: {turn.label}" for turn in marker.turns)
    number = _words(x - 1, TOP - 10, str(marker.number), colour="#fff", more=' font-size="11" font-weight="700"')
    return (
        f"<g><title>{escape(words)}</title>"
        f'<path d="M{x - 1} {TOP - 6}V{base}" stroke="{CLIFF}" stroke-dasharray="4 3"/>'
        f'<circle cx="{x - 1}" cy="{TOP - 14}" r="9" fill="{CLIFF}"/>{number}</g>'
    )


__all__ = ["Bar", "Marker", "Turn", "leave_chart", "markers", "tick_step"]
