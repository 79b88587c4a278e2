"""The decision under one paper, notice before publication, filing, reopening by the level above."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation import quota
from hrms.commands.evaluation.decisions import (
    Decide,
    FileAway,
    MarkSeen,
    Notify,
    Publish,
    Reopen,
    published_list,
)
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.workflow import performed
from models.evaluation import EvaluationDecision
from models.staff import YearRating
from tests.support.rated import Rated

PAPER = {"number": "31/QĐ-SXD", "signed_on": date(2025, 1, 10), "signer": "Nguyễn Văn An, Giám đốc"}


@pytest.fixture
def rated(world, factory):
    made = Rated(world, factory)
    made.cycle()
    made.collective("a1")
    return made


def decide(rated, ids, **more):
    return execute(Decide(rated.cycle_id, ids, **{**PAPER, **more}))


def codes(error):
    return {fault.code for fault in error.value.faults}


def year_rating(rated, name):
    return db.session.query(YearRating).filter_by(person_id=rated.row(name).person_id, year=2024, side="STATE").all()


def test_many_are_decided_under_one_paper_and_the_year_is_rated(rated):
    ids = rated.many({"HTT": 3, "HT": 1}, state="quota_checked", score="75")
    outcome = decide(rated, ids)
    assert (sorted(outcome.moved), outcome.stayed) == (sorted(ids), {})
    row = rated.row("P-HT-1")
    assert (row.state, row.level, row.score, row.decided_by) == ("decided", "HT", 75, PAPER["signer"])
    paper = db.session.get(EvaluationDecision, row.decision_id)
    assert (paper.number, paper.kind, paper.unit_id) == ("31/QĐ-SXD", "recognise", rated.world.units["a"])
    assert paper.quota[str(row.agency_id)]["agency"]["people"] == 4
    assert db.session.query(EvaluationDecision).count() == 1
    [rating] = year_rating(rated, "P-HT-1")
    assert (rating.level, rating.decision_number, rating.regime, rating.evaluation_id) == (
        "HT", "31/QĐ-SXD", "ND90_48", row.id,
    )  # fmt: skip


def test_a_rating_brought_in_before_is_replaced_not_doubled(rated):
    person = rated.world.people["a1.2"]  # has HTT for 2022 to 2024 from the records
    rated.sheet("a1.2", "HT", state="quota_checked", person=person)
    decide(rated, rated.ids("a1.2"))
    assert [row.level for row in year_rating(rated, "a1.2")] == ["HT"]


def test_a_quarter_leaves_no_yearly_rating(rated):
    rated.cycle(2024, "QUARTER", 3)
    rated.sheet("q", "HTT", state="quota_checked")
    decide(rated, rated.ids("q"))
    assert year_rating(rated, "q") == []


def test_the_party_side_is_a_second_result_of_the_year(rated):
    rated.sheet("s", "HTT", state="quota_checked")
    decide(rated, rated.ids("s"))
    person = rated.row("s").person_id
    rated.cycle(2024, side="PARTY")
    rated.sheet("p", "HTXS", state="quota_checked", person=person, regime="QD366", quota_outcome="kept")
    rated.many({"HTT": 5}, prefix="Q", state="quota_checked", regime="QD366")
    decide(rated, rated.ids("p"))
    found = db.session.query(YearRating).filter_by(person_id=person, year=2024).all()
    assert {(row.side, row.level) for row in found} == {("STATE", "HTT"), ("PARTY", "HTXS")}


def test_nobody_decides_the_own_result_and_the_others_go_on(rated, actor_as):
    rated.sheet("other", "HTT", state="quota_checked")
    rated.sheet("me", "HTT", state="quota_checked", person=rated.world.people["a1.2"])
    account = rated.world.account("staff_member_a")
    rated.factory.assign(account, "unit_head", rated.world.unit("a"))
    with actor_as("staff_member_a"):
        outcome = decide(rated, rated.ids("other", "me"))
    assert outcome.moved == rated.ids("other")
    assert [fault.code for fault in outcome.stayed[rated.sheets["me"]]] == ["own_sheet"]


def test_a_head_is_decided_one_level_up(rated, actor_as):
    head = {"decider_unit_id": rated.world.units["hy"], "is_head": True, "state": "quota_checked"}
    rated.sheet("head", "HTT", **head)
    with actor_as("unit_head_a"), pytest.raises(Refused) as error:
        decide(rated, rated.ids("head"))
    assert codes(error) == {"not_competent"}
    with actor_as("province_hr"):
        assert decide(rated, rated.ids("head")).moved == rated.ids("head")


def test_a_head_waits_for_the_unit(rated):
    rated.collective("a2").state = "proposed"
    db.session.commit()
    rated.sheet("head", "HTT", unit="a2", is_head=True, state="quota_checked")
    with pytest.raises(Refused) as error:
        decide(rated, rated.ids("head"))
    assert codes(error) == {"unit_first"}


def test_where_the_text_leaves_a_hole_the_decider_sets_level_and_reason(rated):
    rated.sheet("x", "", level_machine="MANUAL_DECISION_REQUIRED", state="quota_checked")
    with pytest.raises(Refused) as error:
        decide(rated, rated.ids("x"))
    assert codes(error) == {"level_missing"}
    key = rated.sheets["x"]
    with pytest.raises(Refused) as error:
        decide(rated, [key], levels={key: "HT"})
    assert codes(error) == {"level_reason_missing"}
    decide(rated, [key], levels={key: "HT"}, reasons={key: "Hoàn thành phần lớn nhiệm vụ"})
    assert (rated.row(key).level, rated.row(key).level_reason) == ("HT", "Hoàn thành phần lớn nhiệm vụ")


def test_departing_from_the_machine_needs_a_reason(rated):
    rated.sheet("x", "HTT", state="quota_checked")
    key = rated.sheets["x"]
    with pytest.raises(Refused) as error:
        decide(rated, [key], levels={key: "HT"})
    assert codes(error) == {"level_reason_missing"}
    assert rated.row(key).state == "quota_checked"


def test_falling_by_the_quota_is_reason_enough(rated):
    rated.sheet("x", "HTT", level_machine="HTXS", quota_outcome="demoted", state="quota_checked")
    assert decide(rated, rated.ids("x")).moved


def test_the_paper_is_checked_all_at_once(rated):
    rated.sheet("x", "HTT", state="quota_checked")
    with pytest.raises(Refused) as error:
        decide(rated, rated.ids("x"), number=" ", signer="", signed_on=date(2025, 6, 16))
    assert set(error.value.by_field()) == {"number", "signer", "signed_on"}


def test_a_sheet_not_checked_for_the_quota_stays(rated):
    rated.sheet("x", "HTT", state="synthesised")
    with pytest.raises(Refused) as error:
        decide(rated, rated.ids("x"))
    assert codes(error) == {"wrong_state"}


def test_lowering_one_tells_who_rises_before_it_is_saved(rated):
    rated.sheet("A", "HTXS", "96", state="quota_checked", quota_outcome="kept")
    rated.sheet(
        "B",
        "HTT",
        "95",
        state="quota_checked",
        level_machine="HTXS",
        quota_outcome="demoted",
        reasons=["QUOTA_DEMOTED"],
    )
    rated.many({"HTT": 4}, state="quota_checked")
    a = rated.sheets["A"]
    change = {"levels": {a: "HTT"}, "reasons": {a: "Có đơn thư đúng"}}
    with pytest.raises(Refused) as error:
        decide(rated, [a], **change)
    assert codes(error) == {"quota_changed"}
    assert (rated.row("A").state, rated.row("B").quota_outcome) == ("quota_checked", "demoted")
    seen = error.value.faults[0].field.partition(":")[2]
    decide(rated, [a], seen_quota=seen, **change)
    b = rated.row("B")
    assert (b.level_proposed, b.quota_outcome, b.reasons) == ("HTXS", "kept", [])
    assert quota.compute(rated.cycle_id, rated.world.units["a"]).agency.ceiling.over == 0


def test_what_others_changed_since_the_check_asks_for_another_check(rated):
    rated.sheet("A", "HTXS", "96", state="quota_checked", quota_outcome="kept")
    rated.many({"HTT": 5}, state="quota_checked")
    rated.set(["P-HTT-1"], state="remarked", level_proposed="", level_unit="", level_machine="")  # sent back meanwhile
    outcome = decide(rated, rated.ids("A", "P-HTT-2"))
    assert outcome.moved == rated.ids("P-HTT-2")
    assert [fault.code for fault in outcome.stayed[rated.sheets["A"]]] == ["quota_stale"]


def test_two_deciders_at_one_moment_do_not_take_the_same_last_place(rated, concurrently):
    rated.many({"HTT": 6}, state="quota_checked", score="80")
    keys = rated.ids("P-HTT-1", "P-HTT-2")

    def raise_one(number):
        key = keys[number]
        return decide(rated, [key], levels={key: "HTXS"}, reasons={key: "Thành tích đột xuất"}).moved

    outcomes = concurrently(raise_one, 2)
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    db.session.rollback()
    assert sorted(rated.row(key).level for key in keys) == ["", "HTXS"]


def test_somebody_elses_sheets_are_not_there(rated, actor_as):
    rated.sheet("x", "HTT", state="quota_checked")
    with actor_as("unit_head_b"), pytest.raises((Refused, NotFound)):
        decide(rated, rated.ids("x"))
    assert rated.row("x").state == "quota_checked"


def test_a_retried_request_decides_once(rated):
    rated.sheet("x", "HTT", state="quota_checked")
    command = Decide(rated.cycle_id, rated.ids("x"), **PAPER)
    first = execute(command, key="k")
    again = execute(Decide(rated.cycle_id, rated.ids("x"), **PAPER), key="k")
    assert first.moved == again.moved == rated.ids("x")
    assert len(performed(rated.row("x"))) == 1


# Notice, publication, filing


@pytest.fixture
def decided(rated):
    rated.many({"HTT": 2}, state="quota_checked", score="80")
    rated.sheet("me", "HTT", "81", state="quota_checked", person=rated.world.people["a1.2"])
    decide(rated, list(rated.sheets.values()))
    return rated


def test_notice_then_publication_then_the_file(decided):
    ids = list(decided.sheets.values())
    with pytest.raises(Refused) as error:
        execute(Publish(ids))
    assert codes(error) == {"wrong_state"}
    execute(Notify(ids, number="12/TB"))
    assert decided.row("me").notified_at is not None
    execute(Publish(ids))
    assert execute(FileAway(ids)).moved == ids
    steps = [step.transition for step in performed(decided.row("me"))]
    assert steps == ["decide", "notify", "publish", "file"]


def test_the_agency_reads_levels_and_never_scores(decided, actor_as):
    ids = list(decided.sheets.values())
    execute(Notify(ids))
    agency = decided.world.units["a"]
    assert published_list(decided.cycle_id, agency) == []
    execute(Publish(ids))
    with actor_as("staff_member_a"):
        shown = published_list(decided.cycle_id, agency)
    assert [line.level for line in shown] == ["HTT"] * 3
    assert not any(hasattr(line, name) for line in shown for name in ("score", "score_unit"))
    with actor_as("staff_member_b"), pytest.raises(NotFound):
        published_list(decided.cycle_id, agency)


def test_the_person_sees_the_notice_once(decided, actor_as):
    key = decided.sheets["me"]
    with actor_as("staff_member_a"), pytest.raises(NotFound):
        execute(MarkSeen(key))
    execute(Notify([key]))
    with actor_as("staff_member_a"):
        first = execute(MarkSeen(key)).seen_at
        assert execute(MarkSeen(key)).seen_at == first
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        execute(MarkSeen(key))


# Reopening


def reopen(rated, name, **more):
    values = {"ground": "false_data", "reason": "Minh chứng không đúng", "document": "5/KL-TTr", **more}
    return execute(Reopen(rated.sheets[name], document_date=date(2025, 6, 10), **values))


def test_only_the_level_above_reopens(decided, actor_as):
    with actor_as("unit_head_a"), pytest.raises(Refused) as error:
        reopen(decided, "me")
    assert codes(error) == {"not_superior"}
    with actor_as("province_hr"):
        assert reopen(decided, "me").state == "reopened"


def test_reopening_names_its_ground_reason_and_document(decided):
    with pytest.raises(Refused) as error:
        reopen(decided, "me", ground="", reason=" ", document="")
    assert codes(error) == {"ground_missing", "reason_missing", "document_missing"}


def test_the_old_decision_stands_until_a_new_one_replaces_it(decided):
    reopen(decided, "me")
    assert [row.level for row in year_rating(decided, "me")] == ["HTT"]
    key = decided.sheets["me"]
    decide(
        decided, [key], number="40/QĐ-SXD", levels={key: "HT"}, reasons={key: "Xét lại"}, signed_on=date(2025, 6, 12)
    )
    row = decided.row("me")
    assert (row.state, row.level, row.notified_at) == ("decided", "HT", None)
    [old] = row.replaced
    assert (old["level"], old["number"], old["ground"], old["document"]) == (
        "HTT",
        "31/QĐ-SXD",
        "false_data",
        "5/KL-TTr",
    )
    [rating] = year_rating(decided, "me")
    assert (rating.level, rating.decision_number) == ("HT", "40/QĐ-SXD")
    assert db.session.get(EvaluationDecision, row.decision_id).kind == "replace"
