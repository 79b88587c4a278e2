"""The list of acts: found without marks, the twelve months by the law of the application."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hrms.commands.restructuring import acts
from hrms.commands.restructuring.acts import ActContent
from hrms.kernel.commands import execute
from policies import Override, default_store


@pytest.fixture
def act(world: Any, actor_as: Any) -> int:
    with actor_as("unit_hr_a"):
        content = ActContent("15/QĐ-UBND", date(2025, 3, 1), date(2025, 3, 15), "Sắp xếp Trung tâm Đăng kiểm")
        return execute(acts.CreateAct(world.units["a"], content)).id


@pytest.mark.parametrize("words", ["dang kiem", "ĐĂNG KIỂM", "15/qd", "trung tam 15", "so xay dung dang"])
def test_an_act_is_found_without_marks_in_number_title_and_unit(login: Any, act: int, words: str) -> None:
    assert "15/QĐ-UBND" in login("unit_hr_a").get("/acts/", query_string={"q": words}).text


def test_a_changed_title_is_found_and_the_old_one_is_not(world: Any, login: Any, actor_as: Any, act: int) -> None:
    with actor_as("unit_hr_a"):
        content = ActContent("15/QĐ-UBND", date(2025, 3, 1), date(2025, 3, 15), "Giải thể Ban Quản lý dự án")
        execute(acts.ChangeAct(act, None, content))
    browser = login("unit_hr_a")
    assert "15/QĐ-UBND" in browser.get("/acts/", query_string={"q": "giai the"}).text
    assert "15/QĐ-UBND" not in browser.get("/acts/", query_string={"q": "dang kiem"}).text


def test_the_twelve_months_are_a_value_of_the_law(login: Any, act: int, monkeypatch: Any) -> None:
    browser = login("unit_hr_a")
    assert "đến trước 15/03/2026" in browser.get("/acts/").text
    longer = default_store().overlay({"nd178.first12.months": Override(18, "Nghị định mới", "Điều 1")})
    monkeypatch.setattr("views.acts.current_store", lambda: longer)
    assert "đến trước 15/09/2026" in browser.get("/acts/").text
