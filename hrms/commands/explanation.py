"""A stored or fresh result made readable: every value in Vietnamese office form, every amount with its own steps.

The engine's result travels as plain data (``Result.to_dict()``, also as it comes back from the database). Pages and
papers print what this module makes of it and decide nothing themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.law_words import DECREES, VALUE_WORDS
from hrms.kernel.text import amount_in_words, format_date, format_decimal, format_integer
from policies.labels import (
    BENEFIT_LABELS,
    DECREE_LABELS,
    MARK_LABELS,
    REFUSAL_LABELS,
    WARNING_LABELS,
)

_ISO = re.compile(r"(?a)\b(\d{4})-(\d{2})-(\d{2})\b")
_NUMBER = re.compile(r"(?a)-?\d+(\.\d+)?")
# The engine names a parameter or a fact of the case by its code in brackets; people get a link instead.
_NAMED = re.compile(r"\s*\(([a-z][a-z0-9]*(?:\.[a-z0-9_]+)+)\)")
_FACT_GROUPS = frozenset({"person", "salary", "restructuring", "leave", "circumstances", "facts"})
TABLE_FROM = 9  # a parameter with so many values is a table: the parameters page shows it
CONDITIONS = "Điều kiện hưởng"  # the label of the engine's node that gathers the conditions


@dataclass(frozen=True)
class ParameterUse:
    """A parameter as a step used it: its value in words, when it holds, how well it is proven."""

    name: str
    label: str
    value: str
    since: str
    until: str
    mark: str
    article: str
    note: str
    document: str = ""  # of a value the administration added


@dataclass(frozen=True)
class Refusal:
    """A rule or decree that was looked at and not applied."""

    label: str
    reason: str
    article: str


@dataclass(frozen=True)
class Step:
    """One node of the explanation, ready to print. ``met`` is True or False for a condition, else None."""

    label: str
    value: str = ""
    formula: str = ""
    article: str = ""
    met: bool | None = None
    amount: int | None = None
    parameter: ParameterUse | None = None
    taken: str = ""
    refused: tuple[Refusal, ...] = ()
    children: tuple[Step, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether there is anything below the line."""
        return bool(self.children or self.refused or self.taken or self.parameter)

    def walk(self) -> Iterator[Step]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Remark:
    """A reason or a warning: its kind in words, the sentence, the article; the parameters and facts it names."""

    code: str
    kind: str
    message: str
    article: str
    parameters: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()  # paths of the contract's case: facts.congress_date


@dataclass(frozen=True)
class AmountLine:
    """One amount of a result in đồng, with the step that explains it (None when the trace has no such step)."""

    code: str
    label: str
    article: str
    formula: str
    amount: int
    step: Step | None = None


@dataclass
class Explained:
    """A result ready to print. ``facts`` in đồng, months and dates as the contract gives them."""

    decree: str
    benefit: str
    benefit_label: str
    eligible: bool
    total: int
    total_words: str
    monthly_salary: int | None
    base_salary: int | None
    retirement_date: date | None
    months_early: int | None
    years_early: str
    insurance_years: str
    severance_months: int | None
    within_first_12_months: bool | None
    law_version: date | None
    reasons: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    lines: list[AmountLine] = field(default_factory=list)
    conditions: list[Step] = field(default_factory=list)
    salary: Step | None = None
    tree: Step = field(default_factory=lambda: Step(""))


def explain(result: Mapping[str, Any]) -> Explained:
    """The result of the contract as a page or paper prints it."""
    tree = step_of(result["trace"])
    # An explanation may hold another one inside (the older text of a decree): the outermost steps are the result's own.
    top = _near_first(tree)
    conditions = next((s for s in top if s.label == CONDITIONS), None)
    monthly = result.get("monthly_salary")
    return Explained(
        decree=result["decree"],
        benefit=result["benefit"],
        benefit_label=BENEFIT_LABELS.get(result["benefit"], result["benefit"]),
        eligible=bool(result["eligible"]),
        total=result["total"],
        total_words=amount_in_words(result["total"]),
        monthly_salary=monthly,
        base_salary=result.get("base_salary"),
        retirement_date=_day(result.get("retirement_date")),
        months_early=result.get("months_early"),
        years_early=_decimal(result.get("years_early")),
        insurance_years=_decimal(result.get("social_insurance_years")),
        severance_months=result.get("severance_months"),
        within_first_12_months=result.get("within_first_12_months"),
        law_version=_day(result.get("law_version")),
        reasons=[remark_of(reason, REFUSAL_LABELS) for reason in result["reasons"]],
        warnings=[remark_of(warning, WARNING_LABELS) for warning in result["warnings"]],
        lines=[_line(line, top) for line in result["lines"]],
        conditions=list(conditions.children) if conditions else [],
        salary=next((s for s in top if monthly is not None and s.amount == monthly and s.children), None),
        tree=tree,
    )


