"""Periodic change of posts: the yearly list, what was carried out, and who is due and overdue."""

from __future__ import annotations

from datetime import date

from reports.catalogue.lines import by_branch, figure, grouped, listing, unit_column
from reports.facts.rotation import DUE, LINES, OUTCOMES, reason_words, state_words
from reports.framework import Asked, Block, Column, Definition, Schedule, day, period, records, unit
from reports.framework.charts import column_chart
from reports.framework.making import blocks_of
from reports.framework.result import Row

MOVEMENT = (("movement", "read"),)
BASES = (
    "Luật Phòng, chống tham nhũng số 36/2018/QH14, Điều 24 đến Điều 26",
    "Nghị định số 59/2019/NĐ-CP của Chính phủ, Điều 36 đến Điều 39",
)
DUE_FIGURES = {
    "OVERDUE": "Quá hạn", "DUE": "Đến hạn", "DUE_SOON": "Sắp đến hạn", "IN_WINDOW": "Có thể chuyển",
    "SINGLE_POST_REFERRED": "Cấp trên lập kế hoạch", "DEFERRED": "Chưa thực hiện", "EXEMPT": "Không thực hiện",
    "LISTED": "Theo dõi",
}  # fmt: skip


def _year(today: date) -> str:
    return str(today.year)


def _figures(name: str, words: dict[str, str]) -> tuple[Column, ...]:
    return tuple(figure(code, label, {name: code}) for code, label in words.items())


# --- who is due -----------------------------------------------------------------------------------------------
def due_by_unit(asked: Asked) -> Block:
    columns = (unit_column(54), figure("all", "Tổng số"), *_figures("state", DUE_FIGURES))

    def fill(row: Row, line: Row) -> None:
        row["all"] += line["count"]
        row[line["state"]] += line["count"]

    rows = by_branch(asked, records(DUE.count(asked, ["branch", "state"])), columns, fill)
    return Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=DUE.key, by=("branch",))


def due_by_field(asked: Asked) -> Block:
    found: dict[str, Row] = {}
    for line in records(DUE.count(asked, ["field", "state"])):
        row = found.setdefault(line["field"], {"field": line["field"], "label": line["field"], "all": 0,
                                               **dict.fromkeys(DUE_FIGURES, 0)})  # fmt: skip
        row["all"] += line["count"]
        row[line["state"]] += line["count"]
    columns = (
        Column("label", "Lĩnh vực", mm=54, chars=40), figure("all", "Tổng số"), *_figures("state", DUE_FIGURES)
    )  # fmt: skip
    rows = [found[name] for name in sorted(found)]
    return Block("field", "Theo lĩnh vực của danh mục", columns, rows, fact=DUE.key, by=("field",))


def due_by_state(asked: Asked) -> Block:
    rows = grouped(asked, DUE, "state", state_words())
    columns = (Column("label", "Tình trạng", mm=80, chars=44), figure("count", "Số người"))
    chart = column_chart("bars", "Số người theo tình trạng", [row["label"] for row in rows],
                         [("Số người", [row["count"] for row in rows])])  # fmt: skip
    return Block("state", "Theo tình trạng", columns, rows, fact=DUE.key, by=("state",), chart=chart)


def build_due(asked: Asked) -> list[Block]:
    names = ("name", "unit", "title", "listed_code", "state", "clock_start", "held_months", "window_opens",
             "must_change_by", "overdue_days")  # fmt: skip
    people = listing(asked, DUE, "list", "Danh sách phải đưa vào kế hoạch", names,
                     {"state__in": "OVERDUE,DUE,DUE_SOON,SINGLE_POST_REFERRED"})  # fmt: skip
    return blocks_of(due_by_state(asked), due_by_unit(asked), due_by_field(asked), people)


# --- what became of the plans ---------------------------------------------------------------------------------


