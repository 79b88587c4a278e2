"""NĐ 154/2025 Điều 9: part-time staff of communes. ``P`` is the monthly allowance of the month before leaving.

Điều 10 (villages and residential groups) is answered with ``facts_missing``: its amounts are not available.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies import exclusions
from policies.amounts import Amount, by_months, by_years, flat, job_search
from policies.engine.case import Case, Person, Salary
from policies.engine.dates import PartialDate, half_years
from policies.engine.parameters import ParameterStore
from policies.engine.result import Reason, Result
from policies.engine.rules import RuleBook
from policies.engine.trace import Node, Text
from policies.leave import Shared, check_conditions, conclude, grant
from policies.nd154.rules import IN_FORCE, LAST_DAY, SCHEME
from policies.staff_reduction import ReductionFacts, declare_common

ARTICLE = "Điều 9 NĐ 154/2025/NĐ-CP"
ARTICLE_VILLAGE = "Điều 10 NĐ 154/2025/NĐ-CP"
BENEFIT = "part_time_leave"
BENEFITS = (BENEFIT,)
BOOK = RuleBook("nd154.part_time")
declare_common(BOOK, SCHEME, BENEFITS, ARTICLE)
# Reaching the age does not exclude here: Điều 9 pays a sum of its own.
BOOK.conditions = [c for c in BOOK.conditions if c.code != "retirement_age_reached"]


@dataclass(frozen=True, slots=True)
class PartTimeQuestion:
    """``allowance``: đồng a month, of the main post only. ``service_months``: whole months in such posts.

    ``former_salary``: salary of the former post of a commune official made part-time by the rearrangement of
    2023–2025 (khoản 2): it takes the place of the allowance. ``draws_pension``: pension or disability pension.
    ``village``: staff of villages and residential groups (Điều 10). ``village_post``: given a post in a village.
    """

    sex: str
    birth_date: PartialDate
    allowance: int
    service_months: int
    leave_date: date
    former_salary: int | None = None
    draws_pension: bool = False
    village: bool = False
    village_post: bool = False
    voluntary: bool = True
    pregnant_or_child_under_36_months: bool = False
    under_discipline_or_investigation: bool = False
    earlier_benefit: str | None = None
    id: str | int | None = None

    def case(self) -> Case:
        """The question in the form that the shared clauses read."""
        return Case(
            person=Person(self.sex, self.birth_date, "commune_part_time", self.service_months, self.service_months),
            salary=Salary(agreed_amount=self.allowance if self.former_salary is None else self.former_salary),
            leave_date=self.leave_date,
            voluntary=self.voluntary,
            pregnant_or_child_under_36_months=self.pregnant_or_child_under_36_months,
            under_discipline_or_investigation=self.under_discipline_or_investigation,
            earlier_benefit=self.earlier_benefit,
            id=self.id,
        )


class PartTimeFacts(ReductionFacts):
    """Workspace of Điều 9."""

    __slots__ = ("question",)

    def __init__(self, shared: Shared, question: PartTimeQuestion) -> None:
        super().__init__(shared, SCHEME)
        self.question = question

    @property
    def beyond_the_age(self) -> bool:
        """The age is reached, or a pension is drawn."""
        return self.question.draws_pension or self.age_reached


@BOOK.condition(
    code="facts_missing",
    label="Người hoạt động không chuyên trách ở thôn, tổ dân phố: đã có mức",
    article=ARTICLE_VILLAGE,
    benefits=BENEFITS,
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def not_a_village_post(f: PartTimeFacts) -> Text | None:
    """The amounts of Điều 10 are not available."""
    return ("mức của Điều 10 chưa có văn bản; chưa tính được", ()) if f.question.village else None


@BOOK.condition(
    code="outside_group",
    label="Không được bố trí làm việc ở thôn, tổ dân phố",
    article="Điều 9 khoản 4 NĐ 154/2025/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def not_given_another_post(f: PartTimeFacts) -> Text | None:
    """Who is given a village post gets nothing."""
    return ("đã được bố trí làm việc ở thôn, tổ dân phố", ()) if f.question.village_post else None


@BOOK.condition(
    code="window_closed",
    label="Nghỉ trong thời gian theo hướng dẫn",
    article=f"{ARTICLE}; CV 12-CV/BCĐ",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
    valid_to=LAST_DAY,
)
def in_the_window(f: PartTimeFacts) -> Text | None:
    """Before 31/05/2026; a leave before 01/08/2025 is in force of the decree but outside the guidance."""
    first = f.store.versions("nd154.part_time.first")[0]
    if f.day < first.value:
        f.warn(
            "not_checked",
            first.article,
            "Chưa kiểm tra: nghỉ từ {0}, trước ngày {1} của hướng dẫn.",
            f.day,
            first.value,
        )
    return exclusions.ends_with(f, "nd154.part_time.last")


def _beyond(f: PartTimeFacts) -> Text | None:
    return None if f.beyond_the_age else ("chưa đủ tuổi, không hưởng lương hưu", ())


def _regular(f: PartTimeFacts) -> Text | None:
    return ("đã đủ tuổi hoặc đang hưởng lương hưu, mất sức lao động", ()) if f.beyond_the_age else None


def _short_service(f: PartTimeFacts) -> Text | None:
    least = f.param("nd154.part_time")["service_years_months"]
    if f.question.service_months < least:
        return _regular(f)
    return ("công tác {0} tháng, từ đủ {1} tháng", (f.question.service_months, least))


def _long_service(f: PartTimeFacts) -> Text | None:
    least = f.param("nd154.part_time")["service_years_months"]
    if f.question.service_months >= least:
        return _regular(f)
    return ("công tác {0} tháng, dưới {1} tháng", (f.question.service_months, least))


@BOOK.rule(
    "part_time.months", code="9.short", label="Công tác dưới 05 năm: theo số tháng công tác",
    article="Điều 9 khoản 1 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_short_service,
)  # fmt: skip
def months_of_service(f: PartTimeFacts) -> Amount:
    """0.8 of the allowance for each month of service."""
    return _months(f, f.question.service_months)


@BOOK.rule(
    "part_time.months", code="9.long", label="Công tác từ đủ 05 năm: theo số tháng nghỉ sớm, tối đa 60 tháng",
    article="Điều 9 khoản 1 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_long_service,
)  # fmt: skip
def months_to_the_age(f: PartTimeFacts) -> Amount:
    """0.8 of the allowance for each month to the age, for at most 60 months."""
    f.note_partial_month()
    return _months(f, min(f.months, f.param("nd154.part_time")["cap_months"]))


def _months(f: PartTimeFacts, months: int) -> Amount:
    factor = f.param("nd154.part_time")["factor"]
    return by_months("part_time_months", "Trợ cấp theo số tháng phụ cấp", factor, months, f.salary.amount)


@BOOK.rule(
    "part_time.months", code="9.age", label="Đã đủ tuổi hoặc đang hưởng lương hưu: 15 tháng phụ cấp",
    article="Điều 9 khoản 3 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_beyond,
)  # fmt: skip
def lump_sum_beyond_the_age(f: PartTimeFacts) -> Amount:
    """15 months of the allowance and nothing besides."""
    return flat("lump_sum", "Trợ cấp một lần", f.param("nd154.part_time")["age_reached"], f.salary.amount)


@BOOK.rule(
    "part_time.years", code="9.years", label="Trợ cấp theo số năm công tác",
    article="Điều 9 khoản 1 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_regular,
)  # fmt: skip
def years_of_service(f: PartTimeFacts) -> Amount:
    """1.5 months of the allowance for each year of service, years in halves."""
    years = half_years(f.question.service_months, f.shared.half_limit)
    per_year = f.param("nd154.part_time")["per_year"]
    return by_years("service_allowance", "Trợ cấp theo số năm công tác", per_year, years, f.salary.amount)


@BOOK.rule(
    "part_time.years", code="9.no_years", label="Đã đủ tuổi: không có khoản theo năm",
    article="Điều 9 khoản 3 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_beyond,
)  # fmt: skip
def no_years(f: PartTimeFacts) -> None:
    """Beyond the age only the fixed sum."""


@BOOK.rule(
    "part_time.job_search", code="9.search", label="Trợ cấp tìm việc làm",
    article="Điều 9 khoản 1 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_regular,
)  # fmt: skip
def to_look_for_work(f: PartTimeFacts) -> Amount:
    """3 months of the allowance."""
    return job_search(f.param("nd154.part_time")["job_search"], f.salary.amount)


@BOOK.rule(
    "part_time.job_search", code="9.no_search", label="Đã đủ tuổi: không có khoản tìm việc làm",
    article="Điều 9 khoản 3 NĐ 154/2025/NĐ-CP", valid_from=IN_FORCE, valid_to=LAST_DAY, applies=_beyond,
)  # fmt: skip
def no_search(f: PartTimeFacts) -> None:
    """Beyond the age only the fixed sum."""


def evaluate(question: PartTimeQuestion, store: ParameterStore) -> Result:
    """What the person is granted; ``monthly_salary`` of the result is the allowance (or the former salary)."""
    facts = PartTimeFacts(Shared(question.case(), store), question)
    outcome = check_conditions(BOOK, facts, BENEFIT)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, tuple(BOOK.rules), outcome)
        yes = Reason(
            "eligible",
            ARTICLE,
            ("Người hoạt động không chuyên trách cấp xã, công tác {0} tháng.", (question.service_months,)),
        )
    base = "phụ cấp hằng tháng" if question.former_salary is None else "tiền lương của chức vụ cũ (khoản 2)"
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    return conclude(
        SCHEME.identity,
        BENEFIT,
        facts,
        outcome,
        salary=facts.salary if in_force else None,
        law_version=SCHEME.law_version,
        yes=yes,
        extra_nodes=[Node("Mức làm cơ sở tính", base, None, None, "Điều 9 khoản 1, khoản 2 NĐ 154/2025/NĐ-CP")],
    )
