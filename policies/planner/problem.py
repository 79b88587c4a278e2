"""The question put to the planner: people, posts, rules, wishes, weights. Immutable; the answer is in ``plan.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

PostKind = Literal["head", "accounting", "other"]
KINDS: tuple[PostKind, ...] = ("head", "accounting", "other")


@dataclass(frozen=True, slots=True)
class Person:
    """A person who holds a post or waits for one.

    ``held``: posts held before, oldest first (the current one may be among them). ``relatives``: spouse, parents,
    children, siblings; one direction is enough. ``unit`` is where distances are measured from unless ``home`` names
    another place of the distance table. ``due``: must leave the post; ``exempt``: deferred, exempt or barred, stays.
    ``overdue_months`` and ``years`` (of experience) only matter when their weights are not zero.
    """

    id: str
    grade: str = ""
    qualifications: frozenset[str] = frozenset()
    held: tuple[str, ...] = ()
    relatives: frozenset[str] = frozenset()
    unit: str = ""
    due: bool = False
    exempt: bool = False
    wishes: tuple[str, ...] = ()
    name: str = ""
    field: str = ""
    home: str = ""
    overdue_months: int = 0
    years: int = 0

    @property
    def label(self) -> str:
        """How sentences name the person."""
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True)
class Post:
    """A post for one person. Empty ``grades``: open to every grade; all of ``qualifications`` are required."""

    id: str
    unit: str
    kind: PostKind = "other"
    grades: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    occupant: str | None = None
    name: str = ""
    field: str = ""

    @property
    def label(self) -> str:
        """How sentences name the post."""
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True)
class Pair:
    """A person and a post: pinned (must go there) or forbidden (must not)."""

    person: str
    post: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Hard rules with a value. ``no_return_years`` > 0 bars every post in ``held``, which carries no dates.

    ``min_staffing``: unit → people who must be in it after the moves. ``experienced_years``: from how many years on
    somebody counts as experienced for the weight ``experience``.
    """

    no_return_years: int = 5
    min_staffing: Mapping[str, int] = field(default_factory=dict)
    experienced_years: int = 10


@dataclass(frozen=True, slots=True)
class Weights:
    """What a manager wishes. Points per move: ``wish`` (a wished post), ``same_unit``, ``same_field``, ``overdue`` (per
    month), less ``distance`` (per km) and ``chain`` (a post somebody else must leave first). Points per unit taken
    off: ``continuity`` (each newcomer above half of the unit's posts), ``experience`` (each experienced person lost
    without another in their place).
    """

    wish: Fraction = Fraction(3)
    same_unit: Fraction = Fraction(0)
    distance: Fraction = Fraction(0)
    same_field: Fraction = Fraction(0)
    overdue: Fraction = Fraction(0)
    chain: Fraction = Fraction(0)
    continuity: Fraction = Fraction(0)
    experience: Fraction = Fraction(0)


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the planner knows. Ids are unique; a person occupies at most one post (``parsing.faults_of``).

    ``distance``: (place, place) → km, read in both directions; a pair that is not there counts as 0 km.
    ``unit_names``: how sentences name units. ``purpose``: in which words the rules are told (``rules.rules_for``). Two
    problems are the same only when they are the same object.
    """

    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    rules: Rules = Rules()
    weights: Weights = Weights()
    distance: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    pinned: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    unit_names: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""

    def unit_label(self, unit: str) -> str:
        """How sentences name a unit."""
        name = self.unit_names.get(unit, "")
        return f"{name} ({unit})" if name else unit

    def kilometres(self, one: str, other: str) -> Fraction | None:
        """The distance between two places, None when the table does not have it."""
        if one == other:
            return Fraction(0)
        found = self.distance.get((one, other))
        return found if found is not None else self.distance.get((other, one))
