"""NQ 07/2025/NQ-CP, groups 1 and 2: a lump sum for those who had passed the age and worked on.

Group 1: the age of Phụ lục II is reached. Group 2: cadres from commune level upward who have reached that of Phụ lục I.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies import exclusions
from policies.amounts import Amount
from policies.engine.money import add, mul
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.trace import Node, Text
from policies.leave import Identity, LeaveFacts, Shared, check_conditions, conclude, grant
from policies.salary.formula import MonthlySalary

IDENTITY = Identity("NQ07", "07/2025/NQ-CP", "Chính sách theo NQ 07/2025/NQ-CP")
BOOK = RuleBook("nq07")
# The contract has no benefit word of its own for the resolution: its people retire, so the result is filed there.
BENEFIT = "early_retirement"
BENEFITS = (BENEFIT,)
FIRST_LEAVE = "2025-01-02"


class FactsNQ07(LeaveFacts):
    """Workspace of the resolution."""

    __slots__ = ()

    @property
    def worked_on(self) -> int:
        """Months worked after the age of the annex."""
        return max(0, -self.shared.gap)

    @property
    def salary(self) -> MonthlySalary:
        """Salary as NĐ 178 amended [U]."""
        return self.shared.salary(self.store.at("nq07.salary.components", self.day))


@BOOK.condition(
    code="not_yet_in_force",
    label="Nghỉ từ ngày được áp dụng",
    article="NQ 07/2025/NQ-CP",
    benefits=BENEFITS,
    valid_from="1900-01-01",
)
def after_first_day(f: FactsNQ07) -> Text | None:
    """Leaves from 02/01/2025 [U]."""
    return exclusions.starts_with(f, "nq07.window.first")


@BOOK.condition(
    code="window_closed",
    label="Nghỉ trong thời hạn được áp dụng",
    article="NQ 07/2025/NQ-CP",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def before_last_day(f: FactsNQ07) -> Text | None:
    """Leaves to 31/12/2025 [U]."""
    return exclusions.ends_with(f, "nq07.window.last")


@BOOK.condition(
    code="already_paid",
    label="Chưa hưởng chính sách theo văn bản khác",
    article="Điều 3 khoản 7 NĐ 178/2024/NĐ-CP",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def not_paid_before(f: FactsNQ07) -> Text | None:
    """One person, one policy."""
    return exclusions.paid_before(f)


@BOOK.condition(
    code="retirement_age_not_reached",
    label="Đã đủ tuổi nghỉ hưu theo phụ lục",
    article="NQ 07/2025/NQ-CP, nhóm 1, nhóm 2",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def age_reached(f: FactsNQ07) -> Text | None:
    """On or after the pension day of the annex."""
    if f.age_reached:
        return None
    return ("nghỉ từ {0}, chưa đến ngày hưởng lương hưu {1}", (f.day, f.pension_from))


@BOOK.condition(
    code="outside_group",
    label="Đủ tuổi Phụ lục I: cán bộ từ cấp xã trở lên",
    article="NQ 07/2025/NQ-CP, nhóm 2",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def group_two_is_for_cadres(f: FactsNQ07) -> Text | None:
    """Beyond the Phụ lục I age only cadres."""
    if f.case.person.retirement_annex == "II":
        return SKIP
    return None if f.case.person.category in f.param("nq07.group2.categories") else ("không phải cán bộ", ())


@BOOK.condition(
    code="insurance_too_short",
    label="Đủ tuổi Phụ lục II: đóng BHXH từ đủ 15 năm",
    article="NQ 07/2025/NQ-CP, nhóm 1",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def group_one_insured(f: FactsNQ07) -> Text | None:
    """Group 1 needs 15 years of insurance."""
    if f.case.person.retirement_annex != "II":
        return SKIP
    least = f.param("nq07.group1.min_insurance_months")
    have = f.case.person.social_insurance_months
    return None if have >= least else ("có {0} tháng đóng BHXH, cần đủ {1} tháng", (have, least))


def _within_floor(f: FactsNQ07) -> Text | None:
    limit = f.param("nq07.floor_within_months")
    return None if f.worked_on <= limit else ("làm thêm {0} tháng, quá {1} tháng", (f.worked_on, limit))


def _above_floor(f: FactsNQ07) -> Text | None:
    limit = f.param("nq07.floor_within_months")
    return ("làm thêm {0} tháng, không quá {1} tháng", (f.worked_on, limit)) if f.worked_on <= limit else None


@BOOK.rule(
    "lump_sum",
    code="floor",
    label="Làm việc thêm từ đủ 15 tháng trở xuống",
    article="NQ 07/2025/NQ-CP",
    valid_from=FIRST_LEAVE,
    applies=_within_floor,
)
def lump_sum_floor(f: FactsNQ07) -> Amount:
    """15 months of salary."""
    return _lump_sum(f, Decimal(f.param("nq07.floor_months")), "{0} tháng × {1}", ())


@BOOK.rule(
    "lump_sum",
    code="step",
    label="Làm việc thêm trên 15 tháng",
    article="NQ 07/2025/NQ-CP",
    valid_from=FIRST_LEAVE,
    applies=_above_floor,
)
def lump_sum_step(f: FactsNQ07) -> Amount:
    """15 months and 0.5 for each month from the 16th, at most 24."""
    floor, within = f.param("nq07.floor_months"), f.param("nq07.floor_within_months")
    step, cap = f.param("nq07.step"), f.param("nq07.cap")
    months = min(add(floor, mul(step, f.worked_on - within)), Decimal(cap))
    return _lump_sum(
        f,
        months,
        "{0} tháng × {1}; {0} = {2} + {3} × {4} tháng, tối đa {5}",
        (floor, step, f.worked_on - within, cap),
    )


def _lump_sum(f: FactsNQ07, months: Decimal, template: str, more: tuple[object, ...]) -> Amount:
    salary = f.salary.amount
    return Amount("lump_sum", "Trợ cấp một lần", months, salary, template, (months, salary, *more))


def evaluate(shared: Shared, benefit: str) -> Result:
    """Answer for the lump sum; ``benefit`` has one value only."""
    facts = FactsNQ07(shared)
    outcome = check_conditions(BOOK, facts, BENEFIT)
    yes: Reason | None = None
    extra: list[Node] = []
    if not outcome.reasons:
        grant(BOOK, facts, ("lump_sum",), outcome)
        group = "nhóm 1" if facts.case.person.retirement_annex == "II" else "nhóm 2"
        yes = Reason(
            "eligible",
            f"NQ 07/2025/NQ-CP, {group}",
            ("Đã đủ tuổi từ {0}, làm việc thêm {1} tháng.", (facts.pension_from, facts.worked_on)),
        )
        extra.append(
            Node(
                "Số tháng làm việc sau khi đủ tuổi",
                facts.worked_on,
                "tháng",
                ("từ {0} đến {1}", (facts.pension_from, facts.day)),
                "NQ 07/2025/NQ-CP",
            )
        )
        _warnings(facts)
    first: date = facts.store.versions("nq07.window.first")[0].value
    return conclude(
        IDENTITY,
        BENEFIT,
        facts,
        outcome,
        salary=facts.salary if facts.day >= first else None,
        law_version=facts.store.versions("nq07.law_version")[0].value.isoformat(),
        yes=yes,
        extra_nodes=extra,
    )


def _warnings(facts: FactsNQ07) -> None:
    for name in ("nq07.window.first", "nq07.window.last"):
        border = facts.store.versions(name)[0]
        if border.mark in "UC":
            facts.flag(border)
    components = facts.store.at("nq07.salary.components", facts.day)
    if components.mark in "UC" and facts.case.salary.allowances:
        facts.flag(components)
    if not facts.case.directly_affected:
        facts.warn(
            "not_checked",
            "NQ 07/2025/NQ-CP",
            "Chưa kiểm tra: việc nghỉ do thực hiện quyết định sắp xếp (restructuring.directly_affected).",
        )
