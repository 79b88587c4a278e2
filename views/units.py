"""Organisation: the tree of a day, the page of a unit, and the forms that change units, positions and numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import organization
from hrms.commands.organization.words import LABELS
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from models.organization import OrgUnit, OrgUnitVersion, Position
from models.vocabulary import FUNDING_KINDS
from views import unit_wizard
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.staff_support import EndForm, comparison, flat
from views.templating import page
from views.unit_forms import (
    ChangeUnitForm,
    CorrectUnitForm,
    DetailsForm,
    EditPositionForm,
    EstablishmentForm,
    NewUnitForm,
    PositionForm,
    QuotaForm,
)
from views.unit_page import TABS, asked_day, branches_on, count_of, head_of, tab_context
from views.words import word


class UnitView(BaseView):
    """``/units/``"""

    route_base = "/units"

    @expose("/")
    @needs("unit", "read")
    def tree(self) -> Any:
        """The tree of a day: before and after a reorganisation it is another tree."""
        asked = asked_day()
        tops = branches_on(asked.day)
        # Said thousands of times on one page: looked up once.
        said = {"assigned": _("giao"), "present": _("có mặt"), "surplus": _("dôi dư"), "open": _("Mở các đơn vị của")}
        return page(
            "units/tree.html",
            title=_("Tổ chức, biên chế"),
            asked=asked,
            tops=tops,
            total=count_of(tops),
            numbers=access.may("establishment", "read"),
            said=said,
        )

    @expose("/<int:unit_id>")
    @expose("/<int:unit_id>/<tab>")
    @needs("unit", "read")
    def show(self, unit_id: int, tab: str = "overview") -> Any:
        return _unit_page(unit_id, tab)

    # -- units
    @expose("/new", methods=["GET", "POST"])
    @needs("unit", "write")
    def new(self) -> Any:
        parent = identifier(request.args.get("parent", ""))
        given = {"parent_id": parent, "kind": "division", "level": "INTERNAL"} if parent is not None else {}
        form = NewUnitForm(data=given)

        def act() -> Any:
            command = organization.CreateUnit(
                form.new_unit(), form.valid_from.data, form.decision_number.data or "", form.decision_date.data
            )
            unit = execute(command, key=request_key())
            flash(_("Đã lập đơn vị %(name)s.", name=unit.name), "success")
            return redirect(url_for("UnitView.show", unit_id=unit.id))

        return _form_page("units/new.html", _("Lập đơn vị"), form, act)

    @expose("/<int:unit_id>/change", methods=["GET", "POST"])
    @needs("unit", "write")
    def change(self, unit_id: int) -> Any:
        """Another name, kind, level or parent from a day on; what was before stays in the history."""
        unit = access.get(OrgUnit, unit_id, "write")
        form = ChangeUnitForm(obj=unit)

        def act() -> Any:
            changes = _changes(form, unit)
            succession = "rename" if "name" in changes else "transfer" if "parent_id" in changes else ""
            execute(organization.ChangeUnit(
                unit_id, form.from_date.data, changes, form.decision_number.data or "", form.decision_date.data,
                seen_version(), succession, form.note.data or "",
            ))  # fmt: skip
            flash(_("Đã ghi thay đổi của đơn vị."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="formation"))

        return _form_page("units/change.html", _("Thay đổi từ một ngày"), form, act, unit=unit, version=unit.version)

    @expose("/<int:unit_id>/versions/<int:version_id>", methods=["GET", "POST"])
    @needs("unit", "write")
    def correct(self, unit_id: int, version_id: int) -> Any:
        """A version that was entered wrongly."""
        row = access.get(OrgUnitVersion, version_id, "write")
        if row.unit_id != unit_id:
            raise NotFound()
        form = CorrectUnitForm(obj=row)

        def act() -> Any:
            changes = _changes(form, row)
            for name in ("decision_number", "decision_date"):
                if form[name].data != getattr(row, name):
                    changes[name] = form[name].data
            execute(organization.CorrectUnitVersion(version_id, changes, form.reason.data or ""))
            flash(_("Đã đính chính."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="formation"))

        return _form_page("units/correct.html", _("Đính chính"), form, act, unit=row.unit, row=row)

    @expose("/<int:unit_id>/details", methods=["GET", "POST"])
    @needs("unit", "write")
    def details(self, unit_id: int) -> Any:
        """What stands on the unit's papers."""
        unit = access.get(OrgUnit, unit_id, "write")
        form = DetailsForm(obj=unit)
        original = request.form.get("original") or json.dumps(form.snapshot(), ensure_ascii=False)

        def act() -> Any:
            changes = form.values(form.changed_since(original))
            if changes:
                execute(organization.ChangeUnitDetails(unit_id, changes, seen_version()))
            flash(_("Đã lưu."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="papers"))

        return _form_page("units/details.html", _("Văn bản, trình bày"), form, act, unit=unit, version=unit.version,
                          original=original)  # fmt: skip

    @expose("/<int:unit_id>/reorganise/<kind>", methods=["GET", "POST"])
    @needs("unit", "write")
    def reorganise(self, unit_id: int, kind: str) -> Any:
        """Merge, split or end. “Kiểm tra” shows the consequences, “Thực hiện” writes them."""
        unit = access.get(OrgUnit, unit_id, "write")
        plan = unit_wizard.plan_of(kind, unit)
        faults: list[Fault] = []
        checked, do = False, request.form.get("do", "")
        if request.method == "POST" and do in ("check", "save") and plan.form.validate():
            try:
                command = unit_wizard.command_of(plan)
                if do == "check":
                    found = list(command.validate())
                    if found:
                        raise Refused(found)
                    checked = True
                else:
                    execute(command)
                    flash(_("Đã thực hiện: %(what)s.", what=str(unit_wizard.KINDS[kind]).lower()), "success")
                    return redirect(url_for("UnitView.show", unit_id=unit_id, tab="formation"))
            except Refused as error:
                faults = unit_wizard.take_faults(plan, error)
        return page("units/reorganise.html", title=str(unit_wizard.KINDS[kind]), unit=unit, plan=plan, faults=faults,
                    checked=checked, form=plan.form, **unit_wizard.context(plan))  # fmt: skip

    # -- positions and numbers
    @expose("/<int:unit_id>/positions/new", methods=["GET", "POST"])
    @needs("position", "write")
    def add_position(self, unit_id: int) -> Any:
        unit = access.get(OrgUnit, unit_id, "write", "position")
        form = PositionForm(data={"valid_from": clock.today(), "approved_number": 1, "group": "CHUYEN_NGANH"})

        def act() -> Any:
            execute(organization.CreatePosition(
                unit_id=unit_id, code=form.code.data or "", valid_from=form.valid_from.data,
                decision_number=form.decision_number.data or "", decision_date=form.decision_date.data,
                **form.content(),
            ), key=request_key())  # fmt: skip
            flash(_("Đã thêm vị trí việc làm."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="positions"))

        return _form_page("units/position.html", _("Thêm vị trí việc làm"), form, act, unit=unit, row=None)

    @expose("/<int:unit_id>/positions/<int:position_id>", methods=["GET", "POST"])
    @needs("position", "write")
    def edit_position(self, unit_id: int, position_id: int) -> Any:
        """Edited as it is, or, with a day, from that day on."""
        row = _position(unit_id, position_id)
        form = EditPositionForm(obj=row)
        original = request.form.get("original") or json.dumps(form.snapshot(), ensure_ascii=False)

        def act() -> Any:
            changes = form.content(form.changed_since(original))
            execute(organization.ChangePosition(
                position_id, changes, seen_version(), form.from_date.data, form.decision_number.data or "",
                form.decision_date.data,
            ))  # fmt: skip
            flash(_("Đã lưu vị trí việc làm."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="positions"))

        return _form_page("units/position.html", _("Sửa vị trí việc làm"), form, act, unit=row.unit, row=row,
                          version=row.version, original=original)  # fmt: skip

    @expose("/<int:unit_id>/positions/<int:position_id>/end", methods=["POST"])
    @needs("position", "write")
    def end_position(self, unit_id: int, position_id: int) -> Any:
        _position(unit_id, position_id)
        form = EndForm()
        if not form.validate():
            return _unit_page(unit_id, "positions", flat(form.errors)), 400
        try:
            execute(organization.EndPosition(position_id, form.last_day.data))
        except Refused as error:
            return _unit_page(unit_id, "positions", error.faults), 400
        flash(_("Đã ghi ngày kết thúc vị trí việc làm."), "success")
        return redirect(url_for("UnitView.show", unit_id=unit_id, tab="positions"))

    @expose("/<int:unit_id>/establishment/new", methods=["GET", "POST"])
    @needs("establishment", "write")
    def assign(self, unit_id: int) -> Any:
        """The number assigned from a day on."""
        unit = access.get(OrgUnit, unit_id, "write", "establishment")
        form = EstablishmentForm()

        def act() -> Any:
            execute(organization.SetEstablishment(
                unit_id, form.kind.data or "", form.number.data, form.valid_from.data, form.valid_to.data,
                form.decision_number.data or "", form.decision_date.data,
            ), key=request_key())  # fmt: skip
            flash(_("Đã ghi biên chế giao."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="establishment"))

        return _form_page("units/establishment.html", _("Giao biên chế"), form, act, unit=unit)

    @expose("/<int:unit_id>/quota/new", methods=["GET", "POST"])
    @needs("establishment", "write")
    def quota(self, unit_id: int) -> Any:
        """How many deputies, where a decision says otherwise than the general rule."""
        unit = access.get(OrgUnit, unit_id, "write", "establishment")
        form = QuotaForm()

        def act() -> Any:
            execute(organization.SetLeadershipQuota(
                unit_id, form.deputies.data, form.valid_from.data, form.article.data or "",
                form.decision_number.data or "", form.valid_to.data, form.mark.data or "U",
            ))  # fmt: skip
            flash(_("Đã ghi số lượng cấp phó."), "success")
            return redirect(url_for("UnitView.show", unit_id=unit_id, tab="establishment"))

        return _form_page("units/quota.html", _("Quy định số lượng cấp phó"), form, act, unit=unit)


