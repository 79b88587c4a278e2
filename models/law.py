"""What the administration adds to the law of the engine: dated overrides, confirmed values, and what they move."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import actor, clock
from hrms.kernel.db import BigInt, JsonText, Money, Tracked, UtcDateTime
from models.restructuring import DownsizingCase


class ParameterOverride(Tracked, Model):
    """One dated value on the strength of a document: ``override`` replaces, ``confirmation`` proves what is there.

    ``value`` is plain JSON, exact: fractions and days are text. Nothing counts before another account approved it.
    ``state``: proposed | approved | rejected | ended. Ending is asked and decided the same way (``end_state``: asked |
    approved | rejected); with ``end_on`` the value stays for the days up to it, without it the value is taken back.
    """

    __tablename__ = "parameter_override"
    __table_args__ = (
        Index("ix_override_name", "name", "state"),
        Index("ix_override_state", "state", "id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_override_period"),
    )

    # Who decided and how is told in one readable history line.
    __untracked__ = (
        "decided_by", "decided_user_id", "decided_at", "decision_note", "end_state", "end_on", "end_reason",
        "end_document", "end_asked_by", "end_asked_user_id", "end_decided_by", "end_decided_at",
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), nullable=False, default="override")
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="proposed")
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    value: Mapped[Any] = mapped_column(JsonText, nullable=False)
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    article: Mapped[str] = mapped_column(String(200), nullable=False)
    mark: Mapped[str] = mapped_column(String(1), nullable=False)
    document_number: Mapped[str] = mapped_column(String(80), nullable=False)
    document_date: Mapped[date] = mapped_column(Date, nullable=False)
    document_issuer: Mapped[str] = mapped_column(String(200), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    bundle: Mapped[str] = mapped_column(String(80), nullable=False, default="", index=True)  # of one uploaded file
    proposed_by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    proposed_user_id: Mapped[int | None] = mapped_column(Integer, default=lambda: actor.current().user_id)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    decided_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    decided_user_id: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    end_state: Mapped[str] = mapped_column(String(10), nullable=False, default="")
    end_on: Mapped[date | None] = mapped_column(Date)  # last day the value holds
    end_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    end_document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    end_asked_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    end_asked_user_id: Mapped[int | None] = mapped_column(Integer)
    end_decided_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    end_decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def document(self) -> str:
        """The document as a trace quotes it."""
        return f"{self.document_number} ngày {self.document_date:%d/%m/%Y} của {self.document_issuer}"

    def __str__(self) -> str:
        return f"{self.name} ({self.document_number})"


STAMP = "hrms_law_stamp"  # in the session's info, for the length of a transaction


def stamp() -> tuple[Any, Any]:
    """Two values that change with every change of an override: a growing number (0 while there is none; rows are never
    deleted) and the moment of the last one, by which a restored database differs from the one it replaced."""
    return (
        select(func.coalesce(func.sum(ParameterOverride.version), 0)).scalar_subquery(),
        select(func.max(ParameterOverride.updated_at)).scalar_subquery(),
    )


class LawImpact(Model):
    """One look at what a change of the law moves: asked when, against which values, with what outcome."""

    __tablename__ = "law_impact"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    override_ids: Mapped[Any] = mapped_column(JsonText, nullable=False, default=list)  # proposals laid over the law
    asked_by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    job_id: Mapped[int | None] = mapped_column(BigInt)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False, default="")  # of the values compared with
    finished: Mapped[bool] = mapped_column(nullable=False, default=False)
    looked_at: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    open_moved: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    decided_moved: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    failed: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    open_delta: Mapped[int] = mapped_column(Money, nullable=False, default=0)
    decided_delta: Mapped[int] = mapped_column(Money, nullable=False, default=0)

    def __str__(self) -> str:
        return self.title


class LawImpactRow(Model):
    """One case the change moves. ``part``: open | decided; ``new_total`` is empty where the law gives no answer."""

    __tablename__ = "law_impact_row"
    __table_args__ = (Index("ix_impact_row", "impact_id", "id"), Index("ix_impact_row_case", "case_id"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    impact_id: Mapped[int] = mapped_column(ForeignKey("law_impact.id"), nullable=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("downsizing_case.id"), nullable=False)
    part: Mapped[str] = mapped_column(String(8), nullable=False)
    old_total: Mapped[int] = mapped_column(Money, nullable=False)
    new_total: Mapped[int | None] = mapped_column(Money)
    delta: Mapped[int | None] = mapped_column(Money)
    lines: Mapped[Any] = mapped_column(JsonText, nullable=False, default=list)  # [{code, label, old, new}]
    parameters: Mapped[Any] = mapped_column(JsonText, nullable=False, default=list)  # labels of the values that differ
    note: Mapped[str] = mapped_column(String(400), nullable=False, default="")

    impact: Mapped[LawImpact] = relationship()
    case: Mapped[DownsizingCase] = relationship()
