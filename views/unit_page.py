"""What the pages of units show: the tree of a day with its numbers, and the record page of one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from hrms.commands import organization
from hrms.commands.organization.balance import Line, UnitBalance, each
from hrms.commands.record_feed import Feed, feed
from hrms.kernel import access, clock, history
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from hrms.kernel.text import DateFormatError, parse_full_date
from hrms.kernel.validity import holds
from models.organization import Establishment, LeadershipQuota, OrgUnit, OrgUnitVersion, Position, UnitSuccession
from models.staff import Appointment, Person
from models.vocabulary import ESTABLISHMENT_KINDS, FUNDING_KINDS, POSITION_GROUPS, UNIT_KINDS, UNIT_LEVELS
from views.words import word

PEOPLE_SHOWN = 200
TABS: dict[str, Any] = {
    "overview": _l("Tổng quan"),
    "establishment": _l("Biên chế"),
    "positions": _l("Vị trí việc làm"),
    "people": _l("Cán bộ"),
    "children": _l("Đơn vị trực thuộc"),
    "formation": _l("Lịch sử hình thành"),
    "papers": _l("Văn bản, trình bày"),
}
NEEDS = {
    "establishment": ("establishment", "read"),
    "positions": ("position", "read"),
    "people": ("staff", "read"),
}
RIGHTS = (
    ("unit", "write"), ("position", "read"), ("position", "write"), ("establishment", "read"),
    ("establishment", "write"), ("staff", "read"),
)  # fmt: skip
CODED: dict[str, dict[str, str]] = {
    "kind": {**UNIT_KINDS, **ESTABLISHMENT_KINDS},
    "level": UNIT_LEVELS,
    "funding": FUNDING_KINDS,
    "group": POSITION_GROUPS,
}
ROW_WORDS = {
    "org_unit_version": _l("tên gọi, vị trí trong tổ chức"),
    "position": _l("vị trí việc làm"),
    "establishment": _l("biên chế giao"),
    "leadership_quota": _l("số lượng cấp phó"),
}


@dataclass(frozen=True)
class Asked:
    """The day a page is asked for. ``fault`` says why what was typed is no day; then today is shown."""

    day: date
    typed: str = ""
    fault: str = ""

    @property
    def is_today(self) -> bool:
        return self.day == clock.today()

    @property
    def parameter(self) -> str | None:
        """The value for links: none on today's page."""
        return None if self.is_today else self.day.strftime("%d/%m/%Y")


def asked_day() -> Asked:
    """``?day=dd/mm/yyyy`` of the address."""
    typed = request.args.get("day", "").strip()
    if not typed:
        return Asked(clock.today())
    try:
        return Asked(parse_full_date(typed), typed)
    except DateFormatError as error:
        return Asked(clock.today(), typed, str(error))


@dataclass
class Branch:
    """A node of the tree with its numbers (``None``: not given, or not for this user)."""

    node: organization.Node
    assigned: int | None = None
    present: int | None = None
    surplus: int = 0
    children: list[Branch] = field(default_factory=list)


def surplus_of(lines: Mapping[str, Line]) -> int:
    """Surplus is judged kind by kind: unused places of one kind do not make up for another."""
    return sum(line.surplus for line in lines.values())


def unused_of(lines: Mapping[str, Line]) -> int:
    return sum(line.unused for line in lines.values())


def branches_on(day: date) -> list[Branch]:
    """The tops of what the user may see on ``day``, with numbers for those who may read establishment."""
    if access.may("establishment", "read"):
        return [_with_numbers(balance) for balance in organization.balances(day)]
    tree = organization.tree_on(day)

    def plain(unit_id: int) -> Branch:
        return Branch(tree.nodes[unit_id], children=[plain(child) for child in tree.children.get(unit_id, ())])

    return [plain(top) for top in tree.children.get(None, ())]


def _with_numbers(balance: UnitBalance) -> Branch:
    total = balance.total
    return Branch(
        balance.node, total.assigned, total.present, surplus_of(balance.lines),
        [_with_numbers(child) for child in balance.children],
    )


def count_of(branches: list[Branch]) -> int:
    """How many units the tree holds."""
    return sum(1 + count_of(branch.children) for branch in branches)


