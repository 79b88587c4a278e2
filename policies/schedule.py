"""What is paid month by month: waiting leave (NĐ 177 Điều 4), kept allowance and secondment (NĐ 178 Điều 11, 12),
talent allowance (NĐ 179). The base salary is that of each month, so a rise shows in its month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policies.api import calculate
from policies.engine.case import Case
from policies.engine.dates import MONTHS_PER_YEAR, add_months, day_before, first_of_index, month_index
from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Reason, Result
from policies.leave import Shared
from policies.nd177.insurance import InsuranceHelp, help_for
from policies.nd177.rules import WAITING
from policies.nd178.other_benefits import RETAINED, SECONDMENT, MonthFacts
from policies.store import default_store

TALENT = "talent_allowance"
ARTICLE_4 = "Điều 4 khoản 2 NĐ 177/2024/NĐ-CP"
# Điều 4 khoản 2: what goes on and what stops, in the order of its points.
GOES_ON = (
    "Lương theo chức vụ hoặc ngạch, bậc; phụ cấp chức vụ, vượt khung, thâm niên nghề, chênh lệch bảo lưu, cấp ủy viên",
    "Đóng BHXH, BHYT (phần cá nhân và phần cơ quan)",
    "Xe đưa đón khi dự họp hoặc khám, chữa bệnh theo yêu cầu",
)
STOPS = (
    "Phụ cấp công vụ và các phụ cấp khác, kể từ tháng liền kề sau tháng có quyết định",
    "Nâng bậc lương, nâng ngạch",
    "Điện thoại và các chế độ phục vụ công tác",
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its first day, đồng to pay, the base salary it stands on, what insurance is paid on (0: outside)."""

    first: date
    amount: int
    base_salary: int
    insured: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """``months`` in order; ``result``: the answer of the law for the first day asked, also when it refuses.

    ``last``: last day the pay goes on, None while no end is known. ``once``: a sum paid beside the months, đồng.
    """

    benefit: str
    months: tuple[Month, ...]
    result: Result
    last: date | None
    article: str
    once: int = 0
    goes_on: Sequence[str] = ()
    stops: Sequence[str] = ()
    insurance_help: InsuranceHelp | None = None
    warnings: tuple[Reason, ...] = ()

    @property
    def total(self) -> int:
        """Sum of the months and what is paid once, đồng."""
        return self.once + sum(month.amount for month in self.months)


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from ``first`` to ``last``, the first one on ``first`` itself."""
    for index in range(month_index(first), month_index(last) + 1):
        yield max(first, first_of_index(index))


def waiting_leave(case: Case, store: ParameterStore | None = None) -> Schedule:
    """NĐ 177 Điều 4: the pay kept from the leave to the month before the pension.

    Phụ cấp công vụ and the others stop from the month after that of the decision: a leave that begins in the month of
    its decision has that month in full. Without a decision date they stop from the leave on (warning). Where insurance
    is still short at the age, ``insurance_help`` says what is paid in.
    """
    store = store or default_store()
    case = replace(case, decree="177", benefit=WAITING)
    result = calculate(case, store)
    if not result.eligible:
        return Schedule(WAITING, (), result, None, ARTICLE_4)
    shared = Shared(case, store)
    kept = store.at("nd177.waiting_components", case.leave_date)
    whole = store.at("nd177.salary_components", case.leave_date)
    last = day_before(shared.pension_from)
    decided = case.decision_date
    months: list[Month] = []
    for day in _months(case.leave_date, last):
        base = store.at("salary.base", day)
        insured = shared.salary(kept, base).amount
        full = decided is not None and month_index(day) <= month_index(decided)
        amount = shared.salary(whole, base).amount if full else insured
        note = "Tháng có quyết định: còn hưởng các phụ cấp" if full else ""
        months.append(Month(first_of_index(month_index(day)), amount, base.value, insured, note))
    warnings = list(result.warnings)
    if decided is None:
        warnings.append(
            Reason(
                "not_checked",
                ARTICLE_4,
                ("Chưa kiểm tra: ngày quyết định (leave.decision_date); các phụ cấp dừng từ tháng nghỉ.", ()),
            )
        )
    helped = help_for(case, WAITING, store)
    return Schedule(
        WAITING,
        tuple(months),
        result,
        last,
        ARTICLE_4,
        once=helped.amount,
        goes_on=GOES_ON,
        stops=STOPS,
        insurance_help=helped if helped.missing else None,
        warnings=(*warnings, *helped.warnings),
    )


def retained_allowance(case: Case, store: ParameterStore | None = None, *, until: date | None = None) -> Schedule:
    """NĐ 178 Điều 11: the old leadership allowance from the effect of the reorganisation to the end of the term.

    With less than 6 months left it is 6 months. ``until`` is the last day asked for where no end is known.
    """
    store = store or default_store()
    first = case.effective_date or case.leave_date
    case = replace(case, decree="178", benefit=RETAINED, leave_date=first)
    known = MonthFacts(Shared(case, store)).kept_until() if _in_force(store, "nd178.versions", first) else None
    return _by_month(case, store, known[0] if known else until, "Điều 11 NĐ 178/2024/NĐ-CP")


def secondment(case: Case, store: ParameterStore | None = None) -> Schedule:
    """NĐ 178 Điều 12: the salary of the old post for the years of secondment, paid by the sender, and the sum once.

    ``leave.date`` is the day of reporting. The salary is that of the amended text; its base follows each month.
    """
    store = store or default_store()
    case = replace(case, decree="178", benefit=SECONDMENT)
    result = calculate(case, store)
    article = result.lines[0].article if result.lines else "Điều 12 NĐ 178/2024/NĐ-CP"
    if not result.eligible:
        return Schedule(SECONDMENT, (), result, None, article, warnings=tuple(result.warnings))
    shared = Shared(case, store)
    years: Version = store.at("nd178.secondment.years", case.leave_date)
    last = day_before(add_months(case.leave_date, years.value * MONTHS_PER_YEAR))
    components = store.at("nd178.salary.components", case.leave_date)
    insured = store.at("nd177.waiting_components", case.leave_date)
    months = tuple(
        Month(
            first_of_index(month_index(day)),
            shared.salary(components, base).amount,
            base.value,
            shared.salary(insured, base).amount,
        )
        for day in _months(case.leave_date, last)
        for base in (store.at("salary.base", day),)
    )
    return Schedule(SECONDMENT, months, result, last, article, once=result.total, warnings=tuple(result.warnings))


def talent_allowance(case: Case, until: date, store: ParameterStore | None = None) -> Schedule:
    """NĐ 179: the allowance from the decision to ``until``, the end of the five years (k2) or the day it is stopped.

    It stands outside the base of social, health and unemployment insurance: ``insured`` is 0 in every month.
    """
    store = store or default_store()
    facts = case.facts
    decided = facts.recognised_on if case.person.group_179 == "k1" else facts.recruited_on
    start: date = store.versions("nd179.in_force")[0].value
    first = max(decided or case.leave_date, start)
    case = replace(case, decree="179", benefit=TALENT, leave_date=first)
    return _by_month(case, store, until, "NĐ 179/2024/NĐ-CP")


def _in_force(store: ParameterStore, name: str, day: date) -> bool:
    return bool(day >= store.versions(name)[0].valid_from)


def _by_month(case: Case, store: ParameterStore, last: date | None, article: str) -> Schedule:
    """One answer for each month while the law says yes; refused months end the schedule."""
    first = calculate(case, store)
    if not first.eligible or last is None:
        return Schedule(case.benefit, (), first, last, article, warnings=tuple(first.warnings))
    months: list[Month] = []
    ended: date | None = None
    for day in _months(case.leave_date, last):
        result = first if day == case.leave_date else calculate(replace(case, leave_date=day), store)
        if not result.eligible:
            ended = day_before(day)
            break
        months.append(Month(first_of_index(month_index(day)), result.total, result.base_salary or 0, 0))
    return Schedule(case.benefit, tuple(months), first, ended or last, article, warnings=tuple(first.warnings))
