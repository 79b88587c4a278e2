"""Who is due for the periodic change on any day, by unit and field; one person's standing with its trace; the forecast.

States are those of ``policies.rotation`` (LISTED, IN_WINDOW, DUE_SOON, DUE, OVERDUE, DEFERRED, EXEMPT,
SINGLE_POST_REFERRED). Read with the actor's scope on ``movement``; nothing is stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation.clocks import Holder, Roll, roll, units_named
from hrms.commands.rotation.words import OPEN, UNDER_WAY
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold
from models.rotation import MovementCase
from models.staff import Person
from policies.engine.dates import whole_months
from policies.rotation import Due, Reason, due, listed_positions, reason, reasons
from policies.rotation.grounds import bar_order, periodic_bars

STATES = ("OVERDUE", "DUE", "DUE_SOON", "IN_WINDOW", "SINGLE_POST_REFERRED", "DEFERRED", "EXEMPT", "LISTED")
MUST_MOVE = ("OVERDUE", "DUE", "DUE_SOON", "SINGLE_POST_REFERRED")  # what the yearly plan is drafted from
NOT_OF_ND59 = "NOT_A_GROUND_OF_ND59"


@dataclass(frozen=True, slots=True)
class DueRow:
    """One person in a listed position on the day. ``reason``/``warnings`` are codes of ``policies.rotation.reason``.

    ``agency_id``: the agency the unit is part of. ``case_id``: an open or running movement case of the person.
    """

    person_id: int
    code: str
    name: str
    sort_key: str
    birth: str
    category: str
    unit_id: int
    unit_name: str
    agency_id: int
    position_id: int
    title: str
    listed_code: str
    field: str
    state: str
    reason: str
    warnings: tuple[str, ...]
    clock_start: date
    window_opens: date
    must_change_by: date
    held_months: int
    min_months: int
    max_months: int
    days_overdue: int
    recheck_on: date | None
    recheck_every_months: int | None
    owner: str
    case_id: int | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The sentences behind reason and warnings."""
        return tuple(reason(code) for code in (self.reason, *self.warnings) if code in reasons())


