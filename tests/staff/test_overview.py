"""What a page of people shows beside their rows agrees with what each person's own rows say, in one statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hrms.commands.law import current_store
from hrms.commands.staff import insurance_months, salary_on
from hrms.commands.staff_overview import overviews, retirement_of
from hrms.kernel.commands import transaction
from models.staff import InsurancePeriod, Person, SalaryRow
from tests.support.statements import counted

TODAY = date(2025, 6, 15)


def test_salary_insurance_and_retirement_of_a_whole_page_come_together(world, session):
    people = session.query(Person).all()
    current_store()  # a signed-in account's grants have brought this answer along
    with counted() as statements:
        found = overviews(people, TODAY)
    assert len(statements) == 1
    for person in people:
        shown, row = found[person.id], salary_on(person, TODAY)
        assert shown.salary is not None and row is not None
        assert (shown.salary.coefficient, shown.salary.step) == (row.coefficient, row.step) == (Decimal("4.98"), 9)
        assert shown.insurance == insurance_months(person, TODAY)
        assert shown.retirement == retirement_of(person, TODAY)


def test_the_salary_in_force_is_shown_not_the_one_before_or_after(factory, session):
    person = factory.person(None, coefficient=None)
    with transaction():
        session.add_all(
            SalaryRow(
                person_id=person.id, valid_from=start, valid_to=end, coefficient=coefficient, agreed_amount=agreed
            )
            for start, end, coefficient, agreed in (
                (date(2020, 1, 1), date(2025, 6, 14), Decimal("4.65"), None),
                (date(2025, 6, 15), date(2025, 6, 15), None, 9_000_000),
                (date(2025, 6, 16), None, Decimal("4.98"), None),
            )
        )
    salary = overviews([person], TODAY)[person.id].salary
    assert salary is not None and salary.agreed_amount == 9_000_000 and salary.coefficient is None


def test_a_person_without_rows_has_an_age_and_a_retirement_day_and_nothing_else(factory):
    person = factory.person(None, coefficient=None, insurance=False, birth=date(1966, 5, 20))
    shown = overviews([person], TODAY)[person.id]
    assert shown.age == 59
    assert shown.salary is None
    assert not shown.insurance.known
    assert shown.retires_on == date(2028, 6, 1)  # NĐ 135/2020: 62 years in May 2028


def test_flags_of_insurance_rows_survive_the_common_statement(factory, session):
    person = factory.person(None, insurance=False)
    with transaction():
        session.add(
            InsurancePeriod(
                person_id=person.id, starts_on=date(2010, 1, 1), ends_on=date(2010, 12, 31), hazardous=True,
                in_public_body=False,
            )
        )  # fmt: skip
    count = overviews([person], TODAY)[person.id].insurance
    assert (count.total, count.hazardous, count.in_public_body) == (12, 12, 0)
