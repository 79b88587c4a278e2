"""Downsizing cases: the list, opening, the record page with its tabs, and every form on it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.restructuring import cases, comparison, dossier, papers, review, steps
from hrms.commands.restructuring.queries import case_query
from hrms.commands.restructuring.words import DECIDED, FUNDING_SOURCES, PAID
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from models.restructuring import CasePaper, DownsizingCase
from views import case_page
from views.case_forms import (
    REQUEST_GROUPS,
    STEP_FIELDS,
    FactForm,
    MeetingForm,
    NumberForm,
    PaperItemForm,
    RequestForm,
    StepForm,
    YearForm,
)
from views.case_list import CASES, ground_short
from views.case_opening import CaseOpening
from views.lists import show as show_list
from views.paper_links import paper_urls
from views.posted import request_key, seen_version, whole
from views.rules import needs
from views.templating import page
from views.words import word

STEP_RIGHTS = tuple(dict.fromkeys(("case", step.permission) for step in WORKFLOW.transitions if not step.automatic))
WORKERS = (("case", "edit"), ("case", "review"), ("case", "appraise"), ("case", "finance"))


def load(case_id: int) -> DownsizingCase:
    """The case with person, unit and round in one statement; outside the scope it does not exist."""
    case = db.session.scalar(case_query().where(DownsizingCase.id == case_id))
    if case is None:
        raise NotFound()
    return case


def render(
    case: DownsizingCase, tab: str, *, faults: Any = (), posted: Any = None, open_step: str = "", **forms: Any
) -> Any:
    """The record page; ``faults`` are those of no single field, ``posted`` a step's form that came back."""
    shown = case_page.assemble(case, tab, **forms)
    full = shown.tab == "history"
    return page(
        "cases/show.html",
        title=case.label,
        p=shown,
        case=case,
        faults=list(faults),
        step_forms=case_page.step_forms(shown, posted),
        open_step=open_step,
        step_fields=STEP_FIELDS,
        workflow=WORKFLOW,
        ground_short=ground_short,
        tab_url=lambda name: case_page.tab_url(case, name),
        all_labels=case_page.all_labels(),
        word=word,
        source_words=lambda code: _(FUNDING_SOURCES[code]) if code in FUNDING_SOURCES else "",
        paper_urls=paper_urls,
        # Of a case that ended off the way, the states it went through; of one on the way, the bar itself tells.
        reached=set() if WORKFLOW.state_of(case).on_bar else {row.source for row in shown.steps},
        foot=case_page.foot(case, full),
        full=full,
        state_label=lambda code: _(WORKFLOW.state(code).label),
        step_label=lambda code: _(WORKFLOW.transition(code).label),
    )


def done(case_id: int, message: str, tab: str = "") -> Any:
    flash(message, "success")
    return redirect(url_for("CaseView.show", case_id=case_id, tab=tab or None))


def stale(case_id: int, error: Stale, tab: str = "") -> Any:
    """Somebody was faster and there is nothing typed to compare: show the page as it is now."""
    flash(error.message, "warning")
    return redirect(url_for("CaseView.show", case_id=case_id, tab=tab or None))


