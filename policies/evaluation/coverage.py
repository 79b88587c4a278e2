"""What of the law of evaluation is implemented, as clauses for the registry: generated from the data files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.engine.dates import OPEN_END
from policies.evaluation.data import day_of, reasons, regimes, rows


@dataclass(frozen=True, slots=True)
class EvaluationClause:
    """``code`` None: a regime; ``answers``: the question that the clause serves."""

    label: str
    article: str
    valid_from: date
    valid_to: date
    code: str | None
    answers: str | None


def clauses() -> list[EvaluationClause]:
    """Every regime, reason and consequence with article and validity."""
    start = regimes()["ND90"].valid_from
    found = [EvaluationClause(r.name, r.article, r.valid_from, r.valid_to, None, "regime") for r in regimes().values()]
    found.extend(EvaluationClause(r.text, r.article, start, OPEN_END, r.code, r.group) for r in reasons().values())
    for kind in ("rules", "warnings", "protection", "eligibility", "follow_ups"):
        found.extend(
            EvaluationClause(
                r["text"],
                r["article"],
                day_of(r["from"], start),
                day_of(r.get("to"), OPEN_END),
                r["code"],
                "consequence",
            )
            for r in rows("consequences", kind)
        )
    return found
