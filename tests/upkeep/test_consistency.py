"""Weekly checks: what does not fit is found, told to those who keep the records, and shown within one's scope."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands import consistency
from hrms.kernel.commands import transaction
from models.notification import Notification
from models.organization import Establishment, OrgUnit, Position
from models.staff import Appointment, FamilyRelation, Person, SalaryRow

DAY = date(2025, 6, 16)


def found_of(check):
    return [row for row in consistency.findings(DAY) if row.check == check]


def spoil(session, world, check):
    """Make the records of person a1.2 wrong in one way."""
    person = world.person("a1.2")
    post = session.scalars(select(Appointment).where(Appointment.person_id == person.id)).one()
    pay = session.scalars(select(SalaryRow).where(SalaryRow.person_id == person.id)).all()
    with transaction():
        if check == "over_establishment":
            for row in session.scalars(select(Establishment).where(Establishment.unit_id == world.units["a1"])):
                row.number = 1
        elif check == "over_position":
            session.get(Position, post.position_id).approved_number = 0
        elif check == "no_post":
            post.valid_to = date(2025, 6, 14)
        elif check == "no_salary":
            for row in pay:
                row.valid_to = date(2025, 6, 15)
        elif check == "two_salaries":
            session.add(SalaryRow(person_id=person.id, valid_from=date(2025, 6, 1), coefficient=pay[-1].coefficient))
        elif check == "ended_unit":
            session.get(OrgUnit, world.units["a1"]).valid_to = date(2025, 6, 15)
        elif check == "other_unit":
            person.unit_id = world.units["a2"]


@pytest.mark.parametrize("check", ["over_establishment", "over_position", "no_post", "no_salary", "two_salaries",
                                   "ended_unit", "other_unit"])  # fmt: skip
def test_each_fault_is_found_and_gone_records_are_not_asked(session, world, check):
    before = len(found_of(check))
    spoil(session, world, check)
    told = found_of(check)
    assert len(told) == before + (2 if check == "ended_unit" else 1)
    with transaction():
        for key in ("a1.1", "a1.2"):
            person = session.get(Person, world.people[key])
            person.left_on = DAY
    assert len(found_of(check)) <= before


def test_the_hr_of_the_agency_is_told_once_a_week_and_sees_only_its_own(session, world, login, actor_as):
    spoil(session, world, "no_post")
    assert "điểm chưa khớp" in consistency.check(DAY)
    consistency.check(DAY)
    told = Counter(session.scalars(select(Notification.kind)))
    assert told["consistency"] >= 1
    keys = list(session.execute(select(Notification.account_id, Notification.key)))
    assert len(keys) == len(set(keys))
    name = world.person("a1.2").full_name
    assert name in login("unit_hr_a").get("/checks/").text
    assert name not in login("unit_hr_b").get("/checks/").text
    assert login("finance_a").get("/checks/").status_code == 403


def test_relatives_against_the_bar_are_told_with_the_article_to_those_who_see_the_family(
    world, factory, session, actor_as
):
    """Luật PCTN Điều 20 khoản 3: the treasurer is the wife of the head; told once, and only in the own unit."""
    head = world.person("b.1")
    post = factory.position(world.unit("b1"), "TQ", "Thủ quỹ", approved_number=1)
    wife = factory.person(post.unit, sex="female", recruited=date(2019, 1, 1), position=post, title="Thủ quỹ")
    assert found_of("family_bar") == []
    with transaction():
        session.add(FamilyRelation(person_id=wife.id, relation="Chồng", full_name=head.full_name, relative_id=head.id))
        session.add(FamilyRelation(person_id=head.id, relation="Vợ", full_name=wife.full_name, relative_id=wife.id))
    (told,) = found_of("family_bar")
    assert {wife.full_name in told.record or head.full_name in told.record} == {True}
    assert "Điều 20 khoản 3 Luật" in told.text and told.link.endswith("?tab=family")
    with actor_as("unit_hr_a"):
        assert found_of("family_bar") == []
