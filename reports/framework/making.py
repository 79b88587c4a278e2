"""Making a report: its blocks, the paragraphs it drafts, and whether it is too long to wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reports.framework.asking import Asked
from reports.framework.result import Block, Produced, Row, RowFailed

# Rows above which a file is made in the background: a page of a PDF takes a tenth of a second.
LARGE = {"pdf": 300, "xlsx": 5_000}
ON_PAGE = 200  # rows of one table that a page shows


def make(asked: Asked) -> Produced:
    """The report as it stands now, with the paragraphs the application drafts for it."""
    definition = asked.definition
    unit = asked.values.get("unit")
    produced = Produced(
        key=definition.key,
        title=definition.title,
        values=asked.plain,
        said=asked.said,
        blocks=definition.build(asked),
        produced_on=asked.today,
        unit_id=getattr(unit, "id", None),
        unit_name=getattr(unit, "name", ""),
        bases=definition.bases,
        law=asked.store.fingerprint,
    )
    produced.texts = [(text.key, text.title, text.draft(asked, produced), text.before) for text in definition.texts]
    return produced


def each(
    asked: Asked, table: str, rows: Iterable[Mapping[str, Any]], compute: Callable[[Mapping[str, Any]], Row | None]
) -> list[Row]:
    """``compute`` of every row, those that are ``None`` left out. Raises :class:`RowFailed` that names the row."""
    found: list[Row] = []
    for position, row in enumerate(rows, start=1):
        try:
            computed = compute(row)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise RowFailed(asked.definition.title, table, position, row, error) from error
        if computed is not None:
            found.append(computed)
    return found


def blocks_of(*blocks: Block | None) -> list[Block]:
    """The blocks there are."""
    return [block for block in blocks if block is not None]
