"""The unit tree through time: creating, renaming, moving, and what the tree was on a day."""

from datetime import date
from typing import Any

import pytest

from hrms.commands.organization import (
    ChangeUnit,
    ChangeUnitDetails,
    CorrectUnitVersion,
    CreateUnit,
    NewUnit,
    RenameUnit,
    TransferUnit,
    project_units,
    successors_of,
    tree_on,
)
from hrms.commands.staff.lookup import unit_name_on
from hrms.kernel import clock, history
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, Refused, Stale
from models.organization import OrgUnit, OrgUnitVersion

DECISION = ("25/QĐ-UBND", date(2025, 2, 20))


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_a_new_unit_stands_in_the_tree_from_its_first_day(session: Any, world: Any) -> None:
    """The day before it is not there, on the day it is; today's projection has its path at once."""
    new = NewUnit("SXD-QLN", "  Phòng   Quản lý nhà ", "division", "INTERNAL", world.units["a"])
    unit = execute(CreateUnit(new, date(2025, 3, 1), *DECISION))
    assert unit.name == "Phòng Quản lý nhà"
    assert unit.path == world.unit("a").path + f"{unit.id}/"
    assert unit.depth == 2
    assert unit.id not in tree_on(date(2025, 2, 28))
    assert unit.id in tree_on(date(2025, 3, 1))
    assert "quan ly nha" in unit.folded


def test_everything_wrong_with_a_new_unit_is_said_at_once(session: Any, world: Any) -> None:
    new = NewUnit("SXD", "", "ministry", "PROVINCE", world.units["a"])
    with pytest.raises(Refused) as error:
        execute(CreateUnit(new, date(2025, 3, 1), "", None))
    fields = set(error.value.by_field())
    assert {"code", "name", "kind", "decision_number", "decision_date"} <= fields
    assert any("Sở Xây dựng" in fault.message for fault in error.value.faults if fault.field == "code")


def test_a_unit_cannot_begin_under_a_parent_that_does_not_exist_yet(session: Any, world: Any) -> None:
    new = NewUnit("SOM", "Phòng Sớm", "division", "INTERNAL", world.units["a"])
    with pytest.raises(Refused) as error:
        execute(CreateUnit(new, date(2014, 12, 31), *DECISION))
    assert codes(error) == {"parent_not_live"}
    execute(CreateUnit(new, date(2015, 1, 1), *DECISION))


def test_a_renamed_unit_keeps_its_old_name_on_old_days(session: Any, world: Any) -> None:
    execute(RenameUnit(world.units["a"], date(2025, 3, 1), "Sở Xây dựng và Giao thông", *DECISION))
    unit = world.unit("a")
    assert unit.name == "Sở Xây dựng và Giao thông"
    assert unit_name_on(unit, date(2025, 2, 28)) == "Sở Xây dựng"
    assert unit_name_on(unit, date(2025, 3, 1)) == "Sở Xây dựng và Giao thông"
    assert tree_on(date(2025, 2, 28)).nodes[unit.id].name == "Sở Xây dựng"
    assert successors_of(unit.id) == []  # it became nothing else


def test_a_change_planned_for_later_shows_when_its_day_has_come(session: Any, world: Any) -> None:
    execute(RenameUnit(world.units["a"], date(2025, 7, 1), "Sở Hạ tầng", *DECISION))
    assert world.unit("a").name == "Sở Xây dựng"
    with clock.travel_to(date(2025, 6, 30)), transaction():
        assert project_units() == 0
    with clock.travel_to(date(2025, 7, 1)), transaction():
        assert project_units() == 1
    assert world.unit("a").name == "Sở Hạ tầng"
    assert any(entry.field == "name" and entry.new == "Sở Hạ tầng" for entry in history.of(world.unit("a")))


def test_moving_a_unit_moves_everything_below_it(session: Any, world: Any) -> None:
    """Paths carry the rights: the division of a moved department is found under the new superior."""
    execute(TransferUnit(world.units["a"], date(2025, 6, 1), world.units["b"], *DECISION))
    below = session.get(OrgUnit, world.units["a1"])
    assert below.path == world.unit("b").path + f"{world.units['a']}/{below.id}/"
    assert below.depth == 3
    assert world.units["a1"] in tree_on(date(2025, 6, 1)).inside(world.units["b"])
    assert world.units["a1"] not in tree_on(date(2025, 5, 31)).inside(world.units["b"])


