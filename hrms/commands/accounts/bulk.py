"""Accounts for many people at once, from the staff records; their one-time passwords leave once, as a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, select

from hrms.commands import security_log
from hrms.commands.accounts.lifecycle import make_account
from hrms.commands.accounts.passwords import generate, hashed
from hrms.commands.accounts.usernames import taken_names, username_for
from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, Refused
from hrms.kernel.spreadsheets import Column, Headings, write_table
from hrms.kernel.text import format_date
from hrms.kernel.validity import holds
from models.account import Account
from models.organization import OrgUnit
from models.staff import Appointment, Person

KIND = "bulk_accounts"
CHUNK = 20  # a password's hash takes time; each chunk is hashed before its short transaction begins
# Role → may be given to: everybody, or only to heads of units (each on the unit the person heads).
BULK_ROLES = {"staff_member": "everybody", "unit_head": "heads"}


@dataclass(frozen=True)
class Candidate:
    """Somebody without an account: only name, code and unit are read here (SEC-07)."""

    person_id: int
    code: str
    full_name: str
    unit_id: int
    unit_name: str


def candidates(unit_id: int, role: str) -> list[Candidate]:
    """People in service in the unit and below who have no account yet and to whom ``role`` can be given."""
    if role not in BULK_ROLES:
        raise Refused([Fault("role", _("Vai trò này không cấp hàng loạt. Hãy lập từng tài khoản."))])
    unit = db.session.get(OrgUnit, unit_id)
    if unit is None or not access.in_scope(unit_id, "account", "manage"):
        raise Refused([Fault("unit_id", _("Không tìm thấy đơn vị này trong phạm vi của bạn. Hãy chọn đơn vị khác."))])
    query: Select[Any] = (
        select(Person.id, Person.code, Person.full_name, OrgUnit.id, OrgUnit.name)
        .join(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(
            OrgUnit.path.like(f"{unit.path}%"),
            Person.status != "left",
            ~select(Account.id).where(Account.person_id == Person.id).exists(),
        )
        .order_by(OrgUnit.path, Person.sort_key, Person.id)
    )
    if BULK_ROLES[role] == "heads":
        today = clock.today()
        query = query.where(
            select(Appointment.id)
            .where(
                Appointment.person_id == Person.id,
                Appointment.unit_id == Person.unit_id,
                Appointment.kind == "main",
                Appointment.leader_rank == "head",
                holds(Appointment, today),
            )
            .exists()
        )
    return [Candidate(*row) for row in db.session.execute(query)]


def ask_for_accounts(unit_id: int, role: str) -> jobs.JobRun:
    """Queue the making of the accounts. Raises :class:`Refused` when there is nobody to make one for."""
    access.require("account", "manage")
    count = len(candidates(unit_id, role))
    if not count:
        raise Refused([Fault("unit_id", _("Mọi người thuộc diện này trong đơn vị đều đã có tài khoản."))])
    return jobs.enqueue(KIND, _("Lập %(n)s tài khoản từ danh sách cán bộ", n=count), {"unit_id": unit_id, "role": role})


@jobs.kind(KIND)
def make_accounts(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """Make them, a chunk at a time. Run again after a crash it goes on: who has an account is no candidate any more.

    The passwords of chunks before a crash are lost with it; those accounts get a new one by “Đặt lại mật khẩu”.
    """
    if not access.may("account", "manage"):
        raise NotAllowed()
    people = candidates(payload["unit_id"], payload["role"])
    taken = taken_names()
    made: list[tuple[Candidate, str, str]] = []
    for start in range(0, len(people), CHUNK):
        progress.step(start, len(people), _("Đang lập tài khoản"))
        chunk = [(one, username_for(one.full_name, taken), generate()) for one in people[start : start + CHUNK]]
        stored = [hashed(password) for _one, _name, password in chunk]
        with transaction():
            for (one, username, _password), secret in zip(chunk, stored, strict=True):
                person = db.session.get(Person, one.person_id)
                make_account(
                    username,
                    one.full_name,
                    secret,
                    person,
                    None if payload["role"] == "staff_member" else one.unit_id,
                    payload["role"],
                    valid_from=clock.today(),
                    home_unit_id=one.unit_id,
                )
        made += chunk
    file = f"accounts-{uuid4().hex}.xlsx"
    _write(Path(jobs.work_path(file)), made)
    security_log.record("accounts_created", f"unit {payload['unit_id']}", f"role={payload['role']}; rows={len(made)}")
    return {
        "file": file,
        "name": f"mat-khau-lan-dau-{clock.today():%Y%m%d}.xlsx",
        "once": True,
        "message": _("Đã lập %(n)s tài khoản. Tệp mật khẩu lần đầu chỉ tải được một lần.", n=len(made)),
    }


def _write(path: Path, made: Sequence[tuple[Candidate, str, str]]) -> None:
    columns = (
        Column("number", _("TT"), kind="integer", width=6),
        Column("name", _("Họ và tên"), width=28),
        Column("code", _("Số hiệu"), kind="code", width=14),
        Column("unit", _("Đơn vị"), width=40),
        Column("username", _("Tên đăng nhập"), kind="code", width=20),
        Column("password", _("Mật khẩu lần đầu"), kind="code", width=20),
    )
    path.touch(mode=0o600)
    prepared = _(
        "Người lập: %(who)s, ngày %(day)s. Giao riêng cho từng người; mật khẩu phải đổi khi đăng nhập lần đầu.",
        who=actor.current().name,
        day=format_date(clock.today()),
    )
    rows = [
        [number, one.full_name, one.code, one.unit_name, username, password]
        for number, (one, username, password) in enumerate(made, start=1)
    ]
    write_table(path, columns, rows, Headings(_("DANH SÁCH TÀI KHOẢN VÀ MẬT KHẨU LẦN ĐẦU")), prepared=prepared)
