"""Scenarios: "what if these people left then, under these values?", computed once and kept as it came out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel.db import BigInt, JsonText, KeyText, Money, Tracked, UtcDateTime
from models.organization import OrgUnit


class Scenario(Tracked, Model):
    """A named question over people, dates, options and values of the law, with its frozen answer.

    ``unit_id`` is the smallest unit that holds everybody asked about: rights go by it. ``definition`` is what was
    asked, ``summary`` the answer in sums; both are never changed once ``computed_at`` is set.
    """

    __tablename__ = "scenario"
    __table_args__ = (Index("ix_scenario_unit", "unit_id"),)
    __untracked__ = ("folded", "job_id", "summary")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    folded: Mapped[str] = mapped_column(KeyText(300), nullable=False, default="")
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
    definition: Mapped[Any] = mapped_column(JsonText, nullable=False)
    job_id: Mapped[int | None] = mapped_column(Integer)
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    people: Mapped[int | None] = mapped_column(Integer)  # asked about
    leaving: Mapped[int | None] = mapped_column(Integer)  # of them: would be paid a grant
    total: Mapped[int | None] = mapped_column(Money)
    summary: Mapped[Any] = mapped_column(JsonText, nullable=True)
    parameters_fingerprint: Mapped[str] = mapped_column(String(64), nullable=False, default="")
    engine_version: Mapped[str] = mapped_column(String(40), nullable=False, default="")

    unit: Mapped[OrgUnit] = relationship()

    def __str__(self) -> str:
        return self.name


class ScenarioResult(Model):
    """The answer person by person, as one compressed block of columns: what comparisons join."""

    __tablename__ = "scenario_result"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), nullable=False, unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, nullable=False)
