"""What a change of the law moves: open and decided cases, to the đồng; amendments of the decided ones, once each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from hrms.commands import law
from hrms.commands.law import impact
from hrms.commands.law.impact import MeasureImpact, impact_of_store, open_amendments, store_with
from hrms.commands.restructuring import calculation
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, Refused
from models.law import LawImpact, LawImpactRow
from models.restructuring import DownsizingCase
from policies import api
from policies.engine.parameters import Override, ParameterStore
from policies.store import default_store

FACTOR = "nd178.months.factor.first12"
DAY = date(2025, 8, 1)


@pytest.fixture
def measured(actor_as):
    """Measure as Sở Nội vụ and wait for it."""

    def go(override_id: int | None = None, by: str = "province_hr") -> LawImpact:
        with actor_as(by):
            made = execute(MeasureImpact(override_id)).id
        while (job := jobs.run_next()) is not None:
            assert job.status == jobs.DONE, job.trace or job.message
        db.session.rollback()
        found = db.session.get(LawImpact, made, populate_existing=True)
        assert found is not None
        return found

    return go


def rows_of(found: LawImpact) -> dict[int, LawImpactRow]:
    return {row.case_id: row for row in db.session.scalars(select(LawImpactRow).filter_by(impact_id=found.id))}


def test_the_list_holds_exactly_the_cases_that_move_with_their_lines(office, desk, measured):
    decided, other = desk.bring("decided", "a1.2"), desk.open("a2.2")
    early = desk.open("b1.2", leave=date(2025, 7, 1))  # leaves before the change begins
    row = office.propose(FACTOR, "0,8", DAY)
    found = measured(row.id)
    rows = rows_of(found)
    assert set(rows) == {decided, other}
    assert early not in rows
    assert (found.looked_at, found.open_moved, found.decided_moved, found.failed) == (3, 1, 1, 0)
    for case_id, part in ((decided, "decided"), (other, "open")):
        known = calculation.current(desk.case(case_id))
        expected = api.calculate(known.inputs, store_with([row.id]))
        got = rows[case_id]
        assert (got.part, got.old_total, got.new_total) == (part, known.total, expected.total)
        assert got.delta == expected.total - known.total < 0
        assert [line["code"] for line in got.lines] == ["early_months"]
        assert sum((line["new"] or 0) - (line["old"] or 0) for line in got.lines) == got.delta
        assert got.parameters == [default_store().versions(FACTOR)[0].label]
    assert found.decided_delta == rows[decided].delta
    assert found.open_delta == rows[other].delta


def test_measuring_touches_no_case(office, desk, measured):
    decided = desk.bring("decided")
    before = (desk.case(decided).total, desk.case(decided).calculation_id, desk.case(decided).version)
    measured(office.propose(FACTOR, "0,8", DAY).id)
    case = desk.case(decided)
    assert (case.total, case.calculation_id, case.version) == before


def test_a_law_that_changes_nothing_gives_an_empty_list(desk, world, measured):
    desk.bring("decided")
    found = measured()
    assert (found.looked_at, found.open_moved, found.decided_moved) == (1, 0, 0)
    assert impact.is_law_now(found)


def test_a_list_made_twice_by_a_crashed_job_holds_every_case_once(office, desk, measured, actor_as):
    desk.bring("decided")
    found = measured(office.propose(FACTOR, "0,8", DAY).id)
    with actor_as("province_hr"):
        jobs.enqueue(impact.KIND, "lại", {"impact_id": found.id})
    jobs.run_next()
    assert len(list(db.session.scalars(select(LawImpactRow).filter_by(impact_id=found.id)))) == 1


def test_everyone_sees_only_the_cases_of_the_own_scope(desk, world, actor_as):
    mine, other = desk.open("a1.2"), desk.open("b1.2")
    with actor_as("unit_hr_a"):
        store = default_store().overlay({FACTOR: law_override("0.8")})
        assert [moved.case_id for moved in impact_of_store(store, [mine, other])] == [mine]


def law_override(value: str) -> Override:
    return Override(Decimal(value), "Dự thảo", "Điều 1")


def test_a_case_the_new_law_cannot_answer_is_listed_with_the_reason(desk, world):
    """A gap in the law is no reason to stop the list."""
    case_id = desk.open()
    law_now = default_store()
    versions = [v for n in law_now.names() for v in law_now.versions(n) if n != "salary.base"]
    old = [v for v in law_now.versions("salary.base") if v.valid_from < date(2020, 1, 1)]
    closed = ParameterStore([*versions, *[v for v in old if v.end is not None]])
    moved = list(impact_of_store(closed, [case_id]))
    assert [m.case_id for m in moved] == [case_id]
    assert moved[0].comparison is None
    assert "salary.base" in moved[0].note


def test_only_the_provinces_personnel_office_measures(world, actor_as):
    for who in ("unit_hr_a", "finance", "leadership", "system_admin"):
        with actor_as(who), pytest.raises(NotAllowed):
            execute(MeasureImpact())


# -- NĐ 67's own change is the first user


def test_decree_67_moves_a_case_that_was_decided_under_the_text_before_it(office, desk, world, measured, actor_as):
    """Its transitional clause owes a leave before 15/03/2025 the higher of both texts: NĐ 67 counts the retained
    difference of salary, the text before it did not."""
    name, amended = "nd178.salary.components", date(2025, 3, 15)
    versions = default_store().versions(name)
    before_67 = "[" + ", ".join(versions[0].value) + "]"
    assert set(versions[1].value) - set(versions[0].value) == {"retained_difference"}
    not_yet = office.settle(name, before_67, amended)
    with transaction():
        world.person("a1.2").salary_rows[0].retained_difference = Decimal("0.27")
    case_id = desk.bring("decided", "a1.2", leave=date(2025, 3, 10))
    plain = desk.bring("decided", "a2.2", leave=date(2025, 3, 10))  # without a retained difference
    before = desk.case(case_id).total
    office.end(not_yet)
    found = measured()
    rows = rows_of(found)
    assert set(rows) == {case_id}, plain
    expected = api.calculate(calculation.current(desk.case(case_id)).inputs, default_store()).total
    assert (rows[case_id].old_total, rows[case_id].new_total) == (before, expected)
    assert expected > before
    outcome = amend(actor_as, found)
    assert [o.case_id for o in outcome] == [case_id]
    assert desk.case(outcome[0].amendment_id).total == expected


# -- amendments


def picks(found: LawImpact) -> list[int]:
    return [row.id for row in rows_of(found).values()]


def amend(actor_as, found: LawImpact, key: str = "k"):
    with actor_as("province_hr"):
        return open_amendments(
            found, picks(found), reason="Nghị quyết mới", document="12/2025/NQ-HĐND", document_date=DAY, key=key
        )


def drafts(case_id: int) -> list[DownsizingCase]:
    return list(db.session.scalars(select(DownsizingCase).where(DownsizingCase.amends_id == case_id)))


def test_amendments_are_opened_once_with_reason_and_document_and_show_the_new_amount(office, desk, measured, actor_as):
    case_id, open_id = desk.bring("decided", "a1.2"), desk.open("a2.2")
    office.settle(FACTOR, "0,8", DAY)
    # the open case is recomputed by the approval before the list is made
    found = measured()
    new_total = rows_of(found)[case_id].new_total
    assert open_id not in rows_of(found)
    first = amend(actor_as, found)
    again = amend(actor_as, db.session.get(LawImpact, found.id))  # the double click
    assert [o.amendment_id for o in first] == [o.amendment_id for o in again]
    made = drafts(case_id)
    assert len(made) == 1
    assert (made[0].state, made[0].total) == ("draft", new_total)
    assert desk.case(case_id).state == "decided"
    assert impact.amendments_of([case_id]) == {case_id: made[0].label}
    third = amend(actor_as, db.session.get(LawImpact, found.id), key="other")  # another form, same case
    assert third[0].amendment_id is None
    assert "bản điều chỉnh" in third[0].messages[0]
    assert len(drafts(case_id)) == 1


def test_no_amendments_from_a_preview(office, desk, measured, actor_as):
    desk.bring("decided")
    found = measured(office.propose(FACTOR, "0,8", DAY).id)
    with pytest.raises(Refused) as error:
        amend(actor_as, found)
    assert {fault.code for fault in error.value.faults} == {"other_law"}


def test_amendments_need_a_reason(desk, world, measured, actor_as):
    desk.bring("decided")
    found = measured()
    with actor_as("province_hr"), pytest.raises(Refused) as error:
        open_amendments(found, [], reason=" ", document="", document_date=None, key="k")
    assert error.value.faults[0].field == "reason"


def test_a_long_list_is_amended_in_the_background(office, desk, measured, actor_as):
    case_id = desk.bring("decided")
    office.settle(FACTOR, "0,8", DAY)
    found = measured()
    with actor_as("province_hr"):
        impact.amend_in_background(
            found, picks(found), reason="Nghị quyết mới", document="", document_date=None, key="k"
        )
    job = jobs.run_next()
    assert job.status == jobs.DONE, job.trace
    assert len(drafts(case_id)) == 1
    assert law.current_store().fingerprint == found.fingerprint
