"""Lists as spreadsheets: typed cells, formulas for every sum, two frozen header rows, landscape, one page wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from hrms.kernel.spreadsheets import escape
from hrms.kernel.text import PartialDate
from reports.letter import Hand
from reports.tables import Column, Table, header_rows, roman, shown

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    "integer": "#,##0",
    "money": "#,##0",
    "factor": "0.00##",
    "decimal": "0.###",
    "percent": "0.##",
    "date": "dd/mm/yyyy",
    "code": "@",
    "text": "@",
}
_PAPER = {"A4": 9, "A3": 8}
LINE_HEIGHT = 15  # points, of 11 pt type
_EPOCH = datetime(2025, 1, 1)  # noqa: DTZ001 - a workbook without a moment of its own must still be the same every time


@dataclass(frozen=True)
class Headings:
    """What stands above a list. ``prepared`` says who took the file out, when and for what (DP-10)."""

    title: str
    subtitle: str = ""
    issuer: Sequence[str] = ()
    annex: str = ""
    unit_note: str = "Đơn vị tính: đồng"
    prepared: str = ""


class Book:
    """A workbook under construction: ``add`` lists, then ``finish`` returns the bytes."""

    def __init__(self, *, title: str, author: str = "", created: datetime | None = None) -> None:
        self._out = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        moment = (created or _EPOCH).replace(tzinfo=None)
        self._book.set_properties({"title": title, "author": author, "created": moment})
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **more: Any) -> Any:
        """A cell format, made once."""
        wanted = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", **more}
        key = tuple(sorted(wanted.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format(wanted)
        return self._styles[key]

    def cell_style(self, kind: str, **more: Any) -> Any:
        """The format of a table cell of ``kind``."""
        extra: dict[str, Any] = {"border": 1, **more}
        if kind in _FORMATS:
            extra["num_format"] = _FORMATS[kind]
        if kind == "text":
            extra["text_wrap"] = True
        if kind in ("date", "mark", "code"):
            extra["align"] = "center"
        return self.style(**extra)

    def add(
        self, name: str, table: Table, headings: Headings, hands: Sequence[Hand] = (), *, paper: str = "A4"
    ) -> Sheet:
        """Write one list on a sheet of its own; returns where its sums stand, for other sheets' formulas."""
        sheet = Sheet(self, self._book.add_worksheet(name[:31]), name[:31], table)
        sheet.write(headings, hands, paper)
        return sheet

    def finish(self) -> bytes:
        self._book.close()
        return self._out.getvalue()


