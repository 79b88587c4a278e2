"""Computing a scenario: every person on every leave day asked for, then the sums people ask about."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from flask_babel import gettext as _

from hrms.commands.restructuring.funding import line_source, main_source
from hrms.commands.scenarios import reading
from hrms.commands.scenarios.definition import Definition
from hrms.commands.scenarios.marking import FAULT, calculate_marked
from hrms.commands.scenarios.roster import Roster
from hrms.commands.scenarios.tables import Bools, Ints, sums
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import add_months
from policies.batch.group import REASON_WORDS
from policies.batch.people import BENEFIT_WORDS, DECREE_WORDS
from policies.decrees import BY_CODE
from policies.engine.errors import CaseFaults
from policies.engine.parameters import ParameterStore

LACKING, FAULTY, COUNTED = 0, 1, 2
_NAMES = [BY_CODE[word].identity.name if word in BY_CODE else "" for word in DECREE_WORDS]

Step = Callable[[int, int, str], None]


@dataclass
class Answers:
    """One row per person asked about, in the order of ids; words are positions in the tables of ``policies.batch``.

    ``leave`` is the position in ``dates``; ``job_search`` is the part of ``total`` that NĐ 154 lets the unit pay.
    """

    ids: Ints
    unit_ids: Ints
    state: Ints
    eligible: Bools
    leave: Ints
    decree: Ints
    benefit: Ints
    reason: Ints
    salary: Ints
    total: Ints
    job_search: Ints
    dates: list[date]

    def pack(self) -> bytes:
        """One compressed block."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            ids=self.ids, unit_ids=self.unit_ids, state=self.state.astype(np.int8), eligible=self.eligible,
            leave=self.leave.astype(np.int16), decree=self.decree.astype(np.int8),
            benefit=self.benefit.astype(np.int8), reason=self.reason.astype(np.int8), salary=self.salary,
            total=self.total, job_search=self.job_search, dates=np.array(self.dates, dtype="datetime64[D]"),
            words=np.array(["|".join(DECREE_WORDS), "|".join(BENEFIT_WORDS), "|".join(REASON_WORDS)]),
        )  # fmt: skip
        return out.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> Answers:
        """What :meth:`pack` wrote, also by an earlier version with other word tables."""
        with np.load(io.BytesIO(content), allow_pickle=False) as block:
            tables = [str(words).split("|") for words in block["words"]]
            columns: dict[str, Any] = {
                name: block[name].astype(np.int64)
                for name in ("ids", "unit_ids", "state", "leave", "salary", "total", "job_search")
            }
            for name, stored, words in zip(
                ("decree", "benefit", "reason"), tables, (DECREE_WORDS, BENEFIT_WORDS, REASON_WORDS), strict=True
            ):
                table = np.array([words.index(w) if w in words else 0 for w in stored], dtype=np.int64)
                columns[name] = table[block[name]]
            return cls(**columns, eligible=block["eligible"], dates=block["dates"].tolist())


@dataclass
class Outcome:
    """Everything a computed scenario keeps."""

    answers: Answers
    summary: dict[str, Any]
    fingerprint: str


def compute(definition: Definition, step: Step = lambda _done, _total, _message: None) -> Outcome:
    """Read the people, compute every leave day, sum up. Raises :class:`Refused` when nobody fits the question."""
    dates = definition.leave_dates()
    steps = len(dates) + 2
    step(0, steps, _("Đọc hồ sơ"))
    store = definition.store()
    roster = reading.load(definition.chosen(), dates[0])
    asked = _asked(definition, roster, store)
    if not asked.any():
        raise Refused([Fault("unit_ids", _("Không có ai khớp với lựa chọn. Hãy nới điều kiện chọn người."))])
    answers: Answers | None = None
    curve: list[list[Any]] = []
    for position, day in enumerate(dates):
        step(position + 1, steps, _("Tính ngày nghỉ %(n)s/%(total)s", n=position + 1, total=len(dates)))
        found = answers_on(definition, roster, asked, store, day)
        curve.append([day.isoformat(), int(found.eligible.sum()), int(found.total.sum())])
        found.leave[:] = position
        answers = found if answers is None else _better(answers, found)
    assert answers is not None
    answers.dates = dates
    step(steps - 1, steps, _("Tổng hợp"))
    summary = summarise(answers, roster, curve, definition.budget_share, definition.present())
    return Outcome(answers, summary, store.fingerprint)


