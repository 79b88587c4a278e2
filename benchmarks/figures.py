"""What every benchmark gives back: named figures, each beside a baseline measured in the same run where there is one.

Machines differ; the ratio to the baseline is what can be compared between them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``value`` in ``unit``; ``baseline`` in the same unit, with what it is; ``budget`` is what we promised."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    budget: float | None = None

    @property
    def ratio(self) -> str:
        return f"{self.value / self.baseline:.1f} × {self.baseline_name}" if self.baseline else ""

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        return "ok" if self.value <= self.budget else f"over {self.budget:g}"


def median_ms(function: Callable[[], object], rounds: int) -> float:
    """The median of ``rounds`` calls after one warm-up, in milliseconds."""
    function()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        function()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def table(figures: list[Figure]) -> str:
    """The figures as lines of one table."""
    rows = [("what", "value", "against", "budget")]
    rows += [(f.name, f"{f.value:,.1f} {f.unit}", f.ratio, f.verdict) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip() for row in rows
    )
