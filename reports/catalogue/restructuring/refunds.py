"""The register of money to be paid back."""

from __future__ import annotations

from reports.catalogue.lines import figure, grouped, listing, money
from reports.facts.refunds import REFUND_KINDS, REFUNDS
from reports.framework import Asked, Block, Column, Definition, day, unit
from reports.framework.making import blocks_of


def by_kind(asked: Asked) -> Block:
    rows = grouped(asked, REFUNDS, "kind", REFUND_KINDS, ["paid", "due_back"])
    columns = (Column("label", "Lý do", mm=80, chars=44), figure("count", "Số người"), money("paid", "Đã chi (đồng)"),
               money("due_back", "Phải thu hồi (đồng)"))  # fmt: skip
    return Block("kind", "Theo lý do", columns, rows, fact=REFUNDS.key, by=("kind",))


def build(asked: Asked) -> list[Block]:
    names = ("number", "name", "unit", "decree", "kind", "since", "decision_number", "paid", "due_back")
    people = listing(asked, REFUNDS, "list", "Danh sách phải thu hồi, hoàn trả", names, totals=("paid", "due_back"))
    return blocks_of(by_kind(asked), people)


REPORT = Definition(
    key="refund_register",
    title="Sổ theo dõi các khoản phải thu hồi, hoàn trả",
    group="restructuring",
    about="Điều chỉnh giảm sau khi chi và người được tuyển dụng lại trong thời hạn phải hoàn trả.",
    parameters=(unit(), day()),
    build=build,
    facts=(REFUNDS,),
    needs=(("case", "read"),),
)
