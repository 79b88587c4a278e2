"""Months of insurance of many people on a day: the common files in whole columns, the others one by one.

The rule is :func:`hrms.commands.staff.counting.count_months`; this module only does the same sums for everybody at
once where a file is plain (no two periods share a month, nothing but service after the confirmed total). Files that
are not plain go through the rule itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from hrms.commands.scenarios.tables import (
    OPEN_MONTH,
    Bools,
    Days,
    Ints,
    colliding,
    day_of_month,
    month_of,
    months,
    overlap,
    sums,
)
from hrms.commands.staff.counting import count_months


class Row(NamedTuple):
    """One stored row, as the rule wants it; what was hazardous or in special areas is not asked here."""

    kind: str
    starts_on: date | None
    ends_on: date | None
    months: int | None
    in_public_body: bool
    paid_out: bool
    hazardous: bool = False
    special_area: bool = False


@dataclass(frozen=True)
class Stored:
    """The insurance rows as columns, by person, then id; ``months`` counts only in opening rows."""

    owner: Ints
    opening: Bools
    starts_on: Days
    ends_on: Days
    months: Ints
    in_public_body: Bools
    paid_out: Bools

    def rows_of(self, person: int) -> list[Row]:
        low, high = np.searchsorted(self.owner, [person, person + 1])
        return [
            Row(
                "opening" if self.opening[i] else "period",
                self.starts_on[i].tolist(),
                self.ends_on[i].tolist(),
                int(self.months[i]),
                bool(self.in_public_body[i]),
                bool(self.paid_out[i]),
            )
            for i in range(low, high)
        ]


@dataclass(frozen=True)
class Counted:
    """Whole months by person; ``known`` is False where nothing is recorded."""

    total: Ints
    in_public_body: Ints
    known: Bools


class Insurance:
    """The insurance rows and the times in service of ``people`` persons, ready to be counted for any day.

    ``service`` are the main posts (or one open span from recruitment) as owner, first and last day, by person;
    ``left_on`` the first day out of service, NaT while in it.
    """

    def __init__(self, people: int, stored: Stored, service: tuple[Ints, Days, Days], left_on: Days) -> None:
        self._people = people
        self._stored, self._service = stored, service
        self._left_on = left_on
        self._known = np.bincount(stored.owner, minlength=people) > 0
        self._read_periods()
        self._read_openings()
        self._read_service()

    def _read_periods(self) -> None:
        stored = self._stored
        chosen = ~stored.opening & ~np.isnat(stored.starts_on)
        ends = stored.ends_on[chosen]
        self._p_owner = stored.owner[chosen]
        self._p_first = months(stored.starts_on[chosen])
        self._p_last = np.where(np.isnat(ends), OPEN_MONTH, months(ends))
        self._p_public = stored.in_public_body[chosen]
        self._p_paid_out = stored.paid_out[chosen]
        self._tangled = colliding(self._p_owner, self._p_first, self._p_last, self._people)

    def _read_openings(self) -> None:
        stored = self._stored
        chosen = stored.opening & ~np.isnat(stored.ends_on)
        confirmed = stored.ends_on[chosen]
        self._o_owner = stored.owner[chosen]
        self._o_day = confirmed.astype(np.int64)
        self._o_through = months(confirmed) - (day_of_month(confirmed) == 1)
        self._o_months = np.where(stored.paid_out[chosen], 0, stored.months[chosen])
        self._o_public = stored.in_public_body[chosen]
        self._confirmed = np.bincount(self._o_owner, minlength=self._people) > 0

    def _read_service(self) -> None:
        owner, first, last = self._service
        self._s_owner, self._s_first = owner, months(first)
        # A month belongs to service when its last day does.
        ended = np.where(np.isnat(last), np.datetime64("2000-01-01", "D"), last)
        next_day: Any = ended + np.timedelta64(1, "D")
        whole = day_of_month(next_day) == 1
        self._s_last = np.where(np.isnat(last), OPEN_MONTH, months(ended) - ~whole)
        self._tangled |= colliding(owner, self._s_first, self._s_last, self._people)

    def on(self, day: date) -> Counted:
        """Months that ended before ``day`` (and before the person left)."""
        people = self._people
        leaves = ~np.isnat(self._left_on) & (self._left_on < np.datetime64(day))
        until = np.where(leaves, months(self._left_on), month_of(day)) - 1
        start, start_public, cut, settled = self._opening(until)
        beginning = np.zeros(people, dtype=np.int64)
        # What the confirmed total holds already, and what came after it.
        inside = self._overlaps(beginning, cut)
        after = self._overlaps(np.where(settled, cut + 1, 0), until)
        unpaid = ~self._p_paid_out
        elsewhere = sums(self._p_owner, np.where(unpaid & ~self._p_public, inside, 0), people)
        recorded = sums(self._p_owner, np.where(unpaid, after, 0), people)
        recorded_public = sums(self._p_owner, np.where(unpaid & self._p_public, after, 0), people)
        served = overlap(self._s_first, self._s_last, (cut + 1)[self._s_owner], until[self._s_owner])
        implied = np.where(settled, sums(self._s_owner, served, people), 0)
        public = np.where(settled, np.minimum(start_public, np.maximum(0, start - elsewhere)), 0)
        total = np.where(settled, start, 0) + recorded + implied
        in_public = public + recorded_public + implied
        covered = sums(self._p_owner, after, people) > 0
        special = self._tangled | (self._confirmed & ~settled) | (settled & covered)
        for person in np.flatnonzero(special & self._known).tolist():
            total[person], in_public[person] = self._by_rule(person, day)
        return Counted(total, in_public, self._known)

    def _opening(self, until: Ints) -> tuple[Ints, Ints, Ints, Bools]:
        """Confirmed months, those in public bodies, the last month they speak of, and whether there is such a total."""
        people = self._people
        latest = np.full(people, np.iinfo(np.int64).min, dtype=np.int64)
        usable = self._o_through <= until[self._o_owner]
        np.maximum.at(latest, self._o_owner[usable], self._o_day[usable])
        taken = usable & (self._o_day == latest[self._o_owner])
        start = sums(self._o_owner, np.where(taken, self._o_months, 0), people)
        public = sums(self._o_owner, np.where(taken & self._o_public, self._o_months, 0), people)
        cut = np.zeros(people, dtype=np.int64)
        cut[self._o_owner[taken]] = self._o_through[taken]
        settled = np.zeros(people, dtype=np.bool_)
        settled[self._o_owner[taken]] = True
        return start, public, cut, settled

    def _overlaps(self, low: Ints, high: Ints) -> Ints:
        return overlap(self._p_first, self._p_last, low[self._p_owner], high[self._p_owner])

    def _by_rule(self, person: int, day: date) -> tuple[int, int]:
        owner, first, last = self._service
        begin, end = np.searchsorted(owner, [person, person + 1])
        services: list[Any] = list(zip(first[begin:end].tolist(), last[begin:end].tolist(), strict=True))
        left: date | None = self._left_on[person].tolist()
        found = count_months(self._stored.rows_of(person), services, day, left)
        return found.total, found.in_public_body
