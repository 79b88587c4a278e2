"""The private calendar feed: deadlines and expiries of one account as iCalendar, under an address nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from hrms.commands.notifications.inbox import own_account_id
from hrms.kernel import clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from models.account import Account
from models.notification import CalendarToken, Notification

KEPT_DAYS = 400  # past deadlines stay in the feed about a year
MOST = 2000


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class NewAddress(Command[str]):
    """Make a new secret address; the one before stops working at once. Returns the token, shown this one time."""

    def validate(self) -> Iterator[Fault]:
        self._account_id = own_account_id()
        return iter(())

    def run(self) -> str:
        _end(self._account_id)
        token = secrets.token_urlsafe(32)
        db.session.add(CalendarToken(account_id=self._account_id, digest=_digest(token)))
        return token


@dataclass
class EndAddress(Command[None]):
    """Stop the feed."""

    def validate(self) -> Iterator[Fault]:
        self._account_id = own_account_id()
        return iter(())

    def run(self) -> None:
        _end(self._account_id)


def _end(account_id: int) -> None:
    db.session.execute(
        update(CalendarToken)
        .where(CalendarToken.account_id == account_id, CalendarToken.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def current(account_id: int) -> CalendarToken | None:
    """The feed in use, without its secret."""
    return db.session.scalar(
        select(CalendarToken).where(CalendarToken.account_id == account_id, CalendarToken.ended_at.is_(None))
    )


def feed(token: str) -> bytes:
    """The feed behind ``token``. Raises :class:`NotFound` for an unknown or ended token, or an ended account."""
    from icalendar import Calendar, Event  # not with the server's start

    found = db.session.scalar(
        select(CalendarToken).where(CalendarToken.digest == _digest(token), CalendarToken.ended_at.is_(None))
    )
    account = db.session.get(Account, found.account_id) if found is not None else None
    if found is None or account is None or (account.valid_to is not None and account.valid_to < clock.today()):
        raise NotFound()
    calendar = Calendar()
    calendar.add("prodid", "-//HRMS//vi")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Thời hạn công việc tổ chức cán bộ"))
    query = (
        select(Notification)
        .where(
            Notification.account_id == account.id,
            Notification.due_on.is_not(None),
            Notification.due_on >= clock.today() - timedelta(days=KEPT_DAYS),
        )
        .order_by(Notification.due_on.desc(), Notification.id.desc())
        .limit(MOST)
    )
    for row in db.session.scalars(query):
        event = Event()
        event.add("uid", f"{row.id}@hrms")
        event.add("summary", row.title)
        event.add("dtstart", row.due_on)
        event.add("dtend", (row.due_on or clock.today()) + timedelta(days=1))
        event.add("dtstamp", row.created_at)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
