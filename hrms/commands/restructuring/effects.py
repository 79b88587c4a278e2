"""What a decision brings about in the staff records: on the decided day the person leaves the service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.restructuring.words import BENEFITS, SETTLED
from hrms.commands.staff.people import LeaveService
from hrms.kernel import jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from models.restructuring import DownsizingCase
from models.staff import Person

LEAVING = ("early_retirement", "severance")  # the other benefits keep the person in service


@dataclass
class Departures:
    """What :func:`carry_out` did: ids of the cases carried out, and number → why for those that could not be."""

    done: list[int] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)


def due(day: date) -> Iterable[DownsizingCase]:
    """Decided cases whose leave began by ``day`` while the staff records still have the person in service."""
    query = (
        select(DownsizingCase)
        .join(Person, Person.id == DownsizingCase.person_id)
        .where(
            DownsizingCase.state.in_(SETTLED),
            DownsizingCase.benefit_found.in_(LEAVING),
            DownsizingCase.leave_date <= day,
            Person.left_on.is_(None),
        )
        .order_by(DownsizingCase.id)
    )
    return db.session.scalars(query).all()


def carry_out(day: date) -> Departures:
    """Let everybody leave whose day has come; one transaction each, so that one faulty record stops nobody else's."""
    found = Departures()
    planned = [
        (
            case.id,
            case.label,
            case.benefit_found,
            LeaveService(case.person_id, case.leave_date, "", case.decision_number, case.decision_date),
        )
        for case in due(day)
    ]
    for case_id, number, benefit, command in planned:
        command.reason = _("%(benefit)s, hồ sơ %(number)s", benefit=BENEFITS[benefit], number=number)
        try:
            execute(command)
        except HrmsError as error:
            found.stuck[number] = error.message
        else:
            found.done.append(case_id)
    return found


def _daily(day: date) -> str:
    found = carry_out(day)
    text = _("%(count)s người thôi làm việc theo quyết định.", count=len(found.done))
    if found.stuck:
        # Numbers of cases only: an outcome is shown to administrators, who have no business with the people.
        text += " " + _("Chưa thực hiện được: %(cases)s.", cases=", ".join(found.stuck))
    return text


DAILY = jobs.scheduled(
    jobs.ScheduledAction(
        "leave_on_decided_day",
        "Cho thôi làm việc theo quyết định đã đến ngày",
        {"hour": "0", "minute": "20"},
        _daily,
    )
)
