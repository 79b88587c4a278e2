"""Wishes of people for a post or a place: the planner weighs them, nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.text import format_date, normalize_multiline
from models.organization import OrgUnit, Position
from models.rotation import MovementWish
from models.staff import Person

MOST = 5  # wishes in force of one person


def _person_to_write(person_id: int) -> Person:
    """Somebody files the own wish; HR records wishes of the people it proposes moves for."""
    for action in ("wish", "propose"):
        if access.may("movement", action):
            try:
                return access.get(Person, person_id, action, "movement")
            except NotFound:
                continue
    if access.may("movement", "wish") or access.may("movement", "propose"):
        raise NotFound()
    raise NotAllowed()


@dataclass
class FileWish(Command[MovementWish]):
    """Ask for a post or a unit. ``filed_on``: day of the signed request, today when left out."""

    person_id: int
    unit_id: int | None = None
    position_id: int | None = None
    reason: str = ""
    filed_on: date | None = None

    def validate(self) -> Iterable[Fault]:
        person = _person_to_write(self.person_id)
        self.filed_on = self.filed_on or clock.today()
        self.reason = normalize_multiline(self.reason)
        if self.filed_on > clock.today():
            day = format_date(self.filed_on)
            yield Fault("filed_on", _("Ngày nguyện vọng %(day)s còn ở tương lai.", day=day))
        if self.unit_id is None and self.position_id is None:
            yield Fault("unit_id", _("Hãy chọn đơn vị hoặc vị trí mong muốn."), code="missing")
        today = clock.today()
        position = db.session.get(Position, self.position_id) if self.position_id is not None else None
        if self.position_id is not None:
            if position is None or (position.valid_to is not None and position.valid_to < today):
                yield Fault("position_id", _("Vị trí việc làm này không còn hiệu lực."))
            elif self.unit_id is not None and position.unit_id != self.unit_id:
                yield Fault("position_id", _("Vị trí việc làm không thuộc đơn vị đã chọn."))
            else:
                self.unit_id = position.unit_id
        if self.unit_id is not None:
            unit = db.session.get(OrgUnit, self.unit_id)
            if unit is None or (unit.valid_to is not None and unit.valid_to < today):
                yield Fault("unit_id", _("Đơn vị này không còn hoạt động."))
        current = list(
            db.session.scalars(
                select(MovementWish).where(MovementWish.person_id == person.id, MovementWish.withdrawn_on.is_(None))
            )
        )
        if any((row.unit_id, row.position_id) == (self.unit_id, self.position_id) for row in current):
            yield Fault("unit_id", _("Nguyện vọng này đã được ghi."), code="twice")
        if len(current) >= MOST:
            yield Fault("", _("Mỗi người có nhiều nhất %(n)s nguyện vọng; hãy rút một nguyện vọng cũ.", n=MOST))

    def run(self) -> MovementWish:
        assert self.filed_on is not None
        row = MovementWish(
            person_id=self.person_id, unit_id=self.unit_id, position_id=self.position_id, filed_on=self.filed_on,
            reason=self.reason,
        )  # fmt: skip
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> MovementWish:
        return access.get(MovementWish, receipt)


@dataclass
class WithdrawWish(Command[MovementWish]):
    """The wish no longer stands; the row stays for the record."""

    wish_id: int

    def validate(self) -> Iterable[Fault]:
        self._wish = access.get(MovementWish, self.wish_id)
        _person_to_write(self._wish.person_id)
        if self._wish.withdrawn_on is not None:
            day = format_date(self._wish.withdrawn_on)
            yield Fault("", _("Nguyện vọng đã rút ngày %(day)s.", day=day), code="withdrawn")

    def run(self) -> MovementWish:
        self._wish.withdrawn_on = clock.today()
        return self._wish

    def replay(self, receipt: Any) -> MovementWish:
        return access.get(MovementWish, receipt)


def wish_query(*, person_id: int | None = None, unit_id: int | None = None, withdrawn: bool = False) -> Select[Any]:
    """Wishes in the actor's scope, newest first; ``unit_id``: wished there or below."""
    query = access.restrict(select(MovementWish).options(joinedload(MovementWish.person)), MovementWish)
    if person_id is not None:
        query = query.where(MovementWish.person_id == person_id)
    if not withdrawn:
        query = query.where(MovementWish.withdrawn_on.is_(None))
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        inside = select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))
        places = select(Position.id).where(Position.unit_id.in_(inside))
        query = query.where(or_(MovementWish.unit_id.in_(inside), MovementWish.position_id.in_(places)))
    return query.order_by(MovementWish.filed_on.desc(), MovementWish.id.desc())
