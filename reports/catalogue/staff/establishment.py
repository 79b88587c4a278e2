"""Assigned numbers, people present, places free and people above the number."""

from __future__ import annotations

from models.vocabulary import ESTABLISHMENT_KINDS
from reports.catalogue.lines import grouped
from reports.facts.establishment import ESTABLISHED
from reports.facts.staff import PEOPLE
from reports.framework import Asked, Block, Column, Definition, Schedule, day, unit
from reports.framework.charts import column_chart

FIGURES = (("assigned", "Được giao"), ("present", "Có mặt"), ("vacant", "Chưa sử dụng"), ("surplus", "Vượt"))


def by_kind(asked: Asked) -> Block:
    rows = grouped(asked, ESTABLISHED, "kind", ESTABLISHMENT_KINDS, [key for key, _title in FIGURES])
    columns = (
        Column("label", "Loại biên chế", mm=70, chars=36),
        Column("assigned", "Được giao", "integer", total=True, mm=24),
        Column("present", "Có mặt", "integer", total=True, mm=24, opens=True),
        Column("vacant", "Chưa sử dụng", "integer", total=True, mm=24),
        Column("surplus", "Vượt", "integer", total=True, mm=24),
    )
    series = [("Được giao", [row["assigned"] for row in rows]), ("Có mặt", [row["present"] for row in rows])]
    chart = column_chart("columns", "Biên chế được giao và có mặt", [row["label"] for row in rows], series)
    return Block("kind", "Theo loại biên chế", columns, rows, fact=PEOPLE.key, by=("kind",), chart=chart)


def by_unit(asked: Asked) -> Block:
    """A line for every unit and kind of staff, kinds side by side."""
    rows: dict[int, dict[str, object]] = {}
    used = [k for k in ESTABLISHMENT_KINDS if any(row["kind"] == k for row in ESTABLISHED.all(asked))]
    for line in ESTABLISHED.all(asked):
        zeroes = {f"{kind}_{name}": 0 for kind in (*used, "all") for name, _title in FIGURES}
        row = rows.setdefault(line["unit_id"], {"branch": line["unit_id"], "label": line["unit"], **zeroes})
        for name, _title in FIGURES:
            row[f"{line['kind']}_{name}"] = line[name]
            row[f"all_{name}"] = int(str(row[f"all_{name}"])) + line[name]
    columns = [Column("label", "Cơ quan, đơn vị", mm=56, chars=44)]
    for code in (*used, "all"):
        group = ESTABLISHMENT_KINDS.get(code, "Cộng")
        for name, title in FIGURES:
            where = {} if code == "all" else {"kind": code}
            columns.append(Column(f"{code}_{name}", title, "integer", total=True, group=group, mm=13, chars=10,
                                  where=where, opens=name == "present"))  # fmt: skip
    return Block("unit", "Theo cơ quan, đơn vị", columns, list(rows.values()), fact=PEOPLE.key, by=("branch",))


def build(asked: Asked) -> list[Block]:
    return [by_kind(asked), by_unit(asked)]


REPORT = Definition(
    key="establishment",
    title="Tình hình giao, sử dụng biên chế",
    group="staff",
    about="Biên chế được giao, có mặt, chưa sử dụng và vượt, theo loại và theo đơn vị.",
    parameters=(unit(), day()),
    build=build,
    facts=(PEOPLE, ESTABLISHED),
    schedule=Schedule({"day": "1", "hour": "6"}, "province_hr"),
)
