"""The import wizard as an officer uses it: upload, columns, dry run, errors on cells, write, found again later."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from hrms.kernel import jobs
from models.importing import StaffImport
from models.staff import Person
from tests.support.client import Client
from tests.support.sheets import xlsx
from tests.support.world import World

Login = Callable[[str], Client]
HEADER = ["Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Hệ số", "Mã ngạch", "Số CCCD", "Bệnh án"]
GOOD = ["Phạm Văn Đức", "Nam", "15/06/1970", "Chuyên viên", "4,32", "01.003", "999070000001", "bí mật"]
BAD = ["Lê Văn Sai", "Nam", "31/02/1975", "Chuyên viên", "4,32", "01.003", "999070000002", ""]


def upload(browser: Client, unit_id: int, content: bytes, name: str = "danh-sach.xlsx") -> Any:
    form = {"unit_id": str(unit_id), "mode": "all", "file": (io.BytesIO(content), name)}
    return browser.post("/imports/new", data=form, content_type="multipart/form-data")


def columns_of(html: str) -> dict[str, str]:
    """What the columns page would send back unchanged: the selected option of each column."""
    import re

    found = {}
    for letter, body in re.findall(r'name="col:([A-Z]+)">(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([a-z_]+)" selected', body)
        found[f"col:{letter}"] = chosen.group(1) if chosen else ""
    return found


def checked(browser: Client, session: Any, unit_id: int, *rows: list[str]) -> int:
    """Upload, accept the guessed columns, run the dry run. Returns the import's id."""
    answer = upload(browser, unit_id, xlsx([HEADER, *rows]))
    assert answer.status_code == 302, answer.get_data(as_text=True)[:500]
    number = int(answer.headers["Location"].split("/")[-2])
    page = browser.get(f"/imports/{number}/columns").get_data(as_text=True)
    browser.post(f"/imports/{number}/columns", data={**columns_of(page), "mode": "all", "as_of": "01/06/2025"})
    session.rollback()
    assert jobs.run_next() is not None
    return number


def test_the_whole_wizard_writes_the_list(login: Login, world: World, session: Any) -> None:
    browser = login("unit_hr_a")
    number = checked(browser, session, world.units["a"], GOOD)
    page = browser.get(f"/imports/{number}").get_data(as_text=True)
    assert "mới 1" in page and "Ghi 1 dòng vào hồ sơ" in page
    assert session.scalar(select(func.count(Person.id)).where(Person.full_name == "Phạm Văn Đức")) == 0, "a dry run"
    browser.post(f"/imports/{number}/write", data={"mode": "all"})
    session.rollback()
    assert jobs.run_next() is not None
    session.rollback()
    assert session.scalar(select(func.count(Person.id)).where(Person.full_name == "Phạm Văn Đức")) == 1
    assert "Đã ghi" in browser.get(f"/imports/{number}").get_data(as_text=True)


def test_a_double_click_on_write_queues_one_job(login: Login, world: World, session: Any) -> None:
    browser = login("unit_hr_a")
    number = checked(browser, session, world.units["a"], GOOD)
    for _ in range(2):
        browser.post(f"/imports/{number}/write", data={"mode": "all"})
    session.rollback()
    queued = session.scalar(select(func.count(jobs.JobRun.id)).where(jobs.JobRun.kind == "staff_import_write"))
    assert queued == 1


def test_errors_stand_on_their_cells_and_in_the_officers_own_sheet(login: Login, world: World, session: Any) -> None:
    browser = login("unit_hr_a")
    number = checked(browser, session, world.units["a"], GOOD, BAD)
    page = browser.get(f"/imports/{number}").get_data(as_text=True)
    assert "31/02/1975" in page and "không phải ngày có thật" in page
    assert "Ghi 1 dòng đúng, bỏ qua dòng lỗi" in page
    sheet = browser.get(f"/imports/{number}/errors.xlsx")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"


def test_an_unknown_column_is_named_and_not_stored(login: Login, world: World, session: Any) -> None:
    number = checked(login("unit_hr_a"), session, world.units["a"], GOOD)
    session.rollback()
    row = session.get(StaffImport, number)
    assert row.summary["unknown_columns"] == ["Bệnh án"]
    assert "bí mật" not in json.dumps(row.summary, ensure_ascii=False)


def test_a_file_that_is_no_spreadsheet_is_refused_on_the_field(login: Login, world: World) -> None:
    answer = upload(login("unit_hr_a"), world.units["a"], b"%PDF-1.7 not a list", "danh-sach.xlsx")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "danh-sach.xlsx" in page and 'class="err"' in page


def test_a_list_for_another_department_is_refused(login: Login, world: World, session: Any) -> None:
    page = upload(login("unit_hr_a"), world.units["b"], xlsx([HEADER, GOOD])).get_data(as_text=True)
    assert "không thuộc phạm vi" in page
    assert session.scalar(select(func.count(StaffImport.id))) == 0


def test_another_departments_import_is_not_found(login: Login, world: World, session: Any) -> None:
    number = checked(login("unit_hr_a"), session, world.units["a"], GOOD)
    assert login("unit_hr_b").get(f"/imports/{number}").status_code == 404


def test_who_may_not_import_sees_no_wizard(login: Login, world: World) -> None:
    for name in ("unit_head_a", "finance", "staff_member_a"):
        assert login(name).get("/imports/").status_code == 403


def test_one_field_for_two_columns_is_refused_by_name(login: Login, world: World, session: Any) -> None:
    browser = login("unit_hr_a")
    answer = upload(browser, world.units["a"], xlsx([HEADER, GOOD]))
    number = int(answer.headers["Location"].split("/")[-2])
    page = browser.get(f"/imports/{number}/columns").get_data(as_text=True)
    data = {**columns_of(page), "col:H": "full_name"}
    assert (
        "Họ và tên" in browser.post(f"/imports/{number}/columns", data=data).get_data(as_text=True).split("hai cột:")[1]
    )
