"""Staff: a person and the effective-dated rows around the person (posts, salary, insurance, Party, training …)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel.crypto import Encrypted
from hrms.kernel.db import BigInt, JsonText, KeyText, Money, ScaledDecimal, Tracked
from models.organization import OrgUnit, Position


class Person(Tracked, Model):
    """One member of staff. ``unit_id``, ``title`` and ``is_leader`` project the main appointment valid today."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_unit_sort", "unit_id", "status", "sort_key"),
        Index("ix_person_sort", "status", "sort_key"),
        CheckConstraint("sex IN ('male', 'female')", name="ck_person_sex"),
    )
    __untracked__ = ("folded", "sort_key", "identity_digest")
    __masked__ = ("identity_number", "insurance_number", "health")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)  # số hiệu cán bộ
    full_name: Mapped[str] = mapped_column(String(150), nullable=False)
    other_name: Mapped[str] = mapped_column(String(150), nullable=False, default="")
    folded: Mapped[str] = mapped_column(KeyText(220), nullable=False, default="", index=True)  # name and code, no marks
    sort_key: Mapped[str] = mapped_column(KeyText(400), nullable=False, default="")  # given name first
    sex: Mapped[str] = mapped_column(String(6), nullable=False)
    birth_date: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    birth_precision: Mapped[str] = mapped_column(String(5), nullable=False, default="day")
    category: Mapped[str] = mapped_column(String(20), nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(10), nullable=False, default="active")
    identity_number: Mapped[str | None] = mapped_column(Encrypted)
    identity_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    identity_issued_on: Mapped[date | None] = mapped_column(Date)
    insurance_number: Mapped[str | None] = mapped_column(Encrypted)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    is_leader: Mapped[bool] = mapped_column(nullable=False, default=False)
    retirement_annex: Mapped[str] = mapped_column(String(2), nullable=False, default="I")
    recruited_on: Mapped[date | None] = mapped_column(Date)
    recruited_by: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    state_service_from: Mapped[date | None] = mapped_column(Date)
    birth_place: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    home_place: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    permanent_address: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    current_address: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    email: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    ethnicity: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    religion: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    general_education: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    qualification: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    political_theory: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    state_management: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    foreign_language: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    informatics: Mapped[str] = mapped_column(String(100), nullable=False, default="")
    party_joined_on: Mapped[date | None] = mapped_column(Date)
    party_official_on: Mapped[date | None] = mapped_column(Date)
    is_party_member: Mapped[bool] = mapped_column(nullable=False, default=False)
    health: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    child_under_36_months_until: Mapped[date | None] = mapped_column(Date)  # day the youngest child turns 36 months
    pregnant_until: Mapped[date | None] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    left_reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    source: Mapped[str] = mapped_column(String(120), nullable=False, default="")  # where the record came from
    checked_on: Mapped[date | None] = mapped_column(Date)
    is_demo: Mapped[bool] = mapped_column(nullable=False, default=False)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    unit: Mapped[OrgUnit | None] = relationship()
    appointments: Mapped[list[Appointment]] = relationship(back_populates="person", order_by="Appointment.valid_from")
    salary_rows: Mapped[list[SalaryRow]] = relationship(back_populates="person", order_by="SalaryRow.valid_from")
    insurance_periods: Mapped[list[InsurancePeriod]] = relationship(
        back_populates="person", order_by="InsurancePeriod.starts_on"
    )

    def __str__(self) -> str:
        return self.full_name


class _OfPerson(Tracked):
    """Rows that belong to a person and rest on a decision."""


