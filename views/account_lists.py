"""The lists of accounts and of security events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from hrms.commands import finding
from hrms.commands.accounts import assigned_today
from hrms.commands.accounts.lifecycle import is_over
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold, format_date
from hrms.kernel.validity import holds
from models.account import Account, RoleAssignment, SecurityEvent
from models.staff import Person
from views import words
from views.filters import unit_filter
from views.listing import Column, Filter, ListSpec, day_of, declare
from views.posted import identifier
from views.words_security import detail_words, target_words

STATES: dict[str, Callable[[], str]] = {
    "open": lambda: _("Đang dùng"), "new": lambda: _("Chưa đăng nhập"), "locked": lambda: _("Đang khóa"),
    "ended": lambda: _("Đã kết thúc"),
}


def state_of(account: Account) -> tuple[str, str]:
    """The account's state as a badge."""
    if is_over(account):
        return "closed", _("Đã kết thúc")
    if account.locked_until is not None and account.locked_until > clock.now():
        return "bad", _("Đang khóa")
    if account.last_seen_at is None:
        return "warn", _("Chưa đăng nhập")
    return "done", _("Đang dùng")


def _by_state(query: Select[Any], value: str) -> Select[Any]:
    over = and_(Account.valid_to.is_not(None), Account.valid_to < clock.today())
    locked = and_(Account.locked_until.is_not(None), Account.locked_until > clock.now())
    if value == "ended":
        return query.where(over)
    if value == "locked":
        return query.where(~over, locked)
    if value == "new":
        return query.where(~over, Account.last_seen_at.is_(None))
    return query.where(~over, ~locked) if value == "open" else query


def _search(query: Select[Any], text: str) -> Select[Any]:
    named = Account.person_id.in_(select(Person.id).where(finding.words_in(Person.folded, text)))
    username = Account.username.like(f"%{finding.pattern(fold(text))}%", escape="\\")
    return query.where(or_(username, named, Account.display_name.contains(text, autoescape=True)))


def _with_roles(accounts: Sequence[Account]) -> None:
    held = assigned_today([account.id for account in accounts])
    for account in accounts:
        account.held = held[account.id]


def roles_text(rows: Sequence[RoleAssignment]) -> str:
    """Roles with their units and ends, in one line."""
    known = access.roles()
    parts = []
    for row in rows:
        label = words.word(known[row.role].label) if row.role in known else row.role
        if row.unit is not None:
            label += f" – {row.unit.short_name or row.unit.name}"
        if row.valid_to is not None:
            label += " " + _("(đến %(day)s)", day=format_date(row.valid_to))
        parts.append(label)
    return "; ".join(parts)


def _by_role(query: Select[Any], value: str) -> Select[Any]:
    today = clock.today()
    return query.where(
        select(RoleAssignment.id)
        .where(
            RoleAssignment.account_id == Account.id, RoleAssignment.role == value, holds(RoleAssignment, today),
        )
        .exists()
    )  # fmt: skip


ACCOUNTS = declare(
    ListSpec(
        name="accounts",
        title=lambda: _("Tài khoản"),
        model=Account,
        columns=(
            Column("username", lambda: _("Tên đăng nhập"), "username", sort=(Account.username,), width=20, code=True),
            Column("name", lambda: _("Người dùng"), "display_name", sort=(Account.display_name,), width=30),
            Column("unit", lambda: _("Đơn vị"), "unit.name", width=36),
            Column("roles", lambda: _("Vai trò"), lambda account: roles_text(account.held), width=50),
            Column("state", lambda: _("Trạng thái"), state_of, kind="badge"),
            Column("seen", lambda: _("Đăng nhập gần nhất"), "last_seen_at", kind="date", sort=(Account.last_seen_at,)),
            Column("until", lambda: _("Dùng đến hết"), "valid_to", kind="date", sort=(Account.valid_to,), shown=False),
            Column("created", lambda: _("Lập lúc"), "created_at", kind="date", sort=(Account.id,), shown=False),
        ),
        search=_search,
        search_hint=lambda: _("Tên đăng nhập, họ tên, số hiệu"),
        filters=(
            Filter("role", lambda: _("Vai trò"), _by_role,
                   choices=lambda: [(role.code, words.word(role.label)) for role in access.roles().values()]),
            Filter("state", lambda: _("Trạng thái"), _by_state,
                   choices=lambda: [(code, label()) for code, label in STATES.items()]),
            unit_filter(Account.unit_id),
        ),
        default_sort=(Account.username,),
        options=(joinedload(Account.unit),),
        enrich=_with_roles,
        row_url=lambda account: url_for("AccountView.show", account_id=account.id),
        export_permission=("account", "manage"),
        empty=lambda: _("Chưa có tài khoản nào phù hợp."),
    )
)  # fmt: skip