def lines_by_unit(asked: Asked) -> Block:
    columns = (
        unit_column(48), figure("all", "Trong kế hoạch"), *_figures("outcome", OUTCOMES),
        figure("late", "Làm muộn", {"late": "1"}), figure("overdue", "Quá hạn", {"overdue": "1"}),
    )  # fmt: skip

    def fill(row: Row, line: Row) -> None:
        row["all"] += line["count"]
        row[line["outcome"]] += line["count"]
        row["late"] += line["late"]
        row["overdue"] += line["overdue"]

    lines = records(LINES.count(asked, ["branch", "outcome"], sums=["late", "overdue"]))
    rows = by_branch(asked, lines, columns, fill)
    return Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=LINES.key, by=("branch",))


def lines_by_ground(asked: Asked) -> Block:
    rows = grouped(asked, LINES, "ground", reason_words(), where={"outcome__in": "deferred,exempt,referred"})
    columns = (Column("label", "Lý do", mm=110, chars=70), figure("count", "Số người"))
    return Block("ground", "Chưa, không chuyển đổi theo lý do", columns, rows, fact=LINES.key, by=("ground",),
                 base={"outcome__in": "deferred,exempt,referred"})  # fmt: skip


def lines_by_outcome(asked: Asked) -> Block:
    rows = grouped(asked, LINES, "outcome", OUTCOMES)
    columns = (Column("label", "Kết quả", mm=80, chars=44), figure("count", "Số người"))
    chart = column_chart("bars", "Kết quả thực hiện kế hoạch", [row["label"] for row in rows],
                         [("Số người", [row["count"] for row in rows])])  # fmt: skip
    return Block("outcome", "Kết quả thực hiện", columns, rows, fact=LINES.key, by=("outcome",), chart=chart)


def build_compliance(asked: Asked) -> list[Block]:
    left = listing(asked, LINES, "left", "Danh sách chưa thực hiện xong",
                   ("name", "unit", "title", "target", "must_change_by", "planned_on", "state"),
                   {"outcome__in": "not_yet,under_way"})  # fmt: skip
    return blocks_of(lines_by_outcome(asked), lines_by_unit(asked), lines_by_ground(asked), left)


def build_plan(asked: Asked) -> list[Block]:
    names = ("name", "unit", "title", "listed_code", "target", "must_change_by", "planned_on", "state", "ground")
    people = listing(asked, LINES, "list", "Danh sách theo kế hoạch", names, section="unit")
    return blocks_of(lines_by_outcome(asked), people)


REPORTS = (
    Definition(
        key="rotation_due",
        title="Người đến hạn, quá hạn phải định kỳ chuyển đổi vị trí công tác",
        group="rotation",
        about="Theo tình trạng, đơn vị và lĩnh vực của danh mục; danh sách phải đưa vào kế hoạch năm.",
        parameters=(unit(), day()),
        build=build_due,
        facts=(DUE,),
        needs=MOVEMENT,
        schedule=Schedule({"month": "1,4,7,10", "day": "5", "hour": "5"}, "province_hr"),
        bases=BASES,
    ),
    Definition(
        key="rotation_plan",
        title="Danh sách theo kế hoạch định kỳ chuyển đổi vị trí công tác trong năm",
        group="rotation",
        about="Người phải chuyển đổi theo các kế hoạch đã ban hành, nơi đến, thời gian và tình trạng.",
        parameters=(unit(), period(default=_year)),
        build=build_plan,
        facts=(LINES,),
        needs=MOVEMENT,
        bases=BASES,
    ),
    Definition(
        key="rotation_compliance",
        title="Kết quả thực hiện kế hoạch định kỳ chuyển đổi vị trí công tác",
        group="rotation",
        about="Đã chuyển đổi, đang làm, chưa làm, quá hạn; chưa, không chuyển đổi theo từng lý do của pháp luật.",
        parameters=(unit(), period(default=_year)),
        build=build_compliance,
        facts=(LINES,),
        needs=MOVEMENT,
        schedule=Schedule({"month": "12", "day": "16", "hour": "5"}, "province_hr"),
        bases=BASES,
    ),
)
