"""Accounts: who may log in, as whom, with which role on which unit, from when to when."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder import Model
from sqlalchemy import Date, ForeignKey, Index, Integer, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import access, clock
from hrms.kernel.db import BigInt, Tracked, UtcDateTime, db
from models import law
from models.organization import OrgUnit
from models.staff import Person


class Account(Tracked, Model):
    """What this application knows about a FAB user: the person behind it, first-login duty, lock and end."""

    __tablename__ = "account"
    __untracked__ = ("failures", "last_seen_at", "password_changed_at")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False, unique=True)
    username: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    display_name: Mapped[str] = mapped_column(String(150), nullable=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    must_change_password: Mapped[bool] = mapped_column(nullable=False, default=True)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # sessions older than this are over
    failures: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[date | None] = mapped_column(Date)  # last day the account may be used
    ended_reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(nullable=False, default=False)

    person: Mapped[Person | None] = relationship()
    unit: Mapped[OrgUnit | None] = relationship()
    assignments: Mapped[list[RoleAssignment]] = relationship(back_populates="account", order_by="RoleAssignment.id")

    def __str__(self) -> str:
        return self.display_name


class PasswordUsed(Model):
    """Hashes of passwords an account had before: an administrator may not return to the last ten (SEC-02)."""

    __tablename__ = "password_used"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), nullable=False, index=True)
    hash: Mapped[str] = mapped_column(String(256), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


class RoleAssignment(Tracked, Model):
    """One role of one account on one unit (its whole subtree), from one day to another."""

    __tablename__ = "role_assignment"
    __table_args__ = (Index("ix_role_assignment", "account_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), nullable=False)
    role: Mapped[str] = mapped_column(String(30), nullable=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)  # empty: province-wide
    valid_from: Mapped[date] = mapped_column(Date, nullable=False, default=clock.today)
    valid_to: Mapped[date | None] = mapped_column(Date)

    account: Mapped[Account] = relationship(back_populates="assignments")
    unit: Mapped[OrgUnit | None] = relationship()


class SecurityEvent(Model):
    """Log-ins, failures, locks, rights changed, exports, clear views of sensitive fields. No personal data inside."""

    __tablename__ = "security_event"
    __table_args__ = (
        Index("ix_security_event_at", "at"),
        Index("ix_security_event_user", "user_id", "id"),
        Index("ix_security_event_target", "target", "id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    user_id: Mapped[int | None] = mapped_column(Integer)
    target: Mapped[str] = mapped_column(String(120), nullable=False, default="")  # record type and id, or account id
    detail: Mapped[str] = mapped_column(String(400), nullable=False, default="")
    source: Mapped[str] = mapped_column(String(64), nullable=False, default="")  # address it came from
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


def load_grants(user_id: int) -> list[access.Grant]:
    """The grants of an account today. A locked, ended or unknown account has none."""
    today = clock.today()
    rows = db.session.execute(
        select(RoleAssignment.role, OrgUnit.path, OrgUnit.id, Account.person_id, *law.stamp())
        .select_from(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .outerjoin(OrgUnit, OrgUnit.id == RoleAssignment.unit_id)
        .where(
            Account.user_id == user_id,
            or_(Account.valid_to.is_(None), Account.valid_to >= today),
            RoleAssignment.valid_from <= today,
            or_(RoleAssignment.valid_to.is_(None), RoleAssignment.valid_to >= today),
        )
    ).all()
    if rows:  # so that a page that calculates asks nothing more to know which law is in force
        db.session().info[law.STAMP] = (int(rows[0][4]), rows[0][5])
    known = access.roles()
    return [
        access.Grant(known[role], path if unit_id is not None else "/", person_id, unit_id)
        for role, path, unit_id, person_id, *_stamp in rows
        if role in known
    ]


class SavedFilter(Model):
    """A list's filters a user keeps under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter", "user_id", "list_name"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    list_name: Mapped[str] = mapped_column(String(60), nullable=False)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    query: Mapped[str] = mapped_column(String(1000), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
