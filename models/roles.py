"""The roles, declared once; and how every table is scoped. A table that is not named here is seen by nobody."""

from __future__ import annotations

from hrms.kernel import jobs
from hrms.kernel.access import Beside, Role, declare_roles, declare_tree, scoped
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
    work_calendar,
)

READ = frozenset({"read"})
WRITE = frozenset({"read", "write"})
REPORTS = frozenset({"read", "write", "sign"})
# Whoever proposes a value of the law never approves it: the command asks for a second account.
LAW = frozenset({"read", "propose", "approve"})
# Movement: HR of the unit plans and proposes, the receiving side agrees, heads decide for their own, Sở Nội vụ beyond.
MOVEMENT_HR = frozenset(
    {"read", "plan", "propose", "prepare", "agree", "notify", "hand_over", "remark", "solve", "print", "export"}
)
MOVEMENT_HEAD = frozenset({"read", "agree", "issue", "decide", "remark", "print", "export"})
# Evaluation: who keeps the flow going, who rates and decides, who only looks. Nobody decides the own rating: a guard.
EVALUATION_HR = frozenset(
    {"read", "open", "synthesise", "meet", "notify", "publish", "calibrate", "petition_log", "print", "export", "index"}
)
EVALUATION_HEAD = frozenset({"read", "rate", "meet", "decide", "resolve", "calibrate", "print", "export"})
# The agency that would receive somebody sees the case once it was examined; it agrees, and reports on the person.
RECEIVER = Beside(
    "to_unit_id",
    frozenset({"read", "agree", "remark", "print", "export"}),
    ("checked", "heard", "agreed", "decided", "effective", "running", "handed_over", "done", "revoked"),
)
# Sở Tài chính sees a case once it is in work there, and afterwards.
FINANCE_STATES = ("finance_review", "decided", "paid")

