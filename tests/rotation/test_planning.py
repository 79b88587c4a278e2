"""Planner runs: the problem from the records, solving in the background, pins, comparison, choosing into cases."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from hrms.commands.rotation import planning_results as results
from hrms.commands.rotation.planning import (
    CancelRun,
    CreateRun,
    SetPins,
    SolveAgain,
    SolveRun,
    state_of,
)
from hrms.commands.rotation.planning_choice import ChooseRun
from hrms.commands.rotation.planning_problem import WEIGHTS, PlannerSettings, build
from hrms.commands.rotation.wishes import FileWish
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.organization import Position
from models.rotation import MovementCase, PlannerRun
from models.staff import Appointment, FamilyRelation, Person
from tests.support.builders import Factory
from tests.support.world import World

DAY = date(2025, 8, 1)
ACCOUNTANT, BUDGET, LAND = "B0202", "B0201", "B0901"


class Stage:
    def __init__(self, world: World, factory: Factory) -> None:
        self.world, self.factory = world, factory
        self.a1 = self.post("a1", "KT", ACCOUNTANT)
        self.a2 = self.post("a2", "NS", BUDGET)
        self.b1 = self.post("b1", "KT", ACCOUNTANT)
        # Somebody before the window stays in agency a: the others may leave it without leaving it empty.
        self.person(self.post("a1", "MS", "B0203"), date(2024, 6, 1))

    def post(self, unit: str, code: str, listed: str, **more: Any) -> Position:
        values = {"approved_number": 1, "listed_code": listed, **more}
        return self.factory.position(self.world.unit(unit), code, f"Vị trí {code} {unit}", **values)

    def person(self, post: Position, since: date = date(2019, 1, 1), **more: Any) -> Person:
        values = {"birth": date(1985, 3, 15), "title": post.title, **more}
        return self.factory.person(post.unit, recruited=since, position=post, **values)

    def run(self, unit: str = "hy", **more: Any) -> PlannerRun:
        return execute(CreateRun(self.world.units[unit], DAY, **more))

    def solved(self, run: PlannerRun) -> PlannerRun:
        execute(SolveRun(run.id))
        job = jobs.run_next()
        assert job is not None and job.status == jobs.DONE, job and (job.message, job.trace)
        from hrms.kernel.db import db

        db.session.expire_all()
        return db.session.get_one(PlannerRun, run.id)


@pytest.fixture
def stage(world: World, factory: Factory) -> Stage:
    return Stage(world, factory)


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def moves(run: PlannerRun) -> dict[str, str]:
    assert run.result is not None
    return {move["person"]: move["to"] for move in run.result["moves"]}


def test_the_problem_holds_who_must_go_the_posts_they_leave_and_the_vacancies(stage: Stage) -> None:
    overdue, waiting = stage.person(stage.a1), stage.person(stage.a2, date(2023, 1, 1))
    stage.person(stage.post("b2", "DD", LAND), date(2024, 6, 1))  # before the window: neither person nor post
    contract = build(stage.world.units["hy"], DAY, PlannerSettings()).contract
    people = {row["id"]: row for row in contract["people"]}
    assert set(people) == {overdue.code, waiting.code}
    assert people[overdue.code]["due"] and not people[waiting.code]["due"]
    a1, a2, b1 = (one.unit.code for one in (stage.a1, stage.a2, stage.b1))
    posts = {row["id"]: row["occupant"] for row in contract["posts"]}
    assert posts == {f"{a1}/KT": overdue.code, f"{a2}/NS": waiting.code, f"{b1}/KT": None}


def test_a_swap_is_solved_in_the_background_and_becomes_a_chain_of_cases(stage: Stage, session: Any) -> None:
    first, second = stage.person(stage.a1), stage.person(stage.a2)
    with transaction():
        stage.b1.valid_to = date(2025, 1, 1)
    run = stage.solved(stage.run("a"))
    assert (run.state, run.status, run.progress) == ("solved", "optimal", 100)
    cases = execute(ChooseRun(run.id))
    assert {case.person_id for case in cases} == {first.id, second.id}
    assert len({case.chain_id for case in cases}) == 1 and cases[0].chain_id is not None
    assert {case.effective_on for case in cases} == {DAY}
    assert session.get(PlannerRun, run.id).state == "chosen"
    assert all(case.planner_run_id == run.id for case in cases)


def test_a_vacancy_is_filled_without_a_chain_and_the_wish_decides(stage: Stage) -> None:
    person = stage.person(stage.a1)
    other = stage.post("b2", "KT", ACCOUNTANT)
    execute(FileWish(person.id, position_id=other.id))
    run = stage.solved(stage.run())
    assert moves(run) == {person.code: f"{other.unit.code}/KT"}
    (case,) = execute(ChooseRun(run.id))
    assert case.chain_id is None and case.to_position_id == other.id


def test_the_same_listed_work_in_the_same_unit_is_no_change(stage: Stage) -> None:
    person = stage.person(stage.a1)
    twin = stage.post("a1", "KT2", ACCOUNTANT)
    run = stage.run()
    assert results.why_not(run.id, person.code, f"{twin.unit.code}/KT2")
    assert results.why_not(run.id, person.code, f"{stage.b1.unit.code}/KT") == []


def test_another_profession_is_refused_in_words_unless_the_manager_allows(stage: Stage) -> None:
    person = stage.person(stage.a1)
    land = stage.post("b2", "DD", LAND)
    run = stage.run()
    (why,) = results.why_not(run.id, person.code, f"{land.unit.code}/DD")
    assert "Tài nguyên và môi trường" in why
    free = stage.run(settings=PlannerSettings(same_profession=False))
    assert results.why_not(free.id, person.code, f"{land.unit.code}/DD") == []


def test_civil_servants_are_not_sent_into_posts_of_public_employees(stage: Stage) -> None:
    """Điều động is of công chức among posts of công chức; a public service unit has posts of viên chức."""
    person = stage.person(stage.a1)
    with transaction():
        stage.world.unit("b").kind = "service_unit"
    (why,) = results.why_not(stage.run().id, person.code, f"{stage.b1.unit.code}/KT")
    assert "viên chức" in why


def test_the_wife_of_the_director_takes_no_accounting_post_of_the_agency(stage: Stage, session: Any) -> None:
    head = stage.world.person("b.1")
    wife = stage.person(stage.a1, sex="female")
    with transaction():
        session.add(FamilyRelation(person_id=wife.id, relation="Chồng", full_name=head.full_name, relative_id=head.id))
    run = stage.run()
    assert any("người thân" in why for why in results.why_not(run.id, wife.code, f"{stage.b1.unit.code}/KT"))


def test_pins_and_forbids_rule_and_what_was_solved_is_solved_again_as_a_child(stage: Stage) -> None:
    person = stage.person(stage.a1)
    b1 = f"{stage.b1.unit.code}/KT"
    first = stage.solved(stage.run())
    with pytest.raises(Refused) as error:
        execute(SetPins(first.id, [], []))
    assert codes(error) == {"locked_state"}
    pinned = stage.solved(execute(SolveAgain(first.id, pinned=[{"person": person.code, "post": b1}])))
    assert moves(pinned) == {person.code: b1} and pinned.parent_id == first.id
    barred = stage.solved(execute(SolveAgain(first.id, forbidden=[{"person": person.code, "post": b1}])))
    assert moves(barred)[person.code] != b1
    found, differing = results.compare([pinned.id, barred.id])
    assert [one.placed for one in found] == [1, 1]
    assert differing == [(person.code, person.full_name)]


def test_pins_that_cannot_be_meant_are_refused(stage: Stage) -> None:
    person, other = stage.person(stage.a1), stage.person(stage.a2)
    run = stage.run()
    b1 = f"{stage.b1.unit.code}/KT"
    pairs = [{"person": person.code, "post": b1}, {"person": other.code, "post": b1}]
    with pytest.raises(Refused) as error:
        execute(SetPins(run.id, pairs, [pairs[0], {"person": "ai", "post": "đâu"}]))
    assert codes(error) == {"twice", "both", "unknown"}


def test_the_only_person_of_an_agency_does_not_leave_it_empty(stage: Stage) -> None:
    """One listed person in b, due, and nobody can come: the smallest set of rules in conflict, in words."""
    only = stage.person(stage.b1)
    run = stage.solved(stage.run("b"))
    assert run.status == "infeasible" and results.board(run.id).conflict
    left = stage.solved(execute(SolveAgain(run.id, settings=PlannerSettings(keep_single_posts=False))))
    assert left.status == "optimal" and left.result is not None
    assert [one["person"] for one in left.result["unplaced"]] == [only.code]


def test_a_stale_problem_is_told_what_changed(stage: Stage, session: Any) -> None:
    person = stage.person(stage.a1)
    with transaction():
        stage.a2.valid_to = date(2025, 1, 1)
    run = stage.solved(stage.run())
    assert results.changes_since(run.id) == []
    stage.person(stage.b1, date(2024, 1, 1))  # somebody took the vacancy meanwhile
    assert len(results.changes_since(run.id)) == 1
    with pytest.raises(Refused) as error:
        execute(ChooseRun(run.id))
    assert codes(error) == {"stale"} and "không còn trống" in error.value.faults[0].message
    assert session.query(MovementCase).filter_by(person_id=person.id).count() == 0


def test_choosing_a_part_never_cuts_a_chain(stage: Stage) -> None:
    first, second = stage.person(stage.a1), stage.person(stage.a2)
    with transaction():
        stage.b1.valid_to = date(2025, 1, 1)
    run = stage.solved(stage.run("a"))
    with pytest.raises(Refused) as error:
        execute(ChooseRun(run.id, [first.code]))
    assert codes(error) == {"chain_cut"}
    assert len(execute(ChooseRun(run.id, [first.code, second.code]))) == 2


def test_people_with_an_open_case_are_not_planned_twice_and_are_named_with_the_case(stage: Stage) -> None:
    person = stage.person(stage.a1)
    run = stage.solved(stage.run())
    (case,) = execute(ChooseRun(run.id))
    with pytest.raises(Refused) as error:
        stage.run()
    assert codes(error) == {"nobody"} and person.full_name in error.value.faults[0].message
    stage.person(stage.a2)
    (busy,) = results.board(stage.run().id).busy
    assert (busy.name, busy.case and busy.case.id) == (person.full_name, case.id)


def test_what_was_not_chosen_is_chosen_later_and_nobody_twice(stage: Stage, session: Any) -> None:
    """Part of a plan now, the rest another day: the run is chosen with its last move."""
    first, second = stage.person(stage.a1), stage.person(stage.a2)
    stage.post("b2", "NS", BUDGET)
    run = stage.solved(stage.run(settings=PlannerSettings(weights={**WEIGHTS, "chain": "1"})))
    free = {one.person.code: one.chain for one in results.offers(results.board(run.id), {})}
    assert free == {first.code: 0, second.code: 0}
    execute(ChooseRun(run.id, [first.code]))
    assert session.get(PlannerRun, run.id).state == "solved"
    with pytest.raises(Refused) as error:
        execute(ChooseRun(run.id, [first.code]))
    assert codes(error) >= {"has_case"}
    (case,) = execute(ChooseRun(run.id))
    assert case.person_id == second.id and session.get(PlannerRun, run.id).state == "chosen"


def test_a_queued_run_is_cancelled_and_may_be_solved_later(stage: Stage, session: Any) -> None:
    stage.person(stage.a1)
    run = stage.run()
    execute(SolveRun(run.id))
    execute(CancelRun(run.id))
    session.expire_all()
    run = session.get(PlannerRun, run.id)
    assert state_of(run) == "draft"
    assert stage.solved(run).state == "solved"


def test_the_contract_of_a_run_is_what_the_command_line_reads(stage: Stage) -> None:
    from policies.planner import check, read_problem, solve

    stage.person(stage.a1)
    stage.person(stage.a2)
    problem = read_problem(json.dumps(results.run_contract(stage.run())))
    assert check(problem, solve(problem)) == []


def test_no_return_to_a_post_held_within_the_years(stage: Stage, session: Any) -> None:
    person = stage.person(stage.a1, date(2020, 1, 1))
    with transaction():
        session.add(
            Appointment(person_id=person.id, unit_id=stage.b1.unit_id, position_id=stage.b1.id, title="Kế toán",
                        valid_from=date(2015, 1, 1), valid_to=date(2019, 12, 31))
        )  # fmt: skip
    b1 = f"{stage.b1.unit.code}/KT"
    assert results.why_not(stage.run(settings=PlannerSettings(no_return_years=10)).id, person.code, b1)
    assert results.why_not(stage.run(settings=PlannerSettings(no_return_years=5)).id, person.code, b1) == []


def test_rights_and_scope_of_runs(stage: Stage, actor_as: Any) -> None:
    stage.person(stage.a1)
    with actor_as("unit_hr_a"):
        run = stage.run("a")
        with pytest.raises(NotFound):
            stage.run("b")
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        stage.run("a")
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        results.board(run.id)
