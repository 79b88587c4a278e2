"""Collectives: self-assessment, opinions, proposal, recognition; the index of reform stands beside the lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import offline_units, order, queries, reform_index, units
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.measures import UNIT_MEASURES, asked_of_unit
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.sheets import Content
from hrms.commands.evaluation.words import DRAFT, LABELS, MANUAL, OPINIONS_IN, PROPOSED, SELF_ASSESSED, TEXT_SECTIONS
from hrms.commands.evaluation.workflow import UNIT, UNIT_STATE_LABELS
from hrms.kernel import access, history
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from hrms.kernel.workflow import performed
from models.evaluation import UnitEvaluation
from models.vocabulary import RATINGS
from policies.evaluation import reason_text, regimes
from policies.evaluation.data import reasons
from views.evaluation_sheet_page import FLAGS
from views.evaluation_sheets import spreadsheet, uploaded
from views.evaluation_support import (
    BADGES,
    LEVEL_KEYS,
    computed_values,
    differences,
    level_word,
    plain_points,
    points_text,
    posted_map,
    sheet_view,
    tabs,
    told,
    totals_of,
    trace_in_words,
)
from views.fields import DateField, Form, LongTextField, Optional, TextField
from views.posted import picked, request_key, seen_version
from views.rules import needs
from views.templating import page

SECTIONS = ("results", "strengths", "weaknesses", "causes", "remedies", "opinions")
CONTENT_STEPS = ("self_assess", "opinions", "propose")  # steps that carry the form's content
OPEN_STATES = (DRAFT, SELF_ASSESSED, OPINIONS_IN, PROPOSED)
WITH = (joinedload(UnitEvaluation.cycle), joinedload(UnitEvaluation.unit))


class RecogniseForm(Form):
    decision_number = TextField(_l("Số quyết định"))
    decision_date = DateField(_l("Ngày quyết định"), [Optional()])
    signer = TextField(_l("Người ký"))


class GroundsForm(Form):
    reason = LongTextField(LABELS["reason"])
    document = TextField(LABELS["document"])
    document_date = DateField(_l("Ngày văn bản"), [Optional()])


def load(evaluation_id: int) -> UnitEvaluation:
    return access.get(UnitEvaluation, evaluation_id, options=WITH)


def read_unit_measures(given: dict[str, str]) -> dict[str, Any]:
    """Fields of a collective's figures as the rules take them."""
    found: dict[str, Any] = {}
    for key, raw in given.items():
        kind, text = UNIT_MEASURES.get(key, ("", ""))[0], raw.strip()
        if kind == "flag":
            found[key] = {"1": True, "0": False}.get(text, text)
        else:
            found[key] = text.removesuffix("%").strip().replace(",", ".")
    return found


