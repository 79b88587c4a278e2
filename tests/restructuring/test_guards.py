"""What the law and the dossier put in the way of a step, each with its article; boundaries before, at and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hrms.commands.restructuring import guards
from hrms.commands.restructuring.cases import EditCase, OpenCase, RecomputeCase
from hrms.commands.restructuring.dossier import MarkPaper
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.review import SetAssessment, SetMeeting, YearAssessment
from hrms.kernel import clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, Refused
from models.staff import Discipline, Person
from tests.support.desk import DECISION


def refusal(call) -> dict[str, str]:
    """Code → article of everything that stood in the way."""
    with pytest.raises(Refused) as error:
        call()
    return {fault.code: fault.article for fault in error.value.faults}


def test_a_request_the_law_refuses_may_be_submitted_but_not_passed_on(desk):
    case_id = desk.open(under_discipline=True)
    desk.prepare(case_id)
    desk.do(case_id, "submit")
    found = refusal(lambda: desk.do(case_id, "review"))
    assert set(found) == {"discipline_or_investigation"}
    assert "Điều 4" in found["discipline_or_investigation"]
    desk.do(case_id, "refuse", by="unit_head_a", reason="Đang bị xem xét kỷ luật", article=found.popitem()[1])


def test_proceedings_opened_after_the_request_block_it_too(desk, world, session):
    case_id = desk.bring("unit_review")
    with transaction():
        session.add(Discipline(person_id=world.people["a1.2"], kind="administrative", opened_on=date(2025, 6, 12)))
    with pytest.raises(Refused) as error:
        desk.do(case_id, "review")
    assert "discipline_or_investigation" in {fault.code for fault in error.value.faults}
    assert desk.case(case_id).state == "unit_review"


def test_a_mother_of_a_small_child_leaves_only_by_own_wish(desk):
    case_id = desk.open(pregnant_or_small_child=True, voluntary=True)
    assert desk.case(case_id).eligible is True
    desk.edit(case_id, pregnant_or_small_child=True, voluntary=False)
    desk.prepare(case_id)
    desk.do(case_id, "submit")
    found = refusal(lambda: desk.do(case_id, "review"))
    assert "Điều 4" in found["pregnant_or_small_child"]


def test_the_staff_record_of_a_small_child_counts_also_when_the_request_is_silent(desk, world, session):
    with transaction():
        session.get(Person, world.people["a1.2"]).child_under_36_months_until = date(2026, 1, 1)
    case_id = desk.open(pregnant_or_small_child=False, voluntary=False)
    assert desk.case(case_id).eligible is False


@pytest.mark.parametrize(
    ("leave", "roadmap", "eligible"),
    [
        (date(2025, 9, 1), None, True),
        (date(2025, 9, 2), date(2025, 7, 31), True),
        (date(2025, 9, 2), date(2025, 8, 1), False),
        (date(2025, 12, 31), date(2025, 7, 31), True),
        (date(2026, 1, 1), date(2025, 7, 31), False),
    ],
)
def test_the_policy_closes_by_leave_date_and_roadmap(desk, leave, roadmap, eligible):
    case = desk.case(desk.open(leave_date=leave, roadmap_decided_on=roadmap))
    assert case.eligible is eligible


@pytest.mark.parametrize(
    ("decided", "state"), [(date(2025, 8, 30), "decided"), (date(2025, 8, 31), "decided"), (date(2025, 9, 1), "")]
)
def test_a_decision_after_the_closing_day_is_stopped(desk, decided, state):
    case_id = desk.bring("endorsed", leave_date=date(2025, 9, 1))
    with clock.travel_to(date(2025, 9, 5)):
        if state:
            assert desk.do(case_id, "decide", decision_date=decided).state == state
        else:
            found = refusal(lambda: desk.do(case_id, "decide", decision_date=decided))
            assert "window_closed" in found


@pytest.mark.parametrize(
    ("present", "allowed", "code"),
    [
        (None, 3, "leaders_unknown"),
        (3, None, "leaders_unknown"),
        (2, 3, "no_surplus_of_leaders"),
        (3, 3, "no_surplus_of_leaders"),
        (4, 3, ""),
    ],
)
def test_point_g_needs_more_leaders_than_allowed(desk, present, allowed, code):
    case_id = desk.open("a1.1", ground="2.1.g", deputies_present=present, deputies_allowed=allowed)
    desk.prepare(case_id)
    desk.do(case_id, "submit")
    if code:
        found = refusal(lambda: desk.do(case_id, "review"))
        assert found == {code: guards.POINT_G}
    else:
        assert desk.do(case_id, "review").state == "appraisal"


def test_point_g_is_not_for_somebody_without_a_leading_post(desk):
    case_id = desk.open("a1.2", ground="2.1.g", deputies_present=4, deputies_allowed=3)
    desk.prepare(case_id)
    desk.do(case_id, "submit")
    assert set(refusal(lambda: desk.do(case_id, "review"))) == {"not_a_leader"}


def test_more_leavers_by_point_g_than_the_surplus_is_a_warning(desk, world, factory):
    other = factory.person(world.unit("a1"), leader_rank="deputy", title="Phó Trưởng phòng", birth=date(1966, 3, 3))
    world.people["a1.3"] = other.id
    changes = {"ground": "2.1.g", "deputies_present": 4, "deputies_allowed": 3}
    first = desk.open("a1.1", **changes)
    desk.prepare(first)
    desk.do(first, "submit")
    second = desk.case(desk.open("a1.3", **changes))
    (obstacle,) = guards.leaders_above_quota(second)
    assert (obstacle.code, obstacle.blocks) == ("more_leavers_than_surplus", False)


def test_a_draft_without_facts_says_what_is_missing_and_does_not_start(desk, world, factory):
    person = factory.person(world.unit("a1"), insurance=False)
    world.people["a1.9"] = person.id
    case_id = desk.open("a1.9")
    assert desk.case(case_id).total is None
    found = refusal(lambda: desk.do(case_id, "submit"))
    assert "no_insurance" in found


def test_without_an_act_the_twelve_months_have_no_beginning(desk):
    case_id = desk.open(act_id=None)
    found = refusal(lambda: desk.do(case_id, "submit"))
    assert found == {"no_act": "Điều 3 khoản 1 TT 01/2025/TT-BNV"}


def test_who_leaves_by_own_wish_has_applied_in_writing(desk):
    case_id = desk.open(application_on=None)
    assert set(refusal(lambda: desk.do(case_id, "submit"))) == {"application_missing"}
    desk.edit(case_id, voluntary=False)
    assert desk.do(case_id, "submit").state == "unit_review"


def test_the_unit_head_needs_minutes_papers_and_three_assessed_years(desk, actor_as):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        execute(SetAssessment(case_id, None, [YearAssessment(2024, "HTT")]))
    desk.do(case_id, "submit")
    found = refusal(lambda: desk.do(case_id, "review"))
    assert set(found) == {"minutes_missing", "paper_missing", "assessment_incomplete"}
    assert found["assessment_incomplete"] == "Điều 6 NĐ 178/2024/NĐ-CP"
    assert found["minutes_missing"] == "Điều 17 NĐ 178/2024/NĐ-CP"


@pytest.mark.parametrize(
    ("years", "code"),
    [
        ([(2022, "HTT", ""), (2023, "HTT", ""), (2024, "HTT", "")], ""),
        ([(2022, "", "Chưa công tác"), (2023, "HTT", ""), (2024, "HTT", "")], ""),
        ([(2022, "", ""), (2023, "HTT", ""), (2024, "HTT", "")], "assessment_incomplete"),
        ([(2021, "HTT", ""), (2023, "HTT", ""), (2024, "HTT", "")], "assessment_gap"),
    ],
)
def test_the_last_three_years_each_have_a_level_or_a_word_why_not(desk, actor_as, years, code):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        execute(SetAssessment(case_id, None, [YearAssessment(y, level, remark=why) for y, level, why in years]))
    assert [o.code for o in guards.assessed_three_years(desk.case(case_id))] == ([code] if code else [])


@pytest.mark.parametrize(("agree", "warned"), [(3, True), (4, False)])
def test_a_meeting_without_a_majority_warns(desk, actor_as, agree, warned):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        execute(SetMeeting(case_id, None, date(2025, 6, 10), "05/BB", 6, agree, "Đồng ý"))
    codes = [(o.code, o.blocks) for o in guards.meeting_held(desk.case(case_id))]
    assert codes == ([("no_majority", False)] if warned else [])


@pytest.mark.parametrize(("day", "old"), [(date(2025, 4, 30), True), (date(2025, 5, 1), False)])
def test_an_insurance_record_older_than_three_months_warns(desk, actor_as, day, old):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        (item,) = [item for item in desk.case(case_id).checklist if item.code == "insurance_record"]
        execute(MarkPaper(case_id, item.id, True, "123/BHXH", day))
    found = [o.code for o in guards.fresh_insurance_record(desk.case(case_id))]
    assert found == (["insurance_record_old"] if old else [])


def test_one_person_has_one_case(desk, world, actor_as):
    first = desk.bring("decided")
    with actor_as("unit_hr_a"), pytest.raises(Refused) as error:
        execute(OpenCase(world.people["a1.2"], leave_date=date(2025, 9, 1), act_id=desk.act()))
    assert {fault.code for fault in error.value.faults} == {"other_case"}
    assert desk.case(first).number in error.value.faults[0].message


def test_after_a_refusal_or_withdrawal_a_new_case_may_be_opened(desk):
    first = desk.open()
    desk.do(first, "withdraw", by="unit_hr_a", reason="Đổi ngày nghỉ")
    assert desk.case(desk.open()).number == "NV-SXD-2025-0002"


def test_a_changed_amount_must_be_looked_at_before_it_is_approved(desk, session, world):
    case_id = desk.bring("endorsed")
    before = desk.case(case_id).total
    with transaction():
        world.person("a1.2").salary_rows[0].leadership = "0.2"
    found = refusal(lambda: desk.do(case_id, "decide"))
    assert "amount_changed" in found
    assert desk.case(case_id).total == before
    with desk.actor_as("province_hr"):
        execute(RecomputeCase(case_id))
    case = desk.case(case_id)
    assert case.total > before
    assert case.finance_endorsed_at is None
    assert set(refusal(lambda: desk.do(case_id, "decide"))) == {"not_endorsed"}


def test_values_nobody_checked_against_the_text_are_shown_to_the_approver_but_block_nothing(desk):
    case_id = desk.open(leave_date=date(2025, 8, 31), decree="178")
    case = desk.case(case_id)
    warnings = list(guards.doubtful_law(case))
    assert all(not warning.blocks for warning in warnings)


def test_a_top_up_survives_only_from_before_the_repeal(desk):
    case_id = desk.open()
    case = desk.case(case_id)

    def with_top_up(day: date) -> None:
        granted = {"local_top_up": 50_000_000, "local_top_up_decision": "9/QĐ", "local_top_up_on": day}
        request = replace(CaseRequest.of(case), **granted)
        with desk.actor_as("unit_hr_a"):
            execute(EditCase(case_id, None, request))

    found = refusal(lambda: with_top_up(date(2025, 3, 15)))
    assert "NĐ 67/2025/NĐ-CP" in found["top_up_too_late"]
    before = desk.case(case_id).total
    with_top_up(date(2025, 3, 14))
    case = desk.case(case_id)
    assert (case.total, case.top_up_part) == (before + 50_000_000, 50_000_000)


def test_the_province_does_not_edit_what_is_with_finance(desk):
    case_id = desk.bring("finance_review")
    found = refusal(lambda: desk.edit(case_id, by="province_hr", reason="x"))
    assert set(found) == {"locked_state"}


def test_who_may_edit_follows_the_state(desk):
    case_id = desk.bring("appraisal")
    assert set(refusal(lambda: desk.edit(case_id, reason="x"))) == {"locked_state"}
    assert desk.edit(case_id, by="province_hr", reason="Sửa khi thẩm định").reason == "Sửa khi thẩm định"
    with pytest.raises(NotAllowed):
        desk.edit(case_id, by="unit_head_a", reason="x")


def test_deciding_long_after_the_leave_date_warns(desk):
    case_id = desk.bring("endorsed")
    with clock.travel_to(date(2025, 8, 2)):
        assert [o.code for o in guards.leave_date_not_long_past(desk.case(case_id))] == ["leave_date_past"]
        assert desk.do(case_id, "decide", **DECISION).state == "decided"


def test_a_leave_on_a_roadmap_may_be_decided_after_the_closing_day(desk):
    case_id = desk.bring("endorsed", leave_date=date(2025, 10, 1), roadmap_decided_on=date(2025, 7, 31))
    with clock.travel_to(date(2025, 9, 20)):
        assert desk.do(case_id, "decide", decision_date=date(2025, 9, 10)).state == "decided"
