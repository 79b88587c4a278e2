"""Screens and REST. :func:`build` registers every view with Flask-AppBuilder, in menu order."""

from __future__ import annotations

from flask import Flask
from flask_appbuilder import AppBuilder


def build(app: Flask) -> AppBuilder:
    """Create the AppBuilder with our security manager and register every screen and API."""
    from hrms.kernel.db import db
    from views import guard, health, registry
    from views.home import HomeView
    from views.posted import RecordNumber
    from views.security import HrmsSecurityManager

    app.url_map.converters["int"] = RecordNumber
    appbuilder = AppBuilder(
        app,
        db.session,
        indexview=HomeView,
        base_template="base.html",
        security_manager_class=HrmsSecurityManager,
        update_perms=False,
    )
    for view in registry.views():
        appbuilder.add_view_no_menu(view)
    for api in registry.apis():
        # Token-only APIs carry no cookie, so they need no CSRF token; cookie log-in stays off on them (trap 6).
        blueprint = appbuilder.add_api(api).blueprint
        app.extensions["hrms_csrf"].exempt(blueprint)
    from views.openapi import OpenApi

    appbuilder.add_api(OpenApi)  # /api/v1/_openapi; FAB ties it to its Swagger page, which we do not serve
    health.install(app)
    guard.install(app)
    app.extensions["hrms_csrf"].exempt(appbuilder.sm.security_api_instance.blueprint)
    return appbuilder
