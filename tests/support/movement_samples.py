"""One row of every table of movement, for ``tests/support/samples.py``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from models import rotation

DAY = date(2025, 3, 31)


def _case(place: Any) -> rotation.MovementCase:
    return rotation.MovementCase(
        number=f"DC-{place.unit.code}-2025-0001", kind="DIEU_DONG", person_id=place.person.id, unit_id=place.unit.id,
        from_unit_id=place.unit.id, to_unit_id=place.unit.id, folded=place.person.folded,
    )  # fmt: skip


BUILDERS: dict[type[Any], Callable[[Any], Any]] = {
    rotation.RotationPlan: lambda place: rotation.RotationPlan(
        unit_id=place.unit.id, year=2025, name="Kế hoạch năm 2025", as_of=DAY
    ),
    rotation.RotationPlanLine: lambda place: rotation.RotationPlanLine(
        plan_id=place.row(rotation.RotationPlan).id, person_id=place.person.id, unit_id=place.unit.id, due_state="DUE"
    ),
    rotation.MovementChain: lambda place: rotation.MovementChain(unit_id=place.unit.id, name="Chuỗi mẫu"),
    rotation.MovementCase: _case,
    rotation.HandoverItem: lambda place: rotation.HandoverItem(
        case_id=place.row(rotation.MovementCase).id, label="Hồ sơ, tài liệu"
    ),
    rotation.MovementPaper: lambda place: rotation.MovementPaper(
        case_id=place.row(rotation.MovementCase).id, code="diplomas", label="Bằng cấp, chứng chỉ", position=1
    ),
    rotation.MovementWaiver: lambda place: rotation.MovementWaiver(
        case_id=place.row(rotation.MovementCase).id, code="OVER_ESTABLISHMENT", reason="Giao bổ sung", document="7/QĐ",
        document_date=DAY, granted_by="Trần Thị Hoa",
    ),
    rotation.MovementRemark: lambda place: rotation.MovementRemark(
        case_id=place.row(rotation.MovementCase).id, year=2025, remark="Hoàn thành nhiệm vụ"
    ),
    rotation.RotationDeferral: lambda place: rotation.RotationDeferral(
        person_id=place.person.id, ground="SERIOUS_ILLNESS", starts_on=DAY, document="Giấy ra viện"
    ),
    rotation.MovementWish: lambda place: rotation.MovementWish(person_id=place.person.id, filed_on=DAY),
    rotation.PlannerRun: lambda place: rotation.PlannerRun(unit_id=place.unit.id, name="Phương án mẫu", as_of=DAY),
    rotation.PostRule: lambda place: rotation.PostRule(
        kind="TWO_TERM_CAP", title=f"Giám đốc {place.unit.code}", valid_from=DAY, document="12/QĐ-TU"
    ),
}
