"""A quarter of evaluation from its opening to the lock, each step on the screen of whoever holds it.

``make tour``; not part of ``make test``. The day is in the third quarter, in a province of its own. Sở Nội vụ opens the
quarter; to keep the story short only one department and the heads of a few others stay in it, the others are taken out
by the command the screen uses, sheet by sheet with its reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitor, province
from tests.browser.quarter import DAY, fill_book, fill_cycle

pytestmark = [pytest.mark.browser, pytest.mark.tour]

expect.set_options(timeout=20_000)
SHOWN = "25/09/2025"
PEOPLE = 700
BEST = 14  # people of the department whose sheets reach “xuất sắc”: more than the ceiling bears
SIGNER = "Giám đốc Sở Nông nghiệp và Môi trường"
CHAIRMAN = "Chủ tịch UBND tỉnh Hưng Yên"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A province of its own: the day and the quarter would disturb the stories of the others."""
    with province(tmp_path_factory.mktemp("quarter"), DAY, PEOPLE, date(2025, 6, 15)) as found:
        yield found


class Quarter:
    """The story; every method is an act, in the order they are declared."""

    def __init__(self, site: Site, visitor: Visitor, folder: Path) -> None:
        self.site, self.visitor, self.folder = site, visitor, folder
        self.page = visitor.page
        self.cycle = self.agency = self.root = 0
        self.sheets: dict[str, int] = {}
        self.petitions: dict[str, int] = {}

    # Looking and pressing

    def log_in(self, name: str, path: str = "") -> None:
        self.visitor.log_in(name)
        if path:
            self.visitor.go(path)

    def told(self, words: str) -> None:
        expect(self.page.locator(".msg").filter(has_text=words).first).to_be_visible()

    def picture(self, name: str) -> None:
        """With ``HRMS_PICTURES`` a folder, the page as the guide shows it."""
        if folder := os.environ.get("HRMS_PICTURES"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))

    def bulk(self, label: str, **values: str) -> None:
        """A step of the unit's overview for everybody of the list."""
        page = self.page
        page.locator("[data-all-filter]").check()
        page.get_by_role("button", name=label).click()
        if values:
            dialog = page.get_by_role("dialog")
            for name, value in values.items():
                dialog.locator(f"[name={name}]").fill(value)
            dialog.get_by_role("button", name=label.removesuffix("…"), exact=True).click()

    @property
    def unit(self) -> str:
        return f"/evaluation/{self.cycle}/units/{self.agency}"

    def look(self, states: str = "") -> list[tuple[int, str, str, str, int]]:
        """Sheets as stored: id, state, standing level, person, agency."""

        def ask() -> Any:
            from sqlalchemy import select

            from hrms.commands.evaluation.standing import level_column
            from hrms.kernel.db import db
            from models.evaluation import PersonEvaluation
            from models.staff import Person

            query = (
                select(PersonEvaluation.id, PersonEvaluation.state, level_column(), Person.full_name,
                       PersonEvaluation.agency_id)
                .join(Person, Person.id == PersonEvaluation.person_id)
                .where(PersonEvaluation.cycle_id == self.cycle, PersonEvaluation.state.not_in(("removed", "not_rated")))
                .order_by(PersonEvaluation.id)
            )  # fmt: skip
            return [tuple(row) for row in db.session.execute(query)]

        rows = self.site.ask(ask)
        return [row for row in rows if not states or row[1] in states.split()]

    # The acts

    def open(self) -> None:
        """Sở Nội vụ plans and opens the quarter for the province."""
        page = self.page
        self.log_in("sonoivu", "/evaluation/new")
        page.locator("[name=period_kind]").select_option("QUARTER")
        page.locator("[name=number]").fill("3")
        page.get_by_role("button", name="Lập kỳ").click()
        self.told("Đã lập kỳ đánh giá")
        self.cycle = int(re.search(r"/evaluation/(\d+)", page.url).group(1))
        page.get_by_role("button", name="Mở kỳ đánh giá").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Mở kỳ đánh giá").click()
        expect(page.locator("ol.status [aria-current=step]")).to_have_text("Đang đánh giá")
        found = self.site.ask(lambda: fill_cycle(self.cycle))
        self.agency, self.root, self.sheets = found["agency"], found["root"], found["sheets"]

    def write_sheets(self) -> None:
        """Two members of staff on the screen; everybody else on the spreadsheet the officer sends round."""
        for name in ("canbo", "donvi"):
            self._own_sheet(name)
        self.log_in("donvi", self.unit)
        self._spreadsheet(self.unit, BEST)
        self.log_in("sonoivu", f"/evaluation/{self.cycle}/units/{self.root}")
        self._spreadsheet(f"/evaluation/{self.cycle}/units/{self.root}", 2)
        assert not self.look("draft")

    def _own_sheet(self, name: str) -> None:
        """Full marks, but not the figures of an excellent quarter: good."""
        page = self.page
        self.log_in(name, f"/evaluation/sheets/{self.sheets[name]}")
        for button in page.locator("[data-fill]").all():
            button.click()
        page.get_by_label("Ưu điểm").fill("Hoàn thành các nhiệm vụ được giao trong quý.")
        page.get_by_label("Khuyết điểm, hạn chế").fill("Phối hợp có việc chưa kịp thời.")
        for key, value in (("criteria_1_4", "good"), ("high_efficiency", "0")):
            page.locator(f"[name='measures.{key}']").select_option(value)
        for key, value in (("done_percent", "100"), ("not_assured_percent", "0"), ("over_percent", "20")):
            page.locator(f"[name='measures.{key}']").fill(value)
        level = page.get_by_role("radiogroup", name="Tự xếp loại")
        level.get_by_text("Hoàn thành tốt nhiệm vụ").click()
        page.get_by_role("button", name="Gửi phiếu").click()
        self.told("Đã gửi phiếu")

    def _spreadsheet(self, unit: str, best: int) -> None:
        page = self.page
        page.locator("summary", has_text="Làm trên Excel").click()
        with page.expect_download() as coming:
            page.get_by_role("link", name="Tải phiếu đang tự đánh giá").click()
        path = self.folder / "phieu.xlsx"
        coming.value.save_as(path)
        fill_book(path, best)
        page.get_by_role("button", name="Nạp tệp phiếu đã điền").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files(path)
        dialog.locator("[name=submit]").check()
        dialog.locator("[name=reason]").fill("Nhận phiếu đã điền qua thư điện tử")
        dialog.get_by_role("button", name="Nạp phiếu").click()
        expect(page.locator("main")).to_contain_text("Nạp phiếu từ tệp")

    def rate_collectives(self) -> None:
        """Self-assessments by spreadsheet, opinions and proposals on the pages; the parts are recognised by their head,
        the departments by the chairman."""
        page = self.page
        for name in ("donvi", "sonoivu"):
            self.log_in(name, f"/evaluation/{self.cycle}/collectives")
            with page.expect_download() as coming:
                page.get_by_role("link", name="Tải phiếu tập thể").click()
            path = self.folder / "tap-the.xlsx"
            coming.value.save_as(path)
            fill_book(path, 0)
            page.get_by_role("button", name="Nhận tệp đã điền").click()
            dialog = page.get_by_role("dialog")
            dialog.locator("input[type=file]").set_input_files(path)
            dialog.locator("[name=submit]").check()
            dialog.get_by_role("button", name="Nhận tệp").click()
            self.told("Đã nhận phiếu")
            pages = page.locator("#collectives tbody a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
            for path_of in pages:
                for step in ("opinions", "propose"):
                    self.visitor.go(path_of)
                    button = page.locator(f"button[name=do][value={step}]")
                    if button.count():
                        page.locator("[name='texts.opinions']").fill("Nhất trí với báo cáo tự đánh giá.")
                        button.click()
                        self.told("Đã lưu đánh giá của tập thể")
        for name, paper in (("thutruong", "301/QĐ-SNNMT"), ("chutich", "1901/QĐ-UBND")):
            self.log_in(name, f"/evaluation/{self.cycle}/collectives?state=proposed")
            for row in page.locator("#collectives tbody tr").all():
                if row.locator("select").count():
                    row.locator("[name=pick]").check()
                    row.locator("[name^='reason.']").fill("Căn cứ kết quả thực hiện nhiệm vụ quý III.")
            page.get_by_role("button", name="Công nhận mức…").click()
            dialog = page.get_by_role("dialog")
            dialog.locator("[name=decision_number]").fill(paper)
            dialog.locator("[name=decision_date]").fill(SHOWN)
            dialog.locator("[name=signer]").fill(SIGNER if name == "thutruong" else CHAIRMAN)
            dialog.get_by_role("button", name="Công nhận", exact=True).click()
            expect(page.locator(".msg").first).to_be_visible()

    def board(self) -> None:
        """The head rates the department by keyboard; the chairman the heads."""
        self._board("thutruong", self.unit)
        self._board("chutich", f"/evaluation/{self.cycle}/units/{self.root}")
        assert not self.look("self_submitted")

    def _board(self, name: str, unit: str) -> None:
        page = self.page
        self.log_in(name, f"{unit}/board")
        for _page in range(4):
            rows = page.locator("tr[data-row]")
            if not rows.count():
                break
            for number in range(rows.count()):
                row = rows.nth(number)
                expect(row).to_have_class(re.compile("now"))
                own = row.locator("td").nth(2).inner_text().strip()
                page.keyboard.press("1" if own == "HTXS" else "2")
                page.keyboard.press("Enter")
                page.keyboard.insert_text("Hoàn thành nhiệm vụ, có trách nhiệm.")
                page.keyboard.press("Enter")
            self.picture(f"evaluation-board-{name}")
            page.get_by_role("button", name="Chuyển sang họp đơn vị").click()
            expect(page.locator("[data-state]")).to_contain_text("Đã lưu")
            page.goto(page.url.partition("?")[0])
            if page.locator("main", has_text="Không có ai chờ nhận xét").count():
                break
            if not self.look("self_submitted"):
                break

    def meet(self) -> None:
        """A quarter may skip the meeting; this department holds one for everybody who waits."""
        page = self.page
        self.log_in("donvi", f"{self.unit}/meetings/new")
        for label, value in (("Ngày họp", SHOWN), ("Người chủ trì", "Ngô Văn Hội"), ("Thư ký", "Phạm Thị Phương"),
                             ("Số biên bản", "09/BB")):  # fmt: skip
            page.get_by_label(label).fill(value)
        page.locator("textarea[name=minutes]").fill("Từng người báo cáo, hội nghị góp ý và nhất trí.")
        page.get_by_label("Biên bản được thông qua tại cuộc họp").check()
        page.get_by_role("button", name="Lưu biên bản").click()
        self.told("Đã ghi biên bản họp")

    def synthesise(self) -> None:
        """The officer puts the department together; the head of the department is the affair of Sở Nội vụ."""
        page = self.page
        self.log_in("donvi", self.unit)
        self.bulk("Tổng hợp, đề xuất mức")
        expect(page.locator("main")).to_contain_text("cán bộ tổ chức của cấp đó tổng hợp")
        self.log_in("sonoivu", f"/evaluation/{self.cycle}/units/{self.root}")
        self.bulk("Tổng hợp, đề xuất mức")
        expect(page.get_by_role("cell", name=re.compile("Đã có nhận xét|Đã họp đơn vị"))).to_have_count(0)
        left = [row for row in self.look() if row[1] not in ("synthesised", "quota_checked")]
        assert left == []

    def exceed(self) -> None:
        """More excellent people than the ceiling bears; the check settles it. The heads have a ceiling of their own."""
        page = self.page
        for name, agency in (("donvi", self.agency), ("sonoivu", self.root)):
            self.log_in(name, f"/evaluation/{self.cycle}/quota/{agency}")
            if name == "donvi":
                expect(page.locator(".quota-card")).to_contain_text("vượt")
            self.picture("evaluation-quota" if name == "donvi" else "evaluation-quota-heads")
            self._check_quota("Kiểm tra tỷ lệ")
        assert not self.look("synthesised")

    def _check_quota(self, button: str) -> None:
        """Press, and choose where equal points meet the last places."""
        page = self.page
        page.get_by_role("button", name=button).click()
        expect(page.locator(".msg").first).to_be_visible()
        if page.locator("#choose").count():
            for tie in page.locator("#choose fieldset").all():
                places = int(re.search(r"\d+", tie.locator("legend").inner_text()).group())
                for number in range(places):
                    tie.locator("[name=keep]").nth(number).check()
            page.locator("#choose [name=reason]").fill("Có nhiều việc đột xuất hoàn thành trước hạn.")
            page.get_by_role("button", name="Ghi lựa chọn").click()
            expect(page.locator("#choose")).to_have_count(0)
        expect(page.locator(".quota-card")).not_to_contain_text("vượt")

    def calibrate(self) -> None:
        """A sitting takes an excellent level away: its lock moves the place to another, which is seen and confirmed."""
        page = self.page
        accounts = self.sheets.values()  # the officer proposes nothing for the own person
        kept = next(row[0] for row in self.look("quota_checked")
                    if row[4] == self.agency and row[2] == "HTXS" and row[0] not in accounts)  # fmt: skip
        self.log_in("donvi", f"/evaluation/{self.cycle}/calibration?unit={self.agency}")
        page.locator("[name=held_on]").fill(SHOWN)
        page.locator("[name=members]").fill("9")
        page.locator("[name=chair]").fill("Giám đốc Lê Đình Vượng")
        page.locator("[name=participants]").fill("Ban Giám đốc, trưởng các phòng")
        page.get_by_role("button", name="Mở phiên").click()
        page.wait_for_url(re.compile(r"/calibrations/\d+$"))
        sitting = page.url
        page.goto(f"{sitting}?propose={kept}")
        page.locator("#propose [name=level_after]").select_option("HTT")
        page.locator("#propose [name=reason]").fill("Kết quả chưa nổi trội so với người cùng vị trí.")
        page.get_by_role("button", name="Ghi đề xuất").click()
        self.told("Đã ghi đề xuất")
        page.locator("[name=votes_for]").fill("8")
        page.locator("[name=votes_against]").fill("1")
        page.get_by_role("button", name="Thông qua", exact=True).click()
        self.told("Đã ghi kết quả biểu quyết")
        page.locator("[name=minutes]").fill("Hội nghị so sánh kết quả giữa các phòng và biểu quyết.")
        page.get_by_role("button", name="Lưu biên bản").click()
        self.told("Đã lưu biên bản")
        page.get_by_role("button", name="Thông qua biên bản và khóa phiên").click()
        expect(page.locator("#confirm-h")).to_be_visible()
        self.picture("evaluation-calibration-confirm")
        page.get_by_role("button", name="Xác nhận và ghi").click()
        self.told("Đã khóa phiên rà soát")

    def check(self) -> None:
        """The place the sitting set free goes to one of those who were equal; who was chosen before stays chosen."""
        self.log_in("donvi", f"/evaluation/{self.cycle}/quota/{self.agency}")
        self._check_quota("Kiểm tra lại tỷ lệ")
        assert not self.look("synthesised")

    def decide(self) -> None:
        """The head decides the department, lowering one with a reason; the chairman the heads. Nobody the own level."""
        page = self.page
        lowered = self.sheets["canbo"]
        self._paper("thutruong", "310/QĐ-SNNMT", SIGNER)
        assert page.locator(f"[name='level.{self.sheets['thutruong']}']").count() == 0  # decided above
        page.locator(f"[name='level.{lowered}']").select_option("HT")
        page.locator(f"[name='reason.{lowered}']").fill("Minh chứng chưa được xác nhận.")
        self._press_for_all()
        if self.look("synthesised"):  # one good level fewer took an excellent place: who is equal is chosen again
            self.log_in("donvi", f"/evaluation/{self.cycle}/quota/{self.agency}")
            self._check_quota("Kiểm tra lại tỷ lệ")
            self._paper("thutruong", "310/QĐ-SNNMT", SIGNER)
            self._press_for_all()
        self._paper("chutich", "1950/QĐ-UBND", CHAIRMAN)
        self.picture("evaluation-decision")
        self._press_for_all()
        assert not self.look("quota_checked synthesised")

    def _paper(self, name: str, number: str, signer: str) -> None:
        self.log_in(name, f"/evaluation/{self.cycle}/decision?stage=decide")
        for field, value in (("number", number), ("signed_on", SHOWN), ("signer", signer)):
            self.page.locator(f"[name={field}]").fill(value)

    def _press_for_all(self) -> None:
        """The button of the stage for everybody of the list; what it does to the ceiling is confirmed where asked."""
        page = self.page
        page.locator("#all" if page.locator("#all").count() else "[name=pick]").check()
        page.locator("main form .formfoot button.primary").first.click()
        self._confirm_where_asked()

    def _confirm_where_asked(self) -> None:
        page = self.page
        expect(page.locator(".msg.success, .msg.warning, .msg.error, #confirm-h").first).to_be_visible()
        if page.locator("#confirm-h").count():
            page.get_by_role("button", name="Xác nhận và ghi").click()
            expect(page.locator("#confirm-h")).to_have_count(0)

    def tell(self) -> None:
        """Notice in writing, then publication of the levels."""
        for stage, state in (("notify", "decided"), ("publish", "notified")):
            self.log_in("sonoivu", f"/evaluation/{self.cycle}/decision?stage={stage}")
            self._press_for_all()
            assert not self.look(state)

    def petition(self) -> None:
        """Two members of staff ask for another look."""
        page = self.page
        for name in ("canbo", "donvi"):
            self.log_in(name, f"/evaluation/sheets/{self.sheets[name]}/petition")
            page.locator("[name=content]").fill("Đề nghị xem lại minh chứng đã gửi.")
            page.locator("[name=wished_level]").select_option("HTT" if name == "canbo" else "HTXS")
            page.get_by_role("button", name="Gửi kiến nghị").click()
            self.told("Đã gửi kiến nghị")
            self.petitions[name] = int(page.url.rpartition("/")[2])

    def answer(self) -> None:
        """The head finds both on the desk; one result is changed by a new decision, the other stands."""
        page = self.page
        self.log_in("thutruong")
        expect(page.get_by_role("link", name="Trả lời kiến nghị")).to_be_visible()
        self.picture("home-petitions")
        for name, outcome in (("canbo", "changed"), ("donvi", "upheld")):
            self.visitor.go(f"/evaluation/petitions/{self.petitions[name]}")
            form = page.locator("#answer")
            form.locator("[name=outcome]").select_option(outcome)
            form.locator("[name=answer]").fill("Đã đối chiếu minh chứng với hồ sơ công việc.")
            form.locator("[name=answer_number]").fill(f"{320 + len(name)}/SNNMT-VP")
            form.locator("[name=answered_by]").fill(SIGNER)
            if outcome == "changed":
                form.locator("[name=new_level]").select_option("HTT")
                form.locator("[name=decision_number]").fill("322/QĐ-SNNMT")
                form.locator("[name=decision_date]").fill(SHOWN)
                form.locator("[name=level_reason]").fill("Minh chứng được xác nhận.")
            page.get_by_role("button", name="Ghi trả lời").click()
            page.wait_for_load_state()
            if page.locator("#confirm-h").count():  # the place somebody has by a decision is told, not taken
                page.get_by_role("button", name="Xác nhận và ghi").click()
            self.told("Đã trả lời kiến nghị")
        self.tell()

    def lock(self) -> None:
        """Everything is filed; Sở Nội vụ leads the quarter to its end and closes it."""
        page = self.page
        self.log_in("sonoivu", f"/evaluation/{self.cycle}/decision?stage=file")
        self._press_for_all()
        self.visitor.go(f"/evaluation/{self.cycle}")
        for code in ("finish_collectives", "finish_persons", "finish_quota", "finish_publication", "report", "close"):
            page.locator(f"[data-dialog='#step-{code}']").first.click()
            dialog = page.locator(f"#step-{code}")
            if code == "report":
                dialog.locator("[name=document]").fill("88/BC-SNV")
                dialog.locator("[name=document_date]").fill(SHOWN)
            dialog.locator(".formfoot button").first.click()
            expect(page.locator(f"[data-dialog='#step-{code}']")).to_have_count(0)
        expect(page.locator("ol.status [aria-current=step]")).to_have_text("Đã đóng")

    def reopen(self) -> None:
        """The superior opens one result again in the closed quarter; the head finds it and decides anew."""
        page = self.page
        sheet = next(row[0] for row in self.look("filed") if row[4] == self.agency and row[2] == "HTXS")
        self.log_in("chutich", f"/evaluation/sheets/{sheet}/reopen")
        page.locator("[name=ground]").select_option("false_data")
        page.locator("[name=reason]").fill("Số liệu vượt mức không đúng sự thật.")
        page.locator("[name=document]").fill("1999/UBND-NC")
        page.locator("[name=document_date]").fill(SHOWN)
        page.get_by_role("button", name="Mở lại", exact=True).click()
        self.told("Đã mở lại để xét lại")
        self.log_in("thutruong")
        page.get_by_role("row", name=re.compile("Quyết định mức.*quý III")).get_by_role("link").click()
        page.locator("[name=number]").fill("330/QĐ-SNNMT")
        page.locator("[name=signed_on]").fill(SHOWN)
        page.locator("[name=signer]").fill(SIGNER)
        page.locator(f"[name=pick][value='{sheet}']").check()
        page.locator(f"[name='level.{sheet}']").select_option("HTT")
        page.locator(f"[name='reason.{sheet}']").fill("Số liệu được xác minh lại.")
        page.locator("main form .formfoot button.primary").first.click()
        if page.get_by_role("button", name="Xác nhận và ghi").count():
            page.get_by_role("button", name="Xác nhận và ghi").click()
        self.told("1 người")
        row = next(one for one in self.look() if one[0] == sheet)
        assert (row[1], row[2]) == ("decided", "HTT")


def test_a_quarter_from_the_opening_to_the_lock(site: Site, visitor: Visitor, tmp_path: Path) -> None:
    story = Quarter(site, visitor, tmp_path)
    story.open()
    story.write_sheets()
    story.rate_collectives()
    story.board()
    story.meet()
    story.synthesise()
    story.exceed()
    story.calibrate()
    story.check()
    story.decide()
    story.tell()
    story.petition()
    story.answer()
    story.lock()
    story.reopen()
    assert visitor.foreign == []
    # The lock and the new decision that asked to be confirmed answered 400.
    assert [one for one in visitor.errors if "400 (BAD REQUEST)" not in one] == []
