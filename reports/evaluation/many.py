"""The whole set of sheets of a unit as one file: laid out a few at a time, memory does not grow with their number."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from reports import pdf, press
from reports.evaluation.files import Files, period_text, refused
from reports.evaluation.makers import OF_SHEET

AT_A_TIME = 25
MOST = 1000
PRESSES, WAITING = 2, 4


@dataclass
class Printed:
    """``count`` papers in the file; ``skipped``: labels of sheets that have no such paper, and why."""

    content: bytes
    count: int
    skipped: list[tuple[str, str]] = field(default_factory=list)


def sheet_ids(cycle: EvaluationCycle, unit: OrgUnit) -> list[int]:
    """Sheets of a unit and below it the actor may print, in the order of units and names."""
    query = (
        select(PersonEvaluation.id)
        .join(OrgUnit, OrgUnit.id == PersonEvaluation.unit_id)
        .where(
            PersonEvaluation.cycle_id == cycle.id,
            PersonEvaluation.state != "removed",
            OrgUnit.path.startswith(unit.path, autoescape=True),
        )
        .order_by(OrgUnit.path, PersonEvaluation.sort_key, PersonEvaluation.id)
    )
    return list(db.session.scalars(access.restrict(query, PersonEvaluation, "print")))


class _Here(Executor):
    """Lays out at once, in this process: a handful of papers is done before another process has begun."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@contextmanager
def _presses(count: int) -> Iterator[Executor]:
    """Two processes for a large set: layout is pure computing on text, nothing of the database goes there.

    They serve the whole set and start once.
    """
    if count <= 2 * AT_A_TIME or (os.cpu_count() or 1) < 2:
        yield _Here()
        return
    pool = ProcessPoolExecutor(PRESSES, mp_context=get_context("spawn"), initializer=press.ready)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _filled(ids: Sequence[int], kind: str, printed: Printed) -> Iterator[list[pdf.Filled]]:
    reader = Files()
    for start in range(0, len(ids), AT_A_TIME):
        papers: list[pdf.Filled] = []
        for file in reader.load(ids[start : start + AT_A_TIME]):
            try:
                papers.append(OF_SHEET[kind](file, pdf.filled))
            except Refused as refusal:
                printed.skipped.append((file.label, refusal.message))
        if papers:
            yield papers


def _take(waiting: deque[tuple[int, Future[bytes]]], files: list[bytes], printed: Printed) -> None:
    count, future = waiting.popleft()
    files.append(future.result())
    printed.count += count


def print_unit(
    cycle: EvaluationCycle,
    unit: OrgUnit,
    kind: str = "evaluation_sheet",
    *,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Printed:
    """Paper ``kind`` of everybody of ``unit``, each with its own page numbers and a bookmark.

    Raises :class:`Refused` for a unit without sheets, with more than ``MOST``, or when nothing could be printed.
    """
    ids = sheet_ids(cycle, unit)
    if not ids:
        raise refused("unit", _("Đơn vị không có ai trong kỳ đánh giá này."), "empty")
    if len(ids) > MOST:
        text = _("Đơn vị có %(count)s phiếu; mỗi lần in tối đa %(most)s phiếu, hãy chọn đơn vị nhỏ hơn.",
                 count=len(ids), most=MOST)  # fmt: skip
        raise refused("unit", text, "too_many")
    name = unit.name
    title = f"{period_text(cycle)} – {name}"
    files: list[bytes] = []
    printed = Printed(b"", 0)
    with _presses(len(ids)) as presses:
        waiting: deque[tuple[int, Future[bytes]]] = deque()
        for papers in _filled(ids, kind, printed):
            waiting.append((len(papers), presses.submit(press.lay_out, papers, title)))
            if len(waiting) > WAITING:  # a bound on what is held: the presses are slower than the database
                _take(waiting, files, printed)
                tell(printed.count, len(ids))
        while waiting:
            _take(waiting, files, printed)
            tell(printed.count, len(ids))
    tell(len(ids), len(ids))
    if not files:
        raise refused("unit", printed.skipped[0][1], "nothing_to_print")
    printed.content = files[0] if len(files) == 1 else pdf.merge(files, title=title)
    return printed
