"""The values in force for one cycle: national parameters and the province's layer ``hy1071.*``, frozen on a day.

A cycle keeps ``snapshot()`` and rates to its end with ``Configuration.restored(...)``, whatever changes later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.errors import MalformedLawData
from policies.engine.parameters import MARKS, ParameterStore, Version, jsonable, load_parameters
from policies.evaluation.data import HERE
from policies.store import default_store


@dataclass(frozen=True)
class _Law:
    """Another law than the software's, with the configurations already made of it."""

    store: ParameterStore
    known: dict[date, Configuration]


_LAW: ContextVar[_Law | None] = ContextVar("evaluation_law", default=None)
PREFIX = "evaluation."
LAYER = "hy1071."


@lru_cache(maxsize=1)
def province_store() -> ParameterStore:
    """The defaults of the province's layer: assumptions until its regulation is loaded."""
    return ParameterStore(load_parameters(HERE / "hy1071.yaml"))


@dataclass(frozen=True)
class Configuration:
    """Every value by name, as of ``on``. Immutable; ``with_values`` gives a changed copy."""

    on: date
    values: Mapping[str, Version] = field(repr=False)
    changed: frozenset[str] = frozenset()

    def version(self, name: str) -> Version:
        """The value with label, article and mark; unknown names raise ``KeyError``."""
        return self.values[name]

    def value(self, name: str) -> Any:
        """The bare value."""
        return self.values[name].value

    def number(self, name: str) -> Decimal:
        """A number."""
        return Decimal(self.values[name].value)

    def fraction(self, name: str) -> Fraction:
        """A number as an exact fraction."""
        return Fraction(self.values[name].value)

    def day(self, name: str) -> date:
        """A date."""
        found: date = self.values[name].value
        return found

    def with_values(
        self, given: Mapping[str, Any], *, document: str = "Cấu hình", article: str | None = None, mark: str = "U"
    ) -> Configuration:
        """A copy with other values; each must have the kind of value, and be one of the words, that the name allows.

        ``given`` maps names (``hy1071.quota.percent``; without a prefix ``hy1071.`` is meant) to values, dates as ISO
        text or ``date``. ``document`` and ``mark`` show in the explanation. Raises ``MalformedLawData`` naming the key.
        """
        if mark not in MARKS:
            raise MalformedLawData(f"mức độ kiểm chứng '{mark}' không thuộc {', '.join(MARKS)}")
        values = dict(self.values)
        for key, raw in given.items():
            name = key if key in values else LAYER + key
            if name not in values:
                raise MalformedLawData(f"không có tham số '{key}' trong cấu hình đánh giá")
            old = values[name]
            values[name] = replace(
                old,
                value=_fitting(old, raw),
                article=article or old.article,
                mark=mark,
                document=document,
                source=document,
                note=None,
            )
        return replace(self, values=MappingProxyType(values), changed=self.changed | frozenset(given))

    def snapshot(self) -> dict[str, Any]:
        """JSON form that a cycle keeps."""
        return {
            "on": self.on.isoformat(),
            "values": {
                name: {"value": jsonable(v.value), "article": v.article, "mark": v.mark, "document": v.document}
                for name, v in self.values.items()
            },
        }

    @classmethod
    def restored(cls, snapshot: Mapping[str, Any]) -> Configuration:
        """The configuration of a ``snapshot``; names that the software has got since keep their present value."""
        base = default_configuration(date.fromisoformat(snapshot["on"]))
        values = dict(base.values)
        for name, kept in snapshot["values"].items():
            if name in values:
                old = values[name]
                values[name] = replace(
                    old,
                    value=_fitting(old, kept["value"]),
                    article=kept["article"],
                    mark=kept["mark"],
                    document=kept.get("document"),
                )
        return cls(base.on, MappingProxyType(values))


def configuration_of(store: ParameterStore, on: date) -> Configuration:
    """National values of ``store`` (the law with what the province approved) and the layer's defaults, on ``on``.

    Before a value's first day and after its last the nearest one stands in: a regime asked for outside its periods is
    answered with a warning, not with silence.
    """
    values: dict[str, Version] = {}
    for source, prefix in ((store, PREFIX), (province_store(), LAYER)):
        for name in source.names():
            if name.startswith(prefix):
                versions = source.versions(name)
                day = min(max(on, versions[0].valid_from), versions[-1].valid_to)
                values[name] = source.at(name, day)
    return Configuration(on, MappingProxyType(values))


def default_configuration(on: date) -> Configuration:
    """The law of the software and the default layer on a day (the last day of the period rated).

    Inside :func:`under` the law that it names.
    """
    other = _LAW.get()
    if other is None:
        return _software(on)
    if on not in other.known:
        other.known[on] = configuration_of(other.store, on)
    return other.known[on]


@lru_cache(maxsize=64)
def _software(on: date) -> Configuration:
    return configuration_of(default_store(), on)


@contextmanager
def under(store: ParameterStore) -> Iterator[None]:
    """Questions asked inside are answered by ``store``, not by the law of the software: a change is rehearsed."""
    token = _LAW.set(_Law(store, {}))
    try:
        yield
    finally:
        _LAW.reset(token)


def _fitting(model: Version, raw: Any) -> Any:
    """``raw`` as the kind of value that ``model`` has."""
    wanted = model.value
    if isinstance(wanted, bool) or isinstance(raw, bool):
        if isinstance(wanted, bool) and isinstance(raw, bool):
            return raw
    elif isinstance(wanted, (int, Decimal)):
        if not isinstance(raw, float):
            try:
                number = Decimal(raw)
            except (ArithmeticError, TypeError, ValueError):
                raise _misfit(model, raw) from None
            if number.is_finite() and number >= 0:
                return int(number) if number == number.to_integral_value() else number
    elif isinstance(wanted, date):
        if isinstance(raw, date):
            return raw
        try:
            return OPEN_END if raw is None else date.fromisoformat(raw)
        except (TypeError, ValueError):
            raise _misfit(model, raw) from None
    elif isinstance(wanted, Mapping):
        if isinstance(raw, Mapping) and set(raw) == set(wanted):
            return MappingProxyType({k: _fitting(replace(model, value=wanted[k]), raw[k]) for k in wanted})
    elif isinstance(wanted, tuple):
        if isinstance(raw, (list, tuple)) and all(_allowed(model, x) for x in raw):
            return tuple(raw)
    elif isinstance(raw, str) and _allowed(model, raw):
        return raw
    raise _misfit(model, raw)


def _allowed(model: Version, word: object) -> bool:
    return not model.options or word in model.options


def _misfit(model: Version, raw: object) -> MalformedLawData:
    words = f"; chọn một trong: {', '.join(model.options)}" if model.options else ""
    return MalformedLawData(f"'{model.name}': giá trị '{raw}' không hợp lệ{words}")


def assumptions(configuration: Configuration | None = None) -> list[Version]:
    """Every assumed value (mark U or C) of the evaluation rules, the province's layer first: one page shows them."""
    chosen = configuration or default_configuration(date.max.replace(year=2026))
    layer = [v for n, v in chosen.values.items() if n.startswith(LAYER)]
    national = [v for n, v in chosen.values.items() if n.startswith(PREFIX) and v.mark in "UC"]
    return layer + national
