"""Tables out: the two header rows agencies use, frozen, landscape, typed cells, streaming for any number of rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Literal

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.utility import xl_range

from hrms.kernel.text import PartialDate, format_date

CellKind = Literal["text", "code", "ordinal", "integer", "money", "decimal", "percent", "date", "mark"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER_FORMATS = {
    "ordinal": "0",
    "integer": "#,##0",
    "money": "#,##0",
    "decimal": "0.00##",
    "percent": "0.##",
    "date": "dd/mm/yyyy",
    "code": "@",
}
_DEFAULT_WIDTH = {
    "text": 22,
    "code": 14,
    "ordinal": 6,
    "integer": 8,
    "money": 15,
    "decimal": 9,
    "percent": 9,
    "date": 12,
    "mark": 7,
}
_EXCEL_TEXT = 32_767
_LINE = 15  # points of one line of the header
_A4, _A3 = 9, 8
_WIDEST_ON_A4 = 230  # characters; a wider table would print too small to read


@dataclass(frozen=True, slots=True)
class Column:
    """One column out. ``group`` is its title in the first header row; neighbours of one group are joined.

    ``kind`` decides the cell: ``code`` is text even where it looks like a number (identity numbers, ngạch codes);
    ``total`` puts a SUM under the column; ``width`` counts characters.
    """

    key: str
    title: str
    group: str = ""
    kind: CellKind = "text"
    width: int | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A heading between the rows: ``ordinal`` (I, II …) in the first column, ``text`` after it."""

    text: str
    ordinal: str = ""


@dataclass(frozen=True, slots=True)
class Headings:
    """What stands above the table: issuing bodies left, the national title right if ``national``, then the titles."""

    title: str
    subtitle: str = ""
    issuer: Sequence[str] = ()
    national: bool = False
    unit_note: str = ""


TableRow = Mapping[str, Any] | Sequence[Any] | SectionRow


