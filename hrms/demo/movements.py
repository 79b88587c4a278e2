"""Movements of the demonstration province in every kind and state, played through the real commands.

A chain that waits for its day, a swap in preparation, a secondment that ends soon, a family bar, a leader who keeps an
allowance. Each step is taken by the account whose duty it is; what the rules refuse stays as a proposal, so that the
visitor sees why.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select

from hrms.commands.rotation import effects, guards
from hrms.commands.rotation.cases import MoveRequest, OpenCase
from hrms.commands.rotation.chains import FormChain
from hrms.commands.rotation.dossier import HEALTH, PaperLine, SaveDossier
from hrms.commands.rotation.handover import HandoverLine, SaveHandover
from hrms.commands.rotation.remarks import WriteRemark
from hrms.commands.rotation.steps import Perform
from hrms.demo.cases import Stage
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from hrms.kernel.text import add_months, first_of_next_month
from models.account import Account
from models.organization import Establishment, OrgUnit, Position
from models.restructuring import DownsizingCase
from models.rotation import HandoverItem, MovementCase
from models.staff import Appointment, FamilyRelation, Person

HOME, OTHER = "SNNMT", "SXD"
AGENCIES = (HOME, OTHER, "STC", "SKHCN", "SNV", "SYT", "SCT", "TTT", "STP", "SGDDT")
CLERKS, HEADS = {HOME: "donvi", OTHER: "donvi2"}, {HOME: "thutruong"}
PROVINCE = "sonoivu"
FEW, MANY = 600, 2500  # people: below FEW a handful of cases, from MANY on the whole story
ONE_DAY = timedelta(days=1)
REASONS = (
    "Tăng cường công chức có chuyên môn cho lĩnh vực đang thiếu người sau sắp xếp",
    "Thực hiện nhiệm vụ trọng tâm của ngành trong năm",
    "Bố trí, sử dụng công chức phù hợp vị trí việc làm sau sắp xếp",
    "Kiện toàn đội ngũ theo kế hoạch của cơ quan",
)
OPINIONS = (
    "Nhất trí, chấp hành sự phân công của tổ chức",
    "Nhất trí; đề nghị bố trí thời gian bàn giao 15 ngày",
    "Đồng ý, mong được tạo điều kiện về nơi ở",
)
# Agency, kind, how far it comes; a leader where the kind or the tale asks for one.
STORY: tuple[tuple[str, str, str, bool], ...] = (
    (HOME, "DIEU_DONG", "proposed", False),
    (HOME, "DIEU_DONG", "agreed", False),
    (HOME, "BIET_PHAI", "running", False),
    (HOME, "DIEU_DONG", "done", True),
    (HOME, "CDVTCT", "heard", False),
    (HOME, "LUAN_CHUYEN", "heard", True),
    (HOME, "DIEU_DONG", "decided", False),
    (HOME, "NOI_BO", "checked", False),
    (OTHER, "DIEU_DONG", "heard", False),
    (OTHER, "BIET_PHAI", "heard", False),
    (HOME, "LUAN_CHUYEN", "running", True),
    (HOME, "DIEU_DONG", "withdrawn", False),
    (HOME, "DIEU_DONG", "revoked", False),
    (HOME, "BIET_PHAI", "returned", False),
    (OTHER, "DIEU_DONG", "effective", False),
    (OTHER, "CDVTCT", "checked", False),
    (OTHER, "DIEU_DONG", "refused", False),
    (HOME, "CDVTCT", "handed_over", False),
    ("STC", "CDVTCT", "decided", False),
    ("STC", "DIEU_DONG", "checked", False),
    ("STC", "BIET_PHAI", "extended", False),
    ("SKHCN", "DIEU_DONG", "handed_over", False),
    ("SKHCN", "NOI_BO", "done", False),
    ("SNV", "DIEU_DONG", "heard", False),
    ("SNV", "BIET_PHAI", "decided", False),
    ("SYT", "DIEU_DONG", "proposed", False),
    ("SYT", "CDVTCT", "proposed", False),
    ("SCT", "DIEU_DONG", "agreed", False),
    ("SCT", "LUAN_CHUYEN", "decided", True),
    ("TTT", "CDVTCT", "heard", False),
    ("STP", "NOI_BO", "heard", False),
    ("SGDDT", "DIEU_DONG", "done", True),
)  # fmt: skip
LONG_AGO = ("effective", "handed_over", "done", "running", "extended", "returned", "revoked")


class Place(NamedTuple):
    """What a tale asks about a position."""

    id: int
    unit_id: int
    unit_code: str
    title: str
    listed_code: str
    leader_rank: str
    approved_number: int


class Holder(NamedTuple):
    """What a tale asks about somebody's main post."""

    person_id: int
    position_id: int
    unit_id: int
    unit_code: str
    leader_rank: str
    birth_year: int


