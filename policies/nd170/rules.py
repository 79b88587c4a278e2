"""What a civil servant would get by resigning without any reorganisation: a yardstick beside NĐ 178 and NĐ 154.

Not a decree of the contract: ``decree: auto`` never takes it, it is asked for by name.
"""

from __future__ import annotations

from policies import exclusions
from policies.amounts import Amount, by_years, flat
from policies.engine.dates import half_years
from policies.engine.result import Reason, Result
from policies.engine.rules import RuleBook
from policies.engine.trace import Text
from policies.leave import Identity, LeaveFacts, Shared, check_conditions, conclude, grant

IDENTITY = Identity("170", "170/2025/NĐ-CP", "Thôi việc theo NĐ 170/2025/NĐ-CP (để đối chiếu)")
BOOK = RuleBook("nd170")
BENEFIT = "severance"
BENEFITS = (BENEFIT,)
IN_FORCE = "2025-07-01"


@BOOK.condition(
    code="not_yet_in_force",
    label="NĐ 170/2025/NĐ-CP đã có hiệu lực",
    article="NĐ 170/2025/NĐ-CP, hiệu lực thi hành",
    benefits=BENEFITS,
    valid_from="1900-01-01",
)
def in_force(f: LeaveFacts) -> Text | None:
    """From 01/07/2025."""
    return exclusions.starts_with(f, "nd170.in_force")


@BOOK.condition(
    code="outside_group",
    label="Là công chức",
    article="Điều 57 NĐ 170/2025/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def is_civil_servant(f: LeaveFacts) -> Text | None:
    """Civil servants only."""
    return None if f.case.person.category in f.param("nd170.categories") else ("không phải công chức", ())


@BOOK.condition(
    code="discipline_or_investigation",
    label="Không đang bị xem xét kỷ luật, truy cứu trách nhiệm hình sự",
    article="Điều 57 NĐ 170/2025/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def no_discipline(f: LeaveFacts) -> Text | None:
    """Not while under disciplinary review or prosecution."""
    return exclusions.under_discipline(f)


@BOOK.condition(
    code="retirement_age_reached",
    label="Chưa đủ tuổi nghỉ hưu",
    article="Điều 57 NĐ 170/2025/NĐ-CP; Điều 169 BLLĐ 2019",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def before_the_age(f: LeaveFacts) -> Text | None:
    """Who has reached the age retires."""
    return exclusions.age_reached(f)


def _salary(f: LeaveFacts) -> int:
    return f.shared.salary(f.store.at("nd170.salary.components", f.day)).amount


def _short(f: LeaveFacts) -> Text | None:
    rule = f.param("nd170.short_service")
    months = f.case.person.social_insurance_months
    if rule["from_months"] <= months < rule["below_months"]:
        return None
    return ("đóng BHXH {0} tháng, ngoài khoảng {1} đến dưới {2}", (months, rule["from_months"], rule["below_months"]))


def _regular(f: LeaveFacts) -> Text | None:
    rule = f.param("nd170.short_service")
    months = f.case.person.social_insurance_months
    return None if months >= rule["below_months"] else ("đóng BHXH {0} tháng, dưới {1}", (months, rule["below_months"]))


def _too_short(f: LeaveFacts) -> Text | None:
    rule = f.param("nd170.short_service")
    months = f.case.person.social_insurance_months
    return None if months < rule["from_months"] else ("đóng BHXH {0} tháng", (months,))


@BOOK.rule(
    "resignation.months",
    code="59_short",
    label="Công tác từ đủ 06 tháng đến dưới 12 tháng",
    article="Điều 59 NĐ 170/2025/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_short,
)
def short_service(f: LeaveFacts) -> Amount:
    """One month of salary."""
    return flat("job_search", "Trợ cấp thôi việc", f.param("nd170.short_service")["months"], _salary(f))


@BOOK.rule(
    "resignation.months",
    code="58_months",
    label="Công tác từ đủ 12 tháng: 03 tháng lương",
    article="Điều 58 NĐ 170/2025/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_regular,
)
def three_months(f: LeaveFacts) -> Amount:
    """Three months of salary."""
    return flat("job_search", "Trợ cấp 03 tháng lương", f.param("nd170.months"), _salary(f))


@BOOK.rule(
    "resignation.months",
    code="59_none",
    label="Công tác dưới 06 tháng: không có trợ cấp",
    article="Điều 59 NĐ 170/2025/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_too_short,
)
def nothing(f: LeaveFacts) -> None:
    """Less than six months give nothing."""


@BOOK.rule(
    "resignation.years",
    code="58_years",
    label="Trợ cấp theo số năm đóng BHXH",
    article="Điều 58, Điều 59 NĐ 170/2025/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_regular,
)
def per_year(f: LeaveFacts) -> Amount:
    """1.5 months of salary for each insured year, odd months rounded by a rule of its own."""
    factor = f.param("nd170.per_year")
    rounding = f.param("nd170.rounding")
    years = half_years(f.case.person.social_insurance_months, rounding["half_to"], rounding["none_below"])
    return by_years("severance_years", "Trợ cấp theo số năm đóng BHXH bắt buộc", factor, years, _salary(f))


def _not_regular(f: LeaveFacts) -> Text | None:
    return None if _regular(f) is not None else ("đã tính theo số năm", ())


@BOOK.rule(
    "resignation.years",
    code="59_no_years",
    label="Công tác dưới 12 tháng: không tính theo năm",
    article="Điều 59 NĐ 170/2025/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_not_regular,
)
def no_years(f: LeaveFacts) -> None:
    """Short service has the month only."""


def evaluate(shared: Shared) -> Result:
    """What ordinary resignation would pay."""
    facts = LeaveFacts(shared)
    outcome = check_conditions(BOOK, facts, BENEFIT)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, ("resignation.months", "resignation.years"), outcome)
        yes = Reason("eligible", "Điều 57, Điều 58 NĐ 170/2025/NĐ-CP", ("Công chức thôi việc theo nguyện vọng.", ()))
        facts.warn(
            "not_checked",
            "Điều 57 NĐ 170/2025/NĐ-CP",
            "Chưa kiểm tra: chưa có thông báo nghỉ hưu, không thuộc diện tinh giản biên chế.",
        )
    components = facts.store.versions("nd170.salary.components")[0]
    salary = shared.salary(components) if components.covers(facts.day) else None
    return conclude(
        IDENTITY,
        BENEFIT,
        facts,
        outcome,
        salary=salary,
        law_version=facts.store.versions("nd170.in_force")[0].value.isoformat(),
        yes=yes,
    )
