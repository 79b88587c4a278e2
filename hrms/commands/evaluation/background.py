"""What the scheduler does for evaluation: opens the cycles whose day has come, marks what is late."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.configuration import configuration_on, procedure_on
from hrms.commands.evaluation.cycles import OpenCycle, PlanCycle, numbers, opening_day, period
from hrms.commands.evaluation.deadlines import mark_late
from hrms.commands.evaluation.words import PLANNED
from hrms.kernel import jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit


def plan_due(day: date) -> int:
    """Plan the periods whose opening day has come for the units named in ``hy1071.procedure.open_automatically``."""
    codes = procedure_on(day)["hy1071.procedure.open_automatically"]
    if not codes:
        return 0
    planned = 0
    units = list(db.session.scalars(select(OrgUnit.id).where(OrgUnit.code.in_(codes)).order_by(OrgUnit.id)))
    for kind in configuration_on(day).value("hy1071.periods"):
        for number in numbers(kind):
            # HD 43-HD/BTCTW: the fourth quarter is rated with the year
            merged = kind == "QUARTER" and number == numbers(kind)[-1]
            if merged or not opening_day(kind, day.year, number) <= day <= period(kind, day.year, number)[1]:
                continue
            for unit_id in units:
                same = select(EvaluationCycle.id).where(
                    EvaluationCycle.unit_id == unit_id, EvaluationCycle.side == "STATE",
                    EvaluationCycle.period_kind == kind, EvaluationCycle.year == day.year,
                    EvaluationCycle.number == number,
                )  # fmt: skip
                if db.session.scalar(same) is None:
                    execute(PlanCycle(unit_id, kind, day.year, number))
                    planned += 1
    return planned


def open_due(day: date) -> tuple[int, list[str]]:
    """Open the planned cycles whose opening day has come; those that cannot be opened tell why."""
    opened, refused = 0, []
    query = select(EvaluationCycle.id).where(EvaluationCycle.state == PLANNED, EvaluationCycle.starts_on <= day)
    for cycle_id in db.session.scalars(query.order_by(EvaluationCycle.id)).all():
        cycle = db.session.get(EvaluationCycle, cycle_id)
        if cycle is None or opening_day(cycle.period_kind, cycle.year, cycle.number) > day:
            continue
        name = cycle.name
        try:
            execute(OpenCycle(cycle_id))
            opened += 1
        except HrmsError as error:
            refused.append(f"{name}: {error.message}")
    return opened, refused


def _daily(day: date) -> str:
    planned = plan_due(day)
    opened, refused = open_due(day)
    late = mark_late(day)
    text = _(
        "Lập %(planned)s kỳ, mở %(opened)s kỳ đánh giá; %(late)s phiếu quá hạn mới.",
        planned=planned,
        opened=opened,
        late=late,
    )
    return " ".join([text, *refused])[:400]


DAILY: Any = jobs.scheduled(
    jobs.ScheduledAction("evaluation_daily", "Mở kỳ đánh giá đến hạn, đánh dấu phiếu quá hạn",
                         {"hour": "1", "minute": "15"}, _daily)
)  # fmt: skip
