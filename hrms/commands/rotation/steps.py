"""Performing the steps of a movement case: one command for every transition, with the details each one asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.law.current import current_store
from hrms.commands.rotation import checks, effects, endings, guards, handover, notices, vacancies
from hrms.commands.rotation.rights import case_for, case_to_step
from hrms.commands.rotation.words import APPLIED, BIET_PHAI, DECIDED, FOR_A_TIME, LONGEST, LUAN_CHUYEN, label
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.kernel import access, clock
from hrms.kernel.attachments import Attachment
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from hrms.kernel.history import record_type
from hrms.kernel.text import format_date, full_months, in_sentence, normalize, normalize_multiline
from models.rotation import MovementCase
from policies.rotation import reason as law_reason
from policies.rotation import rotation_progress, secondment, secondment_extension

ONE_DAY = effects.ONE_DAY
ENDINGS = ("end_early", "return", "settle")


@dataclass
class Perform(Command[MovementCase]):
    """Take one step of the workflow; returns the case. ``version`` is the one on the actor's screen.

    Details by step: ``hear`` meeting_on, meeting_minutes, person_opinion · ``agree`` agreed_on, agreement_document ·
    ``decide`` decision_number, decision_date, decided_by, effective_on, ends_on (the last two default to the case's) ·
    ``notify`` notified_on · ``hand_over`` and ``hand_over_early`` handed_over_on · ``extend`` ends_on (the new one),
    accept_over_limit · ``end_early``, ``return``, ``settle`` ended_on (the last day) · ``revoke`` revoked_on (first
    day it no longer holds; default: the document's), whole_chain. Days left out of notify and hand_over are today.
    """

    case_id: int
    action: str
    version: int | None = None
    reason: str = ""
    article: str = ""
    document: str = ""
    document_date: date | None = None
    attachment_id: int | None = None
    meeting_on: date | None = None
    meeting_minutes: str = ""
    person_opinion: str = ""
    agreed_on: date | None = None
    agreement_document: str = ""
    decision_number: str = ""
    decision_date: date | None = None
    decided_by: str = ""
    effective_on: date | None = None
    ends_on: date | None = None
    notified_on: date | None = None
    handed_over_on: date | None = None
    ended_on: date | None = None
    revoked_on: date | None = None
    accept_over_limit: bool = False
    whole_chain: bool = False

    def validate(self) -> Iterable[Fault]:
        self._case = case = case_to_step(self.case_id)
        check_version(case, self.version, {})
        self._with: list[MovementCase] = []
        faults: list[Fault] = []
        if self._in_place():
            details: dict[str, Callable[[MovementCase], Iterable[Fault]]] = {
                "hear": self._hear, "agree": self._agree, "decide": self._decide, "notify": self._notify,
                "hand_over": self._hand_over, "hand_over_early": self._hand_over, "extend": self._extend,
                "revoke": self._revoke, **dict.fromkeys(ENDINGS, self._end),
            }  # fmt: skip
            if self.action in details:
                faults.extend(details[self.action](case))
        faults.extend(WORKFLOW.faults(case, self.action, **self._grounds()))
        for other in self._with:
            faults.extend(WORKFLOW.faults(other, self.action, **self._grounds()))
        if self.attachment_id is not None:
            paper = db.session.get(Attachment, self.attachment_id)
            if paper is None or (paper.record_type, paper.record_id) != (record_type(case), case.id):
                raise NotFound()
        return faults

    def _in_place(self) -> bool:
        """Whether the step starts from the present state and the actor holds it: only then its details matter."""
        return any(
            step.code == self.action and access.may(WORKFLOW.resource, step.permission, self._case)
            for step in WORKFLOW.steps_from(self._case)
        )

    def _grounds(self) -> dict[str, Any]:
        document, day = self.document, self.document_date
        if self.action == "decide":
            document, day = f"{self.decision_number.strip()} – {self.decided_by.strip()}", self.decision_date
        elif self.action == "hear":
            document, day = self.meeting_minutes, self.meeting_on
        elif self.action == "agree":
            document, day = self.agreement_document, self.agreed_on
        return {
            "reason": self.reason, "article": self.article, "document": document.strip()[:200], "document_date": day,
        }  # fmt: skip

    # Details of each step: written on the case first, so that the guards see them; a refusal rolls them back.

    def _text(self, case: MovementCase, *names: str) -> Iterable[Fault]:
        for name in names:
            value = normalize(getattr(self, name))
            if not value:
                yield Fault(name, _("Cần ghi %(label)s.", label=in_sentence(_(label(name)))), code="missing")
            elif len(value) > LONGEST[name]:
                yield Fault(name, _("%(label)s dài quá %(limit)s ký tự.", label=label(name), limit=LONGEST[name]))
            else:
                setattr(case, name, value)

    def _past(self, case: MovementCase, name: str, default: date | None = None) -> Iterable[Fault]:
        day = getattr(self, name) or default
        if day is None:
            yield Fault(name, _("Cần ghi %(label)s (dd/mm/yyyy).", label=in_sentence(_(label(name)))), code="missing")
        elif day > clock.today():
            yield Fault(
                name, _("%(label)s %(day)s còn ở tương lai.", label=label(name), day=format_date(day)), code="future"
            )
        else:
            setattr(case, name, day)

    def _hear(self, case: MovementCase) -> Iterable[Fault]:
        yield from self._past(case, "meeting_on")
        yield from self._text(case, "meeting_minutes")
        case.person_opinion = normalize_multiline(self.person_opinion)

    def _agree(self, case: MovementCase) -> Iterable[Fault]:
        yield from self._past(case, "agreed_on")
        yield from self._text(case, "agreement_document")

    def _decide(self, case: MovementCase) -> Iterable[Fault]:
        yield from self._text(case, "decision_number", "decided_by")
        yield from self._past(case, "decision_date")
        case.effective_on = self.effective_on or case.effective_on
        if case.kind in FOR_A_TIME:
            case.ends_on = self.ends_on or case.ends_on
        if case.effective_on is not None and self.decision_date is not None and case.effective_on < self.decision_date:
            yield Fault(
                "effective_on",
                _(
                    "Ngày có hiệu lực %(day)s trước ngày quyết định %(decided)s.",
                    day=format_date(case.effective_on),
                    decided=format_date(self.decision_date),
                ),
                code="before_decision",
            )
        if case.meeting_on is not None and self.decision_date is not None and self.decision_date < case.meeting_on:
            yield Fault(
                "decision_date",
                _("Ngày quyết định trước ngày gặp gỡ %(day)s.", day=format_date(case.meeting_on)),
                "Điều 25 khoản 4 NĐ 170/2025/NĐ-CP",
                "before_meeting",
            )

    def _notify(self, case: MovementCase) -> Iterable[Fault]:
        yield from self._past(case, "notified_on", clock.today())

    def _hand_over(self, case: MovementCase) -> Iterable[Fault]:
        if case.handed_over_on is not None:
            yield Fault("handed_over_on", _("Đã ghi bàn giao ngày %(day)s.", day=format_date(case.handed_over_on)))
            return
        yield from self._past(case, "handed_over_on", clock.today())

    def _extend(self, case: MovementCase) -> Iterable[Fault]:
        assert case.effective_on is not None and case.ends_on is not None
        end = self.ends_on
        if end is None or end <= case.ends_on:
            yield Fault(
                "ends_on",
                _("Cần ngày kết thúc mới, sau ngày %(day)s.", day=format_date(case.ends_on)),
                code="end_not_later",
            )
            return
        if case.kind != BIET_PHAI:
            return
        store, special = current_store(), bool(case.special_document.strip())
        if secondment(case.effective_on, end=end, special_law=special, store=store).allowed:
            return
        first = case.ends_on + ONE_DAY
        months = max(1, full_months(first, end + ONE_DAY))
        asked = secondment_extension(case.effective_on, case.ends_on, months, special_law=special, store=store)
        if asked.allowed or (asked.outcome == "MANUAL_DECISION_REQUIRED" and self.accept_over_limit):
            return
        over = law_reason("EXTENSION_OVER_36_MONTHS")
        yield Fault("ends_on", over.text, over.article, over.code)

    def _end(self, case: MovementCase) -> Iterable[Fault]:
        assert case.effective_on is not None and case.ends_on is not None
        last = self.ended_on or (case.ends_on if self.action != "end_early" else None)
        if last is None:
            yield Fault("ended_on", _("Cần ngày cuối ở nơi đến (dd/mm/yyyy)."), code="missing")
            return
        if last < case.effective_on:
            yield Fault("ended_on", _("Ngày kết thúc %(day)s trước ngày có hiệu lực.", day=format_date(last)))
            return
        if self.action == "settle" and case.kind == BIET_PHAI:
            yield Fault(
                "action",
                _("Muốn ở lại nơi đến sau biệt phái: kết thúc biệt phái rồi lập hồ sơ điều động."),
                "Điều 26 khoản 3 NĐ 170/2025/NĐ-CP",
                "settle_by_transfer",
            )
        if self.action == "end_early":
            if last >= case.ends_on:
                yield Fault(
                    "ended_on", _("Ngày %(day)s không sớm hơn thời hạn đã quyết định.", day=format_date(last)),
                    code="not_early",
                )  # fmt: skip
        elif case.kind == BIET_PHAI and last < case.ends_on:
            yield Fault("ended_on", _("Kết thúc trước thời hạn: dùng “Kết thúc sớm”."), code="is_early")
        elif (
            case.kind == LUAN_CHUYEN
            and rotation_progress(case.effective_on, last + ONE_DAY, current_store()).state != "DUE"
            and last < case.ends_on
        ):
            early = law_reason("EARLY_END_NEEDS_DECISION")
            yield Fault("ended_on", early.text, early.article, early.code)
        case.ended_on, case.ended_reason = last, self.reason.strip()

    def _revoke(self, case: MovementCase) -> Iterable[Fault]:
        number, day = normalize(self.document), self.revoked_on or self.document_date
        if len(number) > LONGEST["revoked_number"]:
            yield Fault("document", _("Số quyết định thu hồi dài quá %(limit)s ký tự.", limit=80))
        if day is not None and case.decision_date is not None and day < case.decision_date:
            yield Fault("revoked_on", _("Ngày thu hồi trước ngày quyết định."), code="before_decision")
        if case.chain is None:
            return
        others = [one for one in case.chain.cases if one.id != case.id and one.state == case.state]
        others += [one for one in case.chain.cases if one.effect == APPLIED and one not in (case, *others)]
        if others and not self.whole_chain:
            yield Fault(
                "whole_chain",
                _(
                    "Hồ sơ thuộc chuỗi “%(chain)s” cùng có hiệu lực: thu hồi cả chuỗi, hoặc tách khỏi chuỗi trước.",
                    chain=case.chain.name,
                ),
                code="in_chain",
            )
        elif self.whole_chain:
            self._with = [case_to_step(one.id) for one in sorted(others, key=lambda one: one.id)]

    # Carrying it out

    def run(self) -> MovementCase:
        case = self._case
        members = [case, *self._with]
        for one in members:
            WORKFLOW.perform(one, self.action, attachment_id=self.attachment_id, **self._grounds())
        after: dict[str, Callable[[MovementCase], None]] = {
            "check": self._checked, "decide": self._decided, "notify": lambda one: _ignore(notices.planned(one)),
            "extend": self._extended, "send_back": _start_anew, "decline": _start_anew,
            **dict.fromkeys(ENDINGS, self._ended),
        }  # fmt: skip
        if self.action == "revoke":
            self._revoked(members)
        elif self.action in after:
            after[self.action](case)
        return case

    def _checked(self, case: MovementCase) -> None:
        case.checks, case.checked_on = guards.look(case), clock.today()

    def _decided(self, case: MovementCase) -> None:
        case.checks = guards.look(case)
        case.kept_allowance = checks.kept_schedule(case)
        handover.prepare(case)
        db.session.flush()
        notices.decided(case)
        today = clock.today()
        together = checks.mates(case)
        if all(one.state == DECIDED and one.effective_on and one.effective_on <= today for one in together):
            effects.apply_all(together, case.chain)

    def _extended(self, case: MovementCase) -> None:
        assert self.ends_on is not None
        endings.prolong(case, self.ends_on)
        case.kept_allowance = checks.kept_schedule(case)
        notices.changed(case, _("Gia hạn"), self.document.strip())

    def _ended(self, case: MovementCase) -> None:
        last = case.ended_on
        assert last is not None
        if self.action != "settle":
            endings.go_back(case, last, self.document.strip(), self.document_date)
            if case.kind != BIET_PHAI:
                _room([case], last + ONE_DAY)
        if case.kind == LUAN_CHUYEN:
            case.kept_allowance = checks.kept_schedule(case, last)
        notices.changed(case, _("Kết thúc"), self.document.strip())

    def _revoked(self, members: list[MovementCase]) -> None:
        day = self.revoked_on or self.document_date
        assert day is not None
        number = normalize(self.document)
        undone = [one for one in members if one.effect == APPLIED]
        for one in members:
            one.revoked_number, one.revoked_on = number, day
            one.kept_allowance = checks.kept_schedule(one, day - ONE_DAY) if one in undone else None
            endings.undo(one, day, number, self.document_date)
            notices.changed(one, _("Thu hồi quyết định"), number)
        moved = [one for one in undone if one.kind != BIET_PHAI]
        if moved:
            _room(moved, max(day, *(one.effective_on for one in moved if one.effective_on is not None)))

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)


def _ignore(_count: int) -> None:
    return None


def _room(cases: Iterable[MovementCase], day: date) -> None:
    """The posts people come back to still have a place."""
    faults = vacancies.overfull((case.from_position_id for case in cases), day)
    if faults:
        raise Refused(faults)


def _start_anew(case: MovementCase) -> None:
    """Sent back: who was met and who agreed spoke of a proposal that may change."""
    case.meeting_on, case.meeting_minutes, case.person_opinion = None, "", ""
    case.agreed_on, case.agreement_document = None, ""
    case.checked_on = None
