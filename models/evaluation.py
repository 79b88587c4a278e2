"""Evaluation: cycles, the sheets of collectives and persons, their tasks, meetings, quota groups and decisions.

What a regime says (levels, thresholds, quota, forms) is not here but in ``policies.evaluation``; a cycle keeps the
configuration and the score sheets it began with (``frozen``), so that a later change never rewrites it. Points are
exact decimals; levels are the codes of ``models.vocabulary.RATINGS``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import clock
from hrms.kernel.db import BigInt, JsonText, KeyText, ScaledDecimal, Tracked, UtcDateTime
from models.organization import OrgUnit
from models.staff import Person


class EvaluationCycle(Tracked, Model):
    """One period of evaluation for a unit and everything below it: month, quarter, half year or year.

    ``side``: STATE | PARTY (one person may own two results for one year). ``deadlines``: step → ISO day.
    ``frozen``: {"configuration": {...}, "sheets": {...}, "quota": {...}} as of the opening.
    """

    __tablename__ = "evaluation_cycle"
    __table_args__ = (
        UniqueConstraint("unit_id", "side", "period_kind", "year", "number", name="uq_evaluation_cycle"),
        Index("ix_evaluation_cycle_state", "state", "ends_on"),
        CheckConstraint("ends_on >= starts_on", name="ck_evaluation_cycle_period"),
    )
    __untracked__ = ("frozen", "counts")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    side: Mapped[str] = mapped_column(String(6), nullable=False, default="STATE")
    circle: Mapped[str] = mapped_column(String(8), nullable=False, default="all")  # all | leaders
    period_kind: Mapped[str] = mapped_column(String(10), nullable=False)  # MONTH | QUARTER | HALF_YEAR | YEAR
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False, default=0)  # month, quarter or half; 0 of a year
    name: Mapped[str] = mapped_column(String(250), nullable=False)
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date] = mapped_column(Date, nullable=False)
    as_of: Mapped[date] = mapped_column(Date, nullable=False)  # participants are the staff on this day
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="planned")
    categories: Mapped[list[str] | None] = mapped_column(JsonText)  # staff categories it covers; none = all
    deadlines: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")  # plan or call it is opened by
    job_run_id: Mapped[int | None] = mapped_column(BigInt)
    counts: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # participants by kind at the opening, with exits
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.name


class UnitEvaluation(Tracked, Model):
    """The evaluation of a collective (tập thể) in a cycle; its head is not rated before it, nor it before its parts."""

    __tablename__ = "unit_evaluation"
    __table_args__ = (
        UniqueConstraint("cycle_id", "unit_id", name="uq_unit_evaluation"),
        Index("ix_unit_evaluation_parent", "cycle_id", "parent_unit_id"),
        Index("ix_unit_evaluation_state", "cycle_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    parent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    decider_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))  # whose head recognises the level
    regime: Mapped[str] = mapped_column(String(12), nullable=False)
    sheet_code: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="draft")
    measures: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # done_percent, over_percent … as the rule asks
    points_self: Mapped[dict[str, str] | None] = mapped_column(JsonText)  # line → points, exact text
    points_proposed: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    points_decided: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    texts: Mapped[dict[str, str] | None] = mapped_column(JsonText)  # strengths, weaknesses, causes, opinions
    score_self: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    score_proposed: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    level_self: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    level_machine: Mapped[str] = mapped_column(String(30), nullable=False, default="")
    level_proposed: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    level: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    reasons: Mapped[list[str] | None] = mapped_column(JsonText)
    trace: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    level_reason: Mapped[str] = mapped_column(
        Text, nullable=False, default=""
    )  # when the decider departs from the rule
    outstanding_document: Mapped[str] = mapped_column(
        String(200), nullable=False, default=""
    )  # higher quota rests on it
    decision_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    decision_date: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    __untracked__ = ("trace",)

    cycle: Mapped[EvaluationCycle] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])

    def __str__(self) -> str:
        return f"{self.unit} · {self.cycle}"


class QuotaGroup(Tracked, Model):
    """People with similar tasks (nhóm nhiệm vụ tương đồng) of one agency in a cycle: the ceiling of HTXS binds here."""

    __tablename__ = "quota_group"
    __table_args__ = (UniqueConstraint("cycle_id", "unit_id", "code", name="uq_quota_group"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)  # the agency
    code: Mapped[str] = mapped_column(String(40), nullable=False)
    name: Mapped[str] = mapped_column(String(250), nullable=False)

    cycle: Mapped[EvaluationCycle] = relationship()
    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.name


class PersonEvaluation(Tracked, Model):
    """One person's sheet (phiếu) in a cycle, from draft to filed. One per person and cycle.

    ``agency_id`` is the agency (cơ quan sử dụng) whose ceiling counts the person; ``unit_id`` the part the person
    works in. ``facts`` are the special cases found at the opening, with their dates. ``exit_code`` tells why somebody
    is not rated or blocked. ``level_machine`` is a level or MANUAL_DECISION_REQUIRED.
    """

    __tablename__ = "person_evaluation"
    __table_args__ = (
        UniqueConstraint("cycle_id", "person_id", name="uq_person_evaluation"),
        Index("ix_person_evaluation_unit", "cycle_id", "unit_id", "state"),
        Index("ix_person_evaluation_agency", "cycle_id", "agency_id", "state"),
        Index("ix_person_evaluation_person", "person_id", "cycle_id"),
        Index("ix_person_evaluation_group", "quota_group_id"),
    )
    __untracked__ = ("trace", "folded", "sort_key", "autosaved_at", "late")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    decider_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    quota_group_id: Mapped[int | None] = mapped_column(ForeignKey("quota_group.id"))
    folded: Mapped[str] = mapped_column(KeyText(260), nullable=False, default="", index=True)
    sort_key: Mapped[str] = mapped_column(KeyText(400), nullable=False, default="")
    klass: Mapped[str] = mapped_column(String(4), nullable=False)  # CB CC0 CC1 VC0 VC1 HD
    title: Mapped[str] = mapped_column(String(200), nullable=False, default="")  # post on the day of the opening
    is_head: Mapped[bool] = mapped_column(nullable=False, default=False)  # head of ``unit_id``
    is_deputy: Mapped[bool] = mapped_column(nullable=False, default=False)
    regime: Mapped[str] = mapped_column(String(12), nullable=False)
    sheet_code: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    state: Mapped[str] = mapped_column(String(20), nullable=False, default="draft")
    exit_code: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    measures: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # what the rule tree asks, as the unit states it
    # What the person wrote and what those above wrote: line → points as exact text, section → text
    points_self: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    points_unit: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    points_decided: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    texts_self: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    texts_unit: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    evidence: Mapped[dict[str, str] | None] = mapped_column(JsonText)  # line → what proves it
    score_self: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    score_unit: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    level_self: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    level_unit: Mapped[str] = mapped_column(String(6), nullable=False, default="")  # manager's and meeting's proposal
    level_machine: Mapped[str] = mapped_column(String(30), nullable=False, default="")
    level_proposed: Mapped[str] = mapped_column(String(6), nullable=False, default="")  # after synthesis and quota
    level: Mapped[str] = mapped_column(String(6), nullable=False, default="", index=True)  # decided
    reasons: Mapped[list[str] | None] = mapped_column(JsonText)
    trace: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    level_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    quota_outcome: Mapped[str] = mapped_column(String(20), nullable=False, default="")  # kept | demoted | tied
    # Steps
    autosaved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    self_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    manager_remark: Mapped[str] = mapped_column(Text, nullable=False, default="")
    manager_remark_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation_meeting.id"), index=True)
    meeting_remark: Mapped[str] = mapped_column(Text, nullable=False, default="")
    meeting_votes: Mapped[dict[str, int] | None] = mapped_column(JsonText)  # level → votes
    party_opinion: Mapped[str] = mapped_column(Text, nullable=False, default="")
    party_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    party_opinion_on: Mapped[date | None] = mapped_column(Date)
    old_agency_remarks: Mapped[str] = mapped_column(Text, nullable=False, default="")
    old_agency_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation_decision.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the person opened the notice
    replaced: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)  # decisions that a later one replaced
    late: Mapped[bool] = mapped_column(nullable=False, default=False)  # past the deadline of its present step

    cycle: Mapped[EvaluationCycle] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    agency: Mapped[OrgUnit] = relationship(foreign_keys=[agency_id])
    quota_group: Mapped[QuotaGroup | None] = relationship()
    tasks: Mapped[list[EvaluationTask]] = relationship(
        back_populates="evaluation", order_by="EvaluationTask.order", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return f"{self.person} · {self.cycle}"


class EvaluationTask(Tracked, Model):
    """A task or product of one person's period: quantity, quality and progress, converted by ``weight`` (Điều 13)."""

    __tablename__ = "evaluation_task"
    __table_args__ = (Index("ix_evaluation_task", "evaluation_id", "task_order"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("person_evaluation.id"), nullable=False)
    order: Mapped[int] = mapped_column("task_order", Integer, nullable=False, default=0)
    name: Mapped[str] = mapped_column(String(400), nullable=False)
    unit_of_count: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    weight: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(1))
    assigned: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(1))
    done: Mapped[Decimal] = mapped_column(ScaledDecimal, nullable=False, default=Decimal(0))
    faults: Mapped[int] = mapped_column(Integer, nullable=False, default=0)  # content errors
    delays: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    excused: Mapped[str] = mapped_column(String(250), nullable=False, default="")  # objective cause, confirmed
    due_on: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    beyond: Mapped[bool] = mapped_column(nullable=False, default=False)  # beyond the plan
    note: Mapped[str] = mapped_column(String(400), nullable=False, default="")

    evaluation: Mapped[PersonEvaluation] = relationship(back_populates="tasks")

    def __str__(self) -> str:
        return self.name


