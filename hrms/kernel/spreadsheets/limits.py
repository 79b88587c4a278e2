"""What a file may cost, how a refusal is said, and what a cell can hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hrms.kernel.errors import HrmsError

MIB = 1024 * 1024
EXCEL_TEXT = 32_767  # the longest text Excel allows in one cell

CellValue = str | int | float | bool | date | datetime | time | timedelta
"""A raw cell. The empty cell is ``""``."""


class CellFault(str):
    """A cell that has no usable value: an Excel error such as ``#REF!``, or a formula that was never calculated.

    The string is what the cell shows.
    """

    __slots__ = ()


UNCALCULATED = CellFault("=?")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep any file, friendly or hostile, within the memory of an office server.

    ``max_cells`` counts the rectangles from A1 to the last filled cell of all sheets, which is what reading costs;
    ``max_text_bytes`` counts the text of all cells after shared strings are copied into each of them.
    """

    max_file_bytes: int = 48 * MIB
    max_unpacked_bytes: int = 512 * MIB
    max_ratio: int = 120
    ratio_free_bytes: int = 4 * MIB
    max_entries: int = 1_000
    max_sheets: int = 64
    max_rows: int = 100_000
    max_columns: int = 256
    max_cells: int = 5_000_000
    max_text_bytes: int = 512 * MIB


DEFAULT_LIMITS = Limits()


class SpreadsheetRefused(HrmsError):
    """The file as a whole cannot be read. ``code`` is stable, the message is Vietnamese and ends with the remedy.

    Codes: ``empty``, ``corrupt``, ``password``, ``not_spreadsheet``, ``unsupported``, ``bomb``, ``too_large``,
    ``too_many_rows``, ``too_many_columns``, ``too_many_cells``, ``too_many_sheets``, ``no_table``, ``bad_mapping``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def column_letter(index: int) -> str:
    """``0`` → ``A``, ``26`` → ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """``A`` → ``0``, ``AA`` → ``26``. Raises :class:`ValueError` for anything but letters."""
    if not letters.isascii() or not letters.isalpha():
        raise ValueError(letters)
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
