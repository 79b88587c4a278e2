"""Pieces of explanations (``engine.trace``) and exact numbers that this room shares."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from policies.engine.money import EXACT
from policies.engine.parameters import Version
from policies.engine.trace import Branch, Node, Refused, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import level_label, reasons

Number = int | Decimal | Fraction


def round_points(value: Number, configuration: Configuration) -> Decimal:
    """Round half up to the decimals of the configuration, exactly: 89.995 becomes 90.00."""
    return rounded(value, int(configuration.number("evaluation.points.decimals")))


def rounded(value: Number, decimals: int) -> Decimal:
    """Half up (values here are never negative), with all decimals written."""
    scale = 10**decimals
    doubled = Fraction(value) * scale * 2
    whole = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return Decimal(whole).scaleb(-decimals, context=EXACT)


def show(value: Fraction) -> Decimal:
    """A fraction as a decimal for an explanation (six places)."""
    return rounded(value, 6).normalize() if value.denominator != 1 else Decimal(value.numerator)


def quantized(value: Decimal, decimals: int) -> str:
    """Decimal text with fixed places."""
    return format(value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP), "f")


def reason_node(code: str, regime: str) -> Node:
    """A leaf that states a reason with its article."""
    found = reasons()[code]
    return Node(found.text, code, None, None, found.article_of(regime))


def compare(
    label: str, value: object, sign: str, version: Version, holds: bool, article: str | None = None, unit: str = "%"
) -> Node:
    """A condition: what was found, the bound it is held against, whether it holds."""
    formula = text("{0} " + sign + " {1}: {2}", value, version.value, "đạt" if holds else "không đạt")
    return Node(label, value if not isinstance(value, Fraction) else show(value), unit, formula,
                article or version.article, version)  # fmt: skip


def fact(label: str, value: object, holds: bool, article: str | None = None) -> Node:
    """A condition without a bound."""
    return Node(label, value, None, text("{0}", "đạt" if holds else "không đạt"), article)


def branch(taken: str | None, refused: Iterable[tuple[str, str, str]]) -> Branch:
    """Which level was taken, and why each higher one was not: (level, article, reason in words)."""
    return Branch(
        level_label(taken) or "Cần quyết định", [Refused(level_label(c), a, text("{0}", r)) for c, a, r in refused]
    )
