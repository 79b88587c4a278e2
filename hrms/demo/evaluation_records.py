"""What stood in the records of the demonstration before its first cycle: absences, discipline, results of the index."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update

from hrms.commands.evaluation import opening  # noqa: F401 - declares the job that fills a cycle
from hrms.demo import evaluation_texts as texts
from hrms.demo.evaluation_plan import (
    HOME,
)  # fmt: skip
from hrms.kernel.db import db
from models.account import Account
from models.evaluation import (
    ReformIndexResult,
)
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Absence, Appointment, Discipline, YearRating
from models.staff import Person as StaffPerson


@dataclass
class Before:
    """The people of the special cases, and the index of administrative reform with whose weaknesses they are."""

    rng: random.Random
    root_id: int

    def records(self) -> frozenset[int]:
        """Absences and disciplinary decisions of the special cases. Returns who did not complete the year before."""
        plain = self._plain_people()
        self.rng.shuffle(plain)
        take = iter(plain)
        spells = (
            ("sick", date(2024, 3, 4), date(2024, 7, 10)), ("sick", date(2024, 2, 5), date(2024, 9, 20)),
            ("unpaid", date(2024, 4, 1), date(2024, 7, 31)), ("study", date(2024, 1, 8), date(2024, 5, 31)),
            ("maternity", date(2024, 5, 6), date(2024, 11, 5)), ("maternity", date(2024, 8, 5), date(2025, 2, 4)),
            ("sick", date(2025, 4, 7), date(2025, 5, 30)), ("maternity", date(2025, 3, 3), date(2025, 9, 2)),
            ("study", date(2025, 2, 10), date(2025, 6, 30)),
        )  # fmt: skip
        number = max(1, len(plain) // 300)
        women = self._women(set(plain))
        absences: list[dict[str, Any]] = []
        for kind, first, last in spells:
            for _n in range(number):
                person_id = next((p for p in take if kind != "maternity" or p in women), None)
                if person_id is not None:
                    absences.append({"person_id": person_id, "kind": kind, "starts_on": first, "ends_on": last,
                                     "document": f"{40 + len(absences)}/QĐ-CP ngày {first:%d/%m/%Y}"})  # fmt: skip
        if absences:
            db.session.execute(insert(Absence), absences)
        acts: list[dict[str, Any]] = []
        for form, decided in (("Khiển trách", date(2024, 6, 14)), ("Cảnh cáo", date(2024, 9, 20)),
                              ("Khiển trách", date(2024, 10, 7))):  # fmt: skip
            person_id = next(take, None)
            if person_id is not None:
                acts.append({"person_id": person_id, "kind": "administrative", "form": form,
                             "opened_on": decided - timedelta(days=60), "decided_on": decided,
                             "closed_on": decided + timedelta(days=365), "duty_related": True,
                             "violation_key": "VP1", "decision_number": f"{300 + len(acts)}/QĐ-KL"})  # fmt: skip
                if form == "Cảnh cáo":  # the Party disciplined the same act, taken up on another day: counted once
                    acts.append(acts[-1] | {"kind": "party", "opened_on": decided - timedelta(days=40),
                                            "decided_on": decided - timedelta(days=10),
                                            "decision_number": f"{20 + len(acts)}-QĐ/UBKT"})  # fmt: skip
        if acts:
            db.session.execute(insert(Discipline), acts)
        officials = self._officials()
        left = sorted(take, key=lambda person_id: person_id not in officials)  # the dismissal of 2024 is for công chức
        bad = frozenset(left[: 2 + number])
        db.session.execute(
            update(YearRating).where(YearRating.person_id.in_(bad), YearRating.year == 2023).values(level="KHT")
        )
        return bad

    def _plain_people(self) -> list[int]:
        """Staff without a post of a leader in Hưng Yên, with no account, case or discipline, rated the year before."""
        path = db.session.scalar(select(OrgUnit.path).where(OrgUnit.id == self.root_id))
        query = (
            select(StaffPerson.id)
            .join(OrgUnit, OrgUnit.id == StaffPerson.unit_id)
            .join(Appointment, Appointment.person_id == StaffPerson.id)
            .where(
                OrgUnit.path.like(f"{path}%"), StaffPerson.left_on.is_(None),
                StaffPerson.recruited_on < date(2022, 1, 1),
                StaffPerson.category.in_(("civil_servant", "public_employee", "commune_official")),
                StaffPerson.id.not_in(select(Account.person_id).where(Account.person_id.is_not(None))),
                StaffPerson.id.not_in(select(DownsizingCase.person_id)),
                StaffPerson.id.not_in(select(Discipline.person_id)),
                StaffPerson.id.in_(select(YearRating.person_id).where(YearRating.year == 2023)),
            )
            .group_by(StaffPerson.id)
            .having(func.max(Appointment.leader_rank) == "")
            .order_by(StaffPerson.id)
        )  # fmt: skip
        return list(db.session.scalars(query))

    @staticmethod
    def _officials() -> set[int]:
        return set(db.session.scalars(select(StaffPerson.id).where(StaffPerson.category == "civil_servant")))

    @staticmethod
    def _women(ids: set[int]) -> set[int]:
        young = select(StaffPerson.id).where(StaffPerson.sex == "female", StaffPerson.birth_date > date(1983, 1, 1))
        return set(db.session.scalars(young)) & ids

    def reform_index(self, as_of: date) -> None:
        """Results of the administrative-reform index of departments and districts, with whose weaknesses they are."""
        units = select(OrgUnit).where(
            OrgUnit.kind.in_(("department", "district")), OrgUnit.path.like(f"/{self.root_id}/%")
        )
        rows: list[dict[str, Any]] = []
        parts, people = self._parts(), self._responsible()
        for year in (2023, 2024):
            measured = [unit for unit in db.session.scalars(units.order_by(OrgUnit.id))
                        if unit.valid_from.year <= year or unit.code == HOME]  # fmt: skip
            for place, unit in enumerate(self.rng.sample(measured, len(measured)), start=1):
                rows += self._index_of(unit, year, place, parts.get(unit.id, []), people, as_of)
        if rows:
            db.session.execute(insert(ReformIndexResult), rows)

    def _parts(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        query = select(OrgUnit.parent_id, OrgUnit.id).where(OrgUnit.kind == "division").order_by(OrgUnit.id)
        for parent, number in db.session.execute(query):
            if parent is not None:
                found.setdefault(parent, []).append(number)
        return found

    def _responsible(self) -> dict[int, int]:
        """The deputy (else the head) of each unit today."""
        query = (
            select(Appointment.unit_id, Appointment.person_id)
            .where(Appointment.leader_rank != "", Appointment.kind == "main")
            .order_by(Appointment.leader_rank.desc(), Appointment.id)
        )
        return dict(db.session.execute(query).tuples().all())

    def _index_of(
        self, unit: OrgUnit, year: int, place: int, parts: list[int], people: dict[int, int], as_of: date
    ) -> list[dict[str, Any]]:
        rng, rows = self.rng, []
        weak = set(rng.sample([n for n, row in enumerate(texts.REFORM) if row[2]], 2))
        for number, (name, most, weakness, remedy) in enumerate(texts.REFORM):
            share = rng.randrange(68, 82) if number in weak else rng.randrange(86, 99)
            part = rng.choice(parts) if number in weak and parts else None
            due = date(year + 1, 9, 30)
            done = date(year + 1, 9, 12) if year == 2023 or (due < as_of) else None
            rows.append(
                {"unit_id": unit.id, "year": year, "indicator": name, "maximum": Decimal(most),
                 "score": (Decimal(most) * share / 100).quantize(Decimal("0.01")), "rank": place,
                 "weakness": weakness if number in weak else "", "responsible_unit_id": part or unit.id,
                 "responsible_person_id": people.get(part or 0) or people.get(unit.id),
                 "remedy": remedy if number in weak else "", "remedy_by": due if number in weak else None,
                 "remedied_on": done if number in weak else None,
                 "document": f"Quyết định công bố Chỉ số cải cách hành chính năm {year}"}
            )  # fmt: skip
        return rows
