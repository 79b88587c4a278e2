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

from policies.engine.case import Case
from policies.engine.errors import CaseFaults, Fault, ParameterGap, RuleGap
from policies.engine.parameters import ParameterStore
from policies.engine.parsing import parse_cases
from policies.engine.result import Result
from policies.engine.yamlio import read_json, read_yaml
from policies.selection import answer
from policies.store import default_store

ENGINE_VERSION = "1.0.0"

_ROOT = re.compile(r"^cases\[0\]")


def parameters_fingerprint(store: ParameterStore | None = None) -> str:
    """SHA-256 of every dated value in the store; stored with a decided paper."""
    return (store or default_store()).fingerprint


def load_text(text: str, format: Literal["yaml", "json", "auto"] = "auto") -> Any:
    """Plain data of a YAML or JSON text with exact numbers; raises ``CaseFaults`` with every fault."""
    if format == "json":
        return read_json(text)
    if format == "auto" and text.lstrip()[:1] in ("{", "["):
        try:
            return read_json(text)
        except CaseFaults as faults:
            # A YAML flow list also starts with a bracket; what is neither keeps the JSON message.
            try:
                return read_yaml(text)
            except CaseFaults:
                raise faults from None
    return read_yaml(text)


def calculate(case: Case | Mapping[str, Any], store: ParameterStore | None = None) -> Result:
    """Answer one case. A mapping is parsed first; faults of any kind raise ``CaseFaults`` (paths start with ``cases[0]``)."""
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
    if isinstance(items, Mapping):
        items = [items]
    given = list(items)
    raw = [(i, item) for i, item in enumerate(given) if not isinstance(item, Case)]
    if raw:
        parsed, faults = parse_cases([item for _, item in raw])
        if faults:
            raise CaseFaults([_renumber(f, [i for i, _ in raw]) for f in faults])
        for (i, _), case in zip(raw, parsed, strict=True):
            given[i] = case
    results: list[Result] = []
    faults = []
    for i, case in enumerate(given):
        try:
            results.append(calculate(case, store))
        except CaseFaults as error:
            faults.extend(Fault(_ROOT.sub(f"cases[{i}]", f.path), f.message) for f in error.faults)
    if faults:
        raise CaseFaults(faults)
    return results


def _renumber(fault: Fault, positions: Sequence[int]) -> Fault:
    match = re.match(r"cases\[(\d+)\]", fault.path)
    if match is None:
        return fault
    return Fault(f"cases[{positions[int(match[1])]}]{fault.path[match.end():]}", fault.message)


def calculate_text(
    text: str, format: Literal["yaml", "json", "auto"] = "auto", store: ParameterStore | None = None
) -> list[dict[str, Any]]:
    """What ``run.py calc`` and the REST door answer: results of a text as plain data; ``CaseFaults`` when malformed."""
    data = load_text(text, format)
    if data is None:
        raise CaseFaults([Fault("cases", "tệp trống; cần một hồ sơ hoặc một danh sách hồ sơ")])
    cases, faults = parse_cases(data)
    if faults:
        raise CaseFaults(faults)
    return [result.to_dict() for result in calculate_many(cases, store)]


@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """One leave date of a profile: what would be paid (đồng), under what, and the cliff that falls on this date."""

    date: date
    total: int
    eligible: bool
    decree: str
    benefit: str
    reason: str
    cliff: str | None = None


def leave_profile(
    case: Case | Mapping[str, Any], months: int | Sequence[date], store: ParameterStore | None = None
) -> list[ProfilePoint]:
    """Total by leave month from the case's leave date on: ``months`` is a number of months or the dates themselves.

    The dates keep everything else of the case; the decision date is dropped when it would lie after the leave.
    """
    from policies.cliffs import named_cliffs, profile_dates

    store = store or default_store()
    if not isinstance(case, Case):
        case = calculate_case(case)
    dates = profile_dates(case.leave_date, months) if isinstance(months, int) else list(months)
    cliffs = {cliff.date: cliff.label for cliff in named_cliffs(case, store)}
    points: list[ProfilePoint] = []
    for day in dates:
        decided = case.decision_date if case.decision_date is None or case.decision_date <= day else None
        result = calculate(replace(case, leave_date=day, decision_date=decided), store)
        points.append(
            ProfilePoint(
                day,
                result.total,
                result.eligible,
                result.decree,
                result.benefit,
                result.reasons[0].message if result.reasons else "",
                cliffs.get(day),
            )
        )
    return points


def calculate_case(data: Mapping[str, Any]) -> Case:
    """Parse one mapping into a case; raises ``CaseFaults``."""
    cases, faults = parse_cases(data)
    if faults:
        raise CaseFaults(faults)
    return cases[0]
