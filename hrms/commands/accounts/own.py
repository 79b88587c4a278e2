"""What a user does with the own account: change the password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands import security_log
from hrms.commands.accounts.passwords import NOT_AGAIN, hashed, is_current, password_faults, set_password, was_used
from hrms.kernel import access, actor, clock
from hrms.kernel.commands import Command, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from models.account import Account

WRONG = "wrong_password"


def own_account() -> Account:
    """The account of the current user. Raises NotFound for jobs and the command line."""
    user_id = actor.current().user_id
    account = db.session.scalar(select(Account).where(Account.user_id == user_id)) if user_id is not None else None
    if account is None:
        raise NotFound()
    return account


@dataclass
class ChangeOwnPassword(Command[Account]):
    """A new password of one's own, against the old one."""

    old: str
    new: str
    again: str

    def validate(self) -> Iterator[Fault]:
        self._account = own_account()
        if not is_current(self._account, self.old):
            yield Fault("old", _("Mật khẩu hiện tại không đúng."), code=WRONG)
            return  # nothing about the new one is told to somebody who does not know the old one
        yield from password_faults(self.new, self._account.username, "new")
        if self.new != self.again:
            yield Fault("again", _("Hai lần nhập mật khẩu mới không giống nhau. Hãy nhập lại."))
        if self.new == self.old:
            yield Fault("new", _("Mật khẩu mới trùng mật khẩu hiện tại. Hãy chọn mật khẩu khác."))
        elif access.may("account", "manage") and was_used(self._account, self.new):
            yield Fault(
                "new",
                _("Quản trị viên không dùng lại %(n)s mật khẩu gần nhất. Hãy chọn mật khẩu khác.", n=NOT_AGAIN),
            )

    def run(self) -> Account:
        set_password(self._account, hashed(self.new), must_change=False)
        security_log.record("password_changed", f"account {self._account.id}")
        return self._account


def remember_wrong_password() -> bool:
    """Count a wrong old password like a wrong log-in; returns whether the account is locked now (SEC-03)."""
    settings = current_app.config["HRMS"]
    with transaction():
        account = own_account()
        account.failures += 1
        kind = "password_refused"
        if account.failures >= settings.lock_after_failures:
            account.failures, kind = 0, "locked"
            account.locked_until = clock.now() + timedelta(hours=settings.lock_hours)
        security_log.record(kind, f"account {account.id}")
    return kind == "locked"
