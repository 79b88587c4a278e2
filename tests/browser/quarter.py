"""What the tour of a quarter prepares outside the browser: who stays in it, and spreadsheets filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

DAY = date(2025, 9, 25)
HEADS = 6  # heads of other agencies that stay in the quarter with the department's own


def fill_cycle(cycle_id: int) -> dict[str, Any]:
    """Do the job that fills the cycle; leave the department of the accounts and the heads of a few agencies in it."""
    import random

    from sqlalchemy import select

    from hrms.commands.evaluation import background  # noqa: F401 - declares the job
    from hrms.commands.evaluation.participants import StepParticipants
    from hrms.commands.evaluation.units import StepCollectives
    from hrms.demo.cases import Stage
    from hrms.kernel import jobs
    from hrms.kernel.commands import execute
    from hrms.kernel.db import db
    from models.account import Account
    from models.evaluation import PersonEvaluation, UnitEvaluation
    from models.organization import OrgUnit

    while jobs.run_next() is not None:
        pass
    agency = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "SNNMT")).one()
    root, agency_id, agency_path = agency.parent_id, agency.id, agency.path
    rows = db.session.execute(
        select(PersonEvaluation.id, PersonEvaluation.person_id, PersonEvaluation.agency_id, PersonEvaluation.unit_id,
               PersonEvaluation.is_head, OrgUnit.kind)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .where(PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.state == "draft")
        .order_by(PersonEvaluation.id)
    ).all()  # fmt: skip
    heads = [row for row in rows if row.is_head and row.agency_id == root and row.kind == "department"]
    heads = sorted(heads, key=lambda row: row.unit_id != agency_id)[: HEADS + 1]
    kept = {row.id for row in rows if row.agency_id == agency_id} | {row.id for row in heads}
    led = {row.unit_id for row in rows if row.id in kept and row.is_head}
    units = db.session.execute(
        select(UnitEvaluation.id, UnitEvaluation.unit_id, OrgUnit.path, OrgUnit.kind)
        .join(OrgUnit, OrgUnit.id == UnitEvaluation.unit_id)
        .where(UnitEvaluation.cycle_id == cycle_id)
    ).all()
    inside = {row.id for row in units
              if row.unit_id in led or (row.path.startswith(agency_path) and row.kind == "division")}  # fmt: skip
    with Stage(random.Random(1)).on(DAY, "sonoivu"):
        out = [row.id for row in rows if row.id not in kept]
        for start in range(0, len(out), 2000):
            assert not execute(StepParticipants(out[start : start + 2000], "remove", "Đánh giá ở đợt khác")).stayed
        apart = [row.id for row in units if row.id not in inside]
        assert not execute(StepCollectives(apart, "remove_unit", "Đánh giá ở đợt khác")).stayed
    accounts = dict(
        db.session.execute(select(Account.person_id, Account.username).where(Account.person_id.is_not(None))).all()
    )
    sheets = {accounts[row.person_id]: row.id for row in rows if row.id in kept and row.person_id in accounts}
    return {"agency": agency_id, "root": root, "sheets": sheets}


def fill_book(path: Path, best: int) -> None:
    """Fill a spreadsheet as people would: the first ``best`` rows excellent, the others good."""
    book = load_workbook(path)
    number = 0
    for sheet in book.worksheets:
        keys = {cell.value: cell.column for cell in sheet[1] if cell.value}
        if "task.name" in keys:
            continue
        tops = {next(iter(rule.sqref.ranges)).min_col: rule.formula2 for rule in sheet.data_validations.dataValidation
                if rule.type == "decimal"}  # fmt: skip
        for row in range(3, sheet.max_row + 1):
            number += 1
            great = number <= best
            for key, column in keys.items():
                kind, _dot, name = str(key).partition(".")
                cell = sheet.cell(row, column)
                if kind == "points":
                    top = float(tops.get(column) or 100)
                    least = 1 if top == 100 else 0.25  # a share in whole per cent, points in quarters
                    cell.value = top if great and number % 15 != column % 15 else int(top * 0.9 / least) * least
                elif kind == "measures":
                    cell.value = {"criteria_1_4": "Thực hiện tốt", "criterion_5a": "Thực hiện tốt",
                                  "high_efficiency": "có", "faults_repaired": "có", "on_time": "có",
                                  "done_percent": 100, "not_assured_percent": 0, "late_percent": 0,
                                  "over_percent": 60 if great else 20, "on_time_percent": 100,
                                  }.get(name, "không")  # fmt: skip
                elif kind == "texts":
                    cell.value = "Hoàn thành các nhiệm vụ của quý đúng tiến độ."
                elif key == "level":
                    cell.value = "HTXS" if great else "HTT"
    book.save(path)
