"""From the head's remark to the synthesis: the meeting and its minutes, the Party's and the old agency's words, and
the machine's level for up to two thousand people at once. The steps after that are in ``quota``, ``decisions``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.contexts import contexts
from hrms.commands.evaluation.rights import cycle_for, sheet_for_step
from hrms.commands.evaluation.scoring import Scorer, question_faults
from hrms.commands.evaluation.stepping import LIMIT, StepResult, load_many, permitted, record_step, step_many
from hrms.commands.evaluation.words import BLOCKED, IN_UNIT, LABELS, MEETING_HELD, OLD_AGENCY, REMARKED, RUNNING
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, in_sentence
from models.evaluation import EvaluationMeeting, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from policies.evaluation import BLOCKED as RULE_BLOCKED
from policies.evaluation import MANUAL, NOT_RATED, RATED
from policies.questions import BadQuestion

MOST_VOTES = 5000


def many_faults(ids: Sequence[int]) -> Iterable[Fault]:
    """No id, or more than one command takes."""
    if not ids:
        yield Fault("ids", _("Chưa chọn người nào."), code="empty")
    if len(ids) > LIMIT:
        yield Fault("ids", _("Mỗi lần nhận tối đa %(most)s người.", most=LIMIT), code="too_many")


class ManyCommand(Command[StepResult]):
    """A step for many: the receipt keeps who moved and who stayed and why."""

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


@dataclass(frozen=True)
class SpokenOf:
    """What the meeting said of one person, and the votes by level."""

    evaluation_id: int
    remark: str = ""
    votes: dict[str, int] = field(default_factory=dict)


@dataclass
class RecordMeeting(Command[EvaluationMeeting]):
    """Write down a unit's meeting (``meeting_id``: change it until its minutes are approved).

    ``approved``: the minutes were passed at the meeting. ``spoken``: of each person. Needs ``evaluation:meet``.
    """

    cycle_id: int
    unit_id: int
    held_on: date
    chair: str
    secretary: str
    attendees: list[str]
    absentees: list[str] = field(default_factory=list)
    invited: int | None = None
    place: str = ""
    minutes: str = ""
    minutes_number: str = ""
    approved: bool = False
    spoken: Sequence[SpokenOf] = ()
    meeting_id: int | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        cycle = cycle_for(self.cycle_id)
        access.get(OrgUnit, self.unit_id)
        if not access.in_scope(self.unit_id, "evaluation", "meet"):
            raise NotAllowed()
        self._meeting = None
        if self.meeting_id is not None:
            self._meeting = access.get(EvaluationMeeting, self.meeting_id, "meet")
            check_version(self._meeting, self.version, {"minutes": self.minutes, "chair": self.chair},
                          lambda name: _(LABELS.get(name, name)))  # fmt: skip
            if self._meeting.approved:
                yield Fault("", _("Biên bản đã được thông qua nên không sửa được."), code="minutes_locked")
        if cycle.state not in RUNNING:
            yield Fault("", _("Kỳ đánh giá chưa mở hoặc đã đóng."), code="cycle_not_open")
        if self.held_on > clock.today():
            yield Fault("held_on", _("Ngày họp %(day)s còn ở tương lai.", day=format_date(self.held_on)))
        elif self.held_on < cycle.starts_on:
            yield Fault("held_on", _("Ngày họp %(day)s trước kỳ đánh giá.", day=format_date(self.held_on)))
        for name in ("chair", "secretary"):
            if not getattr(self, name).strip():
                yield Fault(name, _("Cần ghi %(what)s.", what=in_sentence(_(LABELS[name]))))
        people = [name for name in self.attendees if name.strip()]
        if not people:
            yield Fault("attendees", _("Cần danh sách người có mặt."))
        self._invited = self.invited if self.invited is not None else len(people) + len(self.absentees)
        if self._invited < len(people):
            yield Fault("invited", _("Số người được triệu tập ít hơn số người có mặt."))
        if self.approved and not self.minutes.strip():
            yield Fault("minutes", _("Biên bản còn trống nên chưa ghi thông qua được."), code="minutes_missing")
        yield from self._spoken(len(people))

    def _spoken(self, present: int) -> Iterable[Fault]:
        ids = [one.evaluation_id for one in self.spoken]
        sheets = {one.id: one for one in load_many(PersonEvaluation, ids)}
        may = permitted(PersonEvaluation, ids, "meet")
        self._sheets = []
        for number, one in enumerate(self.spoken, start=1):
            sheet = sheets.get(one.evaluation_id)
            if sheet is None or sheet.id not in may or sheet.cycle_id != self.cycle_id:
                yield Fault(f"spoken.{number}", _("Không tìm thấy phiếu trong kỳ và phạm vi này."), code="not_found")
                continue
            for level, votes in one.votes.items():
                if level not in RATINGS or not isinstance(votes, int) or not 0 <= votes <= MOST_VOTES:
                    yield Fault(f"spoken.{number}.votes", _("Số phiếu của mức “%(level)s” không hợp lệ.", level=level))
            if sum(vote for vote in one.votes.values() if isinstance(vote, int)) > present:
                text = _("Tổng số phiếu nhiều hơn số người có mặt (%(present)s).", present=present)
                yield Fault(f"spoken.{number}.votes", text, code="votes")
            if sheet.state not in IN_UNIT:
                text = _("Phiếu đang ở bước “%(state)s”.", state=_(PERSON.state(sheet.state).label))
                yield Fault(f"spoken.{number}", text, code="wrong_state")
            self._sheets.append((sheet, one))

    def run(self) -> EvaluationMeeting:
        row = self._meeting or EvaluationMeeting(
            cycle_id=self.cycle_id, unit_id=self.unit_id, held_on=self.held_on, chair="", secretary=""
        )
        row.held_on, row.place = self.held_on, self.place.strip()
        row.chair, row.secretary = self.chair.strip(), self.secretary.strip()
        row.attendees = [name.strip() for name in self.attendees if name.strip()]
        row.absentees = [name.strip() for name in self.absentees if name.strip()]
        row.invited, row.present = self._invited, len(row.attendees)
        row.minutes, row.minutes_number = self.minutes.strip(), self.minutes_number.strip()
        row.approved = self.approved
        db.session.add(row)
        db.session.flush()
        for sheet, one in self._sheets:
            sheet.meeting_id, sheet.meeting_remark = row.id, one.remark.strip()
            sheet.meeting_votes = {level: votes for level, votes in one.votes.items() if votes} or None
        if row.approved:
            waiting = [sheet for sheet, _one in self._sheets if sheet.state == REMARKED]
            step_many(PERSON, waiting, "hold_meeting", prepare=_on_time)
        return row

    def replay(self, receipt: Any) -> EvaluationMeeting:
        return access.get(EvaluationMeeting, receipt)


def _on_time(sheet: PersonEvaluation) -> None:
    sheet.late = False


@dataclass
class ApproveMinutes(ManyCommand):
    """The minutes were passed: everybody the meeting spoke of moves on."""

    meeting_id: int
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._meeting = row = access.get(EvaluationMeeting, self.meeting_id, "meet")
        check_version(row, self.version, {})
        if row.approved:
            yield Fault("", _("Biên bản đã được thông qua."), code="minutes_locked")
        if not row.minutes.strip():
            yield Fault("minutes", _("Biên bản còn trống nên chưa ghi thông qua được."), code="minutes_missing")

    def run(self) -> StepResult:
        self._meeting.approved = True
        db.session.flush()
        query = access.restrict(select(PersonEvaluation.id), PersonEvaluation, "meet")
        ids = list(db.session.scalars(query.where(PersonEvaluation.meeting_id == self.meeting_id,
                                                  PersonEvaluation.state == REMARKED)))  # fmt: skip
        return step_many(PERSON, load_many(PersonEvaluation, ids), "hold_meeting", prepare=_on_time)


@dataclass
class RecordPartyOpinion(ManyCommand):
    """The Party committee's opinion in writing, of one person or of many by one paper. Needs ``synthesise``."""

    ids: Sequence[int]
    opinion: str
    document: str
    given_on: date

    def validate(self) -> Iterable[Fault]:
        yield from many_faults(self.ids)
        if not self.opinion.strip():
            yield Fault("opinion", _("Cần nội dung ý kiến của cấp ủy."), code="party_opinion_missing")
        if not self.document.strip():
            yield Fault("document", _("Cần số, ngày văn bản của cấp ủy."), code="document_missing")
        if self.given_on > clock.today():
            yield Fault("given_on", _("Ngày ý kiến còn ở tương lai."))

    def run(self) -> StepResult:
        sheets = load_many(PersonEvaluation, self.ids)
        allowed = permitted(PersonEvaluation, self.ids, "synthesise")
        open_ = [one for one in sheets if one.id in allowed and one.state in (REMARKED, MEETING_HELD)]
        for sheet in open_:
            sheet.party_opinion, sheet.party_document = self.opinion.strip(), self.document.strip()
            sheet.party_opinion_on = self.given_on
        db.session.flush()
        return step_many(PERSON, sheets, "party_opinion")


