"""Regular salary steps: who has kept the present step as long as the scale asks for, and what may stand in the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from hrms.kernel.db import db
from hrms.kernel.text import add_months, add_years
from hrms.kernel.validity import holds
from models.organization import OrgUnit
from models.staff import Appointment, Discipline, Person, SalaryRow, YearRating
from policies.salary.scales import Scale, scales
from reports.facts.staff import in_service, scope
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact
from reports.framework.making import each

STEP, FIRST_BEYOND, BEYOND = "step", "first_beyond", "beyond"
STEP_KINDS = {
    STEP: "Nâng một bậc",
    FIRST_BEYOND: "Hưởng vượt khung lần đầu",
    BEYOND: "Tăng vượt khung hằng năm",
}


def due_on(scale: Scale, step: int, beyond: Decimal, since: date) -> tuple[str, date] | None:
    """What comes next on ``scale`` and when, from the day the present step is counted from.

    On the last step the allowance beyond the frame begins, then grows every year; ``None`` on a scale without one.
    """
    if step < len(scale.coefficients):
        return STEP, add_months(since, scale.step_months)
    if not beyond:
        months = scale.beyond_frame_after_months
        return None if months is None else (FIRST_BEYOND, add_months(since, months))
    return BEYOND, add_years(since, 1)


def _load(asked: Asked) -> list[dict[str, Any]]:
    """One row for everybody whose next step falls due by the end of the period; earlier ones that were left stay in."""
    first, last = asked.period.first, asked.period.last
    known = {scale.code: scale for scale in scales()}
    rate = asked.store.at("salary.beyond_frame", last).value
    since = func.coalesce(SalaryRow.step_counted_from, SalaryRow.valid_from)
    # The shortest wait of any scale bounds what the database has to send; the exact day is told row by row.
    waits = [
        or_(
            and_(SalaryRow.scale_code.in_([code for code, scale in known.items() if scale.step_months == months]),
                 or_(since <= add_months(last, -months),
                     and_(SalaryRow.beyond_frame_percent > 0, since <= add_years(last, -1))))
        )
        for months in sorted({scale.step_months for scale in known.values()})
    ]  # fmt: skip
    failed = exists().where(
        YearRating.person_id == Person.id, YearRating.level == "KHT", YearRating.side == "STATE",
        YearRating.year >= func.extract("year", since),
    )  # fmt: skip
    punished = exists().where(
        Discipline.person_id == Person.id, Discipline.decided_on.is_not(None), Discipline.decided_on >= since
    )
    query = (
        select(
            Person.id, Person.code, Person.full_name.label("name"), Person.category,
            Appointment.unit_id, unit_name().label("unit"), Appointment.title,
            SalaryRow.scale_code, SalaryRow.grade_code, SalaryRow.grade_name, SalaryRow.step, SalaryRow.coefficient,
            SalaryRow.beyond_frame_percent.label("beyond"), since.label("since"), failed.label("failed"),
            punished.label("punished"), Person.sort_key,
        )
        .join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id).outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .join(SalaryRow, SalaryRow.person_id == Person.id)
        .where(
            in_service(last), asked.inside(Appointment.unit_id), holds(SalaryRow, last),
            SalaryRow.coefficient.is_not(None), or_(*waits),
        )
    )  # fmt: skip
    query = scope(query, "report", "read")

    def judged(row: Any) -> dict[str, Any] | None:
        scale, step = known[row["scale_code"]], row["step"]
        if step is None or not 1 <= step <= len(scale.coefficients):
            raise ValueError(f"bậc {step} ngoài bảng lương {scale.code}")
        found = due_on(scale, step, row["beyond"], row["since"])
        if found is None or found[1] > last:
            return None
        kind, day = found
        next_step = step + 1 if kind == STEP else step
        beyond = row["beyond"] + Decimal(rate["per_year_percent"]) if kind == BEYOND else Decimal(0)
        if kind == FIRST_BEYOND:
            beyond = Decimal(rate["first_percent"])
        doubts = [word for flag, word in (("failed", "có năm không hoàn thành nhiệm vụ"), ("punished", "bị kỷ luật"))
                  if row[flag]]  # fmt: skip
        return {
            **row, "kind": kind, "due_on": day, "overdue": day < first, "next_step": next_step,
            "next_coefficient": scale.coefficients[next_step - 1], "next_beyond": beyond,
            "doubt": "; ".join(doubts), "doubtful": bool(doubts),
        }  # fmt: skip

    rows = each(asked, STEPS_DUE.title, db.session.execute(query).mappings(), judged)
    return sorted(rows, key=lambda row: (row["due_on"], row["sort_key"], row["id"]))


STEPS_DUE = FrameFact(
    key="steps_due",
    title="Người đến hạn nâng bậc lương",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=28),
        "category": FactColumn("Loại", listed=False),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=40, chars=34),
        "title": FactColumn("Chức vụ, chức danh", mm=30, chars=26, listed=False),
        "grade_name": FactColumn("Ngạch, chức danh", mm=32, chars=26),
        "scale_code": FactColumn("Bảng", "code", mm=12, chars=8),
        "step": FactColumn("Bậc hiện hưởng", "integer", mm=12, chars=9),
        "coefficient": FactColumn("Hệ số", "factor", mm=12, chars=9),
        "beyond": FactColumn("Vượt khung (%)", "percent", mm=13, chars=9),
        "since": FactColumn("Tính giữ bậc từ", "date", mm=19, chars=12),
        "kind": FactColumn("Loại nâng", words=STEP_KINDS, mm=26, chars=22),
        "due_on": FactColumn("Đến hạn từ", "date", mm=19, chars=12),
        "overdue": FactColumn("Quá hạn trước kỳ", "mark", mm=13, chars=9),
        "next_step": FactColumn("Bậc mới", "integer", mm=11, chars=8),
        "next_coefficient": FactColumn("Hệ số mới", "factor", mm=13, chars=9),
        "next_beyond": FactColumn("Vượt khung mới (%)", "percent", mm=14, chars=10),
        "doubt": FactColumn("Cần xem xét", mm=32, chars=28),
        "doubtful": FactColumn("Cần xem xét kéo dài", "mark", listed=False),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("staff", "read"),),
    link=("StaffView.show", "person_id", "id"),
    load=_load,
)
