"""Deadlines of the steps: who owes what by when, what is late. The notification room, which reminds, asks here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select, update

from hrms.commands.evaluation.words import (
    DRAFT,
    OPINIONS_IN,
    OWED_IN_STATE,
    PROPOSED,
    RUNNING,
    SELF_ASSESSED,
)
from hrms.kernel import clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.account import Account
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person

# Who does a step: the person, the unit's head, the unit's HR, or the head who decides.
DOERS = {
    "self": "person",
    "remark": "unit_head",
    "meeting": "unit_hr",
    "synthesise": "unit_hr",
    "quota": "unit_hr",
    "decide": "unit_head",
    "notify": "unit_hr",
    "publish": "unit_hr",
    "collectives": "unit_hr",
}


@dataclass(frozen=True)
class Owed:
    """A step that somebody owes: one person's sheet (``person_id``), or ``count`` sheets of a unit.

    ``days`` until ``due``, negative when late; ``role``: who does it (``words`` of roles); ``user_id``: the account to
    remind, where it is one (of the person, else none: the notification room asks who holds ``role`` at ``unit_id``).
    """

    step: str
    due: date
    days: int
    unit_id: int
    unit: str
    count: int
    role: str
    person_id: int | None = None
    person: str = ""
    user_id: int | None = None
    evaluation_id: int | None = None

    @property
    def late(self) -> bool:
        return self.days < 0


def due_of(cycle: EvaluationCycle, step: str) -> date | None:
    """The last day of a step."""
    text = (cycle.deadlines or {}).get(step)
    return date.fromisoformat(text) if text else None


def step_of(cycle: EvaluationCycle, state: str) -> str:
    """The step a sheet in ``state`` owes; a meeting is owed only in periods that hold one."""
    step = OWED_IN_STATE.get(state, "")
    if step == "meeting":
        kinds = (cycle.frozen or {}).get("configuration", {}).get("hy1071.procedure.meeting_periods", ())
        if cycle.period_kind not in kinds:
            return "synthesise"
    return step


def owed(cycle: EvaluationCycle, day: date | None = None, *, within: int | None = None) -> list[Owed]:
    """Everything that is owed in a running cycle, the most urgent first; ``within``: only what is due in so many days.

    Self-assessments are told person by person, everything else unit by unit. Three statements.
    """
    today = day or clock.today()
    if cycle.state not in RUNNING:
        return []
    found = [*_by_person(cycle, today), *_by_unit(cycle, today), *_collectives(cycle, today)]
    if within is not None:
        found = [one for one in found if one.days <= within]
    return sorted(found, key=lambda one: (one.due, one.unit_id, one.step, one.person_id or 0))


def _by_person(cycle: EvaluationCycle, today: date) -> Iterable[Owed]:
    due = due_of(cycle, "self")
    if due is None:
        return
    query = (
        select(
            PersonEvaluation.id, PersonEvaluation.person_id, Person.full_name, PersonEvaluation.unit_id, OrgUnit.name,
            Account.user_id,
        )
        .join(Person, Person.id == PersonEvaluation.person_id)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.state == DRAFT)
        .order_by(PersonEvaluation.unit_id, PersonEvaluation.sort_key)
    )  # fmt: skip
    seen: set[int] = set()
    for number, person_id, name, unit_id, unit, user_id in db.session.execute(query):
        if number not in seen:
            seen.add(number)
            yield Owed("self", due, (due - today).days, unit_id, unit, 1, "person", person_id, name, user_id, number)


def _by_unit(cycle: EvaluationCycle, today: date) -> Iterable[Owed]:
    # A head's sheet is the affair of the level that decides it, not of the unit the head leads.
    place = case((PersonEvaluation.is_head.is_(True), PersonEvaluation.decider_unit_id), else_=PersonEvaluation.unit_id)
    rows = (
        select(place.label("unit_id"), PersonEvaluation.state.label("state"))
        .where(PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.state.in_([*OWED_IN_STATE]))
        .where(PersonEvaluation.state != DRAFT)
        .subquery()
    )
    query = (
        select(rows.c.unit_id, OrgUnit.name, rows.c.state, func.count())
        .join(OrgUnit, OrgUnit.id == rows.c.unit_id)
        .group_by(rows.c.unit_id, OrgUnit.name, rows.c.state)
    )
    summed: dict[tuple[int, str, str], int] = {}
    for unit_id, unit, state, count in db.session.execute(query):
        key = (unit_id, unit, step_of(cycle, state))
        summed[key] = summed.get(key, 0) + int(count)
    for (unit_id, unit, step), count in summed.items():
        due = due_of(cycle, step)
        if due is not None:
            yield Owed(step, due, (due - today).days, unit_id, unit, count, DOERS[step])


def _collectives(cycle: EvaluationCycle, today: date) -> Iterable[Owed]:
    due = due_of(cycle, "collectives")
    if due is None:
        return
    proposed = UnitEvaluation.state == PROPOSED  # waits for the head of the level that recognises it
    rows = (
        select(
            case((proposed, UnitEvaluation.decider_unit_id), else_=UnitEvaluation.unit_id).label("unit_id"),
            case((proposed, "unit_head"), else_="unit_hr").label("role"),
        )
        .where(
            UnitEvaluation.cycle_id == cycle.id,
            UnitEvaluation.state.in_((DRAFT, SELF_ASSESSED, OPINIONS_IN, PROPOSED)),
        )
        .subquery()
    )
    query = (
        select(rows.c.unit_id, OrgUnit.name, rows.c.role, func.count())
        .join(OrgUnit, OrgUnit.id == rows.c.unit_id)
        .group_by(rows.c.unit_id, OrgUnit.name, rows.c.role)
    )
    for unit_id, unit, role, count in db.session.execute(query):
        yield Owed("collectives", due, (due - today).days, unit_id, unit, int(count), role)


def mark_late(day: date | None = None) -> int:
    """Mark sheets of running cycles that are past the last day of the step they owe; returns how many are new."""
    today, marked = day or clock.today(), 0
    for cycle in db.session.scalars(select(EvaluationCycle).where(EvaluationCycle.state.in_(RUNNING))).all():
        over = [
            state
            for state in OWED_IN_STATE
            if (due := due_of(cycle, step_of(cycle, state))) is not None and due < today
        ]
        if not over:
            continue
        with transaction():
            # Straight to the table: that time passed is nobody's change, and must not make an open form stale.
            outcome = db.session.execute(
                update(PersonEvaluation)
                .where(PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.state.in_(over),
                       PersonEvaluation.late.is_(False))
                .values(late=True, updated_at=PersonEvaluation.updated_at, updated_by=PersonEvaluation.updated_by)
                .execution_options(synchronize_session=False)
            )  # fmt: skip
            marked += int(getattr(outcome, "rowcount", 0) or 0)
    return marked
