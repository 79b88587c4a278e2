"""Compliance with the yearly plans: who had to change, who did, who not and on which ground (NĐ 59/2019 Điều 38, 39).

The figures of the result report: by unit, and by field of the list; measured on a day from lines and their cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.commands.rotation.clocks import unit_places
from hrms.commands.rotation.due import field_of
from hrms.commands.rotation.plan_workflow import (
    DEFERRED,
    DONE,
    DROPPED,
    EXEMPT,
    IN_CASE,
    IN_FORCE,
    NOTIFIED,
    PLANNED,
    REFERRED,
)
from hrms.commands.rotation.words import CLOSED
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.organization import OrgUnit
from models.rotation import MovementCase, RotationPlan, RotationPlanLine


@dataclass
class Figures:
    """People of plans by what became of them. ``to_change`` = done + under way + not yet; the rest need not.

    ``late``: done after the last day; ``overdue``: not done and past it; ``by_ground``: code of the ground → people.
    """

    people: int = 0
    to_change: int = 0
    done: int = 0
    late: int = 0
    notified: int = 0
    under_way: int = 0
    not_yet: int = 0
    overdue: int = 0
    deferred: int = 0
    exempt: int = 0
    referred: int = 0
    dropped: int = 0
    by_ground: Counter[str] = field(default_factory=Counter)

    @property
    def percent(self) -> int | None:
        """Done of those who had to change, in whole percent; ``None`` where nobody had to."""
        return None if not self.to_change else self.done * 100 // self.to_change

    def to_dict(self) -> dict[str, Any]:
        names = ("people", "to_change", "done", "late", "notified", "under_way", "not_yet", "overdue", "deferred",
                 "exempt", "referred", "dropped")  # fmt: skip
        return {name: getattr(self, name) for name in names} | {"by_ground": dict(self.by_ground)}


@dataclass(frozen=True, slots=True)
class LineFact:
    """One line measured on the day: the state with its case taken into account; ``changed_on`` the day of effect."""

    line_id: int
    plan_id: int
    person_id: int
    unit_id: int
    agency_id: int
    listed_code: str
    field: str
    state: str
    ground: str
    must_change_by: date | None
    notified_on: date | None
    planned_on: date | None
    changed_on: date | None
    late: bool
    overdue: bool


def line_facts(
    year: int, *, on: date | None = None, unit_id: int | None = None, plan_id: int | None = None
) -> list[LineFact]:
    """The lines of plans in force for ``year`` in the actor's scope, measured on ``on``: two statements."""
    day = on or clock.today()
    query = (
        select(
            RotationPlanLine.id, RotationPlanLine.plan_id, RotationPlanLine.person_id, RotationPlanLine.unit_id,
            RotationPlanLine.listed_code, RotationPlanLine.state, RotationPlanLine.reasons,
            RotationPlanLine.must_change_by, RotationPlanLine.notified_on, RotationPlanLine.planned_on,
            MovementCase.state, MovementCase.effect, MovementCase.effective_on,
        )
        .join(RotationPlan, RotationPlan.id == RotationPlanLine.plan_id)
        .outerjoin(MovementCase, MovementCase.id == RotationPlanLine.case_id)
        .where(RotationPlan.year == year)
        .order_by(RotationPlanLine.id)
    )  # fmt: skip
    if plan_id is not None:
        query = query.where(RotationPlan.id == plan_id)
    else:
        query = query.where(RotationPlan.state.in_(IN_FORCE))
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(RotationPlanLine.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))))
    rows = db.session.execute(access.restrict(query, RotationPlanLine)).all()
    places = unit_places() if rows else {}
    found = []
    for (
        line_id, plan, person_id, unit, code, stored, reasons, must, told, planned, case_state, effect, effective,
    ) in rows:  # fmt: skip
        state = _state(stored, told, case_state, effect)
        changed = effective if state == DONE else None
        late = changed is not None and must is not None and changed > must
        overdue = state in (PLANNED, NOTIFIED, IN_CASE) and must is not None and must < day
        ground = next(iter(reasons or ()), "") if state in (DEFERRED, EXEMPT, REFERRED) else ""
        agency = places[unit].body_id if unit in places else unit
        found.append(
            LineFact(line_id, plan, person_id, unit, agency, code, field_of(code), state, ground, must, told, planned,
                     changed, late, overdue)
        )  # fmt: skip
    return found


def _state(stored: str, told: date | None, case_state: str | None, effect: str | None) -> str:
    if effect == "applied":
        return DONE
    if case_state is not None and (case_state in CLOSED or effect == "undone"):
        return NOTIFIED if told is not None else PLANNED
    if case_state is not None and stored in (PLANNED, NOTIFIED, IN_CASE):
        return IN_CASE
    return stored


def add_up(facts: Iterable[LineFact]) -> Figures:
    """The figures of some lines."""
    sums = Figures()
    for fact in facts:
        sums.people += 1
        if fact.state == DEFERRED:
            sums.deferred += 1
        elif fact.state == EXEMPT:
            sums.exempt += 1
        elif fact.state == REFERRED:
            sums.referred += 1
        elif fact.state == DROPPED:
            sums.dropped += 1
        else:
            sums.to_change += 1
            sums.done += fact.state == DONE
            sums.under_way += fact.state == IN_CASE
            sums.not_yet += fact.state in (PLANNED, NOTIFIED)
        sums.late += fact.late
        sums.overdue += fact.overdue
        sums.notified += fact.notified_on is not None
        if fact.ground:
            sums.by_ground[fact.ground] += 1
    return sums


@dataclass
class Compliance:
    """``total`` and the same figures by agency (id, name) in the order of the tree, and by field of the list."""

    year: int
    on: date
    total: Figures
    by_unit: list[tuple[int, str, Figures]]
    by_field: list[tuple[str, Figures]]
    plans: Sequence[int] = ()


def compliance(
    year: int, *, on: date | None = None, unit_id: int | None = None, plan_id: int | None = None
) -> Compliance:
    """The result of the plans of ``year`` in the actor's scope, measured on ``on`` (today)."""
    day = on or clock.today()
    facts = line_facts(year, on=day, unit_id=unit_id, plan_id=plan_id)
    places = unit_places() if facts else {}
    agencies = sorted({fact.agency_id for fact in facts}, key=lambda one: (places[one].sort, one))
    names = sorted({fact.field for fact in facts})
    return Compliance(
        year, day, add_up(facts),
        [(one, places[one].name, add_up(f for f in facts if f.agency_id == one)) for one in agencies],
        [(name, add_up(f for f in facts if f.field == name)) for name in names],
        sorted({fact.plan_id for fact in facts}),
    )  # fmt: skip
