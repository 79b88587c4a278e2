"""Who goes where, declared as data: senders on the left, receivers on the right, a ribbon for every flow. Plain SVG.

Positions are whole SVG units: the same flows always give the same text. Few flows are drawn (``most``); the rest stands
in the table under the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from hrms.kernel.text import format_integer
from reports.charts import FONTS, INK, MUTE
from reports.framework.charts import MORE_TONES

BAR, GAP, LEAST, WORD = 14, 12, 16, 7


@dataclass(frozen=True)
class Ribbon:
    """One flow. ``planned`` of ``amount`` are still to come."""

    source: str
    target: str
    amount: int
    planned: int = 0
    link: str = ""


@dataclass(frozen=True)
class FlowChart:
    """``unit`` is what is counted."""

    title: str
    ribbons: tuple[Ribbon, ...]
    unit: str = "người"

    @property
    def words(self) -> str:
        """What the chart shows, for whoever cannot see it."""
        whole = "; ".join(f"{r.source} → {r.target}: {r.amount} {self.unit}" for r in self.ribbons[:12])
        return f"{self.title}. {whole}."


@dataclass
class _Side:
    """The bars of one side: name → where its next ribbon begins."""

    tops: dict[str, int]
    heights: dict[str, int]
    total: int


def svg(chart: FlowChart, ident: str = "dong", width: int = 980, most: int = 24) -> Markup:
    """The drawing; empty without flows."""
    ribbons = [r for r in chart.ribbons if r.amount > 0][:most]
    if not ribbons:
        return Markup("")
    room = width // 3
    scale = max(4, min(LEAST, 480 // sum(r.amount for r in ribbons)))
    left, right = (
        _side([(r.source, r.amount) for r in ribbons], scale),
        _side([(r.target, r.amount) for r in ribbons], scale),
    )
    height = max(left.total, right.total) + 8
    order = list(left.heights)
    at_left, at_right = dict(left.tops), dict(right.tops)
    parts: list[str] = []
    x1, x2 = room + BAR, width - room - BAR
    middle = (x1 + x2) // 2
    for ribbon in sorted(ribbons, key=lambda r: (left.tops[r.source], right.tops[r.target])):
        thick = ribbon.amount * scale
        y1, y2 = at_left[ribbon.source], at_right[ribbon.target]
        at_left[ribbon.source] += thick
        at_right[ribbon.target] += thick
        tone = MORE_TONES[order.index(ribbon.source) % len(MORE_TONES)]
        still = f", trong đó dự kiến {ribbon.planned}" if ribbon.planned else ""
        said = f"{ribbon.source} → {ribbon.target}: {format_integer(ribbon.amount)} {chart.unit}{still}"
        path = (
            f'<path class="ribbon" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{y2 + thick}'
            f'C{middle} {y2 + thick} {middle} {y1 + thick} {x1} {y1 + thick}Z" fill="{tone}">'
            f"<title>{escape(said)}</title></path>"
        )
        parts.append(f'<a href="{escape(ribbon.link)}" tabindex="-1">{path}</a>' if ribbon.link else path)
    for name, top in left.tops.items():
        tone = MORE_TONES[order.index(name) % len(MORE_TONES)]
        parts.append(f'<rect x="{room}" y="{top}" width="{BAR}" height="{left.heights[name]}" fill="{tone}"/>')
        parts.append(_label(room - 8, top + left.heights[name] // 2, name, left.heights[name] // scale, "end", room))
    for name, top in right.tops.items():
        parts.append(f'<rect x="{x2}" y="{top}" width="{BAR}" height="{right.heights[name]}" fill="{MUTE}"/>')
        parts.append(
            _label(x2 + BAR + 8, top + right.heights[name] // 2, name, right.heights[name] // scale, "start", room)
        )
    mark = escape(ident)
    return Markup(  # noqa: S704 - every word from outside goes through escape()
        f'<svg class="flows" viewBox="0 0 {width} {height}" role="group" aria-labelledby="{mark}-t {mark}-d"'
        f' xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="13">'
        f'<title id="{mark}-t">{escape(chart.title)}</title><desc id="{mark}-d">{escape(chart.words)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _side(rows: Sequence[tuple[str, int]], scale: int) -> _Side:
    sums: dict[str, int] = {}
    for name, amount in rows:
        sums[name] = sums.get(name, 0) + amount
    tops: dict[str, int] = {}
    heights: dict[str, int] = {}
    y = 4
    for name, amount in sums.items():
        tops[name], heights[name] = y, amount * scale
        y += max(amount * scale, LEAST) + GAP
    return _Side(tops, heights, y)


def _label(x: int, y: int, name: str, amount: int, anchor: str, room: int) -> str:
    most = max(8, (room - 40) // WORD)
    short = name if len(name) <= most else name[: most - 1].rstrip() + "…"
    return (
        f'<text x="{x}" y="{y + 5}" text-anchor="{anchor}" fill="{INK}">{escape(short)} '
        f'<tspan fill="{MUTE}">{format_integer(amount)}</tspan></text>'
    )
