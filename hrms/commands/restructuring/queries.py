"""Looking at cases: lists, the work queue of the actor, counts by state, totals of a round; always inside the scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hrms.commands.restructuring.words import (
    APPRAISAL,
    CLOSED,
    DECIDED,
    DRAFT,
    FINANCE_REVIEW,
    OPEN,
    PAID,
    UNIT_REVIEW,
)
from hrms.commands.restructuring.workflow import NEXT_STEP, WORKFLOW
from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold
from hrms.kernel.workflow import TransitionRecord
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase
from models.staff import Person


@dataclass(frozen=True)
class CaseFilter:
    """What a list asks for; empty fields ask for nothing. ``states`` are codes, ``q`` words of number, name or code."""

    q: str = ""
    states: tuple[str, ...] = ()
    unit_id: int | None = None  # with everything below it
    batch_id: int | None = None
    person_id: int | None = None
    act_id: int | None = None
    decree: str = ""  # the decree that applies, as computed
    benefit: str = ""
    leave_from: date | None = None
    leave_to: date | None = None
    late: bool = False
    waiting: bool = False  # only what waits for the actor


def case_query(wanted: CaseFilter | None = None, action: str = "read") -> Select[Any]:
    """The cases the actor may ``action``, with person, unit and round loaded along; the caller orders and pages."""
    query = (
        select(DownsizingCase)
        .join(DownsizingCase.person)
        .join(DownsizingCase.unit)
        .outerjoin(DownsizingCase.batch)
        .options(
            contains_eager(DownsizingCase.person),
            contains_eager(DownsizingCase.unit),
            contains_eager(DownsizingCase.batch),
        )
    )
    return narrow(access.restrict(query, DownsizingCase, action), wanted or CaseFilter())


def narrow(query: Select[Any], wanted: CaseFilter) -> Select[Any]:
    """``query`` over cases, narrowed by the filter. Batches must be joined for ``late``."""
    for word in fold(wanted.q).split():
        query = query.where(DownsizingCase.folded.contains(word, autoescape=True))
    if wanted.states:
        query = query.where(DownsizingCase.state.in_(wanted.states))
    if wanted.unit_id is not None:
        path = db.session.scalar(access.restrict(select(OrgUnit.path).where(OrgUnit.id == wanted.unit_id), OrgUnit))
        inside = select(OrgUnit.id).where(OrgUnit.path.like(f"{path or '?'}%"))
        query = query.where(DownsizingCase.unit_id.in_(inside))
    for name in ("batch_id", "person_id", "act_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(DownsizingCase, name) == value)
    if wanted.decree:
        query = query.where(DownsizingCase.decree_found == wanted.decree)
    if wanted.benefit:
        query = query.where(DownsizingCase.benefit_found == wanted.benefit)
    if wanted.leave_from is not None:
        query = query.where(DownsizingCase.leave_date >= wanted.leave_from)
    if wanted.leave_to is not None:
        query = query.where(DownsizingCase.leave_date <= wanted.leave_to)
    if wanted.late:
        query = query.where(is_late())
    if wanted.waiting:
        query = query.where(waits_for_me())
    return query


def is_late() -> ColumnElement[bool]:
    """The round's deadline has passed and the case is not through. Needs the round joined."""
    return and_(DownsizingCase.state.in_(OPEN), CaseBatch.deadline < clock.today())


def _mine(step: str) -> ColumnElement[bool]:
    """Cases on which the actor may take ``step``, and did not already hold a duty that excludes it."""
    transition = WORKFLOW.transition(step)
    allowed = access.restrict(select(DownsizingCase.id), DownsizingCase, transition.permission)
    condition: ColumnElement[bool] = DownsizingCase.id.in_(allowed)
    me = actor.current().user_id
    if me is not None and transition.not_by_performer_of:
        held = select(TransitionRecord.record_id).where(
            TransitionRecord.record_type == DownsizingCase.__tablename__,
            TransitionRecord.actor_user_id == me,
            TransitionRecord.transition.in_(transition.not_by_performer_of),
        )
        condition = and_(condition, DownsizingCase.id.not_in(held))
    return condition


