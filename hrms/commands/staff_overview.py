"""What a list or the head of a record shows of people beside their own row: salary in force, months of insurance,
retirement. For a whole page of people in one statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Select, String, cast, literal, select, type_coerce, union_all

from hrms.commands.law.current import current_store
from hrms.commands.staff.counting import InsuranceCount, Service, count_months
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import clock
from hrms.kernel.db import BigInt, Money, ScaledDecimal, db
from hrms.kernel.text import age_on
from hrms.kernel.validity import holds
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow
from policies.retirement import RetirementAge, retirement_age

PEOPLE = 300  # per statement: three IN lists must fit into what any database accepts


@dataclass(frozen=True)
class Salary:
    """The salary row in force, as far as a list shows it."""

    id: int
    valid_from: date
    grade_code: str
    grade_name: str
    step: int | None
    coefficient: Decimal | None
    agreed_amount: int | None


@dataclass(frozen=True)
class Period:
    """An insurance row, with what counting months needs."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    months: int | None
    in_public_body: bool
    hazardous: bool
    special_area: bool
    paid_out: bool


@dataclass
class Overview:
    """One person on one day."""

    age: int
    retirement: RetirementAge
    salary: Salary | None = None
    insurance: InsuranceCount = field(default_factory=InsuranceCount)

    @property
    def retires_on(self) -> date:
        """First day of pension at the normal age."""
        return self.retirement.pension_from


def retirement_of(person: Person, day: date | None = None) -> RetirementAge:
    """Age, month and pension day by the annex written in the record, under the roadmap in force on ``day`` (today)."""
    return retirement_age(current_store(), person.sex, person.birth_date, person.retirement_annex, day or clock.today())


def overviews(people: Sequence[Person], day: date | None = None) -> dict[int, Overview]:
    """By person id. One statement for every :data:`PEOPLE` people; callers judge the right to read them."""
    day = day or clock.today()
    salaries: dict[int, Salary] = {}
    posts: dict[int, list[Service]] = defaultdict(list)
    periods: dict[int, list[Period]] = defaultdict(list)
    for ids in in_chunks([person.id for person in people], PEOPLE):
        for row in db.session.execute(_rows(list(ids), day)):
            if row.tag == "salary":
                salaries[row.person_id] = Salary(
                    row.id, row.starts, row.code, row.name, row.number, row.coefficient, row.amount
                )
            elif row.tag == "post":
                posts[row.person_id].append((row.starts, row.ends))
            else:
                periods[row.person_id].append(
                    Period(
                        row.code,
                        row.starts,
                        row.ends,
                        row.number,
                        row.in_public_body,
                        row.hazardous,
                        row.special_area,
                        row.paid_out,
                    )
                )
    found: dict[int, Overview] = {}
    for person in people:
        served = posts.get(person.id) or ([(person.recruited_on, None)] if person.recruited_on else [])
        found[person.id] = Overview(
            age_on(person.birth_date, day),
            retirement_of(person, day),
            salaries.get(person.id),
            count_months(periods.get(person.id, []), served, day, person.left_on),
        )
    return found


def _rows(ids: list[int], day: date) -> Any:
    """Salaries in force, main posts and insurance rows as one result: a page has a budget of statements."""
    nothing = {
        "ends": cast(None, Date),
        "code": cast(None, String),
        "name": cast(None, String),
        "number": cast(None, Integer),
        "coefficient": cast(None, BigInt),
        "amount": cast(None, BigInt),
        "in_public_body": cast(None, Boolean),
        "hazardous": cast(None, Boolean),
        "special_area": cast(None, Boolean),
        "paid_out": cast(None, Boolean),
    }

    def part(tag: str, model: Any, starts: Any, **columns: Any) -> Select[Any]:
        values = {**nothing, **columns}
        return select(
            literal(tag).label("tag"),
            model.id.label("id"),
            model.person_id.label("person_id"),
            starts.label("starts"),
            *[value.label(name) for name, value in values.items()],
        ).where(model.person_id.in_(ids))

    salary = part(
        "salary",
        SalaryRow,
        SalaryRow.valid_from,
        ends=SalaryRow.valid_to,
        code=SalaryRow.grade_code,
        name=SalaryRow.grade_name,
        number=SalaryRow.step,
        coefficient=SalaryRow.coefficient,
        amount=SalaryRow.agreed_amount,
    ).where(holds(SalaryRow, day))
    post = part("post", Appointment, Appointment.valid_from, ends=Appointment.valid_to).where(
        Appointment.kind == "main"
    )
    insurance = part(
        "insurance",
        InsurancePeriod,
        InsurancePeriod.starts_on,
        ends=InsurancePeriod.ends_on,
        code=InsurancePeriod.kind,
        number=InsurancePeriod.months,
        in_public_body=InsurancePeriod.in_public_body,
        hazardous=InsurancePeriod.hazardous,
        special_area=InsurancePeriod.special_area,
        paid_out=InsurancePeriod.paid_out,
    )
    rows = union_all(salary, post, insurance).subquery()
    columns: dict[str, Any] = dict(rows.c)
    # The columns of the union are plain numbers; what reads them back must be said again.
    columns["coefficient"] = type_coerce(rows.c.coefficient, ScaledDecimal())
    columns["amount"] = type_coerce(rows.c.amount, Money())
    for name in ("in_public_body", "hazardous", "special_area", "paid_out"):
        columns[name] = type_coerce(rows.c[name], Boolean())
    return select(*[column.label(name) for name, column in columns.items()]).order_by(rows.c.tag, rows.c.id)


__all__ = ["Overview", "Period", "Salary", "overviews", "retirement_of"]