@dataclass
class Seat:
    """A position of one of the agencies, and who holds it on the day; plain, for rows expire with every command."""

    position: Place
    agency: str
    holders: list[int] = field(default_factory=list)
    promised: int = 0  # moves of the story already lead here

    @property
    def free(self) -> bool:
        return self.position.approved_number > len(self.holders) + self.promised

    @property
    def fits(self) -> bool:
        """No more people than places, so that two can change."""
        return self.position.approved_number >= len(self.holders) + self.promised


class Stagehands:
    """People and posts of the agencies, taken one after the other so that no two tales want the same."""

    def __init__(self, rng: random.Random, as_of: date) -> None:
        self.rng, self.as_of = rng, as_of
        roots = {
            unit.path: unit.code
            for unit in db.session.scalars(select(OrgUnit).where(OrgUnit.code.in_(AGENCIES)).order_by(OrgUnit.id))
            if unit.valid_to is None or unit.valid_to >= as_of
        }
        self.units = {code: path for path, code in roots.items()}
        self.seats: dict[int, Seat] = {}
        self.people: dict[str, list[Holder]] = {code: [] for code in self.units}
        if not roots:
            return
        inside = or_(*(OrgUnit.path.like(f"{path}%") for path in roots))
        for path, *values in db.session.execute(
            select(OrgUnit.path, Position.id, Position.unit_id, OrgUnit.code, Position.title, Position.listed_code,
                   Position.leader_rank, Position.approved_number).join(OrgUnit, OrgUnit.id == Position.unit_id)
            .where(inside, OrgUnit.valid_from <= as_of, or_(OrgUnit.valid_to.is_(None), OrgUnit.valid_to > as_of),
                   or_(Position.valid_to.is_(None), Position.valid_to > as_of)).order_by(Position.id)
        ):  # fmt: skip
            code = next(code for root, code in roots.items() if path.startswith(root))
            self.seats[values[0]] = Seat(Place(*values), code)
        self.room = self._room(as_of)
        busy = select(DownsizingCase.person_id)
        accounts = select(Account.person_id).where(Account.person_id.is_not(None))
        until = first_of_next_month(as_of)  # posts that begin by then are as good as taken
        held = (
            select(Appointment.person_id, Appointment.position_id, Appointment.unit_id, OrgUnit.code,
                   Appointment.leader_rank, Person.birth_date)
            .join(Person, Person.id == Appointment.person_id)
            .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
            .where(inside, Appointment.kind == "main", Appointment.valid_from <= until,
                   or_(Appointment.valid_to.is_(None), Appointment.valid_to >= as_of),
                   Appointment.position_id.is_not(None))
        )  # fmt: skip
        for person_id, position_id, *_rest in db.session.execute(held):
            if position_id in self.seats:
                self.seats[position_id].holders.append(person_id)
        lasting = or_(Appointment.valid_to.is_(None), Appointment.valid_to > until)
        can = held.where(
            Appointment.valid_from <= as_of, lasting, Person.left_on.is_(None), Person.status != "seconded",
            ~Person.id.in_(busy), ~Person.id.in_(accounts), Person.category.in_(("civil_servant", "cadre")),
        )  # fmt: skip
        for *values, birth in db.session.execute(can.order_by(Appointment.valid_from, Appointment.id)):
            person_id, position_id, unit_id, code, rank = values
            post = Holder(person_id, position_id, unit_id, code, rank, birth.year)
            if post.position_id in self.seats:
                self.people[self.seats[post.position_id].agency].append(post)

    def _room(self, as_of: date) -> dict[str, int]:
        """Civil servants an agency may still take by its assigned number; one without a number is not there."""
        given = select(OrgUnit.code, OrgUnit.path, Establishment.number).join(
            OrgUnit, OrgUnit.id == Establishment.unit_id
        )
        found = {}
        for code, path, number in db.session.execute(
            given.where(OrgUnit.code.in_(self.units), Establishment.kind == "civil_servant",
                        Establishment.valid_from <= as_of,
                        or_(Establishment.valid_to.is_(None), Establishment.valid_to >= as_of))
        ):  # fmt: skip
            there = select(func.count(Appointment.id)).join(Person, Person.id == Appointment.person_id)
            present = db.session.scalar(
                there.join(OrgUnit, OrgUnit.id == Appointment.unit_id).where(
                    OrgUnit.path.like(f"{path}%"), Appointment.kind == "main", Appointment.valid_from <= as_of,
                    or_(Appointment.valid_to.is_(None), Appointment.valid_to >= as_of),
                    Person.category.in_(("civil_servant", "cadre")),
                )
            )  # fmt: skip
            found[code] = number - (present or 0)
        return found

    def next(self, agency: str, leader: bool, listed: bool, years: int = 4) -> Holder | None:
        """The next person of an agency that fits, some ``years`` before the pension; nobody is taken twice."""
        for post in self.people.get(agency, ()):
            seat = self.seats[post.position_id]
            if post.leader_rank == "head" and post.unit_code == agency:
                continue  # the head of the agency is nobody's to move
            if post.birth_year < self.as_of.year - 60 + years:
                continue
            if bool(post.leader_rank) == leader and (bool(seat.position.listed_code) or not listed):
                self.people[agency].remove(post)
                return post
        return None

    def goal(self, post: Holder, kind: str, leader: bool) -> Seat | None:
        """A free post for somebody: elsewhere for most kinds, in another division of the agency for the others."""
        mine = self.seats[post.position_id]
        inside = kind in ("NOI_BO", "CDVTCT")
        field_of = mine.position.listed_code[:3]
        found = [
            seat for seat in self.seats.values()
            if seat.free and seat.position.unit_id != post.unit_id and (seat.agency == mine.agency) == inside
            and (not leader or kind != "LUAN_CHUYEN" or seat.position.leader_rank == "deputy")
            and (kind == "LUAN_CHUYEN" or not seat.position.leader_rank)
            and (kind == "LUAN_CHUYEN" or seat.position.title == "Chuyên viên" or seat.position.listed_code)
            and (kind != "CDVTCT" or seat.position.listed_code[:3] == field_of)
        ]  # fmt: skip
        if not found and kind == "CDVTCT":  # another agency of the same field
            found = [s for s in self.seats.values()
                     if s.free and s.agency != mine.agency and s.position.listed_code[:3] == field_of]  # fmt: skip
        found = [seat for seat in found if self.room.get(seat.agency, 1) > 0 or seat.agency == mine.agency] or found
        return self.rng.choice(found) if found else None


