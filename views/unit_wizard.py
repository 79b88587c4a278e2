"""Reorganising a unit on one page: merge, split, end. Who and what goes where stands in plain rows.

The page may be sent as often as one likes to look at the consequences (“Kiểm tra”); only “Thực hiện” writes, and then
everything in one transaction. Works without scripts: rows are added by sending the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands import organization
from hrms.commands.organization.occupancy import posts_in
from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from models.organization import OrgUnit
from models.staff import Appointment, Person
from models.vocabulary import LEADER_RANKS
from views.fields import LookupField
from views.posted import identifier, whole
from views.staff_forms import choices
from views.unit_forms import ReorganiseForm, TargetForm, like

KINDS: dict[str, Any] = {
    "merge": _l("Sáp nhập, hợp nhất"),
    "split": _l("Chia, tách"),
    "end": _l("Kết thúc hoạt động, giải thể"),
}
MOST_UNITS = 20
STAY = ""  # nobody said where


@dataclass
class PersonRow:
    """Somebody with a post in a unit that changes: where to, and as what."""

    post: Appointment
    person: Person
    to: str = STAY
    title: str = ""
    rank: str = ""

    @property
    def changed(self) -> bool:
        return self.title != self.post.title or self.rank != self.post.leader_rank


@dataclass
class Plan:
    """What the page holds: from the request when it was sent, else the usual beginning."""

    kind: str
    unit: OrgUnit
    form: ReorganiseForm
    others: list[OrgUnit] = field(default_factory=list)  # merged with this one
    receivers: list[TargetForm] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    children: list[tuple[organization.Node, str]] = field(default_factory=list)
    rest: str = STAY
    keep: bool = False
    sum_establishment: bool = True
    adding: LookupField | None = None

    @property
    def leaders(self) -> list[PersonRow]:
        return [row for row in self.people if row.post.leader_rank]

    @property
    def day(self) -> date:
        return self.form.on.data or clock.today()


def plan_of(kind: str, unit: OrgUnit) -> Plan:
    """Read the request. Raises :class:`NotFound` for an unknown kind."""
    if kind not in KINDS:
        raise NotFound()
    sent = request.method == "POST"
    plan = Plan(kind, unit, ReorganiseForm())
    do = request.form.get("do", "")
    if kind == "merge":
        plan.others = _others(unit, do)
    count = max(1 if kind != "split" else 2, min(whole("receivers") or 0, MOST_UNITS))
    if do == "more" and count < MOST_UNITS:
        count += 1
    for number in range(count):
        given = None if sent and f"t{number}-kind" in request.form else like(unit)
        plan.receivers.append(TargetForm(prefix=f"t{number}-", data=given))
    plan.rest, plan.keep = request.form.get("rest", STAY), bool(request.form.get("keep"))
    plan.sum_establishment = bool(request.form.get("sum_establishment")) or not sent
    units = [unit.id, *(other.id for other in plan.others)]
    plan.people = _people(units, plan.day)
    if kind != "merge":
        tree = organization.tree_on(plan.day, unit.id, everything=True)
        below = [tree.nodes[child] for child in tree.children.get(unit.id, ())]
        plan.children = [(node, request.form.get(f"c-{node.id}", STAY)) for node in below]
    return plan


def _others(unit: OrgUnit, do: str) -> list[OrgUnit]:
    """The units chosen to be merged with this one, the one just added included, the one just dropped not."""
    ids = [number for raw in request.form.getlist("other") if (number := identifier(raw)) is not None]
    if (added := whole("add")) is not None:
        ids.append(added)
    dropped = do.removeprefix("drop-")
    ids = [number for number in dict.fromkeys(ids) if number != unit.id and str(number) != dropped]
    query = access.restrict(select(OrgUnit).where(OrgUnit.id.in_(ids[:MOST_UNITS])), OrgUnit, "write")
    found = {row.id: row for row in db.session.scalars(query)}
    return [found[number] for number in ids if number in found]


def _people(unit_ids: list[int], day: date) -> list[PersonRow]:
    rows = []
    for post, person in posts_in(unit_ids, day):
        to = request.form.get(f"p-{person.id}", STAY)
        title = request.form.get(f"pt-{person.id}", post.title)
        rank = request.form.get(f"pr-{person.id}", post.leader_rank)
        rows.append(PersonRow(post, person, to, title, rank))
    return rows


def command_of(plan: Plan) -> Command[list[OrgUnit]]:
    """The command of the page as it stands. Raises :class:`Refused` for what no command can be made of."""
    form = plan.form
    posts = {row.person.id: organization.NewPost(row.title, row.rank) for row in plan.people if row.changed}
    common: dict[str, Any] = {
        "on": form.on.data, "decision_number": form.decision_number.data or "",
        "decision_date": form.decision_date.data, "posts": posts, "note": form.note.data or "",
    }  # fmt: skip
    if plan.kind == "merge":
        units = [plan.unit.id, *(other.id for other in plan.others)]
        return organization.MergeUnits(
            **common, unit_ids=units, into=plan.receivers[0].target(), sum_establishment=plan.sum_establishment
        )
    staff = {row.person.id: to for row in plan.people if (to := identifier(row.to)) is not None}
    children = {node.id: number for node, to in plan.children if (number := identifier(to)) is not None}
    rest = identifier(plan.rest)
    filled = [receiver for receiver in plan.receivers if not receiver.empty]
    if plan.kind == "split":
        return organization.SplitUnit(
            **common, unit_id=plan.unit.id, into=[receiver.target() for receiver in filled], staff=staff,
            children=children, rest=rest, keep=plan.keep,
        )  # fmt: skip
    ids = [receiver.existing.data for receiver in filled]
    if any(number is None for number in ids):
        raise Refused(
            [
                Fault(
                    "",
                    _(
                        "Khi kết thúc hoạt động, đơn vị tiếp nhận phải là đơn vị đang có. "
                        "Cần lập đơn vị mới thì hãy dùng “Chia, tách”."
                    ),
                )
            ]
        )
    targets = dict(enumerate(int(number) for number in ids if number is not None))
    return organization.EndUnit(
        **common, unit_id=plan.unit.id, staff={who: targets[to] for who, to in staff.items() if to in targets},
        children={who: targets[to] for who, to in children.items() if to in targets},
        staff_to=targets.get(rest) if rest is not None else None,
        children_to=targets.get(rest) if rest is not None else None, successors=list(targets.values()),
    )  # fmt: skip


def take_faults(plan: Plan, error: Refused) -> list[Fault]:
    """Hang faults on the fields of the page; returns those that belong to no field."""
    rest = []
    for fault in plan.form.take_faults(error):
        number, name = _receiver_of(fault.field)
        if name and 0 <= number < len(plan.receivers):
            left = plan.receivers[number].take_faults(Refused([Fault(name, fault.message)]))
            if not left:
                continue
        rest.append(fault)
    return rest


def _receiver_of(path: str) -> tuple[int, str]:
    """``into[1].name`` → (1, "name"); ``into.code`` → (0, "code"); ``into`` → (0, "existing")."""
    if not path.startswith("into"):
        return -1, ""
    place, _dot, name = path.partition(".")
    inside = place[4:].strip("[]")
    return (int(inside) if inside.isdigit() else 0), name or "existing"


def context(plan: Plan) -> dict[str, Any]:
    """What the template needs besides the plan."""
    return {
        "kinds": KINDS,
        "ranks": choices(LEADER_RANKS),
        "receiver_words": [(str(number), form.words) for number, form in enumerate(plan.receivers) if not form.empty],
        "lookup": url_for("LookupView.units", action="unit") + "&q=",
    }
