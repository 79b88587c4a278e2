"""Movement of people between posts: yearly plans, cases of every kind, chains, deferrals, solved plans, hand-over.

Five kinds (``vocabulary.MOVEMENT_KINDS``): luân chuyển, điều động, biệt phái, định kỳ chuyển đổi vị trí công tác, and
the change of post inside one agency. What each asks for and refuses is in ``policies.rotation``; here are the facts
and what was decided. Effects on appointments happen once, on ``effective_on``, by the scheduled job that wakes them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel.db import BigInt, JsonText, KeyText, Tracked, UtcDateTime
from models.dossier import DossierPaper
from models.organization import OrgUnit, Position
from models.staff import Appointment, Person


class RotationPlan(Tracked, Model):
    """The yearly plan of periodic change of an agency (Luật PCTN Điều 26): drafted, issued, published, carried out."""

    __tablename__ = "rotation_plan"
    __table_args__ = (UniqueConstraint("unit_id", "year", "revision", name="uq_rotation_plan"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    revision: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    state: Mapped[str] = mapped_column(String(12), nullable=False, default="draft")
    as_of: Mapped[date] = mapped_column(Date, nullable=False)  # the due list it was drafted from
    # The contents the law asks of a plan: purpose, requirements, concrete cases, time, rights and duties, measures
    contents: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    signer: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    published_on: Mapped[date | None] = mapped_column(Date)
    publication: Mapped[str] = mapped_column(String(250), nullable=False, default="")  # where and how inside the agency
    reported_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()
    lines: Mapped[list[RotationPlanLine]] = relationship(back_populates="plan", order_by="RotationPlanLine.id")

    def __str__(self) -> str:
        return self.name


class RotationPlanLine(Tracked, Model):
    """One person of a yearly plan: the clock as it stood, where to, when, how, and what became of it."""

    __tablename__ = "rotation_plan_line"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id", name="uq_rotation_plan_line"),
        Index("ix_rotation_plan_line_unit", "unit_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("rotation_plan.id"), nullable=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    listed_code: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    clock_start: Mapped[date | None] = mapped_column(Date)
    window_opens: Mapped[date | None] = mapped_column(Date)
    must_change_by: Mapped[date | None] = mapped_column(Date)
    due_state: Mapped[str] = mapped_column(String(30), nullable=False)  # as of the plan's day
    reasons: Mapped[list[str] | None] = mapped_column(JsonText)
    trace: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="planned")
    target_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    target_position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    form: Mapped[str] = mapped_column(String(20), nullable=False, default="")  # how: between sections, agencies …
    planned_on: Mapped[date | None] = mapped_column(Date)
    notified_on: Mapped[date | None] = mapped_column(Date)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("movement_case.id"), index=True)
    outcome_note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    __untracked__ = ("trace",)

    plan: Mapped[RotationPlan] = relationship(back_populates="lines")
    person: Mapped[Person] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    position: Mapped[Position | None] = relationship(foreign_keys=[position_id])
    target_unit: Mapped[OrgUnit | None] = relationship(foreign_keys=[target_unit_id])
    target_position: Mapped[Position | None] = relationship(foreign_keys=[target_position_id])

    def __str__(self) -> str:
        return f"{self.person} · {self.plan}"


class MovementChain(Tracked, Model):
    """Moves that hang on each other (A→B, B→C): they take effect together or not at all."""

    __tablename__ = "movement_chain"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    effective_on: Mapped[date | None] = mapped_column(Date)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    unit: Mapped[OrgUnit] = relationship()
    cases: Mapped[list[MovementCase]] = relationship(back_populates="chain", order_by="MovementCase.id")

    def __str__(self) -> str:
        return self.name


class MovementCase(Tracked, Model):
    """One person's move, from proposal to hand-over and effect.

    ``unit_id`` is the agency that leads the case (the sender); ``to_unit_id`` the receiver, which must agree.
    ``effect``: none | applied | undone, exactly once; ``checks`` is what the rules said when it was last asked.
    """

    __tablename__ = "movement_case"
    __table_args__ = (
        UniqueConstraint("number", name="uq_movement_case"),
        Index("ix_movement_case_unit", "unit_id", "state"),
        Index("ix_movement_case_to_unit", "to_unit_id", "state"),
        Index("ix_movement_case_person", "person_id"),
        Index("ix_movement_case_effect", "effect", "effective_on"),
        CheckConstraint(
            "ends_on IS NULL OR effective_on IS NULL OR ends_on >= effective_on", name="ck_movement_period"
        ),
    )
    __untracked__ = ("folded", "sort_key", "checks")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    number: Mapped[str] = mapped_column(String(70), nullable=False)
    kind: Mapped[str] = mapped_column(String(15), nullable=False)
    folded: Mapped[str] = mapped_column(KeyText(260), nullable=False, default="", index=True)
    sort_key: Mapped[str] = mapped_column(KeyText(400), nullable=False, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    from_position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    from_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    to_position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    to_title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    plan_line_id: Mapped[int | None] = mapped_column(BigInt, index=True)
    planner_run_id: Mapped[int | None] = mapped_column(BigInt, index=True)
    chain_id: Mapped[int | None] = mapped_column(ForeignKey("movement_chain.id"), index=True)
    extends_id: Mapped[int | None] = mapped_column(ForeignKey("movement_case.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="proposed")
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    # What the rules ask for
    own_wish: Mapped[bool] = mapped_column(nullable=False, default=False)
    wish_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    special_document: Mapped[str] = mapped_column(
        String(200), nullable=False, default=""
    )  # special case or special law
    health_certificate_on: Mapped[date | None] = mapped_column(Date)
    meeting_on: Mapped[date | None] = mapped_column(Date)
    meeting_minutes: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    person_opinion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    agreed_on: Mapped[date | None] = mapped_column(Date)  # the receiver's written agreement
    agreement_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    checks: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    checked_on: Mapped[date | None] = mapped_column(Date)
    # Decision and its time
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    effective_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # last day of a secondment or rotation
    notified_on: Mapped[date | None] = mapped_column(Date)
    handed_over_on: Mapped[date | None] = mapped_column(Date)
    kept_allowance: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # schedule finance pays, article by month
    # Effects
    effect: Mapped[str] = mapped_column(String(10), nullable=False, default="none")
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_appointment_id: Mapped[int | None] = mapped_column(BigInt)
    ended_on: Mapped[date | None] = mapped_column(Date)  # when it really ended
    ended_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    revoked_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    revoked_on: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    from_unit: Mapped[OrgUnit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[OrgUnit] = relationship(foreign_keys=[to_unit_id])
    from_position: Mapped[Position | None] = relationship(foreign_keys=[from_position_id])
    to_position: Mapped[Position | None] = relationship(foreign_keys=[to_position_id])
    from_appointment: Mapped[Appointment | None] = relationship()
    chain: Mapped[MovementChain | None] = relationship(back_populates="cases")
    handover: Mapped[list[HandoverItem]] = relationship(back_populates="case", order_by="HandoverItem.id")

    dossier: Mapped[list[MovementPaper]] = relationship(
        back_populates="case", order_by="MovementPaper.position", cascade="all, delete-orphan"
    )
    waivers: Mapped[list[MovementWaiver]] = relationship(back_populates="case", order_by="MovementWaiver.id")

    def __str__(self) -> str:
        return f"{self.number} · {self.person}"


class MovementPaper(DossierPaper, Tracked, Model):
    """One paper of the dossier of a luân chuyển (NĐ 170/2025 Điều 35, 47)."""

    __tablename__ = "movement_paper"
    __table_args__ = (UniqueConstraint("case_id", "code", name="uq_movement_paper"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("movement_case.id"), nullable=False)

    case: Mapped[MovementCase] = relationship(back_populates="dossier")

    def __str__(self) -> str:
        return self.label


class MovementWaiver(Tracked, Model):
    """A condition set aside by whoever may decide, with reason and document; withdrawn, it holds again."""

    __tablename__ = "movement_waiver"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("movement_case.id"), nullable=False, index=True)
    code: Mapped[str] = mapped_column(String(40), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    document: Mapped[str] = mapped_column(String(200), nullable=False)
    document_date: Mapped[date] = mapped_column(Date, nullable=False)
    granted_by: Mapped[str] = mapped_column(String(120), nullable=False)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)

    case: Mapped[MovementCase] = relationship(back_populates="waivers")

    def __str__(self) -> str:
        return self.document


class HandoverItem(Tracked, Model):
    """A line of the hand-over checklist: files, assets, accounts, running work."""

    __tablename__ = "handover_item"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("movement_case.id"), nullable=False, index=True)
    label: Mapped[str] = mapped_column(String(250), nullable=False)
    done_on: Mapped[date | None] = mapped_column(Date)
    receiver: Mapped[str] = mapped_column(String(150), nullable=False, default="")
    note: Mapped[str] = mapped_column(String(400), nullable=False, default="")

    case: Mapped[MovementCase] = relationship(back_populates="handover")

    def __str__(self) -> str:
        return self.label


class MovementRemark(Tracked, Model):
    """What the receiving side says each year and at the end of a rotation or secondment (NĐ 170/2025 Điều 49)."""

    __tablename__ = "movement_remark"
    __table_args__ = (Index("ix_movement_remark", "case_id", "year"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("movement_case.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    at_end: Mapped[bool] = mapped_column(nullable=False, default=False)
    remark: Mapped[str] = mapped_column(Text, nullable=False)
    level: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    case: Mapped[MovementCase] = relationship()

    def __str__(self) -> str:
        return f"{self.case} {self.year}"


class RotationDeferral(Tracked, Model):
    """Why somebody is not moved for a time: the ground, its spell, the document (NĐ 59 Điều 38, NĐ 170 Điều 25.5)."""

    __tablename__ = "rotation_deferral"
    __table_args__ = (
        Index("ix_rotation_deferral_person", "person_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ck_rotation_deferral_period"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    ground: Mapped[str] = mapped_column(String(60), nullable=False)
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date | None] = mapped_column(Date)
    recheck_on: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200), nullable=False)
    own_wish_to_move: Mapped[bool] = mapped_column(nullable=False, default=False)
    wish_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    person: Mapped[Person] = relationship()

    def __str__(self) -> str:
        return f"{self.person} {self.ground}"


class MovementWish(Tracked, Model):
    """A post or place somebody asks for; the planner weighs it, nothing more."""

    __tablename__ = "movement_wish"
    __table_args__ = (Index("ix_movement_wish_person", "person_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("position.id"))
    filed_on: Mapped[date] = mapped_column(Date, nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    withdrawn_on: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship()

    def __str__(self) -> str:
        return f"{self.person} {self.filed_on:%d/%m/%Y}"


class PlannerRun(Tracked, Model):
    """One solved (or running) assignment: the frozen input, what the manager set, the result and its bound."""

    __tablename__ = "planner_run"
    __table_args__ = (Index("ix_planner_run_unit", "unit_id", "id"),)
    __untracked__ = ("problem", "result", "progress")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_plan.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("planner_run.id"))  # the run it was solved again from
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    kind: Mapped[str] = mapped_column(String(15), nullable=False, default="CDVTCT")
    as_of: Mapped[date] = mapped_column(Date, nullable=False)
    state: Mapped[str] = mapped_column(
        String(12), nullable=False, default="draft"
    )  # draft|running|solved|failed|chosen
    problem: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # the planner contract's input, frozen
    weights: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    rules: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    pinned: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    forbidden: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    seed: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    seconds: Mapped[int] = mapped_column(Integer, nullable=False, default=60)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    status: Mapped[str] = mapped_column(String(12), nullable=False, default="")  # optimal | feasible | infeasible
    progress: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    job_run_id: Mapped[int | None] = mapped_column(BigInt)

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.name


class PostRule(Tracked, Model):
    """What is configured of a post by title: under the two-term cap, closed to locals (open until documents say so)."""

    __tablename__ = "post_rule"
    __table_args__ = (Index("ix_post_rule", "kind", "valid_from"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)  # TWO_TERM_CAP | NOT_LOCAL
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    unit_kind: Mapped[str] = mapped_column(String(30), nullable=False, default="")
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200), nullable=False)
    mark: Mapped[str] = mapped_column(String(1), nullable=False, default="U")

    def __str__(self) -> str:
        return self.title
