"""What a published year calls for by the law of the day of its decision: views that act, a human opens every case.

``policies.evaluation.consequences`` says what follows from the history of the State side; here it becomes rows
(:class:`RatingConsequence`, once per person, year and code), taken up or set aside by a human. A result that changes
takes back what nobody has taken up yet. The run converges: doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.history import STATE, year_levels
from hrms.commands.evaluation.standing import KHT, day_of
from hrms.commands.evaluation.words import FILED, N_, NOT_RATED, PETITIONED, PUBLISHED
from hrms.commands.facts import entitlement_facts
from hrms.commands.restructuring import requests
from hrms.commands.restructuring.cases import CorrectFact, OpenCase
from hrms.commands.work_calendar import calendar_note
from hrms.kernel import access, clock, history, jobs
from hrms.kernel.commands import Command, check_version, execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation, RatingConsequence
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Absence, Appointment, Person
from models.work_calendar import work_calendar
from policies.engine.workdays import WorkCalendar
from policies.evaluation.consequences import NOT_RATED as YEAR_NOT_RATED
from policies.evaluation.consequences import Consequence, Consequences, consequences
from policies.evaluation.data import rows as law_rows
from policies.evaluation.deadlines import in_days, in_working_days

KIND = "rating_consequences"
OPEN, TAKEN, SET_ASIDE = "open", "taken", "set_aside"
STATES = {OPEN: N_("Chờ xử lý"), TAKEN: N_("Đã xử lý"), SET_ASIDE: N_("Không áp dụng")}
REDUCTION = "PREPARE_STAFF_REDUCTION_154"
GROUND_154 = "g"  # Điều 2 khoản 1 điểm g NĐ 154/2025/NĐ-CP: không hoàn thành nhiệm vụ
PUBLIC = (PUBLISHED, FILED, PETITIONED)
CHUNK = 2000
LOOK_BACK = timedelta(days=500)  # a year's results are published within weeks and reopened within months


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


@dataclass
class FindConsequences(Command[Found]):
    """Look through the published results of a year again, in the actor's scope."""

    cycle_id: int
    first_id: int = 0
    last_id: int = 2**62

    def validate(self) -> Iterable[Fault]:
        self._cycle = access.get(EvaluationCycle, self.cycle_id)
        if not access.may("evaluation", "consequence"):
            raise NotAllowed()
        if self._cycle.period_kind != "YEAR" or self._cycle.side != STATE:
            told = _("Chỉ kết quả xếp loại năm bên chính quyền mới phát sinh việc phải xem xét.")
            yield Fault("cycle_id", told, code="not_a_year")

    def run(self) -> Found:
        query = access.restrict(
            select(PersonEvaluation).where(
                PersonEvaluation.cycle_id == self.cycle_id,
                PersonEvaluation.id >= self.first_id,
                PersonEvaluation.id <= self.last_id,
                _concerned(self._cycle.year),
            ),
            PersonEvaluation,
            "consequence",
        )
        return find_for(self._cycle, list(db.session.scalars(query.order_by(PersonEvaluation.id))))

    def receipt(self, outcome: Found) -> Any:
        return [outcome.made, outcome.taken_back, outcome.kept]

    def replay(self, receipt: Any) -> Found:
        return Found(*receipt)


def _concerned(year: int) -> Any:
    """Published KHT, or whoever has a row of the year already."""
    rows = select(RatingConsequence.person_id).where(RatingConsequence.year == year)
    return or_(
        and_(PersonEvaluation.level == KHT, PersonEvaluation.state.in_(PUBLIC)), PersonEvaluation.person_id.in_(rows)
    )


def ask_for_consequences(cycle_id: int) -> jobs.JobRun:
    """Queue the look through a whole cycle."""
    cycle = access.get(EvaluationCycle, cycle_id)
    if not access.may("evaluation", "consequence"):
        raise NotAllowed()
    return jobs.enqueue(KIND, _("Việc phải xem xét theo kết quả “%(cycle)s”", cycle=cycle.name), {"id": cycle_id})


def _look_through(cycle_id: int, progress: jobs.Progress | None = None) -> Found:
    year = select(EvaluationCycle.year).where(EvaluationCycle.id == cycle_id).scalar_subquery()
    query = select(PersonEvaluation.id).where(PersonEvaluation.cycle_id == cycle_id, _concerned(year))  # type: ignore[arg-type]
    ids = list(db.session.scalars(query.order_by(PersonEvaluation.id)))
    found = Found()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found.add(execute(FindConsequences(cycle_id, part[0], part[-1])))
        db.session.expunge_all()
        if progress is not None:
            progress.step(min(start + CHUNK, len(ids)), len(ids))
    return found


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    return {"message": _look_through(payload["id"], progress).sentence()}


def _nightly(day: date) -> str:
    query = select(EvaluationCycle.id).where(
        EvaluationCycle.period_kind == "YEAR", EvaluationCycle.side == STATE, EvaluationCycle.ends_on >= day - LOOK_BACK
    )
    found = Found()
    for cycle_id in list(db.session.scalars(query.order_by(EvaluationCycle.id))):
        found.add(_look_through(cycle_id))
    return found.sentence()


NIGHTLY = jobs.scheduled(
    jobs.ScheduledAction(
        "rating_consequences",
        "Lập danh sách việc phải xem xét theo kết quả xếp loại năm",
        {"hour": "3", "minute": "10"},
        _nightly,
    )
)


# What a human does with a row


