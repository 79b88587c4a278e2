"""The tab "Phương án" of a person: every option with its pension, each month as a chart; who may open it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.restructuring import RestructuringAct
from models.staff import Person
from tests.support.statements import counted


@pytest.fixture
def act(world: Any) -> RestructuringAct:
    with transaction():
        row = RestructuringAct(
            unit_id=world.units["a"], number="10/QĐ-UBND", issued_on=date(2025, 6, 20),
            effective_on=date(2025, 6, 25), title="Sắp xếp Sở Xây dựng",
        )  # fmt: skip
        db.session.add(row)
    return row


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_options_pension_months_and_best_months_stand_together(world: Any, act: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    address = f"/staff/{world.people['a.1']}/options"
    shown = words(browser.get(address))
    for expected in ("Phương án", "Làm việc đến tuổi nghỉ hưu", "Lương hưu ước tính", "đồng/tháng",
                     "Lương hưu chỉ là ước tính", "cơ quan bảo hiểm xã hội quyết định", "Đã xét, không áp dụng",
                     "Tháng có lợi nhất theo từng văn bản", "10/QĐ-UBND", "Nếu nghỉ vào tháng khác"):  # fmt: skip
        assert expected in shown, expected
    assert "<svg" in browser.get(address).text
    with counted() as sent:
        browser.get(address)
    assert len(sent) <= 24, sent


def test_another_day_is_asked_in_the_address(world: Any, act: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    later = words(browser.get(f"/staff/{world.people['a.1']}/options?day=01/12/2025"))
    assert "nghỉ từ 01/12/2025" in later
    unreadable = words(browser.get(f"/staff/{world.people['a.1']}/options?day=mai"))
    assert "nghỉ từ 01/07/2025" in unreadable


def test_what_the_records_lack_or_contradict_is_said(world: Any, login: Any) -> None:
    with transaction():
        person = db.session.get(Person, world.people["a.2"])
        person.birth_date = date(2004, 1, 1)  # younger than the months of insurance allow
    browser = login("unit_hr_a")
    assert "mâu thuẫn" in words(browser.get(f"/staff/{world.people['a.2']}/options"))


def test_who_may_open_it(world: Any, login: Any) -> None:
    assert login("unit_hr_b").get(f"/staff/{world.people['a.1']}/options").status_code == 404
    own = login("staff_member_a").get(f"/staff/{world.people['a1.2']}/options")
    assert own.status_code == 200
    assert login("staff_member_a").get(f"/staff/{world.people['a.1']}/options").status_code == 404


def test_the_case_and_the_calculator_show_the_same_pension(world: Any, act: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    amounts = [
        re.findall(r"([\d.]+) đồng/tháng", words(browser.get(address)))
        for address in (f"/staff/{world.people['a.1']}/options", f"/calculator/?person={world.people['a.1']}")
    ]
    assert amounts[0] and amounts[0] == amounts[1][: len(amounts[0])]
