"""Small records, built straight from the tables: what a test needs to exist before the thing it looks at.

Tests of commands use the commands; this is for everything around them. Nothing here is anybody's: names are invented,
identity numbers begin with 999, which no province has.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from werkzeug.security import generate_password_hash

from hrms.kernel import crypto, text
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.account import Account, RoleAssignment
from models.organization import Establishment, LeadershipQuota, OrgUnit, OrgUnitVersion, Position
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow, YearRating

PASSWORD = "Mat-khau-2025!"
BEGAN = date(2015, 1, 1)
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Đức",
    "Giang",
    "Hà",
    "Hùng",
    "Khánh",
    "Lan",
    "Minh",
    "Nga",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Thảo",
    "Tuấn",
    "Uyên",
    "Vân",
    "Xuân",
    "Yến",
)
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Vũ", "Đặng", "Bùi", "Đỗ")


@lru_cache(maxsize=4)
def _hash(password: str) -> str:
    # One round: these tests look at who may do what, not at the price of guessing.
    return generate_password_hash(password, method="pbkdf2:sha256:1")


class Factory:
    """Builds and commits. Every method returns the stored record; keyword arguments override any column."""

    def unit(
        self,
        code: str,
        name: str,
        parent: OrgUnit | None = None,
        *,
        kind: str = "department",
        level: str = "PROVINCE",
        valid_from: date = BEGAN,
        **more: Any,
    ) -> OrgUnit:
        """A unit with its first version and its path."""
        with transaction():
            row = OrgUnit(
                code=code,
                name=name,
                kind=kind,
                level=level,
                parent_id=parent.id if parent else None,
                valid_from=valid_from,
                folded=text.fold(f"{name} {code}"),
                sort_key=text.sort_key(name),
                **{"paper_symbol": code, "paper_name": name.upper(), **more},
            )
            db.session.add(row)
            db.session.flush()
            row.path = f"{parent.path if parent else '/'}{row.id}/"
            row.depth = parent.depth + 1 if parent else 0
            db.session.add(
                OrgUnitVersion(
                    unit_id=row.id,
                    name=name,
                    kind=kind,
                    level=level,
                    parent_id=row.parent_id,
                    valid_from=valid_from,
                    valid_to=row.valid_to,
                    decision_number="01/QĐ-UBND",
                    decision_date=valid_from,
                )
            )
        return row

    def position(self, unit: OrgUnit, code: str, title: str, **more: Any) -> Position:
        values = {"group": "CHUYEN_NGANH", "valid_from": BEGAN, "approved_number": 5, **more}
        with transaction():
            row = Position(unit_id=unit.id, code=code, title=title, **values)
            db.session.add(row)
        return row

    def establishment(self, unit: OrgUnit, number: int, kind: str = "civil_servant", **more: Any) -> Establishment:
        with transaction():
            row = Establishment(unit_id=unit.id, kind=kind, number=number, **{"valid_from": BEGAN, **more})
            db.session.add(row)
        return row

    def quota(self, unit: OrgUnit, deputies: int, **more: Any) -> LeadershipQuota:
        with transaction():
            row = LeadershipQuota(unit_id=unit.id, deputies=deputies, **{"valid_from": BEGAN, **more})
            db.session.add(row)
        return row

    def person(
        self,
        unit: OrgUnit | None,
        name: str = "",
        *,
        code: str = "",
        birth: date = date(1968, 3, 15),
        sex: str = "male",
        category: str = "civil_servant",
        title: str = "Chuyên viên",
        recruited: date = date(1995, 8, 1),
        coefficient: Decimal | str | None = Decimal("4.98"),
        agreed: int | None = None,
        leadership: Decimal | str = "0",
        insurance: bool = True,
        ratings: bool = True,
        position: Position | None = None,
        leader_rank: str = "",
        **more: Any,
    ) -> Person:
        """A person with one main appointment, one salary row, one insurance period and three yearly ratings."""
        with transaction():
            number = (db.session.scalar(select(func.max(Person.id))) or 0) + 1
            name = name or f"{FAMILY[number % len(FAMILY)]} Văn {GIVEN[number % len(GIVEN)]}"
            code = code or f"CB{number:05d}"
            identity = more.pop("identity_number", f"999{number:09d}")
            row = Person(
                code=code,
                full_name=name,
                folded=text.fold(f"{name} {code}"),
                sort_key=text.name_sort_key(name),
                sex=sex,
                birth_date=birth,
                category=category,
                unit_id=unit.id if unit else None,
                title=title if unit else "",
                is_leader=bool(leader_rank),
                recruited_on=recruited,
                state_service_from=recruited,
                identity_number=identity,
                identity_digest=crypto.digest(identity) if identity else None,
                **more,
            )
            db.session.add(row)
            db.session.flush()
            if unit is not None:
                db.session.add(
                    Appointment(
                        person_id=row.id,
                        unit_id=unit.id,
                        position_id=position.id if position else None,
                        title=title,
                        leader_rank=leader_rank,
                        valid_from=recruited,
                        decision_number=f"{number}/QĐ-SNV",
                        decision_date=recruited,
                    )
                )
            if coefficient is not None or agreed is not None:
                db.session.add(
                    SalaryRow(
                        person_id=row.id,
                        valid_from=date(2023, 1, 1),
                        coefficient=None if agreed is not None else Decimal(str(coefficient)),
                        agreed_amount=agreed,
                        leadership=Decimal(str(leadership)),
                        grade_code="01.003",
                        grade_name="Chuyên viên",
                        scale_code="A1",
                        step=9,
                        decision_number=f"{number}/QĐ-NL",
                        decision_date=date(2023, 1, 1),
                    )
                )
            if insurance:
                db.session.add(
                    InsurancePeriod(person_id=row.id, starts_on=recruited.replace(day=1), employer="Cơ quan nhà nước")
                )
            if ratings:
                for year in (2022, 2023, 2024):
                    db.session.add(
                        YearRating(person_id=row.id, year=year, level="HTT", decision_number=f"{year}/QĐ-XL")
                    )
        return row

    def account(
        self,
        username: str,
        role: str = "",
        unit: OrgUnit | None = None,
        person: Person | None = None,
        *,
        password: str = PASSWORD,
        must_change: bool = False,
        active: bool = True,
        display_name: str = "",
        **more: Any,
    ) -> Account:
        """A FAB user with its account and, when ``role`` is given, that role on ``unit`` (none: the whole province)."""
        with transaction():
            user = User(
                first_name=username,
                last_name="",
                username=username,
                password=_hash(password),
                active=active,
                email=f"{username}@example.invalid",
            )
            db.session.add(user)
            db.session.flush()
            row = Account(
                user_id=user.id,
                username=username,
                display_name=display_name or username,
                person_id=person.id if person else None,
                unit_id=unit.id if unit else None,
                must_change_password=must_change,
                **more,
            )
            db.session.add(row)
            db.session.flush()
            if role:
                db.session.add(
                    RoleAssignment(account_id=row.id, role=role, unit_id=unit.id if unit else None, valid_from=BEGAN)
                )
        return row

    def assign(self, account: Account, role: str, unit: OrgUnit | None = None, **more: Any) -> RoleAssignment:
        """One more role for an account."""
        with transaction():
            row = RoleAssignment(
                account_id=account.id, role=role, unit_id=unit.id if unit else None, **{"valid_from": BEGAN, **more}
            )
            db.session.add(row)
        return row
