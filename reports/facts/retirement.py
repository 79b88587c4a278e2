"""Who reaches the retirement age when, by the roadmap of NĐ 135/2020/NĐ-CP, with the days of notice and decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from hrms.kernel.db import db
from hrms.kernel.text import add_months
from models.organization import OrgUnit
from models.staff import Appointment, Person
from models.vocabulary import CATEGORIES, LEADER_RANKS, SEXES
from policies.engine.parameters import ParameterStore
from policies.retirement import notice_dates, pension_date
from reports.facts.staff import in_service, scope
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact
from reports.framework.making import each

OLDEST = date(1900, 1, 1)


def youngest_birth(store: ParameterStore, sex: str, annex: str, last: date, day: date) -> date:
    """The first day of the month after the last birth month that reaches pension by ``last``: found by halving, because
    a later birth never means an earlier pension."""
    low, high = OLDEST.year * 12, last.year * 12
    while low < high:
        middle = (low + high + 1) // 2
        if pension_date(store, sex, date(middle // 12, middle % 12 + 1, 1), annex, day) <= last:
            low = middle
        else:
            high = middle - 1
    return date((low + 1) // 12, (low + 1) % 12 + 1, 1)


def horizon(asked: Asked) -> date:
    """The last day looked at: ``years`` whole years after the day of the report."""
    return add_months(asked.on, 12 * int(asked.values.get("years") or 1))


def _load(asked: Asked) -> list[dict[str, Any]]:
    """One row for everybody in service whose pension begins up to the horizon; those past their day come first."""
    store, day, last = asked.store, asked.on, horizon(asked)
    young = [
        and_(Person.sex == sex, Person.retirement_annex == annex,
             Person.birth_date < youngest_birth(store, sex, annex, last, day))
        for sex in SEXES for annex in ("I", "II")
    ]  # fmt: skip
    query = (
        select(
            Person.id, Person.code, Person.full_name.label("name"), Person.sex, Person.birth_date, Person.category,
            Person.retirement_annex.label("annex"), Appointment.unit_id, unit_name().label("unit"),
            Appointment.title, Appointment.leader_rank, Person.sort_key,
        )
        .join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id).outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(in_service(day), asked.inside(Appointment.unit_id), or_(*young))
    )  # fmt: skip
    query = scope(query, "report", "read")

    def dated(row: Any) -> dict[str, Any] | None:
        pension = pension_date(store, row["sex"], row["birth_date"], row["annex"], day)
        if pension > last:
            return None
        notice = notice_dates(store, pension)
        return {
            **row, "pension_from": pension, "last_day": pension - timedelta(days=1), "notice_on": notice["notice"],
            "decision_on": notice["decision"], "year": f"{pension.year}", "late": pension <= day,
        }  # fmt: skip

    rows = each(asked, RETIRING.title, db.session.execute(query).mappings(), dated)
    return sorted(rows, key=lambda row: (row["pension_from"], row["sort_key"], row["id"]))


RETIRING = FrameFact(
    key="retiring",
    title="Người đến tuổi nghỉ hưu",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=40, chars=28),
        "sex": FactColumn("Giới tính", words=SEXES, mm=13, chars=9),
        "birth_date": FactColumn("Ngày sinh", "date", mm=19, chars=12),
        "category": FactColumn("Loại", words=CATEGORIES, mm=28, chars=22),
        "annex": FactColumn("Phụ lục", "code", mm=13, chars=9),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=46, chars=34),
        "title": FactColumn("Chức vụ, chức danh", mm=34, chars=26),
        "leader_rank": FactColumn("Lãnh đạo", words=LEADER_RANKS, listed=False),
        "pension_from": FactColumn("Hưởng lương hưu từ", "date", mm=20, chars=13),
        "last_day": FactColumn("Ngày làm việc cuối", "date", mm=20, chars=13),
        "notice_on": FactColumn("Hạn thông báo", "date", mm=20, chars=13),
        "decision_on": FactColumn("Hạn quyết định", "date", mm=20, chars=13),
        "year": FactColumn("Năm nghỉ", "code", mm=13, chars=9),
        "late": FactColumn("Đã quá tuổi", "mark", mm=14, chars=9, listed=False),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("staff", "read"),),
    link=("StaffView.show", "person_id", "id"),
    load=_load,
)
