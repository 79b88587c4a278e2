"""From a frame of people to a frame of results: for the leave dates in it, or for many leave months at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from policies.batch import choice
from policies.batch.columns import Columns
from policies.batch.exact import Column, Ints
from policies.batch.group import REASON_WORDS, Answer, Group, ordinal
from policies.batch.people import BENEFIT_WORDS, DECREE_WORDS, Days, People, read_people, split_days
from policies.decrees import BY_CODE
from policies.engine.dates import OPEN_END
from policies.engine.errors import CaseFaults, Fault, ParameterGap
from policies.engine.parameters import ParameterStore
from policies.store import default_store

LINES = (
    "early_months",
    "early_years",
    "service_years",
    "severance_months_amount",
    "severance_years",
    "job_search",
)
COLUMNS = (
    "decree",
    "benefit",
    "eligible",
    "reason",
    "monthly_salary",
    "months_early",
    "years_early",
    "social_insurance_years",
    "severance_months",
    *LINES,
    "total",
)
BY_DECREE = tuple(f"total_{code}" for code, _ in choice.LEAVES)

_WORDS = ("decree", "benefit", "reason")
_NAMES = tuple("" if word == "auto" else BY_CODE[word].identity.name for word in DECREE_WORDS)
_TABLES: dict[str, tuple[str, ...]] = {"decree": _NAMES, "benefit": BENEFIT_WORDS, "reason": REASON_WORDS}
# Columns of so many rows stay in the processor's cache from one clause to the next.
_SLICE = 50_000

Buffers = dict[str, Column]
Faults = Literal["mark", "raise"]
_FAULTY = REASON_WORDS.index("faulty_facts")


def calculate(frame: pd.DataFrame, store: ParameterStore | None = None, *, faults: Faults = "mark") -> pd.DataFrame:
    """Answer one row per person; same index and order as ``frame``.

    Columns in: the leaves of a case under their own last name, except ``restructuring_effective_date``,
    ``directly_affected``, ``leave_date``, ``decision_date``, ``decree``, ``benefit``; ``local_top_up`` is its amount.
    Columns out: see ``COLUMNS``; amounts are int64 đồng (0 where a line does not apply), years float64 in halves;
    ``reason`` is the first reason of the one-case result.

    A row whose cells are malformed or contradict each other, or whose date the law data do not cover, is marked and
    the rest goes on: not eligible, reason ``faulty_facts``, empty decree, nothing in it; ``result.attrs["faults"]``
    then lists every fault with a path like ``rows[3].birth_date`` (position in the frame). With ``faults="raise"``
    they are raised instead, all at once, as ``CaseFaults``. A column that is unknown, or needed and not there, is a
    fault of the frame and always raised.
    """
    store = store or default_store()
    out = _buffers(len(frame), by_decree=False)
    reading = _Reading(frame)
    for start in range(0, len(frame), _SLICE):
        part = reading.people(start)
        rows = slice(start, start + part.size)
        reading.answer({name: column[rows] for name, column in out.items()}, part, part.people, store)
    found = reading.finish(faults)
    columns: dict[str, Any] = dict(out)
    for name in _WORDS:
        columns[name] = _as_words(out[name], _TABLES[name])
    return _finished(columns, frame.index, COLUMNS, found)


def calculate_months(
    frame: pd.DataFrame,
    leave_dates: Sequence[date],
    store: ParameterStore | None = None,
    *,
    accrue_insurance: bool = True,
    by_decree: bool = False,
    threads: int = 1,
    faults: Faults = "mark",
) -> pd.DataFrame:
    """Answer every person for every leave date: the table behind a leave profile, for many people.

    As ``policies.leave_profile``: everything else of a row stays; the months of insurance move with the date unless
    ``accrue_insurance`` is off; a decision date after the leave is dropped. Rows come date by date in the order of
    ``frame`` and keep its index; the first column is ``leave_date`` (datetime64), words are categoricals, the rest as
    ``calculate``. ``by_decree`` adds ``total_178`` … ``total_29``: what each decree alone would pay a row that leaves
    decree and benefit open (0 for other rows). What does not depend on the leave month is computed once for all.
    ``faults`` as in ``calculate``: a person whose facts contradict each other is marked on every date.
    """
    store = store or default_store()
    size = len(frame)
    out = _buffers(size * len(leave_dates), by_decree=by_decree)
    moves = [split_days(np.full(1, day.toordinal(), dtype=np.int64)) for day in leave_dates]
    reading = _Reading(frame)

    def work(start: int) -> None:
        part = reading.people(start)
        for position, day in enumerate(moves):
            rows = slice(position * size + start, position * size + start + part.size)
            moved = _moved(part.people, day, accrue_insurance)
            reading.answer({name: column[rows] for name, column in out.items()}, part, moved, store)

    starts = range(0, size, _SLICE)
    for start in starts[:1]:  # what the slices share is found with the first one
        work(start)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, starts[1:]))
    else:
        for start in starts[1:]:
            work(start)
    found = reading.finish(faults)
    columns: dict[str, Any] = dict(out)
    for name in _WORDS:
        columns[name] = pd.Categorical.from_codes(out[name], categories=list(_TABLES[name]), validate=False)  # type: ignore[call-overload]
    days = np.array(list(leave_dates), dtype="datetime64[s]")
    columns = {"leave_date": np.repeat(days, size), **columns}
    index = frame.index if len(leave_dates) == 1 else frame.index[np.tile(np.arange(size), len(leave_dates))]
    return _finished(columns, index, ("leave_date", *COLUMNS, *(BY_DECREE if by_decree else ())), found)


@dataclass(frozen=True, slots=True)
class _Part:
    """A slice of the frame: ``people`` are its good rows, ``good`` their positions (None: all of them)."""

    start: int
    size: int
    people: People
    good: Ints | None


class _Reading:
    """A frame read slice by slice: an arithmetic of small columns stays in the processor's cache.

    Rows with a fault are left out of the arithmetic and marked in the answer; :meth:`finish` tells them.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = Columns(frame)
        self._more: list[Fault] = []
        if not len(frame):
            read_people(self._columns)
        self._stop_for_the_frame()

    def people(self, start: int) -> _Part:
        columns = self._columns.part(slice(start, start + _SLICE))
        found = read_people(columns)
        self._stop_for_the_frame()
        size = found.size
        bad = self._columns.bad[start : start + size]
        for fault_row, fault in _benefit_faults(found, start):
            if not bad[fault_row]:
                self._more.append(fault)
            bad[fault_row] = True
        if not bad.any():
            return _Part(start, size, found, None)
        good: Ints = np.flatnonzero(~bad).astype(np.int64)
        return _Part(start, size, found.take(good), good)

    def answer(self, out: Buffers, part: _Part, people: People, store: ParameterStore) -> None:
        """Answer ``people`` (the good rows of ``part``, perhaps moved to another date) and mark the others."""
        if part.good is None:
            self._more.extend(_answer(out, people, store, part.start, None))
            return
        good = part.good
        inner: Buffers = {name: np.zeros(len(good), dtype=column.dtype) for name, column in out.items()}
        self._more.extend(_answer(inner, people, store, part.start, good))
        for name, column in out.items():
            column[:] = 0
            column[good] = inner[name]
        bad = np.ones(part.size, dtype=np.bool_)
        bad[good] = False
        out["reason"][bad] = _FAULTY

    def finish(self, faults: Faults) -> list[Fault]:
        """All faults of rows, once each; raises them where the caller wants that."""
        if not self._columns.faults and not self._more:
            return []
        found = list(dict.fromkeys([*self._columns.faults, *self._more]))
        if faults == "raise":
            raise CaseFaults(found)
        return found

    def _stop_for_the_frame(self) -> None:
        if self._columns.whole:
            raise CaseFaults(list(dict.fromkeys(self._columns.whole)))


