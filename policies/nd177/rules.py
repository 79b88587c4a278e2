"""NĐ 177/2024/NĐ-CP: Điều 3 early retirement and Điều 4 waiting leave, one function per clause."""

from __future__ import annotations

from datetime import date

from policies import exclusions
from policies.amounts import Amount, early_years, service
from policies.engine.dates import add_months
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.trace import Text
from policies.leave import (
    Identity,
    LeaveFacts,
    Outcome,
    Shared,
    check_conditions,
    conclude,
    grant,
)
from policies.nd177.groups import group_applies
from policies.salary.formula import MonthlySalary

IDENTITY = Identity("177", "177/2024/NĐ-CP", "Chính sách theo NĐ 177/2024/NĐ-CP")
BOOK = RuleBook("nd177")

EARLY = "early_retirement"
WAITING = "waiting_leave"
BOTH = (EARLY, WAITING)
IN_FORCE = "2025-01-01"
ENTRIES = ("early.years", "early.service")


class Facts177(LeaveFacts):
    """Workspace of NĐ 177."""

    __slots__ = ()

    def salary(self, benefit: str) -> MonthlySalary:
        """Current salary (Điều 3 khoản 5) or the pay kept while waiting (Điều 4 khoản 2)."""
        name = "nd177.waiting_components" if benefit == WAITING else "nd177.salary_components"
        return self.shared.salary(self.store.at(name, self.day))


@BOOK.condition(
    code="not_yet_in_force",
    label="NĐ 177/2024/NĐ-CP đã có hiệu lực",
    article="NĐ 177/2024/NĐ-CP, hiệu lực thi hành",
    benefits=BOTH,
    valid_from="1900-01-01",
)
def in_force(f: Facts177) -> Text | None:
    """From 01/01/2025."""
    return exclusions.starts_with(f, "nd177.in_force")


