"""The units below one unit as they stood on a day, and to which line of a report each belongs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, select, true
from sqlalchemy.orm import aliased

from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import OrgUnit, OrgUnitVersion

ABOVE = aliased(OrgUnit)


@dataclass(frozen=True)
class TreeUnit:
    """A unit as it was on the day."""

    id: int
    code: str
    name: str
    kind: str
    level: str
    parent_id: int | None
    order: tuple[int, int, str]


@dataclass
class UnitTree:
    """Units of ``top`` on ``day``; what was merged into ``top`` since belongs to it, as its present rights do."""

    day: date
    top: int
    units: dict[int, TreeUnit] = field(default_factory=dict)
    _branches: dict[int, int] = field(default_factory=dict)

    def branch(self, unit_id: int) -> int:
        """The line of a report a unit counts under: the body directly below ``top`` or below a province."""
        known = self._branches.get(unit_id)
        if known is not None:
            return known
        at = self.units.get(unit_id)
        while at is not None and at.id != self.top and at.parent_id is not None:
            above = self.units.get(at.parent_id)
            if above is None or above.id == self.top or above.kind == "province":
                break
            at = above
        found = self._branches[unit_id] = at.id if at is not None else unit_id
        return found

    def members(self, branch: int) -> list[int]:
        """Ids of the units of one line."""
        return [unit_id for unit_id in self.units if self.branch(unit_id) == branch]

    def name(self, unit_id: int | None) -> str:
        """The unit's name on the day, with its agency where it is part of one."""
        if unit_id is None or unit_id not in self.units:
            return "Đơn vị khác"
        found = self.units[unit_id]
        above = self.units.get(found.parent_id or 0)
        if above is not None and above.kind == "province" and above.id != self.top:
            return f"{found.name} ({above.name})"  # two old provinces had a department of the same name
        if unit_id == self.top:
            return found.name if len(self.units) == 1 else f"{found.name} (trực tiếp)"
        return found.name

    def order(self, unit_id: int) -> tuple[int, int, str]:
        """Where the line stands among the others: the unit itself first, then by level and display order."""
        if unit_id == self.top:
            return (-1, 0, "")
        return self.units[unit_id].order if unit_id in self.units else (9, 0, "")


def unit_name() -> Any:
    """The unit's name as lists tell it: a part of an agency with its agency, for every agency has its “Văn phòng”.

    Goes with ``.outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)``.
    """
    inner = (OrgUnit.level == "INTERNAL") & ABOVE.id.is_not(None)
    return case((inner, OrgUnit.name + ", " + ABOVE.name), else_=OrgUnit.name)


_LEVELS = {"PROVINCE": 0, "INTERNAL": 1, "DISTRICT": 2, "COMMUNE": 3}
_KINDS = {"province": 0, "party": 1, "front": 2, "department": 3, "association": 4, "service_unit": 5}


def tree_on(top: OrgUnit, day: date, *, whole: bool = False) -> UnitTree:
    """One statement: the versions in force on ``day`` of everything that lies, or came to lie, below ``top``.

    ``whole``: of every unit there was, whatever root it had.
    """
    version = OrgUnitVersion
    query = (
        select(OrgUnit.id, OrgUnit.code, version.name, version.kind, version.level, version.parent_id,
               OrgUnit.display_order, OrgUnit.sort_key)
        .join(version, version.unit_id == OrgUnit.id)
        .where(
            true() if whole else OrgUnit.path.like(f"{top.path}%"),
            holds(version, day),
        )
    )  # fmt: skip
    tree = UnitTree(day, top.id)
    for row in db.session.execute(query):
        place = _LEVELS.get(row.level, 4) * 10 + _KINDS.get(row.kind, 9)
        tree.units[row.id] = TreeUnit(
            row.id, row.code, row.name, row.kind, row.level, row.parent_id, (place, row.display_order, row.sort_key)
        )
    return tree
