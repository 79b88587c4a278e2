"""Screens of periodic change: who is due and why, deferrals, the yearly plan from draft to notices, own wishes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.rotation.compliance import compliance
from hrms.commands.rotation.due import due_list
from hrms.commands.rotation.plan_workflow import contents_asked, lines_of
from hrms.commands.rotation.plans import DraftPlan
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.rotation import MovementWish, RotationDeferral, RotationPlan
from models.staff import Person
from reports.facts.rotation import DUE, LINES
from tests.support.statements import counted

ACCOUNTANT, BUDGET = "B0202", "B0201"


def one(model: Any) -> Any:
    """The only row of a table as it now is."""
    db.session.rollback()
    return db.session.scalars(select(model)).one()


@pytest.fixture
def posts(world: Any, factory: Any) -> dict[str, Any]:
    """Two listed posts of agency a with one person overdue, one due this year, one just begun."""
    left = factory.position(world.unit("a1"), "KT", "Kế toán", listed_code=ACCOUNTANT, approved_number=3)
    right = factory.position(world.unit("a2"), "NS", "Phân bổ ngân sách", listed_code=BUDGET, approved_number=2)

    def person(since: date, post: Any) -> Person:
        return factory.person(post.unit, recruited=since, position=post, birth=date(1985, 3, 15), title=post.title)

    return {
        "left": left, "right": right, "late": person(date(2018, 1, 1), left), "due": person(date(2020, 9, 1), right),
        "new": person(date(2024, 12, 1), left),
    }  # fmt: skip


def test_the_due_list_tells_state_last_day_and_reason_within_eight_statements(posts: Any, login: Any) -> None:
    browser = login("unit_hr_a")
    with counted() as statements:
        shown = browser.get("/rotation/due/").text
    assert posts["late"].full_name in shown and "Quá hạn phải chuyển đổi" in shown and "01/01/2023" in shown
    assert len([s for s in statements if s.startswith("SELECT")]) <= 12  # the account, its roles and eight of the page
    narrowed = browser.get("/rotation/due/?state=OVERDUE").text
    assert posts["late"].code in narrowed and posts["new"].code not in narrowed
    later = browser.get("/rotation/due/?on=01/10/2025&state=OVERDUE").text
    assert posts["due"].code in later
    assert 'role="alert"' in browser.get("/rotation/due/?on=31/02/2025").text


def test_the_person_page_says_why_step_by_step_and_other_units_do_not_exist(posts: Any, login: Any, world: Any) -> None:
    shown = login("unit_hr_a").get(f"/rotation/due/{posts['late'].id}")
    assert shown.status_code == 200 and "Cách tính từng bước" in shown.text and "Các vị trí đã giữ" in shown.text
    assert login("unit_hr_b").get(f"/rotation/due/{posts['late'].id}").status_code == 404


def test_the_forecast_is_a_chart_with_its_figures(posts: Any, login: Any) -> None:
    shown = login("unit_hr_a").get("/rotation/due/forecast").text
    assert "<svg" in shown and "Quý 3/2025" in shown


def test_a_deferral_is_recorded_with_its_paper_corrected_and_ended(posts: Any, login: Any) -> None:
    browser, number = login("unit_hr_a"), posts["due"].id
    told = browser.post(
        f"/rotation/due/{number}/deferrals", data={"ground": "SERIOUS_ILLNESS", "starts_on": "01/06/2025"}
    )
    assert told.status_code == 200 and "Chưa nhập “Văn bản xác nhận (số, ngày)”." in told.text
    sent = browser.post(
        f"/rotation/due/{number}/deferrals",
        data={
            "ground": "SERIOUS_ILLNESS",
            "starts_on": "01/06/2025",
            "document": "Giấy ra viện 12",
            "request_key": "d",
        },
    )
    assert sent.status_code == 302
    row = one(RotationDeferral)
    shown = browser.get(f"/rotation/due/{number}").text
    assert "Giấy ra viện 12" in shown and "Chưa thực hiện chuyển đổi" in shown
    wrong = browser.post(f"/rotation/due/deferrals/{row.id}/end", data={"last_day": "01/05/2025"})
    assert wrong.status_code == 200 and "trước ngày bắt đầu" in wrong.text
    assert browser.post(f"/rotation/due/deferrals/{row.id}/end", data={"last_day": "10/06/2025"}).status_code == 302
    assert login("unit_hr_b").get(f"/rotation/due/deferrals/{row.id}").status_code == 404


def test_the_yearly_plan_goes_from_draft_to_notices(posts: Any, login: Any, world: Any) -> None:
    clerk, head = login("unit_hr_a"), login("unit_head_a")
    sent = clerk.post(
        "/rotation/plans/new", data={"unit_id": str(world.units["a"]), "year": "2025", "as_of": "15/06/2025"}
    )
    plan = one(RotationPlan)
    assert sent.status_code == 302 and sent.location.endswith(f"/rotation/plans/{plan.id}")
    where = f"/rotation/plans/{plan.id}"
    shown = clerk.get(where).text
    assert "chưa có nơi chuyển đến" in shown and "Kế hoạch thiếu nội dung" in shown
    kept = clerk.post(f"{where}/edit", data={
        "name": plan.name, "seen_version": str(plan.version), **dict(contents_asked())
    })  # fmt: skip
    assert kept.status_code == 302
    lines = [(line.id, line.position_id) for line in lines_of(plan.id)]
    assert len(lines) == 2
    left, right = ((posts[name].id, posts[name].unit_id) for name in ("left", "right"))
    for number, held in lines:
        going, unit = left if held == right[0] else right
        answer = clerk.post(f"/rotation/plans/lines/{number}", data={
            "target_unit_id": str(unit), "target_position_id": str(going), "form": "SECTION",
            "planned_on": "01/08/2025",
        })  # fmt: skip
        assert answer.status_code == 302, answer.text
    assert clerk.post(f"{where}/steps/check", data={}).status_code == 302
    refused = clerk.post(f"{where}/steps/issue", data={})
    assert refused.status_code in (200, 403)  # who checked it does not issue it
    missing = head.post(f"{where}/steps/issue", data={})
    assert missing.status_code == 200 and "Cần số văn bản" in missing.text
    given = {"number": "12/KH-SXD", "issued_on": "15/06/2025", "signer": "Giám đốc Sở"}
    assert head.post(f"{where}/steps/issue", data=given).status_code == 302
    public = {"published_on": "15/06/2025", "publication": "Niêm yết"}
    assert clerk.post(f"{where}/steps/publish", data=public).status_code == 302
    assert clerk.post(f"{where}/notices", data={}).status_code == 302
    assert "Đã thông báo" in clerk.get(where).text
    assert login("unit_hr_b").get(where).status_code == 404


def test_a_wish_names_its_unit_and_can_be_withdrawn(posts: Any, login: Any, world: Any) -> None:
    browser = login("staff_member_a")
    many = browser.post("/rotation/mine/wishes", data={"unit_name": "phong"})
    assert many.status_code == 200 and "Chọn đơn vị" in many.text
    sent = browser.post("/rotation/mine/wishes", data={"unit_name": "x", "unit_id": str(world.units["b1"])})
    assert sent.status_code == 302
    wish = one(MovementWish)
    assert browser.post(f"/rotation/mine/wishes/{wish.id}/withdraw", data={}).status_code == 302
    assert "đã rút" in browser.get("/rotation/mine/").text


def test_the_reports_count_what_the_due_list_and_the_plans_count(
    posts: Any, login: Any, world: Any, actor_as: Any
) -> None:
    from hrms.commands.reporting.producing import asked_for
    from hrms.kernel.commands import transaction

    with actor_as("province_hr"):
        plan = execute(DraftPlan(world.units["a"], 2025, as_of=date(2025, 6, 15)))
        with transaction():
            db.session.get_one(RotationPlan, plan.id).state = "issued"
        asked = asked_for("rotation_due", {"unit": str(world.units["hy"]), "on": "2025-06-15"})
        counted_by_report = {row["state"]: row["count"] for row in DUE.count(asked, ["state"]).to_dict("records")}
        counts = due_list(date(2025, 6, 15)).counts
        assert counted_by_report == {state: n for state, n in counts.items() if n}
        lines = asked_for("rotation_compliance", {"unit": str(world.units["hy"]), "period": "2025"})
        figures = compliance(2025).total
        assert LINES.number(lines, {"outcome": "not_yet"}) == figures.not_yet
        assert LINES.number(lines) == figures.people
        assert LINES.number(lines, {"overdue": "1"}) == figures.overdue
