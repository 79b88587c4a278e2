"""One person's whole path of posts: the timeline with where the clock of periodic change began again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from hrms.commands.rotation.clocks import Post, held_rows
from hrms.commands.rotation.due import field_of
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.organization import OrgUnit, Position, UnitSuccession
from models.rotation import MovementCase
from models.staff import Appointment, Person
from policies.engine.dates import whole_months
from policies.rotation import tenure_from


@dataclass(frozen=True)
class PathStep:
    """One post of a person's path. ``restarts``: the clock of the list began with it; ``merged``: came by a merger."""

    start: date
    end: date | None
    kind: str
    unit_id: int
    unit: str
    title: str
    leader_rank: str
    listed_code: str
    field: str
    months: int
    restarts: bool
    merged: bool
    decision: str
    case_id: int | None


def path_of_posts(person_id: int) -> list[PathStep]:
    """Every post of a person in the actor's scope, oldest first: main posts, concurrent ones, secondments."""
    person = access.get(Person, person_id, "read", "movement")
    rows = list(
        db.session.execute(
            select(Appointment, Position.listed_code, Position.title, OrgUnit.name)
            .outerjoin(Position, Position.id == Appointment.position_id)
            .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
            .where(Appointment.person_id == person.id)
            .order_by(Appointment.valid_from, Appointment.id)
        )
    )
    cases = dict(
        db.session.execute(
            access.restrict(
                select(MovementCase.made_appointment_id, MovementCase.id).where(
                    MovementCase.person_id == person.id, MovementCase.made_appointment_id.is_not(None)
                ),
                MovementCase,
            )
        )
        .tuples()
        .all()
    )
    units = {row.unit_id for row, *_rest in rows}
    merged = set(
        db.session.execute(
            select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.on).where(
                or_(UnitSuccession.from_unit_id.in_(units), UnitSuccession.to_unit_id.in_(units)),
                UnitSuccession.to_unit_id.is_not(None),
            )
        ).tuples()
    )
    posts = [
        (row, Post(row.valid_from, row.valid_to, row.unit_id, row.position_id, code or "", row.title))
        for row, code, _title, _unit in rows
        if row.kind == "main"
    ]
    restarts: set[date] = set()
    joined: set[date] = set()
    if posts:
        helds = list(held_rows([post for _row_, post in posts], merged))
        first, changes = tenure_from(helds)
        restarts = {first, *(change.day for change in changes if change.different_work)}
        joined = {one.start for one in helds if one.cause == "MERGER"}
    today = clock.today()
    return [
        PathStep(
            row.valid_from, row.valid_to, row.kind, row.unit_id, unit, row.title or title or "", row.leader_rank,
            code or "", field_of(code or ""), whole_months(row.valid_from, min(row.valid_to or today, today))
            if row.valid_from <= today else 0,
            row.kind == "main" and bool(code) and row.valid_from in restarts,
            row.kind == "main" and row.valid_from in joined, row.decision_number, cases.get(row.id),
        )
        for row, code, title, unit in rows
    ]  # fmt: skip
