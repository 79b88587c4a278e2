"""Cycles: planned for a unit and everything below it, opened by hand or by the scheduler, led to their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.configuration import configuration_on, freeze, procedure_on
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.words import CANCELLED, CLOSED, LABELS, N_, PLANNED, RUNNING, STEPS
from hrms.commands.evaluation.workflow import CYCLE
from hrms.kernel import access, clock, history, jobs
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import add_months, end_of_month, format_date
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES, EVALUATION_CIRCLES, EVALUATION_SIDES, PERIOD_KINDS
from policies.evaluation import annual_deadline

MONTHS = {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}
ROMAN = ("", "I", "II", "III", "IV")
FIRST_YEAR = 2020  # NĐ 90/2020/NĐ-CP: no regime the system knows is older
FILL = "fill_evaluation_cycle"
NAMES = {
    "MONTH": N_("Đánh giá tháng %(number)s năm %(year)s"),
    "QUARTER": N_("Đánh giá quý %(number)s năm %(year)s"),
    "HALF_YEAR": N_("Đánh giá 6 tháng kỳ %(number)s năm %(year)s"),
    "YEAR": N_("Đánh giá, xếp loại chất lượng năm %(year)s"),
}


def period(kind: str, year: int, number: int) -> tuple[date, date]:
    """First and last day of a period. Raises :class:`ValueError` for a number the kind does not have."""
    months = MONTHS[kind]
    if number not in numbers(kind):
        raise ValueError(number)
    first = add_months(date(year, 1, 1), months * (max(number, 1) - 1))
    return first, end_of_month(add_months(first, months - 1))


def numbers(kind: str) -> range:
    """The numbers a kind of period has: 0 of a year, 1–4 of quarters …"""
    return range(0, 1) if kind == "YEAR" else range(1, 12 // MONTHS[kind] + 1)


def period_name(kind: str, year: int, number: int, side: str = "STATE") -> str:
    """“Đánh giá quý III năm 2025”; of the Party side it says so."""
    shown = ROMAN[number] if kind == "QUARTER" else str(number)
    name = _(NAMES[kind], number=shown, year=year)
    return name if side == "STATE" else _("%(name)s (bên Đảng)", name=name)


def last_day(kind: str, year: int, number: int) -> date:
    """The day a period's results must stand: of a year, the day before the deadline of the law; else its own end."""
    ends = period(kind, year, number)[1]
    if kind != "YEAR":
        return ends
    return annual_deadline("HY1071", year, configuration_on(ends)).last_day


def default_deadlines(kind: str, year: int, number: int) -> dict[str, date]:
    """The last day of every step, by the procedure of the province."""
    anchor = last_day(kind, year, number)
    procedure = procedure_on(period(kind, year, number)[1])
    if kind == "YEAR":
        days = procedure["hy1071.procedure.deadlines_year"]
        return {step: anchor - timedelta(days=days[step]) for step in STEPS}
    days = procedure["hy1071.procedure.deadlines_period"]
    return {step: anchor + timedelta(days=days[step]) for step in STEPS}


def opening_day(kind: str, year: int, number: int) -> date:
    """When the scheduler opens a planned cycle."""
    days = procedure_on(period(kind, year, number)[1])["hy1071.procedure.open_days_before"]
    return last_day(kind, year, number) - timedelta(days=days[kind])


def _deadline_faults(deadlines: dict[str, date] | None, starts_on: date) -> Iterable[Fault]:
    given = deadlines or {}
    for step in given.keys() - STEPS.keys():
        yield Fault("deadlines", _("Không có bước “%(step)s”.", step=step))
    known = [(step, given[step]) for step in STEPS if step in given]
    for step, day in known:
        if day < starts_on:
            text = _("Thời hạn “%(step)s” (%(day)s) trước ngày bắt đầu kỳ.", step=_(STEPS[step]), day=format_date(day))
            yield Fault(f"deadlines.{step}", text, code="deadline")
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            text = _(
                "Thời hạn “%(later)s” (%(second)s) trước thời hạn “%(earlier)s” (%(first)s).",
                later=_(STEPS[later]),
                second=format_date(second),
                earlier=_(STEPS[earlier]),
                first=format_date(first),
            )
            yield Fault(f"deadlines.{later}", text, code="deadline_order")


def _may_open(unit_id: int) -> None:
    if not access.in_scope(unit_id, "evaluation", "open"):
        raise NotAllowed()


