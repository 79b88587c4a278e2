"""Backup and restore of uploaded files: what comes back is what was uploaded, copied once, never a damaged content."""

from __future__ import annotations

import io
import os
import shutil

import pytest

from hrms.cli.backups import restore_command
from hrms.commands import upkeep
from hrms.kernel import attachments, backup, clock, file_backup
from hrms.kernel.commands import transaction
from hrms.kernel.db import db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def uploaded(world, session):
    """Three attachments on a person, two of them of one content."""
    with transaction():
        person = world.person("a.1")
        for name, content in (("don.pdf", PDF), ("don-2.pdf", PDF), ("quyet-dinh.pdf", PDF + b"x" * 3_000_000)):
            attachments.attach(person, io.BytesIO(content), name)
    return [row.sha256 for row in session.query(attachments.StoredFile).order_by(attachments.StoredFile.id)]


def overwrite(path, content):
    path.chmod(0o640)
    path.write_bytes(content)


def test_a_night_copies_only_what_arrived_since(uploaded, world, session, monkeypatch):
    first = file_backup.copy_new()
    assert (first.new, first.kept, first.size) == (2, 0, 2 * len(PDF) + 3_000_000)
    with transaction():
        attachments.attach(world.person("a.1"), io.BytesIO(PDF + b"y"), "moi.pdf")
    again = file_backup.copy_new()
    assert (again.new, again.kept, again.damaged) == (1, 2, [])
    copies = [path for path in (backup.folder() / "files").rglob("*") if path.is_file()]
    assert len(copies) == 3
    assert not any(PDF in path.read_bytes() for path in copies), "copies are sealed"
    monkeypatch.setattr(backup, "make", lambda: copies[0])
    assert "0 tệp đính kèm mới" in upkeep.backup_database(clock.today())


def test_database_and_files_come_back_together(uploaded, world, session, settings, tmp_path):
    if db.engine.dialect.name == "postgresql" and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("pg_dump was not found: apt-get install postgresql-client")
    copy = backup.make(tmp_path / "hrms.sealed")
    assert file_backup.copy_new(file_backup.beside(copy)).new == 2
    with transaction():
        attachments.attach(world.person("a.1"), io.BytesIO(PDF + b"later"), "sau.pdf")
    gone, changed = map(attachments.path_of, uploaded)
    gone.chmod(0o640)
    gone.unlink()
    overwrite(changed, b"something else")
    session.remove()
    backup.restore(copy)
    restored = file_backup.put_back(file_backup.beside(copy))
    assert (restored.back, restored.present, restored.missing) == (2, 0, [])
    assert gone.read_bytes() == PDF
    assert changed.read_bytes() == PDF + b"x" * 3_000_000
    assert not os.access(changed, os.X_OK)
    assert [row.name for row in attachments.of(world.person("a.1"))] == ["don.pdf", "don-2.pdf", "quyet-dinh.pdf"]
    assert file_backup.put_back(file_backup.beside(copy)).present == 2, "again: nothing to do"


def test_a_damaged_file_is_named_and_never_takes_the_place_of_a_good_copy(uploaded, session):
    file_backup.copy_new()
    good = file_backup._place(backup.folder() / "files", uploaded[0])
    before = good.read_bytes()
    for sha in uploaded:
        overwrite(attachments.path_of(sha), b"damaged")
    assert file_backup.copy_new().kept == 2
    assert good.read_bytes() == before
    file_backup._place(backup.folder() / "files", uploaded[1]).unlink()
    assert len(file_backup.copy_new().damaged) == 1


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-2], lambda whole: whole[:80] + b"?" + whole[81:], None])
def test_a_copy_that_was_touched_or_is_gone_is_reported_and_the_rest_comes_back(uploaded, session, spoil):
    file_backup.copy_new()
    copy = file_backup._place(backup.folder() / "files", uploaded[0])
    if spoil is None:
        copy.unlink()
    else:
        copy.write_bytes(spoil(copy.read_bytes()))
    for sha in uploaded:
        attachments.path_of(sha).unlink()
    restored = file_backup.put_back(backup.folder() / "files")
    assert (restored.back, len(restored.missing)) == (1, 1)
    assert not attachments.path_of(uploaded[0]).exists()
    assert [path for path in attachments.path_of(uploaded[0]).parent.iterdir() if path.is_file()] == []


def test_the_command_says_which_files_are_missing_and_ends_with_an_error(
    uploaded, session, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(backup, "restore", lambda _source: None)
    attachments.path_of(uploaded[0]).unlink()
    restore = restore_command.callback.__wrapped__  # the command itself, in the application of the test
    with pytest.raises(SystemExit) as ended:
        restore(tmp_path / "hrms.sealed", yes=True, database_only=False)
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "1 tệp còn nguyên, 0 tệp đã khôi phục" in said.out
    assert "Thiếu 1 tệp" in said.err
    restore(tmp_path / "hrms.sealed", yes=True, database_only=True)
