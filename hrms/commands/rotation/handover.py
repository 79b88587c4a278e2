"""The hand-over checklist of a case: files, running work, assets, accounts; ticked line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.rotation.rights import case_for, case_to_step
from hrms.commands.rotation.words import DECIDED, EFFECTIVE, HANDOVER_ITEMS, LONGEST, PREPARING, RUNNING, label
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from models.rotation import HandoverItem, MovementCase

WHILE = (*PREPARING, DECIDED, EFFECTIVE, RUNNING)


def prepare(case: MovementCase) -> None:
    """The usual lines, where the case has none yet; inside a command."""
    if not case.handover:
        for words in HANDOVER_ITEMS:
            case.handover.append(HandoverItem(label=words))
        db.session.flush()


def _open_for(case: MovementCase) -> list[Fault]:
    access.require("movement", "hand_over", case)
    if case.state not in WHILE or case.handed_over_on is not None:
        return [Fault("", _("Việc bàn giao của hồ sơ này đã xong."), code="locked_state")]
    return []


def _long(**values: str) -> Iterable[Fault]:
    for name, value in values.items():
        if len(normalize(value)) > LONGEST[name]:
            yield Fault(name, _("%(label)s dài quá %(limit)s ký tự.", label=label(name), limit=LONGEST[name]))


@dataclass
class AddHandoverItem(Command[HandoverItem]):
    """One more line. An empty checklist gets the usual lines first."""

    case_id: int
    label: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_to_step(self.case_id)
        yield from _open_for(self._case)
        if not normalize(self.label):
            yield Fault("label", _("Cần nội dung bàn giao."), code="missing")
        yield from _long(label=self.label)

    def run(self) -> HandoverItem:
        prepare(self._case)
        item = HandoverItem(case_id=self._case.id, label=normalize(self.label))
        db.session.add(item)
        db.session.flush()
        db.session.expire(self._case, ["handover"])
        return item

    def replay(self, receipt: Any) -> HandoverItem:
        return access.get(HandoverItem, receipt)


@dataclass
class RecordHandover(Command[HandoverItem]):
    """Tick a line, or (``done_on=None``) take the tick back. ``version`` is that of the line on the screen."""

    item_id: int
    done_on: date | None
    receiver: str = ""
    note: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        item = self._item = access.get(HandoverItem, self.item_id)
        case = case_to_step(item.case_id)
        yield from _open_for(case)
        proposed = {"done_on": self.done_on, "receiver": self.receiver, "note": self.note}
        check_version(item, self.version, proposed, label)
        if self.done_on is not None and self.done_on > clock.today():
            day = format_date(self.done_on)
            yield Fault("done_on", _("Ngày bàn giao %(day)s còn ở tương lai.", day=day), code="future")
        yield from _long(receiver=self.receiver, note=self.note)

    def run(self) -> HandoverItem:
        self._item.done_on = self.done_on
        self._item.receiver, self._item.note = normalize(self.receiver), normalize(self.note)
        return self._item

    def replay(self, receipt: Any) -> HandoverItem:
        return access.get(HandoverItem, receipt)


@dataclass
class RemoveHandoverItem(Command[MovementCase]):
    """Take out a line that does not apply and is not ticked."""

    item_id: int

    def validate(self) -> Iterable[Fault]:
        self._item = access.get(HandoverItem, self.item_id)
        self._case = case_to_step(self._item.case_id)
        yield from _open_for(self._case)
        if self._item.done_on is not None:
            yield Fault("", _("Nội dung này đã bàn giao nên không bỏ được."), code="done")

    def run(self) -> MovementCase:
        db.session.delete(self._item)
        db.session.flush()
        db.session.expire(self._case, ["handover"])
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
