"""The explanation of a result: one tree feeds the page, the paper, the spreadsheet and the API.

Nodes are light: they keep raw numbers and a template; text is made only when somebody reads it (``to_dict``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.engine.money import fill
from policies.engine.parameters import Version, jsonable

SCHEMA = "trace.v1"

Text = tuple[str, tuple[object, ...]]


def text(template: str, *args: object) -> Text:
    """A message whose numbers are filled in when it is read."""
    return (template, args)


def render(message: Text) -> str:
    """Fill in a deferred message."""
    return fill(message[0], message[1])


@dataclass(slots=True)
class Refused:
    """A branch that was looked at and not taken."""

    label: str
    article: str
    reason: Text

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"label": self.label, "article": self.article, "reason": render(self.reason)}


@dataclass(slots=True)
class Branch:
    """Which of several rules was taken, and why each of the others was not."""

    taken: str
    refused: Sequence[Refused] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"taken": self.taken, "refused": [r.to_dict() for r in self.refused]}


@dataclass(slots=True)
class Node:
    """One step of a calculation. ``value`` is int, Decimal, date, bool, text or None; ``unit`` names what it counts."""

    label: str
    value: object = None
    unit: str | None = None
    formula: Text | None = None
    article: str | None = None
    parameter: Version | None = None
    branch: Branch | None = None
    children: list[Node] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: amounts as int, fractions as decimal strings, dates in ISO form."""
        return {
            "label": self.label,
            "value": jsonable(self.value),
            "unit": self.unit,
            "formula": None if self.formula is None else render(self.formula),
            "article": self.article,
            "parameter": None if self.parameter is None else self.parameter.trace_dict,
            "branch": None if self.branch is None else self.branch.to_dict(),
            "children": [child.to_dict() for child in self.children],
        }


def parameter_node(version: Version) -> Node:
    """A leaf that shows one parameter: its value, validity and evidence."""
    return Node(version.label, version.value, version.unit, None, version.article, version)


def fact_node(label: str, value: object, unit: str | None = None) -> Node:
    """A leaf that shows one fact of the case."""
    return Node(label, value, unit)


def tree_dict(root: Node) -> dict[str, Any]:
    """The whole tree with its schema version."""
    return {"schema": SCHEMA, **root.to_dict()}
