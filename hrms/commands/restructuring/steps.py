"""Performing the steps of a case: one command for every transition, finance's endorsement and its remarks on lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.restructuring import amendments, calculation
from hrms.commands.restructuring.dossier import attachment_of
from hrms.commands.restructuring.guards import line_label
from hrms.commands.restructuring.rights import case_for, case_to_step
from hrms.commands.restructuring.words import CLOSED, FINANCE_REVIEW, FUNDING_SOURCES
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access, actor, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.history import Comment
from hrms.kernel.text import format_date, format_integer
from models.restructuring import DownsizingCase

# Steps that approve an amount: it is computed again first, and must be the amount that was looked at.
APPROVING = ("review", "appraise", "endorse", "decide")
RECOMPUTED = ("submit", *APPROVING)
LONGEST = {"decision_number": 80, "decided_by": 200, "payment_reference": 120}


@dataclass
class Perform(Command[DownsizingCase]):
    """Take one step of the workflow. Returns the case; for ``amend`` the new version.

    ``version`` and ``seen_total`` are what the actor had on the screen: another version raises ``Stale``, another
    amount is refused. The decision fields belong to ``decide``, the payment fields to ``pay``, ``funding_source`` to
    ``endorse``; ``paid_amount`` in đồng, left out = all that is still payable.
    """

    case_id: int
    action: str
    version: int | None = None
    seen_total: int | None = None
    reason: str = ""
    article: str = ""
    document: str = ""
    document_date: date | None = None
    attachment_id: int | None = None
    decision_number: str = ""
    decision_date: date | None = None
    decided_by: str = ""
    paid_on: date | None = None
    payment_reference: str = ""
    paid_amount: int | None = None
    funding_source: str = ""

    def validate(self) -> Iterable[Fault]:
        self._case = case = case_to_step(self.case_id)
        check_version(case, self.version, {})
        faults: list[Fault] = []
        if self._in_place():
            details = {"endorse": self._endorse, "decide": self._decide, "pay": self._pay}.get(self.action)
            if details is not None:
                faults.extend(details(case))
            if self.action in RECOMPUTED:
                faults.extend(self._recompute(case))
        faults.extend(WORKFLOW.faults(case, self.action, **self._grounds()))
        if self.attachment_id is not None:
            attachment_of(case, self.attachment_id)
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
        elif self.action == "pay":
            document, day = self.payment_reference, self.paid_on
        return {
            "reason": self.reason,
            "article": self.article,
            "document": document.strip()[:200],
            "document_date": day,
        }

    def _recompute(self, case: DownsizingCase) -> Iterable[Fault]:
        before = case.total
        calculation.refresh(case)
        if self.action not in APPROVING:
            return
        seen = before if self.seen_total is None else self.seen_total
        if seen is not None and case.total is not None and case.total != seen:
            yield Fault(
                "total",
                _(
                    "Số tiền vừa được tính lại: %(old)s → %(new)s đồng. Hãy bấm “Tính lại”, xem lại rồi thực hiện.",
                    old=format_integer(seen),
                    new=format_integer(case.total),
                ),
                code="amount_changed",
            )

    def _endorse(self, case: DownsizingCase) -> Iterable[Fault]:
        source = self.funding_source or case.funding_source
        if not source:
            yield Fault(
                "funding_source",
                _("Hãy chọn nguồn kinh phí: đơn vị tự bảo đảm một phần nên hệ thống không tự xác định được."),
                "TT 07/2025/TT-BTC",
                "funding_missing",
            )
        elif source not in FUNDING_SOURCES:
            yield Fault("funding_source", _("Không có nguồn kinh phí “%(value)s”.", value=source))
        else:
            case.funding_source = source

    def _decide(self, case: DownsizingCase) -> Iterable[Fault]:
        if not self.decision_number.strip():
            yield Fault("decision_number", _("Cần số quyết định."), code="decision_missing")
        if not self.decided_by.strip():
            yield Fault("decided_by", _("Cần cấp có thẩm quyền đã ký quyết định."), code="authority_missing")
        if self.decision_date is None:
            yield Fault("decision_date", _("Cần ngày quyết định (dd/mm/yyyy)."), code="decision_missing")
        elif self.decision_date > clock.today():
            yield Fault(
                "decision_date", _("Ngày quyết định %(day)s còn ở tương lai.", day=format_date(self.decision_date))
            )
        yield from self._too_long("decision_number", "decided_by")
        case.decision_number, case.decided_by = self.decision_number.strip(), self.decided_by.strip()
        case.decision_date = self.decision_date  # before recomputing: the windows of the law look at this day

    def _pay(self, case: DownsizingCase) -> Iterable[Fault]:
        if self.paid_on is None:
            yield Fault("paid_on", _("Cần ngày chi trả (dd/mm/yyyy)."), code="payment_missing")
        elif self.paid_on > clock.today():
            yield Fault("paid_on", _("Ngày chi trả %(day)s còn ở tương lai.", day=format_date(self.paid_on)))
        elif case.decision_date is not None and self.paid_on < case.decision_date:
            yield Fault(
                "paid_on",
                _(
                    "Ngày chi trả %(day)s trước ngày quyết định %(decided)s.",
                    day=format_date(self.paid_on),
                    decided=format_date(case.decision_date),
                ),
            )
        if not self.payment_reference.strip():
            yield Fault("payment_reference", _("Cần số chứng từ chi trả."), code="payment_missing")
        yield from self._too_long("payment_reference")
        due = amendments.payable(case)
        amount = due if self.paid_amount is None else self.paid_amount
        if amount != due:
            yield Fault(
                "paid_amount",
                _(
                    "Số tiền chi trả phải bằng %(due)s đồng theo quyết định (đã trừ phần chi trước đây).",
                    due=format_integer(due or 0),
                ),
                code="amount_differs",
            )
        case.paid_on, case.payment_reference, case.paid_amount = self.paid_on, self.payment_reference.strip(), amount

    def _too_long(self, *names: str) -> Iterable[Fault]:
        for name in names:
            if len(getattr(self, name).strip()) > LONGEST[name]:
                yield Fault(name, _("Nội dung dài quá %(limit)s ký tự.", limit=LONGEST[name]))

    def run(self) -> DownsizingCase:
        case = self._case
        if self.action == "amend":
            return amendments.begin(case, reason=self.reason, document=self.document, document_date=self.document_date)
        source = case.state
        WORKFLOW.perform(case, self.action, attachment_id=self.attachment_id, **self._grounds())
        if self.action == "endorse":
            who = actor.current()
            case.finance_endorsed_by, case.finance_endorsed_user_id = who.name, who.user_id
            case.finance_endorsed_at = clock.now()
        elif self.action == "decide":
            calculation.freeze(case)
            amendments.supersede(case)
        elif source == FINANCE_REVIEW and case.state != FINANCE_REVIEW:
            calculation.clear_endorsement(case)
        return case

    def replay(self, receipt: Any) -> DownsizingCase:
        case = db.session.get(DownsizingCase, receipt)  # the step may have taken the case out of the actor's sight
        assert case is not None
        return case


@dataclass
class EndorseFinance(Perform):
    """Finance confirms amount and source of funds: a step that is recorded and leaves the case where it is."""

    action: str = "endorse"


@dataclass
class CommentLine(Command[Comment]):
    """A remark on one line of the calculation. From finance it sends the case back unless ``send_back`` is off.

    Anybody who works on the case may answer with the same command; an answer is a later remark on the same line.
    """

    case_id: int
    line_code: str
    body: str
    send_back: bool = True
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._case = case = case_to_step(self.case_id)
        check_version(case, self.version, {})
        if not any(access.may("case", action, case) for action in ("finance", "appraise", "edit", "review")):
            raise NotAllowed()
        self._returns = self.send_back and case.state == FINANCE_REVIEW and access.may("case", "finance", case)
        row = calculation.current(case)
        known = (
            {line["code"] for line in row.result["lines"]} | {"monthly_salary", "total"} if row is not None else set()
        )
        if case.state in CLOSED:
            yield Fault("", _("Hồ sơ đã kết thúc."), code="locked_state")
        if self.line_code not in known:
            yield Fault("line_code", _("Bảng tính không có khoản “%(code)s”.", code=self.line_code))
        if not self.body.strip():
            yield Fault("body", _("Cần ghi ý kiến về khoản này."))
        if self._returns and self.body.strip():
            yield from WORKFLOW.faults(case, "return_to_appraisal", reason=self.body)

    def run(self) -> Comment:
        remark = history.comment(self._case, self.body, subject=f"line:{self.line_code}")
        db.session.flush()
        if self._returns:
            name = line_label(self._case, self.line_code)
            WORKFLOW.perform(
                self._case,
                "return_to_appraisal",
                reason=_("Khoản “%(line)s”: %(body)s", line=name, body=self.body.strip()),
            )
            calculation.clear_endorsement(self._case)
        return remark

    def replay(self, receipt: Any) -> Comment:
        found = db.session.get(Comment, receipt)
        assert found is not None
        return found


@dataclass
class WriteRemark(Command[Comment]):
    """A free remark on the case by anybody who may see it and works on cases; kept as written."""

    case_id: int
    body: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not any(access.may("case", action, self._case) for action in ("finance", "appraise", "edit", "review")):
            raise NotAllowed()
        if not self.body.strip():
            yield Fault("body", _("Cần nội dung ghi chú."))

    def run(self) -> Comment:
        return history.comment(self._case, self.body)

    def replay(self, receipt: Any) -> Comment:
        found = db.session.get(Comment, receipt)
        assert found is not None
        return found
