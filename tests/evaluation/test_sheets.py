"""Tasks of a sheet, the sheet in a spreadsheet, the list of a cycle after its opening, its deadlines and work queue."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from hrms.commands import desk
from hrms.commands.evaluation import queries
from hrms.commands.evaluation.configuration import configuration_on, own_sheets, procedure_on
from hrms.commands.evaluation.deadlines import mark_late, owed
from hrms.commands.evaluation.offline import ReadOffline, workbook
from hrms.commands.evaluation.participants import AddParticipants, MoveParticipant, StepParticipants
from hrms.commands.evaluation.settings import (
    DecideSetting,
    DecideSheet,
    LoadSheet,
    ProposeSetting,
    setting_lines,
    sheet_changes,
)
from hrms.commands.evaluation.sheets import SaveSheet
from hrms.commands.evaluation.tasks import CopyTasks, PasteTasks, SaveTasks, TaskLine
from hrms.kernel import clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, Refused, Stale
from models.evaluation import EvaluationCycle, PersonEvaluation
from policies.evaluation import sheets
from tests.evaluation.conftest import fresh, sheet_of
from tests.evaluation.test_flow import DAY, STAFF, content, faults_of
from tests.support.statements import counted


@pytest.fixture
def year(opened):
    cycle = opened("a")
    with clock.travel_to(DAY):
        yield cycle


@pytest.fixture
def mine(year, world):
    return sheet_of(year, world.people["a1.2"])


def test_pasted_tasks_are_read_by_their_headings(mine, actor_as):
    table = "Số lượng giao\tTên công việc, sản phẩm\tSố lượng hoàn thành\tHạn\n10\tBáo cáo\t9,5\t30/06/2025\n"
    with actor_as("staff_member_a"):
        execute(PasteTasks(mine.id, mine.version, table))
    task = fresh(PersonEvaluation, mine.id).tasks[0]
    assert (task.name, task.assigned, task.done, task.due_on) == ("Báo cáo", 10, Decimal("9.5"), date(2025, 6, 30))


def test_pasted_cells_that_cannot_be_read_are_named_by_row_and_column(mine, actor_as):
    table = "Tên công việc, sản phẩm\tSố lượng giao\tHạn\nBáo cáo\tmười\t31/02/2025\n\t1\t"
    with actor_as("staff_member_a"), pytest.raises(Refused) as refused:
        execute(PasteTasks(mine.id, mine.version, table))
    assert {"tasks.2.assigned", "tasks.2.due_on", "tasks.3.name"} == faults_of(refused).keys()
    assert not fresh(PersonEvaluation, mine.id).tasks


def test_tasks_of_the_last_period_are_copied_without_their_results(opened, year, mine, world, actor_as):
    quarter = sheet_of(opened("a", "QUARTER", 2025, 1), world.people["a1.2"])
    with actor_as("staff_member_a"):
        execute(SaveTasks(quarter.id, quarter.version, [TaskLine("Báo cáo", assigned=Decimal(4), done=Decimal(4))]))
        execute(CopyTasks(mine.id, fresh(PersonEvaluation, mine.id).version))
        with pytest.raises(Stale):
            execute(SaveTasks(mine.id, mine.version - 1, []))
    (task,) = fresh(PersonEvaluation, mine.id).tasks
    assert (task.name, task.assigned, task.done) == ("Báo cáo", 4, 0)


def edited(content_, change):
    book = openpyxl.load_workbook(io.BytesIO(content_))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[1]}


def fill_in(book, points=STAFF):
    sheet = next(one for one in book.worksheets if "points.5.5" in columns(one) and "points.5.8" not in columns(one))
    at = columns(sheet)
    for line, value in points.items():
        sheet.cell(3, at[f"points.{line}"], float(value.rstrip("%").replace(",", ".")))
    sheet.cell(3, at["measures.criteria_1_4"], "Thực hiện tốt")
    sheet.cell(3, at["measures.done_percent"], 100)
    sheet.cell(3, at["measures.high_efficiency"], "có")
    sheet.cell(3, at["texts.strengths"], "Tốt")
    sheet.cell(3, at["texts.weaknesses"], "Ít")
    sheet.cell(3, at["level"], "HTT")
    works = book["Công việc"]
    works.cell(3, columns(works)["evaluation_id"], sheet.cell(3, at["evaluation_id"]).value)
    works.cell(3, columns(works)["task.name"], "Báo cáo")
    works.cell(3, columns(works)["task.assigned"], 2)
    return sheet


def test_a_sheet_goes_out_and_comes_back(year, mine, actor_as):
    with actor_as("staff_member_a"):
        file = workbook(year.id, evaluation_id=mine.id)
        book = openpyxl.load_workbook(io.BytesIO(file))
        assert book.worksheets[0].protection.sheet and book.worksheets[0].row_dimensions[1].hidden
        execute(ReadOffline(year.id, edited(file, fill_in), submit=True), key="file-1")
    sheet = fresh(PersonEvaluation, mine.id)
    assert sheet.state == "self_submitted" and str(sheet.score_self) == "95.75" and sheet.level_self == "HTT"
    assert [task.name for task in sheet.tasks] == ["Báo cáo"] and sheet.measures["high_efficiency"] is True


def test_errors_of_a_file_stand_on_their_cells_and_nothing_is_written(year, mine, actor_as):
    def wrong(book):
        sheet = fill_in(book, {**STAFF, "1a": "9"})
        sheet.cell(3, columns(sheet)["measures.done_percent"], 150)

    with actor_as("unit_hr_a"):
        file = workbook(year.id, unit_id=mine.unit_id)
        with pytest.raises(Refused) as refused:
            execute(ReadOffline(year.id, edited(file, wrong)))
    assert any(field.endswith("F3") for field in faults_of(refused)) and len(refused.value.faults) == 2
    assert fresh(PersonEvaluation, mine.id).points_self is None


def test_a_file_older_than_the_sheet_is_refused(year, mine, actor_as):
    with actor_as("staff_member_a"):
        file = workbook(year.id, evaluation_id=mine.id)
        execute(SaveSheet(mine.id, None, content()))
        with pytest.raises(Refused, match="người khác sửa"):
            execute(ReadOffline(year.id, edited(file, fill_in)))


def test_people_are_added_taken_out_and_moved_with_a_reason(year, mine, world, actor_as, factory):
    with transaction():
        late = factory.person(world.unit("a2"), "Vũ Thị Muộn", recruited=date(2025, 3, 1))
    with actor_as("unit_hr_a"):
        with pytest.raises(Refused, match="đã có phiếu"):
            execute(AddParticipants(year.id, [world.people["a1.2"]], "Bổ sung"))
        (added,) = execute(AddParticipants(year.id, [late.id], "Hồ sơ nhập muộn"))
        execute(MoveParticipant(mine.id, None, "Điều chỉnh", unit_id=world.units["a2"]))
        assert execute(StepParticipants([added], "remove", "Nhập nhầm")).moved == [added]
        assert execute(StepParticipants([added], "reenter", "Đưa lại")).moved == [added]
    assert fresh(PersonEvaluation, mine.id).unit_id == world.units["a2"]
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        execute(MoveParticipant(mine.id, None, "Điều chỉnh", unit_id=world.units["a1"]))


def test_late_sheets_are_marked_once_and_the_owing_are_named(year, mine, world):
    due = date.fromisoformat(year.deadlines["self"])
    assert mark_late(due) == 0
    mine_version = mine.version
    with clock.travel_to(date.fromordinal(due.toordinal() + 1)):
        assert mark_late() == 6 and mark_late() == 0
        rows = owed(fresh(EvaluationCycle, year.id))
    mine_row = next(row for row in rows if row.evaluation_id == mine.id)
    assert mine_row.late and mine_row.days == -1 and mine_row.user_id == world.accounts["staff_member_a"]
    assert fresh(PersonEvaluation, mine.id).version == mine_version  # an open form does not grow stale by time


def test_the_desk_shows_what_waits_for_each(year, mine, actor_as):
    with actor_as("staff_member_a"):
        (work,) = desk.evaluation_work()
        assert (work.kind, work.record_id, work.count) == ("own", mine.id, 1)
        execute(SaveSheet(mine.id, None, content(), submit=True))
        assert not desk.evaluation_work()
    with actor_as("unit_head_a"):
        assert {work.kind: work.count for work in desk.evaluation_work() if work.kind == "rate"} == {"rate": 1}
    with actor_as("unit_hr_b"):
        assert not desk.evaluation_work()


def test_overview_and_progress_take_few_statements_and_stay_in_scope(year, world, actor_as):
    with actor_as("unit_hr_a"):
        with counted() as statements:
            overview = queries.unit_overview(year.id, world.units["a"])
        assert len(overview.rows) == 6 and overview.states == {"draft": 6} and len(overview.collectives) == 3
        assert len(statements) <= 12
        assert sum(one.total for one in queries.progress(year.id)) == 6
    with actor_as("unit_hr_b"):
        assert not queries.unit_overview(year.id, world.units["a"]).rows


def test_a_setting_needs_its_document_and_a_second_person(world, session, actor_as):
    with actor_as("province_hr"):
        with pytest.raises(Refused) as refused:
            execute(ProposeSetting("hy1071.quota.percent", "nhiều", date(2025, 1, 1), "", None))
        assert {"value", "document_number", "document_date"} == faults_of(refused).keys()
        row = execute(ProposeSetting("hy1071.quota.percent", 15, date(2025, 1, 1), "12-QĐ/TU", date(2024, 12, 1)))
        with pytest.raises(Refused, match="không được tự duyệt"):
            execute(DecideSetting(row.id, True))
    assert configuration_on(date(2025, 12, 31)).value("hy1071.quota.percent") == 20
    with actor_as("system_admin"):
        execute(DecideSetting(row.id, True))
        line = next(one for one in setting_lines(date(2025, 12, 31)) if one.key == "hy1071.quota.percent")
    assert (line.value, line.is_default, line.document) == (15, False, "12-QĐ/TU")
    assert configuration_on(date(2024, 12, 31)).value("hy1071.quota.percent") == 20


def test_an_approved_setting_never_reaches_back_into_an_open_cycle(opened, actor_as):
    cycle = opened("a")
    key = "hy1071.procedure.meeting_periods"
    with actor_as("province_hr"):
        row = execute(ProposeSetting(key, ["QUARTER"], date(2025, 1, 1), "12-QĐ/TU", date(2024, 12, 1)))
    with actor_as("system_admin"):
        execute(DecideSetting(row.id, True))
    assert procedure_on(date(2025, 12, 31))[key] == ["QUARTER"]
    assert fresh(EvaluationCycle, cycle.id).frozen["configuration"][key] == ["YEAR"]


def test_a_loaded_sheet_must_add_up_and_then_goes_before_that_of_the_software(world, session, actor_as):
    good = sheets()["HY1071_DEFAULT_STAFF"].to_dict() | {"title": "Phiếu của tỉnh", "assumption": False}
    bad = {**good, "scale_max": "101"}
    with actor_as("province_hr"):
        with pytest.raises(Refused, match="thang 101"):
            execute(LoadSheet(bad, date(2025, 1, 1), "12-QĐ/TU"))
        row = execute(LoadSheet(good, date(2025, 1, 1), "12-QĐ/TU"))
        assert not own_sheets(date(2025, 6, 1))  # proposed: nothing counts before a second person has looked
        with pytest.raises(Refused, match="không được tự duyệt"):
            execute(DecideSheet(row.id, True))
    assert [(one.where, one.new) for one in sheet_changes(good, sheets()["HY1071_DEFAULT_STAFF"].to_dict())] == [
        ("Tên phiếu", "Phiếu của tỉnh")
    ]
    with actor_as("system_admin"):
        execute(DecideSheet(row.id, True))
        with pytest.raises(Refused, match="đã được xử lý"):
            execute(DecideSheet(row.id, False, "Chưa đủ căn cứ"))
    assert own_sheets(date(2025, 6, 1))["HY1071_DEFAULT_STAFF"].title == "Phiếu của tỉnh"
    assert not own_sheets(date(2024, 6, 1))
    db.session.rollback()