@dataclass
class RecordOldAgencyRemarks(Command[PersonEvaluation]):
    """The old agency's remarks arrived: the sheet is no longer blocked (NĐ 90/2020 Điều 20). Needs ``synthesise``."""

    evaluation_id: int
    remarks: str
    document: str
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        access.require("evaluation", "synthesise", sheet)
        check_version(sheet, self.version, {"old_agency_remarks": self.remarks.strip()},
                      lambda name: _(LABELS.get(name, name)))  # fmt: skip
        if not (sheet.facts or {}).get("transferred"):
            yield Fault("remarks", _("Người này không chuyển công tác trong kỳ."), code="not_transferred")
        if not self.remarks.strip():
            yield Fault("remarks", _("Cần nội dung nhận xét của cơ quan cũ."))
        if not self.document.strip():
            yield Fault("document", _("Cần số, ngày văn bản của cơ quan cũ."), code="document_missing")

    def run(self) -> PersonEvaluation:
        sheet = self._sheet
        sheet.old_agency_remarks, sheet.old_agency_document = self.remarks.strip(), self.document.strip()
        if sheet.exit_code == OLD_AGENCY:
            sheet.exit_code = ""
        if sheet.state == BLOCKED:
            record_step(PERSON, sheet, "unblock", document=self.document)
        return sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