class Appointment(_OfPerson, Model):
    """A post held from one day to another. One main post at a time; concurrent posts and secondments beside it."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_person", "person_id", "valid_from"),
        Index("ix_appointment_unit", "unit_id", "kind", "valid_to"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_appointment_dates"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False, default="main")
    title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    leader_rank: Mapped[str] = mapped_column(String(10), nullable=False, default="")
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    term_ends: Mapped[date | None] = mapped_column(Date)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(back_populates="appointments")
    unit: Mapped[OrgUnit] = relationship()
    position: Mapped[Position | None] = relationship()


class SalaryRow(_OfPerson, Model):
    """A salary in force from one day to another: State scale (coefficient) or agreed amount, never both."""

    __tablename__ = "salary_row"
    __table_args__ = (
        Index("ix_salary_person", "person_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_salary_dates"),
        CheckConstraint("(coefficient IS NULL) <> (agreed_amount IS NULL)", name="ck_salary_one_kind"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    scale_code: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    grade_code: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    grade_name: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    step: Mapped[int | None] = mapped_column(Integer)
    coefficient: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    agreed_amount: Mapped[int | None] = mapped_column(Money)
    leadership: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    beyond_frame_percent: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    seniority_percent: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    profession_preferential_percent: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    profession_responsibility_percent: Mapped[Decimal] = mapped_column(
        ScaledDecimal, nullable=False, default=Decimal(0)
    )
    public_service_percent: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    party_union_percent: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    retained_difference: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    area: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    other_allowances: Mapped[dict[str, str] | None] = mapped_column(JsonText)  # name → coefficient, kept for the record
    step_counted_from: Mapped[date | None] = mapped_column(Date)  # thời gian giữ bậc
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(back_populates="salary_rows")

    ALLOWANCES = (
        "leadership",
        "beyond_frame_percent",
        "seniority_percent",
        "profession_preferential_percent",
        "profession_responsibility_percent",
        "public_service_percent",
        "party_union_percent",
        "retained_difference",
        "area",
    )


class InsurancePeriod(_OfPerson, Model):
    """Compulsory social insurance from month to month.

    ``opening`` rows carry a total confirmed on a day (``ends_on``): lists give "25 năm 3 tháng", not every period.
    """

    __tablename__ = "insurance_period"
    __table_args__ = (
        Index("ix_insurance_person", "person_id", "starts_on"),
        CheckConstraint("months IS NULL OR months >= 0", name="ck_insurance_months"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False, default="period")  # period | opening
    starts_on: Mapped[date | None] = mapped_column(Date)  # first day of the first month
    ends_on: Mapped[date | None] = mapped_column(Date)  # last day of the last month; opening: confirmed up to this day
    months: Mapped[int | None] = mapped_column(Integer)  # opening rows only
    employer: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    in_public_body: Mapped[bool] = mapped_column(nullable=False, default=True)  # bodies of Điều 1 NĐ 178
    hazardous: Mapped[bool] = mapped_column(nullable=False, default=False)
    special_area: Mapped[bool] = mapped_column(nullable=False, default=False)
    paid_out: Mapped[bool] = mapped_column(nullable=False, default=False)
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    person: Mapped[Person] = relationship(back_populates="insurance_periods")


class TrainingRecord(_OfPerson, Model):
    """A course or degree (2C item 27)."""

    __tablename__ = "training_record"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    school: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    subject: Mapped[str] = mapped_column(String(250), nullable=False)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    form: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    certificate: Mapped[str] = mapped_column(String(200), nullable=False, default="")


class Discipline(_OfPerson, Model):
    """A disciplinary decision, or proceedings under way (``decided_on`` empty).

    Rows of one person with the same ``violation_key`` are about one act (hành vi vi phạm), by whomever it was handled:
    the evaluation counts the act once.
    """

    __tablename__ = "discipline"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    form: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    opened_on: Mapped[date] = mapped_column(Date, nullable=False)  # start of the review, inspection or prosecution
    decided_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)  # closed without discipline, or decision executed
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    violation_key: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    duty_related: Mapped[bool] = mapped_column(nullable=False, default=True)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")


class FamilyRelation(_OfPerson, Model):
    """A relative, kept only for the bar of the anti-corruption law and child facts (DP-15)."""

    __tablename__ = "family_relation"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    relation: Mapped[str] = mapped_column(String(40), nullable=False)
    full_name: Mapped[str] = mapped_column(String(150), nullable=False)
    birth_year: Mapped[int | None] = mapped_column(Integer)
    work: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    relative_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # when also on the staff


class EarlierBenefit(_OfPerson, Model):
    """A restructuring benefit already received, before this system or in it."""

    __tablename__ = "earlier_benefit"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    decree: Mapped[str] = mapped_column(String(20), nullable=False)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    paid_on: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[int | None] = mapped_column(Money)


class YearRating(_OfPerson, Model):
    """The yearly classification, as the screening of Điều 6 NĐ 178 needs it (last three years)."""

    __tablename__ = "year_rating"
    __table_args__ = (Index("ix_year_rating", "person_id", "year"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    level: Mapped[str] = mapped_column(String(6), nullable=False)
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    side: Mapped[str] = mapped_column(String(6), nullable=False, default="STATE")  # STATE | PARTY: two results a year
    regime: Mapped[str] = mapped_column(String(12), nullable=False, default="")
    evaluation_id: Mapped[int | None] = mapped_column(BigInt, index=True)  # when decided here, not brought in


class Absence(_OfPerson, Model):
    """A spell away from work: it decides whether and how a year is rated (NĐ 90 Điều 2.3) and who is deferred."""

    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_person", "person_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ck_absence_period"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)  # vocabulary.ABSENCE_KINDS
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date | None] = mapped_column(Date)  # last day; open while it goes on
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    note: Mapped[str] = mapped_column(String(400), nullable=False, default="")
