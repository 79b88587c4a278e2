"""Facts: what reports count, each asked in one place, so that the same figure in two reports is the same figure.

A fact is rows with named columns. Reports group it (:meth:`Fact.count`); a figure opens the rows it counted
(:meth:`Fact.rows`) with the very conditions it was grouped by. :class:`SqlFact` groups in the database,
:class:`FrameFact` where the law has to be asked for every row (dates of retirement, salary steps).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, Refused
from reports.tables import CellKind

if TYPE_CHECKING:
    import pandas as pd

    from reports.framework.asking import Asked

Conditions = Mapping[str, str]
Row = dict[str, Any]
COUNT = "count"
BRANCH = "branch"  # the line of a report a unit belongs to: see UnitTree.branch
OPERATORS = ("from", "to", "in", "not")
READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class FactColumn:
    """One column of a fact. ``words`` turn codes into labels; ``listed`` columns stand in the drill-down."""

    label: str
    kind: CellKind = "text"
    words: Mapping[str, str] | None = None
    listed: bool = True
    mm: float = 24
    chars: int = 16

    def read(self, text: str) -> Any:
        """A condition's text as a value of this column; "" is nothing. Raises :class:`ValueError`."""
        if text == "":
            return None
        if self.kind in ("integer", "money"):
            return int(text)
        if self.kind == "date":
            return date.fromisoformat(text)
        if self.kind == "mark":
            return text in ("1", "True")
        return text

    def say(self, value: Any) -> Any:
        """A value as a reader sees it."""
        return self.words.get(str(value), value) if self.words and value is not None else value


@dataclass(frozen=True)
class Fact:
    """``rows_need``: the rights beside those of the report that the rows themselves ask for (they name people).

    ``link`` gives the address of the record behind a row: endpoint, its argument, the column with the id.
    """

    key: str
    title: str
    columns: Mapping[str, FactColumn]
    rows_need: tuple[tuple[str, str], ...] = ()
    link: tuple[str, str, str] | None = None
    unit_column: str = "unit_id"

    def count(
        self, asked: Asked, by: Sequence[str] = (), where: Conditions | None = None, sums: Sequence[str] = ()
    ) -> pd.DataFrame:
        """One line for every combination of ``by`` that occurs: its number of rows (``count``) and exact ``sums``.

        ``by`` may hold ``branch``, the line of the report the row's unit belongs to.
        """
        if BRANCH not in by:
            return self._count(asked, list(by), where or {}, list(sums))
        names = [self.unit_column if name == BRANCH else name for name in by]
        frame = self._count(asked, list(dict.fromkeys(names)), where or {}, list(sums))
        tree = asked.tree()
        frame[BRANCH] = [tree.branch(int(unit)) for unit in frame[self.unit_column]]
        grouped = frame.groupby(list(by), dropna=False, sort=False)[[COUNT, *sums]].sum()
        return grouped.reset_index()

    def number(self, asked: Asked, where: Conditions | None = None) -> int:
        """How many rows there are."""
        frame = self._count(asked, [], where or {}, [])
        return int(frame[COUNT].sum()) if len(frame) else 0

    def check(self, where: Conditions) -> None:
        """Raises :class:`Refused` for a condition on an unknown column, or with a value the column cannot have."""
        for name, text in where.items():
            base, operator = split(name)
            column = self.columns.get(base)
            try:
                if base == BRANCH:
                    int(text)
                elif column is None or operator not in ("", *OPERATORS):
                    raise ValueError
                else:
                    for part in text.split(",") if operator == "in" else [text]:
                        column.read(part)
            except ValueError:
                raise Refused([Fault(name[:60], _("Không lọc được theo “%(name)s”.", name=name[:60]))]) from None

    def require_rows(self) -> None:
        """Raises :class:`NotAllowed` when the actor may see the figures but not the rows."""
        if not all(access.may(*pair) for pair in self.rows_need):
            raise NotAllowed(_("Bạn được xem số liệu tổng hợp, không được xem danh sách từng người."))

    def rows(self, asked: Asked, where: Conditions, *, limit: int | None = None, offset: int = 0) -> Iterator[Row]:
        raise NotImplementedError

    def seen(self, asked: Asked, where: Conditions) -> int:
        """How many of the rows the actor may see one by one."""
        raise NotImplementedError

    def _count(self, asked: Asked, by: list[str], where: Conditions, sums: list[str]) -> pd.DataFrame:
        raise NotImplementedError