@dataclass
class Synthesise(ManyCommand):
    """HR puts the results together: the machine's level with its trace, for up to 2,000 people.

    A person whose old agency owes remarks goes to “blocked”; one the rules do not rate to “not_rated”. Where the text
    gives no level, ``level_machine`` says so and the decider writes a reason.
    """

    ids: Sequence[int]

    def validate(self) -> Iterable[Fault]:
        return many_faults(self.ids)

    def run(self) -> StepResult:
        sheets = load_many(PersonEvaluation, self.ids)
        by_cycle: dict[int, list[PersonEvaluation]] = {}
        for sheet in sheets:
            by_cycle.setdefault(sheet.cycle_id, []).append(sheet)
        result = StepResult()
        for cycle_id, some in by_cycle.items():
            self._cycle(cycle_id, some, result)
        return result

    def _cycle(self, cycle_id: int, sheets: list[PersonEvaluation], result: StepResult) -> None:
        cycle = cycle_for(cycle_id)
        scorer, known = Scorer(cycle), contexts(cycle, sheets)
        answers: dict[int, Any] = {}

        def check(sheet: PersonEvaluation) -> Iterable[Fault]:
            try:
                answers[sheet.id] = answer = scorer.machine(sheet, known[sheet.id])
            except (BadQuestion, ValueError) as error:
                if isinstance(error, BadQuestion):
                    yield from question_faults(error)
                else:
                    yield Fault("", str(error), code="facts")
                return
            if answer.outcome in (NOT_RATED, RULE_BLOCKED):
                for code, text in zip(answer.reasons, answer.sentences, strict=False):
                    yield Fault("", text, code=code)

        def write(sheet: PersonEvaluation) -> None:
            answer = answers[sheet.id]
            sheet.level_machine = answer.level if answer.outcome == RATED else MANUAL
            proposed = answer.level or answer.proposed_level or ""
            sheet.level_proposed = proposed
            sheet.score = answer.total if answer.total is not None else scorer.points_of(sheet, known[sheet.id])
            sheet.reasons = [*answer.reasons, *answer.warnings]
            sheet.trace = [answer.explained()]
            if answer.consumed:
                sheet.facts = {**(sheet.facts or {}), "consumed": answer.consumed}
            sheet.late = False

        one = step_many(PERSON, sheets, "synthesise", check=check, prepare=write)
        _leave(sheets, one)
        result.moved += one.moved
        result.stayed |= one.stayed


def _leave(sheets: Sequence[PersonEvaluation], result: StepResult) -> None:
    """Those who stay because they are blocked or not rated at all go to their own state, the fault tells it."""
    for sheet in sheets:
        codes = [fault.code for fault in result.stayed.get(sheet.id, ())]
        if OLD_AGENCY in codes and sheet.state in IN_UNIT:
            sheet.exit_code = OLD_AGENCY
            record_step(PERSON, sheet, "block")
        elif "NOT_RATED_UNDER_6_MONTHS" in codes or "NOT_COVERED" in codes:
            sheet.exit_code = next(code for code in codes if code in ("NOT_RATED_UNDER_6_MONTHS", "NOT_COVERED"))
            record_step(PERSON, sheet, "exit_not_rated", reason=result.stayed[sheet.id][0].message)
