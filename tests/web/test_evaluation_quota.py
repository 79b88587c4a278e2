"""The live quota: numbers while ratings move, the check with its ties, groups, the higher percentage, who may see."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hrms.kernel.db import db
from models.evaluation import QuotaGroup, UnitEvaluation
from tests.support.rated import Rated
from tests.support.statements import counted

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def rated(world: Any, factory: Any) -> Rated:
    made = Rated(world, factory)
    made.cycle()
    return made


@pytest.fixture
def at(rated: Rated) -> Any:
    base = f"/evaluation/{rated.cycle_id}/quota/{rated.world.units['a']}"
    return lambda tail="": base + tail


def test_the_panel_moves_with_levels_that_are_typed_and_not_saved(rated: Rated, login: Any, at: Any) -> None:
    rated.many({"HTXS": 1, "HTT": 5}, score="95")
    second = rated.sheet("B", "HTT", "94")
    browser = login("unit_hr_a")
    saved = browser.get(at(".json")).json
    assert (saved["agency"]["limit"], saved["agency"]["used"], saved["agency"]["left"]) == (1, 1, 0)
    typed = browser.get(at(f".json?levels={second}:HTXS,nonsense,7x:HT")).json
    assert (typed["agency"]["used"], typed["agency"]["over"]) == (2, 1) and "vượt 1" in typed["html"]
    assert browser.get(at(".json")).json["agency"]["used"] == 1  # asking writes nothing


def test_levels_of_other_agencies_lay_nothing_over(rated: Rated, login: Any, at: Any) -> None:
    rated.many({"HTXS": 1, "HTT": 5}, score="95")
    other = rated.sheet("elsewhere", "HTT", "99", unit="b1", agency="b")
    assert login("unit_hr_a").get(at(f".json?levels={other}:HTXS")).json["agency"]["used"] == 1


def test_a_member_of_staff_sees_the_ceiling_and_no_other_person(rated: Rated, login: Any, at: Any) -> None:
    rated.many({"HTXS": 2, "HTT": 4}, score="95")
    rated.sheet("me", "HTT", "90", person=rated.world.people["a1.2"])
    found = login("staff_member_a").get(at(".json"))
    assert found.json["agency"]["used"] == 2
    page = login("staff_member_a").get(at()).text
    assert "P-HTXS-1" not in page and "P-HTXS-1" not in found.text


def test_wrong_role_and_other_unit(rated: Rated, login: Any, at: Any) -> None:
    rated.many({"HTT": 5})
    assert login("unit_hr_b").get(at()).status_code == 404
    assert login("unit_hr_b").get(at(".json")).status_code == 404
    assert login("finance_a").get(at()).status_code == 403
    assert login("unit_head_a").post(at("/check")).status_code in (302, 400, 403)
    assert login("unit_hr_b").post(at("/check")).status_code == 404


def test_check_then_choose_between_equals(rated: Rated, login: Any, at: Any) -> None:
    first, second = rated.sheet("A", "HTXS", "95"), rated.sheet("B", "HTXS", "95")
    rated.many({"HTT": 5})
    browser = login("unit_hr_a")
    sent = browser.post(at("/check"), data={"request_key": "c1"})
    assert sent.status_code == 302
    shown = browser.get(at()).text
    assert "Chọn trong số những người bằng điểm" in shown and f'value="{first}"' in shown
    wrong = browser.post(at("/check"), data={"choose": "1", "keep": str(first), "reason": "", "request_key": "c2"})
    assert wrong.status_code == 400 and "Cần ghi lý do chọn" in wrong.text
    assert f'value="{first}" id="keep-{first}" checked' in wrong.text  # the tick stays
    right = browser.post(
        at("/check"), data={"choose": "1", "keep": str(first), "reason": "Thành tích nổi bật", "request_key": "c3"}
    )
    assert right.status_code == 302
    db.session.rollback()
    assert (rated.row(first).quota_outcome, rated.row(second).quota_outcome) == ("kept", "demoted")


def test_groups_are_made_filled_and_merged(rated: Rated, login: Any, at: Any, session: Any) -> None:
    people = rated.many({"HTXS": 1, "HTT": 5})
    browser = login("unit_hr_a")
    bad = browser.post(at("/groups"), data={"code": "có dấu", "name": "Chuyên môn", "request_key": "g0"})
    assert bad.status_code == 400 and "Mã nhóm gồm" in bad.text and 'value="Chuyên môn"' in bad.text
    for code in ("CM", "HC"):
        browser.post(at("/groups"), data={"code": code, "name": f"Nhóm {code}", "request_key": f"g-{code}"})
    db.session.rollback()
    one, two = session.query(QuotaGroup).order_by(QuotaGroup.code).all()
    gone, into = one.id, two.id
    ids = {"into": str(gone), "pick": [str(people[0]), str(people[1])], "request_key": "a1"}
    assert browser.post(at("/assign"), data=ids).status_code == 302
    db.session.rollback()
    assert rated.row(people[0]).quota_group_id == gone
    renamed = {"into": str(gone), "name": "Chuyên môn, nghiệp vụ", "request_key": "r1"}
    assert browser.post(at("/rename"), data=renamed).status_code == 302
    assert (
        browser.post(at("/merge"), data={"into": str(into), "group": str(gone), "request_key": "m1"}).status_code == 302
    )
    db.session.rollback()
    assert rated.row(people[0]).quota_group_id == into
    assert browser.post(at("/merge"), data={"request_key": "m2"}).status_code == 400


def test_the_higher_percentage_only_with_the_decision_attached(rated: Rated, login: Any, at: Any, session: Any) -> None:
    collective = rated.collective("a", "HTXS")
    rated.many({"HTXS": 1, "HTT": 4})
    browser, document = login("unit_hr_a"), "QĐ 12/QĐ-UBND ngày 10/01/2025 của UBND tỉnh"
    refused = browser.post(at("/high"), data={"document": document, "request_key": "h1"})
    assert refused.status_code == 400 and "đính kèm quyết định công nhận" in refused.text and document in refused.text
    sent = browser.post(
        at("/high"), data={"document": document, "request_key": "h2", "file": (io.BytesIO(PDF), "qd.pdf")}
    )
    assert sent.status_code == 302
    db.session.rollback()
    assert session.get(UnitEvaluation, collective.id, populate_existing=True).outstanding_document == document


def test_a_cycle_lists_its_agencies_within_the_budget(rated: Rated, login: Any) -> None:
    rated.many({"HTXS": 1, "HTT": 4})
    rated.many({"HTXS": 1, "HTT": 2}, prefix="Q", unit="b1", agency="b")
    browser = login("province_hr")
    with counted() as seen:
        shown = browser.get(f"/evaluation/{rated.cycle_id}/quota")
    assert "Sở Xây dựng" in shown.text and "Sở Y tế" in shown.text
    assert len(seen) <= 8
    alone = login("unit_hr_a").get(f"/evaluation/{rated.cycle_id}/quota")
    assert alone.status_code == 302 and alone.location.endswith(f"/quota/{rated.world.units['a']}")


def test_the_page_of_an_agency_stays_within_the_budget(rated: Rated, login: Any, at: Any) -> None:
    rated.many({"HTXS": 5, "HTT": 40})
    browser = login("unit_hr_a")
    browser.get(at())
    with counted() as seen:
        assert browser.get(at()).status_code == 200
    assert len(seen) <= 12, [str(one) for one in seen]
