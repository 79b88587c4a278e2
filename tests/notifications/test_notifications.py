"""Messages: told once, to the right people, as each wishes; letters leave and are never lost."""

from __future__ import annotations

import dataclasses
import smtplib
import socket
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from hrms.cli.mail import Keeper
from hrms.commands.notifications import alerts, calendar, inbox, mailing, reminders
from hrms.commands.notifications.audience import Audience
from hrms.commands.notifications.outbox import Message, send
from hrms.commands.notifications.reminders import Due
from hrms.kernel import clock, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import HrmsError, NotFound, Refused
from models.account import Account
from models.notification import Notification

DAY = date(2025, 6, 16)  # a Monday


def told(session, account_id=None):
    query = select(Notification).order_by(Notification.id)
    if account_id is not None:
        query = query.where(Notification.account_id == account_id)
    return list(session.scalars(query))


def account_of(session, username):
    return session.scalar(select(Account.id).where(Account.username == username))


@pytest.fixture
def staff_a(world, session):
    return account_of(session, "staff_member_a")


def message(account_id, key="k1", kind="case_due", **more):
    return Message(account_id, kind, key, "Việc đến hạn", link="/", **more)


def test_the_same_matter_is_told_once_however_often_the_job_runs(session, staff_a):
    for _run in range(3):
        with transaction():
            send([message(staff_a), message(staff_a)])
    assert len(told(session)) == 1


def test_an_ended_account_is_told_nothing(session, staff_a):
    with transaction():
        session.get(Account, staff_a).valid_to = clock.today() - timedelta(days=1)
    with transaction():
        assert send([message(staff_a)]) == 0


def test_a_link_out_of_the_application_is_refused(session, staff_a):
    for link in ("https://example.org/", "//example.org/", ""):
        with pytest.raises(ValueError, match="link"), transaction():
            send([dataclasses.replace(message(staff_a), link=link)])


def test_who_switched_a_kind_off_is_not_told_of_it_except_what_must_be_told(session, staff_a, actor_as):
    with actor_as("staff_member_a"):
        execute(inbox.SetPreferences({"case_due": (False, "none"), "evaluation_result": (True, "none")}))
        with pytest.raises(Refused, match="luôn hiện"):
            execute(inbox.SetPreferences({"evaluation_result": (False, "none")}))
    with transaction():
        send([message(staff_a), message(staff_a, "k2", "evaluation_result")])
    assert [(row.kind, row.email) for row in told(session)] == [("evaluation_result", "none")]


def test_a_matter_goes_to_the_nearest_who_may_act_and_never_to_whom_it_is_about(session, world):
    audience = Audience()
    a1 = world.units["a1"]
    heads = audience.holders(a1, "case", "review")
    assert heads == [account_of(session, "unit_head_a")] or account_of(session, "unit_head_a") in heads
    assert account_of(session, "unit_head_b") not in heads
    person = session.get(Account, account_of(session, "staff_member_a")).person_id
    assert audience.person(person) == account_of(session, "staff_member_a")
    assert audience.holders(a1, "case", "no such action") == []


@pytest.mark.parametrize(("left", "spoken"), [(31, False), (30, True), (29, False), (1, True), (0, True), (-1, True)])
def test_reminders_come_on_their_days_and_daily_once_overdue(left, spoken):
    due = Due("case_due", "x", "Hồ sơ", DAY + timedelta(days=left), "/")
    assert reminders.worth_a_word(due, DAY) is spoken


def test_five_hundred_late_sheets_are_one_message_a_person(session, world, monkeypatch):
    late = [
        Due("evaluation_due", f"sheet:{n}", f"Phiếu số {n}", DAY - timedelta(days=3), "/x", unit_id=world.units["a1"],
            resource="case", action="review")
        for n in range(500)
    ]  # fmt: skip
    monkeypatch.setattr(reminders, "_sources", [lambda day: late])
    assert reminders.remind(DAY) == f"Xem 500 việc có hạn, gửi {len(told(session))} thông báo."
    assert reminders.remind(DAY).endswith("gửi 0 thông báo.")
    rows = told(session, account_of(session, "unit_head_a"))
    assert [(row.count, row.level, row.title) for row in rows] == [
        (500, "late", "500 việc đến hạn, trong đó 500 việc quá hạn")
    ]
    assert "… và 488 việc khác." in rows[0].body


