"""A person's sheet: one's own on a phone or for somebody by HR, tasks, offline file; the sheet as others read it."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, jsonify, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from hrms.commands.evaluation import offline, sheets, tasks
from hrms.commands.evaluation.deadlines import due_of, step_of
from hrms.commands.evaluation.flow import RecordOldAgencyRemarks
from hrms.commands.evaluation.participants import MoveParticipant, StepParticipants
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.sheets import Content
from hrms.commands.evaluation.words import DRAFT, LABELS
from hrms.commands.evaluation.workflow import STATE_LABELS
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, Refused, Stale
from models.evaluation import PersonEvaluation
from views.evaluation_sheet_page import editable, lines_of, read_measures, read_page, write_page
from views.evaluation_support import (
    BADGES,
    LEVEL_KEYS,
    differences,
    level_word,
    plain_points,
    posted_map,
    ratios_in_words,
    totals,
)
from views.fields import Form, LongTextField, LookupField, TextField, required
from views.guard import wants_json
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

WITH = (
    joinedload(PersonEvaluation.cycle), joinedload(PersonEvaluation.person), joinedload(PersonEvaluation.unit),
    joinedload(PersonEvaluation.agency), joinedload(PersonEvaluation.quota_group),
    selectinload(PersonEvaluation.tasks),
)  # fmt: skip


PARTICIPANT_DONE = {
    "remove": _l("Đã đưa ra khỏi kỳ đánh giá."), "reenter": _l("Đã đưa vào xếp loại."),
    "exit_not_rated": _l("Đã ghi không xếp loại."),
}  # fmt: skip


class OldAgencyForm(Form):
    remarks = LongTextField(LABELS["old_agency_remarks"], [required(_l("Cần nội dung nhận xét của cơ quan cũ."))])
    document = TextField(LABELS["old_agency_document"], [required(_l("Cần số, ngày văn bản của cơ quan cũ."))])


class MoveForm(Form):
    unit_id = LookupField(_l("Đơn vị đánh giá"), url="/lookup/units?q=")
    decider_unit_id = LookupField(_l("Đơn vị có thẩm quyền quyết định"), url="/lookup/units?q=")
    reason = TextField(LABELS["reason"], [required(_l("Cần ghi lý do."))])


def load(evaluation_id: int) -> PersonEvaluation:
    """The sheet with what its page shows; outside the scope it does not exist."""
    return access.get(PersonEvaluation, evaluation_id, options=WITH)


def posted_content(sheet: PersonEvaluation) -> Content:
    """What the form of the own sheet sends."""
    form = Scorer(sheet.cycle).sheet(sheet.sheet_code)
    level = request.form.get("level", "")
    return Content(
        points=plain_points(form, posted_map("points.")),
        evidence=posted_map("evidence."),
        texts=posted_map("texts."),
        measures=read_measures(posted_map("measures.")),
        level=level if level in LEVEL_KEYS else "",
    )


def posted_lines() -> tuple[list[tasks.TaskLine], list[Fault]]:
    """The tasks of the form (``tasks.<n>.<column>``), rows without a single word left out."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in posted_map("tasks.").items():
        number, _dot, column = name.partition(".")
        if number.isascii() and number.isdigit() and len(number) < 6:
            rows.setdefault(int(number), {})[column] = value
    lines: list[tasks.TaskLine] = []
    faults: list[Fault] = []
    for _number, cells in sorted(rows.items()):
        if not any(cells.get(column, "").strip() for column in ("name", "done", "unit_of_count", "note")):
            continue
        line, wrong = tasks.read_row(cells, len(lines) + 1)
        lines.append(line)
        faults.extend(wrong)
    return lines, faults


