"""Who works where in the demonstration province: people, their posts, and how the reorganisation moved them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from hrms.commands.staff.search import latest_birth
from hrms.demo import shape
from hrms.demo.land import ONE_DAY, Area, Land, UnitPlan
from hrms.demo.names import Names
from hrms.demo.shape import Decision
from hrms.kernel.text import add_months

BEFORE = shape.DEPARTMENTS_MERGED - ONE_DAY  # people are placed in the units of this day, then moved with them
HOME_OLD = ("SNN", "STNMT")  # what became the department of the demonstration accounts
# Bodies the demonstration accounts sit in get people even in the smallest province: (unit code, how many).
FIRST = (("SNN", 2), ("SNN.1", 4), ("SNN.2", 4), ("STNMT.2", 4), ("SXD", 1), ("SXD.1", 3), ("SNV", 1), ("SNV.1", 2),
         ("STC", 1), ("STC.1", 2), ("TTT", 1), ("TTT.2", 1), ("HY", 2))  # fmt: skip
STAFF_TITLES = {
    "admin": ("Chuyên viên", "Chuyên viên", "Chuyên viên", "Chuyên viên", "Kế toán viên", "Văn thư viên"),
    "inspector": ("Thanh tra viên", "Thanh tra viên", "Chuyên viên"),
    "commune": ("Công chức Văn phòng - Thống kê", "Công chức Tư pháp - Hộ tịch", "Công chức Tài chính - Kế toán",
                "Công chức Địa chính - Xây dựng", "Công chức Văn hóa - Xã hội"),
    "upper": ("Giáo viên Trung học phổ thông",), "lower": ("Giáo viên Trung học cơ sở",),
    "primary": ("Giáo viên Tiểu học",), "nursery": ("Giáo viên Mầm non",),
    "health": ("Bác sĩ", "Điều dưỡng", "Điều dưỡng", "Điều dưỡng", "Dược sĩ"),
    "hazard": ("Bác sĩ", "Kỹ thuật viên", "Điều dưỡng", "Điều dưỡng"),
    "general": ("Chuyên viên", "Khuyến nông viên", "Kế toán viên"),
    "support": ("Nhân viên lái xe", "Nhân viên bảo vệ", "Nhân viên phục vụ"),
}  # fmt: skip
WOMEN = {"upper": 0.68, "lower": 0.7, "primary": 0.8, "nursery": 0.99, "health": 0.66, "hazard": 0.6, "commune": 0.42,
         "support": 0.35}  # fmt: skip


@dataclass
class PostPlan:
    """One post of a person."""

    unit: UnitPlan
    title: str
    rank: str
    start: date
    decision: Decision
    end: date | None = None
    kind: str = "main"
    term_ends: date | None = None


@dataclass
class PersonPlan:
    """One invented person."""

    id: int
    name: str
    sex: str
    birth: date
    category: str
    trade: str
    recruited: date
    posts: list[PostPlan] = field(default_factory=list)
    left_on: date | None = None
    left_reason: str = ""
    precision: str = "day"

    @property
    def current(self) -> PostPlan:
        """The last main post."""
        return [post for post in self.posts if post.kind == "main"][-1]


class Population:
    """Plans ``count`` people for a land as it is known on ``as_of``."""

    def __init__(self, rng: random.Random, land: Land, as_of: date, count: int, first_id: int) -> None:
        self._rng, self._land, self._as_of = rng, land, as_of
        self._names = Names(rng)
        self._next_id = first_id
        self.people: list[PersonPlan] = []
        for unit, number in self._sizes(count):
            self._staff(unit, number)
        self._move(shape.DEPARTMENTS_MERGED)
        self._communes()
        self._move(shape.TWO_TIERS)
        self._beside()

    # How many where

    def _sizes(self, count: int) -> list[tuple[UnitPlan, int]]:
        live = [unit for unit in self._land.units if unit.live_on(BEFORE)]
        numbers: dict[int, int] = defaultdict(int)
        left = count
        for code, wanted in FIRST:
            take = min(wanted, left)
            numbers[self._land.by_code[code].id] += take
            left -= take
        administration = min(0.62 * left, 1500 + 0.2 * left)
        shares = {"department": 0.45, "district": 0.145, "commune": 0.275, "party": 0.095, "association": 0.03}
        groups: dict[str, list[UnitPlan]] = defaultdict(list)
        for unit in live:
            groups[self._group(unit)].append(unit)
        wanted_in = {name: round(administration * share) for name, share in shares.items()}
        wanted_in["service"] = max(0, left - sum(wanted_in.values()))
        for name, units in groups.items():
            weights = [self._weight(unit) for unit in units]
            for unit, number in zip(units, _apportion(wanted_in.get(name, 0), weights), strict=True):
                numbers[unit.id] += number
        return [(unit, numbers[unit.id]) for unit in live if numbers[unit.id]]

    def _group(self, unit: UnitPlan) -> str:
        kind = unit.kind
        if kind in ("division", "branch") and unit.parent is not None:
            kind = self._land.by_id[unit.parent].kind
        return {"front": "party", "service_unit": "service", "province": ""}.get(kind, kind)

    def _weight(self, unit: UnitPlan) -> float:
        if unit.kind == "department":
            return 3.6
        return unit.weight * (2.2 if unit.code.split(".")[0] in HOME_OLD else 1.0)

    # One unit

    def _staff(self, unit: UnitPlan, number: int) -> None:
        deputies = self._deputies(unit, number)
        for index in range(number):
            rank = "head" if index == 0 else "deputy" if index <= deputies else ""
            self.people.append(self._person(unit, rank))

    def _deputies(self, unit: UnitPlan, number: int) -> int:
        bands = {
            "department": ((2, 1), (3, 2), (4, 3)),
            "province": ((2, 1),),
            "service_unit": ((6, 1), (20, 2), (120, 3)),
            "commune": ((2, 1), (6, 2)),
        }.get(unit.kind, ((4, 1), (9, 2), (16, 3)))
        allowed = max((deputies for people, deputies in bands if number >= people), default=0)
        one_too_many = unit.kind in ("division", "branch") and number > 6 and self._rng.random() < 0.15
        return min(number - 1, allowed + one_too_many)

    def _person(self, unit: UnitPlan, rank: str) -> PersonPlan:
        rng = self._rng
        trade = unit.trade
        category = _category(unit, rank)
        if not rank and unit.kind not in ("commune", "association") and rng.random() < 0.06:
            category, trade = "contract_worker", "support"
        sex = "female" if rng.random() < WOMEN.get(trade, 0.45) * (0.75 if rank else 1) else "male"
        left_on, reason = self._leaving(rank)
        birth = self._birth(sex, rank, unit, left_on, reason)
        recruited = self._recruited(birth, left_on)
        person = PersonPlan(
            self._next_id, "", sex, birth, category, trade, recruited, left_on=left_on, left_reason=reason
        )
        self._next_id += 1
        person.name = self._names.full(sex, birth.year)
        if birth.year < 1972 and rng.random() < 0.02:
            person.precision = rng.choice(("month", "year"))
            person.birth = date(birth.year, birth.month if person.precision == "month" else 1, 1)
        self._posts(person, unit, rank)
        return person

    def _leaving(self, rank: str) -> tuple[date | None, str]:
        if rank or self._rng.random() > 0.03:
            return None, ""
        left_on = add_months(self._as_of.replace(day=1), -self._rng.randrange(1, 28))
        if left_on < date(2025, 1, 1) and self._rng.random() < 0.4:
            return left_on, "Tinh giản biên chế theo NĐ 29/2023/NĐ-CP"
        return left_on, "Nghỉ hưu đúng tuổi" if self._rng.random() < 0.8 else "Chuyển công tác ra ngoài tỉnh"

    def _birth(self, sex: str, rank: str, unit: UnitPlan, left_on: date | None, reason: str) -> date:
        """Months to the pension decide the age: many are near it, more of them among leaders and in the home bodies."""
        rng = self._rng
        day = left_on or self._as_of
        home = unit.code.split(".")[0] in HOME_OLD
        near, middle = (0.32, 0.26) if home else (0.14, 0.17)
        draw = rng.random() - (0.1 if rank else 0.0)
        if reason == "Nghỉ hưu đúng tuổi":
            months = 0
        elif reason.startswith("Tinh giản"):
            months = rng.randrange(24, 60)
        elif draw < near:
            months = rng.randrange(4, 60)
        elif draw < near + middle:
            months = rng.randrange(60, 120)
        else:
            months = rng.randrange(120, 330 if rank else 440)
        month = _birth_month(sex, day.replace(day=1), months)
        return month + timedelta(days=rng.randrange(28))

    def _recruited(self, birth: date, left_on: date | None) -> date:
        rng = self._rng
        # Everybody came before the reorganisation: people are placed in the units of its eve.
        latest = add_months(min(left_on or self._as_of, BEFORE).replace(day=1), -8)
        started = add_months(
            birth.replace(day=1), 12 * rng.choice((22, 22, 23, 23, 24, 24, 25, 26, 27, 29, 32)) + rng.randrange(12)
        )
        return min(started, latest)

    def _posts(self, person: PersonPlan, unit: UnitPlan, rank: str) -> None:
        rng = self._rng
        start = max(person.recruited, unit.start)
        title = rng.choice(STAFF_TITLES[person.trade])
        decision = self._decision(unit, start)
        person.posts = [PostPlan(unit, title, "", start, decision)]
        last = None if person.left_on is None else person.left_on - ONE_DAY
        if rank:
            promoted = add_months(min(self._as_of, BEFORE).replace(day=1), -rng.randrange(2, 110))
            leader_title = unit.head if rank == "head" else unit.deputy
            if promoted < add_months(start, 24):
                person.posts[0].title, person.posts[0].rank = leader_title, rank
                promoted = start
            else:
                person.posts[0].end = promoted - ONE_DAY
                person.posts.append(PostPlan(unit, leader_title, rank, promoted, self._decision(unit, promoted)))
            term = promoted
            while term <= self._as_of:
                term = add_months(term, 60)
            person.posts[-1].term_ends = term - ONE_DAY
        person.posts[-1].end = last

    def _decision(self, unit: UnitPlan, day: date) -> Decision:
        symbol = unit.symbol or unit.code.removeprefix("TB-").split(".")[0].split("-")[0]
        return Decision(
            f"{self._rng.randrange(1, 900):02d}/QĐ-{symbol}", day - timedelta(days=self._rng.randrange(3, 25))
        )

    # What the reorganisation did

    def _move(self, on: date) -> None:
        """People of units that end the day before go into the unit that takes them in; a second head becomes deputy."""
        arriving: dict[int, list[PersonPlan]] = defaultdict(list)
        headed: set[int] = set()
        for person in self.people:
            post = person.current
            if post.end is not None and post.end < on:
                continue
            if post.unit.end == on - ONE_DAY:
                if post.unit.into is not None:
                    arriving[_final(post.unit, on).id].append(person)
            elif post.rank == "head":
                headed.add(post.unit.id)
        for unit_id in sorted(arriving):
            target = self._land.by_id[unit_id]
            for person in sorted(arriving[unit_id], key=lambda p: (p.current.rank != "head", p.id)):
                rank = person.current.rank
                if rank == "head":
                    rank = "deputy" if unit_id in headed else "head"
                    headed.add(unit_id)
                title = {"head": target.head, "deputy": target.deputy}.get(rank, person.current.title)
                self._continue(person, target, title, rank, on)

    def _continue(self, person: PersonPlan, unit: UnitPlan, title: str, rank: str, on: date) -> None:
        old = person.current
        decision = old.unit.ended_by or shape.COMMUNES_ARRANGED
        term = old.term_ends if rank else None
        person.posts.append(PostPlan(unit, title, rank, on, decision, old.end, term_ends=term))
        old.end = on - ONE_DAY

    def _communes(self) -> None:
        """01/07/2025: people of districts and former communes are placed in the new communes of their area."""
        by_unit: dict[int, list[PersonPlan]] = defaultdict(list)
        for person in self.people:
            if person.current.end is None or person.current.end >= shape.TWO_TIERS:
                by_unit[person.current.unit.id].append(person)
        for area in self._land.areas:
            self._place_area(area, by_unit)

    def _place_area(self, area: Area, by_unit: dict[int, list[PersonPlan]]) -> None:
        pools: dict[int, list[PersonPlan]] = {unit.id: [] for unit in area.new}
        for old in area.old:
            assert old.into is not None
            pools[old.into.id] += by_unit[old.id]
        of_district = [person for unit in (area.district, *area.offices) for person in by_unit[unit.id]]
        for index, person in enumerate(of_district):
            pools[area.new[index % len(area.new)].id].append(person)
        weight = {"head": 0, "deputy": 1, "": 2}
        for unit in area.new:
            pool = sorted(
                pools[unit.id], key=lambda p: (p.current.unit.kind == "commune", weight[p.current.rank], p.birth, p.id)
            )
            self._place_commune(unit, pool)

    def _place_commune(self, unit: UnitPlan, pool: list[PersonPlan]) -> None:
        offices = self._land.commune_offices[unit.id]
        leading = [(unit, unit.head, "head"), (unit, unit.deputy, "deputy"), (unit, unit.deputy, "deputy")]
        leading += [(office, office.head, "head") for office in offices]
        leading += [(office, office.deputy, "deputy") for office in offices[:3]]
        places = leading if len(pool) >= 14 else leading[: max(1, len(pool) * 3 // 4)]
        for index, person in enumerate(pool):
            if index < len(places):
                where, title, rank = places[index]
            else:
                where, rank = offices[index % len(offices)], ""
                title = "Chuyên viên" if person.current.rank else person.current.title
            self._continue(person, where, title, rank, shape.TWO_TIERS)

    def _beside(self) -> None:
        """A few are seconded, a few hold a second post; always in bodies that went on."""
        rng = self._rng
        lasting = [u for u in self._land.units if u.end is None and u.start == shape.REFOUNDED and u.kind == "division"]
        start = date(2024, 7, 1)
        for person in self.people:
            post = person.current
            if post.end is not None or person.posts[0].start > start or person.category == "contract_worker":
                continue
            draw = rng.random()
            if draw < 0.006 and lasting and not post.rank:
                unit = rng.choice(lasting)
                end = add_months(start, rng.choice((12, 24, 36))) - ONE_DAY
                decision = self._decision(unit, start)
                person.posts.append(PostPlan(unit, post.title.split(" về ")[0], "", start, decision, end, "secondment"))
            elif draw > 0.988 and post.unit.end is None and post.unit.start <= start:
                title = rng.choice(("Bí thư chi bộ", "Chủ tịch Công đoàn cơ sở"))
                person.posts.append(
                    PostPlan(post.unit, title, "", start, self._decision(post.unit, start), kind="concurrent")
                )


def _category(unit: UnitPlan, rank: str) -> str:
    if unit.kind in ("party", "front", "province") and rank:
        return "cadre"
    return {
        "service_unit": "public_employee",
        "commune": "commune_official",
        "association": "association_staff",
    }.get(unit.kind, "civil_servant")


def _final(unit: UnitPlan, on: date) -> UnitPlan:
    """Where people of a unit are from ``on``: the receiving unit, or what that one became on the same day."""
    while unit.into is not None and unit.end is not None and unit.end < on:
        unit = unit.into
    return unit


@lru_cache(maxsize=4096)
def _birth_month(sex: str, day: date, months: int) -> date:
    """First day of the month of birth of somebody whose pension begins about so many months after ``day``."""
    return add_months(latest_birth(sex, "I", add_months(day, months)), -1)


def _apportion(total: int, weights: Iterable[float]) -> list[int]:
    """``total`` in whole numbers proportional to the weights (largest remainders)."""
    weights = list(weights)
    whole = sum(weights)
    if whole <= 0 or total <= 0:
        return [0] * len(weights)
    shares = [total * weight / whole for weight in weights]
    numbers = [int(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda index: (numbers[index] - shares[index], index))
    for index in order[: total - sum(numbers)]:
        numbers[index] += 1
    return numbers
