"""Posts, salary rows and insurance periods: dated rows of which overlaps and gaps are refused with the rows listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.units import version_on
from hrms.commands.organization.words import one_of, required, too_long
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.spans import (
    apply,
    appointment_place,
    columns_of,
    insurance_place,
    normal_period,
    salary_place,
)
from hrms.commands.staff.words import label
from hrms.commands.timeline import Placement
from hrms.kernel import access, history
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, format_decimal, full_months, normalize
from models.organization import OrgUnit, Position
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow
from models.vocabulary import APPOINTMENT_KINDS, LEADER_RANKS
from policies.salary.scales import scales

HIGHEST_COEFFICIENT = 10  # the last step of the experts' table
LONGEST_LIFE = 12 * 60  # months of insurance nobody exceeds


@dataclass
class _AddRow:
    """What adding a dated row shares: the person, found in the scope the actor may write."""

    person_id: int

    def person(self) -> Person:
        access.require("staff", "write")
        return access.get(Person, self.person_id, "write")


def left_faults(person: Person | None, day: date | None) -> Iterable[Fault]:
    """Nothing begins once a person has left."""
    if person is not None and person.left_on is not None and day is not None and day >= person.left_on:
        yield Fault(
            "valid_from",
            _(
                "%(name)s đã nghỉ từ ngày %(day)s. Hãy chọn ngày trước đó, hoặc hủy việc ghi nhận nghỉ.",
                name=person.full_name,
                day=format_date(person.left_on),
            ),
            code="left",
        )


@dataclass
class AddAppointment(_AddRow, Command[Appointment]):
    """A post from a day on. ``close_previous`` ends the post in force the day before; ``gap_reason`` excuses a gap."""

    unit_id: int
    title: str
    valid_from: date | None
    kind: str = "main"
    valid_to: date | None = None
    leader_rank: str = ""
    position_id: int | None = None
    term_ends: date | None = None
    decision_number: str = ""
    decision_date: date | None = None
    close_previous: bool = False
    gap_reason: str = ""
    _placement: Placement = field(init=False, repr=False, default_factory=Placement)

    def validate(self) -> Iterable[Fault]:
        self._person = self.person()
        yield from self.faults_for(self._person)

    def faults_for(self, person: Person | None) -> Iterable[Fault]:
        """Faults of the post itself and of its place among the person's posts (``None``: a person not stored yet)."""
        self.title = normalize(self.title)
        yield from required({"title": self.title, "valid_from": self.valid_from}, label)
        yield from too_long({"title": (self.title, 200), "decision_number": (self.decision_number, 80)}, label)
        yield from one_of("kind", self.kind, APPOINTMENT_KINDS, label)
        yield from one_of("leader_rank", self.leader_rank, LEADER_RANKS, label)
        yield from unit_faults(self.unit_id, self.valid_from, self.valid_to)
        yield from self._position_faults()
        yield from left_faults(person, self.valid_from)
        if self.term_ends is not None and self.valid_from is not None and self.term_ends < self.valid_from:
            yield Fault("term_ends", _("Ngày hết thời hạn bổ nhiệm trước ngày bắt đầu. Hãy sửa."))
        if self.valid_from is not None and person is not None:
            self._placement = appointment_place(
                person.id, columns_of(self, Appointment), self.close_previous, self.gap_reason
            )
            yield from self._placement.faults

    def _position_faults(self) -> Iterable[Fault]:
        if self.position_id is None:
            return
        position = db.session.get(Position, self.position_id)
        if position is None or position.unit_id != self.unit_id:
            yield Fault(
                "position_id", _("Vị trí việc làm không thuộc đơn vị đã chọn. Hãy chọn lại."), code="other_unit"
            )
        elif self.valid_from is not None and not (
            position.valid_from <= self.valid_from
            and (position.valid_to is None or position.valid_to >= self.valid_from)
        ):
            yield Fault(
                "position_id",
                _(
                    "Vị trí “%(title)s” không có hiệu lực vào ngày %(day)s.",
                    title=position.title,
                    day=format_date(self.valid_from),
                ),
                code="position_not_live",
            )

    def run(self) -> Appointment:
        row = self.store(self._person)
        project_people([self.person_id])
        return row

    def store(self, person: Person) -> Appointment:
        """Write the row and what it does to the earlier one."""
        apply(self._placement, Appointment)
        row = Appointment(person_id=person.id, **columns_of(self, Appointment))
        db.session.add(row)
        db.session.flush()
        if self.gap_reason.strip():
            history.note(row, _("Lý do gián đoạn: %(reason)s", reason=self.gap_reason.strip()))
        return row

    def replay(self, receipt: Any) -> Appointment:
        return access.get(Appointment, receipt)


