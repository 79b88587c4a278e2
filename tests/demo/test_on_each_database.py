"""The demonstration province fills the database the suite runs on, PostgreSQL among them, and leaves it usable."""

from datetime import date
from typing import Any

from sqlalchemy import Integer, func, select

from hrms.demo import fill
from hrms.kernel.db import db

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
