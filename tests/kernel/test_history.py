"""History: every change of a tracked record with its old and new value, and no way to change what was written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from hrms.kernel import actor, history
from hrms.kernel.commands import transaction
from hrms.kernel.history import HistoryEntry
from models.account import SecurityEvent
from models.organization import OrgUnit
from models.staff import Person, SalaryRow


@pytest.fixture
def unit(factory):
    return factory.unit("SXD", "Sở Xây dựng")


def test_a_change_is_kept_field_by_field_with_old_new_and_who(unit, session):
    with actor.acting(actor.Actor("user", "Chị Lan", 7)), transaction():
        row = session.get(OrgUnit, unit.id)
        row.name, row.funding = "Sở Xây dựng và Giao thông", "partly"
    entries = {entry.field: entry for entry in history.of(unit) if entry.kind == history.CHANGED}
    assert set(entries) == {"name", "funding"}
    assert (entries["name"].old, entries["name"].new) == ("Sở Xây dựng", "Sở Xây dựng và Giao thông")
    assert (entries["name"].actor_name, entries["name"].actor_user_id) == ("Chị Lan", 7)
    assert entries["name"].at.tzinfo is UTC


def test_records_changed_together_are_told_by_table_and_number(factory, session):
    """The same work done twice leaves the same history, whatever order the machine's memory had."""
    units = [factory.unit(f"D{number:02}", f"Đơn vị {number}") for number in range(30)]
    people = [factory.person(units[0]) for _number in range(10)]
    with transaction(), session.no_autoflush:  # all of them in one flush
        for person in reversed(people):
            session.get(Person, person.id).title = "Chuyên viên chính"
        for unit in reversed(units):
            session.get(OrgUnit, unit.id).funding = "partly"
    query = select(HistoryEntry.record_type, HistoryEntry.record_id).where(
        HistoryEntry.field.in_(["title", "funding"]), HistoryEntry.kind == history.CHANGED
    )
    told = list(session.execute(query.order_by(HistoryEntry.id)).tuples())
    assert len(told) == 40
    assert told == sorted(told)


def test_birth_is_one_entry_and_housekeeping_none(unit, session):
    assert [(entry.kind, entry.field) for entry in history.of(unit)] == [(history.CREATED, "")]
    with transaction():
        session.get(OrgUnit, unit.id).path = "/9/"
    assert len(history.of(unit)) == 1


def test_setting_the_same_value_is_no_change(unit, session):
    with transaction():
        session.get(OrgUnit, unit.id).name = "Sở Xây dựng"
    assert len(history.of(unit)) == 1


def test_sensitive_values_never_stand_in_the_history(factory, session):
    person = factory.person(None, identity_number="999000000001")
    with transaction():
        row = session.get(Person, person.id)
        row.identity_number, row.health = "999000000002", "Loại II"
    told = " ".join(str(value) for value in session.execute(text("SELECT field, old, new FROM history_entry")).all())
    assert "identity_number" in told
    assert "health" in told
    assert "99900000000" not in told
    assert "Loại II" not in told


def test_rows_of_a_person_have_their_own_history(factory, session):
    person = factory.person(None)
    row = person.salary_rows[0]
    with transaction():
        session.get(SalaryRow, row.id).coefficient = Decimal("5.36")
    entry = history.of(row)[0]
    assert (entry.field, entry.old, entry.new) == ("coefficient", "4.98", "5.36")


def test_deleting_is_remembered(unit, session):
    with transaction():
        for version in list(unit.versions):
            session.delete(version)
        session.delete(session.get(OrgUnit, unit.id))
    kinds = session.scalars(select(HistoryEntry.kind).where(HistoryEntry.record_type == "org_unit")).all()
    assert history.DELETED in kinds


def test_a_rolled_back_change_leaves_no_history(unit, session):
    with pytest.raises(RuntimeError), transaction():
        session.get(OrgUnit, unit.id).name = "Khác"
        session.flush()
        raise RuntimeError
    assert len(history.of(unit)) == 1
    with transaction():
        session.get(OrgUnit, unit.id).name = "Lần nữa"
    assert [entry.field for entry in history.of(unit)] == ["name", ""]


@pytest.mark.parametrize("table", ["history_entry", "transition_record", "security_event"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_not_even_raw_sql_changes_or_deletes_what_was_written(unit, session, table, statement):
    with transaction():
        session.add(SecurityEvent(kind="login"))
        moment = "2025-01-01 00:00:00"
        session.execute(
            text(
                "INSERT INTO transition_record (record_type, record_id, transition, source, target, actor_name, at) "
                f"VALUES ('org_unit', 1, 'x', 'a', 'b', 'c', '{moment}')"
            )
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        session.execute(text(statement.format(table)))


def test_not_through_the_session_either(unit, session):
    with pytest.raises(RuntimeError, match="append-only"), transaction():
        history.of(unit)[0].note = "nothing happened"
    with pytest.raises(RuntimeError, match="append-only"), transaction():
        session.delete(history.of(unit)[0])
    for statement in (update(HistoryEntry).values(note="x"), delete(HistoryEntry)):
        with pytest.raises(DatabaseError, match="append-only"), transaction():
            session.execute(statement)
    assert session.scalar(select(func.count(HistoryEntry.id))) > 0


def test_pages_of_a_long_history_do_not_overlap(unit, session):
    for number in range(25):
        with transaction():
            session.get(OrgUnit, unit.id).name = f"Tên {number}"
    first = history.of(unit, limit=10)
    second = history.of(unit, limit=10, before_id=first[-1].id)
    assert len({entry.id for entry in first + second}) == 20
    assert first[0].new == "Tên 24"


def test_notes_and_comments_name_their_author_and_keep_their_order(unit, session):
    with actor.acting(actor.Actor("user", "Anh Minh", 3)), transaction():
        history.note(unit, "Tính lại: 845.000.000 → 852.140.250 đồng")
        history.comment(unit, "  Thiếu phụ cấp thâm niên.  ", subject="severance")
    assert history.of(unit)[0].note.startswith("Tính lại")
    comment = history.comments_of(unit)[0]
    assert (comment.body, comment.subject, comment.author) == ("Thiếu phụ cấp thâm niên.", "severance", "Anh Minh")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, "có"),
        (False, "không"),
        (Decimal("4.9800"), "4.9800"),
        (date(2025, 6, 1), "01/06/2025"),
        (0, "0"),
        ("", ""),
        (datetime(2025, 6, 1, tzinfo=UTC), "2025-06-01T00:00:00+00:00"),
        ("x" * 2001, "x" * 2000 + "…"),
        ("x" * 2000, "x" * 2000),
    ],
)
def test_values_are_kept_readable_and_exact(value, kept):
    assert history.as_text(value) == kept
