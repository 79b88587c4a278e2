"""What the code of the law may not contain: binary floats, legal numbers, clocks, other rooms of the house."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from policies import calculate
from tests.policies.conftest import POLICIES, law_cases

SOURCES = sorted(POLICIES.rglob("*.py"))
SHARED_LAW = {"amounts.py", "exclusions.py", "staff_reduction.py", "early_or_severance.py", "selection.py"}
LAW_CODE = [
    p
    for p in SOURCES
    if p.parent.name.startswith(("nd", "nq"))
    or p.parent.name == "pension"
    or p.name in SHARED_LAW
    or (p.parent.name == "evaluation" and p.name in {"tree.py", "special.py", "scored.py", "rating.py", "regimes.py"})
    or (p.parent.name == "batch" and p.name in {"nd178.py", "nd177.py", "others.py"})
]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(POLICIES)))
def test_no_binary_float_is_written_in_the_law_code(path):
    for node in ast.walk(tree(path)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, (float, complex))), node.lineno


@pytest.mark.parametrize("path", LAW_CODE, ids=lambda p: str(p.relative_to(POLICIES)))
def test_clauses_hold_no_number_but_zero_and_one(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            assert node.value in (0, 1), f"{path.name}:{node.lineno} writes {node.value}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(POLICIES)))
def test_the_law_imports_no_other_room_and_asks_no_clock(path):
    for node in ast.walk(tree(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] not in {"flask", "sqlalchemy", "hrms", "models", "views", "reports", "time"}, name
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"today", "utcnow", "now"}, node.lineno


def walk(value, path="result"):
    if isinstance(value, float):
        raise AssertionError(path)
    if isinstance(value, dict):
        for key, inner in value.items():
            walk(inner, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            walk(inner, f"{path}[{i}]")


@pytest.mark.parametrize("row", law_cases()[::7])
def test_no_result_carries_a_float(row):
    walk(calculate(row["case"]).to_dict())
