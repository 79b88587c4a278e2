"""Numbers of deputies: NĐ 150/2025/NĐ-CP, NĐ 120/2020/NĐ-CP Điều 6, NQ 332/NQ-CP."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.engine.parameters import Override
from policies.positions import deputies_allowed, surplus_deadline
from policies.store import default_store

NOW = date(2025, 12, 1)


@pytest.mark.parametrize(("headcount", "deputies"), [(1, 1), (9, 1), (10, 2), (14, 2), (15, 3), (60, 3)])
def test_a_division_of_a_department_has_deputies_by_its_headcount(headcount: int, deputies: int) -> None:
    """Under 10: 1; 10 to 14: at most 2; from 15: at most 3 (NĐ 150/2025)."""
    answer = deputies_allowed("division", headcount, day=NOW, parent_kind="department")
    assert answer is not None
    assert answer.number == deputies
    assert not answer.average
    assert (answer.mark, answer.article) == ("P", "NĐ 150/2025/NĐ-CP")


@pytest.mark.parametrize(("divisions", "deputies"), [(0, 2), (1, 1), (3, 1), (4, 2), (9, 2)])
def test_a_branch_has_deputies_by_its_divisions(divisions: int, deputies: int) -> None:
    answer = deputies_allowed("branch", 40, divisions, day=NOW)
    assert answer is not None and answer.number == deputies


@pytest.mark.parametrize(("people", "deputies"), [(6, 0), (7, 1), (9, 1), (10, 2), (50, 2)])
def test_a_division_of_a_public_service_unit_follows_its_own_decree(people: int, deputies: int) -> None:
    answer = deputies_allowed("division", people, day=NOW, parent_kind="service_unit")
    assert answer is not None and answer.number == deputies
    assert "120/2020" in answer.article


@pytest.mark.parametrize(("people", "deputies"), [(20, 2), (21, 3)])
def test_a_service_unit_outside_departments_is_judged_by_people(people: int, deputies: int) -> None:
    answer = deputies_allowed("service_unit", people, day=NOW, parent_kind="commune")
    assert answer is not None and answer.number == deputies


def test_a_service_unit_of_a_department_has_two_and_a_large_one_three() -> None:
    usual = deputies_allowed("service_unit", 300, day=NOW, parent_kind="department")
    large = deputies_allowed("service_unit", 300, day=NOW, parent_kind="department", large=True)
    assert usual is not None and large is not None
    assert (usual.number, large.number) == (2, 3)


@pytest.mark.parametrize(("kind", "number"), [("department", 3), ("commune_office", 2)])
def test_averages_say_that_they_are_averages(kind: str, number: int) -> None:
    answer = deputies_allowed(kind, 80, day=NOW)
    assert answer is not None and answer.number == number and answer.average


def test_the_rule_changes_its_source_on_the_day_the_new_decree_applies() -> None:
    """Same numbers before and after 01/07/2025, another article and another evidence mark."""
    before = deputies_allowed("division", 12, day=date(2025, 6, 30))
    after = deputies_allowed("division", 12, day=date(2025, 7, 1))
    assert before is not None and after is not None
    assert before.number == after.number == 2
    assert (before.mark, after.mark) == ("U", "P")


def test_no_rule_for_commune_offices_before_there_were_any() -> None:
    assert deputies_allowed("commune_office", 8, day=date(2025, 6, 30)) is None
    assert deputies_allowed("commune_office", 8, day=date(2025, 7, 1)) is not None


def test_a_body_without_a_rule_gets_no_number() -> None:
    assert deputies_allowed("party", 30, day=NOW) is None


def test_a_decision_of_the_province_can_be_laid_over_the_rule() -> None:
    store = default_store().overlay(
        {"positions.deputies.department": Override(4, "Quyết định của UBND tỉnh", "NĐ 150/2025/NĐ-CP", "U")}
    )
    answer = deputies_allowed("department", 100, day=NOW, store=store)
    assert answer is not None and answer.number == 4


@given(st.sampled_from(["department", "service_unit"]), st.integers(0, 500))
def test_more_people_never_mean_fewer_deputies(parent: str, headcount: int) -> None:
    smaller = deputies_allowed("division", headcount, day=NOW, parent_kind=parent)
    larger = deputies_allowed("division", headcount + 1, day=NOW, parent_kind=parent)
    assert smaller is not None and larger is not None
    assert smaller.number <= larger.number


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError):
        deputies_allowed("division", -1, day=NOW)


def test_surplus_deputies_have_sixty_months_from_the_decision() -> None:
    assert surplus_deadline(date(2025, 2, 28)) == date(2030, 2, 28)
    assert surplus_deadline(date(2025, 3, 1)) == date(2030, 3, 1)
