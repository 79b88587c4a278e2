"""Accounts: the list, the page of one, its forms; the log of security events; one's own password."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from wtforms import PasswordField

from hrms.commands import accounts, finding
from hrms.commands.accounts.lifecycle import NewAccount, is_over
from hrms.commands.accounts.own import WRONG
from hrms.commands.accounts.usernames import taken_names, username_for
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from models.account import Account, RoleAssignment, SecurityEvent
from models.organization import OrgUnit
from models.staff import Person
from views import words
from views.account_lists import ACCOUNTS, EVENTS, roles_text, state_of
from views.fields import BooleanField, ChoiceField, DateField, Form, LookupField, Optional, TextField
from views.guard import current_account
from views.lists import show as show_list
from views.posted import identifier
from views.rules import needs, signed_in
from views.search import answer, asked
from views.templating import page

EVENTS_SHOWN = 12


def role_choices() -> list[tuple[str, str]]:
    return [("", _("– Chọn vai trò –")), *((role.code, words.word(role.label)) for role in access.roles().values())]


class RoleForm(Form):
    """A role on a unit for a time."""

    role = ChoiceField(_l("Vai trò"))
    unit_id = LookupField(_l("Đơn vị"))
    whole_province = BooleanField(_l("Toàn tỉnh"))
    valid_from = DateField(_l("Từ ngày"), [Optional()], default=clock.today)
    valid_to = DateField(_l("Đến hết ngày"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = role_choices()
        self.unit_id.url = url_for("LookupView.units", live=1) + "&q="
        named(self.unit_id, OrgUnit)


class AccountForm(RoleForm):
    """A new account with its first role."""

    person_id = LookupField(_l("Cán bộ"))
    username = TextField(_l("Tên đăng nhập"))
    display_name = TextField(_l("Họ tên người dùng"))
    home_unit_id = LookupField(_l("Nơi công tác"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person_id.url = url_for("AccountView.people") + "?q="
        self.home_unit_id.url = url_for("LookupView.units", live=1) + "&q="
        named(self.person_id, Person)
        named(self.home_unit_id, OrgUnit)


class BulkForm(Form):
    unit_id = LookupField(_l("Đơn vị (cả các đơn vị bên dưới)"))
    role = ChoiceField(_l("Vai trò"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = access.roles()
        self.role.choices = [(code, words.word(known[code].label)) for code in accounts.BULK_ROLES]
        self.unit_id.url = url_for("LookupView.units", live=1) + "&q="
        named(self.unit_id, OrgUnit)


class EndForm(Form):
    last_day = DateField(_l("Ngày cuối được dùng"), [Optional()], description=_l("Để trống để kết thúc ngay."))
    reason = TextField(_l("Lý do"))


class ReasonForm(Form):
    reason = TextField(_l("Lý do"))


class OwnPasswordForm(Form):
    old = PasswordField(_l("Mật khẩu hiện tại"))
    new = PasswordField(_l("Mật khẩu mới"))
    again = PasswordField(_l("Nhập lại mật khẩu mới"))


def named(field: LookupField, model: type[Any]) -> None:
    """Show the record a look-up field holds: the browser only sends its id."""
    if field.data is not None:
        record = db.session.get(model, field.data)
        field.text = str(record) if record is not None else ""


def key() -> str:
    return request.form.get("request_key", "")


class AccountView(BaseView):
    """``/accounts/``"""

    route_base = "/accounts"

    @expose("/")
    @needs("account", "read")
    def list(self) -> Any:
        return show_list(ACCOUNTS, "accounts/list.html")

    @expose("/events")
    @needs("security_log", "read")
    def events(self) -> Any:
        return show_list(EVENTS)

    @expose("/people")
    @needs("account", "manage")
    def people(self) -> Any:
        """People to make an account for: name, code and unit, by the scope over accounts (SEC-07)."""
        query = (
            select(Person.id, Person.full_name, Person.code, OrgUnit.name)
            .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
            .where(finding.words_in(Person.folded, asked()), Person.status != "left")
            .order_by(Person.sort_key)
            .limit(finding.MOST)
        )
        units = access.units_for("account", "manage")
        if units is not None:
            query = query.where(Person.unit_id.in_(units))
        return answer(
            [
                {"id": number, "text": name, "note": f"{code} · {unit or ''}"}
                for number, name, code, unit in db.session.execute(query)
            ]
        )

    @expose("/new", methods=["GET", "POST"])
    @needs("account", "manage")
    def new(self) -> Any:
        form, rest = AccountForm(), []
        if request.method == "POST" and form.validate():
            try:
                made = execute(_creation(form), key=key())
                return _password_page(made, _("Đã lập tài khoản"))
            except Refused as error:
                rest = form.take_faults(error)
        return page("accounts/new.html", title=_("Lập tài khoản"), form=form, faults=rest)

    @expose("/bulk", methods=["GET", "POST"])
    @needs("account", "manage")
    def bulk(self) -> Any:
        """Many accounts from the staff records; they are made in the background."""
        form, rest, count = BulkForm(), [], None
        if request.method == "POST" and form.validate():
            try:
                if form.unit_id.data is None:
                    raise Refused([Fault("unit_id", _("Chưa chọn đơn vị. Hãy gõ tên và chọn từ danh sách gợi ý."))])
                if request.form.get("confirmed"):
                    job = accounts.ask_for_accounts(form.unit_id.data, form.role.data)
                    return redirect(url_for("JobView.show", job_id=job.id))
                count = len(accounts.candidates(form.unit_id.data, form.role.data))
            except Refused as error:
                rest = form.take_faults(error)
        return page("accounts/bulk.html", title=_("Lập tài khoản hàng loạt"), form=form, faults=rest, count=count)

    @expose("/<int:account_id>")
    @needs("account", "read")
    def show(self, account_id: int) -> Any:
        return _account_page(account_id)

    @expose("/<int:account_id>/roles", methods=["POST"])
    @needs("account", "manage")
    def assign(self, account_id: int) -> Any:
        """One more role, or another in the place of ``replaced``."""
        form, replaced = RoleForm(prefix="role-"), request.form.get("replaced", "")
        if form.validate():
            command = accounts.AssignRole(
                account_id,
                form.role.data or "",
                form.unit_id.data,
                form.valid_from.data,
                form.valid_to.data,
                form.whole_province.data,
                identifier(replaced),
            )
            try:
                execute(command, key=key())
                flash(_("Đã ghi vai trò."), "success")
                return redirect(url_for("AccountView.show", account_id=account_id))
            except Refused as error:
                return _account_page(account_id, role_form=form, opened="role", faults=form.take_faults(error))
        return _account_page(account_id, role_form=form, opened="role")

    @expose("/roles/<int:assignment_id>/end", methods=["POST"])
    @needs("account", "manage")
    def end_role(self, assignment_id: int) -> Any:
        row = access.get(RoleAssignment, assignment_id, "manage")
        account_id, form = row.account_id, EndForm()
        if form.validate():
            command = accounts.EndAssignment(assignment_id, form.reason.data or "", form.last_day.data)
            return _done(account_id, lambda: execute(command), _("Đã thu hồi vai trò."))
        return _refused(account_id, [message for errors in form.errors.values() for message in errors])

    @expose("/<int:account_id>/unlock", methods=["POST"])
    @needs("account", "manage")
    def unlock(self, account_id: int) -> Any:
        return _done(account_id, lambda: execute(accounts.UnlockAccount(account_id), key=key()), _("Đã mở khóa."))

    @expose("/<int:account_id>/end", methods=["POST"])
    @needs("account", "manage")
    def end(self, account_id: int) -> Any:
        form = EndForm()
        if form.validate():
            command = accounts.EndAccount(account_id, form.reason.data or "", form.last_day.data)
            return _done(account_id, lambda: execute(command, key=key()), _("Đã ghi ngày kết thúc tài khoản."))
        return _refused(account_id, [message for errors in form.errors.values() for message in errors])

    @expose("/<int:account_id>/reset", methods=["POST"])
    @needs("account", "manage")
    def reset(self, account_id: int) -> Any:
        try:
            made = execute(accounts.ResetPassword(account_id), key=key())
        except Refused as error:
            return _refused(account_id, [fault.message for fault in error.faults])
        return _password_page(made, _("Đã đặt lại mật khẩu"))

    @expose("/<int:account_id>/reopen", methods=["POST"])
    @needs("account", "manage")
    def reopen(self, account_id: int) -> Any:
        form = ReasonForm()
        form.validate()
        try:
            made = execute(accounts.ReopenAccount(account_id, form.reason.data or ""), key=key())
        except Refused as error:
            return _refused(account_id, [fault.message for fault in error.faults])
        return _password_page(made, _("Đã mở lại tài khoản"))

    @expose("/password", methods=["GET", "POST"])
    @signed_in
    def password(self) -> Any:
        """One's own password; the first log-in leads here."""
        account = current_account()
        assert account is not None
        form, first = OwnPasswordForm(), account.must_change_password
        if request.method == "POST" and form.validate():
            command = accounts.ChangeOwnPassword(form.old.data or "", form.new.data or "", form.again.data or "")
            try:
                execute(command)
            except Refused as error:
                if any(fault.code == WRONG for fault in error.faults) and accounts.remember_wrong_password():
                    logout_user()
                    session.clear()
                    flash(_("Nhập sai mật khẩu nhiều lần: tài khoản đã bị khóa."), "error")
                    return redirect(url_for("AuthView.login"))
                form.take_faults(error)
            else:
                session["began"] = clock.now().timestamp()
                flash(_("Đã đổi mật khẩu."), "success")
                return redirect(url_for("HomeView.index"))
        return page("accounts/password.html", title=_("Đổi mật khẩu"), form=form, first=first)


