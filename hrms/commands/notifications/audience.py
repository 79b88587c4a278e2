"""Whom a matter concerns: the account of a person, and those who may do something about it in a unit."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.validity import holds, lasts
from models.account import Account, RoleAssignment
from models.organization import OrgUnit


class Audience:
    """Everybody's rights, read once, so that ten thousand matters ask nothing more of the database.

    The nearest count: those whose role is on the unit itself or the closest unit above that has somebody; a matter of
    a division does not go to the whole province.
    """

    def __init__(self) -> None:
        today = clock.today()
        usable = lasts(Account, today)
        rows = db.session.execute(
            select(RoleAssignment.role, RoleAssignment.unit_id, Account.id, Account.person_id)
            .join(Account, Account.id == RoleAssignment.account_id)
            .where(
                usable,
                holds(RoleAssignment, today),
            )
        ).all()
        self._roles = access.roles()
        self._on_unit: dict[int | None, list[tuple[str, int, int | None]]] = defaultdict(list)
        self._of_person: dict[int, int] = {}
        for role, unit_id, account_id, person_id in rows:
            if person_id is not None:
                self._of_person[person_id] = account_id
            if role in self._roles and not self._roles[role].own:
                self._on_unit[unit_id].append((role, account_id, person_id))
        self._paths = dict(db.session.execute(select(OrgUnit.id, OrgUnit.path)).tuples().all())

    def person(self, person_id: int | None) -> int | None:
        """The account of a person, if they have one."""
        return self._of_person.get(person_id) if person_id is not None else None

    def holders(self, unit_id: int | None, resource: str, action: str, *, without: int | None = None) -> list[int]:
        """Accounts nearest to ``unit_id`` that may do ``action``; never the person ``without`` the matter is about."""
        path = self._paths.get(unit_id, "") if unit_id is not None else ""
        above: list[int | None] = [int(part) for part in reversed(path.strip("/").split("/")) if part]
        for unit in [*above, None]:
            found = [
                account_id
                for role, account_id, person_id in self._on_unit.get(unit, ())
                if self._roles[role].allows(resource, action) and (without is None or person_id != without)
            ]
            if found:
                return sorted(set(found))
        return []

    def everywhere(self, resource: str, action: str) -> list[int]:
        """Every account with the right, wherever."""
        return sorted(
            {
                account_id
                for holders in self._on_unit.values()
                for role, account_id, _person in holders
                if self._roles[role].allows(resource, action)
            }
        )
