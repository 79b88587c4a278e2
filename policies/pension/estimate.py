"""An estimate of the pension for the planner ("ước tính"); the social insurance agency decides.

Luật BHXH 41/2024/QH15 from 01/07/2025, Luật 58/2014/QH13 before. Amounts in đồng, rates in percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from policies.engine.dates import MONTHS_PER_YEAR, half_years
from policies.engine.money import EXACT, add, mul, percent, round_dong, sub
from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Reason
from policies.engine.session import DOUBTFUL, doubt
from policies.engine.trace import Branch, Node, Refused, Text, tree_dict
from policies.store import default_store

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PensionQuestion:
    """What the estimate needs.

    ``average_salary``: average of the salaries insurance was paid on (đồng a month; see ``policies.pension.average``).
    ``early_months``: months before the normal age; ``ground``: a decree code (no cut) or ``capacity`` (loss of working
    capacity). ``months_after_age``: months worked after the pension could have been drawn.
    """

    sex: str
    insurance_months: int
    average_salary: int
    pension_from: date
    early_months: int = 0
    ground: str | None = None
    insured_before_reform: bool = True
    months_after_age: int = 0


@dataclass(frozen=True, slots=True)
class PensionEstimate:
    """The estimate: rate in percent after the cut, monthly pension and one-off grant in đồng, with its explanation."""

    entitled: bool
    rate: Decimal
    cut: Decimal
    monthly: int
    one_off: int
    reasons: Sequence[Reason]
    warnings: Sequence[Reason]
    trace: Node

    def to_dict(self) -> dict[str, Any]:
        """JSON form; percentages as decimal strings."""
        return {
            "entitled": self.entitled,
            "rate_percent": format(self.rate, "f"),
            "cut_percent": format(self.cut, "f"),
            "monthly": self.monthly,
            "one_off": self.one_off,
            "reasons": [r.to_dict() for r in self.reasons],
            "warnings": [w.to_dict() for w in self.warnings],
            "trace": tree_dict(self.trace),
        }


def estimate(question: PensionQuestion, store: ParameterStore | None = None) -> PensionEstimate:
    """Estimate the monthly pension and the one-off grant on the first day of pension."""
    store = store or default_store()
    day = question.pension_from
    least = store.at("pension.min_insurance_months", day)
    doubts: list[Reason] = []
    if question.insurance_months < least.value:
        reason = Reason(
            "insurance_too_short",
            least.article,
            ("có {0} tháng đóng BHXH, cần đủ {1} tháng", (question.insurance_months, least.value)),
        )
        node = Node("Lương hưu ước tính", 0, "đồng/tháng", reason.text, least.article, least)
        return PensionEstimate(False, ZERO, ZERO, 0, 0, [reason], doubts, node)
    limit = store.at("pension.half_year_limit", day)
    years = half_years(question.insurance_months, limit.value)
    rate_rule = store.at("pension.rate", day)
    rate, rate_node = _rate(question.sex, years, rate_rule)
    cut, cut_node = _cut(question, store)
    final = max(ZERO, sub(rate, cut))
    exact = mul(percent(final), question.average_salary)
    monthly = round_dong(exact)
    pension_node = Node(
        "Lương hưu ước tính",
        monthly,
        "đồng/tháng",
        ("({0}% − {1}%) × {2}", (rate, cut, question.average_salary)),
        rate_rule.article,
        rate_rule,
        None,
        [
            Node(
                "Số năm đóng BHXH tính tỷ lệ",
                years,
                "năm",
                ("{0} tháng = {1} năm", (question.insurance_months, years)),
                limit.article,
                limit,
            ),
            rate_node,
            cut_node,
        ],
    )
    monthly = _floor(question, store, monthly, pension_node)
    one_off, one_off_node = _one_off(question, years, store)
    if one_off_node is not None:
        pension_node.children.append(one_off_node)
    doubts.extend(doubt(v) for v in (rate_rule, least) if v.mark in DOUBTFUL)
    yes = Reason(
        "eligible", least.article, ("đóng BHXH {0} tháng, đủ điều kiện thời gian", (question.insurance_months,))
    )
    return PensionEstimate(True, rate, cut, monthly, one_off, [yes], doubts, pension_node)


def _rate(sex: str, years: Decimal, rule: Version) -> tuple[Decimal, Node]:
    """Base rate at the base years, a part for each further year, a cap; men of 15 to under 20 years have their own."""
    value = rule.value
    base_years = value["female_years"] if sex == "female" else value["male_years"]
    short = value["male_short"]
    formula: Text
    refused: list[Refused] = []
    if years >= base_years:
        rate = add(value["base_percent"], mul(value["per_year"], sub(years, base_years)))
        formula = (
            "{0}% + {1}% × ({2} − {3})",
            (value["base_percent"], value["per_year"], years, base_years),
        )
        taken = "Từ đủ số năm của mức 45%"
        if sex == "male" and short:
            refused.append(Refused("Nam từ đủ 15 năm đến dưới 20 năm", rule.article, ("đóng {0} năm", (years,))))
    elif sex == "male" and short:
        rate = add(short["percent"], mul(short["per_year"], sub(years, short["years"])))
        formula = ("{0}% + {1}% × ({2} − {3})", (short["percent"], short["per_year"], years, short["years"]))
        taken = "Nam từ đủ 15 năm đến dưới 20 năm"
        refused.append(Refused("Từ đủ số năm của mức 45%", rule.article, ("đóng {0} năm", (years,))))
    else:
        rate, formula, taken = ZERO, ("đóng {0} năm, dưới {1} năm", (years, base_years)), "Dưới số năm của mức 45%"
    capped = min(rate, Decimal(value["cap_percent"]))
    if capped != rate:
        formula = (formula[0] + f"; tối đa {value['cap_percent']}%", formula[1])
    return capped, Node("Tỷ lệ lương hưu", capped, "%", formula, rule.article, rule, Branch(taken, refused))


def _cut(question: PensionQuestion, store: ParameterStore) -> tuple[Decimal, Node]:
    day = question.pension_from
    free = store.at("pension.no_cut", day)
    rule = store.at("pension.early_cut", day)
    label = "Giảm tỷ lệ do nghỉ hưu trước tuổi"
    if question.early_months <= 0:
        return ZERO, Node(label, ZERO, "%", ("nghỉ đúng tuổi", ()), rule.article, rule)
    if question.ground in free.value:
        counted = question.early_months
        if question.ground == "177":
            # Without reduction for at most five years; what lies beyond is cut like any early pension.
            counted = max(0, counted - store.at("nd177.no_cut_months", day).value)
        else:
            counted = 0
        if counted == 0:
            text: Text = ("nghỉ theo văn bản {0}: không trừ tỷ lệ", (question.ground,))
            return ZERO, Node(label, ZERO, "%", text, free.article, free)
    else:
        counted = question.early_months
    years, odd = divmod(counted, MONTHS_PER_YEAR)
    cut = Decimal(rule.value["per_year"] * years)
    if odd >= rule.value["from_odd_months"]:
        cut = add(cut, rule.value["odd_percent"])
    formula: Text = ("{0}% mỗi năm cho {1} tháng nghỉ sớm", (rule.value["per_year"], counted))
    return cut, Node(label, cut, "%", formula, rule.article, rule)


def _floor(question: PensionQuestion, store: ParameterStore, monthly: int, node: Node) -> int:
    """Not below the reference level for those insured before the reform with 20 years of compulsory insurance."""
    day = question.pension_from
    rule = store.versions("pension.floor")[0]
    if not rule.covers(day) or not question.insured_before_reform or question.insurance_months < rule.value["months"]:
        return monthly
    reference = store.at("salary.base", day)
    if monthly >= reference.value:
        return monthly
    node.children.append(
        Node("Mức tham chiếu thấp nhất", reference.value, "đồng/tháng", None, rule.article, rule, None)
    )
    node.value = reference.value
    return int(reference.value)


def _one_off(question: PensionQuestion, years: Decimal, store: ParameterStore) -> tuple[int, Node | None]:
    """For the years above those of the highest rate: half an average month each, two for years worked after the age."""
    rule = store.versions("pension.one_off")[0]
    if not rule.covers(question.pension_from):
        return 0, None
    value = rule.value
    limit = value["female_years"] if question.sex == "female" else value["male_years"]
    above = max(ZERO, sub(years, limit))
    if not above:
        return 0, None
    late = min(above, half_years(question.months_after_age, store.at("pension.half_year_limit", rule.valid_from).value))
    factor = add(mul(value["per_year"], sub(above, late)), mul(value["per_year_after_age"], late))
    amount = round_dong(EXACT.multiply(factor, Decimal(question.average_salary)))
    node = Node(
        "Trợ cấp một lần khi nghỉ hưu",
        amount,
        "đồng",
        (
            "({0} × {1} + {2} × {3}) × {4}",
            (value["per_year"], sub(above, late), value["per_year_after_age"], late, question.average_salary),
        ),
        rule.article,
        rule,
    )
    return amount, node
