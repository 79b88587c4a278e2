"""Which cycle, sheet or collective the actor may touch, and whose person the actor is."""

from __future__ import annotations

from typing import TypeVar

from flask import g, has_app_context
from sqlalchemy import select

from hrms.kernel import access, actor
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.account import Account
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation

R = TypeVar("R", EvaluationCycle, PersonEvaluation, UnitEvaluation)


def own_person_id() -> int | None:
    """The person behind the acting account; ``None`` for the system and accounts without a staff record."""
    user_id = actor.current().user_id
    if user_id is None:
        return None
    cache: dict[int, int | None] = g.setdefault("evaluation_own_person", {}) if has_app_context() else {}
    if user_id not in cache:
        cache[user_id] = db.session.scalar(select(Account.person_id).where(Account.user_id == user_id))
    return cache[user_id]


def cycle_for(cycle_id: int, action: str = "read") -> EvaluationCycle:
    """The cycle in scope, or :class:`NotFound`. Units below the one that opened it and who has a sheet may read it."""
    try:
        return access.get(EvaluationCycle, cycle_id, action)
    except NotFound:
        me = own_person_id()
        own = select(PersonEvaluation.id).where(PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.person_id == me)
        if action != "read" or me is None or db.session.scalar(own) is None:
            raise
    found = db.session.get(EvaluationCycle, cycle_id)
    assert found is not None
    return found


def sheet_for_step(evaluation_id: int) -> PersonEvaluation:
    """The sheet in scope, its row held until the transaction ends: two people taking a step queue for it."""
    return _held(PersonEvaluation, evaluation_id)


def collective_for_step(evaluation_id: int) -> UnitEvaluation:
    """The same for a collective."""
    return _held(UnitEvaluation, evaluation_id)


def _held(model: type[R], record_id: int) -> R:
    db.session.execute(select(model.id).where(model.id == record_id).with_for_update())
    return access.get(model, record_id)
