"""Reports by name: faults all at once, rights and scope, file names without personal data."""

from __future__ import annotations

import pytest

from hrms.kernel.errors import NotAllowed, NotFound, Refused
from reports.registry import UnknownReport, produce, report_named, reports


def test_every_report_tells_its_title_and_can_be_asked_for_with_a_hyphen():
    for name, report in reports().items():
        assert report.title and report.about and report.formats and report.slug.isascii()
        assert report_named(name.replace("_", "-")) is report


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownReport) as unknown:
        report_named("decison")
    assert "decision" in unknown.value.message
    with pytest.raises(UnknownReport) as unknown:
        report_named("zzz")
    assert "calculation_sheet" in unknown.value.message


def test_every_fault_of_a_request_is_named_at_once(session):
    with pytest.raises(Refused) as refused:
        produce("budget_list", "docx", {"bach": "1", "paper": "A5", "identity": "maybe"})
    assert {fault.field for fault in refused.value.faults} == {"format", "bach", "batch", "paper", "identity"}
    by_field = refused.value.by_field()
    assert "pdf, xlsx" in by_field["format"][0]
    assert "“batch”" in by_field["bach"][0]
    assert "Thiếu tham số “batch”" in by_field["batch"][0]
    assert "A4, A3" in by_field["paper"][0]


@pytest.mark.parametrize("key", ["99999", "0", "-1", "NV-KHONG-CO-2025-0001", "1 OR 1=1", "9" * 30, "1.5"])
def test_a_record_that_does_not_exist_is_not_found(world, session, key):
    for name, parameter in (("decision", "case"), ("estimate", "batch")):
        with pytest.raises(NotFound):
            produce(name, "pdf", {parameter: key})


def test_another_units_records_look_like_none(desk, batch_id, actor_as):
    case = desk.case(desk.open("a1.1", batch_id=batch_id))
    with actor_as("unit_hr_b"):
        for key in (str(case.id), case.number):
            with pytest.raises(NotFound):
                produce("minutes", "pdf", {"case": key})
        with pytest.raises(NotFound):
            produce("budget_list", "pdf", {"batch": str(batch_id)})
    with actor_as("unit_hr_a"):
        assert produce("minutes", "pdf", {"case": str(case.id)}).content


def test_finance_prints_only_what_has_reached_it(desk, actor_as):
    draft, there = desk.open("a2.1"), desk.bring("finance_review", "a1.2")
    with actor_as("finance"):
        with pytest.raises(NotFound):
            produce("minutes", "pdf", {"case": str(draft)})
        assert produce("calculation_sheet", "pdf", {"case": str(there)}).content


def test_a_member_of_staff_prints_nothing(desk, actor_as):
    own = desk.open("a1.2")
    with actor_as("staff_member_a"), pytest.raises(NotAllowed):
        produce("calculation_sheet", "pdf", {"case": str(own)})


def test_reading_is_not_taking_out(desk, batch_id, actor_as):
    desk.open("a1.2", batch_id=batch_id)
    with actor_as("unit_head_a"):
        assert produce("estimate", "pdf", {"batch": str(batch_id)}).content
        with pytest.raises(NotAllowed):
            produce("estimate", "xlsx", {"batch": str(batch_id)})


def test_identity_numbers_need_a_right_of_their_own(desk, batch_id, actor_as):
    desk.bring("finance_review", "a1.2", batch_id=batch_id)
    with actor_as("finance"):
        assert produce("budget_list", "xlsx", {"batch": str(batch_id)}).content
        with pytest.raises(NotAllowed):
            produce("budget_list", "xlsx", {"batch": str(batch_id), "identity": "1"})


def test_a_list_holds_only_cases_the_actor_may_print(desk, batch_id, actor_as):
    desk.open("a2.2", batch_id=batch_id)
    desk.bring("finance_review", "a1.2", batch_id=batch_id)
    with actor_as("finance"):
        assert produce("estimate", "pdf", {"batch": str(batch_id)}).rows == 1
    with actor_as("unit_hr_a"):
        assert produce("estimate", "pdf", {"batch": str(batch_id)}).rows == 2


def test_files_are_named_after_records(desk, batch_id):
    case = desk.case(desk.open("a1.2", batch_id=batch_id))
    assert produce("calculation_sheet", "pdf", {"case": case.number}).filename == f"{case.number}-phieu-tinh.pdf"
    name = produce("budget_list", "xlsx", {"batch": str(batch_id)}).filename
    assert name == f"DOT-2025-1-{batch_id}-danh-sach-du-toan.xlsx"