@dataclass
class UnitHead:
    """The unit as it stood on the day, and what the user may do with it."""

    unit: OrgUnit
    asked: Asked
    version: OrgUnitVersion | None
    parent: OrgUnit | None
    counts: dict[str, int]
    rights: dict[str, bool]

    @property
    def name(self) -> str:
        return self.version.name if self.version is not None else self.unit.name

    @property
    def kind(self) -> str:
        return word(UNIT_KINDS[self.version.kind if self.version is not None else self.unit.kind])

    @property
    def level(self) -> str:
        return word(UNIT_LEVELS[self.version.level if self.version is not None else self.unit.level])

    @property
    def live(self) -> bool:
        return self.version is not None

    @property
    def parent_in_sight(self) -> bool:
        """Whether the parent may be opened: the unit one is assigned to has none in sight."""
        return self.parent is not None and any(
            grant.unit_path is None or self.parent.path.startswith(grant.unit_path)
            for grant in access.grants()
            if not grant.role.own and (grant.role is access.SUPER or grant.role.allows("unit", "read"))
        )

    @property
    def tabs(self) -> list[tuple[str, str, int | None]]:
        shown = []
        for code, words in TABS.items():
            if code not in NEEDS or self.rights[f"{NEEDS[code][0]}_{NEEDS[code][1]}"]:
                shown.append((code, str(words), self.counts.get(code)))
        return shown



def head_of(unit_id: int, asked: Asked) -> UnitHead:
    """Load the unit in the actor's scope with its version of the day. Raises :class:`NotFound`."""
    day = asked.day
    parent = aliased(OrgUnit)
    below = aliased(OrgUnitVersion)
    counts = {
        "positions": select(func.count(Position.id)).where(Position.unit_id == unit_id, holds(Position, day)),
        "people": select(func.count(Appointment.id)).where(
            Appointment.unit_id == unit_id, Appointment.kind == "main", holds(Appointment, day)
        ),
        "children": select(func.count(below.id)).where(below.parent_id == unit_id, holds(below, day)),
        "formation": select(func.count(OrgUnitVersion.id)).where(OrgUnitVersion.unit_id == unit_id),
    }
    query = (
        select(
            OrgUnit, OrgUnitVersion, parent,
            *[part.correlate(None).scalar_subquery().label(name) for name, part in counts.items()],
            *[_may(unit_id, *right).label("_".join(right)) for right in RIGHTS],
        )
        .outerjoin(OrgUnitVersion, and_(OrgUnitVersion.unit_id == OrgUnit.id, holds(OrgUnitVersion, day)))
        .outerjoin(parent, parent.id == OrgUnitVersion.parent_id)
        .where(OrgUnit.id == unit_id)
        .order_by(OrgUnitVersion.valid_from.desc())
        .limit(1)
    )  # fmt: skip
    row = db.session.execute(access.restrict(query, OrgUnit)).first()
    if row is None:
        raise NotFound()
    rights = {"_".join(right): bool(getattr(row, "_".join(right))) for right in RIGHTS}
    return UnitHead(row[0], asked, row[1], row[2], {name: getattr(row, name) for name in counts}, rights)


def _may(unit_id: int, resource: str, action: str) -> Any:
    """Whether the actor may do the action in this unit, as a column of the head's statement."""
    if not access.may(resource, action):
        return literal(False)
    inside = select(OrgUnit.id).where(OrgUnit.id == unit_id).correlate(None)
    units = access.units_for(resource, action)
    return (inside if units is None else inside.where(OrgUnit.id.in_(units))).exists()


def tab_context(tab: str, head: UnitHead) -> dict[str, Any]:
    """What the template of ``tab`` needs besides the head."""
    makers: dict[str, Any] = {
        "overview": _overview,
        "establishment": _establishment,
        "positions": _positions,
        "people": _people,
        "children": _children,
        "formation": _formation,
        "papers": lambda _head: {},
    }
    found: dict[str, Any] = makers[tab](head)
    return found


def _overview(head: UnitHead) -> dict[str, Any]:
    if not head.rights["establishment_read"]:
        return {"balance": None}
    balance = organization.establishment_balance(head.unit.id, head.asked.day, found=head.unit)
    return {"balance": balance, "surplus_of": surplus_of, "unused_of": unused_of}


