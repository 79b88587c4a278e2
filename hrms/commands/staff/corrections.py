"""A row that was entered wrongly: set right, or taken out, with the reason; the history keeps what stood there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hrms.commands.organization.words import one_of, required
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.records import RECORDS, record_faults
from hrms.commands.staff.rows import insurance_faults, salary_faults, unit_faults
from hrms.commands.staff.spans import (
    appointment_place,
    columns,
    columns_of,
    insurance_place,
    normal_period,
    salary_place,
)
from hrms.commands.staff.words import label
from hrms.kernel import access, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow
from models.vocabulary import APPOINTMENT_KINDS, LEADER_RANKS

ROWS: dict[str, type[Any]] = {
    "appointment": Appointment,
    "salary_row": SalaryRow,
    "insurance_period": InsurancePeriod,
    **{model.__tablename__: model for model in RECORDS},
}


def row_of(kind: str, row_id: int) -> Any:
    """The row in the actor's scope for writing. ``kind`` is its table (``salary_row`` …)."""
    access.require("staff", "write")
    return access.get(ROWS[kind], row_id, "write")


@dataclass
class CorrectRow(Command[Any]):
    """New values for a row of a person; it must still fit among its neighbours."""

    kind: str
    row_id: int
    changes: dict[str, Any]
    reason: str
    seen_version: int | None = None
    gap_reason: str = ""

    def validate(self) -> Iterable[Fault]:
        if self.kind not in ROWS:
            yield Fault("kind", _("Không có loại dòng “%(kind)s”.", kind=self.kind), code="unknown_field")
            return
        model = ROWS[self.kind]
        row = self._row = row_of(self.kind, self.row_id)
        check_version(row, self.seen_version, self.changes, label)
        yield from required({"reason": self.reason}, lambda _name: _("Lý do đính chính"))
        known = columns(model)
        for name in self.changes:
            if name not in known:
                yield Fault(name, _("Không có mục “%(name)s” trong dòng này.", name=name), code="unknown_field")
        self._values = columns_of(row, model) | {k: v for k, v in self.changes.items() if k in known}
        yield from self._faults(model)

    def _faults(self, model: type[Any]) -> Iterable[Fault]:
        values, row = self._values, self._row
        person = db.session.get(Person, row.person_id)
        assert person is not None
        if model is Appointment:
            yield from required({"title": values["title"], "valid_from": values["valid_from"]}, label)
            yield from one_of("kind", values["kind"], APPOINTMENT_KINDS, label)
            yield from one_of("leader_rank", values["leader_rank"], LEADER_RANKS, label)
            yield from unit_faults(values["unit_id"], values["valid_from"], values["valid_to"])
            if values["valid_from"] is not None:
                yield from appointment_place(person.id, values, False, self.gap_reason, row.id).faults
        elif model is SalaryRow:
            yield from required({"valid_from": values["valid_from"]}, label)
            yield from salary_faults(values)
            if values["valid_from"] is not None:
                yield from salary_place(person.id, values, False, self.gap_reason, row.id).faults
        elif model is InsurancePeriod:
            values["starts_on"], values["ends_on"] = normal_period(
                values["kind"], values["starts_on"], values["ends_on"]
            )
            yield from insurance_faults(values, person)
            if values["kind"] == "opening" or values["starts_on"] is not None:
                yield from insurance_place(person.id, values, False, row.id).faults
        else:
            yield from record_faults(model, values, person, row.id)

    def run(self) -> Any:
        for name, value in self._values.items():
            if getattr(self._row, name) != value:
                setattr(self._row, name, value)
        history.note(self._row, _("Đính chính: %(reason)s", reason=self.reason.strip()))
        if self.kind == "appointment":
            project_people([self._row.person_id])
        return self._row


@dataclass
class RemoveRow(Command[None]):
    """A row that never should have been there. ``extend_previous``: the row before it runs on to where it ended."""

    kind: str
    row_id: int
    reason: str
    extend_previous: bool = False
    gap_reason: str = ""

    def validate(self) -> Iterable[Fault]:
        if self.kind not in ROWS:
            yield Fault("kind", _("Không có loại dòng “%(kind)s”.", kind=self.kind), code="unknown_field")
            return
        self._row = row_of(self.kind, self.row_id)
        yield from required({"reason": self.reason}, lambda _name: _("Lý do xóa"))
        self._previous = None
        if self.kind not in ("appointment", "salary_row"):
            return
        others = [row for row in self._same_kind() if row.id != self.row_id]
        before = [row for row in others if row.valid_from < self._row.valid_from]
        after = [row for row in others if row.valid_from > self._row.valid_from]
        if self.extend_previous and before:
            self._previous = max(before, key=lambda row: row.valid_from)
        elif before and after and not self.gap_reason.strip() and self._needs_no_gap():
            yield Fault(
                "reason",
                _("Xóa dòng ở giữa để lại khoảng trống. Hãy chọn kéo dài dòng trước, hoặc ghi lý do gián đoạn."),
                code="gap",
            )
        elif not others and self.kind == "appointment" and self._row.kind == "main":
            yield Fault("reason", _("Đây là vị trí chính duy nhất của hồ sơ, không xóa được. Hãy đính chính."))

    def _needs_no_gap(self) -> bool:
        return self.kind == "salary_row" or self._row.kind == "main"

    def _same_kind(self) -> list[Any]:
        model = ROWS[self.kind]
        query = db.session.query(model).filter(model.person_id == self._row.person_id)
        if self.kind == "appointment":
            query = query.filter(Appointment.kind == self._row.kind)
        return list(query)

    def run(self) -> None:
        person = db.session.get(Person, self._row.person_id)
        assert person is not None
        if self._previous is not None:
            self._previous.valid_to = self._row.valid_to
        history.note(person, _("Xóa dòng %(kind)s: %(reason)s", kind=self.kind, reason=self.reason.strip()))
        db.session.delete(self._row)
        db.session.flush()
        if self.kind == "appointment":
            project_people([person.id])


__all__ = ["ROWS", "CorrectRow", "RemoveRow", "row_of"]
