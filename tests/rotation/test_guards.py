"""What the law and the records put in the way of a move, each with its article; just before, at and after a border."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hrms.commands.rotation import checks, kinsfolk, vacancies
from hrms.commands.rotation.words import relation_code
from hrms.kernel import clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.organization import UnitSuccession
from models.rotation import MovementCase, PostRule, RotationDeferral
from models.staff import Absence, Appointment, Discipline, YearRating
from tests.rotation.movement import JULY, TODAY, codes

DAY = timedelta(days=1)


def store(*rows):
    with transaction():
        for row in rows:
            db.session.add(row)


def refusals(case):
    return {reason.code for reason in checks.examine(case).refusals}


def warnings(case):
    return {reason.code for reason in checks.examine(case).warnings}


def test_what_the_rules_said_is_kept_with_article_and_trace(moves, world, session):
    case = moves.open(world.people["a1.2"], "b1")
    checked = moves.do(case, "check")
    assert checked.checks["allowed"] is True
    assert (checked.checks["kind"], checked.checked_on) == ("DIEU_DONG", TODAY)
    assert checked.checks["facts"]["vacancy"] is True
    assert checked.checks["trace"]


@pytest.mark.parametrize(
    ("closed", "bars"),
    [(None, True), (JULY + DAY, True), (JULY, False)],
)
def test_nobody_under_disciplinary_review_is_moved_by_any_kind(moves, world, closed, bars):
    """Luật 80/2025 Điều 38 khoản 2; NĐ 170/2025 Điều 25 khoản 5 điểm a."""
    store(Discipline(person_id=world.people["a1.2"], kind="administrative", opened_on=TODAY, closed_on=closed))
    case = moves.open(world.people["a1.2"], "b1")
    assert ("DISCIPLINE_REVIEW" in refusals(case)) is bars
    if bars:
        with pytest.raises(Refused) as refused:
            moves.do(case, "check")
        assert "DISCIPLINE_REVIEW" in codes(refused)
        assert all(fault.article for fault in refused.value.faults)


@pytest.mark.parametrize("ground", ["SERIOUS_ILLNESS", "OTHER_BY_HEAD", "PROSECUTION_OR_INSPECTION"])
def test_a_recorded_ground_bars_even_against_a_wish(moves, world, ground):
    store(RotationDeferral(person_id=world.people["a1.2"], ground=ground, starts_on=TODAY, document="5/XN"))
    case = moves.open(world.people["a1.2"], "b1", own_wish=True, wish_document="Đơn 1/6")
    assert ground in refusals(case)


@pytest.mark.parametrize("wish", [False, True])
@pytest.mark.parametrize("ground", ["child", "SPECIAL_HARDSHIP_CONFIRMED", "maternity"])
def test_a_signed_wish_lifts_child_and_hardship_only(moves, world, session, ground, wish):
    """NĐ 170/2025 Điều 25 khoản 5 điểm đ, e."""
    person = world.people["a1.2"]
    if ground == "child":
        with transaction():
            world.person("a1.2").child_under_36_months_until = JULY + DAY
    elif ground == "maternity":
        store(Absence(person_id=person, kind="maternity", starts_on=TODAY, ends_on=JULY))
    else:
        store(RotationDeferral(person_id=person, ground=ground, starts_on=TODAY, document="5/XN"))
    case = moves.open(person, "b1", own_wish=wish, wish_document="Đơn ngày 1/6" if wish else "")
    assert bool(refusals(case)) is not wish
    if wish:
        assert "OWN_WISH" in warnings(case)


@pytest.mark.parametrize(("until", "bars"), [(JULY, False), (JULY + DAY, True)])
def test_the_child_counts_until_the_day_it_is_36_months(moves, world, until, bars):
    with transaction():
        world.person("a1.2").child_under_36_months_until = until
    case = moves.open(world.people["a1.2"], "b1")
    assert ("MATERNITY_OR_CHILD_UNDER_36_MONTHS" in refusals(case)) is bars


def test_a_seconded_person_is_not_moved_by_any_kind(moves, world):
    store(
        Appointment(
            person_id=world.people["a1.2"], unit_id=world.units["b1"], kind="secondment", title="Chuyên viên",
            valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1),
        )
    )  # fmt: skip
    for kind in ("DIEU_DONG", "BIET_PHAI", "LUAN_CHUYEN"):
        with pytest.raises(Refused) as refused:
            moves.open(world.people["a1.2"], "b2", kind=kind)
        assert "LONG_STUDY_OR_SECONDED" in codes(refused)
    assert moves.open(world.people["a1.2"], "b2", effective_on=date(2026, 1, 2)).state == "proposed"


@pytest.mark.parametrize(("ends", "bars"), [(date(2026, 5, 30), False), (date(2026, 5, 31), True)])
def test_study_bars_from_twelve_months_on(moves, world, ends, bars):
    """Twelve months from 1 June end on the last day of May; back at work the day after."""
    store(Absence(person_id=world.people["a1.2"], kind="study", starts_on=date(2025, 6, 1), ends_on=ends))
    assert ("LONG_STUDY_OR_SECONDED" in refusals_without_case(moves, world)) is bars


def refusals_without_case(moves, world):
    """The rules asked directly: a case of somebody away for long is not even opened."""
    from hrms.commands.rotation.cases import draft

    case, _faults = draft(world.person("a1.2"), moves.request("b1"))
    return refusals(case)


@pytest.mark.parametrize(("end", "allowed"), [(date(2028, 6, 30), True), (date(2028, 7, 1), False)])
@pytest.mark.parametrize("special", ["", "Luật chuyên ngành"])
def test_a_secondment_is_for_36_months_unless_a_special_law_says_otherwise(moves, world, end, allowed, special):
    """NĐ 170/2025 Điều 26 khoản 2."""
    case = moves.open(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=end, special_document=special)
    assert ("OVER_36_MONTHS" in refusals(case)) is (not allowed and not special)
    assert ("SPECIAL_LAW" in warnings(case)) is (not allowed and bool(special))


def deputy(moves, birth=date(1980, 1, 1), unit="a2", **more):
    post = moves.post(unit, "PTP", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.5")
    target = moves.post("b2", "PTP", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.5")
    return moves.person(unit, post, birth=birth, **more), target


@pytest.mark.parametrize(("end", "allowed"), [(date(2028, 6, 29), False), (date(2028, 6, 30), True)])
@pytest.mark.parametrize("special", ["", "Quyết định đặc biệt"])
def test_a_rotation_lasts_36_months_unless_by_special_decision(moves, end, allowed, special):
    """NĐ 170/2025 Điều 48."""
    person, target = deputy(moves)
    case = moves.open(person, "b2", target, "LUAN_CHUYEN", ends_on=end, special_document=special)
    assert ("UNDER_36_MONTHS" in refusals(case)) is (not allowed and not special)


def test_a_rotation_is_for_leaders_with_ten_years_left_and_a_fresh_certificate(moves, world):
    """NĐ 170/2025 Điều 42, 43."""
    person, target = deputy(moves, birth=date(1972, 1, 1))
    old = moves.open(person, "b2", target, "LUAN_CHUYEN", health_certificate_on=date(2024, 12, 31))
    assert refusals(old) == {"NOT_ENOUGH_YEARS_LEFT", "HEALTH_CERTIFICATE_OVER_6_MONTHS"}
    plain = moves.open(world.people["a1.2"], "b2", kind="LUAN_CHUYEN", health_certificate_on=None)
    assert "NOT_A_LEADER" in refusals(plain)


def test_a_rotation_without_certificate_is_not_decided(moves):
    person, target = deputy(moves)
    case = moves.open(person, "b2", target, "LUAN_CHUYEN", health_certificate_on=None)
    moves.agreed(case)
    with pytest.raises(Refused) as refused:
        moves.decide(case)
    assert codes(refused) == {"health_missing"}


def test_a_post_closed_to_locals_or_capped_asks_for_the_years_of_a_term_only(moves):
    """NĐ 170/2025 Điều 43 khoản 4: groups b and c need the appointment's term, group a ten years."""
    person, target = deputy(moves, birth=date(1973, 1, 1))
    case = moves.open(person, "b2", target, "LUAN_CHUYEN")
    assert "NOT_ENOUGH_YEARS_LEFT" in refusals(case)
    store(PostRule(kind="NOT_LOCAL", title="phó trưởng phòng", valid_from=TODAY, document="1/QĐ"))
    assert "NOT_ENOUGH_YEARS_LEFT" not in refusals(case)


