"""REST addresses open to the bearer of a valid token of an account in use, and to nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import jsonify
from flask_jwt_extended import create_access_token

from hrms.kernel import actor, clock
from hrms.kernel.commands import transaction
from models.account import Account
from tests.conftest import user_id_of
from tests.support.builders import PASSWORD
from views.rules import api_needs


@pytest.fixture
def probe(app):
    """A REST method that needs ``staff:import``, called without registering a route."""

    @api_needs("staff", "import")
    def method():
        return jsonify(actor.current().name)

    def call(headers):
        with app.test_request_context("/api/v1/probe", headers=headers):
            try:
                return app.make_response(method())
            except Exception as error:
                return app.make_response(app.handle_user_exception(error))

    return call


def test_a_token_of_an_account_with_the_right_acts_as_that_account(world, probe, token):
    answer = probe(token("unit_hr_a"))
    assert answer.status_code == 200
    assert answer.get_json() == world.account("unit_hr_a").display_name


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer not.a.token"}, {"Authorization": "Basic eDp5"}])
def test_no_token_or_a_false_one_is_401_in_vietnamese(world, probe, token, headers):
    answer = probe(headers)
    assert answer.status_code == 401
    assert "đăng nhập" in answer.get_json()["message"].lower()
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_expired_token_is_401(world, app, probe, token):
    old = create_access_token(str(user_id_of("unit_hr_a")), expires_delta=timedelta(seconds=-1))
    answer = probe({"Authorization": f"Bearer {old}"})
    assert answer.status_code == 401
    assert "hết hạn" in answer.get_json()["message"]


def test_a_token_of_somebody_who_is_gone_is_401(world, probe, token):
    nobody = create_access_token("987654")
    assert probe({"Authorization": f"Bearer {nobody}"}).status_code == 401


def test_a_role_without_the_right_is_403(world, probe, token):
    assert probe(token("leadership")).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"must_change_password": True}, 403),
        ({"valid_to": date(2025, 6, 14)}, 403),
        ({"valid_to": date(2025, 6, 15)}, 200),
        ({"locked_until": clock.now() + timedelta(hours=1)}, 403),
        ({"locked_until": clock.now() - timedelta(hours=1)}, 200),
    ],
)
def test_a_token_is_worth_what_its_account_is_worth_today(world, session, probe, token, change, status):
    with transaction():
        account = session.query(Account).filter_by(username="unit_hr_a").one()
        for name, value in change.items():
            setattr(account, name, value)
    assert probe(token("unit_hr_a")).status_code == status


def test_the_log_in_of_the_contract_gives_a_token(world, client):
    answer = client.post(
        "/api/v1/security/login", json={"username": "province_hr", "password": PASSWORD, "provider": "db"}
    )
    assert answer.status_code == 200
    assert answer.get_json()["access_token"]
    wrong = client.post("/api/v1/security/login", json={"username": "province_hr", "password": "x", "provider": "db"})
    assert wrong.status_code == 401
    silent = client.post("/api/v1/security/login", json={"username": "province_hr", "password": PASSWORD})
    assert silent.status_code == 200  # there is one provider: leaving it out is no fault of the server


def test_the_openapi_description_needs_a_log_in(world, client, token):
    assert client.get("/api/v1/_openapi").status_code == 401
    answer = client.get("/api/v1/_openapi", headers=token("province_hr"))
    assert answer.status_code == 200
    assert "/api/v1/security/login" in answer.get_json()["paths"]


def test_the_openapi_description_is_closed_to_a_blocked_account_even_beside_a_cookie(world, session, login, token):
    with transaction():
        session.query(Account).filter_by(username="unit_hr_a").one().valid_to = date(2025, 6, 1)
    browser = login("province_hr")
    assert browser.get("/api/v1/_openapi").status_code == 200
    assert browser.get("/api/v1/_openapi", headers=token("unit_hr_a")).status_code in (401, 403)


@pytest.mark.parametrize("path", ["/api/v1/staff/_info", "/api/v1/staff/", "/api/v1/units/"])
@pytest.mark.parametrize("query", ["6.8e%2B16", "!t", "abc", "!(1,2)"])
def test_a_query_that_is_no_object_is_the_senders_fault(world, client, token, path, query):
    answer = client.get(f"{path}?q={query}", headers=token("province_hr"))
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["unit_id", "batch_id", "person_id"])
def test_a_number_no_database_holds_is_told_and_no_crash(world, client, token, name):
    answer = client.get(f"/api/v1/cases/?{name}={2**63}", headers=token("province_hr"))
    assert answer.status_code == 400
    assert answer.get_json()["faults"][0]["field"] == name


def test_a_method_that_is_not_there_is_answered_with_those_that_are(world, client, token):
    answer = client.open("/api/v1/exchange/results", method="DELETE", headers=token("province_hr"))
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_the_description_says_what_the_answers_are(world, client, token):
    """FAB describes numbers as text and lists as objects; ours is put right."""
    headers = token("province_hr")
    described = client.get("/api/v1/_openapi", headers=headers).get_json()["paths"]
    answer = described["/api/v1/staff/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["properties"]["ids"]["items"] == {"type": "integer"}
    states = next(p for p in described["/api/v1/cases/"]["get"]["parameters"] if p["name"] == "state")
    assert "draft" in states["schema"]["items"]["enum"]
