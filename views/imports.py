"""The import wizard: upload → columns → dry run → write. Each step can be left and found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from sqlalchemy.orm import joinedload

from hrms.commands import security_log
from hrms.commands.staff_import import ChooseMapping, DropImport, StartImport, open_list
from hrms.commands.staff_import.work import CHECK, WRITE, sentence
from hrms.commands.staff_list import FIELDS, LABELS
from hrms.kernel import access, actor, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from hrms.kernel.spreadsheets import column_letter, show
from hrms.kernel.text import parse_full_date
from models.importing import StaffImport
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES
from views import fields
from views.listing import Column, Filter, ListSpec, declare
from views.lists import show as show_list
from views.rules import needs
from views.templating import page

STATES = {
    "uploaded": ("open", _l("Chờ kiểm tra")),
    "checked": ("warn", _l("Đã chạy thử")),
    "imported": ("done", _l("Đã ghi")),
    "dropped": ("closed", _l("Đã bỏ")),
}
MODE_LABELS = {"all": _l("Ghi tất cả hoặc không ghi gì"), "good": _l("Chỉ ghi các dòng đúng, trả lại các dòng lỗi")}
SAMPLE_ROWS = 8


def _badge(row: StaffImport) -> tuple[str, str]:
    css, label = STATES[row.state]
    return css, str(label)


IMPORTS = declare(
    ListSpec(
        name="imports",
        title=lambda: _("Nhập danh sách cán bộ"),
        model=StaffImport,
        action="import",
        columns=(
            Column("file", lambda: _("Tệp"), "file_name", width=40),
            Column("unit", lambda: _("Đơn vị nhận"), "unit.name", width=34),
            Column("state", lambda: _("Trạng thái"), _badge, kind="badge", sort=(StaffImport.state,)),
            Column("people", lambda: _("Số người"), lambda r: (r.summary or {}).get("people"), kind="number"),
            Column("rejected", lambda: _("Dòng lỗi"), lambda r: (r.summary or {}).get("rejected"), kind="number"),
            Column("as_of", lambda: _("Số liệu đến ngày"), "as_of", kind="date", sort=(StaffImport.as_of,)),
            Column("by", lambda: _("Người nhập"), "created_by"),
            Column("at", lambda: _("Lúc"), "created_at", kind="date", sort=(StaffImport.id,)),
        ),
        filters=(
            Filter(
                "state",
                lambda: _("Trạng thái"),
                lambda query, value: query.where(StaffImport.state == value),
                choices=lambda: [(code, str(label)) for code, (_css, label) in STATES.items()],
            ),
        ),
        default_sort=(StaffImport.id.desc(),),
        options=(joinedload(StaffImport.unit),),
        row_url=lambda row: url_for("ImportView.step", import_id=row.id),
        empty=lambda: _("Tải lên danh sách cán bộ như đơn vị đang có; hệ thống nhận diện cột và báo lỗi từng ô."),
    )
)


class UploadForm(fields.Form):
    """The first step."""

    unit_id = fields.LookupField(_l("Đơn vị nhận danh sách"), [fields.required()], url="/lookup/units?action=import&q=")
    file = FileField(_l("Tệp danh sách (.xlsx, .xls, .csv)"), [fields.required(_l("Hãy chọn tệp danh sách."))])
    as_of = fields.DateField(_l("Số liệu tính đến ngày"))
    mode = fields.ChoiceField(_l("Cách ghi"), choices=list(MODE_LABELS.items()), default="all")
    default_category = fields.ChoiceField(_l("Loại cán bộ khi danh sách không ghi"), choices=[], default="")


class ImportView(BaseView):
    """``/imports/``"""

    route_base = "/imports"

    @expose("/")
    @needs("staff", "import")
    def list(self) -> Any:
        return show_list(IMPORTS, "imports/list.html")

    @expose("/new", methods=["GET", "POST"])
    @needs("staff", "import")
    def new(self) -> Any:
        form = UploadForm()
        form.default_category.choices = [("", _("Suy từ mã ngạch")), *((k, _(v)) for k, v in CATEGORIES.items())]
        faults: list[Any] = []
        if request.method == "GET":
            _preset_unit(form)
        elif form.validate():
            upload = request.files["file"]
            command = StartImport(
                form.unit_id.data,
                upload.stream,
                upload.filename or "",
                form.as_of.data,
                form.mode.data,
                form.default_category.data,
            )
            try:
                row = execute(command)
            except Refused as error:
                faults = form.take_faults(error)
            else:
                return redirect(url_for("ImportView.columns", import_id=row.id))
        _show_unit(form)
        return page("imports/new.html", title=_("Nhập danh sách cán bộ"), form=form, faults=faults)

    @expose("/<int:import_id>")
    @needs("staff", "import")
    def step(self, import_id: int) -> Any:
        """Wherever this import stands."""
        row = access.get(StaffImport, import_id, "import")
        job = db.session.get(jobs.JobRun, row.job_id) if row.job_id else None
        if job is not None and not job.is_over:
            return page("imports/running.html", title=str(row.file_name), row=row, job=job)
        if row.state == "uploaded" and (job is None or job.status != jobs.FAILED):
            return redirect(url_for("ImportView.columns", import_id=import_id))
        summary = row.summary or {}
        return page(
            "imports/result.html",
            title=row.file_name,
            row=row,
            job=job,
            summary=summary,
            sentence=sentence(summary, written=row.state == "imported") if summary else "",
            has_file=_error_path(row) is not None,
            may_create=access.may("unit", "write"),
        )

    @expose("/<int:import_id>/columns", methods=["GET", "POST"])
    @needs("staff", "import")
    def columns(self, import_id: int) -> Any:
        row = access.get(StaffImport, import_id, "import")
        if row.state in {"imported", "dropped"}:
            return redirect(url_for("ImportView.step", import_id=import_id))
        faults: list[Any] = []
        if request.method == "POST":
            try:
                execute(_corrections(row))
            except Refused as error:
                faults = error.faults
                row = access.get(StaffImport, import_id, "import")
            else:
                return self._start(import_id, CHECK, _("Kiểm tra danh sách #%(id)s", id=import_id))
        reading = open_list(row)
        header_end = reading.header.first_data_row
        sample = []
        for number, cells in reading.sheet.rows():
            if number >= header_end:
                sample.append((number, [show(cell) for cell in cells]))
                if len(sample) >= SAMPLE_ROWS:
                    break
        chosen = {index: key for key, index in reading.mapping.columns.items()}
        confidence = {match.column: match.confidence for match in reading.guess.matches.values()}
        table = [
            {
                "letter": column_letter(column.index),
                "index": column.index,
                "title": column.title,
                "key": chosen.get(column.index, ""),
                "sure": confidence.get(column.index, 0),
            }
            for column in reading.header.columns
        ]
        return page(
            "imports/columns.html",
            title=_("Ghép cột"),
            row=row,
            reading=reading,
            table=table,
            sample=sample,
            fields=[(spec.key, LABELS[spec.key]) for spec in FIELDS],
            faults=faults,
            modes=MODE_LABELS,
            categories=CATEGORIES,
        )

    @expose("/<int:import_id>/units", methods=["POST"])
    @needs("staff", "import")
    def units(self, import_id: int) -> Any:
        """What unknown headings mean; then the dry run again."""
        choices: dict[str, str] = {}
        for key, values in request.form.lists():  # a chosen existing unit comes after the select and wins
            given = [value.strip() for value in values if value.strip()]
            if key.startswith("unit:") and given:
                choices[key.removeprefix("unit:")] = given[-1]
        execute(ChooseMapping(import_id, unit_choices=choices))
        return self._start(import_id, CHECK, _("Kiểm tra danh sách #%(id)s", id=import_id))

    @expose("/<int:import_id>/write", methods=["POST"])
    @needs("staff", "import")
    def write(self, import_id: int) -> Any:
        row = access.get(StaffImport, import_id, "import")
        if row.state == "imported":
            return redirect(url_for("ImportView.step", import_id=import_id))
        mode = request.form.get("mode", row.mode)
        if mode != row.mode:
            execute(ChooseMapping(import_id, mode=mode))
        return self._start(import_id, WRITE, _("Ghi danh sách #%(id)s", id=import_id))

    @expose("/<int:import_id>/drop", methods=["POST"])
    @needs("staff", "import")
    def drop(self, import_id: int) -> Any:
        execute(DropImport(import_id))
        flash(_("Đã bỏ danh sách, không ghi gì."), "info")
        return redirect(url_for("ImportView.list"))

    @expose("/<int:import_id>/errors.xlsx")
    @needs("staff", "import")
    def errors(self, import_id: int) -> Any:
        """The officer's own sheet, each rejected row with its reason."""
        row = access.get(StaffImport, import_id, "import")
        path = _error_path(row)
        if path is None:
            raise NotFound()
        security_log.record("export", f"staff_import {import_id}", "error workbook")
        return send_file(path, as_attachment=True, download_name=f"loi-nhap-danh-sach-{import_id}.xlsx")

    def _start(self, import_id: int, kind: str, title: str) -> Any:
        row = access.get(StaffImport, import_id, "import")
        job = db.session.get(jobs.JobRun, row.job_id) if row.job_id else None
        if job is None or job.is_over:  # a second click finds the work already under way
            job = jobs.enqueue(kind, title, {"import_id": import_id})
            job_id = job.id
            with transaction():
                row = access.get(StaffImport, import_id, "import")
                row.job_id = job_id
        return redirect(url_for("ImportView.step", import_id=import_id))


