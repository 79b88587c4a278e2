"""Who pays: the source of funds of a case and of its lines (TT 07/2025/TT-BTC for NĐ 178; each decree its own rule)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from hrms.commands.law.current import current_store
from hrms.commands.restructuring.words import FUNDING_SOURCES
from policies import legal
from policies.engine.result import Result

RETAINED = "retained_leadership_allowance"
TOP_UP_LINE = "local_top_up"
ESTIMATE_LINES = {("154", "job_search")}
ARTICLE = "Điều 16 NĐ 178/2024/NĐ-CP; TT 07/2025/TT-BTC"


@dataclass(frozen=True)
class FundedLine:
    """One line of a calculation with its purse: ``source`` is a code of ``FUNDING_SOURCES``, ``rule`` the wording."""

    code: str
    label: str
    amount: int
    source: str
    rule: str
    article: str
    mark: str

    @property
    def source_label(self) -> str:
        return FUNDING_SOURCES.get(self.source, "")


def main_source(unit_funding: str, benefit: str) -> str:
    """The purse of everything but the local top-up; empty where only finance can tell.

    A unit that covers its own spending pays from its revenue; one that covers a part pays from the budget only for the
    people whose salary the budget pays, and the records do not say who they are. Kept allowances are ordinary pay.
    """
    if unit_funding == "self":
        return "own_revenue"
    if unit_funding == "partly":
        return ""
    return "unit_estimate" if benefit == RETAINED else "salary_reform"


def line_source(decree: str, line: str, main: str) -> str:
    """The purse of one line: the locality pays the top-up; under NĐ 154 the unit's estimate pays the new-job grant."""
    if line == TOP_UP_LINE:
        return TOP_UP_LINE
    if (decree, line) in ESTIMATE_LINES and main != "own_revenue":
        return "unit_estimate"
    return main


@dataclass(frozen=True)
class _Line:
    code: str
    amount: int


@dataclass(frozen=True)
class _Answer:
    """As much of a result as the funding rule looks at, from a stored calculation."""

    decree_code: str
    lines: Sequence[_Line]


def funded_lines(
    result: Mapping[str, Any], decree_code: str, source: str, *, public_service_unit: bool
) -> list[FundedLine]:
    """The lines of a stored result, each with its purse and the article behind it."""
    rows = result.get("lines") or []
    answer = _Answer(decree_code, [_Line(row["code"], row["amount"]) for row in rows])
    rules = {
        found.line_code: found
        for found in legal.funding_sources(
            cast(Result, answer), public_service_unit=public_service_unit, store=current_store()
        )
    }
    lines: list[FundedLine] = []
    for row in rows:
        rule = rules.get(row["code"])
        lines.append(
            FundedLine(
                row["code"],
                row["label"],
                row["amount"],
                line_source(decree_code, row["code"], source),
                rule.source if rule else "",
                rule.article if rule else "",
                rule.mark if rule else "U",
            )
        )
    return lines