def test_a_unit_is_never_put_below_itself(session: Any, world: Any) -> None:
    with pytest.raises(Refused) as error:
        execute(TransferUnit(world.units["a"], date(2025, 6, 1), world.units["a1"], *DECISION))
    assert codes(error) == {"loop"}
    with pytest.raises(Refused):
        execute(TransferUnit(world.units["a"], date(2025, 6, 1), world.units["a"], *DECISION))


def test_a_loop_that_would_only_arise_later_is_refused_too(session: Any, world: Any) -> None:
    execute(TransferUnit(world.units["a"], date(2025, 9, 1), world.units["b"], *DECISION))
    with pytest.raises(Refused) as error:
        execute(TransferUnit(world.units["b"], date(2025, 7, 1), world.units["a"], *DECISION))
    assert codes(error) == {"loop"}


def test_two_changes_on_one_day_are_refused(session: Any, world: Any) -> None:
    execute(RenameUnit(world.units["a"], date(2025, 3, 1), "Sở Một", *DECISION))
    with pytest.raises(Refused) as error:
        execute(RenameUnit(world.units["a"], date(2025, 3, 1), "Sở Hai", *DECISION))
    assert codes(error) == {"same_day"}


def test_a_change_in_the_middle_ends_where_the_next_one_begins(session: Any, world: Any) -> None:
    """History entered late: a name of 2020 stands between the first name and the one of 2025."""
    execute(RenameUnit(world.units["a"], date(2025, 3, 1), "Tên 2025", *DECISION))
    execute(RenameUnit(world.units["a"], date(2020, 1, 1), "Tên 2020", *DECISION))
    names = [
        tree_on(day).nodes[world.units["a"]].name
        for day in (date(2019, 12, 31), date(2020, 1, 1), date(2025, 2, 28), date(2025, 3, 1))
    ]
    assert names == ["Sở Xây dựng", "Tên 2020", "Tên 2020", "Tên 2025"]
    assert world.unit("a").name == "Tên 2025"


def test_a_change_that_changes_nothing_is_refused(session: Any, world: Any) -> None:
    with pytest.raises(Refused) as error:
        execute(ChangeUnit(world.units["a"], date(2025, 3, 1), {"name": "Sở Xây dựng"}, *DECISION))
    assert codes(error) == {"no_change"}


def test_a_correction_keeps_the_dates_and_says_why(session: Any, world: Any) -> None:
    execute(RenameUnit(world.units["a"], date(2025, 3, 1), "Sở Xây dưng mới", *DECISION))
    version = session.query(OrgUnitVersion).filter_by(unit_id=world.units["a"], valid_from=date(2025, 3, 1)).one()
    with pytest.raises(Refused):
        execute(CorrectUnitVersion(version.id, {"name": "Sở Xây dựng mới"}, ""))
    execute(CorrectUnitVersion(version.id, {"name": "Sở Xây dựng mới"}, "Sai chính tả"))
    assert world.unit("a").name == "Sở Xây dựng mới"
    assert any("Sai chính tả" in (entry.note or "") for entry in history.of(version))


def test_the_second_of_two_editors_sees_both_versions(session: Any, world: Any) -> None:
    seen = world.unit("a").version
    execute(ChangeUnitDetails(world.units["a"], {"signer_name": "Nguyễn Văn Một"}, seen))
    with pytest.raises(Stale) as error:
        execute(ChangeUnitDetails(world.units["a"], {"signer_name": "Trần Thị Hai"}, seen))
    (difference,) = error.value.differences
    assert (difference.label, difference.yours, difference.theirs) == (
        "Họ tên người ký",
        "Trần Thị Hai",
        "Nguyễn Văn Một",
    )


def test_details_outside_the_list_are_refused(session: Any, world: Any) -> None:
    with pytest.raises(Refused):
        execute(ChangeUnitDetails(world.units["a"], {"path": "/"}))


def test_only_those_who_may_write_units_change_them(world: Any, actor_as: Any) -> None:
    new = NewUnit("MOI", "Phòng Mới", "division", "INTERNAL", world.units["a"])
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        execute(CreateUnit(new, date(2025, 3, 1), *DECISION))
    with actor_as("province_hr"):
        execute(CreateUnit(new, date(2025, 3, 1), *DECISION))


def test_a_unit_officer_sees_the_own_part_of_the_tree_with_the_own_unit_at_the_top(world: Any, actor_as: Any) -> None:
    with actor_as("unit_hr_a"):
        tree = tree_on(date(2025, 6, 15))
    assert set(tree.nodes) == {world.units["a"], world.units["a1"], world.units["a2"]}
    assert tree.children[None] == [world.units["a"]]
    with actor_as("unit_hr_a"):
        assert world.units["b"] not in tree_on(date(2025, 6, 15), world.units["b"])
