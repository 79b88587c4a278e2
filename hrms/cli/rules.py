"""``rules``: questions of evaluation and rotation from the command line, exactly as the contract says."""

from __future__ import annotations

import json
import sys
from typing import TextIO

import click


@click.command("rules")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
def rules_command(file: TextIO) -> None:
    """Answer questions of evaluation and rotation (YAML or JSON) from FILE or standard input.

    Takes a list, or {cases: [...]}, of {id, kind, regime, input} and prints a JSON list of {id, kind, output, trace} in
    the order given. Exit 0 when every question was answered: "a person must decide" is an answer. Exit 2 on malformed
    input, every fault on its own line on standard error. Opens no database: the engine's own law is used.

    \b
    Example:
      python run.py rules questions.yaml
      python run.py rules - < questions.json
    """
    from policies.asking import answer_text

    try:
        content = file.read()
    except UnicodeDecodeError as error:
        click.echo(f"cases: tệp không phải văn bản UTF-8 (byte thứ {error.start}).", err=True)
        sys.exit(2)
    answers, faults = answer_text(content)
    if faults:
        for fault in faults:
            click.echo(" ".join(str(fault).split()), err=True)
        sys.exit(2)
    click.echo(json.dumps(answers, ensure_ascii=False, indent=1))
