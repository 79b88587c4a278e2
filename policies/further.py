"""Policies beside the benefits of the contract: asked by name, never weighed by ``decree: auto``.

Transfer to a body off the budget, training then severance, part-time commune staff, preserved insurance; repayment on
re-recruitment; cases computed anew under a later decree; pay month by month; steps, quotas, checklists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policies.api import parse_one
from policies.engine.case import Case
from policies.engine.parameters import ParameterStore
from policies.engine.result import Result
from policies.engine.rules import RuleBook
from policies.leave import Shared
from policies.nd29 import transfer as transfer_29
from policies.nd154 import part_time, training
from policies.nd154 import transfer as transfer_154
from policies.nd154.part_time import PartTimeQuestion
from policies.nd154.refund import Refund, refund
from policies.nd154.training import TrainingQuestion
from policies.nd177 import insurance as insurance_177
from policies.nd177.insurance import InsuranceHelp, help_for, preserved
from policies.nd177.steps import StepRise, post_step, rank_step
from policies.nd178.local_top_up import TopUp, local_top_up
from policies.nd178.outstanding import (
    BonusRoom,
    Quota,
    bonus_room,
    early_step_quota,
    owes_training_costs,
    step_beyond_order,
    training_plans,
)
from policies.nd179.standards import Assessment, Standard, assess, checklist
from policies.schedule import Month, Schedule, retained_allowance, secondment, talent_allowance, waiting_leave
from policies.store import default_store
from policies.transition import Recalculation, recalculate_29, top_up_after_177

# Rule books of these policies by the code of their decree, for the registry and the check of the law.
BOOKS: Mapping[str, tuple[RuleBook, ...]] = {
    "177": (insurance_177.BOOK,),
    "154": (transfer_154.BOOK, training.BOOK, part_time.BOOK),
    "29": (transfer_29.BOOK,),
}


def transfer(case: Case | Mapping[str, Any], store: ParameterStore | None = None) -> Result:
    """Moving to a body off the budget: NĐ 154 Điều 7, before it NĐ 29 Điều 6; ``leave.date``: first day there."""
    if not isinstance(case, Case):
        case = parse_one(case)
    store = store or default_store()
    shared = Shared(case, store)
    if case.leave_date < store.versions("nd154.window.first")[0].value:
        return transfer_29.evaluate(shared)
    return transfer_154.evaluate(shared)


def training_then_severance(question: TrainingQuestion, store: ParameterStore | None = None) -> Result:
    """NĐ 154 Điều 8 khoản 2."""
    return training.evaluate(question, store or default_store())


def part_time_leave(question: PartTimeQuestion, store: ParameterStore | None = None) -> Result:
    """NĐ 154 Điều 9 (Điều 10 is refused with ``facts_missing``)."""
    return part_time.evaluate(question, store or default_store())


__all__ = [
    "BOOKS",
    "Assessment",
    "BonusRoom",
    "InsuranceHelp",
    "Month",
    "PartTimeQuestion",
    "Quota",
    "Recalculation",
    "Refund",
    "Schedule",
    "Standard",
    "StepRise",
    "TopUp",
    "TrainingQuestion",
    "assess",
    "bonus_room",
    "checklist",
    "early_step_quota",
    "help_for",
    "local_top_up",
    "owes_training_costs",
    "part_time_leave",
    "post_step",
    "preserved",
    "rank_step",
    "recalculate_29",
    "refund",
    "retained_allowance",
    "secondment",
    "step_beyond_order",
    "talent_allowance",
    "top_up_after_177",
    "training_plans",
    "training_then_severance",
    "transfer",
    "waiting_leave",
]
