"""A record moves only along declared steps, by whom it may, with what the law asks for, and every step is kept."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.kernel.commands import transaction
from hrms.kernel.errors import NotAllowed, Refused
from hrms.kernel.workflow import Obstacle, State, Transition, Workflow, performed
from models.restructuring import DownsizingCase
from tests.support.samples import sample_place


def block(record):
    if record.pregnant_or_small_child and not record.voluntary:
        yield Obstacle("Đang mang thai, không xét khi không tự nguyện.", "Điều 4 khoản 1 NĐ 178/2024/NĐ-CP", "pregnant")


def warn(record):
    yield Obstacle("Chưa đủ đánh giá ba năm.", code="assessment", blocks=False)


FLOW = Workflow(
    "case",
    states=(
        State("draft", "Đang lập"),
        State("unit_review", "Đơn vị xét"),
        State("refused", "Không giải quyết", "closed"),
    ),
    transitions=(
        Transition("submit", "Trình", ("draft",), "unit_review", "submit", guards=(block, warn), primary=True),
        Transition(
            "refuse",
            "Không giải quyết",
            ("unit_review",),
            "refused",
            "review",
            needs_reason=True,
            needs_article=True,
            needs_document=True,
            not_by_performer_of=("submit",),
        ),
        Transition("note", "Ghi nhận", ("unit_review",), "", "review"),
        Transition("expire", "Hết hạn", ("draft",), "refused", "submit", automatic=True),
    ),
)


@pytest.fixture
def case(world, session):
    return sample_place(world, "a1").row(DownsizingCase)


def codes(case):
    return [action.transition.code for action in FLOW.allowed_actions(case)]


def test_buttons_are_those_of_the_state_and_of_ones_rights(case, actor_as):
    with actor_as("unit_hr_a"):
        assert codes(case) == ["submit"]
    for username in ("unit_hr_b", "unit_head_a", "finance", "staff_member_a"):
        with actor_as(username):
            assert codes(case) == [], username


def test_a_blocked_button_stays_visible_with_the_reason_and_the_article(case, session, actor_as):
    with transaction():
        case.pregnant_or_small_child, case.voluntary = True, False
    with actor_as("unit_hr_a"):
        action = FLOW.allowed_actions(case)[0]
        assert not action.enabled
        assert [(o["code"], o["blocks"]) for o in action.to_dict()["obstacles"]] == [
            ("pregnant", True),
            ("assessment", False),
        ]
        with pytest.raises(Refused) as refusal, transaction():
            FLOW.perform(case, "submit")
    assert [(fault.code, fault.article) for fault in refusal.value.faults] == [
        ("pregnant", "Điều 4 khoản 1 NĐ 178/2024/NĐ-CP")
    ]
    assert case.state == "draft"
    assert performed(case) == []


def test_a_step_is_kept_with_who_when_and_from_where_to_where(case, actor_as, world):
    with actor_as("unit_hr_a"), transaction():
        FLOW.perform(case, "submit", reason=" đủ hồ sơ ")
    assert case.state == "unit_review"
    step = performed(case)[0]
    assert (step.transition, step.source, step.target, step.reason) == ("submit", "draft", "unit_review", "đủ hồ sơ")
    assert step.actor_user_id == world.accounts["unit_hr_a"]


def test_without_the_right_there_is_no_step_whatever_is_filled_in(case, actor_as):
    for username in ("unit_hr_b", "leadership", "staff_member_a"):
        with actor_as(username), pytest.raises(NotAllowed), transaction():
            FLOW.perform(case, "submit")


def test_a_step_from_another_state_and_an_unknown_step_are_refused(case, actor_as):
    with actor_as("unit_head_a"), pytest.raises(Refused, match="đang ở bước “Đang lập”"), transaction():
        FLOW.perform(case, "refuse", reason="x", article="y", document="z", document_date=date(2025, 6, 1))
    with actor_as("unit_hr_a"), pytest.raises(Refused, match="không có trong quy trình"), transaction():
        FLOW.perform(case, "no-such-step")


def test_all_missing_papers_are_asked_for_together(case, actor_as):
    with actor_as("unit_hr_a"), transaction():
        FLOW.perform(case, "submit")
    with actor_as("unit_head_a"):
        with pytest.raises(Refused) as refusal, transaction():
            FLOW.perform(case, "refuse", reason=" ")
        assert [fault.code for fault in refusal.value.faults] == [
            "reason_missing",
            "article_missing",
            "document_missing",
        ]
        with pytest.raises(Refused) as refusal, transaction():
            FLOW.perform(case, "refuse", reason="x", article="y", document="12/QĐ")
        assert [fault.code for fault in refusal.value.faults] == ["document_date_missing"]


def test_who_submitted_does_not_decide_even_with_both_roles(case, factory, actor_as, world):
    account = factory.account("kiem", "unit_hr", world.unit("a"))
    factory.assign(account, "unit_head", world.unit("a"))
    papers = {"reason": "x", "article": "y", "document": "z", "document_date": date(2025, 6, 1)}
    with actor_as("kiem"):
        with transaction():
            FLOW.perform(case, "submit")
        with pytest.raises(Refused, match="người lập không đồng thời là người duyệt"), transaction():
            FLOW.perform(case, "refuse", **papers)
    with actor_as("unit_head_a"), transaction():
        FLOW.perform(case, "refuse", **papers)
    assert case.state == "refused"


def test_a_step_without_a_target_is_kept_and_moves_nothing(case, actor_as):
    with actor_as("unit_hr_a"), transaction():
        FLOW.perform(case, "submit")
    with actor_as("unit_head_a"), transaction():
        FLOW.perform(case, "note")
    assert case.state == "unit_review"
    assert [step.transition for step in performed(case)] == ["submit", "note"]


def test_automatic_steps_are_no_buttons(case, actor_as):
    with actor_as("unit_hr_a"):
        assert "expire" not in codes(case)


def test_a_declaration_with_an_unknown_state_is_an_error_at_start():
    with pytest.raises(ValueError, match="unknown state"):
        Workflow("case", (State("a", "A"),), (Transition("x", "X", ("a",), "b", "edit"),))
