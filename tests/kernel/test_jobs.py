"""Background work: once, as its owner, visible while it runs, stoppable, and done again after its process died."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import select, update

from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.jobs import board, queue
from hrms.kernel.jobs.queue import _kinds
from models.organization import OrgUnit


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Kinds declared by a test end with it."""
    monkeypatch.setattr(queue, "_kinds", dict(_kinds))
    yield
    jobs.interrupt(False)


def states(session):
    session.rollback()
    return [job.status for job in session.scalars(select(jobs.JobRun).order_by(jobs.JobRun.id))]


def test_the_oldest_job_runs_first_and_keeps_its_result(ctx, session):
    order = []

    @jobs.kind("count")
    def count(payload, progress):
        order.append(payload["n"])
        progress.step(payload["n"], 2)
        return {"message": f"Xong {payload['n']}", "file": "out.xlsx"}

    for number in (1, 2):
        jobs.enqueue("count", f"Việc {number}", {"n": number})
    first, second, third = jobs.run_next(), jobs.run_next(), jobs.run_next()
    assert order == [1, 2]
    assert (first.status, first.message, first.result_file, first.percent) == (jobs.DONE, "Xong 1", "out.xlsx", 100)
    assert second.attempts == 1
    assert third is None


def test_a_job_acts_as_its_owner_with_the_owners_rights(world, session, actor_as):
    seen = {}

    @jobs.kind("look")
    def look(_payload, _progress):
        seen["actor"] = actor.current()
        seen["units"] = set(db.session.scalars(access.restrict(select(OrgUnit.id), OrgUnit)))

    with actor_as("unit_hr_a") as who:
        jobs.enqueue("look", "Xem", {})
    jobs.run_next()
    assert seen["actor"] == actor.Actor("job", who.name, who.user_id)
    assert seen["units"] == {world.units[key] for key in ("a", "a1", "a2")}


def test_a_job_has_a_context_of_its_own_and_leaves_nothing_in_ours(ctx, session, factory):
    """Trap 12: what the asker cached or changed without saving must not reach the job, nor the other way round."""
    unit = factory.unit("U", "Đơn vị")
    seen = {}

    @jobs.kind("look")
    def look(_payload, _progress):
        seen["cached"] = "cached" in g
        seen["session"] = db.session() is mine
        seen["name"] = db.session.get(OrgUnit, unit_id).name
        g.left_by_job = True

    unit_id, mine = unit.id, session()
    jobs.enqueue("look", "Xem", {})
    g.cached = True
    with session.no_autoflush:
        jobs.run_next()
    assert seen == {"cached": False, "session": False, "name": "Đơn vị"}
    assert "left_by_job" not in g


def test_an_answer_for_the_user_is_shown_a_crash_is_not_and_neither_leaves_a_write(ctx, session, factory):
    unit_id = factory.unit("U", "Đơn vị").id

    def rename_and(error):
        def handler(_payload, _progress):
            with transaction():
                db.session.get(OrgUnit, unit_id).name = "Khác"
                db.session.flush()
                raise error

        return handler

    jobs.kind("refuses")(rename_and(Refused([queue_fault()])))
    jobs.kind("crashes")(rename_and(ZeroDivisionError("secret of the machine")))
    jobs.enqueue("refuses", "Một", {})
    jobs.enqueue("crashes", "Hai", {})
    refused, crashed = jobs.run_next(), jobs.run_next()
    assert (refused.status, refused.message) == (jobs.FAILED, "Dòng 45 sai")
    assert crashed.status == jobs.FAILED
    assert "secret" not in crashed.message
    assert "ZeroDivisionError" in crashed.trace
    assert session.get(OrgUnit, unit_id).name == "Đơn vị"


def queue_fault():
    from hrms.kernel.errors import Fault

    return Fault("row", "Dòng 45 sai")


def test_a_kind_nobody_declared_is_refused_when_asked_for(ctx):
    with pytest.raises(KeyError):
        jobs.enqueue("no-such-kind", "x", {})


