"""Which positions are on the list of periodic change: HR ties a job position to its code of the list.

``ChangePosition`` of the organisation sets the code of one position among its other values; here it is set for many,
checked against the list (Phụ lục NĐ 59/2019/NĐ-CP and the circulars of the sectors).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hrms.commands.rotation.due import field_of
from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position
from policies.rotation import listed_positions

MOST = 500  # positions set at once


@dataclass
class SetListedCode(Command[list[Position]]):
    """Set the code of the list for positions of the actor's scope; an empty code takes them off the list.

    Allowed to whoever writes positions. Clocks are not stored: they follow at once from posts and codes.
    """

    position_ids: list[int]
    listed_code: str

    def validate(self) -> Iterable[Fault]:
        if not access.may("position", "write"):
            raise NotAllowed()
        ids = list(dict.fromkeys(self.position_ids))
        if not ids:
            yield Fault("position_ids", _("Hãy chọn ít nhất một vị trí."), code="missing")
        if len(ids) > MOST:
            yield Fault("position_ids", _("Mỗi lần chọn nhiều nhất %(n)s vị trí.", n=MOST))
            return
        query = access.restrict(select(Position).where(Position.id.in_(ids)), Position, "write")
        self._positions = list(db.session.scalars(query.order_by(Position.id)))
        if len(self._positions) < len(ids):
            raise NotFound()
        self.listed_code = self.listed_code.strip()
        if not self.listed_code:
            return
        found = listed_positions().get(self.listed_code)
        if found is None or not found.active:
            yield Fault("listed_code", _("Danh mục không có vị trí mã “%(code)s”.", code=self.listed_code))
        for position in self._positions:
            if position.leader_rank:
                yield Fault(
                    "position_ids",
                    _("“%(title)s” là vị trí lãnh đạo, quản lý: thực hiện luân chuyển, không thuộc danh mục.",
                      title=position.title),
                    "Điều 24 khoản 1 Luật 36/2018/QH14", "leader_post",
                )  # fmt: skip

    def run(self) -> list[Position]:
        for position in self._positions:
            if position.listed_code != self.listed_code:
                position.listed_code = self.listed_code
        return self._positions

    def receipt(self, outcome: list[Position]) -> Any:
        return [position.id for position in outcome]

    def replay(self, receipt: Any) -> list[Position]:
        return [access.get(Position, one) for one in receipt]


def position_query(*, unit_id: int | None = None, listed: bool | None = None, listed_code: str = "") -> Select[Any]:
    """Positions without leading rank valid today in the actor's scope, with their units; on the list or not."""
    today = clock.today()
    query = access.restrict(
        select(Position)
        .options(joinedload(Position.unit))
        .where(
            Position.leader_rank == "",
            holds(Position, today),
        ),
        Position,
    )
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(Position.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))))
    if listed is not None:
        query = query.where(Position.listed_code != "" if listed else Position.listed_code == "")
    if listed_code:
        query = query.where(Position.listed_code == listed_code)
    return query.order_by(Position.unit_id, Position.title, Position.id)


def listed_counts(unit_id: int | None = None) -> list[tuple[str, str, str, int]]:
    """Code, field, name and number of positions of the scope for every code in use."""
    inner = position_query(unit_id=unit_id, listed=True).order_by(None).options().subquery()
    rows = db.session.execute(
        select(inner.c.listed_code, func.count()).group_by(inner.c.listed_code).order_by(inner.c.listed_code)
    )
    names = listed_positions()
    return [(code, field_of(code), names[code].name if code in names else code, int(count)) for code, count in rows]
