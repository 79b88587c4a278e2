"""One migrated database per worker, put back to a template before every test: a file copy, or ``CREATE … TEMPLATE``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

POSTGRES_ADDRESS = "HRMS_TEST_POSTGRES"  # where the controller started the server; workers inherit it


def chosen() -> str:
    """``sqlite`` (default) or ``postgresql``, by ``HRMS_TEST_DATABASE``."""
    name = os.environ.get("HRMS_TEST_DATABASE", "sqlite").strip().lower()
    if name not in {"sqlite", "postgresql"}:
        raise RuntimeError(f"HRMS_TEST_DATABASE={name!r}: use sqlite or postgresql")
    return name


class Database(Protocol):
    """A database that tests may write into and that goes back to a template."""

    url: str

    def create(self) -> None:
        """An empty database."""

    def keep_as(self, template: str) -> None:
        """Remember the present content as ``template``. Nothing may be connected."""

    def restore(self, template: str) -> None:
        """Back to ``template``. Nothing may be connected."""

    def drop(self) -> None:
        """Remove everything."""


@dataclass
class SqliteDatabase:
    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    @property
    def _file(self) -> Path:
        return self.folder / "test.db"

    def _clear(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)

    def create(self) -> None:
        self._clear()

    def keep_as(self, template: str) -> None:
        import sqlite3

        connection = sqlite3.connect(self._file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the copy must not miss what lies in the log
        connection.close()
        shutil.copyfile(self._file, self.folder / f"{template}.template")

    def restore(self, template: str) -> None:
        self._clear()
        shutil.copyfile(self.folder / f"{template}.template", self._file)

    def drop(self) -> None:
        self._clear()


@dataclass
class PostgresDatabase:
    address: Callable[[str], str]  # database name → libpq address
    name: str

    @property
    def url(self) -> str:
        return self.address(self.name)

    def _run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def create(self) -> None:
        self._run(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)', f'CREATE DATABASE "{self.name}" TEMPLATE template0'
        )

    def keep_as(self, template: str) -> None:
        kept = f"{self.name}_{template}"
        self._run(f'DROP DATABASE IF EXISTS "{kept}"', f'CREATE DATABASE "{kept}" TEMPLATE "{self.name}"')

    def restore(self, template: str) -> None:
        self._run(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_{template}" STRATEGY = FILE_COPY',
        )

    def drop(self) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def database_for(worker: str, folder: Path) -> Database:
    """The database of one test worker."""
    if chosen() == "sqlite":
        return SqliteDatabase(folder)
    pattern = os.environ[POSTGRES_ADDRESS]
    return PostgresDatabase(lambda name: pattern.format(database=name), f"hrms_{worker}")