def waits_for_me() -> ColumnElement[bool]:
    """What the actor is the next to work on: by state, right, scope and separation of duties."""
    awaited: list[tuple[str, str, ColumnElement[bool] | None]] = [
        ("submit", DRAFT, None),
        ("review", UNIT_REVIEW, None),
        ("appraise", APPRAISAL, None),
        ("endorse", FINANCE_REVIEW, DownsizingCase.finance_endorsed_at.is_(None)),
        ("decide", FINANCE_REVIEW, DownsizingCase.finance_endorsed_at.is_not(None)),
        ("pay", DECIDED, None),
    ]
    options: list[ColumnElement[bool]] = []
    for step, state, more in awaited:
        if access.may(WORKFLOW.resource, WORKFLOW.transition(step).permission):
            conditions = [DownsizingCase.state == state, _mine(step)]
            options.append(and_(*conditions, *([more] if more is not None else [])))
    return or_(*options) if options else DownsizingCase.id.is_(None)


def next_step(found: DownsizingCase) -> str:
    """Code of the step that moves the case on; empty when nothing is to come."""
    if found.state == FINANCE_REVIEW and found.finance_endorsed_at is None:
        return "endorse"
    return NEXT_STEP.get(found.state, "")


def next_step_label(found: DownsizingCase) -> str:
    step = next_step(found)
    return WORKFLOW.transition(step).label if step else ""


@dataclass(frozen=True)
class QueueItem:
    """One case that waits for the actor."""

    case: DownsizingCase
    step: str
    step_label: str
    late: bool
    deadline: date | None


@dataclass
class Queue:
    """``items`` are the first of ``total``, late ones first, then by deadline and age."""

    items: list[QueueItem] = field(default_factory=list)
    total: int = 0
    late: int = 0


def my_queue(limit: int = 20) -> Queue:
    """What waits for the actor now; two statements."""
    today = clock.today()
    base = case_query(CaseFilter(waiting=True))
    late = and_(CaseBatch.deadline.is_not(None), CaseBatch.deadline < today)
    counts = db.session.execute(
        access.restrict(
            select(func.count(), func.sum(case((late, 1), else_=0)))
            .select_from(DownsizingCase)
            .outerjoin(DownsizingCase.batch)
            .where(waits_for_me()),
            DownsizingCase,
        )
    ).one()
    rows = db.session.scalars(
        base.order_by(CaseBatch.deadline.is_(None), CaseBatch.deadline, DownsizingCase.id).limit(limit)
    )
    items = [_item(row, today) for row in rows]
    return Queue(items, int(counts[0]), int(counts[1] or 0))


def _item(row: DownsizingCase, today: date) -> QueueItem:
    deadline = row.batch.deadline if row.batch is not None else None
    return QueueItem(row, next_step(row), next_step_label(row), deadline is not None and deadline < today, deadline)


@dataclass(frozen=True)
class Count:
    """A group of cases: how many, and the sum of their totals in đồng (cases without an answer add nothing)."""

    key: str
    cases: int
    total: int


def counts_by_state(wanted: CaseFilter | None = None) -> dict[str, Count]:
    """State → count and sum, over the cases the actor may read; one statement. States without cases are left out."""
    query = select(DownsizingCase.state, func.count(), func.coalesce(func.sum(DownsizingCase.total), 0))
    query = query.outerjoin(DownsizingCase.batch).group_by(DownsizingCase.state)
    rows = db.session.execute(narrow(access.restrict(query, DownsizingCase), wanted or CaseFilter()))
    return {state: Count(state, int(number), int(total)) for state, number, total in rows}


@dataclass
class BatchTotals:
    """The budget of a round.

    ``budget`` (đồng) counts every person once: what is refused, withdrawn or replaced is left out, and an amendment
    counts from its decision on, when it takes the place of the version it amends. ``unknown`` cases have no amount yet.
    """

    cases: int = 0
    budget: int = 0
    decided: int = 0
    paid: int = 0
    unknown: int = 0
    ineligible: int = 0
    by_state: list[Count] = field(default_factory=list)
    by_benefit: list[Count] = field(default_factory=list)  # key "decree/benefit"
    by_funding: list[Count] = field(default_factory=list)  # key: code of FUNDING_SOURCES, empty = not named yet


def in_budget() -> ColumnElement[bool]:
    """The cases a budget counts."""
    amendment_open = and_(DownsizingCase.amends_id.is_not(None), DownsizingCase.state.in_(OPEN))
    return and_(DownsizingCase.state.not_in(CLOSED), ~amendment_open)


def batch_totals(batch_id: int) -> BatchTotals:
    """Totals of one round over the cases the actor may read; one statement each for state, benefit and funding."""
    return totals(DownsizingCase.batch_id == batch_id)


