"""The law of the project as one frozen store: every ``parameters.yaml`` under ``policies/``, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from policies.engine.parameters import ParameterStore, load_parameters

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def default_store() -> ParameterStore:
    """The store of the law in force; scenarios are ``default_store().overlay(…)``."""
    return ParameterStore(
        version for path in sorted(HERE.glob("*/parameters.yaml")) for version in load_parameters(path)
    )
