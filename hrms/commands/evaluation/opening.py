"""Filling a cycle: sheets of everybody on the list, collectives, groups of similar tasks. Resumable, idempotent.

The list is worked off in pieces, each a transaction of its own: a killed job goes on where it stopped, because who has
a sheet in the period (on this side) is left out. Rows are inserted in bulk; 60,000 people take well under a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, or_, select

from hrms.commands.evaluation.cycles import FILL
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.roll import Roll, Rules, group_name, people_query, staff_ids
from hrms.commands.evaluation.stepping import parts
from hrms.commands.evaluation.territory import Territory, territory_on
from hrms.commands.evaluation.words import DRAFT, PLANNED
from hrms.kernel import clock, history, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db, gather_statistics
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.history import HistoryEntry
from models.evaluation import EvaluationCycle, PersonEvaluation, QuotaGroup, UnitEvaluation
from models.staff import Appointment, Person
from policies.evaluation.data import authority_for

PIECE = 2000


def already_in(cycle: EvaluationCycle) -> set[int]:
    """People with a sheet in this period and side, in this cycle or another one: nobody is rated twice."""
    query = (
        select(PersonEvaluation.person_id)
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .where(
            EvaluationCycle.side == cycle.side,
            EvaluationCycle.period_kind == cycle.period_kind,
            EvaluationCycle.year == cycle.year,
            EvaluationCycle.number == cycle.number,
            or_(PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.state != "removed"),
        )
    )
    return set(db.session.scalars(query))


def fill(cycle_id: int, progress: jobs.Progress | None = None) -> dict[str, Any]:
    """Insert what is missing of the cycle's participants and collectives; returns the counts."""
    cycle = cycle_for(cycle_id, "open")
    if cycle.state == PLANNED:
        raise Refused([Fault("", _("Kỳ đánh giá chưa mở."), code="cycle_not_open")])
    land = territory_on(cycle.as_of)
    units = land.below(cycle.unit_id)
    waiting = sorted(set(staff_ids(cycle, units)) - already_in(cycle))
    roll = Roll(cycle, land, Rules(cycle))
    db.session.expunge(cycle)  # read many times below; its transactions end with every piece
    groups: dict[tuple[int, str], int] = {}
    done, total = 0, len(waiting)
    while done < total:
        piece = waiting[done : done + PIECE]
        with transaction():
            people = [row for part in parts(piece) for row in db.session.execute(people_query(part))]
            insert_sheets(cycle, roll.rows(people, units), groups)
        done += len(piece)
        if progress is not None:
            progress.step(done, total)
    with transaction():
        insert_collectives(cycle, land, units, roll.rules)
        counts = _counts(cycle, units)
        fresh = db.session.get(EvaluationCycle, cycle.id)
        assert fresh is not None
        fresh.counts = counts
        if total:
            gather_statistics(PersonEvaluation, UnitEvaluation, HistoryEntry)
    return counts


def insert_sheets(
    cycle: EvaluationCycle, rows: Sequence[dict[str, Any]], groups: dict[tuple[int, str], int] | None = None
) -> None:
    """Store the rows of :class:`Roll` with their groups of similar tasks and the birth entry of each history."""
    if not rows:
        return
    known = groups if groups is not None else {}
    _groups(cycle, {(row["agency_id"], row["group"]) for row in rows}, known)
    values = [
        {**{key: value for key, value in row.items() if key != "group"},
         "quota_group_id": known[row["agency_id"], row["group"]]}
        for row in rows
    ]  # fmt: skip
    db.session.execute(insert(PersonEvaluation.__table__), values)
    wanted = {row["person_id"] for row in rows}
    born: list[dict[str, Any]] = []
    for part in parts(wanted):
        query = select(PersonEvaluation.id).where(
            PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.person_id.in_(part)
        )
        kind = PersonEvaluation.__tablename__
        born.extend(history.entry(kind, number, history.CREATED) for number in db.session.scalars(query))
    db.session.execute(insert(HistoryEntry.__table__), born)


