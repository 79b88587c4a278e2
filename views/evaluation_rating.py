"""A unit in a cycle: overview with bulk steps for thousands, the head's rating board by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.evaluation import offline, queries
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.rating import RateMany, RateRow, ReturnSheets
from hrms.commands.evaluation.rights import cycle_for, own_person_id
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.stepping import LIMIT, StepResult
from hrms.commands.evaluation.words import (
    REMARKED,
    SELF_SUBMITTED,
    STEPS,
)
from hrms.commands.evaluation.workflow import PERSON, STATE_LABELS
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, Refused, Stale
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import EVALUATION_CLASSES, RATINGS
from views.evaluation_board import Answer, posted_rows, rate
from views.evaluation_bulk import BULK, OpinionForm, Wanted, command_of, quota_url, unit_of
from views.evaluation_sheet_page import read_measures, read_page
from views.evaluation_sheets import load, spreadsheet, uploaded
from views.evaluation_support import (
    BADGES,
    LEVEL_KEYS,
    level_word,
    plain_points,
    points_text,
    posted_map,
    tabs,
    told,
)
from views.guard import wants_json
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page

PAGE = 100  # rows of the overview at a time; counts and bulk steps are over everything that matches
BOARD = 50  # people on the board at a time


class EvaluationUnitView(BaseView):
    """``/evaluation/<cycle>/units/<unit>``"""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/units/<int:unit_id>")
    @needs("evaluation", "export")
    def overview(self, cycle_id: int, unit_id: int) -> Any:
        return self._overview(cycle_id, unit_id)

    def _overview(self, cycle_id: int, unit_id: int, outcome: Any = None, faults: Sequence[Fault] = ()) -> Any:
        cycle, unit = unit_of(cycle_id, unit_id)
        found = queries.unit_overview(cycle_id, unit_id)
        wanted = Wanted.of_request()
        rows = wanted.choose(found.rows)
        pages = max(1, ceil(len(rows) / PAGE))
        at = min(pages, max(1, identifier(request.values.get("page", "1")) or 1))
        parts = sorted({(row.unit_id, row.unit) for row in found.rows}, key=lambda pair: pair[1])
        return page(
            "evaluation/overview.html",
            title=f"{unit.name} · {cycle.name}",
            cycle=cycle,
            unit=unit,
            found=found,
            rows=rows[(at - 1) * PAGE : at * PAGE],
            matching=len(rows),
            ids=[row.id for row in rows],
            at=at,
            pages=pages,
            wanted=wanted,
            filters=wanted.plain(),
            parts=parts,
            classes=[(code, str(_(EVALUATION_CLASSES[code]))) for code in sorted({row.klass for row in found.rows})],
            states=[(one.code, str(_(one.label)), found.states[one.code]) for one in PERSON.states
                    if found.states.get(one.code)],
            state_words={code: str(_(label)) for code, label in STATE_LABELS.items()},
            levels=[(code, str(_(RATINGS[code])), found.levels.get(code, 0)) for code in LEVEL_KEYS],
            bulk=[step for step in BULK if access.may("evaluation", step.action)
                  and (not step.states or any(found.states.get(state) for state in step.states))],
            form=OpinionForm(None),
            badges=BADGES,
            level_word=level_word,
            points_text=points_text,
            outcome=outcome,
            faults=faults,
            dues=[(str(_(STEPS[code])), due_of(cycle, code)) for code in STEPS if due_of(cycle, code)],
            tabs=tabs(cycle, "unit"),
            ready=sum(found.states.get(state, 0) for state in (SELF_SUBMITTED, REMARKED)),
            quota_url=quota_url(cycle_id, unit, found.rows),
        )  # fmt: skip

    @expose("/<int:cycle_id>/units/<int:unit_id>/bulk", methods=["POST"])
    @needs("evaluation", "meet", ("evaluation", "synthesise"), ("evaluation", "decide"))
    def bulk(self, cycle_id: int, unit_id: int) -> Any:
        """One step for the picked people, or for all who match the filter (``all``). Told in words."""
        unit_of(cycle_id, unit_id)
        found = queries.unit_overview(cycle_id, unit_id)
        names = {row.id: row.name for row in found.rows}
        code = request.form.get("step", "")
        step = next((one for one in BULK if one.code == code), None)
        if step is None or not access.may("evaluation", step.action):
            raise NotAllowed()
        portion = bool(request.form.get("everyone"))  # a part of the whole list: who is elsewhere is passed over
        if request.form.get("all"):
            ids = [row.id for row in Wanted.of_request().choose(found.rows) if step.concerns(row.state)]
        else:
            states = {row.id: row.state for row in found.rows}
            posted = (identifier(raw) for raw in request.form.getlist("pick"))
            ids = [number for number in dict.fromkeys(posted) if number in names]
            if portion:
                ids = [number for number in ids if step.concerns(states[number])]
        form = OpinionForm(request.form)
        form.validate()
        result = StepResult()
        faults = [Fault(name, str(message)) for name, messages in form.errors.items() for message in messages]
        if not ids and not portion:
            text = _("Trong danh sách không có ai đang ở bước này.") if request.form.get("all") else ""
            faults.append(Fault("ids", text or _("Chưa chọn người nào."), code="empty"))
        for number, start in enumerate(range(0, 0 if faults else len(ids), LIMIT)):
            try:
                one = execute(command_of(code, ids[start : start + LIMIT], form), key=_part(request_key(), number))
            except Refused as error:  # one reason for all, or nobody of this part moves
                faults.extend(error.faults)
                break
            result.moved += one.moved
            result.stayed |= one.stayed
        if wants_json():
            outcome = told(str(step.label), result, names)
            body = {"moved": outcome.moved, "faults": [fault.message for fault in faults],
                    "stayed": [{"message": one.message, "article": one.article, "names": one.names,
                                "count": one.count} for one in outcome.stayed]}  # fmt: skip
            return jsonify(body), 400 if faults else 200
        if faults:
            return self._overview(cycle_id, unit_id, None, faults), 400
        if result.stayed:
            return self._overview(cycle_id, unit_id, told(str(step.label), result, names))
        flash(_("Đã thực hiện “%(step)s” đối với %(n)s người.", step=str(step.label), n=len(result.moved)), "success")
        return redirect(url_for("EvaluationUnitView.overview", cycle_id=cycle_id, unit_id=unit_id,
                                **Wanted.of_request().plain()))  # fmt: skip

    @expose("/<int:cycle_id>/units/<int:unit_id>/file.xlsx")
    @needs("evaluation", "synthesise")
    def file(self, cycle_id: int, unit_id: int) -> Any:
        """The sheets of the unit that are still being written, to be filled without a connection."""
        unit_of(cycle_id, unit_id)
        try:
            content = offline.workbook(cycle_id, unit_id)
        except Refused as error:
            return self._overview(cycle_id, unit_id, None, error.faults), 400
        return spreadsheet(content, f"phieu-danh-gia-{cycle_id}-{unit_id}.xlsx")

    @expose("/<int:cycle_id>/units/<int:unit_id>/upload", methods=["POST"])
    @needs("evaluation", "synthesise")
    def upload(self, cycle_id: int, unit_id: int) -> Any:
        unit_of(cycle_id, unit_id)
        try:
            command = offline.ReadOffline(cycle_id, uploaded(), bool(request.form.get("submit")),
                                          request.form.get("reason", ""))  # fmt: skip
            result = execute(command, key=request_key())
        except Refused as error:
            return self._overview(cycle_id, unit_id, None, error.faults), 400
        return self._overview(cycle_id, unit_id, told(_("Nạp phiếu từ tệp"), result))

    # -- the head's board
    @expose("/<int:cycle_id>/units/<int:unit_id>/board", methods=["GET", "POST"])
    @needs("evaluation", "rate")
    def board(self, cycle_id: int, unit_id: int) -> Any:
        """Everybody who waits for the head's remark on one screen; POST saves the rows that changed."""
        cycle, unit = unit_of(cycle_id, unit_id)
        if request.method == "GET":
            return self._board(cycle, unit)
        rows = posted_rows(cycle)
        submit = request.form.get("do") == "submit"
        answer = rate(rows, submit)
        if wants_json():
            return jsonify(answer.to_json()), 200 if answer.saved or not answer.faults else 400
        if answer.faults or answer.general:
            return self._board(cycle_for(cycle_id), access.get(OrgUnit, unit_id), answer, rows), 400
        flash(_("Đã lưu %(n)s người.", n=len(answer.saved)), "success")
        return redirect(url_for("EvaluationUnitView.board", cycle_id=cycle_id, unit_id=unit_id))

    def _board(self, cycle: EvaluationCycle, unit: OrgUnit, answer: Answer | None = None,
               typed: Sequence[RateRow] = ()) -> Any:  # fmt: skip
        wanted = queries.SheetFilter(cycle_id=cycle.id, unit_id=unit.id, states=(SELF_SUBMITTED, REMARKED),
                                     q=request.args.get("q", "")[:100], mine="rate")  # fmt: skip
        me = own_person_id()
        query = queries.sheet_query(wanted, "rate").order_by(
            OrgUnit.path, PersonEvaluation.is_head.desc(), PersonEvaluation.is_deputy.desc(),
            PersonEvaluation.sort_key, PersonEvaluation.id,
        )  # fmt: skip
        at = max(1, identifier(request.args.get("page", "1")) or 1)
        found = list(db.session.scalars(query.limit(BOARD + 1).offset((at - 1) * BOARD)))
        rows = [one for one in found[:BOARD] if one.person_id != me]
        shown = {row.evaluation_id: row for row in typed}
        return page(
            "evaluation/board.html",
            title=_("Nhận xét, đề nghị mức"),
            cycle=cycle,
            unit=unit,
            rows=rows,
            typed=shown,
            answer=answer,
            at=at,
            more=len(found) > BOARD,
            own_here=me is not None,
            levels=[(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
            badges=BADGES,
            level_word=level_word,
            points_text=points_text,
            quota_url=quota_url(cycle.id, unit, rows),
            due=due_of(cycle, "remark"),
            tabs=tabs(cycle, "unit"),
            state_words={code: str(_(label)) for code, label in STATE_LABELS.items()},
        )

    @expose("/sheets/<int:evaluation_id>/rate", methods=["POST"])
    @needs("evaluation", "rate")
    def rate_one(self, evaluation_id: int) -> Any:
        """One person from the sheet's own page."""
        sheet = load(evaluation_id)
        form = Scorer(sheet.cycle).sheet(sheet.sheet_code)
        posted = posted_map(f"points.{evaluation_id}.")
        level, remark = request.form.get("level", ""), request.form.get("remark", "")
        submit = request.form.get("do") == "submit"
        measures = read_measures(posted_map("measures.")) or None
        row = RateRow(
            evaluation_id, seen_version(), plain_points(form, posted) if posted else None, level, remark, None, measures
        )  # fmt: skip
        try:
            execute(RateMany([row], submit), key=request_key())
        except Refused as error:
            return read_page(load(evaluation_id), error.faults, None, {"level": level, "remark": remark}), 400
        except Stale as error:
            return read_page(load(evaluation_id), (), error, {"level": level, "remark": remark}), 409
        flash(_("Đã chuyển phiếu sang họp đơn vị.") if submit else _("Đã lưu nhận xét."), "success")
        return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id))

    @expose("/sheets/<int:evaluation_id>/return", methods=["POST"])
    @needs("evaluation", "rate", ("evaluation", "synthesise"))
    def return_one(self, evaluation_id: int) -> Any:
        load(evaluation_id)
        try:
            result = execute(ReturnSheets([evaluation_id], request.form.get("reason", "")), key=request_key())
        except Refused as error:
            return read_page(load(evaluation_id), error.faults), 400
        if result.stayed:
            return read_page(load(evaluation_id), [one for some in result.stayed.values() for one in some]), 400
        flash(_("Đã trả lại phiếu cho người tự đánh giá."), "success")
        return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id))


def _part(key: str, number: int) -> str:
    return f"{key[:70]}-{number}" if key and number else key
