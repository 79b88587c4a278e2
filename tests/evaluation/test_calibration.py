"""A calibration sitting: distribution before and after, what stands out, proposals with votes, minutes, lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.commands.evaluation.calibration import (
    LockCalibration,
    OpenCalibration,
    ProposeChange,
    VoteOnChange,
    WithdrawChange,
    WriteMinutes,
    changes_of,
    overview,
    sessions_of,
)
from hrms.commands.evaluation.quota_steps import CheckQuota
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from models.evaluation import CalibrationSession
from policies.calibration import Rated as RatedPerson
from policies.calibration import conspicuous_groups, misfit, tolerance
from tests.support.rated import Rated
from tests.support.statements import counted

DAY = date(2025, 6, 10)


@pytest.fixture
def rated(world, factory):
    made = Rated(world, factory)
    made.cycle()
    made.sheet("A", "HTXS", "96")
    made.sheet("B", "HTT", "85")
    made.many({"HTT": 4}, score="80", unit="a2")
    return made


def open_session(rated, unit="a", **more):
    values = {"held_on": DAY, "chair": "Nguyễn Văn An", "members": 5, **more}
    return execute(OpenCalibration(rated.cycle_id, rated.world.units[unit], **values))


def write(session, **more):
    values = {"held_on": DAY, "chair": "Nguyễn Văn An", "members": 5, "minutes": "Đã thông qua", **more}
    return execute(WriteMinutes(session.id, session.version, **values))


def fresh(session):
    db.session.rollback()
    return db.session.get(CalibrationSession, session.id, populate_existing=True)


def codes(error):
    return {fault.code for fault in error.value.faults}


def test_a_sitting_goes_from_the_distribution_before_to_the_one_after(rated):
    session = open_session(rated)
    assert session.before["levels"] == {"HTXS": 1, "HTT": 5, "HT": 0, "KHT": 0}
    change = execute(ProposeChange(session.id, rated.sheets["B"], "HT", "Chậm hai nhiệm vụ"))
    assert rated.row("B").level_proposed == "HTT"  # nothing moves before the lock
    execute(VoteOnChange(change.id, 4, 1, True))
    write(session)
    execute(LockCalibration(session.id, fresh(session).version))
    after = fresh(session)
    assert (after.state, after.after["levels"]["HT"]) == ("locked", 1)
    row = rated.row("B")
    assert (row.level_proposed, row.level_reason, row.state) == ("HT", "Chậm hai nhiệm vụ", "synthesised")


def test_a_rejected_proposal_changes_nothing(rated):
    session = open_session(rated)
    change = execute(ProposeChange(session.id, rated.sheets["B"], "HT", "Lý do"))
    execute(VoteOnChange(change.id, 2, 3, False))
    write(session)
    execute(LockCalibration(session.id, None))
    assert rated.row("B").level_proposed == "HTT"


def test_a_draw_does_not_accept(rated):
    session = open_session(rated, members=4)
    change = execute(ProposeChange(session.id, rated.sheets["B"], "HT", "Lý do"))
    with pytest.raises(Refused) as error:
        execute(VoteOnChange(change.id, 2, 2, True))
    assert codes(error) == {"no_majority"}
    with pytest.raises(Refused):
        execute(VoteOnChange(change.id, 4, 1, True))  # five votes of four members


def test_the_lock_needs_minutes_and_every_vote(rated):
    session = open_session(rated)
    execute(ProposeChange(session.id, rated.sheets["B"], "HT", "Lý do"))
    with pytest.raises(Refused) as error:
        execute(LockCalibration(session.id, None))
    assert codes(error) == {"minutes_missing", "not_voted"}


def test_after_the_lock_nothing_is_written(rated):
    session = open_session(rated)
    write(session)
    execute(LockCalibration(session.id, None))
    for command in (
        ProposeChange(session.id, rated.sheets["B"], "HT", "x"),
        LockCalibration(session.id, None),
    ):
        with pytest.raises(Refused) as error:
            execute(command)
        assert "locked_state" in codes(error)


def test_a_proposal_names_another_level_and_a_reason_and_may_be_withdrawn(rated):
    session = open_session(rated)
    with pytest.raises(Refused) as error:
        execute(ProposeChange(session.id, rated.sheets["B"], "HTT", " "))
    assert set(error.value.by_field()) == {"level_after", "reason"}
    change = execute(ProposeChange(session.id, rated.sheets["B"], "HT", "x"))
    execute(VoteOnChange(change.id, 5, 0, True))
    again = execute(ProposeChange(session.id, rated.sheets["B"], "KHT", "Nặng hơn"))
    assert (again.id, again.accepted, again.votes_for) == (change.id, None, 0)  # voted anew
    execute(WithdrawChange(change.id))
    assert changes_of(session.id) == []


def test_the_decided_and_the_not_rated_are_no_matter_of_it(rated):
    rated.sheet("D", "HTT", state="decided", level="HTT")
    rated.sheet("N", "HTT", state="not_rated")
    session = open_session(rated)
    for name, code in (("D", "decided"), ("N", "not_rated")):
        with pytest.raises(Refused) as error:
            execute(ProposeChange(session.id, rated.sheets[name], "HT", "x"))
        assert code in codes(error)


def test_nobody_moves_the_own_rating(rated, actor_as):
    rated.sheet("me", "HTT", person=rated.world.people["a1.2"])
    session = open_session(rated)
    rated.factory.assign(rated.world.account("staff_member_a"), "unit_head", rated.world.unit("a"))
    with actor_as("staff_member_a"), pytest.raises(Refused) as error:
        execute(ProposeChange(session.id, rated.sheets["me"], "HT", "x"))
    assert codes(error) == {"own_sheet"}


def test_one_open_sitting_a_unit_and_only_with_ratings(rated):
    open_session(rated)
    with pytest.raises(Refused) as error:
        open_session(rated)
    assert codes(error) == {"session_open"}
    with pytest.raises(Refused) as error:
        open_session(rated, "b")
    assert codes(error) == {"nothing_rated"}


def test_who_may_calibrate_where(rated, actor_as):
    with actor_as("leadership"), pytest.raises((NotAllowed, NotFound)):
        open_session(rated)
    with actor_as("unit_head_b"), pytest.raises(NotFound):
        open_session(rated)
    with actor_as("unit_head_a"):
        session = open_session(rated)
    with actor_as("unit_head_b"), pytest.raises(NotFound):
        write(session)
    with actor_as("unit_hr_b"):
        assert db.session.scalars(sessions_of(rated.cycle_id)).all() == []


def test_two_secretaries_do_not_overwrite_each_other(rated):
    session = open_session(rated)
    seen = session.version
    write(session)
    with pytest.raises(Stale):
        execute(WriteMinutes(session.id, seen, DAY, "Người khác", 5))


def test_after_the_quota_check_the_lock_shows_who_moves(rated):
    rated.sheet("C", "HTXS", "95")
    execute(CheckQuota(rated.cycle_id, rated.world.units["a"]))
    assert rated.row("C").quota_outcome == "demoted"
    session = open_session(rated)
    change = execute(ProposeChange(session.id, rated.sheets["A"], "HTT", "Minh chứng yếu"))
    execute(VoteOnChange(change.id, 5, 0, True))
    write(session)
    with pytest.raises(Refused) as error:
        execute(LockCalibration(session.id, None))
    assert codes(error) == {"quota_changed"}
    assert rated.row("A").level_proposed == "HTXS"
    seen = error.value.faults[0].field.partition(":")[2]
    execute(LockCalibration(session.id, None, seen_quota=seen))
    assert [(rated.row(n).level_proposed, rated.row(n).quota_outcome) for n in ("A", "C")] == [
        ("HTT", ""),
        ("HTXS", "kept"),
    ]


# What stands out


def test_the_overview_names_a_generous_head_and_a_level_above_its_points(world, factory):
    made = Rated(world, factory)
    made.cycle()
    made.many({"HTXS": 5}, score="95", unit="a1")
    made.many({"HTT": 5}, score="80", unit="a2", prefix="Q")
    made.sheet("odd", "HTXS", "70", unit="a2")
    with counted() as sent:
        view = overview(made.cycle_id, world.units["a"])
    assert len(sent) <= 4
    found = {(line.unit_id, finding.code) for line in view.heads for finding in line.findings}
    assert (world.units["a1"], "SHARE_ABOVE_PEERS") in found
    assert (world.units["a2"], "SHARE_BELOW_PEERS") in found
    assert [(one.name, one.code) for one in view.misfits] == [("odd", "LEVEL_ABOVE_SCORE")]
    assert view.tolerance.mark == "U"


def people(group, levels):
    return [RatedPerson(group, level) for level in levels]


ALLOWED = tolerance(date(2025, 1, 1))


@pytest.mark.parametrize(("best", "shown"), [(1, False), (2, True), (3, True)])
def test_the_gap_of_shares_is_conspicuous_from_twenty_points(best, shown):
    rated = people(1, ["HTXS"] * best + ["HTT"] * (10 - best)) + people(2, ["HTT"] * 10)
    codes_found = {(finding.group, finding.code) for finding in conspicuous_groups(rated, ALLOWED)}
    assert ((1, "SHARE_ABOVE_PEERS") in codes_found) is shown


@pytest.mark.parametrize(("size", "judged"), [(4, False), (5, True)])
def test_small_groups_are_not_judged(size, judged):
    rated = people(1, ["HTXS"] * size) + people(2, ["HTT"] * 10)
    assert bool(conspicuous_groups(rated, ALLOWED)) is judged


@pytest.mark.parametrize(("own", "shown"), [("84.99", False), ("85", True)])
def test_the_gap_of_points_is_conspicuous_from_five(own, shown):
    rated = [RatedPerson(1, "HTT", Decimal(own))] * 5 + [RatedPerson(2, "HTT", Decimal(80))] * 5
    found = {finding.code: finding for finding in conspicuous_groups(rated, ALLOWED) if finding.group == 1}
    assert ("SCORE_ABOVE_PEERS" in found) is shown
    if shown:
        assert found["SCORE_ABOVE_PEERS"].peers == Fraction(80)


@pytest.mark.parametrize(
    ("score", "level", "explained", "code"),
    [
        ("90", "HTXS", False, ""),
        ("89.99", "HTXS", True, "LEVEL_ABOVE_SCORE"),
        ("90", "HTT", False, "LEVEL_BELOW_SCORE"),
        ("90", "HTT", True, ""),
        ("49.99", "KHT", False, ""),
    ],
)
def test_a_score_that_fits_no_level_given(score, level, explained, code):
    assert misfit(Decimal(score), level, {"HTXS": 90, "HTT": 70, "HT": 50}, explained) == code


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["HTXS", "HTT", "HT", "KHT"])), max_size=60))
def test_groups_rated_alike_never_stand_out(rows):
    """Whatever the levels: four groups with the same levels each are all ordinary."""
    levels = [level for _group, level in rows]
    rated = [RatedPerson(group, level) for group in range(4) for level in levels]
    assert conspicuous_groups(rated, ALLOWED) == []
