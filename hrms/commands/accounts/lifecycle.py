"""An account from its making to its end: create, reset the password, unlock, end, open again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.accounts.passwords import generate, hashed, password_faults, set_password, user_of
from hrms.commands.accounts.rights import (
    ADMIN,
    account_to_manage,
    describe,
    in_force,
    note_rights,
    role_faults,
)
from hrms.commands.accounts.usernames import username_faults
from hrms.kernel import access, actor, clock
from hrms.kernel.commands import Command, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize, split_name
from hrms.kernel.validity import lasts
from models.account import Account, RoleAssignment
from models.staff import Person

NOWHERE = "noi-bo.invalid"  # FAB wants an address; the reserved domain: nothing is ever sent there


@dataclass
class NewAccount:
    """What came of creating an account or a new password: shown once, stored nowhere in clear."""

    account: Account
    password: str

    @property
    def id(self) -> int:
        return self.account.id


def make_account(
    username: str, display_name: str, stored: str, person: Person | None, unit_id: int | None, role: str, **dates: Any
) -> Account:
    """The rows of an account with its FAB user and first role. ``stored`` is the password's hash."""
    name = split_name(display_name)
    user = User(
        username=username,
        first_name=(name.given or display_name)[:64],
        last_name=(name.family_and_middle or display_name)[:64],
        email=f"{username}@{NOWHERE}",
        active=True,
        password=stored,
        roles=list(db.session.scalars(select(FabRole).where(FabRole.name == role))),
    )
    db.session.add(user)
    db.session.flush()
    account = Account(
        user_id=user.id,
        username=username,
        display_name=display_name,
        person_id=person.id if person is not None else None,
        unit_id=dates.pop("home_unit_id", None) or unit_id or (person.unit_id if person is not None else None),
        must_change_password=True,
        password_changed_at=clock.now(),
        is_demo=person is not None and person.is_demo,
    )
    db.session.add(account)
    db.session.flush()
    row = RoleAssignment(account_id=account.id, role=role, unit_id=unit_id, **dates)
    db.session.add(row)
    db.session.flush()
    note_rights(account, _("Lập tài khoản; cấp vai trò: %(row)s", row=describe(row)), "account_created")
    return account


@dataclass
class CreateAccount(Command[NewAccount]):
    """An account for one person. The answer carries the one-time password; the first log-in must change it.

    ``unit_id`` is the unit of the role; ``home_unit_id`` where the person works when there is no staff record.
    """

    username: str
    role: str
    unit_id: int | None = None
    display_name: str = ""
    person_id: int | None = None
    valid_from: date | None = field(default_factory=clock.today)
    valid_to: date | None = None
    home_unit_id: int | None = None
    whole_province: bool = False
    password: str = ""  # empty: one is made

    def validate(self) -> Iterator[Fault]:
        access.require("account", "manage")
        self.username = normalize(self.username).lower()
        self.display_name = normalize(self.display_name)
        yield from username_faults(self.username)
        self._person: Person | None = None
        if self.person_id is not None:
            yield from self._person_faults(self.person_id)
        if self._person is not None and not self.display_name:
            self.display_name = self._person.full_name
        if not self.display_name:
            yield Fault("display_name", _("Chưa nhập họ tên người dùng. Hãy nhập họ tên hoặc chọn cán bộ."))
        elif len(self.display_name) > 120:
            yield Fault("display_name", _("Họ tên dài quá 120 ký tự. Hãy viết gọn lại."))
        yield from role_faults(
            self.role,
            self.unit_id,
            self.valid_from,
            self.valid_to,
            has_person=self._person is not None,
            whole_province=self.whole_province,
        )
        if self.home_unit_id is not None and not access.in_scope(self.home_unit_id, "account", "manage"):
            yield Fault("home_unit_id", _("Không tìm thấy đơn vị này trong phạm vi của bạn. Hãy chọn đơn vị khác."))
        if self.password:
            yield from password_faults(self.password, self.username)

    def _person_faults(self, person_id: int) -> Iterable[Fault]:
        person = person_in_scope(person_id)
        if person is None:
            yield Fault("person_id", _("Không tìm thấy cán bộ này trong phạm vi của bạn. Hãy chọn lại."))
            return
        self._person = person
        other = db.session.scalar(select(Account.username).where(Account.person_id == person_id))
        if other is not None:
            yield Fault(
                "person_id",
                _(
                    "%(name)s đã có tài khoản “%(other)s”. Mỗi người chỉ có một tài khoản; hãy mở tài khoản đó.",
                    name=person.full_name,
                    other=other,
                ),
            )
        if person.status == "left":
            yield Fault(
                "person_id",
                _("%(name)s đã nghỉ hoặc đã chuyển đi. Hãy chọn người đang làm việc.", name=person.full_name),
            )

    def run(self) -> NewAccount:
        password = self.password or generate()
        account = make_account(
            self.username,
            self.display_name,
            hashed(password),
            self._person,
            self.unit_id,
            self.role,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            home_unit_id=self.home_unit_id,
        )
        return NewAccount(account, password)

    def replay(self, receipt: Any) -> NewAccount:
        return NewAccount(access.get(Account, receipt, "manage"), "")  # the password was shown the first time