def escape(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; a lone dash is only a dash."""
    if text.startswith(_FORMULA_STARTS) and text.strip(" -–"):
        text = f"'{text}"
    return text[:_EXCEL_TEXT]


def record_merge(page: Any, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
    """Join cells whose content is written row by row. The library's own call writes all rows of the range at once,
    which a streaming workbook cannot take back."""
    if (first_row, first_column) != (last_row, last_column):
        page.merge.append([first_row, first_column, last_row, last_column])


def write_table(
    target: str | os.PathLike[str] | IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[TableRow],
    headings: Headings,
    *,
    sheet_name: str = "Danh sách",
    prepared: str = "",
    column_numbers: bool = True,
) -> int:
    """Write one table and return the number of rows (sections not counted).

    ``prepared`` is the line that says who took the table out, when and for what; it stands under the table and in the
    footer of every printed page. Memory does not grow with the rows. Raises :class:`ValueError` for no columns.
    """
    if not columns:
        raise ValueError("a table needs columns")
    book = xlsxwriter.Workbook(
        os.fspath(target) if isinstance(target, os.PathLike) else target, {"constant_memory": True}
    )
    try:
        return _Table(book, columns, headings, sheet_name).write(rows, prepared, column_numbers)
    finally:
        book.close()


class _Table:
    def __init__(self, book: Any, columns: Sequence[Column], headings: Headings, sheet_name: str) -> None:
        self._columns = columns
        self._headings = headings
        self._page = book.add_worksheet(sheet_name[:31])
        font = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
        boxed = {**font, "border": 1}

        def style(**more: Any) -> Any:
            return book.add_format({**boxed, **more})

        def plain(**more: Any) -> Any:
            return book.add_format({**font, **more})

        self._header = style(bold=True, align="center", text_wrap=True, bg_color="#E7EDF4")
        self._number = style(italic=True, align="center", font_size=9)
        self._section = style(bold=True, bg_color="#F3F3F3")
        self._centre = plain(align="center", bold=True, font_size=13)
        self._title = plain(align="center", bold=True, font_size=14)
        self._subtitle = plain(align="center", italic=True)
        self._note = plain(italic=True, font_size=10)
        self._right = plain(italic=True, align="right")
        self._cells = {kind: style(**_cell_style(kind)) for kind in _DEFAULT_WIDTH}
        self._totals = {kind: style(**{**_cell_style(kind), "bold": True}) for kind in _DEFAULT_WIDTH}
        self._grouped = any(column.group for column in columns)
        self._sums: dict[int, Decimal] = {index: Decimal(0) for index, column in enumerate(columns) if column.total}

    def write(self, rows: Iterable[TableRow], prepared: str, column_numbers: bool) -> int:
        page = self._page
        last = len(self._columns) - 1
        for index, column in enumerate(self._columns):
            page.set_column(index, index, _width(column))
        at = self._write_headings(last)
        head = at
        at = self._write_header(at)
        if column_numbers:
            for index in range(last + 1):
                page.write_string(at, index, f"({index + 1})", self._number)
            at += 1
        self._set_up_page(head, at, last, prepared)
        first = at
        count = 0
        for row in rows:
            if isinstance(row, SectionRow):
                self._write_section(at, row, last)
            else:
                self._write_row(at, row)
                count += 1
            at += 1
        if self._sums:
            self._write_total(at, first, count)
            at += 1
        if prepared:
            page.write_string(at + 1, 0, escape(prepared), self._note)
        return count

    def _set_up_page(self, head: int, first: int, last: int, prepared: str) -> None:
        page = self._page
        page.set_landscape()
        width = sum(map(_width, self._columns))
        page.set_paper(_A4 if width <= _WIDEST_ON_A4 else _A3)
        page.set_margins(left=0.79, right=0.59, top=0.79, bottom=0.79)
        page.fit_to_pages(1, 0)
        page.repeat_rows(head, first - 1)
        page.freeze_panes(first, min(2, last))
        page.set_header("&C&P", {"margin": 0.4})
        if prepared:
            page.set_footer(f"&L&8{prepared.replace('&', '&&')[:200]}")

    def _write_headings(self, last: int) -> int:
        page, headings = self._page, self._headings
        at = 0
        half = max(1, (last + 1) * 2 // 5)
        nation = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc") if headings.national else ()
        for line in range(max(len(headings.issuer), len(nation))):
            if line < len(headings.issuer):
                self._joined(at, 0, half - 1, headings.issuer[line], self._centre)
            if line < len(nation) and last >= half:
                self._joined(at, half, last, nation[line], self._centre)
            at += 1
        at += bool(at)
        self._joined(at, 0, last, headings.title, self._title)
        at += 1
        if headings.subtitle:
            self._joined(at, 0, last, headings.subtitle, self._subtitle)
            at += 1
        if headings.unit_note:
            page.write_string(at, last, headings.unit_note, self._right)
            at += 1
        return at + 1

    def _joined(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        self._page.write_string(row, first, escape(text), style)
        record_merge(self._page, row, first, row, last)

    def _write_header(self, at: int) -> int:
        page = self._page
        if not self._grouped:
            page.set_row(at, _LINE * max(_lines(column.title, _width(column)) for column in self._columns))
            for index, column in enumerate(self._columns):
                page.write_string(at, index, column.title, self._header)
            return at + 1
        page.set_row(at, _LINE * self._lines_of_groups())
        page.set_row(at + 1, _LINE * self._lines_of_titles())
        start = 0
        for index, column in enumerate(self._columns):
            page.write_string(at, index, column.group or column.title, self._header)
            new_group = index == 0 or not column.group or column.group != self._columns[index - 1].group
            if new_group:
                start = index
            closes = index + 1 == len(self._columns) or self._columns[index + 1].group != column.group
            if column.group and closes:
                record_merge(page, at, start, at, index)
            elif not column.group:
                record_merge(page, at, index, at + 1, index)
        for index, column in enumerate(self._columns):
            page.write_string(at + 1, index, column.title if column.group else "", self._header)
        return at + 2

    def _lines_of_groups(self) -> int:
        widths: dict[str, int] = {}
        for column in self._columns:
            if column.group:
                widths[column.group] = widths.get(column.group, 0) + _width(column)
        return max(_lines(group, width) for group, width in widths.items())

    def _lines_of_titles(self) -> int:
        """Of the second header row; a title over both rows has the first one besides."""
        over_both = self._lines_of_groups()
        return max(_lines(c.title, _width(c)) - (0 if c.group else over_both) for c in self._columns)

    def _write_section(self, at: int, section: SectionRow, last: int) -> None:
        for index in range(last + 1):
            self._page.write_blank(at, index, None, self._section)
        self._page.write_string(at, 0, section.ordinal, self._section)
        self._page.write_string(at, min(1, last), escape(section.text), self._section)

    def _write_row(self, at: int, row: Mapping[str, Any] | Sequence[Any]) -> None:
        by_key = isinstance(row, Mapping)
        for index, column in enumerate(self._columns):
            value = row.get(column.key) if by_key else row[index]  # type: ignore[union-attr, index]
            self._write_cell(at, index, column, value)

    def _write_cell(self, at: int, index: int, column: Column, value: Any) -> None:
        page, style = self._page, self._cells[column.kind]
        if value is None or value == "":
            page.write_blank(at, index, None, style)
        elif isinstance(value, bool):
            page.write_string(at, index, "x" if value else "", style)
        elif isinstance(value, (int, Decimal)) and column.kind not in ("text", "code"):
            if index in self._sums:
                self._sums[index] += value
            # A spreadsheet stores every number in binary; up to 15 digits come back exactly as they are shown.
            page.write_number(at, index, float(value) if isinstance(value, Decimal) else value, style)
        elif isinstance(value, PartialDate):
            if value.precision == "day" and column.kind == "date":
                page.write_datetime(at, index, value.value, style)
            else:
                page.write_string(at, index, str(value), style)
        elif isinstance(value, (datetime, date)):
            if column.kind == "date":
                page.write_datetime(at, index, value, style)
            else:
                page.write_string(at, index, format_date(value), style)
        else:
            page.write_string(at, index, escape(str(value)), style)

    def _write_total(self, at: int, first: int, count: int) -> None:
        labelled = False
        for index, column in enumerate(self._columns):
            style = self._totals[column.kind]
            if index in self._sums and count:
                # The value is stored with the formula, for readers that do not calculate.
                formula = f"=SUM({xl_range(first, index, at - 1, index)})"
                self._page.write_formula(at, index, formula, style, float(self._sums[index]))
            elif not labelled and (index == 1 or len(self._columns) == 1):
                self._page.write_string(at, index, _("Tổng cộng"), style)
                labelled = True
            else:
                self._page.write_blank(at, index, None, style)


def _width(column: Column) -> int:
    return column.width or _DEFAULT_WIDTH[column.kind]


def _lines(title: str, width: int) -> int:
    """Lines a bold title needs in a column of ``width`` characters, broken between words."""
    lines, used = 1, 0
    for word in title.split():
        if used and used + 1 + len(word) > width * 0.9:
            lines, used = lines + 1, len(word)
        else:
            used += len(word) + bool(used)
    return lines


def _cell_style(kind: str) -> dict[str, Any]:
    style: dict[str, Any] = {"num_format": _NUMBER_FORMATS[kind]} if kind in _NUMBER_FORMATS else {}
    if kind in ("date", "mark", "code", "ordinal"):
        style["align"] = "center"
    if kind == "text":
        style["text_wrap"] = True
    return style
