"""Lists of papers, described once and written twice: as a typeset table and as a spreadsheet with formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from hrms.kernel.text import PartialDate, format_date, format_decimal, format_integer

CellKind = Literal["text", "code", "integer", "money", "factor", "decimal", "percent", "date", "mark"]
RIGHT = frozenset({"integer", "money", "factor", "decimal", "percent"})
MIDDLE = frozenset({"date", "mark", "code"})
MM_PER_POINT = 25.4 / 72
CELL_PADDING = 1.4  # mm, both sides and the rule


@dataclass(frozen=True)
class Column:
    """One column with a key that never changes. ``mm`` is its share of a page, ``chars`` its width in a spreadsheet.

    ``part``: an amount that belongs to the row's sum; ``sums``: the column that holds that sum, as a formula;
    ``link``: the address of a cell of another sheet that holds the value;
    ``minus``: (whole, part) keys whose difference the column holds; ``optional``: left off a page when empty.
    """

    key: str
    title: str
    value: Callable[[Any], Any]
    kind: CellKind = "text"
    group: str = ""
    mm: float = 15
    chars: int = 14
    part: bool = False
    sums: bool = False
    minus: tuple[str, str] | None = None
    link: Callable[[Any], str] | None = None
    total: bool = False
    foot: Callable[[Sequence[Any]], Any] | None = None
    optional: bool = False
    on_page: bool = True
    in_sheet: bool = True


@dataclass
class Section:
    """A heading with its rows; an empty title writes no heading row."""

    title: str
    rows: Sequence[Any]


@dataclass
class Table:
    """``sections`` in order; rows are numbered through. ``words`` is the sentence of the total in words."""

    columns: Sequence[Column]
    sections: Sequence[Section]
    words: str = ""
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def rows(self) -> list[Any]:
        return [row for section in self.sections for row in section.rows]

    def page_columns(self) -> list[Column]:
        """The columns a page shows: optional ones only where some row has a value."""
        return [c for c in self.columns if c.on_page and (not c.optional or self.used(c))]

    def used(self, column: Column) -> bool:
        """Whether any row has something in this column."""
        return any(_filled(column.value(row)) for row in self.rows)

    def sheet_columns(self) -> list[Column]:
        return [c for c in self.columns if c.in_sheet]

    def sum_of(self, column: Column, rows: Sequence[Any] | None = None) -> int:
        """The column's total over ``rows`` (all rows), for integer amounts and counts."""
        return sum(int(column.value(row) or 0) for row in (self.rows if rows is None else rows))

    def foot_of(self, column: Column, rows: Sequence[Any] | None = None) -> str:
        """What is printed under the column: its total, what its ``foot`` says of the rows, or nothing."""
        if column.foot is not None:
            return shown(column.foot(self.rows if rows is None else rows), column.kind)
        return shown(self.sum_of(column, rows), column.kind) if column.total else ""


def _filled(value: Any) -> bool:
    return value not in (None, "", False, 0)


def shown(value: Any, kind: CellKind) -> str:
    """A cell as a page prints it."""
    if value is None or value == "" or value is False:
        return ""
    if value is True:
        return "x"
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, (PartialDate, str)):
        return str(value)
    if kind in ("money", "integer"):
        return format_integer(int(value))
    if isinstance(value, (int, Decimal)):
        # Salary coefficients are always written with two decimals: 6,10.
        places = 2 if kind == "factor" and Decimal(value) == Decimal(value).quantize(Decimal("0.01")) else None
        return format_decimal(value, places)
    return str(value)


def css_class(kind: CellKind) -> str:
    if kind in RIGHT:
        return "num"
    return "mid" if kind in MIDDLE else ""


@dataclass(frozen=True)
class HeadCell:
    """One cell of the header: ``wide`` columns, ``high`` rows."""

    text: str
    wide: int = 1
    high: int = 1


def header_rows(columns: Sequence[Column]) -> tuple[list[HeadCell], list[HeadCell]]:
    """The two header rows: neighbours of one group are joined above, a column without a group reaches down."""
    if not any(column.group for column in columns):
        return [HeadCell(column.title) for column in columns], []
    first: list[HeadCell] = []
    second: list[HeadCell] = []
    at = 0
    while at < len(columns):
        group = columns[at].group
        if not group:
            first.append(HeadCell(columns[at].title, 1, 2))
            at += 1
            continue
        end = at
        while end < len(columns) and columns[end].group == group:
            second.append(HeadCell(columns[end].title))
            end += 1
        first.append(HeadCell(group, end - at))
        at = end
    return first, second


def ems(text: str) -> float:
    """About how wide ``text`` is in a bold Times face, in em: digits are a half, stops a quarter."""
    return sum(0.25 if c in ".,;:/ " else 0.5 if c.isdigit() else 0.62 for c in text)


def page_table(table: Table, *, points: float, room: float) -> dict[str, Any]:
    """What the template of a list prints: widths in per cent, type size, header, sections with sums, the total row.

    ``points`` is the size wished for, ``room`` the width of the page in mm. No number may break or run over its cell:
    where the columns need more than the page has, the type shrinks with them.
    """
    columns = table.page_columns()
    widths = [max(column.mm, _needed(table, column, points)) for column in columns]
    whole = sum(widths)
    first, second = header_rows(columns)
    number = 0
    sections = []
    for position, section in enumerate(table.sections, start=1):
        rows = []
        for row in section.rows:
            number += 1
            cells = [_cell(column, row, number) for column in columns]
            rows.append(cells)
        sums = [table.foot_of(c, section.rows) for c in columns]
        sections.append({"ordinal": roman(position), "title": section.title, "rows": rows, "sums": sums})
    lead = next((i for i, c in enumerate(columns) if c.total), len(columns))
    return {
        "widths": [f"{width * 100 / whole:.3f}%" for width in widths],
        "points": f"{points * min(1, room / whole):.2f}",
        "first": first,
        "second": second,
        "count": len(columns),
        "lead": lead,
        "sections": sections,
        "totals": [(table.foot_of(c), css_class(c.kind)) for c in columns],
        "words": table.words,
        "notes": table.notes,
    }


def _cell(column: Column, row: Any, number: int) -> tuple[str, str]:
    value = number if column.key == "tt" else column.value(row)
    return shown(value, column.kind), css_class(column.kind)


def _needed(table: Table, column: Column, points: float) -> float:
    """The width in mm below which a number, a date or a word of the header would be torn."""
    words = column.title.split()
    if column.kind in RIGHT | MIDDLE:
        words += [shown(column.value(row), column.kind) for row in table.rows]
        if column.total:
            words.append(shown(table.sum_of(column), column.kind))
    return max((ems(word) for word in words), default=0) * points * MM_PER_POINT + CELL_PADDING


_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(value: int) -> str:
    """``4`` → ``IV``, for sections and annexes."""
    parts = []
    for size, letters in _ROMAN:
        count, value = divmod(value, size)
        parts.append(letters * count)
    return "".join(parts)
