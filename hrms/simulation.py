"""Simulations over files: people in, answers out, partition by partition, on this machine or on a Dask cluster.

The kernel is a pure function of a frame, so a partition needs nothing but itself: both engines call
:func:`compute_part` and nothing else, on files whose names sort in the order of the rows.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from hrms.commands.law.current import ApprovedValue, build
from hrms.commands.scenarios.marking import FAULT, calculate_marked
from policies.engine.errors import CaseFaults
from policies.engine.parameters import ParameterStore
from policies.store import default_store

ENDINGS = (".parquet", ".csv")


class SimulationFault(Exception):
    """The files or the people in them cannot be used; every message is on a line of its own."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = list(messages)


@dataclass(frozen=True)
class Task:
    """One partition: where it is read, where its answers go, and what is asked. Small enough to be sent anywhere."""

    source: str
    target: str
    leave_dates: tuple[date, ...]
    by_decree: bool = False
    accrue_insurance: bool = True
    law: tuple[ApprovedValue, ...] = ()  # what the administration laid over the engine's values


@dataclass(frozen=True)
class Done:
    """What came out of a partition. ``faults`` stopped it; ``marked`` are people who stand in it without an answer."""

    people: int
    answers: int
    eligible: int
    total: int
    faults: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()


_built: dict[str, ParameterStore] = {}


def store_of(law: tuple[ApprovedValue, ...]) -> ParameterStore:
    """The engine's law with ``law`` laid over it, built once a process."""
    if not law:
        return default_store()
    name = repr(law)
    if name not in _built:
        _built.clear()
        _built[name] = build(law)
    return _built[name]


def missing(engine: str, paths: Iterable[str]) -> str:
    """Why this cannot be done here, with the remedy; empty when it can."""
    needed = {"pyarrow"} if any(Path(path).suffix == ".parquet" for path in paths) else set()
    if engine == "dask":
        needed |= {"dask", "distributed"}
    lacking = sorted(name for name in needed if importlib.util.find_spec(name) is None)
    if not lacking:
        return ""
    return (
        f"Thiếu gói {', '.join(lacking)}. Hãy cài phần mở rộng: .venv/bin/pip install -r requirements-dask.lock "
        "(hoặc dùng tệp .csv với --engine local)."
    )


def read_people(path: str) -> pd.DataFrame:
    """One partition. CSV cells are read as text, so that no coefficient becomes a binary float on the way."""
    if path.endswith(".parquet"):
        return pd.read_parquet(path)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    columns = {name: _typed(frame[name].where(frame[name] != "", None)) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index)


_TRUTH = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}
_BOOLEANS = frozenset(
    {
        "directly_affected", "voluntary", "pregnant_or_child_under_36_months", "under_discipline_or_investigation",
        "leader", "education_or_health", "contract_before_2019", "leaders_above_quota",
        "continues_working", "special_area", "recruited_under_140",
    }
)  # fmt: skip


def _typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """true and false of the yes/no columns; everything else stays as written."""
    if column.name in _BOOLEANS:
        return column.map(lambda cell: _TRUTH.get(cell, cell), na_action="ignore").astype(object)
    return column.astype("category")


