"""Scheduled actions in the administrator's hands: run one at once, move it to other times, pause it, read its log."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

import hrms.commands
from hrms.commands import security_log
from hrms.kernel import access, clock, jobs
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound

KIND = "run_action"
CRON_FIELDS = ("month", "day", "day_of_week", "hour", "minute")
LOG_LENGTH = 60


@dataclass(frozen=True)
class ActionRow:
    """One action as the page shows it."""

    action: jobs.ScheduledAction
    cron: dict[str, str]
    moved: bool
    paused: bool
    reason: str
    next_at: datetime | None
    last: jobs.ScheduledRun | None


def board() -> list[ActionRow]:
    """Every scheduled action with its times in force, the next and the last run."""
    access.require("system", "read")
    newest = select(func.max(jobs.ScheduledRun.id)).group_by(jobs.ScheduledRun.action)
    last = {
        run.action: run for run in db.session.scalars(select(jobs.ScheduledRun).where(jobs.ScheduledRun.id.in_(newest)))
    }
    known = jobs.settings()
    return [_row(action, known.get(name), last.get(name)) for name, action in sorted(known_actions().items())]


def _row(
    action: jobs.ScheduledAction, setting: jobs.ScheduleSetting | None, last: jobs.ScheduledRun | None
) -> ActionRow:
    return ActionRow(
        action,
        jobs.cron_of(action, setting),
        setting is not None and bool(setting.cron),
        setting is not None and setting.paused,
        setting.reason if setting is not None else "",
        jobs.next_due(action, setting),
        last,
    )


def log_of(name: str) -> tuple[ActionRow, list[jobs.ScheduledRun]]:
    """The action and its newest runs, newest first."""
    access.require("system", "read")
    action = known_actions().get(name)
    if action is None:
        raise NotFound()
    query = select(jobs.ScheduledRun).where(jobs.ScheduledRun.action == name)
    runs = list(
        db.session.scalars(
            query.order_by(jobs.ScheduledRun.due_on.desc(), jobs.ScheduledRun.id.desc()).limit(LOG_LENGTH)
        )
    )
    return _row(action, jobs.settings().get(name), runs[0] if runs else None), runs


@dataclass
class SetSchedule(Command[jobs.ScheduleSetting]):
    """Move the action ``name`` to the times ``cron`` (empty: back to those declared), or pause it. With a reason."""

    name: str
    cron: dict[str, str] = field(default_factory=dict)
    paused: bool = False
    reason: str = ""

    def validate(self) -> Iterator[Fault]:
        access.require("system", "manage")
        from apscheduler.triggers.cron import CronTrigger  # not with the server's start

        action = known_actions().get(self.name)
        if action is None:
            raise NotFound()
        self.reason = self.reason.strip()
        self._cron = {key: "".join(value.split()) for key, value in self.cron.items() if value and value.strip()}
        for key in set(self._cron) - set(CRON_FIELDS):
            yield Fault("cron", _("Không có trường lịch “%(key)s”.", key=key))
        if self._cron and "hour" not in self._cron:
            self._cron["hour"] = "*"
        if self._cron and "minute" not in self._cron:
            self._cron["minute"] = "0"
        for key in CRON_FIELDS:
            if key not in self._cron:
                continue
            try:
                CronTrigger(**{key: self._cron[key]})
            except (ValueError, TypeError):
                yield Fault(
                    key,
                    _("“%(value)s” không phải giá trị lịch hợp lệ. Ví dụ: 2, 1-5, */15, mon.", value=self._cron[key]),
                )
        if (self.paused or self._cron) and not self.reason:
            yield Fault("reason", _("Hãy ghi lý do đổi lịch hoặc tạm dừng."))
        if len(self.reason) > 250:
            yield Fault("reason", _("Lý do dài quá 250 ký tự."))

    def run(self) -> jobs.ScheduleSetting:
        found = jobs.settings().get(self.name)
        if found is None:
            found = jobs.ScheduleSetting(action=self.name)
            db.session.add(found)
        found.cron, found.paused, found.reason = self._cron or None, self.paused, self.reason
        security_log.record("schedule_changed", f"action {self.name}")
        return found


def known_actions() -> dict[str, jobs.ScheduledAction]:
    """Every scheduled action by name. Use cases declare theirs on import; a web process has not imported them all."""
    for module in pkgutil.walk_packages(hrms.commands.__path__, prefix="hrms.commands."):
        importlib.import_module(module.name)
    return jobs.actions()


def ask_to_run(name: str) -> jobs.JobRun:
    """Queue the action ``name`` for now, beside its own times. Needs ``system:manage``."""
    access.require("system", "manage")
    action = known_actions().get(name)
    if action is None:
        raise NotFound()
    job = jobs.enqueue(KIND, action.title, {"action": name})
    security_log.record("action_run", f"action {name}")
    return job


@jobs.kind(KIND, resumable=False)
def run_now(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """The action runs as the system, as it does at night: its asker may start it, not read what it reads."""
    if not access.may("system", "manage"):  # the right may have ended while the job waited
        raise NotAllowed()
    name = payload["action"]
    action = known_actions()[name]
    progress.step(0, 0, action.title, force=True)
    outcome = jobs.run_action(name, again=True)
    if outcome is None:
        raise HrmsError(_("Việc này đang chạy ở một tiến trình khác. Hãy chờ nó kết thúc."))
    query = select(jobs.ScheduledRun.failed).where(
        jobs.ScheduledRun.action == name, jobs.ScheduledRun.due_on == clock.today()
    )
    if db.session.scalar(query):
        raise HrmsError(outcome)
    return {"message": outcome or _("Đã chạy xong, không có việc gì phải làm.")}
