"""Months of compulsory social insurance, counted so that no month counts twice. Pure: rows in, numbers out.

Whole calendar months count. "Up to a day" means the months that ended before that day: for somebody whose first day
away is 01/06/2025 the last month is May. Two kinds of rows tell of them:

* **period** rows run from month to month; an open one runs on while the person is in service;
* **opening** rows carry a total confirmed on a day (lists give "25 năm 3 tháng", not every period). Rows confirmed on
  the same day are parts of one total (ordinary, hazardous, outside public bodies); a later confirmation replaces an
  earlier one. Everything up to the confirmed day is inside the total: period rows about that time add nothing to it,
  they only tell which of its months were hazardous, in special areas, or outside public bodies.

After an opening total the months go on while the person is in service and no period row covers them; such months are
*implied* and shown as not confirmed. Time paid out (one-off insurance, severance, demobilisation) never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class PeriodLike(Protocol):
    """What a row must offer; ``models.staff.InsurancePeriod`` does, and so does any plain object."""

    @property
    def kind(self) -> str: ...
    @property
    def starts_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def months(self) -> int | None: ...
    @property
    def in_public_body(self) -> bool: ...
    @property
    def hazardous(self) -> bool: ...
    @property
    def special_area(self) -> bool: ...
    @property
    def paid_out(self) -> bool: ...


Service = tuple[date, date | None]  # first and last day of a main post; None: still held


@dataclass(frozen=True)
class InsuranceCount:
    """Whole months up to a day. ``known`` is false when no row says anything: then 0 means "not recorded".

    ``opening`` months come from a confirmed total (of ``confirmed_on``), ``recorded`` from period rows, ``implied``
    from service alone. ``total = opening + recorded + implied``.
    """

    total: int = 0
    in_public_body: int = 0
    hazardous: int = 0
    special_area: int = 0
    opening: int = 0
    recorded: int = 0
    implied: int = 0
    paid_out: int = 0
    confirmed_on: date | None = None
    known: bool = False


def month_index(day: date) -> int:
    """Number of the month since year 0."""
    return day.year * 12 + day.month - 1


def last_day(index: int) -> date:
    """Last day of the month with this index."""
    year, month0 = divmod(index + 1, 12)
    return date(year, month0 + 1, 1) - timedelta(days=1)


def confirmed_through(day: date) -> int:
    """The last month a confirmation of this day speaks of: on a 1st, the month before; on any other day, its own.

    A total confirmed in the middle of a month may already hold that month; counting it again would count it twice.
    """
    return month_index(day) - 1 if day.day == 1 else month_index(day)


def last_full_month(day: date) -> int:
    """The last month that ended before ``day``."""
    return month_index(day) - 1


def period_months(row: PeriodLike, until: int) -> range:
    """Month indices of a period row, an open one up to the month ``until``."""
    if row.starts_on is None:
        return range(0)
    last = month_index(row.ends_on) if row.ends_on is not None else until
    return range(month_index(row.starts_on), min(last, until) + 1)


def in_service(month: int, services: Sequence[Service]) -> bool:
    """A month belongs to service when its last day does (a month begun and left before its end does not)."""
    day = last_day(month)
    return any(start <= day and (end is None or end >= day) for start, end in services)


def count_months(
    rows: Iterable[PeriodLike], services: Sequence[Service], day: date, left_on: date | None = None
) -> InsuranceCount:
    """Count the months that ended before ``day`` (and before ``left_on``, the first day out of service)."""
    if left_on is not None and left_on < day:
        day = left_on
    until = last_full_month(day)
    rows = list(rows)
    if not rows:
        return InsuranceCount()
    openings, covered = _sorted_out(rows, max(until, _latest_confirmation(rows)))
    opening, confirmed_on = _opening_for(openings, until)
    if not opening or confirmed_on is None:
        return _of_periods(covered, until)
    return _from_opening(opening, confirmed_on, covered, services, until)


def _latest_confirmation(rows: list[PeriodLike]) -> int:
    return max((confirmed_through(row.ends_on) for row in rows if row.kind == "opening" and row.ends_on), default=0)


def _sorted_out(rows: Iterable[PeriodLike], until: int) -> tuple[list[PeriodLike], dict[int, PeriodLike]]:
    """Opening rows, and the one period row that speaks for each month (an unpaid-out row before a paid-out one)."""
    openings: list[PeriodLike] = []
    covered: dict[int, PeriodLike] = {}
    for row in rows:
        if row.kind == "opening":
            openings.append(row)
            continue
        for month in period_months(row, until):
            if month not in covered or covered[month].paid_out:
                covered[month] = row
    return openings, covered


def _opening_for(openings: list[PeriodLike], until: int) -> tuple[list[PeriodLike], date | None]:
    """The confirmation nearest to the month: the latest not after it, else the first after it (walked back from)."""
    days = sorted({row.ends_on for row in openings if row.ends_on is not None})
    if not days:
        return [], None
    earlier = [day for day in days if confirmed_through(day) <= until]
    chosen = earlier[-1] if earlier else days[0]
    return [row for row in openings if row.ends_on == chosen], chosen


def _of_periods(covered: dict[int, PeriodLike], until: int) -> InsuranceCount:
    counted = [row for month, row in covered.items() if month <= until and not row.paid_out]
    return InsuranceCount(
        total=len(counted),
        in_public_body=sum(row.in_public_body for row in counted),
        hazardous=sum(row.hazardous for row in counted),
        special_area=sum(row.special_area for row in counted),
        recorded=len(counted),
        paid_out=sum(month <= until and row.paid_out for month, row in covered.items()),
        known=True,
    )


def _from_opening(
    opening: list[PeriodLike],
    confirmed_on: date,
    covered: dict[int, PeriodLike],
    services: Sequence[Service],
    until: int,
) -> InsuranceCount:
    kept = [row for row in opening if not row.paid_out]
    start = sum(row.months or 0 for row in kept)
    public = sum(row.months or 0 for row in kept if row.in_public_body)
    hazardous = sum(row.months or 0 for row in kept if row.hazardous)
    special = sum(row.months or 0 for row in kept if row.special_area)
    paid_out = sum(row.months or 0 for row in opening if row.paid_out)
    cut = confirmed_through(confirmed_on)
    if until < cut:  # asked about a day before the confirmation: take off the months that came after that day
        later = [month for month in range(until + 1, cut + 1) if _counts(month, covered, services)]
        start = max(0, start - len(later))
        public = min(start, max(0, public - len(later)))
        cut = until
    inside = [row for month, row in covered.items() if month <= cut and not row.paid_out]
    public = min(public, max(0, start - sum(not row.in_public_body for row in inside)))
    hazardous = min(start, max(hazardous, sum(row.hazardous for row in inside)))
    special = min(start, max(special, sum(row.special_area for row in inside)))
    after = range(cut + 1, until + 1)
    recorded = [covered[month] for month in after if month in covered and not covered[month].paid_out]
    implied = sum(month not in covered and in_service(month, services) for month in after)
    paid_out += sum(month in covered and covered[month].paid_out for month in after)
    return InsuranceCount(
        total=start + len(recorded) + implied,
        in_public_body=public + sum(row.in_public_body for row in recorded) + implied,
        hazardous=hazardous + sum(row.hazardous for row in recorded),
        special_area=special + sum(row.special_area for row in recorded),
        opening=start,
        recorded=len(recorded),
        implied=implied,
        paid_out=paid_out,
        confirmed_on=confirmed_on,
        known=True,
    )


def _counts(month: int, covered: dict[int, PeriodLike], services: Sequence[Service]) -> bool:
    if month in covered:
        return not covered[month].paid_out
    return in_service(month, services)
