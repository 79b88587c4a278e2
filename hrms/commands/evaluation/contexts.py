"""What a rating needs from beside the sheet, read for many at once: tasks, the unit's figures, earlier periods."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from hrms.commands.evaluation.scoring import Context
from hrms.commands.evaluation.stepping import parts
from hrms.commands.evaluation.words import AFTER_DECISION
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, EvaluationTask, PersonEvaluation, UnitEvaluation
from policies.evaluation.explain import rounded

GOOD, OK = ("HTXS", "HTT"), ("HTXS", "HTT", "HT")


def contexts(cycle: EvaluationCycle, sheets: Sequence[PersonEvaluation]) -> dict[int, Context]:
    """By sheet id; a handful of statements whatever the number of people."""
    tasks = _tasks([sheet.id for sheet in sheets])
    units = unit_figures(cycle)
    earlier = _earlier(cycle, [sheet.person_id for sheet in sheets]) if cycle.period_kind == "YEAR" else {}
    found: dict[int, Context] = {}
    for sheet in sheets:
        rows = earlier.get(sheet.person_id, [])
        leads = sheet.is_head or sheet.is_deputy
        found[sheet.id] = Context(
            tasks.get(sheet.id, ()),
            units.get(sheet.unit_id, {}) if leads else {},
            [level for level, _score, kind in rows if kind == "QUARTER" and level],
            [score for _level, score, _kind in rows if score is not None],
        )
    return found


def _tasks(ids: Sequence[int]) -> dict[int, list[EvaluationTask]]:
    found: dict[int, list[EvaluationTask]] = {}
    for part in parts(ids):
        query = select(EvaluationTask).where(EvaluationTask.evaluation_id.in_(part))
        for task in db.session.scalars(query.order_by(EvaluationTask.order, EvaluationTask.id)):
            found.setdefault(task.evaluation_id, []).append(task)
    return found


def _earlier(cycle: EvaluationCycle, people: Sequence[int]) -> dict[int, list[tuple[str, Decimal | None, str]]]:
    """Decided months and quarters of the year, wherever the person worked then."""
    found: dict[int, list[tuple[str, Decimal | None, str]]] = {}
    for part in parts(people):
        query = (
            select(
                PersonEvaluation.person_id, PersonEvaluation.level, PersonEvaluation.score, EvaluationCycle.period_kind
            )
            .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
            .where(
                PersonEvaluation.person_id.in_(part), EvaluationCycle.year == cycle.year,
                EvaluationCycle.side == cycle.side, EvaluationCycle.period_kind.in_(("MONTH", "QUARTER")),
                PersonEvaluation.state.in_(AFTER_DECISION),
            )
            .order_by(EvaluationCycle.ends_on)
        )  # fmt: skip
        for person_id, level, score, kind in db.session.execute(query):
            found.setdefault(person_id, []).append((level, score, kind))
    return found


def unit_figures(cycle: EvaluationCycle) -> dict[int, dict[str, Any]]:
    """What the head's rating takes from the unit: its level and figures, and the levels of the units below it."""
    query = select(UnitEvaluation.unit_id, UnitEvaluation.parent_unit_id, UnitEvaluation.level, UnitEvaluation.measures)
    rows = db.session.execute(query.where(UnitEvaluation.cycle_id == cycle.id)).all()
    below: dict[int, list[str]] = {}
    for _unit_id, parent, level, _measures in rows:
        if parent is not None and level:
            below.setdefault(parent, []).append(level)
    found: dict[int, dict[str, Any]] = {}
    for unit_id, _parent, level, measures in rows:
        given = measures or {}
        one: dict[str, Any] = {
            "unit_level": level or None,
            "unit_done_percent": given.get("done_percent"),
            "unit_on_time_percent": given.get("on_time_percent"),
            "unit_over_percent": given.get("over_percent"),
        }
        if levels := below.get(unit_id):
            one["sub_ok_percent"] = _share(levels, OK)
            one["sub_good_percent"] = _share(levels, GOOD)
            one["units_kht_percent"] = _share(levels, ("KHT",))
        found[unit_id] = one
    return found


def _share(levels: Sequence[str], wanted: Sequence[str]) -> str:
    number = sum(1 for level in levels if level in wanted)
    return format(rounded(Fraction(number * 100, len(levels)), 10).normalize(), "f") if number else "0"
