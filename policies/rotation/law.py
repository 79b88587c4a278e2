"""Where the rules of rotation find the law: dated parameters, and the words, lists and codes of ``words.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from policies.engine.dates import PartialDate, add_months
from policies.engine.parameters import ParameterStore, Version
from policies.engine.trace import Node
from policies.engine.yamlio import load_law_yaml
from policies.retirement import age as retirement
from policies.store import HERE, default_store

PREFIX = "rotation."
Birth = date | PartialDate


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused, put off, warned of or allowed: a Vietnamese sentence, its article and evidence mark."""

    code: str
    text: str
    article: str
    mark: str


@dataclass(frozen=True, slots=True)
class ListedPosition:
    """A position of the list of Phụ lục NĐ 59/2019; ``rule`` names the sector circular, None where there is none."""

    code: str
    group: str
    field: str
    name: str
    rule: str | None
    mark: str
    source: str
    active: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One state of a case with its Vietnamese label and the states that may follow."""

    code: str
    text: str
    following: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The whole of ``words.yaml``."""
    return MappingProxyType(load_law_yaml(HERE / "rotation" / "words.yaml"))


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """Every reason by its code; the bars and deferral groups are reasons too."""
    data = words()
    rows = [*data["transfer_bars"], *data["deferrals"], *data["reasons"]]
    return MappingProxyType({r["code"]: Reason(r["code"], r["text"], r["article"], r["mark"]) for r in rows})


def reason(code: str) -> Reason:
    """The sentence, article and mark of one code; an unknown code raises ``KeyError``."""
    return reasons()[code]


@lru_cache(maxsize=1)
def labels() -> Mapping[str, str]:
    """Vietnamese labels of kinds, states of a listed person and classes of persons, by code."""
    data = words()
    return MappingProxyType(
        {r["code"]: r["text"] for name in ("kinds", "states", "person_classes") for r in data[name]}
    )


@lru_cache(maxsize=1)
def listed_positions() -> Mapping[str, ListedPosition]:
    """The positions subject to periodic change, by code (Phụ lục NĐ 59/2019; mark U: working names)."""
    rows = load_law_yaml(HERE / "rotation" / "positions.yaml")["positions"]
    return MappingProxyType({r["code"]: ListedPosition(**r) for r in rows})


@cache
def workflow(kind: str) -> tuple[Step, ...]:
    """The steps of DIEU_DONG, BIET_PHAI, CDVTCT, LUAN_CHUYEN or of a yearly PLAN, in order."""
    for row in words()["workflows"]:
        if row["code"] == kind:
            return tuple(Step(s["code"], s["text"], tuple(s["to"])) for s in row["steps"])
    raise KeyError(kind)


def at(store: ParameterStore, name: str, day: date) -> Version:
    """Parameter ``rotation.<name>`` on ``day``; before its first known version that one speaks.

    A clock may begin decades before the circular that sets its length: the first value known is then the best one, and
    the trace shows since when it is in force.
    """
    first = store.versions(PREFIX + name)[0]
    return first if day < first.valid_from else store.at(PREFIX + name, day)


def sector_codes(store: ParameterStore) -> tuple[str, ...]:
    """Codes of the sector circulars that set a period of their own."""
    start = PREFIX + "sector."
    return tuple(name.removeprefix(start) for name in store.names() if name.startswith(start))


def law(store: ParameterStore | None) -> ParameterStore:
    """The given store, or the law in force."""
    return store if store is not None else default_store()


def age_date(store: ParameterStore, sex: str, birth: Birth, annex: str, day: date) -> date:
    """The birthday on which the age of NĐ 135/2020 is reached; an unknown day or month is its earliest [U]."""
    known = max(day, store.versions(retirement.ROADMAP)[0].valid_from)
    found = retirement.retirement_age(store, sex, birth, annex, known)
    return add_months(birth.value if isinstance(birth, PartialDate) else birth, found.age_months)


def reason_node(code: str) -> Node:
    """A leaf of the trace that states a reason."""
    found = reasons().get(code)
    if found is None:
        return Node(code, code)
    return Node(found.text, found.code, None, None, found.article)


def assumptions(store: ParameterStore | None = None) -> list[dict[str, str]]:
    """What is not proven: values and words marked S, U or C, each with name, label, shown value, article and mark."""
    found = [
        {"name": v.name, "label": v.label, "value": v.shown, "article": v.article, "mark": v.mark}
        for name in law(store).names()
        if name.startswith(PREFIX)
        for v in law(store).versions(name)
        if v.mark != "P"
    ]
    for r in reasons().values():
        if r.mark != "P":
            found.append({"name": r.code, "label": r.text, "value": r.code, "article": r.article, "mark": r.mark})
    for p in listed_positions().values():
        if p.mark != "P":
            found.append({"name": p.code, "label": p.name, "value": p.field, "article": p.source, "mark": p.mark})
    return found
