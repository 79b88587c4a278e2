"""The entitlement of a case: built from the records, kept when it changed, frozen when the case is decided.

The calculation rests on three layers: facts of the staff records (:mod:`hrms.commands.facts`), what the request says,
and facts corrected by hand, each with its document. The case row carries a projection for lists and totals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select, update
from sqlalchemy.orm.attributes import set_committed_value

from hrms.commands.facts import EntitlementFacts, Source, entitlement_facts, entitlement_facts_many
from hrms.commands.law.current import current_store
from hrms.commands.restructuring import funding
from hrms.commands.restructuring.requests import overrides_of
from hrms.commands.restructuring.words import CORRECTABLE, FINANCE_REVIEW, OPEN
from hrms.kernel import history
from hrms.kernel.db import db, dump_json
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_integer
from models.restructuring import CaseCalculation, DownsizingCase
from policies import api
from policies.engine.errors import CaseFaults
from policies.engine.result import Result

# Paths of the engine's faults, back to the fields of the request form.
FIELD_OF_PATH = {
    "leave.date": "leave_date",
    "leave.decision_date": "decision_date",
    "restructuring.effective_date": "act_id",
    "restructuring.directly_affected": "directly_affected",
    "person.retirement_annex": "retirement_annex",
    "person.group_177": "group_177",
    "facts.local_top_up.amount": "local_top_up",
    "facts.local_top_up.decision": "local_top_up_decision",
    "facts.local_top_up.decided_on": "local_top_up_on",
}
PROJECTED = (
    "decree_found",
    "benefit_found",
    "eligible",
    "monthly_salary",
    "months_early",
    "total",
    "top_up_part",
    "estimate_part",
    "calculation_id",
    "funding_source",
)


@dataclass
class Inputs:
    """The contract's case for the engine, where each fact comes from, what is missing, what is only remarked."""

    case: dict[str, Any]
    sources: dict[str, Source] = field(default_factory=dict)
    missing: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)


@dataclass
class Outcome:
    """One answer: the engine's result, or the faults that keep it from answering."""

    inputs: Inputs
    result: Result | None = None
    faults: list[Fault] = field(default_factory=list)


def inputs_of(case: DownsizingCase, facts: EntitlementFacts | None = None) -> Inputs:
    """The three layers put together. ``facts`` may be passed when they were loaded for many cases at once."""
    if facts is None:
        facts = entitlement_facts(case.person, case.leave_date, case.act, directly_affected=case.directly_affected)
    built: dict[str, Any] = json.loads(dump_json(facts.case))
    inputs = Inputs(built, dict(facts.sources), list(facts.missing), list(facts.remarks))
    built["id"] = case.number
    built["decree"], built["benefit"] = case.decree, case.benefit
    built["person"]["retirement_annex"] = case.retirement_annex
    if case.group_177:
        built["person"]["group_177"] = case.group_177
    built["restructuring"]["directly_affected"] = case.directly_affected
    built["leave"]["date"] = case.leave_date.isoformat()
    # A roadmap that was decided in time carries the leave; without one it is the decision on the person that counts.
    decided = case.roadmap_decided_on or case.decision_date
    if decided is not None:
        built["leave"]["decision_date"] = decided.isoformat()
    _circumstances(case, built["circumstances"])
    known = built.setdefault("facts", {})
    if case.local_top_up:
        known["local_top_up"] = {"amount": case.local_top_up, "decision": case.local_top_up_decision}
        if case.local_top_up_on:
            known["local_top_up"]["decided_on"] = case.local_top_up_on.isoformat()
    if case.deputies_present is not None and case.deputies_allowed is not None:
        known["leaders_above_quota"] = case.deputies_present > case.deputies_allowed
    _correct(case, inputs)
    if not known:
        del built["facts"]
    if case.directly_affected and not built["restructuring"].get("effective_date"):
        inputs.missing = [fault for fault in inputs.missing if fault.field != "restructuring.effective_date"]
        inputs.missing.append(
            Fault(
                "act_id",
                _("Chưa chọn văn bản sắp xếp tổ chức. Ngày có hiệu lực của văn bản là mốc tính 12 tháng."),
                "Điều 3 khoản 1 TT 01/2025/TT-BNV",
                "no_act",
            )
        )
    return inputs


