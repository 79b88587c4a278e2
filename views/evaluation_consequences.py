"""What results call for: consequences of a bad year with their prepared case; lists of the excellent to decide from."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from hrms.commands.evaluation import consequences, results
from hrms.commands.evaluation.consequence_finding import OPEN, REDUCTION
from hrms.commands.evaluation.history import of_person
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from models.evaluation import EvaluationCycle, RatingConsequence
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person
from views.evaluation_support import BADGES, class_word, level_word, points_text
from views.fields import DateField, Form, LongTextField, Optional, TextField
from views.listing import Column, Filter, ListSpec, declare, search_folded, whole_of
from views.lists import show as show_list
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page
from views.words_evaluation_more import FOLLOW_UPS

KINDS = {"open": "open", "taken": "done", "set_aside": "", "late": "bad"}


def state_badge(row: RatingConsequence) -> tuple[str, str]:
    state = consequences.state_today(row)
    return KINDS[state], _("Quá hạn") if state == "late" else str(_(consequences.STATES[state]))


def _late(query: Select[Any], _value: str) -> Select[Any]:
    return query.where(RatingConsequence.state == OPEN, RatingConsequence.due_on < clock.today())


CONSEQUENCES = declare(
    ListSpec(
        name="rating_consequences",
        title=lambda: _("Sử dụng kết quả xếp loại"),
        model=RatingConsequence,
        columns=(
            Column("person", lambda: _("Họ và tên"), "person.full_name", (Person.sort_key,), width=28),
            Column("unit", lambda: _("Đơn vị"), "person.unit.name", (OrgUnit.sort_key,), width=32),
            Column("year", lambda: _("Năm"), lambda row: str(row.year), (RatingConsequence.year,), width=8),
            Column("what", lambda: _("Việc phải xem xét"), lambda r: consequences.sentence_of(r.code), width=50),
            Column("article", lambda: _("Căn cứ"), "article", width=34),
            Column("due", lambda: _("Hạn"), "due_on", (RatingConsequence.due_on,), "date", width=12),
            Column("state", lambda: _("Trạng thái"), state_badge, (RatingConsequence.state,), "badge", width=16),
        ),
        base=lambda: select(RatingConsequence).join(RatingConsequence.person).outerjoin(Person.unit),
        options=(contains_eager(RatingConsequence.person).contains_eager(Person.unit),),
        search=search_folded(Person.folded, Person.code),
        search_hint=lambda: _("Họ tên, mã cán bộ"),
        filters=(
            Filter("state", lambda: _("Trạng thái"), lambda q, v: q.where(RatingConsequence.state == v),
                   lambda: [(code, str(_(label))) for code, label in consequences.STATES.items()]),
            Filter("late", lambda: _("Thời hạn"), _late, lambda: [("1", _("Quá hạn"))]),
            Filter("year", lambda: _("Năm"), lambda q, v: q.where(RatingConsequence.year == whole_of(v, 2000, 2100)),
                   kind="number"),
        ),
        default_sort=(RatingConsequence.due_on.is_(None), RatingConsequence.due_on),
        row_url=lambda row: url_for("EvaluationConsequenceView.show", consequence_id=row.id),
        row_class=lambda row: "late" if consequences.state_today(row) == "late" else "",
        action="consequence",
        export_permission=("evaluation", "consequence"),
        empty=lambda: _("Không có việc nào phải xem xét. Danh sách được lập khi công khai kết quả năm."),
    )
)  # fmt: skip


class SetAsideForm(Form):
    reason = LongTextField(_l("Lý do không áp dụng"))


class TakeUpForm(Form):
    document = TextField(_l("Số, ngày văn bản bắt đầu thủ tục"))
    note = LongTextField(_l("Ghi chú"))


class CaseForm(Form):
    leave_date = DateField(_l("Ngày dự kiến nghỉ"), [Optional()])


class EvaluationConsequenceView(BaseView):
    """``/evaluation/consequences`` and ``/evaluation/excellent``"""

    route_base = "/evaluation"

    @expose("/consequences")
    @needs("evaluation", "consequence")
    def list(self) -> Any:
        years = select(EvaluationCycle).where(EvaluationCycle.period_kind == "YEAR", EvaluationCycle.side == "STATE")
        found = db.session.scalars(
            access.restrict(years, EvaluationCycle).order_by(EvaluationCycle.year.desc()).limit(3)
        )
        return show_list(CONSEQUENCES, "evaluation/consequences.html", cycles=list(found))

    @expose("/<int:cycle_id>/consequences", methods=["POST"])
    @needs("evaluation", "consequence")
    def find(self, cycle_id: int) -> Any:
        """Look through a year again, in the background."""
        job = consequences.ask_for_consequences(cycle_id)
        flash(_("Đang xét lại kết quả của cả năm ở nền. Tải lại trang sau ít phút."), "success")
        return redirect(url_for("JobView.show", job_id=job.id) if access.may("job", "own") else _list_url())

    @expose("/consequences/<int:consequence_id>")
    @needs("evaluation", "consequence")
    def show(self, consequence_id: int) -> Any:
        return self._page(consequence_id)

    def _page(
        self, consequence_id: int, *, faults: Any = (), forms: dict[str, Form] | None = None, status: int = 200
    ) -> Any:
        row = access.get(RatingConsequence, consequence_id)
        past = of_person(row.person_id)
        case = None
        if row.case_id is not None:
            query = select(DownsizingCase).where(DownsizingCase.id == row.case_id)
            case = db.session.scalar(access.restrict(query, DownsizingCase))
        made: dict[str, Form] = {
            "aside": SetAsideForm(None),
            "take": TakeUpForm(None),
            "case": CaseForm(None),
            **(forms or {}),
        }
        return page(
            "evaluation/consequence.html",
            title=_("Sử dụng kết quả xếp loại"),
            row=row,
            sentence=consequences.sentence_of(row.code),
            badge=state_badge(row),
            years=past.of(kinds=("YEAR",))[:5],
            case=case,
            prepares=row.code == REDUCTION and access.may("case", "create"),
            is_open=row.state == OPEN,
            forms=made,
            faults=faults,
            accepted=bool(request.form.get("accept_warnings")),
            feed=history.of(row, 30) if access.may("history", "read") else [],
            labels={"state": _("Trạng thái"), "note": _("Ghi chú"), "due_on": _("Hạn"), "case_id": _("Hồ sơ"),
                    "article": _("Căn cứ"), "warnings": _("Cảnh báo")},
            badges=BADGES,
            level_word=level_word,
            points=points_text,
        ), status  # fmt: skip

    @expose("/consequences/<int:consequence_id>/aside", methods=["POST"])
    @needs("evaluation", "consequence")
    def aside(self, consequence_id: int) -> Any:
        form = SetAsideForm(request.form)
        form.validate()
        command = consequences.SetAside(consequence_id, form.reason.data or "", seen_version())
        return self._taken(consequence_id, command, {"aside": form}, _("Đã ghi không áp dụng."))

    @expose("/consequences/<int:consequence_id>/take", methods=["POST"])
    @needs("evaluation", "consequence")
    def take(self, consequence_id: int) -> Any:
        form = TakeUpForm(request.form)
        form.validate()
        command = consequences.TakeUp(consequence_id, form.document.data or "", form.note.data or "", _accepted(),
                                      seen_version())  # fmt: skip
        return self._taken(consequence_id, command, {"take": form}, _("Đã ghi bắt đầu thủ tục."))

    @expose("/consequences/<int:consequence_id>/case", methods=["POST"])
    @needs("evaluation", "consequence")
    def case(self, consequence_id: int) -> Any:
        """Open the prepared downsizing case as a draft: a human completes or drops it."""
        form = CaseForm(request.form)
        if not form.validate():
            return self._page(consequence_id, forms={"case": form}, status=400)
        command = consequences.OpenPreparedCase(consequence_id, form.leave_date.data, _accepted(), seen_version())
        return self._taken(consequence_id, command, {"case": form}, _("Đã lập dự thảo hồ sơ tinh giản biên chế."))

    def _taken(self, consequence_id: int, command: Any, forms: dict[str, Form], told: str) -> Any:
        try:
            outcome = execute(command, key=request_key())
        except Refused as error:
            faults: Any = error.faults
            for form in forms.values():
                faults = form.take_faults(Refused(faults))
            return self._page(consequence_id, faults=faults, forms=forms, status=400)
        except Stale as error:
            return self._page(consequence_id, faults=[Fault("", error.message)], forms=forms, status=409)
        flash(told, "success")
        if isinstance(outcome, DownsizingCase):
            return redirect(url_for("CaseView.show", case_id=outcome.id))
        return redirect(url_for("EvaluationConsequenceView.show", consequence_id=consequence_id))

    @expose("/excellent")
    @needs("evaluation", "consequence")
    def excellent(self) -> Any:
        """Excellent people of a year: talent, an early raise, planning."""
        latest = access.restrict(
            select(func.max(EvaluationCycle.year)).where(EvaluationCycle.period_kind == "YEAR"), EvaluationCycle
        )
        year = identifier(request.args.get("year", "")) or db.session.scalar(latest) or clock.today().year - 1
        unit_id = identifier(request.args.get("unit_id", ""))
        wanted = request.args.get("follow_up", "")
        unit = access.get(OrgUnit, unit_id) if unit_id is not None else None
        rows = results.excellent(year, unit_id, wanted if wanted in FOLLOW_UPS else "")
        return page("evaluation/excellent.html", title=_("Người hoàn thành xuất sắc"), rows=rows, year=year,
                    wanted=wanted, follow_ups=FOLLOW_UPS, unit=unit, class_word=class_word)  # fmt: skip


def _accepted() -> bool:
    return request.form.get("accept_warnings") == "1"


def _list_url() -> str:
    return url_for("EvaluationConsequenceView.list")
