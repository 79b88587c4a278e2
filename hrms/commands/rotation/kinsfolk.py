"""Relatives on the staff: where they work on a day, in which role, and whether a move would put them side by side.

The register (``FamilyRelation``) is read from both ends: who the mover names, and who names the mover.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from hrms.commands.law.current import current_store
from hrms.commands.rotation.words import DECIDED, INSIDE, INVERSE, JOB_RULES, relation_code
from hrms.commands.staff.lookup import in_chunks, on_day
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold
from models.organization import OrgUnit, Position
from models.rotation import MovementCase
from models.staff import Appointment, FamilyRelation, Person
from policies.rotation import Tie, family_bar_of_move, reason

HEADS = {(False, "head"): "HEAD", (False, "deputy"): "DEPUTY_HEAD",
         (True, "head"): "DIVISION_HEAD", (True, "deputy"): "DEPUTY_DIVISION_HEAD"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where somebody works: the body (agency) of the unit and every role there that the bar asks about."""

    body_id: int
    roles: tuple[str, ...]


def bodies_of(units: Iterable[OrgUnit]) -> dict[int, int]:
    """Unit id → id of the agency it is part of (itself, or the nearest above that is no division of another)."""
    known = {unit.id: unit for unit in units}
    above = {int(part) for unit in known.values() if unit.kind in INSIDE for part in unit.path.split("/") if part}
    kinds: dict[int, str] = {}
    for ids in in_chunks(sorted(above)):
        query = select(OrgUnit.id, OrgUnit.kind).where(OrgUnit.id.in_(ids))
        kinds.update(db.session.execute(query).tuples().all())

    def body(unit: OrgUnit) -> int:
        if unit.kind not in INSIDE:
            return unit.id
        line = [int(part) for part in unit.path.split("/") if part]
        return next((one for one in reversed(line) if kinds.get(one) not in INSIDE), unit.id)

    return {unit.id: body(unit) for unit in known.values()}


def body_of(unit: OrgUnit) -> int:
    """The agency of one unit."""
    return bodies_of([unit])[unit.id]


def roles_of(unit: OrgUnit, title: str, rank: str, listed_code: str = "") -> tuple[str, ...]:
    """Head role and job of a post, as codes of ``policies.rotation``; empty for plain work."""
    found: list[str] = []
    inside = unit.kind in INSIDE
    if rank:
        found.append(HEADS[inside, rank])
    # What a division works on is in its name: its head manages that work.
    text = fold(f"{title} {unit.name}" if rank and inside else title)
    for rule in JOB_RULES:
        if rule.leader is not None and rule.leader != bool(rank):
            continue
        if any(word in text for word in rule.words) or (listed_code and listed_code in rule.listed):
            found.append(rule.job)
            break
    return tuple(found)


def _links(person_id: int) -> dict[int, list[str]]:
    """Relatives on the staff → the relations, seen from the person (the relative is the person's …)."""
    rows = db.session.execute(
        select(FamilyRelation.person_id, FamilyRelation.relative_id, FamilyRelation.relation).where(
            or_(FamilyRelation.person_id == person_id, FamilyRelation.relative_id == person_id),
            FamilyRelation.relative_id.is_not(None),
        )
    ).all()
    found: dict[int, list[str]] = {}
    for owner, relative, words in rows:
        code = relation_code(words)
        other, seen = (relative, code) if owner == person_id else (owner, INVERSE.get(code, code))
        if other != person_id:
            found.setdefault(other, []).append(seen)
    return found


def places_on(person_ids: Sequence[int], day: date, together: Sequence[int] = ()) -> dict[int, Place]:
    """Where people work on ``day``, moves already decided and those of the cases ``together`` taken into account."""
    works: dict[int, tuple[OrgUnit, str, str, str]] = {}
    for ids in in_chunks(list(person_ids)):
        posts: dict[int, list[Appointment]] = {}
        query = select(Appointment).where(Appointment.person_id.in_(ids), Appointment.kind.in_(("main", "secondment")))
        for row in db.session.scalars(query.options(joinedload(Appointment.unit), joinedload(Appointment.position))):
            posts.setdefault(row.person_id, []).append(row)
        for person_id, rows in posts.items():
            # A seconded person works where the secondment is.
            away = on_day([row for row in rows if row.kind == "secondment"], day)
            post = away or on_day([row for row in rows if row.kind == "main"], day)
            if post is not None:
                listed = post.position.listed_code if post.position is not None else ""
                works[person_id] = post.unit, post.title, post.leader_rank, listed
        coming = select(MovementCase).where(
            MovementCase.person_id.in_(ids),
            MovementCase.effect == "none",
            or_(MovementCase.state == DECIDED, MovementCase.id.in_(list(together) or [0])),
            MovementCase.effective_on <= day,
        )
        for case in db.session.scalars(
            coming.options(joinedload(MovementCase.to_unit), joinedload(MovementCase.to_position))
        ):
            works[case.person_id] = _target(case.to_unit, case.to_position, case.to_title)
    bodies = bodies_of(unit for unit, *_rest in works.values())
    return {one: Place(bodies[work[0].id], roles_of(*work)) for one, work in works.items()}


