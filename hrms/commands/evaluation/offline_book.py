"""What the spreadsheets given out by the evaluation room have in common: columns of a score sheet, words of a cell.

Row 1 (hidden) carries the keys, row 2 the labels, row 3 on one record each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.evaluation.measures import GRADE_LABELS, QUALITY_LABELS
from hrms.commands.evaluation.sheets import Content
from hrms.commands.evaluation.words import TEXT_SECTIONS
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.spreadsheets import CellFault, SpreadsheetRefused, column_letter, open_workbook
from hrms.kernel.text import exact, fold
from models.vocabulary import RATINGS
from policies.evaluation import Sheet

Column = tuple[str, str, dict[str, Any] | None]  # key, label, validation of its cells
WORDS = {**QUALITY_LABELS, **GRADE_LABELS}
GRADED = {"GRADE": QUALITY_LABELS, "GRADE4": GRADE_LABELS}


def yes_no() -> dict[str, bool]:
    """The two answers of a flag, as they stand in a cell."""
    return {_("có"): True, _("không"): False}


def styles_of(book: Any) -> dict[str, Any]:
    """Formats: head, fixed (locked), open (to be filled)."""
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF7", "valign": "top"}),
        "fixed": book.add_format({"border": 1, "bg_color": "#F3F3F3", "text_wrap": True}),
        "open": book.add_format({"border": 1, "locked": False, "text_wrap": True}),
    }


def line_columns(form: Sheet | None) -> list[Column]:
    """One column for each line of a score sheet."""
    found: list[Column] = []
    for group in form.groups if form is not None else ():
        for line in group.lines:
            if line.scoring in GRADED:
                labels = [_(label) for label in GRADED[line.scoring].values()]
                rule: dict[str, Any] = {"validate": "list", "source": labels}
                found.append((f"points.{line.code}", f"{line.code}. {line.name}", rule))
                continue
            top = 100.0 if line.scoring == "RATIO" else float(line.max or 0)
            unit = "%" if line.scoring == "RATIO" else _("tối đa %(max)s điểm", max=line.max)
            label = f"{line.code}. {line.name} ({unit})"
            told = {"error_title": _("Điểm ngoài khoảng"), "error_message": _("Ghi số từ 0 đến %(top)s.", top=top)}
            bounds = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": top, **told}
            found.append((f"points.{line.code}", label, bounds))
    return found


def measure_columns(keys: Sequence[str], known: Mapping[str, tuple[str, str]]) -> list[Column]:
    """One column for each figure asked for."""
    rules: dict[str, dict[str, Any]] = {
        "quality": {"validate": "list", "source": [_(one) for one in QUALITY_LABELS.values()]},
        "flag": {"validate": "list", "source": list(yes_no())},
        "percent": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    }
    return [(f"measures.{key}", _(known[key][1]), rules.get(known[key][0])) for key in keys]


def closing_columns(texts: Sequence[str]) -> list[Column]:
    """Texts by section and the level wished for."""
    levels = {"validate": "list", "source": [*RATINGS]}
    return [
        *((f"texts.{key}", _(TEXT_SECTIONS[key]), None) for key in texts),
        ("level", _("Tự xếp loại (HTXS, HTT, HT, KHT)"), levels),
    ]


def write_table(
    sheet: Any, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], styles: Any, fixed: Sequence[str]
) -> None:
    """A protected worksheet: keys hidden, labels, one row for each record; only open cells can be typed into."""
    for column, (key, label, _rule) in enumerate(columns):
        sheet.write_string(0, column, key)
        sheet.write_string(1, column, label, styles["head"])
    for row, values in enumerate(rows, start=2):
        for column, (key, _label, _rule) in enumerate(columns):
            style = styles["fixed"] if key in fixed else styles["open"]
            value = values.get(key, "")
            if isinstance(value, Decimal | int):
                sheet.write_number(row, column, float(value), style)
            else:
                sheet.write_string(row, column, str(value), style)
    for column, (_key, _label, rule) in enumerate(columns):
        if rule is not None:
            sheet.data_validation(2, column, len(rows) + 1, column, {**rule, "ignore_blank": True})
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.set_column(0, 1, None, None, {"hidden": True})
    sheet.set_column(2, len(columns) - 1, 16)
    sheet.freeze_panes(2, len(fixed))
    sheet.protect("", {"format_columns": True, "format_rows": True})


def shown_values(
    points: Mapping[str, str] | None, measures: Mapping[str, Any] | None, texts: Mapping[str, str] | None
) -> dict[str, Any]:
    """What was written so far, by column."""
    found: dict[str, Any] = {f"points.{key}": _cell(value.rstrip("%")) for key, value in (points or {}).items()}
    found |= {f"measures.{key}": _cell(value) for key, value in (measures or {}).items()}
    return found | {f"texts.{key}": text for key, text in (texts or {}).items()}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return next(word for word, meaning in yes_no().items() if meaning is value)
    if isinstance(value, str) and value in WORDS:
        return _(WORDS[value])
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)


@dataclass(frozen=True)
class Row:
    """One row of a file: where it stood and what it said."""

    sheet: str
    number: int
    columns: dict[str, int]
    cells: dict[str, Any]

    def at(self, key: str) -> str:
        """“Phiếu 1!H3”."""
        column = self.columns.get(key, 0)
        return f"{self.sheet}!{column_letter(column)}{self.number}"


def plain(value: Any) -> Any:
    """A cell as text; numbers exact as they are shown, days as days."""
    if isinstance(value, CellFault):
        return f"#{value}"
    if isinstance(value, bool) or value == "":
        return value
    if isinstance(value, int | float):
        return format(exact(value).normalize(), "f")
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value).strip()


def read_rows(content: bytes, key: str) -> list[Row]:
    """Every filled row of the worksheets whose hidden keys have ``key``. Raises :class:`Refused` for another file."""
    try:
        book = open_workbook(content)
    except SpreadsheetRefused as error:
        raise Refused([Fault("content", str(error), code="file")]) from error
    found: list[Row] = []
    for sheet in book.sheets:
        keys: dict[int, str] = {}
        for number, values in sheet.rows():
            if number == 1:
                keys = {column: str(value) for column, value in enumerate(values) if str(value).strip()}
                continue
            if number == 2 or key not in keys.values():
                continue
            cells = {name: plain(values[column]) for column, name in keys.items() if column < len(values)}
            if any(value not in ("", None) for name, value in cells.items() if name != key):
                found.append(Row(sheet.name, number, {name: column for column, name in keys.items()}, cells))
    if not found:
        text = _("Tệp không phải mẫu do hệ thống xuất ra. Hãy tải lại mẫu rồi điền.")
        raise Refused([Fault("content", text, code="file")])
    return found


def number_of(row: Row, key: str) -> int | None:
    """The id of the record a row is about."""
    text = str(row.cells.get(key, ""))
    return int(text) if text.isdigit() and len(text) < 18 else None


def content_of(row: Row, known: Mapping[str, tuple[str, str]]) -> tuple[Content, list[Fault]]:
    """What a row says, its words turned back into codes."""
    content = Content(level=str(row.cells.get("level", "")).upper())
    faults: list[Fault] = []
    words = {fold(_(label)): code for code, label in WORDS.items()}
    answers = {fold(word): meaning for word, meaning in yes_no().items()}
    for key, value in row.cells.items():
        kind, _dot, name = key.partition(".")
        if not name or value in ("", None):
            continue
        if kind == "points":
            content.points[name] = words.get(fold(str(value)), str(value))
        elif kind == "texts":
            content.texts[name] = str(value)
        elif kind == "measures" and name in known:
            asked = known[name][0]
            if asked == "quality":
                value = words.get(fold(str(value)), value)
            elif asked == "flag":
                if fold(str(value)) not in answers:
                    where = row.at(key)
                    faults.append(Fault(where, _("%(where)s: ghi có hoặc không.", where=where), code="measure"))
                    continue
                value = answers[fold(str(value))]
            content.measures[name] = value
    return content, faults
