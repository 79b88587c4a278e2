"""Looking at movement cases: lists, the work queue, counts, flows between agencies; always inside the scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hrms.commands.rotation import guards
from hrms.commands.rotation.words import (
    AGREED,
    BIET_PHAI,
    CHECKED,
    DECIDED,
    EFFECTIVE,
    HANDED_OVER,
    HEARD,
    NONE,
    OPEN,
    PREPARING,
    PROPOSED,
    RUNNING,
    UNDER_WAY,
)
from hrms.commands.rotation.workflow import NEXT_STEP, WORKFLOW
from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold
from hrms.kernel.workflow import AllowedAction, TransitionRecord
from models.organization import OrgUnit
from models.rotation import MovementCase, MovementChain


@dataclass(frozen=True)
class MoveFilter:
    """What a list asks for; empty fields ask for nothing. Units are meant with everything below them."""

    q: str = ""
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    unit_id: int | None = None  # leaving or arriving there
    from_unit_id: int | None = None
    to_unit_id: int | None = None
    person_id: int | None = None
    chain_id: int | None = None
    planner_run_id: int | None = None
    plan_id: int | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    ends_to: date | None = None  # running, planned to end by then
    stuck: bool = False  # decided, its day has come, and not in effect
    waiting: bool = False  # only what waits for the actor


def case_query(wanted: MoveFilter | None = None, action: str = "read") -> Select[Any]:
    """The cases the actor may ``action``, with person, units, posts and chain loaded along; the caller orders."""
    query = select(MovementCase).options(
        joinedload(MovementCase.person),
        joinedload(MovementCase.unit),
        joinedload(MovementCase.from_unit),
        joinedload(MovementCase.to_unit),
        joinedload(MovementCase.from_position),
        joinedload(MovementCase.to_position),
        joinedload(MovementCase.chain),
    )
    return narrow(access.restrict(query, MovementCase, action), wanted or MoveFilter())


def _below(unit_id: int) -> Select[Any]:
    path = db.session.scalar(select(OrgUnit.path).where(OrgUnit.id == unit_id))
    return select(OrgUnit.id).where(OrgUnit.path.like(f"{path or '?'}%"))


def narrow(query: Select[Any], wanted: MoveFilter) -> Select[Any]:
    """``query`` over cases, narrowed by the filter."""
    for word in fold(wanted.q).split():
        query = query.where(MovementCase.folded.contains(word, autoescape=True))
    if wanted.states:
        query = query.where(MovementCase.state.in_(wanted.states))
    if wanted.kinds:
        query = query.where(MovementCase.kind.in_(wanted.kinds))
    if wanted.unit_id is not None:
        inside = _below(wanted.unit_id)
        query = query.where(or_(MovementCase.from_unit_id.in_(inside), MovementCase.to_unit_id.in_(inside)))
    if wanted.from_unit_id is not None:
        query = query.where(MovementCase.from_unit_id.in_(_below(wanted.from_unit_id)))
    if wanted.to_unit_id is not None:
        query = query.where(MovementCase.to_unit_id.in_(_below(wanted.to_unit_id)))
    for name in ("person_id", "chain_id", "planner_run_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(MovementCase, name) == value)
    if wanted.plan_id is not None:
        from models.rotation import RotationPlanLine

        lines = select(RotationPlanLine.id).where(RotationPlanLine.plan_id == wanted.plan_id)
        query = query.where(MovementCase.plan_line_id.in_(lines))
    if wanted.effective_from is not None:
        query = query.where(MovementCase.effective_on >= wanted.effective_from)
    if wanted.effective_to is not None:
        query = query.where(MovementCase.effective_on <= wanted.effective_to)
    if wanted.ends_to is not None:
        query = query.where(MovementCase.state == RUNNING, MovementCase.ends_on <= wanted.ends_to)
    if wanted.stuck:
        query = query.where(is_stuck())
    if wanted.waiting:
        query = query.where(waits_for_me())
    return query


def is_stuck() -> ColumnElement[bool]:
    """Decided, the day has come, and the effect is not there: a chain waits, or the records changed."""
    return and_(MovementCase.state == DECIDED, MovementCase.effect == NONE, MovementCase.effective_on <= clock.today())


# Steps that wait for somebody: (step, states, is it the receiver's).
AWAITED = (
    ("check", (PROPOSED,), False),
    ("hear", (CHECKED,), False),
    ("agree", (HEARD,), True),
    ("decide", (HEARD, AGREED), False),
    ("hand_over", (EFFECTIVE,), False),
    ("close", (HANDED_OVER,), False),
)


def waits_for_me() -> ColumnElement[bool]:
    """What the actor is the next to work on: by state, right, scope and separation of duties."""
    options: list[ColumnElement[bool]] = []
    for step, states, receiver in AWAITED:
        transition = WORKFLOW.transition(step)
        if not access.may(WORKFLOW.resource, transition.permission):
            continue
        allowed = access.restrict(select(MovementCase.id), MovementCase, transition.permission)
        conditions: list[ColumnElement[bool]] = [MovementCase.state.in_(states), MovementCase.id.in_(allowed)]
        units = access.units_for("movement", transition.permission)
        if receiver:
            # Inside one agency nobody else has to agree; the guard says so exactly, the list by the unit.
            conditions.append(MovementCase.agreed_on.is_(None))
            conditions.append(MovementCase.from_unit_id != MovementCase.to_unit_id)
            if units is not None:
                conditions.append(MovementCase.to_unit_id.in_(units))
        if step == "decide":
            conditions.append(or_(MovementCase.state == AGREED, _one_agency()))
            if units is not None:
                conditions.append(or_(MovementCase.kind == BIET_PHAI, MovementCase.to_unit_id.in_(units)))
        me = actor.current().user_id
        if me is not None and transition.not_by_performer_of:
            held = select(TransitionRecord.record_id).where(
                TransitionRecord.record_type == MovementCase.__tablename__,
                TransitionRecord.actor_user_id == me,
                TransitionRecord.transition.in_(transition.not_by_performer_of),
            )
            conditions.append(MovementCase.id.not_in(held))
        options.append(and_(*conditions))
    return or_(*options) if options else MovementCase.id.is_(None)


def _one_agency() -> ColumnElement[bool]:
    """From and to share the unit or its parent: the move stays inside (an approximation the guards settle)."""
    leaves, arrives = aliased(OrgUnit), aliased(OrgUnit)
    inside = (
        select(leaves.id)
        .join(arrives, arrives.id == MovementCase.to_unit_id)
        .where(
            leaves.id == MovementCase.from_unit_id,
            or_(leaves.id == arrives.id, leaves.parent_id == arrives.id, arrives.parent_id == leaves.id,
                and_(leaves.parent_id == arrives.parent_id, leaves.kind == "division", arrives.kind == "division")),
        )
        .correlate(MovementCase)
    )  # fmt: skip
    return inside.exists()


def actions(found: MovementCase) -> list[AllowedAction]:
    """The buttons of the case page; law and records as they were when last asked (``LookAgain`` asks anew)."""
    with guards.as_last_looked():
        return WORKFLOW.allowed_actions(found)


def next_step(found: MovementCase) -> str:
    """Code of the step that moves the case on; empty when nothing is to come by hand."""
    if found.state == HEARD and not guards.two_bodies(found):
        return "decide"
    return NEXT_STEP.get(found.state, "")


def next_step_label(found: MovementCase) -> str:
    step = next_step(found)
    return WORKFLOW.transition(step).label if step else ""


@dataclass(frozen=True)
class QueueItem:
    """One case that waits for the actor."""

    case: MovementCase
    step: str
    step_label: str


@dataclass
class Queue:
    """``items`` are the first of ``total``, those with the nearest day first."""

    items: list[QueueItem] = field(default_factory=list)
    total: int = 0


def my_queue(limit: int = 20) -> Queue:
    """What waits for the actor now."""
    mine = waits_for_me()
    total = db.session.scalar(access.restrict(select(func.count(MovementCase.id)).where(mine), MovementCase)) or 0
    rows = db.session.scalars(
        case_query(MoveFilter(waiting=True))
        .order_by(MovementCase.effective_on.is_(None), MovementCase.effective_on, MovementCase.id)
        .limit(limit)
    )
    return Queue([QueueItem(row, next_step(row), next_step_label(row)) for row in rows], int(total))


def counts_by_state(wanted: MoveFilter | None = None) -> dict[str, int]:
    """State → number of cases the actor may read; states without cases are left out."""
    query = select(MovementCase.state, func.count()).group_by(MovementCase.state)
    rows = db.session.execute(narrow(access.restrict(query, MovementCase), wanted or MoveFilter()))
    return {state: int(number) for state, number in rows}


def counts_by_kind(wanted: MoveFilter | None = None) -> dict[str, int]:
    """Kind → number of cases the actor may read."""
    query = select(MovementCase.kind, func.count()).group_by(MovementCase.kind)
    rows = db.session.execute(narrow(access.restrict(query, MovementCase), wanted or MoveFilter()))
    return {kind: int(number) for kind, number in rows}


@dataclass(frozen=True)
class Flow:
    """How many moves lead from one agency to another; names are today's."""

    from_id: int
    from_name: str
    to_id: int
    to_name: str
    planned: int  # open, not in effect
    done: int  # in effect


