"""``run.py import staff``: exit 0 all rows good, 1 rows refused and listed, 2 the file refused; said on stderr."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from sqlalchemy import func, select

from config import ROOT
from models.staff import Person
from tests.support.sheets import xlsx

HEADER = ["STT", "Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Hệ số", "Mã ngạch", "Bậc", "Số CCCD"]
GOOD = [1, "Phạm Văn Đức", "Nam", "15/06/1970", "Chuyên viên", "4,32", "01.003", "7", "033070000001"]
BAD = [2, "Vũ Thị Hoa", "Nữ", "31/02/1975", "Chuyên viên", "4,32", "01.003", "7", "033175000002"]


@pytest.fixture
def bring(settings, session, tmp_path):
    """Run the command on a file with this content; (exit code, standard output, standard error)."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HRMS_")},
        "HRMS_ENV": "test",
        "HRMS_DATA_DIR": str(settings.data_dir),
        "HRMS_DATABASE_URL": settings.database_url,
        "HRMS_SECRET_KEY": settings.secret_key,
        "HRMS_TODAY": "2025-06-15",
    }

    def run(content: bytes, name: str = "danh-sach.xlsx", *options: str) -> tuple[int, str, str]:
        session.rollback()
        file: Path = tmp_path / name
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), "import", "staff", str(file), *options],
            cwd=ROOT, capture_output=True, check=False, env=environment, text=True, encoding="utf-8",
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def encrypted(content: bytes) -> bytes:
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("mat-khau", made)
    return made.getvalue()


def csv_text(*rows: list) -> str:
    return "\r\n".join("\t".join(map(str, row)) for row in (HEADER, *rows)) + "\r\n"


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "rong.xlsx", "rỗng"),
        (b"%PDF-1.7\n" + bytes(range(256)), "danh-sach.xlsx", "PDF"),
        (encrypted(xlsx([HEADER, GOOD])), "danh-sach.xlsx", "mật khẩu"),
        (xlsx([HEADER, GOOD])[:900], "danh-sach.xlsx", "bị hỏng"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "danh-sach.xls", "HTML"),
        (xlsx([HEADER]), "chi-co-tieu-de.xlsx", "không có người nào"),
    ],
    ids=["empty", "renamed PDF", "password", "cut short", "web page", "headings only"],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(bring, session, content, name, told):
    code, out, err = bring(content, name)
    assert (code, out) == (2, "")
    assert told in err
    assert session.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_excels_unicode_text_is_read_like_any_other(bring, session, encoding):
    """“Unicode Text” of Excel is UTF-16 with tabs: half its bytes are zero, and it is a list all the same."""
    code, _out, err = bring(csv_text(GOOD).encode(encoding), "danh-sach.csv")
    assert (code, err) == (0, "")
    assert session.scalar(select(Person.full_name)) == "Phạm Văn Đức"


def test_a_second_list_in_the_file_is_not_passed_over_in_silence(bring):
    book = openpyxl.Workbook()
    for title, row in (("Sở", GOOD), ("Chi cục", [1, "Lê Văn Nam", *GOOD[2:8], "033070000009"])):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(row)
    book.create_sheet("Ghi chú").append(["Người lập biểu"])
    made = io.BytesIO()
    book.save(made)
    code, _out, err = bring(made.getvalue(), "hai-trang.xlsx", "--dry-run")
    assert code == 0
    assert "“Chi cục”" in err
    assert "Ghi chú" not in err


def test_an_error_list_that_cannot_be_written_is_told_and_changes_no_exit_code(bring, tmp_path):
    code, _out, err = bring(xlsx([HEADER, GOOD, BAD]), "mot-dong-sai.xlsx", "--errors", str(tmp_path / "no" / "x.xlsx"))
    assert code == 1
    assert "31/02/1975" in err
    assert "--errors" in err
