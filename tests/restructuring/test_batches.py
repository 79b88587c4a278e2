"""Rounds and their budget, acts, papers with their numbers, lists and the work queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, func, select

from hrms.commands.restructuring import acts, calculation, funding, papers, queries
from hrms.commands.restructuring.acts import ActContent, ChangeAct, CreateAct, RemoveAct
from hrms.commands.restructuring.amendments import AmendCase
from hrms.commands.restructuring.batches import ChangeBatch, CreateBatch, MoveCases, RemoveBatch
from hrms.commands.restructuring.cases import CorrectFact
from hrms.commands.restructuring.papers import PrintPaper, RecordPaperNumber
from hrms.commands.restructuring.queries import CaseFilter
from hrms.kernel import clock
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from models.restructuring import CaseBatch, CasePaper, DownsizingCase


def fields_of(command) -> set[str]:
    with pytest.raises(Refused) as error:
        execute(command)
    return {fault.field for fault in error.value.faults}


@pytest.fixture
def batch(desk, world, actor_as):
    with actor_as("unit_hr_a"):
        return execute(CreateBatch(world.units["a"], deadline=date(2025, 6, 30))).id


# Rounds


def test_rounds_of_a_unit_count_up_within_the_year(world, actor_as):
    with actor_as("unit_hr_a"):
        names = [execute(CreateBatch(world.units["a"])).name for _ in range(2)]
        assert execute(CreateBatch(world.units["a"], 2026)).name == "Đợt 1/2026"
        assert fields_of(CreateBatch(world.units["a"], 2025, 2)) == {"round"}
        assert fields_of(CreateBatch(world.units["a"], 1890, 0, "x" * 201)) == {"year", "round", "name"}
        assert fields_of(CreateBatch(world.units["a"], deadline=date(2025, 6, 14))) == {"deadline"}
    assert names == ["Đợt 1/2025", "Đợt 2/2025"]


@pytest.mark.parametrize(
    ("who", "error"), [("unit_hr_b", NotFound), ("unit_head_a", NotAllowed), ("finance", NotAllowed)]
)
def test_rounds_are_opened_by_personnel_officers_of_the_unit(world, actor_as, who, error):
    with actor_as(who), pytest.raises(error):
        execute(CreateBatch(world.units["a"]))


def test_a_round_is_changed_by_one_editor_at_a_time(world, batch, actor_as):
    seen = db.session.get(CaseBatch, batch).version
    with actor_as("unit_hr_a"):
        execute(ChangeBatch(batch, seen, "Đợt tháng 6", date(2025, 7, 31), "Ghi chú"))
        with pytest.raises(Stale) as error:
            execute(ChangeBatch(batch, seen, "Đợt khác", date(2025, 7, 31), "Ghi chú"))
        assert [row.field for row in error.value.differences] == ["name"]
        assert fields_of(ChangeBatch(batch, None, " ", None)) == {"name"}


def test_cases_move_between_rounds_while_the_unit_works_on_them(desk, world, batch, actor_as):
    first, second = desk.open("a1.2", batch_id=batch), desk.bring("finance_review", "a2.2")
    with actor_as("unit_hr_a"):
        other = execute(CreateBatch(world.units["a"])).id
        assert [case.batch_id for case in execute(MoveCases([first], other))] == [other]
        assert [case.batch for case in execute(MoveCases([first], None))] == [None]
        assert fields_of(MoveCases([first, second], other)) == {"case_ids"}
        assert fields_of(MoveCases([], other)) == {"case_ids"}
    assert desk.case(first).batch_id is None


def test_a_case_does_not_move_into_a_round_of_another_unit(desk, world, actor_as):
    case_id = desk.open()
    with actor_as("province_hr"):
        other = execute(CreateBatch(world.units["b"])).id
        assert fields_of(MoveCases([case_id], other)) == {"batch_id"}
        whole_province = execute(CreateBatch(world.units["hy"])).id
        assert execute(MoveCases([case_id], whole_province))[0].batch_id == whole_province


def test_only_an_empty_round_is_removed(desk, batch, actor_as):
    case_id = desk.open(batch_id=batch)
    with actor_as("unit_hr_a"):
        assert fields_of(RemoveBatch(batch)) == {"batch_id"}
        execute(MoveCases([case_id], None))
        execute(RemoveBatch(batch))
    assert db.session.get(CaseBatch, batch) is None


def by_hand(batch_id: int) -> int:
    """The sum of the cases, one by one."""
    rows = db.session.scalars(select(DownsizingCase).where(DownsizingCase.batch_id == batch_id)).all()
    return sum(
        row.total or 0
        for row in rows
        if row.state not in ("refused", "withdrawn", "superseded")
        and not (row.amends_id and row.state in ("draft", "unit_review", "appraisal", "finance_review"))
    )


def test_the_budget_of_a_round_is_the_sum_of_its_cases(desk, world, batch, actor_as):
    draft = desk.open("a1.2", batch_id=batch)
    desk.bring("paid", "a2.2", batch_id=batch)
    granted = {"local_top_up": 7_000_000, "local_top_up_decision": "9/QĐ", "local_top_up_on": date(2025, 3, 1)}
    desk.open("a1.1", batch_id=batch, **granted)
    desk.open("a.2", batch_id=batch, under_discipline=True)
    desk.open("a2.1")
    with actor_as("unit_hr_a"):
        found = queries.batch_totals(batch)
        listed = queries.totals_of_batches([batch])[batch]
    assert found.budget == listed.total == by_hand(batch) > 0
    assert (found.cases, listed.cases, found.unknown, found.ineligible) == (4, 4, 0, 1)
    assert found.paid == found.decided == sum(row.total for row in found.by_state if row.key == "paid")
    for groups in (found.by_benefit, found.by_funding):
        assert sum(row.total for row in groups) == found.budget
    assert sum(row.cases for row in found.by_benefit) == found.cases
    assert {row.key: row.total for row in found.by_funding}["local_top_up"] == 7_000_000
    assert {row.key for row in found.by_benefit if row.total} == {"178/early_retirement"}
    desk.do(draft, "withdraw", by="unit_hr_a", reason="Rút")
    with actor_as("unit_hr_a"):
        after = queries.batch_totals(batch)
    assert after.budget == by_hand(batch) < found.budget
    assert {row.key: row.cases for row in after.by_state} == {"draft": 2, "paid": 1, "withdrawn": 1}


def test_an_amendment_takes_the_place_of_the_old_version_only_when_decided(desk, world, batch, actor_as):
    old = desk.bring("decided", batch_id=batch)
    before = desk.case(old).total
    with transaction():
        world.person("a1.2").salary_rows[0].leadership = "0.3"
    with actor_as("unit_hr_a"):
        new = execute(AmendCase(old, "Tính thiếu")).id
        assert queries.batch_totals(batch).budget == before
    for step in ("submit", "review", "appraise", "endorse", "decide"):
        desk.do(new, step)
    with actor_as("unit_hr_a"):
        found = queries.batch_totals(batch)
    assert (found.budget, found.cases) == (desk.case(new).total, 1)


def test_totals_count_only_what_the_actor_may_see(desk, world, actor_as):
    with actor_as("province_hr"):
        batch = execute(CreateBatch(world.units["hy"])).id
    act_b = desk.act("b")
    mine = desk.open("a1.2")
    with actor_as("province_hr"):
        from hrms.commands.restructuring.cases import OpenCase

        other = execute(OpenCase(world.people["b1.2"], leave_date=date(2025, 8, 1), act_id=act_b, batch_id=batch)).id
        execute(MoveCases([mine], batch))
        whole = queries.batch_totals(batch).budget
    with actor_as("unit_hr_a"):
        assert queries.batch_totals(batch).budget == desk.case(mine).total
    with actor_as("finance"):
        assert queries.batch_totals(batch).cases == 0
    assert whole == desk.case(mine).total + desk.case(other).total


def test_totals_cost_three_statements_however_many_cases(desk, batch, actor_as):
    for person in ("a1.2", "a2.2", "a.2"):
        desk.open(person, batch_id=batch)
    with actor_as("unit_hr_a"):
        queries.batch_totals(batch)  # rights are loaded once
        statements: list[str] = []
        listener = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        queries.batch_totals(batch)
        event.remove(db.engine, "before_cursor_execute", listener)
    assert len([s for s in statements if s.lstrip().startswith("SELECT")]) == 3


# Acts

ACT = ActContent("5/NQ-HĐND", date(2025, 2, 1), date(2025, 3, 1), "Về sắp xếp", "HĐND tỉnh")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"number": " "}, {"number"}),
        ({"title": ""}, {"title"}),
        ({"issued_on": None}, {"issued_on"}),
        ({"effective_on": None}, {"effective_on"}),
        ({"effective_on": date(2025, 1, 31)}, {"effective_on"}),
        ({"kind": "province_merger"}, {"kind"}),
        ({"title": "x" * 401, "number": "y" * 81}, {"title", "number"}),
    ],
)
def test_an_act_needs_number_title_and_days_in_order(world, actor_as, changes, fields):
    with actor_as("unit_hr_a"):
        assert fields_of(CreateAct(world.units["a"], replace(ACT, **changes))) == fields


def test_an_act_effective_on_the_day_it_is_issued_is_fine_and_recorded_once(world, actor_as):
    with actor_as("unit_hr_a"):
        same_day = replace(ACT, effective_on=ACT.issued_on)
        assert execute(CreateAct(world.units["a"], same_day)).effective_on == ACT.issued_on
        assert fields_of(CreateAct(world.units["a"], same_day)) == {"number"}
        with pytest.raises(NotFound):
            execute(CreateAct(world.units["b"], ACT))


def test_a_corrected_effective_day_recomputes_open_cases_and_leaves_decided_ones(desk, actor_as, session):
    open_id, decided = desk.open("a1.2"), desk.bring("decided", "a2.2")
    before = desk.case(open_id).total, desk.case(decided).total
    act = session.get(acts.RestructuringAct, desk.act())
    seen = act.version
    content = ActContent(act.number, act.issued_on, act.effective_on, act.title)
    with actor_as("unit_hr_a"):
        # More than twelve months before the leave: half the months' allowance.
        earlier = replace(content, issued_on=date(2024, 6, 1), effective_on=date(2024, 7, 1))
        execute(ChangeAct(act.id, seen, earlier))
        with pytest.raises(Stale):
            execute(ChangeAct(act.id, seen, content))
    assert desk.case(open_id).total < before[0]
    assert desk.case(decided).total == before[1]


def test_an_act_that_cases_rest_on_is_not_removed(desk, world, actor_as):
    desk.open()
    with actor_as("unit_hr_a"):
        assert fields_of(RemoveAct(desk.act())) == {"act_id"}
        free = execute(CreateAct(world.units["a"], ACT)).id
        execute(RemoveAct(free))


# Papers


def test_a_paper_is_printed_without_number_and_gets_it_from_the_records_office(desk, actor_as):
    case_id = desk.bring("endorsed")
    with actor_as("province_hr"):
        paper = execute(PrintPaper("decision", case_id=case_id, final=True))
        assert (paper.number, paper.issued_on) == ("", None)
        assert paper.calculation_id == desk.case(case_id).calculation_id
        assert papers.numbered_decision(desk.case(case_id)) is None
        assert fields_of(RecordPaperNumber(paper.id, " ", None)) == {"number", "issued_on"}
        assert fields_of(RecordPaperNumber(paper.id, "15/QĐ-SNV", date(2025, 6, 16))) == {"issued_on"}
        execute(RecordPaperNumber(paper.id, "15/QĐ-SNV", date(2025, 6, 14)))
        assert papers.numbered_decision(desk.case(case_id)).number == "15/QĐ-SNV"


def test_a_unit_that_numbers_its_papers_counts_per_kind_and_year(desk, world, actor_as):
    with transaction():
        world.unit("a").numbers_papers_here = True
        world.unit("a").paper_symbol = "SXD"
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        assert execute(PrintPaper("submission", case_id=case_id)).number == ""
        assert execute(PrintPaper("submission", case_id=case_id, final=True)).number == "01/TTr-SXD"
        assert execute(PrintPaper("submission", case_id=case_id, final=True)).number == "02/TTr-SXD"
        assert execute(PrintPaper("decision", case_id=case_id, final=True)).number == "01/QĐ-SXD"
        assert execute(PrintPaper("calculation_sheet", case_id=case_id, final=True)).number == ""
        with clock.travel_to(date(2026, 1, 2)):
            assert execute(PrintPaper("decision", case_id=case_id, final=True)).number == "01/QĐ-SXD"


def test_the_same_number_on_two_papers_of_a_year_is_refused(desk, actor_as):
    first, second = desk.open("a1.2"), desk.open("a2.2")
    with actor_as("unit_hr_a"):
        one = execute(PrintPaper("decision", case_id=first)).id
        two = execute(PrintPaper("decision", case_id=second)).id
        execute(RecordPaperNumber(one, "15/QĐ-SXD", date(2025, 6, 14)))
        assert fields_of(RecordPaperNumber(two, "15/QĐ-SXD", date(2025, 6, 14))) == {"number"}
        execute(RecordPaperNumber(two, "15/QĐ-SXD", date(2024, 6, 14)))


def test_what_is_printed_for_whom(desk, batch, actor_as):
    case_id = desk.open(batch_id=batch)
    with actor_as("unit_hr_a"):
        assert execute(PrintPaper("budget_list", batch_id=batch)).batch_id == batch
        assert fields_of(PrintPaper("budget_list", case_id=case_id)) == {"kind"}
        assert fields_of(PrintPaper("calculation_sheet", batch_id=batch)) == {"kind"}
        assert fields_of(PrintPaper("decision")) == {"case_id"}
        assert fields_of(PrintPaper("decision", case_id, batch)) == {"case_id"}
        sheet = execute(PrintPaper("calculation_sheet", case_id=case_id))
        assert fields_of(RecordPaperNumber(sheet.id, "1", date(2025, 6, 1))) == {"number"}
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        execute(PrintPaper("decision", case_id=case_id))
    with actor_as("finance"), pytest.raises(NotFound):
        execute(PrintPaper("decision", case_id=case_id))
    assert {paper.kind for paper in papers.papers_of(db.session.get(CaseBatch, batch))} == {"budget_list"}


def test_finance_prints_and_numbers_what_is_in_work_there(desk, batch, actor_as):
    case_id = desk.bring("finance_review", batch_id=batch)
    with actor_as("finance"):
        paper = execute(PrintPaper("submission", case_id=case_id)).id
        execute(RecordPaperNumber(paper, "9/TTr-STC", date(2025, 6, 15)))
        assert execute(PrintPaper("budget_list", batch_id=batch)).id
    assert db.session.scalar(select(func.count()).select_from(CasePaper)) == 2


def test_a_case_without_an_answer_prints_only_its_refusal(desk, world, factory, actor_as):
    world.people["a1.9"] = factory.person(world.unit("a1"), insurance=False).id
    case_id = desk.open("a1.9")
    with actor_as("unit_hr_a"):
        assert fields_of(PrintPaper("calculation_sheet", case_id=case_id)) == {"case_id"}
        assert execute(PrintPaper("refusal", case_id=case_id)).calculation_id is None


# Lists and queue


def numbers(wanted: CaseFilter) -> list[str]:
    query = queries.case_query(wanted).order_by(DownsizingCase.id)
    return [row.number[-4:] for row in db.session.scalars(query)]


def test_the_list_narrows_by_words_unit_state_round_dates_and_answer(desk, world, batch, actor_as):
    desk.open("a1.2", batch_id=batch)
    desk.bring("unit_review", "a2.2", leave_date=date(2025, 9, 1))
    desk.open("b1.2")
    with actor_as("province_hr"):
        assert len(numbers(CaseFilter())) == 3
        assert numbers(CaseFilter(q="sxd-tccb-2")) == ["0001"]
        assert numbers(CaseFilter(q="NV-SXD 0002")) == ["0002"]
        assert numbers(CaseFilter(q="%")) == []
        assert numbers(CaseFilter(unit_id=world.units["a"])) == ["0001", "0002"]
        assert numbers(CaseFilter(unit_id=world.units["a2"])) == ["0002"]
        assert numbers(CaseFilter(states=("unit_review",))) == ["0002"]
        assert numbers(CaseFilter(batch_id=batch)) == ["0001"]
        assert numbers(CaseFilter(leave_from=date(2025, 8, 2))) == ["0002"]
        assert len(numbers(CaseFilter(leave_to=date(2025, 8, 1)))) == 2
        assert len(numbers(CaseFilter(decree="178", benefit="early_retirement"))) == 3
        assert numbers(CaseFilter(decree="154")) == []
        assert len(numbers(CaseFilter(person_id=world.people["b1.2"]))) == 1
        assert queries.counts_by_state()["draft"].cases == 2
    with actor_as("unit_hr_a"):
        assert numbers(CaseFilter(unit_id=world.units["b"])) == []
        assert queries.counts_by_state()["draft"].cases == 1


def test_a_person_is_found_without_marks(desk, world, actor_as):
    with transaction():
        world.person("a1.2").full_name = "Đỗ Thị Nhường"
    desk.open("a1.2")
    with actor_as("unit_hr_a"):
        assert numbers(CaseFilter(q="do thi nhuong")) == ["0001"]
        assert numbers(CaseFilter(q="Nhường")) == ["0001"]


@pytest.mark.parametrize(
    ("state", "who", "step"),
    [
        ("draft", "unit_hr_a", "submit"),
        ("unit_review", "unit_head_a", "review"),
        ("appraisal", "province_hr", "appraise"),
        ("finance_review", "finance", "endorse"),
        ("endorsed", "province_hr", "decide"),
        ("decided", "finance", "pay"),
    ],
)
def test_a_case_waits_for_one_desk_and_no_other(desk, actor_as, state, who, step):
    desk.bring(state)
    desks = (
        "unit_hr_a",
        "unit_head_a",
        "province_hr",
        "finance",
        "unit_hr_b",
        "unit_head_b",
        "leadership",
        "auditor",
        "staff_member_a",
    )
    for name in desks:
        with actor_as(name):
            queue = queries.my_queue()
            assert [item.step for item in queue.items] == ([step] if name == who else []), name
            assert queue.total == len(queue.items)


def test_what_is_done_waits_for_nobody(desk, actor_as):
    desk.bring("paid", "a1.2")
    desk.do(desk.open("a2.2"), "withdraw", by="unit_hr_a", reason="Rút")
    for name in ("unit_hr_a", "unit_head_a", "province_hr", "finance"):
        with actor_as(name):
            assert queries.my_queue().total == 0


def test_a_case_does_not_wait_for_the_hand_that_may_not_take_the_step(desk, world, factory, actor_as):
    factory.assign(world.account("unit_hr_a"), "unit_head", world.unit("a"))
    desk.bring("unit_review")
    with actor_as("unit_hr_a"):
        assert queries.my_queue().total == 0
    with actor_as("unit_head_a"):
        assert queries.my_queue().total == 1


@pytest.mark.parametrize(("today", "late"), [(date(2025, 6, 30), 0), (date(2025, 7, 1), 1)])
def test_a_case_is_late_the_day_after_the_deadline_of_its_round(desk, batch, actor_as, today, late):
    desk.open("a1.2")
    desk.open("a2.2", batch_id=batch)
    with actor_as("unit_hr_a"), clock.travel_to(today):
        queue = queries.my_queue()
        assert (queue.total, queue.late) == (2, late)
        assert [item.deadline for item in queue.items] == [date(2025, 6, 30), None]
        assert [item.late for item in queue.items] == [bool(late), False]
        assert numbers(CaseFilter(late=True)) == ["0002"] * late


def test_the_queue_is_long_but_shows_the_first(desk, actor_as):
    for person in ("a1.2", "a2.2", "a.2"):
        desk.open(person)
    with actor_as("unit_hr_a"):
        queue = queries.my_queue(limit=2)
    assert (len(queue.items), queue.total) == (2, 3)


def test_one_case_may_be_paid_from_several_purses(desk, batch, actor_as):
    case_id = desk.open("a1.2", batch_id=batch, decree="154", benefit="severance")
    with actor_as("unit_hr_a"):
        execute(CorrectFact(case_id, "social_insurance_months", 100, "XN 7/BHXH"))
        execute(CorrectFact(case_id, "ground_154", "a", "12/QĐ-SXD"))
        case = desk.case(case_id)
        lines = {line["code"]: line["amount"] for line in calculation.current(case).result["lines"]}
        purses = {row.key: (row.cases, row.total) for row in queries.batch_totals(batch).by_funding}
        shown = funding.funded_lines(
            calculation.current(case).result, case.decree_found, case.funding_source, public_service_unit=False
        )
    assert purses == {
        "salary_reform": (1, case.total - lines["job_search"]),
        "unit_estimate": (1, lines["job_search"]),
    }
    assert {line.code: line.source for line in shown}["job_search"] == "unit_estimate"
    assert all(line.rule and line.article for line in shown)


def test_a_unit_that_pays_everything_itself_has_one_purse(desk, world, batch, actor_as):
    with transaction():
        world.unit("a1").funding = "self"
    case_id = desk.open("a1.2", batch_id=batch, decree="154", benefit="severance")
    with actor_as("unit_hr_a"):
        execute(CorrectFact(case_id, "social_insurance_months", 100, "XN 7/BHXH"))
        found = queries.batch_totals(batch)
    assert [(row.key, row.total) for row in found.by_funding] == [("own_revenue", found.budget)]
    assert found.budget > 0
