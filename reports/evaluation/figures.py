"""Numbers of the consolidated papers: by unit, class and level; the ceiling by group; the index of reform of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hrms.kernel import access
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation, QuotaGroup, ReformIndexResult, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person
from policies.evaluation.configuration import Configuration
from policies.evaluation.quota import QuotaRule, quota_limit, quota_rule
from reports.evaluation.files import LEVELS, OUT, SETTLED

CLASS_ROWS = {
    "leaders": ("Cán bộ; công chức, viên chức lãnh đạo, quản lý", ("CB", "CC1", "VC1")),
    "officials": ("Công chức không giữ chức vụ lãnh đạo, quản lý", ("CC0",)),
    "employees": ("Viên chức không giữ chức vụ quản lý", ("VC0",)),
    "contract": ("Người lao động hợp đồng", ("HD",)),
}
CLASS_OF = {code: key for key, (_label, codes) in CLASS_ROWS.items() for code in codes}


@dataclass
class Line:
    """Counts of one agency and one class of people. ``rated`` is the sum of the levels."""

    agency: str
    label: str
    total: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    not_rated: int = 0
    waiting: int = 0

    @property
    def rated(self) -> int:
        return sum(self.levels.values())

    def count(self, level: str) -> int:
        return self.levels.get(level, 0)

    def share(self, level: str) -> Decimal | None:
        """Percent of the rated, one decimal, half up."""
        return share_of(self.count(level), self.rated)


def share_of(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent with one decimal, exact half up; nothing of nothing."""
    if not whole:
        return None
    return Decimal((part * 2000 + whole) // (2 * whole)) / 10


def _inside(cycle_id: int, unit: OrgUnit) -> Any:
    """Sheets of the cycle in a unit and below it, as units stand today, in the actor's scope."""
    query = (
        select(PersonEvaluation)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .where(
            PersonEvaluation.cycle_id == cycle_id,
            PersonEvaluation.state != "removed",
            OrgUnit.path.startswith(unit.path, autoescape=True),
        )
    )
    return access.restrict(query, PersonEvaluation, "print")


def lines_of(cycle: EvaluationCycle, unit: OrgUnit) -> list[Line]:
    """Agency by class; agencies in the order of the tree. Levels are those decided."""
    inner = _inside(cycle.id, unit).subquery()
    agency = OrgUnit.__table__.alias("agency")
    query = (
        select(agency.c.path, agency.c.name, inner.c.klass, inner.c.state, inner.c.level, func.count())
        .select_from(inner)
        .join(agency, agency.c.id == inner.c.agency_id)
        .group_by(agency.c.path, agency.c.name, inner.c.klass, inner.c.state, inner.c.level)
        .order_by(agency.c.path)
    )
    found: dict[tuple[str, str], Line] = {}
    names: dict[str, str] = {}
    for path, name, klass, state, level, count in db.session.execute(query):
        names[path] = name
        key = (path, CLASS_OF.get(klass, "officials"))
        line = found.setdefault(key, Line(name, CLASS_ROWS[key[1]][0]))
        line.total += count
        if state in OUT:
            line.not_rated += count
        elif state in SETTLED and level in LEVELS:
            line.levels[level] = line.levels.get(level, 0) + count
        else:
            line.waiting += count
    order = list(CLASS_ROWS)
    return [found[key] for key in sorted(found, key=lambda one: (one[0], order.index(one[1])))]


@dataclass(frozen=True)
class Ceiling:
    """A group of similar tasks (or the whole agency) under the ceiling of HTXS."""

    agency: str
    name: str
    people: int
    candidates: int
    htt_other: int
    below: int
    base: int
    limit: int
    recognised: int
    demoted: int
    percent: str

    @property
    def over(self) -> int:
        """How many recognised above the ceiling; never negative."""
        return max(0, self.recognised - self.limit)


@dataclass
class _Counted:
    people: int = 0
    candidates: int = 0
    htt_other: int = 0
    below: int = 0
    recognised: int = 0
    demoted: int = 0

    def add(self, level: str, outcome: str, decided: bool, count: int) -> None:
        self.people += count
        fell = outcome == "demoted" and level == "HTT"
        if level == "HTXS" or fell:
            self.candidates += count
            self.demoted += count if fell else 0
            self.recognised += count if decided and not fell else 0
        elif level == "HTT":
            self.htt_other += count
        elif level:
            self.below += count


def ceilings(cycle: EvaluationCycle, unit: OrgUnit, configuration: Configuration | None) -> list[Ceiling]:
    """The test of the ceiling for every agency with people in ``unit``: its groups, then the agency as a whole.

    Levels are the latest word on every sheet; who fell by the ceiling is a candidate again. The agency is counted
    whole, whatever part of it the unit is.
    """
    if configuration is None:
        return []
    inner = _inside(cycle.id, unit).subquery()
    agencies = set(db.session.scalars(select(inner.c.agency_id).distinct()))
    sheet, agency = PersonEvaluation, OrgUnit.__table__.alias("agency")
    query = (
        select(agency.c.path, agency.c.id, agency.c.name, QuotaGroup.code, QuotaGroup.name, sheet.regime, sheet.state,
               sheet.level, sheet.level_proposed, sheet.level_unit, sheet.quota_outcome, func.count())
        .join(agency, agency.c.id == sheet.agency_id)
        .outerjoin(QuotaGroup, QuotaGroup.id == sheet.quota_group_id)
        .where(sheet.cycle_id == cycle.id, sheet.state.not_in(OUT))
        .group_by(agency.c.path, agency.c.id, agency.c.name, QuotaGroup.code, QuotaGroup.name, sheet.regime,
                  sheet.state, sheet.level, sheet.level_proposed, sheet.level_unit, sheet.quota_outcome)
        .order_by(agency.c.path, QuotaGroup.code)
    )  # fmt: skip
    if len(agencies) < 400:  # of a whole province every agency is wanted
        query = query.where(sheet.agency_id.in_(agencies))
    groups: dict[tuple[int, str], _Counted] = {}
    whole: dict[int, _Counted] = {}
    regimes: dict[int, dict[str, int]] = {}
    names: dict[int, str] = {}
    for _path, key, name, _code, group, regime, state, level, proposed, of_unit, outcome, count in db.session.execute(
        query
    ):
        if key not in agencies:
            continue
        stands = next((one for one in (level, proposed, of_unit) if one in LEVELS), "")
        names[key] = name
        for counted in (groups.setdefault((key, group or "Chưa phân nhóm"), _Counted()),
                        whole.setdefault(key, _Counted())):  # fmt: skip
            counted.add(stands, outcome, state in SETTLED, count)
        regimes.setdefault(key, {})[regime] = regimes.setdefault(key, {}).get(regime, 0) + count
    high = _high(cycle.id, agencies)
    found: list[Ceiling] = []
    for key, name in names.items():
        regime = max(regimes[key], key=lambda one: regimes[key][one])
        rule = quota_rule(configuration, regime, high=key in high)
        found += [_ceiling(name, group, one, rule) for (at, group), one in groups.items() if at == key]
        found.append(_ceiling(name, "Toàn cơ quan, đơn vị", whole[key], rule))
    return found


def _ceiling(agency: str, name: str, one: _Counted, rule: QuotaRule) -> Ceiling:
    limit = quota_limit(one.candidates, one.htt_other, one.below, rule)
    kept = min(limit, one.candidates)
    base = {"RATED_HTT": one.htt_other + one.candidates - kept, "RATED_HTT_OR_ABOVE": one.htt_other + one.candidates}
    percent = rule.share * 100
    shown = str(percent.numerator) if percent.denominator == 1 else f"{float(percent):.1f}".replace(".", ",")
    return Ceiling(agency, name, one.people, one.candidates, one.htt_other, one.below,
                   base.get(rule.base, one.htt_other + one.candidates + one.below), limit, one.recognised,
                   one.demoted, f"{shown}%")  # fmt: skip


def _high(cycle_id: int, agencies: set[int]) -> set[int]:
    """Agencies that use the higher percentage by a recognising document."""
    query = select(UnitEvaluation.unit_id).where(
        UnitEvaluation.cycle_id == cycle_id, UnitEvaluation.outstanding_document != ""
    )
    return set(db.session.scalars(query)) & agencies


@dataclass(frozen=True)
class Reform:
    """The index of administrative reform of a unit: the latest measured year not after the one asked."""

    year: int | None
    rows: Sequence[Mapping[str, Any]]
    percent: Decimal | None


def reform_rows(unit_id: int, year: int) -> Reform:
    """Lines with weakness, who is responsible and the remedy."""
    latest = select(func.max(ReformIndexResult.year)).where(
        ReformIndexResult.unit_id == unit_id, ReformIndexResult.year <= year
    )
    query = (
        select(ReformIndexResult, Person.full_name)
        .outerjoin(Person, Person.id == ReformIndexResult.responsible_person_id)
        .where(ReformIndexResult.unit_id == unit_id, ReformIndexResult.year == latest.scalar_subquery())
        .order_by(ReformIndexResult.id)
    )
    rows, score, most = [], Decimal(0), Decimal(0)
    for row, who in db.session.execute(access.restrict(query, ReformIndexResult)):
        if row.score is not None and row.maximum:
            score, most = score + row.score, most + row.maximum
        rows.append(
            {"indicator": row.indicator, "score": row.score, "maximum": row.maximum, "weakness": row.weakness,
             "who": who, "remedy": row.remedy, "remedy_by": row.remedy_by, "remedied_on": row.remedied_on,
             "year": row.year}
        )  # fmt: skip
    percent = (score * 100 / most).quantize(Decimal("0.01")) if most else None
    return Reform(rows[0]["year"] if rows else None, rows, percent)
