"""A circle of three heads of divisions (A→B, B→C, C→A) through a real browser: together in effect, in one night.

``make tour``; not part of ``make test``, which plays chains by commands (tests/rotation/test_chains.py).
"""

from __future__ import annotations

import re

import pytest

from tests.browser.test_rotation_flow import DAY, DAY_ISO, accessible, command, step

pytestmark = [pytest.mark.browser, pytest.mark.tour]

AGENCY = "Sở Nông nghiệp và Môi trường"


def heads(site) -> list[tuple[int, str, str, str, str]]:
    """Person id, name, code, unit and title of the first three heads below the agency, each alone in the post."""

    def ask():
        from sqlalchemy import select

        from hrms.kernel.db import db
        from models.organization import OrgUnit, Position
        from models.rotation import MovementCase
        from models.staff import Appointment, Person

        agency = select(OrgUnit.path).where(OrgUnit.name == AGENCY, OrgUnit.valid_to.is_(None)).scalar_subquery()
        return [
            tuple(row)
            for row in db.session.execute(
                select(Person.id, Person.full_name, Person.code, OrgUnit.name, Position.title)
                .join(Appointment, Appointment.person_id == Person.id)
                .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
                .join(Position, Position.id == Appointment.position_id)
                .where(
                    OrgUnit.path.startswith(agency), OrgUnit.name != AGENCY, OrgUnit.valid_to.is_(None),
                    Appointment.kind == "main", Appointment.leader_rank == "head", Appointment.valid_to.is_(None),
                    Position.approved_number == 1, Person.category == "civil_servant",
                    Person.id.not_in(select(MovementCase.person_id).where(MovementCase.chain_id.is_(None))),
                )
                .order_by(OrgUnit.id)
            )
        ][:3]  # fmt: skip

    return site.ask(ask)


def look_up(page, label: str, words: str) -> None:
    """Type into a look-up and take the first line it offers."""
    box = page.get_by_role("combobox", name=re.compile(f"^{label}"))
    box.click()
    box.press_sequentially(words, delay=15)
    page.locator("[role=listbox]:not([hidden]) [role=option]").first.wait_for()
    box.press("Enter")


def test_three_heads_change_places_in_a_circle(site, visitor):
    page = visitor.page
    people = heads(site)
    visitor.log_in("donvi")
    cases = []
    for place, (_number, name, code, _unit, _title) in enumerate(people):
        target, title = people[(place + 1) % 3][3:]
        visitor.go("/movements/new")
        look_up(page, "Người được đề xuất", code)
        page.get_by_role("heading", name=re.compile(name)).wait_for()
        page.get_by_label("Hình thức").select_option(label="Điều động")
        page.get_by_label("Có hiệu lực từ ngày").fill(DAY)
        look_up(page, "Đơn vị đến", target)
        look_up(page, "Vị trí đến", title)
        page.get_by_label("Lý do, yêu cầu nhiệm vụ").fill("Chuyển đổi theo quy hoạch, phương án bố trí cán bộ của Sở")
        if place == 0:
            page.get_by_role("button", name="Kiểm tra trước").click()
            page.get_by_text("Không còn chỗ").or_(page.get_by_text("không còn chỗ")).first.wait_for()
            accessible(page)
        page.get_by_role("button", name="Lập hồ sơ", exact=True).click()
        page.wait_for_url(re.compile(r"/movements/\d+/"))
        cases.append(page.url.removeprefix(visitor.base))

    # One alone may not go: the post is taken. The three as a chain may.
    page.get_by_role("button", name="Rà soát điều kiện").is_disabled()
    visitor.go("/movements/?state=proposed")
    for address in cases:
        number = address.strip("/").split("/")[-1]
        page.locator(f"input[name=pick][value='{number}']").check()
    page.get_by_role("button", name="Lập chuỗi…").click()
    page.get_by_label("Tên chuỗi").fill("Chuyển đổi ba người đứng đầu")
    page.get_by_role("button", name="Lập chuỗi", exact=True).click()
    page.wait_for_url(re.compile(r"/chains/\d+/"))
    chain = page.url.removeprefix(visitor.base)
    page.get_by_text("Hoán đổi vòng").wait_for()
    accessible(page)

    for address in cases:
        visitor.go(address)
        step(page, "Rà soát điều kiện")
        step(page, "Ghi biên bản gặp gỡ", Ngày_gặp="12/06/2025", Số_biên="03/BB", Ý_kiến="Nhất trí")
        if page.get_by_role("button", name="Thống nhất tiếp nhận", exact=True).count():  # between two agencies
            step(page, "Thống nhất tiếp nhận", Ngày="13/06/2025", Văn_bản="05/CV")
    visitor.log_in("thutruong")
    for place, address in enumerate(cases):
        visitor.go(address)
        step(page, "Ghi quyết định", Số_quyết=f"9{place}/QĐ-SNNMT", Ngày_quyết="14/06/2025", Cấp="Giám đốc Sở")
    visitor.go(chain)
    page.get_by_text("chờ đến ngày").wait_for()

    command(site, DAY_ISO, "job", "run", "movements_take_effect")
    visitor.go(chain)
    page.get_by_text("đã có hiệu lực").first.wait_for()
    after = dict(zip((row[3] for row in heads(site)), (row[1] for row in heads(site)), strict=True))
    for place, (_number, name, _code, _unit, _title) in enumerate(people):
        assert after[people[(place + 1) % 3][3]] == name
    visitor.go(f"/movements/people/{people[0][0]}/")
    page.get_by_text(people[1][3]).first.wait_for()
    accessible(page)
    assert visitor.foreign == [] and visitor.errors == []
