"""The real processes: the scheduler does queued work and stops when told; the server takes its scheduler along."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date

import pytest
from sqlalchemy import select

from config import ROOT
from hrms.kernel import jobs
from hrms.kernel.db import db
from tests.support.databases import chosen

ONE_IS_ENOUGH = pytest.mark.skipif(chosen() == "postgresql", reason="the process is the same on both databases")
PATIENCE = 60.0  # seconds until a process that should have acted is given up


def until(condition, what):
    """Wait for ``condition`` to hold; the wait is as short as the process is fast."""
    limit = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < limit, f"waited {PATIENCE:.0f} s for {what}"
        time.sleep(0.05)
    return found


@pytest.fixture
def environment(settings):
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HRMS_")},
        "HRMS_ENV": "test",
        "HRMS_DATA_DIR": str(settings.data_dir),
        "HRMS_DATABASE_URL": settings.database_url,
        "HRMS_SECRET_KEY": settings.secret_key,
        "HRMS_TODAY": "2025-06-15",
    }


@pytest.fixture
def start(environment):
    running = []

    def begin(*arguments, **more):
        process = subprocess.Popen(
            [sys.executable, "run.py", *arguments],
            cwd=ROOT,
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_two_schedulers_catch_up_every_action_once_and_end_when_told(ctx, session, start):
    from hrms.background import USE_CASES, register

    register(USE_CASES)
    expected = {name for name, _day in jobs.overdue()}
    assert len(expected) > 10
    session.remove()
    db.engine.dispose()
    schedulers = [start("scheduler"), start("scheduler")]

    def finished():
        session.rollback()
        runs = session.scalars(select(jobs.ScheduledRun).where(jobs.ScheduledRun.ended_at.is_not(None))).all()
        session.rollback()
        return {run.action for run in runs} >= expected and [run for run in runs if run.action in expected]

    runs = until(finished, f"{sorted(expected)} to be caught up")
    assert len(runs) == len(expected)
    assert max(run.due_on for run in runs) <= date(2025, 6, 15)
    assert [run.outcome for run in runs if run.failed] == []
    for scheduler in schedulers:
        scheduler.send_signal(signal.SIGTERM)
    assert [scheduler.wait(20) for scheduler in schedulers] == [0, 0]


@ONE_IS_ENOUGH
def test_a_scheduler_whose_parent_is_gone_ends_by_itself(ctx, start):
    orphan = start("scheduler", HRMS_PARENT_PID="1")
    until(lambda: orphan.poll() is not None, "the orphan to end")
    assert orphan.returncode == 0


@ONE_IS_ENOUGH
def test_the_server_answers_and_takes_its_scheduler_along_even_when_killed(ctx, start):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = start("serve", "--port", str(port))

    def healthy():
        assert server.poll() is None, server.stdout.read()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    until(healthy, "/health")
    child = until(lambda: children(server.pid), "the scheduler beside the server")[0]
    server.kill()
    server.wait()
    until(lambda: not alive(child), "the scheduler to end after its server")


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as listed:
            direct = listed.read().split()
    except OSError:
        direct = []
    if direct:
        return [int(number) for number in direct]
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(number) for number in found.split()]


@ONE_IS_ENOUGH
def test_commands_say_what_to_do_when_the_database_is_not_set_up(environment, tmp_path):
    done = subprocess.run(
        [sys.executable, "run.py", "job", "list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "HRMS_DATA_DIR": str(tmp_path), "HRMS_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"},
    )
    assert done.returncode == 2
    assert "python run.py setup" in done.stderr


@ONE_IS_ENOUGH
def test_an_unknown_action_is_answered_with_those_there_are(ctx, environment):
    done = subprocess.run(
        [sys.executable, "run.py", "job", "run", "no-such"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 2
    assert "backup_database" in done.stderr


@ONE_IS_ENOUGH
def test_an_action_run_by_hand_says_what_it_did_and_is_listed(ctx, environment):
    for arguments, told in ((["run", "forget_request_keys"], "Đã xóa 0 mã yêu cầu"), (["list"], "Đã xóa 0 mã yêu cầu")):
        done = subprocess.run(
            [sys.executable, "run.py", "job", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert (done.returncode, told in done.stdout) == (0, True), done.stderr


@ONE_IS_ENOUGH
@pytest.mark.parametrize("command", [("scheduler",), ("serve", "--no-scheduler", "--port", "1")])
def test_production_does_not_start_while_a_demonstration_password_is_left(ctx, session, factory, start, command):
    from hrms.demo_accounts import add_account
    from hrms.kernel.commands import transaction

    with transaction():
        add_account("admin", "Quản trị hệ thống", "system_admin", "Demo@2025", factory.unit("SNV", "Sở Nội vụ"), None)
    session.remove()
    db.engine.dispose()
    process = start(*command, HRMS_ENV="production", HRMS_TODAY="", HRMS_DATA_KEY="d" * 40, HRMS_SECRET_KEY="s" * 40)
    told = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 2
    assert "admin" in told
    assert "mật khẩu mặc định" in told
