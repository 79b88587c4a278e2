"""What of the law is in the engine: generated from the declarations of rules and parameters, never written by hand.

One entry per document: its clauses with article and validity, its parameters with the weakest mark and the last day
somebody looked, and what is known to be missing (``missing.yaml``: each with the reason and what would be needed).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from policies import further
from policies.decrees import DECREES
from policies.engine.parameters import ParameterStore, Version, weakest
from policies.engine.rules import RuleBook
from policies.engine.yamlio import load_law_yaml
from policies.labels import MARK_LABELS
from policies.nd170 import rules as nd170
from policies.store import HERE, default_store


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: a condition (``refuses`` is its refusal code) or a rule (``answers`` an entry point)."""

    label: str
    article: str
    valid_from: date
    valid_to: date | None
    refuses: str | None
    answers: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A rule that is not in the engine."""

    article: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One document: clauses, parameters, how well they are proven, when somebody last looked, what is missing."""

    code: str
    name: str
    clauses: tuple[Clause, ...]
    parameters: tuple[Version, ...]
    marks: dict[str, int]
    weakest_mark: str
    verified_from: date | None
    verified_to: date | None
    missing: tuple[Missing, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form for pages and the API."""
        return {
            "code": self.code,
            "name": self.name,
            "clauses": [
                {
                    "label": c.label,
                    "article": c.article,
                    "from": c.valid_from.isoformat(),
                    "to": None if c.valid_to is None else c.valid_to.isoformat(),
                    "refuses": c.refuses,
                    "answers": c.answers,
                }
                for c in self.clauses
            ],
            "parameters": [v.trace_dict for v in self.parameters],
            "marks": {MARK_LABELS[m]: n for m, n in self.marks.items()},
            "weakest_mark": self.weakest_mark,
            "verified_from": None if self.verified_from is None else self.verified_from.isoformat(),
            "verified_to": None if self.verified_to is None else self.verified_to.isoformat(),
            "missing": [{"article": m.article, "subject": m.subject, "reason": m.reason} for m in self.missing],
        }


# Parts of the law that no decree owns: the prefix of their parameters and their name.
_SHARED = (
    ("retirement", "Tuổi nghỉ hưu và cách tính thời gian", ("retirement.", "counting.", "early.")),
    ("salary", "Lương cơ sở, tiền lương", ("salary.",)),
    ("pension", "Lương hưu (ước tính)", ("pension.",)),
    ("positions", "Số lượng cấp phó", ("positions.",)),
    ("evaluation", "Đánh giá, xếp loại chất lượng", ("evaluation.", "calibration.")),
    ("rotation", "Luân chuyển, điều động, biệt phái, chuyển đổi vị trí", ("rotation.",)),
)


def coverage(store: ParameterStore | None = None) -> list[Coverage]:
    """Coverage of every document in the engine."""
    store = store or default_store()
    missing = _missing()
    found: list[Coverage] = []
    for decree in DECREES:
        prefix = f"nd{decree.code}." if decree.code.isdigit() else f"{decree.code.lower()}."
        books = (*decree.books, *further.BOOKS.get(decree.code, ()))
        found.append(_entry(decree.code, decree.identity.name, books, (prefix,), store, missing))
    found.append(_entry("170", nd170.IDENTITY.name, (nd170.BOOK,), ("nd170.",), store, missing))
    found.extend(_entry(code, name, (), prefixes, store, missing) for code, name, prefixes in _SHARED)
    found = [replace(c, clauses=_evaluation_clauses()) if c.code == "evaluation" else c for c in found]
    listed = {version.name for entry in found for version in entry.parameters}
    if rest := tuple(name for name in store.names() if name not in listed):
        found.append(_entry("other", "Thông số khác", (), rest, store, missing))
    return found


def _entry(
    code: str,
    name: str,
    books: Iterable[RuleBook],
    prefixes: tuple[str, ...],
    store: ParameterStore,
    missing: dict[str, tuple[Missing, ...]],
) -> Coverage:
    versions = tuple(v for n in store.names() if n.startswith(prefixes) for v in store.versions(n))
    looked = [v.verified_on for v in versions if v.verified_on is not None]
    marks = Counter(v.mark for v in versions)
    return Coverage(
        code=code,
        name=name,
        clauses=tuple(c for book in books for c in _clauses(book)),
        parameters=versions,
        marks={m: marks[m] for m in MARK_LABELS if marks[m]},
        weakest_mark=weakest(marks),
        verified_from=min(looked, default=None),
        verified_to=max(looked, default=None),
        missing=missing.get(code, ()),
    )


def _evaluation_clauses() -> tuple[Clause, ...]:
    """The regimes, reasons and consequences of evaluation: its rules stand in data files, not in rule books."""
    from policies.evaluation.coverage import clauses

    return tuple(Clause(c.label, c.article, c.valid_from, _end(c.valid_to), c.code, c.answers) for c in clauses())


def _clauses(book: RuleBook) -> list[Clause]:
    found = [
        Clause(c.label, c.article, max(c.valid_from, date(1900, 1, 1)), _end(c.valid_to), c.code, None)
        for c in book.conditions
    ]
    found.extend(Clause(r.label, r.article, r.valid_from, _end(r.valid_to), None, r.entry) for r in book.all_rules())
    return found


def _end(day: date) -> date | None:
    return None if day == date.max else day


@lru_cache(maxsize=1)
def _missing() -> dict[str, tuple[Missing, ...]]:
    rows = load_law_yaml(HERE / "missing.yaml")["missing"]
    return {
        code: tuple(Missing(m["article"], m["subject"], m["reason"]) for m in items) for code, items in rows.items()
    }


def doubtful(store: ParameterStore | None = None) -> list[Version]:
    """Every value marked unverified or conflicting: the list to take to the official text."""
    store = store or default_store()
    return [v for n in store.names() for v in store.versions(n) if v.mark in "UC"]
