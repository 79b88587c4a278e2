"""Backup and restore: what comes back is what was there, and a copy that was touched or has another key is refused."""

from __future__ import annotations

import io
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, text

from hrms.kernel import backup
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.sealed import PIECE, Unreadable, seal, unseal
from models.organization import OrgUnit

KEY = "k" * 40


def sealed(content: bytes, key: str = KEY) -> bytes:
    out = io.BytesIO()
    assert seal(io.BytesIO(content), out, key) == len(content)
    return out.getvalue()


def opened(content: bytes, key: str = KEY) -> bytes:
    return b"".join(unseal(io.BytesIO(content), key))


@given(st.binary(max_size=200))
def test_what_was_sealed_is_opened_unchanged(content):
    assert opened(sealed(content)) == content


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_contents_of_several_pieces_come_back(size):
    content = bytes(i % 251 for i in range(size))
    assert opened(sealed(content)) == content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole + b"x",
        lambda whole: b"PK" + whole[2:],
        lambda whole: whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
        lambda whole: b"",
    ],
)
def test_a_touched_or_cut_copy_is_noticed(spoil):
    whole = sealed(b"x" * (2 * PIECE + 5))
    with pytest.raises(Unreadable):
        opened(spoil(whole))


def test_pieces_in_another_order_are_noticed():
    whole = sealed(b"a" * PIECE + b"b" * PIECE + b"c")
    head = whole.index(b"\n") + 1
    first = int.from_bytes(whole[head : head + 4], "big") + 4
    swapped = (
        whole[:head] + whole[head + first : head + 2 * first] + whole[head : head + first] + whole[head + 2 * first :]
    )
    with pytest.raises(Unreadable):
        opened(swapped)


def test_another_key_opens_nothing():
    with pytest.raises(Unreadable, match="HRMS_DATA_KEY"):
        opened(sealed(b"secret"), "another" * 6)


@pytest.fixture
def tools(ctx):
    if db.engine.dialect.name == "postgresql" and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("pg_dump was not found: apt-get install postgresql-client")


def rows_of_every_table() -> dict[str, int]:
    names = inspect(db.engine).get_table_names()
    counts = {name: db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in sorted(names)}
    db.session.rollback()
    return counts


def test_a_restore_brings_back_every_row_of_every_table(tools, world, session):
    before = rows_of_every_table()
    copy = backup.make()
    with transaction():
        world.unit("a").name = "Tên sau khi sao lưu"
        session.execute(text("DELETE FROM year_rating"))
    session.remove()
    backup.restore(copy)
    assert rows_of_every_table() == before
    assert world.unit("a").name == "Sở Xây dựng"
    assert world.person("a.1").identity_number.startswith("999")
    with transaction():
        session.add(
            OrgUnit(code="N", name="N", kind="division", level="INTERNAL", valid_from=world.unit("a").valid_from)
        )
    assert rows_of_every_table()["org_unit"] == before["org_unit"] + 1


def test_the_copy_shows_no_name_and_no_number(tools, world):
    content = backup.make().read_bytes()
    for clear in (b"SQLite format", "Sở Xây dựng".encode(), b"999000000001", b"PGDMP"):
        assert clear not in content


def test_a_broken_copy_leaves_the_database_as_it_is(tools, world, session):
    copy = backup.make()
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-3])
    with pytest.raises(backup.BackupFailed, match="Không đọc được"):
        backup.restore(copy)
    assert session.scalar(select(func.count(OrgUnit.id))) == 8


def test_a_copy_is_made_while_somebody_is_writing(tools, factory, session):
    factory.unit("A", "Đã ghi")
    with transaction():
        session.add(
            OrgUnit(code="B", name="Chưa ghi", kind="division", level="INTERNAL", valid_from=backup.clock.today())
        )
        session.flush()
        copy = backup.make()
    session.remove()
    backup.restore(copy)
    assert session.scalars(select(OrgUnit.name)).all() == ["Đã ghi"]


def test_only_the_newest_copies_stay(ctx):
    backup.folder().mkdir(parents=True)
    for day in range(1, 18):
        (backup.folder() / f"hrms-202506{day:02d}-010000.sqlite.sealed").touch()
    (backup.folder() / "notes.txt").touch()
    assert backup.forget_old(14) == 3
    assert [path.name[5:13] for path in backup.backups()] == [f"202506{day:02d}" for day in range(4, 18)]
    assert (backup.folder() / "notes.txt").exists()
