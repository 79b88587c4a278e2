"""What of a person's year the rules ask about, from the staff records: time worked, leave, transfer, discipline.

Facts only: what follows from them is said by ``policies.evaluation``. The keys under ``rule`` are those of
``policies.evaluation.facts``; the others are what people read. Everything is plain JSON, kept on the sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from policies.evaluation.facts import months_between

LEAVE_KINDS = {"maternity": "MATERNITY", "sick": "SICK", "unpaid": "UNPAID", "study": "STUDY"}
DISCIPLINE_KINDS = {"administrative": "ADMIN", "party": "PARTY"}
ENDING = frozenset({"merge", "end", "split"})
NO_WORK = "NO_WORK_IN_PERIOD"


@dataclass(frozen=True)
class Spell:
    """A spell away; ``until`` None: still going on."""

    kind: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Act:
    """A disciplinary row."""

    id: int
    kind: str
    form: str
    opened_on: date
    decided_on: date | None
    duty_related: bool
    violation: str = ""  # key of the act it is about


@dataclass(frozen=True)
class Stay:
    """A main post at an agency from one day to another."""

    agency_id: int
    since: date
    until: date | None


@dataclass
class Service:
    """What the records say of one person around the period."""

    began: date | None
    left: date | None
    spells: Sequence[Spell] = ()
    acts: Sequence[Act] = ()
    stays: Sequence[Stay] = ()
    counted: Mapping[str, int] = field(default_factory=dict)  # violation → year whose KHT it already made


def months(value: Decimal) -> str:
    """Months as exact text."""
    return format(value.normalize(), "f") if value else "0"


def _within(since: date, until: date | None, first: date, last: date) -> tuple[date, date] | None:
    start, end = max(since, first), min(until or last, last)
    return (start, end) if start <= end else None


def _days_merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Overlapping spells count once."""
    found: list[tuple[date, date]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def circumstances(
    service: Service,
    first: date,
    last: date,
    *,
    yearly: bool,
    agency_id: int,
    agency_name: str,
    names: Mapping[int, str],
    vanished: Mapping[int, bool],
) -> dict[str, Any]:
    """Facts of the period from ``first`` to ``last``; empty for the many whose period knows nothing special.

    ``vanished``: old agency → whether it no longer exists on the day of the list.
    """
    facts: dict[str, Any] = {}
    rule: dict[str, Any] = {}
    served = _within(service.began or first, service.left, first, last)
    away = [(spell.kind, span) for spell in service.spells if (span := _within(spell.since, spell.until, first, last))]
    if served is None or served != (first, last) or away:
        _time(facts, rule, served, away, yearly=yearly, first=first, last=last, service=service)
    _transfer(facts, rule, service.stays, first, last, agency_id, agency_name, names, vanished, yearly=yearly)
    _discipline(facts, rule, service, first, last, agency_name, names)
    suspensions = [span[0].isoformat() for kind, span in away if kind == "suspension"]
    if suspensions:
        rule["suspensions"] = [{"effective": day} for day in suspensions]
        facts["suspended"] = suspensions
    if rule:
        facts["rule"] = rule
    return facts


def _time(
    facts: dict[str, Any],
    rule: dict[str, Any],
    served: tuple[date, date] | None,
    away: list[tuple[str, tuple[date, date]]],
    *,
    yearly: bool,
    first: date,
    last: date,
    service: Service,
) -> None:
    total = months_between(*served) if served else Decimal(0)
    off = _days_merged(span for _kind, span in away)
    in_service = [cut for span in off if served and (cut := _within(*span, *served))]
    worked = max(Decimal(0), total - sum((months_between(*span) for span in in_service), Decimal(0)))
    by_kind: dict[str, Decimal] = {}
    for kind in dict.fromkeys(kind for kind, _span in away):
        spans = _days_merged(span for one, span in away if one == kind)
        by_kind[kind] = sum((months_between(*span) for span in spans), Decimal(0))
    born = by_kind.get("maternity", Decimal(0))
    leave = sum((value for kind, value in by_kind.items() if kind != "maternity"), Decimal(0))
    facts["worked_months"] = months(worked)
    if by_kind:
        facts["leave"] = {kind: months(value) for kind, value in by_kind.items()}
    if service.began and service.began > first:
        facts["began_on"] = service.began.isoformat()
    if service.left and service.left < last:
        facts["retired_on"] = service.left.isoformat()
    if not worked:
        facts["no_work"] = True
    if not yearly:
        return
    rule["worked_months"] = months(worked)
    if by_kind:
        rule["leave"] = [
            {"kind": LEAVE_KINDS.get(kind, "OTHER"), "months": months(value)} for kind, value in by_kind.items()
        ]
        rule["leave_months"] = months(leave + born)
        if born:
            rule["maternity"], rule["maternity_months"] = True, months(born)


def _transfer(
    facts: dict[str, Any],
    rule: dict[str, Any],
    stays: Sequence[Stay],
    first: date,
    last: date,
    agency_id: int,
    agency_name: str,
    names: Mapping[int, str],
    vanished: Mapping[int, bool],
    *,
    yearly: bool,
) -> None:
    spent: dict[int, Decimal] = {}
    for stay in stays:
        if span := _within(stay.since, stay.until, first, last):
            spent[stay.agency_id] = spent.get(stay.agency_id, Decimal(0)) + months_between(*span)
    old = [one for one in spent if one != agency_id]
    if not old:
        return
    longest = max(old, key=lambda one: spent[one])
    facts["transferred"] = {
        "agency_id": longest,
        "agency": names.get(longest, ""),
        "months": months(spent[longest]),
        "exists": not vanished.get(longest, False),
    }
    if yearly:
        # The rule asks about agencies that still exist; one flag stands for all, so those that vanished are left out.
        rule["postings"] = [
            {"agency": names.get(one, str(one)), "months": months(spent[one])}
            for one in old
            if not vanished.get(one, False)
        ] + [{"agency": agency_name, "months": months(spent.get(agency_id, Decimal(0)))}]
        rule["rating_agency"] = agency_name
        rule.setdefault("worked_months", months(months_between(first, last)))  # not the sum of the postings told


def by_violation(acts: Sequence[Act]) -> dict[str, list[Act]]:
    """Decisions by the key of their act, in the order of the acts; without a key those of one opening day are one."""
    keyed: dict[str, list[Act]] = {}
    for act in acts:
        if act.violation:
            keyed.setdefault(act.violation, []).append(act)
    days: dict[date, list[Act]] = {}
    for act in acts:
        if act.violation:
            continue
        same = [key for key, rows in keyed.items() if any(row.opened_on == act.opened_on for row in rows)]
        if len(same) == 1:
            keyed[same[0]].append(act)
        else:
            days.setdefault(act.opened_on, []).append(act)
    found = keyed | {f"V{min(act.id for act in rows)}": rows for rows in days.values()}
    return dict(sorted(found.items(), key=lambda one: (min(act.opened_on for act in one[1]), one[0])))


def _discipline(
    facts: dict[str, Any],
    rule: dict[str, Any],
    service: Service,
    first: date,
    last: date,
    agency_name: str,
    names: Mapping[int, str],
) -> None:
    """Acts with a decision in the period; what Party and administration decided on one act is one violation."""
    violations = []
    for name, acts in by_violation([act for act in service.acts if act.decided_on is not None]).items():
        if not any(act.decided_on is not None and first <= act.decided_on <= last for act in acts):
            continue
        opened_on = min(act.opened_on for act in acts)
        one: dict[str, Any] = {
            "id": name,
            "duty_related": any(act.duty_related for act in acts),
            "decisions": [
                {
                    "kind": DISCIPLINE_KINDS.get(act.kind, "ADMIN"),
                    "effective": act.decided_on.isoformat(),
                    "form": act.form,
                }
                for act in acts
                if act.decided_on is not None
            ],
            "act_year": opened_on.year,
        }
        # A row may have counted under its number before it was given the key of its act.
        years = [service.counted[one] for one in (name, *(f"V{act.id}" for act in acts)) if one in service.counted]
        if years:
            one["used_for_kht_year"] = min(years)
        stay = next(
            (s for s in service.stays if s.since <= opened_on and (s.until is None or s.until >= opened_on)), None
        )
        if stay is not None and stay.agency_id in names:
            one["unit_of_act"] = names[stay.agency_id]
        violations.append(one)
    if violations:
        rule["violations"] = violations
        rule["rating_agency"] = agency_name
        facts["disciplined"] = [
            {"form": d["form"], "on": d["effective"], "kind": d["kind"], "act": v["id"]}
            for v in violations
            for d in v["decisions"]
        ]
