"""The main flow through a real browser: from the application to the payment, each step by whose duty it is.

Beside it: every main page without serious accessibility faults, usable on a phone, and silent towards other hosts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@dataclass(frozen=True)
class Leaver:
    """Somebody who may leave and has no case: id, code and name."""

    id: int
    code: str
    name: str


@pytest.fixture(scope="module")
def leaver(site) -> Leaver:
    """A civil servant of the officer's own agency without a post, whom the law lets go without any warning."""

    def choose() -> Leaver:
        from sqlalchemy import select

        from hrms.commands.facts import entitlement_facts
        from hrms.commands.restructuring.requests import suggest
        from hrms.commands.trial import act_for
        from hrms.kernel.db import db
        from models.organization import OrgUnit
        from models.restructuring import DownsizingCase
        from models.staff import Person
        from policies import calculate

        leave = date(2025, 8, 1)
        home = home_of("donvi")
        busy = select(DownsizingCase.person_id)
        people = (
            select(Person)
            .join(OrgUnit, OrgUnit.id == Person.unit_id)
            .where(
                OrgUnit.path.startswith(home.path),
                Person.status == "active",
                Person.is_leader.is_(False),
                Person.category == "civil_servant",
                Person.id.not_in(busy),
            )
        )
        for person in db.session.scalars(people.order_by(Person.id)):
            act = act_for(person, leave)
            facts = entitlement_facts(person, leave, act)
            if act is None or not facts.complete or suggest(person, facts, leave, act.id).ground != "2.1.a":
                continue
            answer = calculate({**facts.case, "decree": "178"})
            if answer.eligible and not answer.warnings:
                return Leaver(person.id, person.code, person.full_name)
        raise AssertionError("the demonstration province has nobody left who may leave from the agency of “donvi”")

    return site.ask(choose)


def home_of(username: str):
    """The unit of an account; asked inside an application context."""
    from sqlalchemy import select

    from hrms.kernel.db import db
    from models.account import Account
    from models.organization import OrgUnit

    query = select(OrgUnit).join(Account, Account.unit_id == OrgUnit.id).where(Account.username == username)
    return db.session.scalar(query)


