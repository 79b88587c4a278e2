"""Salary steps that fall due in a period."""

from __future__ import annotations

from reports.catalogue.lines import by_branch, figure, listing, unit_column
from reports.facts.salary import STEP_KINDS, STEPS_DUE
from reports.framework import Asked, Block, Definition, Schedule, period, records, unit
from reports.framework.making import blocks_of
from reports.framework.parameters import next_quarter
from reports.framework.result import Row


def by_unit(asked: Asked) -> Block:
    frame = records(STEPS_DUE.count(asked, ["branch", "kind", "overdue", "doubtful"]))
    columns = (
        unit_column(),
        figure("count", "Tổng số"),
        *(figure(f"k_{kind}", label, {"kind": kind}, mm=22) for kind, label in STEP_KINDS.items()),
        figure("overdue", "Quá hạn trước kỳ", {"overdue": "1"}, mm=20),
        figure("doubtful", "Cần xem xét kéo dài", {"doubtful": "1"}, mm=20),
    )

    def fill(row: Row, line: Row) -> None:
        row["count"] += line["count"]
        row[f"k_{line['kind']}"] += line["count"]
        row["overdue"] += line["count"] if line["overdue"] else 0
        row["doubtful"] += line["count"] if line["doubtful"] else 0

    return Block("unit", "Theo cơ quan, đơn vị", columns, by_branch(asked, frame, columns, fill), fact=STEPS_DUE.key,
                 by=("branch",))  # fmt: skip


def build(asked: Asked) -> list[Block]:
    names = ("name", "unit", "grade_name", "step", "coefficient", "beyond", "since", "due_on", "kind", "next_step",
             "next_coefficient", "next_beyond", "doubt")  # fmt: skip
    note = (
        "Cần xem xét: trong thời gian giữ bậc có năm không hoàn thành nhiệm vụ hoặc bị kỷ luật; "
        "thời gian kéo dài do cấp có thẩm quyền xét."
    )
    people = listing(asked, STEPS_DUE, "list", "Danh sách đến hạn", names, notes=(note,))
    return blocks_of(by_unit(asked), people)


REPORT = Definition(
    key="salary_steps_due",
    title="Người đến hạn nâng bậc lương thường xuyên, hưởng phụ cấp thâm niên vượt khung",
    group="staff",
    about="Theo thời gian giữ bậc của bảng lương; nêu người quá hạn và người cần xem xét kéo dài.",
    parameters=(unit(), period(default=next_quarter)),
    build=build,
    facts=(STEPS_DUE,),
    schedule=Schedule({"month": "3,6,9,12", "day": "1", "hour": "6"}, "unit_hr"),
    bases=("Nghị định số 204/2004/NĐ-CP của Chính phủ", "Thông tư số 08/2013/TT-BNV của Bộ Nội vụ"),
)