def unit_faults(unit_id: int, start: date | None, end: date | None) -> Iterable[Fault]:
    """The unit must be one the actor may write staff of, and live from the first to the last day of the post."""
    unit = db.session.get(OrgUnit, unit_id)
    if unit is None or not access.in_scope(unit_id, "staff", "write"):
        yield Fault(
            "unit_id",
            _("Đơn vị không thuộc phạm vi của bạn. Hãy chọn đơn vị khác, hoặc đề nghị Sở Nội vụ thực hiện."),
            code="unit_out_of_scope",
        )
        return
    if start is not None and version_on(unit_id, start) is None:
        yield Fault(
            "unit_id",
            _(
                "%(unit)s không hoạt động vào ngày %(day)s. Hãy sửa đơn vị hoặc ngày.",
                unit=unit.name,
                day=format_date(start),
            ),
            code="unit_not_live",
        )
    elif unit.valid_to is not None and (end is None or end > unit.valid_to):
        yield Fault(
            "valid_to",
            _(
                "%(unit)s kết thúc hoạt động ngày %(day)s. Hãy ghi ngày kết thúc không sau ngày đó.",
                unit=unit.name,
                day=format_date(unit.valid_to),
            ),
            code="unit_ends",
        )


@dataclass
class EndAppointment(Command[Appointment]):
    """A post's last day. Ending a main post without a next one leaves a gap: it needs a reason, or use LeaveService."""

    appointment_id: int
    last_day: date | None
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        row = self._row = access.get(Appointment, self.appointment_id, "write")
        yield from required({"last_day": self.last_day}, lambda _name: label("valid_to"))
        if self.last_day is None:
            return
        if self.last_day < row.valid_from:
            yield Fault(
                "last_day", _("Ngày kết thúc trước ngày bắt đầu %(day)s. Hãy sửa.", day=format_date(row.valid_from))
            )
        if row.valid_to is not None and self.last_day > row.valid_to:
            yield Fault("last_day", _("Vị trí đã kết thúc từ ngày %(day)s.", day=format_date(row.valid_to)))
        if row.kind == "main" and not self.reason.strip():
            yield Fault(
                "reason",
                _("Kết thúc vị trí chính cần ghi lý do. Nếu người này nghỉ hẳn, hãy dùng “Ghi nhận thôi làm việc”."),
                code="missing",
            )

    def run(self) -> Appointment:
        self._row.valid_to = self.last_day
        if self.reason.strip():
            history.note(self._row, _("Kết thúc vị trí: %(reason)s", reason=self.reason.strip()))
        project_people([self._row.person_id])
        return self._row


@dataclass
class AddSalaryRow(_AddRow, Command[SalaryRow]):
    """A salary from a day on: a step of a scale with its allowances, or an agreed amount with nothing added."""

    valid_from: date | None
    coefficient: Decimal | None = None
    agreed_amount: int | None = None
    valid_to: date | None = None
    scale_code: str = ""
    grade_code: str = ""
    grade_name: str = ""
    step: int | None = None
    leadership: Decimal = Decimal(0)
    beyond_frame_percent: Decimal = Decimal(0)
    seniority_percent: Decimal = Decimal(0)
    profession_preferential_percent: Decimal = Decimal(0)
    profession_responsibility_percent: Decimal = Decimal(0)
    public_service_percent: Decimal = Decimal(0)
    party_union_percent: Decimal = Decimal(0)
    retained_difference: Decimal = Decimal(0)
    area: Decimal = Decimal(0)
    other_allowances: dict[str, str] | None = None
    step_counted_from: date | None = None
    decision_number: str = ""
    decision_date: date | None = None
    close_previous: bool = False
    gap_reason: str = ""

    def validate(self) -> Iterable[Fault]:
        self._person = self.person()
        yield from required({"valid_from": self.valid_from}, label)
        yield from salary_faults(columns_of(self, SalaryRow))
        yield from left_faults(self._person, self.valid_from)
        if self.valid_from is not None:
            self._placement = salary_place(
                self.person_id, columns_of(self, SalaryRow), self.close_previous, self.gap_reason
            )
            yield from self._placement.faults

    def run(self) -> SalaryRow:
        apply(self._placement, SalaryRow)
        row = SalaryRow(person_id=self.person_id, **columns_of(self, SalaryRow))
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> SalaryRow:
        return access.get(SalaryRow, receipt)


