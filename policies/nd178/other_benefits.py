"""NĐ 178 Điều 11 (leadership allowance kept) and Điều 12 (secondment to the grassroots): no leave, one amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies import exclusions
from policies.amounts import Amount
from policies.engine.dates import add_months, day_before
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.trace import Text
from policies.leave import Identity, LeaveFacts, Shared, check_conditions, conclude, grant
from policies.nd178.conditions import IN_FORCE

BOOK = RuleBook("nd178.other")

RETAINED = "retained_leadership_allowance"
SECONDMENT = "grassroots_secondment"
ZERO = Decimal(0)


class MonthFacts(LeaveFacts):
    """``day`` is the day in the month asked for; the base salary is that of this month."""

    __slots__ = ()

    @property
    def old_allowance(self) -> Decimal:
        """Leadership coefficient of the post given up."""
        given = self.case.facts.old_leadership_allowance
        return self.case.salary.allowance("leadership") if given is None else given

    def kept_until(self) -> tuple[date, bool] | None:
        """Last day the allowance is kept, and whether the minimum of months decided it; None where unknown."""
        ends, begin = self.case.facts.term_ends, self.case.effective_date
        if ends is None:
            return None
        if begin is None:
            return ends, False
        least = day_before(add_months(begin, self.store.at("nd178.retained.min_months", self.day).value))
        return (least, True) if ends < least else (ends, False)


@BOOK.condition(
    code="not_yet_in_force",
    label="Nghị định đã có hiệu lực",
    article="Điều 25 NĐ 178/2024/NĐ-CP",
    benefits=(RETAINED, SECONDMENT),
    valid_from="1900-01-01",
)
def in_force(f: MonthFacts) -> Text | None:
    """From 01/01/2025; Điều 11 to 14 go on after the end of the leave policies."""
    return exclusions.starts_with(f, "nd178.versions")


@BOOK.condition(
    code="outside_group",
    label="Đang hưởng phụ cấp chức vụ của chức vụ cũ",
    article="Điều 11 NĐ 178/2024/NĐ-CP",
    benefits=(RETAINED,),
    valid_from=IN_FORCE,
)
def held_a_leading_post(f: MonthFacts) -> Text | None:
    """There is an allowance to keep."""
    return None if f.old_allowance > 0 else ("không có phụ cấp chức vụ lãnh đạo của chức vụ cũ", ())


@BOOK.condition(
    code="outside_group",
    label="Thôi giữ chức vụ hoặc giữ chức vụ có phụ cấp thấp hơn",
    article="Điều 11 NĐ 178/2024/NĐ-CP (sửa đổi bởi NĐ 67/2025/NĐ-CP)",
    benefits=(RETAINED,),
    valid_from=IN_FORCE,
)
def new_post_is_lower(f: MonthFacts) -> Text | None:
    """The new post, where there is one, carries a lower allowance."""
    new = f.case.facts.new_leadership_allowance
    if new is None or new < f.old_allowance:
        return None
    return ("phụ cấp chức vụ mới {0} không thấp hơn mức cũ {1}", (new, f.old_allowance))


@BOOK.condition(
    code="window_closed",
    label="Còn trong thời gian bảo lưu",
    article="Điều 11 NĐ 178/2024/NĐ-CP",
    benefits=(RETAINED,),
    valid_from=IN_FORCE,
)
def still_kept(f: MonthFacts) -> Text | None:
    """To the end of the term or appointment; where less than 6 months are left, 6 months."""
    kept = f.kept_until()
    if kept is None:
        return None
    last, by_minimum = kept
    if by_minimum:
        f.version("nd178.retained.min_months")
    return ("bảo lưu đến {0}", (last,)) if f.day > last else None


@BOOK.condition(
    code="outside_group",
    label="Không thuộc diện hưởng theo chính sách vùng đặc biệt khó khăn",
    article="Điều 12 NĐ 178/2024/NĐ-CP; NĐ 76/2019/NĐ-CP",
    benefits=(SECONDMENT,),
    valid_from=IN_FORCE,
)
def not_in_a_special_area(f: MonthFacts) -> Text | None:
    """In specially difficult areas NĐ 76/2019 takes the place of the one-off grant."""
    if not f.case.facts.special_area:
        return SKIP
    instead = f.param("nd178.secondment.special_area_document")
    return ("đến vùng đặc biệt khó khăn, hưởng trợ cấp theo {0} thay cho trợ cấp một lần", (instead,))


@BOOK.rule(
    "retained",
    code="11",
    label="Điều 11: bảo lưu phụ cấp chức vụ lãnh đạo",
    article="Điều 11 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
)
def retained_allowance(f: MonthFacts) -> Amount:
    """Leadership coefficient of the old post × base salary of the month; the line is one month."""
    f.version("nd178.retained.basis")
    base = f.param("salary.base")
    coefficient = f.old_allowance
    return Amount(
        "retained_allowance",
        "Phụ cấp chức vụ được bảo lưu (một tháng)",
        coefficient,
        base,
        "{0} × {1}",
        (coefficient, base),
    )


def _to_province(f: MonthFacts) -> Text | None:
    return None if f.case.facts.secondment_level == "province" else ("tăng cường về cấp xã", ())


def _to_commune(f: MonthFacts) -> Text | None:
    return ("tăng cường về cấp tỉnh", ()) if f.case.facts.secondment_level == "province" else None


@BOOK.rule(
    "secondment",
    code="12.1",
    label="Điều 12 khoản 1: tăng cường về cấp xã",
    article="Điều 12 khoản 1 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_to_commune,
)
def to_the_commune(f: MonthFacts) -> Amount:
    """10 × the base salary in force on the day of reporting, once."""
    return _secondment(f, f.param("nd178.secondment.commune"))


@BOOK.rule(
    "secondment",
    code="12.2",
    label="Điều 12 khoản 2: tăng cường từ trung ương về cấp tỉnh",
    article="Điều 12 khoản 2 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_to_province,
)
def to_the_province(f: MonthFacts) -> Amount:
    """3 × the base salary in force on the day of reporting, once."""
    return _secondment(f, f.param("nd178.secondment.province"))


def _secondment(f: MonthFacts, times: int) -> Amount:
    base = f.param("salary.base")
    return Amount(
        "secondment_allowance",
        "Trợ cấp một lần khi tăng cường về cơ sở",
        Decimal(times),
        base,
        "{0} × {1}",
        (times, base),
    )


def retained_leadership_allowance(shared: Shared, identity: Identity) -> Result:
    """One month of the allowance kept under Điều 11."""
    facts = MonthFacts(shared)
    if facts.case.facts.term_ends is None:
        facts.warn(
            "not_checked",
            "Điều 11 NĐ 178/2024/NĐ-CP",
            "Chưa kiểm tra: ngày hết nhiệm kỳ hoặc thời hạn bổ nhiệm (facts.term_ends).",
        )
    return _finish(
        facts, identity, RETAINED, "retained", "Được giữ phụ cấp chức vụ cũ đến hết nhiệm kỳ, thời hạn bổ nhiệm."
    )


def secondment_allowance(shared: Shared, identity: Identity) -> Result:
    """The one-off grant of Điều 12; without the level the commune is taken."""
    facts = MonthFacts(shared)
    if facts.case.facts.secondment_level is None:
        facts.warn(
            "not_checked",
            "Điều 12 NĐ 178/2024/NĐ-CP",
            "Chưa kiểm tra: cấp được tăng cường đến (facts.secondment_level); đang tính theo cấp xã.",
        )
    return _finish(facts, identity, SECONDMENT, "secondment", "Được cử tăng cường về cơ sở.")


def _finish(facts: MonthFacts, identity: Identity, benefit: str, entry: str, because: str) -> Result:
    outcome = check_conditions(BOOK, facts, benefit)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, (entry,), outcome)
        yes = Reason("eligible", outcome.lines[0].article, (because, ()))
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    store = facts.store
    versions = store.versions("nd178.versions")
    law = store.at("nd178.versions", max(facts.day, versions[0].valid_from))
    salary = None
    if in_force:
        salary = facts.shared.salary(store.at("nd178.salary.components", facts.day), store.at("salary.base", facts.day))
    result = conclude(identity, benefit, facts, outcome, salary=salary, law_version=law.value.isoformat(), yes=yes)
    result.months_early = None
    result.years_early = None
    return result
