"""What changed since a cursor: which record, when, which fields. Values are fetched by whoever may read the record.

The history is written in the transaction of the change, its numbers before that transaction ends: an entry is only
told when it is older than any transaction lasts (:data:`SETTLED_AFTER`), so that none is overtaken and missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from hrms.kernel import access, clock, history
from hrms.kernel.db import db
from hrms.kernel.history import HistoryEntry
from models.evaluation import PersonEvaluation
from models.organization import Establishment, OrgUnit, Position
from models.restructuring import DownsizingCase
from models.rotation import MovementCase
from models.staff import Appointment, Person, SalaryRow, YearRating

SETTLED_AFTER = timedelta(minutes=10)
MOST = 1_000
FEED: tuple[type[Any], ...] = (
    OrgUnit, Position, Establishment, Person, Appointment, SalaryRow, YearRating, PersonEvaluation, DownsizingCase,
    MovementCase,
)  # fmt: skip
KINDS = (history.CREATED, history.CHANGED, history.DELETED)


@dataclass(frozen=True)
class Change:
    """One changed field (``field`` empty: the whole record was made or removed)."""

    cursor: int
    record: str
    record_id: int
    kind: str
    field: str
    at: datetime


def names() -> list[str]:
    """The kinds of records the feed tells of."""
    return [history.record_type(model) for model in FEED]


def _in_sight(models: tuple[type[Any], ...]) -> ColumnElement[bool]:
    """Entries of records the actor may read; of removed ones for whoever sees the whole tree."""
    options: list[ColumnElement[bool]] = []
    for model in models:
        resource = access.resource_of(model)
        if not access.may(resource, "read"):
            continue
        own = HistoryEntry.record_type == history.record_type(model)
        there: ColumnElement[bool] = HistoryEntry.record_id.in_(access.restrict(select(model.id), model))
        if access.units_for(resource, "read") is None:
            there = or_(there, HistoryEntry.kind == history.DELETED)
        options.append(and_(own, there))
    return or_(false(), *options)


def changes_since(cursor: int = 0, size: int = 200, records: tuple[str, ...] = ()) -> tuple[list[Change], int]:
    """The next ``size`` changes after ``cursor`` in the order they happened, and the cursor to ask with next time.

    ``records`` narrows to some kinds (:func:`names`). The cursor stays where it is while nothing new has settled.
    """
    models = tuple(model for model in FEED if not records or history.record_type(model) in records)
    query = (
        select(
            HistoryEntry.id, HistoryEntry.record_type, HistoryEntry.record_id, HistoryEntry.kind, HistoryEntry.field,
            HistoryEntry.at,
        )
        .where(
            HistoryEntry.id > cursor,
            HistoryEntry.at < clock.now() - SETTLED_AFTER,
            HistoryEntry.kind.in_(KINDS),
            _in_sight(models),
        )
        .order_by(HistoryEntry.id)
        .limit(size)
    )  # fmt: skip
    found = [Change(*row) for row in db.session.execute(query)]
    return found, found[-1].cursor if found else cursor
