"""Who holds a listed position on a day, and the tenure clock of each, read set-based from the dated appointments.

Five statements whatever the number of people. The clock itself (when it starts, restarts, is due) is
``policies.rotation``; here the rows become its facts. A new row in a unit that succeeded the old one on that day is a
merger, not a written move. A post whose title says ``tập sự`` or ``thử việc`` is the time of probation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from hrms.commands.evaluation.roll import klass_of
from hrms.commands.law.current import current_store
from hrms.commands.rotation.words import INSIDE
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position, UnitSuccession
from models.rotation import RotationDeferral
from models.staff import Absence, Appointment, Discipline, Person
from policies.engine.dates import PartialDate, add_months
from policies.engine.parameters import ParameterStore
from policies.rotation import Held, PersonFacts, Spell, Tenure, listed_positions, rule_of, single_post, study_spell
from policies.rotation import tenure_from as tenure_of_posts
from policies.rotation.grounds import CHILD, bar_words, deferral_words
from policies.rotation.grounds import STUDY as LONG_STUDY
from policies.rotation.law import at

PROBATION = ("tap su", "thu viec")
MATERNITY, STUDY, SUSPENSION = "maternity", "study", "suspension"
LAST = date(9999, 12, 31)


class Post(NamedTuple):
    """One row of a person's main posts, oldest first; ``work`` is the code of the list, "" for other work."""

    start: date
    end: date | None
    unit_id: int
    position_id: int | None
    work: str
    title: str


class UnitPlace(NamedTuple):
    """A unit in the tree; ``body_id`` the agency it is part of; ``listed`` approved places on the list in the unit."""

    id: int
    code: str
    name: str
    path: str
    body_id: int
    sort: tuple[int, str]
    listed: int
    kind: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in a listed position on the day, with the facts of the clock.

    ``bars``: codes of Điều 25 khoản 5 NĐ 170/2025 that hold by the records; ``wish``: a signed wish to move was filed
    with the deferral; ``recheck_on``: the earliest day set to look at a deferral again.
    """

    person_id: int
    code: str
    name: str
    sort_key: str
    sex: str
    birth: PartialDate
    category: str
    service_from: date | None
    appointment_id: int
    unit_id: int
    position_id: int
    title: str
    work: str
    leader: bool
    posts: tuple[Post, ...]
    tenure: Tenure
    bars: frozenset[str]
    wish: bool
    recheck_on: date | None


@dataclass
class Roll:
    """Everybody in a listed position of a scope on ``on``, and the units of the province."""

    on: date
    holders: list[Holder]
    units: dict[int, UnitPlace]
    store: ParameterStore
    listed_by_body: dict[int, int] = field(default_factory=dict)

    def body_of(self, unit_id: int) -> UnitPlace:
        return self.units[self.units[unit_id].body_id]


@dataclass
class _Circumstances:
    spells: list[Spell] = field(default_factory=list)
    bars: set[str] = field(default_factory=set)
    wish: bool = False
    recheck_on: date | None = None



def _current(on: date, columns: Iterable[Any], unit_id: int | None, person_id: int | None, action: str) -> Select[Any]:
    """Main posts on the list in force on ``on``, narrowed to the actor's scope (or to one person judged before)."""
    query = (
        select(*columns)
        .select_from(Appointment)
        .join(Position, Position.id == Appointment.position_id)
        .where(Appointment.kind == "main", holds(Appointment, on), Position.listed_code != "")
    )
    if person_id is not None:
        return query.where(Appointment.person_id == person_id)
    units = access.units_for("movement", action)
    if units is not None:
        query = query.where(Appointment.unit_id.in_(units))
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        inside = select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))
        query = query.where(Appointment.unit_id.in_(inside))
    return query


