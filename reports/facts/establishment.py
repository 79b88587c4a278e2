"""Assigned numbers against the people present on a day, line by line of a report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import Establishment
from models.vocabulary import ESTABLISHMENT_KINDS
from reports.facts.staff import PEOPLE
from reports.facts.tree import UnitTree
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, FrameFact
from reports.framework.result import records


def assigned(asked: Asked) -> dict[tuple[int, str], int]:
    """The numbers in force on the day by unit and kind of staff: one statement."""
    query = select(Establishment.unit_id, Establishment.kind, Establishment.number).where(
        holds(Establishment, asked.on),
        asked.inside(Establishment.unit_id),
    )
    return {(row.unit_id, row.kind): row.number for row in db.session.execute(query)}


def _below(tree: UnitTree) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for unit_id in tree.units:
        parent = tree.units[unit_id].parent_id
        if unit_id != tree.top and parent is not None:
            found.setdefault(parent, []).append(unit_id)
    return found


def _number(unit_id: int, kind: str, numbers: dict[tuple[int, str], int], below: dict[int, list[int]]) -> int | None:
    """A unit's own number; without one, what the units below it have together."""
    own = numbers.get((unit_id, kind))
    if own is not None:
        return own
    given = [_number(child, kind, numbers, below) for child in below.get(unit_id, ())]
    known = [number for number in given if number is not None]
    return sum(known) if known else None


def _load(asked: Asked) -> list[dict[str, Any]]:
    """One row for every line of the report and kind of staff that has a number or people."""
    tree, numbers = asked.tree(), assigned(asked)
    below = _below(tree)
    present: dict[tuple[int, str], int] = {}
    for line in records(PEOPLE.count(asked, ["branch", "kind"])):
        present[int(line["branch"]), line["kind"]] = line["count"]
    branches = {tree.branch(unit_id) for unit_id in tree.units} | {branch for branch, _kind in present}
    rows = []
    for branch in sorted(branches, key=tree.order):
        for kind in ESTABLISHMENT_KINDS:
            given = _line(branch, kind, tree, numbers, below)
            people = present.get((branch, kind), 0)
            if given is None and not people:
                continue
            rows.append({
                "unit_id": branch, "unit": tree.name(branch), "kind": kind, "assigned": given or 0,
                "known": given is not None, "present": people,
                "vacant": max(0, given - people) if given is not None else 0,
                "surplus": max(0, people - given) if given is not None else 0,
            })  # fmt: skip
    return rows


def _line(
    branch: int, kind: str, tree: UnitTree, numbers: dict[tuple[int, str], int], below: dict[int, list[int]]
) -> int | None:
    """The number of a line; the unit asked about, and a province of the past, keep what their lines do not have."""
    found = tree.units.get(branch)
    lines = [unit_id for unit_id in below.get(branch, ()) if tree.branch(unit_id) != branch]
    if not lines or found is None:
        return _number(branch, kind, numbers, below)
    own = numbers.get((branch, kind))
    if own is None:
        return None
    return max(0, own - sum(_number(line, kind, numbers, below) or 0 for line in lines))


ESTABLISHED = FrameFact(
    key="establishment",
    title="Biên chế giao và có mặt",
    columns={
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Cơ quan, đơn vị", mm=60, chars=44),
        "kind": FactColumn("Loại biên chế", words=ESTABLISHMENT_KINDS, mm=44, chars=34),
        "assigned": FactColumn("Giao", "integer"),
        "known": FactColumn("Đã giao", "mark", listed=False),
        "present": FactColumn("Có mặt", "integer"),
        "vacant": FactColumn("Chưa sử dụng", "integer"),
        "surplus": FactColumn("Vượt", "integer"),
    },
    link=("UnitView.show", "unit_id", "unit_id"),
    load=_load,
)
