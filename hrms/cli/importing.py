"""``import``: bring lists in from the command line."""

from __future__ import annotations

import shutil
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hrms.cli.common import fail, with_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hrms.commands.staff_list import SheetChoice
    from models.organization import OrgUnit


@click.group("import")
def import_group() -> None:
    """Bring lists into the records."""


@import_group.command("staff")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read, check and show what would change; write nothing.")
@click.option("--unit", "unit_code", default="", help="Code of the receiving unit (default: the whole province).")
@click.option(
    "--errors",
    "errors_to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rejected rows with their reasons to this XLSX.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the list speaks of (default: the day in its title, else today).",
)
@click.option(
    "--good-rows-only", is_flag=True, help="Write the good rows although others are rejected (default: all or nothing)."
)
@click.option(
    "--category",
    default="",
    help="Kind of staff where the list does not say (cadre, civil_servant, public_employee …).",
)
@with_app()
def staff_command(
    file: Path,
    dry_run: bool,
    unit_code: str,
    errors_to: Path | None,
    as_of: datetime | None,
    good_rows_only: bool,
    category: str,
) -> None:
    """Import a staff list (.xlsx, .xls, .csv) as agencies have it.

    Exit 0: every row good. Exit 1: rows refused, listed with their reasons. Exit 2: the file refused.

    \b
    Example:
      python run.py import staff danh-sach.xlsx --dry-run
      python run.py import staff danh-sach.xlsx --unit SNV --errors loi.xlsx
    """
    from hrms.commands.staff_import import StartImport, check_import, run_import
    from hrms.commands.staff_import.requests import target_unit
    from hrms.commands.staff_import.work import sentence
    from hrms.kernel import jobs
    from hrms.kernel.commands import execute
    from hrms.kernel.db import db
    from hrms.kernel.errors import Refused
    from models.importing import StaffImport

    try:
        unit = target_unit(unit_code) if unit_code else _root()
        with file.open("rb") as stream:
            start = StartImport(
                unit.id,
                stream,
                file.name,
                as_of.date() if as_of else None,
                "good" if good_rows_only else "all",
                category,
            )
            request = execute(start)
    except Refused as refused:
        fail("\n".join(fault.message for fault in refused.faults) or str(refused))
        return
    written, identifier = False, request.id
    try:
        if dry_run:
            summary, _plan = check_import(request, reading=start.reading)
        else:
            summary = run_import(request, reading=start.reading)
            written = True
    except Refused as refused:
        kept = db.session.get(StaffImport, identifier)
        if kept is None or not kept.summary:
            fail("\n".join(fault.message for fault in refused.faults) or str(refused))
            return
        summary = kept.summary
        click.echo(str(refused), err=True)
    if not summary["people"]:
        fail("Danh sách không có người nào nên không có gì để nhập. Hãy kiểm tra lại tệp.")
    for other in _lists_not_read(start.reading.sheets):
        click.echo(f"Tệp còn trang tính “{other}” giống một danh sách, chưa đọc. Hãy nhập trang đó bằng tệp riêng.",
                   err=True)
    for error in summary["errors"]:
        click.echo(error["text"], err=True)
    if summary["error_count"] > len(summary["errors"]):
        click.echo(f"… và {summary['error_count'] - len(summary['errors'])} lỗi khác.", err=True)
    for title in summary["unknown_columns"]:
        click.echo(f"Cột không nhận ra, không lưu: {title}", err=True)
    for change in summary["differences"][:50] if dry_run else ():
        fields = "; ".join(f"{d['label']}: {d['old'] or '—'} → {d['new'] or '—'}" for d in change["fields"])
        click.echo(f"Dòng {change['row']}: {fields}")
    click.echo(sentence(summary, written=written))
    if errors_to is not None and summary.get("error_file"):
        try:
            shutil.copyfile(jobs.work_path(summary["error_file"]), errors_to)
        except OSError as error:
            click.echo(f"Không ghi được tệp {errors_to}: {error.strerror}. Hãy chọn nơi khác bằng --errors.", err=True)
        else:
            click.echo(f"Các dòng bị từ chối, kèm lý do: {errors_to}", err=True)
    sys.exit(1 if summary["rejected"] else 0)


def _lists_not_read(sheets: Sequence[SheetChoice]) -> list[str]:
    """Visible sheets that look about as much like a staff list as the one that was read: nobody may miss them."""
    chosen = next(sheet for sheet in sheets if sheet.chosen)
    return [
        sheet.name
        for sheet in sheets
        if sheet.visible and not sheet.chosen and sheet.strength * 2 >= chosen.strength > 0
    ]


def _root() -> OrgUnit:
    """The root of the tree; an empty database gets one, so that a first list has somewhere to go."""
    from flask import current_app
    from sqlalchemy import select

    from hrms.commands.organization.tree import project_units
    from hrms.commands.organization.units import NewUnit
    from hrms.kernel import clock
    from hrms.kernel.commands import transaction
    from hrms.kernel.db import db
    from models.organization import OrgUnit

    root = db.session.scalar(select(OrgUnit).where(OrgUnit.parent_id.is_(None)).order_by(OrgUnit.id).limit(1))
    if root is not None:
        return root
    with transaction():
        made = NewUnit(
            code=current_app.config["HRMS"].province_code,
            name="Tỉnh Hưng Yên",
            kind="province",
            level="PROVINCE",
            parent_id=None,
        ).make(date(1997, 1, 1), "", None)
        project_units(clock.today())
    return made
