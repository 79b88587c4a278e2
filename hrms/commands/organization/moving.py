"""The writing half of a reorganisation: posts, child units, positions, numbers and rights of a unit that ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from hrms.kernel.db import db
from hrms.kernel.validity import lasts
from models.account import RoleAssignment
from models.organization import Establishment, LeadershipQuota, OrgUnit, OrgUnitVersion, Position
from models.staff import Appointment

ONE_DAY = timedelta(days=1)


@dataclass
class Move:
    """The day and the decision a move rests on, and which old position became which new one."""

    on: date
    decision_number: str
    decision_date: date | None
    positions: dict[int, int] = field(default_factory=dict)

    @property
    def last(self) -> date:
        return self.on - ONE_DAY

    def copy_positions(self, sources: list[int], target_id: int) -> None:
        """Positions of the ending units go on in the target under the same code, approved numbers added up."""
        here = _live(Position, [target_id], self.on)
        by_code = {row.code: row for row in here}
        grouped: dict[str, list[Position]] = defaultdict(list)
        for row in _live(Position, sources, self.last):
            grouped[row.code].append(row)
        for code, rows in sorted(grouped.items()):
            if code not in by_code:
                first = rows[0]
                kept = (
                    "title",
                    "group",
                    "leader_rank",
                    "grade_code",
                    "leadership_coefficient",
                    "listed_code",
                    "description",
                    "requirements",
                )
                by_code[code] = Position(
                    unit_id=target_id,
                    code=code,
                    approved_number=sum(row.approved_number for row in rows),
                    valid_from=self.on,
                    decision_number=self.decision_number,
                    decision_date=self.decision_date,
                    **{name: getattr(first, name) for name in kept},
                )
                db.session.add(by_code[code])
                db.session.flush()
            self.positions |= {row.id: by_code[code].id for row in rows}


def _live(model: type[Any], unit_ids: list[int], day: date) -> list[Any]:
    """Rows of the units in force on ``day`` or later."""
    query = select(model).where(model.unit_id.in_(unit_ids), lasts(model, day))
    return list(db.session.scalars(query.order_by(model.id)))


def close(row: Any, last: date) -> None:
    """End a dated row on ``last``; a row that had not begun by then disappears (its history stays)."""
    if row.valid_from > last:
        db.session.delete(row)
    elif row.valid_to is None or row.valid_to > last:
        row.valid_to = last


def close_versions(unit: OrgUnit, last: date) -> None:
    """The unit's last day of existence."""
    unit.valid_to = last
    for version in _live(OrgUnitVersion, [unit.id], last + ONE_DAY):
        close(version, last)


def move_posts(unit_id: int, target_of: Callable[[int], int | None], move: Move, posts: Mapping[int, Any]) -> set[int]:
    """Posts of the unit that reach into the new state: ended on the last day, continued in the target.

    A target of ``None`` leaves the post where it is (a split unit that goes on). Returns the people moved.
    """
    moved: set[int] = set()
    for row in _live(Appointment, [unit_id], move.on):
        target = target_of(row.person_id)
        if target is None:
            continue
        moved.add(row.person_id)
        post = posts.get(row.person_id) if row.kind == "main" else None
        values: dict[str, Any] = {
            "unit_id": target,
            "title": post.title if post else row.title,
            "leader_rank": post.leader_rank if post else row.leader_rank,
            "position_id": post.position_id if post else move.positions.get(row.position_id or 0),
            "decision_number": move.decision_number,
            "decision_date": move.decision_date,
        }
        if row.valid_from >= move.on:  # planned for later: it simply begins in the new unit
            for name, value in values.items():
                setattr(row, name, value)
            continue
        db.session.add(
            Appointment(
                person_id=row.person_id,
                kind=row.kind,
                valid_from=move.on,
                valid_to=row.valid_to,
                term_ends=row.term_ends,
                **values,
            )
        )
        row.valid_to = move.last
    db.session.flush()
    return moved


def move_children(unit_id: int, target_of: Callable[[int], int | None], move: Move) -> None:
    """Units directly below go under the target from the day on."""
    rows = db.session.scalars(
        select(OrgUnitVersion)
        .where(
            OrgUnitVersion.parent_id == unit_id,
            lasts(OrgUnitVersion, move.on),
        )
        .order_by(OrgUnitVersion.id)
    )
    for row in list(rows):
        target = target_of(row.unit_id)
        if target is None or target == row.unit_id:
            continue
        if row.valid_from >= move.on:
            row.parent_id = target
            continue
        db.session.add(
            OrgUnitVersion(
                unit_id=row.unit_id,
                name=row.name,
                short_name=row.short_name,
                kind=row.kind,
                level=row.level,
                parent_id=target,
                valid_from=move.on,
                valid_to=row.valid_to,
                decision_number=move.decision_number,
                decision_date=move.decision_date,
            )
        )
        row.valid_to = move.last
    db.session.flush()


def close_numbers(unit_ids: list[int], sum_into: int | None, move: Move) -> None:
    """End positions, establishment and quotas; with ``sum_into`` the assigned numbers are added to that unit's."""
    added: dict[str, int] = defaultdict(int)
    for row in _live(Establishment, unit_ids, move.on):
        if row.valid_from < move.on:
            added[row.kind] += row.number
        close(row, move.last)
    for model in (Position, LeadershipQuota):
        for row in _live(model, unit_ids, move.on):
            if isinstance(row, Position) and row.valid_from > move.last:
                row.valid_to = row.valid_from  # posts may point to it: it stays, for the one day it was planned
                continue
            close(row, move.last)
    if sum_into is not None:
        for kind, number in sorted(added.items()):
            _add_number(sum_into, kind, number, move)
    db.session.flush()


def _add_number(unit_id: int, kind: str, number: int, move: Move) -> None:
    here = [row for row in _live(Establishment, [unit_id], move.on) if row.kind == kind and row.valid_from <= move.on]
    before = here[0] if here else None
    if before is not None and before.valid_from == move.on:
        before.number += number
        return
    end = before.valid_to if before is not None else None
    if before is not None:
        before.valid_to = move.last
    db.session.add(
        Establishment(
            unit_id=unit_id,
            kind=kind,
            number=number + (before.number if before is not None else 0),
            valid_from=move.on,
            valid_to=end,
            decision_number=move.decision_number,
            decision_date=move.decision_date,
        )
    )


def end_rights(unit_id: int, last: date) -> None:
    """Role assignments on the unit end with it (rights follow posts)."""
    for row in db.session.scalars(
        select(RoleAssignment).where(
            RoleAssignment.unit_id == unit_id, or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to > last)
        )
    ):
        row.valid_to = last
