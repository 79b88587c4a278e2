"""Cycles of evaluation: the list, planning, opening with its job, progress by unit and step, deadlines, closing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer, joinedload

from hrms.commands.evaluation import cycles, queries
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.participants import AddParticipants
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.words import LABELS, PLANNED, RUNNING, STEPS, exit_text
from hrms.commands.evaluation.workflow import CYCLE
from hrms.kernel import access, actor, clock, history, jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused, Stale
from hrms.kernel.workflow import performed
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES, EVALUATION_CIRCLES, EVALUATION_SIDES, PERIOD_KINDS
from views.evaluation_support import class_word, differences, tabs
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    LookupField,
    Optional,
    TextField,
    WholeField,
    required,
)
from views.listing import Column, Filter, ListSpec, declare, search_plain, whole_of
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

# Changes the machinery makes; the steps of the workflow say them better.
MACHINERY = frozenset({"job_run_id", "opened_at", "closed_at"})


def state_badge(cycle: EvaluationCycle) -> tuple[str, str]:
    state = CYCLE.state(cycle.state)
    return state.kind, str(_(state.label))


def next_due(cycle: EvaluationCycle) -> date | None:
    """The next last day that is still to come, else the last one of all."""
    days = sorted(day for step in STEPS if (day := due_of(cycle, step)) is not None)
    return next((day for day in days if day >= clock.today()), days[-1] if days else None)


def _people(cycle: EvaluationCycle) -> int | None:
    return (cycle.counts or {}).get("people")


CYCLES = declare(
    ListSpec(
        name="evaluation_cycles",
        title=lambda: _("Đánh giá, xếp loại"),
        model=EvaluationCycle,
        columns=(
            Column("name", lambda: _("Kỳ đánh giá"), "name", (EvaluationCycle.name,), width=40),
            Column("unit", lambda: _("Phạm vi"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("kind", lambda: _("Loại kỳ"), lambda c: _(PERIOD_KINDS[c.period_kind]), width=10),
            Column("side", lambda: _("Bên"), lambda c: _(EVALUATION_SIDES[c.side]), width=12),
            Column("state", lambda: _("Trạng thái"), state_badge, (EvaluationCycle.state,), kind="badge", width=18),
            Column("people", lambda: _("Số người"), _people, kind="number", width=10),
            Column("ends", lambda: _("Đến ngày"), "ends_on", (EvaluationCycle.ends_on,), "date", width=12),
            Column("due", lambda: _("Hạn gần nhất"), next_due, kind="date", width=12),
        ),
        options=(joinedload(EvaluationCycle.unit), defer(EvaluationCycle.frozen)),
        base=lambda: select(EvaluationCycle).join(EvaluationCycle.unit),
        search=search_plain(EvaluationCycle.name),
        search_hint=lambda: _("Tên kỳ đánh giá"),
        filters=(
            Filter("state", lambda: _("Trạng thái"), lambda q, v: q.where(EvaluationCycle.state == v),
                   lambda: [(one.code, str(_(one.label))) for one in CYCLE.states]),
            Filter("kind", lambda: _("Loại kỳ"), lambda q, v: q.where(EvaluationCycle.period_kind == v),
                   lambda: [(code, str(_(label))) for code, label in PERIOD_KINDS.items()]),
            Filter("year", lambda: _("Năm"), lambda q, v: q.where(EvaluationCycle.year == whole_of(v, 2000, 2100)),
                   kind="number"),
        ),
        default_sort=(EvaluationCycle.ends_on.desc(), EvaluationCycle.number.desc()),
        row_url=lambda cycle: url_for("EvaluationView.show", cycle_id=cycle.id),
        export_permission=("evaluation", "export"),
        empty=lambda: _("Chưa có kỳ đánh giá nào trong phạm vi của bạn."),
    )
)  # fmt: skip


class PlanForm(Form):
    unit_id = LookupField(LABELS["unit_id"], [required(_l("Hãy chọn đơn vị mở kỳ."))], url="/lookup/units?q=")
    period_kind = ChoiceField(LABELS["period_kind"], choices=[(code, label) for code, label in PERIOD_KINDS.items()])
    year = WholeField(LABELS["year"], [required(_l("Hãy ghi năm."))])
    number = WholeField(LABELS["number"], [Optional()], description=_l("Tháng 1–12, quý 1–4; kỳ năm để trống."))
    side = ChoiceField(LABELS["side"], choices=[(code, label) for code, label in EVALUATION_SIDES.items()])
    circle = ChoiceField(
        LABELS["circle"], choices=list(EVALUATION_CIRCLES.items()),
        description=_l("Bên Đảng chỉ lấy đảng viên và người giữ chức vụ lãnh đạo, quản lý."),
    )  # fmt: skip
    name = TextField(LABELS["name"], description=_l("Để trống: đặt theo loại kỳ."))
    as_of = DateField(LABELS["as_of"], [Optional()], description=_l("Để trống: ngày cuối kỳ, hoặc ngày mở kỳ."))
    document = TextField(_l("Văn bản triển khai"))
    note = LongTextField(_l("Ghi chú"))


for _code in CATEGORIES:
    setattr(PlanForm, f"category_{_code}", BooleanField(CATEGORIES[_code]))


class EditForm(Form):
    name = TextField(LABELS["name"], [required(_l("Cần tên kỳ đánh giá."))])
    document = TextField(_l("Văn bản triển khai"))
    as_of = DateField(LABELS["as_of"], [Optional()])
    note = LongTextField(_l("Ghi chú"))


for _code, _label in STEPS.items():
    setattr(EditForm, f"due_{_code}", DateField(_label, [Optional()]))


class AddForm(Form):
    person_id = LookupField(_l("Người cần thêm"), [required(_l("Hãy chọn người."))], url="/lookup/people?q=")
    unit_id = LookupField(_l("Đơn vị đánh giá (khi người này không giữ vị trí nào)"), url="/lookup/units?q=")
    reason = TextField(LABELS["reason"], [required(_l("Cần ghi lý do thêm người."))])


@dataclass
class Branch:
    """One unit of the progress table with everything below it."""

    unit_id: int
    name: str
    total: int = 0
    late: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    collectives: int = 0
    recognised: int = 0
    link: bool = True

    @property
    def done(self) -> int:
        return self.steps.get("done", 0)


def rolled_up(cycle: EvaluationCycle, rows: list[queries.UnitProgress]) -> list[Branch]:
    """Progress by the units right under what the actor sees: a province by agency, an agency by division."""
    if not rows:
        return []
    paths = [[part for part in row.path.split("/") if part] for row in rows]
    common = paths[0]
    for path in paths:
        common = _prefix(common, path)
    depth = len(common)
    if all(len(path) == depth for path in paths):  # one unit only
        depth -= 1
    keys = [int(path[min(depth, len(path) - 1)]) for path in paths]
    names = dict(
        db.session.execute(
            access.restrict(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(set(keys))), OrgUnit)
        ).tuples().all()
    )  # fmt: skip
    found: dict[int, Branch] = {}
    for row, key in zip(rows, keys, strict=True):
        number = key if key in names else row.unit_id
        one = found.setdefault(number, Branch(number, names.get(number, row.unit)))
        one.total += row.total
        one.late += row.late
        for step, count in row.steps.items():
            one.steps[step] = one.steps.get(step, 0) + count
        if row.collective:
            one.collectives += 1
            one.recognised += row.collective in ("recognised", "notified")
    return list(found.values())


def _prefix(first: list[str], second: list[str]) -> list[str]:
    found = []
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        found.append(a)
    return found


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
            form = PlanForm(None, data=_start())
            form.unit_id.text = _unit_text(form.unit_id.data)
        else:
            form = PlanForm(request.form)
            if form.validate():
                try:
                    cycle = execute(_plan(form), key=request_key())
                    flash(_("Đã lập kỳ đánh giá. Hãy kiểm tra thời hạn rồi mở kỳ."), "success")
                    return redirect(url_for("EvaluationView.show", cycle_id=cycle.id))
                except Refused as error:
                    faults = form.take_faults(error)
            form.unit_id.text = _unit_text(form.unit_id.data)
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
            deadlines=_deadlines(cycle, owed, waiting),
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
                    faults = form.take_faults(_renamed(error))
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
                form = _GroundsForm(request.form)
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
                faults = [*form.take_faults(_people_renamed(error))]
            cycle = cycle_for(cycle_id)
        return page("evaluation/add_person.html", title=_("Thêm người vào kỳ"), cycle=cycle, form=form, faults=faults)


class _GroundsForm(Form):
    reason = LongTextField(LABELS["reason"])
    document = TextField(LABELS["document"])
    document_date = DateField(_l("Ngày văn bản"), [Optional()])


def _deadlines(cycle: EvaluationCycle, owed: dict[str, int], waiting: int) -> list[dict[str, Any]]:
    """Every step with its last day, how many still owe it and whether that is late."""
    found = []
    for code, label in STEPS.items():
        due = due_of(cycle, code)
        count = waiting if code == "collectives" else owed.get(code, 0)
        left = (due - clock.today()).days if due is not None else None
        late = bool(count) and left is not None and left < 0 and cycle.state in RUNNING
        found.append({"code": code, "label": str(_(label)), "due": due, "count": count, "days": left, "late": late})
    return found


def _start() -> dict[str, Any]:
    today = clock.today()
    units: Select[Any] | None = access.units_for("evaluation", "open")
    query = select(OrgUnit.id).order_by(func.length(OrgUnit.path), OrgUnit.id).limit(1)
    if units is not None:
        query = query.where(OrgUnit.id.in_(units))
    else:
        query = query.where(OrgUnit.parent_id.is_(None))
    return {"unit_id": db.session.scalar(query), "period_kind": "QUARTER", "year": today.year, "side": "STATE",
            "number": (today.month - 1) // 3 + 1}  # fmt: skip


def _unit_text(unit_id: int | None) -> str:
    if unit_id is None:
        return ""
    return db.session.scalar(access.restrict(select(OrgUnit.name).where(OrgUnit.id == unit_id), OrgUnit)) or ""


def _plan(form: PlanForm) -> cycles.PlanCycle:
    picked = [code for code in CATEGORIES if form[f"category_{code}"].data]
    return cycles.PlanCycle(
        form.unit_id.data or 0, form.period_kind.data or "", form.year.data or 0, form.number.data or 0,
        form.side.data or "STATE", form.name.data or "", form.as_of.data, picked or None, None,
        form.document.data or "", form.note.data or "", form.circle.data or "all",
    )  # fmt: skip


def _renamed(error: Refused) -> Refused:
    return Refused([replace(fault, field=fault.field.replace("deadlines.", "due_")) for fault in error.faults])


def _people_renamed(error: Refused) -> Refused:
    names = {"person_ids": "person_id", "ids": "person_id"}
    return Refused([replace(fault, field=names.get(fault.field, fault.field)) for fault in error.faults])