def split(name: str) -> tuple[str, str]:
    """``leave_date__from`` → (``leave_date``, ``from``)."""
    base, _sep, operator = name.partition("__")
    return base, operator


@dataclass(frozen=True)
class SqlFact(Fact):
    """A fact the database groups. ``source`` gives a Select with one labelled column for each of ``columns``.

    ``scope`` narrows it to what the actor may read: called with the select, a resource and an action; figures are
    counted under (report, read) and ``needs``, rows also under ``rows_need``.
    """

    source: Callable[[Asked], Select[Any]] = field(default=lambda _asked: select())
    scope: Callable[[Select[Any], str, str], Select[Any]] = field(default=lambda query, _resource, _action: query)
    needs: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    # Dimensions with few values: every count by some of them comes from one statement a run.
    cube: tuple[str, ...] = ()

    def _query(self, asked: Asked, *, named: bool) -> Any:
        query = self.scope(self.source(asked), "report", "read")
        for resource, action in (*self.needs, *(self.rows_need if named else ())):
            query = self.scope(query, resource, action)
        return query.subquery(self.key)

    def _count(self, asked: Asked, by: list[str], where: Conditions, sums: list[str]) -> pd.DataFrame:
        if by and not where and not sums and set(by) <= set(self.cube):
            key = ("cube", self.key)
            if key not in asked.memo:
                asked.memo[key] = self._grouped(asked, list(self.cube), {}, [])
            return asked.memo[key].groupby(by, dropna=False, sort=False)[[COUNT]].sum().reset_index()
        return self._grouped(asked, by, where, sums)

    def _grouped(self, asked: Asked, by: list[str], where: Conditions, sums: list[str]) -> pd.DataFrame:
        import pandas as pd

        table = self._query(asked, named=False)
        columns = [table.c[name] for name in by]
        totals = [func.coalesce(func.sum(table.c[name]), 0).label(name) for name in sums]
        query = select(*columns, func.count().label(COUNT), *totals).select_from(table)
        query = query.where(*self._conditions(asked, table, where))
        found = db.session.execute(query.group_by(*columns) if columns else query).all()
        frame = pd.DataFrame([tuple(row) for row in found], columns=[*by, COUNT, *sums], dtype=object)
        for name in (COUNT, *sums):
            frame[name] = [int(value) for value in frame[name]]
            frame[name] = frame[name].astype("int64")
        return frame

    def _conditions(self, asked: Asked, table: Any, where: Conditions) -> list[ColumnElement[bool]]:
        self.check(where)
        return [self._condition(asked, table, name, text) for name, text in where.items()]

    def _condition(self, asked: Asked, table: Any, name: str, text: str) -> ColumnElement[bool]:
        base, operator = split(name)
        if base == BRANCH:
            members: list[int] = asked.tree().members(int(text)) or [int(text)]
            return table.c[self.unit_column].in_(members)
        column, known = table.c[base], self.columns[base]
        if operator == "in":
            return column.in_([known.read(part) for part in text.split(",")])
        value = known.read(text)
        if operator == "from":
            return column >= value
        if operator == "to":
            return column <= value
        if value is None:
            empty = or_(column.is_(None), column == "") if known.kind in ("text", "code") else column.is_(None)
        else:
            empty = column.is_(value) if isinstance(value, bool) else column == value
        return ~empty if operator == "not" else empty

    def rows(self, asked: Asked, where: Conditions, *, limit: int | None = None, offset: int = 0) -> Iterator[Row]:
        """The rows themselves, in order; memory does not grow with their number."""
        self.require_rows()
        table = self._query(asked, named=True)
        query = select(table).where(*self._conditions(asked, table, where))
        query = query.order_by(*[table.c[name] for name in self.order]).offset(offset or None).limit(limit)
        found = db.session.execute(query, execution_options={"yield_per": READ_AT_ONCE})
        for row in found.mappings():
            yield dict(row)

    def seen(self, asked: Asked, where: Conditions) -> int:
        """How many of the rows the actor may see one by one."""
        table = self._query(asked, named=True)
        query = select(func.count()).select_from(table).where(*self._conditions(asked, table, where))
        return int(db.session.scalar(query) or 0)


