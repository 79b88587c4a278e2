"""Three years ahead by quarter: whose last day falls when, if nobody moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from hrms.commands.rotation.clocks import Roll, roll
from hrms.commands.rotation.due import field_of, judge
from hrms.kernel import clock
from policies.engine.dates import add_months
from policies.rotation import exemption

QUARTERS = 12


@dataclass(frozen=True)
class Quarter:
    """A quarter of the forecast: people whose last day falls in it, by field; those exempt by then; windows opening.

    ``overdue`` (first quarter only): overdue already, not moved yet. ``deferred``: of the due, deferred as of today
    with a day to look again after the quarter, or without one.
    """

    first: date
    last: date
    due: int
    exempt: int
    deferred: int
    opening: int
    by_field: dict[str, int]
    overdue: int = 0

    @property
    def label(self) -> str:
        return _("Quý %(quarter)s/%(year)s", quarter=(self.first.month + 2) // 3, year=self.first.year)


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return first, date.fromordinal(add_months(first, 3).toordinal() - 1)


def forecast(
    on: date | None = None, *, unit_id: int | None = None, quarters: int = QUARTERS, roll_: Roll | None = None
) -> list[Quarter]:
    """``quarters`` calendar quarters from the one of ``on``: nobody moves, nobody comes, the law stays."""
    day = on or clock.today()
    loaded = roll_ or roll(day, unit_id=unit_id)
    spans = [quarter_of(add_months(quarter_of(day)[0], 3 * n)) for n in range(quarters)]
    index = {first: n for n, (first, _last) in enumerate(spans)}
    due_in: list[Counter[str]] = [Counter() for _span in spans]
    exempt, deferred, opening = ([0] * quarters for _kind in range(3))
    overdue = 0
    for holder in loaded.holders:
        answer, _why, _warnings = judge(holder, day, store=loaded.store)
        if not answer.subject or answer.clock is None:
            continue
        last = answer.clock.must_change_by
        if (at := index.get(quarter_of(answer.clock.window_opens)[0])) is not None:
            opening[at] += answer.clock.window_opens >= day
        if last < day:
            overdue += answer.state == "OVERDUE"
            continue
        at = index.get(quarter_of(last)[0])
        if at is None:
            continue
        tenure = holder.tenure
        if exemption(holder.sex, holder.birth, last, tenure.annex, loaded.store).exempt:
            exempt[at] += 1
            continue
        due_in[at][field_of(holder.work)] += 1
        if answer.state == "DEFERRED":
            again = answer.recheck_on or holder.recheck_on
            deferred[at] += again is None or again > spans[at][1]
    return [
        Quarter(first, last, sum(due_in[n].values()), exempt[n], deferred[n], opening[n],
                dict(sorted(due_in[n].items())), overdue if n == 0 else 0)
        for n, (first, last) in enumerate(spans)
    ]  # fmt: skip