def _groups(cycle: EvaluationCycle, wanted: set[tuple[int, str]], known: dict[tuple[int, str], int]) -> None:
    if not wanted - known.keys():
        return
    query = select(QuotaGroup.unit_id, QuotaGroup.code, QuotaGroup.id).where(QuotaGroup.cycle_id == cycle.id)
    known.update({(unit_id, code): number for unit_id, code, number in db.session.execute(query)})
    for unit_id, code in sorted(wanted - known.keys()):
        row = QuotaGroup(cycle_id=cycle.id, unit_id=unit_id, code=code, name=group_name(code))
        db.session.add(row)
        db.session.flush()
        known[unit_id, code] = row.id


def insert_collectives(cycle: EvaluationCycle, land: Territory, units: set[int], rules: Rules) -> None:
    """A sheet for every unit of the cycle with people in it or below it; the province itself is not rated by itself."""
    query = select(PersonEvaluation.unit_id).where(PersonEvaluation.cycle_id == cycle.id).distinct()
    peopled = set(db.session.scalars(query)) & units
    wanted = {one for unit_id in peopled for one in (unit_id, *land.ancestors(unit_id)) if one in units}
    wanted = {one for one in wanted if land.places[one].kind != "province"}
    present = set(db.session.scalars(select(UnitEvaluation.unit_id).where(UnitEvaluation.cycle_id == cycle.id)))
    for unit_id in sorted(wanted - present, key=lambda one: (len(land.ancestors(one)), one)):
        place = land.places[unit_id]
        parent = next((one for one in land.ancestors(unit_id) if one in wanted), None)
        agency = land.agency_of(unit_id) or unit_id
        public = land.places[agency].kind == "service_unit"
        regime, overlay, _warning = rules.regime("collective", True, False, public)
        subject = "UNIT" if agency == unit_id else "SUBUNIT"
        found = authority_for(regime, "TT", subject) if regime else None
        own = found.authority == "OWN_HEAD" if found is not None else subject == "SUBUNIT"
        db.session.add(
            UnitEvaluation(
                cycle_id=cycle.id, unit_id=unit_id, parent_unit_id=parent,
                decider_unit_id=agency if own and place.id != agency else land.superior_of(agency) or agency,
                regime=regime or "NONE", sheet_code=rules.sheet(regime, overlay, "TT") if regime else "", state=DRAFT,
            )
        )  # fmt: skip
    db.session.flush()


def _counts(cycle: EvaluationCycle, units: set[int]) -> dict[str, Any]:
    """Participants by class and exit, the people who left in the period before the list was drawn, the collectives."""
    by = Counter[str]()
    exits = Counter[str]()
    query = select(PersonEvaluation.klass, PersonEvaluation.exit_code, func.count())
    query = query.where(PersonEvaluation.cycle_id == cycle.id)
    for klass, code, number in db.session.execute(query.group_by(PersonEvaluation.klass, PersonEvaluation.exit_code)):
        by[klass] += number
        if code:
            exits[code] += number
    left = (
        select(Person.id, Appointment.unit_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Person.left_on >= cycle.starts_on, Person.left_on < cycle.as_of, Appointment.valid_to >= cycle.starts_on)
    )
    gone = {person_id for person_id, unit_id in db.session.execute(left) if unit_id in units}
    collectives = select(func.count()).where(UnitEvaluation.cycle_id == cycle.id)
    return {
        "people": sum(by.values()),
        "classes": dict(sorted(by.items())),
        "exits": dict(sorted(exits.items())),
        "left_in_period": len(gone),
        "collectives": int(db.session.scalar(collectives) or 0),
        "filled_at": clock.now().isoformat(),
    }


@jobs.kind(FILL)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    counts = fill(payload["cycle_id"], progress)
    message = _("Đã lập danh sách: %(people)s người, %(units)s tập thể.", people=counts["people"],
                units=counts["collectives"])  # fmt: skip
    return {"message": message, "link": f"/evaluation/cycles/{payload['cycle_id']}", "cycle_id": payload["cycle_id"]}
