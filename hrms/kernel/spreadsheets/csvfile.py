"""Comma-separated text as offices send it: any of the usual encodings, any of the usual separators."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from flask_babel import gettext as _

from hrms.kernel.spreadsheets.archive import Extent
from hrms.kernel.spreadsheets.content import corrupt
from hrms.kernel.spreadsheets.limits import EXCEL_TEXT, Limits, SpreadsheetRefused

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_LINES = 60
_HINT = re.compile(r"sep=(.)\r?\n")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes) -> str:
    """The text, by its byte order mark, else UTF-8, else UTF-16 without a mark, else the Windows code page 1258.

    Code page 1258 writes the tone after the letter as a sign of its own; :func:`hrms.kernel.text.normalize` joins them.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, encoding)
    if b"\0" in data[:4096]:
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        return _decode_as(data, "utf-16-le" if odd > even else "utf-16-be")
    try:
        return _decode_as(data, "utf-8")
    except SpreadsheetRefused:
        return _decode_as(data, "cp1258")


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise corrupt() from None
    if _CONTROL.search(text):
        message = _("Tệp này không phải bảng tính. Hãy chọn tệp .xlsx, .xls hoặc .csv.")
        raise SpreadsheetRefused("not_spreadsheet", message)
    return text


def separator_of(text: str) -> str:
    """The separator that splits the first lines into the most columns, most evenly; Excel's own ``sep=`` line wins."""
    if hint := _HINT.match(text):
        return hint.group(1)
    sample = "\n".join(text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES])
    csv.field_size_limit(2 * EXCEL_TEXT)

    def evidence(separator: str) -> tuple[int, int]:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
            widths = [len(row) for row in reader if len(row) > 1]
        except csv.Error:  # not this separator, or a broken file: reading it will tell
            return (0, 0)
        usual = max(widths, key=widths.count, default=0)
        return (widths.count(usual) * (usual - 1), usual)

    return max(_SEPARATORS, key=evidence)


def rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line number a spreadsheet program would show for them (from 1)."""
    start = hint.end() if (hint := _HINT.match(text)) else 0
    stream = io.StringIO(text, newline="")
    stream.seek(start)
    csv.field_size_limit(2 * EXCEL_TEXT)
    try:
        yield from enumerate(csv.reader(stream, delimiter=separator), start=1)
    except csv.Error:
        message = _(
            "Tệp CSV có ô không đóng ngoặc kép. Hãy mở tệp bằng Excel, lưu lại thành .xlsx rồi tải lên lần nữa."
        )
        raise SpreadsheetRefused("corrupt", message) from None


def measure(text: str, separator: str, limits: Limits) -> Extent:
    """Count the cells once, so that a table over the limits is refused before anything is done with it."""
    extent = Extent()
    for number, row in rows(text, separator):
        filled = [index for index, value in enumerate(row) if value]
        if filled:
            extent.rows = number
            extent.columns = max(extent.columns, filled[-1] + 1)
            extent.filled += len(filled)
            extent.check(limits)
    return extent
