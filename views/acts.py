"""Restructuring acts: the documents whose day of effect starts the twelve months."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from hrms.commands.law.current import current_store
from hrms.commands.restructuring import acts
from hrms.commands.restructuring.acts import ActContent
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused, Stale
from hrms.kernel.text import add_months, fold, format_date
from models.organization import OrgUnit
from models.restructuring import DownsizingCase, RestructuringAct
from models.vocabulary import ACT_KINDS
from policies.engine.errors import ParameterGap
from views.case_forms import ActForm, words
from views.listing import Column, Filter, ListSpec, declare
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

FIRST_MONTHS = "nd178.first12.months"  # counted from the day of effect (TT 01/2025/TT-BNV Điều 3 khoản 1)


def _search(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split():
        found = RestructuringAct.folded.contains(word, autoescape=True)
        query = query.where(found | OrgUnit.folded.contains(word, autoescape=True))
    return query


def remember_counts(rows: Any) -> None:
    """How many cases rest on each act of the page; one statement."""
    query = access.restrict(
        select(DownsizingCase.act_id, func.count()).where(DownsizingCase.act_id.in_([act.id for act in rows])),
        DownsizingCase,
    ).group_by(DownsizingCase.act_id)
    counts = dict(db.session.execute(query).tuples().all())
    for act in rows:
        act.__dict__["case_count"] = counts.get(act.id, 0)


def end_of_first_months(act: RestructuringAct) -> date | None:
    """First day after the first twelve months, by the law in force on the day of effect (by the first one before)."""
    store = current_store()
    day = max(act.effective_on, store.versions(FIRST_MONTHS)[0].valid_from)
    try:
        return add_months(act.effective_on, store.at(FIRST_MONTHS, day).value)
    except ParameterGap:
        return None


def first_twelve(act: RestructuringAct) -> tuple[str, str]:
    """Whether a leave next month would still fall into the first twelve months."""
    last = end_of_first_months(act)
    if last is None:
        return "", "—"
    return ("open", _("đến trước %(day)s", day=format_date(last))) if clock.today() < last else ("closed", _("đã hết"))


ACTS = declare(
    ListSpec(
        name="acts",
        title=lambda: _("Văn bản sắp xếp tổ chức"),
        model=RestructuringAct,
        columns=(
            Column("number", lambda: _("Số, ký hiệu"), "number", (RestructuringAct.number,), code=True, width=24),
            Column("title", lambda: _("Trích yếu"), "title", width=50),
            Column("unit", lambda: _("Đơn vị"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("kind", lambda: _("Loại"), lambda act: _(ACT_KINDS[act.kind]), (RestructuringAct.kind,), width=20),
            Column("issued_on", lambda: _("Ban hành"), "issued_on", (RestructuringAct.issued_on,), "date", width=12),
            Column(
                "effective_on",
                lambda: _("Có hiệu lực"),
                "effective_on",
                (RestructuringAct.effective_on,),
                "date",
                width=12,
            ),
            Column("first12", lambda: _("12 tháng đầu"), first_twelve, kind="badge", width=20),
            Column("cases", lambda: _("Số hồ sơ"), "case_count", kind="number", width=10),
        ),
        base=lambda: select(RestructuringAct).join(RestructuringAct.unit),
        options=(contains_eager(RestructuringAct.unit),),
        enrich=remember_counts,
        search=_search,
        search_hint=lambda: _("Số văn bản, trích yếu, đơn vị"),
        filters=(
            Filter(
                "kind",
                lambda: _("Loại"),
                lambda q, v: q.where(RestructuringAct.kind == v),
                lambda: [(code, _(label)) for code, label in ACT_KINDS.items()],
            ),
        ),
        default_sort=(RestructuringAct.effective_on.desc(),),
        row_url=lambda act: url_for("ActView.edit", act_id=act.id),
        empty=lambda: _("Chưa có văn bản sắp xếp nào. Hồ sơ của người chịu tác động trực tiếp cần văn bản này."),
    )
)


class ActView(BaseView):
    """``/acts/``"""

    route_base = "/acts"

    @expose("/")
    @needs("act", "read")
    def list(self) -> Any:
        return show_list(ACTS, "acts/list.html")

    @expose("/new", methods=["GET", "POST"])
    @needs("act", "write")
    def new(self) -> Any:
        form = _form(None)
        faults: list[Any] = []
        if request.method == "POST" and form.validate():
            try:
                act = execute(acts.CreateAct(form.unit_id.data, _content(form)), key=request_key())
                flash(_("Đã ghi văn bản %(number)s.", number=act.number), "success")
                return redirect(url_for("ActView.list"))
            except Refused as error:
                faults = form.take_faults(error)
        return _page(form, None, None, faults, None)

    @expose("/<int:act_id>/", methods=["GET", "POST"])
    @needs("act", "read")
    def edit(self, act_id: int) -> Any:
        """The act; with the right to write, as a form. A new day of effect recomputes the open cases on it."""
        act = access.get(RestructuringAct, act_id)
        form = _form(act)
        faults: list[Any] = []
        differences, version = None, act.version
        if request.method == "POST":
            access.require("act", "write", act)
            version = seen_version() or version
            if form.validate():
                try:
                    execute(acts.ChangeAct(act_id, seen_version(), _content(form)), key=request_key())
                    flash(_("Đã lưu văn bản; hồ sơ đang xử lý dựa vào văn bản này đã được tính lại."), "success")
                    return redirect(url_for("ActView.list"))
                except Refused as error:
                    faults = form.take_faults(error)
                except Stale as error:
                    differences, version = error, access.get(RestructuringAct, act_id).version
        return _page(form, access.get(RestructuringAct, act_id), version, faults, differences)

    @expose("/<int:act_id>/remove", methods=["POST"])
    @needs("act", "write")
    def remove(self, act_id: int) -> Any:
        try:
            execute(acts.RemoveAct(act_id), key=request_key())
        except Refused as error:
            act = access.get(RestructuringAct, act_id)
            return _page(_form(act, fresh=True), act, act.version, error.faults, None)
        flash(_("Đã xóa văn bản."), "success")
        return redirect(url_for("ActView.list"))


def _form(act: RestructuringAct | None, *, fresh: bool = False) -> ActForm:
    form = ActForm() if request.method == "POST" and not fresh else ActForm(None, obj=act)
    form.kind.choices = words(ACT_KINDS)
    if act is not None:
        del form["unit_id"]
    elif form.unit_id.data:
        form.unit_id.text = str(access.get(OrgUnit, form.unit_id.data).name)
    return form


def _content(form: ActForm) -> ActContent:
    return ActContent(
        form.number.data or "",
        form.issued_on.data,
        form.effective_on.data,
        form.title.data or "",
        form.issuer.data or "",
        form.kind.data,
    )


def _page(form: ActForm, act: RestructuringAct | None, version: int | None, faults: Any, differences: Any) -> Any:
    return page(
        "acts/edit.html",
        title=act.number if act is not None else _("Thêm văn bản sắp xếp"),
        form=form,
        act=act,
        version=version,
        faults=faults,
        stale=differences,
        may_write=access.may("act", "write", act) if act is not None else True,
    )
