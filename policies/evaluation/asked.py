"""What the answers to questions from outside share."""

from __future__ import annotations

from datetime import date
from typing import Any

from policies.engine.dates import MONTHS_PER_YEAR
from policies.engine.trace import Node
from policies.evaluation.given import Given
from policies.questions import Answer, require_mapping

# Largest count that a question may carry: catches slips of the keyboard, no law.
MOST = 100_000


def opened(given: object, known: tuple[str, ...]) -> Given:
    """The input of a question, ready to be read."""
    return Given(require_mapping(given), "input", known, [])


def finished(output: dict[str, Any], *nodes: Node) -> Answer:
    """An answer with its explanation."""
    return Answer(output, [node.to_dict() for node in nodes])


def last_day(year: int) -> date:
    """31 December."""
    return date(year, MONTHS_PER_YEAR, 31)
