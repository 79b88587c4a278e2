"""Comments and files on any record of the actor's scope: what every record page offers at its foot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from flask_babel import gettext as _

from hrms.kernel import access, attachments, history
from hrms.kernel.attachments import Attachment
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from hrms.kernel.history import Comment
from hrms.kernel.text import normalize, normalize_multiline

LONGEST = 2000


@dataclass
class WriteComment(Command[Comment]):
    """A remark on a record, by whoever may read it (``action`` asks for more)."""

    model: type[Any]
    record_id: int
    body: str
    action: str = "read"

    def validate(self) -> Iterator[Fault]:
        self._record = access.get(self.model, self.record_id, self.action)
        self.body = normalize_multiline(self.body)
        if not self.body:
            yield Fault("body", _("Ghi chú còn trống. Hãy viết nội dung."))
        elif len(self.body) > LONGEST:
            yield Fault("body", _("Ghi chú dài %(n)s ký tự, tối đa %(most)s.", n=len(self.body), most=LONGEST))

    def run(self) -> Comment:
        return history.comment(self._record, self.body)

    def replay(self, receipt: Any) -> Comment:
        found = db.session.get(Comment, receipt)
        if found is None:
            raise NotFound()
        return found


@dataclass
class AttachFile(Command[Attachment]):
    """A file on a record. Type and size are judged by the content (:mod:`hrms.kernel.attachments`)."""

    model: type[Any]
    record_id: int
    name: str
    stream: IO[bytes] | None = field(repr=False, default=None)
    kind: str = ""
    action: str = "write"

    def validate(self) -> Iterator[Fault]:
        self._record = access.get(self.model, self.record_id, self.action)
        if self.stream is None or not self.name:
            yield Fault("file", _("Chưa chọn tệp. Hãy chọn tệp rồi gửi lại."))

    def run(self) -> Attachment:
        assert self.stream is not None
        return attachments.attach(self._record, self.stream, self.name, normalize(self.kind)[:60])


@dataclass
class RemoveFile(Command[None]):
    """Take a file off a record, with the reason; the history keeps it."""

    model: type[Any]
    record_id: int
    attachment_id: int
    reason: str
    action: str = "write"

    def run(self) -> None:
        record = access.get(self.model, self.record_id, self.action)
        row = db.session.get(Attachment, self.attachment_id)
        own = row is not None and (row.record_type, row.record_id) == (history.record_type(record), record.id)
        if row is None or not own or row.removed_at is not None:
            raise NotFound()
        attachments.remove(record, row, self.reason)