class Sheet:
    """One list on one worksheet."""

    def __init__(self, book: Book, page: Any, name: str, table: Table) -> None:
        self._book, self._page, self.name, self._table = book, page, name, table
        self._columns = table.sheet_columns()
        self._at = {column.key: index for index, column in enumerate(self._columns)}
        self._last = len(self._columns) - 1
        self.section_ranges: list[tuple[str, int, int]] = []  # title, first and last row (0-based)
        self._headings: dict[str, int] = {}  # section title → its heading row

    def write(self, headings: Headings, hands: Sequence[Hand], paper: str) -> None:
        page = self._page
        for index, column in enumerate(self._columns):
            # Nobody draws the allowance: the column stays where every reader expects it, folded away.
            hidden = column.optional and not self._table.used(column)
            page.set_column(index, index, column.chars, None, {"hidden": hidden})
        top = self._write_headings(headings)
        first = self._write_header(top)
        page.freeze_panes(first, min(self._frozen(), self._last))
        at = self._write_rows(first)
        at = self._write_total(at)
        at = self._write_foot(at, headings, hands)
        page.set_landscape()
        page.set_paper(_PAPER[paper])
        page.set_margins(left=0.79, right=0.59, top=0.79, bottom=0.71)
        page.fit_to_pages(1, 0)
        page.repeat_rows(top, first - 1)
        page.print_area(0, 0, at, self._last)
        page.set_header("&C&P", {"margin": 0.4})
        if headings.prepared:
            page.set_footer(f"&L&8{headings.prepared.replace('&', '&&')[:220]}")

    def _frozen(self) -> int:
        """Columns that stay: up to the name."""
        return self._at.get("name", self._at.get("unit", 0)) + 1

    def _joined(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        if last > first:
            self._page.merge_range(row, first, row, last, escape(text), style)
        else:
            self._page.write_string(row, first, escape(text), style)

    def _write_headings(self, headings: Headings) -> int:
        book, last, at = self._book, self._last, 0
        bold = book.style(bold=True, align="center", font_size=12)
        half = max(1, (last + 1) * 2 // 5)
        nation = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
        if headings.issuer:
            for line in range(max(len(headings.issuer), 2)):
                if line < len(headings.issuer):
                    style = bold if line == len(headings.issuer) - 1 else book.style(align="center", font_size=12)
                    self._joined(at, 0, half - 1, headings.issuer[line], style)
                if line < 2 and last >= half:
                    self._joined(at, half, last, nation[line], bold)
                at += 1
            at += 1
        if headings.annex:
            self._joined(at, 0, last, headings.annex, bold)
            at += 1
        self._joined(at, 0, last, headings.title, book.style(bold=True, align="center", font_size=14))
        at += 1
        if headings.subtitle:
            self._joined(at, 0, last, headings.subtitle, book.style(italic=True, align="center", font_size=12))
            at += 1
        if headings.unit_note:
            self._joined(at, max(0, last - 3), last, headings.unit_note, book.style(italic=True, align="right"))
            at += 1
        return at

    def _write_header(self, at: int) -> int:
        page, columns = self._page, self._columns
        style = self._book.style(bold=True, align="center", text_wrap=True, border=1, bg_color="#E7EDF4")
        first, second = header_rows(columns)
        index = 0
        for cell in first:
            if cell.wide > 1 or cell.high > 1:
                page.merge_range(at, index, at + cell.high - 1, index + cell.wide - 1, escape(cell.text), style)
            else:
                page.write_string(at, index, escape(cell.text), style)
            index += cell.wide
        rows = 1
        if second:
            rows = 2
            page.set_row(at, 2 * LINE_HEIGHT)
            page.set_row(at + 1, 3 * LINE_HEIGHT)
            below = iter(second)
            for index, column in enumerate(columns):
                if column.group:
                    page.write_string(at + 1, index, escape(next(below).text), style)
        else:
            page.set_row(at, 2 * LINE_HEIGHT)
        numbers = self._book.style(italic=True, align="center", font_size=9, border=1)
        for index in range(len(columns)):
            page.write_string(at + rows, index, f"({index + 1})", numbers)
        return at + rows + 1

    def _write_rows(self, at: int) -> int:
        number = 0
        for position, section in enumerate(self._table.sections, start=1):
            if section.title:
                heading_row = self._headings[section.title] = at
                at += 1
            first = at
            for row in section.rows:
                number += 1
                for index, column in enumerate(self._columns):
                    self._write_cell(at, index, column, row, number)
                self._page.set_row(at, LINE_HEIGHT * self._lines(row))
                at += 1
            self.section_ranges.append((section.title, first, at - 1))
            if section.title:
                self._write_section(heading_row, position, section.title, first, at - 1, section.rows)
        return at

    def _lines(self, row: Any) -> int:
        """Lines the tallest text of a row takes; not every program adjusts the height by itself."""
        texts = ((shown(c.value(row), c.kind), c.chars) for c in self._columns if c.kind == "text")
        return max((-(-len(text) * 11 // (chars * 10)) for text, chars in texts if text), default=1)

    def _write_section(self, at: int, position: int, title: str, first: int, last: int, rows: Sequence[Any]) -> None:
        for index, column in enumerate(self._columns):
            style = self._book.cell_style(column.kind if column.total else "mark", bold=True, bg_color="#F3F3F3")
            if column.total and rows:
                value = self._table.sum_of(column, rows)
                self._page.write_formula(at, index, f"=SUM({xl_range(first, index, last, index)})", style, value)
            else:
                self._page.write_blank(at, index, None, style)
        left = self._book.style(bold=True, bg_color="#F3F3F3", border=1)
        self._page.write_string(at, 0, roman(position), self._book.cell_style("mark", bold=True, bg_color="#F3F3F3"))
        self._page.write_string(at, min(1, self._last), escape(title), left)

    def _write_cell(self, at: int, index: int, column: Column, row: Any, number: int) -> None:
        page, style = self._page, self._book.cell_style(column.kind)
        value = number if column.key == "tt" else column.value(row)
        if column.sums:
            page.write_formula(at, index, self._row_sum(at), style, int(value or 0))
        elif column.minus is not None:
            whole, part = (xl_rowcol_to_cell(at, self._at[key]) for key in column.minus)
            page.write_formula(at, index, f"={whole}-{part}", style, int(value or 0))
        elif column.link is not None and column.link(row):
            page.write_formula(at, index, f"={column.link(row)}", style, int(value or 0))
        elif value is None or value == "" or value is False:
            page.write_blank(at, index, None, style)
        elif value is True:
            page.write_string(at, index, "x", style)
        elif isinstance(value, (int, Decimal)) and column.kind not in ("text", "code"):
            # A spreadsheet stores every number in binary; up to 15 digits come back exactly as they are shown.
            page.write_number(at, index, float(value) if isinstance(value, Decimal) else value, style)
        elif isinstance(value, PartialDate) and value.precision == "day":
            page.write_datetime(at, index, value.value, style)
        elif isinstance(value, date) and column.kind == "date":
            page.write_datetime(at, index, value, style)
        else:
            page.write_string(at, index, escape(shown(value, column.kind)), style)

    def _row_sum(self, at: int) -> str:
        """The sum of the row's parts: one range where the parts are neighbours."""
        parts = [index for index, column in enumerate(self._columns) if column.part]
        if not parts:
            return "=0"
        if parts == list(range(parts[0], parts[-1] + 1)):
            return f"=SUM({xl_range(at, parts[0], at, parts[-1])})"
        return f"=SUM({','.join(xl_rowcol_to_cell(at, index) for index in parts)})"

    def _write_total(self, at: int) -> int:
        ranges = [(first, last) for _title, first, last in self.section_ranges if last >= first]
        labelled = False
        for index, column in enumerate(self._columns):
            style = self._book.cell_style(column.kind if column.total else "mark", bold=True)
            if column.total and ranges:
                parts = ",".join(xl_range(first, index, last, index) for first, last in ranges)
                self._page.write_formula(at, index, f"=SUM({parts})", style, self._table.sum_of(column))
            elif not labelled and index >= min(1, self._last):
                self._page.write_string(at, index, "Tổng cộng", self._book.style(bold=True, border=1))
                labelled = True
            else:
                self._page.write_blank(at, index, None, style)
        return at + 1

    def _write_foot(self, at: int, headings: Headings, hands: Sequence[Hand]) -> int:
        italic = self._book.style(italic=True)
        for line in (self._table.words, *self._table.notes):
            if line:
                self._page.write_string(at, 0, escape(line), italic)
                at += 1
        if hands:
            at += 1
            width = (self._last + 1) // len(hands)
            for position, hand in enumerate(hands):
                first = position * width
                last = self._last if position == len(hands) - 1 else first + width - 1
                self._joined(at, first, last, hand.post, self._book.style(bold=True, align="center"))
                self._joined(
                    at + 1, first, last, f"({hand.how})", self._book.style(italic=True, align="center", font_size=10)
                )
                if hand.name:
                    self._joined(at + 6, first, last, hand.name, self._book.style(bold=True, align="center"))
            at += 8
        if headings.prepared:
            self._page.write_string(at, 0, escape(headings.prepared), self._book.style(italic=True, font_size=9))
        return at

    def section_cell(self, title: str, key: str) -> str:
        """The address of a section's sum of column ``key`` for other sheets' formulas; empty without the section."""
        row = self._headings.get(title)
        if row is None:
            return ""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, self._at[key], row_abs=True, col_abs=True)}"
