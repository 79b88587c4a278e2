"""NĐ 177/2024 Điều 3 khoản 2 điểm d, đ: the step a person is put on to retire.

Whether the new step enters the salary of points b and c is open (law pack, question 13): the engine takes the
coefficient as entered, this module says what the step would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.engine.dates import add_months, whole_months
from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Reason
from policies.engine.trace import Node, Text
from policies.salary.scales import Scale
from policies.store import default_store

FIRST_STEP = 1


@dataclass(frozen=True, slots=True)
class StepRise:
    """``coefficient``: the one to retire on, None where nothing rises. ``reasons`` say why or why not."""

    granted: bool
    coefficient: Decimal | None
    reasons: tuple[Reason, ...]
    trace: Node


def post_step(
    group: str, coefficients: tuple[Decimal, ...], step: int, held_since: date, leave: date,
    store: ParameterStore | None = None,
) -> StepRise:  # fmt: skip
    """Point d: paid by post, on step 1 for at least 48 months: step 2 of that post.

    ``coefficients``: the steps of the post, first step first; ``step`` counts from 1.
    """
    store = store or default_store()
    rule = store.at("nd177.step2_after_months", leave)
    refusal = _not_in_group(group, leave, store)
    if refusal is None and step != FIRST_STEP:
        refusal = ("đang hưởng bậc {0}, không phải bậc 1 của chức vụ", (step,))
    if refusal is None and step >= len(coefficients):
        refusal = ("chức vụ không có bậc 2", ())
    due = add_months(held_since, rule.value)
    if refusal is None and leave < due:
        refusal = ("giữ bậc 1 từ {0}, đến {1} chưa đủ {2} tháng", (held_since, leave, rule.value))
    return _answer(
        refusal, coefficients, step, rule, ("giữ bậc 1 từ {0}, đủ {1} tháng từ {2}", (held_since, rule.value, due))
    )


def rank_step(
    group: str, scale: Scale, step: int, held_since: date, leave: date, *, has_leadership_allowance: bool,
    store: ParameterStore | None = None,
) -> StepRise:  # fmt: skip
    """Point đ: paid by rank with a leadership allowance, not on the last step, 1 to 12 months short of the next one."""
    store = store or default_store()
    rule = store.at("nd177.early_step_short_months", leave)
    least, most = rule.value
    due = add_months(held_since, scale.step_months)
    refusal = _not_in_group(group, leave, store)
    if refusal is None and not has_leadership_allowance:
        refusal = ("không hưởng phụ cấp chức vụ lãnh đạo", ())
    if refusal is None and step >= len(scale.coefficients):
        refusal = ("đã ở bậc cuối cùng của ngạch", ())
    if refusal is None and leave >= due:
        refusal = ("đã đủ {0} tháng từ {1}: nâng bậc thường xuyên", (scale.step_months, due))
    # Part of a month missing is a month missing: 12 months and a day short is beyond the limit.
    if refusal is None and leave < add_months(due, -most):
        refusal = ("đến {0} mới đủ {1} tháng, còn thiếu quá {2} tháng", (due, scale.step_months, most))
    short = max(least, whole_months(leave, due))
    return _answer(
        refusal,
        scale.coefficients,
        step,
        rule,
        ("đến {0} đủ {1} tháng, còn thiếu {2} tháng", (due, scale.step_months, short)),
    )


def _not_in_group(group: str, leave: date, store: ParameterStore) -> Text | None:
    groups = store.at("nd177.step_groups", leave).value
    return None if group in groups else ("nhóm {0} không thuộc các nhóm {1}", (group, ", ".join(groups)))


def _answer(refusal: Text | None, coefficients: tuple[Decimal, ...], step: int, rule: Version, why: Text) -> StepRise:
    granted = refusal is None
    coefficient = coefficients[step] if granted else None
    reason = Reason("eligible" if granted else "outside_group", rule.article, why if refusal is None else refusal)
    node = Node("Hệ số lương khi nghỉ hưu", coefficient, "hệ số", reason.text, rule.article, rule)
    return StepRise(granted, coefficient, (reason,), node)
