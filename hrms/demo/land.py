"""The units of the demonstration province through time, planned in memory before anything is written."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from hrms.demo import shape
from hrms.demo.names import places
from hrms.demo.shape import Body, Decision, Province, ServiceKind

ONE_DAY = timedelta(days=1)


@dataclass
class VersionPlan:
    """One version of a unit."""

    name: str
    parent: int | None
    start: date
    decision: Decision
    end: date | None = None


@dataclass
class UnitPlan:
    """A unit with its versions, the titles of its leaders, and the unit its people go to when it ends."""

    id: int
    code: str
    kind: str
    level: str
    versions: list[VersionPlan]
    head: str = ""
    deputy: str = ""
    trade: str = "admin"
    weight: float = 0.0
    funding: str = "budget"
    symbol: str = ""
    place: str = "Hưng Yên"
    order: int = 0
    end: date | None = None
    into: UnitPlan | None = None
    ended_by: Decision | None = None
    large: bool = False

    @property
    def start(self) -> date:
        return self.versions[0].start

    @property
    def name(self) -> str:
        return self.versions[-1].name

    @property
    def parent(self) -> int | None:
        return self.versions[-1].parent

    def live_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end >= day)

    def version_on(self, day: date) -> VersionPlan:
        """The version a projection for ``day`` shows."""
        begun = [version for version in self.versions if version.start <= day]
        return begun[-1] if begun else self.versions[0]


@dataclass(frozen=True)
class ArrowPlan:
    """One arrow of "became"."""

    source: int
    target: int | None
    kind: str
    on: date
    decision: Decision


@dataclass(frozen=True)
class ActPlan:
    """A restructuring act on a unit."""

    unit: int
    decision: Decision
    effective: date
    title: str
    kind: str
    issuer: str


@dataclass
class Area:
    """A district with its former communes, and the new communes its area was arranged into."""

    district: UnitPlan
    offices: list[UnitPlan]
    old: list[UnitPlan] = field(default_factory=list)
    new: list[UnitPlan] = field(default_factory=list)


class Land:
    """Plans the whole province; ``units`` are in the order of their ids, parents before children."""

    def __init__(self, rng: random.Random, first_id: int, service_people: int) -> None:
        self._rng = rng
        self._next_id = first_id
        self._taken: set[str] = set()
        self._order = 0
        self.units: list[UnitPlan] = []
        self.by_code: dict[str, UnitPlan] = {}
        self.by_id: dict[int, UnitPlan] = {}
        self.arrows: list[ArrowPlan] = []
        self.acts: list[ActPlan] = []
        self.areas: list[Area] = []
        self.commune_offices: dict[int, list[UnitPlan]] = {}
        self.roots = {province.key: self._root(province) for province in shape.PROVINCES}
        for province in shape.PROVINCES:
            self._bodies(province)
        for province in shape.PROVINCES:
            self._districts(province)
        self._services(service_people)
        self._merge_departments()
        self._arrange_communes()
        self._merge_provinces()

    # Building blocks

    def add(
        self,
        code: str,
        name: str,
        kind: str,
        level: str,
        parent: UnitPlan | None,
        start: date = shape.REFOUNDED,
        decision: Decision = shape.FOUNDING,
        body: Body | None = None,
    ) -> UnitPlan:
        self._order += 1
        version = VersionPlan(name, parent.id if parent else None, start, decision)
        unit = UnitPlan(self._next_id, code, kind, level, [version], order=self._order)
        if body is not None:
            unit.head, unit.deputy, unit.symbol, unit.weight = body.head, body.deputy, body.symbol, body.weight
        if parent is not None:
            unit.place = parent.place
        self._next_id += 1
        self.units.append(unit)
        self.by_code[code], self.by_id[unit.id] = unit, unit
        return unit

    def transfer(self, unit: UnitPlan, parent: UnitPlan, on: date, decision: Decision, name: str = "") -> None:
        unit.versions[-1].end = on - ONE_DAY
        unit.versions.append(VersionPlan(name or unit.name, parent.id, on, decision))
        self.arrows.append(ArrowPlan(unit.id, unit.id, "transfer", on, decision))

    def merge(self, unit: UnitPlan, into: UnitPlan, on: date, decision: Decision) -> None:
        """``unit`` ends and its people go into ``into``; a division goes into one of its name, else it moves whole."""
        for child in self.children(unit, on - ONE_DAY):
            same = next((c for c in self.children(into, on) if c.name == child.name and c is not child), None)
            if same is not None:
                self.merge(child, same, on, decision)
            else:
                self.transfer(child, into, on, decision)
        self.close(unit, on, decision)
        unit.into = into
        self.arrows.append(ArrowPlan(unit.id, into.id, "merge", on, decision))

    def close(self, unit: UnitPlan, on: date, decision: Decision) -> None:
        unit.end = unit.versions[-1].end = on - ONE_DAY
        unit.ended_by = decision

    def children(self, unit: UnitPlan, day: date) -> list[UnitPlan]:
        return [
            child
            for child in self.units
            if child.live_on(day) and child.version_on(day).parent == unit.id and child is not unit
        ]

    # The province before

    def _root(self, province: Province) -> UnitPlan:
        unit = self.add(province.key, f"Tỉnh {province.name}", "province", "PROVINCE", None)
        unit.head, unit.deputy, unit.symbol = "Chủ tịch UBND tỉnh", "Phó Chủ tịch UBND tỉnh", "UBND"
        unit.place = province.name
        unit.weight = 2
        return unit

    def _bodies(self, province: Province) -> None:
        root = self.roots[province.key]
        prefix = "" if province.key == "HY" else f"{province.key}-"
        for body in (*shape.BODIES, *shape.PARTY, *shape.FRONT, *shape.ASSOCIATIONS):
            unit = self.add(prefix + body.key, body.name, body.kind, "PROVINCE", root, body=body)
            unit.trade = {"TTT": "inspector"}.get(body.key, "admin")
            for number, name in enumerate(body.divisions, 1):
                self._division(unit, number, name, body.weight * 0.8)

    def _division(
        self, parent: UnitPlan, number: int, name: str, weight: float, start: date = shape.REFOUNDED
    ) -> UnitPlan:
        branch = name.startswith("Chi cục")
        decision = shape.FOUNDING if start == shape.REFOUNDED else parent.versions[0].decision
        kind = "branch" if branch else "division"
        unit = self.add(f"{parent.code}.{number}", name, kind, "INTERNAL", parent, start, decision)
        unit.head = "Chi cục trưởng" if branch else "Chánh Văn phòng" if name == shape.OFFICE else "Trưởng phòng"
        unit.deputy = "Phó Chi cục trưởng" if branch else f"Phó {unit.head}"
        unit.trade, unit.weight = parent.trade, weight * (1.6 if branch else 1.0)
        return unit

    def _districts(self, province: Province) -> None:
        root = self.roots[province.key]
        names = places(self._rng, province.districts, self._taken)
        new_per_district = _spread(province.communes + province.wards, province.districts)
        for number, (name, count) in enumerate(zip(names, new_per_district, strict=True), 1):
            word = "Thành phố" if number == 1 else "Thị xã" if number == 2 else "Huyện"
            district = self.add(f"{province.key}-H{number:02d}", f"{word} {name}", "district", "DISTRICT", root)
            district.head, district.deputy = "Chủ tịch UBND huyện", "Phó Chủ tịch UBND huyện"
            district.weight, district.symbol = 3, "UBND"
            area = Area(district, [])
            for key, title in shape.DISTRICT_OFFICES:
                office = self.add(f"{district.code}.{key}", title, "division", "INTERNAL", district)
                office.head, office.deputy = ("Chánh Văn phòng", "Phó Chánh Văn phòng") if key == "VP" else (
                    "Trưởng phòng", "Phó Trưởng phòng")  # fmt: skip
                office.weight = 3
                area.offices.append(office)
            for index, place in enumerate(places(self._rng, count * shape.OLD_PER_NEW, self._taken), 1):
                old = self.add(f"{district.code}-X{index:02d}", f"Xã {place}", "commune", "COMMUNE", district)
                old.head, old.deputy, old.trade = "Chủ tịch UBND xã", "Phó Chủ tịch UBND xã", "commune"
                old.weight = 1
                area.old.append(old)
            self.areas.append(area)

    def _services(self, people: int) -> None:
        """As many schools, hospitals and centres as the number of people calls for."""
        wanted = max(40, people // 40)
        for kind in shape.SERVICES:
            count = max(2, round(wanted * kind.share / 1000))
            for number in range(count):
                self._service(kind, number)

    def _service(self, kind: ServiceKind, number: int) -> None:
        province = shape.PROVINCES[number % 2]
        place = province.name if number < 2 and kind.under else places(self._rng, 1, self._taken)[0]
        if kind.under:
            parent = self.by_code[kind.under if province.key == "HY" else f"{province.key}-{kind.under}"]
            level = "PROVINCE"
        else:
            parent = self._rng.choice(
                [area.district for area in self.areas if area.district.code.startswith(province.key)]
            )
            level = "DISTRICT"
        code = f"{kind.key}-{province.key}-{number + 1:03d}"
        unit = self.add(code, kind.title.format(place=place), "service_unit", level, parent)
        unit.head, unit.deputy, unit.trade, unit.funding = kind.head, kind.deputy, kind.trade, kind.funding
        unit.weight, unit.large = float(kind.size), kind.key == "BV"

    # What became of it

    def _merge_departments(self) -> None:
        """01/03/2025: departments merged in both provinces."""
        on = shape.DEPARTMENTS_MERGED
        for province in shape.PROVINCES:
            prefix = "" if province.key == "HY" else f"{province.key}-"
            decision = shape.RESTRUCTURING[province.key]
            issuer = f"Hội đồng nhân dân tỉnh {province.name}"
            for body in shape.NEW_BODIES:
                unit = self.add(
                    prefix + body.key, body.name, body.kind, "PROVINCE", self.roots[province.key], on, decision, body
                )
                for number, name in enumerate(body.divisions, 1):
                    self._division(unit, number, name, 0, on)
            joined: dict[str, list[str]] = {}
            for body in shape.BODIES:
                if body.becomes:
                    self.merge(self.by_code[prefix + body.key], self.by_code[prefix + body.becomes], on, decision)
                    joined.setdefault(body.becomes, []).append(body.name)
            for key, names in joined.items():
                target = self.by_code[prefix + key]
                parts = names if target.start == on else [target.name, *names]
                title = f"Thành lập {target.name} trên cơ sở hợp nhất {' và '.join(parts)}"
                self.acts.append(ActPlan(target.id, decision, on, title, "agency", issuer))

    def _arrange_communes(self) -> None:
        """01/07/2025: districts end, their communes are arranged into new ones under the province."""
        on, decision, root = shape.TWO_TIERS, shape.COMMUNES_ARRANGED, self.roots["HY"]
        number = 0
        wards = {province.key: province.wards for province in shape.PROVINCES}
        for area in self.areas:
            key = area.district.code.split("-")[0]
            title = (
                f"Sắp xếp các đơn vị hành chính cấp xã thuộc {area.district.name[0].lower()}{area.district.name[1:]}"
            )
            self.acts.append(
                ActPlan(area.district.id, decision, decision.day, title, "commune", "Ủy ban Thường vụ Quốc hội")
            )
            groups = [area.old[i : i + shape.OLD_PER_NEW] for i in range(0, len(area.old), shape.OLD_PER_NEW)]
            for group in groups:
                number += 1
                ward = wards[key] > 0  # the towns, which come first in the list of districts
                wards[key] -= ward
                name = self._rng.choice(group).name.removeprefix("Xã ")
                word = "Phường" if ward else "Xã"
                unit = self.add(f"XP-{number:03d}", f"{word} {name}", "commune", "COMMUNE", root, on, decision)
                unit.head, unit.deputy = f"Chủ tịch UBND {word.lower()}", f"Phó Chủ tịch UBND {word.lower()}"
                unit.trade, unit.symbol, unit.place = "commune", "UBND", name
                area.new.append(unit)
                self.commune_offices[unit.id] = [
                    self._office(unit, key, title, ward) for key, title in shape.COMMUNE_OFFICES
                ]
                for old in group:
                    self.merge(old, unit, on, decision)
            self._end_district(area, on, decision)

    def _office(self, unit: UnitPlan, key: str, title: str, ward: bool) -> UnitPlan:
        name = shape.WARD_ECONOMY if ward and key == "KT" else title
        office = self.add(
            f"{unit.code}.{key}", name, "commune_office", "INTERNAL", unit, shape.TWO_TIERS, shape.COMMUNES_ARRANGED
        )
        office.head = {"VP": "Chánh Văn phòng", "HCC": "Giám đốc"}.get(key, "Trưởng phòng")
        office.deputy, office.trade = f"Phó {office.head}", "commune"
        return office

    def _end_district(self, area: Area, on: date, decision: Decision) -> None:
        schools = [unit for unit in self.children(area.district, on - ONE_DAY) if unit.kind == "service_unit"]
        for school in schools:
            self.transfer(school, self._rng.choice(area.new), on, decision)
        for unit in (*area.offices, area.district):
            self.close(unit, on, decision)
            self.arrows.append(ArrowPlan(unit.id, None, "end", on, decision))

    def _merge_provinces(self) -> None:
        """01/07/2025: bodies of former Thái Bình go into those of Hưng Yên; mass organisations under the Front."""
        on, decision = shape.TWO_TIERS, shape.PROVINCES_MERGED
        root, old = self.roots["HY"], self.roots["TB"]
        for unit in self.children(old, on - ONE_DAY):
            counterpart = self.by_code.get(unit.code.removeprefix("TB-"))
            if counterpart is not None and unit.kind != "district" and counterpart is not unit:
                self.merge(unit, counterpart, on, decision)
        self.close(old, on, decision)
        old.into = root
        self.arrows.append(ArrowPlan(old.id, root.id, "merge", on, decision))
        front = self.by_code["MTTQ"]
        for body in shape.FRONT[1:]:
            self.transfer(self.by_code[body.key], front, on, decision)
        for top in (root, old):
            title = "Sắp xếp đơn vị hành chính cấp tỉnh: hợp nhất tỉnh Thái Bình và tỉnh Hưng Yên"
            self.acts.append(ActPlan(top.id, decision, decision.day, title, "province", "Quốc hội"))


def _spread(total: int, parts: int) -> list[int]:
    """``total`` in ``parts`` nearly equal whole numbers."""
    return [total * (index + 1) // parts - total * index // parts for index in range(parts)]
