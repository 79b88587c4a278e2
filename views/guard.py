"""What stands around every request: who acts, undeclared routes closed, headers, errors as pages people understand."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import func, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from hrms.kernel import actor, clock
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError, NotAllowed, Refused, Stale
from models.account import Account
from models.notification import Notification
from views.rules import rule_of
from views.templating import page

log = logging.getLogger(__name__)

# Nothing may be loaded from another host (DP-22); inline scripts need the nonce of this answer.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
)
RENEWED_AFTER = 60  # seconds; the idle time is counted in steps of this, to the user's safety: never longer
OPEN_BEFORE_PASSWORD_CHANGE = {
    "AccountView.password",
    "AuthView.logout",
    "AuthView.login",
    "static",
    "LocaleView.index",
    "appbuilder.static",
}


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_headers)
    app.register_error_handler(HrmsError, _own_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _crash)


def _begin() -> Any:
    g.nonce = uuid4().hex
    actor.become(actor.Actor("user", "Khách"))
    if request.endpoint is None:
        return None
    from flask import current_app

    if rule_of(current_app, request.endpoint) is None:
        log.error("route without a declared access rule: %s", request.endpoint)
        raise NotAllowed()
    if request.endpoint in {"static", "appbuilder.static"}:
        return None
    if current_user.is_authenticated:
        return _signed_in()
    return None


def _signed_in() -> Any:
    account = current_account()
    today = clock.today()
    ended = account is not None and account.valid_to is not None and account.valid_to < today
    if account is None or ended or not current_user.is_active or _from_before_the_password(account):
        logout_user()
        session.clear()
        return redirect(url_for("AuthView.login"))
    actor.become(actor.Actor("user", account.display_name, account.user_id))
    if session.permanent is False:
        session.permanent = True
    moment = clock.now().timestamp()
    if abs(moment - session.get("seen", 0)) >= RENEWED_AFTER:
        session["seen"] = moment  # a changed session is sent again: the idle time counts from here
    if account.must_change_password and request.endpoint not in OPEN_BEFORE_PASSWORD_CHANGE:
        return redirect(url_for("AccountView.password"))
    return None


def _from_before_the_password(account: Account) -> bool:
    """Whether this session began before the password was changed: somebody else may have known the old one."""
    began, changed = session.get("began"), account.password_changed_at
    return began is not None and changed is not None and began < changed.timestamp()


def current_account() -> Account | None:
    """The account of the signed-in user, loaded once a request."""
    if "hrms_account" not in g:
        # The count of unread messages rides along: every page shows it, and none pays a statement for it.
        waiting = select(func.count()).where(
            Notification.account_id == Account.id, Notification.read_at.is_(None)
        ).scalar_subquery()  # fmt: skip
        query = (
            select(Account, waiting)
            .where(Account.user_id == int(current_user.get_id()))
            .options(joinedload(Account.unit))
        )
        found = db.session.execute(query).first()
        g.hrms_account, g.hrms_unread = (found[0], int(found[1])) if found else (None, 0)
    return g.hrms_account


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY.format(nonce=g.get("nonce", "none")))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint not in {"static", "appbuilder.static"}:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _answer(status: int, title: str, message: str, **more: Any) -> Any:
    if wants_json():
        return jsonify({"message": message, **{k: v for k, v in more.items() if v}}), status
    try:
        return page("error.html", title=title, message=message, status=status, **more), status
    except Exception:  # the error page must never be the error
        log.exception("error page failed")
        return Response(f"{title}\n{message}", status, mimetype="text/plain; charset=utf-8")


def _own_error(error: HrmsError) -> Any:
    db.session.rollback()
    faults = [fault.to_dict() for fault in error.faults] if isinstance(error, Refused) else []
    differences = error.differences if isinstance(error, Stale) and not wants_json() else []
    titles = {403: _("Không có quyền"), 404: _("Không tìm thấy"), 409: _("Hồ sơ đã thay đổi")}
    return _answer(
        error.status,
        titles.get(error.status, _("Chưa thực hiện được")),
        error.message,
        faults=faults,
        differences=differences,
    )


def _forged(error: CSRFError) -> Any:
    told = _(
        "Trang đã mở quá lâu hoặc phiên đã hết nên hệ thống không nhận yêu cầu. Hãy quay lại, tải lại trang và gửi lại."
    )
    return _answer(400, _("Phiên làm việc đã hết"), told)


def _too_large(error: RequestEntityTooLarge) -> Any:
    told = _("Dữ liệu gửi lên vượt giới hạn cho phép. Hãy giảm dung lượng tệp rồi gửi lại.")
    return _answer(413, _("Tệp quá lớn"), told)


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    messages = {
        400: (_("Yêu cầu chưa hợp lệ"), _("Dữ liệu gửi lên không đúng định dạng.")),
        401: (_("Chưa đăng nhập"), _("Hãy đăng nhập để tiếp tục.")),
        403: (_("Không có quyền"), NotAllowed.message),
        404: (_("Không tìm thấy"), _("Không có trang này, hoặc trang không thuộc phạm vi của bạn.")),
        405: (_("Thao tác không được nhận"), _("Trang này không nhận kiểu yêu cầu đó.")),
        429: (
            _("Quá nhiều lần thử"),
            _("Bạn đã thử quá nhiều lần trong thời gian ngắn. Hãy chờ một phút rồi thử lại."),
        ),
    }
    title, message = messages.get(code, (_("Chưa thực hiện được"), _("Yêu cầu không thực hiện được.")))
    answer = _answer(code, title, message)
    allowed = getattr(error, "valid_methods", None)  # a 405 must say which methods there are (RFC 9110, 15.5.6)
    return (*answer, {"Allow": ", ".join(sorted(allowed))}) if allowed and isinstance(answer, tuple) else answer


def _unstorable(_error: DataError) -> Any:
    """A value no column can hold (a zero character, a number too large): the sender's fault; nothing was written."""
    db.session.rollback()
    return _answer(400, _("Dữ liệu không hợp lệ"), _("Có giá trị không lưu được (ký tự lạ hoặc số quá lớn). Hãy sửa."))


def _crash(error: Exception) -> Any:
    db.session.rollback()
    ticket = uuid4().hex[:8]
    log.exception("unhandled error, ticket %s, endpoint %s", ticket, request.endpoint)
    told = _(
        "Đã có lỗi ngoài dự kiến, chưa có gì được ghi. Hãy thử lại; nếu còn lỗi, báo quản trị viên mã %(ticket)s.",
        ticket=ticket,
    )
    return _answer(500, _("Lỗi hệ thống"), told)


__all__ = ["current_account", "install", "wants_json"]
