"""Rounds (đợt): the list with budgets, one round with its cases and totals, and one step for many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from hrms.commands.restructuring import batches, bulk, papers, queries
from hrms.commands.restructuring.queries import CaseFilter, batches_query, case_query, totals_of_batches
from hrms.commands.restructuring.words import BENEFITS, DECREES, FUNDING_SOURCES, PAPER_KINDS
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused, Stale
from hrms.kernel.jobs import get_own
from hrms.kernel.text import fold
from models.organization import OrgUnit
from models.restructuring import CaseBatch
from views.case_forms import STEP_FIELDS, BatchForm, StepForm
from views.case_list import CASES
from views.case_page import all_labels
from views.fields import missing_words
from views.listing import Bulk, Column, Filter, Listing, ListSpec, declare, whole_of
from views.lists import show as show_list
from views.paper_links import batch_paper_urls
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

AT_ONCE = 40  # cases; more are moved in the background
FOUND = 20


def remember_totals(rows: Sequence[CaseBatch]) -> None:
    """Number and budget of the cases of every round on the page; one statement."""
    totals = totals_of_batches([batch.id for batch in rows])
    for batch in rows:
        found = totals.get(batch.id)
        batch.__dict__["case_count"] = found.cases if found else 0
        batch.__dict__["budget"] = found.total if found else 0


def late(batch: CaseBatch) -> tuple[str, str] | None:
    if batch.deadline is None:
        return None
    days = (batch.deadline - clock.today()).days
    if days < 0:
        return ("bad", _("quá hạn %(days)s ngày", days=-days))
    return ("warn", _("còn %(days)s ngày", days=days)) if days <= 7 else None


def _search(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split():
        query = query.where(OrgUnit.folded.contains(word, autoescape=True))
    return query


BATCHES = declare(
    ListSpec(
        name="batches",
        title=lambda: _("Đợt giải quyết"),
        model=CaseBatch,
        columns=(
            Column("name", lambda: _("Đợt"), "name", (CaseBatch.year, CaseBatch.round), width=24),
            Column("unit", lambda: _("Đơn vị"), "unit.name", (OrgUnit.sort_key,), width=36),
            Column("year", lambda: _("Năm"), lambda batch: str(batch.year), (CaseBatch.year,), width=8),
            Column("cases", lambda: _("Số hồ sơ"), "case_count", kind="number", width=10),
            Column("budget", lambda: _("Kinh phí (đồng)"), "budget", kind="money", width=20),
            Column("deadline", lambda: _("Hạn hoàn thành"), "deadline", (CaseBatch.deadline,), "date", width=14),
            Column("late", lambda: _("Tình trạng hạn"), late, kind="badge", width=16),
        ),
        base=lambda: batches_query().join(CaseBatch.unit).order_by(None),
        enrich=remember_totals,
        search=_search,
        search_hint=lambda: _("Tên đơn vị"),
        filters=(
            Filter(
                "year",
                lambda: _("Năm"),
                lambda query, value: query.where(CaseBatch.year == whole_of(value, 2019, 2100)),
                kind="number",
            ),
        ),
        default_sort=(CaseBatch.year.desc(), CaseBatch.round.desc(), OrgUnit.sort_key),
        row_url=lambda batch: url_for("BatchView.show", batch_id=batch.id),
        row_class=lambda batch: "late" if (late(batch) or ("",))[0] == "bad" else "",
        export_permission=("case", "export"),
        empty=lambda: _("Chưa có đợt nào. Lập đợt để gom hồ sơ thành một danh sách có dự toán."),
    )
)

# The cases of one round: the same list, without what the round already says.
OF_BATCH = replace(
    CASES,
    name="batch_cases",
    base=lambda: case_query(CaseFilter(batch_id=(request.view_args or {})["batch_id"])),
    columns=tuple(c for c in CASES.columns if c.key not in ("batch", "late")),
    filters=tuple(
        f for f in CASES.filters if f.key in ("state", "waiting", "benefit", "eligible", "decree", "funding")
    ),
    groups=(),
    export_permission=None,
    page_size=100,
    bulk=(
        Bulk(lambda: _("Chuyển đợt, đưa ra khỏi đợt…"), lambda: url_for("CaseView.to_batch"), ("case", "edit")),
        Bulk(lambda: _("Tính lại"), lambda: url_for("CaseView.recompute_many"), ("case", "edit")),
    ),
    empty=lambda: _("Đợt chưa có hồ sơ nào."),
)


def load(batch_id: int) -> CaseBatch:
    """The round with its unit; outside the scope it does not exist."""
    batch = db.session.scalar(batches_query().where(CaseBatch.id == batch_id).options(joinedload(CaseBatch.unit)))
    if batch is None:
        raise NotFound()
    return batch


class BatchView(BaseView):
    """``/batches/``"""

    route_base = "/batches"

    @expose("/")
    @needs("batch", "read")
    def list(self) -> Any:
        return show_list(BATCHES, "batches/list.html")

    @expose("/lookup")
    @needs("batch", "read")
    def lookup(self) -> Any:
        """Rounds by the name of the round or of its unit, newest first."""
        query = batches_query().join(CaseBatch.unit)
        for word in fold(request.args.get("q", "")[:100]).split():
            digits = word.isdigit()
            condition = OrgUnit.folded.contains(word, autoescape=True)
            query = query.where(condition | (CaseBatch.year == int(word)) if digits and len(word) == 4 else condition)
        rows = db.session.scalars(query.limit(FOUND))
        return jsonify({"result": [{"id": b.id, "text": b.name, "note": b.unit.name} for b in rows]})

    @expose("/<int:batch_id>/")
    @needs("batch", "read")
    def show(self, batch_id: int) -> Any:
        return self._page(load(batch_id))

    def _page(self, batch: CaseBatch, *, faults: Any = (), posted: Any = None, open_step: str = "") -> Any:
        steps = bulk.offered(batch)
        forms = {step.transition.code: StepForm(None, prefix=f"{step.transition.code}-") for step in steps}
        return page(
            "batches/show.html",
            title=batch.name,
            batch=batch,
            list=Listing(OF_BATCH).load(),
            totals=queries.batch_totals(batch.id),
            steps=steps,
            step_forms={**forms, **(posted or {})},
            step_fields=STEP_FIELDS,
            open_step=open_step,
            faults=faults,
            late=late(batch),
            words={
                "state": lambda code: _(WORKFLOW.state(code).label),
                "benefit": _benefit_words,
                "funding": lambda code: _(FUNDING_SOURCES[code]) if code in FUNDING_SOURCES else _("Chưa xác định"),
            },
            workflow=WORKFLOW,
            printed=papers.papers_of(batch),
            paper_kinds=PAPER_KINDS,
            paper_urls=batch_paper_urls(batch),
            entries=history.of(batch, limit=20) if access.may("history", "read") else [],
            all_labels=all_labels(),
        )

    @expose("/new", methods=["GET", "POST"])
    @needs("batch", "write")
    def new(self) -> Any:
        form = BatchForm(None if request.method == "GET" else request.form, data=_batch_start())
        faults: list[Any] = []
        if request.method == "POST" and form.validate():
            try:
                command = batches.CreateBatch(
                    form.unit_id.data,
                    form.year.data,
                    form.round.data,
                    form.name.data or "",
                    form.deadline.data,
                    form.note.data or "",
                )
                batch = execute(command, key=request_key())
                flash(_("Đã lập %(name)s.", name=batch.name), "success")
                return redirect(url_for("BatchView.show", batch_id=batch.id))
            except Refused as error:
                faults = form.take_faults(error)
        form.unit_id.text = _unit_name(form.unit_id.data)
        return page(
            "batches/edit.html", title=_("Lập đợt mới"), form=form, faults=faults, batch=None, version=None, stale=None
        )

    @expose("/<int:batch_id>/edit", methods=["GET", "POST"])
    @needs("batch", "write")
    def edit(self, batch_id: int) -> Any:
        batch = load(batch_id)
        form = BatchForm(None, obj=batch) if request.method == "GET" else BatchForm()
        for name in ("unit_id", "year", "round"):  # what makes the round itself does not change
            del form[name]
        version: int | None = None
        faults: list[Any] = []
        differences: Stale | None = None
        if request.method == "POST" and form.validate():
            try:
                command = batches.ChangeBatch(
                    batch_id, seen_version(), form.name.data or "", form.deadline.data, form.note.data or ""
                )
                execute(command, key=request_key())
                flash(_("Đã lưu đợt."), "success")
                return redirect(url_for("BatchView.show", batch_id=batch_id))
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                differences = error
        batch = load(batch_id)
        version = batch.version if differences is not None or request.method == "GET" else seen_version()
        return page(
            "batches/edit.html",
            title=_("Sửa đợt"),
            form=form,
            faults=faults,
            batch=batch,
            version=version,
            stale=differences,
        )

    @expose("/<int:batch_id>/remove", methods=["POST"])
    @needs("batch", "write")
    def remove(self, batch_id: int) -> Any:
        try:
            execute(batches.RemoveBatch(batch_id), key=request_key())
        except Refused as error:
            return self._page(load(batch_id), faults=error.faults)
        flash(_("Đã xóa đợt trống."), "success")
        return redirect(url_for("BatchView.list"))

    @expose("/<int:batch_id>/steps/<code>", methods=["POST"])
    @needs(
        "case",
        "submit",
        ("case", "review"),
        ("case", "appraise"),
        ("case", "finance"),
        ("case", "decide"),
        ("case", "pay"),
    )
    def advance(self, batch_id: int, code: str) -> Any:
        """One step for every case of the round that stands before it; those the law holds back stay, with reasons."""
        batch = load(batch_id)
        ids = bulk.waiting_ids(batch, code)
        form = StepForm(prefix=f"{code}-")
        valid = form.validate()  # first: it empties the errors
        if _missing(form, code) or not valid:
            return self._page(batch, posted={code: form}, open_step=code)
        key = request_key()
        if len(ids) > AT_ONCE:
            job = bulk.advance_in_background(batch, ids, code, form.values(), key=key)
            return redirect(url_for("JobView.show", job_id=job.id))
        outcomes = bulk.advance(ids, code, form.values(), key=key)
        return self._outcomes(load(batch_id), _(WORKFLOW.transition(code).label), outcomes)

    @expose("/<int:batch_id>/outcomes/<int:job_id>")
    @needs("batch", "read")
    def outcomes(self, batch_id: int, job_id: int) -> Any:
        """What a step in the background did, case by case."""
        job = get_own(job_id)
        if job.kind != bulk.KIND or not job.result or job.result.get("batch_id") != batch_id:
            raise NotFound()
        rows = [bulk.StepOutcome(**row) for row in job.result["outcomes"]]
        return self._outcomes(load(batch_id), job.title, rows)

    def _outcomes(self, batch: CaseBatch, label: str, outcomes: Any) -> Any:
        return page(
            "batches/outcomes.html",
            title=_("Kết quả chuyển hồ sơ"),
            batch=batch,
            label=label,
            outcomes=sorted(outcomes, key=lambda outcome: (outcome.moved, outcome.case_id)),
            moved=sum(1 for outcome in outcomes if outcome.moved),
        )


def _missing(form: StepForm, code: str) -> bool:
    """A decision or payment for a whole round cannot do without its number and day: say so once, not per case."""
    wanted = [name for name, _width in STEP_FIELDS.get(code, ()) if form[name].flags.required]
    empty = [name for name in wanted if not form[name].data and not form[name].errors]
    for name in empty:
        form[name].errors = [missing_words(form[name])]
    return bool(empty)


def _benefit_words(code: str) -> str:
    decree, _slash, benefit = code.partition("/")
    if not benefit:
        return _("Chưa tính được")
    name = _(DECREES.get(decree, decree)).partition(" (")[0]  # without the acts that amended it
    return f"{_(BENEFITS.get(benefit, benefit))}, {name}"


def _batch_start() -> dict[str, Any]:
    units = access.units_for("batch", "write")
    values: dict[str, Any] = {"year": clock.today().year}
    if units is not None:
        values["unit_id"] = db.session.scalar(units.order_by(OrgUnit.depth).limit(1))
    return values


def _unit_name(unit_id: int | None) -> str:
    if unit_id is None:
        return ""
    return str(access.get(OrgUnit, unit_id).name)
