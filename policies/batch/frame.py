"""From a frame of people to a frame of results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from policies.batch import nd177, nd178, others
from policies.batch.columns import Columns
from policies.batch.exact import Bools, Column, Ints
from policies.batch.group import Answer, Group, ordinal
from policies.batch.people import BENEFIT_WORDS, DECREE_WORDS, People, read_people
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

# The order breaks equal totals, as in ``policies.decrees``.
_LEAVES: tuple[tuple[str, Callable[[Group], Answer]], ...] = (
    ("178", nd178.answer),
    ("177", nd177.answer),
    ("154", lambda g: others.reduction(g, "154")),
    ("NQ07", others.resolution_07),
    ("29", lambda g: others.reduction(g, "29")),
)


def calculate(frame: pd.DataFrame, store: ParameterStore | None = None) -> pd.DataFrame:
    """Answer one row per person; same index and order as ``frame``.

    Columns in: the leaves of a case under their own last name, except ``restructuring_effective_date``,
    ``directly_affected``, ``leave_date``, ``decision_date``, ``decree``, ``benefit``; ``local_top_up`` is its amount.
    Columns out: see ``COLUMNS``; amounts are int64 đồng (0 where a line does not apply), years float64 in halves;
    ``reason`` is the first reason of the one-case result. Malformed cells raise ``CaseFaults`` with paths like
    ``rows[3].birth_date`` (position in the frame), all of them at once.
    """
    store = store or default_store()
    columns = Columns(frame)
    people = read_people(columns)
    faults = columns.faults
    if not faults:
        faults = _benefit_faults(people)
    if faults:
        raise CaseFaults(faults)
    out: dict[str, Column] = {name: np.zeros(people.size, dtype=np.int64) for name in COLUMNS}
    for name in ("decree", "benefit", "reason"):
        out[name] = np.full(people.size, "", dtype=object)
    out["eligible"] = np.zeros(people.size, dtype=np.bool_)
    for rows, day in _periods(people, store):
        try:
            _fill(out, rows, people.take(rows), store, day)
        except ParameterGap as gap:
            raise CaseFaults([Fault(f"rows[{rows[0]}].leave_date", f"chưa có quy định để tính: {gap}")]) from gap
    for name in ("years_early", "social_insurance_years"):
        # Tenths of a year in halves: exact in binary.
        out[name] = out[name] / 10
    return pd.DataFrame(out, index=frame.index, columns=list(COLUMNS))


def _benefit_faults(people: People) -> list[Fault]:
    """A benefit the named decree does not know, as in the one-case path."""
    faults: list[Fault] = []
    key = people.decree * len(BENEFIT_WORDS) + people.benefit
    for code in np.unique(key).tolist():
        decree, benefit = (
            words[i] for words, i in zip((DECREE_WORDS, BENEFIT_WORDS), divmod(code, len(BENEFIT_WORDS)), strict=True)
        )
        if decree == "auto" or benefit == "auto" or benefit in BY_CODE[decree].benefits:
            continue
        known = ", ".join(("auto", *BY_CODE[decree].benefits))
        message = f"văn bản {BY_CODE[decree].identity.name} không có chế độ '{benefit}'; chọn: {known}"
        faults.extend(Fault(f"rows[{row}].benefit", message) for row in np.flatnonzero(key == code))
    return faults


def _periods(people: People, store: ParameterStore) -> list[tuple[Ints, date]]:
    """Rows by period between two changes of any parameter, with one day that stands for the period."""
    breaks = store.memo.get("batch.breaks")
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
    period = np.searchsorted(breaks, people.leave.number, side="right")
    found: list[tuple[Ints, date]] = []
    for value in np.unique(period):
        rows: Ints = np.flatnonzero(period == value).astype(np.int64)
        found.append((rows, date.fromordinal(int(people.leave.number[rows[0]]))))
    return found


def _fill(out: dict[str, Column], rows: Ints, people: People, store: ParameterStore, day: date) -> None:
    """Answer the rows of one period, grouped by what they ask for."""
    special = {"retained_leadership_allowance", "grassroots_secondment", "talent_allowance"}
    key = people.decree * len(BENEFIT_WORDS) + people.benefit
    kind = np.zeros(people.size, dtype=np.int64)
    for code in np.unique(key).tolist():
        decree, benefit = divmod(code, len(BENEFIT_WORDS))
        group = code + 1 if BENEFIT_WORDS[benefit] in special else -1 - decree
        kind[key == code] = group
    for value in np.unique(kind).tolist():
        inner: Ints = np.flatnonzero(kind == value).astype(np.int64)
        g = Group(people.take(inner), store, day)
        if value > 0:
            answer = _special(g, BENEFIT_WORDS[(value - 1) % len(BENEFIT_WORDS)])
            _write(out, rows[inner], answer, _name(answer.decree, g.size))
            continue
        decree = DECREE_WORDS[-1 - value]
        if decree == "auto":
            answer, names = _auto(g)
        else:
            answer = others.talent(g) if decree == "179" else dict(_LEAVES)[decree](g)
            names = _name(decree, g.size)
        _write(out, rows[inner], answer, names)


def _special(g: Group, benefit: str) -> Answer:
    return others.talent(g) if benefit == "talent_allowance" else nd178.other(g, benefit)


def _name(code: str, size: int) -> Column:
    found: Column = np.full(size, BY_CODE[code].identity.name, dtype=object)
    return found


def _auto(g: Group) -> tuple[Answer, Column]:
    """The highest total among the eligible; where nobody is, the decree that the leave date names."""
    p = g.p
    tried: list[tuple[str, Answer, Bools]] = []
    waiting = p.benefit == BENEFIT_WORDS.index("waiting_leave")
    severance = p.benefit == BENEFIT_WORDS.index("severance")
    for code, function in _LEAVES:
        if code == "177":
            applies = ((p.group_177 >= 0) & ~severance) | waiting
        elif code == "NQ07":
            applies = ~severance & ~waiting
        else:
            applies = ~waiting
        if applies.any():
            tried.append((code, function(g), applies))
    chosen = _named(g, np.where(waiting, "177", "").astype(object))
    best = np.full(g.size, -1, dtype=np.int64)
    for code, answer, applies in tried:
        better = applies & answer.eligible & (answer.total > best)
        chosen[better] = code
        best = np.where(better, answer.total, best)
    result: Answer | None = None
    names = np.full(g.size, "", dtype=object)
    for code, answer, _ in tried:
        mask = chosen == code
        names[mask] = BY_CODE[code].identity.name
        result = answer if result is None else answer.where(mask, result)
    assert result is not None
    return result, names


def _named(g: Group, given: Column) -> Column:
    """The table of the law pack (see ``policies.selection.decree_by_date``)."""
    p = g.p
    has_group = p.group_177 >= 0
    if g.day < g.first_value("nd178.window.first_leave"):
        use_177 = (
            has_group & (g.day >= g.first_value("nd177.in_force")) & (p.benefit != BENEFIT_WORDS.index("severance"))
        )
        found = np.where(use_177, "177", "29").astype(object)
    else:
        open_178 = ~nd178.window_closed(g)
        reduction = "154" if g.day >= g.first_value("nd154.window.first") else "29"
        limit = g.store.versions("nd178.7a.max_months")[0]
        excluded = g.store.versions("nd178.7a.excluded_categories")[0].value
        covered = (g.gap <= limit.value) & ~g.category_in(excluded) & (g.day >= limit.valid_from)
        found = np.where(open_178 & covered, "178", reduction).astype(object)
        by_change = np.where(open_178 | (reduction == "29"), "178", reduction).astype(object)
        found = np.where(p.affected, by_change, found)
        found = np.where(has_group & ~p.affected, "177", found)
        in_7b = g.group_177_in(g.store.versions("nd178.7b.groups")[0].value)
        found = np.where(in_7b, np.where(open_178, "178", "177").astype(object), found)
        # Without the decree the table names among those tried, the first tried stands for it.
        no_177 = p.benefit == BENEFIT_WORDS.index("severance")
        found = np.where((found == "177") & no_177, "178", found)
    result: Column = np.where(given == "", found, given)
    return result


def _write(out: dict[str, Column], rows: Ints, answer: Answer, names: Column) -> None:
    values: dict[str, Any] = {
        "decree": names,
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
    for name, column in values.items():
        out[name][rows] = column
