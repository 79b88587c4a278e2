"""Trying a changed law on the project's own cases: a value of the wrong shape shows here, not in somebody's dossier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policies.api import calculate
from policies.engine.case import Case
from policies.engine.errors import PolicyError
from policies.engine.parameters import ParameterStore
from policies.engine.parsing import parse_cases
from policies.engine.yamlio import load_law_yaml
from policies.store import HERE, default_store

# What a value of the wrong shape makes of a clause that was written for another one.
_BROKEN = (PolicyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``cases`` tried; ``moved`` of them give another amount; ``failed`` names those without an answer, and why."""

    cases: int
    moved: int
    failed: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def _cases() -> tuple[tuple[str, Case], ...]:
    """The cases of every decree folder that parse: name and case."""
    found: list[tuple[str, Case]] = []
    for path in sorted(HERE.glob("*/cases.yaml")):
        rows: list[dict[str, Any]] = load_law_yaml(path)["cases"]
        for row in rows:
            if "case" not in row:  # questions of evaluation and rotation: no amount to compare
                continue
            cases, faults = parse_cases(row["case"])
            if not faults:
                found.append((f"{path.parent.name}: {row['title']}", cases[0]))
    return tuple(found)


def _total(case: Case, store: ParameterStore) -> int | str:
    """The amount in đồng, or in words why there is none."""
    try:
        result = calculate(case, store)
        result.to_dict()
    except _BROKEN as error:
        return f"{type(error).__name__}: {error}"
    return result.total


@lru_cache(maxsize=1)
def _answers() -> tuple[int | str, ...]:
    """What the law of the project answers, without anything laid over it."""
    store = default_store()
    return tuple(_total(case, store) for _name, case in _cases())


def rehearse(store: ParameterStore) -> Rehearsal:
    """Every case of the law files under ``store``, against the law of the project."""
    before = _answers()
    moved = 0
    failed: list[tuple[str, str]] = []
    for (name, case), old in zip(_cases(), before, strict=True):
        new = _total(case, store)
        if isinstance(new, str) and not isinstance(old, str):
            failed.append((name, new))
        elif new != old:
            moved += 1
    return Rehearsal(len(before), moved, tuple(failed))
