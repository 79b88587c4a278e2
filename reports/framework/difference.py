"""Two runs of one report side by side: rows that came, rows that went, cells that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.framework.result import Block, Column, Produced, Row
from reports.tables import shown


@dataclass(frozen=True)
class CellChange:
    """One cell: its column, what it was and is, and the difference where both are whole numbers."""

    column: str
    before: str
    after: str
    delta: int | None = None


@dataclass
class RowChange:
    """``kind``: added, removed or changed. ``label`` names the row as a reader knows it."""

    kind: str
    label: str
    cells: list[CellChange] = field(default_factory=list)


@dataclass
class BlockChange:
    title: str
    rows: list[RowChange] = field(default_factory=list)


def difference(before: Produced, after: Produced) -> list[BlockChange]:
    """Blocks in which anything changed, in the order of the report."""
    found = []
    kept = {block.key: block for block in before.blocks}
    now = {block.key: block for block in after.blocks}
    for key in [*kept, *(key for key in now if key not in kept)]:
        first, second = kept.get(key), now.get(key)
        title = (second or first).title  # type: ignore[union-attr]
        rows = _rows(first, second)
        if rows:
            found.append(BlockChange(title, rows))
    return found


def _rows(first: Block | None, second: Block | None) -> list[RowChange]:
    shape = second or first
    assert shape is not None
    before, after = _indexed(first), _indexed(second)
    changes: list[RowChange] = []
    for identity, row in before.items():
        new = after.get(identity)
        if new is None:
            changes.append(RowChange("removed", label_of(shape, row), _cells(shape.columns, row, None)))
        elif cells := _cells(shape.columns, row, new):
            changes.append(RowChange("changed", label_of(shape, new), cells))
    for identity, row in after.items():
        if identity not in before:
            changes.append(RowChange("added", label_of(shape, row), _cells(shape.columns, None, row)))
    return changes


def _indexed(block: Block | None) -> dict[tuple[str, ...], Row]:
    """Rows by identity; the second row of the same identity counts as another one."""
    found: dict[tuple[str, ...], Row] = {}
    for row in block.rows if block is not None else ():
        identity = block.identity(row) if block is not None else ()
        number, key = 2, identity
        while key in found:
            key, number = (*identity, str(number)), number + 1
        found[key] = row
    return found


def label_of(block: Block, row: Row) -> str:
    """The first two words of a row: “Sở Xây dựng”, “HY-D000012 Nguyễn Văn An”."""
    texts = [shown(row.get(c.key), c.kind) for c in block.columns if c.kind in ("text", "code", "date")]
    return " – ".join([text for text in texts if text][:2]) or block.title


def _cells(columns: Sequence[Column], before: Row | None, after: Row | None) -> list[CellChange]:
    found = []
    for column in columns:
        old, new = (row.get(column.key) if row is not None else None for row in (before, after))
        if _same(old, new) and before is not None and after is not None:
            continue
        one_sided = before is None or after is None
        if one_sided and (column.kind in ("text", "code", "mark", "date") or not (old or new)):
            continue
        numbers = all(isinstance(value or 0, int) for value in (old, new)) and column.kind in ("integer", "money")
        delta = int(new or 0) - int(old or 0) if numbers else None
        found.append(CellChange(column.title if not column.group else f"{column.group} – {column.title}",
                                shown(old, column.kind), shown(new, column.kind), delta))  # fmt: skip
    return found


def _same(old: Any, new: Any) -> bool:
    return (old in (None, "", False) and new in (None, "", False)) or old == new
