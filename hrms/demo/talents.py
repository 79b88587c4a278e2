"""People of talent under NĐ 179/2024/NĐ-CP in the demonstration province: recognised, on the way, just recruited.

They stay in service: the day of such a case is the first day of the month the allowance is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from hrms.commands.restructuring.cases import CorrectFact, OpenCase
from hrms.commands.restructuring.requests import CaseRequest
from hrms.demo.cases import Round, Stage, Tale
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from hrms.kernel.text import first_of_next_month
from models.account import Account
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person

# Group of Điều 2 and how far the case has come.
FATES = (("k1", "decided"), ("k2", "decided"), ("k1", "decided"), ("k1", "finance"), ("k2", "appraisal"))
CATEGORIES = ("civil_servant", "public_employee")
REASON = "Đề nghị hưởng phụ cấp tăng thêm đối với người có tài năng theo NĐ 179/2024/NĐ-CP."


def play_talents(stage: Stage, here: Round, horizon: date) -> int:
    """Cases of the home department beside its rounds. Returns how many there are."""
    people = _people(here)
    played = 0
    for (group, fate), person_id in zip(FATES, people, strict=False):
        try:
            case_id = _open(stage, here, person_id, group, first_of_next_month(horizon))
        except Refused:
            db.session.rollback()
            continue
        Tale(stage, here, case_id, horizon).tell(fate)
        played += 1
    return played


def _people(here: Round) -> list[int]:
    """Staff of the department without a case of their own, those on the way up first."""
    busy = select(DownsizingCase.person_id)
    mine = select(Account.person_id).where(Account.person_id.is_not(None))
    query = (
        select(Person.id)
        .join(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(
            OrgUnit.path.startswith(here.batch.unit.path, autoescape=True),
            Person.category.in_(CATEGORIES),
            Person.left_on.is_(None),
            ~Person.id.in_(busy),
            ~Person.id.in_(mine),
        )
        .order_by(Person.birth_date.desc(), Person.id)
        .limit(len(FATES))
    )
    return list(db.session.scalars(query))


def _open(stage: Stage, here: Round, person_id: int, group: str, month: date) -> int:
    with stage.on(here.start + timedelta(days=3), here.clerk):
        request = CaseRequest(
            leave_date=month,
            decree="179",
            benefit="talent_allowance",
            directly_affected=False,
            application_on=here.start,
            reason=REASON,
        )
        case = execute(OpenCase(person_id, request=request))
        recognised = ("recognised_on", date(2025, 3, 3)) if group == "k1" else ("recruited_on", date(2025, 2, 17))
        paper = stage.number("QĐ-UBND")
        execute(CorrectFact(case.id, "group_179", group, f"Quyết định số {paper} của Chủ tịch UBND tỉnh"))
        execute(CorrectFact(case.id, recognised[0], recognised[1].isoformat(), f"Quyết định số {paper}"))
        return case.id


__all__ = ["play_talents"]
