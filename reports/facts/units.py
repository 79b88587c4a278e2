"""Units and posts on two days: what there was before, what there is after, and what became of what."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position, UnitSuccession
from models.staff import Appointment, Person
from models.vocabulary import SUCCESSION_KINDS, UNIT_KINDS, UNIT_LEVELS
from reports.facts.staff import in_service
from reports.facts.tree import TreeUnit
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact

KEPT, RENAMED, MOVED, NEW, ENDED = "kept", "renamed", "moved", "new", "ended"
CHANGES = {
    KEPT: "Giữ nguyên",
    RENAMED: "Đổi tên",
    MOVED: "Chuyển trực thuộc",
    NEW: "Thành lập mới",
    ENDED: "Kết thúc hoạt động",
}


def _change(before: TreeUnit | None, after: TreeUnit | None) -> str:
    if before is None:
        return NEW
    if after is None:
        return ENDED
    if before.name != after.name:
        return RENAMED
    return MOVED if before.parent_id != after.parent_id else KEPT


def _posts(asked: Asked, day: date) -> dict[int, int]:
    """Approved posts by unit on a day."""
    query = select(Position.unit_id, Position.approved_number).where(
        holds(Position, day),
        asked.inside(Position.unit_id),
    )  # fmt: skip
    found: dict[int, int] = {}
    for row in db.session.execute(query):
        found[row.unit_id] = found.get(row.unit_id, 0) + row.approved_number
    return found


def _people(asked: Asked, day: date) -> dict[tuple[int, str], int]:
    """People by unit and leading rank on a day."""
    from sqlalchemy import func

    query = (
        select(Appointment.unit_id, Appointment.leader_rank, func.count().label("count"))
        .join(Person, Person.id == Appointment.person_id)
        .where(in_service(day), asked.inside(Appointment.unit_id))
        .group_by(Appointment.unit_id, Appointment.leader_rank)
    )
    return {(row.unit_id, row.leader_rank): row.count for row in db.session.execute(query)}


def _successors(asked: Asked) -> dict[int, list[tuple[str, str, str]]]:
    """What units became between the two days: kind, name of the heir, number of the act."""
    heir = OrgUnit
    query = (
        select(UnitSuccession.from_unit_id, UnitSuccession.kind, heir.name, UnitSuccession.decision_number)
        .outerjoin(heir, heir.id == UnitSuccession.to_unit_id)
        .where(UnitSuccession.on > asked["before"], UnitSuccession.on <= asked["on"])
        .where(asked.inside(UnitSuccession.from_unit_id))
        .order_by(UnitSuccession.on, UnitSuccession.id)
    )
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.from_unit_id, []).append((row.kind, row.name or "", row.decision_number))
    return found


def _load(asked: Asked) -> list[dict[str, Any]]:
    """One row for every unit of either day, with posts and people of both."""
    before, after = asked.tree(asked["before"]), asked.tree(asked["on"])
    posts = [_posts(asked, day) for day in (asked["before"], asked["on"])]
    people = [_people(asked, day) for day in (asked["before"], asked["on"])]
    heirs = _successors(asked)
    rows = []
    for unit_id in sorted({*before.units, *after.units}, key=lambda i: (*_order(before.units, after.units, i), i)):
        old, new = before.units.get(unit_id), after.units.get(unit_id)
        shown = new or old
        assert shown is not None
        became = heirs.get(unit_id, [])
        change = _change(old, new)
        rows.append({
            "unit_id": unit_id, "code": shown.code, "unit_before": old.name if old else "",
            "unit_after": new.name if new else "", "kind": shown.kind, "level": shown.level, "change": change,
            "became": "; ".join(f"{SUCCESSION_KINDS.get(k, k)}{f' → {n}' if n else ''}" for k, n, _d in became),
            "decision": "; ".join(dict.fromkeys(d for _k, _n, d in became if d)),
            "units_before": int(old is not None), "units_after": int(new is not None),
            "posts_before": posts[0].get(unit_id, 0) if old else 0, "posts_after": posts[1].get(unit_id, 0),
            **{f"{name}_{moment}": sum(people[i].get((unit_id, rank), 0) for rank in ranks)
               for name, ranks in _RANKS.items() for i, moment in enumerate(("before", "after"))},
        })  # fmt: skip
    return rows


_RANKS = {"people": ("", "head", "deputy"), "heads": ("head",), "deputies": ("deputy",)}


def _order(before: dict[int, TreeUnit], after: dict[int, TreeUnit], unit_id: int) -> tuple[int, int, str]:
    found = after.get(unit_id) or before.get(unit_id)
    return found.order if found is not None else (9, 0, "")


def _figure(label: str) -> FactColumn:
    return FactColumn(label, "integer", mm=16, chars=11)


UNIT_CHANGES = FrameFact(
    key="unit_changes",
    title="Đơn vị trước và sau sắp xếp",
    columns={
        "unit_id": FactColumn("Mã", "integer", listed=False),
        "code": FactColumn("Mã đơn vị", "code", mm=20, chars=14),
        "unit_before": FactColumn("Tên trước", mm=44, chars=36),
        "unit_after": FactColumn("Tên sau", mm=44, chars=36),
        "kind": FactColumn("Loại", words=UNIT_KINDS, mm=28, chars=22),
        "level": FactColumn("Cấp", words=UNIT_LEVELS, listed=False),
        "change": FactColumn("Thay đổi", words=CHANGES, mm=22, chars=18),
        "became": FactColumn("Kết quả sắp xếp", mm=44, chars=40),
        "decision": FactColumn("Văn bản", "code", mm=26, chars=20),
        "units_before": FactColumn("Có trước", "integer", listed=False),
        "units_after": FactColumn("Có sau", "integer", listed=False),
        "posts_before": _figure("VTVL trước"),
        "posts_after": _figure("VTVL sau"),
        "people_before": _figure("Người trước"),
        "people_after": _figure("Người sau"),
        "heads_before": FactColumn("Cấp trưởng trước", "integer", listed=False),
        "heads_after": FactColumn("Cấp trưởng sau", "integer", listed=False),
        "deputies_before": FactColumn("Cấp phó trước", "integer", listed=False),
        "deputies_after": FactColumn("Cấp phó sau", "integer", listed=False),
    },
    link=("UnitView.show", "unit_id", "unit_id"),
    load=_load,
)
