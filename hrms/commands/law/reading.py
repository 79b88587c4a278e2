"""The law in force, for reading: parameters with validity and proof, documents, their text in our words.

It is what calculations use (:func:`current_store`): the engine's values under what the administration added. Nothing
here is personal and nothing is written; whoever may read parameters may read all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.explanation import TABLE_FROM, key_words, leaf_count, value_words
from hrms.commands.law.current import current_store
from hrms.commands.law.values import UnfitValue, read_plain
from hrms.kernel import clock
from hrms.kernel.errors import NotFound
from hrms.kernel.text import fold
from models.law import ParameterOverride
from policies import registry
from policies.engine.parameters import Version, jsonable, weakest
from policies.labels import MARK_LABELS
from policies.store import HERE, default_store

# What a family of parameters (the first part of its name) belongs to, in the order of the page.
FAMILIES: dict[str, str] = {
    "nd178": "NĐ 178/2024/NĐ-CP, NĐ 67/2025/NĐ-CP",
    "nd154": "NĐ 154/2025/NĐ-CP",
    "nd177": "NĐ 177/2024/NĐ-CP",
    "nd179": "NĐ 179/2024/NĐ-CP",
    "nd29": "NĐ 29/2023/NĐ-CP",
    "nq07": "NQ 07/2025/NQ-CP",
    "nd170": "NĐ 170/2025/NĐ-CP (thôi việc thường)",
    "early": "Cách tính chung",
    "counting": "Cách tính chung",
    "retirement": "Tuổi nghỉ hưu (NĐ 135/2020/NĐ-CP)",
    "pension": "Lương hưu (Luật BHXH)",
    "salary": "Tiền lương",
    "positions": "Vị trí việc làm, số lượng cấp phó",
}


@dataclass(frozen=True)
class ParameterValue:
    """One dated value: in words, with its validity, article and proof. ``now`` marks the one in force today."""

    value: str
    since: date
    until: date | None
    article: str
    mark: str
    source: str
    note: str
    verified_on: date | None
    alternatives: tuple[str, ...]
    now: bool
    document: str = ""  # of a value the administration added
    table: tuple[tuple[str, str], ...] = ()  # key and value, when the value is a table


@dataclass(frozen=True)
class Parameter:
    """One parameter with all of its values, the newest last."""

    name: str
    label: str
    unit: str
    family: str
    values: tuple[ParameterValue, ...]
    mark: str  # the weakest of its values

    @property
    def current(self) -> ParameterValue:
        """The value in force today, else the last one."""
        return next((v for v in self.values if v.now), self.values[-1])


@dataclass(frozen=True)
class Filter:
    """What the list asks for; empty asks for nothing. ``doubtful``: only what still needs a look (U, C)."""

    q: str = ""
    family: str = ""
    mark: str = ""
    day: date | None = None


@dataclass
class Listed:
    """Parameters by family, and how many there are of each mark."""

    groups: list[tuple[str, list[Parameter]]] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    total: int = 0
    shown: int = 0


def family_of(name: str) -> str:
    return name.partition(".")[0]


def _value(version: Version, today: date) -> ParameterValue:
    plain = jsonable(version.value)
    rows = tuple(_rows(plain)) if isinstance(plain, dict) else ()
    return ParameterValue(
        value=value_words(version.value, version.unit or ""),
        since=version.valid_from,
        until=version.end,
        article=version.article,
        mark=version.mark,
        source=version.source or "",
        note=version.note or "",
        verified_on=version.verified_on,
        alternatives=tuple(value_words(item, version.unit or "") for item in version.alternatives),
        now=version.covers(today),
        document=version.document or "",
        table=rows,
    )


def _rows(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """A table value row by row; a table inside a table names both keys."""
    for key, item in table.items():
        name = f"{above}, {key_words(str(key))}" if above else key_words(str(key))
        if isinstance(item, Mapping):
            yield from _rows(item, name)
        else:
            yield name, value_words(item)


def parameter(name: str) -> Parameter:
    """One parameter by its name. Raises :class:`NotFound`."""
    store = current_store()
    if name not in store.names():
        raise NotFound(_("Không có tham số “%(name)s”.", name=name[:80]))
    versions = store.versions(name)
    today = clock.today()
    return Parameter(
        name,
        versions[0].label,
        versions[0].unit or "",
        family_of(name),
        tuple(_value(version, today) for version in versions),
        weakest(version.mark for version in versions),
    )


def parameters(wanted: Filter) -> Listed:
    """The parameters the filter leaves, by family in the order of :data:`FAMILIES`."""
    found = Listed()
    grouped: dict[str, list[Parameter]] = {}
    for name in current_store().names():
        item = parameter(name)
        found.total += 1
        found.marks[item.mark] = found.marks.get(item.mark, 0) + 1
        if _fits(item, wanted):
            grouped.setdefault(FAMILIES.get(item.family, item.family), []).append(item)
            found.shown += 1
    order = list(dict.fromkeys(FAMILIES.values()))
    found.groups = sorted(grouped.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return found


def _fits(item: Parameter, wanted: Filter) -> bool:
    if wanted.family and FAMILIES.get(item.family) != FAMILIES.get(wanted.family):
        return False
    if wanted.mark and not any(value.mark == wanted.mark for value in item.values):
        return False
    if not wanted.q:
        return True
    text = fold(" ".join([item.name, item.label, *(f"{v.value} {v.article} {v.note} {v.source}" for v in item.values)]))
    return all(word in text for word in fold(wanted.q).split())


def families() -> list[tuple[str, str]]:
    """Families for a select: the first code of each and its words."""
    seen: dict[str, str] = {}
    for code, words in FAMILIES.items():
        seen.setdefault(words, code)
    return [(code, words) for words, code in seen.items()]


def marks() -> dict[str, str]:
    """Evidence marks and what they mean."""
    return dict(MARK_LABELS)


def documents() -> list[registry.Coverage]:
    """Every document the engine knows: clauses, parameters, marks, what is missing."""
    store = current_store()
    found: list[registry.Coverage] | None = store.memo.get("coverage")
    if found is None:
        found = store.memo["coverage"] = registry.coverage(store)
    return found


def document(code: str) -> registry.Coverage:
    """One document by its code. Raises :class:`NotFound`."""
    for found in documents():
        if found.code.lower() == code.lower():
            return found
    raise NotFound(_("Không có văn bản “%(code)s”.", code=code[:40]))


def text_of(code: str) -> str:
    """The summary of a document in our own words (Markdown); empty where none was written."""
    word = code.lower()
    folder = word if word.startswith(("nd", "nq")) else f"nd{word}"
    if not folder.isalnum():
        return ""
    path = HERE / folder / "text.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def value_of_version(version: Version, *, short: bool = False) -> str:
    """A value in words; a large table only by its size when ``short``."""
    count = leaf_count(jsonable(version.value))
    if short and count >= TABLE_FROM:
        return _("bảng %(count)s giá trị", count=count)
    return value_words(version.value, version.unit or "")


def value_of(row: ParameterOverride, *, short: bool = False) -> str:
    """The value of a proposal in words; as it is stored where the law has no such parameter any more."""
    store = default_store()
    try:
        versions = store.versions(row.name)
        return value_of_version(replace(versions[-1], value=read_plain(versions, row.value)), short=short)
    except (KeyError, UnfitValue):
        return value_words(row.value)


def label_of(name: str) -> str:
    """What a parameter is called; its name where the law has no such parameter any more."""
    store = default_store()
    return store.versions(name)[-1].label if name in store.names() else name
