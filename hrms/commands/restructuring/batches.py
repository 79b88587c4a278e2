"""Rounds (đợt): many cases in one list with its budget; opening, changing, moving cases, closing an empty one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.restructuring.cases import check_batch
from hrms.commands.restructuring.rights import work_fault
from hrms.commands.restructuring.words import label
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from models.organization import OrgUnit
from models.restructuring import CaseBatch, CasePaper, DownsizingCase

LONGEST_NAME = 200
EARLIEST_YEAR, LATEST_YEAR = 2019, 2100


def next_round(unit_id: int, year: int) -> int:
    """The number after the last round of a unit in a year."""
    query = select(func.max(CaseBatch.round)).where(CaseBatch.unit_id == unit_id, CaseBatch.year == year)
    return (db.session.scalar(query) or 0) + 1


@dataclass
class CreateBatch(Command[CaseBatch]):
    """Open a round of a unit. ``round=None`` takes the next number, an empty name says "Đợt n/năm"."""

    unit_id: int
    year: int | None = None
    round: int | None = None
    name: str = ""
    deadline: date | None = None
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        self._unit = access.get(OrgUnit, self.unit_id)
        if not access.in_scope(self._unit.id, "batch", "write"):
            raise NotAllowed()
        # Held until the end: two officers opening a round at one moment get two numbers.
        db.session.execute(select(OrgUnit.id).where(OrgUnit.id == self._unit.id).with_for_update())
        self._year = self.year or clock.today().year
        if not EARLIEST_YEAR <= self._year <= LATEST_YEAR:
            yield Fault("year", _("Năm %(year)s không hợp lệ.", year=self._year))
        self._round = self.round if self.round is not None else next_round(self._unit.id, self._year)
        if self._round < 1:
            yield Fault("round", _("Đợt số phải từ 1 trở lên (%(value)s).", value=self._round))
        same = select(CaseBatch).where(
            CaseBatch.unit_id == self._unit.id, CaseBatch.year == self._year, CaseBatch.round == self._round
        )
        if db.session.scalar(same) is not None:
            yield Fault(
                "round",
                _(
                    "%(unit)s đã có đợt %(round)s năm %(year)s.",
                    unit=self._unit.name,
                    round=self._round,
                    year=self._year,
                ),
            )
        yield from _check_texts(self.name, self.deadline, None)

    def run(self) -> CaseBatch:
        name = self.name.strip() or _("Đợt %(round)s/%(year)s", round=self._round, year=self._year)
        batch = CaseBatch(
            unit=self._unit,
            year=self._year,
            round=self._round,
            name=name,
            deadline=self.deadline,
            note=self.note.strip(),
        )
        db.session.add(batch)
        return batch

    def replay(self, receipt: Any) -> CaseBatch:
        return access.get(CaseBatch, receipt)


def _check_texts(name: str, deadline: date | None, batch: CaseBatch | None) -> Iterable[Fault]:
    if len(name.strip()) > LONGEST_NAME:
        yield Fault("name", _("Tên đợt dài quá %(limit)s ký tự.", limit=LONGEST_NAME))
    if deadline is not None and deadline < clock.today() and (batch is None or batch.deadline != deadline):
        yield Fault("deadline", _("Hạn hoàn thành đã qua. Hãy chọn ngày từ hôm nay trở đi."))


@dataclass
class ChangeBatch(Command[CaseBatch]):
    """Change name, deadline and note of a round."""

    batch_id: int
    version: int | None
    name: str
    deadline: date | None = None
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        self._batch = access.get(CaseBatch, self.batch_id)
        access.require("batch", "write", self._batch)
        self._values = {"name": self.name.strip(), "deadline": self.deadline, "note": self.note.strip()}
        check_version(self._batch, self.version, self._values, label)
        if not self.name.strip():
            yield Fault("name", _("Cần tên đợt."))
        yield from _check_texts(self.name, self.deadline, self._batch)

    def run(self) -> CaseBatch:
        for name, value in self._values.items():
            if getattr(self._batch, name) != value:
                setattr(self._batch, name, value)
        return self._batch

    def replay(self, receipt: Any) -> CaseBatch:
        return access.get(CaseBatch, receipt)


@dataclass
class RemoveBatch(Command[None]):
    """Remove a round that holds nothing (opened by mistake)."""

    batch_id: int

    def validate(self) -> Iterable[Fault]:
        self._batch = access.get(CaseBatch, self.batch_id)
        access.require("batch", "write", self._batch)
        for model, text in (
            (DownsizingCase, _("Đợt còn %(count)s hồ sơ. Hãy chuyển hồ sơ sang đợt khác trước.")),
            (CasePaper, _("Đợt đã in %(count)s văn bản nên không xóa.")),
        ):
            count = db.session.scalar(select(func.count()).select_from(model).where(model.batch_id == self._batch.id))
            if count:
                yield Fault("batch_id", text % {"count": count}, code="not_empty")

    def run(self) -> None:
        db.session.delete(self._batch)

    def replay(self, receipt: Any) -> None:
        return None


@dataclass
class MoveCases(Command[list[DownsizingCase]]):
    """Put cases into a round, or take them out of any (``batch_id=None``)."""

    case_ids: list[int]
    batch_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        query = access.restrict(select(DownsizingCase).where(DownsizingCase.id.in_(self.case_ids)), DownsizingCase)
        self._cases = list(db.session.scalars(query.order_by(DownsizingCase.id)))
        if not self.case_ids:
            yield Fault("case_ids", _("Chưa chọn hồ sơ nào."))
        elif len(self._cases) < len(set(self.case_ids)):
            yield Fault("case_ids", _("Có hồ sơ đã chọn không còn trong phạm vi của bạn. Hãy tải lại danh sách."))
        self._batch, faults = check_batch(self.batch_id, [case.unit for case in self._cases])
        yield from faults
        for case in self._cases:
            for fault in work_fault(case):
                yield Fault("case_ids", f"{case.label}: {fault.message}", fault.article, fault.code)

    def run(self) -> list[DownsizingCase]:
        for case in self._cases:
            if case.batch_id != self.batch_id:
                case.batch_id = self.batch_id
        db.session.flush()
        for case in self._cases:
            db.session.expire(case, ["batch"])
        return self._cases

    def receipt(self, outcome: list[DownsizingCase]) -> Any:
        return [case.id for case in outcome]

    def replay(self, receipt: Any) -> list[DownsizingCase]:
        query = access.restrict(select(DownsizingCase).where(DownsizingCase.id.in_(receipt)), DownsizingCase)
        return list(db.session.scalars(query.order_by(DownsizingCase.id)))
