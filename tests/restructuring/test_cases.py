"""Opening one or many cases, editing with two editors, remarks on lines, amending after the decision, leaving."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hrms.commands.restructuring import amendments, calculation, guards
from hrms.commands.restructuring.amendments import AmendCase
from hrms.commands.restructuring.batches import CreateBatch
from hrms.commands.restructuring.cases import EditCase, OpenCase, OpenCases
from hrms.commands.restructuring.effects import carry_out
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.review import SetAssessment, SetMeeting, YearAssessment
from hrms.commands.restructuring.steps import CommentLine, EndorseFinance, WriteRemark
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from hrms.kernel.workflow import performed
from models.restructuring import CaseCalculation, DownsizingCase
from models.staff import Person
from tests.support.desk import LEAVE


def faults_of(command, **more) -> dict[str, str]:
    with pytest.raises(Refused) as error:
        execute(command, **more)
    return {fault.field: fault.message for fault in error.value.faults}


# Opening


def test_many_cases_open_at_once_each_with_its_own_facts(desk, world, actor_as):
    act = desk.act()
    people = [world.people["a1.1"], world.people["a1.2"], world.people["a2.2"]]
    with actor_as("unit_hr_a"):
        batch = execute(CreateBatch(world.units["a"]))
        made = execute(OpenCases(people, LEAVE, batch.id, act, "Đợt 1"), key="open-1")
        again = execute(OpenCases(people, LEAVE, batch.id, act, "Đợt 1"), key="open-1")
    assert [case.id for case in made] == [case.id for case in again]
    assert [case.person_id for case in made] == people
    assert [case.number[-4:] for case in made] == ["0001", "0002", "0003"]
    assert {case.batch_id for case in made} == {batch.id}
    assert [case.ground for case in made] == ["2.1.g", "2.1.a", "2.1.a"]


def test_opening_many_is_all_or_nothing_and_names_everybody_in_the_way(desk, world, actor_as):
    desk.open("a1.2")
    with actor_as("unit_hr_a"), pytest.raises(Refused) as error:
        execute(OpenCases([world.people["a1.1"], world.people["a1.2"]], LEAVE, None, desk.act()))
    assert [fault.code for fault in error.value.faults] == ["other_case"]
    assert "SXD-TCCB-2" in error.value.faults[0].message
    assert db.session.query(DownsizingCase).count() == 1


def test_nobody_opens_a_case_for_somebody_of_another_unit(world, actor_as):
    with actor_as("unit_hr_a"):
        with pytest.raises(NotFound):
            execute(OpenCase(world.people["b1.2"], leave_date=LEAVE))
        assert "person_ids" in faults_of(OpenCases([world.people["a1.2"], world.people["b1.2"]], LEAVE))


@pytest.mark.parametrize("who", ["unit_head_a", "finance", "leadership", "auditor", "staff_member_a"])
def test_only_personnel_officers_open_cases(world, actor_as, who):
    with actor_as(who), pytest.raises(NotAllowed):
        execute(OpenCase(world.people["a1.2"], leave_date=LEAVE))


def test_seeing_somebody_is_not_yet_the_right_to_open_a_case(world, factory, actor_as):
    factory.assign(world.account("unit_hr_b"), "unit_head", world.unit("a"))
    with actor_as("unit_hr_b"):
        with pytest.raises(NotAllowed):
            execute(OpenCase(world.people["a1.2"], leave_date=LEAVE))
        with pytest.raises(NotAllowed):
            execute(OpenCases([world.people["a1.2"]], LEAVE))


def test_who_has_left_or_has_no_unit_gets_no_case(world, actor_as):
    with transaction():
        world.person("a1.2").status = "left"
    with actor_as("unit_hr_a"):
        assert "đã nghỉ" in faults_of(OpenCase(world.people["a1.2"], leave_date=LEAVE))["person_id"]


def test_a_case_needs_its_leave_date(world, actor_as):
    with actor_as("unit_hr_a"):
        assert set(faults_of(OpenCase(world.people["a1.2"]))) == {"leave_date"}
        assert set(faults_of(OpenCases([world.people["a1.2"]], None))) == {"leave_date"}
        assert set(faults_of(OpenCases([], LEAVE))) == {"person_ids"}


def test_a_round_takes_only_cases_of_its_own_unit(world, actor_as):
    with actor_as("province_hr"):
        batch = execute(CreateBatch(world.units["b"]))
        assert set(faults_of(OpenCase(world.people["a1.2"], leave_date=LEAVE, batch_id=batch.id))) == {"batch_id"}
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        execute(OpenCase(world.people["a1.2"], leave_date=LEAVE, batch_id=batch.id))


@pytest.mark.parametrize(
    ("category", "rank", "ground"),
    [
        ("civil_servant", "", "2.1.a"),
        ("civil_servant", "deputy", "2.1.g"),
        ("commune_official", "head", "2.1.b"),
        ("contract_worker", "", "2.1.c"),
        ("association_staff", "", "2.3"),
    ],
)
def test_the_ground_is_suggested_by_kind_of_staff_and_post(desk, world, factory, actor_as, category, rank, ground):
    person = factory.person(world.unit("a1"), category=category, leader_rank=rank)
    with actor_as("unit_hr_a"):
        case = execute(OpenCase(person.id, leave_date=LEAVE, act_id=desk.act()))
    assert case.ground == ground


def test_somebody_outside_the_restructured_unit_is_not_directly_affected(desk, world, actor_as):
    act = desk.act("b")
    with actor_as("province_hr"):
        case = execute(OpenCase(world.people["a1.2"], leave_date=LEAVE, act_id=act))
    assert (case.ground, case.directly_affected) == ("2.2", False)


def test_numbers_count_anew_each_year(desk, world):
    desk.open("a1.2")
    with clock.travel_to(date(2026, 1, 5)):
        assert desk.case(desk.open("a2.2")).number == "NV-SXD-2026-0001"


def test_a_failed_opening_gives_its_number_back(desk, world, actor_as, monkeypatch):
    desk.act()

    def broken(case: DownsizingCase) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch, actor_as("unit_hr_a"), pytest.raises(RuntimeError):
        patch.setattr("hrms.commands.restructuring.cases.dossier.converge", broken)
        execute(OpenCase(world.people["a1.2"], leave_date=LEAVE))
    assert desk.case(desk.open("a1.2")).number == "NV-SXD-2025-0001"


# Editing


def test_the_second_editor_sees_both_versions_and_loses_nothing(desk, actor_as):
    case_id = desk.open()
    case = desk.case(case_id)
    seen, mine = case.version, replace(CaseRequest.of(case), leave_date=date(2025, 8, 15), reason="Sức khỏe")
    desk.edit(case_id, leave_date=date(2025, 9, 1))
    with actor_as("unit_hr_a"), pytest.raises(Stale) as error:
        execute(EditCase(case_id, seen, mine))
    compared = {row.label: (row.yours, row.theirs) for row in error.value.differences}
    assert compared == {
        "Nghỉ từ ngày": (date(2025, 8, 15), date(2025, 9, 1)),
        "Lý do, hoàn cảnh": ("Sức khỏe", ""),
    }
    assert desk.case(case_id).leave_date == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"leave_date": None}, {"leave_date"}),
        ({"decree": "67"}, {"decree"}),
        ({"benefit": "bonus"}, {"benefit"}),
        ({"ground": "9.9"}, {"ground"}),
        ({"retirement_annex": "III"}, {"retirement_annex"}),
        ({"group_177": "k9"}, {"group_177"}),
        ({"ground": "2.4"}, {"group_177"}),
        ({"application_on": date(2025, 6, 16)}, {"application_on"}),
        ({"roadmap_decided_on": date(2025, 8, 2)}, {"roadmap_decided_on"}),
        ({"deputies_present": -1, "deputies_allowed": -2}, {"deputies_present", "deputies_allowed"}),
        ({"local_top_up": 0}, {"local_top_up", "local_top_up_decision", "local_top_up_on"}),
        ({"local_top_up_decision": "9/QĐ"}, {"local_top_up"}),
        ({"decree": "x", "benefit": "y", "leave_date": None}, {"decree", "benefit", "leave_date"}),
    ],
)
def test_every_fault_of_a_request_is_named_at_once(desk, changes, fields):
    case_id = desk.open()
    with pytest.raises(Refused) as error:
        desk.edit(case_id, **changes)
    assert {fault.field for fault in error.value.faults} == fields


def test_an_edit_recomputes_and_fits_the_checklist(desk):
    case_id = desk.open(voluntary=False, application_on=None)
    case = desk.case(case_id)
    required = {item.code for item in case.checklist if item.required}
    assert "application" not in required
    before = case.total
    desk.edit(case_id, voluntary=True, retirement_annex="II", leave_date=date(2025, 7, 1))
    case = desk.case(case_id)
    assert {"application", "hazard_evidence"} <= {item.code for item in case.checklist if item.required}
    assert case.total != before


def test_an_act_of_another_department_cannot_be_named(desk):
    act = desk.act("b")
    case_id = desk.open()
    with pytest.raises(NotFound):
        desk.edit(case_id, act_id=act)


def test_an_act_of_the_superior_unit_applies_below_it(desk):
    act = desk.act("hy")
    case_id = desk.open()
    desk.edit(case_id, act_id=act)
    assert desk.case(case_id).act_id == act


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"meeting_on": date(2025, 6, 16)}, {"meeting_on"}),
        ({"meeting_on": None}, {"meeting_on"}),
        ({"meeting_present": 0}, {"meeting_present", "meeting_agree"}),
        ({"meeting_agree": 8}, {"meeting_agree"}),
        ({"meeting_agree": -1}, {"meeting_agree"}),
        ({"meeting_present": None}, {"meeting_present"}),
        ({"meeting_minutes": "x" * 121}, {"meeting_minutes"}),
    ],
)
def test_minutes_that_contradict_themselves_are_refused(desk, actor_as, changes, fields):
    case_id = desk.open()
    good = {"meeting_on": date(2025, 6, 10), "meeting_minutes": "5/BB", "meeting_present": 7, "meeting_agree": 6}
    with actor_as("unit_hr_a"):
        assert set(faults_of(SetMeeting(case_id, None, **{**good, **changes}))) == fields


def test_assessments_are_checked_and_move_the_version_of_the_case(desk, actor_as):
    case_id = desk.open()
    seen = desk.case(case_id).version
    with actor_as("unit_hr_a"):
        bad = [YearAssessment(2024, "A+"), YearAssessment(2010, "HTT"), YearAssessment(2023, "HTT", 101)]
        assert set(faults_of(SetAssessment(case_id, None, bad))) == {
            "years.2024.level",
            "years.2010.year",
            "years.2023.conduct_score",
        }
        assert "years" in faults_of(SetAssessment(case_id, None, [YearAssessment(2024), YearAssessment(2024)]))
        execute(SetAssessment(case_id, seen, [YearAssessment(2024, "HTXS", remark=" Tốt ")]))
        with pytest.raises(Stale):
            execute(SetAssessment(case_id, seen, []))
    assert [(row.year, row.level, row.remark) for row in desk.case(case_id).assessments] == [(2024, "HTXS", "Tốt")]


# Finance and remarks


def test_finance_sends_one_line_back_with_a_comment(desk, actor_as):
    case_id = desk.bring("finance_review")
    with actor_as("finance"):
        assert set(faults_of(CommentLine(case_id, "early_months", " "))) == {"body"}
        assert set(faults_of(CommentLine(case_id, "no_line", "Sai"))) == {"line_code"}
        remark = execute(CommentLine(case_id, "early_months", "Số tháng nghỉ sớm chưa đúng"), key="c1")
        assert execute(CommentLine(case_id, "early_months", "Số tháng nghỉ sớm chưa đúng"), key="c1").id == remark.id
    case = desk.case(case_id)
    assert case.state == "appraisal"
    assert "Số tháng nghỉ sớm chưa đúng" in performed(case)[-1].reason
    assert [o.code for o in guards.lines_answered(case)] == ["line_unanswered"]
    with actor_as("province_hr"):
        execute(CommentLine(case_id, "early_months", "Đã đối chiếu quyết định, giữ nguyên"))
    assert list(guards.lines_answered(desk.case(case_id))) == []
    assert desk.case(case_id).state == "appraisal"


def test_a_remark_on_a_line_may_leave_the_case_with_finance(desk, actor_as):
    case_id = desk.bring("finance_review")
    with actor_as("finance"):
        execute(CommentLine(case_id, "early_months", "Đã kiểm tra", send_back=False))
    assert desk.case(case_id).state == "finance_review"


@pytest.mark.parametrize(("who", "error"), [("leadership", NotAllowed), ("unit_hr_b", NotFound)])
def test_who_only_looks_writes_no_remarks(desk, actor_as, who, error):
    case_id = desk.bring("finance_review")
    with actor_as(who):
        with pytest.raises(error):
            execute(CommentLine(case_id, "early_months", "x"))
        with pytest.raises(error):
            execute(WriteRemark(case_id, "x"))


def test_remarks_stay_as_written(desk, actor_as):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        execute(WriteRemark(case_id, "  Đã gọi điện  "))
        assert set(faults_of(WriteRemark(case_id, " "))) == {"body"}
    assert [row.body for row in history.comments_of(desk.case(case_id))] == ["Đã gọi điện"]


def test_where_the_unit_pays_a_part_itself_finance_names_the_source(desk, world, actor_as):
    with transaction():
        world.unit("a1").funding = "partly"
    case_id = desk.bring("finance_review")
    assert desk.case(case_id).funding_source == ""
    with actor_as("finance"):
        assert set(faults_of(EndorseFinance(case_id))) == {"funding_source"}
        assert set(faults_of(EndorseFinance(case_id, funding_source="lottery"))) == {"funding_source"}
        assert execute(EndorseFinance(case_id, funding_source="own_revenue")).funding_source == "own_revenue"


@pytest.mark.parametrize(("funding", "source"), [("budget", "salary_reform"), ("self", "own_revenue"), ("partly", "")])
def test_the_source_of_funds_follows_who_finances_the_unit(desk, world, funding, source):
    with transaction():
        world.unit("a1").funding = funding
    assert desk.case(desk.open()).funding_source == source


# Amending


def test_an_amendment_is_a_new_version_and_the_old_one_stays_frozen(desk, world, actor_as, session):
    old_id = desk.bring("decided")
    old_total = desk.case(old_id).total
    with transaction():
        world.person("a1.2").salary_rows[0].leadership = "0.3"
    with actor_as("unit_hr_a"):
        assert set(faults_of(AmendCase(old_id, " "))) == {"reason"}
        new = execute(AmendCase(old_id, "Tính thiếu phụ cấp chức vụ", "12/CV-SXD", date(2025, 6, 15)), key="m")
        assert execute(AmendCase(old_id, "Tính thiếu phụ cấp chức vụ", "12/CV-SXD", date(2025, 6, 15)), key="m") is new
    new_id = new.id
    assert (new.revision, new.state, new.number, new.label) == (
        2,
        "draft",
        "NV-SXD-2025-0001",
        "NV-SXD-2025-0001 (lần 2)",
    )
    assert new.total > old_total
    assert all(item.present for item in new.checklist if item.required)
    old = desk.case(old_id)
    assert (old.state, old.total) == ("decided", old_total)
    for step in ("submit", "review", "appraise", "endorse"):
        desk.do(new_id, step)
        assert desk.case(old_id).state == "decided"
    desk.do(new_id, "decide", decision_number="16/QĐ-UBND")
    old = desk.case(old_id)
    assert (old.state, old.total) == ("superseded", old_total)
    assert calculation.current(old).frozen
    assert performed(old)[-1].document == "16/QĐ-UBND"
    assert [case.id for case in amendments.versions_of(old)] == [old_id, new_id]
    frozen = session.query(CaseCalculation).filter_by(frozen=True).count()
    assert frozen == 2


def test_an_amendment_after_payment_pays_only_the_difference(desk, world, actor_as):
    old_id = desk.bring("paid")
    paid = desk.case(old_id).total
    with transaction():
        world.person("a1.2").salary_rows[0].leadership = "0.3"
    with actor_as("unit_hr_a"):
        new_id = execute(AmendCase(old_id, "Tính thiếu")).id
    for step in ("submit", "review", "appraise", "endorse", "decide"):
        desk.do(new_id, step)
    new = desk.case(new_id)
    assert amendments.payable(new) == new.total - paid > 0
    with pytest.raises(Refused):
        desk.do(new_id, "pay", paid_amount=new.total)
    desk.do(new_id, "pay")
    assert desk.case(new_id).paid_amount == new.total - paid


def test_one_amendment_at_a_time_but_another_after_it_was_withdrawn(desk, actor_as):
    old_id = desk.bring("decided")
    with actor_as("unit_hr_a"):
        first = execute(AmendCase(old_id, "Sai")).id
        with pytest.raises(Refused) as error:
            execute(AmendCase(old_id, "Sai nữa"))
    assert [fault.code for fault in error.value.faults] == ["amendment_open"]
    with pytest.raises(Refused) as error:
        desk.do(old_id, "pay")
    assert "amendment_open" in {fault.code for fault in error.value.faults}
    desk.do(first, "withdraw", by="unit_hr_a", reason="Không cần nữa")
    with actor_as("unit_hr_a"):
        assert execute(AmendCase(old_id, "Sai thật")).revision == 3


def test_an_undecided_case_is_edited_and_not_amended(desk, actor_as):
    case_id = desk.bring("appraisal")
    with actor_as("unit_hr_a"), pytest.raises(Refused) as error:
        execute(AmendCase(case_id, "Sai"))
    assert [fault.code for fault in error.value.faults] == ["wrong_state"]


@pytest.mark.parametrize("who", ["finance", "unit_head_a", "auditor"])
def test_amending_is_for_personnel_officers(desk, actor_as, who):
    case_id = desk.bring("decided")
    with actor_as(who), pytest.raises(NotAllowed):
        execute(AmendCase(case_id, "Sai"))


# What the decision brings about


def test_on_the_decided_day_the_person_leaves_the_service(desk, world, session):
    case_id = desk.bring("decided")
    assert carry_out(date(2025, 7, 31)).done == []
    with clock.travel_to(LEAVE):
        assert carry_out(LEAVE).done == [case_id]
        session.expire_all()
        person = session.get(Person, world.people["a1.2"])
        assert person.left_on == LEAVE
        assert person.appointments[-1].valid_to == date(2025, 7, 31)
        assert carry_out(LEAVE).done == []


def test_an_undecided_case_lets_nobody_go(desk):
    desk.bring("endorsed")
    assert carry_out(date(2025, 12, 1)).done == []


def test_one_record_in_the_way_stops_nobody_elses_leave(desk, world, session):
    stuck = desk.bring("decided", "a1.2")
    desk.prepare(second := desk.open("a2.2"))
    for step in ("submit", "review", "appraise", "endorse", "decide"):
        desk.do(second, step)
    with transaction():
        world.person("a1.2").appointments[0].valid_to = date(2025, 7, 1)
    found = carry_out(LEAVE)
    assert found.done == [second]
    assert set(found.stuck) == {desk.case(stuck).label}


def test_scope_is_the_same_for_case_rows_and_what_hangs_on_them(desk, actor_as):
    case_id = desk.bring("decided")
    row = calculation.current(desk.case(case_id))
    for who, visible in (("unit_hr_a", True), ("finance", True), ("unit_hr_b", False), ("staff_member_a", True)):
        with actor_as(who):
            assert access.may("case", "read", row) is visible
