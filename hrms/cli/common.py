"""What commands share: the application without its screens, the command-line actor, friendly failures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def fail(message: str, code: int = 2) -> None:
    """Say what is wrong on stderr and end with ``code``."""
    click.echo(message, err=True)
    sys.exit(code)


def check_database(*, migrated: bool = True) -> None:
    """End the command with a sentence when the database does not answer or (``migrated``) is not set up."""
    from sqlalchemy.exc import DBAPIError

    from hrms.kernel.db import db
    from hrms.migrate import is_current

    try:
        ready = is_current()
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        url = db.engine.url.render_as_string(hide_password=True)
        fail(f"Không kết nối được cơ sở dữ liệu {url}: {reason}. Hãy kiểm tra HRMS_DATABASE_URL và máy chủ.")
        return
    if migrated and not ready:
        fail("Cơ sở dữ liệu chưa được thiết lập hoặc chưa cập nhật. Hãy chạy: python run.py setup")


def refuse_demo_passwords() -> None:
    """In production nothing starts while a demonstration account can be entered with the published password."""
    from flask import current_app

    from hrms.demo_accounts import default_passwords_left

    if current_app.config["HRMS"].is_production and (left := default_passwords_left()):
        fail("Tài khoản trình diễn còn mật khẩu mặc định: " + ", ".join(left)
             + ". Hãy đổi mật khẩu (python run.py account password TÊN) hoặc kết thúc các tài khoản này.")


def with_app(*, web: bool = False, migrated: bool = True) -> Callable[[F], F]:
    """Run a command inside the application's context, as the command line."""

    def decorate(function: F) -> F:
        @wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            from config import SettingError
            from hrms.app import RefusesToStart, create_app
            from hrms.kernel import actor

            try:
                app = create_app(web=web)
            except (SettingError, RefusesToStart) as error:
                fail(str(error))
                return None
            with app.app_context(), actor.acting(actor.Actor("cli", "Dòng lệnh")):
                if migrated:
                    check_database()
                return function(*args, **kwargs)

        return inside  # type: ignore[return-value]

    return decorate
