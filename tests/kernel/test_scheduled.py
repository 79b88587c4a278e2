"""Scheduled actions: once a day among all processes, caught up after downtime, failures kept and told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hrms.kernel import clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.errors import HrmsError
from hrms.kernel.jobs import schedule

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAILY = {"hour": "2", "minute": "0"}


@pytest.fixture
def declare(monkeypatch):
    monkeypatch.setattr(schedule, "_actions", {})

    def make(run=lambda day: f"xong {day:%d/%m/%Y}", name="nightly", cron=None, catch_up=jobs.NEWEST, **more):
        return jobs.scheduled(jobs.ScheduledAction(name, "Việc đêm", cron or DAILY, run, catch_up, **more))

    return make


def test_an_action_runs_once_a_day(ctx, declare, session):
    ran = []
    declare(lambda day: ran.append(day) or "xong")
    assert jobs.run_action("nightly", date(2025, 6, 15)) == "xong"
    assert jobs.run_action("nightly", date(2025, 6, 15)) is None
    assert jobs.run_action("nightly", date(2025, 6, 16)) == "xong"
    assert ran == [date(2025, 6, 15), date(2025, 6, 16)]


def test_four_schedulers_firing_at_once_run_it_once(ctx, declare, concurrently):
    ran, guard = [], threading.Lock()

    def run(day):
        with guard:
            ran.append(day)
        return "xong"

    declare(run)
    results = concurrently(lambda _n: jobs.run_action("nightly", date(2025, 6, 15)), 4)
    assert sorted(results, key=str) == [None, None, None, "xong"]
    assert len(ran) == 1


def test_the_administrator_may_repeat_a_finished_action_but_not_one_that_is_running(ctx, declare, session):
    ran = []

    def run(day):
        ran.append(day)
        assert jobs.run_action("nightly", day, again=True) is None, "it is running right now"
        return "xong"

    declare(run)
    jobs.run_action("nightly")
    assert jobs.run_action("nightly", again=True) == "xong"
    assert len(ran) == 2


def test_an_action_whose_process_died_is_taken_over_after_three_hours(ctx, declare, session):
    declare()
    for age, taken in ((timedelta(hours=3, seconds=-5), False), (timedelta(hours=3, seconds=5), True)):
        with transaction():
            session.query(jobs.ScheduledRun).delete()
            session.add(jobs.ScheduledRun(action="nightly", due_on=date(2025, 6, 15), started_at=clock.now() - age))
        assert (jobs.run_action("nightly", date(2025, 6, 15)) is not None) is taken


def test_a_failure_is_kept_with_its_trace_and_what_it_wrote_is_undone(ctx, declare, session, factory):
    unit = factory.unit("U", "Đơn vị")

    def run(_day):
        with transaction():
            unit.name = "Khác"
            session.flush()
            raise ZeroDivisionError

    declare(run)
    assert jobs.run_action("nightly") == "Lỗi: ZeroDivisionError"
    kept = session.scalars(select(jobs.ScheduledRun)).one()
    assert (kept.failed, "ZeroDivisionError" in kept.trace, kept.ended_at is not None) == (True, True, True)
    session.refresh(unit)
    assert unit.name == "Đơn vị"


def test_a_failure_that_explains_itself_is_told_in_its_own_words(ctx, declare, session):
    def run(_day):
        raise HrmsError("Hết chỗ trên đĩa. Hãy xóa bớt bản sao cũ.")

    declare(run)
    assert jobs.run_action("nightly") == "Hết chỗ trên đĩa. Hãy xóa bớt bản sao cũ."
    assert session.scalars(select(jobs.ScheduledRun)).one().failed


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2025, 6, 15, 1, 59, tzinfo=HANOI), date(2025, 6, 14)),
        (datetime(2025, 6, 15, 2, 0, tzinfo=HANOI), date(2025, 6, 15)),
        (datetime(2025, 6, 15, 23, 59, tzinfo=HANOI), date(2025, 6, 15)),
    ],
)
def test_the_day_an_action_was_last_due_changes_at_its_local_time(ctx, declare, moment, due):
    clock.configure("Asia/Ho_Chi_Minh", None)
    with clock.travel_to(moment.date()):
        assert jobs.last_due(declare(), moment) == due


def test_a_monthly_action_was_last_due_on_its_day_of_the_month(ctx, declare):
    action = declare(cron={"day": "1", "hour": "2"})
    moment = datetime(2025, 6, 15, 9, 0, tzinfo=HANOI)
    with clock.travel_to(moment.date()):
        assert jobs.last_due(action, moment) == date(2025, 6, 1)


def test_after_three_days_of_downtime_the_newest_missed_day_is_caught_up_once(ctx, declare, session):
    declare()
    moment = datetime(2025, 6, 15, 9, 0, tzinfo=HANOI)
    with clock.travel_to(moment.date()):
        jobs.run_action("nightly", date(2025, 6, 12))
        assert jobs.overdue(moment) == [("nightly", date(2025, 6, 15))]
        jobs.run_action("nightly", date(2025, 6, 15))
        assert jobs.overdue(moment) == []
        assert jobs.overdue(moment + timedelta(hours=16, minutes=59)) == []


def test_before_its_time_of_day_the_missed_day_is_yesterday(ctx, declare):
    declare()
    moment = datetime(2025, 6, 15, 1, 0, tzinfo=HANOI)
    with clock.travel_to(moment.date()):
        assert jobs.overdue(moment) == [("nightly", date(2025, 6, 14))]


def test_an_action_that_does_not_catch_up_waits_for_its_next_time(ctx, declare):
    declare(catch_up=jobs.SKIP)
    assert jobs.overdue(datetime(2025, 6, 15, 9, 0, tzinfo=HANOI)) == []


def test_an_action_of_every_day_makes_up_for_each_missed_day_in_order(ctx, declare, session):
    declare(catch_up=jobs.EACH)
    moment = datetime(2025, 6, 15, 9, 0, tzinfo=HANOI)
    with clock.travel_to(moment.date()):
        assert jobs.overdue(moment) == [("nightly", date(2025, 6, 15))], "it never ran: there was no downtime"
        jobs.run_action("nightly", date(2025, 6, 12))
        assert jobs.overdue(moment) == [("nightly", date(2025, 6, day)) for day in (13, 14, 15)]


def test_a_failure_is_tried_again_after_a_growing_pause_and_told_once_at_the_end(
    ctx, declare, session, monkeypatch
):
    told, tries = [], []
    monkeypatch.setattr(schedule, "_listeners", [lambda action, run: told.append((action.name, run.attempts))])

    def run(day):
        tries.append(day)
        raise ZeroDivisionError

    declare(run, retries=2, pause=timedelta(minutes=5))
    jobs.run_action("nightly", date(2025, 6, 15))
    for minutes in (5, 10):
        kept = session.scalars(select(jobs.ScheduledRun)).one()
        assert kept.retry_at - kept.ended_at == timedelta(minutes=minutes)
        assert jobs.to_retry(kept.retry_at - timedelta(seconds=1)) == []
        assert jobs.to_retry(kept.retry_at) == [("nightly", date(2025, 6, 15))]
        assert told == []
        with transaction():
            session.get(jobs.ScheduledRun, kept.id).retry_at = clock.now()
        jobs.run_action("nightly", date(2025, 6, 15))
    kept = session.scalars(select(jobs.ScheduledRun)).one()
    assert (kept.attempts, kept.retry_at, len(tries)) == (3, None, 3)
    assert told == [("nightly", 3)]


def test_a_second_try_that_succeeds_is_a_success(ctx, declare, session):
    tries = []

    def run(day):
        tries.append(day)
        if len(tries) == 1:
            raise ZeroDivisionError
        return "xong"

    declare(run)
    jobs.run_action("nightly")
    assert jobs.run_action("nightly") is None, "its time to be tried again has not come"
    with transaction():
        session.scalars(select(jobs.ScheduledRun)).one().retry_at = clock.now()
    assert jobs.run_action("nightly") == "xong"
    kept = session.scalars(select(jobs.ScheduledRun)).one()
    assert (kept.failed, kept.trace, kept.retry_at, kept.attempts) == (False, None, None, 2)


def test_a_paused_action_is_not_caught_up_and_a_moved_one_is_due_at_its_new_time(ctx, declare, session):
    action = declare()
    moment = datetime(2025, 6, 15, 9, 0, tzinfo=HANOI)
    with transaction():
        session.add(jobs.ScheduleSetting(action="nightly", paused=True))
    with clock.travel_to(moment.date()):
        assert jobs.overdue(moment) == []
        assert jobs.next_due(action, jobs.settings()["nightly"], moment) is None
        with transaction():
            setting = jobs.settings()["nightly"]
            setting.paused, setting.cron = False, {"hour": "10", "minute": "30"}
        assert jobs.overdue(moment) == [("nightly", date(2025, 6, 14))]
        found = jobs.next_due(action, jobs.settings()["nightly"], moment)
        assert found == datetime(2025, 6, 15, 10, 30, tzinfo=HANOI)


def test_an_action_of_every_five_minutes_runs_once_for_each_time_and_is_never_caught_up(ctx, declare, session):
    ran = []
    declare(lambda day: ran.append(day) or "xong", cron={"minute": "*/5"}, often=True)
    zone = clock.zone()
    for minute, runs in ((1, 1), (4, 1), (5, 2), (9, 2), (10, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda minute=minute: datetime(2025, 6, 15, 9, minute, tzinfo=zone))
            jobs.run_action("nightly", date(2025, 6, 15))
        assert len(ran) == runs
    assert jobs.overdue(datetime(2025, 6, 15, 12, 0, tzinfo=zone)) == []
