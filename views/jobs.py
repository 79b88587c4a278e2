"""Background work as its owner sees it: how far it is, what came out, and the actions that run by themselves."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask import flash, jsonify, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update
from wtforms import BooleanField

from hrms.commands import background, security_log
from hrms.kernel import access, actor, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.jobs import JobRun
from hrms.kernel.text import format_integer
from views.fields import Form, TextField
from views.listing import Column, Filter, ListSpec, declare, search_plain
from views.lists import show
from views.posted import request_key
from views.rules import needs
from views.templating import page
from views.words_policies import action_title

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as the scheduler names them
WEEKDAYS = (_l("thứ Hai"), _l("thứ Ba"), _l("thứ Tư"), _l("thứ Năm"), _l("thứ Sáu"), _l("thứ Bảy"), _l("Chủ nhật"))
STATUS = {
    jobs.QUEUED: ("open", _l("Đang chờ")),
    jobs.RUNNING: ("warn", _l("Đang chạy")),
    jobs.DONE: ("done", _l("Hoàn thành")),
    jobs.FAILED: ("bad", _l("Không thành công")),
    jobs.CANCELLED: ("closed", _l("Đã hủy")),
}
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".csv": "text/csv",
}


def status_badge(job: JobRun) -> tuple[str, str]:
    css, label = STATUS[job.status]
    return css, str(label)


def _base() -> Select[Any]:
    """One's own jobs; all of them for those who manage jobs."""
    query = select(JobRun)
    if access.may("job", "manage"):
        return query
    return query.where(JobRun.owner_user_id == actor.current().user_id)


JOBS = declare(
    ListSpec(
        name="jobs",
        title=lambda: _("Công việc nền"),
        model=JobRun,
        base=_base,
        action="own",
        columns=(
            Column("title", lambda: _("Công việc"), "title", width=40),
            Column("status", lambda: _("Trạng thái"), status_badge, kind="badge", sort=(JobRun.status,)),
            Column("percent", lambda: _("Tiến độ"), lambda job: f"{job.percent}%" if job.total or job.is_over else ""),
            Column("message", lambda: _("Kết quả"), "message", width=50),
            Column(
                "owner",
                lambda: _("Người yêu cầu"),
                "owner_name",
                sort=(JobRun.owner_name,),
                permission=("job", "manage"),
            ),
            Column("created", lambda: _("Yêu cầu lúc"), "created_at", kind="date", sort=(JobRun.id,)),
            Column("ended", lambda: _("Xong lúc"), "ended_at", kind="date", sort=(JobRun.ended_at,)),
        ),
        search=search_plain(JobRun.title),
        filters=(
            Filter(
                "status",
                lambda: _("Trạng thái"),
                lambda query, value: query.where(JobRun.status == value),
                choices=lambda: [(code, str(label)) for code, (_css, label) in STATUS.items()],
            ),
        ),
        default_sort=(JobRun.id.desc(),),
        row_url=lambda job: url_for("JobView.show", job_id=job.id),
        empty=lambda: _("Các việc dài như nhập danh sách, tính hàng loạt, in nhiều văn bản sẽ hiện ở đây."),
    )
)


class ScheduleForm(Form):
    """The times of an action in the fields of cron; an empty field means every value."""

    minute = TextField(_l("Phút (0–59)"))
    hour = TextField(_l("Giờ (0–23)"))
    day = TextField(_l("Ngày trong tháng (1–31, last)"))
    month = TextField(_l("Tháng (1–12)"))
    day_of_week = TextField(_l("Thứ (mon, tue, wed, thu, fri, sat, sun)"))
    reason = TextField(_l("Lý do"))
    paused = BooleanField(_l("Tạm dừng việc này"))


