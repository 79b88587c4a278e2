"""``report``: list the reports and make one from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hrms.cli.common import fail, with_app


@click.command("report")
@click.argument("name")
@click.option("--format", "style", type=click.Choice(["pdf", "xlsx"]),
              help="Without it: told from FILE's name, else the report's first format.")
@click.option("--param", "pairs", multiple=True, metavar="NAME=VALUE", help="A parameter of the report; repeatable.")
@click.option("-o", "--output", "target", metavar="FILE",
              help="Where to write; '-' = standard output. Without it: a file named after the record.")
def report_group(name: str, style: str | None, pairs: tuple[str, ...], target: str | None) -> None:
    """Make the report NAME, or show every report and its parameters with `report list`.

    \b
    Examples:
      python run.py report list
      python run.py report decision --param case=NV-SXD-2025-0001 -o quyet-dinh.pdf
      python run.py report budget_list --format xlsx --param batch=3 -o danh-sach.xlsx
    """
    if name == "list":
        _list()
    else:
        _make(name, style, pairs, target)


@with_app(migrated=False)
def _list() -> None:
    """Every report: name, title, formats, parameters (* = required)."""
    from reports.registry import reports

    for report in reports().values():
        click.echo(f"{report.name:<28}{report.title}  [{', '.join(report.formats)}]")
        click.echo(f"{'':<28}{report.about}")
        for parameter in report.parameters:
            mark = "*" if parameter.required else " "
            choices = f" ({', '.join(parameter.choices)})" if parameter.choices else ""
            click.echo(f"{'':<28}{mark} {parameter.name}: {parameter.label}{choices}")


def _parameters(pairs: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            fail(f"--param {pair!r}: hãy ghi tên=giá trị, ví dụ --param case=NV-SXD-2025-0001.")
        given[key.strip()] = value.strip()
    return given


@with_app()
def _make(name: str, style: str | None, pairs: tuple[str, ...], target: str | None) -> None:
    from hrms.commands import security_log
    from hrms.kernel.errors import HrmsError, Refused
    from reports.registry import produce, report_named

    given = _parameters(pairs)
    try:
        report = report_named(name)
        ending = Path(target or "").suffix.lstrip(".").lower()
        chosen = style or (ending if ending in report.formats else report.formats[0])
        output = produce(name, chosen, given)
    except Refused as error:
        fail("\n".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in error.faults))
        return
    except HrmsError as error:
        fail(error.message)
        return
    for warning in output.warnings:
        click.echo(warning, err=True)
    if target == "-":
        sys.stdout.buffer.write(output.content)
    else:
        path = Path(target or output.filename)
        try:
            path.write_bytes(output.content)
        except OSError as error:
            fail(f"Không ghi được tệp {path}: {error.strerror}. Hãy chọn nơi khác bằng -o.")
            return
        click.echo(f"Đã ghi {path} ({len(output.content)} byte).")
    event = "export" if chosen == "xlsx" else "print"
    security_log.record(event, f"report {report.name}", f"{output.filename}; rows={output.rows}")
