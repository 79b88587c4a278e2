"""Shared helpers of the law tests: the project's own case files, and a comparison that tests what is listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import policies
from policies.engine.yamlio import load_law_yaml

POLICIES = Path(policies.__file__).parent


def missing(expected: Any, got: Any, path: str = "") -> list[str]:
    """Differences; what is not expected is not compared, and of a list every expected item must occur."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [f"{path}: expected a mapping, got {got!r}"]
        return [d for key, value in expected.items() for d in missing(value, got.get(key, "<absent>"), f"{path}.{key}")]
    if isinstance(expected, list):
        return [
            f"{path}: {item} does not occur in {got}"
            for item in expected
            if not any(not missing(item, candidate) for candidate in got)
        ]
    return [] if expected == got else [f"{path}: expected {expected!r}, got {got!r}"]


def law_cases() -> list[Any]:
    """All cases of all decrees as pytest parameters named by their sentence."""
    found = []
    for path in sorted(POLICIES.glob("*/cases.yaml")):
        for row in load_law_yaml(path)["cases"]:
            if "case" not in row:  # questions of evaluation and rotation have tests of their own
                continue
            found.append(pytest.param(row, id=f"{path.parent.name}: {row['title']}"))
    return found


def base_case(**changes: Any) -> dict[str, Any]:
    """A civil servant 48 months before the age; keys like ``person__sex`` change single leaves."""
    case: dict[str, Any] = {
        "decree": "178",
        "benefit": "auto",
        "person": {
            "sex": "male",
            "birth_date": "1967-05-20",
            "category": "civil_servant",
            "retirement_annex": "I",
            "social_insurance_months": 300,
        },
        "salary": {"coefficient": "4.98", "allowances": {"public_service_percent": "25"}},
        "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
        "leave": {"date": "2025-06-01"},
    }
    for key, value in changes.items():
        parts = key.split("__")
        target = case
        for part in parts[:-1]:
            target = target.setdefault(part, {})
        if value is None:
            target.pop(parts[-1], None)
        else:
            target[parts[-1]] = value
    return case