class JobView(BaseView):
    """``/jobs/``"""

    route_base = "/jobs"

    @expose("/")
    @needs("job", "own")
    def list(self) -> Any:
        return show(JOBS, "jobs/list.html")

    @expose("/<int:job_id>")
    @needs("job", "own")
    def show(self, job_id: int) -> Any:
        job = jobs.get_own(job_id)
        return page(
            "jobs/page.html",
            title=job.title,
            job=job,
            badge=status_badge(job),
            ready=_has_file(job),
            details=_details(job),
        )

    @expose("/<int:job_id>/progress")
    @needs("job", "own")
    def progress(self, job_id: int) -> Any:
        """What the progress bar asks once a second."""
        job = jobs.get_own(job_id)
        css, label = status_badge(job)
        text = label
        if job.total:
            text = _(
                "%(label)s: %(done)s/%(total)s",
                label=label,
                done=format_integer(job.done),
                total=format_integer(job.total),
            )
        if job.message:
            text = f"{text} – {job.message}"
        return jsonify(
            {
                "id": job.id,
                "status": job.status,
                "done": job.done,
                "total": job.total,
                "percent": job.percent,
                "text": text,
                "over": job.is_over,
                "css": css,
            }
        )

    @expose("/<int:job_id>/cancel", methods=["POST"])
    @needs("job", "own")
    def cancel(self, job_id: int) -> Any:
        job = jobs.get_own(job_id)
        if job.is_over:
            flash(_("Công việc đã kết thúc, không hủy được nữa."), "warning")
        else:
            jobs.ask_cancel(job)
            flash(_("Đã yêu cầu hủy. Phần đang làm dở không được ghi."), "info")
        return redirect(url_for("JobView.show", job_id=job_id))

    @expose("/<int:job_id>/file")
    @needs("job", "own")
    def file(self, job_id: int) -> Any:
        """The result, for its owner only: managing jobs is not a right to read what they found (SEC-07).

        One that holds secrets (first passwords) is given out once and then destroyed.
        """
        job = jobs.get_own(job_id)
        if not _has_file(job):
            raise NotFound()
        result = job.result if isinstance(job.result, dict) else {}
        path = Path(jobs.work_path(str(job.result_file)))
        name = str(result.get("name") or f"ket-qua-{job.id}{path.suffix}")
        content = io.BytesIO(path.read_bytes())
        if result.get("once"):
            with transaction():
                taken = db.session.execute(
                    update(JobRun).where(JobRun.id == job_id, JobRun.result_file.is_not(None)).values(result_file=None)
                )
            if not getattr(taken, "rowcount", 0):
                raise NotFound()
            path.unlink(missing_ok=True)
        security_log.record("job_file", f"job {job_id}")
        return send_file(
            content, mimetype=TYPES.get(path.suffix, "application/octet-stream"), as_attachment=True, download_name=name
        )

    @expose("/actions")
    @needs("system", "read")
    def actions(self) -> Any:
        """The scheduled actions: times, next and last run, outcome."""
        return page(
            "jobs/actions.html", title=_("Việc chạy theo lịch"), rows=background.board(), when=when,
            action_title=action_title,
        )  # fmt: skip

    @expose("/actions/<name>")
    @needs("system", "read")
    def action(self, name: str) -> Any:
        """One action: its times, its newest runs with their traces, and the form to move or pause it."""
        return self._action(name)

    @expose("/actions/<name>/schedule", methods=["POST"])
    @needs("system", "manage")
    def schedule(self, name: str) -> Any:
        form = ScheduleForm()
        typed = {key: form[key].data or "" for key in background.CRON_FIELDS}
        declared = request.form.get("as_declared") == "1"
        try:
            execute(
                background.SetSchedule(name, {} if declared else typed, bool(form.paused.data), form.reason.data or ""),
                key=request_key(),
            )
        except Refused as error:
            return self._action(name, form, form.take_faults(error)), 422
        flash(_("Đã ghi lịch mới. Các tiến trình lập lịch nhận trong vòng một phút."), "success")
        return redirect(url_for("JobView.action", name=name))

    def _action(self, name: str, form: ScheduleForm | None = None, faults: Any = ()) -> Any:
        row, runs = background.log_of(name)
        form = form or ScheduleForm(data={**row.cron, "paused": row.paused, "reason": row.reason})
        return page("jobs/action.html", title=action_title(row.action.title), row=row, runs=runs, when=when, form=form,
                    faults=faults)  # fmt: skip

    @expose("/actions/<name>/run", methods=["POST"])
    @needs("system", "manage")
    def run(self, name: str) -> Any:
        job = background.ask_to_run(name)
        flash(_("Đã đưa vào hàng đợi."), "success")
        return redirect(url_for("JobView.show", job_id=job.id))


def _has_file(job: JobRun) -> bool:
    """Whether there is a result the current user may take out."""
    if job.owner_user_id != actor.current().user_id or job.status != jobs.DONE or not job.result_file:
        return False
    return Path(jobs.work_path(job.result_file)).is_file()


def _details(job: JobRun) -> dict[str, Any]:
    """What the handler wants to be shown besides its message: lines of text, and a page to go on to."""
    result = job.result if isinstance(job.result, dict) else {}
    link = str(result.get("link", ""))
    inside = link.startswith("/") and not link.startswith("//")
    return {"lines": result.get("lines") or [], "link": link if inside else ""}


def _weekdays(days: str) -> str:
    """“mon,thu” or “mon-fri” in words; what the scheduler takes besides stays as it is."""

    def said(name: str) -> str:
        return str(WEEKDAYS[DAY_NAMES.index(name)]) if name in DAY_NAMES else name

    return ", ".join(_(" đến ").join(said(name) for name in part.split("-")) for part in days.split(","))


def when(cron: dict[str, str]) -> str:
    """An action's times in words, for the forms of schedule the application uses."""
    hour, minute = cron.get("hour", "*"), cron.get("minute", "0")
    if hour.isdigit() and minute.isdigit():
        clock_time = f"{int(hour):02d}:{int(minute):02d}"
        if cron.get("day_of_week"):
            return _("%(time)s %(days)s hằng tuần", time=clock_time, days=_weekdays(cron["day_of_week"]))
        if cron.get("day"):
            return _("%(time)s, ngày %(days)s hằng tháng", time=clock_time, days=cron["day"])
        return _("%(time)s hằng ngày", time=clock_time)
    if minute.startswith("*/"):
        return _("%(n)s phút một lần", n=minute[2:])
    if hour == "*" and minute.isdigit():
        return _("hằng giờ, vào phút %(n)s", n=minute)
    return ", ".join(f"{field}={value}" for field, value in cron.items())
