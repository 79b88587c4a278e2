"""Leads the sheets of an invented cycle through its steps in bulk: what the commands write, without one call per sheet.

The order of the steps, the states and the records of every step are those of ``workflow``; the distribution under the
ceiling is asked from ``quota``. Whoever a step has not reached has nothing of it on the sheet.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import aliased

from hrms.commands.evaluation import quota
from hrms.commands.evaluation.standing import (
    DEMOTED,
    HTT,
    HTXS,
    KEPT,
    LEVELS,
    QUOTA_DEMOTED,
    TIED,
    level_of,
    with_reason,
)
from hrms.demo import evaluation_texts as texts
from hrms.demo.evaluation_sheets import Filler, Person, fill_units
from hrms.demo.evaluation_steps import COLUMNS, ORDER, STEPS, UNIT_COLUMNS, UNIT_ORDER, UNIT_STEPS, WRITTEN, blank
from hrms.kernel import actor, clock
from hrms.kernel.db import db
from hrms.kernel.workflow import TransitionRecord
from models.evaluation import (
    EvaluationCycle,
    EvaluationDecision,
    EvaluationMeeting,
    EvaluationTask,
    PersonEvaluation,
    UnitEvaluation,
)
from models.organization import OrgUnit
from models.staff import Person as StaffPerson
from models.staff import YearRating

PARTY_SIGNER = "Ban Thường vụ Tỉnh ủy Hưng Yên"
PROVINCE_SIGNER = "Chủ tịch Ủy ban nhân dân tỉnh Hưng Yên"


@dataclass
class Flow:
    """One cycle in memory. ``days``: moment of the cycle → its day; ``people`` and ``units`` are detached rows."""

    cycle: EvaluationCycle
    days: Mapping[str, date]
    rng: random.Random
    seed: str
    actors: Mapping[str, actor.Actor] = field(default_factory=dict)  # who acts in an agency and below it: path → actor
    people: list[Person] = field(default_factory=list)
    units: dict[int, UnitEvaluation] = field(default_factory=dict)
    places: dict[int, OrgUnit] = field(default_factory=dict)
    heads: dict[int, Person] = field(default_factory=dict)
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _tasks: list[dict[str, Any]] = field(default_factory=list)
    _papers: int = 0

    # Reading

    def load(self) -> None:
        """Sheets, collectives and units of the cycle, taken out of the session: it shall not watch every change."""
        agency, unit = aliased(OrgUnit), aliased(OrgUnit)
        query = (
            select(PersonEvaluation, StaffPerson.full_name, agency.code, agency.kind, unit.path)
            .join(StaffPerson, StaffPerson.id == PersonEvaluation.person_id)
            .join(agency, agency.id == PersonEvaluation.agency_id)
            .join(unit, unit.id == PersonEvaluation.unit_id)
            .where(PersonEvaluation.cycle_id == self.cycle.id)
            .order_by(PersonEvaluation.id)
        )
        self.people = [Person(*row) for row in db.session.execute(query)]
        units = select(UnitEvaluation).where(UnitEvaluation.cycle_id == self.cycle.id)
        self.units = {row.unit_id: row for row in db.session.scalars(units.order_by(UnitEvaluation.id))}
        self.places = {row.id: row for row in db.session.scalars(select(OrgUnit))}
        db.session.get(EvaluationCycle, self.cycle.id)
        for record in self.units.values():
            assert record.cycle is not None  # loaded before it leaves the session
        db.session.expunge_all()
        self.heads = {one.sheet.unit_id: one for one in self.people if one.sheet.is_head}

    def fill(self, filler: Filler) -> None:
        """Points, texts and machine levels of everybody; units first, their figures stand on heads' sheets."""
        deepest = sorted(self.units.values(), key=lambda row: (-self.places[row.unit_id].depth, row.unit_id))
        fill_units(filler.forms, deepest, self.seed)
        below: dict[int, list[str]] = {}
        for record in deepest:
            if record.parent_unit_id is not None:
                below.setdefault(record.parent_unit_id, []).append(record.level_proposed)
        for record in self.units.values():  # as the commands read them once the levels are recognised
            record.level = record.level_proposed
        self._store(UnitEvaluation, UNIT_COLUMNS, self.units.values())
        filler.read_figures()
        for one in self.people:
            if one.sheet.state == "draft":
                filler.fill(one)
                filler.synthesise(one)

    # Steps

    def who(self, path: str, name: str = "") -> actor.Actor:
        """The account that acts for a unit; else the person by name, else the demonstration itself."""
        found = [one for above, one in self.actors.items() if path.startswith(above)]
        return found[-1] if found else actor.Actor("cli", name) if name else actor.current()

    def at(self, moment: str, number: int) -> datetime:
        """A moment of a working day, spread by the number of the sheet."""
        minutes = 8 * 60 + number * 7 % (8 * 60)
        return clock.start_of(self.days[moment]) + timedelta(minutes=minutes, seconds=number % 60)

    def lead(self, one: Person, goal: str) -> None:
        """Take a sheet from its state to ``goal`` (before the quota), and blank what it has not reached."""
        sheet = one.sheet
        path = [state for state in ORDER[1 : ORDER.index("synthesised") + 1] if self._passes(one, state)]
        source = "draft"
        for state in path:
            if ORDER.index(state) > ORDER.index(goal):
                break
            self._step(one, state, source)
            source = state
        sheet.state = source
        reached = ORDER.index(source)
        for state, names in WRITTEN.items():
            skipped = state in ("meeting_held", "party_opinion") and state not in path
            if (skipped or ORDER.index(state) > reached) and state != "self_submitted":
                blank(sheet, names)
        if source == "draft":
            self._draft(one)
        self._tasks.extend(one.tasks)
        sheet.version = reached + 2

    def _passes(self, one: Person, state: str) -> bool:
        yearly = self.cycle.period_kind == "YEAR"
        if state == "meeting_held":
            return yearly
        if state == "party_opinion":
            return yearly and (one.sheet.klass == "CB" or one.sheet.is_head or one.sheet.is_deputy)
        return True

    def _draft(self, one: Person) -> None:
        """Nothing written yet, or half of it."""
        sheet = one.sheet
        if self.rng.random() < 0.45:
            blank(sheet, WRITTEN["self_submitted"])
            one.tasks = []
            return
        sheet.points_self = dict(list((sheet.points_self or {}).items())[:9])
        sheet.texts_self = {"strengths": (sheet.texts_self or {}).get("strengths", "")}
        sheet.score_self, sheet.level_self, sheet.self_submitted_at = None, "", None
        sheet.autosaved_at = self.at("self", sheet.id)

    def _step(self, one: Person, state: str, source: str) -> None:
        sheet = one.sheet
        code, moment = STEPS[state]
        at = self.at(moment, sheet.id)
        head = self.heads.get(sheet.unit_id)
        by = head.name if head is not None and head is not one else ""
        who, document, signed = self.who(one.path, by), None, None
        if state == "self_submitted":
            who, sheet.self_submitted_at = actor.Actor("user", one.name), at
        elif state == "remarked":
            sheet.manager_remark_by = by or self._signer(sheet.decider_unit_id)
            who = actor.Actor("user", sheet.manager_remark_by)
        elif state == "party_opinion":
            sheet.party_opinion = texts.PARTY[sheet.level_unit]
            document = sheet.party_document = f"{12 + sheet.unit_id % 80}-CV/ĐU ngày {self.days['meeting']:%d/%m/%Y}"
            signed = sheet.party_opinion_on = self.days["meeting"]
        self.record("person_evaluation", sheet.id, code, source, state, at, who, document, signed)

    def record(
        self, kind: str, number: int, code: str, source: str, target: str, at: datetime, who: actor.Actor,
        document: str | None = None, signed: date | None = None, reason: str | None = None,
    ) -> None:  # fmt: skip
        """Note a step as the workflow does."""
        self._steps.append(
            {"record_type": kind, "record_id": number, "transition": code, "source": source, "target": target,
             "reason": reason, "document": document, "document_date": signed, "actor_name": who.name,
             "actor_user_id": who.user_id, "at": at}
        )  # fmt: skip

    def meetings(self) -> None:
        """A meeting of every unit, with who was there and what was said of each; call before :meth:`lead`."""
        by_unit: dict[int, list[Person]] = {}
        for one in self.people:
            if one.sheet.state == "draft":
                by_unit.setdefault(one.sheet.unit_id, []).append(one)
        rows: list[dict[str, Any]] = []
        for unit_id, members in by_unit.items():
            head = self.heads.get(unit_id)
            names = [one.name for one in members]
            away = [self.rng.choice(names)] if len(names) > 6 and self.rng.random() < 0.4 else []
            there = [name for name in names if name not in away]
            chair = head.name if head is not None else there[0]
            others = [name for name in there if name != chair]
            rows.append(
                {"cycle_id": self.cycle.id, "unit_id": unit_id, "held_on": self.days["meeting"],
                 "place": "Phòng họp của cơ quan", "chair": chair, "secretary": others[0] if others else chair,
                 "attendees": there, "absentees": away, "invited": len(names), "present": len(there),
                 "minutes": self.rng.choice(texts.MINUTES), "minutes_number": f"{7 + unit_id % 60}/BB",
                 "approved": True}
            )  # fmt: skip
        ids = _insert(EvaluationMeeting, rows)
        for meeting_id, row in zip(ids, rows, strict=True):
            for one in by_unit[row["unit_id"]]:
                level, present = one.sheet.level_unit, row["present"]
                against = min(self.rng.choice((0, 0, 0, 1)), present - 1)
                one.sheet.meeting_id, one.sheet.meeting_remark = meeting_id, texts.SPOKEN[level]
                one.sheet.meeting_votes = {level: present - against} | ({_next(level): against} if against else {})

    def collectives(self, goals: Mapping[int, str], default: str) -> None:
        """Lead every collective to its goal by unit; ``default`` for the others."""
        for record in self.units.values():
            goal = goals.get(record.unit_id, default)
            unit, source = self.places[record.unit_id], "draft"
            for state in UNIT_ORDER[1 : UNIT_ORDER.index(goal) + 1]:
                moment = "collectives" if state in ("recognised", "notified") else "remark"
                if state == "recognised":
                    self._recognise(record, unit)
                self.record(
                    "unit_evaluation", record.id, UNIT_STEPS[state], source, state, self.at(moment, record.id),
                    self.who(unit.path, ""), record.decision_number or None if state == "recognised" else None,
                    record.decision_date if state == "recognised" else None,
                )  # fmt: skip
                source = state
            self._blank_unit(record, source)
            record.state, record.version = source, UNIT_ORDER.index(source) + 2
        self._store(UnitEvaluation, UNIT_COLUMNS, self.units.values())

    def _recognise(self, record: UnitEvaluation, unit: OrgUnit) -> None:
        record.level, record.score = record.level_proposed, record.score_proposed
        record.points_decided = dict(record.points_proposed or {})
        decider = self.places[record.decider_unit_id] if record.decider_unit_id else unit
        record.decision_number = self._number(20 + record.unit_id % 70, decider)
        record.decision_date, record.decided_by = self.days["collectives"], self._signer(record.decider_unit_id)

    @staticmethod
    def _blank_unit(record: UnitEvaluation, state: str) -> None:
        reached = UNIT_ORDER.index(state)
        if reached < UNIT_ORDER.index("recognised"):
            record.level, record.score, record.points_decided = "", None, None
            record.decision_number, record.decision_date, record.decided_by = "", None, ""
        if reached < UNIT_ORDER.index("proposed"):
            record.points_proposed = record.score_proposed = record.reasons = record.trace = None
            record.level_machine = record.level_proposed = ""
        if reached < UNIT_ORDER.index("opinions_in"):
            record.texts = {key: value for key, value in (record.texts or {}).items() if key != "opinions"}
        if reached == 0:
            record.points_self = record.score_self = record.texts = None
            record.level_self = ""

    # Quota, decision and what follows

    def check_quota(self, agencies: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Distribute the places of these agencies as the check does, ties chosen. Returns the ceilings by agency."""
        by_agency = self._by_agency(("synthesised",))
        found: dict[int, dict[str, Any]] = {}
        for agency_id in agencies:
            members = by_agency.get(agency_id, [])
            if not members:
                continue
            state = quota.compute(self.cycle.id, agency_id)
            outcomes = dict(state.outcomes)
            chosen: set[int] = set()
            for tie in state.ties:
                kept = set(sorted(tie.among)[: tie.places])
                outcomes.update({key: KEPT if key in kept else DEMOTED for key in tie.among})
                chosen |= set(tie.among)
            for one in members:
                self._checked(one, outcomes.get(one.sheet.id, ""), one.sheet.id in chosen)
            found[agency_id] = state.plain()
        return found

    def _checked(self, one: Person, outcome: str, chosen: bool) -> None:
        sheet = one.sheet
        sheet.quota_outcome = outcome
        sheet.reasons = with_reason(sheet.reasons, QUOTA_DEMOTED, outcome == DEMOTED)
        sheet.level_proposed = {KEPT: HTXS, TIED: HTXS, DEMOTED: HTT}.get(outcome, sheet.level_proposed)
        if chosen:
            sheet.level_reason = texts.TIE_REASON
        self._move(one, "quota_checked")

    def _move(self, one: Person, state: str, document: str | None = None, signed: date | None = None) -> None:
        code, moment = STEPS[state]
        sheet = one.sheet
        source, at = sheet.state, self.at(moment, sheet.id)
        self.record("person_evaluation", sheet.id, code, source, state, at, self.who(one.path), document, signed)
        sheet.state = state
        sheet.version = ORDER.index(state) + 2

    def decide(self, agencies: Iterable[int], ceilings: Mapping[int, dict[str, Any]]) -> None:
        """One paper per decider; levels as proposed, with a reason where the rules ask for one."""
        wanted = set(agencies)
        by_decider: dict[int, list[Person]] = {}
        for one in self.people:
            if one.sheet.state == "quota_checked" and one.sheet.agency_id in wanted:
                by_decider.setdefault(one.sheet.decider_unit_id or self.cycle.unit_id, []).append(one)
        rows: list[dict[str, Any]] = []
        deciders = sorted(by_decider)
        for unit_id in deciders:
            members = by_decider[unit_id]
            self._papers += 1
            inside = sorted({one.sheet.agency_id for one in members})
            rows.append(
                {"cycle_id": self.cycle.id, "unit_id": unit_id, "kind": "recognise",
                 "number": self._number(100 + self._papers, self.places[unit_id]),
                 "signed_on": self.days["decide"], "signer": self._signer(unit_id),
                 "quota": {str(key): ceilings[key] for key in inside if key in ceilings}, "high_quota_document": ""}
            )  # fmt: skip
        ids = _insert(EvaluationDecision, rows)
        for decision_id, unit_id, row in zip(ids, deciders, rows, strict=True):
            for one in by_decider[unit_id]:
                self._decided(one, decision_id, row)

    def _decided(self, one: Person, decision_id: int, row: Mapping[str, Any]) -> None:
        sheet = one.sheet
        sheet.level = sheet.level_proposed = level_of(sheet) or one.quality
        fell = sheet.level == HTT and sheet.quota_outcome == DEMOTED
        if sheet.level_machine not in LEVELS or (sheet.level != sheet.level_machine and not fell):
            sheet.level_reason = sheet.level_reason or texts.MANUAL_REASON
        sheet.decision_id, sheet.decided_by = decision_id, row["signer"]
        sheet.decided_at = self.at("decide", sheet.id)
        self._move(one, "decided", f"{row['number']} – {row['signer']}"[:200], row["signed_on"])

    def tell(self, agencies: Iterable[int], goal: str) -> None:
        """Notify and, where ``goal`` says so, publish."""
        wanted = set(agencies)
        for one in self.people:
            sheet = one.sheet
            if sheet.agency_id not in wanted or sheet.state != "decided":
                continue
            self._move(one, "notified", signed=self.days["notify"])
            sheet.notified_at = self.at("notify", sheet.id)
            if goal == "published":
                self._move(one, "published", signed=self.days["publish"])
                sheet.published_at = self.at("publish", sheet.id)
                sheet.seen_at = sheet.published_at if self.rng.random() < 0.7 else None

    def file_rest(self) -> None:
        """Close what is published and not petitioned; reads the states anew, petitions moved some."""
        query = select(PersonEvaluation.id).where(
            PersonEvaluation.cycle_id == self.cycle.id, PersonEvaluation.state == "published"
        )
        ids = list(db.session.scalars(query.order_by(PersonEvaluation.id)))
        by_id = {one.sheet.id: one for one in self.people}
        for number in ids:
            self._move(by_id[number], "filed")
        table = PersonEvaluation.__table__
        if ids:
            db.session.execute(
                update(table)
                .where(table.c.id == bindparam("b_id"))
                .values(state="filed", version=bindparam("b_version")),
                [{"b_id": number, "b_version": by_id[number].sheet.version} for number in ids],
            )
        self.store_steps()

    def year_ratings(self) -> None:
        """The yearly rating of every decided sheet of a year, in place of what the careers had invented."""
        decided = {one.sheet.person_id: one.sheet for one in self.people if one.sheet.level}
        numbers = dict(db.session.execute(
            select(EvaluationDecision.id, EvaluationDecision.number)
            .where(EvaluationDecision.cycle_id == self.cycle.id)).tuples().all())  # fmt: skip
        values = {
            person_id: {"level": sheet.level, "decision_number": numbers.get(sheet.decision_id or 0, ""),
                        "regime": sheet.regime, "evaluation_id": sheet.id}
            for person_id, sheet in decided.items()
        }  # fmt: skip
        table = YearRating.__table__
        rated = select(YearRating.person_id, YearRating.id).where(
            YearRating.year == self.cycle.year, YearRating.side == self.cycle.side
        )
        known = dict(db.session.execute(rated).tuples().all())
        there = [{f"b_{k}": v for k, v in row.items()} | {"b_id": known[key]} for key, row in values.items()
                 if key in known]  # fmt: skip
        if there:
            names = ("level", "decision_number", "regime", "evaluation_id")
            db.session.execute(
                update(table).where(table.c.id == bindparam("b_id")).values({n: bindparam(f"b_{n}") for n in names}),
                there,
            )
        new = [row | {"person_id": key, "year": self.cycle.year, "side": self.cycle.side}
               for key, row in sorted(values.items()) if key not in known]  # fmt: skip
        if new:
            db.session.execute(insert(table), new)

    # Storing

    def store(self) -> None:
        """Write the sheets as they stand, their tasks (once) and the steps taken."""
        self._store(PersonEvaluation, COLUMNS, (one.sheet for one in self.people))
        if self._tasks:
            names = {"order": "task_order"}
            rows = [{names.get(key, key): value for key, value in row.items()} for row in self._tasks]
            db.session.execute(insert(EvaluationTask.__table__), rows)
            self._tasks = []
        self.store_steps()

    def store_steps(self) -> None:
        if self._steps:
            db.session.execute(insert(TransitionRecord.__table__), self._steps)
            self._steps = []

    @staticmethod
    def _store(model: Any, columns: Sequence[str], records: Iterable[Any]) -> None:
        table = model.__table__
        rows = [{"b_id": row.id} | {f"b_{name}": getattr(row, name) for name in columns} for row in records]
        if rows:
            db.session.execute(
                update(table)
                .where(table.c.id == bindparam("b_id"))
                .values({name: bindparam(f"b_{name}") for name in columns}),
                rows,
            )

    def _by_agency(self, states: Sequence[str]) -> dict[int, list[Person]]:
        found: dict[int, list[Person]] = {}
        for one in self.people:
            if one.sheet.state in states:
                found.setdefault(one.sheet.agency_id, []).append(one)
        return found

    def _number(self, number: int, unit: OrgUnit) -> str:
        """Papers of the Party carry their number as the Party writes it."""
        if self.cycle.side == "PARTY":
            return f"{number:02d}-QĐ/{'TU' if unit.kind == 'province' else 'ĐU'}"
        return f"{number:02d}/QĐ-{self._symbol(unit)}"

    def _signer(self, unit_id: int | None) -> str:
        if self.cycle.side == "PARTY":
            unit = self.places[unit_id or self.cycle.unit_id]
            return PARTY_SIGNER if unit.kind == "province" else f"Đảng ủy {unit.name}"[:200]
        if unit_id is None or unit_id == self.cycle.unit_id:
            return PROVINCE_SIGNER
        head = self.heads.get(unit_id)
        unit = self.places[unit_id]
        return f"{head.name}, {head.sheet.title}"[:200] if head is not None else f"Người đứng đầu {unit.name}"[:200]

    @staticmethod
    def _symbol(unit: OrgUnit) -> str:
        return unit.paper_symbol or unit.code.split(".")[0]


def _insert(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert in bulk; the new ids in the order of the rows."""
    if not rows:
        return []
    found = db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    return list(found)


def _next(level: str) -> str:
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]
