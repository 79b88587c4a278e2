"""Looking at evaluation: lists, a unit's overview, progress, what waits for the actor; always inside the scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from hrms.commands.evaluation.deadlines import step_of
from hrms.commands.evaluation.rights import cycle_for, granted_units
from hrms.commands.evaluation.standing import standing_level
from hrms.commands.evaluation.waiting import rated_by_me, waits_for_me
from hrms.commands.evaluation.words import (
    OUT,
    OWED_IN_STATE,
    REMOVED,
)
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person


@dataclass(frozen=True)
class SheetFilter:
    """What a list of sheets asks for; empty fields ask for nothing. ``unit_id`` with everything below it."""

    cycle_id: int | None = None
    q: str = ""
    states: tuple[str, ...] = ()
    unit_id: int | None = None
    agency_id: int | None = None
    klass: str = ""
    levels: tuple[str, ...] = ()
    exits: bool = False
    late: bool = False
    waiting: bool = False
    person_id: int | None = None
    quota_group_id: int | None = None
    mine: str = ""  # rate | decide: only what the actor is competent for


def below(unit_id: int) -> Select[Any]:
    """The unit and everything under it, as far as the actor may see the unit."""
    path = db.session.scalar(access.restrict(select(OrgUnit.path).where(OrgUnit.id == unit_id), OrgUnit))
    return select(OrgUnit.id).where(OrgUnit.path.like(f"{path or '?'}%"))


def sheet_query(wanted: SheetFilter | None = None, action: str = "read") -> Select[Any]:
    """Sheets the actor may ``action``, with person, unit and cycle loaded along; the caller orders and pages."""
    query = (
        select(PersonEvaluation)
        .join(PersonEvaluation.person)
        .join(PersonEvaluation.unit)
        .join(PersonEvaluation.cycle)
        .options(
            contains_eager(PersonEvaluation.person),
            contains_eager(PersonEvaluation.unit),
            # What a cycle froze is long, and would come again with every row; the trace is for the page of one sheet.
            contains_eager(PersonEvaluation.cycle).defer(EvaluationCycle.frozen),
            defer(PersonEvaluation.trace),
        )
    )
    return narrow(access.restrict(query, PersonEvaluation, action), wanted or SheetFilter())


def narrow(query: Select[Any], wanted: SheetFilter) -> Select[Any]:
    """``query`` over sheets, narrowed by the filter."""
    for word in fold(wanted.q).split():
        query = query.where(PersonEvaluation.folded.contains(word, autoescape=True))
    if wanted.states:
        query = query.where(PersonEvaluation.state.in_(wanted.states))
    if wanted.unit_id is not None:
        query = query.where(PersonEvaluation.unit_id.in_(below(wanted.unit_id)))
    for name in ("cycle_id", "agency_id", "person_id", "quota_group_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(PersonEvaluation, name) == value)
    if wanted.klass:
        query = query.where(PersonEvaluation.klass == wanted.klass)
    if wanted.levels:
        query = query.where(PersonEvaluation.level.in_(wanted.levels))
    if wanted.exits:
        query = query.where(PersonEvaluation.exit_code != "")
    if wanted.late:
        query = query.where(PersonEvaluation.late.is_(True))
    if wanted.waiting:
        query = query.where(waits_for_me())
    if wanted.mine == "rate":
        query = query.where(rated_by_me())
    elif wanted.mine == "decide" and (units := granted_units("decide")) is not None:
        query = query.where(PersonEvaluation.decider_unit_id.in_(units))
    return query


def cycle_query(states: Iterable[str] = (), year: int | None = None) -> Select[Any]:
    """Cycles in sight (also those a superior unit opened), with their unit."""
    query = access.restrict(select(EvaluationCycle), EvaluationCycle).options(joinedload(EvaluationCycle.unit))
    if wanted := list(states):
        query = query.where(EvaluationCycle.state.in_(wanted))
    if year is not None:
        query = query.where(EvaluationCycle.year == year)
    return query


@dataclass(frozen=True)
class OverviewRow:
    """One person in a unit's overview."""

    id: int
    version: int
    person_id: int
    name: str
    title: str
    unit_id: int
    unit: str
    agency_id: int
    quota_group_id: int | None
    klass: str
    is_head: bool
    is_deputy: bool
    state: str
    exit_code: str
    late: bool
    score_self: Decimal | None
    score_unit: Decimal | None
    score: Decimal | None
    level_self: str
    level_unit: str
    level_machine: str
    level_proposed: str
    level: str
    quota_outcome: str

    @property
    def standing(self) -> str:
        """The level the sheet stands at now, decided or not; nothing while only the person has spoken."""
        return standing_level(self.level, self.level_proposed, self.level_unit, self.level_machine)


