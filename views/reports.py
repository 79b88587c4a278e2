"""Reports: the catalogue, one report with its parameters, the rows behind a figure, drafts, signing, the archive."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import security_log
from hrms.commands.reporting import (
    CreateDraft,
    DropDraft,
    EditDraft,
    SignReport,
    asked_for,
    draft,
    produced_of,
    snapshot,
)
from hrms.commands.reporting.background import ask_for_file, ask_for_rows, prepared, rows_block, said, write_rows_file
from hrms.kernel import access, actor
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from hrms.kernel.text import format_date
from models.reporting import OPEN, SIGNED, ReportDraft, ReportSnapshot
from reports.framework import GROUPS, Asked, Definition, Produced, definition, definitions, make
from reports.framework.difference import difference
from reports.framework.making import LARGE, ON_PAGE
from reports.framework.paper import Signed, paper
from reports.framework.result import digest
from reports.framework.workbook import write_report
from reports.registry import MEDIA_TYPES
from views.lists import show as show_list
from views.papers import PDF_POLICY
from views.posted import request_key, seen_version
from views.report_forms import SignForm, fields_of, sign_values
from views.report_lists import ARCHIVE, DRAFTS
from views.report_pages import Shown, shown
from views.rules import needs
from views.templating import page

PAGE_OF_ROWS = 100
CONDITION = "w."


class ReportView(BaseView):
    """``/reports/``"""

    route_base = "/reports"

    @expose("/")
    @needs("report", "read")
    def index(self) -> Any:
        mine = [report for report in definitions().values() if report.allowed]
        groups = [(label, [r for r in mine if r.group == code]) for code, label in GROUPS.items()]
        return page("reports/index.html", title=_("Báo cáo"), groups=[pair for pair in groups if pair[1]])

    @expose("/archive")
    @needs("report", "read")
    def archive(self) -> Any:
        return show_list(ARCHIVE, "reports/archive.html")

    @expose("/drafts")
    @needs("report", "write")
    def drafts(self) -> Any:
        return show_list(DRAFTS, "reports/drafts.html")

    @expose("/<key>/")
    @needs("report", "read")
    def show(self, key: str) -> Any:
        report = definition(key)
        try:
            asked = asked_for(key, parameters(report))
        except Refused as error:
            return self._unread(report, error)
        return self._page(asked, make(asked), SignForm(None, data=sign_values(asked)))

    def _unread(self, report: Definition, error: Refused) -> Any:
        faults: dict[str, list[str]] = {}
        for fault in error.faults:
            faults.setdefault(fault.field, []).append(fault.message)
        return page(
            "reports/show.html", title=_(report.title), report=report, fields=fields_of(report, None, faults),
            faults=error.faults, produced=None, blocks=[], query={}, form=None, may_sign=False, may_write=False,
            digest="",
        )  # fmt: skip

    def _page(self, asked: Asked, produced: Produced, form: SignForm, faults: Any = ()) -> Any:
        report = asked.definition
        return page(
            "reports/show.html",
            title=_(report.title),
            report=report,
            fields=fields_of(report, asked, {}),
            faults=faults,
            produced=produced,
            blocks=[_shown(asked, produced, number) for number in range(len(produced.blocks))],
            query=produced.values,
            form=form,
            digest=produced.digest,
            may_sign=not report.texts and access.in_scope(asked.unit.id, "report", "sign"),
            may_write=bool(report.texts) and access.in_scope(asked.unit.id, "report", "write"),
        )

    @expose("/<key>/file.<style>")
    @needs("report", "read")
    def file(self, key: str, style: str) -> Any:
        """The report as ``pdf`` or ``xlsx``; a long one is made in the background."""
        if style not in MEDIA_TYPES:
            raise NotFound()
        report = definition(key)
        given = parameters(report)
        try:
            asked = asked_for(key, given)
        except Refused as error:
            return self._unread(report, error)
        produced = make(asked)
        if produced.rows > LARGE[style]:
            return _in_background(ask_for_file(key, produced.values, style).id)
        security_log.record("export", f"report {key}", f"{style}; rows={produced.rows}")
        return file_answer(produced, style, key.replace("_", "-"))

    @expose("/<key>/rows/<fact>")
    @needs("report", "read")
    def rows(self, key: str, fact: str) -> Any:
        """The rows behind a figure: the fact, under the conditions of the figure."""
        report = definition(key)
        asked = asked_for(key, parameters(report))
        known, where = report.fact(fact), conditions()
        known.require_rows()
        total = known.number(asked, where)
        seen = known.seen(asked, where) if known.rows_need else total
        number = request.args.get("page", "1")
        at = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1
        rows = list(known.rows(asked, where, limit=PAGE_OF_ROWS, offset=(at - 1) * PAGE_OF_ROWS))
        block = rows_block(known)
        links = [_link(known, row) for row in rows]
        block.rows = [said(known, row) for row in rows]
        security_log.record("print", f"report {key}", f"{fact}; rows={len(rows)}")
        return page(
            "reports/rows.html", title=_(known.title), report=report, block=shown(block, links=links),
            query=asked.plain, conditions=where, said=_conditions_said(asked, known, where), total=total, seen=seen,
            at=at, pages=max(1, -(-seen // PAGE_OF_ROWS)), first=(at - 1) * PAGE_OF_ROWS + 1, fact=fact,
        )  # fmt: skip

    @expose("/<key>/rows/<fact>.xlsx")
    @needs("report", "read")
    def rows_file(self, key: str, fact: str) -> Any:
        """All of them as a spreadsheet."""
        report = definition(key)
        asked = asked_for(key, parameters(report))
        known, where = report.fact(fact), conditions()
        known.require_rows()
        if not all(access.may(resource, "export") for resource, _action in known.rows_need):
            raise NotAllowed(_("Bạn không có quyền xuất danh sách ra tệp bảng tính."))
        if known.seen(asked, where) > LARGE["xlsx"]:
            return _in_background(ask_for_rows(key, asked.plain, fact, where).id)
        target = io.BytesIO()
        write_rows_file(target, asked, known, where)
        return _sent(target.getvalue(), "xlsx", fact.replace("_", "-"))

    @expose("/<key>/sign", methods=["POST"])
    @needs("report", "sign")
    def sign(self, key: str) -> Any:
        """Keep the report as signed with the data it was made of."""
        report = definition(key)
        given = {p.name: request.form.get(f"p-{p.name}", "") for p in report.parameters}
        asked = asked_for(key, given)
        form = SignForm(request.form)
        if not form.validate():
            return self._page(asked, make(asked), form)
        try:
            kept = execute(_signing(form, key, given), key=request_key())
        except Refused as error:
            return self._page(asked, make(asked), form, form.take_faults(error))
        flash(_("Đã ký, lưu báo cáo số %(number)s cùng dữ liệu tại thời điểm ký.", number=kept.number), "success")
        return redirect(url_for("ReportView.kept", snapshot_id=kept.id))

    @expose("/<key>/draft", methods=["POST"])
    @needs("report", "write")
    def begin(self, key: str) -> Any:
        """A draft with the paragraphs the application writes."""
        report = definition(key)
        given = {p.name: request.form.get(f"p-{p.name}", "") for p in report.parameters}
        try:
            record = execute(CreateDraft(key, given), key=request_key())
        except Refused as error:
            for fault in error.faults:
                flash(fault.message, "error")
            return redirect(url_for("ReportView.show", key=key))
        return redirect(url_for("ReportView.edit", draft_id=record.id))

    @expose("/drafts/<int:draft_id>")
    @needs("report", "write")
    def edit(self, draft_id: int) -> Any:
        return self._draft_page(draft(draft_id, "write"))

    def _draft_page(self, record: ReportDraft, form: SignForm | None = None, faults: Any = (),
                    typed: dict[str, str] | None = None) -> Any:  # fmt: skip
        produced = produced_of(record)
        asked = asked_for(record.key, record.parameters)
        return page(
            "reports/draft.html",
            title=record.title,
            record=record,
            produced=produced,
            typed=typed or {},
            titles={text.key: text.title for text in asked.definition.texts},
            blocks=[_shown(asked, produced, number) for number in range(len(produced.blocks))],
            digest=produced.digest,
            form=form or SignForm(None, data=sign_values(asked)),
            faults=faults,
            open=record.state == OPEN,
            may_sign=record.state == OPEN and access.in_scope(record.unit_id, "report", "sign"),
        )

    @expose("/drafts/<int:draft_id>", methods=["POST"])
    @needs("report", "write")
    def save(self, draft_id: int) -> Any:
        texts = {key[5:]: value for key, value in request.form.items() if key.startswith("text-")}
        try:
            execute(EditDraft(draft_id, texts, seen_version()), key=request_key())
        except Refused as error:
            return self._draft_page(draft(draft_id, "write"), None, error.faults, texts)
        flash(_("Đã lưu bản thảo."), "success")
        return redirect(url_for("ReportView.edit", draft_id=draft_id))

    @expose("/drafts/<int:draft_id>/file.<style>")
    @needs("report", "write")
    def draft_file(self, draft_id: int, style: str) -> Any:
        record = draft(draft_id, "write")
        security_log.record("print", f"report_draft {draft_id}", f"{record.key}; {style}")
        return file_answer(produced_of(record), style, f"du-thao-{draft_id}")

    @expose("/drafts/<int:draft_id>/sign", methods=["POST"])
    @needs("report", "sign")
    def sign_draft(self, draft_id: int) -> Any:
        record, form = draft(draft_id), SignForm(request.form)
        if not form.validate():
            return self._draft_page(record, form)
        try:
            kept = execute(_signing(form, record.key, record.parameters, draft_id), key=request_key())
        except Refused as error:
            return self._draft_page(draft(draft_id), form, form.take_faults(error))
        flash(_("Đã ký, lưu báo cáo số %(number)s cùng dữ liệu tại thời điểm ký.", number=kept.number), "success")
        return redirect(url_for("ReportView.kept", snapshot_id=kept.id))

    @expose("/drafts/<int:draft_id>/drop", methods=["POST"])
    @needs("report", "write")
    def drop(self, draft_id: int) -> Any:
        try:
            execute(DropDraft(draft_id))
        except Refused as error:
            return self._draft_page(draft(draft_id, "write"), None, error.faults)
        flash(_("Đã xóa bản thảo."), "success")
        return redirect(url_for("ReportView.drafts"))

    @expose("/archive/<int:snapshot_id>")
    @needs("report", "read")
    def kept(self, snapshot_id: int) -> Any:
        """A filed report as it was: from its own data, whatever the records say today."""
        record = snapshot(snapshot_id)
        produced = Produced.from_plain(record.content)
        return page(
            "reports/kept.html", title=_(record.title), record=record, produced=produced, signed=record.kind == SIGNED,
            blocks=[shown(block, number=n) for n, block in enumerate(produced.blocks)],
            intact=digest(record.content) == record.digest,
        )  # fmt: skip

    @expose("/archive/<int:snapshot_id>/file.<style>")
    @needs("report", "read")
    def kept_file(self, snapshot_id: int, style: str) -> Any:
        record = snapshot(snapshot_id)
        security_log.record("export", f"report_snapshot {snapshot_id}", f"{record.key}; {style}; rows={record.rows}")
        name = f"{record.key.replace('_', '-')}-{snapshot_id}"
        return file_answer(Produced.from_plain(record.content), style, name, signature_of(record))

    @expose("/archive/<int:snapshot_id>/difference")
    @needs("report", "read")
    def changes(self, snapshot_id: int) -> Any:
        """The same report asked again, against what was filed: every row and cell that is not the same."""
        record = snapshot(snapshot_id)
        before = Produced.from_plain(record.content)
        after = make(asked_for(record.key, record.parameters))
        return page("reports/difference.html", title=_("Số liệu khác với bản đã lưu"), record=record,
                    changes=difference(before, after))  # fmt: skip


def parameters(report: Definition) -> dict[str, str]:
    """The report's own parameters out of the address."""
    return {p.name: request.args[p.name] for p in report.parameters if p.name in request.args}


