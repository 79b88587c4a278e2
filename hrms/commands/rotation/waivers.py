"""Conditions set aside for one case, by whoever may decide it, with reason and document; kept with the case.

Which conditions can be set aside is law (``policies.rotation.waivable``): the receiver's number of staff, the standard
of the post. Bars of persons and families never are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.rotation import checks, guards
from hrms.commands.rotation.rights import case_to_step
from hrms.commands.rotation.words import LONGEST, PREPARING, label
from hrms.kernel import access, actor, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from hrms.kernel.text import format_date, normalize, normalize_multiline
from hrms.kernel.workflow import performed
from models.rotation import MovementCase, MovementWaiver
from policies.rotation import waivable


def standing(case: MovementCase) -> list[dict[str, Any]]:
    """Refusals found when the rules were last asked that can be set aside."""
    return [row for row in (case.checks or {}).get("refusals") or () if row["code"] in waivable()]


def concerned(case: MovementCase) -> bool:
    """Whether a condition that can be set aside stands in the way, or would without a document."""
    kept = case.checks or {}
    return any(row["code"] in waivable() for name in ("refusals", "warnings") for row in kept.get(name) or ())


def may_grant(case: MovementCase) -> bool:
    """Whether the actor may set a condition aside now: who decides, and did not propose the move."""
    return case.state in PREPARING and access.may("movement", "decide", case) and not _own_proposal(case)


def _own_proposal(case: MovementCase) -> bool:
    me = actor.current().user_id
    return me is not None and any(row.transition == "propose" and row.actor_user_id == me for row in performed(case))


def _open(case: MovementCase) -> Iterable[Fault]:
    access.require("movement", "decide", case)
    if case.state not in PREPARING:
        yield Fault("", _("Hồ sơ đã quyết định hoặc đã kết thúc."), code="locked_state")
    if _own_proposal(case):
        yield Fault("", _("Người đề xuất không đồng thời là người cho phép."), code="same_person")
    for one in guards.decides_for_both(case):
        yield Fault("", one.message, one.article, one.code)


@dataclass
class GrantWaiver(Command[MovementWaiver]):
    """Set a condition aside for this case. It holds for this condition only, and until it is withdrawn."""

    case_id: int
    code: str
    reason: str
    document: str
    document_date: date | None

    def validate(self) -> Iterable[Fault]:
        case = self._case = case_to_step(self.case_id)
        yield from _open(case)
        refused = {one.code for one in checks.examine(case).refusals}
        if self.code not in waivable():
            yield Fault("code", _("Điều kiện này không được bỏ qua."), code="not_waivable")
        elif self.code not in refused:
            yield Fault("code", _("Điều kiện này không còn vướng."), code="not_standing")
        if not self.reason.strip():
            yield Fault("reason", _("Cần lý do cho phép."), code="missing")
        if not normalize(self.document):
            yield Fault("document", _("Cần số, ký hiệu văn bản cho phép."), code="missing")
        elif len(normalize(self.document)) > LONGEST["document"]:
            limit = LONGEST["document"]
            yield Fault("document", _("%(label)s dài quá %(limit)s ký tự.", label=label("document"), limit=limit))
        if self.document_date is None:
            yield Fault("document_date", _("Cần ngày của văn bản (dd/mm/yyyy)."), code="missing")
        elif self.document_date > clock.today():
            words = _("Ngày văn bản %(day)s còn ở tương lai.", day=format_date(self.document_date))
            yield Fault("document_date", words, code="future")

    def run(self) -> MovementWaiver:
        assert self.document_date is not None
        waiver = MovementWaiver(
            case_id=self._case.id, code=self.code, reason=normalize_multiline(self.reason),
            document=normalize(self.document), document_date=self.document_date, granted_by=actor.current().name,
        )  # fmt: skip
        db.session.add(waiver)
        _look(self._case)
        return waiver

    def replay(self, receipt: Any) -> MovementWaiver:
        return access.get(MovementWaiver, receipt)


@dataclass
class WithdrawWaiver(Command[MovementWaiver]):
    """The condition holds again; that it was once set aside stays on record."""

    case_id: int
    waiver_id: int

    def validate(self) -> Iterable[Fault]:
        case = self._case = case_to_step(self.case_id)
        found = next((one for one in case.waivers if one.id == self.waiver_id), None)
        if found is None:
            raise NotFound()
        self._waiver = found
        yield from _open(case)
        if found.withdrawn_on is not None:
            yield Fault("", _("Đã thôi cho phép trước đó."), code="withdrawn")

    def run(self) -> MovementWaiver:
        self._waiver.withdrawn_on = clock.today()
        _look(self._case)
        return self._waiver

    def replay(self, receipt: Any) -> MovementWaiver:
        return access.get(MovementWaiver, receipt)


def _look(case: MovementCase) -> None:
    db.session.flush()
    db.session.expire(case, ["waivers"])
    case.checks = guards.look(case)
