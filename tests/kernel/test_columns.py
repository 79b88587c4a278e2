"""Column types: exact money and decimals, aware moments, sensitive numbers unreadable in the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from hrms.kernel import crypto
from hrms.kernel.commands import transaction
from hrms.kernel.db import JsonText, Money, ScaledDecimal, UtcDateTime, dump_json
from models.restructuring import DownsizingCase
from models.staff import Person, SalaryRow

DIALECT = create_engine("sqlite://").dialect


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_coefficients_and_percents_come_back_exactly(units):
    value = Decimal(units) / 10_000
    column = ScaledDecimal()
    back = column.process_result_value(column.process_bind_param(value, DIALECT), DIALECT)
    assert back == value
    assert "E" not in str(back)


@pytest.mark.parametrize("value", [Decimal("4.98001"), Decimal("0.00001")])
def test_more_than_four_decimals_are_refused_not_rounded(value):
    with pytest.raises(ValueError, match="more than four decimals"):
        ScaledDecimal().process_bind_param(value, DIALECT)


@pytest.mark.parametrize(
    ("column", "value"), [(Money(), 1.0), (Money(), True), (Money(), Decimal(1)), (ScaledDecimal(), 4.98)]
)
def test_floats_do_not_get_in(column, value):
    with pytest.raises(TypeError):
        column.process_bind_param(value, DIALECT)


def test_moments_are_kept_in_utc_and_naive_ones_refused():
    column = UtcDateTime()
    hanoi = datetime(2025, 6, 15, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    back = column.process_result_value(column.process_bind_param(hanoi, DIALECT), DIALECT)
    assert back == hanoi
    assert back.tzinfo is UTC
    with pytest.raises(TypeError, match="naive"):
        column.process_bind_param(datetime(2025, 6, 15), DIALECT)  # noqa: DTZ001 - the fault under test


def test_json_keeps_vietnamese_readable_and_decimals_exact():
    kept = dump_json({"tên": "Đức", "hệ số": Decimal("4.98"), "ngày": date(2025, 6, 1)})
    assert kept == '{"tên":"Đức","hệ số":"4.98","ngày":"2025-06-01"}'
    assert JsonText().process_result_value(kept, DIALECT)["tên"] == "Đức"
    with pytest.raises(TypeError):
        dump_json({"x": object()})


def test_a_salary_is_stored_exactly_on_this_database(factory, session):
    person = factory.person(None, coefficient="4.98", leadership="0.15")
    session.expire_all()
    row = session.get(Person, person.id).salary_rows[0]
    assert (row.coefficient, row.leadership, row.area) == (Decimal("4.98"), Decimal("0.15"), Decimal(0))


def test_a_float_salary_is_refused_at_the_door(factory, session):
    person = factory.person(None)
    with pytest.raises(StatementError, match="not float"), transaction():
        session.add(SalaryRow(person_id=person.id, valid_from=date(2025, 1, 1), coefficient=4.98))


def test_identity_numbers_are_unreadable_in_the_database_and_found_by_digest(factory, session):
    person = factory.person(None, identity_number="999123456789")
    raw = session.execute(text("SELECT identity_number, identity_digest FROM person")).one()
    assert "999123456789" not in str(raw)
    found = session.scalar(select(Person).where(Person.identity_digest == crypto.digest("999123456789")))
    assert found.id == person.id
    assert found.identity_number == "999123456789"


def test_the_same_number_is_encrypted_differently_each_time_but_cannot_be_stored_twice(factory, session):
    factory.person(None, identity_number="999000000001")
    with pytest.raises(IntegrityError):
        factory.person(None, identity_number="999000000001")


def test_another_key_shows_a_warning_instead_of_a_crash_and_finds_nothing(factory, session, ctx, monkeypatch):
    factory.person(None, identity_number="999000000001")
    digest = crypto.digest("999000000001")
    session.expire_all()
    monkeypatch.setitem(ctx.config, "HRMS_DATA_KEY", "another-key-another-key-another-key")
    assert crypto.digest("999000000001") != digest
    assert "không giải mã được" in session.scalars(select(Person)).one().identity_number


@pytest.mark.parametrize(
    ("value", "shown"),
    [("033168001234", "033•••••••34"), ("12345", "•••••"), ("", ""), (None, ""), ("1234567", "123••67")],
)
def test_masked_numbers_can_be_compared_with_a_paper_but_not_used(value, shown):
    assert crypto.masked(value) == shown


@pytest.mark.parametrize(
    "values",
    [{"coefficient": None, "agreed_amount": None}, {"coefficient": Decimal(4), "agreed_amount": 9_000_000}],
)
def test_a_salary_is_of_exactly_one_kind(factory, session, values):
    person = factory.person(None)
    with pytest.raises(IntegrityError), transaction():
        session.add(SalaryRow(person_id=person.id, valid_from=date(2025, 1, 1), **values))


def test_foreign_keys_hold_on_both_databases(session):
    with pytest.raises(IntegrityError), transaction():
        session.add(SalaryRow(person_id=4711, valid_from=date(2025, 1, 1), coefficient=Decimal(4)))


def test_large_sums_fit(session, world):
    from tests.support.samples import sample_place

    case = sample_place(world, "a1").row(DownsizingCase)
    with transaction():
        case.total = 987_654_321_098
    session.expire_all()
    assert session.get(DownsizingCase, case.id).total == 987_654_321_098
