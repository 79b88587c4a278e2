"""NĐ 154/2025 Điều 8 khoản 2: those who learn a trade at the budget's expense and then leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.amounts import Amount, flat, insured_years, job_search
from policies.engine.case import Case
from policies.engine.dates import add_years
from policies.engine.parameters import ParameterStore
from policies.engine.result import Reason, Result
from policies.engine.rules import RuleBook
from policies.engine.trace import Text
from policies.leave import Shared, check_conditions, conclude, grant
from policies.nd154.rules import IN_FORCE, LAST_DAY, SCHEME
from policies.staff_reduction import ReductionFacts, declare_common

ARTICLE = "Điều 8 khoản 2 NĐ 154/2025/NĐ-CP"
BENEFIT = "training_then_severance"
BENEFITS = (BENEFIT,)
BOOK = RuleBook("nd154.training")
declare_common(BOOK, SCHEME, BENEFITS, ARTICLE)


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """``case``: the person on the first day of study (``leave.date``). ``study_months``: whole months of the course.

    ``course_fee``: what the school asks, đồng.
    """

    case: Case
    study_months: int
    course_fee: int


class TrainingFacts(ReductionFacts):
    """Workspace of Điều 8 khoản 2."""

    __slots__ = ("question",)

    def __init__(self, shared: Shared, question: TrainingQuestion) -> None:
        super().__init__(shared, SCHEME)
        self.question = question


@BOOK.condition(
    code="age_limit",
    label="Dưới 45 tuổi khi đi học",
    article=ARTICLE,
    benefits=BENEFITS,
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def young_enough(f: TrainingFacts) -> Text | None:
    """Under 45 on the first day of study; a birth date known to the month or year counts from its first day."""
    limit = f.param("nd154.retraining")["under_age"]
    reached: date = add_years(f.case.person.birth_date.value, limit)
    return None if f.day < reached else ("đủ {0} tuổi từ {1}, đi học từ {2}", (limit, reached, f.day))


@BOOK.rule(
    "training.pay", code="8.2a", label="Lương trong thời gian đi học", article=ARTICLE,
    valid_from=IN_FORCE, valid_to=LAST_DAY,
)  # fmt: skip
def study_pay(f: TrainingFacts) -> Amount:
    """The full salary for the months of study up to the cap; insurance goes on."""
    cap = f.version("nd154.retraining.cap_months", decisive=False)
    months = min(f.question.study_months, cap.value["pay"])
    if f.question.study_months > cap.value["pay"]:
        f.flag(cap)
    return flat("study_pay", "Tiền lương trong thời gian đi học nghề", months, f.salary.amount)


@BOOK.rule(
    "training.fee", code="8.2b", label="Kinh phí học nghề", article=ARTICLE,
    valid_from=IN_FORCE, valid_to=LAST_DAY,
)  # fmt: skip
def fee(f: TrainingFacts) -> Amount:
    """The fee of the course up to the cap."""
    cap = f.version("nd154.retraining.cap_months", decisive=False)
    most = cap.value["fee"] * f.salary.amount
    if f.question.course_fee > most:
        f.flag(cap)
    paid = min(f.question.course_fee, most)
    return Amount("course_fee", "Kinh phí học nghề", Decimal(1), paid, "{0}, tối đa {1}", (f.question.course_fee, most))


@BOOK.rule(
    "training.job_search", code="8.2c", label="Trợ cấp tìm việc sau khi học", article=ARTICLE,
    valid_from=IN_FORCE, valid_to=LAST_DAY,
)  # fmt: skip
def to_look_for_work(f: TrainingFacts) -> Amount:
    """3 months of salary after the course."""
    return job_search(f.param("nd154.retraining")["months_after"], f.salary.amount)


@BOOK.rule(
    "training.years", code="8.2d", label="Trợ cấp theo số năm đóng BHXH", article=ARTICLE,
    valid_from=IN_FORCE, valid_to=LAST_DAY,
)  # fmt: skip
def years_of_insurance(f: TrainingFacts) -> Amount:
    """Half a month of salary for each insured year [U]."""
    return insured_years(f, f.param("nd154.retraining.per_year"), f.salary.amount)


def evaluate(question: TrainingQuestion, store: ParameterStore) -> Result:
    """What study and leaving cost; the lines carry pay, fee, the months to look for work and the years."""
    facts = TrainingFacts(Shared(question.case, store), question)
    outcome = check_conditions(BOOK, facts, BENEFIT)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, tuple(BOOK.rules), outcome)
        yes = Reason("eligible", ARTICLE, ("Đi học nghề {0} tháng rồi thôi việc.", (question.study_months,)))
        facts.warn(
            "not_checked",
            ARTICLE,
            "Chưa kiểm tra: thuộc diện tinh giản, sức khỏe, tinh thần trách nhiệm; cử đi học theo nguyện vọng.",
        )
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    return conclude(
        SCHEME.identity,
        BENEFIT,
        facts,
        outcome,
        salary=facts.salary if in_force else None,
        law_version=SCHEME.law_version,
        yes=yes,
    )
