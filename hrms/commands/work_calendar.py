"""Public holidays and swapped working days by year: what every deadline in working days is counted with.

A year that nobody has filled in is counted Monday to Friday, and everything that rests on it says so: the days of Tết
change every year and are announced by a document, so they are entered, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import current_store
from hrms.kernel import access, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from models.work_calendar import OFF, WORK, WorkCalendarYear
from policies.engine.errors import ParameterGap
from policies.engine.parameters import MARKS
from policies.engine.workdays import WEEKEND, WorkCalendar

FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_DAYS = 60
LONGEST_NAME = 120
FIXED, A_YEAR = "evaluation.calendar.fixed_days", "evaluation.calendar.days_a_year"


def N_(text: str) -> str:
    """Marks a word that views/words.py lists for the catalogue."""
    return text


KINDS = {OFF: N_("Nghỉ"), WORK: N_("Làm bù")}
FIXED_NAMES = {
    "01-01": N_("Tết Dương lịch"),
    "04-30": N_("Ngày Chiến thắng"),
    "05-01": N_("Ngày Quốc tế lao động"),
    "09-02": N_("Quốc khánh"),
}
LABELS = {
    "year": N_("Năm"),
    "days": N_("Các ngày"),
    "complete": N_("Đã đủ ngày nghỉ của năm"),
    "document_number": N_("Số văn bản"),
    "document_date": N_("Ngày văn bản"),
    "mark": N_("Mức kiểm chứng"),
    "note": N_("Ghi chú"),
}


def calendar_note(calendar: WorkCalendar, first: date, last: date) -> str:
    """What to say beside a deadline counted from ``first`` to ``last``; empty when every year is filled in."""
    years = calendar.unknown(first, last)
    if not years:
        return ""
    return _("Lịch nghỉ lễ, tết năm %(years)s chưa được khai báo đủ nên hạn có thể sớm hơn thực tế.",
             years=", ".join(map(str, years)))  # fmt: skip


@dataclass(frozen=True)
class CalendarDay:
    """One day of the year: ``kind`` off | work."""

    day: date
    kind: str
    name: str

    def plain(self) -> dict[str, str]:
        return {"day": self.day.isoformat(), "kind": self.kind, "name": normalize(self.name)}


def days_of(row: WorkCalendarYear | None) -> list[CalendarDay]:
    """The days entered, in order."""
    return [CalendarDay(date.fromisoformat(one["day"]), one["kind"], one["name"]) for one in (row.days if row else ())]


def proposed_days(year: int) -> list[CalendarDay]:
    """The holidays that fall on the same day every year, as a beginning for an empty year; Tết is for a human."""
    found = []
    for text in _law(FIXED, year) or ():
        month, day = str(text).split("-")
        found.append(CalendarDay(date(year, int(month), int(day)), OFF, _(FIXED_NAMES.get(str(text), "Nghỉ lễ"))))
    return found


def days_by_law(year: int) -> int | None:
    """How many paid holidays the law gives in the year; None before the parameter begins."""
    number = _law(A_YEAR, year)
    return None if number is None else int(number)


def _law(name: str, year: int) -> Any:
    try:
        return current_store().at(name, date(year, 12, 31)).value
    except ParameterGap:
        return None


def _told(day: date, kind: str, name: str) -> str:
    return f"{format_date(day)} {_(KINDS[kind]).lower()} ({name})"


@dataclass
class SaveCalendarYear(Command[WorkCalendarYear]):
    """Write the days of a year anew, with the document they rest on. Needs ``parameter:propose``.

    ``complete``: nothing of the year is missing; deadlines in it carry no warning any more. Faults of the third day are
    named ``days.3.…``.
    """

    year: int
    version: int | None
    days: Sequence[CalendarDay]
    document_number: str
    document_date: date | None
    mark: str = "S"
    complete: bool = False
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "propose")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            text = _("Năm %(year)s ngoài khoảng %(first)s đến %(last)s.", year=self.year, first=FIRST_YEAR,
                     last=LAST_YEAR)  # fmt: skip
            yield Fault("year", text)
            return
        self._row = db.session.scalar(
            select(WorkCalendarYear).where(WorkCalendarYear.year == self.year).with_for_update()
        )
        if self._row is not None:
            proposed = {"days": [one.plain() for one in self.days], "complete": self.complete}
            check_version(self._row, self.version, proposed, lambda name: _(LABELS.get(name, name)))
        if len(self.days) > MOST_DAYS:
            yield Fault("days", _("Mỗi năm nhập tối đa %(most)s ngày.", most=MOST_DAYS))
        if self.complete and not self.days:
            yield Fault("complete", _("Chưa có ngày nào nên chưa thể ghi là đã đủ."))
        yield from self._days()
        if not normalize(self.document_number):
            yield Fault("document_number", _("Cần số, ký hiệu văn bản làm căn cứ."), code="document_missing")
        if self.document_date is None:
            yield Fault("document_date", _("Cần ngày của văn bản (dd/mm/yyyy)."), code="document_missing")
        elif self.document_date > clock.today():
            yield Fault("document_date", _("Ngày của văn bản còn ở tương lai."))
        if self.mark not in MARKS:
            yield Fault("mark", _("Mức kiểm chứng phải là một trong: %(marks)s.", marks=", ".join(MARKS)))

    def _days(self) -> Iterable[Fault]:
        seen: set[date] = set()
        for number, one in enumerate(self.days, start=1):
            shown = format_date(one.day)
            where = f"days.{number}"
            if one.day.year != self.year:
                yield Fault(f"{where}.day", _("Ngày %(day)s không thuộc năm %(year)s.", day=shown, year=self.year))
            if one.day in seen:
                yield Fault(f"{where}.day", _("Ngày %(day)s ghi hai lần.", day=shown))
            seen.add(one.day)
            if one.kind not in KINDS:
                yield Fault(f"{where}.kind", _("Ngày %(day)s: chọn nghỉ hoặc làm bù.", day=shown))
            if one.kind == WORK and one.day.weekday() not in WEEKEND:
                yield Fault(f"{where}.kind", _("Ngày %(day)s là ngày làm việc sẵn; ngày làm bù là thứ Bảy, Chủ nhật.",
                                               day=shown))  # fmt: skip
            if not normalize(one.name) or len(one.name) > LONGEST_NAME:
                yield Fault(f"{where}.name", _("Ngày %(day)s: ghi tên ngày nghỉ, tối đa %(most)s ký tự.", day=shown,
                                               most=LONGEST_NAME))  # fmt: skip

    def run(self) -> WorkCalendarYear:
        row = self._row
        before = {(one.day, one.kind, one.name) for one in days_of(row)}
        if row is None:
            row = WorkCalendarYear(year=self.year)
            db.session.add(row)
        row.days = [one.plain() for one in sorted(self.days, key=lambda one: one.day)]
        row.complete, row.mark, row.note = self.complete, self.mark, self.note.strip()
        row.document_number, row.document_date = normalize(self.document_number), self.document_date
        db.session.flush()
        after = {(one.day, one.kind, one.name) for one in days_of(row)}
        for template, some in ((N_("Thêm: %(days)s."), after - before), (N_("Bỏ: %(days)s."), before - after)):
            if some:
                history.note(row, _(template, days="; ".join(_told(*one) for one in sorted(some))))
        return row

    def replay(self, receipt: Any) -> WorkCalendarYear:
        return access.get(WorkCalendarYear, receipt)


def years() -> list[WorkCalendarYear]:
    """Every year entered, the newest first."""
    return list(
        db.session.scalars(
            access.restrict(select(WorkCalendarYear), WorkCalendarYear).order_by(WorkCalendarYear.year.desc())
        )
    )
