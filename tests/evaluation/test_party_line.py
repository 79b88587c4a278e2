"""The Party line: QĐ 124 with graded criteria and QĐ 366 with points, for members and leaders."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands.evaluation import offline, offline_units
from hrms.commands.evaluation.contexts import contexts
from hrms.commands.evaluation.cycles import PlanCycle
from hrms.commands.evaluation.rating import RateMany, RateRow
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.sheets import Content, SaveSheet
from hrms.commands.evaluation.units import SaveCollective
from hrms.kernel import clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.evaluation import PersonEvaluation, UnitEvaluation
from models.staff import Person
from tests.evaluation.conftest import collective_of, fresh, sheet_of
from tests.evaluation.test_sheets import columns, edited

TEXTS = {"strengths": "Hoàn thành nhiệm vụ", "weaknesses": "Còn chậm một việc"}
GRADES = {"1.1": "TOT", "1.2": "XUAT_SAC", "1.3": "TOT", "1.4": "TOT", "2.1": "XUAT_SAC"}
FULL = {"done_percent": "100", "on_time": True, "over_percent": "50"}


@pytest.fixture
def member(world, session):
    """The person of staff_member_a, a Party member."""
    person = session.get(Person, world.people["a1.2"])
    person.is_party_member = True
    session.commit()
    return person.id


@pytest.fixture
def party_2024(opened, member):
    cycle = opened("a", year=2024, side="PARTY")
    with clock.travel_to(date(2024, 11, 25)):
        yield cycle


def machine(sheet):
    scorer = Scorer(sheet.cycle)
    return scorer.machine(sheet, contexts(sheet.cycle, [sheet])[sheet.id])


def test_the_party_side_rates_members_and_leaders_by_the_regulation_of_the_day(opened, party_2024, member, world):
    rows = db.session.execute(
        select(PersonEvaluation.person_id, PersonEvaluation.klass, PersonEvaluation.regime, PersonEvaluation.sheet_code)
        .where(PersonEvaluation.cycle_id == party_2024.id)
    ).all()  # fmt: skip
    assert {row.regime for row in rows} == {"QD124"} and party_2024.name.endswith("(bên Đảng)")
    assert all(row.klass.endswith("1") or row.klass == "CB" or row.person_id == member for row in rows)
    assert next(row.sheet_code for row in rows if row.person_id == member) == "QD124_DEFAULT_STAFF"
    later = opened("a", year=2025, side="PARTY", circle="leaders")
    found = set(db.session.scalars(select(PersonEvaluation.regime).where(PersonEvaluation.cycle_id == later.id)))
    people = set(db.session.scalars(select(PersonEvaluation.person_id).where(PersonEvaluation.cycle_id == later.id)))
    assert found == {"QD366"} and member not in people
    assert collective_of(later, world.units["a"]).sheet_code == "QD366_DEFAULT_COLLECTIVE"
    with pytest.raises(Refused):
        execute(PlanCycle(world.units["b"], "YEAR", 2025, side="PARTY", circle="some"))


@pytest.mark.parametrize(
    ("joined", "state"), [(date(2025, 7, 2), "not_rated"), (date(2025, 7, 1), "draft"), (None, "draft")]
)
def test_who_is_six_months_in_the_party_is_reviewed(opened, world, session, member, joined, state):
    session.get(Person, member).party_joined_on = joined
    session.commit()
    sheet = sheet_of(opened("a", year=2025, side="PARTY"), member)
    assert (sheet.state, sheet.exit_code) == (state, "PARTY_MEMBER_UNDER_6_MONTHS" if state == "not_rated" else "")


def test_grades_on_the_sheet_give_the_level_of_qd_124(party_2024, member, actor_as):
    sheet = sheet_of(party_2024, member)
    with actor_as("staff_member_a"):
        with pytest.raises(Refused) as refused:
            execute(SaveSheet(sheet.id, None, Content({**GRADES, "1.1": "good"}, texts=TEXTS, level="HTXS"), True))
        assert [fault.field for fault in refused.value.faults] == ["points.1.1"]
        execute(SaveSheet(sheet.id, None, Content(GRADES, texts=TEXTS, measures=FULL, level="HTXS"), True))
    sheet = fresh(PersonEvaluation, sheet.id)
    assert sheet.score_self is None and machine(sheet).level == "HTXS"
    with actor_as("unit_head_a"):  # the head grades a criterion lower: the head's grades count
        execute(RateMany([RateRow(sheet.id, None, {**GRADES, "1.4": "TRUNG_BINH"}, "HTT", "Nhận xét")]))
    assert machine(fresh(PersonEvaluation, sheet.id)).level == "HTT"


def test_what_others_found_is_stated_by_those_who_rate_and_stays(party_2024, member, actor_as):
    sheet = sheet_of(party_2024, member)
    with actor_as("staff_member_a"):
        with pytest.raises(Refused, match="người quản lý"):
            execute(SaveSheet(sheet.id, None, Content(GRADES, measures={"listed_case": False})))
        execute(SaveSheet(sheet.id, None, Content(GRADES, texts=TEXTS, measures=FULL, level="HTT"), True))
    with actor_as("unit_head_a"):
        execute(
            RateMany([RateRow(sheet.id, None, level="KHT", remark="Thuộc trường hợp", measures={"listed_case": True})])
        )
    found = machine(fresh(PersonEvaluation, sheet.id))
    assert (found.level, found.reasons[0]) == ("KHT", "LISTED_CASE_KHT")


def test_a_graded_sheet_goes_out_and_comes_back_with_its_words(party_2024, member, actor_as):
    sheet = sheet_of(party_2024, member)

    def fill(book):
        page = next(one for one in book.worksheets if "points.2.1" in columns(one))
        at = columns(page)
        assert "measures.criteria_1_4" not in at and "measures.listed_case" not in at
        words = {"TOT": "Tốt", "XUAT_SAC": "Xuất sắc"}
        for line, grade in GRADES.items():
            page.cell(3, at[f"points.{line}"], words[grade])
        page.cell(3, at["measures.done_percent"], 100)
        page.cell(3, at["measures.on_time"], "có")
        page.cell(3, at["texts.strengths"], "Tốt")
        page.cell(3, at["texts.weaknesses"], "Ít")
        page.cell(3, at["level"], "HTT")

    with actor_as("staff_member_a"):
        file = offline.workbook(party_2024.id, evaluation_id=sheet.id)
        execute(offline.ReadOffline(party_2024.id, edited(file, fill), submit=True))
    sheet = fresh(PersonEvaluation, sheet.id)
    assert sheet.points_self == GRADES and sheet.measures == {"done_percent": "100", "on_time": True}
    assert machine(sheet).level == "HTT"  # nothing beyond the plan is stated


def test_collectives_are_filled_offline_too_and_rated_by_points_or_grades(opened, party_2024, world, actor_as):
    cycle = opened("a", year=2025, side="PARTY", circle="leaders")
    points = {"1.1": 10, "1.2": 9, "1.3": 9, "2.1": 100, "2.2": 90, "2.3": 90}
    figures = {"done_percent": 100, "on_time": "có", "over_percent": 30, "faults_repaired": "có"}

    def fill(book):
        page = book.worksheets[0]
        at = columns(page)
        row = next(n for n in range(3, page.max_row + 1) if page.cell(n, at["collective_id"]).value == record.id)
        for code, value in points.items():
            page.cell(row, at[f"points.{code}"], value)
        for key, value in figures.items():
            page.cell(row, at[f"measures.{key}"], value)
        page.cell(row, at["level"], "HTXS")

    def wrong(book):
        fill(book)
        page = book.worksheets[0]
        page.cell(3, columns(page)["points.1.1"], 11)

    record = collective_of(cycle, world.units["a1"])
    with clock.travel_to(date(2025, 11, 25)), actor_as("unit_hr_a"):
        file = offline_units.workbook(cycle.id)
        with pytest.raises(Refused) as refused:
            execute(offline_units.ReadCollectives(cycle.id, edited(file, wrong)))
        assert refused.value.faults[0].field.endswith("!E3")
        execute(offline_units.ReadCollectives(cycle.id, edited(file, fill)))
        record = fresh(UnitEvaluation, record.id)
        assert record.score_self == 95 and record.measures["on_time"] is True
        with pytest.raises(Refused, match="người khác sửa"):  # the file is older than the collective now
            execute(offline_units.ReadCollectives(cycle.id, edited(file, fill)))
    graded = collective_of(party_2024, world.units["a1"])
    content = Content({**GRADES, "1.4": "KEM"}, measures={"done_percent": "100"}, level="HT")
    with actor_as("unit_hr_a"):
        execute(SaveCollective(graded.id, None, content, "self_assess"))
        execute(SaveCollective(graded.id, None, Content(texts={"opinions": "Nhất trí"}), "opinions"))
        execute(SaveCollective(graded.id, None, Content(level="KHT"), "propose"))
    graded = fresh(UnitEvaluation, graded.id)
    assert graded.level_machine == "KHT" and graded.reasons == ["CRITERION_KEM"]


def test_papers_and_pages_show_the_grades_in_words(party_2024, member, actor_as, login):
    from reports.evaluation.files import Files
    from reports.evaluation.sheet import person_sheet

    sheet = sheet_of(party_2024, member)
    with actor_as("staff_member_a"):
        execute(SaveSheet(sheet.id, None, Content(GRADES, texts=TEXTS, measures=FULL, level="HTT")))
        filled = person_sheet(Files().one(fresh(PersonEvaluation, sheet.id)), lambda _name, context, **_more: context)
    rows = {row.code: row.points[0] for row in filled["rows"] if not row.group}
    assert rows["1.2"] == "Xuất sắc" and filled["graded"] and filled["layout"] == "party"
    assert ("Nhiệm vụ vượt mức", "50%") in filled["measures"] and filled["assumed"]
    assert filled["letter"].party and filled["letter"].superior == "ĐẢNG BỘ SỞ XÂY DỰNG"
    page = login("staff_member_a").get(f"/evaluation/sheets/{sheet.id}").get_data(as_text=True)
    assert 'value="XUAT_SAC" checked' in page and 'name="measures.over_percent"' in page
    assert "measures.listed_case" not in page and 'name="texts.repaired"' in page