def test_what_is_overdue_goes_up_on_mondays(session, world):
    due = Due("case_due", "x", "Hồ sơ", DAY - timedelta(days=1), "/", unit_id=world.units["a1"], resource="case",
              action="review", escalate="appraise")  # fmt: skip
    audience = Audience()
    up = account_of(session, "province_hr")
    assert up in set(reminders.recipients(due, DAY, audience))
    assert up not in set(reminders.recipients(due, DAY + timedelta(days=1), audience))
    assert up not in set(reminders.recipients(dataclasses.replace(due, due_on=DAY), DAY, audience))


def test_a_source_that_fails_does_not_silence_the_others(session, world, monkeypatch):
    def broken(_day):
        raise ZeroDivisionError

    ok = Due("case_due", "x", "Hồ sơ", DAY, "/", unit_id=world.units["a1"], resource="case", action="review")
    monkeypatch.setattr(reminders, "_sources", [broken, lambda day: [ok]])
    with pytest.raises(HrmsError, match="broken: ZeroDivisionError"):
        reminders.remind(DAY)
    assert len(told(session)) >= 1


def test_a_failed_action_is_told_to_the_administrators_with_a_link_to_its_trace(session, world):
    action = jobs.ScheduledAction("nightly", "Việc đêm", {"hour": "2"}, lambda day: "")
    run = jobs.ScheduledRun(action="nightly", due_on=DAY, attempts=4, outcome="Lỗi: ZeroDivisionError", failed=True)
    alerts.tell_administrators(action, run)
    alerts.tell_administrators(action, run)
    rows = told(session)
    assert {row.account_id for row in rows} == {account_of(session, "system_admin")}
    assert (rows[0].link, rows[0].email) == ("/jobs/actions/nightly", "now")


def test_nobody_opens_anothers_message(session, staff_a, login):
    with transaction():
        send([message(staff_a)])
    number = told(session)[0].id
    assert login("staff_member_b").post(f"/inbox/open/{number}").status_code == 404
    assert login("staff_member_b").get("/inbox/").text.count("Việc đến hạn") == 0
    session.rollback()
    assert told(session)[0].read_at is None


def test_the_inbox_counts_on_every_page_and_opening_leads_on(session, staff_a, login):
    with transaction():
        send([dataclasses.replace(message(staff_a), link="/calculator/")])
    mine = login("staff_member_a")
    assert '<span class="badge bad">1</span>' in mine.get("/").text
    answer = mine.post(f"/inbox/open/{told(session)[0].id}")
    assert answer.status_code == 302 and answer.location == "/calculator/"
    assert '<span class="badge bad">1</span>' not in mine.get("/").text


def test_preferences_and_calendar_are_set_on_their_page(session, staff_a, login):
    mine = login("staff_member_a")
    assert mine.post("/inbox/settings", data={"email-case_due": "now"}).status_code == 422
    wishes = {f"email-{code}": "none" for code in inbox.KINDS}
    assert mine.post("/inbox/settings", data=wishes).status_code == 302
    session.rollback()
    assert set(inbox.preferences(staff_a).values()) == {(True, "none"), (False, "none")}
    page = mine.post("/inbox/calendar", follow_redirects=True).text
    assert "/calendar/" in page and ".ics" in page
    assert "/calendar/" not in mine.get("/inbox/settings").text, "shown once"


