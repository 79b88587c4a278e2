"""Open a movement case, edit what it asks for. Planner and yearly plan open cases with the same two functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation import dossier, guards
from hrms.commands.rotation.rights import case_for, case_to_step
from hrms.commands.rotation.words import LONGEST, NUMBER_SIGNS, PREPARING, PROPOSED, label
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.commands.staff.lookup import on_day
from hrms.kernel import access, clock, numbering, text
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, normalize, normalize_multiline
from hrms.kernel.workflow import Obstacle
from models.organization import OrgUnit, Position
from models.rotation import MovementCase, RotationPlanLine
from models.staff import Appointment, Person
from models.vocabulary import MOVEMENT_KINDS

# What no later step can put right: the case is not opened at all.
HOPELESS = ("LONG_STUDY_OR_SECONDED", "BEFORE_APPOINTMENT")
TARGET = ("kind", "to_unit_id", "to_position_id", "to_title")  # fixed once the rules were asked


@dataclass(frozen=True)
class MoveRequest:
    """What a case asks for. Days are dates; ``ends_on`` is the last day of a secondment or rotation."""

    kind: str
    to_unit_id: int
    to_position_id: int | None = None
    to_title: str = ""
    reason: str = ""
    effective_on: date | None = None
    ends_on: date | None = None
    own_wish: bool = False
    wish_document: str = ""
    special_document: str = ""
    health_certificate_on: date | None = None

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, str):
                value = normalize_multiline(value) if one.name == "reason" else normalize(value)
            found[one.name] = value
        return found

    def check(self) -> Iterable[Fault]:
        """Faults of the request by itself."""
        if self.kind not in MOVEMENT_KINDS:
            yield Fault("kind", _("Không có hình thức “%(value)s”.", value=self.kind))
        values = self.values()
        if self.to_position_id is None and not values["to_title"]:
            yield Fault("to_position_id", _("Cần vị trí việc làm đến, hoặc chức danh nếu nơi đến chưa lập vị trí."))
        if self.own_wish and not values["wish_document"]:
            yield Fault(
                "wish_document",
                _("Nguyện vọng phải bằng văn bản: hãy ghi số, ngày đơn."),
                "Điều 25 khoản 5 NĐ 170/2025/NĐ-CP",
            )
        if self.health_certificate_on is not None and self.health_certificate_on > clock.today():
            day = format_date(self.health_certificate_on)
            yield Fault("health_certificate_on", _("Ngày giấy chứng nhận sức khỏe %(day)s còn ở tương lai.", day=day))
        for name, limit in LONGEST.items():
            if name in values and len(values[name]) > limit:
                yield Fault(name, _("%(label)s dài quá %(limit)s ký tự.", label=label(name), limit=limit))


def search_text(number: str, person: Person) -> str:
    return text.fold(f"{number} {person.full_name} {person.code}")[:260]


def take_number(kind: str, unit: OrgUnit) -> str:
    """``DD-<agency code>-<year>-0001``: counted per kind, agency and year (inside a command only)."""
    agency = db.session.scalar(select(OrgUnit).where(OrgUnit.path == unit.root_agency_path)) or unit
    year, sign = clock.today().year, NUMBER_SIGNS[kind]
    return f"{sign}-{agency.code}-{year}-{numbering.take(f'movement:{sign}', agency.code, year):04d}"


def draft(
    person: Person, request: MoveRequest, instead_of: int | None = None
) -> tuple[MovementCase | None, list[Fault]]:
    """The case as it would be (not stored), and everything that stands against opening it.

    For commands that open cases: call in ``validate()``, then :func:`store` in ``run()``. ``instead_of``: the stored
    case whose changed request this is. Raises
    :class:`NotAllowed` when the actor may not propose moves of this person.
    """
    faults = list(request.check())
    target = db.session.get(OrgUnit, request.to_unit_id)
    if target is None:
        faults.append(Fault("to_unit_id", _("Không có đơn vị đến này.")))
    position = db.session.get(Position, request.to_position_id) if request.to_position_id is not None else None
    if request.to_position_id is not None and (position is None or position.unit_id != request.to_unit_id):
        faults.append(Fault("to_position_id", _("Vị trí việc làm không thuộc đơn vị đã chọn."), code="other_unit"))
    posts = list(
        db.session.scalars(select(Appointment).where(Appointment.person_id == person.id, Appointment.kind == "main"))
    )
    # The post held until the move: of somebody who is given another before that day (a merger), that one. Without a day
    # the post of now; of somebody whose post is still to begin, that one: the move is then refused by its day.
    until = request.effective_on - timedelta(days=1) if request.effective_on is not None else clock.today()
    held = on_day(posts, max(until, clock.today())) or on_day(posts, clock.today())
    held = held or min(posts, key=lambda post: post.valid_from, default=None)
    unit_id = held.unit_id if held is not None else person.unit_id
    if not access.in_scope(unit_id, "movement", "propose"):
        raise NotAllowed()
    if held is None:
        faults.append(
            Fault("person_id", _("%(name)s không giữ vị trí nào để điều động.", name=person.full_name), code="no_post")
        )
    if target is None or held is None or request.kind not in MOVEMENT_KINDS:
        return None, faults
    case = MovementCase(
        id=instead_of, state=PROPOSED, effect="none", person_id=person.id, unit_id=held.unit_id,
        from_unit_id=held.unit_id, from_position_id=held.position_id, from_appointment_id=held.id, **request.values(),
    )  # fmt: skip
    # The related rows by hand: guards look at the case before it is stored.
    case.person, case.unit, case.from_unit, case.from_position = person, held.unit, held.unit, held.position
    case.from_appointment, case.to_unit, case.to_position = held, target, position
    if not faults:
        faults.extend(_opening_faults(case))
    return case, faults


def _opening_faults(case: MovementCase) -> Iterable[Fault]:
    """Obstacles that no later step removes; the rest of the rules is asked by the step “Rà soát điều kiện”."""
    found: list[Obstacle] = [
        *guards.person_obstacles(case.person),
        *guards.unit_obstacles(case.to_unit, case),
        *(one for one in guards.period_obstacles(case) if one.code != "end_missing"),
        *guards.rival_obstacles(case),
        *guards.other_case_obstacles(case),
    ]
    if case.effective_on is not None:
        found.extend(guards.post_held(case))
    if case.to_position_id is not None and case.to_position_id == case.from_position_id:
        found.append(Obstacle(_("Vị trí đến là vị trí đang giữ."), code="same_post", field="to_position_id"))
    codes = {one.code for one in found}
    law = [one for one in guards.lawful(case) if one.blocks and one.code in HOPELESS and one.code not in codes]
    for one in [*found, *law]:
        if one.blocks:
            yield Fault(one.field, one.message, one.article, one.code)


def store(case: MovementCase, *, plan_line_id: int | None = None, planner_run_id: int | None = None) -> MovementCase:
    """Number and store a case of :func:`draft`; inside a command."""
    case.number = take_number(case.kind, case.unit)
    case.folded = search_text(case.number, case.person)
    case.sort_key = case.person.sort_key
    case.plan_line_id, case.planner_run_id = plan_line_id, planner_run_id
    db.session.add(case)
    db.session.flush()
    if plan_line_id is not None:
        line = db.session.get_one(RotationPlanLine, plan_line_id)
        line.case_id = case.id
    WORKFLOW.perform(case, "propose", reason=case.reason)
    dossier.begin(case)
    db.session.flush()
    case.checks = guards.look(case)
    return case


@dataclass
class LookAgain(Command[MovementCase]):
    """Ask the rules and the records anew, so that the page shows what holds today. No step is taken."""

    case_id: int

    def validate(self) -> Iterable[Fault]:
        self._case = case_to_step(self.case_id)
        access.require("movement", "prepare", self._case)
        if self._case.state not in PREPARING:
            yield Fault("", _("Hồ sơ đã quyết định hoặc đã kết thúc."), code="locked_state")

    def run(self) -> MovementCase:
        self._case.checks = guards.look(self._case)
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)


@dataclass
class OpenCase(Command[MovementCase]):
    """Propose the move of one person. ``plan_line_id``: the line of the yearly plan it carries out."""

    person_id: int
    request: MoveRequest
    plan_line_id: int | None = None
    planner_run_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        if not access.may("movement", "propose"):
            raise NotAllowed()
        person = access.get(Person, self.person_id)
        # Two officers open two cases of one person at one moment: the second waits, and sees the first one's.
        db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
        if self.request.to_position_id is not None:
            post = select(Position.id).where(Position.id == self.request.to_position_id)
            db.session.execute(post.with_for_update())
        self._case, faults = draft(person, self.request)
        yield from faults
        if self.plan_line_id is not None:
            line = access.get(RotationPlanLine, self.plan_line_id)
            if line.person_id != person.id:
                yield Fault("plan_line_id", _("Dòng kế hoạch là của người khác."))
            elif line.case_id is not None:
                yield Fault("plan_line_id", _("Dòng kế hoạch đã có hồ sơ."), code="line_has_case")

    def run(self) -> MovementCase:
        assert self._case is not None
        return store(self._case, plan_line_id=self.plan_line_id, planner_run_id=self.planner_run_id)

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)


@dataclass
class EditCase(Command[MovementCase]):
    """Change what a case asks for, before the decision. Kind and target only while it is a proposal."""

    case_id: int
    version: int | None
    request: MoveRequest = field(default_factory=lambda: MoveRequest("", 0))

    def validate(self) -> Iterable[Fault]:
        case = self._case = case_to_step(self.case_id)
        access.require("movement", "prepare", case)
        values = self._values = self.request.values()
        check_version(case, self.version, values, label)
        if case.state not in PREPARING:
            yield Fault("", _("Hồ sơ đã quyết định hoặc đã kết thúc nên không sửa được."), code="locked_state")
            return
        faults = list(self.request.check())
        yield from faults
        moved = [name for name in TARGET if values[name] != getattr(case, name)]
        if moved and case.state != PROPOSED:
            yield Fault(
                moved[0],
                _("Hồ sơ đã rà soát: muốn đổi hình thức hoặc nơi đến, hãy trả lại để đề xuất lại."),
                code="target_fixed",
            )
            return
        if "kind" in moved:
            yield Fault("kind", _("Số hồ sơ theo hình thức: hãy rút hồ sơ này và lập hồ sơ mới."), code="kind_fixed")
        if faults:
            return
        _probe, problems = draft(case.person, self.request, case.id)
        yield from problems

    def run(self) -> MovementCase:
        for name, value in self._values.items():
            if getattr(self._case, name) != value:
                setattr(self._case, name, value)
        db.session.flush()
        db.session.expire(self._case, ["to_unit", "to_position"])
        self._case.checks = guards.look(self._case)
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
