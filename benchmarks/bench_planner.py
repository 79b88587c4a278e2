"""The rotation planner on a made-up province: 500 people and 700 posts, then 5,000 and 7,000, against a greedy plan.

``python benchmarks/bench_planner.py [--only 500] [--plain]``. Every plan is checked for broken hard rules and solved
twice: the two plans must be the same.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policies.planner import Person, Post, Problem, Rules, Weights, check, greedy, solve

FIELDS = ("tài chính", "đầu tư", "đất đai", "y tế", "tư pháp", "nội vụ", "công thương", "thanh tra")
GRADES = ("01.003", "01.002", "01.004")
SKILLS = ("cử nhân", "chứng chỉ quản lý nhà nước", "kế toán trưởng", "luật", "kỹ sư", "tin học")


def province(
    people: int, posts: int, *, seed: int = 1, due: float = 1.0, staffing: float = 0.6, kin: float = 0.04,
    open_posts: bool = False, weights: Weights | None = None,
) -> Problem:  # fmt: skip
    """People on the first posts, the others vacant; units of about ten posts, each in a field and at a place.

    ``staffing``: share of the people of a unit that must be there after the moves. ``open_posts``: any grade and
    qualification everywhere, the largest number of possible moves.
    """
    rng = random.Random(seed)
    units = max(2, posts // 10)
    field_of = [FIELDS[unit % len(FIELDS)] for unit in range(units)]
    place_of = [(rng.uniform(0, 60), rng.uniform(0, 60)) for _unit in range(units)]
    unit_of = [rng.randrange(units) for _post in range(posts)]
    seats = list(range(posts))
    rng.shuffle(seats)
    grades = [rng.choices(GRADES, (6, 3, 1))[0] for _post in range(posts)]
    skills = [frozenset({"cử nhân", *rng.sample(SKILLS[1:], rng.choice((0, 0, 1, 1, 2)))}) for _post in range(posts)]
    occupant = {seats[who]: f"N{who}" for who in range(people)}
    first: set[tuple[str, int]] = set()
    made = []
    for at in range(posts):
        kind = "other"
        for wanted in ("head", "accounting"):
            if kind == "other" and (wanted, unit_of[at]) not in first:
                kind = wanted
                first.add((wanted, unit_of[at]))
        made.append(
            Post(
                f"V{at}", f"D{unit_of[at]}", kind,  # type: ignore[arg-type]
                frozenset() if open_posts else frozenset({grades[at]}),
                frozenset() if open_posts else skills[at],
                occupant.get(at), field=field_of[unit_of[at]],
            )
        )  # fmt: skip
    crowd = []
    for who in range(people):
        own = seats[who]
        near = [at for at in range(posts) if grades[at] == grades[own] and skills[at] <= skills[own]]
        extra = rng.sample(SKILLS, 2)
        crowd.append(
            Person(
                f"N{who}", grades[own], skills[own] | set(extra),
                (*(f"V{rng.randrange(posts)}" for _times in range(rng.randrange(3))), f"V{own}"),
                frozenset({f"N{rng.randrange(people)}"} - {f"N{who}"}) if rng.random() < kin else frozenset(),
                f"D{unit_of[own]}", rng.random() < due, rng.random() < 0.05,
                tuple(f"V{at}" for at in rng.sample(near, min(3, len(near)))),
                field=field_of[unit_of[own]], overdue_months=rng.choice((0, 0, 0, 6, 18)), years=rng.randrange(1, 35),
            )
        )  # fmt: skip
    seated = [sum(unit_of[seats[who]] == unit for who in range(people)) for unit in range(units)]
    roads = {
        (f"D{a}", f"D{b}"): Fraction(round(abs(place_of[a][0] - place_of[b][0]) + abs(place_of[a][1] - place_of[b][1])))
        for a in range(units)
        for b in range(a)
    }
    return Problem(
        tuple(crowd), tuple(made),
        Rules(5, {f"D{u}": int(n * staffing) for u, n in enumerate(seated) if n * staffing >= 1}),
        weights or Weights(wish=Fraction(30), distance=Fraction(1, 2), same_field=Fraction(10)), roads,
    )  # fmt: skip


def measure(name: str, problem: Problem, seconds: int) -> tuple[str, ...]:
    """One line of the table; raises when a plan breaks a rule or two runs differ."""
    began = time.perf_counter()
    plan = solve(problem, seconds=seconds, seed=1)
    took = time.perf_counter() - began
    began = time.perf_counter()
    hand = greedy(problem)
    took_hand = time.perf_counter() - began
    broken = check(problem, plan)
    assert not broken, broken[:3]
    if "--once" not in sys.argv:
        assert solve(problem, seconds=seconds, seed=1) == plan, "two runs, two plans"

    def points(value: Fraction | None) -> str:
        return "–" if value is None else f"{float(value):,.1f}"

    return (
        name, plan.status, f"{took:.1f} s", points(plan.objective), f"{float(plan.gap or 0):.3%}",
        f"{len(plan.moves)}/{len(plan.unplaced)}",
        f"{points(hand.objective)} ({hand.status})", f"{len(hand.moves)}/{len(hand.unplaced)}", f"{took_hand:.1f} s",
    )  # fmt: skip


def main() -> None:
    full = Weights(
        wish=Fraction(30), distance=Fraction(1, 2), same_field=Fraction(10), overdue=Fraction(1), chain=Fraction(1),
        continuity=Fraction(5), experience=Fraction(5),
    )  # fmt: skip
    cases = [
        ("500/700 all due", 500, 700, {}, 10),
        ("500/700 wishes only", 500, 700, {"weights": Weights()}, 10),
        ("500/700 tight staffing", 500, 700, {"staffing": 0.9}, 10),
        ("500/700 open posts", 500, 700, {"open_posts": True, "staffing": 0.9}, 10),
        ("500/700 all weights", 500, 700, {"weights": full}, 10),
        ("500/700 40 % due", 500, 700, {"due": 0.4, "staffing": 0.8}, 10),
        ("5,000/7,000 all due", 5000, 7000, {}, 300),
        ("5,000/7,000 tight staffing", 5000, 7000, {"staffing": 0.9}, 300),
    ]
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    print(f"{'case':<28}status    seconds  objective  gap  moved/unplaced  greedy  moved/unplaced  seconds")
    for name, people, posts, options, seconds in cases:
        if only and not name.startswith(only):
            continue
        print("  ".join(measure(name, province(people, posts, **options), seconds)), flush=True)
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
