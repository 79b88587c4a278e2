"""Payments made and local top-ups granted."""

from __future__ import annotations

from reports.catalogue.lines import by_branch, figure, listing, money, unit_column
from reports.facts.cases import CASES, PAYMENTS, SETTLED
from reports.framework import Asked, Block, Column, Definition, Schedule, period, records, unit
from reports.framework.charts import column_chart
from reports.framework.making import blocks_of
from reports.framework.result import Row

DONE = ",".join(SETTLED)


def by_unit(asked: Asked) -> Block:
    """What was decided up to the end of the period, what went out in it and in all."""
    until = {"state__in": DONE, "decision_date__to": asked.on.isoformat()}
    columns = (
        unit_column(),
        Column("decided", "Người", "integer", total=True, group="Đã quyết định", mm=15, chars=10),
        Column("total", "Số tiền", "money", total=True, group="Đã quyết định", mm=27, chars=18),
        figure("times_now", "Lần chi", {"paid_in__not": ""}, "Chi trong kỳ"),
        money("paid_now", "Số tiền", {"paid_in__not": ""}, "Chi trong kỳ"),
        figure("times", "Lần chi", {}, "Lũy kế"),
        money("paid", "Số tiền", {}, "Lũy kế"),
        Column("left", "Còn phải chi", "money", total=True, mm=27, chars=18),
    )

    def fill(row: Row, line: Row) -> None:
        if "paid_in" not in line:
            row["decided"] += line["count"]
            row["total"] += line["total"]
            return
        row["times"] += line["count"]
        row["paid"] += line["paid"]
        if line["paid_in"]:
            row["times_now"] += line["count"]
            row["paid_now"] += line["paid"]

    decided = records(CASES.count(asked, ["branch"], until, ["total"]))
    paid = records(PAYMENTS.count(asked, ["branch", "paid_in"], {}, ["paid"]))
    rows = by_branch(asked, [*decided, *paid], columns, fill)
    for row in rows:
        row["left"] = row["total"] - row["paid"]
    note = "Còn phải chi âm là số đã chi vượt mức được hưởng sau điều chỉnh: xem báo cáo thu hồi, hoàn trả."
    return Block("unit", "Chi trả theo cơ quan, đơn vị", columns, rows, fact=PAYMENTS.key, by=("branch",),
                 unit_note="Đơn vị tính: đồng", notes=(note,))  # fmt: skip


def by_month(asked: Asked) -> Block:
    rows = [
        {"paid_in": code, "label": f"{code[5:]}/{code[:4]}", "count": 0, "paid": 0}
        for code in (f"{first:%Y-%m}" for first, _last in asked.period.months())
    ]
    found = {line["paid_in"]: line for line in records(PAYMENTS.count(asked, ["paid_in"], {}, ["paid"]))}
    for row in rows:
        line = found.get(row["paid_in"])
        if line:
            row |= {"count": line["count"], "paid": line["paid"]}
    columns = (Column("label", "Tháng", mm=26), figure("count", "Lần chi"), money("paid", "Số tiền (đồng)"))
    chart = column_chart("columns", "Chi trả theo tháng", [str(row["label"]) for row in rows],
                         [("Đã chi", [int(str(row["paid"])) for row in rows])], "đồng")  # fmt: skip
    return Block("month", "Theo tháng trong kỳ", columns, rows, fact=PAYMENTS.key, by=("paid_in",), chart=chart)


def build(asked: Asked) -> list[Block]:
    paid = listing(asked, PAYMENTS, "list", "Các lần chi trả trong kỳ",
                   ("number", "revision", "name", "unit", "decree", "paid_on", "reference", "source", "paid", "top_up"),
                   {"paid_in__not": ""}, totals=("paid", "top_up"))  # fmt: skip
    top_ups = listing(asked, CASES, "top_ups", "Hỗ trợ thêm của địa phương",
                      ("number", "name", "unit", "decree", "state", "top_up_decision", "top_up_part", "total"),
                      {"budgeted": "1", "opened": "1", "top_up_part__from": "1"},
                      totals=("top_up_part", "total"))  # fmt: skip
    return blocks_of(by_unit(asked), by_month(asked), paid, top_ups)


REPORT = Definition(
    key="payments",
    title="Chi trả chính sách và hỗ trợ thêm của địa phương",
    group="restructuring",
    about="Đã quyết định, đã chi trong kỳ và lũy kế, còn phải chi; danh sách lần chi và khoản hỗ trợ thêm.",
    parameters=(unit(), period()),
    build=build,
    facts=(PAYMENTS, CASES),
    needs=(("case", "read"),),
    schedule=Schedule({"day": "3", "hour": "6"}, "finance"),
)
