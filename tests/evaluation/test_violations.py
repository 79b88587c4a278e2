"""An act is counted once, whoever disciplined it; two acts count twice, whatever the days say."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands.evaluation.circumstances import Act, Service, by_violation, circumstances
from hrms.commands.staff import AddDiscipline, AddYearRating
from hrms.commands.staff.records import same_act_offers
from hrms.kernel.commands import execute
from hrms.kernel.errors import Refused
from models.staff import Discipline
from tests.evaluation.conftest import fresh, sheet_of

JUNE, AUGUST, DECIDED = date(2025, 6, 2), date(2025, 8, 4), date(2025, 9, 1)


def act(number, kind="administrative", opened=JUNE, key="", decided=DECIDED):
    return Act(number, kind, "Khiển trách", opened, decided, True, key)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([act(1, key="VP1"), act(2, "party", AUGUST, "VP1")], {"VP1": [1, 2]}),  # one act taken up on two days
        ([act(1, key="VP1"), act(2, key="VP2")], {"VP1": [1], "VP2": [2]}),  # two acts on one day
        ([act(1), act(2, "party"), act(3, opened=AUGUST)], {"V1": [1, 2], "V3": [3]}),  # without keys: by the day
        ([act(1, key="VP1"), act(2, "party")], {"VP1": [1, 2]}),  # a late record of the same day joins
        (
            [act(1, key="VP1"), act(2, key="VP2"), act(3)],
            {"VP1": [1], "VP2": [2], "V3": [3]},
        ),  # neither
    ],
)
def test_decisions_are_gathered_by_the_act_they_are_about(acts, expected):
    assert {key: [one.id for one in rows] for key, rows in by_violation(acts).items()} == expected


def facts_of(*acts, counted=None):
    service = Service(date(2010, 1, 1), None, (), acts, (), counted or {})
    return circumstances(
        service, date(2025, 1, 1), date(2025, 12, 31), yearly=True, agency_id=1, agency_name="Sở", names={}, vanished={}
    )


def test_one_act_of_two_disciplines_is_one_violation_with_both_decisions():
    facts = facts_of(act(1, key="VP1"), act(2, "party", AUGUST, "VP1", date(2025, 10, 1)))
    (violation,) = facts["rule"]["violations"]
    assert violation["id"] == "VP1" and [one["kind"] for one in violation["decisions"]] == ["ADMIN", "PARTY"]
    assert {one["act"] for one in facts["disciplined"]} == {"VP1"}
    assert len(facts_of(act(1, key="VP1"), act(2, key="VP2"))["rule"]["violations"]) == 2


def test_what_counted_before_the_act_had_a_key_is_not_counted_again():
    facts = facts_of(act(7, key="VP1"), counted={"V7": 2024})
    assert facts["rule"]["violations"][0]["used_for_kht_year"] == 2024


def test_a_key_is_proposed_by_the_day_and_may_be_said_otherwise(world, actor_as):
    person = world.people["a1.2"]

    def add(kind, opened, **more):
        return fresh(Discipline, execute(AddDiscipline(person, kind, opened, **more)).id).violation_key

    with actor_as("unit_hr_a"):
        assert add("administrative", JUNE) == add("party", JUNE) == "VP1"
        assert add("administrative", AUGUST) == "VP2"
        assert add("party", date(2025, 9, 3), violation_key="VP2") == "VP2"
        assert add("administrative", JUNE, violation_key="VP3") == "VP3"
        assert add("administrative", date(2025, 10, 6)) == "VP4"
        with pytest.raises(Refused) as refused:
            execute(AddDiscipline(person, "party", JUNE, violation_key="vi phạm 1"))
        assert [one.field for one in refused.value.faults] == ["violation_key"]


def test_the_sheet_tells_that_the_act_counts_once(opened, world, actor_as):
    from views.evaluation_sheet_page import facts_in_words

    with actor_as("unit_hr_a"):
        for kind, form, opened_on in (("administrative", "Khiển trách", JUNE), ("party", "Cảnh cáo", AUGUST)):
            execute(AddDiscipline(world.people["a1.2"], kind, opened_on, form, DECIDED, violation_key="VP1"))
    sheet = sheet_of(opened("a"), world.people["a1.2"])
    told = [text for text in facts_in_words(sheet) if "kỷ luật" in text]
    assert len(told) == 1 and "Khiển trách (chính quyền)" in told[0] and told[0].endswith("tính một lần.")


def test_a_year_has_one_rating_of_each_side(world, actor_as):
    person = world.people["a1.2"]
    with actor_as("unit_hr_a"):
        execute(AddYearRating(person, 2019, "HTT"))
        execute(AddYearRating(person, 2019, "HTXS", side="PARTY"))
        for side in ("STATE", "PARTY"):
            with pytest.raises(Refused, match="đã xếp loại"):
                execute(AddYearRating(person, 2019, "HT", side=side))


def test_the_record_offers_to_say_that_two_disciplines_are_of_one_act(world, actor_as, login):
    person = world.people["a1.2"]
    with actor_as("unit_hr_a"):
        first = execute(AddDiscipline(person, "administrative", JUNE, "Khiển trách", DECIDED)).id
        second = execute(AddDiscipline(person, "party", AUGUST, "Cảnh cáo", DECIDED)).id
        execute(AddDiscipline(person, "party", date(2024, 1, 8)))  # too long before
    rows = [fresh(Discipline, number) for number in (first, second)]
    assert [(later.id, earlier.id) for later, earlier in same_act_offers(rows)] == [(second, first)]
    browser = login("unit_hr_a")
    assert "Ghi là cùng hành vi VP1" in browser.get(f"/staff/{person}/ratings").get_data(as_text=True)
    answer = browser.post(f"/staff/{person}/discipline/{second}/same-act", data={"violation_key": "VP1"})
    assert answer.status_code == 302 and fresh(Discipline, second).violation_key == "VP1"
    assert same_act_offers([fresh(Discipline, number) for number in (first, second)]) == []
    assert login("unit_hr_b").post(f"/staff/{person}/discipline/{second}/same-act").status_code == 404
