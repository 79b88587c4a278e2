"""NĐ 177/2024 Điều 3 khoản 2 điểm h, k and Điều 4 khoản 2 điểm đ: insurance that is short of a pension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.amounts import Amount, by_years
from policies.engine.case import Case
from policies.engine.dates import day_before, month_index
from policies.engine.money import mul, percent, round_dong
from policies.engine.parameters import ParameterStore
from policies.engine.result import Reason, Result
from policies.engine.rules import RuleBook
from policies.engine.session import DOUBTFUL, doubt
from policies.engine.trace import Node, Text, parameter_node
from policies.leave import Shared, check_conditions, conclude, grant
from policies.nd177.rules import EARLY, IDENTITY, IN_FORCE, WAITING, Facts177
from policies.store import default_store

PRESERVED = "preserved_insurance"
ARTICLE_K = "Điều 3 khoản 2 điểm k NĐ 177/2024/NĐ-CP"
BOOK = RuleBook("nd177.preserved")


@dataclass(frozen=True, slots=True)
class InsuranceHelp:
    """Contributions paid once for the missing months: ``months`` × ``monthly`` base × rate = ``amount`` đồng."""

    granted: bool
    missing: int
    months: int
    monthly: int
    amount: int
    reason: Reason
    warnings: tuple[Reason, ...]
    trace: Node


def help_for(case: Case, benefit: str, store: ParameterStore | None = None) -> InsuranceHelp:
    """The missing months, for a commune official who retires early (point h) or at the end of a waiting leave (đ).

    Early retirement: the salary on the leave; waiting leave: the salary of the month in which the age is reached, and
    the months of the leave count as insured. Point h asks besides for a specially difficult area or decorated service
    in Army or Police, which the case does not carry (warning). Nobody is helped with more than 30 months.
    """
    store = store or default_store()
    shared = Shared(case, store)
    waiting = benefit == WAITING
    day: date = day_before(shared.pension_from) if waiting else case.leave_date
    insured = case.person.social_insurance_months
    if waiting:
        insured += max(0, month_index(shared.pension_from) - month_index(case.leave_date))
    least = store.at("pension.min_insurance_months", shared.pension_from if waiting else day)
    most = store.at("nd177.insurance_help_months", case.leave_date)
    rate = store.at("nd177.insurance_help_percent", case.leave_date)
    missing = max(0, least.value - insured)
    base = store.at("salary.base", day) if waiting else shared.base_salary()
    monthly = shared.salary(store.at("nd177.waiting_components", case.leave_date), base).amount
    refusal: Text | None = None
    article = most.article
    if missing == 0:
        refusal = ("đủ {0} tháng đóng BHXH", (least.value,))
    elif missing > most.value:
        refusal = ("thiếu {0} tháng, quá {1} tháng", (missing, most.value))
    elif not waiting and case.person.category not in store.at("nd177.insurance_help_categories", case.leave_date).value:
        refusal = ("chỉ áp dụng với cán bộ cấp xã", ())
    warnings: list[Reason] = []
    months = 0
    if refusal is None:
        months = missing
        if rate.mark in DOUBTFUL:
            warnings.append(doubt(rate))
        if not waiting:
            warnings.append(
                Reason(
                    "not_checked",
                    article,
                    ("Chưa kiểm tra: công tác ở vùng đặc biệt khó khăn hoặc có thời gian trong quân đội, công an.", ()),
                )
            )
    amount = round_dong(mul(mul(percent(rate.value), monthly), months))
    reason = Reason(
        "eligible" if refusal is None else "outside_group",
        article,
        ("thiếu {0} tháng, được đóng một lần", (missing,)) if refusal is None else refusal,
    )
    node = Node(
        "Đóng BHXH một lần cho số tháng còn thiếu",
        amount,
        "đồng",
        ("{0} tháng × {1}% × {2}", (months, rate.value, monthly)) if refusal is None else refusal,
        article,
        most,
        None,
        [parameter_node(rate), parameter_node(least)],
    )
    return InsuranceHelp(refusal is None, missing, months, monthly, amount, reason, tuple(warnings), node)


@BOOK.condition(
    code="outside_group", label="Thuộc nhóm được bảo lưu thời gian đóng BHXH", article=ARTICLE_K,
    benefits=(PRESERVED,), valid_from=IN_FORCE,
)  # fmt: skip
def in_the_group(f: Facts177) -> Text | None:
    """Group k5 [U]."""
    group = f.case.person.group_177
    return None if group in f.param("nd177.k5_groups") else ("nhóm {0} không thuộc điểm k", (group or "chưa nêu",))


@BOOK.condition(
    code="not_voluntary", label="Có nguyện vọng nghỉ", article="Điều 3 khoản 1 điểm c NĐ 177/2024/NĐ-CP",
    benefits=(PRESERVED,), valid_from=IN_FORCE,
)  # fmt: skip
def asks_to_leave(f: Facts177) -> Text | None:
    """Own written request."""
    return None if f.case.voluntary else ("không có nguyện vọng nghỉ", ())


@BOOK.rule(
    "preserved", code="3.2k", label="Khoản 2 điểm k: bảo lưu thời gian đóng BHXH, trợ cấp theo năm", article=ARTICLE_K,
    valid_from=IN_FORCE,
)  # fmt: skip
def half_a_month_for_each_year(f: Facts177) -> Amount:
    """Half a month of salary for each insured year."""
    factor: Decimal = f.param("nd177.k5_preserve_per_year")
    label = "Trợ cấp khi bảo lưu thời gian đóng BHXH"
    return by_years("lump_sum", label, factor, f.insurance_years, f.salary(EARLY).amount)


def preserved(case: Case, store: ParameterStore | None = None) -> Result:
    """What group k5 gets for leaving with the insurance time preserved (point k)."""
    facts = Facts177(Shared(case, store or default_store()))
    outcome = check_conditions(BOOK, facts, PRESERVED)
    in_force = facts.day >= facts.store.versions("nd177.in_force")[0].value
    if not in_force:
        outcome.reasons.append(Reason("not_yet_in_force", ARTICLE_K, ("nghỉ trước khi nghị định có hiệu lực", ())))
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, ("preserved",), outcome)
        yes = Reason("eligible", ARTICLE_K, ("Bảo lưu {0} năm đóng BHXH.", (facts.insurance_years,)))
    start: date = facts.store.versions("nd177.in_force")[0].value
    return conclude(
        IDENTITY,
        PRESERVED,
        facts,
        outcome,
        salary=facts.salary(EARLY) if in_force else None,
        law_version=start.isoformat(),
        yes=yes,
    )
