"""The set-up step: migrations, then FAB's roles and permissions converged to the declared ones. Idempotent."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select

from hrms import migrate
from hrms.kernel import access
from hrms.kernel.commands import transaction
from hrms.kernel.db import db


def set_up() -> str:
    """Bring schema and roles to what this code declares. Returns the schema revision."""
    revision = migrate.upgrade()
    converge_roles()
    return revision


def converge_roles() -> None:
    """Make FAB's role tables mirror the declared roles: additions, removals and leftovers alike (trap 25).

    Rights are judged from the declarations; the mirror lets FAB's own tools and anybody reading the database see them.
    """
    with transaction():
        permissions = {row.name: row for row in db.session.scalars(select(Permission))}
        menus = {row.name: row for row in db.session.scalars(select(ViewMenu))}
        pairs = {(row.permission_id, row.view_menu_id): row for row in db.session.scalars(select(PermissionView))}
        roles = {row.name: row for row in db.session.scalars(select(Role))}
        for declared in access.roles().values():
            wanted: list[PermissionView] = []
            for resource, actions in sorted(declared.permissions.items()):
                menu = menus.get(resource)
                if menu is None:
                    menu = menus[resource] = ViewMenu(name=resource)
                    db.session.add(menu)
                for action in sorted(actions):
                    name = f"can_{action}"
                    permission = permissions.get(name)
                    if permission is None:
                        permission = permissions[name] = Permission(name=name)
                        db.session.add(permission)
                    db.session.flush()
                    pair = pairs.get((permission.id, menu.id))
                    if pair is None:
                        pair = pairs[(permission.id, menu.id)] = PermissionView(permission=permission, view_menu=menu)
                        db.session.add(pair)
                    wanted.append(pair)
            role = roles.get(declared.code)
            if role is None:
                role = roles[declared.code] = Role(name=declared.code)
                db.session.add(role)
            if {id(p) for p in role.permissions} != {id(p) for p in wanted}:
                role.permissions = wanted
        if "Public" not in roles:
            db.session.add(Role(name="Public"))
