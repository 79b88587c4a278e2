"""Alembic's entry: the schema lives here, FAB's ``ab_*`` tables included; nothing else creates tables (trap 3)."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as _security  # noqa: F401

import hrms.kernel.db as kernel_db
import models  # noqa: F401 - registers every table


def _render(kind: str, value: Any, _autogen: Any) -> str | bool:
    """Write our column types as what the database sees: migrations must not depend on application code."""
    if kind != "type":
        return False
    names = {
        "Money": "sa.BigInteger()", "ScaledDecimal": "sa.BigInteger()", "UtcDateTime": "sa.DateTime()",
        "JsonText": "sa.Text()", "Encrypted": "sa.String(400)",
    }
    if type(value).__name__ in names:
        return names[type(value).__name__]
    if value is kernel_db.BigInt:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_item=_render,
        compare_type=False,  # decorated types differ by name on the two databases; tests check values, not names
        render_as_batch=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
