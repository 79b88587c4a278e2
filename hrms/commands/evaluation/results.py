"""What results feed: lists of good results, the three-year summary for restructuring, exports for emulation and Party.

The summary is an input of the assessment under Điều 6 NĐ 178/2024/NĐ-CP, never the assessment itself: it proposes the
yearly level and says what it rests on; points and remarks of the case are the assessors' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.evaluation.consequence_finding import PUBLIC
from hrms.commands.evaluation.history import STATE, year_levels
from hrms.commands.evaluation.standing import HTXS, SETTLED
from hrms.commands.evaluation.words import NOT_RATED
from hrms.commands.restructuring.cases import assessed_years
from hrms.commands.restructuring.review import YearAssessment
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import format_decimal
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person
from models.vocabulary import RATINGS
from policies.evaluation.consequences import Consequence, consequences


@dataclass(frozen=True)
class Excellent:
    """One person at HTXS in the year: years of HTXS in a row up to it, and what may be considered, with the article."""

    evaluation_id: int
    person_id: int
    code: str
    name: str
    title: str
    unit: str
    klass: str
    years_in_a_row: int
    follow_ups: tuple[Consequence, ...]


def excellent(year: int, unit_id: int | None = None, follow_up: str = "") -> list[Excellent]:
    """Who may be considered for talent (NĐ 179), an early raise, planning: a list to decide from, in scope."""
    query = (
        select(PersonEvaluation, Person, OrgUnit.name, EvaluationDecision.signed_on, EvaluationCycle.ends_on)
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .join(Person, Person.id == PersonEvaluation.person_id)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .outerjoin(EvaluationDecision, EvaluationDecision.id == PersonEvaluation.decision_id)
        .where(
            EvaluationCycle.year == year,
            EvaluationCycle.period_kind == "YEAR",
            EvaluationCycle.side == STATE,
            PersonEvaluation.level == HTXS,
            PersonEvaluation.state.in_(PUBLIC),
        )
    )
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(OrgUnit.path.like(path.concat("%")))
    found = list(db.session.execute(access.restrict(query, PersonEvaluation).order_by(OrgUnit.path, Person.sort_key)))
    levels = year_levels([person.id for _sheet, person, *_rest in found])
    lines = []
    for sheet, person, unit, signed_on, ends_on in found:
        past = {y: level for y, level in levels.get(person.id, {}).items() if y <= year} | {year: HTXS}
        follow_ups = tuple(consequences(sheet.klass, past, signed_on or ends_on).follow_ups)
        if follow_up and all(one.code != follow_up for one in follow_ups):
            continue
        row = 0
        while past.get(year - row) == HTXS:
            row += 1
        lines.append(
            Excellent(
                sheet.id, person.id, person.code, person.full_name, sheet.title, unit, sheet.klass, row, follow_ups
            )
        )
    return lines


@dataclass(frozen=True)
class YearSummary:
    """One year of a person: level, points, quarters; ``why`` when the year was not rated."""

    year: int
    level: str
    score: Decimal | None
    quarters: Mapping[int, str]  # quarter → level
    why: str
    regime: str

    def remark(self) -> str:
        """What the level rests on, in words, for the remark of an assessment."""
        parts = []
        if self.score is not None:
            parts.append(_("Điểm năm: %(score)s", score=format_decimal(self.score)))
        if self.quarters:
            shown = ", ".join(
                _("quý %(number)s %(level)s", number=number, level=level)
                for number, level in sorted(self.quarters.items())
            )
            parts.append(_("Kết quả quý: %(shown)s", shown=shown))
        if self.why:
            parts.append(_("Không xếp loại: %(why)s", why=self.why))
        return "; ".join(parts)


def summaries(person_ids: Iterable[int], years: Iterable[int]) -> dict[int, list[YearSummary]]:
    """Person → one summary for each of ``years``, in their order, of the State side: two statements, no scope.

    For commands and pages that have checked the scope of the people.
    """
    people, wanted = list(dict.fromkeys(person_ids)), list(years)
    levels = year_levels(people)
    sheet = PersonEvaluation
    query = (
        select(
            sheet.person_id, EvaluationCycle.year, EvaluationCycle.period_kind, EvaluationCycle.number, sheet.state,
            sheet.level, sheet.score, sheet.exit_code, sheet.regime,
        )
        .join(EvaluationCycle, EvaluationCycle.id == sheet.cycle_id)
        .where(
            sheet.person_id.in_(people), EvaluationCycle.side == STATE, EvaluationCycle.year.in_(wanted),
            EvaluationCycle.period_kind.in_(("YEAR", "QUARTER")), sheet.state.in_((*SETTLED, NOT_RATED)),
        )
    )  # fmt: skip
    quarters: dict[tuple[int, int], dict[int, str]] = {}
    of_year: dict[tuple[int, int], tuple[Decimal | None, str, str]] = {}
    for person, year, kind, number, state, level, score, exit_code, regime in db.session.execute(query):
        if kind == "QUARTER" and level:
            quarters.setdefault((person, year), {})[number] = level
        elif kind == "YEAR":
            of_year[person, year] = (score, exit_code if state == NOT_RATED else "", regime)
    nothing = (None, "", "")
    return {
        person: [
            YearSummary(
                year, levels.get(person, {}).get(year, ""), of_year.get((person, year), nothing)[0],
                quarters.get((person, year), {}), *of_year.get((person, year), nothing)[1:],
            )
            for year in wanted
        ]
        for person in people
    }  # fmt: skip


def suggested_assessments(case_id: int) -> list[YearAssessment]:
    """What the annual ratings suggest for the three-year assessment of a downsizing case: level and remark, no points.

    A prefill for the form of ``restructuring.review.SetAssessment``; saving it is the assessors' act.
    """
    case = access.get(DownsizingCase, case_id)
    found = summaries([case.person_id], assessed_years(case.leave_date))[case.person_id]
    return [YearAssessment(one.year, one.level if one.level in RATINGS else "", remark=one.remark()) for one in found]


@dataclass(frozen=True)
class ExportLine:
    """One decided result, as emulation and the Party side take it over."""

    code: str
    name: str
    birth_date: date
    unit: str
    title: str
    klass: str
    is_party_member: bool
    level: str
    score: Decimal | None
    decision: str
    signed_on: date | None
    regime: str


def export_lines(cycle_id: int, unit_id: int | None = None, *, party_only: bool = False) -> list[ExportLine]:
    """Published results of a cycle for emulation, or of Party members for the Party's rating (NĐ 90 Điều 2.4).

    Needs ``evaluation:export`` on every row; one statement.
    """
    sheet = PersonEvaluation
    query = (
        select(
            Person.code, Person.full_name, Person.birth_date, OrgUnit.name, sheet.title, sheet.klass,
            Person.is_party_member, sheet.level, sheet.score, func.coalesce(EvaluationDecision.number, ""),
            EvaluationDecision.signed_on, sheet.regime,
        )
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .outerjoin(EvaluationDecision, EvaluationDecision.id == sheet.decision_id)
        .where(sheet.cycle_id == cycle_id, sheet.state.in_(PUBLIC), sheet.published_at.is_not(None))
    )  # fmt: skip
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(OrgUnit.path.like(path.concat("%")))
    if party_only:
        query = query.where(Person.is_party_member.is_(True))
    rows = db.session.execute(access.restrict(query, sheet, "export").order_by(OrgUnit.path, sheet.sort_key))
    return [ExportLine(*row) for row in rows]
