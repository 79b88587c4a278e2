"""What ends when somebody leaves the service, and how it is opened again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.commands.staff.counting import last_day, month_index
from hrms.kernel import access
from hrms.kernel.db import db
from models.account import Account
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow


def close_everything(person: Person, last: date, reason: str) -> None:
    """Posts, salary, open insurance periods, account and rights end on ``last``; rows planned for later disappear."""
    for row in _rows(Appointment, person) + _rows(SalaryRow, person):
        if row.valid_from > last:
            db.session.delete(row)
        elif row.valid_to is None or row.valid_to > last:
            row.valid_to = last
    for period in _open_periods(person):
        ends = _insured_until(last)
        if period.starts_on is not None and period.starts_on > ends:
            db.session.delete(period)  # not one whole month of it was served
        else:
            period.ends_on = ends
    for account in _accounts(person):
        if account.valid_to is None or account.valid_to > last:
            account.valid_to, account.ended_reason = last, reason
        for assignment in account.assignments:
            if assignment.valid_to is None or assignment.valid_to > last:
                assignment.valid_to = last
    db.session.flush()
    access.forget_grants()


def reopen_everything(person: Person, last: date) -> None:
    """Rows that ended on ``last`` run on; the account and its rights too."""
    for model in (Appointment, SalaryRow):
        ended = [row for row in _rows(model, person) if row.valid_to == last]
        latest: dict[str, Any] = {}
        for row in sorted(ended, key=lambda row: row.valid_from):
            latest[getattr(row, "kind", "")] = row
        for row in latest.values():
            row.valid_to = None
    periods = _rows(InsurancePeriod, person)
    for period in periods:
        if period.kind == "period" and period.ends_on == _insured_until(last):
            period.ends_on = None
    for account in _accounts(person):
        if account.valid_to == last:
            account.valid_to, account.ended_reason = None, ""
        for assignment in account.assignments:
            if assignment.valid_to == last:
                assignment.valid_to = None
    db.session.flush()
    access.forget_grants()


def _rows(model: type[Any], person: Person) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.person_id == person.id).order_by(model.id)))


def _open_periods(person: Person) -> Iterable[InsurancePeriod]:
    return db.session.scalars(
        select(InsurancePeriod).where(
            InsurancePeriod.person_id == person.id,
            InsurancePeriod.kind == "period",
            InsurancePeriod.starts_on.is_not(None),
            InsurancePeriod.ends_on.is_(None),
        )
    )


def _insured_until(last: date) -> date:
    """End of the last whole month of service: a month left before its end is not counted."""
    month = month_index(last)
    return last if last == last_day(month) else last_day(month - 1)


def _accounts(person: Person) -> list[Account]:
    return list(db.session.scalars(select(Account).where(Account.person_id == person.id)))
