"""The evaluation regulation as dated values: proposals approved by a second person, score sheets, assumptions."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands.evaluation import settings
from hrms.commands.evaluation.configuration import PROCEDURE, configuration_on, procedure_defaults, sheet_on
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from models.evaluation_settings import EvaluationSetting, ScoreSheet
from policies.engine.parameters import MARKS, jsonable
from policies.evaluation import assumptions as assumed
from policies.evaluation import default_configuration, sheets
from views.evaluation_setting_values import Editor, editor_of
from views.fields import ChoiceField, DateField, Form, LongTextField, Optional, TextField
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

MOST_BYTES = 500_000
STATES = {"proposed": _l("Chờ duyệt"), "approved": _l("Đã duyệt"), "rejected": _l("Không duyệt")}
KINDS = {"proposed": "open", "approved": "done", "rejected": ""}
MARK_WORDS = {
    "P": _l("Đã đọc văn bản gốc"), "S": _l("Nguồn thứ cấp"), "U": _l("Chưa kiểm chứng"),
    "C": _l("Các nguồn không thống nhất"),
}  # fmt: skip


class ProposeForm(Form):
    valid_from = DateField(_l("Có hiệu lực từ"), [Optional()])
    valid_to = DateField(_l("Đến hết ngày (nếu có)"), [Optional()])
    document_number = TextField(_l("Số, ký hiệu văn bản"))
    document_date = DateField(_l("Ngày văn bản"), [Optional()])
    article = TextField(_l("Điều, khoản"))
    mark = ChoiceField(_l("Mức kiểm chứng"), choices=[(mark, MARK_WORDS[mark]) for mark in MARKS])
    reason = LongTextField(_l("Ghi chú, lý do"))


class DecideForm(Form):
    reason = LongTextField(_l("Ý kiến"))


class SheetForm(Form):
    title = TextField(_l("Tên phiếu"))
    valid_from = DateField(_l("Có hiệu lực từ"), [Optional()])
    valid_to = DateField(_l("Đến hết ngày (nếu có)"), [Optional()])
    document = TextField(_l("Văn bản ban hành (số, ngày)"))


class EvaluationSettingView(BaseView):
    """``/evaluation/settings`` and ``/evaluation/assumptions``"""

    route_base = "/evaluation"

    @expose("/settings")
    @needs("evaluation_setting", "read")
    def list(self) -> Any:
        lines = settings.setting_lines()
        waiting = [row for line in lines for row in line.rows if row.state == settings.PROPOSED]
        editors = {line.key: editor_of(line.key) for line in lines}
        return page(
            "evaluation/settings.html", title=_("Quy định đánh giá của tỉnh"), lines=lines, editors=editors,
            waiting=waiting, labels={line.key: line.label for line in lines}, procedure=PROCEDURE,
            mark_words=MARK_WORDS, plain=jsonable,
        )  # fmt: skip

    @expose("/assumptions")
    @needs("evaluation_setting", "read")
    def assumptions(self) -> Any:
        """Every legal assumption about QĐ 1071 and every uncertain value, with what replaced it."""
        today = clock.today()
        rows: dict[str, list[EvaluationSetting]] = {}
        query = access.restrict(select(EvaluationSetting), EvaluationSetting)
        for row in db.session.scalars(query.order_by(EvaluationSetting.valid_from.desc(), EvaluationSetting.id.desc())):
            rows.setdefault(row.key, []).append(row)
        found = [_assumption(version, rows, today) for version in assumed(default_configuration(today))]
        steps = [_procedure_line(key, one, rows) for key, one in procedure_defaults().items()]
        forms = [sheet for sheet in sheets().values() if sheet.assumption or sheet.mark in "UC"]
        groups = (
            (_("Quy định 1071-QĐ/TU: giá trị do phần mềm giả định"), [one for one in found if one["of_layer"]]),
            (_("Trình tự, thời hạn trong tỉnh"), steps),
            (_("Quy định của trung ương chưa kiểm chứng hoặc chưa thống nhất"),
             [one for one in found if not one["of_layer"]]),
        )  # fmt: skip
        counted: dict[str, int] = {}
        for _title, members in groups:
            for one in members:
                counted[one["mark"]] = counted.get(one["mark"], 0) + 1
        return page("evaluation/assumptions.html", title=_("Giả định pháp lý về đánh giá"), groups=groups, sheets=forms,
                    counts=counted, replaced=sum(1 for _t, part in groups for one in part if one["replaced"]),
                    mark_words=MARK_WORDS, states=STATES, kinds=KINDS)  # fmt: skip

    @expose("/settings/values/<key>", methods=["GET", "POST"])
    @needs("evaluation_setting", "read")
    def show(self, key: str) -> Any:
        """One value: what holds, what was decided about it, the proposal."""
        line = next((one for one in settings.setting_lines() if one.key == key), None)
        editor = editor_of(key)
        if line is None or editor is None:
            raise NotFound()
        if request.method == "GET":
            data = {"valid_from": clock.today(), "mark": "P"}
            return self._page(line, editor, ProposeForm(None, data=data), editor.typed(jsonable(line.value)))
        access.require("evaluation_setting", "propose")
        form = ProposeForm(request.form)
        valid = form.validate()
        typed = {name: value for name, value in request.form.items() if name == "value" or name.startswith("value.")}
        faults: list[Any] = []
        value: Any = None
        try:
            value = editor.read(request.form)
        except ValueError as error:
            faults.append(Fault("value", str(error)))
        if form.valid_from.data is None and not form.valid_from.errors:
            form.valid_from.errors = [_("Cần ngày bắt đầu có hiệu lực (dd/mm/yyyy).")]
            valid = False
        if not valid or faults or form.valid_from.data is None:
            return self._page(line, editor, form, typed, faults, 400)
        try:
            execute(
                settings.ProposeSetting(
                    key, value, form.valid_from.data, form.document_number.data or "", form.document_date.data,
                    form.valid_to.data, form.article.data or "", form.mark.data or "", form.reason.data or "",
                ),
                key=request_key(),
            )  # fmt: skip
        except Refused as error:
            return self._page(line, editor, form, typed, form.take_faults(error), 400)
        flash(_("Đã gửi đề nghị. Một người khác có quyền duyệt sẽ xem xét."), "success")
        return redirect(url_for("EvaluationSettingView.show", key=key))

    def _page(
        self,
        line: settings.SettingLine,
        editor: Editor,
        form: Form,
        typed: dict[str, str],
        faults: Any = (),
        status: int = 200,
        decide: tuple[int, Form] | None = None,
    ) -> Any:
        return page(
            "evaluation/setting.html", title=line.label, line=line, editor=editor, form=form, typed=typed,
            value=jsonable(line.value), faults=[fault for fault in faults if getattr(fault, "field", "") != "value"],
            value_faults=[fault.message for fault in faults if getattr(fault, "field", "") == "value"],
            decide=decide, states=STATES, kinds=KINDS, mark_words=MARK_WORDS,
        ), status  # fmt: skip

    @expose("/settings/proposals/<int:setting_id>", methods=["POST"])
    @needs("evaluation_setting", "approve")
    def decide(self, setting_id: int) -> Any:
        """Approve or reject: a second person."""
        row = access.get(EvaluationSetting, setting_id)
        form = DecideForm(request.form)
        form.validate()
        approve = request.form.get("approve") == "1"
        faults: Any = []
        try:
            execute(settings.DecideSetting(setting_id, approve, form.reason.data or "", seen_version()),
                    key=request_key())  # fmt: skip
            flash(_("Đã duyệt.") if approve else _("Đã ghi không duyệt."), "success")
            return redirect(url_for("EvaluationSettingView.show", key=row.key))
        except Refused as error:
            faults, status = form.take_faults(error), 400
        except Stale as error:
            faults, status = [Fault("", error.message)], 409
        line = next((one for one in settings.setting_lines() if one.key == row.key), None)
        editor = editor_of(row.key)
        if line is None or editor is None:
            raise NotFound()
        blank = ProposeForm(None, data={"valid_from": clock.today(), "mark": "P"})
        told = [Fault("", fault.message, fault.article) for fault in faults]
        return self._page(line, editor, blank, editor.typed(jsonable(line.value)), told, status, (setting_id, form))

    # -- score sheets
    @expose("/settings/sheets")
    @needs("evaluation_setting", "read")
    def sheets(self) -> Any:
        loaded = list(db.session.scalars(access.restrict(select(ScoreSheet), ScoreSheet).order_by(
            ScoreSheet.code, ScoreSheet.edition.desc()
        )))  # fmt: skip
        return page("evaluation/score_sheets.html", title=_("Phiếu chấm điểm"), loaded=loaded, shipped=sheets(),
                    mark_words=MARK_WORDS, states=STATES, kinds=KINDS)  # fmt: skip

    @expose("/settings/sheets/<code>", methods=["GET", "POST"])
    @needs("evaluation_setting", "read")
    def sheet(self, code: str) -> Any:
        """One sheet with its lines; saving makes a new version beside the old one."""
        sheet = sheet_on(code, clock.today())
        if sheet is None:
            raise NotFound()
        content = sheet.to_dict()
        if request.method == "GET":
            form = SheetForm(None, data={"title": sheet.title, "valid_from": clock.today()})
            return self._sheet_page(sheet, content, form)
        access.require("evaluation_setting", "propose")
        form = SheetForm(request.form)
        form.validate()
        content = _edited(content, form.title.data or "")
        return self._load(content, form, lambda faults: self._sheet_page(sheet, content, form, faults, 400))

    def _sheet_page(self, sheet: Any, content: dict[str, Any], form: Form, faults: Any = (), status: int = 200) -> Any:
        query = access.restrict(select(ScoreSheet).where(ScoreSheet.code == sheet.code), ScoreSheet)
        versions = list(db.session.scalars(query.order_by(ScoreSheet.edition.desc())))
        return page(
            "evaluation/score_sheet.html", title=sheet.title, sheet=sheet, content=content, form=form, faults=faults,
            versions=versions, may_edit=_may_load(), mark_words=MARK_WORDS, states=STATES, kinds=KINDS,
            feed=history.of(versions[0], 30) if versions and access.may("history", "read") else [],
        ), status  # fmt: skip

    @expose("/settings/sheets/<code>/file.json")
    @needs("evaluation_setting", "read")
    def sheet_file(self, code: str) -> Any:
        """The sheet as the file one may change and load again."""
        sheet = sheet_on(code, clock.today())
        if sheet is None:
            raise NotFound()
        response = Response(json.dumps(sheet.to_dict(), ensure_ascii=False, indent=2), mimetype="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{sheet.code}.json"'
        return response

    @expose("/settings/sheets/load", methods=["GET", "POST"])
    @needs("evaluation_setting", "propose")
    def load(self) -> Any:
        """A whole sheet out of a file, for changes of its structure."""
        form = SheetForm(request.form if request.method == "POST" else None,
                         data=None if request.method == "POST" else {"valid_from": clock.today()})  # fmt: skip
        if request.method == "GET":
            return self._load_page(form)
        form.validate()
        sent = request.files.get("file")
        try:
            content = json.loads((sent.stream.read(MOST_BYTES) if sent is not None else b"").decode("utf-8"))
            if not isinstance(content, dict):
                raise ValueError
        except ValueError:
            told = _("Tệp phải là một phiếu dạng JSON (UTF-8). Hãy tải mẫu, sửa rồi nạp lại.")
            return self._load_page(form, [Fault("file", told)], 400)
        if form.title.data:
            content["title"] = form.title.data
        return self._load(content, form, lambda faults: self._load_page(form, faults, 400))

    def _load_page(self, form: Form, faults: Any = (), status: int = 200) -> Any:
        return page(
            "evaluation/score_sheet_load.html", title=_("Nạp phiếu chấm điểm"), form=form, faults=faults
        ), status

    def _load(self, content: dict[str, Any], form: Any, again: Any) -> Any:
        if form.valid_from.data is None:
            form.valid_from.errors = [*form.valid_from.errors, _("Cần ngày bắt đầu có hiệu lực (dd/mm/yyyy).")]
            return again([])
        try:
            row = execute(
                settings.LoadSheet(content, form.valid_from.data, form.document.data or "", form.valid_to.data),
                key=request_key(),
            )
        except Refused as error:
            return again(form.take_faults(error))
        told = _("Đã gửi đề nghị: phiếu phiên bản %(n)s, có hiệu lực khi người thứ hai duyệt.", n=row.edition)
        flash(told, "success")
        return redirect(url_for("EvaluationSettingView.proposed", sheet_id=row.id))

    @expose("/settings/loaded-sheets/<int:sheet_id>", methods=["GET", "POST"])
    @needs("evaluation_setting", "read")
    def proposed(self, sheet_id: int) -> Any:
        """A version the province loaded, beside what is in use today; a second person approves or rejects it."""
        row = access.get(ScoreSheet, sheet_id)
        form, faults, status = DecideForm(request.form if request.method == "POST" else None), [], 200
        if request.method == "POST" and form.validate():
            approve = request.form.get("approve") == "1"
            try:
                execute(settings.DecideSheet(sheet_id, approve, form.reason.data or "", seen_version()),
                        key=request_key())  # fmt: skip
                flash(_("Đã duyệt. Kỳ mở từ ngày phiếu có hiệu lực dùng phiếu này; kỳ đã mở giữ phiếu cũ.") if approve
                      else _("Đã ghi không duyệt."), "success")  # fmt: skip
                return redirect(url_for("EvaluationSettingView.proposed", sheet_id=sheet_id))
            except Refused as error:
                faults, status = form.take_faults(error), 400
            except Stale as error:
                faults, status = [Fault("", error.message)], 409
            row = access.get(ScoreSheet, sheet_id)
        now = sheet_on(row.code, clock.today())
        before = None if now is None or (row.in_use and now.to_dict() == row.content) else now.to_dict()
        return page(
            "evaluation/score_sheet_proposed.html", title=row.title, row=row, form=form, faults=faults, in_use=now,
            changes=settings.sheet_changes(row.content, before) if row.state == settings.PROPOSED else [],
            states=STATES, kinds=KINDS,
            feed=history.of(row, 30) if access.may("history", "read") else [],
        ), status  # fmt: skip

    @expose("/settings/loaded-sheets/<int:sheet_id>/withdraw", methods=["POST"])
    @needs("evaluation_setting", "approve")
    def withdraw(self, sheet_id: int) -> Any:
        row = access.get(ScoreSheet, sheet_id)
        form = DecideForm(request.form)
        form.validate()
        try:
            execute(settings.WithdrawSheet(sheet_id, form.reason.data or "", seen_version()), key=request_key())
            flash(_("Đã thôi dùng phiếu cho các kỳ mở từ nay."), "success")
        except (Refused, Stale) as error:
            flash(error.message, "error")
        return redirect(url_for("EvaluationSettingView.sheets") if sheet_on(row.code, clock.today()) is None
                        else url_for("EvaluationSettingView.sheet", code=row.code))  # fmt: skip


def _may_load() -> bool:
    return access.may("evaluation_setting", "propose")


def _edited(content: dict[str, Any], title: str) -> dict[str, Any]:
    """The sheet with names and points as typed; empty points stay what they were."""

    def points(name: str, old: Any) -> Any:
        raw = request.form.get(name, "").strip().replace(",", ".")
        return raw or old

    found = {**content, "title": title.strip() or content["title"], "groups": []}
    for group in content["groups"]:
        made = {**group, "max": points(f"group.{group['code']}.max", group["max"]), "lines": []}
        for line in group["lines"]:
            field = "proposed" if line["proposed"] is not None else "max"
            name = request.form.get(f"line.{line['code']}.name", "").strip() or line["name"]
            made["lines"].append({**line, "name": name, field: points(f"line.{line['code']}.max", line[field])})
        found["groups"].append(made)
    return found


def _assumption(version: Any, rows: dict[str, list[EvaluationSetting]], today: Any) -> dict[str, Any]:
    editor = editor_of(version.name, today)
    assert editor is not None
    current = configuration_value(version.name, today)
    of_layer = version.name.startswith("hy1071.")
    given = rows.get(version.name, [])
    return {
        "key": version.name, "label": version.label, "default": editor.words(jsonable(version.value)),
        "allowed": editor.allowed(), "article": version.article, "note": version.note or "", "mark": version.mark,
        "alternatives": [editor.words(jsonable(one)) for one in version.alternatives],
        "now": editor.words(jsonable(current.value)), "document": current.document or "", "of_layer": of_layer,
        "rows": [(row, editor.words(row.value)) for row in given],
        "replaced": any(row.state == settings.APPROVED for row in given),
        "href": url_for("EvaluationSettingView.show", key=version.name) if of_layer else
        url_for("ParameterView.show", name=version.name),
    }  # fmt: skip


def configuration_value(name: str, today: Any) -> Any:
    """The value in force, read once a request."""
    from flask import g

    if "evaluation_configuration" not in g:
        g.evaluation_configuration = configuration_on(today)
    return g.evaluation_configuration.version(name)


def _procedure_line(key: str, one: Any, rows: dict[str, list[EvaluationSetting]]) -> dict[str, Any]:
    editor = editor_of(key)
    assert editor is not None
    given = rows.get(key, [])
    today = clock.today()
    held = [row for row in given if row.state == settings.APPROVED and row.valid_from <= today
            and (row.valid_to is None or row.valid_to >= today)]  # fmt: skip
    return {
        "key": key, "label": one.label, "default": editor.words(one.value), "allowed": editor.allowed(),
        "article": one.article, "note": "", "mark": one.mark, "alternatives": [], "of_layer": True,
        "now": editor.words(held[0].value if held else one.value), "document": held[0].document_number if held else "",
        "rows": [(row, editor.words(row.value)) for row in given], "replaced": bool(held),
        "href": url_for("EvaluationSettingView.show", key=key),
    }  # fmt: skip
