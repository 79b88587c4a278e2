"""``solve``: flow first, parts apart, CP-SAT where joint rules bind; every plan with a bound that holds for all posts.

1. The assignment without joint rules is solved exactly as a flow. Where it keeps the joint rules it is the best plan.
2. The rest falls into parts that share nothing. In each, branch and bound on flows settles the few joint rules broken.
3. Where units are weighed (continuity, experience), prices per unit make the bound of the flow aware of it, and CP-SAT
   searches the moves that matter; also where branches become many. Moves are left out by their reduced cost: a plan
   with a left-out move cannot be worth more than the bound less that cost, so the proof covers all moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from policies.planner import conflict, explaining
from policies.planner.branching import Tree
from policies.planner.compiled import Compiled, Ints, compiled
from policies.planner.exact import search
from policies.planner.parts import split, whole
from policies.planner.plan import Plan, PlannerStopped, gap_of
from policies.planner.pricing import Priced, price_units
from policies.planner.problem import Problem
from policies.planner.relaxation import Part, Relaxed, holds, reduced_costs, relax

MOST_COLUMNS = 40_000  # moves CP-SAT is given at once; more only slows it down
PER_PERSON = (12, 40)  # moves kept per person in the first and the second search of a large part
FLOW_SPEED = 1_000_000  # possible moves per unit of work
FLOWS = (8, 400)  # questions of branch and bound: at least, at most


@dataclass(frozen=True)
class Progress:
    """Where the planner is: a Vietnamese sentence, parts done out of all."""

    message: str
    done: int
    total: int


Listener = Callable[[Progress], object]


@dataclass
class _Answer:
    places: dict[int, int]
    worth: int
    bound: int


class _NoPlan(Exception):
    """A part has no plan at all."""


def solve(problem: Problem, *, seconds: int = 60, seed: int = 1, on_progress: Listener | None = None) -> Plan:
    """The best plan that is found and proven within about ``seconds``.

    The limit is counted in work, not by the clock: the same problem, seconds and seed give the same plan. ``seed``
    chooses among equally good plans. ``on_progress`` is called between and during searches; what it raises (a
    cancelled job) ends the planning and is raised here. Raises ``PlannerStopped`` when the time was too short to find
    any plan or to prove that there is none, ``CaseFaults`` when the weights are too large to count with.
    """
    c = compiled(problem)
    tell = on_progress or (lambda _progress: None)
    tell(Progress("Đang lập danh sách vị trí khả dụng cho từng người", 0, 1))
    try:
        answers = _answers(c, seconds, seed, tell)
    except _NoPlan:
        tell(Progress("Không có phương án; đang tìm các quy tắc mâu thuẫn nhau", 0, 1))
        found, proven = conflict.smallest(c, seconds=seconds, seed=seed)
        return Plan("infeasible", conflict=found, conflict_proven=proven)
    places = [-1] * len(c.movers)
    for answer in answers:
        for mover, post in answer.places.items():
            places[mover] = post
    worth, bound = sum(a.worth for a in answers), sum(a.bound for a in answers)
    placed = sum(post >= 0 for post in places)
    objective = Fraction(worth - c.step * placed, c.scale)
    best = Fraction(bound - c.step * placed, c.scale)
    moves, unplaced = explaining.tell_plan(c, places, proven=worth == bound)
    return Plan(
        "optimal" if worth == bound else "feasible",
        objective,
        best,
        gap_of(objective, best),
        moves,
        unplaced,
        unit_penalty=Fraction(c.penalty(dict(enumerate(places))), c.scale),
    )


def _answers(c: Compiled, seconds: int, seed: int, tell: Listener) -> list[_Answer]:
    for person, posts in c.pins.items():
        if person in c.mover_at and (len(posts) > 1 or _barred(c, person, posts[0])):
            raise _NoPlan
    part = whole(c)
    if not len(part.movers):
        if part.needs:
            raise _NoPlan
        return []
    first = relax(c, part, seed)
    if first is None or (part.needs and relax(c, part, seed, vacate=True) is None):
        raise _NoPlan
    plain = not (c.problem.weights.continuity or c.problem.weights.experience)
    if plain and holds(c, part, first.places):
        return [_Answer(first.places, first.worth, first.worth)]
    parts = split(c, part)
    if sum(len(p.needs) for p in parts) < len(part.needs):
        raise _NoPlan  # a short unit that nobody who moves can reach
    answers: list[_Answer] = []
    hard: list[tuple[Part, Relaxed]] = []
    for piece in parts:
        places = {mover: first.places[mover] for mover in piece.movers.tolist()}
        relaxed = _as_relaxed(piece, places)
        if holds(c, piece, places) and (plain or not c.penalty(places, piece.units(c))):
            answers.append(_Answer(places, relaxed.worth, relaxed.worth))
        else:
            hard.append((piece, relaxed))
    weight = sum(len(piece.who) for piece, _relaxed in hard)
    for at, (piece, relaxed) in enumerate(hard):
        message = f"Đang giải nhóm {at + 1}/{len(hard)}: {len(piece.movers)} người, {len(piece.who)} khả năng"
        tell(Progress(message, at, len(hard)))
        # A third of a second of work per second: CP-SAT counts its work faster than a busy machine does it.
        share = Fraction(max(1, seconds), 3) * max(len(piece.who), 1) / max(weight, 1)
        answers.append(_Search(c, piece, relaxed, plain, share, seed, tell, (at, len(hard))).answer())
    tell(Progress("Đang viết lý do cho từng người", 1, 1))
    return answers


def _barred(c: Compiled, person: int, post: int) -> bool:
    return any(bool(flags[post]) for flags in c.removed(person).values())


def _as_relaxed(part: Part, places: dict[int, int]) -> Relaxed:
    seat = np.full(int(part.movers.max()) + 1, -1, dtype=np.int64)
    for mover, post in places.items():
        seat[mover] = post
    return Relaxed(places, int(part.worth[part.where == seat[part.who]].sum()))


class _Search:
    """One part: branch and bound on flows, then CP-SAT over fewer or more moves."""

    def __init__(
        self, c: Compiled, part: Part, first: Relaxed, plain: bool, work: Fraction, seed: int, tell: Listener,
        at: tuple[int, int],
    ) -> None:  # fmt: skip
        self.c, self.part, self.plain, self.work, self.seed = c, part, plain, work, seed
        self.tell, self.at, self.relaxed = tell, at, first
        self.bound = first.worth
        self.best: _Answer | None = None
        self.priced = Priced(part, first, 0)
        if not plain and holds(c, part, first.places):
            worth = first.worth - c.penalty(first.places, part.units(c))
            self.best = _Answer(first.places, worth, worth)

    @property
    def done(self) -> bool:
        return self.best is not None and self.best.worth >= self.bound

    def answer(self) -> _Answer:
        """The best plan of the part with its bound; raises ``_NoPlan`` or ``PlannerStopped``."""
        self.branch()
        if not self.done:
            self.weigh_units()
            self.exactly()
        if self.best is None:
            raise PlannerStopped("Hết thời gian mà chưa tìm được phương án; hãy tăng số giây hoặc bớt ràng buộc.")
        return _Answer(self.best.places, self.best.worth, max(self.bound, self.best.worth))

    def branch(self) -> None:
        """Flows until the joint rules hold. With weights per unit the plan found is a start, not yet the best."""
        # A flow over a million moves takes about a second of a slow core.
        most = int(self.work * FLOW_SPEED) // max(1, len(self.part.who))
        tree = Tree(self.c, self.part, self.relaxed, self.seed)
        tree.run(
            min(max(most, FLOWS[0]), FLOWS[1]),
            lambda asked, limit: self.tell(Progress(f"Đang xét nhánh {asked}/{limit}", *self.at)),
        )
        if tree.impossible:
            raise _NoPlan
        self.bound = tree.bound
        if tree.best is not None:
            places = tree.best.places
            off = 0 if self.plain else self.c.penalty(places, self.part.units(self.c))
            if self.best is None or tree.best.worth - off > self.best.worth:
                self.best = _Answer(places, tree.best.worth - off, tree.best.worth - off)

    def weigh_units(self) -> None:
        """Prices for continuity and experience: a lower bound, and better reduced costs for what may be left out."""
        if self.plain:
            return
        self.priced = price_units(self.c, self.part, self.relaxed, self.seed, lambda: self.say_bound())
        self.bound = min(self.bound, self.priced.bound)
        places = self.priced.relaxed.places
        if holds(self.c, self.part, places):
            worth = self.priced.worth(self.part) - self.c.penalty(places, self.part.units(self.c))
            if self.best is None or worth > self.best.worth:
                self.best = _Answer(places, worth, worth)

    def say_bound(self) -> None:
        self.tell(Progress("Đang tính cận trên theo đơn vị", *self.at))

    # --- CP-SAT ------------------------------------------------------------------------------------------------------
    def exactly(self) -> None:
        everything: Ints = np.arange(len(self.part.who), dtype=np.int64)
        if len(everything) <= MOST_COLUMNS:
            self.run(everything, None, self.work)
            return
        lost = reduced_costs(self.c, self.priced.part, self.priced.relaxed)
        if self.useful(lost, MOST_COLUMNS, self.work):
            return
        for most in PER_PERSON:
            self.run(*self.choose(lost, most), self.work / 4)
            if self.done:
                return
        if self.best is None:
            self.run(everything, None, self.work)
        else:
            self.useful(lost, 2 * MOST_COLUMNS, self.work / 2)

    def useful(self, lost: Ints, most: int, work: Fraction) -> bool:
        """Search all moves that a better plan may contain, when there is a plan to beat and they are at most
        ``most``; whether it was done.
        """
        if self.best is None:
            return False
        gap = max(0, self.priced.bound - self.best.worth)
        columns = np.flatnonzero(lost <= gap)
        if len(columns) > most:
            return False
        left = lost[lost > gap]
        self.run(columns, int(left.min()) if len(left) else None, work)
        return True

    def choose(self, lost: Ints, most: int) -> tuple[Ints, int | None]:
        """The moves with the least reduced cost: per person, per post of a short unit; those of the plan and the flow.
        Also the least reduced cost of what is left out.
        """
        part = self.part
        keep = np.zeros(len(part.who), dtype=bool)
        # Among equals each person starts at another post, or everybody would be given the same few.
        turn = (part.where * 7919 + part.who * 104729) % 1_000_003
        self._least(keep, part.who, lost, turn, most)
        short = np.isin(self.c.unit_of[part.where], list(part.needs))
        rows = np.flatnonzero(short)
        some = np.zeros(len(rows), dtype=bool)
        self._least(some, part.where[rows], lost[rows], turn[rows], most)
        keep[rows[some]] = True
        width = np.int64(len(self.c.posts))
        for places in [self.priced.relaxed.places, *([self.best.places] if self.best else [])]:
            seats = np.array([mover * width + post for mover, post in places.items() if post >= 0], dtype=np.int64)
            keep |= np.isin(part.who * width + part.where, seats)
        left = lost[~keep]
        return np.flatnonzero(keep), int(left.min()) if len(left) else None

    @staticmethod
    def _least(keep: Any, group: Ints, lost: Ints, turn: Ints, most: int) -> None:
        order = np.lexsort((turn, lost, group))
        ranked = group[order]
        starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(ranked) else ranked
        rank = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.append(starts, len(ranked))))
        keep[order[rank < most]] = True

    def run(self, columns: Ints, left_out: int | None, work: Fraction) -> None:
        """Search ``columns``; every move left out loses at least ``left_out`` units (None: nothing left out)."""
        if not len(columns) and not self.part.needs:
            return
        done, total = self.at

        def tell(worth: int, bound: int) -> None:
            self.tell(Progress(f"Đã có phương án; chênh với cận {bound - worth}", done, total))

        hint = self.best.places if self.best else self.relaxed.places
        found = search(
            self.c, self.part, columns, hint=hint, most=self.bound, work=float(work), seed=self.seed, tell=tell
        )
        if found.impossible and left_out is None:
            raise _NoPlan
        if found.places is not None and (self.best is None or found.worth > self.best.worth):
            self.best = _Answer(found.places, found.worth, found.worth)
        if found.impossible:
            return
        # A plan with a move that was left out is worth at most the bound of the flow less what that move loses there.
        others = found.bound if left_out is None else self.priced.bound - left_out
        self.bound = min(self.bound, max(found.bound, others))
