"""Effective-dated rows of which only one may be in force: finding, and refusing, overlaps and gaps.

Days are inclusive on both ends; an end of ``None`` means "until further notice". Nothing here touches the database:
commands turn their rows into :class:`Span` s, ask :func:`place` where a new one fits, and do what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask_babel import gettext as _

from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """One row: from day to day, what it says, the decision it rests on, and the id of the stored row."""

    start: date
    end: date | None = None
    label: str = ""
    decision: str = ""
    key: int | None = None

    @property
    def last(self) -> date:
        return self.end or date.max

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.last

    def meets(self, other: Span) -> bool:
        """Whether the two have a day in common."""
        return self.start <= other.last and other.start <= self.last

    def shown(self) -> str:
        """The row as a user recognises it: dates, content, decision."""
        to = format_date(self.end) if self.end else _("nay")
        text = _("từ %(start)s đến %(to)s", start=format_date(self.start), to=to)
        if self.label:
            text += f": {self.label}"
        return f"{text} ({self.decision})" if self.decision else text


def decision_text(number: str, day: date | None) -> str:
    """``Quyết định số 12/QĐ-SNV ngày 05/01/2024``; empty when there is no number."""
    if not number:
        return ""
    if day is None:
        return _("Quyết định số %(number)s", number=number)
    return _("Quyết định số %(number)s ngày %(day)s", number=number, day=format_date(day))


@dataclass
class Placement:
    """What storing a row takes: faults that forbid it, or rows to shorten and remainders to copy behind it."""

    faults: list[Fault] = field(default_factory=list)
    shorten: dict[int, date] = field(default_factory=dict)  # id of a stored row → its new last day
    remainders: list[tuple[int, date, date | None]] = field(default_factory=list)  # copy of row id, from, to


def overlapping(row: Span, others: Iterable[Span]) -> list[Span]:
    """The stored rows that share a day with ``row`` (itself left out), in order of time."""
    return sorted(
        (other for other in others if row.meets(other) and (row.key is None or other.key != row.key)),
        key=lambda other: other.start,
    )


def gaps(rows: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Neighbouring rows between which at least one day is covered by nothing."""
    ordered = sorted(rows, key=lambda row: (row.start, row.last))
    found: list[tuple[Span, Span]] = []
    reach: Span | None = None
    for row in ordered:
        if reach is not None and reach.end is not None and row.start > reach.end + ONE_DAY:
            found.append((reach, row))
        if reach is None or row.last > reach.last:
            reach = row
    return found


def listed(rows: Sequence[Span]) -> str:
    """Rows in a sentence, numbered when there are several."""
    if len(rows) == 1:
        return rows[0].shown()
    return "; ".join(f"({number}) {row.shown()}" for number, row in enumerate(rows, 1))


def place(
    row: Span,
    others: Iterable[Span],
    *,
    what: str,
    field_name: str = "valid_from",
    close_previous: bool = False,
    gap_reason: str = "",
    gaps_matter: bool = True,
) -> Placement:
    """Where ``row`` fits among ``others`` of which one is in force at a time.

    ``what`` names the kind of row in a message (“hàng lương”, “vị trí chính”). Overlaps are refused with the rows
    listed, unless ``close_previous`` asks to end the one earlier row the new one starts inside of; what that row had
    beyond the new one's end becomes a remainder. Gaps are refused with both neighbours listed, unless excused.
    """
    placement = Placement()
    if row.end is not None and row.end < row.start:
        placement.faults.append(
            Fault(
                "valid_to",
                _(
                    "Ngày kết thúc %(end)s trước ngày bắt đầu %(start)s. Hãy sửa một trong hai ngày.",
                    end=format_date(row.end),
                    start=format_date(row.start),
                ),
                code="end_before_start",
            )
        )
        return placement
    stored = [other for other in others if row.key is None or other.key != row.key]
    clash = overlapping(row, stored)
    if clash and close_previous and len(clash) == 1 and clash[0].start < row.start and clash[0].key is not None:
        earlier = clash[0]
        assert earlier.key is not None
        placement.shorten[earlier.key] = row.start - ONE_DAY
        stored = [other for other in stored if other.key != earlier.key]
        stored.append(replace(earlier, end=row.start - ONE_DAY))
        if row.end is not None and earlier.last > row.end:
            placement.remainders.append((earlier.key, row.end + ONE_DAY, earlier.end))
            stored.append(replace(earlier, start=row.end + ONE_DAY, key=None))
    elif clash:
        placement.faults.append(_overlap_fault(row, clash, what, field_name))
        return placement
    if gaps_matter and not gap_reason.strip():
        placement.faults.extend(_gap_faults(row, stored, what, field_name))
    return placement


def _overlap_fault(row: Span, clash: list[Span], what: str, field_name: str) -> Fault:
    return Fault(
        field_name,
        _(
            "%(what)s %(row)s trùng thời gian với: %(rows)s. Hãy sửa ngày, kết thúc hàng cũ trước, "
            "hoặc chọn “Kết thúc hàng đang có hiệu lực” nếu hàng mới thay thế nó.",
            what=what,
            row=row.shown(),
            rows=listed(clash),
        ),
        code="overlap",
    )


def _gap_faults(row: Span, stored: list[Span], what: str, field_name: str) -> list[Fault]:
    faults: list[Fault] = []
    for before, after in gaps([*stored, row]):
        if row not in (before, after):  # an old gap elsewhere is not this row's fault
            continue
        assert before.end is not None
        faults.append(
            Fault(
                field_name,
                _(
                    "%(what)s để trống từ %(start)s đến %(end)s, giữa hàng %(before)s và hàng %(after)s. "
                    "Hãy sửa ngày cho liền nhau, hoặc ghi lý do gián đoạn.",
                    what=what,
                    start=format_date(before.end + ONE_DAY),
                    end=format_date(after.start - ONE_DAY),
                    before=before.shown(),
                    after=after.shown(),
                ),
                code="gap",
            )
        )
    return faults


def check_all(
    rows: Sequence[Span], *, what: str, field_name: str = "valid_from", gaps_matter: bool = True
) -> list[Fault]:
    """Every overlap and gap in a whole set of rows (imports, corrections of several rows at once)."""
    faults: list[Fault] = []
    ordered = sorted(rows, key=lambda row: (row.start, row.last))
    for number, row in enumerate(ordered):
        if row.end is not None and row.end < row.start:
            faults.extend(place(row, (), what=what, field_name=field_name).faults)
        clash = [other for other in ordered[number + 1 :] if row.meets(other)]
        if clash:
            faults.append(_overlap_fault(row, clash, what, field_name))
    if gaps_matter:
        for before, after in gaps(ordered):
            faults.extend(_gap_faults(after, [before], what, field_name))
    return faults
