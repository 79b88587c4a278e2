"""Evaluation in the demonstration province: a closed year with petitions and a calibration, a published quarter, a
quarter under way in every state.

Cycles are planned, opened, filled, calibrated, petitioned and closed by the real commands; what thousands of people
write and step through in between is written in bulk (``evaluation_flow``), rated by the real rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from hrms.commands.evaluation import opening  # noqa: F401 - declares the job that fills a cycle
from hrms.commands.evaluation.calibration import (
    LockCalibration,
    OpenCalibration,
    ProposeChange,
    VoteOnChange,
    WriteMinutes,
)
from hrms.commands.evaluation.consequences import FindConsequences, SetAside
from hrms.commands.evaluation.cycles import AdvanceCycle, OpenCycle, PlanCycle
from hrms.commands.evaluation.deadlines import mark_late
from hrms.commands.evaluation.decisions import FileAway, Notify, Publish
from hrms.commands.evaluation.petitions import AnswerPetition, FilePetition, HoldDialogue, WithdrawPetition
from hrms.demo import evaluation_texts as texts
from hrms.demo.cases import Stage
from hrms.demo.evaluation_flow import Flow
from hrms.demo.evaluation_plan import (
    CALIBRATED,
    CALL,
    HOME,
    HOME_LOTS,
    LOTS,
    NOW,
    OTHER,
    PLANS,
    QUARTER_NOW,
    QUARTER_TOLD,
    ROOT,
    YEAR_TOLD,
    Plan,
)  # fmt: skip
from hrms.demo.evaluation_records import Before
from hrms.demo.evaluation_sheets import Filler, Forms, Person
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from models.account import Account
from models.evaluation import (
    CalibrationSession,
    EvaluationCycle,
    PersonEvaluation,
    RatingConsequence,
)
from models.organization import OrgUnit


def play(rng: random.Random, as_of: date, seed: int, say: Callable[[str], None]) -> int:
    """Tell as much of the story as lies before ``as_of``. Returns the number of sheets."""
    root = db.session.scalar(select(OrgUnit).where(OrgUnit.code == ROOT))
    if root is None or as_of < YEAR_TOLD:
        return 0
    told = Story(Stage(rng), rng, root.id, str(seed))
    with transaction():
        before = Before(rng, root.id)
        told.bad = before.records()
        before.reform_index(as_of)
    sheets = told.year()
    if as_of >= QUARTER_TOLD:
        sheets += told.quarter()
    if as_of >= QUARTER_NOW:
        sheets += told.running(as_of)
    sheets += told.party()
    say(f"Phiếu đánh giá: {sheets}")
    return sheets


@dataclass
class Story:
    """The cycles, told one after another."""

    stage: Stage
    rng: random.Random
    root_id: int
    seed: str
    bad: frozenset[int] = frozenset()

    # Cycles

    def _office(self, day: date) -> AbstractContextManager[None]:
        """The interior department at work; its account begins in 2025."""
        return self.stage.on(day, "sonoivu" if day.year >= 2025 else "")

    def _open(self, plan: Plan, keen: Iterable[str], actors: dict[str, str]) -> tuple[Flow, list[int]]:
        """Plan, open and fill a cycle by the commands; its sheets are filled in memory, nobody has taken a step."""
        unit_id = db.session.scalar(select(OrgUnit.id).where(OrgUnit.code == plan.unit)) or self.root_id
        with self._office(plan.opened):
            cycle = execute(PlanCycle(
                unit_id, plan.kind, plan.year, plan.number, plan.side, deadlines=plan.deadlines or None, document=CALL,
                note=plan.note, circle=plan.circle))  # fmt: skip
            execute(OpenCycle(cycle.id))
            jobs.run_next()
        found = db.session.get(EvaluationCycle, cycle.id, populate_existing=True)
        assert found is not None
        flow = Flow(found, plan.days, self.rng, self.seed)
        with transaction():
            flow.load()
            paths = {unit.code: unit.path for unit in flow.places.values()}
            flow.actors = {paths[code]: self.stage.accounts[name] for code, name in actors.items()
                           if code in paths and name in self.stage.accounts}  # fmt: skip
            forms = Forms(random.Random(f"{self.seed}:{found.id}"), found)  # noqa: S311 - invented data
            yearly = plan.kind == "YEAR"
            flow.fill(Filler(forms, found, flow.units, self.seed, self.bad if yearly else frozenset(), frozenset(keen)))
            if yearly:
                flow.meetings()
        agencies = sorted({one.sheet.agency_id for one in flow.people})
        return flow, agencies

    @staticmethod
    def _rated(flow: Flow) -> list[Person]:
        return [one for one in flow.people if one.quality]

    def _advance(self, flow: Flow, *steps: tuple[str, date]) -> None:
        for action, day in steps:
            with self._office(day):
                document = f"{60 + flow.cycle.id}/BC-SNV" if action == "report" else ""
                execute(AdvanceCycle(flow.cycle.id, action, document=document,
                                     document_date=day if document else None))  # fmt: skip

    def year(self) -> int:
        """The year 2024 from opening to closing."""
        flow, agencies = self._open(PLANS["year"], CALIBRATED, {})
        with transaction():
            flow.collectives({}, "notified")
            for one in self._rated(flow):
                flow.lead(one, "synthesised")
            flow.store()
        self._calibrate(flow)
        with transaction():
            self._finish(flow, agencies, "published")
            flow.year_ratings()
        published = PLANS["year"].days["publish"]
        with self._office(published):
            execute(FindConsequences(flow.cycle.id))
        self._set_one_aside(flow)
        chosen = self._petitioners(flow, 2)
        self._petition(chosen[:1], published + timedelta(days=3), "upheld")
        self._petition(chosen[1:], published + timedelta(days=4), "changed")
        with transaction():
            flow.file_rest()
        self._advance(
            flow, ("finish_collectives", date(2024, 11, 28)), ("finish_persons", date(2024, 12, 2)),
            ("finish_quota", date(2024, 12, 10)), ("finish_publication", date(2024, 12, 14)),
            ("report", date(2025, 1, 8)), ("close", date(2025, 1, 15)),
        )  # fmt: skip
        return len(flow.people)

    def quarter(self) -> int:
        """The first quarter of 2025: published, one petition answered, one too late, one taken back."""
        flow, agencies = self._open(PLANS["quarter"], (), {HOME: "donvi", OTHER: "donvi2"})
        with transaction():
            flow.collectives({}, "notified")
            for one in self._rated(flow):
                flow.lead(one, "synthesised")
            flow.store()
            self._finish(flow, agencies, "published")
        chosen = self._petitioners(flow, 3)
        self._petition(chosen[:1], date(2025, 4, 11), "upheld")
        self._petition(chosen[1:2], date(2025, 4, 14), "withdrawn")
        self._petition(chosen[2:], date(2025, 4, 24), "late")
        with transaction():
            flow.file_rest()
        self._advance(
            flow, ("finish_collectives", date(2025, 4, 2)), ("finish_persons", date(2025, 4, 4)),
            ("finish_quota", date(2025, 4, 8)), ("finish_publication", date(2025, 4, 28)),
        )  # fmt: skip
        return len(flow.people)

    def running(self, as_of: date) -> int:
        """The second quarter: some agencies are through, some over the ceiling, some late, some have hardly begun."""
        flow, agencies = self._open(PLANS["now"], (OTHER, "STC"), {HOME: "donvi", OTHER: "donvi2"})
        goals = {key: self._goal(flow.places[key].code) for key in agencies}
        home_path = next((unit.path for unit in flow.places.values() if unit.code == HOME), "-")
        accounts = set(db.session.scalars(select(Account.person_id).where(Account.person_id.is_not(None))))
        with transaction():
            flow.collectives(self._unit_goals(flow, goals, home_path), "draft")
            for one in self._rated(flow):
                goal = goals[one.sheet.agency_id]
                if one.path.startswith(home_path):
                    goal = self._home_goal(flow, one, one.sheet.person_id in accounts)
                elif goal in ("self_submitted", "remarked", "draft") and self.rng.random() < 0.15:
                    goal = "draft"
                flow.lead(one, "synthesised" if goal in _PAST else goal)
            flow.store()
            past = [key for key in agencies if goals[key] in _PAST]
            ceilings = flow.check_quota(past)
            flow.store()
            later = [key for key in past if goals[key] != "quota_checked"]
            flow.decide(later, ceilings)
            flow.tell([key for key in later if goals[key] == "notified"], "notified")
            flow.tell([key for key in later if goals[key] == "published"], "published")
            flow.store()
        public = [one for one in self._petitioners(flow, 2) if one.sheet.state == "published"]
        self._petition(public, date(2025, 6, 13), "filed")
        mark_late(as_of)
        return len(flow.people)

    def party(self) -> int:
        """The Party side of 2024 for the leaders of one department (QĐ 124-QĐ/TW: graded criteria, no points)."""
        self.rng = random.Random(f"{self.seed}:party")  # noqa: S311 - invented data; the other cycles draw as without it
        flow, agencies = self._open(PLANS["party"], (), {})
        with transaction():
            flow.collectives({}, "notified")
            for one in self._rated(flow):
                flow.lead(one, "synthesised")
            flow.store()
            self._finish(flow, agencies, "published")
            flow.year_ratings()
            flow.file_rest()
        self._advance(
            flow, ("finish_collectives", date(2024, 12, 24)), ("finish_persons", date(2024, 12, 25)),
            ("finish_quota", date(2024, 12, 27)), ("finish_publication", date(2024, 12, 31)),
            ("report", date(2025, 1, 8)), ("close", date(2025, 1, 15)),
        )  # fmt: skip
        return len(flow.people)

    def _goal(self, code: str) -> str:
        if code in NOW:
            return NOW[code]
        return self.rng.choices([state for state, _w in LOTS], [weight for _s, weight in LOTS])[0]

    def _home_goal(self, flow: Flow, one: Person, account: bool) -> str:
        """The department of the accounts: by division, so that every role finds something to do; own sheets unsent."""
        if account:
            return "draft"
        agency = one.sheet.agency_id
        places = sorted(unit.id for unit in flow.places.values() if unit.parent_id == agency)
        index = places.index(one.sheet.unit_id) if one.sheet.unit_id in places else 0
        goal = HOME_LOTS[index % len(HOME_LOTS)]
        return "draft" if goal != "draft" and self.rng.random() < 0.12 else goal

    @staticmethod
    def _unit_goals(flow: Flow, goals: dict[int, str], home_path: str) -> dict[int, str]:
        found: dict[int, str] = {}
        for unit_id in flow.units:
            path = flow.places[unit_id].path
            inside = [key for key in goals if path.startswith(flow.places[key].path)]
            goal = goals[max(inside, key=lambda key: len(flow.places[key].path))] if inside else "draft"
            found[unit_id] = {"draft": "draft", "self_submitted": "self_assessed", "remarked": "opinions_in",
                              "synthesised": "proposed"}.get(goal, "recognised")  # fmt: skip
            if path.startswith(home_path):
                found[unit_id] = ("proposed", "self_assessed", "recognised", "draft")[unit_id % 4]
                if flow.places[unit_id].path == home_path:
                    found[unit_id] = "draft"  # its parts come first
        return found

    def _finish(self, flow: Flow, agencies: list[int], goal: str) -> None:
        ceilings = flow.check_quota(agencies)
        flow.store()
        flow.decide(agencies, ceilings)
        flow.tell(agencies, goal)
        flow.store()

    # Sittings, petitions, consequences

    def _calibrate(self, flow: Flow) -> None:
        """The sitting that settles more excellent people than the ceiling bears, before the check of the quota."""
        for code in CALIBRATED:
            members = [one for one in self._rated(flow) if one.code == code]
            best = sorted((one for one in members if one.sheet.level_proposed == "HTXS" and not one.sheet.is_head),
                          key=lambda one: (one.sheet.score_unit or 0, one.sheet.id))  # fmt: skip
            if len(best) >= 4:
                self._sit(flow, flow.places[members[0].sheet.agency_id], members, best[:4])
                return

    def _sit(self, flow: Flow, agency: OrgUnit, members: list[Person], doubted: list[Person]) -> None:
        with self._office(date(2024, 12, 3)):
            session = execute(OpenCalibration(
                flow.cycle.id, agency.id, date(2024, 12, 3), f"Giám đốc {agency.name}"[:150], 9,
                "Ban Giám đốc, Thường trực Đảng ủy, Chủ tịch Công đoàn, trưởng các phòng"))  # fmt: skip
            for number, one in enumerate(doubted):
                change = execute(ProposeChange(
                    session.id, one.sheet.id, "HTT",
                    "Kết quả chưa nổi trội so với người cùng vị trí ở phòng khác; số đề nghị xuất sắc vượt tỷ lệ.",
                ))  # fmt: skip
                votes = 8 if number < 3 else 3
                execute(VoteOnChange(change.id, votes, 9 - votes, number < 3))
            fresh = db.session.get(CalibrationSession, session.id, populate_existing=True)
            assert fresh is not None
            execute(WriteMinutes(
                fresh.id, fresh.version, fresh.held_on, fresh.chair, fresh.members, fresh.participants,
                texts.SITTING))  # fmt: skip
            self._confirmed(lambda seen: LockCalibration(session.id, None, seen))
        ids = {one.sheet.id: one for one in members}
        query = select(PersonEvaluation.id, PersonEvaluation.level_proposed, PersonEvaluation.level_reason)
        for number, level, reason in db.session.execute(query.where(PersonEvaluation.id.in_(ids))):
            ids[number].sheet.level_proposed, ids[number].sheet.level_reason = level, reason
        db.session.rollback()

    @staticmethod
    def _confirmed(make: Callable[[str], Any]) -> Any:
        """Execute; when the quota moves, look at the difference and confirm it, as a person would."""
        try:
            return execute(make(""))
        except Refused as refused:
            seen = [fault for fault in refused.faults if fault.code == "quota_changed"]
            if len(seen) != len(refused.faults):
                raise
            return execute(make(_fingerprint(seen[0])))

    def _petitioners(self, flow: Flow, number: int) -> list[Person]:
        """People at HTT or HT, from different agencies, no account among them."""
        accounts = set(db.session.scalars(select(Account.person_id).where(Account.person_id.is_not(None))))
        found: list[Person] = []
        for wanted in ("HTT", "HT", "HTT"):
            fitting = [
                one for one in flow.people
                if one.sheet.state == "published" and one.sheet.level == wanted and one.sheet.level_machine == wanted
                and one not in found and one.sheet.person_id not in accounts
                and one.sheet.agency_id not in {other.sheet.agency_id for other in found if number > 2}
            ]  # fmt: skip
            if fitting and len(found) < number:
                found.append(self.rng.choice(fitting))
        return found

    def _petition(self, people: list[Person], filed: date, fate: str) -> None:
        for number, one in enumerate(people):
            content, stands, changes = texts.PETITIONS[(one.sheet.id + number) % len(texts.PETITIONS)]
            wished = "HTXS" if one.sheet.level == "HTT" else "HTT"
            with self.stage.on(filed):
                row = execute(FilePetition(one.sheet.id, content, wished, filed))
            if fate in ("upheld", "changed"):
                self._answer(one, row.id, filed, fate, stands if fate == "upheld" else changes, wished)
            elif fate == "withdrawn":
                with self.stage.on(filed + timedelta(days=4)):
                    execute(WithdrawPetition(row.id, "Đơn rút kiến nghị của cá nhân"))

    def _answer(self, one: Person, petition_id: int, filed: date, fate: str, answer: str, wished: str) -> None:
        signer = one.sheet.decided_by
        with self.stage.on(filed + timedelta(days=4)):
            execute(HoldDialogue(petition_id, filed + timedelta(days=4), "Đã đối thoại trực tiếp với người kiến nghị."))
        day = filed + timedelta(days=8)
        changed = fate == "changed"
        with self.stage.on(day):
            self._confirmed(lambda seen: AnswerPetition(
                petition_id, fate, answer, self.stage.number("TB-GQKN"), signer, day,
                new_level=wished if changed else "", level_reason=answer if changed else "",
                decision_number=self.stage.number("QĐ-XLL") if changed else "", decision_date=day if changed else None,
                seen_quota=seen))  # fmt: skip
            if changed:
                execute(Notify([one.sheet.id]))
                execute(Publish([one.sheet.id]))
        if changed:
            with self.stage.on(day + timedelta(days=7)):
                execute(FileAway([one.sheet.id]))

    def _set_one_aside(self, flow: Flow) -> None:
        """One consequence is set aside with its reason, the others wait for somebody to act."""
        query = select(RatingConsequence.id).where(RatingConsequence.year == flow.cycle.year)
        ids = list(db.session.scalars(query.order_by(RatingConsequence.id)))
        if len(ids) > 2:
            with self._office(date(2025, 1, 10)):
                execute(SetAside(ids[-1], "Cá nhân đang điều trị bệnh dài ngày; xem xét lại sau khi bình phục."))


_PAST = ("quota_checked", "decided", "notified", "published")


def _fingerprint(fault: Fault) -> str:
    return fault.field.partition(":")[2]
