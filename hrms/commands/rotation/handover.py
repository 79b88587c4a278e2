"""The hand-over checklist of a case: files, running work, assets, accounts; saved as one sheet."""

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
from hrms.kernel.errors import Fault, NotFound
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


@dataclass(frozen=True)
class HandoverLine:
    """A line of the checklist as it shall be. ``item_id`` ``None``: a new one; ``version``: that of the screen.

    ``remove``: it does not apply and is taken out; only what is not handed over yet.
    """

    item_id: int | None
    label: str = ""
    done_on: date | None = None
    receiver: str = ""
    note: str = ""
    remove: bool = False
    version: int | None = None


@dataclass
class SaveHandover(Command[MovementCase]):
    """Write lines of the checklist in one go: ticks, days, receivers, notes, new lines; lines not given stay.

    Faults are told under ``lines.<place in the list>.<field>``. A tick is taken back with ``done_on=None``.
    """

    case_id: int
    lines: list[HandoverLine]

    def validate(self) -> Iterable[Fault]:
        self._case = case_to_step(self.case_id)
        closed = _open_for(self._case)
        yield from closed
        if closed:
            return
        known = {item.id: item for item in self._case.handover}
        self._items: list[HandoverItem | None] = []
        for place, line in enumerate(self.lines):
            item = known.get(line.item_id) if line.item_id is not None else None
            if line.item_id is not None and item is None:
                raise NotFound()
            self._items.append(item)
            if item is not None:
                proposed = {"done_on": line.done_on, "receiver": line.receiver, "note": line.note}
                check_version(item, line.version, proposed, label)
            for fault in self._faults(line, item):
                yield Fault(f"lines.{place}.{fault.field}", fault.message, fault.article, fault.code)

    def _faults(self, line: HandoverLine, item: HandoverItem | None) -> Iterable[Fault]:
        name = item.label if item is not None else normalize(line.label)
        if not name:
            yield Fault("label", _("Cần nội dung bàn giao."), code="missing")
        if line.remove and item is not None and item.done_on is not None:
            yield Fault("remove", _("“%(item)s” đã bàn giao nên không bỏ được.", item=name), code="done")
        if line.done_on is not None and line.done_on > clock.today():
            words = _("“%(item)s”: ngày bàn giao %(day)s còn ở tương lai.", item=name, day=format_date(line.done_on))
            yield Fault("done_on", words, code="future")
        for field, value in (("label", line.label), ("receiver", line.receiver), ("note", line.note)):
            if len(normalize(value)) > LONGEST[field]:
                yield Fault(field, _("%(label)s dài quá %(limit)s ký tự.", label=label(field), limit=LONGEST[field]))

    def run(self) -> MovementCase:
        for line, item in zip(self.lines, self._items, strict=True):
            if line.remove:
                if item is not None:
                    db.session.delete(item)
                continue
            if item is None:
                item = HandoverItem(case_id=self._case.id, label=normalize(line.label))
                db.session.add(item)
            item.done_on = line.done_on
            item.receiver, item.note = normalize(line.receiver), normalize(line.note)
        db.session.flush()
        db.session.expire(self._case, ["handover"])
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
