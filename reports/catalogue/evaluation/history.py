"""Three years of yearly ratings, and petitions against results."""

from __future__ import annotations

from reports.catalogue.lines import by_branch, figure, grouped, listing, unit_column
from reports.facts.evaluation import HISTORY, LEVELS, PETITION_ROWS, PETITIONS
from reports.framework import Asked, Block, Column, Definition, number, period, records, unit
from reports.framework.making import blocks_of
from reports.framework.result import Row


def by_year(asked: Asked) -> Block:
    """Number of people at each level in each of the three years."""
    found: dict[str, Row] = {
        code: {"third": code, "label": label, "y1": 0, "y2": 0, "y3": 0}
        for code, label in (*LEVELS.items(), ("", "Chưa có xếp loại"))
    }
    for name, key in (("first", "y1"), ("second", "y2"), ("third", "y3")):
        for line in records(HISTORY.count(asked, [name])):
            found[line[name] or ""][key] += line["count"]
    last = asked["year"]
    columns = (
        Column("label", "Mức xếp loại", mm=70, chars=34),
        Column("y1", f"Năm {last - 2}", "integer", total=True, mm=24, chars=12),
        Column("y2", f"Năm {last - 1}", "integer", total=True, mm=24, chars=12),
        figure("y3", f"Năm {last}", mm=24),
    )
    return Block("years", "Số người theo mức từng năm", columns, list(found.values()), fact=HISTORY.key, by=("third",))


def by_unit(asked: Asked) -> Block:
    columns = (
        unit_column(80),
        figure("count", "Số người"),
        figure("best", "Ba năm liền xuất sắc", {"best": "1"}, mm=26),
        figure("once", "Có năm không hoàn thành", {"kht_years__from": "1"}, mm=28),
        figure("twice", "Hai năm gần nhất không hoàn thành", {"twice": "1"}, mm=32),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row["best"] += line["count"] if line["best"] else 0
        row["once"] += line["count"] if line["kht_years"] else 0
        row["twice"] += line["count"] if line["twice"] else 0

    rows = by_branch(asked, records(HISTORY.count(asked, ["branch", "best", "kht_years", "twice"])), columns, fill)
    return Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=HISTORY.key, by=("branch",))


def build_history(asked: Asked) -> list[Block]:
    names = ("code", "name", "title", "unit", "first", "second", "third")
    bad = listing(asked, HISTORY, "bad", "Người có năm không hoàn thành nhiệm vụ", names, {"kht_years__from": "1"})
    return blocks_of(by_year(asked), by_unit(asked), bad)


def build_petitions(asked: Asked) -> list[Block]:
    columns = (Column("label", "Kết quả giải quyết", mm=90, chars=34), figure("count", "Số kiến nghị", mm=30))
    rows = grouped(asked, PETITION_ROWS, "state", PETITIONS)
    by_state = Block("state", "Theo kết quả giải quyết", columns, rows, fact=PETITION_ROWS.key, by=("state",))
    units = (
        unit_column(80),
        figure("count", "Số kiến nghị"),
        figure("filed", "Đang giải quyết", {"state": "filed"}),
        figure("changed", "Thay đổi kết quả", {"state": "changed"}),
        figure("overdue", "Quá hạn trả lời", {"overdue": "1"}),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row["overdue"] += line["count"] if line["overdue"] else 0
        if line["state"] in ("filed", "changed"):
            row[line["state"]] += line["count"]

    lines = by_branch(asked, records(PETITION_ROWS.count(asked, ["branch", "state", "overdue"])), units, fill)
    per_unit = Block("unit", "Theo cơ quan, đơn vị", units, lines, fact=PETITION_ROWS.key, by=("branch",))
    people = listing(asked, PETITION_ROWS, "list", "Danh sách kiến nghị",
                     ("name", "title", "unit", "cycle", "filed_on", "answer_by", "answered_on", "state"))  # fmt: skip
    return blocks_of(by_state, per_unit, people)


REPORTS = (
    Definition(
        key="rating_history",
        title="Kết quả xếp loại 03 năm gần nhất",
        group="evaluation",
        about="Mức xếp loại của ba năm, người ba năm liền xuất sắc, người không hoàn thành nhiệm vụ.",
        parameters=(unit(), number("year", "Năm cuối", 2024, 2022, 2100)),
        build=build_history,
        facts=(HISTORY,),
        needs=(("evaluation", "read"), ("staff", "read")),
    ),
    Definition(
        key="evaluation_petitions",
        title="Kiến nghị về kết quả xếp loại",
        group="evaluation",
        about="Kiến nghị nhận được trong kỳ, kết quả giải quyết và kiến nghị quá hạn trả lời.",
        parameters=(unit(), period()),
        build=build_petitions,
        facts=(PETITION_ROWS,),
        needs=(("evaluation", "read"),),
    ),
)
