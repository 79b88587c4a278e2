"""A command does all or nothing, tells every fault at once, and does the same request once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text, update

from hrms.kernel import actor, clock, commands, numbering
from hrms.kernel.commands import Command, IdempotencyRecord, check_version, execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from hrms.kernel.history import HistoryEntry
from models.organization import OrgUnit, Position


@dataclass
class AddPost(Command[Position]):
    """A command of these tests: a position with a number."""

    unit_id: int
    code: str = ""
    title: str = ""
    fail_after: bool = False
    calls: list[str] = field(default_factory=list, repr=False, compare=False)

    def validate(self):
        if not self.code:
            yield Fault("code", "Cần mã vị trí.")
        if not self.title:
            yield Fault("title", "Cần tên vị trí.")

    def run(self):
        numbering.take("VT", "SXD", 2025)
        row = Position(
            unit_id=self.unit_id, code=self.code, title=self.title, group="DUNG_CHUNG", valid_from=clock.today()
        )
        db.session.add(row)
        db.session.flush()
        if self.fail_after:
            raise RuntimeError("the machine breaks")
        return row

    def replay(self, receipt):
        return db.session.get(Position, receipt)


def _fields(command):
    return {"unit_id": command.unit_id, "code": command.code, "title": command.title}


@pytest.fixture
def unit(factory):
    return factory.unit("SXD", "Sở Xây dựng")


def count(session, model):
    found = session.scalar(select(func.count()).select_from(model))
    session.rollback()
    return found


def test_every_fault_is_told_at_once_and_nothing_is_written(unit, session):
    with pytest.raises(Refused) as refusal:
        execute(AddPost(unit.id))
    assert refusal.value.by_field() == {"code": ["Cần mã vị trí."], "title": ["Cần tên vị trí."]}
    assert count(session, Position) == 0


def test_a_failure_after_writing_leaves_nothing_behind_not_even_the_number_or_the_history(unit, session):
    before = count(session, HistoryEntry)
    with pytest.raises(RuntimeError):
        execute(AddPost(unit.id, "A", "A", fail_after=True), key="k")
    assert count(session, Position) == 0
    assert count(session, HistoryEntry) == before
    assert count(session, IdempotencyRecord) == 0
    execute(AddPost(unit.id, "A", "A"))
    assert session.scalar(select(numbering.NumberSeries.last)) == 1


def test_the_same_key_does_it_once_and_answers_the_same(unit, session):
    first = execute(AddPost(unit.id, "A", "A"), key="form-1")
    again = execute(AddPost(unit.id, "A", "A"), key="form-1")
    assert again.id == first.id
    assert count(session, Position) == 1


def test_the_replay_comes_before_validation_because_the_first_run_changed_what_it_looks_at(unit, session):
    @dataclass
    class Once(AddPost):
        def validate(self):
            if db.session.scalar(select(func.count(Position.id))):
                yield Fault("code", "Đã có.")

    first = execute(Once(unit.id, "A", "A"), key="form-1")
    assert execute(Once(unit.id, "A", "A"), key="form-1").id == first.id
    with pytest.raises(Refused):
        execute(Once(unit.id, "A", "A"), key="form-2")


def test_a_key_that_served_another_content_is_refused(unit, session):
    execute(AddPost(unit.id, "A", "A"), key="form-1")
    with pytest.raises(Refused, match="Mã yêu cầu"):
        execute(AddPost(unit.id, "B", "B"), key="form-1")


def test_a_key_belongs_to_its_user(unit, session):
    execute(AddPost(unit.id, "A", "A"), key="form-1")
    with actor.acting(actor.Actor("user", "Người khác")):
        execute(AddPost(unit.id, "A2", "A"), key="form-1")
    assert count(session, Position) == 2


def test_the_same_form_sent_five_times_at_once_is_done_once(unit, session, concurrently):
    unit_id = unit.id
    session.rollback()
    results = concurrently(lambda _n: execute(AddPost(unit_id, "A", "A"), key="double-click").id, 5)
    assert len(set(results)) == 1, results
    assert isinstance(results[0], int)
    assert count(session, Position) == 1
    assert session.scalar(select(numbering.NumberSeries.last)) == 1


def test_keys_are_forgotten_after_two_days_not_before(unit, session):
    for age in (timedelta(days=2, minutes=1), timedelta(days=1, hours=23)):
        with transaction():
            session.add(
                IdempotencyRecord(actor_name="x", command="C", key=str(age), fingerprint="f", at=clock.now() - age)
            )
    assert commands.forget_old_keys() == 1
    assert count(session, IdempotencyRecord) == 1


def test_a_command_inside_a_command_joins_its_transaction(unit, session):
    @dataclass
    class Two(Command[None]):
        unit_id: int

        def run(self):
            execute(AddPost(self.unit_id, "A", "A"))
            execute(AddPost(self.unit_id, "B", ""))

    with pytest.raises(Refused):
        execute(Two(unit.id))
    assert count(session, Position) == 0


def test_after_a_refused_command_the_next_one_works(unit, session):
    with pytest.raises(Refused):
        execute(AddPost(unit.id))
    assert execute(AddPost(unit.id, "A", "A")).id


def test_the_second_of_two_editors_gets_a_comparison_and_nothing_is_overwritten(unit, session):
    seen = unit.version
    with actor.acting(actor.Actor("user", "Chị Lan")), transaction():
        session.get(OrgUnit, unit.id).name = "Sở Xây dựng và Giao thông"
    with pytest.raises(Stale) as stale:
        check_version(session.get(OrgUnit, unit.id), seen, {"name": "Sở Quy hoạch", "code": "SXD"}, lambda n: f"[{n}]")
    difference = stale.value.differences[0]
    assert [d.field for d in stale.value.differences] == ["name"]
    assert (difference.label, difference.yours, difference.theirs) == (
        "[name]",
        "Sở Quy hoạch",
        "Sở Xây dựng và Giao thông",
    )
    assert stale.value.editor == "Chị Lan"


def test_an_editor_who_saw_the_newest_version_may_save(unit, session):
    check_version(unit, unit.version, {"name": "Khác"})
    check_version(unit, None, {"name": "Khác"})


def test_two_commands_on_the_same_row_at_once_one_saves_one_is_told(unit, session, concurrently):
    unit_id, version = unit.id, unit.version
    session.rollback()

    @dataclass
    class Rename(Command[None]):
        name: str

        def run(self):
            row = db.session.get(OrgUnit, unit_id)
            check_version(row, version, {"name": self.name})
            row.name = self.name

    results = concurrently(lambda n: execute(Rename(f"Tên {n}")), 2)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]


def test_a_row_changed_behind_the_session_is_stale_too(unit, session):
    @dataclass
    class Rename(Command[None]):
        def run(self):
            row = db.session.get(OrgUnit, unit.id)
            assert row.name
            db.session.execute(
                update(OrgUnit).values(version=OrgUnit.version + 1), execution_options={"synchronize_session": False}
            )
            row.name = "Tên mới"

    with pytest.raises(Stale):
        execute(Rename())
    assert session.get(OrgUnit, unit.id).name == "Sở Xây dựng"


def test_a_command_takes_the_write_lock_before_it_reads(unit, session, app):
    """A read transaction that turns into a write half-way fails on SQLite and reads old data on both databases."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only: PostgreSQL locks rows, not the database")
    begun: list[str] = []

    def listen(_connection, _cursor, statement, *_rest):
        begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        session.execute(text("SELECT 1"))
        with transaction():
            session.execute(text("SELECT 2"))
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert begun.index("BEGIN IMMEDIATE") < begun.index("SELECT 2")
    assert begun.index("BEGIN") < begun.index("SELECT 1")


def test_two_people_of_one_name_may_use_the_same_key(session: object) -> None:
    from hrms.kernel import commands

    with actor.acting(actor.Actor("user", "Nguyễn Văn An", 7)):
        first = commands._whose()
    with actor.acting(actor.Actor("user", "Nguyễn Văn An", 8)):
        second = commands._whose()
    assert first != second


def test_a_replayed_day_writes_moments_of_that_day_and_time_is_real_again_afterwards() -> None:
    from datetime import date

    with clock.replay(date(2025, 3, 1)):
        first, second = clock.now(), clock.now()
        assert clock.local(first).date() == clock.today() == date(2025, 3, 1)
        assert first < second
    assert clock.now().year > 2025
