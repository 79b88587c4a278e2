"""What happened to a record and to the rows that belong to it: history and comments, newest first, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, literal, null, or_, select, union_all

from hrms.kernel import history
from hrms.kernel.db import db
from hrms.kernel.history import Comment, HistoryEntry

MOST = 60


@dataclass
class Happening:
    """One entry. ``record_type`` names the table of the row it happened to; ``body`` is set for comments.

    ``what`` is for the page: what the row is called when it is not the record itself.
    """

    kind: str
    actor_name: str
    at: datetime
    record_type: str
    record_id: int
    field: str = ""
    old: str | None = None
    new: str | None = None
    note: str | None = None
    what: str = ""

    # A comment, in the words templates use of one.
    @property
    def author(self) -> str:
        return self.actor_name

    @property
    def body(self) -> str:
        return self.note or ""

    @property
    def subject(self) -> str:
        return self.field


@dataclass
class Feed:
    """Entries and comments as the history of a record page takes them."""

    entries: list[Happening] = field(default_factory=list)
    comments: list[Happening] = field(default_factory=list)


def feed(record: Any, rows: Mapping[type[Any], str] | None = None, limit: int = MOST) -> Feed:
    """History and comments of ``record``; ``rows`` maps models of rows that belong to it to their foreign key."""
    kind = history.record_type(record)
    own = and_(HistoryEntry.record_type == kind, HistoryEntry.record_id == record.id)
    parts = [
        and_(
            HistoryEntry.record_type == history.record_type(model),
            HistoryEntry.record_id.in_(select(model.id).where(getattr(model, key) == record.id)),
        )
        for model, key in (rows or {}).items()
    ]
    newest = (
        select(
            HistoryEntry.kind,
            HistoryEntry.actor_name,
            HistoryEntry.at,
            HistoryEntry.record_type,
            HistoryEntry.record_id,
            HistoryEntry.field,
            HistoryEntry.old,
            HistoryEntry.new,
            HistoryEntry.note,
            HistoryEntry.id,
        )
        .where(or_(own, *parts))
        .order_by(HistoryEntry.id.desc())
        .limit(limit)
        .subquery()
    )
    nothing = cast(null(), String)
    comments = select(
        literal("comment"),
        Comment.author,
        Comment.at,
        Comment.record_type,
        Comment.record_id,
        Comment.subject,
        nothing,
        nothing,
        Comment.body,
        Comment.id,
    ).where(Comment.record_type == kind, Comment.record_id == record.id)
    together = union_all(select(*newest.c), comments).subquery()
    found = Feed()
    for row in db.session.execute(select(*together.c).order_by(together.c.at.desc(), together.c.id.desc())):
        happening = Happening(*row[:9])
        (found.comments if happening.kind == "comment" else found.entries).append(happening)
    return found