def _position(unit_id: int, position_id: int) -> Position:
    row = access.get(Position, position_id, "write")
    if row.unit_id != unit_id:
        raise NotFound()
    return row


def _changes(form: Any, row: Any) -> dict[str, Any]:
    """The dated facts that differ from what ``row`` says."""
    return {name: value for name, value in form.dated().items() if value != getattr(row, name)}


def _form_page(template: str, title: str, form: Any, act: Callable[[], Any], **context: Any) -> Any:
    """Show the form; when it was sent and is well-formed, ``act``. What was refused or outrun is said on the form."""
    faults: list[Fault] = []
    stale: Stale | None = None
    if request.method == "POST" and form.validate():
        try:
            return act()
        except Refused as error:
            faults = form.take_faults(error)
        except Stale as error:
            stale = error
    defaults = {"unit": None, "row": None, "version": None, "original": ""}
    if request.method == "POST" and stale is None:
        context["version"] = seen_version()
    return page(template, title=title, form=form, faults=faults, **{**defaults, **context}, **comparison(stale))


def _unit_page(unit_id: int, tab: str, faults: list[Fault] | None = None) -> str:
    if tab not in TABS:
        raise NotFound()
    head = head_of(unit_id, asked_day())
    if tab not in {code for code, _words, _count in head.tabs}:
        raise NotFound()
    return page(
        f"units/tab_{tab}.html",
        title=head.name,
        head=head,
        unit=head.unit,
        asked=head.asked,
        tab=tab,
        faults=faults or [],
        labels=LABELS,
        word=word,
        funding=FUNDING_KINDS,
        **tab_context(tab, head),
    )
