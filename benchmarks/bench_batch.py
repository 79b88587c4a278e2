"""Many people at once: against one by one, over leave months, and from the database to the table of results.

``python benchmarks/bench_batch.py [--people 60000] [--database]``. With ``--database`` (or when var/bench-province
exists) the whole way is measured: reading 60,000 records, 24 leave months, all decrees. The province is made once,
which takes some minutes.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from figures import Figure, median_ms, table
from population import population

from policies import calculate, parse_cases
from policies.batch import calculate as calculate_frame
from policies.batch import calculate_months

ROOT = Path(__file__).resolve().parent.parent
MONTHS = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(7, 31)]
PROVINCE = Path(os.environ.get("HRMS_BENCH_DATA", ROOT / "var" / "bench-province"))


def cases_of(frame, count: int) -> list[dict]:
    """The first rows of a population as cases of the contract."""
    facts = ("education_or_health",)
    allowances = [n for n in frame if n.endswith("_percent") or n == "leadership"]
    found = []
    for row in frame.head(count).to_dict("records"):
        found.append({
            "decree": "auto",
            "benefit": "auto",
            "person": {
                "sex": row["sex"], "birth_date": row["birth_date"].date().isoformat(), "category": row["category"],
                "retirement_annex": row["retirement_annex"],
                "social_insurance_months": row["social_insurance_months"],
                "public_service_months": row["public_service_months"],
            },
            "salary": {
                "coefficient": row["coefficient"], "average_60_months": row["average_60_months"],
                "allowances": {n: row[n] for n in allowances},
            },
            "restructuring": {"effective_date": "2025-07-01", "directly_affected": row["directly_affected"]},
            "leave": {"date": "2025-08-01"},
            "facts": {n: bool(row[n]) for n in facts},
        })  # fmt: skip
    return found


def in_memory(people: int) -> list[Figure]:
    frame = population(people)
    raw = cases_of(frame, 1000)
    cases, faults = parse_cases(raw)
    assert not faults
    expected = [calculate(case).total for case in cases]
    assert calculate_frame(frame.head(1000))["total"].tolist() == expected, "the two paths disagree"
    alone = median_ms(lambda: [calculate(case) for case in cases], 5) * 1000 / len(cases)
    parsed = median_ms(lambda: [calculate(case) for case in raw], 3) * 1000 / len(cases)
    many = median_ms(lambda: calculate_frame(frame), 7) * 1000 / people
    months = median_ms(lambda: calculate_months(frame, MONTHS, by_decree=True), 3) * 1000 / (people * len(MONTHS))
    print(f"one by one          {1e6 / alone:12,.0f} people a second (parsed), {1e6 / parsed:,.0f} with parsing")
    print(f"many at once        {1e6 / many:12,.0f} people a second = {alone / many:,.0f} × one by one")
    print(f"24 leave months     {1e6 / months:12,.0f} answers a second = {alone / months:,.0f} × one by one")
    return [
        Figure("one person, one by one", alone, "µs"),
        Figure("one person, many at once", many, "µs", alone, "one by one", budget=alone / 100),
        Figure("one person and month, 24 months, all decrees", months, "µs", alone, "one by one", budget=alone / 100),
    ]


def from_database(people: int) -> list[Figure]:
    """In a process of its own, so that the memory is the run's alone."""
    environment = {**os.environ, "HRMS_DATA_DIR": str(PROVINCE)}
    if not (PROVINCE / "made").exists():
        print(f"making a province of {people:,} people in {PROVINCE} …", flush=True)
        for command in (["setup"], ["demo", "--people", str(people)]):
            subprocess.run(
                [sys.executable, "run.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
            )
        (PROVINCE / "made").touch()
    done = subprocess.run(
        [sys.executable, __file__, "--inside"], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    read, computed, rows, memory = (float(word) for word in done.stdout.split()[-4:])
    print(f"from the database   {rows:12,.0f} answers in {read + computed:.1f} s, {memory:,.0f} MiB at most")
    return [
        Figure("read the records", read, "s"),
        Figure("24 months × all decrees", computed, "s"),
        Figure("database to table, both", read + computed, "s", budget=10.0),
        Figure("memory at most", memory, "MiB", budget=2048.0),
    ]


def inside() -> None:
    from sqlalchemy import select

    from hrms.app import create_app
    from hrms.commands.scenarios.reading import load
    from hrms.commands.scenarios.table import result_table
    from hrms.kernel import actor
    from models.staff import Person
    from policies import default_store

    app = create_app(web=False)
    with app.app_context(), actor.acting(actor.Actor("cli", "Đo tốc độ")):
        store = default_store()
        began = time.perf_counter()
        roster = load(select(Person.id).where(Person.status != "left", Person.unit_id.is_not(None)), MONTHS[0])
        read = time.perf_counter()
        found = result_table(roster, MONTHS, store, threads=2)
        done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(read - began, done - read, len(found), memory)


def main() -> None:
    arguments = sys.argv[1:]
    if "--inside" in arguments:
        inside()
        return
    people = int(arguments[arguments.index("--people") + 1]) if "--people" in arguments else 60_000
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    figures = in_memory(people)
    if "--database" in arguments or (PROVINCE / "made").exists():
        figures += from_database(people)
    else:
        print("from the database: not measured; add --database (makes var/bench-province once, some minutes)")
    print(table(figures))


if __name__ == "__main__":
    main()
