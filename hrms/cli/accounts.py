"""``account``: accounts from the command line, for the first administrator and for emergencies."""

from __future__ import annotations

import sys
from datetime import date

import click

from hrms.cli.common import fail, with_app


def _password(from_input: bool) -> str:
    """A password from standard input (one line), else empty. Never an argument: other users see arguments."""
    return sys.stdin.readline().rstrip("\r\n") if from_input else ""


def _refuse(error: Exception) -> None:
    """Every fault on a line of its own."""
    faults = getattr(error, "faults", None)
    fail("\n".join(fault.message for fault in faults) if faults else str(error))


def _say(username: str, password: str, given: bool) -> None:
    click.echo(f"Tài khoản: {username}")
    if given:
        click.echo("Mật khẩu: như đã nhập; phải đổi khi đăng nhập lần đầu.")
    else:
        click.echo(f"Mật khẩu dùng một lần (chỉ hiện lần này): {password}")


@click.group("account")
def account_group() -> None:
    """Create, list and end accounts; set passwords.

    \b
    Example:
      python run.py account create admin2 --role system_admin --name "Nguyễn Văn A"
      python run.py account create lanhs --role unit_hr --unit SXD --person CB00012
      python run.py account list --role system_admin
      python run.py account password lanhs
      python run.py account end lanhs --reason "Nghỉ hưu theo QĐ 12/QĐ-SNV"
    """


@account_group.command("create")
@click.argument("username")
@click.option("--role", required=True, help="Role code; see 'account roles'.")
@click.option("--unit", "unit_code", default="", help="Code of the unit the role holds for.")
@click.option("--whole-province", is_flag=True, help="Finance, leadership, auditor: over the whole province.")
@click.option(
    "--name", "display_name", default="", help="Full name; taken from the staff record when --person is given."
)
@click.option("--person", "person_code", default="", help="Staff code of the person behind the account.")
@click.option("--password-stdin", is_flag=True, help="Read the first password from standard input.")
@with_app()
def create_command(
    username: str,
    role: str,
    unit_code: str,
    whole_province: bool,
    display_name: str,
    person_code: str,
    password_stdin: bool,
) -> None:
    """Create USERNAME with one role. Prints the one-time password unless one is given on standard input."""
    from sqlalchemy import select

    from hrms.commands.accounts import CreateAccount
    from hrms.kernel.commands import execute
    from hrms.kernel.db import db
    from hrms.kernel.errors import HrmsError
    from models.organization import OrgUnit
    from models.staff import Person

    unit_id = db.session.scalar(select(OrgUnit.id).where(OrgUnit.code == unit_code)) if unit_code else None
    if unit_code and unit_id is None:
        fail(f"Không có đơn vị mã “{unit_code}”.")
    person_id = db.session.scalar(select(Person.id).where(Person.code == person_code)) if person_code else None
    if person_code and person_id is None:
        fail(f"Không có cán bộ số hiệu “{person_code}”.")
    try:
        made = execute(
            CreateAccount(
                username,
                role,
                unit_id=unit_id,
                display_name=display_name,
                person_id=person_id,
                whole_province=whole_province,
                password=_password(password_stdin),
            )
        )
    except HrmsError as error:
        _refuse(error)
        return
    _say(made.account.username, made.password, password_stdin)


@account_group.command("roles")
@with_app()
def roles_command() -> None:
    """List the role codes."""
    from hrms.kernel import access

    for role in access.roles().values():
        click.echo(f"{role.code:14} {role.label}{' (cần --unit)' if role.unit_level and not role.own else ''}")


@account_group.command("list")
@click.option("--role", default="", help="Only accounts that hold this role now.")
@click.option("--ended", is_flag=True, help="Accounts that have ended, too.")
@with_app()
def list_command(role: str, ended: bool) -> None:
    """List user names with their roles, locks and ends."""
    from sqlalchemy import select

    from hrms.commands.accounts import assigned_today
    from hrms.kernel import clock
    from hrms.kernel.db import db
    from models.account import Account

    today = clock.today()
    accounts = list(db.session.scalars(select(Account).order_by(Account.username)))
    held = {
        account_id: rows
        for start in range(0, len(accounts), 400)
        for account_id, rows in assigned_today([account.id for account in accounts[start : start + 400]]).items()
    }
    for account in accounts:
        over = account.valid_to is not None and account.valid_to < today
        rows = held[account.id]
        if (over and not ended) or (role and role not in {row.role for row in rows}):
            continue
        roles = ", ".join(f"{row.role}@{row.unit.code if row.unit else '*'}" for row in rows) or "-"
        click.echo(f"{account.username:24} {roles:40} {_state(account, over)}".rstrip())


def _state(account: object, over: bool) -> str:
    from hrms.kernel import clock

    valid_to: date | None = getattr(account, "valid_to", None)
    locked = getattr(account, "locked_until", None)
    if over:
        return f"đã kết thúc {valid_to:%d/%m/%Y}"
    if locked is not None and locked > clock.now():
        return f"khóa đến {clock.local(locked):%H:%M %d/%m/%Y}"
    return f"đến hết {valid_to:%d/%m/%Y}" if valid_to else ""


def _id_of(username: str) -> int:
    from sqlalchemy import select

    from hrms.kernel.db import db
    from models.account import Account

    found = db.session.scalar(select(Account.id).where(Account.username == username.strip().lower()))
    if found is None:
        fail(f"Không có tài khoản “{username}”. Xem: python run.py account list --ended")
    assert found is not None
    return found


@account_group.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_app()
def password_command(username: str, password_stdin: bool) -> None:
    """Give USERNAME a one-time password and open its lock. It must be changed at the next log-in."""
    from hrms.commands.accounts import ResetPassword
    from hrms.kernel.commands import execute
    from hrms.kernel.errors import HrmsError

    try:
        made = execute(ResetPassword(_id_of(username), _password(password_stdin)))
    except HrmsError as error:
        _refuse(error)
        return
    _say(made.account.username, made.password, password_stdin)


@account_group.command("end")
@click.argument("username")
@click.option("--reason", required=True, help="Why the account ends; kept in its history.")
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Last day of use; empty: at once.")
@with_app()
def end_command(username: str, reason: str, last_day: object) -> None:
    """End USERNAME and its roles."""
    from datetime import datetime

    from hrms.commands.accounts import EndAccount
    from hrms.kernel.commands import execute
    from hrms.kernel.errors import HrmsError
    from hrms.kernel.text import format_date

    day = last_day.date() if isinstance(last_day, datetime) else None
    try:
        account = execute(EndAccount(_id_of(username), reason, day))
    except HrmsError as error:
        _refuse(error)
        return
    assert account.valid_to is not None
    click.echo(f"Tài khoản {account.username} kết thúc sau ngày {format_date(account.valid_to)}.")
