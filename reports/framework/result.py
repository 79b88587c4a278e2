"""A produced report: blocks of typed tables, plain enough to be kept as a snapshot and written in any form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from hrms.kernel.errors import HrmsError
from reports.framework.charts import Chart
from reports.tables import CellKind

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def share_of(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in per cent, one decimal, half up; nothing of nothing."""
    if not whole:
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


class RowFailed(HrmsError):
    """A report could not write one row; the message names the report, the table and the row."""

    status = 500

    def __init__(self, report: str, block: str, position: int, row: Mapping[str, Any], error: Exception) -> None:
        named = next((str(row[key]) for key in ("code", "number", "name", "label") if row.get(key)), "")
        words = _("dòng %(n)s", n=position) + (f" ({named})" if named else "")
        super().__init__(
            _(
                "Không lập được “%(report)s”: bảng “%(block)s”, %(row)s có dữ liệu không ghi được (%(why)s). "
                "Hãy sửa dữ liệu của dòng này rồi lập lại.",
                report=report, block=block, row=words, why=f"{type(error).__name__}: {error}"[:160],
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: ``key`` never changes, ``kind`` types its cells in every form (money is whole đồng).

    ``total``: summed at the foot and under every section. ``group``: neighbours of one group share a heading.
    ``where``: what, beside the row's own conditions, the rows behind a figure of this column have; a column opens
    only when it is a figure of the block's fact (``opens``). ``share``: the keys (part, whole) a percentage is of; its
    total is the share of the totals, never a sum.
    """

    key: str
    title: str
    kind: CellKind = "text"
    total: bool = False
    group: str = ""
    mm: float = 18
    chars: int = 14
    where: Mapping[str, str] | None = None
    opens: bool = False
    share: tuple[str, str] | None = None


@dataclass
class Block:
    """One table (and perhaps its chart).

    ``rows`` are dicts by column key. ``by`` names the row keys that are conditions on ``fact``: with them a figure
    opens the rows behind it; ``base`` are the conditions of the whole table. ``keys`` identify a row when two runs
    are compared (default: ``by``, else the first column). ``section`` names the key whose value groups neighbours.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: list[Row]
    fact: str = ""
    by: tuple[str, ...] = ()
    base: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    section: str = ""
    total_label: str = "Tổng cộng"
    unit_note: str = ""
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    named: bool = False  # rows tell of single people
    empty: str = "Không có dữ liệu trong phạm vi đã chọn."

    @property
    def sums(self) -> bool:
        return any(column.total for column in self.columns)

    def total(self, key: str, rows: Sequence[Row] | None = None) -> int:
        """The sum of a column, exact: whole numbers only."""
        return sum(int(row.get(key) or 0) for row in (self.rows if rows is None else rows))

    def foot(self, column: Column, rows: Sequence[Row] | None = None) -> int | Decimal | None:
        """What stands under a column: its sum, the share of two sums, or nothing."""
        if column.share is not None:
            part, whole = column.share
            return share_of(self.total(part, rows), self.total(whole, rows))
        return self.total(column.key, rows) if column.total else None

    def sections(self) -> list[tuple[str, list[Row]]]:
        """Neighbouring rows of one section; one section without a title where the block has none."""
        if not self.section:
            return [("", self.rows)]
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(str(row.get(self.section) or ""), []).append(row)
        return list(found.items())

    def identity(self, row: Row) -> tuple[str, ...]:
        """What makes a row the same row in another run."""
        names = self.keys or self.by or (self.columns[0].key,)
        return tuple(str(row.get(name)) for name in names)

    def conditions(self, column: Column, row: Row | None) -> dict[str, str] | None:
        """The conditions on the fact of one figure (``row`` None: of the total); ``None`` when it does not open."""
        if not self.fact or not column.opens:
            return None
        found = {**self.base, **(column.where or {})}
        if row is not None:
            if any(row.get(name) is None for name in self.by):
                return None
            found |= {name: str(row[name]) for name in self.by}
        return found


@dataclass
class Produced:
    """A finished report. ``values`` are the parameters as text, ``said`` as words; ``texts`` an editor's paragraphs."""

    key: str
    title: str
    values: dict[str, str]
    said: list[tuple[str, str]]
    blocks: list[Block]
    produced_on: date
    unit_id: int | None = None
    unit_name: str = ""
    bases: tuple[str, ...] = ()
    texts: list[tuple[str, str, str, str]] = field(default_factory=list)  # key, title, text, before
    law: str = ""  # fingerprint of the law parameters the figures rest on

    @property
    def rows(self) -> int:
        return sum(len(block.rows) for block in self.blocks)

    @property
    def named(self) -> bool:
        return any(block.named for block in self.blocks)

    def block(self, key: str) -> Block:
        return next(block for block in self.blocks if block.key == key)

    def text_before(self, key: str) -> list[tuple[str, str]]:
        """Title and text of the paragraphs that stand before the block ``key`` ("": at the end)."""
        return [(title, text) for _key, title, text, before in self.texts if before == key]

    def to_plain(self) -> dict[str, Any]:
        """JSON-ready: what a snapshot keeps."""
        blocks = [
            {
                **vars(block),
                "columns": [asdict(column) for column in block.columns],
                "rows": [{k: _plain(v) for k, v in row.items()} for row in block.rows],
                "chart": asdict(block.chart) if block.chart is not None else None,
            }
            for block in self.blocks
        ]
        return {**vars(self), "blocks": blocks}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Produced:
        """The report a snapshot kept, cells typed again by their columns."""
        values = {**plain, "produced_on": date.fromisoformat(str(plain["produced_on"]))}
        values["blocks"] = [_block(block) for block in plain["blocks"]]
        values["said"] = [tuple(pair) for pair in plain["said"]]
        values["texts"] = [tuple(entry) for entry in plain["texts"]]
        values["bases"] = tuple(plain["bases"])
        return cls(**values)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, the same for the same figures whenever and wherever they are put down."""
        return digest(self.to_plain())


def digest(plain: Mapping[str, Any]) -> str:
    """The digest of a report in its plain form."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _typed(value: Any, kind: str) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind in ("decimal", "factor", "percent") else value


def _pair(value: Any) -> tuple[str, str] | None:
    return (str(value[0]), str(value[1])) if value else None


def _block(plain: Mapping[str, Any]) -> Block:
    columns = tuple(Column(**{**column, "share": _pair(column.get("share"))}) for column in plain["columns"])
    kinds = {column.key: column.kind for column in columns}
    rows = [{k: _typed(v, kinds.get(k, "")) for k, v in row.items()} for row in plain["rows"]]
    chart = Chart.from_plain(plain["chart"]) if plain["chart"] else None
    values = {**plain, "columns": columns, "rows": rows, "chart": chart}
    values |= {name: tuple(plain[name]) for name in ("by", "keys", "notes")}
    return Block(**values)


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame with Python's own values: whole numbers, decimals, dates, ``None`` for what is missing."""
    return list(_records(frame))


def _records(frame: pd.DataFrame) -> Iterator[Row]:
    names = [str(name) for name in frame.columns]
    columns = [_python(frame[name]) for name in frame.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _python(series: Any) -> list[Any]:
    missing = series.isna().tolist()
    return [None if gone else _own(value) for value, gone in zip(series.tolist(), missing, strict=True)]


def _own(value: Any) -> Any:
    to_date = getattr(value, "to_pydatetime", None)
    if to_date is not None:
        return to_date().date()
    return value.item() if hasattr(value, "item") else value


def with_texts(produced: Produced, texts: Sequence[tuple[str, str, str, str]]) -> Produced:
    """The same report with an editor's paragraphs."""
    return replace(produced, texts=list(texts))
