"""Who sees and changes which rows: one clause for lists, one question per row, and the two always agree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hrms.kernel import access, actor
from hrms.kernel.commands import transaction
from hrms.kernel.errors import NotAllowed, NotFound
from models.account import RoleAssignment
from models.organization import OrgUnit, Position
from models.restructuring import DownsizingCase
from models.staff import Person, SalaryRow
from tests.support.samples import sample_place


@pytest.fixture
def province(world, session):
    """The small province with one row of every scoped table in ``a1`` (draft case), ``b1`` and ``xa`` (decided)."""
    return {
        key: sample_place(world, key, case_state=state)
        for key, state in (("a1", "draft"), ("b1", "finance_review"), ("xa", "decided"))
    }


def ids(session, model, action="read"):
    return set(session.scalars(access.restrict(select(model.id), model, action)))


@pytest.mark.parametrize("action", ["read", "write", "edit", "manage", "submit", "decide"])
def test_the_list_and_the_single_row_agree_for_every_table_account_and_action(
    province, world, session, actor_as, action
):
    compared = 0
    for username in world.accounts:
        with actor_as(username):
            for model in access.scoped_models():
                listed = ids(session, model, action)
                resource = access.resource_of(model)
                singly = {row.id for row in session.scalars(select(model)) if access.may(resource, action, row)}
                assert listed == singly, f"{username}: {model.__name__} {action}"
                compared += len(singly)
    assert compared or action not in {"read", "write"}


def test_a_role_on_a_unit_reaches_its_whole_subtree_and_nothing_beside(province, world, session, actor_as):
    with actor_as("unit_hr_a"):
        assert ids(session, OrgUnit) == {world.units[key] for key in ("a", "a1", "a2")}
        assert {row.unit_id for row in session.scalars(select(Position)) if access.may("position", "write", row)} == {
            world.units[key] for key in ("a", "a1", "a2")
        }


def test_a_unit_whose_id_begins_like_another_is_not_inside_it(session, factory, actor_as):
    """Paths are compared with their closing slash: /1/2/ must not open /1/20/."""
    root = factory.unit("T", "Tỉnh", kind="province")
    units = [factory.unit(f"S{n}", f"Sở {n}", root) for n in range(22)]
    begins = next(u for u in units if any(o.id != u.id and str(o.id).startswith(str(u.id)) for o in units))
    factory.account("hr", "unit_hr", begins)
    with actor_as("hr"):
        assert ids(session, OrgUnit) == {begins.id}


def test_finance_sees_a_case_only_once_it_has_arrived_there(province, session, actor_as):
    with actor_as("finance"):
        seen = ids(session, DownsizingCase)
    assert seen == {province[key].row(DownsizingCase).id for key in ("b1", "xa")}


def test_a_member_of_staff_sees_the_own_record_and_salary_and_nobody_elses(province, world, session, actor_as):
    with actor_as("staff_member_a"):
        assert ids(session, Person) == {world.people["a1.2"]}
        owners = set(session.scalars(access.restrict(select(SalaryRow.person_id), SalaryRow)))
        assert owners == {world.people["a1.2"]}
        assert not access.may("staff", "write", world.person("a1.2"))


def test_a_record_out_of_scope_and_one_that_does_not_exist_answer_the_same(province, world, session, actor_as):
    with actor_as("unit_hr_a"):
        assert access.get(Person, world.people["a.1"]).id == world.people["a.1"]
        for asked in (world.people["b.1"], 999_999, "x", "", None, -1, 0, 2**63, "1 OR 1=1"):
            with pytest.raises(NotFound):
                access.get(Person, asked)


def test_what_is_about_to_be_stored_is_judged_by_where_it_is_going(world, session, actor_as):
    with actor_as("unit_hr_a"):
        mine = Position(unit_id=world.units["a2"], code="X", title="X", group="DUNG_CHUNG")
        theirs = Position(unit_id=world.units["b"], code="X", title="X", group="DUNG_CHUNG")
        assert access.may("position", "write", mine)
        assert not access.may("position", "write", theirs)
        assert access.in_scope(world.units["a1"], "staff", "write")
        assert not access.in_scope(world.units["b1"], "staff", "write")
        assert not access.in_scope(None, "staff", "write")
        with pytest.raises(NotAllowed):
            access.require("position", "write", theirs)
    with actor_as("province_hr"):
        assert access.in_scope(None, "staff", "write")


@pytest.mark.parametrize(
    ("begins", "ends", "open_"),
    [
        (0, None, True),
        (1, None, False),
        (-10, -1, False),
        (-10, 0, True),
    ],
)
def test_a_role_counts_from_its_first_day_to_its_last(world, session, factory, actor_as, begins, ends, open_):
    today = date(2025, 6, 15)
    account = factory.account("moi")
    factory.assign(
        account,
        "unit_hr",
        world.unit("a"),
        valid_from=today + timedelta(days=begins),
        valid_to=None if ends is None else today + timedelta(days=ends),
    )
    with actor_as("moi"):
        assert access.may("staff", "read") is open_


def test_an_ended_account_has_no_rights_left(world, session, actor_as):
    with transaction():
        world.account("unit_hr_a").valid_to = date(2025, 6, 14)
    with actor_as("unit_hr_a"):
        assert access.grants() == ()
        assert not ids(session, Person)


def test_a_role_that_is_no_longer_declared_grants_nothing(world, session, factory, actor_as):
    account = factory.account("cu")
    with transaction():
        session.add(RoleAssignment(account_id=account.id, role="abolished", valid_from=date(2020, 1, 1)))
    with actor_as("cu"):
        assert access.grants() == ()


def test_nobody_signed_in_and_undeclared_tables_see_nothing(world, session):
    with actor.acting(actor.Actor("user", "Khách")):
        assert not access.may("unit", "read")
        assert not ids(session, OrgUnit)

    class Undeclared:
        id = Person.id

    assert session.scalars(access.restrict(select(Person.id), Undeclared)).all() == []


def test_two_roles_add_up(world, session, factory, actor_as):
    account = factory.account("hai", "unit_hr", world.unit("a"))
    factory.assign(account, "unit_head", world.unit("b"))
    with actor_as("hai"):
        assert len(ids(session, Person)) == 12
        assert len(ids(session, Person, "write")) == 6


names = st.sampled_from(["unit_hr", "unit_head", "finance", "leadership", "auditor", "province_hr", "staff_member"])
places = st.sampled_from(["hy", "a", "a1", "a2", "b", "b1", "b2", "xa"])


@settings(max_examples=25)
@given(given_roles=st.lists(st.tuples(names, places), min_size=1, max_size=4))
def test_more_roles_never_show_less_and_each_role_shows_its_subtree(world, session, given_roles):
    from hrms.kernel.access import Grant, _clause, _scopes

    def seen(grants):
        clause = _clause(_scopes[Person], "staff", "read") if _use(grants) else None
        return set(session.scalars(select(Person.id).where(clause)))

    def _use(grants):
        from flask import g

        g.hrms_grants = {-1: tuple(grants)}
        return True

    made = [Grant(access.roles()[role], world.unit(place).path, world.people["a1.1"]) for role, place in given_roles]
    with actor.acting(actor.Actor("user", "thử", -1)):
        together = seen(made)
        apart = set().union(*[seen([grant]) for grant in made])
    assert together == apart
