"""The hand-over checklist as one form: a row per line, blank rows for more, and what was typed into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _

from hrms.commands.rotation.handover import HandoverLine
from hrms.commands.rotation.words import HANDOVER_ITEMS, PREPARING
from hrms.kernel import clock
from hrms.kernel.errors import Fault
from hrms.kernel.text import DateFormatError, format_date, normalize, parse_full_date
from models.rotation import MovementCase
from views.posted import identifier

BLANK = 1  # empty rows at the foot; the page adds more
MOST = 200  # rows read out of one form


@dataclass
class Row:
    """A line on the sheet. ``key``: its part of the field names; ``seen``: what the sheet was drawn with, as JSON."""

    key: str
    label: str = ""
    item_id: int | None = None
    version: int | None = None
    ticked: bool = False
    done_on: str = ""
    receiver: str = ""
    note: str = ""
    remove: bool = False
    seen: str = "[]"
    errors: list[str] = field(default_factory=list)

    @property
    def values(self) -> list[object]:
        return [self.ticked, self.done_on, self.receiver, self.note]


def rows_of(case: MovementCase) -> list[Row]:
    """The stored lines, or the usual ones to begin with, and room for more."""
    rows = [
        Row(f"i{item.id}", item.label, item.id, item.version, item.done_on is not None,
            format_date(item.done_on) if item.done_on else "", item.receiver, item.note)
        for item in case.handover
    ]  # fmt: skip
    if not rows and case.state in PREPARING:
        rows = [Row(f"n{place}", _(words)) for place, words in enumerate(HANDOVER_ITEMS)]
    rows += [Row(f"n{len(rows) + place}") for place in range(BLANK)]
    for row in rows:
        row.seen = json.dumps(row.values, ensure_ascii=False)
    return rows


def typed(case: MovementCase) -> list[Row]:
    """The rows of the form as sent, in its order."""
    labels = {item.id: item.label for item in case.handover}
    rows = []
    for key in request.form.getlist("row")[:MOST]:
        number = identifier(key[1:]) if key.startswith("i") else None

        def text(name: str, at: str = key) -> str:
            return request.form.get(f"{at}-{name}", "").strip()

        rows.append(
            Row(
                key, labels.get(number, "") if number is not None else text("label"), number,
                identifier(text("version")), f"{key}-ticked" in request.form, text("done_on"), text("receiver"),
                text("note"), f"{key}-remove" in request.form, text("seen") or "[]",
            )
        )  # fmt: skip
    return rows


def lines_of(rows: Sequence[Row]) -> tuple[list[HandoverLine], list[Row]]:
    """What the typed rows ask for, each with its row: what nobody touched is left out, so that two may share the work.

    A wrong day is told on its row. A tick without a day is today; a day without a tick counts as one.
    """
    lines, sources = [], []
    for row in rows:
        new = row.item_id is None and not row.key.startswith("i")
        if new and (row.remove or not (normalize(row.label) or row.done_on or row.receiver or row.note)):
            continue
        try:
            was = json.loads(row.seen)
        except ValueError:
            was = []
        if not new and not row.remove and was == row.values:
            continue
        was_ticked = bool(was and was[0])
        day = None
        if row.done_on and (row.ticked or not was_ticked):
            try:
                day = parse_full_date(row.done_on)
            except DateFormatError as error:
                row.errors.append(str(error))
                continue
        elif row.ticked:
            day = clock.today()
        lines.append(
            HandoverLine(
                row.item_id if not new else None, row.label, day, row.receiver, row.note, row.remove, row.version
            )
        )
        sources.append(row)
    return lines, sources


def take_faults(faults: Sequence[Fault], sources: Sequence[Any]) -> list[Fault]:
    """Hang the faults on their rows; what belongs to no row is left for the head of the page."""
    rest = []
    for fault in faults:
        head, _dot, tail = fault.field.partition(".")
        place = tail.partition(".")[0]
        if head == "lines" and place.isdigit() and int(place) < len(sources):
            sources[int(place)].errors.append(fault.message)
        else:
            rest.append(fault)
    return rest