@dataclass
class DueList:
    """The rows of a scope on ``on`` in the order of units and names; ``leaders`` hold a listed post but rotate."""

    on: date
    rows: list[DueRow]
    counts: dict[str, int]
    leaders: int = 0
    others: int = 0  # not subject for another reason: contract workers
    units: dict[int, str] = field(default_factory=dict)

    def by_unit(self) -> list[tuple[int, str, dict[str, int]]]:
        """Agency id, name and people by state, in the order of the tree."""
        found: dict[int, Counter[str]] = {}
        for row in self.rows:
            found.setdefault(row.agency_id, Counter())[row.state] += 1
        return [(number, self.units[number], dict(counts)) for number, counts in found.items()]

    def by_field(self) -> list[tuple[str, dict[str, int]]]:
        """Field of the list and people by state."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.rows:
            found[row.field][row.state] += 1
        return [(name, dict(found[name])) for name in sorted(found)]


def field_of(code: str) -> str:
    """The field of the list a position stands under."""
    position = listed_positions().get(code)
    return position.field if position is not None else ""


def judge(holder: Holder, on: date, planned: date | None = None, store: Any = None) -> tuple[Due, str, tuple[str, ...]]:
    """State, reason and warnings of one holder: the rules on periodic change, then Điều 25 khoản 5 NĐ 170/2025.

    What only NĐ 170 knows defers too, with a warning, and is lifted by a signed wish [U].
    """
    tenure = holder.tenure if planned is None else replace(holder.tenure, planned=planned)
    answer = due(tenure, on, store)
    if not answer.subject or answer.state is None or answer.clock is None:
        return answer, "", ()
    warnings = answer.clock.warnings
    if answer.state not in ("LISTED", "EXEMPT", "DEFERRED") and holder.bars:
        both = periodic_bars((), holder.bars, holder.wish)
        answer.node.children.append(both.node)
        if both.state == "DEFERRED":
            extra = (*warnings, both.warning) if both.warning else warnings
            return replace(answer, state="DEFERRED", reason=both.reason, days_overdue=0), both.reason or "", extra
        if both.reason:
            warnings = (*warnings, both.reason)
    return answer, answer.reason or "", warnings


def _row(holder: Holder, roll_: Roll, answer: Due, why: str, warnings: tuple[str, ...], case_id: int | None) -> DueRow:
    assert answer.clock is not None and answer.state is not None
    clock_ = answer.clock
    birth = "/".join(reversed(str(holder.birth).split("-")))  # as much of the day as is known
    recheck = answer.recheck_on or (holder.recheck_on if answer.state == "DEFERRED" else None)
    return DueRow(
        holder.person_id, holder.code, holder.name, holder.sort_key, birth, holder.category,
        holder.unit_id, units_named(roll_.units, holder.unit_id), roll_.body_of(holder.unit_id).id,
        holder.position_id, holder.title, holder.work, field_of(holder.work), answer.state, why, warnings,
        clock_.clock_start, clock_.window_opens, clock_.must_change_by, answer.held_months,
        whole_months(clock_.clock_start, clock_.window_opens), whole_months(clock_.clock_start, clock_.must_change_by),
        answer.days_overdue, recheck, answer.recheck_every_months, answer.owner or "", case_id,
    )  # fmt: skip


def _open_cases(people: Collection[int]) -> dict[int, int]:
    if not people:
        return {}
    query = access.restrict(
        select(MovementCase.person_id, MovementCase.id).where(MovementCase.state.in_((*OPEN, *UNDER_WAY))), MovementCase
    )
    return {person: case for person, case in db.session.execute(query) if person in people}


def due_list(
    on: date | None = None,
    *,
    unit_id: int | None = None,
    states: Collection[str] = (),
    field_name: str = "",
    listed_code: str = "",
    search: str = "",
    action: str = "read",
    with_cases: bool = True,
    roll_: Roll | None = None,
) -> DueList:
    """Everybody subject to the periodic change on ``on`` in the actor's scope, below ``unit_id`` when given.

    ``states``, ``field_name``, ``listed_code`` and ``search`` (name or code) narrow the rows, not the counts.
    """
    day = on or clock.today()
    loaded = roll_ or roll(day, unit_id=unit_id, action=action)
    counts: Counter[str] = Counter()
    wanted, text = frozenset(states), fold(search)
    found: list[tuple[Holder, Due, str, tuple[str, ...]]] = []
    leaders = others = 0
    for holder in loaded.holders:
        answer, why, warnings = judge(holder, day, store=loaded.store)
        if not answer.subject:
            leaders += answer.reason == "LEADER_USES_LUAN_CHUYEN"
            others += answer.reason != "LEADER_USES_LUAN_CHUYEN"
            continue
        state = answer.state or ""
        counts[state] += 1
        if (
            (not wanted or state in wanted)
            and (not listed_code or holder.work == listed_code)
            and (not field_name or field_of(holder.work) == field_name)
            and (not text or text in fold(f"{holder.name} {holder.code}"))
        ):
            found.append((holder, answer, why, warnings))
    cases = _open_cases({one[0].person_id for one in found}) if with_cases else {}
    rows = [_row(h, loaded, answer, why, warnings, cases.get(h.person_id)) for h, answer, why, warnings in found]
    names = {number: place.name for number, place in loaded.units.items()}
    return DueList(day, rows, {state: counts[state] for state in STATES}, leaders, others, names)


@dataclass(frozen=True)
class Standing:
    """One person's standing on a day: ``row`` is ``None`` when not subject, ``why`` then says why in words.

    ``trace`` is the explanation tree (``policies.engine.trace``) as plain data.
    """

    row: DueRow | None
    why: str
    trace: dict[str, Any] | None
    bars: tuple[Reason, ...] = ()


def standing_of(person_id: int, on: date | None = None) -> Standing:
    """Where a person of the actor's scope (or the actor's own person) stands, and by which rules."""
    day = on or clock.today()
    person = access.get(Person, person_id, "read", "movement")
    loaded = roll(day, person_id=person.id)
    if not loaded.holders:
        return Standing(None, _("Không giữ vị trí thuộc danh mục phải định kỳ chuyển đổi vào ngày này."), None)
    holder = loaded.holders[0]
    answer, why, warnings = judge(holder, day, store=loaded.store)
    trace = answer.node.to_dict()
    bars = tuple(reason(code) for code in bar_order() if code in holder.bars and code in reasons())
    if not answer.subject:
        code = answer.reason or ""
        return Standing(None, reason(code).text if code in reasons() else code, trace, bars)
    row = _row(holder, loaded, answer, why, warnings, _open_cases({person.id}).get(person.id))
    return Standing(row, row.reasons[0].text if row.reasons else "", trace, bars)


def listed_choices() -> list[tuple[str, str, str]]:
    """Code, field and name of every active position of the list, for HR to give a position its code."""
    return [(p.code, p.field, p.name) for p in listed_positions().values() if p.active]


def fields() -> list[str]:
    """The fields of the list, in its order."""
    return list(dict.fromkeys(p.field for p in listed_positions().values() if p.active))


def must_move(rows: Iterable[DueRow]) -> list[DueRow]:
    """The rows a yearly plan is drafted from."""
    return [row for row in rows if row.state in MUST_MOVE]
