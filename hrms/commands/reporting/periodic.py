"""Periodic reports: one scheduled action for every definition with a schedule, filed in the archive and told.

A report is made once for every unit on which somebody holds the role of its schedule, with the rights of that very
role on that unit: what is filed never says more than its readers may see. A report whose role nobody holds is filed
for the whole province. The figures are those of the period that had ended on the day the action was due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.notifications.outbox import Message, send
from hrms.commands.reporting.archive import kept, snapshot
from hrms.commands.reporting.producing import asked_for
from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.commands import Command, execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound
from hrms.kernel.validity import holds, lasts
from models.account import Account, RoleAssignment
from models.organization import OrgUnit
from models.reporting import PRODUCED, ReportSnapshot
from reports.framework import Definition, definitions, make

PREFIX = "report_"


@dataclass(frozen=True)
class Receiver:
    """An account that holds the role of a schedule."""

    account_id: int
    user_id: int
    name: str


@dataclass(frozen=True)
class Circle:
    """Who gets one filing: the holders of a role on one unit. ``role`` empty: nobody holds it, the system files."""

    unit_id: int
    path: str
    role: str
    receivers: tuple[Receiver, ...]


def circles(role: str) -> list[Circle]:
    """Units on which ``role`` is held today, from the top of the tree, each with its holders; none before any unit."""
    today = clock.today()
    root = db.session.execute(
        select(OrgUnit.id, OrgUnit.path)
        .where(OrgUnit.parent_id.is_(None))
        .order_by(OrgUnit.valid_from.desc(), OrgUnit.id)
    ).first()
    if root is None:
        return []
    rows = db.session.execute(
        select(OrgUnit.id, OrgUnit.path, Account.id, Account.user_id, Account.display_name)
        .select_from(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .outerjoin(OrgUnit, OrgUnit.id == RoleAssignment.unit_id)
        .where(
            RoleAssignment.role == role,
            holds(RoleAssignment, today),
            lasts(Account, today),
        )
        .order_by(OrgUnit.path, Account.id)
    ).all()
    found: dict[int, list[Receiver]] = {}
    paths: dict[int, str] = {}
    for unit_id, path, account_id, user_id, name in rows:
        place = unit_id if unit_id is not None else root.id
        paths.setdefault(place, path if unit_id is not None else "/")
        one = Receiver(account_id, user_id, name)
        if one not in found.setdefault(place, []):
            found[place].append(one)
    if not found:
        return [Circle(root.id, "/", "", ())]
    return [Circle(unit_id, paths[unit_id], role, tuple(people)) for unit_id, people in found.items()]


def month_before(day: date) -> date:
    """The last day of the month before ``day``: what periodic reports describe."""
    return day.replace(day=1) - timedelta(days=1)


def periodic_parameters(report: Definition, unit_id: int, day: date) -> dict[str, str]:
    """The parameters of a filing due on ``day``: those of the schedule, else the defaults at the end of last month."""
    given = dict(report.schedule.parameters) if report.schedule else {}
    until = month_before(day)
    for parameter in report.parameters:
        if parameter.kind == "unit":
            given.setdefault(parameter.name, str(unit_id))
        elif not given.get(parameter.name):
            given[parameter.name] = parameter.default(until)
    return given


@dataclass
class FilePeriodic(Command[ReportSnapshot]):
    """File the report ``key`` of a unit for the day it was due, made with the rights of ``role`` on that unit."""

    key: str
    unit_id: int
    path: str
    role: str
    day: date

    def validate(self) -> Iterator[Fault]:
        if not access.in_scope(self.unit_id, "report", "write"):
            raise NotAllowed(_("Bạn không có quyền lưu báo cáo của đơn vị này."))
        yield from ()

    def run(self) -> ReportSnapshot:
        report = definitions()[self.key]
        given = periodic_parameters(report, self.unit_id, self.day)
        role = access.roles().get(self.role, access.SUPER)
        with access.within(access.Grant(role, self.path, unit_id=self.unit_id)):
            produced = make(asked_for(self.key, given, self.day))
            record = kept(report, produced, PRODUCED)
        db.session.add(record)
        return record

    def replay(self, receipt: int) -> ReportSnapshot:
        return snapshot(receipt)


def file_for(report: Definition, circle: Circle, day: date) -> int:
    """File and tell in one transaction, at most once for the unit, role and day; returns how many were told."""
    command = FilePeriodic(report.key, circle.unit_id, circle.path, circle.role, day)
    with transaction():
        record = execute(command, key=f"{report.key}:{circle.role}:{circle.unit_id}:{day.isoformat()}"[:80])
        db.session.flush()
        with force_locale("vi"):
            title = _("Đã lập báo cáo: %(title)s", title=record.title)
        return send(
            Message(one.account_id, "report_ready",
                    f"report:{report.key}:{circle.unit_id}:{day.isoformat()}", title, record.about,
                    link=f"/reports/archive/{record.id}")
            for one in circle.receivers if _may_open(one, record)
        )  # fmt: skip


def _may_open(one: Receiver, record: ReportSnapshot) -> bool:
    """Whether the account could open the filed report: nobody is told of what stays closed to them."""
    with actor.acting(actor.Actor("user", one.name, one.user_id)):
        try:
            snapshot(record.id)
        except (NotFound, NotAllowed):
            return False
    return True


def file_and_tell(key: str, day: date) -> str:
    """Every filing of the report due on ``day``. One that fails leaves the others standing and is told at the end."""
    report = definitions()[key]
    if report.schedule is None:
        raise NotFound()
    filed = told = 0
    failed: list[str] = []
    found = circles(report.schedule.role)
    if not found:
        return _("Chưa có đơn vị nào để lập báo cáo.")
    for circle in found:
        try:
            told += file_for(report, circle, day)
            filed += 1
        except HrmsError as error:
            db.session.rollback()
            failed.append(str(error))
    done = _("Lưu %(filed)s báo cáo, gửi %(told)s thông báo.", filed=filed, told=told)
    if failed:
        raise HrmsError(_("%(done)s Không lập được %(n)s báo cáo: %(why)s",
                          done=done, n=len(failed), why="; ".join(dict.fromkeys(failed))))  # fmt: skip
    return done


def _action(report: Definition) -> jobs.ScheduledAction:
    def run(day: date, key: str = report.key) -> str:
        return file_and_tell(key, day)

    assert report.schedule is not None
    return jobs.ScheduledAction(
        f"{PREFIX}{report.key}"[:60], f"Báo cáo định kỳ: {report.title}", dict(report.schedule.cron), run
    )


def declare() -> list[str]:
    """Put every definition with a schedule on the rails; returns the names of the actions."""
    return [jobs.scheduled(_action(report)).name for report in definitions().values() if report.schedule is not None]


ACTIONS = declare()
