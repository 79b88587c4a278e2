"""Facts of many people at once are the facts of each: the demonstration province person by person, and odd files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config import Settings
from hrms.commands.facts import entitlement_facts_many
from hrms.commands.scenarios.insurance import Insurance, Stored
from hrms.commands.scenarios.reading import load
from hrms.commands.scenarios.tables import NO_DAY, days
from hrms.commands.staff.counting import count_months
from hrms.commands.trial import act_for
from hrms.demo import fill
from hrms.kernel import actor
from hrms.kernel.db import db
from models.staff import Person
from policies.batch import calculate as calculate_frame
from tests.policies.people import flat_row
from tests.support.statements import counted

AS_OF = date(2025, 6, 15)
LEAVES = (date(2025, 1, 1), date(2025, 4, 16), date(2025, 8, 1), date(2026, 6, 1))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from hrms.app import create_app
    from hrms.setup import set_up

    folder: Path = tmp_path_factory.mktemp("province")
    settings = Settings(
        env="test", data_dir=folder, database_url=f"sqlite:///{folder}/demo.db", today=AS_OF, log_level="WARNING"
    )
    app = create_app(settings, web=False)
    with app.app_context():
        set_up()
        fill(400, 3, AS_OF, lambda _line: None)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def inside(province: Flask) -> Iterator[None]:
    with province.app_context(), actor.acting(actor.Actor("cli", "Dòng lệnh")):
        yield
        db.session.remove()


def everybody() -> Any:
    return select(Person.id).where(Person.status != "left", Person.unit_id.is_not(None))


@pytest.mark.parametrize("leave", LEAVES)
def test_every_person_has_the_facts_of_the_record(inside: None, leave: date) -> None:
    people = list(db.session.scalars(select(Person).where(Person.id.in_(everybody())).order_by(Person.id)))
    acts = {person.id: act_for(person, leave) for person in people}
    alone = entitlement_facts_many(people, {person.id: leave for person in people}, acts)
    facts = load(everybody(), leave).frame(leave)
    assert facts.lacking.tolist() == [not alone[person.id].complete for person in people]
    fit = np.flatnonzero(~facts.lacking)
    assert len(fit) > 300
    rows = [flat_row(alone[people[i].id].case) for i in fit]
    expected = pd.DataFrame([{k: v for k, v in row.items() if k not in ("leader", "area")} for row in rows])
    many = facts.frame.iloc[fit].reset_index(drop=True)
    for name in ("social_insurance_months", "public_service_months", "directly_affected"):
        assert many[name].tolist() == expected[name].tolist(), name
    effective = [None if pd.isna(day) else day.date().isoformat() for day in many["restructuring_effective_date"]]
    wanted = expected["restructuring_effective_date"].astype(object)
    assert effective == wanted.where(wanted.notna(), None).tolist()
    pd.testing.assert_frame_equal(calculate_frame(many), calculate_frame(expected))


def test_the_number_of_statements_does_not_grow_with_the_people(inside: None) -> None:
    with counted() as few:
        load(everybody().limit(10), AS_OF)
    with counted() as many:
        load(everybody(), AS_OF)
    assert len(many) == len(few) <= 9


def test_nobody_is_an_answer_too(inside: None) -> None:
    roster = load(everybody().where(Person.id < 0), AS_OF)
    assert roster.size == 0
    assert len(roster.frame(AS_OF).frame) == 0


# Months of insurance, against the rule for one file


@dataclass
class File:
    """What one person's file says."""

    rows: list[Any]
    services: list[tuple[date, date | None]]
    left_on: date | None


FIRST = date(2015, 1, 1)
some_day = st.integers(0, 12 * 365).map(lambda n: FIRST + timedelta(days=n))
month_start = st.integers(0, 143).map(lambda n: date(2015 + n // 12, n % 12 + 1, 1))


@st.composite
def insurance_row(draw: Any) -> dict[str, Any]:
    if draw(st.booleans()):
        return {
            "opening": True, "starts_on": None, "ends_on": draw(some_day), "months": draw(st.integers(0, 300)),
            "in_public_body": draw(st.booleans()), "paid_out": draw(st.integers(0, 4)) == 0,
        }  # fmt: skip
    start = draw(month_start)
    length = draw(st.integers(1, 60))
    end = None if draw(st.integers(0, 3)) == 0 else start + timedelta(days=30 * length)
    return {
        "opening": False, "starts_on": start, "ends_on": end, "months": None,
        "in_public_body": draw(st.booleans()), "paid_out": draw(st.integers(0, 4)) == 0,
    }  # fmt: skip


@st.composite
def file_of(draw: Any) -> File:
    rows = draw(st.lists(insurance_row(), max_size=4))
    posts = []
    for _number in range(draw(st.integers(0, 2))):
        start = draw(some_day)
        posts.append((start, None if draw(st.booleans()) else start + timedelta(days=draw(st.integers(0, 2000)))))
    return File(rows, posts, draw(st.one_of(st.none(), some_day)))


@given(files=st.lists(file_of(), min_size=1, max_size=8), day=some_day)
def test_months_of_many_files_are_those_of_the_rule(files: list[File], day: date) -> None:
    """Confirmed totals, periods inside and after them, times paid out, posts that end, files nobody would want."""
    rows = [(i, row) for i, file in enumerate(files) for row in file.rows]
    posts = [(i, *span) for i, file in enumerate(files) for span in sorted(file.services, key=lambda s: s[0])]

    def column(name: str, kind: Any) -> Any:
        return np.array([row[name] or 0 for _i, row in rows], dtype=kind)

    stored = Stored(
        np.array([i for i, _row in rows], dtype=np.int64),
        column("opening", bool),
        days([row["starts_on"] for _i, row in rows]),
        days([row["ends_on"] for _i, row in rows]),
        column("months", np.int64),
        column("in_public_body", bool),
        column("paid_out", bool),
    )
    service = (
        np.array([p[0] for p in posts], dtype=np.int64), days([p[1] for p in posts]), days([p[2] for p in posts]),
    )  # fmt: skip
    left = np.array([NO_DAY if f.left_on is None else np.datetime64(f.left_on) for f in files], dtype="datetime64[D]")
    counted_many = Insurance(len(files), stored, service, left).on(day)
    for i, file in enumerate(files):
        one = count_months(stored.rows_of(i), file.services, day, file.left_on)
        assert (counted_many.total[i], counted_many.in_public_body[i]) == (one.total, one.in_public_body), file
        assert bool(counted_many.known[i]) == one.known
