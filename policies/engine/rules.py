"""Dated rules and conditions, declared beside the function that states them.

A decree owns one ``RuleBook``. An *entry point* is a question ("which lump sum for the months?"); its rules are the
clauses that may answer. For a date and the facts exactly one rule answers; none or two is an error that names articles.
A *condition* is a clause that may refuse; all conditions in force are asked, so that a refusal lists every reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.errors import RuleConflict, RuleGap
from policies.engine.trace import Branch, Refused, Text

Applies = Callable[[Any], Text | None]

# What a condition answers when its clause says nothing about the person: neither fulfilled nor refused, not shown.
SKIP: Text = ("", ("skip",))


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause that answers an entry point. ``applies`` returns None when it does, else the reason why not."""

    entry: str
    code: str
    label: str
    article: str
    valid_from: date
    valid_to: date
    run: Callable[..., Any]
    applies: Applies | None = None

    def covers(self, day: date) -> bool:
        """True when the clause is in force on ``day``."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Condition:
    """One clause that may refuse some benefits; ``test`` returns None when fulfilled, else the reason."""

    code: str
    label: str
    article: str
    benefits: tuple[str, ...]
    valid_from: date
    valid_to: date
    test: Callable[[Any], Text | None]


@dataclass(slots=True)
class Selection:
    """The rule that answers and the branches refused on the way."""

    rule: Rule
    refused: list[Refused]

    def branch(self) -> Branch:
        """Trace form."""
        return Branch(self.rule.label, self.refused)


@dataclass
class RuleBook:
    """All rules and conditions of one decree."""

    name: str
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    _by_benefit: dict[str, tuple[Condition, ...]] = field(default_factory=dict)

    def rule(
        self,
        entry: str,
        *,
        code: str,
        label: str,
        article: str,
        valid_from: str,
        valid_to: str | None = None,
        applies: Applies | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare the decorated function as the answer of one clause to ``entry`` between two dates (inclusive)."""

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            rule = Rule(entry, code, label, article, _day(valid_from), _end(valid_to), function, applies)
            self.rules.setdefault(entry, []).append(rule)
            return function

        return declare

    def condition(
        self,
        *,
        code: str,
        label: str,
        article: str,
        benefits: tuple[str, ...],
        valid_from: str,
        valid_to: str | None = None,
    ) -> Callable[[Callable[[Any], Text | None]], Callable[[Any], Text | None]]:
        """Declare the decorated function as a condition; ``code`` is the refusal code of the contract."""

        def declare(function: Callable[[Any], Text | None]) -> Callable[[Any], Text | None]:
            self.conditions.append(
                Condition(code, label, article, benefits, _day(valid_from), _end(valid_to), function)
            )
            return function

        return declare

    def conditions_for(self, benefit: str) -> tuple[Condition, ...]:
        """The conditions of one benefit in the order of declaration."""
        found = self._by_benefit.get(benefit)
        if found is None:
            found = tuple(c for c in self.conditions if benefit in c.benefits)
            self._by_benefit[benefit] = found
        return found

    def select(self, entry: str, day: date, facts: object) -> Selection:
        """The one rule that answers ``entry`` on ``day`` for ``facts``; ``RuleGap`` or ``RuleConflict`` otherwise."""
        rules = self.rules.get(entry)
        if not rules:
            raise RuleGap(f"{self.name}: không có quy tắc nào cho '{entry}'")
        taken: Rule | None = None
        refused: list[Refused] = []
        for rule in rules:
            if not rule.valid_from <= day <= rule.valid_to:
                refused.append(Refused(rule.label, rule.article, _out_of_force(rule, day)))
                continue
            reason = rule.applies(facts) if rule.applies is not None else None
            if reason is not None:
                refused.append(Refused(rule.label, rule.article, reason))
            elif taken is None:
                taken = rule
            else:
                raise RuleConflict(
                    f"{self.name}: '{entry}' ngày {day.isoformat()} có hai quy tắc cùng áp dụng: "
                    f"{taken.article} và {rule.article}"
                )
        if taken is None:
            articles = "; ".join(r.article for r in rules)
            raise RuleGap(f"{self.name}: '{entry}' ngày {day.isoformat()} không có quy tắc áp dụng. Đã xét: {articles}")
        return Selection(taken, refused)

    def all_rules(self) -> Iterator[Rule]:
        """Every rule of every entry point."""
        for group in self.rules.values():
            yield from group

    def problems(self, day: date) -> list[str]:
        """Date gaps and conflicts on ``day``, as sentences; rules told apart by facts are not a date conflict."""
        found: list[str] = []
        for entry, group in self.rules.items():
            if not min(r.valid_from for r in group) <= day <= max(r.valid_to for r in group):
                continue
            valid = [r for r in group if r.covers(day)]
            unconditional = [r for r in valid if r.applies is None]
            if not valid:
                articles = "; ".join(r.article for r in group)
                found.append(f"{self.name}: '{entry}' ngày {day.isoformat()} không có quy tắc: {articles}")
            if len(unconditional) > 1 or (unconditional and len(valid) > 1):
                articles = "; ".join(r.article for r in valid)
                found.append(f"{self.name}: '{entry}' ngày {day.isoformat()} có hai quy tắc: {articles}")
        return found


def _out_of_force(rule: Rule, day: date) -> Text:
    if day < rule.valid_from:
        return ("có hiệu lực từ {0}, sau ngày {1}", (rule.valid_from, day))
    return ("hết hiệu lực sau {0}, trước ngày {1}", (rule.valid_to, day))


def _day(value: str) -> date:
    return date.fromisoformat(value)


def _end(value: str | None) -> date:
    return OPEN_END if value is None else date.fromisoformat(value)
