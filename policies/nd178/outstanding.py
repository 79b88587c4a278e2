"""NĐ 178/2024 Điều 13, Điều 14: the step beyond order, the bonus of outstanding persons, training after the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.engine.money import EXACT, mul, percent, round_dong
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, parameter_node
from policies.salary.scales import Scale
from policies.store import default_store


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of ``staff`` may rise early in a year, how many of the places are taken, how many are left."""

    staff: int
    places: int
    taken: int
    left: int
    trace: Node


def early_step_quota(staff: int, taken: int, day: date, store: ParameterStore | None = None) -> Quota:
    """10 % of the staff a year (TT 08/2013 Điều 3); persons of Điều 13 stand inside it and come first (TT 01 Điều 8.3).

    A part of a place is no place. Raises ``ValueError`` for negative counts.
    """
    if staff < 0 or taken < 0:
        raise ValueError("số người phải từ 0 trở lên")
    store = store or default_store()
    rule = store.at("salary.early_step", day)
    places = int(EXACT.multiply(percent(rule.value["max_percent_of_staff"]), Decimal(staff)))
    left = max(0, places - taken)
    node = Node(
        "Số người được nâng bậc lương trước hạn trong năm",
        places,
        "người",
        ("{0}% × {1} người, đã dùng {2}", (rule.value["max_percent_of_staff"], staff, taken)),
        rule.article,
        rule,
    )
    return Quota(staff, places, taken, left, node)


def step_beyond_order(scale: Scale, step: int, day: date, store: ParameterStore | None = None) -> Decimal | None:
    """The coefficient one step up (``step`` counts from 1); None on the last step, where nothing rises."""
    store = store or default_store()
    target = step + store.at("nd178.outstanding.steps", day).value
    return scale.coefficients[target - 1] if target <= len(scale.coefficients) else None


@dataclass(frozen=True, slots=True)
class BonusRoom:
    """The unit's bonus fund of a year and the most that may go to outstanding persons, đồng."""

    fund: int
    most: int
    trace: Node


def bonus_room(yearly_rank_salaries: int, day: date, store: ParameterStore | None = None) -> BonusRoom:
    """10 % of the yearly rank salaries without allowances is the fund; at most half of it for Điều 13."""
    store = store or default_store()
    share_of_pay = store.at("salary.bonus_fund_percent", day)
    share_of_fund = store.at("nd178.outstanding.bonus_fund_share", day)
    fund = round_dong(mul(percent(share_of_pay.value), yearly_rank_salaries))
    # Rounded down: the limit may not be passed by a đồng.
    most = int(mul(percent(share_of_fund.value), fund))
    node = Node(
        "Mức thưởng tối đa cho người có phẩm chất, năng lực nổi trội",
        most,
        "đồng",
        ("{0}% × {1}% × {2}", (share_of_fund.value, share_of_pay.value, yearly_rank_salaries)),
        share_of_fund.article,
        share_of_fund,
        None,
        [parameter_node(share_of_pay)],
    )
    return BonusRoom(fund, most, node)


@dataclass(frozen=True, slots=True)
class TrainingDuties:
    """What the unit plans after the change (Điều 14) and whether a leaver owes training costs."""

    plans: tuple[str, ...]
    article: str


def training_plans(day: date, store: ParameterStore | None = None) -> TrainingDuties:
    """Review of needs, plan of 2025, plan of 2026–2030."""
    rule = (store or default_store()).at("nd178.training.plans", day)
    return TrainingDuties(tuple(rule.value), rule.article)


def owes_training_costs(decree: str, leave: date, store: ParameterStore | None = None) -> bool | None:
    """False for a leave under NĐ 178 or NĐ 154 (NĐ 171/2025 Điều 41); None where the law at hand does not say."""
    versions = (store or default_store()).versions("nd178.training.no_refund_decrees")
    for version in versions:
        if version.covers(leave) and decree in version.value:
            return False
    return None
