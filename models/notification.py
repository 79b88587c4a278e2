"""Messages to people: the inbox, what each wants to be told and how, and the private calendar feed."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder import Model
from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import clock
from hrms.kernel.db import BigInt, UtcDateTime
from models.account import Account


class Notification(Model):
    """One message of one account. ``key`` is unique for the account: a matter is told once, however often a job runs.

    ``emailed_at`` empty with ``email`` due means the digest or the sender still owes it. The text names no figures a
    stranger at the screen should not see.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("account_id", "key", name="uq_notification"),
        Index("ix_notification_inbox", "account_id", "read_at", "id"),
        Index("ix_notification_email", "email", "emailed_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    key: Mapped[str] = mapped_column(String(160), nullable=False)
    title: Mapped[str] = mapped_column(String(250), nullable=False)
    body: Mapped[str] = mapped_column(Text, nullable=False, default="")
    link: Mapped[str] = mapped_column(String(250), nullable=False, default="")  # path inside the application
    count: Mapped[int] = mapped_column(Integer, nullable=False, default=1)  # matters gathered in one message
    level: Mapped[str] = mapped_column(String(8), nullable=False, default="info")  # info | due | late | failure
    due_on: Mapped[date | None] = mapped_column(Date)
    email: Mapped[str] = mapped_column(String(8), nullable=False, default="none")  # none | now | digest
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    error: Mapped[str] = mapped_column(String(250), nullable=False, default="")


class NotificationPreference(Model):
    """What an account wants for one kind of message; no row: the kind's default."""

    __tablename__ = "notification_preference"
    __table_args__ = (UniqueConstraint("account_id", "kind", name="uq_notification_preference"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    inbox: Mapped[bool] = mapped_column(nullable=False, default=True)
    email: Mapped[str] = mapped_column(String(8), nullable=False, default="digest")  # none | now | digest


class CalendarToken(Model):
    """The private address of a calendar feed: only the digest of the token is kept; a new one ends the old one."""

    __tablename__ = "calendar_token"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), nullable=False, index=True)
    digest: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_ = Account  # the table the keys above point to