def _establishment(head: UnitHead) -> dict[str, Any]:
    """The balance with everything below, what disagrees, and the decisions behind the unit's own numbers."""
    balance = organization.establishment_balance(head.unit.id, head.asked.day, found=head.unit)
    no_text = cast(null(), String)
    assigned = select(
        Establishment.kind.label("kind"),
        Establishment.number.label("number"),
        Establishment.valid_from.label("starts"),
        Establishment.valid_to.label("ends"),
        Establishment.decision_number.label("decision"),
        no_text.label("article"),
    ).where(Establishment.unit_id == head.unit.id)
    quotas = select(
        literal("deputies"),
        LeadershipQuota.deputies,
        LeadershipQuota.valid_from,
        LeadershipQuota.valid_to,
        LeadershipQuota.decision_number,
        LeadershipQuota.article,
    ).where(LeadershipQuota.unit_id == head.unit.id)
    rows = union_all(assigned, quotas).subquery()
    decisions = db.session.execute(select(rows).order_by(rows.c.kind, rows.c.starts.desc())).all()
    everything = list(each([balance]))
    return {
        "balance": balance,
        "decisions": decisions,
        "checks": [check for one in everything for check in one.checks],
        "surplus_deputies": organization.surplus_deputies([balance]),
        "averages": organization.averages([balance]) if head.unit.kind in ("province", "commune") else [],
        "surplus_of": surplus_of,
        "unused_of": unused_of,
    }


def _positions(head: UnitHead) -> dict[str, Any]:
    """Positions in force on the day with the number of people who hold them as their main post."""
    day = head.asked.day
    held = (
        select(func.count(Appointment.id))
        .where(Appointment.position_id == Position.id, Appointment.kind == "main", holds(Appointment, day))
        .correlate(Position)
        .scalar_subquery()
    )
    query = (
        select(Position, held)
        .where(Position.unit_id == head.unit.id, holds(Position, day))
        .order_by(Position.leader_rank == "", Position.code)
    )
    return {"rows": db.session.execute(access.restrict(query, Position)).all(), "groups": POSITION_GROUPS}


def _people(head: UnitHead) -> dict[str, Any]:
    """Who holds a post in the unit itself on the day; heads first."""
    rank = {"head": 0, "deputy": 1}
    query = (
        select(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.unit_id == head.unit.id, holds(Appointment, head.asked.day))
        .options(joinedload(Appointment.person))
        .order_by(Person.sort_key, Appointment.id)
        .limit(PEOPLE_SHOWN)
    )
    rows = list(db.session.scalars(access.restrict(query, Person)))
    rows.sort(key=lambda row: rank.get(row.leader_rank, 2))
    return {"rows": rows, "most": PEOPLE_SHOWN}


def _children(head: UnitHead) -> dict[str, Any]:
    if not head.rights["establishment_read"]:
        tree = organization.tree_on(head.asked.day, head.unit.id)
        below = tree.children.get(head.unit.id, ())
        return {"children": [Branch(tree.nodes[child]) for child in below]}
    balance = organization.establishment_balance(head.unit.id, head.asked.day, found=head.unit)
    return {"children": [_with_numbers(child) for child in balance.children]}


def _formation(head: UnitHead) -> dict[str, Any]:
    """The versions with their decisions, and the arrows to and from other units."""
    unit_id = head.unit.id
    parent = aliased(OrgUnit)
    versions = db.session.execute(
        select(OrgUnitVersion, parent.name)
        .outerjoin(parent, parent.id == OrgUnitVersion.parent_id)
        .where(OrgUnitVersion.unit_id == unit_id)
        .order_by(OrgUnitVersion.valid_from.desc())
    ).all()
    arrows = db.session.scalars(
        select(UnitSuccession)
        .where(or_(UnitSuccession.from_unit_id == unit_id, UnitSuccession.to_unit_id == unit_id))
        .options(joinedload(UnitSuccession.from_unit), joinedload(UnitSuccession.to_unit))
        .order_by(UnitSuccession.on.desc(), UnitSuccession.id)
    ).all()
    others = [row for row in arrows if row.from_unit_id != row.to_unit_id]
    return {
        "versions": versions,
        "before": [row for row in others if row.to_unit_id == unit_id],
        "after": [row for row in others if row.from_unit_id == unit_id],
        "feed": _history(head),
        "kinds": UNIT_KINDS,
        "levels": UNIT_LEVELS,
    }


def _history(head: UnitHead) -> Feed | None:
    if not access.may("history", "read"):
        return None
    rows: dict[type[Any], str] = {
        OrgUnitVersion: "unit_id", Position: "unit_id", Establishment: "unit_id", LeadershipQuota: "unit_id",
    }  # fmt: skip
    found = feed(head.unit, rows)
    for entry in found.entries:
        if entry.record_type != history.record_type(OrgUnit):
            entry.what = str(ROW_WORDS[entry.record_type])
        known = CODED.get(entry.field, {})
        entry.old = word(known[entry.old]) if entry.old in known else entry.old
        entry.new = word(known[entry.new]) if entry.new in known else entry.new
    return found
