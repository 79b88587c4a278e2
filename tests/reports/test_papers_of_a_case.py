"""Decision, submission, refusal, minutes and sheet of a case: what the law wants on them, and when they are drafts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy.orm.attributes import set_committed_value

from hrms.commands.restructuring.cases import CorrectFact
from hrms.commands.restructuring.papers import PrintPaper, RecordPaperNumber
from hrms.commands.restructuring.review import SetAssessment, YearAssessment
from hrms.commands.restructuring.steps import Perform
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from hrms.kernel.text import amount_in_words, format_integer
from models.staff import SalaryRow
from policies import api
from reports.batch_file import by_source
from reports.case_file import case_file, find_case
from reports.decisions import decision
from reports.letter import Numbered
from reports.makers import CASE_PAPERS
from reports.registry import produce


def printed(words, kind, case_id, **given):
    return words(produce(kind, "pdf", {"case": str(case_id), **given}).content)


@pytest.fixture
def early(desk):
    """Trưởng phòng a1.1 retires early: leaders leave by point g when their number is above the quota."""

    def at(state="decided", **changes):
        ground = {"ground": "2.1.g", "deputies_present": 4, "deputies_allowed": 3}
        return desk.bring(state, "a1.1", **{**ground, **changes})

    return at


@pytest.fixture
def severance(desk, world):
    """Somebody far from the pension age: severance is what is left."""

    def at(state="decided", category="civil_servant"):
        with transaction():
            person = world.person("a1.2")
            person.birth_date, person.category = date(1980, 1, 5), category
        return desk.bring(state, "a1.2")

    return at


def test_a_decision_names_the_person_the_day_the_clause_and_every_amount(early, desk, words, world):
    with transaction():
        world.person("a1.1").insurance_number = "3300123456"
    case = desk.case(early())
    text = printed(words, "decision", case.id)
    file = case_file(case)
    assert f"ông {case.person.full_name}" in text
    for expected in (
        "ngày 20 tháng 9 năm 1966", "số sổ bảo hiểm xã hội: 3300123456", "chức danh: Trưởng phòng",
        "Phòng Tổ chức cán bộ Sở Xây dựng", "nghỉ hưu trước tuổi", "kể từ ngày 01 tháng 8 năm 2025",
        "khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP", "điểm g khoản 1 Điều 2 Nghị định số 178/2024/NĐ-CP",
    ):  # fmt: skip
        assert expected in text
    for line in file.lines:
        assert f"{format_integer(line['amount'])} đồng" in text
    assert f"{format_integer(file.total)} đồng (bằng chữ: {amount_in_words(file.total)})" in text
    assert "nguồn cải cách tiền lương" in text and "Thông tư số 07/2025/TT-BTC" in text
    assert "giải quyết chế độ hưu trí" in text and "không trừ tỷ lệ lương hưu" in text


def test_the_head_number_and_signature_of_a_decided_case(early, words):
    text = printed(words, "decision", early())
    assert "Số: 15/QĐ-UBND" in text and "ngày 14 tháng 6 năm 2025" in text
    assert "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN" in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text and "Độc lập - Tự do - Hạnh phúc" in text
    assert "DỰ THẢO" not in text
    assert "./." in text and "Lưu: VT" in text


def test_the_legal_bases_end_with_semicolons_and_the_last_with_a_stop(early, words):
    text = printed(words, "decision", early())
    bases = text[text.index("Căn cứ Luật") : text.index("QUYẾT ĐỊNH:")].strip()
    lines = [line.strip() for line in bases.split(";")]
    assert all(line.startswith(("Căn cứ", "Luật sửa đổi", "Xét đơn", "Theo đề nghị")) for line in lines)
    assert bases.endswith(".")
    assert any("Nghị quyết số 01/NQ-HĐND ngày 20 tháng 02 năm 2025" in line for line in lines)


def test_before_the_decision_the_number_is_blank_and_the_page_says_draft(early, words):
    text = printed(words, "decision", early("endorsed"))
    assert "DỰ THẢO" in text
    assert "/QĐ-UBND" in text and "15/QĐ-UBND" not in text
    assert "ngày …… tháng …… năm 2025" in text


def test_the_signatory_gets_a_copy_without_the_watermark_once_finance_has_confirmed(early, words):
    assert "DỰ THẢO" not in printed(words, "decision", early("endorsed"), for_signature="1")


def test_and_not_before(early):
    with pytest.raises(Refused) as refused:
        produce("decision", "pdf", {"case": str(early("finance_review")), "for_signature": "1"})
    assert refused.value.faults[0].code == "not_endorsed"
    assert "kinh phí" in refused.value.message


def test_the_number_of_the_records_office_is_printed_and_ends_the_draft(early, words, actor_as):
    case_id = early("endorsed")
    with actor_as("province_hr"):
        paper = execute(PrintPaper("decision", case_id=case_id))
        execute(RecordPaperNumber(paper.id, "27/QĐ-UBND", date(2025, 6, 13)))
    text = printed(words, "decision", case_id)
    assert "Số: 27/QĐ-UBND" in text and "ngày 13 tháng 6 năm 2025" in text and "DỰ THẢO" not in text


def test_severance_of_a_civil_servant_keeps_the_insurance_time(severance, words):
    text = printed(words, "decision", severance())
    assert "nghỉ thôi việc" in text and "bà " in text
    assert "bảo lưu thời gian đã đóng bảo hiểm xã hội bắt buộc" in text
    assert "trợ cấp thất nghiệp" not in text
    assert "lương hưu" not in text
    assert "Trợ cấp tìm việc làm (khoản 4 Điều 9)" in text


def test_severance_of_a_public_employee_comes_with_unemployment_insurance(severance, words):
    text = printed(words, "decision", severance(category="public_employee"))
    assert "trợ cấp thất nghiệp" in text
    assert "Luật Viên chức" in text and "Căn cứ Luật Cán bộ, công chức" not in text
    assert "tìm việc làm" not in text


@pytest.mark.parametrize(
    ("issuer", "head", "sign", "symbol"),
    [
        ("province", "ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN", "CHỦ TỊCH", "/QĐ-UBND"),
        ("home_affairs", "SỞ NỘI VỤ", "GIÁM ĐỐC", "/QĐ-SNV"),
        ("agency", "SỞ XÂY DỰNG", "GIÁM ĐỐC", "/QĐ-SXD"),
    ],
)
def test_who_decides_stands_at_the_head(early, words, issuer, head, sign, symbol):
    text = printed(words, "decision", early("finance_review"), issuer=issuer)
    assert head in text and sign in text and symbol in text


def test_a_body_of_the_party_writes_under_its_own_head(desk, words, world):
    with transaction():
        unit = world.unit("a")
        unit.kind, unit.paper_superior, unit.paper_name, unit.paper_symbol = (
            "party",
            "Tỉnh ủy Hưng Yên",
            "Ban Tổ chức",
            "BTCTU",
        )
    text = printed(words, "submission", desk.open("a1.2"))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text and "CỘNG HÒA XÃ HỘI CHỦ NGHĨA" not in text
    assert "-TTr/BTCTU" in text


def test_an_amended_decision_replaces_the_first_and_pays_the_difference(early, desk, words, actor_as):
    first_id = early("paid")
    first = desk.case(first_id)
    paid = first.total
    with actor_as("unit_hr_a"):
        second = execute(Perform(first_id, "amend", reason="Bổ sung thời gian đóng bảo hiểm xã hội"))
        second_id = second.id
        execute(CorrectFact(second_id, "social_insurance_months", 390, "Xác nhận số 5"))
    text = printed(words, "decision", second_id)
    total = desk.case(second_id).total
    assert total > paid
    assert "thay thế Quyết định số 15/QĐ-UBND ngày 14 tháng 6 năm 2025" in text
    assert f"đã chi trả theo Quyết định trước là {format_integer(paid)} đồng" in text
    assert f"số tiền còn được chi trả là {format_integer(total - paid)} đồng" in text


def test_a_decided_paper_is_printed_from_the_frozen_calculation(early, desk, words):
    case_id = early()
    before = printed(words, "decision", case_id)
    with transaction():
        for row in db.session.query(SalaryRow).filter_by(person_id=desk.case(case_id).person_id):
            row.coefficient = 2
    assert printed(words, "decision", case_id) == before


def test_no_decision_for_somebody_who_has_no_right(desk, world):
    with transaction():
        world.person("a1.2").birth_date = date(1960, 2, 5)
    case_id = desk.open("a1.2")
    for kind in ("decision", "submission", "submission_province"):
        with pytest.raises(Refused) as refused:
            produce(kind, "pdf", {"case": str(case_id)})
        assert refused.value.faults[0].article
        assert "chưa đủ điều kiện" in refused.value.message


def test_papers_with_amounts_want_a_calculation(desk, session):
    case_id = desk.open()
    with transaction():
        desk.case(case_id).calculation_id = None
    for kind in ("decision", "submission", "calculation_sheet"):
        with pytest.raises(Refused) as refused:
            produce(kind, "pdf", {"case": str(case_id)})
        assert "Tính lại" in refused.value.message
    assert produce("minutes", "pdf", {"case": str(case_id)}).content.startswith(b"%PDF")


def test_the_submission_of_the_unit_has_its_five_parts(early, desk, words, actor_as):
    case_id = early("draft")
    with actor_as("unit_hr_a"):
        years = [YearAssessment(year, "HTXS", Decimal(95), Decimal(90), Decimal("92.5")) for year in (2022, 2023, 2024)]
        execute(SetAssessment(case_id, desk.case(case_id).version, years))
    text = printed(words, "submission", case_id)
    for expected in (
        "TỜ TRÌNH", "Kính gửi: Sở Nội vụ tỉnh Hưng Yên", "1. Sự cần thiết và căn cứ", "2. Quá trình chuẩn bị",
        "3. Nội dung đề nghị", "4. Dự toán và nguồn kinh phí", "5. Hồ sơ kèm theo", "Biên bản số 05/BB-SXD",
        "07 người dự, 07 người đồng ý", "Hoàn thành xuất sắc nhiệm vụ", "92,5", "/TTr-SXD", "Nơi nhận: - Như trên",
    ):  # fmt: skip
        assert expected in text
    assert f"Tổng kinh phí: {format_integer(desk.case(case_id).total)} đồng" in text


def test_the_submission_of_home_affairs_answers_the_units_and_tells_of_finance(early, desk, words, actor_as):
    case_id = early("endorsed")
    with actor_as("unit_hr_a"):
        paper = execute(PrintPaper("submission", case_id=case_id))
        execute(RecordPaperNumber(paper.id, "25/TTr-SXD", date(2025, 6, 11)))
    text = printed(words, "submission_province", case_id)
    assert "Kính gửi: Ủy ban nhân dân tỉnh Hưng Yên" in text
    assert "Sở Xây dựng đề nghị tại Tờ trình số 25/TTr-SXD ngày 11 tháng 6 năm 2025" in text
    assert "Sở Tài chính đã xác nhận kinh phí" in text
    assert "/TTr-SNV" in text


def test_a_refusal_gives_the_officers_reason_and_the_law_and_the_way_to_complain(desk, words):
    case_id = desk.bring("unit_review")
    desk.do(case_id, "refuse", by="unit_head_a", reason="Vị trí đang thiếu người", article="Điều 17 NĐ 178/2024/NĐ-CP")
    text = printed(words, "refusal", case_id)
    assert "THÔNG BÁO" in text and "/TB-SXD" in text and "DỰ THẢO" not in text
    assert "- Vị trí đang thiếu người (căn cứ Điều 17 Nghị định số 178/2024/NĐ-CP)." in text
    assert "khiếu nại theo quy định của pháp luật" in text


def test_a_refusal_by_law_names_every_condition_that_is_not_met(desk, world, words):
    with transaction():
        world.person("a1.2").birth_date = date(1960, 2, 5)
    case_id = desk.open("a1.2")
    text = printed(words, "refusal", case_id)
    reasons = case_file(desk.case(case_id)).result["reasons"]
    assert reasons and text.count("(căn cứ ") == len(reasons)
    assert "DỰ THẢO" in text  # nobody has refused it yet


def test_minutes_print_what_is_known_and_leave_the_rest_open(early, words):
    text = printed(words, "minutes", early("draft"))
    for expected in (
        "BIÊN BẢN", "Số: 05/BB-SXD", "ngày 10 tháng 6 năm 2025", "Có mặt: 07 người", "đồng ý 07 (đạt 100% số người dự)",
        "không đồng ý 00", "Đồng ý giải quyết.", "THƯ KÝ", "CHỦ TRÌ", "kết thúc vào …… giờ ……",
    ):  # fmt: skip
        assert expected in text


def test_a_case_is_found_by_its_number_too(desk):
    case = desk.case(desk.open())
    assert find_case(case.number).id == case.id == find_case(case.id).id


def test_every_paper_of_a_case_has_a_watermark_only_while_it_is_a_draft(early, words):
    case_id = early("endorsed")
    for kind in CASE_PAPERS:
        if kind != "refusal":
            assert "DỰ THẢO" not in printed(words, kind, case_id, for_signature="1")
    for kind in ("calculation_sheet", "submission", "decision"):
        assert "DỰ THẢO" in printed(words, kind, case_id)


def test_file_names_and_descriptions_hold_no_names(early, desk):
    case = desk.case(early())
    for kind in ("calculation_sheet", "decision", "submission", "minutes"):
        output = produce(kind, "pdf", {"case": str(case.id)})
        assert output.filename.startswith(case.number) and output.filename.isascii()
        paper = CASE_PAPERS[kind](case_file(case), "")
        about = f"{paper.document.metadata.title} {paper.document.metadata.description}"
        assert case.person.full_name not in about


def test_the_same_case_gives_the_same_bytes(early):
    case_id = early()
    first, second = (produce("decision", "pdf", {"case": str(case_id)}).content for _ in range(2))
    assert first == second


def test_a_person_known_to_the_month_gets_no_invented_day(early, desk, words, world):
    case_id = early("draft")
    with transaction():
        person = desk.case(case_id).person
        person.birth_precision, person.birth_date = "month", date(1966, 9, 1)
    text = printed(words, "minutes", case_id)
    assert "sinh tháng 9 năm 1966" in text and "ngày 01 tháng 9" not in text


def test_another_way_to_number_a_decision(early, desk, words):
    file = case_file(desk.case(early("endorsed")))
    paper = decision(file, Numbered("5", date(2026, 1, 5)), "agency")
    text = words(paper.write())
    assert "Số: 05/QĐ-SXD" in text and "Hưng Yên, ngày 05 tháng 01 năm 2026" in text
    assert replace(file).draft


def answered(case, question):
    """The case's file as if the engine had been asked ``question``: other decrees without their workflow."""
    result = api.calculate(question)
    plain = json.loads(json.dumps(result.to_dict(), default=str))
    file = case_file(case)
    file.calculation = SimpleNamespace(inputs=json.loads(json.dumps(question, default=str)), result=plain)
    set_committed_value(case, "decree_found", result.decree_code)
    set_committed_value(case, "benefit_found", result.benefit)
    return file


