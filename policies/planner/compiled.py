"""A problem in numbers: who may move, which posts each fixed rule removes, and the points of every possible move."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.engine.errors import CaseFaults, Fault
from policies.planner import rules as r
from policies.planner.problem import Person, Post, Problem

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
LARGEST = 2**61
EXACT = 2**52


class Compiled:
    """Positions instead of ids. ``movers`` holds the positions of the people who may move, in the order of the file.

    A person may move when due and not exempt, or when pinned to another post. Everybody else stays and keeps the post.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = problem.people
        self.posts = problem.posts
        self.person_at = {person.id: at for at, person in enumerate(problem.people)}
        self.post_at = {post.id: at for at, post in enumerate(problem.posts)}
        self.units = sorted({post.unit for post in problem.posts})
        unit_at = {unit: at for at, unit in enumerate(self.units)}
        self.unit_at = unit_at
        self.unit_of: Ints = np.array([unit_at[post.unit] for post in problem.posts], dtype=np.int64)
        self.own: Ints = np.full(len(self.people), -1, dtype=np.int64)
        self.occupant: Ints = np.full(len(self.posts), -1, dtype=np.int64)
        for at, post in enumerate(problem.posts):
            if post.occupant is not None:
                self.occupant[at] = self.person_at[post.occupant]
                self.own[self.person_at[post.occupant]] = at
        self.pins: dict[int, list[int]] = {}
        for pair in problem.pinned:
            self.pins.setdefault(self.person_at[pair.person], []).append(self.post_at[pair.post])
        self.movers = [at for at, person in enumerate(self.people) if self._moves(at, person)]
        self.mover_at = {person: at for at, person in enumerate(self.movers)}
        self.forbidden: dict[int, list[int]] = {}
        for pair in problem.forbidden:
            self.forbidden.setdefault(self.person_at[pair.person], []).append(self.post_at[pair.post])
        self.relatives = self._both_ways()
        self._index_posts()

    def _moves(self, at: int, person: Person) -> bool:
        if person.due and not person.exempt:
            return True
        return any(post != self.own[at] for post in self.pins.get(at, ()))

    def _both_ways(self) -> list[set[int]]:
        found: list[set[int]] = [set() for _person in self.people]
        for at, person in enumerate(self.people):
            for other in person.relatives:
                relative = self.person_at.get(other)
                if relative is not None and relative != at:
                    found[at].add(relative)
                    found[relative].add(at)
        return found

    def _index_posts(self) -> None:
        self.kind_posts: dict[tuple[int, str], list[int]] = {}
        self.unit_posts: list[list[int]] = [[] for _unit in self.units]
        grades: dict[frozenset[str], list[int]] = {}
        skills: dict[frozenset[str], list[int]] = {}
        for at, post in enumerate(self.posts):
            self.kind_posts.setdefault((int(self.unit_of[at]), post.kind), []).append(at)
            self.unit_posts[int(self.unit_of[at])].append(at)
            grades.setdefault(post.grades, []).append(at)
            skills.setdefault(post.qualifications, []).append(at)
        self._grade_groups = [(grade, np.array(rows)) for grade, rows in grades.items()]
        self._skill_groups = [(skill, np.array(rows)) for skill, rows in skills.items()]
        self._grade_cache: dict[str, Flags] = {}
        self._skill_cache: dict[frozenset[str], Flags] = {}
        mover = np.zeros(len(self.people) + 1, dtype=bool)
        mover[self.movers] = True
        self.held_by_stayer: Flags = (self.occupant >= 0) & ~mover[self.occupant]
        self.pinned_posts: Flags = np.zeros(len(self.posts), dtype=bool)
        for person, posts in self.pins.items():
            if person in self.mover_at:
                self.pinned_posts[posts] = True

    def must_leave(self, person: int) -> bool:
        """Due and not exempt."""
        return self.people[person].due and not self.people[person].exempt

    # --- fixed rules -------------------------------------------------------------------------------------------------
    def removed(self, person: int) -> dict[str, Flags]:
        """Fixed rule → the posts it takes away from ``person``, in the order of the declaration."""
        who, size = self.people[person], len(self.posts)
        nothing = np.zeros(size, dtype=bool)
        found = dict.fromkeys(r.FIXED, nothing)
        pins = self.pins.get(person)
        if self.own[person] >= 0:
            found[r.OWN_POST] = self._rows([int(self.own[person])])
        if who.exempt:
            found[r.EXEMPT] = np.ones(size, dtype=bool)
        elif not who.due and not pins:
            found[r.NOT_DUE] = np.ones(size, dtype=bool)
        found[r.GRADES] = self._grades(who.grade)
        found[r.QUALIFICATIONS] = self._skills(who.qualifications)
        if self.problem.rules.no_return_years > 0:
            found[r.NO_RETURN] = self._rows([self.post_at[post] for post in who.held if post in self.post_at])
        if person in self.forbidden:
            found[r.FORBIDDEN] = self._rows(self.forbidden[person])
        held = self.held_by_stayer
        if self.own[person] >= 0 and held[self.own[person]]:
            held = held.copy()
            held[self.own[person]] = False
        found[r.OCCUPIED] = held
        if self.relatives[person]:
            found[r.FAMILY] = self._rows(self._family(person))
        if pins:
            barred = np.ones(size, dtype=bool)
            barred[pins] = False
            found[r.PINNED] = barred
        else:
            found[r.PINNED] = self.pinned_posts
        return found

    def _rows(self, posts: list[int]) -> Flags:
        rows = np.zeros(len(self.posts), dtype=bool)
        rows[posts] = True
        return rows

    def _grades(self, grade: str) -> Flags:
        found = self._grade_cache.get(grade)
        if found is None:
            found = np.zeros(len(self.posts), dtype=bool)
            for grades, rows in self._grade_groups:
                found[rows] = bool(grades) and grade not in grades
            self._grade_cache[grade] = found
        return found

    def _skills(self, owned: frozenset[str]) -> Flags:
        found = self._skill_cache.get(owned)
        if found is None:
            found = np.zeros(len(self.posts), dtype=bool)
            for needed, rows in self._skill_groups:
                found[rows] = not needed <= owned
            self._skill_cache[owned] = found
        return found

    def _family(self, person: int) -> list[int]:
        """Posts barred by relatives who stay where they are, in both directions."""
        barred: list[int] = []
        for relative in self.relatives[person]:
            post = int(self.own[relative])
            if post < 0 or relative in self.mover_at:
                continue
            unit, kind = int(self.unit_of[post]), self.posts[post].kind
            if kind == "head":
                barred += self.kind_posts.get((unit, "accounting"), [])
            elif kind == "accounting":
                barred += self.kind_posts.get((unit, "head"), [])
        return barred

    # --- possible moves and their points -----------------------------------------------------------------------------
    @cached_property
    def scale(self) -> int:
        """Whole units per point: every score is a whole number of units."""
        weights, tops = self.problem.weights, 1
        for name in ("wish", "same_unit", "same_field", "overdue", "chain", "continuity", "experience"):
            tops = math.lcm(tops, Fraction(getattr(weights, name)).denominator)
        if weights.distance:
            for kilometres in self.problem.distance.values():
                tops = math.lcm(tops, (weights.distance * kilometres).denominator)
        return tops

    def units_of(self, value: Fraction) -> int:
        """Points as whole units."""
        return int(value * self.scale)

    @cached_property
    def _home_rows(self) -> dict[str, Ints]:
        return {}

    def _far(self, place: str) -> Ints:
        """Units taken off for the distance from ``place`` to every unit."""
        found = self._home_rows.get(place)
        if found is None:
            weight = self.problem.weights.distance
            off = [self.units_of(weight * (self.problem.kilometres(place, unit) or 0)) for unit in self.units]
            found = self._home_rows[place] = np.array(off, dtype=np.int64)
        return found

    def scores(self, person: int) -> Ints:
        """The units of every post for ``person``, allowed or not."""
        who, weights = self.people[person], self.problem.weights
        row = np.full(len(self.posts), self.units_of(weights.overdue * who.overdue_months), dtype=np.int64)
        if weights.wish:
            wished = [self.post_at[post] for post in dict.fromkeys(who.wishes) if post in self.post_at]
            row[wished] += self.units_of(weights.wish)
        if weights.same_unit and who.unit in self.unit_at:
            row[self.unit_posts[self.unit_at[who.unit]]] += self.units_of(weights.same_unit)
        if weights.distance:
            row -= self._far(who.home or who.unit)[self.unit_of]
        if weights.same_field and who.field:
            row[self._field_posts.get(who.field, [])] += self.units_of(weights.same_field)
        if weights.chain:
            row[self.occupant >= 0] -= self.units_of(weights.chain)
        return row

    @cached_property
    def _field_posts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, post in enumerate(self.posts):
            found.setdefault(post.field, []).append(at)
        return found

    @cached_property
    def edges(self) -> tuple[Ints, Ints, Ints]:
        """Every possible move: (position in ``movers``, post, units), ordered by mover, then post."""
        who: list[Any] = []
        where: list[Any] = []
        units: list[Any] = []
        for at, person in enumerate(self.movers):
            gone = np.logical_or.reduce(list(self.removed(person).values()))
            free = np.flatnonzero(~gone)
            who.append(np.full(len(free), at, dtype=np.int64))
            where.append(free)
            units.append(self.scores(person)[free])
        empty = np.zeros(0, dtype=np.int64)
        found = tuple(np.concatenate([empty, *parts]).astype(np.int64) for parts in (who, where, units))
        return found[0], found[1], found[2]

    @cached_property
    def step(self) -> int:
        """Units one more placed person is worth: more than all scores and penalties together can differ."""
        _who, _where, units = self.edges
        if not len(units):
            return 1
        spread = int(units.max() - min(0, int(units.min()))) + max(0, -int(units.min()))
        step = 1 + len(self.movers) * spread + self.most_penalty
        largest = (step + spread) * len(self.movers)  # CP-SAT reports values in binary floats: 52 bits are exact
        if largest > EXACT or (step + spread) * 4 * (len(self.movers) + len(self.posts) + 4) > LARGEST:
            raise CaseFaults(
                [Fault("weights", "trọng số hoặc khoảng cách quá lớn so với số người; hãy ghi số nhỏ hơn")]
            )
        return step

    # --- units -------------------------------------------------------------------------------------------------------
    @cached_property
    def needs(self) -> dict[int, int]:
        """Unit → how many people must move in so that its least staffing holds (only where more than nobody)."""
        found: dict[int, int] = {}
        for unit, least in self.problem.rules.min_staffing.items():
            if unit in self.unit_at:
                at = self.unit_at[unit]
                lacking = least - int(self.held_by_stayer[self.unit_posts[at]].sum())
                if lacking > 0:
                    found[at] = lacking
        return found

    def experienced(self, person: int) -> bool:
        """Counts for the weight ``experience``."""
        return self.people[person].years >= self.problem.rules.experienced_years

    @cached_property
    def lost_experience(self) -> list[int]:
        """Unit → how many experienced people the moves may take out of it (everybody who may move)."""
        found = [0] * len(self.units)
        for person in self.movers:
            if self.own[person] >= 0 and self.experienced(person):
                found[int(self.unit_of[self.own[person]])] += 1
        return found

    @cached_property
    def most_penalty(self) -> int:
        weights = self.problem.weights
        if not weights.continuity and not weights.experience:
            return 0
        return len(self.movers) * (self.units_of(weights.continuity) + self.units_of(weights.experience))

    def penalty(self, places: Mapping[int, int], units: Iterable[int] | None = None) -> int:
        """Units taken off for continuity and experience when mover i goes to post ``places[i]`` (−1: unplaced), in
        ``units`` (positions), by default in all.
        """
        weights = self.problem.weights
        if not weights.continuity and not weights.experience:
            return 0
        fresh, gained = [0] * len(self.units), [0] * len(self.units)
        for at, post in places.items():
            if post < 0:
                continue
            person, unit = self.movers[at], int(self.unit_of[post])
            own = int(self.own[person])
            fresh[unit] += own < 0 or int(self.unit_of[own]) != unit
            gained[unit] += self.experienced(person)
        off = 0
        for unit in range(len(self.units)) if units is None else units:
            off += self.units_of(weights.continuity) * max(0, fresh[unit] - len(self.unit_posts[unit]) // 2)
            off += self.units_of(weights.experience) * max(0, self.lost_experience[unit] - gained[unit])
        return off

    @cached_property
    def family_pairs(self) -> list[tuple[int, int]]:
        """Pairs of related movers (positions in ``movers``), each once."""
        return sorted(
            (self.mover_at[one], self.mover_at[other])
            for one in self.movers
            for other in self.relatives[one]
            if one < other and other in self.mover_at
        )

    def post(self, at: int) -> Post:
        """The post at a position."""
        return self.posts[at]


def compiled(problem: Problem) -> Compiled:
    """The numbers of a problem, made once and kept with it. Not for problems with faults (``parsing.faults_of``)."""
    found = problem.__dict__.get("_compiled")
    if not isinstance(found, Compiled):
        found = problem.__dict__["_compiled"] = Compiled(problem)
    return found
