"""The whole problem of a part for CP-SAT: possible moves as switches, joint rules as linear constraints.

One worker, a fixed seed and a limit in deterministic time (CP-SAT's count of its own work, about seconds of a slow
core): the same question gets the same answer however busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies.planner.compiled import Compiled, Ints
from policies.planner.relaxation import Part


@dataclass(frozen=True)
class Exact:
    """What CP-SAT found among the moves it was given. ``bound`` holds for these moves only.
    ``places`` None and ``impossible`` True: there is no plan among them.
    """

    places: dict[int, int] | None
    worth: int
    bound: int
    proven: bool
    impossible: bool


class _Model:
    def __init__(self, c: Compiled, part: Part, columns: Ints) -> None:
        from ortools.sat.python import cp_model

        self.c, self.part = c, part
        self.model = model = cp_model.CpModel()
        self.moves: dict[tuple[int, int], Any] = {}
        self.stays: dict[int, Any] = {}
        self.off: list[Any] = []
        self.above: list[tuple[Any, int, int, int, set[int]]] = []  # variable, unit, sign, start, movers who count
        by_mover: dict[int, list[Any]] = {m: [] for m in part.movers.tolist()}
        by_post: dict[int, list[Any]] = {}
        self.into: dict[int, list[tuple[int, Any]]] = {}
        terms, factors = [], []
        for who, where, worth in zip(
            part.who[columns].tolist(), part.where[columns].tolist(), part.worth[columns].tolist(), strict=True
        ):
            switch = self.moves[who, where] = model.new_bool_var("")
            by_mover[who].append(switch)
            by_post.setdefault(where, []).append(switch)
            self.into.setdefault(int(c.unit_of[where]), []).append((who, switch))
            terms.append(switch)
            factors.append(worth)
        for mover in part.movers.tolist():
            person = c.movers[mover]
            if person not in c.pins:
                stay = self.stays[mover] = model.new_bool_var("")
                by_mover[mover].append(stay)
                if c.own[person] >= 0:
                    by_post.setdefault(int(c.own[person]), []).append(stay)
        for switches in by_mover.values():
            model.add_exactly_one(switches)
        for switches in by_post.values():
            if len(switches) > 1:
                model.add_at_most_one(switches)
        for unit, need in part.needs.items():
            model.add(sum(switch for _who, switch in self.into.get(unit, ())) >= need)
        for one, other in part.pairs:
            self._family(one, other)
        self._penalties()
        self.value = cp_model.LinearExpr.weighted_sum(terms, factors) - sum(self.off)
        model.maximize(self.value)

    def _sits(self, mover: int, unit: int, kind: str) -> tuple[list[Any], list[Any]]:
        """(switches that bring ``mover`` to a post of the kind in the unit, the switch that leaves them on one)."""
        coming = [
            self.moves[mover, post]
            for post in self.c.kind_posts.get((unit, kind), ())
            if (mover, post) in self.moves
        ]  # fmt: skip
        own = int(self.c.own[self.c.movers[mover]])
        holds = own >= 0 and self.c.unit_of[own] == unit and self.c.posts[own].kind == kind
        return coming, [self.stays[mover]] if holds and mover in self.stays else []

    def _family(self, one: int, other: int) -> None:
        for unit in range(len(self.c.units)):
            if (unit, "head") not in self.c.kind_posts or (unit, "accounting") not in self.c.kind_posts:
                continue
            for head, book in ((one, other), (other, one)):
                heads, remains_head = self._sits(head, unit, "head")
                books, remains_book = self._sits(book, unit, "accounting")
                if heads and (books or remains_book):
                    self.model.add_at_most_one([*heads, *books, *remains_book])
                if books and remains_head:
                    self.model.add_at_most_one([*remains_head, *books])

    def _penalties(self) -> None:
        c, weights = self.c, self.c.problem.weights
        if not weights.continuity and not weights.experience:
            return
        touched = set(self.into)
        touched |= {int(c.unit_of[c.own[c.movers[m]]]) for m in self.part.movers.tolist() if c.own[c.movers[m]] >= 0}
        for unit in sorted(touched):
            coming = self.into.get(unit, [])
            if weights.continuity:
                fresh = [(m, s) for m, s in coming if self._newcomer(m, unit)]
                self._above(unit, fresh, 1, -(len(c.unit_posts[unit]) // 2), c.units_of(weights.continuity))
            if weights.experience and c.lost_experience[unit]:
                gained = [(m, s) for m, s in coming if c.experienced(c.movers[m])]
                self._above(unit, gained, -1, c.lost_experience[unit], c.units_of(weights.experience))

    def _newcomer(self, mover: int, unit: int) -> bool:
        own = int(self.c.own[self.c.movers[mover]])
        return own < 0 or int(self.c.unit_of[own]) != unit

    def _above(self, unit: int, coming: list[tuple[int, Any]], sign: int, start: int, factor: int) -> None:
        """Take off ``factor`` for each one by which ``start`` ± those who come is above nothing."""
        most = start if sign < 0 else start + len(coming)
        if most <= 0 or not factor:
            return
        above = self.model.new_int_var(0, most, "")
        self.model.add(above >= start + sign * sum(switch for _mover, switch in coming))
        self.off.append(above * factor)
        movers = {mover for mover, _switch in coming}
        self.above.append((above, unit, sign, start, movers))

    def hint(self, places: dict[int, int]) -> None:
        for (mover, post), switch in self.moves.items():
            self.model.add_hint(switch, places.get(mover, -1) == post)
        for mover, stay in self.stays.items():
            self.model.add_hint(stay, places.get(mover, -1) < 0)
        entered: dict[int, list[int]] = {}
        for mover, post in places.items():
            if post >= 0:
                entered.setdefault(int(self.c.unit_of[post]), []).append(mover)
        for above, unit, sign, start, movers in self.above:
            come = sum(mover in movers for mover in entered.get(unit, ()))
            self.model.add_hint(above, max(0, start + sign * come))

    def worth(self, places: dict[int, int]) -> int:
        """The exact units of places: the solver reports in binary floats."""
        part = self.part
        chosen = [places[mover] == post for mover, post in zip(part.who.tolist(), part.where.tolist(), strict=True)]
        return int(part.worth[chosen].sum()) - self.c.penalty(places, self.part.units(self.c))

    def places(self, solver: Any) -> dict[int, int]:
        found = dict.fromkeys(self.part.movers.tolist(), -1)
        found.update({mover: post for (mover, post), switch in self.moves.items() if solver.boolean_value(switch)})
        return found


def search(
    c: Compiled,
    part: Part,
    columns: Ints,
    *,
    hint: dict[int, int] | None,
    most: int,
    work: Any,
    seed: int,
    tell: Callable[[int, int], None],
) -> Exact:
    """The best plan of ``part`` among the moves ``columns`` (positions in ``part.who``).

    ``most``: a bound that is known already, in units. ``work``: limit in deterministic time. ``tell(worth, bound)`` is
    called at every better plan; what it raises stops the search and is raised here.
    """
    from ortools.sat.python import cp_model

    built = _Model(c, part, columns)
    built.model.add(built.value <= most)
    if hint is not None:
        built.hint(hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    solver.parameters.linearization_level = 2
    solver.parameters.symmetry_level = 0
    raised: list[BaseException] = []

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            try:
                tell(int(self.objective_value), int(self.best_objective_bound))
            except BaseException as error:
                raised.append(error)
                self.stop_search()

    status = solver.solve(built.model, Listener())
    if raised:
        raise raised[0]
    if status == cp_model.INFEASIBLE:
        return Exact(None, 0, most, True, True)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Exact(None, 0, most, False, False)
    places = built.places(solver)
    worth = built.worth(places)
    bound = worth if status == cp_model.OPTIMAL else min(most, int(solver.best_objective_bound))
    return Exact(places, worth, bound, status == cp_model.OPTIMAL, False)