def _target(unit: OrgUnit, position: Position | None, title: str) -> tuple[OrgUnit, str, str, str]:
    if position is None:
        return unit, title, "", ""
    return unit, title or position.title, position.leader_rank, position.listed_code


def place_of_target(unit: OrgUnit, position: Position | None, title: str) -> Place:
    """The place somebody takes up in ``unit``."""
    return Place(body_of(unit), roles_of(*_target(unit, position, title)))


def ties(person_id: int, body_id: int, day: date, together: Sequence[int] = ()) -> tuple[Tie, ...]:
    """The relatives in the agency on ``day``, once for every role of theirs."""
    links = _links(person_id)
    if not links:
        return ()
    places = places_on(sorted(links), day, together)
    return tuple(
        Tie(relation, role, True)
        for relative, relations in sorted(links.items())
        if relative in places and places[relative].body_id == body_id
        for relation in dict.fromkeys(relations)
        for role in (places[relative].roles or ("NONE",))
    )


@dataclass(frozen=True)
class Conflict:
    """Two linked people who work side by side against the family bar, or so that it is to be weighed."""

    person_id: int
    relative_id: int
    relation: str
    severity: str  # BLOCK | WARN
    reason: str
    body_id: int


def conflict(person_id: int, relative_id: int, relation: str, day: date) -> Conflict | None:
    """What a relation means where the two work on ``day``: asked when it is recorded; ``relation`` as written."""
    return _conflict(person_id, relative_id, relation, day, places_on([person_id, relative_id], day))


def _conflict(
    person_id: int, relative_id: int, relation: str, day: date, places: Mapping[int, Place]
) -> Conflict | None:
    mine, theirs = places.get(person_id), places.get(relative_id)
    if mine is None or theirs is None or mine.body_id != theirs.body_id:
        return None
    code = relation_code(relation)
    worst: Conflict | None = None
    for role in mine.roles or ("NONE",):
        relatives = [Tie(code, other, True) for other in theirs.roles or ("NONE",)]
        found = family_bar_of_move(role, relatives, day, current_store())
        if found.reason is None or found.severity is None:
            continue
        if worst is None or (found.severity == "BLOCK" and worst.severity != "BLOCK"):
            worst = Conflict(person_id, relative_id, code, found.severity, found.reason, mine.body_id)
    return worst


def standing_conflicts(day: date) -> list[Conflict]:
    """Every linked pair that stands against the bar on ``day``, within the people the actor may read; each once."""
    rows = db.session.execute(
        access.restrict(
            select(FamilyRelation.person_id, FamilyRelation.relative_id, FamilyRelation.relation)
            .where(FamilyRelation.relative_id.is_not(None))
            .order_by(FamilyRelation.person_id, FamilyRelation.id),
            FamilyRelation,
        )
    ).all()
    pairs = {frozenset((person_id, relative_id)): (person_id, relative_id, relation)
             for person_id, relative_id, relation in reversed(rows)}  # fmt: skip
    places = places_on(sorted({one for pair in pairs for one in pair}), day)
    found = [_conflict(*row, day, places) for row in sorted(pairs.values())]
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class Told:
    """A conflict in words, with the person it is told of. ``severity`` and ``article`` as the rules give them."""

    person_id: int
    name: str
    unit_id: int | None
    unit: str
    severity: str
    text: str
    article: str


def in_words(found: Sequence[Conflict]) -> list[Told]:
    """Each conflict as a sentence: who, of whom, where, and what the law says; three statements for any number."""
    people: dict[int, Person] = {}
    for ids in in_chunks(sorted({one for row in found for one in (row.person_id, row.relative_id)})):
        people.update({row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))})
    units = {row.body_id for row in found} | {row.unit_id for row in people.values() if row.unit_id is not None}
    names: dict[int, str] = {}
    for ids in in_chunks(sorted(units)):
        names.update(db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids))).tuples().all())
    rows = []
    for one in found:
        person, relative, why = people[one.person_id], people[one.relative_id], reason(one.reason)
        rows.append(
            Told(
                person.id, f"{person.full_name} ({person.code})", person.unit_id, names.get(person.unit_id or 0, ""),
                one.severity,
                _("Là người thân của %(relative)s, cùng làm việc tại %(unit)s. %(why)s",
                  relative=f"{relative.full_name} ({relative.code})", unit=names[one.body_id], why=_(why.text)),
                why.article,
            )
        )  # fmt: skip
    return rows
