"""Numbers the records office (văn thư) gave to papers of a case or a round, for printing them again."""

from __future__ import annotations

from sqlalchemy import select

from hrms.kernel.db import db
from models.restructuring import CaseBatch, CasePaper, DownsizingCase
from reports.letter import Numbered


def number_of(record: DownsizingCase | CaseBatch, kind: str) -> Numbered:
    """Number and day of the newest numbered paper of ``kind``; blanks when there is none yet.

    The caller holds ``record`` in scope; its papers belong to it.
    """
    column = CasePaper.case_id if isinstance(record, DownsizingCase) else CasePaper.batch_id
    query = select(CasePaper.number, CasePaper.issued_on).where(
        column == record.id, CasePaper.kind == kind, CasePaper.number != ""
    )
    row = db.session.execute(query.order_by(CasePaper.id.desc()).limit(1)).first()
    return Numbered() if row is None else Numbered(row[0], row[1])


def decision_number(case: DownsizingCase) -> Numbered:
    """The number of the decision: as recorded on the case, else as given to the printed paper."""
    if case.decision_number:
        return Numbered(case.decision_number, case.decision_date)
    return number_of(case, "decision")


def submission_number(case: DownsizingCase, kind: str) -> Numbered:
    """The number of a submission of the case itself, else of its round."""
    own = number_of(case, kind)
    if own.number or case.batch is None:
        return own
    return number_of(case.batch, kind)
