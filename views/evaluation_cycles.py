"""Cycles of evaluation: the list, planning, opening with its job, progress by unit and step, deadlines, closing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.evaluation import cycles, queries
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.participants import AddParticipants
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.words import LABELS, PLANNED, RUNNING, STEPS, exit_text
from hrms.commands.evaluation.workflow import CYCLE
from hrms.kernel import access, actor, history, jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused, Stale
from hrms.kernel.workflow import performed
from models.evaluation import EvaluationCycle
from models.vocabulary import CATEGORIES, EVALUATION_CIRCLES, EVALUATION_SIDES, PERIOD_KINDS
from views.evaluation_cycle_forms import (
    AddForm,
    EditForm,
    GroundsForm,
    PlanForm,
    people_renamed,
    plan_of,
    start,
    steps_renamed,
    unit_text,
)
from views.evaluation_cycle_list import CYCLES, deadline_rows, rolled_up
from views.evaluation_support import class_word, differences, tabs
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

# Changes the machinery makes; the steps of the workflow say them better.
MACHINERY = frozenset({"job_run_id", "opened_at", "closed_at"})


class EvaluationView(BaseView):
    """``/evaluation/``"""

    route_base = "/evaluation"

    @expose("/")
    @needs("evaluation", "read")
    def list(self) -> Any:
        if access.may("evaluation", "self") and not access.may("evaluation", "export"):
            return redirect(url_for("EvaluationSheetView.mine"))  # a member of staff has one thing to do here
        return show_list(CYCLES, "evaluation/cycles.html")

    @expose("/new", methods=["GET", "POST"])
    @needs("evaluation", "open")
    def new(self) -> Any:
        faults: list[Any] = []
        if request.method == "GET":
            form = PlanForm(None, data=start())
            form.unit_id.text = unit_text(form.unit_id.data)
        else:
            form = PlanForm(request.form)
            if form.validate():
                try:
                    cycle = execute(plan_of(form), key=request_key())
                    flash(_("Đã lập kỳ đánh giá. Hãy kiểm tra thời hạn rồi mở kỳ."), "success")
                    return redirect(url_for("EvaluationView.show", cycle_id=cycle.id))
                except Refused as error:
                    faults = form.take_faults(error)
            form.unit_id.text = unit_text(form.unit_id.data)
        return page("evaluation/plan.html", title=_("Lập kỳ đánh giá"), form=form, faults=faults, categories=CATEGORIES)

    @expose("/<int:cycle_id>")
    @needs("evaluation", "read")
    def show(self, cycle_id: int) -> Any:
        return self._page(cycle_for(cycle_id))

    def _page(self, cycle: EvaluationCycle, faults: Any = (), stale: Stale | None = None) -> Any:
        rows = queries.progress(cycle.id) if cycle.state != PLANNED else []
        branches = rolled_up(cycle, rows)
        owed = {step: sum(branch.steps.get(step, 0) for branch in branches) for step in STEPS}
        total = sum(branch.total for branch in branches)
        waiting = sum(branch.collectives - branch.recognised for branch in branches)
        job = db.session.get(jobs.JobRun, cycle.job_run_id) if cycle.job_run_id is not None else None
        counts = cycle.counts or {}
        return page(
            "evaluation/cycle.html",
            title=cycle.name,
            cycle=cycle,
            workflow=CYCLE,
            actions=CYCLE.allowed_actions(cycle),
            branches=branches,
            total=total,
            done=sum(branch.done for branch in branches),
            late=sum(branch.late for branch in branches),
            steps={code: str(_(label)) for code, label in STEPS.items()},
            shown_steps=[code for code in STEPS if owed[code]],
            deadlines=deadline_rows(cycle, owed, waiting),
            exits=[(exit_text(code), number) for code, number in (counts.get("exits") or {}).items()],
            classes=[(class_word(code), number) for code, number in (counts.get("classes") or {}).items()],
            left=counts.get("left_in_period"),
            job=job,
            mine=job is not None and not job.is_over and job.owner_user_id == actor.current().user_id,
            running=cycle.state in RUNNING,
            may_edit=access.may("evaluation", "open", cycle),
            feed=[one for one in history.of(cycle, 30) if one.field not in MACHINERY],
            passed=performed(cycle),
            labels={key: _(value) for key, value in LABELS.items()},
            faults=faults,
            differences=differences(stale),
            editor=stale.editor if stale else "",
            tabs=tabs(cycle, "progress"),
            sides=EVALUATION_SIDES,
            circles=EVALUATION_CIRCLES,
            kinds=PERIOD_KINDS,
            owed=owed,
            step_url=lambda code: url_for("EvaluationView.step", cycle_id=cycle.id, code=code),
            state_label=lambda code: _(CYCLE.state(code).label),
        )

    @expose("/<int:cycle_id>/edit", methods=["GET", "POST"])
    @needs("evaluation", "open")
    def edit(self, cycle_id: int) -> Any:
        cycle = cycle_for(cycle_id, "open")
        faults: list[Any] = []
        stale: Stale | None = None
        if request.method == "GET":
            days = {f"due_{step}": due_of(cycle, step) for step in STEPS}
            form = EditForm(None, data={"name": cycle.name, "document": cycle.document, "note": cycle.note,
                                        "as_of": cycle.as_of, **days})  # fmt: skip
        else:
            form = EditForm(request.form)
            if form.validate():
                given = {step: form[f"due_{step}"].data for step in STEPS if form[f"due_{step}"].data}
                try:
                    execute(
                        cycles.EditCycle(cycle_id, seen_version(), form.name.data or "", given,
                                         form.document.data or "", form.note.data or "", form.as_of.data)
                    )  # fmt: skip
                    flash(_("Đã lưu kỳ đánh giá."), "success")
                    return redirect(url_for("EvaluationView.show", cycle_id=cycle_id))
                except Refused as error:
                    faults = form.take_faults(steps_renamed(error))
                except Stale as error:
                    stale = error
                cycle = cycle_for(cycle_id, "open")
        return page("evaluation/cycle_edit.html", title=_("Sửa kỳ đánh giá"), cycle=cycle, form=form, faults=faults,
                    steps=STEPS, differences=differences(stale), editor=stale.editor if stale else "")  # fmt: skip

    @expose("/<int:cycle_id>/steps/<code>", methods=["POST"])
    @needs("evaluation", "open")
    def step(self, cycle_id: int, code: str) -> Any:
        """Open a cycle or lead it on."""
        try:
            if code == "open":
                execute(cycles.OpenCycle(cycle_id, seen_version()), key=request_key())
                flash(_("Đã mở kỳ; danh sách người được đánh giá đang được lập."), "success")
            else:
                form = GroundsForm(request.form)
                form.validate()
                execute(
                    cycles.AdvanceCycle(cycle_id, code, seen_version(), form.reason.data or "",
                                        form.document.data or "", form.document_date.data),
                    key=request_key(),
                )  # fmt: skip
                flash(_("Đã thực hiện “%(step)s”.", step=_(CYCLE.transition(code).label)), "success")
        except Refused as error:
            return self._page(cycle_for(cycle_id), error.faults), 400
        except Stale as error:
            return self._page(cycle_for(cycle_id), (), error), 409
        return redirect(url_for("EvaluationView.show", cycle_id=cycle_id))

    @expose("/<int:cycle_id>/refresh", methods=["POST"])
    @needs("evaluation", "open")
    def refresh(self, cycle_id: int) -> Any:
        try:
            execute(cycles.RefreshParticipants(cycle_id), key=request_key())
        except Refused as error:
            return self._page(cycle_for(cycle_id), error.faults), 400
        flash(_("Đang đối chiếu danh sách với hồ sơ cán bộ."), "success")
        return redirect(url_for("EvaluationView.show", cycle_id=cycle_id))

    @expose("/<int:cycle_id>/people/new", methods=["GET", "POST"])
    @needs("evaluation", "open")
    def add(self, cycle_id: int) -> Any:
        """Somebody the list left out."""
        cycle = cycle_for(cycle_id)
        form = AddForm(request.form if request.method == "POST" else None)
        faults: list[Any] = []
        if request.method == "POST" and form.validate():
            try:
                ids = execute(
                    AddParticipants(cycle_id, [form.person_id.data or 0], form.reason.data or "", form.unit_id.data),
                    key=request_key(),
                )
                flash(_("Đã thêm vào kỳ đánh giá."), "success")
                return redirect(url_for("EvaluationSheetView.show", evaluation_id=ids[0]))
            except Refused as error:
                faults = [*form.take_faults(people_renamed(error))]
            cycle = cycle_for(cycle_id)
        return page("evaluation/add_person.html", title=_("Thêm người vào kỳ"), cycle=cycle, form=form, faults=faults)
