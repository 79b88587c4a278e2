"""Deadlines of evaluation, in days and in working days of the calendar handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from policies.engine.dates import day_before
from policies.engine.workdays import Days, add_working_days
from policies.evaluation.configuration import Configuration

_QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A last day with its article and mark."""

    last_day: date
    article: str
    mark: str


def _before(configuration: Configuration, name: str, year: int) -> Due:
    version = configuration.version(name)
    month, day = str(version.value).split("-")
    return Due(day_before(date(year, int(month), int(day))), version.article, version.mark)


def annual_deadline(regime: str, year: int, configuration: Configuration, *, special_agency: bool = False) -> Due:
    """Last day of the annual rating of ``year``; special agencies have until January under NĐ 335 and NĐ 233."""
    if special_agency and regime in configuration.value("evaluation.deadline.special_regimes"):
        return _before(configuration, "evaluation.deadline.annual_special", year + 1)
    if regime == "HY1071" or regime == "QD124":
        return _before(configuration, "hy1071.annual_deadline", year)
    if regime == "ND233":
        return _before(configuration, "evaluation.deadline.annual_nd233", year)
    return _before(configuration, "evaluation.deadline.annual", year)


def petition_deadline(person_type: str, published: date, configuration: Configuration, days: Days = ()) -> Due:
    """Last day to file a petition: viên chức from 01/7/2026 by Luật 129/2025, everybody else by the layer."""
    if _by_law(person_type, published):
        version = configuration.version("evaluation.petition.public_employee.days_to_file")
        return Due(published + timedelta(days=int(version.value)), version.article, version.mark)
    version = configuration.version("hy1071.petition.days_to_file")
    return Due(add_working_days(published, int(version.value), days), version.article, version.mark)


def answer_deadline(person_type: str, received: date, configuration: Configuration, days: Days = ()) -> Due:
    """Last day to answer a petition, in working days from the day it was received."""
    own = _by_law(person_type, received)
    version = configuration.version(
        "evaluation.petition.public_employee.days_to_answer" if own else "hy1071.petition.days_to_answer"
    )
    return Due(add_working_days(received, int(version.value), days), version.article, version.mark)


def _by_law(person_type: str, day: date) -> bool:
    from policies.evaluation.data import regimes

    return person_type == "public_employee" and day >= regimes()["ND233"].valid_from


def in_days(name: str, start: date, configuration: Configuration) -> Due:
    """``start`` plus the calendar days of a parameter (``evaluation.deadline.…_days``)."""
    version = configuration.version(f"evaluation.deadline.{name}")
    return Due(start + timedelta(days=int(version.value)), version.article, version.mark)


def in_working_days(name: str, start: date, configuration: Configuration, days: Days = ()) -> Due:
    """``start`` plus the working days of a parameter."""
    version = configuration.version(f"evaluation.deadline.{name}")
    return Due(add_working_days(start, int(version.value), days), version.article, version.mark)


def papers_deadline(meeting: date, configuration: Configuration, days: Days = ()) -> Due:
    """Last day to send the papers of a meeting."""
    version = configuration.version("evaluation.deadline.papers_working_days")
    return Due(add_working_days(meeting, -int(version.value), days), version.article, version.mark)


def sheet_deadline(year: int, quarter: int, configuration: Configuration) -> Due:
    """Day of the quarterly sheet: the 25th of the last month of the quarter."""
    version = configuration.version("evaluation.deadline.sheet_day")
    return Due(date(year, quarter * _QUARTER_MONTHS, int(version.value)), version.article, version.mark)


def party_dossier_deadline(year: int, configuration: Configuration) -> Due:
    """Last day for the Party dossier of ``year``, in the next year."""
    return _before(configuration, "evaluation.deadline.party_dossier", year + 1)


def reminder_days(configuration: Configuration) -> tuple[int, ...]:
    """Days before a deadline on which somebody is reminded."""
    return tuple(int(x) for x in configuration.value("evaluation.deadline.reminders"))
