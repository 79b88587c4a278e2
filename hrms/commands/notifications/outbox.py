"""Putting messages into inboxes: once per account and key, by what the person prefers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hrms.commands.notifications.kinds import KINDS, NONE
from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.validity import lasts
from models.account import Account
from models.notification import Notification, NotificationPreference

SLICE = 400  # keys per statement: SQLite takes a limited number of parameters


@dataclass(frozen=True)
class Message:
    """One message for one account. ``key`` names the matter: the same key is told to the account once, ever.

    ``link`` is a path inside the application; ``count`` how many matters the message gathers.
    """

    account_id: int
    kind: str
    key: str
    title: str
    body: str = ""
    link: str = ""
    level: str = "info"
    due_on: date | None = None
    count: int = 1


def send(messages: Iterable[Message]) -> int:
    """Store the messages that are new and wanted; returns how many. To be called inside a transaction."""
    wanted = {(message.account_id, message.key[:160]): message for message in messages}
    if not wanted:
        return 0
    accounts = {account_id for account_id, _key in wanted}
    able = _able(accounts)
    known = _known(accounts, {key for _account, key in wanted})
    wishes = _preferences(accounts)
    rows = []
    for (account_id, key), message in wanted.items():
        if account_id not in able or (account_id, key) in known:
            continue
        kind = KINDS[message.kind]
        inbox, email = wishes.get((account_id, message.kind), (True, kind.email))
        if not inbox and not kind.fixed and email == NONE:
            continue
        if not message.link.startswith("/") or message.link.startswith("//"):
            raise ValueError(f"a message of {message.kind} must link inside the application")
        row = Notification(
            account_id=account_id, kind=message.kind, key=key, title=message.title[:250], body=message.body,
            link=message.link[:250], count=message.count, level=message.level, due_on=message.due_on, email=email,
        )  # fmt: skip
        if not inbox and not kind.fixed:
            row.read_at = clock.now()  # only by e-mail, as the person wishes
        rows.append(row)
    db.session.add_all(rows)
    return len(rows)


def _slices(values: Iterable[object]) -> Iterable[list[object]]:
    ordered = sorted(values, key=str)
    for start in range(0, len(ordered), SLICE):
        yield ordered[start : start + SLICE]


def _able(accounts: set[int]) -> set[int]:
    """Accounts that may still be used."""
    found: set[int] = set()
    for part in _slices(accounts):
        query = select(Account.id).where(Account.id.in_(part), lasts(Account, clock.today()))
        found.update(db.session.scalars(query))
    return found


def _known(accounts: set[int], keys: set[str]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    by_account = len(accounts) <= len(keys)
    for part in _slices(accounts if by_account else keys):
        column = Notification.account_id if by_account else Notification.key
        query = select(Notification.account_id, Notification.key).where(column.in_(part))
        found.update((account_id, key) for account_id, key in db.session.execute(query))
    return found


def _preferences(accounts: set[int]) -> dict[tuple[int, str], tuple[bool, str]]:
    found: dict[tuple[int, str], tuple[bool, str]] = {}
    for part in _slices(accounts):
        query = select(NotificationPreference).where(NotificationPreference.account_id.in_(part))
        found.update({(row.account_id, row.kind): (row.inbox, row.email) for row in db.session.scalars(query)})
    return found
