"""The law as it grows: values added under a second pair of eyes, what a change moves, what is covered."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands import law
from hrms.commands.law import current, deciding, impact, proposals, uploads, values
from hrms.kernel import access, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused, Stale
from models.law import LawImpact, ParameterOverride
from policies.engine.parameters import Version
from policies.store import default_store
from views.fields import ChoiceField, DateField, Form, LongTextField, TextField, required
from views.law_lists import IMPACTED, IMPACTS, KINDS, LABELS, OVERRIDES, STATES, end_badge
from views.listing import Listing
from views.lists import show as show_list
from views.posted import picked, request_key, seen_version
from views.rules import needs
from views.templating import page

AT_ONCE = 40  # amendments; more are opened in the background
LARGEST = 512 * 1024


def mark_choices(codes: str = "PSUC") -> list[tuple[str, str]]:
    return [(code, f"{code} – {law.marks()[code]}") for code in codes]


class DocumentForm(Form):
    """The document a value rests on, and why."""

    document_number = TextField(_l("Số, ký hiệu văn bản"), [required()])
    document_date = DateField(_l("Ngày văn bản"), [required()])
    document_issuer = TextField(_l("Cơ quan ban hành"), [required()])
    reason = LongTextField(_l("Lý do"), [required()])


class OverrideForm(DocumentForm):
    value = LongTextField(_l("Giá trị"), [required()])
    valid_from = DateField(_l("Áp dụng từ ngày"), [required()])
    valid_to = DateField(_l("Đến hết ngày"))
    article = TextField(_l("Điều, khoản của văn bản"), [required()])
    mark = ChoiceField(_l("Mức độ kiểm chứng"), choices=mark_choices, default="P")


class ConfirmForm(DocumentForm):
    article = TextField(_l("Điều, khoản của văn bản"))
    mark = ChoiceField(_l("Mức độ kiểm chứng"), choices=lambda: mark_choices("PS"), default="P")


class DecisionForm(Form):
    note = LongTextField(_l("Ý kiến"))


class EndForm(Form):
    last_day = DateField(_l("Áp dụng đến hết ngày"))
    end_reason = LongTextField(_l("Lý do"), [required()])
    end_document = TextField(_l("Văn bản làm căn cứ"))


class AmendForm(Form):
    reason = LongTextField(_l("Lý do điều chỉnh"), [required()])
    document = TextField(_l("Văn bản làm căn cứ"))
    document_date = DateField(_l("Ngày văn bản"))


def versions_named(name: str) -> tuple[Version, ...]:
    """The engine's values of a parameter; an unknown name is not found."""
    found = proposals.versions_of(name)
    if found is None:
        raise NotFound(_("Không có tham số “%(name)s”.", name=name[:80]))
    return tuple(found)


