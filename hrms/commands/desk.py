"""The desk: what waits for the actor, what comes next, what one did last; for administrators, how the system is.

Each function is one statement, so that the home page stays within its budget whatever the size of the province.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, defaultload

from hrms.commands.evaluation.waiting import Work, waiting_work
from hrms.commands.restructuring.queries import CaseFilter, QueueItem, case_query, next_step, next_step_label
from hrms.commands.restructuring.words import OPEN
from hrms.commands.rotation import queries as movement_queries
from hrms.commands.rotation.workflow import NEXT_STEP as MOVEMENT_STEPS
from hrms.commands.rotation.workflow import WORKFLOW as MOVEMENT_WORKFLOW
from hrms.commands.staff.search import StaffFilter, retiring_by, staff_query
from hrms.commands.staff_overview import retirement_of
from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.jobs import DONE, FAILED, QUEUED, RUNNING, JobRun, ScheduledRun
from hrms.kernel.text import add_months
from hrms.kernel.validity import lasts
from hrms.kernel.workflow import TransitionRecord
from models.account import Account, SecurityEvent
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase
from models.rotation import MovementCase
from models.staff import Person

SOON = timedelta(days=30)
RETIRING_WITHIN = 6  # months
WATCHED = ("login_failed", "locked", "rights_changed", "export", "identity_view", "files_damaged")


@dataclass
class Desk:
    """The first of ``total`` cases that wait for the actor, late ones first, then by deadline and age."""

    items: list[QueueItem] = field(default_factory=list)
    total: int = 0
    late: int = 0


def waiting(limit: int = 12) -> Desk:
    """What the actor is the next to work on."""
    today = clock.today()
    late = and_(CaseBatch.deadline.is_not(None), CaseBatch.deadline < today)
    query = (
        case_query(CaseFilter(waiting=True))
        .add_columns(func.count().over().label("total"), func.sum(case((late, 1), else_=0)).over().label("late"))
        .options(defaultload(DownsizingCase.unit).joinedload(OrgUnit.parent))
        .order_by(CaseBatch.deadline.is_(None), CaseBatch.deadline, DownsizingCase.id)
        .limit(limit)
    )
    desk = Desk()
    for row, total, late_ones in db.session.execute(query):
        deadline = row.batch.deadline if row.batch is not None else None
        over = deadline is not None and deadline < today
        desk.items.append(QueueItem(row, next_step(row), next_step_label(row), over, deadline))
        desk.total, desk.late = int(total), int(late_ones or 0)
    return desk


@dataclass(frozen=True)
class DueRound:
    """A round with open cases whose deadline is near or past."""

    batch_id: int
    name: str
    unit: str
    deadline: date
    open_cases: int

    @property
    def days_left(self) -> int:
        return (self.deadline - clock.today()).days


@dataclass
class Overview:
    """The cases in sight by state (cases, total in đồng), and the rounds that are due next, the most urgent first."""

    states: dict[str, tuple[int, int]] = field(default_factory=dict)
    rounds: list[DueRound] = field(default_factory=list)


def overview(limit: int = 6, inside: ColumnElement[bool] | None = None) -> Overview:
    """Both in one statement: cases are counted by state, those of a round that is due by their round as well.

    ``inside`` narrows the cases, to a unit for example.
    """
    due = and_(CaseBatch.deadline.is_not(None), CaseBatch.deadline <= clock.today() + SOON)
    units = access.units_for("batch", "read")
    if units is not None:
        due = and_(due, CaseBatch.unit_id.in_(units))
    round_id = case((due, DownsizingCase.batch_id))
    query = access.restrict(
        select(
            DownsizingCase.state,
            round_id.label("round_id"),
            func.min(CaseBatch.name),
            func.min(case((OrgUnit.short_name != "", OrgUnit.short_name), else_=OrgUnit.name)),
            func.min(CaseBatch.deadline),
            func.count(),
            func.coalesce(func.sum(DownsizingCase.total), 0),
        )
        .select_from(DownsizingCase)
        .outerjoin(DownsizingCase.batch)
        .outerjoin(OrgUnit, OrgUnit.id == CaseBatch.unit_id),
        DownsizingCase,
    )
    if inside is not None:
        query = query.where(inside)
    found, rounds = Overview(), dict[int, DueRound]()
    for state, batch_id, name, unit, deadline, number, total in db.session.execute(
        query.group_by(DownsizingCase.state, "round_id")  # by its name: PostgreSQL compares the parameters too
    ):
        cases, amount = found.states.get(state, (0, 0))
        found.states[state] = (cases + int(number), amount + int(total))
        if batch_id is not None and state in OPEN:
            before = rounds[batch_id].open_cases if batch_id in rounds else 0
            rounds[batch_id] = DueRound(batch_id, name, unit, deadline, before + int(number))
    found.rounds = sorted(rounds.values(), key=lambda due_round: (due_round.deadline, due_round.batch_id))[:limit]
    return found


@dataclass(frozen=True)
class RecentStep:
    """A step the actor took, with the case it was taken on."""

    case: DownsizingCase
    transition: str
    target: str
    at: datetime


def recent_steps(limit: int = 6) -> list[RecentStep]:
    """What the actor did last on cases still in sight, newest first."""
    query = (
        access.restrict(select(TransitionRecord, DownsizingCase), DownsizingCase)
        .join(DownsizingCase, DownsizingCase.id == TransitionRecord.record_id)
        .join(DownsizingCase.person)
        .options(contains_eager(DownsizingCase.person))
        .where(
            TransitionRecord.record_type == DownsizingCase.__tablename__,
            TransitionRecord.actor_user_id == actor.current().user_id,
        )
        .order_by(TransitionRecord.id.desc())
        .limit(limit)
    )
    return [RecentStep(found, step.transition, step.target, step.at) for step, found in db.session.execute(query)]


@dataclass
class Retiring:
    """The first of ``total`` people in scope whose normal pension day comes within the next months."""

    people: list[tuple[Person, date]] = field(default_factory=list)
    total: int = 0
    until: date | None = None


def retiring_soon(limit: int = 6) -> Retiring:
    """People in scope who reach the normal age soon and are still in service, the eldest first."""
    until = add_months(clock.today(), RETIRING_WITHIN)
    query = (
        staff_query(StaffFilter())
        .where(retiring_by(until))
        .join(Person.unit)
        .options(contains_eager(Person.unit).joinedload(OrgUnit.parent))
        .add_columns(func.count().over().label("total"))
        .order_by(Person.birth_date, Person.id)
        .limit(limit)
    )
    found = Retiring(until=until)
    for person, total in db.session.execute(query):
        found.people.append((person, retirement_of(person).pension_from))
        found.total = int(total)
    return found


def own_cases(person_id: int) -> list[DownsizingCase]:
    """The cases of one's own person, newest first."""
    query = case_query(CaseFilter(person_id=person_id)).order_by(DownsizingCase.id.desc())
    return list(db.session.scalars(query))


