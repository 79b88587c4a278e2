"""A province adds a value by document and a second person: used from its day on, in every trace, never backwards."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hrms.commands import law, trial
from hrms.commands.law import current
from hrms.commands.law.deciding import DecideEnd, DecideOverride, EndOverride
from hrms.commands.law.proposals import OverrideContent, ProposeOverride
from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.cases import RecomputeCase
from hrms.kernel import history, jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, Refused, Stale
from models.law import ParameterOverride
from policies.store import default_store
from tests.policies.conftest import base_case

NAME = "nd178.per_early_year.2_5"  # 5 months of salary a year of early leave
DAY = date(2025, 8, 1)


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults if fault.code}


def fields(error: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {fault.field: fault.message for fault in error.value.faults}


def total_on(day: str) -> int:
    return trial.try_out(base_case(leave__date=day), profile=False).result["total"]


# -- the second person


def test_a_proposal_alone_changes_nothing(office):
    before, mark = total_on("2025-08-01"), law.current_store().fingerprint
    office.propose(NAME, "6", DAY)
    assert (total_on("2025-08-01"), law.current_store().fingerprint) == (before, mark)
    assert law.current_store() is default_store()


@pytest.mark.parametrize("who", ["province_hr", "system_admin"])
def test_the_proposer_never_approves(office, who):
    row = office.propose(NAME, "6", DAY, by=who)
    with pytest.raises(Refused) as error:
        office.approve(row, by=who)
    assert codes(error) == {"same_person"}


@pytest.mark.parametrize("who", ["unit_hr_a", "unit_head_a", "finance", "leadership", "auditor", "staff_member_a"])
def test_nobody_else_proposes_or_approves(office, who):
    with pytest.raises(NotAllowed):
        office.propose(NAME, "6", DAY, by=who)
    row = office.propose(NAME, "6", DAY)
    with pytest.raises(NotAllowed):
        office.approve(row, by=who)


def test_a_proposal_is_decided_once(office, actor_as):
    row = office.settle(NAME, "6", DAY)
    with actor_as("system_admin"), pytest.raises(Refused) as error:
        execute(DecideOverride(row.id, False, "đổi ý"))
    assert codes(error) == {"not_proposed"}


def test_who_decides_on_an_older_view_is_told(office, actor_as):
    row = office.propose(NAME, "6", DAY)
    with actor_as("system_admin"), pytest.raises(Stale):
        execute(DecideOverride(row.id, True, version=row.version - 1))


def test_a_rejection_names_its_reason_and_changes_nothing(office, actor_as):
    row = office.propose(NAME, "6", DAY)
    with actor_as("system_admin"):
        with pytest.raises(Refused) as error:
            execute(DecideOverride(row.id, False))
        assert "note" in fields(error)
        execute(DecideOverride(row.id, False, "Nghị quyết chưa có hiệu lực"))
    assert law.current_store() is default_store()
    assert db.session.get(ParameterOverride, row.id).state == "rejected"


# -- from its day on


def test_an_override_counts_before_at_and_after_its_days(office):
    plain = {day: total_on(day) for day in ("2025-07-31", "2025-08-01", "2025-08-31", "2025-09-01")}
    office.settle(NAME, "6", DAY, date(2025, 8, 31))
    changed = {day: total_on(day) != plain[day] for day in plain}
    assert changed == {"2025-07-31": False, "2025-08-01": True, "2025-08-31": True, "2025-09-01": False}


def test_the_trace_shows_document_and_article(office):
    office.settle(NAME, "6", DAY)
    found = trial.try_out(base_case(leave__date="2025-08-01"), profile=False)
    uses = [step.parameter for step in found.explained.tree.walk() if step.parameter and step.parameter.name == NAME]
    assert uses
    assert uses[0].value == "6"
    assert uses[0].document == "12/2025/NQ-HĐND ngày 01/06/2025 của HĐND tỉnh Hưng Yên"
    assert uses[0].article == "Khoản 2 Điều 1 12/2025/NQ-HĐND"


def test_the_fingerprint_tells_the_changed_law_and_the_profile_follows(office):
    months = {m.day: m.total for m in trial.try_out(base_case()).months}
    office.settle(NAME, "6", DAY)
    after = {m.day: m.total for m in trial.try_out(base_case()).months}
    assert law.current_store().fingerprint != default_store().fingerprint
    moved = {day for day in months if months[day] != after[day]}
    assert moved
    assert min(moved) == DAY


def test_an_open_case_is_recomputed_and_a_decided_one_never(office, desk, actor_as):
    decided, open_id = desk.bring("decided", "a1.2"), desk.open("a2.2")
    frozen, was = calculation.current(desk.case(decided)), desk.case(open_id).total
    kept = (frozen.id, frozen.total, frozen.result, frozen.parameters_fingerprint)
    office.settle("nd178.months.factor.first12", "0,8", DAY)
    while jobs.run_next():
        pass
    case = desk.case(open_id)
    assert case.total < was
    assert calculation.current(case).parameters_fingerprint == law.current_store().fingerprint
    assert "Hệ thống" in {entry.actor_name for entry in history.of(case) if (entry.note or "").startswith("Tính lại")}
    row = calculation.current(desk.case(decided))
    assert (row.id, row.total, row.result, row.parameters_fingerprint) == kept
    with actor_as("province_hr"), pytest.raises(Refused):
        execute(RecomputeCase(decided))


def test_the_store_is_asked_for_once_a_transaction_and_built_once(office, session):
    office.settle(NAME, "6", DAY)
    first = law.current_store()
    assert law.current_store() is first
    session.rollback()
    assert law.current_store() is first


# -- what is refused


def test_an_overlap_with_an_approved_value_is_refused_naming_it(office):
    office.settle(NAME, "6", DAY, date(2025, 8, 31))
    for start, end in ((DAY, None), (date(2025, 8, 31), None), (date(2025, 7, 1), DAY)):
        with pytest.raises(Refused) as error:
            office.propose(NAME, "7", start, end)
        assert codes(error) == {"overlap"}
        assert "12/2025/NQ-HĐND" in fields(error)["valid_from"]
    office.settle(NAME, "7", date(2025, 9, 1))
    office.settle(NAME, "8", date(2025, 7, 1), DAY - timedelta(days=1))


def test_two_proposals_of_one_period_cannot_both_be_approved(office):
    first, second = office.propose(NAME, "6", DAY), office.propose(NAME, "7", DAY)
    office.approve(first)
    with pytest.raises(Refused) as error:
        office.approve(second)
    assert codes(error) == {"overlap"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("salary.base", "hai triệu", "hai triệu"),
        ("salary.base", "2.340.000,5", "tròn đồng"),
        ("nd178.band.two_years", "24,5", "số nguyên"),
        ("nd178.window.first_leave", "32/13/2025", "32/13/2025"),
        ("nd178.first12.anniversary_inside", "đôi khi", "đôi khi"),
        ("nd178.first12.measured_on", "tomorrow", "leave_date"),
        ("nd178.article9.categories", "[cadre, king]", "king"),
        ("nd178.service", "first_years: 15", "first_months"),
        ("nd178.service", '{"first_years": 15, "first_months": 4, "per_further_year": 0.5, "bonus": 1}', "bonus"),
        ("retirement.roadmap", "male: {năm: 1}\nfemale: {2020: 1}", "2026"),
        ("nd177.k4_months", "[30, 60, 90]", "2"),
        ("nd178.service", "a: [", "YAML"),
        ("salary.base", "-5", "-5"),
    ],
)
def test_a_value_of_another_type_is_refused_with_name_value_and_remedy(office, name, value, words):
    with pytest.raises(Refused) as error:
        office.propose(name, value, DAY)
    message = fields(error)["value"]
    assert name in message
    assert words in message


def test_every_fault_is_told_at_once(office, actor_as):
    with actor_as("province_hr"), pytest.raises(Refused) as error:
        execute(ProposeOverride(OverrideContent("salary.bse", "x", None, mark="Z")))
    assert set(fields(error)) == {
        "name", "valid_from", "article", "mark", "document_number", "document_date", "document_issuer", "reason"
    }  # fmt: skip
    assert "salary.base" in fields(error)["name"]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (DAY, DAY - timedelta(days=1), "valid_to"),
        (date(1900, 1, 1), None, "valid_from"),
        (DAY, date(2300, 1, 1), "valid_to"),
    ],
)
def test_days_that_make_no_sense_are_refused(office, start, end, field):
    with pytest.raises(Refused) as error:
        office.propose(NAME, "6", start, end)
    assert field in fields(error)


def test_a_document_of_tomorrow_is_refused_and_of_today_accepted(office):
    with pytest.raises(Refused) as error:
        office.propose(NAME, "6", DAY, document_date=date(2025, 6, 16))
    assert "document_date" in fields(error)
    assert office.propose(NAME, "6", DAY, document_date=date(2025, 6, 15)).id


def test_a_value_that_would_tear_a_hole_into_the_law_is_refused(office):
    """``nd29`` begins in 2023: a value for 2010 alone would leave the years between without one."""
    with pytest.raises(Refused) as error:
        office.propose("nd29.severance.per_year", "1,5", date(2010, 1, 1), date(2010, 12, 31))
    assert codes(error) == {"law_gap"}


def test_what_the_law_says_already_is_no_override(office):
    with pytest.raises(Refused) as error:
        office.propose(NAME, "5", DAY)
    assert codes(error) == {"no_change"}


# -- ending


def test_an_ended_value_keeps_the_days_it_had(office):
    plain = total_on("2025-08-20")
    row = office.settle(NAME, "6", DAY)
    changed = total_on("2025-08-20")
    office.end(row, date(2025, 8, 20))
    assert total_on("2025-08-20") == changed != plain
    assert total_on("2025-08-21") == plain
    assert db.session.get(ParameterOverride, row.id).valid_to == date(2025, 8, 20)


def test_a_value_taken_back_was_never_there(office):
    row = office.settle(NAME, "6", DAY)
    assert office.end(row).state == "ended"
    assert law.current_store().fingerprint == default_store().fingerprint
    office.settle(NAME, "7", DAY)  # and its days are free again


def test_ending_needs_the_second_person_too(office, actor_as):
    row = office.settle(NAME, "6", DAY)
    with actor_as("system_admin"):
        execute(EndOverride(row.id, None, "sai"))
        with pytest.raises(Refused) as error:
            execute(DecideEnd(row.id, True))
        with pytest.raises(Refused) as again:
            execute(EndOverride(row.id, None, "sai"))
    assert codes(error) == {"same_person"}
    assert codes(again) == {"asked_already"}
    assert law.current_store().overridden == {NAME}


def test_an_end_outside_the_period_or_without_reason_is_refused(office, actor_as):
    row = office.settle(NAME, "6", DAY, date(2025, 8, 31))
    with actor_as("province_hr"):
        for day in (DAY - timedelta(days=1), date(2025, 8, 31)):
            with pytest.raises(Refused) as error:
                execute(EndOverride(row.id, day, ""))
            assert set(fields(error)) == {"last_day", "end_reason"}


# -- confirming


def warned(day: str = "2025-08-15") -> set[str]:
    result = trial.try_out(base_case(leave__date=day, restructuring__effective_date="2024-08-15"), profile=False).result
    return {word for w in result["warnings"] for word in default_store().names() if f"({word})" in w["message"]}


def test_confirming_a_value_with_its_document_removes_the_warning(office):
    name = "nd178.first12.anniversary_inside"
    assert name in warned()
    row = office.confirm(name, date(2025, 1, 1))
    assert name in warned()
    office.approve(row)
    assert name not in warned()
    item = law.parameter(name)
    assert (item.current.mark, item.current.document) == ("P", "67/2025/NĐ-CP ngày 15/03/2025 của Chính phủ")
    assert item.current.value == "không"


def test_a_confirmation_raises_the_mark_and_only_once(office):
    with pytest.raises(Refused) as error:
        office.confirm(NAME, date(2025, 1, 1))  # P already
    assert "mark" in fields(error)
    name = "nd178.first12.anniversary_inside"
    office.approve(office.confirm(name, date(2025, 1, 1)))
    with pytest.raises(Refused) as again:
        office.confirm(name, date(2025, 1, 1))
    assert codes(again) == {"overlap"}


def test_an_override_may_follow_a_confirmed_value(office):
    name = "nd178.first12.anniversary_inside"
    office.approve(office.confirm(name, date(2025, 1, 1)))
    office.settle(name, "có", DAY)
    store = law.current_store()
    assert [(v.value, v.mark) for v in store.versions(name)] == [(False, "P"), (True, "P")]


def test_a_confirmation_says_nothing_about_a_value_the_software_changed(office, monkeypatch):
    name = "nd178.first12.anniversary_inside"
    row = office.approve(office.confirm(name, date(2025, 1, 1)))[0]
    from policies.engine.parameters import Override

    newer = default_store().overlay({name: Override(True, "bản sửa", "Điều 1", valid_from=date(2025, 1, 1))})
    assert current.build([row], newer).at(name, DAY).value is True
    assert current.build([row], newer).at(name, DAY).mark == "U"


def test_a_row_without_a_place_in_the_law_stops_no_calculation(office, session):
    row = office.settle(NAME, "6", DAY)
    row.name = "nd178.abolished"
    session.flush()
    assert law.current_store().fingerprint == default_store().fingerprint
    assert current.unusable([row]) == {row.id}
    session.rollback()


def test_coverage_follows_confirmed_values(office):
    def marks() -> dict[str, int]:
        return law.document("178").marks

    before = marks()
    office.approve(office.confirm("nd178.first12.anniversary_inside", date(2025, 1, 1)))
    assert (marks()["U"], marks()["P"]) == (before["U"] - 1, before["P"] + 1)


def test_decimals_stay_exact(office):
    office.settle("nd178.months.factor.first12", "0,85", DAY)
    assert law.current_store().at("nd178.months.factor.first12", DAY).value == Decimal("0.85")
