"""The whole suite, once on SQLite and once on PostgreSQL where a server can be started. ``make test`` calls this.

What does not touch the database is run once. Ends with the sum of both runs and a non-zero code when anything failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.postgres import find_binaries  # noqa: E402

# Rooms left to SQLite alone, so that a push is judged in a quarter of an hour: they touch no database, or they are
# thin (screens, papers) over commands and facts whose own tests run on both. ``make test-postgresql`` leaves none out.
ONCE = (
    "tests/browser",
    "tests/demo/test_demo.py",
    "tests/demo/test_demo_evaluation.py",
    "tests/kernel/spreadsheets",
    "tests/kernel/text",
    "tests/policies",
    "tests/quality",
    "tests/reports/test_evaluation_papers.py",
    "tests/reports/test_movement_papers.py",
    "tests/reports/test_papers_of_a_case.py",
    "tests/reports/test_sheet.py",
    "tests/simulated_quarter",
    "tests/staff_list",
    "tests/web",
)
NO_TESTS = 5  # pytest's exit code


def run(database: str, workers: int, *more: str) -> tuple[int, float]:
    print(f"\n=== {database} ===", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "loadfile", *more]
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, "HRMS_TEST_DATABASE": database}, check=False).returncode
    return code, time.monotonic() - began


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--workers", type=int, default=2)
    workers = arguments.parse_args().workers
    results = {"sqlite": run("sqlite", workers)}
    if find_binaries() is None:
        print(
            "\nPostgreSQL: skipped, initdb was not found. To run these tests too:  "
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends postgresql",
            flush=True,
        )
    else:
        left_out = [f"--ignore={place}" for place in ONCE if (ROOT / place).exists()]
        results["postgresql"] = run("postgresql", workers, "-m", "not browser", *left_out)
    print()
    for name, (code, seconds) in results.items():
        print(f"{name}: {'passed' if code == 0 else f'FAILED (pytest exit code {code})'} in {seconds:.0f} s")
    return max(code for code, _seconds in results.values())


if __name__ == "__main__":
    sys.exit(main())
