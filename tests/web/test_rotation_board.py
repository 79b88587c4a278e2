"""The planning board by real requests: why not, pin, forbid, undo, solve, compare, choose; other units' runs hidden."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.rotation.planning import CreateRun, SolveRun
from hrms.kernel import jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.rotation import MovementCase, PlannerRun

DAY = date(2025, 8, 1)
JSON = {"Accept": "application/json"}


@pytest.fixture
def board(world: Any, factory: Any) -> dict[str, Any]:
    """Two people who must change, each with another's post to go to, and one who has just begun."""

    def post(unit: str, code: str, listed: str) -> Any:
        return factory.position(world.unit(unit), code, f"Vị trí {code}", approved_number=1, listed_code=listed)

    def person(at: Any, since: date) -> Any:
        return factory.person(at.unit, recruited=since, position=at, birth=date(1985, 3, 15), title=at.title)

    posts = {"kt": post("a1", "KT", "B0202"), "ns": post("a2", "NS", "B0201"), "ms": post("a1", "MS", "B0203")}
    first, second = person(posts["kt"], date(2019, 1, 1)), person(posts["ns"], date(2019, 1, 1))
    person(posts["ms"], date(2024, 6, 1))
    run = execute(CreateRun(world.units["a"], DAY, name="Phương án thử"))
    ids = {p["position_id"]: key for key, p in (run.problem or {})["posts"].items()}
    return {"id": run.id, "first": first.code, "second": second.code, "kt": ids[posts["kt"].id],
            "ns": ids[posts["ns"].id]}  # fmt: skip


def run_of(number: int) -> PlannerRun:
    db.session.rollback()
    return db.session.get_one(PlannerRun, number)


def solved(number: int) -> None:
    execute(SolveRun(number))
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job and job.trace


def test_the_rules_answer_at_every_drag_with_their_reason(board: Any, login: Any) -> None:
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}"
    own = browser.get(f"{where}/why?person={board['first']}&post={board['kt']}").get_json()
    assert own["allowed"] is False and own["reasons"]
    other = browser.get(f"{where}/why?person={board['first']}&post={board['ns']}").get_json()
    assert other == {"allowed": True, "reasons": []}
    unknown = browser.get(f"{where}/why?person=nobody&post={board['ns']}").get_json()
    assert unknown["allowed"] is False and "Không có người" in unknown["reasons"][0]
    assert login("unit_hr_b").get(f"{where}/why?person={board['first']}&post={board['ns']}").status_code == 404


def test_a_pin_is_kept_a_forbidden_one_refused_with_words_and_undo_puts_back(board: Any, login: Any) -> None:
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}"
    barred = browser.post(
        f"{where}/pins", data={"act": "pin", "person": board["first"], "post": board["kt"]}, headers=JSON
    )
    assert barred.status_code == 422 and barred.get_json()["reasons"]
    sent = browser.post(
        f"{where}/pins", data={"act": "pin", "person": board["first"], "post": board["ns"]}, headers=JSON
    ).get_json()
    assert sent["ok"] and sent["before"] == {"pinned": [], "forbidden": []}
    assert run_of(board["id"]).pinned == [{"person": board["first"], "post": board["ns"]}]
    undone = browser.post(
        f"{where}/pins", data={"act": "replace", **{k: json.dumps(v) for k, v in sent["before"].items()}}
    )
    assert undone.status_code == 302 and run_of(board["id"]).pinned == []
    # The keyboard's way, a plain form: forbid, then allow again.
    pair = {"person": board["first"], "post": board["ns"]}
    assert browser.post(f"{where}/pins", data={"act": "forbid", **pair}).status_code == 302
    assert run_of(board["id"]).forbidden == [pair]
    assert browser.post(f"{where}/pins", data={"act": "allow", **pair}).status_code == 302
    assert run_of(board["id"]).forbidden == []


def test_a_solved_run_shows_why_and_is_chosen_into_cases(board: Any, login: Any) -> None:
    solved(board["id"])
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}"
    shown = browser.get(f"{where}?person={board['first']}&check=1").text
    assert "Vì sao xếp vào đây" in shown and "đã chứng minh" in shown and "phương án còn dùng được" in shown
    chosen = browser.post(f"{where}/choose", data={})
    assert chosen.status_code == 302
    db.session.rollback()
    assert len(db.session.scalars(select(MovementCase).where(MovementCase.planner_run_id == board["id"])).all()) == 2
    assert run_of(board["id"]).state == "chosen"


