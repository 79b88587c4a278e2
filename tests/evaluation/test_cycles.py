"""The life of a cycle: opened by hand or by the scheduler, filled in the background, led to its end in order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.commands.evaluation import opening
from hrms.commands.evaluation.background import open_due, plan_due
from hrms.commands.evaluation.cycles import AdvanceCycle, EditCycle, OpenCycle, PlanCycle, opening_day, period
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.settings import DecideSetting, ProposeSetting
from hrms.commands.evaluation.workflow import CYCLE
from hrms.kernel import actor, clock, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.evaluation import EvaluationCycle, PersonEvaluation, ReformIndexResult, UnitEvaluation
from models.staff import Discipline
from tests.evaluation.conftest import collective_of, fresh, sheet_of


def test_periods_and_their_opening_days(session):
    assert period("QUARTER", 2025, 3) == (date(2025, 7, 1), date(2025, 9, 30))
    assert period("HALF_YEAR", 2024, 1) == (date(2024, 1, 1), date(2024, 6, 30))
    assert period("MONTH", 2024, 2) == (date(2024, 2, 1), date(2024, 2, 29))
    assert opening_day("YEAR", 2025, 0) == date(2025, 10, 30)  # 45 days before 14/12
    with pytest.raises(ValueError):
        period("QUARTER", 2025, 5)


def test_unit_hr_opens_below_its_unit_only(world, actor_as):
    with actor_as("unit_hr_a"):
        cycle = execute(PlanCycle(world.units["a1"], "QUARTER", 2025, 2))
        execute(OpenCycle(cycle.id))
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        execute(PlanCycle(world.units["b"], "QUARTER", 2025, 2))
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        execute(PlanCycle(world.units["a1"], "QUARTER", 2025, 1))


def test_the_job_fills_the_cycle_and_a_killed_one_goes_on(world, actor_as, monkeypatch):
    monkeypatch.setattr(opening, "PIECE", 2)
    with actor_as("unit_hr_a"):
        cycle = execute(PlanCycle(world.units["a"], "QUARTER", 2025, 2))
        execute(OpenCycle(cycle.id))
    insert_sheets, pieces = opening.insert_sheets, []

    def dying(*args):
        pieces.append(args)
        if len(pieces) == 2:
            raise MemoryError("killed")
        insert_sheets(*args)

    monkeypatch.setattr(opening, "insert_sheets", dying)
    assert jobs.run_next().status == jobs.FAILED
    db.session.rollback()
    assert db.session.query(PersonEvaluation).count() == 2
    monkeypatch.setattr(opening, "insert_sheets", insert_sheets)
    with actor_as("unit_hr_a"):
        counts = opening.fill(cycle.id)
    assert counts["people"] == db.session.query(PersonEvaluation).count() == 6


def test_the_scheduler_plans_and_opens_for_the_units_named(world, session, actor_as):
    assert plan_due(date(2025, 6, 16)) == 0  # nobody named: nothing is opened by itself
    key = "hy1071.procedure.open_automatically"
    with actor_as("province_hr"):
        row = execute(ProposeSetting(key, ["SXD"], date(2025, 1, 1), "12-QĐ/TU", date(2024, 12, 1)))
    with actor_as("system_admin"):
        execute(DecideSetting(row.id, True))
    with clock.travel_to(date(2025, 6, 14)), actor.acting(actor.SYSTEM):
        assert plan_due(date(2025, 6, 14)) == 0  # the quarter opens 15 days before its end
    with clock.travel_to(date(2025, 6, 15)), actor.acting(actor.SYSTEM):
        assert plan_due(date(2025, 6, 15)) == 1 and plan_due(date(2025, 6, 15)) == 0
        assert open_due(date(2025, 6, 15)) == (1, []) and open_due(date(2025, 6, 15)) == (0, [])
    cycle = db.session.query(EvaluationCycle).one()
    assert (cycle.state, cycle.number, cycle.unit_id) == ("open", 2, world.units["a"])


def test_a_cycle_goes_on_only_when_its_part_is_done(opened, actor_as):
    cycle = opened("a")
    with actor_as("unit_hr_a"):
        with pytest.raises(Refused, match="3 tập thể"):
            execute(AdvanceCycle(cycle.id, "finish_collectives"))
        with transaction():
            for record in db.session.query(UnitEvaluation):
                record.state = "recognised"
        execute(AdvanceCycle(cycle.id, "finish_collectives"))
        with pytest.raises(Refused, match="6 người"):
            execute(AdvanceCycle(cycle.id, "finish_persons"))
        assert [one.transition.code for one in CYCLE.allowed_actions(fresh(EvaluationCycle, cycle.id))] == [
            "finish_persons"
        ]


def test_deadlines_out_of_order_are_refused(opened):
    cycle = opened("a")
    days = {"self": date(2025, 12, 1), "remark": date(2025, 11, 30)}
    with pytest.raises(Refused, match="trước thời hạn"):
        execute(EditCycle(cycle.id, cycle.version, cycle.name, days))
    execute(EditCycle(cycle.id, cycle.version, cycle.name, {"self": date(2025, 11, 25)}))
    assert fresh(EvaluationCycle, cycle.id).deadlines["self"] == "2025-11-25"


def test_a_violation_counted_in_an_earlier_year_is_told_to_the_rule(opened, world):
    person = world.people["a1.2"]
    before = opened("a", year=2024, today=date(2024, 11, 20))
    act = Discipline(
        person_id=person, kind="party", form="cảnh cáo", opened_on=date(2024, 3, 1), decided_on=date(2025, 2, 1)
    )
    number = sheet_of(before, person).id
    with transaction():
        db.session.add(act)
        db.session.flush()
        sheet = db.session.get(PersonEvaluation, number)
        sheet.level, sheet.facts = "KHT", {"consumed": [f"V{act.id}:2024"]}
    found = sheet_of(opened("a"), person).facts["rule"]["violations"][0]
    assert found["used_for_kht_year"] == 2024


def test_a_discipline_counts_in_the_quarter_of_its_decision(opened, world):
    person = world.people["a1.2"]
    with transaction():
        db.session.add(
            Discipline(person_id=person, kind="party", form="cảnh cáo", opened_on=date(2025, 1, 5),
                       decided_on=date(2025, 3, 31))
        )  # fmt: skip
    assert "violations" in sheet_of(opened("a", "QUARTER", 2025, 1), person).facts["rule"]
    assert sheet_of(opened("a", "QUARTER", 2025, 2), person).facts is None


def test_the_reform_index_answers_its_line_of_the_units_sheet(opened, world, actor_as):
    cycle = opened("a")
    with transaction():
        db.session.add(
            ReformIndexResult(unit_id=world.units["a"], year=2025, indicator="Chung", score=Decimal(80),
                              maximum=Decimal(100))
        )  # fmt: skip
    scorer = Scorer(fresh(EvaluationCycle, cycle.id))
    form = scorer.sheet(collective_of(cycle, world.units["a"]).sheet_code)
    with actor_as("staff_member_a"):
        assert scorer.values(form, {}, (), world.units["a"])["2.4"] == "80.00%"
        assert scorer.values(form, {"2.4": "70%"}, (), world.units["a"])["2.4"] == "70%"
