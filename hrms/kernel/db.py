"""The database object, column types and mixins every table shares.

Closed traps (see docs/fab-traps.md): FAB's ``SQLA`` moved (1), ``db.metadata`` must be ``Model.metadata`` (2),
``AuditMixin`` knows neither jobs nor UTC nor old values (11), SQLite begins transactions late and forgets foreign keys.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from flask_appbuilder import Model
from flask_appbuilder.utils.legacy import get_sqla_class
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Dialect, Engine, Integer, String, Text, event, inspect, text
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator

from hrms.kernel import actor, clock
from hrms.kernel.errors import Fault, Refused

db = get_sqla_class()(metadata=Model.metadata, session_options={"autoflush": True})

BigInt = BigInteger().with_variant(Integer, "sqlite")  # SQLite only auto-increments INTEGER keys


def KeyText(length: int) -> String:
    """Text compared byte by byte on every database: sort keys, folded search text, paths.

    PostgreSQL would sort by the server's language (and skip the signs that carry the Vietnamese tones in a sort key),
    and could not use an index for ``LIKE 'abc%'``.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Money(TypeDecorator[int]):
    """Whole đồng. Refuses floats at the door."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"Money takes whole đồng, not {value!r}")
        return value


class ScaledDecimal(TypeDecorator[Decimal]):
    """An exact decimal stored as a whole number of 10⁻⁴ (SQLite has no decimal type and would use a float).

    Coefficients (4.98), percents (7.5) and scores fit; more than four decimals are refused, not rounded.
    """

    impl = BigInteger
    cache_ok = True
    SCALE = 10_000

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("ScaledDecimal takes Decimal, not float")
        scaled = Decimal(value) * self.SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimals")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        number = (Decimal(int(value)) / self.SCALE).normalize()
        # normalize() writes 100 as 1E+2; quantize whole numbers back.
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("naive datetime refused: give an aware one (clock.now())")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into JSON")


def dump_json(value: Any) -> str:
    """Stable JSON: Vietnamese kept readable, decimals as strings, dates ISO, floats refused by callers' types."""
    return json.dumps(value, ensure_ascii=False, default=_plain, separators=(",", ":"))


class JsonText(TypeDecorator[Any]):
    """A JSON document kept as text, the same on every database (never queried into)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Tracked:
    """Who and when, an optimistic lock, and field-level history (:mod:`hrms.kernel.history`) for a table.

    ``__untracked__`` names columns whose change is no news (projections, search keys);
    ``__masked__`` names columns whose values never stand in clear in the history (identity numbers).
    """

    __untracked__: tuple[str, ...] = ()
    __masked__: tuple[str, ...] = ()

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(UtcDateTime, nullable=False, default=clock.now)

    @declared_attr
    def created_by(cls) -> Mapped[str]:
        return mapped_column(String(120), nullable=False, default=lambda: actor.current().name)

    @declared_attr
    def updated_at(cls) -> Mapped[datetime]:
        return mapped_column(UtcDateTime, nullable=False, default=clock.now, onupdate=clock.now)

    @declared_attr
    def updated_by(cls) -> Mapped[str]:
        return mapped_column(
            String(120), nullable=False, default=lambda: actor.current().name, onupdate=lambda: actor.current().name
        )

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(Integer, nullable=False, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        # SQLAlchemy adds "AND version = :old" to every UPDATE and raises StaleDataError for the second of two editors.
        table = getattr(cls, "__table__", None)
        return {"version_id_col": cls.version if table is None else table.c.version}


@lru_cache(maxsize=256)
def _text_limits(model: Any) -> tuple[tuple[str, int], ...]:
    """The bounded text columns of a table: attribute and number of characters."""
    mapper: Any = inspect(model)
    return tuple(
        (attribute.key, attribute.columns[0].type.length)
        for attribute in mapper.column_attrs
        if type(attribute.columns[0].type) is String and attribute.columns[0].type.length
    )


@event.listens_for(Session, "before_flush")
def _texts_fit(session: Session, _context: Any, _instances: Any) -> None:
    """SQLite keeps what does not fit; PostgreSQL fails with a sentence nobody can act on. Here both say it at once."""
    faults: list[Fault] = []
    for record in (*session.new, *session.dirty):
        for name, limit in _text_limits(cast("Any", type(record))):
            value = record.__dict__.get(name)
            if isinstance(value, str) and len(value) > limit:
                told = _(
                    "Nội dung dài %(n)s ký tự, chỗ này nhận tối đa %(most)s. Hãy viết ngắn lại.",
                    n=len(value), most=limit,
                )  # fmt: skip
                faults.append(Fault(name, told, code="too_long"))
    if faults:
        raise Refused(faults)


def gather_statistics(*models: type[Any]) -> None:
    """After thousands of rows at once: let PostgreSQL's planner know them now, not at the next autovacuum.

    Until then it takes the tables for nearly empty and joins them row by row (ten times the time). Within the caller's
    transaction; SQLite plans without statistics and is left alone.
    """
    if db.engine.dialect.name == "postgresql":
        preparer = db.engine.dialect.identifier_preparer
        for model in models:
            db.session.execute(text(f"ANALYZE {preparer.format_table(model.__table__)}"))


def prepare_engine(engine: Engine) -> None:
    """Give SQLite what PostgreSQL has: foreign keys, readers beside one writer, transactions that really begin."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; pysqlite would only begin at the first write
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A command that will write takes the write lock at once: two commands queue instead of failing half-way.
        writes = connection.get_execution_options().get("hrms_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
