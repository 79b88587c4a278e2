"""NĐ 154/2025 Điều 7: moving to a body that draws no salary from the budget."""

from __future__ import annotations

from policies import staff_transfer
from policies.engine.result import Result
from policies.engine.rules import RuleBook
from policies.leave import Shared
from policies.nd154.rules import SCHEME

ARTICLE = "Điều 7 NĐ 154/2025/NĐ-CP"
BOOK = RuleBook("nd154.transfer")
staff_transfer.declare(BOOK, SCHEME, ARTICLE, lambda f: f.salary.amount)


def evaluate(shared: Shared) -> Result:
    """3 months of salary and half a month for each insured year."""
    return staff_transfer.evaluate(BOOK, SCHEME, shared, ARTICLE)
