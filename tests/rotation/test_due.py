"""The due list: states on a day, deferral, exemption, single posts, scope, and a page in few statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hrms.commands.rotation.deferrals import EndDeferral, RecordDeferral
from hrms.commands.rotation.due import due_list, standing_of
from hrms.commands.rotation.forecast import forecast
from hrms.commands.rotation.wishes import FileWish, WithdrawWish
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.rotation import RotationDeferral
from models.staff import Absence, Discipline, Person
from tests.support.builders import Factory
from tests.support.statements import counted
from tests.support.world import World

TODAY = date(2025, 6, 15)
ACCOUNTANT = "B0202"  # TT 27/2024/TT-BTC: 24–60 months


@pytest.fixture
def accountant(world: World, factory: Factory) -> Any:
    """A builder of accountants of a1 appointed on a day; the agency has several listed places."""
    position = factory.position(world.unit("a1"), "KT", "Kế toán", listed_code=ACCOUNTANT)

    def build(since: date, **more: Any) -> Person:
        values: dict[str, Any] = {"birth": date(1985, 3, 15), "title": "Kế toán viên", **more}
        return factory.person(world.unit("a1"), recruited=since, position=position, **values)

    return build


def state_of(person: Person, on: date = TODAY) -> str | None:
    rows = {row.person_id: row.state for row in due_list(on).rows}
    return rows.get(person.id)


@pytest.mark.parametrize(
    ("since", "state"),
    [
        (date(2023, 6, 16), "LISTED"),  # the window of 24 months opens tomorrow
        (date(2023, 6, 15), "IN_WINDOW"),
        (date(2020, 12, 16), "IN_WINDOW"),  # the warning begins six months before the last day
        (date(2020, 12, 15), "DUE_SOON"),
        (date(2020, 6, 16), "DUE_SOON"),
        (date(2020, 6, 15), "DUE"),
        (date(2020, 6, 14), "OVERDUE"),
    ],
)
def test_the_state_follows_the_days_of_the_circular(accountant: Any, since: date, state: str) -> None:
    assert state_of(accountant(since)) == state


def test_people_in_other_work_and_leaders_are_not_on_the_list(world: World, factory: Factory, accountant: Any) -> None:
    leader = accountant(date(2019, 1, 1), leader_rank="head", title="Kế toán trưởng")
    found = due_list(TODAY)
    assert found.rows == [] and found.leaders == 1
    standing = standing_of(leader.id)
    assert standing.row is None and "luân chuyển" in standing.why


def test_a_ground_of_article_38_takes_the_person_out_of_the_overdue(accountant: Any, session: Any) -> None:
    overdue = accountant(date(2019, 1, 1))
    with transaction():
        session.add(
            RotationDeferral(
                person_id=overdue.id, ground="SERIOUS_ILLNESS", starts_on=date(2025, 5, 1),
                ends_on=date(2025, 6, 15), document="Giấy xác nhận số 12",
            )
        )  # fmt: skip
    row = due_list(TODAY).rows[0]
    assert (row.state, row.reason, row.recheck_on) == ("DEFERRED", "SERIOUS_ILLNESS", date(2025, 6, 15))
    assert row.must_change_by == date(2024, 1, 1), "a deferral never moves the last day"
    assert state_of(overdue, date(2025, 6, 16)) == "OVERDUE", "the spell ended yesterday"


def test_records_speak_by_themselves(accountant: Any, session: Any) -> None:
    """Discipline under way, long study and a small child defer without anybody entering a deferral."""
    accused, student, mother, father = (
        accountant(date(2019, 1, 1), sex=sex) for sex in ("male", "male", "female", "male")
    )
    with transaction():
        session.add(Discipline(person_id=accused.id, kind="administrative", opened_on=date(2025, 6, 1)))
        session.add(Absence(person_id=student.id, kind="study", starts_on=date(2025, 1, 1), ends_on=date(2026, 6, 30)))
        mother.child_under_36_months_until = father.child_under_36_months_until = date(2026, 1, 1)
    reasons = {row.person_id: (row.state, row.reason) for row in due_list(TODAY).rows}
    assert reasons[accused.id] == ("DEFERRED", "DISCIPLINE_REVIEW")
    assert reasons[student.id] == ("DEFERRED", "STUDY_12_MONTHS")
    assert reasons[mother.id] == ("DEFERRED", "PREGNANT_OR_CHILD_UNDER_36_MONTHS")
    assert reasons[father.id][0] == "OVERDUE", "a father is deferred only when he is alone with the child"


def test_what_only_nd170_knows_defers_with_a_warning_and_a_wish_lifts_it(accountant: Any, session: Any) -> None:
    hard, wishing = accountant(date(2019, 1, 1)), accountant(date(2019, 1, 1))
    with transaction():
        for person, wish in ((hard, ""), (wishing, "Đơn ngày 01/6/2025")):
            session.add(
                RotationDeferral(
                    person_id=person.id, ground="SPECIAL_HARDSHIP_CONFIRMED", starts_on=date(2025, 1, 1),
                    document="Xác nhận của UBND xã", own_wish_to_move=bool(wish), wish_document=wish,
                )
            )  # fmt: skip
    rows = {row.person_id: row for row in due_list(TODAY).rows}
    assert rows[hard.id].state == "DEFERRED" and "NOT_A_GROUND_OF_ND59" in rows[hard.id].warnings
    assert rows[wishing.id].state == "OVERDUE"


def test_under_eighteen_months_to_retirement_is_exempt(accountant: Any) -> None:
    """Men reach the age of NĐ 135/2020 at 61 years 6 months in 2026: the boundary is exactly 18 months away."""
    exempt, not_exempt = (accountant(date(2019, 1, 1), birth=birth) for birth in (date(1965, 6, 14), date(1965, 6, 16)))
    found = {row.person_id: row.state for row in due_list(TODAY).rows}
    assert found[exempt.id] == "EXEMPT"
    assert found[not_exempt.id] == "OVERDUE"


def test_the_only_listed_post_of_an_agency_is_referred_to_its_superior(world: World, factory: Factory) -> None:
    post = factory.position(world.unit("xa"), "KT", "Kế toán", listed_code=ACCOUNTANT, approved_number=1)
    alone = factory.person(
        world.unit("xa"), recruited=date(2019, 1, 1), birth=date(1985, 1, 1), position=post, title="Kế toán"
    )
    row = next(row for row in due_list(TODAY).rows if row.person_id == alone.id)
    assert (row.state, row.owner) == ("SINGLE_POST_REFERRED", "SUPERIOR_AGENCY")


def test_each_sees_only_the_own_units(world: World, accountant: Any, actor_as: Any) -> None:
    person = accountant(date(2019, 1, 1))
    with actor_as("unit_hr_a"):
        assert [row.person_id for row in due_list(TODAY).rows] == [person.id]
    with actor_as("unit_hr_b"):
        assert due_list(TODAY).rows == []
        with pytest.raises(NotFound):
            standing_of(person.id)


def test_a_page_of_a_unit_takes_few_statements(world: World, accountant: Any, session: Any) -> None:
    for _n in range(4):
        accountant(date(2019, 1, 1))
    unit = world.units["a"]
    with counted() as asked:
        assert len(due_list(TODAY, unit_id=unit).rows) == 4
    assert len(asked) <= 7


def test_the_standing_carries_the_trace_of_the_rules(accountant: Any) -> None:
    standing = standing_of(accountant(date(2019, 1, 1)).id)
    assert standing.row is not None and standing.row.days_overdue == (TODAY - date(2024, 1, 1)).days
    assert "Thời hạn giữ vị trí" in str(standing.trace)


def test_forecast_counts_each_person_in_the_quarter_of_the_last_day(accountant: Any) -> None:
    accountant(date(2019, 1, 1))  # overdue
    accountant(date(2020, 9, 30))  # last day 30/9/2025: third quarter
    accountant(date(2020, 10, 1))  # fourth quarter
    accountant(date(2022, 1, 1), birth=date(1964, 9, 1))  # last day 01/01/2027, past the age by then
    found = {(q.first.year, q.first.month): q for q in forecast(TODAY)}
    assert len(found) == 12 and found[2025, 4].overdue == 1
    assert found[2025, 7].due == 1 and found[2025, 10].due == 1
    assert (found[2027, 1].due, found[2027, 1].exempt) == (0, 1)
    assert sum(q.due for q in found.values()) == 2


def test_a_deferral_is_recorded_with_its_paper_and_ended(accountant: Any, actor_as: Any) -> None:
    person = accountant(date(2019, 1, 1))
    with actor_as("unit_hr_a"):
        with pytest.raises(Refused) as error:
            execute(RecordDeferral(person.id, "HOLIDAY", date(2025, 5, 2), "", ends_on=date(2025, 5, 1)))
        assert {fault.field for fault in error.value.faults} == {"ground", "document", "ends_on"}
        row = execute(RecordDeferral(person.id, "SERIOUS_ILLNESS", date(2025, 5, 1), "Giấy 05/BV"))
        assert row.recheck_on == date(2025, 7, 15), "an open end is asked again every month"
        assert state_of(person) == "DEFERRED"
        with pytest.raises(Refused) as error:
            execute(RecordDeferral(person.id, "SERIOUS_ILLNESS", date(2025, 6, 1), "Giấy 06/BV"))
        assert {fault.code for fault in error.value.faults} == {"overlap"}
        execute(EndDeferral(row.id, date(2025, 6, 14)))
        assert state_of(person) == "OVERDUE"
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        execute(RecordDeferral(person.id, "SERIOUS_ILLNESS", date(2025, 6, 15), "Giấy 07/BV"))


def test_somebody_files_and_withdraws_the_own_wish_only(world: World, actor_as: Any) -> None:
    with actor_as("staff_member_a"):
        wish = execute(FileWish(world.people["a1.2"], unit_id=world.units["b1"]))
        with pytest.raises(Refused) as error:
            execute(FileWish(world.people["a1.2"], unit_id=world.units["b1"]))
        assert {fault.code for fault in error.value.faults} == {"twice"}
        with pytest.raises(NotFound):
            execute(FileWish(world.people["a1.1"], unit_id=world.units["b1"]))
        assert execute(WithdrawWish(wish.id)).withdrawn_on == TODAY
    with actor_as("unit_head_a"), pytest.raises(NotAllowed):
        execute(FileWish(world.people["a1.2"], unit_id=world.units["b1"]))
