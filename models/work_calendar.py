"""The calendar of public holidays and swapped working days, one row for each year, edited by the administrator."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import Date, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel.db import BigInt, JsonText, Tracked, db
from policies.engine.workdays import WorkCalendar

OFF, WORK = "off", "work"


class WorkCalendarYear(Tracked, Model):
    """The days of a year that are not what their weekday says, with the document that announces them.

    ``days``: [{"day": "2026-09-02", "kind": "off" | "work", "name": "Quốc khánh"}, …], in order. ``complete``: nothing
    of the year is missing any more (Tết was announced); before that deadlines of the year carry a warning.
    """

    __tablename__ = "work_calendar_year"
    __untracked__ = ("days",)  # the command notes in words which days came and went

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False, unique=True)
    days: Mapped[list[dict[str, str]]] = mapped_column(JsonText, nullable=False, default=list)
    complete: Mapped[bool] = mapped_column(nullable=False, default=False)
    document_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    document_date: Mapped[date | None] = mapped_column(Date)
    mark: Mapped[str] = mapped_column(String(1), nullable=False, default="U")
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    def __str__(self) -> str:
        return str(self.year)


def work_calendar() -> WorkCalendar:
    """The calendar of all years entered: one statement, no scope (one calendar for everybody)."""
    off: dict[date, str] = {}
    worked: dict[date, str] = {}
    complete: set[int] = set()
    query = select(WorkCalendarYear.year, WorkCalendarYear.days, WorkCalendarYear.complete)
    for year, days, whole in db.session.execute(query.order_by(WorkCalendarYear.year)):
        if whole:
            complete.add(year)
        for one in days or ():
            (worked if one["kind"] == WORK else off)[date.fromisoformat(one["day"])] = one["name"]
    return WorkCalendar(off, worked, frozenset(complete))