class Tale:
    """The life of one case, told up to a fate; days count back from the day of the demonstration."""

    def __init__(self, stage: Stage, hands: Stagehands, agency: str) -> None:
        self.stage, self.hands, self.agency = stage, hands, agency
        self.clerk, self.head = CLERKS.get(agency, ""), HEADS.get(agency, "")
        self.case_id = 0
        self.day = hands.as_of

    def tell(self, kind: str, fate: str, leader: bool) -> bool:
        """Open a case and lead it as far as its fate goes; whatever is refused leaves it where it came to."""
        as_of = self.hands.as_of
        past = fate in LONG_AGO
        self.day = as_of - timedelta(days=62 if past else 16)
        effective = as_of - timedelta(days=30) if past else first_of_next_month(as_of)
        for _try in range(4):
            post = self.hands.next(self.agency, leader, kind == "CDVTCT", 14 if kind == "LUAN_CHUYEN" else 4)
            goal = self.hands.goal(post, kind, leader) if post is not None else None
            if post is None or goal is None:
                return False
            if self._open(post, goal, kind, effective, self._end(kind, fate, effective)):
                break
        else:
            return False
        try:
            self._lead(kind, fate, effective, goal)
        except HrmsError:
            db.session.rollback()  # what stands in the way is part of the demonstration
        return True

    def _end(self, kind: str, fate: str, effective: date) -> date | None:
        as_of = self.hands.as_of
        if kind == "LUAN_CHUYEN":
            return add_months(effective, 36) - ONE_DAY
        if kind != "BIET_PHAI":
            return None
        short = {"running": as_of + timedelta(days=25), "extended": as_of + timedelta(days=10),
                 "returned": as_of - timedelta(days=6)}  # fmt: skip
        return short.get(fate, add_months(effective, 12) - ONE_DAY)

    def _open(self, post: Holder, goal: Seat, kind: str, effective: date, end: date | None) -> bool:
        request = MoveRequest(
            kind, goal.position.unit_id, goal.position.id, goal.position.title,
            reason=self.hands.rng.choice(REASONS), effective_on=effective, ends_on=end,
            health_certificate_on=self.day - timedelta(days=20) if kind == "LUAN_CHUYEN" else None,
        )  # fmt: skip
        try:
            with self.stage.on(self.day, self.clerk):
                self.case_id = execute(OpenCase(post.person_id, request)).id
        except HrmsError:
            db.session.rollback()
            return False
        goal.promised += kind != "BIET_PHAI"
        if kind != "BIET_PHAI" and goal.agency in self.hands.room:
            self.hands.room[goal.agency] -= 1
        return True

    def step(self, action: str, after: int, by: str, **more: object) -> None:
        self.day = min(self.day + timedelta(days=after), self.hands.as_of)
        with self.stage.on(self.day, by):
            execute(Perform(self.case_id, action, **more))  # type: ignore[arg-type]

    def _lead(self, kind: str, fate: str, effective: date, goal: Seat) -> None:
        if fate == "proposed":
            return
        if fate == "withdrawn":
            self.step("withdraw", 3, self.clerk, reason="Đơn vị đi chưa bố trí được người thay")
            return
        if kind == "LUAN_CHUYEN":
            self._papers(complete=fate != "heard")
        self.step("check", 2, self.clerk)
        if fate == "checked":
            return
        if fate == "refused":
            self.step("refuse", 4, PROVINCE, reason="Chưa cần thiết trong năm nay")
            return
        self.hear()
        if fate == "heard":
            return
        self.agree(goal)
        if fate == "agreed":
            return
        self.decide(kind, effective)
        if fate == "decided":
            self.step("notify", 1, self.clerk)
            return
        self.day = effective
        with self.stage.on(effective):
            effects.carry_out(effective)
        self._afterwards(fate, goal)

    def hear(self) -> None:
        day = min(self.day + timedelta(days=3), self.hands.as_of)
        self.step("hear", 3, self.clerk, meeting_on=day, meeting_minutes=self.stage.number("BB"),
                  person_opinion=self.hands.rng.choice(OPINIONS))  # fmt: skip

    def agree(self, goal: Seat) -> None:
        if not guards.two_bodies(db.session.get_one(MovementCase, self.case_id)):
            return
        day = min(self.day + timedelta(days=4), self.hands.as_of)
        by = CLERKS.get(goal.agency, PROVINCE) if goal.agency != self.agency else PROVINCE
        self.step("agree", 4, by, agreed_on=day,
                  agreement_document=self.stage.number(f"CV-{goal.agency}"))  # fmt: skip

    def decide(self, kind: str, effective: date) -> None:
        day = min(self.day + timedelta(days=5), self.hands.as_of)
        own = kind in ("NOI_BO", "CDVTCT", "BIET_PHAI") and bool(self.head)
        sign = f"QĐ-{self.agency}" if own else "QĐ-UBND"
        by = "Giám đốc Sở" if own else "Chủ tịch Ủy ban nhân dân tỉnh"
        self.step("decide", 5, self.head if own else PROVINCE, decision_number=self.stage.number(sign),
                  decision_date=day, decided_by=by, effective_on=effective)  # fmt: skip

    def _afterwards(self, fate: str, goal: Seat) -> None:
        as_of = self.hands.as_of
        if fate == "revoked":
            self.step("revoke", 12, PROVINCE, reason="Thay đổi phương án bố trí", document=self.stage.number("QĐ-UBND"),
                      document_date=self.day + timedelta(days=12))  # fmt: skip
        elif fate in ("handed_over", "done"):
            self._hand_over()
            self.step("hand_over", 1, self.clerk)
            if fate == "done":
                self.step("close", 2, self.clerk)
        elif fate == "extended":
            self.step("extend", 24, PROVINCE, ends_on=as_of + timedelta(days=100), document=self.stage.number("QĐ-STC"),
                      document_date=self.day + timedelta(days=24))  # fmt: skip
        elif fate == "returned":
            with self.stage.on(as_of - timedelta(days=8), CLERKS.get(goal.agency, PROVINCE)):
                execute(WriteRemark(self.case_id, as_of.year, "Hoàn thành tốt nhiệm vụ được giao trong thời gian biệt "
                                    "phái, chấp hành nghiêm nội quy của cơ quan.", "HTT", at_end=True))  # fmt: skip
            document = self.stage.number("QĐ-SNNMT")
            self.day = as_of - timedelta(days=5)
            self.step("return", 0, self.head or PROVINCE, document=document, document_date=self.day,
                      ended_on=as_of - timedelta(days=6))  # fmt: skip

    def _papers(self, *, complete: bool) -> None:
        """The dossier of a luân chuyển: whole, or with some papers still to come."""
        case = db.session.get_one(MovementCase, self.case_id)
        items = [(item.id, item.code, item.version) for item in case.dossier]
        lines = [
            PaperLine(
                number, True, document_date=case.health_certificate_on if code == HEALTH else None, version=version
            )
            for place, (number, code, version) in enumerate(items)
            if complete or place % 4 != 1
        ]
        with self.stage.on(self.day, self.clerk):
            execute(SaveDossier(self.case_id, lines))

    def _hand_over(self) -> None:
        rows = list(db.session.scalars(select(HandoverItem).where(HandoverItem.case_id == self.case_id)))
        self.day = self.day + timedelta(days=5)
        with self.stage.on(self.day, self.clerk):
            lines = [HandoverLine(row.id, "", self.day, "Lãnh đạo phòng", version=row.version) for row in rows]
            execute(SaveHandover(self.case_id, lines))


