"""Why there is no plan: the smallest set of rules that cannot hold together, in words.

Every rule gets a switch. A set of rules is in conflict exactly when it meets every *correction set* (rules whose giving
up makes the rest possible); so the smallest conflict is the smallest set that meets them all, found by asking in turn
for the smallest set that meets those known so far and for a correction set it misses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from policies.planner import rules as r
from policies.planner.compiled import Compiled
from policies.planner.parts import whole
from policies.planner.plan import Conflict
from policies.planner.relaxation import relax

Key = tuple[str, int, int]
_T = TypeVar("_T")
MOST_MOVES = 60_000
MOST_TURNS = 60
NAMED = 8  # people named in one sentence
RELAXABLE = (r.GRADES, r.QUALIFICATIONS, r.NO_RETURN, r.FORBIDDEN, r.FAMILY)


def smallest(c: Compiled, *, seconds: int, seed: int) -> tuple[tuple[Conflict, ...], bool]:
    """A smallest set of rules in conflict and whether no smaller one exists. For problems without a plan only."""
    plain = _pins(c) or _small_units(c)
    if plain:
        return plain, True
    crowded = _crowded(c)
    if crowded:
        return crowded, False
    units = _short_units(c, seed)
    near = _Network(c, seconds, seed, units)
    keys, proven = near.smallest() if near.impossible() else _Network(c, seconds, seed, None).smallest()
    return tuple(_words(c, key) for key in keys), proven


def _crowded(c: Compiled) -> tuple[Conflict, ...]:
    """The fewest units that together need more people than may move."""
    if sum(c.needs.values()) <= len(c.movers):
        return ()
    chosen, total = [], 0
    for unit in sorted(c.needs, key=lambda unit: -c.needs[unit]):
        chosen.append(unit)
        total += c.needs[unit]
        if total > len(c.movers):
            break
    text = f"Các đơn vị này cần thêm tất cả {total} người, mà chỉ có {len(c.movers)} người được chuyển."
    return (*(_words(c, (r.STAFFING, unit, -1)) for unit in chosen), Conflict(r.ONE_POST, text))


def _short_units(c: Compiled, seed: int) -> list[int]:
    """Units that cannot be staffed together though any smaller choice among them can, by flows; all of them when the
    flow alone does not see the conflict.
    """
    part = whole(c)
    units = list(part.needs)

    def fails(some: list[int]) -> bool:
        return relax(c, replace(part, needs={unit: part.needs[unit] for unit in some}), seed, vacate=True) is None

    if not units or not fails(units):
        return units
    return _thin(units, fails)


def _thin(items: list[_T], fails: Callable[[list[_T]], bool]) -> list[_T]:
    """What is left of ``items`` when nothing more can be left out for ``fails`` to stay true: halves first."""
    size = len(items)
    while size:
        size //= 2
        start = 0
        while size and start < len(items):
            rest = items[:start] + items[start + size :]
            if fails(rest):
                items = rest
            else:
                start += size
    if len(items) == 1 and fails([]):
        return []
    return items


def _pins(c: Compiled) -> tuple[Conflict, ...]:
    """Pins that cannot hold whatever the others do."""
    by_post: dict[int, list[int]] = {}
    for person, posts in c.pins.items():
        if person not in c.mover_at:
            continue
        if len(posts) > 1:
            return (*(_words(c, (r.PINNED, person, post)) for post in posts[:2]), _words(c, (r.ONE_POST, -1, -1)))
        by_post.setdefault(posts[0], []).append(person)
        for code, flags in c.removed(person).items():
            if flags[posts[0]]:
                return (_words(c, (r.PINNED, person, posts[0])), _reason(c, code, person, posts[0]))
    for post, people in by_post.items():
        if len(people) > 1:
            pins = (_words(c, (r.PINNED, person, post)) for person in people[:2])
            return (*pins, _words(c, (r.ONE_POST, -1, -1)))
    return ()


def _reason(c: Compiled, code: str, person: int, post: int) -> Conflict:
    from policies.planner.explaining import sentence

    return Conflict(code, sentence(c, code, person, post), (c.people[person].id,), (c.posts[post].id,))


def _small_units(c: Compiled) -> tuple[Conflict, ...]:
    """A unit that has fewer posts than people it must keep."""
    for unit, need in c.needs.items():
        size = len(c.unit_posts[unit])
        least = c.problem.rules.min_staffing[c.units[unit]]
        if least > size:
            name = c.problem.unit_label(c.units[unit])
            text = f"Đơn vị {name} phải có ít nhất {least} người nhưng chỉ có {size} vị trí (thiếu {need} người)."
            return (Conflict(r.STAFFING, text, unit=c.units[unit]),)
    return ()


class _Network:
    """The feasibility question with a switch per rule.

    With ``units`` only their posts and the pinned ones are told apart; going anywhere else is one more switch without
    a limit. That only makes plans easier, so what is in conflict there is in conflict.
    """

    def __init__(self, c: Compiled, seconds: int, seed: int, units: list[int] | None) -> None:
        from ortools.sat.python import cp_model

        self.c, self.seconds, self.seed = c, seconds, seed
        self.cp = cp_model
        self.model = cp_model.CpModel()
        self.switches: dict[Key, Any] = {}
        self.moves: dict[tuple[int, int], Any] = {}
        self.stays: dict[int, Any] = {}
        self.needs = c.needs if units is None else {unit: c.needs[unit] for unit in units}
        self.near = units is not None
        self.cut = False  # whether possible moves were left out: then "smallest" is not proven
        self._build()

    def switch(self, key: Key) -> Any:
        if key not in self.switches:
            self.switches[key] = self.model.new_bool_var("")
        return self.switches[key]

    def _build(self) -> None:
        c, model = self.c, self.model
        wanted = np.isin(c.unit_of, list(self.needs))
        room = MOST_MOVES // max(1, len(c.movers))
        for person in c.movers:
            pins = c.pins.get(person, [])
            removed = c.removed(person)
            hard = removed[r.OWN_POST] | removed[r.OCCUPIED] | removed[r.EXEMPT]
            soft = np.logical_or.reduce([removed[code] for code in RELAXABLE])
            free = np.flatnonzero(~hard & ~soft)
            switches = []
            if self.near:
                if (~wanted[free]).any() and not pins:
                    switches.append(model.new_bool_var(""))
                free = free[:0]
            elif len(free) > room:
                self.cut = True
                free = free[:: -(-len(free) // room)]
            near = np.flatnonzero(~hard & wanted)
            for post in sorted({*free.tolist(), *near.tolist(), *pins}):
                move = self.moves[person, post] = model.new_bool_var("")
                switches.append(move)
                for code in RELAXABLE:
                    if removed[code][post]:
                        model.add_implication(self.switch((code, -1, -1)), ~move)
            stay = self.stays[person] = model.new_bool_var("")
            model.add_exactly_one([*switches, stay])
            for post in pins:
                pin = self.switch((r.PINNED, person, post))
                model.add_implication(pin, self.moves[person, post])
        self._posts()
        self._units()
        self._family()

    def _posts(self) -> None:
        by_post: dict[int, list[Any]] = {}
        for (_person, post), move in self.moves.items():
            by_post.setdefault(post, []).append(move)
        for person, stay in self.stays.items():
            if self.c.own[person] >= 0:
                by_post.setdefault(int(self.c.own[person]), []).append(stay)
        rule = self.switch((r.ONE_POST, -1, -1))
        for switches in by_post.values():
            if len(switches) > 1:
                self.model.add(sum(switches) <= 1).only_enforce_if(rule)

    def _units(self) -> None:
        c, model = self.c, self.model
        into: dict[int, list[Any]] = {}
        for (_person, post), move in self.moves.items():
            into.setdefault(int(c.unit_of[post]), []).append(move)
        for unit, need in self.needs.items():
            counted = list(into.get(unit, []))
            for person, stay in self.stays.items():
                own = int(c.own[person])
                if own < 0 or c.unit_of[own] != unit:
                    continue
                if c.must_leave(person):
                    remains = model.new_bool_var("")
                    model.add_implication(remains, stay)
                    model.add_implication(remains, ~self.switch((r.LEAVE, unit, -1)))
                    counted.append(remains)
                else:
                    counted.append(stay)
            model.add(sum(counted) >= need).only_enforce_if(self.switch((r.STAFFING, unit, -1)))

    def _family(self) -> None:
        c = self.c
        for one, other in c.family_pairs:
            pair = c.movers[one], c.movers[other]
            for head, book in (pair, pair[::-1]):
                for (unit, kind), posts in c.kind_posts.items():
                    if kind != "head" or (unit, "accounting") not in c.kind_posts:
                        continue
                    books = c.kind_posts[unit, "accounting"]
                    heads = [self.moves[head, p] for p in posts if (head, p) in self.moves]
                    taken = [self.moves[book, p] for p in books if (book, p) in self.moves]
                    still_head = [self.stays[head]] if c.own[head] in posts else []
                    still_book = [self.stays[book]] if c.own[book] in books else []
                    rule = self.switch((r.FAMILY, -1, -1))
                    if heads and (taken or still_book):
                        self.model.add(sum([*heads, *taken, *still_book]) <= 1).only_enforce_if(rule)
                    if taken and still_head:
                        self.model.add(sum([*taken, *still_head]) <= 1).only_enforce_if(rule)

    def impossible(self) -> bool:
        """Whether all rules together cannot hold here."""
        return self._correction(list(self.switches), list(self.switches)) == []

    # --- the smallest set --------------------------------------------------------------------------------------------
    def smallest(self) -> tuple[list[Key], bool]:
        """The rules of a smallest conflict; proven False when time ran out (then every rule is at least needed)."""
        keys = list(self.switches)
        corrections: list[list[Key]] = []
        for _turn in range(MOST_TURNS):
            chosen = self._hitting(keys, corrections)
            missed = self._correction(keys, chosen)
            if missed is None:
                break
            if not missed:
                return sorted(chosen, key=keys.index), not self.cut
            corrections.append(missed)
        return self._by_deletion(keys), False

    def _solver(self) -> Any:
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed % 2**31
        solver.parameters.max_deterministic_time = max(1, self.seconds // 6)
        return solver

    def _hitting(self, keys: list[Key], corrections: list[list[Key]]) -> list[Key]:
        model = self.cp.CpModel()
        switches = {key: model.new_bool_var("") for key in keys}
        for correction in corrections:
            model.add_at_least_one([switches[key] for key in correction])
        model.minimize(sum(switches.values()))
        solver = self._solver()
        solver.solve(model)
        return [key for key in keys if solver.boolean_value(switches[key])]

    def _correction(self, keys: list[Key], chosen: list[Key]) -> list[Key] | None:
        """A smallest set of rules to give up so that ``chosen`` and the rest hold; [] when ``chosen`` cannot hold;
        None when the time ran out.
        """
        model = self.model.clone()
        held = [model.get_bool_var_from_proto_index(self.switches[key].index) for key in keys]
        for key, switch in zip(keys, held, strict=True):
            if key in chosen:
                model.add(switch == 1)
        model.maximize(sum(held))
        solver = self._solver()
        status = solver.solve(model)
        if status == self.cp.INFEASIBLE:
            return []
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None
        return [key for key, switch in zip(keys, held, strict=True) if not solver.boolean_value(switch)] or None

    def _by_deletion(self, keys: list[Key]) -> list[Key]:
        """Leave out one rule after the other for as long as the rest still cannot hold."""

        def fails(some: list[Key]) -> bool:
            model = self.model.clone()
            for key in some:
                model.add(model.get_bool_var_from_proto_index(self.switches[key].index) == 1)
            return bool(self._solver().solve(model) == self.cp.INFEASIBLE)

        return _thin(list(keys), fails)


def _words(c: Compiled, key: Key) -> Conflict:
    code, first, second = key
    rule = r.rules_for(c.problem.purpose)[code]
    if code == r.PINNED:
        person, post = c.people[first], c.posts[second]
        return Conflict(code, f"Đã ghim {person.label} vào vị trí {post.label}.", (person.id,), (post.id,))
    if code == r.STAFFING:
        unit = c.units[first]
        least, need = c.problem.rules.min_staffing[unit], c.needs[first]
        text = (
            f"Đơn vị {c.problem.unit_label(unit)} phải có ít nhất {least} người sau khi chuyển; "
            f"chỉ {least - need} người không chuyển, cần thêm {need} người đến."
        )
        return Conflict(code, text, unit=unit)
    if code == r.LEAVE:
        unit = c.units[first]
        leaving = [c.people[p] for p in c.movers if c.must_leave(p) and c.own[p] >= 0 and c.unit_of[c.own[p]] == first]
        names = ", ".join(person.label for person in leaving[:NAMED])
        more = f" và {len(leaving) - NAMED} người khác" if len(leaving) > NAMED else ""
        called = "được chọn luân chuyển" if c.problem.purpose == r.ROTATION else "đến hạn"
        text = f"{len(leaving)} người {called} của đơn vị {c.problem.unit_label(unit)} phải rời vị trí: {names}{more}."
        return Conflict(code, text, tuple(person.id for person in leaving), unit=unit)
    return Conflict(code, f"{rule.name} ({rule.article}).")
