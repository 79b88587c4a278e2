"""The amount while open, frozen on decision; later recalculation shows the difference and touches nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from hrms.commands.law import current
from hrms.commands.restructuring import calculation, comparison
from hrms.commands.restructuring.background import recompute_in_background
from hrms.commands.restructuring.cases import CorrectFact, RecomputeCase, RecomputeOpen
from hrms.kernel import history, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, Refused, Stale
from models.restructuring import CaseCalculation
from policies import api
from policies.engine.parameters import Override
from policies.store import default_store


def count(case_id: int) -> int:
    query = select(func.count()).select_from(CaseCalculation).where(CaseCalculation.case_id == case_id)
    return db.session.scalar(query) or 0


def raise_salary(world, person: str = "a1.2", leadership: str = "0.3") -> None:
    with transaction():
        world.person(person).salary_rows[0].leadership = Decimal(leadership)


def test_the_total_of_the_case_is_that_of_the_engine_for_the_stored_inputs(desk):
    case = desk.case(desk.open())
    row = calculation.current(case)
    again = api.calculate(row.inputs)
    assert (case.total, row.total) == (again.total, again.total)
    assert case.total == sum(line["amount"] for line in row.result["lines"])
    assert (case.decree_found, case.benefit_found, case.months_early) == ("178", again.benefit, again.months_early)
    assert row.engine_version == api.ENGINE_VERSION
    assert row.parameters_fingerprint == api.parameters_fingerprint()
    assert row.law_version == again.law_version


def test_recomputing_without_a_change_stores_nothing(desk, actor_as):
    case_id = desk.open()
    before = count(case_id)
    with actor_as("unit_hr_a"):
        execute(RecomputeCase(case_id))
        execute(RecomputeCase(case_id))
    assert count(case_id) == before


def test_a_change_in_the_records_is_a_new_calculation_and_a_line_in_the_history(desk, world, actor_as):
    case_id = desk.open()
    before, stored = desk.case(case_id).total, count(case_id)
    raise_salary(world)
    with actor_as("unit_hr_a"):
        execute(RecomputeCase(case_id))
    case = desk.case(case_id)
    assert case.total > before
    assert count(case_id) == stored + 1
    assert any(entry.note and entry.note.startswith("Tính lại: ") for entry in history.of(case))


def test_recomputing_does_not_send_an_editor_back(desk, world, actor_as):
    case_id = desk.open()
    seen = desk.case(case_id).version
    raise_salary(world)
    with actor_as("unit_hr_a"):
        execute(RecomputeCase(case_id))
    assert desk.case(case_id).version == seen


def test_a_decision_freezes_inputs_result_parameters_and_engine(desk):
    case = desk.case(desk.bring("decided"))
    row = calculation.current(case)
    assert row.frozen
    assert row.inputs["leave"]["decision_date"] == "2025-06-14"
    assert row.result["trace"]["schema"] == "trace.v1"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_calculation SET total = total + 1 WHERE id = :id",
        "UPDATE case_calculation SET frozen = :off WHERE id = :id",
        "DELETE FROM case_calculation WHERE id = :id",
    ],
)
def test_a_frozen_calculation_is_not_changed_even_by_raw_sql(desk, session, statement):
    row = calculation.current(desk.case(desk.bring("decided")))
    total, key = row.total, row.id
    with pytest.raises(DatabaseError, match="frozen"), transaction():
        session.execute(text(statement), {"id": key, **({"off": False} if ":off" in statement else {})})
    session.rollback()
    assert session.get(CaseCalculation, key, populate_existing=True).total == total


def test_after_the_decision_nothing_recomputes_the_case(desk, world, actor_as):
    case_id = desk.bring("decided")
    before, stored = desk.case(case_id).total, count(case_id)
    raise_salary(world)
    with actor_as("province_hr"):
        with pytest.raises(Refused) as error:
            execute(RecomputeCase(case_id))
        assert execute(RecomputeOpen()).looked_at == 0
    assert error.value.faults[0].code == "locked_state"
    assert (desk.case(case_id).total, count(case_id)) == (before, stored)


def test_even_the_recalculation_itself_leaves_a_decided_case_alone(desk, world):
    case_id = desk.bring("decided")
    before, stored = desk.case(case_id).calculation_id, count(case_id)
    raise_salary(world)
    case = desk.case(case_id)
    with transaction():
        outcome = calculation.refresh(case)
    assert outcome.result.total != desk.case(case_id).total
    assert (desk.case(case_id).calculation_id, count(case_id)) == (before, stored)


def test_a_later_recalculation_shows_the_difference_line_by_line(desk, world):
    case_id = desk.bring("decided")
    case = desk.case(case_id)
    assert comparison.recalculate_decided(case).same
    raise_salary(world)
    case = desk.case(case_id)
    found = comparison.recalculate_decided(case)
    assert not found.same
    assert found.delta == found.new_total - case.total == sum(line.delta for line in found.lines)
    assert [(i.path, i.old, i.new) for i in found.inputs] == [("salary.allowances.leadership", None, "0.3")]
    changed = [line for line in found.lines if line.changed]
    assert changed
    assert {line.reasons for line in changed} == {(comparison.INPUT,)}
    assert "monthly_salary" in {figure.path for figure in found.figures}
    assert calculation.current(desk.case(case_id)).total == case.total


def overlaid(**values: str):
    """The law with other values, as a later amendment of a parameter would make it."""
    changes = {name: Override(Decimal(value), "Văn bản thử nghiệm", "Điều 1") for name, value in values.items()}
    return default_store().overlay(changes)


def test_a_difference_made_by_a_parameter_is_called_so(desk, monkeypatch):
    case = desk.case(desk.bring("decided"))
    store = overlaid(**{"nd178.months.factor.first12": "0.8"})
    monkeypatch.setattr(current, "default_store", lambda: store)
    found = comparison.recalculate_decided(case)
    changed = [line for line in found.lines if line.changed]
    assert [line.code for line in changed] == ["early_months"]
    assert changed[0].reasons == (comparison.PARAMETER,)
    assert changed[0].delta < 0
    assert [(p.path, p.old, p.new) for p in found.parameters] == [("nd178.months.factor.first12", "1.0", "0.8")]
    assert found.inputs == []


def test_facts_and_parameter_together_are_both_named(desk, world, monkeypatch):
    case_id = desk.bring("decided")
    raise_salary(world)
    store = overlaid(**{"nd178.months.factor.first12": "0.8"})
    monkeypatch.setattr(current, "default_store", lambda: store)
    found = {line.code: line for line in comparison.recalculate_decided(desk.case(case_id)).lines}
    assert found["early_months"].reasons == (comparison.PARAMETER, comparison.INPUT)
    assert found["service_years"].reasons == (comparison.INPUT,)


def test_a_difference_made_by_another_engine_is_called_so(desk):
    row = calculation.current(desk.case(desk.bring("decided")))
    lines = [dict(line) for line in row.result["lines"]]
    lines[0]["amount"] -= 1000
    older = comparison.Answer(
        row.inputs, {**row.result, "lines": lines, "total": row.total - 1000}, "0.9.0", row.parameters_fingerprint
    )
    found = comparison.difference(older, row)
    assert found.engine == ("0.9.0", api.ENGINE_VERSION)
    assert [(line.delta, line.reasons) for line in found.lines if line.changed] == [(1000, (comparison.ENGINE,))]


def test_a_line_that_disappears_or_appears_is_a_difference_from_or_to_nothing(desk):
    row = calculation.current(desk.case(desk.bring("decided")))
    fewer = comparison.Answer(
        row.inputs, {**row.result, "lines": row.result["lines"][1:]}, row.engine_version, row.parameters_fingerprint
    )
    first = row.result["lines"][0]
    (appeared,) = [line for line in comparison.difference(fewer, row).lines if line.changed]
    assert (appeared.old, appeared.new, appeared.delta) == (None, first["amount"], first["amount"])
    (gone,) = [line for line in comparison.difference(row, fewer).lines if line.changed]
    assert (gone.old, gone.new, gone.delta) == (first["amount"], None, -first["amount"])


def test_only_a_decided_case_has_something_to_compare(desk):
    with pytest.raises(Refused):
        comparison.recalculate_decided(desk.case(desk.open()))


def test_a_fact_is_corrected_only_with_its_document(desk, actor_as):
    case_id = desk.open()
    before = desk.case(case_id).total
    with actor_as("unit_hr_a"):
        with pytest.raises(Refused) as error:
            execute(CorrectFact(case_id, "social_insurance_months", "350"))
        assert [fault.field for fault in error.value.faults] == ["document"]
        execute(CorrectFact(case_id, "social_insurance_months", "400", "XN 123/BHXH ngày 01/06/2025"))
    case = desk.case(case_id)
    assert case.total != before
    assert calculation.current(case).inputs["person"]["social_insurance_months"] == 400
    source = calculation.inputs_of(case).sources["person.social_insurance_months"]
    assert "XN 123/BHXH" in source.text
    with actor_as("unit_hr_a"):
        execute(CorrectFact(case_id, "social_insurance_months", None))
    assert desk.case(case_id).total == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("social_insurance_months", "-1"),
        ("social_insurance_months", "12,5"),
        ("coefficient", "bốn phẩy chín"),
        ("coefficient", 4.98),
        ("congress_date", "2025-02-30"),
        ("earlier_benefit", "26"),
        ("contract_before_2019", "có lẽ"),
        ("leader", ""),
        ("birth_date", "1970-01-01"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(desk, actor_as, key, value):
    case_id = desk.open()
    with actor_as("unit_hr_a"), pytest.raises(Refused):
        execute(CorrectFact(case_id, key, value, "123/BHXH"))


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("coefficient", "5,08", "5.08"),
        ("coefficient", Decimal("5.08"), "5.08"),
        ("agreed_amount", 12_000_000, 12_000_000),
        ("leader", "không", False),
        ("congress_date", "2025-10-01", "2025-10-01"),
        ("ground_154", "đ", "đ"),
    ],
)
def test_a_correction_is_read_as_offices_write_it(desk, actor_as, key, value, stored):
    case_id = desk.open()
    with actor_as("unit_hr_a"):
        execute(CorrectFact(case_id, key, value, "123/QĐ-SNV"))
    assert desk.case(case_id).overrides[key] == {"value": stored, "document": "123/QĐ-SNV"}


def test_a_missing_fact_supplied_by_hand_makes_the_case_computable(desk, world, factory, actor_as):
    world.people["a1.9"] = factory.person(world.unit("a1"), insurance=False).id
    case_id = desk.open("a1.9")
    assert desk.case(case_id).total is None
    with actor_as("unit_hr_a"):
        execute(CorrectFact(case_id, "social_insurance_months", 300, "XN 5/BHXH"))
    assert desk.case(case_id).total is not None


def test_a_correction_on_an_old_version_is_stale(desk, actor_as):
    case_id = desk.open()
    seen = desk.case(case_id).version
    desk.edit(case_id, reason="Khác")
    with actor_as("unit_hr_a"), pytest.raises(Stale):
        execute(CorrectFact(case_id, "coefficient", "5,08", "1/QĐ", version=seen))


def test_facts_lost_from_the_records_clear_the_amount_instead_of_leaving_an_old_one(desk, world, session, actor_as):
    case_id = desk.open()
    with transaction():
        for row in world.person("a1.2").salary_rows:
            session.delete(row)
    with actor_as("unit_hr_a"):
        execute(RecomputeCase(case_id))
    case = desk.case(case_id)
    assert (case.total, case.eligible, case.calculation_id) == (None, None, None)


def test_recomputing_a_unit_looks_at_its_subtree_only(desk, world, actor_as):
    mine, below, other = desk.open("a.2"), desk.open("a1.2"), desk.open("b1.2")
    for person in ("a.2", "a1.2", "b1.2"):
        raise_salary(world, person)
    with actor_as("province_hr"):
        found = execute(RecomputeOpen(unit_id=world.units["a"]))
    assert {row[0] for row in found.changed} == {mine, below}
    with actor_as("unit_hr_b"):
        assert [row[0] for row in execute(RecomputeOpen()).changed] == [other]
    with actor_as("leadership"), pytest.raises(NotAllowed):
        execute(RecomputeOpen())


def test_recomputing_in_the_background_reports_what_changed(desk, world, actor_as):
    desk.open("a1.2")
    desk.open("a2.2")
    raise_salary(world)
    with actor_as("unit_hr_a"):
        recompute_in_background(unit_id=world.units["a"])
    done = jobs.run_next()
    assert done.status == jobs.DONE, done.trace
    assert done.message == "Đã tính lại 2 hồ sơ: 1 hồ sơ đổi số tiền, 0 hồ sơ thiếu dữ liệu."


def test_the_nightly_action_keeps_open_cases_up_to_date(desk, world):
    case_id = desk.open()
    before = desk.case(case_id).total
    raise_salary(world)
    assert "1 hồ sơ đổi số tiền" in jobs.run_action("recompute_open_cases", date(2025, 6, 15))
    assert desk.case(case_id).total > before
