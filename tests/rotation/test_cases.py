"""A movement case from the proposal to its end: who may do what, what is refused at the door, who sees it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands.rotation.cases import EditCase, LookAgain, MoveRequest, OpenCase
from hrms.commands.rotation.handover import HandoverLine, SaveHandover
from hrms.commands.rotation.queries import MoveFilter, actions, case_query, flows, my_queue
from hrms.commands.rotation.remarks import WriteRemark, next_remark_on
from hrms.commands.rotation.steps import Perform
from hrms.commands.rotation.targets import posts_of_unit, receiving_units
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from hrms.kernel.workflow import performed
from models.notification import Notification
from models.rotation import HandoverItem, MovementCase
from models.staff import Appointment, Discipline
from tests.rotation.movement import JULY, TODAY, codes
from tests.support.statements import counted


def test_a_transfer_goes_from_proposal_to_done_and_every_step_is_on_record(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1")
    assert case.number == "DD-SXD-2025-0001"
    assert [step.transition for step in performed(case)] == ["propose", "check", "hear", "agree", "decide"]
    assert {entry.field for entry in history.of(case)} >= {"state", "meeting_on", "agreed_on", "decision_number"}
    with clock.travel_to(JULY):
        from hrms.commands.rotation.effects import carry_out

        assert carry_out(JULY).done == [case.id]
        session.refresh(case)
        assert (case.state, case.effect) == ("effective", "applied")
        with pytest.raises(Refused) as refused:
            moves.do(case, "hand_over", handed_over_on=JULY)
        assert codes(refused) == {"handover_open"}
        with moves.actor_as("unit_hr_a"):
            items = list(session.scalars(select(HandoverItem).where(HandoverItem.case_id == case.id)))
            execute(SaveHandover(case.id, [HandoverLine(item.id, "", JULY, "Trần Thị Bình") for item in items]))
        moves.do(case, "hand_over", handed_over_on=JULY)
        assert moves.do(case, "close").state == "done"


def test_a_move_after_a_merger_goes_from_the_post_given_by_it(moves, world, session):
    """Decided before 01/7, in effect after: the post of the new unit is the one that is left."""
    old = moves.post("a1", "CU", "Chuyên viên", valid_to=date(2025, 6, 30))
    new = moves.post("a2", "MOI", "Chuyên viên")
    person = moves.person("a1", old)
    with transaction():
        session.query(Appointment).filter_by(person_id=person.id).one().valid_to = date(2025, 6, 30)
        session.add(Appointment(person_id=person.id, unit_id=new.unit_id, position_id=new.id, title="Chuyên viên",
                                valid_from=JULY))  # fmt: skip
    case = moves.open(person, "b1", effective_on=date(2025, 8, 1))
    assert (case.from_position_id, case.unit_id) == (new.id, new.unit_id)


def test_who_proposed_does_not_decide(moves, world):
    case = moves.open(world.people["a1.2"], "a2", kind="NOI_BO", who="province_hr")
    moves.heard(case)
    with pytest.raises(Refused) as refused:
        moves.decide(case, "province_hr")
    assert codes(refused) == {"same_person"}
    assert moves.decide(case, "unit_head_a").state == "decided"


def test_a_head_decides_inside_the_own_agency_not_into_another(moves, world):
    case = moves.open(world.people["a1.2"], "b1")
    moves.agreed(case)
    with pytest.raises(Refused) as refused:
        moves.decide(case, "unit_head_a")
    assert codes(refused) == {"deciding_level"}
    assert moves.decide(case).state == "decided"


def test_the_receiver_gives_the_agreement_and_the_sender_cannot(moves, world):
    case = moves.open(world.people["a1.2"], "b1")
    moves.heard(case)
    with pytest.raises(Refused) as refused:
        moves.do(case, "agree", "unit_hr_a", agreed_on=TODAY, agreement_document="1/CV")
    assert codes(refused) == {"not_receiver"}
    with pytest.raises(Refused) as refused:
        moves.decide(case)
    assert "AGREEMENT_IN_WRITING_REQUIRED" in codes(refused)
    assert moves.do(case, "agree", "unit_head_b", agreed_on=TODAY, agreement_document="1/CV").state == "agreed"


def test_the_receiver_sees_the_case_once_examined_and_may_only_agree_and_remark(moves, world, session):
    case = moves.open(world.people["a1.2"], "b1")
    with moves.actor_as("unit_hr_b"), pytest.raises(NotFound):
        access.get(MovementCase, case.id)
    moves.do(case, "check")
    with moves.actor_as("unit_hr_b"):
        assert access.get(MovementCase, case.id).id == case.id
        assert access.may("movement", "agree", case)
        assert not access.may("movement", "prepare", case)
        assert not access.may("movement", "propose", case)
        with pytest.raises(NotFound):
            access.get(MovementCase, case.id, "hand_over")
    with moves.actor_as("unit_head_b"):
        assert not access.may("movement", "decide", case)
    with moves.actor_as("unit_hr_xa"), pytest.raises(NotFound):
        access.get(MovementCase, case.id)
    with moves.actor_as("unit_hr_b"), pytest.raises(NotAllowed):
        execute(Perform(case.id, "hear", meeting_on=TODAY, meeting_minutes="1"))


def test_the_person_sees_the_own_case_and_nobody_elses(moves, world, session):
    mine = moves.open(world.people["a1.2"], "b1")
    moves.open(world.people["a2.2"], "b1")
    with moves.actor_as("staff_member_a"):
        assert set(session.scalars(access.restrict(select(MovementCase.id), MovementCase))) == {mine.id}
        with pytest.raises(NotAllowed):
            execute(Perform(mine.id, "check"))


def test_a_decision_is_told_to_the_person_once(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1")
    told = session.scalars(select(Notification).where(Notification.kind == "movement_notice")).all()
    assert [row.account_id for row in told] == [world.account("staff_member_a").id]
    moves.do(case, "notify", notified_on=TODAY)
    moves.do(case, "notify", notified_on=TODAY)
    assert session.query(Notification).filter_by(kind="movement_notice").count() == 2


def test_two_moves_into_one_post_are_refused_at_the_door(moves, world):
    only = moves.post("b1", "MOT", approved_number=1)
    moves.open(world.people["a1.2"], "b1", only)
    with pytest.raises(Refused) as refused:
        moves.open(world.people["a2.2"], "b1", only)
    assert codes(refused) == {"two_into_one_post"}


def test_a_second_case_of_one_person_waits(moves, world):
    moves.open(world.people["a1.2"], "b1")
    with pytest.raises(Refused) as refused:
        moves.open(world.people["a1.2"], "b2")
    assert codes(refused) == {"other_case"}


@pytest.mark.parametrize(("day", "refused_"), [(date(2015, 1, 1), True), (date(2015, 1, 2), False)])
def test_a_move_before_the_appointment_began_is_refused(moves, day, refused_):
    person = moves.person("a1", moves.cv("a1"))
    if not refused_:
        assert moves.open(person, "b1", effective_on=day).state == "proposed"
        return
    with pytest.raises(Refused) as refused:
        moves.open(person, "b1", effective_on=day)
    assert "BEFORE_APPOINTMENT" in codes(refused)


@pytest.mark.parametrize(("last", "allowed"), [(date(2025, 6, 30), False), (JULY, True)])
def test_a_unit_that_has_ended_takes_nobody(moves, world, session, last, allowed):
    with transaction():
        unit = world.unit("b1")
        unit.valid_to = last
        unit.versions[0].valid_to = last
    request = moves.request("b1", kind="BIET_PHAI", ends_on=JULY) if allowed else moves.request("b1")
    with moves.actor_as("unit_hr_a"):
        if allowed:
            assert execute(OpenCase(world.people["a1.2"], request)).state == "proposed"
        else:
            with pytest.raises(Refused) as refused:
                execute(OpenCase(world.people["a1.2"], request))
            assert codes(refused) & {"unit_not_live", "position_not_live"}


def test_nobody_is_proposed_out_of_anothers_staff(moves, world):
    with pytest.raises(NotFound):
        moves.open(world.people["b1.2"], "a1", who="unit_hr_a")


def test_a_changed_proposal_is_compared_and_the_target_is_fixed_once_checked(moves, world):
    case = moves.open(world.people["a1.2"], "b1")
    with moves.actor_as("unit_hr_a"):
        changed = execute(EditCase(case.id, case.version, moves.request("b2", reason="Tăng cường")))
        assert (changed.to_unit_id, changed.reason) == (world.units["b2"], "Tăng cường")
        with pytest.raises(Stale):
            execute(EditCase(case.id, 1, moves.request("b1")))
        execute(Perform(case.id, "check"))
        with pytest.raises(Refused) as refused:
            execute(EditCase(case.id, None, moves.request("b1")))
        assert codes(refused) == {"target_fixed"}
        later = execute(EditCase(case.id, None, moves.request("b2", effective_on=date(2025, 8, 1))))
    assert later.effective_on == date(2025, 8, 1)


def test_sent_back_the_meeting_and_the_agreement_are_asked_anew(moves, world):
    case = moves.open(world.people["a1.2"], "b1")
    moves.agreed(case)
    back = moves.do(case, "send_back", reason="Đổi nơi đến")
    assert (back.state, back.meeting_on, back.agreed_on) == ("proposed", None, None)


def test_one_request_sent_twice_opens_one_case(moves, world, session):
    with moves.actor_as("unit_hr_a"):
        first = execute(OpenCase(world.people["a1.2"], moves.request("b1")), key="k1")
        again = execute(OpenCase(world.people["a1.2"], moves.request("b1")), key="k1")
    assert first.id == again.id
    assert session.query(MovementCase).count() == 1


def test_two_officers_at_one_moment_open_one_case(moves, world, concurrently):
    requests = [moves.request("b1") for _number in range(3)]
    person = world.people["a1.2"]

    def one(number):
        with moves.actor_as("unit_hr_a"):
            return execute(OpenCase(person, requests[number])).id

    outcomes = concurrently(one, 3)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1, outcomes
    assert all(isinstance(outcome, (int, Refused)) for outcome in outcomes), outcomes


def test_two_people_proposed_for_one_place_at_one_moment_leave_one_case(moves, world, concurrently):
    only = moves.post("b1", "MOT", approved_number=1)
    request = moves.request("b1", only)
    people = [world.people[name] for name in ("a1.2", "a2.2", "a.2")]

    def one(number):
        with moves.actor_as("unit_hr_a"):
            return execute(OpenCase(people[number], request)).id

    outcomes = concurrently(one, 3)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1, outcomes
    assert all(isinstance(outcome, (int, Refused)) for outcome in outcomes), outcomes


def test_a_version_seen_before_anothers_step_is_stale(moves, world):
    case = moves.open(world.people["a1.2"], "b1")
    seen = case.version
    moves.do(case, "check")
    with pytest.raises(Stale):
        moves.do(case, "withdraw", reason="Thôi", version=seen)


def test_everything_wrong_with_a_request_is_said_at_once(moves, world):
    request = MoveRequest("DI_CHOI", world.units["b1"], None, own_wish=True)
    with moves.actor_as("unit_hr_a"), pytest.raises(Refused) as refused:
        execute(OpenCase(world.people["a1.2"], request))
    assert {fault.field for fault in refused.value.faults} == {"kind", "to_position_id", "wish_document"}


def test_the_queue_shows_each_their_next_step(moves, world):
    case = moves.open(world.people["a1.2"], "b1")

    def waits(username):
        with moves.actor_as(username):
            return [(item.case.id, item.step) for item in my_queue().items]

    assert waits("unit_hr_a") == [(case.id, "check")]
    moves.heard(case)
    assert waits("unit_hr_b") == [(case.id, "agree")]
    assert waits("unit_hr_a") == []
    moves.do(case, "agree", "unit_hr_b", agreed_on=TODAY, agreement_document="1/CV")
    assert waits("province_hr") == [(case.id, "decide")]
    assert waits("unit_head_a") == []  # the move leaves the agency


def test_the_flow_map_and_the_list_count_what_the_actor_may_see(moves, world, session):
    moves.decided(world.people["a1.2"], "b1")
    moves.open(world.people["a2.2"], "b2")
    with moves.actor_as("province_hr"):
        (flow,) = flows()
        assert (flow.from_id, flow.to_id, flow.planned, flow.done) == (world.units["a"], world.units["b"], 2, 0)
        rows = session.scalars(case_query(MoveFilter(to_unit_id=world.units["b"]))).all()
        assert len(rows) == 2
    with moves.actor_as("unit_hr_b"):
        assert sum(flow.planned for flow in flows()) == 1  # the other one is no proposal to it yet


def test_places_are_offered_across_the_province_without_their_people(moves, world):
    with moves.actor_as("unit_hr_a"):
        assert world.units["b1"] in {row.id for row in receiving_units("to chuc can bo")}
        post = next(row for row in posts_of_unit(world.units["b1"]) if row.id == moves.cv("b1").id)
        assert (post.approved, post.holders, post.free) == (5, 1, 4)
    with moves.actor_as("unit_head_a"), pytest.raises(NotAllowed):
        receiving_units("so")


def test_the_hand_over_sheet_is_saved_whole_or_not_at_all(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1")
    with moves.actor_as("unit_hr_a"):
        first, second = case.handover[0].id, case.handover[1].id
        count = len(case.handover)
        execute(
            SaveHandover(case.id, [HandoverLine(first, "", TODAY, "Lê Văn Bốn"), HandoverLine(None, "Chìa khóa kho")])
        )
        assert session.get(HandoverItem, first).done_on == TODAY and len(case.handover) == count + 1
        with pytest.raises(Refused) as refused:
            execute(SaveHandover(case.id, [
                HandoverLine(second, "", date(2025, 6, 16)), HandoverLine(first, "", TODAY, remove=True),
                HandoverLine(None, "  "), HandoverLine(None, "Con dấu"),
            ]))  # fmt: skip
        assert codes(refused) == {"future", "done", "missing"}
        assert {fault.field for fault in refused.value.faults} == {"lines.0.done_on", "lines.1.remove", "lines.2.label"}
        session.rollback()
        assert len(case.handover) == count + 1
        with pytest.raises(Stale):
            execute(SaveHandover(case.id, [HandoverLine(first, "", None, version=1)]))
        execute(SaveHandover(case.id, [HandoverLine(first), HandoverLine(second, remove=True)]))
        assert session.get(HandoverItem, first).done_on is None and session.get(HandoverItem, second) is None


def test_the_destination_remarks_each_year_and_the_sender_does_not(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", effective_on=TODAY, ends_on=date(2027, 6, 14))
    assert case.state == "running"
    assert next_remark_on(case) == date(2026, 6, 15)
    with moves.actor_as("unit_hr_a"), pytest.raises(Refused) as refused:
        execute(WriteRemark(case.id, 2025, "Tốt"))
    assert codes(refused) == {"not_receiver"}
    with moves.actor_as("unit_hr_b"):
        first = execute(WriteRemark(case.id, 2025, "Tốt", "HTT"))
        second = execute(WriteRemark(case.id, 2025, "Rất tốt", "HTXS"))
    assert first.id == second.id
    assert next_remark_on(case) == date(2027, 6, 15)
    db.session.rollback()


def test_the_page_shows_what_was_last_found_and_the_step_asks_anew(moves, world, session):
    case = moves.open(world.people["a1.2"], "b1")
    with transaction():
        db.session.add(Discipline(person_id=world.people["a1.2"], kind="administrative", opened_on=TODAY))

    def check():
        with moves.actor_as("unit_hr_a"):
            return next(one for one in actions(session.get(MovementCase, case.id)) if one.transition.code == "check")

    assert check().enabled
    with pytest.raises(Refused):
        moves.do(case, "check")
    with moves.actor_as("unit_hr_a"):
        execute(LookAgain(case.id))
    assert {one.code for one in check().obstacles if one.blocks} == {"DISCIPLINE_REVIEW"}


@pytest.mark.parametrize(("who", "most"), [("unit_hr_a", 6), ("unit_hr_b", 6), ("province_hr", 8)])
def test_the_buttons_of_a_page_cost_few_statements(moves, world, session, who, most):
    case = moves.open(world.people["a1.2"], "b1")
    moves.agreed(case)
    with moves.actor_as(who):
        access.grants()
        found = session.scalars(case_query().where(MovementCase.id == case.id)).one()
        with counted() as sent:
            actions(found)
    assert len(sent) <= most, sent
