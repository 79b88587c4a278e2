"""The ceiling of HTXS, live: exactly at it, one over, ties, groups, the exceptional percentage, later changes."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from hrms.commands.evaluation import quota
from hrms.commands.evaluation.quota import effect_of, quota_state
from hrms.commands.evaluation.quota_steps import (
    AssignToGroup,
    CheckQuota,
    CreateGroup,
    MergeGroups,
    RenameGroup,
    UseHighQuota,
    groups_of,
)
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from hrms.kernel.workflow import performed
from tests.support.rated import Rated
from tests.support.statements import counted

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def rated(world, factory):
    made = Rated(world, factory)
    made.cycle()
    return made


def codes(error):
    return {fault.code for fault in error.value.faults}


def check(rated, **more):
    return execute(CheckQuota(rated.cycle_id, rated.world.units["a"], **more))


def ceiling(rated):
    return quota.compute(rated.cycle_id, rated.world.units["a"]).agency.ceiling


# 20 % of those at HTT, rounded down: 1 of 6, 2 of 12 (law/evaluation.md §8.2).


def test_one_of_six_is_exactly_at_the_ceiling(rated):
    rated.many({"HTXS": 1, "HTT": 5}, score="95")
    now = ceiling(rated)
    assert (now.limit, now.used, now.left, now.over, now.base_count) == (1, 1, 0, 0, 5)


def test_two_of_six_are_one_over_and_the_lower_score_falls(rated):
    best = rated.sheet("A", "HTXS", "96")
    second = rated.sheet("B", "HTXS", "95.99")
    rated.many({"HTT": 4})
    now = ceiling(rated)
    assert (now.limit, now.used, now.over) == (1, 2, 1)
    state = check(rated)
    assert state.outcomes == {best: "kept", second: "demoted"}
    kept, fallen = rated.row(best), rated.row(second)
    assert (kept.state, kept.level_proposed, kept.quota_outcome) == ("quota_checked", "HTXS", "kept")
    assert (fallen.state, fallen.level_proposed, fallen.quota_outcome) == ("quota_checked", "HTT", "demoted")
    assert (kept.reasons or [], fallen.reasons) == ([], ["QUOTA_DEMOTED"])
    assert ceiling(rated).over == 0


def test_five_people_get_none(rated):
    rated.many({"HTXS": 1, "HTT": 4})
    assert ceiling(rated).limit == 0


def test_those_not_rated_and_removed_do_not_count(rated):
    rated.many({"HTXS": 1, "HTT": 4})
    rated.sheet("out", "HTT", state="not_rated")
    rated.sheet("gone", "HTT", state="removed")
    assert (ceiling(rated).limit, ceiling(rated).people) == (0, 5)


def test_the_quota_moves_while_heads_rate(rated):
    rated.many({"HTXS": 1, "HTT": 4})
    rated.sheet("new", "", state="self_submitted", level_proposed="", level_unit="", level_machine="")
    assert (ceiling(rated).limit, ceiling(rated).waiting) == (0, 1)
    rated.set(["new"], level_unit="HTT")
    assert (ceiling(rated).limit, ceiling(rated).waiting) == (1, 0)


def test_a_self_assessment_is_nobodys_rating(rated):
    rated.sheet("x", "", state="self_submitted", level_self="HTXS", level_proposed="", level_unit="", level_machine="")
    assert (ceiling(rated).candidates, ceiling(rated).waiting) == (0, 1)


def test_each_group_and_the_agency_have_their_own_ceiling(rated):
    """EV-115: a group of five gets none, the other its one, whatever the agency would allow."""
    rated.group("S")
    rated.group("B")
    rated.sheet("S1", "HTXS", "96", group="S")
    rated.sheet("S2", "HTXS", "92", group="S")
    rated.many({"HTT": 3}, group="S", prefix="S")
    rated.sheet("B1", "HTXS", "95", group="B")
    rated.many({"HTT": 20}, group="B", prefix="B")
    state = check(rated)
    assert {group.name: group.ceiling.limit for group in state.groups} == {"Nhóm B": 1, "Nhóm S": 0}
    assert state.agency.ceiling.limit == 3
    assert [rated.row(name).quota_outcome for name in ("S1", "S2", "B1")] == ["demoted", "demoted", "kept"]


def test_more_htxs_quarters_go_first_at_equal_scores(rated):
    year = rated.cycle_id
    x = rated.sheet("X", "HTXS", "93")
    y = rated.sheet("Y", "HTXS", "93")
    rated.many({"HTT": 4})
    person = rated.row(y).person_id
    rated.cycle(2024, "QUARTER", 2)
    rated.sheet("Y quý", "HTXS", person=person, level="HTXS", state="published")
    rated.cycle_id = year
    assert check(rated).outcomes == {x: "demoted", y: "kept"}


@pytest.fixture
def tied(rated):
    rated.sheet("X", "HTXS", "93")
    rated.sheet("Y", "HTXS", "93")
    rated.many({"HTT": 4})
    return rated


def test_a_tie_at_the_border_is_left_to_a_person(tied):
    state = check(tied)
    assert [(tie.places, set(tie.among)) for tie in state.ties] == [(1, set(tied.ids("X", "Y")))]
    assert [(tied.row(n).state, tied.row(n).quota_outcome) for n in ("X", "Y")] == [("synthesised", "tied")] * 2
    assert tied.row("P-HTT-1").state == "quota_checked"


def test_a_manual_choice_needs_a_reason_and_fits_the_places(tied):
    check(tied)
    x, y = tied.ids("X", "Y")
    with pytest.raises(Refused) as error:
        check(tied, keep=[x, y])
    assert codes(error) >= {"too_many", "reason_missing"}
    with pytest.raises(Refused) as error:
        check(tied, keep=tied.ids("P-HTT-1"), reason="Nhầm")
    assert "not_tied" in codes(error)
    state = check(tied, keep=[y], reason="Có sáng kiến cấp tỉnh")
    assert not state.ties
    assert [(tied.row(n).quota_outcome, tied.row(n).state) for n in ("X", "Y")] == [
        ("demoted", "quota_checked"),
        ("kept", "quota_checked"),
    ]
    assert tied.row("Y").level_reason == "Có sáng kiến cấp tỉnh"


def test_the_choice_stands_when_the_check_runs_again(tied):
    check(tied, keep=[tied.sheets["Y"]], reason="Có sáng kiến")
    before = [(row.quota_outcome, row.version) for row in map(tied.row, ("X", "Y", "P-HTT-1"))]
    check(tied)
    assert [(row.quota_outcome, row.version) for row in map(tied.row, ("X", "Y", "P-HTT-1"))] == before


def test_without_a_tie_there_is_nothing_to_choose(rated):
    rated.many({"HTXS": 1, "HTT": 5})
    with pytest.raises(Refused) as error:
        check(rated, keep=rated.ids("P-HTXS-1"), reason="x")
    assert "no_tie" in codes(error)


def test_the_check_waits_for_everybody_of_the_agency(rated):
    rated.many({"HTXS": 1, "HTT": 5})
    rated.sheet("late", "HTT", state="remarked")
    with pytest.raises(Refused) as error:
        check(rated)
    assert codes(error) == {"persons_open"}


def test_a_repeated_request_checks_once(rated):
    rated.many({"HTXS": 1, "HTT": 5})
    command = CheckQuota(rated.cycle_id, rated.world.units["a"])
    first = execute(command, key="k")
    again = execute(CheckQuota(rated.cycle_id, rated.world.units["a"]), key="k")
    assert dict(first.outcomes) == dict(again.outcomes)
    assert len(performed(rated.row("P-HTXS-1"))) == 1


# The higher percentage


def high(rated, **more):
    return execute(UseHighQuota(rated.cycle_id, rated.world.units["a"], "15/QĐ-UBND ngày 02/12/2024", **more))


def test_the_higher_percentage_rests_on_an_attached_decision(rated):
    rated.collective("a")
    rated.many({"HTXS": 1, "HTT": 4}, score="95")
    with pytest.raises(Refused) as error:
        high(rated)
    assert codes(error) == {"document_missing"}
    assert ceiling(rated).limit == 0
    high(rated, file_name="qd.pdf", stream=io.BytesIO(PDF))
    assert ceiling(rated).limit == 1  # 25 % of four
    assert check(rated).high


def test_under_decree_233_the_unit_itself_must_be_recognised(rated):
    rated.collective("a", "HTT")
    rated.many({"HTXS": 1, "HTT": 4}, score="95", regime="ND233", klass="VC0")
    with pytest.raises(Refused) as error:
        high(rated, file_name="qd.pdf", stream=io.BytesIO(PDF))
    assert codes(error) == {"HIGHER_CEILING_NEEDS_UNIT_HTXS"}


def test_a_unit_recognised_htxs_opens_it(rated):
    rated.collective("a", "HTXS")
    rated.many({"HTXS": 1, "HTT": 4}, score="95", regime="ND233", klass="VC0")
    high(rated, file_name="qd.pdf", stream=io.BytesIO(PDF))
    assert ceiling(rated).limit == 1


def test_changing_the_percentage_sends_the_checked_back(rated):
    rated.collective("a")
    rated.many({"HTXS": 1, "HTT": 4}, score="95")
    check(rated)
    high(rated, file_name="qd.pdf", stream=io.BytesIO(PDF))
    assert rated.row("P-HTXS-1").state == "synthesised"
    check(rated)
    assert rated.row("P-HTXS-1").level_proposed == "HTXS"


# Later changes


def test_a_lower_level_opens_a_place_and_says_so_before_saving(rated):
    first = rated.sheet("A", "HTXS", "96")
    second = rated.sheet("B", "HTXS", "95")
    rated.many({"HTT": 4})
    check(rated)
    effect = effect_of(rated.cycle_id, {first: "HTT"})
    assert [(one.evaluation_id, one.before, one.after) for one in effect.moved] == [(second, "demoted", "kept")]
    faults = list(effect.faults(""))
    assert [fault.code for fault in faults] == ["quota_changed"]
    assert faults[0].field == f"seen_quota:{effect.fingerprint}"
    assert list(effect.faults(effect.fingerprint)) == []


def test_raising_somebody_above_the_ceiling_is_refused(rated):
    rated.sheet("A", "HTXS", "96")
    rated.many({"HTT": 5}, score="80")
    check(rated)
    effect = effect_of(rated.cycle_id, {rated.sheets["P-HTT-1"]: "HTXS"})
    assert [fault.code for fault in effect.faults(effect.fingerprint)] == ["quota_exceeded"]


def test_nothing_is_to_confirm_before_the_first_check(rated):
    rated.many({"HTXS": 2, "HTT": 4})
    assert effect_of(rated.cycle_id, {rated.sheets["P-HTT-1"]: "HTXS"}).fingerprint == ""


# Groups


def test_groups_are_split_renamed_filled_and_merged(rated):
    agency = rated.world.units["a"]
    rated.group("CM")
    ids = rated.many({"HTT": 4}, group="CM")
    split = execute(CreateGroup(rated.cycle_id, agency, "LD", "Lãnh đạo, quản lý", ids[:1]))
    assert [(group.code, number) for group, number in groups_of(rated.cycle_id, agency)] == [("CM", 3), ("LD", 1)]
    execute(RenameGroup(split.id, "Lãnh đạo"))
    execute(AssignToGroup(split.id, ids[:2]))
    assert [number for _group, number in groups_of(rated.cycle_id, agency)] == [2, 2]
    execute(MergeGroups(rated.groups["CM"], [split.id]))
    assert [(group.code, number) for group, number in groups_of(rated.cycle_id, agency)] == [("CM", 4)]


def test_a_changed_group_is_checked_again_and_not_after_a_decision(rated):
    agency = rated.world.units["a"]
    rated.group("CM")
    rated.many({"HTXS": 1, "HTT": 5}, group="CM")
    check(rated)
    execute(CreateGroup(rated.cycle_id, agency, "LD", "Lãnh đạo", rated.ids("P-HTT-1")))
    assert rated.row("P-HTXS-1").state == "synthesised"
    rated.set(["P-HTT-2"], state="decided", level="HTT")
    with pytest.raises(Refused) as error:
        execute(CreateGroup(rated.cycle_id, agency, "X", "Nhóm khác"))
    assert "decided" in codes(error)


def test_a_group_code_is_used_once(rated):
    rated.group("CM")
    with pytest.raises(Refused) as error:
        execute(CreateGroup(rated.cycle_id, rated.world.units["a"], "cm", "Chuyên môn"))
    assert codes(error) == {"double"}


# Who may


def test_only_who_puts_results_together_there_checks(rated, actor_as):
    rated.many({"HTXS": 1, "HTT": 5})
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        check(rated)
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        check(rated)
    with actor_as("unit_hr_a"):
        assert check(rated).agency.ceiling.used == 1


def test_staff_see_the_ceilings_and_nobody_elses_score(rated, actor_as):
    rated.many({"HTXS": 1, "HTT": 5}, score="95")
    rated.sheet("me", "HTT", "88", person=rated.world.people["a1.2"])
    agency = rated.world.units["a"]
    with actor_as("staff_member_a"):
        mine = quota_state(rated.cycle_id, agency)
    assert (mine.agency.ceiling.limit, mine.agency.ceiling.candidates) == (1, 1)
    assert list(mine.people) == [rated.sheets["me"]]
    assert not mine.outcomes
    with actor_as("staff_member_b"), pytest.raises(NotFound):
        quota_state(rated.cycle_id, agency)


def test_an_agency_is_recomputed_in_two_statements(rated):
    rated.group("CM")
    for number in range(3):
        rated.sheet(f"X{number}", "HTXS", f"9{number}", group="CM")
    rated.many({"HTT": 12, "HT": 2}, group="CM")
    with counted() as sent:
        quota.compute(rated.cycle_id, rated.world.units["a"])
    assert len(sent) <= 2


def test_scores_of_equal_value_tie_however_written(rated):
    rated.sheet("X", "HTXS", score="93")
    rated.sheet("Y", "HTXS", score="93.00")
    rated.many({"HTT": 4})
    assert rated.row("X").score_unit == Decimal(93)
    assert len(quota.compute(rated.cycle_id, rated.world.units["a"]).ties) == 1


def test_group_rows_are_scoped_to_their_agency(rated, actor_as):
    group = rated.group("CM")
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        execute(RenameGroup(group, "Khác"))
