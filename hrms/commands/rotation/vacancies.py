"""Places of a post on a day: how many were approved, who holds one, who is coming, who leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from hrms.commands.rotation.words import BIET_PHAI, DECIDED, INSIDE, OPEN
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from hrms.kernel.validity import holds
from models.organization import Establishment, OrgUnit, Position
from models.rotation import MovementCase
from models.staff import Appointment, Person
from models.vocabulary import ESTABLISHMENT_OF_CATEGORY


@dataclass(frozen=True)
class Places:
    """``approved`` places of a post, the people (ids) who hold one on the day, and the people decided to come."""

    approved: int
    holders: frozenset[int]
    coming: frozenset[int]

    def free_for(self, person_id: int, leaving: frozenset[int] = frozenset()) -> bool:
        """Whether there is a place for the person when those ``leaving`` together with the move are gone."""
        taken = (self.holders | self.coming) - leaving - {person_id}
        return len(taken) < self.approved


def places_on(position: Position, day: date, but_cases: Sequence[int] = ()) -> Places:
    """The places of ``position`` on ``day`` with the moves already decided, those of ``but_cases`` left out.

    A secondment takes no place: the person stays on the payroll, and in the place, of the sender.
    """
    holders = set(
        db.session.scalars(
            select(Appointment.person_id).where(
                Appointment.position_id == position.id,
                Appointment.kind == "main",
                holds(Appointment, day),
            )
        )
    )
    decided = db.session.execute(
        select(MovementCase.person_id, MovementCase.from_position_id, MovementCase.to_position_id).where(
            or_(MovementCase.from_position_id == position.id, MovementCase.to_position_id == position.id),
            MovementCase.state == DECIDED,
            MovementCase.effect == "none",
            MovementCase.kind != BIET_PHAI,
            MovementCase.effective_on <= day,
            MovementCase.id.not_in(list(but_cases) or [0]),
        )
    )
    coming: set[int] = set()
    for person_id, left, taken in decided:
        if taken == position.id:
            coming.add(person_id)
        elif left == position.id:
            holders.discard(person_id)
    return Places(position.approved_number, frozenset(holders), frozenset(coming))


def rivals(position_id: int, but_person: int) -> list[MovementCase]:
    """Open cases of others that want the same post, oldest first."""
    query = select(MovementCase).where(
        MovementCase.to_position_id == position_id,
        MovementCase.person_id != but_person,
        MovementCase.kind != BIET_PHAI,
        MovementCase.effect == "none",
        MovementCase.state.in_(OPEN),
    )
    return list(db.session.scalars(query.order_by(MovementCase.id)))


def headcount(position_id: int, day: date) -> int:
    """How many hold the post as their main one on ``day``."""
    return (
        db.session.scalar(
            select(func.count(Appointment.person_id.distinct())).where(
                Appointment.position_id == position_id,
                Appointment.kind == "main",
                holds(Appointment, day),
            )
        )
        or 0
    )


def overfull(position_ids: Iterable[int | None], day: date) -> list[Fault]:
    """A fault for every post that has more holders than places on ``day``."""
    faults = []
    for position_id in sorted({one for one in position_ids if one is not None}):
        post = db.session.get_one(Position, position_id)
        if headcount(position_id, day) > post.approved_number:
            faults.append(
                Fault(
                    "to_position_id",
                    _(
                        "“%(title)s” của %(unit)s không còn chỗ vào ngày %(day)s.",
                        title=post.title,
                        unit=post.unit.name,
                        day=format_date(day),
                    ),
                    "Điều 23 NĐ 170/2025/NĐ-CP",
                    "NO_VACANCY",
                )
            )
    return faults


@dataclass(frozen=True)
class Filled:
    """A unit with an assigned number, and how many it would have with the move."""

    unit: str
    given: int
    after: int


def overfilled(case: MovementCase, together: Sequence[MovementCase], day: date) -> list[Filled]:
    """Units of the receiver's line whose assigned number the move would exceed, moves already decided counted.

    Only units the person is new to: inside an agency nothing changes. What is given to a unit is for itself and
    everything below it; a unit without a number sets no limit. How an agency shares its number among its divisions is
    its own affair.
    """
    kind = ESTABLISHMENT_OF_CATEGORY.get(case.person.category, "")
    above = {int(part) for part in case.to_unit.path.split("/") if part}
    above -= {int(part) for part in case.from_unit.path.split("/") if part}
    if not above or not kind:
        return []
    rows = db.session.execute(
        select(Establishment.unit_id, OrgUnit.name, OrgUnit.path, Establishment.number)
        .join(OrgUnit, OrgUnit.id == Establishment.unit_id)
        .where(
            Establishment.unit_id.in_(above), OrgUnit.kind.not_in(INSIDE), Establishment.kind == kind,
            holds(Establishment, day),
        )
        .order_by(Establishment.valid_from)
    ).all()  # fmt: skip
    given = {unit_id: (name, path, number) for unit_id, name, path, number in rows}  # the latest number is in force
    found = []
    for name, path, number in given.values():
        after = len(_staff_of(path, kind, day, together))
        if after > number:
            found.append(Filled(name, number, after))
    return found


def _staff_of(path: str, kind: str, day: date, together: Sequence[MovementCase]) -> set[int]:
    """People of a unit and everything below it on ``day``, with what was decided and what moves ``together``."""
    categories = [category for category, of in ESTABLISHMENT_OF_CATEGORY.items() if of == kind]
    here = select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))
    people = set(
        db.session.scalars(
            select(Appointment.person_id)
            .join(Person, Person.id == Appointment.person_id)
            .where(
                Appointment.unit_id.in_(here), Appointment.kind == "main", holds(Appointment, day),
                Person.category.in_(categories),
                or_(Person.left_on.is_(None), Person.left_on > day),
            )
        )
    )  # fmt: skip
    to_unit, from_unit = aliased(OrgUnit), aliased(OrgUnit)
    decided = db.session.execute(
        select(MovementCase.id, MovementCase.person_id, from_unit.path, to_unit.path)
        .join(from_unit, from_unit.id == MovementCase.from_unit_id)
        .join(to_unit, to_unit.id == MovementCase.to_unit_id)
        .join(Person, Person.id == MovementCase.person_id)
        .where(
            MovementCase.state == DECIDED, MovementCase.effect == "none", MovementCase.kind != BIET_PHAI,
            MovementCase.effective_on <= day, Person.category.in_(categories),
            or_(from_unit.path.like(path + "%"), to_unit.path.like(path + "%")),
        )
        .order_by(MovementCase.effective_on, MovementCase.id)
    )  # fmt: skip
    own = {one.id for one in together}
    moves = [row[1:] for row in decided if row[0] not in own]
    moves += [(one.person_id, one.from_unit.path, one.to_unit.path) for one in together if one.kind != BIET_PHAI]
    for person_id, left, taken in moves:
        if taken.startswith(path):
            people.add(person_id)
        elif left.startswith(path):
            people.discard(person_id)
    return people