def _asked(definition: Definition, roster: Roster, store: ParameterStore) -> Bools:
    """Who has at most so many years to pension on the first leave day, and has not reached it."""
    asked = np.ones(roster.size, dtype=np.bool_)
    if definition.years_left is not None and roster.size:
        first = definition.leave_from
        pension = roster.pension_days(store, first)
        asked &= (pension > np.datetime64(first)) & (
            pension <= np.datetime64(add_months(first, 12 * definition.years_left))
        )
    return asked


def answers_on(definition: Definition, roster: Roster, asked: Bools, store: ParameterStore, day: date) -> Answers:
    """Everybody of ``asked`` leaving on ``day``; who cannot be calculated stays in with nothing."""
    facts = roster.frame(day, affected=definition.affected, effective_on=definition.effective_on)
    chosen = np.flatnonzero(asked)
    state = np.where(facts.lacking[chosen], LACKING, COUNTED)
    frame = facts.frame
    rows = chosen[state == COUNTED]
    result, rows = _calculated(frame, rows, definition, store, day)
    state[(state == COUNTED) & ~np.isin(chosen, rows)] = FAULTY
    at = np.searchsorted(chosen, rows)

    def spread(column: Any) -> Ints:
        full = np.zeros(len(chosen), dtype=np.int64)
        full[at] = column
        return full

    codes = {name: result[name].cat.codes.to_numpy() for name in ("decree", "benefit", "reason")}
    eligible = spread(result["eligible"].to_numpy()).astype(np.bool_)
    return Answers(
        ids=roster.ids[chosen],
        unit_ids=roster.unit_ids[chosen],
        state=state,
        eligible=eligible,
        leave=np.zeros(len(chosen), dtype=np.int64),
        decree=spread(codes["decree"]),
        benefit=spread(codes["benefit"]),
        reason=spread(codes["reason"]),
        salary=spread(result["monthly_salary"].to_numpy()),
        total=spread(result["total"].to_numpy()),
        job_search=spread(result["job_search"].to_numpy()),
        dates=[day],
    )


def _calculated(
    frame: pd.DataFrame, rows: Ints, definition: Definition, store: ParameterStore, day: date
) -> tuple[pd.DataFrame, Ints]:
    """The batch answer; people whose facts contradict each other are left out and told, not a reason to stop."""
    part = frame.iloc[rows]
    if definition.decree != "auto" or definition.benefit != "auto":
        part = part.assign(decree=definition.decree, benefit=definition.benefit)
    try:
        found = calculate_marked(part, [day], store)
    except CaseFaults as error:
        raise Refused([Fault("leave_from", str(error.faults[0].message))]) from error
    sound = (found[FAULT] == "").to_numpy()
    return (found, rows) if sound.all() else (found.loc[sound], rows[sound])


def _better(first: Answers, second: Answers) -> Answers:
    """For every person the answer that pays more; the earlier day where they pay the same."""
    better = (second.eligible & ~first.eligible) | ((second.eligible == first.eligible) & (second.total > first.total))
    better |= (first.state != COUNTED) & (second.state == COUNTED)
    for name in (
        "state", "eligible", "leave", "decree", "benefit", "reason", "salary", "total", "job_search",
    ):  # fmt: skip
        np.copyto(getattr(first, name), getattr(second, name), where=better)
    return first


