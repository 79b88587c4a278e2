"""The screens of a downsizing case: list, opening, record page, steps, forms; refusals are told, nothing is lost."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from hrms.commands.restructuring import acts, batches, cases, steps
from hrms.commands.restructuring.acts import ActContent
from hrms.commands.restructuring.requests import CaseRequest
from hrms.kernel.commands import execute
from models.restructuring import CaseBatch, DownsizingCase
from tests.support.cases import prepared
from tests.support.statements import counted

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def version_on(answer) -> str:
    return re.search(r'name="seen_version" value="(\d+)"', answer.get_data(as_text=True)).group(1)


@pytest.fixture
def act(world, actor_as):
    with actor_as("unit_hr_a"):
        content = ActContent("45/NQ-HĐND", date(2025, 2, 20), date(2025, 3, 1), "Hợp nhất các sở", "HĐND tỉnh")
        return execute(acts.CreateAct(world.units["a"], content)).id


@pytest.fixture
def batch(world, actor_as):
    with actor_as("unit_hr_a"):
        return execute(batches.CreateBatch(world.units["a"], deadline=date(2025, 7, 1))).id


@pytest.fixture
def case_id(world, actor_as, act, batch):
    with actor_as("unit_hr_a"):
        return execute(cases.OpenCase(world.people["a1.2"], date(2025, 8, 1), batch_id=batch, act_id=act)).id


@pytest.fixture
def ready(case_id, actor_as):
    """A draft with everything the unit's review asks for."""
    with actor_as("unit_hr_a"):
        prepared(case_id)
    return case_id


def fresh(session):
    """The session as it sees what the last request wrote."""
    session.rollback()
    return session


def state(session, case_id) -> str:
    return fresh(session).get(DownsizingCase, case_id).state


# -- the list


def test_the_list_shows_number_person_amount_and_state_of_ones_own_unit(world, login, case_id):
    answer = login("unit_hr_a").get("/cases/")
    text = words(answer)
    assert world.person("a1.2").full_name in text and "Dự thảo" in text and "NV-SXD-2025-0001" in text
    assert world.person("a1.2").full_name not in words(login("unit_hr_b").get("/cases/"))


def test_the_list_keeps_its_budget_of_statements(world, login, case_id):
    client = login("unit_hr_a")
    with counted() as statements:
        assert client.get("/cases/").status_code == 200
    assert len(statements) <= 8, statements


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("state=draft", True),
        ("state=open", True),
        ("state=decided", False),
        ("q=nv-sxd", True),
        ("q=khong+co+ai", False),
        ("waiting=1", True),
        ("late=1", False),
        ("from=01/08/2025", True),
        ("from=02/08/2025", False),
        ("eligible=1", True),
        ("benefit=severance", False),
    ],
)
def test_filters_narrow_the_list(world, login, case_id, query, there):
    assert ("NV-SXD-2025-0001" in words(login("unit_hr_a").get(f"/cases/?{query}"))) is there


@pytest.mark.parametrize("group", ["state", "benefit", "ground", "unit", "batch"])
def test_the_list_groups(world, login, case_id, group):
    assert login("unit_hr_a").get(f"/cases/?group={group}").status_code == 200


# -- opening


def test_choosing_a_person_fills_the_request_from_the_records_and_computes_it(world, login, act):
    answer = login("unit_hr_a").get(f"/cases/new?person={world.people['a1.2']}")
    page = answer.get_data(as_text=True)
    assert 'value="01/07/2025"' in page  # the first of the next month
    assert "45/NQ-HĐND" in page and "Đủ điều kiện" in words(answer)


def test_a_case_is_opened_and_leads_to_its_page(world, session, login, act, batch):
    client = login("unit_hr_a")
    answer = client.post(
        "/cases/new",
        data={
            "person_id": world.people["a1.2"],
            "batch_id": batch,
            "leave_date": "01/08/2025",
            "act_id": act,
            "ground": "2.1.a",
            "directly_affected": "y",
            "decree": "178",
            "benefit": "auto",
            "retirement_annex": "I",
            "voluntary": "y",
            "application_on": "10/06/2025",
            "request_key": "k1",
        },
    )
    assert answer.status_code == 302, words(answer)
    case = fresh(session).query(DownsizingCase).one()
    assert answer.location.endswith(f"/cases/{case.id}/") and case.total > 0 and case.batch_id == batch
    assert case.application_on == date(2025, 6, 10)


