"""The administrator's pages of scheduled actions: times, log, move, pause."""

from __future__ import annotations

from hrms.commands import upkeep  # noqa: F401 - declares the action
from hrms.kernel import jobs

ACTION = "/jobs/actions/forget_request_keys"


def test_every_action_shows_its_next_time_and_its_log(login, session, world):
    jobs.run_action("forget_request_keys")
    admin = login("system_admin")
    listed = admin.get("/jobs/actions").text
    assert "Xóa mã yêu cầu cũ" in listed and "Lần tới" in listed
    log = admin.get(ACTION).text
    assert "Nhật ký các lần chạy" in log and "15/06/2025" in log and "chạy bù lần gần nhất" in log


def test_an_action_is_moved_paused_and_set_back(login, session, world):
    admin = login("system_admin")
    assert (
        admin.post(ACTION + "/schedule", data={"hour": "3", "minute": "10", "reason": "Tránh giờ sao lưu"}).status_code
        == 302
    )
    session.rollback()
    assert jobs.settings()["forget_request_keys"].cron == {"hour": "3", "minute": "10"}
    assert "03:10 hằng ngày" in admin.get(ACTION).text
    admin.post(ACTION + "/schedule", data={"paused": "y", "reason": "Bảo trì"})
    assert "Tạm dừng" in admin.get("/jobs/actions").text
    admin.post(ACTION + "/schedule", data={"as_declared": "1"})
    session.rollback()
    kept = jobs.settings()["forget_request_keys"]
    assert (kept.cron, kept.paused) == (None, False)


def test_times_that_cannot_be_are_refused_on_their_field(login, world):
    answer = login("system_admin").post(
        ACTION + "/schedule", data={"hour": "25", "day_of_week": "chu nhat", "reason": ""}
    )
    assert answer.status_code == 422
    for told in ("“25” không phải giá trị lịch hợp lệ", "“chunhat” không phải", "Hãy ghi lý do đổi lịch"):
        assert told in answer.text


def test_nobody_else_moves_an_action(login, session, world):
    for name in ("province_hr", "unit_hr_a", "staff_member_a"):
        assert login(name).post(ACTION + "/schedule", data={"paused": "y", "reason": "x"}).status_code == 403
    session.rollback()
    assert jobs.settings() == {}
