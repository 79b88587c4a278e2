"""The third quarter of 2025, day by day: every scheduled action at its time, with the papers and messages of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hrms.background import USE_CASES, register
from hrms.commands.evaluation.cycles import PlanCycle
from hrms.commands.restructuring.batches import CreateBatch
from hrms.kernel import backup, clock, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.notification import Notification
from models.reporting import ReportSnapshot
from models.restructuring import CaseBatch, DownsizingCase
from models.staff import Person
from reports.framework import Produced
from tests.reports.test_catalogue import add_cases

FIRST, LAST = date(2025, 7, 1), date(2025, 9, 30)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
DEADLINE = date(2025, 8, 15)
LEAVES = date(2025, 8, 1)
# What a quarter files for the province; where units have the role too (two departments, the commune), also for each.
PROVINCE = {
    "case_progress": 3, "establishment": 3, "units_before_after": 1, "staff_structure": 1, "retirement_forecast": 1,
    "cchc_staff": 1, "evaluation_progress": 13, "movement_progress": 3, "rotation_due": 1,
}  # fmt: skip
UNITS = {"payments": 3 * 4, "budget_dossier": 3 * 4, "salary_steps_due": 1 * 4}


def due_on(day: date) -> list[str]:
    """The actions of a day in the order of their times; what runs every few minutes has nothing of a day."""
    found = []
    for name, action in jobs.actions().items():
        if action.often:
            continue
        at = jobs.times(action).get_next_fire_time(None, clock.start_of(day))
        if at is not None and at.date() == day:
            found.append((at, name))
    return [name for _at, name in sorted(found)]


@pytest.fixture
def quarter(world: Any, factory: Any, session: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A province with work for every action: a cycle to open, a round with a deadline, a decided departure, somebody
    near the retirement age. Copies of the database are counted, not made."""
    register(USE_CASES)
    copies: list[date] = []

    def copy() -> Any:
        copies.append(clock.today())
        backup.folder().mkdir(parents=True, exist_ok=True)
        made = backup.folder() / f"hrms-{clock.today():%Y%m%d}-010000.sqlite.sealed"
        made.touch()
        return made

    monkeypatch.setattr(backup, "make", copy)
    with clock.travel_to(date(2025, 6, 30)):
        execute(PlanCycle(world.units["a"], "QUARTER", 2025, 3))
        cases = add_cases(world, session)
        round_id = execute(CreateBatch(world.units["a"], 2025)).id
        with transaction():
            session.get(CaseBatch, round_id).deadline = DEADLINE
            waiting, leaving = session.get(DownsizingCase, cases[0]), session.get(DownsizingCase, cases[2])
            waiting.batch_id = round_id
            leaving.leave_date, leaving.benefit_found = LEAVES, "severance"
            session.get(DownsizingCase, cases[3]).leave_date = date(2026, 1, 1)
            # NĐ 135/2020: a man born in July 1964 has his pension from April 2026; his notice is due in September 2025.
            world.person("b2.1").birth_date = date(1964, 7, 10)
    yield copies


def live(days: list[date]) -> Counter[str]:
    """Every action of every day at its time, then the work it left in the queue; how often each one ran."""
    ran: Counter[str] = Counter()
    for day in days:
        with clock.travel_to(day):
            for name in due_on(day):
                assert jobs.run_action(name, day) is not None, (name, day)
                ran[name] += 1
            while jobs.run_next() is not None:
                pass
    db.session.rollback()
    return ran