def conditions() -> dict[str, str]:
    """The conditions of a figure out of the address: ``w.sex=male``."""
    found = ((k[len(CONDITION) :], v[:200]) for k, v in request.args.items() if k.startswith(CONDITION))
    return dict(list(found)[:20])


def _shown(asked: Asked, produced: Produced, number: int) -> Shown:
    block = produced.blocks[number]
    opens = bool(block.fact) and asked.may_see_rows(block.fact)

    def address(where: dict[str, str]) -> str:
        extra: dict[str, Any] = {f"{CONDITION}{name}": value for name, value in where.items()}
        return url_for("ReportView.rows", key=produced.key, fact=block.fact, **{**produced.values, **extra})

    return shown(block, number=number, address=address if opens else None, most=ON_PAGE)


def _link(fact: Any, row: dict[str, Any]) -> str:
    """The record behind a row, for whoever may open it."""
    if fact.link is None:
        return ""
    endpoint, argument, column = fact.link
    return url_for(endpoint, **{argument: row[column]}) if row.get(column) else ""


def _conditions_said(asked: Asked, fact: Any, where: dict[str, str]) -> list[tuple[str, str]]:
    """The conditions in words, for the heading of the rows."""
    found = []
    for name, value in where.items():
        base, _sep, operator = name.partition("__")
        if base == "branch":
            found.append((_("Đơn vị"), asked.tree().name(int(value))))
            continue
        column = fact.columns[base]
        if not column.label or (operator == "not" and not value) or column.kind == "integer":
            continue
        words = ", ".join(_as_read(column, part) for part in value.split(",")) or _("chưa có dữ liệu")
        if column.kind == "mark":
            words = _("có") if value == "1" else _("không")
        sign = {"from": _("từ "), "to": _("đến "), "not": _("không phải ")}.get(operator, "")
        found.append((_(column.label), sign + words))
    return found


