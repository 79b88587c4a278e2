"""Holidays and swapped working days: entered with their document, used by deadlines, missed aloud where they lack."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation.terms import petition_days
from hrms.commands.notifications.reminders import worth_a_word
from hrms.commands.notifications.sources import calendar_of_next_year
from hrms.commands.work_calendar import (
    OFF,
    WORK,
    CalendarDay,
    SaveCalendarYear,
    calendar_note,
    proposed_days,
)
from hrms.kernel import clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, Refused, Stale
from models.work_calendar import WorkCalendarYear, work_calendar
from tests.evaluation.conftest import fresh

SIGNED = date(2024, 11, 20)
NEW_YEAR = CalendarDay(date(2025, 1, 1), OFF, "Tết Dương lịch")


def save(days, year=2025, version=None, **more):
    values = {"document_number": "6150/TB-BLĐTBXH", "document_date": SIGNED, **more}
    return SaveCalendarYear(year, version, days, values.pop("document_number"), values.pop("document_date"), **values)


@pytest.fixture
def year_2024(opened):
    return opened("a", year=2024, today=date(2024, 11, 20))


@pytest.fixture
def admin(world, actor_as):
    with clock.travel_to(date(2025, 6, 15)), actor_as("system_admin"):
        yield


def test_an_empty_year_is_proposed_its_fixed_days_and_never_tet():
    assert [one.day for one in proposed_days(2026)] == [
        date(2026, 1, 1), date(2026, 4, 30), date(2026, 5, 1), date(2026, 9, 2)
    ]  # fmt: skip
    assert proposed_days(2020) == []  # before the code of labour of 2019 took effect


def test_petition_days_pass_over_holidays_and_count_days_worked_in_exchange(year_2024, admin):
    cycle = year_2024
    told = date(2024, 12, 30)  # a Monday
    bare = petition_days(cycle, "CC0", told, told)
    assert bare.file_by == date(2025, 1, 6) and "2024, 2025" in bare.note
    execute(save([NEW_YEAR, CalendarDay(date(2025, 1, 2), OFF, "Nghỉ hoán đổi"),
                  CalendarDay(date(2025, 1, 4), WORK, "Làm bù")], complete=True))  # fmt: skip
    counted = petition_days(cycle, "CC0", told, told)
    assert counted.file_by == date(2025, 1, 7)  # 31/12, 03/1, Saturday 04/1, 06/1, 07/1
    assert counted.note == calendar_note(work_calendar(), told, told) and "2025" not in counted.note


def test_every_fault_is_told_at_once(admin):
    wrong = [
        NEW_YEAR, NEW_YEAR, CalendarDay(date(2024, 12, 31), OFF, "Năm khác"),
        CalendarDay(date(2025, 1, 3), WORK, "Thứ Sáu"), CalendarDay(date(2025, 4, 30), OFF, " "),
        CalendarDay(date(2025, 5, 1), "rest", "Lạ"),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        execute(save(wrong, document_number="", document_date=None, mark="X"))
    assert {one.field for one in refused.value.faults} == {
        "days.2.day", "days.3.day", "days.4.kind", "days.5.name", "days.6.kind", "document_number", "document_date",
        "mark",
    }  # fmt: skip
    with pytest.raises(Refused, match="đã đủ"):
        execute(save([], complete=True))


def test_a_change_is_in_the_history_and_two_editors_are_told(admin, actor_as):
    row = execute(save([NEW_YEAR]))
    version = fresh(WorkCalendarYear, row.id).version
    execute(save([CalendarDay(date(2025, 1, 29), OFF, "Mùng 1 Tết")], version=version))
    told = [entry.note or entry.new or "" for entry in history.of(fresh(WorkCalendarYear, row.id))]
    assert any("29/01/2025 nghỉ (Mùng 1 Tết)" in str(text) for text in told)
    assert any(str(text).startswith("Bỏ: 01/01/2025") for text in told)
    with pytest.raises(Stale):
        execute(save([NEW_YEAR], version=version))
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        execute(save([NEW_YEAR], year=2026))


def test_the_screen_keeps_what_was_typed_and_says_where_it_is_wrong(world, login):
    admin = login("system_admin")
    assert "chưa có lịch nghỉ" in admin.get("/work-calendar/").get_data(as_text=True)
    page = admin.get("/work-calendar/2026").get_data(as_text=True)
    assert 'value="02/09/2026"' in page and "Tết Âm lịch" in page
    data = {
        "day": ["01/01/2026", "", "hôm nay", "17/02/2026"], "kind": ["off"] * 4,
        "name": ["Tết", "", "Lạ", "Mùng 1 Tết"],
        "document_number": "1/TB", "document_date": "01/06/2025", "mark": "S",
    }  # fmt: skip
    answer = admin.post("/work-calendar/2026", data=data)
    assert answer.status_code == 400 and "hôm nay" in answer.get_data(as_text=True)
    data["day"][2], data["name"][2] = "16/02/2026", "Giao thừa"
    assert admin.post("/work-calendar/2026", data=data).status_code == 302
    db.session.rollback()
    assert work_calendar().off[date(2026, 2, 17)] == "Mùng 1 Tết"
    reader = login("unit_hr_a")
    assert "Mùng 1 Tết" in reader.get("/work-calendar/2026").get_data(as_text=True)
    assert reader.post("/work-calendar/2026", data=data).status_code == 403
    assert admin.get("/work-calendar/1999").status_code == 404


def test_the_calendar_of_next_year_is_asked_for_until_it_is_complete(admin):
    (due,) = calendar_of_next_year(date(2024, 12, 1))
    assert due.due_on == date(2024, 12, 31) and due.link == "/work-calendar/2025" and due.action == "propose"
    assert worth_a_word(due, date(2024, 12, 1)) and not worth_a_word(due, date(2024, 11, 20))
    execute(save([NEW_YEAR]))
    assert list(calendar_of_next_year(date(2024, 12, 1)))  # entered, not yet said to be complete
    execute(save([NEW_YEAR], version=db.session.query(WorkCalendarYear).one().version, complete=True))
    assert not list(calendar_of_next_year(date(2024, 12, 1)))
