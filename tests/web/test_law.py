"""The law's screens: proposing, the second person, uploads, impact with its amendments, coverage; in their budget."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from hrms.commands import law
from hrms.kernel import jobs
from hrms.kernel.db import db
from models.law import LawImpact, LawImpactRow, ParameterOverride
from models.restructuring import DownsizingCase
from tests.support.desk import Desk
from tests.support.statements import counted

ROOT = "/parameters/law"
NAME = "nd178.months.factor.first12"
FORM = {
    "value": "0,8",
    "valid_from": "01/08/2025",
    "valid_to": "",
    "mark": "P",
    "article": "Khoản 2 Điều 1",
    "document_number": "12/2025/NQ-HĐND",
    "document_date": "01/06/2025",
    "document_issuer": "HĐND tỉnh Hưng Yên",
    "reason": "Nghị quyết của tỉnh",
}


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def newest(model):
    db.session.rollback()
    return db.session.query(model).order_by(model.id.desc()).first()


def work_off():
    db.session.rollback()
    while (job := jobs.run_next()) is not None:
        assert job.status == jobs.DONE, job.trace or job.message


@pytest.fixture
def propose(world, login):
    def go(by: str = "province_hr", name: str = NAME, **changes: str):
        return login(by).post(f"{ROOT}/overrides/new?name={name}", data={**FORM, **changes, "request_key": "k1"})

    return go


@pytest.fixture
def desk(world, actor_as):
    return Desk(world, actor_as)


def decide(client, row, answer="approve", **more):
    data = {"answer": answer, "seen_version": row.version, "request_key": "d1", **more}
    return client.post(f"{ROOT}/overrides/{row.id}/decide", data=data)


def test_from_the_form_to_the_trace(propose, login):
    answer = propose()
    row = newest(ParameterOverride)
    assert answer.status_code == 302
    assert answer.location.endswith(f"/overrides/{row.id}")
    own = words(login("province_hr").get(answer.location))
    assert "cần một người khác duyệt" in own
    assert "Duyệt, đưa vào áp dụng" not in own
    approver = login("system_admin")
    assert "Duyệt, đưa vào áp dụng" in words(approver.get(answer.location))
    assert decide(approver, row).status_code == 302
    text = words(login("unit_hr_a").get(f"/parameters/{NAME}"))
    assert "0,8 tháng lương" in text
    assert "12/2025/NQ-HĐND ngày 01/06/2025 của HĐND tỉnh Hưng Yên" in text
    assert "Đang áp dụng" in words(approver.get(f"{ROOT}/overrides/"))
    db.session.rollback()
    assert law.current_store().overridden == {NAME}


def test_a_form_sent_twice_is_one_proposal(propose):
    assert propose().location == propose().location
    db.session.rollback()
    assert db.session.query(ParameterOverride).count() == 1


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(propose):
    answer = propose(value="rất nhiều", valid_to="01/07/2025", document_number="99/NQ")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'id="value-err"' in page
    assert 'id="valid_to-err"' in page
    assert "rất nhiều" in page
    assert 'value="99/NQ"' in page
    assert db.session.query(ParameterOverride).count() == 0


def test_the_proposer_is_refused_also_by_a_crafted_request(propose, login):
    propose()
    row = newest(ParameterOverride)
    assert "không được tự duyệt" in words(decide(login("province_hr"), row))
    assert newest(ParameterOverride).state == "proposed"


def test_an_older_view_decides_nothing(propose, login):
    propose()
    row = newest(ParameterOverride)
    answer = login("system_admin").post(
        f"{ROOT}/overrides/{row.id}/decide", data={"answer": "approve", "seen_version": row.version - 1}
    )
    assert "vừa được người khác xử lý" in words(answer)
    assert newest(ParameterOverride).state == "proposed"


def test_confirming_from_the_parameters_page_removes_the_warning_sign(world, login):
    name = "nd178.first12.anniversary_inside"
    client = login("province_hr")
    page = client.get(f"/parameters/{name}").get_data(as_text=True)
    link = re.search(r'href="(/parameters/law/confirm[^"]+)"', page)[1].replace("&amp;", "&")
    form = {key: FORM[key] for key in ("document_number", "document_date", "document_issuer", "reason", "mark")}
    assert client.post(link, data=form).status_code == 302
    row = newest(ParameterOverride)
    assert (row.kind, row.value, row.name) == ("confirmation", False, name)
    decide(login("system_admin"), row)
    assert "/parameters/law/confirm" not in client.get(f"/parameters/{name}").get_data(as_text=True)
    assert client.get(f"{ROOT}/confirm?name={name}&from=x").status_code == 404


def test_ending_takes_two_people(propose, login):
    propose()
    row = newest(ParameterOverride)
    decide(login("system_admin"), row)
    row = newest(ParameterOverride)
    asks, agrees = login("system_admin"), login("province_hr")
    missing = asks.post(f"{ROOT}/overrides/{row.id}/end", data={"seen_version": row.version})
    assert "Chưa nhập" in words(missing)
    data = {"seen_version": row.version, "last_day": "31/08/2025", "end_reason": "bãi bỏ"}
    assert asks.post(f"{ROOT}/overrides/{row.id}/end", data=data).status_code == 302
    row = newest(ParameterOverride)
    end = f"{ROOT}/overrides/{row.id}/end/decide"
    assert "không được tự duyệt" in words(asks.post(end, data={"answer": "approve", "seen_version": row.version}))
    assert agrees.post(end, data={"answer": "approve", "seen_version": row.version}).status_code == 302
    assert newest(ParameterOverride).valid_to == date(2025, 8, 31)


def test_a_file_is_proposed_and_a_broken_one_named(world, login):
    client = login("province_hr")
    form = {key: FORM[key] for key in ("document_number", "document_date", "document_issuer", "reason")}

    def send(content: bytes):
        return client.post(f"{ROOT}/upload", data={**form, "file": (io.BytesIO(content), "luat.yaml")})

    assert "sai cú pháp" in words(send(b"parameters: ["))
    assert "UTF-8" in words(send(b"\xff\xfe\x00"))
    assert "Chưa chọn tệp" in words(client.post(f"{ROOT}/upload", data=form))
    row = '{value: 2700000, from: 2027-07-01, article: "Điều 3", mark: P}'
    text = f"parameters:\n  - name: salary.base\n    values: [{row}]\n"
    assert send(text.encode()).status_code == 302
    assert newest(ParameterOverride).value == 2_700_000


def measured(client, override_id: int | None = None) -> LawImpact:
    answer = client.post(f"{ROOT}/impacts/measure", data={"override_id": override_id or "", "request_key": "m"})
    assert "/jobs/" in answer.location
    work_off()
    return newest(LawImpact)


def test_the_impact_page_lists_exports_and_amends_once(desk, propose, login):
    decided = desk.bring("decided", "a1.2")
    propose()
    client = login("province_hr")
    row = newest(ParameterOverride)
    preview = measured(client, row.id)
    page = client.get(f"{ROOT}/impacts/{preview.id}", follow_redirects=True)
    assert desk.case(decided).label in words(page)
    assert "chỉ để xem trước" in words(page)
    decide(login("system_admin"), row)
    work_off()
    answer = client.post(f"{ROOT}/impacts/measure", data={"request_key": "m2"})
    work_off()
    assert answer.status_code == 302
    found = newest(LawImpact)
    pick = db.session.query(LawImpactRow).filter_by(impact_id=found.id).one().id
    first = client.post(f"{ROOT}/impacts/{found.id}/amend", data={"pick": pick})
    assert "Lý do điều chỉnh" in words(first)
    form = {"pick": pick, "send": "y", "reason": "Nghị quyết mới", "document": "12/2025/NQ-HĐND",
            "document_date": "01/06/2025", "request_key": "amend-1"}  # fmt: skip
    for _click in range(2):
        answer = client.post(f"{ROOT}/impacts/{found.id}/amend", data=form)
        assert f"{desk.case(decided).number} (lần 2)" in words(answer)
    db.session.rollback()
    assert db.session.query(DownsizingCase).filter_by(amends_id=decided).count() == 1
    assert "(lần 2)" in words(client.get(f"{ROOT}/impacts/{found.id}?impact={found.id}"))
    export = client.post(f"/lists/law_impact/export.xlsx?impact={found.id}", data={"purpose": "Rà soát"})
    assert export.status_code == 200
    assert export.data[:2] == b"PK"


def test_a_preview_opens_no_amendment(desk, propose, login):
    desk.bring("decided", "a1.2")
    propose()
    client = login("province_hr")
    found = measured(client, newest(ParameterOverride).id)
    pick = db.session.query(LawImpactRow).filter_by(impact_id=found.id).one().id
    answer = client.post(f"{ROOT}/impacts/{found.id}/amend", data={"pick": pick, "send": "y", "reason": "x"})
    assert "không còn khớp luật đang áp dụng" in words(answer)
    db.session.rollback()
    assert db.session.query(DownsizingCase).filter(DownsizingCase.amends_id.is_not(None)).count() == 0


def test_coverage_names_every_document_with_marks_and_gaps(world, login):
    text = words(login("staff_member_a").get(f"{ROOT}/coverage"))
    for name in ("178/2024/NĐ-CP", "154/2025/NĐ-CP", "Lương hưu", "Số lượng cấp phó", "Chưa có trong phần mềm"):
        assert name in text


@pytest.mark.parametrize(
    ("user", "address", "status"),
    [
        ("unit_hr_a", f"{ROOT}/overrides/", 200),
        ("unit_hr_a", f"{ROOT}/overrides/new?name={NAME}", 403),
        ("finance", f"{ROOT}/upload", 403),
        ("leadership", f"{ROOT}/impacts/", 403),
        ("system_admin", f"{ROOT}/impacts/", 403),
        ("system_admin", f"{ROOT}/overrides/new", 200),
        ("province_hr", f"{ROOT}/overrides/new?name=no.such", 404),
        ("province_hr", f"{ROOT}/overrides/99", 404),
    ],
)
def test_who_may_open_what(world, login, user, address, status):
    assert login(user).get(address).status_code == status


def test_pages_keep_their_budget_of_statements(desk, propose, login):
    desk.bring("decided", "a1.2")
    propose()
    client = login("province_hr")
    row = newest(ParameterOverride)
    found = measured(client, row.id)
    for address in (
        f"{ROOT}/overrides/", f"{ROOT}/overrides/{row.id}", f"{ROOT}/overrides/new?name={NAME}", f"{ROOT}/coverage",
        f"{ROOT}/impacts/", f"{ROOT}/impacts/{found.id}?impact={found.id}",
    ):  # fmt: skip
        with counted() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 8, (address, statements)


def test_the_other_doors_use_the_approved_value(propose, login, token):
    """The REST calculator and the screens answer alike."""
    from tests.policies.conftest import base_case

    client, headers = login("unit_hr_a"), token("unit_hr_a")
    case = base_case(leave__date="2025-08-01")

    def total() -> int:
        answer = client.post("/api/v1/entitlements/calculate", json=case, headers=headers)
        return answer.get_json()["result"][0]["total"]

    before = total()
    propose()
    decide(login("system_admin"), newest(ParameterOverride))
    assert total() < before