@dataclass
class PlanCycle(Command[EvaluationCycle]):
    """Plan a cycle for a unit and everything below it. ``number``: month 1–12, quarter 1–4, half 1–2, of a year 0.

    ``as_of``: participants are the staff on this day (left out: the last day of the period, or the day of opening when
    that is earlier). ``deadlines``: step → day, left out: by the procedure. ``categories``: of staff, none = all.
    ``circle``: all | leaders. The Party side takes Party members and leaders.
    """

    unit_id: int
    period_kind: str
    year: int
    number: int = 0
    side: str = "STATE"
    name: str = ""
    as_of: date | None = None
    categories: list[str] | None = None
    deadlines: dict[str, date] | None = None
    document: str = ""
    note: str = ""
    circle: str = "all"

    def validate(self) -> Iterable[Fault]:
        unit = access.get(OrgUnit, self.unit_id)
        _may_open(unit.id)
        if self.period_kind not in PERIOD_KINDS:
            return [Fault("period_kind", _("Không có loại kỳ “%(kind)s”.", kind=self.period_kind))]
        faults: list[Fault] = []
        if self.side not in EVALUATION_SIDES:
            faults.append(Fault("side", _("Bên đánh giá phải là Chính quyền hoặc Đảng.")))
        if self.circle not in EVALUATION_CIRCLES:
            faults.append(Fault("circle", _("Phạm vi người được đánh giá không hợp lệ.")))
        if not FIRST_YEAR <= self.year <= clock.today().year + 1:
            text = _("Năm %(year)s ngoài khoảng %(first)s đến %(last)s.", year=self.year, first=FIRST_YEAR,
                     last=clock.today().year + 1)  # fmt: skip
            return [*faults, Fault("year", text, code="year")]
        if self.number not in numbers(self.period_kind):
            last = numbers(self.period_kind)[-1]
            return [*faults, Fault("number", _("Số thứ tự kỳ phải từ 1 đến %(last)s; kỳ năm để 0.", last=last))]
        self._starts, self._ends = period(self.period_kind, self.year, self.number)
        faults.extend(self._more(unit))
        return faults

    def _more(self, unit: OrgUnit) -> Iterable[Fault]:
        allowed = configuration_on(self._ends).value("hy1071.periods")
        if self.period_kind not in allowed:
            yield Fault(
                "period_kind",
                _(
                    "Cấu hình hiện hành không đánh giá theo kỳ “%(kind)s”; chỉ có: %(allowed)s.",
                    kind=_(PERIOD_KINDS[self.period_kind]),
                    allowed=", ".join(_(PERIOD_KINDS[kind]) for kind in allowed),
                ),
                "Quy định 1071-QĐ/TU",
                "period_not_used",
            )
        if unit.valid_to is not None and unit.valid_to < self._starts:
            yield Fault("unit_id", _("Đơn vị đã kết thúc hoạt động trước kỳ đánh giá."))
        if self.as_of is not None and not self._starts <= self.as_of <= self._ends:
            yield Fault(
                "as_of",
                _(
                    "Ngày chốt danh sách phải trong kỳ, từ %(first)s đến %(last)s.",
                    first=format_date(self._starts),
                    last=format_date(self._ends),
                ),
            )
        for category in self.categories or ():
            if category not in CATEGORIES:
                yield Fault("categories", _("Không có nhóm đối tượng “%(value)s”.", value=category))
        yield from _deadline_faults(self.deadlines, self._starts)
        same = select(EvaluationCycle.id).where(
            EvaluationCycle.unit_id == unit.id,
            EvaluationCycle.side == self.side,
            EvaluationCycle.period_kind == self.period_kind,
            EvaluationCycle.year == self.year,
            EvaluationCycle.number == self.number,
        )
        if db.session.scalar(same) is not None:
            yield Fault("number", _("Đơn vị đã có kỳ đánh giá này."), code="cycle_exists")

    def run(self) -> EvaluationCycle:
        deadlines = default_deadlines(self.period_kind, self.year, self.number) | (self.deadlines or {})
        row = EvaluationCycle(
            unit_id=self.unit_id, side=self.side, period_kind=self.period_kind, year=self.year, number=self.number,
            name=self.name.strip() or period_name(self.period_kind, self.year, self.number, self.side),
            starts_on=self._starts,
            ends_on=self._ends, as_of=self.as_of or self._ends, categories=list(self.categories or ()) or None,
            deadlines={step: deadlines[step].isoformat() for step in STEPS}, document=self.document.strip(),
            note=self.note.strip(), state=PLANNED, circle=self.circle,
        )  # fmt: skip
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> EvaluationCycle:
        return cycle_for(receipt)


