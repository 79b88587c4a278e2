"""The level a sheet stands at, from the manager's proposal to the decision.

While people rate, a sheet's standing level is the latest word: decided, else proposed after synthesis, quota and
calibration, else the unit's, else the machine's. A self-assessment is nobody's rating and never counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import InstrumentedAttribute

from hrms.commands.evaluation.words import (
    BLOCKED,
    DECIDED,
    FILED,
    NOT_RATED,
    NOTIFIED,
    PETITIONED,
    PUBLISHED,
    REMOVED,
    REOPENED,
)
from hrms.kernel import clock
from models.evaluation import PersonEvaluation
from models.vocabulary import RATINGS

LEVELS: tuple[str, ...] = tuple(RATINGS)  # best first
HTXS, HTT, HT, KHT = LEVELS
DEMOTED, KEPT, TIED = "demoted", "kept", "tied"
QUOTA_DEMOTED = "QUOTA_DEMOTED"

UNCOUNTED = (NOT_RATED, BLOCKED)  # an exit from the rating, with its reason in ``exit_code``
OUT = (*UNCOUNTED, REMOVED)  # no level, no place under the ceiling
SETTLED = (DECIDED, NOTIFIED, PUBLISHED, FILED, PETITIONED, REOPENED)  # a decision is in force
TOLD = (NOTIFIED, PUBLISHED, FILED, PETITIONED, REOPENED)  # the person may know level and scores


def rank(level: str) -> int:
    """1 (KHT) to 4 (HTXS); 0 for no level."""
    return len(LEVELS) - LEVELS.index(level) if level in LEVELS else 0


def standing_level(decided: str, proposed: str, unit: str, machine: str) -> str:
    """The latest word on a sheet, or ``""`` when nobody has rated yet."""
    return next((level for level in (decided, proposed, unit, machine) if level in LEVELS), "")


def level_of(row: PersonEvaluation) -> str:
    """:func:`standing_level` of a loaded sheet."""
    return standing_level(row.level, row.level_proposed, row.level_unit, row.level_machine)


def level_column() -> ColumnElement[str]:
    """:func:`standing_level` in SQL."""
    sheet = PersonEvaluation
    stated: list[InstrumentedAttribute[str]] = [sheet.level, sheet.level_proposed, sheet.level_unit]
    return case(
        *((column != "", column) for column in stated),
        (sheet.level_machine.in_(LEVELS), sheet.level_machine),
        else_="",
    )


def before_quota(level: str, outcome: str) -> str:
    """The level a sheet would have without the ceiling: who fell by the quota is a candidate again in every rerun."""
    return HTXS if outcome == DEMOTED and level == HTT else level


def with_reason(codes: Iterable[str] | None, code: str, present: bool) -> list[str]:
    """``codes`` with or without ``code``, in order and once each."""
    kept = [known for known in codes or () if known != code]
    return [*kept, code] if present else kept


def moment() -> datetime:
    """Now, on the day the application believes it is: days to petition are counted from it."""
    day = clock.start_of(clock.today())
    now = clock.local(clock.now())
    return day.replace(hour=now.hour, minute=now.minute, second=now.second, microsecond=now.microsecond)


def day_of(at: datetime) -> date:
    """The local calendar day of a stored moment."""
    return clock.local(at).date()
