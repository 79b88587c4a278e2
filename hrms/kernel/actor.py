"""Who acts: a person at the screen, a background job, or the command line.

FAB's ``AuditMixin`` needs a request; jobs and the command line have none. The actor travels in a context variable,
so that history, transitions and papers always name somebody.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["user", "job", "cli", "system"]


@dataclass(frozen=True)
class Actor:
    """``user_id`` is the account when a person acts, also inside a job that a person asked for."""

    kind: Kind
    name: str
    user_id: int | None = None


SYSTEM = Actor("system", "Hệ thống")
_current: ContextVar[Actor | None] = ContextVar("hrms_actor", default=None)


def current() -> Actor:
    """The actor of this context; the system itself when nobody declared one."""
    return _current.get() or SYSTEM


def become(actor: Actor) -> None:
    """Set the actor for the rest of this context (a web request sets it once, at its start)."""
    _current.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Act as ``actor`` inside the block."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)
