"""Outliers of a calibration session. No text regulates them: they only say where to look.

A group (the people one head rates) is compared with all other groups of the sitting together, so that a single
generous head does not hide in the mean it lifts:

* share of HTXS: at least ``share_gap`` percentage points above or below that of the others;
* mean score: at least ``score_gap`` points above or below that of the others.

Only groups with ``least_people`` rated people are judged, and only against at least as many others. One person's score
misfits when the band of points it lies in is not the level given, and no reason on the sheet explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policies.engine.parameters import ParameterStore, weakest
from policies.store import default_store

ORDER = ("KHT", "HT", "HTT", "HTXS")  # lowest first
FINDINGS: Mapping[str, str] = {
    "SHARE_ABOVE_PEERS": "Tỷ lệ Hoàn thành xuất sắc cao hơn hẳn các nơi khác",
    "SHARE_BELOW_PEERS": "Tỷ lệ Hoàn thành xuất sắc thấp hơn hẳn các nơi khác",
    "SCORE_ABOVE_PEERS": "Điểm trung bình cao hơn hẳn các nơi khác",
    "SCORE_BELOW_PEERS": "Điểm trung bình thấp hơn hẳn các nơi khác",
    "LEVEL_ABOVE_SCORE": "Mức xếp loại cao hơn mức theo điểm",
    "LEVEL_BELOW_SCORE": "Mức xếp loại thấp hơn mức theo điểm mà không nêu lý do",
}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is still ordinary: percentage points, points, people. ``mark`` is the weakest evidence of the three."""

    share_gap: Fraction
    score_gap: Fraction
    least_people: int
    mark: str


@dataclass(frozen=True, slots=True)
class Rated:
    """One rated person: the group (head or unit) and the level; ``score`` of 100 where the regime has points."""

    group: int
    level: str
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """``own`` is the group's figure, ``peers`` that of all others together (per cent, or points)."""

    code: str
    group: int
    own: Fraction
    peers: Fraction


def tolerance(day: date, store: ParameterStore | None = None) -> Tolerance:
    """The thresholds valid on ``day``."""
    law = store or default_store()
    share, score, least = (law.at(f"calibration.{name}", day) for name in ("share_gap", "score_gap", "least_people"))
    return Tolerance(
        Fraction(share.value),
        Fraction(score.value),
        int(least.value),
        weakest((share.mark, score.mark, least.mark)),
    )


def conspicuous_groups(people: Iterable[Rated], allowed: Tolerance) -> list[Finding]:
    """The groups that stand out, by group; a group may stand out twice (by share and by points)."""
    rated: dict[int, list[Rated]] = {}
    for person in people:
        rated.setdefault(person.group, []).append(person)
    everybody = [person for group in rated.values() for person in group]
    found: list[Finding] = []
    for group in sorted(rated):
        own = rated[group]
        others = [person for person in everybody if person.group != group]
        if min(len(own), len(others)) < allowed.least_people:
            continue
        found.extend(_compare(group, "SHARE", _share(own), _share(others), allowed.share_gap))
        own_scores = [person.score for person in own if person.score is not None]
        other_scores = [person.score for person in others if person.score is not None]
        if min(len(own_scores), len(other_scores)) >= allowed.least_people:
            found.extend(_compare(group, "SCORE", _mean(own_scores), _mean(other_scores), allowed.score_gap))
    return found


def misfit(score: Decimal | None, level: str, thresholds: Mapping[str, Decimal | int], explained: bool) -> str:
    """The code of a score that fits no level given to it, or ``""``.

    ``thresholds``: level → least points (HTXS, HTT, HT; below the last: KHT). ``explained``: the sheet carries a
    reason code or a written reason for a level below its points. A level above its points is always a finding.
    """
    if score is None or level not in ORDER:
        return ""
    by_score = next((code for code in reversed(ORDER) if code in thresholds and score >= thresholds[code]), ORDER[0])
    if ORDER.index(level) > ORDER.index(by_score):
        return "LEVEL_ABOVE_SCORE"
    if ORDER.index(level) < ORDER.index(by_score) and not explained:
        return "LEVEL_BELOW_SCORE"
    return ""


def _share(people: list[Rated]) -> Fraction:
    return Fraction(100 * sum(1 for person in people if person.level == ORDER[-1]), len(people))


def _mean(scores: list[Decimal]) -> Fraction:
    return sum((Fraction(score) for score in scores), Fraction(0)) / len(scores)


def _compare(group: int, what: str, own: Fraction, peers: Fraction, gap: Fraction) -> Iterable[Finding]:
    if own - peers >= gap:
        yield Finding(f"{what}_ABOVE_PEERS", group, own, peers)
    elif peers - own >= gap:
        yield Finding(f"{what}_BELOW_PEERS", group, own, peers)
