"""The roll of people of talent (NĐ 179/2024/NĐ-CP)."""

from __future__ import annotations

from reports.catalogue.lines import figure, grouped, listing, money
from reports.facts.talents import GROUPS_179, TALENTS
from reports.framework import Asked, Block, Column, Definition, day, unit
from reports.framework.making import blocks_of


def by_group(asked: Asked) -> Block:
    rows = grouped(asked, TALENTS, "group", GROUPS_179, ["allowance"])
    columns = (Column("label", "Nhóm", mm=90, chars=48), figure("count", "Số người"),
               money("allowance", "Phụ cấp một tháng (đồng)"))  # fmt: skip
    return Block("group", "Theo nhóm", columns, rows, fact=TALENTS.key, by=("group",),
                 empty="Chưa có người hưởng chính sách theo NĐ 179/2024/NĐ-CP.")  # fmt: skip


def build(asked: Asked) -> list[Block]:
    names = ("name", "title", "unit", "group", "recognised_on", "state", "decision_number", "monthly_salary",
             "allowance")  # fmt: skip
    people = listing(asked, TALENTS, "list", "Danh sách", names, totals=("allowance",))
    if people is not None:
        people.empty = "Chưa có người trong danh sách."
    return blocks_of(by_group(asked), people)


REPORT = Definition(
    key="talent_roll",
    title="Danh sách người có tài năng hưởng chính sách thu hút, trọng dụng",
    group="staff",
    about="Theo nhóm của NĐ 179/2024/NĐ-CP, kèm mức phụ cấp một tháng.",
    parameters=(unit(), day()),
    build=build,
    facts=(TALENTS,),
    needs=(("case", "read"),),
    bases=("Nghị định số 179/2024/NĐ-CP của Chính phủ",),
)
