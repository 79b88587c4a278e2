"""Rows of the periodic change for the report catalogue: who is due, what became of the plans' lines, the forecast.

``reports.facts.provided.rows("rotation_due" | "rotation_lines" | "rotation_forecast", …)``; read in the actor's scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hrms.commands.rotation.clocks import roll
from hrms.commands.rotation.compliance import line_facts
from hrms.commands.rotation.due import due_list
from hrms.commands.rotation.forecast import forecast
from policies.engine.parameters import ParameterStore
from reports.facts.provided import provide


@provide("rotation_due")
def due_rows(
    *, on: date, unit_id: int | None = None, states: Sequence[str] = (), store: ParameterStore | None = None
) -> list[dict[str, Any]]:
    """One row per person in a listed position on ``on``: the columns of the yearly list (law/rotation.md §9)."""
    found = due_list(on, states=states, roll_=roll(on, unit_id=unit_id, store=store), with_cases=False)
    return [
        {
            "person_id": row.person_id, "code": row.code, "name": row.name, "sort_key": row.sort_key,
            "birth": row.birth, "unit_id": row.unit_id, "unit": row.unit_name, "agency_id": row.agency_id,
            "title": row.title, "listed_code": row.listed_code, "field": row.field, "state": row.state,
            "reason": row.reason, "clock_start": row.clock_start, "held_months": row.held_months,
            "min_months": row.min_months, "max_months": row.max_months, "window_opens": row.window_opens,
            "must_change_by": row.must_change_by, "days_overdue": row.days_overdue, "recheck_on": row.recheck_on,
            "owner": row.owner,
        }
        for row in found.rows
    ]  # fmt: skip


@provide("rotation_lines")
def line_rows(
    *, year: int, on: date | None = None, unit_id: int | None = None, plan_id: int | None = None
) -> list[dict[str, Any]]:
    """One row per line of the plans in force for ``year``: state as measured, ground, days, late and overdue."""
    names = ("line_id", "plan_id", "person_id", "unit_id", "agency_id", "listed_code", "field", "state", "ground",
             "must_change_by", "notified_on", "planned_on", "changed_on", "late", "overdue")  # fmt: skip
    return [
        {name: getattr(fact, name) for name in names}
        for fact in line_facts(year, on=on, unit_id=unit_id, plan_id=plan_id)
    ]


@provide("rotation_forecast")
def forecast_rows(*, on: date, unit_id: int | None = None) -> Sequence[Mapping[str, Any]]:
    """One row per quarter and field: people whose last day falls in it."""
    return [
        {"quarter": one.label, "first": one.first, "field": name, "due": count}
        for one in forecast(on, unit_id=unit_id)
        for name, count in one.by_field.items()
    ]
