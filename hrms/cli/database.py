"""``setup`` and ``demo``: bring a database to the state the application expects; fill a demonstration province."""

from __future__ import annotations

from datetime import date, datetime

import click

from hrms.cli.common import check_database, fail, with_app


@click.command("setup")
@with_app(migrated=False)
def setup_command() -> None:
    """Migrate the database and converge roles and permissions. Safe to repeat.

    \b
    Example:
      python run.py setup
    """
    from hrms.setup import set_up

    check_database(migrated=False)
    revision = set_up()
    click.echo(f"Cơ sở dữ liệu đã sẵn sàng (phiên bản lược đồ {revision}).")
    from reports.pdf import missing_font

    if warning := missing_font():
        click.echo(warning, err=True)


@click.command("demo")
@click.option("--people", default=3000, show_default=True, type=click.IntRange(50, 200_000), help="How many people.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same province.")
@click.option("--as-of", "as_of", default="2025-06-15", show_default=True, type=click.DateTime(["%Y-%m-%d"]),
              help="The day up to which its history is played.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there are units already; say who can log in.")
@with_app()
def demo_command(people: int, seed: int, as_of: datetime, if_empty: bool) -> None:
    """Fill an empty database with an invented province. Refuses a database that holds real records.

    \b
    Example:
      python run.py demo --people 3000 --seed 1 --as-of 2025-06-15
    """
    from flask import current_app
    from sqlalchemy import func, select

    from hrms.demo.attempt import CannotBeginAgain, attempt, begin_again, stopped_half_way
    from hrms.kernel.db import db
    from models.organization import OrgUnit

    settings = current_app.config["HRMS"]
    half_way = stopped_half_way(settings)
    if if_empty and not half_way and db.session.scalar(select(func.count(OrgUnit.id))):
        _say_log_ins()
        return
    from hrms.demo import DemoRefused, fill

    try:
        if half_way:
            click.echo("Lần nạp dữ liệu trình diễn trước dừng giữa chừng: xóa phần dở dang và nạp lại từ đầu.")
            begin_again(settings)
        with attempt(settings):
            summary = fill(people=people, seed=seed, as_of=date(as_of.year, as_of.month, as_of.day), say=click.echo)
    except (DemoRefused, CannotBeginAgain) as error:
        fail(str(error))
        return
    click.echo(summary)
    if if_empty:
        _say_log_ins()


def _say_log_ins() -> None:
    """The demonstration accounts that still work with the demonstration password."""
    from flask import current_app
    from sqlalchemy import select

    from hrms.demo_accounts import default_passwords_left
    from hrms.kernel import access
    from hrms.kernel.db import db
    from models.account import Account, RoleAssignment

    names = default_passwords_left()
    if not names:
        return
    click.echo("Tài khoản trình diễn (mật khẩu: " + current_app.config["HRMS"].demo_password + "):")
    rows = db.session.execute(
        select(Account.username, RoleAssignment.role)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(Account.username.in_(names))
        .order_by(Account.id)
    )
    roles = access.roles()
    for username, role in rows:
        click.echo(f"  {username:<10} {roles[role].label if role in roles else role}")
