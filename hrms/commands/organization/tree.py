"""The unit tree as of a day, what units became, and the projection of today's tree onto the unit table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import fold, sort_key
from hrms.kernel.validity import holds
from models.organization import OrgUnit, OrgUnitVersion, UnitSuccession


@dataclass(frozen=True)
class Node:
    """A unit as it was, is or will be on one day."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    display_order: int
    depth: int = 0


@dataclass
class Tree:
    """Units that exist on ``day``. ``children`` maps a unit id (``None``: the tops) to its units in display order."""

    day: date
    nodes: dict[int, Node] = field(default_factory=dict)
    children: dict[int | None, list[int]] = field(default_factory=dict)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self.nodes

    def walk(self, top: int | None = None, depth: int = 0) -> Iterator[tuple[Node, int]]:
        """Units from the top down, each with its depth under ``top`` (which itself comes first)."""
        if top is not None:
            yield self.nodes[top], depth
            depth += 1
        for child in self.children.get(top, ()):
            yield from self.walk(child, depth)

    def inside(self, top: int) -> set[int]:
        """Ids of the unit and everything below it."""
        return {node.id for node, _depth in self.walk(top)}

    def cut(self, top: int) -> Tree:
        """Only ``top`` and everything below it; an empty tree when it is not there."""
        if top not in self.nodes:
            return Tree(self.day)
        kept = self.inside(top)
        return Tree(
            self.day,
            {unit: node for unit, node in self.nodes.items() if unit in kept},
            {**{unit: ids for unit, ids in self.children.items() if unit in kept}, None: [top]},
        )

    def above(self, unit_id: int) -> list[Node]:
        """From the top of the tree down to the unit's parent."""
        found: list[Node] = []
        parent = self.nodes[unit_id].parent_id
        while parent is not None and parent in self.nodes:
            found.append(self.nodes[parent])
            parent = self.nodes[parent].parent_id
        return found[::-1]


def tree_on(day: date | None = None, root: int | None = None, *, everything: bool = False) -> Tree:
    """The tree of ``day`` (today), of the units the actor may read, or of ``root`` and below.

    A unit whose parent is out of the actor's sight stands at the top. ``everything`` leaves the actor's scope aside:
    for validation, where the tree must be whole.
    """
    day = day or clock.today()
    query = (
        select(OrgUnitVersion, OrgUnit.code, OrgUnit.display_order)
        .join(OrgUnit, OrgUnit.id == OrgUnitVersion.unit_id)
        .where(holds(OrgUnitVersion, day))
    )
    if not everything:
        units = access.units_for("unit", "read")
        if units is not None:
            query = query.where(OrgUnit.id.in_(units))
    tree = Tree(day)
    for row, code, order in db.session.execute(query):
        tree.nodes[row.unit_id] = Node(
            row.unit_id, code, row.name, row.short_name, row.kind, row.level, row.parent_id, order
        )
    below: dict[int | None, list[int]] = defaultdict(list)
    for node in tree.nodes.values():
        below[node.parent_id if node.parent_id in tree.nodes else None].append(node.id)
    for ids in below.values():
        ids.sort(key=lambda unit: (tree.nodes[unit].display_order, sort_key(tree.nodes[unit].name)))
    tree.children = dict(below)
    return tree if root is None else tree.cut(root)


def successors_of(unit_id: int, *, final: bool = False) -> list[OrgUnit]:
    """What a unit became; ``final`` follows the arrows to the units that became nothing else."""
    return _follow(unit_id, "from_unit_id", "to_unit_id", final)


def predecessors_of(unit_id: int, *, final: bool = False) -> list[OrgUnit]:
    """Which units became this one; ``final`` follows the arrows back to the first ones."""
    return _follow(unit_id, "to_unit_id", "from_unit_id", final)


def _follow(unit_id: int, here: str, there: str, final: bool) -> list[OrgUnit]:
    arrows: dict[int, list[int]] = defaultdict(list)
    for row in db.session.scalars(select(UnitSuccession).order_by(UnitSuccession.on, UnitSuccession.id)):
        start, end = getattr(row, here), getattr(row, there)
        if start is not None and end is not None and start != end:
            arrows[start].append(end)
    if not final:
        ids = list(dict.fromkeys(arrows.get(unit_id, ())))
    else:
        ids, seen, open_ids = [], {unit_id}, [unit_id]
        while open_ids:
            current = open_ids.pop(0)
            onward = [other for other in arrows.get(current, ()) if other not in seen]
            if not onward and current != unit_id:
                ids.append(current)
            seen.update(onward)
            open_ids.extend(onward)
    found = {unit.id: unit for unit in db.session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids)))} if ids else {}
    return [found[number] for number in ids]