@pytest.mark.parametrize(("level", "refused_"), [("HT", True), ("HTT", False), ("HTXS", False), (None, False)])
def test_a_change_of_position_asks_for_a_good_year_on_the_state_side(moves, level, refused_):
    """NĐ 170/2025 Điều 23; the Party's rating of the year is another one."""
    person = moves.person("a1", moves.cv("a1"), ratings=False)
    store(YearRating(person_id=person.id, year=2024, level="HTXS" if level == "HT" else "KHT", side="PARTY"))
    if level is not None:
        store(YearRating(person_id=person.id, year=2024, level=level))
    other = moves.post("a2", "KT", "Thanh tra viên")
    case = moves.open(person, "a2", other, "NOI_BO")
    assert checks.rule_kind(case) == "THAY_DOI_VTVL"
    assert ("RATING_BELOW_GOOD" in refusals(case)) is refused_
    assert ("RATING_UNKNOWN" in warnings(case)) is (level is None)


@pytest.mark.parametrize("refused_", [True, False])
def test_a_higher_post_waits_after_a_discipline(moves, refused_):
    """NĐ 172/2025 Điều 2 khoản 9: twelve months."""
    person = moves.person("a1", moves.cv("a1"))
    decided = JULY.replace(year=2024) + (DAY if refused_ else timedelta())
    store(
        Discipline(
            person_id=person.id, kind="administrative", form="Khiển trách", opened_on=date(2024, 5, 1),
            decided_on=decided, closed_on=decided,
        )
    )  # fmt: skip
    target = moves.post("a2", "PTP", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient="0.5")
    case = moves.open(person, "a2", target, "NOI_BO")
    assert ("DISCIPLINE_IN_FORCE" in refusals(case)) is refused_


