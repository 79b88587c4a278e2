"""The "Căn cứ" lines at the head of papers: laws in force on the day of issue, the decree's own documents, the act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from models.restructuring import RestructuringAct
from policies import legal
from policies.engine.result import Result
from reports.formats import day_in_text

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class _Law:
    title: str
    first: date
    last: date
    bodies: frozenset[str]
    categories: frozenset[str]
    benefits: frozenset[str]


@dataclass(frozen=True)
class _Asked:
    """As much of a result as the list of legal bases looks at: papers have the stored result, not the object."""

    decree_code: str
    law_version: str


@lru_cache(maxsize=1)
def _laws() -> tuple[_Law, ...]:
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / "authority.yaml").read_text(encoding="utf-8"))["laws"]
    return tuple(
        _Law(
            row["title"],
            row.get("from", date.min),
            row.get("to", date.max),
            frozenset(row.get("bodies", ())),
            frozenset(row.get("categories", ())),
            frozenset(row.get("benefits", ())),
        )
        for row in rows
    )


def laws_on(day: date, *, body: str, categories: Sequence[str], benefits: Sequence[str]) -> list[str]:
    """Titles of the laws to quote on a paper of ``day``: ``body`` committee | department | party."""
    return [
        law.title
        for law in _laws()
        if law.first <= day <= law.last
        and (not law.bodies or body in law.bodies)
        and (not law.categories or law.categories & set(categories))
        and (not law.benefits or law.benefits & set(benefits))
    ]


def decree_documents(decree_code: str, law_version: str) -> list[str]:
    """The documents of one decree, in the order in which papers quote them; none for a decree without a list."""
    try:
        return [basis.title for basis in legal.legal_bases(cast(Result, _Asked(decree_code, law_version)))]
    except KeyError:
        return []


def act_title(act: RestructuringAct) -> str:
    """The restructuring document with number, day, issuer and trích yếu."""
    issuer = f" của {act.issuer}" if act.issuer else ""
    return (
        f"{kind_of_number(act.number)} số {act.number} {day_in_text(act.issued_on)}{issuer} {_about(act.title)}".strip()
    )


_KINDS = (
    ("/NQ-", "Nghị quyết"),
    ("/NQ", "Nghị quyết"),
    ("/QĐ-", "Quyết định"),
    ("/QĐ", "Quyết định"),
    ("/NĐ-", "Nghị định"),
    ("/KL-", "Kết luận"),
    ("/ĐA-", "Đề án"),
    ("/KH-", "Kế hoạch"),
    ("/TB-", "Thông báo"),
    ("/TTr-", "Tờ trình"),
    ("/BB-", "Biên bản"),
    ("/QH", "Luật"),
)


def kind_of_number(number: str) -> str:
    """The name of a document's kind from its sign: ``45/QĐ-UBND`` → ``Quyết định``."""
    if "NQ/" in number or "NQ-" in number:
        return "Nghị quyết"
    return next((name for sign, name in _KINDS if sign in number), "Văn bản")


def _about(title: str) -> str:
    lowered = title[:1].lower() + title[1:]
    return lowered if lowered.startswith(("về ", "v/v", "của ", "quy định", "ban hành")) else f"về việc {lowered}"


def with_prefix(titles: Sequence[str]) -> list[str]:
    """``Căn cứ …`` before every title."""
    return [f"Căn cứ {title}" for title in titles]
