"""Questions about points: products, sheets, the year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policies.engine.money import HUNDRED
from policies.evaluation.asked import MOST, finished, last_day, opened
from policies.evaluation.configuration import Configuration, default_configuration
from policies.evaluation.data import CLASSES, LEADERS, regimes
from policies.evaluation.given import Given, as_decimal
from policies.evaluation.scores import Product, Score, score_products, score_sheet, year_score
from policies.evaluation.sheets import GENERAL, RESULT, check_sheet, sheets
from policies.questions import Answer, BadQuestion

_PERIOD = re.compile(r"(\d{4})(?:-(Q[1-4]|H[12]|\d{2}))?\Z", re.ASCII)
_LEADER_KEYS = ("d", "dd", "e")
_POINT_REGIMES = ("ND335", "ND233", "QD366", "HY1071")


def _score_configuration(g: Given, regime: str) -> Configuration:
    """The configuration of the last day of the period; without a period, of the regime's first year."""
    end: date | None = None
    year = g.year("year")
    if g.has("period"):
        match = _PERIOD.match(str(g.data["period"]))
        if match is None:
            g.fault("period", f"'{g.data['period']}' không phải kỳ; ghi dạng 2026, 2026-Q2, 2026-H1 hoặc 2026-07")
        else:
            year = int(match[1])
    if year is not None and 1 <= year <= date.max.year:
        end = last_day(year)
    return default_configuration(
        end or max(regimes()[regime].valid_from, last_day(regimes()["HY1071"].valid_from.year))
    )


def score(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(
        given,
        ("person_class", "year", "period", "products", "general_score", "general_scores", "leader_percent", "set",
         "lines", "subordinate_levels"),
    )  # fmt: skip
    if g.has("set") or g.has("lines"):
        found = _of_sheet(g, regime)
    else:
        found = _of_products(g, "ND335" if regime in (None, "any") else str(regime))
    return finished(found.to_dict(), found.trace)


def _general(g: Given, configuration: Configuration, *, required: bool) -> list[Decimal]:
    top = configuration.number("evaluation.points.general_max")
    if g.has("general_scores"):
        found = []
        for i, raw in enumerate(g.items("general_scores")):
            value = as_decimal(raw)
            if value is None or not 0 <= value <= top:
                g.fault(f"general_scores[{i}]", f"'{raw}' phải là điểm từ 0 đến {top}")
            else:
                found.append(value)
        return found
    if not g.has("general_score") and required:
        g.require("general_score", why="ghi điểm tiêu chí chung")
    one = g.decimal("general_score", high=top)
    return [] if one is None else [one]


def _product(g: Given) -> Product:
    g.require("assigned", "done")
    objective = g.flag("objective_cause")
    faults, delays = g.whole("quality_faults") or 0, g.whole("delays") or 0
    return Product(
        g.text("code"),
        g.decimal("assigned", high=MOST) or Decimal(0),
        g.decimal("done", high=MOST) or Decimal(0),
        g.decimal("weight", Decimal(1), high=MOST) or Decimal(0),
        0 if objective else faults,
        0 if objective else delays,
    )


def _of_products(g: Given, regime: str) -> Score:
    if regime not in _POINT_REGIMES:
        raise BadQuestion([("regime", f"'{regime}' không chấm theo sản phẩm; chọn ND335")])
    configuration = _score_configuration(g, regime)
    g.require("person_class", "products")
    klass = g.choice("person_class", CLASSES) or "CC0"
    known = ("code", "name", "assigned", "done", "weight", "quality_faults", "delays", "objective_cause")
    products = g.groups("products", known, _product)
    if products and not any(p.assigned * p.weight for p in products):
        g.fault("products", "tổng số được giao bằng 0; cần ít nhất một sản phẩm được giao")
    elif g.has("products") and not products:
        g.fault("products", "danh sách trống; cần ít nhất một sản phẩm, công việc được giao")
    general = _general(g, configuration, required=True)
    percents = _leader_percent(g, klass, configuration)
    g.check()
    return score_products(products, general, klass, configuration, leader_percent=percents, regime=regime)


def _leader_percent(g: Given, klass: str, configuration: Configuration) -> dict[str, Decimal]:
    if klass not in LEADERS:
        return {}
    part = g.part("leader_percent", _LEADER_KEYS)
    found = {key: value for key in _LEADER_KEYS if (value := part.decimal(key)) is not None}
    if g.has("subordinate_levels") and "d" not in found:
        partial = configuration.number("evaluation.nd335.leader_partial_percent")
        found["d"] = partial if "KHT" in g.items("subordinate_levels") else HUNDRED
    for key in _LEADER_KEYS:
        if key not in found and not part.has(key):
            part.fault(key, "thiếu; người lãnh đạo, quản lý cần tỷ lệ d, dd (đ) và e")
    return found


def _of_sheet(g: Given, regime: str | None) -> Score:
    g.require("set", "lines")
    code = g.choice("set", sheets())
    g.check()
    assert code is not None
    sheet = sheets()[code]
    own = regime if regime in _POINT_REGIMES else sheet.regimes[0]
    if sheet.scale_max is None:
        raise BadQuestion([("input.set", f"phiếu {code} không chấm điểm; hãy dùng câu hỏi rating")])
    configuration = _score_configuration(g, own)
    general = _general(g, configuration, required=False)
    lines = g.data.get("lines")
    if not isinstance(lines, Mapping):
        g.fault("lines", "cần một nhóm khóa: mã dòng và giá trị")
        lines = {}
    values = {str(k): v for k, v in lines.items()}
    parts = (RESULT,) if general else (GENERAL, RESULT)
    for fault in check_sheet(sheet, values, parts=parts):
        g.faults.append((f"input.lines.{fault.line}", fault.message))
    g.check()
    mean = Fraction(0) if not general else sum((Fraction(x) for x in general), Fraction(0)) / len(general)
    one = None if not general else Decimal(mean.numerator) / Decimal(mean.denominator)
    return score_sheet(sheet, values, configuration, general_score=one, regime=own)


def year(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(given, ("period_scores", "rating_agency", "person_class", "year"))
    own = "ND335" if regime in (None, "any") else str(regime)
    if own not in _POINT_REGIMES:
        raise BadQuestion([("regime", f"'{regime}' không có điểm năm; chọn một trong: {', '.join(_POINT_REGIMES)}")])
    g.require("period_scores")
    totals = g.groups("period_scores", ("period", "total", "agency"), _period_total)
    if g.has("period_scores") and not totals:
        g.fault("period_scores", "danh sách trống; cần ít nhất một kỳ thực tế làm việc")
    configuration = _score_configuration(g, own)
    agency = g.text("rating_agency")
    g.check()
    found = year_score([t for t in totals if t is not None], own, configuration)
    output: dict[str, Any] = {"total": format(found.total, "f"), "level": found.level}
    if agency:
        output["rating_agency"] = agency
    return finished(output, found.trace)


def _period_total(g: Given) -> Decimal | None:
    g.require("total")
    if g.has("period") and not _PERIOD.match(str(g.data["period"])):
        g.fault("period", f"'{g.data['period']}' không phải kỳ; ghi dạng 2026-Q2, 2026-H1, 2026-07")
    return g.decimal("total")
