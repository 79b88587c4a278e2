"""Dry run and import as background work (and, from the command line, at once)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from hrms.commands.organization.tree import project_units
from hrms.commands.staff_import.plan import Plan, Planner
from hrms.commands.staff_import.requests import open_list
from hrms.commands.staff_import.units import UnitBook
from hrms.commands.staff_import.writing import Writer
from hrms.kernel import access, clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from hrms.kernel.spreadsheets import write_error_workbook
from models.importing import StaffImport

CHECK, WRITE = "staff_import_check", "staff_import_write"
SHOWN_ERRORS, SHOWN_DIFFERENCES = 200, 300
Report = Callable[[int, int, str], None]


def make_plan(request: StaffImport, report: Report | None = None, reading: Any = None) -> tuple[Plan, UnitBook, Any]:
    """(plan, units, reading) of an import. Reads only. ``reading`` spares a file that was just opened a second time."""
    reading = reading or open_list(request)
    book = UnitBook.load(request.unit, request.as_of, dict(request.unit_choices or {}))
    progress = (lambda done, total: report(done, total, _("Đang đọc và đối chiếu"))) if report else None
    with db.session.no_autoflush:  # planned units are held by the book, not by the session
        plan = Planner(request, reading, book).build(progress)
    return plan, book, reading


def summary_of(plan: Plan, book: UnitBook, reading: Any) -> dict[str, Any]:
    """What the page shows of a plan; names and values only of rows the officer sent."""
    errors = [error for row in sorted(plan.errors) for error in plan.errors[row]]
    warnings = [error for row in sorted(plan.warnings) for error in plan.warnings[row]]
    changed = [row for row in plan.rows if row.kind == "changed"]
    return {
        "people": plan.people, "new": plan.new, "changed": plan.changed, "same": plan.same,
        "rejected": len(plan.errors), "error_count": len(errors),
        "errors": [e.to_dict() for e in errors[:SHOWN_ERRORS]],
        "warnings": [w.to_dict() for w in warnings[:SHOWN_ERRORS]], "warning_count": len(warnings),
        "differences": [
            {"row": row.row, "name": row.name, "person_id": row.person_id,
             "fields": [{"label": d.label, "old": d.old, "new": d.new} for d in row.differences]}
            for row in changed[:SHOWN_DIFFERENCES]
        ],
        "unknown_units": [{"key": key, **entry} for key, entry in book.unknown.items()],
        "unknown_columns": [column.title for column in reading.unknown_columns],
        "skipped": reading.summary.skipped_count,
    }  # fmt: skip


def check_import(
    request: StaffImport, report: Report | None = None, reading: Any = None
) -> tuple[dict[str, Any], Plan]:
    """The dry run: nothing is written but the summary on the import itself."""
    plan, book, reading = make_plan(request, report, reading)
    summary = summary_of(plan, book, reading)
    identifier = request.id
    db.session.expunge_all()  # planned units must never reach the database from here
    if plan.errors:
        summary["error_file"] = f"import-{identifier}-errors.xlsx"
        write_error_workbook(jobs.work_path(summary["error_file"]), reading.sheet, reading.header, plan.errors)
    with transaction():
        row = db.session.get(StaffImport, identifier)
        assert row is not None
        row.summary, row.state = summary, "checked"
    return summary, plan


def run_import(request: StaffImport, report: Report | None = None, reading: Any = None) -> dict[str, Any]:
    """Write the import. ``all``: any faulty row refuses the whole; ``good``: faulty rows are left out and listed.

    Raises :class:`Refused` when nothing may be written; then nothing was.
    """
    if request.state == "imported":
        raise Refused([], _("Danh sách này đã được ghi."))
    plan, book, reading = make_plan(request, report, reading)
    summary = summary_of(plan, book, reading)
    identifier = request.id
    if plan.errors:
        summary["error_file"] = f"import-{identifier}-errors.xlsx"
        write_error_workbook(jobs.work_path(summary["error_file"]), reading.sheet, reading.header, plan.errors)
    if plan.errors and request.mode == "all":
        db.session.expunge_all()
        with transaction():
            row = db.session.get(StaffImport, identifier)
            assert row is not None
            row.summary, row.state = summary, "checked"
        raise Refused(
            [],
            _(
                "Có %(n)s dòng lỗi nên chưa ghi dòng nào. Hãy sửa tệp, hoặc chọn chỉ ghi các dòng đúng.",
                n=len(plan.errors),
            ),
        )
    progress = (lambda done, total: report(done, total, _("Đang ghi"))) if report else None
    with transaction():
        row = db.session.get(StaffImport, identifier, populate_existing=True)
        assert row is not None
        if row.state == "imported":
            raise Refused([], _("Danh sách này đã được ghi."))
        Writer(row, book).write(plan, progress)
        if book.unknown:
            project_units()
        row = db.session.get(StaffImport, identifier)
        assert row is not None
        row.summary, row.state, row.imported_at = summary, "imported", clock.now()
    return summary


def sentence(summary: dict[str, Any], *, written: bool) -> str:
    """The outcome in one line."""
    start = _("Đã ghi") if written else _("Chạy thử")
    return _(
        "%(start)s: %(people)s người; mới %(new)s, thay đổi %(changed)s, không đổi %(same)s, bị từ chối %(rejected)s.",
        start=start, **{key: summary[key] for key in ("people", "new", "changed", "same", "rejected")},
    )  # fmt: skip


@jobs.kind(CHECK)
def _check(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    request = access.get(StaffImport, payload["import_id"], "import")
    summary, _plan = check_import(request, progress.step)
    return {"message": sentence(summary, written=False), "file": _existing(summary), "import_id": payload["import_id"]}


@jobs.kind(WRITE)
def _write(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    request = access.get(StaffImport, payload["import_id"], "import")
    if request.state == "imported":  # the process died after the commit and before the job was closed
        return {"message": sentence(request.summary, written=True), "import_id": request.id}
    summary = run_import(request, progress.step)
    return {"message": sentence(summary, written=True), "file": _existing(summary), "import_id": payload["import_id"]}


def _existing(summary: dict[str, Any]) -> str | None:
    name = summary.get("error_file")
    return name if name and Path(jobs.work_path(name)).exists() else None


__all__ = ["CHECK", "WRITE", "check_import", "make_plan", "run_import", "sentence", "summary_of"]
