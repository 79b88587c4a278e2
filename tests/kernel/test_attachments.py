"""Files: told by their content, kept once by hash, never served by name, damage noticed."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from sqlalchemy import func, select

from hrms.kernel import attachments
from hrms.kernel.attachments import StoredFile, safe_name
from hrms.kernel.commands import transaction
from hrms.kernel.errors import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>" * 50)
    return out.getvalue()


@pytest.fixture
def unit(factory):
    return factory.unit("SXD", "Sở Xây dựng")


def attach(record, content, name, kind=""):
    with transaction():
        return attachments.attach(record, io.BytesIO(content), name, kind)


def test_a_file_hangs_on_its_record_with_its_kind(unit, session):
    row = attach(unit, PDF, "Đơn xin nghỉ.pdf", "don")
    assert attachments.of(unit) == [row]
    assert (row.name, row.kind, row.file.media_type, row.file.size) == (
        "Đơn xin nghỉ.pdf",
        "don",
        "application/pdf",
        len(PDF),
    )
    assert attachments.path_of(row.file.sha256).read_bytes() == PDF


def test_the_same_content_is_kept_once(unit, session):
    one, two = attach(unit, PDF, "a.pdf"), attach(unit, PDF, "b.pdf")
    assert one.file_id == two.file_id
    assert session.scalar(select(func.count(StoredFile.id))) == 1


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "a.pdf", "rỗng"),
        (PDF, "a.docx", "không khớp nội dung"),
        (b"MZ" + b"\x00" * 200, "a.pdf", "không được nhận"),
        (b"<html><script>alert(1)</script></html>", "a.pdf", "không được nhận"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "không được nhận"),
        (b"plain words", "a.txt", "không được nhận"),
        (PNG, "a.pdf", "không khớp nội dung"),
        (b"a;b\n1;\x00", "a.csv", "không được nhận"),
    ],
)
def test_what_is_refused_says_why_and_leaves_no_bytes(unit, session, settings, content, name, told):
    with pytest.raises(Refused, match=told):
        attach(unit, content, name)
    assert [path for path in settings.files_dir.rglob("*") if path.is_file()] == []
    assert session.scalar(select(func.count(StoredFile.id))) == 0


@pytest.mark.parametrize(
    ("content", "name"), [(PDF, "A.PDF"), (PNG, "a.png"), (docx(), "a.docx"), (b"a;b\n1;2", "a.csv")]
)
def test_what_offices_attach_is_taken(unit, session, content, name):
    assert attach(unit, content, name).file.size == len(content)


@pytest.mark.parametrize(("extra", "taken"), [(-1, True), (0, True), (1, False)])
def test_the_size_limit_is_exact(unit, session, ctx, monkeypatch, extra, taken):
    monkeypatch.setitem(ctx.config, "HRMS_UPLOAD_BYTES", 1 << 20)
    content = PDF + b" " * ((1 << 20) - len(PDF) + extra)
    if taken:
        assert attach(unit, content, "a.pdf").file.size == len(content)
    else:
        with pytest.raises(Refused, match="lớn hơn 1 MB"):
            attach(unit, content, "a.pdf")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\lan\\Đơn.pdf", "Đơn.pdf"),
        ('a"<>|:*?.pdf', "a.pdf"),
        ("", "tep"),
        ("...", "tep"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("Đơn.pdf", "Đơn.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_made_safe(given, kept):
    assert safe_name(given) == kept


def test_taking_a_file_off_needs_a_reason_and_keeps_the_row_and_the_bytes(unit, session):
    row = attach(unit, PDF, "a.pdf")
    with pytest.raises(Refused, match="lý do"), transaction():
        attachments.remove(unit, row, "  ")
    with transaction():
        attachments.remove(unit, row, "Nhầm tệp")
    assert attachments.of(unit) == []
    assert attachments.of(unit, with_removed=True) == [row]
    assert row.removed_reason == "Nhầm tệp"
    assert attachments.path_of(row.file.sha256).exists()


def test_a_changed_or_missing_file_is_noticed(unit, session):
    file = attach(unit, PDF, "a.pdf").file
    assert attachments.intact(file)
    path = attachments.path_of(file.sha256)
    os.chmod(path, 0o600)
    path.write_bytes(PDF + b"!")
    assert not attachments.intact(file)
    path.unlink()
    assert not attachments.intact(file)


def test_a_refused_command_leaves_no_row(unit, session):
    with pytest.raises(RuntimeError), transaction():
        attachments.attach(unit, io.BytesIO(PDF), "a.pdf")
        raise RuntimeError
    assert attachments.of(unit) == []
    assert attach(unit, PDF, "a.pdf").id  # the bytes that stayed do no harm


def test_bytes_that_were_lost_are_stored_again_by_the_next_upload(unit, session):
    file = attach(unit, PDF, "a.pdf").file
    attachments.path_of(file.sha256).unlink()
    attach(unit, PDF, "b.pdf")
    assert attachments.intact(file)


def test_the_same_file_uploaded_by_several_at_once_is_kept_once(unit, session, concurrently):
    unit_id = unit.id
    session.rollback()

    def one(_number):
        from hrms.kernel.db import db
        from models.organization import OrgUnit

        with transaction():
            return attachments.attach(db.session.get(OrgUnit, unit_id), io.BytesIO(PDF), "a.pdf").file_id

    results = concurrently(one, 4)
    assert len(set(results)) == 1, results
    assert session.scalar(select(func.count(StoredFile.id))) == 1
