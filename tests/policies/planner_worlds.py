"""Small problems for the planner's tests: written short, made at random, and solved by trying everything."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from policies.planner import Move, Pair, Person, Plan, Post, Problem, Rules, Unplaced, Weights, check
from policies.planner.checking import score


def person(name, **facts):
    """A due person of grade G unless said otherwise; sets and tuples from lists."""
    for key in ("qualifications", "relatives"):
        facts[key] = frozenset(facts.get(key, ()))
    for key in ("held", "wishes"):
        facts[key] = tuple(facts.get(key, ()))
    return Person(name, **{"grade": "G", "due": True, **facts})


def post(name, unit="U", occupant=None, **facts):
    """A post for grade G."""
    for key in ("grades", "qualifications"):
        facts[key] = frozenset(facts.get(key, ("G",) if key == "grades" else ()))
    return Post(name, unit, occupant=occupant, **facts)


def problem(people, posts, *, pinned=(), forbidden=(), staffing=None, years=5, **more):
    """A problem; pins and bans as pairs of ids."""
    return Problem(
        tuple(people), tuple(posts), Rules(years, staffing or {}),
        pinned=tuple(Pair(*p) for p in pinned), forbidden=tuple(Pair(*p) for p in forbidden), **more,
    )  # fmt: skip


@st.composite
def problems(draw, most=4, units="ABC"):
    """Up to four people on up to five posts with every kind of rule in play."""
    count = draw(st.integers(1, most))
    size = draw(st.integers(count, count + 2))
    names, posts_ = [f"p{i}" for i in range(count)], [f"v{i}" for i in range(size)]
    flag = st.booleans()
    posts = [
        post(
            name, draw(st.sampled_from(units)), names[i] if i < count and draw(st.integers(0, 9)) else None,
            kind=draw(st.sampled_from(("head", "accounting", "other"))),
            grades=draw(st.sampled_from(((), ("G",), ("G", "H")))),
            qualifications=draw(st.sampled_from(((), (), ("q",)))), field=draw(st.sampled_from("xy")),
        )
        for i, name in enumerate(posts_)
    ]  # fmt: skip
    people = [
        person(
            name, due=draw(st.integers(0, 4)) > 0, exempt=draw(st.integers(0, 7)) == 0,
            grade=draw(st.sampled_from("GGH")), qualifications=draw(st.sampled_from(((), ("q",)))),
            held=draw(st.lists(st.sampled_from(posts_), max_size=1)), unit=draw(st.sampled_from(units)),
            relatives=[other for other in names if other != name and draw(st.integers(0, 3)) == 0],
            wishes=draw(st.lists(st.sampled_from(posts_), max_size=2)), years=draw(st.sampled_from((1, 20))),
            field=draw(st.sampled_from("xy")), overdue_months=draw(st.sampled_from((0, 4))),
        )
        for name in names
    ]  # fmt: skip
    staffing = draw(st.dictionaries(st.sampled_from([p.unit for p in posts]), st.integers(0, 2), max_size=2))
    pair = st.tuples(st.sampled_from(names), st.sampled_from(posts_))
    heavy = draw(flag)
    numbers = st.sampled_from((Fraction(0), Fraction(1), Fraction(5, 2)))
    weights = Weights(
        wish=draw(numbers), same_unit=draw(numbers), distance=draw(numbers), same_field=draw(numbers),
        overdue=draw(numbers), chain=draw(numbers),
        continuity=draw(numbers) if heavy else Fraction(0), experience=draw(numbers) if heavy else Fraction(0),
    )  # fmt: skip
    return problem(
        people, posts, staffing=staffing, years=draw(st.sampled_from((0, 5))),
        pinned=draw(st.lists(pair, max_size=1)) if draw(flag) else (), forbidden=draw(st.lists(pair, max_size=2)),
        weights=weights, distance={("A", "B"): Fraction(7, 2), ("C", "A"): Fraction(2)},
    )  # fmt: skip


def penalty(task, goes):
    """Continuity and experience, counted from the definition."""
    people = {p.id: p for p in task.people}
    posts = {p.id: p for p in task.posts}
    seat = {p.occupant: p for p in task.posts if p.occupant}
    pinned = {pair.person for pair in task.pinned if seat.get(pair.person) is not posts[pair.post]}
    off = Fraction(0)
    for unit in {p.unit for p in task.posts}:
        into = [who for who, where in goes.items() if posts[where].unit == unit]
        fresh = sum(who not in seat or seat[who].unit != unit for who in into)
        skilled = {p.id for p in task.people if p.years >= task.rules.experienced_years}
        lost = sum(
            who in seat and seat[who].unit == unit and ((people[who].due and not people[who].exempt) or who in pinned)
            for who in skilled
        )
        size = sum(p.unit == unit for p in task.posts)
        off += task.weights.continuity * max(0, fresh - size // 2)
        off += task.weights.experience * max(0, lost - sum(who in skilled for who in into))
    return off


def everything(task):
    """The best (placed, points) over all plans that break no rule by the independent checker; None: no plan."""
    people = {p.id: p for p in task.people}
    posts = {p.id: p for p in task.posts}
    seat = {p.occupant: p.id for p in task.posts if p.occupant}
    moving = [p.id for p in task.people if (p.due and not p.exempt) or any(pair.person == p.id for pair in task.pinned)]
    best = None
    for choice in product([None, *posts], repeat=len(moving)):
        goes = {who: where for who, where in zip(moving, choice, strict=True) if where is not None}
        if len(set(goes.values())) < len(goes):
            continue
        plan = Plan(
            "feasible",
            moves=tuple(Move(who, seat.get(who), where, Fraction(0)) for who, where in goes.items()),
            unplaced=tuple(
                Unplaced(who, {}) for who in moving if who not in goes and people[who].due and not people[who].exempt
            ),
        )
        if check(task, plan):
            continue
        points = sum((score(task, people[who], posts[where]) for who, where in goes.items()), Fraction(0))
        found = (len(goes), points - penalty(task, goes))
        best = found if best is None or found > best else best
    return best


def with_pin(task, who, where):
    """The same problem with one more pin."""
    return replace(task, pinned=(*task.pinned, Pair(who, where)))
