"""A person's path of posts, the calendar of expiries, the map of flows, finance's kept allowances."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from hrms.commands.rotation import effects
from hrms.kernel import clock
from reports.flow_chart import FlowChart, Ribbon, svg
from tests.rotation.movement import JULY, Desk
from tests.support.statements import counted


@pytest.fixture
def moves(world, factory, actor_as, session):
    return Desk(world, factory, actor_as)


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_path_shows_every_post_and_the_case_that_made_it(moves, world, login):
    case = moves.decided(world.people["a1.2"], "b1")
    with clock.travel_to(JULY):
        effects.carry_out(JULY)
        page = words(login("province_hr").get(f"/movements/people/{world.people['a1.2']}/"))
    assert "Phòng Tổ chức cán bộ Sở Xây dựng" in page and "Phòng Tổ chức cán bộ Sở Y tế" in page
    assert case.number in page and "88/QĐ" in page
    assert page.index("Sở Y tế") < page.index("Phòng Tổ chức cán bộ Sở Xây dựng")


def test_the_path_of_somebody_elsewhere_does_not_exist(world, login):
    assert login("unit_hr_b").get(f"/movements/people/{world.people['a1.2']}/").status_code == 404


def test_the_record_of_a_person_leads_to_the_path(world, login):
    page = login("unit_hr_a").get(f"/staff/{world.people['a1.2']}").get_data(as_text=True)
    assert f"/movements/people/{world.people['a1.2']}/" in page


def test_a_secondment_stands_in_the_calendar_of_both_sides_until_its_end(moves, world, login):
    moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2025, 9, 30))
    with clock.travel_to(JULY):
        effects.carry_out(JULY)
        for user in ("unit_hr_a", "unit_hr_b"):
            page = words(login(user).get("/rotation/expiries/?months=6"))
            assert "30/09/2025" in page and "Hết thời hạn biệt phái" in page
        assert world.person("a1.2").full_name not in words(login("unit_hr_xa").get("/rotation/expiries/"))
        short = words(login("unit_hr_a").get("/rotation/expiries/?months=6&kind=TERM_END"))
        assert "30/09/2025" not in short


def test_the_calendar_keeps_its_budget_of_statements(moves, world, login):
    client = login("province_hr")
    with counted() as statements:
        assert client.get("/rotation/expiries/").status_code == 200
    assert len(statements) <= 20, statements


def test_flows_are_counted_between_agencies(moves, world, login):
    moves.open(world.people["a1.2"], "b1")
    moves.open(world.people["a2.2"], "b2")
    answer = login("province_hr").get("/movements/flows/")
    page = answer.get_data(as_text=True)
    assert "<svg" in page and "Sở Xây dựng → Sở Y tế: 2 người, trong đó dự kiến 2" in page
    assert "<svg" not in login("province_hr").get("/movements/flows/?kind=BIET_PHAI").get_data(as_text=True)
    assert "31/02/2025" in words(login("province_hr").get("/movements/flows/?from=31/02/2025"))


def test_the_map_is_the_same_for_the_same_flows_and_hides_nothing_of_a_name():
    chart = FlowChart("Dòng", (Ribbon("A <b>", "B", 3, 1), Ribbon("A <b>", "C", 1)))
    drawing = svg(chart)
    assert drawing == svg(chart)
    assert "A &lt;b&gt;" in drawing and "<b>" not in drawing
    assert drawing.count('class="ribbon"') == 2
    assert svg(FlowChart("Dòng", ())) == ""


def test_finance_sees_the_schedule_of_a_kept_allowance_month_by_month(moves, login, session):
    head = moves.post("a1", "PT", "Phó Trưởng phòng", leader_rank="deputy", leadership_coefficient=Decimal("0.4"))
    person = moves.person("a1", head, "Lê Văn Kế", leadership="0.4")
    case = moves.decided(person, "b1")
    session.rollback()
    page = words(login("finance").get(f"/movements/{case.id}/"))
    assert "Bảo lưu phụ cấp chức vụ" in page and "12/2025" in page and "31/12/2025" in page
