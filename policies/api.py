"""The doors of the engine: calculate one case or many, read cases from text, look at a person's leave profile.

Everything is pure: the same case and store give the same result. Scenarios pass their own store
(``default_store().overlay({...})``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from policies.cliffs import Cliff, named_cliffs, profile_dates
from policies.decrees import DECREES
from policies.engine.case import ANNEXES, Case
from policies.engine.checks import check_gaps_and_conflicts
from policies.engine.dates import month_index
from policies.engine.errors import CaseFaults, Fault, ParameterGap, RuleGap
from policies.engine.parameters import ParameterStore
from policies.engine.parsing import parse_cases
from policies.engine.result import Result
from policies.engine.yamlio import read_json, read_yaml
from policies.leave import Shared
from policies.nd170 import rules as resignation
from policies.selection import answer
from policies.store import default_store

ENGINE_VERSION = "1.0.0"
TextFormat = Literal["yaml", "json", "auto"]

_ROOT = re.compile(r"^cases\[0\]")


def parameters_fingerprint(store: ParameterStore | None = None) -> str:
    """SHA-256 of every dated value in the store; stored with a decided paper."""
    return (store or default_store()).fingerprint


def load_text(text: str, format: TextFormat = "auto") -> Any:  # noqa: A002 - the word of the contract
    """Plain data of a YAML or JSON text with exact numbers; raises ``CaseFaults`` with every fault."""
    faults: list[Fault] = []
    data = _load(text, format, faults)
    if faults:
        raise CaseFaults(faults)
    return data


def _load(text: str, syntax: TextFormat, faults: list[Fault]) -> Any:
    if syntax == "json":
        return read_json(text, faults=faults)
    if syntax == "auto" and text.lstrip()[:1] in ("{", "["):
        try:
            return read_json(text, faults=faults)
        except CaseFaults as broken:
            # A YAML flow list also starts with a bracket; what is neither keeps the JSON message.
            try:
                return read_yaml(text, faults=faults)
            except CaseFaults:
                raise broken from None
    return read_yaml(text, faults=faults)


def read_cases(text: str, format: TextFormat = "auto") -> tuple[list[Case], list[Fault]]:  # noqa: A002
    """Cases and faults of a YAML or JSON text: faults of writing (keys given twice) and of content together.

    Never raises for bad input; ``faults`` empty means that every case is usable.
    """
    faults: list[Fault] = []
    try:
        data = _load(text, format, faults)
    except CaseFaults as broken:
        return [], broken.faults
    if data is None and not faults:
        return [], [Fault("cases", "tệp trống; cần một hồ sơ hoặc một danh sách hồ sơ")]
    cases, found = parse_cases(data)
    return cases, faults + found


def calculate(case: Case | Mapping[str, Any], store: ParameterStore | None = None) -> Result:
    """Answer one case. A mapping is parsed first; faults raise ``CaseFaults`` (paths start with ``cases[0]``)."""
    if not isinstance(case, Case):
        cases, faults = parse_cases(case)
        if faults:
            raise CaseFaults(faults)
        case = cases[0]
    try:
        return answer(case, store or default_store())
    except (ParameterGap, RuleGap) as gap:
        raise CaseFaults(
            [Fault("cases[0].leave.date", f"chưa có quy định để tính cho ngày {case.leave_date}: {gap}")]
        ) from gap


def calculate_many(
    items: Iterable[Case | Mapping[str, Any]] | Mapping[str, Any], store: ParameterStore | None = None
) -> list[Result]:
    """Answer a list of cases (or one mapping) in order; all faults of all cases are raised together."""
    given = [items] if isinstance(items, Mapping) else list(items)
    raw = [i for i, item in enumerate(given) if not isinstance(item, Case)]
    parsed, faults = parse_cases([given[i] for i in raw])
    if faults:
        raise CaseFaults([_renumber(f, raw) for f in faults])
    by_position = dict(zip(raw, parsed, strict=True))
    results: list[Result] = []
    for i, item in enumerate(given):
        try:
            results.append(calculate(by_position.get(i, item), store))
        except CaseFaults as error:
            faults.extend(Fault(_ROOT.sub(f"cases[{i}]", f.path), f.message) for f in error.faults)
    if faults:
        raise CaseFaults(faults)
    return results


def _renumber(fault: Fault, positions: Sequence[int]) -> Fault:
    match = re.match(r"cases\[(\d+)\]", fault.path)
    if match is None:
        return fault
    return Fault(f"cases[{positions[int(match[1])]}]{fault.path[match.end() :]}", fault.message)


def calculate_text(
    text: str,
    format: TextFormat = "auto",  # noqa: A002 - the word of the contract
    store: ParameterStore | None = None,
) -> list[dict[str, Any]]:
    """What ``run.py calc`` and the REST door answer: results of a text as plain data; ``CaseFaults`` when malformed."""
    cases, faults = read_cases(text, format)
    if faults:
        raise CaseFaults(faults)
    return [result.to_dict() for result in calculate_many(cases, store)]


@dataclass(frozen=True, slots=True)
class DecreeAnswer:
    """What one decree alone answers for a leave date; ``code`` as in ``policies.engine.case.DECREES``."""

    code: str
    decree: str
    benefit: str
    eligible: bool
    total: int


@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """One leave date: what would be paid (đồng), under what, and the cliffs passed since the date before.

    ``decrees``: the answer of every decree that was asked, the one taken first.
    """

    date: date
    total: int
    eligible: bool
    decree: str
    benefit: str
    reason: str
    cliffs: tuple[Cliff, ...] = ()
    decrees: tuple[DecreeAnswer, ...] = ()


def leave_profile(
    case: Case | Mapping[str, Any],
    months: int | Sequence[date],
    store: ParameterStore | None = None,
    *,
    accrue_insurance: bool = True,
) -> list[ProfilePoint]:
    """Total by leave month from the case's leave date on: ``months`` is a number of months or the dates themselves.

    Everything else of the case stays; a person who leaves later goes on paying insurance meanwhile, so the insured
    months move with the date unless ``accrue_insurance`` is off. A decision date after the leave is dropped.
    """
    store = store or default_store()
    if not isinstance(case, Case):
        case = parse_one(case)
    dates = profile_dates(case.leave_date, months) if isinstance(months, int) else sorted(months)
    cliffs = named_cliffs(case, store)
    points: list[ProfilePoint] = []
    previous: date | None = None
    for day in dates:
        result = calculate(moved(case, day, accrue_insurance), store)
        passed = tuple(c for c in cliffs if c.date <= day and (c.date > previous if previous else c.date == day))
        reason = result.reasons[0].message if result.reasons else ""
        each = tuple(
            DecreeAnswer(r.decree_code, r.decree, r.benefit, r.eligible, r.total)
            for r in (result, *(result.alternatives or ()))
        )
        points.append(
            ProfilePoint(day, result.total, result.eligible, result.decree, result.benefit, reason, passed, each)
        )
        previous = day
    return points


def moved(case: Case, day: date, accrue_insurance: bool = True) -> Case:
    """The same person leaving on another day; insurance goes on meanwhile unless ``accrue_insurance`` is off."""
    person = case.person
    shift = month_index(day) - month_index(case.leave_date) if accrue_insurance else 0
    if shift:
        person = replace(
            person,
            social_insurance_months=max(0, person.social_insurance_months + shift),
            public_service_months=max(0, person.public_service_months + shift),
        )
    decided = case.decision_date if case.decision_date is None or case.decision_date <= day else None
    return replace(case, person=person, leave_date=day, decision_date=decided)


def parse_one(data: Mapping[str, Any]) -> Case:
    """Parse one mapping into a case; raises ``CaseFaults``."""
    cases, faults = parse_cases(data)
    if faults:
        raise CaseFaults(faults)
    return cases[0]


def compare_annexes(case: Case | Mapping[str, Any], store: ParameterStore | None = None) -> dict[str, Result]:
    """The same person by Phụ lục I and by Phụ lục II: who fits both may look at both (law pack, question 7)."""
    if not isinstance(case, Case):
        case = parse_one(case)
    return {
        annex: calculate(replace(case, person=replace(case.person, retirement_annex=annex)), store) for annex in ANNEXES
    }


def check_law(
    store: ParameterStore | None = None, first: date = date(2019, 1, 1), last: date = date(2030, 12, 1)
) -> list[str]:
    """Gaps and conflicts of all parameters and entry points, month by month; empty when the law data are sound."""
    from policies.further import BOOKS  # it leans on this module

    more = (book for books in BOOKS.values() for book in books)
    books = [*(book for decree in DECREES for book in decree.books), *more, resignation.BOOK]
    return check_gaps_and_conflicts(store or default_store(), books, first, last)


def compare_resignation(case: Case | Mapping[str, Any], store: ParameterStore | None = None) -> Result:
    """What a civil servant would get by ordinary resignation (NĐ 170/2025 Điều 57–60): a yardstick, never a choice."""
    if not isinstance(case, Case):
        case = parse_one(case)
    return resignation.evaluate(Shared(case, store or default_store()))
