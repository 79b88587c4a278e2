"""Every list: shown the same way, its filters kept, and what one sees taken out as a spreadsheet.

An export asks what it is for, carries who, when and why on every page, and leaves its number of rows in the security
log (DP-10). A large one is written in the background and waits for its owner among the background jobs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO, Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from hrms.commands import saved_filters, security_log
from hrms.kernel import access, actor, clock, jobs
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotAllowed, Refused
from hrms.kernel.spreadsheets import Column as Cell
from hrms.kernel.spreadsheets import Headings, write_table
from hrms.kernel.text import normalize
from views.fields import Form, TextField, required
from views.listing import Column, Listing, ListSpec, spec_named
from views.rules import signed_in
from views.templating import dmy, page

AT_ONCE = 5000  # rows; more are written in the background
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "text": "text",
    "badge": "text",
    "link": "text",
    "date": "date",
    "partial": "date",
    "money": "money",
    "decimal": "decimal",
    "number": "integer",
    "bool": "mark",
}


def show(spec: ListSpec, template: str = "list.html", **context: Any) -> str:
    """The page of a list as asked for by this request."""
    listing = Listing(spec).load()
    return page(
        template,
        **{"title": spec.title(), "list": listing, "saved_filters": saved_filters.mine(spec.name), **context},
    )


def may_export(spec: ListSpec) -> bool:
    """Taking a list out needs a right of its own, beside the right to read it."""
    return spec.export_permission is not None and access.may(*spec.export_permission)


def cell_of(column: Column) -> Cell:
    """A column of the list as a typed column of a spreadsheet."""
    kind = "code" if column.code else KINDS[column.kind]
    return Cell(column.key, column.label(), kind=kind, width=column.width)  # type: ignore[arg-type]


def exported(column: Column, row: Any) -> Any:
    """The value for the spreadsheet: the words of a badge, else what the page shows."""
    value = column.of(row)
    return value[1] if column.kind == "badge" and value else value


def write(target: str | IO[bytes], listing: Listing, purpose: str, tell: Callable[[int], None] | None = None) -> int:
    """Write everything the listing finds, in its order and with its columns. Returns the number of rows."""
    ordinal = Cell("", _("TT"), kind="integer", width=6)

    def rows() -> Iterator[list[Any]]:
        for number, row in enumerate(listing.everything(), start=1):
            if tell is not None and number % 500 == 0:
                tell(number)
            yield [number, *(exported(column, row) for column in listing.columns)]

    who = actor.current().name
    prepared = _(
        "Người xuất: %(who)s; lúc %(when)s; mục đích: %(purpose)s. "
        "Tài liệu có dữ liệu cá nhân, chỉ dùng đúng mục đích nêu trên.",
        who=who,
        when=dmy(clock.now()),
        purpose=purpose,
    )
    chips = [f"{chip['label']}: {chip['value']}" for chip in listing.active_filters]
    if listing.q:
        chips.insert(0, _("tìm “%(words)s”", words=listing.q))
    headings = Headings(str(listing.spec.title()).upper(), subtitle="; ".join(chips))
    columns = [ordinal, *(cell_of(column) for column in listing.columns)]
    return write_table(target, columns, rows(), headings, prepared=prepared)


def log_export(name: str, rows: int, purpose: str) -> None:
    security_log.record("export", f"list {name}", f"rows={rows}; {purpose}")


def file_name(name: str) -> str:
    return f"{name}-{clock.today():%Y%m%d}.xlsx"


@jobs.kind("list_export")
def export_job(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """The background form of an export: the same rows, because the job acts as its owner."""
    spec = spec_named(payload["list"])
    if not may_export(spec):
        raise NotAllowed()
    listing = Listing(spec, args=MultiDict([(key, value) for key, value in payload["args"]]))
    total = listing.count()
    progress.step(0, total, _("Đang ghi %(n)s dòng", n=total), force=True)
    file = f"export-{uuid4().hex}.xlsx"
    rows = write(jobs.work_path(file), listing, payload["purpose"], lambda done: progress.step(done, total))
    log_export(spec.name, rows, payload["purpose"])
    return {"file": file, "name": file_name(spec.name), "message": _("Đã ghi %(n)s dòng.", n=rows)}


class PurposeForm(Form):
    purpose = TextField(_l("Mục đích xuất"), [required(_l("Chưa ghi mục đích. Hãy ghi việc cần dùng danh sách này."))])


class ListView(BaseView):
    """``/lists/<name>/…``: what every list of the application can do."""

    route_base = "/lists"

    @expose("/<name>/export.xlsx", methods=["GET", "POST"])
    @signed_in
    def export(self, name: str) -> Any:
        """GET asks for the purpose; POST writes the file, or queues it when it is large."""
        spec = spec_named(name)
        if not may_export(spec):
            raise NotAllowed()
        listing = Listing(spec)
        total = listing.count()
        form = PurposeForm()
        if request.method == "POST" and form.validate():
            purpose = normalize(form.purpose.data or "")[:200]
            if total > AT_ONCE:
                args = [(key, value) for key, value in request.args.items(multi=True)]
                job = jobs.enqueue(
                    "list_export",
                    _("Xuất danh sách: %(title)s", title=spec.title()),
                    {"list": name, "args": args, "purpose": purpose},
                )
                return redirect(url_for("JobView.show", job_id=job.id))
            buffer = io.BytesIO()
            rows = write(buffer, listing, purpose)
            log_export(name, rows, purpose)
            buffer.seek(0)
            return send_file(buffer, mimetype=XLSX, as_attachment=True, download_name=file_name(name))
        return page(
            "lists/export.html", title=_("Xuất danh sách"), list=listing, form=form, total=total, large=total > AT_ONCE
        )

    @expose("/<name>/save", methods=["POST"])
    @signed_in
    def save(self, name: str) -> Any:
        """Keep the filters in use under a name."""
        spec = spec_named(name)
        if not access.may(access.resource_of(spec.model), spec.action):
            raise NotAllowed()
        kept = {item.key for item in spec.filters if item.default}  # empty there means “all”, not “as usual”
        query = urlencode(
            [
                pair
                for pair in MultiDict(_pairs(request.form.get("query", ""))).items(multi=True)
                if (pair[1] or pair[0] in kept) and pair[0] != "page"
            ]
        )
        command = saved_filters.SaveFilter(name, request.form.get("filter_name", ""), query)
        try:
            execute(command, key=request.form.get("request_key", ""))
            flash(_("Đã lưu bộ lọc “%(name)s”.", name=command.name), "success")
        except Refused as error:
            flash(error.message, "error")
        return _back(query)

    @expose("/<name>/filters/<int:filter_id>/forget", methods=["POST"])
    @signed_in
    def forget(self, name: str, filter_id: int) -> Any:
        """Drop one of one's own filters."""
        spec_named(name)
        execute(saved_filters.DropFilter(filter_id))
        flash(_("Đã xóa bộ lọc."), "success")
        return _back(request.form.get("query", ""))


def _pairs(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True)


def _back(query: str) -> Any:
    """To the page the form stood on, inside this application."""
    from urllib.parse import urlsplit

    origin = urlsplit(request.referrer or "")
    path = origin.path if origin.netloc == request.host and origin.path.startswith("/") else url_for("HomeView.index")
    return redirect(f"{path}?{query}" if query else path)
