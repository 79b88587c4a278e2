"""Units and staff over REST: one's own scope, the columns that were opened, refusals that say what is possible."""

from __future__ import annotations

import prison
import pytest

from hrms.kernel.commands import transaction

C4_AND_PRIVATE = {
    "identity_number",
    "identity_digest",
    "insurance_number",
    "health",
    "religion",
    "ethnicity",
    "phone",
    "current_address",
    "permanent_address",
    "pregnant_until",
    "child_under_36_months_until",
    "note",
}


def ask(client, path, headers, **query):
    return client.get(f"{path}?q={prison.dumps(query)}" if query else path, headers=headers)


def test_a_unit_officer_lists_the_people_of_the_own_subtree_only(world, client, token):
    answer = ask(client, "/api/v1/staff/", token("unit_hr_a")).get_json()
    assert answer["count"] == 6
    assert {row["unit_id"] for row in answer["result"]} == {world.units[name] for name in ("a", "a1", "a2")}


def test_the_province_sees_everybody_and_a_person_only_the_own_row(world, client, token):
    assert ask(client, "/api/v1/staff/", token("province_hr")).get_json()["count"] == 14
    own = ask(client, "/api/v1/staff/", token("staff_member_b")).get_json()
    assert own["ids"] == [world.people["b1.2"]]


def test_somebody_of_another_unit_is_not_found_and_looks_like_nobody(world, client, token):
    headers = token("unit_hr_a")
    other = client.get(f"/api/v1/staff/{world.people['b.1']}", headers=headers)
    nobody = client.get("/api/v1/staff/999999", headers=headers)
    assert (other.status_code, other.get_json()) == (nobody.status_code, nobody.get_json())
    assert other.status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/staff/", "/api/v1/staff/_info", "/api/v1/staff/1"])
def test_sensitive_columns_have_no_way_out(world, client, token, path):
    answer = client.get(path, headers=token("province_hr"))
    assert answer.status_code == 200
    assert not [name for name in C4_AND_PRIVATE if name in answer.get_data(as_text=True)]


@pytest.mark.parametrize("column", sorted(C4_AND_PRIVATE))
def test_a_hidden_column_is_neither_selected_nor_filtered_nor_sorted(world, client, token, column):
    headers = token("province_hr")
    selected = ask(client, "/api/v1/staff/", headers, columns=["code", column]).get_json()
    assert set(selected["result"][0]) == {"code"}
    filtered = ask(client, "/api/v1/staff/", headers, filters=[{"col": column, "opr": "eq", "value": "x"}])
    assert filtered.status_code == 400
    assert "full_name" in filtered.get_json()["message"]
    assert ask(client, "/api/v1/staff/", headers, order_column=column, order_direction="asc").status_code == 400


def test_a_name_is_found_whatever_its_marks_and_case(world, session, client, token):
    with transaction():
        person = world.person("a.1")
        person.full_name, person.folded = "Ngô Đức Ân", "ngo duc an sxd-1"
    for typed in ("ân ngô", "NGO DUC", "đức NGÔ sxd"):
        filters = [{"col": "full_name", "opr": "words", "value": typed}]
        answer = ask(client, "/api/v1/staff/", token("unit_hr_a"), filters=filters).get_json()
        assert answer["ids"] == [world.people["a.1"]], typed


@pytest.mark.parametrize(
    "query",
    [
        {"filters": [{"col": "code", "opr": "no-such", "value": "x"}]},
        {"filters": [{"col": "code", "opr": "eq"}]},
        {"page_size": 101},
        {"page_size": -1},
        {"page_size": 0},
        {"page": -1},
    ],
)
def test_what_is_not_understood_is_refused_not_ignored(world, client, token, query):
    answer = ask(client, "/api/v1/staff/", token("province_hr"), **query)
    assert answer.status_code == 400
    assert not answer.get_json()["message"].startswith("400")


def test_a_page_of_the_largest_size_is_given(world, client, token):
    assert len(ask(client, "/api/v1/staff/", token("province_hr"), page_size=100).get_json()["result"]) == 14


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/api/v1/staff/", "/api/v1/units/", "/api/v1/staff/1", "/api/v1/units/1"])
def test_nothing_is_written_through_the_records(world, client, token, method, path):
    answer = getattr(client, method)(path, json={"name": "x", "unit_id": 1}, headers=token("province_hr"))
    assert answer.status_code == 405


def test_roles_without_staff_rights_and_cookies_are_turned_away(world, client, login, token):
    assert client.get("/api/v1/staff/", headers=token("finance")).status_code == 403
    assert client.get("/api/v1/staff/").status_code == 401
    assert login("province_hr").get("/api/v1/staff/").status_code == 401


def test_units_of_the_subtree(world, client, token):
    answer = ask(client, "/api/v1/units/", token("unit_hr_b")).get_json()
    assert set(answer["ids"]) == {world.units[name] for name in ("b", "b1", "b2")}
    assert answer["list_title"] == "Danh sách đơn vị"
