"""Units that end: merged, split or dissolved, with their people, units, positions and numbers in one command.

``on`` is always the first day of the new state; what ends has its last day the day before. A unit cannot end while
people hold posts in it or live units stand under it, unless the same command says where they go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.moving import Move, close_numbers, close_versions, end_rights, move_children, move_posts
from hrms.commands.organization.occupancy import SHOWN, posts_in, stranded_faults
from hrms.commands.organization.tree import project_units
from hrms.commands.organization.units import NewUnit, version_on
from hrms.commands.organization.words import decision_faults, required
from hrms.commands.staff.projection import project_people
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from models.organization import OrgUnit, OrgUnitVersion, UnitSuccession
from models.staff import Person

Target = int | NewUnit

# Other domains follow a reorganisation by registering here: {ended unit id: unit ids it became}, first day of the new.
listeners: list[Callable[[dict[int, list[int]], date], None]] = []


@dataclass(frozen=True)
class NewPost:
    """What somebody is after the move, where it is not simply the old post in the new unit."""

    title: str
    leader_rank: str = ""
    position_id: int | None = None


@dataclass
class _Reorganisation(Command[list[OrgUnit]]):
    """What merging, splitting and ending share: checks of dates, staff and children; writing in one order."""

    on: date | None
    decision_number: str
    decision_date: date | None
    posts: Mapping[int, NewPost] = field(default_factory=dict)  # person id → post after the move
    note: str = ""

    def _start(self) -> Iterable[Fault]:
        access.require("unit", "write")
        yield from required({"on": self.on}, lambda _name: _("Ngày có hiệu lực"))
        yield from decision_faults(self.decision_number, self.decision_date)

    def _live(self, unit_id: int, field_name: str) -> tuple[OrgUnit | None, list[Fault]]:
        """The unit, when it is live on the last day before ``on`` and goes on after it."""
        assert self.on is not None
        unit = access.get(OrgUnit, unit_id, "write")
        if version_on(unit_id, self.on - timedelta(days=1)) is None:
            return unit, [
                Fault(
                    field_name,
                    _(
                        "%(unit)s không hoạt động vào ngày %(day)s nên không sắp xếp được từ ngày này.",
                        unit=unit.name,
                        day=format_date(self.on - timedelta(days=1)),
                    ),
                    code="not_live",
                )
            ]
        later = db.session.scalar(
            select(OrgUnitVersion.valid_from).where(
                OrgUnitVersion.unit_id == unit_id, OrgUnitVersion.valid_from > self.on
            )
        )
        if later is not None:
            return unit, [
                Fault(
                    field_name,
                    _(
                        "%(unit)s đã có thay đổi từ ngày %(day)s, sau ngày sắp xếp. Hãy hủy thay đổi đó trước.",
                        unit=unit.name,
                        day=format_date(later),
                    ),
                    code="later_change",
                )
            ]
        return unit, []

    def _target_faults(self, target: Target, field_name: str, ending: set[int]) -> list[Fault]:
        assert self.on is not None
        if isinstance(target, NewUnit):
            return [
                Fault(f"{field_name}.{fault.field}", fault.message, code=fault.code) for fault in target.faults(self.on)
            ]
        unit = access.get(OrgUnit, target, "write")
        if target in ending:
            return [
                Fault(field_name, _("%(unit)s kết thúc trong chính lần sắp xếp này.", unit=unit.name), code="ending")
            ]
        if version_on(target, self.on) is None:
            return [
                Fault(
                    field_name,
                    _("%(unit)s không hoạt động vào ngày %(day)s.", unit=unit.name, day=format_date(self.on)),
                    code="not_live",
                )
            ]
        return []

    def _post_faults(self) -> Iterable[Fault]:
        for person_id, post in self.posts.items():
            if not normalize(post.title):
                person = db.session.get(Person, person_id)
                name = person.full_name if person else str(person_id)
                yield Fault("posts", _("Chức danh mới của %(name)s còn trống.", name=name), code="missing")

    def _unit_of(self, target: Target) -> OrgUnit:
        assert self.on is not None
        if isinstance(target, NewUnit):
            return target.make(self.on, self.decision_number, self.decision_date)
        return access.get(OrgUnit, target, "write")

    def _end(self, unit: OrgUnit, arrows: dict[int, list[int]], kind: str) -> None:
        assert self.on is not None
        last = self.on - timedelta(days=1)
        close_versions(unit, last)
        end_rights(unit.id, last)
        targets: list[int | None] = [*arrows.get(unit.id, [])] or [None]
        for to in targets:
            self._arrow(unit.id, to, kind)

    def _arrow(self, source: int, to: int | None, kind: str) -> None:
        assert self.on is not None
        db.session.add(
            UnitSuccession(
                from_unit_id=source,
                to_unit_id=to,
                kind=kind,
                on=self.on,
                decision_number=normalize(self.decision_number),
                decision_date=self.decision_date,
                note=self.note.strip(),
            )
        )

    def _finish(self, moved: set[int], arrows: dict[int, list[int]]) -> None:
        assert self.on is not None
        project_units()
        project_people(sorted(moved))
        for listener in listeners:
            listener(arrows, self.on)

    def _move(self) -> Move:
        assert self.on is not None
        return Move(self.on, normalize(self.decision_number), self.decision_date)


@dataclass
class MergeUnits(_Reorganisation):
    """Units become one: a new unit, or one of them (or another live one) that takes the others in.

    People, child units, positions and, with ``sum_establishment``, assigned numbers go to the receiving unit. Where
    several heads would meet, ``posts`` must say what they become.
    """

    unit_ids: list[int] = field(default_factory=list)
    into: Target = 0
    sum_establishment: bool = True

    def validate(self) -> Iterable[Fault]:
        yield from self._start()
        if self.on is None:
            return
        units: list[OrgUnit] = []
        for unit_id in dict.fromkeys(self.unit_ids):
            unit, faults = self._live(unit_id, "unit_ids")
            yield from faults
            if unit is not None:
                units.append(unit)
        ending = [unit for unit in units if unit.id != self.into]
        if not ending or (isinstance(self.into, NewUnit) and len(ending) < 2):
            yield Fault("unit_ids", _("Hãy chọn ít nhất hai đơn vị để sáp nhập."), code="too_few")
        yield from self._target_faults(self.into, "into", {unit.id for unit in ending})
        yield from self._post_faults()
        self._ending = ending
        yield from self._head_faults([unit.id for unit in units], self.into)

    def _head_faults(self, unit_ids: list[int], into: Target) -> Iterable[Fault]:
        assert self.on is not None
        ids = {*unit_ids, into} if isinstance(into, int) else set(unit_ids)
        heads = [
            (post, person)
            for post, person in posts_in(ids, self.on)
            if (self.posts[person.id].leader_rank if person.id in self.posts else post.leader_rank) == "head"
        ]
        if len(heads) > 1:
            yield Fault(
                "posts",
                _(
                    "Sau sáp nhập có %(n)s người cùng giữ chức vụ cấp trưởng: %(names)s. "
                    "Hãy nêu chức vụ mới của từng người.",
                    n=len(heads),
                    names="; ".join(f"{person.full_name} ({post.title})" for post, person in heads[:SHOWN]),
                ),
                code="several_heads",
            )

    def run(self) -> list[OrgUnit]:
        target = self._unit_of(self.into)
        move, moved = self._move(), set[int]()
        arrows = {unit.id: [target.id] for unit in self._ending}
        move.copy_positions([unit.id for unit in self._ending], target.id)
        close_numbers([unit.id for unit in self._ending], target.id if self.sum_establishment else None, move)
        for unit in self._ending:
            moved |= move_posts(unit.id, lambda _person: target.id, move, self.posts)
            move_children(unit.id, lambda _child: target.id, move)
            self._end(unit, arrows, "merge")
        self._finish(moved, arrows)
        return [target]


@dataclass
class SplitUnit(_Reorganisation):
    """One unit becomes several. ``staff`` and ``children`` map ids to the number (from 0) of the receiving unit.

    ``rest`` receives everybody and everything not named; without it all must be named. ``keep``: the unit goes on
    and only what is named leaves it.
    """

    unit_id: int = 0
    into: list[Target] = field(default_factory=list)
    staff: Mapping[int, int] = field(default_factory=dict)
    children: Mapping[int, int] = field(default_factory=dict)
    rest: int | None = None
    keep: bool = False

    def validate(self) -> Iterable[Fault]:
        yield from self._start()
        if self.on is None:
            return
        self._unit, faults = self._live(self.unit_id, "unit_id")
        yield from faults
        if len(self.into) < (1 if self.keep else 2):
            yield Fault("into", _("Hãy nêu các đơn vị hình thành sau khi chia, tách."), code="too_few")
        for number, target in enumerate(self.into):
            yield from self._target_faults(target, f"into[{number}]", set() if self.keep else {self.unit_id})
        yield from self._post_faults()
        numbers = [*self.staff.values(), *self.children.values(), *([self.rest] if self.rest is not None else [])]
        if any(not 0 <= number < len(self.into) for number in numbers):
            yield Fault("staff", _("Có người hoặc đơn vị được phân về một đơn vị không có trong danh sách."))
        if self.rest is None and not self.keep:
            yield from stranded_faults(
                [self.unit_id], self.on, but_people=set(self.staff), but_units=set(self.children)
            )

    def run(self) -> list[OrgUnit]:
        assert self._unit is not None
        targets = [self._unit_of(target) for target in self.into]
        ids = [target.id for target in targets]
        arrows = {self.unit_id: ids}
        move = self._move()

        def of_person(person_id: int) -> int | None:
            number = self.staff.get(person_id, self.rest)
            return None if number is None else ids[number]

        def of_child(child_id: int) -> int | None:
            number = self.children.get(child_id, self.rest)
            return None if number is None or child_id in ids else ids[number]

        moved = move_posts(self.unit_id, of_person, move, self.posts)
        move_children(self.unit_id, of_child, move)
        if self.keep:
            for to in ids:
                self._arrow(self.unit_id, to, "split")
        else:
            close_numbers([self.unit_id], None, move)
            self._end(self._unit, arrows, "split")
        self._finish(moved, arrows)
        return targets


@dataclass
class EndUnit(_Reorganisation):
    """A unit ends. Its people and units go where the command says; whoever has no successor must have left before.

    ``staff_to``/``children_to`` receive everybody not named in ``staff``/``children`` (ids → unit ids).
    ``successors`` only records what the unit became.
    """

    unit_id: int = 0
    staff: Mapping[int, int] = field(default_factory=dict)
    staff_to: int | None = None
    children: Mapping[int, int] = field(default_factory=dict)
    children_to: int | None = None
    successors: list[int] = field(default_factory=list)

    def validate(self) -> Iterable[Fault]:
        yield from self._start()
        if self.on is None:
            return
        self._unit, faults = self._live(self.unit_id, "unit_id")
        yield from faults
        named = {*self.staff.values(), *self.children.values(), *self.successors}
        named |= {unit for unit in (self.staff_to, self.children_to) if unit is not None}
        for unit_id in sorted(named):
            yield from self._target_faults(unit_id, "staff_to", {self.unit_id})
        yield from self._post_faults()
        yield from stranded_faults(
            [self.unit_id],
            self.on,
            but_people=None if self.staff_to is not None else set(self.staff),
            but_units=None if self.children_to is not None else set(self.children),
        )

    def run(self) -> list[OrgUnit]:
        assert self._unit is not None
        move = self._move()
        arrows = {self.unit_id: list(self.successors)}
        moved = move_posts(self.unit_id, lambda person: self.staff.get(person, self.staff_to), move, self.posts)
        move_children(self.unit_id, lambda child: self.children.get(child, self.children_to), move)
        close_numbers([self.unit_id], None, move)
        self._end(self._unit, arrows, "end")
        self._finish(moved, arrows)
        return [self._unit]
