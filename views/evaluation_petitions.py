"""Petitions: the own result with the petition form, the list, the answer; the petitioner sees nobody else's score."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from hrms.commands.evaluation import petitions
from hrms.commands.evaluation.decisions import CHANNELS
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.standing import TOLD
from hrms.commands.evaluation.words import LABELS, TEXT_SECTIONS
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from hrms.kernel.text import fold
from models.evaluation import EvaluationCycle, EvaluationDecision, EvaluationPetition, PersonEvaluation
from models.organization import OrgUnit
from models.staff import Person
from models.vocabulary import RATINGS
from policies.evaluation import reason_text
from views.evaluation_confirm import Confirmation, confirmation
from views.evaluation_support import BADGES, level_word, points_text
from views.fields import BooleanField, ChoiceField, DateField, Form, LongTextField, Optional, TextField, required
from views.listing import Column, Filter, ListSpec, declare, whole_of
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page
from views.words_evaluation_more import OUTCOMES

BADGE_OF = {"filed": "open", "upheld": "", "changed": "done", "late": "warn", "withdrawn": ""}
WITH_SHEET = (
    joinedload(PersonEvaluation.cycle), joinedload(PersonEvaluation.person), joinedload(PersonEvaluation.unit),
    joinedload(PersonEvaluation.quota_group),
)  # fmt: skip


def _late_answer(row: EvaluationPetition) -> bool:
    return row.state == petitions.OPEN and row.answer_by is not None and row.answer_by < clock.today()


def state_badge(row: EvaluationPetition) -> tuple[str, str]:
    if _late_answer(row):
        return "bad", _("Quá hạn trả lời")
    return BADGE_OF[row.state], str(_(petitions.STATES[row.state]))


def _base() -> Select[Any]:
    return (
        select(EvaluationPetition)
        .join(EvaluationPetition.person)
        .join(EvaluationPetition.evaluation)
        .join(PersonEvaluation.cycle)
        .join(PersonEvaluation.unit)
    )


def _overdue(query: Select[Any], _value: str) -> Select[Any]:
    return query.where(EvaluationPetition.state == petitions.OPEN, EvaluationPetition.answer_by < clock.today())


def _search(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split():
        query = query.where(PersonEvaluation.folded.contains(word, autoescape=True))
    return query


def _cycle_name(value: str) -> str:
    query = select(EvaluationCycle.name).where(EvaluationCycle.id == whole_of(value, 0, 10**9))
    return db.session.scalar(access.restrict(query, EvaluationCycle)) or value


PETITIONS = declare(
    ListSpec(
        name="evaluation_petitions",
        title=lambda: _("Kiến nghị về kết quả xếp loại"),
        model=EvaluationPetition,
        columns=(
            Column("person", lambda: _("Người kiến nghị"), "person.full_name", (Person.sort_key,), width=28),
            Column("unit", lambda: _("Đơn vị"), "evaluation.unit.name", (OrgUnit.sort_key,), width=30),
            Column("cycle", lambda: _("Kỳ đánh giá"), "evaluation.cycle.name", (EvaluationCycle.ends_on,), width=28),
            Column("level", lambda: _("Mức đã quyết định"), lambda r: level_word(r.evaluation.level), width=24),
            Column("wished", lambda: _("Mức đề nghị"), lambda r: level_word(r.wished_level), width=24),
            Column("filed", lambda: _("Ngày nhận"), "filed_on", (EvaluationPetition.filed_on,), "date", width=12),
            Column("due", lambda: _("Hạn trả lời"), "answer_by", (EvaluationPetition.answer_by,), "date", width=12),
            Column("state", lambda: _("Trạng thái"), state_badge, (EvaluationPetition.state,), "badge", width=20),
        ),
        base=_base,
        options=(
            contains_eager(EvaluationPetition.person),
            contains_eager(EvaluationPetition.evaluation).options(
                contains_eager(PersonEvaluation.cycle).defer(EvaluationCycle.frozen),
                contains_eager(PersonEvaluation.unit),
                defer(PersonEvaluation.trace),
            ),
        ),
        search=_search,
        search_hint=lambda: _("Họ tên người kiến nghị"),
        filters=(
            Filter("state", lambda: _("Trạng thái"), lambda q, v: q.where(EvaluationPetition.state == v),
                   lambda: [(code, str(_(label))) for code, label in petitions.STATES.items()]),
            Filter("overdue", lambda: _("Thời hạn"), _overdue, lambda: [("1", _("Quá hạn trả lời"))]),
            Filter("cycle_id", lambda: _("Kỳ đánh giá"),
                   lambda q, v: q.where(PersonEvaluation.cycle_id == whole_of(v, 0, 10**9)), kind="number",
                   text_of=_cycle_name, hidden=True),
        ),
        default_sort=(EvaluationPetition.answer_by.is_(None), EvaluationPetition.answer_by),
        row_url=lambda row: url_for("EvaluationPetitionView.show", petition_id=row.id),
        row_class=lambda row: "late" if _late_answer(row) else "",
        export_permission=("evaluation", "export"),
        empty=lambda: _("Không có kiến nghị nào trong phạm vi của bạn."),
    )
)  # fmt: skip


class FileForm(Form):
    content = LongTextField(_l("Nội dung kiến nghị"), [required(_l("Cần nêu nội dung kiến nghị."))])
    wished_level = ChoiceField(
        _l("Mức đề nghị (không bắt buộc)"),
        choices=[("", _l("– không nêu –")), *((k, _l(v)) for k, v in RATINGS.items())],
    )
    received_on = DateField(_l("Ngày nhận văn bản"), [Optional()], description=_l("Để trống: hôm nay."))


class DialogueForm(Form):
    held_on = DateField(_l("Ngày đối thoại"), [Optional()])
    note = LongTextField(_l("Nội dung trao đổi"))


class AnswerForm(Form):
    outcome = ChoiceField(
        _l("Kết luận"),
        choices=[("", _l("– chọn –")), ("upheld", _l("Giữ nguyên kết quả")), ("changed", _l("Thay đổi kết quả"))],
    )
    answer = LongTextField(_l("Nội dung trả lời"))
    answer_number = TextField(_l("Số văn bản trả lời"))
    answered_by = TextField(_l("Người trả lời (họ tên, chức vụ)"))
    answered_on = DateField(_l("Ngày trả lời"), [Optional()])
    new_level = ChoiceField(_l("Mức mới"), choices=[("", _l("– chọn –")), *((k, _l(v)) for k, v in RATINGS.items())])
    confirm_lower = BooleanField(_l("Xác nhận mức mới thấp hơn mức đang có hiệu lực"))
    level_reason = LongTextField(_l("Lý do thay đổi mức"))
    decision_number = TextField(_l("Số quyết định mới"))
    decision_date = DateField(_l("Ngày quyết định mới"), [Optional()])


class WithdrawForm(Form):
    reason = LongTextField(_l("Văn bản rút kiến nghị"))


class EvaluationPetitionView(BaseView):
    """``/evaluation/petitions`` and the page of one's own result."""

    route_base = "/evaluation"

    @expose("/petitions")
    @needs("evaluation", "read")
    def list(self) -> Any:
        return show_list(PETITIONS, "evaluation/petitions.html")

    @expose("/sheets/<int:evaluation_id>/petition", methods=["GET", "POST"])
    @needs("evaluation", "petition", ("evaluation", "petition_log"))
    def own(self, evaluation_id: int) -> Any:
        """The result as told to the person, the ceilings of the own group, and the petition; HR notes a letter here."""
        sheet = access.get(PersonEvaluation, evaluation_id, options=WITH_SHEET)
        form, faults, status = FileForm(request.form if request.method == "POST" else None), [], 200
        if request.method == "POST" and form.validate():
            try:
                row = execute(
                    petitions.FilePetition(evaluation_id, form.content.data or "", form.wished_level.data or "",
                                           form.received_on.data),
                    key=request_key(),
                )  # fmt: skip
                if row.late:
                    flash(_("Kiến nghị gửi quá hạn: đã lưu hồ sơ, không phát sinh thời hạn trả lời."), "warning")
                else:
                    flash(_("Đã gửi kiến nghị. Hạn trả lời được ghi trên trang này."), "success")
                return redirect(url_for("EvaluationPetitionView.show", petition_id=row.id))
            except Refused as error:
                faults, status = form.take_faults(error), 400
        elif request.method == "POST":
            status = 400
        return self._own_page(sheet, form, faults, status)

    def _own_page(self, sheet: PersonEvaluation, form: FileForm, faults: Any, status: int) -> Any:
        told = petitions.petition_page(sheet.id)
        query = select(EvaluationPetition).where(EvaluationPetition.evaluation_id == sheet.id)
        earlier = db.session.scalars(access.restrict(query, EvaluationPetition).order_by(EvaluationPetition.id.desc()))
        return page(
            "evaluation/result.html",
            title=_("Kết quả xếp loại"),
            sheet=sheet,
            told=told,
            own=sheet.person_id == own_person_id(),
            decision=db.session.get(EvaluationDecision, sheet.decision_id) if sheet.decision_id else None,
            earlier=list(earlier),
            form=form,
            faults=faults,
            reasons=[reason_text(code) for code in sheet.reasons or ()],
            sections=TEXT_SECTIONS,
            state_badge=state_badge,
            badges=BADGES,
            level_word=level_word,
            points=points_text,
            channels=CHANNELS,
        ), status  # fmt: skip

    @expose("/petitions/<int:petition_id>")
    @needs("evaluation", "read")
    def show(self, petition_id: int) -> Any:
        return self._page(petition_id)

    def _page(
        self,
        petition_id: int,
        *,
        faults: Any = (),
        forms: dict[str, Form] | None = None,
        confirm: Confirmation | None = None,
        status: int = 200,
    ) -> Any:
        row = access.get(EvaluationPetition, petition_id)
        sheet = access.get(PersonEvaluation, row.evaluation_id, options=WITH_SHEET)
        own = row.person_id == own_person_id()
        is_open = row.state == petitions.OPEN
        seen = sheet.state in TOLD or access.in_scope(sheet.unit_id, "evaluation", "read")
        ceilings = petitions.petition_page(sheet.id) if sheet.state in TOLD and sheet.notified_at else None
        made: dict[str, Form] = {
            "dialogue": DialogueForm(None, data={"held_on": clock.today()}),
            "answer": AnswerForm(None, data={"answered_on": clock.today()}),
            "withdraw": WithdrawForm(None),
            **(forms or {}),
        }
        return page(
            "evaluation/petition.html",
            title=_("Kiến nghị"),
            row=row,
            sheet=sheet,
            own=own,
            seen=seen,
            told=ceilings,
            badge=state_badge(row),
            may_answer=is_open and not own and access.in_scope(sheet.decider_unit_id, "evaluation", "resolve"),
            may_talk=is_open
            and not own
            and any(access.may("evaluation", right, sheet) for right in ("resolve", "petition_log")),
            may_withdraw=is_open and access.may("evaluation", "petition" if own else "petition_log", sheet),
            forms=made,
            reopened=set(forms or ()),
            faults=faults,
            confirm=confirm,
            outcomes=OUTCOMES,
            reasons=[reason_text(code) for code in sheet.reasons or ()] if seen else [],
            sections=TEXT_SECTIONS,
            comments=history.comments_of(row),
            feed=history.of(row, 40) if access.may("history", "read") else [],
            labels={**LABELS, **PETITION_LABELS},
            badges=BADGES,
            level_word=level_word,
            points=points_text,
        ), status  # fmt: skip

    @expose("/petitions/<int:petition_id>/dialogue", methods=["POST"])
    @needs("evaluation", "resolve", ("evaluation", "petition_log"))
    def dialogue(self, petition_id: int) -> Any:
        form = DialogueForm(request.form)
        if not form.validate():
            return self._page(petition_id, forms={"dialogue": form}, status=400)
        command = petitions.HoldDialogue(petition_id, form.held_on.data, form.note.data or "", seen_version())
        return self._taken(petition_id, command, "dialogue", form, _("Đã ghi buổi đối thoại."))

    @expose("/petitions/<int:petition_id>/withdraw", methods=["POST"])
    @needs("evaluation", "petition", ("evaluation", "petition_log"))
    def withdraw(self, petition_id: int) -> Any:
        form = WithdrawForm(request.form)
        form.validate()
        command = petitions.WithdrawPetition(petition_id, form.reason.data or "")
        return self._taken(petition_id, command, "withdraw", form, _("Đã rút kiến nghị."))

    @expose("/petitions/<int:petition_id>/answer", methods=["POST"])
    @needs("evaluation", "resolve")
    def answer(self, petition_id: int) -> Any:
        """Once: upheld, or changed by a new decision, whose effect on the quota is confirmed first."""
        form = AnswerForm(request.form)
        if not form.validate():
            return self._page(petition_id, forms={"answer": form}, status=400)
        command = petitions.AnswerPetition(
            petition_id, form.outcome.data or "", form.answer.data or "", form.answer_number.data or "",
            form.answered_by.data or "", form.answered_on.data, form.new_level.data or "", form.level_reason.data or "",
            form.decision_number.data or "", form.decision_date.data, request.form.get("seen_quota", ""),
            seen_version(), bool(form.confirm_lower.data),
        )  # fmt: skip
        return self._taken(petition_id, command, "answer", form, _("Đã trả lời kiến nghị."))

    def _taken(self, petition_id: int, command: Any, name: str, form: Form, told: str) -> Any:
        try:
            execute(command, key=request_key())
        except Refused as error:
            row = access.get(EvaluationPetition, petition_id)
            sheet = access.get(PersonEvaluation, row.evaluation_id)
            new = request.form.get("new_level", "")
            changed = {sheet.id: new} if name == "answer" and new in RATINGS else {}
            confirm, rest = confirmation(error.faults, sheet.cycle_id, changed)
            return self._page(petition_id, faults=form.take_faults(Refused(rest)), forms={name: form}, confirm=confirm,
                              status=400)  # fmt: skip
        except Stale as error:
            return self._page(petition_id, faults=[Fault("", error.message)], forms={name: form}, status=409)
        flash(told, "success")
        return redirect(url_for("EvaluationPetitionView.show", petition_id=petition_id))


PETITION_LABELS = {
    "state": _l("Trạng thái"), "filed_on": _l("Ngày nhận"), "answer_by": _l("Hạn trả lời"),
    "dialogue_on": _l("Ngày đối thoại"), "answer": _l("Nội dung trả lời"), "answered_on": _l("Ngày trả lời"),
    "answered_by": _l("Người trả lời"), "answer_number": _l("Số văn bản trả lời"), "new_level": _l("Mức mới"),
    "content": _l("Nội dung kiến nghị"), "wished_level": _l("Mức đề nghị"), "file_by": _l("Hạn gửi kiến nghị"),
}  # fmt: skip
