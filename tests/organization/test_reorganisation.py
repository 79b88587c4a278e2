"""Merging, splitting and ending units: nobody and nothing is left behind, and what was stays readable."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.organization import (
    CreatePosition,
    EndUnit,
    MergeUnits,
    NewPost,
    NewUnit,
    SetEstablishment,
    SplitUnit,
    establishment_balance,
    predecessors_of,
    project_units,
    reorganisation,
    successors_of,
    tree_on,
)
from hrms.commands.staff import LeaveService
from hrms.commands.staff.lookup import appointment_on, unit_on
from hrms.kernel import access, clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotFound, Refused
from models.account import RoleAssignment
from models.organization import Establishment, OrgUnit, Position, UnitSuccession
from models.staff import Appointment, Person

ON, BEFORE = date(2025, 6, 1), date(2025, 5, 31)
DECISION = {"on": ON, "decision_number": "30/QĐ-UBND", "decision_date": date(2025, 5, 20)}


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def merge(world: Any, **more: Any) -> list[OrgUnit]:
    posts = {world.people["b.1"]: NewPost("Phó Giám đốc", "deputy")}
    return execute(
        MergeUnits(
            **{
                **DECISION,
                "unit_ids": [world.units["a"], world.units["b"]],
                "into": world.units["a"],
                "posts": posts,
                **more,
            }
        )
    )


def test_a_merged_unit_ends_the_day_before_and_its_people_go_on_in_the_other(session: Any, world: Any) -> None:
    (target,) = merge(world)
    assert target.id == world.units["a"]
    assert world.unit("b").valid_to == BEFORE
    person = world.person("b.2")
    assert unit_on(person, BEFORE).id == world.units["b"]
    assert unit_on(person, ON).id == world.units["a"]
    post = appointment_on(person, ON)
    assert (post.title, post.decision_number) == ("Chuyên viên", "30/QĐ-UBND")
    assert person.unit_id == world.units["a"]


def test_the_arrows_say_what_became_of_it(session: Any, world: Any) -> None:
    merge(world)
    assert [unit.id for unit in successors_of(world.units["b"])] == [world.units["a"]]
    assert [unit.id for unit in predecessors_of(world.units["a"])] == [world.units["b"]]
    row = session.scalar(select(UnitSuccession))
    assert (row.kind, row.on, row.decision_number) == ("merge", ON, "30/QĐ-UBND")


def test_units_below_move_and_keep_their_people(session: Any, world: Any) -> None:
    merge(world)
    assert session.get(OrgUnit, world.units["b1"]).path.startswith(world.unit("a").path)
    assert world.units["b1"] in tree_on(BEFORE).inside(world.units["b"])
    assert world.units["b1"] in tree_on(ON).inside(world.units["a"])
    assert world.person("b1.2").unit_id == world.units["b1"]


def test_several_heads_must_be_sorted_out_by_a_person(session: Any, world: Any) -> None:
    with pytest.raises(Refused) as error:
        merge(world, posts={})
    assert codes(error) == {"several_heads"}
    message = error.value.faults[0].message
    assert world.person("a.1").full_name in message and world.person("b.1").full_name in message
    merge(world)
    assert appointment_on(world.person("b.1"), ON).leader_rank == "deputy"
    assert appointment_on(world.person("a.1"), ON).leader_rank == "head"


def test_numbers_and_positions_are_added_up(session: Any, world: Any) -> None:
    merge(world)
    numbers = {
        row.valid_from: (row.number, row.valid_to)
        for row in session.scalars(select(Establishment).where(Establishment.unit_id == world.units["a"]))
    }
    assert numbers[ON] == (24, None)
    assert numbers[date(2015, 1, 1)] == (12, BEFORE)
    ended = session.scalar(select(Establishment).where(Establishment.unit_id == world.units["b"]))
    assert ended.valid_to == BEFORE
    post = appointment_on(world.person("b.2"), ON)
    assert session.get(Position, post.position_id).unit_id == world.units["a"]


def test_units_can_become_a_new_one(session: Any, world: Any) -> None:
    new = NewUnit("SHT", "Sở Hạ tầng", "department", "PROVINCE", world.units["hy"])
    (target,) = merge(world, into=new)
    assert {unit.id for unit in predecessors_of(target.id)} == {world.units["a"], world.units["b"]}
    assert world.unit("a").valid_to == BEFORE
    assert world.person("a.2").unit_id == target.id
    assert {world.units["a"], world.units["b"]}.isdisjoint(tree_on(ON).nodes)


def test_a_merger_planned_for_later_does_not_show_yet(session: Any, world: Any) -> None:
    merge(world, on=date(2025, 7, 1))
    assert world.person("b.2").unit_id == world.units["b"]
    assert world.unit("b").valid_to == date(2025, 6, 30)
    assert unit_on(world.person("b.2"), date(2025, 7, 1)).id == world.units["a"]


def test_rights_on_an_ended_unit_end_with_it(session: Any, world: Any) -> None:
    merge(world)
    ended = session.scalars(select(RoleAssignment).where(RoleAssignment.unit_id == world.units["b"])).all()
    assert ended and {row.valid_to for row in ended} == {BEFORE}


def test_records_of_the_old_body_are_handed_over_to_its_heir(session: Any, world: Any, actor_as: Any) -> None:
    """Who had left the merged unit before stays with it; the officer of the receiving unit sees the record."""
    execute(LeaveService(world.people["b.2"], date(2025, 5, 1), "Nghỉ hưu"))
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        access.get(Person, world.people["b.2"])
    merge(world)
    assert world.person("b.2").unit_id == world.units["b"]
    with actor_as("unit_hr_a"):
        assert access.get(Person, world.people["b.2"]).left_on == date(2025, 5, 1)
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        access.get(Person, world.people["b.2"])


def test_the_hand_over_happens_on_the_day_not_before(session: Any, world: Any) -> None:
    merge(world, on=date(2025, 7, 1))
    with clock.travel_to(date(2025, 6, 30)), transaction():
        project_units()
    assert not world.unit("b").path.startswith(world.unit("a").path)
    with clock.travel_to(date(2025, 7, 1)), transaction():
        project_units()
    assert world.unit("b").path.startswith(world.unit("a").path)


def test_one_unit_is_no_merger(session: Any, world: Any) -> None:
    with pytest.raises(Refused) as error:
        merge(world, unit_ids=[world.units["a"]])
    assert "too_few" in codes(error)


def test_a_unit_does_not_end_while_people_or_units_are_in_it(session: Any, world: Any) -> None:
    with pytest.raises(Refused) as error:
        execute(EndUnit(**DECISION, unit_id=world.units["a"]))
    assert codes(error) == {"staff_remain", "children_remain"}
    text = " ".join(fault.message for fault in error.value.faults)
    assert world.person("a.1").full_name in text and "Phòng Quy hoạch" in text
    assert world.unit("a").valid_to is None


def test_a_unit_ends_when_the_command_says_where_everybody_goes(session: Any, world: Any) -> None:
    execute(
        EndUnit(
            **DECISION,
            unit_id=world.units["a"],
            staff={world.people["a.1"]: world.units["b"]},
            staff_to=world.units["xa"],
            children_to=world.units["b"],
            successors=[world.units["b"]],
        )
    )
    assert world.person("a.1").unit_id == world.units["b"]
    assert world.person("a.2").unit_id == world.units["xa"]
    assert session.get(OrgUnit, world.units["a2"]).parent_id == world.units["b"]
    assert [unit.id for unit in successors_of(world.units["a"])] == [world.units["b"]]


def test_an_ended_unit_without_successor_says_so(session: Any, world: Any) -> None:
    unit = world.units["a2"]
    execute(EndUnit(**DECISION, unit_id=unit, staff_to=world.units["a1"]))
    row = session.scalar(select(UnitSuccession).where(UnitSuccession.from_unit_id == unit))
    assert (row.kind, row.to_unit_id) == ("end", None)
    assert successors_of(unit) == []


def test_a_split_needs_a_place_for_everybody(session: Any, world: Any) -> None:
    parts = [NewUnit(f"P{n}", f"Phòng {n}", "division", "INTERNAL", world.units["a"]) for n in (1, 2)]
    with pytest.raises(Refused) as error:
        execute(SplitUnit(**DECISION, unit_id=world.units["a1"], into=parts, staff={world.people["a1.1"]: 0}))
    assert codes(error) == {"staff_remain"}
    assert world.person("a1.2").full_name in error.value.faults[0].message
    first, second = execute(
        SplitUnit(**DECISION, unit_id=world.units["a1"], into=parts, staff={world.people["a1.1"]: 0}, rest=1)
    )
    assert world.person("a1.1").unit_id == first.id
    assert world.person("a1.2").unit_id == second.id
    assert {unit.id for unit in successors_of(world.units["a1"])} == {first.id, second.id}


def test_a_unit_that_goes_on_can_give_some_people_away(session: Any, world: Any) -> None:
    part = NewUnit("PX", "Phòng Tách", "division", "INTERNAL", world.units["a"])
    (new,) = execute(
        SplitUnit(**DECISION, unit_id=world.units["a1"], into=[part], staff={world.people["a1.2"]: 0}, keep=True)
    )
    assert world.person("a1.2").unit_id == new.id
    assert world.person("a1.1").unit_id == world.units["a1"]
    assert session.get(OrgUnit, world.units["a1"]).valid_to is None


def test_other_domains_hear_of_it(session: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(reorganisation, "listeners", [lambda arrows, on: heard.append((arrows, on))])
    merge(world)
    assert heard == [({world.units["b"]: [world.units["a"]]}, ON)]


def test_a_failed_reorganisation_changes_nothing(session: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_arrows: Any, _on: Any) -> None:
        raise RuntimeError("listener")

    monkeypatch.setattr(reorganisation, "listeners", [breaks])
    with pytest.raises(RuntimeError):
        merge(world)
    assert world.unit("b").valid_to is None
    assert session.scalar(select(UnitSuccession)) is None
    assert world.person("b.2").unit_id == world.units["b"]


def test_the_sum_of_people_is_the_same_before_and_after(session: Any, world: Any) -> None:
    before = establishment_balance(world.units["hy"], BEFORE).total
    merge(world)
    after = establishment_balance(world.units["hy"], ON).total
    assert (before.present, before.assigned) == (after.present, after.assigned)
    with clock.travel_to(BEFORE):
        assert establishment_balance(world.units["hy"]).total == before


def test_a_post_planned_for_after_the_merger_begins_in_the_new_unit(session: Any, world: Any) -> None:
    person = world.person("b.2")
    post = appointment_on(person, BEFORE)
    post.valid_to = date(2025, 8, 31)
    session.add(
        Appointment(person_id=person.id, unit_id=world.units["b"], title="Kế toán", valid_from=date(2025, 9, 1))
    )
    session.commit()
    merge(world)
    assert unit_on(person, date(2025, 9, 1)).id == world.units["a"]
    assert appointment_on(person, date(2025, 9, 1)).valid_from == date(2025, 9, 1)


def test_assigned_numbers_stay_apart_when_asked(session: Any, world: Any) -> None:
    merge(world, sum_establishment=False)
    assert establishment_balance(world.units["a"], ON).own["civil_servant"].assigned == 12


def test_unknown_targets_are_refused_with_all_other_faults(session: Any, world: Any) -> None:
    bad = NewUnit("SYT", "", "department", "PROVINCE", world.units["hy"])
    with pytest.raises(Refused) as error:
        merge(world, into=bad, decision_number="")
    assert {"into.code", "into.name", "decision_number"} <= set(error.value.by_field())


def test_positions_and_numbers_can_be_set_after_the_merger(session: Any, world: Any) -> None:
    merge(world)
    execute(CreatePosition(world.units["a"], "A.99", "Chuyên viên mới", "CHUYEN_NGANH", ON))
    execute(SetEstablishment(world.units["a"], "civil_servant", 20, date(2026, 1, 1), None, "9/QĐ", ON))
    assert establishment_balance(world.units["a"], date(2026, 1, 1)).own["civil_servant"].assigned == 20