def project_units(day: date | None = None) -> int:
    """Write the version valid on ``day`` (today) onto each unit: name, kind, parent, and the path that scopes rest on.

    An ended unit keeps its last version, a future one shows its first. What was merged into one other unit lies, by
    its path, below that unit: records of the old body (people who left, settled cases) are handed over with it.
    Returns how many units changed. Call inside a transaction.
    """
    day = day or clock.today()
    db.session.flush()
    versions: dict[int, list[OrgUnitVersion]] = defaultdict(list)
    for version in db.session.scalars(select(OrgUnitVersion).order_by(OrgUnitVersion.valid_from)):
        versions[version.unit_id].append(version)
    units = {unit.id: unit for unit in db.session.scalars(select(OrgUnit))}
    chosen = {unit_id: _version_for(rows, day) for unit_id, rows in versions.items()}
    above = {unit_id: version.parent_id for unit_id, version in chosen.items()} | _heirs(units, day)
    paths: dict[int, tuple[str, int]] = {}
    changed = 0
    for unit_id, unit in units.items():
        version = chosen.get(unit_id)
        if version is None:
            continue
        path, depth = _path(unit_id, above, paths, ())
        values = {
            "name": version.name,
            "short_name": version.short_name,
            "kind": version.kind,
            "level": version.level,
            "parent_id": version.parent_id,
            "path": path,
            "depth": depth,
            **keys_of(version.name, version.short_name, unit.code),
        }
        different = {name: value for name, value in values.items() if getattr(unit, name) != value}
        for name, value in different.items():
            setattr(unit, name, value)
        changed += bool(different)
    db.session.flush()
    access.forget_grants()
    return changed


def keys_of(name: str, short_name: str, code: str) -> dict[str, str]:
    """Search and sort columns of a unit."""
    words = " ".join(part for part in (name, short_name, code) if part)
    return {"folded": fold(words)[:400], "sort_key": sort_key(name)[:400]}


def _version_for(rows: list[OrgUnitVersion], day: date) -> OrgUnitVersion:
    begun = [row for row in rows if row.valid_from <= day]
    return begun[-1] if begun else rows[0]


def _heirs(units: dict[int, OrgUnit], day: date) -> dict[int, int | None]:
    """Ended unit → the one unit that took it in; a unit that became several has no single heir."""
    targets: dict[int, set[int]] = defaultdict(set)
    for row in db.session.scalars(
        select(UnitSuccession).where(UnitSuccession.kind == "merge", UnitSuccession.on <= day)
    ):
        ended = units[row.from_unit_id].valid_to
        if row.to_unit_id is not None and row.to_unit_id != row.from_unit_id and ended is not None and ended < day:
            targets[row.from_unit_id].add(row.to_unit_id)
    return {unit_id: next(iter(found)) for unit_id, found in targets.items() if len(found) == 1}


def _path(
    unit_id: int, above: dict[int, int | None], paths: dict[int, tuple[str, int]], seen: tuple[int, ...]
) -> tuple[str, int]:
    if unit_id in paths:
        return paths[unit_id]
    parent = above.get(unit_id)
    if parent is None or parent in seen or parent not in above:
        found = f"/{unit_id}/", 0
    else:
        path, depth = _path(parent, above, paths, (*seen, unit_id))
        found = f"{path}{unit_id}/", depth + 1
    paths[unit_id] = found
    return found


def chain_on(unit_id: int, day: date) -> list[int]:
    """The unit and everything above it on ``day``, from the unit up; empty when it did not exist."""
    found: list[int] = []
    current: int | None = unit_id
    while current is not None and current not in found:
        row = db.session.execute(
            select(OrgUnitVersion.parent_id)
            .where(OrgUnitVersion.unit_id == current, holds(OrgUnitVersion, day))
            .limit(1)
        ).first()
        if row is None:
            break
        found.append(current)
        current = row[0]
    return found


def live_unit_ids(day: date, unit_ids: Iterable[int]) -> set[int]:
    """Those of the units that exist on ``day``."""
    return set(
        db.session.scalars(
            select(OrgUnitVersion.unit_id).where(OrgUnitVersion.unit_id.in_(list(unit_ids)), holds(OrgUnitVersion, day))
        )
    )
