"""A desk of movement cases: proposes, checks, hears, agrees and decides, so that a test says only what it is about.

The province is the small world of ``tests/support/world.py``; ``a`` and ``b`` are two departments, ``a1``, ``a2``,
``b1``, ``b2`` their divisions. ``unit_hr_a`` proposes, ``unit_hr_b`` agrees, ``province_hr`` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.commands.rotation.cases import MoveRequest, OpenCase
from hrms.commands.rotation.dossier import PaperLine, SaveDossier
from hrms.commands.rotation.steps import Perform
from hrms.commands.rotation.words import PREPARING
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from models.organization import Position
from models.rotation import MovementCase
from models.staff import Appointment, FamilyRelation, Person

TODAY = date(2025, 6, 15)
JULY = date(2025, 7, 1)


@dataclass
class Desk:
    world: Any
    factory: Any
    actor_as: Any

    def post(self, unit: str, code: str, title: str = "Chuyên viên", **more: Any) -> Position:
        return self.factory.position(self.world.unit(unit), code, title, **more)

    def cv(self, unit: str) -> Position:
        """The specialists' post of a unit (five places, one taken)."""
        row = self.world.unit(unit)
        return db.session.scalars(select(Position).where(Position.code == f"{row.code}.CV")).one()

    def head(self, unit: str) -> Position:
        row = self.world.unit(unit)
        return db.session.scalars(select(Position).where(Position.code == f"{row.code}.TP")).one()

    def person(self, unit: str, position: Position, name: str = "", **more: Any) -> Person:
        values = {"birth": date(1985, 5, 5), "recruited": date(2015, 1, 1), "leader_rank": position.leader_rank, **more}
        return self.factory.person(self.world.unit(unit), name, position=position, title=position.title, **values)

    def request(self, unit: str, position: Position | None = None, kind: str = "DIEU_DONG", **more: Any) -> MoveRequest:
        more.setdefault("effective_on", JULY)
        if kind in ("BIET_PHAI", "LUAN_CHUYEN"):
            more.setdefault("ends_on", date(2028, 6, 30))
        if kind == "LUAN_CHUYEN":
            more.setdefault("health_certificate_on", date(2025, 5, 1))
        target = position or self.cv(unit)
        return MoveRequest(kind, self.world.units[unit], target.id, **more)

    def open(self, person: int | Person, unit: str, position: Position | None = None, kind: str = "DIEU_DONG",
             who: str = "unit_hr_a", **more: Any) -> MovementCase:  # fmt: skip
        number = person if isinstance(person, int) else person.id
        request = self.request(unit, position, kind, **more)
        with self.actor_as(who):
            return execute(OpenCase(number, request))

    def do(self, case: MovementCase | int, action: str, who: str = "unit_hr_a", **more: Any) -> MovementCase:
        number = case if isinstance(case, int) else case.id
        with self.actor_as(who):
            return execute(Perform(number, action, **more))

    def heard(self, case: MovementCase, who: str = "unit_hr_a") -> MovementCase:
        self.do(case, "check", who)
        return self.do(case, "hear", who, meeting_on=TODAY, meeting_minutes="05/BB", person_opinion="Đồng ý")

    def agreed(self, case: MovementCase, who: str = "unit_hr_a", receiver: str = "unit_hr_b") -> MovementCase:
        self.heard(case, who)
        return self.do(case, "agree", receiver, agreed_on=TODAY, agreement_document="12/CV-SYT")

    def papers(self, case: MovementCase | int, who: str = "province_hr", but: tuple[str, ...] = ()) -> None:
        """The dossier of a luân chuyển, complete but for some."""
        row = case if isinstance(case, MovementCase) else db.session.get_one(MovementCase, case)
        lines = [PaperLine(item.id, True, "01/HS", note="bản chính") for item in row.dossier if item.code not in but]
        if lines and row.state in PREPARING:
            with self.actor_as(who):
                execute(SaveDossier(row.id, lines))

    def decide(self, case: MovementCase | int, who: str = "province_hr", number: str = "88/QĐ", **more: Any) -> Any:
        self.papers(case)
        values = {"decision_number": number, "decision_date": TODAY, "decided_by": "Chủ tịch UBND tỉnh", **more}
        return self.do(case, "decide", who, **values)

    def decided(self, person: int | Person, unit: str, position: Position | None = None, kind: str = "DIEU_DONG",
                receiver: str = "unit_hr_b", **more: Any) -> MovementCase:  # fmt: skip
        case = self.open(person, unit, position, kind, **more)
        self.agreed(case, receiver=receiver)
        return self.decide(case)

    def posts(self, person: int | Person) -> list[tuple[str, int, date, date | None]]:
        number = person if isinstance(person, int) else person.id
        rows = db.session.scalars(
            select(Appointment).where(Appointment.person_id == number).order_by(Appointment.valid_from, Appointment.id)
        )
        return [(row.kind, row.unit_id, row.valid_from, row.valid_to) for row in rows]

    def related(self, person: int, relative: int, relation: str) -> None:
        with transaction():
            db.session.add(
                FamilyRelation(person_id=person, relation=relation, full_name="Người thân", relative_id=relative)
            )


def codes(refused: Any) -> set[str]:
    """The codes of a refusal."""
    return {fault.code for fault in refused.value.faults}