# Periodic change


@pytest.mark.parametrize(("since", "code"), [(date(2023, 7, 1), None), (date(2023, 7, 2), "BEFORE_WINDOW")])
def test_a_periodic_change_waits_for_its_window(moves, since, code):
    """TT 27/2024/TT-BTC: from 24 months on; just at, and a day before."""
    held = moves.post("a1", "KT", "Kế toán", listed_code="A02")
    target = moves.post("b1", "KT", "Kế toán", listed_code="A02")
    person = moves.person("a1", held, recruited=since, birth=date(1985, 1, 1))
    case = moves.open(person, "b1", target, "CDVTCT")
    assert refusals(case) == ({code} if code else set())


def test_a_periodic_change_out_of_a_post_that_is_not_listed_is_a_transfer(moves):
    person = moves.person("a1", moves.cv("a1"))
    assert refusals(moves.open(person, "b1", kind="CDVTCT")) == {"NOT_LISTED"}


def test_a_merger_does_not_restart_the_clock_of_the_same_listed_work(moves, world):
    held = moves.post("a1", "KT", "Kế toán", listed_code="A02")
    target = moves.post("a2", "KT", "Kế toán", listed_code="A02")
    person = moves.person("a1", held, recruited=date(2022, 1, 1), birth=date(1985, 1, 1))
    merged = date(2025, 3, 1)
    with transaction():
        row = db.session.scalars(select(Appointment).where(Appointment.person_id == person.id)).one()
        row.valid_to = merged - DAY
        db.session.add(
            Appointment(person_id=person.id, unit_id=world.units["a2"], position_id=target.id, title="Kế toán",
                        valid_from=merged)
        )  # fmt: skip
    elsewhere = moves.post("b1", "KT", "Kế toán", listed_code="A02")
    with transaction():
        person.unit_id = world.units["a2"]
    case = moves.open(person, "b1", elsewhere, "CDVTCT")
    assert "BEFORE_WINDOW" in refusals(case)
    store(UnitSuccession(from_unit_id=world.units["a1"], to_unit_id=world.units["a2"], kind="merge", on=merged))
    assert "BEFORE_WINDOW" not in refusals(case)


@pytest.mark.parametrize("grounds", ["SECONDED", "LEADING_AN_INSPECTION_TEAM", "STUDY_12_MONTHS"])
def test_a_ground_of_dieu_38_defers_a_periodic_change_whatever_the_wish(moves, grounds):
    held = moves.post("a1", "KT", "Kế toán", listed_code="A02")
    target = moves.post("b1", "KT", "Kế toán", listed_code="A02")
    person = moves.person("a1", held, recruited=date(2022, 1, 1), birth=date(1985, 1, 1))
    store(RotationDeferral(person_id=person.id, ground=grounds, starts_on=JULY, document="5/XN"))
    from hrms.commands.rotation.cases import draft

    case, _faults = draft(person, moves.request("b1", target, "CDVTCT", own_wish=True, wish_document="Đơn"))
    assert grounds in refusals(case)


