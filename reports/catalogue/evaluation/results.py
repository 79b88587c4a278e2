"""How far a period's evaluation has come, and its results by unit, class and level with the share of HTXS."""

from __future__ import annotations

from collections.abc import Callable

from reports.catalogue.lines import by_branch, figure, grouped, listing, unit_column
from reports.facts.evaluation import CLASSES, COLLECTIVES, LEVELS, SHEETS, STAGES, reasons_of
from reports.framework import Asked, Block, Column, Definition, Schedule, period, records, unit
from reports.framework.charts import column_chart
from reports.framework.making import blocks_of
from reports.framework.result import Row, share_of

SHORT = {"HTXS": "Xuất sắc", "HTT": "Tốt", "HT": "Hoàn thành", "KHT": "Không hoàn thành"}


def progress_by_unit(asked: Asked) -> Block:
    columns = (
        unit_column(58),
        figure("count", "Tổng số phiếu"),
        *(figure(stage, label, {"stage": stage}, mm=22) for stage, label in STAGES.items()),
        figure("late", "Quá hạn", {"late": "1"}),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row[line["stage"]] += line["count"]
        row["late"] += line["count"] if line["late"] else 0

    rows = by_branch(asked, records(SHEETS.count(asked, ["branch", "stage", "late"])), columns, fill)
    return Block("unit", "Tiến độ theo cơ quan, đơn vị", columns, rows, fact=SHEETS.key, by=("branch",))


def progress_of_collectives(asked: Asked) -> Block:
    columns = (
        unit_column(90),
        figure("count", "Số tập thể"),
        figure("recognised", "Đã công nhận mức", {"recognised": "1"}, mm=24),
        figure("waiting", "Chưa công nhận", {"recognised": "0"}, mm=24),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row["recognised" if line["recognised"] else "waiting"] += line["count"]

    rows = by_branch(asked, records(COLLECTIVES.count(asked, ["branch", "recognised"])), columns, fill)
    return Block("collectives", "Tiến độ xếp loại tập thể", columns, rows, fact=COLLECTIVES.key, by=("branch",))


def build_progress(asked: Asked) -> list[Block]:
    names = ("code", "name", "title", "unit", "state")
    late = listing(asked, SHEETS, "late", "Phiếu quá hạn", names, {"late": "1"})
    return blocks_of(progress_by_unit(asked), progress_of_collectives(asked), late)


def _level_columns(lead: Column) -> tuple[Column, ...]:
    columns = [lead, figure("count", "Tổng số"), figure("rated", "Đã xếp loại", {"rated": "1"})]
    for code, label in SHORT.items():
        columns.append(figure(code, "Số", {"level": code}, label, mm=14))
        columns.append(Column(f"{code}_share", "%", "percent", group=label, mm=13, chars=8, share=(code, "rated")))
    columns.append(figure("unrated", "Chưa xếp loại", {"rated": "0"}))
    return tuple(columns)


def _level_fill(row: Row, line: Row) -> None:
    row["count"] += line["count"]
    if line["level"] in LEVELS:
        row["rated"] += line["count"]
        row[line["level"]] += line["count"]
    else:
        row["unrated"] += line["count"]


def _with_shares(rows: list[Row]) -> list[Row]:
    for row in rows:
        row.update({f"{code}_share": share_of(row[code], row["rated"]) for code in SHORT})
    return rows


def results_by_unit(asked: Asked) -> Block:
    columns = _level_columns(unit_column(52))
    fill: Callable[[Row, Row], None] = _level_fill
    rows = _with_shares(by_branch(asked, records(SHEETS.count(asked, ["branch", "level", "rated"])), columns, fill))
    return Block("unit", "Kết quả cá nhân theo cơ quan, đơn vị", columns, rows, fact=SHEETS.key, by=("branch",))


def results_by_class(asked: Asked) -> Block:
    columns = _level_columns(Column("label", "Đối tượng", mm=52, chars=34))
    found: dict[str, Row] = {}
    for line in records(SHEETS.count(asked, ["class", "level", "rated"])):
        code = line["class"]
        zeroes = {column.key: 0 for column in columns if column.total}
        row = found.setdefault(code, {"class": code, "label": CLASSES.get(code, code), **zeroes})
        _level_fill(row, line)
    rows = _with_shares([found[code] for code in CLASSES if code in found])
    series = [(label, [row[code] for row in rows]) for code, label in SHORT.items()]
    chart = column_chart("bars", "Số người theo mức xếp loại", [row["label"] for row in rows], series, "người")
    return Block("class", "Kết quả cá nhân theo đối tượng", columns, rows, fact=SHEETS.key, by=("class",),
                 chart=chart if rows else None)  # fmt: skip


def ceiling_by_unit(asked: Asked) -> Block:
    """The share of HTXS against HTT as it stands; the binding test by group is on the unit's own tables."""
    columns = (
        unit_column(70),
        figure("HTXS", "Được công nhận xuất sắc", {"level": "HTXS"}, mm=26),
        figure("HTT", "Hoàn thành tốt", {"level": "HTT"}, mm=24),
        figure("demoted", "Xuống hoàn thành tốt do tỷ lệ", {"demoted": "1"}, mm=28),
        Column("share", "Xuất sắc so với hoàn thành tốt (%)", "percent", mm=30, chars=14, share=("HTXS", "HTT")),
    )

    def fill(row: Row, line: Row) -> None:
        if line["level"] in ("HTXS", "HTT"):
            row[line["level"]] += line["count"]
            row["demoted"] += line["count"] if line["demoted"] else 0

    rows = by_branch(asked, records(SHEETS.count(asked, ["branch", "level", "demoted"])), columns, fill)
    for row in rows:
        row["share"] = share_of(row["HTXS"], row["HTT"])
    rows = [row for row in rows if row["HTXS"] or row["HTT"]]
    return Block("ceiling", "Kiểm tra tỷ lệ hoàn thành xuất sắc", columns, rows, fact=SHEETS.key, by=("branch",))


def results_of_collectives(asked: Asked) -> Block:
    columns = (Column("label", "Mức xếp loại", mm=80, chars=36), figure("count", "Số tập thể", mm=30))
    rows = grouped(asked, COLLECTIVES, "level", {**LEVELS, "": "Chưa công nhận"})
    return Block("collectives", "Kết quả tập thể", columns, rows, fact=COLLECTIVES.key, by=("level",))


def build_results(asked: Asked) -> list[Block]:
    return blocks_of(
        results_by_unit(asked), results_by_class(asked), ceiling_by_unit(asked), results_of_collectives(asked)
    )


def build_not_completing(asked: Asked) -> list[Block]:
    columns = (unit_column(110), figure("count", "Số người không hoàn thành", {"level": "KHT"}, mm=40))

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]

    rows = by_branch(asked, records(SHEETS.count(asked, ["branch"], {"level": "KHT"})), columns, fill)
    people = listing(asked, SHEETS, "list", "Danh sách không hoàn thành nhiệm vụ",
                     ("code", "name", "title", "unit", "reason"), {"level": "KHT"})  # fmt: skip
    if people is not None:
        told = reasons_of([row["id"] for row in people.rows])
        for row in people.rows:
            row["reason"] = row["reason"] or told.get(row["id"], "")
    return blocks_of(
        Block("unit", "Theo cơ quan, đơn vị", columns, rows, fact=SHEETS.key, by=("branch",), base={"level": "KHT"}),
        people,
    )


REPORTS = (
    Definition(
        key="evaluation_progress",
        title="Tiến độ đánh giá, xếp loại",
        group="evaluation",
        about="Phiếu theo bước, phiếu quá hạn và tập thể chưa công nhận của từng cơ quan, đơn vị.",
        parameters=(unit(), period()),
        build=build_progress,
        facts=(SHEETS, COLLECTIVES),
        needs=(("evaluation", "read"),),
        schedule=Schedule({"day_of_week": "mon", "hour": "6"}, "province_hr"),
    ),
    Definition(
        key="evaluation_results",
        title="Tổng hợp kết quả đánh giá, xếp loại",
        group="evaluation",
        about="Kết quả theo đơn vị, đối tượng và mức kèm tỷ lệ; kiểm tra tỷ lệ xuất sắc; kết quả tập thể.",
        parameters=(unit(), period()),
        build=build_results,
        facts=(SHEETS, COLLECTIVES),
        needs=(("evaluation", "read"),),
    ),
    Definition(
        key="not_completing",
        title="Người không hoàn thành nhiệm vụ",
        group="evaluation",
        about="Người được xếp loại không hoàn thành nhiệm vụ trong kỳ, theo đơn vị.",
        parameters=(unit(), period()),
        build=build_not_completing,
        facts=(SHEETS,),
        needs=(("evaluation", "read"),),
    ),
)
