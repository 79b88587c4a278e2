"""NĐ 154/2025 Điều 3: who is recruited again to a post paid from the budget within 60 months pays the grant back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.engine.dates import add_months
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node
from policies.store import default_store


@dataclass(frozen=True, slots=True)
class Refund:
    """``amount`` đồng to pay back, 0 when the time is over or nothing is asked; ``until``: first free day."""

    due: bool
    amount: int
    until: date | None
    trace: Node


def refund(decree: str, leave_date: date, recruited_on: date, paid: int, store: ParameterStore | None = None) -> Refund:
    """What is owed on re-recruitment. ``decree``: code under which ``paid`` đồng were granted for ``leave_date``.

    Only NĐ 154 asks for it; NĐ 178 does not (``nd154.refund_months`` names its decree). Raises ``ValueError`` where the
    recruitment is not after the leave.
    """
    if recruited_on <= leave_date:
        raise ValueError(f"ngày tuyển dụng lại {recruited_on} không sau ngày nghỉ {leave_date}")
    store = store or default_store()
    rule = store.versions("nd154.refund_months")[0]
    label = "Hoàn trả trợ cấp khi được tuyển dụng lại"
    if decree not in store.versions("nd154.refund_decrees")[0].value:
        article = f"NĐ {decree}"
        return Refund(
            False, 0, None, Node(label, 0, "đồng", ("văn bản {0} không quy định hoàn trả", (decree,)), article)
        )
    until = add_months(leave_date, rule.value)
    due = recruited_on < until
    formula = (
        "nghỉ {0}, tuyển dụng lại {1}, trong {2} tháng (đến hết ngày trước {3})"
        if due
        else "nghỉ {0}, tuyển dụng lại {1}, đã qua {2} tháng (từ {3})",
        (leave_date, recruited_on, rule.value, until),
    )
    amount = paid if due else 0
    return Refund(due, amount, until, Node(label, amount, "đồng", formula, rule.article, rule))
