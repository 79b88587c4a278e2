"""Questions about the quota of HTXS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policies.engine.dates import MONTHS_PER_YEAR
from policies.engine.trace import Node
from policies.evaluation import quota
from policies.evaluation.asked import MOST, finished, opened
from policies.evaluation.configuration import Configuration, default_configuration
from policies.evaluation.data import LEVELS, REGIMES, regimes
from policies.evaluation.given import Given, as_decimal
from policies.questions import Answer

_RANGE = re.compile(r"(\d{1,5})\.\.(\d{1,5})\Z", re.ASCII)
_FLOOR = re.compile(r"floor\(n/(\d{1,3})\)\Z", re.ASCII)
_SHARE = re.compile(r"(\d{1,9})/(\d{1,9})\Z", re.ASCII)
_RULE_KEYS = (
    "base", "percent", "rounding", "small_group", "party_share", "tie_break", "under_5_units_max",
)  # fmt: skip


def _count_list(g: Given) -> list[int]:
    """``1..60``, a number, or a list of numbers."""
    raw = g.data.get("candidates")
    if isinstance(raw, str) and (match := _RANGE.match(raw.replace(" ", ""))):
        first, last = int(match[1]), int(match[2])
        if first <= last:
            return list(range(first, last + 1))
        g.fault("candidates", f"'{raw}': số đầu lớn hơn số cuối")
        return []
    if not isinstance(raw, (list, tuple)):
        one = g.whole("candidates", high=MOST)
        return [] if one is None else [one]
    found = []
    for i, item in enumerate(raw):
        number = as_decimal(item)
        if number is None or number < 0 or number > MOST or number != number.to_integral_value():
            g.fault(f"candidates[{i}]", f"'{item}' không phải số người; ghi số nguyên từ 0 trở lên")
        else:
            found.append(int(number))
    return found


def _share(g: Given, key: str) -> Fraction | None:
    """A share of one: ``1/6``, ``0.2`` or 0."""
    raw = g.data.get(key)
    if raw is None:
        return None
    if isinstance(raw, str) and (match := _SHARE.match(raw.replace(" ", ""))) and int(match[2]):
        found = Fraction(int(match[1]), int(match[2]))
    else:
        value = as_decimal(raw)
        if value is None or value < 0:
            g.fault(key, f"'{raw}' không phải tỷ lệ; ghi phân số như 1/6")
            return None
        found = Fraction(value)
    if found > 1:
        g.fault(key, f"'{raw}' lớn hơn 1; ghi phân số như 1/6")
        return None
    return found


def _rule(g: Given, configuration: Configuration, regime: str, *, top: Given | None = None) -> quota.QuotaRule:
    """The quota rule of a question over the defaults of its regime."""
    default = quota.quota_rule(configuration, regime)
    base = g.choice("base", quota.BASES, default.base) or default.base
    percent = g.decimal("percent")
    party = _share(g if g.has("party_share") or top is None else top, "party_share")
    share = quota.share_of(percent) if percent is not None else default.share
    if base == "PARTY_SHARE":
        if party is None and not (g.faults):
            g.fault("party_share", "thiếu; cơ số PARTY_SHARE cần tỷ lệ đảng viên đã đạt, ví dụ 1/6")
        share = party if party is not None else share
    breaks = tuple(str(x) for x in g.items("tie_break")) if g.has("tie_break") else (*default.tie_break, "MANUAL")
    few = g.whole("under_5_units_max")
    return quota.QuotaRule(
        base,
        share,
        g.choice("rounding", quota.ROUNDINGS, default.rounding) or default.rounding,
        g.choice("small_group", quota.SMALL_GROUPS, default.small_group) or default.small_group,
        default.merge_below,
        default.few_units_below if few is None else int(configuration.number("evaluation.quota.few_units_below")),
        default.few_units_max if few is None else few,
        tuple(x for x in breaks if x != "MANUAL"),
    )


def vector(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(given, (*_RULE_KEYS, "candidates", "htt_other", "below_htt", "year"))
    g.require("candidates")
    own = regime if regime in REGIMES else "any"
    rule = _rule(g, _quota_configuration(g), own)
    counts = _count_list(g)
    other = g.whole("htt_other", high=MOST) or 0
    below: Callable[[int], int]
    raw = g.data.get("below_htt")
    if isinstance(raw, str) and (match := _FLOOR.match(raw.replace(" ", ""))) and int(match[1]):
        part = int(match[1])

        def below(n: int) -> int:
            return n // part
    else:
        fixed = g.whole("below_htt", high=MOST) or 0

        def below(_n: int) -> int:
            return fixed

    g.check()
    limits = [quota.quota_limit(n, other, below(n), rule) for n in counts]
    node = Node(f"Trần Hoàn thành xuất sắc: {rule.base}, {rule.rounding}", ", ".join(map(str, limits)))
    return finished({"limit": limits}, node)


def _quota_configuration(g: Given) -> Configuration:
    return default_configuration(date(g.year("year") or regimes()["ND335"].valid_from.year, MONTHS_PER_YEAR, 1))


def _candidate(tie_break: tuple[str, ...]) -> Callable[[Given], quota.Candidate]:
    def read(g: Given) -> quota.Candidate:
        g.require("person")
        keys = tuple(g.decimal(key, Decimal(0), high=MOST) or Decimal(0) for key in tie_break)
        return quota.Candidate(g.text("person"), keys)

    return read


def allocation(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(given, ("config", "groups", "subject", "unit_level", "outstanding", "party_share", "year"))
    own = regime if regime in REGIMES else "any"
    configuration = _quota_configuration(g)
    rule = _rule(g.part("config", _RULE_KEYS), configuration, own, top=g)
    subject = g.choice("subject", (quota.PERSONS, quota.UNITS), quota.PERSONS) or quota.PERSONS
    recognised = g.choice("unit_level", LEVELS) == "HTXS" or g.flag("outstanding")
    g.require("groups")
    raw = g.data.get("groups")
    if raw is not None and not isinstance(raw, Mapping):
        g.fault("groups", "cần một nhóm khóa: tên nhóm và số liệu của nhóm")
    groups: list[quota.QuotaGroup] = []
    known = ("person", "score", "htxs_quarters", "name", *rule.tie_break)
    for name, item in (raw if isinstance(raw, Mapping) else {}).items():
        part = Given(item, f"input.groups.{name}", ("htt_other", "below_htt", "below", "candidates"), g.faults)
        below = part.whole("below_htt", part.whole("below", high=MOST), high=MOST) or 0
        groups.append(
            quota.QuotaGroup(
                str(name),
                part.groups("candidates", known, _candidate(rule.tie_break)),
                part.whole("htt_other", high=MOST) or 0,
                below,
            )
        )
    seen: set[str] = set()
    for group in groups:
        for c in group.candidates:
            if c.id in seen:
                g.fault("groups", f"'{c.id}' được ghi hai lần; mỗi người chỉ thuộc một nhóm")
            seen.add(c.id)
    g.check()
    found = quota.allocate_quota(
        groups, rule, regime=own, subject=subject, unit_recognised=recognised, configuration=configuration
    )
    return finished(found.to_dict(), found.trace)
