"""The demonstration accounts: who they are, how they are made, and which still have the published password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from config import DEMO_PASSWORD
from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.validity import lasts
from models.account import Account, RoleAssignment
from models.organization import OrgUnit
from models.staff import Person


@dataclass(frozen=True)
class DemoAccount:
    """``place`` says where in the demonstration province the account sits; ``whole`` roles reach the whole province."""

    username: str
    role: str
    place: str
    whole: bool
    fallback_name: str


# The department rich in cases (``home``), another one, and the two departments that see the whole province.
HOME, OTHER, INTERIOR, FINANCE = "home", "other", "interior", "finance"
GOVERNMENT, INSPECTORATE = "government", "inspectorate"
OWN = "staff_member"
ACCOUNTS = (
    DemoAccount("admin", "system_admin", GOVERNMENT, True, "Quản trị hệ thống"),
    DemoAccount("sonoivu", "province_hr", INTERIOR, True, "Cán bộ Sở Nội vụ"),
    DemoAccount("donvi", "unit_hr", HOME, False, "Cán bộ tổ chức đơn vị"),
    DemoAccount("thutruong", "unit_head", HOME, False, "Thủ trưởng đơn vị"),
    DemoAccount("taichinh", "finance", FINANCE, True, "Cán bộ Sở Tài chính"),
    DemoAccount("lanhdao", "leadership", GOVERNMENT, True, "Lãnh đạo tỉnh"),
    # Beside the accounts of the contract: who rates and decides the heads of departments and the departments.
    DemoAccount("chutich", "province_head", GOVERNMENT, False, "Chủ tịch UBND tỉnh"),
    DemoAccount("kiemtra", "auditor", INSPECTORATE, True, "Thanh tra viên"),
    DemoAccount("canbo", "staff_member", HOME, False, "Công chức"),
    DemoAccount("donvi2", "unit_hr", OTHER, False, "Cán bộ tổ chức đơn vị khác"),
)


def create_demo_accounts(
    places: dict[str, OrgUnit], people: dict[str, Person], password: str, valid_from: date
) -> dict[str, Account]:
    """Write the accounts; call inside a transaction. ``people`` maps user names to the person behind the account."""
    made: dict[str, Account] = {}
    for wanted in ACCOUNTS:
        person = people.get(wanted.username)
        unit = places[wanted.place]
        name = person.full_name if person is not None else wanted.fallback_name
        account = add_account(wanted.username, name, wanted.role, password, unit, person)
        assignment = RoleAssignment(
            role=wanted.role,
            unit_id=None if wanted.whole or wanted.role == OWN else unit.id,
            valid_from=valid_from,
        )
        account.assignments.append(assignment)
        if person is not None and wanted.role not in (OWN, "system_admin"):
            # Heads and officers are rated too: their own sheet, their own record.
            account.assignments.append(RoleAssignment(role=OWN, unit_id=None, valid_from=valid_from))
        made[wanted.username] = account
    db.session.flush()
    return made


def add_account(username: str, name: str, role: str, password: str, unit: OrgUnit, person: Person | None) -> Account:
    """One demonstration account with its FAB user; no duty to change the password: a visitor begins at once."""
    family, _space, given = name.rpartition(" ")
    user = User(
        username=username,
        first_name=given[:64],
        last_name=(family or name)[:64],
        email=f"{username}@demo.invalid",  # the reserved domain: nothing is ever sent there
        active=True,
        password=generate_password_hash(password),
        roles=list(db.session.scalars(select(FabRole).where(FabRole.name == role))),
    )
    db.session.add(user)
    db.session.flush()
    account = Account(
        user_id=user.id,
        username=username,
        display_name=name,
        person_id=person.id if person is not None else None,
        unit_id=unit.id,
        must_change_password=False,
        is_demo=True,
    )
    db.session.add(account)
    db.session.flush()
    return account


def default_passwords_left() -> list[str]:
    """Usable demonstration accounts whose password is still the published one (or the configured demonstration one)."""
    known = {DEMO_PASSWORD, current_app.config["HRMS"].demo_password}
    rows = db.session.execute(
        select(Account.username, User.password)
        .join(User, User.id == Account.user_id)
        .where(
            Account.is_demo.is_(True),
            User.active.is_(True),
            lasts(Account, clock.today()),
        )
        .order_by(Account.username)
    ).all()
    return [name for name, stored in rows if any(check_password_hash(stored, password) for password in known)]
