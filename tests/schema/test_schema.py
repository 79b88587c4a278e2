"""The schema: made by migrations alone, equal to the models, every table defined once and with a declared reader."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from flask_appbuilder import Model
from sqlalchemy import inspect, text

from config import ROOT, Settings
from hrms import migrate
from hrms.app import create_app
from hrms.kernel import access
from hrms.kernel.db import Tracked, db
from hrms.setup import converge_roles, set_up

# Tables that hold no rows of a unit or a person: who may read them is decided where they are shown.
TECHNICAL = {
    "alembic_version": "Alembic's own",
    "attachment": "reached through the record it hangs on (views/files.py)",
    "calendar_token": "the account's own; the feed is read with its token",
    "comment": "reached through its record",
    "history_entry": "reached through its record",
    "idempotency_record": "never shown",
    "notification": "the account's own messages",
    "notification_preference": "the account's own",
    "number_series": "never shown",
    "password_used": "never shown: hashes of former passwords",
    "saved_filter": "the signed-in user's own rows",
    "schedule_setting": "system administrators, on the page of background work",
    "scheduled_run": "system administrators, on the page of background work",
    "stored_file": "reached through an attachment",
    "transition_record": "reached through its record",
}


def mapped() -> dict[str, type]:
    return {mapper.local_table.name: mapper.class_ for mapper in Model.registry.mappers}


def test_autogenerate_on_a_migrated_database_finds_nothing(ctx):
    """Trap 2: with another metadata every table would be dropped by the next migration."""
    import flask_appbuilder.security.sqla.models  # noqa: F401 - ab_* tables belong to our schema

    assert migrate.differences() == []


def test_there_is_one_metadata(ctx):
    assert db.metadata is Model.metadata


def test_the_application_creates_no_table_by_itself(tmp_path: Path):
    """Trap 3: FAB would create every table behind Alembic's back."""
    empty = create_app(Settings(env="test", data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/x.db"))
    with empty.app_context():
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()


def test_setting_up_twice_changes_nothing(session):
    def everything():
        tables = ("ab_role", "ab_permission", "ab_view_menu", "ab_permission_view", "ab_permission_view_role")
        found = {table: sorted(map(tuple, session.execute(text(f"SELECT * FROM {table}")))) for table in tables}
        session.rollback()
        return found

    before = everything()
    assert set_up() == migrate.head()
    assert everything() == before
    assert before["ab_permission_view_role"]


def test_roles_in_the_database_are_exactly_the_declared_ones(session):
    """Trap 25: leftovers go, missing ones come, at every set-up."""
    from flask_appbuilder.security.sqla.models import Role

    from hrms.kernel.commands import transaction

    with transaction():
        role = session.query(Role).filter_by(name="unit_hr").one()
        stolen = session.query(Role).filter_by(name="system_admin").one().permissions[0]
        role.permissions = [stolen]
    converge_roles()
    for declared in access.roles().values():
        role = session.query(Role).filter_by(name=declared.code).one()
        stored = {(pair.view_menu.name, pair.permission.name) for pair in role.permissions}
        expected = {(resource, f"can_{a}") for resource, held in declared.permissions.items() for a in held}
        assert stored == expected, declared.code


def test_every_table_has_a_scope_or_a_reason_why_not(ctx):
    unnamed = [
        name
        for name, model in mapped().items()
        if not access.is_scoped(model) and name not in TECHNICAL and not name.startswith("ab_")
    ]
    assert unnamed == [], "declare their scope in models/roles.py, or say here why they need none"
    gone = [name for name in TECHNICAL if name != "alembic_version" and name not in mapped()]
    assert gone == [], "these tables are no more"


def test_every_scope_names_columns_that_exist(ctx):
    for model in access.scoped_models():
        scope = access._scopes[model]
        columns = set(inspect(model).columns.keys())
        beside = scope.beside.unit if scope.beside else None
        named = {scope.unit, scope.person, scope.via[0] if scope.via else None, beside} - {None}
        assert named <= columns, model.__name__
        assert named or scope.shared, f"{model.__name__}: rows of nobody"
        if scope.via is not None:
            assert access.is_scoped(scope.via[1]), f"{model.__name__} inherits from an undeclared scope"


def test_states_of_a_role_bind_tables_that_have_a_state(ctx):
    for role in access.roles().values():
        for resource in role.states:
            for model in access.scoped_models():
                scope = access._scopes[model]
                if scope.resource == resource and scope.via is None and not scope.shared:
                    assert "state" in inspect(model).columns, f"{role.code}: {model.__name__} has no state"


def test_each_table_is_defined_once_in_the_code():
    """Trap 21: FAB's ``extend_existing`` merges two definitions of one table without a word."""
    names: Counter[str] = Counter()
    for room in ("models", "hrms"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.targets[0], ast.Name)
                    and node.targets[0].id == "__tablename__"
                    and isinstance(node.value, ast.Constant)
                ):
                    names[node.value.value] += 1
    assert [name for name, number in names.items() if number > 1] == []
    assert set(names) == {name for name in mapped() if not name.startswith("ab_")}


def test_every_business_table_is_tracked(ctx):
    """Who, when, the optimistic lock and the history come from one mixin; what is append-only needs none of it."""
    append_only = {
        "case_calculation", "case_paper", "job_run", "law_impact", "law_impact_row", "report_snapshot",
        "scenario_result", "security_event",
    }  # fmt: skip
    untracked = [model.__tablename__ for model in access.scoped_models() if not issubclass(model, Tracked)]
    assert set(untracked) <= append_only


def test_every_foreign_key_points_somewhere_and_long_ones_are_indexed(ctx):
    """A foreign key without an index makes every removal and every related list read the whole table."""
    missing = []
    for table in Model.metadata.tables.values():
        if table.name.startswith("ab_"):
            continue
        indexed = {index.columns.keys()[0] for index in table.indexes} | {
            column.name for column in table.columns if column.unique or column.primary_key
        }
        indexed |= {
            next(iter(constraint.columns)).name
            for constraint in table.constraints
            if type(constraint).__name__ == "UniqueConstraint"
        }
        for column in table.columns:
            if (
                column.foreign_keys
                and column.name in {"person_id", "case_id", "unit_id"}
                and column.name not in indexed
            ):
                missing.append(f"{table.name}.{column.name}")
    assert missing == []


def test_texts_longer_than_their_column_are_refused_on_every_database(factory, session):
    """SQLite keeps what does not fit, PostgreSQL fails with a sentence nobody can act on."""
    from hrms.kernel.commands import transaction
    from hrms.kernel.errors import Refused

    unit = factory.unit("U", "Đơn vị")
    with transaction():
        unit.short_name = "x" * 100
    with pytest.raises(Refused) as refusal, transaction():
        unit.short_name, unit.paper_place = "x" * 101, "y" * 61
    assert {(fault.field, "100" in fault.message or "60" in fault.message) for fault in refusal.value.faults} == {
        ("short_name", True),
        ("paper_place", True),
    }
