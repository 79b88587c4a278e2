"""The papers of a luân chuyển as one form: tick, number, day, note; with the files that answer them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import request

from hrms.commands.rotation.dossier import HEALTH, PaperLine
from hrms.kernel.attachments import Attachment
from hrms.kernel.text import DateFormatError, format_date, parse_full_date
from models.rotation import MovementCase, MovementPaper
from views.posted import identifier


@dataclass
class Row:
    """A paper on the sheet; ``seen``: what the sheet was drawn with, as JSON."""

    item_id: int
    code: str
    label: str
    required: bool
    version: int | None
    present: bool
    document: str
    document_date: str
    note: str
    checked_by: str = ""
    files: list[Attachment] = field(default_factory=list)
    seen: str = "[]"
    errors: list[str] = field(default_factory=list)

    @property
    def values(self) -> list[object]:
        return [self.present, self.document, self.document_date, self.note]


def papers_of(case: MovementCase, files: Sequence[Attachment]) -> list[Row]:
    """The stored papers in the order of the law."""
    rows = [
        Row(
            item.id, item.code, item.label, item.required, item.version, item.present, item.document,
            _day_of(case, item), item.note, item.checked_by or "",
            [one for one in files if one.kind == item.code],
        )
        for item in case.dossier
    ]  # fmt: skip
    for row in rows:
        row.seen = json.dumps(row.values, ensure_ascii=False)
    return rows


def _day_of(case: MovementCase, item: MovementPaper) -> str:
    """The day of the paper; of the health certificate the case knows it already."""
    day = item.document_date or (case.health_certificate_on if item.code == HEALTH else None)
    return format_date(day) if day is not None else ""


def typed(rows: Sequence[Row]) -> list[Row]:
    """The stored rows with what the form sent; rows the form did not hold stay as they are."""
    for row in rows:
        key = f"p{row.item_id}"
        if f"{key}-seen" not in request.form:
            continue
        row.present = f"{key}-present" in request.form
        row.document, row.document_date, row.note, row.seen = (
            request.form.get(f"{key}-{name}", "").strip() for name in ("document", "document_date", "note", "seen")
        )
        row.version = identifier(request.form.get(f"{key}-version", ""))
    return list(rows)


def lines_of(rows: Sequence[Row]) -> tuple[list[PaperLine], list[Row]]:
    """What was touched, each line with its row. A wrong day is told on its row."""
    lines, sources = [], []
    for row in rows:
        try:
            was = json.loads(row.seen)
        except ValueError:
            was = []
        if was == row.values:
            continue
        day: date | None = None
        if row.document_date:
            try:
                day = parse_full_date(row.document_date)
            except DateFormatError as error:
                row.errors.append(str(error))
                continue
        lines.append(PaperLine(row.item_id, row.present, row.document, day, row.note, row.version))
        sources.append(row)
    return lines, sources
