"""The assignment without its joint rules, as a flow of least cost: exact, fast, and a bound for every plan.

A person who stays without a post blocks the post they hold, so "unplaced" is one more arc, to the own post. What is
left out: that people who stay without a post do not count as staff, the family bar between movers, and penalties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from policies.planner.compiled import Compiled, Ints

LOWEST = 2**60  # the price of what no exchange reaches


@dataclass(frozen=True)
class Part:
    """Some of the movers with their possible moves; nothing joins them to the others (``parts.split``).

    ``who``/``where``/``worth``: possible moves (position in ``movers``, post, units with the step). ``needs``: unit →
    people who must move in.
    """

    movers: Ints
    who: Ints
    where: Ints
    worth: Ints
    needs: dict[int, int]
    pairs: tuple[tuple[int, int], ...]

    def units(self, c: Compiled) -> list[int]:
        """The units the movers leave or may enter."""
        own = c.own[[c.movers[mover] for mover in self.movers.tolist()]]
        posts = np.concatenate([own[own >= 0], self.where])
        return [int(unit) for unit in np.unique(c.unit_of[posts])]


@dataclass(frozen=True)
class Relaxed:
    """Mover → post (−1: unplaced) for the movers of a part; what it is worth in units is a bound for the part."""

    places: dict[int, int]
    worth: int


@dataclass(frozen=True)
class Branch:
    """What one branch of the search fixes: possible moves it bans, movers who must be placed, movers who must stay."""

    banned: frozenset[tuple[int, int]] = frozenset()
    placed: frozenset[int] = frozenset()
    staying: frozenset[int] = frozenset()


def relax(c: Compiled, part: Part, seed: int, branch: Branch = Branch(), *, vacate: bool = False) -> Relaxed | None:
    """The best assignment with staffing, None when there is none: then the part has no plan in this branch.

    Units that need people ask for that much flow. People who stay count there, which only makes the bound weaker;
    those whom the branch lets stay do not. With ``vacate`` who stays neither counts nor blocks the post: another
    question that is no harder than the real one, and sees units that nobody can enter. ``seed`` only changes which of
    several equally good assignments is found.
    """
    from ortools.graph.python import min_cost_flow

    size, posts, units = len(part.movers), len(c.posts), len(c.units)
    rng = np.random.default_rng(seed)
    seat = np.full(len(c.movers), -1, dtype=np.int64)
    seat[part.movers] = rng.permutation(size)
    desk = size + rng.permutation(posts)
    sink = size + posts + units
    needs = dict(part.needs)
    keep = np.ones(len(part.who), dtype=bool)
    if branch.banned:
        width = np.int64(posts)
        keep &= ~np.isin(part.who * width + part.where, [mover * width + post for mover, post in branch.banned])
    if branch.staying:
        keep &= ~np.isin(part.who, list(branch.staying))
    order = rng.permutation(np.flatnonzero(keep))
    stay_from, stay_to = [], []
    for mover in part.movers.tolist():
        person = c.movers[mover]
        if person in c.pins or mover in branch.placed:
            continue
        own = int(c.own[person])
        stay_from.append(int(seat[mover]))
        stay_to.append(int(desk[own]) if own >= 0 and not vacate else sink)
        if mover in branch.staying and own >= 0 and int(c.unit_of[own]) in needs:
            needs[int(c.unit_of[own])] += 1
    wanted = np.isin(c.unit_of, list(needs))
    beyond = np.where(wanted, size + posts + c.unit_of, sink)
    asking = np.array(list(needs), dtype=np.int64)
    tail = np.concatenate([seat[part.who[order]], np.array(stay_from, dtype=np.int64), desk, size + posts + asking])
    ends = np.full(len(asking), sink)
    head = np.concatenate([desk[part.where[order]], np.array(stay_to, dtype=np.int64), beyond, ends])
    cost = np.zeros(len(tail), dtype=np.int64)
    cost[: len(order)] = -part.worth[order]
    room = np.ones(len(tail), dtype=np.int64)
    room[len(tail) - len(asking) :] = size
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
    flow.set_nodes_supplies(np.arange(size, dtype=np.int32), np.ones(size, dtype=np.int64))
    for unit, need in needs.items():
        flow.set_node_supply(size + posts + unit, -need)
    owed = size - sum(needs.values())
    if owed < 0:
        return None  # fewer people than the units need together
    flow.set_node_supply(sink, -owed)
    if flow.solve() != flow.OPTIMAL:
        return None
    used = order[np.flatnonzero(flow.flows(arcs[: len(order)]) > 0)]
    places = dict.fromkeys(part.movers.tolist(), -1)
    places.update(zip(part.who[used].tolist(), part.where[used].tolist(), strict=True))
    return Relaxed(places, int(part.worth[used].sum()))


def shortage(c: Compiled, part: Part, places: dict[int, int]) -> dict[int, int]:
    """Unit → people still lacking (below 0: more than needed) when the movers go to ``places``."""
    found = dict(part.needs)
    for post in places.values():
        if post >= 0:
            unit = int(c.unit_of[post])
            if unit in found:
                found[unit] -= 1
    return found


def clash(c: Compiled, one: int, one_post: int, other: int, other_post: int) -> bool:
    """Whether two related movers end as head and accounting of one unit, and not only because neither moved."""
    if one_post < 0 and other_post < 0:
        return False
    first = one_post if one_post >= 0 else int(c.own[c.movers[one]])
    second = other_post if other_post >= 0 else int(c.own[c.movers[other]])
    if first < 0 or second < 0 or c.unit_of[first] != c.unit_of[second]:
        return False
    return {c.posts[first].kind, c.posts[second].kind} == {"head", "accounting"}


def holds(c: Compiled, part: Part, places: dict[int, int]) -> bool:
    """Whether the joint rules hold too."""
    if any(lacking > 0 for lacking in shortage(c, part, places).values()):
        return False
    return not any(clash(c, a, places[a], b, places[b]) for a, b in part.pairs)


def reduced_costs(c: Compiled, part: Part, best: Relaxed) -> Ints:
    """Per possible move: at least so many units are lost against the worth of ``best`` when a plan contains it.

    ``best`` is the answer of ``relax`` without a branch. Prices of posts and units are the longest ways of exchanges
    to them from outside (Bellman–Ford over all moves at once); what no way reaches is as cheap as can be.
    """
    posts, units = len(c.posts), len(c.units)
    free = [m for m in part.movers.tolist() if c.movers[m] not in c.pins]
    own = [int(c.own[c.movers[m]]) for m in free]
    lone = posts + units  # people without a post stay at a place of their own
    where_stay = np.array([post if post >= 0 else lone + k for k, post in enumerate(own)], dtype=np.int64)
    who = np.concatenate([part.who, np.array(free, dtype=np.int64)])
    where = np.concatenate([part.where, where_stay])
    worth = np.concatenate([part.worth, np.zeros(len(free), dtype=np.int64)])
    stay_at = dict(zip(free, where_stay.tolist(), strict=True))
    seat: Ints = np.zeros(len(c.movers), dtype=np.int64)
    got: Ints = np.zeros(len(c.movers), dtype=np.int64)
    for mover, post in best.places.items():
        seat[mover] = post if post >= 0 else stay_at[mover]
    chosen = where == seat[who]
    got[who[chosen]] = worth[chosen]
    order = np.argsort(where, kind="stable")
    who, where, worth = who[order], where[order], worth[order]
    starts = np.flatnonzero(np.concatenate([[True], where[1:] != where[:-1]]))
    targets = where[starts]

    cost_of: Ints = np.full(lone + len(free), -LOWEST, dtype=np.int64)
    used = np.zeros(posts, dtype=bool)
    sitting = seat[part.movers]
    used[sitting[sitting < posts]] = True
    filled = np.bincount(c.unit_of[used], minlength=units)
    for unit in range(units):
        if filled[unit] > part.needs.get(unit, 0) or unit not in part.needs:
            cost_of[posts + unit] = 0
    cost_of[lone:] = 0
    node = posts + c.unit_of
    idle = np.flatnonzero(~used)
    for _round in range(2 * len(part.movers) + units + 2):
        before = cost_of.copy()
        cost_of[:posts] = np.maximum(cost_of[:posts], cost_of[node])
        rise = np.maximum.reduceat(worth - got[who] + cost_of[seat[who]], starts)
        cost_of[targets] = np.maximum(cost_of[targets], rise)
        np.maximum.at(cost_of, node[idle], cost_of[idle])
        if np.array_equal(before, cost_of):
            break
    found: Ints = np.maximum(got[part.who] - cost_of[seat[part.who]] + cost_of[part.where] - part.worth, 0)
    return found
