"""Running a scheduled action at once, because an administrator asks for it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

import hrms.commands
from hrms.commands import security_log
from hrms.kernel import access, clock, jobs
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError, NotAllowed, NotFound

KIND = "run_action"


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
