"""Account screens: who manages, passwords shown once, the first log-in, sessions that end, the security log."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hrms.kernel import clock, jobs
from hrms.kernel.commands import transaction
from models.account import Account, RoleAssignment, SecurityEvent
from tests.support.builders import PASSWORD
from tests.support.pages import BUDGET, error_of, fields_of, text_of
from tests.support.statements import counted

FRESH = "Hoan-toan-moi-8"


def account(session, username):
    session.rollback()
    return session.scalars(select(Account).where(Account.username == username)).one()


def shown_password(answer) -> str:
    return re.findall(r'<code class="secret">([^<]+)</code>', answer.get_data(as_text=True))[1].replace("&amp;", "&")


def log_in(client, username, password):
    return client.post("/login/", data={"username": username, "password": password})


# -- list and page


def test_accounts_are_listed_with_roles_and_state(world, login, session):
    with transaction():
        world.account("unit_hr_a").locked_until = clock.now() + timedelta(hours=2)
        world.account("unit_hr_b").valid_to = date(2025, 6, 14)
    browser = login("system_admin")
    text = text_of(browser.get("/accounts/?q=unit_hr"))
    assert "Cán bộ tổ chức của đơn vị – Sở Xây dựng" in text
    assert "Đang khóa" in text and "Đã kết thúc" in text and "Chưa đăng nhập" in text
    locked = browser.get("/accounts/?state=locked").get_data(as_text=True)
    assert "unit_hr_a" in locked and "unit_hr_b" not in locked


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=STAFF_member_a", 1), ("role=auditor", 4), ("unit={a}", 5), ("state=ended", 0), ("q=khong-co", 0)],
)
def test_the_list_is_searched_and_filtered(world, login, query, found):
    html = login("system_admin").get("/accounts/?" + query.format(a=world.units["a"])).get_data(as_text=True)
    shown = html.count('class="link')
    assert shown == found if found != 5 else shown >= 5


def test_accounts_of_people_are_found_by_their_names_without_marks(world, login):
    from hrms.kernel.text import fold

    name = fold(world.person("a1.2").full_name)
    assert "staff_member_a" in login("system_admin").get(f"/accounts/?q={name}").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/events", "/accounts/{id}"])
def test_account_pages_keep_their_budget(world, login, session, path):
    browser = login("system_admin")
    path = path.format(id=world.account("unit_hr_a").id)
    browser.get(path)
    with counted() as statements:
        answer = browser.get(path)
    assert answer.status_code == 200
    assert len(statements) <= BUDGET, "\n".join(statements)


def test_readers_see_no_buttons_and_nobody_manages_the_own_account(world, login):
    path = f"/accounts/{world.account('unit_hr_a').id}"
    assert "Đặt lại mật khẩu" not in text_of(login("province_hr").get(path))
    own = f"/accounts/{world.account('system_admin').id}"
    assert "Đặt lại mật khẩu" not in text_of(login("system_admin").get(own))


def test_the_administrator_sees_no_link_into_the_persons_record(world, login):
    """SEC-07."""
    html = login("system_admin").get(f"/accounts/{world.account('staff_member_a').id}").get_data(as_text=True)
    assert world.person("a1.2").code in html and "/staff/" not in html


# -- making one


def test_a_new_account_is_named_after_the_person_and_shows_its_password_once(world, login, session, client):
    browser = login("system_admin")
    sent = fields_of(browser.get("/accounts/new"))
    answer = browser.post(
        "/accounts/new",
        data={
            **sent,
            "person_id": str(world.people["a1.1"]),
            "role": "unit_hr",
            "unit_id": str(world.units["a"]),
        },
    )
    assert answer.status_code == 200
    password = shown_password(answer)
    session.rollback()
    made = session.scalars(select(Account).where(Account.person_id == world.people["a1.1"])).one()
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in text_of(browser.get(f"/accounts/{made.id}"))
    again = browser.post(
        "/accounts/new",
        data={
            **sent,
            "person_id": str(world.people["a1.1"]),
            "role": "unit_hr",
            "unit_id": str(world.units["a"]),
        },
    )
    assert password not in text_of(again), "sent twice"
    assert log_in(client, made.username, password).status_code == 302
    assert client.get("/staff/").location.endswith("/accounts/password")


def test_faults_of_a_new_account_stand_on_their_fields(world, login):
    answer = login("system_admin").post("/accounts/new", data={"username": "Ô", "role": "", "valid_from": "01/01/2020"})
    assert "chữ thường không dấu" in error_of(answer, "username")
    assert "Chưa nhập họ tên" in error_of(answer, "display_name")
    assert "Chưa chọn vai trò" in error_of(answer, "role")
    html = answer.get_data(as_text=True)
    assert 'value="01/01/2020"' in html


def test_people_are_looked_up_with_name_code_and_unit_only(world, login):
    found = login("system_admin").get("/accounts/people?q=SXD-TCCB-1").get_json()["result"]
    assert found == [
        {
            "id": world.people["a1.1"],
            "text": world.person("a1.1").full_name,
            "note": f"SXD-TCCB-1 · {world.unit('a1').name}",
        }
    ]
    assert login("unit_hr_a").get("/accounts/people?q=SXD").status_code == 403


def test_many_accounts_are_previewed_then_made_in_the_background_and_their_sheet_leaves_once(world, login, session):
    browser = login("system_admin")
    data = {"unit_id": str(world.units["a"]), "role": "staff_member"}
    assert "Sẽ lập 5 tài khoản" in text_of(browser.post("/accounts/bulk", data=data))
    assert "Chưa chọn đơn vị" in text_of(browser.post("/accounts/bulk", data={"role": "staff_member"}))
    queued = browser.post("/accounts/bulk", data={**data, "confirmed": "1"})
    path = queued.location
    session.rollback()
    assert jobs.run_next() is not None
    assert "chỉ tải được một lần" in text_of(browser.get(path))
    sheet = browser.get(f"{path}/file")
    assert sheet.data[:2] == b"PK" and "mat-khau-lan-dau" in sheet.headers["Content-Disposition"]
    assert browser.get(f"{path}/file").status_code == 404
    assert "đã được tải và đã hủy" in text_of(browser.get(path))


# -- changing one


def test_a_role_is_given_on_the_page_or_refused_in_the_open_dialog(world, login, session):
    browser, target = login("system_admin"), world.account("unit_hr_a")
    path = f"/accounts/{target.id}/roles"
    refused = browser.post(
        path, data={"role-role": "unit_head", "role-unit_id": str(world.units["a"]), "role-valid_from": "15/06/2025"}
    )
    assert "không đồng thời" in error_of(refused, "role-role") and "data-open" in refused.get_data(as_text=True)
    given = browser.post(
        path, data={"role-role": "unit_head", "role-unit_id": str(world.units["b"]), "role-valid_from": "15/06/2025"}
    )
    assert given.status_code == 302
    text = text_of(browser.get(f"/accounts/{target.id}"))
    assert "Thủ trưởng đơn vị – Sở Y tế" in text and "Thay đổi quyền" in text


def test_a_role_is_replaced_and_taken_back(world, login, session):
    browser, target = login("system_admin"), world.account("unit_hr_a")
    row = target.assignments[0]
    browser.post(
        f"/accounts/{target.id}/roles",
        data={
            "role-role": "unit_hr",
            "role-unit_id": str(world.units["b"]),
            "role-valid_from": "15/06/2025",
            "replaced": str(row.id),
        },
    )
    session.rollback()
    rows = session.scalars(select(RoleAssignment).where(RoleAssignment.account_id == target.id)).all()
    assert [(r.unit_id, r.valid_to) for r in rows] == [(world.units["a"], date(2025, 6, 14)), (world.units["b"], None)]
    assert "lý do" in text_of(browser.post(f"/accounts/roles/{rows[1].id}/end", data={"reason": ""}))
    assert browser.post(f"/accounts/roles/{rows[1].id}/end", data={"reason": "Điều động"}).status_code == 302


def test_lock_reset_end_and_reopen_from_the_page(world, login, session, client):
    browser, target = login("system_admin"), world.account("unit_hr_a")
    base = f"/accounts/{target.id}"
    with transaction():
        target.locked_until = clock.now() + timedelta(hours=2)
    assert browser.post(f"{base}/unlock").status_code == 302
    password = shown_password(browser.post(f"{base}/reset"))
    assert log_in(client, "unit_hr_a", password).status_code == 302
    assert "lý do" in text_of(browser.post(f"{base}/end", data={"reason": ""}))
    assert browser.post(f"{base}/end", data={"reason": "Nghỉ hưu"}).status_code == 302
    assert log_in(client, "unit_hr_a", password).status_code != 500
    assert "/login/" in (client.get("/").location or "")
    assert account(session, "unit_hr_a").valid_to == date(2025, 6, 14)
    assert "Mở lại" in text_of(browser.get(base))
    assert shown_password(browser.post(f"{base}/reopen", data={"reason": "kết thúc nhầm"}))


# -- one's own password


def change(browser, old, new=FRESH, again=None):
    return browser.post("/accounts/password", data={"old": old, "new": new, "again": again or new})


def test_the_first_log_in_must_change_the_password(world, session, client, factory):
    factory.account("tapsu", "unit_hr", world.unit("a"), must_change=True)
    log_in(client, "tapsu", PASSWORD)
    assert client.get("/units/").location.endswith("/accounts/password")
    assert "mật khẩu của riêng bạn" in text_of(client.get("/accounts/password"))
    weak = change(client, PASSWORD, "tapsu-12345")
    assert "chữ hoa" in error_of(weak, "new") and "tên đăng nhập" in error_of(weak, "new")
    assert "không giống nhau" in error_of(change(client, PASSWORD, FRESH, "khác"), "again")
    assert change(client, PASSWORD).status_code == 302
    assert client.get("/units/").status_code == 200
    assert not account(session, "tapsu").must_change_password


def test_changing_the_password_ends_the_other_sessions_and_tokens_but_not_ones_own(world, session, app, client):
    other = app.test_client()
    assert log_in(other, "unit_hr_a", PASSWORD).status_code == 302
    token = other.post(
        "/api/v1/security/login", json={"username": "unit_hr_a", "password": PASSWORD, "provider": "db"}
    ).get_json()["access_token"]
    with transaction():  # a moment ago, so that the second in which all this happens does not matter
        pass
    log_in(client, "unit_hr_a", PASSWORD)
    assert change(client, PASSWORD).status_code == 302
    with transaction():
        found = session.scalars(select(Account).where(Account.username == "unit_hr_a")).one()
        found.password_changed_at = clock.now() + timedelta(seconds=2)
    assert "/login/" in other.get("/units/").location
    assert other.get("/api/v1/units/", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_ones_own_session_goes_on_after_the_change(world, client):
    log_in(client, "unit_hr_a", PASSWORD)
    change(client, PASSWORD)
    assert client.get("/units/").status_code == 200


def test_five_wrong_old_passwords_lock_and_log_out(world, session, client):
    log_in(client, "unit_hr_a", PASSWORD)
    for _number in range(4):
        assert "không đúng" in error_of(change(client, "sai"), "old")
    assert change(client, "sai").location.endswith("/login/")
    assert account(session, "unit_hr_a").locked_until is not None
    assert "/login/" in client.get("/units/").location


def test_an_administrators_old_password_is_changed_at_the_next_log_in(world, session, client):
    with transaction():
        world.account("system_admin").password_changed_at = clock.now() - timedelta(days=61)
    log_in(client, "system_admin", PASSWORD)
    assert client.get("/accounts/").location.endswith("/accounts/password")


# -- the log


def event(session, kind, user_id, target=""):
    with transaction():
        session.add(SecurityEvent(kind=kind, user_id=user_id, target=target, source="10.0.0.9"))


def test_the_log_is_filtered_by_kind_day_and_account(world, login, session):
    event(session, "export", world.accounts["unit_hr_a"], "list staff")
    event(session, "login", world.accounts["unit_hr_b"])
    browser = login("system_admin")
    text = text_of(browser.get("/accounts/events"))
    assert "Xuất danh sách" in text and "10.0.0.9" in text and "unit_hr_a" in text
    assert "unit_hr_b" not in text_of(browser.get("/accounts/events?kind=export"))
    only = text_of(browser.get(f"/accounts/events?account={world.account('unit_hr_b').id}"))
    assert "unit_hr_b" in only and "danh sách staff" not in only
    assert "Không có dòng nào" in text_of(browser.get("/accounts/events?to=01/01/2020"))
    assert "không phải ngày" in text_of(browser.get("/accounts/events?from=31/02/2025"))


def test_a_supervisor_of_one_unit_sees_the_events_of_its_accounts(world, login, session):
    event(session, "export", world.accounts["unit_hr_a"], "list cua a")
    event(session, "export", world.accounts["unit_hr_b"], "list cua b")
    text = text_of(login("auditor_a").get("/accounts/events"))
    assert "danh sách cua a" in text and "cua b" not in text


@pytest.mark.parametrize("username", ["unit_hr_a", "province_hr", "leadership"])
def test_the_log_is_not_for_everybody(world, login, username):
    assert login(username).get("/accounts/events").status_code == 403


def test_an_answer_that_comes_late_does_not_bring_an_older_session_back(world, client):
    """A picture or a background list asked for by the page before may be answered after the page that replaced it."""
    log_in(client, "unit_hr_a", PASSWORD)
    with client.session_transaction() as first:
        assert "csrf_token" in first  # made with the log-in: no two pages make one each
    for path in ("/static/app.css", "/", "/units/"):
        assert client.get(path).headers.getlist("Set-Cookie") == [], path


def test_a_session_in_use_is_renewed(world, client, web_app):
    log_in(client, "unit_hr_a", PASSWORD)
    with client.session_transaction() as mine:
        mine["seen"] -= 60
    renewed = client.get("/units/").headers.getlist("Set-Cookie")
    assert len(renewed) == 1 and "Expires=" in renewed[0]
    assert client.get("/units/").headers.getlist("Set-Cookie") == []
    assert web_app.permanent_session_lifetime == timedelta(minutes=15)


def test_the_language_chosen_before_the_log_in_stays(world, client):
    client.get("/lang/en")
    log_in(client, "unit_hr_a", PASSWORD)
    assert '<html lang="en">' in client.get("/units/").get_data(as_text=True)
