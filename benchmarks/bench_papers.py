"""Speed and memory of papers: one decision, one sheet, a list of 200 people, hundreds of decisions in one file.

Run: ``python benchmarks/bench_papers.py [number of decisions]``. Everything is made in a small province of its own, in
a temporary folder; figures are set against laying out one empty page in the same run.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from figures import Figure, median_ms, table  # noqa: E402

from config import Settings  # noqa: E402

MANY = 300
PEOPLE = 200


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill() -> int:
    """A department with :data:`PEOPLE` cases in one round. Returns the round."""
    from sqlalchemy import select

    from hrms.commands.restructuring import acts, batches, cases
    from hrms.kernel.commands import execute
    from hrms.kernel.db import db
    from models.organization import OrgUnit
    from tests.support.builders import Factory

    make = Factory()
    root = make.unit("HY", "Ủy ban nhân dân tỉnh Hưng Yên", kind="province")
    unit = make.unit("SXD", "Sở Xây dựng", root, signer_title="Giám đốc")
    people = [make.person(unit, birth=date(1966, 1 + n % 12, 1 + n % 28)).id for n in range(PEOPLE)]
    content = acts.ActContent("18/NQ-HĐND", date(2025, 2, 20), date(2025, 3, 1), "Về sắp xếp các sở")
    act = execute(acts.CreateAct(unit.id, content)).id
    batch = execute(batches.CreateBatch(unit.id, 2025)).id
    for person in people:
        execute(cases.OpenCase(person, leave_date=date(2025, 8, 1), act_id=act, batch_id=batch))
    assert db.session.scalar(select(OrgUnit.id).where(OrgUnit.id == unit.id))
    return batch


@contextmanager
def application() -> Any:
    from hrms.app import create_app
    from hrms.setup import set_up

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(env="test", data_dir=Path(folder), today=date(2025, 6, 15), log_level="ERROR")
        app = create_app(settings, web=False)
        with app.app_context():
            set_up()
            yield


def main(number: int) -> None:
    from reports import many, pdf
    from reports.batch_file import cases_of, find_batch
    from reports.registry import produce

    with application():
        batch = find_batch(fill())
        every = cases_of(batch)
        one, key = str(every[0].id), str(batch.id)
        empty = median_ms(lambda: pdf.render("paper.html", {"draft": False}, title="").write(), 20)
        against = (empty, "an empty page")

        def paper(name: str, rounds: int, form: str = "pdf", **given: str) -> float:
            return median_ms(lambda: produce(name, form, given), rounds)

        figures = [
            Figure("decision, 2 pages", paper("decision", 10, case=one), "ms", *against),
            Figure("calculation sheet, 5 pages", paper("calculation_sheet", 5, case=one), "ms", *against),
            Figure(f"list of {PEOPLE}, PDF", paper("budget_list", 2, batch=key), "ms", *against),
            Figure(f"list of {PEOPLE}, XLSX", paper("budget_list", 3, "xlsx", batch=key), "ms", *against),
        ]
        before = memory_mb()
        many.cases_of = lambda _batch: (every * (number // len(every) + 1))[:number]  # type: ignore[assignment]
        began = time.perf_counter()
        printed = many.print_many(batch, "decision")
        spent = time.perf_counter() - began
        figures += [
            Figure(f"{len(printed.numbers)} decisions in one file", spent, "s"),
            Figure("… each", spent * 1000 / number, "ms", *against),
            Figure("… memory on top", memory_mb() - before, "MB", budget=250),
            Figure("… size of the file", len(printed.content) / 1e6, "MB"),
            Figure("memory of the process", memory_mb(), "MB"),
        ]
        print(f"one empty page: {empty:.1f} ms")
        print(table(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
