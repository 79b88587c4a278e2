"""Writing the planned province: rows in bulk, keys given here, positions and assigned numbers drawn from the people."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text

from hrms.commands.organization.tree import keys_of
from hrms.commands.staff.identity import search_columns
from hrms.commands.staff.projection import Post, shown_today
from hrms.demo import shape
from hrms.demo.careers import Careers, Row
from hrms.demo.land import ONE_DAY, Land, UnitPlan
from hrms.demo.listed import listed_code
from hrms.demo.names import Names, places
from hrms.demo.people import PersonPlan, Population, PostPlan
from hrms.kernel import crypto, history
from hrms.kernel.db import db, gather_statistics
from hrms.kernel.text import add_months
from models.organization import (
    Establishment,
    LeadershipQuota,
    OrgUnit,
    OrgUnitVersion,
    Position,
    UnitSuccession,
)
from models.restructuring import RestructuringAct
from models.staff import (
    Appointment,
    Discipline,
    EarlierBenefit,
    FamilyRelation,
    InsurancePeriod,
    Person,
    SalaryRow,
    TrainingRecord,
    YearRating,
)
from models.vocabulary import ESTABLISHMENT_OF_CATEGORY

CHUNK = 4_000
IDENTITY_STEP = 7_919_003  # coprime with 10⁹: running numbers that look scattered and never meet


def next_id(model: type[Any]) -> int:
    """The first free key of a table."""
    return int(db.session.scalar(select(func.coalesce(func.max(model.id), 0))) or 0) + 1


class Writer:
    """Writes a land and its population; call inside a transaction."""

    def __init__(self, rng: random.Random, land: Land, population: Population, as_of: date) -> None:
        self._rng, self._land, self._population = rng, land, population
        self._as_of = as_of
        self._careers = Careers(rng, land, as_of)
        self._names = Names(rng)
        self._homes = places(rng, 60, set())
        self._pending: dict[type[Any], list[Row]] = defaultdict(list)
        self._positions: dict[tuple[int, str, str], Row] = {}
        self._paths: dict[int, tuple[str, int]] = {}

    def write(self, say: Callable[[str], None]) -> None:
        self._units()
        say(f"Đơn vị: {len(self._land.units)}")
        self._plan_positions()
        self._numbers()
        people = self._population.people
        for count, person in enumerate(people, 1):
            self._person(person)
            if count % CHUNK == 0:
                self._flush()
                say(f"Người: {count}/{len(people)}")
        self._flush()
        advance_sequences()
        gather_statistics(Person, Appointment, SalaryRow, InsurancePeriod, Position)

    def _add(self, model: type[Any], row: Row) -> None:
        self._pending[model].append(row)

    def _flush(self) -> None:
        for model, rows in self._pending.items():
            for group in _same_keys(rows):
                db.session.execute(insert(model.__table__), group)
        self._pending.clear()
        db.session.flush()

    # Units

    def _units(self) -> None:
        heads = {post.unit.id: person.name for person in self._population.people
                 for post in person.posts if post.rank == "head" and _covers(post, self._as_of)}  # fmt: skip
        created: list[Row] = []
        rows = [self._unit_row(unit, heads.get(unit.id, "")) for unit in self._land.units]
        self._add_many(OrgUnit, sorted(rows, key=lambda row: (row["depth"], row["id"])))  # parents before children
        for unit in self._land.units:
            for version in unit.versions:
                self._add(OrgUnitVersion, {
                    "unit_id": unit.id, "name": version.name, "short_name": "", "kind": unit.kind, "level": unit.level,
                    "parent_id": version.parent, "valid_from": version.start, "valid_to": version.end,
                    "decision_number": version.decision.number, "decision_date": version.decision.day,
                })  # fmt: skip
            created.append(history.entry("org_unit", unit.id, history.CREATED, note="Dữ liệu trình diễn"))
        for arrow in self._land.arrows:
            self._add(UnitSuccession, {
                "from_unit_id": arrow.source, "to_unit_id": arrow.target, "kind": arrow.kind, "on_date": arrow.on,
                "decision_number": arrow.decision.number, "decision_date": arrow.decision.day, "note": "",
            })  # fmt: skip
        for act in self._land.acts:
            self._add(RestructuringAct, {
                "unit_id": act.unit, "number": act.decision.number, "issued_on": act.decision.day,
                "effective_on": act.effective, "issuer": act.issuer, "title": act.title, "kind": act.kind,
            })  # fmt: skip
        self._add_many(history.HistoryEntry, created)
        self._flush()

    def _add_many(self, model: type[Any], rows: Iterable[Row]) -> None:
        self._pending[model].extend(rows)

    def _unit_row(self, unit: UnitPlan, head: str) -> Row:
        shown = unit.version_on(self._as_of)
        path, depth = self._path(unit)
        agency = depth <= 1
        return {
            "id": unit.id, "code": unit.code, "name": shown.name, "short_name": "", "kind": unit.kind,
            "level": unit.level, "parent_id": shown.parent, "path": path, "depth": depth,
            "display_order": unit.order, "funding": unit.funding, "valid_from": unit.start, "valid_to": unit.end,
            "paper_name": self._paper_name(unit, shown.name) if agency else "",
            "paper_superior": self._superior(unit) if agency and depth else "",
            "paper_symbol": unit.symbol or unit.code.split(".")[0],
            "paper_place": unit.place[:60], "signer_title": unit.head.upper() if agency else "",
            "signer_name": head if agency else "",
            "numbers_papers_here": unit.code in ("SNV", "SNNMT"),
            **keys_of(shown.name, "", unit.code),
        }  # fmt: skip

    @staticmethod
    def _paper_name(unit: UnitPlan, name: str) -> str:
        return f"ỦY BAN NHÂN DÂN {name}".upper() if unit.kind in ("province", "district", "commune") else name.upper()

    def _superior(self, unit: UnitPlan) -> str:
        if unit.kind == "party":
            return "TỈNH ỦY"
        top = self._land.by_id[int(self._path(unit)[0].split("/")[1])]
        return f"UBND {top.name}".upper()

    def _path(self, unit: UnitPlan) -> tuple[str, int]:
        if unit.id not in self._paths:
            parent = unit.version_on(self._as_of).parent
            if unit.into is not None and unit.end is not None and unit.end < self._as_of:
                parent = unit.into.id  # what was merged lies below its heir, as the projection has it
            if parent is None:
                self._paths[unit.id] = f"/{unit.id}/", 0
            else:
                above, depth = self._path(self._land.by_id[parent])
                self._paths[unit.id] = f"{above}{unit.id}/", depth + 1
        return self._paths[unit.id]

    # Positions and numbers

    def _plan_positions(self) -> None:
        """One position for every title of a unit, with as many places as hold it at once, sometimes one more."""
        key = next_id(Position)
        held: dict[tuple[int, str, str], list[PostPlan]] = defaultdict(list)
        for person in self._population.people:
            for post in person.posts:
                if post.kind == "main":
                    held[post.unit.id, post.title, post.rank].append(post)
        counters: dict[int, int] = defaultdict(int)
        for (unit_id, title, rank), posts in held.items():
            unit = self._land.by_id[unit_id]
            counters[unit_id] += 1
            most = sum(_covers(post, self._as_of) for post in posts) or 1
            group = (
                "LANH_DAO_QUAN_LY" if rank else "HO_TRO_PHUC_VU" if title.startswith("Nhân viên") else "CHUYEN_NGANH"
            )
            if title in ("Kế toán viên", "Văn thư viên"):
                group = "DUNG_CHUNG"
            row = {
                "id": key, "unit_id": unit_id, "code": f"VT{counters[unit_id]:02d}", "title": title,
                "position_group": group, "leader_rank": rank, "grade_code": "",
                "leadership_coefficient": self._careers.allowance_of(posts[0]) if rank else None,
                "approved_number": 1 if rank == "head" else most + (self._rng.random() < 0.2),
                "listed_code": listed_code(title, rank, unit.name),
                "description": "", "requirements": "", "valid_from": unit.start, "valid_to": unit.end,
                "decision_number": "", "decision_date": None,
            }  # fmt: skip
            key += 1
            self._positions[unit_id, title, rank] = row
            self._add(Position, row)

    def _numbers(self) -> None:
        """Assigned numbers for every agency and its divisions before, between and after the two reorganisations."""
        stages = (
            (date(2022, 1, 1), shape.DEPARTMENTS_MERGED - ONE_DAY, "2600/QĐ-UBND", date(2021, 12, 20)),
            (shape.DEPARTMENTS_MERGED, shape.TWO_TIERS - ONE_DAY, "540/QĐ-UBND", date(2025, 2, 25)),
            (shape.TWO_TIERS, None, "1250/QĐ-UBND", date(2025, 6, 28)),
        )
        for start, end, number, signed in stages:
            present: dict[tuple[int, str], int] = defaultdict(int)
            for person in self._population.people:
                for post in person.posts:
                    if post.kind == "main" and _covers(post, max(start, date(2024, 12, 31))):
                        kind = ESTABLISHMENT_OF_CATEGORY[person.category]
                        for unit_id in self._up_to_agency(post.unit, start):
                            present[unit_id, kind] += 1
            for (unit_id, kind), people in sorted(present.items()):
                unit = self._land.by_id[unit_id]
                begin = max(start, unit.start)
                last = min(filter(None, (end, unit.end)), default=None)
                if last is not None and last < begin:
                    continue
                self._add(Establishment, {
                    "unit_id": unit_id, "kind": kind, "number": self._assigned(people), "valid_from": begin,
                    "valid_to": last, "decision_number": number, "decision_date": signed,
                })  # fmt: skip
        for code in ("SNNMT", "STC", "SXD"):
            unit = self._land.by_code[code]
            self._add(LeadershipQuota, {
                "unit_id": unit.id, "deputies": 4, "article": "NĐ 150/2025/NĐ-CP (bình quân 3 phó giám đốc mỗi sở)",
                "mark": "U", "valid_from": max(unit.start, shape.DEPARTMENTS_MERGED), "valid_to": None,
                "decision_number": "545/QĐ-UBND",
            })  # fmt: skip

    def _up_to_agency(self, unit: UnitPlan, day: date) -> Iterable[int]:
        """The unit and those above it below the province, as they stood on ``day`` (or when the unit began)."""
        current: UnitPlan | None = unit
        while current is not None and current.kind != "province":
            yield current.id
            parent = current.version_on(max(day, current.start)).parent
            current = self._land.by_id[parent] if parent is not None else None

    def _assigned(self, people: int) -> int:
        """Around what is present: some have places free, some have people too many."""
        draw = self._rng.random()
        if draw < 0.3:
            return max(0, people - max(1, people // 12))
        return people + (people // 10 + 1 if draw < 0.65 else 0)

    # People

    def _person(self, person: PersonPlan) -> None:
        posts = [Post(p.kind, p.unit.id, p.title, p.rank, p.start, p.end) for p in person.posts]
        code = f"HY-D{person.id:06d}"
        number = f"999{person.id * IDENTITY_STEP % 10**9:09d}"
        identity = crypto.digest(number)
        row = self._facts(person)
        row |= {
            "id": person.id, "code": code, "full_name": person.name, "sex": person.sex, "birth_date": person.birth,
            "birth_precision": person.precision, "category": person.category, "identity_number": number,
            "identity_digest": identity, "insurance_number": f"99{person.id * IDENTITY_STEP % 10**8:08d}",
            "retirement_annex": self._careers.annex(person), "recruited_on": person.recruited,
            "recruited_by": person.posts[0].unit.name, "state_service_from": person.recruited,
            "left_on": person.left_on, "left_reason": person.left_reason, "is_demo": True,
            "source": "Dữ liệu trình diễn", "checked_on": date(2025, 1, 15),
            **search_columns(person.name, code),
            **shown_today(posts, person.left_on, self._as_of),
        }  # fmt: skip
        self._add(Person, row)
        self._add(history.HistoryEntry, history.entry("person", person.id, history.CREATED, note="Dữ liệu trình diễn"))
        for post in person.posts:
            position = self._positions.get((post.unit.id, post.title, post.rank)) if post.kind == "main" else None
            self._add(Appointment, {
                "person_id": person.id, "unit_id": post.unit.id, "position_id": position["id"] if position else None,
                "kind": post.kind, "title": post.title, "leader_rank": post.rank, "valid_from": post.start,
                "valid_to": post.end, "term_ends": post.term_ends, "decision_number": post.decision.number,
                "decision_date": post.decision.day,
            })  # fmt: skip
        careers = self._careers
        self._add_many(SalaryRow, careers.salary(person))
        self._add_many(InsurancePeriod, careers.insurance(person))
        self._add_many(YearRating, careers.ratings(person))
        self._add_many(Discipline, careers.disciplines(person))
        self._add_many(EarlierBenefit, careers.benefits(person))
        self._add_many(TrainingRecord, careers.training(person))
        other = "male" if person.sex == "female" else "female"
        self._add_many(FamilyRelation, careers.family(person, self._names.full(other, person.birth.year)))

    def _facts(self, person: PersonPlan) -> Row:
        """The fields of the 2C form that the law of leaves does not ask for, and those it does: children, Party."""
        rng = self._rng
        home = f"Xã {rng.choice(self._homes)}, tỉnh {rng.choice(('Hưng Yên', 'Thái Bình'))}"
        age = self._as_of.year - person.birth.year
        party = bool(person.current.rank) or rng.random() < 0.62
        joined = add_months(person.recruited, rng.randrange(12, 120)) if party else None
        if joined is not None and joined > add_months(self._as_of, -14):
            party, joined = False, None
        mother = person.sex == "female" and 23 <= age <= 43
        child = add_months(self._as_of, rng.randrange(1, 34)) if mother and rng.random() < 0.13 else None
        pregnant = (
            add_months(self._as_of, rng.randrange(1, 8)) if mother and child is None and rng.random() < 0.04 else None
        )
        higher = person.trade != "support"
        theory = ("Cao cấp", "Trung cấp") if person.current.rank else ("", "Trung cấp", "Sơ cấp")
        return {
            "other_name": "", "identity_issued_on": date(2021, 1, 1) if age > 25 else None, "birth_place": home,
            "home_place": home, "permanent_address": home, "current_address": "", "phone": "", "email": "",
            "ethnicity": "Kinh" if rng.random() < 0.985 else "Tày",
            "religion": "Không" if rng.random() < 0.96 else "Công giáo",
            "general_education": "12/12" if person.birth.year > 1972 else "10/10",
            "qualification": rng.choice(("Đại học", "Đại học", "Đại học", "Thạc sĩ")) if higher else "Trung cấp",
            "political_theory": rng.choice(theory),
            "state_management": "Chuyên viên" if higher and person.category != "public_employee" else "",
            "foreign_language": "Tiếng Anh B1" if higher else "",
            "informatics": "Ứng dụng CNTT cơ bản" if higher else "",
            "party_joined_on": joined, "party_official_on": add_months(joined, 12) if joined else None,
            "is_party_member": party, "health": "", "child_under_36_months_until": child, "pregnant_until": pregnant,
            "note": "",
        }  # fmt: skip


def _covers(post: PostPlan, day: date) -> bool:
    return post.start <= day and (post.end is None or post.end >= day)


def _same_keys(rows: list[Row]) -> Iterable[list[Row]]:
    """Groups of rows with the same columns (one INSERT each), in chunks."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row)].append(row)
    for group in groups.values():
        for start in range(0, len(group), CHUNK):
            yield group[start : start + CHUNK]


def advance_sequences() -> None:
    """PostgreSQL counts keys in sequences; rows written with keys of their own must move them on."""
    if db.engine.dialect.name != "postgresql":
        return
    for model in (OrgUnit, Position, Person, Appointment):
        table = model.__tablename__
        db.session.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
        )
