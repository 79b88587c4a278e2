"""Opening cases, one or many, with a preview of what each would bring; work on the cases picked on the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from hrms.commands.explanation import Explained, explain
from hrms.commands.facts import entitlement_facts
from hrms.commands.restructuring import background, batches, calculation, cases
from hrms.commands.restructuring.queries import case_query
from hrms.commands.restructuring.requests import CaseRequest, suggest
from hrms.commands.restructuring.words import label
from hrms.commands.trial import act_for
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import add_months, first_of_month
from models.restructuring import DownsizingCase, RestructuringAct
from models.staff import Person
from views.case_forms import REQUEST_GROUPS, ManyForm, OpenForm, day_or_none
from views.case_list import batch_choices
from views.posted import identifier, picked, request_key
from views.rules import needs
from views.templating import page

RECOMPUTED_AT_ONCE = 50  # cases; more are recomputed in the background


@dataclass
class Preview:
    """What a request would bring, without storing it."""

    explained: Explained | None
    faults: list[Fault]
    remarks: list[Fault]


def preview(person: Person, wanted: CaseRequest) -> Preview | None:
    """Compute a request that is not stored; ``None`` while there is no leave date to compute for."""
    if wanted.leave_date is None or person.unit is None:
        return None
    act = access.get(RestructuringAct, wanted.act_id) if wanted.act_id is not None else None
    case = DownsizingCase(number="", overrides=None, decision_date=None)
    case.person, case.unit, case.act = person, person.unit, act
    wanted.write(case)
    outcome = calculation.calculate(case)
    found = explain(outcome.result.to_dict()) if outcome.result is not None else None
    return Preview(found, outcome.faults, outcome.inputs.remarks)


def default_leave() -> date:
    return add_months(first_of_month(clock.today()), 1)


class CaseOpening:
    """The part of the case view that makes cases and handles many of them."""

    @expose("/new", methods=["GET", "POST"])
    @needs("case", "create")
    def new(self) -> Any:
        """First the person, then a request as the records suggest it, with its amount; posting opens the case."""
        if request.method == "GET":
            return self._suggest()
        form = OpenForm()
        form.batch_id.choices = [("", _("– chưa vào đợt –")), *batch_choices()]
        faults: list[Any] = []
        person = access.get(Person, form.person_id.data) if form.person_id.data else None
        if form.validate() and person is not None:
            if request.form.get("only_preview"):
                return self._page(form, person, [], preview(person, form.request()))
            try:
                command = cases.OpenCase(person.id, request=form.request(), batch_id=form.batch_id.data)
                case = execute(command, key=request_key())
                flash(_("Đã lập hồ sơ %(number)s.", number=case.label), "success")
                return redirect(url_for("CaseView.show", case_id=case.id))
            except Refused as error:
                faults = form.take_faults(error)
        person = access.get(Person, form.person_id.data) if form.person_id.data else None
        return self._page(form, person, faults, None)

    def _suggest(self) -> Any:
        wanted = request.args.get("person", "")
        if not wanted:
            return self._page(None, None, [], None)
        person = access.get(Person, wanted)
        leave = day_or_none(request.args.get("leave_date", "")) or default_leave()
        chosen = request.args.get("act_id", "")
        act = access.get(RestructuringAct, chosen) if chosen else act_for(person, leave)
        facts = entitlement_facts(person, leave, act)
        suggested = suggest(person, facts, leave, act.id if act is not None else None)
        form = OpenForm(None, data={**suggested.values(), "person_id": person.id})
        form.batch_id.choices = [("", _("– chưa vào đợt –")), *batch_choices()]
        form.batch_id.data = identifier(request.args.get("batch", "")) or form.batch_id.data
        return self._page(form, person, [], preview(person, suggested))

    def _page(self, form: OpenForm | None, person: Person | None, faults: list[Any], shown: Preview | None) -> Any:
        if form is not None and person is not None:
            form.person_id.text = person.full_name
        busy = cases.busy_people([person.id]).get(person.id) if person is not None else None
        return page(
            "cases/new.html",
            title=_("Lập hồ sơ nghỉ việc"),
            form=form,
            person=person,
            faults=faults,
            shown=shown,
            busy=busy,
            groups=REQUEST_GROUPS,
        )

    @expose("/many", methods=["GET", "POST"])
    @needs("case", "create")
    def many(self) -> Any:
        """Cases for the people picked on the staff list: one leave date and act, everything else from the records."""
        ids = picked()
        people = cases.people_in_scope(ids)
        asked = request.method == "POST" and request.form.get("send") == "y"
        form = ManyForm() if asked else ManyForm(None, data={"leave_date": default_leave()})
        form.batch_id.choices = [("", _("– chưa vào đợt –")), *batch_choices()]
        faults: list[Any] = []
        if asked and form.validate():
            command = cases.OpenCases(
                ids, form.leave_date.data, form.batch_id.data, form.act_id.data, (form.reason.data or "").strip()
            )
            try:
                made = execute(command, key=request_key())
                flash(_("Đã lập %(count)s hồ sơ.", count=len(made)), "success")
                if form.batch_id.data:
                    return redirect(url_for("BatchView.show", batch_id=form.batch_id.data))
                return redirect(url_for("CaseView.list", state="draft"))
            except Refused as error:
                faults = form.take_faults(error)
        busy = cases.busy_people([person.id for person in people])
        return page("cases/many.html", title=_("Lập nhiều hồ sơ"), form=form, people=people, faults=faults, busy=busy)

    @expose("/to-batch", methods=["POST"])
    @needs("case", "edit")
    def to_batch(self) -> Any:
        """Put the picked cases into a round, or take them out."""
        ids = picked()
        if request.form.get("send") == "y":
            batch_id = identifier(request.form.get("batch_id", ""))
            try:
                moved = execute(batches.MoveCases(ids, batch_id), key=request_key())
                flash(_("Đã chuyển %(count)s hồ sơ.", count=len(moved)), "success")
                if batch_id is not None:
                    return redirect(url_for("BatchView.show", batch_id=batch_id))
                return redirect(url_for("CaseView.list"))
            except Refused as error:
                return self._choose_batch(ids, error.faults)
        if not ids:
            flash(_("Chưa chọn hồ sơ nào. Hãy đánh dấu các hồ sơ trong danh sách rồi bấm lại."), "warning")
            return redirect(url_for("CaseView.list"))
        return self._choose_batch(ids, [])

    def _choose_batch(self, ids: list[int], faults: list[Fault]) -> Any:
        rows = list(db.session.scalars(case_query().where(DownsizingCase.id.in_(ids)).order_by(DownsizingCase.id)))
        return page(
            "cases/to_batch.html",
            title=_("Đưa hồ sơ vào đợt"),
            rows=rows,
            choices=batch_choices(),
            faults=faults,
            label=label("batch_id"),
        )

    @expose("/recompute", methods=["POST"])
    @needs("case", "edit")
    def recompute_many(self) -> Any:
        """Compute the picked open cases again; without a pick all that the actor may edit, in the background."""
        ids = picked()
        if not ids or len(ids) > RECOMPUTED_AT_ONCE:
            job = background.recompute_in_background()
            return redirect(url_for("JobView.show", job_id=job.id))
        found = execute(cases.RecomputeOpen(case_ids=ids), key=request_key())
        flash(
            _(
                "Đã tính lại %(count)s hồ sơ: %(changed)s hồ sơ đổi số tiền, %(incomplete)s hồ sơ thiếu dữ liệu.",
                count=found.looked_at,
                changed=len(found.changed),
                incomplete=len(found.incomplete),
            ),
            "success",
        )
        return redirect(url_for("CaseView.list"))
