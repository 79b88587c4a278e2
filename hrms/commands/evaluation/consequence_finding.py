"""The rows a published result calls for: found, compared with those that stand, made, kept or taken back.

Inside a command, without scope: whoever decides or publishes need not see every row. The run converges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.history import STATE, year_levels
from hrms.commands.evaluation.standing import KHT, day_of
from hrms.commands.evaluation.words import FILED, NOT_RATED, PETITIONED, PUBLISHED
from hrms.commands.work_calendar import calendar_note
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation, RatingConsequence
from models.staff import Absence, Appointment, Person
from models.work_calendar import work_calendar
from policies.engine.workdays import WorkCalendar
from policies.evaluation.consequences import NOT_RATED as YEAR_NOT_RATED
from policies.evaluation.consequences import Consequence, Consequences, consequences
from policies.evaluation.deadlines import in_days, in_working_days

OPEN, TAKEN, SET_ASIDE = "open", "taken", "set_aside"
REDUCTION = "PREPARE_STAFF_REDUCTION_154"
PUBLIC = (PUBLISHED, FILED, PETITIONED)
CHUNK = 2000


@dataclass
class Found:
    """What a run did: rows made, taken back, left as they were."""

    made: int = 0
    taken_back: int = 0
    kept: int = 0

    def add(self, other: Found) -> None:
        self.made, self.taken_back = self.made + other.made, self.taken_back + other.taken_back
        self.kept += other.kept

    def sentence(self) -> str:
        return _(
            "Việc phải xem xét: %(made)s mới, %(back)s rút lại, %(kept)s không đổi.",
            made=self.made,
            back=self.taken_back,
            kept=self.kept,
        )


def find_for(cycle: EvaluationCycle, sheets: Sequence[PersonEvaluation]) -> Found:
    """Write the consequences of published sheets of one YEAR cycle of the State side. Inside a command; no scope."""
    found = Found()
    if cycle.period_kind != "YEAR" or cycle.side != STATE:
        return found
    for start in range(0, len(sheets), CHUNK):
        found.add(_find(cycle, sheets[start : start + CHUNK]))
    return found


def _find(cycle: EvaluationCycle, sheets: Sequence[PersonEvaluation]) -> Found:
    known = _known(cycle.year, [sheet.person_id for sheet in sheets])
    # Most people have neither a bad year nor an old row: nothing more is read for them.
    asked = [sheet for sheet in sheets if sheet.level == KHT or sheet.person_id in known]
    if not asked:
        return Found()
    people = [sheet.person_id for sheet in asked]
    levels, terms, safe = _histories(people, cycle.year), _terms(people), _protection(people)
    days = _decided_on(asked)
    result, calendar = Found(), cache(work_calendar)
    for sheet in asked:
        on = days.get(sheet.id) or cycle.ends_on
        wanted: dict[str, tuple[Consequence, list[str]]] = {}
        if sheet.level == KHT and sheet.state in PUBLIC:
            past = {**levels.get(sheet.person_id, {}), cycle.year: sheet.level}
            answer = consequences(
                sheet.klass, past, on, term=_term_on(terms.get(sheet.person_id, ()), on),
                protected=safe.get(sheet.person_id, date.min) >= on,
            )  # fmt: skip
            wanted = _wanted(answer)
        _converge(cycle, sheet, wanted, known.get(sheet.person_id, {}), on, result, calendar)
    return result


def _wanted(answer: Consequences) -> dict[str, tuple[Consequence, list[str]]]:
    """Code → (rule, warnings) of one person: actions, those barred, what a human may open; warnings of their own."""
    said = [f"{warning.text} ({warning.article})" for warning in answer.warnings]
    wanted = {one.code: (one, list(said)) for one in (*answer.actions, *answer.barred)}
    follow_ups = [one for one in answer.follow_ups if one.code == REDUCTION]
    wanted.update({one.code: (one, list(said)) for one in follow_ups})
    if not wanted:
        # No consequence by itself, but somebody must look: the warning is the row.
        wanted = {one.code: (one, []) for one in answer.warnings}
    return wanted


def _converge(
    cycle: EvaluationCycle,
    sheet: PersonEvaluation,
    wanted: dict[str, tuple[Consequence, list[str]]],
    known: dict[str, RatingConsequence],
    on: date,
    result: Found,
    calendar: Callable[[], WorkCalendar],
) -> None:
    taken_back = _("Kết quả xếp loại đã thay đổi.")
    for code, (rule, warnings) in wanted.items():
        due_on, note = _due(cycle, rule, on, calendar)
        values = {"article": rule.article[:250], "warnings": [*warnings, *note], "due_on": due_on}
        row = known.get(code)
        if row is None:
            row = RatingConsequence(
                person_id=sheet.person_id, unit_id=sheet.unit_id, year=cycle.year, code=code, **values
            )
            db.session.add(row)
            result.made += 1
            continue
        if row.state == SET_ASIDE and row.note == taken_back:
            row.state, row.note = OPEN, ""
            result.made += 1
        else:
            result.kept += 1
        if row.state == OPEN:
            for name, value in values.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
    for code, row in known.items():
        if code not in wanted and row.state == OPEN:
            row.state, row.note = SET_ASIDE, taken_back
            result.taken_back += 1


def _due(
    cycle: EvaluationCycle, rule: Consequence, on: date, calendar: Callable[[], WorkCalendar]
) -> tuple[date | None, list[str]]:
    """Dismissal within its days of the result, removal proposed within its working days (NĐ 170/2025).

    With the day what its count could not know.
    """
    configuration = frozen_configuration(cycle)
    for effect, name, working in (
        ("dismissal", "dismissal_days", False),
        ("removal", "removal_propose_days", True),
    ):
        version = configuration.values.get(f"evaluation.deadline.{name}")
        if rule.effect == effect and version is not None and on >= version.valid_from:
            if not working:
                return in_days(name, on, configuration).last_day, []
            last_day = in_working_days(name, on, configuration, calendar()).last_day
            note = calendar_note(calendar(), on, last_day)
            return last_day, [note] if note else []
    return None, []


def _known(year: int, people: Sequence[int]) -> dict[int, dict[str, RatingConsequence]]:
    query = select(RatingConsequence).where(RatingConsequence.year == year, RatingConsequence.person_id.in_(people))
    found: dict[int, dict[str, RatingConsequence]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.person_id, {})[row.code] = row
    return found


def _histories(people: Sequence[int], year: int) -> dict[int, dict[int, str]]:
    """Levels of the State side up to ``year``, with the years in which the person was not rated."""
    levels = {
        person: {y: level for y, level in found.items() if y <= year} for person, found in year_levels(people).items()
    }
    query = (
        select(PersonEvaluation.person_id, EvaluationCycle.year)
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .where(
            PersonEvaluation.person_id.in_(people),
            PersonEvaluation.state == NOT_RATED,
            EvaluationCycle.period_kind == "YEAR",
            EvaluationCycle.side == STATE,
            EvaluationCycle.year < year,
        )
    )
    for person, past in db.session.execute(query):
        levels.setdefault(person, {}).setdefault(past, YEAR_NOT_RATED)
    return levels


def _terms(people: Sequence[int]) -> dict[int, list[Appointment]]:
    query = select(Appointment).where(
        Appointment.person_id.in_(people), Appointment.leader_rank != "", Appointment.term_ends.is_not(None)
    )
    found: dict[int, list[Appointment]] = {}
    for row in db.session.scalars(query.order_by(Appointment.valid_from.desc())):
        found.setdefault(row.person_id, []).append(row)
    return found


def _term_on(rows: Iterable[Appointment], day: date) -> tuple[date, date] | None:
    """The appointment term in which ``day`` lies, the latest first."""
    for row in rows:
        if row.term_ends is not None and row.valid_from <= day and (row.valid_to is None or row.valid_to >= day):
            return row.valid_from, row.term_ends
    return None


def _protection(people: Sequence[int]) -> dict[int, date]:
    """Person → last day of pregnancy, maternity leave or of a child under 36 months, as the records know it."""
    found: dict[int, date] = {}
    query = select(Person.id, Person.pregnant_until, Person.child_under_36_months_until).where(Person.id.in_(people))
    for person, pregnant, child in db.session.execute(query):
        found[person] = max(pregnant or date.min, child or date.min)
    leave = select(Absence.person_id, Absence.ends_on).where(Absence.person_id.in_(people), Absence.kind == "maternity")
    for person, ends_on in db.session.execute(leave):
        found[person] = max(found[person], ends_on or date.max)
    return found


def _decided_on(sheets: Sequence[PersonEvaluation]) -> dict[int, date]:
    ids = {sheet.decision_id for sheet in sheets if sheet.decision_id is not None}
    query = select(EvaluationDecision.id, EvaluationDecision.signed_on).where(EvaluationDecision.id.in_(ids))
    signed: dict[int, date] = {row[0]: row[1] for row in db.session.execute(query)}
    found: dict[int, date] = {}
    for sheet in sheets:
        if sheet.decision_id in signed:
            found[sheet.id] = signed[sheet.decision_id]
        elif sheet.decided_at is not None:
            found[sheet.id] = day_of(sheet.decided_at)
    return found
