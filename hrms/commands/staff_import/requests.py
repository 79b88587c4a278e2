"""The wizard's commands: a file arrives, the mapping is settled, the import is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from flask import current_app
from flask_babel import gettext as _

from hrms.commands.staff_list import StaffListReading, read_staff_list
from hrms.kernel import access, actor, attachments, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.spreadsheets import Limits, SpreadsheetRefused
from hrms.kernel.text import parse_full_date
from models.importing import StaffImport
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES

MODES = {"all": "Ghi tất cả hoặc không ghi gì", "good": "Chỉ ghi các dòng đúng"}
_AS_OF = re.compile(
    r"(?:tính đến|đến|tại thời điểm|có đến)\s*(?:ngày)?\s*"
    r"(\d{1,2})\s*(?:/|-|\.|tháng)\s*(\d{1,2})\s*(?:/|-|\.|năm)\s*(\d{4})", re.IGNORECASE,
)  # fmt: skip


def limits() -> Limits:
    settings = current_app.config["HRMS"]
    return Limits(max_file_bytes=settings.upload_mb << 20, max_rows=settings.import_max_rows)


def open_list(request: StaffImport) -> StaffListReading:
    """The list of an import, with the mapping the officer settled on (or the guessed one)."""
    return read_staff_list(attachments.path_of(request.file.sha256), limits(), request.mapping, as_of=request.as_of)


def day_in_title(reading: StaffListReading) -> date | None:
    """“(Tính đến ngày 15/06/2025)” above the table: the day the list speaks of."""
    for cells in reading.sheet.head(max(1, reading.header.first_row)):
        for cell in cells:
            found = _AS_OF.search(cell) if isinstance(cell, str) else None
            if found:
                try:
                    return parse_full_date("/".join(found.groups()))
                except ValueError:
                    return None
    return None


@dataclass
class StartImport(Command[StaffImport]):
    """A staff list arrives for ``unit_id``. The file is opened at once; one that cannot be read is refused."""

    unit_id: int | None
    stream: IO[bytes]
    file_name: str
    as_of: date | None = None
    mode: str = "all"
    default_category: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "import")
        if self.unit_id is None:
            yield Fault("unit_id", _("Hãy chọn đơn vị nhận danh sách."))
        elif not access.in_scope(self.unit_id, "staff", "import"):
            yield Fault("unit_id", _("Đơn vị này không thuộc phạm vi của bạn. Hãy chọn đơn vị khác."))
        if self.mode not in MODES:
            yield Fault("mode", _("Cách ghi “%(mode)s” không có. Chọn all hoặc good.", mode=self.mode))
        if self.default_category and self.default_category not in CATEGORIES:
            yield Fault(
                "default_category", _("Loại cán bộ “%(value)s” không có trong danh mục.", value=self.default_category)
            )
        if self.as_of is not None and self.as_of > clock.today():
            yield Fault("as_of", _("Ngày của số liệu ở sau hôm nay. Hãy sửa."))

    def run(self) -> StaffImport:
        assert self.unit_id is not None
        # The reader knows best what is wrong with a spreadsheet (a password, a web page in disguise); a file that it
        # refuses is not kept.
        try:
            reading = self.reading = read_staff_list(self.stream, limits())
        except SpreadsheetRefused as refused:
            message = f"“{attachments.safe_name(self.file_name)}”: {refused.message}"
            raise Refused([Fault("file", message, code=refused.code)]) from refused
        self.stream.seek(0)
        stored, shown = attachments.store(self.stream, self.file_name)
        in_title = day_in_title(reading)
        as_of = self.as_of or (in_title if in_title and in_title <= clock.today() else None) or clock.today()
        reading.as_of = as_of
        row = StaffImport(
            unit_id=self.unit_id,
            file_id=stored.id,
            file_name=shown,
            owner_user_id=actor.current().user_id,
            as_of=as_of,
            mode=self.mode,
            default_category=self.default_category,
            mapping=reading.mapping_dict(),
            unit_choices={},
        )
        db.session.add(row)
        db.session.flush()
        return row

    def replay(self, receipt: Any) -> StaffImport:
        return access.get(StaffImport, receipt, "import")


@dataclass
class ChooseMapping(Command[StaffImport]):
    """The officer's corrections: columns, sheet, the day of the list, how to write, what unknown headings mean."""

    import_id: int
    mapping: dict[str, Any] | None = None
    as_of: date | None = None
    mode: str = ""
    default_category: str | None = None
    unit_choices: dict[str, str] = field(default_factory=dict)

    def validate(self) -> Iterable[Fault]:
        row = self._row = access.get(StaffImport, self.import_id, "import")
        if row.state == "imported":
            yield Fault("", _("Danh sách này đã được ghi. Hãy tải tệp lên lần nữa nếu cần nhập lại."), code="done")
            return
        if self.mode and self.mode not in MODES:
            yield Fault("mode", _("Hãy chọn cách ghi."))
        if self.as_of is not None and self.as_of > clock.today():
            yield Fault("as_of", _("Ngày của số liệu ở sau hôm nay. Hãy sửa."))
        if self.mapping is not None:
            try:
                reading = read_staff_list(attachments.path_of(row.file.sha256), limits(), self.mapping, as_of=row.as_of)
            except SpreadsheetRefused as refused:
                yield Fault("mapping", refused.message, code=refused.code)
            else:
                for problem in reading.problems:
                    yield Fault("mapping", problem, code="column_missing")

    def run(self) -> StaffImport:
        row = self._row
        if self.mapping is not None:
            row.mapping = self.mapping
        if self.as_of is not None:
            row.as_of = self.as_of
        if self.mode:
            row.mode = self.mode
        if self.default_category is not None:
            row.default_category = self.default_category if self.default_category in CATEGORIES else ""
        if self.unit_choices:
            row.unit_choices = {**(row.unit_choices or {}), **self.unit_choices}
        row.state, row.summary = "uploaded", None
        return row


@dataclass
class DropImport(Command[None]):
    """An import that is not going to be written is put away."""

    import_id: int

    def validate(self) -> Iterable[Fault]:
        self._row = access.get(StaffImport, self.import_id, "import")
        if self._row.state == "imported":
            yield Fault("", _("Danh sách đã ghi không xóa được khỏi lịch sử."))

    def run(self) -> None:
        self._row.state = "dropped"


def target_unit(code: str) -> OrgUnit:
    """The receiving unit by its code; raises :class:`Refused` naming near codes."""
    from difflib import get_close_matches

    from sqlalchemy import select

    unit = db.session.scalar(access.restrict(select(OrgUnit).where(OrgUnit.code == code), OrgUnit, "import", "staff"))
    if unit is None:
        codes = list(db.session.scalars(access.restrict(select(OrgUnit.code), OrgUnit, "import", "staff")))
        near = get_close_matches(code, codes, n=3)
        hint = _(" Có phải: %(codes)s?", codes=", ".join(near)) if near else ""
        raise Refused([Fault("unit", _("Không có đơn vị mã “%(code)s”.", code=code) + hint)])
    return unit


__all__ = ["MODES", "ChooseMapping", "DropImport", "StartImport", "day_in_title", "limits", "open_list", "target_unit"]
