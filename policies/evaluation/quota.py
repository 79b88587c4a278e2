"""The ceiling of HTXS and who fits under it: four bases, three roundings, per similar group and per agency.

Integers only: a change of one rating recomputes an agency of thousands in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policies.engine.money import HUNDRED
from policies.engine.trace import Node, parameter_node, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.explain import reason_node, show

BASES = ("RATED_HTT", "RATED_HTT_OR_ABOVE", "ALL_RATED", "PARTY_SHARE")
ROUNDINGS = ("FLOOR", "ROUND_HALF_UP", "CEIL")
SMALL_GROUPS = ("STRICT", "AT_LEAST_ONE", "MERGE_SMALL")
PERSONS, UNITS = "PERSONS", "UNITS"
MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """The numbers of a quota. ``share``: percent as a fraction of one (of PARTY_SHARE the share really reached).

    ``few_units_below``/``few_units_max``: an authority with fewer units may recognise at most so many (NĐ 233 Đ7.7c).
    ``tie_break``: keys of a candidate, highest first, after which a person decides.
    """

    base: str
    share: Fraction
    rounding: str
    small_group: str = "STRICT"
    merge_below: int = 0
    few_units_below: int = 0
    few_units_max: int = 0
    tie_break: tuple[str, ...] = ("score", "htxs_quarters")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person (or unit) whose level before the quota is HTXS. ``keys``: values of the tie break, in its order."""

    id: str
    keys: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class QuotaGroup:
    """A group with similar tasks: its candidates, how many others are at HTT, how many below."""

    name: str
    candidates: tuple[Candidate, ...]
    htt_other: int = 0
    below: int = 0

    @property
    def size(self) -> int:
        """Everybody rated."""
        return len(self.candidates) + self.htt_other + self.below


def quota_rule(
    configuration: Configuration, regime: str, *, high: bool = False, party_share: Fraction | None = None
) -> QuotaRule:
    """The rule of a regime: HY1071 and what it overlays (NĐ 90 with NĐ 48) by the layer, the others by national law."""
    prefix = "hy1071.quota." if regime in ("HY1071", "ND90_48") else "evaluation.quota."
    base = configuration.value(prefix + "base")
    percent = configuration.fraction(prefix + ("percent_high" if high else "percent")) / 100
    return QuotaRule(
        base,
        party_share if base == "PARTY_SHARE" and party_share is not None else percent,
        configuration.value(prefix + "rounding"),
        configuration.value(prefix + "small_group"),
        int(configuration.number("evaluation.quota.merge_below")),
        int(configuration.number("evaluation.quota.few_units_below")) if regime == "ND233" else 0,
        int(configuration.number("evaluation.quota.few_units_max")),
    )


