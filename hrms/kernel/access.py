"""Rights: a role says what one may do, the unit tree says with whose records, the state says when.

One function, :func:`restrict`, serves lists, forms, related lists, APIs, files, exports, reports and jobs. Domains
declare roles (:func:`declare_roles`), the unit tree (:func:`declare_tree`) and how each table is scoped
(:func:`scoped`); nothing declared means nothing seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import g, has_app_context
from sqlalchemy import ColumnElement, Select, false, or_, select, true

from hrms.kernel import actor
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound

R = TypeVar("R")


@dataclass(frozen=True)
class Role:
    """``permissions`` maps a resource to the actions allowed on it.

    ``own`` roles reach only rows of the actor's own person; ``states`` narrows a resource to rows in these states.
    """

    code: str
    label: str
    permissions: Mapping[str, frozenset[str]]
    own: bool = False
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit_level: bool = True  # assigned to a unit; province-wide roles are assigned to the root

    def allows(self, resource: str, action: str) -> bool:
        return action in self.permissions.get(resource, frozenset())


@dataclass(frozen=True)
class Grant:
    """One role of one account: on the subtree under ``unit_path``, or on the rows of ``person_id``."""

    role: Role
    unit_path: str | None = None  # "/" = the whole tree
    person_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Beside:
    """A second unit a row concerns, and what that unit may do with it: far less than the unit it belongs to.

    ``unit`` names the column, ``actions`` what is open there, ``states`` (of the column ``state``) from when on.
    """

    unit: str
    actions: frozenset[str]
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Scope:
    model: type[Any]
    resource: str
    unit: str | None
    person: str | None
    via: tuple[str, type[Any]] | None
    shared: bool
    from_above: bool = False
    beside: Beside | None = None


SUPER = Role("super", "Hệ thống", {})
_roles: dict[str, Role] = {}
_scopes: dict[type[Any], _Scope] = {}
_tree: dict[str, Any] = {}
_narrowed: ContextVar[tuple[Grant, ...] | None] = ContextVar("hrms_narrowed_grants", default=None)


def declare_roles(roles: Iterable[Role]) -> None:
    for role in roles:
        _roles[role.code] = role


def roles() -> dict[str, Role]:
    """Every declared role by its code."""
    return dict(_roles)


def declare_tree(unit_id: Any, path: Any, load_grants: Callable[[int], Iterable[Grant]]) -> None:
    """``unit_id`` and ``path`` are columns of the unit table; paths look like ``/1/17/203/``."""
    _tree.update(unit_id=unit_id, path=path, load=load_grants)


def scoped(
    model: type[Any],
    resource: str,
    *,
    unit: str | None = None,
    person: str | None = None,
    via: tuple[str, type[Any]] | None = None,
    shared: bool = False,
    from_above: bool = False,
    beside: Beside | None = None,
) -> None:
    """Say how rows of ``model`` are scoped.

    ``unit``/``person`` name columns with the unit or the person a row belongs to; ``via`` = (foreign key, parent
    model) inherits the parent's scope; ``shared`` rows (catalogues) are open to whoever may do the action at all.
    ``from_above``: what belongs to a superior unit holds for the units below it and may be read there, never written.
    ``beside``: another unit the row concerns (the receiver of a move) has the actions named there and no others.
    """
    _scopes[model] = _Scope(model, resource, unit, person, via, shared, from_above, beside)


def resource_of(model: type[Any]) -> str:
    return _scopes[model].resource


def scoped_models() -> list[type[Any]]:
    """Every table whose rows have a declared scope."""
    return list(_scopes)


def is_scoped(model: type[Any]) -> bool:
    return model in _scopes


def grants() -> tuple[Grant, ...]:
    """What the current actor was granted. System and command line reach everything; a job, what its owner may."""
    if (narrowed := _narrowed.get()) is not None:
        return narrowed
    who = actor.current()
    if who.user_id is None:
        return (Grant(SUPER, "/"),) if who.kind in {"system", "cli", "job"} else ()
    cache: dict[int, tuple[Grant, ...]] = {}
    if has_app_context():
        cache = g.setdefault("hrms_grants", cache)
    if who.user_id not in cache:
        cache[who.user_id] = tuple(_tree["load"](who.user_id))
    return cache[who.user_id]


@contextmanager
def within(*few: Grant) -> Iterator[None]:
    """Read with these rights and no others inside the block: what the system makes for somebody shows no more than
    they may see. Only for an actor that may everything itself; a person's rights are never replaced."""
    if not any(grant.role is SUPER for grant in grants()):
        raise NotAllowed()
    token = _narrowed.set(few)
    try:
        yield
    finally:
        _narrowed.reset(token)


def forget_grants() -> None:
    """After rights changed inside this request or job."""
    if has_app_context():
        g.pop("hrms_grants", None)


