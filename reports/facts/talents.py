"""People of talent under NĐ 179/2024/NĐ-CP: who is on the roll, in which group, with which monthly allowance."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from hrms.kernel.db import db
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person
from reports.facts.cases import CASE_STATES, IN_WORK, SETTLED, standing
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact, by_model
from reports.framework.making import each

DECREE = "179"
GROUPS_179 = {
    "k1": "Nhóm 1: cán bộ, công chức, viên chức có tài năng",
    "k2": "Nhóm 2: sinh viên xuất sắc, nhà khoa học trẻ",
    "k3": "Nhóm 3: chuyên gia, nhà quản lý, nhà khoa học",
    "": "Chưa xác định nhóm",
}


def _value(overrides: Any, name: str) -> Any:
    return ((overrides or {}).get(name) or {}).get("value")


def _load(asked: Asked) -> list[dict[str, Any]]:
    row = DownsizingCase
    query = (
        select(row.id, row.number, Person.code, Person.full_name.label("name"), Person.title, row.unit_id,
               unit_name().label("unit"), row.state, row.overrides, row.monthly_salary, row.total,
               row.decision_number, row.decision_date, Person.sort_key)
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id).outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(or_(row.decree_found == DECREE, (row.decree_found == "") & (row.decree == DECREE)), standing(),
               row.state.in_((*IN_WORK, *SETTLED)), asked.inside(row.unit_id))
        .order_by(Person.sort_key, row.id)
    )  # fmt: skip
    scope = by_model(DownsizingCase)
    query = scope(scope(query, "report", "read"), "case", "read")

    def told(found: Any) -> dict[str, Any]:
        group = _value(found["overrides"], "group_179") or ""
        since = _value(found["overrides"], "recognised_on" if group == "k1" else "recruited_on")
        day = date.fromisoformat(since) if since else None
        return {**found, "group": group, "recognised_on": day, "allowance": int(found["total"] or 0)}

    return each(asked, TALENTS.title, db.session.execute(query).mappings(), told)


TALENTS = FrameFact(
    key="talents",
    title="Người có tài năng hưởng chính sách theo NĐ 179/2024/NĐ-CP",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "number": FactColumn("Số hồ sơ", "code", mm=32, chars=20),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=26),
        "title": FactColumn("Chức danh", mm=30, chars=24),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=44, chars=32),
        "group": FactColumn("Nhóm", words=GROUPS_179, mm=40, chars=34),
        "state": FactColumn("Trạng thái", words=CASE_STATES, mm=26, chars=20),
        "recognised_on": FactColumn("Công nhận, tuyển dụng từ", "date", mm=20, chars=12),
        "monthly_salary": FactColumn("Lương làm căn cứ", "money", mm=24, chars=15),
        "allowance": FactColumn("Phụ cấp một tháng", "money", mm=26, chars=17),
        "decision_number": FactColumn("Quyết định", "code", mm=26, chars=18),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("case", "read"),),
    link=("CaseView.show", "case_id", "id"),
    load=_load,
)
