"""What a decision brings about in the staff records on its day: exactly once, a chain whole or not at all.

The new post is placed among the person's dated posts by the same helpers every other command uses; unit, title and
status of the person, the headcount of the units and who evaluates whom follow from the posts. A luân chuyển, điều động
or change of position ends the main post and begins another; a biệt phái stands beside the main post, which stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import current_store
from hrms.commands.rotation import guards, vacancies
from hrms.commands.rotation.words import APPLIED, BIET_PHAI, DECIDED, FOR_A_TIME, NONE
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.commands.staff.lookup import appointment_on
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.spans import apply, appointment_place, columns
from hrms.kernel import actor, clock, history
from hrms.kernel.commands import Command, execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, Refused
from models.rotation import MovementCase, MovementChain
from models.staff import Appointment
from policies.rotation import term_dates

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_DAY = timedelta(days=1)
BY_ITSELF = actor.Actor("system", "Hệ thống (đến ngày hiệu lực)")


@contextmanager
def by_itself() -> Iterator[None]:
    """Steps that follow from a decision are the system's, whoever's command happens to carry them."""
    db.session.flush()
    with actor.acting(BY_ITSELF):
        yield
        db.session.flush()


def new_post(case: MovementCase) -> dict[str, Any]:
    """The columns of the appointment the decision makes."""
    assert case.effective_on is not None
    post = case.to_position
    rank = post.leader_rank if post is not None else ""
    term = None
    if rank and case.kind != BIET_PHAI:
        term = term_dates(case.effective_on, store=current_store()).last_day
    return {
        "unit_id": case.to_unit_id,
        "position_id": case.to_position_id,
        "kind": "secondment" if case.kind == BIET_PHAI else "main",
        "title": case.to_title or (post.title if post is not None else ""),
        "leader_rank": rank,
        "valid_from": case.effective_on,
        "valid_to": case.ends_on if case.kind == BIET_PHAI else None,
        "term_ends": term,
        "decision_number": case.decision_number,
        "decision_date": case.decision_date,
    }


def write_post(person_id: int, values: dict[str, Any], gap_reason: str = "") -> Appointment:
    """Place a post among the person's and store it, ending the main one in force. Raises :class:`Refused`."""
    whole = dict.fromkeys(columns(Appointment)) | values
    placement = appointment_place(person_id, whole, values["kind"] == "main", gap_reason)
    if placement.faults:
        raise Refused(placement.faults)
    apply(placement, Appointment)
    row = Appointment(person_id=person_id, **values)
    db.session.add(row)
    db.session.flush()
    return row


def _ready(case: MovementCase) -> None:
    """The records still allow it: what was true at the decision may have changed since."""
    obstacles = [
        *guards.person_obstacles(case.person),
        *guards.post_held(case),
        *guards.unit_obstacles(case.to_unit, case),
    ]
    found = [Fault(one.field, one.message, one.article, one.code) for one in obstacles if one.blocks]
    if found:
        raise Refused(found)


def apply_one(case: MovementCase) -> None:
    """The effect of one decided case, inside a transaction."""
    _ready(case)
    assert case.effective_on is not None
    ended = appointment_on(case.person, case.effective_on) if case.kind != BIET_PHAI else None
    if ended is not None:  # kept for a revocation: the row's own end is overwritten now
        until = ended.valid_to.isoformat() if ended.valid_to is not None else None
        case.checks = dict(case.checks or {}) | {"ended_post": {"id": ended.id, "valid_to": until}}
    made = write_post(case.person_id, new_post(case))
    case.made_appointment_id = made.id
    case.effect, case.applied_at = APPLIED, clock.now()
    project_people([case.person_id])
    WORKFLOW.perform(
        case, "start" if case.kind in FOR_A_TIME else "take_effect",
        document=case.decision_number, document_date=case.decision_date,
    )  # fmt: skip
    if case.handed_over_on is not None and case.kind not in FOR_A_TIME:
        WORKFLOW.perform(case, "was_handed_over", document_date=case.handed_over_on)
    db.session.flush()


