"""Numbers of papers: per series, unit and year, without gaps or doubles."""

from __future__ import annotations

import pytest

from hrms.kernel import numbering
from hrms.kernel.commands import transaction
from hrms.kernel.db import db


def take(series="NV", unit="SXD", year=2025):
    with transaction():
        return numbering.take(series, unit, year)


def test_numbers_count_from_one_in_each_series_unit_and_year(ctx):
    assert [take(), take(), take()] == [1, 2, 3]
    assert take(series="QD") == take(unit="SYT") == take(year=2026) == 1
    assert take() == 4


def test_a_failed_transaction_gives_its_number_back(ctx):
    take()
    with pytest.raises(RuntimeError), transaction():
        assert numbering.take("NV", "SXD", 2025) == 2
        raise RuntimeError
    assert take() == 2


def test_a_number_is_taken_in_a_command_or_not_at_all(ctx):
    with pytest.raises(RuntimeError, match="inside a command"):
        numbering.take("NV", "SXD", 2025)


def test_eight_at_once_get_eight_different_numbers_without_a_gap(ctx, concurrently):
    def three(_number):
        taken = [take() for _turn in range(3)]
        db.session.remove()
        return taken

    results = concurrently(three, 8)
    assert sorted(number for taken in results for number in taken) == list(range(1, 25)), results


def test_failures_in_between_leave_no_gap(ctx, concurrently):
    def some(number):
        try:
            with transaction():
                taken = numbering.take("NV", "SXD", 2025)
                if number % 2:
                    raise RuntimeError
                return taken
        except RuntimeError:
            return 0

    results = concurrently(some, 8)
    assert sorted(filter(None, results)) == [1, 2, 3, 4], results
