"""Running a scheduled action at once, because an administrator asks for it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from hrms.commands import security_log
from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.errors import NotAllowed, NotFound

KIND = "run_action"


def ask_to_run(name: str) -> jobs.JobRun:
    """Queue the action ``name`` for now, beside its own times. Needs ``system:manage``."""
    access.require("system", "manage")
    action = jobs.actions().get(name)
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
    action = jobs.actions()[payload["action"]]
    progress.step(0, 0, action.title, force=True)
    with actor.acting(actor.Actor("job", action.title)):
        outcome = action.run(clock.today())
    return {"message": outcome or _("Đã chạy xong, không có việc gì phải làm.")}
