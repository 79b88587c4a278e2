"""Asking a report with the law of the application, in the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hrms.commands.law.current import current_store
from reports.framework import Asked, Produced, ask, definition, make


def asked_for(key: str, given: Mapping[str, str], today: date | None = None) -> Asked:
    """The report ``key`` with its parameters read, as of ``today``. Raises NotFound for one the actor may not see,
    Refused with every fault of the parameters."""
    return ask(definition(key), given, current_store(), today)


def produce(key: str, given: Mapping[str, str]) -> Produced:
    """The report as it stands now."""
    return make(asked_for(key, given))
