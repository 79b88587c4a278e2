"""The ten papers of a luân chuyển, the receiver's number of staff, the grade of the post, and what may be set aside."""

from __future__ import annotations

import io
from datetime import date

import pytest

from hrms.commands.rotation.dossier import PaperLine, SaveDossier
from hrms.commands.rotation.files import AttachFile, RemoveFile
from hrms.commands.rotation.waivers import GrantWaiver, WithdrawWaiver
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, Refused, Stale
from policies import default_store
from policies.engine.parameters import Override
from policies.rotation import MoveFacts, check_move, grade_meets, waivable
from tests.rotation.movement import JULY, TODAY, codes

DECISION = {"decision_number": "88/QĐ", "decision_date": TODAY, "decided_by": "Chủ tịch UBND tỉnh"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def leader_case(moves, world):
    deputy = moves.person("a1", moves.post("a1", "PTP", "Phó trưởng phòng", leader_rank="deputy"))
    case = moves.open(deputy, "b1", moves.post("b1", "PTP", "Phó trưởng phòng", leader_rank="deputy"), "LUAN_CHUYEN")
    return moves.agreed(case)


def test_a_rotation_is_decided_on_a_complete_dossier_only(moves, world, session):
    """NĐ 170/2025 Điều 47: ten papers; the one that is missing is named."""
    case = leader_case(moves, world)
    assert len(case.dossier) == 10
    moves.papers(case, but=("political_standard",))
    with pytest.raises(Refused) as refused:
        moves.do(case, "decide", "province_hr", **DECISION)
    (fault,) = refused.value.faults
    assert fault.code == "DOSSIER_INCOMPLETE" and "Kết luận về tiêu chuẩn chính trị" in fault.message
    moves.papers(case)
    assert moves.decide(case).state == "decided"
    with moves.actor_as("province_hr"), pytest.raises(Refused) as late:
        execute(SaveDossier(case.id, [PaperLine(case.dossier[0].id, False)]))
    assert codes(late) == {"locked_state"}


def test_papers_are_noted_together_and_the_health_certificate_dates_the_case(moves, world, session):
    case = leader_case(moves, world)
    items = {item.code: item for item in case.dossier}
    health, votes = items["health_certificate"], items["minutes_and_votes"]
    with moves.actor_as("unit_hr_a"):
        with pytest.raises(Refused) as refused:
            execute(
                SaveDossier(case.id, [PaperLine(votes.id, True), PaperLine(health.id, True, "", date(2025, 6, 16))])
            )
        assert [fault.field for fault in refused.value.faults] == ["lines.1.document_date"]
        session.rollback()
        execute(SaveDossier(case.id, [PaperLine(health.id, True, "5/GKSK", date(2024, 12, 1), version=health.version)]))
        with pytest.raises(Stale):
            execute(SaveDossier(case.id, [PaperLine(health.id, False, version=1)]))
    assert case.health_certificate_on == date(2024, 12, 1)
    assert {row["code"] for row in case.checks["refusals"]} == {"HEALTH_CERTIFICATE_OVER_6_MONTHS"}
    assert not votes.present


def test_a_file_answers_its_paper_and_taken_off_the_paper_is_missing_again(moves, world):
    case = leader_case(moves, world)
    diplomas = next(item for item in case.dossier if item.code == "diplomas")
    with moves.actor_as("unit_hr_a"):
        row = execute(AttachFile(case.id, "bang-cap.pdf", "diplomas", stream=io.BytesIO(PDF)))
        assert diplomas.present
        execute(RemoveFile(case.id, row.id, "nhầm người"))
        assert not diplomas.present
        with pytest.raises(Refused):
            execute(AttachFile(case.id, "a.pdf", "khong_co", stream=io.BytesIO(PDF)))


def test_other_moves_have_no_list_of_papers(moves, world):
    assert moves.open(world.people["a1.2"], "b1").dossier == []


def test_a_full_establishment_refuses_until_it_is_set_aside_with_a_document(moves, world, factory, session):
    """Full with the newcomer lets pass, one over refuses; who decides may set it aside, who proposes may not."""
    unit = world.unit("b")
    number = factory.establishment(unit, 0)
    case = moves.open(world.people["a1.2"], "b1")
    present = int(case.checks["refusals"][0]["text"].split("sẽ có ")[1].split()[0])
    with transaction():
        number.number = present
    moves.do(case, "check")
    moves.do(case, "send_back", reason="Xem lại")
    with transaction():
        number.number = present - 1
    with pytest.raises(Refused) as refused:
        moves.do(case, "check")
    assert codes(refused) == {"OVER_ESTABLISHMENT"}
    grant = GrantWaiver(case.id, "OVER_ESTABLISHMENT", "Được giao bổ sung", "12/QĐ-UBND", TODAY)
    with moves.actor_as("unit_hr_a"), pytest.raises(NotAllowed):
        execute(grant)
    with moves.actor_as("province_hr"):
        with pytest.raises(Refused) as bare:
            execute(GrantWaiver(case.id, "FAMILY_BAR", " ", "", None))
        assert codes(bare) == {"not_waivable", "missing"}
        waiver = execute(GrantWaiver(case.id, "OVER_ESTABLISHMENT", "Được giao bổ sung", "12/QĐ-UBND", TODAY))
    told = [row["text"] for row in case.checks["warnings"] if row["code"] == "OVER_ESTABLISHMENT"]
    assert len(told) == 1 and "12/QĐ-UBND" in told[0]
    moves.do(case, "check")
    with moves.actor_as("province_hr"):
        execute(WithdrawWaiver(case.id, waiver.id))
    moves.do(case, "hear", meeting_on=TODAY, meeting_minutes="05/BB")
    moves.do(case, "agree", "unit_hr_b", agreed_on=TODAY, agreement_document="12/CV")
    with pytest.raises(Refused) as again:
        moves.decide(case)
    assert codes(again) == {"OVER_ESTABLISHMENT"}


def test_a_secondment_and_a_move_inside_the_agency_take_no_number(moves, world, factory):
    factory.establishment(world.unit("b"), 0)
    factory.establishment(world.unit("a"), 0)
    assert moves.open(world.people["a1.2"], "b1", kind="BIET_PHAI").checks["allowed"]
    assert moves.open(world.people["a2.2"], "a1", kind="NOI_BO").checks["allowed"]


def test_a_change_of_position_asks_for_the_grade_and_a_transfer_warns():
    """Điều 23: the qualification of the post; across lines of work nobody can tell which grade is higher."""

    def found(kind, held, asked):
        check = check_move(kind, MoveFacts(JULY, grade=(held, asked)))
        return {one.code for one in check.refusals}, {one.code for one in check.warnings}

    assert found("THAY_DOI_VTVL", "01.003", "01.002") == ({"NOT_QUALIFIED"}, set())
    assert found("THAY_DOI_VTVL", "01.002", "01.003") == (set(), set())
    assert found("DIEU_DONG", "01.003", "01.002") == (set(), {"GRADE_BELOW"})
    assert found("THAY_DOI_VTVL", "06.031", "01.003") == (set(), {"GRADE_DIFFERS"})
    assert grade_meets("01.003", "01.003") is True and waivable() == {"OVER_ESTABLISHMENT", "NOT_QUALIFIED"}


def test_the_province_may_have_a_full_establishment_only_warn():
    """“rotation.establishment.over” [U]: REFUSE unless the province says WARN; a secondment is not asked."""

    def found(kind, store=None):
        check = check_move(kind, MoveFacts(JULY, establishment=False), store)
        return {one.code for one in check.refusals}, {one.code for one in check.warnings}

    assert found("DIEU_DONG") == ({"OVER_ESTABLISHMENT"}, set())
    assert found("BIET_PHAI") == (set(), set())
    milder = default_store().overlay({"rotation.establishment.over": Override("WARN", "Quy chế của tỉnh", "thử")})
    assert found("DIEU_DONG", milder) == (set(), {"OVER_ESTABLISHMENT"})
