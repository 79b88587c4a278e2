"""What NĐ 154/2025 and NĐ 29/2023 share: the same window, exclusions and bands of staff reduction by other numbers.

Each decree declares its own conditions with its own articles by ``declare_conditions``; the amounts stand in its own
``rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from policies import exclusions
from policies.early_or_severance import carry_over, join_refusals, note_early_refused, refuse_for_early
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.session import DOUBTFUL
from policies.engine.trace import Text
from policies.leave import (
    Identity,
    LeaveFacts,
    Outcome,
    Shared,
    add_local_top_up,
    check_conditions,
    conclude,
    grant,
)
from policies.salary.formula import MonthlySalary

EARLY = "early_retirement"
SEVERANCE = "severance"
LEAVING = (EARLY, SEVERANCE)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One staff reduction decree: identity, prefix of its parameters, its articles."""

    identity: Identity
    prefix: str
    in_force: str
    last_day: str
    article_early: str
    article_severance: str
    article_excluded: str
    article_single: str
    band: str
    law_version: str
    early_entries: Sequence[str] = ("early.years", "early.service")
    severance_entries: Sequence[str] = ("severance.years", "severance.job_search")

    def param(self, name: str) -> str:
        """Full parameter name."""
        return f"{self.prefix}.{name}"


class ReductionFacts(LeaveFacts):
    """Workspace of a staff reduction decree."""

    __slots__ = ("scheme",)

    def __init__(self, shared: Shared, scheme: Scheme, law_day: date | None = None) -> None:
        super().__init__(shared)
        self.scheme = scheme
        if law_day is not None:  # a leave settled anew under a later decree: its clauses are read as on this day
            self.day = law_day

    @property
    def age_reached(self) -> bool:
        """True when the leave itself, not the day on which the law is read, is on or after the pension day."""
        return self.case.leave_date >= self.shared.pension_from

    @property
    def salary(self) -> MonthlySalary:
        """Salary of the month before leaving by the decree's components (current, also where an average counts)."""
        last: date = self.store.versions(self.scheme.param("window.last"))[0].value
        return self.shared.salary(self.store.at(self.scheme.param("salary.components"), min(self.day, last)))

    def band(self, end: str) -> int:
        """``least`` or ``most`` months to the age for which money is paid."""
        return int(self.param(self.scheme.param(self.scheme.band))[end])


def declare_common(book: RuleBook, scheme: Scheme, benefits: tuple[str, ...], article: str) -> None:
    """What every policy of one staff reduction decree asks; ``article`` is that of the policy."""
    start, name = scheme.in_force, f"NĐ {scheme.identity.name}"

    @book.condition(
        code="not_yet_in_force",
        label=f"{name} đã có hiệu lực",
        article=f"{name}, hiệu lực thi hành",
        benefits=benefits,
        valid_from="1900-01-01",
    )
    def in_force(f: ReductionFacts) -> Text | None:
        """The leave is not before the decree."""
        return exclusions.starts_with(f, scheme.param("window.first"))

    @book.condition(
        code="window_closed",
        label=f"{name} còn hiệu lực",
        article=f"{name}, hiệu lực thi hành",
        benefits=benefits,
        valid_from=start,
    )
    def not_over(f: ReductionFacts) -> Text | None:
        """The leave is not after the last day of the decree."""
        return exclusions.ends_with(f, scheme.param("window.last"))

    @book.condition(
        code="already_paid",
        label="Chưa hưởng chính sách theo văn bản khác",
        article=scheme.article_single,
        benefits=benefits,
        valid_from=start,
    )
    def not_paid_before(f: ReductionFacts) -> Text | None:
        """One person, one policy."""
        return exclusions.paid_before(f)

    @book.condition(
        code="pregnant_or_small_child",
        label="Không đang mang thai, nghỉ thai sản, nuôi con dưới 36 tháng (trừ khi tự nguyện)",
        article=scheme.article_excluded,
        benefits=benefits,
        valid_from=start,
    )
    def no_pregnancy(f: ReductionFacts) -> Text | None:
        """Not yet, unless the person asks."""
        return exclusions.pregnant_or_small_child(f)

    @book.condition(
        code="discipline_or_investigation",
        label="Không đang bị xem xét kỷ luật, truy cứu trách nhiệm hình sự, thanh tra, kiểm tra",
        article=scheme.article_excluded,
        benefits=benefits,
        valid_from=start,
    )
    def no_discipline(f: ReductionFacts) -> Text | None:
        """Not yet, without exception."""
        return exclusions.under_discipline(f)

    @book.condition(
        code="retirement_age_reached",
        label="Chưa đủ tuổi nghỉ hưu",
        article=f"{article}; Điều 169 BLLĐ 2019",
        benefits=benefits,
        valid_from=start,
    )
    def before_the_age(f: ReductionFacts) -> Text | None:
        """Leave before the pension day of the annex."""
        return exclusions.age_reached(f)

    # The closures above are registered with the book; naming them here tells readers and checkers so.
    _ = (in_force, not_over, not_paid_before, no_pregnancy, no_discipline, before_the_age)


