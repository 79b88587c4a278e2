"""The plan a careful person makes by hand: one after the other, the best free post for each."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from policies.planner import explaining
from policies.planner.compiled import Compiled, compiled
from policies.planner.parts import whole
from policies.planner.plan import Conflict, Plan
from policies.planner.problem import Problem
from policies.planner.relaxation import clash, shortage
from policies.planner.rules import STAFFING


def greedy(problem: Problem) -> Plan:
    """A plan without search: pins first, then those with the fewest posts; short units are filled first; posts that
    become vacant are offered in the next turn. No bound is known. When pins or staffing are not met, ``infeasible``
    only says that this way did not find a plan.
    """
    c = compiled(problem)
    hand = _Hand(c)
    for mover in hand.order:
        if c.movers[mover] in c.pins:
            hand.place(mover)
    more = True
    while more:
        placed = [hand.place(mover) for mover in hand.order if hand.places[mover] < 0]
        more = any(placed)
    missing = [mover for mover in hand.order if c.movers[mover] in c.pins and hand.places[mover] < 0]
    lacking = shortage(c, whole(c), dict(enumerate(hand.places)))
    if missing or any(n > 0 for n in lacking.values()):
        faults = [Conflict("pinned", "Không xếp được hết những người đã ghim.")] if missing else []
        short = [c.units[unit] for unit, n in lacking.items() if n > 0]
        if short:
            faults.append(Conflict(STAFFING, f"Chưa đủ người tối thiểu ở {len(short)} đơn vị."))
        return Plan("infeasible", conflict=tuple(faults), conflict_proven=False)
    total = sum(int(c.scores(c.movers[m])[post]) for m, post in enumerate(hand.places) if post >= 0)
    penalty = Fraction(c.penalty(dict(enumerate(hand.places))), c.scale)
    moves, left = explaining.tell_plan(c, hand.places, proven=False)
    return Plan(
        "feasible", Fraction(total, c.scale) - penalty, moves=moves, unplaced=left, unit_penalty=penalty
    )  # fmt: skip


class _Hand:
    def __init__(self, c: Compiled) -> None:
        self.c = c
        self.places = [-1] * len(c.movers)
        self.free = c.occupant < 0
        self.need = dict(c.needs)
        who, where, units = c.edges
        starts = np.searchsorted(who, np.arange(len(c.movers) + 1)).tolist()
        self.options = [(where[a:b], units[a:b]) for a, b in pairwise(starts)]
        self.order = sorted(range(len(c.movers)), key=lambda m: (len(self.options[m][0]), m))
        self.kin: dict[int, list[int]] = {}
        for one, other in c.family_pairs:
            self.kin.setdefault(one, []).append(other)
            self.kin.setdefault(other, []).append(one)

    def place(self, mover: int) -> bool:
        """The best free post for ``mover``, a post in a short unit before all others; whether there was one."""
        posts, units = self.options[mover]
        open_rows = np.flatnonzero(self.free[posts])

        def rank(row: int) -> tuple[bool, int]:
            return self.need.get(int(self.c.unit_of[posts[row]]), 0) <= 0, -int(units[row])

        ranked = sorted(open_rows.tolist(), key=rank)
        for row in ranked:
            post = int(posts[row])
            if any(clash(self.c, mover, post, other, self.places[other]) for other in self.kin.get(mover, ())):
                continue
            self.places[mover] = post
            self.free[post] = False
            own = int(self.c.own[self.c.movers[mover]])
            if own >= 0:
                self.free[own] = True
            unit = int(self.c.unit_of[post])
            if unit in self.need:
                self.need[unit] -= 1
            return True
        return False