def test_a_late_notice_and_a_move_outside_the_plan_only_warn(moves):
    held = moves.post("a1", "KT", "Kế toán", listed_code="A02")
    target = moves.post("b1", "KT", "Kế toán", listed_code="A02")
    person = moves.person("a1", held, recruited=date(2022, 1, 1), birth=date(1985, 1, 1))
    case = moves.open(person, "b1", target, "CDVTCT")
    moves.agreed(case)
    from hrms.commands.rotation.workflow import WORKFLOW

    with moves.actor_as("province_hr"):
        (decide,) = [one for one in WORKFLOW.allowed_actions(case) if one.transition.code == "decide"]
    assert decide.enabled
    assert {one.code for one in decide.obstacles} >= {"not_in_plan", "notice_late"}


# Family


@pytest.mark.parametrize("named_by", ["mover", "relative"])
@pytest.mark.parametrize(
    ("relation", "severity"), [("Vợ", "BLOCK"), ("em ruột", "BLOCK"), ("con dâu", "WARN"), ("anh họ", "WARN")]
)
def test_a_relative_of_the_head_takes_no_barred_job_in_the_agency(moves, world, named_by, relation, severity):
    """Luật 36/2018 Điều 20 khoản 3; the register is read from both ends."""
    treasurer = moves.post("b1", "TQ", "Thủ quỹ")
    pair = (world.people["a1.2"], world.people["b.1"])  # b.1 heads the department
    moves.related(*(pair if named_by == "mover" else reversed(pair)), relation)
    case = moves.open(world.people["a1.2"], "b1", treasurer)
    assert ("FAMILY_BAR" in refusals(case)) is (severity == "BLOCK")
    assert ("FAMILY_NOT_LISTED" in warnings(case)) is (severity == "WARN")


def test_the_head_is_not_moved_in_over_a_relative_in_a_barred_job(moves, world):
    treasurer = moves.post("b1", "TQ", "Thủ quỹ")
    relative = moves.person("b1", treasurer)
    leader, _target = deputy(moves, unit="a")
    moves.related(leader.id, relative.id, "Con")
    post = moves.post("b", "PGD", "Phó Giám đốc", leader_rank="deputy", leadership_coefficient="0.7")
    case = moves.open(leader, "b", post, "LUAN_CHUYEN")
    assert "FAMILY_BAR" in refusals(case)


def test_a_relative_elsewhere_or_in_plain_work_is_no_obstacle(moves, world):
    moves.related(world.people["a1.2"], world.people["b.1"], "Vợ")
    assert "FAMILY_BAR" not in refusals(moves.open(world.people["a1.2"], "b1"))
    treasurer = moves.post("a2", "TQ", "Thủ quỹ")
    moves.related(world.people["a2.2"], world.people["b.1"], "Chồng")
    assert "FAMILY_BAR" not in refusals(moves.open(world.people["a2.2"], "a2", treasurer, "NOI_BO"))


def test_a_relative_who_leaves_by_a_decided_move_no_longer_counts(moves, world):
    treasurer = moves.post("b1", "TQ", "Thủ quỹ")
    head, _target = deputy(moves, unit="b")
    with transaction():
        head.full_name = "Phó Giám đốc"
    moves.related(world.people["a1.2"], head.id, "Anh ruột")
    case = moves.open(world.people["a1.2"], "b1", treasurer)
    assert "FAMILY_BAR" in refusals(case)
    away = moves.post("xa", "PCT", "Phó Chủ tịch", leader_rank="deputy", leadership_coefficient="0.5")
    leaving = moves.open(head, "xa", away, "LUAN_CHUYEN", who="unit_hr_b", effective_on=JULY)
    moves.agreed(leaving, "unit_hr_b", "unit_hr_xa")
    moves.decide(leaving)
    assert "FAMILY_BAR" not in refusals(case)


def test_a_recorded_relation_is_looked_at_where_the_two_work(moves, world):
    """Asked also when the relation is recorded, and of all that stand in the register."""
    treasurer = moves.person("a1", moves.post("a1", "TQ", "Thủ quỹ"))
    moves.related(treasurer.id, world.people["a.1"], "Bố")
    moves.related(world.people["a.1"], treasurer.id, "Con")
    moves.related(world.people["a2.2"], world.people["a1.2"], "Chị ruột")
    with moves.actor_as("unit_hr_a"):
        (found,) = kinsfolk.standing_conflicts(TODAY)
    assert {found.person_id, found.relative_id} == {treasurer.id, world.people["a.1"]}
    assert found.severity == "BLOCK"
    with moves.actor_as("unit_hr_b"):
        assert kinsfolk.standing_conflicts(TODAY) == []
    assert kinsfolk.conflict(treasurer.id, world.people["b.1"], "Bố", TODAY) is None