def play(rng: random.Random, as_of: date, people: int, say: Callable[[str], None]) -> int:
    """Play the movements; fewer in a small province. Returns the number of cases."""
    hands, stage = Stagehands(rng, as_of), Stage(rng)
    if HOME not in hands.units:
        return 0
    story: Sequence[tuple[str, str, str, bool]] = STORY
    if people < MANY:
        story = [tale for tale in STORY if tale[0] in (HOME, OTHER)][: 8 if people < FEW else 14]
    told = sum(Tale(stage, hands, agency).tell(kind, fate, leader) for agency, kind, fate, leader in story)
    told += _family_bar(stage, hands)
    told += _chain(stage, hands, HOME, decided=True)
    if people >= FEW:
        told += _chain(stage, hands, OTHER, decided=False)
    say(f"Hồ sơ luân chuyển, điều động: {told}")
    return told


def _family_bar(stage: Stage, hands: Stagehands) -> int:
    """Somebody proposed for the accounts of an agency whose head is a sister: refused by the rules, and seen why."""
    for seat in hands.seats.values():
        head = next((s.holders[0] for s in hands.seats.values()
                     if s.agency == seat.agency and s.position.leader_rank == "head" and s.holders
                     and s.position.unit_code == seat.agency), None)  # fmt: skip
        if not seat.free or seat.agency == HOME or seat.position.title != "Kế toán viên" or head is None:
            continue
        post = hands.next(HOME, False, False)
        if post is None:
            return 0
        with transaction():
            db.session.add(FamilyRelation(person_id=post.person_id, relation="Chị ruột", relative_id=head,
                                          full_name=db.session.get_one(Person, head).full_name))  # fmt: skip
        tale = Tale(stage, hands, HOME)
        tale.day = hands.as_of - timedelta(days=9)
        return int(tale._open(post, seat, "DIEU_DONG", first_of_next_month(hands.as_of), None))
    return 0


