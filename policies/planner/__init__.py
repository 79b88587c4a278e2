"""The rotation planner: people, posts, rules and weights in; a plan with its proof and its reasons out.

    problem = parse(data)                 # or Problem(...) made by the application
    plan = solve(problem, seconds=60, seed=1)
    check(problem, plan) == []

Pure: no clock, no database. To pin, forbid or weigh anew make another problem (``dataclasses.replace``) and solve it.
The solver and numpy are imported by the first call, not by the import of this package. docs/planner.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.planner.plan import Conflict, Move, Plan, PlannerStopped, Unplaced
from policies.planner.problem import KINDS, Pair, Person, Post, Problem, Rules, Weights
from policies.planner.rules import HARD_RULES, ROTATION, Rule, rules_for

if TYPE_CHECKING:
    from policies.planner.checking import Violation
    from policies.planner.explaining import Candidate
    from policies.planner.solving import Listener

__all__ = [
    "HARD_RULES", "KINDS", "ROTATION", "Conflict", "Move", "Pair", "Person", "Plan", "PlannerStopped", "Post",
    "Problem", "Rule", "Rules", "Unplaced", "Weights", "candidates", "check", "explain", "greedy", "parse",
    "read_problem", "rules_for", "solve", "why_not",
]  # fmt: skip


def parse(data: Any) -> Problem:
    """The problem of plain data; raises ``CaseFaults`` with every fault and its path."""
    from policies.planner import parsing

    return parsing.parse(data)


def read_problem(text: str) -> Problem:
    """The problem of a JSON text of the contract; raises ``CaseFaults``."""
    from policies.engine.errors import CaseFaults, Fault
    from policies.engine.yamlio import read_json
    from policies.planner import parsing

    faults: list[Fault] = []
    try:
        data = read_json(text, "problem", faults)
        problem = parsing.parse(data)
    except CaseFaults as broken:
        # The reader of cases names a single document as the first of a list; here there is only one.
        found = [Fault(f.path.removeprefix("problem[0]").removeprefix(".") or "problem", f.message) for f in faults]
        raise CaseFaults([*found, *broken.faults]) from None
    if faults:
        raise CaseFaults([Fault(f.path.removeprefix("problem[0].") or "problem", f.message) for f in faults])
    return problem


def solve(problem: Problem, *, seconds: int = 60, seed: int = 1, on_progress: Listener | None = None) -> Plan:
    """The best plan; see ``solving.solve``."""
    from policies.planner import solving

    return solving.solve(problem, seconds=seconds, seed=seed, on_progress=on_progress)


def greedy(problem: Problem) -> Plan:
    """A plan made without search, for comparison."""
    from policies.planner import by_hand

    return by_hand.greedy(problem)


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every hard rule the plan breaks, found independently of the solver; [] for a lawful plan."""
    from policies.planner import checking

    return checking.check(problem, plan)


def explain(problem: Problem, person_id: str) -> dict[str, tuple[str, ...]]:
    """Fixed rule → posts it takes away from a person."""
    from policies.planner import explaining

    return explaining.explain(problem, person_id)


def candidates(problem: Problem, person_id: str) -> list[Candidate]:
    """Posts a person may get by every fixed rule, best first."""
    from policies.planner import explaining

    return explaining.candidates(problem, person_id)


def why_not(problem: Problem, person_id: str, post_id: str) -> list[str]:
    """Sentences that keep a person from a post; [] when nothing fixed does."""
    from policies.planner import explaining

    return explaining.why_not(problem, person_id, post_id)
