"""The sender's own rows given back: the same sheet, bad cells coloured, the reasons in a last column."""

from __future__ import annotations

import os
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from flask_babel import gettext as _

from hrms.kernel.spreadsheets.export import escape, record_merge
from hrms.kernel.spreadsheets.header import Header
from hrms.kernel.spreadsheets.limits import CellFault, CellValue, column_index
from hrms.kernel.spreadsheets.rows import CellError
from hrms.kernel.spreadsheets.workbook import Sheet

ERROR_TITLE = "Lỗi"
WARNING_TITLE = "Lưu ý"
_WIDTH, _REASON_WIDTH = 14, 60
_LINE = 15


def write_error_workbook(
    target: str | os.PathLike[str] | IO[bytes],
    sheet: Sheet,
    header: Header,
    errors: MappingOf[int, Sequence[CellError]],
    *,
    only_rejected: bool = False,
) -> int:
    """Write the sheet again with its errors; returns the number of rows with an error.

    Rows keep their numbers unless ``only_rejected`` leaves out those without an error (title and header stay). The
    file can be corrected in place and sent again: the added columns are ignored. Memory does not grow with the rows.
    """
    book = xlsxwriter.Workbook(os.fspath(target) if isinstance(target, os.PathLike) else target, _OPTIONS)
    formats = {
        "header": book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        ),
        "error": book.add_format({"bg_color": "#F8CBAD", "border": 1}),
        "error_date": book.add_format({"bg_color": "#F8CBAD", "border": 1, "num_format": "dd/mm/yyyy"}),
        "warning": book.add_format({"bg_color": "#FFE699"}),
        "warning_date": book.add_format({"bg_color": "#FFE699", "num_format": "dd/mm/yyyy"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "reason": book.add_format({"font_color": "#C00000", "text_wrap": True, "valign": "top"}),
    }
    page = book.add_worksheet(sheet.name[:31])
    # A file that was given back before carries our columns already: they are written anew.
    own = (ERROR_TITLE, WARNING_TITLE)
    last = max((column.index for column in header.columns if column.title not in own), default=0)
    warned = any(error.severity == "warning" for found in errors.values() for error in found)
    page.set_column(0, last, _WIDTH)
    page.set_column(last + 1, last + 2, _REASON_WIDTH)
    page.freeze_panes(header.first_data_row - 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for merge in sheet.merges:
        if merge.last_row < header.first_data_row and merge.last_column <= last:
            record_merge(page, merge.first_row - 1, merge.first_column, merge.last_row - 1, merge.last_column)
    rejected = 0
    at = 0
    for number, cells in sheet.rows():
        found = errors.get(number, ())
        bad = [error for error in found if error.severity == "error"]
        in_head = number < header.first_data_row
        if only_rejected and not in_head and not bad:
            continue
        rejected += bool(bad)
        row = at if only_rejected else number - 1
        in_header = header.first_row <= number <= header.last_row
        if in_header or found:
            page.set_row(row, _LINE * (2 if in_header else max(1, sum(map(_lines_of, found)))))
        _write_row(page, row, cells, found, formats, "header" if in_header else "", last)
        if number == header.last_row:
            page.write_string(row, last + 1, ERROR_TITLE, formats["header"])
            if warned:
                page.write_string(row, last + 2, WARNING_TITLE, formats["header"])
        elif found:
            page.write_string(row, last + 1, _reasons(bad), formats["reason"])
            if warned:
                page.write_string(
                    row, last + 2, _reasons([e for e in found if e.severity == "warning"]), formats["reason"]
                )
        at += 1
    book.close()
    return rejected


_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def _lines_of(error: CellError) -> int:
    return 1 + len(f"{error.column_label}{error.message}") // _REASON_WIDTH


def _reasons(errors: Sequence[CellError]) -> str:
    lines = (
        _("Cột %(column)s: %(message)s", column=error.column_label, message=error.message)
        if error.column_label
        else error.message
        for error in errors
    )
    return escape("\n".join(lines))


def _write_row(
    page: Any,
    row: int,
    cells: Sequence[CellValue],
    errors: Sequence[CellError],
    formats: MappingOf[str, Any],
    base: str,
    last: int,
) -> None:
    colours: dict[int, str] = {}
    for error in errors:
        if error.column_letter:
            index = column_index(error.column_letter)
            if colours.get(index) != "error":
                colours[index] = error.severity
    for index in range(last + 1):
        value = cells[index] if index < len(cells) else ""
        colour = colours.get(index, base)
        style = formats[colour] if colour else None
        if isinstance(value, CellFault):
            page.write_string(row, index, str(value), style)
        elif isinstance(value, (datetime, date)):
            dated = formats[f"{colour}_date" if colour in ("error", "warning") else "date"]
            page.write_datetime(row, index, value, dated)
        elif isinstance(value, bool):
            page.write_boolean(row, index, value, style)
        elif isinstance(value, (int, float)):
            page.write_number(row, index, value, style)
        elif value != "":
            page.write_string(row, index, escape(str(value)), style)
        elif style is not None:
            page.write_blank(row, index, None, style)
