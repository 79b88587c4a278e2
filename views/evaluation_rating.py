"""A unit in a cycle: overview with bulk steps for thousands, the head's rating board by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import decisions, offline, queries
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.flow import RecordPartyOpinion, Synthesise
from hrms.commands.evaluation.participants import StepParticipants
from hrms.commands.evaluation.queries import OverviewRow
from hrms.commands.evaluation.rating import RateMany, RateRow, ReturnSheets
from hrms.commands.evaluation.rights import cycle_for, own_person_id
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.stepping import LIMIT, StepResult
from hrms.commands.evaluation.words import (
    DECIDED,
    IN_UNIT,
    MEETING_HELD,
    NOTIFIED,
    PARTY_OPINION,
    PUBLISHED,
    QUOTA_CHECKED,
    REMARKED,
    SELF_SUBMITTED,
    STEPS,
    SYNTHESISED,
)
from hrms.commands.evaluation.workflow import PERSON, STATE_LABELS
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound, Refused, Stale
from hrms.kernel.text import fold
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import EVALUATION_CLASSES, RATINGS
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
from views.fields import DateField, Form, LongTextField, Optional, TextField
from views.guard import wants_json
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page

PAGE = 100  # rows of the overview at a time; counts and bulk steps are over everything that matches
BOARD = 50  # people on the board at a time


class OpinionForm(Form):
    """What the bulk steps ask beside the people."""

    opinion = LongTextField(_l("Ý kiến của cấp ủy"))
    document = TextField(_l("Số, ngày văn bản"))
    given_on = DateField(_l("Ngày ý kiến"), [Optional()])
    reason = LongTextField(_l("Lý do"))
    number = TextField(_l("Số thông báo"))


@dataclass(frozen=True)
class Step:
    """A bulk step of the overview: who may, from which states it starts, what it asks (fields of the dialog)."""

    code: str
    label: Any
    action: str
    states: tuple[str, ...]
    asks: tuple[str, ...] = ()
    danger: bool = False

    def concerns(self, state: str) -> bool:
        """Whether the step starts from a state; a step without states asks the workflow."""
        return not self.states or state in self.states


_BEFORE = (*IN_UNIT, SYNTHESISED, QUOTA_CHECKED)
BULK = (
    Step("synthesise", _l("Tổng hợp, đề xuất mức"), "synthesise", (REMARKED, MEETING_HELD, PARTY_OPINION)),
    Step("party", _l("Ghi ý kiến cấp ủy"), "synthesise", (REMARKED, MEETING_HELD), ("opinion", "document", "given_on")),
    Step("notify", _l("Thông báo kết quả"), "notify", (DECIDED,), ("number",)),
    Step("publish", _l("Công khai kết quả"), "publish", (NOTIFIED,)),
    Step("file", _l("Lưu hồ sơ"), "publish", (PUBLISHED,)),
    Step("return", _l("Trả lại người tự đánh giá"), "meet", _BEFORE, ("reason",), True),
    Step("return_unit", _l("Trả lại đơn vị nhận xét"), "synthesise", (SYNTHESISED, QUOTA_CHECKED), ("reason",), True),
    Step("send_back", _l("Trả lại để tổng hợp lại"), "decide", (SYNTHESISED, QUOTA_CHECKED), ("reason",), True),
    Step("exit_not_rated", _l("Không xếp loại"), "synthesise", (), ("reason",), True),
)


def unit_of(cycle_id: int, unit_id: int) -> tuple[EvaluationCycle, OrgUnit]:
    """Cycle and unit, both in sight. Raises :class:`NotFound`."""
    cycle = cycle_for(cycle_id)
    unit = access.get(OrgUnit, unit_id, options=(joinedload(OrgUnit.parent),))
    return cycle, unit


@dataclass
class Wanted:
    """The filter of the overview as the address or the bulk form carries it."""

    q: str = ""
    state: str = ""
    level: str = ""
    klass: str = ""
    part: int | None = None
    late: bool = False
    misfit: bool = False

    @classmethod
    def of_request(cls) -> Wanted:
        source = request.values
        return cls(
            source.get("q", "").strip()[:100], source.get("state", ""), source.get("level", ""),
            source.get("klass", ""), identifier(source.get("part", "")), source.get("late") == "1",
            source.get("differs") == "1",
        )  # fmt: skip

    def matches(self, row: OverviewRow, words: Sequence[str]) -> bool:
        if self.state and row.state != self.state:
            return False
        if self.level and (row.standing or "-") != self.level:
            return False
        if self.klass and row.klass != self.klass:
            return False
        if self.part is not None and row.unit_id != self.part:
            return False
        if self.late and not row.late:
            return False
        if self.misfit and (not row.level_machine or row.level_machine == (row.level or row.level_unit)):
            return False
        if words:
            name = fold(row.name)
            return all(word in name for word in words)
        return True

    def plain(self) -> dict[str, Any]:
        found = {"q": self.q, "state": self.state, "level": self.level, "klass": self.klass,
                 "part": str(self.part) if self.part else "", "late": "1" if self.late else "",
                 "differs": "1" if self.misfit else ""}  # fmt: skip
        return {key: value for key, value in found.items() if value}

    def choose(self, rows: Sequence[OverviewRow]) -> list[OverviewRow]:
        words = fold(self.q).split()
        return [row for row in rows if self.matches(row, words)]


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


def command_of(code: str, ids: list[int], form: OpinionForm) -> Any:
    """The command of a bulk step."""
    reason = form.reason.data or ""
    makers: dict[str, Callable[[], Any]] = {
        "synthesise": lambda: Synthesise(ids),
        "party": lambda: RecordPartyOpinion(ids, form.opinion.data or "", form.document.data or "",
                                            form.given_on.data or clock.today()),
        "notify": lambda: decisions.Notify(ids, number=form.number.data or ""),
        "publish": lambda: decisions.Publish(ids),
        "file": lambda: decisions.FileAway(ids),
        "return": lambda: ReturnSheets(ids, reason),
        "return_unit": lambda: ReturnSheets(ids, reason, to_unit=True),
        "send_back": lambda: ReturnSheets(ids, reason, to_synthesis=True),
        "exit_not_rated": lambda: StepParticipants(ids, "exit_not_rated", reason),
    }  # fmt: skip
    return makers[code]()


def quota_url(cycle_id: int, unit: OrgUnit, rows: Sequence[Any]) -> str:
    """Where the live quota is told: of the unit itself when it is an agency, else of the one agency of the people."""
    agencies = {row.agency_id for row in rows}
    agency_id = unit.id if unit.id in agencies else agencies.pop() if len(agencies) == 1 else None
    return f"/evaluation/{cycle_id}/quota/{agency_id}.json" if agency_id is not None else ""


@dataclass
class Answer:
    """What saving the board did: new versions, faults per person, what another editor saved."""

    saved: dict[int, dict[str, Any]]
    faults: dict[int, list[dict[str, str]]]
    stale: dict[int, dict[str, Any]]
    general: list[str]

    def to_json(self) -> dict[str, Any]:
        return {"saved": self.saved, "faults": self.faults, "stale": self.stale, "message": " ".join(self.general)}


def posted_rows(cycle: EvaluationCycle) -> list[RateRow]:
    """The rows that differ from what the page was made with (``was``), or every row sent by the script."""
    ids = [number for raw in request.form.getlist("row") if (number := identifier(raw)) is not None]
    query = select(PersonEvaluation.id, PersonEvaluation.sheet_code).where(PersonEvaluation.id.in_(ids[:500]))
    sheets = dict(db.session.execute(access.restrict(query, PersonEvaluation)).tuples().all())
    scorer = Scorer(cycle)
    rows = []
    for number in dict.fromkeys(ids):
        level = request.form.get(f"level.{number}", "")
        remark = request.form.get(f"remark.{number}", "").replace("\r\n", "\n")
        version = identifier(request.form.get(f"version.{number}", ""))
        posted = posted_map(f"points.{number}.")
        was = (
            request.form.get(f"was_level.{number}", ""),
            request.form.get(f"was_remark.{number}", "").replace("\r\n", "\n"),
        )
        changed = (level, remark.strip()) != (was[0], was[1].strip()) or bool(posted)
        if not changed and not (request.form.get("do") == "submit" and level and remark.strip()):
            continue
        form = scorer.sheet(sheets.get(number, ""))
        rows.append(RateRow(number, version, plain_points(form, posted) if posted else None, level, remark))
    return rows


def rate(rows: Sequence[RateRow], submit: bool) -> Answer:
    """Save every good row; the others tell their faults, a stale one what stands there now."""
    answer = Answer({}, {}, {}, [])
    if not rows:
        answer.general.append(_("Chưa có dòng nào thay đổi."))
        return answer
    ids = [row.evaluation_id for row in rows]
    try:
        result = execute(RateMany(rows, submit, each=True), key=request_key())
    except Refused as error:
        answer.general = [fault.message for fault in error.faults]
        return answer
    except Stale:
        result = StepResult([], {ids[0]: [Fault("", _("Phiếu vừa được người khác sửa."), code="stale")]})
    except HrmsError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        answer.general = [error.message]
        return answer
    query = access.restrict(select(PersonEvaluation).where(PersonEvaluation.id.in_(ids)), PersonEvaluation)
    now = {one.id: one for one in db.session.scalars(query)}
    for number in result.moved:
        if (one := now.get(number)) is not None:
            answer.saved[number] = {"version": one.version, "score": points_text(one.score_unit), "state": one.state}
    for number, faults in result.stayed.items():
        if any(fault.code == "stale" for fault in faults) and (one := now.get(number)) is not None:
            answer.stale[number] = {"version": one.version, "level": one.level_unit, "remark": one.manager_remark,
                                    "by": one.updated_by}  # fmt: skip
        answer.faults[number] = [
            {"field": fault.field.split(".", 2)[-1] if fault.field.startswith("rows.") else fault.field,
             "message": fault.message.split("): ", 1)[-1]}
            for fault in faults
        ]  # fmt: skip
    return answer