def unit_places() -> dict[int, UnitPlace]:
    """Every unit with its agency and its approved listed places: one statement."""
    listed = func.sum(Position.approved_number)
    rows = db.session.execute(
        select(
            OrgUnit.id, OrgUnit.code, OrgUnit.name, OrgUnit.path, OrgUnit.kind, OrgUnit.display_order,
            OrgUnit.sort_key, listed,
        )
        .outerjoin(
            Position, and_(Position.unit_id == OrgUnit.id, Position.listed_code != "", Position.valid_to.is_(None))
        )
        .group_by(
            OrgUnit.id, OrgUnit.code, OrgUnit.name, OrgUnit.path, OrgUnit.kind, OrgUnit.display_order, OrgUnit.sort_key
        )
    ).all()  # fmt: skip
    kinds = {row[0]: row[4] for row in rows}

    def body(unit_id: int, path: str) -> int:
        above = [int(part) for part in path.split("/") if part]
        return next((one for one in reversed(above) if kinds.get(one) not in INSIDE), unit_id)

    return {
        number: UnitPlace(number, code, name, path, body(number, path), (order, sort), int(places or 0), kind)
        for number, code, name, path, kind, order, sort, places in rows
    }


def roll(
    on: date, *, unit_id: int | None = None, person_id: int | None = None, action: str = "read",
    store: ParameterStore | None = None,
) -> Roll:  # fmt: skip
    """Who holds a listed position on ``on`` in the actor's scope, below ``unit_id``; or one person, judged before."""
    law = store or current_store()
    people = db.session.execute(
        _current(
            on,
            (
                Person.id, Person.code, Person.full_name, Person.sort_key, Person.sex, Person.birth_date,
                Person.birth_precision, Person.category, Person.retirement_annex, Person.recruited_on,
                Person.state_service_from, Person.pregnant_until, Person.child_under_36_months_until, Appointment.id,
                Appointment.unit_id, Appointment.position_id, Appointment.title, Appointment.leader_rank,
                Position.listed_code, Position.title,
            ),
            unit_id, person_id, action,
        ).join(Person, Person.id == Appointment.person_id).order_by(Appointment.valid_from, Appointment.id)
    ).all()  # fmt: skip
    found = Roll(on, [], unit_places(), law)
    for place in found.units.values():
        found.listed_by_body[place.body_id] = found.listed_by_body.get(place.body_id, 0) + place.listed
    if not people:
        return found
    of_scope = _current(on, (Appointment.person_id,), unit_id, person_id, action)
    posts, seconded = _posts(on, of_scope)
    merged = _mergers()
    circumstances = _circumstances(on, of_scope)
    child_months = at(law, "deferral.child_months", on).value
    partly = at(law, "single_post.listed_positions", on).value
    seen: set[int] = set()
    for row in reversed(people):  # of two posts at once the one that began last
        if row[0] in seen:
            continue
        seen.add(row[0])
        found.holders.append(
            _holder(row, found, posts[row[0]], seconded.get(row[0]), merged, circumstances.get(row[0]), child_months,
                    partly)
        )  # fmt: skip
    found.holders.sort(key=lambda h: (found.units[h.unit_id].sort, h.unit_id, h.sort_key, h.person_id))
    return found


def _posts(on: date, people: Select[Any]) -> tuple[dict[int, list[Post]], dict[int, Post]]:
    """Main posts begun by ``on``, oldest first; and the secondment in force on ``on``."""
    query = (
        select(
            Appointment.person_id, Appointment.kind, Appointment.valid_from, Appointment.valid_to,
            Appointment.unit_id, Appointment.position_id, func.coalesce(Position.listed_code, ""), Appointment.title,
        )
        .outerjoin(Position, Position.id == Appointment.position_id)
        .where(
            Appointment.kind.in_(("main", "secondment")), Appointment.valid_from <= on,
            Appointment.person_id.in_(people),
        )
        .order_by(Appointment.person_id, Appointment.valid_from, Appointment.id)
    )  # fmt: skip
    main: dict[int, list[Post]] = defaultdict(list)
    away: dict[int, Post] = {}
    for person_id, kind, *values in db.session.execute(query):
        post = Post._make(values)
        if kind == "main":
            main[person_id].append(post)
        elif post.end is None or post.end >= on:
            away[person_id] = post
    return main, away


