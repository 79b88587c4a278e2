"""The tree of a day, the page of a unit, and the forms that change units, positions and numbers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from hrms.commands import organization
from hrms.kernel.commands import execute
from models.organization import Establishment, LeadershipQuota, OrgUnit, OrgUnitVersion, Position, UnitSuccession
from models.restructuring import RestructuringAct
from models.staff import Appointment
from tests.support.pages import BUDGET, error_of, fields_of, text_of
from tests.support.statements import counted

DECISION = {"decision_number": "12/QĐ-UBND", "decision_date": "10/06/2025"}
TABS = ("", "/establishment", "/positions", "/people", "/children", "/formation", "/papers")


def get(session, model, **where):
    session.rollback()
    return session.scalars(select(model).filter_by(**where)).all()


# -- the tree


def test_the_tree_shows_ones_units_with_their_numbers(world, login):
    text = text_of(login("province_hr").get("/units/"))
    for words in ("Ủy ban nhân dân tỉnh Hưng Yên", "Sở Xây dựng", "Phòng Quy hoạch", "Xã Thanh Bình", "8 đơn vị"):
        assert words.lower() in text.lower()
    assert "giao 12 · có mặt 6" in text, "the department with its divisions"
    own = text_of(login("unit_hr_a").get("/units/"))
    assert "Sở Xây dựng" in own and "Sở Y tế" not in own and "3 đơn vị" in own


def test_a_role_that_may_not_read_establishment_sees_the_tree_without_numbers(world, login):
    text = text_of(login("finance").get("/units/"))
    assert "Sở Xây dựng" in text and "có mặt" not in text


def test_surplus_is_marked(world, login, factory):
    for number in range(14):
        factory.person(world.unit("a2"), name=f"Nguyễn Văn {chr(65 + number)}n")
    text = text_of(login("province_hr").get("/units/"))
    assert "dôi dư 4" in text  # 16 present where 12 are assigned


def test_the_tree_before_and_after_a_reorganisation(world, login, session):
    execute(
        organization.MergeUnits(
            on=date(2025, 7, 1),
            decision_number="202",
            decision_date=date(2025, 6, 12),
            unit_ids=[world.units["a1"], world.units["a2"]],
            posts={world.people["a2.1"]: organization.NewPost("Phó phòng", "deputy")},
            into=organization.NewUnit("SXD-HN", "Phòng Tổng hợp", "division", "INTERNAL", world.units["a"]),
        )
    )
    browser = login("unit_hr_a")
    before = text_of(browser.get("/units/?day=30/06/2025"))
    after = text_of(browser.get("/units/?day=01/07/2025"))
    assert "Phòng Quy hoạch" in before and "Phòng Tổng hợp" not in before
    assert "Phòng Quy hoạch" not in after and "Phòng Tổng hợp" in after and "có mặt 4" in after
    assert "Đang xem tổ chức tại ngày 01/07/2025" in after


def test_a_day_that_is_none_is_said_and_today_is_shown(world, login):
    text = text_of(login("unit_hr_a").get("/units/?day=31/02/2025"))
    assert "“31/02/2025”" in text and "Sở Xây dựng" in text


def test_only_who_may_write_units_sees_the_buttons(world, login):
    assert "Lập đơn vị" in text_of(login("province_hr").get("/units/"))
    for username in ("unit_hr_a", "leadership", "auditor", "system_admin"):
        assert "Lập đơn vị" not in text_of(login(username).get("/units/"))
        assert "Sáp nhập, hợp nhất…" not in text_of(login(username).get(f"/units/{world.units['a']}"))


# -- the page of a unit


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("username", ["province_hr", "unit_hr_a"])
def test_every_tab_opens_within_the_budget(world, login, session, username, tab):
    browser = login(username)
    path = f"/units/{world.units['a']}{tab}"
    browser.get(path)
    with counted() as statements:
        answer = browser.get(path)
    assert answer.status_code == 200
    assert len(statements) <= BUDGET, "\n".join(statements)


def test_the_tree_keeps_its_budget(world, login, session):
    for username in ("province_hr", "unit_hr_a", "finance"):
        browser = login(username)
        browser.get("/units/")
        with counted() as statements:
            browser.get("/units/?day=30/06/2025")
        assert len(statements) <= BUDGET, "\n".join(statements)


@pytest.mark.parametrize(
    ("username", "tab", "status"),
    [
        ("finance", "/establishment", 404),
        ("leadership", "/people", 404),
        ("leadership", "/positions", 200),
        ("system_admin", "/positions", 404),
        ("unit_hr_b", "", 404),
        ("province_hr", "/nothing", 404),
    ],
)
def test_tabs_open_by_right(world, login, username, tab, status):
    assert login(username).get(f"/units/{world.units['a']}{tab}").status_code == status


def test_the_overview_says_assigned_present_unused_and_the_deputies(world, login):
    text = text_of(login("province_hr").get(f"/units/{world.units['a']}"))
    assert "12 biên chế giao" in text and "6 có mặt" in text and "6 chưa sử dụng" in text
    assert "Cấp phó được phép 2" in text


def test_children_that_have_more_than_their_parent_are_said(world, login):
    """Each of the two divisions has 12, the department itself only 12."""
    text = text_of(login("unit_hr_a").get(f"/units/{world.units['a']}/establishment"))
    assert "tổng biên chế công chức giao cho đơn vị trực thuộc là 24" in text


def test_deputies_beyond_the_number_allowed_stand_with_article_and_deadline(world, login, factory, session):
    for name in ("Lê Văn An", "Lê Văn Bình", "Lê Văn Chi"):
        factory.person(world.unit("a"), name=name, title="Phó Giám đốc", leader_rank="deputy")
    session.add(
        RestructuringAct(
            unit_id=world.units["a"],
            number="55",
            issued_on=date(2025, 2, 20),
            effective_on=date(2025, 3, 1),
            title="Sắp xếp",
        )
    )
    session.commit()
    text = text_of(login("province_hr").get(f"/units/{world.units['a']}"))
    assert "Cấp phó có mặt 3" in text and "20/02/2030" in text


def test_positions_show_how_many_hold_them(world, login):
    text = text_of(login("unit_hr_a").get(f"/units/{world.units['a1']}/positions"))
    assert "Người đứng đầu Cấp trưởng" in text and "Chuyên viên" in text


def test_people_of_a_day_are_those_who_held_a_post_then(world, login, session):
    post = get(session, Appointment, person_id=world.people["a1.2"])[0]
    post.valid_to = date(2025, 5, 31)
    session.commit()
    browser = login("unit_hr_a")
    name = world.person("a1.2").full_name
    assert name in text_of(browser.get(f"/units/{world.units['a1']}/people?day=31/05/2025"))
    assert name not in text_of(browser.get(f"/units/{world.units['a1']}/people?day=01/06/2025"))


# -- forms


def test_a_new_unit_stands_under_its_parent(world, login, session):
    browser = login("province_hr")
    sent = fields_of(browser.get(f"/units/new?parent={world.units['a']}"))
    assert sent["parent_id"] == str(world.units["a"]) and sent["kind"] == "division"
    answer = browser.post(
        "/units/new", data={**sent, **DECISION, "code": "sxd-m", "name": "Phòng Mới", "valid_from": "15/06/2025"}
    )
    assert answer.status_code == 302, text_of(answer)
    (unit,) = get(session, OrgUnit, code="SXD-M")
    assert unit.path.startswith(world.unit("a").path) and "Phòng Mới" in text_of(browser.get("/units/"))


def test_faults_of_a_new_unit_stand_on_their_fields_together(world, login):
    browser = login("province_hr")
    answer = browser.post(
        "/units/new",
        data={
            "code": "SYT",
            "name": "Phòng Mới",
            "kind": "division",
            "level": "INTERNAL",
            "funding": "budget",
            "parent_id": str(world.units["a"]),
            "valid_from": "01/01/2000",
        },
    )
    assert "đã dùng cho Sở Y tế" in error_of(answer, "code")
    assert "còn trống" in error_of(answer, "decision_number") and "còn trống" in error_of(answer, "decision_date")
    assert "không hoạt động vào ngày 01/01/2000" in error_of(answer, "parent_id")
    assert 'value="01/01/2000"' in answer.get_data(as_text=True)


def test_a_unit_is_renamed_from_a_day_and_old_days_keep_the_old_name(world, login, session):
    browser, unit_id = login("province_hr"), world.units["a2"]
    sent = fields_of(browser.get(f"/units/{unit_id}/change"))
    answer = browser.post(
        f"/units/{unit_id}/change",
        data={**sent, **DECISION, "name": "Phòng Quy hoạch đô thị", "from_date": "01/07/2025"},
    )
    assert answer.status_code == 302, text_of(answer)
    assert "Phòng Quy hoạch đô thị" not in text_of(browser.get(f"/units/{unit_id}"))
    assert "Phòng Quy hoạch đô thị" in text_of(browser.get(f"/units/{unit_id}?day=01/07/2025"))
    assert [row.kind for row in get(session, UnitSuccession, from_unit_id=unit_id)] == ["rename"]
    nothing = browser.post(f"/units/{unit_id}/change", data={**sent, **DECISION, "from_date": "01/08/2025"})
    assert nothing.status_code == 302 or "Không có nội dung nào thay đổi" in text_of(nothing)


def test_a_version_is_corrected_with_a_reason(world, login, session):
    browser, unit_id = login("province_hr"), world.units["a2"]
    (version,) = get(session, OrgUnitVersion, unit_id=unit_id)
    path = f"/units/{unit_id}/versions/{version.id}"
    sent = fields_of(browser.get(path))
    without = browser.post(path, data={**sent, "name": "Phòng QH", "reason": ""})
    assert error_of(without, "reason") == "Chưa nhập “Lý do đính chính”."
    assert browser.post(path, data={**sent, "name": "Phòng QH", "reason": "Sai chính tả"}).status_code == 302
    assert "Phòng QH" in text_of(browser.get(f"/units/{unit_id}/formation"))
    assert browser.get(f"/units/{world.units['a1']}/versions/{version.id}").status_code == 404


def test_details_of_papers_are_kept_and_the_second_editor_sees_both(world, login, session):
    browser, path = login("province_hr"), f"/units/{world.units['a']}/details"
    slow = fields_of(browser.get(path))
    fast = fields_of(browser.get(path))
    assert (
        browser.post(path, data={**fast, "signer_name": "Người nhanh", "numbers_papers_here": "y"}).status_code == 302
    )
    (unit,) = get(session, OrgUnit, id=world.units["a"])
    assert (unit.signer_name, unit.numbers_papers_here) == ("Người nhanh", True)
    answer = browser.post(path, data={**slow, "signer_name": "Người chậm"})
    assert "Người nhanh" in text_of(answer) and "Người chậm" in text_of(answer)
    again = browser.post(path, data={**fields_of(answer), "signer_name": "Người chậm"})
    assert again.status_code == 302
    (unit,) = get(session, OrgUnit, id=world.units["a"])
    assert (unit.signer_name, unit.numbers_papers_here) == ("Người chậm", True), "what the other ticked stays ticked"
    assert "Số văn bản Phần mềm cấp số" in text_of(browser.get(f"/units/{world.units['a']}/papers"))


def test_a_position_is_added_edited_from_a_day_and_ended_when_nobody_holds_it(world, login, session):
    browser, base = login("unit_hr_a"), f"/units/{world.units['a1']}/positions"
    sent = fields_of(browser.get(f"{base}/new"))
    answer = browser.post(
        f"{base}/new",
        data={
            **sent,
            "code": "KT",
            "title": "Kế toán",
            "group": "DUNG_CHUNG",
            "approved_number": "2",
            "valid_from": "01/06/2025",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    (row,) = get(session, Position, code="KT")
    form = fields_of(browser.get(f"{base}/{row.id}"))
    assert browser.post(f"{base}/{row.id}", data={**form, "approved_number": "3"}).status_code == 302
    assert get(session, Position, code="KT")[0].approved_number == 3
    form = fields_of(browser.get(f"{base}/{row.id}"))
    later = browser.post(f"{base}/{row.id}", data={**form, "approved_number": "1", "from_date": "01/07/2025"})
    assert later.status_code == 302, text_of(later)
    assert [(p.approved_number, p.valid_to) for p in get(session, Position, code="KT")] == [
        (3, date(2025, 6, 30)),
        (1, None),
    ]
    held = get(session, Position, code="SXD-TCCB.CV")[0]
    refused = browser.post(f"{base}/{held.id}/end", data={"last_day": "30/06/2025"})
    assert refused.status_code == 400 and "người giữ vị trí này" in text_of(refused)
    kt = get(session, Position, code="KT")[1]
    assert browser.post(f"{base}/{kt.id}/end", data={"last_day": "31/12/2025"}).status_code == 302


def test_a_new_number_ends_the_one_in_force(world, login, session):
    browser, unit_id = login("province_hr"), world.units["a"]
    data = {**DECISION, "kind": "civil_servant", "number": "30", "valid_from": "01/07/2025"}
    assert browser.post(f"/units/{unit_id}/establishment/new", data=data).status_code == 302
    rows = sorted(get(session, Establishment, unit_id=unit_id), key=lambda row: row.valid_from)
    assert [(row.number, row.valid_to) for row in rows] == [(12, date(2025, 6, 30)), (30, None)]
    wrong = browser.post(f"/units/{unit_id}/establishment/new", data={**data, "number": "x"})
    assert "“x” không phải số nguyên" in error_of(wrong, "number")


def test_a_number_of_deputies_by_decision_stands_with_its_article(world, login, session):
    browser, unit_id = login("province_hr"), world.units["a"]
    data = {"deputies": "4", "valid_from": "01/06/2025", "article": "NĐ 150/2025/NĐ-CP", "mark": "P"}
    assert browser.post(f"/units/{unit_id}/quota/new", data=data).status_code == 302
    assert len(get(session, LeadershipQuota, unit_id=unit_id)) == 2
    assert "Cấp phó được phép 4 NĐ 150/2025/NĐ-CP P" in text_of(browser.get(f"/units/{unit_id}"))


# -- reorganisation on one page

NEW = {"t0-code": "SXD-TH", "t0-name": "Phòng Tổng hợp", "t0-kind": "division", "t0-level": "INTERNAL"}


def wizard(world, **more):
    return {**DECISION, "on": "01/07/2025", "receivers": "1", "t0-parent_id": str(world.units["a"]), **NEW, **more}


def test_units_are_added_to_a_merger_and_dropped_again_without_writing(world, login, session):
    browser, path = login("province_hr"), f"/units/{world.units['a1']}/reorganise/merge"
    added = browser.post(path, data=wizard(world, do="add", add=str(world.units["a2"])))
    assert "Phòng Quy hoạch" in text_of(added)
    dropped = browser.post(path, data=wizard(world, do=f"drop-{world.units['a2']}", other=str(world.units["a2"])))
    assert "Phòng Quy hoạch" not in text_of(dropped)
    assert get(session, OrgUnit, code="SXD-TH") == []


def test_a_merger_is_checked_first_and_two_heads_are_named(world, login, session):
    browser, path = login("province_hr"), f"/units/{world.units['a1']}/reorganise/merge"
    data = wizard(world, other=str(world.units["a2"]), sum_establishment="1", do="check")
    answer = browser.post(path, data=data)
    text = text_of(answer)
    assert "2 người cùng giữ chức vụ cấp trưởng" in text and world.person("a2.1").full_name in text
    settled = {**data, f"pt-{world.people['a2.1']}": "Phó Trưởng phòng", f"pr-{world.people['a2.1']}": "deputy"}
    checked = browser.post(path, data=settled)
    assert "có thể thực hiện" in text_of(checked)
    assert get(session, OrgUnit, code="SXD-TH") == [], "looking writes nothing"
    assert browser.post(path, data={**settled, "do": "save"}).status_code == 302
    (made,) = get(session, OrgUnit, code="SXD-TH")
    posts = get(session, Appointment, unit_id=made.id)
    assert {post.person_id for post in posts} == {world.people[key] for key in ("a1.1", "a1.2", "a2.1", "a2.2")}
    assert {post.title for post in posts if post.leader_rank == "deputy"} == {"Phó Trưởng phòng"}
    assert "Hình thành từ" in text_of(browser.get(f"/units/{made.id}/formation?day=01/07/2025"))


def test_faults_of_the_receiving_unit_stand_on_its_fields(world, login):
    browser, path = login("province_hr"), f"/units/{world.units['a1']}/reorganise/merge"
    data = wizard(world, other=str(world.units["a2"]), do="check")
    answer = browser.post(path, data={**data, "t0-code": "SYT"})
    assert "đã dùng cho Sở Y tế" in error_of(answer, "t0-code")


def test_a_split_says_who_has_no_place(world, login, session):
    browser, path = login("province_hr"), f"/units/{world.units['a1']}/reorganise/split"
    data = wizard(
        world,
        receivers="2",
        do="check",
        **{
            "t1-code": "SXD-T2",
            "t1-name": "Phòng Hai",
            "t1-kind": "division",
            "t1-level": "INTERNAL",
            "t1-parent_id": str(world.units["a"]),
            f"p-{world.people['a1.1']}": "0",
        },
    )
    assert world.person("a1.2").full_name in text_of(browser.post(path, data=data))
    more = browser.post(path, data={**data, "do": "more"})
    assert "Đơn vị tiếp nhận 3" in text_of(more)
    done = browser.post(path, data={**data, "rest": "1", "do": "save"})
    assert done.status_code == 302, text_of(done)
    one, two = get(session, OrgUnit, code="SXD-TH")[0], get(session, OrgUnit, code="SXD-T2")[0]
    assert [post.person_id for post in get(session, Appointment, unit_id=one.id)] == [world.people["a1.1"]]
    assert [post.person_id for post in get(session, Appointment, unit_id=two.id)] == [world.people["a1.2"]]


def test_a_unit_ends_when_everybody_has_a_place(world, login, session):
    browser, path = login("province_hr"), f"/units/{world.units['a1']}/reorganise/end"
    data = {
        **DECISION,
        "on": "01/07/2025",
        "receivers": "1",
        "do": "check",
        "t0-kind": "division",
        "t0-level": "INTERNAL",
    }
    assert "Còn 2 người giữ vị trí" in text_of(browser.post(path, data=data))
    given = {
        **data,
        "t0-existing": str(world.units["a2"]),
        "rest": "0",
        f"pr-{world.people['a1.1']}": "deputy",
        f"pt-{world.people['a1.1']}": "Phó Trưởng phòng",
    }
    assert browser.post(path, data={**given, "do": "save"}).status_code == 302
    (unit,) = get(session, OrgUnit, id=world.units["a1"])
    assert unit.valid_to == date(2025, 6, 30)
    assert len(get(session, Appointment, unit_id=world.units["a2"])) == 4


def test_a_reorganisation_is_not_for_units(world, login):
    assert login("unit_hr_a").get(f"/units/{world.units['a1']}/reorganise/merge").status_code == 403
    assert login("province_hr").get(f"/units/{world.units['a1']}/reorganise/burn").status_code == 404
