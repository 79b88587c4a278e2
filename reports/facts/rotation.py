"""The periodic change of posts: who is due, and what became of the lines of the yearly plans.

The rows are computed by the use cases (:mod:`reports.facts.provided`): the law is asked of each person once, there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hrms.kernel.db import db
from models.organization import OrgUnit, Position
from models.rotation import RotationPlan, RotationPlanLine
from models.staff import Person
from policies.rotation import labels, listed_positions, reasons
from reports.facts.provided import rows
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact, Row

STATES = ("OVERDUE", "DUE", "DUE_SOON", "IN_WINDOW", "SINGLE_POST_REFERRED", "DEFERRED", "EXEMPT", "LISTED")
LINE_STATES = {
    "planned": "Chưa thông báo", "notified": "Đã thông báo", "in_case": "Đang làm hồ sơ", "done": "Đã chuyển đổi",
    "deferred": "Chưa chuyển đổi", "exempt": "Không chuyển đổi", "referred": "Cấp trên lập kế hoạch chung",
    "dropped": "Đưa ra khỏi kế hoạch",
}  # fmt: skip
OUTCOMES = {
    "done": "Đã chuyển đổi", "under_way": "Đang làm", "not_yet": "Chưa làm", "deferred": "Chưa chuyển đổi theo luật",
    "exempt": "Không chuyển đổi", "referred": "Cấp trên lập kế hoạch", "dropped": "Đưa ra khỏi kế hoạch",
}  # fmt: skip
CHUNK = 500
MOVEMENT_READ = (("movement", "read"),)


def state_words() -> dict[str, str]:
    """State of a clock → words, in the order of the due list."""
    known = labels()
    return {state: known[state] for state in STATES}


def reason_words() -> dict[str, str]:
    """Code of the rules → sentence."""
    return {code: found.text for code, found in reasons().items()}


def _due(asked: Asked) -> list[Row]:
    unit_id = None if asked.everything else asked.unit.id
    found = rows("rotation_due", on=asked.on, unit_id=unit_id, store=asked.store)
    return [{**row, "id": row["person_id"], "overdue_days": row["days_overdue"]} for row in found]


DUE = FrameFact(
    key="rotation_due",
    title="Người giữ vị trí thuộc danh mục phải định kỳ chuyển đổi",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=36, chars=26),
        "birth": FactColumn("Ngày sinh", "code", mm=18, chars=12, listed=False),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=42, chars=34),
        "title": FactColumn("Vị trí đang giữ", mm=36, chars=28),
        "listed_code": FactColumn("Mã danh mục", "code", mm=15, chars=10),
        "field": FactColumn("Lĩnh vực", mm=34, chars=28),
        "state": FactColumn("Tình trạng", words=state_words(), mm=30, chars=24),
        "reason": FactColumn("Lý do", words=reason_words(), mm=46, chars=40, listed=False),
        "clock_start": FactColumn("Tính từ", "date", mm=18, chars=12),
        "held_months": FactColumn("Số tháng", "integer", mm=13, chars=9),
        "window_opens": FactColumn("Có thể từ", "date", mm=18, chars=12),
        "must_change_by": FactColumn("Phải chuyển trước", "date", mm=20, chars=13),
        "overdue_days": FactColumn("Quá hạn (ngày)", "integer", mm=15, chars=10),
        "recheck_on": FactColumn("Xem xét lại", "date", mm=18, chars=12, listed=False),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=MOVEMENT_READ,
    link=("RotationDueView.person", "person_id", "id"),
    load=_due,
)


def _outcome(state: str) -> str:
    if state in ("planned", "notified"):
        return "not_yet"
    return "under_way" if state == "in_case" else state


def _lines(asked: Asked) -> list[Row]:
    """The lines of the plans in force for the year of the period, measured on its last day (or today)."""
    day = min(asked.on, asked.today)
    unit_id = None if asked.everything else asked.unit.id
    found = rows("rotation_lines", year=asked.on.year, on=day, unit_id=unit_id)
    people = _named(Person, (Person.code, Person.full_name, Person.sort_key), {row["person_id"] for row in found})
    units = _named(OrgUnit, (OrgUnit.name,), {row["unit_id"] for row in found})
    plans = _named(RotationPlan, (RotationPlan.number,), {row["plan_id"] for row in found})
    more = _lines_more({row["line_id"] for row in found})
    listed = []
    for row in found:
        code, name, sort_key = people[row["person_id"]]
        title, target = more.get(row["line_id"], ("", ""))
        listed.append(
            {
                **row, "id": row["line_id"], "code": code, "name": name, "sort_key": sort_key,
                "unit": units[row["unit_id"]][0], "plan": plans[row["plan_id"]][0], "title": title, "target": target,
                "outcome": _outcome(row["state"]), "late": int(row["late"]), "overdue": int(row["overdue"]),
                "told": int(row["notified_on"] is not None), "work": _work(row["listed_code"]),
            }
        )  # fmt: skip
    return sorted(listed, key=lambda row: (row["sort_key"], row["id"]))


def _work(code: str) -> str:
    position = listed_positions().get(code)
    return position.name if position is not None else code


def _named(model: Any, columns: Sequence[Any], ids: set[int]) -> dict[int, tuple[Any, ...]]:
    wanted, found = sorted(ids), {}
    for at in range(0, len(wanted), CHUNK):
        query = select(model.id, *columns).where(model.id.in_(wanted[at : at + CHUNK]))
        found.update({number: tuple(values) for number, *values in db.session.execute(query)})
    return found


def _lines_more(ids: set[int]) -> dict[int, tuple[str, str]]:
    """Post held and where to, by line."""
    held, aim, place = aliased(Position), aliased(Position), aliased(OrgUnit)
    wanted, found = sorted(ids), {}
    for at in range(0, len(wanted), CHUNK):
        query = (
            select(RotationPlanLine.id, held.title, aim.title, place.name)
            .outerjoin(held, held.id == RotationPlanLine.position_id)
            .outerjoin(aim, aim.id == RotationPlanLine.target_position_id)
            .outerjoin(place, place.id == RotationPlanLine.target_unit_id)
            .where(RotationPlanLine.id.in_(wanted[at : at + CHUNK]))
        )
        for number, title, target, unit in db.session.execute(query):
            found[number] = (title or "", ", ".join(part for part in (target, unit) if part))
    return found


LINES = FrameFact(
    key="rotation_lines",
    title="Danh sách theo kế hoạch định kỳ chuyển đổi vị trí công tác",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=34, chars=26),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=36, chars=30),
        "title": FactColumn("Vị trí đang giữ", mm=34, chars=28),
        "listed_code": FactColumn("Mã danh mục", "code", mm=15, chars=10),
        "work": FactColumn("Công việc thuộc danh mục", mm=40, chars=36, listed=False),
        "field": FactColumn("Lĩnh vực", listed=False),
        "target": FactColumn("Nơi chuyển đến", mm=42, chars=36),
        "must_change_by": FactColumn("Phải chuyển trước", "date", mm=20, chars=13),
        "planned_on": FactColumn("Thời gian thực hiện", "date", mm=20, chars=13),
        "notified_on": FactColumn("Đã thông báo", "date", mm=18, chars=12),
        "changed_on": FactColumn("Đã chuyển ngày", "date", mm=18, chars=12),
        "state": FactColumn("Tình trạng", words=LINE_STATES, mm=28, chars=22),
        "outcome": FactColumn("Kết quả", words=OUTCOMES, listed=False),
        "ground": FactColumn("Lý do chưa, không chuyển đổi", words=reason_words(), mm=46, chars=40),
        "late": FactColumn("Làm muộn", "integer", listed=False),
        "overdue": FactColumn("Quá hạn", "integer", listed=False),
        "told": FactColumn("Đã báo", "integer", listed=False),
        "plan": FactColumn("Kế hoạch số", "code", mm=22, chars=16, listed=False),
        "plan_id": FactColumn("", "integer", listed=False),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=MOVEMENT_READ,
    link=("RotationPlanView.show", "plan_id", "plan_id"),  # whoever reads the report may read the plan
    load=_lines,
)
