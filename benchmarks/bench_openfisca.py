"""People per second of one rule here and in OpenFisca-Core: Điều 7 NĐ 178/2024, same people, same machine, same run.

OpenFisca-Core lives in var/bench-venv (``make bench-openfisca`` makes it); it is no dependency of the project. Both
sides start from columns in memory and end with an array of totals. Ours reads and checks every cell, decides among all
reasons of refusal and works in exact integers; OpenFisca's numbers are 32-bit floats, so its totals are compared within
their precision.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from population import population

from policies import default_store
from policies.batch import calculate, calculate_months
from policies.retirement.age import pension_date

ROOT = Path(__file__).resolve().parent.parent
OTHER = ROOT / "var" / "bench-venv" / "bin" / "python"
PEOPLE, ROUNDS = 100_000, 15
DAY = date(2025, 8, 1)
MONTHS = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(7, 31)]
FIRST_BIRTH, LAST_BIRTH = 1955 * 12, 2005 * 12


def law() -> dict[str, float]:
    """The values both sides use, from our store."""
    store = default_store()

    def at(name: str):
        return store.at(name, DAY).value

    service = at("nd178.service")
    numbers = {
        "base_salary": at("salary.base"), "factor_first_12": at("nd178.months.factor.first12"),
        "factor_over_5": at("nd178.over5.factor.first12"), "months_over_5": at("nd178.over5.months"),
        "per_year_2_5": at("nd178.per_early_year.2_5"), "per_year_5_10": at("nd178.per_early_year.5_10"),
        "two_years": at("nd178.band.two_years"), "five_years": at("nd178.band.five_years"),
        "half_year_limit": at("counting.half_year_limit"), "service_first_years": service["first_years"],
        "service_first_months": service["first_months"], "service_per_year": service["per_further_year"],
        "most_annex_1": at("nd178.early.max_months")["I"], "most_annex_2": at("nd178.early.max_months")["II"],
        "least_insurance": at("pension.min_insurance_months"),
    }  # fmt: skip
    return {name: float(value) for name, value in numbers.items()}


def pension_table() -> np.ndarray:
    """Month index of the pension day by annex, sex and birth month."""
    store = default_store()

    def one(sex: str, annex: str, index: int) -> int:
        found = pension_date(store, sex, date(index // 12, index % 12 + 1, 1), annex, DAY)
        return found.year * 12 + found.month - 1

    births = range(FIRST_BIRTH, LAST_BIRTH)
    return np.array([[[one(s, a, i) for i in births] for s in ("male", "female")] for a in ("I", "II")])


def seconds(function, rounds: int = ROUNDS) -> tuple[float, float]:
    """Processor time and time by the clock of the best of some runs: other work on the machine only adds to them."""
    function()
    processor, clock = [], []
    for _ in range(rounds):
        began, at = time.process_time(), time.perf_counter()
        function()
        processor.append(time.process_time() - began)
        clock.append(time.perf_counter() - at)
    return min(processor), min(clock)


def main() -> int:
    if not OTHER.exists():
        print("OpenFisca-Core is not installed: make bench-openfisca")
        return 0
    frame = population(PEOPLE)
    frame["directly_affected"] = True
    # Điều 7 alone: nobody's post or contract stands in the way.
    frame["category"] = "civil_servant"
    frame = frame.drop(columns=["education_or_health", "average_60_months", "public_service_months"])
    frame["decree"], frame["benefit"] = "178", "early_retirement"
    for name in ("category", "decree", "benefit"):
        frame[name] = frame[name].astype("category")
    ours, clock = seconds(lambda: calculate(frame))
    totals = calculate(frame)["total"].to_numpy()
    each, each_clock = (value / len(MONTHS) for value in seconds(lambda: calculate_months(frame, MONTHS), 3))
    births = frame["birth_date"].to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    numbers = ("coefficient", "leadership", "beyond_frame_percent", "seniority_percent",
               "profession_preferential_percent", "public_service_percent")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/people.npz"
        np.savez(
            path, law=json.dumps(law()), pension_table=pension_table(), first_birth=FIRST_BIRTH,
            birth_month=births.astype(np.int32), insured=frame["social_insurance_months"].to_numpy(np.int32),
            female=(frame["sex"] == "female").to_numpy(), annex_2=(frame["retirement_annex"] == "II").to_numpy(),
            **{name: frame[name].astype(str).astype(np.float32).to_numpy() for name in numbers},
        )  # fmt: skip
        rule = str(ROOT / "benchmarks" / "openfisca_rule.py")
        done = subprocess.run([str(OTHER), rule, path, str(ROUNDS)], check=True, capture_output=True, text=True)
        answer = json.loads(done.stdout.splitlines()[-1])
        theirs, their_clock = answer["processor"], answer["clock"]
        other = np.load(f"{folder}/people.totals.npy")
    paid = totals > 0
    off = np.abs(other - totals) / np.maximum(totals, 1)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; {PEOPLE:,} people, {int(paid.sum()):,} paid")
    for name, processor, by_clock in (
        ("policies.batch, one leave month", ours, clock),
        ("policies.batch, each of 24 leave months", each, each_clock),
        ("OpenFisca-Core, one month", theirs, their_clock),
    ):
        rate, milli = PEOPLE / processor, processor * 1000
        print(f"{name:40} {rate:11,.0f} people a second of processor ({milli:.1f} ms; clock {by_clock * 1000:.1f} ms)")
    print(f"{'ratio, one leave month':40} {theirs / ours:11.2f} (by the clock {their_clock / clock:.2f}; target 5)")
    print(f"{'ratio, each of 24 leave months':40} {theirs / each:11.2f} (by the clock {their_clock / each_clock:.2f})")
    same = np.array_equal(paid, other > 0)
    print(f"same people paid: {same}; exactly the same đồng: {(other == totals).mean():.1%}; largest difference")
    print(f"{off[paid].max():.2e} of the amount (OpenFisca-Core computes in 32-bit floats)")
    return 0 if same and off.max() < 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main())
