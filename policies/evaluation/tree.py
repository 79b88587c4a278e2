"""The rule tree of NĐ 90/2020: no points, conditions and percentages; what the text leaves open stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from policies.engine.money import HUNDRED
from policies.engine.trace import Node, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import LEADERS, MANUAL, RATED
from policies.evaluation.explain import branch, compare, fact, reason_node
from policies.evaluation.facts import FAIL, GOOD, OK, Facts
from policies.evaluation.outcome import Rating
from policies.questions import BadQuestion

_ARTICLES = {
    "CB": {"HTXS": "Điều 4", "HTT": "Điều 5", "HT": "Điều 6", "KHT": "Điều 7"},
    "CC0": {"HTXS": "Điều 8 khoản 1", "HTT": "Điều 9 khoản 1", "HT": "Điều 10 khoản 1", "KHT": "Điều 11 khoản 1"},
    "CC1": {"HTXS": "Điều 8 khoản 2", "HTT": "Điều 9 khoản 2", "HT": "Điều 10 khoản 2", "KHT": "Điều 11 khoản 2"},
    "VC0": {"HTXS": "Điều 12 khoản 1", "HTT": "Điều 13 khoản 1", "HT": "Điều 14 khoản 1", "KHT": "Điều 15 khoản 1"},
    "VC1": {"HTXS": "Điều 12 khoản 2", "HTT": "Điều 13 khoản 2", "HT": "Điều 14 khoản 2", "KHT": "Điều 15 khoản 2"},
}
_QUALITY = {GOOD: "thực hiện tốt", OK: "đáp ứng", FAIL: "không đáp ứng"}


def article(klass: str, level: str) -> str:
    """The article that defines a level for a class."""
    return f"{_ARTICLES[klass][level]} NĐ 90/2020/NĐ-CP"


@dataclass(slots=True)
class _Test:
    """One condition: whether it holds and its line in the explanation."""

    holds: bool
    node: Node


def required(facts: Facts) -> list[tuple[str, str]]:
    """Faults for the facts without which the tree cannot be walked."""
    missing = []
    if facts.criteria is None:
        missing.append("criteria_1_4")
    if facts.done is None:
        missing.append("done_percent")
    if facts.klass in LEADERS:
        if facts.criterion_5a is None:
            missing.append("criterion_5a")
        if facts.unit_done is None:
            missing.append("unit_done_percent")
    return [(f"input.{key}", "thiếu; cây điều kiện của NĐ 90/2020/NĐ-CP cần dữ kiện này") for key in missing]


def kht_grounds(facts: Facts, configuration: Configuration) -> list[str]:
    """Codes of the grounds for KHT, discipline apart (it has a ledger of its own)."""
    found = []
    if facts.degradation:
        found.append("DEGRADATION_KHT")
    if facts.not_assured > configuration.number("evaluation.nd90.not_assured.kht"):
        found.append("NOT_ASSURED_OVER_50")
    if facts.klass in LEADERS:
        if facts.unit_done is not None and facts.unit_done < configuration.number("evaluation.nd90.unit_done.kht"):
            found.append("UNIT_BELOW_50")
        if facts.unit_corruption:
            found.append("UNIT_CORRUPTION_KHT")
    return found


def rate_tree(facts: Facts, configuration: Configuration, rating: Rating) -> None:
    """Steps 2 and 3: grounds for KHT, then HTXS, HTT, HT; else the first hole in the order of the text."""
    grounds = kht_grounds(facts, configuration)
    if grounds:
        rating.outcome, rating.level = RATED, "KHT"
        for code in reversed(grounds):
            rating.add_reason(code)
        rating.trace.children.extend(reason_node(code, rating.regime) for code in grounds)
        return
    faults = required(facts)
    if faults:
        raise BadQuestion(faults)
    refused: list[tuple[str, str, str]] = []
    for level, tests in (
        ("HTXS", _excellent(facts, configuration)),
        ("HTT", _good(facts, configuration)),
        ("HT", _fair(facts, configuration)),
    ):
        found = list(tests)
        node = Node(f"Xét mức {level}", None, None, None, article(facts.klass, level), children=[t.node for t in found])
        rating.trace.children.append(node)
        failed = [t.node.label for t in found if not t.holds]
        if not failed:
            rating.outcome, rating.level = RATED, level
            rating.trace.branch = branch(level, refused)
            return
        refused.append((level, article(facts.klass, level), "; ".join(failed)))
    rating.outcome, rating.level = MANUAL, None
    code = _hole(facts, configuration)
    rating.add_reason(code)
    rating.trace.branch = branch(None, refused)
    rating.trace.children.append(reason_node(code, rating.regime))


def _criteria(facts: Facts, wanted: str) -> Iterator[_Test]:
    words = {GOOD: (GOOD,), OK: (GOOD, OK)}[wanted]
    graded = [("Tiêu chí chung (khoản 1 đến khoản 4 Điều 3)", facts.criteria)]
    if facts.klass in LEADERS:
        graded.append(("Tiêu chí của người lãnh đạo, quản lý (khoản 5 điểm a Điều 3)", facts.criterion_5a))
    for label, value in graded:
        assert value is not None
        yield _Test(value in words, fact(label, _QUALITY[value], value in words))


def _all_done(facts: Facts) -> _Test:
    return _Test(facts.done == HUNDRED, fact("Hoàn thành 100% nhiệm vụ", facts.done, facts.done == HUNDRED))


def _assured(facts: Facts) -> _Test:
    holds = facts.not_assured == 0
    return _Test(holds, fact("Bảo đảm tiến độ, chất lượng, hiệu quả (tỷ lệ chưa bảo đảm)", facts.not_assured, holds))


def _unit_all_done(facts: Facts) -> _Test:
    holds = facts.unit_done == HUNDRED
    return _Test(holds, fact("Đơn vị, lĩnh vực phụ trách hoàn thành 100%", facts.unit_done, holds))


def _bound(label: str, value: Decimal, sign: str, name: str, configuration: Configuration) -> _Test:
    version = configuration.version(name)
    holds = {
        "≥": value >= version.value,
        ">": value > version.value,
        "≤": value <= version.value,
    }[sign]
    return _Test(holds, compare(label, value, sign, version, holds))


def _sub_all_ok(facts: Facts) -> Iterator[_Test]:
    if facts.sub_ok is not None:
        holds = facts.sub_ok == HUNDRED
        yield _Test(holds, fact("100% đơn vị trực thuộc hoàn thành nhiệm vụ trở lên", facts.sub_ok, holds))


def _excellent(facts: Facts, configuration: Configuration) -> Iterator[_Test]:
    yield from _criteria(facts, GOOD)
    yield _all_done(facts)
    yield _assured(facts)
    yield _Test(facts.high_efficiency, fact("Hiệu quả cao", facts.high_efficiency, facts.high_efficiency))
    if facts.klass not in LEADERS:
        yield _bound("Nhiệm vụ vượt mức", facts.over, "≥", "evaluation.nd90.over_percent", configuration)
        return
    yield _unit_all_done(facts)
    yield _bound("Chỉ tiêu của đơn vị vượt mức", facts.unit_over, "≥", "evaluation.nd90.unit_over_percent",
                 configuration)  # fmt: skip
    yield from _sub_all_ok(facts)
    if facts.sub_good is not None:
        yield _bound("Đơn vị trực thuộc hoàn thành tốt trở lên", facts.sub_good, "≥",
                     "evaluation.nd90.sub_good.htxs", configuration)  # fmt: skip


def _good(facts: Facts, configuration: Configuration) -> Iterator[_Test]:
    yield from _criteria(facts, OK)
    yield _all_done(facts)
    yield _assured(facts)
    if facts.klass not in LEADERS:
        return
    yield _unit_all_done(facts)
    yield _bound("Chỉ tiêu của đơn vị đúng tiến độ", facts.unit_on_time, "≥", "evaluation.nd90.unit_on_time.htt",
                 configuration)  # fmt: skip
    yield from _sub_all_ok(facts)
    clause = configuration.version(f"hy1071.good_requires_70_percent_good_subunits.{facts.klass}")
    if clause.value and facts.sub_good is not None:
        test = _bound("Đơn vị trực thuộc hoàn thành tốt trở lên", facts.sub_good, "≥",
                      "evaluation.nd90.sub_good.htt", configuration)  # fmt: skip
        test.node.children.append(Node(clause.label, clause.value, None, None, clause.article, clause))
        yield test


def _fair(facts: Facts, configuration: Configuration) -> Iterator[_Test]:
    yield from _criteria(facts, OK)
    yield _all_done(facts)
    yield _bound("Tiêu chí chưa bảo đảm", facts.not_assured, "≤", "evaluation.nd90.not_assured.ht", configuration)
    if facts.klass not in LEADERS:
        return
    assert facts.unit_done is not None
    yield _bound("Chỉ tiêu của đơn vị hoàn thành", facts.unit_done, ">", "evaluation.nd90.unit_done.ht", configuration)
    if facts.sub_ok is not None:
        yield _bound("Đơn vị trực thuộc hoàn thành nhiệm vụ trở lên", facts.sub_ok, "≥", "evaluation.nd90.sub_ok.ht",
                     configuration)  # fmt: skip


def _hole(facts: Facts, configuration: Configuration) -> str:
    """The first open place in the order criteria, own tasks, not assured, unit, sub-units."""
    if FAIL in (facts.criteria, facts.criterion_5a if facts.klass in LEADERS else OK):
        return "HOLE_CRITERIA_NOT_MET"
    if facts.done != HUNDRED:
        return "HOLE_TASKS_NOT_ALL_COMPLETED"
    if facts.not_assured > configuration.number("evaluation.nd90.not_assured.ht"):
        return "HOLE_NOT_ASSURED_20_TO_50"
    assert facts.unit_done is not None  # only leaders can come here
    if facts.unit_done <= configuration.number("evaluation.nd90.unit_done.ht"):
        return "HOLE_UNIT_50_TO_70"
    return "HOLE_SUBUNITS_BELOW_70"


def explain_tree_level(level: str | None) -> Node:
    """A line for a tree level that was handed in."""
    return Node("Mức theo điều kiện của nghị định", level, None, text("{0}", level or "chưa xác định được"))
