"""Who is in a cycle, and as what (law: NĐ 90/2020 Điều 2, 16, 20; QĐ 366 Điều 3; NĐ 170/2025 Điều 26)."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation.cycles import OpenCycle, PlanCycle
from hrms.commands.evaluation.opening import fill
from hrms.kernel import clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from models.organization import UnitSuccession
from models.staff import Absence, Appointment, Discipline, Person
from tests.evaluation.conftest import collective_of, fresh, sheet_of


def add(*rows):
    with transaction():
        db.session.add_all(rows)


def away(person, since, until, kind="sick"):
    add(Absence(person_id=person, kind=kind, starts_on=since, ends_on=until))


def test_cycle_holds_the_staff_of_the_unit_and_below_with_class_sheet_and_decider(opened, world):
    cycle = opened("a")
    assert {row.person_id for row in db.session.query(PersonEvaluation)} == {
        world.people[name] for name in ("a.1", "a.2", "a1.1", "a1.2", "a2.1", "a2.2")
    }
    head, clerk, chief = (sheet_of(cycle, world.people[name]) for name in ("a.1", "a1.2", "a1.1"))
    assert (head.klass, head.is_head, head.decider_unit_id) == ("CC1", True, world.units["hy"])
    assert (clerk.klass, clerk.decider_unit_id, clerk.agency_id) == ("CC0", world.units["a"], world.units["a"])
    assert (chief.is_head, chief.decider_unit_id) == (True, world.units["a"])
    assert clerk.regime == "ND90_48" and clerk.sheet_code == "HY1071_DEFAULT_STAFF"
    assert head.quota_group_id != clerk.quota_group_id
    assert collective_of(cycle, world.units["a1"]).decider_unit_id == world.units["a"]
    assert collective_of(cycle, world.units["a"]).decider_unit_id == world.units["hy"]
    assert cycle.counts["people"] == 6 and cycle.counts["collectives"] == 3


def test_killed_job_goes_on_where_it_stopped_and_doubles_nobody(opened, world):
    cycle = opened("a")
    with transaction():
        db.session.delete(db.session.get(PersonEvaluation, sheet_of(cycle, world.people["a2.2"]).id))
    before = sheet_of(cycle, world.people["a1.2"]).id
    assert fill(cycle.id)["people"] == 6
    assert fill(cycle.id)["people"] == 6
    assert sheet_of(cycle, world.people["a1.2"]).id == before
    assert db.session.query(UnitEvaluation).filter_by(cycle_id=cycle.id).count() == 3


def test_nobody_is_rated_twice_in_one_period_and_side(opened, world):
    opened("a")
    whole = opened("hy")
    assert not db.session.query(PersonEvaluation).filter_by(cycle_id=whole.id, person_id=world.people["a1.2"]).count()
    db.session.get(Person, world.people["a1.2"]).is_party_member = True
    db.session.commit()
    party = opened("a", side="PARTY")
    assert sheet_of(party, world.people["a1.2"]).regime == "QD366"


@pytest.mark.parametrize(
    ("until", "state", "code"),
    [
        (date(2025, 7, 1), "not_rated", "NOT_RATED_UNDER_6_MONTHS"),  # a day short of six months
        (date(2025, 6, 30), "draft", "HOLE_LEAVE_EXACTLY_6"),  # six and six: the text gives no answer
        (date(2025, 6, 29), "draft", ""),
    ],
)
def test_six_months_of_work_in_the_year(opened, world, until, state, code):
    away(world.people["a1.2"], date(2025, 1, 1), until, "unpaid")
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert (sheet.state, sheet.exit_code) == (state, code)


@pytest.mark.parametrize(
    ("until", "months"), [(date(2025, 3, 30), "2.967742"), (date(2025, 3, 31), "3"), (date(2025, 4, 1), "3.033333")]
)
def test_leave_is_counted_by_days_over_days_of_the_month(opened, world, until, months):
    away(world.people["a1.2"], date(2025, 1, 1), until)
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert sheet.state == "draft" and sheet.facts["rule"]["leave_months"] == months


def test_maternity_is_rated_on_the_time_really_worked(opened, world):
    away(world.people["a1.2"], date(2025, 1, 1), date(2025, 8, 31), "maternity")
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert sheet.state == "draft" and sheet.facts["rule"]["maternity"] is True
    assert sheet.facts["rule"]["maternity_months"] == "8"


def test_a_quarter_without_a_day_of_work_has_nothing_to_rate(opened, world):
    away(world.people["a1.2"], date(2025, 1, 1), None, "study")
    sheet = sheet_of(opened("a", "QUARTER", 2025, 1), world.people["a1.2"])
    assert (sheet.state, sheet.exit_code) == ("not_rated", "NO_WORK_IN_PERIOD")


def move(world, person, unit, day):
    """The main post before ``day`` was in ``unit``."""
    with transaction():
        now = db.session.query(Appointment).filter_by(person_id=person, kind="main").one()
        db.session.add(
            Appointment(
                person_id=person, unit_id=unit, kind="main", title="Chuyên viên", valid_from=now.valid_from,
                valid_to=date.fromordinal(day.toordinal() - 1),
            )
        )  # fmt: skip
        now.valid_from = day


@pytest.mark.parametrize(("day", "code"), [(date(2025, 7, 1), "OLD_AGENCY_REMARKS_REQUIRED"), (date(2025, 6, 30), "")])
def test_six_months_at_the_old_agency_owe_its_remarks(opened, world, day, code):
    move(world, world.people["a1.2"], world.units["b1"], day)
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert sheet.exit_code == code and sheet.facts["transferred"]["agency"] == "Sở Y tế"


def test_an_agency_that_no_longer_exists_owes_no_remarks(opened, world, factory):
    old = factory.unit("SGTVT", "Sở Giao thông vận tải", world.unit("hy"), valid_to=date(2025, 8, 31))
    move(world, world.people["a1.2"], old.id, date(2025, 9, 1))
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert sheet.exit_code == "" and sheet.facts["transferred"]["exists"] is False


def test_a_merger_into_the_own_agency_is_no_transfer(opened, world, factory):
    old = factory.unit("SGTVT", "Sở Giao thông vận tải", world.unit("hy"), valid_to=date(2025, 8, 31))
    add(UnitSuccession(from_unit_id=old.id, to_unit_id=world.units["a"], kind="merge", on=date(2025, 9, 1)))
    move(world, world.people["a1.2"], old.id, date(2025, 9, 1))
    assert "transferred" not in (sheet_of(opened("a"), world.people["a1.2"]).facts or {})


def test_seconded_person_is_rated_by_the_receiver_and_counted_by_the_sender(opened, world):
    add(
        Appointment(
            person_id=world.people["b1.2"], unit_id=world.units["a1"], kind="secondment", title="Chuyên viên",
            valid_from=date(2025, 2, 1),
        )
    )  # fmt: skip
    cycle = opened("a")
    sheet = sheet_of(cycle, world.people["b1.2"])
    assert (sheet.unit_id, sheet.agency_id, sheet.decider_unit_id) == (
        world.units["a1"], world.units["b"], world.units["a"],
    )  # fmt: skip
    assert sheet.facts["seconded"]["from"].startswith("Phòng Tổ chức cán bộ Sở Y tế")
    sender = opened("b")
    assert not db.session.query(PersonEvaluation).filter_by(cycle_id=sender.id, person_id=world.people["b1.2"]).count()


def test_two_posts_are_rated_once_at_the_highest(opened, world):
    add(
        Appointment(
            person_id=world.people["a1.2"], unit_id=world.units["a2"], kind="concurrent", title="Trưởng phòng",
            leader_rank="head", valid_from=date(2025, 2, 1),
        )
    )  # fmt: skip
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    assert (sheet.unit_id, sheet.klass, sheet.is_head) == (world.units["a2"], "CC1", True)
    assert sheet.facts["concurrent"][0]["unit"].startswith("Phòng Tổ chức")


def test_party_and_administrative_decisions_on_one_act_are_one_violation(opened, world):
    person, day = world.people["a1.2"], date(2025, 2, 10)
    add(
        Discipline(person_id=person, kind="administrative", form="khiển trách", opened_on=day,
                   decided_on=date(2025, 4, 1)),
        Discipline(person_id=person, kind="party", form="khiển trách", opened_on=day, decided_on=date(2025, 5, 1)),
        Discipline(person_id=person, kind="party", form="cảnh cáo", opened_on=date(2024, 1, 5),
                   decided_on=date(2024, 5, 1)),
    )  # fmt: skip
    violations = sheet_of(opened("a"), person).facts["rule"]["violations"]
    assert len(violations) == 1 and len(violations[0]["decisions"]) == 2


def test_who_retires_in_the_period_stays_in_with_the_day(opened, world):
    with transaction():
        world.person("a1.2").left_on = date(2025, 11, 30)
    assert sheet_of(opened("a"), world.people["a1.2"]).facts["retired_on"] == "2025-11-30"


def test_a_cycle_keeps_the_configuration_and_sheets_it_began_with(opened):
    cycle = opened("a")
    assert cycle.frozen["configuration"]["hy1071.quota.percent"] == 20
    assert cycle.frozen["sheets"]["HY1071_DEFAULT_STAFF"]["groups"]
    assert cycle.deadlines["publish"] == "2025-12-14"


def test_a_period_the_province_does_not_use_is_refused_with_every_other_fault(world, session):
    with pytest.raises(Refused) as refused:
        execute(PlanCycle(world.units["a"], "MONTH", 2025, 3, side="OTHER", as_of=date(2025, 5, 1)))
    assert {"period_kind", "side", "as_of"} <= {fault.field for fault in refused.value.faults}


def test_a_cycle_is_not_opened_before_its_period_nor_planned_twice(world, session):
    cycle = execute(PlanCycle(world.units["a"], "QUARTER", 2025, 3))
    with pytest.raises(Refused, match="chưa mở được"):
        execute(OpenCycle(cycle.id))
    with pytest.raises(Refused, match="đã có kỳ"):
        execute(PlanCycle(world.units["a"], "QUARTER", 2025, 3))
    with clock.travel_to(date(2025, 9, 20)):
        execute(OpenCycle(cycle.id), key="once")
        execute(OpenCycle(cycle.id), key="once")
    assert fresh(EvaluationCycle, cycle.id).as_of == date(2025, 9, 20)