PERSON = {
    "sex": "male", "birth_date": "1966-05-20", "category": "cadre", "leader": True, "social_insurance_months": 366,
}  # fmt: skip
SALARY = {"coefficient": "4.98", "allowances": {"leadership": "0.5", "public_service_percent": "25"}}


@pytest.mark.parametrize(
    ("question", "expected", "absent"),
    [
        (
            {"decree": "179", "benefit": "talent_allowance", "person": {**PERSON, "group_179": "k1"},
             "leave": {"date": "2025-07-01"}, "facts": {"recognised_on": "2025-03-01"}},
            ("phụ cấp tăng thêm dành cho người có tài năng", "Mức hưởng hằng tháng"),
            ("lương hưu", "Tổng số tiền", "Xét đơn"),
        ),
        (
            {"decree": "NQ07", "person": {**PERSON, "birth_date": "1963-05-20"}, "leave": {"date": "2025-02-01"}},
            ("nghỉ hưu và hưởng trợ cấp một lần", "Nghị quyết số 07/2025/NQ-CP", "chế độ hưu trí"),
            ("nghỉ hưu trước tuổi đối với", "không trừ tỷ lệ"),
        ),
        (
            {"decree": "177", "person": {**PERSON, "group_177": "k1"}, "leave": {"date": "2026-02-01"}},
            ("nghỉ hưu trước tuổi", "Nghị định số 177/2024/NĐ-CP"),
            ("67/2025/NĐ-CP", "07/2025/TT-BTC", "Điều 2 Nghị định số 178"),
        ),
    ],
)  # fmt: skip
def test_every_decree_has_its_own_words(desk, words, question, expected, absent):
    case = desk.case(desk.open("a1.1"))
    text = words(decision(answered(case, {**question, "salary": SALARY})).write())
    assert [part for part in expected if part not in text] == []
    assert [part for part in absent if part in text] == []


def test_what_the_units_estimate_pays_is_told_apart_from_the_rest(desk, words):
    case = desk.case(desk.open("a1.1"))
    question = {
        "decree": "154", "benefit": "severance", "salary": SALARY, "leave": {"date": "2026-02-01"},
        "person": {**PERSON, "birth_date": "1980-05-20", "social_insurance_months": 200},
        "facts": {"ground_154": "a"},
    }  # fmt: skip
    file = answered(case, question)
    grant = next(line["amount"] for line in file.lines if line["code"] == "job_search")
    set_committed_value(case, "estimate_part", grant)
    set_committed_value(case, "funding_source", "salary_reform")
    assert by_source(file) == {"salary_reform": file.total - grant, "unit_estimate": grant}
    text = words(decision(file).write())
    assert f"riêng {format_integer(grant)} đồng từ dự toán chi thường xuyên" in text
