"""Which cycle, sheet or collective the actor may touch, and whose person the actor is."""

from __future__ import annotations

from typing import TypeVar

from flask import g, has_app_context
from sqlalchemy import Select, select

from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from hrms.kernel.validity import holds, lasts
from models.account import Account, RoleAssignment
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


def granted_units(action: str) -> list[int] | None:
    """Units whose own head (or officer) the actor is for ``action``; ``None``: of the whole tree.

    Competence is narrower than scope: whoever decides for a unit does not decide for the agencies below it.
    """
    found: list[int] = []
    for grant in access.grants():
        if grant.role is not access.SUPER and (grant.role.own or not grant.role.allows("evaluation", action)):
            continue
        if grant.unit_path == "/":
            return None
        if grant.unit_id is not None:
            found.append(grant.unit_id)
    return found


def held_units(action: str) -> Select[tuple[int | None]]:
    """Units that have an account of their own for ``action``: what is theirs waits for nobody else."""
    roles = [one.code for one in access.roles().values() if one.unit_level and one.allows("evaluation", action)]
    today = clock.today()
    return (
        select(RoleAssignment.unit_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.role.in_(roles),
            RoleAssignment.unit_id.is_not(None),
            holds(RoleAssignment, today),
            lasts(Account, today),
        )
    )
