"""Papers: looked at as drafts, printed for signature and recorded, taken out as spreadsheets, printed by the hundred.

Looking never writes anything but the security log. Printing for signature is recorded as a paper of the case or round,
so that the number of the records office has something to be written on.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands import law, security_log
from hrms.commands.restructuring.papers import PrintPaper, papers_of
from hrms.commands.restructuring.words import PAPER_KINDS
from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.text import normalize
from models.organization import OrgUnit
from models.restructuring import CaseBatch, CasePaper, DownsizingCase
from policies import api
from reports import many
from reports.batch_file import case_count, find_batch
from reports.case_file import find_case
from reports.letter import HOME_AFFAIRS_SYMBOL, by_symbol, issuing_unit, province
from reports.makers import CASE_PAPERS
from reports.registry import Output, Report, UnknownReport, file_name, prepared_now, produce, report_named, reports
from reports.sheet import Computed, Sheet, Subject, render_sheet
from views import calculator
from views.charting import Figure, leave_figure
from views.fields import BooleanField, Form, TextField, required
from views.paper_links import batch_reports, offered
from views.posted import request_key
from views.rules import needs
from views.templating import dmy, page

# A PDF is shown by the browser's own viewer, which the pages' policy (no objects, no plug-ins) would stop.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
AT_ONCE = 150  # cases of a round; a longer list is laid out in the background (some 20 ms a person)
OPTIONS = ("issuer", "for_signature", "paper")


class SheetForm(Form):
    """What a spreadsheet is taken out for, and whether identity numbers belong in it."""

    purpose = TextField(_l("Mục đích xuất"), [required(_l("Chưa ghi mục đích. Hãy ghi việc cần dùng danh sách này."))])
    identity = BooleanField(_l("Có cột số định danh cá nhân"))


def about_case(name: str) -> Report:
    """The report of a case named in an address."""
    return _about(name, "case")


def about_batch(name: str) -> Report:
    """The report of a round named in an address."""
    return _about(name, "batch")


def _about(name: str, subject: str) -> Report:
    try:
        report = report_named(name)
    except UnknownReport:
        raise NotFound() from None
    if report.subject != subject:
        raise NotFound()
    return report


def options(report: Report) -> dict[str, str]:
    """The report's own options out of the address; anything else there is ignored."""
    known = {parameter.name for parameter in report.parameters}
    return {name: request.args[name] for name in OPTIONS if name in request.args and name in known}


def answer(output: Output, *, save: bool = False) -> Response:
    """The file, shown in the browser or saved; its name holds record numbers only."""
    response = Response(output.content, mimetype=output.media_type)
    way = "attachment" if save else "inline"
    response.headers["Content-Disposition"] = f'{way}; filename="{output.filename}"'
    if not save:
        response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def record_event(event: str, target: str, report: str, rows: int, more: str = "") -> None:
    """Who looked at or took out which paper (LOG-03): names of reports and numbers of rows, never content."""
    security_log.record(event, target, f"{report}; rows={rows}{more}")


