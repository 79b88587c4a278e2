"""A year of evaluation through a real browser: from the phone to the answered petition, each step by whose duty it is.

On the way every page is held against the rules of accessibility.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

expect.set_options(timeout=15_000)  # as patient as the clicks of the fixtures
SERIOUS = {"serious", "critical"}
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
GOOD, FAIR = "Hoàn thành tốt nhiệm vụ", "Hoàn thành nhiệm vụ"


def fill_cycle(cycle_id: int) -> tuple[int, int]:
    """Do the job that fills the cycle, and leave only “canbo” in it. Gives the sheet and the agency.

    The others would need the same steps again; the ceiling of an agency of one is nought, so one “xuất sắc” exceeds it.
    """
    import random

    from sqlalchemy import select

    from hrms.commands.evaluation import background  # noqa: F401 - declares the job
    from hrms.commands.evaluation.participants import StepParticipants
    from hrms.commands.evaluation.units import StepCollectives
    from hrms.demo.cases import Stage
    from hrms.kernel import jobs
    from hrms.kernel.commands import execute
    from hrms.kernel.db import db
    from models.account import Account
    from models.evaluation import PersonEvaluation, UnitEvaluation

    while jobs.run_next() is not None:
        pass
    me = db.session.scalar(select(Account.person_id).where(Account.username == "canbo"))
    rows = db.session.execute(
        select(PersonEvaluation.id, PersonEvaluation.person_id, PersonEvaluation.agency_id).where(
            PersonEvaluation.cycle_id == cycle_id
        )
    ).all()
    units = db.session.scalars(select(UnitEvaluation.id).where(UnitEvaluation.cycle_id == cycle_id)).all()
    with Stage(random.Random(1)).on(date(2025, 6, 15), "donvi"):
        out = [number for number, person, _agency in rows if person != me]
        assert not execute(StepParticipants(out, "remove", "Đánh giá ở đợt khác")).stayed
        assert not execute(StepCollectives(list(units), "remove_unit", "Đánh giá ở đợt khác")).stayed
    return next((number, agency) for number, person, agency in rows if person == me)


def test_a_year_from_the_phone_to_the_answered_petition(site, visitor):
    page, axe = visitor.page, Axe()

    def accessible() -> None:
        found = axe.run(page, options=RULES)
        faults = [(one["id"], one["nodes"][0]["target"]) for one in found.response["violations"]
                  if one["impact"] in SERIOUS]  # fmt: skip
        assert faults == [], f"{page.url}: {faults}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways"

    def told(words: str) -> None:
        expect(page.locator(".msg").filter(has_text=words).first).to_be_visible()

    def bulk(label: str, **values: str) -> None:
        """One step of the unit's overview for everybody in it."""
        page.locator("[data-all-filter]").check()
        page.get_by_role("button", name=label).click()
        if values:
            dialog = page.get_by_role("dialog")
            for name, value in values.items():
                dialog.locator(f"[name={name}]").fill(value)
            dialog.get_by_role("button", name=label.removesuffix("…"), exact=True).click()

    # The officer plans and opens the year of the department.
    visitor.log_in("donvi")
    visitor.go("/evaluation/new")
    accessible()
    page.get_by_label("Loại kỳ").select_option("YEAR")
    page.get_by_label("Số thứ tự kỳ").fill("")
    page.get_by_role("button", name="Lập kỳ").click()
    told("Đã lập kỳ đánh giá")
    cycle = int(re.search(r"/evaluation/(\d+)", page.url).group(1))
    visitor.go(f"/evaluation/{cycle}/edit")  # the days proposed by the procedure are in order: nothing to mend
    page.get_by_role("button", name="Lưu").first.click()
    page.wait_for_url(re.compile(rf"/evaluation/{cycle}$"))
    page.get_by_role("button", name="Mở kỳ đánh giá").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Mở kỳ đánh giá").click()
    expect(page.locator("ol.status [aria-current=step]")).to_have_text("Đang đánh giá")
    sheet, agency = site.ask(lambda: fill_cycle(cycle))
    unit = f"/evaluation/{cycle}/units/{agency}"

    # The staff member on the phone: what is typed is kept without saving, and sent when it is complete.
    page.set_viewport_size(PHONE)
    visitor.log_in("canbo")
    visitor.go("/evaluation/mine")
    page.get_by_role("link", name=re.compile("năm 2025")).first.click()
    page.wait_for_url(re.compile(rf"/sheets/{sheet}$"))
    for button in page.locator("[data-fill]").all():
        button.click()
    page.locator("[name='points.1a']").fill("1,5")
    expect(page.locator("[data-state]")).to_contain_text("Đã lưu lúc")
    expect(page.locator("[data-sum=total]").first).to_have_text("99,5")
    page.reload()
    assert page.locator("[name='points.1a']").input_value() == "1,5"
    accessible()
    page.get_by_label("Ưu điểm").fill("Hoàn thành 52 gói mua sắm đúng tiến độ.")
    page.get_by_label("Khuyết điểm, hạn chế").fill("Còn chậm cập nhật hồ sơ điện tử.")
    page.locator("[name='measures.criteria_1_4']").select_option("good")
    page.locator("[name='measures.high_efficiency']").select_option("1")
    for name, value in (("done_percent", "100"), ("not_assured_percent", "0"), ("over_percent", "60")):
        page.locator(f"[name='measures.{name}']").fill(value)
    page.get_by_role("button", name="Gửi phiếu").click()  # without a level: refused, nothing lost
    told("Hãy tự xếp loại một mức")
    assert page.locator("[data-line-fault='1a']").inner_text() == ""  # 1,5 is a number
    page.get_by_role("radiogroup", name="Tự xếp loại").get_by_text("Hoàn thành xuất sắc nhiệm vụ").click()
    page.get_by_role("button", name="Gửi phiếu").click()
    told("Đã gửi phiếu")

    # The head by keyboard: level, remark, on to the meeting.
    page.set_viewport_size(DESK)
    visitor.log_in("thutruong")
    visitor.go(f"{unit}/board")
    expect(page.locator("tr[data-row].now")).to_have_count(1)
    accessible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.type("Hoàn thành tốt mọi việc được giao.")
    page.get_by_role("button", name="Chuyển sang họp đơn vị").click()
    expect(page.locator("[data-state]")).to_contain_text("Đã lưu 1 người")

    # Minutes, the opinion of the Party committee, the result by the rules, the ceiling.
    visitor.log_in("donvi")
    visitor.go(f"{unit}/meetings/new")
    accessible()
    for label, value in (("Ngày họp", "13/06/2025"), ("Người chủ trì", "Ngô Văn Hội"), ("Thư ký", "Phạm Thị Phương"),
                         ("Số biên bản", "03/BB")):  # fmt: skip
        page.get_by_label(label).fill(value)
    page.locator("textarea[name=minutes]").fill("Các thành viên nhất trí.")
    page.get_by_label("Biên bản được thông qua tại cuộc họp").check()
    page.get_by_role("button", name="Lưu biên bản").click()
    told("Đã ghi biên bản họp")
    visitor.go(unit)
    accessible()
    bulk("Ghi ý kiến cấp ủy…", opinion="Đồng ý.", document="21-CV/CU", given_on="13/06/2025")
    expect(page.get_by_role("cell", name="Có ý kiến cấp ủy")).to_be_visible()
    bulk("Tổng hợp, đề xuất mức")
    expect(page.get_by_role("cell", name="Đã tổng hợp")).to_be_visible()
    visitor.go(f"/evaluation/{cycle}/quota/{agency}")
    expect(page.locator(".quota-card")).to_contain_text("vượt 1")
    accessible()
    page.get_by_role("button", name="Kiểm tra tỷ lệ").click()
    told("0 người Hoàn thành xuất sắc, trần 0")

    # Decided otherwise than the rule says: refused without the reason, then with it.
    visitor.log_in("thutruong")
    visitor.go(f"/evaluation/{cycle}/decision")
    accessible()
    page.locator("[name=number]").fill("77/QĐ-SNNMT")
    page.locator("[name=signed_on]").fill("14/06/2025")
    page.locator("[name=signer]").fill("Giám đốc Ngô Văn Hội")
    page.locator(f"[name=pick][value='{sheet}']").check()
    page.locator(f"[name='level.{sheet}']").select_option("HT")
    decide = page.locator("main form .formfoot button.primary").first
    decide.click()
    expect(page.locator("main")).to_contain_text("lý do")
    assert page.locator("[name=number]").input_value() == "77/QĐ-SNNMT"
    page.locator(f"[name=pick][value='{sheet}']").check()
    page.locator(f"[name='level.{sheet}']").select_option("HT")
    page.locator(f"[name='reason.{sheet}']").fill("Minh chứng vượt mức chưa được xác nhận.")
    decide.click()
    told("1 người")

    def follow(*stages: str) -> None:
        visitor.log_in("donvi")
        for stage in stages:
            visitor.go(f"/evaluation/{cycle}/decision?stage={stage}")
            page.locator(f"[name=pick][value='{sheet}']").check()
            page.locator("main form .formfoot button.primary").first.click()
            told("1 người")

    follow("notify", "publish")

    # The staff member learns it on the phone and asks for another look.
    page.set_viewport_size(PHONE)
    visitor.log_in("canbo")
    visitor.go(f"/evaluation/sheets/{sheet}")
    page.get_by_role("link", name=re.compile("[Kk]iến nghị")).click()
    expect(page.locator(".facts").first).to_contain_text(FAIR)
    accessible()
    page.get_by_label("Nội dung kiến nghị").fill("Đề nghị xem lại minh chứng đã gửi.")
    page.get_by_role("button", name="Gửi kiến nghị").click()
    told("Đã gửi kiến nghị")
    petition = page.url

    page.set_viewport_size(DESK)
    visitor.log_in("thutruong")
    page.goto(petition)
    accessible()
    answer = page.locator("#answer")
    answer.locator("[name=outcome]").select_option("changed")
    answer.locator("[name=new_level]").select_option("HTT")
    for name, value in (("answer", "Kiến nghị có cơ sở."), ("answer_number", "88/SNNMT-VP"),
                        ("answered_by", "Giám đốc Ngô Văn Hội"), ("decision_number", "79/QĐ-SNNMT"),
                        ("decision_date", "15/06/2025"), ("level_reason", "Minh chứng được xác nhận.")):  # fmt: skip
        answer.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Ghi trả lời").click()
    told("Đã trả lời kiến nghị")
    follow("notify", "publish", "file")

    visitor.log_in("canbo")
    visitor.go(f"/evaluation/sheets/{sheet}")
    expect(page.locator("ol.status [aria-current=step]")).to_have_text("Đã lưu hồ sơ")
    expect(page.locator(".facts").first).to_contain_text(GOOD)
    assert visitor.foreign == []
    assert [one for one in visitor.errors if "400 (BAD REQUEST)" not in one] == []  # the refusals above
