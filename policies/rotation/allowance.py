"""The leadership allowance kept at a move, and its schedule by month for finance (Điều 27 khoản 1, Điều 51)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policies.engine.dates import add_months, day_before, first_of_index, month_index
from policies.engine.money import round_dong
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, fact_node, parameter_node
from policies.rotation.law import at, law

BASE = "salary.base"


@dataclass(frozen=True, slots=True)
class KeptAllowance:
    """The old coefficient while it is kept; ``kept`` None when the new post does not pay less. Months are calendar."""

    kept: Decimal | None
    new: Decimal
    kept_from: date | None
    kept_until: date | None
    months: int
    node: Node


@dataclass(frozen=True, slots=True)
class KeptMonth:
    """One calendar month in đồng: what is paid for the days kept, what the new post pays, and the difference."""

    month: date
    first_day: date
    last_day: date
    base: int
    kept_amount: int
    new_amount: int

    @property
    def difference(self) -> int:
        """What is paid above the new post's own allowance."""
        return self.kept_amount - self.new_amount


def kept_allowance(
    kind: str,
    old: Decimal,
    new: Decimal,
    effective: date | None,
    *,
    leader: bool = True,
    months: int | None = None,
    store: ParameterStore | None = None,
) -> KeptAllowance:
    """How long the allowance of the old post is kept.

    ``DIEU_DONG``: a leader moved to a lower allowance keeps the old one 6 months. ``LUAN_CHUYEN``: during the whole
    rotation of ``months``. Other kinds keep nothing by these articles.
    """
    node = Node(
        "Bảo lưu phụ cấp chức vụ", None, "hệ số", children=[fact_node("Hệ số cũ", old), fact_node("Hệ số mới", new)]
    )
    length = 0
    if kind == "LUAN_CHUYEN":
        node.article = "Điều 51 khoản 1 NĐ 170/2025/NĐ-CP"
        length = months or 0
    elif kind == "DIEU_DONG" and leader:
        rule = at(law(store), "transfer.kept_months", effective or date.max)
        node.article = rule.article
        node.children.append(parameter_node(rule))
        length = rule.value
    if old <= new or not length:
        return KeptAllowance(None, new, None, None, 0, node)
    node.value = old
    until = None if effective is None else day_before(add_months(effective, length))
    return KeptAllowance(old, new, effective, until, length, node)


def allowance_schedule(kept: KeptAllowance, store: ParameterStore | None = None) -> tuple[KeptMonth, ...]:
    """Month by month, what to pay: coefficient × base salary of the month, part months by calendar days [U].

    The base salary is the one in force on the first day kept of each month; each amount is rounded half up to the đồng.
    """
    if kept.kept is None or kept.kept_from is None or kept.kept_until is None:
        return ()
    law_ = law(store)
    rows = []
    for index in range(month_index(kept.kept_from), month_index(kept.kept_until) + 1):
        month = first_of_index(index)
        length = calendar.monthrange(month.year, month.month)[1]
        first = max(month, kept.kept_from)
        last = min(day_before(first_of_index(index + 1)), kept.kept_until)
        base = law_.at(BASE, first).value
        share = Fraction((last - first).days + 1, length)
        rows.append(
            KeptMonth(
                month,
                first,
                last,
                base,
                round_dong(share * Fraction(kept.kept) * base),
                round_dong(share * Fraction(kept.new) * base),
            )
        )
    return tuple(rows)
