"""Cases settled under one decree and owed a later one: what the law pays besides.

NĐ 154/2025, transitional clause: cases of NĐ 29 in hand or decided but unpaid on 16/06/2025 are computed anew.
NĐ 67/2025: who was settled under NĐ 177 lower than under NĐ 178 as amended gets the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from policies.engine.case import Case
from policies.engine.parameters import ParameterStore
from policies.engine.result import Reason, Result
from policies.engine.trace import Branch, Node, Refused
from policies.leave import Shared
from policies.nd29 import rules as nd29
from policies.nd154 import rules as nd154
from policies.nd177 import rules as nd177
from policies.nd178 import decree as nd178
from policies.store import default_store

NO_DIFFERENCE = "Không có phần chênh"


@dataclass(frozen=True, slots=True)
class Recalculation:
    """``owed``: đồng to pay besides ``paid``. ``old`` and ``new``: the results under the two decrees.

    ``applies`` is False (with ``reasons``) where the transitional clause does not reach the case or pays no more.
    """

    applies: bool
    paid: int
    owed: int
    old: Result
    new: Result
    reasons: tuple[Reason, ...]
    trace: Node


def recalculate_29(
    case: Case, store: ParameterStore | None = None, *, paid_on: date | None = None, paid: int | None = None
) -> Recalculation:
    """A case of NĐ 29 computed anew under NĐ 154, law of its first day, salary and months of the leave itself.

    ``paid_on``: day the money of NĐ 29 was paid out, None while it is not: paid before the first day, nothing is owed.
    ``paid``: what was granted, where it is not what NĐ 29 computes.
    """
    store = store or default_store()
    start = store.versions("nd154.recalculation.decided_before")[0]
    shared = Shared(replace(case, decree="auto"), store)
    old = nd29.evaluate(shared, case.benefit)
    new = nd154.evaluate(shared, case.benefit, law_day=start.value)
    reasons: list[Reason] = []
    if case.leave_date >= start.value:
        reasons.append(
            Reason("window_closed", start.article, ("nghỉ từ {0}: theo thẳng NĐ 154/2025/NĐ-CP", (case.leave_date,)))
        )
    if paid_on is not None and paid_on < start.value:
        reasons.append(
            Reason("already_paid", start.article, ("đã chi trả ngày {0}, trước {1}", (paid_on, start.value)))
        )
    return _compare(old, new, paid, reasons, start.article)


def top_up_after_177(case: Case, store: ParameterStore | None = None, *, paid: int | None = None) -> Recalculation:
    """Early retirement settled under NĐ 177 against NĐ 178 as amended (Điều 7b): the difference, where it is more."""
    store = store or default_store()
    shared = Shared(replace(case, decree="auto", earlier_benefit=None), store)
    old = nd177.evaluate(shared, nd177.EARLY)
    new = nd178.evaluate(shared, nd177.EARLY)
    article = store.versions("nd178.amended_from")[0].article
    return _compare(old, new, paid, [], article)


def _compare(old: Result, new: Result, paid: int | None, reasons: list[Reason], article: str) -> Recalculation:
    given = old.total if paid is None else paid
    if not new.eligible:
        reasons.extend(new.reasons)
    elif new.total <= given and not reasons:
        reasons.append(Reason("not_higher", article, ("mức mới {0} không cao hơn mức đã tính {1}", (new.total, given))))
    owed = 0 if reasons else new.total - given
    node = Node(
        "Phần chênh được chi trả thêm",
        owed,
        "đồng",
        ("{0} − {1}", (new.total, given)),
        article,
        None,
        Branch(NO_DIFFERENCE if reasons else new.decree, [Refused(new.decree, r.article, r.text) for r in reasons]),
        [new.trace, old.trace],
    )
    return Recalculation(not reasons, given, owed, old, new, tuple(reasons), node)
