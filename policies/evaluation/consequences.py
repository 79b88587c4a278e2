"""What follows from the results of the State side, by the law of the day; a human opens every case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.trace import Node
from policies.evaluation.data import RANK, day_of, rows

NOT_RATED = "NOT_RATED"
MOVE, TRAINING = "MOVE", "TRAINING"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One rule that applies: code, Vietnamese sentence, article, mark, ``effect`` (dismissal, removal, placement)."""

    code: str
    text: str
    article: str
    mark: str
    effect: str = ""


@dataclass(slots=True)
class Consequences:
    """``actions`` follow by law; ``barred`` would, but the person is protected; ``follow_ups`` a human may open."""

    actions: list[Consequence] = field(default_factory=list)
    barred: list[Consequence] = field(default_factory=list)
    warnings: list[Consequence] = field(default_factory=list)
    follow_ups: list[Consequence] = field(default_factory=list)
    trace: Node = field(default_factory=lambda: Node("Sử dụng kết quả xếp loại"))

    @property
    def dismissal(self) -> bool:
        """Whether a dismissal may follow."""
        return any(a.effect == "dismissal" for a in self.actions)

    @property
    def removal(self) -> bool:
        """Whether a removal from the post may follow."""
        return any(a.effect == "removal" for a in self.actions)


@dataclass(frozen=True, slots=True)
class _Rule:
    consequence: Consequence
    pattern: str
    classes: frozenset[str]
    years: int
    valid_from: date
    valid_to: date


@lru_cache(maxsize=4)
def _rules(kind: str) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            Consequence(r["code"], r["text"], r["article"], r["mark"], r.get("effect", "")),
            r["pattern"],
            frozenset(r["classes"]),
            int(r.get("years", 0)),
            day_of(r["from"], date.min),
            day_of(r.get("to"), OPEN_END),
        )
        for r in rows("consequences", kind)
    )


@dataclass(frozen=True, slots=True)
class History:
    """Levels by year; NOT_RATED years neither count nor break "consecutive"."""

    levels: Mapping[int, str]

    def rated(self) -> list[int]:
        """Years with a level, latest first."""
        return sorted((y for y, level in self.levels.items() if level != NOT_RATED), reverse=True)

    def kht(self) -> list[int]:
        """Years of KHT, latest first."""
        return [y for y in self.rated() if self.levels[y] == "KHT"]

    def adjacent(self, earlier: int, later: int) -> bool:
        """True when every year between two was NOT_RATED; a year without any record breaks the row."""
        return all(self.levels.get(y) == NOT_RATED for y in range(earlier + 1, later))

    def consecutive(self) -> bool:
        """The two latest rated years are KHT and adjacent."""
        rated = self.rated()
        if len(rated) <= 1:
            return False
        later, earlier = rated[0], rated[1]
        return self.levels[later] == self.levels[earlier] == "KHT" and self.adjacent(earlier, later)


def _matches(rule: _Rule, history: History, term: tuple[date, date] | None) -> bool:
    rated = history.rated()
    if not rated:
        return False
    latest, kht = rated[0], history.kht()
    if rule.pattern == "LATEST_HTXS":
        return history.levels[latest] == "HTXS"
    if history.levels[latest] != "KHT":
        return False
    if rule.pattern == "LATEST":
        return True
    if rule.pattern == "CONSECUTIVE":
        return history.consecutive()
    apart = len(kht) > 1 and not history.consecutive()
    if rule.pattern == "IN_TERM":
        return apart and term is not None and sum(term[0].year <= y <= term[1].year for y in kht) > 1
    if rule.pattern == "TERM_MISSING":
        return apart and term is None
    return apart and sum(latest - rule.years < y <= latest for y in kht) > 1


def consequences(
    klass: str,
    history: Mapping[int, str],
    on: date,
    *,
    term: tuple[date, date] | None = None,
    protected: bool = False,
    voluntary: bool = False,
) -> Consequences:
    """What follows for a person of class ``klass`` from ``history`` (year → level or NOT_RATED), decided on ``on``.

    ``term``: present appointment; ``protected``: pregnant, on maternity leave or with a child under 36 months;
    ``voluntary``: wishes to leave all the same.
    """
    past = History(history)
    found = Consequences()

    def applying(kind: str) -> Iterable[Consequence]:
        for rule in _rules(kind):
            if klass in rule.classes and rule.valid_from <= on <= rule.valid_to and _matches(rule, past, term):
                yield rule.consequence

    found.actions = list(applying("rules"))
    found.warnings = list(applying("warnings"))
    found.follow_ups = list(applying("follow_ups"))
    if protected and not voluntary and found.dismissal:
        _protect(found, on)
    found.trace.children = [
        Node(c.text, c.code, None, None, c.article)
        for c in (*found.actions, *found.barred, *found.warnings, *found.follow_ups)
    ]
    found.trace.value = ", ".join(a.code for a in found.actions) or None
    return found


def _protect(found: Consequences, on: date) -> None:
    for row in rows("consequences", "protection"):
        if not day_of(row["from"], date.min) <= on <= day_of(row["to"], OPEN_END):
            continue
        found.warnings.append(Consequence(row["code"], row["text"], row["article"], row["mark"]))
        if row["bars"]:
            found.barred = [a for a in found.actions if a.effect == "dismissal"]
            found.actions = [a for a in found.actions if a.effect != "dismissal"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether the results of the years before allow a purpose; ``reason`` is the code when not."""

    eligible: bool
    reason: str | None
    trace: Node = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The output of the case files."""
        return {"eligible": self.eligible} if self.reason is None else {"eligible": False, "reason": self.reason}


def eligibility(purpose: str, year: int, history: Mapping[int, str]) -> Eligibility:
    """MOVE to a position of another rank in ``year``, or TRAINING: HTT or above in the years just before."""
    row = next(r for r in rows("consequences", "eligibility") if r["purpose"] == purpose)
    trace = Node(row["text"], None, None, None, row["article"])
    if year < day_of(row["from"], date.min).year:
        trace.children.append(Node("Quy định chưa có hiệu lực trong năm này", year))
        return Eligibility(True, None, trace)
    least = RANK[row["least"]]
    enough = True
    for back in range(1, int(row["years"]) + 1):
        level = history.get(year - back)
        trace.children.append(Node(f"Năm {year - back}", level))
        enough = enough and level is not None and level in RANK and RANK[level] >= least
    trace.value = enough
    return Eligibility(enough, None if enough else row["code"], trace)


def three_years(history: Mapping[int, str], year: int, years: int) -> list[tuple[int, str | None]]:
    """The latest ``years`` years up to ``year`` with their levels, latest first; None where nothing is recorded."""
    return [(y, history.get(y)) for y in range(year, year - years, -1)]
