"""Trying a changed law on the project's own cases: a value of the wrong shape shows here, not in somebody's dossier.

Dossiers are compared by their amount, questions of evaluation and rotation by their whole answer. What cannot be tried
is named with its reason, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import policies.evaluation.answers as evaluation
import policies.rotation.answers as rotation
from policies.api import calculate
from policies.engine.case import Case
from policies.engine.errors import PolicyError
from policies.engine.parameters import ParameterStore, jsonable
from policies.engine.parsing import parse_cases
from policies.engine.yamlio import load_law_yaml
from policies.evaluation.configuration import under
from policies.questions import BadQuestion
from policies.store import HERE, default_store

# What a value of the wrong shape makes of a clause that was written for another one.
_BROKEN = (PolicyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
# The rooms that answer questions instead of computing amounts: folder → how their cases are called.
_ROOMS = {"evaluation": "Đánh giá, xếp loại", "rotation": "Luân chuyển, chuyển đổi vị trí"}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``cases`` tried; ``moved`` of them answer otherwise (``names``); ``failed``: without an answer now, and why.

    ``untried``: cases that cannot be rehearsed at all, each with its reason.
    """

    cases: int
    moved: int
    failed: tuple[tuple[str, str], ...]
    names: tuple[str, ...] = ()
    untried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Trial:
    """One case: its name and how it is answered under a law. The answer is an amount or plain data."""

    name: str
    ask: Callable[[ParameterStore], Any]


@dataclass(frozen=True, slots=True)
class _Failed:
    """No answer, and why."""

    why: str


@lru_cache(maxsize=1)
def _trials() -> tuple[tuple[_Trial, ...], tuple[tuple[str, str], ...]]:
    """Every case of the law folders that can be tried, and those that cannot with the reason."""
    found: list[_Trial] = []
    untried: list[tuple[str, str]] = []
    for path in sorted(HERE.glob("*/cases.yaml")):
        folder = path.parent.name
        for row in load_law_yaml(path)["cases"]:
            if "case" in row:
                name = f"{folder}: {row['title']}"
                cases, faults = parse_cases(row["case"])
                if faults:
                    untried.append((name, faults[0].message))
                else:
                    found.append(_Trial(name, _amount(cases[0])))
            elif folder in _ROOMS and "kind" in row:
                sign = f" {row['id']}" if "id" in row else ""
                found.append(_Trial(f"{_ROOMS[folder]}{sign}: {row['article']}", _question(folder, row)))
            else:
                name = f"{folder}: {row.get('title') or row.get('id') or ''}"
                untried.append((name, "không có dữ kiện để tính lại"))
    return tuple(found), tuple(untried)


def _amount(case: Case) -> Callable[[ParameterStore], Any]:
    def ask(store: ParameterStore) -> int:
        result = calculate(case, store)
        result.to_dict()
        return result.total

    return ask


def _question(folder: str, row: Mapping[str, Any]) -> Callable[[ParameterStore], Any]:
    kind, given, regime = str(row["kind"]), row["input"], row.get("regime")

    def ask(store: ParameterStore) -> Any:
        try:
            if folder == "rotation":
                return rotation.answer(kind, given, regime, store).output
            with under(store):
                return jsonable(evaluation.answer(kind, given, regime).output)
        except BadQuestion as error:  # some cases are there to be refused
            return _Failed("; ".join(message for _path, message in error.faults))

    return ask


def _answer(trial: _Trial, store: ParameterStore) -> Any:
    try:
        return trial.ask(store)
    except _BROKEN as error:
        return _Failed(f"{type(error).__name__}: {error}")


@lru_cache(maxsize=2)
def _answers(fingerprint: str, store: ParameterStore) -> tuple[Any, ...]:
    """What a law answers to every case. ``fingerprint`` is its own: equal laws are asked once."""
    return tuple(_answer(trial, store) for trial in _trials()[0])


def rehearse(store: ParameterStore, base: ParameterStore | None = None) -> Rehearsal:
    """Every case of the law files under ``store``, against ``base`` (left out: the law of the project)."""
    trials, untried = _trials()
    law = base or default_store()
    moved: list[str] = []
    failed: list[tuple[str, str]] = []
    for trial, old in zip(trials, _answers(law.fingerprint, law), strict=True):
        new = _answer(trial, store)
        if isinstance(new, _Failed) and not isinstance(old, _Failed):
            failed.append((trial.name, new.why))
        elif new != old:
            moved.append(trial.name)
    return Rehearsal(len(trials), len(moved), tuple(failed), tuple(moved), untried)
