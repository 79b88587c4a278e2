"""The rotation planner: lawful plans, the best ones, the same ones again, and reasons in words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from policies.planner import Move, Pair, Plan, Weights, candidates, check, explain, greedy, solve, why_not
from policies.planner.checking import score
from tests.policies.planner_worlds import everything, penalty, person, post, problem, problems, with_pin

QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def goes(plan):
    return {move.person: move.to_post for move in plan.moves}


def codes(plan):
    return sorted(entry.rule for entry in plan.conflict)


# --- properties ------------------------------------------------------------------------------------------------------
@QUICK
@given(problems())
def test_the_plan_breaks_no_hard_rule_and_is_the_best_of_all(task):
    plan = solve(task, seconds=5)
    best = everything(task)
    if best is None:
        assert plan.status == "infeasible"
        assert plan.conflict
        return
    assert plan.status == "optimal"
    assert check(task, plan) == []
    assert (len(plan.moves), plan.objective) == best
    assert plan.bound == plan.objective
    assert plan.gap == 0


@QUICK
@given(problems())
def test_the_objective_is_the_points_of_the_moves_less_the_penalties(task):
    plan = solve(task, seconds=5)
    if plan.status == "infeasible":
        return
    people = {p.id: p for p in task.people}
    posts = {p.id: p for p in task.posts}
    for move in plan.moves:
        assert move.score == score(task, people[move.person], posts[move.to_post])
        assert move.why
    assert plan.unit_penalty == penalty(task, goes(plan))
    assert plan.objective == sum((m.score for m in plan.moves), Fraction(0)) - plan.unit_penalty


@settings(QUICK, max_examples=40)
@given(problems(most=6))
def test_the_same_problem_and_seed_give_the_same_plan(task):
    assert solve(task, seconds=5, seed=3) == solve(replace(task), seconds=5, seed=3)


@settings(QUICK, max_examples=60)
@given(problems())
def test_a_pin_is_kept_or_the_plan_is_refused_with_the_pin_among_the_reasons(task):
    who = task.people[0].id
    options = candidates(task, who)
    if not options:
        return
    pinned = with_pin(task, who, options[-1].post)
    plan = solve(pinned, seconds=5)
    assert plan.status == "infeasible" or goes(plan)[who] == options[-1].post


@settings(QUICK, max_examples=60)
@given(problems())
def test_every_conflict_is_needed(task):
    """Without one of the rules named (those that can be taken away here) the others can hold."""
    plan = solve(task, seconds=5)
    if plan.status != "infeasible" or not plan.conflict_proven:
        return
    for entry in plan.conflict:
        if entry.rule == "min_staffing":
            others = {e.unit for e in plan.conflict if e.rule == "min_staffing" and e.unit != entry.unit}
            staffing = {unit: least for unit, least in task.rules.min_staffing.items() if unit in others}
            pins = {(e.people[0], e.posts[0]) for e in plan.conflict if e.rule == "pinned"}
            rest = replace(
                task, rules=replace(task.rules, min_staffing=staffing),
                pinned=tuple(p for p in task.pinned if (p.person, p.post) in pins),
            )  # fmt: skip
            assert solve(rest, seconds=5).status == "optimal"


@settings(QUICK, max_examples=40)
@given(problems())
def test_the_greedy_plan_is_lawful_and_never_better(task):
    hand = greedy(task)
    if hand.status == "infeasible":
        return
    plan = solve(task, seconds=5)
    assert check(task, hand) == []
    assert (len(hand.moves), hand.objective) <= (len(plan.moves), plan.objective)


@settings(QUICK, max_examples=60)
@given(problems())
def test_what_a_person_may_get_and_what_is_explained_agree(task):
    for who in task.people:
        open_posts = {c.post for c in candidates(task, who.id)}
        removed = {at for posts in explain(task, who.id).values() for at in posts}
        assert open_posts | removed == {p.id for p in task.posts}
        assert not open_posts & removed
        assert all(not why_not(task, who.id, at) for at in open_posts)


# --- single rules ----------------------------------------------------------------------------------------------------
def test_two_people_exchange_their_posts():
    task = problem([person("a"), person("b")], [post("x", "U", "a"), post("y", "V", "b")])
    plan = solve(task)
    assert goes(plan) == {"a": "y", "b": "x"}
    assert [(m.from_post, m.to_post) for m in plan.moves] == [("x", "y"), ("y", "x")]


def test_a_chain_ends_at_the_vacant_post():
    task = problem(
        [person("a", wishes=["y"]), person("b")],
        [post("x", "U", "a"), post("y", "V", "b"), post("z", "V", grades=["G"])],
    )
    assert goes(solve(task)) == {"a": "y", "b": "z"}


def test_who_is_not_due_or_is_exempt_stays_and_keeps_the_post():
    task = problem(
        [person("a"), person("b", due=False, wishes=["z"]), person("c", exempt=True, wishes=["z"])],
        [post("x", "U", "a"), post("y", "V", "b"), post("w", "V", "c"), post("z", "V")],
    )
    assert goes(solve(task)) == {"a": "z"}


def test_who_is_not_due_moves_when_pinned():
    task = problem([person("b", due=False)], [post("y", "V", "b"), post("z", "V")], pinned=[("b", "z")])
    plan = solve(task)
    assert goes(plan) == {"b": "z"}
    assert "ghim" in plan.moves[0].why[0]


def test_a_person_without_a_post_to_go_to_is_named_with_what_removed_the_posts():
    task = problem(
        [person("a", held=["x", "z"]), person("b", due=False)],
        [post("x", "U", "a"), post("y", "V", "b"), post("z", "V"), post("w", "V", grades=["H"]),
         post("k", "V", qualifications=["luật"])],
    )  # fmt: skip
    plan = solve(task)
    assert plan.status == "optimal"
    (left,) = plan.unplaced
    assert left.removed_by == {"own_post": 1, "grades": 1, "qualifications": 1, "no_return_years": 2, "occupied": 1}
    assert any("2 vị trí" in sentence for sentence in left.why)


def test_two_people_for_one_post_one_is_left_and_told_that_it_was_given_away():
    task = problem(
        [person("a", held=["y"]), person("b", held=["x"])], [post("x", "U", "a"), post("y", "U", "b"), post("z", "V")]
    )
    plan = solve(task)
    assert len(plan.moves) == 1
    assert plan.unplaced[0].removed_by["taken"] == 1


def test_the_post_of_an_unplaced_person_is_not_given_away():
    task = problem([person("a", grade="K"), person("b")], [post("x", "U", "a"), post("y", "V", "b")])
    plan = solve(task)
    assert plan.moves == ()
    assert {left.person for left in plan.unplaced} == {"a", "b"}


@pytest.mark.parametrize(("years", "moved"), [(0, True), (1, False)])
def test_a_post_held_before_is_barred_when_there_are_years_of_no_return(years, moved):
    task = problem([person("a", held=["z"])], [post("x", "U", "a"), post("z", "V")], years=years)
    assert bool(solve(task).moves) is moved


def test_a_forbidden_pair_is_not_made():
    task = problem([person("a")], [post("x", "U", "a"), post("y", "V"), post("z", "V")], forbidden=[("a", "y")])
    assert goes(solve(task)) == {"a": "z"}


@pytest.mark.parametrize("side", ["a", "h"])
def test_a_relative_of_a_head_who_stays_takes_no_accounting_post_there(side):
    kin = {"a": {}, "h": {}}
    kin[side] = {"relatives": ["h" if side == "a" else "a"]}
    task = problem(
        [person("a", **kin["a"]), person("h", due=False, **kin["h"])],
        [post("x", "U", "a"), post("h1", "V", "h", kind="head"), post("k", "V", kind="accounting")],
    )
    plan = solve(task)
    assert plan.moves == ()
    assert plan.unplaced[0].removed_by["family_bar"] == 1
    assert "Điều 20" in why_not(task, "a", "k")[0]


def test_a_head_does_not_move_in_where_a_relative_keeps_the_books():
    task = problem(
        [person("a", relatives=["k"]), person("k", due=False)],
        [post("x", "U", "a"), post("h1", "V", kind="head"), post("b", "V", "k", kind="accounting")],
    )
    assert solve(task).moves == ()


def test_two_relatives_do_not_move_in_as_head_and_accountant_together():
    task = problem(
        [person("a", relatives=["b"], wishes=["h1"]), person("b", wishes=["k"])],
        [post("x", "U", "a"), post("y", "W", "b"), post("h1", "V", kind="head"), post("k", "V", kind="accounting")],
    )
    plan = solve(task)
    assert len(plan.moves) == 2
    assert goes(plan) != {"a": "h1", "b": "k"}
    assert plan.objective == 3


def test_the_accounting_post_is_free_for_a_relative_when_the_head_moves_away():
    task = problem(
        [person("a", relatives=["h"]), person("h")],
        [post("x", "U", "a", grades=["G"]), post("h1", "V", "h", kind="head", grades=["K"]),
         post("k", "V", kind="accounting"), post("z", "W", grades=["G"])],
        pinned=[("h", "z")],
    )  # fmt: skip
    assert goes(solve(task)) == {"a": "k", "h": "z"}


def test_units_keep_their_least_staffing_even_against_wishes():
    task = problem(
        [person("a", wishes=["z"]), person("b", wishes=["z2"])],
        [post("x", "U", "a"), post("y", "W", "b"), post("z", "V"), post("z2", "V")],
        staffing={"U": 1},
    )
    plan = solve(task)
    assert goes(plan) == {"a": "z", "b": "x"}


# --- conflicts in words ----------------------------------------------------------------------------------------------
def test_a_unit_that_everybody_must_leave_and_nobody_may_enter():
    task = problem([person("a")], [post("x", "U", "a"), post("y", "V")], staffing={"U": 1})
    plan = solve(task)
    assert plan.status == "infeasible"
    assert (plan.objective, plan.bound, plan.gap, plan.moves) == (None, None, None, ())
    assert codes(plan) == ["min_staffing", "must_leave"]
    words = " ".join(entry.text for entry in plan.conflict)
    assert "Đơn vị U phải có ít nhất 1 người" in words
    assert "phải rời vị trí: a" in words


def test_the_grade_that_keeps_the_only_helper_out_is_part_of_the_conflict():
    task = problem(
        [person("a"), person("b", grade="H")],
        [post("x", "U", "a", grades=["G"]), post("y", "V", "b", grades=[])], staffing={"U": 1},
    )  # fmt: skip
    assert codes(solve(task)) == ["grades", "min_staffing", "must_leave"]


def test_more_people_needed_than_there_are_posts():
    plan = solve(problem([person("a")], [post("x", "U", "a"), post("y", "V")], staffing={"V": 2}))
    assert codes(plan) == ["min_staffing"]
    assert "chỉ có 1 vị trí" in plan.conflict[0].text


def test_two_pins_on_one_post():
    task = problem(
        [person("a"), person("b")], [post("x", "U", "a"), post("y", "U", "b"), post("z", "V")],
        pinned=[("a", "z"), ("b", "z")],
    )  # fmt: skip
    plan = solve(task)
    assert codes(plan) == ["one_person_per_post", "pinned", "pinned"]
    assert "Đã ghim a vào vị trí z." in [entry.text for entry in plan.conflict]


@pytest.mark.parametrize(
    ("facts", "place", "rule"),
    [
        ({"grade": "H"}, "z", "grades"),
        ({"held": ["z"]}, "z", "no_return_years"),
        ({}, "q", "qualifications"),
        ({}, "y", "occupied"),
        ({}, "x", "own_post"),
        ({"exempt": True}, "z", "exempt"),
    ],
)
def test_a_pin_that_a_rule_forbids(facts, place, rule):
    task = problem(
        [person("a", **facts), person("b", due=False)],
        [post("x", "U", "a", grades=[]), post("y", "U", "b"), post("z", "V"), post("q", "V", qualifications=["luật"])],
        pinned=[("a", place)],
    )
    plan = solve(task)
    assert plan.status == "infeasible"
    assert codes(plan) == sorted(["pinned", rule])


def test_pins_of_relatives_as_head_and_accountant():
    task = problem(
        [person("a", relatives=["b"]), person("b")],
        [post("x", "U", "a"), post("y", "W", "b"), post("h1", "V", kind="head"), post("k", "V", kind="accounting")],
        pinned=[("a", "h1"), ("b", "k")],
    )
    assert codes(solve(task)) == ["family_bar", "pinned", "pinned"]


# --- the checker itself ----------------------------------------------------------------------------------------------
def test_the_checker_sees_what_the_planner_would_never_do():
    task = problem(
        [person("a"), person("b", due=False), person("c")],
        [post("x", "U", "a"), post("y", "U", "b"), post("z", "V", "c", grades=["H"])], staffing={"U": 2},
    )  # fmt: skip
    bad = Plan("feasible", moves=(Move("a", "x", "y", Fraction(0)), Move("b", "y", "z", Fraction(0))))
    found = {(v.rule, v.person) for v in check(task, bad)}
    assert {("not_due", "b"), ("grades", "b"), ("occupied", "b"), ("must_leave", "c"), ("min_staffing", "")} <= found


def test_progress_is_told_and_what_it_raises_ends_the_planning():
    task = problem([person("a")], [post("x", "U", "a"), post("y", "V")])

    class Stop(Exception):
        pass

    def stop(_progress):
        raise Stop

    with pytest.raises(Stop):
        solve(task, on_progress=stop)


def test_weights_too_large_to_count_with_are_refused():
    from policies import CaseFaults

    task = problem([person(f"p{i}") for i in range(60)], [post(f"v{i}") for i in range(60)])
    task = replace(task, weights=Weights(wish=Fraction(10**15)), people=tuple(
        replace(p, wishes=("v1",)) for p in task.people
    ))  # fmt: skip
    with pytest.raises(CaseFaults):
        solve(task)


def test_a_pin_to_the_own_post_keeps_somebody_who_is_not_due():
    task = problem([person("a", due=False)], [post("x", "U", "a"), post("y", "V")], staffing={"U": 1})
    assert solve(replace(task, pinned=(Pair("a", "x"),))).moves == ()


# --- the ways of large problems, on small ones -----------------------------------------------------------------------
@pytest.fixture
def narrow(monkeypatch):
    """As if every part were too large for CP-SAT: few moves at a time, no more than one flow."""
    from policies.planner import solving

    monkeypatch.setattr(solving, "MOST_COLUMNS", 4)
    monkeypatch.setattr(solving, "PER_PERSON", (1, 2))
    monkeypatch.setattr(solving, "FLOWS", (1, 1))


@settings(QUICK, max_examples=150)
@given(problems())
def test_leaving_out_moves_by_their_reduced_cost_loses_no_better_plan(narrow, task):
    from policies.planner import PlannerStopped

    best = everything(task)
    try:
        plan = solve(task, seconds=5)
    except PlannerStopped:
        return
    if plan.status == "infeasible":
        assert best is None
        return
    assert check(task, plan) == []
    assert best is not None
    assert (len(plan.moves), plan.objective) <= best
    if plan.status == "optimal":
        assert (len(plan.moves), plan.objective) == best
    if len(plan.moves) == best[0]:
        assert plan.bound >= best[1]


def test_units_that_together_need_more_people_than_may_move():
    task = problem([person("a")], [post("x", "U", "a"), post("y", "V"), post("z", "W")], staffing={"V": 1, "W": 1})
    plan = solve(task)
    assert plan.status == "infeasible"
    assert [entry.unit for entry in plan.conflict] == ["V", "W", ""]
    assert "chỉ có 1 người được chuyển" in plan.conflict[-1].text
