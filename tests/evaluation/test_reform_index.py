"""The reform index of a unit: results, weaknesses with who answers for them, the remedy, its points on the sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hrms.commands.evaluation.reform_index import (
    ChangeReformIndex,
    CloseRemedy,
    IndexContent,
    RecordReformIndex,
    charged_to,
    listing,
    of_unit,
)
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale

WEAK = IndexContent(
    "Cải cách thủ tục hành chính", Decimal("7.25"), Decimal(10), 12, "Trễ hạn 4% hồ sơ", remedy="Bố trí thêm người",
    remedy_by=date(2025, 9, 30),
)  # fmt: skip


@pytest.fixture
def weak(world):
    return replace(WEAK, responsible_person_id=world.people["a1.1"], responsible_unit_id=world.units["a1"])


def record(world, content, unit="a", year=2024):
    return execute(RecordReformIndex(world.units[unit], year, content))


def fields(error):
    return set(error.value.by_field())


def test_the_points_are_the_weight_times_the_share(world, weak):
    record(world, weak)
    record(world, IndexContent("Chuyển đổi số", Decimal("9.5"), Decimal(10)))
    record(world, IndexContent("Xếp hạng chung", rank=3))  # without points: shown, not counted
    found = of_unit(world.units["a"], 2024)
    assert (found.year, found.score, found.maximum, found.open_weaknesses) == (2024, Decimal("16.75"), Decimal(20), 1)
    assert found.points(Decimal(10)) == Decimal("8.38")  # 8.375 rounded half up
    assert found.percent == Decimal("83.75")


def test_the_sheet_of_a_year_shows_the_latest_result_not_after_it(world):
    record(world, IndexContent("Chỉ số", Decimal(80), Decimal(100)), year=2023)
    assert of_unit(world.units["a"], 2025).year == 2023
    assert of_unit(world.units["a"], 2022).rows == ()
    assert of_unit(world.units["a"], 2022).points(Decimal(7)) is None


def test_a_weakness_has_somebody_who_answers_and_a_day(world, weak):
    with pytest.raises(Refused) as error:
        record(world, replace(WEAK, remedy_by=None))
    assert fields(error) == {"responsible_person_id", "remedy_by"}
    assert record(world, weak).responsible_person_id == world.people["a1.1"]


def test_who_answers_belongs_to_the_unit(world):
    with pytest.raises(Refused) as error:
        record(world, replace(WEAK, responsible_person_id=world.people["b1.1"], responsible_unit_id=world.units["b"]))
    assert fields(error) == {"responsible_person_id", "responsible_unit_id"}


@pytest.mark.parametrize(
    ("score", "maximum", "wrong"),
    [("10", "10", set()), ("10.01", "10", {"score"}), ("-1", "10", {"score"}), ("1", None, {"maximum"})],
)
def test_scores_lie_within_their_maximum(world, score, maximum, wrong):
    content = IndexContent("Chỉ số", Decimal(score), None if maximum is None else Decimal(maximum))
    if not wrong:
        assert record(world, content).score == Decimal(score)
        return
    with pytest.raises(Refused) as error:
        record(world, content)
    assert fields(error) == wrong


def test_no_result_of_the_future_and_none_twice(world):
    with pytest.raises(Refused) as error:
        record(world, IndexContent("Chỉ số"), year=2026)
    assert fields(error) == {"year"}
    record(world, IndexContent("Chỉ số"))
    with pytest.raises(Refused) as error:
        record(world, IndexContent("chỉ số"))
    assert fields(error) == {"indicator"}


def test_the_remedy_is_closed_with_its_proof(world, weak):
    row = record(world, weak)
    with pytest.raises(Refused) as error:
        execute(CloseRemedy(row.id, None))
    assert fields(error) == {"done_on", "document"}
    with pytest.raises(Refused) as error:
        execute(CloseRemedy(row.id, date(2025, 6, 16), "12/BC"))
    assert fields(error) == {"done_on"}
    execute(CloseRemedy(row.id, date(2025, 6, 15), "12/BC"))
    assert of_unit(world.units["a"], 2024).open_weaknesses == 0


def test_what_is_overdue_is_found_the_day_after(world, weak):
    record(world, weak)
    with clock.travel_to(date(2025, 9, 30)):
        assert db.session.scalars(listing(overdue=True)).all() == []
    with clock.travel_to(date(2025, 10, 1)):
        assert len(db.session.scalars(listing(overdue=True)).all()) == 1


def test_a_head_sees_what_is_laid_on_the_person_and_the_unit(world, weak):
    row = record(world, weak)
    assert charged_to(world.people["a1.1"], [], 2024) == [row]
    assert charged_to(world.people["a.1"], [world.units["a"]], 2025) == [row]
    assert charged_to(world.people["a.2"], [], 2024) == []


def test_only_its_own_hr_writes_and_nobody_elses_reads(world, weak, actor_as):
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        record(world, weak)
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        record(world, weak)
    with actor_as("unit_hr_a"):
        row = record(world, weak)
    with actor_as("unit_hr_b"):
        assert of_unit(world.units["a"], 2024).rows == ()
        with pytest.raises(NotFound):
            execute(ChangeReformIndex(row.id, row.version, weak))


def test_two_editors_do_not_overwrite_each_other(world, weak):
    row = record(world, weak)
    seen = row.version
    execute(ChangeReformIndex(row.id, seen, replace(weak, rank=11)))
    with pytest.raises(Stale):
        execute(ChangeReformIndex(row.id, seen, replace(weak, rank=10)))
