"""Relatives on the staff: where they work on a day, in which role, and whether a move would put them side by side.

The register (``FamilyRelation``) is read from both ends: who the mover names, and who names the mover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from hrms.commands.rotation.words import DECIDED, INVERSE, JOB_RULES, relation_code
from hrms.commands.staff.lookup import in_chunks, on_day
from hrms.kernel.db import db
from hrms.kernel.text import fold
from models.organization import OrgUnit, Position
from models.rotation import MovementCase
from models.staff import Appointment, FamilyRelation
from policies.rotation import Tie

INSIDE = frozenset({"division", "commune_office"})  # parts of an agency; every other kind is an agency of its own
HEADS = {(False, "head"): "HEAD", (False, "deputy"): "DEPUTY_HEAD",
         (True, "head"): "DIVISION_HEAD", (True, "deputy"): "DEPUTY_DIVISION_HEAD"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where somebody works: the body (agency) of the unit and every role there that the bar asks about."""

    body_id: int
    roles: tuple[str, ...]


def body_of(unit: OrgUnit) -> int:
    """Id of the agency a unit is part of: the unit itself, or the nearest above that is no division of another."""
    if unit.kind not in INSIDE:
        return unit.id
    above = [int(part) for part in unit.path.split("/") if part]
    kinds = dict(db.session.execute(select(OrgUnit.id, OrgUnit.kind).where(OrgUnit.id.in_(above))).tuples().all())
    return next((one for one in reversed(above) if kinds.get(one) not in INSIDE), unit.id)


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
    found: dict[int, Place] = {}
    for ids in in_chunks(list(person_ids)):
        posts: dict[int, list[Appointment]] = {}
        for row in db.session.scalars(
            select(Appointment).where(Appointment.person_id.in_(ids), Appointment.kind.in_(("main", "secondment")))
        ):
            posts.setdefault(row.person_id, []).append(row)
        for person_id, rows in posts.items():
            # A seconded person works where the secondment is.
            away = on_day([row for row in rows if row.kind == "secondment"], day)
            post = away or on_day([row for row in rows if row.kind == "main"], day)
            if post is not None:
                listed = post.position.listed_code if post.position is not None else ""
                found[person_id] = Place(body_of(post.unit), roles_of(post.unit, post.title, post.leader_rank, listed))
        coming = select(MovementCase).where(
            MovementCase.person_id.in_(ids),
            MovementCase.effect == "none",
            or_(MovementCase.state == DECIDED, MovementCase.id.in_(list(together) or [0])),
            MovementCase.effective_on <= day,
        )
        for case in db.session.scalars(coming):
            found[case.person_id] = place_of_target(case.to_unit, case.to_position, case.to_title)
    return found


def place_of_target(unit: OrgUnit, position: Position | None, title: str) -> Place:
    """The place somebody takes up in ``unit``."""
    rank = position.leader_rank if position is not None else ""
    listed = position.listed_code if position is not None else ""
    return Place(body_of(unit), roles_of(unit, title or (position.title if position else ""), rank, listed))


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