def _as_read(column: Any, value: str) -> str:
    """One value of a condition as a reader sees it; a day as dd/mm/yyyy."""
    try:
        return format_date(date.fromisoformat(value)) if column.kind == "date" else str(column.say(value))
    except ValueError:
        return str(column.say(value))


def _signing(form: SignForm, key: str, given: dict[str, str], draft_id: int | None = None) -> SignReport:
    return SignReport(
        key, given, form.number.data or "", form.issued_on.data, form.signer_title.data or "",
        form.signer_name.data or "", request.form.get("seen", "")[:64], draft_id,
    )  # fmt: skip


def signature_of(record: ReportSnapshot) -> Signed | None:
    """What stands at the foot of a signed report; an unsigned one prints as a draft."""
    if record.kind != SIGNED:
        return None
    return Signed(record.number, record.issued_on, record.signer_title, record.signer_name, record.digest)


def file_answer(produced: Produced, style: str, name: str, signed: Signed | None = None) -> Response:
    """The report as a file: PDFs are shown, spreadsheets saved."""
    if style == "pdf":
        return _sent(paper(produced, signed).write(), "pdf", name)
    if style != "xlsx":
        raise NotFound()
    target = io.BytesIO()
    write_report(target, produced, prepared(), actor.current().name)
    return _sent(target.getvalue(), "xlsx", name)


def _sent(content: bytes, style: str, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPES[style])
    way = "inline" if style == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{way}; filename="{name}.{style}"'
    if style == "pdf":
        response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _in_background(job_id: int) -> Any:
    flash(_("Báo cáo dài nên được lập ở chế độ nền. Khi xong, tải tệp tại trang này."), "info")
    return redirect(url_for("JobView.show", job_id=job_id))