def _mergers() -> set[tuple[int, int, date]]:
    query = select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id, UnitSuccession.on)
    return set(db.session.execute(query.where(UnitSuccession.to_unit_id.is_not(None))).tuples())


def _circumstances(on: date, people: Select[Any]) -> dict[int, _Circumstances]:
    """Deferrals, absences and open disciplinary matters on ``on``: one statement over the three tables."""
    none = literal(None, Person.birth_date.type)
    deferred = select(
        literal("D"), RotationDeferral.person_id, RotationDeferral.ground, RotationDeferral.starts_on,
        RotationDeferral.ends_on, RotationDeferral.recheck_on,
        and_(RotationDeferral.own_wish_to_move.is_(True), RotationDeferral.wish_document != ""),
    ).where(
        RotationDeferral.starts_on <= on, or_(RotationDeferral.ends_on.is_(None), RotationDeferral.ends_on >= on)
    )  # fmt: skip
    away = select(
        literal("A"), Absence.person_id, Absence.kind, Absence.starts_on, Absence.ends_on, none, literal(False)
    ).where(
        Absence.starts_on <= on, or_(Absence.ends_on.is_(None), Absence.ends_on >= on),
        Absence.kind.in_((MATERNITY, STUDY, SUSPENSION)),
    )  # fmt: skip
    open_acts = select(
        literal("K"), Discipline.person_id, literal("DISCIPLINE_REVIEW"), Discipline.opened_on, none, none,
        literal(False),
    ).where(
        Discipline.opened_on <= on, or_(Discipline.decided_on.is_(None), Discipline.decided_on > on),
        or_(Discipline.closed_on.is_(None), Discipline.closed_on > on),
    )  # fmt: skip
    parts = union_all(
        deferred.where(RotationDeferral.person_id.in_(people)),
        away.where(Absence.person_id.in_(people)),
        open_acts.where(Discipline.person_id.in_(people)),
    )
    found: dict[int, _Circumstances] = defaultdict(_Circumstances)
    for source, person_id, code, start, end, recheck, wish in db.session.execute(parts):
        _note(found[person_id], source, code, start, end, recheck, bool(wish))
    return found


def _note(
    one: _Circumstances, source: str, code: str, start: date, end: date | None, recheck: date | None, wish: bool
) -> None:
    if recheck is not None:
        one.recheck_on = min(recheck, one.recheck_on or recheck)
    if source == "A":
        if code == STUDY:
            one.spells.append(study_spell(start, None, end))
            one.bars.add("LONG_STUDY_OR_SECONDED")
        elif code == MATERNITY:
            one.spells.append(Spell(CHILD, start, end))
            one.bars.add("MATERNITY_OR_CHILD_UNDER_36_MONTHS")
        else:
            one.spells.append(Spell("DISCIPLINE_REVIEW", start, end))
            one.bars.add("DISCIPLINE_REVIEW")
        return
    if (group := deferral_words().get(code)) is not None:
        one.spells.append(study_spell(start, None, end) if group == LONG_STUDY else Spell(group, start, end))
    if (bar := bar_words().get(code)) is not None:
        one.bars.add(bar)
        one.wish = one.wish or wish


def held_rows(posts: list[Post], merged: set[tuple[int, int, date]]) -> Iterator[Held]:
    """The dated posts as the rules read them: what brought each about."""
    before: Post | None = None
    for post in posts:
        joined = before is not None and (before.unit_id, post.unit_id, post.start) in merged
        yield Held(post.start, post.work, str(post.unit_id), "MERGER" if joined else "WRITTEN")
        before = post


