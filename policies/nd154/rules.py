"""NĐ 154/2025/NĐ-CP: what is granted. Điều 6 early retirement, Điều 8 severance, one function per clause."""

from __future__ import annotations

from datetime import date

from policies import staff_reduction
from policies.amounts import SERVICE_LABEL, Amount, early_years, flat, insured_years, job_search, service
from policies.engine.result import Result
from policies.engine.rules import RuleBook
from policies.engine.trace import Text
from policies.leave import Identity, Shared
from policies.staff_reduction import ReductionFacts, Scheme, from_two_years, under_two_years

IN_FORCE = "2025-06-16"
LAST_DAY = "2030-12-31"

SCHEME = Scheme(
    identity=Identity("154", "154/2025/NĐ-CP", "Chính sách theo NĐ 154/2025/NĐ-CP"),
    prefix="nd154",
    in_force=IN_FORCE,
    last_day=LAST_DAY,
    article_early="Điều 6 NĐ 154/2025/NĐ-CP",
    article_severance="Điều 8 khoản 1 NĐ 154/2025/NĐ-CP",
    article_excluded="Điều 4 NĐ 154/2025/NĐ-CP",
    article_single="Điều 3 NĐ 154/2025/NĐ-CP",
    band="early.band_months",
    law_version=IN_FORCE,
)
BOOK = RuleBook("nd154")
staff_reduction.declare_conditions(BOOK, SCHEME)


@BOOK.rule(
    "early.years",
    code="6_under_two",
    label="Còn dưới 02 năm: không trừ tỷ lệ lương hưu, không có trợ cấp theo năm nghỉ sớm",
    article="Điều 6 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=under_two_years,
)
def no_years_under_two(f: ReductionFacts) -> None:
    """Under two years there is no money."""


@BOOK.rule(
    "early.years",
    code="6_years",
    label="Còn từ đủ 02 năm đến đủ 05 năm: trợ cấp theo số năm nghỉ sớm",
    article="Điều 6 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=from_two_years,
)
def years_early(f: ReductionFacts) -> Amount:
    """5 months of salary for each early year."""
    return early_years(f, f.param("nd154.early.per_year"), f.salary.amount)


@BOOK.rule(
    "early.service",
    code="6_under_two_service",
    label="Còn dưới 02 năm: không có trợ cấp theo thời gian đóng BHXH",
    article="Điều 6 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=under_two_years,
)
def no_service_under_two(f: ReductionFacts) -> None:
    """Under two years there is no money."""


def _twenty_years(f: ReductionFacts) -> Text | None:
    refusal = from_two_years(f)
    if refusal is not None:
        return refusal
    first = f.param("nd154.early.service")["first_years"]
    if f.insurance_years >= first:
        return None
    return ("đóng BHXH {0} năm, dưới {1} năm", (f.insurance_years, first))


def _below_twenty(f: ReductionFacts) -> Text | None:
    refusal = from_two_years(f)
    if refusal is not None:
        return refusal
    first = f.param("nd154.early.service")["first_years"]
    if f.insurance_years < first:
        return None
    return ("đóng BHXH {0} năm, từ đủ {1} năm", (f.insurance_years, first))


@BOOK.rule(
    "early.service",
    code="6_service_20",
    label="Đóng BHXH từ đủ 20 năm: 20 năm đầu và từ năm thứ 21",
    article="Điều 6 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=_twenty_years,
)
def service_from_twenty(f: ReductionFacts) -> Amount:
    """5 months for 20 years and 0.5 for each year after."""
    return service(f, f.version("nd154.early.service"), f.salary.amount)


@BOOK.rule(
    "early.service",
    code="6_service_15",
    label="Đóng BHXH từ đủ 15 năm đến dưới 20 năm",
    article="Điều 6 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
    applies=_below_twenty,
)
def service_fifteen_to_twenty(f: ReductionFacts) -> Amount:
    """5 months flat."""
    months = f.param("nd154.early.service_15_20")
    return flat("service_years", SERVICE_LABEL, months, f.salary.amount)


@BOOK.rule(
    "severance.years",
    code="8.1b",
    label="Trợ cấp thôi việc theo số năm đóng BHXH",
    article="Điều 8 khoản 1 NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def severance_years(f: ReductionFacts) -> Amount:
    """1.5 months of salary for each insured year."""
    return insured_years(f, f.param("nd154.severance.per_year"), f.salary.amount)


@BOOK.rule(
    "severance.job_search",
    code="8.1a",
    label="Trợ cấp tìm việc làm",
    article="Điều 8 khoản 1 điểm a NĐ 154/2025/NĐ-CP",
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def to_look_for_work(f: ReductionFacts) -> Amount:
    """3 months of salary, public employees too."""
    return job_search(f.param("nd154.severance.job_search"), f.salary.amount)


def _not_checked(f: ReductionFacts) -> None:
    if f.case.facts.ground_154 is None:
        f.warn(
            "not_checked",
            "Điều 2 khoản 1 NĐ 154/2025/NĐ-CP",
            "Chưa kiểm tra: căn cứ tinh giản biên chế tại các điểm a đến h (facts.ground_154).",
        )


def evaluate(shared: Shared, benefit: str, law_day: date | None = None) -> Result:
    """Answer for one benefit, or ``auto``; ``law_day`` as in ``policies.staff_reduction.evaluate``."""
    return staff_reduction.evaluate(BOOK, SCHEME, shared, benefit, _not_checked, law_day=law_day)