def _ceiling(rule: QuotaRule, count: int) -> int:
    """``count`` times the share, rounded as the rule says, exactly."""
    top, bottom = rule.share.numerator * count, rule.share.denominator
    if rule.rounding == "FLOOR":
        return top // bottom
    if rule.rounding == "CEIL":
        return -(-top // bottom)
    return (2 * top + bottom) // (2 * bottom)


def quota_limit(candidates: int, htt_other: int, below: int, rule: QuotaRule) -> int:
    """Most HTXS among ``candidates``, whoever is not kept falls to HTT (and so enlarges the base RATED_HTT).

    What is allowed shrinks as more are kept, so the border is found by halving.
    """
    low, high = 0, candidates
    while low < high:
        kept = (low + high + 1) // 2
        if kept <= _ceiling(rule, base_count(rule.base, candidates, htt_other, below, kept)):
            low = kept
        else:
            high = kept - 1
    return low


def base_count(base: str, candidates: int, htt_other: int, below: int, kept: int) -> int:
    """The people a percentage is taken of when ``kept`` stay at HTXS; ``base`` as the parameter names it."""
    if base == "RATED_HTT":
        return htt_other + candidates - kept
    if base == "RATED_HTT_OR_ABOVE":
        return htt_other + candidates
    return htt_other + candidates + below


@dataclass(frozen=True, slots=True)
class ManualChoice:
    """A tie that no rule breaks: ``places`` of ``among`` may be kept; a person decides."""

    places: int
    among: tuple[str, ...]


@dataclass(slots=True)
class Allocation:
    """Who keeps HTXS (``kept``, best first), who falls to HTT (``demoted``), what a person chooses (``choices``)."""

    group_limit: dict[str, int]
    agency_limit: int
    kept: list[str]
    demoted: list[str]
    choices: list[ManualChoice]
    error: str | None = None
    merged: tuple[str, ...] = ()
    trace: Node = field(default_factory=lambda: Node("Tỷ lệ Hoàn thành xuất sắc nhiệm vụ"))

    @property
    def used(self) -> int:
        """Places taken, those of open ties included."""
        return len(self.kept) + sum(c.places for c in self.choices)

    def to_dict(self) -> dict[str, Any]:
        """The output of the case files."""
        if self.error:
            return {"error": self.error}
        found: dict[str, Any] = {
            "group_limit": dict(self.group_limit),
            "agency_limit": self.agency_limit,
            "htxs": list(self.kept),
            "demoted": list(self.demoted),
        }
        if self.merged:
            found["merged"] = list(self.merged)
        shown = [{"places": c.places, "among": list(c.among)} for c in self.choices]
        if shown:
            found["manual_choice"] = shown[0]
            if len(shown) > 1:
                found["manual_choices"] = shown
        return found


def group_limits(groups: Sequence[QuotaGroup], rule: QuotaRule) -> tuple[dict[str, int], int, dict[str, str]]:
    """Limits per group and of the agency, and under which name each group counts (small groups may be merged)."""
    place = {g.name: g.name for g in groups}
    counted = list(groups)
    if rule.small_group == "MERGE_SMALL":
        small = [g for g in groups if g.size < rule.merge_below]
        if len(small) > 1:
            place.update({g.name: MERGED for g in small})
            counted = [g for g in groups if g.size >= rule.merge_below]
            counted.append(_together(small, MERGED))
    limit: dict[str, int] = {}
    for group in counted:
        found = quota_limit(len(group.candidates), group.htt_other, group.below, rule)
        if rule.small_group == "AT_LEAST_ONE" and group.candidates:
            found = max(1, found)
        limit[group.name] = found
    whole = _together(groups, "")
    agency = quota_limit(len(whole.candidates), whole.htt_other, whole.below, rule)
    if 0 < whole.size < rule.few_units_below:
        agency = min(rule.few_units_max, len(whole.candidates))
        limit = {g.name: min(rule.few_units_max, len(g.candidates)) for g in counted}
    return limit, agency, place


def _together(groups: Sequence[QuotaGroup], name: str) -> QuotaGroup:
    return QuotaGroup(
        name,
        tuple(c for g in groups for c in g.candidates),
        sum(g.htt_other for g in groups),
        sum(g.below for g in groups),
    )


def allocate_quota(
    groups: Sequence[QuotaGroup],
    rule: QuotaRule,
    *,
    regime: str = "any",
    subject: str = PERSONS,
    unit_recognised: bool = False,
    configuration: Configuration | None = None,
) -> Allocation:
    """Who keeps HTXS under the ceilings of every group and of the agency.

    Taking the best that still fits is optimal: the ceilings are nested. Equal candidates at a border are all left out
    and handed to a person with the places that are free. ``unit_recognised``: the unit itself was recognised HTXS (or
    outstanding), which alone opens the higher percentage; else the result carries the error
    HIGHER_CEILING_NEEDS_UNIT_HTXS. ``subject`` UNITS applies the rule for authorities with few units.
    """
    if subject != UNITS:
        rule = replace(rule, few_units_below=0)
    error = None if configuration is None else _ceiling_error(rule, regime, unit_recognised, configuration)
    if error:
        node = Node("Tỷ lệ Hoàn thành xuất sắc nhiệm vụ", error, children=[reason_node(error, regime)])
        return Allocation({}, 0, [], [], [], error, (), node)
    limit, agency, place = group_limits(groups, rule)
    left, room = dict(limit), agency
    ranked = sorted(((c.keys, place[g.name], c.id) for g in groups for c in g.candidates),
                    key=lambda row: tuple(-k for k in row[0]))  # fmt: skip
    kept: list[str] = []
    choices: list[ManualChoice] = []
    chosen: set[str] = set()
    start = 0
    while start < len(ranked):
        end = start + 1
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        room = _take(ranked[start:end], left, room, kept, choices)
        start = end
    chosen.update(kept, *(c.among for c in choices))
    demoted = [identity for _k, _g, identity in ranked if identity not in chosen]
    shown = {g.name: limit[place[g.name]] for g in groups}
    merged = tuple(name for name, where in place.items() if where == MERGED)
    result = Allocation(shown, agency, kept, demoted, choices, None, merged)
    result.trace = _explained(result, groups, rule, regime, configuration)
    return result


def _take(
    block: Sequence[tuple[tuple[Decimal, ...], str, str]],
    left: dict[str, int],
    room: int,
    kept: list[str],
    choices: list[ManualChoice],
) -> int:
    """Place candidates of equal rank; the room that remains. Places of an open tie count as taken."""
    by_group: dict[str, list[str]] = {}
    for _keys, group, identity in block:
        if left[group] > 0:
            by_group.setdefault(group, []).append(identity)
    wanted = {group: min(len(ids), left[group]) for group, ids in by_group.items()}
    if room <= 0 or not wanted:
        return room
    if sum(wanted.values()) > room:
        # The agency's ceiling cuts through equals: nobody of them is chosen by the machine.
        choices.append(ManualChoice(room, tuple(i for _k, g, i in block if g in by_group)))
        return 0
    tied = {group for group, ids in by_group.items() if len(ids) > wanted[group]}
    kept.extend(i for _k, g, i in block if g in by_group and g not in tied)
    for group, ids in by_group.items():
        if group in tied:
            choices.append(ManualChoice(wanted[group], tuple(ids)))
        left[group] -= wanted[group]
    return room - sum(wanted.values())


def _ceiling_error(rule: QuotaRule, regime: str, unit_recognised: bool, configuration: Configuration) -> str | None:
    if rule.base == "PARTY_SHARE" or regime in ("ND90", "ND90_48", "HY1071"):
        # NĐ 90: the competent level fixes the ratio; the layer's own percentages are the province's decision.
        usual = configuration.fraction("hy1071.quota.percent") / 100
        raised = rule.base != "PARTY_SHARE" and rule.share > usual
        return "HIGHER_CEILING_NEEDS_UNIT_HTXS" if raised and not unit_recognised else None
    usual, high = (configuration.fraction(f"evaluation.quota.{k}") / 100 for k in ("percent", "percent_high"))
    if rule.share > high and regime != "any":
        return "CEILING_ABOVE_THE_LAW"
    return "HIGHER_CEILING_NEEDS_UNIT_HTXS" if rule.share > usual and not unit_recognised else None


def _explained(
    result: Allocation,
    groups: Sequence[QuotaGroup],
    rule: QuotaRule,
    regime: str,
    configuration: Configuration | None,
) -> Node:
    root = Node(
        "Tỷ lệ Hoàn thành xuất sắc nhiệm vụ",
        result.used,
        "người",
        text("trần của cơ quan {0}; đã xếp {1}; hạ xuống Hoàn thành tốt {2}", result.agency_limit, result.used,
             len(result.demoted)),
    )  # fmt: skip
    if configuration is not None:
        for key in ("base", "rounding", "small_group"):
            version = configuration.version(f"evaluation.quota.{key}")
            used = {"base": rule.base, "rounding": rule.rounding, "small_group": rule.small_group}[key]
            root.children.append(Node(version.label, version.words_for(used), None, None, version.article))
    root.children.append(Node("Tỷ lệ", show(rule.share * 100), "%"))
    for group in groups:
        root.children.append(
            Node(
                f"Nhóm {group.name}",
                result.group_limit[group.name],
                "người",
                text(
                    "đề nghị {0}, Hoàn thành tốt {1}, thấp hơn {2}", len(group.candidates), group.htt_other, group.below
                ),
            )
        )
    if result.demoted:
        root.children.append(reason_node("QUOTA_DEMOTED", regime))
    for choice in result.choices:
        root.children.append(
            Node(
                "Cần chọn",
                ", ".join(choice.among),
                None,
                text("{0} chỗ trong số những người ngang nhau", choice.places),
            )
        )
    return root


def percent_rule(configuration: Configuration) -> Node:
    """The usual percentage with its source, for pages."""
    return parameter_node(configuration.version("evaluation.quota.percent"))


def share_of(percent: Decimal | int) -> Fraction:
    """A percentage as a fraction of one."""
    return Fraction(percent) / Fraction(HUNDRED)