def probation_of(posts: list[Post]) -> tuple[date, date] | None:
    """First and last day of the latest probation among the posts; an open one has no last day and is none yet."""
    for at_, post in reversed(list(enumerate(posts))):
        if any(word in fold(post.title) for word in PROBATION):
            following = posts[at_ + 1].start - timedelta(days=1) if at_ + 1 < len(posts) else post.end
            return None if following is None else (post.start, min(following, post.end or LAST))
    return None


def tenure_facts(
    posts: list[Post], merged: set[tuple[int, int, date]], category: str, leader: bool, **more: Any
) -> Tenure:
    """The facts of the clock of the last of ``posts`` (oldest first)."""
    assigned, changes = tenure_of_posts(held_rows(posts, merged))
    work = posts[-1].work
    probation = probation_of(posts)
    return Tenure(
        assigned,
        rule_of(work) if work in listed_positions() else None,
        klass_of(category, leader),
        leader=leader,
        probation_from=None if probation is None else probation[0],
        probation_to=None if probation is None else probation[1],
        changes=changes,
        **more,
    )


def _holder(
    row: Any, roll_: Roll, posts: list[Post], seconded: Post | None, merged: set[tuple[int, int, date]],
    known: _Circumstances | None, child_months: int, single: int,
) -> Holder:  # fmt: skip
    (
        person_id, code, name, sort_key, sex, birth, precision, category, annex, recruited, service, pregnant, child,
        appointment_id, unit_id, position_id, title, rank, work, position_title,
    ) = row  # fmt: skip
    on = roll_.on
    spells = list(known.spells) if known is not None else []
    bars = set(known.bars) if known is not None else set()
    if seconded is not None:
        spells.append(Spell("SECONDED", seconded.start, seconded.end))
        bars.add("LONG_STUDY_OR_SECONDED")
    expecting = pregnant is not None and pregnant >= on and sex == "female"
    small = child is not None and child > on
    if expecting or (small and sex == "female"):
        bars.add("MATERNITY_OR_CHILD_UNDER_36_MONTHS")
    facts = None
    if spells or expecting or small:
        births = (add_months(child, -child_months),) if small and child is not None else ()
        facts = PersonFacts(sex, births, expecting, False, tuple(spells))
    date_of_birth = PartialDate(birth, precision)
    listed = roll_.listed_by_body.get(roll_.units[unit_id].body_id, 0)
    alone = listed <= single and single_post(listed, True, on, roll_.store).state == "SINGLE_POST_REFERRED"
    tenure = tenure_facts(
        posts, merged, category, bool(rank), sex=sex, birth=date_of_birth, annex=annex, facts=facts, single_post=alone
    )
    return Holder(
        person_id, code, name, sort_key, sex, date_of_birth, category, service or recruited, appointment_id, unit_id,
        position_id, title or position_title, work, bool(rank), tuple(posts), tenure, frozenset(bars),
        known is not None and known.wish, None if known is None else known.recheck_on,
    )  # fmt: skip


def tenure_before(person: Person, day: date, store: ParameterStore | None = None) -> Tenure | None:
    """The clock's facts for the post held the day before ``day`` (or on it); ``None`` when it is not on the list."""
    for moment in (day - timedelta(days=1), day):
        holders = roll(moment, person_id=person.id, store=store).holders
        if holders:
            return holders[0].tenure
        if _has_post(person.id, moment):
            return None
    return None


def _has_post(person_id: int, on: date) -> bool:
    query = select(Appointment.id).where(
        Appointment.person_id == person_id, Appointment.kind == "main", holds(Appointment, on)
    )
    return db.session.scalar(query.limit(1)) is not None


def units_named(units: Mapping[int, UnitPlace], unit_id: int | None) -> str:
    """Name of a unit with its agency where that is another: “Phòng Kế hoạch, Sở Xây dựng”."""
    if unit_id is None or unit_id not in units:
        return ""
    place = units[unit_id]
    body = units.get(place.body_id)
    return place.name if body is None or body.id == place.id else f"{place.name}, {body.name}"
