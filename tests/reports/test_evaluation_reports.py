"""Reports of evaluation: figures are the sheets behind them, shares add up, scope holds."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.commands.reporting import produce
from hrms.commands.reporting.producing import asked_for
from models.evaluation import EvaluationPetition
from reports.framework import definitions
from tests.support.rated import Rated


@pytest.fixture
def year(world: Any, factory: Any) -> Rated:
    """2024 in two departments: decided at every level, one at work and late, one not rated."""
    rated = Rated(world, factory)
    rated.cycle(2024)
    done = {"state": "published"}
    for level, count in {"HTXS": 1, "HTT": 6, "HT": 2, "KHT": 1}.items():
        rated.many({level: count}, prefix="A", level=level, **done)
    rated.many({"HTT": 3}, prefix="B", unit="b1", agency="b", level="HTT", **done)
    rated.sheet("tre", "", None, state="remarked", late=True)
    rated.sheet("nghi", "", None, state="not_rated", exit_code="NOT_RATED_UNDER_6_MONTHS")
    rated.collective("a", "HTT")
    return rated


def block(produced: Any, key: str) -> Any:
    return next(one for one in produced.blocks if one.key == key)


def row_of(found: Any, label: str) -> Any:
    return next(row for row in found.rows if label in row["label"])


def test_results_agree_with_the_sheets_by_unit_and_by_class(year: Rated, actor_as: Any) -> None:
    with actor_as("province_hr"):
        found = produce("evaluation_results", {"period": "2024"})
    units, classes = block(found, "unit"), block(found, "class")
    assert sum(row["count"] for row in units.rows) == sum(row["count"] for row in classes.rows) == 15
    assert [sum(row[level] for row in units.rows) for level in ("HTXS", "HTT", "HT", "KHT")] == [1, 9, 2, 1]
    for row in units.rows:
        assert row["rated"] == row["HTXS"] + row["HTT"] + row["HT"] + row["KHT"]
        assert row["count"] == row["rated"] + row["unrated"]


def test_progress_counts_every_sheet_in_one_step_and_the_late_ones(year: Rated, actor_as: Any) -> None:
    with actor_as("province_hr"):
        found = block(produce("evaluation_progress", {"period": "2024"}), "unit")
    stages = ("self", "unit", "synthesis", "decided", "published", "out")
    assert sum(row[stage] for row in found.rows for stage in stages) == sum(row["count"] for row in found.rows) == 15
    assert sum(row["late"] for row in found.rows) == 1
    assert sum(row["out"] for row in found.rows) == 1


def test_a_figure_opens_the_very_rows_it_counts(year: Rated, actor_as: Any) -> None:
    with actor_as("province_hr"):
        asked = asked_for("not_completing", {"period": "2024"})
        fact = definitions()["not_completing"].facts[0]
        rows = list(fact.rows(asked, {"level": "KHT"}))
    assert [row["name"] for row in rows] == ["A-KHT-1"]


def test_a_unit_sees_its_own_figures_only(year: Rated, actor_as: Any) -> None:
    with actor_as("unit_hr_b"):
        found = block(produce("evaluation_results", {"period": "2024"}), "unit")
    assert sum(row["count"] for row in found.rows) == 3


def test_three_years_tell_who_did_not_complete_twice(year: Rated, actor_as: Any, session: Any, world: Any) -> None:
    from hrms.kernel.commands import transaction
    from models.staff import YearRating

    person = world.person("a1.1").id
    with transaction():
        session.query(YearRating).filter_by(person_id=person).delete()
        for number, level in ((2022, "HTT"), (2023, "KHT"), (2024, "KHT")):
            session.add(YearRating(person_id=person, year=number, level=level))
    with actor_as("province_hr"):
        found = block(produce("rating_history", {"year": "2024"}), "unit")
        earlier = block(produce("rating_history", {"year": "2023"}), "unit")
    assert sum(row["twice"] for row in found.rows) == 1
    assert sum(row["twice"] for row in earlier.rows) == 0


def test_petitions_of_the_period_by_outcome(year: Rated, actor_as: Any, session: Any) -> None:
    from datetime import date

    from hrms.kernel.commands import transaction

    sheet = year.row("A-HT-1")
    with transaction():
        for state, day in (("filed", date(2024, 12, 16)), ("upheld", date(2024, 12, 17)), ("filed", date(2023, 1, 5))):
            session.add(
                EvaluationPetition(
                    evaluation_id=sheet.id, person_id=sheet.person_id, unit_id=sheet.unit_id, state=state, filed_on=day,
                    file_by=day, answer_by=date(2024, 12, 30), content="Đề nghị xem lại.",
                )
            )  # fmt: skip
    with actor_as("province_hr"):
        found = produce("evaluation_petitions", {"period": "2024"})
    assert {row["state"]: row["count"] for row in block(found, "state").rows} == {"filed": 1, "upheld": 1}
    assert sum(row["overdue"] for row in block(found, "unit").rows) == 1
