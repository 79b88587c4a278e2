"""The calendar of holidays and swapped working days: the years entered, one year to be edited, its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands import work_calendar as calendars
from hrms.commands.work_calendar import CalendarDay
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from hrms.kernel.text import format_date
from hrms.kernel.text.dates import parse_full_date
from models.work_calendar import OFF, WorkCalendarYear
from policies.engine.parameters import MARKS
from views.evaluation_settings import MARK_WORDS
from views.fields import BooleanField, ChoiceField, DateField, Form, LongTextField, Optional, TextField
from views.posted import request_key, seen_version
from views.rules import needs
from views.templating import page

BLANK_ROWS = 8
WEEKDAYS = (_l("thứ Hai"), _l("thứ Ba"), _l("thứ Tư"), _l("thứ Năm"), _l("thứ Sáu"), _l("thứ Bảy"), _l("Chủ nhật"))


class YearForm(Form):
    document_number = TextField(_l("Số, ký hiệu văn bản"))
    document_date = DateField(_l("Ngày văn bản"), [Optional()])
    mark = ChoiceField(_l("Mức kiểm chứng"), choices=[(mark, MARK_WORDS[mark]) for mark in MARKS])
    complete = BooleanField(
        _l("Đã đủ ngày nghỉ của năm"),
        description=_l("Chỉ chọn khi lịch nghỉ Tết và các ngày hoán đổi của năm đã được công bố và nhập hết."),
    )  # fmt: skip
    note = LongTextField(_l("Ghi chú"))


class WorkCalendarView(BaseView):
    """``/work-calendar/``"""

    route_base = "/work-calendar"

    @expose("/")
    @needs("parameter", "read")
    def list(self) -> Any:
        rows = calendars.years()
        known = {row.year for row in rows}
        today = clock.today().year
        return page(
            "parameters/calendars.html", title=_("Lịch nghỉ lễ, ngày làm việc"), rows=rows, days_of=calendars.days_of,
            missing=[year for year in range(today - 1, today + 2) if year not in known],
            law=calendars.days_by_law(today), mark_words=MARK_WORDS,
        )  # fmt: skip

    @expose("/<int:year>", methods=["GET", "POST"])
    @needs("parameter", "read")
    def year(self, year: int) -> Any:
        """One year: what is entered; saving needs the document it rests on."""
        if not calendars.FIRST_YEAR <= year <= calendars.LAST_YEAR:
            raise NotFound()
        row = db.session.scalar(
            access.restrict(select(WorkCalendarYear).where(WorkCalendarYear.year == year), WorkCalendarYear)
        )
        if request.method == "GET":
            form = YearForm(None, obj=row) if row is not None else YearForm(None, data={"mark": "S"})
            days = calendars.days_of(row) if row is not None else calendars.proposed_days(year)
            return self._page(year, row, form, _shown(days))
        access.require("parameter", "propose")
        form = YearForm(request.form)
        form.validate()
        typed = list(
            zip(request.form.getlist("day"), request.form.getlist("kind"), request.form.getlist("name"), strict=False)
        )
        days, numbers, faults = _read(typed)
        command = calendars.SaveCalendarYear(
            year, seen_version(), days, form.document_number.data or "", form.document_date.data,
            form.mark.data or "", bool(form.complete.data), form.note.data or "",
        )  # fmt: skip
        try:
            if faults:
                raise Refused(faults)
            execute(command, key=request_key())
        except Refused as error:
            told = [_renumbered(fault, numbers) for fault in error.faults]
            return self._page(year, row, form, typed, form.take_faults(Refused(told)), told), 400
        except Stale as error:
            return self._page(year, row, form, typed, [Fault("", error.message)]), 409
        flash(_("Đã lưu lịch nghỉ năm %(year)s.", year=year), "success")
        return redirect(url_for("WorkCalendarView.year", year=year))

    def _page(
        self, year: int, row: WorkCalendarYear | None, form: Form, typed: Sequence[tuple[str, str, str]],
        faults: Any = (), told: Sequence[Fault] = (),
    ) -> Any:  # fmt: skip
        by_row: dict[int, list[str]] = {}
        for fault in told:
            part = fault.field.split(".")
            if part[0] == "days" and len(part) > 1:
                by_row.setdefault(int(part[1]), []).append(fault.message)
        entered = calendars.days_of(row)
        return page(
            "parameters/calendar.html", title=_("Lịch nghỉ năm %(year)s", year=year), year=year, row=row, form=form,
            typed=[*typed, *[("", OFF, "")] * BLANK_ROWS], by_row=by_row,
            faults=[fault for fault in faults if not fault.field.startswith("days.")],
            kinds={code: _(word) for code, word in calendars.KINDS.items()}, entered=entered,
            off=sum(1 for one in entered if one.kind == OFF), law=calendars.days_by_law(year),
            weekday=lambda day: WEEKDAYS[day.weekday()], may_edit=access.may("parameter", "propose"),
            mark_words=MARK_WORDS, labels={key: _(word) for key, word in calendars.LABELS.items()},
            feed=history.of(row, 40) if row is not None and access.may("parameter", "propose") else [],
        )  # fmt: skip


def _shown(days: Sequence[CalendarDay]) -> list[tuple[str, str, str]]:
    return [(format_date(one.day), one.kind, one.name) for one in days]


def _read(rows: Sequence[tuple[str, str, str]]) -> tuple[list[CalendarDay], list[int], list[Fault]]:
    """The rows that say something, the number each has on the page, and days that are none."""
    days, numbers, faults = [], [], []
    for number, (day, kind, name) in enumerate(rows, start=1):
        if not day.strip() and not name.strip():
            continue
        try:
            days.append(CalendarDay(parse_full_date(day), kind, name))
            numbers.append(number)
        except ValueError as error:
            faults.append(Fault(f"days.row{number}", str(error)))
    return days, numbers, faults


def _renumbered(fault: Fault, numbers: Sequence[int]) -> Fault:
    """A fault of the third day that was filled in stands at its row of the page."""
    part = fault.field.split(".")
    if part[0] != "days" or len(part) < 2:
        return fault
    row = part[1].removeprefix("row")
    number = int(row) if part[1].startswith("row") else numbers[int(row) - 1]
    return Fault(f"days.{number}", fault.message, fault.article, fault.code)