def _circumstances(case: DownsizingCase, values: dict[str, Any]) -> None:
    """What the request declares and what the records know add up: neither may hide the other."""
    values["voluntary"] = case.voluntary
    for name, declared in (
        ("pregnant_or_child_under_36_months", case.pregnant_or_small_child),
        ("under_discipline_or_investigation", case.under_discipline),
    ):
        values[name] = bool(values.get(name)) or declared


def _correct(case: DownsizingCase, inputs: Inputs) -> None:
    settled: set[str] = set()
    for key, entry in overrides_of(case).items():
        spec = CORRECTABLE.get(key)
        if spec is None:
            continue
        *parents, leaf = spec.path.split(".")
        place = inputs.case
        for name in parents:
            place = place.setdefault(name, {})
        place[leaf] = entry["value"]
        if key == "coefficient":
            place.pop("agreed_amount", None)
        elif key == "agreed_amount":
            place.pop("coefficient", None)
            place.pop("allowances", None)
        inputs.sources[spec.path] = Source(
            _("Sửa theo văn bản: %(document)s", document=entry["document"]), "downsizing_case", case.id
        )
        settled.add(spec.path)
        if spec.path.startswith("salary."):
            settled.add("salary")
    inputs.missing = [fault for fault in inputs.missing if fault.field not in settled]
    insured = inputs.case["person"].get("social_insurance_months")
    public = inputs.case["person"].get("public_service_months")
    # A corrected total below the recorded months in public bodies would contradict itself.
    corrected = "person.social_insurance_months" in settled and "person.public_service_months" not in settled
    if corrected and isinstance(insured, int) and isinstance(public, int) and public > insured:
        inputs.case["person"]["public_service_months"] = insured


def calculate(case: DownsizingCase, facts: EntitlementFacts | None = None) -> Outcome:
    """Ask the engine, under the law in force here (approved overrides among it); nothing is stored."""
    inputs = inputs_of(case, facts)
    if inputs.missing:
        return Outcome(inputs, None, list(inputs.missing))
    try:
        return Outcome(inputs, api.calculate(inputs.case, current_store()))
    except CaseFaults as error:
        return Outcome(inputs, None, [_fault(fault.path, fault.message) for fault in error.faults])


def _fault(path: str, message: str) -> Fault:
    inner = path.partition(".")[2] or path
    return Fault(FIELD_OF_PATH.get(inner, inner), message[:1].upper() + message[1:], code="case_fault")


def current(case: DownsizingCase) -> CaseCalculation | None:
    """The calculation in force: the newest while open, the frozen one after the decision."""
    return None if case.calculation_id is None else db.session.get(CaseCalculation, case.calculation_id)


def calculations_of(case: DownsizingCase) -> list[CaseCalculation]:
    """Every stored calculation of a case, newest first."""
    query = select(CaseCalculation).where(CaseCalculation.case_id == case.id).order_by(CaseCalculation.id.desc())
    return list(db.session.scalars(query))


def refresh(case: DownsizingCase, facts: EntitlementFacts | None = None) -> Outcome:
    """Compute an open case again; keep the answer when inputs or result changed. Call inside a transaction.

    A changed amount takes away finance's endorsement: what was endorsed is no longer what would be decided.
    """
    outcome = calculate(case, facts)
    if case.state not in OPEN:
        return outcome
    db.session.flush()
    before, known = case.total, current(case)
    if outcome.result is None:
        _project(case, None, None)
        if known is not None:
            history.note(case, _("Chưa tính lại được: %(why)s", why="; ".join(f.message for f in outcome.faults)))
            _disclaim(case)
        return outcome
    inputs, result = _stored(outcome.inputs.case), _stored(outcome.result.to_dict())
    if known is None or known.inputs != inputs or known.result != result:
        known = CaseCalculation(
            case_id=case.id,
            inputs=inputs,
            result=result,
            total=outcome.result.total,
            engine_version=api.ENGINE_VERSION,
            law_version=outcome.result.law_version,
            parameters_fingerprint=current_store().fingerprint,
        )
        db.session.add(known)
        db.session.flush()
    _project(case, outcome.result, known.id)
    if before != case.total:
        if before is None:
            history.note(case, _("Tính chế độ: %(new)s đồng", new=format_integer(outcome.result.total)))
        else:
            history.note(
                case,
                _(
                    "Tính lại: %(old)s → %(new)s đồng",
                    old=format_integer(before),
                    new=format_integer(outcome.result.total),
                ),
            )
        _disclaim(case)
    return outcome


