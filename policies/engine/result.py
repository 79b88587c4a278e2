"""What a calculation answers: lines, reasons, warnings and the tree that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from policies.engine.money import plain
from policies.engine.trace import Node, Text, render, tree_dict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why yes, or one reason why not, or a warning (which never blocks): code, article, Vietnamese message."""

    code: str
    article: str
    text: Text

    @property
    def message(self) -> str:
        """The Vietnamese sentence."""
        sentence = render(self.text)
        return sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", ")")) else ".")

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"code": self.code, "article": self.article, "message": self.message}


@dataclass(slots=True)
class Line:
    """One amount: ``factor`` months of salary (or times the base), ``amount`` in đồng."""

    code: str
    article: str
    label: str
    formula: Text
    factor: Decimal
    amount: int
    node: Node

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "code": self.code,
            "article": self.article,
            "label": self.label,
            "formula": render(self.formula),
            "factor": plain(self.factor),
            "amount": self.amount,
        }


@dataclass(slots=True)
class Result:
    """The answer of one decree and benefit to one case. Amounts in đồng; years in steps of one half."""

    decree: str
    decree_code: str
    benefit: str
    eligible: bool
    reasons: Sequence[Reason]
    base_salary: int | None
    monthly_salary: int | None
    retirement_date: date | None
    months_early: int | None
    years_early: Decimal | None
    social_insurance_years: Decimal | None
    severance_months: int | None
    within_first_12_months: bool | None
    lines: Sequence[Line]
    total: int
    warnings: Sequence[Reason]
    law_version: str
    trace: Node
    id: str | int | None = None
    alternatives: Sequence[Result] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The result of the contract, ready for JSON."""
        return {
            "id": self.id,
            "decree": self.decree,
            "benefit": self.benefit,
            "eligible": self.eligible,
            "reasons": [r.to_dict() for r in self.reasons],
            "base_salary": self.base_salary,
            "monthly_salary": self.monthly_salary,
            "retirement_date": None if self.retirement_date is None else self.retirement_date.isoformat(),
            "months_early": self.months_early,
            "years_early": _years(self.years_early),
            "social_insurance_years": _years(self.social_insurance_years),
            "severance_months": self.severance_months,
            "within_first_12_months": self.within_first_12_months,
            "lines": [line.to_dict() for line in self.lines],
            "total": self.total,
            "alternatives": [a.summary() for a in self.alternatives],
            "warnings": [w.to_dict() for w in self.warnings],
            "law_version": self.law_version,
            "trace": tree_dict(self.trace),
        }

    def summary(self) -> dict[str, Any]:
        """The short form in which a decree that was not applied is listed."""
        return {
            "decree": self.decree,
            "benefit": self.benefit,
            "eligible": self.eligible,
            "total": self.total,
            "reasons": [r.to_dict() for r in self.reasons],
        }


def _years(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
