"""What the unit's review leaves behind: the meeting with its minutes, and the assessment of the last three years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.restructuring.guards import YEARS_ASSESSED
from hrms.commands.restructuring.rights import case_for, work_fault
from hrms.commands.restructuring.words import label
from hrms.kernel import clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from models.restructuring import CaseAssessment, DownsizingCase
from models.vocabulary import RATINGS

HIGHEST_SCORE = Decimal(100)
SCORES = ("conduct_score", "capacity_score", "result_score")


@dataclass
class SetMeeting(Command[DownsizingCase]):
    """Record the meeting that reviewed the request (Điều 17): day, minutes, votes, conclusion."""

    case_id: int
    version: int | None
    meeting_on: date | None = None
    meeting_minutes: str = ""
    meeting_present: int | None = None
    meeting_agree: int | None = None
    meeting_conclusion: str = ""

    def _values(self) -> dict[str, Any]:
        return {
            "meeting_on": self.meeting_on,
            "meeting_minutes": self.meeting_minutes.strip(),
            "meeting_present": self.meeting_present,
            "meeting_agree": self.meeting_agree,
            "meeting_conclusion": self.meeting_conclusion.strip(),
        }

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        faults = work_fault(self._case)
        if faults:
            yield from faults
            return
        check_version(self._case, self.version, self._values(), label)
        if self.meeting_on is not None and self.meeting_on > clock.today():
            yield Fault("meeting_on", _("Ngày họp %(day)s còn ở tương lai.", day=format_date(self.meeting_on)))
        if self.meeting_minutes.strip() and self.meeting_on is None:
            yield Fault("meeting_on", _("Cần ngày họp của biên bản %(number)s.", number=self.meeting_minutes.strip()))
        if len(self.meeting_minutes) > 120:
            yield Fault("meeting_minutes", _("Số biên bản dài quá 120 ký tự."))
        present, agree = self.meeting_present, self.meeting_agree
        if present is not None and present < 1:
            yield Fault("meeting_present", _("Số người dự họp phải từ 1 trở lên (%(value)s).", value=present))
        if agree is not None and agree < 0:
            yield Fault("meeting_agree", _("Số người đồng ý không thể là số âm (%(value)s).", value=agree))
        if agree is not None and present is not None and agree > present:
            yield Fault(
                "meeting_agree",
                _("Số người đồng ý (%(agree)s) nhiều hơn số người dự họp (%(present)s).", agree=agree, present=present),
            )
        if agree is not None and present is None:
            yield Fault("meeting_present", _("Cần số người dự họp khi đã ghi số người đồng ý."))

    def run(self) -> DownsizingCase:
        for name, value in self._values().items():
            if getattr(self._case, name) != value:
                setattr(self._case, name, value)
        return self._case

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)


@dataclass
class YearAssessment:
    """One year: the level of the yearly classification, points by the unit's criteria (0–100 each), a word."""

    year: int
    level: str = ""
    conduct_score: Decimal | None = None
    capacity_score: Decimal | None = None
    result_score: Decimal | None = None
    remark: str = ""


@dataclass
class SetAssessment(Command[DownsizingCase]):
    """Record the assessment of the last three years (Điều 6); volunteers are assessed too."""

    case_id: int
    version: int | None
    years: list[YearAssessment] = field(default_factory=list)

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        faults = work_fault(self._case)
        if faults:
            yield from faults
            return
        check_version(self._case, self.version, {})
        if len({row.year for row in self.years}) != len(self.years):
            yield Fault("years", _("Mỗi năm chỉ ghi một lần."))
        if len(self.years) > YEARS_ASSESSED:
            yield Fault("years", _("Chỉ đánh giá %(count)s năm gần nhất.", count=YEARS_ASSESSED))
        for row in self.years:
            yield from self._check(row)

    def _check(self, row: YearAssessment) -> Iterable[Fault]:
        place = f"years.{row.year}"
        if not clock.today().year - 6 <= row.year <= clock.today().year:
            yield Fault(f"{place}.year", _("Năm %(year)s không nằm trong 03 năm gần nhất.", year=row.year))
        if row.level and row.level not in RATINGS:
            yield Fault(
                f"{place}.level", _("Năm %(year)s: không có mức xếp loại “%(level)s”.", year=row.year, level=row.level)
            )
        for name in SCORES:
            value = getattr(row, name)
            if value is None:
                continue
            if not Decimal(0) <= value <= HIGHEST_SCORE:
                yield Fault(
                    f"{place}.{name}",
                    _(
                        "Năm %(year)s, %(label)s: %(value)s không nằm trong khoảng 0 đến 100.",
                        year=row.year,
                        label=label(name).lower(),
                        value=value,
                    ),
                )
            elif value != round(value, 4):
                yield Fault(
                    f"{place}.{name}",
                    _(
                        "Năm %(year)s, %(label)s: tối đa bốn chữ số sau dấu phẩy.",
                        year=row.year,
                        label=label(name).lower(),
                    ),
                )

    def run(self) -> DownsizingCase:
        case = self._case
        present = {row.year: row for row in case.assessments}
        for wanted in self.years:
            row = present.pop(wanted.year, None)
            if row is None:
                row = CaseAssessment(case_id=case.id, year=wanted.year)
                db.session.add(row)
            for name, value in asdict(wanted).items():
                value = value.strip() if isinstance(value, str) else value
                if getattr(row, name) != value:
                    setattr(row, name, value)
        for row in present.values():
            db.session.delete(row)
        case.updated_at = clock.now()  # the rows belong to the case: its next editor must see that it moved
        db.session.flush()
        db.session.expire(case, ["assessments"])
        return case

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)
