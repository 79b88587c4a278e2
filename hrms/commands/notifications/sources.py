"""Deadlines of the downsizing cases: rounds whose day is near or past, told to those who hold the next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.notifications.reminders import REMIND_DAYS, Due, source
from hrms.commands.restructuring.words import APPRAISAL, DRAFT, FINANCE_REVIEW, OPEN, UNIT_REVIEW
from hrms.kernel.db import db
from models.restructuring import CaseBatch, DownsizingCase

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
