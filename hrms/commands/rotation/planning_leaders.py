"""The planner's question for a rotation of leaders: candidates a manager picks, and the leading posts open to them.

Of the law a machine decides: the bars of the person and the years left (Điều 43, Luật 80/2025 Điều 38), months of the
rotation (Điều 48), the family bar, no return, one person per post, another agency. What it does not: who is in quy
hoạch (the manager picks), which posts are closed to locals (configuration), the political standard (the dossier).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from hrms.commands.evaluation.roll import klass_of
from hrms.commands.law.current import current_store
from hrms.commands.rotation import checks
from hrms.commands.rotation.clocks import Holder, Post, unit_places, units_named
from hrms.commands.rotation.planning_people import Place
from hrms.commands.rotation.planning_problem import Builder, PlannerSettings
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position
from models.staff import Appointment, Person
from policies.engine.dates import PartialDate
from policies.engine.parameters import ParameterStore
from policies.planner import ROTATION
from policies.rotation import MoveFacts, Tenure, check_move

CANDIDATE, BARRED = "CANDIDATE", "BARRED"
MOST = 300  # candidates of one run


@dataclass(frozen=True)
class Leader:
    """Somebody in a leading post, to pick from. ``reason``: code of what bars a rotation from the day, or ``""``."""

    person_id: int
    code: str
    name: str
    title: str
    unit: str
    since: date
    reason: str


def bars_of(people: Sequence[Person], day: date, settings: PlannerSettings, store: ParameterStore) -> dict[int, str]:
    """Person id → code of the first thing the law has against rotating this leader from ``day``; ``""``: nothing."""
    grounds = checks.grounds_of({person.id: person.sex for person in people}, day, store)
    found = {}
    for person in people:
        codes = grounds[person.id] | ({"SECONDED"} if person.status == "seconded" else set())
        facts = MoveFacts(
            effective=day, person_class=klass_of(person.category, True), facts=frozenset(codes),
            months=settings.months or None, group=settings.group, sex=person.sex,
            birth=PartialDate(person.birth_date, person.birth_precision),  # type: ignore[arg-type]
            annex=person.retirement_annex,
        )  # fmt: skip
        refusals = check_move(ROTATION, facts, store).refusals
        found[person.id] = refusals[0].code if refusals else ""
    return found


def leaders(unit_id: int, day: date, action: str = "solve") -> list[tuple[Person, Appointment]]:
    """Who holds a leading main post in the unit or below on ``day``, within the actor's scope, by name."""
    path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
    query = access.restrict(
        select(Person, Appointment)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .where(
            OrgUnit.path.like(path + "%"), Appointment.kind == "main", Appointment.leader_rank != "",
            holds(Appointment, day), Person.left_on.is_(None),
        )
        .order_by(Person.sort_key, Person.id),
        Person, action, "movement",
    )  # fmt: skip
    found: dict[int, tuple[Person, Appointment]] = {}
    for person, post in db.session.execute(query).tuples():
        found.setdefault(person.id, (person, post))
    return list(found.values())