class PaperView(BaseView):
    """``/papers/``"""

    route_base = "/papers"

    @expose("/case/<int:case_id>/<kind>.pdf")
    @needs("case", "print")
    def case(self, case_id: int, kind: str) -> Any:
        """One paper of a case, as it stands now."""
        report = about_case(kind)
        return _shown(report, case_id, f"case {case_id}", options(report))

    @expose("/trial.pdf")
    @needs("calculator", "use")
    def trial(self) -> Any:
        """The calculation sheet of a trial calculation; the address carries the question as the calculator's does."""
        found = calculator.asked()
        if found is None:
            return redirect(f"{url_for('CalculatorView.index')}?{request.query_string.decode()}")
        figure = leave_figure(found.trial, found.leave_date)
        local = clock.local(clock.now())
        sheet = Sheet(
            inputs=found.question,
            result=found.trial.result,
            computed=Computed(
                api.ENGINE_VERSION,
                str(found.trial.result["law_version"]),
                law.current_store().fingerprint,
                actor.current().name,
                f"{local:%H:%M} ngày {local:%d/%m/%Y}",
            ),
            subject=_subject(found.records),
            chart=figure.svg if figure else None,
            chart_note=_turns(figure) if figure else "",
            hands=(),
            watermark=_("TÍNH THỬ"),
        )
        paper = render_sheet(sheet)
        output = Output(paper.write(), "application/pdf", "phieu-tinh-thu.pdf")
        record_event("print", "calculator", "calculation_sheet", 1)
        return answer(output)

    @expose("/case/<int:case_id>/")
    @needs("paper", "write")
    def desk(self, case_id: int) -> Any:
        """Where papers of a case are printed for signature."""
        return self._desk(find_case(case_id))

    def _desk(self, case: DownsizingCase, faults: Any = ()) -> Any:
        access.require("paper", "write")
        return page(
            "papers/case.html",
            title=_("In văn bản"),
            case=case,
            offered=offered(case),
            printed=papers_of(case),
            kinds=PAPER_KINDS,
            faults=list(faults),
            issuers=_issuers(),
            numbers_here=issuing_unit(case.unit).numbers_papers_here,
        )

    @expose("/case/<int:case_id>/<kind>", methods=["POST"])
    @needs("paper", "write")
    def print_case(self, case_id: int, kind: str) -> Any:
        """Record the print for signature, then show it. It is made first: nothing unprintable is recorded."""
        report = about_case(kind)
        case = find_case(case_id)
        issuer = request.form.get("issuer", "")
        given = {"case": str(case_id), "for_signature": "1"}
        if report.parameter("issuer") and issuer:
            given["issuer"] = issuer
        try:
            produce(report.name, "pdf", given)
            command = PrintPaper(
                report.paper_kind,
                case_id=case.id,
                issuer_id=_issuer_id(report.name, issuer, case.unit),
                final=bool(request.form.get("final")),
            )
            paper = execute(command, key=request_key())
        except Refused as error:
            return self._desk(find_case(case_id), error.faults)
        return redirect(url_for("PaperView.printed", paper_id=paper.id, issuer=issuer or None))

    @expose("/<int:paper_id>.pdf")
    @needs("paper", "read")
    def printed(self, paper_id: int) -> Any:
        """A recorded paper with the number it has by now."""
        paper = access.get(CasePaper, paper_id)
        if paper.case_id is not None:
            subject, number = "case", paper.case_id
        else:
            subject, number = "batch", paper.batch_id or 0
        candidates = (report for report in reports().values() if report.subject == subject)
        report = next((found for found in candidates if found.paper_kind == paper.kind), None)
        if report is None:
            raise NotFound()
        return _shown(report, number, f"paper {paper_id}", {**options(report), "for_signature": "1"})

    @expose("/batch/<int:batch_id>/<kind>.pdf")
    @needs("batch", "read")
    def batch(self, batch_id: int, kind: str) -> Any:
        """One paper of a round, as it stands now."""
        report = about_batch(kind)
        size = case_count(find_batch(batch_id))
        if size > AT_ONCE:
            flash(
                _("Đợt có %(n)s hồ sơ nên văn bản được in ở chế độ nền. Hãy chọn ở mục “In hàng loạt”.", n=size), "info"
            )
            return redirect(url_for("PaperView.round", batch_id=batch_id))
        return _shown(report, batch_id, f"batch {batch_id}", options(report))

    @expose("/batch/<int:batch_id>/")
    @needs("case", "print")
    def round(self, batch_id: int) -> Any:
        """Where papers of a round are printed for signature, and papers of all its cases at once."""
        return self._round(find_batch(batch_id))

    def _round(self, batch: CaseBatch, faults: Any = ()) -> Any:
        return page(
            "papers/batch.html",
            title=_("In văn bản của đợt"),
            batch=batch,
            offered=batch_reports(),
            printed=papers_of(batch),
            kinds=PAPER_KINDS,
            faults=list(faults),
            of_cases=[report_named(name) for name in CASE_PAPERS],
        )

    @expose("/batch/<int:batch_id>/<kind>", methods=["POST"])
    @needs("paper", "write")
    def print_batch(self, batch_id: int, kind: str) -> Any:
        """Record the print of a round's paper for signature, then show it."""
        report = about_batch(kind)
        batch = find_batch(batch_id)
        try:
            produce(report.name, "pdf", {"batch": str(batch_id), "for_signature": "1"})
            issuer_id = _issuer_id(report.name, "", batch.unit)
            paper = execute(PrintPaper(report.paper_kind, batch_id=batch.id, issuer_id=issuer_id), key=request_key())
        except Refused as error:
            return self._round(find_batch(batch_id), error.faults)
        return redirect(url_for("PaperView.printed", paper_id=paper.id))

    @expose("/batch/<int:batch_id>/<kind>.xlsx", methods=["GET", "POST"])
    @needs("case", "export")
    def sheet(self, batch_id: int, kind: str) -> Any:
        """GET asks what the spreadsheet is for; POST writes it."""
        report = about_batch(kind)
        batch = find_batch(batch_id)
        if "xlsx" not in report.formats:
            raise NotFound()
        form = SheetForm()
        may_identity = access.may("staff", "identity") and report.parameter("identity") is not None
        if not may_identity:
            del form["identity"]
        if request.method == "POST" and _has_purpose(form):
            purpose = normalize(form.purpose.data or "")[:200]
            identity = may_identity and bool(form.identity.data)
            given = {"batch": str(batch_id), **({"identity": "1"} if identity else {})}
            output = produce(report.name, "xlsx", given, prepared_now(purpose))
            more = f"; identity={int(identity)}; {purpose}"
            record_event("export", f"batch {batch_id}", report.name, output.rows, more)
            return answer(output, save=True)
        return page("papers/sheet.html", title=_("Xuất bảng tính"), report=report, batch=batch, form=form)

    @expose("/batch/<int:batch_id>/many", methods=["POST"])
    @needs("case", "print")
    def print_many(self, batch_id: int) -> Any:
        """In the background: one paper of every case of the round as one file, or a long list of the round itself."""
        batch = find_batch(batch_id)
        report = _maybe(request.form.get("kind", ""))
        if report is None:
            raise NotFound()
        payload = {
            "batch": batch.id,
            "kind": report.name,
            "for_signature": bool(request.form.get("for_signature")),
        }
        title = _("In hàng loạt: %(report)s – %(batch)s", report=_(report.title), batch=batch.name)
        job = jobs.enqueue("papers", title[:200], payload)
        flash(_("Đang in ở chế độ nền. Khi xong, tải tệp tại trang này hoặc mục Công việc nền."), "info")
        return redirect(url_for("JobView.show", job_id=job.id))


