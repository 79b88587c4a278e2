"""Where many are worked on at once: minutes page by page, a step for the whole list, units that moved."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation import calibration, queries, quota
from hrms.commands.evaluation.quota_steps import CheckQuota
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from models.evaluation import EvaluationMeeting, PersonEvaluation
from models.organization import OrgUnit
from tests.evaluation.conftest import collective_of, sheet_of
from tests.support.rated import Rated
from views import evaluation_meetings


@pytest.fixture
def rated(world, factory):
    made = Rated(world, factory)
    made.cycle()
    return made


def test_minutes_of_a_large_unit_are_written_page_by_page(rated, world, login, monkeypatch):
    monkeypatch.setattr(evaluation_meetings, "PAGE", 3)
    ids = rated.many({"HTT": 5}, state="remarked")
    path = f"/evaluation/{rated.cycle_id}/units/{world.units['a']}/meetings/new"
    browser = login("unit_hr_a")
    first = browser.get(path)
    assert first.text.count('name="of.') == 3 and "Trang 1/2" in first.text
    head = {
        "held_on": "10/01/2025",
        "chair": "Lê An",
        "secretary": "Vũ Bình",
        "others": "Khách mời",
        "minutes": "Nội dung",
    }
    page_one = {f"of.{number}": "1" for number in ids[:3]} | {"present": [str(one) for one in ids[:2]], "page": "1"}
    saved = browser.post(path, data={**head, **page_one, "request_key": "m1"})
    assert saved.status_code == 302 and "page=2" in saved.headers["Location"]
    db.session.rollback()
    row = db.session.query(EvaluationMeeting).one()
    assert (sorted(row.attendees), row.absentees) == (["Khách mời", "P-HTT-1", "P-HTT-2"], ["P-HTT-3"])
    page_two = {f"of.{number}": "1" for number in ids[3:]} | {"present": [str(one) for one in ids[3:]], "page": "2"}
    data = {**head, **page_two, "version": str(row.version), "request_key": "m2"}
    assert browser.post(f"/evaluation/meetings/{row.id}?page=2", data=data).status_code == 302
    db.session.rollback()
    row = db.session.query(EvaluationMeeting).one()
    assert sorted(row.attendees) == ["Khách mời", "P-HTT-1", "P-HTT-2", "P-HTT-4", "P-HTT-5"]
    assert row.absentees == ["P-HTT-3"]
    assert {rated.row(number).meeting_id for number in ids} == {row.id}


def test_a_step_for_the_whole_list_passes_over_whom_it_does_not_concern(rated, world, login):
    rated.many({"HTT": 2}, state="decided", level="HTT")
    rated.many({"HT": 2}, state="published", level="HT", prefix="Q")
    browser, path = login("unit_hr_a"), f"/evaluation/{rated.cycle_id}/units/{world.units['a']}/bulk"
    told = {"headers": {"Accept": "application/json"}}
    every = [str(row.id) for row in db.session.query(PersonEvaluation).filter_by(cycle_id=rated.cycle_id)]
    picked = browser.post(path, data={"step": "publish", "pick": every, "request_key": "1"}, **told)
    assert picked.status_code == 400 and picked.json["faults"]  # ticked one by one: told why
    whole = {"step": "notify", "pick": every, "everyone": "1", "request_key": "2"}
    answer = browser.post(path, data=whole, **told)
    assert (answer.json["moved"], answer.json["stayed"]) == (2, [])
    nobody = browser.post(path, data={"step": "notify", "all": "1", "request_key": "3"})
    assert nobody.status_code == 400 and "không có ai đang ở bước này" in nobody.text


def test_the_filter_of_levels_counts_what_it_finds(rated, world, actor_as):
    rated.many({"HTXS": 2, "HTT": 3}, level_proposed="", state="remarked")  # only the unit has spoken
    rated.sheet("new", "", state="draft", level_proposed="", level_unit="", level_machine="")
    with actor_as("unit_hr_a"):
        found = queries.unit_overview(rated.cycle_id, world.units["a"])
    assert found.levels == {"HTXS": 2, "HTT": 3, "-": 1}


def test_a_division_that_moved_is_still_reviewed_with_the_agency_it_is_rated_in(rated, world, actor_as):
    rated.many({"HTT": 3}, unit="a1")
    with transaction():
        moved = db.session.get(OrgUnit, world.units["a1"])
        moved.parent_id, moved.path = world.units["b"], f"/{world.units['hy']}/{world.units['b']}/{moved.id}/"
    with actor_as("province_hr"):
        own = calibration.overview(rated.cycle_id, world.units["a"])
        other = calibration.overview(rated.cycle_id, world.units["b"])
        row = execute(calibration.OpenCalibration(rated.cycle_id, world.units["a"], date(2025, 1, 10), "Giám đốc", 5))
    assert sum(line.people for line in own.heads) == 3 and not other.heads
    assert row.before["total"] == 3


def test_several_agencies_are_compared_agency_by_agency(rated, world, actor_as):
    rated.many({"HTT": 2}, unit="a1")
    rated.many({"HTT": 2}, unit="a2", prefix="R")
    rated.many({"HTXS": 2}, unit="b1", agency="b", prefix="Q")
    with actor_as("province_hr"):
        lines = {line.unit: line.people for line in calibration.overview(rated.cycle_id, world.units["hy"]).heads}
    assert lines == {"Sở Xây dựng": 4, "Sở Y tế": 2}


def test_a_place_that_comes_free_is_chosen_alone(rated, world):
    ids = rated.many({"HTXS": 4}, score="95")
    rated.many({"HTT": 10})
    agency = world.units["a"]
    execute(CheckQuota(rated.cycle_id, agency))
    [tie] = quota.compute(rated.cycle_id, agency).ties
    assert tie.places == 2
    execute(CheckQuota(rated.cycle_id, agency, keep=ids[:2], reason="Sáng kiến cấp tỉnh"))
    rated.set([name for name in rated.sheets if rated.sheets[name] == ids[0]], level_proposed="HTT", quota_outcome="")
    state = quota.compute(rated.cycle_id, agency)
    [tie] = state.ties
    assert (tie.places, set(tie.among)) == (1, set(ids[2:])) and state.outcomes[ids[1]] == "kept"


def test_a_collective_without_figures_is_told_at_the_proposal(opened, world, login):
    cycle = opened("a", kind="QUARTER", number=2)
    record = collective_of(cycle, world.units["a1"])
    with transaction():
        db.session.get(type(record), record.id).state = "opinions_in"
    assert sheet_of(cycle, world.people["a1.1"])
    page = login("unit_hr_a").get(f"/evaluation/collectives/{record.id}")
    assert "Chưa có số liệu" in page.text and "chưa tính được" in page.text
    with transaction():
        row = db.session.get(type(record), record.id)
        row.measures = {"done_percent": "100", "on_time_percent": "100", "over_percent": "10"}
    assert "Chưa có số liệu" not in login("unit_hr_a").get(f"/evaluation/collectives/{record.id}").text