def _events() -> Select[Any]:
    """All events; for somebody whose supervision covers only some units, those of accounts there."""
    query = select(SecurityEvent)
    units = access.units_for("security_log", "read")
    if units is not None:
        query = query.where(SecurityEvent.user_id.in_(select(Account.user_id).where(Account.unit_id.in_(units))))
    return query


def _with_names(events: Sequence[SecurityEvent]) -> None:
    ids = {event.user_id for event in events if event.user_id is not None}
    rows = select(Account.user_id, Account.username).where(Account.user_id.in_(ids))
    names = dict(db.session.execute(rows).tuples().all()) if ids else {}
    for event in events:
        event.username = names.get(event.user_id, "")


def _from_day(query: Select[Any], value: str) -> Select[Any]:
    return query.where(SecurityEvent.at >= clock.start_of(day_of(value)))


def _to_day(query: Select[Any], value: str) -> Select[Any]:
    return query.where(SecurityEvent.at < clock.end_of(day_of(value)))


def _of_account(query: Select[Any], value: str) -> Select[Any]:
    account_id = identifier(value) or 0
    user_id = select(Account.user_id).where(Account.id == account_id).scalar_subquery()
    return query.where(or_(SecurityEvent.user_id == user_id, SecurityEvent.target == f"account {account_id}"))


def account_words(value: str) -> str:
    """The user name of the account a filter was set to."""
    account = db.session.get(Account, identifier(value) or 0)
    return account.username if account is not None else value


EVENTS = declare(
    ListSpec(
        name="security-events",
        title=lambda: _("Nhật ký an toàn"),
        model=SecurityEvent,
        base=_events,
        columns=(
            Column("at", lambda: _("Thời điểm"), "at", kind="date", sort=(SecurityEvent.id,), width=20),
            Column("kind", lambda: _("Sự kiện"), lambda event: words.event_kind(event.kind), sort=(SecurityEvent.kind,),
                   width=30),
            Column("user", lambda: _("Tài khoản"), "username", width=20, code=True),
            Column("target", lambda: _("Đối tượng"), lambda event: target_words(event.target), width=24),
            Column("detail", lambda: _("Nội dung"), lambda event: detail_words(event.detail), width=60),
            Column("source", lambda: _("Từ địa chỉ"), "source", width=18, code=True),
        ),
        filters=(
            Filter("kind", lambda: _("Sự kiện"), lambda query, value: query.where(SecurityEvent.kind == value),
                   choices=lambda: [(code, str(label)) for code, label in words.EVENT_KINDS.items()]),
            Filter("from", lambda: _("Từ ngày"), _from_day, kind="date"),
            Filter("to", lambda: _("Đến hết ngày"), _to_day, kind="date"),
            Filter("account", lambda: _("Tài khoản"), _of_account, text_of=account_words, hidden=True),
        ),
        default_sort=(SecurityEvent.id.desc(),),
        enrich=_with_names,
        page_size=100,
        export_permission=("security_log", "read"),
    )
)  # fmt: skip
