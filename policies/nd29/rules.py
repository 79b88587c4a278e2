"""NĐ 29/2023/NĐ-CP: what was granted, on the average of the last 60 months (Điều 5, Điều 7)."""

from __future__ import annotations

from policies import staff_reduction
from policies.amounts import Amount, early_years, insured_years, job_search, service
from policies.engine.result import Reason, Result
from policies.engine.rules import RuleBook
from policies.leave import Identity, Outcome, Shared
from policies.staff_reduction import SEVERANCE, ReductionFacts, Scheme, from_two_years, under_two_years

IN_FORCE = "2023-07-20"
LAST_DAY = "2025-06-15"

SCHEME = Scheme(
    identity=Identity("29", "29/2023/NĐ-CP", "Chính sách theo NĐ 29/2023/NĐ-CP"),
    prefix="nd29",
    in_force=IN_FORCE,
    last_day=LAST_DAY,
    article_early="Điều 5 NĐ 29/2023/NĐ-CP",
    article_severance="Điều 7 khoản 1 NĐ 29/2023/NĐ-CP",
    article_excluded="Điều 4 NĐ 29/2023/NĐ-CP",
    article_single="Điều 3 NĐ 29/2023/NĐ-CP",
    band="early.band",
    law_version=IN_FORCE,
)
BOOK = RuleBook("nd29")
staff_reduction.declare_conditions(BOOK, SCHEME)


def _average(f: ReductionFacts) -> int:
    average = f.case.salary.average_60_months
    assert average is not None  # asked for before any clause runs
    return average


@BOOK.rule(
    "early.years",
    code="5_under_two",
    label="Còn dưới 02 năm: không trừ tỷ lệ lương hưu, không có trợ cấp theo năm nghỉ sớm",
    article="Điều 5 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=under_two_years,
)
def no_years_under_two(f: ReductionFacts) -> None:
    """Under two years there is no money."""


@BOOK.rule(
    "early.years",
    code="5_years",
    label="Còn từ đủ 02 năm đến đủ 05 năm: trợ cấp theo số năm nghỉ sớm",
    article="Điều 5 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=from_two_years,
)
def years_early(f: ReductionFacts) -> Amount:
    """3 months of the average salary for each early year."""
    return early_years(f, f.param("nd29.early.per_year"), _average(f))


@BOOK.rule(
    "early.service",
    code="5_under_two_service",
    label="Còn dưới 02 năm: không có trợ cấp theo thời gian đóng BHXH",
    article="Điều 5 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=under_two_years,
)
def no_service_under_two(f: ReductionFacts) -> None:
    """Under two years there is no money."""


@BOOK.rule(
    "early.service",
    code="5_service",
    label="20 năm đầu đóng BHXH và từ năm thứ 21",
    article="Điều 5 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=from_two_years,
)
def service_years(f: ReductionFacts) -> Amount:
    """5 months of the average for 20 years, 0.5 for each year after."""
    return service(f, f.version("nd29.early.service"), _average(f))


@BOOK.rule(
    "severance.years",
    code="7.1b",
    label="Trợ cấp thôi việc theo số năm đóng BHXH",
    article="Điều 7 khoản 1 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def severance_years(f: ReductionFacts) -> Amount:
    """1.5 months of the average for each insured year."""
    return insured_years(f, f.param("nd29.severance.per_year"), _average(f))


@BOOK.rule(
    "severance.job_search",
    code="7.1a",
    label="Trợ cấp tìm việc làm",
    article="Điều 7 khoản 1 NĐ 29/2023/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def to_look_for_work(f: ReductionFacts) -> Amount:
    """3 months of the current salary (or of the average: [U])."""
    months = f.param("nd29.severance.job_search")
    basis = f.version("nd29.severance.job_search_base", decisive=False)
    average = _average(f)
    if basis.mark in "UC" and average != f.salary.amount:
        f.flag(basis)
    base = average if basis.value == "average" else f.salary.amount
    return job_search(months, base)


def _missing(f: ReductionFacts, outcome: Outcome, benefit: str) -> None:
    """The average of the last 60 months is not guessed: where money would be paid on it, it must be given."""
    if f.case.salary.average_60_months is not None:
        return
    if benefit != SEVERANCE and f.shorter_than(f.band("least")):
        return
    outcome.conditions.value = False
    outcome.reasons.append(
        Reason(
            "facts_missing",
            "Điều 10 NĐ 29/2023/NĐ-CP",
            ("thiếu tiền lương tháng bình quân 60 tháng cuối (salary.average_60_months); hãy bổ sung để tính", ()),
        )
    )


def _not_checked(f: ReductionFacts) -> None:
    f.warn(
        "not_checked",
        "Điều 2 NĐ 29/2023/NĐ-CP",
        "Chưa kiểm tra: căn cứ tinh giản biên chế theo Điều 2.",
    )


def evaluate(shared: Shared, benefit: str) -> Result:
    """Answer for one benefit, or ``auto``."""
    return staff_reduction.evaluate(BOOK, SCHEME, shared, benefit, _not_checked, _missing)