class EvaluationMeeting(Tracked, Model):
    """The meeting of a unit: who was there, what was said of each person, the minutes approved at the meeting."""

    __tablename__ = "evaluation_meeting"
    __table_args__ = (Index("ix_evaluation_meeting", "cycle_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    place: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    chair: Mapped[str] = mapped_column(String(150), nullable=False)
    secretary: Mapped[str] = mapped_column(String(150), nullable=False)
    attendees: Mapped[list[str] | None] = mapped_column(JsonText)  # names
    absentees: Mapped[list[str] | None] = mapped_column(JsonText)
    invited: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    present: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    minutes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    minutes_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    approved: Mapped[bool] = mapped_column(nullable=False, default=False)  # "thông qua tại cuộc họp"

    cycle: Mapped[EvaluationCycle] = relationship()
    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return f"{self.unit} {self.held_on:%d/%m/%Y}"


class CalibrationSession(Tracked, Model):
    """A sitting that compares ratings across units before the decision; locked once its minutes are approved."""

    __tablename__ = "calibration_session"
    __table_args__ = (Index("ix_calibration_session", "cycle_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    chair: Mapped[str] = mapped_column(String(150), nullable=False, default="")
    participants: Mapped[str] = mapped_column(Text, nullable=False, default="")
    members: Mapped[int] = mapped_column(Integer, nullable=False, default=0)  # who may vote
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="open")  # open | locked
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # distribution when it began
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    minutes: Mapped[str] = mapped_column(Text, nullable=False, default="")
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cycle: Mapped[EvaluationCycle] = relationship()
    unit: Mapped[OrgUnit] = relationship()
    changes: Mapped[list[CalibrationChange]] = relationship(back_populates="session", order_by="CalibrationChange.id")

    def __str__(self) -> str:
        return f"{self.unit} {self.held_on:%d/%m/%Y}"


class CalibrationChange(Tracked, Model):
    """One proposed change of a level in a calibration, with its reason and the votes."""

    __tablename__ = "calibration_change"
    __table_args__ = (UniqueConstraint("session_id", "evaluation_id", name="uq_calibration_change"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"), nullable=False)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("person_evaluation.id"), nullable=False, index=True)
    level_before: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    level_after: Mapped[str] = mapped_column(String(6), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    votes_for: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    votes_against: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    accepted: Mapped[bool | None] = mapped_column()

    session: Mapped[CalibrationSession] = relationship(back_populates="changes")
    evaluation: Mapped[PersonEvaluation] = relationship()


class EvaluationDecision(Tracked, Model):
    """The decision that recognises the levels of a unit's people (one paper, many people)."""

    __tablename__ = "evaluation_decision"
    __table_args__ = (Index("ix_evaluation_decision", "cycle_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("evaluation_cycle.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False, default="recognise")  # recognise | replace
    number: Mapped[str] = mapped_column(String(80), nullable=False)
    signed_on: Mapped[date] = mapped_column(Date, nullable=False)
    signer: Mapped[str] = mapped_column(String(200), nullable=False)
    quota: Mapped[dict[str, Any] | None] = mapped_column(JsonText)  # the ceilings as they stood
    high_quota_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    cycle: Mapped[EvaluationCycle] = relationship()
    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.number


class EvaluationPetition(Tracked, Model):
    """A petition (kiến nghị) against a published result, and its one answer."""

    __tablename__ = "evaluation_petition"
    __table_args__ = (
        Index("ix_evaluation_petition_state", "state", "answer_by"),
        Index("ix_evaluation_petition_evaluation", "evaluation_id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("person_evaluation.id"), nullable=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False, index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    state: Mapped[str] = mapped_column(
        String(12), nullable=False, default="filed"
    )  # filed | upheld | changed | late | withdrawn
    filed_on: Mapped[date] = mapped_column(Date, nullable=False)
    file_by: Mapped[date] = mapped_column(Date, nullable=False)  # last day to file
    answer_by: Mapped[date | None] = mapped_column(Date)
    late: Mapped[bool] = mapped_column(nullable=False, default=False)
    content: Mapped[str] = mapped_column(Text, nullable=False)
    wished_level: Mapped[str] = mapped_column(String(6), nullable=False, default="")
    dialogue_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, nullable=False, default="")
    answered_on: Mapped[date | None] = mapped_column(Date)
    answered_by: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    answer_number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    new_level: Mapped[str] = mapped_column(String(6), nullable=False, default="")

    evaluation: Mapped[PersonEvaluation] = relationship()
    person: Mapped[Person] = relationship()

    def __str__(self) -> str:
        return f"{self.person} {self.filed_on:%d/%m/%Y}"


class ReformIndexResult(Tracked, Model):
    """A unit's result of the administrative-reform index (chỉ số CCHC) in a year: what was weak, whose, the remedy."""

    __tablename__ = "reform_index_result"
    __table_args__ = (Index("ix_reform_index_result", "unit_id", "year"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    indicator: Mapped[str] = mapped_column(String(250), nullable=False)
    score: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    maximum: Mapped[Decimal | None] = mapped_column(ScaledDecimal)
    rank: Mapped[int | None] = mapped_column(Integer)
    weakness: Mapped[str] = mapped_column(Text, nullable=False, default="")
    responsible_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    responsible_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    remedy: Mapped[str] = mapped_column(Text, nullable=False, default="")
    remedy_by: Mapped[date | None] = mapped_column(Date)
    remedied_on: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    responsible_person: Mapped[Person | None] = relationship()

    def __str__(self) -> str:
        return f"{self.unit} {self.year}: {self.indicator}"


class RatingConsequence(Tracked, Model):
    """What a decided level calls for by the law of that year; a human opens the case or sets it aside with a reason."""

    __tablename__ = "rating_consequence"
    __table_args__ = (UniqueConstraint("person_id", "year", "code", name="uq_rating_consequence"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    code: Mapped[str] = mapped_column(String(60), nullable=False)
    article: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    warnings: Mapped[list[str] | None] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="open")  # open | taken | set_aside
    due_on: Mapped[date | None] = mapped_column(Date)
    case_id: Mapped[int | None] = mapped_column(BigInt)  # the downsizing case opened from it
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)

    person: Mapped[Person] = relationship()

    def __str__(self) -> str:
        return f"{self.person} {self.year} {self.code}"
