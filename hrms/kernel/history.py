"""Append-only history of every tracked record: field by field, old → new, by whom, when, through what.

A session listener writes the entries in the same flush as the change itself: a change without its history, or a
history without its change, cannot be committed. Entries are never updated or deleted (triggers hold that too).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Index, Integer, String, Text, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hrms.kernel import actor, clock
from hrms.kernel.db import BigInt, Tracked, UtcDateTime, db

CREATED, CHANGED, DELETED, NOTED, VIEWED = "created", "changed", "deleted", "noted", "viewed"
_HOUSEKEEPING = {"id", "version", "created_at", "created_by", "updated_at", "updated_by"}
MASK = "••••"


class HistoryEntry(Model):
    """One change of one field (or the birth, end, or a remark) of one record."""

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_record", "record_type", "record_id", "id"), Index("ix_history_at", "at"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(60), nullable=False)
    record_id: Mapped[int] = mapped_column(BigInt, nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    field: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(String(10), nullable=False)
    actor_name: Mapped[str] = mapped_column(String(120), nullable=False)
    actor_user_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class Comment(Model):
    """A remark somebody wrote on a record. Kept as written; never edited."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_record", "record_type", "record_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(60), nullable=False)
    record_id: Mapped[int] = mapped_column(BigInt, nullable=False)
    subject: Mapped[str] = mapped_column(String(80), nullable=False, default="")  # e.g. the line sent back
    body: Mapped[str] = mapped_column(Text, nullable=False)
    author: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    author_user_id: Mapped[int | None] = mapped_column(Integer, default=lambda: actor.current().user_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


def record_type(record: Any) -> str:
    """The name under which a record's history, files and comments are filed: its table."""
    model: Any = record if isinstance(record, type) else type(record)
    return str(model.__tablename__)


def as_text(value: Any) -> str | None:
    """How a value is kept in the history: readable, exact, the same on every database."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    text = str(value)
    return text if len(text) <= 2000 else text[:2000] + "…"


def entry(
    record_type_: str,
    record_id: int,
    kind: str,
    field: str = "",
    old: Any = None,
    new: Any = None,
    note: str | None = None,
) -> dict[str, Any]:
    """A row for ``history_entry`` as the current actor, now. Bulk writers insert many of these at once."""
    who = actor.current()
    return {
        "record_type": record_type_,
        "record_id": record_id,
        "kind": kind,
        "field": field,
        "old": as_text(old),
        "new": as_text(new),
        "note": note,
        "actor_kind": who.kind,
        "actor_name": who.name,
        "actor_user_id": who.user_id,
        "at": clock.now(),
    }


def note(record: Any, text: str, kind: str = NOTED, field: str = "") -> None:
    """Add a remark of the system to a record's history (e.g. “Tính lại: 845.000.000 → 852.140.250 đồng”)."""
    db.session.add(HistoryEntry(**entry(record_type(record), record.id, kind, field, note=text)))


def comment(record: Any, body: str, subject: str = "") -> Comment:
    """Write a remark on a record."""
    row = Comment(record_type=record_type(record), record_id=record.id, subject=subject, body=body.strip())
    db.session.add(row)
    return row


def of(record: Any, limit: int = 100, before_id: int | None = None) -> list[HistoryEntry]:
    """The newest entries of a record, newest first."""
    query = select(HistoryEntry).where(
        HistoryEntry.record_type == record_type(record), HistoryEntry.record_id == record.id
    )
    if before_id is not None:
        query = query.where(HistoryEntry.id < before_id)
    return list(db.session.scalars(query.order_by(HistoryEntry.id.desc()).limit(limit)))


def comments_of(record: Any) -> list[Comment]:
    """Every comment on a record, oldest first."""
    query = select(Comment).where(Comment.record_type == record_type(record), Comment.record_id == record.id)
    return list(db.session.scalars(query.order_by(Comment.id)))


def _changes(record: Tracked) -> list[tuple[str, Any, Any]]:
    state: Any = inspect(record)
    skip = _HOUSEKEEPING | set(record.__untracked__)
    found: list[tuple[str, Any, Any]] = []
    for attribute in state.mapper.column_attrs:
        if attribute.key in skip:
            continue
        past = state.attrs[attribute.key].history
        if past.has_changes():
            old = past.deleted[0] if past.deleted else None
            new = past.added[0] if past.added else None
            if old != new:
                if attribute.key in record.__masked__:
                    old, new = (MASK if old else None), (MASK if new else None)
                found.append((attribute.key, old, new))
    return found


def _in_order(records: Iterable[Any]) -> list[Any]:
    """By table and id: the session hands out sets, whose order would differ from run to run."""
    return sorted(records, key=lambda record: (record.__tablename__, inspect(record).identity or ()))


@event.listens_for(Session, "before_flush")
def _collect(session: Session, _context: Any, _instances: Any) -> None:
    pending: list[tuple[Any, str, str, Any, Any]] = session.info.setdefault("hrms_history", [])
    for record in _in_order(session.dirty):
        if isinstance(record, HistoryEntry):
            raise RuntimeError("history_entry is append-only")
        if isinstance(record, Tracked) and session.is_modified(record, include_collections=False):
            pending.extend((record, CHANGED, name, old, new) for name, old, new in _changes(record))
    for record in _in_order(session.deleted):
        if isinstance(record, HistoryEntry):
            raise RuntimeError("history_entry is append-only")
        if isinstance(record, Tracked):
            pending.append((record, DELETED, "", str(record), None))
    for record in session.new:
        if isinstance(record, Tracked):
            pending.append((record, CREATED, "", None, None))


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: Any) -> None:
    pending = session.info.pop("hrms_history", [])
    if pending:
        rows = [entry(record_type(record), record.id, kind, name, old, new) for record, kind, name, old, new in pending]
        session.execute(HistoryEntry.__table__.insert(), rows)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("hrms_history", None)


