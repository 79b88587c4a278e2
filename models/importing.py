"""Imports of staff lists: the file, the mapping the officer settled on, what the dry run found, what was written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hrms.kernel.attachments import StoredFile
from hrms.kernel.db import BigInt, JsonText, Tracked, UtcDateTime
from models.organization import OrgUnit


class StaffImport(Tracked, Model):
    """One staff list on its way in: uploaded → checked → imported. ``mode``: all (everything or nothing) | good."""

    __tablename__ = "staff_import"
    __untracked__ = ("summary", "job_id")

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), nullable=False, index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), nullable=False)
    file_name: Mapped[str] = mapped_column(String(200), nullable=False)
    owner_user_id: Mapped[int | None] = mapped_column(Integer, index=True)
    as_of: Mapped[date] = mapped_column(Date, nullable=False)
    mode: Mapped[str] = mapped_column(String(4), nullable=False, default="all")
    default_category: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    mapping: Mapped[Any] = mapped_column(JsonText, nullable=True)
    unit_choices: Mapped[Any] = mapped_column(JsonText, nullable=True)  # heading in the file → unit id, "new" or "here"
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="uploaded")
    summary: Mapped[Any] = mapped_column(JsonText, nullable=True)
    job_id: Mapped[int | None] = mapped_column(BigInt)
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    unit: Mapped[OrgUnit] = relationship()
    file: Mapped[StoredFile] = relationship()

    def __str__(self) -> str:
        return f"#{self.id}"
