"""The demonstration province fills the database the suite runs on, PostgreSQL among them, and leaves it usable."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Integer, func, select

from hrms.demo import DemoRefused, fill
from hrms.demo.attempt import CannotBeginAgain, attempt, begin_again, stopped_half_way
from hrms.kernel.db import db
from models.staff import Person

AS_OF = date(2025, 6, 15)
PEOPLE = 60


def test_after_the_demonstration_every_table_counts_its_keys_on(ctx: Any) -> None:
    """Rows written with keys of their own must not leave a sequence behind that hands the same keys out again."""
    fill(PEOPLE, 1, AS_OF, lambda _line: None)
    if db.engine.dialect.name != "postgresql":  # there a key is one more than the greatest
        assert db.session.scalar(select(func.count()).select_from(db.metadata.tables["person"])) == PEOPLE
        return
    behind = []
    for table in db.metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        if len(keys) != 1 or not isinstance(keys[0].type, Integer):
            continue
        sequence = db.session.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', keys[0].name)))
        greatest = db.session.scalar(select(func.max(keys[0])))
        if sequence is None or greatest is None:
            continue
        if db.session.scalar(select(func.nextval(sequence))) <= greatest:
            behind.append(table.name)
    assert behind == []


def killed(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def test_a_filling_that_was_stopped_is_begun_again_not_taken_for_whole(
    ctx: Any, settings: Any, monkeypatch: Any
) -> None:
    """Ctrl+C in the first ``make run``: the next one must not serve half a province."""
    monkeypatch.setattr("hrms.demo.cases.play", killed)
    with pytest.raises(KeyboardInterrupt), attempt(settings):
        fill(PEOPLE, 1, AS_OF, lambda _line: None)
    assert db.session.scalar(select(func.count()).select_from(Person)) == PEOPLE
    assert stopped_half_way(settings)
    if db.engine.dialect.name == "postgresql":  # a database on a server is its administrator's to drop
        with pytest.raises(CannotBeginAgain, match="tạo lại cơ sở dữ liệu"):
            begin_again(settings)
    else:
        begin_again(settings)
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    with attempt(settings):
        pass
    assert not stopped_half_way(settings)


def test_a_stopped_filling_beside_real_records_is_never_emptied(ctx: Any, settings: Any, world: Any) -> None:
    with pytest.raises(RuntimeError), attempt(settings):
        raise RuntimeError
    with pytest.raises(CannotBeginAgain, match="hồ sơ thật"):
        begin_again(settings)
    assert db.session.scalar(select(func.count()).select_from(Person)) > 0
    with pytest.raises(DemoRefused), attempt(settings):
        fill(PEOPLE, 1, AS_OF, lambda _line: None)
    assert not stopped_half_way(settings)
