"""The harness itself: tests do not see each other's records, requests do not see the test's context."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from flask import g
from sqlalchemy import func, select

from config import ROOT
from hrms.kernel import access, actor
from models.organization import OrgUnit
from models.staff import Person


def test_a_record_of_one_test_is_there_for_that_test(session, factory):
    factory.unit("X1", "Đơn vị thử")
    assert session.scalar(select(func.count(OrgUnit.id))) == 1


def test_and_not_for_the_next(session):
    assert session.scalar(select(func.count(OrgUnit.id))) == 0


def test_the_small_province_has_people_and_every_role(world, session):
    assert session.scalar(select(func.count(Person.id))) == 14
    assert set(access.roles()) - {"staff_member"} <= set(world.accounts)
    assert world.unit("a1").path == f"/{world.units['hy']}/{world.units['a']}/{world.units['a1']}/"


def test_acting_as_an_account_narrows_what_is_seen(world, session, actor_as):
    with actor_as("unit_hr_a"):
        seen = session.scalars(access.restrict(select(Person), Person)).all()
    assert {person.unit_id for person in seen} == {world.units[name] for name in ("a", "a1", "a2")}


def test_threads_do_not_inherit_the_context_of_the_test(ctx, concurrently):
    g.left_by_test = True
    assert concurrently(lambda number: (number, "left_by_test" in g), 3) == [(0, False), (1, False), (2, False)]


def test_the_test_acts_as_the_system(ctx):
    assert actor.current() == actor.SYSTEM


def test_starting_the_server_loads_neither_the_printing_press_nor_the_tables():
    """WeasyPrint and pandas cost more than all the rest of the start; they come with the first paper or scenario."""
    code = (
        "import sys; from hrms.app import create_app; create_app()\n"
        "print(' '.join(name for name in ('weasyprint', 'pandas', 'playwright') if name in sys.modules))"
    )
    environment = {**os.environ, "HRMS_ENV": "test"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**environment, "HRMS_DATA_DIR": folder},
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == ""
