"""The desk of every role within its budget of statements; the law pages readable and safe."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from hrms.commands.restructuring import acts, batches, cases, steps
from hrms.commands.restructuring.acts import ActContent
from hrms.kernel import clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.jobs import JobRun, ScheduledRun
from models.account import Account, SecurityEvent
from tests.support.cases import prepared
from tests.support.statements import counted
from views.lawtext import anchor_of, sections


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def work(world, actor_as):
    """One draft that is ready and one case that waits for the head, in a round that is due soon."""
    with actor_as("unit_hr_a"):
        content = ActContent("45/NQ-HĐND", date(2025, 2, 20), date(2025, 3, 1), "Hợp nhất các sở", "HĐND tỉnh")
        act = execute(acts.CreateAct(world.units["a"], content)).id
        batch = execute(batches.CreateBatch(world.units["a"], deadline=date(2025, 6, 20))).id
        ids = [
            execute(cases.OpenCase(world.people[name], date(2025, 8, 1), batch_id=batch, act_id=act)).id
            for name in ("a1.2", "a2.2")
        ]
        prepared(ids[1])
        execute(steps.Perform(ids[1], "submit"))
    return ids


def test_the_desk_shows_what_waits_for_me_and_for_nobody_else(world, login, work):
    officer, head = words(login("unit_hr_a").get("/")), words(login("unit_head_a").get("/"))
    assert "1 việc chờ xử lý" in officer and world.person("a1.2").full_name in officer
    assert (
        "1 việc chờ xử lý" in head and "Thông qua, chuyển Sở Nội vụ" in head and world.person("a2.2").full_name in head
    )
    assert "Không có việc nào chờ bạn" in words(login("unit_hr_b").get("/"))


def test_the_desk_tells_rounds_that_are_due_and_what_one_did(world, login, work):
    text = words(login("unit_hr_a").get("/"))
    assert "còn 5 ngày" in text and "2 hồ sơ chưa xong" in text
    assert "Việc tôi vừa làm" in text and "Trình thủ trưởng đơn vị" in text


def test_an_overdue_round_stands_out(world, login, work):
    with clock.travel_to(date(2025, 6, 21)):
        text = words(login("unit_hr_a").get("/"))
    assert "1 quá hạn" in text and "quá hạn 1 ngày" in text


def test_people_close_to_the_normal_age_are_named_within_ones_scope(world, factory, login):
    factory.person(world.unit("a"), "Đinh Văn Sắp", birth=date(1964, 5, 10))
    assert "Đinh Văn Sắp" in words(login("unit_hr_a").get("/"))
    assert "Đinh Văn Sắp" not in words(login("unit_hr_b").get("/"))
    assert "Đinh Văn Sắp" not in words(login("finance_a").get("/"))  # finance reads no staff records


def test_a_member_of_staff_finds_the_own_record_and_cases(world, login, work):
    text = words(login("staff_member_a").get("/"))
    assert world.person("a1.2").full_name in text and "NV-SXD-2025-0001" in text and "Nghỉ hưu đúng tuổi từ" in text
    assert world.person("a2.2").full_name not in text


def test_the_administrator_sees_how_the_system_is_and_nobodys_data(world, session, login, work):
    with transaction():
        db.session.add(JobRun(kind="x", title="x", status="failed", ended_at=clock.now()))
        db.session.add(
            ScheduledRun(action="backup_database", due_on=clock.today(), ended_at=clock.now(), outcome="xong")
        )
        db.session.add(ScheduledRun(action="verify_files", due_on=clock.today(), failed=True, outcome="2 tệp hỏng"))
        db.session.add(SecurityEvent(kind="locked"))
        session.query(Account).filter_by(username="unit_hr_b").one().locked_until = clock.now() + timedelta(hours=1)
    text = words(login("system_admin").get("/"))
    assert "Sao lưu gần nhất" in text and "2 tệp hỏng" in text and "Khóa vì sai mật khẩu" in text
    assert re.search(r"1 tài khoản đang khóa", text) and re.search(r"1 công việc nền lỗi", text)
    assert world.person("a1.2").full_name not in text


@pytest.mark.parametrize(
    "user",
    ["unit_hr_a", "unit_head_a", "province_hr", "finance", "leadership", "auditor", "staff_member_a", "system_admin"],
)
def test_every_desk_keeps_its_budget_of_statements(world, login, work, user):
    client = login(user)
    with counted() as statements:
        assert client.get("/").status_code == 200
    assert len(statements) <= 9, statements  # cases, evaluation and movements each ask for their own work


# -- the law


def test_the_parameters_are_listed_searched_and_opened(world, login):
    client = login("unit_hr_a")
    assert "Lương cơ sở" in words(client.get("/parameters/")) or "lương cơ sở" in words(client.get("/parameters/"))
    narrowed = words(client.get("/parameters/?q=luong+co+so&family=salary"))
    assert "salary.base" in narrowed and "nd178.first12" not in narrowed
    text = words(client.get("/parameters/salary.base"))
    assert "2.340.000 đồng" in text and "đang áp dụng" in text and "NĐ 73/2024/NĐ-CP" in text
    assert "Không có tham số nào khớp" in words(client.get("/parameters/?q=khongcogi"))
    assert client.get("/parameters/no.such").status_code == 404


def test_the_text_of_a_decree_is_shown_article_by_article_with_what_is_missing(world, login):
    answer = login("staff_member_a").get("/parameters/documents/178")
    page = answer.get_data(as_text=True)
    assert 'id="dieu-7"' in page and 'href="#dieu-7"' in page and 'id="dieu-7a"' in page
    assert "không thay cho văn bản chính thức" in words(answer) and "Chưa có trong phần mềm" in words(answer)
    assert login("staff_member_a").get("/parameters/documents/999").status_code == 404


def test_the_law_pages_ask_the_database_for_next_to_nothing(world, login):
    """Who asks, and which values were changed here by a document: the rest comes from the law's own files."""
    client = login("unit_hr_a")
    for address in ("/parameters/", "/parameters/salary.base", "/parameters/documents/178"):
        with counted() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 5, statements


def test_a_text_is_escaped_before_it_becomes_a_page():
    title, intro, found = sections(
        "# T <b>\n\nxem <script>alert(1)</script>\n\n## Điều 7a. Nghỉ\n1. **đậm** `mã` <i>\n   a) điểm\n"
    )
    assert title == "T <b>" and "<script>" not in intro
    assert found[0].anchor == "dieu-7a" and "<i>" not in found[0].body
    assert "<b>đậm</b>" in found[0].body and "<code>mã</code>" in found[0].body and 'class="point d1"' in found[0].body


def test_anchors_are_of_the_article_number():
    assert [anchor_of(t) for t in ("Điều 7. Nghỉ", "Điều 1, Điều 2. Phạm vi", "Hiệu lực")] == [
        "dieu-7",
        "dieu-1",
        "hieu-luc",
    ]
