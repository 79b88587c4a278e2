"""The law of the application: the engine's values with every approved override laid over them.

Every calculation here asks :func:`current_store`; the command line's ``calc`` and the engine itself know no database
and use ``default_store()``. Whether anything changed is one number, asked once a transaction (it comes along with the
grants of a signed-in account); the store itself is built only when that number is new to this process.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from flask import has_app_context
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hrms.commands.law.values import UnfitValue, read_plain
from hrms.kernel.db import db
from models.law import STAMP, ParameterOverride, stamp
from policies.engine.dates import OPEN_END
from policies.engine.parameters import Override, ParameterStore, Version
from policies.store import default_store

log = logging.getLogger(__name__)

OVERRIDE, CONFIRMATION = "override", "confirmation"
PROPOSED, APPROVED, REJECTED, ENDED = "proposed", "approved", "rejected", "ended"
_KEY = "hrms_law_store"
_built: OrderedDict[tuple[str, int, datetime | None], ParameterStore] = OrderedDict()
_MOST = 8


def current_store() -> ParameterStore:
    """The law in force for this transaction. Outside an application it is the engine's own."""
    if not has_app_context():
        return default_store()
    info = db.session().info
    known: ParameterStore | None = info.get(_KEY)
    if known is not None:
        return known
    if STAMP not in info:
        number, moment = db.session.execute(select(*stamp())).one()
        info[STAMP] = (int(number), moment)
    place = (db.engine.url.render_as_string(), *info[STAMP])
    store = _built.get(place) if info[STAMP][0] else default_store()
    if store is None:
        store = build(approved())
        _built[place] = store
        while len(_built) > _MOST:
            _built.popitem(last=False)
    info[_KEY] = store
    return store


def approved() -> list[ParameterOverride]:
    """Every approved override and confirmation, oldest first."""
    query = select(ParameterOverride).where(ParameterOverride.state == APPROVED).order_by(ParameterOverride.id)
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class ApprovedValue:
    """An approved row away from its database: for processes and machines that calculate without one."""

    id: int
    kind: str
    name: str
    value: Any
    valid_from: date
    valid_to: date | None
    article: str
    mark: str
    document: str
    document_number: str
    document_date: date
    decided_at: datetime | None
    reason: str


def portable() -> tuple[ApprovedValue, ...]:
    """What :func:`approved` holds; :func:`build` makes the same law of it anywhere."""
    names = [item.name for item in fields(ApprovedValue)]
    return tuple(ApprovedValue(**{name: getattr(row, name) for name in names}) for row in approved())


def build(rows: Iterable[ParameterOverride | ApprovedValue], base: ParameterStore | None = None) -> ParameterStore:
    """``base`` (the engine's law) with ``rows`` laid over it: confirmations first, so that an override covers them.

    A row the law no longer has a place for is left out, never a reason to stop calculating (:func:`unusable` lists
    them).
    """
    base = base or default_store()
    given = list(rows)
    store = _laid_over(base, (row for row in given if row.kind == CONFIRMATION))
    return _laid_over(store, (row for row in given if row.kind != CONFIRMATION))


def _laid_over(store: ParameterStore, rows: Iterable[ParameterOverride | ApprovedValue]) -> ParameterStore:
    found: dict[str, list[Override]] = {}
    for row in rows:
        parts = list(as_overrides(row, store))
        if parts:
            found.setdefault(row.name, []).extend(parts)
        else:
            log.warning("override %s of %s does not fit the law any more and is left out", row.id, row.name)
    return store.overlay(found) if found else store


def as_overrides(row: ParameterOverride | ApprovedValue, base: ParameterStore) -> Iterator[Override]:
    """The engine's form of ``row``. A confirmation speaks of the very value it saw: of another one it says nothing."""
    if row.name not in base.names():
        return
    versions = base.versions(row.name)
    try:
        value = read_plain(versions, row.value)
    except UnfitValue:
        return
    for start, end, article in _periods(row, versions, value):
        yield Override(
            value,
            document=row.document,
            article=article,
            mark=row.mark,
            valid_from=start,
            valid_to=end,
            verified_on=row.document_date if row.decided_at is None else row.decided_at.date(),
            note=row.reason or None,
        )


def _periods(
    row: ParameterOverride | ApprovedValue, versions: Iterable[Version], value: Any
) -> Iterator[tuple[Any, Any, str]]:
    if row.kind != CONFIRMATION:
        # Where only the article is printed, it must say of which document.
        named = row.article if row.document_number in row.article else f"{row.article} {row.document_number}"
        yield row.valid_from, row.valid_to, named
        return
    last = row.valid_to or OPEN_END
    for version in versions:
        start, end = max(version.valid_from, row.valid_from), min(version.valid_to, last)
        if start <= end and version.value == value:
            yield start, None if end == OPEN_END else end, row.article


def unusable(rows: Iterable[ParameterOverride]) -> set[int]:
    """Ids of the rows that the law of this version of the software has no place for."""
    return {row.id for row in rows if next(as_overrides(row, default_store()), None) is None}


def forget_store() -> None:
    """After overrides changed inside this transaction."""
    _forget(db.session())


def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)
    session.info.pop(STAMP, None)


@event.listens_for(Session, "after_transaction_end")
def _next_transaction(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        _forget(session)


@event.listens_for(Session, "after_flush")
def _changed(session: Session, _context: Any) -> None:
    if any(isinstance(row, ParameterOverride) for row in (*session.new, *session.dirty, *session.deleted)):
        _forget(session)