def test_a_kind_that_this_version_no_longer_knows_fails_and_does_not_block_the_queue(ctx, session):
    jobs.kind("old")(lambda _payload, _progress: None)
    jobs.kind("new")(lambda _payload, _progress: None)
    jobs.enqueue("old", "Cũ", {})
    jobs.enqueue("new", "Mới", {})
    del queue._kinds["old"]
    assert jobs.run_next().status == jobs.FAILED
    assert jobs.run_next().status == jobs.DONE


def test_progress_is_seen_by_others_while_a_long_transaction_is_still_open(ctx, app, session):
    """On SQLite the job itself holds the only write lock: its report must not wait for it."""
    seen = {}

    @jobs.kind("long")
    def long(_payload, progress):
        with transaction():
            db.session.add(OrgUnit(code="L", name="L", kind="division", level="INTERNAL", valid_from=clock.today()))
            db.session.flush()
            progress.step(30, 60, "Đang ghi", force=True)
            onlooker = threading.Thread(target=look)
            onlooker.start()
            onlooker.join()

    def look():
        with app.app_context():
            job = db.session.scalars(select(jobs.JobRun)).one()
            seen.update(percent=job.percent, message=job.message, status=job.status)

    jobs.enqueue("long", "Nhập", {})
    jobs.run_next()
    assert seen == {"percent": 50, "message": "Đang ghi", "status": jobs.RUNNING}


def test_a_cancel_reaches_a_job_inside_its_long_transaction_and_undoes_it(ctx, app, session):
    @jobs.kind("long")
    def long(_payload, progress):
        with transaction():
            db.session.add(OrgUnit(code="L", name="L", kind="division", level="INTERNAL", valid_from=clock.today()))
            db.session.flush()
            onlooker = threading.Thread(target=cancel)
            onlooker.start()
            onlooker.join()
            progress.step(31, 60, force=True)
            pytest.fail("the step after a cancel must not return")

    def cancel():
        with app.app_context():
            jobs.ask_cancel(db.session.scalars(select(jobs.JobRun)).one())

    jobs.enqueue("long", "Nhập", {})
    job = jobs.run_next()
    assert job.status == jobs.CANCELLED
    assert session.scalars(select(OrgUnit)).all() == []


def test_a_waiting_job_is_cancelled_at_once_and_a_finished_one_not_at_all(ctx, session):
    jobs.kind("x")(lambda _payload, _progress: None)
    waiting = jobs.enqueue("x", "Một", {})
    jobs.ask_cancel(waiting)
    assert jobs.run_next() is None
    done = jobs.enqueue("x", "Hai", {})
    jobs.run_next()
    jobs.ask_cancel(session.get(jobs.JobRun, done.id))
    assert states(session) == [jobs.CANCELLED, jobs.DONE]


def test_a_cancel_left_over_from_an_earlier_attempt_does_not_stop_the_next(ctx, session, settings):
    jobs.kind("x")(lambda _payload, progress: progress.step(1, 1, force=True))
    job = jobs.enqueue("x", "Một", {})
    board.FileBoard(str(settings.work_dir)).ask_cancel(job.id)
    with transaction():
        job.cancel_asked = True
    assert jobs.run_next().status == jobs.DONE


def test_four_processes_at_once_run_every_job_exactly_once(ctx, session, concurrently):
    ran, guard = [], threading.Lock()

    @jobs.kind("count")
    def count(payload, _progress):
        with guard:
            ran.append(payload["n"])

    for number in range(12):
        jobs.enqueue("count", "Việc", {"n": number})

    def work(_number):
        while jobs.run_next() is not None:
            pass

    assert concurrently(work, 4) == [None] * 4
    assert sorted(ran) == list(range(12))


def test_a_silent_job_is_queued_again_and_given_up_after_three_attempts(ctx, session):
    jobs.kind("x")(lambda _payload, _progress: None)
    jobs.enqueue("x", "Một", {})
    for attempt in range(1, queue.MAX_ATTEMPTS + 1):
        lose(session, attempt, elsewhere=True, silent=True)
        assert jobs.requeue_lost() == 1
        expected = jobs.QUEUED if attempt < queue.MAX_ATTEMPTS else jobs.FAILED
        assert states(session) == [expected]


