"""The rating of one person or collective under one regime: eligibility, level, discipline, caps, in the law's order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from policies.engine.errors import MalformedLawData
from policies.engine.trace import Node
from policies.evaluation.configuration import Configuration, default_configuration
from policies.evaluation.data import MANUAL, RATED, regimes
from policies.evaluation.explain import reason_node
from policies.evaluation.facts import Facts, read_facts
from policies.evaluation.outcome import Rating
from policies.evaluation.scored import (
    rate_124,
    rate_366,
    rate_province,
    rate_state_points,
    rate_unit_233,
)
from policies.evaluation.special import (
    apply_discipline,
    cap,
    cap_head,
    cap_leave,
    discipline,
    eligible,
)
from policies.evaluation.tree import rate_tree
from policies.questions import BadQuestion


def rate(given: Mapping[str, Any] | Facts, regime: str, configuration: Configuration | None = None) -> Rating:
    """Rate one person (or class TT) for one year under ``regime``.

    ``given``: facts by key (``facts.KEYS``), numbers as int, Decimal or decimal text. Raises ``BadQuestion`` with every
    fault. Without ``configuration`` the law and the default layer of the year's last day hold. The quota is not part of
    this: it runs over the whole agency afterwards (``allocate_quota``).
    """
    facts = given if isinstance(given, Facts) else facts_of(given)
    _fits(facts, regime)
    chosen = configured(facts, configuration or default_configuration(facts.period_end))
    rating = Rating(regime, RATED, None, trace=Node("Xếp loại", None, None, None, regimes()[regime].article))
    if facts.agency:
        rating.rating_agency = facts.agency
    _outside(facts.period_end, rating)
    if regime == "HY1071":
        rate_province(facts, chosen, rating)
    elif regime == "QD124":
        _rate_124(facts, chosen, rating)
    elif facts.klass == "TT":
        rate_collective(facts, chosen, rating)
    elif regime == "ND233" and facts.klass == "HD" and not chosen.value("hy1071.covers_contract_workers"):
        rate_province(facts, chosen, rating)  # the layer leaves contract workers out: not rated
    elif eligible(facts, chosen, rating):
        if regime in ("ND90", "ND90_48"):
            rate_tree(facts, chosen, rating)
        elif regime == "QD366":
            rate_366(facts, chosen, rating)
        else:
            rate_state_points(facts, chosen, rating)
        apply_discipline(facts, chosen, rating)
        if regime in ("ND90", "ND90_48"):
            cap_leave(facts, chosen, rating)
        if regime == "ND233":
            cap_head(facts, rating)
        # The national points stand by themselves; the province's rule on quarters only where it is said to hold.
        if facts.config.get("kht_quarter_blocks_annual_htxs") is True and "KHT" in facts.quarters:
            cap(rating, "HTT", "KHT_QUARTER_BLOCKS_HTXS")
    if facts.unused:
        rating.trace.children.append(Node("Dữ kiện không dùng đến", ", ".join(facts.unused)))
    rating.finished()
    return rating


def facts_of(given: Mapping[str, Any]) -> Facts:
    """Facts out of plain data; ``BadQuestion`` with every fault."""
    faults: list[tuple[str, str]] = []
    facts = read_facts(given, faults)
    if faults:
        raise BadQuestion(faults)
    return facts


def configured(facts: Facts, configuration: Configuration) -> Configuration:
    """The configuration with what the question says of it; a wrong value is a fault at ``input.config``."""
    if not facts.config:
        return configuration
    values: dict[str, Any] = {}
    for key, value in facts.config.items():
        if key == "good_requires_70_percent_good_subunits":
            for klass in (facts.klass,) if f"hy1071.{key}.{facts.klass}" in configuration.values else ():
                values[f"{key}.{klass}"] = value
            if not isinstance(value, bool):
                raise BadQuestion([(f"input.config.{key}", f"'{value}' không phải đúng/sai; ghi true hoặc false")])
        else:
            values[key] = value
    try:
        return configuration.with_values(values, document="Cấu hình của kỳ đánh giá")
    except MalformedLawData as error:
        raise BadQuestion([("input.config", str(error))]) from None


def _fits(facts: Facts, regime: str) -> None:
    found = regimes().get(regime)
    if found is None or found.scale == "HISTORY":
        known = ", ".join(code for code, r in regimes().items() if r.scale != "HISTORY")
        raise BadQuestion([("regime", f"'{regime}' không có quy tắc xếp loại; chọn một trong: {known}")])
    if facts.klass not in found.classes:
        raise BadQuestion(
            [("input.person_class", f"{found.name} không xếp loại nhóm {facts.klass}; chọn {', '.join(found.classes)}")]
        )


def _outside(end: date, rating: Rating) -> None:
    regime = regimes()[rating.regime]
    # A year is rated by the regime of its last day; the first year of a Party rule may begin before the rule.
    if not regime.valid_from <= end <= regime.valid_to and not (
        regime.valid_from.year <= end.year <= regime.valid_to.year
    ):
        rating.warnings.append("REGIME_OUTSIDE_ITS_PERIODS")
        rating.trace.children.append(reason_node("REGIME_OUTSIDE_ITS_PERIODS", rating.regime))


def rate_collective(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """A collective under NĐ 233 Điều 7 or QĐ 366 Điều 11."""
    if rating.regime == "ND233":
        rate_unit_233(facts, configuration, rating)
    else:
        rate_366(facts, configuration, rating)


def _rate_124(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    rate_124(facts, configuration, rating)
    if rating.level != "KHT" and discipline(facts, configuration, "QD124").counted:
        # QĐ 124 lists the cases of KHT; the list is not available, so discipline goes to the decider.
        rating.outcome, rating.level, rating.proposed_level = MANUAL, None, "KHT"
        rating.add_reason("LISTED_CASES_NOT_AVAILABLE")
        rating.trace.children.append(reason_node("LISTED_CASES_NOT_AVAILABLE", rating.regime))


def rate_unit(given: Mapping[str, Any], regime: str, configuration: Configuration | None = None) -> Rating:
    """Rate a collective: NĐ 233 (public service units), QĐ 124, QĐ 366 or HY1071 (points only).

    ``score``, ``done_percent``, ``on_time`` or ``late_percent``, ``over_percent``, ``subunit_kht`` (number),
    ``faults_repaired``, ``wrongdoing``, ``member_disciplined``, ``force_majeure``. ``year`` may be left out: the first
    year of the regime.
    """
    filled: dict[str, Any] = {"person_class": "TT", **given}
    found = regimes().get(regime)
    if found is not None and "year" not in given:
        filled["year"] = found.valid_from.year
    return rate(filled, regime, configuration)
