"""Scenarios: asked, computed in the background, frozen, compared; sums that add up; rights by the unit asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from hrms.commands.facts import entitlement_facts
from hrms.commands.scenarios.comparison import answers_of, compare
from hrms.commands.scenarios.computing import Answers, compute
from hrms.commands.scenarios.definition import BEST, ChangedValue, Definition, holder_of
from hrms.commands.scenarios.saving import CreateScenario, KeepAnswer, RemoveScenario, RunAgain, job_of
from hrms.commands.trial import act_for
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.restructuring import RestructuringAct
from models.scenario import Scenario, ScenarioResult
from policies import calculate
from tests.support.builders import Factory

LEAVE = date(2025, 8, 1)


@pytest.fixture
def act(world: Any) -> RestructuringAct:
    """Sở Xây dựng (unit a) is reorganised from 01/07/2025."""
    with transaction():
        row = RestructuringAct(
            unit_id=world.units["a"], number="10/QĐ-UBND", issued_on=date(2025, 6, 20),
            effective_on=date(2025, 7, 1), title="Sắp xếp Sở Xây dựng",
        )  # fmt: skip
        db.session.add(row)
    return row


def asked(**more: Any) -> Definition:
    return Definition(LEAVE, **more)


def run(name: str, definition: Definition) -> Scenario:
    """Ask and compute, as the application does."""
    scenario = execute(CreateScenario(name, definition))
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job and (job.message, job.trace)
    db.session.expire_all()
    return scenario


def one_by_one(world: Any, names: list[str], day: date) -> dict[int, int]:
    found = {}
    for name in names:
        person = world.person(name)
        facts = entitlement_facts(person, day, act_for(person, day))
        found[person.id] = calculate({**facts.case, "decree": "auto", "benefit": "auto"}).total
    return found


def totals(answers: Answers) -> dict[int, int]:
    return dict(zip(answers.ids.tolist(), answers.total.tolist(), strict=True))


def test_each_person_gets_what_the_calculator_gives(world: Any, act: RestructuringAct) -> None:
    outcome = compute(asked(unit_ids=(world.units["a"], world.units["xa"])))
    expected = one_by_one(world, ["a.1", "a.2", "a1.1", "a1.2", "a2.1", "a2.2", "xa.1", "xa.2"], LEAVE)
    assert totals(outcome.answers) == expected
    assert outcome.summary["total"] == sum(expected.values()) > 0


def test_the_sums_are_parts_of_one_total(world: Any, act: RestructuringAct) -> None:
    summary = compute(asked(choice=BEST, leave_to=date(2025, 12, 1))).summary
    for name, amount in (("by_month", 2), ("by_unit", 4), ("by_decree", 3), ("by_source", 2)):
        assert sum(row[amount] for row in summary[name]) == summary["total"], name
    assert sum(row[1] for row in summary["by_month"]) == summary["leaving"]
    assert sum(row[2] for row in summary["by_unit"]) == summary["people"] == 14
    refused = sum(row[1] for row in summary["by_reason"])
    assert refused + summary["leaving"] + summary["lacking"] + summary["faulty"] == summary["people"]
    assert [row[0] for row in summary["curve"]] == [f"2025-{m:02d}-01" for m in range(8, 13)]


def test_the_best_month_is_the_best_of_all_months_for_each(world: Any, act: RestructuringAct) -> None:
    definition = asked(choice=BEST, leave_to=date(2026, 3, 1), unit_ids=(world.units["a"],))
    best = compute(definition)
    by_month = [
        totals(compute(replace(definition, choice="fixed", leave_from=day)).answers) for day in definition.leave_dates()
    ]
    for person, amount in totals(best.answers).items():
        assert amount == max(month[person] for month in by_month)
    for position, person in enumerate(best.answers.ids.tolist()):
        month = by_month[best.answers.leave[position]]
        assert month[person] == best.answers.total[position]


def test_years_to_pension_stop_on_the_very_day(world: Any, factory: Factory) -> None:
    """A pension that starts exactly five years after the leave is within five years; a month later is not."""
    on_the_day = factory.person(world.unit("b2"), "Đúng hạn", birth=date(1968, 7, 10))
    a_month_later = factory.person(world.unit("b2"), "Quá hạn", birth=date(1968, 8, 10))
    found = compute(asked(unit_ids=(world.units["b2"],), years_left=5)).answers.ids
    assert on_the_day.id in found
    assert a_month_later.id not in found


def test_people_are_chosen_by_unit_category_and_post(world: Any) -> None:
    def people(**more: Any) -> set[int]:
        return set(compute(asked(**more)).answers.ids.tolist())

    everybody = people()
    assert people(unit_ids=(world.units["xa"],)) == {world.people["xa.1"], world.people["xa.2"]}
    assert people(categories=("commune_official",)) == {world.people["xa.1"], world.people["xa.2"]}
    leaders, others = people(leaders="only"), people(leaders="none")
    assert leaders | others == everybody and not leaders & others
    assert world.people["a.1"] in leaders


def test_nobody_matching_is_said_and_not_computed(world: Any) -> None:
    with pytest.raises(Refused, match="Không có ai"):
        compute(asked(categories=("cadre",)))


def test_everyone_and_nobody_affected(world: Any, factory: Factory) -> None:
    """Without an act nobody is directly affected; told so, everybody is, from the day given: severance is paid more."""
    factory.person(world.unit("b1"), "Người trẻ", birth=date(1985, 5, 5), recruited=date(2008, 5, 1))
    unit = (world.units["b"],)
    records = compute(asked(unit_ids=unit))
    told = compute(asked(unit_ids=unit, affected="everyone", effective_on=date(2025, 7, 1)))
    assert compute(asked(unit_ids=unit, affected="nobody")).summary["total"] == records.summary["total"]
    assert told.summary["total"] > records.summary["total"]


def test_a_changed_value_counts_from_its_first_day(world: Any, act: RestructuringAct) -> None:
    """The salary before the leave decides: a base salary raised on 01/07 counts for 01/08, one of 01/08 does not."""
    unit = (world.units["a"],)
    plain = compute(asked(unit_ids=unit)).summary["total"]

    def raised(day: date) -> int:
        value = ChangedValue("salary.base", 4_680_000, day)
        return int(compute(asked(unit_ids=unit, values=(value,))).summary["total"])

    assert raised(date(2025, 7, 1)) == plain * 2  # coefficients are paid in shares of the base salary
    assert raised(date(2025, 8, 1)) == plain


def test_people_without_salary_are_counted_apart(world: Any, factory: Factory, act: RestructuringAct) -> None:
    factory.person(world.unit("a1"), "Thiếu lương", coefficient=None)
    factory.person(world.unit("a1"), "Thiếu bảo hiểm", insurance=False)
    summary = compute(asked(unit_ids=(world.units["a1"],))).summary
    assert (summary["people"], summary["lacking"], summary["faulty"]) == (4, 2, 0)


def test_contradicting_facts_are_left_out_and_told(world: Any, factory: Factory, act: RestructuringAct) -> None:
    """More insurance than a working life holds: told, and the others are computed all the same."""
    factory.person(world.unit("a1"), "Mâu thuẫn", birth=date(1995, 3, 1), recruited=date(1996, 1, 1))
    summary = compute(asked(unit_ids=(world.units["a1"],))).summary
    assert (summary["people"], summary["faulty"]) == (3, 1)
    assert summary["total"] > 0


def test_asked_computed_and_kept(world: Any, act: RestructuringAct, actor_as: Callable[[str], Any]) -> None:
    with actor_as("province_hr"):
        scenario = run("Sở Xây dựng nghỉ 01/08", asked(unit_ids=(world.units["a"],)))
        assert scenario.unit_id == world.units["a"]
        assert scenario.computed_at is not None
        assert scenario.total == scenario.summary["total"] == int(answers_of(scenario).total.sum())
        assert Definition.from_plain(scenario.definition) == asked(unit_ids=(world.units["a"],))
        job = job_of(scenario)
        assert job is not None and job.result["link"] == f"/scenarios/{scenario.id}"
        with pytest.raises(Refused, match="giữ nguyên"):
            execute(RunAgain(scenario.id))
        with pytest.raises(Refused, match="giữ nguyên"):
            execute(KeepAnswer(scenario.id, compute(asked())))


def test_an_answer_stays_when_the_records_change(world: Any, factory: Factory, act: RestructuringAct) -> None:
    scenario = run("Một", asked(unit_ids=(world.units["a"],)))
    before = scenario.total
    factory.person(world.unit("a1"), "Người mới")
    again = run("Hai", asked(unit_ids=(world.units["a"],)))
    assert again.people == (scenario.people or 0) + 1
    assert db.session.get(Scenario, scenario.id).total == before  # type: ignore[union-attr]


def test_one_request_key_asks_once(world: Any) -> None:
    command = CreateScenario("Hỏi một lần", asked())
    first = execute(command, key="k1")
    assert execute(CreateScenario("Hỏi một lần", asked()), key="k1").id == first.id
    assert db.session.scalar(select(func.count(Scenario.id))) == 1


def test_removing_takes_the_answer_along(world: Any) -> None:
    scenario = run("Bỏ đi", asked())
    execute(RemoveScenario(scenario.id))
    assert db.session.scalar(select(func.count(ScenarioResult.id))) == 0
    with pytest.raises(NotFound):
        compare(scenario.id, scenario.id)


def test_a_waiting_scenario_is_neither_removed_nor_asked_twice(world: Any) -> None:
    scenario = execute(CreateScenario("Đang chờ", asked()))
    for command in (RemoveScenario(scenario.id), RunAgain(scenario.id)):
        with pytest.raises(Refused, match="đang được tính"):
            execute(command)


def test_a_failed_computation_may_be_run_again(world: Any, factory: Factory) -> None:
    scenario = execute(CreateScenario("Không có ai", asked(categories=("cadre",))))
    job = jobs.run_next()
    assert job is not None and job.status == jobs.FAILED and "Không có ai" in job.message
    factory.person(world.unit("a1"), "Cán bộ", category="cadre")
    execute(RunAgain(scenario.id))
    again = jobs.run_next()
    assert again is not None and again.status == jobs.DONE
    assert db.session.get(Scenario, scenario.id).people == 1  # type: ignore[union-attr]


def test_all_faults_of_a_question_at_once(world: Any) -> None:
    wrong = Definition(
        date(2018, 12, 31), date(2018, 1, 1), BEST, years_left=0, affected="maybe", decree="154", benefit="waiting",
        categories=("king",), values=(ChangedValue("salary.bsae", 1), ChangedValue("salary.base", "nhiều")),
    )  # fmt: skip
    with pytest.raises(Refused) as caught:
        execute(CreateScenario("  ", wrong))
    fields = {fault.field for fault in caught.value.faults}
    assert {"name", "leave_from", "leave_to", "years_left", "affected", "benefit", "categories", "values-0",
            "values-1"} <= fields  # fmt: skip


@pytest.mark.parametrize(("last", "accepted"), [(date(2028, 7, 31), True), (date(2028, 8, 1), False)])
def test_a_stretch_is_at_most_thirty_six_months(world: Any, last: date, accepted: bool) -> None:
    faults = [fault.field for fault in asked(choice=BEST, leave_to=last).faults()]
    assert faults == ([] if accepted else ["leave_to"])
    if accepted:
        assert len(asked(choice=BEST, leave_to=last).leave_dates()) == 36


def test_two_scenarios_side_by_side(world: Any, act: RestructuringAct) -> None:
    """Leaving after the first twelve months pays less: everybody paid loses, nobody wins; the parts add up."""
    unit = (world.units["a"],)
    early = run("Tháng 8/2025", asked(unit_ids=unit))
    late = run("Tháng 8/2026", replace(asked(unit_ids=unit), leave_from=date(2026, 8, 1)))
    found = compare(early.id, late.id)
    assert found.in_both == 6 and found.only_first == found.only_second == 0
    assert found.difference == found.gained - found.lost == (late.total or 0) - (early.total or 0)
    assert sum(row.difference for row in found.by_unit) == found.difference
    assert sum(row.difference for row in found.by_decree) == found.difference
    assert sum(row.difference for row in found.by_source) == found.difference
    assert len(found.most_lost) == found.losers > 0
    assert found.most_lost == sorted(found.most_lost, key=lambda change: change.difference)
    turned = compare(late.id, early.id)
    assert (turned.winners, turned.gained) == (found.losers, found.lost)


def test_people_of_one_side_only_are_counted(world: Any, act: RestructuringAct) -> None:
    whole = run("Cả sở", asked(unit_ids=(world.units["a"],)))
    part = run("Một phòng", asked(unit_ids=(world.units["a1"],)))
    found = compare(whole.id, part.id)
    assert (found.in_both, found.only_first, found.only_second) == (2, 4, 0)


def test_who_may_not_read_staff_sees_no_names(world: Any, factory: Factory, actor_as: Any) -> None:
    factory.person(world.unit("b1"), "Người trẻ", birth=date(1985, 5, 5), recruited=date(2008, 5, 1))
    first = run("Một", asked())
    second = run("Hai", asked(affected="everyone", effective_on=date(2025, 7, 1)))
    with actor_as("finance"):
        found = compare(first.id, second.id)
        assert found.winners > 0
        assert found.most_gained == [] and found.most_lost == []
    with actor_as("province_hr"):
        assert compare(first.id, second.id).most_gained


def test_the_holder_is_the_smallest_unit_above_all(world: Any) -> None:
    assert holder_of([world.units["a1"]]).id == world.units["a1"]
    assert holder_of([world.units["a1"], world.units["a2"]]).id == world.units["a"]
    assert holder_of([world.units["a1"], world.units["b1"]]).id == world.units["hy"]
    assert holder_of([]).id == world.units["hy"]


def test_rights(world: Any, act: RestructuringAct, actor_as: Callable[[str], Any]) -> None:
    """Asked by the province only; read by finance and leadership of the unit asked about or above, by nobody else."""
    of_a = run("Của sở", asked(unit_ids=(world.units["a"],)))
    of_all = run("Của tỉnh", asked())
    for name in ("unit_hr_a", "unit_head_a", "staff_member_a"):
        with actor_as(name), pytest.raises(NotFound):
            compare(of_a.id, of_a.id)
    with actor_as("leadership"), pytest.raises(NotAllowed):
        execute(CreateScenario("Không được", asked()))
    with actor_as("finance_a"):
        assert compare(of_a.id, of_a.id).in_both == 6
        with pytest.raises(NotFound):
            compare(of_all.id, of_a.id)
    with actor_as("finance_b"), pytest.raises(NotFound):
        compare(of_a.id, of_a.id)


def test_a_stored_block_reads_back_the_same(world: Any, act: RestructuringAct) -> None:
    answers = compute(asked(choice=BEST, leave_to=date(2025, 10, 1))).answers
    again = Answers.unpack(answers.pack())
    assert again.dates == answers.dates
    for name in ("ids", "unit_ids", "state", "eligible", "leave", "decree", "benefit", "reason", "salary", "total"):
        assert getattr(again, name).tolist() == getattr(answers, name).tolist(), name


def test_bodies_that_cover_a_part_are_split_by_the_share_assumed(world: Any, act: RestructuringAct) -> None:
    """Without an assumption their purse stays open; with one the two parts make up the same sum, to the đồng."""
    with transaction():
        for key in ("a", "a1", "a2"):
            world.unit(key).funding = "partly"
    plain = asked(unit_ids=(world.units["a"],))
    whole = compute(plain).summary
    assert [row[0] for row in whole["by_source"]] == [""]
    for share, purses in ((0, {"own_revenue"}), (33, {"own_revenue", "salary_reform"}), (100, {"salary_reform"})):
        found = compute(replace(plain, budget_share=share)).summary
        by_source = {row[0]: row for row in found["by_source"]}
        assert set(by_source) == purses
        assert sum(row[2] for row in by_source.values()) == whole["total"]
        assert sum(row[1] for row in by_source.values()) == whole["leaving"]
    assert by_source["salary_reform"][2] == whole["total"]
    assert [fault.field for fault in replace(plain, budget_share=101).faults()] == ["budget_share"]


def test_an_answer_kept_before_the_share_was_asked_is_still_read() -> None:
    plain = json.loads(json.dumps(asked().to_plain(), default=str))
    del plain["budget_share"]
    assert Definition.from_plain(plain).budget_share is None


def test_who_is_left_counts_everybody_in_service(world: Any, act: RestructuringAct) -> None:
    """Not only those asked about: the agency keeps the people of all its divisions."""
    summary = compute(asked(unit_ids=(world.units["a1"],), leaders="only")).summary
    ((agency, _name, people, _leaving, _total, present),) = summary["by_unit"]
    assert (agency, people, present) == (world.units["a"], 1, 6)
