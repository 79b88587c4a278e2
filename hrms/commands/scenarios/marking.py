"""Calculating many people of whom some carry facts that contradict each other: they are marked, the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from policies.batch import calculate_months
from policies.engine.errors import CaseFaults
from policies.engine.parameters import ParameterStore

FAULT = "fault"
_ROW = re.compile(r"rows\[(\d+)\]\.?")


def calculate_marked(
    frame: pd.DataFrame, leave_dates: Sequence[date], store: ParameterStore | None = None, **more: Any
) -> pd.DataFrame:
    """:func:`policies.batch.calculate_months` with one column more: ``fault``, empty for who was calculated.

    Rows with a fault keep their place with nothing in them: not eligible, 0 đồng, empty words. Raises ``CaseFaults``
    for what is wrong with all of them (a column that lacks, a day the law is not known for).
    """
    faults: dict[int, list[str]] = {}
    rows = np.arange(len(frame))
    while True:
        try:
            found = calculate_months(frame.iloc[rows] if faults else frame, leave_dates, store, faults="raise", **more)
            break
        except CaseFaults as error:
            placed = [(m, fault) for fault in error.faults if (m := _ROW.match(fault.path))]
            if len(placed) < len(error.faults) or any("chưa có quy định" in f.message for f in error.faults):
                raise
            for match, fault in placed:
                name = fault.path[match.end() :]
                faults.setdefault(int(rows[int(match[1])]), []).append(
                    f"{name}: {fault.message}" if name else fault.message
                )
            rows = np.array([row for row in range(len(frame)) if row not in faults], dtype=np.int64)
    if faults:
        found = _spread(found, rows, frame.index, leave_dates)
    words = np.full(len(frame), "", dtype=object)
    for row, said in faults.items():
        words[row] = "; ".join(said)
    found[FAULT] = np.tile(words, len(leave_dates))
    return found


def _spread(found: pd.DataFrame, rows: Any, index: pd.Index[Any], leave_dates: Sequence[date]) -> pd.DataFrame:
    """The answers in the places of the whole frame, date by date."""
    size = len(index)
    at = np.concatenate([rows + size * position for position in range(len(leave_dates))])
    columns: dict[str, Any] = {}
    for name in found.columns:
        column = found[name]
        if name == "leave_date":
            columns[name] = np.repeat(np.array(list(leave_dates), dtype="datetime64[s]"), size)
        elif isinstance(column.dtype, pd.CategoricalDtype):
            codes = np.full(size * len(leave_dates), -1, dtype=np.int64)
            codes[at] = column.cat.codes.to_numpy()
            columns[name] = pd.Categorical.from_codes(codes, dtype=column.dtype)
        else:
            values = np.zeros(size * len(leave_dates), dtype=column.to_numpy().dtype)
            values[at] = column.to_numpy()
            columns[name] = values
    return pd.DataFrame(columns, index=np.tile(index.to_numpy(), len(leave_dates)))
