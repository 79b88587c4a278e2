"""A person's results over the years, with the chart: for the person and for whoever has the unit in scope."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation.history import PersonHistory, of_person
from hrms.commands.evaluation.petitions import STATES as PETITION_STATES
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.words import exit_text
from hrms.commands.evaluation.workflow import STATE_LABELS
from hrms.kernel.db import db
from models.staff import Person
from models.vocabulary import EVALUATION_SIDES, PERIOD_KINDS
from policies.evaluation import reason_text, regimes
from reports.framework.charts import Chart, Series, svg
from views.evaluation_support import BADGES, class_word, level_word, points_text
from views.rules import needs
from views.templating import page

MOST_YEARS = 10
MOST_POINTS = 24  # the newest periods of the chart
KINDS = ("YEAR", "HALF_YEAR", "QUARTER", "MONTH")


def charts_of(past: PersonHistory, side: str) -> list[tuple[str, Any, str]]:
    """Levels (1 to 4) and scores by period, each with what it is; a period without a result leaves a gap."""
    points = past.chart(side, KINDS)[-MOST_POINTS:]
    if len(points) < 2:
        return []
    kinds = [kind for kind in KINDS if any(point.period_kind == kind for point in points)]
    labels = tuple(_short(point) for point in points)

    def series(value: Any) -> tuple[Series, ...]:
        return tuple(
            Series(str(_(PERIOD_KINDS[kind])), tuple(value(p) if p.period_kind == kind else 0 for p in points))
            for kind in kinds
        )

    levels = Chart("stacked", _("Mức xếp loại qua các kỳ"), labels, series(lambda p: p.rank), unit=_("bậc"))
    found = [
        (
            levels.title,
            svg(levels, "muc-xep-loai", 520),
            _("4: Hoàn thành xuất sắc · 3: Hoàn thành tốt · 2: Hoàn thành · 1: Không hoàn thành"),
        )
    ]
    if any(point.score is not None for point in points):
        scores = Chart("stacked", _("Điểm qua các kỳ"), labels, series(lambda p: round(p.score) if p.score else 0),
                       unit=_("điểm"))  # fmt: skip
        found.append((scores.title, svg(scores, "diem", 520), _("Điểm làm tròn đến số nguyên; điểm đúng ở bảng dưới.")))
    return found


def both_sides(past: PersonHistory) -> list[tuple[int, dict[str, Any]]]:
    """Years, the newest first, with the yearly result of each side: nobody's second result is overlooked."""
    found: dict[int, dict[str, Any]] = {}
    for side in EVALUATION_SIDES:
        for row in reversed(past.of(side)):
            found.setdefault(row.year, {})[side] = row
    return sorted(found.items(), reverse=True)[:MOST_YEARS]


def _short(point: Any) -> str:
    day = point.ends_on
    if point.period_kind == "YEAR":
        return str(day.year)
    if point.period_kind == "QUARTER":
        return _("Quý %(number)s/%(year)s", number=(day.month + 2) // 3, year=day.year)
    return f"{day.month:02d}/{day.year}"


class EvaluationHistoryView(BaseView):
    """``/evaluation/people/<person>/history``"""

    route_base = "/evaluation"

    @expose("/people/<int:person_id>/history")
    @needs("evaluation", "read")
    def person(self, person_id: int) -> Any:
        past = of_person(person_id)
        person = db.session.scalar(select(Person).where(Person.id == person_id).options(joinedload(Person.unit)))
        sides = [side for side in EVALUATION_SIDES if any(row.side == side for row in past.rows)]
        asked = request.args.get("side", "")
        side = asked if asked in EVALUATION_SIDES else (sides[0] if sides else "STATE")
        rows = [row for row in past.rows if row.side == side]
        return page(
            "evaluation/history.html",
            title=_("Lịch sử đánh giá"),
            person=person,
            own=person_id == own_person_id(),
            rows=rows,
            side=side,
            sides=[(code, str(_(EVALUATION_SIDES[code]))) for code in sides],
            charts=charts_of(past, side),
            both=both_sides(past) if len(sides) > 1 else [],
            reason_text=reason_text,
            exit_text=exit_text,
            state_label=lambda code: _(STATE_LABELS[code]) if code in STATE_LABELS else "",
            petition_states=PETITION_STATES,
            kinds=PERIOD_KINDS,
            regimes={code: one.name.split(",")[0] for code, one in regimes().items()},
            badges=BADGES,
            level_word=level_word,
            class_word=class_word,
            points=points_text,
        )
