"""Confirming what a change does to the quota: the difference is shown, the same data are sent again with its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hrms.commands.evaluation.quota import Moved, effect_of
from hrms.kernel.errors import Fault

CHANGED = "quota_changed"
PREFIX = "seen_quota:"


@dataclass(frozen=True)
class Confirmation:
    """``seen`` goes back as the field ``seen_quota``; ``moved`` are the people whose place changes."""

    seen: str
    message: str
    moved: tuple[Moved, ...] = field(default=())


def confirmation(
    faults: Sequence[Fault], cycle_id: int, changed: Mapping[int, str] | Callable[[], Mapping[int, str]]
) -> tuple[Confirmation | None, list[Any]]:
    """What to confirm, and the other faults. Nothing can be confirmed while something else is wrong."""
    asked = [fault for fault in faults if fault.code == CHANGED]
    rest = [fault for fault in faults if fault.code != CHANGED]
    if not asked or rest:
        return None, rest or list(faults)
    levels = changed() if callable(changed) else changed
    moved = effect_of(cycle_id, levels).moved
    return Confirmation(asked[0].field.removeprefix(PREFIX), asked[0].message, moved), []
