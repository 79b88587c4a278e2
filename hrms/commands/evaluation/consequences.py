"""What a published year calls for by the law of the day of its decision: views that act, a human opens every case.

``policies.evaluation.consequences`` says what follows from the history of the State side; here it becomes rows
(:class:`RatingConsequence`, once per person, year and code), taken up or set aside by a human. A result that changes
takes back what nobody has taken up yet. The run converges: doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation.consequence_finding import (
    CHUNK,
    OPEN,
    PUBLIC,
    REDUCTION,
    SET_ASIDE,
    TAKEN,
    Found,
    find_for,
)
from hrms.commands.evaluation.history import STATE
from hrms.commands.evaluation.standing import KHT
from hrms.commands.evaluation.words import N_
from hrms.commands.facts import entitlement_facts
from hrms.commands.restructuring import requests
from hrms.commands.restructuring.cases import CorrectFact, OpenCase
from hrms.kernel import access, clock, history, jobs
from hrms.kernel.commands import Command, check_version, execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation, RatingConsequence
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person
from policies.evaluation.data import rows as law_rows

KIND = "rating_consequences"
STATES = {OPEN: N_("Chờ xử lý"), TAKEN: N_("Đã xử lý"), SET_ASIDE: N_("Không áp dụng")}
GROUND_154 = "g"  # Điều 2 khoản 1 điểm g NĐ 154/2025/NĐ-CP: không hoàn thành nhiệm vụ
LOOK_BACK = timedelta(days=500)  # a year's results are published within weeks and reopened within months


@dataclass
class FindConsequences(Command[Found]):
    """Look through the published results of a year again, in the actor's scope."""

    cycle_id: int
    first_id: int = 0
    last_id: int = 2**62

    def validate(self) -> Iterable[Fault]:
        self._cycle = access.get(EvaluationCycle, self.cycle_id)
        if not access.may("evaluation", "consequence"):
            raise NotAllowed()
        if self._cycle.period_kind != "YEAR" or self._cycle.side != STATE:
            told = _("Chỉ kết quả xếp loại năm bên chính quyền mới phát sinh việc phải xem xét.")
            yield Fault("cycle_id", told, code="not_a_year")

    def run(self) -> Found:
        query = access.restrict(
            select(PersonEvaluation).where(
                PersonEvaluation.cycle_id == self.cycle_id,
                PersonEvaluation.id >= self.first_id,
                PersonEvaluation.id <= self.last_id,
                _concerned(self._cycle.year),
            ),
            PersonEvaluation,
            "consequence",
        )
        return find_for(self._cycle, list(db.session.scalars(query.order_by(PersonEvaluation.id))))

    def receipt(self, outcome: Found) -> Any:
        return [outcome.made, outcome.taken_back, outcome.kept]

    def replay(self, receipt: Any) -> Found:
        return Found(*receipt)


def _concerned(year: int) -> Any:
    """Published KHT, or whoever has a row of the year already."""
    rows = select(RatingConsequence.person_id).where(RatingConsequence.year == year)
    return or_(
        and_(PersonEvaluation.level == KHT, PersonEvaluation.state.in_(PUBLIC)), PersonEvaluation.person_id.in_(rows)
    )


def ask_for_consequences(cycle_id: int) -> jobs.JobRun:
    """Queue the look through a whole cycle."""
    cycle = access.get(EvaluationCycle, cycle_id)
    if not access.may("evaluation", "consequence"):
        raise NotAllowed()
    return jobs.enqueue(KIND, _("Việc phải xem xét theo kết quả “%(cycle)s”", cycle=cycle.name), {"id": cycle_id})


def _look_through(cycle_id: int, progress: jobs.Progress | None = None) -> Found:
    year = select(EvaluationCycle.year).where(EvaluationCycle.id == cycle_id).scalar_subquery()
    query = select(PersonEvaluation.id).where(PersonEvaluation.cycle_id == cycle_id, _concerned(year))  # type: ignore[arg-type]
    ids = list(db.session.scalars(query.order_by(PersonEvaluation.id)))
    found = Found()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found.add(execute(FindConsequences(cycle_id, part[0], part[-1])))
        db.session.expunge_all()
        if progress is not None:
            progress.step(min(start + CHUNK, len(ids)), len(ids))
    return found


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    return {"message": _look_through(payload["id"], progress).sentence()}


def _nightly(day: date) -> str:
    query = select(EvaluationCycle.id).where(
        EvaluationCycle.period_kind == "YEAR", EvaluationCycle.side == STATE, EvaluationCycle.ends_on >= day - LOOK_BACK
    )
    found = Found()
    for cycle_id in list(db.session.scalars(query.order_by(EvaluationCycle.id))):
        found.add(_look_through(cycle_id))
    return found.sentence()


NIGHTLY = jobs.scheduled(
    jobs.ScheduledAction(
        "rating_consequences",
        "Lập danh sách việc phải xem xét theo kết quả xếp loại năm",
        {"hour": "3", "minute": "10"},
        _nightly,
    )
)


# What a human does with a row


def _row_for(consequence_id: int, version: int | None) -> tuple[RatingConsequence, list[Fault]]:
    db.session.execute(select(RatingConsequence.id).where(RatingConsequence.id == consequence_id).with_for_update())
    row = access.get(RatingConsequence, consequence_id)
    access.require("evaluation", "consequence", row)
    check_version(row, version, {})
    if row.state == OPEN:
        return row, []
    return row, [Fault("", _("Việc này đã ở trạng thái “%(state)s”.", state=_(STATES[row.state])), code="wrong_state")]


