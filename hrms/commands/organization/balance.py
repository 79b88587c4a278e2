"""Establishment and leadership posts on a day: assigned, present, unused, surplus; deputies allowed and present.

Present are main posts held on the day, people seconded out included, people seconded in left out (they are present
where they come from); concurrent posts take no place. A unit with its own assigned number has that number; a unit
without one has what its units below have together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import String, case, cast, func, literal, null, select, union_all

from hrms.commands.law.current import current_store
from hrms.commands.organization.tree import Node, Tree, tree_on
from hrms.commands.staff.lookup import CHUNK
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_integer
from hrms.kernel.validity import holds
from models.organization import Establishment, LeadershipQuota, OrgUnit, OrgUnitVersion
from models.restructuring import RestructuringAct
from models.staff import Appointment, Person
from models.vocabulary import ESTABLISHMENT_KINDS, ESTABLISHMENT_OF_CATEGORY
from policies.positions import deputies_allowed, surplus_deadline


@dataclass(frozen=True)
class Line:
    """One kind of staff. ``assigned`` is ``None`` where no number was given; then nothing is unused or surplus."""

    kind: str
    assigned: int | None = None
    present: int = 0
    concurrent: int = 0
    seconded_in: int = 0
    seconded_out: int = 0

    @property
    def unused(self) -> int:
        return max(0, (self.assigned or 0) - self.present) if self.assigned is not None else 0

    @property
    def surplus(self) -> int:
        return max(0, self.present - self.assigned) if self.assigned is not None else 0

    @property
    def empty(self) -> bool:
        return not (self.assigned or self.present or self.concurrent or self.seconded_in or self.seconded_out)


@dataclass(frozen=True)
class Leaders:
    """Heads and deputies directly in a unit. ``allowed`` is ``None`` where neither rule nor decision gives a number."""

    heads: int = 0
    deputies: int = 0
    allowed: int | None = None
    article: str = ""
    mark: str = ""
    reason: str = ""
    average: bool = False
    since: date | None = None  # date of the restructuring decision the surplus is counted from
    deadline: date | None = None

    @property
    def surplus(self) -> int:
        return max(0, self.deputies - self.allowed) if self.allowed is not None else 0


@dataclass
class UnitBalance:
    """The unit with everything below it (``lines``), its own posts only (``own``), its leaders, and what disagrees."""

    node: Node
    lines: dict[str, Line] = field(default_factory=dict)
    own: dict[str, Line] = field(default_factory=dict)
    leaders: Leaders = field(default_factory=Leaders)
    checks: list[Fault] = field(default_factory=list)
    children: list[UnitBalance] = field(default_factory=list)

    @property
    def total(self) -> Line:
        """All kinds together; assigned only counts kinds that have a number."""
        given = [line.assigned for line in self.lines.values() if line.assigned is not None]
        return Line(
            "total",
            sum(given) if given else None,
            sum(line.present for line in self.lines.values()),
            sum(line.concurrent for line in self.lines.values()),
            sum(line.seconded_in for line in self.lines.values()),
            sum(line.seconded_out for line in self.lines.values()),
        )


@dataclass(frozen=True)
class Quota:
    """The number of deputies a decision gives a unit."""

    deputies: int
    article: str
    mark: str
    decision_number: str


@dataclass
class _Counts:
    present: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    concurrent: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    seconded_in: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    seconded_out: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    leaders: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    assigned: dict[tuple[int, str], int] = field(default_factory=dict)
    quotas: dict[int, Quota] = field(default_factory=dict)
    acts: dict[int, date] = field(default_factory=dict)


def establishment_balance(unit_id: int, day: date | None = None, *, found: OrgUnit | None = None) -> UnitBalance:
    """The balance of a unit and of everything below it on ``day`` (today).

    Raises :class:`NotFound` for a unit out of the actor's scope; a unit that does not exist on the day has no lines.
    ``found`` is the unit when the caller has already read it in that scope.
    """
    unit = found if found is not None else access.get(OrgUnit, unit_id, "read", "establishment")
    day = day or clock.today()
    whole = tree_on(day, everything=True)
    if unit_id not in whole:
        return UnitBalance(
            Node(
                unit.id,
                unit.code,
                unit.name,
                unit.short_name,
                unit.kind,
                unit.level,
                unit.parent_id,
                unit.display_order,
            )
        )
    above = whole.above(unit_id)
    below = whole.cut(unit_id)
    return _balance(unit_id, below, _count(day, sorted(below.nodes)), above[-1].kind if above else "")


def balances(day: date | None = None) -> list[UnitBalance]:
    """Balances of the tops of what the actor may see (the province, or the own agency)."""
    access.require("establishment", "read")
    day = day or clock.today()
    tree = tree_on(day)
    counts = _count(day, sorted(tree.nodes))
    tops = tree.children.get(None, ())
    kinds = _kinds_on({tree.nodes[top].parent_id for top in tops} - {None}, day)
    return [_balance(top, tree, counts, kinds.get(tree.nodes[top].parent_id, "")) for top in tops]


def _kinds_on(unit_ids: set[int | None], day: date) -> dict[int | None, str]:
    """Kinds of units out of the actor's sight: the rule for a unit's deputies depends on what stands above it."""
    if not unit_ids:
        return {}
    rows = select(OrgUnitVersion.unit_id, OrgUnitVersion.kind).where(
        OrgUnitVersion.unit_id.in_(unit_ids), holds(OrgUnitVersion, day)
    )
    return {row.unit_id: row.kind for row in db.session.execute(rows)}


def _count(day: date, unit_ids: list[int] | None = None) -> _Counts:
    """Posts and numbers of the whole province on a day, in two statements: pages have a budget of them.

    ``unit_ids``: only those are asked for, where they are few enough for one IN list.
    """
    counts = _Counts()
    in_force = holds(Appointment, day)
    away = select(Appointment.person_id).where(Appointment.kind == "secondment", in_force)
    is_away = case((Person.id.in_(away), 1), else_=0)
    posts = (
        select(
            Appointment.unit_id,
            Appointment.kind,
            Person.category,
            Appointment.leader_rank,
            func.count(),
            func.sum(is_away),
        )
        .join(Person, Person.id == Appointment.person_id)
        .where(in_force)
        .group_by(Appointment.unit_id, Appointment.kind, Person.category, Appointment.leader_rank)
    )
    if unit_ids is not None and len(unit_ids) <= CHUNK:
        posts = posts.where(Appointment.unit_id.in_(unit_ids))
    tables = {"main": counts.present, "concurrent": counts.concurrent, "secondment": counts.seconded_in}
    for unit_id, kind, category, rank, number, gone in db.session.execute(posts):
        key = unit_id, ESTABLISHMENT_OF_CATEGORY[category]
        if kind in tables:
            tables[kind][key] += number
        if kind == "main":
            counts.seconded_out[key] += int(gone or 0)
            if rank:
                counts.leaders[unit_id, rank] += number
    _numbers(counts, day)
    return counts


def _numbers(counts: _Counts, day: date) -> None:
    """Assigned numbers, numbers of deputies by decision, and the latest restructuring decisions, read together."""
    no_text = cast(null(), String)

    assigned = select(
        literal("assigned").label("what"),
        Establishment.unit_id.label("unit_id"),
        Establishment.valid_from.label("since"),
        Establishment.number.label("number"),
        Establishment.kind.label("kind"),
        no_text.label("article"),
        no_text.label("mark"),
        no_text.label("decision"),
    ).where(holds(Establishment, day))
    quotas = select(
        literal("quota"),
        LeadershipQuota.unit_id,
        LeadershipQuota.valid_from,
        LeadershipQuota.deputies,
        no_text,
        LeadershipQuota.article,
        LeadershipQuota.mark,
        LeadershipQuota.decision_number,
    ).where(holds(LeadershipQuota, day))
    acts = (
        select(
            literal("act"),
            RestructuringAct.unit_id,
            func.max(RestructuringAct.issued_on),
            literal(0),
            no_text,
            no_text,
            no_text,
            no_text,
        )
        .where(RestructuringAct.effective_on <= day)
        .group_by(RestructuringAct.unit_id)
    )
    rows = union_all(assigned, quotas, acts).subquery()
    # The later of two numbers of one unit is the one in force.
    for row in db.session.execute(select(rows).order_by(rows.c.since)):
        if row.what == "assigned":
            counts.assigned[row.unit_id, row.kind] = row.number
        elif row.what == "quota":
            counts.quotas[row.unit_id] = Quota(row.number, row.article, row.mark, row.decision)
        else:
            counts.acts[row.unit_id] = row.since


def _balance(unit_id: int, tree: Tree, counts: _Counts, parent_kind: str) -> UnitBalance:
    node = tree.nodes[unit_id]
    balance = UnitBalance(node)
    balance.children = [_balance(child, tree, counts, node.kind) for child in tree.children.get(unit_id, ())]
    for kind in ESTABLISHMENT_KINDS:
        key = unit_id, kind
        own = Line(
            kind,
            counts.assigned.get(key),
            counts.present.get(key, 0),
            counts.concurrent.get(key, 0),
            counts.seconded_in.get(key, 0),
            counts.seconded_out.get(key, 0),
        )
        below = [child.lines[kind] for child in balance.children if kind in child.lines]
        given = [line.assigned for line in below if line.assigned is not None]
        line = Line(
            kind,
            own.assigned if own.assigned is not None else (sum(given) if given else None),
            own.present + sum(line.present for line in below),
            own.concurrent + sum(line.concurrent for line in below),
            own.seconded_in + sum(line.seconded_in for line in below),
            own.seconded_out + sum(line.seconded_out for line in below),
        )
        if not own.empty:
            balance.own[kind] = own
        if not line.empty:
            balance.lines[kind] = line
        if own.assigned is not None and sum(given) > own.assigned:
            balance.checks.append(_more_below(node, kind, own.assigned, sum(given)))
    balance.leaders = _leaders(balance, counts, tree.day, parent_kind)
    return balance


def _more_below(node: Node, kind: str, assigned: int, below: int) -> Fault:
    return Fault(
        f"{node.code}.{kind}",
        _(
            "%(unit)s: tổng biên chế %(kind)s giao cho đơn vị trực thuộc là %(below)s, "
            "vượt số được giao %(assigned)s. Hãy điều chỉnh quyết định giao.",
            unit=node.name,
            kind=ESTABLISHMENT_KINDS[kind].lower(),
            below=format_integer(below),
            assigned=format_integer(assigned),
        ),
        code="children_above_parent",
    )


def _leaders(balance: UnitBalance, counts: _Counts, day: date, parent_kind: str) -> Leaders:
    node = balance.node
    heads, deputies = counts.leaders.get((node.id, "head"), 0), counts.leaders.get((node.id, "deputy"), 0)
    since = counts.acts.get(node.id)
    quota = counts.quotas.get(node.id)
    if quota is not None:
        reason = _("theo %(number)s", number=quota.decision_number) if quota.decision_number else ""
        found = Leaders(heads, deputies, quota.deputies, quota.article, quota.mark, reason, False, since)
    else:
        total = balance.total
        headcount = total.assigned if total.assigned is not None else total.present
        divisions = sum(child.node.kind == "division" for child in balance.children)
        rule = deputies_allowed(
            node.kind, headcount, divisions, day=day, parent_kind=parent_kind, store=current_store()
        )
        if rule is None:
            return Leaders(heads, deputies, since=since)
        found = Leaders(heads, deputies, rule.number, rule.article, rule.mark, rule.reason, rule.average, since)
    if found.surplus and since is not None:
        return Leaders(**{**vars(found), "deadline": surplus_deadline(since, store=current_store())})
    return found


@dataclass(frozen=True)
class Average:
    """The sum test of a rule that speaks of an average: so many bodies, deputies allowed together, present together."""

    kind: str
    bodies: int
    allowed: int
    present: int

    @property
    def surplus(self) -> int:
        return max(0, self.present - self.allowed)


def averages(tops: Iterable[UnitBalance]) -> list[Average]:
    """Per kind of body whose number of deputies is an average: the test over all such bodies below the given units."""
    bodies: dict[str, list[Leaders]] = defaultdict(list)
    for balance in each(tops):
        if balance.leaders.average and balance.leaders.allowed is not None:
            bodies[balance.node.kind].append(balance.leaders)
    return [
        Average(kind, len(rows), sum(row.allowed or 0 for row in rows), sum(row.deputies for row in rows))
        for kind, rows in sorted(bodies.items())
    ]


def each(tops: Iterable[UnitBalance]) -> Iterable[UnitBalance]:
    """Every balance of the trees, from the top down."""
    for balance in tops:
        yield balance
        yield from each(balance.children)


def surplus_deputies(tops: Iterable[UnitBalance]) -> list[UnitBalance]:
    """Units with more deputies than their own number allows (averages are judged together, see :func:`averages`)."""
    return [balance for balance in each(tops) if balance.leaders.surplus and not balance.leaders.average]
