"""The planner's question, built from the records in the form of the contract and frozen on the run.

People: those who must leave a listed post on the day, and in small scopes those whose window is open (they may be
pinned) and those deferred or exempt (they are shown and stay). Posts: the places these leave, and the vacant ones.
Nothing here decides a rule: who is due and barred is ``policies.rotation``, what fits whom the planner's own rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from hrms.commands.rotation import kinsfolk
from hrms.commands.rotation.clocks import Holder, Roll, roll, units_named
from hrms.commands.rotation.due import MUST_MOVE, field_of, judge
from hrms.commands.rotation.plan_workflow import IN_CASE, KIND, NOTIFIED, PLANNED
from hrms.commands.rotation.planning_people import Place, grades_of, held_of, wishes_of
from hrms.commands.rotation.words import DECIDED, LUAN_CHUYEN, OPEN, RUNNING, relation_code
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position
from models.rotation import MovementCase, RotationPlanLine
from models.staff import Appointment, FamilyRelation
from models.vocabulary import ESTABLISHMENT_KINDS, ESTABLISHMENT_OF_CATEGORY
from policies.engine.dates import whole_months
from policies.rotation import family_bar

SMALL = 1500  # holders up to which people who need not move are in the problem too
WEIGHTS = {"wish": "3", "same_unit": "0", "distance": "0", "same_field": "1", "overdue": "0.1", "chain": "0",
           "continuity": "0", "experience": "0"}  # fmt: skip
HEADS = ("HEAD", "DEPUTY_HEAD")
ESTABLISHMENT_OF_BODY = {"service_unit": "public_employee"}  # its posts are of viên chức [U]; every other of công chức


@dataclass(frozen=True)
class PlannerSettings:
    """What a manager sets of a run; kept on it. ``min_staffing``: code of an agency → listed people who must stay.

    ``keep_single_posts``: an agency whose only listed people all move keeps at least one. ``same_profession``: a
    listed post asks for somebody who held work of its field. ``leave_out``: codes of people who stay in any case.
    ``distance``: ``"agency|agency"`` → km as text. ``weights``: decimals as text, see ``policies.planner.Weights``.
    Of a rotation of leaders only: ``people``: codes of the candidates; ``months`` of the rotation; ``group`` of Điều 42
    khoản 1; ``may_rise``: deputies may take posts of heads.
    """

    weights: dict[str, str] = field(default_factory=lambda: dict(WEIGHTS))
    no_return_years: int = 5
    experienced_years: int = 10
    min_staffing: dict[str, int] = field(default_factory=dict)
    keep_single_posts: bool = True
    same_profession: bool = True
    distance: dict[str, str] = field(default_factory=dict)
    leave_out: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    months: int = 0  # 0: the least the law asks on the day
    group: str = "a"
    may_rise: bool = False

    def to_plain(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_plain(data: Mapping[str, Any] | None) -> PlannerSettings:
        known = {name: value for name, value in (data or {}).items() if name in PlannerSettings.__dataclass_fields__}
        return PlannerSettings(**known)


@dataclass
class Built:
    """``contract``: the planner's input; ``people`` and ``posts``: what the ids mean, for screens and cases.

    ``busy``: who would have to move but is left out, for a case of theirs is not finished.
    """

    contract: dict[str, Any]
    people: dict[str, dict[str, Any]]
    posts: dict[str, dict[str, Any]]
    busy: list[dict[str, Any]] = field(default_factory=list)

    def to_plain(self) -> dict[str, Any]:
        return {"contract": self.contract, "people": self.people, "posts": self.posts, "busy": self.busy}


def build(
    unit_id: int, day: date, settings: PlannerSettings, *, plan_id: int | None = None,
    pinned: Sequence[Mapping[str, str]] = (), forbidden: Sequence[Mapping[str, str]] = (), action: str = "solve",
    kind: str = KIND,
) -> Built:  # fmt: skip
    """The problem of a unit and everything below it for moves of ``kind`` that take effect on ``day``."""
    if kind == LUAN_CHUYEN:
        from hrms.commands.rotation.planning_leaders import LeaderBuilder

        return LeaderBuilder(unit_id, day, settings, None, action).build(pinned, forbidden)
    return Builder(unit_id, day, settings, plan_id, action).build(pinned, forbidden)


class Builder:
    """Periodic change. What a rotation of leaders does otherwise is in ``planning_leaders``."""

    purpose = ""

    def __init__(self, unit_id: int, day: date, settings: PlannerSettings, plan_id: int | None, action: str) -> None:
        self.unit_id, self.day, self.settings, self.plan_id = unit_id, day, settings, plan_id
        self.roll: Roll = roll(day, unit_id=unit_id, action=action)
        self.store = self.roll.store
        self.blocks = lru_cache(maxsize=None)(self._blocks)

    def build(self, pinned: Sequence[Mapping[str, str]], forbidden: Sequence[Mapping[str, str]]) -> Built:
        places = self._places()
        moving, arriving = self._under_way(places)
        holders = {one.person_id: one for one in self.roll.holders if one.person_id not in moving}
        standing = self._standing(holders)
        seats = {place.occupant: place for place in places if place.occupant is not None}
        chosen = {number: one for number, one in holders.items() if number in standing and number in seats}
        free = self._vacant(places, arriving)
        used = [*free, *(seats[number] for number in chosen)]
        used.sort(key=lambda place: (self._sort(place.position.unit_id), place.id))
        kinds = self._kinds({place.position.id: place.position for place in used}.values())
        grades, wishes = grades_of(chosen, self.day), wishes_of(chosen, used, self.roll.units, self.day)
        held = held_of(chosen, used, self.day, self.settings.no_return_years)
        body = {number: self.roll.body_of(one.unit_id).code for number, one in chosen.items()}
        people: list[dict[str, Any]] = []
        meta: dict[str, dict[str, Any]] = {}
        for number, one in sorted(chosen.items(), key=lambda item: (item[1].sort_key, item[0])):
            due, exempt, state, why, must = standing[number]
            people.append({
                "id": one.code, "name": one.name, "grade": grades.get(number, ""), "unit": body[number],
                "qualifications": self._professions(one), "held": held.get(number, []), "relatives": [],
                "due": due and not exempt, "exempt": exempt, "wishes": wishes.get(number, []),
                "field": field_of(one.work),
                "overdue_months": whole_months(must, self.day) if must is not None and must < self.day else 0,
                "years": max(0, whole_months(one.service_from, self.day) // 12) if one.service_from else 0,
            })  # fmt: skip
            meta[one.code] = {
                "person_id": number, "name": one.name, "unit_id": one.unit_id,
                "unit": units_named(self.roll.units, one.unit_id), "position_id": one.position_id, "title": one.title,
                "post": seats[number].id, "state": state, "reason": why, "listed_code": one.work,
                "must_change_by": must.isoformat() if must is not None else None,
            }  # fmt: skip
        posts = [self._post(place, kinds, chosen) for place in used]
        post_meta = {place.id: self._post_meta(place) for place in used}
        self._relatives(chosen, people, posts, post_meta, meta)
        bodies = sorted({post["unit"] for post in posts})
        names = {place.code: place.name for place in self.roll.units.values() if place.code in set(bodies)}
        known_people, known_posts = set(meta), {post["id"] for post in posts}

        def pairs(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
            return [
                {"person": pair["person"], "post": pair["post"]} for pair in given
                if pair["person"] in known_people and pair["post"] in known_posts
            ]  # fmt: skip

        contract = {
            "people": people,
            "posts": posts,
            "rules": {
                "no_return_years": self.settings.no_return_years,
                "experienced_years": self.settings.experienced_years,
                "min_staffing": self._staffing(chosen, holders, posts),
            },
            "weights": {name: self.settings.weights.get(name, usual) for name, usual in WEIGHTS.items()},
            "distance": {
                key: km for key, km in self.settings.distance.items()
                if all(part in names for part in key.split("|"))
            },
            "pinned": pairs(pinned),
            "forbidden": [*pairs(forbidden), *self._no_change(chosen, used)],
            "unit_names": names,
            "purpose": self.purpose,
        }  # fmt: skip
        return Built(contract, meta, post_meta, self._busy(moving))

    def _no_change(self, chosen: Mapping[int, Holder], used: Sequence[Place]) -> list[dict[str, str]]:
        """The same listed work in the same unit is no change: the clock would run on."""
        alike: dict[tuple[int, str], list[str]] = defaultdict(list)
        seats = {place.occupant: place.id for place in used if place.occupant is not None}
        for place in used:
            alike[place.position.unit_id, place.position.listed_code].append(place.id)
        return [
            {"person": one.code, "post": at}
            for one in chosen.values()
            for at in alike.get((one.unit_id, one.work), ())
            if at != seats[one.person_id]
        ]

    def _wanted(self) -> Any:
        """Which positions are planned: listed ones without leading rank."""
        return and_(Position.listed_code != "", Position.leader_rank == "")

    def _sort(self, unit_id: int) -> tuple[Any, ...]:
        return (*self.roll.units[unit_id].sort, unit_id)

    # --- posts and who sits there ------------------------------------------------------------------------------------
    def _places(self) -> list[Place]:
        """Every place of a listed post without leading rank in the scope on the day, holders seated first come."""
        path = select(OrgUnit.path).where(OrgUnit.id == self.unit_id).scalar_subquery()
        inside = select(OrgUnit.id).where(
            OrgUnit.path.like(path + "%"), holds(OrgUnit, self.day),
        )  # fmt: skip
        query = select(Position).where(
            Position.unit_id.in_(inside), self._wanted(),
            holds(Position, self.day),
        )  # fmt: skip
        units = access.units_for("movement", "solve")
        if units is not None:
            query = query.where(Position.unit_id.in_(units))
        positions = list(db.session.scalars(query.order_by(Position.unit_id, Position.code, Position.id)))
        holders: dict[int, list[int]] = defaultdict(list)
        rows = db.session.execute(
            select(Appointment.position_id, Appointment.person_id)
            .join(Position, Position.id == Appointment.position_id)
            .where(
                self._wanted(), Appointment.kind == "main", holds(Appointment, self.day),
            )
            .order_by(Appointment.valid_from, Appointment.person_id)
        )  # fmt: skip
        for position_id, person_id in rows:
            if position_id is not None:
                holders[position_id].append(person_id)
        found = []
        for position in positions:
            seated = holders.get(position.id, [])
            count = max(position.approved_number, len(seated))
            name = f"{self.roll.units[position.unit_id].code}/{position.code}"
            for at in range(count):
                occupant = seated[at] if at < len(seated) else None
                found.append(Place(name if count == 1 else f"{name}#{at + 1}", position, occupant))
        return found

    def _under_way(self, places: Sequence[Place]) -> tuple[dict[int, int], dict[int, int]]:
        """People with an open or running move → that case (they are not planned twice); how many come to each post."""
        rows = db.session.execute(
            select(
                MovementCase.person_id, MovementCase.id, MovementCase.to_position_id, MovementCase.state,
                MovementCase.effect,
            )
            .where(MovementCase.state.in_((*OPEN, RUNNING)))
            .order_by(MovementCase.id)
        ).all()  # fmt: skip
        wanted = {place.position.id for place in places}
        arriving: dict[int, int] = defaultdict(int)
        for _person, _case, position_id, state, effect in rows:
            if position_id in wanted and effect == "none" and state in (*OPEN, DECIDED):
                arriving[position_id] += 1
        return {row[0]: row[1] for row in rows}, arriving

    def _busy(self, moving: Mapping[int, int]) -> list[dict[str, Any]]:
        """Who must leave a listed post by then but has a case under way: told, so that nobody looks for them."""
        away = {one.person_id: one for one in self.roll.holders if one.person_id in moving}
        stays = set(self.settings.leave_out)
        standing = self._standing(away, (PLANNED, NOTIFIED, IN_CASE))
        return [
            {"code": one.code, "name": one.name, "title": one.title, "state": standing[number][2],
             "unit": units_named(self.roll.units, one.unit_id), "case_id": moving[number]}
            for number, one in away.items()
            if number in standing and standing[number][0] and one.code not in stays
        ]  # fmt: skip

    def _vacant(self, places: Sequence[Place], arriving: Mapping[int, int]) -> list[Place]:
        left = dict(arriving)
        seated: dict[int, int] = defaultdict(int)
        for place in places:
            seated[place.position.id] += place.occupant is not None
        found = []
        for place in places:
            if place.occupant is not None or seated[place.position.id] >= place.position.approved_number:
                continue
            if left.get(place.position.id, 0) > 0:
                left[place.position.id] -= 1
                continue
            found.append(place)
        return found

    def _post(self, place: Place, kinds: Mapping[int, str], chosen: Mapping[int, Holder]) -> dict[str, Any]:
        position = place.position
        holder = chosen.get(place.occupant) if place.occupant is not None else None
        name = field_of(position.listed_code)
        return {
            "id": place.id, "unit": self.roll.body_of(position.unit_id).code, "kind": kinds[position.id],
            "grades": self._grades(position),
            "qualifications": [*self._asked(position, name), self._staff_asked(position)],
            "occupant": holder.code if holder is not None else None,
            "name": f"{position.title}, {self.roll.units[position.unit_id].name}", "field": name,
        }  # fmt: skip

    def _grades(self, position: Position) -> list[str]:
        return [position.grade_code] if position.grade_code else []

    def _asked(self, _position: Position, name: str) -> list[str]:
        return [_profession(name)] if self.settings.same_profession and name else []

    def _staff_asked(self, position: Position) -> str:
        return staff_of(ESTABLISHMENT_OF_BODY.get(self.roll.body_of(position.unit_id).kind, "civil_servant"))

    def _post_meta(self, place: Place) -> dict[str, Any]:
        position = place.position
        return {
            "position_id": position.id, "unit_id": position.unit_id, "title": position.title,
            "unit": units_named(self.roll.units, position.unit_id), "listed_code": position.listed_code,
            "field": field_of(position.listed_code), "agency": self.roll.body_of(position.unit_id).code,
        }  # fmt: skip

    def _kinds(self, positions: Collection[Position]) -> dict[int, str]:
        """``accounting``: any job the family bar closes to the relatives of a head."""
        units = self._unit_rows({position.unit_id for position in positions})
        found = {}
        for position in positions:
            roles = kinsfolk.roles_of(
                units[position.unit_id], position.title, position.leader_rank, position.listed_code
            )
            barred = any(self.blocks("SPOUSE", role) for role in roles)
            heads = any(role in HEADS for role in roles)
            found[position.id] = "head" if heads else "accounting" if barred else "other"
        return found

    def _unit_rows(self, ids: Collection[int]) -> dict[int, OrgUnit]:
        found: dict[int, OrgUnit] = {}
        for part in in_chunks(sorted(ids)):
            found.update({row.id: row for row in db.session.scalars(select(OrgUnit).where(OrgUnit.id.in_(part)))})
        return found

    def _blocks(self, relation: str, job: str) -> bool:
        return family_bar("HEAD", relation, job, self.day, store=self.store).severity == "BLOCK"

    # --- people ------------------------------------------------------------------------------------------------------
    def _standing(
        self, holders: Mapping[int, Holder], lines: Sequence[str] = (PLANNED, NOTIFIED)
    ) -> dict[int, tuple[bool, bool, str, str, date | None]]:
        """Person id → due, exempt, state, reason, last day; who is before the window, or a leader, is not there."""
        planned: set[int] | None = None
        if self.plan_id is not None:
            query = select(RotationPlanLine.person_id).where(
                RotationPlanLine.plan_id == self.plan_id, RotationPlanLine.state.in_(lines)
            )
            planned = set(db.session.scalars(query))
        everybody = len(holders) <= SMALL
        stays = set(self.settings.leave_out)
        found: dict[int, tuple[bool, bool, str, str, date | None]] = {}
        for number, one in holders.items():
            answer, why, _warnings = judge(one, self.day, self.day, self.store)
            if not answer.subject or answer.clock is None or answer.state == "LISTED":
                continue
            state = answer.state or ""
            exempt = state in ("DEFERRED", "EXEMPT") or one.code in stays
            due = state in MUST_MOVE if planned is None else number in planned
            if everybody or (due and not exempt):
                found[number] = (due, exempt, state, why, answer.clock.must_change_by)
        return found

    def _staff_of(self, one: Holder) -> str:
        return staff_of(ESTABLISHMENT_OF_CATEGORY.get(one.category, ""))

    def _professions(self, one: Holder) -> list[str]:
        """Fields of the listed work the person holds or held, and the kind of staff the person is."""
        staff = [self._staff_of(one)]
        if not self.settings.same_profession:
            return staff
        names = {field_of(post.work) for post in one.posts if post.work} | {field_of(one.work)}
        return [*sorted(_profession(name) for name in names if name), *staff]

    def _staffing(
        self, chosen: Mapping[int, Holder], holders: Mapping[int, Holder], posts: Sequence[Mapping[str, Any]]
    ) -> dict[str, int]:
        """Least numbers among the posts of the problem: what is asked of an agency less those who are not in it."""
        every: dict[str, int] = defaultdict(int)
        inside: dict[str, int] = defaultdict(int)
        for number, one in holders.items():
            code = self.roll.body_of(one.unit_id).code
            every[code] += 1
            inside[code] += number in chosen
        asked = dict(self.settings.min_staffing)
        if self.settings.keep_single_posts:
            for code, count in inside.items():
                if count == every[code] == 1:
                    asked[code] = max(1, asked.get(code, 0))
        units = {post["unit"] for post in posts}
        found = {}
        for code, least in asked.items():
            rest = least - (every[code] - inside[code])
            if code in units and rest > 0:
                found[code] = rest
        return found

    def _relatives(
        self, chosen: Mapping[int, Holder], people: list[dict[str, Any]], posts: list[dict[str, Any]],
        post_meta: dict[str, dict[str, Any]], meta: dict[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        """Relations the bar knows; relatives who head an agency, or hold such a job, sit in it as people who stay."""
        links: dict[int, set[int]] = defaultdict(set)
        for part in in_chunks(sorted(chosen)):
            rows = db.session.execute(
                select(FamilyRelation.person_id, FamilyRelation.relative_id, FamilyRelation.relation).where(
                    or_(FamilyRelation.person_id.in_(part), FamilyRelation.relative_id.in_(part)),
                    FamilyRelation.relative_id.is_not(None),
                )
            )
            for owner, relative, words in rows:
                if self.blocks(relation_code(words), "TREASURER"):
                    for one, other in ((owner, relative), (relative, owner)):
                        if one in chosen and one != other:
                            links[one].add(other)
        others = sorted({other for found in links.values() for other in found} - set(chosen))
        names = self._others(others, {post["unit"] for post in posts})
        for number, (code, name, body, kind) in names.items():
            seat = f"@{code}"
            people.append({"id": code, "name": name, "exempt": True, "unit": body, "relatives": []})
            posts.append({"id": seat, "unit": body, "kind": kind, "occupant": code, "name": _("Vị trí đang giữ")})
            post_meta[seat] = {"position_id": None, "unit_id": None, "title": _("Vị trí đang giữ"), "unit": body,
                               "listed_code": "", "field": "", "agency": body}  # fmt: skip
            meta[code] = {"person_id": number, "name": name, "unit_id": None, "unit": body, "position_id": None,
                          "title": "", "post": seat, "state": "RELATIVE", "reason": "", "listed_code": "",
                          "must_change_by": None}  # fmt: skip
        codes = {number: one.code for number, one in chosen.items()} | {n: row[0] for n, row in names.items()}
        by_code = {person["id"]: person for person in people}
        for number, found in links.items():
            by_code[codes[number]]["relatives"] = sorted(codes[other] for other in found if other in codes)

    def _others(self, ids: Sequence[int], bodies: Collection[str]) -> dict[int, tuple[str, str, str, str]]:
        from models.staff import Person

        found: dict[int, tuple[str, str, str, str]] = {}
        if not ids:
            return found
        places = kinsfolk.places_on(ids, self.day)
        for part in in_chunks(list(ids)):
            for row in db.session.execute(select(Person.id, Person.code, Person.full_name).where(Person.id.in_(part))):
                place = places.get(row.id)
                body = self.roll.units[place.body_id].code if place is not None else ""
                if place is None or body not in bodies:
                    continue
                if any(role in HEADS for role in place.roles):
                    found[row.id] = (row.code, row.full_name, body, "head")
                elif any(self.blocks("SPOUSE", role) for role in place.roles):
                    found[row.id] = (row.code, row.full_name, body, "accounting")
        return found


def staff_of(kind: str) -> str:
    """The kind of staff in words: who is công chức is not transferred into a post of viên chức, nor the other way."""
    return str(_(ESTABLISHMENT_KINDS[kind])).lower() if kind in ESTABLISHMENT_KINDS else ""


def _profession(name: str) -> str:
    return _("nghiệp vụ %(field)s", field=name)


def decimal_text(value: Any) -> str:
    """A weight or distance as the text the contract reads."""
    return format(Decimal(str(value)), "f")