def take_step(page, label: str, **fields: str) -> None:
    """Open the dialog of a step, fill it in, confirm."""
    page.get_by_role("button", name=label, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    for name, value in fields.items():
        box = dialog.get_by_label(name)
        if box.evaluate("e => e.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    dialog.get_by_role("button", name=label, exact=True).click()
    page.get_by_text(re.compile("Đã thực hiện “")).wait_for()


def state_now(page) -> str:
    return page.locator("ol.status [aria-current=step]").inner_text().strip()


def download(page, path: str) -> tuple[str, bytes]:
    """A file behind a link, fetched with the session of the page."""
    answer = page.request.get(path)
    assert answer.ok, f"{path}: {answer.status}"
    return answer.headers["content-type"], answer.body()


def test_from_the_application_to_the_payment(site, visitor, leaver):
    page = visitor.page
    # The officer of the unit opens the case: the person is looked up by typing, the request comes from the records.
    visitor.log_in("donvi")
    visitor.go("/cases/new")
    lookup = page.get_by_role("combobox", name=re.compile("Người nghỉ"))
    lookup.press_sequentially(leaver.code, delay=20)
    page.get_by_role("option").first.wait_for()
    lookup.press("Enter")
    page.wait_for_url(re.compile(rf"person={leaver.id}\b"))
    page.get_by_label("Nghỉ từ ngày").fill("01/08/2025")
    page.get_by_label("Ngày viết đơn").fill("01/06/2025")
    page.get_by_label("Lý do, hoàn cảnh").fill("Vị trí việc làm không còn sau khi sắp xếp.")
    page.get_by_role("button", name="Lập hồ sơ", exact=True).click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    case = re.search(r"/cases/(\d+)/", page.url).group(1)
    assert leaver.name in page.get_by_role("heading", level=1).inner_text()
    assert state_now(page) == "Dự thảo"
    total = page.locator(".facts .sum dd").inner_text()
    assert re.match(r"[1-9][\d.]+ đồng", total)

    # The dossier: every required paper is noted.
    visitor.go(f"/cases/{case}/?tab=dossier")
    while missing := page.locator(".dossier > li.b").count():
        item = page.locator(".dossier > li.b").first
        item.locator("summary").first.click()
        item.get_by_label("Đã có trong hồ sơ").check()
        item.get_by_label("Số, ký hiệu; nơi cấp").fill("12/VB")
        item.get_by_label("Ngày", exact=True).fill("01062025")  # typed without slashes
        item.get_by_role("button", name="Lưu", exact=True).click()
        page.get_by_text("Đã ghi giấy tờ.").wait_for()
        assert page.locator(".dossier > li.b").count() == missing - 1

    # The review of the unit: the meeting and the three years.
    visitor.go(f"/cases/{case}/?tab=review")
    page.get_by_label("Ngày họp xét").fill("05/06/2025")
    page.get_by_label("Số biên bản họp").fill("07/BB")
    page.get_by_label("Số người dự họp").fill("9")
    page.get_by_label("Số người đồng ý").fill("9")
    page.get_by_label("Kết luận cuộc họp").fill("Nhất trí đề nghị giải quyết.")
    page.get_by_role("button", name="Lưu biên bản").click()
    page.get_by_text("Đã lưu biên bản họp xét.").wait_for()
    for year in ("2022", "2023", "2024"):
        page.get_by_label(f"Mức xếp loại {year}").select_option("HTT")
    page.get_by_role("button", name="Lưu đánh giá").click()
    page.get_by_text("Đã lưu đánh giá 03 năm.").wait_for()
    take_step(page, "Trình thủ trưởng đơn vị")
    assert state_now(page) == "Đơn vị rà soát"

    # The head finds it on the desk and passes it on.
    visitor.log_in("thutruong")
    page.get_by_role("row").filter(has_text=leaver.name).get_by_role("link").first.click()
    page.wait_for_url(re.compile(rf"/cases/{case}/"))
    take_step(page, "Thông qua, chuyển Sở Nội vụ")
    assert state_now(page) == "Sở Nội vụ thẩm định"

    visitor.log_in("sonoivu")
    visitor.go(f"/cases/{case}/")
    take_step(page, "Thẩm định xong, chuyển Sở Tài chính")
    assert state_now(page) == "Sở Tài chính thẩm tra"

    # Finance looks at the lines and their purse, and endorses.
    visitor.log_in("taichinh")
    visitor.go(f"/cases/{case}/?tab=finance")
    assert page.get_by_text("Nguồn cải cách tiền lương").first.is_visible()
    page.get_by_role("button", name="Xác nhận kinh phí").first.click()
    dialog = page.get_by_role("dialog")
    if not dialog.get_by_label("Nguồn kinh phí").input_value():
        dialog.get_by_label("Nguồn kinh phí").select_option("salary_reform")
    dialog.get_by_role("button", name="Xác nhận kinh phí").click()
    page.get_by_text("Đã thực hiện “Xác nhận kinh phí”.").wait_for()

    # The decision: first without its number (refused, nothing typed is lost), then with it.
    visitor.log_in("sonoivu")
    visitor.go(f"/cases/{case}/")
    page.get_by_role("button", name="Ghi quyết định").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Số quyết định").fill("1234/QĐ-UBND")
    dialog.get_by_label("Ngày quyết định").fill("30/12/2025")
    dialog.get_by_label("Cấp có thẩm quyền quyết định").fill("Chủ tịch Ủy ban nhân dân tỉnh")
    dialog.get_by_role("button", name="Ghi quyết định").click()
    dialog.get_by_text("còn ở tương lai").wait_for()
    assert dialog.get_by_label("Số quyết định").input_value() == "1234/QĐ-UBND"
    dialog.get_by_label("Ngày quyết định").fill("12/06/2025")
    dialog.get_by_role("button", name="Ghi quyết định").click()
    page.get_by_text("Đã thực hiện “Ghi quyết định”.").wait_for()
    assert state_now(page) == "Đã quyết định" and page.get_by_text("đã khóa").first.is_visible()
    assert page.locator(".facts .sum dd").inner_text() == total

    # Papers come as PDF.
    visitor.go(f"/cases/{case}/?tab=papers")
    links = [a.get_attribute("href") for a in page.locator(".links a").all()]
    papers = [link for link in links if link.endswith(".pdf")]
    assert len(papers) >= 2
    for link in papers:
        kind, body = download(page, visitor.base + link)
        assert kind.startswith("application/pdf") and body.startswith(b"%PDF-") and len(body) > 5000

    visitor.log_in("taichinh")
    visitor.go(f"/cases/{case}/")
    take_step(page, "Ghi chi trả", **{"Ngày chi trả": "15/06/2025", "Chứng từ chi trả": "UNC 77/2025"})
    assert state_now(page) == "Đã chi trả"

    # The person sees the outcome in the history of the unit's officer, with every hand it went through.
    visitor.log_in("donvi")
    visitor.go(f"/cases/{case}/?tab=history")
    history = page.locator(".history").inner_text()
    for step in ("Dự thảo → Đơn vị rà soát", "Sở Tài chính thẩm tra → Đã quyết định", "Đã quyết định → Đã chi trả"):
        assert step in history
    assert visitor.foreign == []
    assert visitor.errors == []


def test_the_calculator_works_by_keyboard_and_keeps_the_question_in_its_address(site, visitor, leaver):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go("/calculator/")
    page.get_by_label("Hệ số lương", exact=True).fill("5,42")
    page.get_by_label("Hệ số lương", exact=True).press("Enter")
    page.wait_for_url(re.compile("tinh=1"))
    assert "coefficient=5%2C42" in page.url and "agreed_amount" not in page.url  # empty boxes do not make it long
    total = page.locator(".answer .facts .sum dd").inner_text()
    page.reload()
    assert page.locator(".answer .facts .sum dd").inner_text() == total
    page.get_by_label("Hệ số lương", exact=True).fill("năm")
    page.get_by_role("button", name="Tính", exact=True).click()
    page.locator("#coefficient-err").wait_for()
    expect(page.locator("#coefficient")).to_be_focused()  # the hand is where the error is
    page.go_back()
    page.locator("details.whybox summary").first.click()
    assert page.locator("details.whybox[open] li").first.is_visible()
    assert visitor.foreign == [] and visitor.errors == []


MAIN_PAGES = {
    "donvi": (
        "/",
        "/cases/",
        "/cases/new",
        "/cases/new?person={person}",
        "/cases/{case}/",
        "/cases/{case}/?tab=options",
        "/cases/{case}/?tab=review",
        "/cases/{case}/?tab=dossier",
        "/cases/{case}/?tab=facts",
        "/cases/{case}/?tab=finance",
        "/cases/{case}/?tab=papers",
        "/cases/{case}/?tab=history",
        "/cases/{case}/edit",
        "/batches/",
        "/batches/new",
        "/batches/{batch}/",
        "/acts/",
        "/acts/new",
        "/calculator/",
        "/calculator/?person={person}",
        "/parameters/",
        "/parameters/salary.base",
        "/parameters/documents/178",
        "/search/?q=nguyen",
        "/jobs/",
    ),
    "canbo": ("/", "/calculator/", "/cases/"),
    "admin": ("/", "/accounts/", "/accounts/events"),
}


@pytest.fixture(scope="module")
def places(site, leaver) -> dict[str, int]:
    """Ids that the addresses of the main pages need: a draft and a round of the officer's agency."""

    def find() -> dict[str, int]:
        from sqlalchemy import select

        from hrms.kernel.db import db
        from models.organization import OrgUnit
        from models.restructuring import CaseBatch, DownsizingCase

        home = home_of("donvi")
        inside = select(OrgUnit.id).where(OrgUnit.path.startswith(home.path))
        case = db.session.scalar(
            select(DownsizingCase.id)
            .where(DownsizingCase.unit_id.in_(inside), DownsizingCase.state == "draft")
            .order_by(DownsizingCase.id)
        )
        batch = db.session.scalar(select(CaseBatch.id).where(CaseBatch.unit_id == home.id).order_by(CaseBatch.id))
        return {"case": case, "batch": batch, "person": leaver.id}

    return site.ask(find)


@pytest.mark.parametrize("username", list(MAIN_PAGES))
def test_main_pages_have_no_serious_accessibility_faults(visitor, places, username):
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    visitor.log_in(username)
    faults = []
    for address in MAIN_PAGES[username]:
        visitor.go(address.format(**places))
        found = axe.run(
            visitor.page,
            options=RULES,
        )
        for violation in found.response["violations"]:
            if violation["impact"] in SERIOUS:
                where = "; ".join(str(node["target"][0]) for node in violation["nodes"][:4])
                faults.append(f"{address}: {violation['id']} ({violation['impact']}): {where}")
    assert faults == []
    assert visitor.foreign == [] and visitor.errors == []


def test_the_log_in_page_has_no_serious_accessibility_faults(visitor):
    from axe_playwright_python.sync_playwright import Axe

    visitor.go("/login/")
    found = Axe().run(visitor.page)
    assert [v["id"] for v in found.response["violations"] if v["impact"] in SERIOUS] == []


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/cases/",
        "/cases/{case}/",
        "/cases/{case}/?tab=dossier",
        "/batches/{batch}/",
        "/calculator/",
        "/parameters/",
        "/parameters/documents/178",
    ],
)
def test_pages_fit_a_phone(visitor, places, address):
    """No page scrolls sideways at 390 px; wide tables scroll inside their boxes."""
    visitor.log_in("donvi")
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    visitor.go(address.format(**places))
    wide = visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
