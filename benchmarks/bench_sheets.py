"""A thousand evaluation sheets, then notices, as one merged PDF each: seconds by the clock and of processor, memory.

Run: ``python benchmarks/bench_sheets.py [number of papers] [data folder]``. Without a folder a demonstration province
is made in a temporary one. The promise: under 3 minutes on two cores, under 1 GB in all.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from figures import Figure, table  # noqa: E402

from config import Settings  # noqa: E402

PEOPLE = 3000
MANY = 1000
TODAY = date(2025, 6, 15)
PAGE = os.sysconf("SC_PAGE_SIZE")


def processes(root: int) -> set[int]:
    """``root`` and everything below it, as they stand."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found, before = {root}, 0
    while len(found) != before:
        before = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def resident(root: int) -> int:
    """Bytes in memory of the whole tree; pages shared between its processes count in each of them."""
    total = 0
    for pid in processes(root):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except OSError:
            continue
    return total


class Peak:
    """The highest :func:`resident` while it watches."""

    def __init__(self) -> None:
        self.bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.bytes = max(self.bytes, resident(os.getpid()))

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()


def processor() -> float:
    """Seconds of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def province(folder: str | None) -> Iterator[None]:
    from hrms.app import create_app
    from hrms.demo import fill
    from hrms.setup import set_up

    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(env="test", data_dir=Path(folder or temporary), today=TODAY, log_level="ERROR")
        app = create_app(settings, web=False)
        with app.app_context():
            if folder is None:
                set_up()
                fill(PEOPLE, as_of=TODAY, say=lambda _line: None)
            yield


def main(number: int, folder: str | None) -> None:
    from sqlalchemy import select

    from hrms.kernel.db import db
    from models.evaluation import EvaluationCycle
    from reports.evaluation import many

    with province(folder):
        query = select(EvaluationCycle).where(EvaluationCycle.period_kind == "YEAR").order_by(EvaluationCycle.year)
        cycle = db.session.scalars(query).first()
        assert cycle is not None
        every = many.sheet_ids(cycle, cycle.unit)
        ids = (every * (number // len(every) + 1))[:number]
        many.sheet_ids = lambda _cycle, _unit: ids
        many.MOST = number
        figures = []
        for kind in ("evaluation_sheet", "evaluation_notice"):
            began, used = time.perf_counter(), processor()
            with Peak() as peak:
                printed = many.print_unit(cycle, cycle.unit, kind)
            figures += [
                Figure(f"{printed.count} × {kind}", time.perf_counter() - began, "s", budget=180),
                Figure("… processor, all processes", processor() - used, "s", budget=320),
                Figure("… memory, all processes", peak.bytes / 1e6, "MB", budget=1000),
                Figure("… size of the file", len(printed.content) / 1e6, "MB"),
            ]
        print(f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())}, {os.cpu_count()} cores")
        print(table(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY, sys.argv[2] if len(sys.argv) > 2 else None)
