"""REST for other systems: reports as data, staff and results out, results in, the feed of changes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hrms.commands.exchange import FIELDS, SENSITIVE, changes
from hrms.commands.reporting import produce
from hrms.kernel import clock, history
from hrms.kernel.commands import transaction
from hrms.kernel.history import HistoryEntry
from models.account import SecurityEvent
from models.staff import YearRating
from tests.reports.test_catalogue import add_cases
from tests.support.rated import Rated
from views.api_reports import plain

KEY = "Idempotency-Key"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are told at once."""
    monkeypatch.setattr(changes, "SETTLED_AFTER", timedelta(seconds=-1))


def results(*rows: tuple[str, int, str, str]) -> dict[str, Any]:
    names = ("code", "year", "level", "decision_number")
    return {"results": [dict(zip(names, row, strict=True)) for row in rows]}


# Reports


def test_a_report_is_the_same_over_rest_as_on_the_page(
    world: Any, session: Any, client: Any, token: Any, actor_as: Any
) -> None:
    add_cases(world, session)
    answer = client.get("/api/v1/reports/case_progress?period=2025-Q2", headers=token("province_hr"))
    assert answer.status_code == 200
    with actor_as("province_hr"):
        own = produce("case_progress", {"period": "2025-Q2"})
    found = answer.get_json()["result"]
    assert found["digest"] == own.digest
    for block, seen in zip(own.blocks, found["blocks"], strict=True):
        assert seen["rows"] == [{name: plain(value) for name, value in row.items()} for row in block.rows]
        assert seen["totals"] == {c.key: block.total(c.key) for c in block.columns if c.total}


def test_every_report_of_the_catalogue_runs_in_ones_scope(world: Any, client: Any, token: Any) -> None:
    headers = token("unit_hr_a")
    listed = client.get("/api/v1/reports/", headers=headers).get_json()["result"]
    assert {one["key"] for one in listed} >= {"staff_structure", "case_progress"}
    for one in listed:
        answer = client.get(f"/api/v1/reports/{one['key']}", headers=headers)
        assert answer.status_code == 200, one["key"]
        assert answer.get_json()["result"]["unit_id"] == world.units["a"]
    other = client.get(f"/api/v1/reports/staff_structure?unit={world.units['b']}", headers=headers)
    assert other.status_code == 404


def test_rows_need_the_right_to_take_them_out(world: Any, client: Any, token: Any) -> None:
    path = "/api/v1/reports/staff_structure/rows/staff?w.sex=female&page_size=2"
    found = client.get(path, headers=token("unit_hr_a")).get_json()
    assert (found["count"], len(found["result"])) == (3, 2)
    assert client.get(path, headers=token("unit_head_a")).status_code == 403
    assert client.get(path, headers=token("leadership")).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [("period=2025-Q9", "period"), ("nothing=1", "nothing"), ("unit=x", None)],
)
def test_wrong_parameters_are_named(query: str, field: str | None, world: Any, client: Any, token: Any) -> None:
    answer = client.get(f"/api/v1/reports/case_progress?{query}", headers=token("province_hr"))
    if field is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 400
        assert [fault["field"] for fault in answer.get_json()["faults"]] == [field]


# Staff out


def test_staff_come_page_by_page_each_once_and_in_scope(world: Any, client: Any, token: Any) -> None:
    headers, found, cursor = token("unit_hr_a"), [], 0
    while cursor is not None:
        page = client.get(f"/api/v1/exchange/staff?after={cursor}&page_size=2", headers=headers).get_json()
        assert len(page["result"]) <= 2
        found += page["result"]
        cursor = page["next"]
    assert [row["code"] for row in found] == [
        "SXD-1", "SXD-2", "SXD-TCCB-1", "SXD-TCCB-2", "SXD-QH-1", "SXD-QH-2"
    ]  # fmt: skip
    assert set(found[0]) == set(FIELDS) - set(SENSITIVE)
    assert found[0]["unit_code"] == "SXD" and found[0]["salary_coefficient"]


