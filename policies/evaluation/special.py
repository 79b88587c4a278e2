"""Special cases of a person: time really worked, remarks of the old agency, discipline, suspension, caps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from policies.engine.trace import Node, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import BLOCKED, MANUAL, NOT_RATED, RANK, RATED, level_label, regimes
from policies.evaluation.explain import compare, reason_node
from policies.evaluation.facts import Facts, Violation
from policies.evaluation.outcome import Rating

TREE_REGIMES = frozenset({"ND90", "ND90_48"})


def _stop(rating: Rating, outcome: str, code: str) -> Rating:
    rating.outcome, rating.level = outcome, None
    rating.add_reason(code)
    rating.trace.children.append(reason_node(code, rating.regime))
    return rating


def eligible(facts: Facts, configuration: Configuration, rating: Rating) -> bool:
    """Whether the person is rated at all; if not, ``rating`` says why (NOT_RATED, BLOCKED or a hole)."""
    if rating.regime in TREE_REGIMES:
        return _eligible_tree(facts, configuration, rating)
    if rating.regime == "ND233":
        return _eligible_233(facts, configuration, rating)
    if rating.regime == "QD366" and facts.party_months is not None:
        least = configuration.version("evaluation.qd366.party_member_months")
        enough = facts.party_months >= least.value
        rating.trace.children.append(
            compare("Số tháng từ ngày kết nạp Đảng", facts.party_months, "≥", least, enough, unit="tháng")
        )
        if not enough:
            _stop(rating, NOT_RATED, "PARTY_MEMBER_UNDER_6_MONTHS")
            return False
    if facts.away:
        _note(rating, "MATERNITY_ACTUAL_TIME" if facts.maternity else "ACTUAL_TIME")
    return True


def _eligible_tree(facts: Facts, configuration: Configuration, rating: Rating) -> bool:
    least = configuration.version("evaluation.nd90.min_worked_months")
    enough = facts.worked >= least.value
    rating.trace.children.append(
        compare("Số tháng làm việc trong năm", facts.worked, "≥", least, enough or facts.maternity, unit="tháng")
    )
    if facts.maternity:
        _note(rating, "MATERNITY_ACTUAL_TIME")
    elif not enough:
        rating.review_required = True
        _stop(rating, NOT_RATED, "NOT_RATED_UNDER_6_MONTHS")
        return False
    if not facts.maternity and facts.leave >= configuration.number("evaluation.nd90.leave_cap_below"):
        _stop(rating, MANUAL, "HOLE_LEAVE_EXACTLY_6")
        return False
    return not _remarks_missing(facts, configuration, rating)


def _remarks_missing(facts: Facts, configuration: Configuration, rating: Rating) -> bool:
    if not facts.postings:
        return False
    agency = facts.agency or facts.postings[-1].agency
    rating.rating_agency = agency
    limit = configuration.version("evaluation.nd90.old_agency_months")
    for posting in facts.postings:
        if posting.agency == agency:
            continue
        long = posting.months >= limit.value
        rating.trace.children.append(
            compare(f"Số tháng ở cơ quan cũ ({posting.agency})", posting.months, "≥", limit, long, unit="tháng")
        )
        if long and facts.old_agency_exists and not facts.old_agency_remarks:
            _stop(rating, BLOCKED, "OLD_AGENCY_REMARKS_REQUIRED")
            return True
    return False


def _eligible_233(facts: Facts, configuration: Configuration, rating: Rating) -> bool:
    least = configuration.version("evaluation.nd233.min_worked_months")
    enough = facts.worked >= least.value
    rating.trace.children.append(compare("Số tháng làm việc trong năm", facts.worked, "≥", least, enough, unit="tháng"))
    # Sick and maternity leave under the insurance law stand for time worked, provided some time was worked at all.
    excused = facts.worked > 0 and facts.insured_leave > 0 and facts.worked + facts.insured_leave >= least.value
    if not enough and not excused:
        _stop(rating, NOT_RATED, "NOT_RATED_UNDER_6_MONTHS")
        return False
    if facts.away:
        _note(rating, "ACTUAL_TIME")
    return True


def _note(rating: Rating, code: str) -> None:
    """A reason that explains and decides nothing."""
    rating.add_reason(code, first=False)
    rating.trace.children.append(reason_node(code, rating.regime))


@dataclass(slots=True)
class Discipline:
    """What the violations of a person come to: ``kht`` codes, violations ``counted``, notes, a question to decide."""

    kht: bool = False
    counted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    manual: str | None = None
    charged_unit: str | None = None
    conflict: bool = False


def discipline(facts: Facts, configuration: Configuration, regime: str) -> Discipline:
    """Each violation counts in one year only, across Party and administration (ledger ``violation:year``)."""
    found = Discipline()
    for violation in facts.violations:
        _weigh(violation, facts, configuration, regime, found)
    return found


def _weigh(violation: Violation, facts: Facts, configuration: Configuration, regime: str, found: Discipline) -> None:
    mild = configuration.value("evaluation.discipline.not_discipline")
    years = [d.effective.year for d in violation.decisions if d.form.strip().lower() not in mild]
    if facts.year not in years:
        return
    if violation.liability_excluded:
        found.notes.append("DISCIPLINE_LIABILITY_EXCLUDED")
        return
    used = violation.used_for_kht_year or facts.consumed.get(violation.id)
    # Decisions of two years on one act: the earliest is the year in which it counts.
    counted_in = used if used is not None else min(years)
    if counted_in != facts.year:
        found.notes.append("DISCIPLINE_ALREADY_COUNTED")
        return
    first = min(d.effective for d in violation.decisions if d.effective.year == facts.year)
    if not violation.duty_related and _duty_only(facts, configuration, regime, first):
        found.notes.append("DISCIPLINE_NOT_DUTY_RELATED")
        found.conflict = found.conflict or regime == "ND90_48"
        return
    if _of_old_unit(violation, facts) and regime in configuration.value("evaluation.discipline.old_unit_regimes"):
        found.manual, found.charged_unit = "DISCIPLINE_CARRIED_TO_OLD_UNIT", violation.unit_of_act
        return
    if regime == "QD366" and violation.act_year is not None and violation.act_year < (facts.year or 0):
        found.manual = found.manual or "DISCIPLINE_EARLIER_PERIOD"
        return
    found.kht = True
    found.counted.append(f"{violation.id}:{facts.year}")


def _duty_only(facts: Facts, configuration: Configuration, regime: str, decided: date) -> bool:
    """Whether discipline for an act unrelated to duty is left out."""
    if regime == "ND90_48":
        return facts.klass in configuration.value(
            "evaluation.nd90_48.duty_only_classes"
        ) and decided >= configuration.day("evaluation.nd90_48.duty_only_from")
    if regime == "ND90":
        return facts.klass in configuration.value("evaluation.nd90.duty_only_classes")
    return True


def _of_old_unit(violation: Violation, facts: Facts) -> bool:
    if not violation.unit_of_act:
        return False
    if facts.agency:
        return violation.unit_of_act != facts.agency
    return any(d.by and d.by != violation.unit_of_act for d in violation.decisions)


def suspended(facts: Facts, configuration: Configuration, regime: str) -> bool:
    """A suspension from work in the year that is a ground to consider KHT (State side)."""
    start = configuration.day("evaluation.suspension.from")
    state = facts.side != "PARTY" and regimes()[regime].side == "STATE"
    return state and any(d.year == facts.year and d >= start for d in facts.suspensions)


def apply_discipline(facts: Facts, configuration: Configuration, rating: Rating, regime: str | None = None) -> None:
    """Step 4: discipline makes KHT or a question for the decider, a suspension proposes KHT."""
    own = regime or rating.regime
    found = discipline(facts, configuration, own)
    for code in found.notes:
        if code not in rating.reasons:
            rating.add_reason(code, first=not _decided(rating))
            rating.trace.children.append(reason_node(code, own))
    if found.conflict:
        rating.warnings.append("CONFLICTING_SOURCES")
    if found.kht:
        rating.consumed = found.counted
        if rating.level != "KHT":
            rating.outcome, rating.level, rating.proposed_level = RATED, "KHT", None
            rating.add_reason("DISCIPLINE_KHT")
        else:
            rating.add_reason("DISCIPLINE_KHT", first=False)
        rating.trace.children.append(reason_node("DISCIPLINE_KHT", own))
        return
    if rating.level == "KHT":
        return
    if found.manual:
        rating.charged_unit = found.charged_unit
        _ask(rating, found.manual, own)
    elif suspended(facts, configuration, own):
        _ask(rating, "SUSPENSION_GROUND_KHT", own)
        rating.proposed_level = "KHT"


def _decided(rating: Rating) -> bool:
    """True when a reason that decided the level already leads."""
    return rating.outcome != RATED or rating.level == "KHT"


def _ask(rating: Rating, code: str, regime: str) -> None:
    rating.outcome, rating.level = MANUAL, None
    rating.add_reason(code)
    rating.trace.children.append(reason_node(code, regime))


def cap(rating: Rating, highest: str, code: str) -> None:
    """Lower the level to ``highest``; a cap never lifts and never answers an open question."""
    if rating.outcome != RATED or rating.level is None or RANK[rating.level] <= RANK[highest]:
        return
    before = rating.level
    rating.level_before_cap = rating.level_before_cap or before
    rating.level = highest
    rating.add_reason(code)
    node = reason_node(code, rating.regime)
    node.formula = text("{0} → {1}", level_label(before), level_label(highest))
    rating.trace.children.append(node)


def cap_leave(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """NĐ 90 Điều 2 khoản 3: leave from 3 to under 6 months caps the level at HT."""
    start = configuration.version("evaluation.nd90.leave_cap_from")
    if facts.leave == 0:
        return
    long = start.value <= facts.leave < configuration.number("evaluation.nd90.leave_cap_below")
    rating.trace.children.append(
        Node(
            "Số tháng nghỉ (không kể thai sản)",
            facts.leave,
            "tháng",
            text("{0} ≥ {1}", facts.leave, start.value),
            start.article,
            start,
        )
    )
    if long:
        cap(rating, "HT", "LEAVE_CAP_HT")


def cap_head(facts: Facts, rating: Rating) -> None:
    """NĐ 233 Điều 12 khoản 7: the head is not rated above the unit."""
    if facts.is_head and facts.unit_level is not None:
        cap(rating, facts.unit_level, "HEAD_NOT_ABOVE_UNIT")
