"""Reports that were kept: drafts with an editor's paragraphs, and filed reports with the data they were made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel import actor, clock
from hrms.kernel.db import BigInt, JsonText, Tracked, UtcDateTime
from models.organization import OrgUnit

PRODUCED, SIGNED = "produced", "signed"
OPEN, USED = "open", "signed"


class ReportDraft(Tracked, Model):
    """A report being written: which one, about what, and the paragraphs its editor has changed.

    Figures are not kept here: a draft shows those of the day, until it is signed.
    """

    __tablename__ = "report_draft"
    __table_args__ = (Index("ix_report_draft", "unit_id", "state"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), nullable=False)
    title: Mapped[str] = mapped_column(String(250), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    parameters: Mapped[dict[str, str]] = mapped_column(JsonText, nullable=False)
    texts: Mapped[dict[str, str]] = mapped_column(JsonText, nullable=False)  # key of the text block → paragraph
    state: Mapped[str] = mapped_column(String(12), nullable=False, default=OPEN)

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.title


class ReportSnapshot(Model):
    """A filed report with the very data it was made of. The database refuses every later change.

    ``content`` is the whole report in plain form, ``digest`` its SHA-256; ``needs`` are the rights beside (report,
    read) that reading it asks for, as ``resource:action``.
    """

    __tablename__ = "report_snapshot"
    __table_args__ = (
        Index("ix_report_snapshot_unit", "unit_id", "id"),
        Index("ix_report_snapshot_key", "key", "id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), nullable=False)
    group: Mapped[str] = mapped_column("report_group", String(30), nullable=False)
    title: Mapped[str] = mapped_column(String(250), nullable=False)
    about: Mapped[str] = mapped_column(String(250), nullable=False, default="")  # the parameters in words
    kind: Mapped[str] = mapped_column(String(12), nullable=False, default=PRODUCED)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    parameters: Mapped[dict[str, str]] = mapped_column(JsonText, nullable=False)
    needs: Mapped[list[str]] = mapped_column(JsonText, nullable=False)
    content: Mapped[Any] = mapped_column(JsonText, nullable=False)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    rows: Mapped[int] = mapped_column("row_count", Integer, nullable=False, default=0)
    produced_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)
    produced_by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    # Of a signed one: number and day of the records office, and who signed.
    number: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    signer_title: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    signer_name: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("report_draft.id"))
    parameters_fingerprint: Mapped[str] = mapped_column(String(64), nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.title
