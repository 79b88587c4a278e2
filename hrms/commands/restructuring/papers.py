"""Papers of a case or a round: printing is recorded, the number comes back from the records office or is given here.

Office practice (NĐ 30/2020/NĐ-CP): number and date of an outgoing paper are the records office's (văn thư). A draft is
printed with the number left blank; a unit that numbers its own papers (``numbers_papers_here``) takes one from its
series per kind of paper and year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import extract, select

from hrms.commands.restructuring.cases import agency_of
from hrms.commands.restructuring.dossier import attachment_of
from hrms.commands.restructuring.rights import case_for
from hrms.commands.restructuring.words import PAPER_KINDS
from hrms.kernel import access, clock, history, numbering
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date
from models.organization import OrgUnit
from models.restructuring import CaseBatch, CasePaper, DownsizingCase

# Kinds that are outgoing papers with a number, and their type sign (NĐ 30/2020, Phụ lục III).
SIGNS = {"decision": "QĐ", "submission": "TTr", "submission_province": "TTr", "refusal": "TB"}
OF_CASE = {"calculation_sheet", "submission", "submission_province", "decision", "refusal", "minutes"}
OF_BATCH = {"submission", "submission_province", "decision", "budget_list", "estimate", "published_list"}
WITHOUT_AMOUNT = {"refusal", "minutes"}  # may be printed before anything was computed


def series_number(unit: OrgUnit, kind: str, year: int) -> str:
    """The next number of a unit's own series: ``05/QĐ-SNV`` (below ten with a zero in front)."""
    # One series per sign: a body's submissions count through, whoever they are addressed to.
    count = numbering.take(f"paper:{SIGNS[kind]}", unit.code, year)
    return f"{count:02d}/{SIGNS[kind]}-{unit.paper_symbol or unit.code}"


@dataclass
class PrintPaper(Command[CasePaper]):
    """Record that a paper was printed for a case or a round.

    ``issuer_id`` is the unit whose head stands on it; left out, the agency of the case or round. With ``final`` a unit
    that numbers its own papers gives the number and the day at once; everybody else gets a draft without number.
    """

    kind: str
    case_id: int | None = None
    batch_id: int | None = None
    issuer_id: int | None = None
    final: bool = False
    attachment_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._case: DownsizingCase | None = None
        self._batch: CaseBatch | None = None
        if (self.case_id is None) == (self.batch_id is None):
            yield Fault("case_id", _("Văn bản in cho một hồ sơ hoặc một đợt, không phải cả hai."))
            return
        if self.case_id is not None:
            self._case = case_for(self.case_id)
            access.require("case", "print", self._case)
            owner, kinds = self._case.unit, OF_CASE
        else:
            self._batch = access.get(CaseBatch, self.batch_id)
            owner, kinds = self._batch.unit, OF_BATCH
            if not access.in_scope(owner.id, "case", "print"):
                raise NotAllowed()
        self._issuer = access.get(OrgUnit, self.issuer_id) if self.issuer_id is not None else agency_of(owner)
        if self.kind not in kinds:
            yield Fault("kind", _("Không in được “%(kind)s” ở đây.", kind=PAPER_KINDS.get(self.kind, self.kind)))
        if self._case is not None and self.kind not in WITHOUT_AMOUNT and self._case.calculation_id is None:
            yield Fault("case_id", _("Hồ sơ %(case)s chưa tính được chế độ nên chưa in được.", case=self._case.label))
        if self.attachment_id is not None and self._case is not None:
            attachment_of(self._case, self.attachment_id)

    def run(self) -> CasePaper:
        number, day = "", None
        if self.final and self.kind in SIGNS and self._issuer.numbers_papers_here:
            day = clock.today()
            number = series_number(self._issuer, self.kind, day.year)
        paper = CasePaper(
            case_id=self.case_id,
            batch_id=self.batch_id,
            unit_id=self._case.unit_id if self._case is not None else self._issuer.id,
            kind=self.kind,
            number=number,
            issued_on=day,
            calculation_id=self._case.calculation_id if self._case is not None else None,
            attachment_id=self.attachment_id,
        )
        db.session.add(paper)
        db.session.flush()
        record = self._case or self._batch
        history.note(record, _("In “%(kind)s” %(number)s", kind=PAPER_KINDS[self.kind], number=number).strip())
        return paper

    def replay(self, receipt: Any) -> CasePaper:
        return access.get(CasePaper, receipt)


@dataclass
class RecordPaperNumber(Command[CasePaper]):
    """Store the number and day the records office gave to a printed paper."""

    paper_id: int
    number: str
    issued_on: date | None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._paper = access.get(CasePaper, self.paper_id)
        access.require("paper", "write", self._paper)
        number = self.number.strip()
        check_version(self._paper, self.version, {"number": number, "issued_on": self.issued_on})
        if self._paper.kind not in SIGNS:
            yield Fault(
                "number", _("“%(kind)s” không phải văn bản đi nên không có số.", kind=PAPER_KINDS[self._paper.kind])
            )
        if not number:
            yield Fault("number", _("Cần số văn bản do văn thư cấp."))
        elif len(number) > 80:
            yield Fault("number", _("Số văn bản dài quá 80 ký tự."))
        if self.issued_on is None:
            yield Fault("issued_on", _("Cần ngày văn bản (dd/mm/yyyy)."))
            return
        if self.issued_on > clock.today():
            yield Fault("issued_on", _("Ngày văn bản %(day)s còn ở tương lai.", day=format_date(self.issued_on)))
        other = db.session.scalar(
            select(CasePaper).where(
                CasePaper.number == number,
                CasePaper.id != self._paper.id,
                CasePaper.kind == self._paper.kind,
                extract("year", CasePaper.issued_on) == self.issued_on.year,
            )
        )
        # One decision may carry a whole round; the same number for two persons' own papers is a slip.
        if number and other is not None and not (self._paper.batch_id is None and other.batch_id is not None):
            yield Fault(
                "number",
                _(
                    "Số %(number)s đã dùng cho một văn bản khác trong năm %(year)s.",
                    number=number,
                    year=self.issued_on.year,
                ),
                "Phụ lục VI NĐ 30/2020/NĐ-CP",
                "double_number",
            )

    def run(self) -> CasePaper:
        self._paper.number, self._paper.issued_on = self.number.strip(), self.issued_on
        return self._paper

    def replay(self, receipt: Any) -> CasePaper:
        return access.get(CasePaper, receipt)


def papers_of(record: DownsizingCase | CaseBatch) -> list[CasePaper]:
    """The papers printed for a case or a round, newest first."""
    column = CasePaper.case_id if isinstance(record, DownsizingCase) else CasePaper.batch_id
    return list(db.session.scalars(select(CasePaper).where(column == record.id).order_by(CasePaper.id.desc())))


def numbered_decision(case: DownsizingCase) -> CasePaper | None:
    """The newest decision of the case that has its number: what the step "decide" is filled in with."""
    return next((paper for paper in papers_of(case) if paper.kind == "decision" and paper.number), None)