def apply_all(cases: Sequence[MovementCase], chain: MovementChain | None = None) -> None:
    """The effects of one case, or of a whole chain: all or, by the exception, none. Inside a transaction."""
    with by_itself():
        for case in cases:
            apply_one(case)
        # Looked at when all have moved: within a chain each takes the place another leaves.
        moved = [case for case in cases if case.kind != BIET_PHAI]
        days = {case.effective_on for case in moved if case.effective_on is not None}
        faults = [one for day in sorted(days) for one in vacancies.overfull((c.to_position_id for c in moved), day)]
        if faults:
            raise Refused(faults)
        if chain is not None:
            chain.applied_at = clock.now()


@dataclass
class TakeEffect(Command[list[MovementCase]]):
    """Carry out a decided case whose day has come, with the whole of its chain. Done already: nothing happens.

    For the scheduled job and for the step “Ghi quyết định”; it asks no right of its own beyond being called there.
    """

    case_id: int
    day: date

    def validate(self) -> Iterable[Fault]:
        chain_id = db.session.scalar(select(MovementCase.chain_id).where(MovementCase.id == self.case_id))
        mine = MovementCase.chain_id == chain_id if chain_id is not None else MovementCase.id == self.case_id
        if chain_id is not None:
            db.session.execute(select(MovementChain.id).where(MovementChain.id == chain_id).with_for_update())
        held = select(MovementCase).where(mine).order_by(MovementCase.id).with_for_update()
        cases = list(db.session.scalars(held.execution_options(populate_existing=True)))
        self._chain = db.session.get(MovementChain, chain_id) if chain_id is not None else None
        if all(case.effect != NONE for case in cases):
            self._cases: list[MovementCase] = []  # another process was faster: exactly once
            return
        self._cases = cases
        for case in cases:
            if case.state != DECIDED or case.effective_on is None:
                yield Fault(
                    "", _("Hồ sơ %(number)s của chuỗi chưa quyết định.", number=case.number), code="chain_waits"
                )
            elif case.effective_on > self.day:
                yield Fault("", _("Chưa đến ngày có hiệu lực của %(number)s.", number=case.number), code="too_early")

    def run(self) -> list[MovementCase]:
        apply_all(self._cases, self._chain)
        return self._cases

    def receipt(self, outcome: list[MovementCase]) -> Any:
        return [case.id for case in outcome]


@dataclass
class Effects:
    """What :func:`carry_out` did: ids of the cases in effect now, number → why for those that could not be."""

    done: list[int] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)  # of chains not wholly decided yet


def due(day: date) -> list[int]:
    """One case id for every decided case or chain whose day has come by ``day``, in the order of the days."""
    query = (
        select(MovementCase.id, MovementCase.chain_id)
        .where(MovementCase.state == DECIDED, MovementCase.effect == NONE, MovementCase.effective_on <= day)
        .order_by(MovementCase.effective_on, MovementCase.id)
    )
    found: dict[tuple[str, int], int] = {}
    for case_id, chain_id in db.session.execute(query):
        found.setdefault(("chain", chain_id) if chain_id is not None else ("case", case_id), case_id)
    return list(found.values())


def carry_out(day: date) -> Effects:
    """Carry out everything due by ``day``; one transaction for each case or chain, so one faulty stops no other."""
    found = Effects()
    for case_id in due(day):
        try:
            outcome = execute(TakeEffect(case_id, day))
        except Refused as error:
            waits = {fault.code for fault in error.faults} <= {"chain_waits", "too_early"}
            number = _remember(case_id, error.message, stuck=not waits)
            if waits:
                found.waiting.append(number)
            else:
                found.stuck[number] = error.message
        except HrmsError as error:
            found.stuck[_remember(case_id, error.message, stuck=True)] = error.message
        else:
            found.done.extend(case.id for case in outcome)
    return found


def _remember(case_id: int, message: str, *, stuck: bool) -> str:
    """Why a case did not take effect, in its history once per reason; returns its number."""
    with transaction():
        case = db.session.get_one(MovementCase, case_id)
        kept = dict(case.checks or {})
        if stuck and kept.get("stuck") != message:
            case.checks = kept | {"stuck": message}
            history.note(case, _("Chưa thực hiện được quyết định: %(why)s", why=message), field="effect")
        return case.number