def test_sensitive_facts_need_the_right_a_purpose_and_leave_a_trace(
    world: Any, session: Any, client: Any, token: Any
) -> None:
    path = "/api/v1/exchange/staff?sensitive=true"
    headers = token("unit_hr_a")
    refused = client.get(path, headers=headers)
    assert refused.status_code == 400 and refused.get_json()["faults"][0]["field"] == "purpose"
    page = client.get(f"{path}&purpose=Dong bo co so du lieu quoc gia", headers=headers).get_json()
    assert set(page["result"][0]) == set(FIELDS)
    session.rollback()
    event = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "identity_view")).one()
    assert "rows=6" in event.detail and "Dong bo" in event.detail
    seen = history.of(world.person("a.1"))
    assert [entry.kind for entry in seen][:1] == [history.VIEWED]


def test_who_may_not_export_takes_nothing(world: Any, client: Any, token: Any) -> None:
    for username in ("unit_head_a", "finance", "leadership", "staff_member_a"):
        assert client.get("/api/v1/exchange/staff", headers=token(username)).status_code == 403
    assert client.get("/api/v1/exchange/staff").status_code == 401


# Results out


def test_decided_results_carry_level_day_number_and_the_last_day_to_send(
    world: Any, factory: Any, session: Any, client: Any, token: Any
) -> None:
    from models.evaluation import EvaluationDecision

    rated = Rated(world, factory)
    rated.cycle(2024)
    with transaction():
        row = EvaluationDecision(cycle_id=rated.cycle_id, unit_id=world.units["a"], number="7/QĐ-SXD",
                                 signed_on=clock.today(), signer="Nguyễn Văn An")  # fmt: skip
        session.add(row)
    rated.sheet("one", state="decided", level="HTT", decision_id=row.id)
    rated.sheet("vc", state="published", level="HTXS", decision_id=row.id, regime="ND233", klass="VC0")
    rated.sheet("open", state="synthesised")
    headers = token("unit_hr_a")
    found = client.get("/api/v1/exchange/results", headers=headers).get_json()["result"]
    assert [(one["level"], one["decision_number"], one["send_by"]) for one in found] == [
        ("HTT", "7/QĐ-SXD", None),
        ("HTXS", "7/QĐ-SXD", (clock.today() + timedelta(days=5)).isoformat()),
    ]
    assert client.get("/api/v1/exchange/results", headers=token("unit_hr_b")).get_json()["result"] == []


# Results in


def test_results_decided_elsewhere_are_taken_over_once(world: Any, session: Any, client: Any, token: Any) -> None:
    sent = results(("SXD-1", 2017, "HTT", "12/QĐ-SXD"), ("SXD-2", 2017, "HTXS", "12/QĐ-SXD"))
    headers = {**token("unit_hr_a"), KEY: "one"}
    first = client.post("/api/v1/exchange/results", json=sent, headers=headers)
    assert first.status_code == 200, first.get_json()
    again = client.post("/api/v1/exchange/results", json=sent, headers=headers)
    assert again.get_json() == first.get_json() and first.get_json()["count"] == 2
    session.rollback()
    stored = session.scalars(select(YearRating).where(YearRating.year == 2017).order_by(YearRating.id)).all()
    assert [(row.level, row.decision_number, row.side) for row in stored] == [
        ("HTT", "12/QĐ-SXD", "STATE"), ("HTXS", "12/QĐ-SXD", "STATE")
    ]  # fmt: skip
    other = client.post("/api/v1/exchange/results", json=results(("SXD-1", 2016, "HT", "1")), headers=headers)
    assert other.status_code == 400, "the key belongs to another content"


def test_every_fault_of_every_row_is_told_and_nothing_is_taken(
    world: Any, session: Any, client: Any, token: Any
) -> None:
    """The same checks as on the screen: the level, the year, one result a year; and the scope of the sender."""
    before = session.query(YearRating).count()
    rated = session.scalars(select(YearRating).where(YearRating.person_id == world.people["a.1"])).first()
    sent = results(
        ("SXD-1", 2017, "A+", "12/QĐ"), ("SYT-1", 2017, "HTT", "12/QĐ"), ("SXD-2", 2030, "HTT", "12/QĐ"),
        ("SXD-TCCB-1", 2017, "HTT", "  "), ("SXD-TCCB-2", 2017, "HTT", "12/QĐ"), ("SXD-TCCB-2", 2017, "HT", "12/QĐ"),
        ("SXD-1", rated.year, "HTT", "12/QĐ"),
    )  # fmt: skip
    answer = client.post("/api/v1/exchange/results", json=sent, headers={**token("unit_hr_a"), KEY: "two"})
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["faults"]] == [
        "results[0].level", "results[1].code", "results[2].year", "results[3].decision_number", "results[5].year",
        "results[6].year",
    ]  # fmt: skip
    session.rollback()
    assert session.query(YearRating).count() == before


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "results"),
        ({"results": []}, "results"),
        ({"results": [{"code": "SXD-1"}]}, "results.0.year"),
        ({"results": [{"code": 1, "year": "x", "level": None, "decision_number": "1"}]}, "results.0.code"),
        ([], ""),
    ],
)
def test_a_body_of_another_shape_is_refused(sent: Any, field: str, world: Any, client: Any, token: Any) -> None:
    answer = client.post("/api/v1/exchange/results", data=json.dumps(sent), headers={**token("unit_hr_a"), KEY: "x"})
    assert answer.status_code == 400
    assert field in [fault.get("field", "") for fault in answer.get_json()["faults"]]


