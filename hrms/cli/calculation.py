"""``calc``: one calculation from the command line, exactly as the contract says."""

from __future__ import annotations

import json
import sys
from typing import TextIO

import click


@click.command("calc")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
@click.option("--format", "style", type=click.Choice(["json", "table"]), default="json", show_default=True)
def calc_command(file: TextIO, style: str) -> None:
    """Compute the entitlement of one case or a list of cases (YAML or JSON) from FILE or standard input.

    Prints a JSON list in the order given. Exit 0 also when a person is not eligible: that is an answer.
    Exit 2 on malformed input, every fault on its own line on standard error. Opens no database: the engine's own law is
    used, without the overrides that were approved in the application.

    \b
    Example:
      python run.py calc case.yaml
      python run.py calc cases.json --format table
    """
    from policies import CaseFaults, api, render

    try:
        content = file.read()
    except UnicodeDecodeError as error:
        click.echo(f"cases: tệp không phải văn bản UTF-8 (byte thứ {error.start}).", err=True)
        sys.exit(2)
    if not content.strip():
        click.echo("cases: tệp rỗng, cần ít nhất một hồ sơ.", err=True)
        sys.exit(2)
    cases, faults = api.read_cases(content)
    results = []
    if not faults:
        try:
            results = api.calculate_many(cases)
        except CaseFaults as refused:
            faults = refused.faults
    if faults:
        for fault in faults:
            click.echo(str(fault), err=True)
        sys.exit(2)
    if style == "table":
        click.echo(render.as_table(results))
    else:
        click.echo(json.dumps([result.to_dict() for result in results], ensure_ascii=False, indent=1))
