"""From the own sheet to the synthesis, by the roles that hold each step; refusals with the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hrms.commands.evaluation.contexts import contexts
from hrms.commands.evaluation.flow import (
    RecordMeeting,
    RecordOldAgencyRemarks,
    RecordPartyOpinion,
    SpokenOf,
    Synthesise,
)
from hrms.commands.evaluation.rating import RateMany, RateRow, ReturnSheets
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.sheets import AutosaveSheet, Content, SaveSheet
from hrms.commands.evaluation.units import RecogniseCollectives, RecogniseRow, SaveCollective
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from hrms.kernel.workflow import performed
from models.evaluation import PersonEvaluation
from tests.evaluation.conftest import collective_of, fresh, sheet_of
from tests.evaluation.test_opening import move

DAY = date(2025, 11, 25)
STAFF = {
    **dict.fromkeys(("1a", "1b", "1c", "1d", "2a", "2b", "2c", "2d", "3a", "3b", "4a", "4b"), "2"),
    **dict.fromkeys(("3c", "3d", "4c", "4d"), "1.5"),
    "5.1": "100%", "5.2": "95%", "5.3": "90%", "5.4": "4,5", "5.5": "80%",
}  # fmt: skip
MEASURES = {"criteria_1_4": "good", "done_percent": "100", "high_efficiency": True, "over_percent": "50"}
UNIT_POINTS = {"1.1": "8", "1.2": "6", "1.3": "8", "1.4": "100%", **{f"2.{n}": "95%" for n in range(1, 8)}}


def content(**changes):
    values = {
        "points": dict(STAFF), "texts": {"strengths": "Hoàn thành nhiệm vụ", "weaknesses": "Còn chậm một việc"},
        "measures": dict(MEASURES), "level": "HTXS",
    }  # fmt: skip
    return Content(**{**values, **changes})


@pytest.fixture
def year(opened, world):
    cycle = opened("a")
    with clock.travel_to(DAY):
        yield cycle


@pytest.fixture
def submitted(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    with actor_as("staff_member_a"):
        execute(SaveSheet(sheet.id, sheet.version, content(), submit=True))
    return sheet_of(year, world.people["a1.2"])


@pytest.fixture
def remarked(submitted, actor_as):
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(submitted.id, submitted.version, level="HTXS", remark="Đồng ý")], submit=True))
    return fresh(PersonEvaluation, submitted.id)


def meeting(cycle, unit, *sheets, **more):
    return RecordMeeting(
        cycle.id, unit, DAY, "Lê An", "Vũ Bình", ["Lê An", "Vũ Bình", "Đỗ Chi"], minutes="Nội dung họp", approved=True,
        spoken=[SpokenOf(sheet.id, "Nhất trí", {"HTXS": 3}) for sheet in sheets], **more,
    )  # fmt: skip


def faults_of(error):
    return {fault.field: fault.message for fault in error.value.faults}


def test_the_whole_way_to_the_machines_level(year, remarked, world, actor_as):
    with actor_as("unit_hr_a"):
        execute(meeting(year, world.units["a1"], remarked))
        result = execute(Synthesise([remarked.id]), key="again")
        assert execute(Synthesise([remarked.id]), key="again").moved == result.moved == [remarked.id]
    sheet = fresh(PersonEvaluation, remarked.id)
    # 30 general; 20 + 25×0.95 + 15×0.9 + 4.5 + 5×0.8 = 65.75
    assert str(sheet.score) == "95.75" and sheet.level_machine == sheet.level_proposed == "HTXS"
    assert sheet.state == "synthesised" and sheet.trace and sheet.meeting_remark == "Nhất trí"
    assert [row.transition for row in performed(sheet)] == ["submit", "remark", "hold_meeting", "synthesise"]


def test_an_incomplete_sheet_tells_every_line_at_once(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    points = {**STAFF, "1a": "2.5", "5.2": "101%"}
    del points["4d"]
    with actor_as("staff_member_a"), pytest.raises(Refused) as refused:
        wrong = content(points=points, level="", texts={}, measures={"done_percent": "120"})
        execute(SaveSheet(sheet.id, sheet.version, wrong, submit=True))
    assert {
        "points.1a", "points.5.2", "points.4d", "level_self", "texts.strengths", "measures.done_percent",
    } <= faults_of(refused).keys()  # fmt: skip
    assert fresh(PersonEvaluation, sheet.id).state == "draft"


def test_a_draft_may_be_unfinished_but_not_out_of_range(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    with actor_as("staff_member_a"):
        execute(SaveSheet(sheet.id, sheet.version, content(points={"1a": "1.5"}, level="")))
        with pytest.raises(Refused, match="từ 0 đến 2"):
            execute(SaveSheet(sheet.id, None, content(points={"1a": "2.25"})))
    assert fresh(PersonEvaluation, sheet.id).score_self is None


def test_autosave_keeps_anything_typed_without_history(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    before = len(history.of(sheet))
    with actor_as("staff_member_a"):
        version = execute(AutosaveSheet(sheet.id, sheet.version, content(points={"1a": "99"})))
        version = execute(AutosaveSheet(sheet.id, version, content(points={"1a": "2"})))
    sheet = fresh(PersonEvaluation, sheet.id)
    assert sheet.points_self == {"1a": "2"} and sheet.version == version and len(history.of(sheet)) == before


def test_two_editors_are_shown_what_differs(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    seen = sheet.version
    with actor_as("staff_member_a"):
        execute(AutosaveSheet(sheet.id, seen, content(level="HTT")))
    for command in (AutosaveSheet(sheet.id, seen, content()), SaveSheet(sheet.id, seen, content())):
        with actor_as("unit_hr_a"), pytest.raises(Stale) as stale:
            execute(command)
        assert "level_self" in {one.field for one in stale.value.differences}


def test_a_retried_submit_sends_once(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    command = SaveSheet(sheet.id, sheet.version, content(), submit=True)
    with actor_as("staff_member_a"):
        for _attempt in range(2):
            execute(replace(command), key="submit-1")
        with pytest.raises(Refused, match="đã gửi"):
            execute(SaveSheet(sheet.id, None, content()))
    assert [row.transition for row in performed(sheet)] == ["submit"]


def test_nobody_writes_anothers_sheet(year, world, actor_as):
    other = sheet_of(year, world.people["a2.2"])
    with actor_as("staff_member_a"), pytest.raises(NotFound):
        execute(SaveSheet(other.id, other.version, content()))
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        execute(SaveSheet(other.id, other.version, content()))


def test_nobody_rates_oneself(submitted, world, actor_as, factory):
    factory.assign(world.account("staff_member_a"), "unit_head", world.unit("a1"))
    access.forget_grants()
    with actor_as("staff_member_a"), pytest.raises(Refused, match="phiếu của chính bạn"):
        execute(RateMany([RateRow(submitted.id, None, level="HTXS", remark="Tốt")], submit=True))


def test_one_bad_row_stops_all_or_only_itself(year, submitted, world, actor_as):
    other = sheet_of(year, world.people["a2.2"])  # still a draft
    rows = [
        RateRow(submitted.id, level="HTT", remark="Đồng ý", points={**STAFF, "1a": "1"}),
        RateRow(other.id, level="HTT", remark="Đồng ý"),
    ]
    with actor_as("unit_head_a"):
        with pytest.raises(Refused, match="Dòng 2"):
            execute(RateMany(rows, submit=True))
        assert fresh(PersonEvaluation, submitted.id).state == "self_submitted"
        result = execute(RateMany(rows, submit=True, each=True))
    assert result.moved == [submitted.id] and result.stayed.keys() == {other.id}
    assert str(fresh(PersonEvaluation, submitted.id).score_unit) == "94.75"


def test_a_year_is_not_put_together_before_the_meeting(remarked, actor_as):
    with actor_as("unit_hr_a"):
        result = execute(Synthesise([remarked.id]))
    assert [fault.code for fault in result.stayed[remarked.id]] == ["meeting_missing"]


def test_minutes_with_more_votes_than_people_are_refused(year, remarked, world, actor_as):
    command = meeting(year, world.units["a1"], remarked)
    command.spoken = [SpokenOf(remarked.id, "", {"HTXS": 4})]
    with actor_as("unit_hr_a"), pytest.raises(Refused, match="nhiều hơn số người có mặt"):
        execute(command)


def test_missing_figures_are_named_not_guessed(year, remarked, world, actor_as):
    with transaction():
        fresh(PersonEvaluation, remarked.id).measures = {"criteria_1_4": "good"}
    with actor_as("unit_hr_a"):
        execute(meeting(year, world.units["a1"], remarked))
        result = execute(Synthesise([remarked.id]))
    assert "measures.done_percent" in {fault.field for fault in result.stayed[remarked.id]}


def test_a_hole_of_the_text_is_left_to_the_decider(year, remarked, world, actor_as):
    with transaction():
        fresh(PersonEvaluation, remarked.id).measures = {**MEASURES, "not_assured_percent": "20.01"}
    with actor_as("unit_hr_a"):
        execute(meeting(year, world.units["a1"], remarked))
        execute(Synthesise([remarked.id]))
    sheet = fresh(PersonEvaluation, remarked.id)
    assert sheet.level_machine == "MANUAL_DECISION_REQUIRED" and "HOLE_NOT_ASSURED_20_TO_50" in sheet.reasons


def test_remarks_owed_by_the_old_agency_block_until_they_come(opened, world, actor_as):
    move(world, world.people["a1.2"], world.units["b1"], date(2025, 7, 1))
    cycle = opened("a")
    with clock.travel_to(DAY):
        sheet = sheet_of(cycle, world.people["a1.2"])
        with actor_as("staff_member_a"):
            execute(SaveSheet(sheet.id, None, content(), submit=True))
        with actor_as("unit_head_a"):
            execute(RateMany([RateRow(sheet.id, level="HTXS", remark="Đồng ý")], submit=True))
        with actor_as("unit_hr_a"):
            execute(meeting(cycle, world.units["a1"], sheet))
            assert execute(Synthesise([sheet.id])).stayed[sheet.id][0].code == "OLD_AGENCY_REMARKS_REQUIRED"
            assert fresh(PersonEvaluation, sheet.id).state == "blocked"
            execute(RecordOldAgencyRemarks(sheet.id, "Hoàn thành tốt", "12/SYT ngày 01/11/2025"))
            assert execute(Synthesise([sheet.id])).moved == [sheet.id]


def test_the_party_is_asked_about_heads_not_about_staff(year, world, actor_as):
    head = sheet_of(year, world.people["a1.1"])
    with transaction():
        head.state, head.manager_remark = "remarked", "Đồng ý"
    with actor_as("unit_hr_a"):
        execute(meeting(year, world.units["a1"], head))
        assert {fault.code for fault in execute(Synthesise([head.id])).stayed[head.id]} == {"party_opinion_missing"}
        execute(RecordPartyOpinion([head.id], "Nhất trí", "05-CV/ĐU", DAY))
    assert fresh(PersonEvaluation, head.id).state == "party_opinion"


def test_a_quarter_goes_without_meeting(opened, world, actor_as):
    cycle = opened("a", "QUARTER", 2025, 1)
    sheet = sheet_of(cycle, world.people["a1.2"])
    with actor_as("staff_member_a"):
        execute(SaveSheet(sheet.id, None, content(), submit=True))
    with actor_as("unit_head_a"):
        execute(RateMany([RateRow(sheet.id, level="HTXS", remark="Đồng ý")], submit=True))
    with actor_as("unit_hr_a"):
        assert execute(Synthesise([sheet.id])).moved == [sheet.id]


def test_a_returned_sheet_starts_again_with_the_reason(remarked, actor_as):
    with actor_as("unit_head_a"):
        with pytest.raises(Refused, match="lý do"):
            execute(ReturnSheets([remarked.id], " "))
        assert execute(ReturnSheets([remarked.id], "Thiếu minh chứng")).moved == [remarked.id]
    sheet = fresh(PersonEvaluation, remarked.id)
    assert sheet.state == "draft" and performed(sheet)[-1].reason == "Thiếu minh chứng"


def assess(record, actor_as):
    """One collective up to the proposal."""
    with actor_as("unit_hr_a"):
        first = Content(points=dict(UNIT_POINTS), level="HTT", texts={"opinions": "Nhất trí"})
        for step in ("self_assess", "opinions", "propose"):
            version = fresh(type(record), record.id).version
            execute(SaveCollective(record.id, version, first if step != "propose" else Content(level="HTXS"), step))


def test_parts_before_the_unit_and_the_unit_before_its_head(year, world, actor_as):
    whole, part, other = (collective_of(year, world.units[key]) for key in ("a", "a1", "a2"))
    assess(whole, actor_as)
    grounds = {"decision_number": "10/QĐ", "decision_date": DAY, "signer": "Chủ tịch"}
    with actor_as("unit_head"):  # head of the province
        result = execute(RecogniseCollectives([RecogniseRow(whole.id)], **grounds))
    assert [fault.code for fault in result.stayed[whole.id]] == ["sub_units_first"]
    head = sheet_of(year, world.people["a.1"])
    with transaction():
        head.state = "quota_checked"
    with actor_as("unit_head"):
        decide = next(one for one in PERSON.allowed_actions(head) if one.transition.code == "decide")
    assert [one.code for one in decide.obstacles] == ["unit_first"]
    for record in (part, other):
        assess(record, actor_as)
    with actor_as("unit_head_a"):
        result = execute(RecogniseCollectives([RecogniseRow(one.id) for one in (whole, part, other)], **grounds))
    assert set(result.moved) == {part.id, other.id}  # the whole is recognised by the level above
    with actor_as("unit_head"):
        assert execute(RecogniseCollectives([RecogniseRow(whole.id)], **grounds)).moved == [whole.id]
        assert not next(
            one for one in PERSON.allowed_actions(fresh(PersonEvaluation, head.id)) if one.transition.code == "decide"
        ).obstacles
    assert fresh(type(whole), whole.id).level == "HTXS"


def test_a_level_that_departs_from_the_rule_needs_its_reason(year, world, actor_as):
    part = collective_of(year, world.units["a1"])
    assess(part, actor_as)
    grounds = {"decision_number": "10/QĐ", "decision_date": DAY, "signer": "Giám đốc"}
    with actor_as("unit_head_a"):
        result = execute(RecogniseCollectives([RecogniseRow(part.id, "HTT")], **grounds))
        assert [fault.code for fault in result.stayed[part.id]] == ["reason_missing"]
        execute(RecogniseCollectives([RecogniseRow(part.id, "HTT", "Có đơn thư")], **grounds))
    assert db.session.get(type(part), part.id).level == "HTT"


def test_publication_waits_for_the_notice(year, world, actor_as):
    sheet = sheet_of(year, world.people["a1.2"])
    with transaction():
        sheet.state = "notified"
    with actor_as("unit_hr_a"):
        publish = next(one for one in PERSON.allowed_actions(sheet) if one.transition.code == "publish")
    assert [one.code for one in publish.obstacles] == ["notice_first"]


def test_the_decider_sends_back_to_be_put_together_again(year, remarked, world, actor_as):
    with actor_as("unit_hr_a"):
        execute(meeting(year, world.units["a1"], remarked))
        execute(Synthesise([remarked.id]))
    with actor_as("unit_head_a"):
        assert execute(ReturnSheets([remarked.id], "Xem lại", to_synthesis=True)).moved == [remarked.id]
    sheet = fresh(PersonEvaluation, remarked.id)
    assert (sheet.state, sheet.level_proposed) == ("remarked", "") and sheet.meeting_id
    with actor_as("unit_hr_a"):
        assert execute(Synthesise([sheet.id])).moved == [sheet.id]


def test_a_head_is_not_put_above_the_units_figures(year, world, actor_as):
    """The head's tree asks the unit's own figures and the levels of its parts, nobody types them twice."""
    for key in ("a1", "a2"):
        record = collective_of(year, world.units[key])
        with transaction():
            fresh(type(record), record.id).level = "HTT" if key == "a1" else "HT"
    whole = collective_of(year, world.units["a"])
    with transaction():
        fresh(type(whole), whole.id).measures = {"done_percent": "100", "on_time_percent": "100", "over_percent": "60"}
    head = sheet_of(year, world.people["a.1"])
    cycle = fresh(type(year), year.id)
    given = Scorer(cycle).given(head, contexts(cycle, [head])[head.id])
    assert (given["unit_done_percent"], given["sub_ok_percent"], given["sub_good_percent"]) == ("100", "100", "50")