def _stored(value: Any) -> Any:
    """What a JSON column gives back for ``value``: comparing anything else would find differences of form."""
    return json.loads(dump_json(value))


def _disclaim(case: DownsizingCase) -> None:
    if case.finance_endorsed_at is not None:
        clear_endorsement(case)
        history.note(case, _("Số tiền thay đổi nên xác nhận của tài chính không còn hiệu lực."))


def clear_endorsement(case: DownsizingCase) -> None:
    case.finance_endorsed_at = case.finance_endorsed_by = case.finance_endorsed_user_id = None


def _project(case: DownsizingCase, result: Result | None, calculation_id: int | None) -> None:
    """Write the projection past the optimistic lock: a nightly recalculation must not send an editor's work back."""
    values: dict[str, Any] = dict.fromkeys(PROJECTED)
    values.update(decree_found="", benefit_found="", funding_source=case.funding_source)
    if result is not None:
        parts = {line.code: line.amount for line in result.lines}
        values.update(
            decree_found=result.decree_code,
            benefit_found=result.benefit,
            eligible=result.eligible,
            monthly_salary=result.monthly_salary,
            months_early=result.months_early,
            total=result.total,
            top_up_part=parts.get(funding.TOP_UP_LINE),
            estimate_part=sum(
                parts.get(line, 0) for decree, line in funding.ESTIMATE_LINES if decree == result.decree_code
            ),
            calculation_id=calculation_id,
        )
        if case.state != FINANCE_REVIEW:  # there, the officer of finance has the word
            values["funding_source"] = funding.main_source(case.unit.funding, result.benefit) or case.funding_source
    if all(getattr(case, name) == value for name, value in values.items()):
        return
    table = inspect(DownsizingCase).local_table
    db.session.execute(
        update(table)
        .where(table.c.id == case.id)
        .values(**values, updated_at=table.c.updated_at, updated_by=table.c.updated_by)
    )
    for name, value in values.items():
        set_committed_value(case, name, value)


def freeze(case: DownsizingCase) -> CaseCalculation:
    """Make the calculation in force unchangeable; a trigger of the database holds it from here on."""
    row = current(case)
    assert row is not None, "the decision's guards let no case without a calculation through"
    if not row.frozen:
        row.frozen = True
        db.session.flush()
    return row


@dataclass
class Recomputed:
    """What a recomputation of many cases found; ``changed`` lists case id, old and new total in đồng."""

    looked_at: int = 0
    changed: list[tuple[int, int | None, int | None]] = field(default_factory=list)
    incomplete: list[int] = field(default_factory=list)


def refresh_many(cases: Iterable[DownsizingCase]) -> Recomputed:
    """Compute several open cases again with a handful of queries for the facts. Call inside a transaction."""
    found = Recomputed()
    alone, together = _by_person(cases)
    dates = {case.person_id: case.leave_date for case in together}
    acts = {case.person_id: case.act for case in together}
    facts = entitlement_facts_many([case.person for case in together], dates, acts)
    for case, known in [*((case, facts[case.person_id]) for case in together), *((case, None) for case in alone)]:
        before = case.total
        outcome = refresh(case, known)
        found.looked_at += 1
        if outcome.result is None:
            found.incomplete.append(case.id)
        if before != case.total:
            found.changed.append((case.id, before, case.total))
    return found


def _by_person(cases: Iterable[DownsizingCase]) -> tuple[list[DownsizingCase], list[DownsizingCase]]:
    """A person has one open case as a rule; a second one (an amendment beside it) is computed on its own."""
    alone: list[DownsizingCase] = []
    together: list[DownsizingCase] = []
    seen: set[int] = set()
    for case in cases:
        (alone if case.person_id in seen else together).append(case)
        seen.add(case.person_id)
    return alone, together
