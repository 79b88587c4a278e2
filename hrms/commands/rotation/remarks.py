"""What the destination says of a person each year and at the end (NĐ 170/2025 Điều 49; biệt phái: Điều 26 khoản 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import current_store
from hrms.commands.rotation.rights import case_for, case_to_step
from hrms.commands.rotation.words import DONE, FOR_A_TIME, LONGEST, RUNNING
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import normalize, normalize_multiline
from models.rotation import MovementCase, MovementRemark
from models.vocabulary import RATINGS
from policies.rotation import rotation_progress

ARTICLE = "Điều 49 NĐ 170/2025/NĐ-CP"


def next_remark_on(case: MovementCase, day: date | None = None) -> date | None:
    """When the next yearly remark is owed; ``None`` while nothing runs. One owed and not written stays the answer."""
    if case.state != RUNNING or case.effective_on is None:
        return None
    day = day or clock.today()
    store = current_store()
    written = select(MovementRemark.id).where(MovementRemark.case_id == case.id, MovementRemark.at_end.is_(False))
    count = len(db.session.scalars(written).all())
    due = case.effective_on
    for _number in range(count + 1):
        due = rotation_progress(case.effective_on, due, store).next_remark
    return due


@dataclass
class WriteRemark(Command[MovementRemark]):
    """The remark for a year, or at the end; again for the same year: the earlier text is changed, its history kept."""

    case_id: int
    year: int
    remark: str
    level: str = ""
    document: str = ""
    at_end: bool = False
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        case = self._case = case_to_step(self.case_id)
        access.require("movement", "remark", case)
        if not access.in_scope(case.to_unit_id, "movement", "remark"):
            yield Fault("", _("Nhận xét do nơi đến (%(unit)s) ghi.", unit=case.to_unit.name), ARTICLE, "not_receiver")
        self._row = db.session.scalar(
            select(MovementRemark).where(
                MovementRemark.case_id == case.id,
                MovementRemark.year == self.year,
                MovementRemark.at_end.is_(self.at_end),
            )
        )
        if self._row is not None:
            check_version(self._row, self.version, {"remark": self.remark, "level": self.level})
        if case.kind not in FOR_A_TIME or case.state not in (RUNNING, DONE):
            yield Fault(
                "", _("Chỉ nhận xét luân chuyển, biệt phái đang thực hiện hoặc đã kết thúc."), code="not_running"
            )
        first = case.effective_on.year if case.effective_on is not None else self.year
        if not first <= self.year <= clock.today().year:
            yield Fault("year", _("Năm nhận xét từ %(first)s đến nay.", first=first), code="year")
        if not normalize(self.remark):
            yield Fault("remark", _("Cần nội dung nhận xét."), code="missing")
        if self.level and self.level not in RATINGS:
            yield Fault("level", _("Không có mức “%(value)s”.", value=self.level))
        if len(normalize(self.document)) > LONGEST["document"]:
            yield Fault("document", _("Nội dung dài quá %(limit)s ký tự.", limit=LONGEST["document"]))

    def run(self) -> MovementRemark:
        row = self._row
        if row is None:
            row = MovementRemark(case_id=self._case.id, year=self.year, at_end=self.at_end, remark="")
            db.session.add(row)
        row.remark, row.level = normalize_multiline(self.remark), self.level
        row.document = normalize(self.document)
        db.session.flush()
        return row

    def replay(self, receipt: Any) -> MovementRemark:
        return access.get(MovementRemark, receipt)


def remarks_of(case_id: int) -> list[MovementRemark]:
    """The remarks on a case the actor may read, oldest first."""
    case = case_for(case_id)
    query = select(MovementRemark).where(MovementRemark.case_id == case.id)
    return list(db.session.scalars(query.order_by(MovementRemark.year, MovementRemark.at_end, MovementRemark.id)))
