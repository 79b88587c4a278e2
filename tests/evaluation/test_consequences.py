"""What a published bad year calls for by the law of its day; lists of good results; what restructuring takes over."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation import consequences, results
from hrms.commands.evaluation.consequences import (
    FindConsequences,
    OpenPreparedCase,
    SetAside,
    TakeUp,
    ask_for_consequences,
    sentence_of,
)
from hrms.commands.evaluation.decisions import Decide, Notify, Publish, Reopen
from hrms.commands.restructuring.cases import OpenCase
from hrms.commands.restructuring.requests import overrides_of
from hrms.kernel import clock, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.evaluation import RatingConsequence
from models.staff import Appointment, YearRating
from tests.support.rated import Rated

SIGNED = date(2024, 12, 12)


@pytest.fixture
def rated(world, factory):
    made = Rated(world, factory)
    made.cycle()
    return made


def publish(rated, *names, signed=SIGNED, today=None):
    ids = rated.ids(*names)
    with clock.travel_to(today or signed):
        execute(Decide(rated.cycle_id, ids, "31/QĐ-SXD", signed, "Giám đốc"))
        execute(Notify(ids))
        execute(Publish(ids))


def year(rated, name, when, level):
    with transaction():
        db.session.add(YearRating(person_id=rated.row(name).person_id, year=when, level=level))


def found(rated, name):
    query = db.session.query(RatingConsequence).filter_by(person_id=rated.row(name).person_id)
    return {row.code: row for row in query.order_by(RatingConsequence.id)}


def bad(rated, name="x", *, klass="CC0", **more):
    rated.sheet(name, "KHT", state="quota_checked", klass=klass, **more)


def test_two_consecutive_years_under_the_old_law_call_for_dismissal(rated):
    """EV-122."""
    bad(rated)
    year(rated, "x", 2023, "KHT")
    publish(rated, "x")
    rows = found(rated, "x")
    assert set(rows) == {"DISMISSAL_REQUIRED"}
    assert rows["DISMISSAL_REQUIRED"].article.startswith("Điều 58 Luật 22/2008")
    assert rows["DISMISSAL_REQUIRED"].due_on is None  # the old law named no days
    assert "cho thôi việc" in sentence_of("DISMISSAL_REQUIRED")


def test_a_single_bad_year_under_the_old_law_calls_for_nothing(rated):
    bad(rated)
    year(rated, "x", 2023, "HT")
    publish(rated, "x")
    assert found(rated, "x") == {}


def test_a_year_without_rating_does_not_break_the_row(rated, factory):
    bad(rated)
    year(rated, "x", 2022, "KHT")
    person, now = rated.row("x").person_id, rated.cycle_id
    rated.cycle(2023)
    rated.sheet("x 2023", "", state="not_rated", person=person)
    rated.cycle_id = now
    publish(rated, "x")
    assert set(found(rated, "x")) == {"DISMISSAL_REQUIRED"}


def test_two_bad_years_of_one_term_need_the_term(rated):
    """EV-123: a leader with KHT in 2022 and 2024 of one appointment term."""
    bad(rated, klass="CC1")
    year(rated, "x", 2022, "KHT")
    year(rated, "x", 2023, "HT")
    publish(rated, "x")
    assert set(found(rated, "x")) == {"TERM_UNKNOWN"}
    with transaction():
        db.session.add(
            Appointment(
                person_id=rated.row("x").person_id, unit_id=rated.world.units["a1"], title="Trưởng phòng",
                leader_rank="head", valid_from=date(2021, 6, 1), term_ends=date(2026, 5, 31),
            )
        )  # fmt: skip
    execute(FindConsequences(rated.cycle_id))
    rows = found(rated, "x")
    assert {code for code, row in rows.items() if row.state == "open"} == {"REASSIGN_OR_NOT_REAPPOINT"}
    assert rows["TERM_UNKNOWN"].state == "set_aside"


def test_between_the_laws_nothing_follows_by_itself_but_somebody_looks(world, factory):
    made = Rated(world, factory)
    made.cycle(2025)
    bad(made)
    year(made, "x", 2024, "KHT")
    publish(made, "x", signed=date(2025, 12, 12))
    assert set(found(made, "x")) == {"PREPARE_STAFF_REDUCTION_154"}
    row = found(made, "x")["PREPARE_STAFF_REDUCTION_154"]
    assert any("không có hậu quả tự động" in warning for warning in row.warnings)


def test_one_bad_year_of_a_civil_servant_from_2026_with_thirty_days(world, factory):
    """EV-125: lower position or dismissal, decided within 30 days of the result."""
    made = Rated(world, factory)
    made.cycle(2026)
    bad(made, regime="ND335")
    publish(made, "x", signed=date(2026, 12, 14))
    row = found(made, "x")["CONSIDER_LOWER_POSITION_OR_DISMISSAL"]
    assert row.due_on == date(2027, 1, 13)
    with clock.travel_to(date(2027, 1, 13)):
        assert consequences.state_today(row) == "open"
    with clock.travel_to(date(2027, 1, 14)):
        assert consequences.state_today(row) == "late"


def test_looking_again_changes_nothing(rated):
    bad(rated)
    year(rated, "x", 2023, "KHT")
    publish(rated, "x")
    before = [(row.id, row.version) for row in found(rated, "x").values()]
    again = execute(FindConsequences(rated.cycle_id))
    assert (again.made, again.taken_back, again.kept) == (0, 0, 1)
    assert [(row.id, row.version) for row in found(rated, "x").values()] == before


def test_a_changed_result_takes_back_what_nobody_took_up(rated):
    bad(rated)
    year(rated, "x", 2023, "KHT")
    publish(rated, "x")
    key = rated.sheets["x"]
    execute(Reopen(key, "false_data", "Sai số liệu", "5/KL", date(2025, 6, 10)))
    execute(
        Decide(
            rated.cycle_id, [key], "40/QĐ", date(2025, 6, 12), "Giám đốc", levels={key: "HT"}, reasons={key: "Xét lại"}
        )
    )
    assert [row.state for row in found(rated, "x").values()] == ["set_aside"]


def test_the_job_looks_through_the_whole_cycle(rated):
    rated.sheet("x", "KHT", state="published", level="KHT")
    year(rated, "x", 2023, "KHT")
    run = ask_for_consequences(rated.cycle_id)
    assert jobs.run_next().id == run.id
    db.session.rollback()
    assert set(found(rated, "x")) == {"DISMISSAL_REQUIRED"}


def test_every_night_recent_years_are_looked_through(rated):
    rated.sheet("x", "KHT", state="published", level="KHT")
    year(rated, "x", 2023, "KHT")
    assert "1 mới" in jobs.run_action("rating_consequences", date(2025, 1, 20))
    db.session.rollback()
    assert set(found(rated, "x")) == {"DISMISSAL_REQUIRED"}


def test_only_years_of_the_state_side_are_looked_at(rated):
    rated.cycle(2024, side="PARTY")
    with pytest.raises(Refused):
        execute(FindConsequences(rated.cycle_id))


def test_a_small_child_bars_dismissal_under_the_old_law(rated):
    bad(rated)
    year(rated, "x", 2023, "KHT")
    with transaction():
        rated.row("x").person.child_under_36_months_until = SIGNED
    publish(rated, "x")
    row = found(rated, "x")["DISMISSAL_REQUIRED"]
    assert any("36 tháng" in warning for warning in row.warnings)
    with pytest.raises(Refused) as error:
        execute(TakeUp(row.id, "5/TB-SXD"))
    assert {fault.code for fault in error.value.faults} == {"warnings"}
    assert execute(TakeUp(row.id, "5/TB-SXD", accept_warnings=True)).state == "taken"


def test_the_day_after_the_child_turned_three_nothing_warns(rated):
    bad(rated)
    year(rated, "x", 2023, "KHT")
    with transaction():
        rated.row("x").person.child_under_36_months_until = date(2024, 12, 11)
    publish(rated, "x")
    assert found(rated, "x")["DISMISSAL_REQUIRED"].warnings == []


# What a human does with it


@pytest.fixture
def prepared(world, factory):
    """Two bad years, the later decided under NĐ 154: a downsizing case may be prepared."""
    made = Rated(world, factory)
    made.cycle(2025)
    person = factory.person(world.unit("a1"), "Lê Văn Kém", birth=date(1975, 3, 15)).id
    made.sheet("x", "KHT", state="quota_checked", person=person)
    with transaction():
        db.session.query(YearRating).filter_by(person_id=person, year=2024).one().level = "KHT"
    publish(made, "x", signed=date(2025, 12, 12))
    return made


def test_the_prepared_case_is_a_draft_on_ground_g(prepared, actor_as):
    row = found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"]
    with clock.travel_to(date(2025, 12, 20)), actor_as("unit_hr_a"):
        case = execute(OpenPreparedCase(row.id, date(2026, 3, 1), accept_warnings=True))
    assert (case.state, case.decree, case.voluntary) == ("draft", "154", False)
    assert "năm 2025" in case.reason
    assert overrides_of(case)["ground_154"]["value"] == "g"
    assert "31/QĐ-SXD" in overrides_of(case)["ground_154"]["document"]
    db.session.rollback()
    row = found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"]
    assert (row.state, row.case_id) == ("taken", case.id)


def test_a_second_case_is_refused_and_the_row_stays(prepared):
    row = found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"]
    with clock.travel_to(date(2025, 12, 20)):
        execute(OpenCase(row.person_id, leave_date=date(2026, 2, 1)))
        with pytest.raises(Refused) as error:
            execute(OpenPreparedCase(row.id, date(2026, 3, 1), accept_warnings=True))
    assert "other_case" in {fault.code for fault in error.value.faults}
    assert found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"].state == "open"


def test_setting_aside_needs_a_reason_and_is_final(prepared):
    row = found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"]
    with pytest.raises(Refused):
        execute(SetAside(row.id, " "))
    execute(SetAside(row.id, "Đã bố trí vị trí khác"))
    with pytest.raises(Refused):
        execute(SetAside(row.id, "Lần nữa"))
    execute(FindConsequences(prepared.cycle_id))
    assert found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"].state == "set_aside"


def test_who_may_act_on_a_consequence(prepared, actor_as):
    row = found(prepared, "x")["PREPARE_STAFF_REDUCTION_154"]
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        execute(SetAside(row.id, "x"))
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        execute(SetAside(row.id, "x"))
    with actor_as("unit_hr_a"):
        assert len(db.session.scalars(consequences.listing(state="open")).all()) >= 1
    with actor_as("unit_hr_b"):
        assert db.session.scalars(consequences.listing()).all() == []


# Good results, summary, exports


def test_excellent_results_are_listed_with_what_may_be_considered(rated, actor_as):
    rated.sheet("x", "HTXS", state="published", level="HTXS")
    year(rated, "x", 2023, "HTXS")
    year(rated, "x", 2022, "HTT")
    rated.sheet("y", "HTT", state="published", level="HTT")
    [line] = results.excellent(2024)
    assert (line.name, line.years_in_a_row) == ("x", 2)
    assert "PREPARE_EARLY_RAISE" in {one.code for one in line.follow_ups}
    assert results.excellent(2024, follow_up="PREPARE_STAFF_REDUCTION_154") == []
    with actor_as("unit_hr_b"):
        assert results.excellent(2024) == []


def test_the_summary_prefills_the_assessment_and_leaves_points_to_the_assessors(rated):
    person = rated.world.people["a1.2"]  # HTT in 2022, 2023, 2024 by the records
    rated.sheet("y", "HTT", person=person, state="published", level="HTT", score=None)
    rated.set(["y"], score=82)
    rated.cycle(2024, "QUARTER", 2)
    rated.sheet("q", "HT", person=person, state="published", level="HT")
    case = execute(OpenCase(person, leave_date=date(2025, 8, 1)))
    suggested = results.suggested_assessments(case.id)
    assert [(one.year, one.level) for one in suggested] == [(2022, "HTT"), (2023, "HTT"), (2024, "HTT")]
    assert suggested[2].remark == "Điểm năm: 82; Kết quả quý: quý 2 HT"
    assert {one.result_score for one in suggested} == {None}
    assert [row.remark for row in case.assessments] == ["", "", ""]


def test_exports_hold_published_results_and_party_members_apart(rated, actor_as):
    rated.sheet("x", "HTT", state="quota_checked")
    rated.sheet("y", "HTT", state="quota_checked")
    with transaction():
        rated.row("x").person.is_party_member = True
    assert results.export_lines(rated.cycle_id) == []
    publish(rated, "x", "y")
    assert [line.name for line in results.export_lines(rated.cycle_id)] == ["x", "y"]
    assert [line.name for line in results.export_lines(rated.cycle_id, party_only=True)] == ["x"]
    with actor_as("staff_member_a"):
        assert results.export_lines(rated.cycle_id) == []
