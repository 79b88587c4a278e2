"""Addresses with real records in them, for the matrix of role × unit × route.

Every parameter of every route needs an entry: in :data:`PARAMETERS` by its name, or in :data:`SPECIAL` by
``Endpoint:name`` when the same name means something else there. An entry that reaches a record through its unit is
marked ``of_record``: the matrix then asks for the same address with another unit's record and expects 404.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule as Address

from hrms.kernel import attachments
from hrms.kernel.commands import transaction
from hrms.kernel.jobs import JobRun
from models import (
    account,
    evaluation,
    evaluation_settings,
    importing,
    law,
    organization,
    reporting,
    restructuring,
    rotation,
    scenario,
    staff,
)
from tests.support.samples import Place
from views.rules import Rule, rule_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


@dataclass(frozen=True)
class Parameter:
    value: Callable[[Place], Any]
    of_record: bool = False


def record(model: type[Any]) -> Parameter:
    """The id of the sample row of ``model``."""
    return Parameter(lambda place: place.row(model).id, of_record=True)


def fixed(value: Any) -> Parameter:
    return Parameter(lambda _place: value)


def _attachment(place: Place) -> int:
    case = place.row(restructuring.DownsizingCase)
    found = attachments.of(case)
    if not found:
        with transaction():
            found = [attachments.attach(case, io.BytesIO(PDF), "don.pdf")]
    return found[0].id


def _move_file(place: Place) -> int:
    case = place.row(rotation.MovementCase)
    found = attachments.of(case)
    if not found:
        with transaction():
            found = [attachments.attach(case, io.BytesIO(PDF), "bien-ban.pdf")]
    return found[0].id


def _person_file(place: Place) -> int:
    found = attachments.of(place.person)
    if not found:
        with transaction():
            found = [attachments.attach(place.person, io.BytesIO(PDF), "quyet-dinh.pdf")]
    return found[0].id


PARAMETERS: dict[str, Parameter] = {
    "account_id": record(account.Account),
    "act_id": record(restructuring.RestructuringAct),
    "assignment_id": record(account.RoleAssignment),
    "attachment_id": Parameter(_attachment, of_record=True),
    "batch_id": record(restructuring.CaseBatch),
    "case_id": record(restructuring.DownsizingCase),
    "code": fixed("submit"),
    "impact_id": Parameter(lambda place: place.row(law.LawImpact).id),  # one law for everybody: of no unit
    "import_id": record(importing.StaffImport),
    "item_id": record(restructuring.ChecklistItem),
    "job_id": record(JobRun),
    "move_id": record(rotation.MovementCase),
    "chain_id": record(rotation.MovementChain),
    "waiver_id": record(rotation.MovementWaiver),
    "step": fixed("check"),
    "paper": fixed("meeting"),
    "override_id": Parameter(lambda place: place.row(law.ParameterOverride).id),
    "paper_id": record(restructuring.CasePaper),
    "person_id": record(staff.Person),
    "position_id": record(organization.Position),
    "record_id": record(restructuring.DownsizingCase),
    "record_type": fixed("downsizing_case"),
    "first_id": record(scenario.Scenario),
    "deferral_id": record(rotation.RotationDeferral),
    "wish_id": record(rotation.MovementWish),
    "plan_id": record(rotation.RotationPlan),
    "line_id": record(rotation.RotationPlanLine),
    "run_id": record(rotation.PlannerRun),
    "cycle_id": record(evaluation.EvaluationCycle),
    "agency_id": record(organization.OrgUnit),
    "evaluation_id": record(evaluation.PersonEvaluation),
    "session_id": record(evaluation.CalibrationSession),
    "change_id": record(evaluation.CalibrationChange),
    "petition_id": record(evaluation.EvaluationPetition),
    "consequence_id": record(evaluation.RatingConsequence),
    "result_id": record(evaluation.ReformIndexResult),
    "setting_id": Parameter(lambda place: place.row(evaluation_settings.EvaluationSetting).id),  # of no unit
    "sheet_id": Parameter(lambda place: place.row(evaluation_settings.ScoreSheet).id),
    "collective_id": record(evaluation.UnitEvaluation),
    "meeting_id": record(evaluation.EvaluationMeeting),
    "draft_id": record(reporting.ReportDraft),
    "snapshot_id": record(reporting.ReportSnapshot),
    "scenario_id": record(scenario.Scenario),
    "second_id": record(scenario.Scenario),
    "unit_id": record(organization.OrgUnit),
    "version": fixed("v1"),
    "year": fixed("2026"),
}
SPECIAL: dict[str, Parameter] = {
    "CalendarView.feed:token": fixed("x" * 43),
    "DashboardView.file:code": fixed("unit"),
    "DashboardView.show:code": fixed("unit"),
    "EvaluationDecisionView.act:stage": fixed("decide"),
    "EvaluationSettingView.sheet:code": fixed("HY1071_DEFAULT_STAFF"),
    "EvaluationSettingView.sheet_file:code": fixed("HY1071_DEFAULT_STAFF"),
    "EvaluationSettingView.show:key": fixed("hy1071.quota.percent"),
    "FurtherView.ask:code": fixed("refund"),
    "InboxView.open:number": fixed("1"),
    "JobView.action:name": fixed("forget_request_keys"),
    "JobView.run:name": fixed("forget_request_keys"),
    "JobView.schedule:name": fixed("forget_request_keys"),
    "ListView.export:name": fixed("cases"),
    "ListView.forget:filter_id": fixed(1),
    "ListView.forget:name": fixed("cases"),
    "ListView.save:name": fixed("cases"),
    "LocaleView.index:locale": fixed("vi"),
    "ParameterView.document:code": fixed("178"),
    "ParameterView.show:name": fixed("salary.base"),
    "EvaluationPaperView.listing:kind": fixed("evaluation_results"),
    "EvaluationPaperView.paper:kind": fixed("evaluation_sheet"),
    "EvaluationPaperView.paper:record_id": record(evaluation.PersonEvaluation),
    "EvaluationPaperView.sheet:kind": fixed("evaluation_results"),
    "MovementView.detach:attachment_id": Parameter(_move_file, of_record=True),
    "PaperView.batch:kind": fixed("estimate"),
    "PaperView.case:kind": fixed("minutes"),
    "PaperView.print_batch:kind": fixed("estimate"),
    "PaperView.print_case:kind": fixed("minutes"),
    "ReportApi.get:key": fixed("staff_structure"),
    "ReportApi.rows:fact": fixed("establishment"),
    "ReportApi.rows:key": fixed("establishment"),
    "ReportView.begin:key": fixed("cchc_staff"),
    "ReportView.draft_file:style": fixed("pdf"),
    "ReportView.file:key": fixed("staff_structure"),
    "ReportView.file:style": fixed("xlsx"),
    "ReportView.kept_file:style": fixed("xlsx"),
    "ReportView.rows:fact": fixed("establishment"),
    "ReportView.rows:key": fixed("establishment"),
    "ReportView.rows_file:fact": fixed("establishment"),
    "ReportView.rows_file:key": fixed("establishment"),
    "ReportView.show:key": fixed("staff_structure"),
    "ReportView.sign:key": fixed("staff_structure"),
    "PaperView.sheet:kind": fixed("estimate"),
    "RotationPlanView.step:code": fixed("check"),
    "ScenarioView.compare_file:style": fixed("xlsx"),
    "ScenarioView.file:style": fixed("xlsx"),
    "StaffApi.get:pk": record(staff.Person),
    "StaffView.add_row:kind": fixed("salary_row"),
    "StaffView.detach:attachment_id": Parameter(_person_file, of_record=True),
    "StaffView.edit_row:kind": fixed("salary_row"),
    "StaffView.edit_row:row_id": record(staff.SalaryRow),
    "StaffView.end_post:row_id": record(staff.Appointment),
    "StaffView.same_act:row_id": record(staff.Discipline),
    "StaffView.remove_row:kind": fixed("salary_row"),
    "StaffView.remove_row:row_id": record(staff.SalaryRow),
    "StaffView.show:tab": fixed("posts"),
    "UnitApi.get:pk": record(organization.OrgUnit),
    "UnitView.correct:version_id": record(organization.OrgUnitVersion),
    "UnitView.reorganise:kind": fixed("merge"),
    "UnitView.show:tab": fixed("children"),
    "appbuilder.static:filename": fixed("css/ab.css"),
    "static:filename": fixed("app.css"),
}


def parameter(endpoint: str, name: str) -> Parameter | None:
    return SPECIAL.get(f"{endpoint}:{name}") or PARAMETERS.get(name)


def unknown_parameters(app: Flask) -> list[str]:
    """One sentence for every parameter that has no entry here."""
    return [
        f"{address.endpoint} ({address.rule}): parameter {name!r} is unknown; add it to PARAMETERS, or "
        f"'{address.endpoint}:{name}' to SPECIAL, in tests/support/routes.py"
        for address in app.url_map.iter_rules()
        for name in sorted(address.arguments)
        if parameter(address.endpoint, name) is None
    ]


@dataclass(frozen=True)
class Route:
    """One address and method with the rule that was declared for it."""

    endpoint: str
    method: str
    address: Address
    rule: Rule

    @property
    def of_record(self) -> bool:
        return any(
            found.of_record for name in self.address.arguments if (found := parameter(self.endpoint, name)) is not None
        )

    @property
    def is_api(self) -> bool:
        return self.address.rule.startswith("/api/")

    def path(self, app: Flask, place: Place) -> str:
        """The address with ``place``'s records in it."""
        values: dict[str, Any] = {}
        for name in self.address.arguments:
            found = parameter(self.endpoint, name)
            assert found is not None
            values[name] = found.value(place)
        with app.test_request_context():
            from flask import url_for

            return url_for(self.endpoint, **values)

    def __str__(self) -> str:
        return f"{self.method} {self.address.rule} ({self.endpoint})"


def routes(app: Flask) -> Iterator[Route]:
    """Every declared address and method, except HEAD and OPTIONS."""
    for address in app.url_map.iter_rules():
        rule = rule_of(app, address.endpoint)
        for method in sorted((address.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule is not None:
                yield Route(address.endpoint, method, address, rule)