def summarise(
    answers: Answers,
    roster: Roster,
    curve: list[list[Any]],
    budget_share: int | None = None,
    present: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """The sums of a scenario as plain data; amounts in đồng, lists in the order in which they are shown.

    ``present``: people in service by unit, those not asked about with them.
    """
    paid = answers.eligible
    units = roster.units
    agency = np.array([units[u].agency_id for u in answers.unit_ids.tolist()], dtype=np.int64)
    return {
        "people": len(answers.ids),
        "lacking": int((answers.state == LACKING).sum()),
        "faulty": int((answers.state == FAULTY).sum()),
        "leaving": int(paid.sum()),
        "total": int(answers.total.sum()),
        "monthly_salaries": int(answers.salary[paid].sum()),
        "curve": curve if len(curve) > 1 else [],
        "by_month": _by_month(answers),
        "by_unit": _by_unit(answers, agency, roster, present or {}),
        "by_decree": _by_decree(answers),
        "by_source": _by_source(answers, roster, budget_share),
        "by_reason": _by_reason(answers),
    }


def _by_month(answers: Answers) -> list[list[Any]]:
    count = len(answers.dates)
    people = np.bincount(answers.leave[answers.eligible], minlength=count)
    amounts = sums(answers.leave, answers.total, count)
    return [
        [day.isoformat(), int(people[i]), int(amounts[i])] for i, day in enumerate(answers.dates) if people[i] or i == 0
    ]


def _by_unit(answers: Answers, agency: Ints, roster: Roster, present: Mapping[int, int]) -> list[list[Any]]:
    """Agency id, name, people asked about, leaving, đồng, people in service."""
    staff: dict[int, int] = {}
    for unit, count in present.items():
        if unit in roster.units:
            staff[roster.units[unit].agency_id] = staff.get(roster.units[unit].agency_id, 0) + count
    ids, inverse = np.unique(agency, return_inverse=True)
    people = np.bincount(inverse, minlength=len(ids))
    leaving = np.bincount(inverse[answers.eligible], minlength=len(ids))
    amounts = sums(inverse, answers.total, len(ids))
    rows = [
        [
            int(ids[i]),
            roster.units[int(ids[i])].name,
            int(people[i]),
            int(leaving[i]),
            int(amounts[i]),
            staff.get(int(ids[i]), int(people[i])),
        ]
        for i in range(len(ids))
    ]
    return sorted(rows, key=lambda row: (roster.units[row[0]].order, roster.units[row[0]].sort_key, row[0]))


def _by_decree(answers: Answers) -> list[list[Any]]:
    """Decree code, benefit code, people, đồng."""
    paid = np.flatnonzero(answers.eligible)
    key = answers.decree[paid] * len(BENEFIT_WORDS) + answers.benefit[paid]
    found = []
    for value in np.unique(key).tolist():
        rows = paid[key == value]
        decree, benefit = divmod(value, len(BENEFIT_WORDS))
        found.append([DECREE_WORDS[decree], BENEFIT_WORDS[benefit], len(rows), int(answers.total[rows].sum())])
    return sorted(found, key=lambda row: -row[3])


def _by_source(answers: Answers, roster: Roster, budget_share: int | None) -> list[list[Any]]:
    """Purse code, people, đồng: the rule of a case's funding, the unit's way of paying as it is today.

    A body that covers a part of its spending pays from the budget only for those the budget pays; the records do not
    say who they are, so ``budget_share`` percent of people and đồng are taken for them, or the purse stays open.
    """
    funding = np.array([roster.units[u].funding for u in answers.unit_ids.tolist()], dtype=object)
    found: dict[str, list[int]] = {}

    def add(source: str, people: int, amount: int) -> None:
        entry = found.setdefault(source, [0, 0])
        entry[0] += people
        entry[1] += amount

    for kind in sorted(set(funding.tolist())):
        for benefit in np.unique(answers.benefit[answers.eligible]).tolist():
            for decree in np.unique(answers.decree[answers.eligible]).tolist():
                rows = (funding == kind) & answers.eligible & (answers.benefit == benefit) & (answers.decree == decree)
                if not rows.any():
                    continue
                searching = rows & (answers.job_search > 0)
                counts = (int(rows.sum()), int(answers.total[rows].sum()))
                search_counts = (int(searching.sum()), int(answers.job_search[rows].sum()))
                for way, mine, apart in _purses(kind, counts, search_counts, budget_share):
                    main = main_source(way, BENEFIT_WORDS[benefit])
                    search = line_source(DECREE_WORDS[decree], "job_search", main)
                    elsewhere = apart if search != main else (0, 0)
                    add(main, mine[0], mine[1] - elsewhere[1])
                    if elsewhere[1]:
                        add(search, *elsewhere)
    return sorted(([code, people, amount] for code, (people, amount) in found.items()), key=lambda row: -row[2])


_Counts = tuple[int, int]  # people, đồng


def _purses(kind: str, every: _Counts, search: _Counts, budget_share: int | None) -> list[tuple[str, _Counts, _Counts]]:
    """A way of paying, people and đồng, and of them for the job search; the two parts make up the whole exactly."""
    if kind != "partly" or budget_share is None:
        return [(kind, every, search)]
    people, amount = ((n * budget_share + 50) // 100 for n in every)
    seekers, sought = ((n * budget_share + 50) // 100 for n in search)
    parts = [
        ("budget", (people, amount), (seekers, sought)),
        ("self", (every[0] - people, every[1] - amount), (search[0] - seekers, search[1] - sought)),
    ]
    return [part for part in parts if part[1][1] or part[1][0]]


def _by_reason(answers: Answers) -> list[list[Any]]:
    """Refusal code and people, the most frequent first."""
    refused = answers.reason[(answers.state == COUNTED) & ~answers.eligible]
    counts = np.bincount(refused, minlength=len(REASON_WORDS))
    found = [[REASON_WORDS[code], int(counts[code])] for code in np.flatnonzero(counts).tolist()]
    return sorted(found, key=lambda row: -row[1])
