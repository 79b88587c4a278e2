"""Staff: the list, the record page, its forms, the sensitive facts behind a reason, comments and files."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import remarks, security_log, sensitive, staff
from hrms.commands.staff.words import LABELS
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, NotAllowed, NotFound, Refused, Stale
from models.staff import Person
from views.guard import current_account, wants_json
from views.lists import show as show_list
from views.posted import request_key, seen_version
from views.rules import needs
from views.staff_forms import LeaveForm, NewPersonForm, PersonForm, SensitiveForm
from views.staff_list import STAFF
from views.staff_page import head_of
from views.staff_rows import rebuild
from views.staff_support import (
    EndForm,
    act,
    comparison,
    flat,
    kind_named,
    record_page,
    renamed,
    row_faults,
    row_of_person,
    sensitive_form,
    tell_of_family,
)
from views.templating import page

BIRTH = {"birth_date": "birth"}


def only_own() -> bool:
    """Whether the user's roles reach nobody's record but the own one."""
    return not any(grant.role.allows("staff", "read") and not grant.role.own for grant in access.grants())


class StaffView(BaseView):
    """``/staff/``"""

    route_base = "/staff"

    @expose("/")
    @needs("staff", "read")
    def list(self) -> Any:
        account = current_account()
        if only_own():
            if account is None or account.person_id is None:
                raise NotFound()
            return redirect(url_for("StaffView.show", person_id=account.person_id))
        return show_list(STAFF, "staff/list.html")

    @expose("/<int:person_id>")
    @expose("/<int:person_id>/<tab>")
    @needs("staff", "read")
    def show(self, person_id: int, tab: str = "profile") -> Any:
        return record_page(person_id, tab)

    @expose("/new", methods=["GET", "POST"])
    @needs("staff", "write")
    def new(self) -> Any:
        form, rest = NewPersonForm(), []
        if request.method == "POST" and form.validate():
            command = staff.CreatePerson(form.all_values(), staff.FirstPost(**form.post_values()))
            try:
                person = execute(command, key=request_key())
                flash(_("Đã lập hồ sơ %(code)s.", code=person.code), "success")
                return redirect(url_for("StaffView.show", person_id=person.id))
            except Refused as error:
                rest = form.take_faults(renamed(error, BIRTH))
        return page("staff/new.html", title=_("Lập hồ sơ cán bộ"), form=form, faults=rest)

    @expose("/<int:person_id>/edit", methods=["GET", "POST"])
    @needs("staff", "write")
    def edit(self, person_id: int) -> Any:
        """The 2C form. Only fields the user changed are written; a second editor sees the comparison."""
        person = access.get(Person, person_id, "write")
        stale: Stale | None = None
        rest: Any = []
        if request.method == "POST":
            form = PersonForm()
            original = request.form.get("original", "")
            if form.validate():
                changes = form.values(form.changed_since(original))
                try:
                    if changes:
                        execute(staff.ChangePerson(person_id, changes, seen_version()))
                    flash(_("Đã lưu hồ sơ.") if changes else _("Không có thay đổi nào."), "success")
                    return redirect(url_for("StaffView.show", person_id=person_id))
                except Refused as error:
                    rest = form.take_faults(renamed(error, BIRTH))
                except Stale as error:
                    stale = error
                    person = access.get(Person, person_id, "write")
        else:
            form = PersonForm.of(person)
            original = json.dumps(form.snapshot(), ensure_ascii=False)
        version = person.version if stale or request.method == "GET" else seen_version()
        return page(
            "staff/edit.html",
            title=_("Sửa hồ sơ"),
            person=person,
            form=form,
            faults=rest,
            original=original,
            version=version,
            **comparison(stale),
        )

    # -- sensitive facts
    @expose("/<int:person_id>/sensitive", methods=["GET", "POST"])
    @needs("staff", "identity")
    def sensitive(self, person_id: int) -> Any:
        """GET asks for the reason; POST shows the facts once: as JSON for the page, else on a page or in a form."""
        head = head_of(person_id, counted=False)
        if not head.may_unmask:
            raise NotAllowed()
        faults: list[Fault] = []
        if request.method == "POST":
            try:
                values = execute(sensitive.RevealSensitive(person_id, request.form.get("reason", "")))
            except Refused as error:
                if wants_json():
                    return jsonify({"message": error.message}), 400
                faults = error.faults
            else:
                if wants_json():
                    return jsonify({"values": values})
                if request.form.get("then") == "edit" and head.may_write:
                    person = access.get(Person, person_id, "write")
                    return sensitive_form(person, SensitiveForm(formdata=None, obj=person), [])
                return page(
                    "staff/sensitive.html",
                    title=_("Thông tin nhạy cảm"),
                    head=head,
                    person=head.person,
                    values=values,
                    labels=LABELS,
                    faults=[],
                )
        return page(
            "staff/sensitive.html",
            title=_("Thông tin nhạy cảm"),
            head=head,
            person=head.person,
            values=None,
            labels=LABELS,
            faults=faults,
        )

    @expose("/<int:person_id>/sensitive/save", methods=["POST"])
    @needs("staff", "write")
    def save_sensitive(self, person_id: int) -> Any:
        """The changed facts of the form that was opened after a reason."""
        access.get(Person, person_id, "write")
        person, form = access.get(Person, person_id, "identity"), SensitiveForm()
        if not form.validate():
            return sensitive_form(person, form, [])
        names = form.changed_since(request.form.get("original", ""))
        changes = {name: form[name].data for name in names}
        try:
            if changes:
                execute(staff.ChangePerson(person_id, changes, seen_version()))
                security_log.record("identity_change", f"person {person_id}", ", ".join(sorted(names)))
            flash(_("Đã lưu thông tin nhạy cảm."), "success")
            return redirect(url_for("StaffView.show", person_id=person_id))
        except Refused as error:
            return sensitive_form(person, form, form.take_faults(error))

    # -- rows
    @expose("/<int:person_id>/rows/<kind>/new", methods=["GET", "POST"])
    @needs("staff", "write")
    def add_row(self, person_id: int, kind: str) -> Any:
        person, row_kind = access.get(Person, person_id, "write"), kind_named(kind)
        rest: Any = []
        if request.method == "POST":
            form = rebuild(row_kind)
            if form.validate():
                try:
                    execute(row_kind.add(person_id, **form.values()), key=request_key())
                    flash(_("Đã thêm %(what)s.", what=row_kind.one), "success")
                    tell_of_family(kind, person_id, form.values())
                    return redirect(url_for("StaffView.show", person_id=person_id, tab=row_kind.tab))
                except Refused as error:
                    rest = form.take_faults(row_faults(error, kind, form))
        else:
            form = row_kind.form(formdata=None)
            form.begin(person)
            form.finish()
        return page(
            "staff/row.html",
            title=str(row_kind.new),
            person=person,
            kind=row_kind,
            form=form,
            faults=rest,
            row=None,
            version=None,
            original="",
            reason="",
            **comparison(None),
        )

    @expose("/<int:person_id>/rows/<kind>/<int:row_id>", methods=["GET", "POST"])
    @needs("staff", "write")
    def edit_row(self, person_id: int, kind: str, row_id: int) -> Any:
        """Set a row right, with the reason; the history keeps what stood there."""
        row_kind = kind_named(kind)
        row, person = row_of_person(kind, row_id, person_id), access.get(Person, person_id, "write")
        stale: Stale | None = None
        rest: Any = []
        reason = request.form.get("reason", "")
        if request.method == "POST":
            form = rebuild(row_kind)
            form.keep(row)
            original = request.form.get("original", "")
            if form.validate():
                changes = form.values(form.changed_since(original))
                gap_reason = str(changes.pop("gap_reason", "") or "")
                changes = {name: value for name, value in changes.items() if name not in row_kind.form.EXTRA}
                try:
                    execute(staff.CorrectRow(kind, row_id, changes, reason, seen_version(), gap_reason))
                    flash(_("Đã đính chính %(what)s.", what=row_kind.one), "success")
                    tell_of_family(kind, person_id, form.values())
                    return redirect(url_for("StaffView.show", person_id=person_id, tab=row_kind.tab))
                except Refused as error:
                    rest = form.take_faults(row_faults(error, kind, form))
                except Stale as error:
                    stale, row = error, row_of_person(kind, row_id, person_id)
        else:
            form = row_kind.form(formdata=None, obj=row)
            form.keep(row)
            form.load(row)
            form.finish()
            original = json.dumps(form.snapshot(), ensure_ascii=False)
        version = row.version if stale or request.method == "GET" else seen_version()
        return page(
            "staff/row.html",
            title=str(row_kind.edit),
            person=person,
            kind=row_kind,
            form=form,
            faults=rest,
            row=row,
            version=version,
            original=original,
            reason=reason,
            **comparison(stale),
        )

    @expose("/<int:person_id>/discipline/<int:row_id>/same-act", methods=["POST"])
    @needs("staff", "write")
    def same_act(self, person_id: int, row_id: int) -> Any:
        """A disciplinary row is about the act of another one: it takes its key."""
        row_of_person("discipline", row_id, person_id)
        changes = {"violation_key": request.form.get("violation_key", "")[:20]}
        command = staff.CorrectRow("discipline", row_id, changes, _("Cùng một hành vi vi phạm"))
        return act(person_id, "ratings", lambda: execute(command),
                   _("Đã ghi là cùng một hành vi; khi đánh giá chỉ tính một lần."))  # fmt: skip

    @expose("/<int:person_id>/rows/<kind>/<int:row_id>/remove", methods=["POST"])
    @needs("staff", "write")
    def remove_row(self, person_id: int, kind: str, row_id: int) -> Any:
        row_kind = kind_named(kind)
        row_of_person(kind, row_id, person_id)
        command = staff.RemoveRow(
            kind,
            row_id,
            request.form.get("reason", ""),
            bool(request.form.get("extend_previous")),
            request.form.get("gap_reason", ""),
        )
        return act(person_id, row_kind.tab, lambda: execute(command), _("Đã xóa %(what)s.", what=row_kind.one))

    @expose("/<int:person_id>/posts/<int:row_id>/end", methods=["POST"])
    @needs("staff", "write")
    def end_post(self, person_id: int, row_id: int) -> Any:
        """The last day of a post."""
        row_of_person("appointment", row_id, person_id)
        form = EndForm()
        if not form.validate():
            return record_page(person_id, "posts", flat(form.errors))
        command = staff.EndAppointment(row_id, form.last_day.data, form.reason.data or "")
        return act(person_id, "posts", lambda: execute(command), _("Đã ghi ngày kết thúc vị trí."))

    # -- leaving
    @expose("/<int:person_id>/leave", methods=["GET", "POST"])
    @needs("staff", "write")
    def leave(self, person_id: int) -> Any:
        person, form = access.get(Person, person_id, "write"), LeaveForm()
        rest: Any = []
        if request.method == "POST" and form.validate():
            command = staff.LeaveService(
                person_id,
                form.left_on.data,
                form.reason.data or "",
                form.decision_number.data or "",
                form.decision_date.data,
                seen_version(),
            )
            try:
                execute(command)
                flash(_("Đã ghi nhận thôi làm việc; vị trí, lương và tài khoản kết thúc theo."), "success")
                return redirect(url_for("StaffView.show", person_id=person_id))
            except Refused as error:
                rest = form.take_faults(error)
        return page("staff/leave.html", title=_("Ghi nhận thôi làm việc"), person=person, form=form, faults=rest)

    @expose("/<int:person_id>/return", methods=["POST"])
    @needs("staff", "write")
    def take_back(self, person_id: int) -> Any:
        command = staff.ReturnToService(person_id, request.form.get("reason", ""))
        return act(person_id, "profile", lambda: execute(command), _("Đã hủy việc ghi nhận thôi làm việc."))

    # -- comments and files
    @expose("/<int:person_id>/comment", methods=["POST"])
    @needs("staff", "read")
    def comment(self, person_id: int) -> Any:
        head = head_of(person_id, counted=False)
        if not (access.may("history", "read") or head.own):
            raise NotAllowed()
        command = remarks.WriteComment(Person, person_id, request.form.get("body", ""))
        return act(person_id, "profile", lambda: execute(command, key=request_key()), _("Đã ghi."))

    @expose("/<int:person_id>/files", methods=["POST"])
    @needs("staff", "write")
    def attach(self, person_id: int) -> Any:
        def store() -> None:
            upload = request.files.get("file")
            name, stream = (upload.filename or "", upload.stream) if upload is not None else ("", None)
            execute(remarks.AttachFile(Person, person_id, name, stream, request.form.get("kind", "")))

        access.get(Person, person_id, "write")
        return act(person_id, "files", store, _("Đã đính kèm tệp."))

    @expose("/<int:person_id>/files/<int:attachment_id>/remove", methods=["POST"])
    @needs("staff", "write")
    def detach(self, person_id: int, attachment_id: int) -> Any:
        command = remarks.RemoveFile(Person, person_id, attachment_id, request.form.get("reason", ""))
        return act(person_id, "files", lambda: execute(command), _("Đã gỡ tệp."))