def declare_conditions(book: RuleBook, scheme: Scheme) -> None:
    """Declare the conditions of early retirement and severance with the decree's own articles and validity."""
    start, end = scheme.in_force, scheme.last_day
    declare_common(book, scheme, LEAVING, scheme.article_early)

    @book.condition(
        code="over_five_years",
        label="Còn từ đủ 05 năm trở xuống đến tuổi nghỉ hưu",
        article=scheme.article_early,
        benefits=(EARLY,),
        valid_from=start,
        valid_to=end,
    )
    def within_five_years(f: ReductionFacts) -> Text | None:
        """At most 60 months to the age of the annex."""
        return exclusions.beyond(f, f.band("most"))

    @book.condition(
        code="insurance_too_short",
        label="Đủ thời gian đóng BHXH bắt buộc để hưởng lương hưu",
        article=f"{scheme.article_early}; Luật BHXH",
        benefits=(EARLY,),
        valid_from=start,
        valid_to=end,
    )
    def insured_long_enough(f: ReductionFacts) -> Text | None:
        """240 months for a leave to 30/06/2025, 180 after."""
        return exclusions.insured_too_short(f)

    @book.condition(
        code="under_two_years",
        label="Còn từ đủ 02 năm trở lên đến tuổi nghỉ hưu",
        article=scheme.article_severance,
        benefits=(SEVERANCE,),
        valid_from=start,
        valid_to=end,
    )
    def two_years_left(f: ReductionFacts) -> Text | None:
        """Severance asks for at least 24 months to the age [U]: the minimum warns where it refuses."""
        least = f.version(scheme.param("severance.min_months_left"), decisive=False)
        if f.age_reached:
            return SKIP
        refusal = exclusions.too_close(f, least.value)
        if refusal is not None and least.mark in DOUBTFUL:
            f.flag(least)
        return refusal

    _ = (within_five_years, insured_long_enough, two_years_left)


def under_two_years(f: ReductionFacts) -> Text | None:
    """The clause for those with less than the least months left."""
    return exclusions.shorter(f, f.band("least"))


def from_two_years(f: ReductionFacts) -> Text | None:
    """The clause for those within the paid band."""
    return exclusions.not_shorter(f, f.band("least"))


def evaluate(
    book: RuleBook,
    scheme: Scheme,
    shared: Shared,
    benefit: str,
    not_checked: Callable[[ReductionFacts], None],
    missing: Callable[[ReductionFacts, Outcome, str], None] | None = None,
    law_day: date | None = None,
) -> Result:
    """Early retirement where possible, else severance; each alone when it is asked for.

    ``law_day``: the day whose law is read where it is not the leave date (cases settled anew under a later decree).
    """
    facts = ReductionFacts(shared, scheme, law_day)
    early = check_conditions(book, facts, EARLY)
    if not early.reasons and benefit != SEVERANCE:
        return _early(book, facts, early, not_checked, missing)
    if benefit == EARLY or any(r.code == "not_yet_in_force" for r in early.reasons):
        return _conclude(facts, EARLY if benefit == "auto" else benefit, early, None)
    second = ReductionFacts(shared, scheme, law_day)
    severance = check_conditions(book, second, SEVERANCE)
    carry_over(facts, second)
    if early.reasons:
        note_early_refused(severance, early, scheme.article_severance)
    else:
        refuse_for_early(severance, scheme.article_severance)
    if severance.reasons and benefit == "auto":
        join_refusals(early, severance)
        return _conclude(facts, EARLY, early, None)
    return _severance(book, second, severance, not_checked, missing)


def _early(
    book: RuleBook,
    facts: ReductionFacts,
    outcome: Outcome,
    not_checked: Callable[[ReductionFacts], None],
    missing: Callable[[ReductionFacts, Outcome, str], None] | None,
) -> Result:
    if missing is not None:
        missing(facts, outcome, EARLY)
    if outcome.reasons:
        return _conclude(facts, EARLY, outcome, None)
    grant(book, facts, facts.scheme.early_entries, outcome)
    add_local_top_up(facts, outcome)
    _common_warnings(facts, not_checked)
    yes = Reason(
        "eligible",
        facts.scheme.article_early,
        (
            "Nghỉ hưu trước tuổi {0} tháng, đóng BHXH {1} tháng: đủ điều kiện; lương hưu không bị trừ tỷ lệ{2}.",
            (
                facts.months,
                facts.case.person.social_insurance_months,
                "" if outcome.lines else "; còn dưới 02 năm nên không có trợ cấp",
            ),
        ),
    )
    return _conclude(facts, EARLY, outcome, yes)


def _severance(
    book: RuleBook,
    facts: ReductionFacts,
    outcome: Outcome,
    not_checked: Callable[[ReductionFacts], None],
    missing: Callable[[ReductionFacts, Outcome, str], None] | None,
) -> Result:
    if missing is not None and not outcome.reasons:
        missing(facts, outcome, SEVERANCE)
    if outcome.reasons:
        return _conclude(facts, SEVERANCE, outcome, None)
    grant(book, facts, facts.scheme.severance_entries, outcome)
    add_local_top_up(facts, outcome)
    _common_warnings(facts, not_checked)
    yes = Reason(
        "eligible",
        facts.scheme.article_severance,
        ("Không đủ điều kiện nghỉ hưu trước tuổi, còn {0} tháng đến tuổi nghỉ hưu: hưởng thôi việc.", (facts.months,)),
    )
    return _conclude(facts, SEVERANCE, outcome, yes)


def _common_warnings(facts: ReductionFacts, not_checked: Callable[[ReductionFacts], None]) -> None:
    if facts.case.person.birth_date.precision == "year":
        facts.version("early.age_date")
    if facts.case.person.category == "association_staff":
        facts.version(facts.scheme.param("association_staff"))
    not_checked(facts)
    facts.check_scale("Bảng lương NĐ 204/2004/NĐ-CP")


def _conclude(facts: ReductionFacts, benefit: str, outcome: Outcome, yes: Reason | None) -> Result:
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    return conclude(
        facts.scheme.identity,
        benefit,
        facts,
        outcome,
        salary=facts.salary if in_force else None,
        law_version=facts.scheme.law_version,
        yes=yes,
    )