def _near_first(tree: Step) -> list[Step]:
    """Every step, the ones near the root first."""
    found, row = [], [tree]
    while row:
        found.extend(row)
        row = [child for step in row for child in step.children]
    return found


def _line(line: Mapping[str, Any], steps: Sequence[Step]) -> AmountLine:
    step = next((s for s in steps if s.label == line["label"] and s.amount == line["amount"]), None)
    return AmountLine(line["code"], line["label"], line["article"], line["formula"], line["amount"], step)


def remark_of(reason: Mapping[str, str], kinds: Mapping[str, str]) -> Remark:
    """A reason or warning of the contract; what it names by code is taken out of the sentence."""
    names = list(dict.fromkeys(_NAMED.findall(reason["message"])))
    facts = tuple(name for name in names if name.split(".")[0] in _FACT_GROUPS)
    return Remark(
        reason["code"],
        kinds.get(reason["code"], ""),
        sentence(reason["message"]),
        reason["article"],
        tuple(name for name in names if name not in facts),
        facts,
    )


def step_of(node: Mapping[str, Any]) -> Step:
    """One node of ``trace.v1`` and everything below it."""
    value, unit = node.get("value"), node.get("unit") or ""
    branch = node.get("branch") or {}
    parameter = node.get("parameter")
    is_condition = isinstance(value, bool) and (unit == "điều kiện" or node["label"] == CONDITIONS)
    is_amount = isinstance(value, int) and not isinstance(value, bool) and unit.startswith("đồng")
    return Step(
        label=node["label"],
        value="" if is_condition else value_words(value, unit),
        formula=sentence(node.get("formula") or "", capital=False),
        article=node.get("article") or "",
        met=bool(value) if is_condition else None,
        amount=value if is_amount else None,
        parameter=None if parameter is None else _parameter_use(parameter),
        taken=branch.get("taken") or "",
        refused=tuple(
            Refusal(r["label"], sentence(r.get("reason") or "", capital=False), r.get("article") or "")
            for r in branch.get("refused") or ()
        ),
        children=tuple(step_of(child) for child in node.get("children") or ()),
    )


def _parameter_use(parameter: Mapping[str, Any]) -> ParameterUse:
    until = _day(parameter.get("to"))
    since = _day(parameter.get("from"))
    return ParameterUse(
        name=parameter["name"],
        label=parameter.get("label") or "",
        value=_short(parameter.get("value")),
        since=format_date(since) if since else "",
        until=format_date(until) if until else "",
        mark=parameter.get("mark") or "",
        article=parameter.get("article") or "",
        note=parameter.get("note") or "",
        document=parameter.get("document") or "",
    )


def _short(value: object) -> str:
    if isinstance(value, Mapping) and (count := leaf_count(value)) >= TABLE_FROM:
        return _("bảng %(count)s giá trị", count=count)
    return value_words(value)


def leaf_count(value: object) -> int:
    """How many single values a parameter holds."""
    if isinstance(value, Mapping):
        return sum(leaf_count(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return sum(leaf_count(item) for item in value)
    return 1


def value_words(value: object, unit: str = "") -> str:
    """A value of a trace or a parameter in Vietnamese form: 1.234.567 đồng; 4,98; 01/06/2025; có."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping):
        return "; ".join(_entry(str(key), item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(DECREES.get(str(item), "") or value_words(item) for item in value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, (int, Decimal)):
        text = format_integer(value) if isinstance(value, int) else format_decimal(value)
        return _with_unit(text, unit)
    text = str(value)
    if found := _day(text):
        return format_date(found)
    if _NUMBER.fullmatch(text):
        return _with_unit(format_decimal(Decimal(text)), unit)
    return _word(text)


def _entry(key: str, item: object) -> str:
    words = value_words(item)
    return f"{key_words(key)} ({words})" if isinstance(item, Mapping) else f"{key_words(key)}: {words}"


def key_words(key: str) -> str:
    """A key of a table value as people read it."""
    day = _day(key)
    return format_date(day) if day else _word(key)


def _with_unit(text: str, unit: str) -> str:
    if unit in ("", "ngày", "điều kiện", "hệ số"):
        return text
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}"


def _word(text: str) -> str:
    return VALUE_WORDS.get(text, text)


def sentence(text: str, *, capital: bool = True) -> str:
    """A message of the engine for people: dates as dd/mm/yyyy, no codes, a capital at the start."""
    shown = _NAMED.sub("", _ISO.sub(r"\3/\2/\1", text))
    return shown[:1].upper() + shown[1:] if capital else shown


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _decimal(value: object) -> str:
    return "" if value in (None, "") else format_decimal(Decimal(str(value)))


__all__ = [
    "BENEFIT_LABELS",
    "DECREE_LABELS",
    "MARK_LABELS",
    "AmountLine",
    "Explained",
    "ParameterUse",
    "Refusal",
    "Remark",
    "Step",
    "explain",
    "key_words",
    "remark_of",
    "sentence",
    "step_of",
    "value_words",
]
