"""Who is in a cycle and as what: post, class, regime, sheet, decider, quota group and special cases of each person.

Pure bookkeeping over rows read in bulk: a few statements for two thousand people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import or_, select

from hrms.commands.evaluation.circumstances import NO_WORK, Act, Service, Spell, Stay, circumstances, months
from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.stepping import parts
from hrms.commands.evaluation.territory import Territory
from hrms.kernel.db import db
from hrms.kernel.validity import holds, lasts
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.organization import Position
from models.staff import Absence, Appointment, Discipline, Person
from models.vocabulary import POSITION_GROUPS
from policies.evaluation.configuration import Configuration
from policies.evaluation.data import BLOCKED, LEADERS, MANUAL, NOT_RATED, RATED, authority_for
from policies.evaluation.facts import months_between, read_facts
from policies.evaluation.outcome import Rating
from policies.evaluation.regimes import select_regime
from policies.evaluation.sheets import Sheet, sheet_for, sheet_from
from policies.evaluation.special import eligible

PERSON_TYPE = {
    "cadre": "cadre",
    "civil_servant": "civil_servant",
    "public_employee": "public_employee",
    "contract_worker": "contract_worker",
    "commune_official": "civil_servant",
    "association_staff": "contract_worker",
}
TREE = frozenset({"ND90", "ND90_48"})
LEADERS_GROUP = "LANH_DAO_QUAN_LY"
OTHERS_GROUP = "CHUYEN_NGANH"
HEADS_GROUP = "NGUOI_DUNG_DAU"  # heads of the agencies one level decides: they are compared with each other
RANKS = {"head": 0, "deputy": 1, "": 2}
BY_LAW = "LAW"
MAIN, CONCURRENT, SECONDMENT = "main", "concurrent", "secondment"


@dataclass(frozen=True)
class Post:
    """An appointment."""

    person_id: int
    unit_id: int
    kind: str
    title: str
    rank: str
    group: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)


def klass_of(category: str, leader: bool) -> str:
    """CB, CC0, CC1, VC0, VC1 or HD."""
    kind = PERSON_TYPE.get(category, "civil_servant")
    if kind == "cadre":
        return "CB"
    if kind == "contract_worker":
        return "HD"
    return ("VC" if kind == "public_employee" else "CC") + ("1" if leader else "0")


class Rules:
    """What the law and the cycle's configuration say of a class, asked once for each kind of person."""

    def __init__(self, cycle: EvaluationCycle) -> None:
        self.cycle = cycle
        self.configuration: Configuration = frozen_configuration(cycle)
        frozen = cycle.frozen or {}
        self.sheets: dict[str, Sheet] = {code: sheet_from(one) for code, one in frozen.get("sheets", {}).items()}
        layer = frozen.get("configuration", {})
        self.without_rules = frozenset(layer.get("hy1071.procedure.units_without_rules", ()))
        self.own_contracts = frozenset(layer.get("hy1071.procedure.units_deciding_for_contracts", ()))
        self.heads_with_decider = layer.get("hy1071.procedure.heads_counted_at", "DECIDER") == "DECIDER"
        self.decider_of = {
            "DEPUTY": layer.get("hy1071.procedure.decider_of_deputies", BY_LAW),
            "STAFF": layer.get("hy1071.procedure.decider_of_staff", BY_LAW),
        }
        self.highest_post = self.configuration.value("hy1071.concurrent_posts") == "HIGHEST_POST"
        self.regime = lru_cache(maxsize=64)(self._regime)
        self.sheet = lru_cache(maxsize=64)(self._sheet)

    def _regime(self, person_type: str, has_rules: bool, head_decides: bool, public: bool) -> tuple[str, bool, str]:
        """Regime, whether the layer lies over it, and a warning; the error code as regime when there is none."""
        found = select_regime(
            person_type, self.cycle.starts_on, self.cycle.ends_on, self.cycle.side, unit_rules_issued=has_rules,
            head_decides=head_decides, public_service_unit=public, configuration=self.configuration,
        )  # fmt: skip
        return found.regime or "", found.overlay is not None, found.warning or found.error or ""

    def _sheet(self, regime: str, overlay: bool, klass: str) -> str:
        scored = self.configuration.value("hy1071.has_score_scale")
        lying_over = "HY1071" if regime in TREE and overlay and scored else regime
        found = sheet_for(lying_over, klass, self.cycle.ends_on, self.configuration, self.sheets)
        return found.code if found is not None else ""


