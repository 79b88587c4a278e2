"""Establishment: assigned, present, unused, surplus; deputies allowed and present; parent against children."""

from datetime import date, timedelta
from typing import Any

import pytest

from hrms.commands.organization import (
    ChangePosition,
    CreatePosition,
    EndPosition,
    SetEstablishment,
    SetLeadershipQuota,
    averages,
    balances,
    establishment_balance,
    surplus_deputies,
)
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.organization import LeadershipQuota, Position
from models.staff import Appointment
from tests.support.builders import Factory

DAY = date(2025, 6, 15)


@pytest.fixture
def division(factory: Factory) -> Any:
    """A division with twelve assigned places and thirteen people."""
    top = factory.unit("HY", "Tỉnh", kind="province")
    department = factory.unit("SO", "Sở Một", top)
    unit = factory.unit("P", "Phòng Một", department, kind="division", level="INTERNAL")
    factory.establishment(unit, 12)
    people = [factory.person(unit, title="Chuyên viên") for _ in range(13)]
    return top, department, unit, people


def secondment(person: Any, unit: Any, kind: str = "secondment") -> None:
    with transaction():
        from hrms.kernel.db import db

        db.session.add(Appointment(person_id=person.id, unit_id=unit.id, kind=kind, valid_from=date(2025, 1, 1)))


def test_surplus_and_unused_never_stand_together(division: Any) -> None:
    """giao 12, có mặt 13 → dôi dư 1, chưa sử dụng 0; after one left: neither."""
    _top, _department, unit, people = division
    line = establishment_balance(unit.id, DAY).lines["civil_servant"]
    assert (line.assigned, line.present, line.unused, line.surplus) == (12, 13, 0, 1)
    with transaction():
        people[0].appointments[0].valid_to = DAY - timedelta(days=1)
    line = establishment_balance(unit.id, DAY).lines["civil_servant"]
    assert (line.present, line.unused, line.surplus) == (12, 0, 0)
    with transaction():
        people[1].appointments[0].valid_to = DAY
    assert establishment_balance(unit.id, DAY).lines["civil_servant"].present == 12
    later = establishment_balance(unit.id, DAY + timedelta(days=1)).lines["civil_servant"]
    assert (later.present, later.unused, later.surplus) == (11, 1, 0)


def test_people_seconded_out_are_present_where_they_come_from(division: Any, factory: Factory) -> None:
    _top, department, unit, people = division
    secondment(people[0], department)
    sender, receiver = establishment_balance(unit.id, DAY), establishment_balance(department.id, DAY)
    assert sender.own["civil_servant"].present == 13
    assert sender.own["civil_servant"].seconded_out == 1
    assert receiver.own["civil_servant"].present == 0
    assert receiver.own["civil_servant"].seconded_in == 1


def test_concurrent_posts_take_no_place(division: Any) -> None:
    _top, department, _unit, people = division
    secondment(people[0], department, "concurrent")
    line = establishment_balance(department.id, DAY).lines["civil_servant"]
    assert (line.present, line.concurrent) == (13, 1)


def test_the_parent_is_the_sum_of_its_children_unless_it_has_a_number_of_its_own(
    division: Any, factory: Factory
) -> None:
    top, department, _unit, _people = division
    other = factory.unit("P2", "Phòng Hai", department, kind="division", level="INTERNAL")
    factory.establishment(other, 5)
    assert establishment_balance(department.id, DAY).lines["civil_servant"].assigned == 17
    factory.establishment(department, 20)
    balance = establishment_balance(top.id, DAY)
    assert balance.lines["civil_servant"].assigned == 20
    assert balance.children[0].checks == []


def test_more_given_out_than_received_is_reported(division: Any, factory: Factory) -> None:
    """Exactly the number is fine, one more is not."""
    _top, department, _unit, _people = division
    factory.establishment(department, 12)
    assert establishment_balance(department.id, DAY).checks == []
    other = factory.unit("P2", "Phòng Hai", department, kind="division", level="INTERNAL")
    factory.establishment(other, 1)
    (fault,) = establishment_balance(department.id, DAY).checks
    assert fault.code == "children_above_parent"
    assert "13" in fault.message and "12" in fault.message


def test_kinds_of_staff_are_counted_apart(division: Any, factory: Factory) -> None:
    _top, _department, unit, _people = division
    factory.person(unit, category="contract_worker", coefficient=None, agreed=6_000_000)
    lines = establishment_balance(unit.id, DAY).lines
    assert (lines["civil_servant"].present, lines["contract"].present) == (13, 1)
    assert lines["contract"].assigned is None
    assert lines["contract"].surplus == 0


def test_the_balance_of_an_old_day_uses_the_numbers_and_posts_of_that_day(division: Any) -> None:
    _top, _department, unit, _people = division
    execute(SetEstablishment(unit.id, "civil_servant", 9, date(2025, 3, 1), None, "7/QĐ-UBND", date(2025, 2, 1)))
    assert establishment_balance(unit.id, date(2025, 2, 28)).lines["civil_servant"].assigned == 12
    assert establishment_balance(unit.id, date(2025, 3, 1)).lines["civil_servant"].assigned == 9


