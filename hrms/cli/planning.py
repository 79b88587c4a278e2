"""``plan-rotation``: the rotation planner from the command line, exactly as the contract says."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TextIO

import click


@click.command("plan-rotation")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
@click.option("--seconds", type=click.IntRange(1, 86_400), default=60, show_default=True,
              help="Limit of the search, counted in work: the plan does not depend on the machine's load.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True,
              help="Chooses among equally good plans; the same seed gives the same plan.")  # fmt: skip
def plan_rotation_command(file: TextIO, seconds: int, seed: int) -> None:
    """Propose who moves to which post: FILE (JSON, or standard input) holds people, posts, rules and weights.

    Prints one JSON object: status, objective, bound, gap, moves with reasons, people without a post with the rules that
    removed posts, and the rules in conflict when there is no plan. Opens no database. docs/planner.md.

    Exit 0: answered (infeasible is an answer). Exit 1: the time was too short for any answer. Exit 2: malformed
    input, nothing on standard output, one line per fault on standard error.

    \b
    Example:
      python run.py plan-rotation problem.json --seconds 10 --seed 1
    """
    from policies import planner
    from policies.engine.errors import CaseFaults

    try:
        content = file.read()
    except UnicodeDecodeError as error:
        click.echo(f"problem: tệp không phải văn bản UTF-8 (byte thứ {error.start}).", err=True)
        sys.exit(2)
    try:
        plan = planner.solve(planner.read_problem(content), seconds=seconds, seed=seed)
    except CaseFaults as refused:
        for fault in refused.faults:
            click.echo(" ".join(str(fault).splitlines()), err=True)
        sys.exit(2)
    except planner.PlannerStopped as stopped:
        click.echo(str(stopped), err=True)
        sys.exit(1)
    click.echo(json.dumps(plan.to_dict(), ensure_ascii=False, indent=1, default=_number))


def _number(value: object) -> float:
    """Points are no money: a JSON number is what readers of the file expect."""
    assert isinstance(value, Decimal)
    return float(value)
