"""The calculator: anybody with the right tries a leave out, every đồng explained; nothing is stored, nothing leaks."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.restructuring import RestructuringAct
from policies import calculate
from tests.support.statements import counted

QUESTION = {
    "tinh": "1",
    "sex": "male",
    "birth_date": "20/05/1966",
    "category": "civil_servant",
    "retirement_annex": "I",
    "social_insurance_months": ["25", "0"],
    "coefficient": "4,98",
    "public_service_percent": "25",
    "effective_date": "01/03/2025",
    "directly_affected": "y",
    "leave_date": "01/06/2025",
    "decision_date": "20/05/2025",
    "decree": "auto",
    "benefit": "auto",
    "voluntary": "y",
}


def ask(client, **changes):
    question = {k: v for k, v in {**QUESTION, **changes}.items() if v is not None}
    return client.get("/calculator/?" + urlencode(question, doseq=True))


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def error_of(answer, box: str) -> str:
    found = re.search(rf'id="{box}-err">(.*?)</div>', answer.get_data(as_text=True), re.S)
    return found.group(1).strip() if found else ""


def test_the_page_opens_with_an_example_that_is_computed(world, login):
    answer = login("unit_hr_a").get("/calculator/")
    assert answer.status_code == 200
    text = words(answer)
    assert "số liệu ví dụ" in text and "Đủ điều kiện" in text and "Cách tính" in text


def test_the_worked_example_of_the_decree_gives_every_line_article_and_the_sum_in_words(world, login):
    text = words(ask(login("unit_hr_a")))
    for expected in (
        "14.566.500",
        "1,0 × 36 tháng × 14.566.500",
        "524.394.000",
        "218.497.500",
        "109.248.750",
        "852.140.250",
        "Tám trăm năm mươi hai triệu",
        "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP",
        "01/06/2028",
    ):
        assert expected in text


def test_the_page_says_what_the_engine_says(world, login):
    case = {
        "person": {
            "sex": "female",
            "birth_date": "1971-03",
            "category": "public_employee",
            "social_insurance_months": 337,
            "retirement_annex": "II",
        },
        "salary": {"coefficient": "4.06", "allowances": {"seniority_percent": "17.5"}},
        "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
        "leave": {"date": "2025-08-01"},
    }
    total = calculate(case).total
    assert total > 0
    text = words(
        ask(
            login("unit_hr_a"),
            sex="female",
            birth_date="03/1971",
            category="public_employee",
            retirement_annex="II",
            social_insurance_months=["28", "1"],
            coefficient="4,06",
            public_service_percent=None,
            seniority_percent="17,5",
            leave_date="01/08/2025",
            decision_date=None,
        )
    )
    assert f"{total:,}".replace(",", ".") in text


def test_a_refusal_names_reason_and_article_and_shows_the_other_ways(world, login):
    text = words(ask(login("unit_hr_a"), decree="178", leave_date="01/04/2026", decision_date=None))
    assert "Không đủ điều kiện" in text
    assert "CV 6383/BNV-TCBC" in text
    assert "Làm việc đến tuổi nghỉ hưu" in text


@pytest.mark.parametrize(
    ("changes", "box", "part"),
    [
        ({"birth_date": "31/02/1966"}, "birth_date", "không phải ngày có thật"),
        ({"birth_date": ""}, "birth_date", "Chưa nhập “Ngày sinh”."),
        ({"leave_date": "mai"}, "leave_date", "không phải ngày"),
        ({"coefficient": "4,9x"}, "coefficient", "4,9x"),
        ({"coefficient": ""}, "coefficient", "hệ số lương hoặc lương thỏa thuận"),
        ({"agreed_amount": "10.000.000"}, "agreed_amount", "một trong hai"),
        ({"social_insurance_months": ["", ""]}, "social_insurance_months", "Chưa nhập “Thời gian đóng BHXH bắt buộc”."),
        ({"social_insurance_months": ["hai", "0"]}, "social_insurance_months", "hai"),
        ({"social_insurance_months": ["55", "0"]}, "social_insurance_months", "dài hơn đời làm việc"),
        ({"public_service_months": ["26", "0"]}, "public_service_months", "lớn hơn 300 tháng"),
        ({"coefficient": "49,8"}, "coefficient", "quá lớn"),
        ({"effective_date": ""}, "effective_date", "quyết định sắp xếp"),
        ({"leave_date": "01/01/1960"}, "leave_date", "20/05/1966"),
        ({"category": "boss"}, "category", "không có trong danh sách"),
    ],
)
def test_a_fault_stands_on_its_box_and_what_was_typed_stays(world, login, changes, box, part):
    answer = ask(login("unit_hr_a"), **changes)
    assert answer.status_code == 200
    assert part in error_of(answer, box), error_of(answer, box)
    assert "Chưa có kết quả" in answer.get_data(as_text=True)
    if isinstance(changes[box], str) and changes[box] and box != "category":
        assert f'value="{changes[box]}"' in answer.get_data(as_text=True)


def test_all_faults_are_told_at_once(world, login):
    answer = ask(login("unit_hr_a"), birth_date="x", leave_date="y", coefficient="z")
    assert all(error_of(answer, box) for box in ("birth_date", "leave_date", "coefficient"))


def test_a_person_brings_facts_and_sources_from_the_records(world, session, login):
    with transaction():
        db.session.add(
            RestructuringAct(
                unit_id=world.units["a"],
                number="12/NQ-HĐND",
                issued_on=date(2025, 2, 20),
                effective_on=date(2025, 3, 1),
                title="Hợp nhất các sở",
            )
        )
    answer = login("unit_hr_a").get(f"/calculator/?person={world.people['a.1']}")
    text = words(answer)
    assert world.person("a.1").full_name in text
    assert 'value="20/09/1966"' in answer.get_data(as_text=True)
    assert 'value="01/03/2025"' in answer.get_data(as_text=True)  # the act of the unit, effective that day
    assert "12/NQ-HĐND" in text and "Số liệu lấy từ hồ sơ" in text


def test_a_changed_fact_is_shown_beside_the_record(world, login):
    text = words(ask(login("unit_hr_a"), person=world.people["a.1"], birth_date="20/09/1966", coefficient="5,08"))
    assert "Hồ sơ ghi: 4,98" in text


def test_missing_records_are_named_with_the_remedy_and_can_be_typed_in(world, factory, login):
    person = factory.person(world.unit("a"), "Đỗ Thị Thiếu", code="CB-THIEU", insurance=False)
    client = login("unit_hr_a")
    text = words(client.get(f"/calculator/?person={person.id}"))
    assert "Chưa có thời gian đóng bảo hiểm xã hội" in text and "Chưa có kết quả" in text
    assert "Chưa có kết quả" not in words(ask(client, person=person.id))


def test_somebody_of_another_unit_is_not_there(world, login):
    assert login("unit_hr_a").get(f"/calculator/?person={world.people['b.1']}").status_code == 404
    assert login("unit_hr_a").get("/calculator/?person=987654").status_code == 404
    assert login("unit_hr_a").get("/calculator/?person=abc").status_code == 404


def test_a_member_of_staff_sees_the_own_record_and_nobody_elses(world, login):
    client = login("staff_member_a")
    assert world.person("a1.2").full_name in words(client.get("/calculator/"))
    assert client.get(f"/calculator/?person={world.people['a1.1']}").status_code == 404
    assert "số liệu ví dụ" in words(client.get("/calculator/?vi-du=1"))


def test_a_role_without_the_calculator_is_turned_away(world, login, client):
    assert login("system_admin").get("/calculator/").status_code == 403
    assert "/login" in client.get("/calculator/").location


def test_the_shared_address_holds_no_person_and_gives_the_same_answer(world, login):
    client = login("unit_hr_a")
    answer = ask(client, person=world.people["a.1"])
    shared = re.search(r'href="(/calculator/\?[^"]+)" title="Địa chỉ', answer.get_data(as_text=True)).group(1)
    shared = shared.replace("&amp;", "&")
    assert "person" not in parse_qs(urlsplit(shared).query)
    again = words(client.get(shared))
    assert "852.140.250" in again and world.person("a.1").full_name not in again


def test_the_months_are_a_picture_and_a_table_of_the_same_numbers(world, login):
    answer = ask(login("unit_hr_a"))
    page = answer.get_data(as_text=True)
    assert page.count("<svg") == 1 and 'role="img"' in page
    assert "863.065.125" in words(answer)  # leaving one month later, by the other form of the service part
    assert "hết thời hạn nghỉ theo NĐ 178/2024/NĐ-CP" in words(answer)


def test_warnings_lead_to_the_parameter_or_to_the_box(world, login):
    page = ask(login("unit_hr_a"), leader="y").get_data(as_text=True)
    assert "Số người lãnh đạo" in page or "số người lãnh đạo" in page
    assert 'href="#leaders_above_quota"' in page


def test_the_page_keeps_its_budget_of_statements(world, login):
    client = login("unit_hr_a")
    with counted() as statements:
        assert client.get(f"/calculator/?person={world.people['a.1']}").status_code == 200
    assert len(statements) <= 12, statements
