"""What the province sets itself for evaluation: dated values of its regulation, and score sheets it loads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import actor
from hrms.kernel.db import BigInt, JsonText, Tracked, UtcDateTime


class EvaluationSetting(Tracked, Model):
    """A dated value of the evaluation regulation of the province (``hy1071.<key>``), with the document it rests on.

    The newest approved row valid on the day wins; a cycle keeps what held when it was opened.
    """

    __tablename__ = "evaluation_setting"
    __table_args__ = (
        Index("ix_evaluation_setting", "key", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_evaluation_setting_period"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), nullable=False)
    value: Mapped[Any] = mapped_column(JsonText, nullable=False)
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="proposed")  # proposed | approved | rejected
    mark: Mapped[str] = mapped_column(String(1), nullable=False, default="U")
    article: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    document_number: Mapped[str] = mapped_column(String(80), nullable=False)
    document_date: Mapped[date] = mapped_column(Date, nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    proposed_by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    proposed_user_id: Mapped[int | None] = mapped_column(Integer, default=lambda: actor.current().user_id)
    decided_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    decided_user_id: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return self.key


class ScoreSheet(Tracked, Model):
    """A score sheet the administrator loaded or changed: a version beside those that come with ``policies``.

    It counts (``in_use``) once a second account has approved it, and until it is taken out of use.
    """

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("code", "edition", name="uq_score_sheet"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), nullable=False)
    # Not ``version``: that one counts the changes of the row, and starts at 1 with each.
    edition: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    title: Mapped[str] = mapped_column(String(250), nullable=False)
    content: Mapped[dict[str, Any]] = mapped_column(JsonText, nullable=False)  # the shape of policies' sheet files
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_to: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    state: Mapped[str] = mapped_column(String(10), nullable=False, default="proposed")  # proposed | approved | rejected
    in_use: Mapped[bool] = mapped_column(nullable=False, default=False)
    proposed_by: Mapped[str] = mapped_column(String(120), nullable=False, default=lambda: actor.current().name)
    proposed_user_id: Mapped[int | None] = mapped_column(Integer, default=lambda: actor.current().user_id)
    decided_by: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    decided_user_id: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return self.title
