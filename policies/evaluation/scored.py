"""Regimes with points (NĐ 335, NĐ 233, QĐ 366), QĐ 124 with graded criteria, and the province's layer HY1071."""

from __future__ import annotations

from decimal import Decimal

from policies.engine.money import HUNDRED
from policies.engine.parameters import Version
from policies.engine.trace import Node, parameter_node, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import LEADERS, LEVELS, MANUAL, NOT_RATED, RANK, RATED, level_label
from policies.evaluation.explain import branch, compare, fact, reason_node, round_points
from policies.evaluation.facts import GRADE_LABELS, GRADE_WORDS, Facts
from policies.evaluation.outcome import Rating
from policies.evaluation.special import apply_discipline, cap, cap_leave, eligible
from policies.evaluation.tree import explain_tree_level, rate_tree, required
from policies.questions import BadQuestion

_GRADE = {word: rank for rank, word in enumerate(GRADE_WORDS)}


def thresholds_of(regime: str, configuration: Configuration) -> Version:
    """The least points of each level under a regime."""
    return configuration.version(
        "hy1071.thresholds" if regime == "HY1071" else f"evaluation.{regime.lower()}.thresholds"
    )


def level_of_points(points: Decimal, thresholds: Version) -> str:
    """The level of points that are already rounded."""
    for level in reversed(LEVELS):
        if level in thresholds.value and points >= thresholds.value[level]:
            return level
    return LEVELS[0]


def read_points(facts: Facts, configuration: Configuration, rating: Rating) -> str:
    """Round the points once and read their level; explains both. Missing points are a fault."""
    if facts.points is None:
        raise BadQuestion([("input.score", "thiếu điểm; ghi score, hoặc general_score và task_score")])
    rating.total = round_points(facts.points, configuration)
    bounds = thresholds_of(rating.regime, configuration)
    level = level_of_points(rating.total, bounds)
    words = text("{0} → {1} điểm: {2}", facts.points, rating.total, level_label(level))
    used = [parameter_node(bounds), parameter_node(_decimals(configuration))]
    rating.trace.children.append(Node("Tổng điểm", rating.total, "điểm", words, bounds.article, children=used))
    return level


def _decimals(configuration: Configuration) -> Version:
    return configuration.version("evaluation.points.decimals")


def _forced(rating: Rating, codes: list[str]) -> bool:
    if not codes:
        return False
    rating.outcome, rating.level = RATED, "KHT"
    for code in reversed(codes):
        rating.add_reason(code)
    rating.trace.children.extend(reason_node(code, rating.regime) for code in codes)
    return True


