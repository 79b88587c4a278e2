"""Evaluation and rating of people and collectives: regimes as data, rules pure and traced.

``select_regime``, ``sheet_for``, ``check_sheet``, ``score_sheet``, ``score_products``, ``year_score``, ``rate``,
``rate_unit``, ``quota_rule``, ``quota_limit``, ``allocate_quota``, ``consequences``, ``eligibility``, deadlines; the
values stand in a ``Configuration``. Questions from outside: ``answer``. See docs/evaluation-rules.md.
"""

from policies.engine.workdays import WorkCalendar, add_working_days, is_working_day
from policies.evaluation.answers import KINDS, answer
from policies.evaluation.configuration import (
    Configuration,
    assumptions,
    configuration_of,
    default_configuration,
    province_store,
)
from policies.evaluation.consequences import Consequences, Eligibility, consequences, eligibility, three_years
from policies.evaluation.data import (
    BLOCKED,
    CLASSES,
    LEADERS,
    LEVELS,
    MANUAL,
    NOT_RATED,
    RANK,
    RATED,
    REGIMES,
    Authority,
    Form,
    Reason,
    Regime,
    authority_for,
    forms_for,
    labels,
    level_label,
    reason_text,
    reasons,
    regimes,
)
from policies.evaluation.deadlines import (
    Due,
    annual_deadline,
    answer_deadline,
    in_days,
    in_working_days,
    papers_deadline,
    party_dossier_deadline,
    petition_deadline,
    reminder_days,
    sheet_deadline,
)
from policies.evaluation.facts import Facts, months_between
from policies.evaluation.outcome import Rating
from policies.evaluation.quota import (
    Allocation,
    Candidate,
    ManualChoice,
    QuotaGroup,
    QuotaRule,
    allocate_quota,
    group_limits,
    quota_limit,
    quota_rule,
    share_of,
)
from policies.evaluation.rating import facts_of, rate, rate_unit
from policies.evaluation.regimes import Selected, select_regime
from policies.evaluation.scores import Product, Score, leader_d, score_products, score_sheet, year_score
from policies.evaluation.sheets import (
    ASSUMED,
    Sheet,
    SheetFault,
    SheetTotal,
    check_sheet,
    sheet_for,
    sheet_from,
    sheet_total,
    sheets,
)

__all__ = [
    "ASSUMED", "BLOCKED", "CLASSES", "KINDS", "LEADERS", "LEVELS", "MANUAL", "NOT_RATED", "RANK", "RATED", "REGIMES",
    "Allocation", "Authority", "Candidate", "Configuration", "Consequences", "Due", "Eligibility", "Facts", "Form",
    "ManualChoice", "Product", "QuotaGroup", "QuotaRule", "Rating", "Reason", "Regime", "Score", "Selected", "Sheet",
    "SheetFault", "SheetTotal", "WorkCalendar", "add_working_days", "allocate_quota", "annual_deadline", "answer",
    "answer_deadline",
    "assumptions", "authority_for", "check_sheet", "configuration_of", "consequences", "default_configuration",
    "eligibility", "facts_of", "forms_for", "group_limits", "in_days", "in_working_days", "is_working_day", "labels",
    "leader_d", "level_label", "months_between", "papers_deadline", "party_dossier_deadline", "petition_deadline",
    "province_store", "quota_limit", "quota_rule", "rate", "rate_unit", "reason_text", "reasons", "regimes",
    "reminder_days", "score_products", "score_sheet", "select_regime", "share_of", "sheet_deadline", "sheet_for",
    "sheet_from", "sheet_total", "sheets", "three_years", "year_score",
]  # fmt: skip
