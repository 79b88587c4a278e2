"""What waits for the actor in evaluation: the own sheet, people to rate, units to put together, decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true

from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.rights import granted_units, held_units, own_person_id
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
from models.evaluation import EvaluationCycle, EvaluationPetition, PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit

_WORK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rate", "rate", (SELF_SUBMITTED,)),
    ("synthesise", "synthesise", (REMARKED, MEETING_HELD, PARTY_OPINION)),
    ("quota", "synthesise", (SYNTHESISED,)),
    ("decide", "decide", (QUOTA_CHECKED, REOPENED)),
    ("notify", "notify", (DECIDED,)),
    ("publish", "publish", (NOTIFIED,)),
)
NOT_OF_ONESELF = ("rate", "decide", "synthesise")
WORK_STEP = {"own": "self", "rate": "remark", "collective": "collectives", "recognise": "collectives"}


def _conditions() -> list[tuple[str, ColumnElement[bool]]]:
    me = own_person_id()
    found: list[tuple[str, ColumnElement[bool]]] = []
    if me is not None and access.may("evaluation", "self"):
        found.append(("own", and_(PersonEvaluation.person_id == me, PersonEvaluation.state == DRAFT)))
    for code, action, states in _WORK:
        if not access.may("evaluation", action):
            continue
        condition: ColumnElement[bool] = and_(PersonEvaluation.state.in_(states), _of_mine(code, action))
        if me is not None and code in NOT_OF_ONESELF:
            condition = and_(condition, PersonEvaluation.person_id != me)
        found.append((code, condition))
    return found


def _of_mine(code: str, action: str) -> ColumnElement[bool]:
    """Whose sheets the actor works on at a step: not everything in scope, but what no nearer person is there for."""
    if code == "rate":
        return rated_by_me()
    if code == "decide":
        return decided_by_me(PersonEvaluation.decider_unit_id)
    units = access.units_for("evaluation", action)
    if units is None:
        # The province works for what it decides itself and for agencies that have no officer of their own.
        return or_(
            PersonEvaluation.agency_id.not_in(held_units(action)),
            PersonEvaluation.decider_unit_id.in_(select(OrgUnit.id).where(OrgUnit.parent_id.is_(None))),
        )
    if code == "synthesise":
        return and_(PersonEvaluation.unit_id.in_(units), PersonEvaluation.decider_unit_id.in_(units))
    return (PersonEvaluation.agency_id if code == "quota" else PersonEvaluation.unit_id).in_(units)


def decided_by_me(column: Any) -> ColumnElement[bool]:
    """Decided by the head of ``column``, who is the actor; whoever records for the whole province does so for units
    whose head has no account."""
    units = granted_units("decide")
    return column.not_in(held_units("decide")) if units is None else column.in_(units)


def rated_by_me() -> ColumnElement[bool]:
    """Sheets the actor remarks on: the people of the own unit (not of the agencies below it), and the heads whose
    level the actor decides. The own head is rated by the level above."""
    units = granted_units("rate")
    if units is None:
        return true()
    options: list[ColumnElement[bool]] = []
    for grant in access.grants():
        if grant.unit_id not in units or not grant.role.allows("evaluation", "rate"):
            continue
        inside = select(OrgUnit.id).where(OrgUnit.path.like(f"{grant.unit_path}%"))
        agencies_below = inside.where(OrgUnit.id != grant.unit_id)
        options.append(PersonEvaluation.decider_unit_id == grant.unit_id)
        options.append(
            and_(
                PersonEvaluation.unit_id.in_(inside),
                PersonEvaluation.agency_id.not_in(agencies_below),
                not_(and_(PersonEvaluation.is_head.is_(True), PersonEvaluation.unit_id == grant.unit_id)),
            )
        )
    return or_(false(), *options)


def waits_for_me() -> ColumnElement[bool]:
    """Sheets on which the actor is the next to work."""
    running = select(EvaluationCycle.id).where(EvaluationCycle.state.in_(RUNNING))
    options = [condition for _code, condition in _conditions()]
    return and_(or_(PersonEvaluation.cycle_id.in_(running), _again()), or_(false(), *options))


def _again() -> ColumnElement[bool]:
    """A closed cycle holds work again where the level above opened a result, until the new one is published."""
    return PersonEvaluation.state.in_((REOPENED, DECIDED, NOTIFIED))


@dataclass(frozen=True)
class Work:
    """Work of one kind in one cycle; ``record_id``: the sheet, where it is the own one; the petition, where it is one.

    ``kind``: own, rate, synthesise, quota, decide, notify, publish, petition, collective, recognise, notify_unit.
    """

    kind: str
    cycle_id: int
    cycle: str
    count: int
    late: int
    due: date | None
    record_id: int | None = None

    @property
    def days_left(self) -> int | None:
        return (self.due - clock.today()).days if self.due else None


def waiting_work() -> list[Work]:
    """What waits for the actor, the most urgent first: four statements. A petition outlives the cycle it is about."""
    found = [*_sheet_work(), *_collective_work(), *_petition_work()]
    if not found:
        return []
    ids = {one[1] for one in found}
    cycles = {one.id: one for one in db.session.scalars(select(EvaluationCycle).where(EvaluationCycle.id.in_(ids)))}
    rows = [
        Work(kind, cycle_id, cycles[cycle_id].name, count, late,
             due or due_of(cycles[cycle_id], WORK_STEP.get(kind, kind if kind in STEPS else "")), number)
        for kind, cycle_id, count, late, number, due in found
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (one.due or date.max, one.cycle_id, one.kind))


Found = tuple[str, int, int, int, int | None, date | None]  # kind, cycle, how many, late, the one record, due


def _sheet_work() -> Iterable[Found]:
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
        .where(
            or_(EvaluationCycle.state.in_(RUNNING), _again()),
            or_(*[condition for _code, condition in conditions]),
        )
        .subquery()
    )
    query = select(inner.c.kind, inner.c.cycle_id, func.count(), func.sum(inner.c.late), func.min(inner.c.number))
    for kind, cycle_id, count, over, number in db.session.execute(query.group_by(inner.c.kind, inner.c.cycle_id)):
        yield kind, cycle_id, int(count), int(over or 0), number if kind == "own" else None, None


def _petition_work() -> Iterable[Found]:
    """Petitions the actor must answer: of levels the actor decided, never the own one; late when its day is past."""
    if not access.may("evaluation", "resolve"):
        return
    me, row = own_person_id(), EvaluationPetition
    over = case((row.answer_by < clock.today(), 1), else_=0)
    units = granted_units("resolve")
    decider = PersonEvaluation.decider_unit_id
    mine = decider.not_in(held_units("resolve")) if units is None else decider.in_(units)
    query = (
        access.restrict(
            select(PersonEvaluation.cycle_id, func.count(), func.sum(over), func.min(row.id), func.min(row.answer_by)),
            PersonEvaluation,
        )
        .join(row, row.evaluation_id == PersonEvaluation.id)
        .where(row.state == "filed", mine)
        .group_by(PersonEvaluation.cycle_id)
    )
    if me is not None:
        query = query.where(row.person_id != me)
    for cycle_id, count, late, number, due in db.session.execute(query):
        yield "petition", cycle_id, int(count), int(late or 0), number if count == 1 else None, due


def _collective_work() -> Iterable[Found]:
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
        if code == "recognise":
            condition = and_(condition, decided_by_me(UnitEvaluation.decider_unit_id))
        elif units is not None:
            condition = and_(condition, UnitEvaluation.unit_id.in_(units))
        else:  # a part of an agency is the agency's own affair
            whole = select(OrgUnit.id).where(OrgUnit.parent_id.is_(None))
            condition = and_(
                condition,
                UnitEvaluation.unit_id.not_in(held_units(action)),
                UnitEvaluation.decider_unit_id.in_(whole),
            )
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
        yield "notify_unit" if kind == "notify" else kind, cycle_id, int(count), 0, None, None
