"""The yearly plan of periodic change: from the draft out of the due list to the report of what was done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hrms.commands.rotation import plan_steps as stepping
from hrms.commands.rotation import plan_workflow as flow
from hrms.commands.rotation import plans as planning
from hrms.commands.rotation.compliance import compliance
from hrms.commands.rotation.targets import posts_of_unit, receiving_units
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from hrms.kernel.workflow import performed
from models.organization import OrgUnit
from models.rotation import RotationPlan, RotationPlanLine
from views.listing import Column, Filter, ListSpec, declare, whole_of
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rotation_support import (
    by_field,
    day_posted,
    ground_words,
    number_asked,
    room_page,
    state_badge,
    tabs,
)
from views.rules import needs
from views.words_rotation import plan_labels

LINE_TONES = {"planned": "warn", "notified": "open", "in_case": "open", "done": "done", "referred": "warn"}


def plan_badge(plan: RotationPlan) -> tuple[str, str]:
    """Tone and words of a plan's state."""
    state = flow.WORKFLOW.state_of(plan)
    return state.kind, _(state.label)


PLANS = declare(
    ListSpec(
        name="rotation_plans",
        title=lambda: _("Kế hoạch chuyển đổi vị trí công tác"),
        model=RotationPlan,
        columns=(
            Column("name", lambda: _("Kế hoạch"), "name", (RotationPlan.name,), width=60),
            Column("unit", lambda: _("Đơn vị"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("year", lambda: _("Năm"), lambda plan: str(plan.year), (RotationPlan.year,), width=8),
            Column("state", lambda: _("Trạng thái"), plan_badge, (RotationPlan.state,), "badge", width=20),
            Column("number", lambda: _("Số văn bản"), "number", width=18, code=True),
            Column("issued", lambda: _("Ngày ban hành"), "issued_on", (RotationPlan.issued_on,), "date", width=14),
        ),
        base=lambda: select(RotationPlan).join(RotationPlan.unit),
        options=(joinedload(RotationPlan.unit),),
        search=lambda query, text: _search(query, text),
        search_hint=lambda: _("Tên đơn vị"),
        filters=(
            Filter("year", lambda: _("Năm"), lambda query, value: query.where(
                RotationPlan.year == whole_of(value, 2019, 2100)), kind="number"),
            Filter("state", lambda: _("Trạng thái"), lambda query, value: query.where(RotationPlan.state == value),
                   choices=lambda: [(code, _(label)) for code, label in flow.STATE_LABELS.items()]),
        ),
        default_sort=(RotationPlan.year.desc(), OrgUnit.sort_key, RotationPlan.revision.desc()),
        row_url=lambda plan: url_for("RotationPlanView.show", plan_id=plan.id),
        export_permission=("movement", "export"),
        empty=lambda: _("Chưa có kế hoạch nào. Lập dự thảo từ danh sách đến hạn."),
    )
)  # fmt: skip


def _search(query: Select[Any], text: str) -> Select[Any]:
    from hrms.kernel.text import fold

    for word in fold(text).split():
        query = query.where(OrgUnit.folded.contains(word, autoescape=True))
    return query


def load(plan_id: int) -> RotationPlan:
    """The plan with its unit; outside the scope it does not exist."""
    return access.get(RotationPlan, plan_id, options=(joinedload(RotationPlan.unit),))


def units_of_actor() -> list[OrgUnit]:
    """Agencies the actor may plan for: a plain select, nobody plans for a single room."""
    query = access.restrict(
        select(OrgUnit).where(
            OrgUnit.kind.not_in(("division", "commune_office")), OrgUnit.valid_to.is_(None)
        ), OrgUnit, "plan", "movement",
    ).order_by(OrgUnit.depth, OrgUnit.sort_key)  # fmt: skip
    return list(db.session.scalars(query.limit(300)))


def _entries(plan: RotationPlan) -> Any:
    """The history without the long texts of the contents."""
    if not access.may("history", "read"):
        return ()
    return tuple(entry for entry in history.of(plan, limit=20) if entry.field != "contents")


class RotationPlanView(BaseView):
    """``/rotation/plans``"""

    route_base = "/rotation/plans"

    @expose("/")
    @needs("movement", "read")
    def list(self) -> Any:
        return show_list(PLANS, "rotation/plans.html", room_tabs=tabs)

    @expose("/new", methods=["GET", "POST"])
    @needs("movement", "plan")
    def new(self) -> Any:
        """Draft the plan of a unit and year from the due list of a day."""
        faults: list[Any] = []
        if request.method == "POST":
            as_of = day_posted("as_of", faults, _("Danh sách tính đến ngày"))
            year = request.form.get("year", "").strip()
            if number_asked("unit_id") is None:
                faults.append(Fault("unit_id", _("Hãy chọn đơn vị.")))
            if not faults:
                try:
                    plan = execute(
                        planning.DraftPlan(
                            number_asked("unit_id") or 0, int(year) if year.isascii() and year.isdigit() else 0,
                            request.form.get("name", ""), as_of,
                        ), key=request_key(),
                    )  # fmt: skip
                    flash(_("Đã lập dự thảo từ danh sách đến hạn."), "success")
                    return redirect(url_for("RotationPlanView.show", plan_id=plan.id))
                except Refused as error:
                    faults = list(error.faults)
        return room_page(
            "rotation/plan_new.html", title=_("Lập kế hoạch năm"), units=units_of_actor(), faults=faults,
            errors=by_field(faults), year=request.form.get("year") or clock.today().year,
        )  # fmt: skip

    @expose("/<int:plan_id>")
    @needs("movement", "read")
    def show(self, plan_id: int) -> Any:
        return self._page(load(plan_id))

    def _page(self, plan: RotationPlan, faults: Any = (), open_step: str = "") -> Any:
        lines = flow.lines_of(plan.id)
        wanted = request.args.get("line_state", "")
        actions = flow.WORKFLOW.allowed_actions(plan)
        against: dict[int, list[Any]] = {}
        for action in actions:
            for obstacle in action.obstacles:
                if obstacle.field.startswith("lines.") and obstacle.code != "outcome_missing":
                    against.setdefault(int(obstacle.field[6:]), []).append(obstacle)
        measured = plan.state in flow.IN_FORCE
        return room_page(
            "rotation/plan.html",
            title=plan.name,
            plan=plan,
            lines=[line for line in lines if not wanted or line.state == wanted],
            counts={code: sum(1 for line in lines if line.state == code) for code in flow.LINE_STATES},
            wanted=wanted,
            workflow=flow.WORKFLOW,
            actions=actions,
            against=against,
            contents=flow.contents_asked(),
            line_states=flow.LINE_STATES,
            line_tones=LINE_TONES,
            forms=flow.FORMS,
            latest=stepping.latest_notice,
            figures=compliance(plan.year, plan_id=plan.id).total if measured else None,
            may_plan=access.may("movement", "plan", plan),
            may_notify=access.may("movement", "notify", plan) and plan.state in (flow.ISSUED, flow.PUBLISHED),
            may_propose=access.may("movement", "propose", plan) and plan.state in (flow.ISSUED, flow.PUBLISHED),
            may_solve=access.may("movement", "solve", plan),
            editable=plan.state in flow.EDITABLE,
            faults=faults,
            errors=by_field(faults),
            open_step=open_step,
            badge=state_badge,
            ground=ground_words,
            entries=_entries(plan),
            steps=performed(plan),
            field_labels=plan_labels(),
        )

    @expose("/<int:plan_id>/edit", methods=["GET", "POST"])
    @needs("movement", "plan")
    def edit(self, plan_id: int) -> Any:
        """Name, the contents the law asks for, note."""
        plan = load(plan_id)
        asked = flow.contents_asked()
        stale: Stale | None = None
        faults: list[Any] = []
        values: dict[str, Any] = {"name": plan.name, "note": plan.note, **(plan.contents or {})}
        if request.method == "POST":
            values = {name: request.form.get(name, "") for name in ("name", "note", *(code for code, _l in asked))}
            contents = {code: values[code] for code, _label in asked}
            try:
                execute(
                    planning.EditPlan(plan_id, seen_version(), values["name"], contents, values["note"]),
                    key=request_key(),
                )
                flash(_("Đã lưu nội dung kế hoạch."), "success")
                return redirect(url_for("RotationPlanView.show", plan_id=plan_id))
            except Refused as error:
                faults = list(error.faults)
            except Stale as error:
                stale = error
            plan = load(plan_id)
        version = plan.version if stale or request.method == "GET" else seen_version()
        return room_page(
            "rotation/plan_edit.html", title=_("Sửa nội dung kế hoạch"), plan=plan, contents=asked, values=values,
            faults=faults, errors=by_field(faults), stale=stale, version=version,
        )  # fmt: skip

    def _run(self, plan_id: int, command: Any, told: str) -> Any:
        try:
            execute(command, key=request_key())
        except Refused as error:
            return self._page(load(plan_id), error.faults)
        flash(told, "success")
        return redirect(url_for("RotationPlanView.show", plan_id=plan_id))

    @expose("/<int:plan_id>/refresh", methods=["POST"])
    @needs("movement", "plan")
    def refresh(self, plan_id: int) -> Any:
        """Draw the lines again from the due list of a day; what was set by hand is kept."""
        load(plan_id)
        faults: list[Any] = []
        as_of = day_posted("as_of", faults, _("Danh sách tính đến ngày"))
        if faults:
            return self._page(load(plan_id), faults)
        return self._run(plan_id, planning.RefreshPlan(plan_id, as_of), _("Đã làm mới danh sách của kế hoạch."))

    @expose("/<int:plan_id>/revise", methods=["POST"])
    @needs("movement", "plan")
    def revise(self, plan_id: int) -> Any:
        load(plan_id)
        try:
            plan = execute(planning.RevisePlan(plan_id), key=request_key())
        except Refused as error:
            return self._page(load(plan_id), error.faults)
        flash(_("Đã lập bản sửa đổi."), "success")
        return redirect(url_for("RotationPlanView.show", plan_id=plan.id))

    @expose("/<int:plan_id>/steps/<code>", methods=["POST"])
    @needs("movement", "plan", ("movement", "issue"))
    def step(self, plan_id: int, code: str) -> Any:
        """One step of the plan's life."""
        load(plan_id)
        faults: list[Any] = []
        days: dict[str, Any] = {
            name: day_posted(name, faults, label)
            for name, label in (
                ("document_date", _("Ngày văn bản")), ("issued_on", _("Ngày ban hành")),
                ("published_on", _("Ngày công khai")),
            )
        }  # fmt: skip
        if not faults:
            texts: dict[str, Any] = {
                name: request.form.get(name, "") for name in ("reason", "document", "number", "signer", "publication")
            }
            try:
                execute(stepping.PlanStep(plan_id, code, seen_version(), **texts, **days), key=request_key())
                flash(_("Đã thực hiện “%(step)s”.", step=_(flow.WORKFLOW.transition(code).label)), "success")
                return redirect(url_for("RotationPlanView.show", plan_id=plan_id))
            except Refused as error:
                faults = list(error.faults)
        return self._page(load(plan_id), faults, open_step=code)

    @expose("/<int:plan_id>/notices", methods=["POST"])
    @needs("movement", "notify")
    def notify(self, plan_id: int) -> Any:
        """Tell everybody of the plan not told yet."""
        load(plan_id)
        return self._run(plan_id, stepping.SendNotices(plan_id), _("Đã thông báo cho người trong kế hoạch."))

    @expose("/<int:plan_id>/cases", methods=["POST"])
    @needs("movement", "propose")
    def cases(self, plan_id: int) -> Any:
        """Open the cases of every line that has none."""
        load(plan_id)
        return self._run(plan_id, stepping.OpenLineCases(plan_id), _("Đã lập hồ sơ cho các dòng của kế hoạch."))

    @expose("/<int:plan_id>/people", methods=["POST"])
    @needs("movement", "plan")
    def add(self, plan_id: int) -> Any:
        """Add somebody in a listed post by the person's code."""
        load(plan_id)
        from models.staff import Person

        code = request.form.get("code", "").strip()[:40]
        person_id = db.session.scalar(
            access.restrict(select(Person.id).where(Person.code == code), Person, "plan", "movement")
        )
        return self._run(plan_id, planning.AddLine(plan_id, person_id or 0), _("Đã thêm người vào kế hoạch."))

    @expose("/lines/<int:line_id>", methods=["GET", "POST"])
    @needs("movement", "plan")
    def line(self, line_id: int) -> Any:
        """Where to, when, how; out of the plan or back."""
        line = access.get(
            RotationPlanLine, line_id, "plan",
            options=(joinedload(RotationPlanLine.person), joinedload(RotationPlanLine.plan),
                     joinedload(RotationPlanLine.target_unit)),
        )  # fmt: skip
        plan_id = line.plan_id
        faults: list[Any] = []
        stale: Stale | None = None
        values: dict[str, Any] = {
            "target_unit_id": line.target_unit_id, "target_position_id": line.target_position_id, "form": line.form,
            "planned_on": line.planned_on, "note": line.outcome_note,
        }  # fmt: skip
        if request.args.get("unit") or request.args.get("find"):
            values["target_unit_id"] = number_asked("unit") or values["target_unit_id"]
        if request.method == "POST":
            day = day_posted("planned_on", faults, _("Thời gian thực hiện"))
            values = {
                "target_unit_id": number_asked("target_unit_id"),
                "target_position_id": number_asked("target_position_id"), "form": request.form.get("form", ""),
                "planned_on": day, "note": request.form.get("note", ""),
            }  # fmt: skip
            if not faults:
                act = request.form.get("act", "")
                try:
                    execute(
                        planning.SetLine(line_id, seen_version(), **values, drop=act == "drop",
                                         restore=act == "restore"),
                        key=request_key(),
                    )  # fmt: skip
                    flash(_("Đã lưu dòng kế hoạch."), "success")
                    return redirect(url_for("RotationPlanView.show", plan_id=plan_id, _anchor=f"line-{line_id}"))
                except Refused as error:
                    faults = list(error.faults)
                except Stale as error:
                    stale = error
            line = access.get(RotationPlanLine, line_id, "plan")
        find = request.args.get("find", "").strip()[:100]
        unit_id = values["target_unit_id"]
        may_ask = access.may("movement", "propose")
        return room_page(
            "rotation/line.html",
            title=_("Dòng kế hoạch: %(name)s", name=line.person.full_name),
            line=line,
            plan=line.plan,
            values=values,
            typed=request.form.get("planned_on", ""),
            unit=db.session.get(OrgUnit, unit_id) if unit_id else None,
            found=receiving_units(find) if find and may_ask else [],
            find=find,
            posts=posts_of_unit(unit_id) if unit_id and may_ask else [],
            forms=flow.FORMS,
            editable=line.plan.state in flow.EDITABLE,
            line_states=flow.LINE_STATES,
            ground=ground_words,
            badge=state_badge,
            faults=faults,
            errors=by_field(faults),
            stale=stale,
            version=line.version if stale or request.method == "GET" else seen_version(),
        )
