"""Petitions (kiến nghị) against a result: filed in time or late, talked over, answered once, withdrawn.

A late petition is kept on file and marked, and asks nothing of anybody. An answer that changes the result is a new
decision: the old one is kept, the quota is distributed anew, notice and publication follow again. The petitioner sees
the own sheet and the ceilings of the group, never other people's scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import consequence_finding, decisions, quota
from hrms.commands.evaluation.quota_state import Ceiling
from hrms.commands.evaluation.rights import own_person_id, sheet_for_step
from hrms.commands.evaluation.standing import LEVELS, TOLD, day_of, rank
from hrms.commands.evaluation.terms import PetitionDays, petition_days
from hrms.commands.evaluation.words import FILED, N_, NOTIFIED, PETITIONED, REOPENED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.text import format_date
from models.evaluation import EvaluationPetition, PersonEvaluation
from models.vocabulary import RATINGS

OPEN, UPHELD, CHANGED, LATE, WITHDRAWN = "filed", "upheld", "changed", "late", "withdrawn"
STATES = {
    OPEN: N_("Đang giải quyết"),
    UPHELD: N_("Giữ nguyên kết quả"),
    CHANGED: N_("Đã thay đổi kết quả"),
    LATE: N_("Gửi quá hạn, lưu hồ sơ"),
    WITHDRAWN: N_("Đã rút"),
}
PETITION_LATE = "PETITION_LATE"
ONCE_ARTICLE = "Điều 27 Luật 129/2025/QH15"
LONGEST_TEXT = 5000


@dataclass
class FilePetition(Command[EvaluationPetition]):
    """File a petition: the person's own, or HR noting the letter that came on ``received_on``.

    Returns the row; ``late`` tells that the days were over: it is kept on file and the sheet does not move.
    """

    evaluation_id: int
    content: str
    wished_level: str = ""
    received_on: date | None = None

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        self._own = sheet.person_id == own_person_id()
        if not access.may("evaluation", "petition" if self._own else "petition_log", sheet):
            raise NotAllowed()
        self._day = clock.today() if self._own else self.received_on or clock.today()
        if not self.content.strip():
            yield Fault("content", _("Cần nêu nội dung kiến nghị."))
        elif len(self.content) > LONGEST_TEXT:
            yield Fault("content", _("Nội dung dài quá %(limit)s ký tự.", limit=LONGEST_TEXT))
        if self.wished_level and self.wished_level not in LEVELS:
            yield Fault("wished_level", _("Không có mức xếp loại “%(level)s”.", level=self.wished_level))
        elif self.wished_level and self.wished_level == sheet.level:
            yield Fault("wished_level", _("Mức đề nghị trùng với mức đã quyết định."))
        if sheet.state not in TOLD or sheet.notified_at is None:
            yield Fault(
                "",
                _("Chưa có kết quả được thông báo nên chưa kiến nghị được."),
                code="not_told_yet",
            )
            return
        if self._day > clock.today():
            yield Fault("received_on", _("Ngày nhận %(day)s còn ở tương lai.", day=format_date(self._day)))
        elif self._day < day_of(sheet.notified_at):
            yield Fault(
                "received_on",
                _(
                    "Ngày nhận %(day)s trước ngày thông báo kết quả %(told)s.",
                    day=format_date(self._day),
                    told=format_date(day_of(sheet.notified_at)),
                ),
            )
        yield from self._earlier(sheet)
        if sheet.state == REOPENED:
            yield Fault("", _("Kết quả đang được xét lại, hãy chờ quyết định mới."), code="wrong_state")
        self._days = days_of(sheet, self._day)

    @staticmethod
    def _earlier(sheet: PersonEvaluation) -> Iterable[Fault]:
        query = select(EvaluationPetition).where(EvaluationPetition.evaluation_id == sheet.id)
        for row in db.session.scalars(query.order_by(EvaluationPetition.id)):
            if row.state == OPEN:
                yield Fault(
                    "", _("Kiến nghị ngày %(day)s đang được giải quyết.", day=format_date(row.filed_on)), code="open"
                )
            elif row.state in (UPHELD, CHANGED):
                yield Fault(
                    "",
                    _("Kiến nghị ngày %(day)s đã được giải quyết, không xem xét lại.", day=format_date(row.filed_on)),
                    ONCE_ARTICLE,
                    "answered_once",
                )

    def run(self) -> EvaluationPetition:
        sheet, late = self._sheet, self._day > self._days.file_by
        row = EvaluationPetition(
            evaluation_id=sheet.id, person_id=sheet.person_id, unit_id=sheet.unit_id, state=LATE if late else OPEN,
            filed_on=self._day, file_by=self._days.file_by, answer_by=None if late else self._days.answer_by, late=late,
            content=self.content.strip(), wished_level=self.wished_level,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        if late:
            history.note(
                sheet, _("Kiến nghị gửi quá hạn %(day)s: lưu hồ sơ.", day=format_date(row.file_by)), field=PETITION_LATE
            )
        else:
            PERSON.perform(sheet, "petition" if self._own else "log_petition", document_date=self._day)
        return row

    def replay(self, receipt: Any) -> EvaluationPetition:
        return access.get(EvaluationPetition, receipt)


def days_of(sheet: PersonEvaluation, received: date) -> PetitionDays:
    """Last day to file and to answer. Before publication the days have not begun: the day asked about is in time."""
    published = sheet.published_at
    if published is None:
        days = petition_days(sheet.cycle, sheet.klass, received, received)
        return replace(days, file_by=max(days.file_by, received))
    return petition_days(sheet.cycle, sheet.klass, day_of(published), received)


def _open_petition(petition_id: int, action: str) -> tuple[EvaluationPetition, PersonEvaluation]:
    """The petition and its sheet, both rows held; the actor may ``action`` the sheet."""
    row = access.get(EvaluationPetition, petition_id)
    sheet = sheet_for_step(row.evaluation_id)
    held = select(EvaluationPetition.id).where(EvaluationPetition.id == petition_id)
    db.session.execute(held.with_for_update())
    db.session.refresh(row)
    access.require("evaluation", action, sheet)
    return row, sheet


def _not_open(row: EvaluationPetition) -> list[Fault]:
    if row.state == OPEN:
        return []
    return [Fault("", _("Kiến nghị đã ở trạng thái “%(state)s”.", state=_(STATES[row.state])), code="wrong_state")]


@dataclass
class HoldDialogue(Command[EvaluationPetition]):
    """Note the talk with the petitioner."""

    petition_id: int
    held_on: date | None
    note: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, self._sheet = _open_petition(self.petition_id, _answering_right())
        check_version(self._row, self.version, {})
        yield from _not_open(self._row)
        if self.held_on is None:
            yield Fault("held_on", _("Cần ngày đối thoại (dd/mm/yyyy)."))
        elif not self._row.filed_on <= self.held_on <= clock.today():
            yield Fault(
                "held_on",
                _(
                    "Ngày đối thoại %(day)s phải từ ngày nhận kiến nghị %(filed)s đến hôm nay.",
                    day=format_date(self.held_on),
                    filed=format_date(self._row.filed_on),
                ),
            )

    def run(self) -> EvaluationPetition:
        self._row.dialogue_on = self.held_on
        if self.note.strip():
            history.comment(self._row, self.note, subject="dialogue")
        return self._row

    def replay(self, receipt: Any) -> EvaluationPetition:
        return access.get(EvaluationPetition, receipt)


def _answering_right() -> str:
    return "resolve" if access.may("evaluation", "resolve") else "petition_log"


@dataclass
class AnswerPetition(Command[EvaluationPetition]):
    """Answer once: ``outcome`` upheld or changed. A change needs the new level, its reason and the decision's paper.

    The level that decided answers, or the one above it (``evaluation:resolve`` on the deciding unit), never the person.
    """

    petition_id: int
    outcome: str
    answer: str
    answer_number: str
    answered_by: str
    answered_on: date | None = None
    new_level: str = ""
    level_reason: str = ""
    decision_number: str = ""
    decision_date: date | None = None
    seen_quota: str = ""
    version: int | None = None
    confirm_lower: bool = False  # a petition that costs its author a level is said aloud first

    def validate(self) -> Iterable[Fault]:
        self._row, self._sheet = _open_petition(self.petition_id, "resolve")
        row, sheet = self._row, self._sheet
        if not access.in_scope(sheet.decider_unit_id, "evaluation", "resolve"):
            raise NotAllowed()
        check_version(row, self.version, {})
        faults = _not_open(row)
        yield from faults
        if faults:
            return
        self._day = self.answered_on or clock.today()
        if self.outcome not in (UPHELD, CHANGED):
            yield Fault("outcome", _("Hãy chọn giữ nguyên hoặc thay đổi kết quả."))
        if not self.answer.strip():
            yield Fault("answer", _("Cần nội dung trả lời người kiến nghị."))
        for name, limit in (("answer_number", 80), ("answered_by", 200), ("decision_number", 80)):
            if len(getattr(self, name).strip()) > limit:
                yield Fault(name, _("Nội dung dài quá %(limit)s ký tự.", limit=limit))
        if not self.answer_number.strip() and row.dialogue_on is None:
            yield Fault("answer_number", _("Cần số văn bản trả lời, hoặc ghi buổi đối thoại."), ONCE_ARTICLE)
        if not self.answered_by.strip():
            yield Fault("answered_by", _("Cần người có thẩm quyền trả lời (họ tên, chức vụ)."))
        if not row.filed_on <= self._day <= clock.today():
            yield Fault(
                "answered_on",
                _(
                    "Ngày trả lời %(day)s phải từ ngày nhận kiến nghị %(filed)s đến hôm nay.",
                    day=format_date(self._day),
                    filed=format_date(row.filed_on),
                ),
            )
        self._effect = quota.effect_of(sheet.cycle_id, {})
        if self.outcome == CHANGED:
            yield from self._check_change()
        yield from PERSON.faults(sheet, self._step())

    def _check_change(self) -> Iterable[Fault]:
        sheet = self._sheet
        self._paper = decisions.DecisionPaper(self.decision_number, self.decision_date, self.answered_by)
        fields = {"number": "decision_number", "signed_on": "decision_date", "signer": "answered_by"}
        for fault in self._paper.check(sheet.cycle):
            yield Fault(fields.get(fault.field, fault.field), fault.message, fault.article, fault.code)
        if self.new_level == sheet.level:
            yield Fault("new_level", _("Mức mới trùng với mức đã quyết định: hãy chọn giữ nguyên kết quả."))
        elif self.new_level not in LEVELS:
            yield Fault("new_level", _("Hãy chọn mức xếp loại mới."))
        else:
            self._effect = quota.effect_of(sheet.cycle_id, {sheet.id: self.new_level})
            yield from self._effect.faults(self.seen_quota)
        if self.new_level in LEVELS and rank(self.new_level) < rank(sheet.level) and not self.confirm_lower:
            yield Fault(
                "confirm_lower",
                _(
                    "Mức mới “%(new)s” thấp hơn mức đang có hiệu lực “%(old)s”: kiến nghị làm giảm kết quả của chính "
                    "người kiến nghị. Hãy xem lại, rồi đánh dấu xác nhận nếu vẫn quyết định như vậy.",
                    new=_(RATINGS[self.new_level]),
                    old=_(RATINGS[sheet.level]),
                ),
                code="lower_unconfirmed",
            )
        if not self.level_reason.strip():
            yield Fault("level_reason", _("Cần ghi lý do thay đổi mức xếp loại."), code="level_reason_missing")

    def _step(self) -> str:
        if self.outcome == CHANGED:
            return "change"
        return "uphold" if self._sheet.published_at is not None else "uphold_unpublished"

    def run(self) -> EvaluationPetition:
        row, sheet = self._row, self._sheet
        document = f"{self.answer_number.strip()} – {self.answered_by.strip()}"[:200]
        PERSON.perform(sheet, self._step(), reason=self.answer, document=document, document_date=self._day)
        row.state, row.answer, row.answered_on = self.outcome, self.answer.strip(), self._day
        row.answered_by, row.answer_number = self.answered_by.strip(), self.answer_number.strip()
        if self.outcome == CHANGED:
            row.new_level = self.new_level
            decisions.keep_replaced(sheet, "petition", self.answer, document)
            unit_id = sheet.decider_unit_id or sheet.cycle.unit_id
            paper = self._paper.row(sheet.cycle_id, unit_id, decisions.REPLACE)
            decisions.write_decision(sheet, paper, self.new_level, self.level_reason)
            decisions.write_year_ratings(sheet.cycle, [sheet], paper.number)
            consequence_finding.find_for(sheet.cycle, [sheet])
            quota.settle(self._effect)
            paper.quota = {str(sheet.agency_id): quota.compute(sheet.cycle_id, sheet.agency_id).plain()}
        return row

    def replay(self, receipt: Any) -> EvaluationPetition:
        return access.get(EvaluationPetition, receipt)


@dataclass
class WithdrawPetition(Command[EvaluationPetition]):
    """The person (or HR on a letter) takes the petition back before it is answered."""

    petition_id: int
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        row = access.get(EvaluationPetition, self.petition_id)
        self._own = row.person_id == own_person_id()
        self._row, self._sheet = _open_petition(self.petition_id, "petition" if self._own else "petition_log")
        yield from _not_open(self._row)
        if not self._own and not self.reason.strip():
            yield Fault("reason", _("Cần nêu văn bản rút kiến nghị."))

    def run(self) -> EvaluationPetition:
        sheet = self._sheet
        unpublished = sheet.published_at is None
        PERSON.perform(sheet, "withdraw_petition" if self._own else "log_withdrawal", reason=self.reason)
        if unpublished and sheet.state == FILED:
            sheet.state = NOTIFIED  # what was not published yet still owes its publication
        self._row.state = WITHDRAWN
        return self._row

    def replay(self, receipt: Any) -> EvaluationPetition:
        return access.get(EvaluationPetition, receipt)


@dataclass(frozen=True)
class PetitionFilter:
    """What a list asks for; empty fields ask for nothing."""

    cycle_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    states: tuple[str, ...] = ()
    overdue: bool = False


def listing(wanted: PetitionFilter | None = None) -> Any:
    """The query of petitions in scope, the next due first, with person and sheet loaded along."""
    asked = wanted or PetitionFilter()
    query = access.restrict(select(EvaluationPetition), EvaluationPetition).options(
        joinedload(EvaluationPetition.person), joinedload(EvaluationPetition.evaluation)
    )
    if asked.cycle_id is not None:
        inside = select(PersonEvaluation.id).where(PersonEvaluation.cycle_id == asked.cycle_id)
        query = query.where(EvaluationPetition.evaluation_id.in_(inside))
    for name in ("unit_id", "person_id"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(getattr(EvaluationPetition, name) == value)
    if asked.states:
        query = query.where(EvaluationPetition.state.in_(asked.states))
    if asked.overdue:
        query = query.where(EvaluationPetition.state == OPEN, EvaluationPetition.answer_by < clock.today())
    return query.order_by(EvaluationPetition.answer_by.is_(None), EvaluationPetition.answer_by, EvaluationPetition.id)


@dataclass(frozen=True)
class MayPetition:
    """Whether and until when the person may petition; ``ceilings`` of the own group and of the agency, no names."""

    sheet_id: int
    allowed: bool
    file_by: date | None
    late: bool
    article: str
    mark: str
    level: str
    group: Ceiling | None
    agency: Ceiling | None
    note: str = ""  # what the count of the days could not know


def petition_page(evaluation_id: int) -> MayPetition:
    """What the petitioner's page shows beside the own sheet."""
    sheet = access.get(PersonEvaluation, evaluation_id)
    if sheet.state not in TOLD or sheet.notified_at is None:
        raise NotFound()
    days = days_of(sheet, clock.today())
    answered = select(EvaluationPetition.id).where(
        EvaluationPetition.evaluation_id == sheet.id, EvaluationPetition.state.in_((OPEN, UPHELD, CHANGED))
    )
    free = sheet.state not in (PETITIONED, REOPENED) and db.session.scalar(answered.limit(1)) is None
    state = quota.compute(sheet.cycle_id, sheet.agency_id)
    group = next((one.ceiling for one in state.groups if sheet.quota_group_id in one.ids), None)
    return MayPetition(
        sheet.id, free, days.file_by, clock.today() > days.file_by, days.article, days.mark,
        RATINGS.get(sheet.level, ""), group, state.agency.ceiling, days.note,
    )  # fmt: skip
