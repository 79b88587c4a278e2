"""Monthly and quarterly progress of the policies: cases opened, decided, paid."""

from __future__ import annotations

from reports.catalogue.lines import by_branch, figure, grouped, money, unit_column
from reports.facts.cases import CASE_STATES, CASES, IN_WORK, PAYMENTS, SETTLED
from reports.framework import Asked, Block, Column, Definition, Schedule, period, records, unit
from reports.framework.charts import column_chart
from reports.framework.result import Row

WORK, DONE = ",".join(IN_WORK), ",".join(SETTLED)


def by_unit(asked: Asked) -> Block:
    """Every matter of a unit once: opened, in work, decided (in the period and in all), and the amounts decided."""
    columns = (
        unit_column(54),
        figure("all", "Hồ sơ đã lập", {"opened": "1"}),
        figure("new", "Lập trong kỳ", {"opened_in__not": "", "opened": "1"}),
        figure("work", "Đang giải quyết", {"state__in": WORK, "opened": "1"}),
        figure("decided_now", "Trong kỳ", {"decided_in__not": "", "state__in": DONE}, "Đã quyết định"),
        figure("decided", "Lũy kế", {"state__in": DONE, "decision_date__to": asked.on.isoformat()}, "Đã quyết định"),
        money("decided_total", "Kinh phí lũy kế (đồng)",
              {"state__in": DONE, "decision_date__to": asked.on.isoformat()}, "Đã quyết định"),
        figure("out", "Không giải quyết, đã rút", {"state__in": "refused,withdrawn", "opened": "1"}, mm=20),
    )  # fmt: skip

    def fill(row: Row, line: Row) -> None:
        if line["opened"]:
            row["all"] += line["count"]
            row["new"] += line["count"] if line["opened_in"] else 0
            row["work"] += line["count"] if line["state"] in IN_WORK else 0
            row["out"] += line["count"] if line["state"] in ("refused", "withdrawn") else 0

    lines = records(CASES.count(asked, ["branch", "state", "opened", "opened_in"]))
    until = {"state__in": DONE, "decision_date__to": asked.on.isoformat()}
    done = records(CASES.count(asked, ["branch", "decided_in"], until, ["total"]))

    def settle(row: Row, line: Row) -> None:
        row["decided"] += line["count"]
        row["decided_total"] += line["total"]
        row["decided_now"] += line["count"] if line["decided_in"] else 0

    def either(row: Row, line: Row) -> None:
        (fill if "state" in line else settle)(row, line)

    rows = [row for row in by_branch(asked, [*lines, *done], columns, either) if row["all"] or row["decided"]]
    return Block("unit", "Tiến độ theo cơ quan, đơn vị", columns, rows, fact=CASES.key, by=("branch",))


def by_month(asked: Asked) -> Block:
    """Month by month inside the period."""
    months = [f"{first:%Y-%m}" for first, _last in asked.period.months()]
    rows: dict[str, Row] = {
        code: {"month": code, "label": f"{code[5:]}/{code[:4]}", "opened": 0, "decided": 0, "total": 0, "paid_count": 0,
               "paid": 0}
        for code in months
    }  # fmt: skip
    for line in records(CASES.count(asked, ["opened_in", "decided_in", "state"], {}, ["total"])):
        if line["opened_in"]:
            rows[line["opened_in"]]["opened"] += line["count"]
        if line["decided_in"] and line["state"] in SETTLED:
            rows[line["decided_in"]]["decided"] += line["count"]
            rows[line["decided_in"]]["total"] += line["total"]
    for line in records(PAYMENTS.count(asked, ["paid_in"], {"paid_in__not": ""}, ["paid"])):
        rows[line["paid_in"]] |= {"paid_count": line["count"], "paid": line["paid"]}
    plain = ("integer", 22.0)
    columns = (
        Column("label", "Tháng", mm=22, chars=12),
        Column("opened", "Hồ sơ lập", plain[0], total=True, mm=plain[1]),  # type: ignore[arg-type]
        Column("decided", "Quyết định", plain[0], total=True, mm=plain[1]),  # type: ignore[arg-type]
        Column("total", "Kinh phí quyết định (đồng)", "money", total=True, mm=34, chars=20),
        Column("paid_count", "Lần chi trả", plain[0], total=True, mm=plain[1]),  # type: ignore[arg-type]
        Column("paid", "Đã chi trả (đồng)", "money", total=True, mm=34, chars=20),
    )
    lines = list(rows.values())
    chart = column_chart(
        "columns", "Hồ sơ lập và quyết định theo tháng", [row["label"] for row in lines],
        [("Hồ sơ lập", [r["opened"] for r in lines]), ("Quyết định", [r["decided"] for r in lines])], "hồ sơ",
    )  # fmt: skip
    return Block("month", "Theo tháng trong kỳ", columns, lines, keys=("month",), chart=chart)


def by_state(asked: Asked) -> Block:
    rows = grouped(asked, CASES, "state", CASE_STATES, ["total"], {"opened": "1"})
    columns = (Column("label", "Trạng thái hiện nay", mm=70, chars=34), figure("count", "Hồ sơ"),
               money("total", "Kinh phí (đồng)"))  # fmt: skip
    chart = column_chart("bars", "Hồ sơ theo trạng thái", [r["label"] for r in rows],
                         [("Hồ sơ", [r["count"] for r in rows])], "hồ sơ")  # fmt: skip
    return Block("state", "Theo trạng thái", columns, rows, fact=CASES.key, by=("state",), base={"opened": "1"},
                 chart=chart)  # fmt: skip


def build(asked: Asked) -> list[Block]:
    return [by_unit(asked), by_month(asked), by_state(asked)]


REPORT = Definition(
    key="case_progress",
    title="Tiến độ giải quyết chính sách, chế độ do sắp xếp tổ chức bộ máy",
    group="restructuring",
    about="Hồ sơ lập, đang giải quyết, đã quyết định, đã chi trả theo đơn vị và theo tháng của kỳ.",
    parameters=(unit(), period()),
    build=build,
    facts=(CASES, PAYMENTS),
    needs=(("case", "read"),),
    schedule=Schedule({"day": "2", "hour": "5"}, "province_hr"),
)
