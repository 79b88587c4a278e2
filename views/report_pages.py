"""A table of a report as a page shows it: cells in words, figures as links to the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from reports.framework.charts import svg
from reports.framework.result import Block, Column, Row
from reports.tables import HeadCell, css_class, header_rows
from reports.tables import shown as said

Address = Callable[[dict[str, str]], str]


@dataclass(frozen=True)
class Cell:
    text: str
    css: str
    href: str = ""


@dataclass
class Line:
    """``kind``: row, section, total."""

    kind: str
    cells: list[Cell]
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class Head:
    """A heading in the reader's language, set like the cells below it."""

    text: str
    wide: int
    high: int
    css: str = ""


@dataclass
class Shown:
    """A block ready for the page. ``more`` rows are not shown."""

    block: Block
    title: str
    first: list[Head]
    second: list[Head]
    lines: list[Line]
    more: int
    chart: Any
    lead: int  # columns before the first sum


def shown(
    block: Block, *, number: int = 0, address: Address | None = None, links: Sequence[str] = (), most: int | None = None
) -> Shown:
    """``address`` makes the link of a figure; ``links`` are the records behind the rows, in order."""
    columns = list(block.columns)
    first, second = _heads(columns)
    lines: list[Line] = []
    left = len(block.rows) if most is None else most
    for title, rows in block.sections():
        if title:
            lines.append(Line("section", _sums(block, columns, rows, None), title))
        for row in rows[:left]:
            href = links[len(lines)] if links and not title else ""
            lines.append(Line("row", [_cell(block, column, row, address) for column in columns], href=href))
        left = max(0, left - len(rows))
    if block.sums and block.rows:
        lines.append(Line("total", _sums(block, columns, block.rows, address), _(block.total_label)))
    more = max(0, len(block.rows) - most) if most is not None else 0
    chart = svg(block.chart, ident=f"bieu-do-{number}") if block.chart else ""
    lead = next((i for i, column in enumerate(columns) if column.total), len(columns))
    return Shown(block, _(block.title), first, second, lines, more, chart, lead)


def _heads(columns: Sequence[Column]) -> tuple[list[Head], list[Head]]:
    """The rows of headings. Translated here: a template would take their per cent signs for placeholders."""
    first, second = header_rows(columns)  # type: ignore[arg-type]
    grouped = any(column.group for column in columns)
    alone = iter([column for column in columns if not column.group])
    inside = iter([column for column in columns if column.group])

    def head(cell: HeadCell, own: bool, source: Any) -> Head:
        css = css_class(next(source).kind) if own else "over"
        return Head(_(cell.text), cell.wide, cell.high, css)

    above = [head(cell, cell.high == 2 or not grouped, alone) for cell in first]
    return above, [head(cell, True, inside) for cell in second]


def _cell(block: Block, column: Column, row: Row, address: Address | None) -> Cell:
    value = row.get(column.key)
    text = said(value, column.kind)
    href = ""
    if address is not None and value:
        where = block.conditions(column, row)
        href = address(where) if where is not None else ""
    return Cell(text, css_class(column.kind), href)


def _sums(block: Block, columns: Sequence[Column], rows: Sequence[Row], address: Address | None) -> list[Cell]:
    cells = []
    for column in columns:
        if not column.total:
            cells.append(Cell(said(block.foot(column, rows), column.kind), css_class(column.kind)))
            continue
        value = block.total(column.key, rows)
        where = block.conditions(column, None) if address is not None and value else None
        href = address(where) if address is not None and where is not None else ""
        cells.append(Cell(said(value, column.kind), css_class(column.kind), href))
    return cells
