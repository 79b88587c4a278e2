"""Branch and bound on flows: exact for the joint rules when nothing is weighed per unit.

A flow that breaks a joint rule is split into two questions of which every plan answers one: for a family clash, one of
the two is kept off the posts in question; for a person who stays but was counted as staff, they are placed, or they
stay and the unit needs one more. The question with the highest bound is asked next.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from policies.planner.compiled import Compiled
from policies.planner.relaxation import Branch, Part, Relaxed, clash, relax, shortage


class Tree:
    """The open questions of a part. ``best``: the best plan so far; ``bound``: no plan is worth more."""

    def __init__(self, c: Compiled, part: Part, first: Relaxed, seed: int) -> None:
        self.c, self.part, self.seed = c, part, seed
        self.best: Relaxed | None = None
        self.bound = first.worth
        self.asked = 0
        self._heap: list[tuple[int, int, Branch, Relaxed]] = []
        self._push(Branch(), first)

    def _push(self, branch: Branch, found: Relaxed) -> None:
        self.asked += 1
        # Among equal bounds the newest question goes first: it is the nearest to a plan.
        heapq.heappush(self._heap, (-found.worth, -self.asked, branch, found))

    def run(self, most: int, tell: Callable[[int, int], object]) -> None:
        """Ask at most ``most`` questions; ``best`` None and nothing open means that there is no plan."""
        while self._heap and self.asked < most:
            worth, _turn, branch, found = heapq.heappop(self._heap)
            self.bound = -worth
            pieces = list(self._split(branch, found))
            if not pieces:
                self.best = found
                self._heap.clear()
                return
            for piece in pieces:
                answer = relax(self.c, self.part, self.seed, piece)
                if answer is None:
                    self.asked += 1
                else:
                    self._push(piece, answer)
            tell(self.asked, most)
        if self._heap:
            self.bound = -self._heap[0][0]

    @property
    def impossible(self) -> bool:
        """Every question was answered with no."""
        return self.best is None and not self._heap

    def _split(self, branch: Branch, found: Relaxed) -> Iterator[Branch]:
        """Questions that together cover every plan of the branch but not ``found``; none when it is a plan."""
        c, places = self.c, found.places
        for unit, lacking in shortage(c, self.part, places).items():
            if lacking <= 0:
                continue
            for mover in self.part.movers.tolist():
                own = int(c.own[c.movers[mover]])
                if places[mover] < 0 and own >= 0 and c.unit_of[own] == unit and mover not in branch.staying:
                    yield Branch(branch.banned, branch.placed | {mover}, branch.staying)
                    yield Branch(branch.banned, branch.placed, branch.staying | {mover})
                    return
        for one, other in self.part.pairs:
            if clash(c, one, places[one], other, places[other]):
                yield self._off(branch, one, places[one])
                yield self._off(branch, other, places[other])
                if self._sat_so(one, other):
                    yield Branch(branch.banned, branch.placed, branch.staying | {one, other})
                return

    def _sat_so(self, one: int, other: int) -> bool:
        """Whether they are head and accounting of one unit now: both may stay, and neither question covers that."""
        own = [int(self.c.own[self.c.movers[mover]]) for mover in (one, other)]
        if min(own) < 0 or self.c.unit_of[own[0]] != self.c.unit_of[own[1]]:
            return False
        return {self.c.posts[post].kind for post in own} == {"head", "accounting"}

    def _off(self, branch: Branch, mover: int, post: int) -> Branch:
        """``mover`` not on posts of this kind in this unit; whoever stays on one must be placed elsewhere."""
        c = self.c
        own = int(c.own[c.movers[mover]])
        at = post if post >= 0 else own
        same = c.kind_posts[int(c.unit_of[at]), c.posts[at].kind]
        banned = branch.banned | {(mover, where) for where in same}
        return Branch(banned, branch.placed | {mover} if own in same else branch.placed, branch.staying)
