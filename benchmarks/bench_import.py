"""How fast a staff list is read: rows per second, and how many times a bare read of the same cells that takes.

    .venv/bin/python benchmarks/bench_import.py [--rows 60000]

Both figures come from one run on one machine, so the ratio can be compared between machines. Peak memory is that of
the whole process, the generation of the file not included (it runs in a process of its own).
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hrms.commands.staff_list import COLUMNS, read_staff_list, write_staff_list
from hrms.kernel.spreadsheets import Headings
from hrms.kernel.text import PartialDate

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Văn", "Thị", "Đức", "Thị Thu", "Minh", "Quang", "Thị Ngọc", "Hữu")
GIVENS = (
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Hà",
    "Hoa",
    "Hùng",
    "Lan",
    "Mai",
    "Nam",
    "Phương",
    "Quân",
    "Thảo",
    "Yến",
)
COEFFICIENTS = ("2.34", "2.67", "3.00", "3.33", "3.66", "3.99", "4.32", "4.65", "4.98", "5.08", "5.42")
LEFT_OUT = {
    "party_union_percent",
    "retained_difference",
    "area",
    "other",
    "agreed_amount",
    "insurance_number",
    "informatics",
    "note",
}


def people(count: int) -> Iterator[dict[str, Any]]:
    """Made-up people, the same ones every time: one in a thousand has a birth date that never was."""
    chance = random.Random(1)
    for number in range(count):
        female = chance.random() < 0.5
        birth: Any = PartialDate(date(1963, 1, 1) + timedelta(days=chance.randrange(13_000)))
        year = birth.value.year % 100
        yield {
            "full_name": f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES)} {chance.choice(GIVENS)}",
            "sex": "female" if female else "male",
            "birth_date": "31/02/1975" if number % 1000 == 999 else birth,
            "title": chance.choice(
                ("Chuyên viên", "Chuyên viên chính", "Phó Trưởng phòng", "Trưởng phòng", "Giáo viên")
            ),
            "unit": f"Trường Trung học cơ sở số {number // 50 + 1}",
            "category": chance.choice(("civil_servant", "public_employee")),
            "step_counted_from": PartialDate(date(2022, 1, 1) + timedelta(days=chance.randrange(1000))),
            "coefficient": Decimal(chance.choice(COEFFICIENTS)),
            "grade_code": chance.choice(("01.003", "01.002", "V.07.04.31")),
            "step": chance.randrange(1, 9),
            "steps": 9,
            "leadership": chance.choice((None, Decimal("0.3"), Decimal("0.5"))),
            "beyond_frame_percent": None,
            "seniority_percent": Decimal(chance.randrange(5, 30)),
            "public_service_percent": Decimal(25),
            "profession_preferential_percent": None,
            "profession_responsibility_percent": None,
            "qualification": chance.choice(("Đại học", "Thạc sĩ", "Cao đẳng")),
            "political_theory": chance.choice(("Sơ cấp", "Trung cấp", "Cao cấp")),
            "state_management": chance.choice(("Chuyên viên", "Chuyên viên chính")),
            "foreign_language": chance.choice(("B1", "B2", "A2")),
            "is_party_member": chance.random() < 0.6,
            "ethnicity": "Kinh",
            "religion": "Không",
            "social_insurance_months": chance.randrange(12, 120),
            "recruited_on": PartialDate(date(2015, 9, 1), "month"),
            "retirement_annex": "I",
            "code": f"CB{number:06d}",
            "identity_number": f"033{int(female)}{year:02d}{number:06d}",
        }


def generate(path: str, count: int) -> None:
    columns = tuple(column for column in COLUMNS if column.key not in LEFT_OUT)
    headings = Headings("DANH SÁCH CÁN BỘ, CÔNG CHỨC", "(Tính đến ngày 01/6/2025)", ("UBND TỈNH HƯNG YÊN", "SỞ NỘI VỤ"))
    write_staff_list(path, people(count), headings, columns=columns)


def bare_read(path: str) -> float:
    """Seconds to turn every cell into a Python value with the library alone."""
    start = time.perf_counter()
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=60_000)
    rows: int = options.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "list.xlsx")
        writer = multiprocessing.get_context("spawn").Process(target=generate, args=(path, rows))
        start = time.perf_counter()
        writer.start()
        writer.join()
        written = time.perf_counter() - start
        size = Path(path).stat().st_size / 1e6
        start = time.perf_counter()
        reading = read_staff_list(path, as_of=date(2025, 6, 1))
        opened = time.perf_counter() - start
        for _row in reading.rows():
            pass
        taken = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bare = bare_read(path)
    summary = reading.summary
    print(f"{rows} rows × {reading.sheet.columns} columns, {size:.1f} MB; written in {written:.1f} s")
    print(f"read, checked and parsed in {taken:.2f} s ({opened:.2f} s of it to open): {rows / taken:,.0f} rows/s")
    print(f"bare read of the same cells {bare:.2f} s; ratio {taken / bare:.1f}; peak memory {memory:.0f} MB")
    print(f"{summary.accepted} good rows, {summary.rejected} refused, {summary.with_warnings} with warnings")


if __name__ == "__main__":
    main()
