"""Salary scales of NĐ 204/2004/NĐ-CP and dated leadership allowances, as look-up tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from policies.engine.dates import OPEN_END
from policies.engine.yamlio import load_law_yaml

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale: coefficients by step (index 0 = step 1), months between steps, evidence mark."""

    code: str
    grade: str
    coefficients: tuple[Decimal, ...]
    step_months: int
    beyond_frame_after_months: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class PositionAllowance:
    """A leadership allowance coefficient of a post between two dates."""

    level: str
    position: str
    coefficient: Decimal
    valid_from: date
    valid_to: date
    mark: str


@lru_cache(maxsize=1)
def scales() -> tuple[Scale, ...]:
    """All scales."""
    return tuple(
        Scale(
            code=str(row["code"]),
            grade=row["grade"],
            coefficients=tuple(Decimal(c) for c in row["coefficients"]),
            step_months=row["step_months"],
            beyond_frame_after_months=row["beyond_frame_after_months"],
            mark=row["mark"],
        )
        for row in load_law_yaml(_HERE / "scales.yaml")["scales"]
    )


@lru_cache(maxsize=1)
def _allowances() -> tuple[PositionAllowance, ...]:
    return tuple(
        PositionAllowance(
            level=row["level"],
            position=row["position"],
            coefficient=Decimal(row["coefficient"]),
            valid_from=date.fromisoformat(row["from"]),
            valid_to=OPEN_END if row["to"] is None else date.fromisoformat(row["to"]),
            mark=row["mark"],
        )
        for row in load_law_yaml(_HERE / "position_allowances.yaml")["allowances"]
    )


def position_allowances(day: date, level: str | None = None) -> tuple[PositionAllowance, ...]:
    """Leadership allowances in force on ``day``, of one level or of all."""
    return tuple(a for a in _allowances() if a.valid_from <= day <= a.valid_to and (level is None or a.level == level))


@lru_cache(maxsize=1)
def _coefficients() -> frozenset[Decimal]:
    return frozenset(c for scale in scales() for c in scale.coefficients)


def is_on_scale(coefficient: Decimal) -> bool:
    """True when the coefficient is a step of any scale."""
    return coefficient in _coefficients()


def steps_with_coefficient(coefficient: Decimal) -> tuple[tuple[Scale, int], ...]:
    """Every (scale, step number) with exactly this coefficient."""
    return tuple((s, i + 1) for s in scales() for i, c in enumerate(s.coefficients) if c == coefficient)
