"""The nightly actions: each does its work, may be repeated, and does not more than its work."""

from __future__ import annotations

import io
import os
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hrms.commands import upkeep
from hrms.kernel import access, attachments, backup, clock, jobs
from hrms.kernel.commands import transaction
from models.account import Account, SecurityEvent
from models.organization import OrgUnitVersion
from models.staff import Appointment
from tests.kernel.test_attachments import PDF

TODAY = date(2025, 6, 15)


def account(session, username):
    session.rollback()
    return session.scalars(select(Account).where(Account.username == username)).one()


def change(row, **values):
    with transaction():
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize(("left_on", "ended"), [(date(2025, 6, 15), True), (date(2025, 6, 16), False), (None, False)])
def test_who_left_has_no_account_from_the_first_day_away(world, session, left_on, ended):
    """``left_on`` is the first day away: on that day one may no longer log in."""
    change(world.person("a1.2"), left_on=left_on)
    upkeep.end_accounts(TODAY)
    found = account(session, "staff_member_a")
    assert (found.valid_to is not None) is ended
    if ended:
        assert found.valid_to == date(2025, 6, 14)
        assert "đã nghỉ" in found.ended_reason


@pytest.mark.parametrize(
    ("unseen", "ended"), [(timedelta(days=45, seconds=5), True), (timedelta(days=45, seconds=-5), False)]
)
def test_an_account_unused_for_45_days_is_ended(world, session, unseen, ended):
    change(world.account("unit_hr_a"), last_seen_at=clock.now() - unseen)
    upkeep.end_accounts(TODAY)
    assert (account(session, "unit_hr_a").valid_to is not None) is ended
    assert account(session, "unit_hr_b").valid_to is None, "made today, not seen yet"


def test_an_account_nobody_ever_used_counts_from_when_it_was_made(world, session):
    change(world.account("unit_hr_a"), created_at=clock.now() - timedelta(days=46))
    upkeep.end_accounts(TODAY)
    assert account(session, "unit_hr_a").valid_to is not None


@pytest.mark.parametrize(("env", "ended"), [("test", False), ("production", True)])
def test_demonstration_accounts_stay_open_except_in_production(world, session, ctx, monkeypatch, env, ended):
    from dataclasses import replace

    change(world.account("unit_hr_a"), is_demo=True, last_seen_at=clock.now() - timedelta(days=400))
    monkeypatch.setitem(ctx.config, "HRMS", replace(ctx.config["HRMS"], env=env))
    upkeep.end_accounts(TODAY)
    assert (account(session, "unit_hr_a").valid_to is not None) is ended


def test_locks_that_ran_out_are_opened_and_said_so_others_stay(world, session):
    change(world.account("unit_hr_a"), locked_until=clock.now() - timedelta(seconds=5))
    change(world.account("unit_hr_b"), locked_until=clock.now() + timedelta(hours=1))
    upkeep.end_accounts(TODAY)
    assert account(session, "unit_hr_a").locked_until is None
    assert account(session, "unit_hr_b").locked_until is not None
    event = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "unlocked")).one()
    assert event.target == f"account {account(session, 'unit_hr_a').id}"


def test_ending_accounts_is_logged_without_a_name_and_done_once(world, session):
    change(world.person("a1.2"), left_on=date(2025, 6, 1))
    upkeep.end_accounts(TODAY)
    upkeep.end_accounts(TODAY)
    events = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "account_ended")).all()
    assert len(events) == 1
    assert world.person("a1.2").full_name not in events[0].target + events[0].detail


def test_a_unit_version_that_begins_today_shows_today_and_moves_the_rights_along(world, session, actor_as):
    with transaction():
        version = world.unit("a2").versions[0]
        version.valid_to = date(2025, 6, 14)
        session.add(
            OrgUnitVersion(
                unit_id=world.units["a2"],
                name="Phòng Quy hoạch y tế",
                kind="division",
                level="INTERNAL",
                parent_id=world.units["b"],
                valid_from=TODAY,
            )
        )
    upkeep.project_today(date(2025, 6, 14))
    assert world.unit("a2").name == "Phòng Quy hoạch"
    upkeep.project_today(TODAY)
    assert world.unit("a2").name == "Phòng Quy hoạch y tế"
    with actor_as("unit_hr_b"):
        assert access.may("staff", "read", world.person("a2.1"))
    with actor_as("unit_hr_a"):
        assert not access.may("staff", "read", world.person("a2.1"))


