"""Restructuring acts: the documents whose effective day starts the twelve months (TT 01/2025/TT-BNV Điều 3 khoản 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.words import OPEN, label
from hrms.kernel import access
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date
from models.organization import OrgUnit
from models.restructuring import DownsizingCase, RestructuringAct, folded_act
from models.vocabulary import ACT_KINDS

LONGEST = {"number": 80, "issuer": 200, "title": 400}
START_OF_THE_TWELVE_MONTHS = "Điều 3 khoản 1 TT 01/2025/TT-BNV"


@dataclass(frozen=True)
class ActContent:
    """What an act says; both dates are days."""

    number: str
    issued_on: date | None
    effective_on: date | None
    title: str
    issuer: str = ""
    kind: str = "agency"

    def values(self) -> dict[str, Any]:
        return {
            "number": self.number.strip(),
            "issued_on": self.issued_on,
            "effective_on": self.effective_on,
            "title": self.title.strip(),
            "issuer": self.issuer.strip(),
            "kind": self.kind,
        }

    def check(self) -> Iterable[Fault]:
        if not self.number.strip():
            yield Fault("number", _("Cần số, ký hiệu văn bản."))
        if not self.title.strip():
            yield Fault("title", _("Cần trích yếu văn bản."))
        if self.issued_on is None:
            yield Fault("issued_on", _("Cần ngày ban hành (dd/mm/yyyy)."))
        if self.effective_on is None:
            yield Fault(
                "effective_on",
                _("Cần ngày có hiệu lực (dd/mm/yyyy): đây là mốc tính 12 tháng."),
                START_OF_THE_TWELVE_MONTHS,
            )
        if self.issued_on and self.effective_on and self.effective_on < self.issued_on:
            yield Fault(
                "effective_on",
                _(
                    "Ngày có hiệu lực %(effective)s trước ngày ban hành %(issued)s. Hãy kiểm tra hai ngày.",
                    effective=format_date(self.effective_on),
                    issued=format_date(self.issued_on),
                ),
            )
        if self.kind not in ACT_KINDS:
            yield Fault("kind", _("Không có loại văn bản sắp xếp “%(value)s”.", value=self.kind))
        for name, limit in LONGEST.items():
            if len(getattr(self, name).strip()) > limit:
                yield Fault(name, _("%(label)s dài quá %(limit)s ký tự.", label=label(name), limit=limit))


def _check_double(content: ActContent, unit_id: int, except_id: int | None = None) -> Iterable[Fault]:
    query = select(RestructuringAct).where(
        RestructuringAct.unit_id == unit_id,
        RestructuringAct.number == content.number.strip(),
        RestructuringAct.issued_on == content.issued_on,
    )
    other = db.session.scalar(query)
    if other is not None and other.id != except_id:
        yield Fault("number", _("Văn bản %(act)s đã có trong danh sách.", act=str(other)), code="double")


@dataclass
class CreateAct(Command[RestructuringAct]):
    """Record the act that restructures a unit."""

    unit_id: int
    content: ActContent

    def validate(self) -> Iterable[Fault]:
        self._unit = access.get(OrgUnit, self.unit_id)
        if not access.in_scope(self._unit.id, "act", "write"):
            raise NotAllowed()
        yield from self.content.check()
        yield from _check_double(self.content, self._unit.id)

    def run(self) -> RestructuringAct:
        act = RestructuringAct(unit=self._unit, **self.content.values())
        db.session.add(act)
        return act

    def replay(self, receipt: Any) -> RestructuringAct:
        return access.get(RestructuringAct, receipt)


@dataclass
class ChangeAct(Command[RestructuringAct]):
    """Correct an act. Open cases that rest on it are computed again; decided ones keep their frozen answer."""

    act_id: int
    version: int | None
    content: ActContent

    def validate(self) -> Iterable[Fault]:
        self._act = access.get(RestructuringAct, self.act_id)
        access.require("act", "write", self._act)
        check_version(self._act, self.version, self.content.values(), label)
        yield from self.content.check()
        yield from _check_double(self.content, self._act.unit_id, self._act.id)

    def run(self) -> RestructuringAct:
        moved = self._act.effective_on != self.content.effective_on
        for name, value in self.content.values().items():
            if getattr(self._act, name) != value:
                setattr(self._act, name, value)
        self._act.folded = folded_act(self._act.number, self._act.title)
        db.session.flush()
        if moved:
            query = select(DownsizingCase).where(DownsizingCase.act_id == self._act.id, DownsizingCase.state.in_(OPEN))
            calculation.refresh_many(db.session.scalars(query.order_by(DownsizingCase.id)))
        return self._act

    def replay(self, receipt: Any) -> RestructuringAct:
        return access.get(RestructuringAct, receipt)


@dataclass
class RemoveAct(Command[None]):
    """Remove an act no case rests on."""

    act_id: int

    def validate(self) -> Iterable[Fault]:
        self._act = access.get(RestructuringAct, self.act_id)
        access.require("act", "write", self._act)
        count = db.session.scalar(
            select(func.count()).select_from(DownsizingCase).where(DownsizingCase.act_id == self._act.id)
        )
        if count:
            yield Fault(
                "act_id",
                _("%(count)s hồ sơ đang dựa vào văn bản này nên không xóa được.", count=count),
                code="in_use",
            )

    def run(self) -> None:
        db.session.delete(self._act)

    def replay(self, receipt: Any) -> None:
        return None