class EvaluationSheetView(BaseView):
    """``/evaluation/sheets/<id>``, ``/evaluation/mine``"""

    route_base = "/evaluation"

    @expose("/mine")
    @needs("evaluation", "self")
    def mine(self) -> Any:
        """One's own sheets, the one to be filled first."""
        me = own_person_id()
        rows = sheets.own_sheets(me) if me is not None else []
        return page(
            "evaluation/mine.html", title=_("Phiếu đánh giá của tôi"), rows=rows, me=me, draft=DRAFT, badges=BADGES,
            level_word=level_word, state_words=STATE_LABELS,
            dues={one.id: due_of(one.cycle, step_of(one.cycle, one.state)) for one in rows},
        )  # fmt: skip

    @expose("/sheets/<int:evaluation_id>")
    @needs("evaluation", "read")
    def show(self, evaluation_id: int) -> Any:
        sheet = load(evaluation_id)
        if editable(sheet) and (sheets.mine(sheet) or request.args.get("edit")):
            return write_page(sheet)
        return read_page(sheet)

    @expose("/sheets/<int:evaluation_id>/autosave", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def autosave(self, evaluation_id: int) -> Any:
        """Keep what was typed so far; answers the new version, the sums and what is out of range."""
        sheet = load(evaluation_id)
        content = posted_content(sheet)
        try:
            version = execute(sheets.AutosaveSheet(evaluation_id, seen_version() or 0, content))
        except Refused as error:
            return jsonify({"faults": [fault.to_dict() for fault in error.faults]}), 400
        except Stale as error:
            return _stale_json(evaluation_id, error)
        return jsonify({"version": version, "at": f"{clock.local(clock.now()):%H:%M:%S}", **_sums(evaluation_id)})

    @expose("/sheets/<int:evaluation_id>/save", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def save(self, evaluation_id: int) -> Any:
        """Save for good, or send to the head."""
        sheet = load(evaluation_id)
        content, submit = posted_content(sheet), request.form.get("do") == "submit"
        reason = request.form.get("reason", "")
        try:
            execute(sheets.SaveSheet(evaluation_id, seen_version(), content, submit, reason), key=request_key())
        except Refused as error:
            return write_page(load(evaluation_id), content, error.faults), 400
        except Stale as error:
            return write_page(load(evaluation_id), content, (), error), 409
        flash(_("Đã gửi phiếu cho người đứng đầu đơn vị.") if submit else _("Đã lưu phiếu."), "success")
        edit = None if submit or sheets.mine(sheet) else 1
        return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id, edit=edit))

    @expose("/sheets/<int:evaluation_id>/tasks", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def save_tasks(self, evaluation_id: int) -> Any:
        load(evaluation_id)
        lines, faults = posted_lines()
        if faults:
            return self._tasks_refused(evaluation_id, faults, lines)
        try:
            execute(tasks.SaveTasks(evaluation_id, seen_version(), lines), key=request_key())
        except Refused as error:
            return self._tasks_refused(evaluation_id, error.faults, lines)
        except Stale as error:
            if wants_json():
                return _stale_json(evaluation_id, error)
            return write_page(load(evaluation_id), None, (), error, lines), 409
        if wants_json():
            sheet = load(evaluation_id)
            return jsonify({"version": sheet.version, "at": f"{clock.local(clock.now()):%H:%M:%S}",
                            **_sums(evaluation_id)})  # fmt: skip
        flash(_("Đã lưu danh mục công việc."), "success")
        return self._back(evaluation_id)

    def _tasks_refused(self, evaluation_id: int, faults: list[Fault], lines: list[tasks.TaskLine]) -> Any:
        if wants_json():
            return jsonify({"faults": [fault.to_dict() for fault in faults]}), 400
        return write_page(load(evaluation_id), None, faults, None, lines, posted_map("tasks.")), 400

    @expose("/sheets/<int:evaluation_id>/tasks/copy", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def copy_tasks(self, evaluation_id: int) -> Any:
        """Take over the tasks of the period before."""
        load(evaluation_id)
        return self._tasks_step(evaluation_id, tasks.CopyTasks(evaluation_id, seen_version()),
                                _("Đã chép công việc của kỳ trước. Hãy ghi kết quả từng việc."))  # fmt: skip

    @expose("/sheets/<int:evaluation_id>/tasks/paste", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def paste_tasks(self, evaluation_id: int) -> Any:
        """Cells copied out of a spreadsheet."""
        load(evaluation_id)
        text, over = request.form.get("text", "")[:200_000], bool(request.form.get("replace"))
        return self._tasks_step(evaluation_id, tasks.PasteTasks(evaluation_id, seen_version(), text, over),
                                _("Đã nhận các dòng công việc."), text)  # fmt: skip

    def _tasks_step(self, evaluation_id: int, command: Any, message: str, text: str = "") -> Any:
        try:
            execute(command, key=request_key())
        except Refused as error:
            return write_page(load(evaluation_id), None, error.faults, pasted=text), 400
        except Stale as error:
            return write_page(load(evaluation_id), None, (), error, pasted=text), 409
        flash(message, "success")
        return self._back(evaluation_id)

    def _back(self, evaluation_id: int) -> Any:
        edit = None if sheets.mine(load(evaluation_id)) else 1
        return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id, edit=edit, _anchor="tasks"))

    @expose("/sheets/<int:evaluation_id>/file.xlsx")
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def file(self, evaluation_id: int) -> Any:
        """The sheet to be filled without a connection."""
        sheet = load(evaluation_id)
        try:
            content = offline.workbook(sheet.cycle_id, evaluation_id=evaluation_id)
        except Refused as error:
            return write_page(load(evaluation_id), None, error.faults), 400
        return spreadsheet(content, f"phieu-{evaluation_id}.xlsx")

    @expose("/sheets/<int:evaluation_id>/upload", methods=["POST"])
    @needs("evaluation", "self", ("evaluation", "synthesise"))
    def upload(self, evaluation_id: int) -> Any:
        """The filled file back."""
        sheet = load(evaluation_id)
        try:
            content = uploaded()
            result = execute(offline.ReadOffline(sheet.cycle_id, content), key=request_key())
        except Refused as error:
            return write_page(load(evaluation_id), None, error.faults), 400
        if result.stayed:
            faults = [fault for some in result.stayed.values() for fault in some]
            return write_page(load(evaluation_id), None, faults), 400
        flash(_("Đã nhận phiếu từ tệp. Hãy xem lại rồi gửi."), "success")
        return self._back(evaluation_id)

    @expose("/sheets/<int:evaluation_id>/lines")
    @needs("evaluation", "rate")
    def lines(self, evaluation_id: int) -> Any:
        """The lines of a sheet with fields for the head's points: opened under a row of the rating board."""
        return page("evaluation/lines.html", **lines_of(load(evaluation_id)))

    @expose("/sheets/<int:evaluation_id>/old-agency", methods=["POST"])
    @needs("evaluation", "synthesise")
    def old_agency(self, evaluation_id: int) -> Any:
        load(evaluation_id)
        form = OldAgencyForm(request.form)
        form.validate()
        command = RecordOldAgencyRemarks(evaluation_id, form.remarks.data or "", form.document.data or "",
                                         seen_version())  # fmt: skip
        return self._act(evaluation_id, command, _("Đã ghi nhận xét của cơ quan cũ."))

    @expose("/sheets/<int:evaluation_id>/participant/<code>", methods=["POST"])
    @needs("evaluation", "open", ("evaluation", "synthesise"))
    def participant(self, evaluation_id: int, code: str) -> Any:
        """Out of the rating, out of the cycle, back in."""
        load(evaluation_id)
        command = StepParticipants([evaluation_id], code, request.form.get("reason", ""))
        return self._act(evaluation_id, command, str(PARTICIPANT_DONE.get(code, "")))

    @expose("/sheets/<int:evaluation_id>/move", methods=["POST"])
    @needs("evaluation", "open")
    def move(self, evaluation_id: int) -> Any:
        """Rated in another unit or by another decider."""
        load(evaluation_id)
        form = MoveForm(request.form)
        form.validate()
        command = MoveParticipant(evaluation_id, seen_version(), form.reason.data or "", form.unit_id.data, None,
                                  form.decider_unit_id.data)  # fmt: skip
        return self._act(evaluation_id, command, _("Đã chuyển nơi đánh giá."))

    def _act(self, evaluation_id: int, command: Any, message: str) -> Any:
        try:
            result = execute(command, key=request_key())
        except Refused as error:
            return read_page(load(evaluation_id), error.faults), 400
        except Stale as error:
            return read_page(load(evaluation_id), (), error), 409
        stayed = getattr(result, "stayed", None)
        if stayed:
            return read_page(load(evaluation_id), [fault for some in stayed.values() for fault in some]), 400
        flash(message, "success")
        return redirect(url_for("EvaluationSheetView.show", evaluation_id=evaluation_id))


def uploaded() -> bytes:
    """The bytes of the file sent. Raises :class:`Refused` without one."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused([Fault("file", _("Hãy chọn tệp phiếu (.xlsx) đã điền."), code="file_missing")])
    return sent.stream.read()


def spreadsheet(content: bytes, name: str) -> Any:
    """A spreadsheet as a file to be saved; personal data stays in no shared cache."""
    answer = send_file(io.BytesIO(content), as_attachment=True, download_name=name,
                       mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sums(evaluation_id: int) -> dict[str, Any]:
    sheet = load(evaluation_id)
    scorer = Scorer(sheet.cycle)
    return {"sums": totals(scorer, sheet, sheet.points_self), "ratios": ratios_in_words(scorer, sheet.tasks)}


def _stale_json(evaluation_id: int, stale: Stale) -> Any:
    """What the other editor saved, for the comparison on the page."""
    rows = [{"label": str(one.label), "yours": str(one.yours or ""), "theirs": str(one.theirs or "")}
            for one in differences(stale)]  # fmt: skip
    body = {
        "message": stale.message,
        "editor": stale.editor,
        "differences": rows,
        "version": load(evaluation_id).version,
    }
    return jsonify(body), 409
