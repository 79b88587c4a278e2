"""Reading a frame: each column's distinct values are checked once by the same readers as a single case.

Missing columns and empty cells (None, NaN, NaT) take the defaults of the contract. A whole number that pandas has
turned into a float because of empty cells is taken back; coefficients given as floats are read by their shortest
decimal form (``4.98``), never by their binary value.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from policies.batch.exact import Bools, Column, Ints, digits_of, looked_up, scaled
from policies.engine import case as schema
from policies.engine import parsing
from policies.engine.dates import month_index
from policies.engine.errors import Fault
from policies.engine.reading import FIRST_YEAR, LAST_YEAR, Reader

NO_DAY = -1

Codes = npt.NDArray[Any]  # positions, of any size of whole number

_EPOCH = date(1970, 1, 1).toordinal()
_EPOCH_MONTH = month_index(date(1970, 1, 1))
_SOME_DAY = date(2000, 1, 1).toordinal()
_PER_DAY = {"D": 1, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_NAT = np.iinfo(np.int64).min
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
    "local_top_up_decided_on",
)


# Month of every day that a reader accepts: a table is faster than the calendar.
_MONTHS = np.arange(_FIRST_DAY - _EPOCH, _LAST_DAY - _EPOCH + 1).astype("datetime64[D]").astype("datetime64[M]")
_MONTH_NUMBERS = _MONTHS.astype(np.int32) + np.int32(_EPOCH_MONTH)


def _month_of(days: Ints) -> Ints:
    """Month index of day numbers within the accepted years."""
    found: Ints = looked_up(_MONTH_NUMBERS, days - _FIRST_DAY).astype(np.int64)
    return found


# What an absent column gives, the default of its reader: the same for every frame.
_DEFAULTS: dict[str, list[Any]] = {}


class Columns:
    """One frame with its faults, or some rows of it; every reader returns an array of as many rows.

    Distinct values are found and checked once for the whole frame; :meth:`part` shares that.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.size = len(frame)
        self.rows = slice(0, self.size)
        # ``faults`` of single rows, which are marked in ``bad``; ``whole``: what is wrong with the frame itself.
        self.faults: list[Fault] = []
        self.whole: list[Fault] = []
        self.bad: Bools = np.zeros(len(frame), dtype=np.bool_)
        self._present = frozenset(frame.columns)
        # What an absent column gives is the same for every part of a size.
        self._absent: dict[tuple[str, str, int], Any] = {}
        self._codes: dict[str, tuple[Codes, list[Any]]] = {}
        self._results: dict[str, list[Any]] = {}
        self._tables: dict[str, npt.NDArray[Any]] = {}
        self._constants: dict[tuple[Any, str], npt.NDArray[Any]] = {}
        self._digits: dict[tuple[str, ...], int] = {}
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._same: dict[str, bool] = {}
        # Days that are the same for everybody, split once for all parts of a size.
        self.split: dict[tuple[int, int], Any] = {}
        Reader({str(c): None for c in frame.columns}, "frame", KNOWN, self.whole)

    def part(self, rows: slice) -> Columns:
        """The rows from ``rows.start`` to ``rows.stop``; faults go into the same list under the frame's positions."""
        found = copy(self)
        found.rows = slice(*rows.indices(len(self.frame)))
        found.size = found.rows.stop - found.rows.start
        return found

    def _distinct(self, name: str) -> tuple[Codes, list[Any]]:
        """Row of the frame → position in the list of distinct values; −1, the last one (None), is an empty cell."""
        found = self._codes.get(name)
        if found is None:
            if name not in self._present:  # one cell in the room of all: nobody may write into it
                found = (np.broadcast_to(np.int64(-1), len(self.frame)), [None])
            else:
                codes, values = _factorize(self.frame[name])
                if len(codes) > 1 and codes[0] == codes[-1] and codes.min() == codes.max():
                    codes = np.broadcast_to(codes[:1], codes.shape)
                found = (codes, [*values, None])
            self._codes[name] = found
        return found

    def _array(self, name: str) -> npt.NDArray[Any] | None:
        """The rows of a column of plain numpy numbers or moments."""
        found = self._arrays.get(name)
        if found is None:
            if name not in self._present:
                return None
            series = self.frame[name]
            if not isinstance(series.dtype, np.dtype) or series.dtype.kind not in "iuM":
                return None
            found = self._arrays[name] = series.to_numpy()
        return found[self.rows]

    def column(self, name: str, reader: Callable[[Reader, str], Any], turn: Callable[[Any], Any], kind: Any) -> Any:
        """One number per row: every distinct value read by ``reader`` and turned into a number, once per frame."""
        if name not in self._present:
            return self.absent("column", name, lambda: self._turned(name, reader, turn, kind))
        return self._turned(name, reader, turn, kind)

    def has(self, name: str) -> bool:
        """Whether the frame has this column."""
        return name in self._present

    def absent(self, what: str, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives for a column that is not there: made once for all parts of this size."""
        if name in self._present:
            return make()
        key = (what, name, self.size)
        found = self._absent.get(key)
        if found is None:
            found = self._absent[key] = make()
        return found

    def _turned(self, name: str, reader: Callable[[Reader, str], Any], turn: Callable[[Any], Any], kind: Any) -> Any:
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = np.array([turn(value) for value in self.results(name, reader)], dtype=kind)
        return self._spread(table, name)

    def _spread(self, table: npt.NDArray[Any], name: str) -> Any:
        if len(table) == 1:
            return self._constant(table, 0)
        codes = self._distinct(name)[0]
        if codes.strides == (0,) and len(codes):  # the same value for everybody
            return self._constant(table, int(codes[0]))
        return looked_up(table, codes[self.rows])

    def _constant(self, table: npt.NDArray[Any], place: int) -> Any:
        """One cell in the room of all: nobody may write into it."""
        key = (table[place].item(), table.dtype.char)
        known = self._constants.get(key)
        if known is None:
            known = self._constants[key] = np.broadcast_to(table[place], len(self.frame))
        return known[self.rows]

    def results(self, name: str, reader: Callable[[Reader, str], Any]) -> list[Any]:
        """Distinct values, each checked by ``reader``; a fault is reported for the first row that has the value."""
        found = self._results.get(name)
        if found is None:
            found = self._results[name] = self._read(name, reader)
        return found

    def _read(self, name: str, reader: Callable[[Reader, str], Any]) -> list[Any]:
        if name not in self._present and (known := _DEFAULTS.get(name)) is not None:
            return known
        codes, values = self._distinct(name)
        results: list[Any] = []
        found: list[Fault] = []
        one = Reader({}, "", (name,), found)
        sound = True
        for position, value in zip([*range(len(values) - 1), -1], values, strict=True):
            one.data = {name: value}
            results.append(reader(one, name))
            if found:  # a category that no row has, or an empty cell that is nowhere, is no fault
                self._report(np.flatnonzero(codes == position), name, found)
                found.clear()
                sound = False
        if sound and name not in self._present:
            _DEFAULTS[name] = results
        return results

    def _report(self, rows: npt.NDArray[Any], name: str, found: Sequence[Fault]) -> None:
        """Mark rows of the frame; where the column itself is not there, the frame is at fault."""
        if not len(rows):
            return
        if name not in self._present:
            self.whole.extend(Fault(f"frame.{name}", fault.message) for fault in found)
            return
        self.bad[rows] = True
        self.faults.extend(Fault(f"rows[{row}].{name}", fault.message) for fault in found for row in rows.tolist())

    def _numbers(self, name: str) -> Ints | None:
        """A column of plain int64 (or smaller), as it stands: nothing in it needs a reader but its range."""
        cells = self._array(name)
        if cells is None or cells.dtype.kind == "M" or cells.dtype == np.uint64:
            return None
        return cells.astype(np.int64, copy=False)

    def _moments(self, name: str) -> Ints | None:
        """Day numbers of a datetime64 column within the years a reader accepts; None for anything else."""
        cells = self._array(name)
        if cells is None or cells.dtype.kind != "M":
            return None
        unit, step = np.datetime_data(cells.dtype)
        per_day = _PER_DAY.get(unit)
        if per_day is None or step != 1:
            return None
        count = cells.view(np.int64)
        if len(count) > 1 and self._same_day(name):
            count = count[:1]  # the usual case
        number: Ints = count // per_day + _EPOCH
        empty = count == _NAT
        if empty.any():
            number = np.where(empty, _SOME_DAY, number)
        if len(number) and (number.min() < _FIRST_DAY or number.max() > _LAST_DAY):
            return None
        if empty.any():
            number = np.where(empty, NO_DAY, number)
        return number if len(number) == self.size else self._constant(number, 0)

    def _same_day(self, name: str) -> bool:
        """The same moment for everybody in the frame."""
        found = self._same.get(name)
        if found is None:
            count = self._arrays[name].view(np.int64)
            found = self._same[name] = bool(count[0] == count[-1] and count.min() == count.max())
        return found

    def words(self, name: str, options: tuple[str, ...], default: str | None, *, required: bool = False) -> Ints:
        """Position of the word in ``options``; −1 for none."""
        found: Ints = self.column(
            name,
            lambda r, k: r.choice(k, options, default, required=required),
            lambda v: options.index(v) if v in options else -1,
            np.int64,
        )
        return found

    def decrees(self, name: str, options: tuple[str, ...], default: str | None) -> Ints:
        """Position of the decree in ``options``; −1 for none."""
        found: Ints = self.column(
            name,
            lambda r, k: parsing.read_decree(r, k, options, default),
            lambda v: options.index(v) if v in options else -1,
            np.int64,
        )
        return found

    def booleans(self, name: str, default: bool) -> Bools:
        """true or false."""
        found: Bools = self.column(name, lambda r, k: r.boolean(k, default), bool, np.bool_)
        return found

    def given(self, name: str) -> Bools:
        """Rows where the cell is not empty."""
        if self._numbers(name) is not None:
            return np.ones(self.size, dtype=np.bool_)

        def find() -> Bools:
            values = self._distinct(name)[1]
            found: Bools = self._spread(np.array([v is not None for v in values], dtype=np.bool_), name)
            return found

        found: Bools = self.absent("given", name, find)
        return found

    def wholes(self, name: str, highest: int, unit: str, *, required: bool = False, empty: int = 0) -> Ints:
        """Whole numbers; empty cells are ``empty``."""
        plain = self._numbers(name)
        if plain is not None and (len(plain) == 0 or (plain.min() >= 0 and plain.max() <= highest)):
            return plain
        found: Ints = self.column(
            name,
            lambda r, k: r.whole(k, required=required, largest=highest, unit=unit),
            lambda v: empty if v is None else v,
            np.int64,
        )
        return found

    def decimals(self, names: Sequence[str], highest: int) -> tuple[dict[str, Column], int]:
        """Columns of whole numbers on one scale, and the digits of the scale."""

        def read(reader: Reader, name: str) -> Decimal | None:
            return reader.decimal(name, largest=highest, what="hệ số, tỷ lệ")

        digits = self._digits.get(tuple(names))
        if digits is None:
            given = (value for name in names for value in self.results(name, read) if value is not None)
            digits = self._digits[tuple(names)] = max(map(digits_of, given), default=0)
        scale = digits

        def turn(value: Decimal | None) -> int:
            return 0 if value is None else scaled(value, scale)

        return {name: self.column(name, read, turn, np.int64) for name in names}, digits

    def days(self, name: str, *, required: bool = False) -> Ints:
        """Day numbers (``date.toordinal``); ``NO_DAY`` for empty cells."""
        known = self._moments(name)
        if known is not None and not (required and len(known) and known.min() == NO_DAY):
            return known
        found: Ints = self.column(
            name,
            lambda r, k: r.day(k, required=required),
            lambda v: NO_DAY if v is None else v.toordinal(),
            np.int64,
        )
        return found

    def birth(self) -> tuple[Ints, Ints]:
        """Month index and day number of the birth date."""
        known = self._moments("birth_date")
        if known is not None and (len(known) == 0 or known.min() != NO_DAY):
            return _month_of(known), known
        days: Ints = self.column(
            "birth_date",
            lambda r, k: r.partial_date(k),
            lambda v: _SOME_DAY if v is None else v.value.toordinal(),
            np.int64,
        )
        return _month_of(days), days

    def fault_where(self, wrong: Bools, name: str, message: str) -> None:
        """Report a fault for every row of ``wrong``."""
        if wrong.any():
            rows = np.flatnonzero(wrong) + self.rows.start
            self.bad[rows] = True
            self.faults.extend(Fault(f"rows[{row}].{name}", message) for row in rows.tolist())


def _factorize(series: pd.Series[Any]) -> tuple[Codes, list[Any]]:
    """Distinct plain Python values; values pandas thinks equal but Python types apart (1 and True) stay apart."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        cells: Any = series.array
        return cells.codes, [_plain(v) for v in cells.categories]
    if series.dtype == np.bool_:
        return series.to_numpy().view(np.int8), [False, True]
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
