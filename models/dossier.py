"""What a paper of a dossier is, whichever case it belongs to: downsizing, rotation."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column


class DossierPaper:
    """Columns of one paper: required or not, there or not, with its number and day, noted by whom."""

    code: Mapped[str] = mapped_column(String(40), nullable=False)
    label: Mapped[str] = mapped_column(String(250), nullable=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    required: Mapped[bool] = mapped_column(nullable=False, default=True)
    present: Mapped[bool] = mapped_column(nullable=False, default=False)
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")  # number and issuer, when known
    document_date: Mapped[date | None] = mapped_column(Date)
    checked_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")
