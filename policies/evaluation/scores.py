"""Points: converted products (NĐ 335 Điều 14–16), filled sheets, the mean of a year's periods (Điều 21)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policies.engine.money import HUNDRED
from policies.engine.trace import Node, parameter_node, text
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import LEADERS, level_label
from policies.evaluation.explain import round_points, rounded, show
from policies.evaluation.scored import level_of_points, thresholds_of
from policies.evaluation.sheets import GENERAL, RESULT, Sheet, sheet_total


@dataclass(frozen=True, slots=True)
class Product:
    """A product or work of the period. ``weight``: its points over those of the standard product.

    ``quality_faults`` and ``delays`` count those without a confirmed objective cause.
    """

    code: str
    assigned: Decimal
    done: Decimal
    weight: Decimal
    quality_faults: int = 0
    delays: int = 0


@dataclass(slots=True)
class Score:
    """Exact fractions inside, two decimals outside. ``ratios``: a, b, c (leaders d, dd, e) in percent."""

    total: Decimal
    level: str
    general: Fraction
    task: Fraction
    ratios: Mapping[str, Fraction] = field(default_factory=dict)
    trace: Node = field(default_factory=lambda: Node("Điểm"))

    def to_dict(self) -> dict[str, Any]:
        """The output of the case files."""
        found: dict[str, Any] = {key: format(rounded(value, 2), "f") for key, value in self.ratios.items()}
        found["general_score"] = format(rounded(self.general, 2), "f")
        found["task_score"] = format(rounded(self.task, 2), "f")
        found["total"] = format(self.total, "f")
        found["level"] = self.level
        return found


def score_products(
    products: Sequence[Product],
    general_scores: Sequence[Decimal],
    klass: str,
    configuration: Configuration,
    *,
    leader_percent: Mapping[str, Decimal] | None = None,
    regime: str = "ND335",
) -> Score:
    """Points of a period: general plus task points, leaders with d, dd (đ) and e.

    ``general_scores``: one figure, or one per month really worked (their mean counts). ``products``: of all those
    months. Raises ``ValueError`` when nothing was assigned: a ratio of nothing is not regulated.
    """
    fault = configuration.version("evaluation.nd335.fault_percent")
    top = configuration.fraction("evaluation.nd335.ratio_cap") / 100
    assigned = sum((Fraction(p.assigned) * Fraction(p.weight) for p in products), Fraction(0))
    if assigned == 0:
        raise ValueError("không có sản phẩm, công việc nào được giao trong kỳ")
    cut = Fraction(fault.value) / 100

    def share(lost: Iterable[int]) -> Fraction:
        done = sum(
            (
                Fraction(p.done) * Fraction(p.weight) * max(Fraction(0), 1 - cut * n)
                for p, n in zip(products, lost, strict=True)
            ),
            Fraction(0),
        )
        return min(top, done / assigned)

    ratios = {
        "a": share([0] * len(products)),
        "b": share([p.quality_faults for p in products]),
        "c": share([p.delays for p in products]),
    }
    if klass in LEADERS:
        given = leader_percent or {}
        for key in ("d", "dd", "e"):
            ratios[key] = Fraction(given[key]) / 100
    task_max = configuration.version("evaluation.points.task_max")
    task = Fraction(task_max.value) * sum(ratios.values(), Fraction(0)) / len(ratios)
    general = sum((Fraction(g) for g in general_scores), Fraction(0)) / len(general_scores)
    score = _score(general, task, regime, configuration)
    score.ratios = {key: value * 100 for key, value in ratios.items()}
    names = {
        "a": "a: số lượng", "b": "b: chất lượng", "c": "c: tiến độ", "d": "d: kết quả đơn vị, lĩnh vực phụ trách",
        "dd": "đ: tổ chức triển khai nhiệm vụ", "e": "e: tập hợp, đoàn kết",
    }  # fmt: skip
    article = "Điều 15, Điều 16 NĐ 335/2025/NĐ-CP" if klass in LEADERS else "Điều 14, Điều 16 NĐ 335/2025/NĐ-CP"
    score.trace.children = [
        *(Node(names[key], show(value * 100), "%", None, article) for key, value in ratios.items()),
        parameter_node(fault),
        Node("Điểm tiêu chí chung", show(general), "điểm"),
        Node(
            "Điểm kết quả nhiệm vụ",
            show(task),
            "điểm",
            text("{0} × trung bình {1} tỷ lệ", task_max.value, len(ratios)),
            article,
            task_max,
        ),
        *score.trace.children,
    ]
    return score


def leader_d(levels: Iterable[str], configuration: Configuration) -> Decimal:
    """d of a leader: 100 % when every managed person scores HT or above, part of it when any is in the KHT range."""
    partial = configuration.number("evaluation.nd335.leader_partial_percent")
    return partial if "KHT" in levels else HUNDRED


def score_sheet(
    sheet: Sheet,
    values: Mapping[str, Any],
    configuration: Configuration,
    *,
    general_score: Decimal | None = None,
    regime: str | None = None,
) -> Score:
    """Points of a filled sheet (check it first); ``general_score`` stands for the lines of the general criteria."""
    parts = (GENERAL, RESULT) if general_score is None else (RESULT,)
    found = sheet_total(sheet, values, parts=parts)
    general = found.general if general_score is None else Fraction(general_score)
    score = _score(general, found.result, regime or sheet.regimes[0], configuration)
    lines = [
        Node(f"{code}. {line.name}", show(points), "điểm")
        for code, points in found.lines.items()
        if (line := sheet.line(code)) is not None
    ]
    score.trace.label = f"Điểm theo phiếu “{sheet.title}”"
    score.trace.article = sheet.article
    score.trace.children = [
        Node("Điểm tiêu chí chung", show(general), "điểm"),
        Node("Điểm kết quả nhiệm vụ", show(found.result), "điểm", children=lines),
        *score.trace.children,
    ]
    return score


def year_score(totals: Sequence[Decimal], regime: str, configuration: Configuration) -> Score:
    """The year: the mean of the totals of the periods really worked, at any agency. ``ValueError`` for none."""
    if not totals:
        raise ValueError("không có kỳ nào để tính điểm năm")
    mean = sum((Fraction(t) for t in totals), Fraction(0)) / len(totals)
    score = _score(mean, Fraction(0), regime, configuration)
    score.trace.label = "Điểm năm: trung bình các kỳ thực tế làm việc"
    score.trace.article = "Điều 21 NĐ 335/2025/NĐ-CP"
    score.trace.children = [Node(f"Kỳ {i}", t, "điểm") for i, t in enumerate(totals, 1)] + score.trace.children
    return score


def _score(general: Fraction, task: Fraction, regime: str, configuration: Configuration) -> Score:
    total = round_points(general + task, configuration)
    bounds = thresholds_of(regime, configuration)
    level = level_of_points(total, bounds)
    used = [parameter_node(bounds), parameter_node(configuration.version("evaluation.points.decimals"))]
    words = text("{0} điểm: {1}", total, level_label(level))
    node = Node("Tổng điểm", total, "điểm", words, bounds.article, children=used)
    return Score(total, level, general, task, {}, Node("Điểm", total, "điểm", None, bounds.article, children=[node]))
