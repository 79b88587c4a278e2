"""Results across cycles: one person's history with its chart, and the distribution of a cycle for reports.

Nobody sees an own level or score before the notice; whoever holds the unit in scope sees them as they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from hrms.commands.evaluation.standing import LEVELS, TOLD, UNCOUNTED, level_column, rank
from hrms.commands.evaluation.words import REMOVED
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.evaluation import EvaluationCycle, EvaluationDecision, EvaluationPetition, PersonEvaluation
from models.organization import OrgUnit
from models.staff import Person, YearRating

STATE, PARTY = "STATE", "PARTY"


@dataclass(frozen=True)
class PetitionSeen:
    """A petition as the history shows it."""

    petition_id: int
    state: str
    filed_on: date
    late: bool
    answered_on: date | None
    new_level: str


@dataclass(frozen=True)
class HistoryRow:
    """One result. ``evaluation_id`` is empty for a yearly rating brought in from older records."""

    evaluation_id: int | None
    cycle_id: int | None
    name: str
    period_kind: str
    year: int
    number: int
    ends_on: date
    side: str
    regime: str
    klass: str
    unit: str
    title: str
    state: str
    level_self: str
    level: str
    score_self: Decimal | None
    score_unit: Decimal | None
    score: Decimal | None
    reasons: tuple[str, ...]
    exit_code: str
    decision: str
    replaced: int  # how many decisions a later one replaced
    petitions: tuple[PetitionSeen, ...] = ()


@dataclass(frozen=True)
class ChartPoint:
    """``rank`` 1 (KHT) to 4 (HTXS), 0 without a level; ``score`` of 100 where the regime has points."""

    label: str
    ends_on: date
    period_kind: str
    score: Decimal | None
    level: str
    rank: int


@dataclass(frozen=True)
class PersonHistory:
    """Every result of a person, newest period first."""

    person_id: int
    rows: tuple[HistoryRow, ...]

    def of(self, side: str = STATE, kinds: Iterable[str] = ("YEAR",)) -> list[HistoryRow]:
        wanted = set(kinds)
        return [row for row in self.rows if row.side == side and row.period_kind in wanted]

    def chart(self, side: str = STATE, kinds: Iterable[str] = ("QUARTER", "YEAR")) -> list[ChartPoint]:
        """The points of the chart, oldest first; periods without a result leave a gap, not a zero."""
        rows = [row for row in self.of(side, kinds) if row.level or row.score is not None]
        rows.sort(key=lambda row: (row.ends_on, row.period_kind == "YEAR"))
        return [
            ChartPoint(row.name, row.ends_on, row.period_kind, row.score, row.level, rank(row.level)) for row in rows
        ]


def of_person(person_id: int) -> PersonHistory:
    """All results of a person the actor may see: four statements, whatever the number of cycles.

    Raises :class:`NotFound` for a person of whom the actor may see nothing.
    """
    sheet, above = PersonEvaluation, _seen_from_above()
    query = (
        select(
            sheet.id, sheet.cycle_id, EvaluationCycle.name, EvaluationCycle.period_kind, EvaluationCycle.year,
            EvaluationCycle.number, EvaluationCycle.ends_on, EvaluationCycle.side, sheet.regime, sheet.klass,
            OrgUnit.name.label("unit"), sheet.title, sheet.state, sheet.level_self, sheet.level, sheet.score_self,
            sheet.score_unit, sheet.score, sheet.reasons, sheet.exit_code, sheet.replaced,
            EvaluationDecision.number.label("decision"), above.label("above"),
        )
        .join(EvaluationCycle, EvaluationCycle.id == sheet.cycle_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .outerjoin(EvaluationDecision, EvaluationDecision.id == sheet.decision_id)
        .where(sheet.person_id == person_id)
    )  # fmt: skip
    found = list(db.session.execute(access.restrict(query, PersonEvaluation)))
    brought = _brought_in(person_id)
    if not found and not brought and not _may_see(person_id):
        raise NotFound()
    petitions = _petitions(person_id)
    rows = [_row(line, petitions) for line in found] + brought
    rows.sort(key=lambda row: (row.ends_on, row.period_kind == "YEAR", row.side == STATE), reverse=True)
    return PersonHistory(person_id, tuple(rows))


def _seen_from_above() -> ColumnElement[bool]:
    units = access.units_for("evaluation", "read")
    return literal(True) if units is None else PersonEvaluation.unit_id.in_(units)


def _may_see(person_id: int) -> bool:
    return db.session.scalar(access.restrict(select(Person.id).where(Person.id == person_id), Person)) is not None


def _row(line: Any, petitions: Mapping[int, list[PetitionSeen]]) -> HistoryRow:
    told = bool(line.above) or line.state in TOLD
    return HistoryRow(
        evaluation_id=line.id, cycle_id=line.cycle_id, name=line.name, period_kind=line.period_kind, year=line.year,
        number=line.number, ends_on=line.ends_on, side=line.side, regime=line.regime, klass=line.klass,
        unit=line.unit, title=line.title, state=line.state, level_self=line.level_self,
        level=line.level if told else "", score_self=line.score_self, score_unit=line.score_unit if told else None,
        score=line.score if told else None, reasons=tuple(line.reasons or ()) if told else (),
        exit_code=line.exit_code, decision=(line.decision or "") if told else "",
        replaced=len(line.replaced or ()), petitions=tuple(petitions.get(line.id, ())),
    )  # fmt: skip


def _petitions(person_id: int) -> dict[int, list[PetitionSeen]]:
    query = select(EvaluationPetition).where(EvaluationPetition.person_id == person_id)
    found: dict[int, list[PetitionSeen]] = {}
    for row in db.session.scalars(access.restrict(query, EvaluationPetition).order_by(EvaluationPetition.id)):
        found.setdefault(row.evaluation_id, []).append(
            PetitionSeen(row.id, row.state, row.filed_on, row.late, row.answered_on, row.new_level)
        )
    return found


def _brought_in(person_id: int) -> list[HistoryRow]:
    """Yearly ratings that were not decided here: they came with the staff records."""
    query = select(YearRating).where(YearRating.person_id == person_id, YearRating.evaluation_id.is_(None))
    return [
        HistoryRow(
            evaluation_id=None, cycle_id=None, name=str(row.year), period_kind="YEAR", year=row.year, number=0,
            ends_on=date(row.year, 12, 31), side=row.side, regime=row.regime, klass="", unit="", title="", state="",
            level_self="", level=row.level, score_self=None, score_unit=None, score=None, reasons=(), exit_code="",
            decision=row.decision_number, replaced=0,
        )
        for row in db.session.scalars(access.restrict(query, YearRating))
    ]  # fmt: skip


def year_levels(person_ids: Iterable[int], side: str = STATE) -> dict[int, dict[int, str]]:
    """Person → year → level of the yearly ratings in force, without scope: for commands that have checked it."""
    ids = list(person_ids)
    found: dict[int, dict[int, str]] = {}
    for start in range(0, len(ids), 5000):
        query = select(YearRating.person_id, YearRating.year, YearRating.level).where(
            YearRating.person_id.in_(ids[start : start + 5000]), YearRating.side == side
        )
        for person_id, year, level in db.session.execute(query.order_by(YearRating.id)):
            found.setdefault(person_id, {})[year] = level
    return found


@dataclass
class Counts:
    """One line of a distribution. ``total`` = rated + not rated + waiting, always."""

    levels: Counter[str] = field(default_factory=Counter)
    not_rated: Counter[str] = field(default_factory=Counter)  # by reason code; "" without one
    waiting: int = 0

    @property
    def rated(self) -> int:
        return sum(self.levels.values())

    @property
    def total(self) -> int:
        return self.rated + sum(self.not_rated.values()) + self.waiting

    def add(self, other: Counts) -> None:
        self.levels += other.levels
        self.not_rated += other.not_rated
        self.waiting += other.waiting

    def plain(self) -> dict[str, Any]:
        """As kept in a calibration session and in a decision."""
        return {
            "levels": {level: self.levels[level] for level in LEVELS},
            "not_rated": dict(sorted(self.not_rated.items())),
            "waiting": self.waiting,
            "rated": self.rated,
            "total": self.total,
        }


@dataclass(frozen=True)
class Distribution:
    """Counts of a cycle by (unit, class), with their sums. ``people`` is counted apart from the lines: a check sum."""

    cycle_id: int
    lines: Mapping[tuple[int, str], Counts]  # (unit id, class)
    people: int

    def by_unit(self) -> dict[int, Counts]:
        return self._summed(0)

    def by_class(self) -> dict[str, Counts]:
        return self._summed(1)

    def whole(self) -> Counts:
        whole = Counts()
        for line in self.lines.values():
            whole.add(line)
        return whole

    @property
    def balanced(self) -> bool:
        """The parts add up to the people of the cycle; a report that does not balance is not signed."""
        return self.whole().total == self.people

    def _summed(self, index: int) -> dict[Any, Counts]:
        found: dict[Any, Counts] = {}
        for key, line in self.lines.items():
            found.setdefault(key[index], Counts()).add(line)
        return found


def distribution(
    cycle_id: int,
    unit_id: int | None = None,
    *,
    decided_only: bool = False,
    by_agency: bool = False,
    inside: ColumnElement[bool] | None = None,
) -> Distribution:
    """Counts of a cycle in the actor's scope, of ``unit_id`` with everything below it: two statements.

    ``decided_only``: only decided levels count, everybody else waits (reports); otherwise the standing levels.
    ``by_agency``: lines by agency instead of by unit. ``inside``: sheets chosen otherwise than by their unit today.
    """
    sheet = PersonEvaluation
    level = sheet.level if decided_only else level_column()
    place = sheet.agency_id if by_agency else sheet.unit_id
    grouped = [place, sheet.klass, level, sheet.state.in_(UNCOUNTED), sheet.exit_code]
    chosen = [sheet.cycle_id == cycle_id, sheet.state != REMOVED]
    if inside is not None:
        chosen.append(inside)
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        chosen.append(sheet.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path.concat("%")))))
    labels = [column.label(f"c{number}") for number, column in enumerate(grouped)]
    # Grouped over a sub-select: the CASE carries bound values, which two databases would not see as one expression.
    rows = access.restrict(select(*labels).where(*chosen), sheet).subquery()
    counted = select(*rows.c, func.count()).group_by(*rows.c)
    lines: dict[tuple[int, str], Counts] = {}
    for unit, klass, found, is_out, exit_code, number in db.session.execute(counted):
        line = lines.setdefault((unit, klass), Counts())
        if is_out:
            line.not_rated[exit_code] += number
        elif found:
            line.levels[found] += number
        else:
            line.waiting += number
    people = access.restrict(select(func.count(sheet.id)).where(*chosen), sheet)
    return Distribution(cycle_id, lines, int(db.session.scalar(people) or 0))
