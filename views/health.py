"""``GET /health``: is the application up, does its database answer, is its schema the one this code expects."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify
from sqlalchemy import text

from hrms.kernel import clock
from hrms.kernel.db import db
from views.rules import public


def install(app: Flask) -> None:
    @public
    def health() -> Any:
        try:
            db.session.execute(text("SELECT 1"))
            revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        except Exception:
            db.session.rollback()
            return jsonify({"status": "error", "database": "unavailable"}), 503
        return jsonify({"status": "ok", "schema": revision, "today": clock.today().isoformat()})

    app.add_url_rule("/health", "health", health)
