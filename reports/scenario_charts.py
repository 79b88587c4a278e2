"""Charts of scenarios: amounts by month and headcount by unit, as plain SVG text like :mod:`reports.charts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from hrms.kernel.text import format_integer
from reports.charts import FONTS, GRID, INK, MUTE, TONES

LEFT, RIGHT, TOP, BOTTOM = 72, 12, 30, 34
MILLION = 1_000_000


@dataclass(frozen=True)
class Entry:
    """One column or bar: ``value`` in đồng or people, ``part`` of it in full colour, ``title`` said on pointing."""

    label: str
    value: int
    title: str
    part: int | None = None


def round_step(highest: int, lines: int = 4) -> int:
    """The distance of the lines: 1, 2 or 5 times a power of ten, so that at most ``lines`` of them are needed."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * lines >= highest:
                return step * factor
        step *= 10


def column_chart(
    entries: Sequence[Entry], *, title: str, description: str, ident: str, unit: str, scale: int = 1, tone: int = 0,
    width: int = 640, height: int = 200,
) -> Markup:  # fmt: skip
    """Columns from left to right; ``scale`` divides what stands at the lines (đồng → millions)."""
    plot, base = height - TOP - BOTTOM, height - BOTTOM
    step = round_step(max((entry.value for entry in entries), default=0) or 1)
    ticks = max(1, -(-max((entry.value for entry in entries), default=0) // step))
    parts = [_text(LEFT - 8, TOP - 14, unit, "end", MUTE)]
    for number in range(ticks + 1):
        y = base - plot * number // ticks
        parts.append(f'<path d="M{LEFT} {y}H{width - RIGHT}" stroke="{GRID if number else MUTE}"/>')
        amount = step * number
        whole, rest = divmod(amount * 10 // scale, 10)
        shown = f"{format_integer(whole)},{rest}" if rest else format_integer(whole)
        parts.append(_text(LEFT - 8, y + 4, shown, "end", MUTE))
    room = width - LEFT - RIGHT
    every = max(1, -(-58 * len(entries) // room))
    for position, entry in enumerate(entries):
        start, end = LEFT + room * position // len(entries), LEFT + room * (position + 1) // len(entries)
        gap = max(1, (end - start) // 8)
        broad = min(end - start - gap, 64)
        x = (start + end - broad) // 2
        y = base - plot * entry.value // (step * ticks)
        parts.append(
            f'<rect x="{x}" y="{min(y, base - 1)}" width="{broad}" height="{max(base - y, 1)}" fill="{TONES[tone]}" '
            f'fill-opacity="0.8"><title>{escape(entry.title)}</title></rect>'
        )
        if position % every == 0:
            parts.append(_text((start + end) // 2, base + 17, entry.label, "middle", MUTE))
    return _drawing(parts, title, description, ident, width, height)


def bar_chart(
    entries: Sequence[Entry], *, title: str, description: str, ident: str, width: int = 640, label_width: int = 250
) -> Markup:
    """Horizontal bars: the whole in a light tone, ``part`` in the full one, both numbers at the end."""
    row = 24
    highest = max((entry.value for entry in entries), default=0) or 1
    room = width - label_width - 96
    parts = []
    for position, entry in enumerate(entries):
        y = 4 + row * position
        whole = room * entry.value // highest
        part = room * (entry.part or 0) // highest
        label = entry.label if len(entry.label) <= 38 else entry.label[:37].rstrip() + "…"
        numbers = f"{format_integer(entry.part or 0)} / {format_integer(entry.value)}"
        parts.append(
            f"<g><title>{escape(entry.title)}</title>{_text(label_width - 8, y + 15, label, 'end', INK)}"
            f'<rect x="{label_width}" y="{y}" width="{max(whole, 1)}" height="18" fill="{TONES[0]}"'
            ' fill-opacity="0.25"/>'
            f'<rect x="{label_width}" y="{y}" width="{part}" height="18" fill="{TONES[0]}" fill-opacity="0.85"/>'
            f"{_text(label_width + whole + 6, y + 14, numbers, 'start', MUTE)}</g>"
        )
    return _drawing(parts, title, description, ident, width, 8 + row * max(len(entries), 1))


def _text(x: int, y: int, words: str, anchor: str, colour: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _drawing(parts: Sequence[str], title: str, description: str, ident: str, width: int, height: int) -> Markup:
    name = escape(ident)
    return Markup(  # noqa: S704 - every word from outside goes through escape()
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d"'
        f' xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="12">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
