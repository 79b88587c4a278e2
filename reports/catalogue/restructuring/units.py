"""Units and posts before and after a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.vocabulary import UNIT_KINDS
from reports.catalogue.lines import figure, grouped
from reports.facts.units import CHANGES, KEPT, UNIT_CHANGES
from reports.framework import Asked, Block, Column, Definition, Schedule, day, unit
from reports.framework.charts import column_chart

PAIRS = (("units", "Số đơn vị"), ("posts", "Vị trí việc làm"), ("people", "Người có mặt"),
         ("heads", "Cấp trưởng"), ("deputies", "Cấp phó"))  # fmt: skip
SUMS = tuple(f"{name}_{moment}" for name, _title in PAIRS for moment in ("before", "after"))


def _columns() -> list[Column]:
    found = [Column("label", "Loại đơn vị", mm=46, chars=34)]
    for name, title in PAIRS:
        for moment, word in (("before", "Trước"), ("after", "Sau")):
            # The sum of a column over units is told by the units that existed on that day.
            found.append(figure(f"{name}_{moment}", word, {f"units_{moment}": "1"}, title, mm=13))
        found.append(Column(f"{name}_delta", "Tăng, giảm", "integer", total=True, group=title, mm=14, chars=10))
    return found


def _with_deltas(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row |= {f"{name}_delta": row[f"{name}_after"] - row[f"{name}_before"] for name, _title in PAIRS}
    return rows


def by_kind(asked: Asked) -> Block:
    rows = _with_deltas(grouped(asked, UNIT_CHANGES, "kind", UNIT_KINDS, SUMS))
    chart = column_chart(
        "columns", "Số đơn vị trước và sau", [row["label"] for row in rows],
        [("Trước", [row["units_before"] for row in rows]), ("Sau", [row["units_after"] for row in rows])], "đơn vị",
    )  # fmt: skip
    note = "Vị trí việc làm là số lượng được phê duyệt; người có mặt tính theo vị trí chính trong ngày."
    return Block("kind", "Theo loại đơn vị", _columns(), rows, fact=UNIT_CHANGES.key, by=("kind",), chart=chart,
                 notes=(note,))  # fmt: skip


def by_change(asked: Asked) -> Block:
    rows = grouped(asked, UNIT_CHANGES, "change", CHANGES, ("people_before", "people_after"))
    columns = (
        Column("label", "Thay đổi", mm=60, chars=34),
        figure("count", "Số đơn vị"),
        Column("people_before", "Người trước", "integer", total=True, mm=24),
        Column("people_after", "Người sau", "integer", total=True, mm=24),
    )
    return Block("change", "Theo kết quả sắp xếp", columns, rows, fact=UNIT_CHANGES.key, by=("change",))


def changed(asked: Asked) -> Block:
    """Every unit that is not as it was."""
    names = ("unit_before", "unit_after", "change", "became", "decision", "people_before", "people_after")
    columns = [
        Column(n, UNIT_CHANGES.columns[n].label, UNIT_CHANGES.columns[n].kind, total=n.startswith("people"),
               mm=UNIT_CHANGES.columns[n].mm, chars=UNIT_CHANGES.columns[n].chars)
        for n in names
    ]  # fmt: skip
    rows = [
        {"unit_id": row["unit_id"], **{name: UNIT_CHANGES.columns[name].say(row[name]) for name in names}}
        for row in UNIT_CHANGES.rows(asked, {"change__not": KEPT})
    ]
    return Block("list", "Đơn vị có thay đổi", columns, rows, keys=("unit_id",))


def build(asked: Asked) -> list[Block]:
    return [by_kind(asked), by_change(asked), changed(asked)]


def _year_begin(today: date) -> str:
    return date(today.year, 1, 1).isoformat()


REPORT = Definition(
    key="units_before_after",
    title="Tổ chức bộ máy trước và sau sắp xếp",
    group="restructuring",
    about="Đơn vị, vị trí việc làm, người có mặt và cấp trưởng, cấp phó ở hai thời điểm; đơn vị nào thành đơn vị nào.",
    parameters=(unit(), day("before", "Thời điểm trước", _year_begin), day("on", "Thời điểm sau")),
    build=build,
    facts=(UNIT_CHANGES,),
    schedule=Schedule({"month": "1,4,7,10", "day": "3", "hour": "5"}, "province_hr"),
)
