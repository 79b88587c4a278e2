"""A year and a quarter of the small province, opened for Sở Xây dựng and below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hrms.commands.evaluation.cycles import OpenCycle, PlanCycle
from hrms.commands.evaluation.opening import fill
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from tests.support.world import World


@pytest.fixture
def opened(world: World) -> Callable[..., EvaluationCycle]:
    """``opened("a", kind="YEAR")``: a cycle of the unit, opened late in the period and filled."""

    def open_(unit: str = "a", kind: str = "YEAR", year: int = 2025, number: int = 0, **more: Any) -> EvaluationCycle:
        with clock.travel_to(more.pop("today", date(year, 11, 20) if kind == "YEAR" else date(2025, 6, 15))):
            cycle = execute(PlanCycle(world.units[unit], kind, year, number, **more))
            execute(OpenCycle(cycle.id))
            fill(cycle.id)
        return fresh(EvaluationCycle, cycle.id)

    return open_


def fresh(model: Any, record_id: int) -> Any:
    db.session.rollback()
    return db.session.get(model, record_id, populate_existing=True)


def sheet_of(cycle: EvaluationCycle, person_id: int) -> PersonEvaluation:
    db.session.rollback()
    found = db.session.query(PersonEvaluation).filter_by(cycle_id=cycle.id, person_id=person_id).one_or_none()
    assert found is not None, "no sheet"
    return found


def collective_of(cycle: EvaluationCycle, unit_id: int) -> UnitEvaluation:
    db.session.rollback()
    found = db.session.query(UnitEvaluation).filter_by(cycle_id=cycle.id, unit_id=unit_id).one_or_none()
    assert found is not None, "no collective"
    return found
