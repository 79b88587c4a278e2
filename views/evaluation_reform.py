"""The administrative-reform index by unit and year: results, weaknesses, who answers for them, the remedy."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from hrms.commands.evaluation import reform_index
from hrms.commands.evaluation.reform_index import IndexContent
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused, Stale
from models.evaluation import ReformIndexResult
from models.organization import OrgUnit
from models.staff import Person
from views.evaluation_support import differences, points_text
from views.fields import (
    DateField,
    DecimalCommaField,
    Form,
    LongTextField,
    LookupField,
    Optional,
    TextField,
    WholeField,
    required,
)
from views.listing import Column, Filter, ListSpec, declare, search_folded, whole_of
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page


def remedy_badge(row: ReformIndexResult) -> tuple[str, str] | None:
    if not row.weakness:
        return None
    if row.remedied_on is not None:
        return "done", _("Đã khắc phục")
    if row.remedy_by is not None and row.remedy_by < clock.today():
        return "bad", _("Quá hạn khắc phục")
    return "warn", _("Đang khắc phục")


def _score(row: ReformIndexResult) -> str:
    if row.score is None:
        return ""
    return f"{points_text(row.score)}/{points_text(row.maximum)}"


def _overdue(query: Select[Any], value: str) -> Select[Any]:
    query = query.where(ReformIndexResult.weakness != "", ReformIndexResult.remedied_on.is_(None))
    return query.where(ReformIndexResult.remedy_by < clock.today()) if value == "late" else query


RESULTS = declare(
    ListSpec(
        name="reform_index",
        title=lambda: _("Chỉ số cải cách hành chính"),
        model=ReformIndexResult,
        columns=(
            Column("unit", lambda: _("Đơn vị"), "unit.name", (OrgUnit.sort_key,), width=32),
            Column("year", lambda: _("Năm"), lambda row: str(row.year), (ReformIndexResult.year,), width=8),
            Column("indicator", lambda: _("Chỉ số, lĩnh vực"), "indicator", (ReformIndexResult.indicator,), width=36),
            Column("score", lambda: _("Điểm"), _score, width=14, nowrap=True),
            Column("rank", lambda: _("Thứ hạng"), "rank", (ReformIndexResult.rank,), "number", width=10),
            Column("weakness", lambda: _("Hạn chế"), "weakness", width=44),
            Column("who", lambda: _("Cá nhân chịu trách nhiệm"), "responsible_person.full_name", width=26),
            Column("by", lambda: _("Hạn khắc phục"), "remedy_by", (ReformIndexResult.remedy_by,), "date", width=12),
            Column("state", lambda: _("Khắc phục"), remedy_badge, kind="badge", width=18),
        ),
        base=lambda: select(ReformIndexResult).join(ReformIndexResult.unit),
        options=(contains_eager(ReformIndexResult.unit), joinedload(ReformIndexResult.responsible_person)),
        search=search_folded(OrgUnit.folded),
        search_hint=lambda: _("Tên đơn vị"),
        filters=(
            Filter("year", lambda: _("Năm"), lambda q, v: q.where(ReformIndexResult.year == whole_of(v, 2000, 2100)),
                   kind="number"),
            Filter("remedy", lambda: _("Khắc phục"), _overdue,
                   lambda: [("open", _("Chưa khắc phục xong")), ("late", _("Quá hạn khắc phục"))]),
        ),
        default_sort=(ReformIndexResult.year.desc(), OrgUnit.sort_key, ReformIndexResult.id),
        row_url=lambda row: url_for("EvaluationReformView.show", result_id=row.id),
        export_permission=("evaluation", "index"),
        empty=lambda: _("Chưa có kết quả chỉ số cải cách hành chính trong phạm vi của bạn."),
    )
)  # fmt: skip


class ContentForm(Form):
    indicator = TextField(_l("Chỉ số, lĩnh vực"), [required(_l("Cần tên chỉ số hoặc lĩnh vực."))])
    score = DecimalCommaField(_l("Điểm đạt"), [Optional()])
    maximum = DecimalCommaField(_l("Điểm tối đa"), [Optional()])
    rank = WholeField(_l("Thứ hạng"), [Optional()])
    weakness = LongTextField(_l("Hạn chế, điểm yếu"))
    responsible_unit_id = LookupField(_l("Tổ chức chịu trách nhiệm"), url="/lookup/units?q=")
    responsible_person_id = LookupField(_l("Cá nhân chịu trách nhiệm"), url="/lookup/people?q=")
    remedy = LongTextField(_l("Biện pháp khắc phục"))
    remedy_by = DateField(_l("Hạn khắc phục"), [Optional()])
    document = TextField(_l("Văn bản công bố, báo cáo"))

    def content(self) -> IndexContent:
        return IndexContent(
            self.indicator.data or "", self.score.data, self.maximum.data, self.rank.data, self.weakness.data or "",
            self.responsible_unit_id.data, self.responsible_person_id.data, self.remedy.data or "",
            self.remedy_by.data, self.document.data or "",
        )  # fmt: skip


class NewForm(ContentForm):
    unit_id = LookupField(_l("Đơn vị"), [required(_l("Hãy chọn đơn vị."))], url="/lookup/units?q=")
    year = WholeField(_l("Năm"), [required(_l("Hãy ghi năm."))])


class CloseForm(Form):
    done_on = DateField(_l("Ngày khắc phục xong"), [Optional()])
    document = TextField(_l("Văn bản, báo cáo chứng minh"))


class EvaluationReformView(BaseView):
    """``/evaluation/reform-index``"""

    route_base = "/evaluation/reform-index"

    @expose("/")
    @needs("evaluation", "index", ("evaluation", "synthesise"), ("evaluation", "rate"))
    def list(self) -> Any:
        return show_list(RESULTS, "evaluation/reform_list.html")

    @expose("/new", methods=["GET", "POST"])
    @needs("evaluation", "index")
    def new(self) -> Any:
        faults: list[Any] = []
        status = 200
        form = (
            NewForm(request.form) if request.method == "POST" else NewForm(None, data={"year": clock.today().year - 1})
        )
        if request.method == "POST":
            status = 400
            if form.validate():
                try:
                    row = execute(
                        reform_index.RecordReformIndex(form.unit_id.data or 0, form.year.data or 0, form.content()),
                        key=request_key(),
                    )
                    flash(_("Đã ghi kết quả chỉ số."), "success")
                    return redirect(url_for("EvaluationReformView.show", result_id=row.id))
                except Refused as error:
                    faults = form.take_faults(error)
        _name(form)
        return page("evaluation/reform_edit.html", title=_("Ghi kết quả chỉ số"), form=form, row=None, faults=faults,
                    differences=[], editor=""), status  # fmt: skip

    @expose("/<int:result_id>")
    @needs("evaluation", "read")
    def show(self, result_id: int) -> Any:
        return self._page(result_id, CloseForm(None, data={"done_on": clock.today()}))

    def _page(self, result_id: int, form: CloseForm, faults: Any = (), status: int = 200) -> Any:
        row = access.get(ReformIndexResult, result_id, options=(
            joinedload(ReformIndexResult.unit), joinedload(ReformIndexResult.responsible_person),
        ))  # fmt: skip
        responsible = db.session.get(OrgUnit, row.responsible_unit_id) if row.responsible_unit_id else None
        return page(
            "evaluation/reform.html",
            title=_("Chỉ số cải cách hành chính"),
            row=row,
            responsible=responsible,
            whole=reform_index.of_unit(row.unit_id, row.year),
            badge=remedy_badge(row),
            may_edit=access.may("evaluation", "index", row),
            form=form,
            faults=faults,
            points=points_text,
            feed=history.of(row, 40) if access.may("history", "read") else [],
            labels=_labels(),
        ), status  # fmt: skip

    @expose("/<int:result_id>/edit", methods=["GET", "POST"])
    @needs("evaluation", "index")
    def edit(self, result_id: int) -> Any:
        row = access.get(ReformIndexResult, result_id, "index", options=(joinedload(ReformIndexResult.unit),))
        faults: list[Any] = []
        stale: Stale | None = None
        status = 200
        if request.method == "GET":
            form = ContentForm(None, data={name: getattr(row, name) for name in IndexContent.__dataclass_fields__})
        else:
            form, status = ContentForm(request.form), 400
            if form.validate():
                try:
                    execute(
                        reform_index.ChangeReformIndex(result_id, seen_version(), form.content()), key=request_key()
                    )
                    flash(_("Đã lưu kết quả chỉ số."), "success")
                    return redirect(url_for("EvaluationReformView.show", result_id=result_id))
                except Refused as error:
                    faults = form.take_faults(error)
                except Stale as error:
                    stale, status = error, 409
                row = access.get(ReformIndexResult, result_id, "index", options=(joinedload(ReformIndexResult.unit),))
        _name(form)
        return page("evaluation/reform_edit.html", title=_("Sửa kết quả chỉ số"), form=form, row=row, faults=faults,
                    differences=differences(stale), editor=stale.editor if stale else ""), status  # fmt: skip

    @expose("/<int:result_id>/close", methods=["POST"])
    @needs("evaluation", "index")
    def close(self, result_id: int) -> Any:
        form = CloseForm(request.form)
        if not form.validate():
            return self._page(result_id, form, status=400)
        try:
            execute(
                reform_index.CloseRemedy(result_id, form.done_on.data, form.document.data or "", seen_version()),
                key=request_key(),
            )
        except Refused as error:
            return self._page(result_id, form, form.take_faults(error), 400)
        except Stale as error:
            return self._page(result_id, form, [error], 409)
        flash(_("Đã ghi khắc phục xong."), "success")
        return redirect(url_for("EvaluationReformView.show", result_id=result_id))


def _labels() -> dict[str, Any]:
    found = {name: field.label.text for name, field in ContentForm(None)._fields.items()}
    return {**found, "remedied_on": _("Ngày khắc phục xong")}


def _name(form: Any) -> None:
    """Words of the chosen unit and people beside their ids."""
    for name, model, column in (
        ("unit_id", OrgUnit, OrgUnit.name), ("responsible_unit_id", OrgUnit, OrgUnit.name),
        ("responsible_person_id", Person, Person.full_name),
    ):  # fmt: skip
        field = form._fields.get(name)
        if field is not None and field.data is not None:
            query: Any = select(column).where(model.id == field.data)
            field.text = db.session.scalar(access.restrict(query, model)) or ""
