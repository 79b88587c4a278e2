"""Asking a report with the law of the application, in the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping

from hrms.commands.law.current import current_store
from reports.framework import Asked, Produced, ask, definition, make


def asked_for(key: str, given: Mapping[str, str]) -> Asked:
    """The report ``key`` with its parameters read. Raises NotFound for one the actor may not see, Refused with every
    fault of the parameters."""
    return ask(definition(key), given, current_store())


def produce(key: str, given: Mapping[str, str]) -> Produced:
    """The report as it stands now."""
    return make(asked_for(key, given))
