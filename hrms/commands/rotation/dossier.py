"""The dossier of a luân chuyển: the ten papers of the law, noted or attached; complete before the decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands import dossiers
from hrms.commands.rotation import guards
from hrms.commands.rotation.rights import case_for, case_to_step
from hrms.commands.rotation.words import LUAN_CHUYEN, PREPARING, label
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.rotation import MovementCase, MovementPaper
from policies.rotation import dossier_items

HEALTH = "health_certificate"


def begin(case: MovementCase) -> None:
    """The papers the law asks for; inside a command. Moves of other kinds have no list of papers in the decree."""
    if case.kind != LUAN_CHUYEN:
        return
    for place, paper in enumerate(dossier_items(), start=1):
        case.dossier.append(MovementPaper(code=paper.code, label=paper.text, position=place))


def may_note(case: MovementCase) -> bool:
    """Whether the actor keeps the dossier now: who prepares the case, before the decision."""
    return case.kind == LUAN_CHUYEN and case.state in PREPARING and access.may("movement", "prepare", case)


@dataclass(frozen=True)
class PaperLine:
    """A paper as noted. ``version``: that of the screen."""

    item_id: int
    present: bool
    document: str = ""
    document_date: date | None = None
    note: str = ""
    version: int | None = None


@dataclass
class SaveDossier(Command[MovementCase]):
    """Note papers in one go; those not given stay. Faults are told under ``lines.<place in the list>.<field>``.

    The day of the health certificate is that of the case, too: the rules judge its age.
    """

    case_id: int
    lines: list[PaperLine]

    def validate(self) -> Iterable[Fault]:
        self._case = case_to_step(self.case_id)
        access.require("movement", "prepare", self._case)
        if self._case.state not in PREPARING:
            yield Fault("", _("Hồ sơ đã quyết định hoặc đã kết thúc nên không sửa được."), code="locked_state")
            return
        self._items = [dossiers.item_of(self._case.dossier, line.item_id) for line in self.lines]
        for place, (line, item) in enumerate(zip(self.lines, self._items, strict=True)):
            for fault in dossiers.note_faults(
                item, present=line.present, document=line.document, document_date=line.document_date, note=line.note,
                version=line.version, label=label,
            ):  # fmt: skip
                yield Fault(f"lines.{place}.{fault.field}", f"{item.label}: {fault.message}", fault.article, fault.code)

    def run(self) -> MovementCase:
        case = self._case
        for line, item in zip(self.lines, self._items, strict=True):
            dossiers.note(
                item, present=line.present, document=line.document, document_date=line.document_date, note=line.note
            )
            if item.code == HEALTH and line.present and line.document_date is not None:
                case.health_certificate_on = line.document_date
        db.session.flush()
        case.checks = guards.look(case)
        return case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