def _buffers(size: int, *, by_decree: bool) -> Buffers:
    out: Buffers = {name: np.empty(size, dtype=np.int64) for name in COLUMNS}
    out |= {name: np.zeros(size, dtype=np.int64) for name in (BY_DECREE if by_decree else ())}
    for name in _WORDS:
        out[name] = np.zeros(size, dtype=np.int8)
    out["eligible"] = np.zeros(size, dtype=np.bool_)
    return out


def _as_words(codes: Column, table: tuple[str, ...]) -> Any:
    """Words of the codes in the type pandas gives to text; taken from few words, never inferred row by row."""
    words = pd.Series(table, dtype="str").array
    if len(codes) and codes[0] == codes[-1] and codes.min() == codes.max():
        return words[codes[0] : codes[0] + 1].repeat(len(codes))
    return words.take(codes.astype(np.intp))


def _finished(out: dict[str, Any], index: pd.Index[Any], columns: Sequence[str], faults: list[Fault]) -> pd.DataFrame:
    for name in ("years_early", "social_insurance_years"):
        # Tenths of a year in halves: exact in binary.
        out[name] = out[name] / 10
    found = pd.DataFrame({name: out[name] for name in columns}, index=index, copy=False)
    if faults:
        found.attrs["faults"] = tuple(faults)
    return found


