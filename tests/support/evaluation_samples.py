"""One row of every evaluation table, for ``tests/support/samples.py``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from models import evaluation as ev
from models import staff
from models.evaluation_settings import EvaluationSetting, ScoreSheet
from models.work_calendar import WorkCalendarYear
from policies.evaluation import sheets

DAY = date(2025, 3, 31)


def _sheet_content(code: str) -> dict[str, Any]:
    return {**next(iter(sheets().values())).to_dict(), "code": code}


def _cycle(place: Any) -> ev.EvaluationCycle:
    return ev.EvaluationCycle(
        unit_id=place.unit.id, period_kind="QUARTER", year=2025, number=1, name=f"Quý I năm 2025 {place.unit.code}",
        starts_on=date(2025, 1, 1), ends_on=DAY, as_of=DAY, state="open",
    )  # fmt: skip


def _sheet(place: Any) -> ev.PersonEvaluation:
    return ev.PersonEvaluation(
        cycle_id=place.row(ev.EvaluationCycle).id, person_id=place.person.id, unit_id=place.unit.id,
        agency_id=place.unit.id, decider_unit_id=place.unit.id, klass="CC0", regime="ND90_48",
        folded=place.person.folded, sort_key=place.person.sort_key, state="draft",
    )  # fmt: skip


def _of_cycle(model: type[Any], **values: Any) -> Callable[[Any], Any]:
    return lambda place: model(cycle_id=place.row(ev.EvaluationCycle).id, unit_id=place.unit.id, **values)


BUILDERS: dict[type[Any], Callable[[Any], Any]] = {
    staff.Absence: lambda place: staff.Absence(
        person_id=place.person.id, kind="sick", starts_on=date(2024, 1, 2), ends_on=date(2024, 1, 5)
    ),
    ev.EvaluationCycle: _cycle,
    ev.PersonEvaluation: _sheet,
    ev.EvaluationTask: lambda place: ev.EvaluationTask(
        evaluation_id=place.row(ev.PersonEvaluation).id, name="Tham mưu kế hoạch"
    ),
    ev.UnitEvaluation: _of_cycle(ev.UnitEvaluation, regime="ND90_48"),
    ev.QuotaGroup: _of_cycle(ev.QuotaGroup, code="CM", name="Chuyên môn"),
    ev.EvaluationMeeting: _of_cycle(ev.EvaluationMeeting, held_on=DAY, chair="Lê An", secretary="Vũ Bình"),
    ev.CalibrationSession: _of_cycle(ev.CalibrationSession, held_on=DAY),
    ev.CalibrationChange: lambda place: ev.CalibrationChange(
        session_id=place.row(ev.CalibrationSession).id, evaluation_id=place.row(ev.PersonEvaluation).id,
        level_after="HTT", reason="Mẫu",
    ),
    ev.EvaluationDecision: _of_cycle(ev.EvaluationDecision, number="1/QĐ", signed_on=DAY, signer="Lê An"),
    ev.EvaluationPetition: lambda place: ev.EvaluationPetition(
        evaluation_id=place.row(ev.PersonEvaluation).id, person_id=place.person.id, unit_id=place.unit.id,
        filed_on=DAY, file_by=DAY, content="Mẫu",
    ),
    EvaluationSetting: lambda place: EvaluationSetting(
        key="hy1071.annual_deadline", value="12-15", valid_from=DAY, document_number="1/QĐ", document_date=DAY
    ),
    ScoreSheet: lambda place: ScoreSheet(
        code=f"SHEET_{place.unit.code}", title="Phiếu mẫu", content=_sheet_content(f"SHEET_{place.unit.code}"),
        valid_from=DAY,
    ),
    WorkCalendarYear: lambda place: WorkCalendarYear(year=3000 + place.unit.id, days=[]),
    ev.ReformIndexResult: lambda place: ev.ReformIndexResult(
        unit_id=place.unit.id, year=2024, indicator="Chỉ số CCHC"
    ),
    ev.RatingConsequence: lambda place: ev.RatingConsequence(
        person_id=place.person.id, unit_id=place.unit.id, year=2024, code="CONSIDER_REMOVAL"
    ),
}  # fmt: skip