def flows(wanted: MoveFilter | None = None) -> list[Flow]:
    """The map of flows between agencies (first level under the province), the strongest first."""
    applied = case((MovementCase.effect == "applied", 1), else_=0)
    still_open = case((and_(MovementCase.effect == NONE, MovementCase.state.in_(OPEN)), 1), else_=0)
    query = select(
        MovementCase.from_unit_id, MovementCase.to_unit_id, func.sum(still_open), func.sum(applied)
    ).group_by(MovementCase.from_unit_id, MovementCase.to_unit_id)
    rows = db.session.execute(narrow(access.restrict(query, MovementCase), wanted or MoveFilter())).all()
    units = dict(db.session.execute(select(OrgUnit.id, OrgUnit.path)).tuples().all()) if rows else {}
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for source, target, planned, done in rows:
        key = _agency(units[source]), _agency(units[target])
        before = sums.get(key, (0, 0))
        sums[key] = before[0] + int(planned or 0), before[1] + int(done or 0)
    wanted_ids = {one for key in sums for one in key}
    names = dict(db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(wanted_ids))).tuples().all())
    found = [
        Flow(key[0], names[key[0]], key[1], names[key[1]], planned, done)
        for key, (planned, done) in sums.items()
        if planned or done
    ]
    return sorted(found, key=lambda flow: (-(flow.planned + flow.done), flow.from_name, flow.to_name))


