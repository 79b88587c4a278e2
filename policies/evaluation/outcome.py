"""What a rating gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from policies.engine.trace import Node, tree_dict
from policies.evaluation.data import MANUAL, RATED, level_label, reason_text


@dataclass(slots=True)
class Rating:
    """The machine's proposal. ``level`` is None unless ``outcome`` is RATED; a person decides in every case.

    ``reasons``: codes, the one that decided first; ``level_before_cap``: where a cap lowered the level;
    ``proposed_level``: beside a manual decision; ``consumed``: entries ``violation:year`` for the ledger;
    ``total``: points after rounding; ``conditions``: the explanation.
    """

    regime: str
    outcome: str
    level: str | None
    reasons: list[str] = field(default_factory=list)
    trace: Node = field(default_factory=lambda: Node("Xếp loại"))
    level_before_cap: str | None = None
    proposed_level: str | None = None
    total: Decimal | None = None
    consumed: list[str] = field(default_factory=list)
    charged_unit: str | None = None
    rating_agency: str | None = None
    review_required: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str | None:
        """The code that decided."""
        return self.reasons[0] if self.reasons else None

    @property
    def sentences(self) -> list[str]:
        """The reasons in Vietnamese."""
        return [reason_text(code) for code in self.reasons]

    def to_dict(self) -> dict[str, Any]:
        """The output of the case files: keys that say nothing are left out."""
        found: dict[str, Any] = {"outcome": self.outcome, "level": self.level}
        if self.reasons:
            found["reason"] = self.reasons[0]
        if len(self.reasons) > 1:
            found["reasons"] = list(self.reasons)
        if self.total is not None:
            found["total"] = format(self.total, "f")
        for key in ("level_before_cap", "proposed_level", "charged_unit", "rating_agency"):
            if value := getattr(self, key):
                found[key] = value
        if self.consumed:
            found["consumed"] = list(self.consumed)
        if self.review_required:
            found["review_required"] = True
        if self.warnings:
            found["warnings"] = list(self.warnings)
        return found

    def explained(self) -> dict[str, Any]:
        """The explanation as ``trace.v1``."""
        return tree_dict(self.finished())

    def finished(self) -> Node:
        """The explanation with the answer at its root."""
        self.trace.value = self.level or self.outcome
        if self.trace.formula is None:
            words = level_label(self.level) if self.outcome == RATED else None
            if words is None and self.outcome == MANUAL:
                words = "Cần quyết định của người có thẩm quyền"
            self.trace.label = f"Xếp loại: {words}" if words else "Không xếp loại"
        return self.trace

    def add_reason(self, code: str, *, first: bool = True) -> None:
        """Add a reason once; ``first``: it decided."""
        if code in self.reasons:
            return
        if first:
            self.reasons.insert(0, code)
        else:
            self.reasons.append(code)
