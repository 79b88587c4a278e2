"""``run.py report``: lists what there is, writes files, and says everything that is wrong at once (exit 2)."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import openpyxl
import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select

from config import ROOT
from hrms.cli import reporting
from models.account import SecurityEvent


@pytest.fixture
def report(monkeypatch, ctx):
    """The command inside this test's application; one test starts it as a process of its own."""
    monkeypatch.setattr(reporting, "_make", reporting._make.__wrapped__)
    monkeypatch.setattr(reporting, "_list", reporting._list.__wrapped__)

    def run(*arguments):
        return CliRunner().invoke(reporting.report_group, arguments)

    return run


def test_the_list_names_every_report_with_its_parameters(report):
    done = report("list")
    assert done.exit_code == 0
    for expected in ("calculation_sheet", "budget_list", "[pdf, xlsx]", "* case: Hồ sơ", "paper: Khổ giấy (A4, A3)"):
        assert expected in done.stdout


def test_files_are_written_where_asked_and_told(report, desk, batch_id, tmp_path, monkeypatch):
    case = desk.case(desk.open("a1.2", batch_id=batch_id))
    target = tmp_path / "phieu.pdf"
    done = report("calculation_sheet", "--param", f"case={case.number}", "-o", str(target))
    assert done.exit_code == 0 and str(target) in done.stdout, done.output
    assert PdfReader(target).metadata.title == f"Phiếu tính chế độ {case.number}"
    sheet = tmp_path / "danh-sach.xlsx"  # the form is told from the name
    assert report("budget-list", "--param", f"batch={batch_id}", "-o", str(sheet)).exit_code == 0
    assert "Tổng hợp" in openpyxl.load_workbook(sheet).sheetnames
    monkeypatch.chdir(tmp_path)
    assert report("estimate", "--param", f"batch={batch_id}").exit_code == 0  # without -o: named after the record
    assert (tmp_path / f"DOT-2025-1-{batch_id}-tong-hop-du-toan.pdf").is_file()
    piped = report("minutes", "--param", f"case={case.id}", "-o", "-")
    assert PdfReader(io.BytesIO(piped.stdout_bytes)).pages


def test_what_was_written_is_in_the_security_log(report, desk, batch_id, session, tmp_path):
    desk.open("a1.2", batch_id=batch_id)
    report("budget_list", "--format", "xlsx", "--param", f"batch={batch_id}", "-o", str(tmp_path / "x.xlsx"))
    (event,) = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "export")).all()
    assert (event.target, event.detail) == (
        "report budget_list",
        f"DOT-2025-1-{batch_id}-danh-sach-du-toan.xlsx; rows=1",
    )


def test_every_fault_on_standard_error_and_nothing_written(report, world, tmp_path):
    for arguments, expected in (
        (["decison"], ["decison", "decision"]),
        (["decision", "--format", "xlsx", "--param", "cas=1"], ["format:", "cas:", "case: Thiếu tham số"]),
        (["decision", "--param", "case=99999"], ["Không tìm thấy hồ sơ “99999”"]),
        (["decision", "--param", "case"], ["tên=giá trị"]),
    ):
        done = report(*arguments, "-o", str(tmp_path / "x.pdf"))
        assert done.exit_code == 2 and done.stdout == ""
        assert all(text in done.stderr for text in expected), done.stderr
        assert not (tmp_path / "x.pdf").exists()


def test_a_place_that_cannot_be_written_to_is_named(report, desk):
    done = report("minutes", "--param", f"case={desk.open('a1.2')}", "-o", "/nonexistent/x.pdf")
    assert done.exit_code == 2 and "Không ghi được tệp /nonexistent/x.pdf" in done.stderr


def test_it_runs_as_a_command_of_run_py(settings, desk, session, tmp_path):
    case_id = desk.open("a1.2")
    session.rollback()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HRMS_")},
        "HRMS_ENV": "test",
        "HRMS_DATA_DIR": str(settings.data_dir),
        "HRMS_DATABASE_URL": settings.database_url,
        "HRMS_SECRET_KEY": settings.secret_key,
        "HRMS_TODAY": "2025-06-15",
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "report", "minutes", "--param", f"case={case_id}"],
        cwd=tmp_path, capture_output=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert [path.suffix for path in tmp_path.iterdir()] == [".pdf"]