def compute_part(task: Task) -> Done:
    """Read, calculate and write one partition.

    People whose facts contradict each other are marked in the column ``fault`` and told with the file's name; what is
    wrong with everybody in it (a column that lacks) comes back as faults, and nothing is written.
    """
    frame = read_people(task.source)
    ids = frame["id"] if "id" in frame.columns else pd.Series(range(len(frame)), index=frame.index, name="id")
    if "leave_date" not in frame.columns:
        frame = frame.assign(leave_date=pd.Timestamp(task.leave_dates[0]))
    name = Path(task.source).name
    try:
        found = calculate_marked(
            frame,
            task.leave_dates,
            store_of(task.law),
            by_decree=task.by_decree,
            accrue_insurance=task.accrue_insurance,
        )
    except CaseFaults as error:
        return Done(len(frame), 0, 0, 0, tuple(f"{name}: {fault}" for fault in error.faults))
    marked = marks(found[FAULT].iloc[: len(frame)].tolist(), ids.tolist(), name)
    if len(frame) and len(marked) == len(frame):  # a column that lacks, or not a file of people at all
        return Done(len(frame), 0, 0, 0, marked)
    found.insert(0, "id", pd.concat([ids] * len(task.leave_dates)).to_numpy())
    target = Path(task.target)
    written = target.with_name(f".{target.name}.part{target.suffix}")
    if task.target.endswith(".parquet"):
        found.to_parquet(written, index=False)
    else:
        found.to_csv(written, index=False)
    written.replace(target)
    return Done(len(frame), len(found), int(found["eligible"].sum()), int(found["total"].sum()), (), marked)


def marks(faults: Sequence[str], ids: Sequence[Any], name: str) -> tuple[str, ...]:
    """One sentence for every marked person: where, who, what."""
    return tuple(f"{name}: id {ids[row]}: {fault}" for row, fault in enumerate(faults) if fault)


def tasks_for(source: Path, target: Path, leave_dates: Sequence[date], **more: Any) -> list[Task]:
    """One task for a file, one per file for a folder. Raises :class:`SimulationFault` when there is nothing to do."""
    dates = tuple(leave_dates)
    if source.is_dir():
        files = sorted(path for path in source.iterdir() if path.suffix in ENDINGS and not path.name.startswith("."))
        if not files:
            raise SimulationFault([f"{source}: thư mục không có tệp .parquet hay .csv nào."])
        if target.exists() and not target.is_dir():
            raise SimulationFault([f"{target}: nguồn là thư mục thì kết quả cũng phải là thư mục."])
        target.mkdir(parents=True, exist_ok=True)
        return [Task(str(path), str(target / path.name), dates, **more) for path in files]
    for path in (source, target):
        if path.suffix not in ENDINGS:
            raise SimulationFault([f"{path}: cần tệp .parquet hoặc .csv."])
    return [Task(str(source), str(target), dates, **more)]


def run(tasks: Sequence[Task], engine: str = "local", *, workers: int = 1, cluster: str = "") -> Done:
    """All partitions; the sum of what came out. Raises :class:`SimulationFault` with what stopped any of them.

    ``engine``: ``local`` (this process, or ``workers`` processes) or ``dask`` (the scheduler at ``cluster``, or a
    cluster of ``workers`` processes made for the run). Workers must reach the files by the same paths.
    """
    if engine == "dask":
        found = _on_dask(tasks, workers, cluster)
    elif workers > 1 and len(tasks) > 1:
        with ProcessPoolExecutor(workers) as pool:
            found = list(pool.map(compute_part, tasks))
    else:
        found = [compute_part(task) for task in tasks]
    faults = [message for one in found for message in one.faults]
    if faults:
        raise SimulationFault(faults)
    people, answers, eligible, total = (
        sum(getattr(one, name) for one in found) for name in ("people", "answers", "eligible", "total")
    )
    return Done(people, answers, eligible, total, (), tuple(message for one in found for message in one.marked))


def _on_dask(tasks: Sequence[Task], workers: int, cluster: str) -> list[Done]:
    from distributed import Client, LocalCluster

    def gather(client: Any) -> list[Done]:
        answers: list[Done] = client.gather(client.map(compute_part, tasks, pure=False))
        return answers

    if cluster:
        with Client(cluster) as client:
            return gather(client)
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as made,
        Client(made) as client,
    ):
        return gather(client)


def split(frame: pd.DataFrame, folder: Path, parts: int, write: Callable[[pd.DataFrame, Path], None]) -> None:
    """Cut a frame into ``parts`` files of a folder, names in the order of the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(frame) // max(parts, 1)) or 1
    for number, start in enumerate(range(0, len(frame), size)):
        write(frame.iloc[start : start + size], folder / f"part-{number:05d}.parquet")
