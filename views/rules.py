"""Declared access of every route. A route without a declaration answers nobody and fails the matrix test.

``@needs("case", "read")`` on a view method says: signed in, and some role of the account allows the action; which
rows, the method asks :mod:`hrms.kernel.access`. ``@signed_in`` and ``@public`` are said aloud, never implied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_login import current_user

from hrms.kernel import access
from hrms.kernel.errors import NotAllowed

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """``kind``: public | signed_in | needs. ``any_of`` lists (resource, action) pairs, one of which must be held."""

    kind: str
    any_of: tuple[tuple[str, str], ...] = ()


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


def rule_of(app: Any, endpoint: str) -> Rule | None:
    """The declared rule of an endpoint, or ``None`` when nobody declared one."""
    if endpoint in FOREIGN:
        return FOREIGN[endpoint]
    function = app.view_functions[endpoint]
    bound = getattr(function, "__func__", function)
    found = getattr(bound, "_hrms_rule", None)
    return found if isinstance(found, Rule) else None
