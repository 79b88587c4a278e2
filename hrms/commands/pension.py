"""The pension beside every way to leave: an estimate for people who plan, never a decision of the insurance agency.

What it rests on is told with it (:meth:`Outlook.assumptions`): pay as the records know it, going on
unchanged; the law as issued; insurance without interruption. Nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.explanation import Step, sentence, step_of
from hrms.kernel.db import db
from hrms.kernel.text import add_months, first_of_month, format_date, format_integer, months_to_words
from models.staff import SalaryRow
from policies.api import moved
from policies.engine.case import Case, Salary
from policies.engine.errors import ParameterConflict, ParameterGap
from policies.engine.money import mul, percent, round_dong
from policies.engine.parameters import ParameterStore
from policies.engine.result import Result
from policies.pension import CareerAverage, Pay, PensionEstimate, PensionQuestion, average_of_career, estimate
from policies.pension.career import insured_coefficient

AT_ONCE, AT_AGE = "at_once", "at_age"
EARLY, WAITING = "early_retirement", "waiting_leave"


@dataclass(frozen=True)
class Pension:
    """The estimate for one way to leave. ``when``: drawn at once or at the normal age; amounts in đồng.

    ``less``: how much less a month than after working to the normal age (negative: more); None where one of the two is
    no pension. ``reason`` says why there is none.
    """

    when: str
    starts_on: date
    insured_months: int
    average: int
    entitled: bool
    rate: Decimal
    cut: Decimal
    monthly: int
    one_off: int
    reason: str
    article: str
    step: Step
    less: int | None = None
    raised: tuple[tuple[date, int], ...] = ()  # the yearly increases already issued: from when, đồng a month

    def monthly_on(self, day: date) -> int:
        """Đồng a month on ``day``, with the increases up to it."""
        return next((amount for since, amount in reversed(self.raised) if since <= day), self.monthly)


class Outlook:
    """The career behind one case; asks for the pension of each of its answers.

    ``history``: the salary rows of the records, if any; the pay of the case itself is the last one and goes on.
    """

    def __init__(
        self, case: Case, normal_age: date | None, store: ParameterStore, history: Sequence[SalaryRow] = ()
    ) -> None:
        self.case, self.normal_age, self.store = case, normal_age, store
        self._history = sorted(history, key=lambda row: row.valid_from)
        self.first_insured = add_months(first_of_month(case.leave_date), -case.person.social_insurance_months)
        self._last: CareerAverage | None = None
        self.staying = self._at_age(case, goes_on=True)

    def of(self, case: Case, found: Result) -> Pension | None:
        """The pension of somebody who leaves as ``found`` says; None where the answer is no leave with a grant."""
        if not found.eligible:
            return None
        if found.benefit == EARLY:
            return self._compared(
                self._asked(
                    case, AT_ONCE, case.leave_date, case.person.social_insurance_months, case.leave_date,
                    early=found.months_early or 0, ground=found.decree_code,
                )
            )  # fmt: skip
        return self._compared(self._at_age(case, goes_on=found.benefit == WAITING))

    def _at_age(self, case: Case, *, goes_on: bool) -> Pension | None:
        if self.normal_age is None:
            return None
        if case.leave_date >= self.normal_age:
            months = case.person.social_insurance_months
            return self._asked(case, AT_ONCE, case.leave_date, months, case.leave_date)
        last = self.normal_age if goes_on else case.leave_date
        months = moved(case, last).person.social_insurance_months
        return self._asked(case, AT_AGE, self.normal_age, months, last)

    def _asked(
        self,
        case: Case,
        when: str,
        day: date,
        months: int,
        paid_until: date,
        *,
        early: int = 0,
        ground: str | None = None,
    ) -> Pension | None:
        pays = self._pays(case.salary, paid_until)
        if not pays:
            return None
        store = self.store
        try:
            average = average_of_career(pays, self.first_insured, day, store)
            before = date.fromisoformat(str(store.versions("pension.floor")[0].value["insured_before"]))
            found = estimate(
                PensionQuestion(
                    case.person.sex, months, average.amount, day, early, ground,
                    insured_before_reform=self.first_insured < before,
                ),
                store,
            )  # fmt: skip
        except (ParameterGap, ParameterConflict):  # a day the law of pensions is not known for
            return None
        self._last = average
        return replace(
            _pension(found, when, day, months, average.amount), raised=tuple(self._raised(found.monthly, day))
        )

    def _raised(self, monthly: int, day: date) -> Iterator[tuple[date, int]]:
        """Increases of pensions drawn before they took effect (each on the amount of the month before)."""
        for version in self.store.versions("pension.yearly_increase"):
            if monthly and day < version.valid_from:
                monthly += round_dong(mul(percent(version.value), monthly))
                yield version.valid_from, monthly

    def _compared(self, found: Pension | None) -> Pension | None:
        if found is None or self.staying is None or not (found.entitled and self.staying.entitled):
            return found
        # Side by side on the day both are drawn: a pension drawn earlier was raised in the meantime.
        day = max(found.starts_on, self.staying.starts_on)
        return replace(found, less=self.staying.monthly_on(day) - found.monthly_on(day))

    def _pays(self, salary: Salary, until: date) -> list[Pay]:
        """Pay of the records up to the present one, then the pay of the case up to the month before ``until``."""
        last = until - timedelta(days=1)
        leave = self.case.leave_date
        rows = [row for row in self._history if row.valid_from < leave]
        if not rows:
            return [Pay(self.first_insured, last, salary)] if self.first_insured <= last else []
        pays = []
        for position, row in enumerate(rows):
            begins = max(first_of_month(row.valid_from), self.first_insured)
            if position + 1 == len(rows):
                pays.append(Pay(begins, last, salary))
                break
            ends = first_of_month(rows[position + 1].valid_from) - timedelta(days=1)
            if begins <= ends:
                pays.append(Pay(begins, ends, _salary_of(row)))
        return [pay for pay in pays if pay.start <= pay.end]

    def assumptions(self) -> list[str]:
        """What the estimate takes for granted, in sentences."""
        day = max(self.case.leave_date, self.normal_age or self.case.leave_date)
        base = self.store.at("salary.base", day)
        told = []
        if self._history:
            known = months_to_words(self._last.months) if self._last is not None else ""
            told.append(
                _(
                    "Mức bình quân tính trên %(months)s tiền lương có trong hồ sơ và phần tiếp theo giữ nguyên mức đang"
                    " hưởng; các tháng trước đó hồ sơ chưa ghi nên không tính.",
                    months=known,
                )
            )
        else:
            told.append(_("Chưa có quá trình lương: coi như đóng BHXH toàn bộ thời gian theo mức lương đang hưởng."))
        if self.case.salary.agreed_amount is None:
            components = self.store.at("pension.base_components", day)
            told.append(
                _(
                    "Hệ số tính đóng BHXH hiện nay: %(coefficient)s (%(parts)s).",
                    coefficient=f"{insured_coefficient(self.case.salary, components).normalize():f}".replace(".", ","),
                    parts=_("hệ số lương và: %(names)s", names=components.words_for(components.value).lower()),
                )
            )
        told.append(
            _(
                "Bắt đầu đóng BHXH khoảng tháng %(month)s (suy từ số tháng đã đóng, coi như liên tục).",
                month=f"{self.first_insured:%m/%Y}",
            )
        )
        told.append(
            _(
                "Luật và mức lương cơ sở như đã ban hành (%(base)s đồng từ %(since)s); chưa dự liệu nâng lương, "
                "điều chỉnh lương hưu chưa ban hành.",
                base=format_integer(base.value),
                since=format_date(base.valid_from),
            )
        )
        told.append(_("Người hưởng trợ cấp thôi việc bảo lưu thời gian đóng và hưởng lương hưu khi đủ tuổi."))
        return told


def _pension(found: PensionEstimate, when: str, day: date, months: int, average: int) -> Pension:
    first = found.reasons[0]
    return Pension(
        when=when,
        starts_on=day,
        insured_months=months,
        average=average,
        entitled=found.entitled,
        rate=found.rate - found.cut if found.rate > found.cut else Decimal(0),
        cut=found.cut,
        monthly=found.monthly,
        one_off=found.one_off,
        reason="" if found.entitled else sentence(first.message),
        article=first.article,
        step=step_of(found.to_dict()["trace"]),
    )


def _salary_of(row: SalaryRow) -> Salary:
    if row.agreed_amount is not None:
        return Salary(agreed_amount=row.agreed_amount)
    allowances = {name: value for name in SalaryRow.ALLOWANCES if (value := getattr(row, name))}
    return Salary(coefficient=row.coefficient, allowances=allowances)


def salary_history(person_id: int) -> list[SalaryRow]:
    """The salary rows of one person already found in scope."""
    query = select(SalaryRow).where(SalaryRow.person_id == person_id).order_by(SalaryRow.valid_from)
    return list(db.session.scalars(query))


__all__ = ["AT_AGE", "AT_ONCE", "Outlook", "Pension", "salary_history"]
