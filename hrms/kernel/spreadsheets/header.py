"""Find the table on a sheet: titles above it, one to four header rows with merged groups, a row of column numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hrms.kernel.spreadsheets.fields import FieldSpec, show
from hrms.kernel.spreadsheets.limits import CellValue
from hrms.kernel.spreadsheets.mapping import HeaderColumn, MappingGuess, guess_mapping, known_titles, title_words
from hrms.kernel.spreadsheets.workbook import Merge, Sheet
from hrms.kernel.text import fold

SEARCHED_ROWS = 60
MAX_DEPTH = 4
_PER_ROW = 0.05  # a deeper header must explain more columns to be preferred
_COLUMN_NUMBER = re.compile(r"\(?\s*(?:\d{1,3}|[a-zđ])\s*\)?(?:\s*=.*)?", re.IGNORECASE)
_DATA_TEXT = re.compile(r"\d+(?:[.,/\-]\d+)*%?")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the table's head stands. Row numbers are those shown (from 1); ``first_data_row`` is the next after it."""

    first_row: int
    last_row: int
    first_data_row: int
    columns: tuple[HeaderColumn, ...]
    titles_above: tuple[str, ...]

    def title_of(self, index: int) -> str:
        for column in self.columns:
            if column.index == index:
                return column.title
        return ""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A header and what its columns are taken for."""

    header: Header
    guess: MappingGuess


def spread(rows: Sequence[Sequence[CellValue]], merges: Sequence[Merge]) -> list[list[CellValue]]:
    """A copy of the first rows in which every cell of a merged range holds the range's value."""
    width = max((len(row) for row in rows), default=0)
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    for merge in merges:
        if merge.first_row > len(grid) or merge.first_column >= width:
            continue
        value = grid[merge.first_row - 1][merge.first_column]
        for row in range(merge.first_row - 1, min(merge.last_row, len(grid))):
            for column in range(merge.first_column, min(merge.last_column + 1, width)):
                grid[row][column] = value
    return grid


def find_table(sheet: Sheet, specs: Sequence[FieldSpec], searched_rows: int = SEARCHED_ROWS) -> FoundTable | None:
    """The header that explains the most columns of the sheet, or ``None`` if no row carries two known titles."""
    head = sheet.head(searched_rows)
    merges = [merge for merge in sheet.merges if merge.first_row <= len(head)]
    grid = spread(head, merges)
    best: FoundTable | None = None
    best_strength = 0.0
    for first in _candidates(grid, specs):
        for depth in range(1, MAX_DEPTH + 1):
            last = first + depth - 1
            if last >= len(grid) or (depth > 1 and _looks_like_data(grid[last])):
                break
            if _cuts_a_merge(merges, first + 1, last + 1):
                continue
            columns = _columns(grid[first : last + 1])
            guess = guess_mapping(columns, specs)
            strength = guess.strength - _PER_ROW * depth
            if len(guess.matches) >= 2 and strength > best_strength:
                best_strength = strength
                best = FoundTable(_header(grid, first, last, columns), guess)
    return best


def header_at(sheet: Sheet, first_row: int, last_row: int) -> Header:
    """The header a user has pointed to by its row numbers."""
    grid = spread(sheet.head(max(last_row + 1, SEARCHED_ROWS)), sheet.merges)
    first, last = first_row - 1, min(last_row, len(grid)) - 1
    return _header(grid, first, last, _columns(grid[first : last + 1]))


def _candidates(grid: list[list[CellValue]], specs: Sequence[FieldSpec]) -> list[int]:
    """Rows with two known titles; failing that, rows with three texts and no data, whose titles may be misspelled."""
    titles = known_titles(specs)
    exact_rows, loose_rows = [], []
    for index, row in enumerate(grid):
        texts = {fold(title_words(value)) for value in row if isinstance(value, str) and value.strip()}
        if len(texts & titles) >= 2:
            exact_rows.append(index)
        elif len(texts) >= 3 and not any(_DATA_TEXT.fullmatch(value) for value in texts):
            loose_rows.append(index)
    found = exact_rows or loose_rows[:10]
    # A first header row may carry nothing but names of groups: the rows above are tried as its beginning, too.
    return sorted({row - above for row in found for above in range(MAX_DEPTH) if row >= above})


def _looks_like_data(row: Sequence[CellValue]) -> bool:
    """A row that cannot belong to a header: numbers or dates in it, or nothing at all."""
    filled = [value for value in row if value != ""]
    return not filled or any(not isinstance(value, str) or _DATA_TEXT.fullmatch(value.strip()) for value in filled)


def _cuts_a_merge(merges: Sequence[Merge], first: int, last: int) -> bool:
    """Whether a merged range that has a part in these rows reaches beyond them."""
    return any(
        merge.first_row <= last and merge.last_row >= first and (merge.first_row < first or merge.last_row > last)
        for merge in merges
    )


def _columns(block: list[list[CellValue]]) -> tuple[HeaderColumn, ...]:
    block = [_fill_groups(block, level) if level < len(block) - 1 else row for level, row in enumerate(block)]
    columns = []
    for index in range(len(block[0])):
        path: list[str] = []
        for row in block:
            title = show(row[index])
            if title and (not path or path[-1] != title):
                path.append(title)
        if path:
            columns.append(HeaderColumn(index, tuple(path)))
    return tuple(columns)


def _fill_groups(block: list[list[CellValue]], level: int) -> list[CellValue]:
    """A group title that was not merged stands over its first column only: carry it over the columns that lack one."""
    row = list(block[level])
    below = [
        next((lower[index] for lower in block[level + 1 :] if lower[index] != ""), "") for index in range(len(row))
    ]
    for index in range(1, len(row)):
        has_own_leaf = below[index] != "" and below[index] != row[index]
        left_is_group = row[index - 1] != "" and below[index - 1] not in ("", row[index - 1])
        if row[index] == "" and has_own_leaf and left_is_group:
            row[index] = row[index - 1]
    return row


def _header(grid: list[list[CellValue]], first: int, last: int, columns: tuple[HeaderColumn, ...]) -> Header:
    after = last + 1
    if after < len(grid) and is_column_numbers(grid[after]):
        after += 1
    above: list[str] = []
    for row in grid[:first]:
        for value in row:
            title = show(value)
            if title and title not in above:
                above.append(title)
    return Header(first + 1, last + 1, after + 1, columns, tuple(above))


def is_column_numbers(row: Sequence[CellValue]) -> bool:
    """The row (1), (2), (3)… or A, B, 1, 2, 3, 4=2+3 that many forms carry under the header."""
    shown = [show(value) for value in row if value != ""]
    if len(shown) < 3 or not all(_COLUMN_NUMBER.fullmatch(value) for value in shown):
        return False
    numbers = [int(match.group()) for value in shown if (match := re.search(r"\d+", value.split("=")[0]))]
    return len(numbers) >= 2 and numbers[0] <= 2 and numbers == sorted(numbers) and len(set(numbers)) == len(numbers)
