"""NĐ 29/2023 Điều 6: moving to a body that draws no salary from the budget; the years on the 60-month average."""

from __future__ import annotations

from policies import staff_transfer
from policies.engine.result import Result
from policies.engine.rules import RuleBook
from policies.leave import Shared
from policies.nd29.rules import SCHEME

ARTICLE = "Điều 6 NĐ 29/2023/NĐ-CP"
BOOK = RuleBook("nd29.transfer")
staff_transfer.declare(BOOK, SCHEME, ARTICLE, lambda f: f.case.salary.average_60_months)


def evaluate(shared: Shared) -> Result:
    """3 months of the current salary and half a month of the average for each insured year."""
    return staff_transfer.evaluate(BOOK, SCHEME, shared, ARTICLE)