def rate_state_points(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """NĐ 335 Điều 20 and NĐ 233 Điều 12: points alone, and the grounds for KHT."""
    level = read_points(facts, configuration, rating)
    codes = ["DEGRADATION_KHT"] if facts.degradation else []
    if facts.forbidden_acts and rating.regime == "ND335":
        codes.append("FORBIDDEN_ACTS_KHT")
    if facts.unit_corruption and facts.klass in LEADERS:
        codes.append("UNIT_CORRUPTION_KHT")
    if not _forced(rating, codes):
        rating.outcome, rating.level = RATED, level


def rate_366(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """QĐ 366 Điều 11: points and conditions; points without the conditions are for the decider."""
    codes = _grounds_366(facts, configuration)
    if facts.points is None and codes:
        _forced(rating, codes)
        return
    level = read_points(facts, configuration, rating)
    if _forced(rating, codes):
        return
    if level == LEVELS[0]:
        rating.outcome, rating.level = RATED, level
        return
    if facts.done is None:
        raise BadQuestion([("input.done_percent", "thiếu; mức theo Điều 11 QĐ 366-QĐ/TW cần tỷ lệ hoàn thành")])
    _conditions_or_ask(rating, level, _conditions_366(facts, configuration, level), propose_lower=True)


def _grounds_366(facts: Facts, configuration: Configuration) -> list[str]:
    found = ["DEGRADATION_KHT"] if facts.degradation else []
    if facts.klass in LEADERS or facts.klass == "TT":
        done = facts.done if facts.klass == "TT" and facts.unit_done is None else facts.unit_done
        if (
            done is not None
            and done < configuration.number("evaluation.qd366.plan_percent")
            and not facts.force_majeure
        ):
            found.append("UNIT_BELOW_70")
        if facts.five_targets_missed:
            found.append("FIVE_TARGETS_MISSED")
    if facts.klass == "TT":
        if facts.wrongdoing:
            found.append("UNIT_WRONGDOING_KHT")
        if facts.duty_disciplined:
            found.append("MEMBER_DISCIPLINED_KHT")
    elif facts.klass in LEADERS:
        if facts.units_kht > configuration.number("evaluation.qd366.units_kht_percent"):
            found.append("UNITS_KHT_OVER_50")
        if facts.low_confidence > configuration.number("evaluation.qd366.low_confidence_percent"):
            found.append("LOW_CONFIDENCE_VOTE")
        if facts.unit_corruption:
            found.append("UNIT_CORRUPTION_KHT")
    else:
        if facts.forbidden_acts:
            found.append("FORBIDDEN_ACTS_KHT")
        if facts.not_completed > configuration.number("evaluation.qd366.not_completed_percent"):
            found.append("TASKS_NOT_COMPLETED_OVER_50")
    return found


def _conditions_366(facts: Facts, configuration: Configuration, level: str) -> list[tuple[bool, Node]]:
    done = facts.done == HUNDRED
    found = [(done, fact("Hoàn thành 100% nhiệm vụ", facts.done, done))]
    leader = facts.klass in LEADERS
    if level == "HT":
        limit = configuration.version("evaluation.qd366.late_percent")
        late = facts.late if facts.late is not None else Decimal(0) if facts.on_time is not False else HUNDRED
        found.append((late <= limit.value, compare("Nhiệm vụ chậm", late, "≤", limit, late <= limit.value)))
        return found
    found.append((facts.prompt, fact("Đúng tiến độ, bảo đảm chất lượng", facts.prompt, facts.prompt)))
    if leader:
        unit = facts.unit_done in (None, HUNDRED) if level == "HTT" else facts.unit_done == HUNDRED
        found.append((unit, fact("Đơn vị hoàn thành 100%", facts.unit_done, unit)))
        if level == "HTT":
            prompt = facts.unit_on_time == HUNDRED
            found.append((prompt, fact("Đơn vị đúng tiến độ 100%", facts.unit_on_time, prompt)))
    if level != "HTXS":
        return found
    beyond = configuration.version("evaluation.qd366.over_percent")
    found.append((facts.over >= beyond.value, compare("Vượt mức", facts.over, "≥", beyond, facts.over >= beyond.value)))
    if leader:
        holds = facts.unit_over >= beyond.value
        found.append((holds, compare("Đơn vị vượt mức", facts.unit_over, "≥", beyond, holds)))
    found.append(
        (
            facts.faults_repaired,
            fact("Khắc phục 100% hạn chế, khuyết điểm", facts.faults_repaired, facts.faults_repaired),
        )
    )
    if facts.klass == "TT":
        clean = not facts.others_disciplined
        found.append((clean, fact("Không có đơn vị, thành viên bị kỷ luật", clean, clean)))
    return found


def _conditions_or_ask(rating: Rating, level: str, conditions: list[tuple[bool, Node]], *, propose_lower: bool) -> None:
    """The level of the points when its conditions hold; else a manual decision."""
    node = Node(f"Điều kiện của mức {level_label(level)}", children=[n for _h, n in conditions])
    rating.trace.children.append(node)
    failed = [n.label for holds, n in conditions if not holds]
    if not failed:
        rating.outcome, rating.level = RATED, level
        return
    rating.outcome, rating.level = MANUAL, None
    if propose_lower:
        rating.proposed_level = LEVELS[RANK[level] - 1]
    rating.add_reason("POINTS_WITHOUT_CONDITIONS")
    why = reason_node("POINTS_WITHOUT_CONDITIONS", rating.regime)
    rating.trace.branch = branch(None, [(level, why.article or "", "; ".join(failed))])
    rating.trace.children.append(why)


def rate_unit_233(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """NĐ 233 Điều 7: a public service unit, points and conditions."""
    level = read_points(facts, configuration, rating)
    if facts.done is None:
        raise BadQuestion([("input.done_percent", "thiếu; Điều 7 NĐ 233/2026/NĐ-CP cần tỷ lệ hoàn thành kế hoạch")])
    plan = configuration.version("evaluation.nd233.unit.plan_percent")
    below = facts.done < plan.value
    rating.trace.children.append(compare("Hoàn thành kế hoạch năm", facts.done, "≥", plan, not below))
    codes = ["UNIT_WRONGDOING_KHT"] if facts.wrongdoing else []
    if below and not facts.force_majeure:
        codes.append("PLAN_BELOW_70")
    if _forced(rating, codes):
        return
    if level == LEVELS[0]:
        rating.outcome, rating.level = RATED, level
        return
    if below:
        rating.outcome, rating.level = MANUAL, None
        rating.add_reason("FORCE_MAJEURE")
        rating.trace.children.append(reason_node("FORCE_MAJEURE", rating.regime))
        return
    _conditions_or_ask(rating, level, _conditions_233(facts, configuration, level), propose_lower=False)


def _conditions_233(facts: Facts, configuration: Configuration, level: str) -> list[tuple[bool, Node]]:
    done = facts.done == HUNDRED
    found = [(done, fact("Hoàn thành 100% nhiệm vụ", facts.done, done))]
    if level == "HT":
        limit = configuration.version("evaluation.nd233.unit.late_percent")
        late = facts.late if facts.late is not None else Decimal(0) if facts.on_time is not False else HUNDRED
        found.append((late <= limit.value, compare("Nhiệm vụ chậm", late, "≤", limit, late <= limit.value)))
        return found
    found.append((facts.prompt, fact("100% đúng tiến độ", facts.prompt, facts.prompt)))
    if level == "HTXS":
        beyond = configuration.version("evaluation.nd233.unit.over_percent")
        holds = facts.over >= beyond.value
        found.append((holds, compare("Vượt mức", facts.over, "≥", beyond, holds)))
        none = facts.subunit_kht == 0
        found.append((none, fact("Đơn vị cấu thành Không hoàn thành nhiệm vụ", facts.subunit_kht, none)))
        found.append(
            (
                facts.faults_repaired,
                fact("Đã khắc phục hạn chế đã chỉ ra", facts.faults_repaired, facts.faults_repaired),
            )
        )
    return found


def rate_124(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """QĐ 124: each criterion graded; the result criterion counts for itself."""
    result = facts.result_grade
    if not facts.grades or result is None:
        raise BadQuestion(
            [("input.grades", "thiếu; ghi criteria (danh sách mức) và result (mức của kết quả nhiệm vụ)")]
        )
    lowest = min(_GRADE[g] for g in facts.grades)
    rating.trace.children.append(
        Node("Mức các tiêu chí", ", ".join(GRADE_LABELS[g] for g in facts.grades), None, None, "QĐ 124-QĐ/TW")
    )
    rating.trace.children.append(Node("Mức kết quả thực hiện nhiệm vụ", GRADE_LABELS[result]))
    codes = []
    if min(lowest, _GRADE[result]) == _GRADE["KEM"]:
        codes.append("CRITERION_KEM")
    if facts.listed_case:
        codes.append("LISTED_CASE_KHT")
    if _forced(rating, codes):
        return
    beyond = configuration.version("evaluation.qd124.over_percent")
    holds = facts.over >= beyond.value
    excellent = [
        (lowest >= _GRADE["TOT"], "mọi tiêu chí từ Tốt"),
        (result == "XUAT_SAC", "kết quả nhiệm vụ Xuất sắc"),
        (facts.done == HUNDRED and facts.prompt, "100% nhiệm vụ đúng tiến độ"),
        (holds, "vượt mức"),
        (facts.klass != "TT" or not facts.others_disciplined, "không có thành viên, đơn vị bị kỷ luật"),
    ]
    rating.trace.children.append(compare("Vượt mức", facts.over, "≥", beyond, holds))
    missing = "; ".join(words for ok, words in excellent if not ok)
    rating.outcome = RATED
    if not missing:
        rating.level = "HTXS"
    elif _GRADE[result] >= _GRADE["TOT"]:
        rating.level = "HTT"
    else:
        rating.level = "HT"
    rating.trace.branch = branch(rating.level, [("HTXS", beyond.article, missing)] if missing else [])


def rate_province(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """HY1071 over the national tree: tree, points, or the lower of both; a hole of the tree is never filled."""
    if facts.klass == "HD" and not configuration.value("hy1071.covers_contract_workers"):
        rating.outcome, rating.level = NOT_RATED, None
        rating.add_reason("NOT_COVERED")
        rating.trace.children.append(reason_node("NOT_COVERED", rating.regime))
        return
    rule = configuration.version("hy1071.level_rule")
    chosen = rule.value if configuration.value("hy1071.has_score_scale") else "NATIONAL_TREE"
    by_points_only = facts.klass in ("HD", "TT") or chosen == "POINTS"
    rating.trace.children.append(parameter_node(rule))
    point_level = None
    if by_points_only or chosen != "NATIONAL_TREE" or facts.points is not None:
        point_level = read_points(facts, configuration, rating)
    if by_points_only:
        rating.outcome, rating.level = RATED, point_level
    elif not _by_tree(facts, configuration, rating):
        return
    else:
        _lower(rating, point_level if chosen != "NATIONAL_TREE" else None, point_level)
    blocks = configuration.value("hy1071.kht_quarter_blocks_annual_htxs")
    if facts.klass != "TT":
        if not by_points_only:
            apply_discipline(facts, configuration, rating, "ND90_48")
            cap_leave(facts, configuration, rating)
        elif facts.violations or facts.suspensions:
            apply_discipline(facts, configuration, rating, "ND90_48")
    if blocks and LEVELS[0] in facts.quarters:
        cap(rating, LEVELS[RANK["HTXS"] - 1], "KHT_QUARTER_BLOCKS_HTXS")


def _by_tree(facts: Facts, configuration: Configuration, rating: Rating) -> bool:
    """The national tree's answer in ``rating``; False when the person is not rated at all."""
    if facts.tree_known:
        rating.trace.children.append(explain_tree_level(facts.tree_level))
        if facts.tree_level is None:
            rating.outcome, rating.level = MANUAL, None
            rating.add_reason(facts.tree_reason or "HOLE_OF_TREE")
        else:
            rating.outcome, rating.level = RATED, facts.tree_level
        return True
    inner = Rating("ND90_48", RATED, None, trace=Node("Điều kiện của NĐ 90/2020/NĐ-CP"))
    if eligible(facts, configuration, inner):
        if not inner.reasons and required(facts) and facts.points is not None and facts.criteria is None:
            raise BadQuestion([("input.tree_level", "thiếu; ghi mức theo NĐ 90/2020/NĐ-CP hoặc các dữ kiện của cây")])
        rate_tree(facts, configuration, inner)
    elif inner.level is None:
        rating.outcome, rating.level, rating.reasons = inner.outcome, None, inner.reasons
        rating.review_required, rating.rating_agency = inner.review_required, inner.rating_agency
        rating.trace.children.append(inner.finished())
        return False
    rating.outcome, rating.level, rating.reasons = inner.outcome, inner.level, inner.reasons
    rating.rating_agency = inner.rating_agency
    rating.trace.children.append(inner.finished())
    return True


def _lower(rating: Rating, limit: str | None, point_level: str | None) -> None:
    if rating.outcome == MANUAL:
        rating.proposed_level = point_level
        return
    if limit is None or rating.level is None or limit == rating.level:
        return
    tree = rating.level
    rating.level = min(tree, limit, key=lambda code: RANK[code])
    # A KHT of the tree has grounds of its own; the difference of points is told beside it.
    rating.add_reason("LOWER_OF_TREE_AND_POINTS", first=rating.level != "KHT" or tree != "KHT")
    node = reason_node("LOWER_OF_TREE_AND_POINTS", rating.regime)
    node.formula = text("theo điều kiện: {0}; theo điểm: {1}", level_label(tree), level_label(limit))
    rating.trace.children.append(node)