@dataclass
class UnitOverview:
    """A unit's people in a cycle (heads first, then by name), counts by state and by level, the collectives."""

    rows: list[OverviewRow] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    late: int = 0
    collectives: list[UnitEvaluation] = field(default_factory=list)


_COLUMNS = (
    PersonEvaluation.id,
    PersonEvaluation.version,
    PersonEvaluation.person_id,
    Person.full_name,
    PersonEvaluation.title,
    PersonEvaluation.unit_id,
    OrgUnit.name,
    PersonEvaluation.agency_id,
    PersonEvaluation.quota_group_id,
    PersonEvaluation.klass,
    PersonEvaluation.is_head,
    PersonEvaluation.is_deputy,
    PersonEvaluation.state,
    PersonEvaluation.exit_code,
    PersonEvaluation.late,
    PersonEvaluation.score_self,
    PersonEvaluation.score_unit,
    PersonEvaluation.score,
    PersonEvaluation.level_self,
    PersonEvaluation.level_unit,
    PersonEvaluation.level_machine,
    PersonEvaluation.level_proposed,
    PersonEvaluation.level,
    PersonEvaluation.quota_outcome,
)


def unit_overview(cycle_id: int, unit_id: int, wanted: SheetFilter | None = None) -> UnitOverview:
    """Everybody of a unit and below in a cycle; four statements whatever the number (2,000 people in 300 ms)."""
    query = (
        select(*_COLUMNS)
        .select_from(PersonEvaluation)
        .join(Person, Person.id == PersonEvaluation.person_id)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .where(PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.state != REMOVED)
        .where(PersonEvaluation.unit_id.in_(below(unit_id)))
        .order_by(OrgUnit.path, PersonEvaluation.is_head.desc(), PersonEvaluation.is_deputy.desc(),
                  PersonEvaluation.sort_key, PersonEvaluation.id)
    )  # fmt: skip
    query = narrow(access.restrict(query, PersonEvaluation), wanted or SheetFilter())
    found = UnitOverview()
    for row in db.session.execute(query):
        one = OverviewRow(*row)
        found.rows.append(one)
        found.states[one.state] = found.states.get(one.state, 0) + 1
        level = one.standing or "-"
        if one.state not in OUT:
            found.levels[level] = found.levels.get(level, 0) + 1
        found.late += one.late
    found.collectives = collectives(cycle_id, unit_id)
    return found


def collectives(cycle_id: int, unit_id: int | None = None) -> list[UnitEvaluation]:
    """The collectives of a cycle in sight, in the order of the tree (parts behind their unit)."""
    query = (
        access.restrict(select(UnitEvaluation), UnitEvaluation)
        .join(UnitEvaluation.unit)
        .options(contains_eager(UnitEvaluation.unit))
        .where(UnitEvaluation.cycle_id == cycle_id, UnitEvaluation.state != REMOVED)
        .order_by(OrgUnit.path)
    )
    if unit_id is not None:
        query = query.where(UnitEvaluation.unit_id.in_(below(unit_id)))
    return list(db.session.scalars(query))


@dataclass
class UnitProgress:
    """How far one unit is: sheets by the step they owe (``done``: none before filing), and how many late."""

    unit_id: int
    unit: str
    path: str
    total: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    late: int = 0
    collective: str = ""  # state of the unit's own evaluation


def progress(cycle_id: int, unit_id: int | None = None) -> list[UnitProgress]:
    """Units × steps of a cycle (§14 report 6) in the order of the tree; three statements."""
    cycle = cycle_for(cycle_id)
    late = func.sum(case((PersonEvaluation.late.is_(True), 1), else_=0))
    query = (
        select(OrgUnit.id, OrgUnit.name, OrgUnit.path, PersonEvaluation.state, func.count(), late)
        .select_from(PersonEvaluation)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .where(PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.state.not_in(OUT))
        .group_by(OrgUnit.id, OrgUnit.name, OrgUnit.path, PersonEvaluation.state)
    )
    if unit_id is not None:
        query = query.where(PersonEvaluation.unit_id.in_(below(unit_id)))
    found: dict[int, UnitProgress] = {}
    for number, name, path, state, count, over in db.session.execute(access.restrict(query, PersonEvaluation)):
        one = found.setdefault(number, UnitProgress(number, name, path))
        step = step_of(cycle, state) if state in OWED_IN_STATE else "done"
        one.steps[step] = one.steps.get(step, 0) + int(count)
        one.total += int(count)
        one.late += int(over or 0)
    own = select(UnitEvaluation.unit_id, UnitEvaluation.state).where(UnitEvaluation.cycle_id == cycle_id)
    for number, state in db.session.execute(access.restrict(own, UnitEvaluation)):
        if number in found:
            found[number].collective = state
    return sorted(found.values(), key=lambda one: one.path)
