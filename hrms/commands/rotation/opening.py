"""Many moves opened in one step: a case each, and a chain for those that hang on each other (plan and planner)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation import cases, chains
from hrms.commands.rotation.cases import MoveRequest
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.organization import Position
from models.rotation import MovementCase
from models.staff import Person


@dataclass
class Opening:
    """A move to open. ``label`` is the field faults are told under; ``case`` is set by :func:`opening_faults`."""

    person: Person
    request: MoveRequest
    plan_line_id: int | None = None
    planner_run_id: int | None = None
    label: str = ""
    case: MovementCase | None = field(default=None, repr=False)


def opening_faults(openings: Sequence[Opening]) -> Iterable[Fault]:
    """Everything against opening these moves, each told under its label with the person's name."""
    people = sorted(one.person.id for one in openings)
    posts = sorted({one.request.to_position_id for one in openings if one.request.to_position_id is not None})
    # Held in the order of ids until the transaction ends: two officers opening the same moves queue here.
    for start in range(0, len(people), 400):
        db.session.execute(
            select(Person.id).where(Person.id.in_(people[start : start + 400])).order_by(Person.id).with_for_update()
        )
    for start in range(0, len(posts), 400):
        held = select(Position.id).where(Position.id.in_(posts[start : start + 400]))
        db.session.execute(held.order_by(Position.id).with_for_update())
    coming: dict[int, list[Opening]] = defaultdict(list)
    for one in openings:
        with db.session.no_autoflush:
            one.case, faults = cases.draft(one.person, one.request)
        for fault in faults:
            yield Fault(one.label or fault.field, f"{one.person.full_name}: {fault.message}", fault.article, fault.code)
        if one.request.to_position_id is not None:
            coming[one.request.to_position_id].append(one)
    for arriving in coming.values():
        post = arriving[0].case.to_position if arriving[0].case is not None else None
        if post is not None and len(arriving) > post.approved_number:
            yield Fault(
                arriving[0].label,
                _("“%(title)s” có %(places)s chỗ mà %(come)s người cùng đến.", title=post.title,
                  places=post.approved_number, come=len(arriving)),
                code="two_into_one_post",
            )  # fmt: skip


def groups(moves: Sequence[tuple[Hashable | None, Hashable | None]]) -> list[list[int]]:
    """Indices of (post left, post taken) that hang on each other: one leaves the post another takes."""
    parent = list(range(len(moves)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    leaving: dict[Hashable, list[int]] = defaultdict(list)
    for at, (source, _target) in enumerate(moves):
        if source is not None:
            leaving[source].append(at)
    for at, (_source, target) in enumerate(moves):
        for other in leaving.get(target, ()) if target is not None else ():
            parent[root(at)] = root(other)
    found: dict[int, list[int]] = defaultdict(list)
    for at in range(len(moves)):
        found[root(at)].append(at)
    return list(found.values())


def open_moves(openings: Sequence[Opening], name: str) -> list[MovementCase]:
    """Store the cases :func:`opening_faults` drafted, and bind those that hang on each other; inside a command."""
    stored = []
    for one in openings:
        assert one.case is not None
        stored.append(cases.store(one.case, plan_line_id=one.plan_line_id, planner_run_id=one.planner_run_id))
    number = 0
    for group in groups([(case.from_position_id, case.to_position_id) for case in stored]):
        if len(group) < 2:
            continue
        number += 1
        members = [stored[at] for at in group]
        day = max(case.effective_on for case in members if case.effective_on is not None)
        title = _("%(name)s, chuỗi %(n)s", name=name[:220], n=number)
        chains.link(members, title, day, members[0].unit)
    return stored
