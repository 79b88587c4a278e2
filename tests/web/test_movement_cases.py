"""The screens of movement cases: list, opening with a look first, steps, hand-over, remarks, files, papers, chains."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from hrms.commands.rotation import effects
from hrms.commands.rotation.chains import FormChain
from hrms.kernel import clock
from hrms.kernel.commands import execute
from models.rotation import HandoverItem, MovementCase, MovementChain, MovementRemark
from tests.rotation.movement import JULY, TODAY, Desk
from tests.support.statements import counted

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def moves(world, factory, actor_as, session):
    return Desk(world, factory, actor_as)


@pytest.fixture
def proposed(moves, world):
    """a1.2 shall go from department A to department B."""
    return moves.open(world.people["a1.2"], "b1").id


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def version_on(answer) -> str:
    return re.search(r'name="seen_version" value="(\d+)"', answer.get_data(as_text=True)).group(1)


def state(session, case_id) -> str:
    session.rollback()
    return session.get(MovementCase, case_id).state


def test_the_list_shows_ones_own_cases_and_the_receiver_sees_them_from_the_check_on(moves, world, login, proposed):
    name = world.person("a1.2").full_name
    answer = login("unit_hr_a").get("/movements/")
    assert name in words(answer) and "DD-SXD-2025-0001" in words(answer) and "Đề xuất" in words(answer)
    assert name not in words(login("unit_hr_b").get("/movements/"))
    moves.do(proposed, "check")
    assert name in words(login("unit_hr_b").get("/movements/"))


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("state=proposed", True),
        ("state=open", True),
        ("state=under_way", False),
        ("kind=DIEU_DONG", True),
        ("kind=BIET_PHAI", False),
        ("waiting=1", True),
        ("stuck=1", False),
        ("q=dd-sxd", True),
        ("from_day=01/07/2025", True),
        ("from_day=02/07/2025", False),
    ],
)
def test_filters_narrow_the_list(login, proposed, query, there):
    assert ("DD-SXD-2025-0001" in words(login("unit_hr_a").get(f"/movements/?{query}"))) is there


def test_pages_keep_their_budget_of_statements(moves, world, login, proposed):
    client = login("unit_hr_a")
    for path, most in (("/movements/", 8), ("/movements/chains/", 8), ("/movements/flows/", 8)):
        with counted() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= most, (path, statements)


def test_a_refusal_of_the_rules_stands_on_the_page_with_its_article(moves, world, login, session):
    head, post = moves.person("b1", moves.head("b1")), moves.post("b1", "KT", "Kế toán trưởng")
    moves.related(world.people["a1.2"], head.id, "Chị ruột")
    case = moves.open(world.people["a1.2"], "b1", post)
    text = words(login("unit_hr_a").get(f"/movements/{case.id}/"))
    assert "Điều 20 khoản 3 Luật 36/2018/QH14" in text or "Có quy định chưa cho phép." in text


def test_other_units_cases_do_not_exist(login, proposed):
    for path in (f"/movements/{proposed}/", f"/movements/{proposed}/edit"):
        assert login("unit_hr_b").get(path).status_code == 404
    assert login("unit_hr_xa").post(f"/movements/{proposed}/steps/check", data={}).status_code == 404


def test_who_only_reads_opens_nothing(login, proposed):
    assert login("unit_head_a").get("/movements/new").status_code == 403
    assert login("unit_head_a").get(f"/movements/{proposed}/").status_code == 200


def form(moves, world, **more):
    post = moves.cv("b1")
    return {"person_id": world.people["a1.2"], "kind": "DIEU_DONG", "to_unit_id": world.units["b1"],
            "to_position_id": post.id, "effective_on": "01/07/2025", "reason": "Tăng cường", **more}  # fmt: skip


def test_a_case_is_opened_after_a_look_that_stores_nothing(moves, world, login, session):
    client = login("unit_hr_a")
    page = client.get(f"/movements/new?person={world.people['a1.2']}")
    assert world.person("a1.2").full_name in words(page)
    looked = client.post("/movements/new", data=form(moves, world, only_check="1"))
    assert "Không có quy định nào ngăn cản" in words(looked)
    assert session.query(MovementCase).count() == 0
    made = client.post("/movements/new", data=form(moves, world))
    assert made.status_code == 302
    session.rollback()
    (case,) = session.query(MovementCase).all()
    assert (case.kind, case.to_unit_id, case.effective_on) == ("DIEU_DONG", world.units["b1"], JULY)


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(moves, world, login):
    answer = login("unit_hr_a").post(
        "/movements/new", data=form(moves, world, effective_on="31/02/2025", reason="Yêu cầu nhiệm vụ mới")
    )
    assert answer.status_code == 200 and "31/02/2025" in answer.get_data(as_text=True)
    assert "Yêu cầu nhiệm vụ mới" in answer.get_data(as_text=True)
    wish = login("unit_hr_a").post("/movements/new", data=form(moves, world, own_wish="y"))
    assert "Nguyện vọng phải bằng văn bản" in words(wish)


def test_posts_beyond_the_own_scope_are_found_by_name_and_without_their_people(moves, world, login):
    client = login("unit_hr_a")
    units = client.get("/movements/lookup/units?q=nghiep vu").get_json()["result"]
    assert [row["id"] for row in units] == [world.units["b2"]]
    posts = client.get(f"/movements/lookup/posts?unit={world.units['b1']}&q=chuyen").get_json()["result"]
    assert posts and "chỗ trống" in posts[0]["note"]
    assert world.person("b1.2").full_name not in str(posts)
    assert login("unit_head_a").get("/movements/lookup/units?q=a").status_code == 403


def test_a_second_editor_sees_both_versions(moves, world, login, proposed, session):
    client, other = login("unit_hr_a"), login("province_hr")
    seen = version_on(client.get(f"/movements/{proposed}/edit"))
    values = {"to_unit_id": world.units["b1"], "to_position_id": moves.cv("b1").id, "effective_on": "01/07/2025"}
    first = other.post(f"/movements/{proposed}/edit", data={**values, "seen_version": seen, "reason": "Lý do một"})
    assert first.status_code == 302
    answer = client.post(f"/movements/{proposed}/edit", data={**values, "seen_version": seen, "reason": "Lý do hai"})
    assert answer.status_code == 200
    assert "Lý do một" in words(answer) and "Lý do hai" in answer.get_data(as_text=True)


def test_a_case_goes_through_its_steps_on_the_page_to_the_decision(world, login, proposed, session):
    sender, receiver, province = login("unit_hr_a"), login("unit_hr_b"), login("province_hr")

    def step(client, code, **data):
        seen = version_on(client.get(f"/movements/{proposed}/"))
        values = {f"{code}-{name}": value for name, value in data.items()}
        return client.post(f"/movements/{proposed}/steps/{code}", data={**values, "seen_version": seen})

    assert step(sender, "check").status_code == 302
    assert step(sender, "hear", meeting_on="15/06/2025", meeting_minutes="05/BB",
                person_opinion="Nhất trí").status_code == 302  # fmt: skip
    assert step(receiver, "agree", agreed_on="15/06/2025", agreement_document="12/CV-SYT").status_code == 302
    refused = step(province, "decide", decision_number="", decision_date="15/06/2025", decided_by="Chủ tịch")
    assert refused.status_code == 200 and "data-open" in refused.get_data(as_text=True)
    assert "Cần ghi số quyết định." in words(refused)
    assert step(province, "decide", decision_number="88/QĐ-UBND", decision_date="15/06/2025",
                decided_by="Chủ tịch UBND tỉnh").status_code == 302  # fmt: skip
    assert state(session, proposed) == "decided"
    text = words(province.get(f"/movements/{proposed}/"))
    assert "Chờ đến ngày có hiệu lực." in text and "88/QĐ-UBND" in text and "Nhất trí" in text


def test_the_hand_over_sheet_keeps_what_was_typed_and_saves_what_was_touched(moves, world, login, session):
    case = moves.decided(world.people["a1.2"], "b1")
    session.rollback()
    first, second = session.query(HandoverItem).filter_by(case_id=case.id).order_by(HandoverItem.id)[:2]
    client, path = login("unit_hr_a"), f"/movements/{case.id}/handover"

    def row(item, **typed):
        return {f"i{item.id}-seen": '[false, "", "", ""]', f"i{item.id}-version": item.version,
                **{f"i{item.id}-{name}": value for name, value in typed.items()}}  # fmt: skip

    keys = {"row": [f"i{first.id}", f"i{second.id}", "n9"]}
    data = keys | row(first, ticked="on", done_on="20/06/2025", receiver="Bà Bình") | row(second)
    future = client.post(path, data=data | {"n9-label": "Chìa khóa kho"})
    assert "còn ở tương lai" in words(future) and 'value="Chìa khóa kho"' in future.get_data(as_text=True)
    session.rollback()
    assert session.get(HandoverItem, first.id).done_on is None
    assert client.post(path, data=data | {f"i{first.id}-done_on": "", "n9-label": "Chìa khóa kho"}).status_code == 302
    session.rollback()
    assert (session.get(HandoverItem, first.id).done_on, session.get(HandoverItem, second.id).version) == (TODAY, 1)
    assert "Chìa khóa kho" in words(client.get(f"/movements/{case.id}/"))


def test_a_line_of_another_case_is_not_written(moves, world, login, session):
    first, second = moves.decided(world.people["a1.2"], "b1"), moves.open(world.people["a2.2"], "b2")
    session.rollback()
    item = session.query(HandoverItem).filter_by(case_id=first.id).first()
    data = {"row": f"i{item.id}", f"i{item.id}-ticked": "on", f"i{item.id}-done_on": "15/06/2025"}
    assert "vừa được người khác bỏ" in words(login("unit_hr_a").post(f"/movements/{second.id}/handover", data=data))
    session.rollback()
    assert session.get(HandoverItem, item.id).done_on is None


def test_the_receiver_remarks_on_somebody_seconded(moves, world, login, session):
    case = moves.decided(world.people["a1.2"], "b1", kind="BIET_PHAI", ends_on=date(2026, 6, 30))
    with clock.travel_to(JULY):
        effects.carry_out(JULY)
        sender, receiver = login("unit_hr_a"), login("unit_hr_b")
        data = {"year": "2025", "remark": "Hoàn thành tốt nhiệm vụ", "level": "HTT"}
        assert "do nơi đến" in words(sender.post(f"/movements/{case.id}/remarks", data=data))
        assert receiver.post(f"/movements/{case.id}/remarks", data=data).status_code == 302
        assert "Hoàn thành tốt nhiệm vụ" in words(sender.get(f"/movements/{case.id}/"))
    session.rollback()
    assert session.query(MovementRemark).one().level == "HTT"


def test_files_and_notes_belong_to_the_case(login, proposed, session):
    client = login("unit_hr_a")
    upload = {"file": (io.BytesIO(PDF), "bien-ban.pdf")}
    assert client.post(f"/movements/{proposed}/files", data=upload).status_code == 302
    page = client.get(f"/movements/{proposed}/").get_data(as_text=True)
    link = re.search(rf"/files/movement_case/{proposed}/\d+", page).group()
    assert client.get(link).status_code == 200
    assert login("unit_hr_b").get(link).status_code == 404
    assert client.post(f"/movements/{proposed}/notes", data={"body": "Đã gọi điện"}).status_code == 302
    assert "Đã gọi điện" in words(client.get(f"/movements/{proposed}/"))
    number = link.rsplit("/", 1)[1]
    refused = client.post(f"/movements/{proposed}/files/{number}/remove", data={"reason": " "})
    assert "Cần ghi lý do khi gỡ tệp." in words(refused)
    removed = client.post(f"/movements/{proposed}/files/{number}/remove", data={"reason": "Nhầm"})
    assert removed.status_code == 302
    assert client.get(link).status_code == 404


def test_papers_open_in_the_browser_and_the_print_for_signature_is_in_the_history(login, proposed, session):
    client = login("unit_hr_a")
    answer = client.get(f"/movements/{proposed}/papers/submission.pdf")
    assert answer.mimetype == "application/pdf"
    assert 'filename="DD-SXD-2025-0001-to-trinh.pdf"' in answer.headers["Content-Disposition"]
    assert client.get(f"/movements/{proposed}/papers/nothing.pdf").status_code == 404
    early = client.post(f"/movements/{proposed}/papers/meeting", data={})  # for signature: not before the check
    assert "chưa đến hoặc đã qua bước" in words(early) and "từ khi đã rà soát" in words(early)
    seen = version_on(client.get(f"/movements/{proposed}/"))
    assert client.post(f"/movements/{proposed}/steps/check", data={"seen_version": seen}).status_code == 302
    assert client.post(f"/movements/{proposed}/papers/meeting", data={}).mimetype == "application/pdf"
    assert "In “Biên bản gặp gỡ”" in words(client.get(f"/movements/{proposed}/"))
    assert login("staff_member_a").get(f"/movements/{proposed}/papers/meeting.pdf").status_code == 403


def test_a_chain_is_formed_from_the_list_shown_in_order_and_left(moves, world, login, session):
    one = moves.open(world.people["a1.2"], "a2", kind="NOI_BO")
    two = moves.open(world.people["a2.2"], "a1", kind="NOI_BO")
    client = login("unit_hr_a")
    asked = client.post("/movements/chains/new", data={"pick": [one.id, two.id]})
    assert "Cùng có hiệu lực từ ngày" in words(asked) and "01/07/2025" in asked.get_data(as_text=True)
    nameless = client.post("/movements/chains/new", data={"pick": [one.id, two.id], "confirm": "1",
                                                          "effective_on": "01/07/2025"})  # fmt: skip
    assert nameless.status_code == 200
    made = client.post("/movements/chains/new", data={"pick": [one.id, two.id], "confirm": "1", "name": "Hoán đổi",
                                                      "effective_on": "01/07/2025"})  # fmt: skip
    assert made.status_code == 302
    session.rollback()
    chain = session.query(MovementChain).one()
    page = words(client.get(f"/movements/chains/{chain.id}/"))
    assert one.number in page and two.number in page and "hoán đổi" in page
    assert login("unit_hr_b").get(f"/movements/chains/{chain.id}/").status_code == 404
    left = client.post(f"/movements/chains/{chain.id}/leave/{one.id}", data={"reason": "Đổi phương án"})
    assert left.status_code == 302
    assert state(session, one.id) == "proposed" and session.query(MovementChain).count() == 0


def test_a_chain_gets_another_day(moves, world, login, session, actor_as):
    one = moves.open(world.people["a1.2"], "a2", kind="NOI_BO")
    two = moves.open(world.people["a2.2"], "a1", kind="NOI_BO")
    with actor_as("unit_hr_a"):
        chain = execute(FormChain([one.id, two.id], "Hoán đổi", JULY))
    client = login("unit_hr_a")
    seen = version_on(client.get(f"/movements/chains/{chain.id}/"))
    data = {"name": "Hoán đổi", "effective_on": "01/08/2025", "seen_version": seen}
    assert client.post(f"/movements/chains/{chain.id}/", data=data).status_code == 302
    session.rollback()
    assert session.get(MovementCase, one.id).effective_on == date(2025, 8, 1)
    assert login("unit_head_a").post(f"/movements/chains/{chain.id}/", data=data).status_code == 403


def test_a_relation_that_breaks_the_bar_is_told_when_it_is_written(world, factory, login):
    """The treasurer's husband heads the agency: told at once, with the article; elsewhere nothing is said."""
    post = factory.position(world.unit("b1"), "TQ", "Thủ quỹ", approved_number=1)
    wife = factory.person(post.unit, sex="female", recruited=date(2019, 1, 1), position=post, title="Thủ quỹ")
    client, path = login("unit_hr_b"), f"/staff/{wife.id}/rows/family_relation/new"
    head, other = world.person("b.1"), world.person("b1.2")
    data = {"relation": "Anh", "full_name": other.full_name, "relative_id": str(other.id)}
    assert "Là người thân của" not in words(client.post(path, data=data, follow_redirects=True))
    data = {"relation": "Chồng", "full_name": head.full_name, "relative_id": str(head.id)}
    told = words(client.post(path, data=data, follow_redirects=True))
    assert "Là người thân của" in told and "Điều 20 khoản 3 Luật" in told
