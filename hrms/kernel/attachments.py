"""Files on records: stored once by content hash outside every served folder, checked for type and size on arrival.

A download goes record → scope → file (trap 10): there is no address of a file without the record it hangs on.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import filetype
from flask import current_app
from flask_appbuilder import Model
from flask_babel import gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import actor, clock, history
from hrms.kernel.db import BigInt, UtcDateTime, db
from hrms.kernel.errors import Fault, Refused

# What offices attach. The type is told from the content; the name only has to agree with it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "text/csv": (".csv",),
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class StoredFile(Model):
    """The bytes, once: two uploads of the same content share one file on disk."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False)
    media_type: Mapped[str] = mapped_column(String(120), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


class Attachment(Model):
    """A file on a record. Taking it off keeps the row (who, when, why) and the bytes."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_record", "record_type", "record_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(60), nullable=False)
    record_id: Mapped[int] = mapped_column(BigInt, nullable=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    kind: Mapped[str] = mapped_column(String(60), nullable=False, default="")  # e.g. the checklist item it answers
    by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    by_user_id: Mapped[int | None] = mapped_column(Integer, default=lambda: actor.current().user_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(String(120))
    removed_reason: Mapped[str | None] = mapped_column(Text)

    file: Mapped[StoredFile] = relationship(lazy="joined")


def _folder() -> Path:
    return Path(current_app.config["HRMS_FILES_DIR"])


def _limit() -> int:
    return int(current_app.config["HRMS_UPLOAD_BYTES"])


def safe_name(name: str) -> str:
    """A file name that is safe to show and to send back: NFC, no path, no control characters, at most 150 long."""
    cleaned = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    cleaned = re.sub(r"[\x00-\x1f\x7f\"<>|:*?]", "", cleaned).strip(" .") or "tep"
    extension = _extension(cleaned)
    stem = cleaned.removesuffix(extension)
    return stem[: 150 - len(extension)] + extension


def _extension(name: str) -> str:
    """``.pdf`` of ``a.PDF``'s length: as written; a suffix longer than any real one is part of the name."""
    suffix = PurePosixPath(name).suffix
    return suffix if len(suffix) <= 10 else ""


def _media_type(head: bytes, name: str) -> str | None:
    extension = _extension(name).lower()
    if head.startswith(_OLE):
        return {".doc": "application/msword", ".xls": "application/vnd.ms-excel"}.get(extension)
    kind = filetype.guess(head)
    if kind is not None:
        return str(kind.mime)
    # Excel's "Unicode text" is UTF-16: every other byte of it may be zero, but it begins with a byte order mark.
    if extension == ".csv" and (b"\x00" not in head or head.startswith(_UTF16_MARKS)):
        return "text/csv"
    return None


def _refused(message: str) -> Refused:
    return Refused([Fault("file", message)])


def store(stream: IO[bytes], name: str) -> tuple[StoredFile, str]:
    """Check and keep the bytes of ``stream``. Returns the stored file and the cleaned name.

    Raises :class:`Refused` naming the file, what was found and what is accepted. Memory stays bounded: the content
    goes through a temporary file that is moved into place only when it is whole.
    """
    shown = safe_name(name)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(1 << 16):
                size += len(chunk)
                if size > _limit():
                    raise _refused(
                        _(
                            "Tệp “%(name)s” lớn hơn %(limit)s MB. Hãy nén ảnh hoặc tách tệp.",
                            name=shown,
                            limit=_limit() >> 20,
                        )
                    )
                if len(head) < 8192:
                    head += chunk[: 8192 - len(head)]
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise _refused(_("Tệp “%(name)s” rỗng (0 byte). Hãy chọn lại tệp.", name=shown))
        media = _media_type(head, shown)
        extension = _extension(shown).lower()
        if media not in ALLOWED:
            raise _refused(
                _("Tệp “%(name)s” có nội dung không được nhận. Chỉ nhận PDF, ảnh, Word, Excel, CSV.", name=shown)
            )
        if extension not in ALLOWED[media]:
            expected = " hoặc ".join(ALLOWED[media])
            told = _(
                "Tên tệp “%(name)s” không khớp nội dung: nội dung là %(expected)s. Hãy đổi đúng tên tệp.",
                name=shown, expected=expected,
            )  # fmt: skip
            raise _refused(told)
        sha = digest.hexdigest()
        target = path_of(sha)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.stat().st_size != size:  # a damaged file is mended by the next upload
            Path(temporary).replace(target)
            target.chmod(0o440)
    finally:
        Path(temporary).unlink(missing_ok=True)
    known = select(StoredFile).where(StoredFile.sha256 == sha)
    row = db.session.scalar(known)
    if row is None:
        try:
            # Two uploads of one content at once: the second waits here and takes the first one's row.
            with db.session.begin_nested():
                db.session.add(StoredFile(sha256=sha, size=size, media_type=media))
        except IntegrityError:
            pass
        row = db.session.scalar(known)
        assert row is not None
    return row, shown


def path_of(sha256: str) -> Path:
    """Where the bytes lie."""
    return _folder() / sha256[:2] / sha256


def attach(record: Any, stream: IO[bytes], name: str, kind: str = "") -> Attachment:
    """Hang a file on ``record`` (inside a command's transaction; the caller has checked the right to write)."""
    file, shown = store(stream, name)
    of_record = {"record_type": history.record_type(record), "record_id": record.id}
    row = Attachment(**of_record, file_id=file.id, name=shown, kind=kind)
    db.session.add(row)
    db.session.flush()
    history.note(record, f"Đính kèm tệp “{shown}”")
    return row


def remove(record: Any, attachment: Attachment, reason: str) -> None:
    """Take a file off a record: it stays in the history with the reason."""
    if not reason.strip():
        raise Refused([Fault("reason", "Cần ghi lý do khi gỡ tệp.")])
    attachment.removed_at, attachment.removed_by = clock.now(), actor.current().name
    attachment.removed_reason = reason.strip()
    history.note(record, f"Gỡ tệp “{attachment.name}”: {reason.strip()}")


def of(record: Any, *, with_removed: bool = False) -> list[Attachment]:
    """The files on a record, oldest first."""
    query = select(Attachment).where(
        Attachment.record_type == history.record_type(record), Attachment.record_id == record.id
    )
    if not with_removed:
        query = query.where(Attachment.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(Attachment.id)))


def intact(file: StoredFile) -> bool:
    """Whether the bytes on disk still have the hash they arrived with."""
    path = path_of(file.sha256)
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == file.sha256
