"""A desk that takes cases through the offices, each step by the account whose duty it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hrms.commands.restructuring.acts import ActContent, CreateAct
from hrms.commands.restructuring.cases import EditCase, OpenCase
from hrms.commands.restructuring.dossier import MarkPaper
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.review import SetMeeting
from hrms.commands.restructuring.steps import Perform
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.restructuring import DownsizingCase
from tests.support.world import World

LEAVE = date(2025, 8, 1)
EFFECTIVE = date(2025, 3, 1)
DECISION = {"decision_number": "15/QĐ-UBND", "decision_date": date(2025, 6, 14), "decided_by": "Chủ tịch UBND tỉnh"}
PAYMENT = {"paid_on": date(2025, 6, 15), "payment_reference": "UNC 88"}
# Who takes which step in department A.
HANDS = {
    "submit": "unit_hr_a",
    "review": "unit_head_a",
    "appraise": "province_hr",
    "endorse": "finance",
    "decide": "province_hr",
    "pay": "finance",
}
PATH = {
    "draft": (),
    "unit_review": ("submit",),
    "appraisal": ("submit", "review"),
    "finance_review": ("submit", "review", "appraise"),
    "endorsed": ("submit", "review", "appraise", "endorse"),
    "decided": ("submit", "review", "appraise", "endorse", "decide"),
    "paid": ("submit", "review", "appraise", "endorse", "decide", "pay"),
}


@dataclass
class Desk:
    """``open`` a case, ``prepare`` what the unit's review needs, ``bring`` it to a state; ``do`` one step."""

    world: World
    actor_as: Callable[[str], AbstractContextManager[Any]]
    acts: dict[str, int] = field(default_factory=dict)

    def act(self, unit: str = "a") -> int:
        if unit not in self.acts:
            content = ActContent("01/NQ-HĐND", date(2025, 2, 20), EFFECTIVE, "Về sắp xếp cơ quan chuyên môn")
            made = execute(CreateAct(self.world.units[unit], content))
            self.acts[unit] = made.id
        return self.acts[unit]

    def open(self, person: str = "a1.2", by: str = "", leave: date = LEAVE, batch_id: int | None = None,
             **changes: Any) -> int:
        unit = "xa" if person.startswith("xa") else person[0]
        act_id = self.act(unit)
        with self.actor_as(by or f"unit_hr_{unit}"):
            case = execute(OpenCase(self.world.people[person], leave_date=leave, act_id=act_id, batch_id=batch_id))
            changes.setdefault("application_on", date(2025, 6, 1))
            self._edit(case, changes)
            return case.id

    def edit(self, case_id: int, by: str = "unit_hr_a", **changes: Any) -> DownsizingCase:
        with self.actor_as(by):
            return self._edit(self.case(case_id), changes)

    def _edit(self, case: DownsizingCase, changes: dict[str, Any]) -> DownsizingCase:
        return execute(EditCase(case.id, case.version, replace(CaseRequest.of(case), **changes)))

    def prepare(self, case_id: int, by: str = "unit_hr_a") -> None:
        with self.actor_as(by):
            execute(SetMeeting(case_id, None, date(2025, 6, 10), "05/BB-SXD", 7, 7, "Đồng ý giải quyết"))
            for item in self.case(case_id).checklist:
                if item.required:
                    execute(MarkPaper(case_id, item.id, True, "số 01"))

    def do(self, case_id: int, action: str, by: str = "", key: str = "", **details: Any) -> DownsizingCase:
        if action == "decide":
            details = {**DECISION, **details}
        if action == "pay":
            details = {**PAYMENT, **details}
        with self.actor_as(by or HANDS[action]):
            return execute(Perform(case_id, action, **details), key=key)

    def bring(self, state: str, person: str = "a1.2", **changes: Any) -> int:
        case_id = self.open(person, **changes)
        self.prepare(case_id)
        for step in PATH[state]:
            self.do(case_id, step)
        return case_id

    def case(self, case_id: int) -> DownsizingCase:
        """The case as it is stored now, also by requests made meanwhile."""
        db.session.rollback()
        found = db.session.get(DownsizingCase, case_id, populate_existing=True)
        assert found is not None
        return found
