"""Decision and what follows: many under one paper, notice, publication, filing, reopening, the published list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import decisions
from hrms.commands.evaluation.queries import SheetFilter, narrow, sheet_query
from hrms.commands.evaluation.quota_overview import agencies
from hrms.commands.evaluation.rights import cycle_for, granted_units, own_person_id
from hrms.commands.evaluation.standing import HTT, HTXS, level_of
from hrms.commands.evaluation.stepping import LIMIT
from hrms.commands.evaluation.words import DECIDED, NOTIFIED, PETITIONED, PUBLISHED, QUOTA_CHECKED, REOPENED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound, Refused, Stale
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from policies.evaluation import reason_text
from views.evaluation_confirm import Confirmation, confirmation
from views.evaluation_support import BADGES, Told, level_word, points_text, posted_map, tabs, told
from views.fields import ChoiceField, DateField, Form, LongTextField, Optional, TextField
from views.posted import identifier, picked, request_key, seen_version
from views.rules import needs
from views.templating import page
from views.words_evaluation_more import OUTCOMES

PAGE = 100


@dataclass(frozen=True)
class Stage:
    """What waits at one stage: the sheets' states, the right it takes, the command's button."""

    code: str
    label: Any
    states: tuple[str, ...]
    right: str
    button: Any


STAGES = {
    one.code: one
    for one in (
        Stage("decide", _l("Chờ quyết định"), (QUOTA_CHECKED, REOPENED), "decide", _l("Quyết định")),
        Stage("notify", _l("Chờ thông báo"), (DECIDED,), "notify", _l("Ghi đã thông báo")),
        Stage("publish", _l("Chờ công khai"), (NOTIFIED,), "publish", _l("Công khai mức xếp loại")),
        Stage("file", _l("Đã công khai"), (PUBLISHED, PETITIONED), "publish", _l("Lưu hồ sơ")),
    )
}


class DecideForm(Form):
    number = TextField(_l("Số quyết định"))
    signed_on = DateField(_l("Ngày quyết định"), [Optional()])
    signer = TextField(_l("Người ký (họ tên, chức vụ)"))


class NotifyForm(Form):
    channel = ChoiceField(_l("Hình thức thông báo"), choices=[(k, _l(v)) for k, v in decisions.CHANNELS.items()])
    number = TextField(_l("Số thông báo"))
    notified_on = DateField(_l("Ngày thông báo"), [Optional()])


class ReopenForm(Form):
    ground = ChoiceField(
        _l("Căn cứ mở lại"), choices=[("", _l("– chọn –")), *((k, _l(v)) for k, v in decisions.GROUNDS.items())]
    )
    reason = LongTextField(_l("Lý do"))
    document = TextField(_l("Số, ký hiệu văn bản"))
    document_date = DateField(_l("Ngày văn bản"), [Optional()])


@dataclass(frozen=True)
class Row:
    """One sheet on the page; ``mine``: the actor is competent for it."""

    sheet: PersonEvaluation
    level: str
    machine: str
    typed_level: str
    reason: str
    mine: bool
    why: str
    needs_reason: bool


class EvaluationDecisionView(BaseView):
    """``/evaluation/<cycle>/decision`` and the steps after it."""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/decision")
    @needs("evaluation", "decide", ("evaluation", "notify"), ("evaluation", "publish"))
    def index(self, cycle_id: int) -> Any:
        return self._page(cycle_for(cycle_id), request.args.get("stage", ""))

    def _page(
        self,
        cycle: EvaluationCycle,
        code: str,
        *,
        faults: Any = (),
        form: Form | None = None,
        outcome: Told | None = None,
        confirm: Confirmation | None = None,
        status: int = 200,
    ) -> Any:
        counts = _counts(cycle.id)
        code = code if code in STAGES else next(
            (one for one in STAGES if counts.get(one) and access.may("evaluation", STAGES[one].right)), "decide"
        )  # fmt: skip
        stage = STAGES[code]
        wanted = _filter(cycle.id, stage)
        query = sheet_query(wanted)
        total = int(
            db.session.scalar(
                query.with_only_columns(func.count(PersonEvaluation.id), maintain_column_froms=True).order_by(None)
            )
            or 0
        )
        number = max(1, identifier(request.values.get("page", "1")) or 1)
        number = min(number, max(1, -(-total // PAGE)))
        query = query.options(joinedload(PersonEvaluation.agency)).order_by(
            OrgUnit.path, PersonEvaluation.sort_key, PersonEvaluation.id
        )
        rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
        return page(
            "evaluation/decision.html",
            title=_("Quyết định, thông báo, công khai"),
            cycle=cycle,
            stage=stage,
            stages=[(one, counts.get(one.code, 0)) for one in STAGES.values()],
            rows=_rows(rows, code),
            papers=_papers(rows),
            total=total,
            number=number,
            pages=max(1, -(-total // PAGE)),
            limit=LIMIT,
            may_act=access.may("evaluation", stage.right),
            form=form if form is not None else _form(code, None),
            agencies=agencies(cycle.id),
            agency_id=wanted.agency_id,
            q=wanted.q,
            chosen=set(picked()),
            all_of_them=request.method == "POST" and bool(request.form.get("all")),
            faults=faults,
            told=outcome,
            confirm=confirm,
            outcomes=OUTCOMES,
            badges=BADGES,
            levels=RATINGS,
            level_word=level_word,
            points=points_text,
            workflow=PERSON,
            tabs=tabs(cycle, "decision"),
        ), status  # fmt: skip

    @expose("/<int:cycle_id>/decision/<stage>", methods=["POST"])
    @needs("evaluation", "decide", ("evaluation", "notify"), ("evaluation", "publish"))
    def act(self, cycle_id: int, stage: str) -> Any:
        """Decide, notify, publish or file the people ticked, or everybody of the list."""
        cycle = cycle_for(cycle_id)
        if stage not in STAGES:
            raise NotFound()
        if not access.may("evaluation", STAGES[stage].right):
            raise NotAllowed()
        form = _form(stage, request.form)
        if not form.validate():
            return self._page(cycle, stage, form=form, status=400)
        ids = _ids(cycle.id, STAGES[stage])
        try:
            result = execute(self._command(cycle, stage, ids, form), key=request_key())
        except Refused as error:
            confirm, rest = confirmation(error.faults, cycle_id, lambda: _changed(ids))
            return self._page(cycle, stage, form=form, confirm=confirm, faults=form.take_faults(Refused(rest)),
                              status=400)  # fmt: skip
        label = str(STAGES[stage].button)
        if result.stayed:
            return self._page(cycle_for(cycle_id), stage, outcome=told(label, result))
        flash(_("%(label)s: %(n)s người.", label=label, n=len(result.moved)), "success")
        where: dict[str, Any] = {"cycle_id": cycle_id, "stage": stage, **_kept()}
        return redirect(url_for("EvaluationDecisionView.index", **where))

    def _command(self, cycle: EvaluationCycle, stage: str, ids: list[int], form: Any) -> Any:
        if stage == "decide":
            levels = {key: level for key, level in _typed("level.").items() if level and key in set(ids)}
            reasons = {key: why for key, why in _typed("reason.").items() if why.strip() and key in set(ids)}
            return decisions.Decide(
                cycle.id, ids, form.number.data or "", form.signed_on.data, form.signer.data or "", levels, reasons,
                request.form.get("seen_quota", ""),
            )  # fmt: skip
        if stage == "notify":
            return decisions.Notify(ids, form.channel.data or "", form.number.data or "", form.notified_on.data)
        return decisions.Publish(ids) if stage == "publish" else decisions.FileAway(ids)

    @expose("/sheets/<int:evaluation_id>/reopen", methods=["GET", "POST"])
    @needs("evaluation", "reopen")
    def reopen(self, evaluation_id: int) -> Any:
        """By the level above the one that decided."""
        sheet = access.get(PersonEvaluation, evaluation_id, options=(
            joinedload(PersonEvaluation.cycle), joinedload(PersonEvaluation.person), joinedload(PersonEvaluation.unit),
        ))  # fmt: skip
        form, faults, status = ReopenForm(request.form if request.method == "POST" else None), [], 200
        if request.method == "POST" and form.validate():
            try:
                execute(
                    decisions.Reopen(evaluation_id, form.ground.data or "", form.reason.data or "",
                                     form.document.data or "", form.document_date.data, seen_version()),
                    key=request_key(),
                )  # fmt: skip
                flash(_("Đã mở lại để xét lại. Quyết định cũ còn hiệu lực cho đến khi có quyết định mới."), "success")
                return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id))
            except Refused as error:
                faults, status = form.take_faults(error), 400
            except Stale as error:
                faults, status = [Fault("", error.message)], 409
        return page("evaluation/reopen.html", title=_("Mở lại để xét lại"), sheet=sheet, form=form, faults=faults,
                    badges=BADGES, level_word=level_word, points=points_text), status  # fmt: skip

    @expose("/<int:cycle_id>/published/<int:agency_id>")
    @needs("evaluation", "read")
    def published(self, cycle_id: int, agency_id: int) -> Any:
        """What the agency may read: names and levels, never a score."""
        rows = decisions.published_list(cycle_id, agency_id)
        agency = db.session.get(OrgUnit, agency_id)
        assert agency is not None
        counted = {level: sum(1 for row in rows if row.level == level) for level in RATINGS}
        return page("evaluation/published.html", title=_("Kết quả đã công khai"), cycle=cycle_for(cycle_id),
                    agency=agency, rows=rows, counts=counted, badges=BADGES, level_word=level_word)  # fmt: skip

    @expose("/sheets/<int:evaluation_id>/seen", methods=["POST"])
    @needs("evaluation", "self")
    def seen(self, evaluation_id: int) -> Any:
        """The person confirms having read the notice."""
        execute(decisions.MarkSeen(evaluation_id), key=request_key())
        flash(_("Đã ghi nhận bạn đã xem thông báo kết quả."), "success")
        return redirect(url_for("EvaluationPetitionView.own", evaluation_id=evaluation_id))


def _form(stage: str, given: Any) -> Form:
    if stage == "decide":
        return DecideForm(given)
    if stage == "notify":
        return NotifyForm(
            given, data={"channel": "electronic", "notified_on": clock.today()} if given is None else None
        )
    return Form(given)


def _filter(cycle_id: int, stage: Stage) -> SheetFilter:
    return SheetFilter(
        cycle_id, (request.values.get("q") or "").strip()[:100], stage.states,
        agency_id=identifier(request.values.get("agency") or ""), mine=_mine(stage.code),
    )  # fmt: skip


def _mine(code: str) -> str:
    """Whoever decides sees what is theirs to decide; who only prepares sees everything that waits for it."""
    return "decide" if code == "decide" and access.may("evaluation", "decide") else ""


def _kept() -> dict[str, str]:
    return {name: value for name in ("agency", "q") if (value := request.values.get(name, ""))}


def _ids(cycle_id: int, stage: Stage) -> list[int]:
    """The people ticked; with ``all`` everybody of the list the page showed, as many as one paper may hold."""
    if not request.form.get("all"):
        return picked()
    query = sheet_query(_filter(cycle_id, stage)).with_only_columns(PersonEvaluation.id, maintain_column_froms=True)
    return list(db.session.scalars(query.order_by(PersonEvaluation.id).limit(LIMIT)))


def _typed(prefix: str) -> dict[int, str]:
    found = {}
    for key, value in posted_map(prefix).items():
        number = identifier(key)
        if number is not None:
            found[number] = value
    return found


def _changed(ids: list[int]) -> dict[int, str]:
    """Levels typed that differ from where the sheets stand."""
    typed = {key: level for key, level in _typed("level.").items() if key in set(ids) and level in RATINGS}
    query = access.restrict(
        select(PersonEvaluation).where(PersonEvaluation.id.in_(list(typed)[:LIMIT])), PersonEvaluation
    )
    return {sheet.id: typed[sheet.id] for sheet in db.session.scalars(query) if level_of(sheet) != typed[sheet.id]}


def _counts(cycle_id: int) -> dict[str, int]:
    query = access.restrict(
        select(PersonEvaluation.state, func.count()).where(PersonEvaluation.cycle_id == cycle_id), PersonEvaluation
    )
    grouped = query.group_by(PersonEvaluation.state)
    by_state = dict(db.session.execute(grouped).tuples().all())
    found = {code: sum(by_state.get(state, 0) for state in stage.states) for code, stage in STAGES.items()}
    if found["decide"] and _mine("decide"):
        mine = narrow(grouped.where(PersonEvaluation.state.in_(STAGES["decide"].states)), SheetFilter(mine="decide"))
        found["decide"] = sum(number for _state, number in db.session.execute(mine))
    return found


def _rows(sheets: list[PersonEvaluation], code: str) -> list[Row]:
    competent = _competent(sheets) if code == "decide" else set()
    me = own_person_id()
    levels, reasons = (_typed("level."), _typed("reason.")) if request.method == "POST" else ({}, {})
    found = []
    for sheet in sheets:
        level, machine = level_of(sheet), sheet.level_machine
        own = sheet.person_id == me
        mine = code != "decide" or (sheet.decider_unit_id in competent and not own)
        why = "" if mine else (_("Không quyết định cho chính mình") if own else _("Người có thẩm quyền quyết định"))
        fell = level == HTT and sheet.quota_outcome == "demoted" and machine == HTXS
        found.append(
            Row(sheet, level, machine, levels.get(sheet.id, level), reasons.get(sheet.id, sheet.level_reason), mine,
                why, bool(machine) and level != machine and not fell)
        )  # fmt: skip
    return found


def _competent(sheets: list[PersonEvaluation]) -> set[int | None]:
    """Deciding units whose decision is the actor's."""
    wanted = {sheet.decider_unit_id for sheet in sheets}
    units = granted_units("decide")
    return wanted if units is None else wanted & set(units)


def _papers(sheets: list[PersonEvaluation]) -> Mapping[int, EvaluationDecision]:
    ids = {sheet.decision_id for sheet in sheets if sheet.decision_id is not None}
    if not ids:
        return {}
    query = access.restrict(select(EvaluationDecision).where(EvaluationDecision.id.in_(ids)), EvaluationDecision)
    return {row.id: row for row in db.session.scalars(query)}


def reasons_in_words(sheet: PersonEvaluation) -> list[str]:
    return [reason_text(code) for code in sheet.reasons or ()]
