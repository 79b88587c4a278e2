"""Exact column arithmetic: decimals as scaled integers, half-up rounding, no binary float anywhere.

int64 carries every realistic amount; where a product could pass its range the column is computed with Python's own
unbounded integers instead, so the answer is exact either way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from policies.engine.money import EXACT

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.int8]
Column = npt.NDArray[Any]

LIMIT = 2**62


def digits_of(value: Decimal) -> int:
    """Digits after the decimal point that matter."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def scaled(value: Decimal | int, digits: int) -> int:
    """``value × 10^digits`` as a whole number."""
    return int(EXACT.scaleb(Decimal(value), digits))


def largest(column: Column) -> int:
    """Largest absolute value of a column of whole numbers (or of one number)."""
    if column.ndim == 0:
        return abs(int(column))
    if not len(column):
        return 0
    if column.dtype == np.int64 and (column.strides[0] or len(column) == 1):
        # Read without sign a negative number is huge: one look tells the largest and that none is negative.
        unsigned = int(column.view(np.uint64).max())
        if unsigned < LIMIT:
            return unsigned
    elif column.strides == (0,):
        return abs(int(column[0]))
    return max(int(column.max()), -int(column.min()))


def looked_up(table: Column, codes: Column) -> Column:
    """``table[codes]`` for codes from −1 (the last place) to the last one; faster than an index."""
    return table.take(codes, mode="wrap")


def product(left: Column | int, right: Column | int) -> Column:
    """Exact product of two columns (or numbers) of whole numbers."""
    a, b = np.asarray(left), np.asarray(right)
    bound = (largest(a) or 1) * (largest(b) or 1)
    if bound >= LIMIT:
        a, b = a.astype(object), b.astype(object)
    result: Column = a * b
    return result


def total(left: Column | int, right: Column | int) -> Column:
    """Exact sum of two columns (or numbers) of whole numbers."""
    a, b = np.asarray(left), np.asarray(right)
    if largest(a) + largest(b) >= LIMIT:
        a, b = a.astype(object), b.astype(object)
    result: Column = a + b
    return result


def round_half_up(numerator: Column, digits: int) -> Ints:
    """Nearest whole number of ``numerator / 10^digits``, halves upwards; amounts are never negative."""
    if digits == 0:
        return numerator.astype(np.int64, copy=False)
    unit = 10**digits
    if unit >= LIMIT:
        numerator = numerator.astype(object)
    rounded: Ints = (total(numerator, unit // 2) // unit).astype(np.int64, copy=False)
    return rounded
