"""Rows that a use case computes and a report only shows: the law has to be asked of each, with rights and scope.

Reports stand below the use cases and cannot import them: a use case provides rows under a name, a fact loads them.

    @provide("rotation_due")                      # hrms/commands/rotation/periodic_facts.py
    def _due(*, on, unit_id, store): ...

    DUE = FrameFact(key="rotation_due", load=lambda asked: rows("rotation_due", on=asked.on, …), …)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Provider = Callable[..., Sequence[Mapping[str, Any]]]
_providers: dict[str, Provider] = {}


def provide(name: str) -> Callable[[Provider], Provider]:
    """Declare who computes the rows called ``name``."""

    def register(found: Provider) -> Provider:
        _providers[name] = found
        return found

    return register


def rows(name: str, **asked: Any) -> Sequence[Mapping[str, Any]]:
    """The rows of ``name`` for the present actor; :class:`KeyError` when nobody provides them."""
    return _providers[name](**asked)