SYSTEM_ADMIN = Role(
    "system_admin",
    "Quản trị hệ thống",
    {
        "account": frozenset({"read", "manage"}),
        "job": frozenset({"read", "own", "manage"}),
        "system": frozenset({"read", "manage"}),
        "evaluation_setting": LAW,
        "unit": READ,
        "catalogue": WRITE,
        "parameter": LAW,
        "security_log": READ,
    },
    unit_level=False,
)
PROVINCE_HR = Role(
    "province_hr",
    "Cán bộ tổ chức cấp tỉnh (Sở Nội vụ)",
    {
        "evaluation": EVALUATION_HR | {"decide", "resolve", "reopen", "consequence"},
        "evaluation_setting": LAW,
        "movement": MOVEMENT_HR | {"issue", "decide", "configure"},
        "unit": WRITE,
        "position": WRITE,
        "establishment": WRITE,
        "staff": frozenset({"read", "write", "import", "export", "identity"}),
        "case": frozenset({"read", "create", "edit", "appraise", "decide", "amend", "refuse", "print", "export"}),
        "paper": WRITE,
        "batch": WRITE,
        "act": WRITE,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": LAW | {"impact"},
        "job": frozenset({"read", "own"}),
        "history": READ,
        "report": REPORTS,
        "account": READ,
        "scenario": WRITE | {"people"},
    },
    unit_level=False,
)
UNIT_HR = Role(
    "unit_hr",
    "Cán bộ tổ chức của đơn vị",
    {
        "evaluation": EVALUATION_HR | {"consequence"},
        "evaluation_setting": READ,
        "movement": MOVEMENT_HR,
        "unit": READ,
        "position": WRITE,
        "establishment": READ,
        "staff": frozenset({"read", "write", "import", "export", "identity"}),
        "case": frozenset({"read", "create", "edit", "submit", "withdraw", "amend", "print", "export"}),
        "paper": WRITE,
        "batch": WRITE,
        "act": WRITE,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "job": frozenset({"read", "own"}),
        "history": READ,
        "report": WRITE,
    },
)
UNIT_HEAD = Role(
    "unit_head",
    "Thủ trưởng đơn vị",
    {
        "evaluation": EVALUATION_HEAD | {"reopen"},
        "evaluation_setting": READ,
        "movement": MOVEMENT_HEAD,
        "unit": READ,
        "position": READ,
        "establishment": READ,
        "staff": READ,
        "case": frozenset({"read", "review", "refuse", "print"}),
        "paper": WRITE,
        "batch": READ,
        "act": READ,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "history": READ,
        "report": REPORTS,
        "job": frozenset({"own"}),
    },
)
FINANCE = Role(
    "finance",
    "Cán bộ tài chính",
    {
        "movement": frozenset({"read", "print"}),
        "unit": READ,
        "case": frozenset({"read", "finance", "pay", "print", "export"}),
        "paper": WRITE,
        "batch": READ,
        "act": READ,
        "scenario": READ,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "job": frozenset({"own"}),
        "history": READ,
        "report": REPORTS,
    },
    states={"case": FINANCE_STATES},
)
# Heads of agencies and the agencies themselves are rated by the province: a person with the power to decide, beside the
# leadership that only looks. Nothing else of a unit's head belongs to it, so that no work of the agencies lands there.
PROVINCE_HEAD = Role(
    "province_head",
    "Người có thẩm quyền cấp tỉnh (quyết định xếp loại)",
    {
        "evaluation": frozenset({"read", "rate", "decide", "resolve", "calibrate", "reopen", "print", "export"}),
        "evaluation_setting": READ,
        "movement": frozenset({"read", "print"}),
        "unit": READ,
        "position": READ,
        "establishment": READ,
        "staff": READ,
        "case": frozenset({"read", "print"}),
        "paper": READ,
        "batch": READ,
        "act": READ,
        "scenario": READ,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "history": READ,
        "report": READ,
        "job": frozenset({"own"}),
    },
)
LEADERSHIP = Role(
    "leadership",
    "Lãnh đạo tỉnh (xem)",
    {
        "evaluation": frozenset({"read", "print"}),
        "evaluation_setting": READ,
        "movement": frozenset({"read", "print"}),
        "unit": READ,
        "position": READ,
        "establishment": READ,
        "case": frozenset({"read", "print"}),
        "paper": READ,
        "batch": READ,
        "act": READ,
        "scenario": READ,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "report": READ,
        "job": frozenset({"own"}),
    },
)
AUDITOR = Role(
    "auditor",
    "Thanh tra, kiểm tra (xem và lịch sử)",
    {
        "evaluation": frozenset({"read", "print"}),
        "evaluation_setting": READ,
        "movement": frozenset({"read", "print"}),
        "unit": READ,
        "position": READ,
        "establishment": READ,
        "staff": READ,
        "case": frozenset({"read", "print"}),
        "paper": READ,
        "batch": READ,
        "act": READ,
        "scenario": READ,
        "calculator": frozenset({"use"}),
        "catalogue": READ,
        "parameter": READ,
        "history": READ,
        "security_log": READ,
        "report": READ,
        "account": READ,
        "job": frozenset({"own"}),
    },
)
STAFF_MEMBER = Role(
    "staff_member",
    "Cán bộ, công chức, viên chức (hồ sơ của mình)",
    {
        "staff": frozenset({"read", "identity"}),  # one's own, with the look kept
        "evaluation": frozenset({"read", "self", "petition", "print"}),
        "movement": frozenset({"read", "wish"}),
        "evaluation_setting": READ,
        "case": READ,
        "calculator": frozenset({"use"}),
        "parameter": READ,
        "catalogue": READ,
    },
    own=True,
)
ROLES = (
    SYSTEM_ADMIN, PROVINCE_HR, UNIT_HR, UNIT_HEAD, PROVINCE_HEAD, FINANCE, LEADERSHIP, AUDITOR, STAFF_MEMBER,
)  # fmt: skip

declare_roles(ROLES)
declare_tree(organization.OrgUnit.id, organization.OrgUnit.path, account.load_grants)

scoped(organization.OrgUnit, "unit", unit="id")
for _of_unit, _resource in (
    (organization.OrgUnitVersion, "unit"),
    (organization.Position, "position"),
    (organization.Establishment, "establishment"),
    (organization.LeadershipQuota, "establishment"),
    (restructuring.CaseBatch, "batch"),
    (importing.StaffImport, "staff"),
):
    scoped(_of_unit, _resource, unit="unit_id")
