"""One person across cycles, and the distribution of a cycle that a report signs."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation.history import distribution, of_person
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.evaluation import EvaluationPetition
from tests.support.rated import Rated
from tests.support.statements import counted


@pytest.fixture
def rated(world, factory):
    return Rated(world, factory)


@pytest.fixture
def me(rated):
    """a1.2 (staff_member_a): three yearly ratings of the records, a quarter published, a quarter only decided."""
    person = rated.world.people["a1.2"]
    rated.cycle(2025, "QUARTER", 1)
    rated.sheet("q1", "HTXS", person=person, state="published", level="HTXS", level_self="HTXS")
    rated.cycle(2025, "QUARTER", 2)
    rated.sheet("q2", "HT", person=person, state="decided", level="HT", level_self="HTT")
    rated.set(["q1"], score=92)
    rated.set(["q2"], score=60)
    return person


def test_the_history_joins_cycles_and_older_records(rated, me):
    rows = of_person(me).rows
    assert [(row.name, row.level) for row in rows] == [
        ("Quý 2 năm 2025", "HT"), ("Quý 1 năm 2025", "HTXS"), ("2024", "HTT"), ("2023", "HTT"), ("2022", "HTT"),
    ]  # fmt: skip


def test_the_chart_runs_from_the_oldest_with_ranks_and_points(me):
    points = of_person(me).chart()
    assert [(point.label, point.rank, point.score) for point in points] == [
        ("2022", 3, None), ("2023", 3, None), ("2024", 3, None), ("Quý 1 năm 2025", 4, 92), ("Quý 2 năm 2025", 2, 60),
    ]  # fmt: skip


def test_the_own_level_stays_hidden_until_the_notice(rated, me, actor_as):
    with actor_as("staff_member_a"):
        rows = {row.name: row for row in of_person(me).rows}
    assert (rows["Quý 1 năm 2025"].level, rows["Quý 1 năm 2025"].score) == ("HTXS", 92)
    hidden = rows["Quý 2 năm 2025"]
    assert (hidden.level, hidden.score, hidden.level_self) == ("", None, "HTT")
    with actor_as("unit_hr_a"):
        assert of_person(me).rows[0].level == "HT"


def test_nobody_sees_the_history_of_somebody_out_of_scope(rated, me, actor_as):
    for who in ("unit_hr_b", "staff_member_b"):
        with actor_as(who), pytest.raises(NotFound):
            of_person(me)


def test_petitions_stand_beside_their_result(rated, me):
    with transaction():
        db.session.add(
            EvaluationPetition(
                evaluation_id=rated.sheets["q1"], person_id=me, unit_id=rated.world.units["a1"], state="late",
                late=True, filed_on=date(2025, 5, 1), file_by=date(2025, 4, 20), content="x",
            )
        )  # fmt: skip
    row = next(row for row in of_person(me).rows if row.evaluation_id == rated.sheets["q1"])
    assert [(one.state, one.late) for one in row.petitions] == [("late", True)]


def test_two_sides_of_a_year_are_two_results(rated, world):
    person = world.people["a2.2"]
    for side, level in (("STATE", "HTT"), ("PARTY", "HTXS")):
        rated.cycle(2024, side=side)
        rated.sheet(side, level, person=person, state="published", level=level)
    found = of_person(person)
    assert [row.level for row in found.of("PARTY")] == ["HTXS"]
    assert "HTT" in [row.level for row in found.of("STATE")]


def test_the_history_takes_few_statements(rated, me):
    with counted() as sent:
        of_person(me)
    assert len(sent) <= 4


# Distribution


@pytest.fixture
def counts(rated):
    rated.cycle()
    rated.many({"HTXS": 1, "HTT": 3, "KHT": 1}, state="decided")
    rated.set(rated.sheets, level="HTT")
    rated.set(["P-HTXS-1"], level="HTXS")
    rated.set(["P-KHT-1"], level="KHT")
    rated.sheet("vc", "HT", klass="VC0", unit="a2")
    rated.sheet("short", "", state="not_rated", exit_code="NOT_RATED_UNDER_6_MONTHS", level_machine="")
    rated.sheet("blocked", "", state="blocked", exit_code="OLD_AGENCY_REMARKS_REQUIRED", level_machine="")
    rated.sheet("gone", "HTT", state="removed")
    rated.sheet("new", "", state="draft", level_proposed="", level_unit="", level_machine="")
    rated.sheet("b", "HTT", unit="b1", agency="b")
    return rated


def test_the_parts_add_up_to_the_people(counts):
    found = distribution(counts.cycle_id, counts.world.units["a"])
    whole = found.whole()
    assert found.balanced
    assert (found.people, whole.total, whole.rated, whole.waiting) == (9, 9, 6, 1)
    assert dict(whole.levels) == {"HTXS": 1, "HTT": 3, "KHT": 1, "HT": 1}
    assert dict(whole.not_rated) == {"NOT_RATED_UNDER_6_MONTHS": 1, "OLD_AGENCY_REMARKS_REQUIRED": 1}


def test_it_is_told_by_unit_class_and_agency(counts):
    found = distribution(counts.cycle_id)
    units = counts.world.units
    assert {unit: line.total for unit, line in found.by_unit().items()} == {
        units["a1"]: 8,
        units["a2"]: 1,
        units["b1"]: 1,
    }
    assert found.by_class()["VC0"].levels == {"HT": 1}
    by_agency = distribution(counts.cycle_id, by_agency=True).by_unit()
    assert {unit: line.total for unit, line in by_agency.items()} == {units["a"]: 9, units["b"]: 1}


def test_a_report_counts_decided_levels_only(counts):
    whole = distribution(counts.cycle_id, counts.world.units["a"], decided_only=True).whole()
    assert (whole.rated, whole.waiting) == (5, 2)


def test_it_stays_inside_the_scope_and_two_statements(counts, actor_as):
    with actor_as("unit_hr_b"):
        assert distribution(counts.cycle_id).people == 1
    with counted() as sent:
        distribution(counts.cycle_id)
    assert len(sent) <= 2
