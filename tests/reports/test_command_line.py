"""``run.py report``: lists what there is, writes files, and says everything that is wrong at once (exit 2)."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import openpyxl
import pytest
from pypdf import PdfReader

from config import ROOT


@pytest.fixture
def report(settings, session):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HRMS_")},
        "HRMS_ENV": "test",
        "HRMS_DATA_DIR": str(settings.data_dir),
        "HRMS_DATABASE_URL": settings.database_url,
        "HRMS_SECRET_KEY": settings.secret_key,
        "HRMS_DATA_KEY": settings.data_key,
        "HRMS_TODAY": "2025-06-15",
    }

    def run(*arguments, cwd=ROOT):
        session.rollback()
        return subprocess.run(
            [sys.executable, str(ROOT / "run.py"), "report", *arguments],
            cwd=cwd, capture_output=True, check=False, env=environment,
        )  # fmt: skip

    return run


def test_the_list_names_every_report_with_its_parameters(report):
    done = report("list")
    text = done.stdout.decode()
    assert done.returncode == 0
    for expected in ("calculation_sheet", "budget_list", "[pdf, xlsx]", "* case: Hồ sơ", "paper: Khổ giấy (A4, A3)"):
        assert expected in text


def test_files_are_written_where_asked_and_told(report, desk, batch_id, tmp_path):
    case = desk.case(desk.open("a1.2", batch_id=batch_id))
    target = tmp_path / "phieu.pdf"
    done = report("calculation_sheet", "--param", f"case={case.number}", "-o", str(target))
    assert done.returncode == 0 and str(target) in done.stdout.decode(), done.stderr.decode()
    assert PdfReader(target).metadata.title == f"Phiếu tính chế độ {case.number}"
    sheet = tmp_path / "danh-sach.xlsx"
    assert report("budget-list", "--format", "xlsx", "--param", f"batch={batch_id}", "-o", str(sheet)).returncode == 0
    assert "Tổng hợp" in openpyxl.load_workbook(sheet).sheetnames
    done = report("estimate", "--param", f"batch={batch_id}", cwd=tmp_path)  # without -o: named after the record
    assert (tmp_path / f"DOT-2025-1-{batch_id}-tong-hop-du-toan.pdf").is_file(), done.stderr.decode()
    piped = report("minutes", "--param", f"case={case.id}", "-o", "-")
    assert PdfReader(io.BytesIO(piped.stdout)).pages


def test_every_fault_on_standard_error_and_nothing_written(report, tmp_path):
    for arguments, expected in (
        (["decison"], ["decison", "decision"]),
        (["decision", "--format", "xlsx", "--param", "cas=1"], ["format:", "cas:", "case: Thiếu tham số"]),
        (["decision", "--param", "case=99999"], ["Không tìm thấy hồ sơ «99999»"]),
        (["decision", "--param", "case"], ["tên=giá trị"]),
    ):
        done = report(*arguments, "-o", str(tmp_path / "x.pdf"))
        assert done.returncode == 2 and done.stdout == b""
        assert all(text in done.stderr.decode() for text in expected), done.stderr.decode()
        assert not (tmp_path / "x.pdf").exists()


def test_a_place_that_cannot_be_written_to_is_named(report, desk):
    case_id = desk.open("a1.2")
    done = report("minutes", "--param", f"case={case_id}", "-o", "/nonexistent/x.pdf")
    assert done.returncode == 2 and "Không ghi được tệp /nonexistent/x.pdf" in done.stderr.decode()
