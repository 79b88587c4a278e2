"""Declared access of every route. A route without a declaration answers nobody and fails the matrix test.

``@needs("case", "read")`` on a view method says: signed in, and some role of the account allows the action; which
rows, the method asks :mod:`hrms.kernel.access`. ``@signed_in`` and ``@public`` are said aloud, never implied.
``@api_needs("case", "read")`` says the same of a REST method, for the bearer of a token and nobody else: a browser's
cookie opens no REST address, so that no other site can use it (trap 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import g, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_jwt_extended import get_current_user, get_jwt, verify_jwt_in_request
from flask_login import current_user
from sqlalchemy import select

from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed
from models.account import Account

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """``kind``: public | signed_in | needs. ``any_of`` lists (resource, action) pairs, one of which must be held.

    ``token``: a REST address, open to the bearer of a token only.
    """

    kind: str
    any_of: tuple[tuple[str, str], ...] = ()
    token: bool = False


# Addresses that Flask and FAB bring along and that stay open, each for a reason.
FOREIGN: dict[str, Rule] = {
    "static": Rule("public"),  # style sheets, scripts, fonts of our own pages
    "appbuilder.static": Rule("public"),
    "AuthView.login": Rule("public"),
    "AuthView.logout": Rule("public"),
    "SecurityApi.login": Rule("public"),  # answers a token for a name and password
    "SecurityApi.refresh": Rule("public"),  # needs a refresh token, checked by the JWT library
    "LocaleView.index": Rule("public"),  # switches the language of the session
    "UtilView.back": Rule("public"),  # a redirect inside the application
    "OpenApi.get": Rule("signed_in"),
}


def _remember(function: F, rule: Rule) -> F:
    function._hrms_rule = rule  # type: ignore[attr-defined]
    return function


def public(function: F) -> F:
    """Open without log-in. Only for pages that show nothing of anybody."""
    return _remember(function, Rule("public"))


def _gate() -> Any:
    """A redirect to the log-in page, or ``None`` for somebody signed in."""
    if current_user.is_authenticated:
        return None
    if request.accept_mimetypes.best == "application/json" or request.method != "GET":
        raise NotAllowed("Phiên làm việc đã hết. Hãy đăng nhập lại rồi gửi lại yêu cầu.")
    return redirect(url_for("AuthView.login", next=request.full_path.rstrip("?")))


def signed_in(function: F) -> F:
    """Open to every account."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return _gate() or function(*args, **kwargs)

    return _remember(guarded, Rule("signed_in"))  # type: ignore[return-value]


def needs(resource: str, action: str, *others: tuple[str, str]) -> Callable[[F], F]:
    """Open to accounts one of whose roles allows ``action`` on ``resource`` (or one of ``others``)."""
    pairs = ((resource, action), *others)

    def decorate(function: F) -> F:
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            closed = _gate()
            if closed is not None:
                return closed
            if not any(access.may(*pair) for pair in pairs):
                raise NotAllowed()
            return function(*args, **kwargs)

        return _remember(guarded, Rule("needs", pairs))  # type: ignore[return-value]

    return decorate


def token_account(*, optional: bool = False) -> Account | None:
    """The account behind the request's token, made the actor of this request. ``None``: the account may not be used.

    Raises the JWT library's errors, answered with 401, when there is no valid token; with ``optional`` it returns
    ``None`` instead.
    """
    try:
        if verify_jwt_in_request(optional=optional) is None:
            return None
        user = get_current_user()
    except Exception:
        if optional:
            return None
        raise
    account = db.session.scalar(select(Account).where(Account.user_id == user.id))
    if account is None or not user.is_active or account.must_change_password:
        return None
    if account.valid_to is not None and account.valid_to < clock.today():
        return None
    if account.locked_until is not None and account.locked_until > clock.now():
        return None
    if account.password_changed_at is not None and get_jwt()["iat"] < int(account.password_changed_at.timestamp()):
        return None  # given out before the password was changed
    g.hrms_account = account
    actor.become(actor.Actor("user", account.display_name, account.user_id))
    return account


def api_refusal(status: int, message: str) -> Any:
    """The JSON answer to a request that is not let in."""
    response = jsonify({"message": message})
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def api_needs(resource: str, action: str, *others: tuple[str, str]) -> Callable[[F], F]:
    """The rule of a REST method: a valid token (else 401) of an account in use that holds the right (else 403)."""
    pairs = ((resource, action), *others)

    def decorate(function: F) -> F:
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if token_account() is None:
                return api_refusal(403, _("Tài khoản đang khóa, đã hết hạn hoặc phải đổi mật khẩu trước khi dùng API."))
            if not any(access.may(*pair) for pair in pairs):
                return api_refusal(403, NotAllowed.message)
            return function(*args, **kwargs)

        return _remember(guarded, Rule("needs", pairs, token=True))  # type: ignore[return-value]

    return decorate


def rule_of(app: Any, endpoint: str) -> Rule | None:
    """The declared rule of an endpoint, or ``None`` when nobody declared one.

    A method inherited from FAB carries no mark; its class may speak for it with ``rule_for(method name)``
    (:mod:`views.fab_base`).
    """
    if endpoint in FOREIGN:
        return FOREIGN[endpoint]
    function = app.view_functions[endpoint]
    bound = getattr(function, "__func__", function)
    found = getattr(bound, "_hrms_rule", None)
    if found is None:
        speaks = getattr(getattr(function, "__self__", None), "rule_for", None)
        found = speaks(function.__name__) if speaks is not None else None
    return found if isinstance(found, Rule) else None
