"""Movements by kind and state, and the kept allowances finance pays month by month."""

from __future__ import annotations

from models.vocabulary import MOVEMENT_KINDS
from reports.catalogue.lines import by_branch, figure, grouped, listing, money, unit_column
from reports.facts.movements import KEPT, MOVEMENTS, STAGES, STATE_LABELS
from reports.framework import Asked, Block, Column, Definition, Schedule, period, records, unit
from reports.framework.charts import column_chart
from reports.framework.result import Row


def by_unit(asked: Asked) -> Block:
    """Every agency once: all cases of the period, by stage."""
    columns = (
        unit_column(70),
        figure("all", "Tổng số"),
        *(figure(code, words, {"stage": code}) for code, words in STAGES.items()),
    )

    def fill(row: Row, line: Row) -> None:
        row["all"] += line["count"]
        row[line["stage"]] += line["count"]

    lines = records(MOVEMENTS.count(asked, ["branch", "stage"]))
    return Block("unit", "Theo cơ quan đi", columns, by_branch(asked, lines, columns, fill), fact=MOVEMENTS.key,
                 by=("branch",))  # fmt: skip


def by_kind(asked: Asked) -> Block:
    """Kinds against stages."""
    rows: dict[str, Row] = {
        code: {"kind": code, "label": words, "all": 0, **dict.fromkeys(STAGES, 0)}
        for code, words in MOVEMENT_KINDS.items()
    }
    for line in records(MOVEMENTS.count(asked, ["kind", "stage"])):
        rows[line["kind"]]["all"] += line["count"]
        rows[line["kind"]][line["stage"]] += line["count"]
    columns = (
        Column("label", "Hình thức", mm=70, chars=40),
        figure("all", "Tổng số"),
        *(figure(code, words, {"stage": code}) for code, words in STAGES.items()),
    )
    shown = [row for row in rows.values() if row["all"]]
    chart = column_chart(
        "bars", "Hồ sơ theo hình thức", [row["label"] for row in shown],
        [(words, [row[code] for row in shown]) for code, words in STAGES.items()], "hồ sơ",
    )  # fmt: skip
    return Block("kind", "Theo hình thức", columns, shown, fact=MOVEMENTS.key, by=("kind",), chart=chart)


def by_state(asked: Asked) -> Block:
    rows = grouped(asked, MOVEMENTS, "state", STATE_LABELS)
    columns = (Column("label", "Trạng thái hiện nay", mm=70, chars=40), figure("count", "Hồ sơ"))
    return Block("state", "Theo trạng thái", columns, rows, fact=MOVEMENTS.key, by=("state",))


def progress(asked: Asked) -> list[Block]:
    return [by_kind(asked), by_unit(asked), by_state(asked)]


def by_month(asked: Asked) -> Block:
    """What is paid in every month of the period."""
    rows: dict[str, Row] = {
        f"{first:%Y-%m}": {"month": f"{first:%Y-%m}", "label": f"{first:%m/%Y}", "count": 0, "kept": 0, "new": 0,
                           "difference": 0}
        for first, _last in asked.period.months()
    }  # fmt: skip
    for line in records(KEPT.count(asked, ["month"], {}, ["kept", "new", "difference"])):
        rows[line["month"]] |= {key: line[key] for key in ("count", "kept", "new", "difference")}
    columns = (
        Column("label", "Tháng", mm=24, chars=12),
        Column("count", "Số người", "integer", mm=20, chars=10, where={}, opens=True),
        money("kept", "Mức bảo lưu (đồng)"),
        money("new", "Mức mới (đồng)"),
        money("difference", "Chênh lệch phải chi (đồng)"),
    )
    lines = list(rows.values())
    chart = column_chart("columns", "Chênh lệch phải chi theo tháng", [row["label"] for row in lines],
                         [("Chênh lệch", [row["difference"] for row in lines])], "đồng")  # fmt: skip
    return Block("month", "Theo tháng", columns, lines, fact=KEPT.key, by=("month",), chart=chart)


def by_payer(asked: Asked) -> Block:
    """Whose budget bears it over the period."""
    columns = (unit_column(80), money("kept", "Mức bảo lưu (đồng)"), money("new", "Mức mới (đồng)"),
               money("difference", "Chênh lệch phải chi (đồng)"))  # fmt: skip

    def fill(row: Row, line: Row) -> None:
        for key in ("kept", "new", "difference"):
            row[key] += line[key]

    lines = records(KEPT.count(asked, ["branch"], {}, ["kept", "new", "difference"]))
    rows = by_branch(asked, lines, columns, fill)
    return Block("unit", "Theo cơ quan chi trả", columns, rows, fact=KEPT.key, by=("branch",))


def allowances(asked: Asked) -> list[Block]:
    names = ("name", "code", "unit", "number", "month", "kept", "new", "difference")
    people = listing(asked, KEPT, "people", "Danh sách người được bảo lưu", names, totals=("kept", "new", "difference"))
    return [by_month(asked), by_payer(asked), *([people] if people is not None else [])]


REPORTS = (
    Definition(
        key="movement_progress",
        title="Luân chuyển, điều động, biệt phái theo hình thức và trạng thái",
        group="rotation",
        about="Hồ sơ lập, đang giải quyết, đã có hiệu lực theo cơ quan đi, hình thức và trạng thái.",
        parameters=(unit(), period()),
        build=progress,
        facts=(MOVEMENTS,),
        needs=(("movement", "read"),),
        schedule=Schedule({"day": "3", "hour": "5"}, "province_hr"),
    ),
    Definition(
        key="kept_allowances",
        title="Bảo lưu phụ cấp chức vụ theo tháng",
        group="rotation",
        about="Phần chênh lệch phụ cấp bảo lưu phải chi từng tháng, theo cơ quan và từng người, để bố trí kinh phí.",
        parameters=(unit(), period()),
        build=allowances,
        facts=(KEPT,),
        needs=(("movement", "read"),),
    ),
)
