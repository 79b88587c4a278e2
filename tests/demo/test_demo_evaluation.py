"""Evaluation in the demonstration province: what the commands would refuse is not in it, and every role finds work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from hrms.commands.evaluation import quota
from hrms.commands.evaluation.history import of_person
from hrms.commands.evaluation.standing import LEVELS
from hrms.commands.evaluation.workflow import PERSON, UNIT
from hrms.demo import fill
from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.workflow import TransitionRecord
from models.account import Account
from models.evaluation import (
    CalibrationSession,
    EvaluationCycle,
    EvaluationPetition,
    EvaluationTask,
    PersonEvaluation,
    ReformIndexResult,
    UnitEvaluation,
)
from models.staff import Discipline, YearRating

AS_OF = date(2025, 6, 15)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from hrms.app import create_app
    from hrms.setup import set_up

    folder = tmp_path_factory.mktemp("evaluated")
    url = f"sqlite:///{folder / Path('demo.db')}"
    app = create_app(
        Settings(env="test", data_dir=folder, database_url=url, today=AS_OF, log_level="WARNING"), web=False
    )
    with app.app_context():
        set_up()
        clock.configure("Asia/Ho_Chi_Minh", AS_OF)
        fill(900, 1, AS_OF, lambda _line: None)
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def told(province: Flask) -> Iterator[None]:
    clock.configure("Asia/Ho_Chi_Minh", AS_OF)
    with province.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def cycle(kind: str, number: int = 0, side: str = "STATE") -> EvaluationCycle:
    query = select(EvaluationCycle).where(EvaluationCycle.period_kind == kind, EvaluationCycle.number == number)
    return db.session.scalars(query.where(EvaluationCycle.side == side)).one()


def test_a_closed_year_a_published_quarter_and_a_quarter_in_every_state(told: None) -> None:
    assert (cycle("YEAR").state, cycle("QUARTER", 1).state, cycle("QUARTER", 2).state) == (
        "closed",
        "published",
        "open",
    )
    running = Counter(db.session.scalars(
        select(PersonEvaluation.state).where(PersonEvaluation.cycle_id == cycle("QUARTER", 2).id)))  # fmt: skip
    assert {"draft", "self_submitted", "remarked", "synthesised", "quota_checked"} <= set(running)
    late = select(func.count()).where(PersonEvaluation.late.is_(True))
    assert db.session.scalar(late)


def test_every_sheet_came_to_its_state_by_the_declared_steps(told: None) -> None:
    for workflow, model in ((PERSON, PersonEvaluation), (UNIT, UnitEvaluation)):
        steps: dict[int, list[TransitionRecord]] = {}
        query = select(TransitionRecord).where(TransitionRecord.record_type == model.__tablename__)
        for step in db.session.scalars(query.order_by(TransitionRecord.at, TransitionRecord.id)):
            declared = workflow.transition(step.transition)
            assert step.source in declared.sources
            assert step.target == declared.target
            steps.setdefault(step.record_id, []).append(step)
        for number, state in db.session.execute(select(model.id, model.state)):
            if steps.get(number):
                assert steps[number][-1].target == state


def test_decided_levels_hold_the_ceiling_of_every_agency(told: None) -> None:
    agencies = select(PersonEvaluation.agency_id).where(PersonEvaluation.cycle_id == cycle("YEAR").id).distinct()
    for agency_id in db.session.scalars(agencies).all():
        state = quota.compute(cycle("YEAR").id, agency_id)
        best = sum(1 for line in state.people.values() if line.level == "HTXS")
        assert best <= state.agency.ceiling.limit
        assert not state.changes()


def test_a_level_other_than_the_rules_has_its_reason(told: None) -> None:
    rows = db.session.scalars(select(PersonEvaluation).where(PersonEvaluation.level != "")).all()
    assert rows
    for row in rows:
        fell = row.level == "HTT" and row.quota_outcome == "demoted"
        assert row.level == row.level_machine or fell or row.level_reason, row.id
        assert row.level in LEVELS


def test_the_year_is_the_yearly_rating_of_everybody_decided(told: None) -> None:
    query = (
        select(PersonEvaluation.level, YearRating.level, YearRating.regime)
        .outerjoin(YearRating, YearRating.evaluation_id == PersonEvaluation.id)
        .where(PersonEvaluation.cycle_id == cycle("YEAR").id, PersonEvaluation.level != "")
    )
    rows = db.session.execute(query).all()
    assert rows
    assert all(decided == kept and regime for decided, kept, regime in rows)


def test_petitions_calibration_tasks_and_reform_index_are_there(told: None) -> None:
    states = set(db.session.scalars(select(EvaluationPetition.state)))
    assert {"filed", "upheld", "changed"} <= states
    assert db.session.scalar(select(func.count()).select_from(EvaluationTask))
    weak = select(ReformIndexResult).where(ReformIndexResult.weakness != "").limit(1)
    assert db.session.scalars(weak).one().responsible_unit_id is not None
    for session in db.session.scalars(select(CalibrationSession)):
        assert session.state == "locked"
        assert session.before["levels"]["HTXS"] > session.after["levels"]["HTXS"]


def test_the_accounts_have_sheets_of_their_own_to_write(told: None) -> None:
    query = (
        select(Account.username, PersonEvaluation.state)
        .join(PersonEvaluation, PersonEvaluation.person_id == Account.person_id)
        .where(PersonEvaluation.cycle_id == cycle("QUARTER", 2).id)
    )
    own = dict(db.session.execute(query).tuples().all())
    assert own["canbo"] == own["thutruong"] == own["donvi"] == "draft"


def test_leaders_of_one_department_carry_two_results_of_the_year(told: None) -> None:
    party = cycle("YEAR", side="PARTY")
    assert (party.state, party.circle, party.year) == ("closed", "leaders", 2024)
    rows = list(db.session.scalars(select(PersonEvaluation).where(PersonEvaluation.cycle_id == party.id)))
    assert rows and {row.regime for row in rows} == {"QD124"} and {row.klass for row in rows} <= {"CB", "CC1", "VC1"}
    both = [row.person_id for row in rows if len(of_person(row.person_id).of("STATE")) and row.level]
    assert both
    past = of_person(both[0])
    assert past.of("PARTY")[0].level and past.of("PARTY")[0].score is None and past.of("STATE")[0].level
    for row in rows:
        assert row.level == row.level_machine or row.level_reason or row.quota_outcome == "demoted"


def test_an_act_disciplined_by_party_and_administration_is_one_violation(told: None) -> None:
    person_id = db.session.scalar(select(Discipline.person_id).where(Discipline.kind == "party").limit(1))
    query = select(PersonEvaluation.facts).where(
        PersonEvaluation.person_id == person_id, PersonEvaluation.cycle_id == cycle("YEAR").id
    )
    (violation,) = db.session.scalars(query).one()["rule"]["violations"]
    assert {one["kind"] for one in violation["decisions"]} == {"ADMIN", "PARTY"}
