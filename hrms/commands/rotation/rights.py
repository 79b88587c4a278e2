"""Which case the actor may touch: scope and role first, then the row held until the transaction ends."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.rotation import MovementCase


def case_for(case_id: int, action: str = "read") -> MovementCase:
    """The case in the actor's scope; :class:`NotFound` outside it."""
    return access.get(MovementCase, case_id, action)


def case_to_step(case_id: int) -> MovementCase:
    """The case in scope, its row held until the transaction ends: two people taking a step queue for it."""
    db.session.execute(select(MovementCase.id).where(MovementCase.id == case_id).with_for_update())
    return case_for(case_id)


def cases_to_step(case_ids: Sequence[int]) -> list[MovementCase]:
    """Several cases in scope, held in the order of their ids (two chains cannot lock each other), given as asked."""
    ids = list(dict.fromkeys(case_ids))
    held = select(MovementCase.id).where(MovementCase.id.in_(ids)).order_by(MovementCase.id)
    db.session.execute(held.with_for_update())
    found = {
        case.id: case
        for case in db.session.scalars(
            access.restrict(select(MovementCase).where(MovementCase.id.in_(ids)), MovementCase)
        )
    }
    if len(found) < len(ids):
        raise NotFound()
    return [found[one] for one in ids]