def _chain(stage: Stage, hands: Stagehands, agency: str, *, decided: bool) -> int:
    """Two people of an agency change places: decided and waiting for its day, or still in preparation."""
    first = hands.next(agency, False, False)
    while first is not None and not hands.seats[first.position_id].fits:
        first = hands.next(agency, False, False)
    if first is None:
        return 0
    title = hands.seats[first.position_id].position.title
    others = [
        post
        for post in hands.people[agency]
        if post.unit_id != first.unit_id
        and not post.leader_rank
        and hands.seats[post.position_id].fits
        and hands.seats[post.position_id].position.title == title
    ]  # fmt: skip
    if not others:
        return 0
    second = others[0]
    hands.people[agency].remove(second)
    effective = first_of_next_month(hands.as_of)
    tales: list[Tale] = []
    for post, place in ((first, second), (second, first)):
        tale = Tale(stage, hands, agency)
        tale.day = hands.as_of - timedelta(days=20)
        if tale._open(post, hands.seats[place.position_id], "NOI_BO", effective, None):
            tales.append(tale)
    if len(tales) < 2:
        return len(tales)
    try:
        with stage.on(hands.as_of - timedelta(days=18), tales[0].clerk):
            name = "Hoán đổi vị trí giữa hai phòng"
            execute(FormChain([tale.case_id for tale in tales], name, effective))
        for tale in tales:
            tale.step("check", 3, tale.clerk)
            tale.hear()
        if decided:
            for tale, place in zip(tales, (second, first), strict=True):
                tale.agree(hands.seats[place.position_id])
                tale.decide("NOI_BO", effective)
    except HrmsError:
        db.session.rollback()
    return len(tales)
