"""``scheduler`` and ``job``: the process that does background work, and the administrator's look at it."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import click

from hrms.cli.common import check_database, fail, refuse_demo_passwords, with_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

POLL_SECONDS = 1.0
LOST_SECONDS = 30.0
PARENT_SECONDS = 2.0
RETRY_SECONDS = 20.0
SETTINGS_SECONDS = 15.0


class Scheduler:
    """Threads around one application: workers on the queue, the clock of scheduled actions, the watch on lost jobs.

    Several schedulers may run at once, on one machine or many: the database decides who does what.
    """

    def __init__(self, app: Flask, workers: int, stopping: threading.Event | None = None) -> None:
        self.app = app
        self.stopping = stopping or threading.Event()
        self._threads = [self._thread(f"worker-{n}", POLL_SECONDS, self._work) for n in range(workers)]
        self._threads.append(self._thread("lost-jobs", LOST_SECONDS, self._requeue))
        self._threads.append(self._thread("retries", RETRY_SECONDS, self._retry))
        self._threads.append(self._thread("timetable", SETTINGS_SECONDS, self._follow_settings))
        self._timetable: Any = None
        self._shown: dict[str, Any] = {}
        if parent := os.environ.get("HRMS_PARENT_PID", ""):
            self._parent = int(parent)
            self._threads.append(self._thread("parent", PARENT_SECONDS, self._watch_parent))

    def _thread(self, name: str, pause: float, turn: Callable[[], bool]) -> threading.Thread:
        def loop() -> None:
            import logging

            while not self.stopping.is_set():
                again = False
                try:
                    with self.app.app_context():
                        again = turn()
                except Exception:  # a database that is away for a minute must not end the scheduler
                    logging.getLogger(__name__).exception("%s", name)
                if not again:
                    self.stopping.wait(pause)

        return threading.Thread(target=loop, name=name, daemon=True)

    def _work(self) -> bool:
        from hrms.kernel import jobs

        return jobs.run_next() is not None

    def _requeue(self) -> bool:
        from hrms.kernel import jobs

        jobs.requeue_lost()
        return False

    def _watch_parent(self) -> bool:
        # A web server that was killed takes its scheduler along; one started alone has no such parent.
        if os.getppid() != self._parent:
            self.stopping.set()
        return False

    def _act(self, name: str) -> None:
        from hrms.kernel import clock, jobs

        with self.app.app_context():
            jobs.run_action(name, clock.today())

    def _retry(self) -> bool:
        from hrms.kernel import jobs

        for name, day in jobs.to_retry():
            if self.stopping.is_set():
                break
            jobs.run_action(name, day)
        return False

    def _follow_settings(self) -> bool:
        """Take over what an administrator moved or paused, without a restart and in every scheduler."""
        from hrms.kernel import jobs
        from hrms.kernel.db import db

        if self._timetable is None:
            return False
        known = jobs.settings()
        db.session.rollback()
        for action in jobs.actions().values():
            setting = known.get(action.name)
            wanted = None if setting is not None and setting.paused else jobs.cron_of(action, setting)
            if action.name in self._shown and self._shown[action.name] == wanted:
                continue
            if wanted is None:
                if self._timetable.get_job(action.name):
                    self._timetable.remove_job(action.name)
            else:
                self._timetable.add_job(
                    self._act, jobs.times(action, setting), args=[action.name], id=action.name, name=action.title,
                    coalesce=True, misfire_grace_time=3600, max_instances=1, replace_existing=True,
                )  # fmt: skip
            self._shown[action.name] = wanted
        return False

    def _catch_up(self) -> None:
        from hrms.kernel import jobs

        with self.app.app_context():
            missed = jobs.overdue()
        for name, day in missed:
            if self.stopping.is_set():
                return
            with self.app.app_context():
                jobs.run_action(name, day)

    def run(self) -> None:
        """Work until :attr:`stopping` is set; running jobs are then asked to give up and go back into the queue."""
        from apscheduler.schedulers.background import BackgroundScheduler

        from hrms.kernel import clock, jobs

        timetable = self._timetable = BackgroundScheduler(timezone=clock.zone())
        with self.app.app_context():
            self._follow_settings()
        for thread in self._threads:
            thread.start()
        timetable.start()
        threading.Thread(target=self._catch_up, name="catch-up", daemon=True).start()
        try:
            self.stopping.wait()
        finally:
            jobs.interrupt()
            timetable.shutdown(wait=False)
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join(8)


@click.command("scheduler")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 8),
              help="Jobs done at the same time; more than one only helps on PostgreSQL.")
def scheduler_command(workers: int) -> None:
    """Do background jobs and scheduled actions until stopped. ``serve`` starts one beside itself.

    \b
    Example:
      python run.py scheduler
    """
    stopping = threading.Event()

    def stop(_signal: int, _frame: Any) -> None:
        stopping.set()

    # First of all: told to stop while the application is still being built, it ends in good order too.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    from config import SettingError
    from hrms.app import RefusesToStart, create_app
    from hrms.background import register

    try:
        app = create_app(web=True)  # exports and papers are written by the same code that shows the pages
    except (SettingError, RefusesToStart) as error:
        fail(str(error))
        return
    with app.app_context():
        check_database()
        refuse_demo_passwords()
    register()
    Scheduler(app, workers, stopping).run()


@click.group("job")
def job_group() -> None:
    """Scheduled actions and the queue."""


@job_group.command("list")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many jobs of the queue.")
@with_app()
def list_command(last: int) -> None:
    """Scheduled actions with their last run, and the newest jobs of the queue.

    \b
    Example:
      python run.py job list
    """
    from sqlalchemy import select

    from hrms.background import USE_CASES, register
    from hrms.kernel import clock, jobs
    from hrms.kernel.db import db

    register(USE_CASES)
    click.echo("Việc định kỳ:")
    for action in sorted(jobs.actions().values(), key=lambda item: item.name):
        query = select(jobs.ScheduledRun).where(jobs.ScheduledRun.action == action.name)
        run = db.session.scalar(query.order_by(jobs.ScheduledRun.due_on.desc()).limit(1))
        if run is None:
            told = "chưa chạy"
        elif run.ended_at is None:
            told = f"đang chạy từ {clock.local(run.started_at):%H:%M %d/%m/%Y}"
        else:
            told = f"{run.due_on:%d/%m/%Y} {'LỖI' if run.failed else 'xong'}: {run.outcome}"
        click.echo(f"  {action.name:<24} {action.title} – {told}")
    click.echo("Hàng đợi:")
    words = {jobs.QUEUED: "đang chờ", jobs.RUNNING: "đang chạy", jobs.DONE: "xong", jobs.FAILED: "lỗi",
             jobs.CANCELLED: "đã hủy"}
    for job in db.session.scalars(select(jobs.JobRun).order_by(jobs.JobRun.id.desc()).limit(last)):
        click.echo(f"  #{job.id:<6} {words[job.status]:<10} {job.percent:>3} %  {job.title}  {job.message}".rstrip())


@job_group.command("run")
@click.argument("name")
@with_app()
def run_command(name: str) -> None:
    """Run the scheduled action NAME now, even when it has run today.

    \b
    Example:
      python run.py job run verify_files
    """
    import sys

    from sqlalchemy import select

    from hrms.background import USE_CASES, register
    from hrms.kernel import clock, jobs
    from hrms.kernel.db import db

    register(USE_CASES)
    if name not in jobs.actions():
        fail(f"Không có việc định kỳ “{name}”. Các việc có: {', '.join(sorted(jobs.actions()))}.")
    outcome = jobs.run_action(name, again=True)
    if outcome is None:
        fail("Việc này đang chạy ở một tiến trình khác. Hãy chờ nó kết thúc.", code=1)
    click.echo(outcome)
    query = select(jobs.ScheduledRun.failed).where(
        jobs.ScheduledRun.action == name, jobs.ScheduledRun.due_on == clock.today()
    )
    if db.session.scalar(query):
        sys.exit(1)
