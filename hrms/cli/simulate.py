"""``simulate``: many people, many leave months, from files or from the records, here or on a Dask cluster."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hrms.cli.common import fail, with_app

if TYPE_CHECKING:
    from hrms import simulation


@click.command("simulate")
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--people", "source", type=click.Path(exists=True, path_type=Path),
              help="A .parquet or .csv file of people, or a folder of such files (one partition each). "
              "Without it the records of the database are read.")  # fmt: skip
@click.option("--leave-from", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First leave date.")
@click.option("--leave-months", type=click.IntRange(1, 120), default=1, show_default=True,
              help="How many leave months from there on; after the first always the first of the month.")  # fmt: skip
@click.option("--by-decree", is_flag=True, help="Also what each decree alone would pay.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True,
              help="Processes for the partitions of a folder.")  # fmt: skip
@click.option("--cluster", default="", help="Address of a Dask scheduler (tcp://…); default: one made for the run.")
@click.option("--people-to", type=click.Path(path_type=Path),
              help="With the database: also write the people as read, as partitions for other machines.")  # fmt: skip
@click.option("--law", type=click.Choice(["auto", "records", "engine"]), default="auto", show_default=True,
              help="Whose values: the engine's with what the administration approved (records), or the engine's alone. "
              "auto: the records where there is a database.")  # fmt: skip
@click.option("--partitions", type=click.IntRange(1, 10_000), default=1, show_default=True,
              help="With --people-to: how many files.")  # fmt: skip
def simulate_command(
    output: Path,
    source: Path | None,
    leave_from: datetime,
    leave_months: int,
    by_decree: bool,
    engine: str,
    workers: int,
    cluster: str,
    people_to: Path | None,
    law: str,
    partitions: int,
) -> None:
    """Calculate what everybody would get on each leave date and write one row per person and date to OUTPUT.

    Columns of a file of people: docs/engine.md, calculate_months. Months of insurance of a file move with the leave
    date; those of the records are counted for each date. Files hold personal data: keep them where the records are.

    Who carries facts that contradict each other stands in the result with nothing but the column "fault", and is told
    on stderr; the rest goes on. Which law was used is told at the end.

    Exit 0: written. Exit 2: what stopped it (a column that lacks), a line each; nothing of that file is written.

    \b
    Examples:
      python run.py simulate result.csv --leave-from 2025-08-01 --leave-months 24
      python run.py simulate result/ --people people/ --leave-from 2025-08-01 --engine dask --workers 2
    """
    from hrms import simulation

    dates = _dates(date(leave_from.year, leave_from.month, leave_from.day), leave_months)
    if source is None and engine == "dask":
        fail("--engine dask cần --people: hãy xuất hồ sơ bằng --people-to trước, rồi chạy trên các phần đó.")
    if source is None and not output.suffix:
        fail(f"{output}: kết quả từ cơ sở dữ liệu là một tệp .parquet hoặc .csv.")
    paths = [str(output), *([str(people_to / "x.parquet")] if people_to else [])]
    if source is not None:
        inside = [str(path) for path in source.iterdir()] if source.is_dir() else [str(source)]
        paths += inside
    if lacking := simulation.missing(engine, paths):
        fail(lacking)
    began = time.monotonic()
    try:
        if source is None:
            done, values = _from_records(output, dates, by_decree, people_to, partitions, law)
        else:
            values = _approved(law)
            tasks = simulation.tasks_for(source, output, dates, by_decree=by_decree, law=values)
            done = simulation.run(tasks, engine, workers=workers, cluster=cluster)
    except simulation.SimulationFault as error:
        _tell(error.messages)
        sys.exit(2)
    _tell(done.marked)
    marked = (
        f"; {len(done.marked)} người có dữ kiện sai hoặc mâu thuẫn, được đánh dấu ở cột fault" if done.marked else ""
    )
    click.echo(
        f"{done.people} người, {done.answers} kết quả, {done.eligible} đủ điều kiện, tổng {done.total} đồng; "
        f"{time.monotonic() - began:.1f} giây; ghi vào {output}{marked}"
    )
    click.echo(f"Luật dùng để tính: {_law_words(values)}")


def _tell(messages: Sequence[str]) -> None:
    for message in messages[:200]:
        click.echo(message, err=True)
    if len(messages) > 200:
        click.echo(f"… và {len(messages) - 200} lỗi khác.", err=True)


def _law_words(values: tuple[Any, ...]) -> str:
    from hrms.simulation import store_of

    over = f"cùng {len(values)} giá trị đã duyệt trong cơ sở dữ liệu" if values else "không có giá trị ghi đè"
    return f"bộ tham số của phần mềm, {over} (dấu {store_of(values).fingerprint[:12]})"


def _approved(law: str) -> tuple[Any, ...]:
    """The approved values of the database. ``auto`` without any database: none, and the engine's law is told."""
    from sqlalchemy.engine import make_url

    from config import SettingError, Settings

    if law == "engine":
        return ()
    if law == "auto":
        try:
            url = make_url(Settings.from_environment().sqlalchemy_url)
        except SettingError as error:
            fail(str(error))
            return ()
        if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
            return ()
    found: tuple[Any, ...] = _portable()
    return found


@with_app()
def _portable() -> tuple[Any, ...]:
    from hrms.commands.law.current import portable

    return portable()


def _dates(first: date, count: int) -> list[date]:
    from policies.engine.dates import first_of_index, month_index

    return [first, *(first_of_index(month_index(first) + n) for n in range(1, count))]


@with_app()
def _from_records(
    output: Path, dates: list[date], by_decree: bool, people_to: Path | None, partitions: int, law: str
) -> tuple[simulation.Done, tuple[Any, ...]]:
    from sqlalchemy import select

    from hrms import simulation
    from hrms.commands.law.current import portable
    from hrms.commands.scenarios.marking import FAULT
    from hrms.commands.scenarios.reading import load
    from hrms.commands.scenarios.table import frame_of, result_table
    from models.staff import Person
    from policies import CaseFaults

    if output.suffix not in simulation.ENDINGS:
        raise simulation.SimulationFault([f"{output}: cần tệp .parquet hoặc .csv."])
    roster = load(select(Person.id).where(Person.status != "left", Person.unit_id.is_not(None)), dates[0])
    if people_to is not None:
        people = frame_of(roster, dates[0])
        simulation.split(people, people_to, partitions, lambda part, path: part.to_parquet(path, index=False))
    try:
        values = () if law == "engine" else portable()
        found = result_table(roster, dates, simulation.store_of(values), by_decree=by_decree)
    except CaseFaults as error:
        raise simulation.SimulationFault([str(fault) for fault in error.faults]) from error
    if output.suffix == ".parquet":
        found.to_parquet(output, index=False)
    else:
        found.to_csv(output, index=False)
    faulty = found.loc[found[FAULT] != ""].drop_duplicates("person_id")
    marked = simulation.marks(faulty[FAULT].tolist(), faulty["person_id"].tolist(), "hồ sơ")
    done = simulation.Done(roster.size, len(found), int(found["eligible"].sum()), int(found["total"].sum()), (), marked)
    return done, values
