"""What the law asks of a luân chuyển on a day, in numbers a form may show: months of it, months left to the age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hrms.commands.law.current import current_store
from policies.rotation.law import at


@dataclass(frozen=True)
class RotationTerms:
    """``months`` at least (``months_article``); ``left``: group a, b, c → months of service left (``left_article``)."""

    months: int
    months_article: str
    left: Mapping[str, int]
    left_article: str


def rotation_terms(day: date) -> RotationTerms:
    """Of a rotation that begins on ``day`` (Điều 43, 48 NĐ 170/2025/NĐ-CP)."""
    store = current_store()
    least, left = at(store, "luan_chuyen.min_months", day), at(store, "luan_chuyen.months_left", day)
    return RotationTerms(least.value, least.article, left.value, left.article)
