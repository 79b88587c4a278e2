"""What a careless or hostile hand types into addresses and lists is answered, never a crash."""

from __future__ import annotations

import pytest

NASTY = [
    "'", '" OR 1=1--', "<script>alert(1)</script>", "%", "²", "9" * 30, "-1", "1e9", "a" * 5000, "\x00", "2025-13-45",
]  # fmt: skip


@pytest.mark.parametrize("address", ["/cases/", "/staff/", "/acts/", "/batches/", "/units/"])
@pytest.mark.parametrize("value", NASTY)
def test_a_filter_with_nonsense_shows_the_list_and_what_is_wrong(world, login, address, value):
    names = ("q", "page", "size", "sort", "unit", "unit_id", "person", "batch", "act", "state", "leave_from", "year")
    answer = login("province_hr").get(address, query_string=dict.fromkeys(names, value))
    assert answer.status_code < 500
    assert "<script>alert(1)" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("key", ["unit", "person", "act", "batch"])
def test_a_case_list_filter_that_is_no_record_is_named_and_matches_nothing(world, login, key):
    answer = login("province_hr").get("/cases/", query_string={key: "x'y"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "không phải mã số" in text or "phạm vi" in text or "x&#39;y" not in text


@pytest.mark.parametrize("place", ["/cases/{}/", "/staff/{}", "/units/{}", "/batches/{}/", "/jobs/{}"])
def test_a_number_no_column_can_hold_is_a_page_that_does_not_exist(world, login, place):
    assert login("province_hr").get(place.format("9" * 30)).status_code == 404


def test_a_lookup_with_a_number_no_column_can_hold_finds_nothing_special(world, login):
    assert login("province_hr").get("/lookup/positions", query_string={"unit": "9" * 30}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "told"), [("9" * 30, "quá lớn"), ("²", "không phải số nguyên"), ("--5", "không phải")]
)
def test_a_whole_number_that_no_column_holds_is_a_fault_of_the_field(app, typed, told):
    from views.fields import Form, WholeField

    class Counting(Form):
        count = WholeField("Số người")

    with app.test_request_context("/", method="POST", data={"count": typed}):
        form = Counting()
        assert not form.validate()
        assert told in str(form.errors["count"])


@pytest.mark.parametrize("address", ["/acts/", "/imports/", "/jobs/", "/batches/1/"])
def test_a_zero_character_in_an_address_is_the_senders_fault(world, login, address):
    """PostgreSQL keeps no zero characters in text; SQLite finds nothing by one."""
    names = ("q", "state", "kind", "status", "view")
    assert login("province_hr").get(address, query_string=dict.fromkeys(names, "\x00")).status_code < 500
