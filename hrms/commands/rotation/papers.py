"""Papers of a movement case: that one was printed stands in the case's history; the texts are in ``reports``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hrms.commands.rotation.rights import case_for
from hrms.commands.rotation.words import N_
from hrms.kernel import access, history
from hrms.kernel.commands import Command
from hrms.kernel.errors import Fault
from models.rotation import MovementCase

PAPER_KINDS = {
    "submission": N_("Tờ trình"),
    "decision": N_("Quyết định"),
    "notice": N_("Thông báo"),
    "meeting": N_("Biên bản gặp gỡ"),
    "handover": N_("Biên bản bàn giao"),
    "agreement": N_("Công văn trao đổi ý kiến nơi đi, nơi đến"),
    "extension": N_("Quyết định gia hạn"),
    "ending": N_("Quyết định kết thúc, trở về"),
    "revocation": N_("Quyết định thu hồi"),
}


@dataclass
class RecordPrint(Command[MovementCase]):
    """Note in the history that a paper of the case was printed."""

    case_id: int
    kind: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        access.require("movement", "print", self._case)
        if self.kind not in PAPER_KINDS:
            yield Fault("kind", _("Không in được “%(kind)s” ở đây.", kind=self.kind))

    def run(self) -> MovementCase:
        history.note(self._case, _("In “%(kind)s”", kind=_(PAPER_KINDS[self.kind])))
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
