"""What definitions share: figures that open, lines by unit, tables out of grouped facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from reports.framework import Asked, Block, Column, Fact, records
from reports.framework.result import Row, share_of

Where = Mapping[str, str]


def figure(key: str, title: str, where: Where | None = None, group: str = "", mm: float = 17) -> Column:
    """A number of people, units, cases: summed, opening the rows behind it."""
    return Column(key, title, "integer", total=True, group=group, mm=mm, chars=11, where=where or {}, opens=True)


def money(key: str, title: str, where: Where | None = None, group: str = "", opens: bool = True) -> Column:
    """An amount in đồng: summed, opening the rows it adds up."""
    return Column(key, title, "money", total=True, group=group, mm=27, chars=18, where=where or {}, opens=opens)


def by_branch(
    asked: Asked, lines: Iterable[Row], columns: Sequence[Column], fill: Callable[[Row, Row], None]
) -> list[Row]:
    """One row for every line of the report: ``fill`` adds a grouped line into its row of zeroes."""
    tree = asked.tree()
    zeroes = {column.key: 0 for column in columns if column.total}
    rows: dict[int, Row] = {}
    for line in lines:
        branch = int(line["branch"])
        row = rows.setdefault(branch, {"branch": branch, "label": tree.name(branch), **zeroes})
        fill(row, line)
    return sorted(rows.values(), key=lambda row: tree.order(row["branch"]))


def unit_column(mm: float = 62) -> Column:
    return Column("label", "Cơ quan, đơn vị", mm=mm, chars=44)


def grouped(
    asked: Asked, fact: Fact, name: str, labels: Mapping[str, str], sums: Sequence[str] = (), where: Where | None = None
) -> list[Row]:
    """Rows of one dimension in the order of its labels: code, label, count and sums."""
    rows = []
    for line in records(fact.count(asked, [name], where, sums)):
        code = line[name] if line[name] is not None else ""
        rows.append({**line, name: code, "label": labels.get(str(code), str(code)) or "Chưa có dữ liệu"})
    order = list(labels)
    return sorted(rows, key=lambda r: (order.index(str(r[name])) if str(r[name]) in order else len(order), r["label"]))


def listing(
    asked: Asked, fact: Fact, key: str, title: str, names: Sequence[str], where: Where | None = None, *,
    totals: Sequence[str] = (), section: str = "", most: int | None = None, notes: tuple[str, ...] = (),
) -> Block | None:  # fmt: skip
    """The rows of a fact as a table with names; ``None`` for whoever may see figures only."""
    if not asked.may_see_rows(fact.key):
        return None
    columns = [
        Column(name, fact.columns[name].label, fact.columns[name].kind, total=name in totals,
               mm=fact.columns[name].mm, chars=fact.columns[name].chars)
        for name in names
    ]  # fmt: skip
    used = dict.fromkeys([*names, *([section] if section else [])])
    rows = [
        {"id": row["id"], **{name: fact.columns[name].say(row[name]) for name in used}}
        for row in fact.rows(asked, where or {}, limit=most)
    ]
    if section:  # stable: rows keep their order inside a section
        rows.sort(key=lambda row: str(row[section]))
    return Block(key, title, columns, rows, keys=("id",), section=section, named=True, notes=notes)


def with_shares(rows: Sequence[Row], whole: int, key: str = "count") -> None:
    """Add each row's share of ``whole`` in per cent, one decimal, half up."""
    for row in rows:
        row["share"] = share_of(row[key], whole)