def test_moves_are_ticked_one_by_one_and_a_cut_chain_comes_back_as_it_was_ticked(board: Any, login: Any) -> None:
    solved(board["id"])
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}/choose"
    sheet = browser.get(where).text
    assert sheet.count('name="pick"') == 2 and "chuỗi 1" in sheet
    cut = browser.post(where, data={"some": "1", "pick": board["first"]})
    assert (
        cut.status_code == 200 and "hãy chọn cả chuỗi" in cut.text and cut.text.count(" checked") == 2
    )  # it and "all"
    assert "Chưa chọn lượt chuyển nào" in browser.post(where, data={"some": "1"}).text
    assert browser.post(where, data={"some": "1", "pick": [board["first"], board["second"]]}).status_code == 302
    assert "đã có hồ sơ" in browser.get(where).text and 'name="pick"' not in browser.get(where).text


def test_every_person_and_post_is_on_some_page_of_the_board(
    board: Any, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.rotation_board.SHOWN", 1)
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}"
    pages = [browser.get(f"{where}?page={n}&vtpage={n}").text for n in (1, 2, 9)]
    assert "1–1 trong 2" in pages[0] and f'data-person="{board["first"]}"' not in pages[1]
    assert any(f'data-person="{board["second"]}"' in page for page in pages)
    assert f'data-person="{board["second"]}"' in browser.get(f"{where}?person={board['second']}").text
    narrowed = browser.get(f"{where}?vtq=vị trí ns").text
    assert f'data-post="{board["ns"]}"' in narrowed and f'data-post="{board["kt"]}"' not in narrowed


def test_a_solved_run_stays_and_changes_make_another_to_compare(board: Any, login: Any) -> None:
    solved(board["id"])
    browser, where = login("unit_hr_a"), f"/rotation/runs/{board['id']}"
    pair = {"act": "forbid", "person": board["first"], "post": board["ns"]}
    sent = browser.post(f"{where}/pins", data=pair, headers=JSON).get_json()
    assert sent["run"] != board["id"] and run_of(board["id"]).forbidden == []
    solved(sent["run"])
    beside = browser.get(f"/rotation/runs/compare?pick={board['id']}&pick={sent['run']}").text
    assert "Người được sắp xếp khác nhau" in beside and "giữ nguyên" in beside
    wrong = browser.post(f"{where}/again", data={"weight-wish": "nhiều", "no_return_years": "x"})
    assert wrong.status_code == 200 and "không phải số" in wrong.text
    again = browser.post(f"{where}/again", data={"weight-wish": "5", "weight-same_field": "0,5"})
    assert again.status_code == 302
    child = run_of(int(again.location.rsplit("/", 1)[1]))
    assert child.parent_id == board["id"] and (child.weights or {})["same_field"] == "0.5"


def test_runs_of_other_units_do_not_exist_and_lookers_change_nothing(board: Any, login: Any) -> None:
    where = f"/rotation/runs/{board['id']}"
    assert login("unit_hr_b").get(where).status_code == 404
    looker = login("auditor")
    assert looker.get(where).status_code == 200
    assert looker.post(f"{where}/pins", data={"act": "pin"}).status_code == 403
    assert looker.post(f"{where}/choose", data={}).status_code == 403


def test_a_rotation_of_leaders_is_planned_from_who_is_picked(world: Any, factory: Any, login: Any) -> None:
    """Scope and day first, then the leaders with what bars them; the picked ones make a run of luân chuyển."""
    post = factory.position(world.unit("a1"), "PTP", "Phó trưởng phòng", approved_number=1, leader_rank="deputy")
    person = factory.person(post.unit, recruited=date(2012, 1, 1), position=post, birth=date(1985, 3, 15),
                            title=post.title, leader_rank="deputy")  # fmt: skip
    browser, where = login("unit_hr_a"), "/rotation/runs/leaders"
    asked = {"unit_id": str(world.units["a"]), "as_of": "01/08/2025", "months": "36", "group": "a"}
    page = browser.get(where, query_string=asked).text
    assert f'value="{person.code}"' in page and "không có danh sách quy hoạch" in page
    nobody = browser.post(where, data=asked)
    assert nobody.status_code == 200 and "Chưa chọn người nào" in nobody.text
    wrong = browser.post(where, data={**asked, "months": "x", "pick": person.code})
    assert "từ 1 đến 120 tháng" in wrong.text and " checked" in wrong.text
    looked = browser.post(where, data={**asked, "pick": person.code, "q": "không ai tên thế", "look": "1"}).text
    assert looked.count('name="pick"') == 1 and " checked" in looked  # who is picked stays in sight
    made = browser.post(where, data={**asked, "pick": person.code})
    assert made.status_code == 302
    run = run_of(int(made.location.rsplit("/", 1)[1]))
    assert run.kind == "LUAN_CHUYEN" and "Được chọn luân chuyển" in browser.get(made.location).text
    assert login("unit_hr_b").get(where, query_string=asked).status_code == 404
    assert login("auditor").get(where).status_code == 403
