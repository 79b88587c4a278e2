"""Amending after the decision: a new version beside the frozen one, replacing it only when it is decided itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.rights import case_for, case_to_step
from hrms.commands.restructuring.words import DECIDED, DRAFT, PAID
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.restructuring import CaseAssessment, ChecklistItem, DownsizingCase

CARRIED = (
    "number",
    "folded",
    "person_id",
    "unit_id",
    "batch_id",
    "overrides",
    "funding_source",
    "meeting_on",
    "meeting_minutes",
    "meeting_present",
    "meeting_agree",
    "meeting_conclusion",
)
ASSESSMENT = ("year", "level", "conduct_score", "capacity_score", "result_score", "remark")
PAPER = ("code", "label", "position", "required", "present", "document", "document_date", "checked_by", "note")


def begin(old: DownsizingCase, *, reason: str, document: str = "", document_date: date | None = None) -> DownsizingCase:
    """Start the next version of ``old`` as a draft; ``old`` keeps its decision, its amount and its state."""
    WORKFLOW.perform(old, "amend", reason=reason, document=document, document_date=document_date)
    revision = (
        db.session.scalar(select(func.max(DownsizingCase.revision)).where(DownsizingCase.number == old.number))
        or old.revision
    )
    new = DownsizingCase(
        revision=revision + 1, amends_id=old.id, state=DRAFT, **{name: getattr(old, name) for name in CARRIED}
    )
    CaseRequest.of(old).write(new)
    new.assessments = [CaseAssessment(**{n: getattr(row, n) for n in ASSESSMENT}) for row in old.assessments]
    new.checklist = [ChecklistItem(**{n: getattr(row, n) for n in PAPER}) for row in old.checklist]
    db.session.add(new)
    db.session.flush()
    history.note(new, _("Lập bản điều chỉnh của %(old)s: %(reason)s", old=old.label, reason=reason.strip()))
    calculation.refresh(new)
    return new


def supersede(new: DownsizingCase) -> None:
    """On the decision of an amendment, the version it amends steps back."""
    old = new.amends
    if old is not None and old.state in (DECIDED, PAID):
        WORKFLOW.perform(
            old,
            "supersede",
            reason=_("Thay bằng %(new)s", new=new.label),
            document=new.decision_number,
            document_date=new.decision_date,
        )


def paid_before(case: DownsizingCase) -> int:
    """What was already paid out on the versions before this one, in đồng."""
    paid, link, seen = 0, case.amends, set[int]()
    while link is not None and link.id not in seen:
        seen.add(link.id)
        paid += link.paid_amount or 0
        link = link.amends
    return paid


def payable(case: DownsizingCase) -> int | None:
    """What is to be paid now, in đồng: the total less what was paid on earlier versions. Negative: to be paid back."""
    return None if case.total is None else case.total - paid_before(case)


def versions_of(case: DownsizingCase) -> list[DownsizingCase]:
    """Every version under the same number, oldest first."""
    query = select(DownsizingCase).where(DownsizingCase.number == case.number).order_by(DownsizingCase.revision)
    return list(db.session.scalars(query))


@dataclass
class AmendCase(Command[DownsizingCase]):
    """Amend a decided or paid case: returns the new version, a draft that goes through every step again."""

    case_id: int
    reason: str
    document: str = ""
    document_date: date | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._case = case_to_step(self.case_id)
        check_version(self._case, self.version, {})
        return WORKFLOW.faults(self._case, "amend", reason=self.reason)

    def run(self) -> DownsizingCase:
        return begin(self._case, reason=self.reason, document=self.document, document_date=self.document_date)

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)