def _creation(form: AccountForm) -> accounts.CreateAccount:
    """The command of the form. Without a user name one is made from the name of the person."""
    username, name = form.username.data or "", form.display_name.data or ""
    if form.person_id.data is not None and not name:
        name = form.person_id.text
    if not username and name:
        username = username_for(name, taken_names())
    return accounts.CreateAccount(
        username,
        form.role.data or "",
        form.unit_id.data,
        name,
        form.person_id.data,
        form.valid_from.data,
        form.valid_to.data,
        form.home_unit_id.data,
        form.whole_province.data,
    )


def _password_page(made: NewAccount, title: str) -> Any:
    """The one-time password, in this answer and nowhere else: not in a flash message, not in the session cookie."""
    return page("accounts/made.html", title=title, account_made=made.account, password=made.password)


def _done(account_id: int, act: Any, message: str) -> Any:
    try:
        act()
    except Refused as error:
        return _refused(account_id, [fault.message for fault in error.faults])
    flash(message, "success")
    return redirect(url_for("AccountView.show", account_id=account_id))


def _refused(account_id: int, messages: list[str]) -> Any:
    return _account_page(account_id, faults=[Fault("", message) for message in messages])


def _account_page(account_id: int, **more: Any) -> Any:
    record = access.get(Account, account_id, options=(joinedload(Account.unit), joinedload(Account.person)))
    rows = list(
        db.session.scalars(
            select(RoleAssignment)
            .where(RoleAssignment.account_id == account_id)
            .options(joinedload(RoleAssignment.unit))
            .order_by(RoleAssignment.valid_from.desc(), RoleAssignment.id.desc())
        )
    )
    events = []
    if access.may("security_log", "read"):
        about = or_(SecurityEvent.user_id == record.user_id, SecurityEvent.target == f"account {account_id}")
        query = select(SecurityEvent).where(about).order_by(SecurityEvent.id.desc()).limit(EVENTS_SHOWN)
        events = list(db.session.scalars(query))
    defaults: dict[str, Any] = {"role_form": None, "opened": "", "faults": []}
    context = {**defaults, **more}
    if context["role_form"] is None:
        context["role_form"] = RoleForm(formdata=None, prefix="role-")
    return page(
        "accounts/page.html",
        title=record.display_name,
        record=record,
        state=state_of(record),
        over=is_over(record),
        locked=state_of(record)[0] == "bad",
        rows=rows,
        describe=lambda row: roles_text([row]),
        events=events,
        event_kind=words.event_kind,
        event_target=words.event_target,
        entries=history.of(record, 30),
        manage=access.may("account", "manage"),
        own=record.user_id == (current_account() or record).user_id,
        end_form=EndForm(formdata=None),
        **context,
    )
