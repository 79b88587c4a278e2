"""Moves that hang on each other take effect together or not at all, also when the process dies in between."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands.rotation import chains, effects
from hrms.commands.rotation.chains import ChangeChain, FormChain, LeaveChain
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.errors import Refused
from hrms.kernel.workflow import TransitionRecord
from models.rotation import MovementCase, MovementChain
from tests.rotation.movement import JULY, TODAY, codes

BEGAN = date(2015, 1, 1)


@pytest.fixture
def three(moves):
    """Posts A (a1), B (b1) and C (b2) of one place each; A and B taken, C free."""
    posts = {
        name: moves.post(unit, f"V{name}", f"Vị trí {name}", approved_number=1)
        for name, unit in (("A", "a1"), ("B", "b1"), ("C", "b2"))
    }
    people = {name: moves.person(unit, posts[name]) for name, unit in (("A", "a1"), ("B", "b1"))}
    return posts, people


def bind(moves, cases, day=JULY, who="province_hr"):
    with moves.actor_as(who):
        return execute(FormChain([case.id for case in cases], "Chuỗi thử", day))


def chain_of(moves, three, second="C"):
    """A→B and B→``second``, bound, agreed, not decided."""
    posts, people = three
    unit = {"C": "b2", "A": "a1"}[second]
    first = moves.open(people["A"], "b1", posts["B"])
    other = moves.open(people["B"], unit, posts[second], who="unit_hr_b")
    chain = bind(moves, [first, other])
    moves.agreed(first)
    if second == "A":
        moves.agreed(other, "unit_hr_b", "unit_hr_a")
    else:
        moves.heard(other, "unit_hr_b")
    return chain, first, other


def decided_chain(moves, three, second="C"):
    chain, first, other = chain_of(moves, three, second)
    moves.decide(first)
    moves.decide(other, number="89/QĐ")
    return chain, first, other


def test_without_a_chain_a_taken_post_is_refused_with_the_way_out(moves, three):
    posts, people = three
    case = moves.open(people["A"], "b1", posts["B"])
    with pytest.raises(Refused) as refused:
        moves.do(case, "check")
    assert codes(refused) == {"NO_VACANCY"}
    assert "chuỗi" in refused.value.message


@pytest.mark.parametrize("second", ["C", "A"])
def test_a_chain_and_a_swap_take_effect_together(moves, world, three, session, second):
    chain, first, other = decided_chain(moves, three, second)
    with clock.travel_to(JULY):
        assert sorted(effects.carry_out(JULY).done) == sorted([first.id, other.id])
    session.refresh(chain)
    assert chain.applied_at is not None
    _posts, people = three
    assert moves.posts(people["A"])[-1] == ("main", world.units["b1"], JULY, None)
    target = world.units["b2"] if second == "C" else world.units["a1"]
    assert moves.posts(people["B"])[-1] == ("main", target, JULY, None)


def test_a_chain_waits_until_every_decision_is_there(moves, three, session):
    _chain, first, other = chain_of(moves, three)
    moves.decide(first)
    with clock.travel_to(JULY):
        found = effects.carry_out(JULY)
        assert (found.done, found.waiting, found.stuck) == ([], [first.number], {})
    _posts, people = three
    assert len(moves.posts(people["A"])) == 1
    moves.decide(other, number="89/QĐ")
    with clock.travel_to(JULY):
        assert len(effects.carry_out(JULY).done) == 2


@pytest.mark.parametrize("where", ["apply_one", "overfull"])
def test_a_crash_between_two_effects_leaves_neither_and_a_rerun_does_it_once(
    moves, world, three, session, monkeypatch, where
):
    _chain, first, other = decided_chain(moves, three)
    _posts, people = three
    real, calls = effects.apply_one, []

    def dies_at_the_second(case):
        calls.append(case.id)
        if len(calls) == 2:
            raise SystemExit("the process is killed")
        real(case)

    def dies(*_args):
        raise SystemExit("the process is killed")

    with monkeypatch.context() as patched, clock.travel_to(JULY):
        if where == "apply_one":
            patched.setattr(effects, "apply_one", dies_at_the_second)
        else:
            patched.setattr(effects.vacancies, "overfull", dies)
        with pytest.raises(SystemExit):
            effects.carry_out(JULY)
    session.rollback()
    session.expire_all()
    for name, unit in (("A", "a1"), ("B", "b1")):
        assert moves.posts(people[name]) == [("main", world.units[unit], BEGAN, None)]
    assert {(row.state, row.effect) for row in session.scalars(select(MovementCase))} == {("decided", "none")}
    started = select(TransitionRecord).where(TransitionRecord.transition == "take_effect")
    assert session.scalars(started).all() == []
    with clock.travel_to(JULY):
        assert sorted(effects.carry_out(JULY).done) == sorted([first.id, other.id])
        assert effects.carry_out(JULY).done == []
    assert [len(moves.posts(people[name])) for name in "AB"] == [2, 2]


def test_two_processes_at_one_moment_carry_a_chain_out_once(moves, three, session, concurrently):
    decided_chain(moves, three, "A")
    with clock.travel_to(JULY):
        outcomes = concurrently(lambda _n: len(effects.carry_out(JULY).done), 3)
    assert sorted(outcomes) == [0, 0, 2], outcomes
    session.rollback()
    _posts, people = three
    assert [len(moves.posts(people[name])) for name in "AB"] == [2, 2]


def test_somebody_new_in_the_post_meanwhile_stops_the_whole_chain(moves, world, three, session):
    _chain, first, _other = decided_chain(moves, three)
    posts, people = three
    moves.person("b2", posts["C"])
    with clock.travel_to(JULY):
        found = effects.carry_out(JULY)
    assert found.done == []
    assert list(found.stuck) == [first.number]
    assert [len(moves.posts(people[name])) for name in "AB"] == [1, 1]


def test_two_into_one_place_and_a_post_nobody_leaves_are_no_chain(moves, three):
    posts, people = three
    third = moves.person("a1", moves.cv("a1"))
    into_b = moves.open(people["A"], "b1", posts["B"])
    from_b = moves.open(people["B"], "b2", posts["C"], who="unit_hr_b")
    elsewhere = moves.open(third, "b1")
    with pytest.raises(Refused) as refused:
        bind(moves, [into_b, elsewhere])
    assert codes(refused) == {"NO_VACANCY"}
    assert bind(moves, [into_b, from_b, elsewhere]).effective_on == JULY
    with pytest.raises(Refused) as refused:
        bind(moves, [into_b, from_b])
    assert codes(refused) == {"in_chain"}


def test_a_chain_is_formed_only_by_who_may_propose_every_move(moves, three):
    posts, people = three
    first = moves.open(people["A"], "b1", posts["B"])
    other = moves.open(people["B"], "b2", posts["C"], who="unit_hr_b")
    from hrms.kernel.errors import HrmsError

    with pytest.raises(HrmsError) as refused:
        bind(moves, [first, other], who="unit_hr_a")
    assert refused.value.status in (403, 404)


def test_another_day_is_one_for_all_and_a_decided_case_keeps_its_own(moves, three, session):
    chain, first, other = chain_of(moves, three)
    august = date(2025, 8, 1)
    with moves.actor_as("province_hr"):
        execute(ChangeChain(chain.id, "Đổi ngày", august, chain.version))
    assert {session.get(MovementCase, row.id).effective_on for row in (first, other)} == {august}
    with pytest.raises(Refused) as refused:
        moves.decide(first, effective_on=JULY)
    assert "chain_day" in codes(refused)
    moves.decide(first)
    with moves.actor_as("province_hr"), pytest.raises(Refused) as refused:
        execute(ChangeChain(chain.id, "Lại đổi", JULY))
    assert codes(refused) == {"other_day"}


def test_a_chain_of_one_is_dissolved(moves, three, session):
    chain, first, other = chain_of(moves, three)
    with pytest.raises(Refused) as refused:
        moves.do(first, "withdraw", reason="Thôi")
    assert codes(refused) == {"in_chain"}
    with moves.actor_as("province_hr"):
        execute(LeaveChain(first.id, "Đổi phương án"))
    assert session.get(MovementChain, chain.id) is None
    assert {session.get(MovementCase, row.id).chain_id for row in (first, other)} == {None}
    assert moves.do(first, "withdraw", reason="Thôi").state == "withdrawn"


@pytest.mark.parametrize("applied", [False, True])
def test_a_decision_of_a_chain_is_revoked_with_the_whole_chain(moves, world, three, session, applied):
    _chain, first, other = decided_chain(moves, three, "A")
    _posts, people = three
    day = JULY if applied else TODAY
    with clock.travel_to(day):
        if applied:
            effects.carry_out(JULY)
        grounds = {"reason": "Sai căn cứ", "document": "99/QĐ", "document_date": day}
        with pytest.raises(Refused) as refused:
            moves.do(first, "revoke", "province_hr", **grounds)
        assert codes(refused) == {"in_chain"}
        moves.do(first, "revoke", "province_hr", whole_chain=True, **grounds)
    session.expire_all()
    assert {session.get(MovementCase, row.id).state for row in (first, other)} == {"revoked"}
    for name, unit in (("A", "a1"), ("B", "b1")):
        assert moves.posts(people[name]) == [("main", world.units[unit], BEGAN, None)]


def test_the_steps_of_a_chain_begin_at_the_free_post_and_a_swap_is_told(moves, three, session):
    _chain, first, other = chain_of(moves, three)
    assert session.get(MovementCase, first.id).checks["allowed"] is True  # looked at again when it was bound
    rows = chains.steps([session.get(MovementCase, one.id) for one in (first, other)])
    assert [[case.id for case in row] for row in rows] == [[other.id, first.id]]
    assert not chains.is_swap(rows[0])


def test_a_swap_is_one_circle(moves, three, session):
    _chain, first, other = chain_of(moves, three, "A")
    (row,) = chains.steps([session.get(MovementCase, one.id) for one in (first, other)])
    assert len(row) == 2
    assert chains.is_swap(row)
