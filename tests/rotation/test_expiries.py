"""The calendar of what ends when, and who is reminded on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from hrms.commands.notifications.reminders import remind
from hrms.commands.rotation.expiries import expiries, movement_days
from hrms.commands.rotation.periodic_jobs import tell_units
from hrms.kernel.commands import transaction
from models.notification import Notification
from models.rotation import MovementCase, RotationDeferral
from models.staff import Appointment, Person
from tests.support.builders import Factory
from tests.support.world import World

ACCOUNTANT = "B0202"


def case(world: World, person: Person, kind: str, start: date, end: date | None) -> MovementCase:
    return MovementCase(
        number=f"X-{kind}-{person.id}", kind=kind, person_id=person.id, unit_id=world.units["a"],
        from_unit_id=world.units["a"], to_unit_id=world.units["b"], state="running", effect="applied",
        effective_on=start, ends_on=end,
    )  # fmt: skip


def found(first: date, last: date, kind: str) -> list[date]:
    return [one.day for one in expiries(first, last, kinds=(kind,))]


def test_the_term_of_a_leader_ends_after_sixty_months_or_as_decided(world: World, session: Any) -> None:
    with transaction():
        for row in session.query(Appointment).filter(Appointment.leader_rank != ""):
            row.valid_from = date(2012, 1, 1)
        first, second = (
            session.query(Appointment).filter_by(person_id=world.people[name]).one() for name in ("a.1", "b.1")
        )
        first.valid_from, first.leader_rank = date(2020, 9, 1), "head"
        second.leader_rank, second.term_ends = "head", date(2025, 12, 31)
    ends = expiries(date(2025, 6, 15), date(2026, 6, 15), kinds=("TERM_END",))
    assert [(one.day, one.must_act_by) for one in ends] == [
        (date(2025, 8, 31), date(2025, 6, 3)),  # 90 days before 01/9/2025
        (date(2025, 12, 31), date(2025, 10, 3)),
    ]


def test_secondments_and_rotations_are_on_the_calendar(world: World, session: Any) -> None:
    with transaction():
        session.add(case(world, world.person("a.2"), "BIET_PHAI", date(2024, 7, 1), date(2025, 6, 30)))
        session.add(case(world, world.person("a1.2"), "LUAN_CHUYEN", date(2022, 9, 1), None))
    first, last = date(2025, 6, 15), date(2025, 9, 30)
    assert found(first, last, "SECONDMENT_END") == [date(2025, 6, 30)]
    assert found(first, last, "ROTATION_DUE") == [date(2025, 9, 1)], "36 months"
    assert found(first, last, "REMARK_DUE") == [date(2025, 9, 1)], "each anniversary"


@pytest.mark.parametrize(("left", "told"), [(91, False), (90, True), (89, False), (30, True), (7, True)])
def test_the_end_of_a_secondment_is_told_on_the_days_of_the_settings(
    world: World, session: Any, left: int, told: bool
) -> None:
    end = date(2025, 12, 31)
    with transaction():
        session.add(case(world, world.person("a.2"), "BIET_PHAI", date(2024, 7, 1), end))
    kinds = [due.key for due in movement_days(end - timedelta(days=left)) if due.key.startswith("SECONDMENT")]
    assert bool(kinds) is told


def test_the_last_day_of_the_change_and_the_day_to_look_again(world: World, factory: Factory, session: Any) -> None:
    post = factory.position(world.unit("a1"), "KT", "Kế toán", listed_code=ACCOUNTANT)
    person, put_off = (
        factory.person(world.unit("a1"), recruited=date(2020, 12, 15), birth=date(1985, 1, 1), position=post)
        for _n in range(2)
    )
    with transaction():
        session.add(
            RotationDeferral(person_id=put_off.id, ground="SERIOUS_ILLNESS", starts_on=date(2025, 1, 1),
                             recheck_on=date(2025, 7, 1), document="Giấy xác nhận")
        )  # fmt: skip
    first, last = date(2025, 6, 15), date(2025, 12, 31)
    limits = expiries(first, last, kinds=("PERIODIC_LIMIT",))
    assert [(one.person_id, one.day) for one in limits] == [(person.id, date(2025, 12, 15))]
    assert found(first, last, "DEFERRAL_RECHECK") == [date(2025, 7, 1)]
    remind(date(2025, 6, 15))  # six months before
    told = session.query(Notification).filter_by(kind="movement_due").all()
    assert {row.account_id for row in told} == {world.account("unit_hr_a").id}
    assert "15/12/2025" in told[0].title


def test_the_monthly_list_is_sent_once_to_those_who_plan_and_issue(
    world: World, factory: Factory, session: Any
) -> None:
    post = factory.position(world.unit("a1"), "KT", "Kế toán", listed_code=ACCOUNTANT)
    factory.person(world.unit("a1"), recruited=date(2019, 1, 1), birth=date(1985, 1, 1), position=post)
    tell_units(date(2025, 6, 1))
    tell_units(date(2025, 6, 2))
    rows = session.query(Notification).filter_by(kind="movement_due").all()
    assert {row.account_id for row in rows} == {world.account(name).id for name in ("unit_hr_a", "unit_head_a")}
    assert len(rows) == 2 and all("1 người quá hạn" in row.title for row in rows)
