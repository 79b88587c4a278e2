"""The law of reorganisation as pure functions: no database, no clock, no binary float.

The public doors: ``calculate``, ``calculate_many``, ``calculate_text``, ``parse_cases``, ``load_text``,
``leave_profile``; many persons at once: ``policies.batch.calculate``.
"""

from policies.api import (
    ENGINE_VERSION,
    ProfilePoint,
    calculate,
    calculate_many,
    calculate_text,
    check_law,
    compare_annexes,
    compare_resignation,
    leave_profile,
    load_text,
    parameters_fingerprint,
    parse_one,
    read_cases,
)
from policies.engine.case import Case
from policies.engine.errors import CaseFaults, Fault, PolicyError
from policies.engine.parameters import Override, ParameterStore
from policies.engine.parsing import parse_cases
from policies.engine.result import Result
from policies.store import default_store

__all__ = [
    "ENGINE_VERSION",
    "Case",
    "CaseFaults",
    "Fault",
    "Override",
    "ParameterStore",
    "PolicyError",
    "ProfilePoint",
    "Result",
    "calculate",
    "calculate_many",
    "calculate_text",
    "check_law",
    "compare_annexes",
    "compare_resignation",
    "default_store",
    "leave_profile",
    "load_text",
    "parameters_fingerprint",
    "parse_cases",
    "parse_one",
    "read_cases",
]
