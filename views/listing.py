"""Lists: one declaration gives quick search, filters, saved filters, grouping, choice of columns, sorting, paging,
bulk actions and export of what one sees, always inside the scope of whoever asks.

A page costs three statements (count, rows, choices where needed), whatever the number of rows in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import Select, false, func, or_, select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from hrms.kernel.text import DateFormatError, fold, parse_full_date
from views.posted import identifier

PAGE_SIZES = (25, 50, 100, 200)
MAX_GROUPS = 60
CHUNK = 500  # rows fetched and enriched at a time when a whole list is written out


class FilterFault(ValueError):
    """A filter's value makes no sense; the message is Vietnamese and names the value and the remedy."""


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
    nowrap: bool = False  # short words that belong on one line

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
    """``choices`` yields (value, label); ``apply`` narrows the query, or raises :class:`FilterFault`.

    ``kind``: choice | date | lookup | number | text. A lookup asks ``url()`` while one types; ``text_of`` says in words
    which record the chosen id is. ``hidden`` filters have no field: they come from links and show as a chip.
    """

    key: str
    label: Callable[[], str]
    apply: Callable[[Select[Any], str], Select[Any]]
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    kind: str = "choice"
    default: str = ""
    url: Callable[[], str] | None = None
    text_of: Callable[[str], str] | None = None
    hidden: bool = False

    def words(self, value: str) -> str:
        """The value as a person reads it."""
        if self.text_of is not None:
            return self.text_of(value)
        return str(dict(self.choices()).get(value, value)) if self.choices else value


@dataclass(frozen=True)
class Group:
    """Group by an SQL expression; ``label_of`` turns its value into words, ``labels_of`` all of a page at once."""

    key: str
    label: Callable[[], str]
    expression: Any
    label_of: Callable[[Any], str] = str
    narrow: str = ""  # the filter that opens one group
    labels_of: Callable[[Sequence[Any]], Mapping[Any, str]] | None = None


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
    enrich: Callable[[Sequence[Any]], None] | None = None  # fetch what columns need beside the rows, once per page
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
    faults: list[str] = field(default_factory=list)  # filters that make no sense, in words

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
        self._words: dict[str, str] = {}

    # -- the query
    def _all(self) -> Select[Any]:
        return self.spec.base() if self.spec.base else select(self.spec.model)

    def query(self) -> Select[Any]:
        """Scope, search and filters; no order and no limit."""
        query = access.restrict(self._all(), self.spec.model, self.spec.action)
        if self.q and self.spec.search is not None:
            query = self.spec.search(query, self.q)
        self.faults = []
        for item in self.spec.filters:
            if self.values[item.key]:
                try:
                    query = item.apply(query, self.values[item.key])
                except FilterFault as fault:
                    self.faults.append(f"{item.label()}: {fault}")
        # A filter that was not understood must not look like one that matched everything.
        return query.where(false()) if self.faults else query

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
        self.total = int(db.session.scalar(query.with_only_columns(func.count(self.spec.model.id)).order_by(None)) or 0)
        self.page = min(self.page, self.pages)
        # The page is found on narrow rows first; sorting 60,000 wide ones for the sake of fifty is slow.
        number = self.spec.model.id
        found = self.ordered(query.with_only_columns(number)).limit(self.size).offset((self.page - 1) * self.size)
        rows = self.ordered(self._all().where(number.in_(found))).options(*self.spec.options)
        self.rows = list(db.session.scalars(rows))
        if self.spec.enrich is not None and self.rows:
            self.spec.enrich(self.rows)
        return self

    def _load_groups(self, query: Select[Any]) -> None:
        group = next(g for g in self.spec.groups if g.key == self.group)
        grouped = (
            query.with_only_columns(group.expression, func.count(self.spec.model.id))
            .order_by(None).group_by(group.expression).order_by(func.count(self.spec.model.id).desc()).limit(MAX_GROUPS)
        )
        found = db.session.execute(grouped).all()
        words = group.labels_of([value for value, _count in found]) if group.labels_of else {}
        for value, count in found:
            label = words.get(value) or group.label_of(value)
            self.groups.append({"value": value, "label": label, "count": count, "narrow": group.narrow})
            self.total += count

    def count(self) -> int:
        """How many rows there are, without fetching any."""
        counted = self.query().with_only_columns(func.count(self.spec.model.id)).order_by(None)
        self.total = int(db.session.scalar(counted) or 0)
        return self.total

    def everything(self) -> Iterator[Any]:
        """All rows in the order of the page, in chunks: what an export writes. Memory does not grow with the rows."""
        query = self.ordered(self.query()).options(*self.spec.options).execution_options(yield_per=CHUNK)
        for chunk in db.session.scalars(query).partitions():
            if self.spec.enrich is not None:
                self.spec.enrich(chunk)
            yield from chunk

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
                found.append({"key": item.key, "label": str(item.label()), "value": self.words_of(item)})
        return found

    def words_of(self, item: Filter) -> str:
        """A filter's present value in words; asked for once a page."""
        value = self.values[item.key]
        if not value:
            return ""
        if item.key not in self._words:
            try:
                self._words[item.key] = item.words(value)
            except FilterFault:  # told above the list; the chip shows what was typed, to be taken off
                self._words[item.key] = value
        return self._words[item.key]


def _whole(raw: str | None, default: int, low: int, high: int) -> int:
    try:
        return max(low, min(high, int(raw or default)))
    except ValueError:
        return default


def search_folded(column: Any, *exact: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """Search a folded column: every word must occur, case and diacritics ignored; ``exact`` columns match whole."""

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


def search_plain(*columns: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """Search small tables without a folded column (jobs, log): case is ignored, diacritics count."""

    def apply(query: Select[Any], text: str) -> Select[Any]:
        return query.where(or_(*[func.lower(column).contains(text.lower(), autoescape=True) for column in columns]))

    return apply


def day_of(text: str) -> date:
    """The day typed into a date filter. Raises :class:`FilterFault`."""
    try:
        return parse_full_date(text)
    except DateFormatError as error:
        raise FilterFault(str(error)) from error


def whole_of(text: str, low: int = 0, high: int = 1000) -> int:
    """The whole number typed into a filter. Raises :class:`FilterFault`."""
    number = identifier(text)
    if number is None or not low <= number <= high:
        raise FilterFault(
            _("“%(value)s” không phải số nguyên từ %(low)s đến %(high)s. Hãy nhập lại.", value=text, low=low, high=high)
        )
    return number


_specs: dict[str, ListSpec] = {}


def declare(spec: ListSpec) -> ListSpec:
    """Make a list known by its name: exports, saved filters and background jobs find it there."""
    _specs[spec.name] = spec
    return spec


def spec_named(name: str) -> ListSpec:
    """The declared list. Raises :class:`NotFound`."""
    try:
        return _specs[name]
    except KeyError:
        raise NotFound() from None


def specs() -> dict[str, ListSpec]:
    """Every declared list by name."""
    return dict(_specs)