@dataclass
class SetAside(Command[RatingConsequence]):
    """Do not follow it up, with the reason."""

    consequence_id: int
    reason: str
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do không áp dụng."), code="reason_missing")

    def run(self) -> RatingConsequence:
        self._row.state, self._row.note = SET_ASIDE, self.reason.strip()
        return self._row

    def replay(self, receipt: Any) -> RatingConsequence:
        return access.get(RatingConsequence, receipt)


@dataclass
class TakeUp(Command[RatingConsequence]):
    """Note that the procedure was begun on paper (lower post, removal, dismissal), with the document it began with."""

    consequence_id: int
    document: str
    note: str = ""
    accept_warnings: bool = False
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        yield from _warned(self._row, self.accept_warnings)
        if not self.document.strip():
            yield Fault("document", _("Cần số, ngày văn bản bắt đầu thủ tục."), code="document_missing")
        elif len(self.document) > 200:
            yield Fault("document", _("Nội dung dài quá %(limit)s ký tự.", limit=200))

    def run(self) -> RatingConsequence:
        self._row.state = TAKEN
        self._row.note = " · ".join(part for part in (self.document.strip(), self.note.strip()) if part)
        return self._row

    def replay(self, receipt: Any) -> RatingConsequence:
        return access.get(RatingConsequence, receipt)


def _warned(row: RatingConsequence, accepted: bool) -> Iterable[Fault]:
    if row.warnings and not accepted:
        yield Fault(
            "accept_warnings",
            _("Cần xem và xác nhận cảnh báo: %(warnings)s", warnings=" ".join(row.warnings)),
            row.article,
            "warnings",
        )


@dataclass
class OpenPreparedCase(Command[DownsizingCase]):
    """Open the prepared downsizing case of NĐ 154 điểm g as a draft, for a human to complete or to drop.

    Needs ``evaluation:consequence`` on the row and ``case:create`` in the person's unit.
    """

    consequence_id: int
    leave_date: date | None
    accept_warnings: bool = False
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        if self._row.code != REDUCTION:
            yield Fault("", _("Việc này không lập hồ sơ tinh giản biên chế."), code="not_a_case")
            return
        yield from _warned(self._row, self.accept_warnings)
        person = access.get(Person, self._row.person_id)
        if self.leave_date is None:
            yield Fault("leave_date", _("Cần ngày dự kiến nghỉ (dd/mm/yyyy)."))
            return
        facts = entitlement_facts(person, self.leave_date, None, directly_affected=False)
        request = replace(
            requests.suggest(person, facts, self.leave_date),
            decree="154",
            directly_affected=False,
            voluntary=False,
            reason=_("Không hoàn thành nhiệm vụ năm %(year)s (%(article)s).", year=self._row.year,
                     article=self._row.article),
        )  # fmt: skip
        self._open = OpenCase(person.id, request=request)
        yield from self._open.validate()

    def run(self) -> DownsizingCase:
        case = self._open.run()
        db.session.flush()
        execute(CorrectFact(case.id, "ground_154", GROUND_154, document=self._document()))
        self._row.state, self._row.case_id = TAKEN, case.id
        self._row.note = _("Đã lập hồ sơ %(case)s.", case=case.number)
        history.note(case, _("Lập từ kết quả xếp loại năm %(year)s.", year=self._row.year))
        return case

    def _document(self) -> str:
        """The decision the ground rests on: the year's own."""
        query = (
            select(EvaluationDecision.number, EvaluationDecision.signed_on)
            .join(PersonEvaluation, PersonEvaluation.decision_id == EvaluationDecision.id)
            .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
            .where(
                PersonEvaluation.person_id == self._row.person_id,
                EvaluationCycle.year == self._row.year,
                EvaluationCycle.period_kind == "YEAR",
                EvaluationCycle.side == STATE,
            )
        )
        found = db.session.execute(query).first()
        if found is None:
            return _("Kết quả xếp loại năm %(year)s", year=self._row.year)
        return _("%(number)s ngày %(day)s", number=found[0], day=format_date(found[1]))

    def replay(self, receipt: Any) -> DownsizingCase:
        return access.get(DownsizingCase, receipt)


def listing(
    *, year: int | None = None, unit_id: int | None = None, person_id: int | None = None, state: str = ""
) -> Any:
    """The query of consequences in scope, the next due first, with the person loaded along."""
    query = access.restrict(select(RatingConsequence), RatingConsequence).options(joinedload(RatingConsequence.person))
    for column, value in ((RatingConsequence.year, year), (RatingConsequence.person_id, person_id)):
        if value is not None:
            query = query.where(column == value)
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(
            RatingConsequence.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path.concat("%"))))
        )
    if state:
        query = query.where(RatingConsequence.state == state)
    return query.order_by(RatingConsequence.due_on.is_(None), RatingConsequence.due_on, RatingConsequence.id)


def sentence_of(code: str) -> str:
    """The Vietnamese sentence of a code, from the rules."""
    for kind in ("rules", "warnings", "follow_ups", "protection"):
        for row in law_rows("consequences", kind):
            if row["code"] == code:
                return str(row["text"])
    return code


def state_today(row: RatingConsequence) -> str:
    """``late`` when the day has passed and nobody took it up, else its state."""
    return "late" if row.state == OPEN and row.due_on is not None and row.due_on < clock.today() else row.state
