"""The dossier of a case: the checklist from ``checklist.yaml``, papers noted or attached, files taken off again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import InitVar, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import yaml
from flask_babel import gettext as _

from hrms.commands import dossiers
from hrms.commands.restructuring.rights import case_for, may_attach, work_fault
from hrms.commands.restructuring.words import LABELS
from hrms.kernel import attachments
from hrms.kernel.attachments import Attachment
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from models.restructuring import ChecklistItem, DownsizingCase

_FILE = Path(__file__).with_name("checklist.yaml")
MARKS = frozenset("PSUC")

CONDITIONS: dict[str, Callable[[DownsizingCase], bool]] = {
    "always": lambda case: True,
    "voluntary": lambda case: case.voluntary,
    "contract": lambda case: case.person.category == "contract_worker",
    "leader": lambda case: case.ground == "2.1.g" or case.person.is_leader,
    "affected": lambda case: case.directly_affected,
    "annex_two": lambda case: case.retirement_annex == "II",
    "protected": lambda case: case.pregnant_or_small_child,
    "group_177": lambda case: case.group_177 is not None,
    "roadmap": lambda case: case.roadmap_decided_on is not None,
    "top_up": lambda case: case.local_top_up is not None,
}


@dataclass(frozen=True)
class Paper:
    """One entry of the configured list."""

    code: str
    label: str
    when: str
    required: bool
    article: str
    mark: str


@lru_cache(maxsize=1)
def papers() -> tuple[Paper, ...]:
    """The configured papers in order. Raises ``ValueError`` naming the entry when the file is not well formed."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["items"]
    found = tuple(Paper(**entry) for entry in entries)
    for paper in found:
        if paper.when not in CONDITIONS or paper.mark not in MARKS or not paper.label:
            raise ValueError(f"checklist.yaml, {paper.code}: unknown condition {paper.when!r} or mark {paper.mark!r}")
    if len({paper.code for paper in found}) != len(found):
        raise ValueError("checklist.yaml: two entries have the same code")
    return found


def paper(code: str) -> Paper | None:
    """The configured entry behind a checklist item, for its article and mark."""
    return next((entry for entry in papers() if entry.code == code), None)


def converge(case: DownsizingCase) -> None:
    """Make the checklist fit what the case says now. What was already handed in stays, only no longer required."""
    present = {item.code: item for item in case.checklist}
    for position, entry in enumerate(papers(), start=1):
        wanted = CONDITIONS[entry.when](case)
        item = present.get(entry.code)
        if item is None and wanted:
            case.checklist.append(
                ChecklistItem(code=entry.code, label=entry.label, position=position, required=entry.required)
            )
        elif item is not None and item.required != (wanted and entry.required):
            item.required = wanted and entry.required


@dataclass
class MarkPaper(Command[ChecklistItem]):
    """Note a paper of the dossier as handed in (or not), with its number and date."""

    case_id: int
    item_id: int
    present: bool
    document: str = ""
    document_date: date | None = None
    note: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        self._item = _item(self._case, self.item_id)
        yield from work_fault(self._case)
        yield from dossiers.note_faults(
            self._item, present=self.present, document=self.document, document_date=self.document_date,
            note=self.note, version=self.version, label=lambda name: LABELS.get(name, name),
        )  # fmt: skip

    def run(self) -> ChecklistItem:
        dossiers.note(
            self._item, present=self.present, document=self.document, document_date=self.document_date, note=self.note
        )
        return self._item

    def replay(self, receipt: Any) -> ChecklistItem:
        return _item(case_for(self.case_id), receipt)


@dataclass
class AddPaper(Command[ChecklistItem]):
    """Ask for a paper that is not on the configured list, for this case only."""

    case_id: int
    label: str
    required: bool = True

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        yield from work_fault(self._case)
        if not self.label.strip():
            yield Fault("label", _("Cần tên giấy tờ."))
        elif len(self.label.strip()) > 250:
            yield Fault("label", _("Tên giấy tờ dài quá 250 ký tự."))

    def run(self) -> ChecklistItem:
        case = self._case
        position = max([item.position for item in case.checklist], default=0) + 1
        item = ChecklistItem(
            code=f"extra_{position}", label=self.label.strip(), position=position, required=self.required
        )
        case.checklist.append(item)
        return item

    def replay(self, receipt: Any) -> ChecklistItem:
        return _item(case_for(self.case_id), receipt)


@dataclass
class AttachFile(Command[Attachment]):
    """Hang a file on the case; with ``item_code`` it answers that paper of the checklist.

    ``stream`` is read once and never kept: a retry with the same key is recognised by name and place.
    """

    case_id: int
    name: str
    item_code: str = ""
    stream: InitVar[IO[bytes] | None] = None

    def __post_init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not may_attach(self._case):
            raise NotAllowed()
        if self._stream is None or not self.name.strip():
            yield Fault("file", _("Chưa chọn tệp."))
        self._item = dossiers.answered_by(self._case.checklist, self.item_code)
        if self.item_code and self._item is None:
            yield Fault("item_code", _("Hồ sơ không có mục giấy tờ “%(code)s”.", code=self.item_code))

    def run(self) -> Attachment:
        assert self._stream is not None
        row = attachments.attach(self._case, self._stream, self.name, kind=self.item_code)
        dossiers.answer(self._item)
        return row

    def replay(self, receipt: Any) -> Attachment:
        return attachment_of(case_for(self.case_id), receipt)


@dataclass
class RemoveFile(Command[Attachment]):
    """Take a file off the case, with the reason; bytes and row stay for the history."""

    case_id: int
    attachment_id: int
    reason: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not may_attach(self._case):
            raise NotAllowed()
        self._row = attachment_of(self._case, self.attachment_id)
        if self._row.removed_at is not None:
            yield Fault("attachment_id", _("Tệp “%(name)s” đã được gỡ trước đó.", name=self._row.name))
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do khi gỡ tệp."))

    def run(self) -> Attachment:
        attachments.remove(self._case, self._row, self.reason)
        db.session.flush()
        dossiers.file_taken_off(self._case.checklist, self._row, attachments.of(self._case))
        return self._row

    def replay(self, receipt: Any) -> Attachment:
        return attachment_of(case_for(self.case_id), receipt)


def attachment_of(case: DownsizingCase, attachment_id: int) -> Attachment:
    """A file of this case (taken off or not). A file of another record does not exist from here."""
    row = db.session.get(Attachment, attachment_id)
    if row is None or row.record_type != DownsizingCase.__tablename__ or row.record_id != case.id:
        raise NotFound()
    return row


def _item(case: DownsizingCase, item_id: int) -> ChecklistItem:
    return dossiers.item_of(case.checklist, item_id)
