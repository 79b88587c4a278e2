"""Every screen and API of the application, imported here once. The menu is in :mod:`views.menu`."""

from __future__ import annotations

from typing import Any


def views() -> list[type[Any]]:
    """The screens, in the order in which their addresses are registered."""
    from views.accounts import AccountView
    from views.acts import ActView
    from views.batches import BatchView
    from views.calculator import CalculatorView
    from views.cases import CaseView
    from views.checks import CheckView
    from views.dashboards import DashboardView
    from views.evaluation_calibration import EvaluationCalibrationView
    from views.evaluation_collectives import EvaluationCollectiveView
    from views.evaluation_consequences import EvaluationConsequenceView
    from views.evaluation_cycles import EvaluationView
    from views.evaluation_decisions import EvaluationDecisionView
    from views.evaluation_history import EvaluationHistoryView
    from views.evaluation_meetings import EvaluationMeetingView
    from views.evaluation_papers import EvaluationPaperView
    from views.evaluation_petitions import EvaluationPetitionView
    from views.evaluation_quota import EvaluationQuotaView
    from views.evaluation_rating import EvaluationUnitView
    from views.evaluation_reform import EvaluationReformView
    from views.evaluation_settings import EvaluationSettingView
    from views.evaluation_sheets import EvaluationSheetView
    from views.files import FileView
    from views.further import FurtherView
    from views.imports import ImportView
    from views.jobs import JobView
    from views.law import LawView
    from views.lists import ListView
    from views.movement_calendar import MovementCalendarView
    from views.movement_cases import MovementView
    from views.movement_chains import MovementChainView
    from views.movement_dossier import MovementDossierView
    from views.movement_flows import MovementFlowView
    from views.movement_handover import MovementHandoverView
    from views.movement_person import MovementPersonView
    from views.notifications import CalendarView, InboxView
    from views.papers import PaperView
    from views.parameters import ParameterView
    from views.reports import ReportView
    from views.rotation_board import RotationRunView
    from views.rotation_choice import RotationChoiceView
    from views.rotation_due import RotationDueView
    from views.rotation_leaders import RotationLeadersView
    from views.rotation_mine import RotationMineView
    from views.rotation_plans import RotationPlanView
    from views.scenarios import ScenarioView
    from views.search import LookupView, SearchView
    from views.staff import StaffView
    from views.units import UnitView
    from views.work_calendar import WorkCalendarView

    return [
        SearchView,
        LookupView,
        ListView,
        FileView,
        CalculatorView,
        FurtherView,
        CaseView,
        BatchView,
        ActView,
        MovementChainView,
        MovementFlowView,
        MovementPersonView,
        MovementCalendarView,
        MovementView,
        MovementHandoverView,
        MovementDossierView,
        ParameterView,
        WorkCalendarView,
        LawView,
        ScenarioView,
        ImportView,
        PaperView,
        EvaluationPaperView,
        EvaluationView,
        EvaluationSheetView,
        EvaluationUnitView,
        EvaluationMeetingView,
        EvaluationCollectiveView,
        EvaluationQuotaView,
        EvaluationCalibrationView,
        EvaluationDecisionView,
        EvaluationPetitionView,
        EvaluationConsequenceView,
        EvaluationReformView,
        EvaluationSettingView,
        EvaluationHistoryView,
        RotationDueView,
        RotationMineView,
        RotationPlanView,
        RotationRunView,
        RotationChoiceView,
        RotationLeadersView,
        DashboardView,
        ReportView,
        JobView,
        InboxView,
        CheckView,
        CalendarView,
        UnitView,
        StaffView,
        AccountView,
    ]


def apis() -> list[type[Any]]:
    """The REST resources."""
    from views.api_cases import CaseApi
    from views.api_entitlements import EntitlementApi
    from views.api_exchange import ExchangeApi
    from views.api_records import StaffApi, UnitApi
    from views.api_reports import ReportApi

    return [UnitApi, StaffApi, CaseApi, EntitlementApi, ReportApi, ExchangeApi]