def salary_faults(values: dict[str, Any]) -> Iterable[Fault]:
    """One kind of salary only, plausible numbers, and a step that has the coefficient its scale gives it."""
    coefficient, agreed = values.get("coefficient"), values.get("agreed_amount")
    if (coefficient is None) == (agreed is None):
        yield Fault(
            "coefficient",
            _("Hãy nhập hệ số lương, hoặc lương thỏa thuận theo hợp đồng; chỉ một trong hai."),
            code="one_salary",
        )
    if agreed is not None:
        if agreed <= 0:
            yield Fault("agreed_amount", _("Lương thỏa thuận phải lớn hơn 0."))
        extra = [label(name) for name in SalaryRow.ALLOWANCES if values.get(name)]
        if extra:
            yield Fault(
                "agreed_amount",
                _("Lương thỏa thuận không cộng phụ cấp. Hãy bỏ: %(names)s.", names=", ".join(extra)),
                code="agreed_alone",
            )
    if coefficient is not None:
        if not 0 < coefficient <= HIGHEST_COEFFICIENT:
            yield Fault(
                "coefficient",
                _("Hệ số lương “%(value)s” phải lớn hơn 0 và không quá 10.", value=format_decimal(coefficient)),
            )
        yield from _step_faults(values.get("scale_code") or "", values.get("step"), coefficient)
    for name in SalaryRow.ALLOWANCES:
        value = values.get(name) or Decimal(0)
        limit = 100 if name.endswith("_percent") else 3
        if not 0 <= value <= limit:
            yield Fault(
                name,
                _(
                    "%(label)s “%(value)s” ngoài khoảng 0–%(limit)s.",
                    label=label(name),
                    value=format_decimal(value),
                    limit=limit,
                ),
            )


def _step_faults(scale_code: str, step: int | None, coefficient: Decimal) -> Iterable[Fault]:
    scale = next((scale for scale in scales() if scale.code == scale_code), None)
    if scale is None or step is None:
        return
    if not 1 <= step <= len(scale.coefficients):
        yield Fault("step", _("Thang %(scale)s chỉ có bậc 1 đến %(n)s.", scale=scale_code, n=len(scale.coefficients)))
    elif scale.coefficients[step - 1] != coefficient:
        yield Fault(
            "coefficient",
            _(
                "Hệ số %(value)s không khớp bậc %(step)s của thang %(scale)s (%(right)s). Hãy sửa hệ số hoặc bậc.",
                value=format_decimal(coefficient),
                step=step,
                scale=scale_code,
                right=format_decimal(scale.coefficients[step - 1]),
            ),
            code="off_scale",
        )


@dataclass
class AddInsurancePeriod(_AddRow, Command[InsurancePeriod]):
    """Months of compulsory insurance: a period from month to month, or an opening total confirmed on ``ends_on``."""

    kind: str = "period"
    starts_on: date | None = None
    ends_on: date | None = None
    months: int | None = None
    employer: str = ""
    in_public_body: bool = True
    hazardous: bool = False
    special_area: bool = False
    paid_out: bool = False
    document: str = ""
    close_previous: bool = False

    def validate(self) -> Iterable[Fault]:
        person = self._person = self.person()
        self.starts_on, self.ends_on = normal_period(self.kind, self.starts_on, self.ends_on)
        values = columns_of(self, InsurancePeriod)
        yield from insurance_faults(values, person)
        if self.kind == "period" and self.starts_on is None:
            return
        self._placement = insurance_place(self.person_id, values, self.close_previous)
        yield from self._placement.faults

    def run(self) -> InsurancePeriod:
        apply(self._placement, InsurancePeriod)
        row = InsurancePeriod(person_id=self.person_id, **columns_of(self, InsurancePeriod))
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> InsurancePeriod:
        return access.get(InsurancePeriod, receipt)


def insurance_faults(values: dict[str, Any], person: Person) -> Iterable[Fault]:
    """What a row of either kind needs, and months that fit into a working life."""
    yield from one_of("kind", values["kind"], {"period": _("Giai đoạn đóng"), "opening": _("Tổng đã xác nhận")}, label)
    yield from too_long({"employer": (values["employer"], 250), "document": (values["document"], 200)}, label)
    if values["kind"] == "period":
        yield from required({"starts_on": values["starts_on"]}, label)
        if values["months"] is not None:
            yield Fault("months", _("Giai đoạn đóng được tính từ tháng đến tháng, không nhập số tháng."))
        return
    yield from required({"ends_on": values["ends_on"], "months": values["months"]}, label)
    if values["months"] is None or values["ends_on"] is None:
        return
    possible = min(LONGEST_LIFE, max(0, full_months(person.birth_date, values["ends_on"]) - 12 * 15))
    if not 0 <= values["months"] <= possible:
        yield Fault(
            "months",
            _(
                "%(months)s tháng đóng BHXH không thể có ở người sinh ngày %(birth)s: "
                "đến ngày %(day)s nhiều nhất là %(most)s tháng. Hãy kiểm tra lại.",
                months=values["months"],
                birth=format_date(person.birth_date),
                most=possible,
                day=format_date(values["ends_on"]),
            ),
            code="too_many_months",
        )


def holder_of(row: Any) -> Person:
    """The person a row belongs to."""
    found = db.session.scalar(select(Person).where(Person.id == row.person_id))
    assert found is not None
    return found
