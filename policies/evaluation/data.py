"""The data files of this room, read once and checked: regimes, words, reasons, forms, authorities, consequences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.errors import MalformedLawData
from policies.engine.parameters import MARKS
from policies.engine.yamlio import load_law_yaml

HERE = Path(__file__).parent
LEVELS = ("KHT", "HT", "HTT", "HTXS")
RANK: Mapping[str, int] = MappingProxyType({code: i for i, code in enumerate(LEVELS)})
CLASSES = ("CB", "CC0", "CC1", "VC0", "VC1", "HD", "TT")
LEADERS = frozenset({"CB", "CC1", "VC1"})
PERSON_TYPES = ("cadre", "civil_servant", "public_employee", "contract_worker", "collective")
SIDES = ("STATE", "PARTY")
RATED, NOT_RATED, BLOCKED, MANUAL = "RATED", "NOT_RATED", "BLOCKED", "MANUAL_DECISION_REQUIRED"
REGIMES = ("ND90", "ND90_48", "ND335", "ND233", "QD124", "QD366", "HY1071")


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: ``scale`` is TREE, POINTS, GRADES or HISTORY; it rates periods ending within [valid_from, valid_to]."""

    code: str
    name: str
    article: str
    side: str
    scale: str
    mark: str
    valid_from: date
    valid_to: date
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code: its Vietnamese sentence, its article and how well proven."""

    code: str
    group: str
    text: str
    article: str
    mark: str
    articles: Mapping[str, str]

    def article_of(self, regime: str) -> str:
        """The article under one regime."""
        return self.articles.get(regime, self.article)


def day_of(value: object, otherwise: date) -> date:
    """A date of a data file; ``otherwise`` where it is left out."""
    return otherwise if value is None else date.fromisoformat(str(value))


@cache
def rows(name: str, key: str) -> list[dict[str, Any]]:
    """One list of a data file (read once; not to be changed), article and mark of every row that has them checked."""
    found: list[dict[str, Any]] = load_law_yaml(HERE / f"{name}.yaml")[key]
    for row in found:
        if "mark" in row and (row["mark"] not in MARKS or not row.get("article")):
            raise MalformedLawData(f"evaluation/{name}.yaml: {row.get('code', row)}: cần điều khoản và mức kiểm chứng")
    return found


@lru_cache(maxsize=1)
def regimes() -> Mapping[str, Regime]:
    """Every regime by code."""
    return MappingProxyType(
        {
            r["code"]: Regime(
                r["code"],
                r["name"],
                r["article"],
                r["side"],
                r["scale"],
                r["mark"],
                day_of(r["from"], date.min),
                day_of(r["to"], OPEN_END),
                tuple(r["classes"]),
            )
            for r in rows("regimes", "regimes")
        }
    )


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """Every reason code."""
    return MappingProxyType(
        {
            r["code"]: Reason(
                r["code"], r["group"], r["text"], r["article"], r["mark"], MappingProxyType(r.get("articles", {}))
            )
            for r in rows("reasons", "reasons")
        }
    )


def reason_text(code: str) -> str:
    """The sentence of a reason code; the code itself where none is known."""
    found = reasons().get(code) or _consequence_texts().get(code)
    return found if isinstance(found, str) else code if found is None else found.text


@lru_cache(maxsize=1)
def _consequence_texts() -> Mapping[str, str]:
    groups = ("rules", "warnings", "protection", "eligibility", "follow_ups")
    return {r["code"]: r["text"] for g in groups for r in rows("consequences", g)}


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, Mapping[str, str]]:
    kinds = ("levels", "outcomes", "classes", "person_types")
    return {kind: {r["code"]: r["label"] for r in rows("vocabulary", kind)} for kind in kinds}


def level_label(code: str | None) -> str:
    """Vietnamese name of a level; an empty text for None."""
    return "" if code is None else _labels()["levels"][code]


def labels(kind: str) -> Mapping[str, str]:
    """Vietnamese names of ``levels``, ``outcomes``, ``classes`` or ``person_types`` by code."""
    return _labels()[kind]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: code, Vietnamese title, article, mark."""

    code: str
    title: str
    article: str
    mark: str


def forms_for(regime: str, klass: str) -> tuple[Form, ...]:
    """The forms of a regime for a class."""
    return tuple(
        Form(r["code"], r["title"], r["article"], r["mark"])
        for r in rows("forms", "forms")
        if regime in r["regimes"] and klass in r["classes"]
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """Who rates by default: SUPERIOR_HEAD, OWN_HEAD, MANAGING_LEVEL or SUPERIOR_LEVEL, by which article."""

    authority: str
    article: str
    mark: str


@lru_cache(maxsize=1)
def _authorities() -> Mapping[tuple[str, str, str], Authority]:
    found: dict[tuple[str, str, str], Authority] = {}
    for r in rows("authority", "authorities"):
        for regime in r["regimes"]:
            for klass in r["classes"]:
                key = (regime, klass, r["subject"])
                if key in found:
                    raise MalformedLawData(f"evaluation/authority.yaml: {key} có hai thẩm quyền")
                found[key] = Authority(r["authority"], r["article"], r["mark"])
    return found


def authority_for(regime: str, klass: str, subject: str) -> Authority | None:
    """Who rates ``subject`` (HEAD, DEPUTY, STAFF; UNIT, SUBUNIT of a collective) by default; None: by decision."""
    return _authorities().get((regime, klass, subject))