def test_a_quarter_runs_by_itself_with_the_papers_and_messages_expected(
    quarter: Any, world: Any, session: Any
) -> None:  # fmt: skip
    ran = live(DAYS)

    # Every action ran on each of its days, and none failed.
    daily = {name for name, action in jobs.actions().items() if set(action.cron) <= {"hour", "minute"}}
    for name in daily - {name for name, action in jobs.actions().items() if action.often}:
        assert ran[name] == len(DAYS), name
    assert ran["consistency"] == sum(day.weekday() == 0 for day in DAYS)
    runs = session.scalars(select(jobs.ScheduledRun)).all()
    assert [(run.action, run.due_on, run.outcome) for run in runs if run.failed] == []
    assert len(runs) == sum(ran.values())
    assert [job.message for job in session.scalars(select(jobs.JobRun)) if job.status == jobs.FAILED] == []
    assert quarter == DAYS, "one copy of the database a day"

    # Papers: each periodic report on its day, once.
    filed = Counter(session.scalars(select(ReportSnapshot.key)).all())
    assert {key: filed[key] for key in (*PROVINCE, *UNITS)} == {**PROVINCE, **UNITS}
    progress = [
        Produced.from_plain(row.content)
        for row in session.scalars(
            select(ReportSnapshot).where(ReportSnapshot.key == "case_progress").order_by(ReportSnapshot.id)
        )
    ]
    assert [one.produced_on for one in progress] == [date(2025, 7, 2), date(2025, 8, 2), date(2025, 9, 2)]
    assert [one.values["period"] for one in progress] == ["2025-Q2", "2025-Q3", "2025-Q3"]

    # Evaluation: the cycle opened by itself and waits for its people.
    cycle = session.scalars(select(EvaluationCycle)).one()
    assert cycle.state == "open" and cycle.opened_at is not None
    assert session.query(PersonEvaluation).filter_by(cycle_id=cycle.id).count() == 6

    # The decided departure took effect on its day.
    gone = session.get(Person, world.people["b1.1"])
    assert gone.left_on == LEAVES

    check_messages(world, session)


def check_messages(world: Any, session: Any) -> None:
    messages = session.scalars(select(Notification).order_by(Notification.id)).all()

    def of(username: str, kind: str) -> list[Notification]:
        account = world.account(username)
        return [one for one in messages if one.account_id == account.id and one.kind == kind]

    # No flood: of one kind at most one message a person and a day; reports are one each.
    daily = Counter((one.account_id, one.key) for one in messages)
    assert max(daily.values()) == 1
    assert len(of("province_hr", "report_ready")) == sum(PROVINCE.values())
    assert len(of("finance", "report_ready")) == 6
    assert len(of("unit_hr_a", "report_ready")) == 1
    assert not of("unit_head_a", "report_ready")

    # The round: 30 … 1, 0 days before, then every day it is overdue; nobody of the other agency hears of it.
    rounds = [one.due_on for one in of("unit_hr_a", "case_due")]
    assert set(rounds) == {DEADLINE}
    assert len(rounds) == 6 + (LAST - DEADLINE).days
    assert not of("unit_hr_b", "case_due")

    # Whoever has to assess themselves is told, at most on the days there are for it.
    assert of("staff_member_a", "evaluation_due")
    assert not of("staff_member_b", "evaluation_due"), "the cycle is that of Sở Xây dựng"

    # The notice of retirement is told to the HR of the unit, without a name, never after its day.
    notices = of("unit_hr_b", "retirement_due")
    assert notices and all("b2.1" not in one.title + one.body and one.level == "due" for one in notices)
    assert all(one.due_on >= FIRST for one in notices)
    assert not of("unit_hr_a", "retirement_due")


def test_two_weeks_without_power_lose_nothing(quarter: Any, world: Any, session: Any) -> None:
    """The scheduler stood still from 28 July to 10 August: what was missed is made up for once."""
    live([day for day in DAYS if date(2025, 7, 21) <= day <= date(2025, 7, 27)])
    with clock.travel_to(date(2025, 8, 11)):
        missed = {name for name in jobs.actions() if name in {
            "report_case_progress", "report_payments", "report_budget_dossier", "report_establishment"}}  # fmt: skip
        for name in sorted(missed):
            day = next(d for d in reversed(DAYS) if d <= date(2025, 8, 10) and name in due_on(d))
            assert jobs.run_action(name, day) is not None
            assert jobs.run_action(name, day) is None, "another process finds it done"
        assert "1 người" in (jobs.run_action("leave_on_decided_day") or "")
    session.rollback()
    assert session.get(Person, world.people["b1.1"]).left_on == LEAVES, (
        "the day of the decision, not that of the repair"
    )
    found = session.scalars(select(ReportSnapshot).where(ReportSnapshot.key == "case_progress")).all()
    assert len(found) == 1
    assert Produced.from_plain(found[-1].content).values["period"] == "2025-Q3"
