"""The answer of the planner: who goes where and why, who could not be placed and why, or which rules conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Status = Literal["optimal", "feasible", "infeasible"]


class PlannerStopped(Exception):
    """The time ran out before any plan was found and before it was proven that there is none."""


@dataclass(frozen=True, slots=True)
class Move:
    """One person to one post. ``score`` in points of the weights; ``why`` are Vietnamese sentences."""

    person: str
    from_post: str | None
    to_post: str
    score: Fraction
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A person who must leave and got no post. ``removed_by``: rule code → number of posts it takes away."""

    person: str
    removed_by: Mapping[str, int]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One of the rules that cannot hold together: its code, its sentence, and whom and what it is about."""

    rule: str
    text: str
    people: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. ``objective`` is the points of the moves less the penalties of the units; among all plans that place
    the largest number of people it is the highest possible when ``status`` is optimal.

    No plan has more than ``bound`` points; ``gap`` = (bound − objective) / max(1, |objective|), 0 when optimal.
    All three are None when infeasible. ``conflict`` then holds a smallest set of rules that cannot hold together
    (``conflict_proven`` False: none of them can be left out, but a smaller set elsewhere was not excluded in time).
    ``unit_penalty``: what was taken off for continuity and experience.
    """

    status: Status
    objective: Fraction | None = None
    bound: Fraction | None = None
    gap: Fraction | None = None
    moves: tuple[Move, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    conflict: tuple[Conflict, ...] = ()
    conflict_proven: bool = True
    unit_penalty: Fraction = Fraction(0)

    def to_dict(self) -> dict[str, Any]:
        """The form of the contract; numbers are ``int``, or ``Decimal`` where they have a fraction."""
        return {
            "status": self.status,
            "objective": number(self.objective),
            "bound": number(self.bound),
            "gap": number(self.gap),
            "moves": [
                {"person": m.person, "from": m.from_post, "to": m.to_post, "score": number(m.score), "why": list(m.why)}
                for m in self.moves
            ],
            "unplaced": [{"person": u.person, "removed_by": dict(u.removed_by)} for u in self.unplaced],
            "conflict": [f"{c.text} [{c.rule}]" for c in self.conflict],
        }


def number(value: Fraction | None) -> int | Decimal | None:
    """A number of a plan for people and files: whole, or with at most six decimals."""
    if value is None:
        return None
    if value.denominator == 1:
        return int(value)
    places = Decimal(10) ** -6
    rounded = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(places)
    return rounded.normalize() if rounded != rounded.to_integral_value() else int(rounded)


def gap_of(objective: Fraction, bound: Fraction) -> Fraction:
    """How far the plan may be from the best one, as a share of its points."""
    return (bound - objective) / max(Fraction(1), abs(objective))