class EvaluationCollectiveView(BaseView):
    """``/evaluation/<cycle>/collectives``, ``/evaluation/collectives/<id>``"""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/collectives")
    @needs("evaluation", "export")
    def list(self, cycle_id: int) -> Any:
        return self._list(cycle_id)

    def _list(self, cycle_id: int, outcome: Any = None, faults: Sequence[Fault] = (), form: Any = None) -> Any:
        cycle = cycle_for(cycle_id)
        every = queries.collectives(cycle_id)
        state = request.values.get("state", "")
        rows = [row for row in every if not state or row.state == state]
        counts = {one.code: sum(1 for row in every if row.state == one.code) for one in UNIT.states}
        return page(
            "evaluation/collectives.html",
            title=_("Xếp loại tập thể"),
            cycle=cycle,
            rows=rows[:500],
            total=len(rows),
            every=len(every),
            drafting=counts[DRAFT],
            state=state,
            states=[(one.code, str(_(one.label)), counts[one.code]) for one in UNIT.states if counts[one.code]],
            shallowest=min((row.unit.depth for row in every), default=0),
            form=form or RecogniseForm(None),
            state_words={code: str(_(label)) for code, label in UNIT_STATE_LABELS.items()},
            levels=[(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
            workflow=UNIT,
            badges=BADGES,
            level_word=level_word,
            points_text=points_text,
            manual=MANUAL,
            due=due_of(cycle, "collectives"),
            outcome=outcome,
            faults=faults,
            tabs=tabs(cycle, "collectives"),
        )

    @expose("/<int:cycle_id>/collectives/recognise", methods=["POST"])
    @needs("evaluation", "decide")
    def recognise(self, cycle_id: int) -> Any:
        """Levels of the picked collectives by one decision."""
        cycle_for(cycle_id)
        ids = picked()
        names = {row.id: row.unit.name for row in queries.collectives(cycle_id)}
        form = RecogniseForm(request.form)
        form.validate()
        rows = [
            units.RecogniseRow(
                number, request.form.get(f"level.{number}", ""), request.form.get(f"reason.{number}", "")
            )
            for number in ids
            if number in names
        ]
        faults = [Fault(name, str(one)) for name, messages in form.errors.items() for one in messages]
        try:
            if faults:
                raise Refused(faults)
            command = units.RecogniseCollectives(
                rows, form.decision_number.data or "", form.decision_date.data, form.signer.data or ""
            )
            result = execute(command, key=request_key())
        except Refused as error:
            return self._list(cycle_id, None, form.take_faults(error) or error.faults, form), 400
        if result.stayed:
            return self._list(cycle_id, told(_("Công nhận mức của tập thể"), result, names))
        flash(_("Đã công nhận mức của %(n)s tập thể.", n=len(result.moved)), "success")
        return redirect(url_for("EvaluationCollectiveView.list", cycle_id=cycle_id))

    @expose("/<int:cycle_id>/collectives/notify", methods=["POST"])
    @needs("evaluation", "notify")
    def notify(self, cycle_id: int) -> Any:
        cycle_for(cycle_id)
        names = {row.id: row.unit.name for row in queries.collectives(cycle_id)}
        try:
            ids = [number for number in picked() if number in names]
            result = execute(units.StepCollectives(ids, "notify_unit"), key=request_key())
        except Refused as error:
            return self._list(cycle_id, None, error.faults), 400
        if result.stayed:
            return self._list(cycle_id, told(_("Thông báo kết quả"), result, names))
        flash(_("Đã thông báo kết quả của %(n)s tập thể.", n=len(result.moved)), "success")
        return redirect(url_for("EvaluationCollectiveView.list", cycle_id=cycle_id))

    @expose("/<int:cycle_id>/collectives.xlsx")
    @needs("evaluation", "meet")
    def file(self, cycle_id: int) -> Any:
        """The sheets of the collectives that still assess themselves, to be filled without a connection."""
        cycle_for(cycle_id)
        try:
            content = offline_units.workbook(cycle_id)
        except Refused as error:
            return self._list(cycle_id, None, error.faults), 400
        return spreadsheet(content, f"tap-the-{cycle_id}.xlsx")

    @expose("/<int:cycle_id>/collectives/upload", methods=["POST"])
    @needs("evaluation", "meet")
    def upload(self, cycle_id: int) -> Any:
        """The filled file back."""
        cycle_for(cycle_id)
        try:
            command = offline_units.ReadCollectives(cycle_id, uploaded(), bool(request.form.get("submit")))
            result = execute(command, key=request_key())
        except Refused as error:
            return self._list(cycle_id, None, error.faults), 400
        flash(_("Đã nhận phiếu của %(n)s tập thể từ tệp.", n=len(result.moved)), "success")
        return redirect(url_for("EvaluationCollectiveView.list", cycle_id=cycle_id))

    @expose("/collectives/<int:collective_id>")
    @needs("evaluation", "export")
    def show(self, collective_id: int) -> Any:
        return self._page(load(collective_id))

    @expose("/collectives/<int:collective_id>/save", methods=["POST"])
    @needs("evaluation", "meet")
    def save(self, collective_id: int) -> Any:
        """Keep the content, or take the step of the pressed button with it."""
        record = load(collective_id)
        form = Scorer(record.cycle).sheet(record.sheet_code)
        step = request.form.get("do", "save")
        level = request.form.get("level", "")
        content = Content(
            points=plain_points(form, posted_map("points.")),
            texts=posted_map("texts."),
            measures=read_unit_measures(posted_map("measures.")),
            level=level if level in LEVEL_KEYS else "",
        )
        try:
            execute(units.SaveCollective(collective_id, seen_version(), content, "" if step == "save" else step),
                    key=request_key())  # fmt: skip
        except Refused as error:
            return self._page(load(collective_id), content, error.faults), 400
        except Stale as error:
            return self._page(load(collective_id), content, (), error), 409
        flash(_("Đã lưu đánh giá của tập thể."), "success")
        if step == "propose" and (missing := units.missing_figures(load(collective_id))):
            flash(_without_figures(missing), "warning")
        return redirect(url_for("EvaluationCollectiveView.show", collective_id=collective_id))

    @expose("/collectives/<int:collective_id>/steps/<code>", methods=["POST"])
    @needs("evaluation", "meet", ("evaluation", "decide"), ("evaluation", "open"), ("evaluation", "notify"))
    def step(self, collective_id: int, code: str) -> Any:
        record = load(collective_id)
        cycle_id = record.cycle_id
        form = GroundsForm(request.form)
        form.validate()
        try:
            if code == "recognise":
                row = units.RecogniseRow(collective_id, request.form.get("level", ""), form.reason.data or "",
                                         request.form.get("outstanding_document", ""))  # fmt: skip
                result = execute(
                    units.RecogniseCollectives([row], form.document.data or "", form.document_date.data,
                                               request.form.get("signer", "")),
                    key=request_key(),
                )  # fmt: skip
            elif code in CONTENT_STEPS:
                raise NotFound()
            else:
                command = units.StepCollectives([collective_id], code, form.reason.data or "", form.document.data or "",
                                                form.document_date.data)  # fmt: skip
                result = execute(command, key=request_key())
        except Refused as error:
            return self._page(load(collective_id), None, error.faults), 400
        if result.stayed:
            stayed = [fault for some in result.stayed.values() for fault in some]
            return self._page(load(collective_id), None, stayed), 400
        flash(_("Đã thực hiện “%(step)s”.", step=_(UNIT.transition(code).label)), "success")
        if code == "remove_unit":
            return redirect(url_for("EvaluationCollectiveView.list", cycle_id=cycle_id))
        return redirect(url_for("EvaluationCollectiveView.show", collective_id=collective_id))

    def _page(self, record: UnitEvaluation, content: Content | None = None, faults: Sequence[Fault] = (),
              stale: Stale | None = None) -> Any:  # fmt: skip
        scorer = Scorer(record.cycle)
        form = scorer.sheet(record.sheet_code)
        draft = record.state == DRAFT
        points = (record.points_self if draft else record.points_proposed or record.points_self) or {}
        points = content.points if content is not None else points
        actions = [one for one in UNIT.allowed_actions(record) if one.transition.code != "recognise"]
        view = sheet_view(form, "TT", own=record.points_self, unit=points, decided=record.points_decided,
                          computed=computed_values(scorer, form, (), record.unit_id))  # fmt: skip
        known = reasons()
        by_field: dict[str, list[str]] = {}
        for fault in faults:
            by_field.setdefault(fault.field, []).append(fault.message)
        may_write = record.state in OPEN_STATES and access.may("evaluation", "meet", record)
        return page(
            "evaluation/collective.html",
            title=f"{record.unit.name} · {record.cycle.name}",
            record=record,
            cycle=record.cycle,
            workflow=UNIT,
            regime=regimes()[record.regime].name,
            view=view,
            sums=totals_of(scorer, form, record.regime, "TT", points, (), record.unit_id),
            texts=content.texts if content is not None else record.texts or {},
            sections=[(key, str(_(TEXT_SECTIONS[key]))) for key in SECTIONS],
            measures=_measures(record, content),
            level=(content.level if content is not None else "") or record.level_proposed or record.level_self,
            levels=[(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
            may_write=may_write,
            draft=draft,
            actions=[one for one in actions if one.transition.code not in CONTENT_STEPS],
            content_actions=[one for one in actions if one.transition.code in CONTENT_STEPS],
            may_recognise=record.state == PROPOSED and order.may_decide_for(record.decider_unit_id),
            step_url=lambda code: url_for("EvaluationCollectiveView.step", collective_id=record.id, code=code),
            trace=trace_in_words(record.trace),
            reasons=[(reason_text(code), known[code].article_of(record.regime) if code in known else "")
                     for code in record.reasons or ()],
            reform=reform_index.of_unit(record.unit_id, record.cycle.year),
            feed=history.of(record, 40),
            passed=performed(record),
            state_label=lambda code: _(UNIT.state(code).label),
            labels={key: _(value) for key, value in LABELS.items()},
            faults=faults,
            by_field=by_field,
            differences=differences(stale),
            editor=stale.editor if stale else "",
            badges=BADGES,
            level_word=level_word,
            points_text=points_text,
            manual=MANUAL,
            due=due_of(record.cycle, "collectives"),
            without_figures=_without_figures(units.missing_figures(record)) if record.state != DRAFT else "",
        )  # fmt: skip


def _without_figures(missing: Sequence[str]) -> str:
    """What a level without figures costs: those who lead the unit cannot be put together."""
    if not missing:
        return ""
    return _(
        "Chưa có số liệu: %(what)s. Mức của người đứng đầu và cấp phó chưa tính được cho đến khi bổ sung.",
        what="; ".join(missing),
    )


def _measures(record: UnitEvaluation, content: Content | None) -> list[dict[str, str]]:
    given = content.measures if content is not None else record.measures or {}
    found = []
    for key in asked_of_unit(record.regime):
        kind, label = UNIT_MEASURES[key]
        value = given.get(key)
        shown = FLAGS.get(value, value) if kind == "flag" else str(value or "").replace(".", ",")
        found.append({"key": key, "kind": kind, "label": str(_(label)), "value": "" if shown is None else str(shown)})
    return found
