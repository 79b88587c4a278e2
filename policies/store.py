"""The law of the project as one frozen store: every ``parameters.yaml`` under ``policies/``, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from policies.engine.parameters import ParameterStore, Version, load_parameters
from policies.labels import CATEGORY_LABELS
from policies.salary.labels import ALLOWANCE_LABELS

HERE = Path(__file__).parent

# Parameters that list words of the case: how those words read in Vietnamese, by the end of the parameter's name.
_WORDS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("components", ALLOWANCE_LABELS),
    ("coefficient_only", ALLOWANCE_LABELS),
    ("categories", CATEGORY_LABELS),
)


@lru_cache(maxsize=1)
def default_store() -> ParameterStore:
    """The store of the law in force; scenarios are ``default_store().overlay(…)``."""
    return ParameterStore(_versions())


def _versions() -> Iterator[Version]:
    for path in sorted(HERE.glob("*/parameters.yaml")):
        for version in load_parameters(path):
            words = next((table for end, table in _WORDS if version.name.endswith(end)), None)
            yield version if words is None or version.options else replace(version, options=words)
