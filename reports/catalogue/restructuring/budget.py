"""The budget dossier: what the policies cost by decree, unit and source, with the list of people."""

from __future__ import annotations

from reports.catalogue.lines import by_branch, figure, listing, money, unit_column
from reports.facts.cases import CASES, DECREES, SETTLED, SOURCES, monthly_note
from reports.framework import Asked, Block, Column, Definition, Schedule, day, pick, records, unit
from reports.framework.charts import column_chart
from reports.framework.making import blocks_of
from reports.framework.result import Row

STAGES = {
    "all": "Mọi hồ sơ đủ điều kiện",
    "finance": "Đã chuyển Sở Tài chính trở lên",
    "settled": "Đã có quyết định",
}
_STATES = {"finance": ",".join(("finance_review", *SETTLED)), "settled": ",".join(SETTLED)}
SUMS = ("total", "main_part", "estimate_part", "top_up_part")


def conditions(asked: Asked) -> dict[str, str]:
    """The cases of the dossier."""
    found = {"budgeted": "1", "opened": "1"}
    if asked["stage"] != "all":
        found["state__in"] = _STATES[asked["stage"]]
    return found


def by_source(asked: Asked) -> Block:
    """Decree by purse: the main source finance named, the unit's estimate and the local top-up stand apart."""
    base = conditions(asked)
    rows: dict[tuple[str, str], Row] = {}
    for line in records(CASES.count(asked, ["decree", "source"], base, SUMS)):
        key = (line["decree"], line["source"] or "")
        rows[key] = {
            **line, "source": key[1], "label": DECREES.get(key[0], key[0]),
            "source_label": SOURCES.get(key[1], ""),
        }  # fmt: skip
    columns = (
        Column("label", "Nghị định", mm=46, chars=34),
        Column("source_label", "Nguồn chính", mm=34, chars=24),
        figure("count", "Số người"),
        money("main_part", "Nguồn chính", group="Dự toán (đồng)"),
        money("estimate_part", "Dự toán đơn vị", group="Dự toán (đồng)"),
        money("top_up_part", "Địa phương hỗ trợ", group="Dự toán (đồng)"),
        money("total", "Tổng cộng (đồng)"),
    )
    lines = sorted(rows.values(), key=lambda row: (row["label"], row["source_label"]))
    chart = column_chart("bars", "Dự toán theo nghị định và nguồn",
                         [f"{row['label']} – {row['source_label']}" for row in lines],
                         [("Kinh phí", [row["total"] for row in lines])], "đồng")  # fmt: skip
    return Block("source", "Dự toán theo nghị định và nguồn kinh phí", columns, lines, fact=CASES.key,
                 by=("decree", "source"), base=base, chart=chart, unit_note="Đơn vị tính: đồng",
                 notes=monthly_note(row["decree"] for row in lines))  # fmt: skip


def by_unit(asked: Asked) -> Block:
    base = conditions(asked)
    columns = (
        unit_column(),
        figure("count", "Số người"),
        money("main_part", "Nguồn chính"),
        money("estimate_part", "Dự toán đơn vị"),
        money("top_up_part", "Địa phương hỗ trợ"),
        money("total", "Tổng cộng (đồng)"),
    )

    def fill(row: Row, line: Row) -> None:
        for name in ("count", *SUMS):
            row[name] += line[name]

    rows = by_branch(asked, records(CASES.count(asked, ["branch"], base, SUMS)), columns, fill)
    return Block("unit", "Dự toán theo cơ quan, đơn vị", columns, rows, fact=CASES.key, by=("branch",), base=base,
                 unit_note="Đơn vị tính: đồng")  # fmt: skip


def build(asked: Asked) -> list[Block]:
    names = ("name", "unit", "leave_date", "benefit", "monthly_salary", "main_part", "estimate_part", "top_up_part",
             "total", "source", "state")  # fmt: skip
    people = listing(asked, CASES, "list", "Danh sách và dự toán", names, conditions(asked), section="decree",
                     totals=("main_part", "estimate_part", "top_up_part", "total"))  # fmt: skip
    return blocks_of(by_source(asked), by_unit(asked), people)


REPORT = Definition(
    key="budget_dossier",
    title="Dự toán kinh phí thực hiện chính sách, chế độ",
    group="restructuring",
    about="Dự toán theo nghị định, đơn vị và nguồn kinh phí, kèm danh sách từng người.",
    parameters=(unit(), day(), pick("stage", "Hồ sơ", STAGES)),
    build=build,
    facts=(CASES,),
    needs=(("case", "read"),),
    schedule=Schedule({"day": "4", "hour": "5"}, "finance"),
)
