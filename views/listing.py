"""Lists: one declaration gives quick search, filters, saved filters, grouping, choice of columns, sorting, paging,
bulk actions and export of what one sees, always inside the scope of whoever asks.

A page costs three statements (count, rows, choices where needed), whatever the number of rows in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import Select, func, select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold

PAGE_SIZES = (25, 50, 100, 200)
MAX_GROUPS = 60


@dataclass(frozen=True)
class Column:
    """``value``: attribute path ("unit.name") or a function of the row. ``sort``: SQL expressions, the first decides.

    ``kind``: text | date | partial | money | decimal | number | bool | badge | link. ``label`` is called per request.
    """

    key: str
    label: Callable[[], str]
    value: str | Callable[[Any], Any]
    sort: tuple[Any, ...] = ()
    kind: str = "text"
    shown: bool = True  # shown unless the user chooses otherwise
    width: int = 16  # in characters, for the exported sheet
    code: bool = False  # exported as text: codes and numbers that are names
    permission: tuple[str, str] | None = None  # the column exists only for those who may

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for part in self.value.split("."):
            found = getattr(found, part, None) if found is not None else None
        return found

    @property
    def allowed(self) -> bool:
        return self.permission is None or access.may(*self.permission)


@dataclass(frozen=True)
class Filter:
    """``choices`` yields (value, label); ``apply`` narrows the query. ``kind``: choice | date | unit | flag | text."""

    key: str
    label: Callable[[], str]
    apply: Callable[[Select[Any], str], Select[Any]]
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    kind: str = "choice"
    default: str = ""


@dataclass(frozen=True)
class Group:
    """Group by an SQL expression; ``label_of`` turns its value into words."""

    key: str
    label: Callable[[], str]
    expression: Any
    label_of: Callable[[Any], str] = str
    narrow: str = ""  # the filter that opens one group


@dataclass(frozen=True)
class Bulk:
    """An action on the picked rows: posts ``pick`` ids to ``url``."""

    label: Callable[[], str]
    url: Callable[[], str]
    permission: tuple[str, str]
    danger: bool = False


@dataclass(frozen=True)
class ListSpec:
    """One list of the application."""

    name: str
    title: Callable[[], str]
    model: type[Any]
    columns: tuple[Column, ...]
    search: Callable[[Select[Any], str], Select[Any]] | None = None
    search_hint: Callable[[], str] = lambda: ""
    filters: tuple[Filter, ...] = ()
    groups: tuple[Group, ...] = ()
    default_sort: tuple[Any, ...] = ()
    options: tuple[Any, ...] = ()  # loader options so that a page stays within its SQL budget
    base: Callable[[], Select[Any]] | None = None
    row_url: Callable[[Any], str] | None = None
    row_class: Callable[[Any], str] = lambda row: ""
    bulk: tuple[Bulk, ...] = ()
    action: str = "read"
    export_permission: tuple[str, str] | None = None
    empty: Callable[[], str] = lambda: ""
    page_size: int = 50


@dataclass
class Listing:
    """A list as asked for by the query string of this request."""

    spec: ListSpec
    args: Any = None
    q: str = ""
    values: dict[str, str] = field(default_factory=dict)
    page: int = 1
    size: int = 50
    sort: str = ""
    descending: bool = False
    group: str = ""
    total: int = 0
    rows: list[Any] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        args = self.args if self.args is not None else request.args
        self.q = args.get("q", "").strip()[:200]
        self.values = {f.key: args.get(f.key, f.default).strip()[:100] for f in self.spec.filters}
        self.page = _whole(args.get("page"), 1, 1, 1_000_000)
        self.size = _whole(args.get("size"), self.spec.page_size, 1, PAGE_SIZES[-1])
        wanted = args.get("sort", "")
        self.descending = wanted.startswith("-")
        sortable = {c.key for c in self.spec.columns if c.sort and c.allowed}
        self.sort = wanted.lstrip("-") if wanted.lstrip("-") in sortable else ""
        self.group = args.get("group", "") if args.get("group", "") in {g.key for g in self.spec.groups} else ""
        chosen = args.getlist("col") if hasattr(args, "getlist") else []
        permitted = [c for c in self.spec.columns if c.allowed]
        self.columns = [c for c in permitted if c.key in chosen] or [c for c in permitted if c.shown]
        self.all_columns = permitted

    # -- the query
    def query(self) -> Select[Any]:
        """Scope, search and filters; no order and no limit."""
        query = self.spec.base() if self.spec.base else select(self.spec.model)
        query = access.restrict(query, self.spec.model, self.spec.action)
        if self.q and self.spec.search is not None:
            query = self.spec.search(query, self.q)
        for item in self.spec.filters:
            if self.values[item.key]:
                query = item.apply(query, self.values[item.key])
        return query

    def ordered(self, query: Select[Any]) -> Select[Any]:
        for column in self.spec.columns:
            if column.key == self.sort and column.sort:
                order = [e.desc() if self.descending else e for e in column.sort]
                return query.order_by(*order, self.spec.model.id)
        return query.order_by(*self.spec.default_sort, self.spec.model.id)

    def load(self) -> Listing:
        """Fetch one page (or the groups)."""
        query = self.query()
        if self.group:
            self._load_groups(query)
            return self
        counted = query.with_only_columns(func.count(self.spec.model.id)).order_by(None)
        self.total = int(db.session.scalar(counted) or 0)
        self.page = min(self.page, self.pages)
        rows = self.ordered(query).options(*self.spec.options).limit(self.size).offset((self.page - 1) * self.size)
        self.rows = list(db.session.scalars(rows))
        return self

    def _load_groups(self, query: Select[Any]) -> None:
        group = next(g for g in self.spec.groups if g.key == self.group)
        grouped = (
            query.with_only_columns(group.expression, func.count(self.spec.model.id))
            .order_by(None).group_by(group.expression).order_by(func.count(self.spec.model.id).desc()).limit(MAX_GROUPS)
        )
        for value, count in db.session.execute(grouped):
            self.groups.append({"value": value, "label": group.label_of(value), "count": count, "narrow": group.narrow})
            self.total += count

    def everything(self) -> Any:
        """All rows in the order of the page, streamed in chunks: what an export writes."""
        query = self.ordered(self.query()).options(*self.spec.options).execution_options(yield_per=1000)
        return db.session.scalars(query)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return 0 if not self.total else (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.total, self.page * self.size)

    @property
    def active_filters(self) -> list[dict[str, str]]:
        """What narrows the list now, in words, for the chips."""
        found: list[dict[str, str]] = []
        for item in self.spec.filters:
            value = self.values[item.key]
            if value and value != item.default:
                label = dict(item.choices()).get(value, value) if item.choices else value
                found.append({"key": item.key, "label": str(item.label()), "value": str(label)})
        return found


def _whole(raw: str | None, default: int, low: int, high: int) -> int:
    try:
        return max(low, min(high, int(raw or default)))
    except ValueError:
        return default


def search_folded(column: Any, *exact: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """A search on a folded column: every word must occur, case and diacritics ignored; ``exact`` columns match whole."""

    def apply(query: Select[Any], text: str) -> Select[Any]:
        condition = None
        for word in fold(text).split():
            escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            part = column.like(f"%{escaped}%", escape="\\")
            condition = part if condition is None else condition & part
        for other in exact:
            condition = (other == text.strip()) if condition is None else condition | (other == text.strip())
        return query if condition is None else query.where(condition)

    return apply
