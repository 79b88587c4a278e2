"""What the guards of a whole cycle share, read once: levels of its units, its frozen settings, the actor's reach.

Inside :func:`shared` (a step for many, a page) everything is read once; outside it every question asks the database
anew, so that a single step never decides on something stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from hrms.commands.evaluation.rights import granted_units
from hrms.commands.evaluation.words import NOTIFIED, RECOGNISED, REMOVED
from hrms.kernel import access
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, EvaluationMeeting, UnitEvaluation
from models.organization import OrgUnit


@dataclass
class _Memory:
    units: dict[int, dict[int, str]] = field(default_factory=dict)
    parents: dict[int, dict[int, int | None]] = field(default_factory=dict)
    cycles: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    above: dict[int, int | None] = field(default_factory=dict)
    meetings: dict[int, bool] = field(default_factory=dict)
    reach: dict[tuple[str, int | None], bool] = field(default_factory=dict)


_memory: ContextVar[_Memory | None] = ContextVar("evaluation_order", default=None)


@contextmanager
def shared() -> Iterator[None]:
    """Remember the answers inside the block. Call :func:`forget` after changing what they rest on."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set(_Memory())
    try:
        yield
    finally:
        _memory.reset(token)


def forget() -> None:
    """Drop what :func:`shared` remembered about units and meetings."""
    found = _memory.get()
    if found is not None:
        found.units.clear()
        found.meetings.clear()


def _now() -> _Memory:
    return _memory.get() or _Memory()


def unit_states(cycle_id: int) -> dict[int, str]:
    """State of every collective of the cycle, by unit."""
    found = _now()
    if cycle_id not in found.units:
        query = select(UnitEvaluation.unit_id, UnitEvaluation.state, UnitEvaluation.parent_unit_id).where(
            UnitEvaluation.cycle_id == cycle_id
        )
        rows = db.session.execute(query).all()
        found.units[cycle_id] = {unit_id: state for unit_id, state, _parent in rows}
        found.parents[cycle_id] = {unit_id: parent for unit_id, _state, parent in rows}
    return found.units[cycle_id]


def open_sub_units(cycle_id: int, unit_id: int) -> list[int]:
    """Units right below ``unit_id`` in the cycle whose level is not recognised yet."""
    query = select(UnitEvaluation.unit_id).where(
        UnitEvaluation.cycle_id == cycle_id,
        UnitEvaluation.parent_unit_id == unit_id,
        UnitEvaluation.state.not_in((RECOGNISED, NOTIFIED, REMOVED)),
    )
    return list(db.session.scalars(query.order_by(UnitEvaluation.unit_id)))


def _cycle(cycle_id: int) -> tuple[str, dict[str, Any]]:
    found = _now()
    if cycle_id not in found.cycles:
        row = db.session.execute(
            select(EvaluationCycle.period_kind, EvaluationCycle.frozen).where(EvaluationCycle.id == cycle_id)
        ).one()
        found.cycles[cycle_id] = (row[0], (row[1] or {}).get("configuration", {}))
    return found.cycles[cycle_id]


def setting(cycle_id: int, key: str, default: Any = None) -> Any:
    """The value of ``key`` the cycle froze when it was opened."""
    return _cycle(cycle_id)[1].get(key, default)


def period_in(cycle_id: int, key: str) -> bool:
    """Whether the frozen list ``key`` names the kind of period of this cycle."""
    kind, configuration = _cycle(cycle_id)
    return kind in configuration.get(key, ())


def meeting_approved(meeting_id: int) -> bool:
    found = _now()
    if meeting_id not in found.meetings:
        query = select(EvaluationMeeting.approved).where(EvaluationMeeting.id == meeting_id)
        found.meetings[meeting_id] = bool(db.session.scalar(query))
    return found.meetings[meeting_id]


def unit_name(unit_id: int | None) -> str:
    if unit_id is None:
        return ""
    found = _now()
    if unit_id not in found.names:
        query = select(OrgUnit.name).where(OrgUnit.id == unit_id)
        found.names[unit_id] = db.session.scalar(query) or ""
    return found.names[unit_id]


def parent_of(unit_id: int | None) -> int | None:
    """The superior unit."""
    if unit_id is None:
        return None
    found = _now()
    if unit_id not in found.above:
        found.above[unit_id] = db.session.scalar(select(OrgUnit.parent_id).where(OrgUnit.id == unit_id))
    return found.above[unit_id]


def may_decide_for(unit_id: int | None) -> bool:
    """Whether the actor is the head of ``unit_id`` itself (or records for the whole province): the head of a superior
    unit does not decide in the place of the head below."""
    units = granted_units("decide")
    return units is None or unit_id in units


def may_synthesise_for(unit_id: int | None) -> bool:
    """Whether the actor puts results together for the one who decides at ``unit_id``."""
    return _reaches("synthesise", unit_id)


def may_reopen_for(unit_id: int | None) -> bool:
    return _reaches("reopen", unit_id)


def _reaches(action: str, unit_id: int | None) -> bool:
    found = _now()
    if (action, unit_id) not in found.reach:
        found.reach[action, unit_id] = access.in_scope(unit_id, "evaluation", action)
    return found.reach[action, unit_id]
