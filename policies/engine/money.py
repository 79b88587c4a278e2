"""Exact money and Vietnamese number formats.

Amounts are ``int`` đồng, factors and coefficients are ``Decimal``. All arithmetic runs in a context of our own, so that
a precision set elsewhere in the process can neither round nor raise here.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Number = int | Decimal

EXACT = Context(prec=60)
ONE = Decimal(1)
HUNDRED = Decimal(100)


def dec(value: Number | str) -> Decimal:
    """Return ``value`` as an exact ``Decimal``; a binary float is refused because it has already lost the number."""
    if isinstance(value, float):
        raise TypeError("binary floats are not accepted; use int, Decimal or a decimal string")
    return Decimal(value)


def mul(left: Number, right: Number) -> Decimal:
    """Exact product."""
    return EXACT.multiply(Decimal(left), Decimal(right))


def add(left: Number, right: Number) -> Decimal:
    """Exact sum."""
    return EXACT.add(Decimal(left), Decimal(right))


def sub(left: Number, right: Number) -> Decimal:
    """Exact difference."""
    return EXACT.subtract(Decimal(left), Decimal(right))


def percent(value: Number) -> Decimal:
    """Turn a percentage into a rate: ``25`` becomes ``0.25``."""
    return EXACT.divide(Decimal(value), HUNDRED)


def round_dong(value: Number | Fraction) -> int:
    """Round half up (away from zero) to whole đồng, exactly."""
    if isinstance(value, int):
        return value
    if isinstance(value, Fraction):
        sign = -1 if value < 0 else 1
        doubled = abs(value) * 2
        return sign * ((doubled.numerator + doubled.denominator) // (2 * doubled.denominator))
    return int(value.quantize(ONE, rounding=ROUND_HALF_UP, context=EXACT))


def plain(value: Number) -> str:
    """Machine form of a number without superfluous zeros: ``36``, ``7.5``."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_int(value: int) -> str:
    """``1234567`` as ``1.234.567``."""
    return f"{value:,}".replace(",", ".")


def format_decimal(value: Decimal) -> str:
    """``Decimal("1234.50")`` as ``1.234,50``: the digits that were written are kept."""
    whole, _, fraction = format(value, "f").partition(".")
    sign = "-" if whole.startswith("-") else ""
    grouped = format_int(int(whole.lstrip("-") or "0"))
    return f"{sign}{grouped},{fraction}" if fraction else sign + grouped


def format_date(value: date) -> str:
    """``dd/mm/yyyy``."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def vietnamese(value: object) -> str:
    """Format anything that may stand in a formula or a message the way a Vietnamese reader writes it."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return format_int(value)
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value)


def fill(template: str, args: tuple[object, ...]) -> str:
    """Put Vietnamese-formatted ``args`` into ``template`` (``{0}``, ``{1}`` …)."""
    return template.format(*[vietnamese(a) for a in args]) if args else template
