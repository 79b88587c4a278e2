"""What waits for the actor in evaluation: the own sheet, people to rate, units to put together, decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.words import (
    DECIDED,
    DRAFT,
    MEETING_HELD,
    NOTIFIED,
    OPINIONS_IN,
    PARTY_OPINION,
    PROPOSED,
    QUOTA_CHECKED,
    RECOGNISED,
    REMARKED,
    REOPENED,
    RUNNING,
    SELF_ASSESSED,
    SELF_SUBMITTED,
    STEPS,
    SYNTHESISED,
)  # fmt: skip
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation

_WORK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rate", "rate", (SELF_SUBMITTED,)),
    ("synthesise", "synthesise", (REMARKED, MEETING_HELD, PARTY_OPINION)),
    ("quota", "synthesise", (SYNTHESISED,)),
    ("decide", "decide", (QUOTA_CHECKED, REOPENED)),
    ("notify", "notify", (DECIDED,)),
    ("publish", "publish", (NOTIFIED,)),
)
WORK_STEP = {"own": "self", "rate": "remark", "collective": "collectives", "recognise": "collectives"}


def _conditions() -> list[tuple[str, ColumnElement[bool]]]:
    me = own_person_id()
    found: list[tuple[str, ColumnElement[bool]]] = []
    if me is not None and access.may("evaluation", "self"):
        found.append(("own", and_(PersonEvaluation.person_id == me, PersonEvaluation.state == DRAFT)))
    for code, action, states in _WORK:
        if not access.may("evaluation", action):
            continue
        condition: ColumnElement[bool] = PersonEvaluation.state.in_(states)
        if me is not None and code in ("rate", "decide", "synthesise"):
            condition = and_(condition, PersonEvaluation.person_id != me)
        units = access.units_for("evaluation", action)
        if units is not None:
            column = PersonEvaluation.decider_unit_id if code == "decide" else PersonEvaluation.unit_id
            condition = and_(condition, column.in_(units))
        found.append((code, condition))
    return found


def waits_for_me() -> ColumnElement[bool]:
    """Sheets on which the actor is the next to work, in running cycles."""
    running = select(EvaluationCycle.id).where(EvaluationCycle.state.in_(RUNNING))
    options = [condition for _code, condition in _conditions()]
    return and_(PersonEvaluation.cycle_id.in_(running), or_(false(), *options))


@dataclass(frozen=True)
class Work:
    """Work of one kind in one cycle; ``evaluation_id``: the sheet, where it is the own one.

    ``kind``: own, rate, synthesise, quota, decide, notify, publish, collective, recognise, notify_unit.
    """

    kind: str
    cycle_id: int
    cycle: str
    count: int
    late: int
    due: date | None
    evaluation_id: int | None = None

    @property
    def days_left(self) -> int | None:
        return (self.due - clock.today()).days if self.due else None


def waiting_work() -> list[Work]:
    """What waits for the actor in running cycles, the most urgent first. Three statements."""
    found = [*_sheet_work(), *_collective_work()]
    if not found:
        return []
    ids = {one[1] for one in found}
    cycles = {one.id: one for one in db.session.scalars(select(EvaluationCycle).where(EvaluationCycle.id.in_(ids)))}
    rows = [
        Work(kind, cycle_id, cycles[cycle_id].name, count, late,
             due_of(cycles[cycle_id], WORK_STEP.get(kind, kind if kind in STEPS else "")), number)
        for kind, cycle_id, count, late, number in found
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (one.due or date.max, one.cycle_id, one.kind))


def _sheet_work() -> Iterable[tuple[str, int, int, int, int | None]]:
    conditions = _conditions()
    if not conditions:
        return
    late = case((PersonEvaluation.late.is_(True), 1), else_=0)
    inner = (
        access.restrict(
            select(
                PersonEvaluation.cycle_id,
                case(*[(condition, code) for code, condition in conditions], else_="").label("kind"),
                late.label("late"),
                PersonEvaluation.id.label("number"),
            ),
            PersonEvaluation,
        )
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .where(EvaluationCycle.state.in_(RUNNING), or_(*[condition for _code, condition in conditions]))
        .subquery()
    )
    query = select(inner.c.kind, inner.c.cycle_id, func.count(), func.sum(inner.c.late), func.min(inner.c.number))
    for kind, cycle_id, count, over, number in db.session.execute(query.group_by(inner.c.kind, inner.c.cycle_id)):
        yield kind, cycle_id, int(count), int(over or 0), number if kind == "own" else None


def _collective_work() -> Iterable[tuple[str, int, int, int, int | None]]:
    options: list[tuple[str, ColumnElement[bool]]] = []
    for code, action, states in (
        ("collective", "meet", (DRAFT, SELF_ASSESSED, OPINIONS_IN)),
        ("recognise", "decide", (PROPOSED,)),
        ("notify", "notify", (RECOGNISED,)),
    ):
        if not access.may("evaluation", action):
            continue
        condition: ColumnElement[bool] = UnitEvaluation.state.in_(states)
        units = access.units_for("evaluation", action)
        if units is not None:
            column = UnitEvaluation.decider_unit_id if code == "recognise" else UnitEvaluation.unit_id
            condition = and_(condition, column.in_(units))
        options.append((code, condition))
    if not options:
        return
    inner = (
        select(
            UnitEvaluation.cycle_id, case(*[(condition, code) for code, condition in options], else_="").label("kind")
        )
        .join(EvaluationCycle, EvaluationCycle.id == UnitEvaluation.cycle_id)
        .where(EvaluationCycle.state.in_(RUNNING), or_(*[condition for _code, condition in options]))
        .subquery()
    )
    query = select(inner.c.kind, inner.c.cycle_id, func.count()).group_by(inner.c.kind, inner.c.cycle_id)
    for kind, cycle_id, count in db.session.execute(query):
        yield "notify_unit" if kind == "notify" else kind, cycle_id, int(count), 0, None