def day_asked(name: str) -> date | None:
    """A day of the address (yyyy-mm-dd); nothing when it is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


class LawView(BaseView):
    """``/parameters/law/``"""

    route_base = "/parameters/law"

    # -- values added here

    @expose("/overrides/")
    @needs("parameter", "read")
    def overrides(self) -> Any:
        return show_list(OVERRIDES, "law/overrides.html")

    @expose("/overrides/new", methods=["GET", "POST"])
    @needs("parameter", "propose")
    def propose(self) -> Any:
        """Propose a value of ``?name=``; without a name, choose one."""
        name = request.args.get("name", "")[:80]
        if not name:
            return page("law/choose.html", title=_("Đề nghị giá trị"), groups=law.parameters(law.Filter()).groups)
        versions = versions_named(name)
        start = {"value": values.text_of(law.current_store().versions(name)[-1])}
        form = OverrideForm(None if request.method == "GET" else request.form, data=start)
        faults: list[Any] = []
        if request.method == "POST" and form.validate():
            content = proposals.OverrideContent(
                name,
                form.value.data,
                form.valid_from.data,
                form.valid_to.data,
                form.article.data or "",
                form.mark.data,
                form.document_number.data or "",
                form.document_date.data,
                form.document_issuer.data or "",
                form.reason.data or "",
            )
            try:
                row = execute(proposals.ProposeOverride(content), key=request_key())
                flash(_("Đã gửi đề nghị. Giá trị chỉ được dùng sau khi người khác duyệt."), "success")
                return redirect(url_for("LawView.show", override_id=row.id))
            except Refused as error:
                faults = form.take_faults(error)
        return page(
            "law/propose.html",
            title=_("Đề nghị giá trị: %(label)s", label=versions[-1].label),
            form=form,
            faults=faults,
            item=law.parameter(name),
            kind=values.kind_of(versions[-1]),
            options=dict(versions[-1].options),
            marks=law.marks(),
        )

    @expose("/confirm", methods=["GET", "POST"])
    @needs("parameter", "propose")
    def confirm(self) -> Any:
        """Confirm the value of ``?name=`` that begins on ``?from=``."""
        name, start = request.args.get("name", "")[:80], day_asked("from")
        version = next((v for v in versions_named(name) if start is not None and v.covers(start)), None)
        if version is None:
            raise NotFound()
        form = ConfirmForm(None if request.method == "GET" else request.form, data={"article": version.article})
        faults: list[Any] = []
        if request.method == "POST" and form.validate():
            command = proposals.ConfirmValue(
                name,
                version.valid_from,
                form.document_number.data or "",
                form.document_date.data,
                form.document_issuer.data or "",
                form.reason.data or "",
                form.article.data or "",
                form.mark.data,
            )
            try:
                row = execute(command, key=request_key())
                flash(_("Đã gửi đề nghị xác nhận. Cảnh báo được gỡ sau khi người khác duyệt."), "success")
                return redirect(url_for("LawView.show", override_id=row.id))
            except Refused as error:
                faults = form.take_faults(error)
        return page(
            "law/confirm.html",
            title=_("Xác nhận giá trị: %(label)s", label=version.label),
            form=form,
            faults=faults,
            version=version,
            marks=law.marks(),
        )

    @expose("/upload", methods=["GET", "POST"])
    @needs("parameter", "propose")
    def upload(self) -> Any:
        """A file of new parameter versions, as proposals that are decided together."""
        form = DocumentForm(None if request.method == "GET" else request.form)
        faults: list[Any] = []
        if request.method == "POST":
            text, name, problem = _uploaded()
            if form.validate() and not problem:
                command = uploads.ProposeFile(
                    text,
                    name,
                    form.document_number.data or "",
                    form.document_date.data,
                    form.document_issuer.data or "",
                    form.reason.data or "",
                )
                try:
                    rows = execute(command, key=request_key())
                    flash(_("Đã gửi %(n)s đề nghị từ tệp. Chúng được duyệt cùng nhau.", n=len(rows)), "success")
                    return redirect(url_for("LawView.show", override_id=rows[0].id))
                except Refused as error:
                    faults = form.take_faults(error)
            if problem:
                faults = [*faults, {"message": problem, "article": ""}]
        return page("law/upload.html", title=_("Nạp phiên bản tham số"), form=form, faults=faults)

    @expose("/overrides/<int:override_id>")
    @needs("parameter", "read")
    def show(self, override_id: int) -> Any:
        return self._page(proposals.override_of(override_id))

    def _page(self, row: ParameterOverride, *, faults: Any = (), form: Any = None, end: Any = None) -> Any:
        bundle = proposals.bundle_of(row)
        store = default_store()
        shown = []
        for item in bundle:
            versions = store.versions(item.name) if item.name in store.names() else ()
            last = versions[-1] if versions else None
            now = next((v for v in versions if v.covers(item.valid_from)), None)
            shown.append((item, last, law.value_of(item), law.value_of_version(now) if now else ""))
        return page(
            "law/override.html",
            title=_("%(kind)s: %(name)s", kind=KINDS[row.kind], name=row.name),
            row=row,
            shown=shown,
            states=STATES,
            kinds=KINDS,
            marks=law.marks(),
            end_badge=end_badge(row),
            rehearsed=proposals.rehearsed(bundle) if row.state == current.PROPOSED else None,
            unusable=row.id in current.unusable([row]),
            mine=deciding.same_person(row.proposed_user_id, row.proposed_by),
            end_mine=deciding.same_person(row.end_asked_user_id, row.end_asked_by),
            form=form or DecisionForm(None),
            end=end or EndForm(None),
            faults=faults,
            entries=history.of(row, limit=30) if access.may("history", "read") else [],
            labels=LABELS,
        )

    @expose("/overrides/<int:override_id>/decide", methods=["POST"])
    @needs("parameter", "approve")
    def decide(self, override_id: int) -> Any:
        """``answer``: approve | reject."""
        approve = request.form.get("answer") == "approve"
        form = DecisionForm()
        command = deciding.DecideOverride(override_id, approve, form.note.data or "", seen_version())
        try:
            rows = execute(command, key=request_key())
        except (Refused, Stale) as error:
            return self._refused(override_id, error, form=form)
        if approve:
            flash(_("Đã duyệt %(n)s giá trị. Hồ sơ đang xử lý được tính lại; hồ sơ đã quyết định giữ nguyên.",
                    n=len(rows)), "success")  # fmt: skip
        else:
            flash(_("Đã từ chối đề nghị."), "success")
        return redirect(url_for("LawView.show", override_id=override_id))

    def _refused(self, override_id: int, error: Refused | Stale, *, form: Any = None, end: Any = None) -> Any:
        db.session.rollback()
        row = proposals.override_of(override_id)
        if isinstance(error, Stale):
            flash(_("Đề nghị vừa được người khác xử lý. Hãy xem lại nội dung bên dưới."), "warning")
            return self._page(row)
        target = form or end
        return self._page(row, faults=target.take_faults(error) if target else error.faults, form=form, end=end)

    @expose("/overrides/<int:override_id>/end", methods=["POST"])
    @needs("parameter", "propose")
    def end(self, override_id: int) -> Any:
        row = proposals.override_of(override_id)
        form = EndForm()
        if not form.validate():
            return self._page(row, end=form)
        command = deciding.EndOverride(
            override_id, form.last_day.data, form.end_reason.data or "", form.end_document.data or "", seen_version()
        )
        try:
            execute(command, key=request_key())
        except (Refused, Stale) as error:
            return self._refused(override_id, error, end=form)
        flash(_("Đã gửi đề nghị kết thúc, chờ người khác duyệt."), "success")
        return redirect(url_for("LawView.show", override_id=override_id))

    @expose("/overrides/<int:override_id>/end/decide", methods=["POST"])
    @needs("parameter", "approve")
    def decide_end(self, override_id: int) -> Any:
        approve = request.form.get("answer") == "approve"
        try:
            execute(deciding.DecideEnd(override_id, approve, seen_version()), key=request_key())
        except (Refused, Stale) as error:
            return self._refused(override_id, error)
        flash(_("Đã kết thúc giá trị.") if approve else _("Giá trị tiếp tục được áp dụng."), "success")
        return redirect(url_for("LawView.show", override_id=override_id))

    # -- what a change moves

    @expose("/impacts/")
    @needs("parameter", "impact")
    def impacts(self) -> Any:
        return show_list(IMPACTS, "law/impacts.html")

    @expose("/impacts/measure", methods=["POST"])
    @needs("parameter", "impact")
    def measure(self) -> Any:
        """Look at a proposal (``override_id``), or at the law in force."""
        raw = request.form.get("override_id", "")
        override_id = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None
        made = execute(impact.MeasureImpact(override_id), key=request_key())
        return redirect(url_for("JobView.show", job_id=made.job_id))

    @expose("/impacts/<int:impact_id>")
    @needs("parameter", "impact")
    def impacted(self, impact_id: int) -> Any:
        """The cases that move. The list carries its impact in the address, so that its export is of the same one."""
        found = access.get(LawImpact, impact_id, "impact")
        if request.args.get("impact") != str(impact_id):
            query = urlencode({**request.args.to_dict(), "impact": impact_id})
            return redirect(f"{url_for('LawView.impacted', impact_id=impact_id)}?{query}")
        return page(
            "law/impact.html",
            title=found.title,
            impact=found,
            list=Listing(IMPACTED).load(),
            saved_filters=[],
            is_law_now=impact.is_law_now(found),
        )

    @expose("/impacts/<int:impact_id>/amend", methods=["POST"])
    @needs("parameter", "impact")
    def amend(self, impact_id: int) -> Any:
        """Open the amendments of the picked decided cases: first asks for reason and document, then does it."""
        found = access.get(LawImpact, impact_id, "impact")
        ids = picked()
        sent = request.form.get("send") == "y"
        form = AmendForm(request.form if sent else None, data={"reason": _("Điều chỉnh theo quy định mới")})
        faults: list[Any] = []
        if sent and form.validate():
            grounds = {
                "reason": form.reason.data or "",
                "document": form.document.data or "",
                "document_date": form.document_date.data,
                "key": request_key(),
            }
            try:
                if len(ids) > AT_ONCE:
                    job = impact.amend_in_background(found, ids, **grounds)
                    return redirect(url_for("JobView.show", job_id=job.id))
                outcomes = impact.open_amendments(found, ids, **grounds)
                found = access.get(LawImpact, impact_id, "impact")
                return page("law/amended.html", title=_("Kết quả lập bản điều chỉnh"), impact=found, outcomes=outcomes)
            except Refused as error:
                faults = form.take_faults(error)
                found = access.get(LawImpact, impact_id, "impact")
        elif not impact.is_law_now(found):
            faults = impact.check_amending(found, "x")
        return page(
            "law/amend.html",
            title=_("Lập bản điều chỉnh"),
            impact=found,
            form=form,
            faults=faults,
            rows=impact.decided_rows(found, ids),
            ids=ids,
        )

    # -- what is covered

    @expose("/coverage")
    @needs("parameter", "read")
    def coverage(self) -> Any:
        return page(
            "law/coverage.html",
            title=_("Phần mềm đã tính những gì của luật"),
            documents=law.documents(),
            marks=law.marks(),
            waiting=_waiting() if access.may("parameter", "approve") else 0,
        )


def _waiting() -> int:
    return len(list(db.session.scalars(select(ParameterOverride.id).where(ParameterOverride.state == "proposed"))))


def _uploaded() -> tuple[str, str, str]:
    """Text and name of the file sent along, or why it cannot be read."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return "", "", _("Chưa chọn tệp. Hãy chọn một tệp YAML.")
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return "", "", _("Tệp lớn hơn 512 KB. Hãy chỉ gửi các tham số thay đổi.")
    try:
        return raw.decode("utf-8-sig"), str(file.filename)[-60:], ""
    except UnicodeDecodeError:
        return "", "", _("Tệp không phải văn bản UTF-8. Hãy lưu lại với bảng mã UTF-8.")
