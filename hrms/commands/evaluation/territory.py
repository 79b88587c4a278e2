"""The units of a cycle on its day: which agency each belongs to, whose head decides, what vanished and became what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select

from hrms.kernel.db import db
from models.organization import OrgUnit, OrgUnitVersion, UnitSuccession

INSIDE = frozenset({"division", "commune_office"})  # parts of an agency; every other kind is an agency of its own
SUCCEEDED = frozenset({"merge", "rename", "transfer", "split"})


@dataclass(frozen=True)
class Place:
    """A unit on a day."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None


@dataclass
class Territory:
    """Every unit there ever was by id, and those that stand on ``day``."""

    day: date
    places: dict[int, Place]  # as on the day; ended units as they were last
    standing: set[int]
    arrows: dict[int, list[tuple[int | None, str]]] = field(default_factory=dict)  # up to the day

    def agency_of(self, unit_id: int | None) -> int | None:
        """The nearest agency: the unit itself or an ancestor."""
        seen: set[int] = set()
        while unit_id is not None and unit_id not in seen:
            seen.add(unit_id)
            place = self.places.get(unit_id)
            if place is None:
                return None
            if place.kind not in INSIDE or place.parent_id is None:
                return unit_id
            unit_id = place.parent_id
        return None

    def superior_of(self, unit_id: int | None) -> int | None:
        """The agency right above an agency."""
        place = self.places.get(unit_id) if unit_id is not None else None
        return self.agency_of(place.parent_id) if place is not None else None

    def below(self, unit_id: int) -> set[int]:
        """The unit and every unit under it that stands on the day."""
        children: dict[int, list[int]] = {}
        for place in self.places.values():
            if place.parent_id is not None and place.id in self.standing:
                children.setdefault(place.parent_id, []).append(place.id)
        found, open_ = set(), [unit_id]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_.extend(children.get(one, ()))
        return found

    def ancestors(self, unit_id: int) -> list[int]:
        """The units above, the nearest first."""
        found: list[int] = []
        place = self.places.get(unit_id)
        while place is not None and place.parent_id is not None and place.parent_id not in found:
            found.append(place.parent_id)
            place = self.places.get(place.parent_id)
        return found

    def became(self, unit_id: int) -> set[int]:
        """What a unit had become by the day: itself where nothing happened to it."""
        found: set[int] = set()
        open_, seen = [unit_id], set[int]()
        while open_:
            one = open_.pop()
            if one in seen:
                continue
            seen.add(one)
            later = [to for to, kind in self.arrows.get(one, ()) if to is not None and kind in SUCCEEDED]
            if one in self.standing or not later:
                found.add(one)
            open_.extend(later)
        return found

    def present_agency(self, unit_id: int, now: int) -> int | None:
        """The agency of ``unit_id`` as a person's history counts it: ``now`` where it was merged into that one."""
        agency = self.agency_of(unit_id)
        if agency is None or agency == now:
            return agency
        later = {self.agency_of(one) for one in self.became(unit_id) | self.became(agency)}
        return now if agency not in self.standing and now in later else agency

    def vanished(self, agency_id: int) -> bool:
        """Whether an agency no longer stands on the day (merged, ended, its term over)."""
        return agency_id not in self.standing


def territory_on(day: date) -> Territory:
    """Read on ``day``: three statements whatever the size of the province."""
    places: dict[int, Place] = {}
    standing: set[int] = set()
    codes = dict(db.session.execute(select(OrgUnit.id, OrgUnit.code)).tuples().all())
    versions = select(
        OrgUnitVersion.unit_id, OrgUnitVersion.name, OrgUnitVersion.kind, OrgUnitVersion.parent_id,
        OrgUnitVersion.valid_to,
    ).where(OrgUnitVersion.valid_from <= day)  # fmt: skip
    for unit_id, name, kind, parent_id, valid_to in db.session.execute(versions.order_by(OrgUnitVersion.valid_from)):
        places[unit_id] = Place(unit_id, codes.get(unit_id, ""), name, kind, parent_id)
        if valid_to is None or valid_to >= day:
            standing.add(unit_id)
        else:
            standing.discard(unit_id)
    ended = select(OrgUnit.id).where(or_(OrgUnit.valid_from > day, OrgUnit.valid_to < day))
    standing -= set(db.session.scalars(ended))
    arrows: dict[int, list[tuple[int | None, str]]] = {}
    query = select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.kind)
    for source, target, kind in db.session.execute(query.where(UnitSuccession.on <= day)):
        arrows.setdefault(source, []).append((target, kind))
    return Territory(day, places, standing, arrows)
