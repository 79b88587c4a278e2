"""How fast the application starts: the web server, a command without screens, a calculation from the command line."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.figures import Figure, table  # noqa: E402

ROUNDS = 5
CASE = (
    "person: {sex: male, birth_date: 1966-09-20, category: civil_servant}\n"
    "salary: {coefficient: '4.98'}\n"
    "leave: {date: 2025-08-01}\n"
)
INSIDE = (
    "import time\nbegan = time.perf_counter()\n"
    "from hrms.app import create_app\nimported = time.perf_counter()\n"
    "create_app(web={web})\nprint(time.perf_counter() - {since})"
)


def elapsed(*command: str, stdin: str = "") -> float:
    """Median milliseconds of a whole process, imports and all."""
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def told(code: str) -> float:
    """Median of the seconds that ``code`` prints, as milliseconds."""
    times = [
        float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        for _round in range(ROUNDS)
    ]
    return statistics.median(times) * 1000


def figures() -> list[Figure]:
    """Boot figures in a fresh data folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HRMS_DATA_DIR"] = folder
        subprocess.run([sys.executable, "run.py", "setup"], cwd=ROOT, capture_output=True, check=True)
        bare = elapsed("-c", "import flask, sqlalchemy.orm")
        name = "a process that imports Flask and SQLAlchemy"
        return [
            Figure(
                "create_app() with screens, imports apart",
                told(INSIDE.format(web=True, since="imported")),
                "ms",
                budget=1000,
            ),
            Figure(
                "create_app() without screens, imports apart", told(INSIDE.format(web=False, since="imported")), "ms"
            ),
            Figure("run.py --help", elapsed("run.py", "--help"), "ms", bare, name),
            Figure("run.py calc, one case", elapsed("run.py", "calc", stdin=CASE), "ms", bare, name),
            Figure("run.py setup, nothing to do", elapsed("run.py", "setup"), "ms", bare, name),
        ]


if __name__ == "__main__":
    print(table(figures()))
