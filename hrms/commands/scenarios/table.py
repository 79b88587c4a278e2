"""From the database to a table: everybody on every leave date, under every decree. What scenarios sum up, in full."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pandas as pd

from hrms.commands.scenarios.marking import calculate_marked
from hrms.commands.scenarios.roster import Roster
from policies.engine.parameters import ParameterStore


def frame_of(roster: Roster, leave: date) -> pd.DataFrame:
    """The facts of everybody who can be calculated on ``leave``, as ``policies.batch`` takes them, with the id."""
    facts = roster.frame(leave)
    frame = facts.frame
    frame.insert(0, "id", roster.ids)
    return frame.iloc[np.flatnonzero(~facts.lacking)] if facts.lacking.any() else frame


def result_table(
    roster: Roster, leave_dates: Sequence[date], store: ParameterStore, *, threads: int = 2, by_decree: bool = True
) -> pd.DataFrame:
    """Person id, leave date and the columns of :func:`policies.batch.calculate_months`, date by date.

    The facts are those of the records on each date (salary in force, months of insurance up to it), not moved ones.
    Who carries facts that contradict each other is marked in the last column, ``fault``; the rest goes on.
    """

    def one(leave: date) -> pd.DataFrame:
        frame = frame_of(roster, leave)
        found = calculate_marked(frame, [leave], store, by_decree=by_decree)
        found.insert(0, "person_id", frame["id"].to_numpy())
        return found

    if threads > 1 and len(leave_dates) > 1:
        first = one(leave_dates[0])  # fills the tables of the store before two threads ask for them
        with ThreadPoolExecutor(threads) as pool:
            tables = [first, *pool.map(one, leave_dates[1:])]
    else:
        tables = [one(leave) for leave in leave_dates]
    return pd.concat(tables, ignore_index=True)