def _row_for(consequence_id: int, version: int | None) -> tuple[RatingConsequence, list[Fault]]:
    db.session.execute(select(RatingConsequence.id).where(RatingConsequence.id == consequence_id).with_for_update())
    row = access.get(RatingConsequence, consequence_id)
    access.require("evaluation", "consequence", row)
    check_version(row, version, {})
    if row.state == OPEN:
        return row, []
    return row, [Fault("", _("Việc này đã ở trạng thái “%(state)s”.", state=_(STATES[row.state])), code="wrong_state")]


@dataclass
class SetAside(Command[RatingConsequence]):
    """Do not follow it up, with the reason."""

    consequence_id: int
    reason: str
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do không áp dụng."), code="reason_missing")

    def run(self) -> RatingConsequence:
        self._row.state, self._row.note = SET_ASIDE, self.reason.strip()
        return self._row

    def replay(self, receipt: Any) -> RatingConsequence:
        return access.get(RatingConsequence, receipt)


@dataclass
class TakeUp(Command[RatingConsequence]):
    """Note that the procedure was begun on paper (lower post, removal, dismissal), with the document it began with."""

    consequence_id: int
    document: str
    note: str = ""
    accept_warnings: bool = False
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        yield from _warned(self._row, self.accept_warnings)
        if not self.document.strip():
            yield Fault("document", _("Cần số, ngày văn bản bắt đầu thủ tục."), code="document_missing")
        elif len(self.document) > 200:
            yield Fault("document", _("Nội dung dài quá %(limit)s ký tự.", limit=200))

    def run(self) -> RatingConsequence:
        self._row.state = TAKEN
        self._row.note = " · ".join(part for part in (self.document.strip(), self.note.strip()) if part)
        return self._row

    def replay(self, receipt: Any) -> RatingConsequence:
        return access.get(RatingConsequence, receipt)


def _warned(row: RatingConsequence, accepted: bool) -> Iterable[Fault]:
    if row.warnings and not accepted:
        yield Fault(
            "accept_warnings",
            _("Cần xem và xác nhận cảnh báo: %(warnings)s", warnings=" ".join(row.warnings)),
            row.article,
            "warnings",
        )


@dataclass
class OpenPreparedCase(Command[DownsizingCase]):
    """Open the prepared downsizing case of NĐ 154 điểm g as a draft, for a human to complete or to drop.

    Needs ``evaluation:consequence`` on the row and ``case:create`` in the person's unit.
    """

    consequence_id: int
    leave_date: date | None
    accept_warnings: bool = False
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _row_for(self.consequence_id, self.version)
        yield from faults
        if self._row.code != REDUCTION:
            yield Fault("", _("Việc này không lập hồ sơ tinh giản biên chế."), code="not_a_case")
            return
        yield from _warned(self._row, self.accept_warnings)
        person = access.get(Person, self._row.person_id)
        if self.leave_date is None:
            yield Fault("leave_date", _("Cần ngày dự kiến nghỉ (dd/mm/yyyy)."))
            return
        facts = entitlement_facts(person, self.leave_date, None, directly_affected=False)
        request = replace(
            requests.suggest(person, facts, self.leave_date),
            decree="154",
            directly_affected=False,
            voluntary=False,
            reason=_("Không hoàn thành nhiệm vụ năm %(year)s (%(article)s).", year=self._row.year,
                     article=self._row.article),
        )  # fmt: skip
        self._open = OpenCase(person.id, request=request)
        yield from self._open.validate()

    def run(self) -> DownsizingCase:
        case = self._open.run()
        db.session.flush()
        execute(CorrectFact(case.id, "ground_154", GROUND_154, document=self._document()))
        self._row.state, self._row.case_id = TAKEN, case.id
        self._row.note = _("Đã lập hồ sơ %(case)s.", case=case.number)
        history.note(case, _("Lập từ kết quả xếp loại năm %(year)s.", year=self._row.year))
        return case

    def _document(self) -> str:
        """The decision the ground rests on: the year's own."""
        query = (
            select(EvaluationDecision.number, EvaluationDecision.signed_on)
            .join(PersonEvaluation, PersonEvaluation.decision_id == EvaluationDecision.id)
            .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
            .where(
                PersonEvaluation.person_id == self._row.person_id,
                EvaluationCycle.year == self._row.year,
                EvaluationCycle.period_kind == "YEAR",
                EvaluationCycle.side == STATE,
            )
        )
        found = db.session.execute(query).first()
        if found is None:
            return _("Kết quả xếp loại năm %(year)s", year=self._row.year)
        return _("%(number)s ngày %(day)s", number=found[0], day=format_date(found[1]))

    def replay(self, receipt: Any) -> DownsizingCase:
        return access.get(DownsizingCase, receipt)


def listing(
    *, year: int | None = None, unit_id: int | None = None, person_id: int | None = None, state: str = ""
) -> Any:
    """The query of consequences in scope, the next due first, with the person loaded along."""
    query = access.restrict(select(RatingConsequence), RatingConsequence).options(joinedload(RatingConsequence.person))
    for column, value in ((RatingConsequence.year, year), (RatingConsequence.person_id, person_id)):
        if value is not None:
            query = query.where(column == value)
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(
            RatingConsequence.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path.concat("%"))))
        )
    if state:
        query = query.where(RatingConsequence.state == state)
    return query.order_by(RatingConsequence.due_on.is_(None), RatingConsequence.due_on, RatingConsequence.id)


def sentence_of(code: str) -> str:
    """The Vietnamese sentence of a code, from the rules."""
    for kind in ("rules", "warnings", "follow_ups", "protection"):
        for row in law_rows("consequences", kind):
            if row["code"] == code:
                return str(row["text"])
    return code


def state_today(row: RatingConsequence) -> str:
    """``late`` when the day has passed and nobody took it up, else its state."""
    return "late" if row.state == OPEN and row.due_on is not None and row.due_on < clock.today() else row.state