def test_the_feed_holds_the_deadlines_and_ends_with_its_address(session, staff_a, actor_as, client):
    with transaction():
        send([message(staff_a, due_on=date(2025, 6, 20)), message(staff_a, "k2")])
    with actor_as("staff_member_a"):
        first = execute(calendar.NewAddress())
        second = execute(calendar.NewAddress())
    assert client.get(f"/calendar/{first}.ics").status_code == 404, "a new address ends the old one"
    answer = client.get(f"/calendar/{second}.ics")
    assert answer.mimetype == "text/calendar"
    assert "DTSTART;VALUE=DATE:20250620" in answer.text and answer.text.count("BEGIN:VEVENT") == 1
    with actor_as("staff_member_a"):
        execute(calendar.EndAddress())
    with pytest.raises(NotFound):
        calendar.feed(second)


@pytest.fixture
def mail(app, tmp_path):
    """A capture server, and the application set to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Keeper(tmp_path), hostname="127.0.0.1", port=port)
    controller.start()
    before = app.config["HRMS"]
    app.config["HRMS"] = dataclasses.replace(
        before, smtp_host="127.0.0.1", smtp_port=port, mail_from="hrms@example.org", base_url="https://hrms.example"
    )
    yield lambda: [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(tmp_path.glob("*.eml"))
    ]
    app.config["HRMS"] = before
    controller.stop()


def reachable(session, account_id, address="an@example.org"):
    with transaction():
        session.get(Account, account_id).person.email = address


def test_urgent_ones_leave_at_once_and_the_rest_as_one_digest(session, staff_a, mail):
    reachable(session, staff_a)
    with transaction():
        send([message(staff_a, "a", "evaluation_result"), message(staff_a, "b"), message(staff_a, "c", count=2)])
    assert mailing.at_once(DAY) == "Đã gửi 1 thư."
    assert mailing.digest(DAY) == "Đã gửi 1 thư."
    assert mailing.digest(DAY) == "Đã gửi 0 thư."
    single, digest = mail()
    assert single["Subject"] == "Việc đến hạn" and single["To"].endswith("<an@example.org>")
    assert "https://hrms.example/" in single.get_content()
    assert digest["Subject"] == "Tổng hợp ngày 15/06/2025: 2 thông báo"


def test_what_was_read_meanwhile_is_not_in_the_digest(session, staff_a, mail, actor_as):
    reachable(session, staff_a)
    with transaction():
        send([message(staff_a)])
    with actor_as("staff_member_a"):
        with transaction():
            told(session)[0].created_at -= timedelta(minutes=1)
        execute(inbox.MarkRead(everything=True))
    assert mailing.digest(DAY) == "Đã gửi 0 thư."


def test_without_an_address_it_stays_in_the_inbox(session, staff_a, mail):
    reachable(session, staff_a, "")
    with transaction():
        send([message(staff_a, "a", "evaluation_result")])
    mailing.at_once(DAY)
    assert mail() == [] and told(session)[0].error == "không có địa chỉ thư"


def test_a_server_that_is_away_loses_nothing(session, staff_a, app, mail):
    reachable(session, staff_a)
    with transaction():
        send([message(staff_a, "a", "evaluation_result")])
    there = app.config["HRMS"]
    app.config["HRMS"] = dataclasses.replace(there, smtp_port=1)
    with pytest.raises(HrmsError, match="Các thông báo còn nguyên"):
        mailing.at_once(DAY)
    app.config["HRMS"] = there
    assert mailing.at_once(DAY) == "Đã gửi 1 thư."


def test_a_letter_the_server_refuses_is_given_up_after_five_tries(session, staff_a, mail, monkeypatch):
    reachable(session, staff_a)
    with transaction():
        send([message(staff_a, "a", "evaluation_result")])

    def refuse(_server, _letter):
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)
    for _try in range(5):
        assert mailing.at_once(DAY) == "Đã gửi 0 thư, máy chủ từ chối 1 thư."
    assert mailing.at_once(DAY) == "Đã gửi 0 thư."
    assert told(session)[0].error == "SMTPRecipientsRefused"


def test_without_a_server_nothing_is_marked_as_sent(session, staff_a):
    reachable(session, staff_a)
    with transaction():
        send([message(staff_a, "a", "evaluation_result")])
    assert "Chưa cấu hình máy chủ thư" in mailing.at_once(DAY)
    assert told(session)[0].emailed_at is None