def _corrections(row: StaffImport) -> ChooseMapping:
    """The columns form as a command. A field chosen for two columns is a fault of the command, not of this function."""
    columns: dict[str, str] = {}
    twice: set[str] = set()
    for name, key in request.form.items():
        if name.startswith("col:") and key:
            if key in columns:
                twice.add(key)
            columns[key] = name.removeprefix("col:")
    if twice:
        labels = ", ".join(LABELS[key] for key in twice if key in LABELS)
        raise Refused(
            [Fault("mapping", _("Mục được chọn cho hai cột: %(labels)s. Mỗi mục chỉ ghép một cột.", labels=labels))]
        )
    mapping = {**row.mapping, "columns": columns}
    if request.form.get("sheet") and request.form["sheet"] != row.mapping.get("sheet"):
        mapping = {"version": row.mapping.get("version", 1), "columns": columns, "sheet": request.form["sheet"]}
    raw_day = request.form.get("as_of", "").strip()
    try:
        as_of = parse_full_date(raw_day) if raw_day else None
    except ValueError as error:
        raise Refused([Fault("as_of", str(error))]) from error
    return ChooseMapping(
        row.id,
        mapping=mapping,
        as_of=as_of,
        mode=request.form.get("mode", ""),
        default_category=request.form.get("default_category"),
    )


def _error_path(row: StaffImport) -> Path | None:
    name = (row.summary or {}).get("error_file")
    if not name:
        return None
    path = Path(jobs.work_path(name))
    return path if path.is_file() else None


def _preset_unit(form: UploadForm) -> None:
    """The unit of one's own role, when there is just one."""
    units = {grant.unit_id for grant in access.grants() if grant.unit_id and grant.role.allows("staff", "import")}
    if len(units) == 1 and actor.current().user_id is not None:
        form.unit_id.data = units.pop()


def _show_unit(form: UploadForm) -> None:
    if form.unit_id.data and access.in_scope(form.unit_id.data, "staff", "import"):
        unit = db.session.get(OrgUnit, form.unit_id.data)
        form.unit_id.text = unit.name if unit is not None else ""
