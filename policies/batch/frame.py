"""From a frame of people to a frame of results: for the leave dates in it, or for many leave months at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

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
_SLICE = 16_384

Buffers = dict[str, Column]


def calculate(frame: pd.DataFrame, store: ParameterStore | None = None) -> pd.DataFrame:
    """Answer one row per person; same index and order as ``frame``.

    Columns in: the leaves of a case under their own last name, except ``restructuring_effective_date``,
    ``directly_affected``, ``leave_date``, ``decision_date``, ``decree``, ``benefit``; ``local_top_up`` is its amount.
    Columns out: see ``COLUMNS``; amounts are int64 đồng (0 where a line does not apply), years float64 in halves;
    ``reason`` is the first reason of the one-case result. Malformed cells raise ``CaseFaults`` with paths like
    ``rows[3].birth_date`` (position in the frame), all of them at once.
    """
    store = store or default_store()
    out = _buffers(len(frame), by_decree=False)
    reading = _Reading(frame)
    for start in range(0, len(frame), _SLICE):
        people = reading.people(start)
        rows = slice(start, start + people.size)
        reading.answer({name: column[rows] for name, column in out.items()}, people, store, start)
    reading.finish()
    for name in _WORDS:
        out[name] = np.array(_TABLES[name], dtype=object)[out[name]]
    return _finished(out, frame.index, COLUMNS)


def calculate_months(
    frame: pd.DataFrame,
    leave_dates: Sequence[date],
    store: ParameterStore | None = None,
    *,
    accrue_insurance: bool = True,
    by_decree: bool = False,
    threads: int = 1,
) -> pd.DataFrame:
    """Answer every person for every leave date: the table behind a leave profile, for many people.

    As ``policies.leave_profile``: everything else of a row stays; the months of insurance move with the date unless
    ``accrue_insurance`` is off; a decision date after the leave is dropped. Rows come date by date in the order of
    ``frame`` and keep its index; the first column is ``leave_date`` (datetime64), words are categoricals, the rest as
    ``calculate``. ``by_decree`` adds ``total_178`` … ``total_29``: what each decree alone would pay a row that leaves
    decree and benefit open (0 for other rows). What does not depend on the leave month is computed once for all.
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
            moved = _moved(part, day, accrue_insurance)
            reading.answer({name: column[rows] for name, column in out.items()}, moved, store, start)

    starts = range(0, size, _SLICE)
    for start in starts[:1]:  # what the slices share is found with the first one
        work(start)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, starts[1:]))
    else:
        for start in starts[1:]:
            work(start)
    reading.finish()
    columns: dict[str, Any] = dict(out)
    for name in _WORDS:
        columns[name] = pd.Categorical.from_codes(out[name], categories=list(_TABLES[name]), validate=False)  # type: ignore[call-overload]
    days = np.array(list(leave_dates), dtype="datetime64[s]")
    columns = {"leave_date": np.repeat(days, size), **columns}
    index = frame.index if len(leave_dates) == 1 else frame.index[np.tile(np.arange(size), len(leave_dates))]
    return _finished(columns, index, ("leave_date", *COLUMNS, *(BY_DECREE if by_decree else ())))


