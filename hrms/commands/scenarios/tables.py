"""Columns with validity, looked up for many people at once: which row is in force on a day, how many months overlap.

Pure arrays: days are ``datetime64[D]``, months are month numbers as in :mod:`hrms.commands.staff.counting`, a row
belongs to the person at position ``owner``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Cells = npt.NDArray[Any]

NONE = -1
NO_DAY = np.datetime64("NaT", "D")
OPEN_MONTH = 9999 * 12  # an open end
_EPOCH_MONTH = 1970 * 12


def days(values: Sequence[date | None]) -> Days:
    """Dates as an array; nothing is NaT."""
    return np.array(values, dtype="datetime64[D]")


def months(values: Days) -> Ints:
    """Month numbers (year × 12 + month − 1); NaT gives a meaningless number, ask ``np.isnat`` first."""
    return values.astype("datetime64[M]").astype(np.int64) + _EPOCH_MONTH


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def day_of_month(values: Days) -> Ints:
    return (values - values.astype("datetime64[M]")).astype(np.int64) + 1


@dataclass(frozen=True)
class Spans:
    """Rows of many people, each in force from ``first`` to ``last`` (NaT: open), sorted by owner and first day."""

    owner: Ints
    first: Days
    last: Days

    def on(self, day: Days | np.datetime64, people: int) -> Ints:
        """For every person the row in force on ``day`` (one day, or one per person), ``NONE`` without one.

        Of several the one that began last counts.
        """
        wanted = day[self.owner] if isinstance(day, np.ndarray) and day.ndim else day
        valid = (self.first <= wanted) & (np.isnat(self.last) | (self.last >= wanted))
        found = np.full(people, NONE, dtype=np.int64)
        rows = np.flatnonzero(valid)
        found[self.owner[rows]] = rows  # the rows stand by first day: a later assignment is a later beginning
        return found


def overlap(first: Ints, last: Ints, low: Ints, high: Ints) -> Ints:
    """How many months of ``first``..``last`` lie within ``low``..``high`` (all inclusive)."""
    found: Ints = np.maximum(0, np.minimum(last, high) - np.maximum(first, low) + 1)
    return found


def sums(owner: Ints, amounts: Ints, people: int) -> Ints:
    """Sum of whole amounts by person, exact."""
    found = np.zeros(people, dtype=np.int64)
    np.add.at(found, owner, amounts)
    return found


def colliding(owner: Ints, first: Ints, last: Ints, people: int) -> Bools:
    """People with two rows that share a month; rows in any order."""
    found = np.zeros(people, dtype=np.bool_)
    order = np.lexsort((first, owner))
    who, begin, end = owner[order], first[order], last[order]
    if len(who) > 1:
        # The greatest end so far within the person: rows may lie inside one another.
        reach = np.maximum.accumulate(end + who * (OPEN_MONTH * 2)) - who * (OPEN_MONTH * 2)
        same = who[1:] == who[:-1]
        found[who[1:][same & (begin[1:] <= reach[:-1])]] = True
    return found
