"""Speed of the law engine: one by one with explanation, and many at once. Run: ``python benchmarks/bench_calc.py``.

Every figure is set against a baseline measured in the same run on the same machine (writing one result as JSON), so
that runs on different machines can be compared.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pandas as pd

from policies import calculate, default_store, parse_cases
from policies.batch import calculate as calculate_frame
from policies.engine.yamlio import load_law_yaml

ROOT = Path(__file__).resolve().parent.parent


def per_call(function: Callable[[], object], calls: int, seconds: float = 1.5) -> float:
    """Milliseconds per call, repeated for some time after one warm-up."""
    function()
    start, rounds = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        function()
        rounds += 1
    return (time.perf_counter() - start) * 1000 / (rounds * calls)


def main() -> None:
    from tests.policies.people import flat_row, random_case

    default_store()
    raw = [row["case"] for row in load_law_yaml(ROOT / "policies" / "nd178" / "cases.yaml")["cases"]]
    cases, faults = parse_cases(raw)
    assert not faults
    auto, _ = parse_cases([{**c, "decree": "auto", "benefit": "auto"} for c in raw])
    sample = calculate(cases[6]).to_dict()
    baseline = per_call(lambda: json.dumps(sample, ensure_ascii=False), 1)
    figures = {
        "parse one case": per_call(lambda: parse_cases(raw), len(raw)),
        "one decree, result object": per_call(lambda: [calculate(c) for c in cases], len(cases)),
        "one decree, result and whole trace as data": per_call(
            lambda: [calculate(c).to_dict() for c in cases], len(cases)
        ),
        "decree auto, result and whole trace as data": per_call(
            lambda: [calculate(c).to_dict() for c in auto], len(auto)
        ),
    }
    print(f"{'baseline: json.dumps of one result':46} {baseline:8.3f} ms")
    for name, value in figures.items():
        print(f"{name:46} {value:8.3f} ms  {1000 / value:10,.0f} a second  {value / baseline:6.2f} × baseline")
    rng = random.Random(1)
    mixed = pd.DataFrame([flat_row(random_case(rng)) for _ in range(20000)])
    auto_rows = pd.DataFrame([flat_row({**raw[i % len(raw)], "decree": "auto"}) for i in range(20000)])
    for name, frame in (("many at once, all decrees mixed", mixed), ("many at once, decree auto", auto_rows)):
        value = per_call(lambda frame=frame: calculate_frame(frame), len(frame), 3.0)  # type: ignore[misc]
        print(f"{name:46} {value:8.4f} ms  {1000 / value:10,.0f} a second  {value / baseline:6.3f} × baseline")


if __name__ == "__main__":
    main()
