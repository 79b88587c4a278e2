"""From a trial calculation to the figure of a page: the drawing, its legend and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.trial import Trial
from hrms.kernel.text import format_date, format_integer
from reports.charts import TONES, Bar, Marker, Turn, leave_chart, markers


@dataclass(frozen=True)
class Figure:
    """``svg`` the drawing, ``markers`` the numbered turns of the law, ``tones`` colour and words of each kind.

    ``until``: months up to there were looked at and are not drawn, for none of them brings anything.
    """

    svg: Any
    markers: list[Marker]
    tones: list[tuple[str, str]]
    rows: list[Any]
    until: date | None = None


SMALL = {"width": 420, "height": 210}


def leave_figure(trial: Trial, selected: date | None, *, small: bool = False) -> Figure | None:
    """The amount by leave month; ``None`` where the trial looked at one day only. ``small`` fits a side card."""
    if len(trial.months) < 2:
        return None
    kinds: list[str] = []
    bars: list[Bar] = []
    for month in trial.months:
        kind = f"{month.benefit_label}, {month.decree}"
        if month.eligible and kind not in kinds:
            kinds.append(kind)
        words = (
            _(
                "%(day)s: %(total)s đồng (%(kind)s)",
                day=format_date(month.day),
                total=format_integer(month.total),
                kind=kind,
            )
            if month.eligible
            else _("%(day)s: không đủ điều kiện (%(why)s)", day=format_date(month.day), why=month.reason)
        )
        bars.append(Bar(month.day, month.total, month.eligible, words, kinds.index(kind) if month.eligible else 0))
    turns = [Turn(turn.day, turn.label, turn.article) for turn in trial.turns]
    best = max(trial.months, key=lambda m: (m.eligible, m.total))
    description = _(
        "Từ %(first)s đến %(last)s; cao nhất %(best)s đồng nếu nghỉ từ %(day)s. Bảng số liệu ở ngay dưới biểu đồ.",
        first=format_date(trial.months[0].day),
        last=format_date(trial.months[-1].day),
        best=format_integer(best.total),
        day=format_date(best.day),
    )
    svg = leave_chart(
        bars,
        turns,
        title=_("Tổng trợ cấp theo tháng nghỉ"),
        description=description,
        selected=selected,
        ident="theo-thang",
        **(SMALL if small else {}),
        unit=_("triệu đồng"),
    )
    tones = [(TONES[i % len(TONES)], kind) for i, kind in enumerate(kinds)]
    until = trial.looked_until if trial.looked_until and trial.looked_until > trial.months[-1].day else None
    return Figure(svg, markers(bars, turns), tones, trial.months, until)