def _moved(people: People, day: Days, accrue_insurance: bool) -> People:
    """The same people leaving on ``day`` (one element)."""
    size = people.size
    leave = day.take(np.zeros(size, dtype=np.int64))
    shift = (leave.index - people.leave.index) if accrue_insurance else np.zeros(1, dtype=np.int64)
    decided = people.decided
    if decided.known.any():
        known = decided.known & (decided.number <= leave.number)
        decided = Days(decided.number, decided.index, decided.day, known, decided.memo)
    return replace(
        people,
        leave=leave,
        decided=decided,
        insured=np.maximum(0, people.insured + shift),
        public=np.maximum(0, people.public + shift),
    )


def _benefit_faults(people: People, start: int) -> list[tuple[int, Fault]]:
    """Row and fault of each benefit the named decree does not know, as in the one-case path."""
    faults: list[tuple[int, Fault]] = []
    key = _asked(people)
    for code in _which(key):
        decree, benefit = (
            words[i] for words, i in zip((DECREE_WORDS, BENEFIT_WORDS), divmod(code, len(BENEFIT_WORDS)), strict=True)
        )
        if decree == "auto" or benefit == "auto" or benefit in BY_CODE[decree].benefits:
            continue
        known = ", ".join(("auto", *BY_CODE[decree].benefits))
        message = f"văn bản {BY_CODE[decree].identity.name} không có chế độ '{benefit}'; chọn: {known}"
        faults.extend(
            (row, Fault(f"rows[{row + start}].benefit", message)) for row in np.flatnonzero(key == code).tolist()
        )
    return faults


def _breaks(store: ParameterStore) -> Ints:
    """Days on which any parameter changes."""
    breaks: Ints | None = store.memo.get("batch.breaks")
    if breaks is None:
        days: set[int] = set()
        for name in store.names():
            for version in store.versions(name):
                days.add(ordinal(version.valid_from))
                if version.valid_to != OPEN_END:
                    days.add(ordinal(version.valid_to + timedelta(days=1)))
                if isinstance(version.value, date):
                    days.update((ordinal(version.value), ordinal(version.value) + 1))
        breaks = store.memo["batch.breaks"] = np.array(sorted(days), dtype=np.int64)
    return breaks


def _periods(people: People, store: ParameterStore) -> list[tuple[Ints, date]]:
    """Rows by period between two changes of any parameter, with one day that stands for the period."""
    days = people.leave.number
    if len(days) and (days.strides == (0,) or days.min() == days.max()):
        return [(np.arange(len(days), dtype=np.int64), date.fromordinal(int(days[0])))]
    period = np.searchsorted(_breaks(store), days, side="right")
    found: list[tuple[Ints, date]] = []
    for value in np.unique(period):
        rows: Ints = np.flatnonzero(period == value).astype(np.int64)
        found.append((rows, date.fromordinal(int(people.leave.number[rows[0]]))))
    return found


def _answer(out: Buffers, people: People, store: ParameterStore, offset: int, positions: Ints | None) -> list[Fault]:
    """Answer everybody into ``out``; rows whose date the law data do not cover are marked, and told.

    ``offset`` is the position of the slice in the caller's frame, ``positions`` those of the people in the slice.
    """
    faults: list[Fault] = []
    for rows, day in _periods(people, store):
        part = people.take(rows)
        try:
            _fill(out, rows, part, store, day)
            continue
        except ParameterGap:
            pass
        for inner in _alike(part):
            asked = rows[inner]
            try:
                _fill(out, asked, part.take(inner), store, date.fromordinal(int(part.leave.number[inner[0]])))
            except ParameterGap as gap:
                for name in out:
                    out[name][asked] = 0
                out["reason"][asked] = _FAULTY
                at = asked if positions is None else positions[asked]
                message = f"chưa có quy định để tính: {gap}"
                faults.extend(Fault(f"rows[{row + offset}].leave_date", message) for row in at.tolist())
    return faults


