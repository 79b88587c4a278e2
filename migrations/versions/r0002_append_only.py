"""History and transitions are append-only in the database itself.

Revision ID: r0002
Revises: r0001
"""

from __future__ import annotations

from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

TABLES = ("history_entry", "transition_record", "security_event", "report_snapshot")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION hrms_append_only() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
        )
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION hrms_append_only()"
            )
        op.execute(
            "CREATE OR REPLACE FUNCTION hrms_frozen_calculation() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION 'a frozen calculation is not changed'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER case_calculation_frozen BEFORE UPDATE OR DELETE ON case_calculation "
            "FOR EACH ROW WHEN (OLD.frozen) EXECUTE FUNCTION hrms_frozen_calculation()"
        )
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER case_calculation_frozen_{verb.lower()} BEFORE {verb} ON case_calculation WHEN OLD.frozen "
            "BEGIN SELECT RAISE(ABORT, 'a frozen calculation is not changed'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP TRIGGER case_calculation_frozen ON case_calculation")
        op.execute("DROP FUNCTION hrms_append_only()")
        op.execute("DROP FUNCTION hrms_frozen_calculation()")
        return
    for table in TABLES:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER case_calculation_frozen_{verb}")
