"""The tenure clock from dated appointments: written moves, mergers, probation, the listed code of a position."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hrms.commands.rotation.clocks import roll
from hrms.commands.rotation.due import due_list
from hrms.commands.rotation.listed import SetListedCode, listed_counts, position_query
from hrms.commands.rotation.paths import path_of_posts
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.organization import OrgUnit, Position, UnitSuccession
from models.staff import Appointment, Person
from tests.support.builders import Factory
from tests.support.world import World

TODAY = date(2025, 6, 15)
ACCOUNTANT, BUDGET, CULTURE = "B0202", "B0201", "B0701"
MOVED = date(2023, 7, 1)


@pytest.fixture
def mover(world: World, factory: Factory, session: Any) -> Any:
    """Somebody appointed on 01/01/2019 in a1 who has another post from 01/7/2023; returns the person."""

    def build(
        listed_before: str, listed_after: str, *, unit: str = "a1", merger: bool = False, first_title: str = "Kế toán"
    ) -> Person:
        before = factory.position(world.unit("a1"), "P1", "Kế toán", listed_code=listed_before)
        after = factory.position(world.unit(unit), "P2", "Kế toán", listed_code=listed_after)
        person = factory.person(
            world.unit("a1"), recruited=date(2019, 1, 1), birth=date(1985, 1, 1), position=before, title=first_title
        )
        with transaction():
            row = session.query(Appointment).filter_by(person_id=person.id).one()
            row.valid_to = date(2023, 6, 30)
            session.add(
                Appointment(person_id=person.id, unit_id=after.unit_id, position_id=after.id, title="Kế toán viên",
                            valid_from=MOVED)
            )  # fmt: skip
            if merger:
                session.add(
                    UnitSuccession(from_unit_id=before.unit_id, to_unit_id=after.unit_id, kind="merge", on=MOVED)
                )
        return person

    return build


def start_of(person: Person) -> date:
    return next(row.clock_start for row in due_list(TODAY).rows if row.person_id == person.id)


def test_a_written_move_to_other_listed_work_restarts_the_clock(mover: Any) -> None:
    assert start_of(mover(ACCOUNTANT, BUDGET)) == MOVED


def test_the_same_work_in_another_unit_restarts_it_too(mover: Any) -> None:
    assert start_of(mover(ACCOUNTANT, ACCOUNTANT, unit="a2")) == MOVED


def test_a_merger_with_the_same_listed_work_does_not(mover: Any) -> None:
    assert start_of(mover(ACCOUNTANT, ACCOUNTANT, unit="a2", merger=True)) == date(2019, 1, 1)


def test_another_row_of_the_same_work_in_the_same_unit_does_not(mover: Any) -> None:
    assert start_of(mover(ACCOUNTANT, ACCOUNTANT)) == date(2019, 1, 1)


def test_coming_from_work_that_is_not_listed_starts_the_clock(mover: Any) -> None:
    assert start_of(mover("", ACCOUNTANT)) == MOVED


def test_probation_does_not_count_where_the_circular_leaves_it_out(mover: Any) -> None:
    """TT 27/2024/TT-BTC: the clock starts on the day after the probation ended (30/6/2023)."""
    assert start_of(mover(ACCOUNTANT, ACCOUNTANT, first_title="Kế toán viên tập sự")) == MOVED


def test_the_clock_of_the_past_knows_nothing_of_later_moves(mover: Any) -> None:
    person = mover(ACCOUNTANT, BUDGET)
    (holder,) = [one for one in roll(date(2023, 6, 30)).holders if one.person_id == person.id]
    assert (holder.work, holder.tenure.assigned, holder.tenure.changes) == (ACCOUNTANT, date(2019, 1, 1), ())


def test_the_path_of_posts_shows_where_the_clock_began_again(mover: Any) -> None:
    steps = path_of_posts(mover(ACCOUNTANT, BUDGET).id)
    assert [(step.start, step.restarts, step.months) for step in steps] == [
        (date(2019, 1, 1), True, 53), (MOVED, True, 23),
    ]  # fmt: skip


def test_a_merger_on_the_path_is_told_and_is_no_new_beginning(mover: Any) -> None:
    steps = path_of_posts(mover(CULTURE, CULTURE, unit="a2", merger=True).id)
    assert [(step.restarts, step.merged) for step in steps] == [(True, False), (False, True)]


def test_hr_ties_positions_to_the_list_and_the_clock_follows(world: World, factory: Factory, actor_as: Any) -> None:
    post = factory.position(world.unit("a1"), "KT", "Kế toán")
    lead = factory.position(world.unit("a1"), "TP", "Trưởng phòng", leader_rank="head")
    person = factory.person(
        world.unit("a1"), recruited=date(2019, 1, 1), birth=date(1985, 1, 1), position=post, title="Kế toán"
    )
    assert due_list(TODAY).rows == []
    with actor_as("province_hr"):
        execute(SetListedCode([post.id], ACCOUNTANT))
        assert start_of(person) == date(2019, 1, 1)
        assert [row[0] for row in listed_counts()] == [ACCOUNTANT]
        with pytest.raises(Refused) as error:
            execute(SetListedCode([post.id, lead.id], "Z99"))
        assert {fault.field for fault in error.value.faults} == {"listed_code", "position_ids"}
        execute(SetListedCode([post.id], ""))
    assert due_list(TODAY).rows == []


def test_positions_of_other_units_are_not_there(world: World, factory: Factory, actor_as: Any, session: Any) -> None:
    post = factory.position(world.unit("b1"), "KT", "Kế toán", listed_code=ACCOUNTANT)
    with actor_as("unit_hr_a"):
        assert post.id not in {row.id for row in session.scalars(position_query())}
        with pytest.raises((NotFound, NotAllowed)):
            execute(SetListedCode([post.id], ""))
    assert session.get(Position, post.id).listed_code == ACCOUNTANT
    assert session.get(OrgUnit, post.unit_id) is not None
