"""Staff, organisation and accounts in a real browser: what needs scripts works, every page is accessible and fits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
OFFERED = ".combo [role=option]"  # what a look-up field offers
PAGES = {
    "sonoivu": (
        "/staff/",
        "/staff/?group=unit",
        "/staff/new",
        "/staff/{person}",
        "/staff/{person}/posts",
        "/staff/{person}/salary",
        "/staff/{person}/insurance",
        "/staff/{person}/training",
        "/staff/{person}/ratings",
        "/staff/{person}/family",
        "/staff/{person}/benefits",
        "/staff/{person}/cases",
        "/staff/{person}/files",
        "/staff/{person}/edit",
        "/staff/{person}/leave",
        "/staff/{person}/sensitive",
        "/staff/{person}/rows/salary_row/new",
        "/staff/{person}/rows/appointment/new",
        "/staff/{person}/rows/insurance_period/new",
        "/units/",
        "/units/new",
        "/units/{unit}",
        "/units/{unit}/establishment",
        "/units/{unit}/positions",
        "/units/{unit}/people",
        "/units/{unit}/children",
        "/units/{unit}/formation",
        "/units/{unit}/papers",
        "/units/{unit}/change",
        "/units/{unit}/details",
        "/units/{unit}/reorganise/merge",
        "/units/{unit}/reorganise/split",
        "/search/?q=nguyen",
        "/lists/staff/export.xlsx",
    ),
    "admin": (
        "/accounts/{account}",
        "/accounts/new",
        "/accounts/bulk",
        "/accounts/password",
        "/jobs/",
        "/jobs/actions",
    ),
    "canbo": ("/staff/{own}",),
}


@pytest.fixture(scope="module")
def places(site) -> dict[str, int]:
    """Somebody of the officer's agency, the agency, an account, the member of staff's own record."""

    def find() -> dict[str, int]:
        from sqlalchemy import select

        from hrms.kernel.db import db
        from models.account import Account
        from models.organization import OrgUnit
        from models.staff import Person

        officer = db.session.scalars(select(Account).where(Account.username == "donvi")).one()
        own = db.session.scalars(select(Account).where(Account.username == "canbo")).one()
        unit = db.session.get(OrgUnit, officer.unit_id)
        person = db.session.scalars(
            select(Person)
            .join(OrgUnit, OrgUnit.id == Person.unit_id)
            .where(OrgUnit.path.startswith(unit.path), Person.status == "active", Person.id != own.person_id)
            .order_by(Person.id)
        ).first()
        return {"person": person.id, "unit": unit.id, "account": officer.id, "own": own.person_id}

    return site.ask(find)


@pytest.mark.parametrize("username", list(PAGES))
def test_pages_have_no_serious_accessibility_faults_and_fit_a_phone(visitor, places, username):
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    visitor.log_in(username)
    faults = []
    for address in PAGES[username]:
        visitor.page.set_viewport_size({"width": 1366, "height": 768})
        visitor.go(address.format(**places))
        for violation in axe.run(visitor.page).response["violations"]:
            if violation["impact"] in SERIOUS:
                where = "; ".join(str(node["target"][0]) for node in violation["nodes"][:4])
                faults.append(f"{address}: {violation['id']}: {where}")
        visitor.page.set_viewport_size({"width": 390, "height": 800})
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            faults.append(f"{address}: {width} px wide on a phone")
    assert faults == []
    assert visitor.foreign == [] and visitor.errors == []


def test_numbers_appear_in_place_after_a_reason_and_the_page_held_none_before(visitor, places):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go(f"/staff/{places['person']}")
    number = page.locator("[data-secret=identity_number]")
    assert "•" in number.inner_text()
    page.get_by_role("button", name="Xem số").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Lý do xem").fill("abc")
    dialog.get_by_role("button", name="Xem trong một phút").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Chưa ghi lý do")
    dialog.get_by_label("Lý do xem").fill("Đối chiếu căn cước")
    dialog.get_by_role("button", name="Xem trong một phút").click()
    expect(dialog).to_be_hidden()
    expect(number).to_have_text("999" + number.inner_text()[3:])
    assert "•" not in number.inner_text()
    page.reload()
    assert "•" in number.inner_text()
    expect(page.locator(".history")).to_contain_text("Đối chiếu căn cước")
    assert visitor.foreign == []
    assert [error for error in visitor.errors if "400" not in error] == []


def test_a_unit_is_chosen_by_keyboard_and_narrows_the_list(visitor, places):
    page = visitor.page
    visitor.log_in("sonoivu")
    visitor.go("/staff/")
    page.get_by_role("combobox", name="Đơn vị").fill("so noi vu")
    page.locator(OFFERED).first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.locator(".chip")).to_contain_text("Sở Nội vụ")
    assert "sex=" not in page.url and "unit=" in page.url, "an address one can send around"
    page.get_by_label("Bỏ lọc Đơn vị").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_filter_is_kept_and_found_again(visitor):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go("/staff/?sex=female")
    page.locator("summary", has_text="Bộ lọc của tôi").click()
    page.get_by_role("button", name="Lưu bộ lọc đang dùng…").click()
    page.get_by_label("Tên bộ lọc").fill("Cán bộ nữ")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu bộ lọc")
    visitor.go("/staff/")
    page.locator("summary", has_text="Bộ lọc của tôi").click()
    page.get_by_role("link", name="Cán bộ nữ").click()
    expect(page.locator(".chip")).to_contain_text("Nữ")


def test_a_list_leaves_as_a_sheet_after_its_purpose(visitor):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go("/staff/?sex=female")
    page.get_by_role("link", name="Xuất Excel").click()
    page.get_by_label("Mục đích xuất").fill("Lập danh sách nữ")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Xuất tệp Excel").click()
    assert waiting.value.suggested_filename.startswith("staff-")


def test_what_was_typed_survives_a_closed_page(visitor, places):
    """SEC-04: unsaved forms are kept as drafts, and given back when asked for."""
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go(f"/staff/{places['person']}/edit")
    page.get_by_label("Nơi ở hiện nay").fill("Nhà mới chưa lưu")
    expect(page.locator("[data-saved]")).to_contain_text("Đã giữ nháp")
    visitor.go("/staff/")
    visitor.go(f"/staff/{places['person']}/edit")
    page.get_by_role("button", name="Dùng bản nháp").click()
    expect(page.get_by_label("Nơi ở hiện nay")).to_have_value("Nhà mới chưa lưu")
    page.get_by_role("button", name="Lưu hồ sơ").click()
    page.get_by_text("Đã lưu hồ sơ.").wait_for()
    expect(page.get_by_text("Nhà mới chưa lưu").first).to_be_visible()
    visitor.go(f"/staff/{places['person']}/edit")
    expect(page.get_by_role("button", name="Dùng bản nháp")).to_have_count(0)


def test_a_position_offers_those_of_the_chosen_unit_and_names_the_title(visitor, places):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go(f"/staff/{places['person']}/rows/appointment/new")
    page.get_by_label("Vị trí việc làm").fill("a")
    first = page.locator(OFFERED).first
    first.wait_for()
    words = first.evaluate("node => node.firstChild.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Chức vụ, chức danh")).to_have_value(words)


def test_the_tree_is_filtered_by_typing_without_marks(visitor):
    page = visitor.page
    visitor.log_in("sonoivu")
    visitor.go("/units/")
    tree = page.locator("#unit-tree")
    expect(tree.get_by_role("link", name="Sở Xây dựng", exact=True).first).to_be_visible()
    page.get_by_label("Lọc theo tên").fill("thanh tra tinh")
    expect(tree.get_by_role("link", name="Thanh tra tỉnh", exact=True).first).to_be_visible()
    expect(tree.get_by_role("link", name="Sở Xây dựng", exact=True).first).to_be_hidden()
    page.get_by_label("Lọc theo tên").fill("")
    page.get_by_label("Mở các đơn vị của Sở Xây dựng").first.check()
    page.get_by_role("link", name="Trước 01/07/2025").click()
    expect(page.get_by_text("Đang xem tổ chức tại ngày 30/06/2025")).to_be_visible()


def test_a_refused_role_comes_back_in_its_open_dialog(visitor, places):
    page = visitor.page
    visitor.log_in("admin")
    visitor.go(f"/accounts/{places['account']}")
    page.get_by_role("button", name="Cấp vai trò").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Vai trò", exact=True).select_option("unit_head")
    dialog.get_by_label("Đơn vị", exact=True).fill("so nong nghiep va moi truong")
    page.locator(OFFERED).first.wait_for()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("người lập hồ sơ không đồng thời là người duyệt")
