"""Finding people: words in any writing, exact numbers, filters; never out of the actor's scope."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.staff import ChangePerson, LeaveService, StaffFilter, search, staff_query
from hrms.commands.staff.search import latest_birth
from hrms.kernel.commands import execute
from hrms.kernel.text import add_months
from models.staff import Person
from policies.retirement import pension_date
from policies.store import default_store


def names(people: list[Person]) -> list[str]:
    return [person.full_name for person in people]


@pytest.fixture
def people(world: Any) -> Any:
    execute(ChangePerson(world.people["a.2"], {"full_name": "Đặng Thị Ngọc Ánh", "identity_number": "999555000007"}))
    execute(ChangePerson(world.people["a1.2"], {"full_name": "Đặng Văn Anh"}))
    execute(ChangePerson(world.people["b.2"], {"full_name": "Nguyễn Đăng Ánh"}))
    return world


def test_words_are_found_without_accents_in_any_order(people: Any) -> None:
    assert names(search("dang anh")) == ["Đặng Văn Anh", "Đặng Thị Ngọc Ánh", "Nguyễn Đăng Ánh"]
    assert names(search("ÁNH ngọc")) == ["Đặng Thị Ngọc Ánh"]
    assert search("nh ngoc") == []  # words are found from their beginning
    assert search("   ") == []


def test_the_exact_code_comes_first(people: Any) -> None:
    assert search("SXD-2")[0].id == people.people["a.2"]
    assert search("sxd-2")[0].id == people.people["a.2"]


def test_an_identity_number_is_found_whole_only(people: Any) -> None:
    assert [person.id for person in search("999 555 000 007")] == [people.people["a.2"]]
    assert search("99955500000") == []


def test_wildcards_of_the_database_mean_nothing(people: Any) -> None:
    assert search("%") == [] and search("_") == []


def test_people_of_other_units_are_not_found(people: Any, actor_as: Any) -> None:
    with actor_as("unit_hr_a"):
        assert names(search("anh")) == ["Đặng Văn Anh", "Đặng Thị Ngọc Ánh"]
        assert search(people.person("b.2").code) == []
    with actor_as("finance"):
        assert search("anh") == []


def test_filters_narrow_the_list(people: Any, session: Any) -> None:
    def found(**filters: Any) -> set[int]:
        return {person.id for person in session.scalars(staff_query(StaffFilter(**filters)))}

    ids = people.people
    below_a = {ids[key] for key in ("a.1", "a.2", "a1.1", "a1.2", "a2.1", "a2.2")}
    assert found(unit_id=people.units["a"]) == below_a
    assert found(unit_id=people.units["a"], unit_only=True) == {ids["a.1"], ids["a.2"]}
    assert found(unit_id=people.units["a"], leaders=True) == {ids["a.1"], ids["a1.1"], ids["a2.1"]}
    assert found(categories=["commune_official"]) == {ids["xa.1"], ids["xa.2"]}
    assert found(unit_id=people.units["a"], sex="female", q="anh") == {ids["a.2"], ids["a1.2"]}
    execute(LeaveService(ids["a.2"], date(2025, 6, 1), "Nghỉ"))
    assert ids["a.2"] not in found(unit_id=people.units["a"])
    assert found(statuses=["left"]) == {ids["a.2"]}


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("annex", ["I", "II"])
@pytest.mark.parametrize("day", [date(2025, 6, 15), date(2028, 1, 1), date(2036, 12, 1)])
def test_the_youngest_who_retires_by_a_day_is_told_by_the_law(sex: str, annex: str, day: date) -> None:
    """Everybody born before the found month has a pension day by then, nobody born in it or later has."""
    store = default_store()
    birth = latest_birth(sex, annex, day)
    assert pension_date(store, sex, birth, annex, day) > day
    assert pension_date(store, sex, add_months(birth, -1), annex, day) <= day


def test_the_list_of_those_who_retire_soon(people: Any, session: Any) -> None:
    """Men born 20/09/1966 have their pension from 01/10/2028: within 40 months of 15/06/2025, not within 39."""

    def found(months: int) -> set[int]:
        return {person.id for person in session.scalars(staff_query(StaffFilter(retiring_within=months)))}

    assert people.people["a.1"] not in found(39)
    assert people.people["a.1"] in found(40)
    assert session.scalar(select(Person.id).where(Person.id == people.people["a.2"])) not in found(40)
