"""Movements: which case stands where, and what kept allowances cost month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, literal, or_, select
from sqlalchemy.orm import aliased

from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.organization import OrgUnit
from models.rotation import MovementCase
from models.staff import Person
from models.vocabulary import MOVEMENT_KINDS
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact, Row, SqlFact, by_model

# A month as the fact counts it, and as people write it.
MONTHS = {f"{year}-{month:02d}": f"{month:02d}/{year}" for year in range(2015, 2061) for month in range(1, 13)}
PREPARING, STOPPED = ("proposed", "checked", "heard", "agreed"), ("withdrawn", "refused", "revoked")
STATE_LABELS = {
    "proposed": "Đề xuất",
    "checked": "Đã rà soát điều kiện",
    "heard": "Đã gặp gỡ, nghe ý kiến",
    "agreed": "Nơi tiếp nhận thống nhất",
    "decided": "Đã quyết định",
    "effective": "Đã có hiệu lực",
    "running": "Đang thực hiện có thời hạn",
    "handed_over": "Đã bàn giao",
    "done": "Hoàn thành",
    "withdrawn": "Đã rút",
    "refused": "Không chấp thuận",
    "revoked": "Đã thu hồi quyết định",
}
# What a state means for a table: still prepared, waiting for its day, in effect or over, stopped.
STAGES = {
    "preparing": "Đang chuẩn bị",
    "waiting": "Chờ hiệu lực",
    "done": "Đang thực hiện, hoàn thành",
    "stopped": "Đã dừng",
}


def _stage() -> Any:
    row = MovementCase
    return case(
        (row.state.in_(PREPARING), literal("preparing")),
        (row.state == "decided", literal("waiting")),
        (row.state.in_(STOPPED), literal("stopped")),
        else_=literal("done"),
    )


def _source(asked: Asked) -> Select[Any]:
    row, target = MovementCase, aliased(OrgUnit)
    return (
        select(
            row.id.label("id"),
            row.number.label("number"),
            row.kind.label("kind"),
            row.state.label("state"),
            _stage().label("stage"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            row.unit_id.label("unit_id"),
            unit_name().label("unit"),
            target.name.label("to_unit"),
            row.to_title.label("to_title"),
            row.effective_on.label("effective_on"),
            row.ends_on.label("ends_on"),
            row.decision_number.label("decision_number"),
            row.decision_date.label("decision_date"),
            row.sort_key.label("sort_key"),
        )
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .join(target, target.id == row.to_unit_id)
        .where(asked.inside(row.unit_id), _in_period(asked))
    )


def _in_period(asked: Asked) -> Any:
    """Begun in the period, or with an effect in it."""
    row, span = MovementCase, asked.values.get("period")
    if span is None:
        return row.created_at <= clock.end_of(asked.on)
    return or_(
        and_(row.created_at >= clock.start_of(span.first), row.created_at <= clock.end_of(span.last)),
        and_(row.effective_on >= span.first, row.effective_on <= span.last),
    )


MOVEMENTS = SqlFact(
    key="movements",
    title="Hồ sơ luân chuyển, điều động, biệt phái",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "number": FactColumn("Số hồ sơ", "code", mm=34, chars=22),
        "kind": FactColumn("Hình thức", words=MOVEMENT_KINDS, mm=32, chars=26),
        "state": FactColumn("Trạng thái", words=STATE_LABELS, mm=30, chars=24),
        "stage": FactColumn("Giai đoạn", words=STAGES, listed=False),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=26),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị đi", mm=42, chars=32),
        "to_unit": FactColumn("Đơn vị đến", mm=42, chars=32),
        "to_title": FactColumn("Vị trí đến", mm=30, chars=24),
        "effective_on": FactColumn("Có hiệu lực", "date", mm=20, chars=12),
        "ends_on": FactColumn("Đến hết", "date", mm=20, chars=12),
        "decision_number": FactColumn("Số quyết định", "code", mm=26, chars=18),
        "decision_date": FactColumn("Ngày quyết định", "date", mm=20, chars=12),
        "sort_key": FactColumn("", listed=False),
    },
    source=_source,
    scope=by_model(MovementCase),
    needs=(("movement", "read"),),
    rows_need=(("movement", "read"),),
    order=("sort_key", "id"),
    link=("MovementView.show", "move_id", "id"),
)


def _kept(asked: Asked) -> list[Row]:
    """One row for every person and month of the period in which an old allowance is kept."""
    span = asked.values.get("period")
    first, last = (span.first, span.last) if span is not None else (date.min, date.max)
    row = MovementCase
    query = (
        select(row, Person.code, Person.full_name, unit_name().label("unit"))
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.to_unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(row.effect != "none", row.kept_allowance.is_not(None), asked.inside(row.to_unit_id))
        .order_by(row.sort_key, row.id)
    )
    found: list[Row] = []
    for move, code, name, unit in db.session.execute(access.restrict(query, MovementCase)):
        kept = move.kept_allowance or {}
        for line in kept.get("rows", ()):
            month = date.fromisoformat(line["month"])
            if first <= month <= last:
                found.append(
                    {
                        "id": move.id, "number": move.number, "kind": move.kind, "code": code, "name": name,
                        "unit_id": move.to_unit_id, "unit": unit, "month": f"{month:%Y-%m}",
                        "kept": line["kept_amount"], "new": line["new_amount"], "difference": line["difference"],
                        "article": kept.get("article", ""), "sort_key": move.sort_key,
                    }
                )  # fmt: skip
    return found


KEPT = FrameFact(
    key="kept_allowances",
    title="Phụ cấp bảo lưu từng tháng",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "number": FactColumn("Số hồ sơ", "code", mm=34, chars=22),
        "kind": FactColumn("Hình thức", words=MOVEMENT_KINDS, mm=32, chars=26),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=26),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị chi trả", mm=46, chars=34),
        "month": FactColumn("Tháng", "code", words=MONTHS, mm=18, chars=10),
        "kept": FactColumn("Mức bảo lưu (đồng)", "money", mm=28, chars=18),
        "new": FactColumn("Mức mới (đồng)", "money", mm=28, chars=18),
        "difference": FactColumn("Chênh lệch phải chi (đồng)", "money", mm=30, chars=20),
        "article": FactColumn("Căn cứ", mm=40, chars=30),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("movement", "read"),),
    link=("MovementView.show", "move_id", "id"),
    load=_kept,
)
__all__ = ["KEPT", "MOVEMENTS", "STAGES", "STATE_LABELS"]
