"""The yearly plan: drawn from the due list, checked by the law, issued, published, told, carried out, measured."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hrms.commands.rotation.compliance import compliance
from hrms.commands.rotation.deferrals import RecordDeferral
from hrms.commands.rotation.plan_steps import OpenLineCases, PlanStep, SendNotices, settle
from hrms.commands.rotation.plan_workflow import contents_asked, lines_of
from hrms.commands.rotation.plans import AddLine, DraftPlan, EditPlan, RefreshPlan, RevisePlan, SetLine
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.notification import Notification
from models.organization import Position
from models.rotation import MovementCase, RotationPlan, RotationPlanLine
from models.staff import Person
from tests.support.builders import Factory
from tests.support.world import World

ACCOUNTANT, BUDGET = "B0202", "B0201"


class Stage:
    """Two listed posts in two divisions of agency a, with people whose last day falls when the test says."""

    def __init__(self, world: World, factory: Factory) -> None:
        self.world, self.factory = world, factory
        self.left = factory.position(world.unit("a1"), "KT", "Kế toán", listed_code=ACCOUNTANT, approved_number=2)
        self.right = factory.position(world.unit("a2"), "NS", "Phân bổ ngân sách", listed_code=BUDGET)

    def person(self, since: date, post: Position | None = None, **more: Any) -> Person:
        at = post or self.left
        values = {"birth": date(1985, 3, 15), "title": at.title, **more}
        return self.factory.person(at.unit, recruited=since, position=at, **values)

    def plan(self, **more: Any) -> RotationPlan:
        return execute(DraftPlan(self.world.units["a"], 2025, **more))

    def line(self, plan: RotationPlan, person: Person) -> RotationPlanLine:
        return next(line for line in lines_of(plan.id) if line.person_id == person.id)

    def filled(self, plan: RotationPlan) -> RotationPlan:
        contents = {code: f"Nội dung {label}" for code, label in contents_asked()}
        return execute(EditPlan(plan.id, None, plan.name, contents))

    def issued(self, plan: RotationPlan) -> RotationPlan:
        execute(PlanStep(plan.id, "check"))
        return execute(
            PlanStep(plan.id, "issue", number="12/KH-SXD", issued_on=date(2025, 6, 15), signer="Giám đốc Sở")
        )

    def published(self, plan: RotationPlan) -> RotationPlan:
        self.issued(plan)
        return execute(PlanStep(plan.id, "publish", published_on=date(2025, 6, 15), publication="Niêm yết tại trụ sở"))


@pytest.fixture
def stage(world: World, factory: Factory) -> Stage:
    return Stage(world, factory)


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_the_plan_holds_whose_last_day_falls_in_the_year_or_before(stage: Stage) -> None:
    overdue, this_year = stage.person(date(2019, 1, 1)), stage.person(date(2020, 12, 31))
    stage.person(date(2021, 1, 1))  # last day 01/01/2026
    exempt = stage.person(date(2020, 3, 1), birth=date(1964, 1, 1))
    states = {line.person_id: line.state for line in stage.plan().lines}
    assert states == {overdue.id: "planned", this_year.id: "planned", exempt.id: "exempt"}


def test_a_second_plan_of_the_same_year_is_refused(stage: Stage) -> None:
    stage.plan()
    with pytest.raises(Refused) as error:
        stage.plan()
    assert codes(error) == {"exists"}


def test_the_check_tells_everything_that_is_missing_at_once(stage: Stage) -> None:
    stage.person(date(2019, 1, 1))
    plan = stage.plan()
    with pytest.raises(Refused) as error:
        execute(PlanStep(plan.id, "check"))
    assert codes(error) == {"content_missing", "target_missing", "day_missing"}
    assert len(error.value.faults) == 6 + 2


def test_a_plan_goes_its_whole_way_and_is_measured(stage: Stage, session: Any) -> None:
    first, second = stage.person(date(2019, 1, 1)), stage.person(date(2020, 9, 1), stage.right)
    put_off = stage.person(date(2019, 1, 1))
    execute(RecordDeferral(put_off.id, "SERIOUS_ILLNESS", date(2025, 1, 1), "Giấy xác nhận 05/BV"))
    plan = stage.plan()
    for person, target in ((first, stage.right), (second, stage.left)):
        line = stage.line(plan, person)
        execute(SetLine(line.id, None, target_position_id=target.id, form="SECTION", planned_on=date(2025, 8, 1)))
    stage.published(stage.filled(plan))
    told = execute(SendNotices(plan.id))
    assert {line.person_id for line in told} == {first.id, second.id}
    opened = execute(OpenLineCases(plan.id))
    assert {case.kind for case in opened} == {"CDVTCT"} and opened[0].chain_id == opened[1].chain_id is not None
    figures = compliance(2025).total
    assert (figures.to_change, figures.under_way, figures.deferred, figures.overdue) == (2, 2, 1, 1)
    assert figures.by_ground == {"SERIOUS_ILLNESS": 1}
    with transaction():
        for case in opened:
            session.get(MovementCase, case.id).effect = "applied"
    figures = compliance(2025).total
    assert (figures.done, figures.late, figures.overdue, figures.percent) == (2, 1, 0, 100)
    execute(PlanStep(plan.id, "execute"))
    done = execute(PlanStep(plan.id, "report", document="30/BC-SXD", document_date=date(2025, 6, 15)))
    assert (done.state, done.reported_on) == ("reported", date(2025, 6, 15))


def test_a_stopped_case_leaves_the_line_open_again(stage: Stage, session: Any) -> None:
    person = stage.person(date(2019, 1, 1))
    plan = stage.plan()
    line = stage.line(plan, person)
    execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 8, 1)))
    stage.published(stage.filled(plan))
    (case,) = execute(OpenLineCases(plan.id))
    with transaction():
        session.get(MovementCase, case.id).state = "withdrawn"
        settle([plan.id])
    line = stage.line(plan, person)
    assert (line.state, line.case_id) == ("planned", None)


def test_the_person_of_the_plan_is_told_in_the_inbox_once(stage: Stage, session: Any) -> None:
    person = stage.world.person("a1.2")  # has an account: staff_member_a
    post = session.get(Position, stage.left.id)
    with transaction():
        row = person.appointments[-1]
        row.position_id, row.unit_id, row.valid_from = post.id, post.unit_id, date(2019, 1, 1)
        person.birth_date = date(1985, 1, 1)
    plan = stage.plan()
    line = stage.line(plan, person)
    execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 8, 1)))
    stage.published(stage.filled(plan))
    execute(SendNotices(plan.id))
    (message,) = session.query(Notification).filter_by(kind="movement_notice").all()
    assert message.account_id == stage.world.account("staff_member_a").id
    assert "12/KH-SXD" in message.body and "01/08/2025" in message.body
    with pytest.raises(Refused) as error:
        execute(SendNotices(plan.id))
    assert codes(error) == {"nobody"}


@pytest.mark.parametrize(("day", "refused"), [(date(2025, 7, 31), True), (date(2025, 8, 1), False)])
def test_a_change_before_the_window_is_refused(stage: Stage, day: date, refused: bool) -> None:
    """TT 27/2024: 24 months from 01/8/2023."""
    person = stage.person(date(2023, 8, 1))
    plan = stage.filled(stage.plan())
    line = execute(AddLine(plan.id, person.id))
    execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=day))
    if refused:
        with pytest.raises(Refused) as error:
            execute(PlanStep(plan.id, "check"))
        assert codes(error) == {"BEFORE_WINDOW"}
    else:
        assert execute(PlanStep(plan.id, "check")).state == "checked"


def test_a_post_takes_no_more_than_its_places(stage: Stage) -> None:
    """Two places, one person stays: two cannot come."""
    stage.person(date(2024, 1, 1))  # stays at the left
    movers = [stage.person(date(2019, 1, 1), stage.right) for _n in range(2)]
    plan = stage.filled(stage.plan())
    for mover in movers:
        line = stage.line(plan, mover)
        execute(SetLine(line.id, None, target_position_id=stage.left.id, planned_on=date(2025, 8, 1)))
    with pytest.raises(Refused) as error:
        execute(PlanStep(plan.id, "check"))
    assert codes(error) == {"NO_VACANCY"}


def test_refreshing_keeps_what_was_set_by_hand(stage: Stage) -> None:
    person = stage.person(date(2019, 1, 1))
    plan = stage.plan(as_of=date(2025, 3, 1))
    line = stage.line(plan, person)
    execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 8, 1)))
    new = stage.person(date(2020, 1, 1))
    execute(RefreshPlan(plan.id))
    assert {line.person_id for line in lines_of(plan.id)} == {person.id, new.id}
    assert stage.line(plan, person).target_position_id == stage.right.id


def test_a_revision_replaces_the_plan_when_it_is_issued(stage: Stage, session: Any) -> None:
    person = stage.person(date(2019, 1, 1))
    plan = stage.filled(stage.plan())
    line = stage.line(plan, person)
    execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 8, 1)))
    stage.published(plan)
    with pytest.raises(Refused) as error:
        execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 9, 1)))
    assert codes(error) == {"locked_state"}
    new = execute(RevisePlan(plan.id))
    copied = stage.line(new, person)
    execute(SetLine(copied.id, None, target_position_id=stage.right.id, planned_on=date(2025, 9, 1)))
    assert session.get(RotationPlan, plan.id).state == "published"
    stage.issued(new)
    assert session.get(RotationPlan, plan.id).state == "replaced"


def test_hr_checks_the_head_issues_and_others_see_nothing(stage: Stage, actor_as: Any) -> None:
    person = stage.person(date(2019, 1, 1))
    with actor_as("unit_hr_a"):
        plan = stage.filled(stage.plan())
        line = stage.line(plan, person)
        execute(SetLine(line.id, None, target_position_id=stage.right.id, planned_on=date(2025, 8, 1)))
        execute(PlanStep(plan.id, "check"))
        with pytest.raises(NotAllowed):
            execute(PlanStep(plan.id, "issue", number="1/KH", issued_on=date(2025, 6, 15), signer="Giám đốc"))
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        execute(EditPlan(plan.id, None, "Tên khác"))
    with actor_as("unit_head_a"):
        done = execute(PlanStep(plan.id, "issue", number="1/KH", issued_on=date(2025, 6, 15), signer="Giám đốc"))
        assert done.state == "issued"