def test_a_case_may_be_opened_without_a_round_and_an_act(world, session, login):
    answer = login("unit_hr_a").post(
        "/cases/new",
        data={
            "person_id": world.people["a1.2"], "batch_id": "", "leave_date": "01/08/2025", "act_id": "",
            "ground": "2.2",
            "decree": "178", "benefit": "auto", "retirement_annex": "I", "group_177": "",
        },
    )  # fmt: skip
    assert answer.status_code == 302, words(answer)
    case = fresh(session).query(DownsizingCase).one()
    assert (case.batch_id, case.act_id, case.group_177) == (None, None, None)


def test_what_is_wrong_stands_on_its_field_and_what_was_typed_stays(world, session, login):
    answer = login("unit_hr_a").post(
        "/cases/new",
        data={
            "person_id": world.people["a1.2"],
            "batch_id": "",
            "leave_date": "31/06/2025",
            "ground": "2.4",
            "decree": "178",
            "benefit": "auto",
            "retirement_annex": "I",
            "reason": "Lý do riêng",
        },
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'value="31/06/2025"' in text and "Lý do riêng" in text
    assert re.search(r'id="leave_date-err">[^<]*không phải ngày có thật', text)
    assert fresh(session).query(DownsizingCase).count() == 0


def test_a_preview_stores_nothing(world, session, login, act):
    answer = login("unit_hr_a").post(
        "/cases/new",
        data={
            "person_id": world.people["a1.2"],
            "batch_id": "",
            "leave_date": "01/09/2025",
            "act_id": act,
            "ground": "2.1.a",
            "directly_affected": "y",
            "decree": "178",
            "benefit": "auto",
            "retirement_annex": "I",
            "only_preview": "1",
        },
    )
    assert "Tính thử" in words(answer) and "đồng" in words(answer)
    assert fresh(session).query(DownsizingCase).count() == 0


def test_a_second_case_for_one_person_is_refused_with_the_article(world, login, case_id):
    client = login("unit_hr_a")
    assert "đã có hồ sơ" in words(client.get(f"/cases/new?person={world.people['a1.2']}"))
    answer = client.post(
        "/cases/new",
        data={
            "person_id": world.people["a1.2"],
            "batch_id": "",
            "leave_date": "01/08/2025",
            "ground": "2.1.a",
            "decree": "178",
            "benefit": "auto",
            "retirement_annex": "I",
        },
    )
    assert "NV-SXD-2025-0001" in words(answer)


def test_many_cases_at_once(world, session, login, batch, act):
    ids = [world.people["a1.1"], world.people["a2.2"]]
    client = login("unit_hr_a")
    assert world.person("a1.1").full_name in words(client.post("/cases/many", data={"pick": ids}))
    answer = client.post(
        "/cases/many",
        data={
            "pick": ids,
            "send": "y",
            "leave_date": "01/08/2025",
            "batch_id": batch,
            "act_id": act,
            "request_key": "m",
        },
    )
    assert answer.location.endswith(f"/batches/{batch}/")
    assert fresh(session).query(DownsizingCase).count() == 2


def test_somebody_of_another_unit_cannot_be_chosen(world, login):
    assert login("unit_hr_a").get(f"/cases/new?person={world.people['b.1']}").status_code == 404


# -- the record page


@pytest.mark.parametrize(
    "tab", ["", "options", "review", "dossier", "facts", "finance", "papers", "history", "nonsense"]
)
@pytest.mark.parametrize("user", ["unit_hr_a", "unit_head_a", "province_hr", "leadership", "auditor", "staff_member_a"])
def test_every_tab_opens_for_everybody_who_may_read_the_case(world, login, case_id, tab, user):
    assert login(user).get(f"/cases/{case_id}/?tab={tab}").status_code == 200


@pytest.mark.parametrize("user", ["unit_hr_b", "unit_head_b", "staff_member_b", "finance"])
def test_a_case_out_of_scope_is_not_there(world, login, case_id, user):
    assert login(user).get(f"/cases/{case_id}/").status_code == 404


def test_the_page_explains_the_amount_and_says_what_is_missing(world, session, login, case_id):
    text = words(login("unit_hr_a").get(f"/cases/{case_id}/"))
    total = session.get(DownsizingCase, case_id).total
    assert f"{total:,}".replace(",", ".") in text
    assert "Thẩm định" in text and "Chưa ghi ngày đơn tự nguyện xin nghỉ" in text
    assert "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP" in text


def test_only_allowed_steps_are_offered(world, login, ready):
    assert 'id="step-submit"' in login("unit_hr_a").get(f"/cases/{ready}/").get_data(as_text=True)
    page = login("unit_head_a").get(f"/cases/{ready}/").get_data(as_text=True)
    assert 'id="step-' not in page


def test_the_record_page_stays_within_reason(world, login, ready):
    client = login("unit_hr_a")
    with counted() as statements:
        client.get(f"/cases/{ready}/")
    assert len(statements) <= 34, len(statements)


# -- steps


def test_the_whole_way_by_pages_alone(world, session, login, ready):
    def go(user, code, **data):
        client = login(user)
        page = client.get(f"/cases/{ready}/")
        fields = {f"{code}-{name}": value for name, value in data.items()}
        answer = client.post(
            f"/cases/{ready}/steps/{code}",
            data={"seen_version": version_on(page), "request_key": f"k-{code}", **fields},
        )
        assert answer.status_code == 302, words(answer)

    go("unit_hr_a", "submit")
    go("unit_head_a", "review")
    go("province_hr", "appraise")
    go("finance", "endorse", funding_source="salary_reform")
    go("province_hr", "decide", decision_number="101/QĐ-UBND", decision_date="12/06/2025", decided_by="UBND tỉnh")
    go("finance", "pay", paid_on="15/06/2025", payment_reference="UNC 77")
    assert state(session, ready) == "paid"
    text = words(login("unit_hr_a").get(f"/cases/{ready}/"))
    assert "101/QĐ-UBND" in text and "đã khóa" in text


def test_a_refused_step_comes_back_open_with_what_was_typed(world, session, login, ready, actor_as):
    for user, code in (
        ("unit_hr_a", "submit"),
        ("unit_head_a", "review"),
        ("province_hr", "appraise"),
        ("finance", "endorse"),
    ):
        with actor_as(user):
            execute(steps.Perform(ready, code))
    answer = login("province_hr").post(
        f"/cases/{ready}/steps/decide",
        data={
            "decide-decision_number": "",
            "decide-decision_date": "30/12/2025",
            "decide-decided_by": "UBND tỉnh Hưng Yên",
        },
    )
    page = answer.get_data(as_text=True)
    assert re.search(r'id="step-decide"[^>]*data-open', page)
    assert 'value="UBND tỉnh Hưng Yên"' in page and 'value="30/12/2025"' in page
    assert "Cần số quyết định" in words(answer) and "còn ở tương lai" in words(answer)
    assert state(session, ready) == "finance_review"


def test_a_step_needs_its_reason(world, session, login, ready, actor_as):
    with actor_as("unit_hr_a"):
        execute(steps.Perform(ready, "submit"))
    answer = login("unit_head_a").post(f"/cases/{ready}/steps/return_from_review", data={})
    assert "Cần ghi lý do" in words(answer) and state(session, ready) == "unit_review"


def test_a_step_on_an_outdated_page_is_not_taken(world, session, login, ready):
    answer = login("unit_hr_a").post(f"/cases/{ready}/steps/submit", data={"seen_version": "1"}, follow_redirects=True)
    assert "vừa được người khác sửa" in words(answer) and state(session, ready) == "draft"


def test_a_step_somebody_may_not_take_is_403(world, login, ready):
    assert login("unit_head_a").post(f"/cases/{ready}/steps/submit", data={}).status_code == 403
    assert login("leadership").post(f"/cases/{ready}/steps/submit", data={}).status_code == 403


def test_sending_a_step_twice_takes_it_once(world, session, login, ready):
    client = login("unit_hr_a")
    for _time in range(2):
        assert client.post(f"/cases/{ready}/steps/submit", data={"request_key": "same"}).status_code == 302
    assert state(session, ready) == "unit_review"


# -- forms of the tabs


def test_the_request_is_edited_and_computed_again(world, session, login, case_id):
    client = login("unit_hr_a")
    page = client.get(f"/cases/{case_id}/edit")
    before = session.get(DownsizingCase, case_id).total
    answer = client.post(
        f"/cases/{case_id}/edit",
        data={
            "seen_version": version_on(page),
            "leave_date": "01/09/2025",
            "ground": "2.1.a",
            "directly_affected": "y",
            "act_id": session.get(DownsizingCase, case_id).act_id,
            "decree": "178",
            "benefit": "auto",
            "retirement_annex": "I",
            "voluntary": "y",
            "application_on": "01/06/2025",
        },
    )
    assert answer.status_code == 302, words(answer)
    case = fresh(session).get(DownsizingCase, case_id)
    assert case.leave_date == date(2025, 9, 1) and case.total != before


def test_two_editors_see_both_versions_and_the_second_can_still_save(world, session, login, case_id, actor_as):
    client = login("unit_hr_a")
    seen = version_on(client.get(f"/cases/{case_id}/edit"))
    case = session.get(DownsizingCase, case_id)
    typed = {
        "leave_date": "01/09/2025",
        "ground": "2.1.a",
        "directly_affected": "y",
        "act_id": case.act_id,
        "decree": "178",
        "benefit": "auto",
        "retirement_annex": "I",
        "voluntary": "y",
        "reason": "của tôi",
    }
    with actor_as("province_hr"):
        from dataclasses import replace

        execute(cases.EditCase(case_id, case.version, replace(CaseRequest.of(case), reason="của người khác")))
    answer = client.post(f"/cases/{case_id}/edit", data={**typed, "seen_version": seen})
    text = words(answer)
    assert "của người khác" in text and "của tôi" in text and "01/09/2025" in text
    again = client.post(f"/cases/{case_id}/edit", data={**typed, "seen_version": version_on(answer)})
    assert again.status_code == 302
    assert fresh(session).get(DownsizingCase, case_id).reason == "của tôi"


def test_meeting_and_assessment_are_recorded_and_their_errors_told(world, session, login, case_id):
    client = login("unit_hr_a")
    page = client.get(f"/cases/{case_id}/?tab=review")
    wrong = client.post(
        f"/cases/{case_id}/meeting",
        data={
            "seen_version": version_on(page),
            "meeting_on": "01/06/2025",
            "meeting_minutes": "05/BB",
            "meeting_present": "5",
            "meeting_agree": "6",
            "meeting_conclusion": "Nhất trí",
        },
    )
    assert "nhiều hơn số người dự họp" in words(wrong) and 'value="05/BB"' in wrong.get_data(as_text=True)
    right = client.post(
        f"/cases/{case_id}/meeting",
        data={
            "seen_version": version_on(wrong),
            "meeting_on": "01/06/2025",
            "meeting_minutes": "05/BB",
            "meeting_present": "5",
            "meeting_agree": "5",
            "meeting_conclusion": "Nhất trí",
        },
    )
    assert right.status_code == 302
    page = client.get(f"/cases/{case_id}/?tab=review")
    rows = {f"y{year}-level": "HTT" for year in (2022, 2023, 2024)}
    wrong = client.post(
        f"/cases/{case_id}/assessment", data={"seen_version": version_on(page), **rows, "y2023-conduct_score": "120"}
    )
    assert "không nằm trong khoảng 0 đến 100" in words(wrong)
    right = client.post(
        f"/cases/{case_id}/assessment", data={"seen_version": version_on(wrong), **rows, "y2023-conduct_score": "92,5"}
    )
    assert right.status_code == 302
    case = fresh(session).get(DownsizingCase, case_id)
    assert case.meeting_agree == 5 and [str(a.conduct_score) for a in case.assessments] == ["None", "92.5", "None"]


def test_papers_are_noted_attached_and_taken_off(world, session, login, case_id):
    client = login("unit_hr_a")
    item = session.get(DownsizingCase, case_id).checklist[0]
    future = client.post(
        f"/cases/{case_id}/dossier/{item.id}",
        data={"seen_version": item.version, "present": "y", "document": "01/ĐN", "document_date": "01/01/2026"},
    )
    assert "còn ở tương lai" in words(future) and 'value="01/ĐN"' in future.get_data(as_text=True)
    assert (
        client.post(
            f"/cases/{case_id}/dossier/{item.id}",
            data={"seen_version": item.version, "present": "y", "document": "01/ĐN", "document_date": "01/06/2025"},
        ).status_code
        == 302
    )
    assert (
        client.post(
            f"/cases/{case_id}/files", data={"item_code": item.code, "file": (io.BytesIO(PDF), "đơn xin nghỉ.pdf")}
        ).status_code
        == 302
    )
    page = client.get(f"/cases/{case_id}/?tab=dossier").get_data(as_text=True)
    href = re.search(r'href="(/files/downsizing_case/[^"]+)"', page).group(1)
    assert client.get(href).data == PDF
    assert login("unit_hr_b").get(href).status_code == 404
    bad = client.post(f"/cases/{case_id}/files", data={"item_code": "", "file": (io.BytesIO(b"MZ\x00"), "a.pdf")})
    assert "không được nhận" in words(bad)
    file_id = href.rsplit("/", 1)[1]
    assert "Cần ghi lý do" in words(client.post(f"/cases/{case_id}/files/{file_id}/remove", data={"reason": ""}))
    assert client.post(f"/cases/{case_id}/files/{file_id}/remove", data={"reason": "nhầm"}).status_code == 302
    assert client.get(href).status_code == 404


def test_a_fact_is_corrected_by_a_document_and_taken_back(world, session, login, case_id):
    client = login("unit_hr_a")
    before = session.get(DownsizingCase, case_id).total
    data = {"key": "coefficient", "value": "5,42", "document": ""}
    assert "Chưa nhập" in words(client.post(f"/cases/{case_id}/facts", data=data))
    assert client.post(f"/cases/{case_id}/facts", data={**data, "document": "QĐ 9/QĐ-SNV"}).status_code == 302
    assert fresh(session).get(DownsizingCase, case_id).total > before
    percent = {"key": "seniority_percent", "value": "7,5", "document": "QĐ 10/QĐ-SNV"}
    assert client.post(f"/cases/{case_id}/facts", data=percent).status_code == 302
    shown = words(client.get(f"/cases/{case_id}/?tab=facts"))
    assert "QĐ 9/QĐ-SNV" in shown and "Thâm niên nghề (%)" in shown and "7,5" in shown
    assert "Thâm niên nghề (%)" in words(client.get(f"/cases/{case_id}/"))  # among what changed since the last time
    assert client.post(f"/cases/{case_id}/facts", data={"back": "seniority_percent"}).status_code == 302
    assert client.post(f"/cases/{case_id}/facts", data={"back": "coefficient"}).status_code == 302
    assert fresh(session).get(DownsizingCase, case_id).total == before


def test_finance_sends_a_line_back_with_its_remark(world, session, login, ready, actor_as):
    for user, code in (("unit_hr_a", "submit"), ("unit_head_a", "review"), ("province_hr", "appraise")):
        with actor_as(user):
            execute(steps.Perform(ready, code))
    client = login("finance")
    page = client.get(f"/cases/{ready}/?tab=finance")
    assert "Trả lại, góp ý" in words(page) and "Nguồn cải cách tiền lương" in words(page)
    answer = client.post(
        f"/cases/{ready}/lines",
        data={
            "line_code": "early_months",
            "body": "Số tháng chưa khớp sổ BHXH",
            "send_back": "y",
            "seen_version": version_on(page),
        },
        follow_redirects=True,
    )
    assert answer.status_code == 200 and state(session, ready) == "appraisal"
    text = words(login("province_hr").get(f"/cases/{ready}/?tab=finance"))
    assert "Số tháng chưa khớp sổ BHXH" in text and "chờ giải trình" in text


def test_an_amendment_is_a_version_of_its_own_and_the_pages_lead_from_one_to_the_other(
    world, session, login, ready, actor_as
):
    decision = {"decision_number": "1/QĐ", "decision_date": date(2025, 6, 12), "decided_by": "UBND tỉnh"}
    for user, code, more in (
        ("unit_hr_a", "submit", {}),
        ("unit_head_a", "review", {}),
        ("province_hr", "appraise", {}),
        ("finance", "endorse", {}),
        ("province_hr", "decide", decision),
    ):
        with actor_as(user):
            execute(steps.Perform(ready, code, **more))
    client = login("unit_hr_a")
    answer = client.post(f"/cases/{ready}/steps/amend", data={"amend-reason": "Sai hệ số lương"})
    assert answer.status_code == 302 and not answer.location.endswith(f"/cases/{ready}/")
    text = words(client.get(answer.location))
    assert "lần 1" in text and "lần 2" in text
    compared = words(client.get(f"/cases/{ready}/?compare=1"))
    assert "so với quy định và hồ sơ hiện nay" in compared


def test_remarks_stand_in_the_history(world, login, case_id):
    client = login("unit_hr_a")
    assert client.post(f"/cases/{case_id}/remarks", data={"body": "Đã gọi điện nhắc bổ sung"}).status_code == 302
    assert "Đã gọi điện nhắc bổ sung" in words(client.get(f"/cases/{case_id}/?tab=history"))
    assert login("leadership").post(f"/cases/{case_id}/remarks", data={"body": "x"}).status_code == 403


# -- rounds and acts


def test_a_round_shows_its_cases_and_totals_and_moves_them_together(world, session, login, ready, batch):
    client = login("unit_hr_a")
    total = session.get(DownsizingCase, ready).total
    text = words(client.get(f"/batches/{batch}/"))
    assert f"{total:,}".replace(",", ".") in text and "hồ sơ tính vào dự toán" in text
    answer = client.post(f"/batches/{batch}/steps/submit", data={"request_key": "all"})
    assert "1 hồ sơ đã chuyển, 0 hồ sơ ở lại" in words(answer) and state(session, ready) == "unit_review"


def test_a_case_the_law_holds_back_stays_with_its_reasons(world, session, login, case_id, batch, actor_as):
    answer = login("unit_hr_a").post(f"/batches/{batch}/steps/submit", data={"request_key": "all"})
    assert "0 hồ sơ đã chuyển, 1 hồ sơ ở lại" in words(answer)
    assert "Chưa ghi ngày đơn" in words(answer) and state(session, case_id) == "draft"


def test_a_decision_for_a_round_asks_for_its_number_once(world, session, login, ready, batch, actor_as):
    for user, code in (
        ("unit_hr_a", "submit"),
        ("unit_head_a", "review"),
        ("province_hr", "appraise"),
        ("finance", "endorse"),
    ):
        with actor_as(user):
            execute(steps.Perform(ready, code))
    client = login("province_hr")
    answer = client.post(f"/batches/{batch}/steps/decide", data={"decide-decision_number": "7/QĐ-UBND"})
    assert re.search(r'id="step-decide"[^>]*data-open', answer.get_data(as_text=True))
    assert 'value="7/QĐ-UBND"' in answer.get_data(as_text=True) and "Chưa nhập" in words(answer)
    assert state(session, ready) == "finance_review"
    done = client.post(
        f"/batches/{batch}/steps/decide",
        data={
            "decide-decision_number": "7/QĐ-UBND",
            "decide-decision_date": "12/06/2025",
            "decide-decided_by": "UBND tỉnh",
            "request_key": "d",
        },
    )
    assert "1 hồ sơ đã chuyển" in words(done) and state(session, ready) == "decided"


def test_rounds_are_listed_opened_changed_and_removed(world, session, login):
    client = login("unit_hr_a")
    answer = client.post("/batches/new", data={"unit_id": world.units["a"], "year": "2025", "deadline": "01/08/2025"})
    assert answer.status_code == 302, words(answer)
    batch = fresh(session).query(CaseBatch).one()
    assert "Đợt 1/2025" in words(client.get("/batches/"))
    page = client.get(f"/batches/{batch.id}/edit")
    assert (
        client.post(
            f"/batches/{batch.id}/edit",
            data={"seen_version": version_on(page), "name": "Đợt hè", "deadline": "", "note": ""},
        ).status_code
        == 302
    )
    assert "Đợt hè" in words(client.get(f"/batches/{batch.id}/"))
    assert login("unit_hr_b").get(f"/batches/{batch.id}/").status_code == 404
    assert client.get("/batches/lookup?q=xay+dung").get_json()["result"][0]["text"] == "Đợt hè"
    assert client.post(f"/batches/{batch.id}/remove", data={}).status_code == 302
    assert fresh(session).query(CaseBatch).count() == 0


def test_the_lists_of_rounds_and_acts_keep_their_budget(world, login, case_id):
    client = login("unit_hr_a")
    for address in ("/batches/", "/acts/"):
        with counted() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 8, statements


def test_cases_move_between_rounds(world, session, login, case_id, batch):
    client = login("unit_hr_a")
    assert "NV-SXD-2025-0001" in words(client.post("/cases/to-batch", data={"pick": [case_id]}))
    assert client.post("/cases/to-batch", data={"pick": [case_id], "send": "y", "batch_id": ""}).status_code == 302
    assert fresh(session).get(DownsizingCase, case_id).batch_id is None
    assert client.post("/cases/to-batch", data={}, follow_redirects=True).status_code == 200


def test_acts_are_recorded_with_both_dates(world, session, login):
    client = login("unit_hr_a")
    wrong = client.post(
        "/acts/new",
        data={
            "unit_id": world.units["a"],
            "number": "9/NQ",
            "issued_on": "01/03/2025",
            "effective_on": "01/02/2025",
            "title": "Sắp xếp",
            "kind": "agency",
        },
    )
    assert "trước ngày ban hành" in words(wrong) and 'value="9/NQ"' in wrong.get_data(as_text=True)
    assert (
        client.post(
            "/acts/new",
            data={
                "unit_id": world.units["a"],
                "number": "9/NQ",
                "issued_on": "01/03/2025",
                "effective_on": "15/03/2025",
                "title": "Sắp xếp",
                "kind": "agency",
            },
        ).status_code
        == 302
    )
    assert "9/NQ" in words(client.get("/acts/"))
    assert "9/NQ" not in words(login("unit_hr_b").get("/acts/"))


def test_an_act_of_the_province_may_be_used_below_and_is_changed_only_above(world, session, login, actor_as):
    with actor_as("province_hr"):
        content = ActContent("202/2025/QH15", date(2025, 6, 12), date(2025, 6, 12), "Hợp nhất tỉnh", "Quốc hội")
        act = execute(acts.CreateAct(world.units["hy"], content)).id
    client = login("unit_hr_a")
    assert "202/2025/QH15" in words(client.get("/acts/")) and client.get(f"/acts/{act}/").status_code == 200
    page = client.get(f"/cases/new?person={world.people['a1.2']}").get_data(as_text=True)
    assert "202/2025/QH15" in page
    with actor_as("unit_hr_a"):
        case = execute(cases.OpenCase(world.people["a1.2"], date(2025, 8, 1), act_id=act))
    assert case.act_id == act
    assert client.post(f"/acts/{act}/", data={"number": "x"}).status_code == 403
    assert client.post(f"/acts/{act}/remove", data={}).status_code == 403


def test_the_act_of_ones_own_unit_goes_before_a_later_one_of_the_province(world, login, act, actor_as):
    with actor_as("province_hr"):
        content = ActContent("202/2025/QH15", date(2025, 6, 12), date(2025, 6, 12), "Hợp nhất tỉnh", "Quốc hội")
        execute(acts.CreateAct(world.units["hy"], content))
    page = login("unit_hr_a").get(f"/cases/new?person={world.people['a1.2']}").get_data(as_text=True)
    assert "45/NQ-HĐND" in page and "202/2025/QH15" not in page


def test_an_act_that_carries_cases_is_not_removed(world, login, case_id, act):
    answer = login("unit_hr_a").post(f"/acts/{act}/remove", data={})
    assert "1 hồ sơ đang dựa vào văn bản này" in words(answer)
    assert login("leadership").post(f"/acts/{act}/remove", data={}).status_code == 403
    assert "15/03/2025" not in words(login("leadership").get(f"/acts/{act}/"))
