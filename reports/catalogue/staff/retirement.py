"""Who retires in the next years, when the notice and the decision are due."""

from __future__ import annotations

from hrms.kernel.text import add_months
from models.vocabulary import CATEGORIES
from reports.catalogue.lines import by_branch, figure, grouped, listing, unit_column
from reports.facts.retirement import RETIRING
from reports.framework import Asked, Block, Column, Definition, Schedule, day, number, records, unit
from reports.framework.charts import column_chart
from reports.framework.making import blocks_of
from reports.framework.result import Row


def by_year(asked: Asked) -> Block:
    rows: dict[str, Row] = {}
    for line in records(RETIRING.count(asked, ["year", "sex", "leader_rank"])):
        row = rows.setdefault(line["year"], {"year": line["year"], "label": line["year"], "count": 0, "male": 0,
                                             "female": 0, "leaders": 0})  # fmt: skip
        row["count"] += line["count"]
        row[line["sex"]] += line["count"]
        row["leaders"] += line["count"] if line["leader_rank"] else 0
    lines = [rows[year] for year in sorted(rows)]
    columns = (
        Column("label", "Năm", mm=30, chars=14),
        figure("count", "Tổng số"),
        figure("male", "Nam", {"sex": "male"}),
        figure("female", "Nữ", {"sex": "female"}),
        figure("leaders", "Lãnh đạo, quản lý", {"leader_rank__not": ""}, mm=24),
    )
    series = [("Nam", [row["male"] for row in lines]), ("Nữ", [row["female"] for row in lines])]
    chart = column_chart("stacked", "Số người đến tuổi nghỉ hưu theo năm", [row["label"] for row in lines], series)
    return Block("year", "Theo năm nghỉ", columns, lines, fact=RETIRING.key, by=("year",), chart=chart)


def by_unit(asked: Asked) -> Block:
    frame = records(RETIRING.count(asked, ["branch", "year"]))
    years = sorted({line["year"] for line in frame})
    columns = (unit_column(), figure("count", "Tổng số"),
               *(figure(f"y{year}", year, {"year": year}, "Năm nghỉ", mm=13) for year in years))  # fmt: skip

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row[f"y{line['year']}"] += line["count"]

    rows = by_branch(asked, frame, columns, fill)
    return Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=RETIRING.key, by=("branch",))


def by_category(asked: Asked) -> Block:
    rows = grouped(asked, RETIRING, "category", CATEGORIES)
    columns = (Column("label", "Loại", mm=70, chars=34), figure("count", "Số người"))
    return Block("category", "Theo loại cán bộ", columns, rows, fact=RETIRING.key, by=("category",))


def listed_until(asked: Asked) -> dict[str, str]:
    """The list holds those whose pension begins within the years asked for, and those past their day."""
    return {"pension_from__to": add_months(asked.on, 12 * int(asked["list_years"])).isoformat()}


def build(asked: Asked) -> list[Block]:
    names = ("name", "sex", "birth_date", "unit", "title", "notice_on", "decision_on", "last_day", "pension_from")
    note = "Hạn thông báo và hạn quyết định tính lùi từ thời điểm nghỉ hưu theo tham số pháp luật đang áp dụng."
    people = listing(asked, RETIRING, "list", "Danh sách và hạn thông báo, quyết định", names, listed_until(asked),
                     notes=(note,))  # fmt: skip
    return blocks_of(by_year(asked), by_category(asked), by_unit(asked), people)


REPORT = Definition(
    key="retirement_forecast",
    title="Dự báo cán bộ, công chức, viên chức đến tuổi nghỉ hưu",
    group="staff",
    about="Theo lộ trình tuổi nghỉ hưu, kèm hạn ra thông báo và quyết định của từng người.",
    parameters=(
        unit(),
        day(),
        number("years", "Số năm dự báo", 5, 1, 15),
        number("list_years", "Danh sách trong (năm)", 1, 1, 15),
    ),
    build=build,
    facts=(RETIRING,),
    schedule=Schedule({"month": "1,7", "day": "5", "hour": "6"}, "province_hr"),
    bases=("Điều 169 Bộ luật Lao động năm 2019", "Nghị định số 135/2020/NĐ-CP của Chính phủ"),
)
