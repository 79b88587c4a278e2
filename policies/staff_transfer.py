"""Moving to a body that draws no salary from the budget: NĐ 154/2025 Điều 7, NĐ 29/2023 Điều 6.

Each decree declares the conditions and the two amounts with its own articles; the salary of the years is the decree's.
"""

from __future__ import annotations

from collections.abc import Callable

from policies.amounts import Amount, flat, insured_years
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.session import DOUBTFUL
from policies.engine.trace import Text
from policies.leave import Shared, check_conditions, conclude, grant
from policies.staff_reduction import ReductionFacts, Scheme, declare_common

TRANSFER = "transfer"
ENTRIES = ("transfer.months", "transfer.years")


def declare(
    book: RuleBook, scheme: Scheme, article: str, base_of_years: Callable[[ReductionFacts], int | None]
) -> None:
    """Declare the clauses of one decree. ``base_of_years`` is the salary of the insured years, None where unknown."""
    benefits, start, end = (TRANSFER,), scheme.in_force, scheme.last_day
    declare_common(book, scheme, benefits, article)

    @book.condition(
        code="under_three_years",
        label="Còn trên 03 năm đến tuổi nghỉ hưu",
        article=article,
        benefits=benefits,
        valid_from=start,
        valid_to=end,
    )
    def far_enough_from_the_age(f: ReductionFacts) -> Text | None:
        """Nobody with three years or less to the age, where the decree excludes them from the whole policy."""
        limit = _limit(f)
        if limit is None or not limit[1] or f.age_reached:
            return SKIP
        return None if f.longer_than(limit[0]) else ("còn {0} tháng, không quá {1} tháng", (f.months, limit[0]))

    @book.condition(
        code="facts_missing",
        label="Có mức lương để tính",
        article=article,
        benefits=benefits,
        valid_from=start,
        valid_to=end,
    )
    def salary_known(f: ReductionFacts) -> Text | None:
        """The average of the last 60 months is not guessed."""
        if base_of_years(f) is not None:
            return None
        return ("thiếu tiền lương tháng bình quân 60 tháng cuối (salary.average_60_months); hãy bổ sung để tính", ())

    def close_to_the_age(f: ReductionFacts) -> Text | None:
        limit = _limit(f)
        if limit is not None and not limit[1] and not f.longer_than(limit[0]):
            return None
        return ("còn {0} tháng đến tuổi nghỉ hưu", (f.months,))

    def not_close(f: ReductionFacts) -> Text | None:
        return ("còn {0} tháng đến tuổi nghỉ hưu", (f.months,)) if close_to_the_age(f) is None else None

    @book.rule(
        "transfer.months",
        code="a",
        label="Trợ cấp theo số tháng lương",
        article=article,
        valid_from=start,
        valid_to=end,
        applies=not_close,
    )
    def months_of_salary(f: ReductionFacts) -> Amount:
        """3 months of the current salary."""
        months = f.param(scheme.param("transfer"))["months"]
        return flat(
            "lump_sum", "Trợ cấp khi chuyển sang tổ chức không hưởng lương từ ngân sách", months, f.salary.amount
        )

    @book.rule(
        "transfer.months",
        code="a_close",
        label="Còn từ đủ 03 năm trở xuống: không có khoản theo số tháng lương",
        article=article,
        valid_from=start,
        valid_to=end,
        applies=close_to_the_age,
    )
    def no_months(f: ReductionFacts) -> None:
        """Nothing but the years."""

    @book.rule(
        "transfer.years",
        code="b",
        label="Trợ cấp theo số năm đóng BHXH",
        article=article,
        valid_from=start,
        valid_to=end,
    )
    def years_of_insurance(f: ReductionFacts) -> Amount:
        """Half a month of salary for each insured year."""
        return insured_years(f, f.param(scheme.param("transfer"))["per_year"], base_of_years(f) or 0)

    _ = (far_enough_from_the_age, salary_known, months_of_salary, no_months, years_of_insurance)


def _limit(f: ReductionFacts) -> tuple[int, bool] | None:
    """Months to the age at or under which something is excluded, and whether that is the whole policy."""
    value = f.param(f.scheme.param("transfer"))
    months = value.get("none_when_months_left")
    if not months:
        return None
    scope = f.version(f.scheme.param("transfer.excluded"), decisive=False)
    if scope.mark in DOUBTFUL and not f.longer_than(months):
        f.flag(scope)
    return months, scope.value == "whole"


def evaluate(book: RuleBook, scheme: Scheme, shared: Shared, article: str) -> Result:
    """What the person is granted on moving; ``leave.date`` is the first day with the new body."""
    facts = ReductionFacts(shared, scheme)
    outcome = check_conditions(book, facts, TRANSFER)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(book, facts, ENTRIES, outcome)
        yes = Reason("eligible", article, ("Chuyển sang tổ chức không hưởng lương thường xuyên từ ngân sách.", ()))
        facts.check_scale("Bảng lương NĐ 204/2004/NĐ-CP")
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    return conclude(
        scheme.identity,
        TRANSFER,
        facts,
        outcome,
        salary=facts.salary if in_force else None,
        law_version=scheme.law_version,
        yes=yes,
    )
