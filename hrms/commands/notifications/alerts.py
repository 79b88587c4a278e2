"""What the background has to say: a scheduled action that failed for good, a long job that ended."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.notifications.audience import Audience
from hrms.commands.notifications.outbox import Message, send
from hrms.kernel import jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.text import format_date
from models.account import Account

WORTH_TELLING = 30.0  # seconds: whoever asked for something shorter is still looking at it


@jobs.on_failure
def tell_administrators(action: jobs.ScheduledAction, run: jobs.ScheduledRun) -> None:
    """One message per administrator, action and day; the trace waits behind the link."""
    with force_locale("vi"):
        title = _("Việc chạy theo lịch bị lỗi: %(title)s", title=action.title)
        body = _("Cho ngày %(day)s, sau %(n)s lần thử: %(outcome)s", day=format_date(run.due_on), n=run.attempts,
                 outcome=run.outcome)  # fmt: skip
    with transaction():
        send(
            Message(account_id, "job_failed", f"job_failed:{action.name}:{run.due_on.isoformat()}", title, body,
                    link=f"/jobs/actions/{action.name}", level="failure")
            for account_id in Audience().everywhere("system", "manage")
        )  # fmt: skip


@jobs.on_end
def tell_owner(job: jobs.JobRun) -> None:
    """The one who asked hears of the end of a long job, and of every failure."""
    failed = job.status == jobs.FAILED
    took = (job.ended_at - job.started_at).total_seconds() if job.ended_at and job.started_at else 0.0
    if job.owner_user_id is None or (not failed and took < WORTH_TELLING):
        return
    account_id = db.session.scalar(select(Account.id).where(Account.user_id == job.owner_user_id))
    if account_id is None:
        return
    with force_locale("vi"):
        title = _("Chưa xong được: %(title)s", title=job.title) if failed else _("Đã xong: %(title)s", title=job.title)
    with transaction():
        send([Message(account_id, "job_done", f"job:{job.id}:{job.attempts}", title, job.message,
                      link=f"/jobs/{job.id}", level="failure" if failed else "info")])  # fmt: skip
