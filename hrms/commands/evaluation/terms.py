"""What a cycle's frozen configuration says about points and days: least points of a level, days of a petition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.work_calendar import calendar_note
from models.evaluation import EvaluationCycle
from models.work_calendar import work_calendar
from policies.engine.parameters import weakest
from policies.evaluation.deadlines import answer_deadline, petition_deadline

PERSON_TYPES = {"CB": "cadre", "CC": "civil_servant", "VC": "public_employee", "HD": "contract_worker"}


def person_type(klass: str) -> str:
    """The kind of person a class of evaluation is (CC1 → civil_servant)."""
    return PERSON_TYPES[klass[:2]]


@dataclass(frozen=True)
class PetitionDays:
    """Last day to file and last day to answer what was received, with the article and the weaker mark of the two."""

    file_by: date
    answer_by: date
    article: str
    mark: str
    note: str = ""  # what the count of working days could not know


def petition_days(cycle: EvaluationCycle, klass: str, published: date, received: date) -> PetitionDays:
    """The days of a petition of one class in a cycle.

    Working days are those of the calendar of holidays; where it is not filled in, an answer may be due a little early,
    never late, and ``note`` says so.
    """
    calendar = work_calendar()
    configuration = frozen_configuration(cycle)
    who = person_type(klass)
    file_by = petition_deadline(who, published, configuration, calendar)
    answer_by = answer_deadline(who, received, configuration, calendar)
    return PetitionDays(
        file_by.last_day, answer_by.last_day, file_by.article, weakest((file_by.mark, answer_by.mark)),
        calendar_note(calendar, published, max(file_by.last_day, answer_by.last_day)),
    )  # fmt: skip


def thresholds_of(cycle: EvaluationCycle) -> Mapping[str, Decimal]:
    """Level → least points, of the province's layer; empty where it has no scale of points."""
    configuration = frozen_configuration(cycle)
    if not configuration.value("hy1071.has_score_scale"):
        return {}
    return {level: Decimal(points) for level, points in configuration.value("hy1071.thresholds").items()}
