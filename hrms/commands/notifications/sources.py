"""Deadlines of the rooms: rounds of cases, steps of evaluation, notices and decisions of retirement; each is told to
those who hold the next step, without a name where many are meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.evaluation.deadlines import owed
from hrms.commands.evaluation.words import RUNNING, STEPS
from hrms.commands.law.current import current_store
from hrms.commands.notifications.reminders import REMIND_DAYS, Due, source
from hrms.commands.restructuring.words import APPRAISAL, DRAFT, FINANCE_REVIEW, OPEN, UNIT_REVIEW
from hrms.commands.staff.search import retiring_by
from hrms.kernel.db import db
from hrms.kernel.text import add_months, format_date
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase
from models.staff import Person
from models.work_calendar import work_calendar
from policies.retirement import notice_dates, pension_date

AHEAD = max(REMIND_DAYS)
NOTICE_MONTHS = 8  # farther ahead no notice of retirement is due: the law asks for six months
# The step a sheet or collective owes → the action of whoever does it.
DOES = {
    "remark": "rate", "meeting": "meet", "synthesise": "synthesise", "quota": "synthesise", "decide": "decide",
    "notify": "notify", "publish": "publish", "collectives": "synthesise",
}  # fmt: skip
STEP_OF = {DRAFT: "submit", UNIT_REVIEW: "review", APPRAISAL: "appraise", FINANCE_REVIEW: "finance"}


@source
def cases_of_rounds(day: date) -> Iterator[Due]:
    """For every round with a deadline: how many cases stand where, to whoever moves them on."""
    query = (
        select(CaseBatch.id, CaseBatch.name, CaseBatch.deadline, DownsizingCase.unit_id, DownsizingCase.state,
               func.count())
        .join(DownsizingCase, DownsizingCase.batch_id == CaseBatch.id)
        .where(
            CaseBatch.deadline.is_not(None),
            CaseBatch.deadline <= day + timedelta(days=max(REMIND_DAYS)),
            DownsizingCase.state.in_(OPEN),
        )
        .group_by(CaseBatch.id, CaseBatch.name, CaseBatch.deadline, DownsizingCase.unit_id, DownsizingCase.state)
    )  # fmt: skip
    with force_locale("vi"):
        for batch_id, name, deadline, unit_id, state, number in db.session.execute(query).all():
            yield Due(
                "case_due", f"batch:{batch_id}:{unit_id}:{state}", _("%(n)s hồ sơ của %(round)s", n=number, round=name),
                deadline, f"/batches/{batch_id}/", unit_id=unit_id, resource="case", action=STEP_OF[state],
                escalate="appraise",
            )  # fmt: skip


@source
def steps_of_evaluation(day: date) -> Iterator[Due]:
    """What is owed in the running cycles: the own sheet to each person, everything else to the unit that owes it."""
    for cycle in db.session.scalars(select(EvaluationCycle).where(EvaluationCycle.state.in_(RUNNING))).all():
        for one in owed(cycle, day, within=AHEAD):
            with force_locale("vi"):
                step = _(STEPS[one.step])
                if one.person_id is not None:
                    yield Due(
                        "evaluation_due", f"sheet:{one.evaluation_id}:{one.step}",
                        _("%(step)s, %(cycle)s", step=step, cycle=cycle.name), one.due,
                        f"/evaluation/sheets/{one.evaluation_id}", person_id=one.person_id,
                    )  # fmt: skip
                    continue
                text = _("%(step)s: %(n)s phiếu của %(unit)s, %(cycle)s",
                         step=step, n=one.count, unit=one.unit, cycle=cycle.name)  # fmt: skip
            action = "decide" if one.step == "collectives" and one.role == "unit_head" else DOES[one.step]
            yield Due(
                "evaluation_due", f"cycle:{cycle.id}:{one.unit_id}:{one.step}:{action}", text, one.due,
                f"/evaluation/{cycle.id}", unit_id=one.unit_id, resource="evaluation", action=action,
                escalate="reopen",
            )  # fmt: skip


@source
def retirements(day: date) -> Iterator[Due]:
    """Notices and decisions of retirement on the days before they are due, unit by unit and without names.

    Nothing is said of days gone by: whether a paper went out is not kept here, and nobody is to be told daily.
    """
    store = current_store()
    query = select(
        Person.unit_id, Person.sex, Person.birth_date, Person.retirement_annex.label("annex")
    ).where(
        retiring_by(add_months(day, NOTICE_MONTHS)), Person.unit_id.is_not(None), Person.left_on.is_(None),
        Person.status == "active",
    )  # fmt: skip
    found: dict[tuple[int, str, date, date], int] = {}
    for row in db.session.execute(query):
        pension = pension_date(store, row.sex, row.birth_date, row.annex, day)
        for what, due_on in notice_dates(store, pension).items():
            if day <= due_on <= day + timedelta(days=AHEAD):
                key = (row.unit_id, what, due_on, pension)
                found[key] = found.get(key, 0) + 1
    for (unit_id, what, due_on, pension), number in sorted(found.items()):
        with force_locale("vi"):
            values = {"n": number, "day": format_date(pension)}
            text = (
                _("Ra thông báo nghỉ hưu cho %(n)s người hưởng lương hưu từ %(day)s", **values)
                if what == "notice"
                else _("Ra quyết định nghỉ hưu cho %(n)s người hưởng lương hưu từ %(day)s", **values)
            )
        yield Due(
            "retirement_due", f"retirement:{what}:{unit_id}:{pension.isoformat()}", text, due_on,
            f"/staff/?retires={format_date(pension)}", unit_id=unit_id, resource="staff", action="write",
        )  # fmt: skip


@source
def calendar_of_next_year(day: date) -> Iterator[Due]:
    """The holidays of the coming year, until somebody has entered them all: deadlines in working days rest on them."""
    year = day.year + 1
    if year in work_calendar().complete:
        return
    root = db.session.scalar(select(OrgUnit.id).where(OrgUnit.parent_id.is_(None)).order_by(OrgUnit.id).limit(1))
    with force_locale("vi"):
        text = _("Nhập đủ lịch nghỉ lễ, Tết, ngày làm bù năm %(year)s", year=year)
    yield Due(
        "calendar_due", f"calendar:{year}", text, date(day.year, 12, 31), f"/work-calendar/{year}", unit_id=root,
        resource="parameter", action="propose",
    )  # fmt: skip
