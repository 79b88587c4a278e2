"""NQ 07/2025/NQ-CP: a lump sum for the five groups the decrees left out.

1: the age of Phụ lục II is reached. 2: cadres from commune level upward who have reached that of Phụ lục I or draw a
pension already. 3: contract workers of public units. 4: off-quota staff of associations. 5: full-time union officers on
contract. Groups 1 and 2 follow from the annex; 3 to 5 are named in the case (``facts.group_nq07``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies import exclusions
from policies.amounts import Amount
from policies.engine.dates import month_index
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
    def group(self) -> str:
        """The group of the case; without one the annex tells: Phụ lục II is group 1, Phụ lục I group 2."""
        named = self.case.facts.group_nq07
        return named or ("k1" if self.case.person.retirement_annex == "II" else "k2")

    @property
    def drawn_from(self) -> date | None:
        """First day of the pension or benefit that somebody of group 2 draws already."""
        return self.case.facts.benefit_drawn_from if self.group == "k2" else None

    @property
    def entitled_from(self) -> date:
        """The pension day of the annex, or the start of the benefit already drawn."""
        drawn = self.drawn_from
        return self.pension_from if drawn is None else min(drawn, self.pension_from)

    @property
    def worked_on(self) -> int:
        """Months worked after that day."""
        return max(0, month_index(self.day) - month_index(self.entitled_from))

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
    label="Đã đủ tuổi nghỉ hưu hoặc đang hưởng lương hưu, trợ cấp",
    article="NQ 07/2025/NQ-CP, nhóm 1, nhóm 2, nhóm 3",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def age_reached(f: FactsNQ07) -> Text | None:
    """On or after the pension day, or the first day of the benefit drawn; group 3 below the age goes to NĐ 178."""
    if f.group not in f.param("nq07.age_groups"):
        return SKIP
    if f.day >= f.entitled_from:
        return None
    if f.group == "k3":
        return (
            "nghỉ từ {0}, chưa đến ngày hưởng lương hưu {1}: hợp đồng chưa đủ tuổi tính theo Điều 7, Điều 10 NĐ 178",
            (f.day, f.pension_from),
        )
    return ("nghỉ từ {0}, chưa đến ngày hưởng lương hưu {1}", (f.day, f.pension_from))


@BOOK.condition(
    code="outside_group",
    label="Loại đối tượng và phụ lục phù hợp với nhóm",
    article="NQ 07/2025/NQ-CP, nhóm 1 đến nhóm 5",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def fits_its_group(f: FactsNQ07) -> Text | None:
    """Group 1 by Phụ lục II, the others by Phụ lục I and their kind of service."""
    if f.group == "k1":
        return None if f.case.person.retirement_annex == "II" else ("nhóm 1 theo tuổi của Phụ lục II", ())
    if f.case.person.category in f.param("nq07.categories")[f.group]:
        return None
    return ("không phải cán bộ", ()) if f.group == "k2" else ("loại đối tượng không thuộc nhóm {0}", (f.group,))


@BOOK.condition(
    code="insurance_too_short",
    label="Đủ tuổi Phụ lục II: đóng BHXH từ đủ 15 năm",
    article="NQ 07/2025/NQ-CP, nhóm 1",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def group_one_insured(f: FactsNQ07) -> Text | None:
    """Group 1 needs 15 years of insurance."""
    if f.group != "k1":
        return SKIP
    least = f.param("nq07.group1.min_insurance_months")
    have = f.case.person.social_insurance_months
    return None if have >= least else ("có {0} tháng đóng BHXH, cần đủ {1} tháng", (have, least))


@BOOK.condition(
    code="facts_missing",
    label="Đã có mức trợ cấp của nhóm",
    article="NQ 07/2025/NQ-CP, nhóm 4, nhóm 5",
    benefits=BENEFITS,
    valid_from=FIRST_LEAVE,
)
def amount_is_set(f: FactsNQ07) -> Text | None:
    """Group 4 is for the province to decide, of group 5 only one amount is known: what is 0 has not been set."""
    name = _set_elsewhere(f)
    if name is None:
        return SKIP
    if f.param(name, decisive=False):
        return None
    return (
        "mức của {0} chưa có; ghi giá trị của thông số {1} kèm văn bản",
        ("nhóm 4 (tỉnh quyết định)" if f.group == "k4" else "nhóm 5 trong trường hợp này", name),
    )


def _set_elsewhere(f: FactsNQ07) -> str | None:
    """The parameter that holds the amount nobody has published."""
    if f.group == "k4":
        return "nq07.group4.months"
    if f.group == "k5" and _union_under_two(f) is not None:
        return "nq07.union.others_months"
    return None


def _union_under_two(f: FactsNQ07) -> Text | None:
    """None for a union officer with less than two years left."""
    if f.group != "k5":
        return _not_of(f)
    if f.age_reached:
        return ("đã đến ngày hưởng lương hưu {0}", (f.pension_from,))
    return exclusions.shorter(f, f.param("nq07.union.under_two_years_months"))


def _union_others(f: FactsNQ07) -> Text | None:
    if f.group != "k5":
        return _not_of(f)
    return ("còn dưới 02 năm đến tuổi nghỉ hưu", ()) if _union_under_two(f) is None else None


def _group_four(f: FactsNQ07) -> Text | None:
    return None if f.group == "k4" else _not_of(f)


def _not_of(f: FactsNQ07) -> Text:
    return ("hồ sơ thuộc nhóm {0}", (f.group,))


def _within_floor(f: FactsNQ07) -> Text | None:
    if f.group not in f.param("nq07.age_groups"):
        return _not_of(f)
    limit = f.param("nq07.floor_within_months")
    return None if f.worked_on <= limit else ("làm thêm {0} tháng, quá {1} tháng", (f.worked_on, limit))


def _above_floor(f: FactsNQ07) -> Text | None:
    if f.group not in f.param("nq07.age_groups"):
        return _not_of(f)
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


@BOOK.rule(
    "lump_sum",
    code="group_4",
    label="Nhóm 4: mức do tỉnh quyết định",
    article="NQ 07/2025/NQ-CP, nhóm 4",
    valid_from=FIRST_LEAVE,
    applies=_group_four,
)
def lump_sum_associations(f: FactsNQ07) -> Amount:
    """As many months of salary as the province has decided."""
    return _lump_sum(f, Decimal(f.param("nq07.group4.months")), "{0} tháng × {1}", ())


@BOOK.rule(
    "lump_sum",
    code="union_under_two",
    label="Nhóm 5: còn dưới 02 năm đến tuổi nghỉ hưu",
    article="NQ 07/2025/NQ-CP, nhóm 5",
    valid_from=FIRST_LEAVE,
    applies=_union_under_two,
)
def lump_sum_union(f: FactsNQ07) -> Amount:
    """0.8 of the salary for each month of early leave."""
    f.note_partial_month()
    factor = f.param("nq07.union.under_two_years")
    return _lump_sum(f, mul(factor, f.months), "{2} × {3} tháng × {1}", (factor, f.months))


@BOOK.rule(
    "lump_sum",
    code="union_others",
    label="Nhóm 5: trường hợp khác",
    article="NQ 07/2025/NQ-CP, nhóm 5",
    valid_from=FIRST_LEAVE,
    applies=_union_others,
)
def lump_sum_union_others(f: FactsNQ07) -> Amount:
    """As many months of salary as have been entered with their document."""
    return _lump_sum(f, Decimal(f.param("nq07.union.others_months")), "{0} tháng × {1}", ())


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
        group = f"nhóm {facts.group.removeprefix('k')}"
        yes = Reason(
            "eligible",
            f"NQ 07/2025/NQ-CP, {group}",
            ("Đã đủ tuổi từ {0}, làm việc thêm {1} tháng.", (facts.entitled_from, facts.worked_on))
            if facts.day >= facts.entitled_from
            else ("Còn {0} tháng đến ngày hưởng lương hưu {1}.", (facts.months, facts.pension_from)),
        )
        extra.append(
            Node(
                "Số tháng làm việc sau khi đủ tuổi",
                facts.worked_on,
                "tháng",
                ("từ {0} đến {1}", (facts.entitled_from, facts.day)),
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
    if facts.group == "k5":
        facts.warn(
            "not_checked",
            "NQ 07/2025/NQ-CP, nhóm 5; Điều 64 khoản 1 Luật BHXH",
            "Chưa kiểm tra: đủ thời gian đóng BHXH để không bị trừ tỷ lệ lương hưu.",
        )
    if not facts.case.directly_affected:
        facts.warn(
            "not_checked",
            "NQ 07/2025/NQ-CP",
            "Chưa kiểm tra: việc nghỉ do thực hiện quyết định sắp xếp (restructuring.directly_affected).",
        )
