"""People by decree, policy and state of their case."""

from __future__ import annotations

from policies.labels import BENEFIT_LABELS
from reports.catalogue.lines import by_branch, figure, grouped, money, unit_column
from reports.facts.cases import CASE_STATES, CASES, DECREES, monthly_note
from reports.framework import Asked, Block, Column, Definition, day, records, unit
from reports.framework.charts import column_chart
from reports.framework.result import Row

OPENED = {"opened": "1"}


def by_decree(asked: Asked) -> Block:
    """Decree by state: every person once."""
    frame = records(CASES.count(asked, ["decree", "state"], OPENED, ["total"]))
    used = [code for code in CASE_STATES if any(line["state"] == code for line in frame)]
    rows: dict[str, Row] = {}
    for line in frame:
        code = line["decree"]
        row = rows.setdefault(code, {"decree": code, "label": DECREES.get(code, code), "count": 0, "total": 0}
                              | {f"in_{state}": 0 for state in used})  # fmt: skip
        row["count"] += line["count"]
        row["total"] += line["total"]
        row[f"in_{line['state']}"] += line["count"]
    columns = (
        Column("label", "Nghị định", mm=54, chars=38),
        figure("count", "Tổng số người"),
        *(figure(f"in_{state}", CASE_STATES[state], {"state": state}, "Trạng thái hồ sơ") for state in used),
        money("total", "Kinh phí (đồng)", {"budgeted": "1"}),
    )
    lines = sorted(rows.values(), key=lambda row: -row["count"])
    series = [(CASE_STATES[state], [row[f"in_{state}"] for row in lines]) for state in used]
    chart = column_chart("bars", "Người theo nghị định và trạng thái", [row["label"] for row in lines], series)
    notes = ["Kinh phí chỉ tính hồ sơ đủ điều kiện, chưa bị rút hoặc từ chối.", *monthly_note(rows)]
    return Block("decree", "Theo nghị định và trạng thái hồ sơ", columns, lines, fact=CASES.key, by=("decree",),
                 base=OPENED, chart=chart, notes=tuple(notes))  # fmt: skip


def by_benefit(asked: Asked) -> Block:
    rows = grouped(asked, CASES, "benefit", BENEFIT_LABELS, ["total"], OPENED)
    columns = (Column("label", "Chính sách", mm=80, chars=40), figure("count", "Số người"),
               money("total", "Kinh phí (đồng)", {"budgeted": "1"}))  # fmt: skip
    return Block("benefit", "Theo chính sách", columns, rows, fact=CASES.key, by=("benefit",), base=OPENED)


def by_unit(asked: Asked) -> Block:
    frame = records(CASES.count(asked, ["branch", "decree"], OPENED, ["total"]))
    used = sorted({line["decree"] for line in frame})
    columns = (
        unit_column(),
        figure("count", "Tổng số người"),
        *(figure(f"d_{code}", DECREES.get(code, code), {"decree": code}, "Nghị định", mm=20) for code in used),
        money("total", "Kinh phí (đồng)", {"budgeted": "1"}),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row["total"] += line["total"]
        row[f"d_{line['decree']}"] += line["count"]

    rows = by_branch(asked, frame, columns, fill)
    return Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=CASES.key, by=("branch",), base=OPENED)


def build(asked: Asked) -> list[Block]:
    return [by_decree(asked), by_benefit(asked), by_unit(asked)]


REPORT = Definition(
    key="cases_by_decree",
    title="Số người hưởng chính sách theo nghị định và trạng thái hồ sơ",
    group="restructuring",
    about="Mỗi người một dòng đếm: theo nghị định, chính sách, đơn vị; kèm kinh phí.",
    parameters=(unit(), day()),
    build=build,
    facts=(CASES,),
    needs=(("case", "read"),),
)
