"""The application factory: small steps in a fixed order, each with the reason for its place.

``create_app`` neither creates tables nor permissions (``run.py setup`` does, once); it only wires things together and
must stay under a second.
"""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.pool import StaticPool

from config import ROOT, Settings, problems_in_production
from hrms.kernel import clock
from hrms.kernel.db import db, prepare_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask_appbuilder import AppBuilder

LANGUAGES = {"vi": {"flag": "vn", "name": "Tiếng Việt"}, "en": {"flag": "gb", "name": "English"}}


class RefusesToStart(RuntimeError):
    """A setting that must not reach production. The message names every fault and its remedy."""


def create_app(settings: Settings | None = None, *, web: bool = True) -> Flask:
    """Build the application. ``web=False`` leaves out screens and security (commands and jobs need neither)."""
    with collection_paused():
        return _build(settings or Settings.from_environment(), web)


@contextmanager
def collection_paused() -> Iterator[None]:
    """What is made at the start lives as long as the process: looking for garbage in it costs a quarter of the boot."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _build(settings: Settings, web: bool) -> Flask:
    check_settings(settings)
    app = Flask("hrms", root_path=str(ROOT / "hrms"), template_folder=str(ROOT / "views" / "templates"),
                static_folder=str(ROOT / "views" / "static"), static_url_path="/assets")
    configure(app, settings)
    prepare_logging(settings)
    prepare_folders(settings)
    prepare_clock(settings)
    prepare_database(app)
    register_models()
    if web:
        prepare_proxy(app, settings)
        protect_from_forgery(app)  # before AppBuilder: after it, the API login answers 400 (trap 5)
        prepare_templates(app)
        build_screens(app)
    else:
        prepare_language(app)
    return app


def check_settings(settings: Settings) -> None:
    faults = problems_in_production(settings)
    if faults:
        raise RefusesToStart("\n".join(faults))


def configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        HRMS=settings,
        HRMS_DATA_KEY=settings.data_key,
        HRMS_FILES_DIR=str(settings.files_dir),
        HRMS_WORK_DIR=str(settings.work_dir),
        HRMS_UPLOAD_BYTES=settings.upload_mb << 20,
        # A little above the file limit, so that a file that is too large gets our sentence and not a cut connection.
        MAX_CONTENT_LENGTH=(settings.upload_mb + 2) << 20,
        MAX_FORM_MEMORY_SIZE=4 << 20,
        MAX_FORM_PARTS=20_000,
        SECRET_KEY=settings.secret_key,
        JWT_SECRET_KEY=settings.secret_key,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=60),
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_minutes),
        SESSION_COOKIE_NAME="hrms_session",
        # The guard renews the cookie, at most once a minute: were every answer to carry one, a slow answer to an older
        # request (a picture, a list looked up in the background) would bring an older session back over the newer.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form filled in over lunch must still be accepted
        # Flask-AppBuilder, each line closing a trap described in docs/fab-traps.md
        APP_NAME="Nhân sự Hưng Yên",
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        FAB_ADD_SECURITY_PERMISSION_VIEW=False,
        FAB_ADD_SECURITY_VIEW_MENU_VIEW=False,
        FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW=False,
        FAB_ADD_SECURITY_API=False,
        FAB_ADD_MENU_API=False,
        FAB_API_SWAGGER_UI=False,
        FAB_API_SHOW_STACKTRACE=False,
        FAB_ALLOW_GET_UNSAFE_MUTATIONS=False,
        FAB_PASSWORD_COMPLEXITY_ENABLED=True,
        AUTH_RATE_LIMITED=True,
        AUTH_RATE_LIMIT=settings.login_rate,
        RATELIMIT_ENABLED=settings.env != "test",
        RATELIMIT_STORAGE_URI=settings.rate_storage,
        AUTH_ROLE_ADMIN="system_admin",
        AUTH_ROLE_PUBLIC="Public",
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),  # absolute: relative ones depend on where one stands
        LANGUAGES=LANGUAGES,
    )


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.sqlalchemy_url.startswith("sqlite"):
        options: dict[str, object] = {"connect_args": {"check_same_thread": False, "timeout": 30}}
        if ":memory:" in settings.sqlalchemy_url or settings.sqlalchemy_url == "sqlite://":
            options["poolclass"] = StaticPool
        return options
    return {"pool_pre_ping": True, "pool_size": settings.web_threads + 2, "max_overflow": 4}


def prepare_logging(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # FAB names the log-in that failed in its own log line; an account name is personal data here.
    for name in ("flask_appbuilder.security", "flask_appbuilder.base", "flask_limiter", "fontTools", "weasyprint",
                 "alembic", "apscheduler.executors.default", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)


def prepare_folders(settings: Settings) -> None:
    for folder in (settings.data_dir, settings.files_dir, settings.work_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise RefusesToStart(
                f"Không tạo được thư mục dữ liệu {folder}: {error.strerror}. "
                "Hãy đặt HRMS_DATA_DIR là một thư mục ghi được."
            ) from None


def prepare_clock(settings: Settings) -> None:
    clock.configure(settings.timezone, settings.today)


def prepare_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)

    @app.teardown_appcontext
    def _leave_no_command_behind(_error: BaseException | None) -> None:
        db.session.info.pop("hrms_in_command", None)


def register_models() -> None:
    import models  # noqa: F401 - tables, roles and scopes declare themselves on import


def prepare_proxy(app: Flask, settings: Settings) -> None:
    if settings.trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def protect_from_forgery(app: Flask) -> None:
    from flask_wtf import CSRFProtect

    csrf = CSRFProtect(app)
    app.extensions["hrms_csrf"] = csrf


def prepare_templates(app: Flask) -> None:
    from views.templating import install

    install(app)


def prepare_language(app: Flask) -> None:
    """Commands and jobs write sentences for people too; with screens, AppBuilder brings Babel itself."""
    from flask_babel import Babel

    Babel(app)


def build_screens(app: Flask) -> AppBuilder:
    from views import build

    with app.app_context():
        return build(app)


__all__ = ["RefusesToStart", "create_app"]