@BOOK.condition(
    code="outside_group",
    label="Thuộc nhóm đối tượng tại Điều 2",
    article="Điều 2 NĐ 177/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def in_a_group(f: Facts177) -> Text | None:
    """One of the five groups."""
    return _in_groups(f, "nd177.groups")


@BOOK.condition(
    code="outside_group",
    label="Thuộc nhóm được nghỉ công tác chờ đủ tuổi",
    article="Điều 4 khoản 1 điểm a NĐ 177/2024/NĐ-CP",
    benefits=(WAITING,),
    valid_from=IN_FORCE,
)
def in_a_waiting_group(f: Facts177) -> Text | None:
    """Groups k1 to k3 only."""
    return _in_groups(f, "nd177.waiting_groups")


def _in_groups(f: Facts177, name: str) -> Text | None:
    groups = f.param(name)
    group = f.case.person.group_177
    if group is None:
        return ("hồ sơ không thuộc nhóm nào của Điều 2", ())
    if group not in groups:
        return ("nhóm {0} không thuộc các nhóm {1}", (group, ", ".join(groups)))
    return group_applies(f)


@BOOK.condition(
    code="outside_group",
    label="Không thuộc các trường hợp loại trừ của khoản 6 Điều 2",
    article="Điều 2 khoản 6 NĐ 177/2024/NĐ-CP",
    benefits=BOTH,
    valid_from=IN_FORCE,
)
def not_excluded(f: Facts177) -> Text | None:
    """Staff reduction (a), a notice or decision of retirement (b), goes on working in the political system (c)."""
    given = f.case.facts
    if given.ground_154 is not None:
        return ("thuộc đối tượng tinh giản biên chế (điểm {0} khoản 1 Điều 2 NĐ 154/2025/NĐ-CP)", (given.ground_154,))
    if given.retirement_notice_on is not None and given.retirement_notice_on <= f.day:
        return ("đã có thông báo, quyết định nghỉ hưu ngày {0}", (given.retirement_notice_on,))
    if given.continues_working:
        return ("không đủ tuổi tái cử nhưng tiếp tục công tác trong hệ thống chính trị", ())
    return None


@BOOK.condition(
    code="not_voluntary",
    label="Có nguyện vọng nghỉ bằng văn bản, được đồng ý",
    article="Điều 3 khoản 1 điểm c NĐ 177/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def asks_to_retire(f: Facts177) -> Text | None:
    """Own written request."""
    return None if f.case.voluntary else ("không có nguyện vọng nghỉ hưu trước tuổi", ())


@BOOK.condition(
    code="not_voluntary",
    label="Có nguyện vọng nghỉ bằng văn bản, được đồng ý",
    article="Điều 4 khoản 1 điểm c NĐ 177/2024/NĐ-CP",
    benefits=(WAITING,),
    valid_from=IN_FORCE,
)
def asks_to_wait(f: Facts177) -> Text | None:
    """Own written request."""
    return None if f.case.voluntary else ("không có nguyện vọng nghỉ công tác chờ đủ tuổi", ())


@BOOK.condition(
    code="already_paid",
    label="Chưa hưởng chính sách theo văn bản khác",
    article="Điều 3 khoản 7 NĐ 178/2024/NĐ-CP",
    benefits=BOTH,
    valid_from=IN_FORCE,
)
def not_paid_before(f: Facts177) -> Text | None:
    """One person, one policy."""
    return exclusions.paid_before(f)


@BOOK.condition(
    code="window_closed",
    label="Nghỉ trong khoảng thời gian quanh đại hội, bầu cử",
    article="Điều 3 NĐ 177/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def around_the_congress(f: Facts177) -> Text | None:
    """From 12 months before the congress or election to one month after it or after the end of the term."""
    congress = f.case.facts.congress_date
    if congress is None:
        return SKIP
    window = f.param("nd177.window")
    first = add_months(congress, -window["before"])
    last = add_months(max(congress, f.case.facts.term_ends or congress), window["after"])
    if first <= f.day <= last:
        return None
    return ("nghỉ từ {0}, ngoài khoảng {1} đến {2}", (f.day, first, last))


@BOOK.condition(
    code="retirement_age_reached",
    label="Chưa đủ tuổi nghỉ hưu",
    article="Điều 3 NĐ 177/2024/NĐ-CP; Điều 169 BLLĐ 2019",
    benefits=BOTH,
    valid_from=IN_FORCE,
)
def before_the_age(f: Facts177) -> Text | None:
    """Leave before the pension day of the annex."""
    return exclusions.age_reached(f)


@BOOK.condition(
    code="insurance_too_short",
    label="Đủ thời gian đóng BHXH bắt buộc để hưởng lương hưu",
    article="Điều 3 khoản 1 điểm b NĐ 177/2024/NĐ-CP; Luật BHXH",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def insured_long_enough(f: Facts177) -> Text | None:
    """240 months for a leave to 30/06/2025, 180 after."""
    return exclusions.insured_too_short(f)


@BOOK.condition(
    code="remaining_24_months_or_more",
    label="Còn dưới 24 tháng đến tuổi nghỉ hưu",
    article="Điều 4 khoản 1 điểm b NĐ 177/2024/NĐ-CP",
    benefits=(WAITING,),
    valid_from=IN_FORCE,
)
def less_than_two_years_left(f: Facts177) -> Text | None:
    """Strictly under 24 months."""
    limit = f.param("nd177.waiting_max_months")
    if f.pension_from < add_months(f.day, limit):
        return None
    return ("còn {0} tháng đến ngày {1}, từ đủ {2} tháng trở lên", (f.months, f.pension_from, limit))


@BOOK.rule(
    "early.years",
    code="3.2b",
    label="Khoản 2 điểm b: trợ cấp theo số năm nghỉ hưu trước tuổi",
    article="Điều 3 khoản 2 điểm b NĐ 177/2024/NĐ-CP",
    valid_from=IN_FORCE,
)
def years_early(f: Facts177) -> Amount:
    """5 months of salary for each early year; no band and no payment by months."""
    return early_years(f, f.param("nd177.per_early_year"), f.salary(EARLY).amount)


@BOOK.rule(
    "early.service",
    code="3.2c",
    label="Khoản 2 điểm c: trợ cấp theo thời gian đóng BHXH",
    article="Điều 3 khoản 2 điểm c NĐ 177/2024/NĐ-CP",
    valid_from=IN_FORCE,
)
def service_years(f: Facts177) -> Amount:
    """5 months for 20 years (leave to 30/06/2025) or 15 years (after), 0.5 for each further year."""
    return service(f, f.version("nd177.service"), f.salary(EARLY).amount)


def evaluate(shared: Shared, benefit: str) -> Result:
    """Early retirement where possible; with ``auto`` the waiting leave when it is not."""
    if benefit == WAITING:
        return _waiting(shared)
    early = _early(shared)
    if benefit == EARLY or early.eligible:
        return early
    waiting = _waiting(shared)
    return waiting if waiting.eligible else early


def _early(shared: Shared) -> Result:
    facts = Facts177(shared)
    outcome = check_conditions(BOOK, facts, EARLY)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, ENTRIES, outcome)
        person = facts.case.person
        yes = Reason(
            "eligible",
            "Điều 3 NĐ 177/2024/NĐ-CP",
            (
                "Nhóm {0}, nghỉ hưu trước tuổi {1} tháng, đóng BHXH {2} tháng: đủ điều kiện.",
                (person.group_177, facts.months, person.social_insurance_months),
            ),
        )
        _warnings(facts)
    return _conclude(facts, EARLY, outcome, yes)


def _warnings(facts: Facts177) -> None:
    components = facts.store.at("nd177.salary_components", facts.day)
    certain = facts.store.at("nd177.waiting_components", facts.day).value
    if components.mark in "UC" and any(
        name in components.value and name not in certain for name in facts.case.salary.allowances
    ):
        facts.flag(components)
    if facts.case.facts.congress_date is None:
        facts.warn(
            "not_checked",
            "Điều 2, Điều 3 NĐ 177/2024/NĐ-CP",
            "Chưa kiểm tra: ngày đại hội hoặc bầu cử và thời gian còn lại đến tuổi nghỉ hưu (facts.congress_date).",
        )
    cut = facts.store.at("nd177.no_cut_months", facts.day)
    if facts.longer_than(cut.value):
        facts.warn(
            "not_checked",
            cut.article,
            "Chưa kiểm tra: nghỉ trước tuổi quá {0} tháng, phần vượt có thể bị trừ tỷ lệ lương hưu.",
            cut.value,
        )
    facts.check_scale("Bảng lương NĐ 204/2004/NĐ-CP")


def _waiting(shared: Shared) -> Result:
    facts = Facts177(shared)
    outcome = check_conditions(BOOK, facts, WAITING)
    yes: Reason | None = None
    if not outcome.reasons:
        yes = Reason(
            "eligible",
            "Điều 4 NĐ 177/2024/NĐ-CP",
            ("Còn {0} tháng đến tuổi nghỉ hưu: nghỉ công tác chờ đủ tuổi, giữ tiền lương.", (facts.months,)),
        )
        facts.note_partial_month()
        if facts.case.facts.congress_date is None:
            facts.warn(
                "not_checked",
                "Điều 2 NĐ 177/2024/NĐ-CP",
                "Chưa kiểm tra: ngày đại hội hoặc bầu cử (facts.congress_date).",
            )
    return _conclude(facts, WAITING, outcome, yes)


def _conclude(facts: Facts177, benefit: str, outcome: Outcome, yes: Reason | None) -> Result:
    start: date = facts.store.versions("nd177.in_force")[0].value
    in_force_now = facts.day >= start
    return conclude(
        IDENTITY,
        benefit,
        facts,
        outcome,
        salary=facts.salary(benefit) if in_force_now else None,
        law_version=start.isoformat(),
        yes=yes,
    )
