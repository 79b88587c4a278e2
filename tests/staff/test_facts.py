"""The case of an entitlement from the records: every fact with its source, what is missing named with its remedy."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrms.commands.facts import decree_code, entitlement_facts, entitlement_facts_many
from hrms.commands.staff import (
    AddDiscipline,
    AddEarlierBenefit,
    AddInsurancePeriod,
    AddSalaryRow,
    ChangePerson,
    CorrectRow,
)
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from models.restructuring import RestructuringAct
from models.staff import SalaryRow
from policies.engine.parsing import parse_cases
from tests.support.builders import Factory

LEAVE = date(2025, 6, 1)


@pytest.fixture
def act(world: Any) -> RestructuringAct:
    with transaction():
        row = RestructuringAct(
            unit_id=world.units["a"],
            number="25/QĐ-UBND",
            issued_on=date(2025, 2, 20),
            effective_on=date(2025, 3, 1),
            title="Sắp xếp Sở Xây dựng",
        )
        db.session.add(row)
    return row  # fmt: skip


def test_the_case_is_the_one_of_the_contract(world: Any, act: RestructuringAct) -> None:
    facts = entitlement_facts(world.person("a1.2"), LEAVE, act)
    assert facts.missing == []
    assert facts.case["person"] == {
        "sex": "female",
        "birth_date": "1972-02-05",
        "category": "civil_servant",
        "retirement_annex": "I",
        "leader": False,
        "social_insurance_months": 358,
        "public_service_months": 358,
    }
    assert facts.case["salary"] == {"coefficient": "4.98"}
    assert facts.case["restructuring"] == {"effective_date": "2025-03-01", "directly_affected": True}
    assert facts.case["leave"] == {"date": "2025-06-01"}
    assert facts.case["circumstances"]["voluntary"] is True
    cases, faults = parse_cases([facts.case])
    assert faults == [] and len(cases) == 1


def test_every_fact_names_its_source(world: Any, act: RestructuringAct) -> None:
    facts = entitlement_facts(world.person("a1.2"), LEAVE, act)
    for group in ("person", "salary", "restructuring"):
        for name in facts.case[group]:
            assert facts.sources[f"{group}.{name}"].text, name
    assert "QĐ-NL" in facts.sources["salary.coefficient"].text
    assert "25/QĐ-UBND" in facts.sources["restructuring.effective_date"].text


def test_only_people_of_the_restructured_unit_are_affected(world: Any, act: RestructuringAct) -> None:
    affected = [
        entitlement_facts(world.person(name), LEAVE, act).case["restructuring"]["directly_affected"]
        for name in ("a.1", "a2.2", "b.1", "xa.1")
    ]
    assert affected == [True, True, False, False]


def test_people_of_a_body_that_ended_are_still_affected_in_the_one_that_took_them_in(world: Any) -> None:
    """Sở A is merged into Sở B: the act on A affects those who came from it, also in divisions that moved whole."""
    from hrms.commands.organization import MergeUnits, NewPost

    on, decided = date(2025, 3, 1), date(2025, 2, 20)
    posts = {world.people["a.1"]: NewPost("Phó Giám đốc", "deputy")}
    ids = [world.units["a"], world.units["b"]]
    execute(MergeUnits(on, "25/QĐ-UBND", decided, posts, unit_ids=ids, into=world.units["b"]))
    with transaction():
        act = RestructuringAct(
            unit_id=ids[0], number="25/QĐ-UBND", issued_on=decided, effective_on=on, title="Sáp nhập"
        )
        db.session.add(act)
    affected = [
        entitlement_facts(world.person(name), LEAVE, act).case["restructuring"]["directly_affected"]
        for name in ("a.2", "a1.2", "b.2")
    ]
    assert affected == [True, True, False]


def test_the_salary_is_that_of_the_last_day_of_work(world: Any, act: RestructuringAct) -> None:
    """A raise from 01/06 does not count for a leave on 01/06, one from 31/05 does."""
    person = world.person("a1.2")
    row = execute(
        AddSalaryRow(person.id, LEAVE, Decimal("5.08"), public_service_percent=Decimal(25), close_previous=True)
    )
    assert entitlement_facts(person, LEAVE, act).case["salary"]["coefficient"] == "4.98"
    later = entitlement_facts(person, date(2025, 6, 2), act).case["salary"]
    assert later == {"coefficient": "5.08", "allowances": {"public_service_percent": "25"}}
    old = db.session.query(SalaryRow).filter_by(person_id=person.id, valid_to=date(2025, 5, 31)).one()
    execute(CorrectRow("salary_row", old.id, {"valid_to": date(2025, 5, 30)}, "Sửa", gap_reason="tạm"))
    execute(CorrectRow("salary_row", row.id, {"valid_from": date(2025, 5, 31)}, "Sửa"))
    assert entitlement_facts(person, LEAVE, act).case["salary"]["coefficient"] == "5.08"


def test_what_is_missing_is_named_with_the_remedy(factory: Factory, session: Any) -> None:
    unit = factory.unit("X", "Đơn vị X")
    person = factory.person(None, insurance=False, coefficient=None)
    facts = entitlement_facts(person, LEAVE, None, directly_affected=True)
    assert {fault.code for fault in facts.missing} == {"no_appointment", "no_insurance", "no_salary", "no_act"}
    assert all("Hãy" in fault.message for fault in facts.missing)
    assert not facts.complete and unit.id


def test_agreed_pay_goes_in_alone(world: Any, act: RestructuringAct) -> None:
    person = world.person("a1.2")
    execute(AddSalaryRow(person.id, date(2025, 1, 1), None, 9_500_000, close_previous=True))
    assert entitlement_facts(person, LEAVE, act).case["salary"] == {"agreed_amount": 9_500_000}


def test_months_that_nobody_confirmed_are_a_remark(factory: Factory, session: Any) -> None:
    unit = factory.unit("X", "Đơn vị X")
    person = factory.person(unit, insurance=False)
    execute(AddInsurancePeriod(person.id, "opening", ends_on=date(2025, 3, 31), months=303, document="12/BHXH"))
    facts = entitlement_facts(person, LEAVE)
    assert facts.case["person"]["social_insurance_months"] == 305
    assert "insurance_implied" in {fault.code for fault in facts.remarks}
    assert "25 năm 3 tháng" in facts.sources["person.social_insurance_months"].text


@pytest.mark.parametrize(
    ("changes", "leave", "protected"),
    [
        ({"child_under_36_months_until": date(2025, 6, 1)}, date(2025, 5, 31), True),
        ({"child_under_36_months_until": date(2025, 6, 1)}, date(2025, 6, 1), False),
        ({"pregnant_until": date(2025, 8, 1)}, date(2025, 6, 1), True),
        ({"pregnant_until": date(2022, 7, 1)}, date(2025, 6, 30), True),  # the child is not yet 36 months old
        ({"pregnant_until": date(2022, 7, 1)}, date(2025, 7, 1), False),
        ({}, date(2025, 6, 1), False),
    ],
)
def test_pregnancy_and_small_children(world: Any, changes: dict[str, date], leave: date, protected: bool) -> None:
    person = world.person("a1.2")
    if changes:
        execute(ChangePerson(person.id, changes))
    case = entitlement_facts(person, leave).case
    assert case["circumstances"]["pregnant_or_child_under_36_months"] is protected


def test_proceedings_under_way_count_and_finished_ones_do_not(world: Any) -> None:
    person = world.person("a1.2")

    def under() -> bool:
        return bool(entitlement_facts(person, LEAVE).case["circumstances"]["under_discipline_or_investigation"])

    execute(AddDiscipline(person.id, "administrative", date(2020, 1, 1), "Khiển trách", date(2020, 3, 1)))
    execute(AddDiscipline(person.id, "party", date(2025, 1, 1), closed_on=date(2025, 6, 1)))
    assert not under()
    row = execute(AddDiscipline(person.id, "administrative", date(2025, 5, 1)))
    assert under()
    execute(
        CorrectRow("discipline", row.id, {"decided_on": date(2025, 5, 20), "form": "Khiển trách"}, "Đã có quyết định")
    )
    assert not under()


def test_an_earlier_benefit_is_named_by_its_decree(world: Any) -> None:
    person = world.person("a1.2")
    assert entitlement_facts(person, LEAVE).case["circumstances"]["earlier_benefit"] is None
    execute(AddEarlierBenefit(person.id, "108/2014/NĐ-CP"))
    facts = entitlement_facts(person, LEAVE)
    assert facts.case["circumstances"]["earlier_benefit"] is None
    assert "benefit_outside" in {fault.code for fault in facts.remarks}
    execute(AddEarlierBenefit(person.id, "29/2023/NĐ-CP", "8/QĐ", date(2024, 5, 1)))
    assert entitlement_facts(person, LEAVE).case["circumstances"]["earlier_benefit"] == "29"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("29/2023/NĐ-CP", "29"),
        ("NĐ 178/2024/NĐ-CP", "178"),
        ("154", "154"),
        ("NQ 07/2025/NQ-CP", "NQ07"),
        ("108/2014", None),
    ],
)
def test_decrees_are_read_however_they_were_written(text: str, code: str | None) -> None:
    assert decree_code(text) == code


def test_many_people_at_once_get_the_same_facts(world: Any, act: RestructuringAct) -> None:
    people = [world.person(name) for name in ("a.1", "a1.2", "b.2")]
    many = entitlement_facts_many(
        people, {person.id: LEAVE for person in people}, {person.id: act for person in people}
    )
    for person in people:
        assert many[person.id].case == entitlement_facts(person, LEAVE, act).case


def test_annex_two_without_hazardous_time_is_a_remark(world: Any) -> None:
    person = world.person("a1.2")
    execute(ChangePerson(person.id, {"retirement_annex": "II"}))
    assert "annex_without_evidence" in {fault.code for fault in entitlement_facts(person, LEAVE).remarks}
    execute(
        AddInsurancePeriod(
            person.id, starts_on=date(2000, 1, 1), ends_on=date(2016, 12, 31), hazardous=True, close_previous=True
        )
    )
    assert "annex_without_evidence" not in {fault.code for fault in entitlement_facts(person, LEAVE).remarks}
