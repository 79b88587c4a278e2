"""Dated parameters of the law: loading, look-up by name and date, and overlays for scenarios.

A store never changes. ``overlay`` answers "what if" with a new store; every override names its document.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from policies.engine.dates import OPEN_END, day_before
from policies.engine.errors import MalformedLawData, ParameterConflict, ParameterGap
from policies.engine.money import vietnamese
from policies.engine.yamlio import load_law_yaml

Mark = Literal["P", "S", "U", "C"]
MARKS = ("P", "S", "U", "C")
WEAKNESS: Mapping[str, int] = MappingProxyType({"P": 0, "S": 1, "U": 2, "C": 3})
BY = ("leave_date", "month", "law_version", "day")


@dataclass(frozen=True)
class Version:
    """One dated value of a parameter with its article and evidence.

    ``value`` is int, Decimal, bool, str, date, tuple or a read-only mapping. ``by`` says which date looks it up.
    ``mark`` is P (text read), S (secondary source), U (unverified) or C (sources conflict).
    """

    name: str
    label: str
    value: Any
    valid_from: date
    valid_to: date
    article: str
    mark: str
    unit: str | None = None
    by: str = "leave_date"
    source: str | None = None
    note: str | None = None
    verified_on: date | None = None
    alternatives: tuple[Any, ...] = ()
    document: str | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    def covers(self, day: date) -> bool:
        """True when the version is valid on ``day``."""
        return self.valid_from <= day <= self.valid_to

    @property
    def end(self) -> date | None:
        """Last day of validity, None while still in force."""
        return None if self.valid_to == OPEN_END else self.valid_to

    @property
    def shown(self) -> str:
        """The value as a Vietnamese reader writes it."""
        return self.words_for(self.value)

    def words_for(self, value: object) -> str:
        """Any value of this parameter in words; words of the code are translated by ``options``."""
        if isinstance(value, tuple):
            return ", ".join(self.words_for(v) for v in value)
        if isinstance(value, Mapping):
            return ", ".join(f"{self.options.get(k, k)}: {self.words_for(v)}" for k, v in value.items())
        if isinstance(value, str):
            return self.options.get(value, value)
        return vietnamese(value)

    @cached_property
    def trace_dict(self) -> dict[str, Any]:
        """The form a trace node shows."""
        return {
            "name": self.name,
            "label": self.label,
            "value": jsonable(self.value),
            "shown": self.shown,
            "from": self.valid_from.isoformat(),
            "to": None if self.end is None else self.end.isoformat(),
            "mark": self.mark,
            "article": self.article,
            "source": self.source,
            "note": self.note,
            "document": self.document,
        }


@dataclass(frozen=True, slots=True)
class Override:
    """A scenario's value: what, on the strength of which document and article, from when to when (None = unlimited).

    ``verified_on`` and ``note`` take the place of those of the value it covers, which speak of another document.
    """

    value: Any
    document: str
    article: str
    mark: str = "U"
    valid_from: date | None = None
    valid_to: date | None = None
    verified_on: date | None = None
    note: str | None = None


class ParameterStore:
    """Frozen set of dated parameters.

    ``at(name, day)`` raises ``ParameterGap`` where no version is valid and ``ParameterConflict`` where two are.
    """

    def __init__(self, versions: Iterable[Version], overridden: frozenset[str] = frozenset()) -> None:
        grouped: dict[str, list[Version]] = {}
        for version in versions:
            grouped.setdefault(version.name, []).append(version)
        self._versions: Mapping[str, tuple[Version, ...]] = MappingProxyType(
            {
                name: tuple(sorted(group, key=lambda v: (v.valid_from, v.valid_to)))
                for name, group in sorted(grouped.items())
            }
        )
        self._overlapping = frozenset(name for name, group in self._versions.items() if _overlaps(group))
        self._overridden = overridden
        # Tables derived from the versions, filled on first use; they can be thrown away at any time.
        self.memo: dict[Any, Any] = {}

    def names(self) -> tuple[str, ...]:
        """All parameter names, sorted."""
        return tuple(self._versions)

    def versions(self, name: str) -> tuple[Version, ...]:
        """All versions of one parameter by date; unknown names raise ``KeyError`` with the nearest known name."""
        try:
            return self._versions[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._versions, n=1)
            hint = f"; có phải là '{near[0]}'?" if near else ""
            raise KeyError(f"không có tham số '{name}'{hint}") from None

    def at(self, name: str, day: date) -> Version:
        """The one version of ``name`` valid on ``day``."""
        versions = self._versions.get(name)
        if versions is None:
            versions = self.versions(name)
        if name in self._overlapping:
            found = [v for v in versions if v.covers(day)]
            if len(found) > 1:
                articles = "; ".join(v.article for v in found)
                raise ParameterConflict(
                    f"Tham số '{name}' có {len(found)} giá trị vào ngày {day.isoformat()}: {articles}"
                )
        for version in versions:
            if version.valid_from <= day <= version.valid_to:
                return version
        known = "; ".join(f"{v.article} ({v.valid_from.isoformat()} – {v.end or '…'})" for v in versions)
        raise ParameterGap(f"Tham số '{name}' không có giá trị vào ngày {day.isoformat()}. Đã khai báo: {known}")

    def overlay(self, overrides: Mapping[str, Override | Iterable[Override]]) -> ParameterStore:
        """A new store in which the overrides take the place of what they cover; this store stays as it is."""
        result: list[Version] = []
        pending = dict(overrides)
        for name in pending:
            self.versions(name)
        for name, group in self._versions.items():
            versions = list(group)
            if name in pending:
                given = pending[name]
                for override in [given] if isinstance(given, Override) else given:
                    versions = _put_over(versions, override)
            result.extend(versions)
        return ParameterStore(result, self._overridden | frozenset(pending))

    @property
    def overridden(self) -> frozenset[str]:
        """Names of the parameters that a scenario changed."""
        return self._overridden

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every version: two stores that would calculate differently never share it."""
        rows = [
            [v.name, jsonable(v.value), v.valid_from.isoformat(), v.valid_to.isoformat(), v.article, v.mark]
            for group in self._versions.values()
            for v in group
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def problems(self) -> list[str]:
        """Overlaps and inner gaps of every parameter, as sentences; empty when the store is sound."""
        found: list[str] = []
        for name, group in self._versions.items():
            for earlier, later in pairwise(group):
                if later.valid_from <= earlier.valid_to:
                    found.append(f"{name}: {earlier.article} và {later.article} cùng có hiệu lực từ {later.valid_from}")
                elif day_before(later.valid_from) != earlier.valid_to:
                    found.append(f"{name}: không có giá trị giữa {earlier.valid_to} và {later.valid_from}")
        return found


def _overlaps(group: tuple[Version, ...]) -> bool:
    return any(b.valid_from <= a.valid_to for a, b in pairwise(group))


def _put_over(versions: list[Version], override: Override) -> list[Version]:
    """Cut the override's period out of the versions and put the override in."""
    start = override.valid_from or date.min
    end = override.valid_to or OPEN_END
    if start > end:
        raise MalformedLawData(f"kịch bản: ngày bắt đầu {start} sau ngày kết thúc {end}")
    if override.mark not in MARKS:
        raise MalformedLawData(f"kịch bản: mức độ kiểm chứng '{override.mark}' không thuộc {', '.join(MARKS)}")
    model = next((v for v in versions if v.covers(start)), versions[-1])
    if not _same_kind(model.value, override.value):
        raise MalformedLawData(
            f"kịch bản: '{model.name}' cần giá trị kiểu {type(model.value).__name__}, "
            f"nhận {type(override.value).__name__}"
        )
    result: list[Version] = []
    for version in versions:
        if version.valid_to < start or version.valid_from > end:
            result.append(version)
            continue
        if version.valid_from < start:
            result.append(replace(version, valid_to=day_before(start)))
        if version.valid_to > end:
            result.append(replace(version, valid_from=date.fromordinal(end.toordinal() + 1)))
    result.append(
        replace(
            model,
            value=override.value,
            valid_from=start,
            valid_to=end,
            article=override.article,
            mark=override.mark,
            document=override.document,
            source=override.document,
            note=override.note,
            verified_on=override.verified_on,
            alternatives=(),
        )
    )
    return result


def _same_kind(model: object, value: object) -> bool:
    if isinstance(model, bool) or isinstance(value, bool):
        return isinstance(model, bool) and isinstance(value, bool)
    if isinstance(model, (int, Decimal)):
        return isinstance(value, (int, Decimal)) and not isinstance(value, float)
    if isinstance(model, Mapping):
        return isinstance(value, Mapping)
    return isinstance(value, type(model))


def jsonable(value: object) -> Any:
    """Parameter values as JSON: decimals and dates as text, tuples as lists."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [jsonable(v) for v in value]
    return value


_TOP = {"document", "parameters"}
_PARAMETER = {"name", "label", "unit", "by", "type", "options", "values"}
_VALUE = {"value", "from", "to", "article", "mark", "source", "note", "verified_on", "alternatives"}


def load_parameters(path: Path) -> list[Version]:
    """Read one ``parameters.yaml``; a missing or misspelt key raises ``MalformedLawData`` with file and name."""
    data = load_law_yaml(path)
    _known_keys(data, _TOP, path.name)
    result: list[Version] = []
    for entry in data["parameters"]:
        where = f"{path.parent.name}/{path.name}: {entry.get('name', '?')}"
        _known_keys(entry, _PARAMETER, where)
        kind = entry.get("type")
        by = entry.get("by", "leave_date")
        if by not in BY:
            raise MalformedLawData(f"{where}: by must be one of {BY}")
        for row in entry["values"]:
            _known_keys(row, _VALUE, where)
            mark = str(row["mark"])
            if mark not in MARKS:
                raise MalformedLawData(f"{where}: mark must be one of {MARKS}")
            result.append(
                Version(
                    name=entry["name"],
                    label=entry["label"],
                    value=_freeze(row["value"], kind),
                    valid_from=date.fromisoformat(row["from"]),
                    valid_to=OPEN_END if row.get("to") is None else date.fromisoformat(row["to"]),
                    article=row["article"],
                    mark=mark,
                    unit=entry.get("unit"),
                    by=by,
                    source=row.get("source"),
                    note=row.get("note"),
                    verified_on=None if row.get("verified_on") is None else date.fromisoformat(row["verified_on"]),
                    alternatives=tuple(_freeze(a, kind) for a in row.get("alternatives", ())),
                    options=MappingProxyType(entry.get("options", {})),
                )
            )
    return result


def _known_keys(mapping: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = set(mapping) - known
    if unknown:
        raise MalformedLawData(f"{where}: unknown keys {sorted(unknown)}")


def _freeze(value: Any, kind: str | None) -> Any:
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "decimal":
        return Decimal(value)
    if isinstance(value, list):
        return tuple(_freeze(v, None) for v in value)
    if isinstance(value, dict):
        return MappingProxyType({k: _freeze(v, None) for k, v in value.items()})
    return cast(Any, value)


def weakest(marks: Iterable[str]) -> str:
    """A rule inherits the weakest mark it used; nothing used is P."""
    return max(marks, key=lambda m: WEAKNESS[m], default="P")
