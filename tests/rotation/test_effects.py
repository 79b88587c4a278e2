"""What a decision brings about on its day: exactly once, undone when revoked, kept in the history."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands.organization.balance import establishment_balance
from hrms.commands.rotation import effects
from hrms.commands.rotation.queries import MoveFilter, case_query, kept_allowances, status_text
from hrms.commands.staff.people import LeaveService
from hrms.kernel import clock, history, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.rotation import MovementCase
from models.staff import Appointment
from policies.rotation import term_dates
from tests.rotation.movement import JULY, TODAY, codes

RECRUITED = date(1995, 8, 1)
JUNE_30 = date(2025, 6, 30)


def wake(day):
    """The scheduled job of ``day``."""
    with clock.travel_to(day):
        return effects.carry_out(day)


@pytest.mark.parametrize(("day", "happened"), [(JUNE_30, False), (JULY, True), (date(2025, 7, 20), True)])
def test_a_transfer_takes_effect_on_its_day_dated_with_it_however_late_the_job(moves, world, session, day, happened):
    case = moves.decided(world.people["a1.2"], "b1")
    wake(day)
    session.refresh(case)
    person = world.person("a1.2")
    if not happened:
        assert (case.effect, person.unit_id) == ("none", world.units["a1"])
        return
    assert moves.posts(person) == [
        ("main", world.units["a1"], RECRUITED, JUNE_30),
        ("main", world.units["b1"], JULY, None),
    ]
    assert (person.unit_id, case.state, case.effect) == (world.units["b1"], "effective", "applied")


def test_the_job_run_again_or_by_two_processes_does_it_once(moves, world, session, concurrently):
    case = moves.decided(world.people["a1.2"], "b1")
    with clock.travel_to(JULY):
        outcomes = concurrently(lambda _n: effects.carry_out(JULY).done, 3)
        assert sorted(len(done) for done in outcomes) in ([0, 0, 1], [0, 1, 0]), outcomes
        assert effects.carry_out(JULY).done == []
        assert execute(effects.TakeEffect(case.id, JULY)) == []  # asked for by name: done already, and no error
    session.rollback()
    assert len(moves.posts(world.people["a1.2"])) == 2
    assert session.get(MovementCase, case.id).effect == "applied"


def test_the_scheduled_action_names_only_cases(moves, world):
    case = moves.decided(world.people["a1.2"], "b1")
    with clock.travel_to(JULY):
        from hrms.commands.rotation.background import TAKE_EFFECT

        assert jobs.actions()["movements_take_effect"] is TAKE_EFFECT
        text = TAKE_EFFECT.run(JULY)
    assert "1 quyết định" in text
    assert case.person.full_name not in text


def test_a_decision_recorded_on_its_day_takes_effect_at_once(moves, world):
    case = moves.open(world.people["a1.2"], "b1", effective_on=TODAY)
    moves.agreed(case)
    assert moves.decide(case).effect == "applied"
    assert moves.posts(world.people["a1.2"])[-1] == ("main", world.units["b1"], TODAY, None)


def test_the_headcount_of_both_agencies_moves_with_the_person(moves, world):
    def present(unit):
        return establishment_balance(world.units[unit], JULY).lines["civil_servant"].present

    moves.decided(world.people["a1.2"], "b1")
    before = present("a"), present("b")
    wake(JULY)
    assert (present("a"), present("b")) == (before[0] - 1, before[1] + 1)


def test_a_secondment_stands_beside_the_main_post_and_ends_by_itself(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2027, 6, 30))
    wake(JULY)
    person = world.person("a1.2")
    assert moves.posts(person) == [
        ("main", world.units["a1"], RECRUITED, None),
        ("secondment", world.units["b1"], JULY, date(2027, 6, 30)),
    ]
    session.refresh(person)
    assert (person.status, person.unit_id) == ("seconded", world.units["a1"])  # on the sender's payroll
    session.refresh(case)
    assert case.state == "running"
    assert establishment_balance(world.units["b"], JULY).lines["civil_servant"].seconded_in == 1
    with clock.travel_to(date(2027, 7, 1)):
        assert status_text(session.get(MovementCase, case.id)).startswith("Đã hết thời hạn")


@pytest.mark.parametrize(
    ("end", "accepted", "allowed"),
    [(date(2028, 6, 30), False, True), (date(2028, 7, 31), False, False), (date(2028, 7, 31), True, True)],
)
def test_an_extension_over_36_months_asks_for_a_persons_decision(moves, world, end, accepted, allowed):
    """NĐ 170/2025 Điều 26 khoản 2: 36 months in all; beyond, the one who decides must say so."""
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2027, 6, 30))
    wake(JULY)
    grounds = {"document": "90/QĐ", "document_date": TODAY, "ends_on": end, "accept_over_limit": accepted}
    if not allowed:
        with pytest.raises(Refused) as refused:
            moves.do(case, "extend", "province_hr", **grounds)
        assert codes(refused) == {"EXTENSION_OVER_36_MONTHS"}
        return
    assert moves.do(case, "extend", "province_hr", **grounds).ends_on == end
    assert moves.posts(world.people["a1.2"])[-1][3] == end


def test_a_secondment_ends_early_by_decision_and_the_person_is_back(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2027, 6, 30))
    wake(JULY)
    with clock.travel_to(date(2026, 1, 10)):
        moves.do(case, "end_early", "province_hr", reason="Xong việc", document="3/QĐ",
                 document_date=date(2026, 1, 5), ended_on=date(2026, 1, 9))  # fmt: skip
        assert moves.posts(world.people["a1.2"])[-1][3] == date(2026, 1, 9)
        assert (world.person("a1.2").status, session.get(MovementCase, case.id).state) == ("active", "done")


def leader(moves, unit="a2"):
    """A deputy with an allowance of 0.7, twelve years from the age."""
    post = moves.post(unit, "PTP", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.7")
    return moves.person(unit, post, birth=date(1980, 1, 1), leadership="0.7")


def rotated(moves, world, **more):
    target = moves.post("b2", "PTP", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.5")
    person = leader(moves)
    case = moves.decided(person, "b2", target, kind="LUAN_CHUYEN", **more)
    wake(JULY)
    return person, case


def test_a_rotation_begins_a_term_and_keeps_the_allowance_for_its_whole_length(moves, world, session):
    """NĐ 170/2025 Điều 48, 51; Điều 28: each appointment to a leading post begins a term."""
    _person, case = rotated(moves, world)
    made = session.get(Appointment, session.get(MovementCase, case.id).made_appointment_id)
    assert (made.kind, made.leader_rank, made.valid_to) == ("main", "deputy", None)
    assert made.term_ends == term_dates(JULY).last_day
    kept = session.get(MovementCase, case.id).kept_allowance
    assert (kept["kept"], kept["from"], kept["until"], len(kept["rows"])) == ("0.7", "2025-07-01", "2028-06-30", 36)
    assert kept["rows"][0]["difference"] == 468_000  # 0.2 × 2.340.000 đồng
    (payment,) = kept_allowances(date(2025, 7, 15))
    assert (payment.case.id, payment.difference) == (case.id, 468_000)


def test_the_allowance_of_a_transfer_to_a_lower_post_is_kept_six_months(moves, world, session):
    case = moves.decided(leader(moves), "b1")
    kept = session.get(MovementCase, case.id).kept_allowance
    assert (kept["from"], kept["until"], len(kept["rows"])) == ("2025-07-01", "2025-12-31", 6)


def test_who_returns_from_a_rotation_holds_the_old_post_from_the_day_after(moves, world, session):
    person, case = rotated(moves, world)
    with clock.travel_to(date(2028, 6, 1)):
        moves.do(case, "return", "province_hr", document="7/QĐ", document_date=date(2028, 6, 1))
    assert moves.posts(person)[1:] == [
        ("main", world.units["b2"], JULY, date(2028, 6, 30)),
        ("main", world.units["a2"], date(2028, 7, 1), None),
    ]
    assert session.get(MovementCase, case.id).ended_on == date(2028, 6, 30)


@pytest.mark.parametrize(("last", "early"), [(date(2028, 6, 29), True), (date(2028, 6, 30), False)])
def test_a_return_before_36_months_needs_the_special_decision(moves, world, last, early):
    _person, case = rotated(moves, world)
    with clock.travel_to(last):
        values = {"document": "7/QĐ", "document_date": last, "ended_on": last}
        if not early:
            assert moves.do(case, "return", "province_hr", **values).state == "done"
            return
        with pytest.raises(Refused) as refused:
            moves.do(case, "return", "province_hr", **values)
        assert codes(refused) == {"EARLY_END_NEEDS_DECISION"}
        ended = moves.do(case, "end_early", "province_hr", reason="Yêu cầu nhiệm vụ", **values)
    assert ended.kept_allowance["until"] == last.isoformat()


def test_settled_at_the_destination_nothing_moves_again(moves, world):
    person, case = rotated(moves, world)
    with clock.travel_to(date(2028, 6, 30)):
        settled = moves.do(case, "settle", "province_hr", document="7/QĐ", document_date=date(2028, 6, 30))
    assert settled.state == "done"
    assert moves.posts(person)[-1] == ("main", world.units["b2"], JULY, None)


def test_the_old_post_taken_meanwhile_there_is_no_return_to_it(moves, world, session):
    target = moves.post("b2", "TP2", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.5")
    post = moves.post("a2", "MOT", "Phó Trưởng phòng", leader_rank="deputy", approved_number=1,
                      leadership_coefficient="0.7")  # fmt: skip
    person = moves.person("a2", post, birth=date(1980, 1, 1))
    case = moves.decided(person, "b2", target, kind="LUAN_CHUYEN")
    wake(JULY)
    moves.person("a2", post, recruited=date(2026, 1, 1))
    with clock.travel_to(date(2028, 6, 30)), pytest.raises(Refused) as refused:
        moves.do(case, "return", "province_hr", document="7/QĐ", document_date=date(2028, 6, 30))
    assert codes(refused) == {"NO_VACANCY"}
    assert moves.posts(person)[-1] == ("main", world.units["b2"], JULY, None)


def test_a_decision_revoked_before_its_day_never_takes_effect(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1")
    moves.do(case, "revoke", "province_hr", reason="Sai căn cứ", document="89/QĐ", document_date=TODAY)
    assert wake(JULY).done == []
    session.refresh(case)
    assert (case.state, case.effect, case.kept_allowance) == ("revoked", "none", None)
    assert moves.posts(world.people["a1.2"]) == [("main", world.units["a1"], RECRUITED, None)]


@pytest.mark.parametrize("kind", ["DIEU_DONG", "BIET_PHAI"])
@pytest.mark.parametrize(("revoked_on", "served"), [(JULY, False), (date(2025, 7, 2), True)])
def test_a_revoked_decision_undoes_the_future_and_leaves_the_past(moves, world, session, kind, revoked_on, served):
    case = moves.decided(world.people["a1.2"], "b1", kind=kind)
    wake(JULY)
    with clock.travel_to(date(2025, 7, 10)):
        moves.do(case, "revoke", "province_hr", reason="Sai căn cứ", document="99/QĐ",
                 document_date=date(2025, 7, 10), revoked_on=revoked_on)  # fmt: skip
        session.refresh(case)
        person = world.person("a1.2")
        assert (case.state, case.effect) == ("revoked", "undone")
        assert (person.unit_id, person.status) == (world.units["a1"], "active")
    served_rows = [row for row in moves.posts(person) if row[1] == world.units["b1"]]
    kind_of_post = "secondment" if kind == "BIET_PHAI" else "main"
    assert served_rows == ([(kind_of_post, world.units["b1"], JULY, JULY)] if served else [])
    main = [row for row in moves.posts(person) if row[0] == "main"]
    if kind == "DIEU_DONG" and served:
        assert main[-1] == ("main", world.units["a1"], date(2025, 7, 2), None)
    else:
        assert main == [("main", world.units["a1"], RECRUITED, None)]
    assert any("99/QĐ" in (entry.new or "") for entry in history.of(case))


def test_a_post_with_an_end_of_its_own_gets_it_back_when_the_move_is_revoked(moves, world, session):
    person = moves.person("a1", moves.cv("a1"))
    with transaction():
        row = db.session.scalars(select(Appointment).where(Appointment.person_id == person.id)).one()
        row.valid_to = date(2026, 12, 31)
    case = moves.decided(person, "b1")
    wake(JULY)
    with clock.travel_to(JULY):
        moves.do(case, "revoke", "province_hr", reason="Sai", document="9/QĐ", document_date=JULY)
    assert moves.posts(person) == [("main", world.units["a1"], date(2015, 1, 1), date(2026, 12, 31))]


def test_what_rests_on_the_new_post_stands_in_the_way_of_revoking(moves, world):
    case = moves.decided(world.people["a1.2"], "b1")
    wake(JULY)
    with clock.travel_to(date(2025, 7, 10)):
        moves.open(world.people["a1.2"], "b2", who="unit_hr_b", effective_on=date(2025, 9, 1))
        with pytest.raises(Refused) as refused:
            moves.do(case, "revoke", "province_hr", reason="Sai", document="9/QĐ", document_date=JULY)
    assert codes(refused) == {"later_case"}


def test_who_left_meanwhile_is_not_moved_and_the_reason_is_kept_once(moves, world, session):
    case = moves.decided(world.people["a1.2"], "b1")
    execute(LeaveService(world.people["a1.2"], date(2025, 6, 20), "Thôi việc"))
    first, second = wake(JULY), wake(date(2025, 7, 2))
    assert set(first.stuck) == set(second.stuck) == {case.number}
    session.refresh(case)
    assert (case.state, case.effect) == ("decided", "none")
    assert "đã nghỉ" in case.checks["stuck"]
    assert sum(entry.field == "effect" for entry in history.of(case)) == 1
    with clock.travel_to(date(2025, 7, 2)):
        assert [row.id for row in session.scalars(case_query(MoveFilter(stuck=True)))] == [case.id]
        assert status_text(case).startswith("Chưa thực hiện được")


def test_one_stuck_case_stops_no_other(moves, world):
    moves.decided(world.people["a1.2"], "b1")
    other = moves.decided(world.people["a2.2"], "b2")
    execute(LeaveService(world.people["a1.2"], date(2025, 6, 20), "Thôi việc"))
    found = wake(JULY)
    assert found.done == [other.id]
    assert len(found.stuck) == 1
