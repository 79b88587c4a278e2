"""FAB's security, with roles from our declarations: log-in page, token API, locks; no FAB user screens are exposed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.const import API_SECURITY_PROVIDER_DB
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.schemas import login_post
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from hrms.commands.accounts.passwords import is_too_old
from hrms.kernel import access, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.account import Account, SecurityEvent
from views.rules import api_refusal, token_account
from views.templating import page


class LoginView(AuthDBView):
    """The log-in page. Answers the same for a wrong name, a wrong password and a locked account."""

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        if current_user.is_authenticated:
            return redirect(url_for("HomeView.index"))
        error, username = "", ""
        if request.method == "POST":
            username = request.form.get("username", "").strip()
            user = self.appbuilder.sm.auth_user_db(username, request.form.get("password", ""))
            if user is not None:
                language = session.get("locale", current_app.config["BABEL_DEFAULT_LOCALE"])
                session.clear()  # a session from before the log-in must not live on inside it
                session["locale"] = language
                login_user(user, remember=False)
                session.permanent = True
                session["began"] = session["seen"] = clock.now().timestamp()
                generate_csrf()  # now, not with the first form: two pages opened at once would each make their own
                return redirect(get_safe_redirect(request.args.get("next", "")) or url_for("HomeView.index"))
            error = _(
                "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. "
                "Sau %(n)s lần sai, tài khoản bị khóa.",
                n=current_app.config["HRMS"].lock_after_failures,
            )
        return page("login.html", title=_("Đăng nhập"), error=error, username=username)

    @expose("/logout/")
    def logout(self) -> Any:
        if current_user.is_authenticated:
            remember_event("logout", current_user.id)
        logout_user()
        session.clear()
        flash(_("Bạn đã đăng xuất."), "info")
        return redirect(url_for("AuthView.login"))


LoginView.__name__ = "AuthView"  # the endpoint is AuthView.login whatever class stands behind it


def remember_event(kind: str, user_id: int | None, target: str = "", detail: str = "") -> None:
    """Write one security event in its own short transaction."""
    with transaction():
        db.session.add(
            SecurityEvent(kind=kind, user_id=user_id, target=target, detail=detail, source=request.remote_addr or "")
        )


def _log_in_failed(answer: Any) -> bool:
    """A token (JSON) or the way to the first page (redirect) is a log-in; every other answer is a failed one."""
    return not (answer.status_code == 302 or (answer.status_code == 200 and answer.is_json))


class HrmsSecurityManager(SecurityManager):
    """Permissions come from the declared roles and one query a request, not from an EXISTS per button (trap 26)."""

    authdbview = LoginView

    def register_views(self) -> None:
        # FAB answers 500 to a log-in that leaves the provider out; there is only one.
        login_post.fields["provider"].load_default = API_SECURITY_PROVIDER_DB
        # Only what we stand behind: the token API and our log-in page. Accounts are managed on our own screens.
        self.security_api_instance = self.appbuilder.add_api(self.security_api)
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        if self.is_auth_limited:
            # Only what failed is counted: at half past seven an office behind one address logs in all at once.
            limit = self.limiter.limit(self.auth_rate_limit, methods=["POST"], deduct_when=_log_in_failed)
            limit(self.auth_view.blueprint)
            limit(self.security_api_instance.blueprint)

    def has_access(self, permission_name: str, view_name: str) -> bool:
        if request.headers.get("Authorization"):  # a token decides alone, whatever cookie travels with it
            if token_account(optional=True) is None:
                return False
        elif not (current_user.is_authenticated and current_user.is_active):
            return False
        if (permission_name, view_name) == ("can_get", "OpenApi"):
            return True
        return access.may(view_name, permission_name.removeprefix("can_"))

    def create_jwt_manager(self, app: Any) -> Any:
        """FAB's, with answers a Vietnamese client programmer can act on."""
        manager = super().create_jwt_manager(app)
        missing = _l("Thiếu mã truy cập. Hãy đăng nhập tại /api/v1/security/login.")
        invalid = _l("Mã truy cập không hợp lệ. Hãy đăng nhập lại để lấy mã mới.")
        expired = _l("Mã truy cập đã hết hạn. Hãy đăng nhập lại để lấy mã mới.")
        manager.unauthorized_loader(lambda _why: api_refusal(401, str(missing)))
        manager.invalid_token_loader(lambda _why: api_refusal(401, str(invalid)))
        manager.expired_token_loader(lambda _head, _body: api_refusal(401, str(expired)))
        manager.user_lookup_error_loader(lambda _head, _body: api_refusal(401, str(invalid)))
        return manager

    def auth_user_db(self, username: str, password: str) -> Any:
        """FAB's check, between our lock and our log: at most ``lock_after_failures`` wrong passwords (SEC-03)."""
        settings = current_app.config["HRMS"]
        account = db.session.scalar(select(Account).where(Account.username == (username or "").strip().lower()))
        moment = clock.now()
        if account is not None and account.locked_until is not None and account.locked_until > moment:
            remember_event("login_locked", account.user_id)
            return None
        if account is not None and account.valid_to is not None and account.valid_to < clock.today():
            remember_event("login_ended", account.user_id)
            return None
        account_id = account.id if account is not None else None
        user = super().auth_user_db(username.strip().lower() if username else username, password)
        if account_id is None:
            return None
        with transaction():
            account = db.session.get(Account, account_id)
            assert account is not None
            if user is not None:
                account.failures, account.locked_until, account.last_seen_at = 0, None, moment
                if is_too_old(account):
                    account.must_change_password = True
                kind = "login"
            else:
                account.failures += 1
                kind = "login_failed"
                if account.failures >= settings.lock_after_failures:
                    account.failures = 0
                    account.locked_until = moment + timedelta(hours=settings.lock_hours)
                    kind = "locked"
            db.session.add(SecurityEvent(kind=kind, user_id=account.user_id, source=request.remote_addr or ""))
        return user
