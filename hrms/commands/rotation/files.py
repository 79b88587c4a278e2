"""Files and free remarks on a movement case, for those who work on it; kept with the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from typing import IO, Any

from flask_babel import gettext as _

from hrms.commands import dossiers
from hrms.commands.rotation.rights import case_for
from hrms.kernel import access, attachments, history
from hrms.kernel.attachments import Attachment
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.history import Comment, record_type
from models.rotation import MovementCase

WORKERS = ("prepare", "agree", "decide", "remark")  # whoever holds one of these on the case works on it


def may_work(case: MovementCase) -> bool:
    """Whether the actor works on the case: the sender's side, the receiver's, or whoever decides."""
    return any(access.may("movement", action, case) for action in WORKERS)


def attachment_of(case: MovementCase, attachment_id: int) -> Attachment:
    """A file of this very case. Raises :class:`NotFound`."""
    row = db.session.get(Attachment, attachment_id)
    if row is None or (row.record_type, row.record_id) != (record_type(case), case.id):
        raise NotFound()
    return row


@dataclass
class AttachFile(Command[Attachment]):
    """Hang a file on the case; with ``item_code`` it answers that paper of the dossier.

    ``stream`` is read once and never kept.
    """

    case_id: int
    name: str
    item_code: str = ""
    stream: InitVar[IO[bytes] | None] = None

    def __post_init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not may_work(self._case):
            raise NotAllowed()
        if self._stream is None or not self.name.strip():
            yield Fault("file", _("Chưa chọn tệp."))
        self._item = dossiers.answered_by(self._case.dossier, self.item_code)
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
        if not may_work(self._case):
            raise NotAllowed()
        self._row = attachment_of(self._case, self.attachment_id)
        if self._row.removed_at is not None:
            yield Fault("attachment_id", _("Tệp “%(name)s” đã được gỡ trước đó.", name=self._row.name))
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do khi gỡ tệp."))

    def run(self) -> Attachment:
        attachments.remove(self._case, self._row, self.reason)
        db.session.flush()
        dossiers.file_taken_off(self._case.dossier, self._row, attachments.of(self._case))
        return self._row

    def replay(self, receipt: Any) -> Attachment:
        return attachment_of(case_for(self.case_id), receipt)


@dataclass
class WriteNote(Command[Comment]):
    """A free remark on the case, kept as written."""

    case_id: int
    body: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not may_work(self._case):
            raise NotAllowed()
        if not self.body.strip():
            yield Fault("body", _("Cần nội dung ghi chú."))

    def run(self) -> Comment:
        return history.comment(self._case, self.body)

    def replay(self, receipt: Any) -> Comment:
        return db.session.get_one(Comment, receipt)