class _Reading:
    """A frame read slice by slice: an arithmetic of small columns stays in the processor's cache.

    Faults are collected over all slices; what has none is answered meanwhile, and :meth:`finish` raises.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = Columns(frame)
        self._of_benefits: list[Fault] = []
        self._gaps: list[Fault] = []
        if not len(frame):
            read_people(self._columns)

    def people(self, start: int) -> People:
        found = read_people(self._columns.part(slice(start, start + _SLICE)))
        self._of_benefits.extend(_benefit_faults(found, start))
        return found

    def answer(self, out: Buffers, people: People, store: ParameterStore, start: int) -> None:
        if self._columns.faults or self._of_benefits or self._gaps:
            return
        try:
            _answer(out, people, store, start)
        except CaseFaults as gap:
            self._gaps.extend(gap.faults)

    def finish(self) -> None:
        """Raise ``CaseFaults`` with all faults of cells, else of benefits, else of the law."""
        found = self._columns.faults or self._of_benefits or self._gaps
        if found:
            raise CaseFaults(list(dict.fromkeys(found)))


def _buffers(size: int, *, by_decree: bool) -> Buffers:
    out: Buffers = {name: np.empty(size, dtype=np.int64) for name in COLUMNS}
    out |= {name: np.zeros(size, dtype=np.int64) for name in (BY_DECREE if by_decree else ())}
    for name in _WORDS:
        out[name] = np.zeros(size, dtype=np.int8)
    out["eligible"] = np.zeros(size, dtype=np.bool_)
    return out


def _finished(out: dict[str, Any], index: pd.Index[Any], columns: Sequence[str]) -> pd.DataFrame:
    for name in ("years_early", "social_insurance_years"):
        # Tenths of a year in halves: exact in binary.
        out[name] = out[name] / 10
    return pd.DataFrame(out, index=index, columns=list(columns), copy=False)


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


def _benefit_faults(people: People, start: int) -> list[Fault]:
    """A benefit the named decree does not know, as in the one-case path."""
    faults: list[Fault] = []
    key = people.decree * len(BENEFIT_WORDS) + people.benefit
    for code in np.flatnonzero(np.bincount(key)).tolist():
        decree, benefit = (
            words[i] for words, i in zip((DECREE_WORDS, BENEFIT_WORDS), divmod(code, len(BENEFIT_WORDS)), strict=True)
        )
        if decree == "auto" or benefit == "auto" or benefit in BY_CODE[decree].benefits:
            continue
        known = ", ".join(("auto", *BY_CODE[decree].benefits))
        message = f"văn bản {BY_CODE[decree].identity.name} không có chế độ '{benefit}'; chọn: {known}"
        faults.extend(Fault(f"rows[{row + start}].benefit", message) for row in np.flatnonzero(key == code))
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
    if len(days) and days.min() == days.max():
        return [(np.arange(len(days), dtype=np.int64), date.fromordinal(int(days[0])))]
    period = np.searchsorted(_breaks(store), days, side="right")
    found: list[tuple[Ints, date]] = []
    for value in np.unique(period):
        rows: Ints = np.flatnonzero(period == value).astype(np.int64)
        found.append((rows, date.fromordinal(int(people.leave.number[rows[0]]))))
    return found


def _answer(out: Buffers, people: People, store: ParameterStore, offset: int = 0) -> None:
    """Answer everybody into ``out``; ``offset`` is the position of the first row in the caller's frame."""
    for rows, day in _periods(people, store):
        try:
            _fill(out, rows, people.take(rows), store, day)
        except ParameterGap as gap:
            message = f"chưa có quy định để tính: {gap}"
            raise CaseFaults([Fault(f"rows[{rows[0] + offset}].leave_date", message)]) from gap


def _fill(out: Buffers, rows: Ints, people: People, store: ParameterStore, day: date) -> None:
    """Answer the rows of one period, grouped by what they ask for."""
    monthly = {"retained_leadership_allowance", "grassroots_secondment", "talent_allowance"}
    key = people.decree * len(BENEFIT_WORDS) + people.benefit
    kind = np.zeros(people.size, dtype=np.int64)
    for code in np.flatnonzero(np.bincount(key)).tolist():
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
        named = DECREE_WORDS[-1 - value]
        if named != "auto":
            _write(out, rows[inner], choice.by_name(g, named), DECREE_WORDS.index(named))
            continue
        answer, chosen, totals = choice.best(g)
        _write(out, rows[inner], answer, chosen)
        if BY_DECREE[0] in out:
            free = g.p.benefit == 0
            for tried, amount in totals.items():
                out[f"total_{tried}"][rows[inner]] = np.where(free, amount, 0)


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
    for code in LINES:
        values[code] = answer.lines.get(code, 0)
    where: Ints | slice = slice(None) if len(rows) == len(out["total"]) else rows
    for name, column in values.items():
        out[name][where] = column
