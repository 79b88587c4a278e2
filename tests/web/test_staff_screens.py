"""The staff list and the record page: what each role sees, forms that lose nothing, sensitive facts behind a reason."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import pytest
from sqlalchemy import func, select

from hrms.kernel import attachments
from hrms.kernel.commands import transaction
from hrms.kernel.history import Comment, HistoryEntry
from models.account import SecurityEvent
from models.staff import (
    Appointment,
    Discipline,
    EarlierBenefit,
    FamilyRelation,
    InsurancePeriod,
    Person,
    SalaryRow,
    YearRating,
)
from tests.support.pages import BUDGET, error_of, fields_of, text_of
from tests.support.statements import counted

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def hidden(answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    assert found, f"no hidden field {name}"
    return found.group(1).replace("&#34;", '"').replace("&amp;", "&")


def count(session, model, **where):
    session.rollback()
    return session.scalar(select(func.count(model.id)).filter_by(**where))


# -- the list


def test_the_list_shows_the_people_of_ones_units_ordered_by_given_name(world, login):
    html = login("unit_hr_a").get("/staff/").get_data(as_text=True)
    codes = re.findall(r"SXD[\w-]*-[12](?=</a>)", html)
    assert set(codes) == {"SXD-1", "SXD-2", "SXD-TCCB-1", "SXD-TCCB-2", "SXD-QH-1", "SXD-QH-2"}
    assert "SYT-1" not in html
    names = [world.person(key).sort_key for key in ("a.1", "a.2", "a1.1", "a1.2", "a2.1", "a2.2")]
    shown = [session_key(world, code) for code in codes]
    assert shown == sorted(names)


def session_key(world, code):
    return next(world.person(key).sort_key for key in world.people if world.person(key).code == code)


def test_the_list_says_grade_step_coefficient_insurance_and_retirement(world, login):
    text = text_of(login("unit_hr_a").get("/staff/?q=SXD-1"))
    for words in ("01.003", "4,98", "29 năm 10 tháng", "01/10/2028"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=nguyen", None),
        ("sex=female", 3),
        ("leader=1", 3),
        ("age=58", 3),
        ("retires=01/10/2028", 3),
        ("retires=30/09/2028", 0),
        ("category=public_employee", 0),
        ("status=left", 0),
        ("status=", 6),
    ],
)
def test_filters_narrow_the_list(world, login, query, expected):
    answer = login("unit_hr_a").get(f"/staff/?{query}")
    assert answer.status_code == 200
    if expected is not None:
        shown = answer.get_data(as_text=True).count('class="link')
        assert shown == expected


def test_a_unit_filter_means_the_whole_subtree_and_never_leaves_ones_scope(world, login):
    browser = login("province_hr")
    everybody = browser.get(f"/staff/?unit={world.units['a']}").get_data(as_text=True)
    assert everybody.count('class="link') == 6 and "Sở Xây dựng" in everybody
    out = login("unit_hr_a").get(f"/staff/?unit={world.units['b']}")
    assert "Không tìm thấy đơn vị này" in text_of(out) and 'class="link' not in out.get_data(as_text=True)
    assert "Sở Y tế" not in text_of(out)


def test_a_filter_that_makes_no_sense_is_said_and_matches_nobody(world, login):
    text = text_of(login("unit_hr_a").get("/staff/?retires=31/02/2025&age=abc"))
    assert "31/02/2025" in text and "“abc” không phải số nguyên" in text and "Không có ai phù hợp" in text


def test_groups_count_and_open(world, login):
    html = login("province_hr").get("/staff/?group=unit").get_data(as_text=True)
    assert "Phòng Quy hoạch" in html and f"unit={world.units['a2']}" in html
    assert "1966" in text_of(login("province_hr").get("/staff/?group=birth_year"))


@pytest.mark.parametrize("query", ["", "?unit={a}&sex=female&q=a", "?group=unit", "?sort=-birth&page=2&size=25"])
def test_the_list_keeps_its_budget_of_statements(world, login, session, query):
    browser = login("province_hr")
    browser.get("/staff/")
    with counted() as statements:
        answer = browser.get("/staff/" + query.format(a=world.units["a"]))
    assert answer.status_code == 200
    assert len(statements) <= BUDGET, "\n".join(statements)


def test_a_member_of_staff_is_led_to_the_own_record(world, login):
    answer = login("staff_member_a").get("/staff/")
    assert answer.status_code == 302 and answer.location.endswith(f"/staff/{world.people['a1.2']}")


# -- the record


TABS = ("", "/posts", "/salary", "/insurance", "/training", "/ratings", "/family", "/benefits", "/cases", "/files")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_within_the_budget(world, login, session, tab):
    browser = login("unit_hr_a")
    path = f"/staff/{world.people['a1.1']}{tab}"
    browser.get(path)
    with counted() as statements:
        answer = browser.get(path)
    assert answer.status_code == 200
    budget = BUDGET + (4 if tab == "/ratings" else 0)  # a look at discipline is checked and written down first
    assert len(statements) <= budget, "\n".join(statements)


def test_the_head_says_what_one_needs_to_know(world, login):
    text = text_of(login("unit_hr_a").get(f"/staff/{world.people['a1.1']}"))
    for words in (
        "20/09/1966",
        "nam, 58 tuổi",
        "4,98",
        "bậc 9",
        "29 năm 10 tháng",
        "01/10/2028",
        "Mở hồ sơ nghỉ",
        "Tính thử",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("username", "status"), [("unit_hr_b", 404), ("unit_hr_a", 200), ("finance", 403), ("leadership", 403)]
)
def test_the_record_opens_only_to_those_whose_business_it_is(world, login, username, status):
    assert login(username).get(f"/staff/{world.people['a1.1']}").status_code == status


def test_readers_see_no_buttons_that_write(world, login):
    text = text_of(login("unit_head_a").get(f"/staff/{world.people['a1.1']}"))
    assert "Sửa hồ sơ" not in text and "Thêm vị trí công tác" not in text


@pytest.mark.parametrize(
    ("username", "status"), [("unit_hr_a", 200), ("auditor", 200), ("unit_head_a", 404), ("staff_member_a", 200)]
)
def test_family_is_for_the_personnel_unit_the_supervisor_and_the_person(world, login, username, status):
    """DP-15."""
    assert login(username).get(f"/staff/{world.people['a1.2']}/family").status_code == status


def test_details_of_discipline_are_for_the_entitled_and_every_look_is_logged(world, login, session):
    with transaction():
        session.add(
            Discipline(
                person_id=world.people["a1.1"],
                kind="administrative",
                form="Khiển trách",
                note="Chi tiết kín",
                opened_on=date(2024, 1, 5),
                decided_on=date(2024, 2, 1),
            )
        )
    path = f"/staff/{world.people['a1.1']}/ratings"
    assert "Chi tiết kín" in text_of(login("unit_hr_a").get(path))
    head = text_of(login("unit_head_a").get(path))
    assert "Chi tiết kín" not in head and "Khiển trách" not in head and "01/02/2024" in head
    session.rollback()
    looks = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "discipline_view")).all()
    assert [event.target for event in looks] == [f"person {world.people['a1.1']}"]


# -- sensitive facts


def number_of(world):
    return world.person("a1.1").identity_number


@pytest.mark.parametrize("username", ["unit_hr_a", "unit_head_a", "auditor", "province_hr"])
def test_the_page_source_holds_no_clear_number(world, login, username):
    """DP-05."""
    browser = login(username)
    for tab in ("", "/edit", "/sensitive"):
        assert number_of(world) not in browser.get(f"/staff/{world.people['a1.1']}{tab}").get_data(as_text=True)


def reveal(browser, person_id, reason, **more):
    return browser.post(
        f"/staff/{person_id}/sensitive", data={"reason": reason, **more}, headers={"Accept": "application/json"}
    )


def test_numbers_are_told_once_for_a_reason_and_the_look_is_written_down(world, login, session):
    person_id = world.people["a1.1"]
    browser = login("unit_hr_a")
    refused = reveal(browser, person_id, "  ")
    assert refused.status_code == 400 and "lý do" in refused.get_json()["message"]
    told = reveal(browser, person_id, "Đối chiếu căn cước")
    assert told.get_json()["values"]["identity_number"] == number_of(world)
    session.rollback()
    (event,) = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "identity_view")).all()
    assert (event.target, event.detail) == (f"person {person_id}", "Đối chiếu căn cước")
    assert event.user_id == world.accounts["unit_hr_a"]
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.kind == "viewed")).one()
    assert entry.record_id == person_id and number_of(world) not in (entry.note or "")
    assert "Đối chiếu căn cước" in text_of(browser.get(f"/staff/{person_id}"))


def test_without_scripts_the_reason_page_does_the_same(world, login):
    answer = login("unit_hr_a").post(f"/staff/{world.people['a1.1']}/sensitive", data={"reason": "Đối chiếu hồ sơ"})
    assert number_of(world) in text_of(answer)


@pytest.mark.parametrize(("username", "status"), [("unit_head_a", 403), ("auditor", 403), ("unit_hr_b", 404)])
def test_numbers_are_not_for_everybody(world, login, username, status):
    assert reveal(login(username), world.people["a1.1"], "Đối chiếu căn cước").status_code == status


def test_one_sees_the_own_numbers_and_who_looked_at_them(world, login):
    """DP-06."""
    reveal(login("unit_hr_a"), world.people["a1.2"], "Đối chiếu căn cước")
    own = login("staff_member_a")
    assert "identity_number" in reveal(own, world.people["a1.2"], "").get_json()["values"]
    assert "Đối chiếu căn cước" in text_of(own.get(f"/staff/{world.people['a1.2']}"))
    assert reveal(own, world.people["a1.1"], "tò mò thôi").status_code == 404


def test_sensitive_facts_are_edited_only_after_a_reason_and_never_stand_in_the_history(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    form = browser.post(f"/staff/{person_id}/sensitive", data={"reason": "Sửa theo căn cước mới", "then": "edit"})
    sent = fields_of(form)
    assert sent["identity_number"] == number_of(world)
    answer = browser.post(f"/staff/{person_id}/sensitive/save", data={**sent, "identity_number": "999 111 222 333"})
    assert answer.status_code == 302
    session.rollback()
    assert number_of(world) == "999111222333"
    everything = " ".join(f"{row.old} {row.new} {row.note}" for row in session.scalars(select(HistoryEntry)))
    assert "999111222333" not in everything


def test_a_wrong_number_is_refused_on_its_field_and_what_was_typed_stays(world, login):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    form = browser.post(f"/staff/{person_id}/sensitive", data={"reason": "Sửa theo căn cước mới", "then": "edit"})
    answer = browser.post(f"/staff/{person_id}/sensitive/save", data={**fields_of(form), "identity_number": "123"})
    assert "12 chữ số" in error_of(answer, "identity_number")
    assert 'value="123"' in answer.get_data(as_text=True)


# -- forms


def edit(browser, person_id, **changes):
    page = browser.get(f"/staff/{person_id}/edit")
    sent = fields_of(page)
    return browser.post(f"/staff/{person_id}/edit", data={**sent, **changes})


def test_the_form_writes_what_was_changed_and_nothing_else(world, login, session):
    person_id = world.people["a1.1"]
    answer = edit(login("unit_hr_a"), person_id, home_place="Xã Thanh Bình", birth="09/1966")
    assert answer.status_code == 302
    session.rollback()
    person = world.person("a1.1")
    assert (person.home_place, person.birth_precision, person.birth_date) == (
        "Xã Thanh Bình",
        "month",
        date(1966, 9, 1),
    )
    changed = session.scalars(
        select(HistoryEntry.field).where(
            HistoryEntry.kind == "changed", HistoryEntry.record_type == "person", HistoryEntry.record_id == person_id
        )
    ).all()
    assert set(changed) == {"home_place", "birth_precision", "birth_date"}


def test_faults_stand_on_their_fields_all_at_once_and_nothing_typed_is_lost(world, login, session):
    answer = edit(
        login("unit_hr_a"),
        world.people["a1.1"],
        birth="31/02/1966",
        recruited_on="x",
        email="khong-phai",
        home_place="Nơi mới",
    )
    assert answer.status_code == 200
    assert "31/02/1966" in error_of(answer, "birth") and "x" in error_of(answer, "recruited_on")
    assert "thư điện tử" in error_of(answer, "email")
    html = answer.get_data(as_text=True)
    assert 'value="31/02/1966"' in html and 'value="Nơi mới"' in html
    session.rollback()
    assert world.person("a1.1").home_place == ""


def test_a_fault_of_the_command_hangs_on_its_field(world, login):
    answer = edit(login("unit_hr_a"), world.people["a1.1"], recruited_on="01/01/1970")
    assert "chưa đủ 15 tuổi" in error_of(answer, "recruited_on")
    late = edit(login("unit_hr_a"), world.people["a1.1"], birth="01/01/2030")
    assert "ở sau hôm nay" in error_of(late, "birth")


def test_the_second_of_two_editors_sees_both_versions_and_may_save_again(world, login, session):
    person_id = world.people["a1.1"]
    slow, fast = login("unit_hr_a"), login("province_hr")
    mine = fields_of(slow.get(f"/staff/{person_id}/edit"))
    edit(fast, person_id, home_place="Của người nhanh")
    answer = slow.post(f"/staff/{person_id}/edit", data={**mine, "home_place": "Của người chậm"})
    text = text_of(answer)
    assert "Của người nhanh" in text and "Của người chậm" in text and "Quê quán" in text
    again = slow.post(f"/staff/{person_id}/edit", data={**fields_of(answer), "home_place": "Của người chậm"})
    assert again.status_code == 302
    session.rollback()
    assert world.person("a1.1").home_place == "Của người chậm"


def test_two_editors_of_different_fields_do_not_undo_each_other(world, login, session):
    """The slow one is asked, and what the fast one wrote stays: untouched fields are not sent to the command."""
    person_id = world.people["a1.1"]
    slow = login("unit_hr_a")
    mine = fields_of(slow.get(f"/staff/{person_id}/edit"))
    edit(login("province_hr"), person_id, phone="0900")
    answer = slow.post(f"/staff/{person_id}/edit", data={**mine, "home_place": "Quê mới"})
    slow.post(f"/staff/{person_id}/edit", data={**fields_of(answer), "home_place": "Quê mới"})
    session.rollback()
    assert (world.person("a1.1").phone, world.person("a1.1").home_place) == ("0900", "Quê mới")


def test_a_new_record_gets_a_code_and_its_first_post(world, login, session):
    answer = login("unit_hr_a").post(
        "/staff/new",
        data={
            "full_name": "Trần Thị Mới",
            "sex": "female",
            "birth": "05/1990",
            "category": "civil_servant",
            "retirement_annex": "I",
            "unit_id": world.units["a2"],
            "title": "Chuyên viên",
            "leader_rank": "",
            "valid_from": "01/06/2025",
            "decision_number": "7/QĐ-SXD",
            "decision_date": "25/05/2025",
            "identity_number": "999000111222",
            "religion": "Không",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    session.rollback()
    person = session.scalars(select(Person).where(Person.full_name == "Trần Thị Mới")).one()
    assert person.code and person.unit_id == world.units["a2"] and person.birth_precision == "month"
    assert person.identity_number == "999000111222"
    assert count(session, Appointment, person_id=person.id) == 1


def test_a_new_record_outside_ones_units_is_refused_on_the_field(world, login, session):
    answer = login("unit_hr_a").post(
        "/staff/new",
        data={
            "full_name": "Trần Thị Mới",
            "sex": "female",
            "birth": "1990",
            "category": "civil_servant",
            "retirement_annex": "I",
            "unit_id": world.units["b"],
            "title": "Chuyên viên",
            "valid_from": "01/06/2025",
        },
    )
    assert answer.status_code == 200 and "không thuộc phạm vi" in error_of(answer, "unit_id")
    assert count(session, Person, full_name="Trần Thị Mới") == 0


# -- rows


def test_a_new_salary_row_ends_the_one_in_force(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    sent = fields_of(browser.get(f"/staff/{person_id}/rows/salary_row/new"))
    answer = browser.post(
        f"/staff/{person_id}/rows/salary_row/new",
        data={
            **sent,
            "valid_from": "01/06/2025",
            "coefficient": "5,08",
            "grade_code": "01.002",
            "leadership": "0,5",
            "public_service_percent": "25",
            "other_hazard": "0,2",
            "close_previous": "y",
            "decision_number": "9/QĐ",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    session.rollback()
    rows = session.scalars(
        select(SalaryRow).where(SalaryRow.person_id == person_id).order_by(SalaryRow.valid_from)
    ).all()
    assert rows[0].valid_to == date(2025, 5, 31)
    assert str(rows[1].coefficient) == "5.08" and str(rows[1].leadership) == "0.5"
    assert rows[1].other_allowances == {"hazard": "0.2"}
    assert "Độc hại" in text_of(browser.get(f"/staff/{person_id}/salary"))


def test_overlapping_rows_are_refused_with_the_rows_listed(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    answer = browser.post(
        f"/staff/{person_id}/rows/salary_row/new", data={"valid_from": "01/06/2025", "coefficient": "5,08"}
    )
    message = error_of(answer, "valid_from")
    assert "trùng thời gian" in message and "01/01/2023" in message and "4,98" in message
    assert 'value="5,08"' in answer.get_data(as_text=True)
    assert count(session, SalaryRow, person_id=person_id) == 1


@pytest.mark.parametrize(
    ("kind", "data", "model"),
    [
        (
            "insurance_period",
            {"kind": "opening", "confirmed_on": "01/01/2025", "years": "25", "months": "3"},
            InsurancePeriod,
        ),
        ("family_relation", {"relation": "Vợ", "full_name": "Lê Thị Hoa", "birth_year": "1970"}, FamilyRelation),
        (
            "earlier_benefit",
            {"decree": "29/2023/NĐ-CP", "amount": "100.000.000", "paid_on": "01/02/2024"},
            EarlierBenefit,
        ),
        ("discipline", {"kind": "party", "opened_on": "01/05/2025"}, Discipline),
        ("training_record", {"subject": "Quản lý nhà nước", "ends_on": "01/05/2020"}, None),
        ("year_rating", {"year": "2021", "level": "HTXS"}, None),
        (
            "appointment",
            {"kind": "concurrent", "unit_id": "{a2}", "title": "Kế toán", "valid_from": "01/05/2025"},
            Appointment,
        ),
    ],
)
def test_every_kind_of_row_can_be_added(world, login, session, kind, data, model):
    person_id = world.people["a1.1"]
    before = count(session, model, person_id=person_id) if model else 0
    data = {name: value.format(a2=world.units["a2"]) for name, value in data.items()}
    answer = login("unit_hr_a").post(f"/staff/{person_id}/rows/{kind}/new", data=data)
    assert answer.status_code == 302, text_of(answer)
    if model:
        assert count(session, model, person_id=person_id) == before + 1
    if kind == "insurance_period":
        row = session.scalars(select(InsurancePeriod).where(InsurancePeriod.kind == "opening")).one()
        assert (row.months, row.ends_on) == (303, date(2025, 1, 1))


def test_every_kind_of_row_can_be_opened_for_correction_as_it_stands(world, login, session):
    """What the form shows and sends back unchanged is no change."""
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    for kind, model in (("salary_row", SalaryRow), ("insurance_period", InsurancePeriod), ("year_rating", YearRating)):
        session.rollback()
        row = session.scalars(select(model).where(model.person_id == person_id)).first()
        path = f"/staff/{person_id}/rows/{kind}/{row.id}"
        version = row.version
        sent = fields_of(browser.get(path))
        answer = browser.post(
            path, data={**sent, "reason": "xem lại", **({"in_public_body": "y"} if kind[0] == "i" else {})}
        )
        assert answer.status_code == 302, text_of(answer)
        session.rollback()
        session.refresh(row)
        assert row.version == version


def test_a_correction_needs_a_reason_and_keeps_what_stood_there(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    row_id = session.scalars(select(SalaryRow.id).where(SalaryRow.person_id == person_id)).one()
    path = f"/staff/{person_id}/rows/salary_row/{row_id}"
    sent = fields_of(browser.get(path))
    refused = browser.post(path, data={**sent, "step_counted_from": "01/02/2023", "reason": ""})
    assert "Lý do đính chính" in text_of(refused)
    assert (
        browser.post(path, data={**sent, "step_counted_from": "01/02/2023", "reason": "Nhập nhầm bậc"}).status_code
        == 302
    )
    text = text_of(browser.get(f"/staff/{person_id}/salary"))
    assert "Nhập nhầm bậc" in text and "hàng lương, Thời gian giữ bậc tính từ — → 01/02/2023" in text


def test_a_row_of_another_person_is_not_found_under_this_one(world, login, session):
    other = session.scalars(select(SalaryRow.id).where(SalaryRow.person_id == world.people["a2.1"])).one()
    assert login("unit_hr_a").get(f"/staff/{world.people['a1.1']}/rows/salary_row/{other}").status_code == 404
    assert login("unit_hr_a").get(f"/staff/{world.people['a1.1']}/rows/nothing/new").status_code == 404


def test_a_post_is_ended_with_a_reason_or_refused_on_the_page(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    row_id = session.scalars(select(Appointment.id).where(Appointment.person_id == person_id)).one()
    refused = browser.post(f"/staff/{person_id}/posts/{row_id}/end", data={"last_day": "30/06/2025"})
    assert refused.status_code == 400 and "cần ghi lý do" in text_of(refused)
    data = {"last_day": "30/06/2025", "reason": "Chờ điều động"}
    assert browser.post(f"/staff/{person_id}/posts/{row_id}/end", data=data).status_code == 302
    session.rollback()
    assert session.get(Appointment, row_id).valid_to == date(2025, 6, 30)


def test_leaving_ends_everything_and_can_be_taken_back(world, login, session):
    person_id, browser = world.people["a1.2"], login("unit_hr_a")
    data = {"left_on": "01/06/2025", "reason": "Nghỉ hưu", "decision_number": "3/QĐ"}
    assert browser.post(f"/staff/{person_id}/leave", data=data).status_code == 302
    session.rollback()
    assert world.person("a1.2").status == "left" and world.account("staff_member_a").valid_to == date(2025, 5, 31)
    text = text_of(browser.get(f"/staff/{person_id}"))
    assert "Đã thôi làm việc từ ngày 01/06/2025" in text and "4,98" in text, "the last salary stays in sight"
    assert browser.post(f"/staff/{person_id}/return", data={"reason": "Thu hồi quyết định"}).status_code == 302
    session.rollback()
    assert world.person("a1.2").status == "active"


# -- comments and files


def test_a_comment_stands_in_the_history(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_head_a")
    assert browser.post(f"/staff/{person_id}/comment", data={"body": "Đã trao đổi <b>"}).status_code == 302
    html = browser.get(f"/staff/{person_id}").get_data(as_text=True)
    assert "Đã trao đổi &lt;b&gt;" in html
    assert "còn trống" in text_of(browser.post(f"/staff/{person_id}/comment", data={"body": " "}))
    assert count(session, Comment) == 1


def test_a_file_goes_up_comes_down_by_the_record_only_and_can_be_taken_off(world, login, session):
    person_id, browser = world.people["a1.1"], login("unit_hr_a")
    answer = browser.post(
        f"/staff/{person_id}/files", data={"kind": "quyết định", "file": (io.BytesIO(PDF), "Quyết định số 5.pdf")}
    )
    assert answer.status_code == 302
    session.rollback()
    (row,) = attachments.of(world.person("a1.1"))
    path = f"/files/person/{person_id}/{row.id}"
    down = browser.get(path)
    assert down.data == PDF and down.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''Quy%E1%BA%BFt" in down.headers["Content-Disposition"]
    assert down.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in down.headers["Cache-Control"]
    assert login("unit_hr_b").get(path).status_code == 404
    assert browser.get(f"/files/person/{world.people['a1.2']}/{row.id}").status_code == 404
    assert browser.get(f"/files/org_unit/{world.units['a']}/{row.id}").status_code == 404
    assert browser.get(f"/files/ab_user/1/{row.id}").status_code == 404
    session.rollback()
    assert count(session, SecurityEvent, kind="file") == 1
    refused = browser.post(f"/staff/{person_id}/files/{row.id}/remove", data={"reason": ""})
    assert "lý do" in text_of(refused)
    assert browser.post(f"/staff/{person_id}/files/{row.id}/remove", data={"reason": "gửi nhầm"}).status_code == 302
    assert browser.get(path).status_code == 404


def test_a_file_that_is_something_else_is_refused_with_the_reason(world, login):
    answer = login("unit_hr_a").post(
        f"/staff/{world.people['a1.1']}/files", data={"file": (io.BytesIO(b"MZ\x90\x00"), "anh.png")}
    )
    assert answer.status_code == 400 and "anh.png" in text_of(answer)
    nothing = login("unit_hr_a").post(f"/staff/{world.people['a1.1']}/files", data={"kind": "x"})
    assert "Chưa chọn tệp" in text_of(nothing)


def test_snapshots_in_pages_carry_no_sensitive_fact(world, login):
    """The hidden copy of the form that finds out what was changed is page source, too."""
    original = json.loads(hidden(login("unit_hr_a").get(f"/staff/{world.people['a1.1']}/edit"), "original"))
    assert not {"identity_number", "insurance_number", "health", "religion", "ethnicity"} & set(original)
