"""Restructuring: acts, rounds (đợt), downsizing cases, their calculations, assessments, dossier and payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import actor, clock
from hrms.kernel.db import BigInt, JsonText, KeyText, Money, ScaledDecimal, Tracked, UtcDateTime
from hrms.kernel.text import fold
from models.dossier import DossierPaper
from models.organization import OrgUnit
from models.staff import Person


def _act_words(context: Any) -> str:
    given = context.get_current_parameters()
    return folded_act(given["number"], given["title"])


def folded_act(number: str, title: str) -> str:
    """What a search of acts looks in."""
    return fold(f"{number} {title}")[:500]


class RestructuringAct(Tracked, Model):
    """The document that restructures a body; its effective date starts the 12 months (TT 01/2025/TT-BNV Điều 3.1)."""

    __tablename__ = "restructuring_act"
    __untracked__ = ("folded",)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    number: Mapped[str] = mapped_column(String(80), nullable=False)
    folded: Mapped[str] = mapped_column(KeyText(500), nullable=False, default=_act_words)
    issued_on: Mapped[date] = mapped_column(Date, nullable=False)
    effective_on: Mapped[date] = mapped_column(Date, nullable=False)
    issuer: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    title: Mapped[str] = mapped_column(String(400), nullable=False)
    kind: Mapped[str] = mapped_column(String(20), nullable=False, default="agency")

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return f"{self.number} ({self.title})"


class CaseBatch(Tracked, Model):
    """A round (đợt): many cases in one list with its budget total."""

    __tablename__ = "case_batch"
    __table_args__ = (UniqueConstraint("unit_id", "year", "round", name="uq_case_batch"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    round: Mapped[int] = mapped_column(Integer, nullable=False)
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    deadline: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()
    cases: Mapped[list[DownsizingCase]] = relationship(back_populates="batch")

    def __str__(self) -> str:
        return self.name


class DownsizingCase(Tracked, Model):
    """One person's leave under a restructuring decree, from draft to payment.

    ``revision`` counts versions: an amendment after the decision is a new row that points to the one it amends.
    """

    __tablename__ = "downsizing_case"
    __table_args__ = (
        UniqueConstraint("number", "revision", name="uq_case_number"),
        Index("ix_case_unit_state", "unit_id", "state"),
        Index("ix_case_state", "state", "id"),
        Index("ix_case_person", "person_id"),
        CheckConstraint("revision >= 1", name="ck_case_revision"),
    )
    # The projection of the calculation is told in one readable history line, not field by field.
    __untracked__ = (
        "folded",
        "overrides",
        "benefit_found",
        "decree_found",
        "eligible",
        "monthly_salary",
        "months_early",
        "total",
        "top_up_part",
        "estimate_part",
        "calculation_id",
        # the step itself stands in the history, with who and when
        "finance_endorsed_by",
        "finance_endorsed_user_id",
        "finance_endorsed_at",
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    number: Mapped[str] = mapped_column(String(70), nullable=False)
    revision: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    # Not unique: an amendment that was withdrawn or refused leaves the way open for the next one.
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("downsizing_case.id"), index=True)
    folded: Mapped[str] = mapped_column(KeyText(260), nullable=False, default="", index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("case_batch.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("restructuring_act.id"))
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="draft")
    # The request
    decree: Mapped[str] = mapped_column(String(10), nullable=False, default="178")
    benefit: Mapped[str] = mapped_column(String(40), nullable=False, default="auto")
    ground: Mapped[str] = mapped_column(String(10), nullable=False, default="2.1.a")
    directly_affected: Mapped[bool] = mapped_column(nullable=False, default=True)
    leave_date: Mapped[date] = mapped_column(Date, nullable=False)  # first day away
    roadmap_decided_on: Mapped[date | None] = mapped_column(Date)  # roadmap decision before the closing date
    retirement_annex: Mapped[str] = mapped_column(String(2), nullable=False, default="I")
    voluntary: Mapped[bool] = mapped_column(nullable=False, default=True)
    application_on: Mapped[date | None] = mapped_column(Date)
    pregnant_or_small_child: Mapped[bool] = mapped_column(nullable=False, default=False)
    under_discipline: Mapped[bool] = mapped_column(nullable=False, default=False)
    group_177: Mapped[str | None] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    # Facts corrected by hand, each with its document: {"social_insurance_months": {"value": 301, "document": "…"}}
    overrides: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    local_top_up: Mapped[int | None] = mapped_column(Money)
    local_top_up_decision: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    local_top_up_on: Mapped[date | None] = mapped_column(Date)
    # Unit review
    meeting_on: Mapped[date | None] = mapped_column(Date)
    meeting_minutes: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    meeting_present: Mapped[int | None] = mapped_column(Integer)
    meeting_agree: Mapped[int | None] = mapped_column(Integer)
    meeting_conclusion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    # Leaders of point g
    deputies_present: Mapped[int | None] = mapped_column(Integer)
    deputies_allowed: Mapped[int | None] = mapped_column(Integer)
    # Finance
    funding_source: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    finance_endorsed_by: Mapped[str | None] = mapped_column(String(120))
    finance_endorsed_user_id: Mapped[int | None] = mapped_column(Integer)
    finance_endorsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Decision and payment
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(200), nullable=False, default="")  # competent authority
    paid_on: Mapped[date | None] = mapped_column(Date)
    payment_reference: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    # Of an amendment: only the difference to what was paid before.
    paid_amount: Mapped[int | None] = mapped_column(Money)
    # Projection of the calculation in force, for lists and totals
    decree_found: Mapped[str] = mapped_column(String(10), nullable=False, default="")
    benefit_found: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    eligible: Mapped[bool | None] = mapped_column()
    monthly_salary: Mapped[int | None] = mapped_column(Money)
    months_early: Mapped[int | None] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Money)
    top_up_part: Mapped[int | None] = mapped_column(Money)  # of the total: the local top-up, another purse
    estimate_part: Mapped[int | None] = mapped_column(Money)  # of the total: what the unit's ordinary estimate pays
    calculation_id: Mapped[int | None] = mapped_column(BigInt)

    person: Mapped[Person] = relationship()
    unit: Mapped[OrgUnit] = relationship()
    batch: Mapped[CaseBatch | None] = relationship(back_populates="cases")
    act: Mapped[RestructuringAct | None] = relationship()
    amends: Mapped[DownsizingCase | None] = relationship(remote_side=[id])
    assessments: Mapped[list[CaseAssessment]] = relationship(back_populates="case", order_by="CaseAssessment.year")
    checklist: Mapped[list[ChecklistItem]] = relationship(back_populates="case", order_by="ChecklistItem.position")

    @property
    def label(self) -> str:
        """Number shown to people; amendments carry their revision."""
        return self.number if self.revision == 1 else f"{self.number} (lần {self.revision})"

    def __str__(self) -> str:
        return self.label


class CaseCalculation(Model):
    """One computed answer of a case, with everything it rests on. Frozen rows are never written again."""

    __tablename__ = "case_calculation"
    __table_args__ = (Index("ix_calculation_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("downsizing_case.id"), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    inputs: Mapped[Any] = mapped_column(JsonText, nullable=False)  # the case of contract entitlement
    result: Mapped[Any] = mapped_column(JsonText, nullable=False)  # the whole result with its trace
    total: Mapped[int] = mapped_column(Money, nullable=False)
    engine_version: Mapped[str] = mapped_column(String(40), nullable=False)
    law_version: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    parameters_fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    frozen: Mapped[bool] = mapped_column(nullable=False, default=False)


class CaseAssessment(Tracked, Model):
    """One year of the three-year assessment (Điều 6 NĐ 178)."""

    __tablename__ = "case_assessment"
    __table_args__ = (UniqueConstraint("case_id", "year", name="uq_case_assessment"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("downsizing_case.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    level: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    conduct_score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    capacity_score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    result_score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    remark: Mapped[str] = mapped_column(Text, nullable=False, default="")

    case: Mapped[DownsizingCase] = relationship(back_populates="assessments")


class ChecklistItem(DossierPaper, Tracked, Model):
    """One paper of the dossier: required or not, present or not, checked by whom."""

    __tablename__ = "checklist_item"
    __table_args__ = (UniqueConstraint("case_id", "code", name="uq_checklist_item"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("downsizing_case.id"), nullable=False)

    case: Mapped[DownsizingCase] = relationship(back_populates="checklist")


class CasePaper(Tracked, Model):
    """A paper printed for a case or a round; its number comes from the records office (văn thư) or is given here."""

    __tablename__ = "case_paper"
    __table_args__ = (Index("ix_paper_case", "case_id"), Index("ix_paper_batch", "batch_id"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("downsizing_case.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("case_batch.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    # calculation_sheet | submission | decision | refusal | budget_list
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    calculation_id: Mapped[int | None] = mapped_column(ForeignKey("case_calculation.id"))
    attachment_id: Mapped[int | None] = mapped_column(BigInt)