def test_an_appointment_that_begins_today_moves_the_person_today(world, session):
    person = world.person("a1.2")
    with transaction():
        person.appointments[0].valid_to = date(2025, 6, 14)
        session.add(
            Appointment(person_id=person.id, unit_id=world.units["b1"], title="Chuyên viên chính", valid_from=TODAY)
        )
    upkeep.project_today(date(2025, 6, 14))
    assert world.person("a1.2").unit_id == world.units["a1"]
    upkeep.project_today(TODAY)
    session.expire_all()
    assert (world.person("a1.2").unit_id, world.person("a1.2").title) == (world.units["b1"], "Chuyên viên chính")


def test_a_damaged_file_fails_the_check_by_number_and_is_logged(world, session):
    with transaction():
        good = attachments.attach(world.unit("a"), io.BytesIO(PDF), "a.pdf").file
        bad = attachments.attach(world.unit("a"), io.BytesIO(PDF + b" "), "b.pdf").file
    assert upkeep.verify_files(TODAY) == "2 tệp nguyên vẹn."
    path = attachments.path_of(bad.sha256)
    os.chmod(path, 0o600)
    path.write_bytes(b"")
    with pytest.raises(upkeep.FilesDamaged, match=f"1 trong 2 tệp .*#{bad.id}"):
        upkeep.verify_files(TODAY)
    assert session.scalars(select(SecurityEvent.detail).where(SecurityEvent.kind == "files_damaged")).one() == str(
        bad.id
    )
    assert attachments.intact(good)


def test_results_are_kept_a_week_and_reports_of_running_jobs_longer(ctx, session, settings, monkeypatch):
    from hrms.kernel.jobs import queue

    monkeypatch.setattr(queue, "_kinds", dict(queue._kinds))
    jobs.kind("x")(lambda _payload, _progress: {"file": "old.xlsx"})
    jobs.enqueue("x", "Xuất", {})
    jobs.run_next()
    running = jobs.enqueue("x", "Chạy", {}).id
    made = {
        settings.work_dir / "old.xlsx": (timedelta(days=7, minutes=1), False),
        settings.work_dir / "new.xlsx": (timedelta(days=6, hours=23), True),
        settings.work_dir / f"job-{running}.report": (timedelta(days=9), True),
        settings.work_dir / "job-4711.report": (timedelta(days=9), False),
        settings.files_dir / "incoming-abc": (timedelta(days=1, minutes=1), False),
        settings.files_dir / "incoming-now": (timedelta(minutes=1), True),
    }
    for path, (age, _stays) in made.items():
        path.touch()
        moment = path.stat().st_mtime - age.total_seconds()
        os.utime(path, (moment, moment))
    upkeep.delete_old_results(TODAY)
    assert {path.name: path.exists() for path in made} == {path.name: stays for path, (_age, stays) in made.items()}
    assert session.scalars(select(jobs.JobRun.result_file).order_by(jobs.JobRun.id)).all() == [None, None]


def test_the_daily_copy_is_made_logged_and_old_ones_go(ctx, session, monkeypatch):
    backup.folder().mkdir(parents=True)
    for day in range(1, 16):
        (backup.folder() / f"hrms-202501{day:02d}-010000.sqlite.sealed").touch()
    made = backup.folder() / "hrms-20250615-010000.sqlite.sealed"
    monkeypatch.setattr(backup, "make", lambda: made.touch() or made)
    assert made.name in upkeep.backup_database(TODAY)
    assert len(backup.backups()) == backup.KEEP
    assert session.scalars(select(SecurityEvent.target).where(SecurityEvent.kind == "backup")).one() == made.name


def test_every_action_has_a_vietnamese_title_and_a_time_at_night():
    for name in (
        "project_today",
        "end_accounts",
        "forget_request_keys",
        "backup_database",
        "verify_files",
        "delete_old_results",
    ):
        action = jobs.actions()[name]
        assert action.title
        assert 0 <= int(action.cron["hour"]) <= 5
        assert action.catch_up == jobs.NEWEST
