"""Where a move may lead: units and posts anywhere in the province, without a word about their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold, format_date
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position
from models.staff import Appointment


@dataclass(frozen=True)
class Target:
    """A unit or post a move may lead to; nothing of its people but how many places are free."""

    id: int
    name: str
    detail: str = ""
    approved: int = 0
    holders: int = 0

    @property
    def free(self) -> int:
        return max(0, self.approved - self.holders)


def receiving_units(q: str, day: date | None = None, limit: int = 20) -> list[Target]:
    """Units anywhere in the province a move may lead to: names only. For those who may propose."""
    access.require("movement", "propose")
    day = day or clock.today()
    query = select(OrgUnit).where(holds(OrgUnit, day)).options(joinedload(OrgUnit.parent))
    for word in fold(q).split():
        query = query.where(OrgUnit.folded.contains(word, autoescape=True))
    # Before a merger two units may bear one name: the one that goes on comes first, the other says when it ends.
    ends = case((OrgUnit.valid_to.is_(None), 0), else_=1)
    rows = db.session.scalars(query.order_by(ends, OrgUnit.depth, OrgUnit.sort_key, OrgUnit.id).limit(limit))
    return [Target(row.id, row.name, _detail(row)) for row in rows]


def _detail(unit: OrgUnit) -> str:
    parts = [unit.parent.name if unit.parent is not None else ""]
    if unit.valid_to is not None:
        parts.append(_("hoạt động đến hết ngày %(day)s", day=format_date(unit.valid_to)))
    return ", ".join(part for part in parts if part)


def posts_of_unit(unit_id: int, day: date | None = None) -> list[Target]:
    """The job positions of a unit live on ``day`` with places and holders. For those who may propose."""
    access.require("movement", "propose")
    day = day or clock.today()
    held = (
        select(func.count(Appointment.person_id.distinct()))
        .where(
            Appointment.position_id == Position.id,
            Appointment.kind == "main",
            holds(Appointment, day),
        )
        .correlate(Position)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Position.id, Position.title, Position.listed_code, Position.approved_number, held)
        .where(
            Position.unit_id == unit_id,
            holds(Position, day),
        )
        .order_by(Position.title, Position.id)
    )
    return [Target(*row) for row in rows]