def test_results_need_a_key_and_the_right(world: Any, client: Any, token: Any) -> None:
    sent = results(("SXD-1", 2017, "HTT", "12/QĐ"))
    assert client.post("/api/v1/exchange/results", json=sent, headers=token("unit_hr_a")).status_code == 400
    assert client.post("/api/v1/exchange/results", json=sent,
                       headers={**token("unit_head_a"), KEY: "k"}).status_code == 403  # fmt: skip


# The feed


def test_the_feed_tells_each_change_once_in_order_and_in_scope(
    world: Any, session: Any, client: Any, token: Any, settled: None
) -> None:
    headers = token("unit_hr_a")

    def ask(after: int, who: Any = headers, **more: Any) -> Any:
        query = "".join(f"&{name}={value}" for name, value in more.items())
        return client.get(f"/api/v1/exchange/changes?after={after}{query}", headers=who).get_json()

    cursor = ask(0, token("province_hr"), page_size=1000)["next"]
    with transaction():
        world.person("a.1").qualification = "Thạc sĩ"
        world.person("b.1").qualification = "Tiến sĩ"
    found = ask(cursor)
    assert [(one["record"], one["record_id"], one["field"]) for one in found["result"]] == [
        ("person", world.people["a.1"], "qualification")
    ]
    assert "Thạc sĩ" not in json.dumps(found, ensure_ascii=False), "values are not part of the feed"
    assert ask(found["next"])["result"] == [] and ask(found["next"])["next"] == found["next"]
    whole = ask(cursor, token("province_hr"), record="person")
    assert len(whole["result"]) == 2
    assert ask(cursor, token("province_hr"), record="org_unit")["result"] == []


def test_a_change_is_not_told_before_every_transaction_beside_it_has_ended(
    world: Any, session: Any, client: Any, token: Any
) -> None:
    """Numbers are given before a transaction ends: what is too fresh waits, so that nothing is ever skipped."""
    headers = token("province_hr")
    before = session.scalar(select(func.max(HistoryEntry.id)))  # the province of the tests may be minutes old
    with transaction():
        world.person("a.1").qualification = "Thạc sĩ"
    answer = client.get(f"/api/v1/exchange/changes?after={before}", headers=headers).get_json()
    assert answer == {"result": [], "next": before}


def test_a_removed_record_is_told_to_whoever_sees_everything(
    world: Any, session: Any, client: Any, token: Any, settled: None
) -> None:
    row = session.scalars(select(YearRating).where(YearRating.person_id == world.people["a.1"])).first()
    with transaction():
        session.delete(row)
    path = "/api/v1/exchange/changes?record=year_rating&page_size=1000"
    assert "deleted" in [one["kind"] for one in client.get(path, headers=token("province_hr")).get_json()["result"]]
    assert "deleted" not in [one["kind"] for one in client.get(path, headers=token("unit_hr_a")).get_json()["result"]]


def test_openapi_describes_every_address_and_schema(world: Any, client: Any, token: Any) -> None:
    described = client.get("/api/v1/_openapi", headers=token("province_hr")).get_json()
    for path in ("/api/v1/reports/", "/api/v1/reports/{key}", "/api/v1/reports/{key}/rows/{fact}",
                 "/api/v1/exchange/staff", "/api/v1/exchange/results", "/api/v1/exchange/changes"):  # fmt: skip
        assert path in described["paths"], path
    person = described["components"]["schemas"]["ExchangePerson"]["properties"]
    assert set(person) == set(FIELDS)
    assert all(person[name]["description"] == words for name, words in FIELDS.items())