class LeaderBuilder(Builder):
    """The same question with other people and posts, in the words of a rotation."""

    purpose = ROTATION

    def __init__(self, unit_id: int, day: date, settings: PlannerSettings, plan_id: int | None, action: str) -> None:
        super().__init__(unit_id, day, settings, plan_id, action)
        picked = set(settings.people)
        rows = [(person, post) for person, post in leaders(unit_id, day, action) if person.code in picked][:MOST]
        self.ranks = {person.id: post.leader_rank for person, post in rows}
        self.bars = bars_of([person for person, _post in rows], day, settings, self.store)
        history = self._history([person.id for person, _post in rows])
        self.roll = replace(self.roll, holders=[self._holder(*row, history) for row in rows])

    def _history(self, ids: Sequence[int]) -> dict[int, list[Post]]:
        found: dict[int, list[Post]] = {number: [] for number in ids}
        for part in in_chunks(list(ids)):
            rows = db.session.scalars(
                select(Appointment)
                .where(Appointment.person_id.in_(part), Appointment.kind == "main")
                .order_by(Appointment.valid_from)
            )
            for row in rows:
                found[row.person_id].append(
                    Post(row.valid_from, row.valid_to, row.unit_id, row.position_id, "", row.title)
                )
        return found

    def _holder(self, person: Person, post: Appointment, history: Mapping[int, list[Post]]) -> Holder:
        birth = PartialDate(person.birth_date, person.birth_precision)  # type: ignore[arg-type]
        return Holder(
            person.id, person.code, person.full_name, person.sort_key, person.sex, birth, person.category,
            person.state_service_from, post.id, post.unit_id, post.position_id or 0, post.title, "", True,
            tuple(history[person.id]), Tenure(post.valid_from, leader=True), frozenset(), False, None,
        )  # fmt: skip

    # --- what is otherwise than in periodic change ------------------------------------------------------------------
    def _wanted(self) -> ColumnElement[bool]:
        return Position.leader_rank != ""

    def _standing(
        self, holders: Mapping[int, Holder], lines: Sequence[str] = ()
    ) -> dict[int, tuple[bool, bool, str, str, date | None]]:
        stays = set(self.settings.leave_out)
        found: dict[int, tuple[bool, bool, str, str, date | None]] = {}
        for number, one in holders.items():
            reason = self.bars[number]
            exempt = bool(reason) or one.code in stays
            found[number] = (True, exempt, BARRED if exempt else CANDIDATE, reason, None)
        return found

    def _asked(self, position: Position, _name: str) -> list[str]:
        return [_rank(position.leader_rank)]

    def _professions(self, one: Holder) -> list[str]:
        """The rank held (and above, where the manager allows), for a rotation leads to an equivalent post at least."""
        ranks = {self.ranks[one.person_id]} | ({"head"} if self.settings.may_rise else set())
        return [*sorted(_rank(rank) for rank in ranks), self._staff_of(one)]

    def _grades(self, _position: Position) -> list[str]:
        return []  # the standard of a leading post is judged by its dossier

    def _staffing(self, *_given: Any) -> dict[str, int]:
        return {}

    def _no_change(self, chosen: Mapping[int, Holder], used: Sequence[Place]) -> list[dict[str, str]]:
        """A rotation leads to another agency."""
        inside: dict[int, list[str]] = {}
        for place in used:
            inside.setdefault(self.roll.body_of(place.position.unit_id).id, []).append(place.id)
        own = {place.occupant: place.id for place in used if place.occupant is not None}
        return [
            {"person": one.code, "post": at}
            for one in chosen.values()
            for at in inside.get(self.roll.body_of(one.unit_id).id, ())
            if at != own[one.person_id]
        ]


def _rank(rank: str) -> str:
    return _("chức vụ cấp trưởng") if rank == "head" else _("chức vụ cấp phó")


def to_pick(unit_id: int, day: date, settings: PlannerSettings, text: str = "") -> list[Leader]:
    """Leaders of the scope as a list to pick from; what bars one is told. At most :data:`MOST`, by name.

    ``text`` narrows by name, code, title and unit; who is picked already (``settings.people``) stays, and comes first.
    """
    units, store, picked = unit_places(), current_store(), set(settings.people)
    rows = leaders(unit_id, day)
    if wanted := fold(text).split():
        rows = [
            (person, post) for person, post in rows
            if person.code in picked or all(
                word in fold(f"{person.full_name} {person.code} {post.title} {units_named(units, post.unit_id)}")
                for word in wanted
            )
        ]  # fmt: skip
    rows.sort(key=lambda row: row[0].code not in picked)
    rows = rows[:MOST]
    bars = bars_of([person for person, _post in rows], day, settings, store)
    return [
        Leader(person.id, person.code, person.full_name, post.title, units_named(units, post.unit_id), post.valid_from,
               bars[person.id])
        for person, post in rows
    ]  # fmt: skip
