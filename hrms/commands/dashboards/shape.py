"""What a dashboard is made of: figures, tables with their charts, and where a click on each leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reports.framework import Asked, Block, Column, definition, definitions
from reports.framework.result import Row

Where = Mapping[str, str]
CONDITION = "w."  # how a condition on a figure is written in an address


@dataclass(frozen=True)
class Target:
    """An address by endpoint and arguments; the page leaves a link out whose endpoint is not there."""

    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tile:
    """One figure on top of the page. ``value`` is a count or whole đồng; ``alert``: somebody has to act."""

    label: str
    value: int
    kind: Literal["integer", "money"] = "integer"
    target: Target | None = None
    alert: bool = False
    note: str = ""


@dataclass
class Panel:
    """One card: the block of a report. ``opens`` gives the address of the rows behind a figure by its conditions;
    ``more`` leads to the whole report or list. ``title`` says what the figures are of, where the table's own name
    rests on the heading of its report."""

    block: Block
    tiles: tuple[Tile, ...] = ()
    opens: Callable[[dict[str, str]], Target | None] | None = None
    more: Target | None = None
    more_label: str = "Xem báo cáo"
    title: str = ""

    @property
    def heading(self) -> str:
        return self.title or self.block.title


class Memo(dict[Any, Any]):
    """What a report keeps while it is made: its unit trees are those of every other report of the board; its facts
    depend on parameters of its own and stay apart."""

    def __init__(self, trees: dict[Any, Any]) -> None:
        super().__init__()
        self.trees = trees

    def __contains__(self, key: object) -> bool:
        return key in self.trees or super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        return self.trees[key] if key in self.trees else super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if key[0] == "tree":
            self.trees[key] = value
        else:
            super().__setitem__(key, value)


@dataclass
class Context:
    """One dashboard being put together: what was asked, shared by every panel, so that nothing is asked twice."""

    asked: Asked
    trees: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked.memo = Memo(self.trees)

    def report(self, key: str, **given: Any) -> Asked | None:
        """The report ``key`` about the same unit, day and period; ``None`` for whoever may not see it."""
        known = definitions().get(key)
        if known is None or not known.allowed:
            return None
        values: dict[str, Any] = {}
        for parameter in definition(key).parameters:
            if parameter.name in given:
                values[parameter.name] = given[parameter.name]
            elif parameter.name in ("unit", "period", "on"):
                values[parameter.name] = self.asked.values[parameter.name]
            else:
                text = parameter.default(self.asked.today)
                values[parameter.name] = parameter.read(text) if text else None
        return Asked(known, values, self.asked.store, self.asked.today, Memo(self.trees))


def report_page(asked: Asked) -> Target:
    """The whole report a panel is part of."""
    return Target("ReportView.show", {"key": asked.definition.key, **asked.plain})


def rows_page(asked: Asked, fact: str, where: Where) -> Target | None:
    """The rows behind a figure; ``None`` for whoever may see figures only."""
    if not asked.may_see_rows(fact):
        return None
    conditions = {f"{CONDITION}{name}": value for name, value in where.items()}
    return Target("ReportView.rows", {"key": asked.definition.key, "fact": fact, **asked.plain, **conditions})


def of_report(asked: Asked, block: Block, tiles: tuple[Tile, ...] = ()) -> Panel:
    """The panel of one block of a report."""
    title = block.chart.title if block.chart is not None else ""
    return Panel(block, tiles, lambda where: rows_page(asked, block.fact, where), report_page(asked), title=title)


def figure(asked: Asked, block: Block, key: str, label: str, row: Row | None = None, **more: Any) -> Tile:
    """A figure of a block as a tile: of one row, or the total of its column."""
    column: Column = next(one for one in block.columns if one.key == key)
    value = int(row[key] or 0) if row is not None else block.total(key)
    where = block.conditions(column, row)
    target = rows_page(asked, block.fact, where) if where is not None and value else None
    kind: Literal["integer", "money"] = "money" if column.kind == "money" else "integer"
    return Tile(label, value, kind, target, **more)
