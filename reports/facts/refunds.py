"""Money to be paid back: amendments below what was paid, and people taken on again within the time a decree names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from hrms.kernel.db import db
from hrms.kernel.text import add_months
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Appointment, Person
from policies.engine.parameters import ParameterStore
from reports.facts.cases import DECREES
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact, by_model
from reports.framework.making import each

AMENDED, REHIRED = "amended", "rehired"
REFUND_KINDS = {AMENDED: "Điều chỉnh giảm sau khi chi trả", REHIRED: "Được tuyển dụng lại trong thời hạn"}


def refund_months(store: ParameterStore, decree: str, day: Any) -> int | None:
    """Within how many months being taken on again means paying back; ``None`` where the decree asks for nothing."""
    name = f"nd{decree}.refund_months"
    if name not in store.names():
        return None
    try:
        return int(store.at(name, day).value)
    except LookupError:
        return None


def _cases(asked: Asked) -> Select[Any]:
    row = DownsizingCase
    return (
        select(
            row.id, row.number, row.revision, row.amends_id, row.person_id, Person.code,
            Person.full_name.label("name"), row.unit_id, unit_name().label("unit"), row.state, row.decree,
            row.decree_found, row.leave_date, row.total, row.paid_amount, row.paid_on, row.decision_number,
            row.decision_date, Person.sort_key,
        )
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id).outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(asked.inside(row.unit_id))
    )  # fmt: skip


def _scoped(query: Select[Any]) -> Select[Any]:
    scope = by_model(DownsizingCase)
    return scope(scope(query, "report", "read"), "case", "read")


def _load(asked: Asked) -> list[dict[str, Any]]:
    """Two statements: numbers with an amendment, and paid cases whose person holds a post again."""
    amended = aliased(DownsizingCase)
    numbers = select(amended.number).where(amended.amends_id.is_not(None))
    versions = _scoped(_cases(asked).where(DownsizingCase.number.in_(numbers)))
    groups: dict[str, list[Any]] = {}
    for row in db.session.execute(versions.order_by(DownsizingCase.revision)).mappings():
        groups.setdefault(row["number"], []).append(row)
    again = (
        _cases(asked)
        .add_columns(Appointment.valid_from.label("again_on"))
        .join(Appointment, and_(Appointment.person_id == DownsizingCase.person_id, Appointment.kind == "main",
                                Appointment.valid_from >= DownsizingCase.leave_date))
        .where(DownsizingCase.paid_amount > 0, DownsizingCase.state == "paid")
    )  # fmt: skip
    found = each(asked, REFUNDS.title, groups.values(), _amended)  # type: ignore[arg-type]

    def rehired(row: Any) -> dict[str, Any] | None:
        decree = row["decree_found"] or row["decree"]
        months = refund_months(asked.store, decree, row["leave_date"])
        if months is None or row["again_on"] >= add_months(row["leave_date"], months):
            return None
        amount = int(row["paid_amount"])
        return _row(row, REHIRED, row["again_on"], amount, amount)

    found += each(asked, REFUNDS.title, db.session.execute(_scoped(again)).mappings(), rehired)
    return sorted(found, key=lambda row: (row["since"], row["sort_key"], row["id"]))


def _amended(versions: Any) -> dict[str, Any] | None:
    """The decided version that asks for less than was paid on all versions together."""
    last = next((row for row in reversed(versions) if row["state"] in ("decided", "paid")), None)
    paid = sum(int(row["paid_amount"] or 0) for row in versions)
    if last is None or last["amends_id"] is None or last["total"] is None or paid <= last["total"]:
        return None
    return _row(last, AMENDED, last["decision_date"] or last["leave_date"], paid, paid - int(last["total"]))


def _row(row: Any, kind: str, since: Any, paid: int, amount: int) -> dict[str, Any]:
    return {
        "id": row["id"], "number": row["number"], "code": row["code"], "name": row["name"], "unit_id": row["unit_id"],
        "unit": row["unit"], "decree": row["decree_found"] or row["decree"], "kind": kind, "since": since,
        "decision_number": row["decision_number"], "paid": paid, "due_back": amount, "sort_key": row["sort_key"],
    }  # fmt: skip


REFUNDS = FrameFact(
    key="refunds",
    title="Các khoản phải thu hồi, hoàn trả",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "number": FactColumn("Số hồ sơ", "code", mm=32, chars=20),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=26),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=44, chars=32),
        "decree": FactColumn("Nghị định", words=DECREES, mm=28, chars=22),
        "kind": FactColumn("Lý do", words=REFUND_KINDS, mm=36, chars=28),
        "since": FactColumn("Từ ngày", "date", mm=19, chars=12),
        "decision_number": FactColumn("Quyết định", "code", mm=26, chars=18),
        "paid": FactColumn("Đã chi", "money", mm=26, chars=17),
        "due_back": FactColumn("Phải thu hồi", "money", mm=26, chars=17),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("case", "read"),),
    link=("CaseView.show", "case_id", "id"),
    load=_load,
)
