"""Periodic reports: on their day filed once for everybody whose role they are for, and told to them alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.reporting import periodic, produce, snapshot
from hrms.commands.reporting.periodic import file_and_tell, periodic_parameters
from hrms.kernel import clock, jobs
from hrms.kernel.access import Grant, roles, within
from hrms.kernel.commands import transaction
from hrms.kernel.errors import HrmsError, NotAllowed, NotFound
from models.account import RoleAssignment
from models.notification import Notification
from models.reporting import ReportSnapshot
from reports.framework import Produced, definitions
from tests.reports.test_catalogue import add_cases

SCHEDULED = sorted(key for key, report in definitions().items() if report.schedule)
DUE = date(2025, 6, 2)


@pytest.fixture
def filed(world: Any, session: Any) -> Iterator[Any]:
    """Every filed report, oldest first."""
    yield lambda: list(session.scalars(select(ReportSnapshot).order_by(ReportSnapshot.id)))


def told(session: Any, world: Any, username: str) -> list[Notification]:
    account = world.account(username)
    return list(session.scalars(select(Notification).where(Notification.account_id == account.id)))


def test_every_report_with_a_schedule_is_on_the_rails() -> None:
    """The administrator sees, moves and pauses it like every other scheduled action."""
    assert sorted(periodic.ACTIONS) == sorted(f"report_{key}" for key in SCHEDULED)
    for key in SCHEDULED:
        action = jobs.actions()[f"report_{key}"]
        assert definitions()[key].title in action.title
        assert jobs.next_due(action) is not None
        assert definitions()[key].schedule.role in roles()


@pytest.mark.parametrize("key", SCHEDULED)
def test_each_is_filed_and_told_once_however_often_it_runs(key: str, world: Any, session: Any, filed: Any) -> None:
    """A retry, or a second process that caught up, files nothing again and tells nobody twice."""
    file_and_tell(key, DUE)
    once = [(row.id, row.unit_id) for row in filed()]
    assert once and len({unit for _id, unit in once}) == len(once)
    messages = session.query(Notification).count()
    assert messages >= 1
    file_and_tell(key, DUE)
    assert [(row.id, row.unit_id) for row in filed()] == once
    assert session.query(Notification).count() == messages


def test_a_message_opens_the_report_for_whoever_got_it(world: Any, session: Any, filed: Any, login: Any) -> None:
    file_and_tell("case_progress", DUE)
    message = told(session, world, "province_hr")[0]
    assert (message.kind, message.title) == (
        "report_ready", f"Đã lập báo cáo: {definitions()['case_progress'].title}"
    )  # fmt: skip
    page = login("province_hr").get(message.link)
    assert page.status_code == 200
    assert not told(session, world, "unit_hr_a"), "only the role of the schedule is told"


def test_every_unit_gets_its_own_people_and_nobody_elses(
    world: Any, session: Any, filed: Any, actor_as: Any
) -> None:  # fmt: skip
    """A report for the HR of units is filed unit by unit; each reads the own one and not that of the neighbour."""
    file_and_tell("salary_steps_due", DUE)
    units = {row.unit_id: row for row in filed()}
    assert {world.units[name] for name in ("a", "b", "xa")} <= set(units)
    own, other = units[world.units["a"]], units[world.units["b"]]
    assert [message.link for message in told(session, world, "unit_hr_a")] == [f"/reports/archive/{own.id}"]
    with actor_as("unit_hr_a"):
        assert snapshot(own.id).unit_id == world.units["a"]
        with pytest.raises(NotFound):
            snapshot(other.id)


def test_what_is_filed_holds_no_more_than_its_readers_may_see(
    world: Any, session: Any, filed: Any, actor_as: Any
) -> None:
    """Sở Tài chính sees cases from its own examination on: the dossier filed for it holds exactly those."""
    add_cases(world, session)
    file_and_tell("budget_dossier", DUE)
    found = [Produced.from_plain(row.content) for row in filed() if row.unit_id == world.units["hy"]]
    with actor_as("finance"):
        own = produce("budget_dossier", found[0].values)
    for block, seen in zip(found[0].blocks, own.blocks, strict=True):
        assert block.rows == seen.rows
    whole = produce("budget_dossier", found[0].values)
    assert whole.rows > own.rows, "the system itself sees more: the province was not the same for both"


def test_a_report_nobody_waits_for_is_filed_for_the_province(world: Any, session: Any, filed: Any) -> None:
    with transaction():
        for row in session.scalars(select(RoleAssignment).where(RoleAssignment.role == "finance")):
            row.valid_to = date(2025, 1, 31)
    assert "gửi 0 thông báo" in file_and_tell("payments", DUE)
    assert [row.unit_id for row in filed()] == [world.units["hy"]]


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2025, 4, 2), "2025-Q1"),
        (date(2025, 5, 2), "2025-Q2"),
        (date(2026, 1, 2), "2025-Q4"),
    ],
)
def test_the_figures_are_those_of_the_period_that_ended(day: date, period: str) -> None:
    given = periodic_parameters(definitions()["case_progress"], 1, day)
    assert given == {"unit": "1", "period": period}


def test_salary_steps_are_told_before_their_quarter_begins() -> None:
    given = periodic_parameters(definitions()["salary_steps_due"], 1, date(2025, 3, 1))
    assert given["period"] == "2025-Q2"


def test_one_that_fails_leaves_the_others_standing(
    world: Any, session: Any, filed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next attempt makes up for the one that failed and repeats none of the others."""
    real, bad = periodic.kept, [world.units["a"]]

    def spoiled(report: Any, produced: Any, kind: str) -> Any:
        if produced.unit_id in bad:
            raise HrmsError("hỏng")
        return real(report, produced, kind)

    monkeypatch.setattr(periodic, "kept", spoiled)
    with pytest.raises(HrmsError, match="Không lập được 1 báo cáo: hỏng"):
        file_and_tell("salary_steps_due", DUE)
    before = {row.unit_id for row in filed()}
    assert world.units["a"] not in before and world.units["b"] in before
    bad.clear()
    file_and_tell("salary_steps_due", DUE)
    assert sorted(row.unit_id for row in filed()) == sorted({*before, world.units["a"]})


def test_the_scheduler_files_on_the_day(world: Any, session: Any, filed: Any) -> None:
    with clock.travel_to(DUE):
        outcome = jobs.run_action("report_case_progress")
        assert outcome and outcome.startswith("Lưu 1 báo cáo")
        assert jobs.run_action("report_case_progress") is None
    assert len(filed()) == 1


def test_narrowed_rights_are_never_more(world: Any, actor_as: Any) -> None:
    """Only the system may put on another's rights: a person who tries is refused."""
    with actor_as("unit_hr_a"), pytest.raises(NotAllowed), within(Grant(roles()["province_hr"], "/")):
        pass