def _allowing(resource: str, action: str) -> list[Grant]:
    return [grant for grant in grants() if grant.role is SUPER or grant.role.allows(resource, action)]


def may(resource: str, action: str, record: Any = None) -> bool:
    """Whether the actor may do ``action`` on ``resource`` at all, or on this ``record``."""
    allowing = _allowing(resource, action)
    if not allowing:
        return False
    if record is None or any(grant.role is SUPER for grant in allowing):
        return True
    scope = _scopes.get(type(record))
    if scope is None:
        return False
    if scope.shared:
        return True
    if record.id is None:  # not stored yet: judged by the unit it is going to belong to
        return scope.unit is not None and in_scope(getattr(record, scope.unit), resource, action)
    clause = _clause(scope, resource, action)
    return db.session.scalar(select(scope.model.id).where(scope.model.id == record.id, clause)) is not None


def require(resource: str, action: str, record: Any = None) -> None:
    """Like :func:`may`, raising :class:`NotAllowed`."""
    if not may(resource, action, record):
        raise NotAllowed()


def units_for(resource: str, action: str) -> Select[Any] | None:
    """A sub-select of unit ids open for the action; ``None`` means every unit. No right at all: an empty select."""
    allowing = [grant for grant in _allowing(resource, action) if not grant.role.own]
    if any(grant.role is SUPER or grant.unit_path == "/" for grant in allowing):
        return None
    prefixes = sorted({grant.unit_path for grant in allowing if grant.unit_path})
    query = select(_tree["unit_id"])
    if not prefixes:
        return query.where(false())
    return query.where(or_(*[_tree["path"].like(prefix + "%") for prefix in prefixes]))


def in_scope(unit_id: int | None, resource: str, action: str) -> bool:
    """Whether a row of unit ``unit_id`` may be written there: the check on what is about to be stored (trap 8)."""
    if unit_id is None:
        return any(grant.role is SUPER or grant.unit_path == "/" for grant in _allowing(resource, action))
    units = units_for(resource, action)
    if units is None:
        return True
    return db.session.scalar(units.where(_tree["unit_id"] == unit_id)) is not None


def _clause(scope: _Scope, resource: str, action: str) -> ColumnElement[bool]:
    allowing = _allowing(resource, action)
    if any(grant.role is SUPER for grant in allowing) or (scope.shared and allowing):
        return true()
    if scope.via is not None:
        key, parent = scope.via
        parent_clause = _clause(_scopes[parent], resource, action)
        return getattr(scope.model, key).in_(select(parent.id).where(parent_clause))
    options: list[ColumnElement[bool]] = []
    for grant in allowing:
        condition: ColumnElement[bool]
        if grant.role.own:
            if scope.person is None or grant.person_id is None:
                continue
            condition = getattr(scope.model, scope.person) == grant.person_id
        elif scope.unit is None:
            continue
        elif grant.unit_path == "/":
            condition = true()
        else:
            inside = select(_tree["unit_id"]).where(_tree["path"].like(f"{grant.unit_path}%"))
            condition = getattr(scope.model, scope.unit).in_(inside)
            if scope.from_above and action == "read" and grant.unit_path:
                above = [int(part) for part in grant.unit_path.split("/") if part]
                condition = condition | getattr(scope.model, scope.unit).in_(above)
            if scope.beside is not None and action in scope.beside.actions:
                concerned = getattr(scope.model, scope.beside.unit).in_(inside)
                if scope.beside.states:
                    concerned = concerned & scope.model.state.in_(scope.beside.states)
                condition = condition | concerned
        if states := grant.role.states.get(resource):
            condition = condition & scope.model.state.in_(states)
        options.append(condition)
    return or_(false(), *options)


def restrict(query: Select[Any], model: type[Any], action: str = "read", resource: str = "") -> Select[Any]:
    """``query`` narrowed to the rows of ``model`` the actor may ``action``. A model without a scope yields nothing."""
    scope = _scopes.get(model)
    if scope is None:
        return query.where(false())
    return query.where(_clause(scope, resource or scope.resource, action))


def get(
    model: type[R], record_id: int | str | None, action: str = "read", resource: str = "", options: tuple[Any, ...] = ()
) -> R:
    """The record, or :class:`NotFound` when there is none in scope. The two must look the same from outside.

    ``options`` are loader options, so that a page gets what it shows with the record in one statement.
    """
    try:
        number = int(record_id) if record_id is not None else None
    except (TypeError, ValueError):
        number = None
    if number is None or not 0 < number < 2**63:
        raise NotFound()
    query = restrict(select(model).where(model.id == number), model, action, resource)  # type: ignore[attr-defined]
    record = db.session.scalar(query.options(*options) if options else query)
    if record is None:
        raise NotFound()
    return record