def person_in_scope(person_id: int) -> Person | None:
    """A person one may make an account for: by the scope over accounts, which is no right to read the record."""
    query = select(Person).where(Person.id == person_id)
    units = access.units_for("account", "manage")
    if units is not None:
        query = query.where(Person.unit_id.in_(units))
    return db.session.scalar(query)


@dataclass
class ResetPassword(Command[NewAccount]):
    """A new one-time password; the lock, if there is one, opens; whoever is logged in under the account is out."""

    account_id: int
    password: str = ""  # empty: one is made

    def validate(self) -> Iterator[Fault]:
        self._account = account_to_manage(self.account_id)
        if self._account.user_id == actor.current().user_id:
            yield Fault("", _("Hãy đổi mật khẩu của mình ở mục Mật khẩu."))
        if is_over(self._account):
            yield Fault("", _("Tài khoản đã kết thúc. Hãy mở lại tài khoản trước."))
        if self.password:
            yield from password_faults(self.password, self._account.username)

    def run(self) -> NewAccount:
        password = self.password or generate()
        set_password(self._account, hashed(password), must_change=True)
        self._account.locked_until = None
        note_rights(self._account, _("Đặt lại mật khẩu"), "password_reset")
        return NewAccount(self._account, password)

    def replay(self, receipt: Any) -> NewAccount:
        return NewAccount(access.get(Account, receipt, "manage"), "")


@dataclass
class UnlockAccount(Command[Account]):
    """Open a lock before its time is over."""

    account_id: int

    def validate(self) -> Iterator[Fault]:
        self._account = account_to_manage(self.account_id)
        if self._account.locked_until is None or self._account.locked_until <= clock.now():
            yield Fault("", _("Tài khoản không bị khóa."))

    def run(self) -> Account:
        self._account.locked_until, self._account.failures = None, 0
        note_rights(self._account, _("Mở khóa tài khoản"), "unlocked")
        return self._account

    def replay(self, receipt: Any) -> Account:
        return access.get(Account, receipt, "manage")


@dataclass
class EndAccount(Command[Account]):
    """An account ends, and its roles with it. ``last_day`` empty: at once. Its name never passes on."""

    account_id: int
    reason: str
    last_day: date | None = None

    def validate(self) -> Iterator[Fault]:
        self._account = account_to_manage(self.account_id)
        if self._account.user_id == actor.current().user_id:
            yield Fault("", _("Bạn không tự kết thúc tài khoản của chính mình. Hãy nhờ quản trị viên khác."))
        if is_over(self._account):
            yield Fault("", _("Tài khoản đã kết thúc ngày %(day)s.", day=format_date(_last_day(self._account))))
        if not normalize(self.reason):
            yield Fault("reason", _("Chưa ghi lý do kết thúc. Hãy ghi lý do, ví dụ số quyết định nghỉ hưu."))
        elif len(normalize(self.reason)) > 200:
            yield Fault("reason", _("Lý do dài quá 200 ký tự. Hãy viết gọn lại."))
        if self.last_day is not None and self.last_day < clock.today():
            yield Fault(
                "last_day", _("Ngày cuối %(day)s đã qua. Để trống để kết thúc ngay.", day=format_date(self.last_day))
            )
        if not _other_admin(self._account.id):
            yield Fault("", _("Đây là quản trị viên cuối cùng. Hãy cấp quyền quản trị cho người khác trước."))

    def run(self) -> Account:
        end(self._account, self.last_day or clock.today() - timedelta(days=1), normalize(self.reason))
        return self._account

    def replay(self, receipt: Any) -> Account:
        return access.get(Account, receipt, "manage")