def _has_purpose(form: SheetForm) -> bool:
    """Blanks are no purpose."""
    form.purpose.data = normalize(form.purpose.data or "")
    if not form.validate():
        return False
    if not form.purpose.data:
        form.purpose.errors = [_("Chưa ghi mục đích. Hãy ghi việc cần dùng danh sách này.")]
    return bool(form.purpose.data)


def _shown(report: Report, number: int, target: str, given: dict[str, str]) -> Any:
    """The PDF of a record; where the record is not ready for it, the record's page says what is missing."""
    try:
        output = produce(report.name, "pdf", {**given, report.subject: str(number)})
    except Refused as refused:
        for fault in refused.faults[:5]:
            flash(fault.message, "error")
        if report.subject == "case":
            return redirect(url_for("CaseView.show", case_id=number, tab="papers"))
        return redirect(url_for("BatchView.show", batch_id=number))
    record_event("print", target, report.name, output.rows)
    return answer(output)


def _subject(records: calculator.Records | None) -> Subject:
    """Who the trial is about: somebody of the records, or nobody."""
    if records is None:
        return Subject()
    person = records.person
    return Subject(person.full_name, person.title, person.unit.name if person.unit else "")


def _turns(figure: Figure) -> str:
    """The numbered lines of the chart in words."""
    return "; ".join(
        f"({marker.number}) " + ", ".join(f"{dmy(turn.day)}: {turn.label}" for turn in marker.turns)
        for marker in figure.markers
    )


def _maybe(name: str) -> Report | None:
    try:
        return report_named(name)
    except UnknownReport:
        return None


def _issuers() -> list[tuple[str, str]]:
    parameter = report_named("decision").parameter("issuer")
    assert parameter is not None
    return [(code, _(label)) for code, label in parameter.choices.items()]


def _issuer_id(name: str, issuer: str, unit: OrgUnit) -> int | None:
    """The unit whose head signs; ``None`` leaves it to the command where the actor does not hold that unit."""
    writer: OrgUnit | None = issuing_unit(unit)
    if name.endswith("submission_province") or issuer == "home_affairs":
        writer = by_symbol(HOME_AFFAIRS_SYMBOL)
    elif issuer == "province":
        writer = province()
    return writer.id if writer is not None and access.in_scope(writer.id, "unit", "read") else None


@jobs.kind("papers")
def papers_job(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """Papers of all cases of a round in one PDF; runs with the rights of whoever asked."""
    batch = find_batch(payload["batch"])
    report = report_named(payload["kind"])
    for_signature = bool(payload.get("for_signature"))
    if report.subject == "batch":
        given = {"batch": str(batch.id), "for_signature": "1" if for_signature else ""}
        output = produce(report.name, "pdf", given)
        progress.step(output.rows, output.rows, force=True)
        record_event("print", f"batch {batch.id}", report.name, output.rows)
        message = _("Đã in danh sách %(n)s người.", n=output.rows)
        return {"file": _kept(output.content), "name": output.filename, "message": message}
    printed = many.print_many(
        batch,
        report.name,
        for_signature=for_signature,
        tell=lambda done, total: progress.step(
            done, total, _("Đã in %(done)s/%(total)s", done=done, total=total), force=done == total
        ),
    )
    record_event("print", f"batch {batch.id}", f"many {report.name}", len(printed.numbers))
    message = _("Đã in %(n)s văn bản.", n=len(printed.numbers))
    if printed.skipped:
        message += " " + _("Bỏ qua %(n)s hồ sơ: %(numbers)s.", n=len(printed.skipped), numbers=_first(printed.skipped))
    return {
        "file": _kept(printed.content),
        "name": file_name(report_named("budget_list"), {"batch": batch}, "pdf").replace(
            "danh-sach-du-toan", report.slug
        ),
        "message": message,
        "skipped": [list(pair) for pair in printed.skipped],
        "on": clock.today().isoformat(),
    }


def _kept(content: bytes) -> str:
    """Leave the file for its owner in the folder of finished work; returns its name there."""
    file = f"papers-{uuid4().hex}.pdf"
    with open(jobs.work_path(file), "wb") as target:
        target.write(content)
    return file


def _first(skipped: list[tuple[str, str]]) -> str:
    numbers = [number for number, _why in skipped]
    return ", ".join(numbers[:10]) + ("…" if len(numbers) > 10 else "")