@dataclass
class Roll:
    """The bulk reader of one cycle."""

    cycle: EvaluationCycle
    territory: Territory
    rules: Rules

    def rows(
        self, people: Sequence[Any], units: set[int] | None, *, rated_in: int | None = None, everyone: bool = False
    ) -> list[dict[str, Any]]:
        """Values of ``person_evaluation`` for ``people`` (of :func:`people_query`) whose rated post is in ``units``.

        A person seconded elsewhere is rated where the work is done; who is out of ``units`` for that is left out.
        ``rated_in``: the unit that rates who holds no post on the day (the last post before it tells the title).
        ``everyone``: also who is outside the cycle's circle, because somebody named them.
        """
        ids = [person.id for person in people]
        posts = self._posts(ids)
        spells, acts = self._spells(ids), self._acts(ids)
        counted = self._counted(list(acts))
        found = []
        for person in people:
            mine = posts.get(person.id, [])
            rated = self._rated_post(mine)
            if rated is None and rated_in is not None:
                last = [post for post in mine if post.kind == MAIN]
                title, rank, group = (last[-1].title, last[-1].rank, last[-1].group) if last else (person.title, "", "")
                rated = Post(person.id, rated_in, MAIN, title, rank, group, self.cycle.as_of, None)
            if rated is None or (units is not None and rated.unit_id not in units):
                continue
            row = self._row(person, rated, mine, spells.get(person.id, ()), acts.get(person.id, ()),
                            counted.get(person.id, {}))  # fmt: skip
            if everyone or self._in_circle(person, row["klass"]):
                found.append(row)
        return found

    def _in_circle(self, person: Any, klass: str) -> bool:
        """Whom the cycle is about: the Party side rates its members and leaders; a circle of leaders leaders alone."""
        if klass in LEADERS:
            return True
        return self.cycle.circle == "all" and (self.cycle.side != "PARTY" or bool(person.is_party_member))

    # Reading

    def _posts(self, ids: Sequence[int]) -> dict[int, list[Post]]:
        first, last = self.cycle.starts_on, self.cycle.ends_on
        found: dict[int, list[Post]] = {}
        for part in parts(ids):
            query = (
                select(
                    Appointment.person_id, Appointment.unit_id, Appointment.kind, Appointment.title,
                    Appointment.leader_rank, Position.group, Appointment.valid_from, Appointment.valid_to,
                )
                .outerjoin(Position, Position.id == Appointment.position_id)
                .where(Appointment.person_id.in_(part), Appointment.valid_from <= last,
                       lasts(Appointment, first))
                .order_by(Appointment.valid_from, Appointment.id)
            )  # fmt: skip
            for row in db.session.execute(query):
                found.setdefault(row[0], []).append(
                    Post(row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6], row[7])
                )
        return found

    def _spells(self, ids: Sequence[int]) -> dict[int, list[Spell]]:
        found: dict[int, list[Spell]] = {}
        for part in parts(ids):
            query = select(Absence.person_id, Absence.kind, Absence.starts_on, Absence.ends_on).where(
                Absence.person_id.in_(part),
                Absence.starts_on <= self.cycle.ends_on,
                or_(Absence.ends_on.is_(None), Absence.ends_on >= self.cycle.starts_on),
            )
            for person_id, *rest in db.session.execute(query.order_by(Absence.starts_on, Absence.id)):
                found.setdefault(person_id, []).append(Spell(*rest))
        return found

    def _acts(self, ids: Sequence[int]) -> dict[int, list[Act]]:
        found: dict[int, list[Act]] = {}
        for part in parts(ids):
            query = select(
                Discipline.person_id, Discipline.id, Discipline.kind, Discipline.form, Discipline.opened_on,
                Discipline.decided_on, Discipline.duty_related, Discipline.violation_key,
            ).where(Discipline.person_id.in_(part), Discipline.decided_on.is_not(None))  # fmt: skip
            for person_id, *rest in db.session.execute(query.order_by(Discipline.id)):
                found.setdefault(person_id, []).append(Act(*rest))
        return found

    def _counted(self, ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """Violations whose KHT already stands in an earlier decided year (ledger ``violation:year``)."""
        found: dict[int, dict[str, int]] = {}
        for part in parts(ids):
            query = (
                select(PersonEvaluation.person_id, PersonEvaluation.facts)
                .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
                .where(
                    PersonEvaluation.person_id.in_(part),
                    PersonEvaluation.level == "KHT",
                    PersonEvaluation.cycle_id != self.cycle.id,
                    EvaluationCycle.period_kind == "YEAR",
                    EvaluationCycle.side == self.cycle.side,
                )
            )
            for person_id, facts in db.session.execute(query):
                for entry in (facts or {}).get("consumed", ()):
                    name, _sep, year = str(entry).rpartition(":")
                    found.setdefault(person_id, {})[name] = int(year)
        return found

    # Deciding

    def _rated_post(self, posts: Sequence[Post]) -> Post | None:
        """Where the person is rated: the receiving agency of a secondment, else the highest (or main) post."""
        day = self.cycle.as_of
        held = [post for post in posts if post.on(day)]
        away = [post for post in held if post.kind == SECONDMENT]
        if away:
            return away[-1]
        main = [post for post in held if post.kind == MAIN]
        if not main:
            return None
        if not self.rules.highest_post:
            return main[-1]
        chosen = min(
            (post for post in held if post.kind in (MAIN, CONCURRENT)),
            key=lambda post: (
                RANKS.get(post.rank, 2),
                self._depth(post.unit_id) if post.rank else 0,
                post.kind != MAIN,
            ),
        )
        return chosen if chosen.rank else main[-1]

    def _depth(self, unit_id: int) -> int:
        return len(self.territory.ancestors(unit_id))

    def _row(
        self, person: Any, rated: Post, posts: Sequence[Post], spells: Sequence[Spell], acts: Sequence[Act],
        counted: Mapping[str, int],
    ) -> dict[str, Any]:  # fmt: skip
        land, cycle = self.territory, self.cycle
        rank = rated.rank
        klass = klass_of(person.category, bool(rank) or rated.group == LEADERS_GROUP)
        here = land.agency_of(rated.unit_id) or rated.unit_id
        payroll = self._payroll(rated, posts)
        counted_at = land.agency_of(payroll) or here  # a seconded person stays in the sender's ceiling
        code, kind = land.places[here].code, land.places[here].kind
        regime, overlay, warning = self.rules.regime(
            PERSON_TYPE.get(person.category, "civil_servant"), code not in self.rules.without_rules,
            code in self.rules.own_contracts, kind == "service_unit",
        )  # fmt: skip
        head_of_agency = rank == "head" and land.agency_of(rated.unit_id) == rated.unit_id
        decider = self._decider(regime, klass, rank, head_of_agency, here)
        group = LEADERS_GROUP if klass in ("CB", "CC1", "VC1") else rated.group or OTHERS_GROUP
        if head_of_agency and decider != here and decider in self._inside and self.rules.heads_with_decider:
            counted_at, group = decider, HEADS_GROUP
        facts = circumstances(
            self._service(person, posts, spells, acts, counted, here), cycle.starts_on, cycle.ends_on,
            yearly=cycle.period_kind == "YEAR", agency_id=here, agency_name=land.places[here].name,
            names={one: place.name for one, place in self._named(posts)},
            vanished={one: land.vanished(one) for one, _place in self._named(posts)},
        )  # fmt: skip
        self._posts_told(facts, rated, posts, payroll)
        if warning:
            facts["warning"] = warning
        if person.is_party_member:
            facts["party_member"] = True
            if cycle.side == "PARTY" and person.party_joined_on is not None and cycle.period_kind == "YEAR":
                rule = facts.setdefault("rule", {})
                rule["party_months"] = months(months_between(person.party_joined_on, cycle.ends_on))
        state, exit_code = self._exit(klass, regime, facts)
        return {
            "cycle_id": cycle.id, "person_id": person.id, "unit_id": rated.unit_id, "agency_id": counted_at,
            "decider_unit_id": decider, "folded": person.folded,
            "sort_key": person.sort_key, "klass": klass, "title": (rated.title or person.title)[:200],
            "is_head": rank == "head", "is_deputy": rank == "deputy", "regime": regime or "NONE",
            "sheet_code": self.rules.sheet(regime, overlay, klass) if regime else "", "state": state,
            "exit_code": exit_code, "facts": facts or None,
            "group": group,
        }  # fmt: skip

    def _payroll(self, rated: Post, posts: Sequence[Post]) -> int:
        if rated.kind != SECONDMENT:
            return rated.unit_id
        main = [post for post in posts if post.kind == MAIN and post.on(self.cycle.as_of)]
        return main[-1].unit_id if main else rated.unit_id

    def _named(self, posts: Sequence[Post]) -> list[tuple[int, Any]]:
        land = self.territory
        found = {land.agency_of(post.unit_id) for post in posts}
        return [(one, land.places[one]) for one in found if one is not None]

    def _service(
        self, person: Any, posts: Sequence[Post], spells: Sequence[Spell], acts: Sequence[Act],
        counted: Mapping[str, int], here: int,
    ) -> Service:  # fmt: skip
        starts = [day for day in (person.recruited_on, person.state_service_from) if day is not None]
        first_post = min((post.since for post in posts if post.kind == MAIN), default=None)
        began = min([*starts, *([first_post] if first_post else [])], default=None)
        stays = []
        for post in posts:
            if post.kind != MAIN:
                continue
            agency = self.territory.present_agency(post.unit_id, here)
            if agency is not None:
                stays.append(Stay(agency, post.since, post.until))
        if any(post.kind == SECONDMENT and post.on(self.cycle.as_of) for post in posts):
            stays = []  # a secondment is no transfer: the sender owes no remarks of a former agency
        return Service(began, person.left_on, spells, acts, stays, counted)

    def _posts_told(self, facts: dict[str, Any], rated: Post, posts: Sequence[Post], payroll: int) -> None:
        land = self.territory
        if rated.kind == SECONDMENT:
            facts["seconded"] = {"from": land.places[payroll].name, "since": rated.since.isoformat()}
            return
        others = [post for post in posts if post.on(self.cycle.as_of) and post is not rated]
        if others:
            facts["concurrent"] = [
                {"title": post.title, "unit": land.places[post.unit_id].name}
                for post in others
                if post.unit_id in land.places
            ]

    @cached_property
    def _inside(self) -> set[int]:
        """The units of the cycle: a ceiling of heads is kept only where their decider takes part."""
        return self.territory.below(self.cycle.unit_id)

    def _decider(self, regime: str, klass: str, rank: str, head_of_agency: bool, agency: int) -> int:
        """Whose head decides: as the province set it, else by the authority of the regime (the superior level of a
        head and of a cadre, else own). A head never decides on the own person."""
        subject = "HEAD" if head_of_agency else "DEPUTY" if rank == "deputy" else "STAFF"
        wanted = self.rules.decider_of.get(subject, BY_LAW)
        if wanted != BY_LAW:
            return agency if wanted == "OWN_HEAD" else self.territory.superior_of(agency) or agency
        found = authority_for(regime, klass, subject) if regime else None
        own = found.authority == "OWN_HEAD" if found is not None else subject != "HEAD"
        return agency if own else self.territory.superior_of(agency) or agency

    def _exit(self, klass: str, regime: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        """State and exit code: whom the rules do not rate is told so at once, a blocked one later (remarks owed)."""
        if not regime:
            return "not_rated", str(facts.get("warning", "NO_REGIME"))
        if klass == "HD" and not self.rules.configuration.value("hy1071.covers_contract_workers"):
            return "not_rated", "NOT_COVERED"
        if facts.get("no_work"):
            return "not_rated", NO_WORK
        rule = facts.get("rule")
        if not rule:
            return "draft", ""
        answer = self.eligibility(klass, regime, rule)
        if answer.outcome == NOT_RATED:
            return "not_rated", answer.reason or NOT_RATED
        return "draft", (answer.reason or "") if answer.outcome in (BLOCKED, MANUAL) else ""

    def eligibility(self, klass: str, regime: str, rule: Mapping[str, Any]) -> Rating:
        """What the regime says of the time worked and the old agency's remarks."""
        facts = read_facts({"person_class": klass, "year": self.cycle.year, **rule}, [])
        rating = Rating(regime, RATED, None)
        eligible(facts, self.rules.configuration, rating)
        return rating


def people_query(ids: Iterable[int]) -> Any:
    """The columns of a person that a sheet needs."""
    return select(
        Person.id, Person.category, Person.folded, Person.sort_key, Person.title, Person.recruited_on,
        Person.state_service_from, Person.left_on, Person.is_party_member,
        Person.party_joined_on,
    ).where(Person.id.in_(list(ids)))  # fmt: skip


def staff_ids(cycle: EvaluationCycle, units: set[int]) -> list[int]:
    """People with a post in ``units`` on the day of the list, of the categories the cycle covers."""
    on_day = holds(Appointment, cycle.as_of)
    query = (
        select(Appointment.person_id, Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(on_day, or_(Person.left_on.is_(None), Person.left_on >= cycle.as_of))
    )
    if cycle.categories:
        query = query.where(Person.category.in_(cycle.categories))
    return sorted({person_id for person_id, unit_id in db.session.execute(query) if unit_id in units})


def group_name(code: str) -> str:
    """Name of a default group of similar tasks."""
    if code == HEADS_GROUP:
        return "Người đứng đầu cơ quan, đơn vị trực thuộc"
    return POSITION_GROUPS.get(code, code)
