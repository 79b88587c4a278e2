"""Petitions: the last day and the day after, the dialogue, the one answer, what the petitioner may see."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation.decisions import Decide, Notify, Publish
from hrms.commands.evaluation.petitions import (
    AnswerPetition,
    FilePetition,
    HoldDialogue,
    PetitionFilter,
    WithdrawPetition,
    listing,
    petition_page,
)
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.evaluation import EvaluationPetition
from models.staff import YearRating
from tests.support.rated import Rated

PUBLISHED = date(2025, 6, 16)  # a Monday; five working days end on Monday 23/6 (hy1071.petition.days_to_file)
LAST_DAY, DAY_AFTER = date(2025, 6, 23), date(2025, 6, 24)
ANSWER = {"answer": "Đã xem xét", "answer_number": "8/SXD-VP", "answered_by": "Giám đốc Sở"}
CHANGE = {
    "new_level": "HT",
    "level_reason": "Xét lại minh chứng",
    "decision_number": "50/QĐ",
    "decision_date": LAST_DAY,
    "confirm_lower": True,
}


@pytest.fixture
def rated(world, factory):
    """The published result of a1.2 (staff_member_a) among six of the agency."""
    made = Rated(world, factory)
    made.cycle()
    made.collective("a1")
    made.sheet("me", "HTT", "81", state="quota_checked", person=world.people["a1.2"])
    made.sheet("best", "HTXS", "96", state="quota_checked", quota_outcome="kept")
    made.many({"HTT": 4}, state="quota_checked", score="80")
    with clock.travel_to(PUBLISHED):
        ids = list(made.sheets.values())
        execute(Decide(made.cycle_id, ids, "31/QĐ-SXD", PUBLISHED, "Giám đốc"))
        execute(Notify(ids))
        execute(Publish(ids))
    return made


def codes(error):
    return {fault.code for fault in error.value.faults}


def file(rated, actor_as, day=LAST_DAY, **more):
    with clock.travel_to(day), actor_as("staff_member_a"):
        return execute(FilePetition(rated.sheets["me"], "Đề nghị xem lại", **more))


def answer(petition, outcome="upheld", day=LAST_DAY, **more):
    with clock.travel_to(day):
        return execute(AnswerPetition(petition.id, outcome, **{**ANSWER, **more}))


def test_the_last_day_is_in_time(rated, actor_as):
    row = file(rated, actor_as)
    assert (row.file_by, row.late, row.state) == (LAST_DAY, False, "filed")
    assert row.answer_by == date(2025, 7, 7)  # ten working days
    assert rated.row("me").state == "petitioned"


def test_the_day_after_is_late_and_kept_on_file(rated, actor_as):
    row = file(rated, actor_as, DAY_AFTER)
    assert (row.late, row.state, row.answer_by) == (True, "late", None)
    assert rated.row("me").state == "published"
    with pytest.raises(Refused) as error:
        answer(row, day=DAY_AFTER)
    assert codes(error) == {"wrong_state"}


def test_hr_notes_the_letter_by_the_day_it_came(rated, actor_as):
    with clock.travel_to(date(2025, 6, 30)), actor_as("unit_hr_a"):
        row = execute(FilePetition(rated.sheets["me"], "Đơn giấy", received_on=LAST_DAY))
    assert (row.filed_on, row.late) == (LAST_DAY, False)


def test_public_employees_have_five_days_by_their_law(world, factory, actor_as):
    """EV-128: published 10/12/2026, five days end on 15/12; ten working days to answer end on 29/12."""
    made = Rated(world, factory)
    made.cycle(2026)
    day = date(2026, 12, 10)
    made.sheet("me", "HTT", state="quota_checked", klass="VC0", regime="ND233", person=world.people["a1.2"])
    with clock.travel_to(day):
        execute(Decide(made.cycle_id, made.ids("me"), "1/QĐ", day, "Giám đốc"))
        execute(Notify(made.ids("me")))
        execute(Publish(made.ids("me")))
    row = file(made, actor_as, date(2026, 12, 15))
    assert (row.file_by, row.answer_by, row.late) == (date(2026, 12, 15), date(2026, 12, 29), False)


def test_nothing_can_be_petitioned_before_the_notice(world, factory, actor_as):
    made = Rated(world, factory)
    made.cycle()
    made.sheet("me", "HTT", state="decided", level="HTT", person=world.people["a1.2"])
    with actor_as("staff_member_a"), pytest.raises(Refused) as error:
        execute(FilePetition(made.sheets["me"], "x"))
    assert codes(error) == {"not_told_yet"}


def test_one_petition_at_a_time_and_one_answer(rated, actor_as):
    row = file(rated, actor_as)
    with pytest.raises(Refused) as error:
        file(rated, actor_as)
    assert "open" in codes(error)
    answer(row)
    with pytest.raises(Refused) as error:
        file(rated, actor_as)
    assert "answered_once" in codes(error)


def test_upheld_the_result_is_filed(rated, actor_as):
    done = answer(file(rated, actor_as))
    assert (done.state, done.answered_on, done.answer_number) == ("upheld", LAST_DAY, "8/SXD-VP")
    assert (rated.row("me").state, rated.row("me").level) == ("filed", "HTT")


def test_a_petition_that_would_lower_the_level_asks_to_be_confirmed(rated, actor_as):
    row = file(rated, actor_as)
    with pytest.raises(Refused) as error:
        answer(row, "changed", **{**CHANGE, "confirm_lower": False})
    assert "lower_unconfirmed" in codes(error)
    with pytest.raises(Refused) as error:
        answer(row, "changed", **CHANGE)
    assert "lower_unconfirmed" not in codes(error)  # only the quota is left to confirm


def test_changed_is_a_new_decision_with_notice_to_follow(rated, actor_as):
    # Five HTT besides the best would be four: the ceiling of 20 % falls to none, and the decided HTXS stands above it.
    row = file(rated, actor_as)
    with pytest.raises(Refused) as error:
        answer(row, "changed", **CHANGE)
    assert codes(error) == {"quota_changed"}
    seen = error.value.faults[0].field.partition(":")[2]
    done = answer(row, "changed", seen_quota=seen, **CHANGE)
    sheet = rated.row("me")
    assert (done.state, done.new_level, sheet.state, sheet.level) == ("changed", "HT", "decided", "HT")
    assert (sheet.replaced[0]["level"], sheet.replaced[0]["ground"]) == ("HTT", "petition")
    assert sheet.notified_at is None and sheet.published_at is None
    assert rated.row("best").level == "HTXS"  # a decision in force is never rewritten by the machine
    rating = db.session.query(YearRating).filter_by(person_id=sheet.person_id, year=2024).one()
    assert (rating.level, rating.decision_number) == ("HT", "50/QĐ")


def test_a_level_above_the_ceiling_is_refused(rated, actor_as):
    row = file(rated, actor_as, wished_level="HTXS")
    with pytest.raises(Refused) as error:
        answer(row, "changed", **{**CHANGE, "new_level": "HTXS"})
    assert "quota_exceeded" in codes(error)
    assert rated.row("me").state == "petitioned"


def test_a_change_names_level_reason_and_paper(rated, actor_as):
    row = file(rated, actor_as)
    with pytest.raises(Refused) as error:
        answer(row, "changed")
    assert set(error.value.by_field()) >= {"new_level", "level_reason", "decision_number", "decision_date"}


def test_an_answer_is_in_writing_or_by_dialogue(rated, actor_as):
    row = file(rated, actor_as)
    with pytest.raises(Refused) as error:
        answer(row, answer_number="")
    assert set(error.value.by_field()) == {"answer_number"}
    with clock.travel_to(LAST_DAY):
        execute(HoldDialogue(row.id, LAST_DAY, "Đã trao đổi"))
    assert answer(row, answer_number="").state == "upheld"


def test_a_dialogue_lies_between_filing_and_today(rated, actor_as):
    row = file(rated, actor_as)
    for day in (date(2025, 6, 22), DAY_AFTER):
        with clock.travel_to(LAST_DAY), pytest.raises(Refused):
            execute(HoldDialogue(row.id, day))


def test_the_petitioner_withdraws(rated, actor_as):
    row = file(rated, actor_as)
    with clock.travel_to(LAST_DAY), actor_as("staff_member_a"):
        execute(WithdrawPetition(row.id))
    assert (db.session.get(EvaluationPetition, row.id).state, rated.row("me").state) == ("withdrawn", "filed")
    assert file(rated, actor_as).state == "filed"  # within the days another one may come


def test_who_decides_answers_and_nobody_below(rated, actor_as):
    row = file(rated, actor_as)
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        answer(row)
    with actor_as("unit_head_b"), pytest.raises(NotFound):
        answer(row)
    with actor_as("unit_head_a"):
        assert answer(row).state == "upheld"


def test_nobody_files_for_somebody_else(rated, actor_as):
    with clock.travel_to(LAST_DAY), actor_as("staff_member_a"), pytest.raises(NotFound):
        execute(FilePetition(rated.sheets["best"], "x"))


def test_the_petitioner_sees_the_own_sheet_and_the_ceilings_only(rated, actor_as):
    with clock.travel_to(LAST_DAY), actor_as("staff_member_a"):
        page = petition_page(rated.sheets["me"])
        with pytest.raises(NotFound):
            petition_page(rated.sheets["best"])
    assert (page.allowed, page.file_by, page.late) == (True, LAST_DAY, False)
    assert (page.agency.limit, page.agency.candidates) == (1, 1)
    with clock.travel_to(DAY_AFTER), actor_as("staff_member_a"):
        assert petition_page(rated.sheets["me"]).late


def test_the_list_knows_what_is_overdue(rated, actor_as):
    file(rated, actor_as)
    with clock.travel_to(date(2025, 7, 7)):
        overdue = listing(PetitionFilter(cycle_id=rated.cycle_id, overdue=True))
        assert db.session.scalars(overdue).all() == []
    with clock.travel_to(date(2025, 7, 8)):
        overdue = listing(PetitionFilter(cycle_id=rated.cycle_id, overdue=True))
        assert len(db.session.scalars(overdue).all()) == 1
    with actor_as("unit_hr_b"):
        assert db.session.scalars(listing()).all() == []
