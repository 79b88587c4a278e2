"""Schema changes through Alembic, from Python: the same code for ``run.py setup``, the tests and the developer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_appbuilder import Model
from sqlalchemy import Connection, text

from config import ROOT
from hrms.kernel.db import db

LOCK = 0x48524D53  # any number, the same everywhere: one migration at a time on PostgreSQL


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade() -> str:
    """Bring the schema to the newest revision; returns it. Several processes may call this at once."""
    with db.engine.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            connection.commit()
        try:
            command.upgrade(_config(connection), "head")
            connection.commit()
            return current(connection)
        finally:
            if postgres:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
                connection.commit()


def current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def head() -> str:
    with db.engine.connect() as connection:
        return ScriptDirectory.from_config(_config(connection)).get_current_head() or ""


def is_current() -> bool:
    """Whether the database has the schema this code expects."""
    with db.engine.connect() as connection:
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head() or ""
        return current(connection) == newest


def differences() -> list[object]:
    """What autogenerate would change: must be nothing on a migrated database (trap 2)."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, Model.metadata))


def write_revision(message: str, revision_id: str) -> Path:
    """Autogenerate a migration from the difference (for developers)."""
    with db.engine.connect() as connection:
        script = command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision_id)
        connection.rollback()
    assert script is not None and not isinstance(script, list)
    return Path(script.path)