def _alike(people: People) -> list[Ints]:
    """Rows by leave date, decree and benefit: within one of these the law is known for all or for nobody."""
    asks = people.decree * len(BENEFIT_WORDS) + people.benefit
    key = people.leave.number * (len(DECREE_WORDS) * len(BENEFIT_WORDS)) + asks
    return [np.flatnonzero(key == value).astype(np.int64) for value in np.unique(key)]


def _fill(out: Buffers, rows: Ints, people: People, store: ParameterStore, day: date) -> None:
    """Answer the rows of one period, grouped by what they ask for."""
    monthly = {"retained_leadership_allowance", "grassroots_secondment", "talent_allowance"}
    key = _asked(people)
    if len(codes := _which(key)) == 1 and BENEFIT_WORDS[codes[0] % len(BENEFIT_WORDS)] not in monthly:
        _fill_leaves(out, rows, Group(people, store, day), DECREE_WORDS[codes[0] // len(BENEFIT_WORDS)])
        return
    kind = np.zeros(people.size, dtype=np.int64)
    for code in _which(key):
        decree, benefit = divmod(code, len(BENEFIT_WORDS))
        kind[key == code] = code + 1 if BENEFIT_WORDS[benefit] in monthly else -1 - decree
    lowest = -len(DECREE_WORDS)
    for value in (np.flatnonzero(np.bincount(kind - lowest)) + lowest).tolist():
        inner: Ints = np.flatnonzero(kind == value).astype(np.int64)
        g = Group(people.take(inner), store, day)
        if value > 0:
            answer = choice.special(g, BENEFIT_WORDS[(value - 1) % len(BENEFIT_WORDS)])
            _write(out, rows[inner], answer, DECREE_WORDS.index(answer.decree))
            continue
        _fill_leaves(out, rows[inner], g, DECREE_WORDS[-1 - value])


def _fill_leaves(out: Buffers, rows: Ints, g: Group, named: str) -> None:
    """Answer rows that ask one decree, or leave the decree open, about a leave."""
    if named != "auto":
        _write(out, rows, choice.by_name(g, named), DECREE_WORDS.index(named))
        return
    answer, chosen, totals = choice.best(g)
    _write(out, rows, answer, chosen)
    if BY_DECREE[0] in out:
        free = g.p.benefit == 0
        for tried, amount in totals.items():
            out[f"total_{tried}"][rows] = np.where(free, amount, 0)


def _asked(people: People) -> Ints:
    """Decree and benefit asked for as one number; a cell without a word, a fault of its own, counts as open."""
    decree, benefit = people.decree, people.benefit
    if len(decree) and decree.strides == benefit.strides == (0,):
        one: Ints = np.maximum(decree[:1], 0) * len(BENEFIT_WORDS) + np.maximum(benefit[:1], 0)
        return np.broadcast_to(one, decree.shape)
    return np.maximum(decree, 0) * len(BENEFIT_WORDS) + np.maximum(benefit, 0)


def _which(key: Ints) -> list[int]:
    """The distinct values of a column of small whole numbers; one value for everybody is seen at once."""
    if len(key) and (key.strides == (0,) or (key[0] == key[-1] and key.min() == key.max())):
        return [int(key[0])]
    found: list[int] = np.flatnonzero(np.bincount(key)).tolist()
    return found


def _write(out: Buffers, rows: Ints, answer: Answer, decree: Column | int) -> None:
    values: dict[str, Any] = {
        "decree": decree,
        "benefit": answer.benefit,
        "eligible": answer.eligible,
        "reason": answer.reason,
        "monthly_salary": answer.salary,
        "months_early": answer.months,
        "years_early": answer.years,
        "social_insurance_years": answer.insurance_years,
        "severance_months": answer.severance_months,
        "total": answer.total,
    }
    values |= {code: answer.lines.get(code, 0) for code in LINES}
    where: Ints | slice = slice(None) if len(rows) == len(out["total"]) else rows
    for name, column in values.items():
        out[name][where] = column
