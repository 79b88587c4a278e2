"""A report as a spreadsheet, written row by row: typed cells, SUM formulas, frozen headers, print titles and areas.

Rows go to the file as they come and are forgotten, so 60,000 of them take no more memory than 60.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from hrms.kernel.spreadsheets import escape
from hrms.kernel.text import fold
from reports.framework.result import Block, Column, Produced, Row, RowFailed
from reports.tables import CellKind, header_rows, roman, shown

_FORMATS: dict[str, str] = {
    "integer": "#,##0", "money": "#,##0", "factor": "0.00##", "decimal": "0.###", "percent": "0.##",
    "date": "dd/mm/yyyy", "code": "@", "text": "@",
}  # fmt: skip
_EPOCH = datetime(2025, 1, 1)  # noqa: DTZ001 - a workbook holds no moment of its own: same figures, same file
NUMBERS = ("integer", "money", "factor", "decimal", "percent")
TELL_EVERY = 2_000
Tell = Callable[[int], None]


def _quiet(_done: int) -> None:
    return None


class Workbook:
    """One file under construction; sheets are written from top to bottom."""

    def __init__(self, target: str | IO[bytes], title: str, *, author: str = "", folder: str | None = None) -> None:
        options = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder,
        }  # fmt: skip
        self._book = xlsxwriter.Workbook(target, {k: v for k, v in options.items() if v is not None})
        self._book.set_properties({"title": title, "author": author, "created": _EPOCH})
        self.title = title
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        self.written = 0

    def style(self, **more: Any) -> Any:
        wanted = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", **more}
        key = tuple(sorted(wanted.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format(wanted)
        return self._styles[key]

    def cell(self, kind: CellKind, **more: Any) -> Any:
        extra: dict[str, Any] = {"border": 1, **more}
        if kind in _FORMATS:
            extra["num_format"] = _FORMATS[kind]
        if kind == "text":
            extra["text_wrap"] = True
        if kind in ("date", "mark", "code"):
            extra["align"] = "center"
        return self.style(**extra)

    def sheet_name(self, wanted: str) -> str:
        """A name Excel takes, not yet taken here."""
        clean = "".join(" " if sign in "[]:*?/\\'" else sign for sign in wanted).strip()[:28] or "Bang"
        name, number = clean, 2
        while fold(name) in self._names:
            name, number = f"{clean} {number}", number + 1
        self._names.add(fold(name))
        return name

    def add(
        self, block: Block, rows: Iterable[Row], heading: Sequence[str], prepared: str = "", tell: Tell = _quiet
    ) -> None:
        """One block on a sheet of its own. ``rows`` may be a stream; sections need the block's own rows."""
        page = self._book.add_worksheet(self.sheet_name(block.title or self.title))
        columns = list(block.columns)
        last = len(columns)
        page.set_column(0, 0, 6)
        for index, column in enumerate(columns, start=1):
            page.set_column(index, index, column.chars)
        at = 0
        for position, line in enumerate(filter(None, (self.title, *heading, block.title, block.unit_note))):
            style = self.style(bold=position == 0 or line == block.title, font_size=14 if position == 0 else 11)
            page.write_string(at, 0, escape(line), style)
            at += 1
        at = self._header(page, at + 1, columns)
        first = at
        at = self._rows(page, at, block, rows, columns, tell)
        for line in (*block.notes, prepared):
            if line:
                page.write_string(at, 0, escape(line), self.style(italic=True, font_size=10))
                at += 1
        page.freeze_panes(first, min(2, last))
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(first - 2 if any(c.group for c in columns) else first - 1, first - 1)
        page.print_area(0, 0, max(at - 1, first), last)
        page.set_header("&C&P", {"margin": 0.4})

    def _header(self, page: Any, at: int, columns: Sequence[Column]) -> int:
        style = self.style(bold=True, align="center", text_wrap=True, border=1, bg_color="#E7EDF4")
        page.write_string(at, 0, "TT", style)
        if not any(column.group for column in columns):
            for index, column in enumerate(columns, start=1):
                page.write_string(at, index, escape(column.title), style)
            return at + 1
        # Merged cells cannot be written in a file that is streamed: the group stands over its first column.
        first, _second = header_rows(columns)  # type: ignore[arg-type]
        index = 1
        for cell in first:
            for offset in range(cell.wide):
                own = cell.high == 2
                page.write_string(at, index + offset, escape(cell.text) if own or offset == 0 else "", style)
            index += cell.wide
        page.write_string(at + 1, 0, "", style)
        for index, column in enumerate(columns, start=1):
            page.write_string(at + 1, index, escape(column.title) if column.group else "", style)
        return at + 2

    def _rows(
        self, page: Any, at: int, block: Block, rows: Iterable[Row], columns: Sequence[Column], tell: Tell
    ) -> int:
        ranges: list[tuple[int, int]] = []
        number = 0
        sections = block.sections() if block.section else [("", rows)]
        styles = [self.cell(column.kind) for column in columns]
        mark = self.cell("mark")
        for position, (title, members) in enumerate(sections, start=1):
            if title:
                lines = list(members)
                self._sums(page, at, columns, [(at + 1, at + len(lines))], roman(position), title, block, lines)
                at += 1
                members = lines
            first = at
            for row in members:
                number += 1
                page.write_number(at, 0, number, mark)
                for index, column in enumerate(columns):
                    self._cell(page, at, index + 1, column, row, styles[index], (block, number))
                at += 1
                self.written += 1
                if self.written % TELL_EVERY == 0:
                    tell(self.written)
            if at > first:
                ranges.append((first, at - 1))
        if block.sums and ranges:
            self._sums(page, at, columns, ranges, "", block.total_label, block, block.rows)
            at += 1
        return at

    def _sums(
        self, page: Any, at: int, columns: Sequence[Column], ranges: Sequence[tuple[int, int]], mark: str, label: str,
        block: Block, rows: Sequence[Row],
    ) -> None:  # fmt: skip
        """A row of SUM formulas over ``ranges``; the value stands beside the formula for readers that do not count."""
        fill = {"bold": True, "bg_color": "#F3F3F3"}
        page.write_string(at, 0, mark, self.cell("mark", **fill))
        labelled, keys = False, [column.key for column in columns]
        for index, column in enumerate(columns, start=1):
            if column.total:
                parts = ",".join(xl_range(first, index, last, index) for first, last in ranges)
                page.write_formula(at, index, f"=SUM({parts})", self.cell(column.kind, **fill),
                                   block.total(column.key, rows))  # fmt: skip
            elif column.share is not None:
                part, whole = (xl_rowcol_to_cell(at, keys.index(key) + 1) for key in column.share)
                formula = f'=IF({whole}=0,"",ROUND({part}*100/{whole},1))'
                value = block.foot(column, rows)
                page.write_formula(
                    at, index, formula, self.cell(column.kind, **fill), "" if value is None else float(value)
                )
            elif not labelled:
                page.write_string(at, index, escape(label), self.cell("text", **fill))
                labelled = True
            else:
                page.write_blank(at, index, None, self.cell("text", **fill))

    def _cell(
        self, page: Any, at: int, index: int, column: Column, row: Row, style: Any, where: tuple[Block, int]
    ) -> None:
        value = row.get(column.key)
        try:
            if value is None or value == "" or value is False:
                page.write_blank(at, index, None, style)
            elif value is True:
                page.write_string(at, index, "x", style)
            elif column.kind in NUMBERS and isinstance(value, (int, Decimal)):
                page.write_number(at, index, float(value) if isinstance(value, Decimal) else value, style)
            elif column.kind == "date" and isinstance(value, date):
                page.write_datetime(at, index, value, style)
            else:
                page.write_string(at, index, escape(shown(value, column.kind)), style)
        except Exception as error:
            raise RowFailed(self.title, where[0].title, where[1], row, error) from error

    def close(self) -> None:
        self._book.close()


def write_report(
    target: str | IO[bytes], produced: Produced, prepared: str = "", author: str = "", tell: Tell = _quiet
) -> int:
    """Every block on a sheet; returns how many rows were written."""
    with tempfile.TemporaryDirectory() as folder:
        book = Workbook(target, produced.title, author=author, folder=folder)
        heading = [f"{label}: {words}" for label, words in produced.said]
        for block in produced.blocks:
            book.add(block, block.rows, heading, prepared, tell)
        book.close()
        return book.written


def write_rows(
    target: str | IO[bytes], block: Block, rows: Iterable[Row], title: str, heading: Sequence[str],
    prepared: str = "", author: str = "", tell: Tell = _quiet,
) -> int:  # fmt: skip
    """A stream of rows (the drill-down) on one sheet; returns how many there were."""
    with tempfile.TemporaryDirectory() as folder:
        book = Workbook(target, title, author=author, folder=str(Path(folder)))
        book.add(block, rows, heading, prepared, tell)
        book.close()
        return book.written


__all__ = ["Workbook", "write_report", "write_rows"]
