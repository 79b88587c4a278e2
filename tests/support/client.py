"""A web client that behaves like one browser: every request in a context of its own, the CSRF token sent along."""

from __future__ import annotations

import contextvars
import secrets
from typing import Any

from flask import globals as flask_globals
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Client(FlaskClient):
    """``csrf=False`` leaves the token out, as an attacker's page would.

    A request made while the test holds an application context would share its ``g`` and its session and hide faults
    (who is signed in, rights cached): each request runs in a copy of the context from which these are removed.
    """

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        method = str(kwargs.get("method", "GET")).upper()
        if csrf and method in UNSAFE and not str(args[0] if args else "").startswith("/api/"):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        kwargs.setdefault("buffered", True)  # a streamed answer must be read inside the context that makes it
        return _apart(lambda: super(Client, self).open(*args, **kwargs))

    def csrf_token(self) -> str:
        """A token that this client's session accepts."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        serializer = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token")
        return str(serializer.dumps(raw))

    def sign_in(self, user_id: int) -> None:
        """Put the account into the session, as the log-in page does."""
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = str(user_id)
            session["_fresh"] = True
            session.permanent = True


def _apart(call: Any) -> Any:
    from hrms.kernel import actor

    def inside() -> Any:
        flask_globals._cv_app.set(None)  # type: ignore[arg-type]
        flask_globals._cv_request.set(None)  # type: ignore[arg-type]
        actor._current.set(None)
        return call()

    return contextvars.copy_context().run(inside)
