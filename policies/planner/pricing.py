"""What units weigh (continuity, experience) as prices on moves: whatever the prices, the bound holds.

A penalty of ``w`` for each newcomer above a number is at least ``m × (newcomers − number)`` for every ``m`` from 0 to
``w``; so moves of newcomers are made dearer by ``m``, and ``m × number`` is given back. Experience likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from policies.planner.compiled import Compiled, Flags, Ints
from policies.planner.relaxation import Part, Relaxed, relax

ROUNDS = 16


@dataclass(frozen=True)
class Priced:
    """A part with prices in the worth of its moves, its flow, and what is given back, in units."""

    part: Part
    relaxed: Relaxed
    back: int

    @property
    def bound(self) -> int:
        """No plan of the part is worth more, penalties taken off."""
        return self.relaxed.worth + self.back

    def worth(self, part: Part) -> int:
        """What the flow is worth without the prices; ``part`` is the one without."""
        return int(part.worth[_chosen(part, self.relaxed.places)].sum())


def price_units(c: Compiled, part: Part, first: Relaxed, seed: int, tell: Callable[[], object]) -> Priced:
    """The lowest bound of some rounds: dearer where more newcomers come, cheaper where fewer come than allowed."""
    weights = c.problem.weights
    dear, missed = c.units_of(weights.continuity), c.units_of(weights.experience)
    units = len(c.units)
    movers = np.array([c.movers[m] for m in part.who.tolist()], dtype=np.int64)
    own = c.own[movers]
    into = c.unit_of[part.where]
    fresh: Flags = (own < 0) | (c.unit_of[own] != into)
    able = np.array([c.experienced(person) for person in range(len(c.people))], dtype=bool)[movers]
    inside = part.units(c)
    allowed = np.zeros(units, dtype=np.int64)
    lost = np.zeros(units, dtype=np.int64)
    for unit in inside:
        allowed[unit] = len(c.unit_posts[unit]) // 2
        lost[unit] = c.lost_experience[unit]
    best = Priced(part, first, 0)
    here = best
    dearer = np.zeros(units, dtype=np.int64)
    valued = np.zeros(units, dtype=np.int64)
    for turn in range(ROUNDS):
        chosen = _chosen(part, here.relaxed.places)
        come = np.bincount(into[chosen & fresh], minlength=units)
        gained = np.bincount(into[chosen & able], minlength=units)
        # Steps shrink from the whole weight to a fraction of it: whole units in, whole units out.
        dearer = np.clip(dearer + (come - allowed) * dear // (1 + turn), 0, dear)
        valued = np.clip(valued + (lost - gained) * missed // (1 + turn), 0, missed)
        worth: Ints = part.worth - dearer[into] * fresh + valued[into] * able
        priced = replace(part, worth=worth)
        found = relax(c, priced, seed)
        assert found is not None, "prices do not change what is possible"
        here = Priced(priced, found, int((dearer * allowed).sum() - (valued * lost).sum()))
        if here.bound < best.bound:
            best = here
        tell()
    return best


def _chosen(part: Part, places: dict[int, int]) -> Flags:
    seat = np.full(int(part.movers.max()) + 1, -1, dtype=np.int64)
    for mover, post in places.items():
        seat[mover] = post
    found: Flags = part.where == seat[part.who]
    return found
