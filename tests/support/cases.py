"""Downsizing cases brought to where a test needs them, through the same commands as the screens use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hrms.commands.restructuring import cases, dossier, review
from hrms.commands.restructuring.requests import CaseRequest
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from models.restructuring import DownsizingCase


def case_of(case_id: int) -> DownsizingCase:
    found = db.session.get(DownsizingCase, case_id)
    assert found is not None
    return found


def prepared(case_id: int) -> None:
    """Give a draft its application, every required paper, meeting and three years; call as the unit's officer."""
    case = case_of(case_id)
    leads = case.ground == "2.1.g"
    request = replace(
        CaseRequest.of(case),
        application_on=date(2025, 5, 20),
        deputies_present=4 if leads else None,
        deputies_allowed=3 if leads else None,
    )
    execute(cases.EditCase(case_id, case.version, request))
    for item in list(case_of(case_id).checklist):
        if item.required:
            execute(dossier.MarkPaper(case_id, item.id, True, "12/VB", date(2025, 6, 1)))
    execute(review.SetMeeting(case_id, case_of(case_id).version, date(2025, 6, 2), "05/BB", 9, 9, "Nhất trí đề nghị."))
    years = [review.YearAssessment(row.year, "HTT") for row in case_of(case_id).assessments]
    execute(review.SetAssessment(case_id, case_of(case_id).version, years))
