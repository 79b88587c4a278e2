"""From rows to ``policies.evaluation.quota`` and back: groups of sheets in, limits, ties, outcomes by sheet id out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, select

from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.standing import HTXS, OUT
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation
from policies.engine.parameters import weakest
from policies.evaluation import quota as rules
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import reasons
from policies.evaluation.explain import show
from policies.evaluation.quota import base_count

UNGROUPED = "-"
OVERLAID = ("HY1071", "ND90_48")  # regimes whose quota the province's layer sets
NEEDS_UNIT_LEVEL = (
    "ND233",
)  # Điều 12 khoản 6 điểm b: the unit itself recognised HTXS; elsewhere recognised outstanding


@dataclass(frozen=True)
class Candidate:
    """A sheet at HTXS before the quota. Without points it ranks by the number of HTXS quarters alone."""

    id: int
    score: Decimal | None
    htxs_quarters: int


@dataclass
class Group:
    """A group of similar tasks in numbers."""

    candidates: list[Candidate] = field(default_factory=list)
    htt_other: int = 0
    below: int = 0


@dataclass(frozen=True)
class Limited:
    """The ceiling of a group, or of small groups counted together; ``keys`` are their ids."""

    keys: tuple[int | None, ...]
    limit: int
    base_count: int


@dataclass(frozen=True)
class Allocated:
    """The distribution by sheet id. ``error``: the higher percentage was asked for and may not be used."""

    groups: tuple[Limited, ...]
    agency_limit: int
    agency_base: int
    candidates: tuple[int, ...]
    kept: tuple[int, ...]
    ties: tuple[tuple[int, tuple[int, ...]], ...]
    base: str
    percent: str
    rounding: str
    small_group: str
    article: str
    mark: str
    error: str = ""


def allocate(
    cycle: EvaluationCycle,
    agency_id: int,
    groups: Mapping[int | None, Group],
    *,
    regime: str,
    unit_level: str,
    high: bool,
) -> Allocated:
    """Distribute the places of one agency. ``high``: a document recognises the unit as outstanding."""
    configuration = frozen_configuration(cycle)
    share = _party_share(cycle, agency_id, configuration, regime)
    given = [
        rules.QuotaGroup(
            _name(key),
            tuple(
                rules.Candidate(str(one.id), (one.score or Decimal(0), Decimal(one.htxs_quarters)))
                for one in group.candidates
            ),
            group.htt_other,
            group.below,
        )
        for key, group in groups.items()
    ]
    recognised = high and (regime not in NEEDS_UNIT_LEVEL or unit_level == HTXS)
    rule = rules.quota_rule(configuration, regime, high=high, party_share=share)
    found = rules.allocate_quota(given, rule, regime=regime, unit_recognised=recognised, configuration=configuration)
    error = found.error or ""
    if error:
        rule = rules.quota_rule(configuration, regime, party_share=share)
        found = rules.allocate_quota(given, rule, regime=regime, configuration=configuration)
    article, mark = _source(configuration, regime, high=high and not error)
    return Allocated(
        groups=_limited(groups, found, rule),
        agency_limit=found.agency_limit,
        agency_base=_base(list(groups.values()), found.agency_limit, rule),
        candidates=tuple(one.id for group in groups.values() for one in group.candidates),
        kept=tuple(int(key) for key in found.kept),
        ties=tuple((choice.places, tuple(int(key) for key in choice.among)) for choice in found.choices),
        base=rule.base, percent=str(show(rule.share * 100)), rounding=rule.rounding, small_group=rule.small_group,
        article=article, mark=mark, error=error,
    )  # fmt: skip


def _name(key: int | None) -> str:
    return UNGROUPED if key is None else str(key)


def _limited(groups: Mapping[int | None, Group], found: rules.Allocation, rule: rules.QuotaRule) -> tuple[Limited, ...]:
    merged = tuple(key for key in groups if _name(key) in found.merged)
    sets: list[tuple[int | None, ...]] = [(key,) for key in groups if key not in merged]
    if merged:
        sets.append(merged)
    return tuple(
        Limited(keys, limit, _base([groups[key] for key in keys], limit, rule))
        for keys in sets
        for limit in (found.group_limit[_name(keys[0])],)
    )


def _base(groups: list[Group], limit: int, rule: rules.QuotaRule) -> int:
    candidates = sum(len(group.candidates) for group in groups)
    kept = min(limit, candidates)
    htt_other, below = sum(group.htt_other for group in groups), sum(group.below for group in groups)
    return base_count(rule.base, candidates, htt_other, below, kept)


def _source(configuration: Configuration, regime: str, *, high: bool) -> tuple[str, str]:
    """The article of the ceiling, and how well the four values behind it are known."""
    prefix = "hy1071.quota." if regime in OVERLAID else "evaluation.quota."
    names = ("base", "rounding", "small_group", "percent_high" if high else "percent")
    versions = [configuration.version(prefix + name) for name in names]
    reason = reasons()["QUOTA_DEMOTED"]
    return reason.article_of(regime), weakest(version.mark for version in versions)


def _party_share(cycle: EvaluationCycle, agency_id: int, configuration: Configuration, regime: str) -> Fraction | None:
    """NĐ 90 Điều 2.6, reading b: the share of HTXS the Party side really reached in the agency that year."""
    prefix = "hy1071.quota." if regime in OVERLAID else "evaluation.quota."
    if configuration.value(prefix + "base") != "PARTY_SHARE":
        return None
    counts: Any = (
        select(func.count(), func.sum(case((PersonEvaluation.level == HTXS, 1), else_=0)))
        .select_from(PersonEvaluation)
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .where(
            EvaluationCycle.side == "PARTY",
            EvaluationCycle.year == cycle.year,
            EvaluationCycle.period_kind == cycle.period_kind,
            EvaluationCycle.number == cycle.number,
            PersonEvaluation.agency_id == agency_id,
            PersonEvaluation.level != "",
            PersonEvaluation.state.not_in(OUT),
        )
    )
    rated, best = db.session.execute(counts).one()
    return Fraction(int(best), int(rated)) if rated else Fraction(0)
