"""What is true of a person on a day: post, unit, salary, months of insurance. Callers judge the right to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from hrms.commands.staff.counting import InsuranceCount, Service, count_months
from hrms.kernel.db import db
from hrms.kernel.validity import lasts
from models.organization import OrgUnit, OrgUnitVersion
from models.staff import Appointment, Discipline, EarlierBenefit, InsurancePeriod, Person, SalaryRow

T = TypeVar("T")
CHUNK = 400  # ids per IN (...): SQLite takes at most 999 variables in old builds


def in_chunks(ids: Sequence[T], size: int = CHUNK) -> Iterable[Sequence[T]]:
    """The ids in slices that any database accepts inside one IN list."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@dataclass
class Rows:
    """The rows of one person that facts rest on, loaded once (see :func:`load_rows`)."""

    appointments: list[Appointment] = field(default_factory=list)
    salaries: list[SalaryRow] = field(default_factory=list)
    insurance: list[InsurancePeriod] = field(default_factory=list)
    disciplines: list[Discipline] = field(default_factory=list)
    benefits: list[EarlierBenefit] = field(default_factory=list)


def load_rows(person_ids: Sequence[int]) -> dict[int, Rows]:
    """The rows of many people in five queries per slice, keyed by person id."""
    found: dict[int, Rows] = defaultdict(Rows)
    sources: tuple[tuple[type[Any], str, Any], ...] = (
        (Appointment, "appointments", Appointment.valid_from),
        (SalaryRow, "salaries", SalaryRow.valid_from),
        (InsurancePeriod, "insurance", InsurancePeriod.id),
        (Discipline, "disciplines", Discipline.opened_on),
        (EarlierBenefit, "benefits", EarlierBenefit.id),
    )
    for ids in in_chunks(list(person_ids)):
        for model, name, order in sources:
            for row in db.session.scalars(select(model).where(model.person_id.in_(ids)).order_by(order)):
                getattr(found[row.person_id], name).append(row)
    return found


def covers(row: Any, day: date) -> bool:
    """Whether a row with ``valid_from``/``valid_to`` is in force on ``day``."""
    return bool(row.valid_from <= day and (row.valid_to is None or row.valid_to >= day))


def on_day(rows: Iterable[Any], day: date) -> Any | None:
    """The row in force on ``day``; the one that began last should there be several."""
    valid = [row for row in rows if covers(row, day)]
    return max(valid, key=lambda row: row.valid_from) if valid else None


def main_posts(rows: Iterable[Appointment]) -> list[Appointment]:
    return [row for row in rows if row.kind == "main"]


def services(rows: Iterable[Appointment], person: Person) -> list[Service]:
    """The times in service: main posts; without any, from recruitment until the day of leaving."""
    posts = main_posts(rows)
    if posts:
        return [(row.valid_from, row.valid_to) for row in posts]
    if person.recruited_on is None:
        return []
    return [(person.recruited_on, None)]


def appointment_on(person: Person, day: date) -> Appointment | None:
    """The main post held on ``day``."""
    rows = db.session.scalars(select(Appointment).where(Appointment.person_id == person.id, Appointment.kind == "main"))
    return on_day(rows, day)


def unit_on(person: Person, day: date) -> OrgUnit | None:
    """The unit of the main post on ``day``."""
    post = appointment_on(person, day)
    return post.unit if post is not None else None


def unit_name_on(unit: OrgUnit, day: date) -> str:
    """What the unit was called on ``day`` (old papers carry old names); its present name when no version covers it."""
    name = db.session.scalar(
        select(OrgUnitVersion.name)
        .where(
            OrgUnitVersion.unit_id == unit.id,
            OrgUnitVersion.valid_from <= day,
            lasts(OrgUnitVersion, day),
        )
        .order_by(OrgUnitVersion.valid_from.desc())
        .limit(1)
    )
    return name or unit.name


def salary_on(person: Person, day: date) -> SalaryRow | None:
    """The salary row in force on ``day``."""
    return on_day(db.session.scalars(select(SalaryRow).where(SalaryRow.person_id == person.id)), day)


def insurance_months(person: Person, day: date) -> InsuranceCount:
    """Months of compulsory insurance that ended before ``day``: total, in public bodies, hazardous, special areas."""
    rows = list(
        db.session.scalars(
            select(InsurancePeriod).where(InsurancePeriod.person_id == person.id).order_by(InsurancePeriod.id)
        )
    )
    posts = db.session.scalars(
        select(Appointment).where(Appointment.person_id == person.id, Appointment.kind == "main")
    )
    return count_months(rows, services(posts, person), day, person.left_on)