def test_deputies_are_allowed_by_the_headcount_of_the_division(division: Any, factory: Factory) -> None:
    """Twelve assigned places: two deputies; a third is surplus."""
    _top, _department, unit, _people = division
    for _ in range(2):
        factory.person(unit, title="Phó Trưởng phòng", leader_rank="deputy")
    leaders = establishment_balance(unit.id, DAY).leaders
    assert (leaders.allowed, leaders.deputies, leaders.surplus) == (2, 2, 0)
    factory.person(unit, title="Phó Trưởng phòng", leader_rank="deputy")
    assert establishment_balance(unit.id, DAY).leaders.surplus == 1
    assert [row.node.code for row in surplus_deputies(balances(DAY))] == ["P"]


def test_a_decision_on_the_number_of_deputies_comes_before_the_rule(division: Any) -> None:
    _top, _department, unit, _people = division
    execute(SetLeadershipQuota(unit.id, 4, date(2025, 6, 15), "Điều 2 Quyết định số 5/QĐ-UBND", "5/QĐ-UBND"))
    assert establishment_balance(unit.id, date(2025, 6, 14)).leaders.allowed == 2
    after = establishment_balance(unit.id, date(2025, 6, 15)).leaders
    assert (after.allowed, after.article, after.mark) == (4, "Điều 2 Quyết định số 5/QĐ-UBND", "U")


def test_an_average_is_judged_over_all_departments_together(division: Any, factory: Factory) -> None:
    """Four deputies in one department and two in the other are six for two departments: within the average of three."""
    top, department, _unit, _people = division
    second = factory.unit("SO2", "Sở Hai", top)
    for unit, number in ((department, 4), (second, 2)):
        for _ in range(number):
            factory.person(unit, title="Phó Giám đốc", leader_rank="deputy")
    (average,) = averages(balances(DAY))
    assert (average.kind, average.bodies, average.allowed, average.present, average.surplus) == (
        "department",
        2,
        6,
        6,
        0,
    )
    assert surplus_deputies(balances(DAY)) == []
    factory.person(second, title="Phó Giám đốc", leader_rank="deputy")
    assert averages(balances(DAY))[0].surplus == 1


def test_surplus_deputies_have_sixty_months_from_the_restructuring_decision(
    division: Any, factory: Factory, session: Any
) -> None:
    from models.restructuring import RestructuringAct

    _top, _department, unit, _people = division
    session.add(
        RestructuringAct(
            unit_id=unit.id, number="1/QĐ", issued_on=date(2025, 2, 20), effective_on=date(2025, 3, 1), title="Sáp nhập"
        )
    )
    session.commit()
    for _ in range(3):
        factory.person(unit, title="Phó Trưởng phòng", leader_rank="deputy")
    leaders = establishment_balance(unit.id, DAY).leaders
    assert leaders.deadline == date(2030, 2, 20)


def test_a_unit_of_another_agency_is_not_found(world: Any, actor_as: Any) -> None:
    with actor_as("unit_hr_a"):
        assert establishment_balance(world.units["a"], DAY).total.present == 6
        assert [balance.node.id for balance in balances(DAY)] == [world.units["a"]]
        with pytest.raises(NotFound):
            establishment_balance(world.units["b"], DAY)
    with actor_as("finance"), pytest.raises(NotFound):
        establishment_balance(world.units["a"], DAY)


def test_assigning_numbers_is_for_the_province_and_needs_a_decision(world: Any, actor_as: Any) -> None:
    order = SetEstablishment(world.units["a"], "civil_servant", 15, DAY, None, "1/QĐ", DAY)
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        execute(order)
    with actor_as("province_hr"):
        execute(order)
        with pytest.raises(Refused) as error:
            execute(SetEstablishment(world.units["a"], "officers", -1, None))
    assert {"kind", "number", "valid_from", "decision_number", "decision_date"} <= set(error.value.by_field())


def test_a_position_is_not_ended_under_the_people_who_hold_it(world: Any, session: Any) -> None:
    post = session.query(Position).filter_by(unit_id=world.units["a"], code="SXD.CV").one()
    with pytest.raises(Refused) as error:
        execute(EndPosition(post.id, DAY))
    assert world.person("a.2").full_name in error.value.faults[0].message
    with transaction():
        world.person("a.2").appointments[0].valid_to = DAY
    execute(EndPosition(post.id, DAY))
    assert post.valid_to == DAY


def test_a_position_changed_from_a_day_on_keeps_its_holder(world: Any, session: Any) -> None:
    post = session.query(Position).filter_by(unit_id=world.units["a"], code="SXD.CV").one()
    new = execute(ChangePosition(post.id, {"approved_number": 3}, post.version, DAY, "3/QĐ", DAY))
    assert (post.valid_to, new.valid_from, new.approved_number) == (DAY - timedelta(days=1), DAY, 3)
    assert world.person("a.2").appointments[0].position_id == new.id


def test_the_same_position_code_twice_at_one_time_is_refused(world: Any) -> None:
    with pytest.raises(Refused) as error:
        execute(CreatePosition(world.units["a"], "SXD.CV", "Chuyên viên", "CHUYEN_NGANH", DAY))
    assert error.value.faults[0].code == "overlap"
    execute(CreatePosition(world.units["b"], "SXD.CV", "Chuyên viên", "CHUYEN_NGANH", DAY))


def test_quotas_follow_one_another_without_overlap(world: Any, session: Any) -> None:
    execute(SetLeadershipQuota(world.units["a"], 3, DAY, "NĐ 150/2025/NĐ-CP"))
    rows = session.query(LeadershipQuota).filter_by(unit_id=world.units["a"]).order_by(LeadershipQuota.valid_from).all()
    assert [(row.deputies, row.valid_to) for row in rows] == [(2, DAY - timedelta(days=1)), (3, None)]