def totals(*conditions: ColumnElement[bool]) -> BatchTotals:
    """The same for any selection of cases."""
    found = BatchTotals()
    counted = case((in_budget(), 1), else_=0)
    amount = func.coalesce(DownsizingCase.total, 0)
    unknown = case((DownsizingCase.total.is_(None), 1), else_=0)
    refused_by_law = case((DownsizingCase.eligible.is_(False), 1), else_=0)
    per_state = _scoped(
        select(
            DownsizingCase.state,
            func.count(),
            func.sum(amount),
            func.sum(counted),
            func.sum(counted * amount),
            func.sum(counted * unknown),
            func.sum(counted * refused_by_law),
            func.sum(func.coalesce(DownsizingCase.paid_amount, 0)),
        ).group_by(DownsizingCase.state),
        conditions,
    )
    for state, number, total, cases, budget, missing, ineligible, paid in db.session.execute(per_state):
        found.by_state.append(Count(state, int(number), int(total)))
        found.cases += int(cases)
        found.budget += int(budget)
        found.unknown += int(missing)
        found.ineligible += int(ineligible)
        found.paid += int(paid)
        if state in (DECIDED, PAID):
            found.decided += int(budget)
    order = {state.code: place for place, state in enumerate(WORKFLOW.states)}
    found.by_state.sort(key=lambda row: order.get(row.key, len(order)))
    found.by_benefit = _by(
        (DownsizingCase.decree_found, DownsizingCase.benefit_found),
        amount,
        conditions,
        lambda d, b: f"{d}/{b}" if d else "",
    )
    found.by_funding = _by_funding(conditions)
    return found


def _scoped(query: Select[Any], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return access.restrict(query.select_from(DownsizingCase).where(*conditions), DownsizingCase)


def _by(
    columns: tuple[Any, ...], amount: Any, conditions: Sequence[ColumnElement[bool]], name: Callable[..., str]
) -> list[Count]:
    query = select(*columns, func.count(), func.sum(amount)).where(in_budget()).group_by(*columns).order_by(*columns)
    return [
        Count(name(*row[: len(columns)]), int(row[-2]), int(row[-1]))
        for row in db.session.execute(_scoped(query, conditions))
    ]


def _by_funding(conditions: Sequence[ColumnElement[bool]]) -> list[Count]:
    """One case may be paid from several purses: the local top-up and the unit's estimate stand beside the main one."""
    top_up = func.coalesce(DownsizingCase.top_up_part, 0)
    estimate = case(
        (DownsizingCase.funding_source == "own_revenue", 0), else_=func.coalesce(DownsizingCase.estimate_part, 0)
    )
    query = (
        select(
            DownsizingCase.funding_source,
            func.count(),
            func.sum(func.coalesce(DownsizingCase.total, 0) - top_up - estimate),
            func.sum(case((DownsizingCase.top_up_part > 0, 1), else_=0)),
            func.sum(top_up),
            func.sum(case((estimate > 0, 1), else_=0)),
            func.sum(estimate),
        )
        .where(in_budget())
        .group_by(DownsizingCase.funding_source)
        .order_by(DownsizingCase.funding_source)
    )
    purses: dict[str, list[int]] = {}
    for source, cases, main, topped, top_ups, aided, estimates in db.session.execute(_scoped(query, conditions)):
        own = purses.setdefault(source, [0, 0])
        own[0] += int(cases)
        own[1] += int(main)
        for other, count, amount in (("local_top_up", topped, top_ups), ("unit_estimate", aided, estimates)):
            if amount:
                held = purses.setdefault(other, [0, 0])
                held[0] += int(count)
                held[1] += int(amount)
    return [Count(source, cases, amount) for source, (cases, amount) in purses.items()]


def batches_query(action: str = "read") -> Select[Any]:
    """The rounds the actor may see, newest first, with their unit."""
    query = access.restrict(select(CaseBatch), CaseBatch, action).options(joinedload(CaseBatch.unit))
    return query.order_by(CaseBatch.year.desc(), CaseBatch.round.desc(), CaseBatch.id.desc())


def totals_of_batches(batch_ids: Sequence[int]) -> dict[int, Count]:
    """Round id → number and budget of its cases, for a list of rounds; one statement."""
    query = (
        select(DownsizingCase.batch_id, func.count(), func.sum(func.coalesce(DownsizingCase.total, 0)))
        .where(DownsizingCase.batch_id.in_(batch_ids), in_budget())
        .group_by(DownsizingCase.batch_id)
    )
    rows = db.session.execute(access.restrict(query, DownsizingCase))
    return {batch: Count(str(batch), int(number), int(total)) for batch, number, total in rows}


def case_of_person(person: Person) -> list[DownsizingCase]:
    """The cases of one person the actor may read, newest first."""
    query = case_query(CaseFilter(person_id=person.id)).order_by(DownsizingCase.id.desc())
    return list(db.session.scalars(query))
