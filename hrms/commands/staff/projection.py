"""What the person row shows of today: unit, title, leadership and status, projected from the posts.

One function serves a single command, the daily run and an import of 60,000 rows. Written with plain updates: a
projection is no editor's change, so it neither raises the record's version nor writes history (the post itself did).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import clock
from hrms.kernel.db import db
from models.staff import Appointment, Person

SLICE = 5_000


@dataclass(frozen=True)
class Post:
    """The columns of an appointment that the projection reads."""

    kind: str
    unit_id: int
    title: str
    leader_rank: str
    valid_from: date
    valid_to: date | None


def shown_today(posts: Iterable[Post], left_on: date | None, day: date) -> dict[str, Any]:
    """Unit, title, leadership and status on ``day``.

    The main post in force decides; between posts the last one that ended, before the first the first to come: the
    record of a person never falls out of every unit's sight. ``left_on`` is the first day out of service.
    """
    posts = list(posts)
    main = [post for post in posts if post.kind == "main"]
    current = _current(main, day)
    left = left_on is not None and left_on <= day
    seconded = any(post.kind == "secondment" and _covers(post, day) for post in posts)
    return {
        "unit_id": current.unit_id if current else None,
        "title": current.title if current else "",
        "is_leader": bool(current and current.leader_rank and not left),
        "status": "left" if left else "seconded" if seconded else "active",
    }


def _covers(post: Post, day: date) -> bool:
    return post.valid_from <= day and (post.valid_to is None or post.valid_to >= day)


def _current(main: Sequence[Post], day: date) -> Post | None:
    valid = [post for post in main if _covers(post, day)]
    if valid:
        return max(valid, key=lambda post: post.valid_from)
    past = [post for post in main if post.valid_from <= day]
    if past:
        return max(past, key=lambda post: (post.valid_to or date.max, post.valid_from))
    return min(main, key=lambda post: post.valid_from, default=None)


def project_people(person_ids: Sequence[int] | None = None, day: date | None = None) -> int:
    """Project the people (all of them when none are named) for ``day`` (today). Returns how many rows changed.

    Call inside a transaction.
    """
    day = day or clock.today()
    db.session.flush()
    if person_ids is None:
        return _project_all(day)
    return sum(_project(list(ids), day, None) for ids in in_chunks(list(person_ids)))


def _project_all(day: date) -> int:
    """Everybody, in slices by id: ranges instead of long IN lists."""
    changed, last = 0, 0
    while True:
        ids = list(db.session.scalars(select(Person.id).where(Person.id > last).order_by(Person.id).limit(SLICE)))
        if not ids:
            return changed
        changed += _project(ids, day, (ids[0], ids[-1]))
        last = ids[-1]


def _project(ids: list[int], day: date, between: tuple[int, int] | None) -> int:
    chosen = Person.id.between(*between) if between else Person.id.in_(ids)
    of_post = Appointment.person_id.between(*between) if between else Appointment.person_id.in_(ids)
    posts: dict[int, list[Post]] = defaultdict(list)
    columns = (
        Appointment.person_id,
        Appointment.kind,
        Appointment.unit_id,
        Appointment.title,
        Appointment.leader_rank,
        Appointment.valid_from,
        Appointment.valid_to,
    )
    for person_id, *values in db.session.execute(select(*columns).where(of_post)):
        posts[person_id].append(Post(*values))
    stored = select(Person.id, Person.left_on, Person.unit_id, Person.title, Person.is_leader, Person.status)
    changes: list[dict[str, Any]] = []
    for row in db.session.execute(stored.where(chosen)):
        wanted = shown_today(posts[row.id], row.left_on, day)
        if any(getattr(row, name) != value for name, value in wanted.items()):
            changes.append({"row_id": row.id, **{f"new_{name}": value for name, value in wanted.items()}})
    if changes:
        table = Person.__table__
        statement = (
            update(table)
            .where(table.c.id == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in ("unit_id", "title", "is_leader", "status")})
        )
        db.session.execute(statement, changes)
        # Objects already loaded must not go on showing, or write back, what the database no longer says.
        for change in changes:
            key = db.session.identity_key(Person, change["row_id"])
            if (person := db.session.identity_map.get(key)) is not None:
                db.session.expire(person, ["unit_id", "title", "is_leader", "status", "unit"])
    return len(changes)