@dataclass(frozen=True)
class FrameFact(Fact):
    """A fact computed row by row; ``load`` returns its rows (already in the actor's scope) and is asked once a run."""

    load: Callable[[Asked], list[Row]] = field(default=lambda _asked: [])

    def all(self, asked: Asked) -> list[Row]:
        """Every row of the fact for this run."""
        key = ("fact", self.key)
        if key not in asked.memo:
            asked.memo[key] = self.load(asked)
        return asked.memo[key]

    def _chosen(self, asked: Asked, where: Conditions) -> list[Row]:
        self.check(where)
        tests = [self._test(asked, name, text) for name, text in where.items()]
        return [row for row in self.all(asked) if all(test(row) for test in tests)]

    def _test(self, asked: Asked, name: str, text: str) -> Callable[[Row], bool]:
        base, operator = split(name)
        if base == BRANCH:
            tree, wanted = asked.tree(), int(text)
            return lambda row: tree.branch(int(row[self.unit_column])) == wanted
        column = self.columns[base]
        if operator == "in":
            values = {column.read(part) for part in text.split(",")}
            return lambda row: row[base] in values
        value = column.read(text)
        if operator == "from":
            return lambda row: row[base] is not None and row[base] >= value
        if operator == "to":
            return lambda row: row[base] is not None and row[base] <= value
        if operator == "not":
            return lambda row: (row[base] or None) != value
        return lambda row: (row[base] if row[base] != "" else None) == value

    def _count(self, asked: Asked, by: list[str], where: Conditions, sums: list[str]) -> pd.DataFrame:
        import pandas as pd

        groups: dict[tuple[Any, ...], list[int]] = {}
        for row in self._chosen(asked, where):
            found = groups.setdefault(tuple(row[name] for name in by), [0] * (len(sums) + 1))
            found[0] += 1
            for position, name in enumerate(sums, start=1):
                found[position] += int(row[name] or 0)
        lines = [(*key, *values) for key, values in groups.items()]
        frame = pd.DataFrame(lines, columns=[*by, COUNT, *sums], dtype=object)
        for name in (COUNT, *sums):
            frame[name] = frame[name].astype("int64")
        return frame

    def rows(self, asked: Asked, where: Conditions, *, limit: int | None = None, offset: int = 0) -> Iterator[Row]:
        self.require_rows()
        found = self._visible(asked, where)
        yield from found[offset : None if limit is None else offset + limit]

    def seen(self, asked: Asked, where: Conditions) -> int:
        """How many of the rows the actor may see one by one."""
        return len(self._visible(asked, where))

    def _visible(self, asked: Asked, where: Conditions) -> list[Row]:
        """Rows of units in which the actor holds every right the rows ask for: figures may reach further."""
        found = self._chosen(asked, where)
        for resource, action in self.rows_need:
            units = access.units_for(resource, action)
            if units is not None:
                open_units = set(db.session.scalars(units))
                found = [row for row in found if row[self.unit_column] in open_units]
        return found


def by_model(model: type[Any]) -> Callable[[Select[Any], str, str], Select[Any]]:
    """The scope of a fact whose rows are those of ``model``: :func:`access.restrict`."""

    def scope(query: Select[Any], resource: str, action: str) -> Select[Any]:
        return access.restrict(query, model, action, resource)

    return scope


def by_unit(column: Any) -> Callable[[Select[Any], str, str], Select[Any]]:
    """The scope of figures that belong to the unit in ``column`` whatever became of their people since."""

    def scope(query: Select[Any], resource: str, action: str) -> Select[Any]:
        units = access.units_for(resource, action)
        return query if units is None else query.where(column.in_(units))

    return scope
