"""Reading a frame: each column's distinct values are checked once by the same readers as a single case.

Missing columns and empty cells (None, NaN, NaT) take the defaults of the contract. A whole number that pandas has
turned into a float because of empty cells is taken back; coefficients given as floats are read by their shortest
decimal form (``4.98``), never by their binary value.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Hashable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from policies.batch.exact import Bools, Column, Ints, digits_of, scaled
from policies.engine import case as schema
from policies.engine import parsing
from policies.engine.dates import month_index
from policies.engine.errors import Fault
from policies.engine.reading import FIRST_YEAR, LAST_YEAR, Reader

NO_DAY = -1

_EPOCH = date(1970, 1, 1).toordinal()
_EPOCH_MONTH = month_index(date(1970, 1, 1))
_SOME_DAY = date(2000, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()

KNOWN = (
    "id",
    "decree",
    "benefit",
    *parsing.PERSON,
    "coefficient",
    "agreed_amount",
    "average_60_months",
    *schema.COUNTED_ALLOWANCES,
    *schema.OTHER_ALLOWANCES,
    "restructuring_effective_date",
    "directly_affected",
    "leave_date",
    "decision_date",
    *parsing.CIRCUMSTANCES,
    *parsing.FACTS,
)


class Columns:
    """One frame with its faults; every reader returns an array of the frame's length."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.size = len(frame)
        self.faults: list[Fault] = []
        self._codes: dict[str, tuple[Ints, list[Any]]] = {}
        Reader({str(c): None for c in frame.columns}, "frame", KNOWN, self.faults)

    def distinct(self, name: str) -> tuple[Ints, list[Any]]:
        """Row → position in the list of distinct values; the last position stands for an empty cell."""
        found = self._codes.get(name)
        if found is None:
            if name not in self.frame.columns:
                found = (np.zeros(self.size, dtype=np.int64), [None])
            else:
                codes, values = _factorize(self.frame[name])
                found = (np.where(codes < 0, len(values), codes).astype(np.int64), [*values, None])
            self._codes[name] = found
        return found

    def read(self, name: str, reader: Callable[[Reader, str], Any]) -> tuple[Ints, list[Any]]:
        """Distinct values, each checked by ``reader``; a fault is reported for the first row that has the value."""
        codes, values = self.distinct(name)
        present = (np.bincount(codes, minlength=len(values)) > 0).tolist()
        results: list[Any] = []
        found: list[Fault] = []
        one = Reader({}, "", (name,), found)
        for position, value in enumerate(values):
            if not present[position]:
                results.append(None)
                continue
            one.data = {name: value}
            results.append(reader(one, name))
            if found:
                row = int(np.argmax(codes == position))
                self.faults.extend(Fault(f"rows[{row}].{name}", fault.message) for fault in found)
                found.clear()
        return codes, results

    def _numbers(self, name: str) -> Ints | None:
        """A column of plain int64 (or smaller), as it stands: nothing in it needs a reader but its range."""
        if name not in self.frame.columns:
            return None
        series = self.frame[name]
        if not isinstance(series.dtype, np.dtype) or series.dtype.kind not in "iu" or series.dtype == np.uint64:
            return None
        return series.to_numpy().astype(np.int64, copy=False)

    def _moments(self, name: str) -> Ints | None:
        """Day numbers of a datetime64 column within the years a reader accepts; None for anything else."""
        if name not in self.frame.columns or self.frame[name].dtype.kind != "M":
            return None
        series = self.frame[name]
        if not isinstance(series.dtype, np.dtype):  # with a time zone
            return None
        days = series.to_numpy().astype("datetime64[D]")
        empty = np.isnat(days)
        number: Ints = np.where(empty, _SOME_DAY, days.astype(np.int64) + _EPOCH)
        if len(number) and (number.min() < _FIRST_DAY or number.max() > _LAST_DAY):
            return None
        return np.where(empty, NO_DAY, number)

    def words(self, name: str, options: tuple[str, ...], default: str | None, *, required: bool = False) -> Ints:
        """Position of the word in ``options``; −1 for none."""
        codes, values = self.read(name, lambda r, k: r.choice(k, options, default, required=required))
        table = [options.index(v) if v in options else -1 for v in values]
        return np.array(table, dtype=np.int64)[codes]

    def decrees(self, name: str, options: tuple[str, ...], default: str | None) -> Ints:
        """Position of the decree in ``options``; −1 for none."""
        codes, values = self.read(name, lambda r, k: parsing.read_decree(r, k, options, default))
        return np.array([options.index(v) if v in options else -1 for v in values], dtype=np.int64)[codes]

    def booleans(self, name: str, default: bool) -> Bools:
        """true or false."""
        codes, values = self.read(name, lambda r, k: r.boolean(k, default))
        return np.array([bool(v) for v in values], dtype=np.bool_)[codes]

    def given(self, name: str) -> Bools:
        """Rows where the cell is not empty."""
        if self._numbers(name) is not None:
            return np.ones(self.size, dtype=np.bool_)
        codes, values = self.distinct(name)
        return np.array([v is not None for v in values], dtype=np.bool_)[codes]

    def wholes(self, name: str, highest: int, unit: str, *, required: bool = False, empty: int = 0) -> Ints:
        """Whole numbers; empty cells are ``empty``."""
        plain = self._numbers(name)
        if plain is not None and (len(plain) == 0 or (plain.min() >= 0 and plain.max() <= highest)):
            return plain
        codes, values = self.read(name, lambda r, k: r.whole(k, required=required, largest=highest, unit=unit))
        return np.array([empty if v is None else v for v in values], dtype=np.int64)[codes]

    def decimals(self, name: str, highest: int) -> tuple[Column, int]:
        """Scaled whole numbers and the digits of the scale."""
        codes, values = self.read(name, lambda r, k: r.decimal(k, largest=highest, what="hệ số, tỷ lệ"))
        digits = max((digits_of(v) for v in values if v is not None), default=0)
        return np.array([0 if v is None else scaled(v, digits) for v in values], dtype=np.int64)[codes], digits

    def days(self, name: str, *, required: bool = False) -> Ints:
        """Day numbers (``date.toordinal``); ``NO_DAY`` for empty cells."""
        known = self._moments(name)
        if known is not None and not (required and len(known) and known.min() == NO_DAY):
            return known
        codes, values = self.read(name, lambda r, k: r.day(k, required=required))
        return np.array([NO_DAY if v is None else v.toordinal() for v in values], dtype=np.int64)[codes]

    def birth(self) -> tuple[Ints, Ints]:
        """Month index and day number of the birth date."""
        known = self._moments("birth_date")
        if known is not None and (len(known) == 0 or known.min() != NO_DAY):
            months = (known - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
            return months + _EPOCH_MONTH, known
        codes, values = self.read("birth_date", lambda r, k: r.partial_date(k))
        index = [0 if v is None else month_index(v.value) for v in values]
        days = [0 if v is None else v.value.toordinal() for v in values]
        return np.array(index, dtype=np.int64)[codes], np.array(days, dtype=np.int64)[codes]

    def fault_where(self, wrong: Bools, name: str, message: str) -> None:
        """Report a fault for every row of ``wrong``."""
        self.faults.extend(Fault(f"rows[{row}].{name}", message) for row in np.flatnonzero(wrong))


def _factorize(series: pd.Series[Any]) -> tuple[Ints, list[Any]]:
    """Distinct plain Python values; values pandas thinks equal but Python types apart (1 and True) stay apart."""
    if series.dtype != object:
        codes, values = pd.factorize(series)
        return codes.astype(np.int64), [_plain(v) for v in values]
    cells = series.to_numpy()
    empty = pd.isna(cells)
    if Decimal in {type(cell) for cell in cells[empty]}:  # a Decimal that is no number is a fault, not an empty cell
        empty &= np.array([type(cell) is not Decimal for cell in cells], dtype=np.bool_)
        kinds = {object}
    else:
        kinds = {type(cell) for cell in cells[~empty]}
    if not kinds:
        return np.full(len(series), -1, dtype=np.int64), []
    if len(kinds) == 1 and kinds <= _PLAIN:  # of one type: equal then means the same
        alike, words = pd.factorize(cells)
        return alike.astype(np.int64), list(words)
    seen: dict[Hashable, int] = {}
    distinct: list[Any] = []
    codes = np.full(len(series), -1, dtype=np.int64)
    for row in np.flatnonzero(~empty).tolist():
        value = cells[row]
        key: Hashable
        try:
            key = (type(value), value)
            position = seen.get(key)
        except TypeError:  # an unhashable cell is a fault of its own: never shared
            key = (object, row)
            position = None
        if position is None:
            plain = _plain(value)
            position = -1 if plain is None else len(distinct)
            if plain is not None:
                distinct.append(plain)
            seen[key] = position
        codes[row] = position
    return codes, distinct


_PLAIN = frozenset({str, int, bool, date, Decimal})


def _plain(value: Any) -> Any:
    """numpy and pandas scalars as plain Python ones; empty markers as None."""
    if type(value) in _PLAIN:
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (pd.Timestamp, datetime)):
        return value.date() if value == value else None
    if isinstance(value, np.datetime64):
        return _plain(pd.Timestamp(value))
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (str, date, Decimal)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        if number != number:
            return None
        return int(number) if number.is_integer() and abs(number) < 2**53 else Decimal(repr(number))
    return value