def lose(session, attempt, *, elsewhere, silent, age=timedelta(seconds=1)):
    """The job was claimed by a process that has (or has not) been heard of lately."""
    moment = clock.now() - queue.SILENCE + (-age if silent else age)
    worker = "another-machine:1:aa" if elsewhere else queue._me()
    values = {"status": jobs.RUNNING, "worker": worker, "attempts": attempt, "heartbeat_at": moment}
    with transaction():
        session.execute(update(jobs.JobRun).values(**values))
    session.expire_all()


@pytest.mark.parametrize(("silent", "lost"), [(True, 1), (False, 0)])
def test_silence_counts_from_two_minutes(ctx, session, silent, lost):
    jobs.kind("x")(lambda _payload, _progress: None)
    jobs.enqueue("x", "Một", {})
    lose(session, 1, elsewhere=True, silent=silent)
    assert jobs.requeue_lost() == lost


def test_a_job_that_must_not_run_twice_is_failed_when_its_process_died(ctx, session):
    jobs.kind("pay", resumable=False)(lambda _payload, _progress: None)
    jobs.enqueue("pay", "Một", {})
    lose(session, 1, elsewhere=True, silent=True)
    jobs.requeue_lost()
    assert states(session) == [jobs.FAILED]


def test_the_outcome_of_a_process_that_lost_its_job_is_dropped(ctx, session):
    @jobs.kind("slow")
    def slow(_payload, _progress):
        lose(db.session, 2, elsewhere=True, silent=False)  # meanwhile another process took over
        return {"message": "muộn"}

    jobs.enqueue("slow", "Một", {})
    job = jobs.run_next()
    assert (job.status, job.attempts, job.message) == (jobs.RUNNING, 2, "")


def test_a_job_whose_process_was_killed_is_done_again_without_waiting(ctx, session, settings):
    """The real thing: another process takes the job, is killed in the middle of it, this one finishes it."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("one database kind is enough for a killed process")
    jobs.kind("hang")(lambda _payload, _progress: {"message": "lần hai"})
    jobs.enqueue("hang", "Một", {})
    session.remove()
    db.engine.dispose()
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from config import Settings\n"
        "from hrms.app import create_app\n"
        "from hrms.kernel import jobs\n"
        f"app = create_app(Settings(env='test', data_dir=Path({str(settings.data_dir)!r}), "
        f"database_url={settings.database_url!r}), web=False)\n"
        "@jobs.kind('hang')\n"
        "def hang(payload, progress):\n"
        "    progress.step(1, 2, 'lần một', force=True)\n"
        "    print('taken', flush=True)\n"
        "    time.sleep(600)\n"
        "with app.app_context():\n"
        "    jobs.run_next()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=os.getcwd())
    try:
        assert other.stdout.readline().strip() == "taken"
        assert jobs.requeue_lost() == 0, "a living process keeps its job"
        assert session.scalars(select(jobs.JobRun)).one().message == "lần một"
    finally:
        other.kill()
        other.wait()
    session.rollback()
    assert jobs.requeue_lost() == 1
    job = jobs.run_next()
    assert (job.status, job.message, job.attempts) == (jobs.DONE, "lần hai", 2)


def test_a_job_interrupted_by_a_stop_waits_for_the_next_start_without_losing_an_attempt(ctx, session):
    @jobs.kind("long")
    def long(_payload, progress):
        jobs.interrupt()
        progress.step(1, 2, force=True)

    jobs.enqueue("long", "Một", {})
    job = jobs.run_next()
    assert (job.status, job.attempts) == (jobs.QUEUED, 0)


def test_a_job_is_seen_by_its_owner_and_by_those_who_manage_jobs(world, session, actor_as):
    jobs.kind("x")(lambda _payload, _progress: None)
    with actor_as("unit_hr_a"):
        number = jobs.enqueue("x", "Một", {}).id
        assert jobs.get_own(number).id == number
    with actor_as("system_admin"):
        assert jobs.get_own(number).id == number
    for username in ("unit_hr_b", "province_hr"):
        with actor_as(username), pytest.raises(NotFound):
            jobs.get_own(number)
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        jobs.get_own(number + 1)


def test_a_result_name_never_leaves_the_work_folder(ctx, settings):
    for name in ("../../x.xlsx", "/etc/passwd", "a/b.xlsx"):
        assert os.path.dirname(jobs.work_path(name)) == str(settings.work_dir)
