"""Papers of evaluation on screen: shown as PDF, taken out as spreadsheets for a stated purpose, printed by the hundred.

Looking writes nothing but the security log. ``paper_links`` gives pages the addresses that make sense for a record.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.kernel import access, jobs
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.text import normalize
from models.evaluation import (
    EvaluationCycle,
    EvaluationDecision,
    EvaluationMeeting,
    EvaluationPetition,
    PersonEvaluation,
    UnitEvaluation,
)
from models.organization import OrgUnit
from reports.evaluation import many
from reports.evaluation.files import SETTLED, TOLD, find_cycle, find_evaluated_unit, own_person_id
from reports.evaluation.makers import OF_SHEET
from reports.registry import Report, UnknownReport, prepared_now, produce, report_named
from views.papers import SheetForm, answer, record_event
from views.rules import needs
from views.templating import page

JOB = "evaluation_papers"
AT_ONCE = 300  # people of a list laid out while somebody waits; more go to the background
OF_RECORD: dict[type[Any], tuple[str, ...]] = {
    PersonEvaluation: ("evaluation_sheet", "evaluation_remarks", "evaluation_notice"),
    UnitEvaluation: ("evaluation_unit_sheet",),
    EvaluationMeeting: ("evaluation_minutes",),
    EvaluationDecision: ("evaluation_decision",),
    EvaluationPetition: ("petition_answer",),
}
OF_UNIT = ("evaluation_published", "evaluation_results", "evaluation_summary")


def paper_links(record: Any, unit: OrgUnit | None = None) -> list[tuple[str, str]]:
    """(address, words) of every paper of a sheet, collective, meeting, decision or petition that makes sense now.

    Of a cycle with ``unit``: the lists of that unit (PDF, XLSX). Empty without the right to print.
    """
    if isinstance(record, EvaluationCycle):
        return _of_unit(record, unit) if unit is not None else []
    if not access.may("evaluation", "print", record):
        return []
    kinds = [kind for kind in OF_RECORD[type(record)] if _ready(kind, record)]
    return [(url_for("EvaluationPaperView.paper", kind=kind, record_id=record.id), _(report_named(kind).title))
            for kind in kinds]  # fmt: skip


def _ready(kind: str, record: Any) -> bool:
    """Whether a paper says something already."""
    if kind == "evaluation_notice":
        own = record.person_id == own_person_id()
        return bool(record.level) and record.state in (TOLD if own else SETTLED)
    if kind == "evaluation_remarks":
        return record.state not in ("draft", "removed") and record.person_id != own_person_id()
    if kind == "petition_answer":
        return record.state != "withdrawn"
    return True


def _of_unit(cycle: EvaluationCycle, unit: OrgUnit) -> list[tuple[str, str]]:
    if not access.in_scope(unit.id, "evaluation", "print"):
        return []
    links = []
    export = access.in_scope(unit.id, "evaluation", "export")
    for kind in OF_UNIT:
        where: dict[str, Any] = {"kind": kind, "cycle_id": cycle.id, "unit_id": unit.id}
        title = _(report_named(kind).title)
        links.append((url_for("EvaluationPaperView.listing", **where), title))
        if export:
            links.append((url_for("EvaluationPaperView.sheet", **where), _("%(title)s (Excel)", title=title)))
    links.append((url_for("EvaluationPaperView.whole", cycle_id=cycle.id, unit_id=unit.id), _("In cả bộ phiếu…")))
    return links


def _report(kind: str) -> Report:
    try:
        report = report_named(kind)
    except UnknownReport:
        raise NotFound() from None
    if report.subject != "evaluation":
        raise NotFound()
    return report


def _back(cycle_id: int | None, faults: Any) -> Any:
    """Where the paper cannot be printed yet, the evaluation pages say why."""
    for fault in faults[:5]:
        flash(fault.message, "error")
    if cycle_id is not None:
        return redirect(url_for("EvaluationView.show", cycle_id=cycle_id))
    return redirect(url_for("EvaluationView.list"))


class EvaluationPaperView(BaseView):
    """``/evaluation/papers/``"""

    route_base = "/evaluation/papers"

    @expose("/<kind>/<int:record_id>.pdf")
    @needs("evaluation", "print")
    def paper(self, kind: str, record_id: int) -> Any:
        """One paper of one record, as it stands now."""
        report = _report(kind)
        if len(report.parameters) != 1:
            raise NotFound()
        try:
            output = produce(report.name, "pdf", {report.parameters[0].name: str(record_id)})
        except Refused as refused:
            return _back(None, refused.faults)
        record_event("print", f"evaluation {record_id}", report.name, output.rows)
        return answer(output)

    @expose("/<kind>/<int:cycle_id>/<int:unit_id>.pdf")
    @needs("evaluation", "print")
    def listing(self, kind: str, cycle_id: int, unit_id: int) -> Any:
        """A list of a unit; a long one is laid out in the background."""
        report = _report(kind)
        if kind not in OF_UNIT:
            raise NotFound()
        if kind != "evaluation_published":
            cycle, unit = find_cycle(cycle_id), find_evaluated_unit(unit_id)
            if len(many.sheet_ids(cycle, unit)) > AT_ONCE:
                return self._enqueue(cycle, unit, kind)
        try:
            output = produce(report.name, "pdf", {"cycle": str(cycle_id), "unit": str(unit_id)})
        except Refused as refused:
            return _back(cycle_id, refused.faults)
        record_event("print", f"evaluation cycle {cycle_id} unit {unit_id}", report.name, output.rows)
        return answer(output)

    @expose("/<kind>/<int:cycle_id>/<int:unit_id>.xlsx", methods=["GET", "POST"])
    @needs("evaluation", "export")
    def sheet(self, kind: str, cycle_id: int, unit_id: int) -> Any:
        """GET asks what the spreadsheet is for; POST writes it."""
        report = _report(kind)
        if kind not in OF_UNIT:
            raise NotFound()
        cycle, unit = find_cycle(cycle_id), find_evaluated_unit(unit_id)
        form = SheetForm()
        del form["identity"]
        form.purpose.data = normalize(form.purpose.data or "")
        if request.method == "POST" and form.validate() and form.purpose.data:
            purpose = form.purpose.data[:200]
            try:
                output = produce(
                    report.name, "xlsx", {"cycle": str(cycle.id), "unit": str(unit.id)}, prepared_now(purpose)
                )
            except Refused as refused:
                return _back(cycle_id, refused.faults)
            record_event("export", f"evaluation cycle {cycle_id} unit {unit_id}", report.name, output.rows,
                         f"; {purpose}")  # fmt: skip
            return answer(output, save=True)
        return page("evaluation/paper_sheet.html", title=_("Xuất bảng tính"), report=report, cycle=cycle, unit=unit,
                    form=form)  # fmt: skip

    @expose("/<int:cycle_id>/<int:unit_id>", methods=["GET", "POST"])
    @needs("evaluation", "print")
    def whole(self, cycle_id: int, unit_id: int) -> Any:
        """Every sheet (or notice, or remark) of a unit as one file, in the background."""
        cycle, unit = find_cycle(cycle_id), find_evaluated_unit(unit_id)
        count = len(many.sheet_ids(cycle, unit))
        if request.method == "POST":
            kind = request.form.get("kind", "evaluation_sheet")
            if kind not in OF_SHEET:
                raise NotFound()
            return self._enqueue(cycle, unit, kind)
        kinds = [(kind, _(report_named(kind).title)) for kind in OF_SHEET]
        return page("evaluation/paper_whole.html", title=_("In cả bộ phiếu"), cycle=cycle, unit=unit, count=count,
                    most=many.MOST, kinds=kinds, links=paper_links(cycle, unit))  # fmt: skip

    @staticmethod
    def _enqueue(cycle: EvaluationCycle, unit: OrgUnit, kind: str) -> Any:
        payload = {"cycle": cycle.id, "unit": unit.id, "kind": kind}
        title = _("In: %(paper)s – %(unit)s", paper=_(report_named(kind).title), unit=unit.name)
        job = jobs.enqueue(JOB, title[:200], payload)
        flash(_("Đang in ở chế độ nền. Khi xong, tải tệp tại trang này hoặc mục Công việc nền."), "info")
        return redirect(url_for("JobView.show", job_id=job.id))


@jobs.kind(JOB)
def run_job(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """A unit's set of sheets, or a long list, as one PDF; runs with the rights of whoever asked."""
    cycle, unit = find_cycle(payload["cycle"]), find_evaluated_unit(payload["unit"])
    kind, code = str(payload["kind"]), unit.code
    target = f"evaluation cycle {cycle.id} unit {unit.id}"
    slug = report_named(kind).slug
    if kind in OF_UNIT:
        output = produce(kind, "pdf", {"cycle": str(cycle.id), "unit": str(unit.id)})
        progress.step(output.rows, output.rows, force=True)
        record_event("print", target, kind, output.rows)
        message = _("Đã in danh sách %(n)s người.", n=output.rows)
        return {"file": _kept(output.content), "name": output.filename, "message": message}
    name = f"DG-{cycle.year}-{cycle.period_kind[0]}{cycle.number}-{code}-{slug}.pdf"
    printed = many.print_unit(
        cycle, unit, kind,
        tell=lambda done, total: progress.step(
            done, total, _("Đã in %(done)s/%(total)s", done=done, total=total), force=done == total
        ),
    )  # fmt: skip
    db.session.rollback()  # printing reads only: nothing of it may linger in the session
    record_event("print", target, f"many {kind}", printed.count)
    message = _("Đã in %(n)s văn bản.", n=printed.count)
    if printed.skipped:
        message += " " + _("Bỏ qua %(n)s phiếu: %(why)s", n=len(printed.skipped), why=printed.skipped[0][1])
    return {"file": _kept(printed.content), "name": name, "message": message,
            "skipped": [list(pair) for pair in printed.skipped]}  # fmt: skip


def _kept(content: bytes) -> str:
    file = f"papers-{uuid4().hex}.pdf"
    with open(jobs.work_path(file), "wb") as target:
        target.write(content)
    return file