class CaseView(CaseOpening, BaseView):
    """``/cases/``; opening and work on many cases at once stand in :mod:`views.case_opening`."""

    route_base = "/cases"

    @expose("/")
    @needs("case", "read")
    def list(self) -> Any:
        return show_list(CASES, "cases/list.html")

    @expose("/<int:case_id>/")
    @needs("case", "read")
    def show(self, case_id: int) -> Any:
        case = load(case_id)
        tab = request.args.get("tab", "")
        more: dict[str, Any] = {}
        if request.args.get("compare") and case.state in (DECIDED, PAID):
            try:
                more["against_today"] = comparison.recalculate_decided(case)
            except Refused as error:
                return render(case, tab, faults=error.faults)
        return render(case, tab, **more)

    @expose("/<int:case_id>/edit", methods=["GET", "POST"])
    @needs("case", "edit")
    def edit(self, case_id: int) -> Any:
        """Change the request; a second editor sees both versions and loses nothing."""
        case = load(case_id)
        form = RequestForm(obj=case if request.method == "GET" else None)
        version: int | None = seen_version() if request.method == "POST" else case.version
        faults: list[Any] = []
        differences: Any = None
        if request.method == "POST" and form.validate():
            try:
                execute(cases.EditCase(case_id, version, form.request()), key=request_key())
                return done(case_id, _("Đã lưu yêu cầu và tính lại chế độ."))
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                differences, version = error, load(case_id).version
        case = load(case_id)
        return page(
            "cases/edit.html",
            title=_("Sửa hồ sơ %(number)s", number=case.label),
            case=case,
            form=form,
            groups=REQUEST_GROUPS,
            version=version,
            faults=faults,
            stale=differences,
        )

    @expose("/<int:case_id>/steps/<code>", methods=["POST"])
    @needs(*STEP_RIGHTS[0], *STEP_RIGHTS[1:])
    def step(self, case_id: int, code: str) -> Any:
        """Take one step. What was typed comes back with the dialog open when it is refused."""
        case = load(case_id)
        form = StepForm(prefix=f"{code}-")
        if not form.validate():
            return render(case, request.form.get("tab", ""), posted={code: form}, open_step=code)
        command = steps.Perform(case_id, code, version=seen_version(), seen_total=whole("seen_total"), **form.values())
        try:
            moved = execute(command, key=request_key())
        except Refused as error:
            rest = form.take_faults(error)
            return render(load(case_id), request.form.get("tab", ""), posted={code: form}, open_step=code, faults=rest)
        except Stale as error:
            return stale(case_id, error)
        message = _("Đã thực hiện “%(step)s”.", step=_(WORKFLOW.transition(code).label))
        if access.may("case", "read", moved):
            return done(moved.id, message)
        flash(message + " " + _("Hồ sơ đã chuyển khỏi phạm vi của bạn."), "success")
        return redirect(url_for("CaseView.list"))

    @expose("/<int:case_id>/recompute", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def recompute(self, case_id: int) -> Any:
        before = load(case_id).total
        try:
            case = execute(cases.RecomputeCase(case_id), key=request_key())
        except Refused as error:
            return render(load(case_id), "", faults=error.faults)
        same = before == case.total
        return done(case_id, _("Đã tính lại: số tiền không đổi.") if same else _("Đã tính lại: số tiền thay đổi."))

    @expose("/<int:case_id>/meeting", methods=["POST"])
    @needs("case", "edit")
    def meeting(self, case_id: int) -> Any:
        form = MeetingForm()
        faults: list[Any] = []
        if form.validate():
            try:
                execute(review.SetMeeting(case_id, seen_version(), **form.values()), key=request_key())
                return done(case_id, _("Đã lưu biên bản họp xét."), "review")
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                return render(load(case_id), "review", meeting_form=form, stale=error)
        return render(load(case_id), "review", faults=faults, meeting_form=form)

    @expose("/<int:case_id>/assessment", methods=["POST"])
    @needs("case", "edit")
    def assessment(self, case_id: int) -> Any:
        case = load(case_id)
        forms = {row.year: YearForm(prefix=f"y{row.year}-") for row in case.assessments}
        faults: list[Any] = []
        valid = [form.validate() for form in forms.values()]  # every row, so that all errors are told at once
        if all(valid):
            years = [form.assessment(year) for year, form in forms.items()]
            try:
                execute(review.SetAssessment(case_id, seen_version(), years), key=request_key())
                return done(case_id, _("Đã lưu đánh giá 03 năm."), "review")
            except Refused as error:
                faults = place_years(forms, error)
            except Stale as error:
                return stale(case_id, error, "review")
        return render(load(case_id), "review", faults=faults, years=forms)

    @expose("/<int:case_id>/dossier/<int:item_id>", methods=["POST"])
    @needs("case", "edit")
    def mark(self, case_id: int, item_id: int) -> Any:
        """Note one paper of the dossier."""
        form = PaperItemForm()
        if form.validate():
            try:
                command = dossier.MarkPaper(
                    case_id,
                    item_id,
                    form.present.data,
                    form.document.data or "",
                    form.document_date.data,
                    form.note.data or "",
                    version=seen_version(),
                )
                execute(command, key=request_key())
                return done(case_id, _("Đã ghi giấy tờ."), "dossier")
            except Refused as error:
                rest = form.take_faults(error)
                return render(load(case_id), "dossier", faults=rest, item_form=form, item_id=item_id)
            except Stale as error:
                return stale(case_id, error, "dossier")
        return render(load(case_id), "dossier", item_form=form, item_id=item_id)

    @expose("/<int:case_id>/dossier", methods=["POST"])
    @needs("case", "edit")
    def ask_paper(self, case_id: int) -> Any:
        """Ask for a paper beyond the usual list."""
        command = dossier.AddPaper(case_id, request.form.get("label", ""), request.form.get("required") == "y")
        return self._simple(command, case_id, "dossier", _("Đã thêm giấy tờ vào danh mục."))

    @expose("/<int:case_id>/files", methods=["POST"])
    @needs("case", "edit", ("case", "finance"), ("case", "appraise"))
    def attach(self, case_id: int) -> Any:
        upload = request.files.get("file")
        name = upload.filename if upload is not None and upload.filename else ""
        content = upload.stream if upload is not None and name else None
        command = dossier.AttachFile(case_id, name, request.form.get("item_code", ""), content)
        return self._simple(command, case_id, "dossier", _("Đã đính kèm tệp “%(name)s”.", name=name))

    @expose("/<int:case_id>/files/<int:attachment_id>/remove", methods=["POST"])
    @needs("case", "edit", ("case", "finance"), ("case", "appraise"))
    def detach(self, case_id: int, attachment_id: int) -> Any:
        command = dossier.RemoveFile(case_id, attachment_id, request.form.get("reason", ""))
        return self._simple(command, case_id, "dossier", _("Đã gỡ tệp."))

    @expose("/<int:case_id>/facts", methods=["POST"])
    @needs("case", "edit")
    def correct(self, case_id: int) -> Any:
        """Correct a fact of the calculation by a document, or go back to the records (``back``)."""
        if back := request.form.get("back", ""):
            return self._simple(
                cases.CorrectFact(case_id, back, None), case_id, "facts", _("Đã lấy lại theo hồ sơ cán bộ và tính lại.")
            )
        form = FactForm()
        faults: list[Any] = []
        if form.validate():
            try:
                command = cases.CorrectFact(
                    case_id, form.key.data, form.contract_value(), form.document.data or "", version=seen_version()
                )
                execute(command, key=request_key())
                return done(case_id, _("Đã sửa dữ liệu theo văn bản và tính lại."), "facts")
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                return stale(case_id, error, "facts")
        return render(load(case_id), "facts", faults=faults, fact_form=form)

    @expose("/<int:case_id>/remarks", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def remark(self, case_id: int) -> Any:
        command = steps.WriteRemark(case_id, request.form.get("body", ""))
        return self._simple(command, case_id, request.form.get("tab", ""), _("Đã ghi chú."))

    @expose("/<int:case_id>/lines", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def comment_line(self, case_id: int) -> Any:
        """A remark on one line; from finance, ``send_back`` returns the case to the appraiser."""
        sends = request.form.get("send_back") == "y"
        command = steps.CommentLine(
            case_id, request.form.get("line_code", ""), request.form.get("body", ""), sends, version=seen_version()
        )
        load(case_id)
        try:
            execute(command, key=request_key())
        except Refused as error:
            return render(load(case_id), "finance", faults=error.faults)
        except Stale as error:
            return stale(case_id, error, "finance")
        message = _("Đã ghi ý kiến về khoản này.")
        try:
            load(case_id)
        except NotFound:
            flash(_("Đã trả lại khoản kèm ý kiến; hồ sơ chuyển về Sở Nội vụ."), "success")
            return redirect(url_for("CaseView.list"))
        return done(case_id, message, "finance")

    @expose("/<int:case_id>/papers/<int:paper_id>", methods=["POST"])
    @needs("paper", "write")
    def number(self, case_id: int, paper_id: int) -> Any:
        """The number the records office gave to a printed paper."""
        case = load(case_id)
        paper = access.get(CasePaper, paper_id)
        if paper.case_id != case.id:
            raise NotFound()
        form = NumberForm()
        faults: list[Any] = []
        if form.validate():
            try:
                number, issued_on = form.number.data or "", form.issued_on.data
                command = papers.RecordPaperNumber(paper_id, number, issued_on, seen_version())
                execute(command, key=request_key())
                return done(case_id, _("Đã ghi số văn bản."), "papers")
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                return stale(case_id, error, "papers")
        return render(load(case_id), "papers", faults=faults, number_forms={paper_id: form})

    def _simple(self, command: Any, case_id: int, tab: str, message: str) -> Any:
        """A command of a small form on a tab: done, refused with its faults above the tab, or overtaken."""
        load(case_id)
        try:
            execute(command, key=request_key())
        except Refused as error:
            return render(load(case_id), tab, faults=error.faults)
        except Stale as error:
            return stale(case_id, error, tab)
        return done(case_id, message, tab)


def place_years(forms: dict[int, YearForm], error: Refused) -> list[Fault]:
    """Faults named ``years.2024.level`` go to the row of their year."""
    rest: list[Fault] = []
    for fault in error.faults:
        _group, _dot, place = fault.field.partition(".")
        year, _dot, box = place.partition(".")
        form = forms.get(int(year)) if year.isdigit() else None
        own = Fault(box, fault.message, fault.article, fault.code)
        rest.extend(form.take_faults(Refused([own])) if form is not None else [fault])
    return rest
