"""Fixtures of the whole suite.

``app``      the application on a migrated database that every test finds as new (a copied template, not a rebuild);
             with its screens when the test asks for ``client``, ``login`` or ``token``, else without
``session``  the database session, inside an application context, acting as the system
``factory``  builders of small records            ``world``  a small province with people and accounts of every role
``client``   a browser nobody is signed in with   ``login("unit_hr_a")``  a browser of that account
``token("unit_hr_a")``  headers for the REST API  ``actor_as("unit_hr_a")``  act as that account, without a browser
``concurrently(f, n)``  run ``f`` in n threads, each in a context of its own

``HRMS_TEST_DATABASE=postgresql`` runs everything on a PostgreSQL server that is started for the run. The day is
2025-06-15 unless a test travels. After a request, ``session.rollback()`` lets the test see what the request wrote.
"""

from __future__ import annotations

import contextvars
import copy
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask import globals as flask_globals
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config import ROOT, Settings
from tests.support import databases
from tests.support.builders import Factory
from tests.support.client import Client
from tests.support.world import World, build

TODAY = date(2025, 6, 15)
SECRET = "test-secret-of-no-use-anywhere-0123456789"
NEEDS_SCREENS = {"client", "login", "token", "web_app"}

hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.register_profile("explore", deadline=None, database=None, max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HRMS_HYPOTHESIS", "suite"))

_server: list[Any] = []


def pytest_configure(config: pytest.Config) -> None:
    """The controller compiles what is said and starts PostgreSQL once; xdist's workers find both there."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_catalogues()
    if databases.chosen() != "postgresql" or databases.POSTGRES_ADDRESS in os.environ:
        return
    from tests.support.postgres import TemporaryServer, find_binaries

    binaries = find_binaries()
    if binaries is None:
        raise pytest.UsageError("HRMS_TEST_DATABASE=postgresql needs initdb: apt-get install postgresql")
    server = TemporaryServer(binaries)
    _server.append(server)
    server.start()
    os.environ[databases.POSTGRES_ADDRESS] = server.address("{database}")


def compile_catalogues() -> None:
    """Bring ``messages.mo`` to ``messages.po`` where it is older (``make`` does the same)."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as catalogue, target.open("wb") as compiled:
                write_mo(compiled, read_po(catalogue, locale=source.parent.parent.name))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes do not name a test: an archive carries the second it was made in, and two workers would disagree."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


def pytest_unconfigure(config: pytest.Config) -> None:
    while _server:
        _server.pop().stop()
        os.environ.pop(databases.POSTGRES_ADDRESS, None)


@dataclass
class Stage:
    """What one worker keeps for all of its tests: a database, its templates, the applications."""

    settings: Settings
    database: databases.Database
    plain: Flask
    _web: Flask | None = None
    world: World | None = None

    @property
    def web(self) -> Flask:
        if self._web is None:
            from hrms.app import create_app

            self._web = create_app(self.settings)
            self._web.test_client_class = Client
        return self._web

    def disconnect(self) -> None:
        from hrms.kernel.db import db

        for application in (self.plain, self._web):
            if application is not None:
                with application.app_context():
                    db.session.remove()
                    db.engine.dispose()

    def reset(self, template: str) -> None:
        """Database and files as new."""
        from hrms.kernel import actor, clock

        actor._current.set(None)  # a test may have pushed a request context by hand
        self.disconnect()
        if template == "world" and self.world is None:
            self.database.restore("empty")
            with self.plain.app_context():
                self.world = build(Factory())
            self.disconnect()
            self.database.keep_as("world")
        else:
            self.database.restore(template)
        for folder in (self.settings.files_dir, self.settings.work_dir, self.settings.data_dir / "backups"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.settings.files_dir, self.settings.work_dir):
            folder.mkdir(parents=True)
        clock.configure(self.settings.timezone, self.settings.today)  # a test may have built another application


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    from hrms.app import create_app
    from hrms.setup import set_up

    folder: Path = tmp_path_factory.mktemp("stage")
    database = databases.database_for(os.environ.get("PYTEST_XDIST_WORKER", "main"), folder)
    database.create()
    settings = Settings(
        env="test",
        secret_key=SECRET,
        data_key=SECRET,
        data_dir=folder / "var",
        database_url=database.url,
        today=TODAY,
        log_level="WARNING",
    )
    made = Stage(settings, database, create_app(settings, web=False))
    with made.plain.app_context():
        set_up()
    made.disconnect()
    database.keep_as("empty")
    yield made
    made.disconnect()
    database.drop()


@pytest.fixture
def settings(stage: Stage) -> Settings:
    """The settings of the application under test."""
    return stage.settings


@pytest.fixture
def app(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Flask]:
    """The application on a database as new; with screens only when the test uses them."""
    names = set(request.fixturenames)
    stage.reset("world" if "world" in names else "empty")
    yield stage.web if names & NEEDS_SCREENS else stage.plain
    stage.disconnect()


@pytest.fixture
def web_app(app: Flask) -> Flask:
    """The application with its screens."""
    return app


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """An application context for the length of the test."""
    with app.app_context():
        yield app


@pytest.fixture
def session(ctx: Flask) -> Any:
    """The database session of the test's application context."""
    from hrms.kernel.db import db

    return db.session


@pytest.fixture
def factory(ctx: Flask) -> Factory:
    """Builders of small records (``tests/support/builders.py``)."""
    return Factory()


@pytest.fixture
def world(ctx: Flask, stage: Stage) -> World:
    """The small province of ``tests/support/world.py``; a copy, so that what one test names no other test sees."""
    assert stage.world is not None
    return copy.deepcopy(stage.world)


def user_id_of(username: str) -> int:
    from hrms.kernel.db import db
    from models.account import Account

    found = db.session.query(Account.user_id).filter_by(username=username).scalar()
    assert found is not None, f"no account {username!r} in this test's database"
    return int(found)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser nobody is signed in with. CSRF is on: unsafe requests carry the token unless ``csrf=False``."""
    made = app.test_client()
    assert isinstance(made, Client)
    return made


@pytest.fixture
def login(app: Flask, ctx: Flask) -> Callable[[str], Client]:
    """``login("unit_hr_a")``: a browser signed in as that account."""

    def sign_in(username: str) -> Client:
        made = app.test_client()
        assert isinstance(made, Client)
        made.sign_in(user_id_of(username))
        return made

    return sign_in


@pytest.fixture
def token(app: Flask, ctx: Flask) -> Callable[[str], dict[str, str]]:
    """``token("unit_hr_a")``: the headers of an API request of that account."""

    def headers(username: str) -> dict[str, str]:
        from flask_jwt_extended import create_access_token

        return {"Authorization": f"Bearer {create_access_token(str(user_id_of(username)), fresh=True)}"}

    return headers


@pytest.fixture
def actor_as(ctx: Flask) -> Callable[[str], AbstractContextManager[Any]]:
    """``with actor_as("unit_hr_a"):`` act as that account."""
    from hrms.kernel import actor

    @contextmanager
    def acting(username: str) -> Iterator[Any]:
        from hrms.kernel.db import db
        from models.account import Account

        name, user_id = db.session.query(Account.display_name, Account.user_id).filter_by(username=username).one()
        with actor.acting(actor.Actor("user", name, user_id)) as who:
            yield who

    return acting


@pytest.fixture
def concurrently(app: Flask) -> Callable[..., list[Any]]:
    """``concurrently(f, 4)``: ``f(0) … f(3)`` at the same moment, each thread in an application context of its own.

    Returns the results in order; an exception takes the place of its thread's result.
    """

    def run(function: Callable[[int], Any], count: int) -> list[Any]:
        results: list[Any] = [None] * count
        gate = threading.Barrier(count)

        def one(number: int) -> None:
            flask_globals._cv_app.set(None)  # type: ignore[arg-type]
            with app.app_context():
                gate.wait()
                try:
                    results[number] = function(number)
                except Exception as error:
                    results[number] = error

        threads = [threading.Thread(target=contextvars.copy_context().run, args=(one, n)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run
