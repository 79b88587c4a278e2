"""What the planner is told of people beyond their clocks: grade, wishes, posts they held; set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hrms.commands.rotation.clocks import Holder, UnitPlace
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import Position
from models.rotation import MovementWish
from models.staff import SalaryRow
from policies.engine.dates import add_months


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a post: the id in the problem, and who sits there."""

    id: str
    position: Position
    occupant: int | None


def grades_of(chosen: Collection[int], day: date) -> dict[int, str]:
    """Person id → grade code of the salary row in force on ``day``."""
    found: dict[int, str] = {}
    for part in in_chunks(sorted(chosen)):
        rows = db.session.execute(
            select(SalaryRow.person_id, SalaryRow.grade_code)
            .where(
                SalaryRow.person_id.in_(part), holds(SalaryRow, day),
            )
            .order_by(SalaryRow.valid_from)
        )  # fmt: skip
        found.update({person: grade for person, grade in rows if grade})
    return found


def wishes_of(
    chosen: Collection[int], used: Sequence[Place], units: Mapping[int, UnitPlace], day: date
) -> dict[int, list[str]]:
    """Person id → places wished, in the order the wishes were filed; a wished unit stands for all its places."""
    by_position: dict[int, list[str]] = defaultdict(list)
    for place in used:
        by_position[place.position.id].append(place.id)
    rows = db.session.execute(
        select(MovementWish.person_id, MovementWish.unit_id, MovementWish.position_id)
        .where(MovementWish.withdrawn_on.is_(None), MovementWish.filed_on <= day)
        .order_by(MovementWish.filed_on, MovementWish.id)
    )
    found: dict[int, list[str]] = {}
    for person, unit, position in rows:
        if person not in chosen:
            continue
        wished = found.setdefault(person, [])
        if position is not None:
            wished += [one for one in by_position.get(position, ()) if one not in wished]
        elif unit in units:
            prefix = units[unit].path
            wished += [
                place.id for place in used
                if units[place.position.unit_id].path.startswith(prefix) and place.id not in wished
            ]  # fmt: skip
    return found


def held_of(chosen: Mapping[int, Holder], used: Sequence[Place], day: date, years: int) -> dict[int, list[str]]:
    """Posts held within the years of no return, oldest first, by unit and code (a post may have later versions)."""
    since = add_months(day, -12 * years)
    numbers = {
        post.position_id for one in chosen.values() for post in one.posts
        if post.position_id is not None and (post.end is None or post.end >= since)
    }  # fmt: skip
    keys: dict[int, tuple[int, str]] = {}
    for part in in_chunks(sorted(numbers)):
        rows = db.session.execute(select(Position.id, Position.unit_id, Position.code).where(Position.id.in_(part)))
        keys.update({number: (unit, code) for number, unit, code in rows})
    places: dict[tuple[int, str], list[str]] = defaultdict(list)
    for place in used:
        places[place.position.unit_id, place.position.code].append(place.id)
    found: dict[int, list[str]] = {}
    for number, one in chosen.items():
        row: list[str] = []
        for post in one.posts:
            if post.position_id in keys and (post.end is None or post.end >= since):
                row += [at for at in places.get(keys[post.position_id], ()) if at not in row]
        found[number] = row
    return found