@dataclass
class ReopenAccount(Command[NewAccount]):
    """An ended account is opened again, with a new one-time password and without roles: they are given anew."""

    account_id: int
    reason: str

    def validate(self) -> Iterator[Fault]:
        self._account = account_to_manage(self.account_id)
        if not is_over(self._account) and self._account.valid_to is None:
            yield Fault("", _("Tài khoản đang dùng được, không cần mở lại."))
        if not normalize(self.reason):
            yield Fault("reason", _("Chưa ghi lý do mở lại. Hãy ghi lý do."))
        person = self._account.person
        if person is not None and person.status == "left":
            yield Fault("", _("%(name)s đã nghỉ hoặc đã chuyển đi nên không mở lại tài khoản.", name=person.full_name))

    def run(self) -> NewAccount:
        password = generate()
        self._account.valid_to, self._account.ended_reason, self._account.locked_until = None, "", None
        user_of(self._account).active = True
        set_password(self._account, hashed(password), must_change=True)
        note_rights(
            self._account, _("Mở lại tài khoản. Lý do: %(reason)s", reason=normalize(self.reason)), "account_reopened"
        )
        return NewAccount(self._account, password)

    def replay(self, receipt: Any) -> NewAccount:
        return NewAccount(access.get(Account, receipt, "manage"), "")


def is_over(account: Account) -> bool:
    """Whether the account's last day has passed."""
    return account.valid_to is not None and account.valid_to < clock.today()


def _last_day(account: Account) -> date:
    assert account.valid_to is not None
    return account.valid_to


def end(account: Account, last_day: date, reason: str) -> None:
    """Write the end of an account and of its roles. Inside a transaction."""
    account.valid_to, account.ended_reason = last_day, reason[:200]
    if last_day < clock.today():
        user_of(account).active = False
    rows = db.session.scalars(
        select(RoleAssignment).where(RoleAssignment.account_id == account.id, in_force(clock.today()))
    )
    for row in rows:
        if row.valid_to is None or row.valid_to > last_day:
            row.valid_to = last_day
    note_rights(
        account,
        _("Kết thúc tài khoản từ sau ngày %(day)s. Lý do: %(reason)s", day=format_date(last_day), reason=reason),
        "account_ended",
    )
    access.forget_grants()


def _other_admin(account_id: int) -> bool:
    """Whether somebody else can still manage the system (always true when this account does not)."""
    today = clock.today()
    admins = set(
        db.session.scalars(
            select(RoleAssignment.account_id)
            .join(Account, Account.id == RoleAssignment.account_id)
            .where(
                RoleAssignment.role == ADMIN,
                RoleAssignment.valid_from <= today,
                in_force(today),
                lasts(Account, today),
            )
        )
    )
    return account_id not in admins or len(admins) > 1


def end_accounts_of_leavers(day: date | None = None) -> int:
    """Accounts of people who have left end with their last day (SEC-08). Returns how many. For the daily action."""
    day = day or clock.today()
    query = (
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(
            Person.left_on.is_not(None),
            Person.left_on <= day,  # left_on is the first day away
            lasts(Account, Person.left_on),
        )
    )
    with transaction():
        rows = list(db.session.scalars(query))
        for account in rows:
            assert account.person is not None and account.person.left_on is not None
            end(account, account.person.left_on - timedelta(days=1), _("người dùng đã nghỉ, đã chuyển công tác"))
    return len(rows)
