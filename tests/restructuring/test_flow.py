"""A case from the draft to the payment: every step by whose duty it is, and nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.queries import next_step
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import history
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from hrms.kernel.workflow import performed


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_a_case_goes_from_draft_to_paid_and_every_step_names_who_took_it(desk, session):
    case_id = desk.bring("paid")
    case = desk.case(case_id)
    assert case.state == "paid"
    assert [row.transition for row in performed(case)] == ["submit", "review", "appraise", "endorse", "decide", "pay"]
    assert [row.actor_name for row in performed(case)][1].startswith("Thủ trưởng")
    assert performed(case)[4].document == "15/QĐ-UBND – Chủ tịch UBND tỉnh"
    assert performed(case)[4].document_date == date(2025, 6, 14)
    assert (case.paid_amount, case.payment_reference) == (case.total, "UNC 88")


def test_the_number_names_agency_year_and_counts_without_gaps(desk):
    first, second, other = desk.open("a1.2"), desk.open("a2.2"), desk.open("b1.2")
    assert desk.case(first).number == "NV-SXD-2025-0001"
    assert desk.case(second).number == "NV-SXD-2025-0002"
    assert desk.case(other).number == "NV-SYT-2025-0001"


def test_opening_takes_salary_insurance_and_ratings_from_the_staff_records(desk):
    case = desk.case(desk.open("a1.2"))
    row = calculation.current(case)
    assert row is not None
    assert row.inputs["salary"]["coefficient"] == "4.98"
    assert row.inputs["restructuring"] == {"directly_affected": True, "effective_date": "2025-03-01"}
    assert case.total == row.result["total"] > 0
    assert case.eligible is True
    assert [(year.year, year.level) for year in case.assessments] == [(2022, "HTT"), (2023, "HTT"), (2024, "HTT")]
    required = {item.code for item in case.checklist if item.required}
    assert required >= {"application", "insurance_record", "meeting_minutes"}


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("draft", "submit", "unit_head_a"),
        ("draft", "submit", "province_hr"),
        ("unit_review", "review", "unit_hr_a"),
        ("appraisal", "appraise", "unit_head_a"),
        ("finance_review", "endorse", "province_hr"),
        ("endorsed", "decide", "finance"),
        ("decided", "pay", "province_hr"),
        ("decided", "pay", "leadership"),
    ],
)
def test_a_step_belongs_to_one_duty(desk, state, action, who):
    case_id = desk.bring(state)
    with pytest.raises(NotAllowed):
        desk.do(case_id, action, by=who)


@pytest.mark.parametrize("who", ["unit_hr_b", "unit_head_b", "unit_hr_xa", "staff_member_b"])
def test_a_case_of_another_unit_does_not_exist(desk, who):
    case_id = desk.bring("unit_review")
    with pytest.raises(NotFound):
        desk.do(case_id, "review", by=who)


def test_finance_does_not_see_a_case_before_it_is_in_work_there(desk):
    case_id = desk.bring("appraisal")
    with pytest.raises(NotFound):
        desk.do(case_id, "endorse")


def test_the_staff_member_sees_the_own_case_and_takes_no_step(desk, actor_as, world):
    from hrms.commands.restructuring.rights import case_for

    case_id = desk.bring("unit_review", "a1.2")
    with actor_as("staff_member_a"):
        case = case_for(case_id)
        assert WORKFLOW.allowed_actions(case) == []
    with pytest.raises(NotAllowed):
        desk.do(case_id, "withdraw", by="staff_member_a", reason="đổi ý")


def test_who_submits_does_not_review_even_with_both_roles(desk, factory, world):
    factory.assign(world.account("unit_hr_a"), "unit_head", world.unit("a"))
    case_id = desk.bring("unit_review")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "review", by="unit_hr_a")
    assert codes(error) == {"same_person"}


@pytest.mark.parametrize(
    ("account", "roles", "state", "action"),
    [
        ("unit_hr_a", ("province_hr",), "appraisal", "appraise"),
        ("unit_head_a", ("province_hr",), "appraisal", "appraise"),
        ("unit_hr_a", ("finance",), "finance_review", "endorse"),
        ("province_hr", ("finance",), "finance_review", "endorse"),
        ("finance", ("province_hr",), "endorsed", "decide"),
        ("province_hr", ("finance",), "decided", "pay"),
    ],
)
def test_duties_stay_apart(desk, factory, world, account, roles, state, action):
    for role in roles:
        factory.assign(world.account(account), role)
    case_id = desk.bring(state)
    with pytest.raises(Refused) as error:
        desk.do(case_id, action, by=account)
    assert codes(error) == {"same_person"}


@pytest.mark.parametrize(
    ("state", "action", "who", "target"),
    [
        ("unit_review", "return_from_review", "unit_head_a", "draft"),
        ("appraisal", "return_to_unit", "province_hr", "unit_review"),
        ("appraisal", "return_from_appraisal", "province_hr", "draft"),
        ("finance_review", "return_to_appraisal", "finance", "appraisal"),
        ("finance_review", "return_from_finance", "finance", "draft"),
        ("finance_review", "recall", "province_hr", "appraisal"),
    ],
)
def test_each_level_sends_back_with_the_reason(desk, state, action, who, target):
    case_id = desk.bring(state)
    with pytest.raises(Refused) as error:
        desk.do(case_id, action, by=who)
    assert codes(error) == {"reason_missing"}
    assert desk.do(case_id, action, by=who, reason="Thiếu quyết định lương").state == target
    assert performed(desk.case(case_id))[-1].reason == "Thiếu quyết định lương"


def test_sending_back_takes_away_the_endorsement(desk):
    case_id = desk.bring("endorsed")
    desk.do(case_id, "recall", by="province_hr", reason="Xem lại phụ cấp")
    case = desk.case(case_id)
    assert (case.finance_endorsed_at, case.finance_endorsed_by) == (None, None)
    desk.do(case_id, "appraise")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "decide")
    assert "not_endorsed" in codes(error)


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("unit_review", "refuse", "unit_head_a"),
        ("appraisal", "refuse_appraisal", "province_hr"),
        ("finance_review", "refuse_appraisal", "province_hr"),
    ],
)
def test_a_refusal_names_reason_and_article(desk, state, action, who):
    case_id = desk.bring(state)
    with pytest.raises(Refused) as error:
        desk.do(case_id, action, by=who)
    assert codes(error) == {"reason_missing", "article_missing"}
    desk.do(case_id, action, by=who, reason="Đơn vị cần giữ lại", article="Điều 17 NĐ 178/2024/NĐ-CP")
    case = desk.case(case_id)
    assert case.state == "refused"
    assert performed(case)[-1].article == "Điều 17 NĐ 178/2024/NĐ-CP"


@pytest.mark.parametrize("state", ["draft", "unit_review", "appraisal", "finance_review"])
def test_the_unit_may_withdraw_until_the_decision(desk, state):
    case_id = desk.bring(state)
    with pytest.raises(Refused):
        desk.do(case_id, "withdraw", by="unit_hr_a")
    assert desk.do(case_id, "withdraw", by="unit_hr_a", reason="Có đơn rút nguyện vọng").state == "withdrawn"


@pytest.mark.parametrize("state", ["decided", "paid"])
def test_a_decided_case_is_not_withdrawn(desk, state):
    case_id = desk.bring(state)
    with pytest.raises(Refused) as error:
        desk.do(case_id, "withdraw", by="unit_hr_a", reason="Đổi ý")
    assert codes(error) == {"wrong_state"}


def test_an_unknown_step_is_refused(desk):
    with pytest.raises(Refused) as error:
        desk.do(desk.open(), "approve", by="unit_hr_a")
    assert codes(error) == {"unknown_action"}


def test_a_step_is_not_taken_twice(desk):
    case_id = desk.bring("unit_review")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "submit")
    assert codes(error) == {"wrong_state"}


def test_the_same_key_takes_the_step_once(desk):
    case_id = desk.open()
    first = desk.do(case_id, "submit", key="k-1")
    again = desk.do(case_id, "submit", key="k-1")
    assert first.id == again.id
    assert [row.transition for row in performed(desk.case(case_id))] == ["submit"]


def test_the_same_key_with_another_step_is_refused(desk):
    case_id = desk.open()
    desk.do(case_id, "submit", key="k-1")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "withdraw", by="unit_hr_a", reason="Rút", key="k-1")
    assert error.value.faults[0].field == "idempotency_key"


def test_a_step_on_a_page_that_is_out_of_date_is_stale(desk):
    case_id = desk.bring("unit_review")
    seen = desk.case(case_id).version
    desk.edit(case_id, reason="Bổ sung hoàn cảnh")
    with pytest.raises(Stale):
        desk.do(case_id, "review", version=seen)


def test_nothing_is_approved_on_an_amount_that_was_not_seen(desk):
    case_id = desk.bring("unit_review")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "review", seen_total=1)
    assert codes(error) == {"amount_changed"}
    assert desk.do(case_id, "review", seen_total=desk.case(case_id).total).state == "appraisal"


def test_deciding_asks_for_number_day_and_authority_all_at_once(desk):
    case_id = desk.bring("endorsed")
    with pytest.raises(Refused) as error:
        desk.do(case_id, "decide", decision_number="", decision_date=None, decided_by=" ")
    assert {fault.field for fault in error.value.faults} == {"decision_number", "decision_date", "decided_by"}
    with pytest.raises(Refused) as error:
        desk.do(case_id, "decide", decision_date=date(2025, 6, 16))
    assert [fault.field for fault in error.value.faults] == ["decision_date"]
    assert desk.do(case_id, "decide", decision_date=date(2025, 6, 15)).state == "decided"


def test_paying_asks_for_day_and_reference_and_the_whole_amount(desk):
    case_id = desk.bring("decided")
    total = desk.case(case_id).total
    with pytest.raises(Refused) as error:
        desk.do(case_id, "pay", paid_on=None, payment_reference="")
    assert {fault.field for fault in error.value.faults} == {"paid_on", "payment_reference"}
    with pytest.raises(Refused) as error:
        desk.do(case_id, "pay", paid_on=date(2025, 6, 13))
    assert [fault.field for fault in error.value.faults] == ["paid_on"]
    with pytest.raises(Refused) as error:
        desk.do(case_id, "pay", paid_amount=total - 1)
    assert codes(error) == {"amount_differs"}
    same_day = desk.do(case_id, "pay", paid_on=date(2025, 6, 14), paid_amount=total)
    assert (same_day.paid_amount, same_day.paid_on) == (total, date(2025, 6, 14))


def test_buttons_follow_role_and_state(desk, actor_as):
    case_id = desk.bring("appraisal")

    def buttons(who: str) -> set[str]:
        with actor_as(who):
            return {action.transition.code for action in WORKFLOW.allowed_actions(desk.case(case_id))}

    assert buttons("unit_hr_a") == {"withdraw"}
    assert buttons("unit_head_a") == set()
    assert buttons("province_hr") == {"appraise", "return_to_unit", "return_from_appraisal", "refuse_appraisal"}
    assert buttons("auditor") == set()


def test_a_button_in_the_way_of_the_law_is_there_but_closed(desk, actor_as):
    case_id = desk.open()
    desk.do(case_id, "submit")
    with actor_as("unit_head_a"):
        actions = {action.transition.code: action for action in WORKFLOW.allowed_actions(desk.case(case_id))}
    assert not actions["review"].enabled
    assert {o.code for o in actions["review"].obstacles if o.blocks} == {"minutes_missing", "paper_missing"}
    assert actions["return_from_review"].enabled


def test_next_step_in_finance_is_the_endorsement_and_then_the_decision(desk):
    case_id = desk.bring("finance_review")
    assert next_step(desk.case(case_id)) == "endorse"
    desk.do(case_id, "endorse")
    assert next_step(desk.case(case_id)) == "decide"


def test_endorsing_is_recorded_and_leaves_the_case_in_place(desk):
    case_id = desk.bring("finance_review")
    desk.do(case_id, "endorse", funding_source="salary_reform")
    case = desk.case(case_id)
    assert case.state == "finance_review"
    assert case.finance_endorsed_by == "Cán bộ tài chính"
    assert case.funding_source == "salary_reform"
    with pytest.raises(Refused) as error:
        desk.do(case_id, "endorse")
    assert "already_endorsed" in codes(error)


def test_every_field_change_stands_in_the_history(desk):
    case_id = desk.open()
    desk.edit(case_id, leave_date=date(2025, 9, 1))
    entries = [(e.field, e.old, e.new) for e in history.of(desk.case(case_id)) if e.field == "leave_date"]
    assert entries[0] == ("leave_date", "01/08/2025", "01/09/2025")
    notes = [e.note for e in history.of(desk.case(case_id)) if e.note]
    assert any(note.startswith("Tính lại: ") for note in notes)
