"""The yearly plan of periodic change through a real browser: drafted, issued, published, solved, decided, carried out.

Each step is taken by the account whose duty it is; the moves take effect by the scheduled job on their day.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser

DAY, DAY_ISO = "15/01/2026", "2026-01-15"
SERIOUS = {"serious", "critical"}
CONTENTS = (
    "Mục đích", "Yêu cầu", "Trường hợp cụ thể phải chuyển đổi", "Thời gian thực hiện",
    "Quyền, nghĩa vụ của người phải chuyển đổi", "Biện pháp tổ chức thực hiện",
)  # fmt: skip


def command(site, today: str, *arguments: str) -> None:
    """``run.py`` beside the server, on a day of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HRMS_")}
    made = subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT,
        env={**kept, "HRMS_DATA_DIR": str(site.settings.data_dir), "HRMS_TODAY": today, "HRMS_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]


def step(page, label: str, **fields: str) -> None:
    """Take a step of a case: open its dialog, fill it in, confirm."""
    page.get_by_role("button", name=label, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    for name, value in fields.items():
        dialog.get_by_label(re.compile(f"^{name.replace('_', ' ')}")).fill(value)
    dialog.get_by_role("button", name=label, exact=True).click()
    page.get_by_text(f"Đã thực hiện “{label}”.").wait_for()


def solve(site, page) -> None:
    """Queue the run, let the worker take it, look at the answer."""
    address = page.url
    page.get_by_role("button", name="Giải phương án").click()
    page.get_by_role("button", name="Dừng giải").wait_for()
    work(site)
    page.goto(address)
    page.get_by_role("button", name=re.compile("Chọn phương án")).wait_for()


def work(site) -> None:
    """What the scheduler does with the queue, once."""
    from hrms import background
    from hrms.kernel import jobs

    def take() -> None:
        background.register()
        while jobs.run_next() is not None:
            pass

    site.ask(take)


def accessible(page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert [v["id"] for v in found.response["violations"] if v["impact"] in SERIOUS] == [], page.url


def test_the_yearly_plan_is_made_published_and_carried_out(site, visitor):
    page = visitor.page
    visitor.log_in("donvi")
    visitor.go("/rotation/due/?state=must")
    accessible(page)

    # The draft comes out of the due list; the officer adds the contents, targets and days.
    visitor.go("/rotation/plans/new")
    page.locator("#p-year").fill("2026")
    page.locator("#p-unit").select_option(label="Sở Nông nghiệp và Môi trường")
    page.get_by_role("button", name="Lập dự thảo").click()
    page.wait_for_url(re.compile(r"/plans/\d+$"))
    plan = page.url.removeprefix(visitor.base)
    visitor.go(f"{plan}/edit")
    for label in CONTENTS:
        page.get_by_label(label).fill(f"{label} theo quy định.")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url(visitor.base + plan)
    assert page.get_by_role("button", name="Rà soát kế hoạch").is_disabled()  # nobody has a target yet
    visitor.go(f"{plan}?line_state=planned")
    lines = [a.get_attribute("href") for a in page.locator("tr[id^=line-] a[href*='/lines/']").all()]
    assert lines
    for line in lines:
        visitor.go(f"{line}?find=Sở Nông nghiệp và Môi trường")
        page.locator(".hits a").first.click()
        page.get_by_label("Thời gian thực hiện").fill(DAY)
        page.get_by_role("button", name="Lưu").click()
        page.get_by_text("Đã lưu dòng kế hoạch.").wait_for()
    visitor.go(plan)
    accessible(page)
    page.get_by_role("button", name="Rà soát kế hoạch").click()
    page.get_by_text("Đã thực hiện “Rà soát kế hoạch”.").wait_for()
    assert page.get_by_role("button", name="Ban hành", exact=True).count() == 0  # not by whom checked it

    visitor.log_in("thutruong")
    visitor.go(plan)
    page.get_by_label("Số, ký hiệu kế hoạch").fill("45/KH-SNNMT")
    page.get_by_label("Ngày ban hành").fill("15/06/2025")
    page.get_by_label("Người ký").fill("Giám đốc Sở")
    page.get_by_role("button", name="Ban hành", exact=True).click()
    page.get_by_text("Đã thực hiện “Ban hành”.").wait_for()

    visitor.log_in("donvi")
    visitor.go(plan)
    page.get_by_label("Ngày công khai").fill("15/06/2025")
    page.get_by_label("Nơi và cách công khai").fill("Niêm yết tại trụ sở Sở")
    page.get_by_role("button", name="Công khai trong cơ quan").click()
    page.get_by_text("Đã thực hiện “Công khai trong cơ quan”.").wait_for()
    page.get_by_role("button", name=re.compile("Thông báo cho")).click()
    page.get_by_text("Đã thông báo cho người trong kế hoạch.").wait_for()

    # The planner proposes; the officer pins by drag, takes it back, pins by the keyboard, and solves again.
    page.get_by_role("link", name="Lập phương án tự động").click()
    page.get_by_label("Ngày dự kiến có hiệu lực").fill(DAY)
    page.get_by_role("button", name="Lập phương án", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    solve(site, page)
    accessible(page)
    run = page.url
    page.goto(f"{run}?show=placed")
    card = page.locator("[data-person][draggable=true]").first
    person = card.get_attribute("data-person")
    answers = {}
    for post in page.locator("[data-post]").all():
        number = post.get_attribute("data-post")
        query = {"person": person, "post": number}
        answers.setdefault(page.request.get(f"{run}/why", params=query).json()["allowed"], number)
    barred, fits = (page.locator(f'[data-post="{answers[allowed]}"]') for allowed in (False, True))
    barred.scroll_into_view_if_needed()  # a page that scrolls under the mouse would pick up another card
    card.drag_to(barred)
    page.locator("#board-told.error").wait_for()  # the rule that stands against it, and nothing pinned
    assert page.url.startswith(run)
    fits.scroll_into_view_if_needed()
    card.drag_to(fits)
    page.locator(".posts .badge.open", has_text="ghim").wait_for()
    page.get_by_role("button", name="Hoàn tác lần ghim vừa rồi").click()
    page.locator(".posts .badge.open", has_text="ghim").wait_for(state="detached")
    page.goto(f"{page.url.split('?')[0]}?person={person}#chosen")
    page.locator("#to-post").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".people .badge.open", has_text="ghim").wait_for()
    page.goto(page.url.split("?")[0])
    solve(site, page)
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name=re.compile("Chọn phương án")).click()
    page.get_by_role("link", name="Xem các hồ sơ đã lập").click()
    page.wait_for_url(re.compile(r"/movements/\?run="))
    page.locator("tbody a[href*='/movements/']").first.click()
    page.wait_for_url(re.compile(r"/movements/\d+/"))
    case = page.url.removeprefix(visitor.base)

    step(page, "Rà soát điều kiện")
    step(page, "Ghi biên bản gặp gỡ", Ngày_gặp="12/06/2025", Số_biên="03/BB", Ý_kiến="Nhất trí")
    if page.get_by_role("button", name="Thống nhất tiếp nhận", exact=True).count():  # between two agencies only
        step(page, "Thống nhất tiếp nhận", Ngày="13/06/2025", Văn_bản="05/CV")
    visitor.log_in("thutruong")
    visitor.go(case)
    step(page, "Ghi quyết định", Số_quyết="88/QĐ-SNNMT", Ngày_quyết="14/06/2025", Cấp="Giám đốc Sở")
    new_post = page.locator(".route b").last.inner_text()

    command(site, DAY_ISO, "job", "run", "movements_take_effect")
    visitor.log_in("donvi")
    visitor.go(case)
    assert page.locator("ol.status [aria-current=step]").inner_text().strip() == "Đã có hiệu lực"
    accessible(page)
    page.locator("[data-tick-all]").check()
    page.get_by_role("button", name="Lưu danh mục bàn giao").click()
    page.get_by_text("Đã lưu danh mục bàn giao.").wait_for()
    step(page, "Ghi đã bàn giao")
    step(page, "Kết thúc hồ sơ")
    page.locator("details.menu-pop summary").click()
    page.get_by_role("link", name="Quá trình vị trí công tác").click()
    page.wait_for_url(re.compile(r"/movements/people/\d+/"))
    page.get_by_text(new_post).first.wait_for()
    visitor.go(plan)
    assert "đã chuyển 1" in page.locator("dl.facts").inner_text()
    assert visitor.foreign == [] and visitor.errors == []