# An act of the province or of an agency restructures everything below it: the units below rest their cases on it.
scoped(restructuring.RestructuringAct, "act", unit="unit_id", from_above=True)
scoped(organization.UnitSuccession, "unit", unit="from_unit_id")
scoped(staff.Person, "staff", unit="unit_id", person="id")
for _of_person in (
    staff.Appointment,
    staff.SalaryRow,
    staff.InsurancePeriod,
    staff.TrainingRecord,
    staff.Discipline,
    staff.FamilyRelation,
    staff.EarlierBenefit,
    staff.YearRating,
    staff.Absence,
):
    scoped(_of_person, "staff", via=("person_id", staff.Person))
scoped(reporting.ReportDraft, "report", unit="unit_id")
scoped(reporting.ReportSnapshot, "report", unit="unit_id")
scoped(scenario.Scenario, "scenario", unit="unit_id")
scoped(scenario.ScenarioResult, "scenario", via=("scenario_id", scenario.Scenario))
scoped(restructuring.DownsizingCase, "case", unit="unit_id", person="person_id")
for _of_case in (restructuring.CaseCalculation, restructuring.CaseAssessment, restructuring.ChecklistItem):
    scoped(_of_case, "case", via=("case_id", restructuring.DownsizingCase))
# A resource of its own: papers of a round belong to no single case, so the states that bound finance cannot bind here.
scoped(restructuring.CasePaper, "paper", unit="unit_id")
scoped(account.Account, "account", unit="unit_id", person="person_id")
scoped(account.RoleAssignment, "account", via=("account_id", account.Account))
# Not rows of a unit: the lists themselves narrow them, to one's own jobs and to the accounts in one's scope.
scoped(jobs.JobRun, "job", shared=True)
scoped(account.SecurityEvent, "security_log", shared=True)
# The law is one for everybody; which cases it moves is told within one's own scope.
scoped(law.ParameterOverride, "parameter", shared=True)
scoped(law.LawImpact, "parameter", shared=True)
scoped(law.LawImpactRow, "case", via=("case_id", restructuring.DownsizingCase))
# A cycle is opened for a unit and everything below it: those below see the call they are evaluated by.
scoped(evaluation.EvaluationCycle, "evaluation", unit="unit_id", from_above=True)
scoped(evaluation.PersonEvaluation, "evaluation", unit="unit_id", person="person_id")
scoped(evaluation.EvaluationTask, "evaluation", via=("evaluation_id", evaluation.PersonEvaluation))
scoped(evaluation.EvaluationPetition, "evaluation", unit="unit_id", person="person_id")
for _of_evaluation in (
    evaluation.UnitEvaluation,
    evaluation.QuotaGroup,
    evaluation.EvaluationMeeting,
    evaluation.CalibrationSession,
    evaluation.EvaluationDecision,
    evaluation.ReformIndexResult,
    evaluation.RatingConsequence,
):
    scoped(_of_evaluation, "evaluation", unit="unit_id")
scoped(evaluation.CalibrationChange, "evaluation", via=("session_id", evaluation.CalibrationSession))
scoped(evaluation_settings.EvaluationSetting, "evaluation_setting", shared=True)
scoped(evaluation_settings.ScoreSheet, "evaluation_setting", shared=True)
scoped(work_calendar.WorkCalendarYear, "parameter", shared=True)
for _of_movement in (rotation.RotationPlan, rotation.MovementChain, rotation.PlannerRun):
    scoped(_of_movement, "movement", unit="unit_id")
scoped(rotation.RotationPlanLine, "movement", unit="unit_id", person="person_id")
scoped(rotation.MovementCase, "movement", unit="unit_id", person="person_id", beside=RECEIVER)
for _of_move in (rotation.HandoverItem, rotation.MovementPaper, rotation.MovementRemark, rotation.MovementWaiver):
    scoped(_of_move, "movement", via=("case_id", rotation.MovementCase))
for _of_mover in (rotation.RotationDeferral, rotation.MovementWish):
    scoped(_of_mover, "movement", via=("person_id", staff.Person))
scoped(rotation.PostRule, "movement", shared=True)