def own_person(person_id: int) -> Person | None:
    """One's own record with its unit."""
    query = access.restrict(select(Person).where(Person.id == person_id), Person)
    return db.session.scalar(
        query.outerjoin(OrgUnit, OrgUnit.id == Person.unit_id).options(contains_eager(Person.unit))
    )


def evaluation_work() -> list[Work]:
    """Evaluation that waits for the actor: the own sheet, people to rate, units to put together, decisions.

    Nothing is asked of the database for roles that evaluate nobody; one statement while no cycle was ever opened (a
    petition outlives its cycle); else five at most.
    """
    if not access.may("evaluation", "read"):
        return []
    opened = select(EvaluationCycle.id).where(EvaluationCycle.opened_at.is_not(None)).limit(1)
    return waiting_work() if db.session.scalar(opened) is not None else []


def movement_work(limit: int = 8) -> movement_queries.Queue:
    """Movement cases that wait for the actor, those with the nearest day first: one statement.

    Nothing is asked of the database for roles that take no step.
    """
    found = movement_queries.Queue()
    if not any(access.may("movement", action) for action in ("prepare", "agree", "decide", "hand_over")):
        return found
    query = (
        movement_queries.case_query(movement_queries.MoveFilter(waiting=True))
        .add_columns(func.count().over().label("total"))
        .options(defaultload(MovementCase.to_unit).joinedload(OrgUnit.parent))
        .order_by(MovementCase.effective_on.is_(None), MovementCase.effective_on, MovementCase.id)
        .limit(limit)
    )
    for row, total in db.session.execute(query):
        step = MOVEMENT_STEPS.get(row.state, "")
        label = MOVEMENT_WORKFLOW.transition(step).label if step else ""
        found.items.append(movement_queries.QueueItem(row, step, label))
        found.total = int(total)
    return found


@dataclass
class Health:
    """How the system is. Numbers only: an administrator sees nobody's data."""

    jobs: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    last_runs: list[ScheduledRun] = field(default_factory=list)

    @property
    def failed_runs(self) -> list[ScheduledRun]:
        return [run for run in self.last_runs if run.failed]

    @property
    def last_backup(self) -> ScheduledRun | None:
        """The newest run of the nightly backup that ended well."""
        return next((r for r in self.last_runs if r.action.startswith("backup") and r.ended_at and not r.failed), None)


def health() -> Health:
    """Jobs of the last week, accounts by state, watched events of the last week, the last run of every action."""
    moment, today = clock.now(), clock.today()
    week = moment - timedelta(days=7)
    found = Health()
    query: Any = select(JobRun.status, func.count()).where(
        or_(JobRun.status.in_((QUEUED, RUNNING)), JobRun.ended_at >= week)
    )
    found.jobs = dict(db.session.execute(query.group_by(JobRun.status)).tuples().all())
    in_use = lasts(Account, today)
    states = (
        ("in_use", in_use),
        ("locked", and_(in_use, Account.locked_until > moment)),
        ("never_in", and_(in_use, Account.last_seen_at.is_(None))),
        ("first_password", and_(in_use, Account.must_change_password.is_(True))),
        ("ended", Account.valid_to < today),
    )
    row = db.session.execute(select(*[func.sum(case((condition, 1), else_=0)) for _name, condition in states])).one()
    found.accounts = {name: int(value or 0) for (name, _condition), value in zip(states, row, strict=True)}
    events = select(SecurityEvent.kind, func.count()).where(SecurityEvent.at >= week, SecurityEvent.kind.in_(WATCHED))
    found.events = dict(db.session.execute(events.group_by(SecurityEvent.kind)).tuples().all())
    newest = select(func.max(ScheduledRun.id)).group_by(ScheduledRun.action)
    found.last_runs = list(
        db.session.scalars(select(ScheduledRun).where(ScheduledRun.id.in_(newest)).order_by(ScheduledRun.id.desc()))
    )
    return found


__all__ = [
    "DONE",
    "FAILED",
    "QUEUED",
    "RUNNING",
    "Desk",
    "DueRound",
    "Health",
    "Overview",
    "RecentStep",
    "Retiring",
    "Work",
    "evaluation_work",
    "health",
    "movement_work",
    "overview",
    "own_cases",
    "own_person",
    "recent_steps",
    "retiring_soon",
    "waiting",
]
