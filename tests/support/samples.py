"""One row of every scoped table, in a unit of one's choice: what access tests need to look at.

A new table with a scope gets an entry in :data:`BUILDERS`; the tests that need it say so when it is missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from hrms.commands.scenarios.computing import Answers
from hrms.commands.scenarios.definition import Definition
from hrms.kernel import access, attachments, clock
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.jobs import JobRun
from models import account, importing, law, organization, reporting, restructuring, scenario, staff
from tests.support import evaluation_samples, movement_samples
from tests.support.world import World

DAY = date(2025, 1, 1)


@dataclass
class Place:
    """Where the rows belong: a unit, a person in it, an account of it; ``rows`` are those made so far."""

    unit: organization.OrgUnit
    person: staff.Person
    account: account.Account
    case_state: str = "draft"
    rows: dict[type[Any], Any] = field(default_factory=dict)

    def row(self, model: type[Any]) -> Any:
        """The row of ``model`` here, made when it is not there yet."""
        if model not in self.rows:
            builder = BUILDERS.get(model)
            assert builder is not None, (
                f"{model.__name__} has a scope but no sample: add an entry to BUILDERS in tests/support/samples.py"
            )
            row = builder(self)
            if row not in db.session:
                db.session.add(row)
            db.session.flush()
            self.rows[model] = row
        return self.rows[model]


Builder = Callable[[Place], Any]


def _of_person(model: type[Any], **values: Any) -> Builder:
    return lambda place: model(person_id=place.person.id, **values)


def _of_unit(model: type[Any], **values: Any) -> Builder:
    return lambda place: model(unit_id=place.unit.id, **values)


def _of_case(model: type[Any], **values: Any) -> Builder:
    return lambda place: model(case_id=place.row(restructuring.DownsizingCase).id, **values)


def _case(place: Place) -> restructuring.DownsizingCase:
    return restructuring.DownsizingCase(
        number=f"NV-{place.unit.code}-2025-0001",
        person_id=place.person.id,
        unit_id=place.unit.id,
        leave_date=date(2025, 8, 1),
        state=place.case_state,
        folded=place.person.folded,
    )


def _import(place: Place) -> importing.StaffImport:
    file, name = attachments.store(io.BytesIO(f"stt;ho ten\n1;{place.unit.code}".encode()), "danh-sach.csv")
    columns: dict[str, Any] = {"columns": {}}
    return importing.StaffImport(unit_id=place.unit.id, file_id=file.id, file_name=name, as_of=DAY, mapping=columns)


def _scenario(place: Place) -> scenario.Scenario:
    """A scenario about the unit, computed: one person asked about, refused."""
    return scenario.Scenario(
        unit_id=place.unit.id,
        name=f"Kịch bản của {place.unit.code}",
        definition=Definition(date(2025, 8, 1), unit_ids=(place.unit.id,)).to_plain(),
        people=1,
        leaving=0,
        total=0,
        computed_at=clock.now(),
        summary={
            "people": 1, "lacking": 0, "faulty": 0, "leaving": 0, "total": 0, "monthly_salaries": 0, "curve": [],
            "by_month": [["2025-08-01", 0, 0]], "by_unit": [[place.unit.id, place.unit.name, 1, 0, 0]],
            "by_decree": [], "by_source": [], "by_reason": [["window_closed", 1]],
        },
    )  # fmt: skip


def _scenario_result(place: Place) -> scenario.ScenarioResult:
    one = np.ones(1, dtype=np.int64)
    nothing = one * 0
    answers = Answers(
        one * place.person.id, one * place.unit.id, one * 2, nothing.astype(np.bool_), nothing, one, one, one, nothing,
        nothing, nothing, [date(2025, 8, 1)],
    )  # fmt: skip
    return scenario.ScenarioResult(scenario_id=place.row(scenario.Scenario).id, content=answers.pack())


def snapshot(unit: organization.OrgUnit) -> reporting.ReportSnapshot:
    """A filed report of ``unit`` without rows."""
    content: dict[str, Any] = {
        "key": "staff_structure", "title": "Cơ cấu", "values": {"unit": str(unit.id), "on": "2025-06-15"},
        "said": [["Đơn vị", unit.name]], "blocks": [], "produced_on": "2025-06-15", "unit_id": unit.id,
        "unit_name": unit.name, "bases": [], "texts": [], "law": "",
    }  # fmt: skip
    return reporting.ReportSnapshot(
        key="staff_structure", group="staff", title="Cơ cấu", unit_id=unit.id, parameters=content["values"], needs=[],
        content=content, digest="0" * 64,
    )


BUILDERS: dict[type[Any], Builder] = {
    **evaluation_samples.BUILDERS,
    **movement_samples.BUILDERS,
    organization.OrgUnit: lambda place: place.unit,
    organization.OrgUnitVersion: lambda place: place.unit.versions[0],
    organization.Position: _of_unit(
        organization.Position, code="VT", title="Văn thư", group="HO_TRO_PHUC_VU", valid_from=DAY
    ),
    organization.Establishment: _of_unit(organization.Establishment, kind="contract", number=1, valid_from=DAY),
    organization.LeadershipQuota: _of_unit(organization.LeadershipQuota, deputies=1, valid_from=DAY),
    organization.UnitSuccession: lambda place: organization.UnitSuccession(
        from_unit_id=place.unit.id, kind="end", on=date(2030, 1, 1)
    ),
    reporting.ReportDraft: _of_unit(
        reporting.ReportDraft, key="cchc_staff", title="Báo cáo", parameters={}, texts={"opening": "Mở đầu"}
    ),
    reporting.ReportSnapshot: lambda place: snapshot(place.unit),
    restructuring.RestructuringAct: _of_unit(
        restructuring.RestructuringAct, number="12/QĐ-UBND", issued_on=DAY, effective_on=DAY, title="Sắp xếp tổ chức"
    ),
    restructuring.CaseBatch: _of_unit(restructuring.CaseBatch, year=2025, round=1, name="Đợt 1 năm 2025"),
    restructuring.DownsizingCase: _case,
    restructuring.CaseCalculation: _of_case(
        restructuring.CaseCalculation, inputs={}, result={}, total=1, engine_version="1", parameters_fingerprint="x"
    ),
    restructuring.CaseAssessment: _of_case(restructuring.CaseAssessment, year=2024),
    restructuring.ChecklistItem: _of_case(restructuring.ChecklistItem, code="don", label="Đơn", position=1),
    restructuring.CasePaper: lambda place: restructuring.CasePaper(
        unit_id=place.unit.id, case_id=place.row(restructuring.DownsizingCase).id, kind="decision"
    ),
    staff.Person: lambda place: place.person,
    staff.Appointment: _of_person(
        staff.Appointment, unit_id=1, kind="concurrent", title="Kiêm nhiệm", valid_from=DAY, valid_to=DAY
    ),
    staff.SalaryRow: _of_person(
        staff.SalaryRow, valid_from=date(2020, 1, 1), valid_to=date(2022, 12, 31), coefficient=Decimal("4.65")
    ),
    staff.InsurancePeriod: _of_person(staff.InsurancePeriod, starts_on=DAY, ends_on=date(2025, 1, 31)),
    staff.TrainingRecord: _of_person(staff.TrainingRecord, subject="Quản lý nhà nước"),
    staff.Discipline: _of_person(staff.Discipline, kind="administrative", opened_on=DAY),
    staff.FamilyRelation: _of_person(staff.FamilyRelation, relation="vợ", full_name="Lê Thị Hoa"),
    staff.EarlierBenefit: _of_person(staff.EarlierBenefit, decree="29/2023"),
    staff.YearRating: _of_person(staff.YearRating, year=2021, level="HT"),
    importing.StaffImport: _import,
    law.ParameterOverride: lambda place: law.ParameterOverride(
        name="salary.base", value=2_600_000, valid_from=date(2027, 7, 1), article="Điều 3", mark="P",
        document_number="1/2027/NĐ-CP", document_date=DAY, document_issuer="Chính phủ", reason="Mẫu",
    ),
    law.LawImpact: lambda place: law.LawImpact(title="Danh sách mẫu", finished=True),
    law.LawImpactRow: lambda place: law.LawImpactRow(
        impact_id=place.row(law.LawImpact).id, case_id=place.row(restructuring.DownsizingCase).id, part="open",
        old_total=1, new_total=2, delta=1,
    ),
    scenario.Scenario: _scenario,
    scenario.ScenarioResult: _scenario_result,
    account.Account: lambda place: place.account,
    account.RoleAssignment: lambda place: place.account.assignments[0],
    JobRun: lambda place: JobRun(kind="sample", title="Việc mẫu", owner_user_id=place.account.user_id),
    account.SecurityEvent: lambda place: account.SecurityEvent(kind="login", user_id=place.account.user_id),
}


PEOPLES_OWN = (account.Account, account.RoleAssignment)


def fill_lists(world: World) -> None:
    """Rows of every scoped table in every unit with people, so that a page that asks row by row gives itself away."""
    with transaction():
        for number, key in enumerate(sorted(key for key in world.units if f"{key}.2" in world.people)):
            owner = world.account("staff_member_a") if number else world.account("staff_member_b")
            place = Place(world.unit(key), world.person(f"{key}.2"), owner)
            for model in access.scoped_models():
                if model not in PEOPLES_OWN:
                    place.row(model)


def sample_place(world: World, key: str, *, case_state: str = "draft") -> Place:
    """Rows of every scoped table in unit ``key`` of the small province (``a1``, ``b1`` or ``xa``)."""
    owner = {"a1": "staff_member_a", "b1": "staff_member_b", "xa": "staff_member_xa"}[key]
    place = Place(world.unit(key), world.person(f"{key}.2"), world.account(owner), case_state)
    with transaction():
        for model in access.scoped_models():
            place.row(model)
    return place