@dataclass
class EditCycle(Command[EvaluationCycle]):
    """Change name, document, note and deadlines of a cycle that is not closed; day of the list only while planned."""

    cycle_id: int
    version: int | None
    name: str
    deadlines: dict[str, date]
    document: str = ""
    note: str = ""
    as_of: date | None = None

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle = cycle_for(self.cycle_id, "open")
        check_version(cycle, self.version, {"name": self.name, "document": self.document, "note": self.note},
                      lambda key: _(LABELS.get(key, key)))  # fmt: skip
        if cycle.state in (CLOSED, CANCELLED):
            yield Fault("", _("Kỳ đánh giá đã đóng hoặc đã hủy."), code="cycle_over")
        if not self.name.strip():
            yield Fault("name", _("Cần tên kỳ đánh giá."))
        if self.as_of is not None and self.as_of != cycle.as_of:
            if cycle.state != PLANNED:
                yield Fault("as_of", _("Kỳ đã mở nên không đổi được ngày chốt danh sách."), code="cycle_open")
            elif not cycle.starts_on <= self.as_of <= cycle.ends_on:
                yield Fault("as_of", _("Ngày chốt danh sách phải trong kỳ."))
        yield from _deadline_faults(self.deadlines, cycle.starts_on)

    def run(self) -> EvaluationCycle:
        cycle = self._cycle
        cycle.name, cycle.document, cycle.note = self.name.strip(), self.document.strip(), self.note.strip()
        kept = dict(cycle.deadlines or {})
        cycle.deadlines = kept | {step: day.isoformat() for step, day in self.deadlines.items()}
        if self.as_of is not None:
            cycle.as_of = self.as_of
        return cycle


@dataclass
class OpenCycle(Command[EvaluationCycle]):
    """Open a planned cycle: configuration and sheets are frozen, a job fills in the participants (``job_run_id``)."""

    cycle_id: int
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle = cycle_for(self.cycle_id, "open")
        check_version(cycle, self.version, {})
        faults = CYCLE.faults(cycle, "open")
        if clock.today() < cycle.starts_on:
            text = _("Kỳ bắt đầu ngày %(day)s nên chưa mở được.", day=format_date(cycle.starts_on))
            faults.append(Fault("", text, code="too_early"))
        return faults

    def run(self) -> EvaluationCycle:
        cycle = self._cycle
        CYCLE.perform(cycle, "open")
        cycle.as_of = min(cycle.as_of, max(clock.today(), cycle.starts_on))
        cycle.frozen = freeze(cycle.ends_on)
        cycle.opened_at = clock.now()
        db.session.flush()
        cycle.job_run_id = _enqueue_fill(cycle).id
        return cycle

    def replay(self, receipt: Any) -> EvaluationCycle:
        return cycle_for(receipt)


def _enqueue_fill(cycle: EvaluationCycle) -> jobs.JobRun:
    return jobs.enqueue(FILL, _("Lập danh sách: %(cycle)s", cycle=cycle.name), {"cycle_id": cycle.id})


@dataclass
class RefreshParticipants(Command[EvaluationCycle]):
    """Look at the staff again and add who is missing (new units, late records); nobody in the cycle is touched."""

    cycle_id: int

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle_for(self.cycle_id, "open")
        if self._cycle.state not in RUNNING:
            yield Fault("", _("Chỉ bổ sung danh sách của kỳ đang mở."), code="cycle_not_open")

    def run(self) -> EvaluationCycle:
        self._cycle.job_run_id = _enqueue_fill(self._cycle).id
        return self._cycle

    def replay(self, receipt: Any) -> EvaluationCycle:
        return cycle_for(receipt)


@dataclass
class AdvanceCycle(Command[EvaluationCycle]):
    """Lead a cycle on: finish_collectives, finish_persons, finish_quota, finish_publication, report, close, cancel."""

    cycle_id: int
    action: str
    version: int | None = None
    reason: str = ""
    document: str = ""
    document_date: date | None = None

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle_for(self.cycle_id, "open")
        check_version(self._cycle, self.version, {})
        if self.action == "open":
            return [Fault("action", _("Hãy dùng nút “Mở kỳ đánh giá”."), code="unknown_action")]
        return CYCLE.faults(self._cycle, self.action, **self._grounds())

    def _grounds(self) -> dict[str, Any]:
        return {"reason": self.reason, "document": self.document, "document_date": self.document_date}

    def run(self) -> EvaluationCycle:
        CYCLE.perform(self._cycle, self.action, **self._grounds())
        if self._cycle.state == CLOSED:
            self._cycle.closed_at = clock.now()
        if self.reason.strip():
            history.note(self._cycle, self.reason.strip())
        return self._cycle

    def replay(self, receipt: Any) -> EvaluationCycle:
        return cycle_for(receipt)
