"""The second pair of eyes: approving and rejecting what somebody else proposed, and ending what was approved.

Approval recomputes the open cases in the background; a decided case keeps its frozen answer whatever happens here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import APPROVED, ENDED, PROPOSED, REJECTED, forget_store
from hrms.commands.law.proposals import bundle_of, check_overlap, check_store, override_of
from hrms.commands.restructuring import background
from hrms.kernel import access, actor, clock, history, jobs
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from models.law import ParameterOverride

ASKED = "asked"


def _held(override_id: int) -> ParameterOverride:
    """The row, with every row of its parameter held: two approvals of one parameter queue for each other."""
    row = override_of(override_id)
    names = {other.name for other in bundle_of(row)}
    query = select(ParameterOverride.id).where(ParameterOverride.name.in_(names)).order_by(ParameterOverride.id)
    db.session.execute(query.with_for_update())
    db.session.refresh(row)
    return row


def same_person(user_id: int | None, name: str) -> bool:
    """Whether the actor is the one named; two nameless system actors are the same hand."""
    who = actor.current()
    return who.user_id == user_id if user_id is not None else who.user_id is None and who.name == name


def _second_person(user_id: int | None, name: str) -> list[Fault]:
    if not same_person(user_id, name):
        return []
    text = _("Người đề nghị không được tự duyệt. Hãy để một người khác có quyền duyệt tham số xem xét.")
    return [Fault("", text, code="same_person")]


@dataclass
class DecideOverride(Command[list[ParameterOverride]]):
    """Approve or reject a proposal; proposals of one file are decided together. Never by who proposed them.

    ``version`` is the one the decider saw. Needs ``parameter:approve``.
    """

    override_id: int
    approve: bool
    note: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "approve")
        row = _held(self.override_id)
        self._rows = [other for other in bundle_of(row) if other.state == PROPOSED]
        if row.state != PROPOSED:
            return [Fault("", _("Đề nghị này đã được xử lý. Hãy mở lại trang."), code="not_proposed")]
        check_version(row, self.version, {})
        faults = _second_person(row.proposed_user_id, row.proposed_by)
        if not self.approve:
            if not self.note.strip():
                faults.append(Fault("note", _("Không duyệt thì phải nêu lý do.")))
            return faults
        for other in self._rows:
            faults += check_overlap(other.kind, other.name, other.valid_from, other.valid_to)
        faults += _among_themselves(self._rows)
        return faults or check_store(self._rows)

    def run(self) -> list[ParameterOverride]:
        who = actor.current()
        for row in self._rows:
            row.state = APPROVED if self.approve else REJECTED
            row.decided_by, row.decided_user_id, row.decided_at = who.name, who.user_id, clock.now()
            row.decision_note = note = self.note.strip()
            said = _("Duyệt, đưa vào áp dụng.") if self.approve else _("Không duyệt.")
            history.note(row, f"{said} {note}".strip())
        db.session.flush()
        if self.approve:
            _law_changed()
        return self._rows

    def receipt(self, outcome: list[ParameterOverride]) -> Any:
        return [row.id for row in outcome]

    def replay(self, receipt: Any) -> list[ParameterOverride]:
        return [override_of(number) for number in receipt]


def _among_themselves(rows: list[ParameterOverride]) -> list[Fault]:
    faults: list[Fault] = []
    ordered = sorted(rows, key=lambda row: (row.kind, row.name, row.valid_from))
    for earlier, later in pairwise(ordered):
        same = (earlier.kind, earlier.name) == (later.kind, later.name)
        if same and (earlier.valid_to is None or later.valid_from <= earlier.valid_to):
            text = _(
                "Hai giá trị của %(name)s trong cùng tệp trùng thời gian, từ %(day)s.",
                name=later.name,
                day=format_date(later.valid_from),
            )
            faults.append(Fault("valid_from", text, code="overlap"))
    return faults


def _law_changed() -> None:
    """The open cases follow the law at once, as the system's doing: who approves need not be able to edit cases."""
    forget_store()
    with actor.acting(actor.SYSTEM):
        jobs.enqueue(background.KIND, _("Tính lại hồ sơ đang xử lý sau khi tham số thay đổi"), {})


@dataclass
class EndOverride(Command[ParameterOverride]):
    """Ask that an approved value ends: after ``last_day``, or (``None``) as if it had never been.

    The document that ends it is named; another account agrees with :class:`DecideEnd`. Needs ``parameter:propose``.
    """

    override_id: int
    last_day: date | None
    reason: str
    document: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "propose")
        self._row = row = _held(self.override_id)
        if row.state != APPROVED:
            return [Fault("", _("Chỉ kết thúc được giá trị đang áp dụng."), code="not_approved")]
        check_version(row, self.version, {})
        faults: list[Fault] = []
        if row.end_state == ASKED:
            faults.append(Fault("", _("Đã có đề nghị kết thúc đang chờ duyệt."), code="asked_already"))
        day = self.last_day
        if day is not None and (day < row.valid_from or (row.valid_to is not None and day >= row.valid_to)):
            text = _(
                "Ngày áp dụng cuối %(day)s phải từ %(start)s và trước ngày kết thúc đang ghi. "
                "Để trống nếu hủy cả giá trị.",
                day=format_date(day),
                start=format_date(row.valid_from),
            )
            faults.append(Fault("last_day", text))
        if not self.reason.strip():
            faults.append(Fault("end_reason", _("Chưa ghi lý do kết thúc.")))
        return faults

    def run(self) -> ParameterOverride:
        row, who = self._row, actor.current()
        row.end_state, row.end_on = ASKED, self.last_day
        row.end_reason, row.end_document = self.reason.strip(), self.document.strip()
        row.end_asked_by, row.end_asked_user_id = who.name, who.user_id
        row.end_decided_by, row.end_decided_at = "", None
        until = format_date(self.last_day) if self.last_day else ""
        what = _("Đề nghị áp dụng đến hết %(day)s", day=until) if until else _("Đề nghị hủy giá trị")
        history.note(row, f"{what}: {row.end_reason}")
        return row

    def replay(self, receipt: Any) -> ParameterOverride:
        return override_of(receipt)


@dataclass
class DecideEnd(Command[ParameterOverride]):
    """Agree that a value ends, or keep it. Never by who asked. Needs ``parameter:approve``."""

    override_id: int
    approve: bool
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "approve")
        self._row = row = _held(self.override_id)
        if row.state != APPROVED or row.end_state != ASKED:
            return [Fault("", _("Không có đề nghị kết thúc nào đang chờ duyệt."), code="not_asked")]
        check_version(row, self.version, {})
        return _second_person(row.end_asked_user_id, row.end_asked_by)

    def run(self) -> ParameterOverride:
        row, who = self._row, actor.current()
        row.end_state = APPROVED if self.approve else REJECTED
        row.end_decided_by, row.end_decided_at = who.name, clock.now()
        if not self.approve:
            history.note(row, _("Không đồng ý kết thúc, giá trị tiếp tục áp dụng."))
            return row
        if row.end_on is None:
            row.state = ENDED
        else:
            row.valid_to = row.end_on
        db.session.flush()
        history.note(row, _("Đồng ý kết thúc: %(why)s", why=row.end_reason))
        _law_changed()
        return row

    def replay(self, receipt: Any) -> ParameterOverride:
        return override_of(receipt)


__all__ = ["DecideEnd", "DecideOverride", "EndOverride", "same_person"]