def _agency(path: str) -> int:
    parts = [int(part) for part in path.split("/") if part]
    return parts[1] if len(parts) > 1 else parts[0]


def chain_query() -> Select[Any]:
    """The chains the actor may read, their cases with people and posts loaded along."""
    cases = selectinload(MovementChain.cases)
    query = select(MovementChain).options(
        joinedload(MovementChain.unit),
        cases.joinedload(MovementCase.person),
        cases.joinedload(MovementCase.to_unit),
        cases.joinedload(MovementCase.to_position),
        cases.joinedload(MovementCase.from_position),
    )
    return access.restrict(query, MovementChain)


@dataclass(frozen=True)
class KeptPayment:
    """What finance pays one person in one month above the new post's allowance, in đồng."""

    case: MovementCase
    month: date
    kept_amount: int
    new_amount: int
    difference: int
    article: str


def kept_allowances(month: date, unit_id: int | None = None) -> list[KeptPayment]:
    """Every kept allowance payable in the calendar month of ``month``, over the cases the actor may read."""
    wanted = MoveFilter(states=(*UNDER_WAY, "done", "revoked"), unit_id=unit_id)
    rows = db.session.scalars(
        case_query(wanted)
        .where(MovementCase.kept_allowance.is_not(None), MovementCase.effect != NONE)
        .order_by(MovementCase.sort_key, MovementCase.id)
    )
    found = []
    for row in rows:
        kept = row.kept_allowance or {}
        for line in kept.get("rows", ()):
            if line["month"] == month.replace(day=1).isoformat():
                found.append(
                    KeptPayment(row, month.replace(day=1), line["kept_amount"], line["new_amount"],
                                line["difference"], kept.get("article", ""))
                )  # fmt: skip
    return found


def open_cases_of(person_ids: Sequence[int]) -> dict[int, MovementCase]:
    """Person id → the case that is open or running; for planner and yearly plan (no scope: the caller judges)."""
    from hrms.commands.staff.lookup import in_chunks

    found: dict[int, MovementCase] = {}
    for ids in in_chunks(list(person_ids)):
        rows = db.session.scalars(
            select(MovementCase)
            .where(MovementCase.person_id.in_(ids), MovementCase.state.in_((*OPEN, RUNNING)))
            .order_by(MovementCase.id)
        )
        for row in rows:
            found.setdefault(row.person_id, row)
    return found


def status_text(found: MovementCase) -> str:
    """One sentence on where the case stands beyond its state: stuck, waiting for its day, past its end."""
    today = clock.today()
    if found.state == DECIDED and found.effective_on is not None:
        why = (found.checks or {}).get("stuck")
        if why and found.effective_on <= today:
            return _("Chưa thực hiện được: %(why)s", why=why)
        if found.effective_on <= today and found.chain is not None:
            return _("Chờ các hồ sơ khác của chuỗi.")
        return _("Chờ đến ngày có hiệu lực.")
    if found.state == RUNNING and found.ends_on is not None and found.ends_on < today:
        return _("Đã hết thời hạn, chưa có quyết định kết thúc hoặc gia hạn.")
    if found.state in PREPARING and found.checks and not found.checks.get("allowed", True):
        return _("Có quy định chưa cho phép.")
    return ""
