"""Numbers of cases and papers: per series, unit and year, without gaps or doubles under concurrency.

A number is taken inside the command's transaction: a command that fails gives it back, two commands queue for it
(a row lock on PostgreSQL, the write lock on SQLite).
"""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Integer, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel.db import BigInt, db


class NumberSeries(Model):
    """The last number given out in one series of one unit in one year."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("series", "unit_code", "year", name="uq_number_series"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    series: Mapped[str] = mapped_column(String(40), nullable=False)
    unit_code: Mapped[str] = mapped_column(String(40), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    last: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


def take(series: str, unit_code: str, year: int, count: int = 1) -> int:
    """The next number, from 1; the first of ``count`` numbers in a row. Call inside ``commands.transaction``."""
    session = db.session
    if not session.info.get("hrms_in_command"):
        raise RuntimeError("numbers are taken inside a command, so that a failure gives them back")
    locked = (
        select(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.unit_code == unit_code, NumberSeries.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalar(locked)
    if row is None:
        try:
            with session.begin_nested():  # two first takers: the unique key lets one insert, the other waits and reads
                session.add(NumberSeries(series=series, unit_code=unit_code, year=year, last=0))
        except IntegrityError:
            pass
        row = session.scalar(locked)
    assert row is not None
    row.last += count
    session.flush()
    return row.last - count + 1
