"""Papers of a movement case: what the law wants on each, when they are drafts, who may print them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hrms.commands.rotation import effects
from hrms.kernel import clock
from hrms.kernel.commands import transaction
from hrms.kernel.errors import NotAllowed, NotFound
from models.rotation import MovementCase, MovementWaiver
from reports.registry import produce
from reports.rotation.makers import PAPERS, offered
from reports.rotation.move_file import articles_on, documents_on
from tests.rotation.movement import JULY, TODAY, Desk


@pytest.fixture
def moves(world, factory, actor_as, session):
    return Desk(world, factory, actor_as)


@pytest.fixture
def printed(words):
    return lambda kind, case, **given: words(
        produce(f"movement_{kind}", "pdf", {"move": str(case.id), **given}).content
    )


def test_a_transfer_names_person_posts_day_laws_agreement_and_hand_over(moves, world, printed):
    case = moves.decided(world.people["a1.2"], "b1")
    text = printed("decision", case)
    person = world.person("a1.2")
    for part in (
        person.full_name, "Số: 88/QĐ", "Về việc điều động", "Phòng Tổ chức cán bộ Sở Xây dựng",
        "Phòng Tổ chức cán bộ Sở Y tế", "kể từ ngày 01 tháng 7 năm 2025", "138/2020/NĐ-CP",
        "Văn bản số 12/CV-SYT ngày 15 tháng 6 năm 2025", "bàn giao", "trước ngày 01 tháng 7 năm 2025",
    ):  # fmt: skip
        assert part in text, part
    assert "DỰ THẢO" not in text


def test_a_decision_that_is_not_taken_yet_is_a_draft_and_the_signatory_gets_it_clean(moves, world, printed):
    case = moves.agreed(moves.open(world.people["a1.2"], "b1"))
    assert "DỰ THẢO" in printed("decision", case)
    assert "DỰ THẢO" not in printed("decision", case, for_signature="1")
    assert "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN" in printed("decision", case)
    assert "GIÁM ĐỐC SỞ XÂY DỰNG" in printed("decision", case, issuer="agency")


def test_a_secondment_says_how_long_who_pays_and_who_evaluates(moves, world, printed):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2026, 6, 30))
    text = printed("decision", case)
    assert "trong thời hạn 12 tháng, kể từ ngày 01 tháng 7 năm 2025 đến hết ngày 30 tháng 6 năm 2026" in text
    assert "thuộc biên chế của Sở Xây dựng và do Sở Xây dựng trả lương" in text
    assert "đánh giá, xếp loại của Sở Y tế" in text


def test_months_are_told_only_when_they_are_whole(moves, world, printed):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2025, 8, 10))
    assert "trong thời hạn" not in printed("decision", case)


def test_a_kept_allowance_stands_in_the_decision_with_its_last_day(moves, printed):
    post = moves.post("a1", "PT", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient=Decimal("0.4"))
    person = moves.person("a1", post, "Lê Văn Kế", leadership="0.4")
    text = printed("decision", moves.decided(person, "b1"))
    assert "Bảo lưu phụ cấp chức vụ đang hưởng đến hết ngày 31 tháng 12 năm 2025" in text
    assert "936.000 đồng mỗi tháng" in text


def test_a_periodic_change_names_both_listed_posts(moves, printed):
    old = moves.post("a1", "KT1", "Kế toán viên", listed_code="B0202")
    new = moves.post("a2", "KT2", "Kế toán viên", listed_code="B0204")
    person = moves.person("a1", old, "Trần Thị Chuyển")
    case = moves.open(person, "a2", new, kind="CDVTCT")
    text = printed("decision", case)
    assert "mã B0202" in text and "mã B0204" in text and "59/2019/NĐ-CP" in text
    assert "Luật Phòng, chống tham nhũng" in text


def test_extension_ending_and_revocation_speak_of_the_first_decision(moves, world, printed, session):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2025, 9, 30))
    with clock.travel_to(JULY):
        effects.carry_out(JULY)
    with clock.travel_to(date(2025, 9, 20)):
        moves.do(case, "extend", "province_hr", ends_on=date(2025, 12, 31), document="120/QĐ-UBND",
                 document_date=date(2025, 9, 20))  # fmt: skip
        session.expire_all()
        text = printed("extension", session.get(MovementCase, case.id))
        assert "Số: 120/QĐ-UBND" in text and "Quyết định số 88/QĐ" in text
        assert "đến hết ngày 31 tháng 12 năm 2025" in text and "170/2025/NĐ-CP" in text
        moves.do(case, "revoke", "province_hr", document="130/QĐ-UBND", document_date=date(2025, 9, 20),
                 reason="Thay đổi phương án")  # fmt: skip
        text = printed("revocation", session.get(MovementCase, case.id))
        assert "Thu hồi Quyết định số 88/QĐ" in text and "Lý do: Thay đổi phương án." in text
        assert "được tính vào quá trình công tác" in text
        assert "DỰ THẢO" in printed("ending", session.get(MovementCase, case.id))


def test_minutes_hold_the_opinion_and_open_lines_before_the_meeting(moves, world, printed):
    case = moves.open(world.people["a1.2"], "b1")
    assert "DỰ THẢO" in printed("meeting", case)
    moves.heard(case)
    text = printed("meeting", case)
    assert "Số: 05/BB" in text and "Đồng ý" in text and "DỰ THẢO" not in text


def test_the_submission_encloses_the_dossier_and_the_decision_names_what_allowed_it(moves, world, printed, session):
    deputy = moves.person("a1", moves.post("a1", "PTP", "Phó trưởng phòng", leader_rank="deputy"))
    case = moves.open(deputy, "b1", moves.post("b1", "PTP", "Phó trưởng phòng", leader_rank="deputy"), "LUAN_CHUYEN")
    moves.papers(case, but=("remarks_of_residence",))
    enclosed = printed("submission", case)
    assert "Kết luận về tiêu chuẩn chính trị số 01/HS" in enclosed and "nơi cư trú" not in enclosed
    with transaction():
        session.add(MovementWaiver(case_id=case.id, code="OVER_ESTABLISHMENT", reason="Giao bổ sung", granted_by="Sở",
                                   document="12/QĐ-UBND", document_date=TODAY))  # fmt: skip
    session.expire_all()
    assert "Văn bản số 12/QĐ-UBND" in printed("decision", case)


def test_hand_over_minutes_list_every_line(moves, world, printed):
    text = printed("handover", moves.decided(world.people["a1.2"], "b1"))
    assert "Tài sản, trang thiết bị được giao" in text and "NGƯỜI NHẬN BÀN GIAO" in text


def test_every_kind_of_paper_can_be_made_of_a_bare_proposal(moves, world, printed):
    case = moves.open(world.people["a1.2"], "b1")
    for kind in PAPERS:
        assert world.person("a1.2").full_name in printed(kind, case), kind


def test_what_is_offered_follows_the_case(moves, world):
    """Each paper from the step that needs it; what a case has gone past is offered no more."""
    case = moves.open(world.people["a1.2"], "b1", kind="BIET_PHAI")
    assert offered(case) == []
    moves.do(case, "check")
    assert offered(case) == ["meeting", "agreement", "submission"]
    assert "agreement" not in offered(case, two_bodies=False)
    moves.do(case, "hear", meeting_on=TODAY, meeting_minutes="05/BB")
    moves.do(case, "agree", "unit_hr_b", agreed_on=TODAY, agreement_document="12/CV")
    assert "decision" in offered(case) and "notice" not in offered(case)
    moves.decide(case)
    assert {"notice", "handover", "revocation"} <= set(offered(case)) and "extension" not in offered(case)
    other = moves.open(world.people["a2.2"], "b2")
    moves.do(other, "withdraw", reason="Không còn nhu cầu")
    assert offered(other) == []


def test_the_laws_follow_the_day():
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    assert any("138/2020" in one for one in documents_on(before, "DIEU_DONG", "civil_servant"))
    assert any("170/2025" in one for one in documents_on(after, "DIEU_DONG", "civil_servant"))
    assert not any("138/2020" in one for one in documents_on(after, "DIEU_DONG", "civil_servant"))
    assert "Điều 26" in articles_on(before, "DIEU_DONG", "civil_servant")
    assert articles_on(after, "DIEU_DONG", "public_employee") == ""


def test_papers_are_for_those_who_may_print_the_case(moves, world, actor_as):
    case = moves.open(world.people["a1.2"], "b1")
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        produce("movement_decision", "pdf", {"move": str(case.id)})
    with actor_as("staff_member_a"), pytest.raises(NotAllowed):
        produce("movement_decision", "pdf", {"move": str(case.id)})
    with actor_as("unit_hr_a"):
        assert produce("movement_submission", "pdf", {"move": case.number}).filename == f"{case.number}-to-trinh.pdf"