@pytest.mark.parametrize(
    ("words", "code"),
    [("Vợ", "WIFE"), ("  em  ruột ", "SIBLING"), ("CON ĐẺ", "CHILD"), ("SPOUSE", "SPOUSE"), ("bạn", "OTHER")],
)
def test_relations_as_written_become_codes(words, code):
    assert relation_code(words) == code


@pytest.mark.parametrize(
    ("unit", "title", "rank", "expected"),
    [
        ("a", "Giám đốc", "head", ("HEAD",)),
        ("a1", "Trưởng phòng", "head", ("DIVISION_HEAD", "PERSONNEL_MANAGEMENT_POST")),
        ("a2", "Phó Trưởng phòng", "deputy", ("DEPUTY_DIVISION_HEAD",)),
        ("a2", "Kế toán trưởng", "", ("ACCOUNTING_MANAGEMENT_POST",)),
        ("a2", "Kế toán viên", "", ("ACCOUNTANT",)),
        ("a2", "Thủ kho", "", ("STOREKEEPER",)),
        ("a2", "Chuyên viên", "", ()),
    ],
)
def test_what_a_title_means_for_the_family_bar(world, unit, title, rank, expected):
    assert kinsfolk.roles_of(world.unit(unit), title, rank) == expected


# Vacancies


def test_a_post_is_free_once_its_holder_leaves_by_a_decided_move(moves, world):
    only = moves.post("b1", "MOT", approved_number=1)
    holder = moves.person("b1", only)
    case = moves.open(world.people["a1.2"], "b1", only)
    assert "NO_VACANCY" in refusals(case)
    leaving = moves.open(holder, "a2", who="unit_hr_b")
    moves.agreed(leaving, "unit_hr_b", "unit_hr_a")
    assert "NO_VACANCY" in refusals(case)
    moves.decide(leaving)
    assert "NO_VACANCY" not in refusals(case)
    assert vacancies.places_on(only, JULY).holders == frozenset()
    assert vacancies.places_on(only, JULY - DAY).holders == {holder.id}


def test_a_secondment_takes_no_place(moves, world):
    only = moves.post("b1", "MOT", approved_number=1)
    moves.person("b1", only)
    assert "NO_VACANCY" not in refusals(moves.open(world.people["a1.2"], "b1", only, "BIET_PHAI"))


def test_the_law_is_asked_again_at_the_decision(moves, world, session):
    case = moves.open(world.people["a1.2"], "b1")
    moves.agreed(case)
    store(Discipline(person_id=world.people["a1.2"], kind="administrative", opened_on=TODAY))
    with pytest.raises(Refused) as refused:
        moves.decide(case)
    assert codes(refused) == {"DISCIPLINE_REVIEW"}
    session.rollback()
    assert session.get(MovementCase, case.id).state == "agreed"


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"decision_number": ""}, "missing"),
        ({"decision_date": TODAY + DAY}, "future"),
        ({"effective_on": TODAY - DAY}, "before_decision"),
        ({"decision_date": TODAY - DAY}, "before_meeting"),
    ],
)
def test_a_decision_with_wrong_details_is_refused(moves, world, details, code):
    case = moves.open(world.people["a1.2"], "b1")
    moves.agreed(case)
    with pytest.raises(Refused) as refused:
        moves.decide(case, **details)
    assert code in codes(refused)


def test_a_running_rotation_only_warns_the_next_proposal(moves, world):
    """NĐ 170/2025 Điều 50: who is settled is no longer rotated; the competent level weighs the rest."""
    from hrms.commands.rotation import effects, guards

    person, target = deputy(moves)
    moves.decided(person, "b2", target, kind="LUAN_CHUYEN")
    with clock.travel_to(JULY):
        effects.carry_out(JULY)
        following = moves.open(person, "xa", who="unit_hr_b", effective_on=date(2025, 9, 1))
        assert {(one.code, one.blocks) for one in guards.other_case_obstacles(following)} == {("on_rotation", False)}
