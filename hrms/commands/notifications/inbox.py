"""One's own inbox and preferences. There is no way to read another account's messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update

from hrms.commands.notifications.kinds import EMAIL_MODES, KINDS
from hrms.kernel import actor, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from models.account import Account
from models.notification import Notification, NotificationPreference

SHOWN = 200


def own_account_id() -> int:
    """The account of the signed-in user."""
    found = db.session.scalar(select(Account.id).where(Account.user_id == actor.current().user_id))
    if found is None:
        raise NotFound()
    return found


def mine(account_id: int, *, unread_only: bool = False, kind: str = "") -> Select[tuple[Notification]]:
    """The account's messages, unread first, newest first."""
    query = select(Notification).where(Notification.account_id == account_id)
    if unread_only:
        query = query.where(Notification.read_at.is_(None))
    if kind:
        query = query.where(Notification.kind == kind)
    return query.order_by(Notification.read_at.is_not(None), Notification.id.desc()).limit(SHOWN)


def unread(account_id: int) -> int:
    query = select(func.count()).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    return int(db.session.scalar(query) or 0)


def opened(notification_id: int) -> Notification:
    """One message of one's own."""
    found = db.session.scalar(
        select(Notification).where(Notification.id == notification_id, Notification.account_id == own_account_id())
    )
    if found is None:
        raise NotFound()
    return found


@dataclass
class MarkRead(Command[int]):
    """Mark messages as read: those named, or all of one's own."""

    ids: list[int] = field(default_factory=list)
    everything: bool = False

    def validate(self) -> Iterator[Fault]:
        self._account_id = own_account_id()
        if not self.ids and not self.everything:
            yield Fault("ids", _("Chưa chọn thông báo nào."))

    def run(self) -> int:
        change = update(Notification).where(Notification.account_id == self._account_id, Notification.read_at.is_(None))
        if not self.everything:
            change = change.where(Notification.id.in_(self.ids))
        return int(getattr(db.session.execute(change.values(read_at=clock.now())), "rowcount", 0))


def preferences(account_id: int) -> dict[str, tuple[bool, str]]:
    """kind → (in the inbox, how by e-mail), with the default of every kind the account never set."""
    own = {
        row.kind: (row.inbox, row.email)
        for row in db.session.scalars(
            select(NotificationPreference).where(NotificationPreference.account_id == account_id)
        )
    }
    return {code: own.get(code, (True, kind.email)) for code, kind in KINDS.items()}


@dataclass
class SetPreferences(Command[None]):
    """Say for each kind if it shows in the inbox and how it comes by e-mail; what must be told stays in the inbox."""

    wishes: dict[str, tuple[bool, str]]

    def validate(self) -> Iterator[Fault]:
        self._account_id = own_account_id()
        for code, (inbox, email) in self.wishes.items():
            if code not in KINDS:
                yield Fault("wishes", _("Không có loại thông báo “%(code)s”.", code=code))
            elif email not in EMAIL_MODES:
                yield Fault(code, _("Cách gửi thư “%(value)s” không có. Hãy chọn trong danh sách.", value=email))
            elif KINDS[code].fixed and not inbox:
                yield Fault(code, _("Loại “%(label)s” luôn hiện trong hộp thông báo.", label=str(KINDS[code].label)))

    def run(self) -> None:
        known = {
            row.kind: row
            for row in db.session.scalars(
                select(NotificationPreference).where(NotificationPreference.account_id == self._account_id)
            )
        }
        for code, (inbox, email) in self.wishes.items():
            row = known.get(code)
            if row is None:
                row = NotificationPreference(account_id=self._account_id, kind=code)
                db.session.add(row)
            row.inbox, row.email = inbox, email
